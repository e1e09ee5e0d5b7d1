"""Proofs about kms:PutKeyPolicy: who could put another policy on the key, under which circumstances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from kmspolicy._check._finding import Severity
from kmspolicy._check._found import Found
from kmspolicy._check._lockout import PUT, iam_policies_decide, is_about_putting
from kmspolicy._document import Policy, Principal, Statement
from kmspolicy._evaluate._access import ALWAYS, Given, principals_of
from kmspolicy._evaluate._callers import requester_named, requester_of
from kmspolicy._evaluate._decide import Outcome, decided
from kmspolicy._evaluate._request import request_by
from kmspolicy._normal._rules import rules_of
from kmspolicy._printable import word
from kmspolicy._prove._grid import ACTION, CALLER
from kmspolicy._prove._proofs import Proofs
from kmspolicy._prove._verdicts import Fails, Holds, Unknown
from kmspolicy._words._conditions import condition_words
from kmspolicy._words._explain import explain
from kmspolicy._words._lists import listed
from kmspolicy._words._statements import label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kmspolicy._evaluate._callers import Requester
    from kmspolicy._language._key_arns import Key
    from kmspolicy._normal._rules import Rule, Rules
    from kmspolicy._prove._boxes import Box
    from kmspolicy._prove._budget import Budget
    from kmspolicy._prove._callers import Caller
    from kmspolicy._prove._proofs import Layout
    from kmspolicy._prove._question import Task
    from kmspolicy._prove._verdicts import Verdict

    Who: TypeAlias = Callable[[Layout], Box]
    """Returns the requests of somebody."""

_MAY_BE_THE_KEY: Final = "a Resource that is an ARN may be this key; the ARN of the key would tell"
_MAY_BE_SPARED: Final = "whom a Deny with NotPrincipal spares is not settled"


class Putting:
    """Proofs about requests for kms:PutKeyPolicy with the condition keys that such requests have."""

    def __init__(self, rules: Rules, caller: Requester | None, key: Key, budget: Budget) -> None:
        """Lay the policy out.

        Args:
            rules: The statements about putting a policy.
            caller: Who is told from all others; None for nobody.
            key: What is known of the key.
            budget: What all proofs together may take.
        """
        self._rules = rules
        self._caller = _naming(caller)
        self._key = key
        self._budget = budget
        self._proofs = Proofs(self._caller, rules, key, budget)

    def never(self, who: Who) -> Verdict:
        """Return whether somebody could not put a policy, however what is not settled is read."""
        verdict = self._never(self._proofs, who)
        settled = tuple(rule for rule in self._rules.statements if not _may_spare(rule))
        if isinstance(verdict, Holds) and len(settled) < len(self._rules.statements):
            rules = self._rules._replace(statements=settled)
            less = self._never(Proofs(self._caller, rules, self._key, self._budget), who)
            return verdict if isinstance(less, Holds) else Unknown(verdict.claim, _MAY_BE_SPARED)
        if isinstance(verdict, Fails) and any(
            isinstance(self._never(self._proofs, who, reading), Holds)
            for reading in (_none_names, _denials_name)
        ):
            return Unknown(verdict.claim, _MAY_BE_THE_KEY)
        return verdict

    def _never(self, proofs: Proofs, who: Who, reading: Who | None = None) -> Verdict:
        def tasks(layout: Layout) -> Iterator[Task]:
            asked = who(layout) if reading is None else {**who(layout), **reading(layout)}
            return layout.granted_in([asked], but=layout.grid.odd)

        return proofs.verdict("no request for kms:PutKeyPolicy is granted", tasks, proofs.granted)

    def always(self, who: Who, level: Outcome) -> Verdict:
        """Return whether somebody could put a policy in all circumstances, by an outcome of a level."""

        def tasks(layout: Layout) -> Iterator[Task]:
            return layout.not_granted_in([who(layout)], level, but=layout.grid.odd)

        return self._proofs.verdict(
            "each request for kms:PutKeyPolicy is granted", tasks, self._proofs.not_granted
        )


def _may_spare(rule: Rule) -> bool:
    return rule.denies and rule.statement.principal is None


# --- who ---------------------------------------------------------------------------------------------


def _anybody(layout: Layout) -> Box:
    """Return the requests of all who put policies, which services do not."""
    return _puts(layout, layout.grid.population.where(lambda caller: caller.name.kind != "service"))


def _only(caller: Requester) -> Who:
    """Return what finds the requests of a caller, as far as they are known."""

    def who(layout: Layout) -> Box:
        named = _named(layout)
        own = layout.grid.population.where(lambda one: one.name.kind == caller.kind and one.also is None)
        return _known_of(caller, layout, (named & own) or named)

    return who


def _perhaps(caller: Requester) -> Who:
    """Return what finds the requests of a caller, and of whom it may turn out to be.

    A role acts as one of its sessions, a federated user with the permissions of the user who made the session; of some
    names whose owner is not known.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
    """

    def may_be(one: Caller) -> bool:
        of_user = caller.kind == "federated user" and one.name.kind == "user"
        return one.also is not None or (of_user and one.name.account == caller.account)

    def who(layout: Layout) -> Box:
        return _known_of(caller, layout, _named(layout) | layout.grid.population.where(may_be))

    return who


def _named(layout: Layout) -> int:
    """Return the callers whom the policy that tells one from all others names."""
    (box,) = layout.before.allowed
    return box.get(CALLER, layout.grid.full[CALLER])


def _known_of(caller: Requester, layout: Layout, callers: int) -> Box:
    """Return the requests of some callers of which is known what is known of one's requests."""
    known = layout.grid.having(caller.context)
    return {**known, **_puts(layout, (known[CALLER] & callers) or callers)}


