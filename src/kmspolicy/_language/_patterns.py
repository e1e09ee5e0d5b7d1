"""Wildcards as IAM has them: ``*`` stands for any characters, or none, and ``?`` for exactly one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource_wildcards.html
"""

from __future__ import annotations

import re
from typing import Final

# Characters that Unicode keeps free for such use within a program.
_STAR, _QUESTION, _ANY = "\ufdd0", "\ufdd1", "\ufdd2"
_HIDE: Final = {ord("*"): _STAR, ord("?"): _QUESTION}
_SHOW: Final = {ord(hidden): chr(shown) for shown, hidden in _HIDE.items()}


def literal(text: str) -> str:
    """Write a text for a pattern that matches only this text."""
    return text.translate(_HIDE)


def text_of_literal(pattern: str) -> str:
    """Take a pattern as text: what was made literal, and wildcards as the characters they are."""
    return pattern.translate(_SHOW)


def _expression(pattern: str, one: str) -> str:
    """Write a pattern as a regular expression that tries only the last ``*`` again."""
    parts = [
        one.join(map(re.escape, part.split("?"))).replace(_STAR, r"\*").replace(_QUESTION, r"\?")
        for part in pattern.split("*")
    ]
    if len(parts) == 1:
        return parts[0]
    first, *middle, last = parts
    return f"{first}{''.join(f'(?>.*?{part})' for part in middle if part)}.*{last}"


def like(pattern: str, text: str) -> bool:
    """Tell whether a pattern matches a text, case and all."""
    if "?" not in pattern and _STAR not in pattern and _QUESTION not in pattern:
        head, star, tail = pattern.partition("*")
        if not tail:
            return text.startswith(head) if star else text == head
    return re.fullmatch(_expression(pattern, "."), text, re.DOTALL) is not None


def covers(pattern: str, other: str) -> bool:
    """Tell whether a pattern matches whatever another one matches.

    A yes is certain; a no is not (``*?`` and ``?*`` are the same).
    """
    expression = _expression(pattern, f"[^{_ANY}]")
    return re.fullmatch(expression, other.replace("*", _ANY), re.DOTALL) is not None
