"""A clock that does not wait."""

from __future__ import annotations


class VirtualClock:
    """A clock whose time passes only in its own sleeps, which it records.

    ``KeyPolicies(client, sleep=clock.sleep, clock=clock)`` repeats without waiting.

    Attributes:
        now: The seconds it shows.
        slept: The seconds of each sleep.
    """

    def __init__(self) -> None:
        """Start somewhere."""
        self.now: float = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Tell the time, in seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += seconds
