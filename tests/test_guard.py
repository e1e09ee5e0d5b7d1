"""Guards: what must be shown of a policy before it is put; and what a plan changes for all requests."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from attrs import evolve

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
    return Plan("key", Policy(before).to_json(), Policy(after).to_json(), **known)


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
    Judged("nothing is asked", Guard(), [], [ROOT, TO_ALL], []),
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
        assert str(caught.value).startswith(f"{refused}\n")


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
        (
            {"ignore": "PUBLIC_ACCESS"},
            "ignore must be a tuple of codes, not one text; write ignore=('PUBLIC_ACCESS',)",
        ),
    ],
    ids=["new access", "public access", "a limit", "a severity", "one code"],
)
def test_what_makes_no_guard(arguments: Any, text: str) -> None:
    """Other types are refused at once, for a guard that lets everything pass is worse than none."""
    with pytest.raises(TypeError) as caught:
        Guard(**arguments)
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize(
    ("codes", "text"),
    [
        (["PUBLIC_ACESS"], "'PUBLIC_ACESS' is not the code of a finding; did you mean 'PUBLIC_ACCESS'?"),
        (["public_access"], "'public_access' is not the code of a finding; did you mean 'PUBLIC_ACCESS'?"),
        (
            ["FOO"],
            "'FOO' is not the code of a finding; all codes are on https://github.com/kmspolicy/kmspolicy/blob/main/docs/reference/findings.md",
        ),
        (
            [1],
            "1 is not the code of a finding; all codes are on https://github.com/kmspolicy/kmspolicy/blob/main/docs/reference/findings.md",
        ),
        (["LOCKOUT_CALLER"], "LOCKOUT_CALLER cannot be ignored; to give up the right to put a policy"),
        (
            ["OLD_VERSION", "LOCKOUT_EVERYONE", "LOCKOUT_CALLER"],
            "LOCKOUT_CALLER and LOCKOUT_EVERYONE cannot be ignored; to give up the right to put a policy",
        ),
    ],
    ids=["misspelt", "in another case", "unknown", "no text", "a lockout", "both lockouts"],
)
def test_what_cannot_be_ignored(codes: Any, text: str) -> None:
    """A code that no finding has is a mistake; a lockout has an argument of its own."""
    with pytest.raises(ValueError, match=r"is not the code|cannot be ignored") as caught:
        Guard(ignore=codes)
    assert str(caught.value).startswith(text)


class Refused(NamedTuple):
    """A guard, a policy, and the codes of the findings that refuse it."""

    name: str
    guard: Guard
    policy: Policy
    codes: list[str]
    bypass: bool = False


WARN, SAFE = Guard(refuse=Severity.WARNING), Guard(refuse=Severity.SECURITY_WARNING)
OLD = Policy([ROOT, TO_ALL], version="2008-10-17")
"""A policy with a suggestion and a security warning."""
LOCKED = Policy([TO_ALL])
REFUSED = [
    Refused("errors, by default", Guard(), LOCKED, ["LOCKOUT_EVERYONE"]),
    Refused("nothing else, by default", Guard(), OLD, []),
    Refused("no severity", Guard(refuse=None), LOCKED, []),
    Refused("a severity and those above", SAFE, LOCKED, ["LOCKOUT_EVERYONE", "PUBLIC_ACCESS"]),
    Refused("the least severity", Guard(refuse=Severity.SUGGESTION), OLD, ["OLD_VERSION", "PUBLIC_ACCESS"]),
    Refused(
        "no ignored code", Guard(refuse=Severity.SUGGESTION, ignore=["PUBLIC_ACCESS"]), OLD, ["OLD_VERSION"]
    ),
    Refused("no lockout that is bypassed", Guard(), LOCKED, [], bypass=True),
    Refused("the rest beside a bypass", SAFE, LOCKED, ["PUBLIC_ACCESS"], bypass=True),
]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.name)
def test_which_findings_stop_a_put(row: Refused) -> None:
    """Those of a severity or a greater one, without those that do not count; ``require`` raises them for a plan."""
    found = check(row.policy)
    refused = row.guard.refused(found, bypass_policy_lockout_safety_check=row.bypass)
    assert [finding.code for finding in refused] == row.codes
    plan = evolve(
        Plan("key", Policy([]).to_json(), row.policy.to_json()),
        bypass_policy_lockout_safety_check=row.bypass,
    )
    if not refused:
        row.guard.require(plan)
    else:
        with pytest.raises(errors.PolicyCheckError) as caught:
            row.guard.require(plan)
        assert caught.value.findings == refused


def test_a_refusal_names_the_guard_and_what_to_do() -> None:
    """What it asked for; where only a warning stands against the policy, how to let it pass."""
    with pytest.raises(errors.PolicyCheckError) as by_error:
        Guard().require(LOCKED)
    assert str(by_error.value).startswith(
        "KMS would refuse this policy; nothing was sent (the guard has refuse=Severity.ERROR):\n  error LOCKOUT_EVERYONE: "
    )
    with pytest.raises(errors.PolicyCheckError) as by_warning:
        Guard(refuse=Severity.SUGGESTION, ignore=["OLD_VERSION"]).require(OLD)
    first, *_, last = str(by_warning.value).splitlines()
    assert first == "this policy is not wanted; nothing was sent (the guard has refuse=Severity.SUGGESTION):"
    assert last == "  If it is meant, pass a guard with ignore=['OLD_VERSION', 'PUBLIC_ACCESS']."
    with pytest.raises(errors.NotShownError) as by_proof:
        NOT_PUBLIC.require(Policy([ROOT, TO_ALL]))
    assert str(by_proof.value).splitlines()[-1] == (
        "  the guard has no_public_access=True; nothing was sent. Change the policy, or pass another guard."
    )


def test_who_puts_the_policy_of_a_new_key_counts() -> None:
    """As in the check: a caller who could not put a policy again is refused."""
    Guard().require(Policy([ROOT]), caller=APP)
    only_app = Policy([allow("kms:*").to(APP)])
    Guard().require(only_app, caller=APP)
    with pytest.raises(errors.PolicyCheckError, match="LOCKOUT_CALLER"):
        Guard().require(only_app, caller=Principal.role(ACCOUNT, "Other"))


def test_a_guard_judges_plans_and_policies() -> None:
    """And nothing else."""
    with pytest.raises(TypeError, match="expected a Policy, not str"):
        NOT_PUBLIC.require("{}")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]


def test_guards_are_values() -> None:
    """They compare, hash and pickle."""
    assert pickle.loads(pickle.dumps(ALL)) == ALL  # noqa: S301 - our own
    assert hash(Guard()) == hash(Guard(refuse=Severity.ERROR))
    assert Guard() != Guard(refuse=None)
    assert Guard(ignore=["PUBLIC_ACCESS", "OLD_VERSION"]) == Guard(
        ignore=("OLD_VERSION", "PUBLIC_ACCESS", "OLD_VERSION")
    )


def test_a_plan_tells_what_changes_for_all_requests() -> None:
    """Worked out when it is first asked for, once; two plans are equal whether they were asked or not."""
    plan, other = plan_of([ROOT], [ROOT, TO_APP]), plan_of([ROOT], [ROOT, TO_APP])
    assert plan.comparison == compare(plan.current, plan.new)
    assert plan.comparison is plan.comparison
    assert plan.comparison.relation is Relation.MORE_PERMISSIVE
    assert plan == other
    assert hash(plan) == hash(other)
    assert "comparison" not in repr(plan)
