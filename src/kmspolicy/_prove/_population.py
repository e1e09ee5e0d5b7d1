"""All callers that some policies distinguish, and which of them a statement names or a condition matches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kmspolicy._language._patterns import like
from kmspolicy._language._principals import is_partition
from kmspolicy._language._values import text_of
from kmspolicy._normal._rules import EVERYONE, HOWS, account_marks, marks_of, named, own_marks
from kmspolicy._prove._boxes import mask_of
from kmspolicy._prove._callers import ARN, callers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kmspolicy._language._principals import PrincipalName
    from kmspolicy._normal._rules import Mark, Named, Rule
    from kmspolicy._prove._budget import Budget
    from kmspolicy._prove._callers import Caller
    from kmspolicy._prove._keys import Test


class ScaleError(Exception):
    """A comparison of a key that follows from the caller with a number, a date or an address; internal."""


class Population:
    """Classes of callers.

    Attributes:
        callers: One of each class, the most usual.
        members: All that were looked at, each with the number of its class.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        tests: Sequence[tuple[str, Test]],
        account: str | None,
        budget: Budget,
        partition: str = "",
    ) -> None:
        """Find the classes.

        Args:
            rules: The statements.
            tests: The tests of keys that follow from the caller, each with the lower-case name of its key.
            account: The account of the key; None if it is not known.
            budget: The work that this may take.
            partition: Another partition of callers than those that policies name; empty for none.

        Raises:
            ExhaustedError: if there are too many.
            UnsettledCaseError: for a text whose spellings in another case are not known.
            ScaleError: if a key that follows from the caller is compared with a number, a date or an address.
        """
        about = {_who(rule): rule for rule in rules}
        names = list(dict.fromkeys(name for rule in about.values() for name in rule.names))
        if any(map(_is_on_another_scale, (test for _, test in tests))):
            raise ScaleError
        found = callers_of(names, tests, _partitions(names, tests, partition), account, budget)
        found += _somebody(found, names, about.values())
        found.sort(key=lambda caller: (not caller.is_settled, not caller.is_usual))
        budget.spend(len(found) * (2 * len(about) + sum(len(test.values) for _, test in tests)))
        index = _by_mark(found)
        hows = {who: _hows(rule, found, index) for who, rule in about.items()}
        kinds: list[list[object]] = [
            [caller.is_elsewhere(account), caller.has_own_id, caller.is_stranger, caller.is_settled]
            for caller in found
        ]
        for key, test in tests:
            for kind, caller in zip(kinds, found, strict=True):
                kind.append(passes(test, key, caller))
        for who, how_by_number in hows.items():
            for number, how in how_by_number.items():
                kinds[number].append((who, how))
        first: dict[object, int] = {}
        for number, kind in enumerate(kinds):
            first.setdefault(tuple(kind), number)
        chosen = {number: place for place, number in enumerate(first.values())}
        self.callers = [found[number] for number in chosen]
        self.members = [
            (caller, chosen[first[tuple(kind)]]) for caller, kind in zip(found, kinds, strict=True)
        ]
        self._hows = {
            (who, how): sum(
                1 << chosen[number] for number, one in some.items() if number in chosen and one == how
            )
            for who, some in hows.items()
            for how in HOWS
        }

    def named(self, rule: Rule, how: Named) -> int:
        """Return the callers that a statement names in a way, as a bit mask."""
        return self._hows[_who(rule), how]

    def where(self, holds: Callable[[Caller], bool]) -> int:
        """Return the callers for which a function is true, as a bit mask."""
        return mask_of(map(holds, self.callers))

    def of_members(self, holds: Callable[[Caller], bool]) -> int:
        """Return the callers of whose classes a function is true for any member, as a bit mask."""
        mask = 0
        for number in {number for caller, number in self.members if holds(caller)}:
            mask |= 1 << number
        return mask


def passes(test: Test, key: str, caller: Caller) -> bool:
    """Return whether a caller passes a test of a key that follows from the caller."""
    return test.passed_by(caller.keys.get(key, ()), caller.keys)


_SOMEBODY: Final = frozenset({"unique id", "identity provider", "canonical user", "unknown", "service"})
"""The kinds of names that may stand for an unknown caller; "service" if it does not look like one."""


def _who(rule: Rule) -> object:
    """Return everything that determines whom a statement names."""
    statement = rule.statement
    return rule.marks, statement.principal is None, statement.not_principal is None, rule.denies


def _by_mark(callers: Sequence[Caller]) -> dict[Mark, list[int]]:
    """Return the numbers of the callers that each mark may name."""
    index: dict[Mark, list[int]] = {}
    for number, caller in enumerate(callers):
        for name in (caller.name,) if caller.also is None else (caller.name, caller.also):
            for mark in (*own_marks(name), *(account_marks(name) if name.account else ())):
                index.setdefault(mark, []).append(number)
    return index


def _hows(rule: Rule, callers: Sequence[Caller], index: Mapping[Mark, Sequence[int]]) -> dict[int, Named]:
    """Return how a statement names callers, by their numbers; only those that its names may mean are tested."""
    numbers: Iterable[int] = range(len(callers))
    if rule.statement.principal is not None and EVERYONE not in rule.marks:
        numbers = dict.fromkeys(number for mark in rule.marks for number in index.get(mark, ()))
    hows: dict[int, Named] = {}
    for number in numbers:
        if (how := _how(rule, callers[number])) is not None:
            hows[number] = how
    return hows


def _how(rule: Rule, caller: Caller) -> Named | None:
    """Return how a statement names a caller, including by a name whose owner is not known."""
    how = named(rule, caller.name)
    if caller.also is None:
        return how
    also = named(rule, caller.also)
    if rule.statement.principal is None:
        return how and also
    return also or how


def _is_on_another_scale(test: Test) -> bool:
    read = test.parsed.operator.kind.read
    return test.scale not in ("text", "") and any(
        read is None or read(value) is not None for value in test.values
    )


_PARTITION: Final = re.compile(r"arn:([^:]*):").match
_KNOWN_PARTITIONS: Final = ("aws", "aws-cn", "aws-us-gov")


def _partitions(names: Iterable[PrincipalName], tests: Iterable[tuple[str, Test]], given: str) -> list[str]:
    """Return the partitions that policies name, otherwise the first that fits their patterns; and a given one."""
    texts = [text_of(value) for key, test in tests if key == ARN for value in test.values]
    parts = [match[1] for match in map(_PARTITION, texts) if match is not None]
    named = [*(name.partition for name in names if name.partition), *filter(is_partition, parts)]
    fitting = [next((one for one in _KNOWN_PARTITIONS if like(part, one)), "aws") for part in parts]
    found = [*(named or fitting), *([given] if given else [])]
    return list(dict.fromkeys(found or ["aws"]))


def _somebody(
    callers: Iterable[Caller], names: Iterable[PrincipalName], rules: Iterable[Rule]
) -> list[Caller]:
    """Return callers for names whose owner is not known: unique ids, identity providers, placeholders.

    The owner may be any caller that policies do not name, and has this name as well.
    """
    marks = [rule.marks for rule in rules]
    named = {mark for some in marks for mark in some}
    own = [(caller, own_marks(caller.name)) for caller in callers]
    known = {mark for _, some in own for mark in some}
    unknown = [name for name in names if known.isdisjoint(marks_of(name)) and name.kind in _SOMEBODY]
    alike = {tuple(marks_of(name)[0] in one for one in marks): name for name in unknown}
    unnamed = [caller for caller, some in own if named.isdisjoint(some)] if unknown else []
    return [caller._replace(also=name, is_settled=False) for name in alike.values() for caller in unnamed]
