"""Guards: what must be shown of a policy before it is put; and what a plan changes for all requests."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from kmspolicy import (
    Fails,
    Guard,
    Holds,
    Plan,
    Policy,
    Principal,
    Relation,
    Severity,
    Unknown,
    allow,
    check,
    compare,
    conditions,
    diff,
    errors,
    statements,
)

if TYPE_CHECKING:
    from kmspolicy import Statement

ACCOUNT = "111122223333"
APP = Principal.role(ACCOUNT, "App")
ROOT = statements.enable_iam_policies(ACCOUNT)
TO_APP = allow("kms:Decrypt").to(APP).named("App")
TO_ALL = allow("kms:Decrypt").to(Principal.everyone()).named("all")
TO_SOMEBODY = allow("kms:Decrypt").to(Principal({"AWS": "AIDACKCEVSQ6C2EXAMPLE"})).named("somebody")
VIA_S3 = conditions.via_service.equals("s3.us-east-1.amazonaws.com")


def plan_of(before: list[Statement], after: list[Statement], **known: Any) -> Plan:
    """Return a plan as the client makes it."""
    current, new = Policy(before), Policy(after)
    change = diff(current, new, **known)
    return Plan("key", current.to_json(), current, new.to_json(), new, change, check(new))


class Judged(NamedTuple):
    """A guard, what it judges, and what it finds."""

    name: str
    guard: Guard
    before: list[Statement]
    after: list[Statement]
    found: list[type[Holds | Fails | Unknown]]


NO_NEW, NOT_PUBLIC, AT_MOST = (
    Guard(no_new_access=True),
    Guard(no_public_access=True),
    Guard(at_most=Policy([ROOT])),
)
ALL = Guard(no_new_access=True, no_public_access=True, at_most=Policy([ROOT]))
JUDGED = [
    Judged("nothing is asked", Guard(), [], [TO_ALL], []),
    Judged("less access", NO_NEW, [ROOT, TO_APP], [ROOT, TO_APP.when(VIA_S3)], [Holds]),
    Judged("new access", NO_NEW, [ROOT], [ROOT, TO_APP], [Fails]),
    Judged("perhaps new access", NO_NEW, [ROOT], [ROOT, TO_SOMEBODY], [Unknown]),
    Judged("an account and its role", NOT_PUBLIC, [], [ROOT, TO_APP], [Holds]),
    Judged("everyone", NOT_PUBLIC, [], [ROOT, TO_ALL], [Fails]),
    Judged("within the limit", AT_MOST, [], [ROOT, TO_APP], [Holds]),
    Judged("beyond the limit", AT_MOST, [], [ROOT, TO_ALL], [Fails]),
    Judged("perhaps beyond the limit", AT_MOST, [], [ROOT, TO_SOMEBODY], [Unknown]),
    Judged("all at once", ALL, [ROOT], [ROOT, TO_ALL], [Fails, Fails, Fails]),
]


@pytest.mark.parametrize("row", JUDGED, ids=lambda row: row.name)
def test_what_a_guard_finds_in_a_plan(row: Judged) -> None:
    """A verdict for each claim that it asks for; the first that is not shown refuses the plan."""
    plan = plan_of(row.before, row.after)
    verdicts = row.guard.verdicts(plan)
    assert [type(verdict) for verdict in verdicts] == row.found
    assert row.guard.proves is bool(row.found)
    refused = next((verdict for verdict in verdicts if not verdict.holds), None)
    if refused is None:
        row.guard.require(plan)
    else:
        with pytest.raises(errors.NotShownError) as caught:
            row.guard.require(plan)
        assert caught.value.verdict == refused
        assert str(caught.value) == str(refused)


def test_a_key_that_is_new_has_no_policy_before() -> None:
    """So that new access is not asked for, and the rest is."""
    NO_NEW.require(Policy([ROOT, TO_ALL]))
    assert NO_NEW.verdicts(Policy([ROOT])) == ()
    assert len(ALL.verdicts(Policy([ROOT]))) == 2
    for guard in (NOT_PUBLIC, AT_MOST):
        guard.require(Policy([ROOT]))
        with pytest.raises(errors.NotShownError, match="may kms:Decrypt"):
            guard.require(Policy([ROOT, TO_ALL]))


def test_what_is_known_of_the_key_counts() -> None:
    """Of a plan from there, of a policy as it is given."""
    theirs = allow("kms:PutKeyPolicy").to(Principal.role("444455556666", "Reader"))
    NO_NEW.require(plan_of([ROOT], [ROOT, theirs], account=ACCOUNT))
    AT_MOST.require(Policy([ROOT, theirs]), account=ACCOUNT)
    with pytest.raises(errors.NotShownError):
        NO_NEW.require(plan_of([ROOT], [ROOT, theirs]))
    with pytest.raises(errors.NotShownError):
        AT_MOST.require(Policy([ROOT, theirs]))
    with pytest.raises(errors.RequestError):
        AT_MOST.require(Policy([ROOT]), account="1")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"no_new_access": 1}, "no_new_access must be True or False, not 1"),
        ({"no_public_access": "yes"}, "no_public_access must be True or False, not 'yes'"),
        ({"at_most": "{}"}, "expected a Policy, not str"),
        ({"refuse": "error"}, "refuse must be a Severity or None, not 'error'"),
    ],
    ids=["new access", "public access", "a limit", "a severity"],
)
def test_what_makes_no_guard(arguments: Any, text: str) -> None:
    """Other types are refused at once, for a guard that lets everything pass is worse than none."""
    with pytest.raises(TypeError) as caught:
        Guard(**arguments)
    assert str(caught.value).startswith(text)


def test_a_guard_judges_plans_and_policies() -> None:
    """And nothing else."""
    with pytest.raises(TypeError, match="expected a Policy, not str"):
        NOT_PUBLIC.require("{}")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]


def test_guards_are_values() -> None:
    """They compare, hash and pickle."""
    assert pickle.loads(pickle.dumps(ALL)) == ALL  # noqa: S301 - our own
    assert hash(Guard()) == hash(Guard(refuse=Severity.ERROR))
    assert Guard() != Guard(refuse=None)


def test_a_plan_tells_what_changes_for_all_requests() -> None:
    """Worked out when it is first asked for, once; two plans are equal whether they were asked or not."""
    plan, other = plan_of([ROOT], [ROOT, TO_APP]), plan_of([ROOT], [ROOT, TO_APP])
    assert plan.comparison == compare(plan.current, plan.new)
    assert plan.comparison is plan.comparison
    assert plan.comparison.relation is Relation.MORE_PERMISSIVE
    assert plan == other
    assert hash(plan) == hash(other)
    assert "comparison" not in repr(plan)
