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
        (to(AWS=ACCOUNT), []),
        (to(AWS=["111122223333", SESSION, f"arn:aws:sts::{ACCOUNT}:federated-user/bob"]), []),
        (to(AWS=f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"), []),
        (to(AWS=f"arn:aws:iam::{ACCOUNT}:group/admins"), ["INVALID_PRINCIPAL_FORMAT"]),
        (to(AWS="1111"), ["INVALID_PRINCIPAL_FORMAT"]),
        (to(AWS=[ACCOUNT, "1111"]), ["INVALID_PRINCIPAL_FORMAT"]),
        (to(AWS=""), ["INVALID_PRINCIPAL_FORMAT"]),
        (to(AWS=f"arn:aws:sts::{ACCOUNT}:assumed-role/App"), ["UNKNOWN_PRINCIPAL"]),
        (to(AWS=f"arn:aws:iam::{ACCOUNT}:role/App?"), ["UNSUPPORTED_WILDCARD_IN_PRINCIPAL"]),
        (to(AWS="AROACKCEVSQ6C2EXAMPLE"), ["INVALID_ROLE_REFERENCE"]),
        (to(Service="*"), ["WILDCARD_IN_SERVICE_PRINCIPAL"]),
        (to(Service=["s3.amazonaws.com", "*.amazonaws.com"]), ["WILDCARD_IN_SERVICE_PRINCIPAL"]),
        (to(AWS="arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"), ["UNKNOWN_PRINCIPAL"]),
        (to(Service="S3.amazonaws.com"), ["INVALID_SERVICE_PRINCIPAL_FORMAT"]),
        (to(Service=["logs.us-east-1.amazonaws.com", "sns.amazonaws.com.cn"]), []),
        (to(AWS=[], Service=[]), ["EMPTY_ARRAY_PRINCIPAL"]),
        (to(AWS=f"arn:aws:iam::{ACCOUNT}:role/${{aws:username}}"), ["INVALID_PRINCIPAL_FORMAT"]),
        (
            Statement("Deny", not_principal=Principal({"AWS": "x"}), action="kms:Sign", resource="*"),
            ["INVALID_PRINCIPAL_FORMAT"],
        ),
        (
            Statement("Deny", not_principal=Principal({"AWS": []}), action="kms:Sign", resource="*"),
            ["EXCEPTS_NOTHING"],
        ),
    ],
)
def test_principals(statement: Statement, expected: list[str]) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html."""
    assert one(statement) == expected


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"Action": "KMS:DECRYPT"}, []),
        ({"Action": "*"}, []),
        ({"Action": ["kms:Decrypt", "kms:Foo*", "s3:GetObject", ""]}, ["INVALID_ACTION"] * 3),
        ({"Action": "kms:List*"}, []),
        ({"Action": ["km?:Decrypt", "*:Sign"]}, ["WILDCARD_IN_SERVICE_NAME"] * 2),
        ({"Action": "*Sign"}, []),
        ({"Action": "kms:ListA*"}, ["UNSUPPORTED_ACTION_IN_POLICY"]),
        ({"Action": None, "NotAction": "kms:Foo"}, ["INVALID_ACTION"]),
        ({"Action": []}, ["EMPTY_ARRAY_ACTION"]),
        ({"Action": None, "NotAction": []}, ["EXCEPTS_NOTHING"]),
        ({"Resource": ["*"]}, []),
        ({"Resource": []}, ["UNSUPPORTED_RESOURCE_ARN_IN_POLICY"]),
        ({"Resource": ["*", "arn:aws:s3:::b"]}, ["UNSUPPORTED_RESOURCE_ARN_IN_POLICY"]),
        ({"Resource": None, "NotResource": "*"}, ["MISSING_RESOURCE"]),
    ],
)
def test_actions_and_resources(elements: dict[str, Any], expected: list[str]) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html."""
    assert one(about(**elements)) == expected


@pytest.mark.parametrize(
    ("names", "redundant"),
    [
        (["kms:Decrypt", "kms:Encrypt"], []),
        (["kms:Decrypt", "KMS:decrypt"], [1]),
        (["kms:Describe*", "kms:DescribeKey", "kms:Sign"], [1]),
        (["kms:Get*", "kms:GetKey*", "kms:Get*"], [1, 2]),
        (["*", "kms:Decrypt"], [1]),
        (["kms:Decrypt*", "kms:Decrypt"], [1]),
        (["kms:*Key", "kms:EnableKey"], []),  # a wildcard that does not end
        (["kms:*", "kms:Foo"], []),  # not an action, which is said
        (["kms:*", "kms:Foo*", "kms:Sign"], [2]),
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
