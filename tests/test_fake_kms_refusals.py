"""What FakeKMS refuses, in the words of KMS."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from fake_kms_support import ACCOUNT, ADMIN, ALICE, APP, LOCKOUT, MALFORMED, PRINCIPALS, TO_ALICE, refused
from kmspolicy import Condition, KeyPolicies, Policy, Principal, Statement, allow, errors, statements
from kmspolicy.testing import FakeKMS

# https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
OVERLY_PERMISSIVE = (
    "OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition key matches requests "
    "without the specified [encryption context or tag] or with an unspecified [encryption context or tag]. To fix, remove "
    "ForAllValues."
)
# https://github.com/awsdocs/aws-kms-developer-guide/issues/47
NOT_PERMITTED = "These condition keys are not permitted in a key policy: aws:ResourceTag, kms:ResourceTag, kms:ResourceAliases"


@pytest.mark.parametrize(
    ("policy", "code", "text"),
    [
        pytest.param("no policy", MALFORMED, "", id="no JSON"),
        pytest.param('{"Statement": [{"effect": "Allow"}]}', MALFORMED, "", id="a misspelt element"),
        pytest.param(Policy([TO_ALICE]), MALFORMED, LOCKOUT, id="a lockout"),
        pytest.param(
            Policy([ADMIN, Statement("Allow", action="kms:*", resource="*")]),
            MALFORMED,
            "Policy contains a statement with no principal.",
            id="no principal",
        ),
        pytest.param(
            Policy([ADMIN, Statement("Allow", principal=Principal.arn(ALICE), resource="*")]),
            MALFORMED,
            "",
            id="no action",
        ),
        pytest.param(
            Policy([ADMIN, allow("kms:Sign").to(Principal({"AWS": "x"}))]), MALFORMED, PRINCIPALS, id="no ARN"
        ),
        pytest.param(
            Policy([ADMIN, allow("kms:Sign").to(Principal({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}))]),
            MALFORMED,
            PRINCIPALS,
            id="the unique id of a user",
        ),
        pytest.param(
            Policy([ADMIN.named("x" * 33_000)]),
            "LimitExceededException",
            "The policy is longer than a key policy can be.",
            id="too long",
        ),
        pytest.param(
            Policy([ADMIN.named("\u20ac")]),
            "ValidationException",
            "1 validation error detected",
            id="a character above U+00FF",
        ),
        pytest.param(
            Policy([ADMIN, TO_ALICE.when(Condition("ForAllValues:StringEquals", "aws:RequestTag/a", "b"))]),
            MALFORMED,
            OVERLY_PERMISSIVE,
            id="ForAllValues on a tag of the request",
        ),
        pytest.param(
            Policy([ADMIN, TO_ALICE.when(Condition("StringEquals", "kms:ResourceTag/team", "x"))]),
            MALFORMED,
            NOT_PERMITTED,
            id="a tag of the key",
        ),
    ],
)
async def test_what_is_refused(policy: str | Policy, code: str, text: str) -> None:
    """By the rules of check, with AWS's code and AWS's text where one is known."""
    found = await refused(FakeKMS(), policy)
    assert (found[0], found[1][: len(text)]) == (code, text)
    with pytest.raises(ClientError) as caught:
        await FakeKMS().create_key(Policy=policy if isinstance(policy, str) else policy.to_json())
    assert caught.value.operation_name == "CreateKey"


@pytest.mark.parametrize(
    ("policy", "code", "text"),
    [
        pytest.param(
            Policy([Statement("Allow", action="kms:*", resource="*")]),
            MALFORMED,
            "Policy contains a statement with no",
            id="no principal, before the lockout",
        ),
        pytest.param(
            Policy([allow("kms:*").to(Principal({"AWS": "arn:aws:iam::1111:root"}))]),
            MALFORMED,
            PRINCIPALS,
            id="an account id of 4 digits, before the lockout",
        ),
        pytest.param(
            Policy([allow("kms:*").to(Principal({"AWS": f"{APP}*"}))]),
            MALFORMED,
            PRINCIPALS,
            id="a pattern of roles, before the lockout",
        ),
        pytest.param(
            Policy([allow("kms:*").to(Principal.arn(APP))]),
            MALFORMED,
            PRINCIPALS,
            id="a role that does not exist, before the lockout",
        ),
        pytest.param(
            Policy([allow("kms:*").to(Principal({"AWS": "x"})).named("\u20ac")]),
            "ValidationException",
            "",
            id="a character above U+00FF, before the principal",
        ),
        pytest.param(
            Policy([allow("kms:*").to(Principal({"Service": "*"}))]),
            MALFORMED,
            PRINCIPALS,
            id="all services, before the lockout",
        ),
        pytest.param(Policy([TO_ALICE]), MALFORMED, LOCKOUT, id="the lockout"),
    ],
)
async def test_which_of_several_causes_is_named(policy: Policy, code: str, text: str) -> None:
    """The text before the principals, and lockout last: only who exists can be locked out."""
    fake = FakeKMS(caller=ALICE, principals=[ALICE])
    found = await refused(fake, policy)
    assert (found[0], found[1][: len(text)]) == (code, text)


@pytest.mark.parametrize("bypass", [False, True])
async def test_bypassing_the_lockout_check_bypasses_nothing_else(bypass: bool) -> None:
    """What is malformed stays malformed, and who does not exist cannot be named."""
    fake = FakeKMS(principals=[ALICE])
    for policy in (
        Policy([ADMIN, Statement("Allow", principal=Principal.arn(ALICE), resource="*")]),
        Policy([ADMIN, allow("kms:Sign").to(Principal.arn(APP))]),
    ):
        code, text = await refused(fake, policy, BypassPolicyLockoutSafetyCheck=bypass)
        assert (code, LOCKOUT in text) == (MALFORMED, False)


async def test_a_session_exists_as_its_role_does() -> None:
    """By the role's name, whose path a session does not tell."""
    role, session = f"arn:aws:iam::{ACCOUNT}:role/x/App", f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me"
    to_session = Policy([ADMIN, allow("kms:Sign").to(Principal.arn(session))])
    others = [role.replace(ACCOUNT, "444455556666"), f"{role}2", session, ALICE]
    for principals in (others[:0], others):
        assert await refused(FakeKMS(principals=principals), to_session) == (MALFORMED, PRINCIPALS)
    for fake in (FakeKMS(), FakeKMS(principals=[role])):
        await fake.put_key_policy(KeyId=fake.add_key(), Policy=to_session.to_json())
        fake.delete_principal(role)
        assert await refused(fake, to_session) == (MALFORMED, PRINCIPALS)


