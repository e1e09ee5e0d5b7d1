"""Many keys over HTTP: connections that break and clients that are closed half-way."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import pytest

from http_support import Answer, Drop, Error, Hang, Ok, ScriptedKMS, client_of
from kmspolicy import KeyPolicies, PutResult, Retry, errors
from support import example_from_values

if TYPE_CHECKING:
    from kmspolicy.testing import VirtualClock

POLICY = example_from_values()
ITEMS = [(f"key-{number}", POLICY) for number in range(60)]


# aiobotocore 3.8 opens sessions for what is asked of a client that was closed, and forgets them.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_client_that_is_closed_half_way(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """Each key has a result all the same: what came before is put, the rest is an error of its own."""
    async with client_of(kms.url) as client:
        policies = KeyPolicies(client, sleep=clock.sleep, clock=clock)
        many = policies.put_many(ITEMS, rate=None, concurrency=4)
        results = [await anext(many) for _ in range(10)]
    sent = len(kms.requests)
    results += [result async for result in many]
    assert sorted(result.key_id for result in results) == sorted(key for key, _ in ITEMS)
    assert {type(result.error) for result in results} == {type(None), errors.NoAnswerError}
    assert sum(result.error is None for result in results) <= sent
    assert len(kms.requests) - sent <= 4
    del client, policies, many, results  # and with them the sessions
    gc.collect()


async def test_each_request_is_accounted_for(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """The attempts of all results are the requests that the server saw."""
    script: list[Answer] = [Drop(), Error("KMSInternalException", 500), Ok(), Error("ThrottlingException")]
    kms.answers(*script * 20, Ok())
    async with client_of(kms.url) as client:
        policies = KeyPolicies(client, sleep=clock.sleep, clock=clock)
        async with policies.put_many(ITEMS) as many:
            results = [result async for result in many]
    attempts = 0
    for result in results:
        if isinstance(result.error, errors.CallError):
            attempts += result.error.attempts
        else:
            assert isinstance(result.value, PutResult)
            attempts += result.value.attempts
    assert attempts == len(kms.requests) > len(ITEMS)


async def test_leaving_cuts_requests_under_way(kms: ScriptedKMS, clock: VirtualClock) -> None:
    """They are not waited for; whether they were written is not known, and of which keys, is."""
    kms.answers(*[Ok()] * 3, Hang())
    async with client_of(kms.url) as client:
        policies = KeyPolicies(client, retry=Retry(deadline=None), sleep=clock.sleep, clock=clock)
        async with policies.put_many(ITEMS, rate=None, concurrency=4) as many:
            done = {(await anext(many)).key_id for _ in range(3)}
            while len(kms.requests) < 7:  # noqa: ASYNC110 - another program's progress
                await asyncio.sleep(0.001)
        server = {task for task in asyncio.all_tasks() if "RequestHandler" in repr(task.get_coro())}
        assert asyncio.all_tasks() - server == {asyncio.current_task()}
    asked = {request["KeyId"] for _, request in kms.requests}
    assert set(many.pending) == asked - done
