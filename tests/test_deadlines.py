"""The deadlines of calls, which share one timer."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from kmspolicy._client._deadlines import Deadline, Deadlines

NEVER = 1000.0


async def until(deadline: Deadline) -> str:
    """Wait for ever, and tell how it ended."""
    try:
        with deadline:
            await asyncio.Event().wait()
    except TimeoutError:
        return "expired"
    raise AssertionError


async def test_each_expires_at_its_own_end() -> None:
    """One that began later and ends earlier does not wait for the others, and does not take them along."""
    deadlines = Deadlines()
    slow = asyncio.create_task(until(Deadline(deadlines, NEVER)))
    quick = [asyncio.create_task(until(Deadline(deadlines, seconds))) for seconds in (0.002, 0, 0.001)]
    assert await asyncio.gather(*quick) == ["expired"] * 3
    assert not slow.done()
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow


async def test_a_cancellation_from_outside_goes_on() -> None:
    """Where somebody else cancels at the same moment, the deadline does not swallow that."""
    deadline = Deadline(Deadlines(), NEVER)
    task = asyncio.create_task(until(deadline))
    await asyncio.sleep(0)
    task.cancel()
    deadline.expire()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelling() == 1


async def test_a_block_that_is_done_in_time() -> None:
    """No timer is left behind, and the task is not cancelled."""
    deadlines = Deadlines()
    for seconds in (0, NEVER, None):
        with Deadline(deadlines, seconds) as _:
            pass
    await asyncio.sleep(0)
    handles = getattr(asyncio.get_running_loop(), "_scheduled")  # noqa: B009 - nothing public tells it
    assert all(handle.cancelled() for handle in handles)


async def test_time_that_was_stopped_does_not_count() -> None:
    """A deadline that is stopped does not expire; it goes on with the time that was left."""

    async def work() -> bool:
        with deadline:
            stopped = deadline.stop()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            was_expired = deadline.expired
            deadline.go_on(stopped)
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
        return was_expired

    deadline = Deadline(Deadlines(), 0)
    assert (await work(), deadline.expired) == (False, True)
