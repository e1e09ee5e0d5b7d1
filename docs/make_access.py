"""Draws ``_static/access.svg``: the access table of the policy that the README begins with. A test compares the two.

The table is the one that a notebook shows; what it says and its colours are taken from there.
"""

from __future__ import annotations

import re
import textwrap
from html import escape
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, fromstring

from kmspolicy import Policy, access

HERE: Final = Path(__file__).parent
PICTURE: Final = HERE / "_static" / "access.svg"

_MARGIN, _PAD, _LINE = 16, 8, 16
_LETTER: Final = 7.3  # the width of a letter, in the font and size below
_ACTIONS: Final = 38  # letters in the first column
_COLUMN: Final = 17  # letters in the others
# In the dark, the colours of a notebook's table are too dark to read.
_IN_THE_DARK: Final = {
    "#1a7f37": "#3fb950",
    "#9a6700": "#d29922",
    "#0969da": "#58a6ff",
    "#cf222e": "#ff7b72",
    "#6e7781": "#8b949e",
}
_STYLE: Final = """\
text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328 }
.quiet { fill: #59636e }
.head { font-weight: bold }
.paper { fill: #ffffff; stroke: #d1d9e0 }
.rule { stroke: #d1d9e0 }
"""
_DARK: Final = """\
text { fill: #f0f6fc }
.quiet { fill: #9198a1 }
.paper { fill: #0d1117; stroke: #3d444d }
.rule { stroke: #3d444d }
"""


def policy_of_readme() -> Policy:
    """Run the first block of the README and return the policy that it makes."""
    text = (HERE.parent / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    namespace: dict[str, Any] = {}
    exec(block[1] if block else "", namespace)  # noqa: S102 - our own page
    policy: Policy = namespace["policy"]
    return policy


def svg(policy: Policy) -> str:
    """Draw the access table of a policy."""
    html = access(policy)._repr_html_()  # pyright: ignore[reportPrivateUsage] - what a notebook asks for
    table, legend, *conditions = fromstring(f"<div>{html}</div>")  # noqa: S314 - our own
    head, body = table
    rows = [[_cell(cell) for cell in head[0]], *([_cell(cell) for cell in row] for row in body)]
    parts: list[str] = []
    y = _MARGIN
    for number, row in enumerate(rows):
        lines = [
            textwrap.wrap(words, _COLUMN if column else _ACTIONS) for column, (words, _) in enumerate(row)
        ]
        for column, ((_, kind), some) in enumerate(zip(row, lines, strict=True)):
            name = kind if number and column else "head" if column else "quiet" if not number else ""
            parts += [
                _text(_x(column), y + _PAD + _LINE * (n + 1) - 4, line, name) for n, line in enumerate(some)
            ]
        y += _PAD * 2 + _LINE * max(map(len, lines))
        parts.append(f'<line class="rule" x1="{_MARGIN}" x2="{_x(len(row)) - _PAD}" y1="{y}" y2="{y}"/>')
    notes = [legend.text or ""]
    for listed in conditions:
        notes += [
            f"{letter.text}: {words.text}" for letter, words in zip(listed[::2], listed[1::2], strict=True)
        ]
    for note in notes:
        y += _LINE + 4
        parts.append(_text(_MARGIN + _PAD, y + 2, note, "quiet"))
    width, height = _x(len(rows[0])) - _PAD + _MARGIN, y + _MARGIN
    colours = "".join(f".c{colour[1:]} {{ fill: {colour} }}\n" for colour in _IN_THE_DARK)
    dark = "".join(f".c{colour[1:]} {{ fill: {other} }}\n" for colour, other in _IN_THE_DARK.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">\n'
        f"<title>Who may do what with the key: the access table of the policy</title>\n"
        f"<style>\n{_STYLE}{colours}@media (prefers-color-scheme: dark) {{\n{_DARK}{dark}}}\n</style>\n"
        f'<rect class="paper" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="6"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _x(column: int) -> int:
    """Say where a column begins."""
    return (
        _MARGIN + _PAD + round(column and (_ACTIONS + (column - 1) * _COLUMN) * _LETTER + column * 2 * _PAD)
    )


def _cell(cell: Element) -> tuple[str, str]:
    """Take the words of a cell, and the class of its colour."""
    colour = re.search(r";color:#(\w+)", cell.get("style", ""))
    return cell.text or "", f"c{colour[1]}" if colour else ""


def _text(x: int, y: int, words: str, name: str) -> str:
    kind = f' class="{name}"' if name else ""
    return f'<text x="{x}" y="{y}"{kind}>{escape(words, quote=False)}</text>'


if __name__ == "__main__":
    PICTURE.write_text(svg(policy_of_readme()), encoding="utf-8")
