"""The work that a question may take: if it needs more, the answer is unknown, the same on every machine."""

from __future__ import annotations


class ExhaustedError(Exception):
    """A question that needs more work than allowed; internal."""


class Budget:
    """The work that one public call may take, shared by all of its questions.

    It counts steps, not seconds, so that an answer does not depend on the machine; a step takes about a microsecond.
    """

    def __init__(self, steps: int = 1_000_000) -> None:
        """Take the number of steps."""
        self.left = steps

    def spend(self, steps: int) -> None:
        """Take steps away.

        Raises:
            ExhaustedError: if there are too few.
        """
        self.left -= steps
        if self.left < 0:
            raise ExhaustedError
