"""How much work a question may take: what takes more is unknown, on every machine alike."""

from __future__ import annotations


class ExhaustedError(Exception):
    """A question took more work than it may; it is not seen outside of this package."""


class Budget:
    """The work that one public call may take, shared by all it asks.

    It counts steps, not seconds, so that an answer does not depend on the machine; a step takes about a microsecond.
    """

    def __init__(self, steps: int = 1_000_000) -> None:
        """Take the number of steps."""
        self.left = steps

    def spend(self, steps: int) -> None:
        """Take steps away.

        Raises:
            ExhaustedError: where there are too few.
        """
        self.left -= steps
        if self.left < 0:
            raise ExhaustedError
