"""Changes of the policy that a key has."""

from __future__ import annotations

from inspect import iscoroutine
from typing import TYPE_CHECKING

import attrs

from kmspolicy._client._prepared import a_bypass
from kmspolicy._diff._documents import document_diff
from kmspolicy._document import Policy
from kmspolicy._document._policy import a_sid, a_statement, sid_of
from kmspolicy._document._principal import a_principal
from kmspolicy.errors import PolicyDocumentError, Problem, SidError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kmspolicy._document import Principal, Statement


@attrs.frozen(eq=False)
class Edit:
    """How to change a policy.

    Attributes:
        function: Gets the policy and returns the changed one.
        tries: How often it is called at most.
        bypass: Whether the policy is put even if it locks the caller out.
        idempotent: Whether the function may change a policy that may hold its change already.
    """

    function: Callable[[Policy], Policy]
    tries: int = 3
    bypass: bool = False
    idempotent: bool = False

    def changed(self, policy: Policy) -> Policy:
        """Return the changed policy.

        Raises:
            PolicyDocumentError: if the function does not return a Policy.
        """
        new: object = self.function(policy)
        if isinstance(new, Policy):
            return new
        what = "an awaitable; it must not be async" if iscoroutine(new) else type(new).__name__
        if iscoroutine(new):
            new.close()
        message = f"the function of edit must return the changed Policy, not {what}"
        raise PolicyDocumentError([Problem("DATA_TYPE_MISMATCH", message)])


def an_edit(function: Callable[[Policy], Policy], tries: int, *, bypass: bool) -> Edit:
    """Return the edit, if it can be one."""
    if isinstance(tries, bool) or not isinstance(tries, int) or tries < 1:
        raise ValueError(f"tries must be an integer of 1 or more, not {tries!r}")
    if not callable(function):
        raise TypeError(f"expected a function from Policy to Policy, not {function!r}")
    return Edit(function, tries, a_bypass(bypass))


# The arguments of these are looked at before anything is read.


def adding(statement: Statement, partition: str) -> Edit:
    """Return the edit that adds a statement, where the policy does not have the same one."""
    a_statement(statement)

    def add(policy: Policy) -> Policy:
        if any(_is_same(other, statement, partition) for other in policy.statements):
            return policy
        taken = next(
            (other for other in policy.statements if statement.sid and other.sid == statement.sid), None
        )
        if taken is not None:
            raise SidError(_how_to_keep(taken, statement, partition))
        return policy.with_statement(statement)

    return Edit(add, idempotent=True)


def removing(sid: str) -> Edit:
    """Return the edit that removes the statement with a Sid."""
    a_sid(sid)
    found: list[Policy] = []

    def remove(policy: Policy) -> Policy:
        if found and all(statement.sid != sid for statement in policy.statements):
            return policy  # a put whose answer was lost has removed it, or somebody else
        found.append(policy)
        return policy.without_statement(sid)

    return Edit(remove, idempotent=True)


def exchanging(statement: Statement) -> Edit:
    """Return the edit that replaces the statement with the same Sid."""
    sid_of(statement)
    return Edit(lambda policy: policy.exchange_statement(statement), idempotent=True)


def adding_principal(principal: Principal, sid: str) -> Edit:
    """Return the edit that adds principals to a statement."""
    a_principal(principal)
    a_sid(sid)
    return Edit(lambda policy: policy.with_principal(principal, sid=sid), idempotent=True)


def removing_principal(principal: Principal, sid: str | None) -> Edit:
    """Return the edit that takes principals out of a statement, or out of all that allow."""
    a_principal(principal)
    if sid is not None:
        a_sid(sid)
    return Edit(lambda policy: policy.without_principal(principal, sid=sid), idempotent=True)


def _is_same(one: Statement, other: Statement, partition: str) -> bool:
    return not document_diff(Policy(one), Policy(other), partition)


def _how_to_keep(taken: Statement, statement: Statement, partition: str) -> str:
    """Say how to keep both of two statements with the same Sid, or only the new one."""
    ways = "give this one another Sid to keep both, or use exchange_statement to replace that one"
    if taken.principal and statement.principal:
        moved = taken.replace(principal=statement.principal)
        if _is_same(moved, statement, partition):
            ways = f"only the principal differs: use add_principal to add it to that one; else {ways}"
    return f"another statement has the Sid {statement.sid!r}; {ways}"
