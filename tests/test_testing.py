"""FakeKMS: it refuses what KMS refuses, with botocore's own errors, and prints policies as KMS does."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError, UnknownRegionError

from http_support import Error, client_of, scripted_kms
from kmspolicy import (
    Condition,
    KeyPolicies,
    Policy,
    Principal,
    Retry,
    Statement,
    allow,
    equivalent,
    errors,
    statements,
    translate_errors,
)
from kmspolicy.testing import FakeKMS, VirtualClock
from support import KEY_ID

ACCOUNT = "111122223333"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
APP = f"arn:aws:iam::{ACCOUNT}:role/App"
BOB = "arn:aws:iam::444455556666:user/bob"
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
            },
            {
                "Effect": "Deny",
                "NotPrincipal": {"AWS": [ALICE, ACCOUNT]},
                "Action": "kms:Sign",
                "Resource": "*",
            },
            ADMIN.to_dict(),
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
        "  }, {\n"
        '    "Effect" : "Deny",\n'
        '    "NotPrincipal" : {\n'
        f'      "AWS" : [ "arn:aws:iam::{ACCOUNT}:root", "{ALICE}" ]\n'
        "    },\n"
        '    "Action" : "kms:Sign",\n'
        '    "Resource" : "*"\n'
        "  }, {\n"
        '    "Sid" : "Enable IAM User Permissions",\n'
        '    "Effect" : "Allow",\n'
        '    "Principal" : {\n'
        f'      "AWS" : "arn:aws:iam::{ACCOUNT}:root"\n'
        "    },\n"
        '    "Action" : "kms:*",\n'
        '    "Resource" : "*"\n'
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
    assert caught.value.operation_name == "PutKeyPolicy"
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400
    return error["Error"]["Code"], error["Error"]["Message"]


MALFORMED = "MalformedPolicyDocumentException"
# https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
OVERLY_PERMISSIVE = (
    "OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition key matches requests "
    "without the specified [encryption context or tag] or with an unspecified [encryption context or tag]. To fix, remove "
    "ForAllValues."
)
# https://github.com/awsdocs/aws-kms-developer-guide/issues/47
NOT_PERMITTED = "These condition keys are not permitted in a key policy: aws:ResourceTag, kms:ResourceTag, kms:ResourceAliases"
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
            OVERLY_PERMISSIVE,
        ),
        (
            Policy([ADMIN, TO_ALICE.when(Condition("StringEquals", "kms:ResourceTag/team", "x"))]),
            MALFORMED,
            NOT_PERMITTED,
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
        (
            Policy([Statement("Allow", action="kms:*", resource="*")]),
            MALFORMED,
            "Policy contains a statement with no",
        ),
        (Policy([allow("kms:*").to(Principal({"AWS": "arn:aws:iam::1111:root"}))]), MALFORMED, PRINCIPALS),
        (Policy([allow("kms:*").to(Principal({"AWS": f"{APP}*"}))]), MALFORMED, PRINCIPALS),
        (Policy([allow("kms:*").to(Principal.arn(APP))]), MALFORMED, PRINCIPALS),
        (Policy([allow("kms:*").to(Principal({"AWS": "x"})).named("\u20ac")]), "ValidationException", ""),
        (Policy([allow("kms:*").to(Principal({"Service": "*"}))]), MALFORMED, PRINCIPALS),
        (Policy([TO_ALICE]), MALFORMED, LOCKOUT),
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


async def test_failures_for_an_operation_or_a_key() -> None:
    """Other calls succeed meanwhile; those that are for any call come in their order."""
    fake = FakeKMS()
    one, other = fake.add_key(), fake.add_key()
    policies = KeyPolicies(fake, retry=Retry(1))
    fake.fail(
        "KMSInternalException", operation="PutKeyPolicy", key_id=f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{one}"
    )
    fake.fail("NotFoundException", operation="GetKeyPolicy", times=2)
    await policies.put(other, Policy([ADMIN]))
    for key in (one, other):
        with pytest.raises(errors.NotFoundException):
            await policies.get(key)
    await policies.get(one)
    arn = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{one}"
    with pytest.raises(errors.KMSInternalException):
        await policies.put(arn, Policy([ADMIN]))
    await policies.put(one, Policy([ADMIN]))
    fake.fail("KMSInvalidStateException")
    with pytest.raises(errors.KMSInvalidStateException):
        await policies.names(other)
    with translate_errors():
        await fake.create_key()
    with pytest.raises(
        ValueError, match=r"expected one of CreateKey, PutKeyPolicy, .*, not 'put_key_policy'"
    ):
        fake.fail("NotFoundException", operation="put_key_policy")


async def test_a_context_that_is_not_known() -> None:
    """There is one warning, where the fake is made, and none at its calls."""
    with pytest.warns(errors.UnknownWordWarning, match="'kms:ViaServce' is not known") as caught:
        fake = FakeKMS(context={"kms:ViaServce": "x"})
    assert [warning.filename for warning in caught] == [__file__]
    await KeyPolicies(fake).ensure(fake.add_key(), Policy([ADMIN]))


def test_a_caller_may_be_a_principal() -> None:
    """With one name."""
    assert FakeKMS(caller=Principal.arn(ALICE)).caller == ALICE
    assert FakeKMS(caller=Principal.account(ACCOUNT)).caller == f"arn:aws:iam::{ACCOUNT}:root"
    with pytest.raises(errors.RequestError):
        FakeKMS(caller=Principal.arn(ALICE) | Principal.arn(APP))


async def test_names_of_principals_that_are_no_arns() -> None:
    """They exist, and are not roles."""
    to_session = allow("kms:Sign").to(Principal.arn(f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me"))
    for names in (["x", "AROAEXAMPLE", ACCOUNT], ["arn:aws-cn:iam::111122223333:role/App"]):
        assert await refused(FakeKMS(principals=names), Policy([ADMIN, to_session])) == (
            MALFORMED,
            PRINCIPALS,
        )
    fake = FakeKMS()
    fake.delete_principal("AIDAEXAMPLE")
    await fake.put_key_policy(KeyId=fake.add_key(), Policy=Policy([ADMIN, to_session]).to_json())
    fake.delete_principal(f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me")
    assert await refused(fake, Policy([ADMIN, to_session])) == (MALFORMED, PRINCIPALS)


async def test_it_is_opened_and_closed_as_a_client() -> None:
    """And keeps its keys, so that a test can look at them afterwards."""
    fake = FakeKMS()
    key_id = fake.add_key()
    for _ in range(2):
        async with fake as client:
            await KeyPolicies(client).put(key_id, Policy([ADMIN]))
    await fake.close()
    assert fake.policy(key_id) == Policy([ADMIN])


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
    """Where a test says which do; accounts always do."""
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


async def test_a_deleted_principal_shows_its_unique_id() -> None:
    """In what KMS returns; putting that again is refused, and so is the ARN until there is such a one again."""
    fake = FakeKMS()
    key_id = fake.add_key(Policy([ADMIN, TO_ALICE, allow("kms:Sign").to(Principal.arn(APP))]))
    ids = [fake.delete_principal(ALICE), fake.delete_principal(APP)]
    assert [name[:4] for name in ids] == ["AIDA", "AROA"]
    returned = (await fake.get_key_policy(KeyId=key_id))["Policy"]
    assert all(name in returned for name in ids)
    assert await refused(fake, returned) == (MALFORMED, PRINCIPALS)
    to_alice = Policy([ADMIN, TO_ALICE]).to_json()
    assert await refused(fake, to_alice) == (MALFORMED, PRINCIPALS)
    fake.add_principal(ALICE)
    await fake.put_key_policy(KeyId=key_id, Policy=to_alice)
    fake.stale(reads=1)
    assert ids[0] in (await fake.get_key_policy(KeyId=key_id))["Policy"]


@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({"AWS": ALICE}, {"AWS": "{id}"}),
        ({"AWS": [ALICE]}, {"AWS": ["{id}"]}),
        ({"AWS": [APP, ALICE], "Service": ALICE}, {"AWS": [APP, "{id}"], "Service": ALICE}),
        ({"AWS": f"{ALICE}2"}, {"AWS": f"{ALICE}2"}),
        ({"Service": "s3.amazonaws.com"}, {"Service": "s3.amazonaws.com"}),
        ("*", "*"),
    ],
)
def test_only_principals_are_replaced(element: str, names: Any, shown: Any) -> None:
    """The ARN of a deleted user stays in a Sid and in conditions, as IAM converts only principals."""
    statement = {
        "Sid": ALICE,
        "Effect": "Deny",
        element: names,
        "Action": "kms:Sign",
        "Resource": "*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": [ALICE, APP]}},
    }
    fake = FakeKMS()
    for whole in (statement, [statement]):
        key_id = fake.add_key(Policy.from_dict({"Version": "2012-10-17", "Statement": whole}))
        unique_id = fake.delete_principal(ALICE)
        expected = json.loads(json.dumps(statement | {element: shown}).replace("{id}", unique_id))
        document: Any = fake.policy(key_id).to_dict()["Statement"]
        assert document == (expected if whole is statement else [expected])


@pytest.mark.parametrize(
    ("key_id", "name", "text"),
    [
        ("fake-key-id", "default", "Invalid keyId 'fake-key-id'"),
        ("alias/app", "default", "Invalid keyId 'alias/app'"),
        (KEY_ID, "default", f"Key 'arn:aws:kms:us-east-1:{ACCOUNT}:key/{KEY_ID}' does not exist"),
        (
            f"mrk-{'1' * 32}",
            "default",
            f"Key 'arn:aws:kms:us-east-1:{ACCOUNT}:key/mrk-{'1' * 32}' does not exist",
        ),
        ("arn:aws:kms:eu-west-1:111122223333:key/{key}", "default", "Invalid arn eu-west-1"),
        (
            "arn:aws:kms:us-east-1:444455556666:key/{key}",
            "default",
            "Key 'arn:aws:kms:us-east-1:444455556666:key/{key}' does not exist",
        ),
        ("{key}", "other", "No such policy exists"),
    ],
)
async def test_what_is_not_found(key_id: str, name: str, text: str) -> None:
    """Neither another Region's or account's key, nor what is not a key id, nor another policy than the default."""
    fake = FakeKMS()
    key = fake.add_key()
    with pytest.raises(errors.NotFoundException) as caught, translate_errors():
        await fake.get_key_policy(KeyId=key_id.format(key=key), PolicyName=name)
    assert caught.value.message == text.format(key=key)


@pytest.mark.parametrize("arn", ["arn:", f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/app", "arn:aws:s3:::bucket"])
async def test_arns_of_no_key(arn: str) -> None:
    """AWS has an error for them, of which no text is known."""
    with pytest.raises(errors.InvalidArnException) as caught, translate_errors():
        await FakeKMS().list_key_policies(KeyId=arn)
    assert caught.value.message == ""


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


def test_a_policy_is_asked_for_by_key_id() -> None:
    """By that of a key that is here."""
    with pytest.raises(KeyError):
        FakeKMS().policy("nothing")


async def test_calls_have_the_parameters_as_given() -> None:
    """Those that were given, and no defaults."""
    fake = FakeKMS()
    text = statements.default_policy(ACCOUNT).to_json()
    await fake.create_key(Policy=text, BypassPolicyLockoutSafetyCheck=True, Description="x")
    await fake.create_key()
    key_id = fake.add_key()
    await fake.put_key_policy(KeyId=key_id, Policy=text)
    listed = await fake.list_key_policies(KeyId=key_id, Limit=1, Marker="m")
    assert {name: listed[name] for name in listed if name != "ResponseMetadata"} == {
        "PolicyNames": ["default"],
        "Truncated": False,
    }
    assert fake.calls == [
        ("CreateKey", {"Policy": text, "BypassPolicyLockoutSafetyCheck": True, "Description": "x"}),
        ("CreateKey", {}),
        ("PutKeyPolicy", {"KeyId": key_id, "Policy": text}),
        ("ListKeyPolicies", {"KeyId": key_id, "Limit": 1, "Marker": "m"}),
    ]


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


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("DependencyTimeoutException", 500),
        ("InternalFailure", 500),
        ("KMSInternalException", 500),
        ("KeyUnavailableException", 500),
        ("ServiceUnavailable", 503),
        ("ThrottlingException", 400),
    ],
)
async def test_what_is_repeated(code: str, status: int) -> None:
    """The facade repeats what it would repeat of KMS's, by the statuses that AWS documents."""
    fake, clock = FakeKMS(), VirtualClock()
    key_id = fake.add_key()
    fake.fail(code)
    with pytest.raises(ClientError) as caught:
        await fake.list_key_policies(KeyId=key_id)
    response: Any = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    fake.fail(code)
    assert (
        await KeyPolicies(fake, sleep=clock.sleep, clock=clock).put(key_id, Policy([ADMIN]))
    ).attempts == 2


