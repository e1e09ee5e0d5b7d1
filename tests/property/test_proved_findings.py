"""Laws of the findings that are proved: they agree with decisions, and with the answers about all requests."""

from __future__ import annotations

import pytest
from hypothesis import event, given

from kmspolicy import (
    Comparison,
    Fails,
    Holds,
    Policy,
    Relation,
    Request,
    Severity,
    check,
    compare,
    decide,
    prove,
)
from property.strategies import REQUESTS, policies_that_meet

pytestmark = pytest.mark.filterwarnings("ignore::kmspolicy.errors.UnknownWordWarning")  # they ask of such


def without(policy: Policy, code: str) -> Policy:
    """Leave out the statements in which a code is found."""
    numbers = {finding.steps[1] for finding in check(policy) if finding.code == code}
    left = [statement for number, statement in enumerate(policy.statements) if number not in numbers]
    event(f"{len(numbers)} of {len(policy.statements)}")
    return Policy(left, version=policy.version)


@given(policies_that_meet(), policies_that_meet(2), REQUESTS)
def test_without_redundant_statements_each_request_has_the_same_outcome(
    some: Policy, others: Policy, request: Request
) -> None:
    """However many of them are left out together."""
    policy = Policy([*some.statements, *others.statements, *some.statements[:2]], version=some.version)
    less = without(policy, "REDUNDANT_STATEMENT")
    assert decide(less, request).outcome is decide(policy, request).outcome
    assert compare(policy, less).relation in (Relation.EQUIVALENT, Relation.UNKNOWN)


@given(policies_that_meet())
def test_without_statements_that_are_never_met_no_usual_request_has_another_outcome(policy: Policy) -> None:
    """A request with a condition key that its action never has may have one."""
    less = without(policy, "CONDITION_NEVER_MET")
    assert not is_usual(compare(policy, less))


def is_usual(comparison: Comparison) -> bool:
    """Return whether a usual request shows a difference."""
    return any(
        isinstance(verdict, Fails) and verdict.witness.typical
        for verdict in (comparison.no_more, comparison.no_less)
    )


@given(policies_that_meet())
def test_public_access_is_what_is_proved_of_strangers(policy: Policy) -> None:
    """It is certain if a request shows it, and not found if it is proved that there is none."""
    verdict = prove.no_public_access(policy)
    found = [finding.severity for finding in check(policy) if finding.code == "PUBLIC_ACCESS"]
    event(type(verdict).__name__)
    assert (Severity.SECURITY_WARNING in found) is isinstance(verdict, Fails)
    assert not (found and isinstance(verdict, Holds))
