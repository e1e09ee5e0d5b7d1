"""What others wrote, made fit to be shown: the Sids, names and values of a document, the words of a server.

A policy is written by somebody else, and so is an answer. Their texts can hold what moves a cursor, reverses a line or cannot
be seen, and words that pose as ours. Text, HTML, log lines and errors show them through this module alone; attributes keep
them as they came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MOST: Final = 1000
"""The most characters of a single text that people are shown; every name and ARN that IAM accepts is shorter."""


def is_printable(text: str) -> bool:
    """Return whether a text can be shown as it is: on one line, with nothing in it that cannot be seen."""
    return text.isprintable() and (text.isascii() or _INVISIBLE.isdisjoint(text))


def printable(text: str) -> str:
    """Write a text on one line, with a visible escape for each character that would not be seen as itself.

    These are control characters, separators of lines and paragraphs, spaces other than the plain one, marks that change the
    direction of the text, characters without width, tags, halves of surrogate pairs, and what Unicode has not assigned.
    The escapes are those of Python. What was made printable stays as it is.
    """
    if is_printable(text):
        return text
    return "".join(character if is_printable(character) else ascii(character)[1:-1] for character in text)


def printable_lines(text: str) -> str:
    """Write a text of ours, whose line ends are meant, like :func:`printable`."""
    return "\n".join(map(printable, text.split("\n")))


def quoted(text: str, most: int = MOST) -> str:
    """Write a text of somebody else in quotes, so that its end is seen; a long one is cut."""
    return printable(_cut(repr(text[:most]), len(text) - most))


def word(text: str, plain: Callable[[str], object] | None = None) -> str:
    """Write a name or a value of somebody else among words of ours: in quotes, unless it cannot be taken for ours.

    Args:
        text: The text.
        plain: Tells what needs no quotes where it stands; by default what can only be an ARN, an id, a condition key, a
            number or the like: a run of the characters of ARNs that is more than letters; and ``true`` and ``false``.
    """
    needs_none = (plain or _is_more_than_letters)(text) and len(text) <= MOST
    return printable(text) if needs_none else quoted(text)


def represented(value: object, most: int = MOST) -> str:
    """Write whatever a caller gave as Python does; what is long is cut."""
    return quoted(value, most) if isinstance(value, str) else printable(cut(repr(value), most))


def cut(text: str, most: int = MOST) -> str:
    """Cut a text that is too long to be shown, and say how much is missing."""
    return _cut(text[:most], len(text) - most)


def _cut(shown: str, missing: int) -> str:
    if missing <= 0:
        return shown
    return f"{shown}… and {missing:,} more character{'' if missing == 1 else 's'}"


def _is_more_than_letters(text: str) -> bool:
    if text in _TRUTHS:
        return True
    return _OF_ARNS.issuperset(text) and not _TELLING.isdisjoint(text) and text[-1] not in _OF_SENTENCES


_TRUTHS: Final = frozenset({"true", "false"})
_TELLING: Final = frozenset("0123456789:./*?@$")
_OF_ARNS: Final = _TELLING.union("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+=,_-{}")
_OF_SENTENCES: Final = frozenset(".,:")

# What str.isprintable() lets pass and nobody sees: the rest of Default_Ignorable_Code_Point, and the blank of Braille.
# https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt
_RANGES: Final = (
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x115F, 0x1160),  # fillers of Hangul
    (0x17B4, 0x17B5),  # inherent vowels of Khmer
    (0x180B, 0x180F),  # selectors and a separator of Mongolian
    (0x2800, 0x2800),  # a pattern without dots
    (0x3164, 0x3164),  # another filler of Hangul
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFFA0, 0xFFA0),  # another filler of Hangul, of half width
    (0xE0100, 0xE01EF),  # more variation selectors
)
_INVISIBLE: Final = frozenset(chr(code) for first, last in _RANGES for code in range(first, last + 1))
