"""A server on loopback that answers PutKeyPolicy as KMS does, in a process of its own; it prints its port."""

from __future__ import annotations

import asyncio

from aiohttp import web


async def _answer(request: web.Request) -> web.Response:
    await request.read()
    headers = {"x-amzn-RequestId": "7391d0a7-9c1a-4d9c-a8b4-0123456789ab"}
    return web.Response(headers=headers, content_type="application/x-amz-json-1.1")


async def _serve() -> None:
    app = web.Application()
    app.router.add_post("/", _answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()  # until it is terminated


if __name__ == "__main__":
    asyncio.run(_serve())
