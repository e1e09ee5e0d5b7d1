"""FakeKMS: it refuses what KMS refuses, with botocore's own errors, and prints policies as KMS does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from kmspolicy import (
    Condition,
    KeyPolicies,
    Policy,
    Principal,
    Statement,
    allow,
    equivalent,
    errors,
    statements,
    translate_errors,
)
from kmspolicy.testing import FakeKMS, VirtualClock

ACCOUNT = "111122223333"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
APP = f"arn:aws:iam::{ACCOUNT}:role/App"
ADMIN = statements.enable_iam_policies(ACCOUNT)
LOCKOUT = "The new key policy will not allow you to update the key policy in the future."
PRINCIPALS = "Policy contains a statement with one or more invalid principals."


async def test_a_policy_is_put_and_kept() -> None:
    """The facade takes it for a client; what was put is there as a value, and as KMS prints it."""
    fake = FakeKMS(caller=ALICE)
    key_id = fake.add_key()
    policy = Policy([ADMIN, allow("kms:Sign", "kms:Verify").to(Principal.arn(ALICE), Principal.arn(APP))])
    result = await KeyPolicies(fake, caller=ALICE).put(key_id, policy)
    assert (result.key_id, result.attempts) == (key_id, 1)
    assert fake.policy(key_id) == policy
    assert fake.calls == [
        ("PutKeyPolicy", {"KeyId": key_id, "PolicyName": "default", "Policy": policy.to_json()})
    ]
    returned = (await fake.get_key_policy(KeyId=key_id))["Policy"]
    assert returned != policy.to_json()
    assert equivalent(Policy.from_json(returned), policy)
    assert (await fake.list_key_policies(KeyId=key_id))["PolicyNames"] == ["default"]


async def test_how_kms_prints() -> None:
    """Two spaces a level, arrays on one line; one name alone, several in another order, ids as ARNs."""
    document: dict[str, Any] = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": [ACCOUNT], "Service": ["s3.amazonaws.com", "sqs.amazonaws.com"]},
                "Action": ["kms:*"],
                "Resource": "*",
                "Condition": {"Bool": {"aws:a": True}, "Null": {}, "StringEquals": {"aws:b": []}},
            }
        ],
    }
    fake = FakeKMS()
    key_id = fake.add_key(Policy.from_dict(document))
    assert (await fake.get_key_policy(KeyId=key_id))["Policy"] == (
        "{\n"
        '  "Version" : "2012-10-17",\n'
        '  "Statement" : [ {\n'
        '    "Effect" : "Allow",\n'
        '    "Principal" : {\n'
        f'      "AWS" : "arn:aws:iam::{ACCOUNT}:root",\n'
        '      "Service" : [ "sqs.amazonaws.com", "s3.amazonaws.com" ]\n'
        "    },\n"
        '    "Action" : [ "kms:*" ],\n'
        '    "Resource" : "*",\n'
        '    "Condition" : {\n'
        '      "Bool" : {\n'
        '        "aws:a" : true\n'
        "      },\n"
        '      "Null" : { },\n'
        '      "StringEquals" : {\n'
        '        "aws:b" : [ ]\n'
        "      }\n"
        "    }\n"
        "  } ]\n"
        "}"
    )
    single = fake.add_key(Policy(allow("kms:*").to(Principal.everyone())))
    assert '"Statement" : {\n' in (await fake.get_key_policy(KeyId=single))["Policy"]


async def refused(fake: FakeKMS, policy: str | Policy, **more: Any) -> tuple[str, str]:
    """Put a policy that is refused, and return code and text; the old policy is still there."""
    key_id = fake.add_key()
    text = policy if isinstance(policy, str) else policy.to_json()
    with pytest.raises(ClientError) as caught:
        await fake.put_key_policy(KeyId=key_id, Policy=text, **more)
    assert fake.policy(key_id) == statements.default_policy(ACCOUNT)
    error: Any = caught.value.response
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400
    return error["Error"]["Code"], error["Error"]["Message"]


MALFORMED = "MalformedPolicyDocumentException"
TO_ALICE = allow("kms:Sign").to(Principal.arn(ALICE))


@pytest.mark.parametrize(
    ("policy", "code", "text"),
    [
        ("no policy", MALFORMED, ""),
        ('{"Statement": [{"effect": "Allow"}]}', MALFORMED, ""),
        (Policy([TO_ALICE]), MALFORMED, LOCKOUT),
        (
            Policy([ADMIN, Statement("Allow", action="kms:*", resource="*")]),
            MALFORMED,
            "Policy contains a statement with no principal.",
        ),
        (Policy([ADMIN, Statement("Allow", principal=Principal.arn(ALICE), resource="*")]), MALFORMED, ""),
        (Policy([ADMIN, allow("kms:Sign").to(Principal({"AWS": "x"}))]), MALFORMED, PRINCIPALS),
        (
            Policy([ADMIN, allow("kms:Sign").to(Principal({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}))]),
            MALFORMED,
            PRINCIPALS,
        ),
        (
            Policy([ADMIN.named("x" * 33_000)]),
            "LimitExceededException",
            "The policy is longer than a key policy can be.",
        ),
        (Policy([ADMIN.named("\u20ac")]), "ValidationException", "1 validation error detected"),
        (
            Policy([ADMIN, TO_ALICE.when(Condition("ForAllValues:StringEquals", "aws:RequestTag/a", "b"))]),
            MALFORMED,
            "OverlyPermissiveCondition",
        ),
    ],
)
async def test_what_is_refused(policy: str | Policy, code: str, text: str) -> None:
    """By the rules of check, with AWS's code and AWS's text where one is known."""
    found = await refused(FakeKMS(), policy)
    assert (found[0], found[1][: len(text)]) == (code, text)
    with pytest.raises(ClientError):
        await FakeKMS().create_key(Policy=policy if isinstance(policy, str) else policy.to_json())


async def test_lockout_is_that_of_the_caller() -> None:
    """Bypassing the check puts the policy; where IAM policies decide, the test says what they say."""
    only_app = Policy([allow("kms:*").to(Principal.arn(APP))])
    assert await refused(FakeKMS(caller=ALICE), only_app) == (MALFORMED, LOCKOUT)
    assert await refused(FakeKMS(caller=ALICE, iam_allows=False), Policy([ADMIN, TO_ALICE])) == (
        MALFORMED,
        LOCKOUT,
    )
    fake = FakeKMS(caller=ALICE, iam_allows=False)
    key_id = fake.add_key()
    policies = KeyPolicies(fake)
    for policy in (only_app, statements.default_policy(ACCOUNT)):
        await policies.put(key_id, policy, bypass_policy_lockout_safety_check=True)
        assert fake.policy(key_id) == policy
    assert fake.calls[-1][1]["BypassPolicyLockoutSafetyCheck"] is True
    app = FakeKMS(caller=f"arn:aws:sts::{ACCOUNT}:assumed-role/App/s")
    await app.put_key_policy(KeyId=app.add_key(), Policy=only_app.to_json())


async def test_principals_must_exist() -> None:
    """Where a test says which do; accounts always do."""
    fake = FakeKMS(principals=[ALICE])
    key_id = fake.add_key()
    await fake.put_key_policy(KeyId=key_id, Policy=Policy([ADMIN, TO_ALICE]).to_json())
    to_app = Policy([ADMIN, allow("kms:Sign").to(Principal.arn(APP))])
    assert await refused(fake, to_app) == (MALFORMED, PRINCIPALS)
    fake.delete_principal(ALICE)
    assert await refused(fake, Policy([ADMIN, TO_ALICE])) == (MALFORMED, PRINCIPALS)
    excepted = Statement("Deny", not_principal=Principal.arn(APP), action="kms:Sign", resource="*")
    assert await refused(fake, Policy([ADMIN, excepted])) == (MALFORMED, PRINCIPALS)


async def test_a_deleted_principal_shows_its_unique_id() -> None:
    """In what KMS returns; putting that again is refused."""
    fake = FakeKMS()
    key_id = fake.add_key(Policy([ADMIN, TO_ALICE, allow("kms:Sign").to(Principal.arn(APP))]))
    ids = [fake.delete_principal(ALICE), fake.delete_principal(APP)]
    assert [name[:4] for name in ids] == ["AIDA", "AROA"]
    returned = (await fake.get_key_policy(KeyId=key_id))["Policy"]
    assert all(name in returned for name in ids)
    assert await refused(fake, returned) == (MALFORMED, PRINCIPALS)


@pytest.mark.parametrize(
    ("key_id", "name", "text"),
    [
        ("nothing", "default", "Key 'arn:aws:kms:us-east-1:111122223333:key/nothing' does not exist"),
        (
            "arn:aws:kms:eu-west-1:111122223333:key/{key}",
            "default",
            "Key 'arn:aws:kms:eu-west-1:111122223333:key/{key}' does not exist",
        ),
        ("{key}", "other", "No such policy exists"),
    ],
)
async def test_what_is_not_found(key_id: str, name: str, text: str) -> None:
    """Neither another Region's key, nor another policy than the default."""
    fake = FakeKMS()
    key = fake.add_key()
    with pytest.raises(errors.NotFoundException) as caught, translate_errors():
        await fake.get_key_policy(KeyId=key_id.format(key=key), PolicyName=name)
    assert caught.value.message == text.format(key=key)


