"""Draws what GitHub shows of the template of ``how-to/ci.md``, for wide and for narrow screens. A test compares the pictures."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import wrap
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from kmspolicy._render._markup import Markup, element

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE: Final = Path(__file__).parent
PICTURES: Final = {HERE / "_static" / "review.svg": 886, HERE / "_static" / "review-narrow.svg": 466}
"""The files, and how wide the pictures are."""
_FILE: Final = "keys.yaml"
_TITLE: Final = "Findings below the lines of a pull request"
_NEW: Final = "Sid: Partners"
"""Where the lines begin that are new."""
_LINE, _LETTER = 20, 7.5
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


_COMMAND: Final = re.compile(r"^::(\w+) file=.*,line=(\d+),.*title=(.*?)::(.*)$", re.MULTILINE)


class Annotation(NamedTuple):
    """What GitHub shows below a line.

    Attributes:
        kind: How bad it is.
        line: The line.
        title: Its title.
        message: What is wrong, and what to do.
    """

    kind: str
    line: int
    title: str
    message: str


def template() -> str:
    """Return the template of the page."""
    page = (HERE / "how-to" / "ci.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    return block[1] if block else ""


def annotations_of(text: str) -> Iterator[Annotation]:
    """Yield what `kmspolicy check` tells GitHub of a template."""
    with TemporaryDirectory() as folder:
        Path(folder, _FILE).write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "kmspolicy", "check", "--format", "github", _FILE]
        shown = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout  # noqa: S603 - our own
    for kind, line, title, message in _COMMAND.findall(shown):
        yield Annotation("failure" if kind == "error" else kind, int(line), unquote(title), unquote(message))


def svg(text: str, width: int) -> str:
    """Draw the lines of a template from some before the new ones on, with the findings below them."""
    found, lines = [*annotations_of(text)], text.splitlines()
    first_new = next(number for number, line in enumerate(lines, start=1) if _NEW in line)
    parts = [_box("head", 1, 1, width - 2, 35), _text(16, 23, _FILE, "bold")]
    y = 36
    for number, line in enumerate(lines, start=1):
        if number < first_new - 5:
            continue
        if is_new := number >= first_new:
            parts += [_box("number", 1, y, 56, _LINE), _box("new", 57, y, width - 58, _LINE)]
        parts += [
            _text(16, y + 14, f"{number:>3}", "quiet"),
            _text(68, y + 14, _cut(f"{'+' if is_new else ' '} {line}", width - 76), ""),
        ]
        y += _LINE
        for one in (each for each in found if each.line == number):
            box, y = _annotation(one, y, width)
            parts += box
    height = y + 8
    inside = (
        element("title", _TITLE),
        element("style", Markup(_STYLE)),
        _box("paper", 0.5, 0.5, width - 1, height - 1),
        *parts,
    )
    picture = element(
        "svg", *(Markup(f"\n{part}") for part in inside), Markup("\n"),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", width=width, height=height, role="img",
    )  # fmt: skip
    return f"{picture}\n"


def _cut(line: str, width: int) -> str:
    """Cut a line to a width."""
    letters = int(width / _LETTER)
    return line if len(line) <= letters else f"{line[: letters - 1]}…"


def _annotation(one: Annotation, y: int, width: int) -> tuple[list[Markup], int]:
    """Return the box below a line, and where it ends."""
    words = wrap(one.message, int((width - 106) / _LETTER))
    height = 52 + 16 * len(words)
    return [
        element("rect", class_="paper", x=68, y=y + 6, width=width - 84, height=height, rx=6),
        element("rect", class_=one.kind, x=68, y=y + 6, width=4, height=height),
        _text(84, y + 25, f"Check {one.kind} on line {one.line} in {_FILE}", "quiet"),
        _text(84, y + 44, one.title, f"bold {one.kind}"),
        *(_text(84, y + 62 + 16 * row, each, "") for row, each in enumerate(words)),
    ], y + height + 12


def _box(kind: str, x: float, y: float, width: float, height: float) -> Markup:
    return element("rect", class_=kind, x=x, y=y, width=width, height=height)


def _text(x: int, y: int, words: str, kind: str) -> Markup:
    return element("text", words, x=x, y=y, class_=kind)


if __name__ == "__main__":
    for path, width in PICTURES.items():
        path.write_text(svg(template(), width), encoding="utf-8")
