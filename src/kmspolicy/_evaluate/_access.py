"""The access table: who may do what, according to the key policy alone."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, NoReturn, TypeAlias, TypedDict, final

import attrs

from kmspolicy._display import Displayed
from kmspolicy._document import Condition, Principal, a_policy
from kmspolicy._document._unfilled import asked_of_each
from kmspolicy._evaluate._callers import OF_CALLERS, requester_named, requester_of, text_of_principal
from kmspolicy._evaluate._request import is_action, the_key
from kmspolicy._language._actions import ACTIONS, may_work_across_accounts
from kmspolicy._language._key_arns import ANY_KEY
from kmspolicy._language._keys import condition_key
from kmspolicy._language._operators import verdict
from kmspolicy._language._principals import name_of
from kmspolicy._language._spelling import fold
from kmspolicy._language._variables import Facts
from kmspolicy._normal._clauses import condition_from, terms_of
from kmspolicy._normal._rules import named, partition_of, rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kmspolicy._document import Policy
    from kmspolicy._evaluate._callers import Requester
    from kmspolicy._language._key_arns import Key
    from kmspolicy._language._principals import PrincipalName, PrincipalType
    from kmspolicy._normal._clauses import Terms
    from kmspolicy._normal._rules import Rule, Rules
    from kmspolicy._partial import PartialPolicy

Subject: TypeAlias = "tuple[PrincipalType, str]"
"""A principal as a policy names it: its type and its name."""


class SubjectDict(TypedDict):
    """A principal as a policy names it, in JSON."""

    type: PrincipalType
    name: str


@final
class CellDict(TypedDict):
    """The fields of a cell of an access table in JSON; conditions are as in the element of a document."""

    access: str
    allowed: list[dict[str, dict[str, Any]]]
    delegated: list[dict[str, dict[str, Any]]]
    denied: list[dict[str, dict[str, Any]]]
    iam_of: str | None
    depends_on: list[str]


@final
class AccessRowDict(TypedDict):
    """Actions with the same cells, and the cells: one for each principal of the table, in its order."""

    actions: list[str]
    cells: list[CellDict]


@final
class AccessTableDict(TypedDict):
    """The fields of an :class:`~kmspolicy.AccessTable` in JSON; each action stands in one row."""

    principals: list[SubjectDict]
    actions: list[str]
    rows: list[AccessRowDict]
    unknown: str | None


def subject_dict(subject: Subject) -> SubjectDict:
    """Return a principal for JSON."""
    return {"type": subject[0], "name": subject[1]}


class Access(Enum):
    """The access that a key policy gives to a principal, as one word."""

    ALWAYS = "always"
    CONDITIONAL = "under conditions"
    DELEGATED = "delegated"
    DENIED = "denied"
    NOTHING = "nothing"

    def __bool__(self) -> NoReturn:
        """Refuse to be taken for yes or no: under conditions, or by IAM policies, is neither.

        Raises:
            TypeError: always.
        """
        raise TypeError("an Access is neither true nor false; compare it: access is Access.ALWAYS")


ALWAYS: Final = (Condition.from_dict({}),)
"""The conditions of something that is always so."""


@final
class Cell(NamedTuple):
    """The access that a key policy gives to a principal, for one action.

    Each field has the conditions under which it is so, of which one must be met: no condition means never, the empty
    condition means always.
    """

    allowed: tuple[Condition, ...] = ()
    delegated: tuple[Condition, ...] = ()
    """Allowed if an IAM policy of the principal's account allows it."""
    denied: tuple[Condition, ...] = ()
    iam_of: str = ""
    """The account of the principal if it is not the key's: its IAM policies must allow it as well."""
    depends_on: tuple[str, ...] = ()
    """Of a :class:`PartialPolicy`, the placeholders and conditions on whose values it depends what is so; it is so for some."""

    def __bool__(self) -> NoReturn:
        """Refuse to be taken for yes or no, as :class:`Access` does.

        Raises:
            TypeError: always.
        """
        raise TypeError("a cell is neither true nor false; see its access: cell.access is Access.ALWAYS")

    @property
    def access(self) -> Access:
        """The cell as one word, without the conditions; what depends on placeholders is under conditions."""
        if self.depends_on and (self.allowed or self.delegated):
            return Access.CONDITIONAL
        if self.denied == ALWAYS:
            return Access.DENIED
        if self.allowed == ALWAYS:
            return Access.CONDITIONAL if self.denied else Access.ALWAYS
        if self.delegated == ALWAYS and not self.denied:
            return Access.DELEGATED
        if self.allowed or self.delegated:
            return Access.CONDITIONAL
        return Access.NOTHING

    def to_dict(self) -> CellDict:
        """Return the cell for JSON, with its access as one word, or two: ``"under conditions"``."""
        return {
            "access": self.access.value,
            "allowed": [condition.to_dict() for condition in self.allowed],
            "delegated": [condition.to_dict() for condition in self.delegated],
            "denied": [condition.to_dict() for condition in self.denied],
            "iam_of": self.iam_of or None,
            "depends_on": list(self.depends_on),
        }


