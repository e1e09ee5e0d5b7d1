"""The access table as a table for people."""

from __future__ import annotations

from string import ascii_lowercase
from typing import TYPE_CHECKING, Final, TypeAlias

from kmspolicy._evaluate._access import Access
from kmspolicy._printable import word
from kmspolicy._render._html import as_html
from kmspolicy._render._svg import as_svg
from kmspolicy._render._table import Cell, Column, Entry, Kind, Row, Table
from kmspolicy._render._text import as_text
from kmspolicy._words._cells import action_words, cell_words
from kmspolicy._words._conditions import condition_words
from kmspolicy._words._lists import fitting, listed
from kmspolicy._words._principals import principal_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kmspolicy._document import Condition
    from kmspolicy._evaluate._access import AccessTable, Subject
    from kmspolicy._evaluate._access import Cell as AccessCell

    _Row: TypeAlias = tuple[str, tuple[AccessCell, ...]]

_LIMIT: Final = 100_000
"""The maximum number of characters of a drawing."""
_SIZES: Final = (100, 64, 48, 32, 24, 16, 8, 4, 2, 1)
"""The numbers of columns, of rows and of notes to try, until a drawing is short enough."""
_NOTE: Final = 500
"""The maximum number of characters of a note, on average."""
_WAYS: Final = 32
"""The maximum number of conditions in a part of a cell."""
_LONG: Final = 16
"""A row with more actions may be called "all others"."""

_KINDS: Final = {
    Access.ALWAYS: Kind.YES,
    Access.CONDITIONAL: Kind.IF,
    Access.DELEGATED: Kind.IAM,
    Access.DENIED: Kind.NO,
    Access.NOTHING: Kind.NOTHING,
}
_LEGEND: Final = (
    Entry("yes", "allowed"),
    Entry("IAM", "if an IAM policy of the account allows it"),
    Entry("if", "under a condition"),
    Entry("no", "denied"),
    Entry("·", "not granted"),
)
_NOBODY: Final = Table("", (), (), "The policy names nobody: nobody may do anything.", (), ())


def text_of(access: AccessTable) -> str:
    """Draw an access table for a terminal."""
    return _drawn(access, as_text)


def html_of(access: AccessTable) -> str:
    """Draw an access table for a notebook."""
    return _drawn(access, as_html)


def svg_of(access: AccessTable, title: str) -> str:
    """Draw an access table as a picture."""
    return _drawn(access, lambda table: as_svg(table, title))


def _drawn(access: AccessTable, draw: Callable[[Table], str]) -> str:
    """Draw an access table, cut to a size that people can read."""
    if not access.principals:
        return draw(_NOBODY._replace(remark=_not_known(access)) if access.unknown else _NOBODY)
    rows = _rows(access)
    drawings = (draw(_table(access, rows, size)) for size in _SIZES)
    return next(drawing for drawing in drawings if len(drawing) <= _LIMIT)


def _table(access: AccessTable, rows: Sequence[_Row], size: int) -> Table:
    """Turn rows of an access table into words; ``size`` limits the columns, the rows and the notes."""
    principals = access.principals
    notes = _Notes()
    shown = tuple(
        Row(title, tuple(Cell(cell_words(cell, notes.of), _KINDS[cell.access]) for cell in cells[:size]))
        for title, cells in rows[:size]
    )
    meant = list(notes.words.items())[:size]
    meanings, _ = fitting(meant, lambda entry: condition_words(entry[0]), size * _NOTE)
    left_out = _left_out(
        ("principal", len(principals) - size),
        ("row", len(rows) - size),
        ("condition", len(notes.words) - len(meanings)),
    )
    return Table(
        "action",
        tuple(map(_column, principals[:size])),
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
    words = [f"{count:,} more {noun}{'s' if count > 1 else ''}" for noun, count in counts if count > 0]
    return f"and {listed(words, str)}" if words else ""


def _column(principal: Subject) -> Column:
    title = "everyone else" if principal == ("AWS", "*") else principal_words(*principal)
    return Column(title, word(principal[1]))


def _rows(access: AccessTable) -> list[_Row]:
    """Name the actions of each row; a long row comes last and is called "all others"."""
    rows = sorted(access.rows(), key=lambda row: len(row[0]) > _LONG)
    named = [(action_words(actions, access.actions), cells) for actions, cells in rows]
    if len(rows) > 1 and len(rows[-1][0]) > _LONG:
        named[-1] = (f"all {len(rows[-1][0])} others", rows[-1][1])
    return named


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
