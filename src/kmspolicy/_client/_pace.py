"""Pacing: when the next request may leave, so that KMS's quota per second is not exceeded."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_SLOWEST: Final = 16.0
_RECOVERY: Final = 0.95


class Pace:
    """A token bucket that holds one: requests leave evenly, none is saved up.

    After a throttling answer the spaces double, up to sixteen times their length; with each request that leaves they
    become a twentieth shorter again.

    Args:
        rate: Requests per second.
        sleep: Waits.
        clock: Tells the time in seconds.
    """

    def __init__(
        self, rate: float, sleep: Callable[[float], Awaitable[object]], clock: Callable[[], float]
    ) -> None:
        """Start with a full bucket."""
        self._space = 1 / rate
        self._sleep = sleep
        self._clock = clock
        self._line = asyncio.Lock()
        self._next = -math.inf
        self._slowness = 1.0

    async def take(self) -> None:
        """Wait for the next token; those who ask first get theirs first."""
        async with self._line:
            while (wait := self._next - self._clock()) > 0:
                await self._sleep(wait)
            space = self._space * self._slowness
            # A sleep that lasted a little longer does not put off all that follow.
            self._next = (self._next if -wait < space else self._clock()) + space
            self._slowness = max(1.0, self._slowness * _RECOVERY)

    def slow_down(self) -> None:
        """Take note of a throttling answer."""
        self._slowness = min(_SLOWEST, self._slowness * 2)
        self._next = max(self._next, self._clock() + self._space * self._slowness)
