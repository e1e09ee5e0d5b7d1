"""The condition operators, one row each: what it compares, how, and what it says.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html

A value that cannot be read matches nothing; a negated operator is then met by any value of the request.
"""

from __future__ import annotations

from enum import Enum
from operator import eq, ge, gt, le, lt
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from kmspolicy._language._patterns import (
    COLONS,
    arn_covers,
    arn_like,
    arn_meets,
    covers,
    like,
    literal,
    meets,
    text_of_literal,
)
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
    OneOf,
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
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kmspolicy._language._aliases import ContextValue
    from kmspolicy._language._spans import Span
    from kmspolicy._language._values import Token, Value
    from kmspolicy._language._variables import Facts

    Answer: TypeAlias = "bool | Perhaps"
    Match: TypeAlias = Callable[[Value, ContextValue | OneOf, Facts], Answer]

# --- comparing one value of the policy with one of the request ---------------------------------------


class Perhaps(Enum):
    """The answer of a comparison that AWS does not document, or of a value that is only partly known."""

    NOT = False
    """Taken as no."""
    SO = True
    """Taken as yes."""


class _Texts(NamedTuple):
    """A way to compare texts, and a pattern of the policy with a value of the request that is only partly known."""

    compare: Callable[[str, str], Answer]
    pattern_of: Callable[[str], str]
    covers: Callable[[str, str], bool]
    meets: Callable[[str, str], bool]

    def match(self, value: Value, found: ContextValue | OneOf, facts: Facts) -> Answer:
        """Compare texts, after the variables are replaced; without a value for a variable, the answer is not certain."""
        text = expand(text_of(value), facts)
        if text is None:
            return Perhaps.NOT
        return self._of_each(text, found) if isinstance(found, OneOf) else self.compare(text, text_of(found))

    def _of_each(self, text: str, found: OneOf) -> Answer:
        """Compare with a value that is only partly known: yes or no if the rest does not matter."""
        pattern = self.pattern_of(text)
        if all(self.covers(pattern, one) for one in found.patterns):
            return True
        if not any(self.meets(pattern, one) for one in found.patterns):
            return False
        return Perhaps(self.compare(text, found.text) is True)


def _same(text: str, found: str) -> bool:
    return text_of_literal(text) == found


def _same_in_any_case(text: str, found: str) -> bool:
    return text_of_literal(text).lower() == found.lower()


def _only(text: str) -> str:
    """Return the pattern that matches only a text."""
    return literal(text_of_literal(text))


def _covers_in_any_case(pattern: str, other: str) -> bool:
    return covers(pattern.lower(), other.lower())


def _meets_in_any_case(pattern: str, other: str) -> bool:
    return meets(pattern.lower(), other.lower())


def _like_arn(pattern: str, found: str) -> Answer:
    """Compare ARNs; whether a pattern may match a text that is not an ARN is not certain."""
    if pattern.count(":") < COLONS or found.count(":") < COLONS:
        return Perhaps.NOT if like(pattern, found) else False
    return arn_like(pattern, found)


def _may_meet_arn(pattern: str, other: str) -> bool:
    """Return whether a pattern may match an ARN that another one matches; one without six parts is compared as text."""
    return (meets if pattern.count(":") < COLONS else arn_meets)(pattern, other)


def _by(read: Callable[[ContextValue], Any], compare: Callable[[Any, Any], bool]) -> Match:
    """Return the comparison of two values as they are read, the request's first; without a valid value, it is not certain."""

    def compared(value: Value, found: ContextValue | OneOf, _: Facts) -> Answer:
        left, right = read(text_of(found) if isinstance(found, OneOf) else found), read(value)
        return Perhaps.NOT if left is None or right is None else compare(left, right)

    return compared


def _of_network(value: Value, found: ContextValue | OneOf, _: Facts) -> Answer:
    left, right = address(text_of(found)), network(value)
    return Perhaps.NOT if left is None or right is None else left in right


def _never(_: Value, __: ContextValue | OneOf, ___: Facts) -> bool:
    """Return false: an operator about presence compares no values."""
    return False


# --- the table ---------------------------------------------------------------------------------------


class Comparison(NamedTuple):
    """A way to compare a value of the policy with one of the request.

    Attributes:
        match: Returns whether they match.
        reach: Returns what a value of the policy matches; None if that is not known.
        wildcards: Whether ``*`` and ``?`` are wildcards in the value of the policy.
    """

    match: Match
    reach: Callable[[Value], Span | None] = nothing_known
    wildcards: bool = False


class Kind(NamedTuple):
    """What an operator compares.

    Attributes:
        name: As the IAM guide names it.
        token: Returns the normal spelling of a value.
        read: Reads a value, and returns None for an invalid one; None if any text is valid.
        variables: Whether its values may have policy variables.
        reads_more: Whether IAM is known to read more than it documents, ``01T`` as a date for example.
    """

    name: Literal["String", "Numeric", "Date", "Bool", "Binary", "IPAddress", "ARN", "Null", "None"]
    token: Callable[[Value], Token]
    read: Callable[[Value], object] | None = None
    variables: bool = False
    reads_more: bool = False


class Operator(NamedTuple):
    """A condition operator.

    Attributes:
        name: Its name, which is case-sensitive.
        kind: What it compares.
        words: What it says, in words between the key and the values.
        comparison: How it compares.
        negated: Whether it is met if none of the values of the policy matches.
        same_as: The name of another operator that means the same; empty for none.
    """

    name: str
    kind: Kind
    words: str
    comparison: Comparison
    negated: bool = False
    same_as: str = ""


