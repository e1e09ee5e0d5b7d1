"""The rules about a statement.

A rule yields the codes of the catalogue, each with the place below the statement and a word about what is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kmspolicy._check._across import across_accounts
from kmspolicy._check._conditions import conditions, operators
from kmspolicy._check._names import actions, are_known, is_wrong, principals, redundant_actions, resources
from kmspolicy._check._reach import lets_in, shuts_out_services
from kmspolicy._check._values import values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._check._found import Found
    from kmspolicy._normal._rules import Rule


def found_in(rule: Rule, account: str | None) -> Iterator[Found]:
    """Apply all rules to a statement, without asking those about names that are right at a glance."""
    statement = rule.statement
    if statement.principal is None or not rule.names or any(map(is_wrong, rule.names)):
        yield from principals(statement)
    if statement.action is None or not are_known(statement.action):
        yield from actions(statement)
    yield from redundant_actions(rule)
    if statement.resource != "*":
        yield from resources(statement)
    clauses = [clause for clause in rule.clauses if clause.is_readable]
    if statement.condition is not None:
        yield from operators(statement)
        yield from conditions(rule, clauses)
        yield from values(clauses)
    if statement.effect == "Allow":
        yield from lets_in(rule, clauses)
        if account is not None:
            yield from across_accounts(statement, account)
    else:
        yield from shuts_out_services(statement, clauses)
