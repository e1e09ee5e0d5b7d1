"""What a CloudFormation template says of values that are not known, so that others of the same name are told apart."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from kmspolicy._sources._node import Mapping, Scalar, Sequence, get, members, text_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kmspolicy._sources._node import Node

_SECTIONS: Final = ("Parameters", "Conditions", "Mappings", "Resources")
_TRANSFORM: Final = "Fn::Transform"
_OF_SSM: Final = "AWS::SSM::Parameter::"
_LASTING: Final = frozenset(
    {
        "AWS::IAM::Group",
        "AWS::IAM::Role",
        "AWS::IAM::User",
        "AWS::KMS::Key",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::Serverless::Function",
    }
)
"""The types of resources that keep their names, ids and ARNs when properties other than names and paths change."""


class _Declaration(NamedTuple):
    """A part of a template.

    Attributes:
        digest: What it says.
        words: The names of other parts in it.
    """

    digest: str
    words: frozenset[str]


class Definitions:
    """What a template says of its values, with all that this refers to."""

    def __init__(self, template: Node) -> None:
        """Take a template."""
        self._template = template
        sections = [(section, get(template, section)) for section in _SECTIONS]
        self._named: dict[str, list[Node]] = {}
        for section, node in sections:
            for name, value in members(node):
                self._named.setdefault(name.text, []).append(_CUT.get(section, _all)(value))
        changed_by = [get(template, "Transform"), *(get(node, _TRANSFORM) for _, node in sections)]
        self._changed_by = [self._declaration(node) for node in changed_by if node is not None]
        self._declarations: dict[str, list[_Declaration]] = {}
        self._of_names: dict[str, str] = {}

    def of_name(self, name: str) -> str:
        """Return a digest of the declaration of a parameter or a resource."""
        if name not in self._of_names:
            self._of_names[name] = self._digest(self._declared(name))
        return self._of_names[name]

    def of_value(self, node: Node | None) -> str:
        """Return a digest of a value that macros in the template may change."""
        own = [] if node is None else [self._declaration(node)]
        return self._digest([*own, *self._changed_by])

    def _digest(self, declarations: Iterable[_Declaration]) -> str:
        waiting = [*declarations]
        seen: set[str] = set()
        digests: list[str] = []
        while waiting:
            one = waiting.pop()
            digests.append(one.digest)
            for word in one.words - seen:
                waiting += self._declared(word)
            seen |= one.words
        return _digest_of(" ".join(sorted(digests)))

    def _declared(self, name: str) -> list[_Declaration]:
        if name not in self._declarations:
            self._declarations[name] = [self._declaration(node) for node in self._named.get(name, ())]
        return self._declarations[name]

    def _declaration(self, node: Node) -> _Declaration:
        text = json.dumps(_plain(node), sort_keys=True)
        return _Declaration(_digest_of(text), frozenset(_WORDS(text)).intersection(self._named))


def _digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


_WORDS: Final = re.compile(r"\w+").findall


def _plain(node: Node) -> object:
    """Return a value without its places, with functions in their long form."""
    match node:
        case Scalar(text):
            plain: object = text
        case Sequence(items):
            plain = [*map(_plain, items)]
        case _:
            plain = {name.text: _plain(value) for name, value in node.pairs}
    if node.tag is None:
        return plain
    name = node.tag[1:]
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": plain}


# --- what of a declaration counts --------------------------------------------------------------------


def _all(node: Node) -> Node:
    return node


def _of_parameter(node: Node) -> Node:
    """Return what tells the values that a parameter can have; the default of one of SSM is the name of its value there."""
    names = ("Type", "AllowedValues")
    is_of_ssm = (text_at(node, "Type") or "").startswith(_OF_SSM)
    return _only(node, (*names, "Default") if is_of_ssm else names)


def _of_resource(node: Node) -> Node:
    """Return what tells the name, the id and the attributes of a resource."""
    if text_at(node, "Type") not in _LASTING:
        return node
    pairs = [
        (name, _only(value, ("Name", "Path")) if name.text == "Properties" else value)
        for name, value in members(_only(node, ("Type", "Properties")))
    ]
    return Mapping(tuple(pairs), node.place)


def _only(node: Node, endings: tuple[str, ...]) -> Node:
    """Return the members of an object whose names end so."""
    if not isinstance(node, Mapping):
        return node
    return Mapping(tuple(pair for pair in node.pairs if pair[0].text.endswith(endings)), node.place)


_CUT: Final[dict[str, Callable[[Node], Node]]] = {"Parameters": _of_parameter, "Resources": _of_resource}
