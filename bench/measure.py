"""Measuring: many short rounds in which every work has its turn, so that noise hits all of them alike."""

from __future__ import annotations

import gc
import statistics
import timeit
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_Name = TypeVar("_Name")
_SLICE = 0.001  # seconds: short enough that most slices are left alone by other programs
_LEAST_ROUNDS = 9
_MOST_ROUNDS = 400


class Key(NamedTuple):
    """The key of a measurement: what was done, by which library, to a document of which size."""

    work: str
    who: str
    size: str = ""


class Ratio(NamedTuple):
    """The cost of one work as a multiple of another: the median of the rounds, and the quartiles."""

    median: float
    low: float
    high: float


class Samples(NamedTuple):
    """The seconds that a work took, one number for each round."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)

    @property
    def least(self) -> float:
        """The one that was disturbed least."""
        return min(self.seconds)

    def over(self, other: Samples) -> Ratio:
        """Compare with another work, round by round."""
        ratios = [mine / its for mine, its in zip(self.seconds, other.seconds, strict=True)]
        if len(ratios) == 1:
            return Ratio(ratios[0], ratios[0], ratios[0])
        low, middle, high = statistics.quantiles(ratios, n=4)
        return Ratio(middle, low, high)


Results: TypeAlias = dict[Key, Samples]


def turns(keys: Sequence[_Name], rounds: int) -> Iterator[_Name]:
    """Go through the keys once in each round, and begin each round with another."""
    for number in range(rounds):
        start = number % len(keys)
        yield from (*keys[start:], *keys[:start])


def measure(works: Mapping[Key, Callable[[], object]], *, seconds: float) -> Results:
    """Measure works side by side, for about so many seconds in all.

    As timeit does, it switches the garbage collector off while a work runs.
    """
    gc.collect()
    gc.freeze()
    timers = {key: timeit.Timer(work) for key, work in works.items()}
    numbers = {key: _number(timer) for key, timer in timers.items()}
    one_round = sum(timer.timeit(numbers[key]) for key, timer in timers.items())
    rounds = min(_MOST_ROUNDS, max(_LEAST_ROUNDS, int(seconds / one_round)))
    taken: dict[Key, list[float]] = {key: [] for key in works}
    for key in turns(tuple(works), rounds):
        taken[key].append(timers[key].timeit(numbers[key]) / numbers[key])
    return {key: Samples(tuple(values)) for key, values in taken.items()}


def _number(timer: timeit.Timer) -> int:
    """Return how often a work is done in a slice."""
    timer.timeit(1)  # what is done only once, as filling its caches, is not what we look for
    return max(1, int(_SLICE / min(timer.repeat(repeat=5, number=1))))
