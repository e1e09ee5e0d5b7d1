"""FakeKMS puts and keeps policies, prints them as KMS does, and takes calls as a client does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from fake_kms_support import (
    ACCOUNT,
    ADMIN,
    ALICE,
    APP,
    LOCKOUT,
    MALFORMED,
    PRINCIPALS,
    TO_ALICE,
    error_of,
    refused,
)
from http_support import Error, client_of, scripted_kms
from kmspolicy import KeyPolicies, Policy, Principal, allow, equivalent, errors, statements, translate_errors
from kmspolicy.testing import FakeKMS
from support import KEY_ID


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


async def test_it_is_opened_and_closed_as_a_client() -> None:
    """And keeps its keys, so that a test can look at them afterwards."""
    fake = FakeKMS()
    key_id = fake.add_key()
    for _ in range(2):
        async with fake as client:
            await KeyPolicies(client).put(key_id, Policy([ADMIN]))
    await fake.close()
    assert fake.policy(key_id) == Policy([ADMIN])


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
        pytest.param({"AWS": ALICE}, {"AWS": "{id}"}, id="a name"),
        pytest.param({"AWS": [ALICE]}, {"AWS": ["{id}"]}, id="a list of one name"),
        pytest.param(
            {"AWS": [APP, ALICE], "Service": ALICE},
            {"AWS": [APP, "{id}"], "Service": ALICE},
            id="a list of names, and the name as a service",
        ),
        pytest.param({"AWS": f"{ALICE}2"}, {"AWS": f"{ALICE}2"}, id="a name that begins like it"),
        pytest.param({"Service": "s3.amazonaws.com"}, {"Service": "s3.amazonaws.com"}, id="a service"),
        pytest.param("*", "*", id="everyone"),
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
        pytest.param("put_key_policy", {"KeyId": KEY_ID, "Policy": ""}, id="an empty policy"),
        pytest.param("put_key_policy", {"KeyId": KEY_ID, "Policy": {}}, id="an object as policy"),
        pytest.param("put_key_policy", {"KeyId": "", "Policy": "{}"}, id="an empty key id"),
        pytest.param("put_key_policy", {"KeyId": None, "Policy": "{}"}, id="None as key id"),
        pytest.param(
            "put_key_policy",
            {"KeyId": KEY_ID, "Policy": "{}", "BypassPolicyLockoutSafetyCheck": "no"},
            id="a text as bypass",
        ),
        pytest.param("put_key_policy", {}, id="no parameters"),
        pytest.param("get_key_policy", {"KeyId": KEY_ID, "PolicyName": ""}, id="an empty policy name"),
        pytest.param("get_key_policy", {"KeyID": KEY_ID}, id="a misspelt parameter"),
        pytest.param("list_key_policies", {"KeyId": KEY_ID, "Limit": 0}, id="a limit of none"),
        pytest.param("list_key_policies", {"KeyId": KEY_ID, "Marker": None}, id="None as marker"),
        pytest.param("create_key", {"Policy": ""}, id="an empty policy of a new key"),
        pytest.param("create_key", {"PolicyName": "default"}, id="a parameter of another operation"),
        pytest.param("create_key", {"Tags": [{"TagKey": 1}]}, id="a number as tag"),
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
