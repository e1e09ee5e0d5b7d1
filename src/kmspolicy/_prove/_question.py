"""The question behind all proofs: is there a request that one policy grants and another does not?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from kmspolicy._evaluate._decide import Outcome
from kmspolicy._printable import word
from kmspolicy._prove._boxes import left_over, meet
from kmspolicy._prove._budget import ExhaustedError
from kmspolicy._prove._grid import CALLER
from kmspolicy._prove._requests import caller_of, request_of
from kmspolicy._prove._verdicts import Fails, Holds, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kmspolicy._evaluate._request import Request
    from kmspolicy._language._key_arns import Key
    from kmspolicy._prove._boxes import Box
    from kmspolicy._prove._budget import Budget
    from kmspolicy._prove._callers import Caller
    from kmspolicy._prove._grid import Grid, Sides
    from kmspolicy._prove._verdicts import Verdict, Witness

    Replay = Callable[[Request], Witness | None]
    """A function that returns a witness if a request shows that a claim does not hold."""
    Task = tuple[Box, Sequence[Box]]
    """A box that may be covered by others."""

RANK: Final = {Outcome.DENIED: 0, Outcome.NOT_GRANTED: 1, Outcome.DELEGATED: 2, Outcome.ALLOWED: 3}
"""The order of outcomes."""

TOO_MUCH: Final = "there are too many kinds of requests"


def tasks_above(more: Sides, less: Sides, level: Outcome, grid: Grid) -> Iterator[Task]:
    """Yield the boxes that must be covered if no request reaches an outcome by one policy and not by the other."""
    out = [*more.denied, *grid.indifferent]
    undenied = [box for box in less.denied if box not in more.denied]
    if level is Outcome.NOT_GRANTED:
        yield from ((box, out) for box in undenied)
        return
    mine, theirs = (more.allowed, less.allowed) if level is Outcome.ALLOWED else (more.granted, less.granted)
    covers = [*theirs, *out]
    for box in mine:
        if box not in theirs:
            yield box, covers
        for denied in undenied:
            if (common := meet(box, denied)) is not None:
                yield common, out


class Search:
    """The search for a request that shows that something does not hold.

    Attributes:
        shown: The requests of which the last one that was replayed is the first: they are all alike.
    """

    def __init__(
        self, grid: Grid, key: Key, budget: Budget, callers: Mapping[int, Caller] | None = None
    ) -> None:
        """Take the grid, and who is to stand for classes of callers, by their numbers."""
        self._grid = grid
        self._key = key
        self._budget = budget
        self._callers = callers or {}
        self.shown: Box = {}
        self._found: Verdict | None = None

    def verdict(self, claim: str, tasks: Iterable[Task], replay: Replay) -> Verdict:
        """Return whether all boxes are covered, with a request if one is not.

        Args:
            claim: The claim that is shown then.
            tasks: The boxes.
            replay: Returns a witness if a request shows that the claim does not hold.
        """
        self._found = self._searched(claim, tasks, replay)
        return self._found

    def again(self, replay: Replay, callers: Mapping[int, Caller]) -> Verdict | None:
        """Return the verdict that was found, with a request of others of the same classes; None if it takes another search.

        Args:
            replay: Returns whether a request shows that it does not hold.
            callers: Who is to stand for the classes now.
        """
        if not isinstance(self._found, Fails):
            return self._found
        try:
            self._budget.spend(1 + len(self._grid.full))
            request = request_of(self._grid, self.shown, self._key, callers)
            witness = None if request is None else replay(request)
        except ExhaustedError:
            return Unknown(self._found.claim, TOO_MUCH)
        typical = self._found.witness.typical
        return witness and Fails(self._found.claim, attrs.evolve(witness, typical=typical))

    def _searched(self, claim: str, tasks: Iterable[Task], replay: Replay) -> Verdict:
        grid = self._grid
        left: list[tuple[Task, Box]] = []
        try:
            for task in tasks:
                rest = left_over(*task, grid.full, self._budget)
                if rest is None:
                    continue
                if (witness := self._witness(task, grid.usual, grid.odd, replay)) is not None:
                    return Fails(claim, witness)
                left.append((task, rest))
            for task, _ in left:
                if (witness := self._witness(task, grid.settled, (), replay)) is not None:
                    return Fails(claim, attrs.evolve(witness, typical=False))
            if not left:
                return Holds(claim)
            task, rest = left[0]
            witness = self._witness(task, {}, (), replay)
        except ExhaustedError:
            return Unknown(claim, TOO_MUCH)
        return Unknown(claim, self._reason(rest), witness and attrs.evolve(witness, typical=False))

    def _witness(self, task: Task, points: Box, odd: Sequence[Box], replay: Replay) -> Witness | None:
        """Return a request that shows that a box is not covered, from some points and outside of odd boxes."""
        box, covers = task
        part = meet(box, points)
        rest = None if part is None else left_over(part, [*covers, *odd], self._grid.full, self._budget)
        if rest is None:
            return None
        self.shown = rest
        request = request_of(self._grid, rest, self._key, self._callers)
        return None if request is None else replay(request)

    def _reason(self, rest: Box) -> str:
        """Return what is not known about the requests that are left."""
        grid = self._grid
        for doubt in grid.doubts:
            if not doubt.is_settled and not rest.get(grid.dimension(doubt), 0b11) & 0b01:
                return f"it is not settled {doubt.words}"
        if not rest.get(CALLER, grid.full[CALLER]) & grid.settled[CALLER]:
            caller = caller_of(grid, rest, self._callers)
            if caller.also is None:
                return f"it is not settled whether there can be {word(caller.role or caller.name.text)}"
            return f"{word(caller.also.text)} may stand for any caller"
        for key in grid.points:
            dimension = grid.dimension(key)
            if not rest.get(dimension, grid.full[dimension]) & grid.settled[dimension]:
                return f"values of {word(key)} are compared as texts and as something else"
        asked = [doubt for doubt in grid.doubts if not rest.get(grid.dimension(doubt), 0b11) & 0b01]
        if any(doubt.resource for doubt in asked):
            return f"no request is known that answers {' and '.join(doubt.words for doubt in asked)}"
        return "it depends on what policy variables stand for"
