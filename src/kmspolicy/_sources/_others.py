"""Keys in files of other tools: manifests within others are read, and of all else it is said that its policy is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._partial._tree import Unresolved
from kmspolicy._sources._node import Mapping, Sequence, get, members, text_at
from kmspolicy._sources._plain import is_manifest, sources_in
from kmspolicy._sources._source import Source, source_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._sources._node import Node

_WITH_PROPERTIES: Final = {
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::KMS::ReplicaKey": "KeyPolicy",
    "aws:kms:ExternalKey": "policy",
    "aws:kms:Key": "policy",
    "aws:kms:KeyPolicy": "policy",
    "aws:kms:ReplicaExternalKey": "policy",
    "aws:kms:ReplicaKey": "policy",
}
"""The types of keys in templates of CloudFormation that are a part of another file, as that of the Serverless Framework, and in
programs of Pulumi in YAML, with the property that is the policy: https://www.pulumi.com/registry/packages/aws/api-docs/kms/key/."""

_OF_TERRAFORM: Final = (
    "aws_kms_external_key",
    "aws_kms_key",
    "aws_kms_key_policy",
    "aws_kms_replica_external_key",
    "aws_kms_replica_key",
)
_OF_ANSIBLE: Final = (
    "amazon.aws.kms_key",
    "aws_kms",
    "community.aws.aws_kms",
    "community.aws.kms_key",
    "kms_key",
)
"""https://docs.ansible.com/ansible/latest/collections/amazon/aws/kms_key_module.html"""


def sources_of_others(node: Node, name: str) -> Iterator[Source]:
    """Yield the keys in a file of another tool.

    Args:
        node: The document, or a part of it.
        name: Its name: that of the file, or of the member that it is.
    """
    if isinstance(node, Sequence):
        for each in node.items:
            yield from sources_of_others(each, name)
    if not isinstance(node, Mapping):
        return
    if is_manifest(node):
        for source in sources_in(node, name):
            is_set = source.told != "default"
            yield (
                source
                if is_set
                else source_of(source, Unresolved("the policy of the manifest", place=node.place))
            )
        return
    yield from _unknown(node, name)
    for member, value in node.pairs:
        yield from sources_of_others(value, member.text)


def _unknown(node: Mapping, name: str) -> Iterator[Source]:
    """Yield the keys that an object is, or has as members, whose policies cannot be known from it."""
    kind = text_at(node, "Type") or text_at(node, "type") or ""
    properties = get(node, "Properties") or get(node, "properties")
    if kind in _WITH_PROPERTIES and get(properties, _WITH_PROPERTIES[kind]) is not None:
        yield _source(name, node)
    for kind in _OF_TERRAFORM:
        for label, resource in members(get(node, "resource", kind)):
            if get(resource, "policy") is not None:
                yield _source(f"{kind}.{label.text}", resource)
    for module in _OF_ANSIBLE:
        if get(node, module, "policy") is not None:
            yield _source(text_at(node, "name") or name, node)


def _source(name: str, node: Node) -> Source:
    return source_of(Source(name=name), Unresolved(f"the policy of {name}", place=node.place))
