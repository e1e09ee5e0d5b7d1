"""Findings about conditions: operators, keys, and whether a request can meet them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from check_support import ACCOUNT, ADMIN, ALICE, APP, BOB, OTHER, ROOT, SESSION, about, one
from kmspolicy import Condition, Policy, check

if TYPE_CHECKING:
    Json = dict[str, Any]


@pytest.mark.parametrize(
    ("condition", "more", "expected"),
    [
        ({"StringEquals": {"KMS:viaservice": "s3.us-east-1.amazonaws.com"}}, {}, []),
        ({"StringEquals": {"s3:prefix": "a"}}, {}, []),
        ({"StringEquals": {"kms:EncryptionContext:App": "a"}}, {}, []),
        ({"StringEqualsIfExists": {"kms:ViaService": []}}, {}, ["CONDITION_MATCHES_ABSENT_KEY"]),
        (
            {"BoolIfExists": {"aws:SecureTransport": "maybe"}},
            {},
            ["CONDITION_MATCHES_ABSENT_KEY", "TYPE_MISMATCH_BOOLEAN"],
        ),
        (
            {"ForAllValues:Null": {"kms:EncryptionContext:App": "false"}},
            {},
            ["NULL_WITH_QUALIFIER", "OVERLY_PERMISSIVE_CONDITION"],
        ),
        ({"StringLike": {"kms:ViaService": "s3.*"}}, {}, []),
        (
            {"StringEquals": {"aws:SourceIdentity": "${aws:username}*"}},
            {},
            ["WILDCARD_WITHOUT_LIKE_OPERATOR"],
        ),
        ({"StringEquals": {"aws:SourceIdentity": "${*}"}}, {}, []),
        ({"Bool": {"aws:SecureTransport": True}}, {}, []),
        ({"Bool": {"aws:SecureTransport": "maybe"}}, {}, ["CONDITION_NEVER_MET"]),
        (
            {"NumericNotEquals": {"kms:RotationPeriodInDays": "x"}},
            {"Action": "kms:EnableKeyRotation"},
            ["TYPE_MISMATCH_NUMBER"],
        ),
        ({"NumericLessThan": {"kms:ValidTo": 1546257599.0}}, {"Action": "kms:ImportKeyMaterial"}, []),
        ({"DateLessThan": {"aws:CurrentTime": []}}, {}, ["CONDITION_NEVER_MET"]),
        (
            {"Null": {"aws:SourceArn": "true"}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"}},
            {},
            ["CONDITION_NEVER_MET"],
        ),
        (
            {"Null": {"aws:SourceArn": ["true", "false"]}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"}},
            {},
            ["INVALID_CONDITION_MULTIPLE_BOOLEAN"],
        ),
        ({"ForAnyValue:StringEquals": {"kms:GrantOperations": "Decrypt"}}, {"Action": "kms:CreateGrant"}, []),
        # Each request of CreateGrant has operations; not each of another action.
        (
            {"ForAllValues:StringEquals": {"kms:GrantOperations": "Decrypt"}},
            {"Action": "kms:CreateGrant"},
            [],
        ),
        (
            {"ForAllValues:StringEquals": {"kms:GrantOperations": "Decrypt"}},
            {"Action": "kms:*Grant*"},
            ["CONDITION_MATCHES_ABSENT_KEY"],
        ),
        (
            {"StringEqualsIfExists": {"kms:SigningAlgorithm": "SM2DSA"}},
            {"Action": ["kms:Sign", "kms:Verify"]},
            [],
        ),
        (
            {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}},
            {"Action": "kms:TagResource"},
            ["CONDITION_MATCHES_ABSENT_KEY"],
        ),
        (
            {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}},
            {"Action": "kms:TagResource"},
            [],
        ),
        (
            {
                "StringEqualsIfExists": {"kms:ViaService": "s3.us-east-1.amazonaws.com"},
                "StringLike": {"kms:ViaService": "s3.*"},
            },
            {},
            [],
        ),
        ({"StringEqualsIfExists": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}, {"Effect": "Deny"}, []),
        (
            {"ForAllValues:StringEquals": {"kms:EncryptionContext:A": "a"}},
            {"Effect": "Deny"},
            ["OVERLY_PERMISSIVE_CONDITION"],
        ),
        ({"BoolIfExists": {"aws:SecureTransport": "false"}}, {}, ["CONDITION_MATCHES_ABSENT_KEY"]),
        (
            {"BoolIfExists": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:SourceIdentity": "a"}},
            {},
            ["CONDITION_MATCHES_ABSENT_KEY"],
        ),
        (
            {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SecureTransport": "true"}},
            {},
            [],
        ),
        (
            {
                "Null": {"aws:SourceArn": "true", "AWS:sourcearn": "true"},
                "ForAnyValue:Null": {"aws:SourceArn": "true"},
                "ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"},
            },
            {},
            ["DUPLICATE_KEYS_WITH_DIFFERENT_CASE", "NULL_WITH_QUALIFIER", "CONDITION_NEVER_MET"],
        ),
        # RetireGrant has the key, too, and no effect in a key policy.
        (
            {"StringEquals": {"kms:EncryptionContext:App": "x"}},
            {
                "Action": None,
                "NotAction": ["kms:Enc*", "kms:Dec*", "kms:ReEncrypt*", "kms:Generate*", "kms:CreateGrant"],
            },
            ["UNSUPPORTED_ACTION_FOR_CONDITION_KEY"],
        ),
        (
            {"ForAllValues:StringEquals": {"aws:RequestTag/a": "a"}},
            {"Action": "kms:TagResource"},
            ["OVERLY_PERMISSIVE_CONDITION"],
        ),
        ({"ForAllValues:Null": {"kms:ViaService": "false"}}, {}, ["NULL_WITH_QUALIFIER"]),
        ({"Foo": {"aws:a": "b"}}, {}, ["INVALID_CONDITION_OPERATOR"]),
        ({"ForSomeValues:StringEquals": {"aws:SourceArn": "b"}}, {}, ["INVALID_CONDITION_OPERATOR"]),
        ({":StringEquals": {"aws:SourceArn": "b"}}, {}, ["INVALID_CONDITION_OPERATOR"]),
        ({"forallvalues:stringlikeifexists": {"aws:SourceArn": "b"}}, {}, ["CONDITION_OPERATOR_CASE"]),
        ({"nullifexists": {"aws:SourceArn": "true"}}, {}, ["NULL_WITH_IF_EXISTS"]),
        ({"Bool": {"kms:GrantIsForAWSResource": "true"}}, {"Action": None, "NotAction": "kms:Decrypt"}, []),
        (
            {"Bool": {"kms:GrantIsForAWSResource": "true"}},
            {"Action": None, "NotAction": "kms:*Grant*"},
            ["UNSUPPORTED_ACTION_FOR_CONDITION_KEY"],
        ),
        ({"Bool": {"kms:GrantIsForAWSResource": "true"}}, {"Action": "kms:Foo"}, ["INVALID_ACTION"]),
        ({"StringEquals": {"aws:ResourceTag/a": "b"}}, {}, ["UNSUPPORTED_CONDITION_KEY_IN_POLICY"]),
        (
            {"Null": {"KMS:resourcetag/a": "true"}},
            {"Effect": "Deny"},
            ["UNSUPPORTED_CONDITION_KEY_IN_POLICY"],
        ),
    ],
)
def test_conditions(condition: dict[str, Any], more: dict[str, Any], expected: list[str]) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html."""
    assert one(about(Condition=condition, **more)) == expected


