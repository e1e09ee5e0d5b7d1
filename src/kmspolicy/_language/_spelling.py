"""Spelling: names are compared without their case, and a word that is not known has a nearest one that is."""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


def fold(name: str) -> str:
    """Write an action or a condition key in lower case, in which their names are compared; ASCII has no others."""
    return name.lower() if name.isascii() else name.translate(_ASCII_LOWER)


_ASCII_LOWER: Final = {ord(letter): letter.lower() for letter in ascii_uppercase}


def nearest(word: str, known: Mapping[str, str]) -> str | None:
    """Find the word that was probably meant.

    Args:
        word: A word in any case.
        known: The words by themselves in lower case.
    """
    import difflib  # noqa: PLC0415 - costs a millisecond, and only a mistake needs it

    close = difflib.get_close_matches(fold(word[:100]), known, n=1)
    return known[close[0]] if close else None
