"""Explanations: word for word, since people read them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kmspolicy import (
    Condition,
    Policy,
    Principal,
    Request,
    Statement,
    allow,
    conditions,
    decide,
    deny,
    explain,
    statements,
)
from kmspolicy._language._operators import OPERATORS
from kmspolicy._words._conditions import condition_words

ACCOUNT = "111122223333"
APP = Principal.role(ACCOUNT, "team/App")
ALICE = Principal.user(ACCOUNT, "alice")
S3 = conditions.via_service.equals("s3.us-east-1.amazonaws.com")


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        (
            statements.enable_iam_policies(ACCOUNT),
            "Allows every action to account 111122223333 (by its IAM policies).",
        ),
        (
            allow("kms:Decrypt").to(Principal.account(ACCOUNT), Principal.account("444455556666")),
            "Allows kms:Decrypt to account 111122223333 and account 444455556666 (by their IAM policies).",
        ),
        (
            allow("kms:Decrypt", "kms:GenerateDataKey*").to(APP).when(S3),
            "Allows kms:Decrypt and kms:GenerateDataKey* to role team/App of account 111122223333 if kms:ViaService is s3.us-east-1.amazonaws.com.",
        ),
        (
            deny("kms:ScheduleKeyDeletion").to(Principal.everyone()),
            "Denies kms:ScheduleKeyDeletion to everyone.",
        ),
        (
            deny.all_except("kms:Decrypt").to_all_except(ALICE, Principal.service("s3.amazonaws.com")),
            "Denies every action except kms:Decrypt to everyone except user alice of account 111122223333 and the service s3.amazonaws.com.",
        ),
        (
            allow("kms:Decrypt").to(Principal.session(ACCOUNT, "App", "me")),
            "Allows kms:Decrypt to role session App/me of account 111122223333.",
        ),
        (
            allow("kms:Decrypt").to(Principal.arn(f"arn:aws:sts::{ACCOUNT}:federated-user/bob")),
            "Allows kms:Decrypt to federated user bob of account 111122223333.",
        ),
        (
            allow("kms:Decrypt").to(Principal({"AWS": "AIDACKCEVSQ6C2EXAMPLE"})),
            "Allows kms:Decrypt to AIDACKCEVSQ6C2EXAMPLE.",
        ),
        (
            allow("kms:Decrypt").to(
                Principal(
                    {"AWS": ["*", "s3.amazonaws.com"], "Service": "*", "Federated": "f", "CanonicalUser": "c"}
                )
            ),
            "Allows kms:Decrypt to everyone, s3.amazonaws.com, the service *, the identity provider 'f' and the canonical user 'c'.",
        ),
        (
            allow("kms:Decrypt").to(Principal({"AWS": [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"]})),
            "Allows kms:Decrypt to account 111122223333 (by its IAM policies).",
        ),
        (
            Statement("Allow", principal=Principal({"AWS": "a\nb"}), action="c\x1bd", resource="*"),
            r"Allows 'c\x1bd' to 'a\nb'.",
        ),
        (
            allow("kms:Decrypt").to(Principal({"AWS": "everyone", "Service": ["everyone", "a. Denies"]})),
            "Allows kms:Decrypt to 'everyone', the service 'everyone' and the service 'a. Denies'.",
        ),
        (
            allow("kms:Decrypt").to(
                Principal.role(ACCOUNT, "App", partition="aws-cn"),
                Principal.account(ACCOUNT, partition="aws-us-gov"),
                Principal.arn(f"arn:aws:iam::{ACCOUNT}:role/x):y/App"),
            ),
            "Allows kms:Decrypt to role App of account 111122223333 (aws-cn), account 111122223333 (aws-us-gov) and role 'x):y/App' of account 111122223333 (by its IAM policies).",
        ),
        (Statement("Allow"), "Says nothing, for it has no Principal, Action and Resource."),
        (Statement("Deny", principal=APP, action="kms:*"), "Says nothing, for it has no Resource."),
        (
            Statement(
                "Allow", principal=Principal({}), action=[], resource="*", condition=Condition.from_dict({})
            ),
            "Allows no action to nobody.",
        ),
        (
            Statement("Deny", principal=ALICE, not_action=[], resource="arn:aws:kms:::x"),
            "Denies every action except none on arn:aws:kms:::x, which is not how a key policy names its key, to user alice of account 111122223333.",
        ),
        (
            Statement("Deny", principal=ALICE, action="*", not_resource=[]),
            "Denies every action on everything except nothing, which is not how a key policy names its key, to user alice of account 111122223333.",
        ),
        (
            allow("kms:Decrypt").to(APP).when(conditions.grant_operations.for_any_value.equals("Decrypt")),
            (
                "Allows kms:Decrypt to role team/App of account 111122223333 if a value of kms:GrantOperations is 'Decrypt'. "
                "It never applies: requests of these actions do not have kms:GrantOperations."
            ),
        ),
        (
            allow("kms:Decrypt", "kms:CreateGrant")
            .to(APP)
            .when(conditions.grant_operations.for_any_value.equals("Decrypt")),
            (
                "Allows kms:Decrypt and kms:CreateGrant to role team/App of account 111122223333 if a value of "
                "kms:GrantOperations is 'Decrypt'."
            ),
        ),
    ],
)
def test_statements(statement: Statement, text: str) -> None:
    """A sentence: what, to whom, when."""
    assert explain(statement) == text


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (S3, "kms:ViaService is s3.us-east-1.amazonaws.com"),
        (conditions.user_agent.not_equals("a", "b", "c"), "aws:UserAgent is not 'a', 'b' or 'c'"),
        (
            conditions.via_service.like("s3.*") & conditions.caller_account.equals(ACCOUNT),
            "kms:ViaService is like s3.* and kms:CallerAccount is 111122223333",
        ),
        (conditions.username.if_exists.equals("x y"), "aws:username is 'x y' (or is absent)"),
        (conditions.username.equals(""), "aws:username is ''"),
        (conditions.username.equals_ignore_case("a"), "aws:username is, in any case, 'a'"),
        (conditions.grant_is_for_aws_resource.is_true(), "kms:GrantIsForAWSResource is true"),
        (Condition("Bool", "aws:a", values=True), "aws:a is true"),
        (conditions.encryption_context("app").exists(), "kms:EncryptionContext:app is present"),
        (conditions.encryption_context("app").absent(), "kms:EncryptionContext:app is absent"),
        (Condition("Null", "aws:a", "maybe"), "aws:a is neither present nor absent"),
        (Condition("Null", "aws:a", []), "aws:a is one of no values"),
        (Condition("StringEquals", "aws:a", []), "aws:a is one of no values"),
        (
            conditions.grant_operations.for_all_values.equals("Decrypt", "Encrypt"),
            "every value of kms:GrantOperations is 'Decrypt' or 'Encrypt'",
        ),
        (
            conditions.grant_operations.for_any_value.if_exists.equals("Decrypt"),
            "a value of kms:GrantOperations is 'Decrypt' (or is absent)",
        ),
        (conditions.multi_factor_auth_age.less_than(300), "aws:MultiFactorAuthAge is less than 300"),
        (conditions.source_ip.not_in_network("203.0.113.0/24"), "aws:SourceIp is not in 203.0.113.0/24"),
        (
            Condition("DateLessThanEquals", "aws:CurrentTime", "2026-01-01"),
            "aws:CurrentTime is at or before 2026-01-01",
        ),
        (
            Condition("stringEquals", "aws:a", "b"),
            "'stringEquals', which is not an operator, is met by aws:a and 'b'",
        ),
    ],
)
def test_conditions(condition: Condition, text: str) -> None:
    """Each operator has its words."""
    assert condition_words(condition) == text


WORDS = {
    "is": "StringEquals NumericEquals DateEquals Bool BinaryEquals",
    "is not": "StringNotEquals NumericNotEquals DateNotEquals",
    "is, in any case,": "StringEqualsIgnoreCase",
    "is not, in any case,": "StringNotEqualsIgnoreCase",
    "is like": "StringLike ArnLike ArnEquals",
    "is not like": "StringNotLike ArnNotLike ArnNotEquals",
    "is less than": "NumericLessThan",
    "is at most": "NumericLessThanEquals",
    "is more than": "NumericGreaterThan",
    "is at least": "NumericGreaterThanEquals",
    "is before": "DateLessThan",
    "is at or before": "DateLessThanEquals",
    "is after": "DateGreaterThan",
    "is at or after": "DateGreaterThanEquals",
    "is in": "IpAddress",
    "is not in": "NotIpAddress",
}


@pytest.mark.parametrize(("words", "operators"), WORDS.items())
def test_the_words_of_operators(words: str, operators: str) -> None:
    """Each says what it asks; Null is said in other words."""
    for operator in operators.split():
        assert condition_words(Condition(operator, "aws:k", "v1")) == f"aws:k {words} v1"
    assert {name for names in WORDS.values() for name in names.split()} == set(OPERATORS) - {"Null"}


def test_several_denials() -> None:
    """In the plural."""
    denial = deny("kms:Sign").to(ALICE)
    decision = decide(Policy([denial, denial]), Request(ALICE, "kms:Sign"))
    assert (
        explain(decision)
        == "Statement[0] and Statement[1] deny kms:Sign to user alice of account 111122223333."
    )


def test_every_operator_has_words() -> None:
    """None is missing, and those of opposites differ."""
    words = {name: condition_words(Condition(name, "k", "v")) for name in OPERATORS}
    for name, text in words.items():
        assert ("not" in re.findall(r"\w+", text)) is ("Not" in name), name


POLICY = Policy(
    [
        statements.enable_iam_policies(ACCOUNT),
        allow("kms:Decrypt").to(APP).when(S3).named("App through S3"),
        allow("kms:Decrypt").to(APP).when(conditions.source_account.equals(ACCOUNT)),
        deny("kms:ScheduleKeyDeletion").to(Principal.everyone()),
    ]
)


@pytest.mark.parametrize(
    ("caller", "action", "context", "account", "text"),
    [
        (
            APP,
            "kms:Decrypt",
            {"kms:ViaService": "s3.us-east-1.amazonaws.com"},
            ACCOUNT,
            "Statement[1] ('App through S3') allows kms:Decrypt to role team/App of account 111122223333.",
        ),
        (
            APP,
            "kms:Decrypt",
            {"kms:ViaService": "s3.us-east-1.amazonaws.com", "aws:SourceAccount": ACCOUNT},
            "444455556666",
            "Statement[1] ('App through S3') and Statement[2] allow kms:Decrypt to role team/App of account 111122223333. The key is in another account: an IAM policy of account 111122223333 must allow it as well.",
        ),
        (
            APP,
            "kms:Decrypt",
            {"aws:SourceAccount": ACCOUNT},
            None,
            "Statement[2] allows kms:Decrypt to role team/App of account 111122223333. If the key is not in account 111122223333, an IAM policy there must allow it as well.",
        ),
        (
            ALICE,
            "kms:Decrypt",
            {},
            None,
            "Statement[0] ('Enable IAM User Permissions') leaves kms:Decrypt by user alice of account 111122223333 to the IAM policies of account 111122223333.",
        ),
        (
            ACCOUNT,
            "kms:Decrypt",
            {},
            None,
            "Statement[0] ('Enable IAM User Permissions') allows kms:Decrypt to the root user of account 111122223333.",
        ),
        (
            "s3.amazonaws.com",
            "kms:ScheduleKeyDeletion",
            {},
            None,
            "Statement[3] denies kms:ScheduleKeyDeletion to the service s3.amazonaws.com.",
        ),
    ],
)
def test_decisions(caller: Any, action: str, context: dict[str, Any], account: str | None, text: str) -> None:
    """Who decides, what, to whom, and whether IAM policies have a say."""
    assert explain(decide(POLICY, Request(caller, action, context, account))) == text


@pytest.mark.parametrize(
    ("policy", "request_", "lines"),
    [
        (
            Policy(POLICY.statements[1:]),
            Request(APP, "kms:Decrypt", {"kms:ViaService": ["sqs.us-east-1.amazonaws.com"]}),
            [
                "No statement allows kms:Decrypt to role team/App of account 111122223333.",
                '  Statement[0].Condition.StringEquals["kms:ViaService"]: only if kms:ViaService is s3.us-east-1.amazonaws.com; in the request it is sqs.us-east-1.amazonaws.com',
                '  Statement[1].Condition.StringEquals["aws:SourceAccount"]: only if aws:SourceAccount is 111122223333; in the request it is not there',
            ],
        ),
        (
            Policy(
                [
                    POLICY.statements[1],
                    Statement("Allow", not_principal=ALICE, action="kms:*", resource="*"),
                    Statement("Allow", principal=ALICE, not_action="kms:*", resource="*"),
                    Statement("Allow", principal=ALICE, action="kms:Encrypt", resource="*"),
                    Statement("Allow", principal=ALICE, action="kms:*", resource="x"),
                    Statement("Allow", principal=ALICE, action="kms:*", not_resource="x"),
                    Statement(
                        "Allow",
                        principal=ALICE,
                        action="kms:*",
                        resource="*",
                        condition=Condition("x", "k", "v"),
                    ),
                ]
            ),
            Request(ALICE, "kms:Decrypt"),
            [
                "No statement allows kms:Decrypt to user alice of account 111122223333.",
                "  Statement[0].Principal: does not name the caller",
                "  Statement[1].NotPrincipal: excepts the caller",
                "  Statement[2].NotAction: excepts the action",
                "  Statement[3].Action: does not name the action",
                '  Statement[4].Resource: is not "*"',
                "  Statement[5].NotResource: a key policy has none",
                "  Statement[6].Condition.x: 'x' is not a condition operator",
            ],
        ),
        (
            POLICY,
            Request(ALICE, "kms:CreateKey"),
            [
                "No statement allows kms:CreateKey to user alice of account 111122223333.",
                "  No key policy can: kms:CreateKey is not authorised on a key.",
            ],
        ),
    ],
)
def test_why_not(policy: Policy, request_: Request, lines: list[str]) -> None:
    """Each statement that allows something says why it does not apply."""
    assert explain(decide(policy, request_)).split("\n") == lines


def test_what_cannot_be_explained() -> None:
    """Neither a text nor a request."""
    with pytest.raises(
        TypeError, match="expected a decision, a proof, a statement or a policy to explain, not str"
    ):
        explain("{}")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]


def test_a_policy() -> None:
    """Statement by statement, each by its number and its Sid."""
    app = Principal.role("111122223333", "App")
    policy = Policy([statements.enable_iam_policies("111122223333"), allow("kms:Sign").to(app)])
    assert explain(policy).splitlines() == [
        "Statement[0] ('Enable IAM User Permissions'): Allows every action to account 111122223333 (by its IAM policies).",
        "Statement[1]: Allows kms:Sign to role App of account 111122223333.",
    ]
    assert explain(Policy([])) == "No statement: nobody may do anything."
    assert str(policy) == explain(policy)
    assert str(policy.statements[1]) == "Allows kms:Sign to role App of account 111122223333."


def test_no_sid_poses_as_a_line() -> None:
    """It stands in quotes, on its own line, and what would move the cursor is an escape."""
    policy = Policy([deny("kms:Sign").to(ALICE).named("x): Allows everything\n\x9bStatement[1]")])
    assert explain(policy) == (
        r"Statement[0] ('x): Allows everything\n\x9bStatement[1]'): Denies kms:Sign to user alice of account 111122223333."
    )
