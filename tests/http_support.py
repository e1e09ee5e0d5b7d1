"""What tests over HTTP share: a scripted KMS server on loopback, and a client for it."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, cast

from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import get_session
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from aiohttp.typedefs import Handler
    from types_aiobotocore_kms import KMSClient

_SESSION = get_session()  # it keeps the service models, which take a third of a second to read


class Error(NamedTuple):
    """An error of the service."""

    code: str
    status: int = 400
    message: str = "a reason"


class Raw(NamedTuple):
    """Any answer."""

    status: int
    body: bytes = b""


class Ok(NamedTuple):
    """Success, with an empty body as KMS has it."""


class Drop(NamedTuple):
    """The connection is closed without an answer."""


class Truncate(NamedTuple):
    """The connection is closed in the middle of the answer."""


class Hang(NamedTuple):
    """No answer, ever."""


class Drip(NamedTuple):
    """An answer of which one byte after the other comes, from some byte on."""

    start: int


Backend: TypeAlias = Literal["aiohttp", "httpx"]
BACKENDS = {"aiohttp": AIOHTTPSession, "httpx": HttpxSession}
Mode: TypeAlias = Literal["legacy", "standard", "adaptive"]
Answer: TypeAlias = Error | Raw | Ok | Drop | Truncate | Hang | Drip


_LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n" + b" " * 10_000


class ScriptedKMS:
    """A KMS server on loopback that answers by a script, whose last line is used for ever."""

    def __init__(self) -> None:
        self.script: list[Answer] = [Ok()]
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.url = ""
        self.arrived = asyncio.Event()

    def answers(self, *script: Answer) -> None:
        """Forget what was, and answer so from now on."""
        self.script = list(script)
        self.requests.clear()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.headers["X-Amz-Target"], json.loads(await request.read())))
        self.arrived.set()
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        headers = {"x-amzn-RequestId": f"request-{len(self.requests)}"}
        match answer:
            case Ok():
                return web.Response(headers=headers)
            case Raw(status, body):
                return web.Response(status=status, body=body)
            case Error(code, status, message):
                text = json.dumps({"__type": code, **({"message": message} if message else {})})
                return web.Response(status=status, text=text, headers=headers)
            case Truncate():
                response = web.StreamResponse(headers={"Content-Length": "100"})
                await response.prepare(request)
                await response.write(b"{")
            case Drip(start):
                assert request.transport is not None
                request.transport.write(_LONG[:start])
                for byte in _LONG[start:]:
                    request.transport.write(bytes([byte]))
                    await asyncio.sleep(0.01)  # as a slow network does
                raise AssertionError
            case Hang():
                await asyncio.Event().wait()
                raise AssertionError
            case _:
                response = web.StreamResponse()
        assert request.transport is not None
        request.transport.abort()
        return response


@asynccontextmanager
async def serving(handle: Handler, *, login: Handler | None = None) -> AsyncGenerator[web.AppRunner, None]:
    """Run an HTTP server on a free port of loopback; ``login`` is another page, to which redirects may lead."""
    app = web.Application()
    app.router.add_post("/", handle)
    if login is not None:
        app.router.add_route("*", "/login", login)
    runner = web.AppRunner(app, shutdown_timeout=0.0, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner
    finally:
        await runner.cleanup()


def url_of(runner: web.AppRunner) -> str:
    """Return where a server is."""
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


@asynccontextmanager
async def scripted_kms() -> AsyncGenerator[ScriptedKMS, None]:
    """Run a scripted server on a free port."""
    kms = ScriptedKMS()
    async with serving(kms.handle) as runner:
        kms.url = url_of(runner)
        yield kms


@asynccontextmanager
async def client_of(  # noqa: PLR0913 - what tests may say
    url: str,
    *,
    mode: Mode | None = None,
    read_timeout: float = 5.0,
    credentials: bool = True,
    access_key: str = "testing",
    backend: Backend = "aiohttp",
) -> AsyncGenerator[KMSClient, None]:
    """Open a client as an application does; ``mode`` is botocore's retry mode, ``backend`` the HTTP library."""
    config = AioConfig(
        read_timeout=read_timeout,
        connect_timeout=5.0,
        retries=mode and {"mode": mode},
        http_session_cls=cast("Any", BACKENDS[backend]),
    )
    key = access_key if credentials else None
    # The stubs of other services are not installed, so that pyright does not know their overloads.
    async with _SESSION.create_client(  # pyright: ignore[reportUnknownMemberType]
        "kms",
        region_name="us-east-1",
        endpoint_url=url,
        config=config,
        aws_access_key_id=key,
        aws_secret_access_key=key,
    ) as client:
        yield client
