"""Public access: whether somebody of whom a policy knows nothing can use the key; by proof, for all requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kmspolicy._check._finding import Severity
from kmspolicy._check._found import Found
from kmspolicy._check._limits import has_wildcard_before_account, why_public
from kmspolicy._check._reach import element_of, lets_everyone_in
from kmspolicy._prove._strangers import Strangers
from kmspolicy._prove._verdicts import Fails, Holds
from kmspolicy._words._proofs import witness_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._language._key_arns import Key
    from kmspolicy._normal._rules import Rules
    from kmspolicy._prove._budget import Budget


def public_access(rules: Rules, key: Key, budget: Budget) -> Iterator[Found]:
    """Find the statements by which a stranger can use the key, all that is denied considered."""
    strangers = Strangers(rules, key, budget)
    for rule in filter(lets_everyone_in, rules.statements):
        verdict = strangers.get_nothing(by=rule)
        if isinstance(verdict, Holds):
            continue
        steps = ("Statement", rule.number)
        doubtful = [clause for clause in rule.clauses if has_wildcard_before_account(clause)]
        if isinstance(verdict, Fails):
            why = why_public(rule.clauses)
            example = f"for example, {witness_words(verdict.witness)}"
            yield Found("PUBLIC_ACCESS", (*steps, element_of(rule)), f"{why}; {example}" if why else example)
        elif doubtful:
            yield Found("WILDCARD_BEFORE_ACCOUNT", (*steps, *doubtful[0].steps))
        else:
            yield Found("PUBLIC_ACCESS", (*steps, element_of(rule)), verdict.reason, Severity.WARNING)
