"""The grid of all requests that policies distinguish: by caller, action, each condition key and each doubt."""

from __future__ import annotations

from itertools import chain, permutations
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from kmspolicy._document._convert import plural
from kmspolicy._evaluate._callers import OF_CALLERS, ORGANISATIONS
from kmspolicy._language._actions import ACTIONS, may_work_across_accounts
from kmspolicy._language._key_arns import may_be_a_key
from kmspolicy._language._keys import condition_key
from kmspolicy._language._patterns import covers, meets
from kmspolicy._normal._rules import HOWS
from kmspolicy._printable import quoted
from kmspolicy._prove._actions import actions_of
from kmspolicy._prove._boxes import mask_of, meet
from kmspolicy._prove._callers import USERID
from kmspolicy._prove._clauses import Answer, Doubt, ways_of
from kmspolicy._prove._keys import Point, points_of
from kmspolicy._prove._population import Population, passes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kmspolicy._language._aliases import ContextValue
    from kmspolicy._language._key_arns import Key
    from kmspolicy._language._keys import KeyType
    from kmspolicy._normal._rules import Named, Rule, Rules
    from kmspolicy._prove._actions import Action
    from kmspolicy._prove._boxes import Box
    from kmspolicy._prove._budget import Budget
    from kmspolicy._prove._callers import Caller
    from kmspolicy._prove._clauses import Atom, Way
    from kmspolicy._prove._keys import Test


class Said(NamedTuple):
    """What a statement says about the requests in a box."""

    rule: Rule
    part: Literal["denied", "allowed", "delegated"]
    box: Box


class Sides(NamedTuple):
    """What a policy says, as boxes.

    Attributes:
        denied: The requests that it denies.
        allowed: The requests that it allows by naming the caller or everyone.
        delegated: The requests that it leaves to the IAM policies of the caller's account.
    """

    denied: list[Box]
    allowed: list[Box]
    delegated: list[Box]

    @property
    def granted(self) -> list[Box]:
        """The requests that it allows or leaves to IAM policies, unless they are denied."""
        return [*self.allowed, *self.delegated]


CALLER, ACTION = 0, 1
"""The first two dimensions; those of condition keys and of doubts follow."""
_FIRST_KEY: Final = 2
NO, YES = 0b01, 0b10
"""The points of a doubt."""


