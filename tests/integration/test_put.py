"""``KeyPolicies.put`` over HTTP, against a server that answers by a script and counts what reaches it."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError, CredentialRetrievalError
from botocore.exceptions import ConnectionClosedError as BotocoreClosed

from http_support import Answer, Drop, Error, Hang, Mode, Ok, Raw, ScriptedKMS, Truncate, client_of
from kmspolicy import KeyPolicies, Policy, PutResult, Retry, errors, translate_errors
from support import KEY_ID, example_from_values

if TYPE_CHECKING:
    from types_aiobotocore_kms import KMSClient

    from kmspolicy.testing import VirtualClock

MODES: list[Mode] = ["legacy", "standard", "adaptive"]
LOCKOUT = "The new key policy will not allow you to update the key policy in the future."
PRINCIPALS = "Policy contains a statement with one or more invalid principals."
TIMEOUT = "DependencyTimeoutException"


def key_policies(client: KMSClient, clock: VirtualClock, retry: Retry | None = Retry(4)) -> KeyPolicies:  # noqa: B008 - frozen
    """Return the facade with the sleeps of a virtual clock."""
    return KeyPolicies(client, check=False, retry=retry, sleep=clock.sleep, clock=clock)


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
    monkeypatch.setattr("aiobotocore.endpoint.asyncio", SimpleNamespace(sleep=_at_once))
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


async def _at_once(_seconds: float) -> None:
    """Stand in for botocore's own sleep."""


@pytest.mark.parametrize("mode", MODES)
async def test_both_kinds_of_calls_at_the_same_time(
    kms: ScriptedKMS, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch, mode: Mode
) -> None:
    """A call of ours and one of the caller's own, side by side on one client, each keep their own retries."""
    monkeypatch.setattr("aiobotocore.endpoint.asyncio", SimpleNamespace(sleep=_at_once))
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
    monkeypatch.setattr("aiobotocore.endpoint.asyncio", SimpleNamespace(sleep=_at_once))
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
    monkeypatch.setattr("aiobotocore.endpoint.asyncio", SimpleNamespace(sleep=_at_once))
    for first, unknown in ((Drop(), True), (Raw(503), True), (Error("ThrottlingException"), False)):
        kms.answers(first, Error("AccessDeniedException"))
        async with client_of(kms.url) as client:
            with pytest.raises(errors.AccessDeniedException) as caught:
                await key_policies(client, clock, None).put(KEY_ID, "{}")
        assert (caught.value.outcome_unknown, caught.value.attempts) == (unknown, 2)


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe", b"[1]", b'"x"', b"5", b'{"__type":5}', b"[" * 100_000],
    ids=lambda body: repr(body[:9]),
)
@pytest.mark.parametrize("status", [400, 502])
async def test_answers_that_botocore_cannot_read(
    kms: ScriptedKMS, clock: VirtualClock, body: bytes, status: int
) -> None:
    """A proxy's page in the answer's place makes botocore's parser fail, which counts as no answer."""
    kms.answers(Raw(status, body))
    async with client_of(kms.url) as client:
        with pytest.raises(errors.CallError) as caught:
            await key_policies(client, clock, Retry(2)).put(KEY_ID, "{}")
    error = caught.value
    assert isinstance(error, errors.NoAnswerError)
    assert error.message.startswith("the answer cannot be read: ")
    assert (error.attempts, len(kms.requests), error.outcome_unknown, error.is_retry_safe) == (
        2,
        2,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("failure", "code", "retry_safe"),
    [
        (ClientError({"Error": {"Code": "AccessDenied"}}, "AssumeRole"), "ClientError", False),
        (ClientError({"ResponseMetadata": {"RetryAttempts": 4}}, "AssumeRole"), "ClientError", False),  # type: ignore[typeddict-item]  # ty: ignore[invalid-argument-type]
        (BotocoreClosed(endpoint_url="https://sts.invalid"), "ConnectionClosedError", True),
        (CredentialRetrievalError(provider="sso", error_msg="expired"), "CredentialRetrievalError", False),
        (FileNotFoundError(2, "No such file or directory", "/var/run/token"), "FileNotFoundError", False),
        (json.JSONDecodeError("Expecting value", "", 0), "JSONDecodeError", False),
    ],
    ids=repr,
)
async def test_credentials_that_cannot_be_refreshed(
    kms: ScriptedKMS, clock: VirtualClock, failure: Exception, code: str, *, retry_safe: bool
) -> None:
    """What STS or SSO answers while a request is being signed is not KMS's answer, and nothing was sent."""

    def refresh(**_: object) -> None:
        raise failure

    async with client_of(kms.url) as client:
        client.meta.events.register("before-sign.kms.PutKeyPolicy", refresh)
        with pytest.raises(errors.NoAnswerError) as caught:
            await key_policies(client, clock).put(KEY_ID, "{}")
    error = caught.value
    assert (error.code, error.attempts, error.outcome_unknown, error.is_retry_safe) == (
        code,
        0,
        False,
        retry_safe,
    )
    assert kms.requests == []


