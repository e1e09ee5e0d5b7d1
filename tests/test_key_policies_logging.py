"""What is logged, and what is never."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from client_support import ADMIN, SIGN
from kmspolicy import KeyPolicies, Policy, Retry

if TYPE_CHECKING:
    import pytest

    from kmspolicy.testing import FakeKMS, VirtualClock


PRINCIPALS = "Policy contains a statement with one or more invalid principals."


async def test_what_is_logged(fake: FakeKMS, policies: KeyPolicies, caplog: pytest.LogCaptureFixture) -> None:
    """One logger; each message has the key, the attempt and the request; no policy above DEBUG."""
    key = fake.add_key(Policy([ADMIN]))
    fake.fail("DependencyTimeoutException")
    with caplog.at_level(logging.DEBUG, logger="kmspolicy"):
        await policies.put(key, Policy([ADMIN, SIGN]))
        await policies.get(key)
    assert {record.name for record in caplog.records} == {"kmspolicy"}
    assert [record.levelname for record in caplog.records] == ["DEBUG", "WARNING", "DEBUG", "INFO", "DEBUG"]
    assert (
        caplog.records[1]
        .getMessage()
        .startswith(f"PutKeyPolicy: key {key}: DependencyTimeoutException; again in ")
    )
    facts = [(vars(record)["key_id"], vars(record)["attempt"]) for record in caplog.records]
    assert facts == [(key, 0), (key, 1), (key, 2), (key, 2), (key, 1)]
    for record in caplog.records:
        assert "request_id" in vars(record)
        assert record.levelno == logging.DEBUG or "Statement" not in record.getMessage()


async def test_attempts_are_counted_on_over_the_repeats_for_principals(
    fake: FakeKMS, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Each message says how many requests were sent so far, for all of the put."""
    policies = KeyPolicies(fake, retry=Retry(propagation=60, first_delay=0), sleep=clock.sleep, clock=clock)
    fake.fail("MalformedPolicyDocumentException", message=PRINCIPALS)
    fake.fail("KMSInternalException")
    with caplog.at_level(logging.DEBUG, logger="kmspolicy"):
        await policies.put(fake.add_key(), Policy([ADMIN, SIGN]))
    assert [(record.levelname, vars(record)["attempt"]) for record in caplog.records] == [
        ("DEBUG", 0),
        ("WARNING", 1),
        ("WARNING", 2),
        ("DEBUG", 3),
        ("INFO", 3),
    ]


async def test_waiting_for_principals_is_logged(
    fake: FakeKMS, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody who wonders why it takes a minute can see it."""
    policies = KeyPolicies(fake, retry=Retry(propagation=60), sleep=clock.sleep, clock=clock)
    fake.fail("MalformedPolicyDocumentException", message=PRINCIPALS)
    with caplog.at_level(logging.INFO, logger="kmspolicy"):
        await policies.put(fake.add_key(), Policy([ADMIN, SIGN]))
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "invalid principals.'; again in 1.0 seconds" in caplog.records[0].getMessage()
