"""Who gains and who loses access: what a request shows, and what is not known."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias, TypedDict, final

import attrs

from kmspolicy._display import Displayed
from kmspolicy._evaluate._access import Access, Given, actions_of, principals_of, subject_dict, tabulate
from kmspolicy._language._spelling import fold
from kmspolicy._normal._rules import EVERYONE, account_marks, marks_of, own_marks
from kmspolicy._prove._budget import Budget, ExhaustedError
from kmspolicy._prove._grid import ACTION, CALLER
from kmspolicy._prove._proofs import GRANTED, Proofs, Within
from kmspolicy._prove._verdicts import Fails, Unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from kmspolicy._evaluate._access import AccessTable, Cell, CellDict, Subject, SubjectDict
    from kmspolicy._language._key_arns import Key
    from kmspolicy._language._principals import PrincipalName
    from kmspolicy._normal._rules import Mark, Rules
    from kmspolicy._prove._callers import Caller
    from kmspolicy._prove._grid import Grid
    from kmspolicy._prove._verdicts import Verdict, Witness, WitnessDict

_Way: TypeAlias = Literal["gained", "lost"]
_WAYS: Final[tuple[_Way, _Way]] = ("gained", "lost")


class _ChangeDict(TypedDict):
    """The fields of a change of access in JSON."""

    principal: SubjectDict
    actions: list[str]
    before: CellDict
    after: CellDict


@final
class AccessChangeDict(_ChangeDict):
    """The fields of an :class:`~kmspolicy.AccessChange` in JSON."""

    witness: WitnessDict


@final
class UnknownChangeDict(_ChangeDict):
    """The fields of an :class:`UnknownChange` in JSON."""

    way: Literal["gained", "lost", "gained or lost"]
    reason: str


@attrs.frozen
class _Change(Displayed):
    """The access of a principal, before and after, the same for several actions."""

    principal: Subject
    actions: tuple[str, ...]
    before: Cell
    after: Cell
    every: tuple[str, ...]


@final
@attrs.frozen
class AccessChange(_Change):
    """A change of a principal's access, the same for several actions, and a request that shows it.

    Attributes:
        principal: The type and the name of the principal, as the access table has them.
        actions: The actions.
        before: What the older policy gives.
        after: What the newer policy gives.
        every: All actions that were compared.
        witness: A request whose outcome is higher where access is gained, and lower where it is lost.
    """

    witness: Witness

    def to_dict(self) -> AccessChangeDict:
        """Return the change for JSON, without the actions that do not change."""
        return {
            "principal": subject_dict(self.principal),
            "actions": list(self.actions),
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "witness": self.witness.to_dict(),
        }


@final
@attrs.frozen
class UnknownChange(_Change):
    """A principal's access of which it is not known whether it changed, the same for several actions.

    Attributes:
        principal: The type and the name of the principal, as the access table has them.
        actions: The actions.
        before: What the older policy gives.
        after: What the newer policy gives.
        every: All actions that were compared.
        way: What is not known: what is gained, what is lost, or both.
        reason: Why it is not known.
    """

    way: Literal["gained", "lost", "gained or lost"]
    reason: str

    def to_dict(self) -> UnknownChangeDict:
        """Return it for JSON, without the actions that do not change."""
        return {
            "principal": subject_dict(self.principal),
            "actions": list(self.actions),
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "way": self.way,
            "reason": self.reason,
        }


class AccessDiff(NamedTuple):
    """The access that one policy gives and another one does not."""

    gained: tuple[AccessChange, ...] = ()
    lost: tuple[AccessChange, ...] = ()
    unknown: tuple[UnknownChange, ...] = ()


def access_diff(one: Rules, other: Rules, key: Key, partition: str) -> AccessDiff:
    """Compare the access that two policies give, for each principal that they name and each action.

    Args:
        one: The older policy.
        other: The newer one.
        key: What is known of the key.
        partition: The partition of the key, for account ids.
    """
    budget = Budget()
    proofs = Proofs(one, other, key, budget, partition=partition)
    changes: dict[_Way, list[AccessChange]] = {way: [] for way in _WAYS}
    unknown: list[UnknownChange] = []
    for question in _questions(proofs, (one, other), key, partition, budget):
        reasons: dict[str, dict[str, str]] = {}
        for way, found in changes.items():
            answers = question.answers(proofs, way)
            shown = {name: answer.witness for name, answer in answers.items() if isinstance(answer, Fails)}
            found += [AccessChange(*question.about(shown), witness) for witness in [*shown.values()][:1]]
            reasons[way] = {
                name: answer.reason for name, answer in answers.items() if isinstance(answer, Unknown)
            }
        unknown += question.unknown(**reasons)
    return AccessDiff(tuple(changes["gained"]), tuple(changes["lost"]), tuple(unknown))


_NO_ACCESS: Final = (Access.DENIED, Access.NOTHING)


class _Question(NamedTuple):
    """What may have changed of a principal's access, by what the access tables say.

    Attributes:
        principal: The principal.
        before: What the older policy gives.
        after: What the newer policy gives.
        every: All actions.
        parts: The actions, those together that policies do not tell apart, with the requests for them.
    """

    principal: Subject
    before: Cell
    after: Cell
    every: tuple[str, ...]
    parts: list[tuple[list[str], Within]]

    def answers(self, proofs: Proofs, way: _Way) -> dict[str, Verdict]:
        """Return for each action whether nothing is gained, or lost."""
        return {
            action: verdict
            for actions, within in self.parts
            for verdict in [proofs.not_above(way, GRANTED, gained=way == "gained", within=within)]
            for action in actions
        }

    def unknown(self, gained: Mapping[str, str], lost: Mapping[str, str]) -> Iterator[UnknownChange]:
        """Go through what is not known, given the reason for each action; in one, where it is the same both ways."""
        gained = {} if self.after.access in _NO_ACCESS else gained
        lost = {} if self.before.access in _NO_ACCESS else lost
        if gained and gained == lost:
            yield UnknownChange(*self.about(gained), "gained or lost", next(iter(gained.values())))
            return
        for way, reasons in zip(_WAYS, (gained, lost), strict=True):
            if reasons:
                yield UnknownChange(*self.about(reasons), way, next(iter(reasons.values())))

    def about(self, actions: Collection[str]) -> tuple[Subject, tuple[str, ...], Cell, Cell, tuple[str, ...]]:
        """Return what a change of some actions begins with; actions that no policy names are there if no others are."""
        named = tuple(name for name in self.every if name in actions) or tuple(actions)
        return self.principal, named, self.before, self.after, self.every


def _questions(
    proofs: Proofs, policies: Sequence[Rules], key: Key, partition: str, budget: Budget
) -> Iterator[_Question]:
    """Go through what may have changed, by principal and by what access tables say."""
    columns = [
        column
        for column in _columns(policies, partition, proofs.grid)
        if any(proofs.may_be_above(GRANTED, gained=way == "gained", within=column.within()) for way in _WAYS)
    ]
    with suppress(ExhaustedError):  # the tables are made nevertheless, but no more is proved
        budget.spend(_CELL * len(columns) * sum(len(rules.statements) for rules in policies))
    every = tuple({fold(name): name for rules in policies for name in actions_of(rules)}.values())
    classes: dict[str, int] = {} if proofs.grid is None else _classes(proofs.grid)
    folded = {*map(fold, every)}
    actions = (*every, *(name for name in classes if name not in folded))
    before, after = (
        tabulate(Given(rules, key), [column.name for column in columns], actions, partition)
        for rules in policies
    )
    for number, column in enumerate(columns):
        for (old, new), those in _cells(before, after, number):
            if proofs.grid is None:
                parts = [(those, column.within())] if old != new else []
            else:
                parts = column.parts(those, classes)
            yield _Question(before.principals[number], old, new, every, parts)


_CELL: Final = 4
"""The steps of a table for each principal and statement."""


class _Column(NamedTuple):
    """A principal as a policy names it, and the callers who are meant by it more than by another name.

    Attributes:
        name: The name.
        callers: One caller of each class, by its number; none where no classes are known.
    """

    name: PrincipalName
    callers: Mapping[int, Caller]

    def within(self, actions: int = 0) -> Within:
        """Return the requests of the callers, for some classes of actions or all."""
        box = {CALLER: sum(1 << number for number in self.callers), ACTION: actions}
        return Within({dimension: mask for dimension, mask in box.items() if mask}, self.callers)

    def parts(self, actions: Iterable[str], classes: Mapping[str, int]) -> list[tuple[list[str], Within]]:
        """Return the actions of each class, with the requests for them."""
        together: dict[int, list[str]] = {}
        for name in actions:
            together.setdefault(classes[fold(name)], []).append(name)
        return [(names, self.within(1 << number)) for number, names in sorted(together.items())]


def _columns(policies: Iterable[Rules], partition: str, grid: Grid | None) -> list[_Column]:
    """Return the principals that policies name, without those that nobody can be."""
    named = [name for rules in policies for name in principals_of(rules)]
    named += [name for rules in policies for rule in rules.statements for name in rule.names]
    names = [*{(name.type, name.arn(partition)): name for name in named}.values()]
    if grid is None:
        return [_Column(name, {}) for name in names]
    columns: dict[Mark, dict[int, Caller]] = {}
    found = [columns.setdefault(marks_of(name)[0], {}) for name in names]
    for name, callers in zip(names, found, strict=True):
        for mark in marks_of(name):
            columns.setdefault(mark, callers)
    nobody: dict[int, Caller] = {}
    for caller, number in grid.population.members:
        also = () if caller.also is None else marks_of(caller.also)
        marks = (*also, *own_marks(caller.name), *account_marks(caller.name), EVERYONE)
        meant = next((columns[mark] for mark in marks if mark in columns), nobody)
        meant.setdefault(number, caller)
    return [_Column(name, callers) for name, callers in zip(names, found, strict=True) if callers]


def _classes(grid: Grid) -> dict[str, int]:
    """Return the number of the class of each action, by its name in lower case."""
    return {fold(name): number for number, action in enumerate(grid.actions) for name in action.alike}


def _cells(
    before: AccessTable, after: AccessTable, number: int
) -> Iterable[tuple[tuple[Cell, Cell], list[str]]]:
    """Group the actions of one principal by what its cells were and are; in a table, what is the same is one object."""
    cells: dict[tuple[int, int], tuple[tuple[Cell, Cell], list[str]]] = {}
    for action, old, new in zip(before.actions, before.cells, after.cells, strict=True):
        pair = old[number], new[number]
        cells.setdefault((id(pair[0]), id(pair[1])), (pair, []))[1].append(action)
    return cells.values()
