"""Drawing of tables as pictures, for light and dark pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._render._colours import COLOURS
from kmspolicy._render._lines import wrapped
from kmspolicy._render._markup import Markup, element

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._render._table import Table

_MARGIN, _PAD, _LINE = 16, 8, 16
_LETTER: Final = 7.3
"""The width of a letter in the font of the picture."""
_TITLE, _CELL = 38, 17
"""The number of letters in the titles of rows, and in the other columns."""
_STYLE: Final = """
text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328 }
.quiet { fill: #59636e }
.head { font-weight: bold }
.paper { fill: #ffffff; stroke: #d1d9e0 }
.rule { stroke: #d1d9e0 }
"""
_DARK: Final = """
text { fill: #f0f6fc }
.quiet { fill: #9198a1 }
.paper { fill: #0d1117; stroke: #3d444d }
.rule { stroke: #3d444d }
"""


def as_svg(table: Table, title: str) -> str:
    """Draw a table as an SVG document."""
    parts: list[Markup] = []
    y = _MARGIN
    right = _x(len(table.columns) + 1) - _PAD
    for indent, row in _rows(table) if table.columns else ():
        lines = [
            wrapped(words, _CELL if column else _TITLE - indent) for column, (words, _) in enumerate(row)
        ]
        for column, (some, (_, kind)) in enumerate(zip(lines, row, strict=True)):
            x = _x(column) if column else _x(column) + round(indent * _LETTER)
            parts += [
                _text(x, y + _PAD + _LINE * number - 4, line, kind)
                for number, line in enumerate(some, 1)
                if line
            ]
        y += _PAD * 2 + _LINE * max(map(len, lines))
        parts.append(element("line", class_="rule", x1=_MARGIN, x2=right, y1=y, y2=y))
    letters = int((right - _MARGIN - _PAD) / _LETTER)
    for note in _below(table):
        y += 4
        for line in wrapped(note, letters):
            y += _LINE
            parts.append(_text(_MARGIN + _PAD, y + 2, line, "quiet"))
    width, height = right + _MARGIN, y + _MARGIN
    paper = element("rect", class_="paper", x=0.5, y=0.5, width=width - 1, height=height - 1, rx=6)
    picture = element(
        "svg",
        *_on_lines(element("title", title), element("style", Markup(_style())), paper, *parts),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
    )
    return f"{picture}\n"


def _rows(table: Table) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Yield the rows, the head first: the letters by which the title is indented, and words with the CSS classes of their style."""
    if table.has_head:
        yield 0, [("", ""), *((column.title, "head") for column in table.columns)]
    for row in table.rows:
        style = "" if row.cells else "head"
        yield 2 * row.is_inner, [(row.title, style), *((cell.words, cell.kind.value) for cell in row.cells)]


def _below(table: Table) -> Iterator[str]:
    legend = "; ".join(f"{word}: {meaning}" for word, meaning in table.legend)
    yield from filter(None, (table.remark, legend))
    yield from (f"{word}: {meaning}" for word, meaning in table.notes)


def _style() -> str:
    light = "".join(f".{kind.value} {{ fill: {colour.light} }}\n" for kind, colour in COLOURS.items())
    dark = "".join(f".{kind.value} {{ fill: {colour.dark} }}\n" for kind, colour in COLOURS.items())
    return f"{_STYLE}{light}@media (prefers-color-scheme: dark) {{{_DARK}{dark}}}\n"


def _on_lines(*parts: Markup) -> list[Markup]:
    return [Markup(f"\n{part}") for part in parts] + [Markup("\n")]


def _x(column: int) -> int:
    """Return the x coordinate of a column."""
    letters = column and _TITLE + (column - 1) * _CELL
    return _MARGIN + _PAD + round(letters * _LETTER + column * 2 * _PAD)


def _text(x: int, y: int, words: str, kind: str) -> Markup:
    return element("text", words, x=x, y=y, **({"class_": kind} if kind else {}))
