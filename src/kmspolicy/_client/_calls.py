"""Calls of a client: a request and its retries, within a deadline."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import attrs

from kmspolicy._client import _botocore
from kmspolicy._client._deadlines import Deadline, Deadlines
from kmspolicy._plan._retry import Retry
from kmspolicy._printable import word
from kmspolicy.errors import CallError, ThrottlingException

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from kmspolicy._client._pace import Pace


LOG: Final = logging.getLogger("kmspolicy")
LOG.addHandler(logging.NullHandler())
_ONCE: Final = Retry(1, deadline=None)
OPERATIONS: Final = ("PutKeyPolicy", "GetKeyPolicy", "ListKeyPolicies")


class KeyPolicyClient(Protocol):
    """The methods of a client that :class:`KeyPolicies` needs; aiobotocore's KMS client has them.

    Use it in annotations if ``types-aiobotocore[kms]`` is not installed, whose client matches it, too.
    """

    def put_key_policy(
        self,
        *,
        KeyId: str,  # noqa: N803 - botocore's spelling
        PolicyName: str,  # noqa: N803
        Policy: str,  # noqa: N803
        BypassPolicyLockoutSafetyCheck: bool = ...,  # noqa: N803
    ) -> Awaitable[Mapping[str, Any]]: ...

    def get_key_policy(
        self,
        *,
        KeyId: str,  # noqa: N803
        PolicyName: str,  # noqa: N803
    ) -> Awaitable[Mapping[str, Any]]: ...

    def list_key_policies(
        self,
        *,
        KeyId: str,  # noqa: N803
        Marker: str = ...,  # noqa: N803
    ) -> Awaitable[Mapping[str, Any]]: ...


class Answer(NamedTuple):
    """The answer of the service.

    Attributes:
        response: The answer, as botocore parsed it.
        request_id: The id of the request that succeeded; None if the answer had none.
        attempts: How many requests were sent.
    """

    response: Mapping[str, Any]
    request_id: str | None
    attempts: int


@attrs.frozen(eq=False)
class Calls:
    """The calls of one client.

    Attributes:
        client: The client.
        retry: How often and how long calls are retried; None leaves that to the client.
        sleep: Waits for a number of seconds.
        clock: Returns the time in seconds.
        counted: Whether the client reports what it sends.
        deadlines: The deadlines of the calls under way.
    """

    client: object
    retry: Retry | None
    sleep: Callable[[float], Awaitable[object]]
    clock: Callable[[], float]
    counted: bool = attrs.field(init=False)
    deadlines: Deadlines = attrs.field(init=False, factory=Deadlines)

    def __attrs_post_init__(self) -> None:
        """Prepare the client once, not for every call."""
        object.__setattr__(self, "counted", _botocore.prepare(self.client, OPERATIONS))

    async def send(  # noqa: PLR0913 - what one call is made of
        self,
        operation: str,
        method: Callable[..., Awaitable[Mapping[str, Any]]],
        parameters: Mapping[str, Any],
        *,
        pace: Pace | None = None,
        must_have: tuple[str, type] | None = None,
        earlier: int = 0,
    ) -> Answer:
        """Send a request, and retry it.

        Args:
            operation: The operation of the API.
            method: The method of the client that sends the request.
            parameters: Its parameters.
            pace: Determines when the next request may be sent; None for no limit.
            must_have: A member that the answer must have, and its type.
            earlier: The number of requests that were sent for the same purpose before, for log messages.
        """
        if pace is not None:  # before the deadline begins
            await pace.take()
        key_id: str = parameters["KeyId"]
        call = _botocore.Call(
            key_id, operation, retries=self.retry is None, counted=self.counted, earlier=earlier
        )
        retry = self.retry or _ONCE
        deadline = Deadline(self.deadlines, retry.deadline)
        try:
            with call, deadline:
                response = await self._retry_until(retry, call, method, parameters, must_have, pace, deadline)
        except TimeoutError as error:
            if not deadline.expired:
                raise
            raise call.cut_off(f"no answer within the deadline of {retry.deadline:g} seconds") from error
        metadata: Mapping[str, Any] = response.get("ResponseMetadata") or {}
        answer = Answer(response, metadata.get("RequestId"), call.sent)
        if LOG.isEnabledFor(logging.DEBUG):
            LOG.debug(
                "%s: key %s", operation, word(key_id), extra=extra(key_id, call.so_far, answer.request_id)
            )
        return answer

    async def _retry_until(  # noqa: PLR0913, PLR0917 - what one call is made of
        self,
        retry: Retry,
        call: _botocore.Call,
        method: Callable[..., Awaitable[Mapping[str, Any]]],
        parameters: Mapping[str, Any],
        must_have: tuple[str, type] | None,
        pace: Pace | None,
        deadline: Deadline,
    ) -> Mapping[str, Any]:
        end = math.inf if retry.deadline is None else self.clock() + retry.deadline
        delays = retry.delays()
        while True:
            try:
                return await _attempt(call, method, parameters, must_have)
            except CallError as error:
                if pace is not None and isinstance(error, ThrottlingException):
                    pace.slow_down()
                delay = next(delays, None)
                if not error.is_retry_safe or delay is None or self.clock() + delay >= end:
                    raise
                if deadline.cancelled:  # some clients turn a cancellation into an error of their own
                    raise
                LOG.warning(
                    "%s: key %s: %s; again in %.1f seconds",
                    call.operation, word(str(call.key_id)), word(error.code, str.isidentifier), delay,
                    extra=extra(call.key_id, call.so_far, error.request_id),
                )  # fmt: skip
            await self.sleep(delay)
            if pace is not None:
                end += await self._take(pace, deadline)

    async def _take(self, pace: Pace, deadline: Deadline) -> float:
        """Wait for the next token, without counting the wait towards the deadline; return the seconds on our clock."""
        began, stopped = self.clock(), deadline.stop()
        await pace.take()
        deadline.go_on(stopped)
        return self.clock() - began


async def _attempt(
    call: _botocore.Call,
    method: Callable[..., Awaitable[Mapping[str, Any]]],
    parameters: Mapping[str, Any],
    must_have: tuple[str, type] | None,
) -> Mapping[str, Any]:
    """Send a request once, and translate the error that botocore raises."""
    call.pending = True
    try:
        response = call.answered(await method(**parameters))
    except Exception as error:
        translated = call.failed(error)
        if translated is None:
            raise
        raise translated from error
    if must_have is not None:
        _refuse_without(response, must_have, call)
    return response


def _refuse_without(response: Mapping[str, Any], must_have: tuple[str, type], call: _botocore.Call) -> None:
    name, kind = must_have
    value = response.get(name)
    if not isinstance(value, kind) or value == "":
        raise call.no_answer(f"the answer has no {name}", code=f"No{name}", is_retry_safe=True)


def extra(key_id: str | None, attempt: int, request_id: str | None) -> dict[str, object]:
    """Return the attributes of a log record, for handlers that write them separately."""
    return {"key_id": key_id, "attempt": attempt, "request_id": request_id}
