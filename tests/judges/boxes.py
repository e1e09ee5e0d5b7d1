"""Two policies as a formula on the classes that proofs find: it judges the cover search alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from judges.smt import every, no, some
from kmspolicy._language._key_arns import Key
from kmspolicy._normal._rules import rules_of
from kmspolicy._prove._budget import Budget, ExhaustedError
from kmspolicy._prove._grid import Grid
from kmspolicy._prove._population import ScaleError
from kmspolicy._prove._texts import UnsettledCaseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kmspolicy import Policy
    from kmspolicy._prove._boxes import Box


class TooMuchError(Exception):
    """The policies were not made into boxes."""


class Formulas(NamedTuple):
    """Formulas that a point of the grid satisfies whose outcome is higher, or lower, than by an earlier policy."""

    more: str
    less: str


def formulas(before: Policy, after: Policy, account: str | None = None) -> Formulas:
    """Return what can be asked of two policies.

    Args:
        before: The earlier policy.
        after: The later policy.
        account: The account of the key, if it is known.

    Raises:
        TooMuchError: where there is no grid.
    """
    try:
        grid = Grid([rules_of(before), rules_of(after)], Key(account), Budget())
        one, other = (grid.sides(number) for number in (0, 1))
    except (ExhaustedError, ScaleError, UnsettledCaseError):
        raise TooMuchError from None

    def is_in(boxes: Iterable[Box]) -> str:
        return some(
            every(some(_spans(number, mask)) for number, mask in box.items() if mask != grid.full[number])
            for box in boxes
        )

    places = (
        f"(declare-const x{number} Int) (assert (<= 0 x{number} {points.bit_length() - 1}))"
        for number, points in enumerate(grid.full)
    )
    all_points = "\n".join(
        ["(set-logic ALL)", *places, f"(assert {no(is_in([*grid.elsewhere, *grid.impossible]))})"]
    )
    levels = [_Levels(is_in(side.denied), is_in(side.granted), is_in(side.allowed)) for side in (one, other)]
    return Formulas(*(f"{all_points}\n(assert {_above(*pair)})" for pair in (levels, levels[::-1])))


class _Levels(NamedTuple):
    """When a policy denies, and when it grants or allows what it does not deny."""

    denied: str
    granted: str
    allowed: str


def _above(less: _Levels, more: _Levels) -> str:
    """Say that an outcome is higher by one policy than by another one."""
    allowed, denied = no(more.denied), less.denied
    return some(
        [
            every([allowed, denied]),
            *(every([allowed, high, no(low)]) for high, low in zip(more[1:], less[1:], strict=True)),
        ]
    )


def _spans(number: int, mask: int) -> Iterator[str]:
    """Go through the points of a mask, as far as they are next to each other in one."""
    while mask:
        low = (mask & -mask).bit_length() - 1
        length = (~(mask >> low) & (mask >> low) + 1).bit_length() - 1
        yield f"(<= {low} x{number} {low + length - 1})"
        mask &= -1 << low + length
