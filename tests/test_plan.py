"""Plans as values: what they show follows from their texts, and the plan that takes one back."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from kmspolicy import Caller, Plan, Policy, Principal, allow, check, diff, errors, statements

ACCOUNT, OTHER = "111122223333", "444455556666"
APP = Principal.role(ACCOUNT, "App")
ARN = f"arn:aws-cn:kms:cn-north-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROOT = statements.enable_iam_policies(ACCOUNT)
ONLY_APP = Policy([allow("kms:*").to(APP).named("App")]).to_json()
BEFORE = Policy([ROOT]).to_json()
AFTER = Policy([ROOT, allow("kms:Decrypt").to(APP).named("App")]).to_json(indent=2)


def test_a_plan_follows_from_its_texts() -> None:
    """The policies, the difference and the findings are those of the public functions."""
    plan = Plan("a-key", BEFORE, AFTER, account=ACCOUNT, caller=APP)
    current, new = Policy.from_json(BEFORE), Policy.from_json(AFTER)
    assert (plan.current, plan.new) == (current, new)
    assert plan.diff == diff(current, new, account=ACCOUNT)
    assert plan.findings == check(new, caller=APP, account=ACCOUNT)
    assert plan.diff is plan.diff
    assert plan.findings is plan.findings


def test_what_follows_cannot_be_exchanged() -> None:
    """Only a text can, and all that is shown is then of the other text."""
    plan = Plan("a-key", BEFORE, AFTER)
    assert plan.findings == ()
    for name in ("current", "new", "diff", "findings"):
        with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'"):
            evolve(plan, **{name: getattr(plan, name)})
    other = evolve(plan, new_text=ONLY_APP)
    assert other.new == Policy.from_json(ONLY_APP)
    assert other.diff == diff(plan.current, other.new)
    assert [finding.code for finding in other.findings] == ["ONE_ADMINISTRATOR"]
    assert other.comparison.gained is not None
    assert str(other) == str(Plan("a-key", BEFORE, ONLY_APP))


def test_what_a_plan_knows_of_the_key() -> None:
    """A key ARN tells account and partition, as the id or beside it; a caller tells the account where nothing else does."""
    known = (ACCOUNT, ARN, "aws-cn")
    for plan in (Plan(ARN, BEFORE, AFTER), Plan("a-key", BEFORE, AFTER, key_arn=ARN)):
        assert (plan.account, plan.key_arn, plan.partition) == known
    by_caller = Plan("a-key", BEFORE, AFTER, caller=APP)
    assert (by_caller.account, by_caller.key_arn, by_caller.partition) == (ACCOUNT, None, "aws")
    assert Plan("a-key", BEFORE, AFTER, caller=APP, account=OTHER).account == OTHER


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"key_arn": ARN.replace("1234abcd", "5678abcd")}, errors.RequestError, "the key ARN is another"),
        ({"account": OTHER}, errors.RequestError, f"is in account {ACCOUNT}, not in account {OTHER}"),
        ({"account": "1"}, errors.RequestError, "an account must be an account id of 12 digits"),
        ({"caller": "s3.amazonaws.com"}, errors.RequestError, "is a service"),
        ({"key_id": 5}, TypeError, "key_id must be text, not int"),
        ({"current_text": Policy([])}, TypeError, "current_text must be text, not Policy"),
        ({"new_text": b"{}"}, TypeError, "new_text must be text, not bytes"),
        ({"partition": None}, TypeError, "partition must be text, not NoneType"),
        (
            {"bypass_policy_lockout_safety_check": 1},
            TypeError,
            "bypass_policy_lockout_safety_check must be True or False, not 1",
        ),
    ],
    ids=["key ARN", "account", "no account", "service", "id", "policy", "bytes", "no partition", "bypass"],
)
def test_what_cannot_be_a_plan(change: dict[str, Any], error: type[Exception], message: str) -> None:
    """What contradicts the rest, and what is of another type."""
    with pytest.raises(error, match=message):
        evolve(Plan(ARN, BEFORE, AFTER), **change)


def test_texts_that_are_not_policies() -> None:
    """They are refused where the policy is asked for."""
    plan = Plan("a-key", BEFORE, '{"Statement": 5}')
    assert plan.current == Policy.from_json(BEFORE)
    with pytest.raises(errors.PolicyDocumentError, match="Statement"):
        bool(plan)


def test_the_plan_that_takes_a_plan_back() -> None:
    """It has the texts the other way round, and the same key and caller, whose lockout it finds; twice is the plan."""
    plan = Plan("a-key", ONLY_APP, BEFORE, account=ACCOUNT, caller=Caller(Principal.role(ACCOUNT, "Other")))
    assert plan.findings == ()
    back = plan.reversed()
    assert (back.key_id, back.account, back.caller) == ("a-key", ACCOUNT, plan.caller)
    assert (back.current, back.new) == (plan.new, plan.current)
    assert {finding.code for finding in back.findings} >= {"LOCKOUT_CALLER"}
    assert [change.principal for change in back.lost] == [change.principal for change in plan.gained]
    assert back.reversed() == plan


def test_a_bypass_is_not_reversed() -> None:
    """It was meant for one policy; for the other it has to be said again."""
    plan = Plan("a-key", BEFORE, ONLY_APP, bypass_policy_lockout_safety_check=True)
    assert not plan.reversed().bypass_policy_lockout_safety_check
    assert plan.reversed(bypass_policy_lockout_safety_check=True).bypass_policy_lockout_safety_check
