"""Thousands of operations on a KMS that fails on a third of them: each has an ending, and each key what was written.

``KMSPOLICY_FAULT_OPERATIONS`` says how many, ``KMSPOLICY_FAULT_SEED`` which; the same seed means the same operations, which
meet the same faults, slow answers aside, as it is the machine that decides what is slow.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from contextlib import AsyncExitStack
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import attrs

from faulty_kms import FaultyKMS, Key
from http_support import Mode, client_of
from kmspolicy import (
    Condition,
    KeyPolicies,
    Plan,
    Policy,
    Principal,
    PutResult,
    Retry,
    Statement,
    allow,
    diff,
    errors,
    statements,
)
from kmspolicy.testing import VirtualClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from types_aiobotocore_kms import KMSClient

    from kmspolicy import Many

    Change: TypeAlias = Callable[[Policy], Policy | str]

OPERATIONS = int(os.environ.get("KMSPOLICY_FAULT_OPERATIONS", "1500"))
SEED = int(os.environ.get("KMSPOLICY_FAULT_SEED", "7"))
SHARE = 0.44  # some operations end before the request that was to fail
SLOW = 0.03
IMPATIENCE = 0.1
WORKERS = 8
KEYS = 12
MODES: tuple[Mode, ...] = ("legacy", "standard", "adaptive")

ACCOUNT = "111122223333"
ADMIN = statements.enable_iam_policies(ACCOUNT)
LOCKED = Policy([allow("kms:Sign").to(Principal.user(ACCOUNT, "alice"))])
WHO = [
    Principal.user(ACCOUNT, "alice"),
    Principal.user(ACCOUNT, "alice") | Principal.account("444455556666") | Principal.role(ACCOUNT, "app"),
    Principal.account("444455556666"),
]
SIDS = [f"statement {number}" for number in range(6)]


# --- what there is to do ---------------------------------------------------------------------------


@attrs.frozen
class Operation:
    """Something to do with one key.

    Attributes:
        run: Does it.
        change: What it makes of the policy that it reads; None for what writes nothing.
        requests: About how many requests it takes.
    """

    run: Callable[[KeyPolicies], Awaitable[object]]
    change: Change | None = None
    requests: int = 1


class Work:
    """A source of random operations.

    Attributes:
        random: Chooses.
        expected: What the keys must hold.
    """

    def __init__(self, kms: FaultyKMS, number: int, seed: int) -> None:
        self.random = Random(f"{seed} worker {number}")  # noqa: S311 - for a reproducible run
        self.expected = {name: key.text for name, key in kms.keys.items() if name.startswith(f"{number}-")}
        self._kms = kms

    def some_statement(self) -> Statement:
        condition = self.random.choice([None, Condition("StringEquals", "kms:CallerAccount", [ACCOUNT])])
        actions = self.random.choice([["kms:Sign"], ["kms:Sign", "kms:Verify", "kms:GetPublicKey"]])
        who, sid = self.random.choice(WHO), self.random.choice(SIDS)
        return Statement("Allow", principal=who, action=actions, resource="*", condition=condition, sid=sid)

    def some_policy(self) -> Policy | str:
        by_sid = {statement.sid: statement for statement in (self.some_statement() for _ in range(3))}
        policy = Policy([ADMIN, *by_sid.values()])
        return policy.to_json(indent=2) if self.random.random() < 0.2 else policy

    def another_puts(self, key_id: str) -> None:
        """Let somebody else change a key."""
        self.expected[key_id] = text_of(self.some_policy())
        self._kms.keys[key_id].put(self.expected[key_id])

    def put(self, key_id: str) -> Operation:
        policy = self.some_policy()
        return Operation(lambda policies: policies.put(key_id, policy), partial(instead, policy))

    def put_and_wait(self, key_id: str) -> Operation:
        policy = self.some_policy()
        wait = self.random.choice([1, 6])
        return Operation(
            lambda policies: policies.put(key_id, policy, wait=wait), partial(instead, policy), 4
        )

    def get(self, key_id: str) -> Operation:
        return Operation(lambda policies: policies.get(key_id))

    def get_text(self, key_id: str) -> Operation:
        return Operation(lambda policies: policies.get_text(key_id))

    def names(self, key_id: str) -> Operation:
        return Operation(lambda policies: policies.names(key_id))

    def plan(self, key_id: str) -> Operation:
        policy = self.some_policy()
        return Operation(lambda policies: policies.plan(key_id, policy), partial(instead, policy))

    def plan_and_apply(self, key_id: str) -> Operation:
        policy = self.some_policy()

        async def run(policies: KeyPolicies) -> object:
            return await policies.apply(await policies.plan(key_id, policy))

        return Operation(run, partial(instead, policy), 3)

    def apply_too_late(self, key_id: str) -> Operation:
        policy = self.some_policy()

        async def run(policies: KeyPolicies) -> object:
            plan = await policies.plan(key_id, policy)
            self.another_puts(key_id)
            return await policies.apply(plan)

        return Operation(run, partial(instead, policy), 2)

    def ensure(self, key_id: str) -> Operation:
        policy = self.some_policy()
        return Operation(lambda policies: policies.ensure(key_id, policy), partial(instead, policy), 3)

    def ensure_again(self, key_id: str) -> Operation:
        text = self.expected[key_id]
        return Operation(lambda policies: policies.ensure(key_id, text), partial(instead, text))

    def edit(self, key_id: str) -> Operation:
        statement = self.some_statement()

        def change(policy: Policy) -> Policy:
            return Policy([*(other for other in policy.statements if other.sid != statement.sid), statement])

        return Operation(lambda policies: policies.edit(key_id, change), change, 3)

    def edit_meanwhile(self, key_id: str) -> Operation:
        statement = self.some_statement()
        meanwhile = iter(range(self.random.randint(1, 3)))  # as often as edit tries, at most

        def change(policy: Policy) -> Policy:
            if next(meanwhile, None) is not None:
                self.another_puts(key_id)
            return Policy([ADMIN, statement])

        return Operation(
            lambda policies: policies.edit(key_id, change), lambda _: Policy([ADMIN, statement]), 5
        )

    def add_statement(self, key_id: str) -> Operation:
        statement = self.some_statement()

        def change(policy: Policy) -> Policy:
            same = [other for other in policy.statements if other.sid == statement.sid]
            if same and diff(Policy(same), Policy(statement)):
                raise errors.SidError
            return policy if same else policy.with_statement(statement)

        return Operation(lambda policies: policies.add_statement(key_id, statement), change, 3)

    def remove_statement(self, key_id: str) -> Operation:
        sid = self.random.choice(SIDS)
        return Operation(
            lambda policies: policies.remove_statement(key_id, sid),
            lambda policy: policy.without_statement(sid),
            3,
        )

    def exchange_statement(self, key_id: str) -> Operation:
        statement = self.some_statement()
        return Operation(
            lambda policies: policies.exchange_statement(key_id, statement),
            lambda policy: policy.exchange_statement(statement),
            3,
        )

    def put_locked(self, key_id: str) -> Operation:
        return Operation(lambda policies: policies.put(key_id, LOCKED))


ONE: dict[str, tuple[int, Callable[[Work, str], Operation]]] = {
    "put": (24, Work.put),
    "put and wait": (3, Work.put_and_wait),
    "get": (14, Work.get),
    "get text": (4, Work.get_text),
    "names": (8, Work.names),
    "plan": (5, Work.plan),
    "plan and apply": (5, Work.plan_and_apply),
    "apply too late": (2, Work.apply_too_late),
    "ensure": (5, Work.ensure),
    "ensure again": (3, Work.ensure_again),
    "edit": (4, Work.edit),
    "edit meanwhile": (2, Work.edit_meanwhile),
    "add statement": (6, Work.add_statement),
    "remove statement": (5, Work.remove_statement),
    "exchange statement": (3, Work.exchange_statement),
    "put locked": (1, Work.put_locked),
}
MANY = {"put many": 3, "plan many": 2, "ensure many": 2, "get many": 2}


# --- who does it, and holds the keys to what was written -------------------------------------------


@attrs.define
class Figures:
    """What became of all operations."""

    seed: int
    operations: int = 0
    faulted: int = 0
    requests: int = 0
    seconds: float = 0.0
    endings: Counter[tuple[str, str]] = attrs.field(factory=Counter[tuple[str, str]])
    faults: Counter[str] = attrs.field(factory=Counter[str])
    unknown: Counter[str] = attrs.field(factory=Counter[str])
    exact: int = 0
    keys: int = 0
    tasks: int = 0
    connections: int = 0

    def __str__(self) -> str:
        share = self.faulted / self.operations
        kinds: dict[str, list[str]] = {}
        for (kind, ending), number in sorted(self.endings.items(), key=lambda item: (item[0][0], -item[1])):
            kinds.setdefault(kind, []).append(f"{number:,} {ending}")
        return "\n".join([
            f"{self.operations:,} operations with seed {self.seed} in {self.seconds:.1f} s: {self.requests:,} requests",
            f"{self.faulted:,} operations met {self.faults.total():,} faults, {share:.0%} of all:",
            *(f"  {number:6,} {name}" for name, number in sorted(self.faults.items())),
            f"{self.endings.total():,} operations ended:",
            *(f"  {kind}: {', '.join(endings)}" for kind, endings in kinds.items()),
            f"{self.unknown.total():,} outcomes were unknown: {dict(self.unknown)}",
            f"{self.exact:,} accounts of requests agree with the server's",
            f"{self.keys} keys hold what was written last; tasks left: {self.tasks}, connections: {self.connections}",
        ])  # fmt: skip


class Worker(Work):
    """Do operations on keys of its own, one at a time for each."""

    def __init__(
        self, number: int, kms: FaultyKMS, clients: dict[float, KMSClient], figures: Figures
    ) -> None:
        super().__init__(kms, number, figures.seed)
        self._figures = figures
        self._clock = VirtualClock()
        propagation = 12.0 if number % 2 else None
        self._patient = self._facade(clients[30.0], Retry(propagation=propagation))
        self._impatient = [
            self._facade(clients[IMPATIENCE], Retry(3)),
            self._facade(clients[30.0], Retry(3, deadline=IMPATIENCE, first_delay=0)),
        ]

    def _facade(self, client: KMSClient, retry: Retry) -> KeyPolicies:
        return KeyPolicies(client, retry=retry, sleep=self._clock.sleep, clock=self._clock)

    async def work(self, operations: int) -> None:
        """Do so many operations."""
        weights = {kind: weight for kind, (weight, _) in ONE.items()} | MANY
        while operations:
            kind = self.random.choices([*weights], [*weights.values()])[0]
            if kind in ONE:
                await self._one(kind)
                operations -= 1
            else:
                operations -= await self._many(kind, self.random.randint(1, min(operations, 5)))

    async def _one(self, kind: str) -> None:
        key_id = self.random.choice([*self.expected])
        operation = ONE[kind][1](self, key_id)
        key = self._kms.begin(key_id, operation.requests)
        policies = self._facade_for(key)
        value: object = None
        error: Exception | None = None
        try:
            value = await operation.run(policies)
        except errors.KeyPolicyError as caught:
            error = caught
        await settled(key)
        self._account(Case(kind, operation.change, key_id, key, policies is self._patient), value, error)

    async def _many(self, kind: str, number: int) -> int:
        work = {key_id: self.some_policy() for key_id in self.random.sample([*self.expected], number)}
        keys = [self._kms.begin(key_id, 3 if kind == "ensure many" else 1) for key_id in work]
        policies = self._facade_for(*keys)
        rate = self.random.choice([None, 15.0])
        many: Many[Any]
        match kind:
            case "put many":
                many = policies.put_many(work.items(), rate=rate, concurrency=3)
            case "ensure many":
                many = policies.ensure_many(work.items(), rate=rate, concurrency=3)
            case "plan many":
                many = policies.plan_many(work.items(), rate=rate, concurrency=3)
            case _:
                many = policies.get_many(work, rate=rate, concurrency=3)
        async with many:
            results = {result.key_id: result async for result in many}
        assert set(results) == set(work)
        await settled(*keys)
        for key, (key_id, policy) in zip(keys, work.items(), strict=True):
            case = Case(kind, partial(instead, policy), key_id, key, policies is self._patient)
            self._account(case, results[key_id].value, results[key_id].error)
        return number

    def _facade_for(self, *keys: Key) -> KeyPolicies:
        """Choose one that does not wait where an answer will be slow."""
        slow = any(key.plan is not None and key.plan.slow for key in keys)
        return self.random.choice(self._impatient) if slow else self._patient

    def _account(self, case: Case, value: object, error: Exception | None) -> None:
        """Hold an operation to what it said, and its key to what was written."""
        key, old = case.key, self.expected[case.key_id]
        new, unknown = old, False
        if error is None:
            ending = case.result(value)
            new = case.wanted if isinstance(value, PutResult) and value.changed else old
            if isinstance(value, PutResult) and value.request_id is None and same(key.text, old):
                new = old  # the answer to a put was lost, and then there was nothing to do: the read before was stale
        else:
            ending = type(error).__name__
            case.error(error)
            if isinstance(error, errors.WaitTimeoutError):
                new = case.wanted
            elif isinstance(error, (errors.CallError, errors.PolicyChangedError)) and error.outcome_unknown:
                unknown = True
                new = old if same(key.text, old) else case.wanted
        assert same(key.text, new), f"{case}: {ending}, and yet the key has {key.text}, not {new}"
        self.expected[case.key_id] = key.text
        figures = self._figures
        figures.operations += 1
        figures.faulted += key.faulted
        figures.endings[case.kind, ending] += 1
        figures.exact += case.exact and any(
            isinstance(it, (errors.CallError, PutResult)) for it in (value, error)
        )
        if unknown:
            figures.unknown["written" if key.text != old else "not written"] += 1
        for seen in key.seen:
            if seen.fault:
                figures.faults[f"{seen.fault}{' after the write' if seen.written else ''}"] += 1


class Case(NamedTuple):
    """An operation that has ended.

    Attributes:
        change: What it was to make of the policy that it read; None for what writes nothing.
        exact: Whether what the server saw is what the client sent: not where the client does not wait.
    """

    kind: str
    change: Change | None
    key_id: str
    key: Key
    exact: bool

    def __str__(self) -> str:
        seen = [f"{seen.operation}{f' {seen.fault}' if seen.fault else ''}" for seen in self.key.seen]
        return f"{self.kind} of key {self.key_id} ({', '.join(seen)})"

    @property
    def puts(self) -> int:
        """How many requests to write came."""
        return sum(seen.operation == "PutKeyPolicy" for seen in self.key.seen)

    @property
    def doubtful(self) -> bool:
        """Whether a write may have taken effect, for all that the caller knows."""
        return any(
            seen.fault is not None and seen.fault.undecided
            for seen in self.key.seen
            if seen.operation == "PutKeyPolicy"
        )

    @property
    def wanted(self) -> str:
        """The text that the operation was to write, from what it read before."""
        assert self.change is not None, f"{self} wrote"
        reads = self.key.reads[: self.key.begun]
        return text_of(self.change(Policy.from_json(reads[-1]) if reads else LOCKED))

    def result(self, value: object) -> str:
        """Hold a result to what the server saw; name it."""
        assert isinstance(value, PutResult) or not self.puts, str(self)
        last = self.key.reads[-1] if self.key.reads else ""
        match value:
            case PutResult(changed=True):
                assert value.key_id == self.key_id
                assert value.attempts == self.puts or (value.attempts > self.puts and not self.exact), str(
                    self
                )
                return "put"
            case PutResult():
                assert self.change is not None
                assert value.attempts == self.puts == 0
                found = Policy.from_json(last)
                assert not diff(found, policy_of(self.change(found))), str(self)
                return "nothing to do"
            case Plan():
                assert self.change is not None
                assert (value.current_text, value.new_text) == (
                    last,
                    text_of(self.change(value.current)),
                )
                assert bool(value) == bool(diff(Policy.from_json(last), value.new))
                return "planned"
            case Policy():
                assert value == Policy.from_json(last), str(self)
            case _:
                assert value in (last, ("default",)), str(self)
        return "read"

    def error(self, error: Exception) -> None:
        """Hold an error to what the server saw."""
        reads = self.key.reads
        match error:
            case errors.CallError():
                assert error.key_id == self.key_id
                if self.exact:
                    self._call_error(error)
            case errors.PolicyChangedError():
                assert error.found == reads[-1]
                assert not same(error.planned, error.found), str(self)
                if self.exact:
                    assert (error.attempts, error.outcome_unknown) == (self.puts, self.doubtful), str(self)
            case errors.SidError():
                assert self.change is not None
                assert isinstance(refusal(self.change, Policy.from_json(reads[-1])), errors.SidError)
            case errors.WaitTimeoutError():
                assert (error.found, bool(self.puts)) == (reads[-1], True)
            case _:
                assert isinstance(error, errors.PolicyCheckError)
                assert not self.key.seen

    def _call_error(self, error: errors.CallError) -> None:
        """Hold the error of a call to the requests of this call; that of a put to all puts, with reads in between."""
        writes = [seen for seen in self.key.seen if seen.operation == "PutKeyPolicy"]
        answered = bool(writes) and writes[-1].fault is None  # then a read after the put has failed
        last = self.key.seen[-1 if writes and self.key.seen[-1] is writes[-1] else -2 :][0]
        call = writes if last in writes and not answered else self.key.tail
        assert (error.attempts, error.code) == (len(call), call[-1].code), f"{self}: {error!r}"
        assert error.outcome_unknown == (answered or self.doubtful), f"{self}: {error!r}"


def instead(policy: Policy | str, _: Policy) -> Policy | str:
    """Put a policy in the place of another, whatever that is."""
    return policy


def text_of(policy: Policy | str) -> str:
    """Return what is put."""
    return policy if isinstance(policy, str) else policy.to_json()


def same(one: str, other: str) -> bool:
    """Return whether two texts are the same document."""
    return one == other or not diff(Policy.from_json(one), Policy.from_json(other))


def policy_of(policy: Policy | str) -> Policy:
    """Return what it means."""
    return Policy.from_json(policy) if isinstance(policy, str) else policy


def refusal(change: Change, policy: Policy) -> Exception | None:
    """Return the error that a change ends in."""
    try:
        change(policy)
    except errors.KeyPolicyError as error:
        return error
    return None


async def settled(*keys: Key) -> None:
    """Let the server learn which connections were given up."""
    rounds = 20 if any(key.plan is not None and key.plan.slow for key in keys) else 0
    while rounds or any(key.under_way for key in keys):
        rounds = max(0, rounds - 1)
        await asyncio.sleep(0)


def shares(operations: int) -> Iterator[int]:
    """Say how much each worker does."""
    for number in range(WORKERS):
        yield operations // WORKERS + (number < operations % WORKERS)


async def run(operations: int, seed: int, *, slow: float = SLOW) -> Figures:
    """Do so many operations, and hold what is left to what was written."""
    figures, began = Figures(seed), time.perf_counter()
    policies = {
        f"{worker}-{key}": Policy([ADMIN]).to_json() for worker in range(WORKERS) for key in range(KEYS)
    }
    kms = FaultyKMS(seed, policies, share=SHARE, slow=slow)
    async with kms.running():
        async with AsyncExitStack() as stack:
            clients = {
                mode: {
                    patience: await stack.enter_async_context(
                        client_of(kms.url, mode=mode, read_timeout=patience)
                    )
                    for patience in (30.0, IMPATIENCE)
                }
                for mode in MODES
            }
            workers = [Worker(n, kms, clients[MODES[n % 3]], figures) for n in range(WORKERS)]
            async with asyncio.TaskGroup() as group:
                for worker, share in zip(workers, shares(operations), strict=True):
                    group.create_task(worker.work(share))
        async with asyncio.timeout(10):
            while kms.connections:  # noqa: ASYNC110 - the server's progress
                await asyncio.sleep(0)
        figures.connections = kms.connections
        figures.tasks = len(asyncio.all_tasks()) - 1
    figures.requests, figures.seconds = kms.requests, time.perf_counter() - began
    expected = {key_id: text for worker in workers for key_id, text in worker.expected.items()}
    assert {key_id: key.text for key_id, key in kms.keys.items()} == expected
    figures.keys = len(expected)
    return figures


async def test_faults() -> None:
    """Every operation ends in a result or a typed error; keys hold what was written; nothing is left behind."""
    figures = await run(OPERATIONS, SEED)
    print(f"\n{figures}")  # noqa: T201 - the figures are what this is for
    assert figures.operations == figures.endings.total() == OPERATIONS
    assert figures.faulted >= OPERATIONS / 3
    assert (figures.tasks, figures.connections) == (0, 0)


async def test_a_seed_says_it_all() -> None:
    """The same seed gives the same operations, faults and endings; another gives others."""
    first, second, other = [await run(200, seed, slow=0) for seed in (1, 1, 2)]
    assert (first.endings, first.faults, first.requests) == (second.endings, second.faults, second.requests)
    assert first.faults != other.faults
