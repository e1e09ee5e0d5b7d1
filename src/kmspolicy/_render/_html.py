"""Drawing of tables for notebooks: HTML that needs no style sheet and keeps the colours of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._render._markup import COLOURS, Markup, element

if TYPE_CHECKING:
    from kmspolicy._render._table import Row, Table

_CELL: Final = "padding:4px 10px;border:1px solid #8884;vertical-align:top;text-align:left"


def as_html(table: Table) -> str:
    """Draw a table."""
    legend = ", ".join(f"{word}: {meaning}" for word, meaning in table.legend)
    notes = [
        part
        for word, meaning in table.notes
        for part in (
            element("dt", word, style="float:left;width:2em"),
            element("dd", meaning, style="margin-left:2em"),
        )
    ]
    return "".join(
        [
            *([_grid(table)] if table.columns else []),
            *(element("p", text) for text in (table.remark, legend) if text),
            *([element("dl", *notes)] if notes else []),
        ]
    )


def _grid(table: Table) -> Markup:
    head = [
        element("th", table.titles, style=_CELL),
        *(element("th", title, scope="col", style=_CELL, title=whole) for title, whole in table.columns),
    ]
    return element(
        "table",
        element("thead", element("tr", *head)),
        element("tbody", *map(_row, table.rows)),
        style="border-collapse:collapse",
    )


def _row(row: Row) -> Markup:
    return element(
        "tr",
        element("th", row.title, scope="row", style=f"{_CELL};font-weight:normal"),
        *(element("td", words, style=f"{_CELL};color:{COLOURS[kind].both}") for words, kind in row.cells),
    )
