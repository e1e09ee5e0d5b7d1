"""The results of rules, before their texts are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kmspolicy._language._actions import ACTIONS, actions_matching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kmspolicy._check._finding import FindingCode, Severity
    from kmspolicy._document import Statement
    from kmspolicy._document._convert import Names
    from kmspolicy._language._actions import ActionFacts
    from kmspolicy._path import Steps


class Found(NamedTuple):
    """A code of the catalogue, the place, and the value at that place."""

    code: FindingCode
    steps: Steps
    what: str = ""
    severity: Severity | None = None
    """The severity, if it is not the one of the catalogue."""
    meant: Callable[[], str | None] | None = None
    """Finds the word that was probably meant, where what is there is an unknown one."""


def named_actions(statement: Statement) -> list[ActionFacts]:
    """List the known actions that a statement is about and that have an effect."""
    if statement.not_action is not None:
        excepted = {fact.name for name in statement.not_actions for fact in actions_matching(name)}
        return [fact for fact in ACTIONS.values() if fact.effective and fact.name not in excepted]
    return [fact for name in statement.actions for fact in actions_matching(name) if fact.effective]


def places_of(steps: Steps, names: Names) -> Iterator[tuple[Steps, str]]:
    """Go through the names of an element with their places."""
    if isinstance(names, str):
        yield steps, names
    else:
        for index, name in enumerate(names):
            yield (*steps, index), name
