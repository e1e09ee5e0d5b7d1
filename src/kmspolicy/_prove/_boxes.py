"""The cover search: whether other boxes cover a box, and if not, what is left.

A request is a point of a grid: in each dimension (the caller, the action, each condition key) it is in one of finitely
many classes. A statement is about a box of such points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kmspolicy._prove._budget import Budget

    Box: TypeAlias = Mapping[int, int]
    """For each limited dimension, the points that are in the box, as a bit mask with at least one bit."""


def mask_of(answers: Iterable[bool]) -> int:
    """Return the bit mask of the points for which the answer is yes."""
    return sum(1 << number for number, answer in enumerate(answers) if answer)


def meet(one: Box, other: Box) -> Box | None:
    """Return the common part of two boxes; None if there is none."""
    common = dict(one)
    for dimension, mask in other.items():
        common[dimension] = common.get(dimension, mask) & mask
        if not common[dimension]:
            return None
    return common


def left_over(box: Box, covers: Sequence[Box], full: Sequence[int], budget: Budget) -> Box | None:
    """Return a part of a box that no cover includes; None if the covers include all of it.

    A part of the box is split by the cover that leaves the fewest dimensions outside; what is outside of that cover is
    searched again.

    Args:
        box: The box that may be covered.
        covers: The boxes that may cover it.
        full: All points of each dimension, as a bit mask.
        budget: What the search may take.
    """
    parts = [(box, covers)]
    while parts:
        part, around = parts.pop()
        budget.spend(1 + len(around))
        meeting = [cover for cover in around if _overlap(part, cover)]
        if not meeting:
            return part
        outside, cover = min(
            ((_outside(part, cover, full), cover) for cover in meeting), key=lambda pair: len(pair[0])
        )
        for dimension in outside:
            points = part.get(dimension, full[dimension])
            parts.append(({**part, dimension: points & ~cover[dimension]}, meeting))
            part = {**part, dimension: points & cover[dimension]}
    return None


def _overlap(part: Box, cover: Box) -> bool:
    """Return whether two boxes have a point in common."""
    for dimension, mask in cover.items():  # noqa: SIM110 - half as fast with all()
        if not part.get(dimension, mask) & mask:
            return False
    return True


def _outside(part: Box, cover: Box, full: Sequence[int]) -> list[int]:
    """List the dimensions in which a part goes beyond a cover."""
    return [dimension for dimension, mask in cover.items() if part.get(dimension, full[dimension]) & ~mask]
