"""Lines of text: where they break, which is never inside quoted text, and what stands for them in ASCII."""

from __future__ import annotations

import re
from typing import Final

_UNBROKEN = re.compile(r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\S)+""").findall


def wrapped(words: str, width: int) -> list[str]:
    """Break text into lines of a width, at spaces that are not inside quotes.

    A part that is longer than a line stays on one line.
    """
    lines = [""]
    for part in _UNBROKEN(words):
        longer = f"{lines[-1]} {part}" if lines[-1] else part
        if lines[-1] and len(longer) > width:
            lines.append(part)
        else:
            lines[-1] = longer
    return lines


def longest_part(words: str) -> int:
    """Return the number of characters of the longest part that is not broken."""
    return max(map(len, _UNBROKEN(words)), default=0)


def folded(line: str, width: int, indent: str) -> list[str]:
    """Break a line into lines of a width; keep the spaces that it begins with, and indent those that follow."""
    if len(line) <= width:
        return [line]
    own = line[: len(line) - len(line.lstrip(" "))]
    first, *rest = wrapped(line, width - max(len(own), len(indent)))
    return [own + first, *(indent + one for one in rest)]


_ASCII: Final = str.maketrans({"→": "->", "·": "-", "…": "..."})


def in_ascii(text: str) -> str:
    """Return what is shown of a text where only ASCII can be: other signs for ours, escapes for the rest."""
    return text.translate(_ASCII).encode("ascii", "backslashreplace").decode()
