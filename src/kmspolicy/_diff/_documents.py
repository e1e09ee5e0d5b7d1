"""Differences between two documents: statements, the Version and labels, whatever they mean for access."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypedDict, final

import attrs

from kmspolicy._display import Displayed
from kmspolicy._document import a_policy
from kmspolicy._document._convert import compact
from kmspolicy._language._spelling import fold
from kmspolicy._language._values import text_of
from kmspolicy._normal._form import form_of, merged, parts_of, version_of
from kmspolicy._normal._rules import rules_of
from kmspolicy._path import format_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kmspolicy._document import Policy, Statement
    from kmspolicy._normal._form import Form, Grant, Part
    from kmspolicy._normal._rules import Rule, Rules


@final
class ChangeDict(TypedDict):
    """The fields of a :class:`Change` in JSON."""

    path: str
    removed: list[str]
    added: list[str]


@final
class PairDict(TypedDict):
    """The fields of a :class:`Pair` in JSON; statements are as in a document."""

    before: dict[str, Any]
    after: dict[str, Any]
    changes: list[ChangeDict]


@final
class DocumentDiffDict(TypedDict):
    """The fields of a :class:`DocumentDiff` in JSON; statements are as in a document."""

    added: list[dict[str, Any]]
    removed: list[dict[str, Any]]
    changed: list[PairDict]
    version: ChangeDict | None
    labels: list[ChangeDict]


@final
class Change(NamedTuple):
    """A change of one element: what was removed and what was added.

    Attributes:
        path: The element, in the newer policy where it is there, as ``Statement[0].Principal.AWS``.
        removed: What is not there any more.
        added: What was not there before.
    """

    path: str
    removed: tuple[str, ...]
    added: tuple[str, ...]

    def to_dict(self) -> ChangeDict:
        """Return the change for JSON."""
        return {"path": self.path, "removed": list(self.removed), "added": list(self.added)}


@final
class Pair(NamedTuple):
    """A statement that changed: before, after, and the changes."""

    before: Statement
    after: Statement
    changes: tuple[Change, ...]

    def to_dict(self) -> PairDict:
        """Return the pair for JSON."""
        changes = [change.to_dict() for change in self.changes]
        return {"before": self.before.to_dict(), "after": self.after.to_dict(), "changes": changes}


@final
@attrs.frozen
class DocumentDiff(Displayed):
    """The difference between two documents, regardless of access; false if they are the same document.

    Attributes:
        added: The statements that are new.
        removed: The statements that are gone.
        changed: The statements that changed, with the parts that were removed and added.
        version: The change of the Version, where it changes the meaning; None for none.
        labels: Changes of only the Sid or the Id: KMS ignores them, but people and the console use them to find
            statements.
    """

    added: tuple[Statement, ...] = ()
    removed: tuple[Statement, ...] = ()
    changed: tuple[Pair, ...] = ()
    version: Change | None = None
    labels: tuple[Change, ...] = ()

    def to_dict(self) -> DocumentDiffDict:
        """Return the difference for JSON."""
        return {
            "added": [statement.to_dict() for statement in self.added],
            "removed": [statement.to_dict() for statement in self.removed],
            "changed": [pair.to_dict() for pair in self.changed],
            "version": None if self.version is None else self.version.to_dict(),
            "labels": [change.to_dict() for change in self.labels],
        }

    def __bool__(self) -> bool:
        """Return whether anything changed, labels included."""
        return bool(self.added or self.removed or self.changed or self.version or self.labels)


def document_diff(a: Policy, b: Policy, partition: str = "aws") -> DocumentDiff:
    """Return the difference between two documents, by their normal form and their labels.

    Two policies can be different documents and give the same permissions; whether they do is a matter of proof, for which
    nobody pays here.

    Args:
        a: The older policy.
        b: The newer one.
        partition: The partition of the key, for account ids.
    """
    one, other = _whole(a_policy(a), partition), _whole(a_policy(b), partition)
    before, after = list(one.sides), list(other.sides)
    same = _pairs(before, after, lambda side: (side.grants, side.statement.sid))
    same += _pairs(before, after, lambda side: side.grants)
    identifier = _change("Id", [a.id], [b.id])
    renamed = [label for pair in same for label in _renamed(*pair)]
    if one.form == other.form:
        if before or after:  # statements were split or merged
            renamed = _moved(one, other)
        return DocumentDiff(labels=(*identifier, *renamed))
    versions = [version_of(policy) for policy in (a, b)] if one.form.version != other.form.version else []
    version = Change("Version", *((text,) for text in versions)) if len(set(versions)) > 1 else None
    pairs = _pairs(before, after, lambda side: side.statement.sid, once=True)
    pairs += _alike(before, after)
    return DocumentDiff(
        tuple(side.statement for side in after),
        tuple(side.statement for side in before),
        tuple(
            Pair(old.statement, new.statement, _changes(old, new)) for old, new in sorted(pairs, key=_place)
        ),
        version,
        (*identifier, *renamed),
    )


class _Whole(NamedTuple):
    """A policy and the parts that are compared, computed once."""

    rules: Rules
    parts: tuple[Part, ...]
    sides: tuple[_Side, ...]
    form: Form


def _whole(policy: Policy, partition: str) -> _Whole:
    rules = rules_of(policy)
    parts = parts_of(rules, partition)
    sides = tuple(
        _side(rule, merged([part]), partition) for rule, part in zip(rules.statements, parts, strict=True)
    )
    return _Whole(rules, parts, sides, form_of(policy, parts))


# --- which statements belong together --------------------------------------------------------------


class _Side(NamedTuple):
    """A statement of one of the policies."""

    number: int
    statement: Statement
    grants: frozenset[Grant]
    elements: Mapping[str, Mapping[object, str]]
    tokens: frozenset[tuple[str, object]]


_Pairs: TypeAlias = list[tuple[_Side, _Side]]


def _side(rule: Rule, grants: frozenset[Grant], partition: str) -> _Side:
    elements = _elements(rule, partition)
    tokens = frozenset((path, token) for path, names in elements.items() for token in names)
    return _Side(rule.number, rule.statement, grants, elements, tokens)


def _place(pair: tuple[_Side, _Side]) -> int:
    return pair[1].number


def _pairs(
    before: list[_Side], after: list[_Side], key: Callable[[_Side], object], *, once: bool = False
) -> _Pairs:
    """Remove pairs with the same key from both lists; with ``once``, only keys that are unique."""
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
    """Remove pairs that share at least half of their parts from both lists, the most similar first."""
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
    """Return the pairs that share more than the effect and the resource."""
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


def _elements(rule: Rule, partition: str) -> dict[str, dict[object, str]]:
    """Return the parts of a statement: for each element, what is compared and how it is written."""
    statement = rule.statement
    elements: dict[str, dict[object, str]] = {"Effect": {statement.effect: statement.effect}}
    who = "Principal" if statement.not_principal is None else "NotPrincipal"
    for name in rule.names:
        elements.setdefault(f"{who}.{name.type}", {})[name.arn(partition)] = name.text
    for path, names in (
        ("Action", statement.actions),
        ("NotAction", statement.not_actions),
        ("Resource", statement.resources),
        ("NotResource", statement.not_resources),
    ):
        if names:
            elements[path] = {
                fold(written) if path.endswith("Action") else written: written for written in names
            }
    for clause in rule.clauses:
        path = format_path(clause.steps)
        elements[path] = {json.dumps(value): text_of(value) for value in clause.values}
    return elements


def _changes(one: _Side, other: _Side) -> tuple[Change, ...]:
    place = f"Statement[{other.number}]"
    changes = list(_renamed(one, other))
    for path in dict.fromkeys((*one.elements, *other.elements)):
        before, after = one.elements.get(path, {}), other.elements.get(path, {})
        removed = tuple(text for token, text in before.items() if token not in after)
        added = tuple(text for token, text in after.items() if token not in before)
        if removed or added:
            changes.append(Change(f"{place}.{path}", removed, added))
    return tuple(changes) or (
        Change(place, (compact(one.statement.to_element()),), (compact(other.statement.to_element()),)),
    )


def _renamed(one: _Side, other: _Side) -> list[Change]:
    return _change(f"Statement[{other.number}].Sid", [one.statement.sid], [other.statement.sid])


def _moved(one: _Whole, other: _Whole) -> list[Change]:
    """Return the Sids that name different statements in two policies of the same normal form."""
    before, after = _by_sid(one), _by_sid(other)
    old = [sid for sid in before if before[sid] != after.get(sid)]
    new = [sid for sid in after if after[sid] != before.get(sid)]
    if old == new and old:  # the same Sids: what they name tells the difference
        return [Change("Statement", _named(one, old), _named(other, new))]
    return _change("Statement.Sid", old, new)


def _named(whole: _Whole, sids: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        compact(rule.statement.to_element()) for rule in whole.rules.statements if rule.statement.sid in sids
    )


def _by_sid(whole: _Whole) -> dict[str, Form]:
    """Return the normal form of the statements with each Sid."""
    parts: dict[str, list[Part]] = {}
    for rule, part in zip(whole.rules.statements, whole.parts, strict=True):
        if rule.statement.sid is not None:
            parts.setdefault(rule.statement.sid, []).append(part)
    return {sid: form_of(whole.rules.policy, some) for sid, some in parts.items()}


def _change(path: str, before: Sequence[str | None], after: Sequence[str | None]) -> list[Change]:
    if before == after:
        return []
    return [Change(path, *(tuple(text for text in texts if text is not None) for texts in (before, after)))]