def _puts(layout: Layout, callers: int) -> Box:
    return {CALLER: callers, ACTION: layout.grid.actions_where(lambda action: action.name.lower() == PUT)}


def _naming(caller: Requester | None) -> Rules:
    """Return a policy that tells a caller, and the action, from all others."""
    who = Principal.everyone() if caller is None else Principal({caller.name.type: caller.text})
    return rules_of(Policy(Statement("Allow", principal=who, action=PUT, resource="*")))


_NO, _YES = 0b01, 0b10
"""The points of a doubt."""

# --- the key -----------------------------------------------------------------------------------------


def _none_names(layout: Layout) -> Box:
    """Return the requests for a key that no Resource names by an ARN."""
    return dict.fromkeys(_readings(layout), _NO)


def _denials_name(layout: Layout) -> Box:
    """Return the requests for a key that the Resources of denials name by an ARN, and those of no other statement."""
    denying = {dimension for box in layout.after.denied for dimension, mask in box.items() if mask == _YES}
    return {one: _YES if one in denying else _NO for one in _readings(layout)}


def _readings(layout: Layout) -> Sequence[int]:
    return [layout.grid.dimension(doubt) for doubt in layout.grid.doubts if doubt.resource]


# --- what is found ------------------------------------------------------------------------------------


def proved(rules: Rules, caller: Requester | None, key: Key, budget: Budget) -> Iterator[Found]:
    """Find out whether the policy locks out everyone, or the caller, for all requests.

    Args:
        rules: The policy.
        caller: Who puts the policy; None if that is not known.
        key: What is known of the key.
        budget: What all proofs together may take.
    """
    about = tuple(rule for rule in rules.statements if is_about_putting(rule, key))
    if all(rule.denies for rule in about):
        yield Found("LOCKOUT_EVERYONE", (), _why_nobody(rules, caller, key))
        return
    if caller is not None:
        caller = caller._replace(context={_BYPASS: (False,), **caller.context})
    putting = Putting(rules._replace(statements=about), caller, key, budget)
    found = list(_everyone(putting, rules, caller, key))
    yield from found
    if caller is not None and not found:
        yield from _caller(putting, rules, caller, key)


