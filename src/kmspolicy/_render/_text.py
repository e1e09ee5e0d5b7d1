"""Drawing of tables for terminals."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final, TypeAlias

from kmspolicy._render._lines import folded, longest_part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kmspolicy._render._colours import Kind
    from kmspolicy._render._table import Row, Table

    Paint: TypeAlias = Callable[[str, Kind | None], str]

_GAP: Final = 2
_INNER: Final = "  "
_TITLE: Final = 24
_WIDEST: Final = 60
"""The number of characters that the titles of rows get at least, and at most, if they are as long."""
_CELL: Final = 40
"""The most characters of a column, if its words can be broken."""


def as_text(table: Table, width: int, paint: Paint = lambda text, _: text) -> str | None:
    """Draw a table.

    Args:
        table: The table.
        width: The number of characters of a line, which only a text that cannot be broken exceeds.
        paint: Gives a text the colour of its kind.

    Returns:
        The text; None if the width is not enough for a table with several columns.
    """
    widths = widths_of(table, width, _GAP)
    if widths is None:
        return None
    return "\n".join([*_grid(table, widths, paint), *below(table, width)]).lstrip("\n")


def below(table: Table, width: int) -> Iterator[str]:
    """Yield the lines below a table: the remark, the legend and the notes."""
    legend = "; ".join(f"{word}: {meaning}" for word, meaning in table.legend)
    for words in filter(None, (table.remark, legend)):
        yield ""
        yield from folded(words, width, "")
    for word, meaning in table.notes:
        yield from folded(f"{word:>3}  {meaning}", width, " " * 5)


def widths_of(table: Table, width: int, gap: int) -> list[int] | None:
    """Return the widths of the titles and of the columns; None if they do not fit."""
    longest = max((len(title_of(row)) for row in table.rows), default=0)
    parts = max((longest_part(row.title) for row in table.rows if row.cells), default=0) + len(_INNER) * 2
    least = min(longest, max(_TITLE, width // 3, parts))
    most = min(longest, max(_WIDEST, least))
    texts = [[column.title] for column in table.columns]
    for row in table.rows:
        for column, cell in zip(texts, row.cells, strict=False):  # headings have no cells
            column.append(cell.words)
    columns: list[int] = []
    left = width
    for widest in range(_CELL, 0, -1):
        columns = [max(len(line) for text in column for line in folded(text, widest, "")) for column in texts]
        left = width - sum(column + gap for column in columns)
        if left >= least:
            return [min(most, left), *columns]
    return None if len(columns) > 1 else [min(least, max(_TITLE, left)), *columns]


def title_of(row: Row) -> str:
    """Return the title of a row, indented as it is below a heading."""
    return f"{_INNER if row.is_inner else ''}{row.title}"


def broken(row: Row, widths: Sequence[int]) -> list[list[str]]:
    """Break the title and the cells of a row into lines of the widths of their columns."""
    title = folded(title_of(row), widths[0], _INNER * (row.is_inner + 1))
    return [
        title,
        *(folded(cell.words, width, "") for cell, width in zip(row.cells, widths[1:], strict=False)),
    ]


def head(table: Table, widths: Sequence[int]) -> list[list[str]]:
    """Break the titles of the columns in the same way."""
    titles = ["", *(column.title for column in table.columns)]
    return [folded(title, width, "") for title, width in zip(titles, widths, strict=True)]


def _grid(table: Table, widths: Sequence[int], paint: Paint) -> Iterator[str]:
    if table.has_head:
        yield from _row(head(table, widths), [None] * len(table.columns), widths, paint)
    for row in table.rows:
        yield from _row(broken(row, widths), [cell.kind for cell in row.cells], widths, paint)


def _row(
    cells: list[list[str]], kinds: Sequence[Kind | None], widths: Sequence[int], paint: Paint
) -> Iterator[str]:
    """Draw a row, on as many lines as its longest text needs."""
    for line in zip_longest(*cells, fillvalue=""):
        drawn = (
            (paint(part, kind) if part else "") + " " * (width - len(part))
            for part, kind, width in zip(line, (None, *kinds), widths, strict=False)
        )
        yield (" " * _GAP).join(drawn).rstrip()
