"""Many keys at a time: results, what is given, and how much at once."""

from __future__ import annotations

import asyncio
import gc
import json
from collections import deque
from itertools import count, islice
from typing import TYPE_CHECKING, Any

import pytest

from client_support import ACCOUNT, ADMIN
from kmspolicy import KeyPolicies, Plan, Policy, Principal, PutResult, allow, errors
from many_support import POLICY, Paced, endless, facade, others

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from kmspolicy import Many
    from kmspolicy.testing import FakeKMS, VirtualClock


LOCKED = Policy([allow("kms:Sign").to(Principal.user(ACCOUNT, "alice"))])
NOWHERE = "1234abcd-12ab-34cd-56ef-999999999999"


async def test_each_key_has_a_result(fake: FakeKMS, policies: KeyPolicies) -> None:
    """A success or its error; one that fails does not stop the others."""
    keys = [fake.add_key() for _ in range(20)]
    items: list[tuple[str, Policy]] = [(key, POLICY) for key in keys]
    items[3] = (keys[3], LOCKED)
    items[5] = (NOWHERE, POLICY)
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
        keys[3]: PutResult,
        keys[4]: PutResult,
        keys[5]: PutResult,
        "": errors.KeyIdError,
    }
    written = [key for key, result in found.items() if result.error is None and result.unwrap().changed]
    assert sorted(written) == [keys[0], keys[4], keys[5]]
    assert "expected a plan, such as result.unwrap() of plan_many, not 7" in str(found[""].error)
    assert clock() - began == pytest.approx(1.5)  # three puts, and the one for which nothing was left to do
    assert [fake.policy(key) == Policy([ADMIN]) for key in keys] == [True, False, False, False, True, True]


async def test_policies_are_ensured_on_many_keys(fake: FakeKMS, policies: KeyPolicies) -> None:
    """Only those that do not have theirs are written; what is refused is a result."""
    keys = [fake.add_key(policy) for policy in (POLICY, Policy([ADMIN]), Policy([ADMIN]))]
    wanted = [POLICY, POLICY, LOCKED]
    async with policies.ensure_many(zip(keys, wanted, strict=True)) as results:
        found = {result.key_id: result async for result in results}
    assert [found[key].unwrap().changed for key in keys[:2]] == [False, True]
    assert isinstance(found[keys[2]].error, errors.PolicyCheckError)
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


async def test_policies_are_edited_on_many_keys(fake: FakeKMS, policies: KeyPolicies) -> None:
    """One function changes them all; an error is the result of its key alone."""
    keys = [fake.add_key(Policy([ADMIN])), fake.add_key(POLICY), NOWHERE]

    def add(policy: Policy) -> Policy:
        return policy if policy == POLICY else policy.with_statement(POLICY.statements[1])

    async with policies.edit_many(keys, add) as results:
        found = {result.key_id: result async for result in results}
    assert [found[key].unwrap().changed for key in keys[:2]] == [True, False]
    assert isinstance(found[NOWHERE].error, errors.NotFoundException)
    assert fake.policy(keys[0]) == POLICY
    with pytest.raises(ValueError, match="tries must be an integer of 1 or more"):
        policies.edit_many(keys, add, tries=0)


@pytest.mark.parametrize("concurrency", [1, 2, 8])
async def test_a_key_that_comes_again(clock: VirtualClock, concurrency: int) -> None:
    """It waits for the one before, whatever the concurrency and the spelling; other keys do not wait."""

    class Noting(Paced):
        async def put_key_policy(self, **parameters: Any) -> dict[str, Any]:
            key = parameters["KeyId"].rpartition("/")[2]
            came.append((key, len(json.loads(parameters["Policy"])["Statement"])))
            assert key not in under_way
            under_way.add(key)
            answer = await super().put_key_policy(**parameters)
            under_way.discard(key)
            return answer

    came: list[tuple[str, int]] = []
    under_way: set[str] = set()
    arn = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/key-0"
    items = [("key-0", POLICY), (arn, Policy([ADMIN])), ("key-1", POLICY), ("key-0", POLICY)]
    many = facade(Noting(clock), clock).put_many(items, rate=None, concurrency=concurrency)
    began = clock()
    assert [result.error async for result in many] == [None] * 4
    assert [size for key, size in came if key == "key-0"] == [2, 1, 2]
    assert round(clock() - began, 6) == (0.2 if concurrency == 1 else 0.15)


async def test_only_keys_under_way_are_remembered(clock: VirtualClock) -> None:
    """Millions of keys take no more memory than a few."""

    def deques() -> list[deque[Any]]:
        return [it for it in gc.get_objects() if isinstance(it, deque)]

    many = facade(Paced(clock), clock).put_many(islice(endless(), 50), rate=None, concurrency=3)
    kept = deques()  # so that no new one has the address of one of these
    before = set(map(id, kept))
    async with many:
        counted = [sum(id(it) not in before for it in deques()) async for _ in many]
    assert (max(counted), counted[-1]) == (3, 0), "one line for each key under way, of those that come again"


async def test_a_key_that_comes_again_holds_nobody_up(clock: VirtualClock) -> None:
    """Who took it goes on with the next key: of A, A, B and C, two at a time, B begins with the first A."""
    items = [("A", POLICY), ("A", POLICY), ("B", POLICY), ("C", POLICY)]
    many = facade(Paced(clock), clock).put_many(items, rate=None, concurrency=2)
    began = clock()
    assert [result.error async for result in many] == [None] * 4
    assert round(clock() - began, 6) == 0.1


async def test_a_result_is_neither_true_nor_false(fake: FakeKMS, policies: KeyPolicies) -> None:
    """It could mean that the work succeeded, or that anything was written."""
    result = await anext(policies.put_many([(fake.add_key(), POLICY)]))
    with pytest.raises(TypeError, match="a KeyResult is neither true nor false"):
        bool(result)  # pyrefly: ignore[invalid-argument]


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
