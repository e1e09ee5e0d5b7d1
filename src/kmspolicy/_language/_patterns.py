"""Wildcards as IAM has them: ``*`` stands for any characters, or none, and ``?`` for exactly one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource_wildcards.html

Nothing is compiled and nothing is kept, so that thousands of patterns cost what each of them costs.
"""

from __future__ import annotations

from typing import Final

# Characters that Unicode keeps free for such use within a program.
_STAR, _QUESTION, _ANY = "\ufdd0", "\ufdd1", "\ufdd2"
_HIDE: Final = {ord("*"): _STAR, ord("?"): _QUESTION}
_SHOW: Final = {ord(hidden): chr(shown) for shown, hidden in _HIDE.items()}
_COLONS: Final = 5


def literal(text: str) -> str:
    """Write a text for a pattern that matches only this text."""
    return text.translate(_HIDE)


def text_of_literal(pattern: str) -> str:
    """Take a pattern as text: what was made literal, and wildcards as the characters they are."""
    return pattern.translate(_SHOW)


def has_wildcards(pattern: str) -> bool:
    """Return whether a pattern has a wildcard."""
    return "*" in pattern or "?" in pattern


def like(pattern: str, text: str) -> bool:
    """Return whether a pattern matches a text, case-sensitively."""
    if "?" not in pattern and _STAR not in pattern and _QUESTION not in pattern:
        head, star, tail = pattern.partition("*")
        if not tail:
            return text.startswith(head) if star else text == head
    return _matches(pattern, text, "")


def covers(pattern: str, other: str) -> bool:
    """Return whether a pattern matches all that another one matches.

    True is certain; False is not (``*?`` and ``?*`` are the same).
    """
    return pattern == other or _matches(pattern, other.replace("*", _ANY), _ANY)


def arn_like(pattern: str, text: str) -> bool:
    """Return whether a pattern matches an ARN part by part: no wildcard crosses one of the first five colons.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
    """
    patterns, parts = pattern.split(":", _COLONS), text.split(":", _COLONS)
    return len(patterns) == len(parts) == _COLONS + 1 and all(map(like, patterns, parts))


def arn_covers(pattern: str, other: str) -> bool:
    """Return whether an ARN pattern matches all that another one matches; True is certain."""
    patterns, parts = pattern.split(":", _COLONS), other.split(":", _COLONS)
    return pattern == other or (
        len(patterns) == len(parts) == _COLONS + 1 and all(map(covers, patterns, parts))
    )


def _matches(pattern: str, text: str, no: str) -> bool:
    """Match what stands between the stars, each at the first place where it can stand.

    Args:
        pattern: The pattern.
        text: The text.
        no: A character that a question mark does not match; empty for none.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return len(first) == len(text) and _stands(first, text, 0, no)
    *middle, last = rest
    at, end = len(first), len(text) - len(last)
    if at > end or not _stands(first, text, 0, no) or not _stands(last, text, end, no):
        return False
    for part in middle:
        at = _find(part, text, at, end, no)
        if at < 0:
            return False
        at += len(part)
    return True


def _stands(part: str, text: str, at: int, no: str) -> bool:
    """Return whether a part without stars stands at a place of a text that is long enough."""
    if "?" not in part:
        return text.startswith(text_of_literal(part), at)
    piece = text[at : at + len(part)]
    if no and no in piece and any(one == "?" and other == no for one, other in zip(part, piece, strict=True)):
        return False
    return all(piece.startswith(text_of_literal(word), place) for place, word in _words(part))


def _find(part: str, text: str, start: int, end: int, no: str) -> int:
    """Find the first place between start and end where a part without stars stands; -1 for none."""
    if "?" not in part:
        return text.find(text_of_literal(part), start, end)
    place, word = next(iter(_words(part)), (0, ""))
    last = end - len(part)
    while start <= last:
        found = text.find(text_of_literal(word), start + place, end)
        start = found - place
        if found < 0 or start > last:
            break
        if _stands(part, text, start, no):
            return start
        start += 1
    return -1


def _words(part: str) -> list[tuple[int, str]]:
    """List what stands between the question marks, with its place."""
    words: list[tuple[int, str]] = []
    place = 0
    for word in part.split("?"):
        if word:
            words.append((place, word))
        place += len(word) + 1
    return words
