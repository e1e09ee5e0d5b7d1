"""Servers on loopback."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from moto.server import ThreadedMotoServer

from http_support import ScriptedKMS, scripted_kms

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator


@pytest.fixture(autouse=True)
def _adaptive_mode_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a minute pass whenever the rate limiter of botocore's adaptive mode looks at its clock."""
    minutes = count()

    def current_time(_clock: object) -> float:
        return 60.0 * next(minutes)

    monkeypatch.setattr("botocore.retries.bucket.Clock.current_time", current_time)


@pytest.fixture
async def kms() -> AsyncGenerator[ScriptedKMS, None]:
    """Run a KMS server that answers by a script."""
    async with scripted_kms() as server:
        yield server


@pytest.fixture(scope="session")
def moto_url() -> Generator[str, None, None]:
    """Run moto's server, the KMS of public test-suites, over HTTP."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