@pytest.mark.parametrize(
    ("key_id", "resource"),
    [(KEY_ID, f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{KEY_ID}"), ("arn:x", "arn:x"), (None, "*")],
)
async def test_the_texts_of_failures(key_id: str | None, resource: str) -> None:
    """They name the key, where the call has one; a text of the test's own stays as it is."""
    fake = FakeKMS(caller=ALICE)
    fake.fail("AccessDeniedException")
    fake.fail("AccessDeniedException", message="{arn}")
    call = fake.create_key() if key_id is None else fake.get_key_policy(KeyId=key_id)
    with pytest.raises(ClientError) as caught:
        await call
    action = "kms:CreateKey" if key_id is None else "kms:GetKeyPolicy"
    assert error_of(caught.value)["Message"] == (
        f"User: {ALICE} is not authorized to perform: {action} on resource: {resource} "
        f"because no resource-based policy allows the {action} action"
    )
    with pytest.raises(ClientError, match=r"\{arn\}$"):
        await fake.create_key()


def error_of(error: ClientError) -> dict[str, Any]:
    """Return what the answer says of the error."""
    response: Any = error.response
    said: dict[str, Any] = response["Error"]
    return said


# --- as a client does ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("MalformedPolicyDocumentException", LOCKOUT),
        ("MalformedPolicyDocumentException", ""),
        ("NotFoundException", "Key 'x' does not exist"),
        ("LimitExceededException", "too much"),
        ("AccessDeniedException", "no"),
        ("ValidationException", ""),
    ],
)
async def test_errors_are_those_of_a_client(code: str, message: str) -> None:
    """Class, code, text, status and the members of the model are what an aiobotocore client makes of the same."""
    fake = FakeKMS()
    fake.fail(code, message=message)
    with pytest.raises(ClientError) as ours:
        await fake.get_key_policy(KeyId=KEY_ID)
    async with scripted_kms() as server, client_of(server.url) as client:
        server.answers(Error(code, 400, message))
        with pytest.raises(ClientError) as theirs:
            await client.get_key_policy(KeyId=KEY_ID)
    assert type(ours.value).__name__ == type(theirs.value).__name__
    assert str(ours.value) == str(theirs.value)
    assert ours.value.operation_name == theirs.value.operation_name
    answers: list[Any] = [dict(caught.value.response) for caught in (ours, theirs)]
    metadata = [answer.pop("ResponseMetadata") for answer in answers]
    assert answers[0] == answers[1]
    for name in ("HTTPStatusCode", "RetryAttempts"):
        assert metadata[0][name] == metadata[1][name]


