"""Failures that a test orders from FakeKMS."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from fake_kms_support import ACCOUNT, ADMIN, ALICE, PRINCIPALS, error_of
from kmspolicy import KeyPolicies, Policy, Retry, errors, translate_errors
from kmspolicy.testing import FakeKMS, VirtualClock
from support import KEY_ID


async def test_failures_for_an_operation_or_a_key() -> None:
    """Other calls succeed meanwhile; those that are for any call come in their order."""
    fake = FakeKMS()
    one, other = fake.add_key(), fake.add_key()
    policies = KeyPolicies(fake, retry=Retry(1))
    fake.fail(
        "KMSInternalException", operation="PutKeyPolicy", key_id=f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{one}"
    )
    fake.fail("NotFoundException", operation="GetKeyPolicy", times=2)
    await policies.put(other, Policy([ADMIN]))
    for key in (one, other):
        with pytest.raises(errors.NotFoundException):
            await policies.get(key)
    await policies.get(one)
    arn = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{one}"
    with pytest.raises(errors.KMSInternalException):
        await policies.put(arn, Policy([ADMIN]))
    await policies.put(one, Policy([ADMIN]))
    fake.fail("KMSInvalidStateException")
    with pytest.raises(errors.KMSInvalidStateException):
        await policies.names(other)
    with translate_errors():
        await fake.create_key()
    with pytest.raises(ValueError, match=r"expected one of CreateKey, DescribeKey, .*, not 'put_key_policy'"):
        fake.fail("NotFoundException", operation="put_key_policy")


async def test_the_next_calls_can_fail() -> None:
    """With any code, as often as a test wants; the facade repeats what is worth it, on a virtual clock."""
    fake, clock = FakeKMS(), VirtualClock()
    key_id = fake.add_key()
    policies = KeyPolicies(fake, sleep=clock.sleep, clock=clock)
    fake.fail("DependencyTimeoutException", times=2)
    assert (await policies.put(key_id, Policy([ADMIN]))).attempts == 3
    assert len(clock.slept) == 2
    for code, error, text in (
        ("KMSInvalidStateException", errors.KMSInvalidStateException, "is pending deletion."),
        (
            "AccessDeniedException",
            errors.AccessDeniedException,
            "is not authorized to perform: kms:PutKeyPolicy",
        ),
        ("MalformedPolicyDocumentException", errors.InvalidPrincipalException, PRINCIPALS),
        ("Odd", errors.UnknownServiceError, ""),
    ):
        fake.fail(code)
        with pytest.raises(error) as caught:
            await policies.put(key_id, Policy([ADMIN]))
        assert text in caught.value.message
    fake.fail("ThrottlingException", message="slowly")
    with pytest.raises(ClientError, match="slowly"):
        await fake.list_key_policies(KeyId=key_id)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("DependencyTimeoutException", 500),
        ("InternalFailure", 500),
        ("KMSInternalException", 500),
        ("KeyUnavailableException", 500),
        ("ServiceUnavailable", 503),
        ("ThrottlingException", 400),
    ],
)
async def test_what_is_repeated(code: str, status: int) -> None:
    """The facade repeats what it would repeat of KMS's, by the statuses that AWS documents."""
    fake, clock = FakeKMS(), VirtualClock()
    key_id = fake.add_key()
    fake.fail(code)
    with pytest.raises(ClientError) as caught:
        await fake.list_key_policies(KeyId=key_id)
    response: Any = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    fake.fail(code)
    assert (
        await KeyPolicies(fake, sleep=clock.sleep, clock=clock).put(key_id, Policy([ADMIN]))
    ).attempts == 2


@pytest.mark.parametrize(
    ("key_id", "resource"),
    [(KEY_ID, f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{KEY_ID}"), ("arn:x", "arn:x"), (None, "*")],
)
async def test_the_texts_of_failures(key_id: str | None, resource: str) -> None:
    """They name the key, where the call has one; a text of the test's own stays as it is."""
    fake = FakeKMS(caller=ALICE)
    fake.fail("AccessDeniedException")
    fake.fail("AccessDeniedException", message="{arn}")
    call = fake.create_key() if key_id is None else fake.get_key_policy(KeyId=key_id)
    with pytest.raises(ClientError) as caught:
        await call
    action = "kms:CreateKey" if key_id is None else "kms:GetKeyPolicy"
    assert error_of(caught.value)["Message"] == (
        f"User: {ALICE} is not authorized to perform: {action} on resource: {resource} "
        f"because no resource-based policy allows the {action} action"
    )
    with pytest.raises(ClientError, match=r"\{arn\}$"):
        await fake.create_key()
