"""Rules about whom a statement reaches, its conditions considered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._check._found import Found, named_actions
from kmspolicy._check._limits import limits_callers, tells_the_source
from kmspolicy._evaluate._callers import requester_named
from kmspolicy._language._operators import verdict
from kmspolicy._language._variables import Facts
from kmspolicy._normal._rules import EVERYONE
from kmspolicy._printable import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kmspolicy._document import Statement
    from kmspolicy._language._principals import PrincipalName
    from kmspolicy._language._values import OneOf
    from kmspolicy._normal._clauses import Clause
    from kmspolicy._normal._rules import Rule

# --- whom it lets in -------------------------------------------------------------------------------


def lets_in(rule: Rule, clauses: Sequence[Clause]) -> Iterator[Found]:
    """Find whom an Allow lets in beyond what its author probably means."""
    statement, principal = rule.statement, rule.statement.principal
    if statement.not_principal is not None:
        yield Found("ALLOW_WITH_NOT_PRINCIPAL", ("NotPrincipal",))
    if any(map(tells_the_source, clauses)):
        return
    limiting = {clause.folded for clause in clauses if limits_callers(clause)}
    if lets_everyone_in(rule) and limiting and limiting <= _SERVICE_NAMES:
        yield Found("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", (element_of(rule),))
    services = () if principal is None or principal.element == "*" else principal["Service"]
    if services:
        yield Found("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", ("Principal", "Service"), quoted(services[0]))


def lets_everyone_in(rule: Rule) -> bool:
    """Return whether a statement is an Allow for everyone, or for everyone but some, conditions permitting."""
    everyone = rule.statement.not_principal is not None or EVERYONE in rule.marks
    return everyone and not rule.denies


def element_of(rule: Rule) -> str:
    """Return the element that says for whom a statement is."""
    return "Principal" if rule.statement.not_principal is None else "NotPrincipal"


_SERVICE_NAMES: Final = frozenset({"aws:principalservicename", "aws:principalservicenameslist"})

# --- whom it shuts out, and whom it is never about ---------------------------------------------------

_THAT_SERVICES_DO: Final = frozenset(
    [
        "kms:Decrypt",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:CreateGrant",
        "kms:DescribeKey",
    ]
)
# What requests of AWS services do not have.
_NOT_OF_SERVICES: Final = frozenset(
    [
        "kms:calleraccount",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpcsourceip",
        "aws:userid",
        "aws:username",
    ]
)
# What follows from the principal of a request: its account, what it is, and that a service is in no organisation.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
_ORGANISATIONS: Final = frozenset({"aws:principalorgid", "aws:principalorgpaths"})
_OF_THE_CALLER: Final = _ORGANISATIONS | {
    "kms:calleraccount",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:principaltype",
    "aws:username",
}
# A user may act as a federated user, who has others of these.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
_NOT_OF_FEDERATED_USERS: Final = frozenset({"aws:principalarn", "aws:principaltype", "aws:username"})


def shuts_out_services(statement: Statement, clauses: Sequence[Clause]) -> Iterator[Found]:
    """Find out whether a Deny shuts out AWS services, which its conditions do not mean."""
    principal, spared = statement.principal, statement.not_principal
    if spared is None and (principal is None or "*" not in principal["AWS"] or not clauses):
        return
    if spared is not None and (spared["Service"] or "*" in spared["AWS"]):
        return
    if any(clause.parsed.of_presence for clause in clauses):
        return
    # aws:PrincipalIsAWSService and the like, by which services are spared, are not among these.
    if not all(clause.folded in _NOT_OF_SERVICES and not clause.parsed.needs_key for clause in clauses):
        return
    if not _THAT_SERVICES_DO.isdisjoint(fact.name for fact in named_actions(statement)):
        yield Found("DENY_SHUTS_OUT_SERVICES", ("Condition",) if clauses else ("NotPrincipal",))


def never_met(rule: Rule, clauses: Sequence[Clause]) -> Iterator[Found]:
    """Find the condition that none of the principals of a statement can meet, by the rules of decisions."""
    about = [clause for clause in clauses if clause.folded in _OF_THE_CALLER]
    principal = rule.statement.principal
    if not about or principal is None or principal["Federated"] or principal["CanonicalUser"]:
        return
    callers = list(dict.fromkeys(map(_what_is_known, rule.names)))
    if len(callers) * sum(len(clause.values) for clause in about) > _MOST_WORK:
        return
    for clause in about if callers else ():
        if not any(_can_meet(dict(keys), kind, clause) for kind, keys in callers):
            yield Found("CONDITION_NEVER_MET", clause.steps, "no principal of the statement has such a value")


_MOST_WORK: Final = 100_000
"""How many values are compared with those of principals; no statement that people write needs as many."""


def _what_is_known(name: PrincipalName) -> tuple[str, tuple[tuple[str, str | OneOf], ...]]:
    """Return what a principal is, and the keys that follow from it; what many have in common is asked once."""
    caller = requester_named(name)
    return caller.kind, tuple(caller.keys.items())


def _can_meet(keys: Mapping[str, str | OneOf], kind: str, clause: Clause) -> bool:
    """Return whether requests of a principal may meet a condition, as far as it follows from the principal."""
    key = clause.folded
    if key not in keys:
        return kind != "service" or key not in _ORGANISATIONS or not clause.parsed.needs_key
    if clause.has_variables:
        return True
    if kind == "user" and key in _NOT_OF_FEDERATED_USERS:
        return True
    return verdict(clause.parsed, clause.values, (keys[key],), Facts({}, variables=False)) is not False
