"""JSON text with placeholders as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from kmspolicy import _text
from kmspolicy._language._placeholders import FILLED_IN, name_of_placeholder
from kmspolicy._partial._tree import Constant, Items, Members, Placeholder, Text, Unresolved
from kmspolicy.errors import PolicyDocumentError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from kmspolicy._partial._tree import Choice, Node
    from kmspolicy._text import Place


def parts_of(text: str) -> tuple[str | Placeholder, ...]:
    """Return the parts of a text: ``${AWS::AccountId}``, ``<ACCOUNT_ID>`` and ``{{account}}`` are placeholders.

    ``${aws:username}`` is a policy variable and stays text.
    """
    parts: list[str | Placeholder] = []
    end = 0
    for match in FILLED_IN.finditer(text):
        parts += [text[end : match.start()], Placeholder(name_of_placeholder(match[0]), written=match[0])]
        end = match.end()
    return tuple(part for part in (*parts, text[end:]) if part) or ("",)


def tree_of_json(
    text: str | bytes,
    parts: Callable[[str], tuple[str | Placeholder | Choice, ...]] = parts_of,
    place: Callable[[int], Place | None] | None = None,
) -> Node:
    """Read JSON text strictly, as a tree.

    Args:
        text: JSON text; bytes are UTF-8.
        parts: Returns the parts of a name or a text in it.
        place: Returns the place of a character of the text; None for its line and column.

    Raises:
        PolicyDocumentError: if it is not JSON; lists every fault with its place.
    """
    scan = _text.scan(text)
    where = place or _text.Lines(scan.text).place
    if scan.faults or scan.node is None:
        raise PolicyDocumentError(_problem(fault, where(fault.offset)) for fault in scan.faults)
    return _Reader(parts, where).tree(scan.node, ())


def _problem(fault: _text.Fault, place: Place | None) -> Problem:
    line, column = (None, None) if place is None else place
    return Problem(fault.code, fault.message, fault.steps, line, column)


class _Reader:
    """A reader that makes a tree of the nodes of a JSON text."""

    def __init__(
        self,
        parts: Callable[[str], tuple[str | Placeholder | Choice, ...]],
        where: Callable[[int], Place | None],
    ) -> None:
        self._parts = parts
        self._where = where

    def tree(self, node: _text.Node, names: tuple[str, ...]) -> Node:
        """Return the tree of a node to which these names lead."""
        place = self._where(node.offset)
        match node.value:
            case str() as text:
                return self._text_of(text, names, place)
            case list():
                return Items(tuple(self.tree(each, names) for each in node.items.values()), place=place)
            case dict():
                return Members(
                    tuple(self._member(cast("str", name), each, names) for name, each in node.items.items()),
                    place=place,
                )
            case value:
                return Constant(cast("float | None", value), place=place)

    def _member(self, name: str, node: _text.Node, names: tuple[str, ...]) -> tuple[Text, Node]:
        return Text(self._parts(name), place=self._where(node.offset)), self.tree(node, (*names, name))

    def _text_of(self, text: str, names: tuple[str, ...], place: Place | None) -> Node:
        parts = self._parts(text)
        if names in _STRUCTURES and len(parts) == 1 and isinstance(parts[0], Placeholder):
            return Unresolved(parts[0].name, place=place)
        return Text(parts, place=place)


_STRUCTURES: Final = frozenset({("Statement",), ("Statement", "Condition")})
"""Where no text can stand: a placeholder there is for more than text."""
