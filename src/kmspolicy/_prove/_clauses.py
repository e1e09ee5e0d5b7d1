"""Conditions as tests of one key each, and doubts: questions that depend on more than one key, or have no known answer."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from kmspolicy._evaluate._callers import OF_CALLERS
from kmspolicy._language._operators import PARSED
from kmspolicy._language._patterns import COLONS
from kmspolicy._language._values import text_of
from kmspolicy._language._variables import keys_of_variables, without_variables
from kmspolicy._printable import quoted, represented
from kmspolicy._prove._callers import OF_THE_ACCOUNT
from kmspolicy._prove._keys import Test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kmspolicy._language._values import Value
    from kmspolicy._normal._clauses import Clause


class Doubt(NamedTuple):
    """A question that the classes of requests do not answer.

    Attributes:
        asks: The question; no two doubts have the same words.
        words: The question, to be shown.
        key: The condition key that it is about; empty for none.
        pattern: The text with variables that a value of the key may match; empty for another question.
        resource: The text that may be the ARN of the key, or a pattern of it; empty for another question.
        is_settled: Whether a request answers it; otherwise AWS does not document the answer, and it is taken as no.
    """

    asks: str
    words: str
    key: str = ""
    pattern: str = ""
    resource: str = ""
    is_settled: bool = True


class Asked(NamedTuple):
    """The test of a key, by its lower-case name."""

    key: str
    test: Test


class Answer(NamedTuple):
    """An answer to a doubt."""

    doubt: Doubt
    yes: bool


Atom: TypeAlias = Asked | Answer
Way: TypeAlias = tuple[Atom, ...]
"""One way to meet conditions: all of these hold."""

_PRESENT: Final = Test(PARSED["Null"], ("false",), variables=False)
_ABSENT: Final = Test(PARSED["Null"], ("true",), variables=False)


def ways_of(clauses: Iterable[Clause], *, variables: bool) -> Iterator[Way]:
    """Yield the ways to meet all conditions of a statement."""
    for ways in product(*(_ways(clause, variables=variables) for clause in clauses)):
        yield tuple(atom for way in ways for atom in way)


def _ways(clause: Clause, *, variables: bool) -> list[Way]:
    key, parsed = clause.folded, clause.parsed
    asks = f"whether {clause.name!r} on {key!r} with {list(clause.values)!r} is met"
    values = " or ".join(map(represented, clause.values[:_MOST_VALUES])) or "no value"
    words = f"whether {quoted(clause.name)} on {quoted(clause.folded)} with {values} is met"
    if not clause.is_readable:
        return [(Answer(Doubt(asks, words, is_settled=False), yes=True),)]
    pairs = [(value, _doubt(clause, value, variables=variables)) for value in clause.values]
    asked = Asked(key, Test(parsed, tuple(value for value, doubt in pairs if doubt is None), variables))
    ways = _with_doubts(
        asked, [(value, doubt) for value, doubt in pairs if doubt is not None], Doubt(asks, words, key)
    )
    if parsed.qualifier != "ForAnyValue" or not parsed.if_exists:
        return ways
    end = " by requests without the key"
    without = Doubt(f"{asks}{end}", f"{words}{end}", is_settled=False)
    return [
        *((Asked(key, _PRESENT), *way) for way in ways),
        (Asked(key, _ABSENT), Answer(without, yes=False)),
    ]


_MOST_VALUES: Final = 3
"""How many values are shown."""


def _with_doubts(asked: Asked, doubts: Sequence[tuple[Value, Doubt]], whole: Doubt) -> list[Way]:
    """Return the ways to meet a condition with some values that may match or not."""
    key, test = asked
    parsed, absent = test.parsed, (Asked(key, _ABSENT), asked)
    if not doubts:
        return [(asked,)]
    if parsed.of_presence:
        return [(asked,), *((Answer(doubt, yes=True),) for _, doubt in doubts)]
    if parsed.qualifier and any(doubt.pattern for _, doubt in doubts):
        return [(Asked(key, _PRESENT), Answer(whole, yes=True)), absent]
    if parsed.operator.negated:
        no: list[tuple[Atom, ...]] = [
            (
                Answer(doubt, yes=False),
                *(Asked(key, one) for one in _texts(value, doubt, test, "StringNotLike")),
            )
            for value, doubt in doubts
        ]
        return [*((asked, Asked(key, _PRESENT), *way) for way in product(*no)), absent]
    may = [
        (doubt, one)
        for value, doubt in doubts
        for one in _texts(value, doubt, test, "StringLike") or [_PRESENT]
    ]
    return [(asked,), *((Asked(key, one), Answer(doubt, yes=True)) for doubt, one in may)]


def _texts(value: Value, doubt: Doubt, test: Test, operator: str) -> list[Test]:
    """Return the test of the texts that a pattern that is not an ARN may match; it matches no others."""
    varies = doubt.pattern or (test.variables and "${" in text_of(value))
    if test.parsed.operator.kind.name != "ARN" or test.parsed.qualifier or varies:
        return []
    return [Test(PARSED[operator], (value,), test.variables)]


def _doubt(clause: Clause, value: Value, *, variables: bool) -> Doubt | None:
    """Return the question whether a value of a condition matches, if that depends on more than the value of the key."""
    text, operator = text_of(value), clause.parsed.operator
    # With a qualifier, more than one value may match, so that each condition has questions of its own.
    compares = clause.name if clause.parsed.qualifier else operator.name.replace("Not", "")
    asks = f"whether {clause.folded!r} {compares} {value!r}"
    words = f"whether {quoted(clause.folded)} {compares} {represented(value)}"
    if variables and operator.kind.variables and "${" in text:
        keys = keys_of_variables(text)
        if keys is None:
            return Doubt(asks, words, is_settled=False)
        if keys and not (clause.folded in OF_CALLERS and keys <= OF_THE_ACCOUNT):
            return Doubt(asks, words, clause.folded, text)
    is_readable = operator.kind.read is None or operator.kind.read(value) is not None
    if is_readable and (operator.kind.name != "ARN" or without_variables(text).count(":") >= COLONS):
        return None
    return Doubt(asks, words, is_settled=False)
