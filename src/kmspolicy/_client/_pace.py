"""Pacing: when the next request may be sent, to stay below the quota of KMS."""

from __future__ import annotations

import asyncio
import math
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

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
        self._returned: asyncio.Future[None] | None = None

    async def take(self) -> float:
        """Wait for the next token; tasks get tokens in the order in which they asked.

        Returns:
            The time of the token that follows, which :meth:`give_back` wants.
        """
        async with self._line:
            while (wait := self._due_in()) > 0:
                await self._wait(wait)
            space = self._space * self._slowness
            # A sleep that lasted a little too long must not delay all requests that follow.
            self._next = (self._next if -wait < space else self._clock()) + space
            self._slowness = max(1.0, self._slowness * _RECOVERY)
            return self._next

    def give_back(self, following: float) -> None:
        """Let the next in line have a token that was not used, unless the time of the following one has come."""
        if self._next == following:
            self._next = min(following, self._clock())
            if self._returned is not None and not self._returned.done():
                self._returned.set_result(None)

    def _due_in(self) -> float:
        """Return the seconds until the next token; a clock that went back does not make them more than is possible."""
        now = self._clock()
        self._next = min(self._next, now + self._space * _SLOWEST)
        return self._next - now

    async def _wait(self, seconds: float) -> None:
        """Sleep, but not longer than until a token is given back."""
        self._returned = asyncio.get_running_loop().create_future()
        sleep = asyncio.ensure_future(self._sleep(seconds))
        try:
            either: list[asyncio.Future[Any]] = [sleep, self._returned]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            await asyncio.wait([sleep])
        if not sleep.cancelled():
            sleep.result()

    def slow_down(self) -> None:
        """Slow down after a throttling answer."""
        self._slowness = min(_SLOWEST, self._slowness * 2)
        self._next = max(self._next, self._clock() + self._space * self._slowness)


class Token:
    """The right to put a policy, which is taken before the read that precedes the put."""

    def __init__(self, pace: Pace | None) -> None:
        """Start with a token that is not used."""
        self.pace = pace
        self.is_used = False

    def use(self) -> Pace | None:
        """Use it for a put; return the pace, for further ones."""
        self.is_used = True
        return self.pace


@asynccontextmanager
async def taken(pace: Pace | None) -> AsyncGenerator[Token]:
    """Take a token, and give it back if nothing was put."""
    token = Token(pace)
    following = None if pace is None else await pace.take()
    try:
        yield token
    finally:
        if pace is not None and following is not None and not token.is_used:
            pace.give_back(following)
