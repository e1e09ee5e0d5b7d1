"""Each HTTP library that aiobotocore can use: what fails in it is classified alike."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, NamedTuple

import pytest

from http_support import (
    Answer,
    Backend,
    Drip,
    Drop,
    Error,
    Hang,
    Ok,
    Raw,
    ScriptedKMS,
    Truncate,
    client_of,
    scripted_kms,
)
from kmspolicy import Guard, KeyPolicies, Retry, errors
from put_support import TIMEOUT, key_policies
from support import KEY_ID

if TYPE_CHECKING:
    from kmspolicy.testing import VirtualClock

BACKENDS: tuple[Backend, ...] = ("aiohttp", "httpx")
each_backend = pytest.mark.parametrize("backend", BACKENDS)


class Failure(NamedTuple):
    """What a caller can do with an error."""

    error: type[errors.CallError]
    attempts: int
    is_retry_safe: bool
    outcome_unknown: bool


LOST = Failure(errors.NoAnswerError, 3, is_retry_safe=True, outcome_unknown=True)
FAILURES: dict[str, tuple[Answer, Failure]] = {
    "dropped": (Drop(), LOST),
    "truncated": (Truncate(), LOST),
    "hangs": (Hang(), LOST),
    "500 without a body": (
        Raw(500),
        Failure(errors.UnknownServiceError, 3, is_retry_safe=True, outcome_unknown=True),
    ),
    "429 without a code": (
        Raw(429),
        Failure(errors.ThrottlingException, 3, is_retry_safe=True, outcome_unknown=False),
    ),
    "429 of a proxy": (
        Raw(429, b"<html>Slow down.</html>"),
        Failure(errors.ThrottlingException, 3, is_retry_safe=True, outcome_unknown=False),
    ),
    "time-out in KMS": (
        Error(TIMEOUT, 503),
        Failure(errors.DependencyTimeoutException, 3, is_retry_safe=True, outcome_unknown=True),
    ),
    "refused": (
        Error("LimitExceededException"),
        Failure(errors.LimitExceededException, 1, is_retry_safe=False, outcome_unknown=False),
    ),
}


@each_backend
@pytest.mark.parametrize("name", FAILURES)
async def test_failures(clock: VirtualClock, name: str, backend: Backend) -> None:
    """The outcome, whether to retry, how many requests were sent, and no hint where the network is to blame."""
    answer, expected = FAILURES[name]
    async with scripted_kms() as kms, client_of(kms.url, backend=backend, read_timeout=0.1) as client:
        kms.answers(answer)
        with pytest.raises(errors.CallError) as caught:
            await key_policies(client, clock, Retry(3)).put(KEY_ID, "{}")
        error = caught.value
        assert isinstance(error, expected.error)
        assert Failure(expected.error, error.attempts, error.is_retry_safe, error.outcome_unknown) == expected
        assert len(kms.requests) == expected.attempts
        assert "is the client still open" not in str(error)
        kms.answers(answer, Ok())
        if expected.is_retry_safe:
            assert (await key_policies(client, clock).put(KEY_ID, "{}")).attempts == 2


@each_backend
async def test_connection_refused(clock: VirtualClock, backend: Backend) -> None:
    """Where nobody listens, the write certainly did not take effect."""
    async with client_of("http://127.0.0.1:9", backend=backend) as client:
        with pytest.raises(errors.NoAnswerError) as caught:
            await key_policies(client, clock).put(KEY_ID, "{}")
    error = caught.value
    assert (error.code, error.attempts) == ("EndpointConnectionError", 4)
    assert (error.is_retry_safe, error.outcome_unknown) == (True, False)


@each_backend
async def test_no_tls(clock: VirtualClock, backend: Backend) -> None:
    """A server that does not speak TLS has not read the request."""
    async with (
        scripted_kms() as kms,
        client_of(kms.url.replace("http:", "https:"), backend=backend) as client,
    ):
        with pytest.raises(errors.NoAnswerError) as caught:
            await key_policies(client, clock, Retry(1)).put(KEY_ID, "{}")
        assert caught.value.code in (
            "SSLError",
            "EndpointConnectionError",
        )  # as older versions of aiobotocore say
        assert (caught.value.outcome_unknown, kms.requests) == (False, [])


@each_backend
async def test_a_cancelled_call(backend: Backend) -> None:
    """It ends at once, and the client can be used again."""
    async with scripted_kms() as kms, client_of(kms.url, backend=backend) as client:
        kms.answers(Hang(), Ok())
        policies = KeyPolicies(client, guard=Guard(refuse=None))
        task = asyncio.create_task(policies.put(KEY_ID, "{}"))
        await kms.arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await policies.put(KEY_ID, "{}")).attempts == 1


async def test_httpx_does_not_follow_redirects(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """A redirect is an answer that is not from KMS."""
    kms.answers(Raw(302))
    async with client_of(kms.url, backend="httpx") as client:
        with pytest.raises(errors.NoAnswerError, match=r"the answer is a redirect \(HTTP 302\)") as caught:
            await key_policies(client, clock).put(KEY_ID, "{}")
    assert (caught.value.code, len(kms.requests)) == ("NotFromKMS", 1)


@each_backend
@pytest.mark.parametrize("start", [5, 20, 50], ids=["status", "headers", "body"])
async def test_a_server_that_is_slow_at_any_byte(start: int, backend: Backend) -> None:
    """Each byte comes before the client's time-out; the deadline ends the call, and what became of the write is not known."""
    async with scripted_kms() as kms, client_of(kms.url, backend=backend, read_timeout=5) as client:
        kms.answers(Drip(start))
        with pytest.raises(errors.NoAnswerError) as caught:
            await KeyPolicies(client, guard=Guard(refuse=None), retry=Retry(3, deadline=0.2)).put(
                KEY_ID, "{}"
            )
        error = caught.value
        assert (error.attempts, error.outcome_unknown, error.is_retry_safe) == (1, True, True)


HUGE = 30_000_000


@each_backend
async def test_an_answer_of_thirty_megabytes_to_a_put(clock: VirtualClock, backend: Backend) -> None:
    """KMS sends none: it is not believed, and what became of the write is not known."""
    async with scripted_kms() as kms, client_of(kms.url, backend=backend) as client:
        kms.answers(Raw(200, b"x" * HUGE))
        with pytest.raises(errors.NoAnswerError) as caught:
            await key_policies(client, clock).put(KEY_ID, "{}")
        assert (caught.value.code, caught.value.attempts, caught.value.outcome_unknown) == (
            "NotFromKMS",
            1,
            True,
        )


@each_backend
async def test_a_policy_of_thirty_megabytes(clock: VirtualClock, backend: Backend) -> None:
    """It is read no further than a policy can be long, and the error says so in a few words."""
    async with scripted_kms() as kms, client_of(kms.url, backend=backend) as client:
        kms.answers(Raw(200, json.dumps({"Policy": "[" * HUGE}).encode()))
        with pytest.raises(errors.PolicyDocumentError) as caught:
            await key_policies(client, clock).get(KEY_ID)
        assert len(str(caught.value)) < 1_000
