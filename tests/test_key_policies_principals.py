"""Principals that KMS does not know yet, or no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from client_support import ADMIN, SIGN
from kmspolicy import Guard, KeyPolicies, Policy, Principal, Retry, Severity, allow, errors
from kmspolicy.testing import FakeKMS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kmspolicy.testing import VirtualClock


PRINCIPALS = "Policy contains a statement with one or more invalid principals."


async def test_a_principal_that_was_deleted(fake: FakeKMS, policies: KeyPolicies) -> None:
    """What a unique id stands for is said where it is met: in a plan, and where a policy does not read back."""
    key = fake.add_key(Policy([ADMIN, SIGN]))
    unique_id = fake.delete_principal("arn:aws:iam::111122223333:user/alice")
    assert f"{unique_id} stands for a principal that was deleted" in str(
        await policies.plan(key, Policy([ADMIN]))
    )
    with pytest.raises(errors.WaitTimeoutError, match=f"{unique_id} stands for a principal that was deleted"):
        await policies.wait_until_equivalent(key, Policy([ADMIN]), 1)


async def test_the_partition_of_the_client(clock: VirtualClock) -> None:
    """An account id is its root there."""
    fake = FakeKMS(region="cn-north-1")
    policies = KeyPolicies(fake, sleep=clock.sleep, clock=clock)
    key = fake.add_key()
    plain = Policy([allow("kms:*").to(Principal({"AWS": fake.account})).named("x")])
    assert (await policies.ensure(key, plain, wait=5)).changed
    assert not (await policies.ensure(key, plain)).changed
    by_arn = allow("kms:*").to(Principal.account(fake.account, partition="aws-cn")).named("x")
    assert not (await policies.add_statement(key, by_arn)).changed


async def test_new_principals(fake: FakeKMS, clock: VirtualClock) -> None:
    """A put is retried while KMS does not know a principal, if that was asked for; all requests are counted."""
    policies = KeyPolicies(fake, retry=Retry(propagation=60), sleep=clock.sleep, clock=clock)
    key = fake.add_key()
    fake.fail("MalformedPolicyDocumentException", times=3, message=PRINCIPALS)
    fake.fail("KMSInternalException")
    result = await policies.put(key, Policy([ADMIN, SIGN]))
    assert result.attempts == 5
    assert clock.slept[:3] == [1.0, 2.0, 4.0]
    assert fake.policy(key) == Policy([ADMIN, SIGN])


@pytest.mark.parametrize(
    ("retry", "check", "policy", "error", "attempts"),
    [
        pytest.param(
            Retry(), True, Policy([ADMIN, SIGN]), errors.InvalidPrincipalException, 1, id="no wait by default"
        ),
        pytest.param(None, True, Policy([ADMIN, SIGN]), errors.InvalidPrincipalException, 1, id="no retry"),
        pytest.param(
            Retry(propagation=0),
            True,
            Policy([ADMIN, SIGN]),
            errors.InvalidPrincipalException,
            1,
            id="no wait",
        ),
        pytest.param(
            Retry(propagation=20),
            True,
            Policy([ADMIN, SIGN]),
            errors.InvalidPrincipalException,
            6,
            id="twenty seconds",
        ),
        pytest.param(
            Retry(propagation=20),
            False,
            Policy([ADMIN, SIGN]),
            errors.InvalidPrincipalException,
            6,
            id="twenty seconds, not checked",
        ),
        pytest.param(
            Retry(propagation=6),
            True,
            Policy([ADMIN, SIGN]),
            errors.InvalidPrincipalException,
            4,
            id="six seconds",
        ),
        # What check knows to be wrong is never transient.
        pytest.param(
            Retry(propagation=20),
            False,
            Policy([SIGN]),
            errors.InvalidPrincipalException,
            1,
            id="a lockout is not waited for",
        ),
        pytest.param(
            Retry(propagation=20),
            False,
            "{",
            errors.InvalidPrincipalException,
            1,
            id="no JSON is not waited for",
        ),
    ],
)
async def test_principals_that_stay_unknown(  # noqa: PLR0913, PLR0917 - a table
    retry: Retry | None,
    check: bool,
    policy: Policy | str,
    error: type[errors.CallError],
    attempts: int,
    fake: FakeKMS,
    clock: VirtualClock,
) -> None:
    """The wait is bounded, and not made for what is not transient."""
    policies = KeyPolicies(
        fake,
        retry=retry,
        guard=Guard(refuse=Severity.ERROR if check else None),
        sleep=clock.sleep,
        clock=clock,
    )
    fake.fail("MalformedPolicyDocumentException", times=100, message=PRINCIPALS)
    began = clock()
    with pytest.raises(error) as caught:
        await policies.put(fake.add_key(), policy)
    assert (caught.value.attempts, len(fake.calls)) == (attempts, attempts)
    if attempts > 1:  # the last is made when the time is over, and not long before
        assert retry is not None
        assert clock() - began == retry.propagation
    assert caught.value.__cause__ is not None


async def test_waiting_for_a_token_is_no_waiting_for_principals(fake: FakeKMS, clock: VirtualClock) -> None:
    """Each key is tried again, however long the line was."""
    policies = KeyPolicies(fake, retry=Retry(propagation=10), sleep=clock.sleep, clock=clock)
    keys = [fake.add_key() for _ in range(12)]
    fake.fail("MalformedPolicyDocumentException", times=1000, message=PRINCIPALS)
    items = [(key, Policy([ADMIN, SIGN])) for key in keys]
    many = policies.put_many(items, rate=1, concurrency=12)
    assert all([getattr(result.error, "attempts", 0) > 1 async for result in many])


@pytest.mark.parametrize(
    ("code", "message", "error"),
    [
        pytest.param(
            "MalformedPolicyDocumentException", "", errors.MalformedPolicyDocumentException, id="malformed"
        ),
        pytest.param(
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
            errors.PolicyLockoutException,
            id="a lockout",
        ),
        pytest.param("NotFoundException", None, errors.NotFoundException, id="no key"),
    ],
)
async def test_other_errors_end_the_wait_for_principals(
    code: str, message: str | None, error: type[errors.CallError], fake: FakeKMS, clock: VirtualClock
) -> None:
    """Syntax and lockout are never a matter of waiting; the requests before are counted."""
    policies = KeyPolicies(fake, retry=Retry(propagation=60), sleep=clock.sleep, clock=clock)
    fake.fail("MalformedPolicyDocumentException", times=2, message=PRINCIPALS)
    fake.fail(code, message=message)
    with pytest.raises(error) as caught:
        await policies.put(fake.add_key(), Policy([ADMIN, SIGN]))
    assert caught.value.attempts == 3


async def test_an_unknown_outcome_is_not_forgotten(fake: FakeKMS, clock: VirtualClock) -> None:
    """What an earlier request may have written, the error of a later one says."""
    policies = KeyPolicies(fake, retry=Retry(propagation=60), sleep=clock.sleep, clock=clock)
    fake.fail("KMSInternalException")
    fake.fail("MalformedPolicyDocumentException", message=PRINCIPALS)
    fake.fail("NotFoundException")
    with pytest.raises(errors.NotFoundException) as caught:
        await policies.put(fake.add_key(), Policy([ADMIN, SIGN]))
    assert (caught.value.attempts, caught.value.outcome_unknown) == (3, True)


async def test_a_read_has_no_unknown_outcome(fake: FakeKMS, clock: VirtualClock) -> None:
    """It changes nothing, whatever became of it."""
    policies = KeyPolicies(fake, retry=None, sleep=clock.sleep, clock=clock)
    key = fake.add_key()
    for reading, unknown in ((policies.get, False), (policies.names, False), (_put(policies), True)):
        fake.fail("KMSInternalException")
        with pytest.raises(errors.KMSInternalException) as caught:
            await reading(key)
        assert caught.value.outcome_unknown is unknown


def _put(policies: KeyPolicies) -> Callable[[str], Awaitable[object]]:
    return lambda key: policies.put(key, Policy([ADMIN]))
