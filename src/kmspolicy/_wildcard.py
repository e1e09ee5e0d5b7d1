"""Wildcards as IAM has them: ``*`` stands for any characters, or none, and ``?`` for exactly one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource_wildcards.html
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence


class Wildcard(Enum):
    """What a pattern has besides characters."""

    ANY = "*"
    ONE = "?"


Token: TypeAlias = str | Wildcard
_WILDCARDS: Final[dict[str, Token]] = {wildcard.value: wildcard for wildcard in Wildcard}


def tokens(pattern: str) -> list[Token]:
    """Take a pattern apart into characters and wildcards."""
    return [_WILDCARDS.get(character, character) for character in pattern]


def matches(pattern: Sequence[Token], text: Sequence[Token]) -> bool:
    """Tell whether a pattern matches a text; and, where the text is a pattern, all that this one matches.

    The time is at most that of the product of both lengths, whatever the pattern: only the last ``*`` is ever
    tried again. Between patterns a yes is certain; a no is not (``*?`` and ``?*`` are the same).
    """
    at = place = begin = 0
    star = -1
    while place < len(text):
        token = pattern[at] if at < len(pattern) else None
        if token is Wildcard.ANY:
            star, begin, at = at, place, at + 1
        elif token == text[place] or (token is Wildcard.ONE and text[place] is not Wildcard.ANY):
            at, place = at + 1, place + 1
        elif star < 0:
            return False
        else:
            begin += 1
            at, place = star + 1, begin
    return all(token is Wildcard.ANY for token in pattern[at:])


def like(pattern: str, text: str) -> bool:
    """Tell whether a pattern matches a text, case and all."""
    if "?" not in pattern:
        head, star, tail = pattern.partition("*")
        if not tail:
            return text.startswith(head) if star else text == head
    return matches(tokens(pattern), text)


def covers(pattern: str, other: str) -> bool:
    """Tell whether a pattern certainly matches whatever another one matches."""
    return matches(tokens(pattern), tokens(other))
