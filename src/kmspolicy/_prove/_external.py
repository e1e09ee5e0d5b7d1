"""Who outside an account can use a key, and who inside can lock everybody out: by proof, group by group.

Of each statement, the widest group is asked for first; each next one, for what those before it do not have.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs

from kmspolicy._document import Policy, Principal, Statement, a_policy
from kmspolicy._document._unfilled import asked_of_each
from kmspolicy._evaluate._callers import ORGANISATIONS
from kmspolicy._evaluate._request import an_account, the_key
from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._forms import BY_SERVICE
from kmspolicy._language._keys import spelling_of
from kmspolicy._language._values import text_of
from kmspolicy._normal._fixed import SOURCES
from kmspolicy._normal._rules import EVERYONE, account_marks, marks_of, own_marks, rules_of
from kmspolicy._prove._boxes import meet
from kmspolicy._prove._entries import ExternalAccess, ExternalEntry, ExternalGroup
from kmspolicy._prove._grid import ACTION, CALLER
from kmspolicy._prove._known import known_apart
from kmspolicy._prove._proofs import Proofs, Within
from kmspolicy._prove._verdicts import Fails, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kmspolicy._language._key_arns import Key
    from kmspolicy._language._principals import PrincipalKind
    from kmspolicy._normal._clauses import Clause
    from kmspolicy._normal._rules import Rule
    from kmspolicy._partial import PartialPolicy
    from kmspolicy._prove._boxes import Box
    from kmspolicy._prove._callers import Caller
    from kmspolicy._prove._proofs import Layout


@asked_of_each
def external_access(
    policy: Policy | PartialPolicy,
    *,
    account: str | None = None,
    key_arn: str | None = None,
    trusted_accounts: Iterable[str] = (),
) -> ExternalAccess:
    """Return who outside the account of the key has access, and who inside can lock everybody out.

    All of it is proved, like :func:`kmspolicy.prove.no_public_access`: Deny statements are considered, and each entry has a
    request that :func:`kmspolicy.decide` grants. Principals of other accounts need an IAM policy of their account as well.

    Args:
        policy: The policy.
        account: The account id of the key; None if it is not known, so that each account counts as another one.
        key_arn: The ARN of the key, which also tells its account; None for any key.
        trusted_accounts: The ids of other accounts that are trusted; their entries have their own group.

    Returns:
        Who has access by which statement: everyone, organisations, other accounts, services with or without a
        condition that protects from a confused deputy.

    Raises:
        TypeError: if an argument is not a Policy.
        RequestError: if an account or the key ARN is not valid, or they contradict each other.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html#access-analyzer-kms-key
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    key = the_key(account, key_arn)
    trusted = frozenset(filter(None, map(an_account, trusted_accounts)))
    rules = rules_of(a_policy(policy))
    outside = [rule for rule in rules.statements if not rule.denies and _may_let_in(rule, key.account)]
    inside = [rule for rule in rules.statements if not rule.denies and _may_lock_out(rule, key.account)]
    if not outside and not inside:
        return ExternalAccess(key.account, ())
    known = known_apart(rules).policy
    apart = rules_of(Policy([*known.statements, _LOCKING], version=known.version))
    proofs = Proofs(apart, rules, key)
    layout = proofs.layout
    if isinstance(layout, str):
        entries = [entry for rule in outside for entry in _not_known(rule, key, layout)]
        return ExternalAccess(key.account, tuple(entries), unknown=layout)
    search = _Search(proofs, layout, key.account, trusted)
    found = [entry for rule in outside for entry in search.outside(rule)]
    return ExternalAccess(
        key.account,
        tuple(sorted(found, key=lambda entry: (entry.group.order, entry.who, entry.statement))),
        tuple(sorted((entry for rule in inside for entry in search.inside(rule)), key=attrgetter("who"))),
    )


LOCKS_OUT: Final = frozenset({"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"})
"""The actions by which a principal can take the key from everybody, itself included.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#allow-unmanageable-key
https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
"""

_LOCKING: Final = Statement(
    "Allow", principal=Principal.everyone(), action=tuple(sorted(LOCKS_OUT)), resource="*"
)
"""What tells these actions from all others."""


def _names_everyone(rule: Rule) -> bool:
    return rule.statement.principal is None or EVERYONE in rule.marks


def _may_let_in(rule: Rule, account: str | None) -> bool:
    return _names_everyone(rule) or any(account is None or name.account != account for name in rule.names)


def _may_lock_out(rule: Rule, account: str | None) -> bool:
    return (
        account is not None
        and (_names_everyone(rule) or any(name.account == account for name in rule.names))
        and any(rule.is_about(action.lower()) for action in LOCKS_OUT)
    )


