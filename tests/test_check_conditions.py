"""Findings about conditions: operators, keys, and whether a request can meet them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from check_support import ACCOUNT, ADMIN, ALICE, APP, OTHER, ROOT, SESSION, about, one
from kmspolicy import Condition, Policy, check

if TYPE_CHECKING:
    Json = dict[str, Any]


@pytest.mark.parametrize(
    ("condition", "more", "expected"),
    [
        pytest.param(
            {"StringEquals": {"KMS:viaservice": "s3.us-east-1.amazonaws.com"}},
            {},
            [],
            id="a key in another case",
        ),
        pytest.param({"StringEquals": {"s3:prefix": "a"}}, {}, [], id="a key of another service"),
        pytest.param(
            {"StringEquals": {"kms:EncryptionContext:App": "a"}},
            {},
            [],
            id="a pair of the encryption context",
        ),
        pytest.param(
            {"StringEqualsIfExists": {"kms:ViaService": []}},
            {},
            ["CONDITION_MATCHES_ABSENT_KEY"],
            id="IfExists without values",
        ),
        pytest.param(
            {"BoolIfExists": {"aws:SecureTransport": "maybe"}},
            {},
            ["CONDITION_MATCHES_ABSENT_KEY", "TYPE_MISMATCH_BOOLEAN"],
            id="IfExists with a value of another type",
        ),
        pytest.param(
            {"ForAllValues:Null": {"kms:EncryptionContext:App": "false"}},
            {},
            ["NULL_WITH_QUALIFIER", "OVERLY_PERMISSIVE_CONDITION"],
            id="Null for each value",
        ),
        pytest.param({"StringLike": {"kms:ViaService": "s3.*"}}, {}, [], id="a wildcard under StringLike"),
        pytest.param(
            {"StringEquals": {"aws:SourceIdentity": "${aws:username}*"}},
            {},
            ["WILDCARD_WITHOUT_LIKE_OPERATOR"],
            id="a wildcard under StringEquals",
        ),
        pytest.param(
            {"StringEquals": {"aws:SourceIdentity": "${*}"}}, {}, [], id="a literal star under StringEquals"
        ),
        pytest.param({"Bool": {"aws:SecureTransport": True}}, {}, [], id="a boolean"),
        pytest.param(
            {"Bool": {"aws:SecureTransport": "maybe"}},
            {},
            ["CONDITION_NEVER_MET"],
            id="never met by a value of another type",
        ),
        pytest.param(
            {"NumericNotEquals": {"kms:RotationPeriodInDays": "x"}},
            {"Action": "kms:EnableKeyRotation"},
            ["TYPE_MISMATCH_NUMBER"],
            id="always met by a value of another type",
        ),
        pytest.param(
            {"NumericLessThan": {"kms:ValidTo": 1546257599.0}},
            {"Action": "kms:ImportKeyMaterial"},
            [],
            id="a number for a date",
        ),
        pytest.param({"DateLessThan": {"aws:CurrentTime": []}}, {}, ["CONDITION_NEVER_MET"], id="no values"),
        pytest.param(
            {"Null": {"aws:SourceArn": "true"}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"}},
            {},
            ["CONDITION_NEVER_MET"],
            id="a key that is absent and has a value",
        ),
        pytest.param(
            {"Null": {"aws:SourceArn": ["true", "false"]}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"}},
            {},
            ["INVALID_CONDITION_MULTIPLE_BOOLEAN"],
            id="a key that is absent or not, and has a value",
        ),
        pytest.param(
            {"ForAnyValue:StringEquals": {"kms:GrantOperations": "Decrypt"}},
            {"Action": "kms:CreateGrant"},
            [],
            id="any value of a list",
        ),
        # Each request of CreateGrant has operations; not each of another action.
        pytest.param(
            {"ForAllValues:StringEquals": {"kms:GrantOperations": "Decrypt"}},
            {"Action": "kms:CreateGrant"},
            [],
            id="each value of a list that requests always have",
        ),
        pytest.param(
            {"ForAllValues:StringEquals": {"kms:GrantOperations": "Decrypt"}},
            {"Action": "kms:*Grant*"},
            ["CONDITION_MATCHES_ABSENT_KEY"],
            id="each value of a list that some requests have",
        ),
        pytest.param(
            {"StringEqualsIfExists": {"kms:SigningAlgorithm": "SM2DSA"}},
            {"Action": ["kms:Sign", "kms:Verify"]},
            [],
            id="IfExists on a key that requests always have",
        ),
        pytest.param(
            {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}},
            {"Action": "kms:TagResource"},
            ["CONDITION_MATCHES_ABSENT_KEY"],
            id="each value of a list that may be absent",
        ),
        pytest.param(
            {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}},
            {"Action": "kms:TagResource"},
            [],
            id="each value of a list that is not absent",
        ),
        pytest.param(
            {
                "StringEqualsIfExists": {"kms:ViaService": "s3.us-east-1.amazonaws.com"},
                "StringLike": {"kms:ViaService": "s3.*"},
            },
            {},
            [],
            id="IfExists beside a condition on the key",
        ),
        pytest.param(
            {"StringEqualsIfExists": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
            {"Effect": "Deny"},
            [],
            id="IfExists in a Deny",
        ),
        pytest.param(
            {"ForAllValues:StringEquals": {"kms:EncryptionContext:A": "a"}},
            {"Effect": "Deny"},
            ["OVERLY_PERMISSIVE_CONDITION"],
            id="each value of a single one in a Deny",
        ),
        pytest.param(
            {"BoolIfExists": {"aws:SecureTransport": "false"}},
            {},
            ["CONDITION_MATCHES_ABSENT_KEY"],
            id="false or absent",
        ),
        pytest.param(
            {"BoolIfExists": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:SourceIdentity": "a"}},
            {},
            ["CONDITION_MATCHES_ABSENT_KEY"],
            id="false or absent beside another key",
        ),
        pytest.param(
            {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SecureTransport": "true"}},
            {},
            [],
            id="a boolean as text",
        ),
        pytest.param(
            {
                "Null": {"aws:SourceArn": "true", "AWS:sourcearn": "true"},
                "ForAnyValue:Null": {"aws:SourceArn": "true"},
                "ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"},
            },
            {},
            ["CONDITION_NEVER_MET", "DUPLICATE_KEYS_WITH_DIFFERENT_CASE", "NULL_WITH_QUALIFIER"],
            id="absent in three ways, and with a value",
        ),
        # RetireGrant has the key, too, and no effect in a key policy.
        pytest.param(
            {"StringEquals": {"kms:EncryptionContext:App": "x"}},
            {
                "Action": None,
                "NotAction": ["kms:Enc*", "kms:Dec*", "kms:ReEncrypt*", "kms:Generate*", "kms:CreateGrant"],
            },
            ["UNSUPPORTED_ACTION_FOR_CONDITION_KEY"],
            id="NotAction with no action that has the key",
        ),
        pytest.param(
            {"ForAllValues:StringEquals": {"aws:RequestTag/a": "a"}},
            {"Action": "kms:TagResource"},
            ["OVERLY_PERMISSIVE_CONDITION"],
            id="each value of a single tag",
        ),
        pytest.param(
            {"ForAllValues:Null": {"kms:ViaService": "false"}},
            {},
            ["NULL_WITH_QUALIFIER"],
            id="each value is there",
        ),
        pytest.param(
            {"Foo": {"aws:a": "b"}}, {}, ["INVALID_CONDITION_OPERATOR"], id="an operator that does not exist"
        ),
        pytest.param(
            {"ForSomeValues:StringEquals": {"aws:SourceArn": "b"}},
            {},
            ["INVALID_CONDITION_OPERATOR"],
            id="a qualifier that does not exist",
        ),
        pytest.param(
            {":StringEquals": {"aws:SourceArn": "b"}},
            {},
            ["INVALID_CONDITION_OPERATOR"],
            id="an empty qualifier",
        ),
        pytest.param(
            {"forallvalues:stringlikeifexists": {"aws:SourceArn": "b"}},
            {},
            ["CONDITION_OPERATOR_CASE"],
            id="a qualifier in another case",
        ),
        pytest.param(
            {"nullifexists": {"aws:SourceArn": "true"}},
            {},
            ["NULL_WITH_IF_EXISTS"],
            id="IfExists in another case behind Null",
        ),
        pytest.param(
            {"Bool": {"kms:GrantIsForAWSResource": "true"}},
            {"Action": None, "NotAction": "kms:Decrypt"},
            [],
            id="NotAction with an action that has the key",
        ),
        pytest.param(
            {"Bool": {"kms:GrantIsForAWSResource": "true"}},
            {"Action": None, "NotAction": "kms:*Grant*"},
            ["UNSUPPORTED_ACTION_FOR_CONDITION_KEY"],
            id="NotAction without an action that has the key",
        ),
        pytest.param(
            {"Bool": {"kms:GrantIsForAWSResource": "true"}},
            {"Action": "kms:Foo"},
            ["INVALID_ACTION"],
            id="an action that is not known",
        ),
        pytest.param(
            {"StringEquals": {"aws:ResourceTag/a": "b"}},
            {},
            ["UNSUPPORTED_CONDITION_KEY_IN_POLICY"],
            id="a tag of the key",
        ),
        pytest.param(
            {"Null": {"KMS:resourcetag/a": "true"}},
            {"Effect": "Deny"},
            ["UNSUPPORTED_CONDITION_KEY_IN_POLICY"],
            id="a tag of the key in a Deny",
        ),
    ],
)
def test_conditions(condition: dict[str, Any], more: dict[str, Any], expected: list[str]) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html."""
    assert one(about(Condition=condition, **more)) == expected