async def test_exceptions_are_caught_by_their_classes() -> None:
    """As an application catches those of its client; two fakes have the same."""
    fake = FakeKMS()
    with pytest.raises(fake.exceptions.NotFoundException) as caught:
        await fake.get_key_policy(KeyId=KEY_ID)
    assert caught.value.response["message"] == error_of(caught.value)["Message"]
    assert fake.exceptions is FakeKMS().exceptions
    assert fake.exceptions.ClientError is ClientError
    with pytest.raises(AttributeError, match="Valid exceptions are"):
        fake.exceptions.Nothing  # noqa: B018


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("put_key_policy", {"KeyId": KEY_ID, "Policy": ""}),
        ("put_key_policy", {"KeyId": KEY_ID, "Policy": {}}),
        ("put_key_policy", {"KeyId": "", "Policy": "{}"}),
        ("put_key_policy", {"KeyId": None, "Policy": "{}"}),
        ("put_key_policy", {"KeyId": KEY_ID, "Policy": "{}", "BypassPolicyLockoutSafetyCheck": "no"}),
        ("put_key_policy", {}),
        ("get_key_policy", {"KeyId": KEY_ID, "PolicyName": ""}),
        ("get_key_policy", {"KeyID": KEY_ID}),
        ("list_key_policies", {"KeyId": KEY_ID, "Limit": 0}),
        ("list_key_policies", {"KeyId": KEY_ID, "Marker": None}),
        ("create_key", {"Policy": ""}),
        ("create_key", {"PolicyName": "default"}),
        ("create_key", {"Tags": [{"TagKey": 1}]}),
    ],
)
async def test_parameters_that_a_client_refuses(method: str, parameters: dict[str, Any]) -> None:
    """In the words of an aiobotocore client, and before anything is sent or fails."""
    fake = FakeKMS()
    fake.fail("ThrottlingException")
    with pytest.raises(ParamValidationError) as ours:
        await getattr(fake, method)(**parameters)
    async with client_of("http://127.0.0.1:9") as client:
        with pytest.raises(ParamValidationError) as theirs:
            await getattr(client, method)(**parameters)
    assert str(ours.value) == str(theirs.value)
    assert fake.calls == []
    with pytest.raises(ClientError, match="Throttling"):
        await fake.create_key()