@final
@attrs.frozen
class AccessTable(Displayed):
    """A table of who may do what with a key, according to its policy.

    ``print(table)`` shows it in a terminal; a notebook shows it as HTML.

    Attributes:
        principals: The principals that the policy names, as pairs of kind and name, in the order of the document; an
            account stands for its users and roles that have no column, everyone for all others.
        actions: All actions that have an effect in a key policy, and unknown actions that the policy names.
        cells: For each action, a cell for each principal.
        unknown: Of a :class:`PartialPolicy`, why more is not known; empty if everything is.
    """

    principals: tuple[Subject, ...]
    actions: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...] = attrs.field(repr=False)
    unknown: str = ""

    def __getitem__(self, place: tuple[str | Principal, str]) -> Cell:
        """Return the cell of a principal and an action.

        Args:
            place: The name of the principal, as in the table, or a principal with this single name; and the action, in
                any case.

        Returns:
            The access that the policy gives.

        Raises:
            KeyError: for a principal or an action that the table does not have.
            RequestError: for a principal that does not have exactly one name.
        """
        text, action = text_of_principal(place[0]), place[1]
        actions = list(map(fold, self.actions))
        column = next((n for n, principal in enumerate(self.principals) if _is(principal, text)), None)
        if column is None:
            raise KeyError(f"the table has no principal {text!r}; to add it, call access(policy, also=[...])")
        if fold(action) not in actions:
            raise KeyError(f"the table has no action {action!r}")
        return self.cells[actions.index(fold(action))][column]

    def rows(self) -> Iterator[tuple[tuple[str, ...], tuple[Cell, ...]]]:
        """Yield groups of actions with the same cells, and these cells."""
        numbers: dict[Cell, int] = {}
        known: dict[int, int] = {}  # by identity, since most cells are one object and comparing them is slow
        together: dict[tuple[int, ...], list[int]] = {}
        for row, cells in enumerate(self.cells):
            for cell in cells:
                if id(cell) not in known:
                    known[id(cell)] = numbers.setdefault(cell, len(numbers))
            together.setdefault(tuple(known[id(cell)] for cell in cells), []).append(row)
        for rows in together.values():
            yield tuple(self.actions[row] for row in rows), self.cells[rows[0]]

    def to_dict(self) -> AccessTableDict:
        """Return the table for JSON, all of it: actions with the same cells share a row, as when it is printed."""
        return {
            "principals": [*map(subject_dict, self.principals)],
            "actions": list(self.actions),
            "rows": [
                {"actions": list(actions), "cells": [cell.to_dict() for cell in cells]}
                for actions, cells in self.rows()
            ],
            "unknown": self.unknown or None,
        }


def _is(principal: Subject, text: str) -> bool:
    """Return whether a text names a principal; an account id names an account."""
    if principal[1] == text:
        return True
    name = name_of(*principal)
    return name.kind == "account" and name.account == text


@asked_of_each
def access(
    policy: Policy | PartialPolicy,
    *,
    also: Iterable[str | Principal] = (),
    account: str | None = None,
    key_arn: str | None = None,
) -> AccessTable:
    """Return a table of who may do what with a key.

    Conditions on keys that follow from the principal (``kms:CallerAccount``, ``aws:PrincipalArn`` ...) are decided; all
    others are shown. A cell agrees with what :func:`kmspolicy.decide` answers to requests of that principal, except that it
    shows no Deny where nothing is allowed. The cells of an account are for its users and roles, not for its root user.

    Args:
        policy: The key policy.
        also: More principals to show, which the policy does not name, or only in conditions: ARNs, account ids, service
            principals, or principals with a single name.
        account: The id of the account that the key is in; None if it is not known. If it is known, principals of
            other accounts get only what works across accounts, and their cells say whose IAM policies must allow it as well.
        key_arn: The ARN of the key; None if it is not known. It also tells the account, and which Resource is the key.

    Returns:
        The table; ``table[principal, action]`` is one cell of it.

    Raises:
        TypeError: if it is not a Policy, or if ``also`` is a single principal instead of a list.
        RequestError: for a principal that cannot make requests to KMS.

    https://docs.aws.amazon.com/kms/latest/developerguide/determining-access-key-policy.html
    """
    rules = rules_of(a_policy(policy))
    if isinstance(also, (str, Principal)):
        raise TypeError("also must be a list of principals, not a single one")
    names = (*principals_of(rules), *map(_column, also))
    given = Given(rules, the_key(account, key_arn))
    return tabulate(given, names, actions_of(rules), partition_of([rules]))


