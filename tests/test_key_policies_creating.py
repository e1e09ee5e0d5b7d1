"""Keys that are created with a policy: the guard, the findings, what is logged, and clients that cannot."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from client_support import ACCOUNT, ADMIN, ALICE, SIGN, Scripted
from kmspolicy import CreateResult, Guard, KeyPolicies, Policy, Principal, Severity, allow, check, errors
from kmspolicy.testing import FakeKMS

if TYPE_CHECKING:
    from kmspolicy.testing import VirtualClock

TO_ALL = allow("kms:Decrypt").to(Principal.everyone()).named("all")
PUBLIC = Policy([ADMIN, TO_ALL])


async def test_a_key_is_created_with_its_policy(fake: FakeKMS) -> None:
    """From its first moment, by one call."""
    created = await KeyPolicies(fake).create(Policy([ADMIN, SIGN]))
    assert fake.policy(created.key_id) == Policy([ADMIN, SIGN])
    assert created.arn == f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{created.key_id}"
    assert [operation for operation, _ in fake.calls] == ["CreateKey"]
    assert (created.attempts, created.findings) == (1, ())
    assert created.request_id is not None


async def test_what_is_told_of_a_key_is_what_it_is(fake: FakeKMS) -> None:
    """As DescribeKey tells it."""
    created = await KeyPolicies(fake).create(
        Policy([ADMIN]), key_spec="RSA_2048", key_usage="SIGN_VERIFY", multi_region=True, origin="EXTERNAL"
    )
    metadata = (await fake.describe_key(KeyId=created.key_id))["KeyMetadata"]
    names = ["Arn", "KeySpec", "KeyUsage", "KeyState", "Origin", "MultiRegion", "CreationDate"]
    assert [metadata[name] for name in names] == [
        created.arn,
        created.key_spec,
        created.key_usage,
        created.state,
        created.origin,
        created.multi_region,
        created.created,
    ]
    assert (created.key_spec, created.state, created.origin) == ("RSA_2048", "PendingImport", "EXTERNAL")
    assert created.multi_region


async def test_the_guard_asks_for_all_but_new_access(fake: FakeKMS) -> None:
    """A new key has no access that could grow; its guard replaces that of the instance."""
    policies = KeyPolicies(fake, guard=Guard(no_public_access=True))
    with pytest.raises(errors.NotShownError, match="the guard of KeyPolicies has no_public_access=True"):
        await policies.create(PUBLIC)
    with pytest.raises(errors.NotShownError, match=r"the guard of this call has at_most=\.\.\."):
        await policies.create(PUBLIC, guard=Guard(at_most=Policy([ADMIN])))
    with pytest.raises(errors.PolicyCheckError, match="PUBLIC_ACCESS"):
        await policies.create(PUBLIC, guard=Guard(refuse=Severity.SECURITY_WARNING))
    assert fake.calls == []
    await policies.create(PUBLIC, guard=Guard(no_new_access=True))


async def test_a_key_that_everyone_can_use_is_logged(fake: FakeKMS, caplog: pytest.LogCaptureFixture) -> None:
    """Each record has the key; the policy is in that of DEBUG alone."""
    with caplog.at_level(logging.DEBUG, logger="kmspolicy"):
        created = await KeyPolicies(fake).create(PUBLIC)
    assert [finding.code for finding in created.findings] == ["PUBLIC_ACCESS"]
    assert [(record.levelname, vars(record)["key_id"]) for record in caplog.records] == [
        ("DEBUG", None),
        ("DEBUG", None),
        ("INFO", created.key_id),
        ("WARNING", created.key_id),
    ]
    texts = [record.getMessage() for record in caplog.records]
    assert texts[0] == f"CreateKey: {PUBLIC.to_json()}"
    assert texts[1:3] == ["CreateKey: a new key", f"created key {created.key_id}"]
    assert texts[3].startswith(f"the policy of key {created.key_id}: security warning PUBLIC_ACCESS: ")


async def test_a_retry_is_logged_without_a_key(
    fake: FakeKMS, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """There is none yet."""
    fake.fail("ThrottlingException", operation="CreateKey")
    await KeyPolicies(fake, sleep=clock.sleep, clock=clock).create(Policy([ADMIN]))
    assert caplog.records[0].getMessage().startswith("CreateKey: a new key: ThrottlingException; again in ")


async def test_a_lockout_is_bypassed_on_purpose_only() -> None:
    """As by a put."""
    fake = FakeKMS(caller=ALICE)
    policies = KeyPolicies(fake, caller=ALICE)
    theirs = Policy([allow("kms:*").to(Principal.role(ACCOUNT, "Admin"))])
    with pytest.raises(errors.PolicyCheckError, match="LOCKOUT_CALLER"):
        await policies.create(theirs)
    created = await policies.create(theirs, bypass_policy_lockout_safety_check=True)
    assert fake.policy(created.key_id) == theirs
    with pytest.raises(TypeError, match="must be True or False"):
        await policies.create(theirs, bypass_policy_lockout_safety_check="yes")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]


async def test_a_client_without_create_key_puts_all_the_same() -> None:
    """Fakes of applications need it only where keys are created."""
    policies = KeyPolicies(Scripted())
    with pytest.raises(TypeError, match="Scripted has no method create_key"):
        await policies.create(Policy([ADMIN]))


async def test_tags_are_a_mapping(fake: FakeKMS) -> None:
    """The list that the API has is refused, with what to write."""
    tags: Any = [{"TagKey": "team", "TagValue": "orders"}]
    with pytest.raises(TypeError, match="tags must be a mapping of names to values, not list"):
        await KeyPolicies(fake).create(Policy([ADMIN]), tags=tags)
    assert fake.calls == []


async def test_what_is_no_policy_is_not_sent(fake: FakeKMS) -> None:
    """Neither a dict nor a text that is not a document."""
    no_policy: Any = {"Statement": []}
    for given in (no_policy, "{}"):
        with pytest.raises(errors.PolicyDocumentError):
            await KeyPolicies(fake).create(given)
    assert fake.calls == []


def test_a_result_serializes() -> None:
    """All of it, as plain JSON."""
    findings = check(PUBLIC)
    when = datetime(2026, 1, 1, tzinfo=UTC)
    result = CreateResult(
        "k", "arn", "Enabled", "RSA_2048", "SIGN_VERIFY", "AWS_KMS", when, findings=findings
    )
    assert json.loads(json.dumps(result.to_dict())) == {
        "key_id": "k",
        "arn": "arn",
        "state": "Enabled",
        "key_spec": "RSA_2048",
        "key_usage": "SIGN_VERIFY",
        "origin": "AWS_KMS",
        "multi_region": False,
        "created": "2026-01-01T00:00:00+00:00",
        "request_id": None,
        "attempts": 1,
        "findings": [finding.to_dict() for finding in findings],
    }
    assert CreateResult("k", "arn").to_dict()["created"] is None
