"""Policies that stand in a document as they are: alone, in the output of the AWS CLI, and in manifests of Kubernetes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kmspolicy._language._patterns import meets
from kmspolicy._language._placeholders import FILLED_IN
from kmspolicy._language._spelling import fold, nearest
from kmspolicy._partial._read import parts_of
from kmspolicy._partial._tree import Constant, Items, Members, Text, Unresolved
from kmspolicy._sources._json import json_document
from kmspolicy._sources._node import Mapping, Scalar, Sequence, get, members, text_at
from kmspolicy._sources._source import Source, a_key_arn, json_in, source_of
from kmspolicy.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kmspolicy._partial._tree import Node as Tree
    from kmspolicy._partial._tree import Placeholder
    from kmspolicy._sources._node import Node

    Parts = Callable[[str], tuple[str | Placeholder, ...]]

_CROSSPLANE: Final = (
    (("spec", "forProvider"), ("spec", "initProvider")),
    ("status", "atProvider", "arn"),
)
_GROUPS: Final = {
    "kms.services.k8s.aws": ((("spec",),), ("status", "ackResourceMetadata", "arn")),
    "kms.aws.crossplane.io": _CROSSPLANE,
    "kms.aws.m.upbound.io": _CROSSPLANE,
    "kms.aws.upbound.io": _CROSSPLANE,
}
"""The groups of APIs that have keys, where their fields are (the first that is set counts), and where the ARN of a key that is there: https://aws-controllers-k8s.github.io/community/reference/kms/v1alpha1/key/
and https://marketplace.upbound.io/providers/upbound/provider-aws-kms."""

_SUB: Final = "!Sub"
"""The only function of CloudFormation whose argument is text with placeholders."""
_KINDS: Final = frozenset({"Key", "KeyPolicy", "ReplicaKey", "ExternalKey", "ReplicaExternalKey"})


def each_of(node: Node) -> Iterator[Node]:
    """Yield the documents in an array of them, or in a list of manifests; what is neither is one."""
    items = get(node, "items") if (text_at(node, "kind") or "").endswith("List") else node
    if isinstance(items, Sequence):
        for each in items.items:
            yield from each_of(each)
    else:
        yield node


def sources_in(node: Node, name: str) -> Iterator[Source]:
    """Yield what a document says of keys; nothing if it is none of these."""
    if is_manifest(node):
        yield _of_manifest(node, name)
    elif isinstance(policy := get(node, "Policy"), (Scalar, Mapping)):
        told = Source(name=name, key_arn=a_key_arn(text_at(node, "KeyMetadata", "Arn")))
        yield source_of(told.at(policy.place), tree_of(policy, _as_it_is))
    elif any(name == "Version" or fold(name).startswith(_STATEMENT) for name in _names(node)):
        yield _source(name, node, parts_of)
    elif isinstance(node, Scalar) and node.text.lstrip().startswith("{"):
        yield _source(name, node, _as_it_is)
    else:
        for member, policy in _policies_in(node):
            yield _source(f"{name} ({member})", policy, parts_of)


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
    paths, arn = _GROUPS[(text_at(node, "apiVersion") or "").partition("/")[0]]

    def field(name: str) -> Node | None:
        found = (get(node, *path, name) for path in paths)
        return next((one for one in found if one is not None), None)

    flag = field("bypassPolicyLockoutSafetyCheck")
    bypass = isinstance(flag, Scalar) and flag.value is True
    own, namespace = text_at(node, "metadata", "name"), text_at(node, "metadata", "namespace")
    name = f"{namespace}/{own}" if own and namespace else own or name
    told = Source(name=name, key_arn=a_key_arn(text_at(node, *arn)), bypass=bypass).at(node.place)
    policy = field("policy")
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
        case Scalar(text, tag=str(tag)) if tag != _SUB:
            return Unresolved(f"{tag[1:]} {text}", place=node.place)
        case Sequence(tag=str(tag)) | Mapping(tag=str(tag)):
            return Unresolved(tag[1:], place=node.place)
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


