"""The callers that a policy knows, by values of conditions that only some callers have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kmspolicy._document import Condition, Policy, Principal, Statement
from kmspolicy._evaluate._callers import OF_CALLERS, ORGANISATIONS
from kmspolicy._language._forms import BY_SERVICE
from kmspolicy._language._values import text_of
from kmspolicy._normal._fixed import is_fixed, pattern_of, tells_an_account
from kmspolicy._normal._rules import rules_of
from kmspolicy._prove._callers import ARN, SERVICE, USERID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kmspolicy._language._values import Value
    from kmspolicy._normal._clauses import Clause
    from kmspolicy._normal._rules import Rules


def known_values(rules: Rules) -> Rules:
    """Return a policy that denies all requests with a value by which another policy knows callers."""
    return _denying(rules, _conditions)


def known_apart(rules: Rules) -> Rules:
    """Return the same, with a statement for each of a few organisations, and for the sources that services write."""
    values = {
        text_of(value)
        for rule in rules.statements
        for clause in rule.clauses
        for value in (clause.values if clause.folded in ORGANISATIONS else ())
    }
    return _denying(rules, _conditions_apart if len(values) <= _MOST_APART else _conditions_with_sources)


_MOST_APART: Final = 100
"""How many organisations are asked for one by one; each is compared with all others."""


def _denying(rules: Rules, of: Callable[[Clause], Iterable[Condition]]) -> Rules:
    clauses = [clause for rule in rules.statements for clause in rule.clauses]
    conditions = dict.fromkeys(condition for clause in clauses for condition in of(clause))
    statements = [_deny(condition) for condition in conditions]
    return rules_of(Policy(statements, version=rules.policy.version))


def _deny(condition: Condition) -> Statement:
    return Statement(
        "Deny", principal=Principal.everyone(), action="kms:*", resource="*", condition=condition
    )


def _conditions(clause: Clause) -> Iterator[Condition]:
    """Yield the condition that is met by callers with one of the values of a clause."""
    yield from _having(clause, _known(clause))


def _conditions_with_sources(clause: Clause) -> Iterator[Condition]:
    if clause.folded.startswith(BY_SERVICE):
        yield from _having(clause, filter(tells_an_account, clause.values))
    else:
        yield from _conditions(clause)


def _conditions_apart(clause: Clause) -> Iterator[Condition]:
    if clause.folded in ORGANISATIONS:
        for value in _known(clause):
            yield from _having(clause, [value])
    else:
        yield from _conditions_with_sources(clause)


def _known(clause: Clause) -> list[Value]:
    """Return the values of a clause by which callers are known."""
    facts = clause.facts
    if facts is None or not facts.limits_callers:
        return []
    values = [value for value in clause.values if is_fixed(clause, value)]
    if clause.folded in _WITH_ACCOUNTS:  # who is of an account that policies name, or a stranger
        return [value for value in values if "${" in text_of(value) and _has_account(clause, value)]
    return values


def _having(clause: Clause, values: Iterable[Value]) -> Iterator[Condition]:
    """Yield the condition that is met by requests with one of some values, if there are any."""
    facts, name = clause.facts, clause.parsed.operator.name.replace("Not", "")
    given = tuple(values)
    if given and clause.is_readable and name != "Null":
        several = facts is not None and facts.multivalued
        yield Condition(f"{'ForAnyValue:' if several else ''}{name}", clause.folded, given)


def _has_account(clause: Clause, value: Value) -> bool:
    """Return whether the ARN of a caller is fixed up to its account."""
    return clause.folded != ARN or _ACCOUNT(pattern_of(clause, value)) is not None


_ACCOUNT: Final = re.compile(r"(?:[^:*?]*:){4}[0-9]{12}:").match
_WITH_ACCOUNTS: Final = OF_CALLERS - {USERID, SERVICE}
"""The keys that follow from the caller, who is in a named account or a stranger."""
