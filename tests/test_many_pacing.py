"""Many keys at a time: how fast requests leave."""

from __future__ import annotations

from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from kmspolicy import KeyPolicies, Retry, errors
from kmspolicy._client._pace import Pace
from kmspolicy.testing import FakeKMS
from many_support import POLICY, Paced, endless, facade

if TYPE_CHECKING:
    from kmspolicy.testing import VirtualClock


@pytest.mark.parametrize("concurrency", [1, 8, 50])
async def test_the_rate_is_held(clock: VirtualClock, concurrency: int) -> None:
    """15.0 requests per second, within 2 %, over 60 seconds, and KMS never throttles."""
    client = Paced(clock, quota=15)
    began = clock()
    async with facade(client, clock).put_many(endless(), concurrency=concurrency) as results:
        async for result in results:
            assert result.error is None
            if clock() >= began + 60:
                break
    sent = sum(came <= began + 60 for came in client.came)
    assert 15.0 * 0.98 <= sent / 60 <= 15.0 * 1.02
    assert client.throttled == []


async def test_the_bucket_holds_one(clock: VirtualClock) -> None:
    """A pause saves nothing up."""
    client = Paced(clock, takes=0)
    async with facade(client, clock).put_many(endless(), rate=10, concurrency=1) as results:
        await anext(results)
        await clock.sleep(60)
        await anext(results)
        await anext(results)
        await anext(results)
    spaces = [round(b - a, 6) for a, b in pairwise(client.came)]
    assert all(space >= 0.1 for space in spaces)


async def test_without_pacing(clock: VirtualClock) -> None:
    """As fast as the concurrency lets it."""
    client = Paced(clock, takes=1)
    results = facade(client, clock).put_many(islice(endless(), 80), rate=None)
    began = clock()
    assert [result.error async for result in results] == [None] * 80
    assert clock() - began == 10


async def test_repeats_count_against_the_rate(fake: FakeKMS, clock: VirtualClock) -> None:
    """Each request takes a token, those of retries as well."""
    times: list[float] = []

    class Noting(FakeKMS):
        async def put_key_policy(self, **parameters: Any) -> dict[str, Any]:
            times.append(clock())
            return await super().put_key_policy(**parameters)

    noting = Noting()
    keys = [noting.add_key() for _ in range(30)]
    noting.fail("KMSInternalException", times=20)
    policies = KeyPolicies(noting, retry=Retry(30, first_delay=0), sleep=clock.sleep, clock=clock)
    many = policies.put_many([(key, POLICY) for key in keys], rate=10)
    assert [result.error async for result in many] == [None] * 30
    assert len(times) == 50
    assert all(b - a >= 0.1 - 1e-9 for a, b in pairwise(times))
    assert fake.calls == []


async def test_slower_after_throttling(clock: VirtualClock) -> None:
    """With a quota of half the rate it finds a pace that gets all done, with few throttling answers."""
    client = Paced(clock, quota=7)
    policies = facade(client, clock, retry=Retry(20, deadline=None))
    results = [result async for result in policies.put_many(islice(endless(), 400), rate=15)]
    assert all(result.error is None for result in results)
    assert 0 < len(client.throttled) < 0.2 * len(client.came)


async def test_only_throttling_makes_slower(clock: VirtualClock) -> None:
    """And it does so at once; afterwards the pace comes back, a little with each request."""

    class Failing(Paced):
        async def put_key_policy(self, **_: Any) -> dict[str, Any]:
            self.came.append(clock())
            code = {3: "KMSInternalException", 10: "ThrottlingException", 11: "ThrottlingException"}
            if len(self.came) in code:
                raise ClientError({"Error": {"Code": code[len(self.came)]}}, "PutKeyPolicy")
            return {}

    client = Failing(clock)
    policies = facade(client, clock, retry=Retry(5, first_delay=0, deadline=None))
    results = [result async for result in policies.put_many(islice(endless(), 150), rate=10, concurrency=1)]
    assert all(result.error is None for result in results)
    spaces = [round(b - a, 6) for a, b in pairwise(client.came)]
    assert set(spaces[:9]) == {0.1}
    assert (spaces[9], spaces[10]) == (0.2, 0.38)
    assert spaces[10:] == sorted(spaces[10:], reverse=True)
    assert set(spaces[60:]) == {0.1}


async def test_a_stall_does_not_hand_out_tokens_in_advance(clock: VirtualClock) -> None:
    """Who waits in line gets tokens by the clock: after a stall of the program no burst follows."""
    client = Paced(clock, takes=0)
    async with facade(client, clock).put_many(endless(), rate=15, concurrency=40) as results:
        await anext(results)
        clock.now += 2.5  # the program did something else
        began = clock()
        for _ in range(60):
            await anext(results)
    after = [came for came in client.came if came >= began]
    assert all(sum(begin <= came < begin + 1 for came in after) <= 16 for begin in after)


async def test_waiting_for_a_token_is_no_part_of_the_deadline(clock: VirtualClock) -> None:
    """The deadline is for KMS to answer; an answer that came is not forgotten over a wait of our own."""
    client = Paced(clock, takes=0, quota=0)
    policies = facade(client, clock, retry=Retry(3, deadline=2.0, first_delay=0.01))
    many = policies.put_many(islice(endless(), 12), rate=5)
    results = [result.error async for result in many]
    assert {type(error) for error in results} == {errors.ThrottlingException}
    assert {getattr(error, "attempts", 0) for error in results} == {3}
    forever = facade(client, clock, retry=Retry(2, deadline=None, first_delay=0))
    assert [type(r.error) async for r in forever.put_many(islice(endless(), 1))] == [
        errors.ThrottlingException
    ]


async def test_a_token_that_is_given_back_too_late(clock: VirtualClock) -> None:
    """If the time of the next token has come meanwhile, there is nothing to give back."""
    pace = Pace(10, clock.sleep, clock)
    first = await pace.take()
    second = await pace.take()
    pace.give_back(first)
    began = clock()
    third = await pace.take()
    assert (round(second - first, 6), round(third - second, 6)) == (0.1, 0.1)
    assert round(clock() - began, 6) == 0.1


async def test_a_clock_that_goes_back(clock: VirtualClock) -> None:
    """Nobody waits for as long as it went back, neither for a token nor for the retries of a call."""
    client = Paced(clock, takes=0)
    async with facade(client, clock).put_many(endless(), rate=10, concurrency=1) as results:
        for _ in range(3):
            assert (await anext(results)).error is None
            clock.now -= 3600
    assert max(clock.slept) < 2
