"""KeyPolicies: putting key policies on keys, over an aiobotocore client."""

from __future__ import annotations

import asyncio
import math
import time
from typing import TYPE_CHECKING, Any, Final, Protocol, final

import attrs

from kmspolicy import _botocore
from kmspolicy._check import Severity
from kmspolicy._check._check import check_text, principal_of_put
from kmspolicy._document import Policy
from kmspolicy._retry import Retry
from kmspolicy.errors import CallError, KeyIdError, PolicyCheckError, PolicyDocumentError, Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

_LONGEST_KEY_ID: Final = 2048
_DEFAULT_RETRY: Final = Retry()
_ONCE: Final = Retry(1, deadline=None)


def _retry_or_none(value: Retry | None) -> Retry | None:
    if value is not None and not isinstance(value, Retry):
        raise TypeError(f"retry is a Retry or None, not {value!r}")
    return value


def _caller_or_none(value: str | None) -> str | None:
    return None if value is None else principal_of_put(value).name


def _true_or_false(value: bool) -> bool:  # noqa: FBT001 - a converter
    if not isinstance(value, bool):
        raise TypeError(f"check is true or false, not {value!r}")
    return value


class KMSClient(Protocol):
    """What :class:`KeyPolicies` needs of a client; aiobotocore's KMS client has it.

    Annotate with it where ``types-aiobotocore[kms]``, whose client fits as well, is not installed.
    """

    def put_key_policy(
        self,
        *,
        KeyId: str,  # noqa: N803 - botocore's spelling
        PolicyName: str,  # noqa: N803
        Policy: str,  # noqa: N803
        BypassPolicyLockoutSafetyCheck: bool = ...,  # noqa: N803
    ) -> Awaitable[Mapping[str, Any]]: ...


@final
@attrs.frozen
class PutResult:
    """Say that a policy was put.

    Attributes:
        key_id: The key, as it was given.
        request_id: The id of the request that succeeded; None where the answer had none.
        attempts: How many requests were sent.
    """

    key_id: str
    request_id: str | None
    attempts: int


