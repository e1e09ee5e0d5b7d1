"""Policies that stand in a document as they are: alone, in the output of the AWS CLI, and in manifests of Kubernetes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._partial._read import parts_of
from kmspolicy._partial._tree import Constant, Items, Members, Text
from kmspolicy._sources._node import Mapping, Scalar, Sequence, get, members, text_at
from kmspolicy._sources._source import Source, a_key_arn, json_in, source_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kmspolicy._partial._tree import Node as Tree
    from kmspolicy._partial._tree import Placeholder
    from kmspolicy._sources._node import Node

    Parts = Callable[[str], tuple[str | Placeholder, ...]]

_CROSSPLANE: Final = (("spec", "forProvider"), ("status", "atProvider", "arn"))
_GROUPS: Final = {
    "kms.services.k8s.aws": (("spec",), ("status", "ackResourceMetadata", "arn")),
    "kms.aws.crossplane.io": _CROSSPLANE,
    "kms.aws.m.upbound.io": _CROSSPLANE,
    "kms.aws.upbound.io": _CROSSPLANE,
}
"""The groups of APIs that have keys, where their fields are, and where the ARN of a key that is there: https://aws-controllers-k8s.github.io/community/reference/kms/v1alpha1/key/
and https://marketplace.upbound.io/providers/upbound/provider-aws-kms."""

_KINDS: Final = frozenset({"Key", "KeyPolicy", "ReplicaKey", "ExternalKey", "ReplicaExternalKey"})


def sources_in(node: Node, name: str) -> Iterator[Source]:
    """Yield what a document says of keys; nothing if it is none of these."""
    if text_at(node, "kind") == "List" and isinstance(items := get(node, "items"), Sequence):
        for each in items.items:
            yield from sources_in(each, name)
    elif is_manifest(node):
        yield _of_manifest(node, name)
    elif isinstance(policy := get(node, "Policy"), (Scalar, Mapping)):
        told = Source(name=name, key_arn=a_key_arn(text_at(node, "KeyMetadata", "Arn")))
        yield source_of(told.at(policy.place), tree_of(policy, _as_it_is))
    elif "Statement" in _names(node) or "Version" in _names(node):
        yield _source(name, node, parts_of)
    elif isinstance(node, Scalar) and node.text.lstrip().startswith("{"):
        yield _source(name, node, _as_it_is)


def _names(node: Node) -> set[str]:
    return {name.text for name, _ in members(node)}


def _as_it_is(text: str) -> tuple[str, ...]:
    """Return the parts of a text that AWS answered: nothing in it is filled in any more."""
    return (text,)


def is_manifest(node: Node) -> bool:
    """Return whether a document is the manifest of a key or of its policy."""
    group = (text_at(node, "apiVersion") or "").partition("/")[0]
    return group in _GROUPS and text_at(node, "kind") in _KINDS


def _of_manifest(node: Node, name: str) -> Source:
    path, arn = _GROUPS[(text_at(node, "apiVersion") or "").partition("/")[0]]
    fields = get(node, *path)
    flag = get(fields, "bypassPolicyLockoutSafetyCheck")
    bypass = isinstance(flag, Scalar) and flag.value is True
    name = text_at(node, "metadata", "name") or name
    told = Source(name=name, key_arn=a_key_arn(text_at(node, *arn)), bypass=bypass).at(node.place)
    policy = get(fields, "policy")
    if policy is None or (isinstance(policy, Scalar) and policy.value in (None, "")):
        return told.with_default()
    return source_of(told, tree_of(policy, parts_of))


def _source(name: str, node: Node, parts: Parts) -> Source:
    return source_of(Source(name=name).at(node.place), tree_of(node, parts))


def tree_of(policy: Node, parts: Parts) -> Tree:
    """Return the tree of a policy: an object, or JSON text."""
    return json_in(policy, parts) if isinstance(policy, Scalar) else _tree(policy, parts)


def _tree(node: Node, parts: Parts) -> Tree:
    match node:
        case Scalar(text, str()):
            return Text(parts(text), place=node.place)
        case Scalar(_, value):
            return Constant(None if isinstance(value, str) else value, place=node.place)
        case Sequence(items):
            return Items(tuple(_tree(each, parts) for each in items), place=node.place)
        case _:
            pairs = (
                (Text(parts(name.text), place=name.place), _tree(value, parts)) for name, value in node.pairs
            )
            return Members(tuple(pairs), place=node.place)


def is_of_keys(node: Node) -> bool:
    """Return whether a document that nobody named has a policy of a key: others have principals and actions, too."""
    statements = get(node, "Statement")
    if statements is None:
        return (
            is_manifest(node) or text_at(node, "kind") == "List" or "kms:" in (text_at(node, "Policy") or "")
        )
    each = statements.items if isinstance(statements, Sequence) else (statements,)
    return any(map(_names_principals, each)) and any(map(_names_actions_of_keys, each))


def _names_principals(statement: Node) -> bool:
    return any(name.text in ("Principal", "NotPrincipal") for name, _ in members(statement))


def _names_actions_of_keys(statement: Node) -> bool:
    """Return whether a statement has an action of KMS, under whatever name, or all actions."""
    for name, value in members(statement):
        all_actions = ("*",) if name.text in ("Action", "NotAction") else ()
        each = value.items if isinstance(value, Sequence) else (value,)
        if any(
            isinstance(one, Scalar) and one.text.lower().startswith(("kms:", *all_actions)) for one in each
        ):
            return True
    return False