# --- who calls, from where -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"caller": "s3.amazonaws.com"}, errors.RequestError),
        ({"account": "1"}, errors.RequestError),
        ({"account": "1", "caller": ALICE}, errors.RequestError),
        ({"account": ""}, errors.RequestError),
        ({"context": {"aws:username": None}}, errors.RequestError),
        ({"region": "nowhere"}, UnknownRegionError),
    ],
)
def test_arguments_that_are_refused(arguments: dict[str, Any], error: type[Exception]) -> None:
    """When the fake is made, and not at the first call."""
    with pytest.raises(error):
        FakeKMS(**arguments)


@pytest.mark.parametrize(
    ("arguments", "account", "caller"),
    [
        ({}, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"),
        ({"account": "444455556666"}, "444455556666", "arn:aws:iam::444455556666:root"),
        ({"caller": "444455556666"}, "444455556666", "arn:aws:iam::444455556666:root"),
        ({"caller": BOB}, "444455556666", BOB),
        ({"caller": BOB, "account": ACCOUNT}, ACCOUNT, BOB),
        ({"region": "us-gov-west-1"}, ACCOUNT, f"arn:aws-us-gov:iam::{ACCOUNT}:root"),
        (
            {"region": "cn-north-1", "caller": "444455556666"},
            "444455556666",
            "arn:aws-cn:iam::444455556666:root",
        ),
    ],
)
def test_account_and_caller(arguments: dict[str, Any], account: str, caller: str) -> None:
    """The keys are in the caller's account unless the test says otherwise; the root user is of the Region's partition."""
    fake = FakeKMS(**arguments)
    assert (fake.account, fake.caller) == (account, caller)


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-east-1", "aws-us-gov")]
)
async def test_partitions(region: str, partition: str) -> None:
    """Keys, the policy they get and the ARNs that KMS prints are of the partition of the Region; others are refused."""
    fake = FakeKMS(region=region)
    assert fake.partition == partition
    root = f"arn:{partition}:iam::{ACCOUNT}:root"
    arn = (await fake.create_key())["KeyMetadata"]["Arn"]
    assert arn.startswith(f"arn:{partition}:kms:{region}:{ACCOUNT}:key/")
    default = statements.default_policy(ACCOUNT, partition=partition)
    assert fake.policy(arn.rpartition("/")[2]) == default
    await KeyPolicies(fake).put(arn, default)
    await KeyPolicies(fake).put(arn, Policy([allow("kms:*").to(Principal({"AWS": ACCOUNT}))]))
    assert f'"AWS" : "{root}"' in (await fake.get_key_policy(KeyId=arn))["Policy"]
    other = Principal.account(ACCOUNT, partition="aws" if partition == "aws-cn" else "aws-cn")
    with pytest.raises(errors.InvalidPrincipalException):
        await KeyPolicies(fake, check=False).put(arn, default.with_statement(allow("kms:Sign").to(other)))


