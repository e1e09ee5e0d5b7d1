"""Drawing of tables for terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._render._lines import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kmspolicy._render._table import Table

_WIDTH: Final = 56
"""The number of characters in the titles of rows."""


def as_text(table: Table) -> str:
    """Draw a table with numbered columns, and a list of the columns above it."""
    legend = ", ".join(f"{word}: {meaning}" for word, meaning in table.legend)
    parts = (
        [f"{number:>3}  {column.title}" for number, column in enumerate(table.columns, 1)],
        list(_grid(table)) if table.columns else [],
        [table.remark] if table.remark else [],
        [*([legend] if legend else []), *(f"{word:>3}  {meaning}" for word, meaning in table.notes)],
    )
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _grid(table: Table) -> Iterator[str]:
    numbers = [str(number) for number in range(1, len(table.columns) + 1)]
    words = [numbers, *([cell.words for cell in row.cells] for row in table.rows)]
    widths = [max(map(len, column)) for column in zip(*words, strict=True)]
    yield _line("", numbers, widths)
    for row in table.rows:
        first, *rest = wrapped(row.title, _WIDTH)
        yield _line(first, (cell.words for cell in row.cells), widths)
        yield from rest


def _line(first: str, cells: Iterable[str], widths: Sequence[int]) -> str:
    columns = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"{first:<{_WIDTH}}  {'  '.join(columns)}".rstrip()
