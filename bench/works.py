"""What is measured in this process: each library's way to do each work, at both sizes."""

from __future__ import annotations

import json
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from policyuniverse.expander_minimizer import expand_policy
from policyuniverse.policy import Policy as PolicyOfPolicyuniverse

from bench.bars import FLOOR
from bench.documents import SIZES, compact
from bench.measure import Key, Results, measure
from bench.same import DifferentDocumentError
from bench.writers import WRITERS
from bench.writers.plain import WRITERS as PLAIN
from bench.writers.with_pydantic import ModelOfPolicy
from kmspolicy import Policy, Request, check, decide, equivalent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.documents import Names
    from bench.writers._writer import Writer
    from kmspolicy import Finding

    Works = Iterator[tuple[Key, Callable[[], object]]]

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it imports pkg_resources, and has invalid escapes
    from parliament import analyze_policy_string

_POWER_USER: Final = "arn:aws:iam::{}:role/ExamplePowerUserRole"


def _texts() -> Iterator[tuple[str, str]]:
    for size, everybody in SIZES.items():
        yield size, compact(PLAIN[0].of(everybody))


def build() -> Works:
    """From names to text."""
    for writer in WRITERS:
        yield Key("build", writer.who, "example"), partial(_one, writer, SIZES["example"][0])
        yield Key("build", writer.who, "32 KiB"), partial(_all, writer, SIZES["32 KiB"])


def _one(writer: Writer, names: Names) -> str:
    """Build the example, without a loop, as its author would have none."""
    return writer.dump(writer.document(writer.statements(names)))


def _all(writer: Writer, everybody: tuple[Names, ...]) -> str:
    return writer.dump(writer.of(everybody))


def write() -> Works:
    """From a library's own value of the document to text."""
    for size, everybody in SIZES.items():
        for writer in WRITERS:
            if writer.who != "kmspolicy, builder":  # its values are those of the constructors
                yield Key("write", writer.who, size), partial(writer.dump, writer.of(everybody))


def read() -> Works:
    """From text to values."""
    readers: dict[str, Callable[[str], object]] = {
        "dict and json": json.loads,
        "kmspolicy": Policy.from_json,
        "pydantic": ModelOfPolicy.model_validate_json,
        "policyuniverse": _read_by_policyuniverse,
    }
    for size, text in _texts():
        for who, reader in readers.items():
            yield Key("read", who, size), partial(reader, text)


def _read_by_policyuniverse(text: str) -> PolicyOfPolicyuniverse:
    return PolicyOfPolicyuniverse(json.loads(text))


def look() -> Works:
    """From text, or from values, to findings."""
    for size, text in _texts():
        policy = Policy.from_json(text)
        without_spaces = json.loads(text)
        for statement in without_spaces["Statement"]:
            statement["Sid"] = statement["Sid"].replace(" ", "")
        thorough = compact(without_spaces)
        yield Key("check", "kmspolicy, read and check", size), partial(_read_and_check, text)
        yield Key("check", "kmspolicy, check alone", size), partial(check, policy)
        yield Key("check", "parliament", size), partial(analyze_policy_string, text)
        yield Key("check", "parliament, Sids without spaces", size), partial(analyze_policy_string, thorough)
        yield Key("check", FLOOR, size), partial(json.loads, text)


def _read_and_check(text: str) -> tuple[Finding, ...]:
    return check(Policy.from_json(text))


def compare() -> Works:
    """From two values to whether they permit the same."""
    for size, text in _texts():
        policy, data = Policy.from_json(text), json.loads(text)
        respelt = _respelt(data)
        other = Policy.from_dict(respelt)
        if not equivalent(policy, other):
            raise DifferentDocumentError(f"{size}: the two are not equivalent")
        yield Key("compare", "reading both", size), partial(_read_both, text, compact(respelt))
        yield Key("compare", "kmspolicy, equivalent", size), partial(equivalent, policy, other)
        yield Key("compare", "policyuniverse, expand_policy of both", size), partial(_expand, data, respelt)


def _read_both(one: str, other: str) -> tuple[Policy, Policy]:
    return Policy.from_json(one), Policy.from_json(other)


def _expand(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(expand_policy(policy=one) == expand_policy(policy=other))


def _respelt(data: dict[str, Any]) -> dict[str, Any]:
    """Say the same in other words: statements, actions and principals the other way round, and no label."""
    statements = [dict(statement) for statement in reversed(data["Statement"])]
    for statement in statements:
        for name in ("Action", "Principal"):
            statement[name] = _reversed(statement[name])
    return {"Version": data["Version"], "Statement": statements}


def _reversed(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {name: _reversed(inner) for name, inner in value.items()}
    return value[::-1] if isinstance(value, list) else value


def answer() -> Works:
    """From a value and a request to a decision; the request is that of the last copy's power user."""
    for size, text in _texts():
        policy = Policy.from_json(text)
        principal = _POWER_USER.format(SIZES[size][-1].account)
        request = Request(principal, "kms:CreateGrant", {"kms:GrantIsForAWSResource": "true"})
        yield Key("decide", "kmspolicy", size), partial(decide, policy, request)
        yield Key("decide", FLOOR, size), partial(json.loads, text)


class Group(NamedTuple):
    """Works, the seconds to spend on them, and those to measure separately.

    What takes long leaves cold caches to its neighbour, so that it is not the neighbour of what is fast.
    """

    works: Callable[[], Works]
    seconds: float
    apart: Callable[[Key], object] = lambda _: None


_GROUPS: Final = (
    Group(build, 8.0),
    Group(write, 6.0),
    Group(read, 8.0),
    Group(look, 8.0, lambda key: key.size),
    Group(compare, 5.0, lambda key: (key.who.startswith("policyuniverse"), key.size)),
    Group(answer, 2.0),
)


def run() -> Results:
    """Measure all of it."""
    results: Results = {}
    for group in _GROUPS:
        works = dict(group.works())
        for part in dict.fromkeys(map(group.apart, works)):
            side_by_side = {key: work for key, work in works.items() if group.apart(key) == part}
            results |= measure(side_by_side, seconds=group.seconds)
    return results
