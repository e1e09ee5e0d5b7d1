"""Answers about any policies as dicts for JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmspolicy import Plan, PutResult, access, check, compare, decide, diff
from property.strategies import REQUESTS, policies, policies_that_meet

if TYPE_CHECKING:
    from kmspolicy import Policy, Request

pytestmark = pytest.mark.filterwarnings("ignore::kmspolicy.errors.UnknownWordWarning")  # they ask of such
DOCUMENTS = st.one_of(policies(), policies_that_meet())


@given(DOCUMENTS, DOCUMENTS, REQUESTS)
def test_every_answer_is_plain_json(before: Policy, after: Policy, request: Request) -> None:
    """It can be written, and what is read again is the same, the texts of others included."""
    plan = Plan("key", before.to_json(), after.to_json())
    answers: list[Any] = [
        decide(after, request),
        access(after),
        diff(before, after),
        compare(before, after),
        *check(after),
        plan,
        PutResult("key", None, 0, plan=plan),
    ]
    dicts = [answer.to_dict() for answer in answers]
    assert json.loads(json.dumps(dicts)) == dicts