# --- documents that nobody named -------------------------------------------------------------------


def is_of_keys(node: Node) -> bool:
    """Return whether a document has a policy that may be one of a key: others have principals, actions and resources, too."""
    return is_manifest(node) or _is_policy(node) or any(True for _ in _policies_in(node))


def _is_policy(node: Node) -> bool:
    if isinstance(node, Scalar):
        return node.text.lstrip().startswith("{") and _is_text_of_keys(node.text)
    each = [
        one
        for name, value in members(node)
        if fold(name.text).startswith(_STATEMENT)
        for one in (value.items if isinstance(value, Sequence) else (value,))
    ]
    return any(map(_names_principals, each)) and any(map(_may_be_about_keys, each))


def _policies_in(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the policies of keys among the members of an object, with their names."""
    for name, value in members(node):
        for each in each_of(value):
            if _is_policy(each):
                yield name.text, each


def mentions_keys(text: str) -> bool:
    """Return whether a text that cannot be read may have been about keys."""
    return bool(_KEYS_IN_TEXT(text)) or (
        "Statement" in text and "Principal" in text and any(map(_may_be_of_kms, _actions_in(text)))
    )


def _actions_in(text: str) -> Iterator[str]:
    """Yield the actions of a policy that cannot be read; of a list in YAML, the first one."""
    for match in _ACTIONS_IN_TEXT(text):
        yield from _WORDS(match[1])


_KEYS_IN_TEXT: Final = re.compile(
    r"AWS::KMS::|aws_kms_|\bkms:|kms\.aws\.|kms\.services", re.IGNORECASE
).search
_ACTIONS_IN_TEXT: Final = re.compile(r"Action[\\\"']*+\s*+:[\s\\\"'-]*+(\[[^\]]*+|[^\s\\\"',}\]]*+)").finditer
_WORDS: Final = re.compile(r"[^\s\\\"',\[]+").findall


def _is_text_of_keys(text: str) -> bool:
    try:
        return is_of_keys(json_document(text))
    except SourceError:
        return mentions_keys(text)


def _names_principals(statement: Node) -> bool:
    names = {name.text for name, _ in members(statement)} - _OTHER_ELEMENTS
    return any(nearest(name, _OF_PRINCIPALS) for name in names)


def _may_be_about_keys(statement: Node) -> bool:
    """Return whether a statement has an action of KMS, under whatever name, or may have one, and for a key."""
    named = [(fold(name.text), [*_patterns(value)]) for name, value in members(statement)]
    if any(one.startswith("kms:") for name, each in named if name not in _NO_ACTIONS for one in each):
        return True
    resources = [one for name, each in named if name in ("resource", "notresource") for one in each]
    return any(
        name == "notaction" or ("action" in name and any(map(_may_be_of_kms, each))) for name, each in named
    ) and (not resources or any(map(_may_be_a_key, resources)))


def _patterns(node: Node) -> Iterator[str]:
    """Yield what matches all that a value can be, in lower case: a placeholder may be any text."""
    for one in node.items if isinstance(node, Sequence) and node.tag is None else (node,):
        match one:
            case Scalar(text, tag=None | "!Sub"):
                yield fold(FILLED_IN.sub("*", text).strip())
            case _:
                yield "*"


def _may_be_of_kms(action: str) -> bool:
    return ":" not in action or meets(action, "kms:*")


def _may_be_a_key(resource: str) -> bool:
    return ":" not in resource or meets(resource, "arn:*:kms:*:*:*", within_parts=True)


_STATEMENT: Final = "statement"
_OF_PRINCIPALS: Final = {"principal": "Principal", "notprincipal": "NotPrincipal"}
_OTHER_ELEMENTS: Final = frozenset(
    {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_NO_ACTIONS: Final = frozenset({"sid", "effect", *_OF_PRINCIPALS, "resource", "notresource", "condition"})
