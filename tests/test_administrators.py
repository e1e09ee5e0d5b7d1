"""Who can put a policy again: a single user or role is named, and what AWS's default policy does is not said."""

from __future__ import annotations

from typing import NamedTuple

import attrs
import pytest

from kmspolicy import (
    Condition,
    Policy,
    Principal,
    Statement,
    allow,
    check,
    conditions,
    deny,
    matching,
    statements,
)

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
APP = f"arn:aws:iam::{ACCOUNT}:role/App"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"
ADMIN = statements.enable_iam_policies(ACCOUNT)
PUT = allow("kms:PutKeyPolicy")
NO_PUT = deny("kms:PutKeyPolicy")
ORG = conditions.principal_org_id.equals("o-a1b2c3d4e5")


class Put(NamedTuple):
    """Statements, and whom they leave as the only one to put a policy again."""

    name: str
    given: list[Statement]
    alone: str | None
    account: str | None = None


KEY_ADMIN = f"arn:aws:iam::{ACCOUNT}:role/KeyAdmin"
ONE = PUT.to(Principal.arn(KEY_ADMIN))
ABROAD = PUT.to(Principal.role("444455556666", "App"))
EVERYBODY = Principal.everyone()


def by_arn(operator: str, *arns: str) -> Condition:
    """Compare the ARN of the caller."""
    return Condition(operator, "aws:PrincipalArn", arns[0] if len(arns) == 1 else list(arns))


ADMINISTRATORS = [
    Put("one role", [ONE], KEY_ADMIN),
    Put("one user", [PUT.to(Principal.arn(ALICE))], ALICE),
    Put("one by a wildcard", [allow(matching("kms:Put*")).to(Principal.arn(KEY_ADMIN))], KEY_ADMIN),
    Put(
        "one by all but some actions",
        [Statement("Allow", principal=Principal.arn(ALICE), not_action="kms:Decrypt", resource="*")],
        ALICE,
    ),
    Put("one twice", [ONE, ONE.named("again")], KEY_ADMIN),
    Put("one under a condition", [ONE.when(ORG)], KEY_ADMIN),
    Put("one on what may be the key", [attrs.evolve(ONE, resource=KEY), ONE], KEY_ADMIN),
    Put("a session", [PUT.to(Principal.arn(SESSION))], SESSION),
    Put("a role and its session", [PUT.to(Principal({"AWS": [APP, SESSION]}))], SESSION),
    Put("one beside users of the key", [ONE, allow("kms:Decrypt").to(Principal.account(ACCOUNT))], KEY_ADMIN),
    Put("one beside a deleted one", [PUT.to(Principal({"AWS": [ALICE, "AIDACKCEVSQ6C2EXAMPLE"]}))], ALICE),
    Put("one beside a service", [PUT.to(Principal({"AWS": ALICE, "Service": "s3.amazonaws.com"}))], ALICE),
    Put(
        "one beside one who is denied",
        [ONE, PUT.to(Principal.arn(ALICE)), NO_PUT.to(Principal.arn(ALICE))],
        KEY_ADMIN,
    ),
    Put("one beside another account", [ONE, ABROAD], KEY_ADMIN, ACCOUNT),
    Put("one of the account, by its ARN", [PUT.to(Principal.arn(ROOT)).when(by_arn("ArnEquals", APP))], APP),
    Put("one of everyone, by its ARN", [PUT.to(EVERYBODY).when(by_arn("StringEquals", APP))], APP),
    Put("one whom a Deny spares", [ADMIN, NO_PUT.to(EVERYBODY).when(by_arn("ArnNotEquals", APP))], APP),
    Put("the account", [ADMIN], None),
    Put("the account by its id", [PUT.to(Principal({"AWS": ACCOUNT}))], None),
    Put("the account besides", [ONE, ADMIN], None),
    Put("the account under a condition", [ONE, ADMIN.when(ORG)], None),
    Put("two", [PUT.to(Principal({"AWS": [ALICE, KEY_ADMIN]}))], None),
    Put("two in two statements", [ONE, PUT.to(Principal.arn(ALICE))], None),
    Put("two, of whom one may be another account's", [ONE, ABROAD], None),
    Put("everyone", [PUT.to(EVERYBODY)], None),
    Put(
        "everyone but one",
        [Statement("Allow", not_principal=Principal.arn(ALICE), action="kms:*", resource="*")],
        None,
    ),
    Put("somebody unknown besides", [ONE, PUT.to(Principal({"Federated": "accounts.google.com"}))], None),
    Put("roles by a pattern", [PUT.to(EVERYBODY).when(by_arn("ArnLike", f"{APP}*"))], None),
    Put("two by their ARNs", [PUT.to(EVERYBODY).when(by_arn("ArnEquals", APP, ALICE))], None),
    Put(
        "two whom a Deny spares", [ADMIN, NO_PUT.to(EVERYBODY).when(by_arn("ArnNotEquals", APP, ALICE))], None
    ),
    Put("a Deny of one", [ADMIN, NO_PUT.to(EVERYBODY).when(by_arn("ArnEquals", APP))], None),
    Put(
        "a Deny by two conditions",
        [ADMIN, NO_PUT.to(EVERYBODY).when(by_arn("ArnNotEquals", APP)).when(ORG)],
        None,
    ),
    Put("nobody", [allow("kms:Decrypt").to(Principal.arn(ALICE))], None),
]


@pytest.mark.parametrize("row", ADMINISTRATORS, ids=lambda row: row.name)
def test_one_administrator(row: Put) -> None:
    """AWS warns of a key that one user or role alone manages, who can be deleted.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    found = [one for one in check(Policy(row.given), account=row.account) if one.code == "ONE_ADMINISTRATOR"]
    assert [one.message.partition(": ")[2] for one in found] == ([f"'{row.alone}'."] if row.alone else [])


class Delegated(NamedTuple):
    """How a policy leaves it to IAM policies who puts a policy, and whether that is said to a caller."""

    name: str
    statement: Statement
    said: bool


DELEGATED = [
    Delegated("as the default policy does", ADMIN, said=False),
    Delegated("by the account id", allow("kms:*").to(Principal({"AWS": ACCOUNT})), said=False),
    Delegated("by all actions of all services", allow(matching("*")).to(Principal.arn(ROOT)), said=False),
    Delegated("among other principals", allow("kms:*").to(Principal({"AWS": [APP, ROOT]})), said=False),
    Delegated("for one action", PUT.to(Principal.arn(ROOT)), said=True),
    Delegated("for some actions", allow(matching("kms:Put*")).to(Principal.arn(ROOT)), said=True),
    Delegated(
        "for all actions but one",
        Statement("Allow", principal=Principal.arn(ROOT), not_action="kms:Decrypt", resource="*"),
        said=True,
    ),
]


@pytest.mark.parametrize("row", DELEGATED, ids=lambda row: row.name)
def test_what_the_default_policy_does_is_not_said(row: Delegated) -> None:
    """Every key has it, and every plan would say it."""
    found = [finding.code for finding in check(Policy([row.statement]), caller=ALICE)]
    assert found == (["IAM_POLICIES_DECIDE"] if row.said else [])
