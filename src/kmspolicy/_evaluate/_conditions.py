"""Conditions: whether one is met by the facts of a request.

A condition that cannot be read (an operator that does not exist, or exists in another case) is never met. A value
that cannot be read matches nothing. Neither is ever an exception.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from kmspolicy._evaluate._values import address, instant, network, number, octets, text_of, truth
from kmspolicy._vocabulary import CONDITION_KEYS
from kmspolicy._wildcard import Token, matches, tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal

    from kmspolicy._document._convert import Value
    from kmspolicy._evaluate._values import ContextValue

    Compare: TypeAlias = Callable[[Value, ContextValue, "Facts"], bool]


class Facts(NamedTuple):
    """What is known of a request: the values of its condition keys, by their name in lower case."""

    keys: Mapping[str, tuple[ContextValue, ...]]
    variables: bool
    """Whether the policy's version has policy variables."""


class Operator(NamedTuple):
    """A condition operator, taken apart."""

    qualifier: str
    name: str
    if_exists: bool


# --- policy variables ------------------------------------------------------------------------------


class Piece(NamedTuple):
    """A part of a policy value: as it stands there, or what a variable stands for."""

    text: str
    expanded: bool


_VARIABLE: Final = re.compile(r"\$\{(?:([*?$])|([^\s,'{}$*?]+)(?:\s*,\s*'([^'{}]*)')?)\}")


def expand(text: str, facts: Facts) -> list[Piece] | None:
    """Put in what the variables of a text stand for; None where one stands for nothing or cannot be read.

    A variable stands for the value of a key that has a single one. Wildcards in such a value are characters.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    if not facts.variables or "${" not in text:
        return [Piece(text, expanded=False)]
    pieces: list[Piece] = []
    end = 0
    for match in _VARIABLE.finditer(text):
        character, name, default = match.groups()
        value = character if name is None else _variable(name, default, facts)
        if value is None:
            return None
        pieces += (Piece(text[end : match.start()], expanded=False), Piece(value, expanded=True))
        end = match.end()
    pieces.append(Piece(text[end:], expanded=False))
    return None if any("${" in piece.text for piece in pieces if not piece.expanded) else pieces


def _variable(name: str, default: str | None, facts: Facts) -> str | None:
    values = facts.keys.get(name.lower(), ())
    known = CONDITION_KEYS.get(name.lower())
    if len(values) != 1 or (known is not None and known.multivalued):
        return default
    return text_of(values[0])


# --- comparing one value of the policy with one of the request ---------------------------------------


def _text_equals(value: Value, found: ContextValue, facts: Facts) -> bool:
    pieces = expand(text_of(value), facts)
    return pieces is not None and "".join(piece.text for piece in pieces) == text_of(found)


def _text_equals_ignore_case(value: Value, found: ContextValue, facts: Facts) -> bool:
    pieces = expand(text_of(value), facts)
    return pieces is not None and "".join(piece.text for piece in pieces).lower() == text_of(found).lower()


def _text_like(value: Value, found: ContextValue, facts: Facts) -> bool:
    pieces = expand(text_of(value), facts)
    return pieces is not None and matches(_pattern(pieces), text_of(found))


def _pattern(pieces: Sequence[Piece]) -> list[Token]:
    pattern: list[Token] = []
    for piece in pieces:
        pattern += piece.text if piece.expanded else tokens(piece.text)
    return pattern


_COLONS: Final = 5


def _arn_like(value: Value, found: ContextValue, facts: Facts) -> bool:
    """Compare two ARNs part by part: no wildcard reaches over one of the first five colons."""
    pieces = expand(text_of(value), facts)
    parts = text_of(found).split(":", _COLONS)
    if pieces is None or len(parts) <= _COLONS:
        return False
    patterns = _arn_parts(pieces)
    return len(patterns) == len(parts) and all(map(matches, patterns, parts))


def _arn_parts(pieces: Sequence[Piece]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for piece in pieces:
        if piece.expanded:
            parts[-1] += piece.text
            continue
        first, *rest = piece.text.split(":", _COLONS + 1 - len(parts))
        parts[-1] += tokens(first)
        parts += map(tokens, rest)
    return parts


def _ordered(
    read: Callable[[ContextValue], Decimal | None], compare: Callable[[Decimal, Decimal], bool]
) -> Compare:
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
    "NumericEquals": _Rule(_ordered(number, operator.eq)),
    "NumericNotEquals": _Rule(_ordered(number, operator.eq), negated=True),
    "NumericLessThan": _Rule(_ordered(number, operator.lt)),
    "NumericLessThanEquals": _Rule(_ordered(number, operator.le)),
    "NumericGreaterThan": _Rule(_ordered(number, operator.gt)),
    "NumericGreaterThanEquals": _Rule(_ordered(number, operator.ge)),
    "DateEquals": _Rule(_ordered(instant, operator.eq)),
    "DateNotEquals": _Rule(_ordered(instant, operator.eq), negated=True),
    "DateLessThan": _Rule(_ordered(instant, operator.lt)),
    "DateLessThanEquals": _Rule(_ordered(instant, operator.le)),
    "DateGreaterThan": _Rule(_ordered(instant, operator.gt)),
    "DateGreaterThanEquals": _Rule(_ordered(instant, operator.ge)),
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


def holds(name: str, key: str, values: Sequence[Value], facts: Facts) -> bool:
    """Tell whether a condition is met.

    Args:
        name: The operator as written.
        key: The condition key, in any case.
        values: The values of the policy, of which one must match.
        facts: What the request has.
    """
    parsed = parse_operator(name)
    if parsed is None:
        return False
    found = facts.keys.get(key.lower(), ())
    if parsed.name == "Null":
        return (not found) in map(truth, values)
    rule = _RULES[parsed.name]
    every = parsed.qualifier == "ForAllValues" or (rule.negated and not parsed.qualifier)
    if not found:
        return parsed.if_exists or every
    if parsed.qualifier and set(found) == {""}:  # the guide: an empty text is an empty set
        return every
    each = (any(rule.compare(value, one, facts) for value in values) != rule.negated for one in found)
    return all(each) if every else any(each)
