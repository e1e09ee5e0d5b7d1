"""A policy on its way to a key is read and checked once, whatever the verb does with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from attrs import evolve
from botocore.exceptions import ClientError

from kmspolicy import Guard, KeyPolicies, Policy, Principal, Retry, Severity, allow, statements
from kmspolicy._check._check import check_text
from kmspolicy._client import _prepared
from kmspolicy._plan import _plan

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kmspolicy import Many
    from kmspolicy.testing import VirtualClock

    Verb: TypeAlias = Callable[[KeyPolicies], Awaitable[object]]

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
OLD = Policy([statements.enable_iam_policies("111122223333")])
SIGN = allow("kms:Sign").to(Principal.user("111122223333", "alice")).named("sign")
NEW = OLD.with_statement(SIGN)
TEXT = NEW.to_json(indent=4)
UNKNOWN_PRINCIPAL: Any = {
    "Code": "MalformedPolicyDocumentException",
    "Message": "Policy contains a statement with one or more invalid principals.",
}


class Key:
    """A client with one key, which prints its policy in a way of its own; it reads and checks nothing."""

    def __init__(self, refusals: int = 0) -> None:
        self.text = OLD.to_json(indent=2)
        self.refusals = refusals

    async def get_key_policy(self, **_: object) -> dict[str, Any]:
        return {"Policy": self.text}

    async def put_key_policy(self, *, Policy: str, **_: object) -> dict[str, Any]:  # noqa: N803
        if self.refusals:
            self.refusals -= 1
            raise ClientError({"Error": UNKNOWN_PRINCIPAL}, "PutKeyPolicy")
        self.text = json.dumps(json.loads(Policy), indent=2)
        return {}

    async def list_key_policies(self, **_: object) -> dict[str, Any]:
        raise NotImplementedError


class Counts:
    """How often a text was read, and a policy checked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read = self.checked = 0
        read = Policy.from_json

        def counted_read(text: str | bytes) -> Policy:
            self.read += 1
            return read(text)

        def counted_check(*args: Any, **kwargs: Any) -> Any:
            self.checked += 1
            return check_text(*args, **kwargs)

        monkeypatch.setattr(Policy, "from_json", counted_read)
        for module in (_prepared, _plan):
            monkeypatch.setattr(module, "check_text", counted_check)


async def first(results: Many[Any]) -> None:
    """Take the only result, which is not an error."""
    async with results:
        async for result in results:
            result.unwrap()


VERBS: dict[str, tuple[Verb, int, int]] = {
    "put a policy": (lambda policies: policies.put(KEY, NEW), 0, 1),
    "put a text": (lambda policies: policies.put(KEY, TEXT), 1, 1),
    "put a policy, wait": (lambda policies: policies.put(KEY, NEW, wait=9), 1, 1),
    "put a text, wait": (lambda policies: policies.put(KEY, TEXT, wait=9), 2, 1),
    "plan a policy": (lambda policies: policies.plan(KEY, NEW), 1, 1),
    "plan a text": (lambda policies: policies.plan(KEY, TEXT), 2, 1),
    "ensure a policy": (lambda policies: policies.ensure(KEY, NEW), 1, 1),
    "ensure a text": (lambda policies: policies.ensure(KEY, TEXT), 2, 1),
    "ensure a text, wait": (lambda policies: policies.ensure(KEY, TEXT, wait=9), 3, 1),
    "ensure what is there": (lambda policies: policies.ensure(KEY, OLD), 1, 1),
    "edit": (lambda policies: policies.edit(KEY, lambda _: NEW), 1, 1),
    "edit, wait": (lambda policies: policies.edit(KEY, lambda _: NEW, wait=9), 2, 1),
    "add a statement": (lambda policies: policies.add_statement(KEY, SIGN), 1, 1),
    "put many": (lambda policies: first(policies.put_many([(KEY, TEXT)])), 1, 1),
    "plan many": (lambda policies: first(policies.plan_many([(KEY, TEXT)])), 2, 1),
    "ensure many": (lambda policies: first(policies.ensure_many([(KEY, TEXT)])), 2, 1),
    "get many": (lambda policies: first(policies.get_many([KEY])), 1, 0),
}


@pytest.mark.parametrize(("verb", "read", "checked"), VERBS.values(), ids=list(VERBS))
async def test_how_often_each_verb_reads_and_checks(
    verb: Verb, read: int, checked: int, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each text is read once, the key's included, and each new policy is checked once."""
    policies = KeyPolicies(Key(), sleep=clock.sleep, clock=clock)
    counts = Counts(monkeypatch)
    await verb(policies)
    assert (counts.read, counts.checked) == (read, checked)


@pytest.mark.parametrize("policy", [NEW, TEXT], ids=["a policy", "a text"])
async def test_how_often_a_plan_is_read_and_checked(
    policy: Policy | str, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan may come from elsewhere: it is checked again; its texts are read if it did not need them before."""
    policies = KeyPolicies(Key(), sleep=clock.sleep, clock=clock)
    plan = await policies.plan(KEY, policy)
    counts = Counts(monkeypatch)
    await first(policies.apply_many([evolve(plan)]))
    assert (counts.read, counts.checked) == (2, 1)
    policies, counts = KeyPolicies(Key(), sleep=clock.sleep, clock=clock), Counts(monkeypatch)
    await first(policies.apply_many([plan]))
    assert (counts.read, counts.checked) == (0, 1)


@pytest.mark.parametrize("policy", [NEW, TEXT], ids=["a policy", "a text"])
async def test_what_is_not_checked_is_not_read(
    policy: Policy | str, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a check a text goes as it is."""
    policies = KeyPolicies(Key(), guard=Guard(refuse=None), sleep=clock.sleep, clock=clock)
    counts = Counts(monkeypatch)
    await policies.put(KEY, policy)
    assert (counts.read, counts.checked) == (0, 0)


@pytest.mark.parametrize("check", [True, False], ids=["checked", "unchecked"])
async def test_a_put_that_is_repeated_is_checked_once(
    check: bool, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While KMS does not know a principal, the same policy is sent; an unchecked one is checked before the first repeat."""
    policies = KeyPolicies(
        Key(refusals=3),
        guard=Guard(refuse=Severity.ERROR if check else None),
        retry=Retry(propagation=60),
        sleep=clock.sleep,
        clock=clock,
    )
    counts = Counts(monkeypatch)
    assert (await policies.put(KEY, TEXT)).attempts == 4
    assert (counts.read, counts.checked) == (1, 1)
