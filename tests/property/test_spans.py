"""Laws of what values of conditions reach: nothing is called covered that a request can tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hypothesis import event, given
from hypothesis import strategies as st

from kmspolicy._language._operators import OPERATORS, Perhaps
from kmspolicy._language._variables import Facts

if TYPE_CHECKING:
    from kmspolicy._language._operators import Answer, Operator

TEXTS: Final = st.one_of(
    st.text("aAbB*?:\u0130\u0131\u017f\u212a", max_size=4),
    st.sampled_from(["", "*", "${", "${aws:username}", "\ufdd0", "kms", "KMS", "\u212aMS"]),
)
ARNS: Final = st.one_of(
    TEXTS,
    st.builds("arn:{}:{}:{}".format, *[st.sampled_from(["aws", "a*", "*", "?", "", "a:b:c"])] * 3),
    st.lists(st.sampled_from(["arn", "aws", "*", "a*", "", "a"]), min_size=6, max_size=7).map(":".join),
)
NUMBERS: Final = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([0.5, -0.5, 1.0, 1e3, "1.0", "+1", "-0", "1e0", "1.5", "ten", "", True]),
    st.decimals(-3, 3, places=1).map(str),
)
DATES: Final = st.one_of(
    NUMBERS,
    st.sampled_from(["1970", "1970-01", "1970-01-01T00:00:01Z", "1970-01-01T01:00:01+01:00", "1970-01-01T00:00:00.5Z"]),
)  # fmt: skip
BOOLEANS: Final = st.sampled_from([True, False, "true", "TRUE", "false", "False", "", "yes"])
ADDRESSES: Final = st.one_of(
    st.builds("{}/{}".format, st.sampled_from(["10.0.0.0", "10.1.2.3", "10.1.0.0"]), st.integers(0, 33)),
    st.builds("{}/{}".format, st.sampled_from(["::", "2001:db8::1", "2001:DB8::"]), st.integers(0, 129)),
    st.sampled_from(["10.1.2.3", "2001:db8::1", "::ffff:10.1.2.3", "here", ""]),
)
VALUES: Final[dict[str, st.SearchStrategy[Any]]] = {
    "String": TEXTS,
    "ARN": ARNS,
    "Numeric": NUMBERS,
    "Date": DATES,
    "Bool": BOOLEANS,
    "Binary": st.sampled_from(["", "eA==", "eQ==", "?"]),
    "IPAddress": ADDRESSES,
    "Null": BOOLEANS,
}
LEVELS: Final[list[Answer]] = [False, Perhaps.NOT, Perhaps.SO, True]
NO_FACTS: Final = Facts({"aws:username": ("a",)}, variables=True)


@st.composite
def two_operators(draw: st.DrawFn) -> tuple[Operator, Operator]:
    """Draw an operator, and mostly another one of its kind."""
    one = draw(st.sampled_from(list(OPERATORS.values())))
    alike = [operator for operator in OPERATORS.values() if operator.kind == one.kind]
    return one, draw(st.sampled_from(draw(st.sampled_from([alike, alike, list(OPERATORS.values())]))))


@given(two_operators(), st.data())
def test_what_is_within_meets_nothing_else(operators: tuple[Operator, Operator], data: Any) -> None:
    """Whatever value of a request meets the one meets the other: for certain, or in the reading that is usual."""
    one, other = operators
    narrow, wide = data.draw(VALUES[one.kind.name]), data.draw(VALUES[other.kind.name])
    reach, span = one.comparison.reach(narrow), other.comparison.reach(wide)
    within = reach is not None and span is not None and reach.within(span)
    event(f"within: {within}, {one.kind.name}")
    if within:
        for found in (narrow, wide, *data.draw(st.lists(VALUES[one.kind.name], max_size=6))):
            first, second = (
                operator.comparison.match(value, found, NO_FACTS)
                for operator, value in ((one, narrow), (other, wide))
            )
            assert LEVELS.index(first) <= LEVELS.index(second)