def test_a_client_in_another_event_loop(moto_url: str) -> None:
    """It fails half-way, after the request was written: what became of it is not known."""

    async def first() -> tuple[Any, Any]:
        context = client_of(moto_url)
        client = await context.__aenter__()
        await client.list_keys()
        return context, client

    def both() -> pytest.ExceptionInfo[errors.NoAnswerError]:
        with asyncio.Runner() as one, asyncio.Runner() as two:
            context, client = one.run(first())
            with pytest.raises(errors.NoAnswerError, match="event loop in which it was created") as caught:
                two.run(KeyPolicies(client, check=False).put(KEY_ID, "{}"))
            one.run(context.__aexit__(None, None, None))
        return caught

    with ThreadPoolExecutor(1) as thread:  # whose event loops are not those of the other tests
        caught = thread.submit(both).result()
    assert (caught.value.outcome_unknown, caught.value.is_retry_safe) == (True, False)


async def test_calls_that_succeed_in_the_end_leave_botocores_retry_quota_whole(
    kms: ScriptedKMS, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After more hiccups than the quota allows, another call on the client is still retried."""
    monkeypatch.setattr("aiobotocore.endpoint.asyncio", SimpleNamespace(sleep=_at_once))
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


@pytest.mark.parametrize("bypass", ["false", "true", 1, 0, None])
async def test_bypass_is_a_bool_and_nothing_like_it(
    kms: ScriptedKMS, clock: VirtualClock, bypass: Any
) -> None:
    """``"false"`` from an environment variable must not make a key unmanageable."""
    async with client_of(kms.url) as client:
        with pytest.raises(TypeError, match="must be True or False"):
            await key_policies(client, clock).put(KEY_ID, "{}", bypass_policy_lockout_safety_check=bypass)
    assert kms.requests == []


async def test_no_attempt_starts_after_the_deadline(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """When the next delay would end after the deadline, the last error is raised at once."""
    kms.answers(Error(TIMEOUT, 503))
    retry = Retry(1000, deadline=30.0, first_delay=8.0)
    async with client_of(kms.url) as client:
        with pytest.raises(errors.DependencyTimeoutException) as caught:
            await key_policies(client, clock, retry).put(KEY_ID, "{}")
    assert 1 < caught.value.attempts < 1000
    assert clock.now < 1030.0


async def test_the_deadline_cuts_what_is_under_way(kms: ScriptedKMS) -> None:
    """A server that never answers costs no more than the deadline, and what became of the write is not known."""
    kms.answers(Hang())
    async with client_of(kms.url, read_timeout=60.0) as client:
        before = time.monotonic()
        with pytest.raises(errors.NoAnswerError, match=r"deadline of 0\.2 seconds") as caught:
            await KeyPolicies(client, check=False, retry=Retry(3, deadline=0.2)).put(KEY_ID, "{}")
        assert time.monotonic() - before < 5.0
    error = caught.value
    assert (error.attempts, len(kms.requests), error.key_id, error.code) == (1, 1, KEY_ID, "TimeoutError")
    assert (error.outcome_unknown, error.is_retry_safe) == (True, True)
    assert isinstance(error.__cause__, TimeoutError)


async def test_the_deadline_cuts_a_delay_as_well(kms: ScriptedKMS) -> None:
    """A sleep that oversleeps is cut, too; nothing was under way, so that nothing is unknown."""

    async def for_ever(_seconds: float) -> None:
        await asyncio.Event().wait()

    kms.answers(Error("ThrottlingException"))
    async with client_of(kms.url) as client:
        policies = KeyPolicies(
            client, check=False, retry=Retry(3, deadline=0.2, first_delay=0.0), sleep=for_ever
        )
        with pytest.raises(errors.NoAnswerError, match="deadline") as caught:
            await policies.put(KEY_ID, "{}")
    assert (caught.value.attempts, caught.value.outcome_unknown) == (1, False)


async def test_botocores_read_timeout(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """An answer that takes longer than the client's own read timeout counts as no answer."""
    kms.answers(Hang())
    async with client_of(kms.url, read_timeout=0.1) as client:
        with pytest.raises(errors.NoAnswerError) as caught:
            await key_policies(client, clock, Retry(2)).put(KEY_ID, "{}")
    assert (caught.value.code, caught.value.attempts, len(kms.requests)) == ("ReadTimeoutError", 2, 2)
    assert "is the client still open" not in str(caught.value)
    assert caught.value.outcome_unknown


async def test_connection_refused(clock: VirtualClock) -> None:
    """Where nobody listens, the write certainly did not take effect, and trying again is safe."""
    async with client_of("http://127.0.0.1:9") as client:
        with pytest.raises(errors.NoAnswerError) as caught:
            await key_policies(client, clock).put(KEY_ID, "{}")
    error = caught.value
    assert (error.code, error.attempts) == ("EndpointConnectionError", 4)
    assert (error.is_retry_safe, error.outcome_unknown) == (True, False)


async def test_a_host_that_does_not_exist(clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that cannot be resolved is like a refused connection."""

    async def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", getaddrinfo)
    async with client_of("http://kms.invalid") as client:
        with pytest.raises(errors.NoAnswerError) as caught:
            await key_policies(client, clock, Retry(2)).put(KEY_ID, "{}")
    assert (caught.value.is_retry_safe, caught.value.outcome_unknown) == (True, False)


async def test_no_credentials(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """Without credentials nothing is sent, and trying again is of no use."""
    async with client_of(kms.url, credentials=False) as client:
        with pytest.raises(errors.NoAnswerError) as caught:
            await key_policies(client, clock).put(KEY_ID, "{}")
    error = caught.value
    assert (error.code, error.attempts, kms.requests) == ("NoCredentialsError", 0, [])
    assert (error.is_retry_safe, error.outcome_unknown) == (False, False)


async def test_a_closed_client(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """A client that was closed gives one typed error that says so."""
    async with client_of(kms.url) as client:
        policies = key_policies(client, clock)
        await policies.put(KEY_ID, "{}")
    with pytest.raises(errors.NoAnswerError, match="is the client still open") as caught:
        await policies.put(KEY_ID, "{}")
    assert (caught.value.is_retry_safe, caught.value.outcome_unknown) == (False, False)
    assert len(kms.requests) == 1


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


@pytest.mark.parametrize("answer", [Hang(), Error(TIMEOUT, 503)], ids=["in a request", "in a delay"])
async def test_cancelling_stops_at_once(kms: ScriptedKMS, answer: Answer) -> None:
    """A task that is cancelled in a request or in a delay ends there, and leaves no task behind."""
    waits = asyncio.Event()

    async def for_ever(_seconds: float) -> None:
        waits.set()
        await asyncio.Event().wait()

    kms.answers(answer)
    async with client_of(kms.url) as client:
        policies = KeyPolicies(client, check=False, retry=Retry(5, deadline=None), sleep=for_ever)
        task = asyncio.create_task(policies.put(KEY_ID, "{}"))
        await (kms.arrived if isinstance(answer, Hang) else waits).wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        left = [repr(other) for other in asyncio.all_tasks() if other is not asyncio.current_task()]
        assert [other for other in left if "aiohttp/web_protocol" not in other] == []
    assert len(kms.requests) == 1


async def test_one_client_many_facades(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """However many KeyPolicies share a client, each request is counted once."""
    async with client_of(kms.url) as client:
        for _ in range(5):
            result = await key_policies(client, clock).put(KEY_ID, "{}")
            assert result.attempts == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'{"Policy": 1}'], ids=repr)
async def test_a_200_is_success_whatever_its_body(kms: ScriptedKMS, clock: VirtualClock, body: bytes) -> None:
    """botocore ignores the body of the answer to PutKeyPolicy, and so do we; the request id may be missing."""
    kms.answers(Raw(200, body))
    async with client_of(kms.url) as client:
        result = await key_policies(client, clock).put(KEY_ID, "{}")
    assert result == PutResult(KEY_ID, None, 1)


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
    monkeypatch.setattr("aiobotocore.endpoint.asyncio", SimpleNamespace(sleep=_at_once))
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
