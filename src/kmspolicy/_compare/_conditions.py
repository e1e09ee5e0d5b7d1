"""The normal form of conditions: what two spellings of one condition have in common."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from kmspolicy._document._condition import condition_of
from kmspolicy._document._convert import plural
from kmspolicy._evaluate._conditions import parse_operator
from kmspolicy._evaluate._values import instant, network, number, text_of, truth
from kmspolicy._vocabulary import CONDITION_KEYS, OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from decimal import Decimal

    from kmspolicy._document import Condition
    from kmspolicy._document._convert import Value, Values


class Odd(NamedTuple):
    """A value that cannot be read, or could be read in two ways; it is equal to the same text only."""

    type: str
    value: Value


Token: TypeAlias = str | Odd


class Clause(NamedTuple):
    """One condition in its normal form."""

    operator: str
    key: str
    values: frozenset[Token]


Clauses: TypeAlias = frozenset[Clause]
"""The conditions of a statement, in no order."""

# --- into the normal form --------------------------------------------------------------------------


def clauses_of(condition: Condition | None) -> Clauses:
    """Bring the conditions of a statement into their normal form.

    Operator and key stay as written where the operator does not exist, and where two conditions differ in the case of
    the key only, or in ArnEquals and ArnLike, which are the same: no document could hold them under one name.
    """
    clauses: list[tuple[tuple[str, str], Clause]] = []
    for operator, keys in () if condition is None else condition.blocks:
        parsed = parse_operator(operator)
        token = _odd if parsed is None else _TOKENS.get(OPERATORS[parsed.name], _text)
        same = operator.replace("ArnEquals", "ArnLike").replace("ArnNotEquals", "ArnNotLike")
        for key, values in keys:
            written: tuple[Value, ...] = plural(values)
            names = (operator, key) if parsed is None else (same, key.lower())
            clauses.append((names, Clause(operator, key, frozenset(map(token, written)))))
    times = Counter(names for names, _ in clauses)
    return frozenset(
        Clause(*names, clause.values) if times[names] == 1 else clause for names, clause in clauses
    )


def _odd(value: Value) -> Token:
    return value if isinstance(value, str) else Odd(type(value).__name__, value)


def _text(value: Value) -> Token:
    """Take text; a number with a fraction has more than one spelling."""
    return _odd(value) if isinstance(value, float) else text_of(value)


def _truth(value: Value) -> Token:
    known = truth(value)
    return _odd(value) if known is None else text_of(known)


_DIGITS: Final = 28
"""What decimal arithmetic keeps; longer numbers are equal to the same text only."""


def _number(value: Value) -> Token:
    known = number(value)
    if known is None or len(text_of(value)) > _DIGITS or "e" in text_of(value).lower():
        return _odd(value)
    return _plain(known)


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.lstrip("+") if text not in ("-0", "-") else "0"


def _date(value: Value) -> Token:
    """Write a point in time as ISO 8601 does."""
    known = instant(value)
    if known is None or len(text_of(value)) > _DIGITS + len("2026-11-23T00:00:00+00:00"):
        return _odd(value)
    from datetime import datetime, timedelta  # noqa: PLC0415 - few policies have dates

    whole = known // 1 if known >= 0 or known == known // 1 else known // 1 - 1
    try:
        moment = datetime(1970, 1, 1) + timedelta(seconds=int(whole))  # noqa: DTZ001 - UTC, as written below
    except OverflowError:
        return _odd(value)
    fraction = _plain(known - whole).removeprefix("0")
    return f"{moment.isoformat()}{fraction}Z"


def _network(value: Value) -> Token:
    known = network(value)
    return _odd(value) if known is None else str(known)


_TOKENS: Final[Mapping[str, Callable[[Value], Token]]] = {
    "Numeric": _number,
    "Date": _date,
    "Bool": _truth,
    "Null": _truth,
    "IPAddress": _network,
    "Binary": _odd,
}


def has_variables(clauses: Clauses) -> bool:
    """Tell whether conditions may have policy variables."""
    return any("${" in value for clause in clauses for value in clause.values if isinstance(value, str))


# --- and out of it ---------------------------------------------------------------------------------


def condition_from(clauses: Clauses) -> Condition | None:
    """Write conditions in the one way in which the normal form is written."""
    times = Counter((clause.operator, clause.key.lower()) for clause in clauses)
    blocks: dict[str, list[tuple[str, Values]]] = {}
    for operator, key, tokens in sorted(clauses, key=lambda clause: clause[:2]):
        values = [token.value if isinstance(token, Odd) else token for token in sorted(tokens, key=_order)]
        alone = times[operator, key.lower()] == 1 and parse_operator(operator) is not None
        blocks.setdefault(operator, []).append(
            (_spelling(key) if alone else key, values[0] if len(values) == 1 else tuple(values))
        )
    return condition_of(tuple((name, tuple(keys)) for name, keys in blocks.items())) if blocks else None


def _order(value: Token) -> tuple[str, str]:
    return ("", value) if isinstance(value, str) else (value.type, repr(value.value))


def _spelling(key: str) -> str:
    """Write a key that is in lower case as AWS does, where it is known."""
    for name in (key, *_beginnings(key)):
        known = CONDITION_KEYS.get(name)
        if known is not None:
            return known.name + key[len(name) :]
    return key


def _beginnings(key: str) -> Iterable[str]:
    """Name the known keys that may be the beginning of this one: up to the colon or slash before what is free."""
    return (key[: place + 1] for place, character in enumerate(key) if character in ":/")
