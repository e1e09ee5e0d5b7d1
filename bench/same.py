"""Making sure that all write the same document, as far as they can express it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bench.documents import SIZES, compact
from bench.writers import WRITERS
from bench.writers.with_pydantic import ModelOfPolicy, dump
from kmspolicy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable


class DifferentDocumentError(Exception):
    """Somebody wrote something else than the others."""


def _without_id(document: dict[str, Any]) -> None:
    del document["Id"]


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - JSON
    return value if isinstance(value, list) else [value]


def _actions_and_resources_in_lists(document: dict[str, Any]) -> None:
    for statement in document["Statement"]:
        statement.update({name: _listed(statement[name]) for name in ("Action", "Resource")})


def _principals_in_lists(document: dict[str, Any]) -> None:
    for statement in document["Statement"]:
        statement["Principal"] = {kind: _listed(who) for kind, who in statement["Principal"].items()}


def _sorted_actions(document: dict[str, Any]) -> None:
    for statement in document["Statement"]:
        if isinstance(statement["Action"], list):
            statement["Action"].sort()


# What a library cannot say otherwise; each changes the document that is expected of it.
DIFFERENCES: dict[str, Callable[[dict[str, Any]], None]] = {
    "no Id": _without_id,
    "one action and one resource in a list": _actions_and_resources_in_lists,
    "one principal in a list": _principals_in_lists,
    "actions in the order of the alphabet": _sorted_actions,
}


_READ_AND_WRITTEN: dict[str, Callable[[str], str]] = {
    "kmspolicy": lambda text: Policy.from_json(text).to_json(),
    "pydantic": lambda text: dump(ModelOfPolicy.model_validate_json(text)),
}


def verify(example: dict[str, Any]) -> None:
    """Compare what all write, and what those who read keep, at both sizes, the order of an object's names aside.

    Raises:
        DifferentDocumentError: where a text differs in more than its library's own differences, or in less.
    """
    plain = WRITERS[0]
    if plain.of(SIZES["example"]) != example:
        raise DifferentDocumentError("the dict is not the example")
    for size, everybody in SIZES.items():
        for writer in WRITERS:
            expected = json.loads(compact(plain.of(everybody)))
            for difference in writer.differs:
                before = compact(expected)
                DIFFERENCES[difference](expected)
                if compact(expected) == before:
                    raise DifferentDocumentError(f"{writer.who}, {size}: {difference} makes no difference")
            if json.loads(writer.dump(writer.of(everybody))) != expected:
                raise DifferentDocumentError(f"{writer.who}, {size}: not the same document")
        text = compact(plain.of(everybody))
        for who, again in _READ_AND_WRITTEN.items():
            if json.loads(again(text)) != json.loads(text):
                raise DifferentDocumentError(f"{who}, {size}: loses something when it reads")
