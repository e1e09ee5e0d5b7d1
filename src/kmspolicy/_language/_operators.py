"""The condition operators, one row each: what it compares, how, and what it says.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html

A value that cannot be read matches nothing, so that a negated operator is met by whatever is compared with it.
"""

from __future__ import annotations

from operator import eq, ge, gt, le, lt
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from kmspolicy._language._patterns import arn_like, like, text_of_literal
from kmspolicy._language._spans import (
    between,
    by_arn_pattern,
    by_pattern,
    exactly,
    in_any_case,
    in_network,
    nothing_known,
)
from kmspolicy._language._values import (
    address,
    date_token,
    instant,
    network,
    network_token,
    number,
    number_token,
    octets,
    odd_token,
    text_of,
    text_token,
    truth,
    truth_token,
)
from kmspolicy._language._variables import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kmspolicy._language._aliases import ContextValue
    from kmspolicy._language._spans import Span
    from kmspolicy._language._values import Token, Value
    from kmspolicy._language._variables import Facts

    Match: TypeAlias = Callable[[Value, ContextValue, Facts], bool]

# --- comparing one value of the policy with one of the request ---------------------------------------


def _by_text(compare: Callable[[str, str], bool]) -> Match:
    """Compare texts, the policy's with its variables put in."""

    def compared(value: Value, found: ContextValue, facts: Facts) -> bool:
        text = expand(text_of(value), facts)
        return text is not None and compare(text, text_of(found))

    return compared


def _same_text(text: str, found: str) -> bool:
    return text_of_literal(text) == found


def _same_text_in_any_case(text: str, found: str) -> bool:
    return text_of_literal(text).lower() == found.lower()


def _by(read: Callable[[ContextValue], Any], compare: Callable[[Any, Any], bool]) -> Match:
    """Compare what both values stand for, the request's first."""

    def compared(value: Value, found: ContextValue, _: Facts) -> bool:
        left, right = read(found), read(value)
        return left is not None and right is not None and compare(left, right)

    return compared


def _in_network(value: Value, found: ContextValue, _: Facts) -> bool:
    left, right = address(found), network(value)
    return left is not None and right is not None and left in right


def _never(_: Value, __: ContextValue, ___: Facts) -> bool:
    """Compare presence, which is not a matter of values."""
    return False


# --- the table ---------------------------------------------------------------------------------------


class Comparison(NamedTuple):
    """A way to compare a value of the policy with one of the request.

    Attributes:
        match: Returns whether they match.
        reach: Tells all that a value of the policy matches; None where that is not known.
        wildcards: Whether ``*`` and ``?`` are wildcards in the value of the policy.
    """

    match: Match
    reach: Callable[[Value], Span | None] = nothing_known
    wildcards: bool = False


class Kind(NamedTuple):
    """What an operator compares.

    Attributes:
        name: As the IAM guide names it.
        token: Writes a value in the one spelling of all that mean the same.
        read: Reads a value, None for one that cannot be read; None where every text can be compared.
        variables: Whether policy variables may stand in its values.
    """

    name: Literal["String", "Numeric", "Date", "Bool", "Binary", "IPAddress", "ARN", "Null", "None"]
    token: Callable[[Value], Token]
    read: Callable[[Value], object] | None = None
    variables: bool = False


class Operator(NamedTuple):
    """A condition operator.

    Attributes:
        name: Its name; the case of its letters matters.
        kind: What it compares.
        words: What it says, between the key and the values.
        comparison: How it compares.
        negated: Whether it asks that none of the values of the policy matches.
        same_as: The name of the operator that means the same; empty for none.
    """

    name: str
    kind: Kind
    words: str
    comparison: Comparison
    negated: bool = False
    same_as: str = ""


def _ordered(read: Callable[[Any], Any]) -> dict[str, Comparison]:
    """Return the ways to compare what has an order."""
    return {
        "==": Comparison(_by(read, eq), between(read, low=True, high=True, closed=True)),
        "<": Comparison(_by(read, lt), between(read, high=True)),
        "<=": Comparison(_by(read, le), between(read, high=True, closed=True)),
        ">": Comparison(_by(read, gt), between(read, low=True)),
        ">=": Comparison(_by(read, ge), between(read, low=True, closed=True)),
    }


_SAME: Final = Comparison(_by_text(_same_text), exactly)
_SAME_IN_ANY_CASE: Final = Comparison(_by_text(_same_text_in_any_case), in_any_case)
_LIKE: Final = Comparison(_by_text(like), by_pattern, wildcards=True)
_ARN_LIKE: Final = Comparison(_by_text(arn_like), by_arn_pattern, wildcards=True)
_NETWORK: Final = Comparison(_in_network, in_network)
_NUMBER: Final = _ordered(number)
_TIME: Final = _ordered(instant)

_STRING: Final = Kind("String", text_token, variables=True)
_NUMERIC: Final = Kind("Numeric", number_token, number)
_DATE: Final = Kind("Date", date_token, instant)
_BOOL: Final = Kind("Bool", truth_token, truth)
_BINARY: Final = Kind("Binary", odd_token)
_ADDRESS: Final = Kind("IPAddress", network_token, network)
_ARN: Final = Kind("ARN", text_token, variables=True)
_NULL: Final = Kind("Null", truth_token, truth)

