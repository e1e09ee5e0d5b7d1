"""Breaking words into lines, but no text that is quoted in them."""

from __future__ import annotations

import re

_UNBROKEN = re.compile(r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\S)+""").findall


def wrapped(words: str, width: int) -> list[str]:
    """Break words into lines of a width, at spaces outside quotes, so that no line begins inside a quoted text.

    What is longer than a line by itself stays on one.
    """
    lines = [""]
    for part in _UNBROKEN(words):
        longer = f"{lines[-1]} {part}" if lines[-1] else part
        if lines[-1] and len(longer) > width:
            lines.append(part)
        else:
            lines[-1] = longer
    return lines
