"""``KeyPolicies.put`` over HTTP: how often a request is sent, beside botocore's own retries."""

from __future__ import annotations

import asyncio
import copy
import pickle
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from botocore.exceptions import ConnectionClosedError as BotocoreClosed

from http_support import Answer, Drop, Error, Mode, Ok, Raw, ScriptedKMS, Truncate, client_of
from kmspolicy import errors
from put_support import LOCKOUT, TIMEOUT, at_once, key_policies
from support import KEY_ID

if TYPE_CHECKING:
    from kmspolicy.testing import VirtualClock


MODES: list[Mode] = ["legacy", "standard", "adaptive"]
PRINCIPALS = "Policy contains a statement with one or more invalid principals."


@pytest.mark.parametrize(
    ("answer", "expected", "retry_safe", "unknown"),
    [
        (Error("NotFoundException"), errors.NotFoundException, False, False),
        (Error("NotFoundException", 404), errors.NotFoundException, False, False),
        (Error("InvalidArnException"), errors.InvalidArnException, False, False),
        (
            Error("MalformedPolicyDocumentException"),
            errors.MalformedPolicyDocumentException,
            False,
            False,
        ),
        (
            Error("MalformedPolicyDocumentException", message=LOCKOUT),
            errors.PolicyLockoutException,
            False,
            False,
        ),
        (
            Error("MalformedPolicyDocumentException", message=PRINCIPALS),
            errors.InvalidPrincipalException,
            False,
            False,
        ),
        (Error(TIMEOUT, 503), errors.DependencyTimeoutException, True, True),
        (Error(TIMEOUT, 500), errors.DependencyTimeoutException, True, True),
        (Error(TIMEOUT, 400), errors.DependencyTimeoutException, True, True),
        (Error("UnsupportedOperationException"), errors.UnsupportedOperationException, False, False),
        (Error("KMSInternalException", 500), errors.KMSInternalException, True, True),
        (Error("LimitExceededException"), errors.LimitExceededException, False, False),
        (Error("KMSInvalidStateException", 409), errors.KMSInvalidStateException, False, False),
        (Error("AccessDeniedException", 400), errors.AccessDeniedException, False, False),
        (Error("ThrottlingException"), errors.ThrottlingException, True, False),
        (Error("Throttling"), errors.ThrottlingException, True, False),
        (Error("ValidationException"), errors.ValidationException, False, False),
        (Error("SomethingNewException"), errors.UnknownServiceError, False, False),
        (Error("SomethingNewException", 503), errors.UnknownServiceError, True, True),
        (Error("com.amazonaws.kms#NotFoundException"), errors.NotFoundException, False, False),
        (Error("NotFoundException", message=""), errors.NotFoundException, False, False),
        (
            Error("MalformedPolicyDocumentException", message=""),
            errors.MalformedPolicyDocumentException,
            False,
            False,
        ),
        (Raw(500), errors.UnknownServiceError, True, True),
        (Raw(503, b"<html>"), errors.UnknownServiceError, True, True),
        (Raw(403), errors.UnknownServiceError, False, False),
        (Drop(), errors.NoAnswerError, True, True),
        (Truncate(), errors.NoAnswerError, True, True),
    ],
    ids=str,
)
@pytest.mark.parametrize("mode", MODES)
async def test_each_failure_for_ever(  # noqa: PLR0913, PLR0917 - a table
    kms: ScriptedKMS,
    clock: VirtualClock,
    mode: Mode,
    answer: Answer,
    expected: type[errors.CallError],
    retry_safe: bool,
    unknown: bool,
) -> None:
    """A failure that lasts is raised typed, after exactly as many requests as the retry allows, in every mode."""
    kms.answers(answer)
    async with client_of(kms.url, mode=mode) as client:
        with pytest.raises(errors.CallError) as caught:
            await key_policies(client, clock).put(KEY_ID, "{}")
    error = caught.value
    assert type(error) is expected
    assert len(kms.requests) == error.attempts == (4 if retry_safe else 1)
    assert len(clock.slept) == len(kms.requests) - 1
    assert (error.is_retry_safe, error.outcome_unknown, error.key_id) == (retry_safe, unknown, KEY_ID)
    assert isinstance(error.__cause__, (ClientError, BotoCoreError))
    match answer:
        case Error(code, status, message):
            assert (error.code, error.status, error.message) == (code.rpartition("#")[2], status, message)
            assert error.request_id == f"request-{error.attempts}"
        case Raw(status):
            assert (error.code, error.status, error.request_id) == (str(status), status, None)
        case _:
            assert (error.code, error.status, error.request_id) == ("ConnectionClosedError", None, None)
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):  # noqa: S301
        assert type(twin) is expected
        assert (twin.__dict__, str(twin)) == (error.__dict__, str(error))


@pytest.mark.parametrize(
    "answer",
    [
        Error(TIMEOUT, 503),
        Error(TIMEOUT, 500),
        Error(TIMEOUT, 400),
        Error("ThrottlingException"),
        Error("KMSInternalException", 500),
        Raw(500),
        Drop(),
        Truncate(),
    ],
    ids=str,
)
@pytest.mark.parametrize("mode", MODES)
async def test_each_passing_failure_once(
    kms: ScriptedKMS, clock: VirtualClock, mode: Mode, answer: Answer
) -> None:
    """A failure that passes costs one more request, and the result says so."""
    kms.answers(answer, Ok())
    async with client_of(kms.url, mode=mode) as client:
        result = await key_policies(client, clock).put(KEY_ID, "{}")
    assert len(kms.requests) == result.attempts == 2
    assert result.request_id == "request-2"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("answer", "legacy", "others"), [(Raw(503), 5, 3), (Drop(), 5, 3)], ids=str)
