"""``KeyPolicies.create`` over HTTP: what is sent, what is sent again, and what never is, since it could make a second key."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from http_support import Drop, Error, Hang, Raw, ScriptedKMS, Truncate, client_of
from kmspolicy import CreateResult, Guard, KeyPolicies, Policy, Principal, Retry, allow, errors, statements

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from http_support import Answer, Backend, Mode
    from kmspolicy.testing import VirtualClock

ACCOUNT = "111122223333"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{KEY_ID}"
POLICY = Policy([statements.enable_iam_policies(ACCOUNT)])
METADATA = {
    "AWSAccountId": ACCOUNT,
    "KeyId": KEY_ID,
    "Arn": ARN,
    "CreationDate": 1767225600.5,
    "Enabled": True,
    "Description": "orders",
    "KeyUsage": "SIGN_VERIFY",
    "KeyState": "Enabled",
    "Origin": "AWS_KMS",
    "KeyManager": "CUSTOMER",
    "CustomerMasterKeySpec": "ECC_NIST_P256",
    "KeySpec": "ECC_NIST_P256",
    "MultiRegion": True,
}
CREATED = Raw(200, json.dumps({"KeyMetadata": METADATA}).encode())
PRINCIPALS = "Policy contains a statement with one or more invalid principals."
UNKNOWN_PRINCIPAL = Error("MalformedPolicyDocumentException", message=PRINCIPALS)


async def test_what_is_sent_and_what_comes_back(kms: ScriptedKMS) -> None:
    """The policy and what was asked for, in one request; the key, and what CreateKey tells of it."""
    kms.answers(CREATED)
    async with client_of(kms.url) as client:
        created = await KeyPolicies(client).create(
            POLICY,
            description="orders",
            key_spec="ECC_NIST_P256",
            key_usage="SIGN_VERIFY",
            origin="AWS_KMS",
            multi_region=True,
            tags={"team": "orders", "cost center": "é"},
            bypass_policy_lockout_safety_check=True,
        )
    parameters = {
        "Policy": POLICY.to_json(),
        "BypassPolicyLockoutSafetyCheck": True,
        "Description": "orders",
        "KeySpec": "ECC_NIST_P256",
        "KeyUsage": "SIGN_VERIFY",
        "Origin": "AWS_KMS",
        "MultiRegion": True,
        "Tags": [{"TagKey": "team", "TagValue": "orders"}, {"TagKey": "cost center", "TagValue": "é"}],
    }
    assert kms.requests == [("TrentService.CreateKey", parameters)]
    assert created == CreateResult(
        KEY_ID,
        ARN,
        state="Enabled",
        key_spec="ECC_NIST_P256",
        key_usage="SIGN_VERIFY",
        origin="AWS_KMS",
        created=datetime(2026, 1, 1, 0, 0, 0, 500_000, UTC),
        multi_region=True,
    )


@pytest.mark.parametrize(
    "given", [POLICY, '{ "Statement":[ ],\n "Id": "é" }', ""], ids=["policy", "text", "empty"]
)
async def test_nothing_is_sent_that_was_not_asked_for(kms: ScriptedKMS, given: Policy | str) -> None:
    """A policy always is, character for character; without one, KMS would choose its default policy."""
    kms.answers(CREATED)
    async with client_of(kms.url) as client:
        creating = KeyPolicies(client, guard=Guard(refuse=None)).create(given)
        if given:
            await creating
            assert [body for _, body in kms.requests] == [
                {"Policy": given if isinstance(given, str) else given.to_json()}
            ]
        else:
            with pytest.raises(errors.NoAnswerError, match="Invalid length for parameter Policy"):
                await creating
            assert kms.requests == []


class Failed(NamedTuple):
    """A failure, the code of its error where that is the same with all HTTP libraries, and whether a key may exist."""

    name: str
    answer: Answer
    code: str | None
    unknown: bool


FAILED = [
    Failed("a status of 500", Error("KMSInternalException", 500), "KMSInternalException", unknown=True),
    Failed(
        "a time-out inside",
        Error("DependencyTimeoutException", 500),
        "DependencyTimeoutException",
        unknown=True,
    ),
    Failed("a bare 503", Raw(503), "503", unknown=True),
    Failed("a dropped connection", Drop(), None, unknown=True),
    Failed("half an answer", Truncate(), None, unknown=True),
    Failed("no metadata", Raw(200, b"{}"), "NoArn", unknown=True),
    Failed("metadata without an ARN", Raw(200, b'{"KeyMetadata": {"KeyId": "k"}}'), "NoArn", unknown=True),
    Failed("a page", Raw(200, b"<html>Please log in.</html>"), "NoArn", unknown=True),
    Failed("a redirect", Raw(302), "NotFromKMS", unknown=True),
    Failed("denied", Error("AccessDeniedException"), "AccessDeniedException", unknown=False),
    Failed("tags", Error("TagException"), "TagException", unknown=False),
    Failed("unknown principal", UNKNOWN_PRINCIPAL, "MalformedPolicyDocumentException", unknown=False),
]


@pytest.mark.parametrize("backend", ["aiohttp", "httpx"])
@pytest.mark.parametrize("row", FAILED, ids=lambda row: row.name)
async def test_what_failed_is_sent_once(
    kms: ScriptedKMS, clock: VirtualClock, row: Failed, backend: Backend
) -> None:
    """A refusal is final, and after an unknown outcome another request could create a second key."""
    kms.answers(row.answer)
    async with client_of(kms.url, backend=backend) as client:
        policies = KeyPolicies(client, retry=Retry(4), sleep=clock.sleep, clock=clock)
        with pytest.raises(errors.CallError) as caught:
            await policies.create(POLICY)
    error = caught.value
    assert row.code in (None, error.code)
    assert (len(kms.requests), error.attempts) == (1, 1)
    assert (error.outcome_unknown, error.is_retry_safe, error.key_id) == (row.unknown, False, None)
    assert ("look for it, by its tags" in str(error)) is row.unknown


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize("retry", [Retry(4), None], ids=["our retries", "those of botocore"])
async def test_botocore_does_not_repeat_it_either(
    kms: ScriptedKMS, clock: VirtualClock, mode: Mode, retry: Retry | None
) -> None:
    """Whoever retries: not after a status of 500, in each of its retry modes."""
    kms.answers(Error("KMSInternalException", 500), CREATED)
    async with client_of(kms.url, mode=mode) as client:
        with pytest.raises(errors.KMSInternalException):
            await KeyPolicies(client, retry=retry, sleep=clock.sleep, clock=clock).create(POLICY)
    assert len(kms.requests) == 1


async def test_what_kms_did_not_carry_out_is_sent_again(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """It says so by throttling; the result counts all requests."""
    kms.answers(Error("ThrottlingException"), Error("ThrottlingException"), CREATED)
    async with client_of(kms.url) as client:
        created = await KeyPolicies(client, retry=Retry(4), sleep=clock.sleep, clock=clock).create(POLICY)
    assert (created.key_id, created.attempts) == (KEY_ID, 3)


async def test_an_unknown_outcome_after_throttling_ends_it(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """One request of several is enough for a second key."""
    kms.answers(Error("ThrottlingException"), Drop(), CREATED)
    async with client_of(kms.url) as client:
        with pytest.raises(errors.NoAnswerError) as caught:
            await KeyPolicies(client, retry=Retry(4), sleep=clock.sleep, clock=clock).create(POLICY)
    assert (caught.value.attempts, caught.value.outcome_unknown, len(kms.requests)) == (2, True, 2)


CERTAIN: list[Answer] = [
    Error("ThrottlingException"),
    UNKNOWN_PRINCIPAL,
    Raw(429),
    Error("AccessDeniedException"),
]
DOUBTFUL: list[Answer] = [
    CREATED,
    Error("KMSInternalException", 500),
    Raw(503),
    Drop(),
    Truncate(),
    Raw(200, b"{}"),
    Raw(302),
]


async def failure(creating: Awaitable[object]) -> errors.CallError | None:
    """Return the error of a call; None if it succeeded."""
    try:
        await creating
    except errors.CallError as error:
        return error
    return None


async def test_no_call_can_create_two_keys(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """Of all answers in any order: what is sent again was certainly not carried out, and errors say what is not certain."""
    chance, codes = Random(1), set[str]()  # noqa: S311 - a test
    async with client_of(kms.url) as client:
        policies = KeyPolicies(client, retry=Retry(4, propagation=5), sleep=clock.sleep, clock=clock)
        for _ in range(100):
            script = chance.choices(CERTAIN * 4 + DOUBTFUL, k=20)
            kms.answers(*script)
            error = await failure(policies.create(POLICY))
            *before, last = script[: len(kms.requests)]
            assert all(answer in CERTAIN for answer in before)
            assert (error is not None and error.outcome_unknown) is (last in DOUBTFUL and last != CREATED)
            codes.add("" if error is None else error.code)
    assert len(codes) > 5


async def test_a_principal_that_kms_does_not_know_yet_is_waited_for(
    kms: ScriptedKMS, clock: VirtualClock
) -> None:
    """As by a put, if it is asked for: KMS has refused the request."""
    kms.answers(UNKNOWN_PRINCIPAL, UNKNOWN_PRINCIPAL, CREATED)
    async with client_of(kms.url) as client:
        retry = Retry(propagation=60)
        created = await KeyPolicies(client, retry=retry, sleep=clock.sleep, clock=clock).create(POLICY)
    assert created.attempts == 3


async def test_a_call_that_was_never_connected_is_sent_again(clock: VirtualClock) -> None:
    """No key can have been created."""
    async with client_of("http://127.0.0.1:9") as client:
        with pytest.raises(errors.NoAnswerError) as caught:
            await KeyPolicies(client, retry=Retry(3), sleep=clock.sleep, clock=clock).create(POLICY)
    assert (caught.value.attempts, caught.value.outcome_unknown) == (3, False)
    assert caught.value.is_retry_safe


async def test_the_deadline_ends_it_with_an_unknown_outcome(kms: ScriptedKMS) -> None:
    """An answer that may still come."""
    kms.answers(Hang())
    async with client_of(kms.url) as client:
        with pytest.raises(errors.NoAnswerError, match="within the deadline") as caught:
            await KeyPolicies(client, retry=Retry(3, deadline=0.2)).create(POLICY)
    assert (caught.value.outcome_unknown, caught.value.is_retry_safe, len(kms.requests)) == (True, False, 1)


async def test_a_cancellation_goes_through(kms: ScriptedKMS) -> None:
    """And sends nothing again."""
    kms.answers(Hang())
    async with client_of(kms.url) as client:
        task = asyncio.create_task(KeyPolicies(client).create(POLICY))
        await kms.arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(kms.requests) == 1


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("AccessDeniedException", "must allow kms:CreateKey and kms:PutKeyPolicy"),
        ("LimitExceededException", "a quota of keys in each Region"),
        ("UnsupportedOperationException", "the type, the usage and the origin of the key fit"),
        ("TagException", "at most 50"),
        ("ThrottlingException", "5 CreateKey requests per second"),
        ("ExpiredTokenException", "get new ones"),
    ],
)
async def test_the_advice_of_errors_is_about_creating(kms: ScriptedKMS, code: str, advice: str) -> None:
    """The same codes of PutKeyPolicy have other causes."""
    kms.answers(Error(code))
    async with client_of(kms.url) as client:
        with pytest.raises(errors.ServiceError) as caught:
            await KeyPolicies(client, retry=Retry(1)).create(POLICY)
    assert caught.value.code == code
    assert advice in caught.value.advice
    assert str(caught.value).endswith(caught.value.advice)


async def test_what_the_guard_refuses_is_not_sent(kms: ScriptedKMS) -> None:
    """The lockout check for the caller above all."""
    admin = Principal.role(ACCOUNT, "Admin")
    async with client_of(kms.url) as client:
        policies = KeyPolicies(client, caller=Principal.role(ACCOUNT, "Deployer"))
        with pytest.raises(errors.PolicyCheckError, match="LOCKOUT_CALLER"):
            await policies.create(Policy([allow("kms:*").to(admin)]))
    assert kms.requests == []


async def test_a_key_on_moto(moto_url: str) -> None:
    """Another project's server has the key, with the policy and all that was asked for."""
    async with client_of(moto_url) as client:
        created = await KeyPolicies(client).create(
            POLICY,
            description="orders",
            key_spec="RSA_2048",
            key_usage="SIGN_VERIFY",
            tags={"team": "orders"},
        )
        metadata = (await client.describe_key(KeyId=created.arn))["KeyMetadata"]
        stored = await client.get_key_policy(KeyId=created.key_id, PolicyName="default")
        tags = (await client.list_resource_tags(KeyId=created.key_id))["Tags"]
    assert Policy.from_json(stored["Policy"]) == POLICY
    assert tags == [{"TagKey": "team", "TagValue": "orders"}]
    assert metadata.get("Description") == "orders"
    assert (
        metadata["KeyId"],
        metadata.get("KeySpec"),
        metadata.get("KeyUsage"),
        metadata.get("KeyState"),
    ) == (
        created.key_id,
        created.key_spec,
        created.key_usage,
        created.state,
    )
    assert (created.key_spec, created.state, created.created) == (
        "RSA_2048",
        "Enabled",
        metadata.get("CreationDate"),
    )


def test_the_metadata_is_that_of_the_api() -> None:
    """The members of the answer that these tests script are in botocore's model."""
    from botocore.loaders import Loader  # noqa: PLC0415 - this test alone

    model: Any = Loader().load_service_model("kms", "service-2")
    assert METADATA.keys() <= model["shapes"]["KeyMetadata"]["members"].keys()
