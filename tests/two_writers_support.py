"""What the tests of two writers share: the verbs that write what they have read, and a KMS on which another writes, too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import attrs
import pytest
from botocore.exceptions import ClientError

from client_support import ADMIN, ALICE, BOB, SIGN, operations
from kmspolicy import KeyPolicies, Many, Policy, PutResult, Retry, allow
from kmspolicy.testing import FakeKMS, VirtualClock

if TYPE_CHECKING:
    from kmspolicy import Statement

OLD = Policy([ADMIN, SIGN])
VERIFY = allow("kms:Verify").to(BOB).named("verify")
THEIRS = allow("kms:GetPublicKey").to(BOB).named("theirs")
Verb: TypeAlias = Callable[[KeyPolicies, str], Awaitable[PutResult]]


def add(policy: Policy) -> Policy:
    """Add a statement, once more each time."""
    return policy.with_statement(VERIFY)


async def one(many: Many[PutResult]) -> PutResult:
    """Return the only result."""
    [result] = [result async for result in many]
    return result.unwrap()


async def plan_and_apply(policies: KeyPolicies, key: str) -> PutResult:
    """Apply a plan that was just made."""
    return await policies.apply(await policies.plan(key, add(OLD)))


async def plan_and_apply_many(policies: KeyPolicies, key: str) -> PutResult:
    """Apply a plan that was just made, as one of many."""
    return await one(policies.apply_many([await policies.plan(key, add(OLD))]))


@attrs.frozen
class Case:
    """A verb that writes what it has read.

    Attributes:
        verb: Calls it.
        new: What it makes of the old policy.
        again: Whether it can do the same to what somebody else left; one that knows its result beforehand cannot.
        idempotent: Whether it does no harm where it may have been done before.
    """

    verb: Verb
    new: Policy
    again: bool = True
    idempotent: bool = True


SIGN_FOR_BOTH = allow("kms:Sign").to(ALICE | BOB).named("sign")
CASES = {
    "apply": Case(plan_and_apply, add(OLD), again=False, idempotent=False),
    "apply_many": Case(plan_and_apply_many, add(OLD), again=False, idempotent=False),
    "ensure": Case(
        lambda policies, key: policies.ensure(key, add(OLD)), add(OLD), again=False, idempotent=False
    ),
    "ensure_many": Case(
        lambda policies, key: one(policies.ensure_many([(key, add(OLD))])),
        add(OLD),
        again=False,
        idempotent=False,
    ),
    "edit": Case(lambda policies, key: policies.edit(key, add), add(OLD), idempotent=False),
    "edit_many": Case(lambda policies, key: one(policies.edit_many([key], add)), add(OLD), idempotent=False),
    "add_statement": Case(lambda policies, key: policies.add_statement(key, VERIFY), add(OLD)),
    "remove_statement": Case(lambda policies, key: policies.remove_statement(key, "sign"), Policy([ADMIN])),
    "exchange_statement": Case(
        lambda policies, key: policies.exchange_statement(key, SIGN_FOR_BOTH), Policy([ADMIN, SIGN_FOR_BOTH])
    ),
    "add_principal": Case(
        lambda policies, key: policies.add_principal(key, BOB, sid="sign"), Policy([ADMIN, SIGN_FOR_BOTH])
    ),
    "remove_principal": Case(lambda policies, key: policies.remove_principal(key, ALICE), Policy([ADMIN])),
}
every_verb = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


class Answer(NamedTuple):
    """An error that KMS answers with."""

    code: str
    status: int = 400
    message: str = ""


class Put(NamedTuple):
    """What happens to a put: whether it is written, the error that it is answered with, and what is written after it."""

    written: bool
    answer: Answer | None = None
    theirs: Statement | None = None


LOST = Answer("KMSInternalException", 500)
THROTTLED = Answer("ThrottlingException")
UNKNOWN_PRINCIPAL = Answer(
    "MalformedPolicyDocumentException",
    message="Policy contains a statement with one or more invalid principals.",
)


def as_botocore(answer: Answer, operation: str) -> ClientError:
    """Return the error that botocore makes of an answer."""
    error = {"Code": answer.code, "Message": answer.message}
    return ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": answer.status}}, operation)  # type: ignore[typeddict-item]  # ty: ignore[invalid-argument-type]


class Shared(FakeKMS):
    """A KMS on which somebody else writes, too; notes at what time requests came."""

    def __init__(self, clock: VirtualClock, *puts: Put) -> None:
        super().__init__()
        self.clock = clock
        self.while_reading: Callable[[], Awaitable[object]] | None = None  # after the first put
        self.shown: str | None = None  # in the place of the policy
        self.came: list[tuple[str, float]] = []
        self.puts = list(puts)
        self.key = self.add_key(OLD)

    async def get_key_policy(self, **parameters: Any) -> dict[str, Any]:
        self.came.append(("read", self.clock()))
        if self.while_reading is not None and self.number_of_puts:
            await self.while_reading()
        if self.shown is not None:
            return {"Policy": self.shown}
        return await super().get_key_policy(**parameters)

    async def put_key_policy(self, **parameters: Any) -> dict[str, Any]:
        self.came.append(("write", self.clock()))
        put = self.puts.pop(0) if self.puts else Put(written=True)
        answer: dict[str, Any] = {}
        if put.written:
            answer = await super().put_key_policy(**parameters)
        else:
            self.calls.append(("PutKeyPolicy", dict(parameters)))
        if put.theirs is not None:
            self.set_policy(self.key, self.now.with_statement(put.theirs))
        if put.answer is not None:
            raise as_botocore(put.answer, "PutKeyPolicy")
        return answer

    @property
    def now(self) -> Policy:
        """The policy that the key has."""
        return self.policy(self.key)

    @property
    def number_of_puts(self) -> int:
        """How many puts came."""
        return operations(self).count("PutKeyPolicy")

    def policies(self, retry: Retry | None = Retry(4)) -> KeyPolicies:  # noqa: B008 - frozen
        """Return the facade over it."""
        return KeyPolicies(self, retry=retry, sleep=self.clock.sleep, clock=self.clock)

    def all_directly_followed_a_read(self) -> bool:
        """Return whether each put came directly after a read: at its time, with nothing in between."""
        return all(
            self.came[number - 1] == ("read", when)
            for number, (what, when) in enumerate(self.came)
            if what == "write"
        )
