"""The work on one key: reading, checking, comparing and putting its policy."""

from __future__ import annotations

import asyncio
import logging
import math
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, cast

import attrs

from kmspolicy._check import Severity
from kmspolicy._client import _botocore
from kmspolicy._client._advice import PERHAPS_CREATED
from kmspolicy._client._calls import LOG, Order, extra, in_words, not_read
from kmspolicy._client._pace import Pace, taken
from kmspolicy._client._prepared import Prepared
from kmspolicy._diff import document_diff
from kmspolicy._document import Policy
from kmspolicy._evaluate._request import the_key
from kmspolicy._language._key_arns import Key, account_of_key_arn, partition_of_key_arn
from kmspolicy._plan._created import created_key
from kmspolicy._plan._guard import Guard, refuse_findings, refuse_unshown
from kmspolicy._plan._plan import Plan, PutResult, deleted, knowing
from kmspolicy._plan._retry import growing
from kmspolicy._printable import printable, quoted, word
from kmspolicy.errors import (
    CallError,
    InvalidPrincipalException,
    KeyIdError,
    KeyPolicyError,
    PolicyChangedError,
    PolicyDocumentError,
    WaitTimeoutError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Mapping

    from kmspolicy._check import Finding
    from kmspolicy._client._botocore import Answer
    from kmspolicy._client._calls import Calls, KeyPolicyClient
    from kmspolicy._client._edits import Edit
    from kmspolicy._client._pace import Token
    from kmspolicy._evaluate import Caller
    from kmspolicy._plan._created import CreateResult

_LONGEST_KEY_ID: Final = 2048
_SHORT: Final = 4096
"""The most characters of a text about which proofs take no longer than a request."""
_TIMES_IN_A_ROW: Final = 3
_FIRST_POLL: Final = 0.5
_LONGEST_POLL: Final = 5.0
_FOR_EVER: Final = float("inf")
_MOST_RISKS: Final = 5  # each is a sentence or two


def _any_key(work: Work) -> Key:
    key = the_key(work.account, None)
    if key.account is None and work.caller is not None:
        return key._replace(account=work.caller.requester.account)
    return key


@attrs.frozen(eq=False)
class Work:
    """The work on keys, one key at a time.

    Attributes:
        client: The client.
        caller: The caller; None if it is not known.
        account: The account of the keys, if neither the key ARN nor the caller tells it; None if it is not known.
        guard: What policies are refused for before they are put.
        whose: What errors call the guard.
        calls: The calls of the client.
        any_key: What is known of a key that is not given by its ARN.
    """

    client: KeyPolicyClient
    caller: Caller | None
    account: str | None
    guard: Guard
    calls: Calls
    whose: str = "the guard of KeyPolicies"
    any_key: Key = attrs.field(init=False, default=attrs.Factory(_any_key, takes_self=True))

    async def get_text(self, key_id: str, pace: Pace | None = None) -> str:
        a_key_id(key_id)
        return _text_of(await self.calls.send(self.reading(key_id, pace)))

    def reading(self, key_id: str, pace: Pace | None = None) -> Order:
        """Return the order to read a policy."""
        parameters = {"KeyId": key_id, "PolicyName": "default"}
        return Order("GetKeyPolicy", self.client.get_key_policy, parameters, pace, must_have=("Policy", str))

    def prepare(self, key_id: str, policy: Policy | str, *, bypass: bool) -> Prepared:
        return Prepared(a_key_id(key_id), policy, self.caller, self.key(key_id), bypass)

    def prepare_new(self, policy: Policy | str, *, bypass: bool) -> Prepared:
        """Prepare the policy of a key that does not exist yet."""
        return Prepared("", policy, self.caller, self.any_key, bypass)

    def planned(self, plan: Plan) -> Prepared:
        """Prepare the new policy of a plan, which another instance may have made; what this one does not know, the plan tells."""
        own, bypass = self.key(plan.key_id), plan.bypass_policy_lockout_safety_check
        key = Key(own.account or plan.account, own.arn or plan.key_arn)
        prepared = Prepared(a_key_id(plan.key_id), plan.new_text, self.caller or plan.caller, key, bypass)
        vars(prepared).update(policy=plan.new)  # what is in the text
        return prepared

    async def plan(self, prepared: Prepared, pace: Pace | None = None) -> Plan:
        """Compare a policy with the one that the key has."""
        _ = prepared.policy  # refuses anything that is not a policy before a request is sent
        found = await self.get_text(prepared.key_id, pace)
        return self.compared(found, read_policy(prepared.key_id, found), prepared)

    def compared(self, found: str, current: Policy, prepared: Prepared) -> Plan:
        """Compare a policy with the one that was read; ``found`` is the text of the latter."""
        key_id, key = prepared.key_id, prepared.key
        plan = Plan(
            key_id,
            found,
            prepared.text,
            account=key.account,
            key_arn=key.arn,
            partition=self.partition(key_id),
            caller=prepared.caller,
            bypass_policy_lockout_safety_check=prepared.bypass,
        )
        return knowing(plan, current, prepared.policy, prepared.findings)

    def under(self, guard: Guard | None) -> Work:
        """Return the same work under another guard, if there is one."""
        return (
            self
            if guard is None
            else attrs.evolve(self, guard=a_guard(guard), whose="the guard of this call")
        )

    def refuse(self, prepared: Prepared) -> None:
        """Refuse a policy for a finding that the guard does not let pass.

        Raises:
            PolicyCheckError: if there is such a finding.
        """
        if self.guard.refuse is not None:
            refuse_findings(self.guard, prepared.findings, bypass=prepared.bypass, whose=self.whose)

    async def judge(self, prepared: Prepared, plan: Plan | None = None) -> None:
        """Refuse a policy that the guard refuses; proofs about long texts run in a thread, so that other tasks go on.

        Raises:
            PolicyCheckError: for a finding.
            NotShownError: for a claim that is not shown.
        """
        self.refuse(prepared)
        if not self.guard.proves:
            return
        subject, texts = prepared.policy if plan is None else plan, [prepared.text]
        texts += [] if plan is None else [plan.current_text]
        refuse = partial(refuse_unshown, self.guard, subject, *prepared.key, self.whose)
        if max(map(len, texts)) > _SHORT:
            await asyncio.to_thread(refuse)
        else:
            refuse()

    def overwrite(self, prepared: Prepared, pace: Pace | None = None) -> Awaitable[PutResult]:
        """Put a policy on a key, whatever policy it has; what the check finds is refused at once."""
        self.refuse(prepared)
        return self._prove_and_put(prepared, pace) if self.guard.proves else self.put(prepared, pace)

    async def _prove_and_put(self, prepared: Prepared, pace: Pace | None) -> PutResult:
        plan = await self.plan(prepared) if self.guard.no_new_access else None
        await self.judge(prepared, plan)
        return await self.put(prepared, pace)

    async def ensure(self, prepared: Prepared, pace: Pace | None = None) -> PutResult:
        """Plan a policy and carry out the plan."""
        _ = prepared.policy  # refuses anything that is not a policy before a request is sent
        async with taken(pace) as token:
            plan = await self.plan(prepared)
            if plan:
                await self.judge(prepared, plan)
            return await self.carry_out(plan, prepared, token)

    async def apply(self, plan: Plan, prepared: Prepared, pace: Pace | None = None) -> PutResult:
        """Carry out a plan if the key's policy has not changed since."""
        if plan:
            await self.judge(prepared, plan)
        async with taken(pace) as token:
            found = await self.get_text(plan.key_id)
            if found != plan.current_text:
                self.refuse_changed(plan, found, read_policy(plan.key_id, found))
            return await self.carry_out(plan, prepared, token)

    async def edit(self, key_id: str, edit: Edit, pace: Pace | None = None) -> PutResult:
        """Let a function change the policy; call it again if somebody else changed the policy meanwhile."""
        spent, unknown, left = 0, False, edit.tries
        while True:
            left -= 1
            try:
                result = await self._edit_once(key_id, edit, pace, spent)
            except PolicyChangedError as error:
                spent, unknown = error.attempts, unknown or error.outcome_unknown
                attempts = 1 if self.calls.retry is None else self.calls.retry.attempts
                if not left or spent >= attempts or (unknown and not edit.idempotent):
                    raise
            except CallError as error:
                error.outcome_unknown |= unknown
                raise
            else:
                # Where nothing is left to do, a put of ours whose answer was lost has done it.
                return result if result.changed else attrs.evolve(result, attempts=spent, changed=unknown)

    async def _edit_once(self, key_id: str, edit: Edit, pace: Pace | None, spent: int) -> PutResult:
        async with taken(pace) as token:
            found = await self.get_text(key_id)
            current = read_policy(key_id, found)
            prepared = self.prepare(key_id, edit.changed(current), bypass=edit.bypass)
            plan = self.compared(found, current, prepared)
            if plan:
                await self.judge(prepared, plan)
            return await self.carry_out(plan, prepared, token, spent)

    async def carry_out(self, plan: Plan, prepared: Prepared, token: Token, spent: int = 0) -> PutResult:
        """Put the policy of a plan directly after the read that shows the plan's current one."""
        if plan:
            return await self.put(prepared, token.use(), plan, spent)
        return PutResult(plan.key_id, None, 0, changed=False, plan=plan, findings=plan.findings)

    def refuse_changed(
        self, plan: Plan, found: str, now: Policy, *, attempts: int = 0, outcome_unknown: bool = False
    ) -> None:
        """Refuse a policy that is not the one from which the plan was made.

        Raises:
            PolicyChangedError: if it is another document, labels included.
        """
        since = document_diff(plan.current, now, self.partition(plan.key_id))
        if since:
            raise PolicyChangedError(
                plan.key_id,
                plan.current_text,
                found,
                str(since),
                attempts=attempts,
                outcome_unknown=outcome_unknown,
            )

    async def put(
        self, prepared: Prepared, pace: Pace | None = None, plan: Plan | None = None, spent: int = 0
    ) -> PutResult:
        """Put a policy on a key; with a plan, only as long as the key has the policy from which the plan was made."""
        key_id, text = prepared.key_id, prepared.text
        parameters: dict[str, Any] = {"KeyId": key_id, "PolicyName": "default", "Policy": text}
        if prepared.bypass:
            parameters["BypassPolicyLockoutSafetyCheck"] = True
        if LOG.isEnabledFor(logging.DEBUG):
            LOG.debug("PutKeyPolicy: key %s: %s", word(key_id), printable(text), extra=extra(key_id, 0, None))
        look = None if plan is None else partial(self.is_put, plan)
        order = Order("PutKeyPolicy", self.client.put_key_policy, parameters, pace, look=look)
        answer = await self.deliver(order, prepared, spent)
        if LOG.isEnabledFor(logging.INFO):
            LOG.info(
                "put a policy on key %s",
                word(key_id),
                extra=extra(key_id, answer.attempts, answer.request_id),
            )
        findings = self.findings_of(prepared, plan)
        if findings:
            self.warn(key_id, findings, answer)
        return PutResult(key_id, answer.request_id, answer.attempts, plan=plan, findings=findings)

    async def create(self, prepared: Prepared, parameters: Mapping[str, Any]) -> CreateResult:
        """Create a key that has a policy from its first moment."""
        create_key = getattr(self.client, "create_key", None)
        if create_key is None:
            raise TypeError(f"{type(self.client).__name__} has no method create_key")
        await self.judge(prepared)
        if LOG.isEnabledFor(logging.DEBUG):
            LOG.debug("CreateKey: %s", printable(prepared.text), extra=extra(None, 0, None))
        wanted = ("KeyMetadata.Arn", str)
        order = Order("CreateKey", create_key, parameters, must_have=wanted, once=True)
        try:
            answer = await self.deliver(order, prepared)
        except CallError as error:
            if error.outcome_unknown:
                error.is_retry_safe, error.advice = False, PERHAPS_CREATED
            raise
        findings = self.findings_of(prepared)
        created = created_key(answer.response["KeyMetadata"], answer.request_id, answer.attempts, findings)
        if LOG.isEnabledFor(logging.INFO):
            LOG.info(
                "created key %s",
                word(created.key_id),
                extra=extra(created.key_id, answer.attempts, answer.request_id),
            )
        self.warn(created.key_id, findings, answer)
        return created

    def findings_of(self, prepared: Prepared, plan: Plan | None = None) -> tuple[Finding, ...]:
        """Return the findings of a policy; where the guard does not look at them, those of the plan, if there is one."""
        if self.guard.refuse is not None:
            return prepared.findings
        return () if plan is None else plan.findings

    def deliver(self, order: Order, prepared: Prepared, spent: int = 0) -> Awaitable[Answer]:
        """Send a policy, and retry it also while KMS does not know its principals, if that is wanted."""
        seconds = None if self.calls.retry is None else self.calls.retry.propagation
        if seconds is None:
            return self.calls.send(order, spent=spent)
        return self.until_known(order, prepared, seconds, spent)

    def warn(self, key_id: str, findings: Iterable[Finding], answer: Answer) -> None:
        """Log a warning of what was put that probably gives more access than its author means."""
        risks = [
            printable(str(one))
            for one in findings
            if one.severity is Severity.SECURITY_WARNING and one.code not in self.guard.ignore
        ]
        if risks:
            left_out = f"; and {len(risks) - _MOST_RISKS:,} more" if len(risks) > _MOST_RISKS else ""
            LOG.warning(
                "the policy of key %s: %s%s", word(key_id), "; ".join(risks[:_MOST_RISKS]), left_out,
                extra=extra(key_id, answer.attempts, answer.request_id),
            )  # fmt: skip

    async def is_put(self, plan: Plan, error: CallError) -> bool:
        """Return whether the key has the new policy of a plan, after a put that failed.

        Raises:
            PolicyChangedError: if it has neither that nor the current one of the plan.
            CallError: the error of the put, if the policy cannot be read.
        """
        try:
            found = _text_of(await self.calls.send_once(self.reading(plan.key_id)))
            now = plan.current if found == plan.current_text else read_policy(plan.key_id, found)
        except (CallError, PolicyDocumentError) as unread:
            raise not_read(error, unread) from error.__cause__
        if not document_diff(plan.new, now, self.partition(plan.key_id)):
            return True
        try:
            self.refuse_changed(
                plan, found, now, attempts=error.attempts, outcome_unknown=error.outcome_unknown
            )
        except PolicyChangedError as changed:
            raise changed from error
        return False

    async def until_known(self, order: Order, prepared: Prepared, seconds: float, spent: int) -> Answer:
        """Send a policy, and retry it while KMS does not know its principals; count all requests.

        The last retry is sent when the seconds since the first answer are over, or as soon after that as the pace allows.
        """
        end, delays = math.inf, growing(_FIRST_POLL * 2, _LONGEST_POLL * 2)
        unknown: InvalidPrincipalException | None = None
        while True:
            try:
                return await self.calls.send(order, after=unknown, spent=0 if unknown else spent)
            except InvalidPrincipalException as error:
                now = self.calls.clock()
                end = min(end, now + seconds)
                # It is the same error if the policy could not be read in between; one in the policy is not transient.
                if error is unknown or now >= end or prepared.has_errors:
                    raise
                delay = min(next(delays), end - now)
                LOG.warning(
                    "%s: %s: %s; again in %.1f seconds",
                    order.operation, in_words(error.key_id), quoted(error.message), delay,
                    extra=extra(error.key_id, error.attempts, error.request_id),
                )  # fmt: skip
                unknown = error
            await self.calls.sleep(delay)

    def key(self, key_id: str) -> Key:
        """Return what is known of a key: its ARN tells its account, or the facade, or its caller."""
        if account_of_key_arn(key_id) is None:
            return self.any_key
        return the_key(self.account, key_id)

    def partition(self, key_id: str) -> str:
        told = partition_of_key_arn(key_id) if isinstance(key_id, str) else None
        return told or _botocore.partition_of(self.client) or "aws"

    def pace(self, rate: float | None) -> Pace | None:
        if rate is None:
            return None
        if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 < rate < _FOR_EVER:
            raise ValueError(f"rate must be a number of requests per second above 0, or None, not {rate!r}")
        return Pace(rate, self.calls.sleep, self.calls.clock)

    async def wait_after(self, put: PutResult, policy: Policy, seconds: float) -> None:
        """Wait until a policy that was put can be read back; errors say that it was put."""
        try:
            await self.wait(put.key_id, policy, seconds)
        except KeyPolicyError as error:
            if isinstance(error, CallError):  # the error of a read, which does not know of the put
                error.outcome_unknown = True
            request = f": request {word(put.request_id)}" if put.request_id else ""
            error.add_note(f"The policy was put on key {word(put.key_id)}{request}.")
            raise

    async def wait(self, key_id: str, policy: Policy, seconds: float) -> None:
        """Wait until the policy can be read back."""
        partition = self.partition(key_id)
        end = self.calls.clock() + seconds
        times, delays = 0, growing(_FIRST_POLL, _LONGEST_POLL)

        @lru_cache(maxsize=1)  # most reads return the same text as the one before
        def compared(text: str) -> tuple[Policy, bool]:
            found = read_policy(key_id, text)
            return found, not document_diff(policy, found, partition)

        while times < _TIMES_IN_A_ROW:
            text = await self.get_text(key_id)
            over = self.calls.clock() >= end
            try:
                found, same = compared(text)
            except PolicyDocumentError:  # perhaps still the old policy
                if over:
                    raise
                times = 0
            else:
                times = times + 1 if same else 0
                if over and not times:
                    raise WaitTimeoutError(key_id, text, _late(key_id, seconds, policy, found, partition))
            if not times:
                await self.calls.sleep(min(next(delays), end - self.calls.clock()))
            elif (
                times < _TIMES_IN_A_ROW
            ):  # reads that have begun to agree are finished after the timeout, too
                await self.calls.sleep(_FIRST_POLL)


def a_key_id(value: str) -> str:
    """Return the value if it can be the id of a key; KMS finds other mistakes."""
    if not isinstance(value, str):
        raise KeyIdError(f"a key id must be text, not {type(value).__name__}")
    if not 1 <= len(value) <= _LONGEST_KEY_ID:
        raise KeyIdError(f"a key id must have 1 to {_LONGEST_KEY_ID:,} characters, not {len(value):,}")
    if value.startswith("alias/") or (value.startswith("arn:") and ":alias/" in value):
        raise KeyIdError(f"{quoted(value)} is an alias; use the key id or key ARN, which DescribeKey returns")
    return value


def _text_of(answer: Answer) -> str:
    return cast("str", answer.response["Policy"])


def a_guard(value: Guard) -> Guard:
    """Return the value if it is a Guard."""
    if not isinstance(value, Guard):
        raise TypeError(f"guard must be a Guard, not {value!r}")
    return value


def a_plan(value: Plan) -> Plan:
    """Return the value if it is a Plan."""
    if not isinstance(value, Plan):
        raise TypeError(f"expected a Plan, not {type(value).__name__}; see KeyPolicies.plan")
    return value


def read_policy(key_id: str, text: str) -> Policy:
    """Return the policy in a text that KMS returned."""
    try:
        return Policy.from_json(text)
    except PolicyDocumentError as error:
        error.add_note(
            f"This is the policy of key {word(key_id)} as KMS returned it; get_text returns its text."
        )
        raise


def a_time(value: float, name: str) -> float:
    """Return the value if it is a number of seconds."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number of seconds, not {value!r}")
    if not 0 <= value < _FOR_EVER:
        raise ValueError(f"{name} must be a finite number of seconds, 0 or more, not {value!r}")
    return value


def _late(key_id: str, seconds: float, policy: Policy, found: Policy, partition: str) -> str:
    return "\n".join(
        [
            f"the policy of key {word(key_id)} could not be read back in {seconds:g} seconds; the difference between the policy that was put and the one that was read:",
            str(document_diff(policy, found, partition)),
            *deleted(found),
        ]
    )
