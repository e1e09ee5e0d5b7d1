"""``KeyPolicies.put`` over HTTP: deadlines, cancellation, and connections, credentials and answers that fail."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, CredentialRetrievalError
from botocore.exceptions import ConnectionClosedError as BotocoreClosed

from http_support import Answer, Error, Hang, Raw, ScriptedKMS, client_of
from kmspolicy import Guard, KeyPolicies, Retry, errors
from put_support import TIMEOUT, key_policies
from support import KEY_ID

if TYPE_CHECKING:
    from kmspolicy.testing import VirtualClock


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
                two.run(KeyPolicies(client, guard=Guard(refuse=None)).put(KEY_ID, "{}"))
            one.run(context.__aexit__(None, None, None))
        return caught

    with ThreadPoolExecutor(1) as thread:  # whose event loops are not those of the other tests
        caught = thread.submit(both).result()
    assert (caught.value.outcome_unknown, caught.value.is_retry_safe) == (True, False)


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
            await KeyPolicies(client, guard=Guard(refuse=None), retry=Retry(3, deadline=0.2)).put(
                KEY_ID, "{}"
            )
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
            client, guard=Guard(refuse=None), retry=Retry(3, deadline=0.2, first_delay=0.0), sleep=for_ever
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


@pytest.mark.parametrize("answer", [Hang(), Error(TIMEOUT, 503)], ids=["in a request", "in a delay"])
async def test_cancelling_stops_at_once(kms: ScriptedKMS, answer: Answer) -> None:
    """A task that is cancelled in a request or in a delay ends there, and leaves no task behind."""
    waits = asyncio.Event()

    async def for_ever(_seconds: float) -> None:
        waits.set()
        await asyncio.Event().wait()

    kms.answers(answer)
    async with client_of(kms.url) as client:
        policies = KeyPolicies(
            client, guard=Guard(refuse=None), retry=Retry(5, deadline=None), sleep=for_ever
        )
        task = asyncio.create_task(policies.put(KEY_ID, "{}"))
        await (kms.arrived if isinstance(answer, Hang) else waits).wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        left = [repr(other) for other in asyncio.all_tasks() if other is not asyncio.current_task()]
        assert [other for other in left if "aiohttp/web_protocol" not in other] == []
    assert len(kms.requests) == 1
