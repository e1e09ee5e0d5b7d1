"""Many keys at a time: callbacks that are told of results."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from many_support import POLICY, Paced, endless, facade, others

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from kmspolicy import KeyPolicies, KeyResult, Many, PutResult
    from kmspolicy.testing import FakeKMS, VirtualClock


async def test_progress(fake: FakeKMS, policies: KeyPolicies) -> None:
    """The callback gets how many are done, and each result."""
    told: list[tuple[int, str]] = []
    keys = [fake.add_key() for _ in range(5)]
    many = policies.put_many(
        [(key, POLICY) for key in keys], progress=lambda done, result: told.append((done, result.key_id))
    )
    assert [(number, result.key_id) async for number, result in _numbered(many)] == told
    read: list[int] = []
    assert [result async for result in policies.get_many(keys, progress=lambda done, _: read.append(done))]
    assert [
        result
        async for result in policies.plan_many([(keys[0], POLICY)], progress=lambda n, _: read.append(n))
    ]
    assert read == [1, 2, 3, 4, 5, 1]


async def _numbered(many: Many[PutResult]) -> AsyncIterator[tuple[int, KeyResult[PutResult]]]:
    async for result in many:
        yield many.done, result


async def test_a_callback_that_fails(clock: VirtualClock) -> None:
    """Its error comes out, and the work stops."""

    def fail(_: int, __: object) -> None:
        raise ZeroDivisionError

    client = Paced(clock)
    with pytest.raises(ZeroDivisionError):
        await anext(facade(client, clock).put_many(endless(), rate=None, progress=fail))
    assert others() == set()


def test_a_callback_that_is_async(policies: KeyPolicies) -> None:
    """It would never run."""

    async def tell(_: int, __: object) -> None: ...

    class Tell:
        async def __call__(self, _: int, __: object) -> None: ...

    for progress in (tell, Tell()):
        with pytest.raises(TypeError, match="progress must not be async"):
            policies.put_many([], progress=progress)
    nothing: Any = 7
    with pytest.raises(TypeError, match="progress must be callable, with a number and a result; 7 is not"):
        policies.put_many([], progress=nothing)


async def test_a_callback_that_seems_to_end_the_results(clock: VirtualClock) -> None:
    """As in a generator, that is an error and no end."""

    def stop(_: int, __: object) -> None:
        raise StopAsyncIteration

    many = facade(Paced(clock), clock).put_many(islice(endless(), 3), rate=None, progress=stop)
    with pytest.raises(RuntimeError, match="progress raised StopAsyncIteration"):
        await anext(many)
