"""Conditions as tests of one key each, and doubts: what of a condition depends on more than one key, or on nobody knows what."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from kmspolicy._language._operators import PARSED
from kmspolicy._language._values import text_of
from kmspolicy._language._variables import keys_of_variables
from kmspolicy._prove._callers import KEYS, OF_THE_ACCOUNT
from kmspolicy._prove._keys import Test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kmspolicy._normal._clauses import Clause


class Doubt(NamedTuple):
    """A question that no class of requests answers.

    Attributes:
        asks: The question, in which no two have the same words.
        key: The condition key that it is about; empty for none.
        pattern: The text with variables that a value of the key may match; empty where that is not the question.
        is_settled: Whether requests answer it; else nobody knows what the policy means.
    """

    asks: str
    key: str = ""
    pattern: str = ""
    is_settled: bool = True


class Asked(NamedTuple):
    """What a condition asks of its key, by its folded name."""

    key: str
    test: Test


class Answer(NamedTuple):
    """A doubt, answered."""

    doubt: Doubt
    yes: bool


Atom: TypeAlias = Asked | Answer
Way: TypeAlias = tuple[Atom, ...]
"""A way in which conditions can be met: all of these hold."""

_PRESENT: Final = Test(PARSED["Null"], ("false",), variables=False)
_ABSENT: Final = Test(PARSED["Null"], ("true",), variables=False)


def ways_of(clauses: Iterable[Clause], *, variables: bool) -> Iterator[Way]:
    """Go through the ways in which the conditions of a statement can all be met."""
    for ways in product(*(_ways(clause, variables=variables) for clause in clauses)):
        yield tuple(atom for way in ways for atom in way)


def _ways(clause: Clause, *, variables: bool) -> list[Way]:
    key, parsed = clause.folded, clause.parsed
    asks = f"whether {clause.name!r} on {key!r} with {list(clause.values)!r} is met"
    if not clause.is_readable:
        return [(Answer(Doubt(asks, is_settled=False), yes=True),)]
    varied = [
        text
        for text in map(text_of, clause.values)
        if variables and parsed.operator.kind.variables and not _is_plain(key, text)
    ]
    plain = tuple(value for value in clause.values if text_of(value) not in varied)
    asked = Asked(key, Test(parsed, plain, variables))
    if not varied:
        return [(asked,)]
    present, absent = Asked(key, _PRESENT), (Asked(key, _ABSENT), asked)
    if parsed.qualifier:
        return [(present, Answer(Doubt(asks, key), yes=True)), absent]
    compares = parsed.operator.name.replace("Not", "")
    doubts = [Doubt(f"whether {key!r} {compares} {text!r}", key, text) for text in varied]
    if parsed.operator.negated:
        return [(asked, present, *(Answer(doubt, yes=False) for doubt in doubts)), absent]
    return [(asked,), *((present, Answer(doubt, yes=True)) for doubt in doubts)]


def _is_plain(key: str, text: str) -> bool:
    """Return whether a text is the same for all requests, or for all of an account where its key follows from the caller."""
    keys = keys_of_variables(text)
    return not keys or (key in KEYS and keys <= OF_THE_ACCOUNT)
