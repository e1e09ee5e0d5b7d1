"""Differences: what changed from one policy to another, and who gains or loses access by it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, final

import attrs

from kmspolicy._diff._canonical import canonical
from kmspolicy._document import Policy, a_policy
from kmspolicy._document._convert import compact
from kmspolicy._evaluate._access import ALWAYS, actions_of, principals_of, tabulate
from kmspolicy._evaluate._conditions import is_negated
from kmspolicy._language._spelling import fold
from kmspolicy._language._values import text_of
from kmspolicy._normal._form import form, principals, version_of
from kmspolicy._path import format_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kmspolicy._document import Condition, Statement
    from kmspolicy._evaluate._access import AccessTable, Cell, Subject
    from kmspolicy._normal._form import Grant

    _Within: TypeAlias = Callable[[Sequence[Condition], Sequence[Condition]], bool]


@final
class Change(NamedTuple):
    """Say what was taken out of an element and what was put into it.

    Attributes:
        path: The element, in the newer policy where it is there, as ``Statement[0].Principal.AWS``.
        removed: What is not there any more.
        added: What was not there before.
    """

    path: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


@final
class Pair(NamedTuple):
    """Hold a statement that changed: what it was, what it is, and what changed in it."""

    before: Statement
    after: Statement
    changes: tuple[Change, ...]


@final
class AccessChange(NamedTuple):
    """Say that a principal's access changed, for some actions alike.

    Attributes:
        principal: The kind and the name of the principal, as the access table has them.
        actions: The actions.
        before: What the older policy gives.
        after: What the newer policy gives.
        every: All actions that were compared.
    """

    principal: Subject
    actions: tuple[str, ...]
    before: Cell
    after: Cell
    every: tuple[str, ...]

    def __str__(self) -> str:
        """Say it on one line, as a printed difference does."""
        from kmspolicy._render._diff import access_as_text  # noqa: PLC0415 - most are not drawn

        return access_as_text(self)


@final
@attrs.frozen
class Diff:
    """Hold what changed from one policy to another; false where nothing did.

    ``print(diff)`` shows it in the manner of a unified diff.

    Attributes:
        added: The statements that are new.
        removed: The statements that are gone.
        changed: The statements that changed, down to what was taken out and put in.
        version: The change of the Version, where it changes the meaning; None for none.
        labels: Changes of Sid and Id alone, which mean nothing to KMS, but by which people and the console find
            statements.
        gained: Access that the newer policy gives and the older did not.
        lost: Access that the older policy gave and the newer does not.
    """

    added: tuple[Statement, ...]
    removed: tuple[Statement, ...]
    changed: tuple[Pair, ...]
    version: Change | None
    labels: tuple[Change, ...]
    gained: tuple[AccessChange, ...]
    lost: tuple[AccessChange, ...]

    def __bool__(self) -> bool:
        """Tell whether anything changed, labels included."""
        return bool(self.added or self.removed or self.changed or self.version or self.labels)

    def __str__(self) -> str:
        """Show it for a terminal."""
        from kmspolicy._render._diff import as_text  # noqa: PLC0415 - most differences are not drawn

        return as_text(self)


def diff(a: Policy, b: Policy, *, partition: str = "aws") -> Diff:
    """Say what changes from one policy to another.

    Statements that mean the same are left aside, wherever they stand. Of the others those with the same Sid belong
    together, if no other has it, then those that are most alike; what belongs to nothing was added or removed.

    Args:
        a: The older policy.
        b: The newer one.
        partition: The partition of the key, as for :func:`kmspolicy.equivalent`.

    Returns:
        The differences; false only where the policies are equivalent and their labels agree.
    """
    before, after = _sides(a_policy(a), partition), _sides(a_policy(b), partition)
    same = _pairs(before, after, lambda side: (side.grants, side.statement.sid))
    same += _pairs(before, after, lambda side: side.grants)
    identifier = _change("Id", [a.id], [b.id])
    renamed = [label for one, other in same for label in _renamed(one, other)]
    old, new = form(a, partition), form(b, partition)
    versions = [version_of(policy) for policy in (a, b)] if old.version != new.version else []
    version = Change("Version", *((one,) for one in versions)) if len(set(versions)) > 1 else None
    if old == new:
        if before or after:  # statements were split or merged
            renamed = _moved(a, b, partition)
        return Diff((), (), (), None, (*identifier, *renamed), (), ())
    pairs = _pairs(before, after, lambda side: side.statement.sid, once=True)
    pairs += _alike(before, after)
    return Diff(
        tuple(side.statement for side in after),
        tuple(side.statement for side in before),
        tuple(
            Pair(one.statement, other.statement, _changes(one, other))
            for one, other in sorted(pairs, key=_place)
        ),
        version,
        (*identifier, *renamed),
        *_access(canonical(a, partition=partition), canonical(b, partition=partition)),
    )


# --- which statements belong together --------------------------------------------------------------


class _Side(NamedTuple):
    """A statement of one of the policies."""

    number: int
    statement: Statement
    grants: frozenset[Grant]
    parts: Mapping[str, Mapping[object, str]]
    tokens: frozenset[tuple[str, object]]


_Pairs: TypeAlias = list[tuple[_Side, _Side]]


def _sides(policy: Policy, partition: str) -> list[_Side]:
    sides: list[_Side] = []
    for number, statement in enumerate(policy.statements):
        parts = _parts(statement, partition)
        tokens = frozenset((path, token) for path, names in parts.items() for token in names)
        sides.append(_Side(number, statement, form(Policy(statement), partition).grants, parts, tokens))
    return sides


def _place(pair: tuple[_Side, _Side]) -> int:
    return pair[1].number


def _pairs(
    before: list[_Side], after: list[_Side], key: Callable[[_Side], object], *, once: bool = False
) -> _Pairs:
    """Take out of both lists what has the same key; only what no other has, if once."""
    waiting: dict[object, list[_Side]] = {}
    for side in before:
        waiting.setdefault(key(side), []).append(side)
    times = Counter(map(key, after))
    pairs: _Pairs = []
    for side in after:
        name = key(side)
        if waiting.get(name) and not (once and (name is None or len(waiting[name]) > 1 or times[name] > 1)):
            pairs.append((waiting[name].pop(0), side))
    _take_out(pairs, before, after)
    return pairs


_LIKE: Final = 0.5


def _alike(before: list[_Side], after: list[_Side]) -> _Pairs:
    """Take out of both lists what has at least half of its parts in common, what has most first."""
    scores = sorted(
        ((_likeness(one, other), one, other) for one, other in _candidates(before, after)),
        key=lambda score: (-score[0], score[1].number, score[2].number),
    )
    pairs: _Pairs = []
    taken: set[tuple[str, int]] = set()
    for score, one, other in scores:
        places = {("before", one.number), ("after", other.number)}
        if score >= _LIKE and taken.isdisjoint(places):
            taken |= places
            pairs.append((one, other))
    _take_out(pairs, before, after)
    return pairs


def _candidates(before: Iterable[_Side], after: Iterable[_Side]) -> _Pairs:
    """List the pairs that have more in common than an effect and the key."""
    having: dict[object, list[_Side]] = {}
    for side in before:
        for token in side.tokens:
            having.setdefault(token, []).append(side)
    return [
        (one, other)
        for other in after
        for one in {
            one.number: one for token in other.tokens - _COMMON for one in having.get(token, ())
        }.values()
    ]


_COMMON: Final = frozenset({("Effect", "Allow"), ("Effect", "Deny"), ("Resource", "*")})


def _likeness(one: _Side, other: _Side) -> float:
    common = len(one.tokens & other.tokens)
    return common / (len(one.tokens) + len(other.tokens) - common)


def _take_out(pairs: _Pairs, before: list[_Side], after: list[_Side]) -> None:
    gone, come = {one.number for one, _ in pairs}, {other.number for _, other in pairs}
    before[:] = [side for side in before if side.number not in gone]
    after[:] = [side for side in after if side.number not in come]


# --- what changed in a statement -------------------------------------------------------------------


def _parts(statement: Statement, partition: str) -> dict[str, dict[object, str]]:
    """List what a statement is made of: for each element, what is compared and how it is written."""
    parts: dict[str, dict[object, str]] = {"Effect": {statement.effect: statement.effect}}
    for name, principal in (("Principal", statement.principal), ("NotPrincipal", statement.not_principal)):
        for token, (kind, written) in zip(
            principals(principal, partition) if principal else (), principal or (), strict=True
        ):
            parts.setdefault(f"{name}.{kind}", {})[token] = written
    for name, names in (
        ("Action", statement.actions),
        ("NotAction", statement.not_actions),
        ("Resource", statement.resources),
        ("NotResource", statement.not_resources),
    ):
        if names:
            parts[name] = {
                fold(written) if name.endswith("Action") else written: written for written in names
            }
    for operator, key, values in statement.condition or ():
        path = format_path(("Condition", operator, key))
        parts[path] = {json.dumps(value): text_of(value) for value in values}
    return parts


def _changes(one: _Side, other: _Side) -> tuple[Change, ...]:
    place = f"Statement[{other.number}]"
    changes = list(_renamed(one, other))
    for path in dict.fromkeys((*one.parts, *other.parts)):
        before, after = one.parts.get(path, {}), other.parts.get(path, {})
        removed = tuple(text for token, text in before.items() if token not in after)
        added = tuple(text for token, text in after.items() if token not in before)
        if removed or added:
            changes.append(Change(f"{place}.{path}", removed, added))
    return tuple(changes) or (
        Change(place, (compact(one.statement.to_element()),), (compact(other.statement.to_element()),)),
    )


def _renamed(one: _Side, other: _Side) -> list[Change]:
    return _change(f"Statement[{other.number}].Sid", [one.statement.sid], [other.statement.sid])


def _moved(a: Policy, b: Policy, partition: str) -> list[Change]:
    """List the Sids by which not the same is found in two policies that are equivalent."""
    before, after = (
        {sid: form(_labelled(policy, sid), partition) for sid in _sids(policy)} for policy in (a, b)
    )
    return _change(
        "Statement.Sid",
        [sid for sid in before if before[sid] != after.get(sid)],
        [sid for sid in after if after[sid] != before.get(sid)],
    )


def _sids(policy: Policy) -> list[str]:
    return list(dict.fromkeys(statement.sid for statement in policy.statements if statement.sid is not None))


def _labelled(policy: Policy, sid: str) -> Policy:
    return Policy([one for one in policy.statements if one.sid == sid], version=policy.version)


def _change(path: str, before: Sequence[str | None], after: Sequence[str | None]) -> list[Change]:
    if before == after:
        return []
    return [Change(path, *(tuple(text for text in texts if text is not None) for texts in (before, after)))]


# --- who gains and loses access --------------------------------------------------------------------


def _access(a: Policy, b: Policy) -> tuple[tuple[AccessChange, ...], tuple[AccessChange, ...]]:
    """Compare the access tables of two policies in their normal form."""
    names = tuple(dict.fromkeys((*principals_of(a), *principals_of(b))))
    actions = tuple(dict.fromkeys((*actions_of(a), *actions_of(b))))
    before, after = tabulate(a, names, actions), tabulate(b, names, actions)
    within = _within if a.version == b.version else _within_without_variables
    listed = [
        AccessChange(name, tuple(those), *cells, actions)
        for number, name in enumerate(names)
        for cells, those in _cells(before, after, number)
    ]
    return (
        tuple(change for change in listed if _gives_more(change.after, change.before, within)),
        tuple(change for change in listed if _gives_more(change.before, change.after, within)),
    )


def _cells(
    before: AccessTable, after: AccessTable, number: int
) -> Iterable[tuple[tuple[Cell, Cell], list[str]]]:
    """Group the actions of one principal by what its cells were and are."""
    cells: dict[tuple[Cell, Cell], list[str]] = {}
    for action, old, new in zip(before.actions, before.cells, after.cells, strict=True):
        cells.setdefault((old[number], new[number]), []).append(action)
    return cells.items()


def _gives_more(cell: Cell, other: Cell, within: _Within) -> bool:
    """Tell whether a cell gives access that the other one does not."""
    if cell.denied == ALWAYS or not (cell.allowed or cell.delegated):
        return False
    return (
        not within(cell.allowed, other.allowed)
        or not (other.allowed == ALWAYS or within(cell.delegated, other.delegated))
        or not within(other.denied, cell.denied)
    )


def _within(ways: Sequence[Condition], others: Sequence[Condition]) -> bool:
    """Tell whether each of some conditions is met only where one of the others is met, too."""
    return all(any(_implies(way, other) for other in others) for way in ways)


def _within_without_variables(ways: Sequence[Condition], others: Sequence[Condition]) -> bool:
    """Tell the same across versions, in which variables do not mean the same."""
    return _within(ways, [other for other in others if "${" not in repr(other)])


def _implies(condition: Condition, other: Condition) -> bool:
    """Tell whether a condition is met only where another one is met: it asks for the same, and perhaps for more."""
    asked = {(operator, key): set(map(json.dumps, values)) for operator, key, values in condition}
    return all(
        (operator, key) in asked
        and (
            set(map(json.dumps, values)) <= asked[operator, key]
            if is_negated(operator)
            else set(map(json.dumps, values)) >= asked[operator, key]
        )
        for operator, key, values in other
    )
