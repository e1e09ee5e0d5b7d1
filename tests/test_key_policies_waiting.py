"""Waiting until a policy reads back."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from client_support import ADMIN, ALICE, BOB, SIGN, Scripted, operations
from kmspolicy import Guard, KeyPolicies, Policy, allow, errors

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kmspolicy.testing import FakeKMS, VirtualClock


KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
TEXT: Any = "5"
SHORT = Policy([ADMIN])


async def test_waiting_until_a_policy_reads_back(
    fake: FakeKMS, policies: KeyPolicies, clock: VirtualClock
) -> None:
    """Polls with growing spaces until it is equivalent three times in a row."""
    key = fake.add_key(Policy([ADMIN]))
    fake.stale(reads=3)
    await policies.put(key, Policy([ADMIN, SIGN]), wait=60)
    assert operations(fake) == ["PutKeyPolicy"] + ["GetKeyPolicy"] * 6
    assert clock.slept == [0.5, 1.0, 2.0, 0.5, 0.5]


async def test_three_times_are_in_a_row(clock: VirtualClock) -> None:
    """One read that shows the old policy begins the count anew: reads may come from several places."""
    old, new = ({"Policy": policy.to_json()} for policy in (SHORT, Policy([ADMIN, SIGN])))
    client = Scripted(new, new, old, new, old, new, new, new)
    await KeyPolicies(client, sleep=clock.sleep, clock=clock).wait_until_equivalent(
        KEY, Policy([ADMIN, SIGN]), 60
    )
    assert client.answers == []


@pytest.mark.parametrize(
    ("visible_after", "wait"), [(4, 4), (8, 10), (8, 12), (0, 0), (0, 0.1), (2.5, 2.6), (100, 100)]
)
async def test_all_of_the_time_is_used(visible_after: float, wait: float, clock: VirtualClock) -> None:
    """It looks until the time is over, the last time at its end; a row that has begun is finished."""
    old, new = ({"Policy": policy.to_json()} for policy in (SHORT, Policy([ADMIN, SIGN])))
    began = clock()

    class Late(Scripted):
        async def get_key_policy(self, **_: Any) -> dict[str, Any]:
            return new if clock() - began >= visible_after else old

    policies = KeyPolicies(Late(), sleep=clock.sleep, clock=clock)
    await policies.wait_until_equivalent(KEY, Policy([ADMIN, SIGN]), wait)


async def test_a_policy_that_cannot_be_read_may_be_the_old_one(clock: VirtualClock) -> None:
    """It is waited for its end; if it stays, that is the error."""
    odd, new = {"Policy": "{}"}, {"Policy": Policy([ADMIN, SIGN]).to_json()}
    client = Scripted({}, odd, new, new, odd, new, new, new)
    policies = KeyPolicies(client, sleep=clock.sleep, clock=clock)
    await policies.put(KEY, Policy([ADMIN, SIGN]), wait=60)
    assert client.answers == []
    stays = KeyPolicies(Scripted({}, *[odd] * 100), sleep=clock.sleep, clock=clock)
    began = clock()
    with pytest.raises(errors.PolicyDocumentError) as caught:
        await stays.put(KEY, Policy([ADMIN, SIGN]), wait=10)
    assert clock() - began == 10
    assert any("The policy was put on key" in note for note in caught.value.__notes__)


WRITES: list[Callable[[KeyPolicies, str, Any], Awaitable[object]]] = [
    lambda policies, key, wait: policies.put(key, SHORT, wait=wait),
    lambda policies, key, wait: policies.ensure(key, SHORT, wait=wait),
    lambda policies, key, wait: policies.edit(key, lambda _: SHORT, wait=wait),
    lambda policies, key, wait: policies.add_statement(key, SIGN.named("other"), wait=wait),
    lambda policies, key, wait: policies.remove_statement(key, "sign", wait=wait),
    lambda policies, key, wait: policies.exchange_statement(
        key, allow("kms:Verify").to(BOB).named("sign"), wait=wait
    ),
    lambda policies, key, wait: policies.add_principal(key, BOB, sid="sign", wait=wait),
    lambda policies, key, wait: policies.remove_principal(key, ALICE, wait=wait),
]


@pytest.mark.parametrize("call", WRITES)
async def test_whatever_writes_can_wait(
    call: Callable[[KeyPolicies, str, Any], Awaitable[object]], fake: FakeKMS, policies: KeyPolicies
) -> None:
    """Each of the calls reads three times more when it is asked to, and no call when the time is none."""
    key = fake.add_key(Policy([ADMIN, SIGN]))
    for wait in (TEXT, -1):
        with pytest.raises((TypeError, ValueError), match="wait must be a"):
            await call(policies, key, wait)
    assert fake.calls == []
    await call(policies, key, 30)
    assert operations(fake)[-4:] == ["PutKeyPolicy"] + ["GetKeyPolicy"] * 3


async def test_applying_can_wait(fake: FakeKMS, policies: KeyPolicies) -> None:
    """In the same way."""
    plan = await policies.plan(fake.add_key(Policy([ADMIN, SIGN])), SHORT)
    with pytest.raises(TypeError, match="wait must be a number"):
        await policies.apply(plan, wait=TEXT)
    await policies.apply(plan, wait=30)
    assert operations(fake) == ["GetKeyPolicy", "GetKeyPolicy", "PutKeyPolicy"] + ["GetKeyPolicy"] * 3


async def test_no_waiting_unless_asked_for(fake: FakeKMS, policies: KeyPolicies) -> None:
    """A put is one request."""
    key = fake.add_key(Policy([ADMIN]))
    await policies.put(key, Policy([ADMIN, SIGN]))
    assert operations(fake) == ["PutKeyPolicy"]


async def test_a_policy_that_does_not_read_back(
    fake: FakeKMS, policies: KeyPolicies, clock: VirtualClock
) -> None:
    """In the end it says which part is different, and what was read."""
    key = fake.add_key(Policy([ADMIN]))
    fake.stale(reads=1000)
    began = clock()
    with pytest.raises(errors.WaitTimeoutError, match="could not be read back in 20 seconds") as caught:
        await policies.put(key, Policy([ADMIN, SIGN]), wait=20)
    assert clock() - began <= 20
    assert "@@ statement 'sign' @@" in str(caught.value)
    assert (caught.value.key_id, json.loads(caught.value.found)) == (key, Policy([ADMIN]).to_dict())
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301
    assert max(clock.slept) == 5.0
    await policies.wait_until_equivalent(key, Policy([ADMIN]), 0)
    with pytest.raises(errors.WaitTimeoutError, match="could not be read back in 0 seconds"):
        await policies.wait_until_equivalent(key, Policy([SIGN]), 0)


@pytest.mark.parametrize(
    ("wait", "error"),
    [
        pytest.param(TEXT, TypeError, id="text"),
        pytest.param(True, TypeError, id="a boolean"),
        pytest.param(-1, ValueError, id="below zero"),
        pytest.param(float("nan"), ValueError, id="not a number"),
        pytest.param(float("inf"), ValueError, id="for ever"),
    ],
)
async def test_what_is_no_time_to_wait(
    wait: Any, error: type[Exception], fake: FakeKMS, policies: KeyPolicies
) -> None:
    """It is found before anything is sent, as is a text that could not be waited for."""
    key = fake.add_key()
    with pytest.raises(error, match=r"wait must be a (finite )?number of seconds"):
        await policies.put(key, Policy([ADMIN]), wait=wait)
    with pytest.raises(error, match=r"timeout must be a (finite )?number of seconds"):
        await policies.wait_until_equivalent(key, Policy([ADMIN]), wait)
    with pytest.raises(TypeError, match="expected a Policy, not str"):
        await policies.wait_until_equivalent(key, "{}", 1)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    unchecked = KeyPolicies(fake, guard=Guard(refuse=None))
    with pytest.raises(errors.PolicyDocumentError):
        await unchecked.put(key, "{", wait=1)
    assert fake.calls == []


@pytest.mark.parametrize("code", ["AccessDeniedException", "KMSInternalException"])
async def test_a_read_that_fails_after_a_put(
    code: str, fake: FakeKMS, policies: KeyPolicies, clock: VirtualClock
) -> None:
    """Nobody shall think that the put failed."""
    key = fake.add_key(Policy([ADMIN]))

    async def sleep(seconds: float) -> None:
        fake.fail(code, times=5)
        await clock.sleep(seconds)

    waiting = KeyPolicies(fake, sleep=sleep, clock=clock)
    with pytest.raises(errors.ServiceError) as caught:
        await waiting.put(key, Policy([ADMIN, SIGN]), wait=10)
    assert caught.value.outcome_unknown
    assert caught.value.__notes__ == [
        f"The policy was put on key {key}: request 00000000-0000-4000-8000-000000000001."
    ]
    assert fake.policy(key) == Policy([ADMIN, SIGN])
