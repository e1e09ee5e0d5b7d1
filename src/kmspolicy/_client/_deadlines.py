"""The deadlines of calls, with one timer for all that are under way: a timer for each would cost more than the rest."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from types import TracebackType


class Deadlines:
    """The deadlines of the calls that are under way."""

    def __init__(self) -> None:
        """Start without any."""
        self._watched: set[Deadline] = set()
        self._next = math.inf
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, deadline: Deadline) -> None:
        """Let a deadline expire at its end."""
        self._watched.add(deadline)
        if deadline.end < self._next:
            self._set_timer(deadline.end)

    def forget(self, deadline: Deadline) -> None:
        """Do not let a deadline expire; it does no harm if it has."""
        self._watched.discard(deadline)
        if not self._watched:
            self._set_timer(math.inf)

    def _set_timer(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._next = when
        self._timer = (
            None if when == math.inf else asyncio.get_running_loop().call_at(when, self._expire, when)
        )

    def _expire(self, now: float) -> None:
        for deadline in [each for each in self._watched if each.end <= now]:
            self._watched.discard(deadline)
            deadline.expire()
        self._set_timer(min((each.end for each in self._watched), default=math.inf))


class Deadline:
    """The time that a ``with`` block has: at its end it raises TimeoutError in the block, as asyncio.timeout does.

    Args:
        deadlines: The deadlines of all calls.
        seconds: How long the block may take; None for no limit.

    Attributes:
        end: The end, on the clock of the event loop.
        expired: Whether the time was over.
    """

    __slots__ = ("_before", "_deadlines", "_loop", "_task", "end", "expired")

    def __init__(self, deadlines: Deadlines, seconds: float | None) -> None:
        """Let the time begin."""
        self._deadlines = deadlines
        self._loop = asyncio.get_running_loop()
        self.end = math.inf if seconds is None else self._loop.time() + seconds
        self.expired = False

    def __enter__(self) -> None:
        """Watch the current task."""
        self._task = cast("asyncio.Task[object]", asyncio.current_task())
        self._before = self._task.cancelling()
        self._deadlines.watch(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Turn the cancellation by the deadline into a TimeoutError; one by somebody else goes on."""
        self._deadlines.forget(self)
        if self.expired and self._task.uncancel() <= self._before and kind is asyncio.CancelledError:
            raise TimeoutError from error

    @property
    def cancelled(self) -> bool:
        """Whether the task was cancelled since."""
        return self._task.cancelling() > self._before

    def stop(self) -> float:
        """Stop the time; return when that was."""
        self._deadlines.forget(self)
        return self._loop.time()

    def go_on(self, stopped: float) -> None:
        """Let the time go on that was stopped."""
        self.end += self._loop.time() - stopped
        self._deadlines.watch(self)

    def expire(self) -> None:
        """Cancel the block."""
        self.expired = True
        self._task.cancel()
