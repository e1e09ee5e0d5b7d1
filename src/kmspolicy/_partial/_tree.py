"""Documents some of whose values are not known yet, as trees; readers of files build them.

Each node may have its place in a file. A node is JSON with three additions: texts have placeholders among their parts,
a choice stands for one of two nodes, and what is unresolved stands for anything.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Literal, TypeAlias, final

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kmspolicy._text import Place

PlaceholderKind: TypeAlias = Literal[
    "account", "partition", "region", "principal", "organisation", "action", "text"
]
"""What a placeholder stands for: the id of an account, a partition, a Region, the ARN or account id of a principal, the id
of an organisation, an action, or any text."""

# --- texts -----------------------------------------------------------------------------------------


@final
@attrs.frozen
class Placeholder:
    """A text that is not known yet. Placeholders with one name and one definition stand for one text.

    Attributes:
        name: Its name, such as ``AWS::AccountId``, ``Admin`` or ``var.role``.
        kind: What it stands for, where the source tells; None where only its place does.
        allowed: The values it can have, where the source lists them; none for any value. A default does not belong here.
        written: What is shown in its place; None for ``${name}``.
        account: The account of a principal, where the source tells it: its id, or the placeholder for that; None for any account.
        definition: What the source says of it, as a digest; empty where it says nothing.
    """

    name: str
    kind: PlaceholderKind | None = None
    allowed: tuple[str, ...] = ()
    written: str | None = attrs.field(default=None, eq=False)
    account: str | Placeholder | None = attrs.field(default=None, eq=False, repr=False)
    definition: str = attrs.field(default="", repr=False)

    def __str__(self) -> str:
        """Return what is shown in its place."""
        return f"${{{self.name}}}" if self.written is None else self.written


@final
@attrs.frozen
class Text:
    """A text made of parts; a choice among them is one of texts.

    Attributes:
        parts: Known text, placeholders and choices, in their order.
        place: Where it begins.
    """

    parts: tuple[str | Placeholder | Choice, ...]
    place: Place | None = attrs.field(default=None, eq=False, kw_only=True)


# --- what decides a choice -------------------------------------------------------------------------


@final
@attrs.frozen
class Equals:
    """Whether two texts are the same."""

    left: Text
    right: Text


@final
@attrs.frozen
class And:
    """Whether all tests hold; no test at all is true."""

    tests: tuple[Test, ...]


@final
@attrs.frozen
class Or:
    """Whether one of the tests holds; no test at all is false."""

    tests: tuple[Test, ...]


@final
@attrs.frozen
class Not:
    """Whether a test does not hold."""

    test: Test


@final
@attrs.frozen
class Open:
    """A condition of which only the name is known. Those with one name and one definition have one answer."""

    name: str
    definition: str = attrs.field(default="", repr=False)


Test: TypeAlias = Equals | And | Or | Not | Open
"""What decides a choice."""

# --- nodes -----------------------------------------------------------------------------------------


@final
@attrs.frozen
class Constant:
    """A JSON value that is neither a text nor has parts."""

    value: float | None  # bool and int are among them
    place: Place | None = attrs.field(default=None, eq=False, kw_only=True)


@final
@attrs.frozen
class Items:
    """A JSON array; items that are absent are left out."""

    nodes: tuple[Node, ...]
    place: Place | None = attrs.field(default=None, eq=False, kw_only=True)


@final
@attrs.frozen
class Members:
    """A JSON object; members whose value is absent are left out. The place of a member is that of its name."""

    pairs: tuple[tuple[Text, Node], ...]
    place: Place | None = attrs.field(default=None, eq=False, kw_only=True)


@final
@attrs.frozen
class Split:
    """A list: the parts of a text between separators, such as a parameter of the type ``CommaDelimitedList``."""

    text: Text
    separator: str = ","
    place: Place | None = attrs.field(default=None, eq=False, kw_only=True)


@final
@attrs.frozen
class Choice:
    """One of two nodes; :class:`Absent` for none."""

    test: Test
    then: Node
    otherwise: Node
    place: Place | None = attrs.field(default=None, eq=False, kw_only=True)


@final
@attrs.frozen
class Absent:
    """Nothing, which ``AWS::NoValue`` stands for."""

    place: Place | None = attrs.field(default=None, eq=False, kw_only=True)


@final
@attrs.frozen
class Unresolved:
    """A node that cannot be known from the source, whatever its structure.

    Attributes:
        name: What it is called in the source.
        definition: What the source says of it, as a digest; empty where it says nothing.
        place: Where it begins.
    """

    name: str
    definition: str = attrs.field(default="", repr=False)
    place: Place | None = attrs.field(default=None, eq=False, kw_only=True)


Node: TypeAlias = Text | Constant | Items | Members | Split | Choice | Absent | Unresolved
"""A part of a document."""


def children(node: Node | Placeholder) -> Iterable[Node | Placeholder]:
    """Return the nodes and the placeholders directly within a node, unless that is a choice."""
    match node:
        case Text(parts):
            return [part for part in parts if not isinstance(part, str)]
        case Items(nodes):
            return nodes
        case Members(pairs):
            return chain.from_iterable(pairs)
        case Split(text):
            return [text]
        case _:
            return ()
