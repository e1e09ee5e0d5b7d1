"""Many keys at a time: where items come from, and how they end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from many_support import POLICY, Paced, endless, facade, others

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from kmspolicy import Policy
    from kmspolicy.testing import VirtualClock


async def test_items_that_are_cancelled_from_within(clock: VirtualClock) -> None:
    """That they ended early is an error, and no end."""

    async def items() -> AsyncIterator[tuple[str, Policy]]:
        yield "key-0", POLICY
        raise asyncio.CancelledError

    many = facade(Paced(clock), clock).put_many(items())
    assert (await anext(many)).key_id == "key-0"
    with pytest.raises(RuntimeError, match="the iterable of items was cancelled from within"):
        await anext(many)


async def test_two_who_stop_while_the_items_are_closed(clock: VirtualClock) -> None:
    """The second waits until the first has closed them, and no error covers that of the reader."""
    closed: list[bool] = []

    async def items() -> AsyncIterator[tuple[str, Policy]]:
        try:
            for item in endless():
                yield item
        finally:
            await clock.sleep(5)
            closed.append(True)

    many = facade(Paced(clock, takes=1e6), clock).put_many(items(), rate=None, concurrency=2)
    async with many:
        reader = asyncio.create_task(anext(many))
        for _ in range(20):
            await asyncio.sleep(0)
        reader.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
    assert closed == [True]
    with pytest.raises(asyncio.CancelledError):
        await reader


async def test_items_whose_aclose_is_no_coroutine(clock: VirtualClock) -> None:
    """It is called, and covers no other error."""
    closed: list[bool] = []

    class Items:
        def __aiter__(self) -> Any:
            return self

        async def __anext__(self) -> tuple[str, Policy]:
            raise LookupError

        def aclose(self) -> None:
            closed.append(True)

    with pytest.raises(LookupError):
        async with facade(Paced(clock), clock).put_many(Items()) as results:
            await anext(results)
    assert closed == [True]


async def test_items_are_closed(clock: VirtualClock) -> None:
    """An asynchronous generator does what it has to do at its end before the block is left."""
    closed: list[bool] = []

    async def items() -> AsyncIterator[tuple[str, Policy]]:
        try:
            for item in endless():
                yield item
        finally:
            closed.append(True)

    async with facade(Paced(clock), clock).put_many(items(), rate=None) as results:
        await anext(results)
    assert closed == [True]


async def test_an_iterator_without_aiter(clock: VirtualClock) -> None:
    """What ``async for`` takes is taken."""

    class Numbers:
        def __init__(self) -> None:
            self.left = 3

        async def __anext__(self) -> tuple[str, Policy]:
            if not self.left:
                raise StopAsyncIteration
            self.left -= 1
            return f"key-{self.left}", POLICY

    class Items:
        def __aiter__(self) -> Any:
            return Numbers()

    items: Any = Items()
    assert len([result async for result in facade(Paced(clock), clock).put_many(items)]) == 3


async def test_the_end_of_the_items_is_asked_for_once(clock: VirtualClock) -> None:
    """As ``for`` does: a queue with a sentinel has no second one, and some iterators begin anew."""
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    for key in ("key-0", "key-1", "key-2", None):
        queue.put_nowait(key)

    class FromQueue:
        def __aiter__(self) -> Any:
            return self

        async def __anext__(self) -> tuple[str, Policy]:
            key = await queue.get()
            if key is None:
                raise StopAsyncIteration
            return key, POLICY

    class Restarting:
        def __init__(self) -> None:
            self.number = 0

        def __iter__(self) -> Any:
            return self

        def __next__(self) -> tuple[str, Policy]:
            self.number += 1
            if self.number % 3 == 0:
                raise StopIteration
            return f"key-{self.number}", POLICY

    later: Any = FromQueue()
    policies = facade(Paced(clock), clock)
    results = [result.key_id async for result in policies.put_many(later, rate=None)]
    assert sorted(results) == ["key-0", "key-1", "key-2"]
    now: Any = Restarting()
    again = [result.key_id async for result in policies.put_many(now, rate=None, concurrency=4)]
    assert sorted(again) == ["key-1", "key-2"]


async def test_items_that_seem_to_end(clock: VirtualClock) -> None:
    """As in a generator, that is an error and no end."""

    class Ending:
        def __iter__(self) -> Any:
            return self

        def __next__(self) -> tuple[str, Policy]:
            raise StopAsyncIteration

    items: Any = Ending()
    with pytest.raises(RuntimeError, match="the iterable of items raised StopAsyncIteration"):
        await anext(facade(Paced(clock), clock).put_many(items))


async def test_a_source_that_swallows_cancellation(clock: VirtualClock) -> None:
    """What it gives after the work was stopped is not written."""

    class Stubborn:
        def __init__(self) -> None:
            self.number = 0

        def __aiter__(self) -> Any:
            return self

        async def __anext__(self) -> tuple[str, Policy]:
            self.number += 1
            if self.number > 1:
                with suppress(asyncio.CancelledError):
                    await asyncio.Event().wait()
            return f"key-{self.number}", POLICY

    client = Paced(clock)
    items: Any = Stubborn()
    async with facade(client, clock).put_many(items, rate=None, concurrency=1) as results:
        await anext(results)
        for _ in range(200):
            await asyncio.sleep(0)
    assert len(client.came) == 1
    assert others() == set()
