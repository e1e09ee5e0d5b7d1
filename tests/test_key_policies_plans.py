"""Plans: what is planned, applied, out of date, or refused."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve

from client_support import ACCOUNT, ADMIN, ALICE, BOB, SIGN, Scripted, operations
from kmspolicy import KeyPolicies, Plan, Policy, Principal, allow, deny, errors, statements

if TYPE_CHECKING:
    from kmspolicy.testing import FakeKMS, VirtualClock


KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
TEXT: Any = "5"


async def test_a_plan(fake: FakeKMS, policies: KeyPolicies) -> None:
    """It holds what is there, what shall be, the difference, the findings; nothing is written."""
    key = fake.add_key(Policy([ADMIN]))
    new = Policy([ADMIN, allow("kms:Sign").to(Principal.everyone()).named("open")])
    plan = await policies.plan(key, new)
    assert plan
    assert (plan.key_id, plan.current, plan.new) == (key, Policy([ADMIN]), new)
    assert (plan.current_text, plan.new_text) == (await policies.get_text(key), new.to_json())
    assert [statement.sid for statement in plan.diff.added] == ["open"]
    assert ("AWS", "*") in [change.principal for change in plan.gained]
    assert plan.lost == ()
    assert [finding.code for finding in plan.findings] == ["PUBLIC_ACCESS"]
    assert pickle.loads(pickle.dumps(plan)) == plan  # noqa: S301
    assert "PutKeyPolicy" not in operations(fake)
    shown = str(plan)
    first = "1 statement added; everyone gains access, none loses it"
    assert shown.startswith(f"key {key}: {first}\n--- before\n+++ after\n@@ statement 'open' @@\n+ {{")
    assert "access gained" in shown
    assert shown.endswith(str(plan.findings[0]))


async def test_a_plan_with_nothing_to_do(fake: FakeKMS, policies: KeyPolicies) -> None:
    """It is false where the policy is equivalent and the labels agree; applying it writes nothing."""
    key = fake.add_key(Policy([ADMIN, SIGN]))
    plan = await policies.plan(key, Policy([SIGN, ADMIN]).to_json(indent=2))
    assert not plan
    assert str(plan) == f"key {key}: nothing to do"
    assert not (await policies.apply(plan)).changed
    assert not (await policies.ensure(key, Policy([ADMIN, SIGN]))).changed
    assert "PutKeyPolicy" not in operations(fake)
    assert (await policies.ensure(key, Policy([ADMIN, SIGN.named("Sign")]))).changed


async def test_applying_a_plan(fake: FakeKMS, policies: KeyPolicies) -> None:
    """It reads again, and puts the text that was planned as it is."""
    key = fake.add_key(Policy([ADMIN]))
    text = Policy([ADMIN, SIGN]).to_json(indent=2)
    result = await policies.apply(await policies.plan(key, text))
    assert result is not None
    assert (result.key_id, result.attempts) == (key, 1)
    assert operations(fake) == ["GetKeyPolicy", "GetKeyPolicy", "PutKeyPolicy"]
    assert fake.calls[-1][1]["Policy"] == text


async def test_a_plan_taken_back(fake: FakeKMS, policies: KeyPolicies) -> None:
    """The key has its old policy again, one by one or many, until somebody else changes the new one."""
    keys = [fake.add_key(Policy([ADMIN])), fake.add_key(Policy([ADMIN]))]
    plans = [await policies.plan(key, Policy([ADMIN, SIGN])) for key in keys]
    for plan in plans:
        await policies.apply(plan)
    back = [plan.reversed() for plan in plans]
    assert (await policies.apply(back[0])).changed
    async with policies.apply_many(back[1:]) as results:
        assert [result.unwrap().changed async for result in results] == [True]
    assert [fake.policy(key) for key in keys] == [Policy([ADMIN])] * 2
    with pytest.raises(errors.PolicyChangedError):
        await policies.apply(back[0])


async def test_what_a_plan_shows_is_put(fake: FakeKMS, policies: KeyPolicies) -> None:
    """Another text in the plan is what it shows, too."""
    key = fake.add_key(Policy([ADMIN]))
    plan = await policies.plan(key, Policy([ADMIN, SIGN]))
    other = evolve(plan, new_text=Policy([ADMIN, SIGN.named("other")]).to_json())
    await policies.apply(other)
    assert fake.policy(key) == other.new
    assert "'other'" in str(other)


async def test_a_plan_tells_what_is_not_known_where_it_is_applied(fake: FakeKMS, clock: VirtualClock) -> None:
    """What its findings say of the caller and the account counts, unless another caller is known there."""
    key = fake.add_key(Policy([ADMIN]))
    not_bob = Policy([ADMIN, deny("kms:PutKeyPolicy").to(BOB)])
    plan = await KeyPolicies(fake, caller=BOB).plan(key, not_bob)
    assert "LOCKOUT_CALLER" in {finding.code for finding in plan.findings}
    text = plan.to_json()
    with pytest.raises(errors.PolicyCheckError, match="LOCKOUT_CALLER"):
        await KeyPolicies(fake, sleep=clock.sleep, clock=clock).apply(Plan.from_json(text))
    result = await KeyPolicies(fake, caller=ALICE).apply(Plan.from_json(text))
    assert "LOCKOUT_CALLER" not in {finding.code for finding in result.findings}
    of_another = evolve(plan, key_arn=f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{KEY}")
    with pytest.raises(errors.RequestError, match="is in account"):
        await KeyPolicies(fake, account="444455556666").apply(of_another)


async def test_a_plan_knows_what_it_would_work_out(fake: FakeKMS) -> None:
    """What the client hands on is what follows from the texts, the key and the caller."""
    policies = KeyPolicies(fake, caller=ALICE)
    plan = await policies.plan(fake.add_key(Policy([ADMIN])), Policy([SIGN]).to_json(indent=1))
    same = evolve(plan)
    assert (plan.current, plan.new, plan.findings) == (same.current, same.new, same.findings)
    assert [finding.code for finding in plan.findings] == ["LOCKOUT_EVERYONE"]


async def test_a_plan_that_is_out_of_date(fake: FakeKMS, policies: KeyPolicies) -> None:
    """Nothing is written, and both texts are there; a policy that was only printed anew is the same."""
    two = ALICE | BOB
    key = fake.add_key(Policy([ADMIN, allow("kms:Sign").to(two)]))
    plan = await policies.plan(key, Policy([ADMIN, SIGN]))
    await fake.put_key_policy(KeyId=key, Policy=Policy([allow("kms:Sign").to(BOB | ALICE), ADMIN]).to_json())
    assert (await policies.apply(plan)).changed
    with pytest.raises(
        errors.PolicyChangedError, match="has changed since the plan was made; make a new plan"
    ) as caught:
        await policies.apply(plan)
    error = caught.value
    assert (error.key_id, error.planned) == (key, plan.current_text)
    assert error.found == await policies.get_text(key)
    assert "@@ statement 'sign' @@" in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301
    assert operations(fake).count("PutKeyPolicy") == 2


async def test_a_plan_that_kms_would_refuse(fake: FakeKMS, policies: KeyPolicies) -> None:
    """The plan shows it; applying it sends nothing, unless lockout is meant."""
    key = fake.add_key(Policy([ADMIN]))
    locked = Policy([SIGN])
    plan = await policies.plan(key, locked)
    assert "LOCKOUT_EVERYONE" in str(plan)
    with pytest.raises(errors.PolicyCheckError):
        await policies.apply(plan)
    with pytest.raises(errors.PolicyCheckError):
        await policies.ensure(key, locked)
    assert "PutKeyPolicy" not in operations(fake)
    meant = await policies.plan(key, locked, bypass_policy_lockout_safety_check=True)
    assert (await policies.apply(meant)).changed
    assert fake.calls[-1][1]["BypassPolicyLockoutSafetyCheck"] is True


async def test_ensure_and_edit_with_bypass(fake: FakeKMS, policies: KeyPolicies) -> None:
    """What is meant is handed on."""
    key, other = fake.add_key(Policy([ADMIN])), fake.add_key(Policy([ADMIN]))
    assert (await policies.ensure(key, Policy([SIGN]), bypass_policy_lockout_safety_check=True)).changed

    def locked(_: Policy) -> Policy:
        return Policy([SIGN])

    with pytest.raises(errors.PolicyCheckError):
        await policies.edit(other, locked)
    assert (await policies.edit(other, locked, bypass_policy_lockout_safety_check=True)).changed
    assert fake.policy(key) == fake.policy(other) == Policy([SIGN])


async def test_what_merely_looks_like_a_bypass(fake: FakeKMS, policies: KeyPolicies) -> None:
    """It is refused before anything is read or written."""
    key, yes = fake.add_key(), TEXT
    for call in (
        policies.put(key, Policy([ADMIN]), bypass_policy_lockout_safety_check=yes),
        policies.plan(key, Policy([ADMIN]), bypass_policy_lockout_safety_check=yes),
        policies.ensure(key, Policy([ADMIN]), bypass_policy_lockout_safety_check=yes),
        policies.edit(key, lambda policy: policy, bypass_policy_lockout_safety_check=yes),
    ):
        with pytest.raises(TypeError, match="must be True or False"):
            await call
    assert fake.calls == []


@pytest.mark.parametrize("policy", [7, "{", {"Statement": []}])
async def test_what_cannot_be_planned(policy: Any, fake: FakeKMS, policies: KeyPolicies) -> None:
    """Nothing is read for something that is not a policy."""
    key = fake.add_key()
    with pytest.raises(errors.PolicyDocumentError):
        await policies.plan(key, policy)
    assert fake.calls == []


async def test_the_account_and_partition_of_a_key_arn(clock: VirtualClock) -> None:
    """They are known without asking: another account is found, and an account id is its root there."""
    arn = f"arn:aws-cn:kms:cn-north-1:{ACCOUNT}:key/{KEY}"
    china = Policy([statements.enable_iam_policies(ACCOUNT, partition="aws-cn")])
    plain = Policy([allow("kms:*").to(Principal({"AWS": ACCOUNT})).named(str(china.statements[0].sid))])
    client = Scripted(*[{"Policy": china.to_json()}] * 3)
    policies = KeyPolicies(client, sleep=clock.sleep, clock=clock)
    assert not await policies.plan(arn, plain)
    assert await policies.plan(KEY, plain)
    other = arn.replace(ACCOUNT, "444455556666")
    assert "LOCKOUT_EVERYONE" in str(await policies.plan(other, plain))


async def test_what_is_no_plan_and_no_function(fake: FakeKMS, policies: KeyPolicies) -> None:
    """Nothing is sent."""
    nothing: Any = None
    with pytest.raises(TypeError, match=r"expected a Plan, not NoneType; see KeyPolicies\.plan"):
        await policies.apply(nothing)
    with pytest.raises(TypeError, match="expected a function from Policy to Policy"):
        await policies.edit(fake.add_key(), nothing)
    assert fake.calls == []


def test_the_plan_is_public() -> None:
    """So that applications can name the type."""
    assert Plan.__module__.startswith("kmspolicy.")
