"""Questions about single statements: what leaving one out changes, and whether any request meets its conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from kmspolicy._evaluate._callers import OF_CALLERS
from kmspolicy._language._principals import name_of
from kmspolicy._normal._rules import HOWS, named
from kmspolicy._prove._boxes import left_over
from kmspolicy._prove._budget import ExhaustedError
from kmspolicy._prove._clauses import ways_of
from kmspolicy._prove._grid import ACTION, CALLER, Grid
from kmspolicy._prove._population import ScaleError
from kmspolicy._prove._texts import UnsettledCaseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kmspolicy._language._key_arns import Key
    from kmspolicy._normal._clauses import Clause
    from kmspolicy._normal._rules import Rule, Rules
    from kmspolicy._prove._boxes import Box
    from kmspolicy._prove._budget import Budget
    from kmspolicy._prove._callers import Caller

    Part = Literal["denied", "allowed", "delegated"]

UNKNOWN: Final = (ExhaustedError, UnsettledCaseError, ScaleError)
"""What ends a question that is not answered."""

# --- what leaving a statement out changes ------------------------------------------------------------


class _Said(NamedTuple):
    """What some statements say of the requests in a box.

    Attributes:
        part: What they say.
        box: The box.
        callers: Its callers.
        actions: Its actions.
        numbers: The statements.
    """

    part: Part
    box: Box
    callers: int
    actions: int
    numbers: set[int]


def redundant(rules: Rules, numbers: Iterable[int], key: Key, budget: Budget) -> dict[int, list[int]]:
    """Return the statements that can be left out together without a change for any request.

    Args:
        rules: The policy.
        numbers: The statements in question. Of two that can be left out, the later one is.
        key: What is known of the key.
        budget: The work that this may take.

    Returns:
        For each such statement, by its number, statements that cover it: one, if one does, else all that may.
    """
    found: dict[int, list[int]] = {}
    try:
        grid = Grid([rules], key, budget)
        said = _said(grid)
        for number in sorted(numbers, reverse=True):
            mine = [one for one in said if number in one.numbers]
            others = _others(said, mine, number)
            budget.spend(len(said) + len(others))
            if mine and _is_covered(mine, others, grid, budget):
                found[number] = _few(mine, others, number, grid, budget)
                for one in mine:
                    one.numbers.discard(number)
                said = [one for one in said if one.numbers]
    except UNKNOWN:
        pass
    return found


def _said(grid: Grid) -> list[_Said]:
    """List what the statements of a policy say, each once."""
    said: dict[object, _Said] = {}
    for rule, part, box in grid.said(0):
        callers, actions = (box.get(one, grid.full[one]) for one in (CALLER, ACTION))
        new = _Said(part, box, callers, actions, set())
        said.setdefault((part, tuple(sorted(box.items()))), new).numbers.add(rule.number)
    return list(said.values())


def _others(said: Iterable[_Said], mine: Iterable[_Said], number: int) -> list[_Said]:
    """Return what other statements say of the callers and the actions of one."""
    callers = actions = 0
    for one in mine:
        callers |= one.callers
        actions |= one.actions
    return [
        one for one in said if one.callers & callers and one.actions & actions and one.numbers != {number}
    ]


_COVERS: Final[Mapping[Part, tuple[Part, ...]]] = {
    "denied": ("denied",),
    "allowed": ("allowed", "denied"),
    "delegated": ("delegated", "allowed", "denied"),
}
"""What is said of a request that makes no difference beside the same, or something stronger."""


def _is_covered(mine: Iterable[_Said], others: Sequence[_Said], grid: Grid, budget: Budget) -> bool:
    for one in mine:
        covers = grid.joined(other.box for other in others if other.part in _COVERS[one.part])
        if left_over(one.box, [*covers, *grid.indifferent], grid.full, budget) is not None:
            return False
    return True


def _few(
    mine: Sequence[_Said], others: Sequence[_Said], number: int, grid: Grid, budget: Budget
) -> list[int]:
    """Return one statement that covers another one, if one of the first does; else all that may have a part in it."""
    numbers = sorted({one for other in others for one in other.numbers} - {number})
    for one in numbers[:_MOST]:
        if _is_covered(mine, [other for other in others if one in other.numbers], grid, budget):
            return [one]
    return numbers


_MOST: Final = 16


# --- whether requests meet conditions ----------------------------------------------------------------


class Met(NamedTuple):
    """Which conditions of a statement none of its requests meets, and which each of them meets.

    Attributes:
        never: The conditions that none meets.
        always: The conditions that each meets.
        is_never: Whether none meets all of them together.
    """

    never: tuple[Clause, ...] = ()
    always: tuple[Clause, ...] = ()
    is_never: bool = False


class MetBy(NamedTuple):
    """What is met by those whom a statement names.

    Attributes:
        themselves: By their own requests.
        all: By these, and by those of federated users as whom named users may act.
    """

    themselves: Met = Met()
    all: Met = Met()


def met(rules: Rules, rule: Rule, key: Key, budget: Budget) -> MetBy:
    """Return which conditions of a statement are never met, or always, by requests of those whom it is for.

    What is not known is in none of these.

    Args:
        rules: The policy.
        rule: The statement.
        key: What is known of the key.
        budget: The work that this may take.
    """
    try:
        grid = Grid([rules._replace(statements=(rule,))], key, budget)
        about = _about(grid, rule, budget)
        if about is None or rule.names_key(key) is False:
            return MetBy()
        themselves = _met(grid, about, rule, rules, budget)
        federated = _federated(grid, rule)
        if not federated:
            return MetBy(themselves, themselves)
        about = {**about, CALLER: about[CALLER] | federated}
        return MetBy(themselves, _met(grid, about, rule, rules, budget))
    except UNKNOWN:
        return MetBy()


def _met(grid: Grid, about: Box, rule: Rule, rules: Rules, budget: Budget) -> Met:
    """Return which conditions are never met, or always, by some requests."""

    def none_meets(clauses: Sequence[Clause]) -> bool:
        boxes = _boxes(grid, about, clauses, rules)
        return all(left_over(box, unusual, grid.full, budget) is None for box in boxes)

    def each_meets(clause: Clause) -> bool:
        boxes = _boxes(grid, about, [clause], rules)
        return left_over(about, [*boxes, *unusual], grid.full, budget) is None

    unusual = [*grid.odd, *grid.impossible]
    known = [clause for clause in rule.clauses if not _may_be_otherwise(clause, rule)]
    never = tuple(clause for clause in known if none_meets([clause]))
    return Met(never, tuple(filter(each_meets, known)), bool(never) or none_meets(known))


def _may_be_otherwise(clause: Clause, rule: Rule) -> bool:
    """Return whether requests of services may have other values of a key than are known; which, is not documented."""
    return clause.folded in _NOT_CERTAIN and any(name.kind == "service" for name in rule.names)


_NOT_CERTAIN: Final = OF_CALLERS - {"aws:principalservicename", "aws:principalisawsservice"}


def _boxes(grid: Grid, about: Box, clauses: Sequence[Clause], rules: Rules) -> list[Box]:
    ways = ways_of(clauses, variables=rules.variables)
    return [box for way in ways for box in grid.boxes(about, way)]


def _about(grid: Grid, rule: Rule, budget: Budget) -> Box | None:
    """Return the requests that a statement is about, conditions aside; None for none."""
    budget.spend(len(grid.population.members))
    callers = 0
    for how in HOWS:
        callers |= grid.population.named(rule, how)
    callers &= grid.population.of_members(lambda caller: _is_of_a_named_role(caller, rule))
    actions = grid.actions_where(lambda action: action.is_known and rule.is_about(action.name.lower()))
    return {CALLER: callers, ACTION: actions} if callers and actions else None


def _is_of_a_named_role(caller: Caller, rule: Rule) -> bool:
    """Return whether a statement may name a caller; a role that it names has no sessions with another path.

    The name of a role is unique in its account, whatever its path.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
    """
    if not caller.role or rule.statement.principal is None or caller.name.text in rule.marks:
        return True
    return named(rule, name_of("AWS", caller.role)) is not None


def _federated(grid: Grid, rule: Rule) -> int:
    """Return the federated users as whom the users that a statement names may act.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
    """
    if rule.statement.principal is None:
        return 0
    accounts = {(name.partition, name.account) for name in rule.names if name.kind == "user"}
    return grid.population.of_members(
        lambda caller: (
            caller.name.kind == "federated user" and (caller.name.partition, caller.name.account) in accounts
        )
    )
