"""What the tests of reading files share: trees and policies as plain values, in which placeholders are ``${Name}``."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from kmspolicy import PartialPolicy, Policy
from kmspolicy._partial._tree import (
    Absent,
    And,
    Choice,
    Constant,
    Equals,
    Items,
    Members,
    Not,
    Open,
    Or,
    Split,
    Text,
    Unresolved,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from kmspolicy._partial._tree import Node, Test
    from kmspolicy.sources import Source


tree_of: Callable[[object], Any] = attrgetter("_tree")


def shown(node: Node | Policy | PartialPolicy | None) -> Any:
    """Return a tree as JSON; a choice is its test and its branches, also where it is a part of text."""
    if isinstance(node, Policy):
        return node.to_dict()
    if isinstance(node, PartialPolicy):
        return shown(tree_of(node))
    return None if node is None else _SHOWN[type(node)](node)


def _text(node: Any) -> Any:
    texts = [part if isinstance(part, str) else _part(part) for part in node.parts]
    return texts[0] if len(texts) == 1 else "".join(map(str, texts))


_SHOWN: dict[type, Callable[[Any], Any]] = {
    Text: _text,
    Constant: lambda node: node.value,
    Items: lambda node: [*map(shown, node.nodes)],
    Members: lambda node: {shown(name): shown(value) for name, value in node.pairs},
    Split: lambda node: f"split {shown(node.text)} at {node.separator}",
    Choice: lambda node: ("if", asked(node.test), shown(node.then), shown(node.otherwise)),
    Unresolved: lambda node: f"unresolved {node.name}",
    Absent: lambda _: None,
}


def _part(part: Any) -> Any:
    return shown(part) if isinstance(part, Choice) else f"${{{part.name}}}"


def asked(test: Test) -> str:
    """Return a test as text."""
    match test:
        case Equals(left, right):
            return f"{shown(left)} = {shown(right)}"
        case Not(inner):
            return f"not {asked(inner)}"
        case Open(name):
            return f"open {name}"
        case And(tests) | Or(tests):
            return f"({(' and ' if isinstance(test, And) else ' or ').join(map(asked, tests))})"


def statement_of(source: Source, number: int = 0) -> Any:
    """Return one statement of the policy of a source."""
    return shown(source.policy)["Statement"][number]
