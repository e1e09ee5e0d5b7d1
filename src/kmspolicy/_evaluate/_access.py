"""The access table: who may do what, as far as the key policy alone says it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias, final

import attrs

from kmspolicy._document import Condition, Principal, a_policy
from kmspolicy._evaluate._callers import requester_named, requester_of, text_of_principal
from kmspolicy._evaluate._request import is_action
from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._operators import holds
from kmspolicy._language._principals import name_of
from kmspolicy._language._spelling import fold
from kmspolicy._language._variables import Facts
from kmspolicy._normal._clauses import condition_from, terms_of
from kmspolicy._normal._rules import named, partition_of, rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kmspolicy._document import Policy
    from kmspolicy._evaluate._callers import Requester
    from kmspolicy._language._principals import PrincipalName, PrincipalType
    from kmspolicy._normal._clauses import Terms
    from kmspolicy._normal._rules import Rule, Rules

Subject: TypeAlias = "tuple[PrincipalType, str]"
"""A principal as a policy names it: its type and its name."""


class Access(Enum):
    """What a key policy gives to a principal, in a word."""

    ALWAYS = "always"
    CONDITIONAL = "under conditions"
    DELEGATED = "delegated"
    DENIED = "denied"
    NOTHING = "nothing"

    def __bool__(self) -> bool:
        """Return whether there may be access at all: false for DENIED and NOTHING."""
        return self not in (Access.DENIED, Access.NOTHING)


ALWAYS: Final = (Condition.from_dict({}),)
"""The way that has no conditions."""


@final
class Cell(NamedTuple):
    """The access that a key policy gives to a principal, for one action.

    Each part holds the conditions under which it is so: none for never, the empty condition for always, and else
    several of which one must be met.
    """

    allowed: tuple[Condition, ...] = ()
    delegated: tuple[Condition, ...] = ()
    """Allowed if an IAM policy of the principal's account allows it."""
    denied: tuple[Condition, ...] = ()

    def __bool__(self) -> bool:
        """Return whether there may be access at all, as :class:`Access` does."""
        return bool(self.access)

    @property
    def access(self) -> Access:
        """The cell in a word; the conditions say more."""
        if self.denied == ALWAYS:
            return Access.DENIED
        if self.allowed == ALWAYS:
            return Access.CONDITIONAL if self.denied else Access.ALWAYS
        if self.delegated == ALWAYS and not self.denied:
            return Access.DELEGATED
        if self.allowed or self.delegated:
            return Access.CONDITIONAL
        return Access.NOTHING


@final
@attrs.frozen
class AccessTable:
    """A table of who may do what with a key, according to its policy.

    ``print(table)`` shows it in a terminal, a notebook shows it as HTML.

    Attributes:
        principals: The principals that the policy names, as pairs of kind and name, in the order of the document; an
            account stands for its users and roles, everyone for those who are not named.
        actions: The actions: all that have an effect in a key policy, and those of the policy that are not known.
        cells: For each action, a cell for each principal.
    """

    principals: tuple[Subject, ...]
    actions: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...] = attrs.field(repr=False)

    def __getitem__(self, place: tuple[str | Principal, str]) -> Cell:
        """Return the cell of a principal and an action.

        Args:
            place: The name of the principal as the table has it, or a principal with this single name; and the action, in
                any case.

        Returns:
            What the policy gives to the principal for the action.

        Raises:
            KeyError: for a principal or an action that the table does not have.
            RequestError: for a principal that does not have exactly one name.
        """
        text, action = text_of_principal(place[0]), place[1]
        actions = list(map(fold, self.actions))
        column = next((n for n, principal in enumerate(self.principals) if _is(principal, text)), None)
        if column is None:
            raise KeyError(f"the table has no principal {text!r}; access takes more of them as also=[...]")
        if fold(action) not in actions:
            raise KeyError(f"the table has no action {action!r}")
        return self.cells[actions.index(fold(action))][column]

    def rows(self) -> Iterator[tuple[tuple[str, ...], tuple[Cell, ...]]]:
        """Go through the actions with the same cells, together, and these cells."""
        numbers: dict[Cell, int] = {}
        known: dict[int, int] = {}  # by identity, for most cells are one object and long to compare
        together: dict[tuple[int, ...], list[int]] = {}
        for row, cells in enumerate(self.cells):
            for cell in cells:
                if id(cell) not in known:
                    known[id(cell)] = numbers.setdefault(cell, len(numbers))
            together.setdefault(tuple(known[id(cell)] for cell in cells), []).append(row)
        for rows in together.values():
            yield tuple(self.actions[row] for row in rows), self.cells[rows[0]]

    def __str__(self) -> str:
        """Draw the table for a terminal."""
        from kmspolicy._render._access import text_of  # noqa: PLC0415 - most tables are not drawn

        return text_of(self)

    def _repr_html_(self) -> str:
        """Draw the table for a notebook."""
        from kmspolicy._render._access import html_of  # noqa: PLC0415 - the same

        return html_of(self)


