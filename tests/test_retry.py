"""Retrying as data."""

from __future__ import annotations

import pickle
from itertools import islice
from typing import Any

import pytest

from kmspolicy import Retry


def test_the_longest_delays_double_up_to_a_bound() -> None:
    """With the highest chance, each delay is the longest it can be."""
    retry = Retry(8, first_delay=0.5, max_delay=8.0)
    assert list(retry.delays(lambda: 1.0)) == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_delays_are_chosen_evenly_down_to_nothing() -> None:
    """Full jitter: the chance scales the whole delay."""
    assert list(Retry(4, first_delay=1.0).delays(lambda: 0.0)) == [0.0, 0.0, 0.0]
    assert list(Retry(4, first_delay=1.0).delays(lambda: 0.25)) == [0.25, 0.5, 1.0]


def test_delays_by_default_are_random() -> None:
    """Two clients that failed together do not come back together."""
    retry = Retry(50, first_delay=1.0, max_delay=1.0)
    delays = list(retry.delays())
    assert all(0.0 <= delay <= 1.0 for delay in delays)
    assert len(set(delays)) > 1
    assert delays != list(retry.delays())


@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_there_is_one_delay_fewer_than_attempts(attempts: int) -> None:
    """The delays stand between the attempts."""
    assert len(list(Retry(attempts).delays())) == attempts - 1


def test_many_attempts_do_not_overflow() -> None:
    """The power of two is bounded before it leaves the range of floats."""
    assert next(islice(Retry(5000).delays(lambda: 1.0), 4000, None)) == 8.0


def test_defaults() -> None:
    """What a careful engineer would choose."""
    assert Retry() == Retry(5, deadline=60.0, first_delay=0.5, max_delay=8.0)
    assert pickle.loads(pickle.dumps(Retry(3, deadline=None))) == Retry(3, deadline=None)  # noqa: S301


@pytest.mark.parametrize("attempts", [0, -1, True, 1.0, "3", None])
def test_attempts_that_are_refused(attempts: Any) -> None:
    """At least one attempt, and a whole number."""
    with pytest.raises(ValueError, match="attempts must be an integer of 1 or more"):
        Retry(attempts)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), "1", True])
@pytest.mark.parametrize("name", ["deadline", "first_delay", "max_delay", "propagation"])
def test_seconds_that_are_refused(name: str, seconds: Any) -> None:
    """Finite and not negative."""
    with pytest.raises(ValueError, match="expected a number of seconds"):
        Retry(**{name: seconds})


def test_no_delay_is_a_delay() -> None:
    """Zero seconds are seconds."""
    assert list(Retry(3, first_delay=0).delays(lambda: 1.0)) == [0.0, 0.0]
    with pytest.raises(ValueError, match="must be longer than 0 seconds"):
        Retry(deadline=0)


def test_only_the_deadline_may_be_missing() -> None:
    """None means no end, which only a deadline can have."""
    assert Retry(deadline=None).deadline is None
    none: Any = None
    with pytest.raises(ValueError, match="expected a number of seconds"):
        Retry(max_delay=none)
