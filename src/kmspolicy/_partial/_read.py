"""JSON text with placeholders as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from kmspolicy import _text
from kmspolicy._language._placeholders import FILLED_IN, name_of_placeholder
from kmspolicy._partial._tree import Constant, Items, Members, Placeholder, Text
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
        raise PolicyDocumentError(
            Problem(fault.code, fault.message, fault.steps, *(where(fault.offset) or ()))
            for fault in scan.faults
        )
    return _tree(scan.node, parts, where)


def _tree(
    node: _text.Node,
    parts: Callable[[str], tuple[str | Placeholder | Choice, ...]],
    where: Callable[[int], Place | None],
) -> Node:
    place = where(node.offset)
    if isinstance(node.value, str):
        return Text(parts(node.value), place=place)
    if isinstance(node.value, list):
        return Items(tuple(_tree(each, parts, where) for each in node.items.values()), place=place)
    if isinstance(node.value, dict):
        return Members(
            tuple(
                (Text(parts(cast("str", name)), place=where(each.offset)), _tree(each, parts, where))
                for name, each in node.items.items()
            ),
            place=place,
        )
    return Constant(cast("float | None", node.value), place=place)
