"""The results of many keys as dicts for JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kmspolicy import KeyResult, Policy, PutResult, errors, types


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