MAY_ALL = allow("kms:*").to(Principal.arn(ALICE))
IF_TAGGED = MAY_ALL.when(Condition("StringEquals", "aws:PrincipalTag/team", "keys"))
DENIED = Statement(
    "Deny", principal=Principal.arn(ALICE), action=["kms:Put*", "kms:Get*", "kms:List*"], resource="*"
)
NO_KEY_POLICY = "because no resource-based policy allows the kms:{0} action"
NO_IAM_POLICY = "because no identity-based policy allows the kms:{0} action"
EXPLICIT = "with an explicit deny in a resource-based policy"


@pytest.mark.parametrize(
    ("arguments", "current", "reason"),
    [
        ({}, [MAY_ALL], None),
        ({"iam_allows": False}, [MAY_ALL], None),
        ({}, [ADMIN], None),
        ({"iam_allows": False}, [ADMIN], NO_IAM_POLICY),
        ({}, [TO_ALICE], NO_KEY_POLICY),
        ({}, [allow("kms:*").to(Principal.arn(APP))], NO_KEY_POLICY),
        ({}, [], NO_KEY_POLICY),
        ({}, [ADMIN, MAY_ALL, DENIED], EXPLICIT),
        ({}, [IF_TAGGED], NO_KEY_POLICY),
        ({"context": {"AWS:PrincipalTag/team": "keys"}}, [IF_TAGGED], None),
        ({"context": {"aws:PrincipalTag/team": ["other"]}}, [IF_TAGGED], NO_KEY_POLICY),
        ({"account": "444455556666"}, [MAY_ALL], NO_KEY_POLICY),
        ({"account": "444455556666"}, [TO_ALICE], NO_KEY_POLICY),
    ],
)
async def test_the_current_policy_decides(
    arguments: dict[str, Any], current: list[Statement], reason: str | None
) -> None:
    """Whether the caller may put, read and list: by the key policy, by IAM policies where it leaves it to them."""
    fake = FakeKMS(caller=ALICE, **arguments)
    key_id = fake.add_key(Policy(current))
    text = Policy([ADMIN, MAY_ALL]).to_json()
    for operation, call in (
        ("GetKeyPolicy", fake.get_key_policy(KeyId=key_id)),
        ("ListKeyPolicies", fake.list_key_policies(KeyId=key_id)),
        ("PutKeyPolicy", fake.put_key_policy(KeyId=key_id, Policy=text)),
    ):
        if reason is None:
            await call
            continue
        with pytest.raises(ClientError) as caught:
            await call
        assert error_of(caught.value) == {
            "Code": "AccessDeniedException",
            "Message": f"User: {ALICE} is not authorized to perform: kms:{operation} on resource: "
            f"arn:aws:kms:us-east-1:{fake.account}:key/{key_id} {reason.format(operation)}",
        }
    assert fake.policy(key_id) == (Policy(current) if reason else Policy([ADMIN, MAY_ALL]))
    if fake.account == ACCOUNT:
        await fake.create_key(Policy=text)


