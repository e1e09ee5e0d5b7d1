"""Wildcards: what a pattern matches, and which patterns another one covers."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmspolicy._language._patterns import arn_covers, arn_meets, covers, like, literal, meets, text_of_literal

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
        ("*a?b*", "aaxaxb", True),  # not where the first a stands
        ("*a?b*", "aac", False),
        ("*a?b*", "xxx", False),
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


def words(letters: str, longest: int) -> list[str]:
    """List all texts of some letters that are no longer than this."""
    return ["".join(word) for size in range(longest + 1) for word in product(letters, repeat=size)]


def test_patterns_meet_where_they_match_a_text_in_common() -> None:
    """All short patterns by all others: what they have in common is found in texts twice as long, or nowhere."""
    matched = {
        pattern: frozenset(text for text in words("ab", 6) if like(pattern, text))
        for pattern in words("ab*?", 3)
    }
    for pattern, texts in matched.items():
        for other, others in matched.items():
            assert meets(pattern, other) is bool(texts & others), (pattern, other)


def test_patterns_meet_where_no_wildcard_of_the_other_matches_a_colon() -> None:
    """All short patterns by all others: what they have in common is among the texts that regular expressions match."""
    texts = words("a:", 6)
    for other in words("a:*?", 3):
        expression = other.replace("*", "[^:]*").replace("?", "[^:]")
        others = [text for text in texts if re.fullmatch(expression, text)]
        for pattern in words("a:*?", 3):
            in_common = any(like(pattern, text) for text in others)
            assert meets(pattern, other, within_parts=True) is in_common, (pattern, other)


@given(PATTERNS, PATTERNS, ALPHABET)
def test_what_two_patterns_match_they_have_in_common(pattern: str, other: str, text: str) -> None:
    """Of longer patterns, too; which of them comes first makes no difference."""
    assert meets(pattern, other) is meets(other, pattern)
    if like(pattern, text) and like(other, text):
        assert meets(pattern, other)


@pytest.mark.parametrize(
    ("pattern", "other", "expected"),
    [
        ("a\ufdd0", "a?", True),  # a literal star is one character
        ("a\ufdd0", "ab", False),
        ("a\ufdd0", "a\ufdd0", True),
        ("\ufdd1", "?", True),
        ("\ufdd1", "b", False),
        ("*" * 1000 + "a", "b*", True),
        ("*" * 1000 + "a", "b", False),
    ],
)
def test_literal_wildcards_meet_as_characters(pattern: str, other: str, expected: bool) -> None:
    """What was made literal is the character it is, and stars in a row are one."""
    assert meets(pattern, other) is expected
    assert meets(other, pattern) is expected


@pytest.mark.parametrize(
    ("pattern", "other", "expected"),
    [
        ("arn:aws:iam::1:role/*", "arn:aws:iam::*:role/App", True),
        ("arn:aws:iam::1:role/a", "arn:aws:iam::1:role/?", True),
        ("arn:*:iam::1:role/a", "arn:aws:sts::1:role/a", False),
        ("arn:aws:iam::1:role/a", "arn:aws:iam::2:role/a", False),
        ("arn:aws:*:role/a", "arn:aws:iam::1:role/a", False),  # over a colon
        ("*", "arn:aws:iam::1:role/a", False),  # no ARN
    ],
)
def test_arn_patterns_meet_part_by_part(pattern: str, other: str, expected: bool) -> None:
    """Where each of the six parts has a text in common; so it is covered only then."""
    assert arn_meets(pattern, other) is expected
    assert arn_meets(other, pattern) is expected
    assert expected or not arn_covers(pattern, other)


@pytest.mark.parametrize(
    ("pattern", "other", "expected"),
    [
        ("*", "*", True),
        ("arn:aws:iam::*:role/*", "arn:aws:iam::1:role/x*", True),
        ("arn:aws:iam::1:role/x*", "arn:aws:iam::*:role/*", False),
        ("*", "arn:aws:iam::1:role/x", False),
    ],
)
def test_arn_patterns_cover_part_by_part(pattern: str, other: str, expected: bool) -> None:
    """The same pattern in any case, even one that is not an ARN."""
    assert arn_covers(pattern, other) is expected


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
    assert not meets(pattern, text)
    assert meets(pattern, f"{text}*b*")
