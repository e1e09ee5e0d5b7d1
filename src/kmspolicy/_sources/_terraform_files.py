"""Where the resources of a plan are written: a plan has no lines, the files of its configuration do.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

import re
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from kmspolicy._sources._node import MAX_CHARACTERS
from kmspolicy._text import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kmspolicy._text import Place

_TOKEN: Final = re.compile(
    r"""(?P<skipped>[^\S\n]+|\#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z))
    |<<-?(?P<heredoc>[^\W\d][\w-]*)[^\n]*\n.*?(?:^[^\S\n]*(?P=heredoc)[^\S\n]*\r?$|\Z)
    |(?P<word>[^\W\d][\w-]*)
    |(?P<quote>")
    |(?P<other>.)""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_IN_QUOTES: Final = re.compile(
    r'(?P<text>(?:[^"\\$%\n]|\\.|\$\$\{|%%\{|[$%](?!\{))*)(?P<end>[$%]\{|"|\n|\Z)', re.DOTALL
)


class Token(NamedTuple):
    """A word, a text in quotes or a sign, and where it begins."""

    kind: str
    text: str
    offset: int


class _Tokens:
    """The tokens of a text; what stands within quotes is one of them, with all that is interpolated in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def all(self) -> Iterator[Token]:
        """Yield the tokens from here to the end, or to the bracket that closes an interpolation."""
        depth = 0
        while match := _TOKEN.match(self._text, self._at):
            begin, self._at = self._at, match.end()
            kind = match.lastgroup or ""
            if kind == "quote":
                yield Token("quote", self._quoted(), begin)
            elif kind != "skipped":
                depth += (match[0] == "{") - (match[0] == "}")
                yield Token(kind, match[0], begin)
            if depth < 0:
                return

    def _quoted(self) -> str:
        """Read to the quote that closes a text; return the text."""
        parts: list[str] = []
        end: str | None = None
        while end in (None, "${", "%{") and (match := _IN_QUOTES.match(self._text, self._at)):
            self._at, end = match.end(), match["end"]
            parts.append(match["text"])
            if end in ("${", "%{"):
                deque(self.all(), maxlen=0)
        return "".join(parts)


def places_in(folder: Path) -> dict[str, tuple[str, Place]]:
    """Return the file and the place of each resource in the files of a folder; those that cannot be read have none."""
    found: dict[str, tuple[str, Place]] = {}
    for path in sorted(folder.glob("*.tf")):
        with suppress(OSError, UnicodeDecodeError):
            text = path.read_text(encoding="utf-8-sig")
            if len(text) <= MAX_CHARACTERS:
                found |= {name: (str(path), place) for name, place in blocks_of(text).items()}
    return found


def blocks_of(text: str) -> dict[str, Place]:
    """Return where each resource of a file sets its policy, by ``type.name``; where it begins, if it sets none."""
    lines = Lines(text)
    return {name: lines.place(offset) for name, offset in _blocks(text)}


def _blocks(text: str) -> Iterator[tuple[str, int]]:
    header: list[Token] = []
    depth = 0
    name: str | None = None
    before = Token("", "", 0)
    for token in _Tokens(text).all():
        if depth == 1 and name and token.text == "=" and before[:2] == ("word", "policy"):
            yield name, before.offset
        if token.text == "{" and token.kind == "other":
            depth += 1
            if depth == 1:
                name = _resource(header)
                if name is not None:
                    yield name, header[0].offset
        elif token.text == "}" and token.kind == "other":
            depth -= 1
        header = [] if token.text == "\n" or depth else [*header, token]
        before = token


def _resource(header: list[Token]) -> str | None:
    match [token.text for token in header]:
        case ["resource", kind, name]:
            return f"{kind}.{name}"
        case _:
            return None
