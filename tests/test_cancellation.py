"""A cancellation at every await of every verb: it gets out, and leaves nothing behind."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from client_support import ADMIN
from kmspolicy import KeyPolicies, Policy, Retry
from kmspolicy.testing import VirtualClock
from many_support import others
from two_writers_support import CASES, LOST, OLD, THROTTLED, Put, Shared, add, one

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Call = Callable[[KeyPolicies, str], Awaitable[object]]


class Slow(Shared):
    """A KMS that takes a few rounds of the event loop for each call."""

    async def get_key_policy(self, **parameters: Any) -> dict[str, Any]:
        await asyncio.sleep(0)
        answer = await super().get_key_policy(**parameters)
        await asyncio.sleep(0)
        return answer

    async def put_key_policy(self, **parameters: Any) -> dict[str, Any]:
        await asyncio.sleep(0)
        try:
            return await super().put_key_policy(**parameters)
        finally:
            await asyncio.sleep(0)


OTHER_VERBS: dict[str, Call] = {
    "get": lambda policies, key: policies.get(key),
    "names": lambda policies, key: policies.names(key),
    "plan": lambda policies, key: policies.plan(key, add(OLD)),
    "put": lambda policies, key: policies.put(key, add(OLD)),
    "put and wait": lambda policies, key: policies.put(key, add(OLD), wait=9),
    "ensure and wait": lambda policies, key: policies.ensure(key, add(OLD), wait=9),
    "put_many": lambda policies, key: one(policies.put_many([(key, add(OLD))])),
}
VERBS: dict[str, Call] = {name: case.verb for name, case in CASES.items()} | OTHER_VERBS


async def cancelled_after(rounds: int, call: Call, policies: KeyPolicies, key: str) -> bool:
    """Cancel a call after so many rounds of the event loop; return whether it was still under way."""

    async def run() -> object:
        return await call(policies, key)

    task = asyncio.create_task(run())
    for _ in range(rounds):
        await asyncio.sleep(0)
    was_under_way = task.cancel()
    if was_under_way:
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelled()
    else:
        await task
    return was_under_way


@pytest.mark.parametrize("name", VERBS)
async def test_every_await(name: str) -> None:
    """Wherever it comes, no task and no timer is left, the key has the old policy or the new, and a next call works."""
    rounds = 0
    for rounds in count():
        clock = VirtualClock()

        async def one_round(seconds: float, clock: VirtualClock = clock) -> None:
            clock.now += seconds
            await asyncio.sleep(0)

        kms = Slow(clock, Put(written=False, answer=THROTTLED), Put(written=True, answer=LOST))
        policies = KeyPolicies(kms, retry=Retry(4, first_delay=0.1), sleep=one_round, clock=clock)
        if not await cancelled_after(rounds, VERBS[name], policies, kms.key):
            break
        assert others() == set()
        handles = getattr(asyncio.get_running_loop(), "_scheduled")  # noqa: B009 - nothing public tells it
        assert all(handle.cancelled() for handle in handles)
        new = CASES[name].new if name in CASES else add(OLD)
        assert kms.now in (OLD, new)
        kms.puts.clear()
        assert (await policies.put(kms.key, Policy([ADMIN]))).changed
        assert kms.now == Policy([ADMIN])
    assert rounds > 0
