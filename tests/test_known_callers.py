"""Caller: what is known of who calls, and of the key, in the lockout check, the client and the fake."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from kmspolicy import (
    Caller,
    Condition,
    KeyPolicies,
    Policy,
    Principal,
    Statement,
    allow,
    check,
    conditions,
    deny,
    errors,
    statements,
)
from kmspolicy.testing import FakeKMS

if TYPE_CHECKING:
    from kmspolicy.testing import VirtualClock

ACCOUNT, OTHER = "111122223333", "444455556666"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
APP = f"arn:aws:iam::{ACCOUNT}:role/App"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY = KEY.replace("1234abcd", "0987dcba")
ORG, BYPASS = "aws:PrincipalOrgID", "kms:BypassPolicyLockoutSafetyCheck"
MEMBER = Caller(ALICE, {ORG: "o-a1b2c3d4e5"})
STRANGER = Caller(ALICE, {ORG: ["o-f6g7h8i9j0"]})
NOBODYS = Caller(ALICE, {ORG: []})

ADMIN = statements.enable_iam_policies(ACCOUNT)
NO_PUT = deny("kms:PutKeyPolicy").to(Principal.everyone())
OURS_ALONE = NO_PUT.when(conditions.principal_org_id.if_exists.not_equals("o-a1b2c3d4e5"))
AS_MEMBER = (
    allow("kms:PutKeyPolicy")
    .to(Principal.arn(ALICE))
    .when(conditions.principal_org_id.equals("o-a1b2c3d4e5"))
)
WITHOUT_BYPASS = NO_PUT.when(Condition("Bool", BYPASS, "false"))


def on_key(effect: Any, principal: Principal) -> Statement:
    """Build a statement whose Resource is the key's ARN."""
    return Statement(effect, principal=principal, action="kms:*", resource=KEY)


def unlike(path: str) -> Statement:
    """Deny to all but a role."""
    return NO_PUT.when(conditions.principal_arn.arn_not_like(f"arn:aws:iam::{ACCOUNT}:role/{path}"))


class Case(NamedTuple):
    """A policy, who puts it, and what is said; nothing where it is empty."""

    given: list[Statement]
    caller: str | Caller | None
    code: str = ""
    severity: str = ""
    text: str = ""
    key_arn: str | None = None


