"""Documents of ``aws_iam_policy_document`` of which some values are known after apply.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from kmspolicy._partial._tree import Items, Members, Placeholder, Split, Text, Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kmspolicy._partial._tree import Node as Tree

_MERGED: Final = (
    "source_json",
    "override_json",
    "source_policy_documents",
    "override_policy_documents",
)
_LISTS: Final = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
_PRINCIPALS: Final = {"principals": "Principal", "not_principals": "NotPrincipal"}
_SEPARATOR: Final = ","


def document_tree(address: str, after: Mapping[str, Any], unknown: Mapping[str, Any]) -> Tree:
    """Return the tree of a document.

    Args:
        address: The address of its data source, for the names of what is not known.
        after: What is known of it.
        unknown: What is not.
    """
    for name in _MERGED:
        if after.get(name) or unknown.get(name):
            return Unresolved(f"{address}.{name}")
    if unknown.get("statement") is True:
        return Unresolved(f"{address}.statement")
    unknowns = unknown.get("statement")
    statements = [
        _Statement(f"{address}.statement[{number}]", statement, _at(unknowns, number)).tree()
        for number, statement in enumerate(items_of(after.get("statement")))
    ]
    version = _text(address, after, unknown, "version") or Text(("2012-10-17",))
    label = _text(address, after, unknown, "policy_id")
    return _object([("Version", version), ("Id", label), ("Statement", Items(tuple(statements)))])


class _Statement:
    """A block ``statement``."""

    def __init__(self, name: str, known: Mapping[str, Any], unknown: object) -> None:
        self._name = name
        self._known = known
        self._unknown = fields_of(unknown)

    def tree(self) -> Tree:
        """Return the statement."""
        effect = _text(self._name, self._known, self._unknown, "effect") or Text(("Allow",))
        elements = [
            ("Sid", _text(self._name, self._known, self._unknown, "sid")),
            ("Effect", effect),
            *((name, self._principals(field)) for field, name in _PRINCIPALS.items()),
            *((name, _list(self._name, self._known, self._unknown, field)) for field, name in _LISTS.items()),
            ("Condition", self._conditions()),
        ]
        return _object(elements)

    def _blocks(self, field: str) -> Iterator[tuple[str, Mapping[str, Any], object]]:
        unknowns = self._unknown.get(field)
        for number, block in enumerate(items_of(self._known.get(field))):
            yield f"{self._name}.{field}[{number}]", block, _at(unknowns, number)

    def _principals(self, field: str) -> Tree | None:
        if self._unknown.get(field) is True:
            return Unresolved(f"{self._name}.{field}")
        found: dict[str, list[Tree]] = {}
        for name, block, unknown in self._blocks(field):
            kind = block.get("type")
            if not isinstance(kind, str):
                return Unresolved(f"{name}.type")
            found.setdefault(kind, []).append(_list(name, block, unknown, "identifiers") or Items(()))
        if set(found) == {"*"}:
            return Text(("*",))
        return _object([(kind, _joined(lists)) for kind, lists in found.items()]) if found else None

    def _conditions(self) -> Tree | None:
        if self._unknown.get("condition") is True:
            return Unresolved(f"{self._name}.condition")
        found: dict[str, dict[str, list[Tree]]] = {}
        for name, block, unknown in self._blocks("condition"):
            operator, key = block.get("test"), block.get("variable")
            if not isinstance(operator, str) or not isinstance(key, str):
                return Unresolved(name)
            values = _list(name, block, unknown, "values") or Items(())
            found.setdefault(operator, {}).setdefault(key, []).append(values)
        operators = [
            (operator, _object([(key, _joined(lists)) for key, lists in keys.items()]))
            for operator, keys in found.items()
        ]
        return _object(operators) if operators else None


def _object(pairs: Iterable[tuple[str, Tree | None]]) -> Members:
    return Members(tuple((Text((name,)), value) for name, value in pairs if value is not None))


def fields_of(value: object) -> Mapping[str, Any]:
    """Return the members of an object in a plan; of what is null or absent, none."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def items_of(value: object) -> list[Any]:
    """Return the items of an array in a plan; of what is null or absent, none."""
    return cast("list[object]", value) if isinstance(value, list) else []


def _at(unknowns: object, number: int) -> object:
    items = items_of(unknowns)
    return items[number] if number < len(items) else None


def _text(address: str, known: Mapping[str, Any], unknown: Mapping[str, Any], field: str) -> Text | None:
    """Return a text; None if there is none."""
    if unknown.get(field) is True:
        return Text((Placeholder(f"{address}.{field}"),))
    return Text((known[field],)) if known.get(field) else None


def _list(address: str, known: Mapping[str, Any], unknown: object, field: str) -> Tree | None:
    """Return a list of texts; None if it has none. Of one that is not known, the length is not either."""
    unknowns: object = fields_of(unknown).get(field)
    if unknowns is True:
        return Split(Text((Placeholder(f"{address}.{field}"),)), _SEPARATOR)
    values = items_of(known.get(field))
    texts = [
        Text((Placeholder(f"{address}.{field}[{number}]"),))
        if _at(unknowns, number) is True
        else Text((str(value).replace("&{", "${"),))
        for number, value in enumerate(values)
    ]
    return texts[0] if len(texts) == 1 else Items(tuple(texts)) if texts else None


def _joined(lists: list[Tree]) -> Tree:
    """Return the values of several blocks with one name."""
    if len(lists) == 1:
        return lists[0]
    nodes: list[Tree] = []
    for each in lists:
        if isinstance(each, Split):
            return Unresolved(f"a list with {each.text.parts[0]}")
        nodes += each.nodes if isinstance(each, Items) else (each,)
    return Items(tuple(nodes))
