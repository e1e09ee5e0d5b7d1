"""KeyPolicies: reading, planning and putting key policies."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final, final

import attrs

from kmspolicy._check._check import principal_of_put
from kmspolicy._client import _botocore
from kmspolicy._client._calls import Calls
from kmspolicy._client._many import Kind, Many, pair
from kmspolicy._client._prepared import a_bypass
from kmspolicy._client._work import Work, a_key_id, a_plan, a_time, read_policy
from kmspolicy._diff import diff
from kmspolicy._document import Policy, a_policy
from kmspolicy._plan._retry import Retry
from kmspolicy.errors import (
    PolicyChangedError,
    PolicyDocumentError,
    Problem,
    SidError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kmspolicy._client._calls import KeyPolicyClient
    from kmspolicy._client._many import Items, Progress
    from kmspolicy._document import Principal, Statement
    from kmspolicy._plan._plan import Plan, PutResult

_DEFAULT_RETRY: Final = Retry()


def _retry_or_none(value: Retry | None) -> Retry | None:
    if value is not None and not isinstance(value, Retry):
        raise TypeError(f"retry is a Retry or None, not {value!r}")
    return value


def _caller_or_none(value: str | Principal | None) -> str | None:
    return None if value is None else principal_of_put(value).text


def _true_or_false(value: bool) -> bool:  # noqa: FBT001 - a converter
    if not isinstance(value, bool):
        raise TypeError(f"check is true or false, not {value!r}")
    return value


@final
@attrs.frozen(eq=False)
class KeyPolicies:
    """Read, plan and put the policies of keys of one account and Region.

    It holds no connection and needs no closing: that is the client's business. One instance serves many
    tasks at once.

    PutKeyPolicy replaces the whole policy and knows no precondition: between the last read of ``apply``, ``ensure`` or
    ``edit`` and their write, somebody else's write can still be lost; and so can your own one before, where a read does not
    show it yet. Let one process at a time change a key, and give ``wait`` to what is followed by another change.

    Args:
        client: An open KMS client of aiobotocore. Its own repeats are off inside the calls of this class, and
            only there, unless ``retry`` is None.
        caller: The ARN of the user, role, role session or root user whose credentials the client has, as STS
            GetCallerIdentity returns it, or a :class:`Principal` with this single name. With it, the check before a put
            knows whether this caller would be locked out. None if it is not known.
        check: Whether a policy is checked before it is put; false sends whatever is given.
        retry: How often and how long calls are repeated; None leaves that to the client's configuration.
        sleep: Waits between attempts; for tests, which do not want to wait.
        clock: Gives the seconds by which the deadline is reckoned before an attempt; for tests, with ``sleep``.

    Raises:
        TypeError: where ``client`` is not open, or is boto3's; where ``retry`` is neither a Retry nor None, or ``check`` not a
            bool.
        RequestError: where ``caller`` can put no policy.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying.html
    """

    _client: KeyPolicyClient = attrs.field(alias="client")
    _caller: str | None = attrs.field(
        default=None, kw_only=True, alias="caller", converter=_caller_or_none, repr=False
    )
    _check: bool = attrs.field(
        default=True, kw_only=True, alias="check", converter=_true_or_false, repr=False
    )
    _retry: Retry | None = attrs.field(
        default=_DEFAULT_RETRY, kw_only=True, alias="retry", converter=_retry_or_none
    )
    _sleep: Callable[[float], Awaitable[object]] = attrs.field(
        default=asyncio.sleep, kw_only=True, alias="sleep", repr=False
    )
    _clock: Callable[[], float] = attrs.field(default=time.monotonic, kw_only=True, alias="clock", repr=False)
    _work: Work = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Put together what works."""
        _botocore.refuse_what_is_no_client(self._client)
        calls = Calls(self._client, self._retry, self._sleep, self._clock)
        object.__setattr__(self, "_work", Work(self._client, self._caller, self._check, calls))

    # --- one key ---

    async def put(
        self,
        key_id: str,
        policy: Policy | str,
        *,
        bypass_policy_lockout_safety_check: bool = False,
        wait: float | None = None,
    ) -> PutResult:
        """Put a policy on a key, in place of the one it has.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            policy: The policy, or its JSON text, which is sent as it is.
            bypass_policy_lockout_safety_check: Send true only if you mean to give up the right to put a
                policy on this key again; lockout then does not stop the put.
            wait: Seconds to wait until the policy reads back, see :meth:`wait_until_equivalent`; None for no waiting.

        Returns:
            The key, the id of the request and the number of requests.

        Raises:
            KeyIdError: where ``key_id`` cannot be the id of a key; nothing was sent.
            PolicyDocumentError: where ``policy`` is neither a Policy nor text, or text that is no policy; nothing
                was sent.
            PolicyCheckError: where KMS would refuse the policy; nothing was sent.
            ServiceError: one of its kinds, where KMS answers with an error.
            NoAnswerError: where there is no answer, within the deadline or at all.
            WaitTimeoutError: where the policy was put and did not read back in time; other errors of the reads after a
                put have a note that it was put, and ``outcome_unknown`` is true.
            ValueError: where ``wait`` is negative or not finite; nothing was sent.
            TypeError: where ``bypass_policy_lockout_safety_check`` is not a bool, or ``wait`` no number; nothing was sent.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
        """
        seconds = _a_wait(wait)
        prepared = self._work.prepare(key_id, policy, bypass=bypass_policy_lockout_safety_check)
        if seconds is not None:
            _ = prepared.policy  # what cannot be waited for is not put
        result = await self._work.put(prepared)
        await self._work.wait_after(result, prepared, seconds)
        return result

    async def get_text(self, key_id: str) -> str:
        """Read the policy of a key, as the text that KMS prints.

        KMS prints in its own way: other white space, principals in another order, a list of one name as the name.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.

        Raises:
            KeyIdError: where ``key_id`` cannot be the id of a key; nothing was sent.
            ServiceError: one of its kinds, where KMS answers with an error.
            NoAnswerError: where there is no answer, or one without a policy.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
        """
        return await self._work.get_text(key_id)

    async def get(self, key_id: str) -> Policy:
        """Read the policy of a key.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.

        Raises:
            PolicyDocumentError: where what KMS returned cannot be read; it is never taken for an empty policy.
            KeyPolicyError: what :meth:`get_text` raises.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
        """
        return read_policy(key_id, await self.get_text(key_id))

    async def names(self, key_id: str) -> tuple[str, ...]:
        """List the names of a key's policies, all pages; today that is always ``default``.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.

        Raises:
            KeyPolicyError: what :meth:`get_text` raises.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html
        """
        parameters: dict[str, Any] = {"KeyId": a_key_id(key_id)}
        names: list[str] = []
        seen: set[object] = set()
        while True:
            answer = await self._work.calls.send(
                "ListKeyPolicies",
                key_id,
                lambda: self._client.list_key_policies(**parameters),
                must_have=("PolicyNames", list),
            )
            names += answer.response["PolicyNames"]
            marker = answer.response.get("NextMarker")
            if not answer.response.get("Truncated") or not marker or marker in seen:
                return tuple(names)
            seen.add(marker)
            parameters["Marker"] = marker

    async def plan(
        self, key_id: str, policy: Policy | str, *, bypass_policy_lockout_safety_check: bool = False
    ) -> Plan:
        """Read what a key has, check what it is to have, and compare; nothing is written.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            policy: The policy, or its JSON text.
            bypass_policy_lockout_safety_check: What :meth:`apply` puts it with.

        Returns:
            The plan; false where there is nothing to do.

        Raises:
            PolicyDocumentError: where ``policy``, or what KMS returned, cannot be read.
            KeyPolicyError: what :meth:`get_text` raises.
        """
        return await self._work.plan(
            self._work.prepare(key_id, policy, bypass=bypass_policy_lockout_safety_check)
        )

    async def apply(self, plan: Plan, *, wait: float | None = None) -> PutResult | None:
        """Put what was planned, if the key still has the policy that the plan saw.

        Args:
            plan: What :meth:`plan` returned, in this process or another.
            wait: As for :meth:`put`.

        Returns:
            What :meth:`put` returns; None where there was nothing to do.

        Raises:
            PolicyChangedError: where the key's policy means something else by now, or has other labels.
            KeyPolicyError: what :meth:`get_text` and :meth:`put` raise.
        """
        prepared, seconds = self._work.planned(a_plan(plan)), _a_wait(wait)
        result = await self._work.apply(plan, prepared)
        await self._work.wait_after(result, prepared, seconds)
        return result

    async def ensure(
        self,
        key_id: str,
        policy: Policy | str,
        *,
        bypass_policy_lockout_safety_check: bool = False,
        wait: float | None = None,
    ) -> PutResult | None:
        """Plan and apply: put a policy only where the key has not got it, labels included.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            policy: The policy, or its JSON text.
            bypass_policy_lockout_safety_check: As for :meth:`put`.
            wait: As for :meth:`put`.

        Returns:
            What :meth:`put` returns; None where there was nothing to do.

        Raises:
            KeyPolicyError: what :meth:`plan` and :meth:`apply` raise.
        """
        seconds = _a_wait(wait)
        prepared = self._work.prepare(key_id, policy, bypass=bypass_policy_lockout_safety_check)
        result = await self._work.ensure(prepared)
        await self._work.wait_after(result, prepared, seconds)
        return result

    async def edit(
        self,
        key_id: str,
        function: Callable[[Policy], Policy],
        *,
        tries: int = 3,
        bypass_policy_lockout_safety_check: bool = False,
        wait: float | None = None,
    ) -> PutResult | None:
        """Change the policy that a key has.

        KMS may not show yet what was put a moment ago: give ``wait`` to edits that are followed by another.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            function: Takes the policy and returns the changed one; it is called again if the policy changed meanwhile.
            tries: From how many fresh reads it is tried at most.
            bypass_policy_lockout_safety_check: As for :meth:`put`.
            wait: As for :meth:`put`.

        Returns:
            What :meth:`put` returns; None where there was nothing to do.

        Raises:
            PolicyChangedError: where the policy changed meanwhile in each try.
            PolicyDocumentError: where the function returns no policy; nothing was sent.
            ValueError: for no tries.
            TypeError: for what is no function.
            KeyPolicyError: what :meth:`plan` and :meth:`apply` raise. What the function raises comes through.
        """
        if isinstance(tries, bool) or not isinstance(tries, int) or tries < 1:
            raise ValueError(f"tries is a number of reads, 1 or more, not {tries!r}")
        if not callable(function):
            raise TypeError(f"expected a function from Policy to Policy, not {function!r}")
        seconds, bypass = _a_wait(wait), a_bypass(bypass_policy_lockout_safety_check)
        left = tries
        while True:
            left -= 1
            found = await self.get_text(key_id)
            current = read_policy(key_id, found)
            prepared = self._work.prepare(key_id, _changed(function, current), bypass=bypass)
            plan = self._work.compared(found, current, prepared)
            if not plan:
                return None
            try:
                result = await self._work.apply(plan, prepared)
            except PolicyChangedError:
                if not left:
                    raise
            else:
                await self._work.wait_after(result, prepared, seconds)
                return result

    async def add_statement(
        self, key_id: str, statement: Statement, *, wait: float | None = None
    ) -> PutResult | None:
        """Add a statement to the policy that a key has, at its end.

        Where the policy has the same statement already, with the same Sid, there is nothing to do; so that this can be
        repeated when its outcome is unknown.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            statement: The statement.
            wait: As for :meth:`put`.

        Returns:
            What :meth:`put` returns; None where there was nothing to do.

        Raises:
            SidError: where another statement has the Sid.
            KeyPolicyError: what :meth:`edit` raises.
        """
        partition = self._work.partition(key_id)

        def add(policy: Policy) -> Policy:
            if any(
                not diff(Policy(other), Policy(statement), partition=partition) for other in policy.statements
            ):
                return policy
            if statement.sid and any(other.sid == statement.sid for other in policy.statements):
                raise SidError(
                    f"another statement has the Sid {statement.sid!r}; exchange_statement puts this in its place"
                )
            return policy.with_statement(statement)

        return await self.edit(key_id, add, wait=wait)

    async def remove_statement(self, key_id: str, sid: str, *, wait: float | None = None) -> PutResult | None:
        """Remove the statement with this Sid from the policy that a key has.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            sid: The Sid.
            wait: As for :meth:`put`.

        Returns:
            What :meth:`put` returns.

        Raises:
            SidError: where no statement has the Sid, or several have it.
            KeyPolicyError: what :meth:`edit` raises.
        """
        return await self.edit(key_id, lambda policy: policy.without_statement(sid), wait=wait)

    async def exchange_statement(
        self, key_id: str, statement: Statement, *, wait: float | None = None
    ) -> PutResult | None:
        """Put a statement in the place of the one with the same Sid, in the policy that a key has.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            statement: The statement, which has a Sid.
            wait: As for :meth:`put`.

        Returns:
            What :meth:`put` returns; None where there was nothing to do.

        Raises:
            SidError: where no statement has the Sid, or several have it.
            KeyPolicyError: what :meth:`edit` raises.
        """
        return await self.edit(key_id, lambda policy: policy.exchange_statement(statement), wait=wait)

    async def wait_until_equivalent(
        self,
        key_id: str,
        policy: Policy,
        timeout: float,  # noqa: ASYNC109 - on the clock of this instance
    ) -> None:
        """Wait until a key's policy reads back as equivalent, three times in a row.

        KMS is eventually consistent: a change usually shows in a few seconds, sometimes in several minutes.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            policy: What it should be equivalent to.
            timeout: Seconds in which it must read back for the first of the three times, which are half a second apart; a
                read that is under way at their end is repeated as the retry says.

        Raises:
            ValueError: where ``timeout`` is negative or not finite; nothing was sent.
            TypeError: where ``timeout`` is no number, or ``policy`` no policy; nothing was sent.
            WaitTimeoutError: where it did not in time; it says which part is different.
            KeyPolicyError: what :meth:`get` raises.

        https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html#programming-eventual-consistency
        """
        await self._work.wait(key_id, a_policy(policy), a_time(timeout, "timeout"))

    # --- many keys ---

    def put_many(
        self,
        items: Items[tuple[str, Policy | str]],
        *,
        concurrency: int = 8,
        rate: float | None = 15.0,
        bypass_policy_lockout_safety_check: bool = False,
        progress: Progress[PutResult] | None = None,
    ) -> Many[PutResult]:
        """Put policies on many keys.

        Args:
            items: Pairs of key id and policy, from an iterable or an asynchronous one, which may be endless.
            concurrency: How many keys are worked at.
            rate: Requests per second, repeats included (but for those that ``retry=None`` leaves to botocore); None for no pacing. KMS's quota is 15 for PutKeyPolicy.
            bypass_policy_lockout_safety_check: As for :meth:`put`.
            progress: Called with the number of keys that are done and the result of each.

        Returns:
            An asynchronous iterator over results, in the order in which keys are done, and a context manager that stops
            the work when it is left.

        Raises:
            ValueError: for a concurrency below 1, or a rate that is not above 0.
            TypeError: for items that are not iterable, or a callback that is async.

        https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
        """
        pace, bypass = self._work.pace(rate), bypass_policy_lockout_safety_check

        async def work(key_id: str, policy: Policy | str) -> PutResult:
            return await self._work.put(self._work.prepare(key_id, policy, bypass=bypass), pace)

        return Many(items, work, _PUTS, concurrency=_concurrency(concurrency), progress=progress)

    def plan_many(
        self,
        items: Items[tuple[str, Policy | str]],
        *,
        concurrency: int = 8,
        rate: float | None = 1000.0,
        bypass_policy_lockout_safety_check: bool = False,
        progress: Progress[Plan] | None = None,
    ) -> Many[Plan]:
        """Plan the policies of many keys; nothing is written.

        Args:
            items: As for :meth:`put_many`.
            concurrency: How many keys are worked at.
            rate: Requests per second, repeats included (but for those that ``retry=None`` leaves to botocore); None for no pacing. KMS's quota is 1,000 for GetKeyPolicy.
            bypass_policy_lockout_safety_check: As for :meth:`plan`.
            progress: As for :meth:`put_many`.

        Returns:
            As :meth:`put_many`, of plans.

        Raises:
            ValueError: for a concurrency below 1, or a rate that is not above 0.
            TypeError: for items that are not iterable, or a callback that is async.

        https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
        """
        pace, bypass = self._work.pace(rate), bypass_policy_lockout_safety_check

        async def work(key_id: str, policy: Policy | str) -> Plan:
            return await self._work.plan(self._work.prepare(key_id, policy, bypass=bypass), pace)

        return Many(items, work, _PLANS, concurrency=_concurrency(concurrency), progress=progress)

    def apply_many(
        self,
        plans: Items[Plan],
        *,
        concurrency: int = 8,
        rate: float | None = 15.0,
        progress: Progress[PutResult | None] | None = None,
    ) -> Many[PutResult | None]:
        """Apply plans to many keys, each if its key still has the policy that the plan saw.

        Args:
            plans: What :meth:`plan_many` or :meth:`plan` returned, from an iterable or an asynchronous one.
            concurrency: As for :meth:`put_many`.
            rate: PutKeyPolicy requests per second, as for :meth:`put_many`; the read before each is not paced.
            progress: As for :meth:`put_many`.

        Returns:
            As :meth:`put_many`, of what :meth:`apply` returns: the value is None where there was nothing to do, and where
            there is an error, which is a ``PolicyChangedError`` where the policy is another one by now.

        Raises:
            ValueError: for a concurrency below 1, or a rate that is not above 0.
            TypeError: for items that are not iterable, or a callback that is async.

        https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
        """
        pace = self._work.pace(rate)

        async def work(_: str, plan: Plan) -> PutResult | None:
            return await self._work.apply(plan, self._work.planned(plan), pace)

        return Many(plans, work, _APPLIES, concurrency=_concurrency(concurrency), progress=progress)

    def ensure_many(
        self,
        items: Items[tuple[str, Policy | str]],
        *,
        concurrency: int = 8,
        rate: float | None = 15.0,
        bypass_policy_lockout_safety_check: bool = False,
        progress: Progress[PutResult | None] | None = None,
    ) -> Many[PutResult | None]:
        """Put policies on those of many keys that have not got them, labels included.

        Args:
            items: As for :meth:`put_many`.
            concurrency: As for :meth:`put_many`.
            rate: PutKeyPolicy requests per second, as for :meth:`put_many`; the reads before each are not paced.
            bypass_policy_lockout_safety_check: As for :meth:`put`.
            progress: As for :meth:`put_many`.

        Returns:
            As :meth:`put_many`, of what :meth:`ensure` returns: the value is None where there was nothing to do, and where
            there is an error.

        Raises:
            ValueError: for a concurrency below 1, or a rate that is not above 0.
            TypeError: for items that are not iterable, or a callback that is async.

        https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
        """
        pace, bypass = self._work.pace(rate), bypass_policy_lockout_safety_check

        async def work(key_id: str, policy: Policy | str) -> PutResult | None:
            return await self._work.ensure(self._work.prepare(key_id, policy, bypass=bypass), pace)

        return Many(items, work, _PUTS, concurrency=_concurrency(concurrency), progress=progress)

    def get_many(
        self,
        key_ids: Items[str],
        *,
        concurrency: int = 8,
        rate: float | None = 1000.0,
        progress: Progress[Policy] | None = None,
    ) -> Many[Policy]:
        """Read the policies of many keys.

        Args:
            key_ids: Key ids, from an iterable or an asynchronous one, which may be endless.
            concurrency: How many keys are worked at.
            rate: Requests per second, repeats included (but for those that ``retry=None`` leaves to botocore); None for no pacing. KMS's quota is 1,000 for GetKeyPolicy.
            progress: As for :meth:`put_many`.

        Returns:
            As :meth:`put_many`, of policies.

        Raises:
            ValueError: for a concurrency below 1, or a rate that is not above 0.
            TypeError: for items that are not iterable, or a callback that is async.

        https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
        """
        pace = self._work.pace(rate)

        async def work(key_id: str, _: str) -> Policy:
            return read_policy(key_id, await self._work.get_text(key_id, pace))

        return Many(key_ids, work, _READS, concurrency=_concurrency(concurrency), progress=progress)


_PAIR: Final = "a pair of key id and policy"
_PUTS: Final = Kind(pair, _PAIR, writes=True)
_PLANS: Final = Kind(pair, _PAIR)


def _alone(key_id: str) -> tuple[str, str]:
    return key_id, key_id


def _planned(plan: Plan) -> tuple[str, Plan]:
    return a_plan(plan).key_id, plan


_READS: Final = Kind(_alone, "a key id")
_APPLIES: Final = Kind(_planned, "a plan, as result.unwrap() of plan_many gives", writes=True)


def _concurrency(value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"concurrency is a number of keys, 1 or more, not {value!r}")
    return value


def _a_wait(value: float | None) -> float | None:
    """Take seconds to wait, or none; before anything is sent."""
    return None if value is None else a_time(value, "wait")


def _changed(function: Callable[[Policy], Policy], policy: Policy) -> Policy:
    new = function(policy)
    if isinstance(new, Policy):
        return new
    what = "an awaitable; it must not be async" if asyncio.iscoroutine(new) else type(new).__name__
    if asyncio.iscoroutine(new):
        new.close()
    message = f"the function of edit returns the changed Policy, not {what}"
    raise PolicyDocumentError([Problem("DATA_TYPE_MISMATCH", message)])
