"""The work that a question may take: if it needs more, the answer is unknown, the same on every machine."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Generator

OF_A_CALL: Final = 1_000_000
"""The steps of a public call."""


class ExhaustedError(Exception):
    """A question that needs more work than allowed; internal."""


class Budget:
    """The work that one public call may take, shared by all of its questions.

    It counts steps, not seconds, so that an answer does not depend on the machine; a step takes about a microsecond.
    """

    def __init__(self, steps: int = OF_A_CALL) -> None:
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


_shared: Final[ContextVar[Budget | None]] = ContextVar("kmspolicy_budget", default=None)


def budget_of_call(steps: int = OF_A_CALL) -> Budget:
    """Return the budget of a public call: its own, or the one that it shares with others."""
    return _shared.get() or Budget(steps)


@contextmanager
def sharing(steps: int) -> Generator[Budget]:
    """Let all public calls in a block share one budget."""
    token = _shared.set(budget := Budget(steps))
    try:
        yield budget
    finally:
        _shared.reset(token)
