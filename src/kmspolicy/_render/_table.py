"""Tables before they are drawn: the text and the kind of each cell, but not how it looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, final

if TYPE_CHECKING:
    from kmspolicy._render._colours import Kind


@final
class Column(NamedTuple):
    """A column: its title, and the full name that the title stands for."""

    title: str
    whole: str


@final
class Cell(NamedTuple):
    """A cell: its words and their kind."""

    words: str
    kind: Kind


@final
class Row(NamedTuple):
    """A row: its title, and a cell for each column; a row without cells is the heading of the inner rows below it."""

    title: str
    cells: tuple[Cell, ...] = ()
    is_inner: bool = False


@final
class Entry(NamedTuple):
    """An entry of the legend or a note: a word of the cells, and its meaning."""

    word: str
    meaning: str


@final
class Table(NamedTuple):
    """A table; its texts are printable, but not escaped for HTML or SVG.

    Attributes:
        columns: The columns.
        rows: The rows.
        remark: A remark about the whole: that the table is empty, or how much is left out.
        legend: The words that every such table has.
        notes: The words that only this table has.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    remark: str
    legend: tuple[Entry, ...]
    notes: tuple[Entry, ...]

    @property
    def has_head(self) -> bool:
        """Whether a column has a title."""
        return any(column.title for column in self.columns)
