"""What the tests of many keys share: a client that takes its time, items without end, the tasks of others."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import count
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from client_support import ACCOUNT, ADMIN
from kmspolicy import Guard, KeyPolicies, Policy, Principal, allow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy.testing import VirtualClock


POLICY = Policy([ADMIN, allow("kms:Sign").to(Principal.user(ACCOUNT, "alice"))])


class Paced:
    """A client that takes its time, notes when requests came, and throttles as KMS does above a rate."""

    def __init__(self, clock: VirtualClock, *, takes: float = 0.05, quota: int | None = None) -> None:
        self.clock = clock
        self.takes = takes
        self.quota = quota
        self.came: list[float] = []
        self.throttled: list[float] = []
        self.under_way = 0
        self.most = 0
        self._last: deque[float] = deque()

    async def put_key_policy(self, **_: Any) -> dict[str, Any]:
        now = self.clock()
        self.came.append(now)
        while self._last and self._last[0] <= now - 1 + 1e-6:
            self._last.popleft()
        if self.quota is not None and len(self._last) >= self.quota:
            self.throttled.append(now)
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutKeyPolicy")
        self._last.append(now)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.clock.sleep(self.takes)
        finally:
            self.under_way -= 1
        return {}

    get_key_policy = list_key_policies = put_key_policy


def facade(client: Paced, clock: VirtualClock, **more: Any) -> KeyPolicies:
    """The facade over such a client."""
    return KeyPolicies(client, guard=Guard(refuse=None), sleep=clock.sleep, clock=clock, **more)


def endless() -> Iterator[tuple[str, Policy]]:
    """Keys for ever."""
    return ((f"key-{number}", POLICY) for number in count())


def others() -> set[asyncio.Task[Any]]:
    """The tasks beside this one."""
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}
