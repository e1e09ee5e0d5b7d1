"""Texts in YAML, with places.

PyYAML tells the events of a text. Values are made of them here: no tag constructs anything, a number and a date stay the
texts that they are in a policy, and aliases are counted. https://yaml.org/spec/1.1/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

from kmspolicy._sources._node import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    Inside,
    Mapping,
    Scalar,
    Sequence,
    fault,
    word,
)
from kmspolicy._text import TWICE, Lines, too_long
from kmspolicy.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    from kmspolicy._sources._node import Node
    from kmspolicy._text import Place

    class _Mark(Protocol):
        index: int

    class _Event(Protocol):
        """An event of PyYAML; which attributes it has, its class tells."""

        start_mark: _Mark
        anchor: str | None
        tag: str | None
        value: str
        style: str | None


MAX_NODES: Final = 200_000
"""Values in a file, those of an alias counted each time that it stands there."""

_OF_YAML: Final = "tag:yaml.org,2002:"
_KNOWN: Final = frozenset(
    f"{_OF_YAML}{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge")
)
_CONSTANTS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
    **dict.fromkeys(["null", "Null", "NULL", "~", ""], None),
}
_PROPERTIES: Final = re.compile(r"(?:[!&][^\s]*\s+)*").match
_LINE: Final = re.compile(r"([^\r\n]*)(?:\r?\n|\Z)")
_MISSING: Final = 'YAML is read by PyYAML, which is not installed: pip install "kmspolicy[cli]"'


def yaml_documents(text: str, functions: frozenset[str] = frozenset()) -> tuple[Node, ...]:
    """Read the documents of a text in YAML.

    Args:
        text: The text.
        functions: The tags that may stand there, beside those of YAML itself, ``!Sub`` for example.

    Raises:
        SourceError: if it is not YAML, has a name twice, or is too large; with its place.
    """
    if len(text) > MAX_CHARACTERS:
        raise SourceError(f"{too_long(MAX_CHARACTERS)}; YAML is read up to there")
    try:
        import yaml  # noqa: PLC0415 - an extra, which JSON does not need
    except ImportError:
        raise SourceError(_MISSING) from None
    lines = Lines(text)
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events = cast("Iterator[_Event]", yaml.parse(text, Loader=loader))
        return tuple(_Reader(text, lines, functions, events).documents())
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        raise fault(f"this is not YAML: {error.problem}", lines.place(mark.index)) from None
    except yaml.reader.ReaderError as error:
        at = next((number for number, letter in enumerate(text) if ord(letter) == error.character), 0)
        raise fault("this character cannot stand in YAML; write it as an escape", lines.place(at)) from None


class _Reader:
    """The values of the events of a text."""

    def __init__(self, text: str, lines: Lines, functions: frozenset[str], events: Iterator[_Event]) -> None:
        self._text = text
        self._lines = lines
        self._tags = functions
        self._events = events
        self._anchors: dict[str, tuple[Node, int] | None] = {}
        self._count = 0
        self._depth = 0

    def documents(self) -> Iterator[Node]:
        """Read all documents."""
        for event in self._events:
            if type(event).__name__ == "DocumentStartEvent":
                self._anchors.clear()
                yield self._node(next(self._events))

    def _node(self, event: _Event) -> Node:
        place = self._lines.place(event.start_mark.index)
        if type(event).__name__ == "AliasEvent":
            return self._alias(event.anchor or "", place)
        before = self._count
        self._counted(1, place)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        node = self._value(event, place)
        if event.anchor is not None:
            self._anchors[event.anchor] = node, self._count - before
        return node

    def _alias(self, name: str, place: Place) -> Node:
        known = self._anchors.get(name)
        if known is None:
            what = "is within itself" if name in self._anchors else "is not there"
            raise fault(f"the anchor {word(name)} {what}", place)
        self._counted(known[1], place)
        self._deeper(_height(known[0]), place)
        return known[0]

    def _deeper(self, levels: int, place: Place) -> None:
        if self._depth + levels > MAX_DEPTH:
            raise fault(f"nested more than {MAX_DEPTH} levels deep", place)

    def _counted(self, more: int, place: Place) -> None:
        self._count += more
        if self._count > MAX_NODES:
            raise fault(f"there are more than {MAX_NODES:,} values, with those that aliases stand for", place)

    def _value(self, event: _Event, place: Place) -> Node:
        tag = self._tag(event, place)
        if type(event).__name__ == "ScalarEvent":
            return self._scalar(event, place, tag)
        self._deeper(1, place)
        self._depth += 1
        read = self._mapping if type(event).__name__ == "MappingStartEvent" else self._sequence
        node = read(place, tag)
        self._depth -= 1
        return node

    def _tag(self, event: _Event, place: Place) -> str | None:
        tag: str | None = event.tag
        if tag in (None, "!") or tag in _KNOWN:
            return None
        if tag not in self._tags:
            raise fault(f"the tag {word(tag or '')} is not known here; nothing is made of it", place)
        return tag

    def _scalar(self, event: _Event, place: Place, tag: str | None) -> Scalar:
        text: str = event.value
        plain = event.style in (None, "") and event.tag is None
        inside = self._inside(event)
        return Scalar(text, _CONSTANTS.get(text, text) if plain else text, place, tag, inside)

    def _inside(self, event: _Event) -> Inside | None:
        """Return where the characters of a string stand, if they stand there as they are."""
        properties = _PROPERTIES(self._text, event.start_mark.index)
        begin = properties.end() if properties else event.start_mark.index
        if event.style == "|":
            return self._inside_of_block(event.value, begin)
        begin += event.style in ("'", '"')
        if not self._text.startswith(event.value, begin) or "\n" in event.value:
            return None
        return Inside(self._lines, ((0, begin),))

    def _inside_of_block(self, value: str, header: int) -> Inside:
        """Return where the lines of a block stand: one after the other, each less its indentation."""
        begins: list[tuple[int, int]] = []
        offset, at = 0, self._text.index("\n", header) + 1 if value else header
        for line in value.splitlines(keepends=True):
            there = _LINE.match(self._text, at)
            end = there.end(1) if there else at
            begins.append((offset, end - len(line.rstrip("\n"))))
            offset += len(line)
            at = there.end() if there else at
        return Inside(self._lines, tuple(begins) or ((0, header),))

    def _sequence(self, place: Place, tag: str | None) -> Sequence:
        items: list[Node] = []
        while type(event := next(self._events)).__name__ != "SequenceEndEvent":
            items.append(self._node(event))
        return Sequence(tuple(items), place, tag)

    def _mapping(self, place: Place, tag: str | None) -> Mapping:
        pairs: dict[str, tuple[Scalar, Node]] = {}
        merged: dict[str, tuple[Scalar, Node]] = {}
        while type(event := next(self._events)).__name__ != "MappingEndEvent":
            name = self._node(event)
            if not isinstance(name, Scalar):
                raise fault("a name must be text", name.place)
            value = self._node(next(self._events))
            if name.text == "<<" and event.style in (None, ""):
                for pair in self._merged(value):
                    merged.setdefault(pair[0].text, pair)
            elif name.text in pairs:
                first = pairs[name.text][0].place.line
                raise fault(f"{TWICE}: {word(name.text)} stands in line {first} already", name.place)
            else:
                pairs[name.text] = name, value
        return Mapping(tuple((merged | pairs).values()), place, tag)

    def _merged(self, node: Node) -> Iterator[tuple[Scalar, Node]]:
        each = node.items if isinstance(node, Sequence) else (node,)
        for one in each:
            if not isinstance(one, Mapping):
                raise fault("'<<' takes an object or an array of objects", one.place)
            yield from one.pairs


def _height(node: Node) -> int:
    """Return how deep a value is nested: not more than what is allowed in all."""
    if isinstance(node, Scalar):
        return 0
    each = node.items if isinstance(node, Sequence) else node.found.values()
    return 1 + max(map(_height, each), default=0)
