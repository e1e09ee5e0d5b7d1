"""Conditions: whether one is met by the facts of a request.

A condition that cannot be read (an operator that does not exist, or exists in another case) is never met. A value
that cannot be read matches nothing, so that a negated operator is met by whatever is compared with it. Neither is
ever an exception.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

from __future__ import annotations

import re
from operator import eq, ge, gt, le, lt
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, TypeVar

from kmspolicy._language._keys import CONDITION_KEYS
from kmspolicy._language._patterns import like, literal, text_of_literal
from kmspolicy._language._spelling import fold
from kmspolicy._language._values import address, instant, network, number, octets, text_of, truth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kmspolicy._document._convert import Value
    from kmspolicy._language._aliases import ContextValue

    Compare: TypeAlias = Callable[[Value, ContextValue, "Facts"], bool]


_T = TypeVar("_T")


class Facts(NamedTuple):
    """What is known of a request: the values of its condition keys, by their folded name."""

    keys: Mapping[str, tuple[ContextValue, ...]]
    variables: bool
    """Whether the policy's version has policy variables."""


class Operator(NamedTuple):
    """A condition operator, taken apart."""

    qualifier: str
    name: str
    if_exists: bool

    @property
    def negated(self) -> bool:
        """Whether it asks that none of the values of the policy matches."""
        return self.name in _RULES and _RULES[self.name].negated


# --- policy variables ------------------------------------------------------------------------------


_VARIABLE: Final = re.compile(r"\$\{(?:([*?$])|([^\s,'{}$*?]+)(?:\s*,\s*'([^'{}]*)')?)\}")