@pytest.mark.parametrize("context", [{}, {"KMS:bypassPolicyLockoutSafetyCheck": True}])
async def test_bypass_is_a_condition_key_of_the_request(context: dict[str, bool]) -> None:
    """A policy can forbid it, and only the request says whether it is there."""
    forbidden = DENIED.when(Condition("Bool", "kms:BypassPolicyLockoutSafetyCheck", "true"))
    fake = FakeKMS(context=context, caller=ALICE)
    key_id = fake.add_key(Policy([ADMIN, forbidden]))
    policies = KeyPolicies(fake)
    with pytest.raises(errors.AccessDeniedException):
        await policies.put(key_id, Policy([ADMIN]), bypass_policy_lockout_safety_check=True)
    await policies.put(key_id, Policy([ADMIN]))


async def test_reads_can_be_stale() -> None:
    """They show the policy before the last put, as often as the test says; keys without another show theirs."""
    fake = FakeKMS()
    default, first, second = (statements.default_policy(ACCOUNT), Policy([ADMIN]), Policy([ADMIN, TO_ALICE]))
    key_id, other = fake.add_key(), fake.add_key()

    async def read(key: str) -> Policy:
        return Policy.from_json((await fake.get_key_policy(KeyId=key))["Policy"])

    for policy in (first, second):
        await fake.put_key_policy(KeyId=key_id, Policy=policy.to_json())
    assert await read(key_id) == second
    fake.stale(reads=3)
    assert [await read(key) for key in (key_id, other, key_id, key_id)] == [first, default, first, second]
    assert fake.policy(key_id) == second
    fake.stale(reads=1)
    with pytest.raises(ClientError):
        await read(KEY_ID)
    assert [await read(key_id), await read(key_id)] == [first, second]


def test_a_clock_outlives_its_loop() -> None:
    """Who slept in a loop that has ended sleeps no more, and those in the next one do."""
    clock = VirtualClock()

    async def forget() -> None:
        task = asyncio.create_task(clock.sleep(5))
        await asyncio.sleep(0)
        assert not task.done()

    with ThreadPoolExecutor(1) as thread:  # asyncio.run forgets the loop of the thread it runs in
        thread.submit(lambda: asyncio.run(forget())).result()
        thread.submit(lambda: asyncio.run(clock.sleep(1))).result()
    assert clock.now == 1001.0


async def test_sleepers_wake_in_the_order_of_their_ends() -> None:
    """Whoever fell asleep first; one that was cancelled is not waited for."""
    clock = VirtualClock()
    woken: list[tuple[int, float]] = []

    async def sleep(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append((seconds, clock()))

    tasks = [asyncio.create_task(sleep(seconds)) for seconds in (30, 10, 20, 10, 99)]
    await asyncio.sleep(0)
    tasks[-1].cancel()
    await asyncio.wait(tasks)
    assert woken == [(10, 1010.0), (10, 1010.0), (20, 1020.0), (30, 1030.0)]
