"""The forms of values: what each key can have, as the builder demands it and check reports it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmspolicy import Condition, Policy, Principal, allow, check, conditions, errors, statements
from kmspolicy._build import _keys as kinds
from kmspolicy._language._forms import FORMS, Misfit, is_never_public, misfit
from kmspolicy._language._patterns import like

if TYPE_CHECKING:
    from kmspolicy._language._forms import ComparedAs

A = "111122223333"
ROLE = f"arn:aws:iam::{A}:role/App"
VALUE, ARN = "INVALID_CONDITION_VALUE", "MISSING_ARN_FIELD"


@pytest.mark.parametrize(
    ("key", "comparison", "value", "code"),
    [
        # Accounts and organisations.
        ("kms:CallerAccount", "exact", A, None),
        ("kms:CallerAccount", "exact", A[1:], VALUE),
        ("kms:CallerAccount", "like", "1111*", None),
        ("kms:CallerAccount", "like", "?" * 12, None),
        ("kms:CallerAccount", "like", "?" * 13, VALUE),
        ("kms:CallerAccount", "like", "1111-*", VALUE),
        ("kms:CallerAccount", "arn", f"arn:aws:iam::{A}:root", VALUE),
        ("AWS:principalaccount", "exact", "${aws:SourceAccount}", None),
        ("aws:PrincipalAccount", "exact", "x${aws:SourceAccount}", VALUE),
        ("aws:PrincipalOrgID", "exact", "o-a1b2c3d4e5", None),
        ("aws:PrincipalOrgID", "exact", A, VALUE),
        ("aws:PrincipalOrgID", "like", "o-*", None),
        ("aws:PrincipalOrgID", "like", "r-*", VALUE),
        ("aws:PrincipalOrgID", "like", "o-a1b2c3d4e5f6*", None),
        ("aws:PrincipalOrgPaths", "like", "o-a1b2c3d4e5/*", None),
        ("aws:PrincipalOrgPaths", "exact", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/", None),
        ("aws:PrincipalOrgPaths", "exact", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111", VALUE),
        ("aws:PrincipalOrgPaths", "exact", "o-a1b2c3d4e5", VALUE),
        # Networks and Regions.
        ("aws:SourceVpc", "exact", "vpc-12345678", None),
        ("aws:SourceVpc", "exact", "vpc-123456789", "INVALID_VPC_FORMAT"),
        ("aws:SourceVpc", "like", "vpc-*", None),
        ("aws:SourceVpc", "like", "vpc-1*vpc-*", "INVALID_VPC_FORMAT"),
        ("aws:SourceVpce", "exact", "vpce-0123456789abcdef0", None),
        ("aws:SourceVpce", "exact", "vpc-0123456789abcdef0", "INVALID_VPCE_FORMAT"),
        ("kms:ReplicaRegion", "exact", "us-gov-west-1", None),
        ("kms:ReplicaRegion", "exact", "us-east-1a", "INVALID_REGION"),
        ("aws:RequestedRegion", "like", "eu-*", None),
        # Services.
        ("kms:ViaService", "exact", "s3.us-east-1.amazonaws.com", None),
        ("kms:ViaService", "exact", "lambda.cn-north-1.amazonaws.com.cn", None),
        ("kms:ViaService", "exact", "s3.us-isob-east-1.sc2s.sgov.gov", None),
        ("kms:ViaService", "like", "ec2.*", None),
        ("kms:ViaService", "exact", "s3.amazonaws.com", "INVALID_VIA_SERVICE"),
        ("kms:ViaService", "like", "s3.amazonaws.*", "INVALID_VIA_SERVICE"),
        ("aws:PrincipalServiceName", "exact", "logs.amazonaws.com", None),
        ("aws:CalledVia", "exact", "cloudformation", VALUE),
        # ARNs.
        ("aws:SourceArn", "exact", "arn:aws:s3:::bucket", None),
        ("aws:SourceArn", "arn", "arn:aws:s3:::bucket*", None),
        ("aws:SourceArn", "arn", "arn:*:s3:*:*:bucket", None),
        ("aws:SourceArn", "like", "*:bucket", None),
        ("aws:SourceArn", "like", "*", None),
        ("aws:SourceArn", "arn", "*", ARN),
        ("aws:SourceArn", "arn", "arn:aws:sns:topic", ARN),
        ("aws:SourceArn", "exact", "bucket", "INVALID_ARN_PREFIX"),
        ("aws:SourceArn", "arn", "am:aws:s3:::bucket", "INVALID_ARN_PREFIX"),
        ("aws:SourceArn", "arn", "arn:asw:s3:::bucket", "INVALID_PARTITION"),
        ("aws:SourceArn", "arn", f"arn:aws:sns:us-gov-west-1:{A}:t", "INVALID_PARTITION"),
        ("aws:SourceArn", "arn", f"arn:aws-us-gov:sns:us-east-1:{A}:t", "INVALID_PARTITION"),
        ("aws:SourceArn", "arn", f"arn:aws*:sns:us-gov-west-1:{A}:t", None),
        ("aws:SourceArn", "arn", f"arn:aws:sns:us-gov-*:{A}:t", None),
        ("aws:SourceArn", "arn", "arn:aws:S3:::bucket", "INVALID_ARN_SERVICE_CASE"),
        ("aws:SourceArn", "arn", f"arn:aws:sns:us-east:{A}:t", "INVALID_ARN_REGION"),
        ("aws:SourceArn", "arn", "arn:aws:sns:us-east-1:1234:t", "INVALID_ARN_ACCOUNT"),
        ("aws:SourceArn", "arn", f"arn:aws:sns:us-east-1:{A}:", "INVALID_ARN_RESOURCE"),
        ("aws:PrincipalArn", "arn", ROLE, None),
        ("aws:PrincipalArn", "like", f"*:{A}:role/*", None),
        ("aws:PrincipalArn", "arn", f"arn:aws:sts::{A}:federated-user/bob", None),
        ("aws:PrincipalArn", "arn", f"arn:aws:sts::{A}:assumed-role/App/*", "INVALID_ARN_RESOURCE"),
        ("aws:PrincipalArn", "arn", f"arn:aws:iam::{A}:group/x", "INVALID_ARN_RESOURCE"),
        ("aws:PrincipalArn", "arn", "arn:aws:s3:::bucket", VALUE),
        ("aws:PrincipalArn", "exact", A, "INVALID_ARN_PREFIX"),
        ("aws:SourceVpcArn", "exact", f"arn:aws:ec2:us-east-1:{A}:vpc/vpc-12345678", None),
        ("aws:SourceVpcArn", "exact", f"arn:aws:ec2:us-east-1:{A}:subnet/x", "INVALID_ARN_RESOURCE"),
        ("lambda:SourceFunctionArn", "exact", f"arn:aws:lambda:us-east-1:{A}:function:f", None),
        ("ssm:SourceInstanceArn", "exact", f"arn:aws:ssm:us-east-1:{A}:managed-instance/mi-1", None),
        ("kms:GranteePrincipal", "exact", f"arn:aws:sts::{A}:assumed-role/App/s", None),
        ("kms:GranteePrincipal", "exact", "fsx.us-west-2.amazonaws.com", None),
        ("kms:GranteePrincipal", "exact", "App", "INVALID_ARN_PREFIX"),
        ("kms:EncryptionContext:aws:logs:arn", "arn", f"arn:aws:logs:us-gov-west-1:{A}:*", "INVALID_PARTITION"),
        ("kms:EncryptionContext:aws:logs:arn", "like", f"arn:aws:logs:us-gov-west-1:{A}:*", "INVALID_PARTITION"),
        ("kms:EncryptionContext:app", "like", f"arn:aws:logs:us-gov-west-1:{A}:*", None),
        ("kms:EncryptionContext:app", "arn", "app", "INVALID_ARN_PREFIX"),
        # Lists, names and digests.
        ("kms:GrantOperations", "exact", "Decrypt", None),
        ("kms:GrantOperations", "exact", "kms:Decrypt", VALUE),
        ("kms:GrantOperations", "exact", "decrypt", VALUE),
        ("kms:GrantOperations", "ignore case", "decrypt", None),
        ("kms:GrantOperations", "like", "Re*", None),
        ("kms:GrantOperations", "like", "kms:*", VALUE),
        ("kms:KeySpec", "exact", "SYMMETRIC_DEFAULT", None),
        ("kms:CustomerMasterKeySpec", "exact", "AES_256", VALUE),
        ("kms:KeyUsage", "exact", "ENCRYPT", VALUE),
        ("aws:PrincipalType", "exact", "Role", VALUE),
        ("kms:RequestAlias", "exact", "alias/app", None),
        ("kms:RequestAlias", "exact", "app", VALUE),
        ("kms:RequestAlias", "like", f"arn:aws:kms:*:{A}:alias/*", VALUE),
        ("kms:RecipientAttestation:PCR4", "exact", "AB12", VALUE),
        ("kms:RecipientAttestation:PCR4", "ignore case", "AB12", None),
        ("kms:RecipientAttestation:ImageSha384", "exact", "ab12", None),
        ("aws:SecureTransport", "exact", "true", None),
        ("aws:SecureTransport", "exact", "yes", VALUE),
        # Anything.
        ("aws:username", "exact", "", None),
        ("s3:prefix", "like", "*", None),
    ],
)  # fmt: skip
def test_what_a_request_can_have(key: str, comparison: ComparedAs, value: str, code: str | None) -> None:
    """A value of another form is never that of a request, nor is what a pattern demands that no value has."""
    found = misfit(key, value, comparison)
    assert (None if found is None else found.code) == code


def test_what_is_expected_is_said() -> None:
    """In words, and that wildcards are none where they are."""
    assert misfit("aws:SourceVpce", "vpc-1", "exact") == Misfit(
        "INVALID_VPCE_FORMAT", "the id of a VPC endpoint, vpce- and 8 or 17 letters or digits"
    )
    assert misfit("kms:CallerAccount", "1111*", "exact") == Misfit(
        "INVALID_CONDITION_VALUE", "an account id of 12 digits, without wildcards"
    )
    assert misfit("aws:SourceArn", f"arn:aws:sns:cn-north-1:{A}:t", "arn") == Misfit(
        "INVALID_PARTITION", "the partition aws-cn, in which cn-north-1 is"
    )


@pytest.mark.parametrize(
    ("network", "never"),
    [
        ("10.0.0.0/8", True),
        ("10.1.2.3", True),
        ("10.0.0.0/7", False),
        ("172.16.0.0/12", True),
        ("172.16.0.0/11", False),
        ("192.168.1.0/24", True),
        ("0.0.0.0/0", False),
        ("203.0.113.0/24", False),
        ("fd00::/8", True),
        ("2001:db8::/32", False),
        ("::/0", False),
        ("home", False),
    ],
)
def test_private_networks(network: str, never: bool) -> None:
    """A request over the internet has a public address; one through a VPC endpoint has aws:VpcSourceIp instead."""
    assert is_never_public("aws:SourceIP", network) is never
    assert not is_never_public("aws:VpcSourceIp", network)


# --- no false alarm --------------------------------------------------------------------------------

EXPRESSIONS = sorted({":".join(parts) for form in FORMS.values() for parts in form.alternatives})


def key_of(expression: str) -> str:
    """Return a key whose values have this form."""
    return next(
        key for key, form in FORMS.items() if expression in [":".join(parts) for parts in form.alternatives]
    )


@given(st.data())
def test_a_pattern_that_matches_a_value_is_fine(data: st.DataObject) -> None:
    """Whatever part of a value a wildcard stands for; a partition that has no such Region is another matter."""
    expression = data.draw(st.sampled_from(EXPRESSIONS))
    value = data.draw(st.from_regex(rf"\A(?:{expression})\Z", alphabet=st.characters(max_codepoint=126)))
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, len(value)))
    for pattern in (f"{value[:start]}*{value[end:]}", f"{value[:start]}{'?' * (end - start)}{value[end:]}"):
        assert like(pattern, value)
        found = misfit(key_of(expression), pattern, "like")
        assert found is None or found.code == "INVALID_PARTITION"


# --- the builder and check -------------------------------------------------------------------------

POOL = [
    *("", "x", "*", "1111*", A, A[1:], "o-a1b2c3d4e5", "o-a1b2c3d4e5/r-ab12/", "o-*", "vpc-12345678", "vpce-12345678"),
    *("us-east-1", "s3.amazonaws.com", "s3.us-east-1.amazonaws.com", "s3.*", ROLE, f"arn:aws:iam::{A}:role/*"),
    *("arn:aws:s3:::b", f"arn:aws:sns:us-gov-west-1:{A}:t", f"arn:aws:lambda:us-east-1:{A}:function:f", "arn:aws:sns"),
    *("Decrypt", "kms:Decrypt", "RSA_2048", "SIGN_VERIFY", "AWS_KMS", "RAW", "ab12", "alias/a", "alias/*", "User"),
]  # fmt: skip
KEYS: list[Any] = [
    *(key for key in vars(conditions).values() if isinstance(key, (kinds.TextKey, kinds.ArnKey, kinds.TextSetKey))),
    conditions.encryption_context("aws:s3:arn"),
    conditions.recipient_attestation_pcr(0),
]  # fmt: skip
CODES = {
    *("INVALID_CONDITION_VALUE", "INVALID_VIA_SERVICE", "INVALID_VPC_FORMAT", "INVALID_VPCE_FORMAT", "INVALID_REGION"),
    *("MISSING_ARN_FIELD", "INVALID_PARTITION", "INVALID_ARN_PREFIX", "INVALID_ARN_SERVICE_CASE", "INVALID_ARN_REGION"),
    *("INVALID_ARN_ACCOUNT", "INVALID_ARN_RESOURCE"),
}  # fmt: skip
METHODS = {
    "equals": "StringEquals",
    "not_equals_ignore_case": "StringNotEqualsIgnoreCase",
    "like": "StringLike",
    "arn_like": "ArnLike",
}


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.key)
def test_the_builder_refuses_what_check_reports(key: Any) -> None:
    """The same values, under the same operators; plain wildcards are a finding of their own."""
    several = isinstance(key, kinds.TextSetKey)
    of = key.for_any_value if several else key
    of_a_form = key.key.lower() in FORMS
    for (method, operator), value in product(METHODS.items(), POOL):
        if not hasattr(of, method):
            continue
        try:
            getattr(of, method)(value)
        except errors.BuilderError:
            refused = True
        else:
            refused = False
        condition = Condition(f"{'ForAnyValue:' if several else ''}{operator}", key.key, value)
        statement = allow("kms:*").to(Principal.arn(ROLE)).when(condition)
        codes = {one.code for one in check(Policy([statements.enable_iam_policies(A), statement]))}
        reported = codes & (CODES | {"WILDCARD_WITHOUT_LIKE_OPERATOR"} if of_a_form else CODES)
        assert refused is bool(reported), (method, value, reported)


@pytest.mark.parametrize("network", ["10.0.0.0/8", "203.0.113.0/24", "203.0.113.5/24", "192.168.0.1"])
def test_networks_that_the_builder_refuses_are_reported(network: str) -> None:
    """Private ones, and those with bits behind the prefix."""
    condition = Condition("NotIpAddress", "aws:SourceIp", network)
    statement = allow("kms:*").to(Principal.arn(ROLE)).when(condition)
    found = check(Policy([statements.enable_iam_policies(A), statement]))
    try:
        conditions.source_ip.not_in_network(network)
    except errors.BuilderError:
        assert next(one.code for one in found) in ("PRIVATE_NOT_IP_ADDRESS", "IMPROVE_IP_RANGE")
    else:
        assert found == ()
