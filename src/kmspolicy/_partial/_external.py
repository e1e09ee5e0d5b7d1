"""Who outside an account gets in, of all fillings together, with the placeholders that it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import attrs

from kmspolicy._partial._fill import text_of, written_in
from kmspolicy._partial._kinds import uses
from kmspolicy._partial._parts import each_statement
from kmspolicy._prove._entries import ExternalAccess

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kmspolicy._partial._answers import Answers
    from kmspolicy._partial._fill import Filled, Given
    from kmspolicy._partial._shown import Shown
    from kmspolicy._partial._tree import Node, Text
    from kmspolicy._prove._entries import ExternalEntry, ExternalGroup

    Principals = Mapping[int | None, Sequence[Text]]


class Key(NamedTuple):
    """What makes entries of two fillings one entry."""

    group: ExternalGroup
    who: str
    statement: int
    is_certain: bool


class Entries(NamedTuple):
    """The entries of a filling, as they are shown."""

    account: str | None
    outside: Mapping[Key, ExternalEntry]
    inside: Mapping[Key, ExternalEntry]


def principals_of(tree: Node) -> Principals:
    """Return the principals of each statement as they are written, by its number; by None, if there is no list of statements."""
    return {
        number: [use.text for use in uses(part) if use.names[1:2] == ("Principal",) and not use.is_name]
        for number, part in each_statement(tree)
    }


def entries_of(
    external: ExternalAccess, document: Filled, given: Given, principals: Principals, shown: Shown
) -> Entries:
    """Return the entries of a filling, with the numbers of statements in the file, and principals as they are written there."""

    def number(one: int) -> int:
        steps = document.origin(("Statement", one)).steps
        return next((step for step in steps if isinstance(step, int)), one)

    def names(entry: ExternalEntry) -> list[str]:
        there = principals.get(number(entry.statement), principals.get(None, ()))
        same = [text for text in there if text_of(text, given) == entry.who]
        return [written_in(text, given) for text in same] or [shown.text(entry.who)]

    def keyed(entries: Iterable[ExternalEntry]) -> dict[Key, ExternalEntry]:
        found: dict[Key, ExternalEntry] = {}
        for entry in entries:
            statement, denied_by = number(entry.statement), tuple(map(number, entry.denied_by))
            for who in names(entry):
                one = attrs.evolve(shown.value(entry), who=who, statement=statement, denied_by=denied_by)
                found[Key(one.group, who, statement, not one.unknown)] = one
        return found

    account = None if external.account is None else shown.text(external.account)
    return Entries(account, keyed(external.entries), keyed(external.inside))


def external(answers: Answers) -> ExternalAccess:
    """Return the entries of all fillings."""
    said: list[Entries] = answers.said
    account = next((one.account for one in said), None)
    return ExternalAccess(
        account,
        _joined([one.outside for one in said], answers, "outside"),
        _joined([one.inside for one in said], answers, "inside"),
        answers.unknown,
    )


def _joined(
    found: list[Mapping[Key, ExternalEntry]], answers: Answers, part: str
) -> tuple[ExternalEntry, ...]:
    entries: list[ExternalEntry] = []
    for key in dict.fromkeys(key for one in found for key in one):

        def is_there(entries: Entries, key: Key = key) -> bool:
            return key in getattr(entries, part)

        several = [one[key] for one in found if key in one]
        actions = dict.fromkeys(action for one in several for action in one.actions)
        entries.append(
            attrs.evolve(several[0], actions=tuple(actions), depends_on=answers.depends_on(is_there))
        )
    return tuple(sorted(entries, key=lambda entry: entry.group.order))
