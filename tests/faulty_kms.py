"""A KMS server on loopback that keeps many keys, and fails by seed in the ways in which KMS and networks fail."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, cast

import attrs
from aiohttp import web

from http_support import serving, url_of
from kmspolicy.testing._printing import printed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Mapping

How: TypeAlias = Literal["error", "empty", "truncate", "bare", "drop", "hang", "stale", "reorder"]
LOCKOUT = "The new key policy will not allow you to update the key policy in the future."
PRINCIPALS = "Policy contains a statement with one or more invalid principals."
THROTTLED = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."


class Fault(NamedTuple):
    """A way to fail.

    Attributes:
        how: What the server does.
        code: What the caller's error has as code, if this is the last that is tried.
        status: The HTTP status.
        messages: One of them is in the answer.
        undecided: Whether a write may have taken effect.
    """

    how: How
    code: str = ""
    status: int = 200
    messages: tuple[str, ...] = ("",)
    undecided: bool = False

    @property
    def answered(self) -> bool:
        """Whether the caller gets an answer all the same."""
        return self.how in ("stale", "reorder")

    def __str__(self) -> str:
        """Name it as the figures do."""
        return f"{self.code} {self.status}" if self.how == "error" else WORDS[self.how].format(self.code)


WORDS: Mapping[How, str] = {
    "empty": "{} without body",
    "truncate": "truncated body",
    "bare": "{}",
    "drop": "dropped connection",
    "hang": "slow answer",
    "stale": "stale read",
    "reorder": "re-ordered and re-printed",
}


def error(code: str, status: int = 400, *messages: str, undecided: bool = False) -> Fault:
    """Make a fault that is an error of the service."""
    return Fault("error", code, status, messages or ("a reason", ""), undecided)


# https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html#API_PutKeyPolicy_Errors
# https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html
NETWORK = (
    Fault("empty", "500", 500, undecided=True),
    Fault("empty", "503", 503, undecided=True),
    Fault("truncate", "ConnectionClosedError", undecided=True),
    Fault("drop", "ConnectionClosedError", undecided=True),
)
ANYWHERE = (
    error("NotFoundException"),
    error("InvalidArnException"),
    error("DependencyTimeoutException", 500, undecided=True),
    error("DependencyTimeoutException", 503, undecided=True),
    error("KMSInternalException", 500, undecided=True),
    error("KMSInvalidStateException"),
    error("ThrottlingException", 400, THROTTLED),
    *NETWORK,
)
WRITING = (
    *ANYWHERE,
    error("MalformedPolicyDocumentException", 400, "", "a reason", LOCKOUT, PRINCIPALS, PRINCIPALS),
    error("UnsupportedOperationException"),
    error("LimitExceededException"),
)
PRINTING = (Fault("stale"), Fault("reorder"))
FAULTS: Mapping[str, tuple[Fault, ...]] = {
    "PutKeyPolicy": WRITING,
    "GetKeyPolicy": (*ANYWHERE, Fault("bare", "NoPolicy"), *PRINTING, *PRINTING),
    "ListKeyPolicies": (*ANYWHERE, Fault("bare", "NoPolicyNames")),
}
SLOW = Fault("hang", undecided=True)
LENGTHS = (1, 2, 3, 4, 99)


class Seen(NamedTuple):
    """A request that came, what was done to it, and whether it was written."""

    operation: str
    fault: Fault | None
    written: bool

    @property
    def code(self) -> str:
        """The code that the caller's error has."""
        return "" if self.fault is None else self.fault.code


@attrs.define
class Plan:
    """A plan of the requests of an operation that meet faults.

    Attributes:
        first: How many requests are spared before.
        length: How many meet a fault.
        slow: Whether they wait, and are not met by what is read in another form.
        same: Whether it is the same fault each time.
        last: The fault that came last.
    """

    first: int
    length: int
    slow: bool
    same: bool
    last: Fault | None = None

    def draw(self, operation: str, random: Random) -> Fault:
        """Choose a fault."""
        kinds = FAULTS[operation]
        if self.slow:
            kinds = (SLOW,) * 20 + tuple(kind for kind in kinds if not kind.answered)
        if self.same and self.last is not None and self.last in kinds:
            return self.last
        self.last = kind = random.choice(kinds)
        return kind


@attrs.define
class Key:
    """A key, and what came for it in the operation under way.

    Attributes:
        random: Decides on its faults; each key has its own, so that they do not depend on what others do.
        text: Its policy as it was put: the truth.
        previous: The one before, which stale reads show.
        seen: The requests.
        reads: The policies that the caller was given.
        begun: How many of those there were when the last write came.
    """

    random: Random
    text: str
    previous: str
    plan: Plan | None = None
    seen: list[Seen] = attrs.field(factory=list[Seen])
    reads: list[str] = attrs.field(factory=list[str])
    begun: int | None = None
    under_way: int = 0

    def put(self, text: str) -> None:
        """Change the policy."""
        self.previous, self.text = self.text, text

    def fault(self, operation: str) -> Fault | None:
        """Decide what happens to the next request."""
        if self.plan is None or not 0 <= len(self.seen) - self.plan.first < self.plan.length:
            return None
        return self.plan.draw(operation, self.random)

    @property
    def tail(self) -> list[Seen]:
        """The requests since the last that was answered well: those of the call that failed."""
        good = [n for n, seen in enumerate(self.seen, 1) if seen.fault is None or seen.fault.answered]
        return self.seen[good[-1] if good else 0 :]

    @property
    def faulted(self) -> bool:
        """Whether there was any fault."""
        return any(seen.fault for seen in self.seen)