@final
@attrs.frozen(eq=False)
class KeyPolicies:
    """Put key policies on keys of one account and Region.

    It holds no connection and needs no closing: that is the client's business. One instance serves many
    tasks at once.

    Args:
        client: An open KMS client of aiobotocore. Its own repeats are off inside the calls of this class, and
            only there, unless ``retry`` is None.
        caller: The ARN of the user, role, role session or root user whose credentials the client has, as STS
            GetCallerIdentity returns it; with it, the check before a put knows whether this caller would be locked
            out. None if it is not known.
        check: Whether a policy is checked before it is put; false sends whatever is given.
        retry: How often and how long calls are repeated; None leaves that to the client's configuration.
        sleep: Waits between attempts; for tests, which do not want to wait.
        clock: Gives the seconds by which the deadline is reckoned before an attempt; for tests, with ``sleep``.

    Raises:
        TypeError: where ``retry`` is neither a Retry nor None, or ``check`` not a bool.
        RequestError: where ``caller`` can put no policy.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
    """

    _client: KMSClient = attrs.field(alias="client")
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

    async def put(
        self, key_id: str, policy: Policy | str, *, bypass_policy_lockout_safety_check: bool = False
    ) -> PutResult:
        """Put a policy on a key, in place of the one it has.

        Args:
            key_id: The id or the ARN of a key in the client's account and Region; not an alias.
            policy: The policy, or its JSON text, which is sent as it is.
            bypass_policy_lockout_safety_check: Send true only if you mean to give up the right to put a
                policy on this key again; lockout then does not stop the put.

        Returns:
            The key, the id of the request and the number of requests.

        Raises:
            KeyIdError: where ``key_id`` cannot be the id of a key; nothing was sent.
            PolicyDocumentError: where ``policy`` is neither a Policy nor text, or text that is no policy; nothing
                was sent.
            PolicyCheckError: where KMS would refuse the policy; nothing was sent.
            ServiceError: one of its kinds, where KMS answers with an error.
            NoAnswerError: where there is no answer, within the deadline or at all.
            TypeError: where ``bypass_policy_lockout_safety_check`` is not a bool; nothing was sent.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
        """
        parameters: dict[str, Any] = {
            "KeyId": _key_id(key_id),
            "PolicyName": "default",  # the only valid value
            "Policy": _policy_text(policy),
        }
        if not isinstance(bypass_policy_lockout_safety_check, bool):
            raise TypeError(
                "bypass_policy_lockout_safety_check is true or false, and nothing that merely looks so"
            )
        if self._check:
            _refuse(policy, parameters["Policy"], self._caller, bypass=bypass_policy_lockout_safety_check)
        if bypass_policy_lockout_safety_check:
            parameters["BypassPolicyLockoutSafetyCheck"] = True
        response, attempts = await self._call(
            "PutKeyPolicy", key_id, lambda: self._client.put_key_policy(**parameters)
        )
        metadata: Mapping[str, Any] = response.get("ResponseMetadata") or {}
        return PutResult(key_id, metadata.get("RequestId"), attempts)

    async def _call(
        self, operation: str, key_id: str, send: Callable[[], Awaitable[Mapping[str, Any]]]
    ) -> tuple[Mapping[str, Any], int]:
        """Send a request, and again as the retry says; return the answer and the number of requests."""
        counted = _botocore.prepare(self._client, operation)
        call = _botocore.Call(key_id, operation, repeats=self._retry is None, counted=counted)
        retry = self._retry or _ONCE
        timer = asyncio.timeout(retry.deadline)
        try:
            with _botocore.watch(call):
                async with timer:
                    return await self._repeat(retry, call, send), call.sent
        except TimeoutError as error:
            if not timer.expired():
                raise
            raise call.cut_off(f"no answer within the deadline of {retry.deadline:g} seconds") from error

    async def _repeat(
        self, retry: Retry, call: _botocore.Call, send: Callable[[], Awaitable[Mapping[str, Any]]]
    ) -> Mapping[str, Any]:
        end = math.inf if retry.deadline is None else self._clock() + retry.deadline
        delays = retry.delays()
        while True:
            try:
                with call.attempt():
                    return call.answered(await send())
            except CallError as error:
                delay = next(delays, None)
                if not error.is_retry_safe or delay is None or self._clock() + delay >= end:
                    raise
            await self._sleep(delay)


def _key_id(value: str) -> str:
    """Refuse what cannot be the id of a key; what else is wrong with it, KMS says."""
    if not isinstance(value, str):
        raise KeyIdError(f"a key id is text, not {type(value).__name__}")
    if not 1 <= len(value) <= _LONGEST_KEY_ID:
        raise KeyIdError(f"a key id has 1 to {_LONGEST_KEY_ID:,} characters, not {len(value):,}")
    if value.startswith("alias/") or (value.startswith("arn:") and ":alias/" in value):
        raise KeyIdError(
            f"{value!r} is an alias; a policy is put on a key id or key ARN, which DescribeKey tells"
        )
    return value


def _policy_text(policy: Policy | str) -> str:
    if isinstance(policy, Policy):
        return policy.to_json()
    if isinstance(policy, str):
        return policy
    hint = "; see Policy.from_dict" if isinstance(policy, dict) else ""
    raise PolicyDocumentError([Problem(f"expected a Policy or JSON text, not {type(policy).__name__}{hint}")])


def _refuse(policy: Policy | str, text: str, caller: str | None, *, bypass: bool) -> None:
    """Refuse what KMS would refuse."""
    read = policy if isinstance(policy, Policy) else Policy.from_json(text)
    errors = [
        finding
        for finding in check_text(read, text, caller=caller, account=None)
        if finding.severity is Severity.ERROR and not (bypass and finding.code.startswith("LOCKOUT_"))
    ]
    if errors:
        raise PolicyCheckError(errors)
