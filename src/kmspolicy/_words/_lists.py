"""Lists for people: the items that fit, and the number of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from kmspolicy._printable import word

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

_Item = TypeVar("_Item")

SENTENCE: Final = 1_500
"""The maximum number of characters of a list in a sentence, if it has several items."""
TEXT: Final = 70_000
"""The most characters of the lines of a text; with what stands around it, it has less than 100,000."""


def fitting(items: Collection[_Item], draw: Callable[[_Item], str], most: int) -> tuple[list[str], int]:
    """Draw the first items, as many as have at most so many characters together, and at least one.

    Returns:
        What was drawn, and the number of items that were not.
    """
    drawn: list[str] = []
    for item in items:
        text = draw(item)
        most -= len(text)
        if drawn and most < 0:
            break
        drawn.append(text)
    return drawn, len(items) - len(drawn)


def lines(
    items: Collection[_Item], draw: Callable[[_Item], str], most: int = TEXT, more: str = "and {:,} more"
) -> list[str]:
    """Draw a line, or several, for each item; a last one says how many more there are."""
    drawn, left = fitting(items, draw, most)
    return [*drawn, more.format(left)] if left else drawn


def listed(items: Collection[_Item], draw: Callable[[_Item], str], last: str = "and") -> str:
    """List items as a sentence does: "a, b and c", or "a, b and 312 more"."""
    drawn, left = fitting(items, draw, SENTENCE)
    *first, end = (*drawn, f"{left:,} more") if left else drawn
    return f"{', '.join(first)} {last} {end}" if first else end


def dependence_words(names: Iterable[str]) -> str:
    """Say on which placeholders and conditions something depends."""
    return f"depends on {', '.join(map(word, names))}"


def counted(number: int, noun: str, several: str = "") -> str:
    """Return a number of things: "1 statement", "2,000 statements"; several of them may have a word of their own."""
    return f"{number:,} {noun if number == 1 else several or f'{noun}s'}"
