"""``KeyPolicies.put`` over HTTP: what is sent, what is refused before, and what counts as success."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from http_support import Drop, Error, Raw, ScriptedKMS, client_of
from kmspolicy import Policy, PutResult, errors, translate_errors
from put_support import LOCKOUT, at_once, key_policies
from support import KEY_ID, example_from_values

if TYPE_CHECKING:
    from kmspolicy.testing import VirtualClock


async def test_what_is_sent(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """The request has KeyId, PolicyName and Policy, and the result says what the answer said."""
    policy = example_from_values()
    async with client_of(kms.url) as client:
        result = await key_policies(client, clock).put(KEY_ID, policy)
    assert kms.requests == [
        (
            "TrentService.PutKeyPolicy",
            {"KeyId": KEY_ID, "PolicyName": "default", "Policy": policy.to_json()},
        )
    ]
    assert result == PutResult(key_id=KEY_ID, request_id="request-1", attempts=1)


async def test_bypass_is_sent_only_when_true(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """BypassPolicyLockoutSafetyCheck is in the request when it is asked for, and else not at all."""
    async with client_of(kms.url) as client:
        for bypass in (True, False):
            await key_policies(client, clock).put(KEY_ID, "{}", bypass_policy_lockout_safety_check=bypass)
    assert [body.get("BypassPolicyLockoutSafetyCheck") for _, body in kms.requests] == [True, None]


async def test_text_is_sent_as_it_is(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """Text arrives character for character, whatever it says."""
    text = '{ "Statement":[ ],\n\t"Id": "é ÿ \\u00e9" }'
    async with client_of(kms.url) as client:
        await key_policies(client, clock).put(KEY_ID, text)
    assert kms.requests[0][1]["Policy"] == text


@pytest.mark.parametrize("bypass", ["false", "true", 1, 0, None])
async def test_bypass_is_a_bool_and_nothing_like_it(
    kms: ScriptedKMS, clock: VirtualClock, bypass: Any
) -> None:
    """``"false"`` from an environment variable must not make a key unmanageable."""
    async with client_of(kms.url) as client:
        with pytest.raises(TypeError, match="must be True or False"):
            await key_policies(client, clock).put(KEY_ID, "{}", bypass_policy_lockout_safety_check=bypass)
    assert kms.requests == []


async def test_parameters_that_botocore_refuses(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """botocore's own validation of parameters is translated as well."""
    async with client_of(kms.url) as client:
        with pytest.raises(errors.NoAnswerError, match="Invalid length for parameter Policy") as caught:
            await key_policies(client, clock).put(KEY_ID, "")
    assert (caught.value.code, caught.value.attempts) == ("ParamValidationError", 0)
    assert kms.requests == []


@pytest.mark.parametrize(
    ("key_id", "message"),
    [
        ("", "1 to 2,048 characters, not 0"),
        ("k" * 2049, "1 to 2,048 characters, not 2,049"),
        ("alias/app", "is an alias"),
        ("arn:aws:kms:us-east-1:111122223333:alias/app", "is an alias"),
        (None, "a key id must be text, not NoneType"),
    ],
)
async def test_key_ids_that_are_refused(
    kms: ScriptedKMS, clock: VirtualClock, key_id: str, message: str
) -> None:
    """What cannot be a key id is refused before anything is sent."""
    async with client_of(kms.url) as client:
        with pytest.raises(errors.KeyIdError, match=message):
            await key_policies(client, clock).put(key_id, "{}")
    assert kms.requests == []


@pytest.mark.parametrize(
    "key_id", ["k", "k" * 2048, "mrk-1234", "arn:aws:kms:us-east-1:111122223333:key/alias/"]
)
async def test_key_ids_that_are_accepted(kms: ScriptedKMS, clock: VirtualClock, key_id: str) -> None:
    """Any other text of 1 to 2048 characters is left to KMS to judge."""
    async with client_of(kms.url) as client:
        await key_policies(client, clock).put(key_id, "{}")
    assert kms.requests[0][1]["KeyId"] == key_id


@pytest.mark.parametrize(
    ("policy", "message"),
    [({"Statement": []}, "not dict; see Policy.from_dict"), (None, "not NoneType"), (b"{}", "not bytes")],
    ids=str,
)
async def test_policies_that_are_refused(
    kms: ScriptedKMS, clock: VirtualClock, policy: str, message: str
) -> None:
    """What is neither a Policy nor text is refused before anything is sent."""
    async with client_of(kms.url) as client:
        with pytest.raises(errors.PolicyDocumentError, match=message):
            await key_policies(client, clock).put(KEY_ID, policy)
    assert kms.requests == []


async def test_one_client_many_facades(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """However many KeyPolicies share a client, each request is counted once."""
    async with client_of(kms.url) as client:
        for _ in range(5):
            result = await key_policies(client, clock).put(KEY_ID, "{}")
            assert result.attempts == 1


async def test_translate_errors_for_a_call_of_ones_own(kms: ScriptedKMS) -> None:
    """``translate_errors`` gives a caller's create_key the same tree, and passes other errors on."""
    kms.answers(Error("MalformedPolicyDocumentException", message=LOCKOUT))
    async with client_of(kms.url) as client:
        with pytest.raises(errors.PolicyLockoutException) as caught, translate_errors():
            await client.create_key(Policy="{}")
        assert (caught.value.key_id, caught.value.attempts) == (None, 1)
        assert isinstance(caught.value.__cause__, client.exceptions.MalformedPolicyDocumentException)
        kms.answers(Error("NotFoundException"))
        with pytest.raises(errors.NotFoundException) as caught_again, translate_errors(KEY_ID):
            await client.describe_key(KeyId=KEY_ID)
        assert caught_again.value.key_id == KEY_ID
        with pytest.raises(ZeroDivisionError), translate_errors():
            raise ZeroDivisionError


async def test_translate_errors_does_not_call_a_doubt_safe(
    kms: ScriptedKMS, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A create_key that was dropped may have made a key; repeating it would make another."""
    monkeypatch.setattr("aiobotocore.endpoint.asyncio", SimpleNamespace(sleep=at_once))
    for answer, retry_safe, unknown in (
        (Drop(), False, True),
        (Raw(503), False, True),
        (Error("ThrottlingException"), True, False),
    ):
        kms.answers(answer)
        async with client_of(kms.url) as client:
            with pytest.raises(errors.CallError) as caught, translate_errors():
                await client.create_key()
        assert (caught.value.is_retry_safe, caught.value.outcome_unknown) == (retry_safe, unknown)
        assert 1 <= caught.value.attempts <= len(kms.requests)


async def test_the_example_on_moto(moto_url: str, clock: VirtualClock, example_text: str) -> None:
    """The example, built from values, is put on a key of another project's server and reads back as it was."""
    async with client_of(moto_url) as client:
        key_id = (await client.create_key())["KeyMetadata"]["KeyId"]
        result = await key_policies(client, clock).put(key_id, example_from_values())
        stored = await client.get_key_policy(KeyId=key_id, PolicyName="default")
        with pytest.raises(errors.NotFoundException) as caught:
            await key_policies(client, clock).put(f"{key_id[:-4]}0000", example_from_values())
    assert result.key_id == key_id
    assert Policy.from_json(stored["Policy"]) == Policy.from_json(example_text)
    assert stored["Policy"] == example_from_values().to_json()
    assert (caught.value.code, caught.value.status, caught.value.attempts) == ("NotFoundException", 400, 1)
