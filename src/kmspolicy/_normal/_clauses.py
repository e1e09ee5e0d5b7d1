"""The normal form of conditions: what two spellings of one condition have in common."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from kmspolicy._document._condition import condition_of
from kmspolicy._document._convert import plural
from kmspolicy._evaluate._conditions import parse_operator
from kmspolicy._language._keys import condition_key
from kmspolicy._language._operators import OPERATORS
from kmspolicy._language._spelling import fold
from kmspolicy._language._values import NANO, instant, network, number, text_of, truth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from kmspolicy._document import Condition
    from kmspolicy._document._convert import Value, Values


class Odd(NamedTuple):
    """A value that cannot be read, or could be read in two ways, as JSON; it is equal to the same text only."""

    json: str


Token: TypeAlias = str | Odd


class Clause(NamedTuple):
    """One condition in its normal form."""

    operator: str
    key: str | None
    """None where there is nothing under an operator that does not exist."""
    values: frozenset[Token]


Clauses: TypeAlias = frozenset[Clause]
"""The conditions of a statement, in no order."""

# --- into the normal form --------------------------------------------------------------------------


def clauses_of(condition: Condition | None) -> Clauses:
    """Bring the conditions of a statement into their normal form.

    Operator and key stay as written where the operator does not exist, and where two conditions differ in the case of
    the key only, or in ArnEquals and ArnLike, which are the same: no document could hold them under one name.
    """
    if condition is None:
        return frozenset()
    pairs: list[tuple[Clause, Clause]] = []
    for operator, keys in condition.blocks:
        parsed = parse_operator(operator)
        token = _odd if parsed is None else _TOKENS.get(OPERATORS[parsed.name], _text)
        if parsed is None and not keys:
            nothing = Clause(operator, None, frozenset())
            pairs.append((nothing, nothing))
        for key, values in keys:
            given: tuple[Value, ...] = plural(values)
            written = Clause(operator, key, frozenset(map(token, given)))
            pairs.append((written, written if parsed is None else _folded(written, key)))
    times = Counter(folded[:2] for _, folded in pairs)
    return frozenset(folded if times[folded[:2]] == 1 else written for written, folded in pairs)


def _folded(clause: Clause, key: str) -> Clause:
    same = clause.operator.replace("ArnEquals", "ArnLike").replace("ArnNotEquals", "ArnNotLike")
    return clause._replace(operator=same, key=fold(key))


def _odd(value: Value) -> Token:
    return value if isinstance(value, str) else Odd(json.dumps(value))


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
    if known is None:
        return _odd(value)
    from datetime import datetime, timedelta  # noqa: PLC0415 - few policies have dates

    seconds, rest = divmod(known, NANO)
    try:
        moment = datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001 - UTC, as written below
    except OverflowError:
        return _odd(value)
    return f"{moment.isoformat()}{f'.{rest:09}'.rstrip('0').rstrip('.')}Z"


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
    times = Counter((clause.operator, fold(clause.key or "")) for clause in clauses)
    blocks: dict[str, list[tuple[str, Values]]] = {}
    for operator, key, tokens in sorted(clauses, key=lambda clause: (clause.operator, clause.key or "")):
        block = blocks.setdefault(operator, [])
        if key is None:
            continue
        values = [
            json.loads(token.json) if isinstance(token, Odd) else token
            for token in sorted(tokens, key=_order)
        ]
        alone = times[operator, fold(key)] == 1 and parse_operator(operator) is not None
        block.append((_spelling(key) if alone else key, values[0] if len(values) == 1 else tuple(values)))
    return condition_of(tuple((name, tuple(keys)) for name, keys in blocks.items())) if blocks else None


def _order(value: Token) -> tuple[int, str]:
    return (1, value.json) if isinstance(value, Odd) else (0, value)


def _spelling(key: str) -> str:
    """Write a key that is in lower case as AWS does, where it is known."""
    known = condition_key(key)
    return key if known is None else known.name + key[len(known.name) :]
