"""Conditions that are met perhaps: what no guide settles, and values of which not everything is known."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmspolicy._language._operators import (
    NO_OPERATOR,
    OPERATORS,
    PARSED,
    Perhaps,
    _all,  # pyright: ignore[reportPrivateUsage]
    _any,  # pyright: ignore[reportPrivateUsage]
    _not,  # pyright: ignore[reportPrivateUsage]
    holds,
    verdict,
)
from kmspolicy._language._values import OneOf
from kmspolicy._language._variables import Facts

if TYPE_CHECKING:
    from kmspolicy._language._operators import Answer

NOT, SO = Perhaps.NOT, Perhaps.SO
FACTS = Facts({"aws:username": ("alice",)}, variables=True)

# --- three answers -----------------------------------------------------------------------------------

READ: dict[str, Any] = {"no": False, "perhaps, as no": NOT, "perhaps, as yes": SO, "yes": True}
ANSWERS: list[Answer] = [*READ.values()]


def could_be(answer: Answer) -> set[bool]:
    """Return what an answer may turn out to be."""
    return {True, False} if isinstance(answer, Perhaps) else {answer}


def reading(answer: Answer) -> bool:
    """Return how an answer is read."""
    return answer.value if isinstance(answer, Perhaps) else answer


@pytest.mark.parametrize("answers", [answers for size in range(4) for answers in product(READ, repeat=size)])
def test_answers_are_joined_as_what_they_may_be(answers: tuple[str, ...]) -> None:
    """Any and all of up to three: certain where every reading agrees, and read as they are read."""
    given = [READ[name] for name in answers]
    for join, plain in ((_any, any), (_all, all)):
        joined = join(given)
        assert could_be(joined) == {plain(each) for each in product(*map(could_be, given))}
        assert reading(joined) is plain(map(reading, given))


@pytest.mark.parametrize(("answer", "opposite"), [*zip(ANSWERS, reversed(ANSWERS), strict=True)], ids=READ)
def test_the_opposite_of_an_answer(answer: Answer, opposite: Answer) -> None:
    """Perhaps stays perhaps."""
    assert _not(answer) is opposite


# --- what no guide settles ---------------------------------------------------------------------------

UNSETTLED: dict[str, tuple[str, list[Any], list[Any], Answer]] = {
    # What cannot be read, in the policy or in the request.
    "a number that is none": ("NumericEquals", ["ten"], ["10"], NOT),
    "a number that is none in the request": ("NumericLessThan", ["10"], ["ten"], NOT),
    "not a number that is none": ("NumericNotEquals", ["ten"], ["10"], SO),
    "one of several numbers is none": ("NumericEquals", ["ten", "10"], ["10"], True),
    "one of several numbers is none, negated": ("NumericNotEquals", ["ten", "10"], ["10"], False),
    "a date that is none": ("DateGreaterThan", ["soon"], ["2026-01-01T00:00:00Z"], NOT),
    "not a date that is none": ("DateNotEquals", ["soon"], ["2026-01-01T00:00:00Z"], SO),
    "a boolean that is none": ("Bool", ["yes"], ["true"], NOT),
    "a network that is none": ("IpAddress", ["here"], ["203.0.113.7"], NOT),
    "not a network that is none": ("NotIpAddress", ["here"], ["203.0.113.7"], SO),
    "an address that is none": ("NotIpAddress", ["203.0.113.0/24"], ["here"], SO),
    "bytes that are none": ("BinaryEquals", ["?"], ["QQ=="], NOT),
    # ARN patterns that are not ARNs.
    "any ARN": ("ArnLike", ["*"], ["arn:aws:iam::1:user/a"], NOT),
    "not any ARN": ("ArnNotLike", ["*"], ["arn:aws:iam::1:user/a"], SO),
    "over a colon": ("ArnLike", ["arn:aws:*:user/a"], ["arn:aws:iam::1:user/a"], NOT),
    "no ARN that does not match": ("ArnLike", ["b*"], ["arn:aws:iam::1:user/a"], False),
    "no ARN in the request": ("ArnEquals", ["bucket"], ["bucket"], NOT),
    # Variables without a value.
    "a variable without a value": ("StringEquals", ["${aws:PrincipalTag/no}"], ["a"], NOT),
    "not a variable without a value": ("StringNotEquals", ["${aws:PrincipalTag/no}"], ["a"], SO),
    "a variable without a value, in an ARN": (
        "ArnLike",
        ["arn:aws:iam::1:user/${aws:PrincipalTag/no}"],
        ["arn:aws:iam::1:user/a"],
        NOT,
    ),
    "a variable with one": ("StringEquals", ["${aws:username}"], ["alice"], True),
    # Presence, and sets.
    "presence that is neither": ("Null", ["perhaps"], ["a"], NOT),
    "presence that is neither, or yes": ("Null", ["perhaps", "false"], ["a"], True),
    "presence": ("Null", ["false"], ["a"], True),
    "absence": ("Null", ["true"], [], True),
    "absence of what is there": ("Null", ["true"], ["a"], False),
    "any value of an absent key, if it exists": ("ForAnyValue:StringEqualsIfExists", ["a"], [], SO),
    "each value of an absent key, if it exists": ("ForAllValues:StringEqualsIfExists", ["a"], [], True),
    "any value of an absent key": ("ForAnyValue:StringEquals", ["a"], [], False),
    "an absent key, if it exists": ("StringEqualsIfExists", ["a"], [], True),
    "an absent key, negated": ("StringNotEquals", ["a"], [], True),
    "an absent key": ("StringEquals", ["a"], [], False),
    "each value, one not to be read": ("ForAllValues:NumericEquals", ["1"], ["1", "x"], NOT),
    "each value, one wrong and one not to be read": ("ForAllValues:NumericEquals", ["1"], ["2", "x"], False),
    "any value, one not to be read": ("ForAnyValue:NumericEquals", ["1"], ["2", "x"], NOT),
    "any value, one right": ("ForAnyValue:NumericEquals", ["1"], ["1", "x"], True),
    "any value, negated, one not to be read": ("ForAnyValue:NumericNotEquals", ["1"], ["1", "x"], SO),
    "an empty text under any value": ("ForAnyValue:StringEquals", [""], [""], False),
    "an empty text under each value": ("ForAllValues:StringEquals", ["a"], [""], True),
}


@pytest.mark.parametrize(("operator", "values", "found", "expected"), UNSETTLED.values(), ids=UNSETTLED)
def test_what_no_guide_settles(operator: str, values: list[Any], found: list[Any], expected: Answer) -> None:
    """What cannot be compared is read as no match, and a negated operator as met.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
    """
    assert verdict(PARSED[operator], values, found, FACTS) is expected
    assert holds(PARSED[operator], values, found, FACTS) is reading(expected)


@pytest.mark.parametrize(("found", "expected"), [(["a"], False), ([], False)], ids=["present", "absent"])
def test_what_is_no_operator(found: list[Any], expected: Answer) -> None:
    """It is never met, in no reading of its own: a statement under it is for who looks at both."""
    assert verdict(NO_OPERATOR, ["a"], found, FACTS) is expected


# --- values of which not everything is known ---------------------------------------------------------

PLAIN = "arn:aws:iam::1:role/App"
ROLE = OneOf((PLAIN, "arn:aws:iam::1:role/?*/App"), PLAIN)

MATCHES: dict[str, list[tuple[str, Answer]]] = {
    "StringEquals": [
        (PLAIN, SO),
        ("arn:aws:iam::1:role/team/App", NOT),
        ("arn:aws:iam::1:role/Other", False),
        ("arn:aws:iam::1:role/*/App", NOT),  # the path may hold such letters
        ("arn:aws:iam::1:role/App*", False),
        (PLAIN.lower(), False),
        ("${aws:PrincipalTag/no}", NOT),
    ],
    "StringEqualsIgnoreCase": [
        (PLAIN.upper(), SO),
        ("arn:aws:iam::1:role/Team/app", NOT),
        ("arn:aws:iam::1:role/other", False),
    ],
    "StringLike": [
        ("*", True),
        ("arn:aws:iam::1:role/*App", True),
        ("*/App", True),
        ("arn:aws:iam::1:role/App", SO),
        ("arn:aws:iam::1:role/???", SO),
        ("arn:aws:iam::1:role/team/*", NOT),
        ("arn:aws:iam::1:role/*/App", NOT),
        ("arn:aws:iam::2:*", False),
        ("*/Other", False),
        ("*:role/${aws:username}/*", NOT),
        ("arn:aws:iam::1:user/${aws:username}/*", False),
    ],
    "ArnLike": [
        ("arn:aws:iam::1:role/*", True),
        ("arn:*:iam::*:role/*App", True),
        ("arn:aws:iam::1:role/App", SO),
        ("arn:aws:iam::1:role/team/App", NOT),
        ("arn:aws:iam::2:role/*", False),
        ("arn:aws:iam::1:user/*", False),
        ("*", NOT),  # no ARN
        ("arn:aws:iam::1*", NOT),
        ("arn:aws:*:role/App", NOT),
        ("x*", False),
    ],
    "NumericEquals": [("1", NOT)],
    "DateLessThan": [("2026", NOT)],
    "Bool": [("true", NOT)],
    "BinaryEquals": [("QQ==", NOT)],
    "IpAddress": [("0.0.0.0/0", NOT)],
}
NEGATED = {
    "StringEquals": "StringNotEquals",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "StringLike": "StringNotLike",
    "ArnLike": "ArnNotLike",
    "NumericEquals": "NumericNotEquals",
    "IpAddress": "NotIpAddress",
}
SAME = {"ArnLike": "ArnEquals", "ArnNotLike": "ArnNotEquals"}
ROWS = [(operator, value, expected) for operator, rows in MATCHES.items() for value, expected in rows]


@pytest.mark.parametrize(("operator", "value", "expected"), ROWS)
def test_a_role_whose_path_is_not_known(operator: str, value: str, expected: Answer) -> None:
    """Certain where the path does not matter; else read as if there were none.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
    """
    assert verdict(PARSED[operator], [value], [ROLE], FACTS) is expected
    if operator in NEGATED:
        negated = NEGATED[operator]
        assert verdict(PARSED[negated], [value], [ROLE], FACTS) is _not(expected)
        for name, opposite in ((operator, expected), (negated, _not(expected))):
            if name in SAME:
                assert verdict(PARSED[SAME[name]], [value], [ROLE], FACTS) is opposite


def test_every_operator_is_asked_of_such_a_role() -> None:
    """But presence, and the other comparisons of numbers and dates, which read values as the one here does."""
    asked = {*MATCHES, *NEGATED.values(), *SAME.values()}
    left = {name for name in OPERATORS if name not in asked}
    assert all(name.startswith(("Numeric", "Date", "Null")) for name in left)


def test_such_a_role_is_there() -> None:
    """Its key is present, whatever its path."""
    assert verdict(PARSED["Null"], ["false"], [ROLE], FACTS) is True
    assert verdict(PARSED["Null"], ["true"], [ROLE], FACTS) is False


@given(
    st.text("ab*?/", max_size=8),
    st.text("ab", min_size=1, max_size=3),
    st.text("ab/", max_size=3),
    st.sampled_from(["StringLike", "StringNotLike", "StringEquals", "StringNotEquals"]),
)
def test_what_is_certain_holds_for_every_path(pattern: str, name: str, path: str, operator: str) -> None:
    """Yes and no are right of the role without a path, and of the role under any."""
    role = OneOf((name, f"?*/{name}"), name)
    answer = verdict(PARSED[operator], [pattern], [role], FACTS)
    assert reading(answer) is holds(PARSED[operator], [pattern], [name], FACTS)
    if path and not isinstance(answer, Perhaps):
        assert answer is holds(PARSED[operator], [pattern], [f"{path}/{name}"], FACTS)
