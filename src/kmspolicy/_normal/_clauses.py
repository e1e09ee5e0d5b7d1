"""Conditions, one by one, and their normal form."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from kmspolicy._document._condition import condition_of
from kmspolicy._document._convert import plural
from kmspolicy._language._keys import condition_key, spelling_of
from kmspolicy._language._operators import NO_OPERATOR, PARSED
from kmspolicy._language._spelling import fold
from kmspolicy._language._values import Odd, truth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kmspolicy._document import Condition
    from kmspolicy._language._keys import ConditionKeyFacts
    from kmspolicy._language._operators import ParsedOperator
    from kmspolicy._language._spans import Span
    from kmspolicy._language._values import Token, Value, Values
    from kmspolicy._path import Steps


class Clause(NamedTuple):
    """One condition of a statement.

    Attributes:
        name: The operator as it is written.
        parsed: The operator with its qualifier.
        key: The key as it is written.
        folded: The key in lower case, since its case does not matter.
        values: The values as they are written.
        is_bare: Whether it is an unknown operator without keys.
    """

    name: str
    parsed: ParsedOperator
    key: str
    folded: str
    values: tuple[Value, ...]
    is_bare: bool = False

    @property
    def facts(self) -> ConditionKeyFacts | None:
        """What is known about the key."""
        return condition_key(self.folded)

    @property
    def steps(self) -> Steps:
        """Its place in the statement."""
        return "Condition", self.name, self.key

    @property
    def demands_key(self) -> bool:
        """Whether it is met only if its key is there."""
        parsed = self.parsed
        return parsed.needs_key or (parsed.of_presence and False in map(truth, self.values))

    @property
    def is_readable(self) -> bool:
        """Whether its operator exists; otherwise it is never met."""
        return self.parsed is not NO_OPERATOR

    @property
    def has_variables(self) -> bool:
        """Whether its values may have policy variables."""
        return any("${" in value for value in self.values if isinstance(value, str))


def clauses_of(condition: Condition | None) -> tuple[Clause, ...]:
    """Return the conditions of a Condition element, in its order."""
    clauses: list[Clause] = []
    for name, keys in () if condition is None else condition.blocks:
        parsed = PARSED.get(name, NO_OPERATOR)
        if parsed is NO_OPERATOR and not keys:
            clauses.append(Clause(name, parsed, "", "", (), is_bare=True))
        clauses += [Clause(name, parsed, key, fold(key), plural(values)) for key, values in keys]
    return tuple(clauses)


# --- into the one spelling ---------------------------------------------------------------------------


class Term(NamedTuple):
    """One condition in the normal form."""

    operator: str
    key: str | None
    """None for an unknown operator without keys."""
    values: frozenset[Token]


Terms: TypeAlias = frozenset[Term]
"""The conditions of a statement, in no order."""


def terms_of(clauses: Iterable[Clause]) -> Terms:
    """Return the normal form of conditions.

    Operator and key stay as written if the operator does not exist, or if two conditions differ only in the case of the
    key, or in ArnEquals and ArnLike, which are the same: no document can have both under one name.
    """
    pairs = [(_written(clause), _folded(clause)) for clause in clauses]
    times = Counter(folded[:2] for _, folded in pairs)
    return frozenset(folded if times[folded[:2]] == 1 else written for written, folded in pairs)


def _written(clause: Clause) -> Term:
    return Term(clause.name, None if clause.is_bare else clause.key, _tokens(clause))


def _folded(clause: Clause) -> Term:
    written = _written(clause)
    return Term(clause.parsed.name, clause.folded, written.values) if clause.is_readable else written


def _tokens(clause: Clause) -> frozenset[Token]:
    """Return the values in their normal spelling, without those that another one covers."""
    operator = clause.parsed.operator
    tokens = frozenset(map(operator.kind.token, clause.values))
    if not 1 < len(tokens) <= _MOST_VALUES:
        return tokens
    reaches = {token: operator.comparison.reach(token) for token in tokens if isinstance(token, str)}
    known = {token: reach for token, reach in reaches.items() if reach is not None}
    return tokens - {token for token, reach in known.items() if _covered(token, reach, known)}


_MOST_VALUES: Final = 64
"""Each value is compared with all others only if there are few; a needless value changes no answer."""


def _covered(token: str, reach: Span, known: dict[str, Span]) -> bool:
    """Return whether another value matches at least as much; of two that match the same, the first stays."""
    return any(
        other != token and reach.within(span) and (other < token or not span.within(reach))
        for other, span in known.items()
    )


def has_variables(terms: Terms) -> bool:
    """Return whether conditions may have policy variables."""
    return any("${" in value for term in terms for value in term.values if isinstance(value, str))


# --- and out of it -----------------------------------------------------------------------------------


def condition_from(terms: Terms) -> Condition | None:
    """Return a Condition element for conditions in the normal form; None for none."""
    times = Counter((term.operator, fold(term.key or "")) for term in terms)
    blocks: dict[str, list[tuple[str, Values]]] = {}
    for operator, key, tokens in sorted(terms, key=lambda term: (term.operator, term.key or "")):
        block = blocks.setdefault(operator, [])
        if key is None:
            continue
        values = [
            json.loads(token.json) if isinstance(token, Odd) else token
            for token in sorted(tokens, key=_order)
        ]
        alone = times[operator, fold(key)] == 1 and operator in PARSED
        block.append((spelling_of(key) if alone else key, values[0] if len(values) == 1 else tuple(values)))
    return condition_of(tuple((name, tuple(keys)) for name, keys in blocks.items())) if blocks else None


def _order(value: Token) -> tuple[int, str]:
    return (1, value.json) if isinstance(value, Odd) else (0, value)
