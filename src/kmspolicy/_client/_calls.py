"""Calls of a client: a request and its retries, within a deadline."""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import attrs

from kmspolicy._client import _botocore
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
    """

    client: object
    retry: Retry | None
    sleep: Callable[[float], Awaitable[object]]
    clock: Callable[[], float]
    counted: bool = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Prepare the client once, not for every call."""
        object.__setattr__(self, "counted", _botocore.prepare(self.client, OPERATIONS))

    async def send(  # noqa: PLR0913 - what one call is made of
        self,
        operation: str,
        key_id: str,
        request: Callable[[], Awaitable[Mapping[str, Any]]],
        *,
        pace: Pace | None = None,
        must_have: tuple[str, type] | None = None,
        earlier: int = 0,
    ) -> Answer:
        """Send a request, and retry it.

        Args:
            operation: The operation of the API.
            key_id: The key.
            request: Sends the request.
            pace: Determines when the next request may be sent; None for no limit.
            must_have: A member that the answer must have, and its type.
            earlier: The number of requests that were sent for the same purpose before, for log messages.
        """
        if pace is not None:  # before the deadline begins
            await pace.take()
        call = _botocore.Call(
            key_id, operation, retries=self.retry is None, counted=self.counted, earlier=earlier
        )
        retry = self.retry or _ONCE
        timer = asyncio.timeout(retry.deadline)
        try:
            with call:
                async with timer:
                    response = await self._retry_until(retry, call, request, must_have, pace, timer)
        except TimeoutError as error:
            if not timer.expired():
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
        request: Callable[[], Awaitable[Mapping[str, Any]]],
        must_have: tuple[str, type] | None,
        pace: Pace | None,
        timer: asyncio.Timeout,
    ) -> Mapping[str, Any]:
        end = math.inf if retry.deadline is None else self.clock() + retry.deadline
        delays = retry.delays()
        cancelled = _cancellations()
        while True:
            try:
                response = await _attempt(call, request)
                if must_have is not None:
                    _refuse_without(response, must_have, call)
            except CallError as error:
                if pace is not None and isinstance(error, ThrottlingException):
                    pace.slow_down()
                delay = next(delays, None)
                if not error.is_retry_safe or delay is None or self.clock() + delay >= end:
                    raise
                if (
                    _cancellations() > cancelled
                ):  # some clients turn a cancellation into an error of their own
                    raise
                LOG.warning(
                    "%s: key %s: %s; again in %.1f seconds",
                    call.operation, word(str(call.key_id)), word(error.code, str.isidentifier), delay,
                    extra=extra(call.key_id, call.so_far, error.request_id),
                )  # fmt: skip
            else:
                return response
            await self.sleep(delay)
            if pace is not None:
                end += await self._take(pace, timer)

    async def _take(self, pace: Pace, timer: asyncio.Timeout) -> float:
        """Wait for the next token, without counting the wait towards the deadline; return the seconds on our clock."""
        began, when = self.clock(), timer.when()
        timer.reschedule(None)
        before = asyncio.get_running_loop().time()
        await pace.take()
        if when is not None:
            timer.reschedule(when + asyncio.get_running_loop().time() - before)
        return self.clock() - began


def _cancellations() -> int:
    """Return how often this task was cancelled."""
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()


async def _attempt(
    call: _botocore.Call, request: Callable[[], Awaitable[Mapping[str, Any]]]
) -> Mapping[str, Any]:
    """Send a request once, and translate the error that botocore raises."""
    call.pending = True
    try:
        return call.answered(await request())
    except Exception as error:
        translated = call.failed(error)
        if translated is None:
            raise
        raise translated from error


def _refuse_without(response: Mapping[str, Any], must_have: tuple[str, type], call: _botocore.Call) -> None:
    name, kind = must_have
    value = response.get(name)
    if not isinstance(value, kind) or value == "":
        raise call.no_answer(f"the answer has no {name}", code=f"No{name}", is_retry_safe=True)


def extra(key_id: str | None, attempt: int, request_id: str | None) -> dict[str, object]:
    """Return the attributes of a log record, for handlers that write them separately."""
    return {"key_id": key_id, "attempt": attempt, "request_id": request_id}
