"""Proofs about two policies: the boxes of a question, and the boxes that may cover them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kmspolicy._evaluate._decide import Outcome, decided
from kmspolicy._prove._boxes import meet
from kmspolicy._prove._budget import ExhaustedError, budget_of_call
from kmspolicy._prove._grid import ACTION, Grid, Sides
from kmspolicy._prove._population import ScaleError
from kmspolicy._prove._question import RANK, TOO_MUCH, Search, tasks_above
from kmspolicy._prove._texts import UnsettledCaseError
from kmspolicy._prove._verdicts import Unknown, Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kmspolicy._evaluate._request import Request
    from kmspolicy._language._key_arns import Key
    from kmspolicy._normal._rules import Rules
    from kmspolicy._prove._boxes import Box
    from kmspolicy._prove._budget import Budget
    from kmspolicy._prove._callers import Caller
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

    def granted_in(
        self, asked: Sequence[Box], but: Sequence[Box] = (), by: Sequence[Box] | None = None
    ) -> Iterator[Task]:
        """Yield the boxes that must be covered if the later policy grants no request in some boxes, except in others.

        Args:
            asked: The boxes.
            but: The others.
            by: What grants the requests; None for all of the policy.
        """
        covers = [*self.after.denied, *self.grid.indifferent, *but]
        for box in self.after.granted if by is None else by:
            for one in asked:
                if (common := meet(box, one)) is not None:
                    yield common, covers

    def not_granted_in(
        self, asked: Sequence[Box], level: Outcome = Outcome.DELEGATED, but: Sequence[Box] = ()
    ) -> Iterator[Task]:
        """Yield the boxes that must be covered if the later policy grants each request in some boxes, except in others."""
        granted = self.after.granted if level is Outcome.DELEGATED else self.after.allowed
        out = [*self.grid.impossible, *but]
        for one in asked:
            yield one, [*granted, *out]
            for box in (*self.after.denied, *self.grid.elsewhere):
                if (common := meet(one, box)) is not None:
                    yield common, out


class Within(NamedTuple):
    """Some requests, and who is to stand for their classes of callers, by the numbers of these."""

    box: Box
    callers: Mapping[int, Caller]


_OF_A_STATEMENT: Final = 2
_OF_A_KEY: Final = 12
"""The steps of a replay for each statement, and for each condition key of the request."""
_ALL: Final = Within({}, {})


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
        self._budget = budget or budget_of_call()
        self._layout = self._laid_out(partition)
        self._above: dict[tuple[Outcome, bool], list[Task]] = {}
        self._searches: dict[object, Search] = {}

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

    @property
    def layout(self) -> Layout | str:
        """The policies as boxes; why that is not possible if it is not."""
        return self._layout

    def each_granted(
        self, within: Within, but: Sequence[Box], by: Sequence[Box]
    ) -> Iterator[tuple[int, Verdict]]:
        """Yield actions that the policy in question grants, or may grant, as bit masks, each with what shows it.

        Unknown actions are left out, unless there are no others.

        Args:
            within: The requests of the question.
            but: Requests that are not meant.
            by: What grants the requests.
        """
        if isinstance(self._layout, str):
            return
        grid = self._layout.grid
        unknown = grid.actions_where(lambda action: not action.is_known)
        left = within.box.get(ACTION, grid.full[ACTION])
        while left:
            search = Search(grid, self._key, self._budget, within.callers)
            tasks = self._layout.granted_in([{**within.box, ACTION: left}], but, by)
            verdict = search.verdict("nothing is granted", tasks, self.granted)
            if verdict.holds:
                return
            shown = search.shown.get(ACTION, grid.full[ACTION]) & left
            yield shown, verdict
            left &= ~(shown | unknown)

    def not_above(
        self, claim: str, levels: Sequence[Outcome], *, gained: bool = True, within: Within = _ALL
    ) -> Verdict:
        """Return whether no request reaches a level after that it did not reach before.

        Args:
            claim: The claim that is shown then.
            levels: The levels.
            gained: Whether the question is what is higher after; otherwise, what is higher before.
            within: The requests of the question.
        """

        def replay(request: Request) -> Witness | None:
            self._budget.spend(self._cost_of(request))
            before, after = (decided(rules, request) for rules in self._rules)
            low, high = (before, after) if gained else (after, before)
            above = any(RANK[low.outcome] < RANK[level] <= RANK[high.outcome] for level in levels)
            return Witness(after, before) if above else None

        if isinstance(self._layout, str):
            return Unknown(claim, self._layout)
        about = gained, tuple(levels), tuple(within.box.items())
        known = self._searches.get(about)
        verdict = None if known is None else known.again(replay, within.callers)
        if verdict is None:
            self._searches[about] = search = Search(
                self._layout.grid, self._key, self._budget, within.callers
            )
            tasks = self._tasks_above(self._layout, levels, gained=gained, within=within)
            verdict = search.verdict(claim, tasks, replay)
        return verdict

    def may_be_above(self, levels: Sequence[Outcome], *, gained: bool, within: Within) -> bool:
        """Return whether there is anything to be asked of some requests, as of :meth:`not_above`."""
        if isinstance(self._layout, str):
            return True
        try:
            tasks = self._tasks_above(self._layout, levels, gained=gained, within=within)
            return next(tasks, None) is not None
        except ExhaustedError:
            return True

    def _tasks_above(
        self, layout: Layout, levels: Iterable[Outcome], *, gained: bool, within: Within
    ) -> Iterator[Task]:
        """Go through what must be covered if no request has a level that it did not have; the same tasks for all who ask."""
        grid, before, after = layout
        sides = (after, before) if gained else (before, after)
        for level in levels:
            if (level, gained) not in self._above:
                self._above[level, gained] = list(tasks_above(*sides, level, grid))
            for box, covers in self._above[level, gained]:
                self._budget.spend(1)
                if (part := meet(box, within.box)) is not None:
                    yield part, covers

    def _cost_of(self, request: Request) -> int:
        """Return how many steps it takes to decide a request by both policies."""
        statements = sum(len(rules.statements) for rules in self._rules)
        return _OF_A_STATEMENT * statements + _OF_A_KEY * len(request.context)

    def granted(self, request: Request) -> Witness | None:
        """Return the decision of the policy in question about a request, if it grants it."""
        decision = decided(self._rules[1], request)
        return Witness(decision) if decision.outcome in GRANTED else None

    def not_granted(self, request: Request) -> Witness | None:
        """Return the decision of the policy in question about a request, if it does not grant it."""
        return None if self.granted(request) else Witness(decided(self._rules[1], request))
