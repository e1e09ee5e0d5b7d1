"""The question behind all proofs: is there a request that one policy grants and another does not?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from kmspolicy._evaluate._decide import Outcome
from kmspolicy._printable import word
from kmspolicy._prove._boxes import left_over, meet
from kmspolicy._prove._budget import ExhaustedError
from kmspolicy._prove._grid import CALLER
from kmspolicy._prove._requests import first, request_of
from kmspolicy._prove._verdicts import Fails, Holds, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kmspolicy._evaluate._request import Request
    from kmspolicy._language._key_arns import Key
    from kmspolicy._prove._boxes import Box
    from kmspolicy._prove._budget import Budget
    from kmspolicy._prove._grid import Grid, Sides
    from kmspolicy._prove._verdicts import Verdict, Witness

    Replay = Callable[[Request], Witness | None]
    """A function that returns a witness if a request shows that a claim does not hold."""
    Task = tuple[Box, Sequence[Box]]
    """A box that may be covered by others."""

RANK: Final = {Outcome.DENIED: 0, Outcome.NOT_GRANTED: 1, Outcome.DELEGATED: 2, Outcome.ALLOWED: 3}
"""The order of outcomes."""

TOO_MUCH: Final = "there are more kinds of requests than are looked at"


def tasks_above(more: Sides, less: Sides, level: Outcome, grid: Grid) -> Iterator[Task]:
    """Yield the boxes that must be covered if no request reaches an outcome by one policy and not by the other."""
    out = [*more.denied, *grid.elsewhere]
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
    """The search for a request that shows that something does not hold."""

    def __init__(self, grid: Grid, key: Key, budget: Budget) -> None:
        """Take the grid."""
        self._grid = grid
        self._key = key
        self._budget = budget

    def verdict(self, claim: str, tasks: Iterable[Task], replay: Replay) -> Verdict:
        """Return whether all boxes are covered, with a request if one is not.

        Args:
            claim: The claim that is shown then.
            tasks: The boxes.
            replay: Returns a witness if a request shows that the claim does not hold.
        """
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
        request = None if rest is None else request_of(self._grid, rest, self._key)
        return None if request is None else replay(request)

    def _reason(self, rest: Box) -> str:
        """Return what is not known about the requests that are left."""
        grid = self._grid
        for doubt in grid.doubts:
            if not doubt.is_settled and not rest.get(grid.dimension(doubt), 0b11) & 0b01:
                return f"it is not settled {doubt.words}"
        if not rest.get(CALLER, grid.full[CALLER]) & grid.settled[CALLER]:
            caller = grid.population.callers[first(grid, rest, CALLER)]
            if caller.also is None:
                return f"it is not settled whether there can be {word(caller.role or caller.name.text)}"
            return f"nobody knows whom {word(caller.also.text)} means"
        for key in grid.points:
            dimension = grid.dimension(key)
            if not rest.get(dimension, grid.full[dimension]) & grid.settled[dimension]:
                return f"values of {word(key)} are compared as texts and as something else"
        asked = [doubt for doubt in grid.doubts if not rest.get(grid.dimension(doubt), 0b11) & 0b01]
        if any(doubt.resources for doubt in asked):
            return f"no request is known that answers {' and '.join(doubt.words for doubt in asked)}"
        return "it depends on what policy variables stand for"