_BYPASS: Final = "kms:bypasspolicylockoutsafetycheck"
"""What is known of a put that is checked: that the lockout safety check is not bypassed."""


def _everyone(putting: Putting, rules: Rules, caller: Requester | None, key: Key) -> Iterator[Found]:
    verdict = putting.never(_anybody)
    if isinstance(verdict, Holds):
        yield Found("LOCKOUT_EVERYONE", (), _why_nobody(rules, caller, key))
    elif isinstance(verdict, Unknown):
        yield Found("LOCKOUT_EVERYONE", (), verdict.reason, Severity.WARNING)


def _why_nobody(rules: Rules, caller: Requester | None, key: Key) -> str:
    """Say why nobody could put a policy, where there is more to say than that no statement allows it."""
    names = [name for name in principals_of(rules) if name.type == "AWS"]
    if key.account is not None and all(name.account not in ("", key.account) for name in names):
        return f"none names account {key.account} or a principal in it"
    known = [requester_named(name) for name in names]
    named_ones = [one for one in known if one.is_one and one.account]
    roots = [requester_of(one.root) for one in known if one.account]
    candidates = [*([] if caller is None else [caller]), *named_ones, *roots]
    for one in candidates[:_MOST_REASONS]:
        decision = decided(rules, request_by(one, "kms:PutKeyPolicy", key))
        if one is caller or decision.outcome is Outcome.DENIED:
            return explain(decision)
    return ""


_MOST_REASONS: Final = 50
"""Of how many principals the reason is looked for; it is the same of most."""


def _caller(putting: Putting, rules: Rules, caller: Requester, key: Key) -> Iterator[Found]:
    if key.account is not None and caller.account != key.account:
        text = f"{word(caller.text)} is not in account {key.account}, and PutKeyPolicy is for the key's own account"
        yield Found("LOCKOUT_CALLER", (), text)
        return
    verdict = putting.never(_perhaps(caller))
    if isinstance(verdict, Holds):
        yield Found("LOCKOUT_CALLER", (), _explained(rules, caller, key))
    elif isinstance(verdict, Unknown):
        yield Found("LOCKOUT_CALLER", (), verdict.reason, Severity.WARNING)
    elif not putting.always(_only(caller), Outcome.DELEGATED).holds:
        what = _on_what(rules, caller, key) or _explained(rules, caller, key)
        yield Found("LOCKOUT_CALLER", (), what, Severity.WARNING)
    elif not putting.always(_only(caller), Outcome.ALLOWED).holds:
        yield iam_policies_decide(caller)


def _explained(rules: Rules, caller: Requester, key: Key) -> str:
    return explain(decided(rules, request_by(caller, "kms:PutKeyPolicy", key)))


def _on_what(rules: Rules, caller: Requester, key: Key) -> str:
    """Say on which conditions it depends whether a caller could put a policy; empty where it is on none."""
    given = Given(rules, key)
    held, about = given.to(caller, given.never_of(PUT)), given.about(PUT)
    cell = given.cell(held, about)
    numbers = {
        denies: [
            one.number for one in held.entries if one.number in about and (one.part == "denied") is denies
        ]
        for denies in (True, False)
    }
    if ALWAYS not in (cell.allowed, cell.delegated) and (cell.allowed or cell.delegated):
        words = " or ".join(map(condition_words, (*cell.allowed, *cell.delegated)))
        return f"only if {words}, by {', '.join(f'Statement[{number}]' for number in numbers[False])}"
    if cell.denied and cell.denied != ALWAYS:
        words = " or ".join(map(condition_words, cell.denied))
        who = listed(numbers[True], lambda number: label(rules.policy, number))
        verb = "denies" if len(numbers[True]) == 1 else "deny"
        return f"{who} {verb} kms:PutKeyPolicy if {words}"
    return ""
