"""The document that a tree stands for, where its values are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import attrs

from kmspolicy._document import Policy
from kmspolicy._document._convert import mistyped
from kmspolicy._partial._tree import (
    Absent,
    Choice,
    Constant,
    Equals,
    Items,
    Members,
    Not,
    Open,
    Or,
    Placeholder,
    Split,
    Text,
    Unresolved,
    children,
)
from kmspolicy._text import TWICE, Place
from kmspolicy.errors import PolicyDocumentError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kmspolicy._partial._tree import Node, PlaceholderKind, Test
    from kmspolicy._path import Steps


class Given(NamedTuple):
    """What is given: the texts of placeholders, and the answers of open conditions, by their names."""

    texts: Mapping[str, str]
    answers: Mapping[str, bool]


NOTHING: Final = Given({}, {})
"""Nothing is given."""


class Origin(NamedTuple):
    """Where a part of a document comes from: its steps in the tree, and its place in the file."""

    steps: Steps
    place: Place | None


class Filled(NamedTuple):
    """A document, and where its parts come from."""

    element: object
    origins: Mapping[Steps, Origin]

    def origin(self, steps: Steps) -> Origin:
        """Return where a part comes from; of what is not in the document, where the last step on the way does."""
        length = next(length for length in range(len(steps), -1, -1) if steps[:length] in self.origins)
        found = self.origins[steps[:length]]
        return found._replace(steps=(*found.steps, *steps[length:]))


# --- what is not given -----------------------------------------------------------------------------


def answer(test: Test, given: Given) -> bool | None:
    """Return whether a test holds; None if what is given does not tell."""
    match test:
        case Equals(left, right):
            texts = [text_of(left, given), text_of(right, given)]
            return None if None in texts else texts[0] == texts[1]
        case Open(name):
            return given.answers.get(name)
        case Not(inner):
            negated = answer(inner, given)
            return None if negated is None else not negated
        case _:
            decides = isinstance(test, Or)
            answers = {answer(each, given) for each in test.tests}
            return decides if decides in answers else None if None in answers else not decides


def text_of(text: Text, given: Given) -> str | None:
    """Return a text with what is given; None if something is missing."""
    if needed(text, given):
        return None
    return _Filling(given).text(text)


def written_in(text: Text, given: Given) -> str:
    """Return a text with placeholders as they are written, and what is given for its choices."""
    chosen = [_chosen(part, given) if isinstance(part, Choice) else part for part in text.parts]
    return "".join(written_in(part, given) if isinstance(part, Text) else str(part) for part in chosen)


def _chosen(node: Node, given: Given) -> Node:
    """Return what a choice is of."""
    while isinstance(node, Choice):
        node = node.then if answer(node.test, given) else node.otherwise
    return node


def needed(node: Node, given: Given) -> list[Placeholder | Open | Unresolved]:
    """List what a document needs and is not given; of placeholders with one name, each."""
    return list(_needed(node, given))


def _needed(node: Node | Placeholder, given: Given) -> Iterator[Placeholder | Open | Unresolved]:
    match node:
        case Placeholder(name):
            yield from () if name in given.texts else (node,)
        case Choice(test, then, otherwise):
            yield from _needed_by(test, given)
            decided = answer(test, given)
            yield from () if decided is False else _needed(then, given)
            yield from () if decided is True else _needed(otherwise, given)
        case Unresolved():
            yield node
        case _:
            for child in children(node):
                yield from _needed(child, given)


def _needed_by(test: Test, given: Given) -> Iterator[Placeholder | Open | Unresolved]:
    """List what is missing to answer a test."""
    if answer(test, given) is not None:
        return
    match test:
        case Equals(left, right):
            yield from _needed(left, given)
            yield from _needed(right, given)
        case Open():
            yield test
        case Not(inner):
            yield from _needed_by(inner, given)
        case _:
            for each in test.tests:
                yield from _needed_by(each, given)


# --- values that are known ---------------------------------------------------------------------------


def given_in(node: Node, texts: Mapping[str, str]) -> Node:
    """Return a tree in which placeholders are texts."""
    return cast("Node", _with(lambda one: texts.get(one.name, one), node))


def with_kinds(node: Node, kinds: Mapping[str, PlaceholderKind]) -> Node:
    """Return a tree whose placeholders tell what they stand for."""
    return cast(
        "Node", _with(lambda one: attrs.evolve(one, kind=kinds.get(one.name, one.kind or "text")), node)
    )


def with_definitions(node: Node, definition: Callable[[str], str]) -> Node:
    """Return a tree whose placeholders tell what the source says of them, by their names."""
    return cast("Node", _with(lambda one: attrs.evolve(one, definition=definition(one.name)), node))


def told_apart(trees: Iterable[Node]) -> list[Node]:
    """Return trees in which what has one name and several definitions has several names; :func:`name_shown` returns the one."""
    numbers: dict[str, dict[str, int]] = {}

    def name(one: Placeholder | Open) -> str:
        known = numbers.setdefault(one.name, {})
        number = known.setdefault(one.definition, len(known)) if one.definition else 0
        return f"{one.name}{_NUMBER}{number}" if number else one.name

    def placeholder(one: Placeholder) -> Placeholder:
        return attrs.evolve(one, name=name(one), written=str(one), definition="")

    return [cast("Node", _with(placeholder, tree, lambda one: Open(name(one)))) for tree in trees]


def name_shown(name: str) -> str:
    """Return the name in the source of what was told apart."""
    return name.partition(_NUMBER)[0]


_NUMBER: Final = "\0"
"""What begins the number in a name; no name in a source has it."""


def _with(
    given: Callable[[Placeholder], str | Placeholder],
    part: Any,  # noqa: ANN401 - a node, or what it is made of
    opened: Callable[[Open], Open] = lambda one: one,
) -> object:
    """Return a node, or a part of it, with what is given for placeholders and for open conditions."""
    if isinstance(part, Open):
        return opened(part)
    if isinstance(part, Placeholder):
        known = given(part)
        if isinstance(known, Placeholder) and isinstance(known.account, Placeholder):
            return attrs.evolve(known, account=given(known.account))
        return known
    if isinstance(part, tuple) and not isinstance(part, Place):
        return tuple(_with(given, each, opened) for each in cast("tuple[object, ...]", part))
    kind: Any = type(cast("object", part))
    if attrs.has(kind):
        names = [field.name for field in attrs.fields(kind)]
        return kind(**{name: _with(given, getattr(part, name), opened) for name in names})
    return part


def steps_to(node: Node, wanted: Node) -> Steps | None:
    """Return the steps from a node to one within it; None if it is not there."""
    if node is wanted:
        return ()
    inside: list[tuple[Steps, Node]] = []
    match node:
        case Items(nodes):
            inside = [((number,), each) for number, each in enumerate(nodes)]
        case Members(pairs):
            inside = [((written_in(name, NOTHING),), each) for name, each in pairs]
        case Choice(_, then, otherwise):
            inside = [((), then), ((), otherwise)]
        case _:
            pass
    found = ((first, steps_to(each, wanted)) for first, each in inside)
    return next(((*first, *rest) for first, rest in found if rest is not None), None)


# --- the document ----------------------------------------------------------------------------------


def fill(node: Node, given: Given) -> Filled:
    """Return the document of a tree to which everything is given that it needs.

    Raises:
        PolicyDocumentError: if a name stands twice in an object, or something stands where only text can.
    """
    filling = _Filling(given)
    return Filled(filling.value(node, (), ()), filling.origins)


def policy_of(filled: Filled) -> Policy:
    """Return the policy that a document is.

    Raises:
        PolicyDocumentError: if it is not one; with the places in the file.
    """
    try:
        return Policy.from_dict(cast("Mapping[str, object]", filled.element))
    except PolicyDocumentError as error:
        raise PolicyDocumentError(_located(problem, filled) for problem in error.problems) from None


def _located(problem: Problem, filled: Filled) -> Problem:
    steps, place = filled.origin(problem.steps)
    line, column = (None, None) if place is None else place
    return attrs.evolve(problem, steps=steps, line=line, column=column)


class _Filling:
    """The values of nodes, and where they come from."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self.origins: dict[Steps, Origin] = {}

    def value(self, node: Node, at: Steps, steps: Steps, place: Place | None = None) -> object:
        """Return the value of a node: ``at`` leads to it in the document, ``steps`` in the tree."""
        chosen = _chosen(node, self._given)
        self.origins[at] = Origin(steps, place or chosen.place)
        match chosen:
            case Text():
                return self.text(chosen)
            case Split(text, separator):
                return self._parts(self.text(text).split(separator), at, steps)
            case Items(nodes):
                return self._items(nodes, at, steps)
            case Members(pairs):
                return self._members(pairs, at, steps)
            case Constant(value):
                return value
            case _:  # what is absent is within something, and needed() has told what is unresolved
                return None

    def text(self, text: Text) -> str:
        """Return a text."""
        return "".join(map(self._part, text.parts))

    def _part(self, part: str | Placeholder | Choice) -> str:
        if isinstance(part, Placeholder):
            return self._given.texts[part.name]
        if isinstance(part, str):
            return part
        chosen = _chosen(part, self._given)
        if isinstance(chosen, Text):
            return self.text(chosen)
        raise mistyped("expected text as a part of text")

    def _parts(self, texts: list[str], at: Steps, steps: Steps) -> list[str]:
        for index in range(len(texts)):
            self.origins[*at, index] = Origin((*steps, index), self.origins[at].place)
        return texts

    def _items(self, nodes: tuple[Node, ...], at: Steps, steps: Steps) -> list[object]:
        items: list[object] = []
        for index, node in enumerate(nodes):
            chosen = _chosen(node, self._given)
            if not isinstance(chosen, Absent):
                items.append(self.value(chosen, (*at, len(items)), (*steps, index)))
        return items

    def _members(self, pairs: tuple[tuple[Text, Node], ...], at: Steps, steps: Steps) -> dict[str, object]:
        members: dict[str, object] = {}
        for name_node, node in pairs:
            chosen = _chosen(node, self._given)
            if isinstance(chosen, Absent):
                continue
            name = self.text(name_node)
            if name in members:
                raise PolicyDocumentError([Problem("DUPLICATE_NAME", TWICE, (*at, name))])
            members[name] = self.value(chosen, (*at, name), (*steps, name), name_node.place)
        return members
