"""The access table as a table for people."""

from __future__ import annotations

from string import ascii_lowercase
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from kmspolicy._evaluate._access import Access
from kmspolicy._printable import word
from kmspolicy._render._colours import Kind
from kmspolicy._render._html import as_html
from kmspolicy._render._svg import as_svg
from kmspolicy._render._table import Cell, Column, Entry, Row, Table
from kmspolicy._render._text import as_text
from kmspolicy._words._cells import action_words, by_purpose, cell_words, short
from kmspolicy._words._conditions import condition_words
from kmspolicy._words._lists import counted, fitting, listed
from kmspolicy._words._principals import principal_words

_Drawing = TypeVar("_Drawing")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kmspolicy._document import Condition
    from kmspolicy._evaluate._access import AccessTable, Subject
    from kmspolicy._evaluate._access import Cell as AccessCell
    from kmspolicy._render._text import Paint

WIDTH: Final = 80
"""The number of characters of a line of a table, where it is not known how many a terminal has."""
_LIMIT: Final = 100_000
"""The maximum number of characters of a drawing."""
_SIZES: Final = (100, 64, 48, 32, 24, 16, 8, 4, 2, 1)
"""The numbers of principals, of rows and of notes to try, until a drawing is short enough."""
_COLUMNS: Final = 6
"""A table with more principals is not drawn with a column for each."""
_NOTE: Final = 500
"""The maximum number of characters of a note, on average."""
_WAYS: Final = 32
"""The maximum number of conditions in a part of a cell."""
_LONG: Final = 4
"""The last row of a purpose, if it has more actions, is called "all others"."""

_KINDS: Final = {
    Access.ALWAYS: Kind.YES,
    Access.CONDITIONAL: Kind.IF,
    Access.DELEGATED: Kind.IAM,
    Access.DENIED: Kind.NO,
    Access.NOTHING: Kind.NOTHING,
}
_LEGEND: Final = (
    Entry("yes", "allowed"),
    Entry("IAM", "if an IAM policy allows it, too"),
    Entry("no", "denied"),
    Entry("·", "not granted, whatever IAM says"),
)
_NOBODY: Final = Table((), (), "The policy names nobody: nobody may do anything.", (), ())


def text_of(access: AccessTable, width: int = WIDTH, paint: Paint = lambda text, _: text) -> str:
    """Draw an access table for a terminal."""
    return best(access, lambda table: as_text(table, width, paint))


def html_of(access: AccessTable) -> str:
    """Draw an access table for a notebook."""
    return best(access, as_html)


def svg_of(access: AccessTable, title: str) -> str:
    """Draw an access table as a picture."""
    return best(access, lambda table: as_svg(table, title))


def best(access: AccessTable, draw: Callable[[Table], _Drawing | None]) -> _Drawing:
    """Draw an access table in the first form that has enough space, cut to a size that people can read."""
    drawings = map(draw, tables_of(access))
    return next(
        one for one in drawings if one is not None and not (isinstance(one, str) and len(one) > _LIMIT)
    )


def tables_of(access: AccessTable) -> Iterator[Table]:
    """Yield an access table in words: first in the best form, then in those that need less space."""
    if not access.principals:
        yield _NOBODY._replace(remark=_not_known(access)) if access.unknown else _NOBODY
    else:
        if len(access.principals) <= _COLUMNS:
            columns = tuple(Column(_title(principal), word(principal[1])) for principal in access.principals)
            yield _table(access, columns, [_Part(0, _by_action(access))], _SIZES[0])
        by_principal = [*_by_principal(access)]
        yield from (_table(access, (Column("", ""),), by_principal, size) for size in _SIZES)


class _Line(NamedTuple):
    """A row before its cells are put into words."""

    title: str
    cells: tuple[AccessCell, ...] = ()
    is_inner: bool = False


class _Part(NamedTuple):
    """Rows that belong together, and the number of principals that they are about if not all."""

    principals: int
    lines: list[_Line]


def _table(access: AccessTable, columns: tuple[Column, ...], parts: Sequence[_Part], size: int) -> Table:
    """Put rows into words; ``size`` limits the parts of the table, the rows of each and the notes."""
    notes = _Notes()
    lines = [line for part in parts[:size] for line in part.lines[:size]]
    shown = tuple(
        Row(title, tuple(Cell(cell_words(cell, notes.of), _KINDS[cell.access]) for cell in cells), is_inner)
        for title, cells, is_inner in lines
    )
    meant = list(notes.words.items())[:size]
    meanings, _ = fitting(meant, lambda entry: condition_words(entry[0]), size * _NOTE)
    left_out = _left_out(
        ("principal", sum(part.principals for part in parts[size:])),
        ("row", sum(max(len(part.lines) - size, 0) for part in parts[:size])),
        ("condition", len(notes.words) - len(meanings)),
    )
    return Table(
        columns,
        shown,
        "; ".join(filter(None, (left_out, _not_known(access)))),
        _LEGEND,
        tuple(Entry(word, meaning) for (_, word), meaning in zip(meant, meanings, strict=False)),
    )