OPERATORS: Final[Mapping[str, Operator]] = {
    operator.name: operator
    for operator in (
        Operator("StringEquals", _STRING, "is", _SAME),
        Operator("StringNotEquals", _STRING, "is not", _SAME, negated=True),
        Operator("StringEqualsIgnoreCase", _STRING, "is, in any case,", _SAME_IN_ANY_CASE),
        Operator(
            "StringNotEqualsIgnoreCase", _STRING, "is not, in any case,", _SAME_IN_ANY_CASE, negated=True
        ),
        Operator("StringLike", _STRING, "is like", _LIKE),
        Operator("StringNotLike", _STRING, "is not like", _LIKE, negated=True),
        Operator("NumericEquals", _NUMERIC, "is", _NUMBER["=="]),
        Operator("NumericNotEquals", _NUMERIC, "is not", _NUMBER["=="], negated=True),
        Operator("NumericLessThan", _NUMERIC, "is less than", _NUMBER["<"]),
        Operator("NumericLessThanEquals", _NUMERIC, "is at most", _NUMBER["<="]),
        Operator("NumericGreaterThan", _NUMERIC, "is more than", _NUMBER[">"]),
        Operator("NumericGreaterThanEquals", _NUMERIC, "is at least", _NUMBER[">="]),
        Operator("DateEquals", _DATE, "is", _TIME["=="]),
        Operator("DateNotEquals", _DATE, "is not", _TIME["=="], negated=True),
        Operator("DateLessThan", _DATE, "is before", _TIME["<"]),
        Operator("DateLessThanEquals", _DATE, "is at or before", _TIME["<="]),
        Operator("DateGreaterThan", _DATE, "is after", _TIME[">"]),
        Operator("DateGreaterThanEquals", _DATE, "is at or after", _TIME[">="]),
        Operator("Bool", _BOOL, "is", Comparison(_by(truth, eq))),
        Operator("BinaryEquals", _BINARY, "is", Comparison(_by(octets, eq))),
        Operator("IpAddress", _ADDRESS, "is in", _NETWORK),
        Operator("NotIpAddress", _ADDRESS, "is not in", _NETWORK, negated=True),
        Operator("ArnEquals", _ARN, "is like", _ARN_LIKE, same_as="ArnLike"),
        Operator("ArnLike", _ARN, "is like", _ARN_LIKE),
        Operator("ArnNotEquals", _ARN, "is not like", _ARN_LIKE, negated=True, same_as="ArnNotLike"),
        Operator("ArnNotLike", _ARN, "is not like", _ARN_LIKE, negated=True),
        Operator("Null", _NULL, "is", Comparison(_never)),
    )
}
"""The condition operators by their names."""

# --- an operator as it stands in a document ----------------------------------------------------------


Qualifier: TypeAlias = Literal["", "ForAnyValue", "ForAllValues"]
_QUALIFIERS: Final[tuple[Qualifier, ...]] = ("", "ForAnyValue", "ForAllValues")


class ParsedOperator(NamedTuple):
    """An operator with what stands before and behind its name: how a condition asks."""

    operator: Operator
    qualifier: Qualifier = ""
    if_exists: bool = False

    @property
    def name(self) -> str:
        """The text in the document; of two operators that mean the same, always that of one."""
        colon = ":" if self.qualifier else ""
        base = self.operator.same_as or self.operator.name
        return f"{self.qualifier}{colon}{base}{'IfExists' if self.if_exists else ''}"

    @property
    def of_presence(self) -> bool:
        """Whether it asks for the presence of the key, and not for its values."""
        return self.operator.kind is _NULL

    @property
    def of_every_value(self) -> bool:
        """Whether every value of the request must pass, which is so where there is none."""
        return self.qualifier == "ForAllValues" or (self.operator.negated and not self.qualifier)

    @property
    def needs_key(self) -> bool:
        """Whether it asks for a value, and is met only by a request that has its key."""
        return not (self.of_presence or self.if_exists or self.of_every_value)

    @property
    def seems_to_need_key(self) -> bool:
        """Whether it asks for a value, and yet is met by a request that does not have its key."""
        return not self.of_presence and (self.if_exists or self.qualifier == "ForAllValues")


PARSED: Final[Mapping[str, ParsedOperator]] = {
    f"{qualifier}{':' if qualifier else ''}{operator.name}{'IfExists' if if_exists else ''}": ParsedOperator(
        operator, qualifier, if_exists
    )
    for operator in OPERATORS.values()
    for qualifier in _QUALIFIERS
    for if_exists in ((False,) if operator.kind is _NULL else (False, True))
}
"""All that can stand in a document as an operator; no other text is one."""


NO_OPERATOR: Final = ParsedOperator(Operator("", Kind("None", odd_token), "", Comparison(_never)))
"""The operator for a text that is not an operator: it is never met."""


def holds(
    parsed: ParsedOperator, values: Sequence[Value], found: Sequence[ContextValue], facts: Facts
) -> bool:
    """Return whether a condition is met.

    Args:
        parsed: The operator, with its qualifier.
        values: The values of the policy, of which one must match.
        found: The values that the request has of the key; none where the key is absent.
        facts: What else the request has, for variables.
    """
    if parsed.of_presence:
        return (not found) in map(truth, values)
    every = parsed.of_every_value
    if not found:
        return parsed.if_exists or every
    if parsed.qualifier and set(found) == {""}:  # the guide: an empty text is an empty set
        return every
    match, negated = parsed.operator.comparison.match, parsed.operator.negated
    each = (any(match(value, one, facts) for value in values) != negated for one in found)
    return all(each) if every else any(each)
