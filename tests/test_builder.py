"""Permissions, and the statements they become."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any, get_args

import pytest

from kmspolicy import (
    Action,
    ActionPattern,
    Permission,
    Policy,
    Principal,
    Statement,
    allow,
    conditions,
    deny,
    errors,
    matching,
)

if TYPE_CHECKING:
    from collections.abc import Callable

S3 = "s3.us-east-1.amazonaws.com"
APP = Principal.role("111122223333", "App")
OTHER = Principal.role("111122223333", "Other")


@pytest.mark.parametrize(
    ("built", "statement"),
    [
        pytest.param(
            allow("kms:Decrypt").to(APP),
            Statement("Allow", principal=APP, action="kms:Decrypt", resource="*"),
            id="one action and principal",
        ),
        pytest.param(
            allow("kms:Decrypt", "kms:Encrypt*").to(APP, OTHER),
            Statement("Allow", principal=APP | OTHER, action=["kms:Decrypt", "kms:Encrypt*"], resource="*"),
            id="several actions and principals",
        ),
        pytest.param(
            allow(matching("kms:*Mac")).to(Principal.everyone()),
            Statement("Allow", principal=Principal.everyone(), action="kms:*Mac", resource="*"),
            id="a pattern for everyone",
        ),
        pytest.param(
            deny("kms:PutKeyPolicy").to(APP),
            Statement("Deny", principal=APP, action="kms:PutKeyPolicy", resource="*"),
            id="a Deny",
        ),
        pytest.param(
            deny("kms:*").to_all_except(APP, Principal.account("111122223333")),
            Statement(
                "Deny", not_principal=APP | Principal.account("111122223333"), action="kms:*", resource="*"
            ),
            id="a Deny for all but some",
        ),
        pytest.param(
            deny.all_except("kms:Decrypt", "kms:DescribeKey").to(APP),
            Statement("Deny", principal=APP, not_action=["kms:Decrypt", "kms:DescribeKey"], resource="*"),
            id="a Deny of all but some actions",
        ),
        pytest.param(
            deny.all_except("kms:Decrypt").to_all_except(APP),
            Statement("Deny", not_principal=APP, not_action="kms:Decrypt", resource="*"),
            id="a Deny of all but one action for all but one",
        ),
    ],
)
def test_what_is_built(built: Statement, statement: Statement) -> None:
    """One name is written as a name, several as a list, and the resource is the key itself."""
    assert built == statement


def test_the_example_of_the_design() -> None:
    """It reads as it is said: allow these to the app, when through S3, named so."""
    statement = (
        allow("kms:Decrypt", "kms:GenerateDataKey*")
        .to(APP)
        .when(conditions.via_service.equals("s3.us-east-1.amazonaws.com"))
        .named("App through S3")
    )
    assert Policy([statement], id="app-key").to_dict() == {
        "Version": "2012-10-17",
        "Id": "app-key",
        "Statement": [
            {
                "Sid": "App through S3",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:role/App"},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": "*",
                "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
            }
        ],
    }


def test_conditions_are_joined_by_and() -> None:
    """A second condition is added to the first; the same operator on the same key is an error that says what to do."""
    through = allow("kms:Decrypt").to(APP).when(conditions.via_service.equals(S3))
    both = through.when(conditions.caller_account.equals("111122223333"))
    assert both.to_dict()["Condition"] == {
        "StringEquals": {"kms:ViaService": S3, "kms:CallerAccount": "111122223333"}
    }
    with pytest.raises(errors.ConditionConflictError, match="give all values to one condition"):
        through.when(conditions.via_service.equals("sqs.us-east-1.amazonaws.com"))


def test_principals_are_given_one_by_one() -> None:
    """A list of them is taken apart by the caller."""
    several: Any = [APP, OTHER]
    for build in (allow("kms:Sign").to, deny("kms:Sign").to_all_except):
        with pytest.raises(errors.BuilderError, match=r"as in to\(\*principals\), not as \[Principal"):
            build(several)


def test_everyone_stands_alone() -> None:
    """Naming others beside everyone is a mistake."""
    with pytest.raises(errors.PolicyDocumentError, match="means everyone"):
        allow("kms:Decrypt").to(Principal.everyone(), APP)


@pytest.mark.parametrize("action", [*get_args(Action), *get_args(ActionPattern)])
def test_every_literal_is_accepted(action: Any) -> None:
    """What the type checker accepts is accepted at run time."""
    assert allow(action).action == deny(action).action == action
    if action != "kms:*":
        assert deny.all_except(action).not_action == action


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("kms:Decypt", "^'kms:Decypt' is not a KMS action; did you mean 'kms:Decrypt'\\?$"),
        ("kms:ReEncrypt", "^'kms:ReEncrypt' is not a KMS action; did you mean 'kms:ReEncrypt\\*'\\?$"),
        ("Decrypt", "did you mean 'kms:Decrypt'"),
        ("s3:GetObject", "^'s3:GetObject' is not a KMS action; Statement\\(action=...\\) accepts any text$"),
        ("", "^'' is not a KMS action; "),
        (None, "^None is not a KMS action"),
        (
            ["kms:Sign"],
            r"^pass actions one by one, as in allow\(\*actions\), not as \['kms:Sign'\]$",
        ),
        (
            "kms:CreateKey",
            "^'kms:CreateKey' has no effect in a key policy: only IAM policies can allow kms:CreateKey$",
        ),
        (
            "kms:*CustomKeyStores",
            "has no effect in a key policy: only IAM policies can allow kms:DescribeCustomKeyStores",
        ),
        ("kms:Foo*", "is not a KMS action"),
    ],
)
def test_actions_that_are_refused(action: Any, message: str) -> None:
    """What would grant nothing is refused, and what was probably meant is said."""
    for build in (allow, deny, deny.all_except, matching):
        with pytest.raises(errors.BuilderError, match=message):
            build(action)
    with pytest.raises(errors.BuilderError, match=message):
        allow("kms:Decrypt", action)


def test_a_pattern_that_matches_actions_with_and_without_effect() -> None:
    """It has an effect."""
    assert matching("kms:List*s") == "kms:List*s"


@pytest.mark.parametrize(
    "build",
    [
        lambda: Permission("Allow"),
        lambda: Permission("Deny"),
        lambda: Permission("Allow", not_action="kms:Decrypt"),
        lambda: Permission("Deny", action="kms:Decrypt", not_action="kms:Encrypt"),
        lambda: Permission("Allow", action="kms:Decypt"),
        lambda: Permission("Deny", not_action=("kms:Decrypt", "kms:Decypt")),
        lambda: deny.all_except("kms:*"),
        lambda: deny.all_except("kms:Decrypt", "kms:*"),
        lambda: deny("kms:*").to_all_except(Principal.everyone()),
        lambda: deny("kms:*").to_all_except(Principal({"AWS": "*"}), APP),
    ],
)
def test_permissions_that_nobody_wants(build: Callable[[], object]) -> None:
    """Everything but some in an Allow, nothing at all, and all except all are refused however they are built."""
    with pytest.raises(errors.BuilderError):
        build()


def test_deny_is_one() -> None:
    """A copy of a function is the function."""
    assert pickle.loads(pickle.dumps(deny)) is copy.deepcopy(deny) is deny  # noqa: S301


def test_permissions_are_values() -> None:
    """Frozen, comparable and picklable; a permission is not a statement."""
    permission = allow("kms:Decrypt")
    assert permission == Permission("Allow", action="kms:Decrypt")
    assert pickle.loads(pickle.dumps(deny("kms:*"))) == deny("kms:*")  # noqa: S301
    assert repr(deny) == "deny"
    with pytest.raises(errors.PolicyDocumentError, match="expected a Statement, found Permission"):
        Policy([permission])  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]
