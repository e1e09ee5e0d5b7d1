"""The classes of a condition key: values that the tests do not distinguish.

A request has no value of the key, one, or several if the key takes several. The values to try follow from the tests: texts
from a search over all patterns, and numbers, dates and addresses from the ends of a scale. The comparison itself is that
of decisions.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

from kmspolicy._language._operators import Perhaps, holds, verdict
from kmspolicy._language._patterns import COLONS, has_wildcards, text_of_literal
from kmspolicy._language._spans import by_arn_pattern, by_pattern, exactly, in_any_case
from kmspolicy._language._values import instant, network, number, text_of, truth
from kmspolicy._language._variables import Facts, expand
from kmspolicy._prove import _texts
from kmspolicy._prove._scales import addresses, numbers_and_instants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kmspolicy._language._aliases import ContextValue
    from kmspolicy._language._operators import ParsedOperator
    from kmspolicy._language._values import Value
    from kmspolicy._prove._budget import Budget
    from kmspolicy._prove._texts import Pattern


class Test(NamedTuple):
    """A condition on the values of one key.

    Attributes:
        parsed: The operator.
        values: The values of the policy, without variables that depend on the request.
        variables: Whether the version of the policy has variables; some stand for a character.
    """

    parsed: ParsedOperator
    values: tuple[Value, ...]
    variables: bool

    def passed_by(
        self, found: Sequence[ContextValue], keys: Mapping[str, tuple[ContextValue, ...]] | None = None
    ) -> bool:
        """Return whether the values of a request pass.

        Args:
            found: The values of the key.
            keys: The other keys of the request, for variables.
        """
        return holds(self.parsed, self.values, found, Facts(keys or {}, self.variables))

    def is_sure_of(self, found: Sequence[ContextValue]) -> bool:
        """Return whether all values of a request are valid for it: numbers for a comparison of numbers, and so on."""
        return not isinstance(verdict(self.parsed, self.values, found, Facts({}, self.variables)), Perhaps)

    def passed_by_each(self, value: ContextValue) -> bool:
        """Return whether a single value passes."""
        return self._replace(parsed=self.parsed._replace(qualifier="")).passed_by((value,))

    @property
    def identity(self) -> object:
        """A value that is equal for equal tests; true, 1 and 1.0 are different values, and so are 0.0 and -0.0."""
        return self.parsed, self.variables, tuple((type(value), text_of(value)) for value in self.values)

    @property
    def scale(self) -> str:
        """The kind of values that it compares; values on different scales are not related."""
        return _SCALES[self.parsed.operator.kind.name]


_SCALES: Final[Mapping[str, str]] = {
    "String": "text",
    "ARN": "text",
    "Bool": "text",
    "Numeric": "number",
    "Date": "number",
    "IPAddress": "address",
    "Binary": "bytes",
    "Null": "",
}


class Point(NamedTuple):
    """A class of the values that requests have for a key.

    Attributes:
        values: The values of a request in it; None if it is not known whether there is such a request.
        passed: The tests that it passes, as a bit mask.
        is_usual: Whether real requests may have such values.
    """

    values: tuple[ContextValue, ...] | None
    passed: int
    is_usual: bool


def points_of(
    tests: Sequence[Test], budget: Budget, *, several: bool, usual: Iterable[str] = ()
) -> list[Point]:
    """Return the classes of a key; the first one is for requests without the key.

    Args:
        tests: The tests of the key's values.
        budget: The work that this may take.
        several: Whether a request may have several values of the key.
        usual: Preferred values, for the classes that they are in.

    Raises:
        ExhaustedError: if there are too many classes.
        UnsettledCaseError: for a text whose spellings in another case are not known.
    """
    values = [value for value in (*usual, *_values(tests, budget), "x") if value]
    singles = _singles(
        tests, [*values, ""], budget
    )  # last: an empty text alone is not the same as among others
    sets = _unions(singles, tests, budget) if several else {passed: (one,) for passed, one in singles.items()}
    points = [Point(("",), _passed(tests, ("",)), is_usual=False)]
    for passed, given in sets.items():
        found = tuple(value for value in given if value is not None)
        if len(found) == len(given):
            is_usual = found != ("",) and all(test.is_sure_of(found) for test in tests)
            points.append(Point(found, _passed(tests, found), is_usual))
        else:
            presence = _passed(tests, ("x",)) & _mask(tests, "")
            points.append(Point(None, passed | presence, is_usual=False))
    present = {point.passed: point for point in (*points[1:], points[0])[::-1]}
    return [Point((), _passed(tests, ()), is_usual=True), *reversed(present.values())]


def _passed(tests: Sequence[Test], found: Sequence[ContextValue]) -> int:
    return sum(1 << number for number, test in enumerate(tests) if test.passed_by(found))


def _mask(tests: Sequence[Test], scale: str) -> int:
    return sum(1 << number for number, test in enumerate(tests) if test.scale == scale)


def _singles(
    tests: Sequence[Test], values: Iterable[ContextValue], budget: Budget
) -> dict[int, ContextValue | None]:
    """Return the sets of tests that single values pass, each with such a value.

    If values are compared on several scales (a text that is also a number), not every combination of tests must exist; for
    combinations that no value at hand has, no value is known.
    """
    found: dict[int, ContextValue | None] = {}
    for value in values:
        budget.spend(sum(len(test.values) for test in tests))
        passed = sum(
            1 << number for number, test in enumerate(tests) if test.scale and test.passed_by_each(value)
        )
        found.setdefault(passed, value)
    scales = {test.scale for test in tests if test.scale}
    if len(scales) > 1:
        parts = [{passed & _mask(tests, scale) for passed in found} for scale in sorted(scales)]
        budget.spend(prod(map(len, parts)))
        for combination in product(*parts):
            found.setdefault(sum(combination), None)
    return found


def _unions(
    singles: Mapping[int, ContextValue | None], tests: Sequence[Test], budget: Budget
) -> dict[int, tuple[ContextValue | None, ...]]:
    """Return the sets of tests that several values pass together, each with the fewest such values.

    Some tests must be passed by each value, others by any value. An empty text counts only among others.
    """
    every = sum(1 << number for number, test in enumerate(tests) if test.parsed.of_every_value)
    unions: dict[int, tuple[ContextValue | None, ...]] = {
        passed: (value,) for passed, value in singles.items() if value != ""
    }
    line = list(unions)
    for one in line:
        budget.spend(len(singles))
        for other, value in singles.items():
            both = (one | other) & ~every | one & other & every
            if both not in unions:
                unions[both] = (*unions[one], value)
                line.append(both)
    return unions


# --- which values there are --------------------------------------------------------------------------


def _values(tests: Sequence[Test], budget: Budget) -> list[str]:
    """Return at least one value for each class on each scale."""
    by_scale: dict[str, list[Test]] = {}
    for test in tests:
        by_scale.setdefault(test.scale, []).append(test)
    found: list[str] = []
    if "number" in by_scale:
        found += _on_the_scale(by_scale["number"])
    if "address" in by_scale:
        networks = (network(value) for test in by_scale["address"] for value in test.values)
        found += addresses(known for known in networks if known is not None)
    found += [text_of(value) for test in by_scale.get("bytes", ()) for value in test.values]
    return found + among_texts(by_scale.get("text", ()), budget)


def _on_the_scale(tests: Iterable[Test]) -> list[str]:
    values: dict[str, list[Value]] = {"Numeric": [], "Date": []}
    for test in tests:
        values[test.parsed.operator.kind.name] += test.values
    numbers = [end for end in map(number, values["Numeric"]) if end is not None]
    return numbers_and_instants(numbers, [end for end in map(instant, values["Date"]) if end is not None])


def among_texts(tests: Sequence[Test], budget: Budget) -> list[str]:
    """Return a text for each class of texts: a text of the policy, or another one from a search."""
    words: dict[str, int] = {}
    patterns: list[list[Pattern]] = []
    for bit, test in enumerate(tests):
        budget.spend(len(test.values))
        alone, several = texts_of(test)
        patterns.append(several)
        for word in alone:
            words[word] = words.get(word, 0) | 1 << bit
    texts = _texts.Texts(patterns)
    start = texts.begin(range(len(tests)))
    found: dict[object, str] = {}
    for word, named in words.items():
        budget.spend(len(word))
        kind = named, texts.answers(texts.after(start, word))
        found[kind] = found.get(kind) or word
    for spell, state in texts.walk(start, _texts.FREE, words, budget):
        answers = texts.answers(state)
        found[answers] = found.get(answers) or spell()
    return [text for text in found.values() if text]


def texts_of(test: Test, fill: Callable[[str], str] = lambda text: text) -> tuple[list[str], list[Pattern]]:
    """Return the texts and patterns that pass a test; for a negated test, those that fail it.

    Args:
        test: A test of texts.
        fill: Replaces variables.
    """
    words: list[str] = []
    patterns: list[Pattern] = []
    for value in test.values:
        read = _read(test, fill(text_of(value)))
        if isinstance(read, str):
            words.append(read)
        else:
            patterns.append(read)
    return words, patterns


def _read(test: Test, value: str) -> str | Pattern:
    """Return a value as a text, or as a pattern if it has wildcards."""
    if test.parsed.operator.kind.name == "Bool":
        return _texts.in_any_case("true" if truth(value) else "false")
    text = expand(value, Facts({}, test.variables)) or value  # its variables stand for characters
    return _READERS[test.parsed.operator.comparison.reach](text)


def _like(text: str) -> str | Pattern:
    return _texts.like(text) if has_wildcards(text) else text_of_literal(text)


def _arn_like(text: str) -> str | Pattern:
    """Return a pattern of ARNs; one that is not an ARN is taken to match nothing."""
    if text.count(":") < COLONS:
        return _texts.NOTHING
    return _texts.arn_like(text) if has_wildcards(text) else text_of_literal(text)


_READERS: Final[Mapping[object, Callable[[str], str | Pattern]]] = {
    exactly: text_of_literal,
    in_any_case: lambda text: _texts.in_any_case(text_of_literal(text)),
    by_pattern: _like,
    by_arn_pattern: _arn_like,
}