class Grid:
    """The grid of all requests.

    Attributes:
        population: The points of the first dimension.
        actions: Those of the second.
        points: The condition keys that do not follow from the caller, by their lower-case names, with their points.
        doubts: The doubts, each answered by no and yes.
        full: All points of each dimension, as a bit mask.
        settled: The points for which it is known that such requests exist.
        usual: The points that are also usual.
        odd: Boxes of combinations that are not usual.
        elsewhere: The requests of callers of other accounts that do not work across accounts.
        impossible: Boxes in which a key has an ARN that one Resource matches and another one does not, or both do, though no
            text is so.
        indifferent: Both of these: what policies say makes no difference there.
    """

    def __init__(self, policies: Sequence[Rules], key: Key, budget: Budget, partition: str = "") -> None:
        """Find the classes that some policies distinguish.

        Args:
            policies: The policies.
            key: What is known about the key.
            budget: The work that this may take.
            partition: Another partition of callers than those that policies name; empty for none.

        Raises:
            ExhaustedError: if there are too many.
            UnsettledCaseError: for a text whose spellings in another case are not known.
            ScaleError: if a key that follows from the caller is compared with a number, a date or an address.
        """
        self._key = key
        self._budget = budget
        self._policies = [
            [(rule, list(self._ways(rule, policy))) for rule in policy.statements] for policy in policies
        ]
        ways = [way for policy in self._policies for _, ways in policy for way in ways]
        rules = [rule for policy in self._policies for rule, _ in policy]
        tests, doubts = _collected(chain.from_iterable(ways))
        self._passing: dict[object, list[Box]] = {}
        self._tests = {key: list(some.values()) for key, some in tests.items()}
        self._numbers = {key: {one: bit for bit, one in enumerate(some)} for key, some in tests.items()}
        self.points = {
            key: _points(key, list(some.values()), budget)
            for key, some in tests.items()
            if key not in OF_CALLERS or key == USERID
        }
        of_callers = [(key, test) for key in sorted(OF_CALLERS) for test in tests.get(key, {}).values()]
        self.population = Population(rules, of_callers, key.account, budget, partition)
        self.actions = self._find_actions(rules)
        self.doubts = doubts
        dimensions: list[str | Doubt] = [*self.points, *doubts]
        self._dimensions = {one: number for number, one in enumerate(dimensions, _FIRST_KEY)}
        sizes = [len(self.population.callers), len(self.actions), *map(len, self.points.values())]
        self.full = [(1 << size) - 1 for size in [*sizes, *(2 for _ in doubts)]]
        self.settled = self._settled()
        self.usual = self._usual()
        self.odd = list(self._odd())
        self.elsewhere = self._elsewhere(key.account)
        self.impossible = list(self._impossible())
        self.indifferent = [*self.elsewhere, *self.impossible]

    def _ways(self, rule: Rule, policy: Rules) -> Iterator[Way]:
        """Yield the ways in which the key and the conditions of a statement can match a request."""
        about = list(self._ways_to_name(rule))
        for way in ways_of(rule.clauses, variables=policy.variables) if about else ():
            self._budget.spend(len(about) * (1 + len(way)))
            yield from ((*one, *way) for one in about)

    def _ways_to_name(self, rule: Rule) -> Iterator[Way]:
        """Yield the ways in which the Resource of a statement can match the key."""
        named = rule.names_key(self._key)
        if named is True:
            yield ()
        elif named is not False:
            for resource in plural(rule.statement.resource):
                if may_be_a_key(resource, self._key.account):
                    words = f"whether the key is {quoted(resource)}"
                    doubt = Doubt(f"whether the key is {resource!r}", words, resource=resource)
                    yield (Answer(doubt, yes=True),)

    def _find_actions(self, rules: Iterable[Rule]) -> list[Action]:
        """Find the classes of actions."""
        about = {(rule.patterns, rule.statement.action is None): rule for rule in rules}
        facts = [known for known in map(condition_key, self.points) if known is not None]

        def kind(action: Action) -> object:
            name = action.name.lower()
            return (
                action.across_accounts,
                *(rule.is_about(name) for rule in about.values()),
                *((known.may_be_in(action.name), action.name in known.always) for known in facts),
            )

        self._budget.spend(len(ACTIONS) * (len(about) + len(facts)))
        return actions_of([rule.patterns for rule in about.values()], kind, self._budget)

    # --- what is usual -------------------------------------------------------------------------------

    def _settled(self) -> dict[int, int]:
        """Return the points for which it is known that such requests exist."""
        settled = {CALLER: self.population.where(lambda caller: caller.is_settled)}
        for key, points in self.points.items():
            settled[self._dimensions[key]] = mask_of(point.values is not None for point in points)
        for doubt in self.doubts:
            settled[self._dimensions[doubt]] = NO | YES if doubt.is_settled else NO
        return settled

    def _usual(self) -> dict[int, int]:
        """Return the points that are usual: a known action, a path that a policy names, a value that is not empty."""
        usual = {
            CALLER: self.population.where(lambda caller: caller.is_settled and caller.is_usual),
            ACTION: self.actions_where(lambda action: action.is_known),
        }
        for key, points in self.points.items():
            usual[self._dimensions[key]] = mask_of(point.is_usual for point in points)
        return self.settled | usual

    def _odd(self) -> Iterator[Box]:
        """Yield combinations that are not usual: a key that is never there, or a missing key that is always there."""
        for key in self.points:
            dimension = self._dimensions[key]
            absent, present = 1, self.full[dimension] & ~1
            without, always = self._actions_by_key(key)
            pairs = [(ACTION, without, present), (ACTION, always, absent)]
            if key == USERID:
                pairs.append((CALLER, self.population.where(lambda caller: caller.has_own_id), absent))
            if key in ORGANISATIONS:
                pairs.append((CALLER, self.population.where(lambda one: one.name.kind == "service"), present))
            yield from ({one: mask, dimension: points} for one, mask, points in pairs if mask and points)

    def _actions_by_key(self, key: str) -> tuple[int, int]:
        """Return the actions whose requests never have a key, and those whose requests always have it."""
        known = condition_key(key)
        if known is None:
            return 0, 0
        without = self.actions_where(lambda action: action.is_known and not known.may_be_in(action.name))
        return without, self.actions_where(lambda action: action.name in known.always)

    def _elsewhere(self, account: str | None) -> list[Box]:
        """Return the requests of callers of other accounts that do not work, whatever a policy says."""
        callers = self.population.where(lambda caller: caller.is_elsewhere(account))
        actions = self.actions_where(lambda action: not may_work_across_accounts(action.name))
        return [{CALLER: callers, ACTION: actions}] if callers and actions else []

    def _impossible(self) -> Iterator[Box]:
        """Yield the answers about the ARN of a key that cannot be true together."""
        named = {doubt.resource: self._dimensions[doubt] for doubt in self.doubts if doubt.resource}
        self._budget.spend(len(named) ** 2)
        for (name, one), (other, another) in permutations(named.items(), 2):
            if covers(other, name):
                yield {one: YES, another: NO}
            if one < another and not meets(name, other):
                yield {one: YES, another: YES}

    def actions_where(self, holds: Callable[[Action], bool]) -> int:
        """Return the actions for which a function is true, as a bit mask."""
        return mask_of(map(holds, self.actions))

    def dimension(self, of: str | Doubt) -> int:
        """Return the dimension of a condition key or of a doubt."""
        return self._dimensions[of]

    def having(self, context: Mapping[str, tuple[ContextValue, ...]]) -> Box:
        """Return the requests that no policy distinguishes from those with some values of condition keys.

        Args:
            context: The values, by the lower-case names of the keys.
        """
        box: dict[int, int] = {CALLER: self.full[CALLER]}
        for key, tests in self._tests.items():
            if key not in context:
                continue
            values = context[key]
            if key in self.points:
                passed = sum(1 << bit for bit, test in enumerate(tests) if test.passed_by(values))
                box[self._dimensions[key]] = mask_of(
                    point.passed == passed and bool(point.values) is bool(values)
                    for point in self.points[key]
                )
            else:
                box[CALLER] &= self._like(key, [test.passed_by(values) for test in tests])
        return {dimension: mask or self.full[dimension] for dimension, mask in box.items()}

    def _like(self, key: str, passed: Sequence[bool]) -> int:
        """Return the callers that pass the same tests of a key as some values."""
        tests = self._tests[key]
        return self.population.where(lambda caller: [passes(test, key, caller) for test in tests] == passed)

    def asks_for(self, key: str) -> bool:
        """Return whether a policy has a condition on a key."""
        return key in self._numbers

    # --- boxes ---------------------------------------------------------------------------------------

    def said(self, number: int) -> Iterator[Said]:
        """Yield what the statements of one of the policies say."""
        for rule, ways in self._policies[number]:
            actions = mask_of(rule.is_about(action.name.lower()) for action in self.actions)
            for how in HOWS:
                callers = self.population.named(rule, how)
                if callers and actions:
                    about = {CALLER: callers, ACTION: actions}
                    part = "denied" if rule.denies else _PARTS[how]
                    yield from (Said(rule, part, box) for way in ways for box in self.boxes(about, way))

    def sides(self, number: int) -> Sides:
        """Return what one of the policies says."""
        parts: dict[str, list[Box]] = {part: [] for part in Sides._fields}
        for said in self.said(number):
            parts[said.part].append(said.box)
        return Sides(*(self.joined(parts[part]) for part in Sides._fields))

    def joined(self, boxes: Iterable[Box]) -> list[Box]:
        """Join the boxes that differ only in their callers."""
        callers: dict[tuple[tuple[int, int], ...], int] = {}
        for box in boxes:
            about = tuple(sorted(item for item in box.items() if item[0] != CALLER))
            callers[about] = callers.get(about, 0) | box.get(CALLER, self.full[CALLER])
        return [
            dict(about) if mask == self.full[CALLER] else {CALLER: mask, **dict(about)}
            for about, mask in callers.items()
        ]

    def boxes(self, box: Box, way: Way) -> list[Box]:
        """Return the boxes of the requests that a statement matches in one way."""
        boxes = [box]
        for atom in way:
            self._budget.spend(len(boxes))
            parts = self._parts(atom)
            boxes = [common for one in boxes for part in parts if (common := meet(one, part)) is not None]
        return [
            {dimension: mask for dimension, mask in one.items() if mask != self.full[dimension]}
            for one in boxes
        ]

    def _parts(self, atom: Atom) -> list[Box]:
        """Return the boxes of the requests that pass a test, or that give an answer to a doubt."""
        if isinstance(atom, Answer):
            return [{self._dimensions[atom.doubt]: YES if atom.yes else NO}]
        key, test = atom
        known = (key, test.identity)
        if known not in self._passing:
            self._passing[known] = [box for box in self._found(key, test) if all(box.values())]
        return self._passing[known]

    def _found(self, key: str, test: Test) -> Iterator[Box]:
        where = self.population.where
        if key in OF_CALLERS:
            yield {CALLER: where(lambda one: _follows(key, one) and passes(test, key, one))}
        if key in self.points:
            bit = self._numbers[key][test.identity]
            passing = mask_of(bool(point.passed >> bit & 1) for point in self.points[key])
            others = {CALLER: where(lambda one: not _follows(key, one))} if key in OF_CALLERS else {}
            yield {self._dimensions[key]: passing, **others}


