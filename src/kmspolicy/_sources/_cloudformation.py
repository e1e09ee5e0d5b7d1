"""The keys of CloudFormation templates, those of SAM and the CDK among them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kmspolicy._language._patterns import meets
from kmspolicy._partial._read import tree_of_json
from kmspolicy._partial._tree import (
    Absent,
    Choice,
    Constant,
    Items,
    Members,
    Open,
    Placeholder,
    Text,
    Unresolved,
)
from kmspolicy._sources._functions import TAGS, Functions, call_of, functions_in
from kmspolicy._sources._node import Mapping, Scalar, Sequence, fault, get, members, text_at
from kmspolicy._sources._reading import documents_of
from kmspolicy._sources._source import Ignore, Source, json_in, refused, source_of
from kmspolicy.errors import PolicyDocumentError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Lookup

    from kmspolicy._partial._tree import Node as Tree
    from kmspolicy._sources._functions import Call, Part
    from kmspolicy._sources._node import Node
    from kmspolicy._text import Place

_KEYS: Final = frozenset({"AWS::KMS::Key", "AWS::KMS::ReplicaKey"})


def keys_of_template(text: str, parameters: Lookup[str, str]) -> tuple[Source, ...]:
    """Read the keys of a template.

    Raises:
        SourceError: if it is not a template, or a function in a policy cannot be read.
    """
    template = next(documents_of(text, TAGS), None)
    if template is None or not is_template(template):
        raise SourceError("this is not a CloudFormation template: it has no Resources", line=1, column=1)
    return tuple(sources_of_template(template, parameters))


def is_template(node: Node) -> bool:
    """Return whether a document is a template."""
    return isinstance(get(node, "Resources"), Mapping)


def sources_of_template(template: Node, parameters: Lookup[str, str]) -> Iterator[Source]:
    """Yield the keys of a template."""
    functions = Functions(template, parameters)
    for name, resource in members(get(template, "Resources")):
        unknown = _unknown(name, resource)
        if unknown:
            told = Source(name=name.text, names=frozenset(functions.names))
            yield source_of(told, Unresolved(unknown, place=name.place))
        elif text_at(resource, "Type") in _KEYS:
            functions.assume(text_at(resource, "Condition"))
            yield _source(name, resource, functions)


def _unknown(name: Scalar, resource: Node) -> str | None:
    """Return what makes resources of which nothing is known but that they may be keys."""
    if name.text.startswith("Fn::ForEach::"):
        return name.text if _makes_keys(resource) else None
    if name.text.startswith("Fn::"):
        return next(functions_in(Mapping(((name, resource),), name.place)), None)
    template = text_at(resource, "Properties", "TemplateBody") or ""
    if any(key in template for key in _KEYS):
        return "the template in it"
    return next(functions_in(resource), None) if get(resource, "Type") is None else None


def _makes_keys(node: Node) -> bool:
    match node:
        case Scalar():
            return False
        case Sequence(items):
            return any(map(_makes_keys, items))
        case _:
            kind = _IN_LOOP("*", text_at(node, "Type") or "")
            return any(meets(kind, key) for key in _KEYS) or any(_makes_keys(each) for _, each in node.pairs)


_IN_LOOP: Final = re.compile(r"[$&]\{[^{}]*\}").sub
"""What differs in each round of a loop."""


def _source(name: Scalar, resource: Node, functions: Functions) -> Source:
    """Return what a template says of one key."""
    ignores = tuple(_ignores(get(resource, "Metadata", "kmspolicy", "ignore")))
    flag = get(resource, "Properties", "BypassPolicyLockoutSafetyCheck")
    bypass = flag is not None and _is_true(functions.tree(flag))
    properties = get(resource, "Properties")
    macros = (*functions_in(resource), *functions_in(properties), *functions.macros)
    tree = _or_unknown(_policy(get(properties, "KeyPolicy"), functions), " and ".join(macros), name.place)
    names = frozenset(functions.names)
    told = Source(name=name.text, bypass=bypass, ignores=ignores, names=names).at(name.place)
    return told.with_default() if isinstance(tree, Absent) else source_of(told, tree)


def _or_unknown(tree: Tree, macros: str, place: Place) -> Tree:
    """Return a policy that macros may change, or make where there is none."""
    if not macros:
        return tree
    unknown = Unresolved(macros, place=place)
    if isinstance(tree, Absent):
        return unknown
    return Choice(Open(f"{macros} leaves the policy as it is"), tree, unknown, place=tree.place)


def _is_true(tree: Tree) -> bool:
    return tree in (Constant(value=True), Text(("true",)))


def _ignores(node: Node | None) -> Iterator[Ignore]:
    if node is None:
        return
    for each in node.items if isinstance(node, Sequence) else (node,):
        code, reason = text_at(each, "code"), text_at(each, "reason")
        if not code or not reason:
            raise fault("an entry of Metadata.kmspolicy.ignore has a code and a reason", each.place)
        yield Ignore(code, reason)


# --- the policy ------------------------------------------------------------------------------------


def _policy(node: Node | None, functions: Functions) -> Tree:
    """Return the tree of a KeyPolicy; what is absent is the default policy."""
    call = call_of(node)
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return Absent()
    if call is None:
        return _text_or_object(node, functions)
    if call.name == "Fn::ToJsonString":
        return _policy(call.argument, functions)
    if call.name == "Fn::Sub":
        return _in_sub(call, functions)
    return _in_function(functions.tree(node), node.place)


def _text_or_object(node: Node, functions: Functions) -> Tree:
    tree = functions.tree(node)
    if not isinstance(node, Scalar):
        return tree
    return json_in(node, lambda text: functions.in_sub(text.replace("${", "${!"), {}, node.place))


def _in_sub(call: Call, functions: Functions) -> Tree:
    """Read the JSON text in a Sub; where a value stands outside of its strings, its structure is not known."""
    template, values = functions.sub(call)
    try:
        return json_in(template, lambda text: functions.in_sub(text, values, template.place))
    except SourceError:
        if _OUTSIDE.search(_STRING.sub("", template.text)):
            return Unresolved("the text of Fn::Sub", place=call.place)
        raise


_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_OUTSIDE: Final = re.compile(r"\$\{[^!]")


def _in_function(tree: Tree, place: Place) -> Tree:
    """Return the tree of the policy that a function returns."""
    match tree:
        case Choice(test, then, otherwise):
            both = (_in_function(then, place), _in_function(otherwise, place))
            chosen = [_DEFAULT if isinstance(each, Absent) else each for each in both]
            return Choice(test, *chosen, place=place)
        case Text(parts):
            return _json_of_parts(parts, place)
        case Members() | Absent() | Unresolved():
            return tree
        case _:
            raise fault("a policy is an object, or JSON text", place)


def _json_of_parts(parts: tuple[Part, ...], place: Place) -> Tree:
    """Read the JSON text that a function makes: values in it are marked by characters that no text has."""
    match parts:
        case (Placeholder(name, definition=definition),):
            return Unresolved(name, definition, place=place)
        case _:
            pass
    text = "".join(part if isinstance(part, str) else chr(_MARKS + at) for at, part in enumerate(parts))
    try:
        return tree_of_json(text, lambda each: _parts(each, parts), lambda _: place)
    except PolicyDocumentError as error:
        if len(parts) > 1:
            return Unresolved("the text of a function", place=place)
        raise refused(error) from error


_MARKS: Final = 0xF0000  # characters for private use
_MARKED: Final = re.compile(r"([\U000f0000-\U000ffffd])")


def _parts(text: str, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    each = (parts[ord(one) - _MARKS] if _MARKED.fullmatch(one) else one for one in _MARKED.split(text))
    return tuple(one for one in each if one) or ("",)


_ROOT: Final = Text(("arn:", Placeholder("AWS::Partition"), ":iam::", Placeholder("AWS::AccountId"), ":root"))


def _default() -> Tree:
    """Return the policy that a key has if none is set.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    elements = {"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    statement = Members(
        (
            *((Text((name,)), Text((value,))) for name, value in elements.items()),
            (Text(("Principal",)), Members(((Text(("AWS",)), _ROOT),))),
        )
    )
    return Members(((Text(("Version",)), Text(("2012-10-17",))), (Text(("Statement",)), Items((statement,)))))


_DEFAULT: Final = _default()
