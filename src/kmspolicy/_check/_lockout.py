"""Lockout: whether anybody, and a caller, could put a policy on the key again; by the rules of decisions.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#allow-unmanageable-key
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from kmspolicy._check._finding import Severity
from kmspolicy._check._rules import KEY_ARN, Found
from kmspolicy._document import Policy
from kmspolicy._evaluate._access import ALWAYS, caller_for, cell_of, principals_of
from kmspolicy._evaluate._decide import decide, names_action, names_key
from kmspolicy._evaluate._explain import condition_words, explain
from kmspolicy._evaluate._request import Caller, Request, caller_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._document import Statement

_PUT: Final = "kms:putkeypolicy"


def lockout(policy: Policy, caller: Caller | None, account: str | None) -> Iterator[Found]:
    """Find out whether the policy locks out everyone, or the caller."""
    if not _anybody(policy, account):
        certain = not _anybody(_in_the_best_case(policy), account)
        yield Found("LOCKOUT_EVERYONE", (), "", None if certain else Severity.WARNING)
    elif caller is not None:
        yield from _caller(policy, caller, account)


def _anybody(policy: Policy, account: str | None) -> bool:
    """Tell whether anybody could put a policy, conditions permitting."""
    denies = any(statement.effect == "Deny" for statement in policy.statements)
    if account is None and not denies and any(map(_plainly, policy.statements)):
        return True
    return any(_may(policy, candidate) for candidate in _candidates(policy, account))


def _plainly(statement: Statement) -> bool:
    """Tell whether a statement lets AWS principals put a policy, without any condition."""
    return (
        statement.effect == "Allow"
        and statement.condition is None
        and statement.principal is not None
        and bool(statement.principal["AWS"])
        and names_key(statement)
        and names_action(statement, _PUT)
    )


def _candidates(policy: Policy, account: str | None) -> Iterator[Caller]:
    """Go through all that a policy tells apart: who is named, and the root user and everyone else of their accounts."""
    accounts = {} if account is None else {f"arn:aws:iam::{account}:root": None}
    for kind, name in principals_of(policy):
        candidate = caller_for((kind, name))
        elsewhere = account is not None and candidate.account != account
        if kind == "AWS" and not (elsewhere and (candidate.account or name == "*")):
            yield candidate
            if candidate.account:
                accounts[candidate.root] = None
    for root in accounts:
        yield caller_of(root)
        yield caller_for(("AWS", root))


def _may(policy: Policy, caller: Caller) -> bool:
    cell = cell_of(policy, caller, _PUT)
    return cell.denied != ALWAYS and bool(cell.allowed or cell.delegated)


def _in_the_best_case(policy: Policy) -> Policy:
    """Read a policy as KMS might: a key's ARN is the key, and a Deny with NotPrincipal spares whom it should."""
    statements = [
        attrs.evolve(statement, resource="*")
        if statement.effect == "Allow" and any(map(KEY_ARN, statement.resources))
        else statement
        for statement in policy.statements
        if statement.effect == "Allow" or statement.not_principal is None
    ]
    return Policy(statements, version=policy.version)


def _caller(policy: Policy, caller: Caller, account: str | None) -> Iterator[Found]:
    if account is not None and caller.account != account:
        yield Found(
            "LOCKOUT_CALLER",
            (),
            f"{caller.name} is not in account {account}, and PutKeyPolicy is for the key's own account",
        )
        return
    # A session does not tell the path of its role, so a condition on it is not decided.
    candidate = caller_for(("AWS", caller.name)) if caller.role else caller
    cell = cell_of(policy, candidate, _PUT)
    decision = decide(policy, Request(caller.name, "kms:PutKeyPolicy", account=account))
    if not _may(policy, candidate):
        certain = not _may(_in_the_best_case(policy), candidate)
        yield Found("LOCKOUT_CALLER", (), explain(decision), None if certain else Severity.WARNING)
    elif ALWAYS not in (cell.allowed, cell.delegated):
        words = " or ".join(map(condition_words, (*cell.allowed, *cell.delegated)))
        yield Found("LOCKOUT_CALLER", (), f"unless {words}", Severity.WARNING)
    elif cell.allowed != ALWAYS:
        yield Found("IAM_POLICIES_DECIDE", (), f"kms:PutKeyPolicy by {caller.name}")