class FaultyKMS:
    """A KMS that fails.

    Attributes:
        share: Of how many operations requests meet faults, at most.
        slow: Of how many of these the requests wait.
    """

    def __init__(self, seed: int, policies: Mapping[str, str], *, share: float, slow: float) -> None:
        self.keys = {
            key_id: Key(Random(f"{seed} {key_id}"), text, text)  # noqa: S311 - for a reproducible run
            for key_id, text in policies.items()
        }
        self.share = share
        self.slow = slow
        self.requests = 0
        self.url = ""
        self._runner: web.AppRunner | None = None

    def begin(self, key_id: str, requests: int) -> Key:
        """Begin an operation, which takes about so many requests, and decide which of them meet faults."""
        key, random = self.keys[key_id], self.keys[key_id].random
        key.seen.clear()
        key.reads.clear()
        key.begun = key.plan = None
        if random.random() < self.share:
            length = random.choices(LENGTHS, (11, 3, 2, 1, 3))[0]
            slow = random.random() < self.slow
            key.plan = Plan(
                random.randrange(requests), min(length, 3) if slow else length, slow, random.random() < 0.5
            )
        return key

    @property
    def connections(self) -> int:
        """How many connections are open."""
        server = None if self._runner is None else self._runner.server
        return 0 if server is None else len(server.connections)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """Answer."""
        async with serving(self.handle) as self._runner:
            self.url = url_of(self._runner)
            yield

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        body = json.loads(await request.read())
        operation = request.headers["X-Amz-Target"].removeprefix("TrentService.")
        key = self.keys[body["KeyId"]]
        key.under_way += 1
        try:
            return await self._answer(request, operation, key, body)
        finally:
            key.under_way -= 1

    async def _answer(
        self, request: web.Request, operation: str, key: Key, body: dict[str, Any]
    ) -> web.StreamResponse:
        fault = key.fault(operation)
        written = operation == "PutKeyPolicy" and (
            fault is None or (fault.undecided and key.random.random() < 0.5)
        )
        if operation == "PutKeyPolicy":
            key.begun = len(key.reads)
        key.seen.append(Seen(operation, fault, written))
        if written:
            key.put(body["Policy"])
        if fault is None or fault.answered:
            return web.Response(text=self._good(operation, key, fault), headers=self._headers())
        return await self._bad(request, fault, key.random)

    def _good(self, operation: str, key: Key, fault: Fault | None) -> str | None:
        if operation == "ListKeyPolicies":
            return '{"PolicyNames": ["default"], "Truncated": false}'
        if operation == "PutKeyPolicy":
            return None
        text = key.previous if fault is not None and fault.how == "stale" else key.text
        shown = printed(text, "aws") if fault is None else reordered(text, key.random)
        key.reads.append(shown)
        return json.dumps({"Policy": shown, "PolicyName": "default"})

    async def _bad(self, request: web.Request, fault: Fault, random: Random) -> web.StreamResponse:
        match fault.how:
            case "error":
                message = random.choice(fault.messages)
                text = json.dumps({"__type": fault.code} | ({"message": message} if message else {}))
                return web.Response(status=fault.status, text=text, headers=self._headers())
            case "empty":
                return web.Response(status=fault.status, headers=self._headers())
            case "bare":
                return web.Response(text=random.choice(["", "{}", "{", "<html>"]), headers=self._headers())
            case "hang":
                await asyncio.Event().wait()
                raise AssertionError
            case "truncate":
                response = web.StreamResponse(headers={"Content-Length": "100"} | self._headers())
                await response.prepare(request)
                await response.write(b'{"Policy": "{')
            case _:
                response = web.StreamResponse()
        assert request.transport is not None
        request.transport.abort()
        return response

    def _headers(self) -> dict[str, str]:
        return {"x-amzn-RequestId": f"request-{self.requests}"}


def reordered(text: str, random: Random) -> str:
    """Print a policy that means the same in another way: everything that has no order in another one."""
    indent = random.choice([None, 1, 4])
    text = json.dumps(_shuffled(json.loads(text), random), indent=indent, ensure_ascii=random.random() < 0.5)
    return (
        text.replace('"arn:aws:iam::444455556666:root"', '"444455556666"') if random.random() < 0.5 else text
    )


def _shuffled(value: Any, random: Random) -> Any:
    if isinstance(value, dict):
        members = cast("Iterable[tuple[str, Any]]", value.items())
        return {name: _shuffled(inner, random) for name, inner in _in_any_order(members, random)}
    if isinstance(value, list):
        items = [_shuffled(inner, random) for inner in _in_any_order(cast("list[object]", value), random)]
        return items[0] if len(items) == 1 and isinstance(items[0], str) else items
    return value


def _in_any_order(items: Iterable[Any], random: Random) -> list[Any]:
    found = list(items)
    random.shuffle(found)
    return found
