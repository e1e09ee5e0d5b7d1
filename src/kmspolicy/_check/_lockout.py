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
from kmspolicy._evaluate._access import ALWAYS, Given, facts_of, principals_of, undecided
from kmspolicy._evaluate._callers import requester_named, requester_of
from kmspolicy._evaluate._decide import Outcome, decided
from kmspolicy._evaluate._request import Request
from kmspolicy._language._operators import PARSED
from kmspolicy._language._principals import name_of, root_arn
from kmspolicy._normal._rules import EVERYONE, Rules, account_marks, named, own_marks, rules_of
from kmspolicy._printable import word
from kmspolicy._words._conditions import condition_words
from kmspolicy._words._explain import explain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._document import Statement
    from kmspolicy._evaluate._access import Cell
    from kmspolicy._evaluate._callers import Requester
    from kmspolicy._language._principals import PrincipalName
    from kmspolicy._normal._rules import Mark, Rule

LOCKOUTS: Final = frozenset({"LOCKOUT_EVERYONE", "LOCKOUT_CALLER"})
"""The codes of what the bypass of the lockout safety check lets through."""
_PUT: Final = "kms:putkeypolicy"


def lockout(rules: Rules, caller: Requester | None, account: str | None) -> Iterator[Found]:
    """Find out whether the policy locks out everyone, or the caller."""
    anybody = _anybody(rules, caller, account)
    if anybody is None:
        reason = "none of the first principals that it names could, and not all of them were tried"
        yield Found("LOCKOUT_EVERYONE", (), reason, Severity.WARNING)
    elif not anybody:
        best = _in_the_best_case(rules.policy, caller)
        certain = best.policy == rules.policy or _anybody(best, caller, account) is False
        reason = _reason(rules, caller, account)
        yield Found("LOCKOUT_EVERYONE", (), reason, None if certain else Severity.WARNING)
    elif caller is not None:
        yield from _caller(rules, caller, account)


def _anybody(rules: Rules, caller: Requester | None, account: str | None) -> bool | None:
    """Return whether anybody could put a policy, conditions permitting; None where there are too many to try."""
    denies = any(rule.denies for rule in rules.statements)
    if account is None and not denies and any(map(_plainly, rules.statements)):
        return True
    about = _AboutPut(rules)
    if any(map(_for_everyone, about.rules.statements)):
        return False
    left = _MOST_WORK
    for candidate in _candidates(rules, caller, account):
        if about.may(candidate):
            return True
        left -= about.work
        if left < 0:
            return None
    return False


_MOST_WORK: Final = 300_000
"""How many statements and values are looked at, which takes a third of a second; no policy that people write needs as many."""


