"""Laws of documents, for whatever hypothesis thinks of."""

from __future__ import annotations

import json
import pickle
from typing import Any, cast

import attrs
from hypothesis import example, given
from hypothesis import strategies as st

from kmspolicy import Condition, Policy, Principal, Statement, _text, errors
from kmspolicy._document._at_once import policy_elements
from property.strategies import Json, documents, policies
from support import exactly, loaded


@given(document=documents(), indent=st.sampled_from([None, 0, 2, 4]), ascii_only=st.booleans())
def test_every_document_of_the_grammar_round_trips(
    document: Json, indent: int | None, *, ascii_only: bool
) -> None:
    """A document is the same after values, after text compact or indented, and after a pickle."""
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    policy = Policy.from_json(text)
    assert exactly(policy.to_dict()) == exactly(document)
    assert Policy.from_json(policy.to_json(indent)) == Policy.from_dict(document) == policy
    assert Policy.from_json(text.encode()) == policy
    assert pickle.loads(pickle.dumps(policy)) == policy  # noqa: S301
    assert exactly(Policy.from_json(policy.to_json()).to_dict()) == exactly(document)


@given(documents())
def test_every_document_can_be_built_by_constructors(document: Json) -> None:
    """What the reader builds without asking twice, the constructors build as well."""
    policy = Policy.from_dict(document)
    for statement in policy.statements:
        effect, *others = (field.name for field in attrs.fields(Statement))
        parts: dict[str, Any] = {name: getattr(statement, name) for name in others}
        assert Statement(getattr(statement, effect), **parts) == statement
    assert Policy(policy.statement, id=policy.id, version=policy.version) == policy


@given(policies(), policies())
def test_policies_are_equal_exactly_when_their_texts_are(a: Policy, b: Policy) -> None:
    """``a == b`` means ``a.to_json() == b.to_json()``, and hashes agree."""
    assert (a == b) is (a.to_json() == b.to_json())
    assert (a != b) is (a.to_json() != b.to_json())
    assert a != b or hash(a) == hash(b)


@given(policies())
def test_a_repr_builds_an_equal_policy(policy: Policy) -> None:
    """What is shown can be pasted."""
    names = {cls.__name__: cls for cls in (Policy, Statement, Principal, Condition)}
    assert eval(repr(policy), names) == policy  # noqa: S307 - our own


def read(text: str | bytes) -> Policy | None:
    """Read, and let nothing but a PolicyDocumentError with problems and places pass."""
    try:
        return Policy.from_json(text)
    except errors.PolicyDocumentError as error:
        problems = error.problems
    assert problems
    assert all(problem.line is not None for problem in problems)
    return None


@given(st.one_of(st.binary(), st.text(st.characters())))
@example("9" * 5000)
@example("[" * 100_000)
@example('{"Statement":' * 100_000)
@example(b"\xef\xbb\xbf{}")
@example('{"Statement":[],"a":"\ud800"}')
def test_whatever_is_read_nothing_but_our_error_comes(text: str | bytes) -> None:
    """Any bytes and any text are a policy or a PolicyDocumentError."""
    read(text)


@given(documents(), st.data())
def test_a_document_with_a_mistake_is_a_document_or_our_error(document: Json, data: st.DataObject) -> None:
    """Characters removed, doubled or replaced: what is still read is what the standard library reads."""
    text = json.dumps(document, ensure_ascii=False)
    at = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 3))
    put = data.draw(
        st.one_of(
            st.just(text[at : at + 7]), st.sampled_from(list('{}[]",:0.eE-\\ué \ud800')), st.text(max_size=2)
        )
    )
    broken = text[:at] + put + text[at + length :]
    policy = read(broken)
    if policy is not None:
        assert exactly(policy.to_dict()) == exactly(json.loads(broken))


@given(documents(), st.data())
def test_a_document_with_broken_bytes_is_a_document_or_our_error(document: Json, data: st.DataObject) -> None:
    """The same for bytes, which need not be UTF-8 any more."""
    text = json.dumps(document, ensure_ascii=False).encode()
    at = data.draw(st.integers(0, len(text)))
    policy = read(text[:at] + data.draw(st.binary(max_size=3)) + text[at + data.draw(st.integers(0, 3)) :])
    assert policy is None or Policy.from_json(policy.to_json()) == policy


JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["Statement", "Effect", "Principal", "AWS", "x"]), inner, max_size=3)),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_any_json_is_a_document_or_our_error(value: Any) -> None:
    """From text and from values alike, with the same problems."""
    text = json.dumps(value)
    from_text = problems_of(lambda: Policy.from_json(text))
    from_value = problems_of(lambda: Policy.from_dict(value))
    assert sorted(map(repr, from_text)) == sorted(map(repr, from_value))


@given(documents(), JSON, st.data())
def test_what_is_read_at_once_is_what_the_converters_make(
    document: Json, value: Any, data: st.DataObject
) -> None:
    """A document is right for both ways of reading or for neither, whatever stands in some place of it."""
    assert read_at_once(document) == Policy.from_dict(document)
    path, _ = data.draw(st.sampled_from(places(document)))
    mistaken = replaced(document, path, value)
    try:
        converted = Policy.from_dict(mistaken)
    except errors.PolicyDocumentError:
        converted = None
    assert read_at_once(mistaken) == converted


def read_at_once(document: Any) -> Policy | None:
    """Read a document in the first way alone, None where that leaves it to the other."""
    try:
        statement, label, version = policy_elements(_text.members(json.dumps(document)))
    except (KeyError, ValueError):
        return None
    return Policy(statement, id=label, version=version)


def replaced(whole: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """Return a JSON value with another value in a place."""
    if not path:
        return value
    copy = whole.copy()
    copy[path[0]] = replaced(whole[path[0]], path[1:], value)
    return copy


def problems_of(build: Any) -> list[tuple[errors.ProblemCode, Any, str]]:
    """Return codes, steps and messages, none for success."""
    try:
        build()
    except errors.PolicyDocumentError as error:
        return [(problem.code, problem.steps, problem.message) for problem in error.problems]
    return []


@given(value=JSON, indent=st.sampled_from([None, 2]), ascii_only=st.booleans())
def test_both_readers_agree(value: Any, indent: int | None, *, ascii_only: bool) -> None:
    """The strict reader finds no fault in JSON that is right, and reads what the standard library reads."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    found = _text.scan(text)
    assert found.faults == []
    assert found.node is not None
    assert exactly(found.node.value) == exactly(loaded(_text.members(text))) == exactly(json.loads(text))


@given(documents(), st.sampled_from([None, 1, 4]))
def test_every_place_is_found(document: Json, indent: int | None) -> None:
    """At the place of a path stands the name, or the item, that the path ends with."""
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    lines = text.split("\n")
    for path, value in places(document):
        place = _text.locate(text, path)
        assert place is not None
        rest = "\n".join([lines[place.line - 1][place.column - 1 :], *lines[place.line :]])
        found = json.JSONDecoder().raw_decode(rest)[0]
        assert exactly(found) == exactly(path[-1] if path and isinstance(path[-1], str) else value)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    """Return every path of a JSON value with what stands there."""
    inner: dict[Any, Any] = {}
    if isinstance(value, dict):
        inner = cast("Json", value)
    elif isinstance(value, list):
        inner = dict(enumerate(cast("list[object]", value)))
    found: list[tuple[tuple[str | int, ...], Any]] = [(path, value)]
    for step, item in inner.items():
        found += places(item, (*path, step))
    return found
