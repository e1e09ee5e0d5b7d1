"""Proofs about two policies: the boxes of a question, and the boxes that may cover them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kmspolicy._evaluate._decide import Outcome, decided
from kmspolicy._prove._boxes import meet
from kmspolicy._prove._budget import Budget, ExhaustedError
from kmspolicy._prove._grid import Grid, Sides
from kmspolicy._prove._population import ScaleError
from kmspolicy._prove._question import RANK, TOO_MUCH, Search, tasks_above
from kmspolicy._prove._texts import UnsettledCaseError
from kmspolicy._prove._verdicts import Unknown, Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kmspolicy._evaluate._request import Request
    from kmspolicy._language._key_arns import Key
    from kmspolicy._normal._rules import Rules
    from kmspolicy._prove._boxes import Box
    from kmspolicy._prove._question import Replay, Task
    from kmspolicy._prove._verdicts import Verdict

GRANTED: Final = (Outcome.ALLOWED, Outcome.DELEGATED)
_LETTER_CASE: Final = "a text is compared in any case whose letters are not those of Latin-1"
_OTHER_SCALE: Final = "what follows from the caller is compared with a number, a date or an address"


class Layout(NamedTuple):
    """Two policies as boxes of one grid."""

    grid: Grid
    before: Sides
    after: Sides

    def granted_in(self, asked: Sequence[Box], but: Sequence[Box] = ()) -> Iterator[Task]:
        """Yield the boxes that must be covered if the later policy grants no request in some boxes, except in others."""
        covers = [*self.after.denied, *self.grid.elsewhere, *but]
        for box in self.after.granted:
            for one in asked:
                if (common := meet(box, one)) is not None:
                    yield common, covers

    def not_granted_in(
        self, asked: Sequence[Box], level: Outcome = Outcome.DELEGATED, but: Sequence[Box] = ()
    ) -> Iterator[Task]:
        """Yield the boxes that must be covered if the later policy grants each request in some boxes, except in others."""
        granted = self.after.granted if level is Outcome.DELEGATED else self.after.allowed
        for one in asked:
            yield one, [*granted, *but]
            for box in (*self.after.denied, *self.grid.elsewhere):
                if (common := meet(one, box)) is not None:
                    yield common, but


class Proofs:
    """Proofs about two policies, by one grid and within one budget; what cannot be answered is unknown."""

    def __init__(
        self, before: Rules, after: Rules, key: Key, budget: Budget | None = None, *, partition: str = ""
    ) -> None:
        """Take the policies.

        Args:
            before: The earlier policy, or the one to compare with.
            after: The later policy, or the one in question.
            key: What is known about the key.
            budget: The work that all of this may take; None for that of a public call.
            partition: Another partition of callers than those that policies name; empty for none.
        """
        self._key = key
        self._rules = before, after
        self._budget = budget or Budget()
        self._layout = self._laid_out(partition)
        self._above: dict[tuple[Outcome, bool], list[Task]] = {}

    @property
    def grid(self) -> Grid | None:
        """The grid of all requests; None if it is not possible to build it."""
        return None if isinstance(self._layout, str) else self._layout.grid

    def _laid_out(self, partition: str) -> Layout | str:
        """Return the policies as boxes, or why that is not possible."""
        try:
            grid = Grid(self._rules, self._key, self._budget, partition)
            return Layout(grid, grid.sides(0), grid.sides(1))
        except ExhaustedError:
            return TOO_MUCH
        except UnsettledCaseError:
            return _LETTER_CASE
        except ScaleError:
            return _OTHER_SCALE

    def verdict(self, claim: str, tasks: Callable[[Layout], Iterable[Task]], replay: Replay) -> Verdict:
        """Return whether all of some boxes are covered.

        Args:
            claim: The claim that is shown then.
            tasks: Returns the boxes, each with those that may cover it.
            replay: Returns a witness if a request shows that the claim does not hold.
        """
        if isinstance(self._layout, str):
            return Unknown(claim, self._layout)
        search = Search(self._layout.grid, self._key, self._budget)
        return search.verdict(claim, tasks(self._layout), replay)

    def not_above(
        self, claim: str, levels: Sequence[Outcome], *, gained: bool = True, within: Box | None = None
    ) -> Verdict:
        """Return whether no request reaches a level after that it did not reach before.

        Args:
            claim: The claim that is shown then.
            levels: The levels.
            gained: Whether the question is what is higher after; otherwise, what is higher before.
            within: The requests of the question; None for all.
        """

        def tasks(layout: Layout) -> Iterator[Task]:
            for level in levels:
                above = self._tasks_above(layout, level, gained=gained)
                self._budget.spend(len(above))
                for box, covers in above:
                    if (part := meet(box, within or {})) is not None:
                        yield part, covers

        def replay(request: Request) -> Witness | None:
            before, after = (decided(rules, request) for rules in self._rules)
            low, high = (before, after) if gained else (after, before)
            above = any(RANK[low.outcome] < RANK[level] <= RANK[high.outcome] for level in levels)
            return Witness(after, before) if above else None

        return self.verdict(claim, tasks, replay)

    def _tasks_above(self, layout: Layout, level: Outcome, *, gained: bool) -> list[Task]:
        """Return the boxes that must be covered if no request reaches a new level; computed once."""
        if (level, gained) not in self._above:
            grid, before, after = layout
            sides = (after, before) if gained else (before, after)
            self._above[level, gained] = list(tasks_above(*sides, level, grid))
        return self._above[level, gained]

    def granted(self, request: Request) -> Witness | None:
        """Return the decision of the policy in question about a request, if it grants it."""
        decision = decided(self._rules[1], request)
        return Witness(decision) if decision.outcome in GRANTED else None

    def not_granted(self, request: Request) -> Witness | None:
        """Return the decision of the policy in question about a request, if it does not grant it."""
        return None if self.granted(request) else Witness(decided(self._rules[1], request))