def _not_known(rule: Rule, key: Key, reason: str) -> Iterator[ExternalEntry]:
    """Yield whom a statement names outside, if nothing can be proved about it."""
    names = [name.text for name in rule.names if key.account is None or name.account != key.account]
    for who in ["*"] if _names_everyone(rule) else names:
        statement = rule.statement
        about = (facts.name for name, facts in ACTIONS.items() if facts.effective and rule.is_about(name))
        yield ExternalEntry(
            ExternalGroup.UNKNOWN,
            who,
            "",
            tuple(about) or statement.actions,
            rule.number,
            statement.sid,
            statement.condition,
            unknown=reason,
        )


class _Asked(NamedTuple):
    """Some callers, whom a question is about.

    Attributes:
        group: Their group.
        who: How they are shown.
        account: Their account; empty if they are not of one account.
        callers: Who stands for each of their classes, by its number.
        having: The requests that are meant, as boxes.
        without: The requests that are not meant.
    """

    group: ExternalGroup
    who: str
    account: str
    callers: Mapping[int, Caller]
    having: Sequence[Box] = ({},)
    without: Sequence[Box] = ()


class _Search:
    """The search for those whom the statements of a policy let in."""

    def __init__(self, proofs: Proofs, layout: Layout, account: str | None, trusted: frozenset[str]) -> None:
        """Sort the callers into groups."""
        self._proofs = proofs
        self._layout = layout
        self._account = account
        self._trusted = trusted
        grid = layout.grid
        self._known: dict[Clause, list[Box]] = {}
        for said in grid.said(0):
            if said.rule.denies:
                self._known.setdefault(said.rule.clauses[0], []).append(said.box)
        self._said: dict[int, list[Box]] = {}
        self._denied: dict[int, list[Box]] = {}
        for said in grid.said(1):
            boxes = self._denied if said.rule.denies else self._said
            boxes.setdefault(said.rule.number, []).append(said.box)
        self._unknown_actions = grid.actions_where(lambda action: not action.is_known)
        self._all_services = grid.population.where(_is_service)
        self._strangers: dict[int, Caller] = {}
        self._nameless: dict[int, Caller] = {}
        self._accounts: dict[str, dict[int, Caller]] = {}
        self._services: dict[str, dict[int, Caller]] = {}
        for one, number in grid.population.members:
            self._group_of(one).setdefault(number, one)

    def _group_of(self, one: Caller) -> dict[int, Caller]:
        """Return the group of a caller, which has one of each class, by its number."""
        if one.also is not None:
            return self._nameless
        if _is_service(one):
            return self._services.setdefault("*" if one.is_stranger else one.name.text, {})
        return self._strangers if one.is_stranger else self._accounts.setdefault(one.name.account, {})

    # --- outside -------------------------------------------------------------------------------------

    def outside(self, rule: Rule) -> Iterator[ExternalEntry]:
        """Yield those outside whom a statement lets in."""
        covered: list[Box] = []
        for asked in self._asked(rule):
            entries, boxes = self._answered(rule, asked, covered)
            yield from entries
            if asked.group in _WIDE:  # includes everyone with these values, services for all actions
                covered += [
                    *boxes,
                    *({**having, CALLER: self._all_services} for having in asked.having if boxes),
                ]
            elif asked.group is ExternalGroup.SERVICE:
                covered += [{**box, CALLER: _mask(asked.callers)} for box in boxes]

    def _asked(self, rule: Rule) -> Iterator[_Asked]:
        if _names_everyone(rule):
            yield from self._of_strangers()
        for account, callers in self._accounts.items():
            if account != self._account:
                trusted = account in self._trusted
                group = ExternalGroup.TRUSTED_ACCOUNT if trusted else ExternalGroup.UNTRUSTED_ACCOUNT
                yield from _named(rule, group, account, callers)
        sources = [box for clause, boxes in self._known.items() if _is_source(clause) for box in boxes]
        for service, callers in self._services.items():
            yield _Asked(ExternalGroup.SERVICE, service, "", callers, without=sources)
            yield _Asked(ExternalGroup.PROTECTED_SERVICE, service, "", callers)
        for name in rule.names:
            if name.kind in _OF_SOMEBODY or (name.kind == "service" and name.text not in self._services):
                yield _Asked(ExternalGroup.UNKNOWN, name.text, "", self._nameless)

    def _of_strangers(self) -> Iterator[_Asked]:
        by_value = {clause: boxes for clause, boxes in self._known.items() if _limits_callers(clause)}
        without = [box for boxes in by_value.values() for box in boxes]
        yield _Asked(ExternalGroup.PUBLIC, "*", "", self._strangers, without=without)
        for clause, boxes in sorted(by_value.items(), key=lambda item: item[0].folded not in ORGANISATIONS):
            values = " or ".join(map(text_of, clause.values))
            if clause.folded in ORGANISATIONS:
                yield _Asked(ExternalGroup.ORGANISATION, values, "", self._strangers, boxes)
            else:
                who = f"{spelling_of(clause.folded)} {values}"
                yield _Asked(ExternalGroup.ANYONE_WITH, who, "", self._strangers, boxes)

    # --- inside --------------------------------------------------------------------------------------

    def inside(self, rule: Rule) -> Iterator[ExternalEntry]:
        """Yield those inside whom a statement lets lock everybody out."""
        account = self._account or ""
        actions = self._layout.grid.actions_where(lambda one: not LOCKS_OUT.isdisjoint(one.alike))
        for asked in _named(rule, ExternalGroup.INSIDE, account, self._accounts.get(account, {})):
            entries, _ = self._answered(rule, asked._replace(having=[{ACTION: actions}]), ())
            yield from entries

    # --- the proof -----------------------------------------------------------------------------------

    def _answered(
        self, rule: Rule, asked: _Asked, covered: Sequence[Box]
    ) -> tuple[list[ExternalEntry], list[Box]]:
        """Return entries for what a statement grants to some callers, and the boxes of those that are certain."""
        entries: dict[str, ExternalEntry] = {}
        boxes: list[Box] = []
        callers = {CALLER: _mask(asked.callers)}
        for having in asked.having if asked.callers else ():
            box = meet(having, callers)
            without = [*asked.without, *covered, *boxes]
            by = self._said.get(rule.number, [])
            within = None if box is None else Within(box, asked.callers)
            for mask, verdict in () if within is None else self._proofs.each_granted(within, without, by):
                mine = {**(box or {}), ACTION: mask}
                reason = verdict.reason if isinstance(verdict, Unknown) else ""
                if asked.group is ExternalGroup.UNKNOWN:
                    reason = _WHOSE
                witness = verdict.witness if isinstance(verdict, (Fails, Unknown)) else None
                entry = ExternalEntry(
                    asked.group,
                    asked.who,
                    asked.account,
                    self._actions(mask, asked.group),
                    rule.number,
                    rule.statement.sid,
                    rule.statement.condition,
                    tuple(self._denying(by, mine)),
                    witness,
                    reason,
                )
                known = entries.get(reason)
                entries[reason] = entry if known is None else _joined(known, entry)
                if not reason:  # what is not certain says nothing of narrower groups
                    boxes.append({**having, ACTION: mask | self._unknown_actions})
        return list(entries.values()), boxes

    def _actions(self, mask: int, group: ExternalGroup) -> tuple[str, ...]:
        """Return the names of actions; of unknown ones, only if there are no others."""
        chosen = [action for number, action in enumerate(self._layout.grid.actions) if mask >> number & 1]
        known = [action for action in chosen if action.is_known] or chosen
        names = [name for action in known for name in action.alike]
        return tuple(sorted(LOCKS_OUT.intersection(names) if group is ExternalGroup.INSIDE else names))

    def _denying(self, by: Iterable[Box], asked: Box) -> Iterator[int]:
        """Yield the Deny statements that are about some of the requests."""
        parts = [part for box in by if (part := meet(box, asked)) is not None]
        for number, boxes in self._denied.items():
            if any(meet(part, box) is not None for part in parts for box in boxes):
                yield number


