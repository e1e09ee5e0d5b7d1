"""Many keys at a time: leaving early, from several places, and what is left behind."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from many_support import POLICY, Paced, endless, facade, others

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from kmspolicy import KeyPolicies, KeyResult, Many, Policy, PutResult
    from kmspolicy.testing import VirtualClock


async def test_leaving_by_break(clock: VirtualClock) -> None:
    """No task is left, no request is sent any more, and what may have been written is known."""
    client = Paced(clock)
    async with facade(client, clock).put_many(endless(), rate=None) as results:
        async for _ in results:
            break
    sent = len(client.came)
    assert others() == set()
    assert client.under_way == 0
    begun = {f"key-{number}" for number in range(sent)}
    assert set(results.pending) <= begun
    assert len(begun - set(results.pending)) == results.done == 1
    await clock.sleep(100)
    assert len(client.came) == sent
    with pytest.raises(StopAsyncIteration):
        await anext(results)


async def test_leaving_by_an_error(clock: VirtualClock) -> None:
    """The same."""
    client = Paced(clock)

    async def consume() -> None:
        async with facade(client, clock).put_many(endless(), rate=None) as results:
            async for _ in results:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await consume()
    assert others() == set()
    assert client.under_way == 0


async def test_leaving_by_cancellation(clock: VirtualClock) -> None:
    """The same, also without the context manager, while a result is waited for."""
    for managed in (True, False):
        client = Paced(clock, takes=1e6)

        async def consume(client: Paced = client, *, managed: bool = managed) -> None:
            many = facade(client, clock).put_many(endless(), rate=None)
            if managed:
                async with many as results:
                    await anext(results)
            await anext(many)

        task = asyncio.create_task(consume())
        for _ in range(40):
            await asyncio.sleep(0)
        assert client.under_way == 8
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert others() == set()
        assert (client.under_way, len(client.came)) == (0, 8)


async def test_leaving_while_items_are_waited_for(policies: KeyPolicies) -> None:
    """An asynchronous iterable that never comes is let go, and closed."""
    closed = asyncio.Event()

    async def never() -> AsyncIterator[tuple[str, Policy]]:
        try:
            await asyncio.Event().wait()
            yield "key", POLICY
        finally:
            closed.set()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01), policies.put_many(never()) as results:
            await anext(results)
    assert others() == set()
    assert closed.is_set()


async def test_an_iterator_that_is_dropped(clock: VirtualClock) -> None:
    """Without the context manager, a break stops the work as soon as the iterator is gone."""
    client = Paced(clock, takes=1e6)
    fast = Paced(clock)

    async def consume() -> None:
        async for _ in facade(fast, clock).put_many(endless(), rate=None):
            break

    await consume()
    gc.collect()
    await asyncio.sleep(0)
    sent = len(fast.came)
    await asyncio.sleep(0)
    assert others() == set()
    assert (fast.under_way, len(fast.came)) == (0, sent)
    assert client.came == []


def test_an_iterator_that_outlives_its_loop(clock: VirtualClock) -> None:
    """Nothing is left to stop."""
    client = Paced(clock)

    async def begin() -> Many[PutResult]:
        many = facade(client, clock).put_many(endless(), rate=None)
        await anext(many)
        return many

    with ThreadPoolExecutor(1) as thread:  # asyncio.run forgets the loop of the thread it runs in
        many = thread.submit(lambda: asyncio.run(begin())).result()
    del many
    gc.collect()


async def test_two_readers(clock: VirtualClock) -> None:
    """Each result goes to one of them."""
    many = facade(Paced(clock), clock).put_many(islice(endless(), 30))

    async def read() -> list[KeyResult[PutResult]]:
        return [result async for result in many]

    first, second = await asyncio.gather(read(), read())
    assert len({result.key_id for result in (*first, *second)}) == 30


async def test_finished_tells_the_end_from_a_stop(clock: VirtualClock) -> None:
    """A reader who stopped waiting for one result has stopped all, and can see it."""
    many = facade(Paced(clock), clock).put_many(islice(endless(), 3), rate=None)
    assert not many.finished
    assert len([result async for result in many]) == 3
    assert (many.finished, many.pending, many.done) == (True, (), 3)
    await many.aclose()
    assert many.finished
    slow = facade(Paced(clock, takes=1e6), clock).put_many(islice(endless(), 3), rate=None)
    reader = asyncio.create_task(anext(slow))
    for _ in range(20):
        await asyncio.sleep(0)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert [result async for result in slow] == []
    assert (slow.finished, len(slow.pending)) == (False, 3)


async def test_stopping_before_the_beginning(clock: VirtualClock) -> None:
    """Nothing begins any more."""
    client = Paced(clock)
    many = facade(client, clock).put_many(endless(), rate=None)
    await many.aclose()
    assert [result async for result in many] == []
    assert client.came == []


async def test_a_result_whose_callback_failed_is_pending(clock: VirtualClock) -> None:
    """It was not handed out."""

    def fail(done: int, _: object) -> None:
        if done == 2:
            raise ZeroDivisionError

    many = facade(Paced(clock), clock).put_many(islice(endless(), 3), concurrency=1, rate=None, progress=fail)
    await anext(many)
    with pytest.raises(ZeroDivisionError):
        await anext(many)
    assert many.done == 1
    assert "key-1" in many.pending


async def test_two_who_stop(clock: VirtualClock) -> None:
    """Each returns when all is over, the second as well."""
    cleaned: list[str] = []

    class Slow(Paced):
        async def put_key_policy(self, **parameters: Any) -> dict[str, Any]:
            try:
                await asyncio.Event().wait()
            finally:
                await clock.sleep(5)
                cleaned.append(parameters["KeyId"])
            return {}

    many = facade(Slow(clock), clock).put_many(endless(), rate=None, concurrency=2)
    reader = asyncio.create_task(anext(many))
    for _ in range(20):
        await asyncio.sleep(0)
    reader.cancel()
    await asyncio.sleep(0)
    await many.aclose()
    assert sorted(cleaned) == ["key-0", "key-1"]
    with pytest.raises(asyncio.CancelledError):
        await reader
