"""Policies that are edited, and statements that are added, removed and exchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from client_support import ADMIN, ALICE, BOB, SIGN, operations
from kmspolicy import KeyPolicies, Policy, Statement, allow, deny, errors

if TYPE_CHECKING:
    from kmspolicy.testing import FakeKMS


async def test_edit(fake: FakeKMS, policies: KeyPolicies) -> None:
    """A pure function of the policy says what shall be; nothing is written where that is what is there."""
    key = fake.add_key(Policy([ADMIN]))
    assert (await policies.edit(key, lambda policy: policy.with_statement(SIGN))).changed
    assert fake.policy(key) == Policy([ADMIN, SIGN])
    assert not (await policies.edit(key, lambda policy: policy)).changed
    assert operations(fake) == ["GetKeyPolicy", "PutKeyPolicy", "GetKeyPolicy"]


async def test_functions_that_return_no_policy(fake: FakeKMS, policies: KeyPolicies) -> None:
    """A mistake of the function writes nothing; its own exceptions come through."""
    key = fake.add_key(Policy([ADMIN]))

    async def later(policy: Policy) -> Policy:
        return policy

    def nothing(_: Policy) -> None:
        return None

    wrong: list[tuple[Any, str]] = [
        (nothing, "must return the changed Policy, not NoneType"),
        (Policy.to_json, "not str"),
        (later, "an awaitable; it must not be async"),
    ]
    for function, text in wrong:
        with pytest.raises(errors.PolicyDocumentError, match=text):
            await policies.edit(key, function)

    def fail(_: Policy) -> Policy:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await policies.edit(key, fail)
    assert "PutKeyPolicy" not in operations(fake)


@pytest.mark.parametrize("tries", [0, -1, True, 1.0])
async def test_tries(tries: Any, fake: FakeKMS, policies: KeyPolicies) -> None:
    """At least one."""
    with pytest.raises(ValueError, match="tries must be an integer of 1 or more"):
        await policies.edit(fake.add_key(), lambda policy: policy, tries=tries)
    assert fake.calls == []


async def test_adding_a_statement(fake: FakeKMS, policies: KeyPolicies) -> None:
    """It comes last; adding it again does nothing, so it is safe to retry after an unknown outcome."""
    key = fake.add_key(Policy([ADMIN]))
    assert (await policies.add_statement(key, SIGN)).changed
    assert not (await policies.add_statement(key, SIGN)).changed
    assert fake.policy(key) == Policy([ADMIN, SIGN])
    with pytest.raises(errors.SidError, match="another statement has the Sid 'sign'; use exchange_statement"):
        await policies.add_statement(key, allow("kms:Verify").to(BOB).named("sign"))
    nameless = allow("kms:Verify").to(BOB)
    assert (await policies.add_statement(key, nameless)).changed
    assert not (await policies.add_statement(key, nameless)).changed
    assert fake.policy(key) == Policy([ADMIN, SIGN, nameless])
    other_nameless = allow("kms:Verify").to(ALICE)
    assert (await policies.add_statement(key, other_nameless)).changed
    assert fake.policy(key) == Policy([ADMIN, SIGN, nameless, other_nameless])
    twice = fake.add_key(Policy([ADMIN, SIGN, allow("kms:Verify").to(BOB).named("sign")]))
    for there in fake.policy(twice).statements:
        assert not (await policies.add_statement(twice, there)).changed


async def test_removing_and_replacing_a_statement(fake: FakeKMS, policies: KeyPolicies) -> None:
    """By its Sid, in its place."""
    key = fake.add_key(Policy([SIGN, ADMIN]))
    other = deny("kms:Sign").to(BOB).named("sign")
    assert (await policies.exchange_statement(key, other)).changed
    assert fake.policy(key) == Policy([other, ADMIN])
    assert not (await policies.exchange_statement(key, other)).changed
    assert (await policies.remove_statement(key, "sign")).changed
    assert fake.policy(key) == Policy([ADMIN])


@pytest.mark.parametrize(
    ("given", "text"),
    [([ADMIN], "no statement has the Sid 'sign'"), ([ADMIN, SIGN, SIGN], "2 statements have the Sid 'sign'")],
)
async def test_sids_that_are_missing_or_stand_twice(
    given: list[Statement], text: str, fake: FakeKMS, policies: KeyPolicies
) -> None:
    """Nothing is written, and the message says what to do."""
    key = fake.add_key(Policy(given))
    with pytest.raises(errors.SidError, match=text):
        await policies.remove_statement(key, "sign")
    with pytest.raises(errors.SidError, match=text):
        await policies.exchange_statement(key, deny("kms:Sign").to(BOB).named("sign"))
    with pytest.raises(errors.SidError, match="the statement needs the Sid"):
        await policies.exchange_statement(key, deny("kms:Sign").to(BOB))
    assert "PutKeyPolicy" not in operations(fake)


@pytest.mark.parametrize("sid", [None, "", 7])
async def test_a_statement_without_a_sid_is_not_removed_by_it(
    sid: Any, fake: FakeKMS, policies: KeyPolicies
) -> None:
    """None is not a Sid, though a statement may have none."""
    key = fake.add_key(Policy([ADMIN, allow("kms:Sign").to(ALICE)]))
    with pytest.raises(errors.SidError, match="a Sid must be text that is not empty"):
        await policies.remove_statement(key, sid)
    assert "PutKeyPolicy" not in operations(fake)
