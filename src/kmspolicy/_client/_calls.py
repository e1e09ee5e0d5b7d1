"""Calls of a client: a request and its retries, within a deadline."""

from __future__ import annotations

import logging
import math
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Protocol

import attrs

from kmspolicy._client import _botocore
from kmspolicy._client._botocore import Answer
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
OPERATIONS: Final = ("PutKeyPolicy", "GetKeyPolicy", "ListKeyPolicies", "CreateKey")


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


@attrs.define(eq=False)  # not frozen, for that costs as much as all the rest of it
class Order:
    """What is to be sent.

    Attributes:
        operation: The operation of the API.
        method: The method of the client that sends the request.
        parameters: Its parameters.
        pace: Determines when the next request may be sent; None for no limit.
        must_have: A member that the answer must have, or a member of a member, ``"KeyMetadata.Arn"``, and its type.
        look: Called directly before the request is sent again, with the error of the last one; returns whether there is
            nothing left to send. Whoever gives it takes the first token, and botocore must not retry by itself.
        once: Whether the request is not sent again where it may have taken effect, nor by botocore itself.
    """

    operation: str
    method: Callable[..., Awaitable[Mapping[str, Any]]]
    parameters: Mapping[str, Any]
    pace: Pace | None = None
    must_have: tuple[str, type] | None = None
    look: Callable[[CallError], Awaitable[bool]] | None = None
    once: bool = False


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

    async def send(self, order: Order, *, after: CallError | None = None, spent: int = 0) -> Answer:
        """Send a request, and retry it.

        Args:
            order: What is to be sent.
            after: The error of a request for the same purpose that was sent before; the answer counts that one, too.
            spent: How many of the attempts were used before.
        """
        if order.pace is not None and (order.look is None or after is not None):  # before the deadline begins
            await order.pace.take()
        call = self._call(order, after, spent)
        retry = self.retry or _ONCE
        deadline = Deadline(self.deadlines, retry.deadline)
        try:
            with call, deadline:
                failed, end = after, math.inf if retry.deadline is None else self.clock() + retry.deadline
                delays = None
                while True:
                    if failed and order.look and await self._is_done(order.look(failed), call, failed, end):
                        return _logged(call, Answer({}, None, call.so_far))
                    try:
                        return _logged(call, await _attempt(call, order))
                    except CallError as error:
                        failed = error
                    delays = delays or islice(retry.delays(), spent, None)
                    delay = next(delays, math.inf)
                    end += await self._wait(order, call, deadline, failed, delay=delay, end=end)
        except TimeoutError as error:
            if not deadline.expired:
                raise
            words = f"no answer within the deadline of {retry.deadline:g} seconds"
            if call.looking is None:
                raise call.cut_off(words) from error
            raise not_read(call.looking, words) from call.looking.__cause__

    async def send_once(self, order: Order) -> Answer:
        """Send a request that is part of another call, under its deadline; do not retry it."""
        call = self._call(order)
        with call:
            return _logged(call, await _attempt(call, order))

    def _call(self, order: Order, after: CallError | None = None, spent: int = 0) -> _botocore.Call:
        return _botocore.Call(
            order.parameters.get("KeyId"),
            order.operation,
            retries=self.retry is None and order.look is None and not order.once,
            counted=self.counted,
            earlier=spent if after is None else after.attempts,
            outcome_unknown=after is not None and after.outcome_unknown,
        )

    async def _is_done(
        self, looking: Awaitable[bool], call: _botocore.Call, failed: CallError, end: float
    ) -> bool:
        """Return whether nothing is left to send after a request that failed."""
        call.looking = failed
        if await looking:
            return True
        call.looking = None
        if self.clock() >= end:
            raise failed
        return False

    async def _wait(  # noqa: PLR0913 - the state of the loop
        self,
        order: Order,
        call: _botocore.Call,
        deadline: Deadline,
        failed: CallError,
        *,
        delay: float,
        end: float,
    ) -> float:
        """Wait until the request may be sent again; return the seconds that do not count towards the deadline.

        Raises:
            CallError: the error of the request, if it is not sent again.
        """
        if order.pace is not None and isinstance(failed, ThrottlingException):
            order.pace.slow_down()
        never = not failed.is_retry_safe or (order.once and call.outcome_unknown)
        # Some clients turn a cancellation into an error of their own.
        if never or delay == math.inf or self.clock() + delay >= end or deadline.cancelled:
            raise failed
        LOG.warning(
            "%s: %s: %s; again in %.1f seconds",
            call.operation, in_words(call.key_id), word(failed.code, str.isidentifier), delay,
            extra=extra(call.key_id, call.so_far, failed.request_id),
        )  # fmt: skip
        await self.sleep(delay)
        return 0.0 if order.pace is None else await self._take(order.pace, deadline)

    async def _take(self, pace: Pace, deadline: Deadline) -> float:
        """Wait for the next token, without counting the wait towards the deadline; return the seconds on our clock."""
        began, stopped = self.clock(), deadline.stop()
        await pace.take()
        deadline.go_on(stopped)
        return self.clock() - began


async def _attempt(call: _botocore.Call, order: Order) -> Answer:
    """Send a request once, and translate the error that botocore raises."""
    call.pending = True
    try:
        response = await order.method(**order.parameters)
    except Exception as error:
        translated = call.failed(error)
        if translated is None:
            raise
        raise translated from error
    answer = call.answered(response)
    if order.must_have is not None:
        _refuse_without(response, order.must_have, call)
    return answer


def _logged(call: _botocore.Call, answer: Answer) -> Answer:
    if LOG.isEnabledFor(logging.DEBUG):
        LOG.debug(
            "%s: %s", call.operation, in_words(call.key_id),
            extra=extra(call.key_id, answer.attempts, answer.request_id),
        )  # fmt: skip
    return answer


def _refuse_without(response: Mapping[str, Any], must_have: tuple[str, type], call: _botocore.Call) -> None:
    path, kind = must_have
    *parents, name = path.split(".")
    for parent in parents:
        response = response.get(parent) or {}
    value = response.get(name)
    if not isinstance(value, kind) or value == "":
        call.outcome_unknown = True
        raise call.no_answer(f"the answer has no {path}", code=f"No{name}", is_retry_safe=True)


def not_read(error: CallError, reason: object) -> CallError:
    """Return the error of a put, with a note that the policy could not be read before the next one."""
    error.add_note(f"It was not sent again, for the policy could not be read before: {reason}")
    return error


def in_words(key_id: str | None) -> str:
    """Return a key in words, for log records."""
    return "a new key" if key_id is None else f"key {word(key_id)}"


def extra(key_id: str | None, attempt: int, request_id: str | None) -> dict[str, object]:
    """Return the attributes of a log record, for handlers that write them separately."""
    return {"key_id": key_id, "attempt": attempt, "request_id": request_id}