async def test_other_calls_keep_botocores_repeats(  # noqa: PLR0913, PLR0917 - a table
    kms: ScriptedKMS,
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
    mode: Mode,
    answer: Answer,
    legacy: int,
    others: int,
) -> None:
    """On the same client, before, between and after our calls, botocore repeats as it always did."""
    monkeypatch.setattr("aiobotocore.endpoint.asyncio", SimpleNamespace(sleep=at_once))
    async with client_of(kms.url, mode=mode) as client:
        policies = key_policies(client, clock)
        for _ in range(3):
            kms.answers(answer)
            with pytest.raises((ClientError, BotocoreClosed)):
                await client.put_key_policy(KeyId=KEY_ID, PolicyName="default", Policy="{}")
            assert len(kms.requests) == (legacy if mode == "legacy" else others)
            kms.answers(answer)
            with pytest.raises(errors.CallError):
                await policies.put(KEY_ID, "{}")
            assert len(kms.requests) == 4


@pytest.mark.parametrize("mode", MODES)
async def test_both_kinds_of_calls_at_the_same_time(
    kms: ScriptedKMS, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch, mode: Mode
) -> None:
    """A call of ours and one of the caller's own, side by side on one client, each keep their own retries."""
    monkeypatch.setattr("aiobotocore.endpoint.asyncio", SimpleNamespace(sleep=at_once))
    kms.answers(Raw(503))
    async with client_of(kms.url, mode=mode) as client:
        ours, theirs = await asyncio.gather(
            key_policies(client, clock).put("ours", "{}"),
            client.put_key_policy(KeyId="theirs", PolicyName="default", Policy="{}"),
            return_exceptions=True,
        )
    sent = [body["KeyId"] for _, body in kms.requests]
    assert (sent.count("ours"), sent.count("theirs")) == (4, 5 if mode == "legacy" else 3)
    assert isinstance(ours, errors.UnknownServiceError)
    assert isinstance(theirs, ClientError)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("answer", [Raw(503), Drop()], ids=str)
async def test_retry_none_leaves_it_to_botocore(
    kms: ScriptedKMS, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch, mode: Mode, answer: Answer
) -> None:
    """``retry=None`` repeats as the client's configuration says, and attempts still counts every request."""
    monkeypatch.setattr("aiobotocore.endpoint.asyncio", SimpleNamespace(sleep=at_once))
    kms.answers(answer)
    async with client_of(kms.url, mode=mode) as client:
        with pytest.raises(errors.CallError) as caught:
            await key_policies(client, clock, None).put(KEY_ID, "{}")
    assert caught.value.attempts == len(kms.requests) == (5 if mode == "legacy" else 3)
    assert clock.slept == []


async def test_a_doubt_is_kept(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """A refusal after a dropped connection does not say that nothing was written."""
    kms.answers(Drop(), Error("AccessDeniedException"))
    async with client_of(kms.url) as client:
        with pytest.raises(errors.AccessDeniedException) as caught:
            await key_policies(client, clock).put(KEY_ID, "{}")
    assert (caught.value.outcome_unknown, caught.value.attempts) == (True, 2)


async def test_a_doubt_is_kept_when_botocore_repeats(
    kms: ScriptedKMS, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same where the retries are botocore's own."""
    monkeypatch.setattr("aiobotocore.endpoint.asyncio", SimpleNamespace(sleep=at_once))
    for first, unknown in ((Drop(), True), (Raw(503), True), (Error("ThrottlingException"), False)):
        kms.answers(first, Error("AccessDeniedException"))
        async with client_of(kms.url) as client:
            with pytest.raises(errors.AccessDeniedException) as caught:
                await key_policies(client, clock, None).put(KEY_ID, "{}")
        assert (caught.value.outcome_unknown, caught.value.attempts) == (unknown, 2)


async def test_calls_that_succeed_in_the_end_leave_botocores_retry_quota_whole(
    kms: ScriptedKMS, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After more hiccups than the quota allows, another call on the client is still retried."""
    monkeypatch.setattr("aiobotocore.endpoint.asyncio", SimpleNamespace(sleep=at_once))
    async with client_of(kms.url, mode="standard") as client:
        policies = key_policies(client, clock)
        for _ in range(130):
            kms.answers(Raw(503), Ok())
            await policies.put(KEY_ID, "{}")
        kms.answers(Raw(503))
        with pytest.raises(ClientError):
            await client.describe_key(KeyId=KEY_ID)
    assert len(kms.requests) == 3


async def test_a_callers_own_handler_does_not_repeat(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """Whoever has botocore repeat PutKeyPolicy by a handler of their own keeps that for their own calls alone."""

    def repeat(*, attempts: int, **_: object) -> Any:
        return 0.0 if attempts < 4 else None

    async with client_of(kms.url) as client:
        client.meta.events.register("needs-retry.kms.PutKeyPolicy", repeat)
        kms.answers(Error("NotFoundException"))
        with pytest.raises(errors.NotFoundException) as caught:
            await key_policies(client, clock).put(KEY_ID, "{}")
        assert caught.value.attempts == len(kms.requests) == 1
        with pytest.raises(ClientError):
            await client.put_key_policy(KeyId=KEY_ID, PolicyName="default", Policy="{}")
    assert len(kms.requests) == 5


async def test_other_operations_inside_a_call_are_not_counted(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """A handler that asks KMS something else meanwhile does not add to our requests."""
    async with client_of(kms.url) as client:

        async def ask(**_: object) -> None:
            await client.list_keys()

        handler: Any = ask
        client.meta.events.register("before-call.kms.PutKeyPolicy", handler)
        result = await key_policies(client, clock).put(KEY_ID, "{}")
    assert [target for target, _ in kms.requests] == ["TrentService.ListKeys", "TrentService.PutKeyPolicy"]
    assert result.attempts == 1
