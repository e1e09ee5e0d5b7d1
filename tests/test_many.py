"""Many keys at a time: results, pacing, and leaving early."""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count, islice, pairwise
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from kmspolicy import (
    KeyPolicies,
    KeyResult,
    Plan,
    Policy,
    Principal,
    PutResult,
    Retry,
    allow,
    errors,
    statements,
)
from kmspolicy.testing import FakeKMS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from kmspolicy import Many
    from kmspolicy.testing import VirtualClock

ACCOUNT = "111122223333"
ADMIN = statements.enable_iam_policies(ACCOUNT)
POLICY = Policy([ADMIN, allow("kms:Sign").to(Principal.user(ACCOUNT, "alice"))])
LOCKED = Policy([allow("kms:Sign").to(Principal.user(ACCOUNT, "alice"))])


@pytest.fixture
def fake() -> FakeKMS:
    """A KMS of its own."""
    return FakeKMS()


@pytest.fixture
def policies(fake: FakeKMS, clock: VirtualClock) -> KeyPolicies:
    """The facade over it, on a virtual clock."""
    return KeyPolicies(fake, sleep=clock.sleep, clock=clock)


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
    return KeyPolicies(client, check=False, sleep=clock.sleep, clock=clock, **more)


def endless() -> Iterator[tuple[str, Policy]]:
    """Keys for ever."""
    return ((f"key-{number}", POLICY) for number in count())


def others() -> set[asyncio.Task[Any]]:
    """The tasks beside this one."""
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


# --- results ---------------------------------------------------------------------------------------


async def test_each_key_has_a_result(fake: FakeKMS, policies: KeyPolicies) -> None:
    """A success or its error; one that fails does not stop the others."""
    keys = [fake.add_key() for _ in range(20)]
    items: list[tuple[str, Policy]] = [(key, POLICY) for key in keys]
    items[3] = (keys[3], LOCKED)
    items[5] = ("1234abcd-12ab-34cd-56ef-999999999999", POLICY)
    items[7] = ("alias/x", POLICY)
    async with policies.put_many(items) as results:
        found = {result.key_id: result async for result in results}
    assert set(found) == {key for key, _ in items}
    assert type(found[keys[3]].error) is errors.PolicyCheckError
    assert type(found[items[5][0]].error) is errors.NotFoundException
    assert type(found["alias/x"].error) is errors.KeyIdError
    good = [result for result in found.values() if result.error is None]
    assert len(good) == 17
    assert all(fake.policy(result.key_id) == POLICY for result in good)
    assert [type(result.unwrap()) for result in good] == [PutResult] * 17
    with pytest.raises(errors.PolicyCheckError):
        found[keys[3]].unwrap()
    assert others() == set()


async def test_results_come_as_they_finish(clock: VirtualClock) -> None:
    """A slow key does not hold up the others."""

    class Slow(Paced):
        async def put_key_policy(self, **parameters: Any) -> dict[str, Any]:
            await clock.sleep(10 if parameters["KeyId"] == "key-0" else 1)
            return {}

    items = islice(endless(), 5)
    results = facade(Slow(clock), clock).put_many(items, rate=None)
    assert [result.key_id async for result in results] == ["key-1", "key-2", "key-3", "key-4", "key-0"]


async def test_plans_and_policies_of_many_keys(fake: FakeKMS, policies: KeyPolicies) -> None:
    """The same for reading."""
    keys = [fake.add_key(POLICY) for _ in range(5)]
    async with policies.plan_many([(key, Policy([ADMIN])) for key in keys]) as plans:
        planned = [result.unwrap() async for result in plans]
    assert {plan.key_id for plan in planned} == set(keys)
    assert all(isinstance(plan, Plan) and plan.lost for plan in planned)
    async with policies.get_many([*keys, "alias/x"]) as got:
        read = {result.key_id: result async for result in got}
    assert [read[key].value for key in keys] == [POLICY] * 5
    assert type(read["alias/x"].error) is errors.KeyIdError
    assert {operation for operation, _ in fake.calls} == {"GetKeyPolicy"}


async def test_plans_are_applied_to_many_keys(
    fake: FakeKMS, policies: KeyPolicies, clock: VirtualClock
) -> None:
    """Paced, and each only if its key still has the policy that the plan saw."""
    keys = [fake.add_key(POLICY) for _ in range(6)]
    plans = [result.unwrap() async for result in policies.plan_many([(key, Policy([ADMIN])) for key in keys])]
    again = {plan.key_id: plan for plan in plans}
    fake.set_policy(keys[1], Policy([ADMIN, ADMIN.named("somebody else's")]))
    fake.set_policy(keys[2], Policy([ADMIN.named("the console's")]))
    unchanged = await policies.plan(keys[3], POLICY)
    began = clock()
    nothing: Any = 7
    items = [*(again[key] for key in (*keys[:3], *keys[4:])), unchanged, nothing]
    async with policies.apply_many(items, rate=2) as results:
        found = {result.key_id: result async for result in results}
    assert {key: type(result.error or result.value) for key, result in found.items()} == {
        keys[0]: PutResult,
        keys[1]: errors.PolicyChangedError,
        keys[2]: errors.PolicyChangedError,
        keys[3]: type(None),
        keys[4]: PutResult,
        keys[5]: PutResult,
        "": errors.KeyIdError,
    }
    assert "expected a plan, such as result.unwrap() of plan_many, not 7" in str(found[""].error)
    assert clock() - began == pytest.approx(1.0)
    assert [fake.policy(key) == Policy([ADMIN]) for key in keys] == [True, False, False, False, True, True]


