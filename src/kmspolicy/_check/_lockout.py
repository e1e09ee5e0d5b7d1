"""Lockout: whether anybody, and a caller, could put a policy on the key again; by the rules of decisions.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#allow-unmanageable-key
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from kmspolicy._check._finding import Severity
from kmspolicy._check._found import Found
from kmspolicy._check._names import KEY_ARN, is_unsettled
from kmspolicy._document import Policy, Principal
from kmspolicy._document._condition import condition_of
from kmspolicy._evaluate._access import ALWAYS, allowing, caller_for, cell_of, principals_of
from kmspolicy._evaluate._conditions import parse_operator
from kmspolicy._evaluate._decide import Outcome, decide, names_action, names_key
from kmspolicy._evaluate._request import Caller, Request, caller_of
from kmspolicy._words import explain
from kmspolicy._words._conditions import condition_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._document import Statement

LOCKOUTS: Final = frozenset({"LOCKOUT_EVERYONE", "LOCKOUT_CALLER"})
"""The codes of what the bypass of the lockout safety check lets through."""
_PUT: Final = "kms:putkeypolicy"


def lockout(policy: Policy, caller: Caller | None, account: str | None) -> Iterator[Found]:
    """Find out whether the policy locks out everyone, or the caller."""
    if not _anybody(policy, caller, account):
        certain = not _anybody(_in_the_best_case(policy, caller), caller, account)
        reason = _reason(policy, caller, account)
        yield Found("LOCKOUT_EVERYONE", (), reason, None if certain else Severity.WARNING)
    elif caller is not None:
        yield from _caller(policy, caller, account)


def _anybody(policy: Policy, caller: Caller | None, account: str | None) -> bool:
    """Tell whether anybody could put a policy, conditions permitting."""
    denies = any(statement.effect == "Deny" for statement in policy.statements)
    if account is None and not denies and any(map(_plainly, policy.statements)):
        return True
    about = _AboutPut(policy)
    if any(map(_for_everyone, about.statements)):
        return False
    return any(
        about.is_allowed(candidate) and _may(about.concerning(candidate), candidate)
        for candidate in _candidates(policy, caller, account)
    )


class _AboutPut:
    """The statements about putting a policy, by whom they name: a candidate is looked up, not looked for."""

    def __init__(self, policy: Policy) -> None:
        self.statements = [statement for statement in policy.statements if _about_put(statement)]
        self._version = policy.version
        self._everyone: list[int] = []
        self._by_name: dict[object, list[int]] = {}
        for index, statement in enumerate(self.statements):
            if statement.principal is None or "*" in statement.principal["AWS"]:
                self._everyone.append(index)
            else:
                for name in statement.principal["AWS"]:
                    self._by_name.setdefault(name, []).append(index)
                    account, role, path = name.partition(":role/")
                    if role:  # a session does not tell the path of its role
                        self._by_name.setdefault((account, path.rpartition("/")[2]), []).append(index)
        self._everyone_is_allowed = any(self.statements[index].effect == "Allow" for index in self._everyone)

    def concerning(self, caller: Caller) -> Policy:
        """Return the policy of those statements that may be about a caller."""
        chosen = sorted({*self._naming(caller), *self._everyone})
        return Policy([self.statements[index] for index in chosen], version=self._version)

    def is_allowed(self, caller: Caller) -> bool:
        """Tell whether any Allow is about a caller, so that it is worth to look at what is denied."""
        return self._everyone_is_allowed or any(
            self.statements[index].effect == "Allow" for index in self._naming(caller)
        )

    def _naming(self, caller: Caller) -> Iterator[int]:
        """Go through the statements that name a caller, its account or its role."""
        names = (caller.name, caller.account, caller.root, (caller.root.removesuffix(":root"), caller.role))
        for name in names:
            yield from self._by_name.get(name, ())


def _about_put(statement: Statement) -> bool:
    return names_key(statement) and names_action(statement, _PUT)


def _for_everyone(statement: Statement) -> bool:
    """Tell whether a statement denies everyone what it is about, without any condition."""
    names = () if statement.principal is None else statement.principal["AWS"]
    return statement.effect == "Deny" and statement.condition is None and "*" in names


def _reason(policy: Policy, caller: Caller | None, account: str | None) -> str:
    """Say why nobody could put a policy, where there is more to say than that no statement allows it."""
    about = _AboutPut(policy)
    if account is not None and not any(
        kind == "AWS" and caller_for((kind, name)).account in ("", account)
        for kind, name in principals_of(policy)
    ):
        return f"none names account {account} or a principal in it"
    for candidate in [*([] if caller is None else [caller]), *_candidates(policy, caller, account)]:
        if candidate.name.startswith("arn:") and candidate.account:
            request = Request(candidate.name, "kms:PutKeyPolicy", account=account)
            if candidate is caller or decide(about.concerning(candidate), request).outcome is Outcome.DENIED:
                return explain(decide(policy, request))
    return ""


def _plainly(statement: Statement) -> bool:
    """Tell whether a statement lets AWS principals put a policy, without any condition."""
    return (
        statement.effect == "Allow"
        and statement.condition is None
        and statement.principal is not None
        and bool(statement.principal["AWS"])
        and _about_put(statement)
    )


def _candidates(policy: Policy, caller: Caller | None, account: str | None) -> Iterator[Caller]:
    """Go through all that a policy tells apart: the caller, who is named, and the root user and all else of their accounts."""
    accounts = {} if account is None else {f"arn:aws:iam::{account}:root": None}
    if caller is not None and caller.account == account:
        yield _without_path(caller)
        accounts = {caller.root: None}
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


def _in_the_best_case(policy: Policy, caller: Caller | None) -> Policy:
    """Read a policy as KMS might, where that is not settled.

    A key's ARN is the key; an operator in another case is met; a Deny with NotPrincipal spares whom it should; and who
    is named by a unique id, as a canonical user or by an identity provider may be anybody.
    """
    return Policy(
        [
            _allowing(statement, caller) if statement.effect == "Allow" else statement
            for statement in policy.statements
            if statement.effect == "Allow" or statement.not_principal is None
        ],
        version=policy.version,
    )


def _allowing(statement: Statement, caller: Caller | None) -> Statement:
    if any(map(KEY_ARN, statement.resources)):
        statement = attrs.evolve(statement, resource="*")
    if statement.condition is not None:
        known = [block for block in statement.condition.blocks if parse_operator(block[0]) is not None]
        statement = attrs.evolve(statement, condition=condition_of(tuple(known)) if known else None)
    if any(_may_be(kind, name, caller) for kind, name in statement.principal or ()):
        statement = attrs.evolve(statement, principal=Principal.everyone())
    return statement


def _may_be(kind: str, name: str, caller: Caller | None) -> bool:
    """Tell whether a name may stand for the caller, or for somebody, without saying so."""
    if kind != "AWS":
        return kind != "Service"
    return is_unsettled(name) or (caller is not None and _acts_as(caller_for(("AWS", name)), caller))


def _acts_as(other: Caller, caller: Caller) -> bool:
    """Tell whether a caller may turn out to be another one of its account.

    A role is any of its sessions; a federated user acts with the permissions of the user who made the session.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-role-session
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
    """
    if (other.partition, other.account) != (caller.partition, caller.account):
        return False
    if caller.kind == "role":
        return other.role == caller.name.rpartition("/")[2]
    return caller.kind == "federated" and other.kind == "user" and other.name != "*"


def _without_path(caller: Caller) -> Caller:
    """Leave out what a session does not tell, the path of its role, so that a condition on it is not decided."""
    return caller_for(("AWS", caller.name)) if caller.role else caller


def _caller(policy: Policy, caller: Caller, account: str | None) -> Iterator[Found]:
    if account is not None and caller.account != account:
        yield Found(
            "LOCKOUT_CALLER",
            (),
            f"{caller.name} is not in account {account}, and PutKeyPolicy is for the key's own account",
        )
        return
    candidate = _without_path(caller)
    cell = cell_of(policy, candidate, _PUT)
    decision = decide(policy, Request(caller.name, "kms:PutKeyPolicy", account=account))
    if not _may(policy, candidate):
        certain = not _may(_in_the_best_case(policy, caller), candidate)
        yield Found("LOCKOUT_CALLER", (), explain(decision), None if certain else Severity.WARNING)
    elif ALWAYS not in (cell.allowed, cell.delegated):
        words = " or ".join(map(condition_words, (*cell.allowed, *cell.delegated)))
        where = ", ".join(f"Statement[{number}]" for number in allowing(policy, candidate, _PUT))
        yield Found("LOCKOUT_CALLER", (), f"only if {words}, by {where}", Severity.WARNING)
    elif decision.outcome is Outcome.DENIED:  # as it is where no request has the key of its condition
        yield Found("LOCKOUT_CALLER", (), explain(decision), Severity.WARNING)
    elif cell.allowed != ALWAYS:
        yield Found("IAM_POLICIES_DECIDE", (), f"kms:PutKeyPolicy by {caller.name}")
