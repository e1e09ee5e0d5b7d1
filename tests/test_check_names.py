"""Findings about names: principals, actions, resources, Sids."""

from __future__ import annotations

from typing import Any

import pytest

from check_support import ACCOUNT, ADMIN, SESSION, about, one
from kmspolicy import Condition, Policy, Principal, Statement, allow, check


def to(**principal: Any) -> Statement:
    """Build a statement for a principal, limited as one for a service should be."""
    element: Any = principal
    limited = Condition("StringEquals", "aws:SourceAccount", ACCOUNT)
    return allow("kms:Decrypt").to(Principal(element)).when(limited)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param(to(AWS=ACCOUNT), ["REDUNDANT_STATEMENT"], id="an account id"),
        pytest.param(
            to(AWS=["111122223333", SESSION, f"arn:aws:sts::{ACCOUNT}:federated-user/bob"]),
            [],
            id="an account id, a session and a federated user",
        ),
        pytest.param(
            to(AWS=f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"),
            [],
            id="a role with a path",
        ),
        pytest.param(
            to(AWS=f"arn:aws:iam::{ACCOUNT}:group/admins"), ["INVALID_PRINCIPAL_FORMAT"], id="a group"
        ),
        pytest.param(to(AWS="1111"), ["INVALID_PRINCIPAL_FORMAT"], id="too short an account id"),
        pytest.param(
            to(AWS=[ACCOUNT, "1111"]),
            ["INVALID_PRINCIPAL_FORMAT"],
            id="an account id and one that is too short",
        ),
        pytest.param(to(AWS=""), ["INVALID_PRINCIPAL_FORMAT"], id="an empty name"),
        pytest.param(
            to(AWS=f"arn:aws:sts::{ACCOUNT}:assumed-role/App"),
            ["UNKNOWN_PRINCIPAL"],
            id="a session without its name",
        ),
        pytest.param(
            to(AWS=f"arn:aws:iam::{ACCOUNT}:role/App?"),
            ["UNSUPPORTED_WILDCARD_IN_PRINCIPAL"],
            id="a pattern of roles",
        ),
        pytest.param(
            to(AWS="AROACKCEVSQ6C2EXAMPLE"), ["INVALID_ROLE_REFERENCE"], id="the unique id of a role"
        ),
        pytest.param(to(Service="*"), ["WILDCARD_IN_SERVICE_PRINCIPAL"], id="all services"),
        pytest.param(
            to(Service=["s3.amazonaws.com", "*.amazonaws.com"]),
            ["WILDCARD_IN_SERVICE_PRINCIPAL"],
            id="a service and a pattern of services",
        ),
        pytest.param(
            to(AWS="arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"),
            ["UNKNOWN_PRINCIPAL"],
            id="an origin access identity",
        ),
        pytest.param(
            to(Service="S3.amazonaws.com"),
            ["INVALID_SERVICE_PRINCIPAL_FORMAT"],
            id="a service in another case",
        ),
        pytest.param(
            to(Service=["logs.us-east-1.amazonaws.com", "sns.amazonaws.com.cn"]),
            [],
            id="a service of a Region and one of another partition",
        ),
        pytest.param(to(AWS=[], Service=[]), ["EMPTY_ARRAY_PRINCIPAL"], id="empty lists"),
        pytest.param(
            to(AWS=f"arn:aws:iam::{ACCOUNT}:role/${{aws:username}}"),
            ["INVALID_PRINCIPAL_FORMAT"],
            id="a variable",
        ),
        pytest.param(
            Statement("Deny", not_principal=Principal({"AWS": "x"}), action="kms:Sign", resource="*"),
            ["INVALID_PRINCIPAL_FORMAT"],
            id="a NotPrincipal with a word",
        ),
        pytest.param(
            Statement("Deny", not_principal=Principal({"AWS": []}), action="kms:Sign", resource="*"),
            ["EXCEPTS_NOTHING"],
            id="an empty NotPrincipal",
        ),
    ],
)
def test_principals(statement: Statement, expected: list[str]) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html."""
    assert one(statement) == expected


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        pytest.param({"Action": "KMS:DECRYPT"}, [], id="an action in another case"),
        pytest.param({"Action": "*"}, [], id="all actions"),
        pytest.param(
            {"Action": ["kms:Decrypt", "kms:Foo*", "s3:GetObject", ""]},
            ["INVALID_ACTION"] * 3,
            id="actions that do not exist",
        ),
        pytest.param({"Action": "kms:List*"}, [], id="a pattern of actions"),
        pytest.param(
            {"Action": ["km?:Decrypt", "*:Sign"]},
            ["WILDCARD_IN_SERVICE_NAME"] * 2,
            id="a pattern of services",
        ),
        pytest.param({"Action": "*Sign"}, [], id="a pattern without a service"),
        pytest.param(
            {"Action": "kms:ListA*"},
            ["UNSUPPORTED_ACTION_IN_POLICY"],
            id="a pattern of actions without effect",
        ),
        pytest.param(
            {"Action": None, "NotAction": "kms:Foo"}, ["INVALID_ACTION"], id="a NotAction that does not exist"
        ),
        pytest.param({"Action": []}, ["EMPTY_ARRAY_ACTION"], id="an empty Action"),
        pytest.param({"Action": None, "NotAction": []}, ["EXCEPTS_NOTHING"], id="an empty NotAction"),
        pytest.param({"Resource": ["*"]}, [], id="the key in a list"),
        pytest.param({"Resource": []}, ["UNSUPPORTED_RESOURCE_ARN_IN_POLICY"], id="an empty Resource"),
        pytest.param(
            {"Resource": ["*", "arn:aws:s3:::b"]},
            ["UNSUPPORTED_RESOURCE_ARN_IN_POLICY"],
            id="the key and a bucket",
        ),
        pytest.param({"Resource": None, "NotResource": "*"}, ["MISSING_RESOURCE"], id="NotResource"),
    ],
)
def test_actions_and_resources(elements: dict[str, Any], expected: list[str]) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html."""
    assert one(about(**elements)) == expected