def _ordered(read: Callable[[Any], Any]) -> dict[str, Comparison]:
    """Return the ways to compare values that have an order."""
    return {
        "==": Comparison(_by(read, eq), between(read, low=True, high=True, closed=True)),
        "<": Comparison(_by(read, lt), between(read, high=True)),
        "<=": Comparison(_by(read, le), between(read, high=True, closed=True)),
        ">": Comparison(_by(read, gt), between(read, low=True)),
        ">=": Comparison(_by(read, ge), between(read, low=True, closed=True)),
    }


_SAME: Final = Comparison(_Texts(_same, _only, covers, meets).match, exactly)
_SAME_IN_ANY_CASE: Final = Comparison(
    _Texts(_same_in_any_case, _only, _covers_in_any_case, _meets_in_any_case).match, in_any_case
)
_LIKE: Final = Comparison(_Texts(like, str, covers, meets).match, by_pattern, wildcards=True)
_ARN_LIKE: Final = Comparison(
    _Texts(_like_arn, str, arn_covers, _may_meet_arn).match, by_arn_pattern, wildcards=True
)
_NETWORK: Final = Comparison(_of_network, in_network)
_NUMBER: Final = _ordered(number)
_TIME: Final = _ordered(instant)

_STRING: Final = Kind("String", text_token, variables=True)
_NUMERIC: Final = Kind("Numeric", number_token, number)
_DATE: Final = Kind("Date", date_token, instant, reads_more=True)
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
    """An operator with its qualifier and ``IfExists``."""

    operator: Operator
    qualifier: Qualifier = ""
    if_exists: bool = False

    @property
    def name(self) -> str:
        """The text in the document; the same for two operators that mean the same."""
        colon = ":" if self.qualifier else ""
        base = self.operator.same_as or self.operator.name
        return f"{self.qualifier}{colon}{base}{'IfExists' if self.if_exists else ''}"

    @property
    def of_presence(self) -> bool:
        """Whether it is about the presence of the key, not about its values."""
        return self.operator.kind is _NULL

    @property
    def of_every_value(self) -> bool:
        """Whether every value of the request must match; it is met if there is none."""
        return self.qualifier == "ForAllValues" or (self.operator.negated and not self.qualifier)

    @property
    def needs_key(self) -> bool:
        """Whether it is about values, and met only by requests with the key."""
        return not (self.of_presence or self.if_exists or self.of_every_value)

    @property
    def seems_to_need_key(self) -> bool:
        """Whether it is about values, but also met by requests without the key."""
        return not self.of_presence and (self.if_exists or self.qualifier == "ForAllValues")


PARSED: Final[Mapping[str, ParsedOperator]] = {
    f"{qualifier}{':' if qualifier else ''}{operator.name}{'IfExists' if if_exists else ''}": ParsedOperator(
        operator, qualifier, if_exists
    )
    for operator in OPERATORS.values()
    for qualifier in _QUALIFIERS
    for if_exists in ((False,) if operator.kind is _NULL else (False, True))
}
"""All operators that a document can have."""


NO_OPERATOR: Final = ParsedOperator(Operator("", Kind("None", odd_token), "", Comparison(_never)))
"""The operator for any other text: it is never met."""


def holds(
    parsed: ParsedOperator, values: Sequence[Value], found: Sequence[ContextValue | OneOf], facts: Facts
) -> bool:
    """Return whether a condition is met; an answer that is not certain is taken as usual.

    Args:
        parsed: The operator, with its qualifier.
        values: The values of the policy, of which one must match.
        found: The values of the key in the request; none if the key is absent.
        facts: The other keys of the request, for variables.
    """
    answer = verdict(parsed, values, found, facts)
    return answer.value if isinstance(answer, Perhaps) else answer


def verdict(
    parsed: ParsedOperator, values: Sequence[Value], found: Sequence[ContextValue | OneOf], facts: Facts
) -> Answer:
    """Return whether a condition is met, or how it is taken if that is not certain.

    The arguments are those of :func:`holds`.
    """
    if parsed.of_presence:
        return _of_presence(values, present=bool(found))
    every = parsed.of_every_value
    if not found:
        settled = not (parsed.if_exists and parsed.qualifier == "ForAnyValue")
        return (parsed.if_exists or every) if settled else Perhaps.SO
    if parsed.qualifier and set(found) == {""}:  # IAM guide: an empty text is an empty set
        return every
    match, negated = parsed.operator.comparison.match, parsed.operator.negated
    each = [_any(match(value, one, facts) for value in values) for one in found]
    answers = [_not(answer) for answer in each] if negated else each
    return _all(answers) if every else _any(answers)


def _of_presence(values: Sequence[Value], *, present: bool) -> Answer:
    asked = [truth(value) for value in values]
    if (not present) in asked:
        return True
    return Perhaps.NOT if None in asked else False


def _not(answer: Answer) -> Answer:
    return Perhaps(not answer.value) if isinstance(answer, Perhaps) else not answer


def _any(answers: Iterable[Answer]) -> Answer:
    """Return whether any of some answers is yes; perhaps, if none is certain."""
    result: Answer = False
    for answer in answers:
        if answer is True:
            return True
        if answer is not False and result is not Perhaps.SO:
            result = answer
    return result


def _all(answers: Iterable[Answer]) -> Answer:
    """Return whether all of some answers are yes; perhaps, if none is certainly no."""
    return _not(_any(map(_not, answers)))
