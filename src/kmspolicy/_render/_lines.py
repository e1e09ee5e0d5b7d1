"""Line breaks, but not inside quoted text."""

from __future__ import annotations

import re

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
