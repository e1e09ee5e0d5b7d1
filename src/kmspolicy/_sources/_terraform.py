"""The keys of Terraform plans, as ``terraform show -json`` writes them.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import attrs

from kmspolicy._partial._fill import with_definitions
from kmspolicy._partial._read import tree_of_json
from kmspolicy._partial._tree import Unresolved
from kmspolicy._sources._json import json_document
from kmspolicy._sources._node import MAX_CHARACTERS, word
from kmspolicy._sources._source import Source, a_key_arn, in_policy, policy_in, refused, source_of
from kmspolicy._sources._terraform_documents import document_tree, fields_of, items_of
from kmspolicy._sources._terraform_files import places_in
from kmspolicy._text import TWICE, Lines, too_long
from kmspolicy.errors import PolicyDocumentError, SourceError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping

    from kmspolicy._document import Policy
    from kmspolicy._partial import PartialPolicy
    from kmspolicy._partial._tree import Node as Tree
    from kmspolicy._sources._source import Was

MAX_PLAN: Final = 200_000_000
"""The longest plan that is read, in characters."""

_KEYS: Final = frozenset(
    {"aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key"}
)
_KEY_POLICY: Final = "aws_kms_key_policy"
_DOCUMENT: Final = "data.aws_iam_policy_document."
_STEP: Final = re.compile(r'[^.\["]+|\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]|\.')


class Address(NamedTuple):
    """The address of a resource: ``module.app["a"].aws_kms_key.this[0]``.

    Attributes:
        module: The modules that it is in, with their indices; empty for the root.
        calls: The names of the modules.
        resource: The address in the module, without an index.
        number: The index, ``[0]``; empty if there is none.
    """

    module: str
    calls: tuple[str, ...]
    resource: str
    number: str

    @property
    def prefix(self) -> str:
        """What the addresses of its module begin with."""
        return f"{self.module}." if self.module else ""

    @property
    def kind(self) -> str:
        """The type of the resource."""
        return self.resource.partition(".")[0]


def address_of(text: str) -> Address:
    """Take an address apart."""
    steps = _STEP.findall(text)
    calls: list[str] = []
    at = 0
    while steps[at : at + 2] == ["module", "."]:
        calls.append(steps[at + 2])
        at = steps.index(".", at + 3) + 1
    index = steps[-1] if steps[-1].startswith("[") else ""
    resource = "".join(steps[at:]).removesuffix(index)
    return Address("".join(steps[: max(at - 1, 0)]), tuple(calls), resource, index)


class Found(NamedTuple):
    """What a plan says of a key, and where its configuration is.

    Attributes:
        source: What is said.
        resource: The address in its module.
        folder: The folder of its module, from that of the root; None for a module that is fetched.
    """

    source: Source
    resource: str
    folder: str | None


def keys_of_plan(text: str) -> list[Found]:
    """Read the keys of a plan.

    Raises:
        SourceError: if it is not a plan, or a policy in it cannot be read.
    """
    plan = _read(text)
    try:
        return [*_Plan(plan).sources()]
    except (AttributeError, KeyError, TypeError) as error:
        raise SourceError("this plan does not have the form that Terraform writes") from error


def sources_of_plan(text: str, tf_dir: str | os.PathLike[str] | None, file: str | None) -> list[Source]:
    """Read the keys of a plan, with their places in the files of a folder."""
    places = cache(places_in)
    sources: list[Source] = []
    for found in keys_of_plan(text):
        there = None
        if tf_dir is not None and found.folder is not None:
            there = places(Path(tf_dir, found.folder)).get(found.resource)
        its_file, place = there or (file, None)
        sources.append(found.source.in_file(its_file).at(place))
    return sources


# --- reading ---------------------------------------------------------------------------------------


def _read(text: str) -> dict[str, Any]:
    if len(text) > MAX_PLAN:
        raise SourceError(f"{too_long(MAX_PLAN)}; plans are read up to there")
    try:
        plan: Any = json.loads(text, object_pairs_hook=_no_name_twice)
    except (ValueError, RecursionError) as error:
        raise _not_json(text, error) from None
    if fields_of(plan).get("errored") is True:
        raise SourceError(
            "this plan is not whole: Terraform could not finish it; mend the error that it reports, and plan again"
        )
    version = fields_of(plan).get("format_version")
    if not isinstance(version, str):
        raise SourceError("this is not a plan as terraform show -json writes it: it has no format_version")
    if not re.fullmatch(r"1\.[0-9]+", version):
        raise SourceError(f"the format_version {word(version)} of the plan is not known; those of 1.x are")
    if "resource_changes" not in plan and "values" in plan:
        raise SourceError("this is a state, not a plan; give what terraform show -json says of a plan file")
    return cast("dict[str, Any]", plan)


def _no_name_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError(TWICE)
    return members


def _not_json(text: str, error: Exception) -> SourceError:
    """Return the error for a text that is not JSON, from the reader that knows places if the text is not too long for it."""
    if len(text) <= MAX_CHARACTERS:
        try:
            json_document(text)
        except SourceError as found:
            return found
    if isinstance(error, json.JSONDecodeError):
        line, column = Lines(text).place(error.pos)
        return SourceError(f"this is not JSON: {error.msg}", line=line, column=column)
    return SourceError(f"this is not JSON that can be read: {error}")


# --- the plan --------------------------------------------------------------------------------------


class _Plan:
    """What a plan says of its keys."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self._variables = fields_of(plan.get("variables"))
        self._root = fields_of(fields_of(plan.get("configuration")).get("root_module"))
        self._changes = _by_address(items_of(plan.get("resource_changes")))
        self._deferred = _by_address(one["resource_change"] for one in items_of(plan.get("deferred_changes")))

    def sources(self) -> Iterator[Found]:
        """Yield the keys, and the policies that are resources of their own."""
        for name, change in _of_keys(self._changes):
            address = address_of(name)
            with in_policy(name):
                source = self._source(name, address, change)
            yield Found(source, address.resource, self._folder(address.calls))
        for name, _ in _of_keys(self._deferred):
            address = address_of(name)
            source = Source(name=name, was="unknown", told="unresolved", why=_DEFERRED)
            yield Found(source, address.resource, self._folder(address.calls))

    def _source(self, name: str, address: Address, change: Mapping[str, Any]) -> Source:
        after: Mapping[str, Any] | None = change.get("before" if _is_forgotten(change) else "after")
        text, was = self._before(address, change)
        told = Source(name=name, was=was, before=_policy(text), key_arn=_arn_in(change))
        if after is None:
            return self._deleted(told, address, fields_of(change.get("before")))
        told = attrs.evolve(told, bypass=after.get("bypass_policy_lockout_safety_check") is True)
        by = self._set_by(address)
        if by is not None:
            return attrs.evolve(
                told, told="elsewhere", why=f"its policy comes from {by}", set_by=f"{address.prefix}{by}"
            )
        tree = self._tree(address, after, fields_of(change.get("after_unknown")))
        return told.with_default() if tree is None else source_of(told, tree)

    def _before(self, address: Address, change: Mapping[str, Any]) -> tuple[str | None, Was]:
        """Return the policy that a key has before the plan, and what is known of it.

        A policy that is a resource of its own is put on a key that may be there already: what it has is told by its own change.
        """
        before = change.get("before")
        if address.kind == _KEY_POLICY:
            return self._before_of_key_policy(address, change)
        text = _text(before)
        return (text, "policy") if text is not None else (None, "new" if before is None else "unknown")

    def _before_of_key_policy(self, address: Address, change: Mapping[str, Any]) -> tuple[str | None, Was]:
        before, after = fields_of(change.get("before")), fields_of(change.get("after"))
        if fields_of(change.get("after_unknown")).get("key_id") is True:
            keys = self._keys_of(address)
            if keys and all(key.get("before") is None for key in keys):
                return None, "new"
            # The key is replaced: what it may do is compared with what the old one did.
            text = _text(before) if keys and all(key.get("after") is not None for key in keys) else None
        elif before and (not after or before.get("key_id") == after.get("key_id")):
            text = _text(before)
        else:
            text = _text(self._key(after.get("key_id")).get("before"))
        return (text, "policy") if text is not None else (None, "unknown")

    def _keys_of(self, address: Address) -> list[Mapping[str, Any]]:
        """Return the changes of the keys to which the ``key_id`` of a policy refers; nothing if it refers to anything else."""
        expressions = fields_of(self._expressions(address))
        references = [*map(str, items_of(fields_of(expressions.get("key_id")).get("references")))]
        if not references or any(address_of(one).kind not in _KEYS for one in references):
            return []
        return [
            fields_of(change["change"])
            for name, change in self._changes.items()
            if address_of(name).module == address.module and _refers_to(references, address_of(name))
        ]

    def _deleted(self, told: Source, address: Address, before: Mapping[str, Any]) -> Source:
        """Return what is told of a resource that the plan deletes.

        A key that stays without the resource of its policy gets the default policy:
        https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/kms/key_policy.go.
        """
        key = self._key(before.get("key_id"))
        if address.kind == _KEY_POLICY and (not key or key.get("after") is not None or _is_forgotten(key)):
            why = "the plan deletes it: the key has the default policy then"
            return attrs.evolve(told.with_default(), why=why)
        return attrs.evolve(told, told="deleted", why="the plan deletes it")

    def _key(self, key: object) -> Mapping[str, Any]:
        """Return the change of the key with an id or an ARN that is known before the plan; nothing if it is not in the plan."""
        for change in self._changes.values():
            before = fields_of(fields_of(change.get("change")).get("before"))
            names = {before.get("key_id"), before.get("id"), before.get("arn")} - {None}
            if change.get("type") in _KEYS and key in names:
                return fields_of(change["change"])
        return {}

    def _tree(self, address: Address, after: Mapping[str, Any], unknown: Mapping[str, Any]) -> Tree | None:
        """Return the policy after the plan; None if none is set."""
        text = _text(after)
        if text is not None:
            return _tree_of_text(text)
        if unknown.get("policy") is not True:
            return None
        expressions = self._expressions(address)
        if expressions is None:
            return Unresolved(f"the policy of {address.resource}, which is known after apply,")
        if self._is_null(address.calls, expressions.get("policy")):
            return None
        return self._rebuilt(address, expressions["policy"])

    def _rebuilt(self, address: Address, expression: Mapping[str, Any]) -> Tree:
        """Return an unknown document from the data source that it comes from."""
        references = self._references(address.calls, expression)
        documents = {_document_of(one) for one in references if one.startswith(_DOCUMENT)}
        if len(documents) != 1 or not all(one.startswith(_DOCUMENT) for one in references):
            return Unresolved(f"the policy of {address.resource}, which is known after apply,")
        (document,) = documents
        change = self._instance(address, document, references)
        if change is None:
            return Unresolved(document)
        inside, name = change["change"], change["address"]
        tree = document_tree(name, fields_of(inside.get("after")), fields_of(inside.get("after_unknown")))
        said = self._expressions(address._replace(resource=document))
        return with_definitions(tree, lambda one: _expression_at(said, one.removeprefix(name)))

    def _instance(self, address: Address, document: str, references: list[str]) -> Mapping[str, Any] | None:
        """Return the change of a data source in the module of a key: the only one, or the one with the same index."""
        indexed = {
            one[len(document) :].partition("]")[0] + "]"
            for one in references
            if one.startswith(f"{document}[")
        }
        for index in ("", *(indexed if len(indexed) == 1 else ()), address.number):
            found = self._changes.get(f"{address.prefix}{document}{index}")
            if found is not None:
                return found
        return None

    # --- configuration -----------------------------------------------------------------------------

    def _module(self, calls: tuple[str, ...]) -> Mapping[str, Any]:
        """Return the configuration of a module; nothing if there is none."""
        return fields_of(self._call(calls).get("module")) if calls else self._root

    def _call(self, calls: tuple[str, ...]) -> Mapping[str, Any]:
        """Return what the configuration says where a module is called."""
        *outer, call = calls
        return fields_of(fields_of(self._module(tuple(outer)).get("module_calls")).get(call))

    def _resources(self, calls: tuple[str, ...]) -> list[Any]:
        return items_of(self._module(calls).get("resources"))

    def _folder(self, calls: tuple[str, ...]) -> str | None:
        """Return the folder of a module."""
        folder = "."
        for depth in range(len(calls)):
            written = str(self._call(calls[: depth + 1]).get("source"))
            if not written.startswith(("./", "../")):
                return None
            folder = f"{folder}/{written}"
        return folder

    def _expressions(self, address: Address) -> Mapping[str, Any] | None:
        """Return what the configuration says of a resource; None if it says nothing."""
        for resource in self._resources(address.calls):
            if resource.get("address") == address.resource:
                return fields_of(resource.get("expressions"))
        return None

    def _set_by(self, address: Address) -> str | None:
        """Return the resource that sets the policy of a key which sets none itself."""
        expressions = self._expressions(address)
        if (
            expressions is None
            or address.kind not in _KEYS
            or not self._is_null(address.calls, expressions.get("policy"))
        ):
            return None
        for resource in self._resources(address.calls):
            name = str(resource.get("address"))
            if name.startswith(f"{_KEY_POLICY}.") and self._is_there(address.module, name):
                key = fields_of(fields_of(resource.get("expressions")).get("key_id"))
                references = [*map(str, items_of(key.get("references")))]
                if _refers_to(references, address) and (
                    not _OF_EACH.intersection(references)
                    or self._is_there(address.module, name, address.number)
                ):
                    return name
        return None

    def _is_there(self, module: str, resource: str, number: str | None = None) -> bool:
        """Return whether a resource has an instance in a module after the plan: it may have none, by count or for_each."""
        return any(
            (there := address_of(name)).module == module
            and there.resource == resource
            and number in (None, there.number)
            and change["change"].get("after") is not None
            for name, change in self._changes.items()
        )

    def _is_null(self, calls: tuple[str, ...], expression: Mapping[str, Any] | None) -> bool:
        """Return whether an expression is null: it is not there, is written so, or is a variable whose value is null."""
        if expression is None:
            return True
        references: list[str] = items_of(expression.get("references"))
        if not references:
            return "constant_value" in expression and expression["constant_value"] in (None, "")
        return not self._references(calls, expression)

    def _references(self, calls: tuple[str, ...], expression: Mapping[str, Any]) -> list[str]:
        """Return what an expression refers to, without variables whose value is null."""
        references: list[str] = items_of(expression.get("references"))
        return [one for one in references if not self._is_null_variable(calls, one)]

    def _is_null_variable(self, calls: tuple[str, ...], reference: str) -> bool:
        if not reference.startswith("var."):
            return False
        name = reference.removeprefix("var.")
        if not calls:
            return name in self._variables and self._variables[name].get("value") is None
        given = fields_of(self._call(calls).get("expressions")).get(name)
        if given is not None:
            return self._is_null(calls[:-1], given)
        declared = fields_of(self._module(calls).get("variables"))
        return name in declared and declared[name].get("default") is None


