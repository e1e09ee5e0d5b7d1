"""Run the commands that speak to KMS, on a FakeKMS over HTTP."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import web
from botocore.exceptions import ClientError

from cli_support import Ended, run
from http_support import serving, url_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from kmspolicy.testing import FakeKMS

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


@asynccontextmanager
async def over_http(fake: FakeKMS) -> AsyncGenerator[str, None]:
    """Serve a FakeKMS on a free port; return its URL."""
    operations: dict[str, Any] = {"GetKeyPolicy": fake.get_key_policy, "PutKeyPolicy": fake.put_key_policy}

    async def handle(request: web.Request) -> web.Response:
        operation = request.headers["X-Amz-Target"].partition(".")[2]
        try:
            answer = await operations[operation](**await request.json())
        except ClientError as error:
            said: Any = error.response
            code, text = said["Error"]["Code"], said["Error"]["Message"]
            return web.Response(status=400, text=json.dumps({"__type": code, "message": text}))
        request_id = answer.pop("ResponseMetadata")["RequestId"]
        return web.Response(
            text=json.dumps(answer) if answer else "", headers={"x-amzn-RequestId": request_id}
        )

    async with serving(handle) as runner:
        yield url_of(runner)


async def live(url: str, *args: str | Path, text: str | None = None) -> Ended:
    """Run a command against a server, in a thread: it has an event loop of its own."""
    command, *others = args
    where = ("--region", "us-east-1", "--endpoint-url", url)
    return await asyncio.to_thread(run, command, *where, *others, text=text)