def _is_service(caller: Caller) -> bool:
    return caller.name.kind == "service"


def _named(rule: Rule, group: ExternalGroup, account: str, callers: Mapping[int, Caller]) -> Iterator[_Asked]:
    """Yield the callers of an account as a statement names them: one by one, or all of the account."""
    if _names_everyone(rule):
        yield _Asked(group, account, account, callers)
        return
    for name in rule.names:
        if name.account == account and name.kind != "unknown":
            marks = frozenset(marks_of(name))
            its_own = {
                number: one
                for number, one in callers.items()
                if not marks.isdisjoint((*own_marks(one.name), *account_marks(one.name)))
            }
            yield _Asked(group, name.text, account, its_own)


_WHOSE: Final = "it is not known whose name this is"
_OF_SOMEBODY: Final[frozenset[PrincipalKind]] = frozenset(
    {"unique id", "identity provider", "canonical user", "unknown"}
)
_WIDE: Final = frozenset({ExternalGroup.PUBLIC, ExternalGroup.ORGANISATION, ExternalGroup.ANYONE_WITH})


def _mask(callers: Iterable[int]) -> int:
    return sum(1 << number for number in callers)


def _joined(one: ExternalEntry, other: ExternalEntry) -> ExternalEntry:
    """Return an entry for the actions of two, with the request of the first."""
    return attrs.evolve(
        one,
        actions=tuple(sorted({*one.actions, *other.actions})),
        denied_by=tuple(sorted({*one.denied_by, *other.denied_by})),
    )


def _limits_callers(clause: Clause) -> bool:
    return clause.facts is not None and clause.facts.limits_callers


def _is_source(clause: Clause) -> bool:
    return clause.folded in SOURCES or clause.folded.startswith(BY_SERVICE)
