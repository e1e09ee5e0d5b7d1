"""Retrying as data: how often, how long, and the delays in between."""

from __future__ import annotations

import random
from math import isfinite
from typing import TYPE_CHECKING, final

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _is(types: type | tuple[type, ...], value: object) -> bool:
    return isinstance(value, types) and not isinstance(value, bool)


def _attempts(value: int) -> int:
    if not _is(int, value) or value < 1:
        raise ValueError(f"attempts is a number of requests, 1 or more, not {value!r}")
    return value


def _seconds(value: float) -> float:
    if not _is((int, float), value) or not isfinite(value) or value < 0:
        raise ValueError(f"expected seconds, 0 or more, not {value!r}")
    return float(value)


def _deadline(value: float | None) -> float | None:
    if value is None:
        return None
    if not _seconds(value):
        raise ValueError("a deadline of 0 seconds leaves time for nothing")
    return float(value)


def _propagation(value: float | None) -> float | None:
    return None if value is None else _seconds(value)


@final
@attrs.frozen
class Retry:
    """Say how often and for how long a call is repeated.

    A call is repeated on every error whose ``is_retry_safe`` is true: DependencyTimeoutException,
    KMSInternalException, throttling, other answers with a status of 500 and more, and a network that gave no
    answer. PutKeyPolicy replaces the whole policy, so that repeating it does no harm.

    Args:
        attempts: The most requests that are sent, the first included. Five, as botocore's own default mode
            has it: with the delays below they span some four seconds on average, the length of a hiccup.
        deadline: Seconds from the beginning of the call after which no request is sent and one under way is
            given up; None for no end. 60, because a person waits for the answer, and because it is also the
            time that botocore gives a single answer.
        first_delay: The longest that the first delay can be, in seconds. The n-th delay is chosen evenly
            between 0 and ``first_delay`` times two to the power n - 1 ("full jitter"), so that clients which
            failed together do not come back together.
        max_delay: The longest that any delay can be, in seconds. 8, because KMS's quotas are counted by the
            second and nothing is won by waiting longer.

        propagation: Seconds for which a put is repeated, too, where KMS says that principals are invalid, because those
            who were just created may not be known to it yet; each repeat has attempts and a deadline of its own. None,
            because a misspelt name says the same and never heals. It is not done for a policy in which ``check`` finds
            an error.

    Raises:
        ValueError: for numbers out of range.

    https://docs.aws.amazon.com/general/latest/gr/api-retries.html
    """

    attempts: int = attrs.field(default=5, converter=_attempts)
    deadline: float | None = attrs.field(default=60.0, kw_only=True, converter=_deadline)
    first_delay: float = attrs.field(default=0.5, kw_only=True, converter=_seconds)
    max_delay: float = attrs.field(default=8.0, kw_only=True, converter=_seconds)
    propagation: float | None = attrs.field(default=None, kw_only=True, converter=_propagation)

    def delays(self, chance: Callable[[], float] = random.random) -> Iterator[float]:
        """Go through the delays between attempts: one fewer than attempts.

        Args:
            chance: Gives numbers evenly from 0 up to 1.
        """
        for n in range(self.attempts - 1):
            yield chance() * min(self.max_delay, self.first_delay * 2.0 ** min(n, 1000))


def growing(first: float, most: float) -> Iterator[float]:
    """Go through delays for ever, each twice the one before, up to the most."""
    delay = first
    while True:
        yield delay
        delay = min(most, delay * 2)