async def test_policies_are_ensured_on_many_keys(fake: FakeKMS, policies: KeyPolicies) -> None:
    """Only those that do not have theirs are written; what is refused is a result."""
    keys = [fake.add_key(policy) for policy in (POLICY, Policy([ADMIN]), Policy([ADMIN]))]
    wanted = [POLICY, POLICY, LOCKED]
    async with policies.ensure_many(zip(keys, wanted, strict=True)) as results:
        found = {result.key_id: result async for result in results}
    assert [type(found[key].error or found[key].value) for key in keys] == [
        type(None),
        PutResult,
        errors.PolicyCheckError,
    ]
    many = policies.ensure_many([(keys[2], LOCKED)], bypass_policy_lockout_safety_check=True)
    assert [type(result.value) async for result in many] == [PutResult]
    assert [fake.policy(key) for key in keys] == wanted
    assert [operation for operation, _ in fake.calls].count("PutKeyPolicy") == 2


async def test_items_may_come_later(fake: FakeKMS, policies: KeyPolicies) -> None:
    """From an asynchronous iterable, whose items are fetched one by one."""
    keys = [fake.add_key() for _ in range(20)]

    async def items() -> AsyncIterator[tuple[str, Policy]]:
        for key in keys:
            await asyncio.sleep(0)
            yield key, POLICY

    assert {result.key_id async for result in policies.put_many(items())} == set(keys)


async def test_nothing_to_do(policies: KeyPolicies) -> None:
    """No items, no results; asking again brings none either."""
    results = policies.put_many([])
    assert [result async for result in results] == []
    assert [result async for result in results] == []
    assert others() == set()


async def test_what_bypasses_the_check(fake: FakeKMS, policies: KeyPolicies) -> None:
    """It is meant for all keys, and handed on."""
    keys = [fake.add_key() for _ in range(3)]
    items = [(key, LOCKED) for key in keys]
    many = policies.put_many(items, bypass_policy_lockout_safety_check=True)
    assert [result.error async for result in many] == [None] * 3
    plans = policies.plan_many([(keys[0], POLICY)], bypass_policy_lockout_safety_check=True)
    fake.set_policy(keys[0], Policy([ADMIN]))
    assert [result.unwrap().bypass_policy_lockout_safety_check async for result in plans] == [True]


async def test_a_key_that_is_under_way(clock: VirtualClock) -> None:
    """It is an error of its own; the write under way goes on, and the key can come again later."""
    client = Paced(clock)
    arn = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/key-0"
    items = [("key-0", POLICY), (arn, POLICY), ("key-0", POLICY), ("key-1", POLICY)]
    many = facade(client, clock).put_many(items, rate=None)
    results = [result async for result in many]
    bad = [result for result in results if result.error is not None]
    assert [result.key_id for result in bad] == [arn, "key-0"]
    assert all("is already being worked on" in str(result.error) for result in bad)
    assert {type(result.error) for result in bad} == {errors.KeyIdError}
    assert len(client.came) == 2
    again = facade(client, clock).put_many([("key-0", POLICY)] * 3, rate=None, concurrency=1)
    assert [result.error async for result in again] == [None] * 3


class NoPair:
    """What fails when it is taken apart."""

    def __iter__(self) -> Iterator[object]:
        raise LookupError


@pytest.mark.parametrize("item", [7, ("key",), ("key", POLICY, 1), None, "ab", b"ab", NoPair()])
async def test_items_that_are_no_pairs(item: Any, policies: KeyPolicies, fake: FakeKMS) -> None:
    """Their result says so, and the others go on."""
    key = fake.add_key()
    results = [result async for result in policies.put_many([item, (key, POLICY)], concurrency=1)]
    assert [type(result.error) for result in results] == [errors.KeyIdError, type(None)]
    assert "expected a pair of key id and policy" in str(results[0].error)


@pytest.mark.parametrize(("key_id", "policy"), [(7, POLICY), (None, POLICY), ("key", 7), ("key", "{")])
async def test_pairs_of_something_else(
    key_id: Any, policy: Any, policies: KeyPolicies, fake: FakeKMS
) -> None:
    """Nothing is sent."""
    results = [result async for result in policies.put_many([(key_id, policy)])]
    assert [type(result.error) for result in results] in (
        [errors.KeyIdError],
        [errors.PolicyDocumentError],
    )
    assert fake.calls == []


