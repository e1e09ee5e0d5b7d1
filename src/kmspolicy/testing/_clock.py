"""A clock that does not wait."""

from __future__ import annotations

import asyncio
from heapq import heappop, heappush
from itertools import count


class VirtualClock:
    """A clock whose time passes only in its sleeps, which it records.

    ``KeyPolicies(client, sleep=clock.sleep, clock=clock)`` retries without waiting. Several tasks may sleep at the same time:
    when nothing else happens in the event loop for some rounds, the time jumps to the end of the shortest sleep. The clock
    does not wait for sockets or threads.

    Attributes:
        now: The current time, in seconds.
        slept: The seconds of each sleep, in the order in which the sleeps began.
    """

    def __init__(self) -> None:
        """Start at an arbitrary time."""
        self.now: float = 1000.0
        self.slept: list[float] = []
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._patience = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self) -> float:
        """Return the time, in seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass.

        Args:
            seconds: The length of the sleep.
        """
        self.slept.append(seconds)
        loop = asyncio.get_running_loop()
        end = loop.create_future()
        if loop is not self._loop:  # sleeps of another loop, which has ended, are forgotten
            self._loop = loop
            self._sleepers.clear()
        idle = not self._sleepers
        heappush(self._sleepers, (self.now + seconds, next(self._order), end))
        self._patience = _ROUNDS
        if idle:
            loop.call_soon(self._pass, loop)
        await end

    def _pass(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let time pass when no sleep has begun for some rounds of the event loop."""
        while self._sleepers and self._sleepers[0][2].done():  # was cancelled
            heappop(self._sleepers)
        if not self._sleepers:
            return
        self._patience -= 1
        if self._patience < 0:
            end, _, sleeper = heappop(self._sleepers)
            self.now = max(self.now, end)
            self._patience = _ROUNDS
            sleeper.set_result(None)
        if self._sleepers:
            loop.call_soon(self._pass, loop)


# Tasks that only wait for each other continue within a few rounds; the clock does not wait for sockets.
_ROUNDS = 50
