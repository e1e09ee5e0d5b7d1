"""Two writers on each key of a KMS that fails: no write is lost, except where it arrived between the other's read and put.

The server's log proves it of each put: it directly follows a read of the same writer, and keeps what that read showed of the
other one. ``KMSPOLICY_FAULT_OPERATIONS`` and ``KMSPOLICY_FAULT_SEED`` are those of the other run.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections import Counter
from contextlib import AsyncExitStack
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs
from aiohttp import web

from faulty_kms import FAULTS, Fault, reordered
from http_support import client_of, serving, url_of
from kmspolicy import (
    KeyPolicies,
    Many,
    Policy,
    Principal,
    PutResult,
    Retry,
    Statement,
    errors,
    statements,
)
from kmspolicy.testing import VirtualClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kmspolicy import Plan

OPERATIONS = int(os.environ.get("KMSPOLICY_FAULT_OPERATIONS", "400"))
SEED = int(os.environ.get("KMSPOLICY_FAULT_SEED", "7"))
PAIRS = 4
SHARE = 0.2  # of all requests fail
ADMIN = statements.enable_iam_policies("111122223333")
ALICE = Principal.user("111122223333", "alice")
ACTIONS = ("kms:Sign", "kms:Verify", "kms:GetPublicKey", "kms:DescribeKey")
SEES_ALL = (
    "ensure",
    "ensure_many",
)  # these say what the whole policy is: what they read of others, they take out on purpose


# --- the server ------------------------------------------------------------------------------------


class Event(NamedTuple):
    """A request of a writer, in the order in which they were handled.

    Attributes:
        writer: Who sent it.
        operation: What it was.
        text: The policy that a read showed, or that a put is to write.
        is_good: Whether the read was answered well.
        written: Whether the put was written.
        before: The policy that the key had before.
    """

    writer: str
    operation: str
    text: str
    is_good: bool
    written: bool
    before: str


class SharedKMS:
    """A KMS that fails, and keeps a log."""

    def __init__(self, seed: int, keys: list[str]) -> None:
        self.random = Random(seed)  # noqa: S311 - for a reproducible run
        self.texts = {key: Policy([ADMIN]).to_json() for key in keys}
        self.log: dict[str, list[Event]] = {key: [] for key in keys}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        operation = request.headers["X-Amz-Target"].removeprefix("TrentService.")
        credential = re.search("Credential=([^/]+)/", request.headers["Authorization"])
        assert credential is not None
        kinds = [fault for fault in FAULTS[operation] if fault.how != "stale"]
        fault = self.random.choice(kinds) if self.random.random() < SHARE else None
        for _ in range(self.random.randrange(4)):  # so that requests arrive in any order
            await asyncio.sleep(0)
        text = self._do(credential[1], operation, body, fault)
        for _ in range(self.random.randrange(4)):
            await asyncio.sleep(0)
        if fault is None or fault.answered:
            return web.Response(text=None if text is None else json.dumps({"Policy": text}))
        return await self._fail(request, fault)

    def _do(self, writer: str, operation: str, body: dict[str, Any], fault: Fault | None) -> str | None:
        """Read or write, note it, and return the text that a read shows."""
        key, is_good = body["KeyId"], fault is None or fault.answered
        before = self.texts[key]
        written = False
        if operation == "GetKeyPolicy":
            text = before if fault is None else reordered(before, self.random)
        else:
            text = body["Policy"]
            written = is_good or (fault is not None and fault.undecided and self.random.random() < 0.5)
        if written:
            self.texts[key] = text
        self.log[key].append(Event(writer, operation, text, is_good, written, before))
        return text if operation == "GetKeyPolicy" else None

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.how == "error":
            answer = {"__type": fault.code, "message": self.random.choice(fault.messages)}
            return web.json_response(answer, status=fault.status)
        if fault.how in {"empty", "bare"}:
            return web.Response(status=fault.status, text="" if fault.how == "empty" else "{}")
        response = web.StreamResponse(headers={"Content-Length": "100"})
        if fault.how == "truncate":
            await response.prepare(request)
            await response.write(b"{")
        assert request.transport is not None
        request.transport.abort()
        return response


# --- the writers -----------------------------------------------------------------------------------


def statements_of(writer: str, text: str) -> dict[str, object]:
    """Return the statements of a writer, which their Sids tell, in the normal form of their actions."""
    return {
        str(it.sid): sorted(it.actions)
        for it in Policy.from_json(text).statements
        if str(it.sid).startswith(f"{writer} ")
    }


async def only(many: Many[PutResult]) -> PutResult:
    """Return the only result."""
    [result] = [result async for result in many]
    return result.unwrap()


class Writer:
    """One of two who change the same keys."""

    def __init__(self, name: str, keys: list[str], policies: KeyPolicies, seed: int) -> None:
        self.name = name
        self.keys = keys
        self.policies = policies
        self.random = Random(f"{seed} {name}")  # noqa: S311 - for a reproducible run

    def statement(self) -> Statement:
        actions = self.random.sample(ACTIONS, self.random.randint(1, len(ACTIONS)))
        sid = f"{self.name} {self.random.randrange(3)}"
        return Statement("Allow", principal=ALICE, action=actions, resource="*", sid=sid)

    def changed(self, policy: Policy) -> Policy:
        """Put a statement of ours into the place of the one with its Sid, or at the end."""
        mine = self.statement()
        others = [it for it in policy.statements if it.sid != mine.sid]
        return Policy([*others, mine])

    async def apply(self, key: str) -> PutResult:
        return await self.policies.apply(await self._reviewed(key))

    async def apply_many(self, key: str) -> PutResult:
        return await only(self.policies.apply_many([await self._reviewed(key)], rate=15.0))

    async def _reviewed(self, key: str) -> Plan:
        """Make a plan that changes nothing of the other one: the policy is still the one that it was made of."""
        read = await self.policies.get(key)
        plan = await self.policies.plan(key, self.changed(read))
        if statements_of("", plan.current_text) != statements_of("", read.to_json()) or plan.current != read:
            raise errors.PolicyChangedError(key, read.to_json(), plan.current_text)
        return plan

    async def ensure(self, key: str) -> PutResult:
        return await self.policies.ensure(key, self.changed(await self.policies.get(key)))

    async def ensure_many(self, key: str) -> PutResult:
        policy = self.changed(await self.policies.get(key))
        return await only(self.policies.ensure_many([(key, policy)], rate=15.0))

    async def edit(self, key: str) -> PutResult:
        return await self.policies.edit(key, self.changed)

    async def edit_many(self, key: str) -> PutResult:
        return await only(self.policies.edit_many([key], self.changed, rate=15.0))

    async def add_statement(self, key: str) -> PutResult:
        return await self.policies.add_statement(key, self.statement())

    async def remove_statement(self, key: str) -> PutResult:
        return await self.policies.remove_statement(key, str(self.statement().sid))

    async def exchange_statement(self, key: str) -> PutResult:
        return await self.policies.exchange_statement(key, self.statement())


VERBS: dict[str, Callable[[Writer, str], Awaitable[PutResult]]] = {
    verb.__name__: verb
    for verb in (
        Writer.apply,
        Writer.apply_many,
        Writer.ensure,
        Writer.ensure_many,
        Writer.edit,
        Writer.edit_many,
        Writer.add_statement,
        Writer.remove_statement,
        Writer.exchange_statement,
    )
}


# --- the proof -------------------------------------------------------------------------------------


@attrs.define
class Figures:
    """What became of all operations."""

    operations: int = 0
    endings: Counter[str] = attrs.field(factory=Counter[str])
    puts: int = 0
    written: int = 0
    overwritten: int = 0

    def __str__(self) -> str:
        return "\n".join([
            f"{self.operations:,} operations of two writers per key: {dict(self.endings.most_common())}",
            f"{self.puts:,} puts, each directly after a read; {self.written:,} were written, and kept what the read showed of the other",
            f"{self.overwritten:,} of them overwrote a write that arrived between the answer to the read and the put; no other write was lost",
        ])  # fmt: skip


def prove(events: list[Event], begun: int, verb: str, writer: str, figures: Figures) -> list[Event]:
    """Hold the requests of an operation to what they may do; return its puts.

    Args:
        events: All requests for the key, of both writers.
        begun: How many there were before the operation.
        verb: What it was.
        writer: Whose it was.
        figures: Where to count.
    """
    other = {"a": "b", "b": "a"}[writer[-1]]
    other = f"{writer[:-1]}{other}"
    mine = [
        (number, event) for number, event in enumerate(events) if number >= begun and event.writer == writer
    ]
    puts: list[Event] = []
    for (read_at, read), (put_at, put) in pairwise(mine):
        if put.operation != "PutKeyPolicy":
            continue
        puts.append(put)
        assert (read.operation, read.is_good) == ("GetKeyPolicy", True), f"{verb}: a put follows {read}"
        shown, kept = statements_of(other, read.text), statements_of(other, put.text)
        assert shown == kept or verb in SEES_ALL, f"{verb}: the read showed {shown}, the put has {kept}"
        if put.written:
            meanwhile = any(event.written for event in events[read_at + 1 : put_at])
            lost = statements_of(other, put.before) != shown
            assert meanwhile or not lost, f"{verb}: lost {statements_of(other, put.before)}"
            figures.overwritten += lost
    assert not mine or mine[0][1].operation == "GetKeyPolicy", f"{verb}: the first request is a put"
    figures.puts += len(puts)
    figures.written += sum(put.written for put in puts)
    return puts


async def work(writer: Writer, kms: SharedKMS, operations: int, figures: Figures) -> None:
    """Do so many operations, and hold each to what the server saw."""
    for _ in range(operations):
        key, verb = writer.random.choice(writer.keys), writer.random.choice([*VERBS])
        begun = len(kms.log[key])
        result: PutResult | Exception
        try:
            result = await VERBS[verb](writer, key)
        except errors.KeyPolicyError as error:
            result = error
        puts = prove(kms.log[key], begun, verb, writer.name, figures)
        figures.operations += 1
        figures.endings[ending(result)] += 1
        match result:
            case PutResult():
                assert result.attempts == len(puts), f"{verb}: {result}, {puts}"
                assert puts if result.changed else not any(put.written for put in puts), (
                    f"{verb}: {result}, {puts}"
                )
            case errors.PolicyChangedError() | errors.ServiceError():
                known = not result.outcome_unknown
                assert not (known and any(put.written for put in puts)), f"{verb}: {result!r}, {puts}"
            case _:
                assert isinstance(result, (errors.SidError, errors.NoAnswerError)), repr(result)


def ending(result: PutResult | Exception) -> str:
    """Name what an operation ended in."""
    if isinstance(result, PutResult):
        return "put" if result.changed else "nothing to do"
    return type(result).__name__


async def run(operations: int, seed: int) -> Figures:
    """Let pairs of writers work."""
    figures = Figures()
    keys = [f"key-{pair}-{number}" for pair in range(PAIRS) for number in range(2)]
    kms = SharedKMS(seed, keys)
    async with serving(kms.handle) as server, AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        for pair in range(PAIRS):
            for name in (f"{pair}a", f"{pair}b"):
                client = await stack.enter_async_context(client_of(url_of(server), access_key=name))
                clock = VirtualClock()
                retry = Retry(propagation=12.0 if pair % 2 else None)
                policies = KeyPolicies(client, retry=retry, sleep=clock.sleep, clock=clock)
                mine = [key for key in keys if key.startswith(f"key-{pair}-")]
                share = operations // (2 * PAIRS)
                group.create_task(work(Writer(name, mine, policies, seed), kms, share, figures))
    return figures


async def test_two_writers() -> None:
    """Every operation of both ends in a result or a typed error, and the log shows that no write was lost unseen."""
    figures = await run(OPERATIONS, SEED)
    print(f"\n{figures}")  # noqa: T201 - the figures are what this is for
    assert figures.operations == OPERATIONS
    assert figures.written > figures.operations / 4
