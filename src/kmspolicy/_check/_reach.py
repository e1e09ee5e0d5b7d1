"""Rules about whom a statement reaches, its conditions considered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._check._found import Found, named_actions
from kmspolicy._check._limits import limits_callers, tells_the_source
from kmspolicy._evaluate._callers import OF_CALLERS, ORGANISATIONS
from kmspolicy._language._operators import verdict
from kmspolicy._language._values import text_of
from kmspolicy._language._variables import Facts
from kmspolicy._normal._rules import EVERYONE
from kmspolicy._printable import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kmspolicy._document import Statement
    from kmspolicy._language._operators import Answer
    from kmspolicy._normal._clauses import Clause
    from kmspolicy._normal._rules import Rule

# --- whom it lets in -------------------------------------------------------------------------------


def lets_in(rule: Rule, clauses: Sequence[Clause]) -> Iterator[Found]:
    """Find whom an Allow lets in beyond what its author probably means."""
    statement, principal = rule.statement, rule.statement.principal
    if statement.not_principal is not None:
        yield Found("ALLOW_WITH_NOT_PRINCIPAL", ("NotPrincipal",))
    services = () if principal is None or principal.element == "*" else principal["Service"]
    everyone = lets_everyone_in(rule)
    if not (services or everyone) or any(map(tells_the_source, clauses)):
        return
    limiting = {clause.folded for clause in clauses if limits_callers(clause)}
    if everyone and limiting and limiting <= _SERVICE_NAMES:
        yield Found("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", (element_of(rule),))
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

# --- whom it shuts out ---------------------------------------------------

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


# --- whether requests meet its conditions ------------------------------------------------------------


def is_met_by_some(rule: Rule) -> bool:
    """Return whether it is plain that requests meet each condition of a statement, and others do not.

    That is so of a condition on a key that no other condition is about and that does not follow from the caller, where
    its own value meets it and another one does not.
    """
    keys = {clause.folded for clause in rule.clauses}
    of_services = all(name.kind == "service" for name in rule.names)
    return (
        len(keys) == len(rule.clauses)
        and keys.isdisjoint(OF_CALLERS)
        and (not of_services or keys.isdisjoint(ORGANISATIONS))
        and all(map(_is_met_by_some, rule.clauses))
    )


def _is_met_by_some(clause: Clause) -> bool:
    if clause.facts is None or not clause.values or clause.has_variables:
        return False
    text = text_of(clause.values[0]).replace("*", "").replace("?", "x")
    answers: set[Answer] = set()
    for sample in ((text,), ("x",) if clause.facts.always else (), ("x",), (text.partition("/")[0],)):
        answers.add(verdict(clause.parsed, clause.values, sample, _NOTHING))
        if True in answers and False in answers:
            return True
    return False


_NOTHING: Final = Facts({}, variables=False)