_PARTS: Final[Mapping[Named, Literal["allowed", "delegated"]]] = {"caller": "allowed", "account": "delegated"}


def _follows(key: str, caller: Caller) -> bool:
    """Return whether a key follows from a caller."""
    return key != USERID or not caller.has_own_id


_USUAL: Final[Mapping[KeyType, tuple[str, ...]]] = {
    "Bool": ("true", "false"),
    "Numeric": ("1",),
    "Date": ("2026-01-01T00:00:00Z",),
    "IPAddress": ("198.51.100.1",),
}
"""Example values of keys, by type."""


def _collected(atoms: Iterable[Atom]) -> tuple[dict[str, dict[object, Test]], list[Doubt]]:
    """Collect the tests of each key, and the doubts, each once."""
    tests: dict[str, dict[object, Test]] = {}
    doubts: dict[Doubt, None] = {}
    for atom in atoms:
        if isinstance(atom, Answer):
            doubts[atom.doubt] = None
        else:
            tests.setdefault(atom.key, {}).setdefault(atom.test.identity, atom.test)
    return tests, list(doubts)


def _points(key: str, tests: Sequence[Test], budget: Budget) -> list[Point]:
    """Return the classes of a condition key."""
    known = condition_key(key)
    several = any(test.parsed.qualifier for test in tests) if known is None else known.multivalued
    usual = () if known is None else _USUAL.get(known.type, ())
    points = points_of(tests, budget, several=several, usual=usual)
    return points if ":" in key else points[:1]  # no request has a key without a prefix