@pytest.mark.parametrize(
    ("condition", "more", "expected"),
    [
        pytest.param({}, {}, ["EMPTY_OBJECT_CONDITION"], id="no condition"),
        pytest.param({"StringEquals": {}}, {}, ["EMPTY_OBJECT_CONDITION"], id="an operator without keys"),
        pytest.param({"Foo": {}}, {}, ["INVALID_CONDITION_OPERATOR", "EMPTY_OBJECT_CONDITION"], id="an operator that does not exist, without keys"),
        # The same key in another case, under one operator; two operators may have it both.
        pytest.param(
            {"StringLike": {"aws:PrincipalTag/a": "a*", "AWS:PrincipalTag/A": "*b"}},
            {},
            ["DUPLICATE_KEYS_WITH_DIFFERENT_CASE"], id="a key twice under an operator"),
        pytest.param({"StringLike": {"aws:PrincipalTag/a": "a"}, "StringNotEquals": {"AWS:PrincipalTag/A": "b"}}, {}, [], id="a key under two operators"),
        # A key has a prefix and a name.
        pytest.param({"Bool": {"SecureTransport": "true"}}, {}, ["INVALID_CONDITION_KEY_FORMAT"], id="a key without its prefix"),
        pytest.param({"StringEquals": {"": "a"}}, {}, ["INVALID_CONDITION_KEY_FORMAT"], id="an empty key"),
        pytest.param({"StringEquals": {"kms:": "a"}}, {}, ["INVALID_CONDITION_KEY_FORMAT"], id="a prefix alone"),
        pytest.param({"StringEquals": {"saml:sub": "a", "graph.facebook.com:id": "b"}}, {}, [], id="keys of identity providers"),
        # One type of JSON, and one boolean.
        pytest.param({"StringEquals": {"aws:username": ["1", 1]}}, {}, ["INVALID_CONDITION_DATA_TYPE"], id="text and a number"),
        pytest.param({"StringEquals": {"aws:username": ["1", True]}}, {}, ["INVALID_CONDITION_DATA_TYPE"], id="text and a boolean"),
        pytest.param({"NumericEquals": {"aws:MultiFactorAuthAge": [1, 2.5]}}, {}, [], id="two numbers"),
        pytest.param({"Bool": {"aws:SecureTransport": ["true", "true"]}}, {}, ["INVALID_CONDITION_MULTIPLE_BOOLEAN"], id="two booleans"),
        pytest.param({"Bool": {"aws:SecureTransport": ["true"]}}, {}, [], id="one boolean in a list"),
        # Variables that cannot be read.
        pytest.param({"StringEquals": {"aws:SourceIdentity": ["${aws:username}", "${*}${?}${$}"]}}, {}, [], id="variables and literal characters"),
        pytest.param({"StringEquals": {"aws:SourceIdentity": "${aws:username, 'a b'}"}}, {}, [], id="a variable with a default"),
        pytest.param({"StringEquals": {"aws:SourceIdentity": "a${aws:username"}}, {}, ["MISSING_BRACE_IN_VARIABLE"], id="a variable without its brace"),
        pytest.param({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::${}"}}, {}, ["EMPTY_VARIABLE"], id="a variable without a name"),
        pytest.param({"StringLike": {"aws:SourceIdentity": "${aws:username, a}"}}, {}, ["MISSING_QUOTE_IN_VARIABLE"], id="a default without quotes"),
        pytest.param({"StringLike": {"aws:SourceIdentity": "${aws:username, 'a}"}}, {}, ["MISSING_QUOTE_IN_VARIABLE"], id="a default without its last quote"),
        pytest.param({"StringLike": {"aws:SourceIdentity": ["b", "${ aws:username}"]}}, {}, ["UNSUPPORTED_SPACE_IN_VARIABLE"], id="a space in a variable"),
        # Long-term credentials have no MFA keys.
        pytest.param({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, {"Effect": "Deny"}, ["DENY_MISSES_LONG_TERM_CREDENTIALS"], id="without MFA, in a Deny"),
        pytest.param({"Bool": {"aws:MultiFactorAuthPresent": False}}, {}, [], id="without MFA"),
        pytest.param({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, {"Effect": "Deny"}, [], id="with MFA, in a Deny"),
        pytest.param({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, {"Effect": "Deny"}, [], id="without MFA or absent, in a Deny"),
        pytest.param(
            {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}},
            {"Effect": "Deny"},
            ["DENY_MISSES_LONG_TERM_CREDENTIALS"], id="MFA long ago, in a Deny"),
        pytest.param({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}, {"Effect": "Deny"}, [], id="MFA a short time ago, in a Deny"),
        pytest.param({"NumericGreaterThanIfExists": {"aws:MultiFactorAuthAge": "3600"}}, {"Effect": "Deny"}, [], id="MFA long ago or absent, in a Deny"),
        # Networks.
        pytest.param({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/8"]}}, {}, ["PRIVATE_IP_ADDRESS"], id="a public and a private network"),
        pytest.param({"NotIpAddress": {"aws:SourceIp": "10.0.0.1/8"}}, {}, ["PRIVATE_NOT_IP_ADDRESS", "IMPROVE_IP_RANGE"], id="all but a private network"),
        pytest.param({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, {}, ["MISSING_PAIRED_CONDITION_KEYS"], id="addresses of a VPC without the VPC"),
        pytest.param({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, {"Effect": "Deny"}, [], id="addresses of a VPC without the VPC, in a Deny"),
        pytest.param(
            {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:SourceVpc": "vpc-12345678"}},
            {},
            [], id="addresses of a VPC with the VPC"),
        # Several forms that values do not have.
        pytest.param(
            {"StringEquals": {"aws:SourceArn": ["bucket", "arn:aws:s3", "arn:aws:s3:::b"]}},
            {},
            ["INVALID_ARN_PREFIX", "MISSING_ARN_FIELD"], id="ARNs without some of their parts"),
        pytest.param({"StringEquals": {"kms:CallerAccount": 12345678901}}, {}, ["INVALID_CONDITION_VALUE"], id="an account id as a number of 11 digits"),
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
        pytest.param({"AWS": ALICE}, OF_OTHER, False, id="a user, of another account"),
        pytest.param({"AWS": [ALICE, OTHER]}, OF_OTHER, True, id="users of both accounts"),
        pytest.param(
            {"AWS": [ALICE, ACCOUNT, ROOT, SESSION]},
            OF_OTHER,
            False,
            id="users and sessions, of another account",
        ),
        pytest.param({"AWS": "*"}, OF_OTHER, True, id="everyone"),
        pytest.param({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, OF_OTHER, True, id="a unique id"),
        pytest.param(
            {"AWS": ALICE, "Federated": "accounts.google.com"},
            OF_OTHER,
            True,
            id="an identity provider as well",
        ),
        pytest.param({"AWS": ALICE, "CanonicalUser": "79a5"}, OF_OTHER, True, id="a canonical user as well"),
        pytest.param(
            {"AWS": ALICE},
            Condition("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}"),
            True,
            id="a variable",
        ),
        pytest.param(
            {"AWS": ALICE},
            Condition("StringEquals", "aws:PrincipalAccount", [ACCOUNT, OTHER]),
            True,
            id="one of both accounts",
        ),
        pytest.param(
            {"AWS": APP}, Condition("ArnLike", "aws:PrincipalArn", f"{APP}2"), False, id="another role"
        ),
        pytest.param(
            {"AWS": APP},
            Condition("StringEquals", "aws:PrincipalType", "User"),
            False,
            id="a role, of the type of users",
        ),
        pytest.param(
            {"AWS": SESSION},
            Condition("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/x/App"),
            True,
            id="a session, by a role with a path",
        ),
        pytest.param(
            {"AWS": ALICE},
            Condition("Bool", "aws:PrincipalIsAWSService", "true"),
            False,
            id="a user, as a service",
        ),
        pytest.param({"AWS": ALICE}, NO_ORGANISATION, True, id="a user, of no organisation"),
        pytest.param(
            {"Service": "s3.amazonaws.com"}, NO_ORGANISATION, False, id="a service, of an organisation"
        ),
        pytest.param(
            {"Service": "s3.amazonaws.com"},
            Condition("StringEqualsIfExists", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
            True,
            id="a service, of an organisation or none",
        ),
        pytest.param(
            {"Service": "s3.amazonaws.com"},
            Condition("StringNotEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
            True,
            id="a service, not of an organisation",
        ),
        pytest.param(
            {"Service": "s3.amazonaws.com", "AWS": ALICE},
            NO_ORGANISATION,
            True,
            id="a service or a user, of an organisation",
        ),
        pytest.param(
            {"Service": "s3.amazonaws.com"},
            Condition("StringEquals", "aws:SourceOrgID", "o-a1b2c3d4e5"),
            True,
            id="a service, for an organisation",
        ),
        # What else requests of services have is not known.
        pytest.param({"Service": "s3.amazonaws.com"}, OF_OTHER, True, id="a service, of another account"),
        pytest.param(
            {"Service": "s3.amazonaws.com"},
            Condition("IpAddress", "aws:SourceIp", "192.0.2.0/24"),
            True,
            id="a service, from a network",
        ),
        pytest.param(
            {"Service": "logs.amazonaws.com"},
            Condition(
                "ForAnyValue:StringEquals", "aws:PrincipalServiceNamesList", "logs.us-east-1.amazonaws.com"
            ),
            True,
            id="a service, by one of its names",
        ),
        pytest.param(
            {"Service": "s3.amazonaws.com"},
            Condition("Bool", "aws:PrincipalIsAWSService", "false"),
            False,
            id="a service, as none",
        ),
        pytest.param({"AWS": []}, OF_OTHER, True, id="nobody"),
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
