"""Laws of findings: none is without a place, and lockout agrees with decisions."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from kmspolicy import Outcome, Policy, Request, Severity, Statement, check, decide
from kmspolicy._evaluate._callers import OF_CALLERS
from property.strategies import ACCOUNT, CALLERS, REQUESTS, SERVICE, documents, policies_that_meet

pytestmark = pytest.mark.filterwarnings("ignore::kmspolicy.errors.UnknownWordWarning")  # they ask of such

PUTTERS = [caller for caller in CALLERS if caller != SERVICE and f":{ACCOUNT}:" in f":{caller}:"]
GIVEN = (Outcome.ALLOWED, Outcome.DELEGATED)


@given(documents())
def test_every_document_has_findings_with_a_place_and_words(document: dict[str, Any]) -> None:
    """Whatever the grammar allows; findings are plain values."""
    text = json.dumps(document)
    findings = check(Policy.from_json(text), caller=ACCOUNT)
    for finding in findings:
        event(finding.code)
        assert finding.locate(text) is not None, finding
        assert finding.message
        assert len(str(finding).splitlines()) == 1
        assert finding.hint
    assert pickle.loads(pickle.dumps(findings)) == findings  # noqa: S301


@given(policies_that_meet(3), st.sampled_from(PUTTERS))
def test_a_single_statement_has_the_same_findings_without_a_list(policy: Policy, caller: str) -> None:
    """Only the paths differ."""
    assume(len(policy.statements) == 1)
    alone = Policy(policy.statements[0], id=policy.id, version=policy.version)
    listed = check(policy, caller=caller)
    assert [finding.path for finding in check(alone, caller=caller)] == [
        finding.path.replace("Statement[0]", "Statement", 1) for finding in listed
    ]
    request = Request(caller, "kms:PutKeyPolicy")
    for mismatch in decide(alone, request).mismatches:
        assert mismatch.path.startswith("Statement.")


@given(policies_that_meet(3), st.sampled_from(PUTTERS), REQUESTS)
def test_a_certain_lockout_is_one_whatever_the_request_says(
    policy: Policy, caller: str, other: Request
) -> None:
    """No context lets a caller put a policy whom an ERROR says to be locked out; none contradicts who the caller is."""
    follows = OF_CALLERS - {"aws:userid"}  # which follows from some callers alone
    context = {key: list(values) for key, values in other.context if key.lower() not in follows}
    outcome = decide(policy, Request(caller, "kms:PutKeyPolicy", context, account=ACCOUNT)).outcome
    errors = {
        finding.code
        for finding in check(policy, caller=caller)
        if finding.severity is Severity.ERROR and finding.code.startswith("LOCKOUT_")
    }
    event(f"{outcome.value}, {sorted(errors)}")
    if errors:
        assert outcome not in GIVEN


@given(policies_that_meet(3), st.sampled_from(PUTTERS))
def test_without_conditions_lockout_is_what_decide_says(policy: Policy, caller: str) -> None:
    """Certain or not, a caller is warned exactly when the decision is against him."""
    plain = Policy([_unconditional(statement) for statement in policy.statements], version=policy.version)
    outcome = decide(plain, Request(caller, "kms:PutKeyPolicy", account=ACCOUNT)).outcome
    warned = any(finding.code.startswith("LOCKOUT_") for finding in check(plain, caller=caller))
    assert warned is (outcome not in GIVEN)


@given(documents())
def test_findings_are_in_the_order_of_the_document(document: dict[str, Any]) -> None:
    """As it is written: what is about the whole, or a whole statement, comes before what is about a part of it."""
    policy = Policy.from_json(json.dumps(document))
    findings = check(policy, caller=ACCOUNT)
    places = [place for finding in findings if (place := finding.locate(policy.to_json())) is not None]
    assert places == sorted(places)
    assert len(places) == len(findings)


def _unconditional(statement: Statement) -> Statement:
    return Statement.from_dict(
        {name: value for name, value in statement.to_dict().items() if name != "Condition"}
    )
