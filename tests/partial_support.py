"""Partial policies for tests, written as JSON in which nodes stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from kmspolicy import PartialPolicy
from kmspolicy._partial._tree import Choice, Constant, Equals, Items, Members, Placeholder, Text

if TYPE_CHECKING:
    from kmspolicy._partial._tree import Node

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def text(*parts: str | Placeholder | Choice) -> Text:
    """Return a text of parts."""
    return Text(parts)


def node(value: Any) -> Node:
    """Return JSON as a tree; nodes may stand in it."""
    found: Node = value
    match value:
        case str():
            return Text((value,))
        case list():
            return Items(tuple(map(node, cast("list[object]", value))))
        case dict():
            members = cast("dict[str, object]", value)
            return Members(tuple((Text((name,)), node(each)) for name, each in members.items()))
        case None | bool() | int() | float():
            return Constant(value)
        case _:
            return found


def statement(**elements: Any) -> dict[str, Any]:
    """Return a statement in which nodes may stand."""
    usual = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"}
    return usual | elements


def policy(*given: Any) -> PartialPolicy:
    """Return a partial policy of statements."""
    return PartialPolicy(node({"Version": "2012-10-17", "Statement": [*given]}))


def given(name: str, **known: Any) -> Text:
    """Return a text that is nothing but a placeholder."""
    return Text((Placeholder(name, **known),))


ADMIN, ENV = Placeholder("Admin"), Placeholder("Env", allowed=("dev", "prod"))
PROD = Equals(text(ENV), text("prod"))