def _is(principal: Subject, text: str) -> bool:
    """Return whether a text names a principal, an account by its id, too."""
    if principal[1] == text:
        return True
    name = name_of(*principal)
    return name.kind == "account" and name.account == text


def access(policy: Policy, *, also: Iterable[str | Principal] = ()) -> AccessTable:
    """Tabulate who may do what with a key.

    A condition on what follows from the principal (``kms:CallerAccount``, ``aws:PrincipalArn`` ...) is decided; all
    others are shown. A cell says what :func:`kmspolicy.decide` says to requests of that principal, except that what nothing
    allows is not denied under a condition; the cells of an account are those of its users and roles, and not of its root
    user. Whether IAM policies of another account than the key's must allow it as well, ``decide`` says.

    Args:
        policy: The key policy.
        also: Principals that the policy does not name, or names in conditions only, and that are to have a column: ARNs,
            account ids, service principals, or principals with a single name.

    Returns:
        The table; ``table[principal, action]`` is one cell of it.

    Raises:
        TypeError: if it is not a Policy, and for a single principal that is in no list.
        RequestError: for what makes no requests to KMS.

    https://docs.aws.amazon.com/kms/latest/developerguide/determining-access-key-policy.html
    """
    rules = rules_of(a_policy(policy))
    if isinstance(also, (str, Principal)):
        raise TypeError("also takes several principals; put a single one into a list")
    names = (*principals_of(rules), *map(_column, also))
    return tabulate(rules, names, actions_of(rules), partition_of([rules]))


def _column(principal: str | Principal) -> PrincipalName:
    """Take a principal that has one name as the name of a column."""
    text = text_of_principal(principal)
    return name_of("AWS", text) if text == "*" else requester_of(text).name


def tabulate(
    rules: Rules, names: Iterable[PrincipalName], actions: Iterable[str], partition: str
) -> AccessTable:
    """Tabulate what a policy gives to some principals, which it need not name.

    Args:
        rules: The policy.
        names: The principals.
        actions: The actions.
        partition: The partition of the key, for account ids.
    """
    principals: dict[Subject, PrincipalName] = {(name.type, name.arn(partition)): name for name in names}
    given = Given(rules)
    callers = [given.to(requester_named(name)) for name in principals.values()]
    rows: dict[frozenset[int], tuple[Cell, ...]] = {}
    cells: list[tuple[Cell, ...]] = []
    for action in actions:
        numbers = given.about(fold(action))
        if numbers not in rows:
            rows[numbers] = tuple(given.cell(entries, numbers) for entries in callers)
        cells.append(rows[numbers])
    return AccessTable(tuple(principals), tuple(actions), tuple(cells))


def principals_of(rules: Rules) -> tuple[PrincipalName, ...]:
    """List the principals that a policy names; NotPrincipal names everyone else as well."""
    found: dict[PrincipalName, None] = {}
    for rule in rules.statements:
        if rule.statement.principal is None and rule.statement.not_principal is not None:
            found[name_of("AWS", "*")] = None
        for name in rule.names:
            if name.type == "AWS" or (name.kind == "service" and name.text != "*"):
                found[name] = None
    return tuple(found)