async def test_an_error_of_other_making(clock: VirtualClock) -> None:
    """Whatever a client raises is the result of its key."""

    class Broken(Paced):
        async def put_key_policy(self, **_: Any) -> dict[str, Any]:
            raise ZeroDivisionError

    many = facade(Broken(clock), clock).put_many(islice(endless(), 2))
    assert [type(result.error) async for result in many] == [ZeroDivisionError] * 2


async def test_items_that_fail(fake: FakeKMS, policies: KeyPolicies) -> None:
    """What was begun is finished and handed out; then the error of the iterable comes."""
    keys = [fake.add_key() for _ in range(3)]

    def items() -> Iterator[tuple[str, Policy]]:
        yield from ((key, POLICY) for key in keys)
        raise LookupError("no more")

    many = policies.put_many(items())
    assert sorted([(await anext(many)).key_id for _ in keys]) == keys
    with pytest.raises(LookupError, match="no more"):
        await anext(many)
    assert others() == set()


# --- bounds ----------------------------------------------------------------------------------------


async def test_endless_items_in_bounded_memory(clock: VirtualClock) -> None:
    """No more is begun than what is worked at, and as much again that waits to be taken."""
    taken = count()
    client = Paced(clock)
    items = ((f"key-{next(taken)}", POLICY) for _ in count())
    async with facade(client, clock).put_many(items, rate=None, concurrency=4) as results:
        for number in range(1, 101):
            await anext(results)
            await clock.sleep(100)  # a slow reader
            assert len(client.came) <= number + 8
        assert results.done == 100
    assert client.most == 4
    assert next(taken) <= 100 + 8 + 1


async def test_nothing_begins_before_it_is_asked_for(fake: FakeKMS, policies: KeyPolicies) -> None:
    """Work starts on demand."""
    many = policies.put_many([(fake.add_key(), POLICY)])
    async with many as results:
        await asyncio.sleep(0)
        assert fake.calls == []
        await anext(results)
    assert len(fake.calls) == 1


@pytest.mark.parametrize("concurrency", [0, -1, True, 1.5])
def test_concurrency(concurrency: Any, policies: KeyPolicies) -> None:
    """At least one key is worked at."""
    with pytest.raises(ValueError, match="concurrency must be an integer of 1 or more"):
        policies.put_many([], concurrency=concurrency)


@pytest.mark.parametrize("rate", [0, -1, True, "15", float("inf"), float("nan")])
def test_rates(rate: Any, policies: KeyPolicies) -> None:
    """Some requests must leave; for no pacing there is None."""
    making: list[Callable[..., Many[Any]]] = [policies.put_many, policies.plan_many, policies.get_many]
    for make in making:
        with pytest.raises(ValueError, match="rate must be a number of requests per second"):
            make([], rate=rate)


def test_items_that_are_no_iterable(policies: KeyPolicies) -> None:
    """The mistake is found where it is made."""
    nothing: Any = None
    with pytest.raises(TypeError):
        policies.put_many(nothing)


# --- pacing ----------------------------------------------------------------------------------------


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


# --- leaving early ---------------------------------------------------------------------------------


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


# --- progress --------------------------------------------------------------------------------------


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


# --- cancellation from within, and other surprises ----------------------------------------------------


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
    """It is the result of its key, whose outcome nobody knows; the other keys go on."""

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


async def test_items_that_are_cancelled_from_within(clock: VirtualClock) -> None:
    """That they ended early is an error, and no end."""

    async def items() -> AsyncIterator[tuple[str, Policy]]:
        yield "key-0", POLICY
        raise asyncio.CancelledError

    many = facade(Paced(clock), clock).put_many(items())
    assert (await anext(many)).key_id == "key-0"
    with pytest.raises(RuntimeError, match="the iterable of items was cancelled from within"):
        await anext(many)


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


def test_a_key_that_is_no_list_of_keys(policies: KeyPolicies) -> None:
    """A text is an iterable of letters, which nobody means."""
    with pytest.raises(TypeError, match="put one key into a list"):
        policies.get_many("1234abcd-12ab-34cd-56ef-1234567890ab")


async def test_a_mapping_is_no_list_of_pairs(fake: FakeKMS, policies: KeyPolicies) -> None:
    """It gives its keys alone, which is right for reading."""
    key = fake.add_key(POLICY)
    mapping: Any = {key: POLICY}
    for many in (policies.put_many, policies.plan_many, policies.ensure_many):
        with pytest.raises(TypeError, match=r"pass its \.items\(\)"):
            many(mapping)
    assert [result.value async for result in policies.get_many(mapping)] == [POLICY]


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
