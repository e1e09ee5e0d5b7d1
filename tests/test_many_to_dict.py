"""The results of many keys as dicts for JSON."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest

import kmspolicy
from kmspolicy import KeyResult, Policy, PutResult, errors, types
from test_to_dict import PARTS, ROWS


class SomebodysError(Exception):
    """An error that is not ours, with a code that is not JSON."""

    code = object()


POLICY = Policy([])
PUT = PutResult("a-key", "an-id", 1)
NO_FACTS = dict.fromkeys(
    ("code", "status", "request_id", "attempts", "is_retry_safe", "outcome_unknown"), None
)
ERRORS: dict[str, tuple[Exception, dict[str, Any]]] = {
    "of a call": (
        errors.ThrottlingException(
            "slow down", status=400, request_id="an-id", attempts=5, outcome_unknown=True
        ),
        {
            "name": "ThrottlingException",
            "code": "ThrottlingException",
            "status": 400,
            "request_id": "an-id",
            "attempts": 5,
            "is_retry_safe": True,
            "outcome_unknown": True,
        },
    ),
    "of another writer": (
        errors.PolicyChangedError("a-key", "{}", "{}", attempts=2),
        {**NO_FACTS, "name": "PolicyChangedError", "attempts": 2, "outcome_unknown": False},
    ),
    "of a value": (errors.KeyIdError("no key"), {**NO_FACTS, "name": "KeyIdError"}),
    "of somebody else": (SomebodysError("no"), {**NO_FACTS, "name": "SomebodysError"}),
}


@pytest.mark.parametrize(
    ("value", "shown"),
    [(POLICY, POLICY.to_dict()), (PUT, PUT.to_dict()), ("a text", "a text"), (None, None)],
    ids=["a policy", "a put", "a text", "nothing"],
)
def test_a_value(value: object, shown: object) -> None:
    """It is as its own dict says, or as it is."""
    result = KeyResult("a-key", value).to_dict()
    assert result == {"key_id": "a-key", "value": shown, "error": None}
    assert json.loads(json.dumps(result)) == result
    assert result.keys() == types.KeyResultDict.__required_keys__


@pytest.mark.parametrize(("error", "facts"), ERRORS.values(), ids=ERRORS)
def test_an_error(error: Exception, facts: dict[str, Any]) -> None:
    """Its class, its text, and the facts of a call, where it is one of ours."""
    result: Any = KeyResult[PutResult]("a-key", None, error).to_dict()
    assert result == {"key_id": "a-key", "value": None, "error": {"message": str(error), **facts}}
    assert json.loads(json.dumps(result)) == result
    assert result["error"].keys() == types.ErrorDict.__required_keys__


def test_no_answer_is_left_out() -> None:
    """The table has all that has a dict, but for documents and what needs a network, and all types of dicts."""
    elsewhere = {"KeyResult", "Policy", "Statement", "Condition", "PartialPolicy"}
    answers = {
        name
        for name in {*kmspolicy.__all__, *types.__all__} - elsewhere
        if inspect.isclass(value := getattr(kmspolicy, name, None) or getattr(types, name))
        and hasattr(value, "to_dict")
    }
    assert answers == {type(row.answer).__name__ for row in ROWS.values()}
    typed = {row.typed.__name__ for row in ROWS.values()} | {typed.__name__ for typed in PARTS}
    of_clients = {"ErrorDict", "KeyResultDict"}
    assert {name for name in types.__all__ if name.endswith("Dict")} == typed | of_clients
