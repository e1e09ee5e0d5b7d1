"""What a policy says in plain English, statement by statement, where some of its values are not known yet.

Placeholders stand for themselves in what is said. Only those count that decide between parts of the document, or of which a
sentence is made: the effect of a statement, for example.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._partial._answers import LIMITS, Answers, Case
from kmspolicy._partial._fill import NOTHING, Given, given_in, needed, policy_of
from kmspolicy._partial._fillings import Fillings
from kmspolicy._partial._kinds import comparisons, tests_of
from kmspolicy._partial._parts import each_statement
from kmspolicy._partial._shown import Shown
from kmspolicy._partial._tree import Placeholder
from kmspolicy._words._lists import lines
from kmspolicy._words._statements import NOBODY, labelled, statement_words
from kmspolicy.errors import PolicyDocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kmspolicy._partial._fill import Filled
    from kmspolicy._partial._tree import Node

_IN_NAMES: Final = frozenset({"account", "partition"})
"""The kinds of placeholders in the ARNs of principals, which are told apart from names only if they have values."""


def explained(tree: Node) -> str:
    """Return a line for each statement; where what it says depends on values, one for each way, which says so."""
    fillings = Fillings([tree])
    texts = _texts(tree, fillings)
    shown = Shown(fillings, Given(texts, {}))
    try:
        every = [line for part in each_statement(given_in(tree, texts)) for line in _said_of(*part)]
    except PolicyDocumentError as error:
        raise PolicyDocumentError(map(shown.value, error.problems)) from None
    return shown.text("\n".join(lines(every, str, more="and {:,} more lines"))) or NOBODY


def _texts(tree: Node, fillings: Fillings) -> dict[str, str]:
    """Return what stands for the placeholders that make no other sentence: they themselves, nearly always."""
    compared = [one for test in tests_of(tree) for one in comparisons(test)]
    decide = {
        each.name for one in compared for side in (one.left, one.right) for each in needed(side, NOTHING)
    }
    texts: dict[str, str] = {}
    for one in needed(tree, NOTHING):
        if not isinstance(one, Placeholder) or one.name in decide:
            continue
        kind = fillings.kinds[one.name]
        values = [str(one)] if kind == "action" else fillings.stand_ins.of(one)
        if len(values) == 1:
            texts[one.name] = values[0] if kind in _IN_NAMES else str(one)
    return texts


def _said_of(number: int | None, part: Node) -> Iterator[str]:
    """Yield the lines about a statement, or about a document whose statements are not known one by one."""
    answers = _answers(part)
    for line in dict.fromkeys(line for said in answers.said for line in said):

        def is_said(said: Sequence[str], line: str = line) -> bool:
            return line in said

        yield f"{line} {answers.sentence(is_said)}" if answers.depends_on(is_said) else line
    if answers.unknown:
        yield f"{'' if number is None else f'Statement[{number}]: '}not all is known: {answers.unknown}."


def _answers(part: Node) -> Answers:
    fillings = Fillings([part])
    try:
        cases = [
            Case(one, None if one.documents is None else _lines_of(one.documents[0])) for one in fillings
        ]
    except tuple(LIMITS) as error:
        return Answers(fillings, [], (), LIMITS[type(error)])
    return Answers(fillings, cases, ())


def _lines_of(document: Filled) -> list[str]:
    """Return a line for each statement of a document, with its number in the file."""
    said: list[str] = []
    for index, statement in enumerate(policy_of(document).statements):
        steps = document.origin(("Statement", index)).steps
        number = next((step for step in steps if isinstance(step, int)), index)
        said.append(f"{labelled(number, statement)}: {statement_words(statement)}")
    return said