def _not_known(access: AccessTable) -> str:
    """Return a line that says why more is not known; none if everything is."""
    return f"not all is known: {access.unknown}" if access.unknown else ""


def _left_out(*counts: tuple[str, int]) -> str:
    """Return a line that says how much is not shown."""
    words = [counted(count, f"more {noun}") for noun, count in counts if count > 0]
    return f"and {listed(words, str)}" if words else ""


def _title(principal: Subject) -> str:
    return "everyone else" if principal == ("AWS", "*") else principal_words(*principal)


def _by_action(access: AccessTable) -> list[_Line]:
    """Return the rows of a table with a column for each principal, by what the actions are for."""
    rows: dict[str, list[tuple[list[str], tuple[AccessCell, ...]]]] = {
        name: [] for name in by_purpose(access.actions)
    }
    for actions, cells in access.rows():
        for name, those in by_purpose(actions).items():
            rows[name].append((those, cells))
    alike: dict[int, list[str]] = {}  # the purposes whose actions all have the same cells
    for name, parts in rows.items():
        if len(parts) == 1:
            alike.setdefault(id(parts[0][1]), []).append(name)
    lines: list[_Line] = []
    for name, parts in rows.items():
        cells = parts[0][1]
        if len(parts) > 1:
            lines += [_Line(name), *_within(parts)]
        elif (names := alike[id(cells)])[0] == name:
            lines.append(_Line("every action" if len(names) == len(rows) else listed(names, str), cells))
    return lines


def _within(rows: list[tuple[list[str], tuple[AccessCell, ...]]]) -> Iterator[_Line]:
    """Yield the rows of a purpose; the longest is the last, and says how many actions there are, not which."""
    *first, last = sorted(rows, key=lambda row: (len(row[0]), all(map(_is_nothing, row[1]))))
    for actions, cells in first:
        yield _Line(short(actions), cells, is_inner=True)
    actions, cells = last
    yield _Line(
        short(actions) if len(actions) <= _LONG else f"all {len(actions)} others", cells, is_inner=True
    )


def _by_principal(access: AccessTable) -> Iterator[_Part]:
    """Yield the rows of each principal, or of several with the same access: what they may do, and how."""
    rows = [*access.rows()]
    alike: dict[tuple[int, ...], list[int]] = {}
    for column in range(len(access.principals)):
        alike.setdefault(tuple(id(cells[column]) for _, cells in rows), []).append(column)
    for columns in alike.values():
        who = listed([access.principals[column] for column in columns], _title)
        answers: dict[int, tuple[AccessCell, list[str]]] = {}
        for action, cells in zip(access.actions, access.cells, strict=True):
            cell = cells[columns[0]]
            answers.setdefault(id(cell), (cell, []))[1].append(action)
        if len(answers) == 1:
            lines = [_Line(who, rows[0][1][columns[0] : columns[0] + 1])]
        else:
            lines = [_Line(who), *_answers(answers.values(), access.actions)]
        yield _Part(len(columns), lines)


def _is_nothing(cell: AccessCell) -> bool:
    return cell.access is Access.NOTHING


def _answers(answers: Iterable[tuple[AccessCell, list[str]]], every: Sequence[str]) -> Iterator[_Line]:
    """Yield a row for each answer other than that nothing is granted."""
    order = [*_KINDS]
    for cell, actions in sorted(answers, key=lambda one: (order.index(one[0].access), len(one[1]))):
        if not _is_nothing(cell):
            parts = [_of_purpose(name, those, every) for name, those in by_purpose(actions).items()]
            yield _Line(min(action_words(actions, every), "; ".join(parts), key=len), (cell,), is_inner=True)


def _of_purpose(name: str, actions: list[str], every: Sequence[str]) -> str:
    """List the actions of a purpose, or those that are missing where these are fewer."""
    given = frozenset(actions)
    missing = [action for action in by_purpose(every)[name] if action not in given]
    if not missing:
        return name
    if len(missing) < len(actions):
        return f"{name} except {short(missing)}"
    return f"{name}: {short(actions)}"


# --- the conditions of a table ------------------------------------------------------------------------


class _Notes:
    """The conditions of a table, and the letters that stand for them in cells."""

    def __init__(self) -> None:
        self.words: dict[Condition, str] = {}
        self._seen: dict[int, str] = {}  # the same condition is in many cells, and its hash is slow

    def of(self, conditions: Sequence[Condition]) -> str:
        """Return the letters of conditions of which one must be met."""
        return " or ".join(self._words_of(conditions))

    def _words_of(self, conditions: Sequence[Condition]) -> Iterator[str]:
        for condition in conditions[:_WAYS]:
            if id(condition) not in self._seen:
                self._seen[id(condition)] = self.words.setdefault(condition, _word(len(self.words)))
            yield self._seen[id(condition)]
        if len(conditions) > _WAYS:
            yield f"{len(conditions) - _WAYS:,} more"


def _word(number: int) -> str:
    """Return the name of a note: a to z, then a1 and so on."""
    times, letter = divmod(number, len(ascii_lowercase))
    return f"{ascii_lowercase[letter]}{times or ''}"