EVERYONE, CALLER, ERROR, WARNING = "LOCKOUT_EVERYONE", "LOCKOUT_CALLER", "ERROR", "WARNING"
MAY_BE = "a Resource that is an ARN may be this key"
CASES: dict[str, Case] = {
    # Both readings of a Resource that is an ARN.
    "a Deny on the key's ARN": Case([ADMIN, on_key("Deny", Principal.everyone())], ALICE, EVERYONE, WARNING, MAY_BE),
    "a Deny on the key's ARN, without a caller": Case(
        [ADMIN, on_key("Deny", Principal.everyone())], None, EVERYONE, WARNING, MAY_BE
    ),
    "a Deny on the key's ARN, which is known": Case(
        [ADMIN, on_key("Deny", Principal.everyone())], ALICE, EVERYONE, ERROR, "Statement[1] denies", KEY
    ),
    "a Deny on another key's ARN": Case([ADMIN, on_key("Deny", Principal.everyone())], ALICE, key_arn=OTHER_KEY),
    "a Deny of the caller on the key's ARN": Case(
        [ADMIN, on_key("Deny", Principal.arn(ALICE))], ALICE, CALLER, WARNING, MAY_BE
    ),
    "a Deny of the caller on the key's ARN, which is known": Case(
        [ADMIN, on_key("Deny", Principal.arn(ALICE))], ALICE, CALLER, ERROR, "Statement[1] denies", KEY
    ),
    "an Allow on the key's ARN": Case(
        [on_key("Allow", Principal.arn(ALICE))],
        ALICE,
        EVERYONE,
        WARNING,
        MAY_BE,
    ),
    "an Allow on the key's ARN, which is known": Case([on_key("Allow", Principal.arn(ALICE))], ALICE, key_arn=KEY),
    "an Allow on another key's ARN": Case(
        [on_key("Allow", Principal.arn(ALICE))], ALICE, EVERYONE, ERROR, "No statement allows", OTHER_KEY
    ),
    # What the answer depends on, and the answer.
    "unless the caller is a member": Case(
        [ADMIN, OURS_ALONE],
        ALICE,
        CALLER,
        WARNING,
        "Perhaps the caller could not put a policy on the key again: Statement[1] denies kms:PutKeyPolicy if "
        "aws:PrincipalOrgID is not o-a1b2c3d4e5 (or is absent).",
    ),
    "unless the caller is a member, and is": Case([ADMIN, OURS_ALONE], MEMBER),
    "unless the caller is a member, and is not": Case([ADMIN, OURS_ALONE], STRANGER, CALLER, ERROR, "Statement[1] denies"),
    "unless the caller is a member of any": Case([ADMIN, OURS_ALONE], NOBODYS, CALLER, ERROR, "Statement[1] denies"),
    "if the caller is a member": Case(
        [AS_MEMBER], ALICE, CALLER, WARNING, "only if aws:PrincipalOrgID is o-a1b2c3d4e5, by Statement[0]."
    ),
    "if the caller is a member, and is": Case([AS_MEMBER], MEMBER),
    "if the caller is a member, and is not": Case([AS_MEMBER], STRANGER, CALLER, ERROR, "No statement allows"),
    "if the caller is a member of any": Case([AS_MEMBER], NOBODYS, CALLER, ERROR, "in the request it is not there"),
    "two of them deny it": Case(
        [ADMIN, OURS_ALONE.named("org"), NO_PUT.when(conditions.multi_factor_auth_present.is_false()).named("mfa")],
        ALICE,
        CALLER,
        WARNING,
        "Statement[1] ('org') and Statement[2] ('mfa') deny kms:PutKeyPolicy if ",
    ),
    # What the put itself tells.
    "a put that bypasses nothing": Case([ADMIN, WITHOUT_BYPASS], ALICE, CALLER, ERROR, "Statement[1] denies"),
    "a put that bypasses the check": Case([ADMIN, WITHOUT_BYPASS], Caller(ALICE, {BYPASS: True})),
    "a put of somebody": Case([ADMIN, WITHOUT_BYPASS], None),
    "a Deny of bypassing": Case([ADMIN, statements.deny_bypassing_lockout_check()], ALICE),
    # A session does not tell the path of its role.
    "all but a role without a path": Case([ADMIN, unlike("App")], SESSION, CALLER, WARNING, "Statement[1] denies"),
    "all but a role with a path": Case([ADMIN, unlike("team/App")], SESSION, CALLER, WARNING, "Statement[1] denies"),
    "all but a role, whatever its path": Case([ADMIN, unlike("*App")], SESSION),
    "all but another role": Case([ADMIN, unlike("Other")], SESSION, CALLER, ERROR, "Statement[1] denies"),
    "all but a role whose path is given": Case(
        [ADMIN, unlike("team/App")],
        Caller(SESSION, {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/team/App"}),
    ),
    # A key ARN tells the account.
    "a caller of another account": Case(
        [ADMIN],
        f"arn:aws:iam::{OTHER}:user/x",
        CALLER,
        ERROR,
        f"arn:aws:iam::{OTHER}:user/x is not in account {ACCOUNT}, and PutKeyPolicy is for the key's own account",
        KEY,
    ),
    "a condition on the account": Case(
        [AS_MEMBER.when(conditions.caller_account.equals(ACCOUNT))], Caller(ALICE, {"AWS:principalorgid": "o-a1b2c3d4e5"})
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_lockout_check(case: Case) -> None:
    """An ERROR holds in every reading; what one reading alone says, or a condition, is a WARNING.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#allow-unmanageable-key
    """
    findings = check(Policy(case.given), caller=case.caller, key_arn=case.key_arn)
    found = [finding for finding in findings if "LOCKOUT" in finding.code]
    assert [(finding.code, finding.severity.name) for finding in found] == (
        [(case.code, case.severity)] if case.code else []
    )
    assert all(case.text in finding.message for finding in found)


@pytest.mark.parametrize("caller", [ALICE, APP, SESSION, ACCOUNT])
def test_a_caller_of_whom_nothing_more_is_known(caller: str) -> None:
    """Is as good as its ARN, or a Principal with this name."""
    for given in ([ADMIN], [AS_MEMBER], [ADMIN, OURS_ALONE], [ADMIN, unlike("App")]):
        policy = Policy(given)
        assert check(policy, caller=Caller(caller)) == check(policy, caller=caller)
        assert check(policy, caller=Caller(Principal({"AWS": caller}))) == check(policy, caller=caller)


def test_callers_are_values() -> None:
    """They compare whatever the case of their keys, hash, copy and pickle."""
    assert Caller(ALICE, {"aws:principalorgid": "o-a1b2c3d4e5"}) == MEMBER
    assert MEMBER != STRANGER
    assert (MEMBER.principal, MEMBER.context) == (ALICE, ((ORG, ("o-a1b2c3d4e5",)),))
    assert hash(MEMBER) == hash(Caller(ALICE, {ORG: "o-a1b2c3d4e5"}))
    for again in (pickle.loads(pickle.dumps(MEMBER)), copy.deepcopy(MEMBER)):  # noqa: S301
        assert again == MEMBER
        assert check(Policy([ADMIN, OURS_ALONE]), caller=again) == ()
    assert repr(MEMBER) == f"Caller(principal='{ALICE}', context=(('{ORG}', ('o-a1b2c3d4e5',)),))"


NOT_TEXT: Any = 7


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda: Caller("nobody"), "'nobody' cannot make requests"),
        (lambda: Caller(NOT_TEXT), "a principal must be an ARN, an account id or a service principal, not 7"),
        (lambda: Caller(ALICE, {"PrincipalOrgID": "x"}), "did you mean 'aws:PrincipalOrgID'?"),
        (lambda: Caller(ALICE, {ORG: NOT_TEXT, "AWS:principalorgid": "x"}), "twice"),
        (lambda: check(Policy([ADMIN]), caller=Caller("s3.amazonaws.com")), "s3.amazonaws.com is a service"),
        (lambda: KeyPolicies(FakeKMS(), caller=Caller("s3.amazonaws.com")), "s3.amazonaws.com is a service"),
        (lambda: KeyPolicies(FakeKMS(), account="1"), "an account must be an account id of 12 digits, not '1'"),
        (lambda: FakeKMS(caller=Caller("s3.amazonaws.com")), "s3.amazonaws.com is a service"),
    ],
    ids=["a name", "a number", "no prefix", "twice", "a service", "a client's", "an account", "a fake's"],
)  # fmt: skip
def test_what_is_refused(build: Any, text: str) -> None:
    """When it is made, with what would be right."""
    with pytest.raises(errors.RequestError) as caught:
        build()
    assert text in str(caught.value)


def test_words_that_are_not_known() -> None:
    """There is one warning, where the caller is made, and none where it is asked for."""
    with pytest.warns(errors.UnknownWordWarning, match="'aws:PrincipalOrg' is not known") as caught:
        caller = Caller(ALICE, {"aws:PrincipalOrg": "x"})
    assert [warning.filename for warning in caught] == [__file__]
    assert check(Policy([ADMIN]), caller=caller) == ()


# --- the client --------------------------------------------------------------------------------------

THEIRS = allow("kms:Sign", "kms:GetKeyPolicy").to(Principal.role(OTHER, "Reader")).named("theirs")


@pytest.mark.parametrize(
    ("known", "gained"),
    [
        ({}, ("kms:GetKeyPolicy", "kms:Sign")),
        ({"account": ACCOUNT}, ("kms:Sign",)),
        ({"caller": ALICE}, ("kms:Sign",)),
        ({"caller": Caller(ALICE)}, ("kms:Sign",)),
        ({"caller": ALICE, "account": ACCOUNT}, ("kms:Sign",)),
    ],
    ids=["nothing", "the account", "the caller", "a Caller", "both"],
)
async def test_plans_say_what_works_across_accounts(
    fake: FakeKMS, clock: VirtualClock, known: dict[str, Any], gained: tuple[str, ...]
) -> None:
    """Where the account of the key is known: from its ARN, from the facade, or from the caller."""
    key = fake.add_key(Policy([ADMIN]))
    policies = KeyPolicies(fake, sleep=clock.sleep, clock=clock, **known)
    plan = await policies.plan(key, Policy([ADMIN, THEIRS]))
    assert [one.actions for one in plan.gained] == [gained]
    by_arn = await policies.plan(f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}", Policy([ADMIN, THEIRS]))
    assert [one.actions for one in by_arn.gained] == [("kms:Sign",)]
    warned = {"UNSUPPORTED_ACTION_FOR_ANOTHER_ACCOUNT"} if known else set[str]()
    assert {finding.code for finding in plan.findings} == warned


async def test_a_key_that_contradicts_the_account(fake: FakeKMS) -> None:
    """A key ARN of another account is refused before anything is sent."""
    policies = KeyPolicies(fake, account=OTHER)
    with pytest.raises(errors.RequestError, match=f"is in account {ACCOUNT}, not in account {OTHER}"):
        await policies.plan(KEY, Policy([ADMIN]))
    assert fake.calls == []


@pytest.mark.parametrize(
    ("caller", "refused"), [(MEMBER, False), (ALICE, False), (STRANGER, True)], ids=["member", "who knows", "stranger"]
)  # fmt: skip
async def test_puts(clock: VirtualClock, caller: str | Caller, refused: bool) -> None:
    """What is known of the caller decides whether a put is sent; a warning does not stop it."""
    fake = FakeKMS(caller=MEMBER)
    policies = KeyPolicies(fake, caller=caller, sleep=clock.sleep, clock=clock)
    key = fake.add_key(Policy([ADMIN]))
    if refused:
        with pytest.raises(errors.PolicyCheckError, match="LOCKOUT_CALLER"):
            await policies.put(key, Policy([ADMIN, OURS_ALONE]))
    else:
        await policies.put(key, Policy([ADMIN, OURS_ALONE]))
    assert (fake.policy(key) == Policy([ADMIN])) is refused


# --- the fake ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        ({"caller": MEMBER}, False),
        ({"caller": STRANGER}, True),
        ({"caller": STRANGER, "context": {ORG: "o-a1b2c3d4e5"}}, False),
        ({"caller": ALICE, "context": {ORG: "o-a1b2c3d4e5"}}, False),
        ({"caller": Caller(ACCOUNT, {ORG: "o-a1b2c3d4e5"})}, False),
    ],
    ids=["a member", "a stranger", "the context counts before", "a context", "the root user"],
)
async def test_the_context_of_a_caller_is_that_of_the_requests(arguments: Any, refused: bool) -> None:
    """FakeKMS takes both, and what is given as the context counts before."""
    fake = FakeKMS(**arguments)
    put = fake.put_key_policy(
        KeyId=fake.add_key(Policy([ADMIN])), Policy=Policy([ADMIN, OURS_ALONE]).to_json()
    )
    if refused:
        with pytest.raises(fake.exceptions.MalformedPolicyDocumentException):
            await put
    else:
        await put
    assert fake.caller in (ALICE, f"arn:aws:iam::{ACCOUNT}:root")


@pytest.mark.parametrize("given", [ADMIN, ADMIN.when(conditions.principal_org_id.equals("o-a1b2c3d4e5"))])
async def test_iam_policies_decide_under_a_condition_that_is_met(given: Statement) -> None:
    """Where they do not allow another put, the put is refused, as it is without the condition."""
    fake = FakeKMS(caller=MEMBER)
    key = fake.add_key(Policy([ADMIN, AS_MEMBER]))
    fake.iam_allows = False
    with pytest.raises(fake.exceptions.MalformedPolicyDocumentException):
        await fake.put_key_policy(KeyId=key, Policy=Policy([given]).to_json())
