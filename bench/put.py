"""What KeyPolicies.put costs over the client's own put_key_policy, against a server on loopback.

``python -m bench.put`` measures that alone; with ``--profile`` it says where the time of a put goes.
"""

from __future__ import annotations

import asyncio
import cProfile
import gc
import json
import os
import pstats
import subprocess
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, Final

from aiobotocore.session import get_session

from bench.documents import EXAMPLE
from bench.measure import Key, Results, Samples, turns
from kmspolicy import Guard, KeyPolicies, Policy

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping

    Call = Callable[[], Awaitable[object]]

_KEY_ID: Final = "1234abcd-12ab-34cd-56ef-1234567890ab"
_POLICY: Final = Policy.from_dict(EXAMPLE)
_TEXT: Final = _POLICY.to_json()
_ROUNDS: Final = 500
_CALLS: Final = 5  # in a round: short, so that most rounds are left alone by other programs

RAW: Final = Key("put", "the client's put_key_policy, of text")
TWIN: Final = Key("put", "the same of another client, to show the noise")
OURS: Final = Key("put", "put(text), unchecked")
GATHER: Final = Key("put many", "a gather over the client's put_key_policy")
MANY: Final = Key("put many", "put_many, unchecked, rate=None, concurrency=100")
GATHER_TEN: Final = Key("put many", "the gather with a semaphore, ten at a time")
MANY_TEN: Final = Key("put many", "put_many, unchecked, rate=None, concurrency=10")
_KEYS: Final = [f"1234abcd-12ab-34cd-56ef-{number:012}" for number in range(100)]


@contextmanager
def server() -> Generator[str]:
    """Run the server in a process of its own, so that it does not share our event loop."""
    command = [sys.executable, "-m", "bench.server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own code
        assert process.stdout is not None  # noqa: S101 - for the type checker
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


@asynccontextmanager
async def _client(url: str) -> AsyncGenerator[Any]:
    """Open a client as an application does; nothing in the environment has an influence."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.upper().endswith("_PROXY"):
            del os.environ[name]
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    async with get_session().create_client(
        "kms",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 - a placeholder
    ) as client:
        yield client


class _AnswersAtOnce:
    """A client with all that hangs on a real one, which sends nothing: what remains is what put itself does."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - aiobotocore has no types
        self.meta = client.meta

    async def put_key_policy(self, **_: object) -> dict[str, Any]:
        return {"ResponseMetadata": {"RequestId": "7391d0a7", "RetryAttempts": 0}}


def _calls(raw: Any, twin: Any, touched: Any) -> dict[Key, Call]:  # noqa: ANN401 - aiobotocore has no types
    """Say what is measured.

    What is put through KeyPolicies has a client of its own, for put leaves handlers with its client.
    """
    policies, checking = KeyPolicies(touched, guard=Guard(refuse=None)), KeyPolicies(touched)
    own = KeyPolicies(_AnswersAtOnce(touched), guard=Guard(refuse=None))

    def straight(client: Any, text: str) -> Awaitable[object]:  # noqa: ANN401
        sent: Awaitable[object] = client.put_key_policy(KeyId=_KEY_ID, PolicyName="default", Policy=text)
        return sent

    return {
        RAW: lambda: straight(raw, _TEXT),
        TWIN: lambda: straight(twin, _TEXT),
        OURS: lambda: policies.put(_KEY_ID, _TEXT),
        Key("put", "the client's put_key_policy, of json.dumps"): lambda: straight(raw, json.dumps(EXAMPLE)),
        Key("put", "put(policy), unchecked"): lambda: policies.put(_KEY_ID, _POLICY),
        Key("put", "put(policy), checked"): lambda: checking.put(_KEY_ID, _POLICY),
        Key("put", "put's own part: put(text), unchecked, nothing sent"): lambda: own.put(_KEY_ID, _TEXT),
    }


def _batches(raw: Any, touched: Any) -> dict[Key, Call]:  # noqa: ANN401 - aiobotocore has no types
    """Say what is measured for a hundred keys at once."""
    policies = KeyPolicies(touched, guard=Guard(refuse=None))

    def straight(key: str) -> Awaitable[object]:
        sent: Awaitable[object] = raw.put_key_policy(KeyId=key, PolicyName="default", Policy=_TEXT)
        return sent

    async def gather() -> None:
        await asyncio.gather(*map(straight, _KEYS))

    async def gather_ten() -> None:
        ten = asyncio.Semaphore(10)

        async def one(key: str) -> None:
            async with ten:
                await straight(key)

        await asyncio.gather(*map(one, _KEYS))

    async def many(concurrency: int) -> None:
        items = ((key, _TEXT) for key in _KEYS)
        async with policies.put_many(items, rate=None, concurrency=concurrency) as results:
            async for result in results:
                result.unwrap()

    return {GATHER: gather, MANY: lambda: many(100), GATHER_TEN: gather_ten, MANY_TEN: lambda: many(10)}


async def in_turns(calls: Mapping[Key, Call], *, rounds: int, number: int) -> Results:
    """Measure calls that wait, one after the other in each round; the garbage collector runs in between."""
    taken: dict[Key, list[float]] = {key: [] for key in calls}
    gc.collect()
    gc.freeze()
    for key in (*calls, *turns(tuple(calls), rounds)):  # the first round warms up
        call = calls[key]
        gc.disable()
        started = time.perf_counter()
        for _ in range(number):
            await call()
        taken[key].append((time.perf_counter() - started) / number)
        gc.enable()
    return {key: Samples(tuple(seconds[1:])) for key, seconds in taken.items()}


async def _run(url: str) -> Results:
    async with AsyncExitStack() as stack:
        raw, twin, touched = [await stack.enter_async_context(_client(url)) for _ in range(3)]
        one = await in_turns(_calls(raw, twin, touched), rounds=_ROUNDS, number=_CALLS)
        return one | await in_turns(_batches(raw, touched), rounds=_ROUNDS // 5, number=1)


def run() -> Results:
    """Measure all of it."""
    with server() as url:
        return asyncio.run(_run(url))


async def _profile(url: str, number: int = 3000) -> None:
    async with _client(url) as client:
        policies = KeyPolicies(_AnswersAtOnce(client), guard=Guard(refuse=None))
        with cProfile.Profile() as profile:
            for _ in range(number):
                await policies.put(_KEY_ID, _TEXT)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(25)


if __name__ == "__main__":
    if "--profile" in sys.argv:
        with server() as address:
            asyncio.run(_profile(address))
    else:
        measured = run()
        for name, samples in measured.items():
            over = samples.over(measured[RAW if name.work == RAW.work else GATHER])
            print(
                f"{name.who:<55}{samples.median * 1e6:>9.1f} µs{over.median:>7.3f} ({over.low:.3f} to {over.high:.3f})"
            )
