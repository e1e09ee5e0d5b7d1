"""Conditions: each operator, and each rule of the IAM guide about them, as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple

import pytest

from kmspolicy import Condition, Outcome, Policy, Principal, Request, Statement, decide
from kmspolicy._language._operators import OPERATORS, PARSED
from kmspolicy._language._variables import keys_of_variables

pytestmark = pytest.mark.filterwarnings("ignore::kmspolicy.errors.UnknownWordWarning")  # they ask of such

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
OPERATORS_PAGE = f"{GUIDE}reference_policies_elements_condition_operators.html"
SETS_PAGE = f"{GUIDE}reference_policies_condition-single-vs-multi-valued-context-keys.html"
VARIABLES_PAGE = f"{GUIDE}reference_policies_variables.html"
ROLE = "arn:aws:iam::111122223333:role/App"


def met(
    operator: str, values: Any, found: Any = None, *, version: str | None = "2012-10-17", **more: Any
) -> bool:
    """Return whether a condition on a key is met by a request that has this value of it, or does not have it."""
    context = {} if found is None else {"kms:EncryptionContext:k": found}
    statement = Statement(
        "Allow",
        principal=Principal.everyone(),
        action="kms:Decrypt",
        resource="*",
        condition=Condition(operator, "kms:EncryptionContext:k", values),
    )
    context |= {name.replace("__", ":"): value for name, value in more.items()}
    request = Request(ROLE, "kms:Decrypt", context)
    return decide(Policy([statement], version=version), request).outcome is Outcome.ALLOWED


CET = timezone(timedelta(hours=1))
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)

TABLE: dict[str, list[tuple[str, Any, Any, bool]]] = {
    f"{OPERATORS_PAGE}#Conditions_String": [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", ["b", "a"], "a", True),
        ("StringEquals", "", "", True),
        ("StringEquals", 90, "90", True),
        ("StringEquals", "true", True, True),
        ("StringEquals", "1.5", 1.5, True),
        ("StringNotEquals", "a", "a", False),
        ("StringNotEquals", "a", "A", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", ["a", "b"], "c", True),
        ("StringEqualsIgnoreCase", "aBc", "AbC", True),
        ("StringEqualsIgnoreCase", "a", "b", False),
        ("StringNotEqualsIgnoreCase", "a", "A", False),
        ("StringNotEqualsIgnoreCase", "a", "b", True),
        ("StringLike", "a*", "ab", True),
        ("StringLike", "a*", "AB", False),
        ("StringLike", "a?c", "abc", True),
        ("StringLike", "a?c", "ac", False),
        ("StringLike", "a", "ab", False),
        ("StringNotLike", "a*", "ab", False),
        ("StringNotLike", "a*", "b", True),
    ],
    f"{OPERATORS_PAGE}#Conditions_Numeric": [
        ("NumericEquals", "10", "10", True),
        ("NumericEquals", 10, "10", True),
        ("NumericEquals", "10", 10, True),
        ("NumericEquals", "10.0", 10, True),
        ("NumericEquals", "1e1", 10, True),
        ("NumericEquals", "+10", 10, True),
        ("NumericEquals", "0.1", 0.1, True),
        ("NumericEquals", "10000000000000000000000000000001", "10000000000000000000000000000002", False),
        ("NumericNotEquals", "10", 10, False),
        ("NumericNotEquals", "10", 11, True),
        ("NumericLessThan", "10", 9, True),
        ("NumericLessThan", "10", 10, False),
        ("NumericLessThan", "10", "9.5", True),
        ("NumericLessThan", "10", "-11", True),
        ("NumericLessThanEquals", "10", 10, True),
        ("NumericLessThanEquals", "10", 11, False),
        ("NumericGreaterThan", "10", 11, True),
        ("NumericGreaterThan", "10", 10, False),
        ("NumericGreaterThanEquals", "10", 10, True),
        ("NumericGreaterThanEquals", "10", 9, False),
        ("NumericLessThanEquals", "1546257599.0", datetime(2018, 12, 31, 11, 59, 59, tzinfo=UTC), True),
        ("NumericLessThanEquals", "1546257599.0", datetime(2018, 12, 31, 12, tzinfo=UTC), False),
    ],
    f"{OPERATORS_PAGE}#Conditions_Date": [
        ("DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", True),
        ("DateEquals", "2026-01-01T00:00:00Z", NEW_YEAR, True),
        ("DateEquals", "2026-01-01T01:00:00+01:00", NEW_YEAR, True),
        ("DateEquals", "2025-12-31T19:00:00-05:00", NEW_YEAR, True),
        ("DateEquals", "2026-01-01T00:00Z", NEW_YEAR, True),
        ("DateEquals", "2026-01-01", NEW_YEAR, True),
        ("DateEquals", "2026-01", NEW_YEAR, True),
        ("DateEquals", "2026", NEW_YEAR, True),
        ("DateEquals", "1767225600", NEW_YEAR, True),
        ("DateEquals", 1767225600, NEW_YEAR, True),
        ("DateEquals", "2026-01-01T00:00:00Z", 1767225600, True),
        ("DateEquals", 2026, "1970-01-01T00:33:46Z", True),  # a number is seconds, whatever its length
        ("DateEquals", "2026-01-01T00:00:00.25Z", "1767225600.25", True),
        ("DateEquals", "2026-01-01T00:00:00Z", datetime(2026, 1, 1, 1, tzinfo=CET), True),
        ("DateEquals", "1969-12-31T23:59:59.5Z", "-0.5", True),
        ("DateNotEquals", "2026-01-01T00:00:00Z", NEW_YEAR, False),
        ("DateNotEquals", "2026-01-02T00:00:00Z", NEW_YEAR, True),
        ("DateLessThan", "2026-01-01T00:00:01Z", NEW_YEAR, True),
        ("DateLessThan", "2026-01-01T00:00:00Z", NEW_YEAR, False),
        ("DateLessThanEquals", "2026-01-01T00:00:00Z", NEW_YEAR, True),
        ("DateLessThanEquals", "2025-12-31T23:59:59Z", NEW_YEAR, False),
        ("DateGreaterThan", "2025-12-31", NEW_YEAR, True),
        ("DateGreaterThan", "2026-01-01", NEW_YEAR, False),
        ("DateGreaterThanEquals", "2026-01-01", NEW_YEAR, True),
        ("DateGreaterThanEquals", "2026-01-02", NEW_YEAR, False),
    ],
    f"{OPERATORS_PAGE}#Conditions_Boolean": [
        ("Bool", "true", "true", True),
        ("Bool", True, "true", True),
        ("Bool", "true", True, True),
        ("Bool", "TRUE", "True", True),
        ("Bool", "false", False, True),
        ("Bool", "true", "false", False),
        ("Bool", ["true", "false"], "false", True),
    ],
    f"{OPERATORS_PAGE}#Conditions_BinaryEquals": [
        ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", True),
        ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5", False),
    ],
    f"{OPERATORS_PAGE}#Conditions_IPAddress": [
        ("IpAddress", "203.0.113.0/24", "203.0.113.7", True),
        ("IpAddress", "203.0.113.0/24", "203.0.114.7", False),
        ("IpAddress", "203.0.113.7", "203.0.113.7", True),
        ("IpAddress", "203.0.113.7", "203.0.113.8", False),
        ("IpAddress", "203.0.113.7/24", "203.0.113.8", True),
        ("IpAddress", ["192.0.2.0/24", "2001:DB8:1234:5678::/64"], "2001:db8:1234:5678::1", True),
        ("IpAddress", "2001:db8::/32", "2001:db9::1", False),
        ("IpAddress", "2001:db8::1", "2001:0db8:0:0::1", True),
        ("IpAddress", "0.0.0.0/0", "2001:db8::1", False),
        ("NotIpAddress", "203.0.113.0/24", "203.0.113.7", False),
        ("NotIpAddress", "203.0.113.0/24", "198.51.100.1", True),
    ],
    f"{OPERATORS_PAGE}#Conditions_ARN": [
        (operator, pattern, arn, expected is not operator.startswith("ArnNot"))
        for operator in ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike")
        for pattern, arn, expected in (
            ("arn:aws:s3:::bucket", "arn:aws:s3:::bucket", True),
            ("arn:aws:s3:::bucket", "arn:aws:s3:::Bucket", False),
            ("arn:aws:iam::*:role/App", "arn:aws:iam::111122223333:role/App", True),
            ("arn:aws:iam::1111*", "arn:aws:iam::111122223333:role/App", False),  # a part is missing
            ("arn:aws:*:role/App", "arn:aws:iam::111122223333:role/App", False),  # over a colon
            ("arn:aws:iam::111122223333:*", "arn:aws:iam::111122223333:role/a:b", True),
            (
                "arn:aws:logs:*:*:log-group:/app/*",
                "arn:aws:logs:eu-west-1:111122223333:log-group:/app/x:y",
                True,
            ),
            ("arn:aws:iam::11112222333?:role/App", "arn:aws:iam::111122223333:role/App", True),
            ("arn:*:iam::111122223333:role/App", "arn:aws-cn:iam::111122223333:role/App", True),
            ("*", "arn:aws:iam::111122223333:role/App", False),  # no ARN
            ("arn:aws:s3:::bucket", "bucket", False),
        )
    ],
    f"{OPERATORS_PAGE}#Conditions_IfExists": [
        ("StringEqualsIfExists", "a", None, True),
        ("StringEqualsIfExists", "a", "a", True),
        ("StringEqualsIfExists", "a", "b", False),
        ("StringNotEqualsIfExists", "a", None, True),
        ("StringNotEqualsIfExists", "a", "a", False),
        ("NumericLessThanIfExists", "10", None, True),
        ("NumericLessThanIfExists", "10", 11, False),
        ("BoolIfExists", "true", None, True),
        ("IpAddressIfExists", "203.0.113.0/24", None, True),
        ("ArnLikeIfExists", "arn:aws:s3:::b", None, True),
        ("DateLessThanIfExists", "2026", None, True),
        ("ForAnyValue:StringEqualsIfExists", "a", None, True),
        ("ForAnyValue:StringEqualsIfExists", "a", "b", False),
        ("ForAllValues:StringLikeIfExists", "a*", None, True),
    ],
    f"{OPERATORS_PAGE}#Conditions_Null": [
        ("Null", "true", None, True),
        ("Null", "true", "x", False),
        ("Null", "false", None, False),
        ("Null", "false", "x", True),
        ("Null", True, None, True),
        ("Null", "TRUE", None, True),
        ("Null", "true", [], True),
        ("Null", ["true", "false"], "x", True),
        ("Null", "yes", None, False),
    ],
    f"{OPERATORS_PAGE}: a key that is not in the request": [
        *(
            (operator, value, None, "Not" in operator)
            for operator, value in (
                ("StringEquals", "a"),
                ("StringNotEquals", "a"),
                ("StringEqualsIgnoreCase", "a"),
                ("StringNotEqualsIgnoreCase", "a"),
                ("StringLike", "*"),
                ("StringNotLike", "*"),
                ("NumericEquals", 1),
                ("NumericNotEquals", 1),
                ("NumericLessThan", 1),
                ("DateEquals", "2026"),
                ("DateNotEquals", "2026"),
                ("Bool", "false"),
                ("BinaryEquals", ""),
                ("IpAddress", "0.0.0.0/0"),
                ("NotIpAddress", "0.0.0.0/0"),
                ("ArnEquals", "arn:aws:s3:::b"),
                ("ArnNotEquals", "arn:aws:s3:::b"),
                ("ArnLike", "arn:aws:s3:::b"),
                ("ArnNotLike", "arn:aws:s3:::b"),
            )
        ),
    ],
    SETS_PAGE: [
        ("ForAnyValue:StringEquals", ["a", "b"], ["b", "c"], True),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "d"], False),
        ("ForAnyValue:StringEquals", "a", None, False),
        # An empty text is an empty set, but one of several values as any other.
        ("ForAnyValue:StringEquals", "", "", False),
        ("ForAnyValue:StringEqualsIfExists", "a", "", False),
        ("ForAllValues:StringEquals", "a", ["", "a"], False),
        ("ForAnyValue:StringNotEquals", "a", ["", "a"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAllValues:StringEquals", "a", None, True),
        ("ForAllValues:StringEquals", "a", [], True),
        ("ForAllValues:StringEquals", "a", "", True),
        ("ForAnyValue:StringNotEquals", ["a"], ["a", "b"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], False),
        ("ForAnyValue:StringNotEquals", ["a"], None, False),
        ("ForAllValues:StringNotEquals", ["a"], ["b", "c"], True),
        ("ForAllValues:StringNotEquals", ["a"], ["a", "c"], False),
        ("ForAllValues:StringNotEquals", ["a"], None, True),
        ("ForAllValues:NumericLessThan", "10", [1, 2], True),
        ("ForAnyValue:Bool", "true", ["false", "true"], True),
        ("ForAllValues:Null", "true", None, True),
        # Without a qualifier the guide demands a single value; of several, one must match, or none.
        ("StringEquals", "a", ["a", "b"], True),
        ("StringNotEquals", "a", ["a", "b"], False),
        ("StringNotEquals", "a", ["c", "b"], True),
    ],
    "Values that cannot be read match nothing, in the policy and in the request": [
        ("NumericEquals", "ten", "ten", False),
        ("NumericEquals", "10", "ten", False),
        ("NumericEquals", True, 1, False),
        ("NumericEquals", "1_000", 1000, False),
        ("NumericEquals", "0x10", 16, False),
        ("NumericEquals", "\u0661", 1, False),
        ("NumericEquals", "9" * 700, 1, False),
        ("NumericNotEquals", "ten", 10, True),
        ("DateEquals", "yesterday", NEW_YEAR, False),
        ("DateEquals", "2026-13-01", NEW_YEAR, False),
        ("DateEquals", "2026-02-30", NEW_YEAR, False),
        ("DateEquals", "0000", NEW_YEAR, False),
        ("DateEquals", "2026-00-00", NEW_YEAR, False),
        ("DateEquals", "2026-01-02T03:39:00+99:99", NEW_YEAR, False),
        ("DateEquals", "1767225600.0000000000", NEW_YEAR, False),  # more than nanoseconds
        ("DateEquals", "1e40", "1e40", False),
        ("DateEquals", "2026-01-01T00:00:00", NEW_YEAR, False),  # without a time zone
        ("DateEquals", "2026-01-01T25:00:00Z", NEW_YEAR, False),
        ("DateEquals", True, NEW_YEAR, False),
        ("DateGreaterThan", "0001-01-01T00:00:00+23:59", "0001-01-01", True),
        ("Bool", "yes", "yes", False),
        ("Bool", "true", "yes", False),
        ("Bool", 1, True, False),
        ("BinaryEquals", "?", "?", False),
        ("IpAddress", "203.0.113.0/33", "203.0.113.7", False),
        ("IpAddress", "203.0.113", "203.0.113.7", False),
        ("IpAddress", "203.0.113.0/024", "203.0.113.7", False),
        ("IpAddress", "203.0.113.0/255.255.255.0", "203.0.113.7", False),
        ("IpAddress", "203.0.113.0/24", "here", False),
        ("IpAddress", 1, "0.0.0.1", False),
        ("NotIpAddress", "here", "203.0.113.7", True),
        ("StringEquals", [], "a", False),
        ("StringNotEquals", [], "a", True),
    ],
    "Operators that do not exist are never met": [
        (operator, "a", found, False)
        for operator in (
            "stringEquals",
            "StringEqualsIfexists",
            "NullIfExists",
            "IfExistsStringEquals",
            "ForSomeValues:StringEquals",
            ":StringEquals",
            "ForAnyValue:",
            "ForAnyValue:ForAnyValue:StringEquals",
            "StringMatches",
            "",
        )
        for found in ("a", None)
    ],
}


@pytest.mark.parametrize(
    ("source", "operator", "values", "found", "expected"),
    [
        pytest.param(source, *row, id=f"{row[0]} {row[1]!r} with {row[2]!r}")
        for source, rows in TABLE.items()
        for row in rows
    ],
)
def test_conditions(source: str, operator: str, values: Any, found: Any, expected: bool) -> None:
    """Each row is what its page says, or, where it names no page, what the library promises."""
    assert met(operator, values, found) is expected, source


class Row(NamedTuple):
    """What is said of an operator."""

    name: str
    kind: str
    words: str


ROWS = [
    Row("StringEquals", "String", "is"),
    Row("StringNotEquals", "String", "is not"),
    Row("StringEqualsIgnoreCase", "String", "is, in any case,"),
    Row("StringNotEqualsIgnoreCase", "String", "is not, in any case,"),
    Row("StringLike", "String", "is like"),
    Row("StringNotLike", "String", "is not like"),
    Row("NumericEquals", "Numeric", "is"),
    Row("NumericNotEquals", "Numeric", "is not"),
    Row("NumericLessThan", "Numeric", "is less than"),
    Row("NumericLessThanEquals", "Numeric", "is at most"),
    Row("NumericGreaterThan", "Numeric", "is more than"),
    Row("NumericGreaterThanEquals", "Numeric", "is at least"),
    Row("DateEquals", "Date", "is"),
    Row("DateNotEquals", "Date", "is not"),
    Row("DateLessThan", "Date", "is before"),
    Row("DateLessThanEquals", "Date", "is at or before"),
    Row("DateGreaterThan", "Date", "is after"),
    Row("DateGreaterThanEquals", "Date", "is at or after"),
    Row("Bool", "Bool", "is"),
    Row("BinaryEquals", "Binary", "is"),
    Row("IpAddress", "IPAddress", "is in"),
    Row("NotIpAddress", "IPAddress", "is not in"),
    Row("ArnEquals", "ARN", "is like"),
    Row("ArnLike", "ARN", "is like"),
    Row("ArnNotEquals", "ARN", "is not like"),
    Row("ArnNotLike", "ARN", "is not like"),
    Row("Null", "Null", "is"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_is_said_of_each_operator(row: Row) -> None:
    """Its words and its name agree on whether it is negated and has wildcards."""
    operator = OPERATORS[row.name]
    assert Row(operator.name, operator.kind.name, operator.words) == row
    assert operator.negated is ("Not" in row.name) is (" not" in row.words)
    assert operator.comparison.wildcards is ("like" in row.words)
    assert operator.kind.variables is (row.kind in ("String", "ARN"))
    assert operator.comparison is OPERATORS[operator.same_as or row.name].comparison


def test_every_operator_is_tried() -> None:
    """It stands above, and in the table of what it compares."""
    assert [row.name for row in ROWS] == list(OPERATORS)
    assert all(PARSED.get(name) for name in OPERATORS)
    tried = {operator for rows in TABLE.values() for operator, *_ in rows}
    assert set(OPERATORS) <= tried


@pytest.mark.parametrize(
    ("value", "found", "expected"),
    [
        ("${aws:username}", "alice", True),
        ("${AWS:UserName}", "alice", True),
        ("home/${aws:username}/", "home/alice/", True),
        ("${aws:username}", "${aws:username}", False),
        ("${aws:username}${aws:PrincipalTag/team}", "alicered", True),
        ("${aws:PrincipalTag/none}", "", False),
        ("${aws:PrincipalTag/none}", "alice", False),
        ("${aws:PrincipalTag/none, 'company-wide'}", "company-wide", True),
        ("${aws:PrincipalTag/none,''}", "", True),
        ("${aws:PrincipalTag/team, 'company-wide'}", "red", True),
        ("${aws:CalledVia}", "a", False),  # a key with several values is not a variable
        ("${aws:CalledVia, 'x'}", "x", True),
        ("${aws:SourceAccount}", "1", False),  # two values where there should be one
        ("${*}", "*", True),
        ("${?}${$}", "?$", True),
        ("${$}{aws:username}", "${aws:username}", True),
        ("${aws:username", "${aws:username", False),  # no closing brace
        ("${}", "${}", False),
        ("${aws:user name}", "alice", False),
        ("$aws:username}", "$aws:username}", True),
    ],
)
def test_variables(value: str, found: str, expected: bool) -> None:
    """A variable stands for a value of the request; one that cannot be read or has no value matches nothing."""
    more: dict[str, Any] = {
        "aws__username": "alice",
        "aws__PrincipalTag/team": "red",
        "aws__CalledVia": ["a"],
        "aws__SourceAccount": ["1", "2"],
    }
    assert met("StringEquals", value, found, **more) is expected, VARIABLES_PAGE
    assert met("StringNotEquals", value, found, **more) is not expected


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("a", set[str]()),
        ("a-${AWS:UserName}-${aws:PrincipalTag/team}", {"aws:username", "aws:principaltag/team"}),
        ("${aws:username, 'a'}", {"aws:username"}),
        ("${*}${?}${$}", set[str]()),
        ("${aws:CalledVia, 'a'}", set[str]()),  # it has several values: the default stands there
        ("${aws:CalledVia}", None),
        ("${aws:username}${", None),
        ("${}", None),
    ],
)
def test_which_keys_a_text_depends_on(text: str, keys: set[str] | None) -> None:
    """Those of its variables; it matches nothing where one of them stands for nothing."""
    assert keys_of_variables(text) == keys, VARIABLES_PAGE


@pytest.mark.parametrize("version", [None, "2008-10-17", "2020-01-01"])
def test_variables_are_text_in_other_versions(version: str | None) -> None:
    """Variables came with the version 2012-10-17; without a Version a policy is of 2008-10-17."""
    assert met("StringEquals", "${aws:username}", "${aws:username}", version=version, aws__username="alice")
    assert not met("StringEquals", "${aws:username}", "alice", version=version, aws__username="alice")
    assert not met("StringLike", "${*}", "*", version=version)


@pytest.mark.parametrize(
    ("operator", "value", "username", "found", "expected"),
    [
        ("StringLike", "${aws:username}*", "a", "ab", True),
        (
            "StringLike",
            "${aws:username}",
            "*",
            "ab",
            False,
        ),  # a wildcard in a value of the request is a character
        ("StringLike", "${aws:username}", "*", "*", True),
        ("StringLike", "${*}b", "", "ab", False),
        ("StringEqualsIgnoreCase", "${aws:username}", "Alice", "ALICE", True),
        (
            "ArnLike",
            "arn:aws:iam::*:user/${aws:username}",
            "alice",
            "arn:aws:iam::111122223333:user/alice",
            True,
        ),
        (
            "ArnLike",
            "arn:aws:iam::*:user/${aws:username}",
            "bob",
            "arn:aws:iam::111122223333:user/alice",
            False,
        ),
        ("ArnLike", "arn:aws:s3:::${aws:username}", "a:b", "arn:aws:s3:::a:b", True),
        ("ArnLike", "${aws:username}", "arn:aws:s3:::b", "arn:aws:s3:::b", True),
        ("ArnLike", "${aws:username}", "arn:aws:s3:::*", "arn:aws:s3:::b", False),
        ("ArnLike", "arn:aws:s3:::${aws:PrincipalTag/none}", "a", "arn:aws:s3:::a", False),
        ("StringLike", "${aws:PrincipalTag/none}*", "a", "a", False),
        ("StringEqualsIgnoreCase", "${aws:PrincipalTag/none}", "a", "a", False),
        ("Bool", "${aws:username}", "true", "true", False),  # only texts and ARNs have variables
        ("NumericEquals", "${aws:username}", "1", "1", False),
    ],
)
def test_variables_beside_wildcards(
    operator: str, value: str, username: str, found: str, expected: bool
) -> None:
    """What a variable stands for is taken literally; only text and ARN operators have variables."""
    assert met(operator, value, found, aws__username=username) is expected, VARIABLES_PAGE


def test_all_conditions_must_be_met() -> None:
    """Several operators and several keys of one operator are joined by and; an empty block asks for nothing."""
    policy = Policy(
        Statement(
            "Allow",
            principal=Principal.everyone(),
            action="kms:Decrypt",
            resource="*",
            condition=Condition.from_dict(
                {"StringEquals": {"aws:a": "1", "aws:b": "2"}, "Bool": {"aws:c": "true"}, "StringLike": {}}
            ),
        )
    )
    whole: dict[str, Any] = {"aws:A": "1", "aws:b": "2", "aws:c": True}
    assert decide(policy, Request(ROLE, "kms:Decrypt", whole)).outcome is Outcome.ALLOWED
    for key in whole:
        less = {name: value for name, value in whole.items() if name != key}
        assert decide(policy, Request(ROLE, "kms:Decrypt", less)).outcome is Outcome.NOT_GRANTED