def actions_of(rules: Rules) -> tuple[str, ...]:
    """List the actions that have an effect, and what a policy names beside them without wildcards."""
    actions = {name: facts.name for name, facts in ACTIONS.items() if facts.effective}
    for rule in rules.statements:
        for name in (*rule.statement.actions, *rule.statement.not_actions):
            if is_action(name) and fold(name) not in ACTIONS:
                actions[fold(name)] = name
    return tuple(actions.values())


# --- what a policy gives to one caller -------------------------------------------------------------


class Entry(NamedTuple):
    """A statement about a caller, with what is left of its conditions."""

    number: int
    part: Literal["allowed", "delegated", "denied"]
    terms: Terms


_Ways: TypeAlias = "tuple[tuple[Terms, ...], tuple[Terms, ...], tuple[Terms, ...]]"
"""The conditions under which something is allowed, delegated or denied."""


class Given:
    """What a policy gives; what is the same for many callers and actions is worked out once."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._terms: dict[tuple[int, tuple[int, ...]], Terms] = {}
        self._conditions: dict[Terms, Condition] = {frozenset(): ALWAYS[0]}
        self._cells: dict[tuple[tuple[Entry, ...], frozenset[int]], Cell] = {}
        self._equals: dict[_Ways, Cell] = {}

    def about(self, action: str) -> frozenset[int]:
        """Return the statements about an action, given in lower case, on the key."""
        return frozenset(
            rule.number for rule in self._rules.statements if rule.is_about_the_key and rule.is_about(action)
        )

    def to(self, caller: Requester) -> tuple[Entry, ...]:
        """List the statements that may apply to a caller."""
        facts = facts_of(caller, self._rules)
        entries: list[Entry] = []
        for rule in self._rules.statements:
            how = named(rule, caller.name)
            left = None if how is None else undecided(rule, facts)
            if left is not None:
                allowed: Literal["allowed", "delegated"] = "allowed" if how == "caller" else "delegated"
                part = "denied" if rule.denies else allowed
                entries.append(Entry(rule.number, part, self._terms_of(rule, left)))
        return tuple(entries)

    def cell(self, entries: tuple[Entry, ...], numbers: frozenset[int]) -> Cell:
        """Return what a caller gets by those of some statements that are about an action; equal cells are one object."""
        cell = self._cells.get((entries, numbers))
        if cell is None:
            about = [entry for entry in entries if entry.number in numbers]
            allowed, delegated, denied = (
                tuple(dict.fromkeys(entry.terms for entry in about if entry.part == part))
                for part in ("allowed", "delegated", "denied")
            )
            cell = self._cells[entries, numbers] = self._equal(_essence(allowed, delegated, denied))
        return cell

    def _equal(self, ways: _Ways) -> Cell:
        cell = self._equals.get(ways)
        if cell is None:
            cell = self._equals[ways] = Cell(*(tuple(map(self._condition, some)) for some in ways))
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


def facts_of(caller: Requester, rules: Rules) -> Facts:
    """Return what is known of requests of a caller."""
    return Facts({key: (value,) for key, value in caller.keys.items()}, rules.variables)


def undecided(rule: Rule, facts: Facts) -> tuple[int, ...] | None:
    """Return the conditions that what is known of the caller does not decide; None where one is not met."""
    left: list[int] = []
    for index, clause in enumerate(rule.clauses):
        if not clause.is_readable:
            return None
        if clause.folded not in facts.keys or any("${" in str(value) for value in clause.values):
            left.append(index)
        elif not holds(clause.parsed, clause.values, facts.keys[clause.folded], facts):
            return None
    return tuple(left)


def _essence(allowed: tuple[Terms, ...], delegated: tuple[Terms, ...], denied: tuple[Terms, ...]) -> _Ways:
    """Leave out what makes no difference: beside no conditions at all, those under conditions."""
    if _NO_TERMS in denied:
        return (), (), _ALWAYS
    if _NO_TERMS in allowed:
        return _ALWAYS, (), denied
    if not allowed and not delegated:
        return (), (), ()
    return allowed, _ALWAYS if _NO_TERMS in delegated else delegated, denied


_NO_TERMS: Final[Terms] = frozenset()
_ALWAYS: Final = (_NO_TERMS,)
