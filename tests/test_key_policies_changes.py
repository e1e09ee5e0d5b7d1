"""Policies that are edited, and statements that are added, removed and exchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from client_support import ADMIN, ALICE, BOB, SIGN, operations
from kmspolicy import KeyPolicies, Policy, Statement, allow, deny, diff, errors

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


EITHER = "give this one another Sid to keep both, or use exchange_statement to replace that one"
ONLY_THE_PRINCIPAL = f"only the principal differs: use add_principal to add it to that one; else {EITHER}"


@pytest.mark.parametrize(
    ("statement", "ways"),
    [
        (allow("kms:Verify").to(ALICE).named("sign"), EITHER),
        (deny("kms:Sign").to(BOB).named("sign"), EITHER),
        (Statement("Allow", not_principal=BOB, action="kms:Sign", resource="*", sid="sign"), EITHER),
        (Statement("Allow", action="kms:Sign", resource="*", sid="sign"), EITHER),
        (allow("kms:Sign").to(BOB).named("sign"), ONLY_THE_PRINCIPAL),
        (allow("kms:Sign").to(ALICE, BOB).named("sign"), ONLY_THE_PRINCIPAL),
    ],
    ids=[
        "another action",
        "another effect",
        "NotPrincipal",
        "nobody",
        "another principal",
        "one more principal",
    ],
)
async def test_adding_under_a_sid_that_is_taken(
    statement: Statement, ways: str, fake: FakeKMS, policies: KeyPolicies
) -> None:
    """Nothing is written; the message says how to keep the first."""
    key = fake.add_key(Policy([ADMIN, SIGN]))
    with pytest.raises(errors.SidError) as caught:
        await policies.add_statement(key, statement)
    assert str(caught.value) == f"another statement has the Sid 'sign'; {ways}"
    assert "PutKeyPolicy" not in operations(fake)


async def test_adding_a_principal(fake: FakeKMS, policies: KeyPolicies) -> None:
    """To the statement with the Sid; adding it again does nothing."""
    key = fake.add_key(Policy([ADMIN, SIGN]))
    assert (await policies.add_principal(key, BOB, sid="sign")).changed
    assert fake.policy(key) == Policy([ADMIN, allow("kms:Sign").to(ALICE, BOB).named("sign")])
    assert not (await policies.add_principal(key, ALICE | BOB, sid="sign")).changed
    assert operations(fake) == ["GetKeyPolicy", "PutKeyPolicy", "GetKeyPolicy"]


async def test_removing_a_principal(fake: FakeKMS, policies: KeyPolicies) -> None:
    """From the statement with the Sid, or from all; removing it again does nothing."""
    both, verify = allow("kms:Sign").to(ALICE, BOB).named("sign"), allow("kms:Verify").to(BOB).named("verify")
    key = fake.add_key(Policy([ADMIN, both, verify]))
    assert (await policies.remove_principal(key, BOB, sid="sign")).changed
    assert not diff(fake.policy(key), Policy([ADMIN, SIGN, verify]))
    assert (await policies.remove_principal(key, BOB)).changed
    assert not diff(fake.policy(key), Policy([ADMIN, SIGN]))
    assert not (await policies.remove_principal(key, BOB)).changed
    assert not (await policies.remove_principal(key, BOB, sid="sign")).changed


async def test_principals_that_cannot_be_added_or_removed(fake: FakeKMS, policies: KeyPolicies) -> None:
    """The errors of the verbs of Policy come through, and nothing is written."""
    key = fake.add_key(Policy([ADMIN, SIGN]))
    with pytest.raises(errors.SidError, match="no statement has the Sid 'verify'"):
        await policies.add_principal(key, BOB, sid="verify")
    with pytest.raises(errors.SidError, match="no statement has the Sid 'verify'"):
        await policies.remove_principal(key, BOB, sid="verify")
    with pytest.raises(errors.PolicyDocumentError, match="no other principal"):
        await policies.remove_principal(key, ALICE, sid="sign")
    no_principal: Any = "arn:aws:iam::111122223333:user/bob"
    with pytest.raises(errors.PolicyDocumentError, match="expected a Principal"):
        await policies.add_principal(key, no_principal, sid="sign")
    assert "PutKeyPolicy" not in operations(fake)


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


@pytest.mark.parametrize(
    ("verb", "arguments", "message"),
    [
        pytest.param("add_statement", {"statement": "x"}, "expected a Statement", id="add_statement"),
        pytest.param(
            "exchange_statement", {"statement": "x"}, "expected a Statement", id="exchange_statement"
        ),
        pytest.param(
            "exchange_statement", {"statement": SIGN.replace(sid=None)}, "needs the Sid", id="without a Sid"
        ),
        pytest.param("remove_statement", {"sid": ""}, "a Sid must be text", id="remove_statement"),
        pytest.param(
            "add_principal", {"principal": "x", "sid": "a"}, "expected a Principal", id="add_principal"
        ),
        pytest.param("add_principal", {"principal": BOB, "sid": 1}, "a Sid must be text", id="to a number"),
        pytest.param("remove_principal", {"principal": "x"}, "expected a Principal", id="remove_principal"),
        pytest.param(
            "remove_principal", {"principal": BOB, "sid": ""}, "a Sid must be text", id="of an empty Sid"
        ),
    ],
)
async def test_arguments_that_cannot_be_are_refused_before_a_read(
    fake: FakeKMS, policies: KeyPolicies, verb: str, arguments: dict[str, Any], message: str
) -> None:
    """Bad input does not reach the network."""
    with pytest.raises(errors.KeyPolicyError, match=message):
        await getattr(policies, verb)(fake.add_key(), **arguments)
    assert operations(fake) == []