_OF_EACH: Final = frozenset({"each.key", "each.value", "count.index"})
"""What an instance refers to that is one of several: the key of the same number is meant."""
_DEFERRED: Final = "the plan defers it: it cannot be known before this plan is applied"


def _by_address(changes: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return changes by their addresses, without those of objects that a resource had before it was replaced."""
    return {change["address"]: change for change in changes if "deposed" not in change}


def _of_keys(changes: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the addresses and the changes of keys and of policies that are resources of their own."""
    for name, one in changes.items():
        if one.get("mode") == "managed" and one.get("type") in {*_KEYS, _KEY_POLICY}:
            yield name, one["change"]


def _is_forgotten(change: Mapping[str, Any]) -> bool:
    """Return whether a resource stays as it is, without Terraform."""
    return change.get("actions") == ["forget"]


def _refers_to(references: list[Any], address: Address) -> bool:
    """Return whether an expression refers to a resource; where it has indices, to one of them."""
    own = [one for one in map(str, references) if re.sub(r"\[.*?\]", "", one) == address.resource]
    indices = {one.removeprefix(address.resource) for one in own if "[" in one}
    return bool(own) and (not indices or address.number in indices)


def _expression_at(expressions: object, path: str) -> str:
    """Return the expression at a path such as ``.statement[0].sid``; of what a dynamic block makes, that of the block."""
    for step in re.findall(r"\w+", path):
        blocks = dict(enumerate(items_of(expressions)))
        found = blocks.get(int(step)) if step.isdecimal() else fields_of(expressions).get(step)
        if found is None:
            break
        expressions = found
    return json.dumps(expressions, sort_keys=True)


def _document_of(reference: str) -> str:
    """Return the address of the data source in a reference: without an index and an attribute."""
    return ".".join(re.split(r"[.\[]", reference)[:3])


def _text(values: Mapping[str, Any] | None) -> str | None:
    """Return the text of a policy; None if there is none."""
    text = (values or {}).get("policy")
    return text if isinstance(text, str) and text else None


def _arn_in(change: Mapping[str, Any]) -> str | None:
    """Return the ARN of the key that a resource is, or whose policy it sets; None before there is one."""
    values = fields_of(change.get("after") or change.get("before"))
    return a_key_arn(values.get("arn")) or a_key_arn(values.get("key_id"))


def _tree_of_text(text: str) -> Tree:
    """Return the tree of a document in which all is known."""
    try:
        return tree_of_json(text, lambda each: (each,), lambda _: None)
    except PolicyDocumentError as error:
        raise refused(error) from error


def _policy(text: str | None) -> Policy | PartialPolicy | None:
    return None if text is None else policy_in(_tree_of_text(text))