async def test_lockout_is_that_of_the_caller() -> None:
    """Bypassing the check puts the policy; where IAM policies decide, the test says what they say."""
    only_alice, only_app = (Policy([allow("kms:*").to(Principal.arn(name))]) for name in (ALICE, APP))
    assert await refused(FakeKMS(caller=ALICE), only_app) == (MALFORMED, LOCKOUT)
    fake = FakeKMS(caller=ALICE, iam_allows=False)
    policies = KeyPolicies(fake)
    for policy in (only_app, statements.default_policy(ACCOUNT)):
        key_id = fake.add_key(only_alice)
        with pytest.raises(errors.PolicyLockoutException):
            await policies.put(key_id, policy)
        await policies.put(key_id, policy, bypass_policy_lockout_safety_check=True)
        assert fake.policy(key_id) == policy
    assert fake.calls[-1][1]["BypassPolicyLockoutSafetyCheck"] is True
    made = await fake.create_key(Policy=only_app.to_json(), BypassPolicyLockoutSafetyCheck=True)
    assert fake.policy(made["KeyMetadata"]["KeyId"]) == only_app
    app = FakeKMS(caller=f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me")
    await app.put_key_policy(KeyId=app.add_key(), Policy=only_app.to_json())


async def test_principals_must_exist() -> None:
    """Where a test says which do."""
    fake = FakeKMS(principals=[ALICE])
    key_id = fake.add_key()
    await fake.put_key_policy(KeyId=key_id, Policy=Policy([ADMIN, TO_ALICE]).to_json())
    to_app = Policy([ADMIN, allow("kms:Sign").to(Principal.arn(APP))])
    assert await refused(fake, to_app) == (MALFORMED, PRINCIPALS)
    assert await refused(FakeKMS(principals=[APP]), Policy([ADMIN, TO_ALICE])) == (MALFORMED, PRINCIPALS)
    fake.delete_principal(ALICE)
    assert await refused(fake, Policy([ADMIN, TO_ALICE])) == (MALFORMED, PRINCIPALS)
    excepted = Statement("Deny", not_principal=Principal.arn(APP), action="kms:Sign", resource="*")
    assert await refused(fake, Policy([ADMIN, excepted])) == (MALFORMED, PRINCIPALS)
    fake.add_principal(ALICE)
    await fake.put_key_policy(KeyId=key_id, Policy=Policy([ADMIN, TO_ALICE]).to_json())
    elsewhere = allow("kms:Sign").to(Principal.user(ACCOUNT, "alice", partition="aws-cn"))
    assert await refused(FakeKMS(), Policy([ADMIN, elsewhere])) == (MALFORMED, PRINCIPALS)
