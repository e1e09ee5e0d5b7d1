"""Many keys at a time: cancellation from within and without, and errors that are not exceptions."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectionClosedError

from kmspolicy import Policy, Retry, errors
from many_support import POLICY, Paced, endless, facade, others

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from kmspolicy.testing import VirtualClock


async def test_a_client_that_swallows_cancellation(clock: VirtualClock) -> None:
    """Leaving ends the work all the same, and nothing more is sent."""

    class Stubborn(Paced):
        async def put_key_policy(self, **parameters: Any) -> dict[str, Any]:
            self.came.append(clock())
            try:
                await asyncio.sleep(0 if parameters["KeyId"] == "key-0" else 1e6)
            except asyncio.CancelledError:
                raise ConnectionError from None
            return {}

    client = Stubborn(clock)
    async with facade(client, clock).put_many(endless(), rate=None, concurrency=2) as results:
        await anext(results)
    assert others() == set()
    assert len(client.came) <= 3
    assert not results.finished


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_a_call_that_is_cancelled_from_within(clock: VirtualClock, concurrency: int) -> None:
    """It is the result of its key, whose outcome is not known; the other keys go on."""

    class Cancelling(Paced):
        async def put_key_policy(self, **parameters: Any) -> dict[str, Any]:
            if parameters["KeyId"] == "key-1":
                raise asyncio.CancelledError
            return {}

    many = facade(Cancelling(clock), clock).put_many(islice(endless(), 10), concurrency=concurrency)
    results = {result.key_id: result.error async for result in many}
    assert len(results) == 10
    error = results.pop("key-1")
    assert isinstance(error, errors.NoAnswerError)
    assert (error.code, error.outcome_unknown, error.is_retry_safe) == ("CancelledError", True, False)
    assert set(results.values()) == {None}
    assert many.finished


@pytest.mark.parametrize("where", ["items", "client"])
async def test_what_is_no_exception_comes_out(where: str, clock: VirtualClock) -> None:
    """Such as the failure of a test's own client: the work ends with it, and is not finished."""

    def items() -> Iterator[tuple[str, Policy]]:
        yield "key-0", POLICY
        if where == "items":
            pytest.fail("of the items")
        yield "key-1", POLICY
        yield "key-2", POLICY

    class Failing(Paced):
        async def put_key_policy(self, **parameters: Any) -> dict[str, Any]:
            if parameters["KeyId"] == "key-1":
                pytest.fail("of the client")
            return {}

    many = facade(Failing(clock), clock).put_many(items(), rate=None, concurrency=1)
    assert (await anext(many)).key_id == "key-0"
    with pytest.raises(pytest.fail.Exception, match=f"of the {where}"):
        await anext(many)
    assert not many.finished
    assert many.pending == (("key-1",) if where == "client" else ())
    assert others() == set()


async def test_a_task_that_is_cancelled_from_outside(clock: VirtualClock) -> None:
    """Its key has no result: that is an error."""
    many = facade(Paced(clock, takes=1e6), clock).put_many(islice(endless(), 3), rate=None)
    reader = asyncio.create_task(anext(many))
    for _ in range(20):
        await asyncio.sleep(0)
    for task in others() - {reader}:
        task.cancel()
    with pytest.raises(RuntimeError, match="a task of the work was cancelled from outside"):
        await reader
    assert (many.finished, len(many.pending)) == (False, 3)


async def test_a_task_that_dies_while_items_are_waited_for(clock: VirtualClock) -> None:
    """Its failure is not kept until the next item, which may never come."""

    class Failing(Paced):
        async def put_key_policy(self, **_: Any) -> dict[str, Any]:
            pytest.fail("of the client")

    async def items() -> AsyncIterator[tuple[str, Policy]]:
        yield "key-0", POLICY
        await asyncio.Event().wait()

    many = facade(Failing(clock), clock).put_many(items(), rate=None)
    with pytest.raises(pytest.fail.Exception, match="of the client"):
        await anext(many)
    assert (many.finished, many.pending) == (False, ("key-0",))
    assert others() == set()


async def test_a_task_in_line_for_items_that_is_cancelled_from_outside(clock: VirtualClock) -> None:
    """It is said at once, though another task still waits for an item."""

    async def items() -> AsyncIterator[tuple[str, Policy]]:
        await asyncio.Event().wait()
        yield "key-0", POLICY

    many = facade(Paced(clock), clock).put_many(items(), rate=None, concurrency=2)
    reader = asyncio.create_task(anext(many))
    for _ in range(20):
        await asyncio.sleep(0)
    *_, in_line = sorted(others() - {reader}, key=lambda task: int(task.get_name().rpartition("-")[2]))
    in_line.cancel()
    with pytest.raises(RuntimeError, match="a task of the work was cancelled from outside"):
        await reader
    assert others() == set()


async def test_a_client_that_makes_an_error_of_a_cancellation(clock: VirtualClock) -> None:
    """It is not retried: who left wants nothing more to be sent."""

    class Translating(Paced):
        async def put_key_policy(self, **_: Any) -> dict[str, Any]:
            self.came.append(clock())
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                raise ConnectionClosedError(endpoint_url="x") from None
            return {}

    client = Translating(clock)
    policies = facade(client, clock, retry=Retry(5, first_delay=0))
    many = policies.put_many(endless(), rate=None, concurrency=2)
    reader = asyncio.create_task(anext(many))
    for _ in range(20):
        await asyncio.sleep(0)
    await many.aclose()
    assert len(client.came) == 2
    assert (await reader).error is not None or many.pending
    assert others() == set()


async def test_a_read_that_is_cancelled_from_within_wrote_nothing(clock: VirtualClock) -> None:
    """Only a put may have taken effect."""

    class Cancelling(Paced):
        async def put_key_policy(self, **_: Any) -> dict[str, Any]:
            raise asyncio.CancelledError

        get_key_policy = put_key_policy

    policies = facade(Cancelling(clock), clock)
    unknown = [
        [getattr(result.error, "outcome_unknown", None) async for result in many]
        for many in (
            policies.put_many([("key", POLICY)]),
            policies.plan_many([("key", POLICY)]),
            policies.get_many(["key"]),
        )
    ]
    assert unknown == [[True], [False], [False]]