@pytest.mark.parametrize(
    ("condition", "more", "expected"),
    [
        ({}, {}, ["EMPTY_OBJECT_CONDITION"]),
        ({"StringEquals": {}}, {}, ["EMPTY_OBJECT_CONDITION"]),
        ({"Foo": {}}, {}, ["INVALID_CONDITION_OPERATOR", "EMPTY_OBJECT_CONDITION"]),
        # The same key in another case, under one operator; two operators may have it both.
        (
            {"StringLike": {"aws:username": "a", "AWS:Username": "b"}},
            {},
            ["DUPLICATE_KEYS_WITH_DIFFERENT_CASE"],
        ),
        ({"StringLike": {"aws:username": "a"}, "StringNotEquals": {"AWS:Username": "b"}}, {}, []),
        # A key has a prefix and a name.
        ({"Bool": {"SecureTransport": "true"}}, {}, ["INVALID_CONDITION_KEY_FORMAT"]),
        ({"StringEquals": {"": "a"}}, {}, ["INVALID_CONDITION_KEY_FORMAT"]),
        ({"StringEquals": {"kms:": "a"}}, {}, ["INVALID_CONDITION_KEY_FORMAT"]),
        ({"StringEquals": {"saml:sub": "a", "graph.facebook.com:id": "b"}}, {}, []),
        # One type of JSON, and one boolean.
        ({"StringEquals": {"aws:username": ["1", 1]}}, {}, ["INVALID_CONDITION_DATA_TYPE"]),
        ({"StringEquals": {"aws:username": ["1", True]}}, {}, ["INVALID_CONDITION_DATA_TYPE"]),
        ({"NumericEquals": {"aws:MultiFactorAuthAge": [1, 2.5]}}, {}, []),
        ({"Bool": {"aws:SecureTransport": ["true", "true"]}}, {}, ["INVALID_CONDITION_MULTIPLE_BOOLEAN"]),
        ({"Bool": {"aws:SecureTransport": ["true"]}}, {}, []),
        # Variables that cannot be read.
        ({"StringEquals": {"aws:SourceIdentity": ["${aws:username}", "${*}${?}${$}"]}}, {}, []),
        ({"StringEquals": {"aws:SourceIdentity": "${aws:username, 'a b'}"}}, {}, []),
        ({"StringEquals": {"aws:SourceIdentity": "a${aws:username"}}, {}, ["MISSING_BRACE_IN_VARIABLE"]),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::${}"}}, {}, ["EMPTY_VARIABLE"]),
        ({"StringLike": {"aws:SourceIdentity": "${aws:username, a}"}}, {}, ["MISSING_QUOTE_IN_VARIABLE"]),
        ({"StringLike": {"aws:SourceIdentity": "${aws:username, 'a}"}}, {}, ["MISSING_QUOTE_IN_VARIABLE"]),
        ({"StringLike": {"aws:SourceIdentity": ["b", "${ aws:username}"]}}, {}, ["UNSUPPORTED_SPACE_IN_VARIABLE"]),
        # Long-term credentials have no MFA keys.
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, {"Effect": "Deny"}, ["DENY_MISSES_LONG_TERM_CREDENTIALS"]),
        ({"Bool": {"aws:MultiFactorAuthPresent": False}}, {}, []),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, {"Effect": "Deny"}, []),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, {"Effect": "Deny"}, []),
        (
            {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}},
            {"Effect": "Deny"},
            ["DENY_MISSES_LONG_TERM_CREDENTIALS"],
        ),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}, {"Effect": "Deny"}, []),
        ({"NumericGreaterThanIfExists": {"aws:MultiFactorAuthAge": "3600"}}, {"Effect": "Deny"}, []),
        # Networks.
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/8"]}}, {}, ["PRIVATE_IP_ADDRESS"]),
        ({"NotIpAddress": {"aws:SourceIp": "10.0.0.1/8"}}, {}, ["PRIVATE_NOT_IP_ADDRESS", "IMPROVE_IP_RANGE"]),
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, {}, ["MISSING_PAIRED_CONDITION_KEYS"]),
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, {"Effect": "Deny"}, []),
        (
            {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:SourceVpc": "vpc-12345678"}},
            {},
            [],
        ),
        # Several forms that values do not have.
        (
            {"StringEquals": {"aws:SourceArn": ["bucket", "arn:aws:s3", "arn:aws:s3:::b"]}},
            {},
            ["INVALID_ARN_PREFIX", "MISSING_ARN_FIELD"],
        ),
        ({"StringEquals": {"kms:CallerAccount": 12345678901}}, {}, ["CONDITION_NEVER_MET", "INVALID_CONDITION_VALUE"]),
    ],
)  # fmt: skip
def test_conditions_by_access_analyzers_checks(
    condition: dict[str, Any], more: dict[str, Any], expected: list[str]
) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html."""
    assert sorted(one(about(Condition=condition, **more))) == sorted(expected)


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("PrincipalOrgID", "aws:PrincipalOrgID"),
        ("viaservice", "kms:ViaService"),
        ("ResourceTag/team", None),
        ("xyz", None),
    ],
)
def test_a_key_without_its_prefix(key: str, meant: str | None) -> None:
    """The key that was meant is said, unless KMS refuses it."""
    (finding,) = check(Policy([ADMIN, about(Condition={"StringNotEquals": {key: "a"}})]))
    end = f"{key!r}." if meant is None else f"{key!r}; did you mean {meant!r}?"
    assert finding.message.endswith(f": {end}")


@pytest.mark.parametrize(
    ("operator", "code", "meant"),
    [
        ("stringEquals", "CONDITION_OPERATOR_CASE", "StringEquals"),
        ("forallvalues:stringlikeifexists", "CONDITION_OPERATOR_CASE", "ForAllValues:StringLikeIfExists"),
        ("ForAnyValues:StringLike", "INVALID_CONDITION_OPERATOR", "ForAnyValue:StringLike"),
        ("ForAnyValue: StringLike", "INVALID_CONDITION_OPERATOR", "ForAnyValue:StringLike"),
        ("ForAnyValue :StringLike", "INVALID_CONDITION_OPERATOR", "ForAnyValue:StringLike"),
        ("StringEqualsIfExist", "INVALID_CONDITION_OPERATOR", "StringEqualsIfExists"),
        ("StringEquals_If_Exists", "INVALID_CONDITION_OPERATOR", "StringEqualsIfExists"),
        ("StringEqual", "INVALID_CONDITION_OPERATOR", "StringEquals"),
        (":StringEquals", "INVALID_CONDITION_OPERATOR", "StringEquals"),
        ("Whatever", "INVALID_CONDITION_OPERATOR", None),
        ("IfExists", "INVALID_CONDITION_OPERATOR", None),
        ("ForAllValues:NullIfExists", "NULL_WITH_IF_EXISTS", None),
        ("nullIfExists", "NULL_WITH_IF_EXISTS", None),
    ],
)
def test_operators_that_do_not_exist(operator: str, code: str, meant: str | None) -> None:
    """What was meant is said whole: with its qualifier, and with its IfExists."""
    (finding,) = check(Policy([ADMIN, about(Condition={operator: {"aws:PrincipalTag/a": "b"}})]))
    assert finding.code == code
    assert operator in finding.path
    end = f"{operator!r}." if meant is None else f"{operator!r}; did you mean {meant!r}?"
    assert finding.message.endswith(f": {end}")


NO_ORGANISATION = Condition("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5")
OF_OTHER = Condition("StringEquals", "kms:CallerAccount", OTHER)


@pytest.mark.parametrize(
    ("principal", "condition", "met"),
    [
        ({"AWS": ALICE}, OF_OTHER, False),
        ({"AWS": [ALICE, OTHER]}, OF_OTHER, True),
        ({"AWS": [ALICE, ACCOUNT, ROOT, SESSION]}, OF_OTHER, False),
        ({"AWS": "*"}, OF_OTHER, True),
        ({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, OF_OTHER, True),
        ({"AWS": ALICE, "Federated": "accounts.google.com"}, OF_OTHER, True),
        ({"AWS": ALICE, "CanonicalUser": "79a5"}, OF_OTHER, True),
        ({"AWS": ALICE}, Condition("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}"), True),
        ({"AWS": ALICE}, Condition("StringEquals", "aws:PrincipalAccount", [ACCOUNT, OTHER]), True),
        ({"AWS": APP}, Condition("ArnLike", "aws:PrincipalArn", f"{APP}2"), False),
        # A user may act as a federated user.
        ({"AWS": ALICE}, Condition("ArnLike", "aws:PrincipalArn", BOB), True),
        ({"AWS": ALICE}, Condition("StringEquals", "aws:PrincipalType", "FederatedUser"), True),
        ({"AWS": ALICE}, Condition("Null", "aws:username", "true"), True),
        ({"AWS": APP}, Condition("StringEquals", "aws:PrincipalType", "User"), False),
        (
            {"AWS": SESSION},
            Condition("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/x/App"),
            True,
        ),
        ({"AWS": ALICE}, Condition("Bool", "aws:PrincipalIsAWSService", "true"), False),
        ({"AWS": ALICE}, NO_ORGANISATION, True),
        ({"Service": "s3.amazonaws.com"}, NO_ORGANISATION, False),
        (
            {"Service": "s3.amazonaws.com"},
            Condition("StringEqualsIfExists", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
            True,
        ),
        (
            {"Service": "s3.amazonaws.com"},
            Condition("StringNotEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
            True,
        ),
        ({"Service": "s3.amazonaws.com", "AWS": ALICE}, NO_ORGANISATION, True),
        ({"Service": "s3.amazonaws.com"}, Condition("StringEquals", "aws:SourceOrgID", "o-a1b2c3d4e5"), True),
        # What else requests of services have is not known.
        ({"Service": "s3.amazonaws.com"}, OF_OTHER, True),
        ({"Service": "s3.amazonaws.com"}, Condition("IpAddress", "aws:SourceIp", "192.0.2.0/24"), True),
        (
            {"Service": "logs.amazonaws.com"},
            Condition(
                "ForAnyValue:StringEquals", "aws:PrincipalServiceNamesList", "logs.us-east-1.amazonaws.com"
            ),
            True,
        ),
        ({"Service": "s3.amazonaws.com"}, Condition("Bool", "aws:PrincipalIsAWSService", "false"), False),
        ({"AWS": []}, OF_OTHER, True),
    ],
)
def test_conditions_that_no_principal_of_the_statement_meets(
    principal: Json, condition: Condition, met: bool
) -> None:
    """As far as it follows from who they are, and whatever the effect; services have no account or organisation."""
    for effect in ("Allow", "Deny"):
        statement = about(Effect=effect, Principal=principal, Condition=condition.to_dict())
        assert ("CONDITION_NEVER_MET" not in one(statement)) is met


def test_why_a_condition_is_never_met() -> None:
    """It has nothing to match, or nothing that can be read."""
    nothing: list[str] = []
    for value, reason in ((nothing, "it has no values"), ("maybe", "it cannot be read")):
        (finding,) = check(Policy([ADMIN, about(Condition={"Bool": {"aws:SecureTransport": value}})]))
        assert finding.message == f"No request can meet this condition: {reason}."


def test_one_place_has_one_finding_of_a_kind() -> None:
    """The first of several reasons is enough."""
    nothing: list[str] = []
    for operator, value in (("StringEquals", nothing), ("Bool", "maybe"), ("Null", "maybe")):
        for key in ("kms:CallerAccount", "aws:PrincipalIsAWSService"):
            found = one(about(Principal={"AWS": APP}, Condition={operator: {key: value}}))
            assert found.count("CONDITION_NEVER_MET") == 1