def _column(principal: str | Principal) -> PrincipalName:
    """Return the name of a column for a principal with a single name."""
    text = text_of_principal(principal)
    return name_of("AWS", text) if text == "*" else requester_of(text).name


def tabulate(
    given: Given, names: Iterable[PrincipalName], actions: Iterable[str], partition: str
) -> AccessTable:
    """Return a table of what a policy gives to some principals, which it does not have to name.

    Args:
        given: The access that the policy gives.
        names: The principals.
        actions: The actions.
        partition: The partition of the key, for account ids.
    """
    principals: dict[Subject, PrincipalName] = {(name.type, name.arn(partition)): name for name in names}
    callers = [requester_named(name) for name in principals.values()]
    held: dict[frozenset[str], list[Held]] = {}
    rows: dict[tuple[frozenset[str], frozenset[int], bool], tuple[Cell, ...]] = {}
    cells: list[tuple[Cell, ...]] = []
    for action in map(fold, actions):
        absent = given.never_of(action)
        if absent not in held:
            held[absent] = [given.to(caller, absent) for caller in callers]
        row = absent, given.about(action), may_work_across_accounts(action)
        if row not in rows:
            rows[row] = tuple(given.cell(caller, *row[1:]) for caller in held[absent])
        cells.append(rows[row])
    return AccessTable(tuple(principals), tuple(actions), tuple(cells))


def principals_of(rules: Rules) -> tuple[PrincipalName, ...]:
    """Return the principals that a policy names; NotPrincipal also names everyone else."""
    found: dict[PrincipalName, None] = {}
    for rule in rules.statements:
        if rule.statement.principal is None and rule.statement.not_principal is not None:
            found[name_of("AWS", "*")] = None
        for name in rule.names:
            if name.type == "AWS" or (name.kind == "service" and name.text != "*"):
                found[name] = None
    return tuple(found)


def actions_of(rules: Rules) -> tuple[str, ...]:
    """Return the actions that have an effect, and unknown actions without wildcards in the policy."""
    actions = {name: facts.name for name, facts in ACTIONS.items() if facts.effective}
    for rule in rules.statements:
        for name in (*rule.statement.actions, *rule.statement.not_actions):
            if is_action(name) and fold(name) not in ACTIONS:
                actions[fold(name)] = name
    return tuple(actions.values())


# --- what a policy gives to one caller -------------------------------------------------------------


class Entry(NamedTuple):
    """A statement about a caller, with the conditions that remain."""

    number: int
    part: Literal["allowed", "delegated", "denied"]
    terms: Terms


_Ways: TypeAlias = "tuple[tuple[Terms, ...], tuple[Terms, ...], tuple[Terms, ...]]"
"""The conditions under which something is allowed, delegated or denied."""


class Held(NamedTuple):
    """What a policy says about a caller."""

    entries: tuple[Entry, ...]
    """The statements that may apply."""
    iam_of: str
    """The account of the caller if it is not the key's; empty otherwise."""