async def test_a_key_by_its_arn() -> None:
    """An ARN is as good as an id, and a key can be made with its policy."""
    fake = FakeKMS(region="eu-west-1")
    made = await fake.create_key(Policy=Policy([ADMIN, TO_ALICE]).to_json(), Description="x")
    arn = made["KeyMetadata"]["Arn"]
    assert arn.startswith(f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/")
    assert fake.policy(made["KeyMetadata"]["KeyId"]) == Policy([ADMIN, TO_ALICE])
    await KeyPolicies(fake).put(arn, Policy([ADMIN]))
    assert json.loads((await fake.get_key_policy(KeyId=arn))["Policy"])["Statement"][0]["Action"] == "kms:*"
    assert (await fake.create_key())["KeyMetadata"]["KeyId"] != made["KeyMetadata"]["KeyId"]


async def test_the_next_calls_can_fail() -> None:
    """With any code, as often as a test wants; the facade repeats what is worth it, on a virtual clock."""
    fake, clock = FakeKMS(), VirtualClock()
    key_id = fake.add_key()
    policies = KeyPolicies(fake, sleep=clock.sleep, clock=clock)
    fake.fail("DependencyTimeoutException", times=2)
    assert (await policies.put(key_id, Policy([ADMIN]))).attempts == 3
    assert len(clock.slept) == 2
    for code, error, text in (
        ("KMSInvalidStateException", errors.KMSInvalidStateException, "is pending deletion."),
        (
            "AccessDeniedException",
            errors.AccessDeniedException,
            "is not authorized to perform: kms:PutKeyPolicy",
        ),
        ("MalformedPolicyDocumentException", errors.InvalidPrincipalException, PRINCIPALS),
        ("Odd", errors.UnknownServiceError, ""),
    ):
        fake.fail(code)
        with pytest.raises(error) as caught:
            await policies.put(key_id, Policy([ADMIN]))
        assert text in caught.value.message
    fake.fail("ThrottlingException", message="slowly")
    with pytest.raises(ClientError, match="slowly"):
        await fake.list_key_policies(KeyId=key_id)


def test_who_can_call() -> None:
    """A service puts no policies."""
    with pytest.raises(errors.RequestError):
        FakeKMS(caller="s3.amazonaws.com")
    with pytest.raises(KeyError):
        FakeKMS().policy("nothing")
