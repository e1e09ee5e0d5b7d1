"""Tables before they are drawn: the text and the kind of each cell, but not how it looks."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, final


@final
class Kind(Enum):
    """The kind of a cell, which determines its colour."""

    YES = "yes"
    IF = "if"
    IAM = "iam"
    NO = "no"
    NOTHING = "nothing"


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
    """A row: its title, and a cell for each column."""

    title: str
    cells: tuple[Cell, ...]


@final
class Entry(NamedTuple):
    """An entry of the legend or a note: a word of the cells, and its meaning."""

    word: str
    meaning: str


@final
class Table(NamedTuple):
    """A table; its texts are printable, but not escaped for HTML or SVG.

    Attributes:
        titles: The heading of the column with the titles of the rows.
        columns: The columns.
        rows: The rows.
        remark: A remark about the whole: that the table is empty, or how much is left out.
        legend: The words that every such table has.
        notes: The words that only this table has.
    """

    titles: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    remark: str
    legend: tuple[Entry, ...]
    notes: tuple[Entry, ...]
