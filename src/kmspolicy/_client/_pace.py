"""Pacing: when the next request may be sent, to stay below the quota of KMS."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_SLOWEST: Final = 16.0
_RECOVERY: Final = 0.95


class Pace:
    """A token bucket that holds one token: requests are spread evenly, and unused tokens are not saved.

    After a throttling answer the time between requests doubles, up to sixteen times its length; with each request it
    becomes a twentieth shorter again.

    Args:
        rate: Requests per second.
        sleep: Waits for a number of seconds.
        clock: Returns the time in seconds.
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
        """Wait for the next token; tasks get tokens in the order in which they asked."""
        async with self._line:
            while (wait := self._next - self._clock()) > 0:
                await self._sleep(wait)
            space = self._space * self._slowness
            # A sleep that lasted a little too long must not delay all requests that follow.
            self._next = (self._next if -wait < space else self._clock()) + space
            self._slowness = max(1.0, self._slowness * _RECOVERY)

    def slow_down(self) -> None:
        """Slow down after a throttling answer."""
        self._slowness = min(_SLOWEST, self._slowness * 2)
        self._next = max(self._next, self._clock() + self._space * self._slowness)
