"""What rules find, and conditions as rules see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kmspolicy._language._actions import ACTIONS, actions_matching
from kmspolicy._language._values import truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kmspolicy._check._finding import Severity
    from kmspolicy._document import Statement
    from kmspolicy._document._convert import Names, Value
    from kmspolicy._evaluate._conditions import Operator
    from kmspolicy._language._actions import ActionFacts
    from kmspolicy._language._keys import ConditionKeyFacts
    from kmspolicy._path import Steps


class Found(NamedTuple):
    """A code of the catalogue, where, and what is there."""

    code: str
    steps: Steps
    what: str = ""
    severity: Severity | None = None
    """Instead of that of the catalogue."""
    meant: Callable[[], str | None] | None = None
    """Finds the word that was probably meant, where what is there is an unknown one."""


class Clause(NamedTuple):
    """One condition of a statement, with what is known of it."""

    name: str
    operator: Operator
    key: str
    folded: str
    """The key in lower case, for case does not matter in it."""
    facts: ConditionKeyFacts | None
    values: tuple[Value, ...]

    @property
    def steps(self) -> Steps:
        """Where it stands."""
        return "Condition", self.name, self.key

    @property
    def matches_absent(self) -> bool:
        """Whether it seems to ask for a value and is met by its absence as well."""
        return self.operator.if_exists or (
            self.operator.qualifier == "ForAllValues" and self.operator.name != "Null"
        )

    @property
    def demands_key(self) -> bool:
        """Whether it demands that its key is there."""
        return self.needs_key or (self.operator.name == "Null" and False in map(truth, self.values))

    @property
    def refuses_key(self) -> bool:
        """Whether it demands that its key is absent."""
        return self.operator.name == "Null" and len(self.values) == 1 and True in map(truth, self.values)

    @property
    def needs_key(self) -> bool:
        """Whether it asks for a value, and is met only by a request that has its key."""
        if self.operator.if_exists or self.operator.name == "Null":
            return False
        return self.operator.qualifier == "ForAnyValue" or (
            not self.operator.qualifier and not self.operator.negated
        )


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
