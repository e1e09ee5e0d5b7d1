"""Lockout: whether anybody, and a caller, could put a policy on the key again; by the rules of decisions.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#allow-unmanageable-key
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._check._finding import Severity
from kmspolicy._check._found import Found
from kmspolicy._evaluate._access import ALWAYS, Given, principals_of
from kmspolicy._evaluate._callers import requester_named, requester_of
from kmspolicy._evaluate._decide import Outcome, decided
from kmspolicy._evaluate._request import request_by
from kmspolicy._language._operators import Perhaps
from kmspolicy._language._principals import name_of, root_arn
from kmspolicy._normal._rules import EVERYONE, account_marks, own_marks
from kmspolicy._printable import word
from kmspolicy._words._conditions import condition_words
from kmspolicy._words._explain import explain
from kmspolicy._words._lists import listed
from kmspolicy._words._statements import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._evaluate._access import Cell, Reading
    from kmspolicy._evaluate._callers import Requester
    from kmspolicy._evaluate._request import Request
    from kmspolicy._language._key_arns import Key
    from kmspolicy._language._principals import PrincipalName
    from kmspolicy._normal._rules import Mark, Rule, Rules

LOCKOUTS: Final = frozenset({"LOCKOUT_EVERYONE", "LOCKOUT_CALLER"})
"""The codes of what the bypass of the lockout safety check lets through."""
_PUT: Final = "kms:putkeypolicy"


def lockout(rules: Rules, caller: Requester | None, key: Key) -> Iterator[Found]:
    """Find out whether the policy locks out everyone, or the caller.

    An ERROR holds in whatever way what is not settled is read; what one of the ways says alone is a WARNING.
    """
    caller = None if caller is None else _with_what_the_put_tells(caller)
    anybody = _anybody(rules, caller, key, "usual")
    if anybody is None:
        reason = "none of the first principals that it names could, and not all of them were tried"
        yield Found("LOCKOUT_EVERYONE", (), reason, Severity.WARNING)
    elif not anybody:
        certain = _anybody(rules, caller, key, "most") is False
        reason = _reason(rules, caller, key)
        yield Found("LOCKOUT_EVERYONE", (), reason, None if certain else Severity.WARNING)
    elif _is_open(rules, key) and not _anybody(rules, caller, key, "least"):
        yield Found("LOCKOUT_EVERYONE", (), _MAY_BE_THE_KEY, Severity.WARNING)
    elif caller is not None:
        yield from _caller(rules, caller, key)


def _with_what_the_put_tells(caller: Requester) -> Requester:
    """Return a caller with what follows from the put: that the lockout safety check is not bypassed."""
    return caller._replace(context={_BYPASS: (False,), **caller.context})


_BYPASS: Final = "kms:bypasspolicylockoutsafetycheck"
_MAY_BE_THE_KEY: Final = "a Resource that is an ARN may be this key"


def _is_open(rules: Rules, key: Key) -> bool:
    """Return whether a Resource may be the key, and may not."""
    return any(isinstance(rule.names_key(key), Perhaps) for rule in rules.statements)


def _anybody(rules: Rules, caller: Requester | None, key: Key, reading: Reading) -> bool | None:
    """Return whether anybody could put a policy, conditions permitting; None where there are too many to try."""
    denies = any(rule.denies for rule in rules.statements)
    if key.account is None and not denies and any(map(_plainly, rules.statements)):
        return True
    about = _AboutPut(rules, key, reading)
    if any(map(_for_everyone, about.rules.statements)):
        return False
    left = _MOST_WORK
    for candidate in _candidates(rules, caller, key.account):
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

    def __init__(self, rules: Rules, key: Key, reading: Reading) -> None:
        self._given = Given(rules, key, reading)
        numbers = self._given.about(_PUT)
        self.rules = rules._replace(
            statements=tuple(rule for rule in rules.statements if rule.number in numbers)
        )
        self._by_mark: dict[Mark, list[Rule]] = {}
        self._everyone: list[Rule] = []
        for rule in self.rules.statements:
            if rule.statement.principal is None or EVERYONE in rule.marks or _is_for_whoever(rule, reading):
                self._everyone.append(rule)
            else:
                for mark in {*rule.marks, *map(_as_whom, rule.names)}:
                    self._by_mark.setdefault(mark, []).append(rule)
        self._keys = {
            rule.number: frozenset(clause.folded for clause in rule.clauses) for rule in self.rules.statements
        }
        self._absent = self._given.never_of(_PUT)
        self._looks_further = reading == "most"
        self.work = sum(1 + sum(len(clause.values) for clause in rule.clauses) for rule in self._everyone)

    def may(self, caller: Requester) -> bool:
        """Return whether a caller may put a policy, conditions permitting.

        Nobody is denied for certain where a condition is about what is not known of the caller.
        """
        given, concerning = self._given, (*self._naming(caller.name), *self._everyone)
        facts = given.facts_of(caller, self._absent)
        return any(
            not rule.denies and given.named(rule, caller) and given.left(rule, facts) is not None
            for rule in concerning
        ) and not any(
            rule.denies
            and self._keys[rule.number] <= facts.keys.keys()
            and given.named(rule, caller)
            and given.left(rule, facts) == ()
            for rule in concerning
        )

    def decides(self, caller: Requester, request: Request) -> Outcome:
        """Return what the statements say to a request of a caller."""
        together = {rule.number: rule for rule in (*self._naming(caller.name), *self._everyone)}
        concerning = tuple(together[number] for number in sorted(together))
        return decided(self.rules._replace(statements=concerning), request).outcome

    def _naming(self, name: PrincipalName) -> list[Rule]:
        """List the statements that name a caller, its account or its role, or whom it may turn out to be."""
        marks = (*own_marks(name), *(account_marks(name) if name.account else ()))
        further = (_who_it_may_be(name),) if self._looks_further else ()
        return [rule for mark in (*marks, *further) for rule in self._by_mark.get(mark, ())]


def _is_for_whoever(rule: Rule, reading: Reading) -> bool:
    """Return whether it may be for anybody, since nobody knows whom one of its names stands for."""
    return reading == "most" and not rule.denies and any(name.is_unsettled for name in rule.names)


def _as_whom(name: PrincipalName) -> Mark:
    """Return by what a name is found as whom a caller may turn out to act: see :func:`may_be`."""
    return "acts as", name.kind, name.partition, name.account, name.name if name.kind == "session" else ""


def _who_it_may_be(caller: PrincipalName) -> Mark:
    """Return by what the names are found that a caller may turn out to be."""
    kind = {"role": "session", "federated user": "user"}.get(caller.kind, "nobody")
    return "acts as", kind, caller.partition, caller.account, caller.name if kind == "session" else ""


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
        and "*" in rule.statement.resources
        and rule.is_about(_PUT)
    )


def _reason(rules: Rules, caller: Requester | None, key: Key) -> str:
    """Say why nobody could put a policy, where there is more to say than that no statement allows it."""
    names = [name for name in principals_of(rules) if name.type == "AWS"]
    if key.account is not None and all(name.account not in ("", key.account) for name in names):
        return f"none names account {key.account} or a principal in it"
    about = _AboutPut(rules, key, "usual")
    for candidate in [*([] if caller is None else [caller]), *_candidates(rules, caller, key.account)]:
        if candidate.is_one and candidate.account:
            request = request_by(candidate, "kms:PutKeyPolicy", key)
            if candidate is caller or about.decides(candidate, request) is Outcome.DENIED:
                return explain(decided(rules, request))
    return ""


def _candidates(rules: Rules, caller: Requester | None, account: str | None) -> Iterator[Requester]:
    """Go through all that a policy tells apart: the caller, who is named, and the root user and all else of their accounts."""
    accounts = {} if account is None else {root_arn("aws", account): None}
    if caller is not None and caller.account == account:
        yield caller
        accounts = {caller.root: None}
    for name in principals_of(rules):
        candidate = requester_named(name)
        elsewhere = account is not None and candidate.account != account
        if name.type == "AWS" and not (elsewhere and (candidate.account or name.kind == "everyone")):
            if name.kind != "account":  # which come last
                yield candidate
            if candidate.account:
                accounts[candidate.root] = None
    if any(name.is_unsettled for rule in rules.statements for name in rule.names):
        yield requester_named(name_of("AWS", "*"))  # who may be anybody
    for root in accounts:
        yield requester_of(root)
        yield requester_named(name_of("AWS", root))


def _cell_of(rules: Rules, caller: Requester, key: Key, reading: Reading) -> Cell:
    given = Given(rules, key, reading)
    return given.cell(given.to(caller, given.never_of(_PUT)), given.about(_PUT))


def _may(cell: Cell) -> bool:
    return cell.denied != ALWAYS and bool(cell.allowed or cell.delegated)


def _caller(rules: Rules, caller: Requester, key: Key) -> Iterator[Found]:
    if key.account is not None and caller.account != key.account:
        yield Found(
            "LOCKOUT_CALLER",
            (),
            f"{word(caller.text)} is not in account {key.account}, and PutKeyPolicy is for the key's own account",
        )
        return
    given = Given(rules, key)
    held, about = given.to(caller, given.never_of(_PUT)), given.about(_PUT)
    cell = given.cell(held, about)
    decision = decided(rules, request_by(caller, "kms:PutKeyPolicy", key))
    if not _may(cell):
        certain = not _may(_cell_of(rules, caller, key, "most"))
        yield Found("LOCKOUT_CALLER", (), explain(decision), None if certain else Severity.WARNING)
    elif _is_open(rules, key) and not _may(_cell_of(rules, caller, key, "least")):
        yield Found("LOCKOUT_CALLER", (), _MAY_BE_THE_KEY, Severity.WARNING)
    elif ALWAYS not in (cell.allowed, cell.delegated):
        words = " or ".join(map(condition_words, (*cell.allowed, *cell.delegated)))
        allowing = [
            entry.number for entry in held.entries if entry.number in about and entry.part != "denied"
        ]
        where = ", ".join(f"Statement[{number}]" for number in allowing)
        yield Found("LOCKOUT_CALLER", (), f"only if {words}, by {where}", Severity.WARNING)
    elif cell.denied:
        words = " or ".join(map(condition_words, cell.denied))
        denying = [entry.number for entry in held.entries if entry.number in about and entry.part == "denied"]
        who = listed(denying, lambda number: label(rules.policy, number))
        verb = "denies" if len(denying) == 1 else "deny"
        yield Found("LOCKOUT_CALLER", (), f"{who} {verb} kms:PutKeyPolicy if {words}", Severity.WARNING)
    elif cell.allowed != ALWAYS:
        yield Found("IAM_POLICIES_DECIDE", (), f"kms:PutKeyPolicy by {word(caller.text)}")
