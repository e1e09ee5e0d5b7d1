"""Fixtures for pytest: a KMS in memory, and a clock that does not wait.

A suite that wants them says so in its ``conftest.py``::

    pytest_plugins = ["kmspolicy.testing.pytest_plugin"]

The plugin is not loaded by itself: it would be imported in every run of pytest wherever this library is installed.

https://docs.pytest.org/en/stable/how-to/writing_plugins.html#requiring-loading-plugins-in-a-test-module-or-conftest-file
"""

from __future__ import annotations

import pytest

from kmspolicy.testing._clock import VirtualClock
from kmspolicy.testing._fake import FakeKMS


@pytest.fixture
def fake_kms() -> FakeKMS:
    """Return a KMS without keys; its caller is the root user of account 111122223333."""
    return FakeKMS()


@pytest.fixture
def virtual_clock() -> VirtualClock:
    """Return a clock whose time passes only in its sleeps."""
    return VirtualClock()
