"""Strangers: those of whom a policy knows nothing, and what it lets them do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kmspolicy._prove._grid import CALLER
from kmspolicy._prove._known import known_values
from kmspolicy._prove._proofs import Proofs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._language._key_arns import Key
    from kmspolicy._normal._rules import Rule, Rules
    from kmspolicy._prove._budget import Budget
    from kmspolicy._prove._proofs import Layout
    from kmspolicy._prove._question import Task
    from kmspolicy._prove._verdicts import Verdict


class Strangers:
    """Callers of accounts that a policy does not name, with none of the values by which it knows callers."""

    def __init__(self, rules: Rules, key: Key, budget: Budget | None = None) -> None:
        """Lay the policy out.

        Args:
            rules: The policy.
            key: What is known of the key.
            budget: What all questions together may take; None for what a public call may.
        """
        self._proofs = Proofs(known_values(rules), rules, key, budget)

    def get_nothing(self, by: Rule | None = None) -> Verdict:
        """Return whether the policy grants nothing to strangers.

        Args:
            by: The Allow that grants it; None for any.
        """

        def tasks(layout: Layout) -> Iterator[Task]:
            strangers = {CALLER: layout.grid.population.where(lambda caller: caller.is_stranger)}
            its_own = None
            if by is not None:
                its_own = [said.box for said in layout.grid.said(1) if said.rule.number == by.number]
            return layout.granted_in([strangers], layout.before.denied, its_own)

        claim = "nobody whom the policy does not know can use the key"
        return self._proofs.verdict(claim, tasks, self._proofs.granted)
