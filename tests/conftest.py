"""Fixtures that every test may ask for, and one that every test gets."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from kmspolicy import KeyPolicies
    from kmspolicy.testing import FakeKMS, VirtualClock

HERE = Path(__file__).parent
REAL_KEY_ID = os.environ.get("KMSPOLICY_REAL_KEY_ID")

# What a browser's Python cannot run: tests of the client and the tools for tests, those that start programs or servers, and
# those that need PyYAML.
collect_ignore_glob: list[str] = (
    [
        "integration",
        "property/test_shown_by_the_client.py",
        "test_action.py",
        "test_cancellation.py",
        "test_cfn_lint.py",
        "test_cli*.py",
        "test_client.py",
        "test_deadlines.py",
        "test_docs.py",
        "test_examples.py",
        "test_fake_kms*.py",
        "test_key_policies*.py",
        "test_known_callers.py",
        "test_many*.py",
        "test_package.py",
        "test_pytest_plugin.py",
        "test_tenant_keys.py",
        "test_pitfalls.py",
        "test_prepared.py",
        "test_release_check.py",
        "test_show.py",
        "test_sources*.py",
        "test_two_writers.py",
        "test_types.py",
        "test_virtual_clock.py",
    ]
    if sys.platform == "emscripten"
    else []
)

# How long an example takes says nothing on a machine that does other things as well.
hypothesis.settings.register_profile("kmspolicy", deadline=None)
hypothesis.settings.load_profile("kmspolicy")


@pytest.fixture(autouse=True)
def _no_environment_of_the_developer(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Keep the developer's AWS settings out of botocore, except in tests that use a real account."""
    if REAL_KEY_ID and request.node.get_closest_marker("real_account"):
        return
    for name in os.environ:
        if name.startswith("AWS_") or name.upper() in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def clock() -> VirtualClock:
    """Return a clock that moves only when somebody sleeps."""
    from kmspolicy.testing import VirtualClock  # noqa: PLC0415 - most tests run without botocore

    return VirtualClock()


@pytest.fixture
def fake() -> FakeKMS:
    """Return a KMS of its own."""
    from kmspolicy.testing import FakeKMS  # noqa: PLC0415 - the same

    return FakeKMS()


@pytest.fixture
def policies(fake: FakeKMS, clock: VirtualClock) -> KeyPolicies:
    """Return the facade over it, on a virtual clock."""
    from kmspolicy import KeyPolicies  # noqa: PLC0415 - the same

    return KeyPolicies(fake, sleep=clock.sleep, clock=clock)


@pytest.fixture(scope="session")
def example_text() -> str:
    """Return the document of the example in AWS's reference of PutKeyPolicy, byte for byte."""
    return (HERE / "data" / "put-key-policy-example.json").read_text(encoding="utf-8")
