"""A table for people, before it is drawn: what is in it and of which kind, not what it looks like."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, final


@final
class Kind(Enum):
    """What a cell tells, by which a drawing chooses its colour."""

    YES = "yes"
    IF = "if"
    IAM = "iam"
    NO = "no"
    NOTHING = "nothing"


@final
class Column(NamedTuple):
    """A column: its title, and the whole of what the title stands for."""

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
    """A word of the cells, and what it means: an entry of the legend, or a note."""

    word: str
    meaning: str


@final
class Table(NamedTuple):
    """A table; its texts are fit to be shown, and not yet escaped for the language of a drawing.

    Attributes:
        titles: What the titles of the rows are.
        columns: The columns.
        rows: The rows.
        remark: What must be said of the whole: that it is empty, or how much is left out.
        legend: The words of the cells that every such table has.
        notes: The words that only this one has.
    """

    titles: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    remark: str
    legend: tuple[Entry, ...]
    notes: tuple[Entry, ...]
