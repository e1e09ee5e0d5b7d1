"""A clock that moves only when somebody sleeps."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from kmspolicy.testing import VirtualClock


def test_a_clock_outlives_its_loop() -> None:
    """Who slept in a loop that has ended sleeps no more, and those in the next one do."""
    clock = VirtualClock()

    async def forget() -> None:
        task = asyncio.create_task(clock.sleep(5))
        await asyncio.sleep(0)
        assert not task.done()

    with ThreadPoolExecutor(1) as thread:  # asyncio.run forgets the loop of the thread it runs in
        thread.submit(lambda: asyncio.run(forget())).result()
        thread.submit(lambda: asyncio.run(clock.sleep(1))).result()
    assert clock.now == 1001.0


async def test_sleepers_wake_in_the_order_of_their_ends() -> None:
    """Whoever fell asleep first; one that was cancelled is not waited for."""
    clock = VirtualClock()
    woken: list[tuple[int, float]] = []

    async def sleep(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append((seconds, clock()))

    tasks = [asyncio.create_task(sleep(seconds)) for seconds in (30, 10, 20, 10, 99)]
    await asyncio.sleep(0)
    tasks[-1].cancel()
    await asyncio.wait(tasks)
    assert woken == [(10, 1010.0), (10, 1010.0), (20, 1020.0), (30, 1030.0)]
