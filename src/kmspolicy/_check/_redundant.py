"""Which statements others may cover, at a glance: most name somebody for something that no other statement names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._language._actions import ACTIONS
from kmspolicy._normal._rules import EVERYONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kmspolicy._language._principals import PrincipalName
    from kmspolicy._normal._rules import Rule, Rules


def may_be_covered(rules: Rules) -> list[int]:
    """Return the statements that others may cover, by their numbers."""
    index = _Index(rules.statements)
    return [
        rule.number for rule in rules.statements if not index.is_alone(rule) and _may_be_covered(rule, index)
    ]


def _may_be_covered(rule: Rule, index: _Index) -> bool:
    if rule.statement.principal is None:
        return rule.statement.not_principal is not None
    return all(_is_in_others(rule, name, index) for name in rule.names[:_MOST])


def _is_in_others(rule: Rule, name: PrincipalName, index: _Index) -> bool:
    """Return whether other statements are about what a statement says of a name, as far as it is looked at."""
    others = index.about(name, rule)
    for action in _actions(rule):
        for other in others:
            if other.is_about(action):
                break
        else:
            return False
    return True


_MOST: Final = 8
"""How many names and actions of a statement are looked at; what that leaves open is proved."""


def _actions(rule: Rule) -> Iterator[str]:
    """Yield actions that a statement is about, in lower case: of a pattern, one that may come to be."""
    for pattern in () if rule.statement.action is None else rule.patterns[:_MOST]:
        action = pattern.replace("*", "").replace("?", "x")
        known = ACTIONS.get(action)
        if action.startswith("kms:") and (known is None or known.effective):
            yield action


class _Index:
    """The statements, by whom they name."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._denials: list[Rule] = []
        self._everyone: list[Rule] = []
        self._by_name: dict[object, list[Rule]] = {}
        for rule in rules:
            if rule.denies:
                self._denials.append(rule)
            if rule.statement.principal is None or EVERYONE in rule.marks:
                self._everyone.append(rule)
            else:
                for name in map(_who, rule.names):
                    self._by_name.setdefault(name, []).append(rule)

    def is_alone(self, rule: Rule) -> bool:
        """Return whether nothing is denied, and a statement names somebody whom no other names."""
        if self._denials or self._everyone:
            return False
        return any(len(self._by_name[name]) == 1 for name in map(_who, rule.names))

    def about(self, name: PrincipalName, rule: Rule) -> list[Rule]:
        """Return the other statements that may cover what a statement says of a name.

        An Allow for the account of a user or role leaves to IAM policies what an Allow for the user or role allows.
        """
        found = [*self._everyone, *self._by_name.get(_who(name), ()), *self._denials]
        return [other for other in found if other is not rule and (other.denies or not rule.denies)]


def _who(name: PrincipalName) -> object:
    """Return by what a name is found: an account by its id, however it is written."""
    return name.account if name.kind == "account" else (name.type, name.text)