class Given:
    """The access that a policy gives; results that callers and actions share are computed once."""

    def __init__(self, rules: Rules, key: Key = ANY_KEY) -> None:
        self._rules = rules
        self._key = key
        folded = {clause.folded for rule in rules.statements for clause in rule.clauses}
        self._keys = {key: facts for key in folded if (facts := condition_key(key)) is not None}
        self._terms: dict[tuple[int, tuple[int, ...]], Terms] = {}
        self._conditions: dict[Terms, Condition] = {_NO_TERMS: ALWAYS[0]}
        self._cells: dict[tuple[Held, frozenset[int]], Cell] = {}
        self._equals: dict[tuple[_Ways, str], Cell] = {}

    def about(self, action: str) -> frozenset[int]:
        """Return the statements about an action, given in lower case, on the key."""
        return frozenset(
            rule.number
            for rule in self._rules.statements
            if rule.is_about(action) and rule.names_key(self._key) is True
        )

    def never_of(self, action: str) -> frozenset[str]:
        """Return the condition keys of the policy that requests of an action, given in lower case, never have.

        Those that follow from the caller are in the requests of a caller, whatever the action.
        """
        known = ACTIONS.get(action)
        return frozenset(
            key
            for key, facts in self._keys.items()
            if known is not None and key not in OF_CALLERS and not facts.may_be_in(known.name)
        )

    def to(self, caller: Requester, absent: Iterable[str] = ()) -> Held:
        """List the statements that may apply to a caller.

        Args:
            caller: The caller.
            absent: The condition keys, in lower case, that the requests do not have.
        """
        facts = self._facts_of(caller, absent)
        entries: list[Entry] = []
        for rule in self._rules.statements:
            how = named(rule, caller.name)
            left = None if how is None else self._left(rule, facts)
            if left is not None:
                allowed: Literal["allowed", "delegated"] = "allowed" if how == "caller" else "delegated"
                part = "denied" if rule.denies else allowed
                entries.append(Entry(rule.number, part, self._terms_of(rule, left)))
        elsewhere = self._key.account is not None and caller.account not in ("", self._key.account)
        return Held(tuple(entries), caller.account if elsewhere else "")

    def _facts_of(self, caller: Requester, absent: Iterable[str] = ()) -> Facts:
        """Return what is known about requests of a caller that do not have some keys."""
        return Facts({**dict.fromkeys(absent, ()), **caller.facts}, self._rules.variables)

    def _left(self, rule: Rule, facts: Facts) -> tuple[int, ...] | None:
        """Return the conditions that the facts do not decide; None if one is not met."""
        left: list[int] = []
        for index, clause in enumerate(rule.clauses):
            found = facts.keys.get(clause.folded)
            if not clause.is_readable:
                return None
            if found is None or clause.has_variables:
                left.append(index)
            else:
                answer = verdict(clause.parsed, clause.values, found, facts)
                if answer is False:
                    return None
                if answer is not True:
                    left.append(index)
        return tuple(left)

    def cell(self, held: Held, numbers: frozenset[int], across: bool = True) -> Cell:  # noqa: FBT001, FBT002 - of a row
        """Return the access of a caller to an action; equal cells are one object.

        Args:
            held: What the policy says about the caller.
            numbers: The statements about the action.
            across: Whether the action works on a key of another account.
        """
        if held.iam_of and not across:
            return self._equal(((), (), ()), "")
        cell = self._cells.get((held, numbers))
        if cell is None:
            about = [entry for entry in held.entries if entry.number in numbers]
            allowed, delegated, denied = (
                tuple(dict.fromkeys(entry.terms for entry in about if entry.part == part))
                for part in ("allowed", "delegated", "denied")
            )
            ways = _essence(allowed, delegated, denied)
            cell = self._cells[held, numbers] = self._equal(ways, held.iam_of if ways[0] or ways[1] else "")
        return cell

    def _equal(self, ways: _Ways, iam_of: str) -> Cell:
        cell = self._equals.get((ways, iam_of))
        if cell is None:
            allowed, delegated, denied = (tuple(map(self._condition, some)) for some in ways)
            cell = self._equals[ways, iam_of] = Cell(allowed, delegated, denied, iam_of)
        return cell

    def _terms_of(self, rule: Rule, left: tuple[int, ...]) -> Terms:
        terms = self._terms.get((rule.number, left))
        if terms is None:
            terms = terms_of(rule.clauses[index] for index in left)
            self._terms[rule.number, left] = terms
        return terms

    def _condition(self, terms: Terms) -> Condition:
        condition = self._conditions.get(terms)
        if condition is None:
            condition = self._conditions[terms] = condition_from(terms) or ALWAYS[0]
        return condition


def _essence(allowed: tuple[Terms, ...], delegated: tuple[Terms, ...], denied: tuple[Terms, ...]) -> _Ways:
    """Drop conditions that make no difference, since others without conditions decide."""
    if _NO_TERMS in denied:
        return (), (), _ALWAYS
    if _NO_TERMS in allowed:
        return _ALWAYS, (), denied
    if not allowed and not delegated:
        return (), (), ()
    return allowed, _ALWAYS if _NO_TERMS in delegated else delegated, denied


_NO_TERMS: Final[Terms] = frozenset()
_ALWAYS: Final = (_NO_TERMS,)
