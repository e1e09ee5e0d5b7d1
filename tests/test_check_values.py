"""Findings about the values of conditions: their types and forms."""

from __future__ import annotations

from typing import Any

import pytest

from check_support import ACCOUNT, ADMIN, about, one
from kmspolicy import Condition, Policy, Principal, allow, check, statements

CHINA = "arn:aws-cn:iam::111122223333"


@pytest.mark.parametrize(
    ("key", "values", "found"),
    [
        pytest.param(
            "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/App", True, id="a role of another partition"
        ),
        pytest.param("aws:PrincipalArn", f"{CHINA}:role/App", False, id="a role of the partition"),
        pytest.param(
            "aws:PrincipalArn",
            [f"arn:aws:iam::{ACCOUNT}:role/App", f"{CHINA}:role/App"],
            False,
            id="roles of both",
        ),
        pytest.param("aws:PrincipalArn", f"arn:aws*:iam::{ACCOUNT}:role/App", False, id="any partition"),
        pytest.param(
            "kms:EncryptionContext:aws:s3:arn",
            "arn:aws:s3:::bucket",
            True,
            id="a bucket that a service names",
        ),
        pytest.param(
            "kms:EncryptionContext:app", "arn:aws:s3:::bucket", False, id="a bucket that a caller names"
        ),
        pytest.param("aws:SourceArn", [], False, id="no values"),
    ],
)
def test_arns_of_another_partition_in_conditions(key: str, values: Any, found: bool) -> None:
    """Where principals tell the partition of the key, and no value is of it."""
    china = statements.enable_iam_policies(ACCOUNT, partition="aws-cn")
    statement = allow("kms:Decrypt").to(Principal.account(ACCOUNT, partition="aws-cn"))
    policy = Policy([china, statement.when(Condition("ArnNotLike", key, values))])
    steps = [one.steps for one in check(policy) if one.code == "MIXED_PARTITIONS"]
    assert steps == ([("Statement", 1, "Condition", "ArnNotLike", key)] if found else [])


@pytest.mark.parametrize(
    ("operator", "value", "wrong"),
    [
        ("StringEquals", "s3.us-east-1.amazonaws.com", None),
        ("StringEquals", "lambda.cn-north-1.amazonaws.com.cn", None),
        ("StringEquals", "s3.us-isob-east-1.sc2s.sgov.gov", None),
        ("StringEquals", "s3.amazonaws.com", "'s3.amazonaws.com'"),
        ("StringEquals", "S3.amazonaws.com.cn", "'S3.amazonaws.com.cn'"),
        ("StringNotEqualsIfExists", ["s3", "rds.us-east-1.amazonaws.com", "ebs"], "'s3', 'ebs'"),
        ("StringLike", ["s3.*.amazonaws.com", "ec2.*", "*"], None),
        ("StringLike", "s3", "'s3'"),
        ("StringEquals", [], None),
        ("Bool", "true", None),
    ],
)
def test_services_without_a_region(operator: str, value: Any, wrong: str | None) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service."""
    statement = about(Effect="Deny", Condition={operator: {"kms:ViaService": value}})
    found = [
        finding for finding in check(Policy([ADMIN, statement])) if finding.code == "INVALID_VIA_SERVICE"
    ]
    end = f"operator, always: {wrong}; expected a service with its Region, s3.us-east-1.amazonaws.com."
    assert [finding.message.endswith(end) for finding in found] == ([True] if wrong else [])


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:SecureTransport", "true"),
        ("ForAnyValue:ArnLike", "kms:EncryptionContextKeys", "arn:aws:s3:::b"),
        ("ArnLike", "kms:ViaService", "arn:aws:s3:::b"),
        ("StringEquals", "aws:SourceArn", "arn:aws:s3:::b"),
        ("NumericLessThan", "aws:CurrentTime", 1),
        ("BinaryEquals", "kms:ViaService", "eA=="),
        ("Null", "aws:SourceIp", "true"),
    ],
)
def test_operators_that_suit_a_key_without_being_its_own(operator: str, key: str, value: Any) -> None:
    """AWS's own documents compare such keys with them."""
    assert "TYPE_MISMATCH" not in one(about(Condition={operator: {key: value}}))


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("Bool", "kms:ViaService", "true"),
        ("NumericEquals", "aws:SourceArn", 1),
        ("StringEquals", "aws:MultiFactorAuthAge", "1"),
        ("DateLessThan", "aws:MultiFactorAuthAge", "2026-01-01"),
        ("StringEquals", "aws:SourceIp", "192.0.2.0/24"),
        ("ArnLike", "aws:SecureTransport", "true"),
    ],
)
def test_operators_that_do_not_suit_a_key(operator: str, key: str, value: Any) -> None:
    """They compare another type."""
    assert "TYPE_MISMATCH" in one(about(Condition={operator: {key: value}}))