class _AboutPut:
    """The statements about putting a policy, by whom they name: a candidate is looked up, not looked for.

    Attributes:
        rules: The statements.
        work: How many statements and values of conditions concern each candidate.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules._replace(statements=tuple(filter(_about_put, rules.statements)))
        self._by_mark: dict[Mark, list[Rule]] = {}
        self._everyone: list[Rule] = []
        for rule in self.rules.statements:
            if rule.statement.principal is None or EVERYONE in rule.marks:
                self._everyone.append(rule)
            else:
                for mark in rule.marks:
                    self._by_mark.setdefault(mark, []).append(rule)
        self._keys = {
            rule.number: frozenset(clause.folded for clause in rule.clauses) for rule in self.rules.statements
        }
        self.work = sum(1 + sum(len(clause.values) for clause in rule.clauses) for rule in self._everyone)

    def may(self, caller: Requester) -> bool:
        """Return whether a caller may put a policy, conditions permitting.

        Nobody is denied for certain where a condition is about what does not follow from the caller.
        """
        concerning = (*self._naming(caller.name), *self._everyone)
        facts, keys = facts_of(caller, self.rules), caller.keys.keys()
        return any(
            not rule.denies and named(rule, caller.name) and undecided(rule, facts) is not None
            for rule in concerning
        ) and not any(
            rule.denies
            and self._keys[rule.number] <= keys
            and named(rule, caller.name)
            and undecided(rule, facts) == ()
            for rule in concerning
        )

    def decides(self, caller: Requester, request: Request) -> Outcome:
        """Return what the statements say to a request of a caller."""
        together = {rule.number: rule for rule in (*self._naming(caller.name), *self._everyone)}
        concerning = tuple(together[number] for number in sorted(together))
        return decided(self.rules._replace(statements=concerning), request).outcome

    def _naming(self, name: PrincipalName) -> list[Rule]:
        """List the statements that name a caller, its account or its role."""
        marks = (*own_marks(name), *(account_marks(name) if name.account else ()))
        return [rule for mark in marks for rule in self._by_mark.get(mark, ())]


def _about_put(rule: Rule) -> bool:
    return rule.is_about_the_key and rule.is_about(_PUT)


def _for_everyone(rule: Rule) -> bool:
    """Return whether a statement denies everyone what it is about, without any condition."""
    statement = rule.statement
    return (
        rule.denies
        and statement.condition is None
        and statement.principal is not None
        and EVERYONE in rule.marks
    )


def _plainly(rule: Rule) -> bool:
    """Return whether a statement lets AWS principals put a policy, without any condition."""
    statement = rule.statement
    return (
        statement.effect == "Allow"
        and statement.condition is None
        and statement.principal is not None
        and bool(statement.principal["AWS"])
        and _about_put(rule)
    )


def _reason(rules: Rules, caller: Requester | None, account: str | None) -> str:
    """Say why nobody could put a policy, where there is more to say than that no statement allows it."""
    names = [name for name in principals_of(rules) if name.type == "AWS"]
    if account is not None and all(name.account not in ("", account) for name in names):
        return f"none names account {account} or a principal in it"
    about = _AboutPut(rules)
    for candidate in [*([] if caller is None else [caller]), *_candidates(rules, caller, account)]:
        if candidate.is_one and candidate.account:
            request = Request(candidate.text, "kms:PutKeyPolicy", account=account)
            if candidate is caller or about.decides(candidate, request) is Outcome.DENIED:
                return explain(decided(rules, request))
    return ""


def _candidates(rules: Rules, caller: Requester | None, account: str | None) -> Iterator[Requester]:
    """Go through all that a policy tells apart: the caller, who is named, and the root user and all else of their accounts."""
    accounts = {} if account is None else {root_arn("aws", account): None}
    if caller is not None and caller.account == account:
        yield _without_path(caller)
        accounts = {caller.root: None}
    for name in principals_of(rules):
        candidate = requester_named(name)
        elsewhere = account is not None and candidate.account != account
        if name.type == "AWS" and not (elsewhere and (candidate.account or name.kind == "everyone")):
            if name.kind != "account":  # which come last
                yield candidate
            if candidate.account:
                accounts[candidate.root] = None
    for root in accounts:
        yield requester_of(root)
        yield requester_named(name_of("AWS", root))


def _cell_of(rules: Rules, caller: Requester) -> Cell:
    given = Given(rules)
    return given.cell(given.to(caller), given.about(_PUT))


def _may(cell: Cell) -> bool:
    return cell.denied != ALWAYS and bool(cell.allowed or cell.delegated)


def _in_the_best_case(policy: Policy, caller: Requester | None) -> Rules:
    """Read a policy as KMS might, where that is not settled.

    A key's ARN is the key; an operator in another case is met; a Deny with NotPrincipal spares whom it should; and who
    is named by a unique id, as a canonical user or by an identity provider may be anybody.
    """
    statements = [
        _allowing(statement, caller) if statement.effect == "Allow" else statement
        for statement in policy.statements
        if statement.effect == "Allow" or statement.not_principal is None
    ]
    return rules_of(Policy(statements, version=policy.version))


def _allowing(statement: Statement, caller: Requester | None) -> Statement:
    if any(map(KEY_ARN, statement.resources)):
        statement = attrs.evolve(statement, resource="*")
    if statement.condition is not None:
        known = tuple(block for block in statement.condition.blocks if block[0] in PARSED)
        statement = attrs.evolve(statement, condition=condition_of(known) if known else None)
    if any(_may_be(name_of(kind, text), caller) for kind, text in statement.principal or ()):
        statement = attrs.evolve(statement, principal=Principal.everyone())
    return statement


def _may_be(name: PrincipalName, caller: Requester | None) -> bool:
    """Return whether a name may stand for the caller, or for somebody, without saying so."""
    return is_unsettled(name) or (caller is not None and _acts_as(name, caller.name))


def _acts_as(other: PrincipalName, caller: PrincipalName) -> bool:
    """Return whether a caller may turn out to be another one of its account.

    A role is any of its sessions; a federated user acts with the permissions of the user who made the session.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-role-session
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
    """
    if (other.partition, other.account) != (caller.partition, caller.account):
        return False
    return caller.is_role_of(other) or (caller.kind, other.kind) == ("federated user", "user")


def _without_path(caller: Requester) -> Requester:
    """Leave out what a session does not tell, the path of its role, so that a condition on it is not decided."""
    return requester_named(caller.name) if caller.kind == "session" else caller


def _caller(rules: Rules, caller: Requester, account: str | None) -> Iterator[Found]:
    if account is not None and caller.account != account:
        yield Found(
            "LOCKOUT_CALLER",
            (),
            f"{word(caller.text)} is not in account {account}, and PutKeyPolicy is for the key's own account",
        )
        return
    given, candidate = Given(rules), _without_path(caller)
    entries, about = given.to(candidate), given.about(_PUT)
    cell = given.cell(entries, about)
    decision = decided(rules, Request(caller.text, "kms:PutKeyPolicy", account=account))
    if not _may(cell):
        certain = not _may(_cell_of(_in_the_best_case(rules.policy, caller), candidate))
        yield Found("LOCKOUT_CALLER", (), explain(decision), None if certain else Severity.WARNING)
    elif ALWAYS not in (cell.allowed, cell.delegated):
        words = " or ".join(map(condition_words, (*cell.allowed, *cell.delegated)))
        allowing = [entry.number for entry in entries if entry.number in about and entry.part != "denied"]
        where = ", ".join(f"Statement[{number}]" for number in allowing)
        yield Found("LOCKOUT_CALLER", (), f"only if {words}, by {where}", Severity.WARNING)
    elif decision.outcome is Outcome.DENIED:  # as it is where no request has the key of its condition
        yield Found("LOCKOUT_CALLER", (), explain(decision), Severity.WARNING)
    elif cell.allowed != ALWAYS:
        yield Found("IAM_POLICIES_DECIDE", (), f"kms:PutKeyPolicy by {word(caller.text)}")
