"""KeyPolicies: reading, planning and putting key policies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, final

import attrs

from kmspolicy._check._check import principal_of_put
from kmspolicy._client import _botocore
from kmspolicy._client._calls import Calls, Order
from kmspolicy._client._edits import (
    adding,
    adding_principal,
    an_edit,
    exchanging,
    removing,
    removing_principal,
)
from kmspolicy._client._many import Kind, Many, pair
from kmspolicy._client._work import Work, a_guard, a_key_id, a_plan, a_time, read_policy
from kmspolicy._document import Policy, a_policy
from kmspolicy._evaluate import Caller
from kmspolicy._evaluate._request import an_account
from kmspolicy._plan._guard import Guard
from kmspolicy._plan._retry import Retry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kmspolicy._client._calls import KeyPolicyClient
    from kmspolicy._client._edits import Edit
    from kmspolicy._client._many import Items, Progress
    from kmspolicy._document import Principal, Statement
    from kmspolicy._language._forms import KeySpec, KeyUsage
    from kmspolicy._plan._created import CreateResult
    from kmspolicy._plan._plan import Plan, PutResult

_DEFAULT_GUARD: Final = Guard()
_DEFAULT_RETRY: Final = Retry()


def _retry_or_none(value: Retry | None) -> Retry | None:
    if value is not None and not isinstance(value, Retry):
        raise TypeError(f"retry must be a Retry or None, not {value!r}")
    return value


def _caller_or_none(value: str | Principal | Caller | None) -> Caller | None:
    if value is None:
        return None
    principal_of_put(value)  # refuses who can put no policy
    return value if isinstance(value, Caller) else Caller(value)


@final
@attrs.frozen(eq=False)
class KeyPolicies:
    """The key policies of one account and Region, over an open client.

    It holds no connection and does not need to be closed; close the client. Many tasks can use one instance at the same
    time.

    PutKeyPolicy replaces the whole policy and has no precondition. So ``apply``, ``ensure``, ``edit``, the methods for statements
    and principals, and their forms for many keys read the policy directly before each PutKeyPolicy, also before a retry. They do
    not send it if somebody else has changed the policy. A change is still lost if it arrives between that read and the write,
    or if the read does not show it yet; this can also be your own previous change. A change that is made and undone between two
    reads is not noticed. So let only one process at a time change a key, and pass ``wait`` to a call that is followed by
    another change. :meth:`put` does not read: it overwrites.

    Args:
        client: An open KMS client of aiobotocore. Its own retries are off inside the calls of this class, and only
            there, unless ``retry`` is None.
        caller: The ARN of the user, role, role session or root user whose credentials the client has, as STS
            GetCallerIdentity returns it, or a :class:`Principal` with only this name. With it, the check before a put
            finds out whether this caller would be locked out; a :class:`Caller` tells more about the caller's requests.
            None if it is not known.
        account: The id of the account that the keys are in, if neither the key ARN nor the caller tells it; None if it is
            not known. If it is known, plans and findings say what does not work across accounts.
        guard: What a policy is refused for before it is put, by every method that writes; nothing is sent then. By default,
            an error that the check finds; ``Guard(refuse=None)`` sends anything. A guard that is given to a call replaces
            this one.
        retry: How often and how long calls are retried; None leaves that to the client's configuration.
        sleep: Waits between requests; for tests, which should not wait.
        clock: Returns the time in seconds, for the deadline; for tests, together with ``sleep``.

    Raises:
        TypeError: if ``client`` is not open, or is synchronous, as boto3's is; if ``retry`` is neither a Retry nor None, or ``guard`` is not a
            Guard.
        RequestError: if ``caller`` cannot put a policy, or ``account`` is not an account id.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying.html
    """

    _client: KeyPolicyClient = attrs.field(alias="client")
    _caller: Caller | None = attrs.field(
        default=None, kw_only=True, alias="caller", converter=_caller_or_none, repr=False
    )
    _account: str | None = attrs.field(
        default=None, kw_only=True, alias="account", converter=an_account, repr=False
    )
    _guard: Guard = attrs.field(
        default=_DEFAULT_GUARD, kw_only=True, alias="guard", converter=a_guard, repr=False
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
        """Check the client and create the calls."""
        calls = Calls(_botocore.the_client(self._client), self._retry, self._sleep, self._clock)
        work = Work(self._client, self._caller, self._account, self._guard, calls)
        object.__setattr__(self, "_work", work)

    # --- one key ---

    async def put(
        self,
        key_id: str,
        policy: Policy | str,
        *,
        bypass_policy_lockout_safety_check: bool = False,
        wait: float | None = None,
        guard: Guard | None = None,
    ) -> PutResult:
        """Put a policy on a key; the policy that it has is overwritten, also if somebody else wrote it.

        Use :meth:`ensure`, :meth:`edit` or :meth:`plan` and :meth:`apply` to look at the policy that the key has.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            policy: The policy, or its JSON text, which is sent unchanged.
            bypass_policy_lockout_safety_check: Pass true only to give up the right to put a policy on this key again, on
                purpose: a lockout does not stop the put then.
            wait: Seconds to wait until the policy can be read back, see :meth:`wait_until_equivalent`; None for no wait.
            guard: What the policy is refused for; None for the guard of this instance. If it asks for no new access, the policy
                that the key has is read first.

        Returns:
            The result, without a plan.

        Raises:
            KeyIdError: if ``key_id`` cannot be the id of a key; nothing was sent.
            PolicyDocumentError: if ``policy`` is not a Policy or the text of one; nothing was sent.
            PolicyCheckError: if a finding stops the policy, by default if KMS would refuse it; nothing was sent.
            NotShownError: if a claim of the guard is not shown; nothing was sent.
            ServiceError: a subclass of it, if KMS answers with an error.
            NoAnswerError: if there is no answer, or none within the deadline.
            WaitTimeoutError: if the policy was put but could not be read back in time. Other errors of the reads after
                a put have a note that it was put, and ``outcome_unknown`` is true.
            ValueError: if ``wait`` is negative or not finite; nothing was sent.
            TypeError: if ``bypass_policy_lockout_safety_check`` is not a bool, or ``wait`` is not a number; nothing was
                sent.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
        """
        seconds, work = _a_wait(wait), self._work.under(guard)
        prepared = work.prepare(key_id, policy, bypass=bypass_policy_lockout_safety_check)
        if seconds is not None:
            _ = prepared.policy  # a text that is not a policy cannot be compared with what is read
        result = await work.overwrite(prepared)
        if seconds is not None:
            await self._work.wait_after(result, prepared.policy, seconds)
        return result

    async def get_text(self, key_id: str) -> str:
        """Read the policy of a key, as the text that KMS returns.

        KMS changes the text: other white space, principals in another order, a list of one name becomes the name.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.

        Raises:
            KeyIdError: if ``key_id`` cannot be the id of a key; nothing was sent.
            ServiceError: a subclass of it, if KMS answers with an error.
            NoAnswerError: if there is no answer, or one without a policy.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
        """
        return await self._work.get_text(key_id)

    async def get(self, key_id: str) -> Policy:
        """Read the policy of a key.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.

        Raises:
            PolicyDocumentError: if the text that KMS returned cannot be read; it is never treated as an empty policy.
            KeyPolicyError: the errors of :meth:`get_text`.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
        """
        return read_policy(key_id, await self.get_text(key_id))

    async def names(self, key_id: str) -> tuple[str, ...]:
        """Return the names of a key's policies, of all pages; today that is always ``default``.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.

        Raises:
            KeyPolicyError: the errors of :meth:`get_text`.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html
        """
        parameters: dict[str, Any] = {"KeyId": a_key_id(key_id)}
        names: list[str] = []
        seen: set[object] = set()
        while True:
            answer = await self._work.calls.send(
                Order(
                    "ListKeyPolicies",
                    self._client.list_key_policies,
                    parameters,
                    must_have=("PolicyNames", list),
                )
            )
            names += answer.response["PolicyNames"]
            marker = answer.response.get("NextMarker")
            if not answer.response.get("Truncated") or not marker or marker in seen:
                return tuple(names)
            seen.add(marker)
            parameters["Marker"] = marker

    async def create(  # noqa: PLR0913 - the parameters of CreateKey
        self,
        policy: Policy | str,
        *,
        description: str = "",
        key_spec: KeySpec | None = None,
        key_usage: KeyUsage | None = None,
        origin: Literal["AWS_KMS", "EXTERNAL"] | None = None,
        multi_region: bool = False,
        tags: Mapping[str, str] | None = None,
        bypass_policy_lockout_safety_check: bool = False,
        guard: Guard | None = None,
    ) -> CreateResult:
        """Create a key that has a policy from its first moment.

        The request is sent again only where KMS says that it did not carry out the last one, as after throttling; with
        ``Retry(propagation=...)``, also while KMS does not know a principal. After an answer that was lost, the key may exist: a
        retry would create another one.

        Args:
            policy: The policy, or its JSON text, which is sent unchanged.
            description: What the key is for, for people.
            key_spec: The type of the key; None for a symmetric key for encryption.
            key_usage: What the key is for; None if the type tells it.
            origin: ``"EXTERNAL"`` for key material that is imported later. For a key in a custom key store, call the client's
                ``create_key`` inside :func:`translate_errors`.
            multi_region: Whether the key can have replicas.
            tags: The values of its tags by their names.
            bypass_policy_lockout_safety_check: As for :meth:`put`.
            guard: As for :meth:`put`; a new key has no access that could grow, so ``no_new_access`` asks for nothing.

        Returns:
            The key, and what was found in its policy.

        Raises:
            PolicyDocumentError: if ``policy`` is not a Policy or the text of one; nothing was sent.
            PolicyCheckError: if a finding stops the policy, by default if KMS would refuse it; nothing was sent.
            NotShownError: if a claim of the guard is not shown; nothing was sent.
            ServiceError: a subclass of it, if KMS answers with an error. Errors that only CreateKey has, such as
                TagException, are an UnknownServiceError with this ``code``.
            NoAnswerError: if there is no answer, or none within the deadline.
            CallError: these two; with ``outcome_unknown``, the key may exist.
            TypeError: if the client has no method ``create_key``, or an argument is of another type; nothing was sent.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
        """
        prepared = self._work.prepare_new(policy, bypass=bypass_policy_lockout_safety_check)
        optional = {
            "BypassPolicyLockoutSafetyCheck": prepared.bypass,
            "Description": description,
            "KeySpec": key_spec,
            "KeyUsage": key_usage,
            "Origin": origin,
            "MultiRegion": multi_region,
            "Tags": _tags(tags),
        }
        given = {name: value for name, value in optional.items() if value}
        return await self._work.under(guard).create(prepared, {"Policy": prepared.text, **given})

    async def plan(
        self, key_id: str, policy: Policy | str, *, bypass_policy_lockout_safety_check: bool = False
    ) -> Plan:
        """Read the policy of a key, check the new one, and compare them; nothing is written.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            policy: The policy, or its JSON text.
            bypass_policy_lockout_safety_check: The value with which :meth:`apply` puts it.

        Returns:
            The plan; false if there is nothing to do.

        Raises:
            PolicyDocumentError: if ``policy``, or the text that KMS returned, cannot be read.
            KeyPolicyError: the errors of :meth:`get_text`.
        """
        return await self._work.plan(
            self._work.prepare(key_id, policy, bypass=bypass_policy_lockout_safety_check)
        )

    async def apply(self, plan: Plan, *, wait: float | None = None, guard: Guard | None = None) -> PutResult:
        """Put the new policy of a plan, if the key's policy has not changed since the plan was made.

        Args:
            plan: A plan of :meth:`plan`, made in this process or another one.
            wait: As for :meth:`put`.
            guard: As for :meth:`put`; the plan is judged before the policy is read again.

        Returns:
            The result; ``changed`` is false if there was nothing to do.

        Raises:
            PolicyChangedError: if the key's policy now has another meaning or other labels: at once, when nothing was sent, or
                before a retry, with the error of the last put as its cause.
            KeyPolicyError: the errors of :meth:`get_text` and :meth:`put`. If the policy cannot be read before a retry, the
                put's error has a note that says why.
        """
        prepared, seconds = self._work.planned(a_plan(plan)), _a_wait(wait)
        result = await self._work.under(guard).apply(plan, prepared)
        await self._wait_after(result, seconds)
        return result

    async def ensure(
        self,
        key_id: str,
        policy: Policy | str,
        *,
        bypass_policy_lockout_safety_check: bool = False,
        wait: float | None = None,
        guard: Guard | None = None,
    ) -> PutResult:
        """Plan and apply: put a policy only if the key does not have it, labels included.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            policy: The policy, or its JSON text.
            bypass_policy_lockout_safety_check: As for :meth:`put`.
            wait: As for :meth:`put`.
            guard: As for :meth:`put`; what it proves, it proves between the read and the put.

        Returns:
            The result; ``changed`` is false if there was nothing to do.

        Raises:
            KeyPolicyError: the errors of :meth:`plan` and :meth:`apply`.
        """
        seconds = _a_wait(wait)
        prepared = self._work.prepare(key_id, policy, bypass=bypass_policy_lockout_safety_check)
        result = await self._work.under(guard).ensure(prepared)
        await self._wait_after(result, seconds)
        return result

    async def edit(  # noqa: PLR0913 - what the other verbs have
        self,
        key_id: str,
        function: Callable[[Policy], Policy],
        *,
        tries: int = 3,
        bypass_policy_lockout_safety_check: bool = False,
        wait: float | None = None,
        guard: Guard | None = None,
    ) -> PutResult:
        """Change the policy that a key has.

        The function should be quick: what somebody else writes while it runs is overwritten. A read may not show the last put
        yet: pass ``wait`` to an edit that is followed by another one.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            function: Gets the policy and returns the changed one; it is called again if a put did not take effect for
                certain and somebody else changed the policy before its retry.
            tries: How often it is called at most.
            bypass_policy_lockout_safety_check: As for :meth:`put`.
            wait: As for :meth:`put`.
            guard: As for :meth:`ensure`.

        Returns:
            The result; ``changed`` is false if there was nothing to do.

        Raises:
            PolicyChangedError: if somebody else changed the policy before each retry, or once after a put that may have
                taken effect (``outcome_unknown``).
            PolicyDocumentError: if the function does not return a Policy; nothing was sent.
            ValueError: if ``tries`` is not 1 or more.
            TypeError: if ``function`` cannot be called.
            KeyPolicyError: the errors of :meth:`plan` and :meth:`apply`. Errors of the function are not changed.
        """
        edit = an_edit(function, tries, bypass=bypass_policy_lockout_safety_check)
        return await self._edit(key_id, edit, wait, guard)

    async def _edit(self, key_id: str, edit: Edit, wait: float | None, guard: Guard | None) -> PutResult:
        seconds = _a_wait(wait)
        result = await self._work.under(guard).edit(key_id, edit)
        await self._wait_after(result, seconds)
        return result

    async def _wait_after(self, result: PutResult, seconds: float | None) -> None:
        """Wait until what was put can be read back, if requested."""
        if seconds is not None and result.changed and result.plan is not None:
            await self._work.wait_after(result, result.plan.new, seconds)

    async def add_statement(
        self,
        key_id: str,
        statement: Statement,
        *,
        wait: float | None = None,
        guard: Guard | None = None,
    ) -> PutResult:
        """Add a statement to the policy that a key has, at its end.

        If the policy already has the same statement, with the same Sid, there is nothing to do. So it is safe to repeat the
        call after an unknown outcome.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            statement: The statement.
            wait: As for :meth:`put`.
            guard: As for :meth:`ensure`.

        Returns:
            The result; ``changed`` is false if there was nothing to do.

        Raises:
            SidError: if another statement has the Sid; says how to keep both, or to replace that one.
            KeyPolicyError: the errors of :meth:`edit`.
        """
        return await self._edit(key_id, adding(statement, self._work.partition(key_id)), wait, guard)

    async def remove_statement(
        self, key_id: str, sid: str, *, wait: float | None = None, guard: Guard | None = None
    ) -> PutResult:
        """Remove the statement with this Sid from the policy that a key has.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            sid: The Sid.
            wait: As for :meth:`put`.
            guard: As for :meth:`ensure`.

        Returns:
            The result.

        Raises:
            SidError: if no statement or more than one has the Sid.
            KeyPolicyError: the errors of :meth:`edit`.
        """
        return await self._edit(key_id, removing(sid), wait, guard)

    async def exchange_statement(
        self,
        key_id: str,
        statement: Statement,
        *,
        wait: float | None = None,
        guard: Guard | None = None,
    ) -> PutResult:
        """Replace the statement with the same Sid in the policy that a key has.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            statement: The new statement, with a Sid.
            wait: As for :meth:`put`.
            guard: As for :meth:`ensure`.

        Returns:
            The result; ``changed`` is false if there was nothing to do.

        Raises:
            SidError: if no statement or more than one has the Sid.
            KeyPolicyError: the errors of :meth:`edit`.
        """
        return await self._edit(key_id, exchanging(statement), wait, guard)

    async def add_principal(
        self,
        key_id: str,
        principal: Principal,
        *,
        sid: str,
        wait: float | None = None,
        guard: Guard | None = None,
    ) -> PutResult:
        """Add principals to a statement of the policy that a key has, see :meth:`Policy.with_principal`.

        If the statement has them already, there is nothing to do. So it is safe to repeat the call after an unknown outcome.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            principal: The principals.
            sid: The Sid of the statement.
            wait: As for :meth:`put`.
            guard: As for :meth:`ensure`.

        Returns:
            The result; ``changed`` is false if there was nothing to do.

        Raises:
            SidError: if no statement or more than one has the Sid.
            PolicyDocumentError: if the statement cannot have them beside those that it has, see :meth:`Policy.with_principal`.
            KeyPolicyError: the errors of :meth:`edit`.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        """
        return await self._edit(key_id, adding_principal(principal, sid), wait, guard)

    async def remove_principal(
        self,
        key_id: str,
        principal: Principal,
        *,
        sid: str | None = None,
        wait: float | None = None,
        guard: Guard | None = None,
    ) -> PutResult:
        """Remove principals from the policy that a key has, see :meth:`Policy.without_principal`.

        They may still have access, as one of everyone, by the IAM policies of an account that has access, or by a role: ask
        :func:`kmspolicy.prove.access_not_granted`. If nothing names them, there is nothing to do. So it is safe to repeat the
        call after an unknown outcome.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            principal: The principals.
            sid: The Sid of the statement that loses them; None for every statement that is an Allow.
            wait: As for :meth:`put`.
            guard: As for :meth:`ensure`.

        Returns:
            The result; ``changed`` is false if there was nothing to do.

        Raises:
            SidError: if no statement or more than one has the Sid.
            PolicyDocumentError: if the statement of this Sid has no other principal.
            KeyPolicyError: the errors of :meth:`edit`.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        """
        return await self._edit(key_id, removing_principal(principal, sid), wait, guard)

    async def wait_until_equivalent(
        self,
        key_id: str,
        policy: Policy,
        timeout: float,  # noqa: ASYNC109 - on the clock of this instance
    ) -> None:
        """Wait until three reads in a row return an equivalent policy.

        KMS is eventually consistent: a change is usually visible in a few seconds, sometimes in several minutes.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            policy: The policy to which it should be equivalent.
            timeout: The seconds in which the first of the three reads must succeed, which are half a second apart. A read
                that is pending at the end is finished, with its retries.

        Raises:
            ValueError: if ``timeout`` is negative or not finite; nothing was sent.
            TypeError: if ``timeout`` is not a number, or ``policy`` is not a Policy; nothing was sent.
            WaitTimeoutError: if the time is over; it says what is different.
            KeyPolicyError: the errors of :meth:`get`.

        https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html#programming-eventual-consistency
        """
        await self._work.wait(key_id, a_policy(policy), a_time(timeout, "timeout"))

    # --- many keys ---

    def put_many(  # noqa: PLR0913 - what the other verbs have
        self,
        items: Items[tuple[str, Policy | str]],
        *,
        concurrency: int = 8,
        rate: float | None = 15.0,
        bypass_policy_lockout_safety_check: bool = False,
        progress: Progress[PutResult] | None = None,
        guard: Guard | None = None,
    ) -> Many[PutResult]:
        """Put policies on many keys.

        Args:
            items: Pairs of key id and policy, in an iterable or an asynchronous one, which may be endless.
            concurrency: The number of keys that are worked on at the same time.
            rate: Requests per second, including retries (except those of botocore, with ``retry=None``); None for no limit. The
                quota of KMS is 15 for PutKeyPolicy.
            bypass_policy_lockout_safety_check: As for :meth:`put`.
            progress: Called for each result, with the number of keys that are done and the result.
            guard: As for :meth:`put`.

        Returns:
            An asynchronous iterator over the results, in the order in which they finish. It is also a context manager
            that stops the work at its end.

        Raises:
            ValueError: if ``concurrency`` is below 1, or ``rate`` is not above 0.
            TypeError: if the items are not iterable, or ``progress`` is async.

        https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
        """
        pace, bypass = self._work.pace(rate), bypass_policy_lockout_safety_check
        guarded = self._work.under(guard)

        def work(key_id: str, policy: Policy | str) -> Awaitable[PutResult]:
            return guarded.overwrite(self._work.prepare(key_id, policy, bypass=bypass), pace)

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
            concurrency: The number of keys that are worked on at the same time.
            rate: Requests per second, including retries (except those of botocore, with ``retry=None``); None for no limit. The
                quota of KMS is 1,000 for GetKeyPolicy.
            bypass_policy_lockout_safety_check: As for :meth:`plan`.
            progress: As for :meth:`put_many`.

        Returns:
            The same as :meth:`put_many`, with plans as values.

        Raises:
            ValueError: if ``concurrency`` is below 1, or ``rate`` is not above 0.
            TypeError: if the items are not iterable, or ``progress`` is async.

        https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
        """
        pace, bypass = self._work.pace(rate), bypass_policy_lockout_safety_check

        def work(key_id: str, policy: Policy | str) -> Awaitable[Plan]:
            return self._work.plan(self._work.prepare(key_id, policy, bypass=bypass), pace)

        return Many(items, work, _PLANS, concurrency=_concurrency(concurrency), progress=progress)

    def apply_many(
        self,
        plans: Items[Plan],
        *,
        concurrency: int = 8,
        rate: float | None = 15.0,
        progress: Progress[PutResult] | None = None,
        guard: Guard | None = None,
    ) -> Many[PutResult]:
        """Apply plans to many keys, each if the key's policy has not changed since the plan was made.

        Args:
            plans: Plans of :meth:`plan_many` or :meth:`plan`, in an iterable or an asynchronous one.
            concurrency: As for :meth:`put_many`.
            rate: PutKeyPolicy requests per second, as for :meth:`put_many`; the read before each does not count.
            progress: As for :meth:`put_many`.
            guard: As for :meth:`apply`.

        Returns:
            The same as :meth:`put_many`, with the results of :meth:`apply` as values.

        Raises:
            ValueError: if ``concurrency`` is below 1, or ``rate`` is not above 0.
            TypeError: if the items are not iterable, or ``progress`` is async.

        https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
        """
        pace = self._work.pace(rate)
        guarded = self._work.under(guard)

        def work(_: str, plan: Plan) -> Awaitable[PutResult]:
            return guarded.apply(plan, self._work.planned(plan), pace)

        return Many(plans, work, _APPLIES, concurrency=_concurrency(concurrency), progress=progress)

    def ensure_many(  # noqa: PLR0913 - what the other verbs have
        self,
        items: Items[tuple[str, Policy | str]],
        *,
        concurrency: int = 8,
        rate: float | None = 15.0,
        bypass_policy_lockout_safety_check: bool = False,
        progress: Progress[PutResult] | None = None,
        guard: Guard | None = None,
    ) -> Many[PutResult]:
        """Put policies on those of many keys that do not have them, labels included.

        Args:
            items: As for :meth:`put_many`.
            concurrency: As for :meth:`put_many`.
            rate: PutKeyPolicy requests per second, as for :meth:`put_many`; the reads before each do not count.
            bypass_policy_lockout_safety_check: As for :meth:`put`.
            progress: As for :meth:`put_many`.
            guard: As for :meth:`ensure`.

        Returns:
            The same as :meth:`put_many`, with the results of :meth:`ensure` as values.

        Raises:
            ValueError: if ``concurrency`` is below 1, or ``rate`` is not above 0.
            TypeError: if the items are not iterable, or ``progress`` is async.

        https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
        """
        pace, bypass = self._work.pace(rate), bypass_policy_lockout_safety_check
        guarded = self._work.under(guard)

        def work(key_id: str, policy: Policy | str) -> Awaitable[PutResult]:
            return guarded.ensure(self._work.prepare(key_id, policy, bypass=bypass), pace)

        return Many(items, work, _PUTS, concurrency=_concurrency(concurrency), progress=progress)

    def edit_many(  # noqa: PLR0913 - what the other verbs have
        self,
        key_ids: Items[str],
        function: Callable[[Policy], Policy],
        *,
        tries: int = 3,
        concurrency: int = 8,
        rate: float | None = 15.0,
        bypass_policy_lockout_safety_check: bool = False,
        progress: Progress[PutResult] | None = None,
        guard: Guard | None = None,
    ) -> Many[PutResult]:
        """Change the policies that many keys have.

        Args:
            key_ids: Key ids, in an iterable or an asynchronous one, which may be endless.
            function: As for :meth:`edit`; it is called for each key.
            tries: As for :meth:`edit`, for each key.
            concurrency: The number of keys that are worked on at the same time.
            rate: PutKeyPolicy requests per second, as for :meth:`put_many`; the read before each does not count.
            bypass_policy_lockout_safety_check: As for :meth:`put`.
            progress: As for :meth:`put_many`.
            guard: As for :meth:`edit`.

        Returns:
            The same as :meth:`put_many`, with the results of :meth:`edit` as values.

        Raises:
            ValueError: if ``tries`` or ``concurrency`` is below 1, or ``rate`` is not above 0.
            TypeError: if the items are not iterable, ``function`` cannot be called, or ``progress`` is async.

        https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
        """
        pace = self._work.pace(rate)
        edit = an_edit(function, tries, bypass=bypass_policy_lockout_safety_check)
        guarded = self._work.under(guard)

        def work(key_id: str, _: str) -> Awaitable[PutResult]:
            return guarded.edit(key_id, edit, pace)

        return Many(key_ids, work, _EDITS, concurrency=_concurrency(concurrency), progress=progress)

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
            key_ids: Key ids, in an iterable or an asynchronous one, which may be endless.
            concurrency: The number of keys that are worked on at the same time.
            rate: Requests per second, including retries (except those of botocore, with ``retry=None``); None for no limit. The
                quota of KMS is 1,000 for GetKeyPolicy.
            progress: As for :meth:`put_many`.

        Returns:
            The same as :meth:`put_many`, with policies as values.

        Raises:
            ValueError: if ``concurrency`` is below 1, or ``rate`` is not above 0.
            TypeError: if the items are not iterable, or ``progress`` is async.

        https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
        """
        pace = self._work.pace(rate)

        async def work(key_id: str, _: str) -> Policy:
            return read_policy(key_id, await self._work.get_text(key_id, pace))

        return Many(key_ids, work, _READS, concurrency=_concurrency(concurrency), progress=progress)


def _tags(value: Mapping[str, str] | None) -> list[dict[str, str]]:
    """Return tags as CreateKey wants them."""
    if value is not None and not isinstance(value, Mapping):
        raise TypeError(f"tags must be a mapping of names to values, not {type(value).__name__}")
    return [{"TagKey": name, "TagValue": text} for name, text in (value or {}).items()]


_PAIR: Final = "a pair of key id and policy"
_PUTS: Final = Kind(pair, _PAIR, writes=True)
_PLANS: Final = Kind(pair, _PAIR)


def _alone(key_id: str) -> tuple[str, str]:
    return key_id, key_id


def _planned(plan: Plan) -> tuple[str, Plan]:
    return a_plan(plan).key_id, plan


_READS: Final = Kind(_alone, "a key id")
_EDITS: Final = Kind(_alone, "a key id", writes=True)
_APPLIES: Final = Kind(_planned, "a plan, such as result.unwrap() of plan_many", writes=True)


def _concurrency(value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"concurrency must be an integer of 1 or more, not {value!r}")
    return value


def _a_wait(value: float | None) -> float | None:
    """Return the seconds to wait, or None; called before anything is sent."""
    return None if value is None else a_time(value, "wait")
