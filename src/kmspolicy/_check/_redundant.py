"""Which statements others may cover, at a glance: most name somebody for something that no other statement names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._language._actions import actions_matching
from kmspolicy._normal._rules import EVERYONE, account_marks, marks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kmspolicy._language._principals import PrincipalName
    from kmspolicy._normal._rules import Mark, Rule, Rules


def may_be_covered(rules: Rules) -> list[int]:
    """Return the statements that others may cover, by their numbers."""
    index = _Index(rules.statements)
    return [rule.number for rule in rules.statements if _may_be_covered(rule, index)]


def _may_be_covered(rule: Rule, index: _Index) -> bool:
    """Return whether all that is looked at of a statement is in others, too."""
    actions = list(_actions(rule))
    if rule.statement.principal is None or not rule.names or not actions:
        return rule.statement.not_principal is not None and bool(actions)
    return all(
        any(other.number != rule.number and other.is_about(action) for other in index.about(name, rule))
        for name in rule.names[:_MOST]
        for action in actions
    )


_MOST: Final = 8
"""How many names and actions of a statement are looked at; what that leaves open is proved."""


def _actions(rule: Rule) -> Iterator[str]:
    """Yield actions that a statement is about, in lower case."""
    if rule.statement.action is None:
        patterns = ["kms:*"] if rule.statement.not_action is not None else []
    else:
        patterns = list(rule.patterns[:_MOST])
    for pattern in patterns:
        known = (one.name.lower() for one in actions_matching(pattern) if one.effective)
        action = next((one for one in known if rule.is_about(one)), None)
        if action is not None:
            yield action


class _Index:
    """The statements, by whom they name."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._everyone: list[Rule] = []
        self._by_mark: dict[Mark, list[Rule]] = {}
        for rule in rules:
            if rule.statement.principal is None or EVERYONE in rule.marks:
                self._everyone.append(rule)
            else:
                for mark in rule.marks:
                    self._by_mark.setdefault(mark, []).append(rule)

    def about(self, name: PrincipalName, rule: Rule) -> Iterator[Rule]:
        """Yield the statements that may cover what another one says of a name."""
        marks = (*marks_of(name), *(account_marks(name) if name.account else ()))
        for other in (*self._everyone, *(one for mark in marks for one in self._by_mark.get(mark, ()))):
            if other.denies or not rule.denies:
                yield other
