"""What holds on every KMS: moto's by default, that at ``KMSPOLICY_ENDPOINT_URL``, or a key of a real account.

With ``KMSPOLICY_REAL_KEY_ID`` the tests change the policy of this key of the account of the environment's credentials, and put
the one back that it had. Use a key that was made for it.
"""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import attrs
import pytest
from aiobotocore.session import get_session

from http_support import client_of
from kmspolicy import (
    Condition,
    Guard,
    KeyPolicies,
    Policy,
    Principal,
    PutResult,
    Statement,
    allow,
    equivalent,
    errors,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from typing import Any

    from types_aiobotocore_kms import KMSClient

    from kmspolicy.testing import VirtualClock

REAL_KEY_ID = os.environ.get("KMSPOLICY_REAL_KEY_ID")
ENDPOINT_URL = os.environ.get("KMSPOLICY_ENDPOINT_URL")
WHERE = "a real account" if REAL_KEY_ID else ENDPOINT_URL or "moto"
NO_KEY = "00000000-0000-4000-8000-000000000000"
pytestmark = pytest.mark.real_account
only_a_real_account = pytest.mark.skipif(
    not REAL_KEY_ID,
    reason="needs a key of AWS, for no server of ours refuses a policy: KMSPOLICY_REAL_KEY_ID names it",
)


@attrs.define
class Place:
    """A KMS, and keys on it whose policies may be changed.

    Attributes:
        client: A client of it.
        policies: The facade over this client.
        keys: The keys: one on a real account.
        account: The account of the keys.
        policy: The policy that the first key has at first; whoever runs this may put it.
        patience: How long it may take until a change shows.
        puts: How many requests to put a policy were sent.
    """

    client: KMSClient
    policies: KeyPolicies
    keys: list[str]
    account: str
    policy: Policy
    patience: float
    puts: int = 0

    @property
    def key(self) -> str:
        """The first key."""
        return self.keys[0]

    def statement(self, sid: str) -> Statement:
        """Return a statement that means something, and denies nothing that anybody does."""
        return Statement(
            "Deny",
            principal=Principal.everyone(),
            action=["kms:ReplicateKey", "kms:UpdatePrimaryRegion"],
            resource="*",
            condition=Condition("StringEquals", "aws:PrincipalTag/kmspolicy-contract", sid),
            sid=sid,
        )

    def with_sids(self, *sids: str) -> Policy:
        """Return the key's own policy with such statements as well."""
        return Policy(
            [*self.policy.statements, *map(self.statement, sids)],
            version=self.policy.version,
            id=self.policy.id,
        )

    def count(self, **_: Any) -> None:
        """Count a request."""
        self.puts += 1


async def place_of(client: KMSClient, keys: list[str], policies: KeyPolicies, patience: float) -> Place:
    """Look at the first key."""
    metadata = (await client.describe_key(KeyId=keys[0]))["KeyMetadata"]
    account = metadata.get("Arn", "").split(":")[4]
    place = Place(client, policies, keys, account, await policies.get(keys[0]), patience)
    client.meta.events.register("before-send.kms.PutKeyPolicy", place.count)
    return place


@asynccontextmanager
async def real_place(key_id: str) -> AsyncGenerator[Place, None]:
    """Lend the key of a real account; it gets its policy back, whatever happens."""
    region = key_id.split(":")[3] if key_id.startswith("arn:") else None
    # The stubs of other services are not installed, so that pyright does not know their overloads.
    async with get_session().create_client("kms", region_name=region) as client:  # pyright: ignore[reportUnknownMemberType]
        policies = KeyPolicies(client, sleep=asyncio.sleep, clock=time.monotonic)
        text = await policies.get_text(key_id)
        # One that names what was deleted meanwhile could not be put back: that shows here, where nothing was changed.
        await KeyPolicies(client, guard=Guard(refuse=None)).put(key_id, text, wait=300)
        try:
            yield await place_of(client, [key_id], policies, 300)
        finally:
            await KeyPolicies(client, guard=Guard(refuse=None)).put(key_id, text, wait=300)


@pytest.fixture(params=[WHERE])
async def place(request: pytest.FixtureRequest, clock: VirtualClock) -> AsyncGenerator[Place, None]:
    """Give a KMS with keys."""
    if REAL_KEY_ID:
        async with real_place(REAL_KEY_ID) as real:
            yield real
        return
    url = ENDPOINT_URL or request.getfixturevalue("moto_url")
    async with client_of(url) as client:
        keys = [(await client.create_key())["KeyMetadata"]["KeyId"] for _ in range(3)]
        policies = KeyPolicies(client, sleep=clock.sleep, clock=clock)
        yield await place_of(client, keys, policies, 60)


async def test_put_then_get(place: Place) -> None:
    """What was put reads back as equivalent, as a value and as text; the key has one policy, by the name of default."""
    policy = place.with_sids("first", "second")
    result = await place.policies.put(place.key, policy, wait=place.patience)
    assert (result.key_id, result.attempts >= 1) == (place.key, True)
    assert equivalent(await place.policies.get(place.key), policy)
    assert equivalent(Policy.from_json(await place.policies.get_text(place.key)), policy)
    assert await place.policies.names(place.key) == ("default",)


async def test_text_is_put_as_well(place: Place) -> None:
    """However it is written, it reads back as equivalent."""
    policy = place.with_sids("first")
    await place.policies.put(place.key, policy.to_json(indent=4), wait=place.patience)
    assert equivalent(await place.policies.get(place.key), policy)


async def test_waiting(place: Place) -> None:
    """It ends when the policy reads back, and by an error where another one does."""
    policy = place.with_sids("first")
    await place.policies.put(place.key, policy)
    await place.policies.wait_until_equivalent(place.key, policy, place.patience)
    with pytest.raises(errors.WaitTimeoutError) as caught:
        await place.policies.wait_until_equivalent(place.key, place.with_sids("second"), 2)
    assert "'first'" in str(caught.value)


async def test_a_plan_after_ensure_is_false(place: Place) -> None:
    """There is something to do until it is done."""
    policy = place.with_sids("first")
    plan = await place.policies.plan(place.key, policy)
    assert plan
    assert [statement.sid for statement in plan.diff.added] == ["first"]
    await place.policies.ensure(place.key, policy, wait=place.patience)
    assert not await place.policies.plan(place.key, policy)


async def test_ensure_writes_once(place: Place) -> None:
    """The second time there is nothing to do, and nothing is sent."""
    policy = place.with_sids("first")
    before = place.puts
    first = await place.policies.ensure(place.key, policy, wait=place.patience)
    assert isinstance(first, PutResult)
    assert not (await place.policies.ensure(place.key, policy)).changed
    assert place.puts - before == first.attempts


async def test_applying_a_plan(place: Place) -> None:
    """It puts what was planned, unless the key's policy changed meanwhile."""
    plan = await place.policies.plan(place.key, place.with_sids("first"))
    assert isinstance(await place.policies.apply(plan, wait=place.patience), PutResult)
    before = place.puts
    with pytest.raises(errors.PolicyChangedError):
        await place.policies.apply(plan)
    assert place.puts == before
    assert equivalent(await place.policies.get(place.key), place.with_sids("first"))


async def test_editing(place: Place) -> None:
    """A function changes the policy that the key has; one that changes nothing writes nothing."""
    more = place.statement("more")
    await place.policies.edit(place.key, lambda policy: policy.with_statement(more), wait=place.patience)
    before = place.puts
    assert not (await place.policies.edit(place.key, lambda policy: policy)).changed
    assert place.puts == before
    assert equivalent(await place.policies.get(place.key), place.with_sids("more"))


async def test_statements_by_sid(place: Place) -> None:
    """They are added, replaced and removed; one that is not there, or is another, is an error."""
    key, policies, wait = place.key, place.policies, place.patience
    await policies.add_statement(key, place.statement("by sid"), wait=wait)
    assert not (await policies.add_statement(key, place.statement("by sid"))).changed
    other = place.statement("another").named("by sid")
    with pytest.raises(errors.SidError):
        await policies.add_statement(key, other)
    await policies.exchange_statement(key, other, wait=wait)
    assert equivalent(
        await policies.get(key),
        Policy([*place.policy.statements, other], version=place.policy.version, id=place.policy.id),
    )
    await policies.remove_statement(key, "by sid", wait=wait)
    with pytest.raises(errors.SidError):
        await policies.remove_statement(key, "by sid")
    assert equivalent(await policies.get(key), place.policy)


async def test_a_key_that_does_not_exist(place: Place) -> None:
    """It is not found, by any operation and at once."""
    policies = place.policies
    work: list[Callable[[], Awaitable[object]]] = [
        lambda: policies.put(NO_KEY, place.policy),
        lambda: policies.get(NO_KEY),
        lambda: policies.names(NO_KEY),
        lambda: policies.ensure(NO_KEY, place.policy),
    ]
    for asking in work:
        with pytest.raises(errors.NotFoundException) as caught:
            await asking()
        error = caught.value
        assert (error.attempts, error.outcome_unknown, error.key_id) == (1, False, NO_KEY)


async def test_many_keys(place: Place) -> None:
    """Each key has its result, of the same kind as from one key alone."""
    policy = place.with_sids("many")
    items = [(key, policy) for key in place.keys]
    async with place.policies.plan_many(items) as plans:
        assert {result.key_id: bool(result.unwrap()) async for result in plans} == dict.fromkeys(
            place.keys, True
        )
    async with place.policies.put_many(items) as results:
        assert {result.unwrap().key_id async for result in results} == set(place.keys)
    for key in place.keys:
        await place.policies.wait_until_equivalent(key, policy, place.patience)
    async with place.policies.get_many([*place.keys, NO_KEY]) as found:
        by_key = {result.key_id: result async for result in found}
    assert isinstance(by_key.pop(NO_KEY).error, errors.NotFoundException)
    assert all(equivalent(result.unwrap(), policy) for result in by_key.values())


# --- what no other KMS does ------------------------------------------------------------------------


@only_a_real_account
async def test_lockout_is_refused(place: Place) -> None:
    """A policy by which nobody could put another is refused, with the text that makes it an error of its own."""
    locked = Policy([place.statement("nobody can put a policy")])
    with pytest.raises(errors.PolicyLockoutException) as caught:
        await KeyPolicies(place.client, guard=Guard(refuse=None)).put(place.key, locked)
    assert not caught.value.outcome_unknown


@only_a_real_account
async def test_principals_that_do_not_exist_are_refused(place: Place) -> None:
    """Their policy is refused, with the text that makes it an error of its own."""
    nobody = Principal.role(place.account, "kmspolicy-contract-no-such-role")
    policy = place.policy.with_statement(allow("kms:DescribeKey").to(nobody).named("nobody"))
    with pytest.raises(errors.InvalidPrincipalException):
        await place.policies.put(place.key, policy)


@only_a_real_account
async def test_a_policy_that_is_too_long_is_refused(place: Place) -> None:
    """It is a quota that is exceeded, and not the document that is malformed."""
    policy = place.with_sids(*(f"{'long ' * 50}{number}" for number in range(100)))
    with pytest.raises(errors.LimitExceededException):
        await KeyPolicies(place.client, guard=Guard(refuse=None)).put(place.key, policy)


@only_a_real_account
async def test_a_list_of_one_name_reads_back_as_the_name(place: Place) -> None:
    """KMS prints in its own way what means the same, the id of an account as its ARN among it."""
    of_account = {"Sid": "one", "Effect": "Allow", "Principal": {"AWS": [place.account]}}
    statement = Statement.from_dict(of_account | {"Action": "kms:Sign", "Resource": "*"})
    await place.policies.put(place.key, place.policy.with_statement(statement), wait=place.patience)
    shown = (await place.policies.get(place.key)).to_dict()["Statement"]
    principal = next(one["Principal"]["AWS"] for one in shown if one.get("Sid") == "one")
    assert principal.endswith(f":iam::{place.account}:root")
