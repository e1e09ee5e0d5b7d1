"""Who calls FakeKMS, from where, and what the current policy lets them do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, UnknownRegionError

from fake_kms_support import ACCOUNT, ADMIN, ALICE, APP, MALFORMED, PRINCIPALS, TO_ALICE, error_of, refused
from kmspolicy import Condition, Guard, KeyPolicies, Policy, Principal, Statement, allow, errors, statements
from kmspolicy.testing import FakeKMS
from support import KEY_ID

if TYPE_CHECKING:
    from kmspolicy._document._statement import Effect

BOB = "arn:aws:iam::444455556666:user/bob"


async def test_a_context_that_is_not_known() -> None:
    """There is one warning, where the fake is made, and none at its calls."""
    with pytest.warns(errors.UnknownWordWarning, match="'kms:ViaServce' is not known") as caught:
        fake = FakeKMS(context={"kms:ViaServce": "x"})
    assert [warning.filename for warning in caught] == [__file__]
    await KeyPolicies(fake).ensure(fake.add_key(), Policy([ADMIN]))


def test_a_caller_may_be_a_principal() -> None:
    """With one name."""
    assert FakeKMS(caller=Principal.arn(ALICE)).caller == ALICE
    assert FakeKMS(caller=Principal.account(ACCOUNT)).caller == f"arn:aws:iam::{ACCOUNT}:root"
    with pytest.raises(errors.RequestError):
        FakeKMS(caller=Principal.arn(ALICE) | Principal.arn(APP))


async def test_names_of_principals_that_are_no_arns() -> None:
    """They exist, and are not roles."""
    to_session = allow("kms:Sign").to(Principal.arn(f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me"))
    for names in (["x", "AROAEXAMPLE", ACCOUNT], ["arn:aws-cn:iam::111122223333:role/App"]):
        assert await refused(FakeKMS(principals=names), Policy([ADMIN, to_session])) == (
            MALFORMED,
            PRINCIPALS,
        )
    fake = FakeKMS()
    fake.delete_principal("AIDAEXAMPLE")
    await fake.put_key_policy(KeyId=fake.add_key(), Policy=Policy([ADMIN, to_session]).to_json())
    fake.delete_principal(f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me")
    assert await refused(fake, Policy([ADMIN, to_session])) == (MALFORMED, PRINCIPALS)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param({"caller": "s3.amazonaws.com"}, errors.RequestError, id="a service calls"),
        pytest.param({"account": "1"}, errors.RequestError, id="an account id of one digit"),
        pytest.param(
            {"account": "1", "caller": ALICE},
            errors.RequestError,
            id="an account id of one digit, a user calls",
        ),
        pytest.param({"account": ""}, errors.RequestError, id="an empty account id"),
        pytest.param({"context": {"aws:username": None}}, errors.RequestError, id="None in the context"),
        pytest.param({"region": "nowhere"}, UnknownRegionError, id="a Region that does not exist"),
    ],
)
def test_arguments_that_are_refused(arguments: dict[str, Any], error: type[Exception]) -> None:
    """When the fake is made, and not at the first call."""
    with pytest.raises(error):
        FakeKMS(**arguments)


@pytest.mark.parametrize(
    ("arguments", "account", "caller"),
    [
        pytest.param({}, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", id="neither"),
        pytest.param(
            {"account": "444455556666"}, "444455556666", "arn:aws:iam::444455556666:root", id="an account"
        ),
        pytest.param(
            {"caller": "444455556666"},
            "444455556666",
            "arn:aws:iam::444455556666:root",
            id="a root user of an account",
        ),
        pytest.param({"caller": BOB}, "444455556666", BOB, id="a user of another account"),
        pytest.param(
            {"caller": BOB, "account": ACCOUNT}, ACCOUNT, BOB, id="a user of another account, and the account"
        ),
        pytest.param(
            {"region": "us-gov-west-1"},
            ACCOUNT,
            f"arn:aws-us-gov:iam::{ACCOUNT}:root",
            id="a Region of another partition",
        ),
        pytest.param(
            {"region": "cn-north-1", "caller": "444455556666"},
            "444455556666",
            "arn:aws-cn:iam::444455556666:root",
            id="a root user of an account, a Region of another partition",
        ),
    ],
)
def test_account_and_caller(arguments: dict[str, Any], account: str, caller: str) -> None:
    """The keys are in the caller's account unless the test says otherwise; the root user is of the Region's partition."""
    fake = FakeKMS(**arguments)
    assert (fake.account, fake.caller) == (account, caller)


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-east-1", "aws-us-gov")]
)
async def test_partitions(region: str, partition: str) -> None:
    """Keys, the policy they get and the ARNs that KMS prints are of the partition of the Region; others are refused."""
    fake = FakeKMS(region=region)
    assert fake.partition == partition
    root = f"arn:{partition}:iam::{ACCOUNT}:root"
    arn = (await fake.create_key())["KeyMetadata"]["Arn"]
    assert arn.startswith(f"arn:{partition}:kms:{region}:{ACCOUNT}:key/")
    default = statements.default_policy(ACCOUNT, partition=partition)
    assert fake.policy(arn.rpartition("/")[2]) == default
    await KeyPolicies(fake).put(arn, default)
    await KeyPolicies(fake).put(arn, Policy([allow("kms:*").to(Principal({"AWS": ACCOUNT}))]))
    assert f'"AWS" : "{root}"' in (await fake.get_key_policy(KeyId=arn))["Policy"]
    other = Principal.account(ACCOUNT, partition="aws" if partition == "aws-cn" else "aws-cn")
    with pytest.raises(errors.InvalidPrincipalException):
        await KeyPolicies(fake, guard=Guard(refuse=None)).put(
            arn, default.with_statement(allow("kms:Sign").to(other))
        )


MAY_ALL = allow("kms:*").to(Principal.arn(ALICE))
IF_TAGGED = MAY_ALL.when(Condition("StringEquals", "aws:PrincipalTag/team", "keys"))
DENIED = Statement(
    "Deny", principal=Principal.arn(ALICE), action=["kms:Put*", "kms:Get*", "kms:List*"], resource="*"
)
NO_KEY_POLICY = "because no resource-based policy allows the kms:{0} action"
NO_IAM_POLICY = "because no identity-based policy allows the kms:{0} action"
EXPLICIT = "with an explicit deny in a resource-based policy"


@pytest.mark.parametrize(
    ("arguments", "current", "reason"),
    [
        pytest.param({}, [MAY_ALL], None, id="by name"),
        pytest.param({"iam_allows": False}, [MAY_ALL], None, id="by name, without IAM policies"),
        pytest.param({}, [ADMIN], None, id="by account"),
        pytest.param({"iam_allows": False}, [ADMIN], NO_IAM_POLICY, id="by account, without IAM policies"),
        pytest.param({}, [TO_ALICE], NO_KEY_POLICY, id="another action"),
        pytest.param({}, [allow("kms:*").to(Principal.arn(APP))], NO_KEY_POLICY, id="another principal"),
        pytest.param({}, [], NO_KEY_POLICY, id="no statement"),
        pytest.param({}, [ADMIN, MAY_ALL, DENIED], EXPLICIT, id="denied"),
        pytest.param({}, [IF_TAGGED], NO_KEY_POLICY, id="under a condition, the key not in the context"),
        pytest.param(
            {"context": {"AWS:PrincipalTag/team": "keys"}},
            [IF_TAGGED],
            None,
            id="under a condition, with its value",
        ),
        pytest.param(
            {"context": {"aws:PrincipalTag/team": ["other"]}},
            [IF_TAGGED],
            NO_KEY_POLICY,
            id="under a condition, with another value",
        ),
        pytest.param({"account": "444455556666"}, [MAY_ALL], NO_KEY_POLICY, id="another account, by name"),
        pytest.param(
            {"account": "444455556666"}, [TO_ALICE], NO_KEY_POLICY, id="another account, another action"
        ),
    ],
)
async def test_the_current_policy_decides(
    arguments: dict[str, Any], current: list[Statement], reason: str | None
) -> None:
    """Whether the caller may put, read and list: by the key policy, by IAM policies where it leaves it to them."""
    fake = FakeKMS(caller=ALICE, **arguments)
    key_id = fake.add_key(Policy(current))
    text = Policy([ADMIN, MAY_ALL]).to_json()
    for operation, call in (
        ("GetKeyPolicy", fake.get_key_policy(KeyId=key_id)),
        ("ListKeyPolicies", fake.list_key_policies(KeyId=key_id)),
        ("PutKeyPolicy", fake.put_key_policy(KeyId=key_id, Policy=text)),
    ):
        if reason is None:
            await call
            continue
        with pytest.raises(ClientError) as caught:
            await call
        assert error_of(caught.value) == {
            "Code": "AccessDeniedException",
            "Message": f"User: {ALICE} is not authorized to perform: kms:{operation} on resource: "
            f"arn:aws:kms:us-east-1:{fake.account}:key/{key_id} {reason.format(operation)}",
        }
    assert fake.policy(key_id) == (Policy(current) if reason else Policy([ADMIN, MAY_ALL]))
    if fake.account == ACCOUNT:
        await fake.create_key(Policy=text)


@pytest.mark.parametrize("context", [{}, {"KMS:bypassPolicyLockoutSafetyCheck": True}])
async def test_bypass_is_a_condition_key_of_the_request(context: dict[str, bool]) -> None:
    """A policy can forbid it, and only the request says whether it is there."""
    forbidden = DENIED.when(Condition("Bool", "kms:BypassPolicyLockoutSafetyCheck", "true"))
    fake = FakeKMS(context=context, caller=ALICE)
    key_id = fake.add_key(Policy([ADMIN, forbidden]))
    policies = KeyPolicies(fake)
    with pytest.raises(errors.AccessDeniedException):
        await policies.put(key_id, Policy([ADMIN]), bypass_policy_lockout_safety_check=True)
    await policies.put(key_id, Policy([ADMIN]))


async def test_reads_can_be_stale() -> None:
    """They show the policy before the last put, as often as the test says; keys without another show theirs."""
    fake = FakeKMS()
    default, first, second = (statements.default_policy(ACCOUNT), Policy([ADMIN]), Policy([ADMIN, TO_ALICE]))
    key_id, other = fake.add_key(), fake.add_key()

    async def read(key: str) -> Policy:
        return Policy.from_json((await fake.get_key_policy(KeyId=key))["Policy"])

    for policy in (first, second):
        await fake.put_key_policy(KeyId=key_id, Policy=policy.to_json())
    assert await read(key_id) == second
    fake.stale(reads=3)
    assert [await read(key) for key in (key_id, other, key_id, key_id)] == [first, default, first, second]
    assert fake.policy(key_id) == second
    fake.stale(reads=1)
    with pytest.raises(ClientError):
        await read(KEY_ID)
    assert [await read(key_id), await read(key_id)] == [first, second]


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
async def test_a_resource_that_is_the_arn_of_a_key(effect: Effect) -> None:
    """A statement about the ARN of this key applies, and one about another key does not."""
    fake = FakeKMS(caller=ALICE)
    arn = f"arn:aws:kms:{fake.region}:{ACCOUNT}:key/{FakeKMS().add_key()}"  # that of the first key
    about = Statement(effect, principal=Principal.arn(ALICE), action="kms:GetKeyPolicy", resource=arn)
    policy = Policy([about] if effect == "Allow" else [MAY_ALL, about])
    of_this, of_another = fake.add_key(policy), fake.add_key(policy)
    granted, refused_one = (of_this, of_another) if effect == "Allow" else (of_another, of_this)
    await fake.get_key_policy(KeyId=granted)
    with pytest.raises(ClientError, match="AccessDenied"):
        await fake.get_key_policy(KeyId=refused_one)