def expand(text: str, facts: Facts) -> str | None:
    """Put in what the variables of a text stand for; None where one stands for nothing or cannot be read.

    A variable stands for the value of a key that has a single one. Wildcards in such a value are literal.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    if not facts.variables or "${" not in text:
        return text
    parts: list[str] = []
    end = 0
    for match in _VARIABLE.finditer(text):
        character, name, default = match.groups()
        value = character if name is None else _variable(name, default, facts)
        if value is None:
            return None
        parts += (text[end : match.start()], literal(value))
        end = match.end()
    parts.append(text[end:])
    return None if any("${" in part for part in parts[::2]) else "".join(parts)


def _variable(name: str, default: str | None, facts: Facts) -> str | None:
    values = facts.keys.get(fold(name), ())
    known = CONDITION_KEYS.get(fold(name))
    if len(values) != 1 or (known is not None and known.multivalued):
        return default
    return text_of(values[0])


# --- comparing one value of the policy with one of the request ---------------------------------------


def _text_equals(value: Value, found: ContextValue, facts: Facts) -> bool:
    text = expand(text_of(value), facts)
    return text is not None and text_of_literal(text) == text_of(found)


def _text_equals_ignore_case(value: Value, found: ContextValue, facts: Facts) -> bool:
    text = expand(text_of(value), facts)
    return text is not None and text_of_literal(text).lower() == text_of(found).lower()


def _text_like(value: Value, found: ContextValue, facts: Facts) -> bool:
    pattern = expand(text_of(value), facts)
    return pattern is not None and like(pattern, text_of(found))


_COLONS: Final = 5


def _arn_like(value: Value, found: ContextValue, facts: Facts) -> bool:
    """Compare two ARNs part by part: no wildcard reaches over one of the first five colons."""
    pattern = expand(text_of(value), facts)
    if pattern is None:
        return False
    patterns, parts = pattern.split(":", _COLONS), text_of(found).split(":", _COLONS)
    return len(patterns) == len(parts) == _COLONS + 1 and all(map(like, patterns, parts))


def _ordered(read: Callable[[ContextValue], _T | None], compare: Callable[[_T, _T], bool]) -> Compare:
    def ordered(value: Value, found: ContextValue, _: Facts) -> bool:
        left, right = read(found), read(value)
        return left is not None and right is not None and compare(left, right)

    return ordered


def _boolean(value: Value, found: ContextValue, _: Facts) -> bool:
    left = truth(found)
    return left is not None and left is truth(value)


def _binary(value: Value, found: ContextValue, _: Facts) -> bool:
    left = octets(found)
    return left is not None and left == octets(value)


def _in_network(value: Value, found: ContextValue, _: Facts) -> bool:
    left, right = address(found), network(value)
    return left is not None and right is not None and left in right


class _Rule(NamedTuple):
    compare: Compare
    negated: bool = False


_RULES: Final[Mapping[str, _Rule]] = {
    "StringEquals": _Rule(_text_equals),
    "StringNotEquals": _Rule(_text_equals, negated=True),
    "StringEqualsIgnoreCase": _Rule(_text_equals_ignore_case),
    "StringNotEqualsIgnoreCase": _Rule(_text_equals_ignore_case, negated=True),
    "StringLike": _Rule(_text_like),
    "StringNotLike": _Rule(_text_like, negated=True),
    "NumericEquals": _Rule(_ordered(number, eq)),
    "NumericNotEquals": _Rule(_ordered(number, eq), negated=True),
    "NumericLessThan": _Rule(_ordered(number, lt)),
    "NumericLessThanEquals": _Rule(_ordered(number, le)),
    "NumericGreaterThan": _Rule(_ordered(number, gt)),
    "NumericGreaterThanEquals": _Rule(_ordered(number, ge)),
    "DateEquals": _Rule(_ordered(instant, eq)),
    "DateNotEquals": _Rule(_ordered(instant, eq), negated=True),
    "DateLessThan": _Rule(_ordered(instant, lt)),
    "DateLessThanEquals": _Rule(_ordered(instant, le)),
    "DateGreaterThan": _Rule(_ordered(instant, gt)),
    "DateGreaterThanEquals": _Rule(_ordered(instant, ge)),
    "Bool": _Rule(_boolean),
    "BinaryEquals": _Rule(_binary),
    "IpAddress": _Rule(_in_network),
    "NotIpAddress": _Rule(_in_network, negated=True),
    "ArnEquals": _Rule(_arn_like),
    "ArnLike": _Rule(_arn_like),
    "ArnNotEquals": _Rule(_arn_like, negated=True),
    "ArnNotLike": _Rule(_arn_like, negated=True),
}


# --- a condition -----------------------------------------------------------------------------------

_QUALIFIERS: Final = frozenset({"", "ForAnyValue", "ForAllValues"})


def parse_operator(name: str) -> Operator | None:
    """Take an operator apart, None for what is none; the case of its letters matters."""
    qualifier, colon, rest = name.rpartition(":")
    base = rest.removesuffix("IfExists")
    known = base in _RULES or rest == "Null"
    if not known or qualifier not in _QUALIFIERS or (colon and not qualifier):
        return None
    return Operator(qualifier, base, base != rest)


def is_negated(name: str) -> bool:
    """Tell whether an operator asks that none of the values of the policy matches."""
    parsed = parse_operator(name)
    return parsed is not None and parsed.negated


def holds(operator: Operator, key: str, values: Sequence[Value], facts: Facts) -> bool:
    """Tell whether a condition is met.

    Args:
        operator: The operator.
        key: The condition key, in any case.
        values: The values of the policy, of which one must match.
        facts: What the request has.
    """
    found = facts.keys.get(fold(key), ())
    if operator.name == "Null":
        return (not found) in map(truth, values)
    rule = _RULES[operator.name]
    every = operator.qualifier == "ForAllValues" or (rule.negated and not operator.qualifier)
    if not found:
        return operator.if_exists or every
    if operator.qualifier and set(found) == {""}:  # the guide: an empty text is an empty set
        return every
    each = (any(rule.compare(value, one, facts) for value in values) != rule.negated for one in found)
    return all(each) if every else any(each)
