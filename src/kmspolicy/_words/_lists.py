"""Lists and texts inside a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def listed(words: Iterable[str], last: str = "and") -> str:
    """Join words as a sentence does: "a, b and c"."""
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def printable(text: str) -> str:
    """Write a text so that it cannot be taken for another line, or move a cursor."""
    return text if text.isprintable() else repr(text)[1:-1]
