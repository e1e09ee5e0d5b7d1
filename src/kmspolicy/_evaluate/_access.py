"""The access table: who may do what, as far as the key policy alone says it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias, final

import attrs

from kmspolicy._document import Principal, a_policy
from kmspolicy._document._condition import Condition, condition_of
from kmspolicy._document._convert import plural
from kmspolicy._evaluate._conditions import Facts, holds, parse_operator
from kmspolicy._evaluate._decide import VERSION_WITH_VARIABLES, named, names_action, names_key
from kmspolicy._evaluate._request import Caller, caller_of, is_action, name_of, service_of
from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._spelling import fold
from kmspolicy.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from kmspolicy._document import Policy
    from kmspolicy._document._condition import Block
    from kmspolicy._document._convert import Values

Subject: TypeAlias = tuple[Literal["AWS", "Service"], str]
"""A principal as a policy names it: its kind and its name."""


class Access(Enum):
    """What a key policy gives to a principal, in a word."""

    ALWAYS = "always"
    CONDITIONAL = "under conditions"
    DELEGATED = "delegated"
    DENIED = "denied"
    NOTHING = "nothing"

    def __bool__(self) -> bool:
        """Tell whether there may be access at all: false for DENIED and NOTHING."""
        return self not in (Access.DENIED, Access.NOTHING)


ALWAYS: Final = (Condition.from_dict({}),)
"""The way that has no conditions."""


@final
class Cell(NamedTuple):
    """Say what a key policy gives to a principal, for an action.

    Each part holds the conditions under which it is so: none for never, the empty condition for always, and else
    several of which one must be met.
    """

    allowed: tuple[Condition, ...] = ()
    delegated: tuple[Condition, ...] = ()
    """Allowed if an IAM policy of the principal's account allows it."""
    denied: tuple[Condition, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there may be access at all, as :class:`Access` does."""
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
    """Hold who may do what with a key, as far as its policy says it.

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
            RequestError: for a principal that has not one name.
        """
        name, action = name_of(place[0]), place[1]
        names, actions = [other for _, other in self.principals], list(map(fold, self.actions))
        if name not in names:
            raise KeyError(f"the table has no principal {name!r}; access takes more of them as also=[...]")
        if fold(action) not in actions:
            raise KeyError(f"the table has no action {action!r}")
        return self.cells[actions.index(fold(action))][names.index(name)]

    def rows(self) -> Iterator[tuple[tuple[str, ...], tuple[Cell, ...]]]:
        """Go through the actions with the same cells, together, and these cells."""
        together: dict[tuple[Cell, ...], list[str]] = {}
        for action, cells in zip(self.actions, self.cells, strict=True):
            together.setdefault(cells, []).append(action)
        for cells, actions in together.items():
            yield tuple(actions), cells

    def __str__(self) -> str:
        """Draw the table for a terminal."""
        from kmspolicy._render._access import text_of  # noqa: PLC0415 - most tables are not drawn

        return text_of(self)

    def _repr_html_(self) -> str:
        """Draw the table for a notebook."""
        from kmspolicy._render._access import html_of  # noqa: PLC0415 - the same

        return html_of(self)


def access(policy: Policy, *, also: Iterable[str | Principal] = ()) -> AccessTable:
    """Tabulate who may do what with a key.

    A condition on what follows from the principal (``kms:CallerAccount``, ``aws:PrincipalArn`` ...) is decided; all
    others are shown. A cell says what :func:`kmspolicy.decide` says to requests of that principal, save that what nothing
    allows is not denied under a condition; the cells of an account are those of its users and roles, and not of its root
    user. Whether IAM policies of another account than the key's must allow it as well, ``decide`` says.

    Args:
        policy: The key policy.
        also: Principals that the policy does not name, or names in conditions only, and that are to have a column: ARNs,
            account ids, service principals, or principals with a single name.

    Returns:
        The table; ``table[principal, action]`` is one cell of it.

    Raises:
        TypeError: for what is no policy, and for a single principal that is in no list.
        RequestError: for what makes no requests to KMS.

    https://docs.aws.amazon.com/kms/latest/developerguide/determining-access-key-policy.html
    """
    a_policy(policy)
    if isinstance(also, (str, Principal)):
        raise TypeError("also takes several principals; put a single one into a list")
    principals = dict.fromkeys((*principals_of(policy), *map(_subject, also)))
    return tabulate(policy, tuple(principals), actions_of(policy))


def _subject(principal: str | Principal) -> Subject:
    """Take a principal that has one name as the table has it."""
    name = name_of(principal)
    return ("AWS", name) if name == "*" or caller_of(name).kind != "service" else ("Service", name)


def tabulate(policy: Policy, principals: tuple[Subject, ...], actions: tuple[str, ...]) -> AccessTable:
    """Tabulate what a policy gives to some principals, which it need not name."""
    variables = policy.version == VERSION_WITH_VARIABLES
    about = [_about(policy, caller_for(principal), variables=variables) for principal in principals]
    cells: list[tuple[Cell, ...]] = []
    for action in map(fold, actions):
        naming = {
            number
            for number, statement in enumerate(policy.statements)
            if names_key(statement) and names_action(statement, action)
        }
        cells.append(tuple(_cell(entry for entry in entries if entry.number in naming) for entries in about))
    return AccessTable(principals, actions, tuple(cells))


def cell_of(policy: Policy, caller: Caller, action: str) -> Cell:
    """Say what a policy gives to a caller for an action, given by its folded name."""
    return _cell(_entries(policy, caller, action))


def allowing(policy: Policy, caller: Caller, action: str) -> list[int]:
    """List the statements that allow a caller an action, given by its folded name, perhaps under a condition."""
    return [entry.number for entry in _entries(policy, caller, action) if entry.part != "denied"]


def _entries(policy: Policy, caller: Caller, action: str) -> list[_Entry]:
    return [
        entry
        for entry in _about(policy, caller, variables=policy.version == VERSION_WITH_VARIABLES)
        if names_key(policy.statements[entry.number])
        and names_action(policy.statements[entry.number], action)
    ]


def principals_of(policy: Policy) -> tuple[Subject, ...]:
    """List the principals that a policy names; NotPrincipal names everyone else as well."""
    found: dict[Subject, None] = {}
    for statement in policy.statements:
        if statement.not_principal is not None:
            found["AWS", "*"] = None
        for element in (statement.principal, statement.not_principal):
            for kind, name in element or ():
                if kind == "AWS" or (kind == "Service" and name != "*"):
                    found[kind, name] = None
    return tuple(found)


def actions_of(policy: Policy) -> tuple[str, ...]:
    """List the actions that have an effect, and what a policy names beside them without wildcards."""
    actions = {name: facts.name for name, facts in ACTIONS.items() if facts.effective}
    for statement in policy.statements:
        for name in (*statement.actions, *statement.not_actions):
            if is_action(name) and fold(name) not in ACTIONS:
                actions[fold(name)] = name
    return tuple(actions.values())


def caller_for(principal: Subject) -> Caller:
    """Make the caller that a principal stands for; everyone and accounts stand for callers without a name."""
    kind, name = principal
    if kind == "Service":
        return service_of(name)
    try:
        caller = caller_of(name)
    except RequestError:
        return Caller("user", name)
    if caller.kind == "service":
        return Caller("user", name)
    if caller.kind == "root":
        return caller._replace(kind="user", name="*", keys=_without(caller.keys, _OF_ONE_PRINCIPAL))
    return caller._replace(keys=_without(caller.keys, {"aws:principalarn"})) if caller.role else caller


_OF_ONE_PRINCIPAL: Final = frozenset({"aws:principalarn", "aws:principaltype", "aws:userid"})
"""What the principals of an account do not have in common. And a session does not tell the path of its role."""


def _without(keys: Mapping[str, str], names: AbstractSet[str]) -> dict[str, str]:
    return {key: value for key, value in keys.items() if key not in names}


class _Entry(NamedTuple):
    """A statement about a caller, with what is left of its condition."""

    number: int
    part: Literal["allowed", "delegated", "denied"]
    condition: Condition


def _about(policy: Policy, caller: Caller, *, variables: bool) -> list[_Entry]:
    """List the statements that may apply to a caller."""
    facts = Facts({key: (value,) for key, value in caller.keys.items()}, variables)
    entries: list[_Entry] = []
    for number, statement in enumerate(policy.statements):
        how = named(statement, caller)
        rest = None if how is None else _rest(statement.condition, facts)
        if rest is not None:
            allowed: Literal["allowed", "delegated"] = "allowed" if how == "caller" else "delegated"
            entries.append(_Entry(number, "denied" if statement.effect == "Deny" else allowed, rest))
    return entries


def _rest(condition: Condition | None, facts: Facts) -> Condition | None:
    """Take off the conditions that are met; None where one is not."""
    blocks: list[Block] = []
    for operator, keys in () if condition is None else condition.blocks:
        parsed = parse_operator(operator)
        if parsed is None:
            return None
        rest: list[tuple[str, Values]] = []
        for key, values in keys:
            if fold(key) not in facts.keys or any("${" in str(value) for value in plural(values)):
                rest.append((key, values))
            elif not holds(parsed, key, plural(values), facts):
                return None
        if rest:
            blocks.append((operator, tuple(rest)))
    return condition_of(tuple(blocks))


def _cell(entries: Iterable[_Entry]) -> Cell:
    parts: dict[str, dict[Condition, None]] = {"allowed": {}, "delegated": {}, "denied": {}}
    for entry in entries:
        parts[entry.part][entry.condition] = None
    allowed, delegated, denied = (
        ALWAYS if ALWAYS[0] in conditions else tuple(conditions) for conditions in parts.values()
    )
    if denied == ALWAYS:
        return Cell(denied=ALWAYS)
    if allowed == ALWAYS:
        return Cell(ALWAYS, denied=denied)
    return Cell(allowed, delegated, denied) if allowed or delegated else Cell()