@pytest.mark.parametrize(
    ("names", "redundant"),
    [
        pytest.param(["kms:Decrypt", "kms:Encrypt"], [], id="two actions"),
        pytest.param(["kms:Decrypt", "KMS:decrypt"], [1], id="an action in two cases"),
        pytest.param(
            ["kms:Describe*", "kms:DescribeKey", "kms:Sign"], [1], id="an action behind a pattern of it"
        ),
        pytest.param(["kms:Get*", "kms:GetKey*", "kms:Get*"], [1, 2], id="patterns behind a pattern of them"),
        pytest.param(["*", "kms:Decrypt"], [1], id="an action behind all"),
        pytest.param(["kms:Decrypt*", "kms:Decrypt"], [1], id="a pattern without effect on others"),
        pytest.param(
            ["kms:*Key", "kms:EnableKey"], [], id="a pattern with a star at the beginning"
        ),  # a wildcard that does not end
        pytest.param(
            ["kms:*", "kms:Foo"], [], id="an action that is not known"
        ),  # not an action, which is said
        pytest.param(
            ["kms:*", "kms:Foo*", "kms:Sign"], [2], id="all, a pattern that is not known, an action"
        ),
    ],
)
def test_redundant_actions(names: list[str], redundant: list[int]) -> None:
    """Twice the same in any case, or what a wildcard at the end of another one matches."""
    for element in ("Action", "NotAction"):
        statement = about(**{"Action": None, element: names}, Effect="Deny")
        found = [one.path for one in check(Policy([ADMIN, statement])) if one.code == "REDUNDANT_ACTION"]
        assert found == [f"Statement[1].{element}[{index}]" for index in redundant]


def test_an_empty_sid() -> None:
    """It is a label that says nothing."""
    assert one(about(Sid="")) == ["EMPTY_SID_VALUE"]


def test_the_first_unknown_words_have_suggestions() -> None:
    """A hundred of a document, of any kind: to search for thousands would take seconds."""
    policy = Policy(
        [
            ADMIN,
            about(Action=[f"kms:Decrypt{number}" for number in range(60)]),
            about(Condition={"StringEquals": {f"kms:ViaService{number}": "x" for number in range(60)}}),
            about(Condition={f"StringEquals{number}": {"kms:ViaService": "x"} for number in range(60)}),
        ]
    )
    unknown = [finding for finding in check(policy) if finding.code.startswith("INVALID_")]
    assert len(unknown) == 180
    assert ["; did you mean '" in finding.message for finding in unknown] == [True] * 100 + [False] * 80
