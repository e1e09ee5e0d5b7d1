"""Laws of decisions, tables and comparisons, for policies and requests that meet."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from kmspolicy import (
    Fails,
    Outcome,
    Policy,
    Principal,
    Relation,
    Request,
    Statement,
    access,
    allow,
    canonical,
    compare,
    decide,
    diff,
    equivalent,
    explain,
)
from kmspolicy._evaluate import Access
from property.strategies import (
    ALICE,
    APP,
    REQUESTS,
    SERVICE,
    policies_that_meet,
    respelt,
    statements_that_meet,
)

pytestmark = pytest.mark.filterwarnings("ignore::kmspolicy.errors.UnknownWordWarning")  # they ask of such

MORE = [Outcome.DENIED, Outcome.NOT_GRANTED, Outcome.DELEGATED, Outcome.ALLOWED]


@given(policies_that_meet(3), statements_that_meet("Allow"), REQUESTS, st.data())
def test_an_allow_never_takes_access_away(
    policy: Policy, more: Statement, request: Request, data: Any
) -> None:
    """Wherever it stands."""
    before = decide(policy, request).outcome
    after = decide(_with(policy, more, data), request).outcome
    assert (before is Outcome.DENIED) is (after is Outcome.DENIED)
    assert MORE.index(after) >= MORE.index(before)


@given(policies_that_meet(3), statements_that_meet("Deny"), REQUESTS, st.data())
def test_a_deny_never_gives_any(policy: Policy, more: Statement, request: Request, data: Any) -> None:
    """It denies what it is about, and changes nothing else."""
    before = decide(policy, request).outcome
    after = decide(_with(policy, more, data), request).outcome
    assert after in (before, Outcome.DENIED)


def _with(policy: Policy, statement: Statement, data: Any) -> Policy:
    place = data.draw(st.integers(0, len(policy.statements)))
    given = [*policy.statements[:place], statement, *policy.statements[place:]]
    return Policy(given, version=policy.version)


@given(policies_that_meet(3), REQUESTS)
def test_every_statement_decides_or_says_why_not(policy: Policy, request: Request) -> None:
    """No statement is in both, none is lost but those whose Allow another statement outdoes."""
    decision = decide(policy, request)
    event(decision.outcome.value)
    mismatched = {mismatch.number for mismatch in decision.mismatches}
    assert mismatched.isdisjoint(decision.decided_by)
    assert set(range(len(policy.statements))) >= mismatched | set(decision.decided_by)
    if decision.outcome in (Outcome.NOT_GRANTED, Outcome.DELEGATED):
        assert len(mismatched) + len(decision.decided_by) == len(policy.statements)
    assert bool(decision.decided_by) is (decision.outcome is not Outcome.NOT_GRANTED)
    assert explain(decision)
    assert all(map(explain, policy.statements))
    assert pickle.loads(pickle.dumps(decision)) == decision  # noqa: S301


@given(policies_that_meet(3), REQUESTS)
def test_a_policy_and_its_normal_form_decide_alike(policy: Policy, request: Request) -> None:
    """For every request."""
    normal = canonical(policy)
    assert decide(normal, request).outcome is decide(policy, request).outcome
    assert canonical(normal) == normal
    assert equivalent(policy, normal)


@given(st.data(), st.lists(REQUESTS, min_size=1, max_size=5))
def test_no_request_tells_equivalent_policies_apart(data: Any, requests: list[Request]) -> None:
    """Another spelling is equivalent, decides alike, and differs in labels at most."""
    policy = data.draw(policies_that_meet(3))
    other = data.draw(respelt(policy))
    assert equivalent(policy, other)
    assert equivalent(other, policy)
    for request in requests:
        assert decide(policy, request).outcome is decide(other, request).outcome
    difference = diff(policy, other)
    assert (difference.added, difference.removed, difference.changed, difference.version) == (
        (),
        (),
        (),
        None,
    )
    assert (difference.gained, difference.lost) == ((), ())


@given(policies_that_meet(2), policies_that_meet(2), REQUESTS)
def test_equivalence_is_certain(a: Policy, b: Policy, request: Request) -> None:
    """It is reflexive and symmetric; what is called equivalent decides alike, and has no witness."""
    assert equivalent(a, a)
    same = equivalent(a, b)
    assert same is equivalent(b, a)
    event(str(same))
    comparison = compare(a, b)
    assert same is (comparison.relation is Relation.EQUIVALENT)
    if same:
        assert decide(a, request).outcome is decide(b, request).outcome
        assert (comparison.gained, comparison.lost) == (None, None)


@given(st.data())
def test_equivalence_is_transitive(data: Any) -> None:
    """From one spelling to the next."""
    a = data.draw(policies_that_meet(2))
    b = data.draw(respelt(a))
    c = data.draw(respelt(b))
    assert equivalent(a, b)
    assert equivalent(b, c)
    assert equivalent(a, c)


@given(policies_that_meet(3), policies_that_meet(3))
def test_a_difference_is_false_only_for_the_same_with_the_same_labels(a: Policy, b: Policy) -> None:
    """And it can be shown, and pickled."""
    difference = diff(a, b)
    labels = [
        (policy.id, sorted({one.sid for one in policy.statements if one.sid is not None}))
        for policy in (a, b)
    ]
    if not difference:
        assert equivalent(a, b)
        assert labels[0] == labels[1]
    if not (difference.added or difference.removed or difference.changed or difference.version):
        assert equivalent(a, b)
        assert difference.labels or labels[0] == labels[1]
    assert (str(difference) == "no difference") is not bool(difference)
    assert pickle.loads(pickle.dumps(difference)) == difference  # noqa: S301
    assert not diff(a, a)


@given(policies_that_meet(3), policies_that_meet(3))
def test_a_difference_says_what_proofs_say(a: Policy, b: Policy) -> None:
    """Something is gained, lost or not known where a comparison says so, and each request shows what it stands beside."""
    difference, comparison = diff(a, b), compare(a, b)
    for verdict, changes in (
        (comparison.no_new_access, difference.gained),
        (comparison.no_lost_access, difference.lost),
    ):
        event(type(verdict).__name__)
        assert not (changes and verdict.holds)
        assert changes or difference.unknown or not isinstance(verdict, Fails)
    for change in (*difference.gained, *difference.lost):
        before, after = (decide(policy, change.witness.request) for policy in (a, b))
        assert (before, after) == (change.witness.before, change.witness.decision)
        way = (before, after) if change in difference.gained else (after, before)
        assert MORE.index(way[0].outcome) < MORE.index(way[1].outcome)
        assert way[1].outcome in (Outcome.ALLOWED, Outcome.DELEGATED)
        assert change.witness.request.action in change.actions


@given(policies_that_meet(3), statements_that_meet("Allow"), statements_that_meet("Deny"))
def test_more_statements_go_one_way(policy: Policy, more: Statement, less: Statement) -> None:
    """An added Allow loses nothing, and an added Deny gains nothing."""
    assert diff(policy, policy.replace(statement=[*policy.statements, more.named("more")])).lost == ()
    assert diff(policy, policy.replace(statement=[*policy.statements, less.named("less")])).gained == ()


@given(policies_that_meet(3), policies_that_meet(3))
def test_a_difference_goes_both_ways(a: Policy, b: Policy) -> None:
    """What is gained one way is lost the other way."""
    there, back = diff(a, b), diff(b, a)
    assert bool(there) is bool(back)
    gained = {
        (change.principal, change.before, change.after, frozenset(change.actions)) for change in there.gained
    }
    lost = {
        (change.principal, change.after, change.before, frozenset(change.actions)) for change in back.lost
    }
    assert gained == lost


NAMED = allow("kms:Verify").to(Principal.arn(ALICE), Principal.arn(APP), Principal.service(SERVICE))


@given(
    policies_that_meet(3),
    st.sampled_from([ALICE, APP, SERVICE]),
    st.sampled_from(["kms:Decrypt", "kms:Encrypt", "kms:GetKeyPolicy"]),
    st.dictionaries(st.sampled_from(["aws:a", "kms:ViaService"]), st.sampled_from(["a", "true", "1"])),
)
def test_the_table_says_what_decide_says(policy: Policy, caller: str, action: str, context: Any) -> None:
    """For each caller that the policy names; conditions in a cell may turn out either way."""
    policy = Policy([*policy.statements, NAMED], version=policy.version)
    cell = access(policy)[caller, action]
    event(cell.access.value)
    expected = {
        Access.ALWAYS: {Outcome.ALLOWED},
        Access.DENIED: {Outcome.DENIED},
        Access.DELEGATED: {Outcome.DELEGATED, Outcome.ALLOWED},
        Access.NOTHING: {Outcome.NOT_GRANTED, Outcome.DENIED},
        Access.CONDITIONAL: set(Outcome),
    }
    assert decide(policy, Request(caller, action, context)).outcome in expected[cell.access]


@given(policies_that_meet())
def test_everything_can_be_drawn(policy: Policy) -> None:
    """Whatever the policy says."""
    table = access(policy)
    assert str(table)
    assert "</table>" in getattr(table, "_repr_html_")() or not table.principals  # noqa: B009 - private to type checkers
    assert json.dumps(canonical(policy).to_dict())
