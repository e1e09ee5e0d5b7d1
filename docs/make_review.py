"""Draws ``_static/review.svg``: what GitHub shows of the template of ``how-to/ci.md``. A test compares the two."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from kmspolicy import Severity, check
from kmspolicy._render._markup import Markup, element
from kmspolicy.sources import read_cloudformation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy import Finding

HERE: Final = Path(__file__).parent
PICTURE: Final = HERE / "_static" / "review.svg"
_FILE: Final = "keys.yaml"
_TITLE: Final = "Findings below the lines of a pull request"
_NEW: Final = "Sid: Partners"
"""Where the lines begin that are new."""
_WIDTH, _LINE, _LETTERS = 886, 20, 104
_STYLE: Final = """
text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328; white-space: pre }
.bold { font-weight: bold }
.quiet { fill: #59636e }
.paper { fill: #ffffff; stroke: #d1d9e0 }
.head { fill: #f6f8fa }
.new { fill: #dafbe1 }
.number { fill: #aceebb }
.failure { fill: #cf222e }
.warning { fill: #9a6700 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.quiet { fill: #9198a1 }
.paper { fill: #0d1117; stroke: #3d444d }
.head { fill: #151b23 }
.new { fill: #12261e }
.number { fill: #1c4428 }
.failure { fill: #ff7b72 }
.warning { fill: #d29922 }
}
"""


def template() -> str:
    """Return the template of the page."""
    page = (HERE / "how-to" / "ci.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    return block[1] if block else ""


def findings(text: str) -> Iterator[tuple[int, Finding]]:
    """Yield the findings of a template with their lines."""
    for source in read_cloudformation(text, file=_FILE):
        for finding in check(source.policy) if source.policy is not None else ():
            place = finding.place or source.place(finding.steps)
            if place is not None:
                yield place.line, finding


def svg(text: str) -> str:
    """Draw the lines of a template from some before the new ones on, with the findings below them."""
    found, lines = [*findings(text)], text.splitlines()
    first_new = next(number for number, line in enumerate(lines, start=1) if _NEW in line)
    parts = [_box("head", 1, 1, _WIDTH - 2, 35), _text(16, 23, _FILE, "bold")]
    y = 36
    for number, line in enumerate(lines, start=1):
        if number < first_new - 5:
            continue
        if is_new := number >= first_new:
            parts += [_box("number", 1, y, 56, _LINE), _box("new", 57, y, _WIDTH - 58, _LINE)]
        parts += [
            _text(16, y + 14, f"{number:>3}", "quiet"),
            _text(68, y + 14, f"{'+' if is_new else ' '} {line}", ""),
        ]
        y += _LINE
        for finding in (each for place, each in found if place == number):
            box, y = _annotation(finding, number, y)
            parts += box
    height = y + 8
    inside = (
        element("title", _TITLE),
        element("style", Markup(_STYLE)),
        _box("paper", 0.5, 0.5, _WIDTH - 1, height - 1),
        *parts,
    )
    picture = element(
        "svg", *(Markup(f"\n{part}") for part in inside), Markup("\n"),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {_WIDTH} {height}", width=_WIDTH, height=height, role="img",
    )  # fmt: skip
    return f"{picture}\n"


def _annotation(finding: Finding, number: int, y: int) -> tuple[list[Markup], int]:
    """Return the box below a line, and where it ends."""
    fails = finding.severity >= Severity.SECURITY_WARNING
    words = [*wrap(finding.message, _LETTERS), *wrap(finding.hint, _LETTERS)]
    height = 52 + 16 * len(words)
    kind = "failure" if fails else "warning"
    return [
        element("rect", class_="paper", x=68, y=y + 6, width=_WIDTH - 84, height=height, rx=6),
        element("rect", class_=kind, x=68, y=y + 6, width=4, height=height),
        _text(84, y + 25, f"Check {kind} on line {number} in {_FILE}", "quiet"),
        _text(84, y + 44, finding.code, f"bold {kind}"),
        *(_text(84, y + 62 + 16 * row, each, "") for row, each in enumerate(words)),
    ], y + height + 12


def _box(kind: str, x: float, y: float, width: float, height: float) -> Markup:
    return element("rect", class_=kind, x=x, y=y, width=width, height=height)


def _text(x: int, y: int, words: str, kind: str) -> Markup:
    return element("text", words, x=x, y=y, class_=kind)


if __name__ == "__main__":
    PICTURE.write_text(svg(template()), encoding="utf-8")
