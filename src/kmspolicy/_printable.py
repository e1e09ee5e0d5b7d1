"""Safe display of text from outside: Sids, names and values of a document, and messages of a server.

Somebody else wrote the policy or the answer. Their text can hold characters that move the cursor, reverse a line or are
invisible, and words that look like ours. Text, HTML, log lines and errors show it only through this module; attributes
keep it unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MOST: Final = 1000
"""The number of characters of one text that is shown at most; every name and ARN that IAM accepts is shorter."""


def is_printable(text: str) -> bool:
    """Return whether a text can be shown as it is: on one line, without invisible characters."""
    return text.isprintable() and (text.isascii() or _INVISIBLE.isdisjoint(text))


def printable(text: str) -> str:
    """Write a text on one line, with a visible escape for each character that is invisible or changes the layout.

    These are control characters, line and paragraph separators, spaces other than the plain one, marks that change the
    direction of the text, characters without width, tags, halves of surrogate pairs, and code points that Unicode has not
    assigned. The escapes are those of Python. The result does not change when it is made printable again.
    """
    if is_printable(text):
        return text
    return "".join(character if is_printable(character) else ascii(character)[1:-1] for character in text)


def printable_lines(text: str) -> str:
    """Do the same as :func:`printable`, but keep line feeds: for texts of ours."""
    return "\n".join(map(printable, text.split("\n")))


def quoted(text: str, most: int = MOST) -> str:
    """Write text from outside in quotes, which show where it ends; cut long text."""
    return printable(_cut(repr(text[:most]), len(text) - most))


def word(text: str, plain: Callable[[str], object] | None = None) -> str:
    """Write a name or a value from outside inside a sentence of ours: in quotes, unless nobody can mistake it for our words.

    Args:
        text: The text.
        plain: Returns whether the text needs no quotes. By default these are ARNs, ids, condition keys, numbers and the
            like (only characters of ARNs, and not only letters), and ``true`` and ``false``.
    """
    needs_none = (plain or _is_more_than_letters)(text) and len(text) <= MOST
    return printable(text) if needs_none else quoted(text)


def represented(value: object, most: int = MOST) -> str:
    """Write a value that a caller gave, as ``repr`` does; cut a long one."""
    return quoted(value, most) if isinstance(value, str) else printable(cut(repr(value), most))


def cut(text: str, most: int = MOST) -> str:
    """Cut a text that is too long to show, and say how many characters are missing."""
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

# Invisible characters that str.isprintable() accepts: the rest of Default_Ignorable_Code_Point, and the blank of Braille.
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
