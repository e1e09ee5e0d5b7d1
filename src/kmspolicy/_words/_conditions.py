"""Plain English of conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._evaluate._conditions import parse_operator
from kmspolicy._language._values import text_of, truth
from kmspolicy._words._lists import listed, printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kmspolicy._document import Condition
    from kmspolicy._document._convert import Value


_OPERATORS: Final[Mapping[str, str]] = {
    "StringEquals": "is",
    "StringNotEquals": "is not",
    "StringEqualsIgnoreCase": "is, in any case,",
    "StringNotEqualsIgnoreCase": "is not, in any case,",
    "StringLike": "is like",
    "StringNotLike": "is not like",
    "NumericEquals": "is",
    "NumericNotEquals": "is not",
    "NumericLessThan": "is less than",
    "NumericLessThanEquals": "is at most",
    "NumericGreaterThan": "is more than",
    "NumericGreaterThanEquals": "is at least",
    "DateEquals": "is",
    "DateNotEquals": "is not",
    "DateLessThan": "is before",
    "DateLessThanEquals": "is at or before",
    "DateGreaterThan": "is after",
    "DateGreaterThanEquals": "is at or after",
    "Bool": "is",
    "BinaryEquals": "is",
    "IpAddress": "is in",
    "NotIpAddress": "is not in",
    "ArnEquals": "is like",
    "ArnNotEquals": "is not like",
    "ArnLike": "is like",
    "ArnNotLike": "is not like",
}


def condition_words(condition: Condition) -> str:
    """Say when a condition is met."""
    return listed([*condition], lambda clause: clause_words(*clause))


def clause_words(name: str, key: str, values: Sequence[Value]) -> str:
    """Return what one operator asks of one key."""
    operator, key = parse_operator(name), printable(key)
    shown = listed(values, value_words, "or") if values else "one of no values"
    if operator is None:
        return f"{printable(name)}, which is no operator, is met by {key} and {shown}"
    if operator.name == "Null":
        return f"{key} is {listed(values, lambda value: _PRESENCE[truth(value)], 'or') if values else shown}"
    subject = {"ForAnyValue": f"a value of {key}", "ForAllValues": f"every value of {key}"}.get(
        operator.qualifier, key
    )
    words = f"{subject} {_OPERATORS[operator.name]} {shown}"
    return f"{words} (or is absent)" if operator.if_exists else words


_PRESENCE: Final = {True: "absent", False: "present", None: "neither present nor absent"}


def value_words(value: Value) -> str:
    """Return a value as it is; in quotes where its end would not be seen."""
    text = text_of(value)
    return text if text and text.isprintable() and " " not in text else repr(text)
