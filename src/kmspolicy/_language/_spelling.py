"""Spelling: names in lower case, and the nearest known word to an unknown one."""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


def fold(name: str) -> str:
    """Return an action or a condition key in lower case, for comparison; only ASCII letters change."""
    return name.lower() if name.isascii() else name.translate(_ASCII_LOWER)


_ASCII_LOWER: Final = {ord(letter): letter.lower() for letter in ascii_uppercase}


def nearest(word: str, known: Mapping[str, str]) -> str | None:
    """Find the word that was probably meant.

    Args:
        word: A word in any case.
        known: The words by their lower-case spelling.
    """
    import difflib  # noqa: PLC0415 - costs a millisecond, and only a mistake needs it

    close = difflib.get_close_matches(fold(word[:100]), known, n=1)
    return known[close[0]] if close else None
