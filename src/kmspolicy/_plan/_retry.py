"""Retries as data: how often, how long, and the delays between requests."""

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
        raise ValueError(f"attempts must be an integer of 1 or more, not {value!r}")
    return value


def _seconds(value: float) -> float:
    if not _is((int, float), value) or not isfinite(value) or value < 0:
        raise ValueError(f"expected a number of seconds, 0 or more, not {value!r}")
    return float(value)


def _deadline(value: float | None) -> float | None:
    if value is None:
        return None
    if not _seconds(value):
        raise ValueError("the deadline must be longer than 0 seconds")
    return float(value)


def _propagation(value: float | None) -> float | None:
    return None if value is None else _seconds(value)


@final
@attrs.frozen
class Retry:
    """How often and for how long a call is retried.

    A call is retried after every error whose ``is_retry_safe`` is true: DependencyTimeoutException,
    KMSInternalException, throttling, other answers with a status of 500 or more, and a network that gave no
    answer. PutKeyPolicy replaces the whole policy, so a retry does no harm. CreateKey is retried only where it certainly had
    no effect.

    Args:
        attempts: The maximum number of requests, the first one included. The default is 5, as in botocore's default
            mode: with the delays below they take about four seconds on average, the length of a short failure.
        deadline: The seconds from the beginning of the call after which no request is sent and a pending one is
            cancelled; None for no deadline. The default is 60, because a person may be waiting, and because
            botocore waits as long for a single answer.
        first_delay: The maximum of the first delay, in seconds. Delay n is a random number between 0 and
            ``first_delay * 2 ** (n - 1)`` ("full jitter"): clients that failed at the same time do not all retry
            at the same time.
        max_delay: The maximum of any delay, in seconds. The default is 8: KMS counts its quotas per second, and a
            longer wait has no advantage.
        propagation: The seconds for which a put is also retried if KMS says that a principal is invalid: KMS may not know
            a principal yet that was just created. Each retry has its own attempts and deadline. The default is None,
            because KMS gives the same answer for a misspelt name, which is not transient. A policy in which ``check``
            finds an error is not retried.

    Raises:
        ValueError: if a number is out of range.

    https://docs.aws.amazon.com/general/latest/gr/api-retries.html
    """

    attempts: int = attrs.field(default=5, converter=_attempts)
    deadline: float | None = attrs.field(default=60.0, kw_only=True, converter=_deadline)
    first_delay: float = attrs.field(default=0.5, kw_only=True, converter=_seconds)
    max_delay: float = attrs.field(default=8.0, kw_only=True, converter=_seconds)
    propagation: float | None = attrs.field(default=None, kw_only=True, converter=_propagation)

    def delays(self, chance: Callable[[], float] = random.random) -> Iterator[float]:
        """Yield the delays between requests, one less than attempts.

        Args:
            chance: Returns a random number from 0 up to 1.
        """
        for n in range(self.attempts - 1):
            yield chance() * min(self.max_delay, self.first_delay * 2.0 ** min(n, 1000))


def growing(first: float, most: float) -> Iterator[float]:
    """Yield delays without end; each is twice the one before, up to the maximum."""
    delay = first
    while True:
        yield delay
        delay = min(most, delay * 2)
