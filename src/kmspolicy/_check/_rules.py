"""The rules about a statement.

A rule yields the codes of the catalogue, each with the place below the statement and a word about what is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kmspolicy._check._conditions import conditions, operators
from kmspolicy._check._names import actions, are_fine, are_known, principals, resources
from kmspolicy._check._reach import lets_in, never_met, shuts_out_services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._check._found import Clause, Found
    from kmspolicy._document import Statement


def rules_of(statement: Statement, account: str | None) -> Iterator[Found]:
    """Apply all rules to a statement, without asking those about names that are right at a glance."""
    if statement.principal is None or not are_fine(statement.principal):
        yield from principals(statement)
    if statement.action is None or not are_known(statement.action):
        yield from actions(statement)
    if statement.resource != "*":
        yield from resources(statement)
    clauses: list[Clause] = []
    if statement.condition is not None:
        yield from operators(statement, clauses)
        yield from conditions(statement, clauses)
        yield from never_met(statement, clauses)
    if statement.effect == "Allow":
        yield from lets_in(statement, clauses, account)
    else:
        yield from shuts_out_services(statement, clauses)
