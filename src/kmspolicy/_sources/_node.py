"""What a file says, in JSON or YAML, with the place of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, final

import attrs

from kmspolicy._printable import quoted
from kmspolicy.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping as Lookup

    from kmspolicy._text import Lines, Place

MAX_CHARACTERS: Final = 5_000_000
"""The longest text that is read with the places of all in it; templates have at most 1 MB."""

MAX_DEPTH: Final = 64
"""The deepest nesting; a policy and the functions of a template in it take about 20 levels."""


@final
@attrs.frozen
class Inside:
    """The characters of a string, and where they stand in the file."""

    lines: Lines
    begins: tuple[tuple[int, int], ...]
    """Where lines of the string begin: in the string, and in the file."""

    def place(self, offset: int) -> Place:
        """Return the place of a character of the string."""
        there, begin = next(pair for pair in reversed(self.begins) if pair[0] <= offset)
        return self.lines.place(begin + offset - there)


@final
@attrs.frozen
class Scalar:
    """A text, a number, true, false or null.

    Attributes:
        text: The text; of another value, as it is written.
        value: The value.
        place: Where it begins.
        tag: The tag of a function, ``!Sub`` for example.
        inside: Where its characters stand; None where escapes or folds move them.
    """

    text: str
    value: str | float | None
    place: Place
    tag: str | None = None
    inside: Inside | None = None


@final
@attrs.frozen
class Sequence:
    """An array."""

    items: tuple[Node, ...]
    place: Place
    tag: str | None = None


def _by_name(mapping: Mapping) -> Lookup[str, Node]:
    return {name.text: node for name, node in mapping.pairs}


@final
@attrs.frozen
class Mapping:
    """An object.

    Attributes:
        pairs: Names and values, in their order.
        place: Where it begins.
        tag: The tag of a function.
        found: The values by their names.
    """

    pairs: tuple[tuple[Scalar, Node], ...]
    place: Place
    tag: str | None = None
    found: Lookup[str, Node] = attrs.field(
        init=False, eq=False, repr=False, default=attrs.Factory(_by_name, takes_self=True)
    )


Node: TypeAlias = Scalar | Sequence | Mapping
"""A value in a file."""


def get(node: Node | None, *names: str) -> Node | None:
    """Return the value at the end of the names; None if there is none."""
    for name in names:
        node = node.found.get(name) if isinstance(node, Mapping) else None
    return node


def text_at(node: Node | None, *names: str) -> str | None:
    """Return the text at the end of the names; None if there is none."""
    found = get(node, *names)
    return found.text if isinstance(found, Scalar) and found.value is not None else None


def members(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    """Return the members of an object; of anything else, none."""
    return node.pairs if isinstance(node, Mapping) else ()


def fault(message: str, place: Place) -> SourceError:
    """Return the error for something in a file."""
    return SourceError(message, line=place.line, column=place.column)


def word(text: str) -> str:
    """Return a name of a file for a message."""
    return quoted(text, _MAX_WORD)


_MAX_WORD: Final = 80
