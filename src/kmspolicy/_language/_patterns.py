"""Wildcards as IAM has them: ``*`` stands for any characters, or none, and ``?`` for exactly one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource_wildcards.html

A pattern is parsed once, however many texts it is compared with: the last few thousand are kept, as many as a key
policy can hold; only a few long ones are kept, since they take much memory.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

# Characters that Unicode reserves for internal use by programs.
_STAR, _QUESTION, _ANY = "\ufdd0", "\ufdd1", "\ufdd2"
_HIDE: Final = {ord("*"): _STAR, ord("?"): _QUESTION}
_SHOW: Final = {ord(hidden): chr(shown) for shown, hidden in _HIDE.items()}
COLONS: Final = 5
"""The number of colons between the six parts of an ARN; no wildcard of an ARN operator matches one of these."""


def literal(text: str) -> str:
    """Return the pattern that matches only this text."""
    return text.translate(_HIDE)


def text_of_literal(pattern: str) -> str:
    """Return a pattern as text, in which literal characters and wildcards look the same."""
    return pattern.translate(_SHOW)


def has_wildcards(pattern: str) -> bool:
    """Return whether a pattern has a wildcard."""
    return "*" in pattern or "?" in pattern


def with_single_stars(pattern: str) -> str:
    """Replace several stars in a row with one, which matches the same."""
    return _STARS("*", pattern) if "**" in pattern else pattern


_STARS: Final = re.compile(r"\*+").sub


def like(pattern: str, text: str) -> bool:
    """Return whether a pattern matches a text, case-sensitively."""
    if "?" not in pattern and _STAR not in pattern and _QUESTION not in pattern:
        head, star, tail = pattern.partition("*")
        if not tail:
            return text.startswith(head) if star else text == head
    return _matches(pattern, text)


def covers(pattern: str, other: str) -> bool:
    """Return whether a pattern matches all that another one matches.

    True is certain; False is not (``*?`` and ``?*`` are the same).
    """
    return pattern == other or (_ANY not in pattern and _matches(pattern, other.replace("*", _ANY), _ANY))


def meets(pattern: str, other: str, *, within_parts: bool = False) -> bool:
    """Return whether there is a text that both patterns match.

    The other pattern is read letter by letter; each bit of a number is a position in the pattern that may be reached.

    Args:
        pattern: A pattern.
        other: Another one.
        within_parts: Whether the wildcards of the other one match no colon.
    """
    pattern = with_single_stars(pattern)
    places: dict[str, int] = {}
    for place, letter in enumerate(pattern):
        places[letter] = places.get(letter, 0) | 1 << place
    stars, end = places.get("*", 0), 1 << len(pattern)
    free = end - 1 & ~(places.get(":", 0) if within_parts else 0)
    reached = 1 | (stars & 1) << 1
    for letter in other:
        if not reached:
            return False
        if (
            letter == "*" and within_parts
        ):  # each position up to the next colon: adding carries a bit that far
            reached |= free + (reached & free) ^ free
            continue
        if letter == "*":  # some text reaches each position after the first
            reached = 2 * end - (reached & -reached)
            continue
        here = free if letter == "?" else places.get(letter, 0) | places.get("?", 0)
        reached = (reached & here) << 1 | reached & stars
        reached |= (reached & stars) << 1
    return reached >= end


def arn_like(pattern: str, text: str) -> bool:
    """Return whether a pattern matches an ARN part by part: no wildcard matches one of the first five colons.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
    """
    patterns, parts = pattern.split(":", COLONS), text.split(":", COLONS)
    return len(patterns) == len(parts) == COLONS + 1 and all(map(like, patterns, parts))


def arn_covers(pattern: str, other: str) -> bool:
    """Return whether an ARN pattern matches all that another one matches; True is certain."""
    patterns, parts = pattern.split(":", COLONS), other.split(":", COLONS)
    return pattern == other or (
        len(patterns) == len(parts) == COLONS + 1 and all(map(covers, patterns, parts))
    )


def arn_meets(pattern: str, other: str) -> bool:
    """Return whether there is an ARN that both patterns match."""
    patterns, others = pattern.split(":", COLONS), other.split(":", COLONS)
    return len(patterns) == len(others) == COLONS + 1 and all(map(meets, patterns, others))


class _Part(NamedTuple):
    """The text between two stars, before the first one, or after the last one.

    Attributes:
        size: How many characters it matches.
        plain: The text; None if it has question marks.
        words: The texts between the question marks, with their positions.
    """

    size: int
    plain: str | None
    words: tuple[tuple[int, str], ...] = ()


class _Parts(NamedTuple):
    """A pattern, split at its stars.

    Attributes:
        least: The minimum number of characters of a text.
        first: The beginning of the text; all of it if there is no star.
        middle: What it contains, in this order.
        last: The end of the text; None if there is no star.
    """

    least: int
    first: _Part
    middle: tuple[_Part, ...]
    last: _Part | None


def _parts(pattern: str) -> _Parts:
    first, *rest = map(_part, pattern.split("*"))
    least = first.size + sum(part.size for part in rest)
    if not rest:
        return _Parts(least, first, (), None)
    *middle, last = rest
    return _Parts(least, first, tuple(part for part in middle if part.size), last)


def _part(text: str) -> _Part:
    if "?" not in text:
        return _Part(len(text), text_of_literal(text))
    words: list[tuple[int, str]] = []
    place = 0
    for word in text.split("?"):
        if word:
            words.append((place, text_of_literal(word)))
        place += len(word) + 1
    return _Part(len(text), None, tuple(words))


_LONG: Final = 256
parts_of: Final = lru_cache(maxsize=4096)(_parts)
_parts_of_long: Final = lru_cache(maxsize=8)(_parts)


def _matches(pattern: str, text: str, no: str = "") -> bool:
    """Return whether a pattern matches a text: each part between the stars is matched as early as possible.

    Args:
        pattern: The pattern.
        text: The text.
        no: A character that a question mark does not match; empty for none.
    """
    least, first, middle, last = parts_of(pattern) if len(pattern) <= _LONG else _parts_of_long(pattern)
    at, end = first.size, len(text)
    if least > end or (at and not _stands(first, text, 0, no)):
        return False
    if last is None:
        return at == end
    if last.size:
        end -= last.size
        if not _stands(last, text, end, no):
            return False
    for part in middle:
        at = _find(part, text, at, end, no)
        if at < 0:
            return False
        at += part.size
    return True


def _stands(part: _Part, text: str, at: int, no: str) -> bool:
    """Return whether a part matches at a position of a text that is long enough."""
    if part.plain is not None:
        return text.startswith(part.plain, at)
    if no and no in text[at : at + part.size]:
        return False
    return all(text.startswith(word, at + place) for place, word in part.words)


def _find(part: _Part, text: str, start: int, end: int, no: str) -> int:
    """Find the first position between start and end where a part matches; -1 for none."""
    if part.plain is not None:
        return text.find(part.plain, start, end)
    place, word = part.words[0] if part.words else (0, "")
    last = end - part.size
    while start <= last:
        found = text.find(word, start + place, end)
        start = found - place
        if found < 0 or start > last:
            break
        if _stands(part, text, start, no):
            return start
        start += 1
    return -1
