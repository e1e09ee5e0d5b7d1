"""Who outside an account gets in, of all fillings together, with the placeholders that it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import attrs

from kmspolicy._prove._entries import ExternalAccess

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kmspolicy._partial._answers import Answers
    from kmspolicy._partial._fill import Filled
    from kmspolicy._partial._shown import Shown
    from kmspolicy._prove._entries import ExternalEntry, ExternalGroup


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


def entries_of(external: ExternalAccess, document: Filled, shown: Shown) -> Entries:
    """Return the entries of a filling, with the numbers of statements in the file."""

    def number(one: int) -> int:
        steps = document.origin(("Statement", one)).steps
        return next((step for step in steps if isinstance(step, int)), one)

    def keyed(entries: Iterable[ExternalEntry]) -> dict[Key, ExternalEntry]:
        found: dict[Key, ExternalEntry] = {}
        for one in map(shown.value, entries):
            entry = attrs.evolve(
                one, statement=number(one.statement), denied_by=tuple(map(number, one.denied_by))
            )
            found[Key(entry.group, entry.who, entry.statement, not entry.unknown)] = entry
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
