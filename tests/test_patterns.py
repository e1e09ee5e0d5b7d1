"""Wildcards: what a pattern matches, and which patterns another one covers."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmspolicy._language._patterns import covers, like, literal, text_of_literal

ALPHABET = st.text("ab", max_size=6)
PATTERNS = st.text("ab*?", max_size=6)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("", "", True),
        ("", "a", False),
        ("a", "a", True),
        ("a", "A", False),
        ("a", "ab", False),
        ("*", "", True),
        ("*", "anything\nat all", True),
        ("?", "", False),
        ("?", "*", True),
        ("??", "a", False),
        ("a*", "a", True),
        ("a*", "ba", False),
        ("*a", "ba", True),
        ("*a", "ab", False),
        ("a*a", "a", False),
        ("a*c*e", "abcde", True),
        ("a*c*e", "abcdef", False),
        ("*ab*ab*", "abab", True),
        ("*ab*ab*", "aba", False),
        ("a.c", "abc", False),
    ],
)
def test_what_a_pattern_matches(pattern: str, text: str, expected: bool) -> None:
    """A star is any characters or none, a question mark one; all else is itself, case-sensitively."""
    assert like(pattern, text) is expected


@given(PATTERNS, ALPHABET)
def test_patterns_are_regular_expressions(pattern: str, text: str) -> None:
    """The standard library agrees, wherever it is fast enough to ask."""
    expression = "".join({"*": ".*", "?": "."}.get(character, character) for character in pattern)
    assert like(pattern, text) is bool(re.fullmatch(expression, text, re.DOTALL))


@given(PATTERNS, PATTERNS, ALPHABET)
def test_what_covers_matches_as_much(pattern: str, other: str, text: str) -> None:
    """Where a pattern covers another one, it matches whatever that one matches."""
    if covers(pattern, other) and like(other, text):
        assert like(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "other", "expected"),
    [
        ("kms:*", "kms:Decrypt", True),
        ("kms:*", "kms:Gen*", True),
        ("kms:Gen*", "kms:*", False),
        ("kms:?", "kms:*", False),
        ("kms:*", "kms:?", True),
        ("kms:?", "kms:?", True),
        ("kms:*Key", "kms:Data*Key", True),
        ("kms:Data*Key", "kms:*Key", False),
        ("?*", "*?", False),  # they are the same: a no is not certain
        ("\ufdd2", "*", False),  # which stands for a star within the program
    ],
)
def test_what_a_pattern_covers(pattern: str, other: str, expected: bool) -> None:
    """A yes between patterns is certain."""
    assert covers(pattern, other) is expected


@given(st.text("ab*?\\.", max_size=6), ALPHABET)
def test_what_is_literal_is_no_wildcard(text: str, other: str) -> None:
    """A text made literal is a pattern that matches this text alone, beside wildcards too."""
    pattern = literal(text)
    assert like(pattern, text)
    assert like(f"*{pattern}?", f"{other}{text}a")
    assert like(pattern, other) is (text == other)
    assert text_of_literal(pattern) == text


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("*a" * 20 + "b", "a" * 1000),
        ("*" * 1000 + "b", "a" * 1000),
        ("*" + "a?" * 1000 + "b", "a" * 5000),
        ("a*" * 1000 + "?b?", "a" * 5000),
    ],
)
def test_no_pattern_takes_long(pattern: str, text: str) -> None:
    """A matcher that tries every way would not end."""
    assert not like(pattern, text)
    assert not covers(pattern, text)
