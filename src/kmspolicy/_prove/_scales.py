"""Numbers, points in time and addresses: one text for each part of a scale.

The values in policies are ends that divide a scale into parts: the ends themselves, and the ranges between them.
Comparisons with the ends give the same answer for everything in one part.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from kmspolicy._language._values import NANO, instant, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal
    from ipaddress import IPv4Network, IPv6Network


def numbers_and_instants(numbers: Iterable[Decimal], instants: Iterable[int]) -> list[str]:
    """Return at least one text for each part of the scale of numbers and of the scale of time.

    A text can be both: seconds since 1970 are a number, and so is a year of four digits, another point in time. A number
    with an exponent is not a point in time, and a date with a month is not a number.

    Args:
        numbers: The ends on the scale of numbers.
        instants: The ends on the scale of time, as nanoseconds since 1970.
    """
    from decimal import Context, Decimal, localcontext  # noqa: PLC0415 - few policies have numbers

    with localcontext(Context(prec=_DIGITS)):
        ends = sorted({Decimal(0), *numbers, *(Decimal(end) / NANO for end in instants)})
        first, last = ends[0], ends[-1]
        parts = [*ends, first - 1, first - 1 - abs(first), last + 1, last + 1 + abs(last)]
        for low, high in pairwise(ends):
            parts += _between(low, high)
        years = {year for end in ends for year in _years(end)}
        texts = [text for part in parts for text in _spelt(part)]
    texts += [f"{year:04}" for year in sorted(years)]
    return [text for text in dict.fromkeys(texts) if number(text) is not None or instant(text) is not None]


_DIGITS: Final = 8000
"""More digits than the sum of the largest and the smallest valid number has."""
_PLAIN: Final = 640
"""The maximum number of digits of a number without an exponent."""


def _between(low: Decimal, high: Decimal) -> Iterator[Decimal]:
    """Yield numbers between two others: one with few digits, and one in whole nanoseconds."""
    from decimal import ROUND_CEILING, ROUND_FLOOR, Context  # noqa: PLC0415 - few policies have numbers

    middle, digits = (low + high) / 2, 1
    while not low < (short := Context(prec=digits).plus(middle)) < high:
        digits *= 2
    yield short
    for rounding in (ROUND_FLOOR, ROUND_CEILING):
        whole = (middle * NANO).to_integral_value(rounding) / NANO
        if low < whole < high:
            yield whole


def _spelt(value: Decimal) -> Iterator[str]:
    """Yield the spellings of a number: without an exponent, with one, and as a date."""
    value = value.normalize()
    if abs(value.adjusted()) < _PLAIN:
        yield f"{value:f}"
    yield f"{value:E}"
    if (date := _date(value)) is not None:
        yield date


def _date(seconds: Decimal) -> str | None:
    """Return seconds since 1970 as a date in ISO 8601; None if there is no such date."""
    from datetime import datetime, timedelta  # noqa: PLC0415 - few policies have dates

    if abs(seconds) >= _SECONDS:
        return None
    whole, rest = divmod(int(seconds * NANO), NANO)
    try:
        moment = datetime(1970, 1, 1) + timedelta(seconds=whole)  # noqa: DTZ001 - UTC, as written below
    except OverflowError:
        return None
    return f"{moment.isoformat()}{f'.{rest:09}'.rstrip('0').rstrip('.')}Z"


_SECONDS: Final = 10**12


def _years(seconds: Decimal) -> Iterator[int]:
    """Yield the years next to an end, as a year and as a point in time."""
    date = _date(seconds)
    near = [] if date is None else [int(date[:4])]
    if 0 <= seconds < _YEARS:
        near.append(int(seconds))
    return (year + step for year in near for step in (-1, 0, 1) if 0 <= year + step < _YEARS)


_YEARS: Final = 10_000


def addresses(networks: Iterable[IPv4Network | IPv6Network]) -> list[str]:
    """Return one address for each part of the scales of IPv4 and IPv6 between the ends of networks."""
    from ipaddress import IPv4Address, IPv6Address, ip_network  # noqa: PLC0415 - few policies have addresses

    found: list[str] = []
    known = list(networks)
    for whole, address in ((ip_network("0.0.0.0/0"), IPv4Address), (ip_network("::/0"), IPv6Address)):
        ends = {0}
        for network in known:
            if network.version == whole.version:
                ends |= {int(network[0]), int(network[-1]) + 1}
        found += [str(address(end)) for end in sorted(ends) if end < whole.num_addresses]
    return found
