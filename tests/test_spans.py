"""What the values of conditions reach, and when all that one reaches is reached by another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from kmspolicy._language._operators import OPERATORS

if TYPE_CHECKING:
    from kmspolicy._language._spans import Span


class Two(NamedTuple):
    """Two values, each under its operator."""

    name: str
    narrow: tuple[str, Any]
    wide: tuple[str, Any]


WITHIN = [
    Two("the same text", ("StringEquals", "a"), ("StringEquals", "a")),
    Two("a star that is text", ("StringEquals", "a*"), ("StringEquals", "a*")),
    Two("a text and a pattern", ("StringEquals", "ab"), ("StringLike", "a*")),
    Two("the empty text and a star", ("StringEquals", ""), ("StringLike", "*")),
    Two("two patterns", ("StringLike", "ab*"), ("StringLike", "a*")),
    Two("a pattern without wildcards", ("StringLike", "a"), ("StringEquals", "a")),
    Two("a text and the same in any case", ("StringEquals", "A"), ("StringEqualsIgnoreCase", "a")),
    Two("two texts in any case", ("StringEqualsIgnoreCase", "AB"), ("StringEqualsIgnoreCase", "aB")),
    Two("any case and a star", ("StringEqualsIgnoreCase", "a"), ("StringLike", "*")),
    Two("two ARN patterns", ("ArnLike", "arn:aws:s3:::a*"), ("ArnLike", "arn:aws:s3:::*")),
    Two("ArnEquals, which is ArnLike", ("ArnEquals", "arn:aws:s3:::a"), ("ArnLike", "arn:*:s3:::a")),
    Two("the same number, written differently", ("NumericEquals", "1.0"), ("NumericEquals", 1)),
    Two("a number and a limit", ("NumericEquals", 1), ("NumericLessThanEquals", 1)),
    Two("a limit within its closed one", ("NumericLessThan", 1), ("NumericLessThanEquals", 1)),
    Two("two upper limits", ("NumericLessThanEquals", 1), ("NumericLessThan", "1.5")),
    Two("two lower limits", ("NumericGreaterThan", 2), ("NumericGreaterThanEquals", "2.0")),
    Two("a date and a limit", ("DateEquals", "2026-01-01"), ("DateGreaterThanEquals", "2026")),
    Two("dates in two time zones", ("DateEquals", "2026-01-01T01:00:00+01:00"), ("DateEquals", "2026")),
    Two("two networks", ("IpAddress", "10.1.0.0/16"), ("IpAddress", "10.0.0.0/8")),
    Two("an address and its network", ("IpAddress", "10.1.2.3"), ("IpAddress", "10.1.2.3/24")),
    Two("two networks of version 6", ("IpAddress", "2001:db8:1::/48"), ("IpAddress", "2001:DB8::/32")),
]
NOT_WITHIN = [
    Two("another text", ("StringEquals", "a"), ("StringEquals", "A")),
    Two("a wildcard and a text", ("StringLike", "a*"), ("StringEquals", "a*")),
    Two("a star and the empty text", ("StringLike", "*"), ("StringEquals", "")),
    Two("a pattern and a narrower one", ("StringLike", "a*"), ("StringLike", "ab*")),
    Two("any case and one of them", ("StringEqualsIgnoreCase", "a"), ("StringEquals", "a")),
    Two("any case and a pattern of one case", ("StringEqualsIgnoreCase", "ab"), ("StringLike", "a*")),
    Two("a pattern and any case", ("StringLike", "a*"), ("StringEqualsIgnoreCase", "a*")),
    Two("a text and an ARN pattern", ("StringEquals", "arn:aws:s3:::a"), ("ArnLike", "arn:aws:s3:::*")),
    Two("an ARN pattern and a star", ("ArnLike", "arn:aws:s3:::a"), ("StringLike", "*")),
    Two("a wildcard across colons", ("ArnLike", "arn:aws:s3:a:b:c"), ("ArnLike", "arn:aws:s3:*")),
    Two("a number and an open limit", ("NumericEquals", 1), ("NumericLessThan", 1)),
    Two("a closed limit and its open one", ("NumericLessThanEquals", 1), ("NumericLessThan", 1)),
    Two("a closed lower limit and its open one", ("NumericGreaterThanEquals", 1), ("NumericGreaterThan", 1)),
    Two("an upper limit and a lower one", ("NumericLessThan", 1), ("NumericGreaterThan", 1)),
    Two("a limit and a number", ("NumericLessThanEquals", 1), ("NumericEquals", 1)),
    Two("a number and a date", ("NumericEquals", 0), ("DateEquals", 0)),
    Two("a number and a text", ("NumericEquals", 1), ("StringEquals", "1")),
    Two("a network and one of its addresses", ("IpAddress", "10.0.0.0/8"), ("IpAddress", "10.0.0.0")),
    Two("networks of two versions", ("IpAddress", "10.0.0.0/8"), ("IpAddress", "::/0")),
    Two("a network and a text", ("IpAddress", "10.0.0.0/8"), ("StringLike", "*")),
]


def span(operator: str, value: Any) -> Span:
    """Return what a value reaches."""
    reach = OPERATORS[operator].comparison.reach(value)
    assert reach is not None
    return reach


@pytest.mark.parametrize("row", WITHIN, ids=lambda row: row.name)
def test_what_is_within(row: Two) -> None:
    """All that the one reaches is reached by the other one."""
    assert span(*row.narrow).within(span(*row.wide))


@pytest.mark.parametrize("row", NOT_WITHIN, ids=lambda row: row.name)
def test_what_is_not_within(row: Two) -> None:
    """Something is reached by the one alone, or it is not shown that there is nothing."""
    assert not span(*row.narrow).within(span(*row.wide))


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("StringEquals", "${aws:username}"),
        ("StringEqualsIgnoreCase", "a${"),
        ("StringLike", "${*}"),
        ("ArnLike", "arn:aws:s3:::${aws:username}"),
        ("NumericEquals", "ten"),
        ("NumericLessThan", True),
        ("DateEquals", "yesterday"),
        ("IpAddress", "here"),
        ("Bool", "true"),
        ("BinaryEquals", "eA=="),
        ("Null", "true"),
    ],
    ids=str,
)
def test_what_reaches_nothing_that_is_known(operator: str, value: Any) -> None:
    """Variables, what cannot be read, and what has no order: only the same value reaches as far."""
    assert OPERATORS[operator].comparison.reach(value) is None
