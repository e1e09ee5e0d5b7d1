"""Drawing of tables and lines for notebooks: HTML that keeps the font and the paper of the page.

On a narrow page, each cell of a table with several columns is a line of its own, with the name of its column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._render._colours import COLOURS, Kind
from kmspolicy._render._markup import Markup, element
from kmspolicy._render._signs import coloured
from kmspolicy._words._lists import TEXT, lines

if TYPE_CHECKING:
    from collections.abc import Collection

    from kmspolicy._render._table import Row, Table

_LOOKS: Final = {
    "": "overflow-wrap:anywhere",
    "pre": "margin:0;white-space:pre-wrap;background:none;color:inherit;padding-left:2em;text-indent:-2em",
    "table": "border-collapse:collapse;margin:0",
    "th,td": "padding:4px 10px;border:1px solid #8884;vertical-align:top;text-align:left;white-space:normal;background:none",
    "tbody th": "font-weight:normal;max-width:32em",
    "tbody .heading": "font-weight:bold",
    ".inner": "padding-left:24px",
    "dt": "float:left;width:2em",
    "dd": "margin-left:2em",
    **{f".{kind.value}": f"color:{colour.both}" for kind, colour in COLOURS.items()},
}
_LOOKS_IF_NARROW: Final = {
    ".wide thead": "display:none",
    ".wide,.wide tbody,.wide tr,.wide th,.wide td": "display:block;border:none;max-width:none",
    ".wide tr": "border-top:1px solid #8884;padding:4px 0",
    ".wide td": "padding-left:24px",
    ".wide td::before": f"content:attr(data-of) ': ';color:{COLOURS[Kind.NOTHING].both}",
}


def as_html(table: Table) -> str:
    """Draw a table."""
    legend = "; ".join(f"{word}: {meaning}" for word, meaning in table.legend)
    notes = [part for word, meaning in table.notes for part in (element("dt", word), element("dd", meaning))]
    return _page(
        *([_grid(table)] if table.columns else []),
        *(element("p", text) for text in (table.remark, legend) if text),
        *([element("dl", *notes)] if notes else []),
    )


def lines_as_html(texts: Collection[str]) -> str:
    """Draw lines of text."""
    drawn = lines(texts, lambda line: element("pre", *_parts(line)), TEXT, "<pre>and {:,} more lines</pre>")
    return _page(*map(Markup, drawn))


def _page(*parts: Markup) -> Markup:
    return element("div", element("style", _STYLE), *parts, class_="kmspolicy")


def _parts(line: str) -> list[str]:
    sign, kind, rest = coloured(line)
    return [line] if kind is None else [element("span", sign, class_=kind.value), rest]


def _grid(table: Table) -> Markup:
    titles = [column.title for column in table.columns]
    head = [
        element("td"),
        *(element("th", title, scope="col", title=whole) for title, whole in table.columns),
    ]
    return element(
        "table",
        *([element("thead", element("tr", *head))] if table.has_head else []),
        element("tbody", *(_row(row, titles) for row in table.rows)),
        **({"class_": "wide"} if len(titles) > 1 else {}),
    )


def _row(row: Row, titles: list[str]) -> Markup:
    if not row.cells:
        return element("tr", element("th", row.title, class_="heading", colspan=len(titles) + 1))
    cells = (
        element("td", words, class_=kind.value, **({"data_of": title} if title else {}))
        for (words, kind), title in zip(row.cells, titles, strict=True)
    )
    return element(
        "tr", element("th", row.title, scope="row", **({"class_": "inner"} if row.is_inner else {})), *cells
    )


def _rules(looks: dict[str, str]) -> str:
    return "".join(
        f"{','.join(f'.kmspolicy {one}'.strip() for one in names.split(','))}{{{look}}}"
        for names, look in looks.items()
    )


_STYLE: Final = Markup(f"{_rules(_LOOKS)}@media(max-width:40em){{{_rules(_LOOKS_IF_NARROW)}}}")
