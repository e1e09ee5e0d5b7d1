"""Texts in JSON, with places."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, cast

from kmspolicy import _text
from kmspolicy._sources._node import MAX_CHARACTERS, MAX_DEPTH, Inside, Mapping, Scalar, Sequence, fault

if TYPE_CHECKING:
    from kmspolicy._sources._node import Node

_END_OF_STRING: Final = json.JSONDecoder().raw_decode
_COLON: Final = re.compile(r"[ \t\r\n]*:[ \t\r\n]*").match


def json_document(text: str) -> Node:
    """Read a text in JSON.

    Raises:
        SourceError: if it is not JSON, with the place of the first fault.
    """
    scan = _text.scan(text, characters=MAX_CHARACTERS, depth=MAX_DEPTH)
    lines = _text.Lines(text)
    if scan.faults or scan.node is None:
        first = scan.faults[0]
        raise fault(first.message, lines.place(first.offset))
    return _Reader(text, lines).node(scan.node, scan.node.offset)


class _Reader:
    """The values of a text that was read, with places for offsets."""

    def __init__(self, text: str, lines: _text.Lines) -> None:
        self._text = text
        self._lines = lines

    def node(self, node: _text.Node, offset: int) -> Node:
        """Return a value that begins at an offset."""
        place = self._lines.place(offset)
        if isinstance(node.value, dict):
            members = cast("dict[str, _text.Node]", node.items).items()
            return Mapping(tuple(self._member(name, each) for name, each in members), place)
        if isinstance(node.value, list):
            return Sequence(tuple(self.node(each, each.offset) for each in node.items.values()), place)
        return self._scalar(cast("str | float | None", node.value), offset)

    def _member(self, name: str, node: _text.Node) -> tuple[Scalar, Node]:
        """Return a name and its value; the node begins at the name."""
        colon = _COLON(self._text, _END_OF_STRING(self._text, node.offset)[1])
        begins = colon.end() if colon else node.offset
        return self._scalar(name, node.offset), self.node(node, begins)

    def _scalar(self, value: str | float | None, offset: int) -> Scalar:
        place = self._lines.place(offset)
        if not isinstance(value, str):
            return Scalar(json.dumps(value), value, place)
        plain = self._text.startswith(f'{value}"', offset + 1)
        return Scalar(value, value, place, inside=Inside(self._lines, ((0, offset + 1),)) if plain else None)
