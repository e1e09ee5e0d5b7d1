"""Access tables of all fillings as one, with the names of placeholders in its columns."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import attrs

from kmspolicy._evaluate._access import ALWAYS, AccessTable, Cell
from kmspolicy._language._principals import name_of
from kmspolicy._partial._fill import text_of, written_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kmspolicy._document import Condition
    from kmspolicy._evaluate._access import Subject
    from kmspolicy._partial._answers import Answers
    from kmspolicy._partial._fill import Given
    from kmspolicy._partial._fillings import Fillings
    from kmspolicy._partial._kinds import Use
    from kmspolicy._partial._shown import Shown


class Named(NamedTuple):
    """A table as it is shown: its actions, and its cells by principal and action."""

    actions: tuple[str, ...]
    cells: Mapping[tuple[Subject, str], Cell]


def named(table: AccessTable, fillings: Fillings, given: Given, shown: Shown) -> Named:
    """Return the cells of the table of a filling, as they are shown."""
    titles = [_titles(subject, fillings.used, given, shown) for subject in table.principals]
    cells: dict[tuple[Subject, str], Cell] = {}
    seen: dict[int, Cell] = {}  # most cells are one object
    for action, row in zip(table.actions, table.cells, strict=True):
        for subjects, cell in zip(titles, row, strict=True):
            if id(cell) not in seen:
                seen[id(cell)] = shown.value(cell)
            for subject in subjects:
                cells[subject, shown.text(action)] = seen[id(cell)]
    return Named(tuple(map(shown.text, table.actions)), cells)


def _titles(subject: Subject, used: Iterable[Use], given: Given, shown: Shown) -> list[Subject]:
    """Return the names that documents have for a principal; of one that they do not name, what is shown of it."""
    kind, text = subject
    account = name_of(kind, text).account if name_of(kind, text).kind == "account" else ""
    found: dict[Subject, None] = {}
    for use in used:
        if use.names[1:] != ("Principal", kind) and use.names[1:] != ("NotPrincipal", kind):
            continue
        name, written = text_of(use.text, given), written_in(use.text, given)
        if name == text:
            found[kind, written] = None
        elif account and name == account:
            found[kind, text.replace(account, written)] = None
    return list(found) or [(kind, shown.text(text))]


def joined(answers: Answers) -> AccessTable:
    """Return one table; of a cell that is not the same in all, what may be so and the names that it depends on."""
    tables: list[Named] = answers.said
    if not tables:
        nobody: AccessTable = answers.sample
        return attrs.evolve(nobody, unknown=answers.unknown)
    subjects = tuple(dict.fromkeys(subject for table in tables for subject, _ in table.cells))
    actions = tuple(dict.fromkeys(chain.from_iterable(table.actions for table in tables)))
    known: dict[tuple[Cell | None, ...], Cell] = {}
    rows: list[tuple[Cell, ...]] = []
    for action in actions:
        row: list[Cell] = []
        for subject in subjects:
            cells = tuple(table.cells.get((subject, action)) for table in tables)
            if cells not in known:
                known[cells] = _joined(cells, answers, (subject, action))
            row.append(known[cells])
        rows.append(tuple(row))
    return AccessTable(subjects, actions, tuple(rows), answers.unknown)


def _joined(cells: Sequence[Cell | None], answers: Answers, place: tuple[Subject, str]) -> Cell:
    different = dict.fromkeys(cells)
    names: dict[str, None] = dict.fromkeys(answers.names if answers.unknown else ())
    for one in different if len(different) > 1 else ():

        def has_it(said: Named, one: Cell | None = one) -> bool:
            return said.cells.get(place) == one

        names |= dict.fromkeys(answers.depends_on(has_it))
    there = [cell for cell in different if cell is not None]
    return Cell(
        _either(cell.allowed for cell in there),
        _either(cell.delegated for cell in there),
        _either(cell.denied for cell in there),
        next((cell.iam_of for cell in there if cell.iam_of), ""),
        tuple(names),
    )


def _either(ways: Iterable[tuple[Condition, ...]]) -> tuple[Condition, ...]:
    """Return the conditions of which one must be met, of several cells."""
    every = tuple(dict.fromkeys(chain.from_iterable(ways)))
    return ALWAYS if ALWAYS[0] in every else every
