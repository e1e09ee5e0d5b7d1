"""Run the tests of what needs no network, without one, under Pyodide; ``nox -s pyodide`` starts this in Node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import no_network

if TYPE_CHECKING:
    from collections.abc import Iterable


class Plugin:
    """What our configuration of pytest needs here."""

    def pytest_addoption(self, parser: pytest.Parser) -> None:
        """Know the options of pytest-asyncio, which is not there."""
        for name in ("asyncio_mode", "asyncio_default_fixture_loop_scope", "asyncio_default_test_loop_scope"):
            parser.addini(name, "unused")

    def pytest_collection(self) -> None:
        """Block the network when pytest has all that it needs, and nothing of ours was imported."""
        no_network.block()


def main(options: Iterable[str]) -> int:
    """Run pytest, and return its exit code."""
    config = ["--rootdir=/repository", "--config-file=/repository/pyproject.toml", "-p", "no:cacheprovider"]
    return pytest.main(["-q", *config, *options, "/repository/tests"], plugins=[Plugin()])
