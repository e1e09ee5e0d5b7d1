"""The fixtures for the tests of applications, in a suite of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

pytest_plugins = ["pytester"]

SUITE = """
from kmspolicy.testing import FakeKMS, VirtualClock


def test_one(fake_kms, virtual_clock):
    assert isinstance(fake_kms, FakeKMS) and isinstance(virtual_clock, VirtualClock)
    assert fake_kms.key_ids == ()
    fake_kms.add_key()


def test_each_test_has_its_own(fake_kms):
    assert fake_kms.key_ids == ()
"""


def test_a_suite_that_asks_for_the_fixtures(pytester: pytest.Pytester) -> None:
    """It has a KMS and a clock, new ones in each test."""
    pytester.makeconftest('pytest_plugins = ["kmspolicy.testing.pytest_plugin"]')
    pytester.makepyfile(SUITE)
    pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:asyncio", "-W", "error").assert_outcomes(
        passed=2
    )


def test_a_suite_that_does_not_ask(pytester: pytest.Pytester) -> None:
    """It has none of them: nothing is loaded because this library is installed."""
    pytester.makepyfile(SUITE)
    done = pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:asyncio")
    done.assert_outcomes(errors=2)
    done.stdout.fnmatch_lines(["*fixture 'fake_kms' not found*"])


def test_the_tools_do_not_need_pytest() -> None:
    """A suite of unittest can use them as well."""
    code = "import sys, kmspolicy.testing; sys.exit('pytest' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own code
