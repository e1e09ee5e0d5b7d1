"""Whom an Allow lets in: who chooses the value of a condition, and which of them limit who can call.

Who chooses a value is a column of ``_language/_keys.py``; the pages are those of the keys:
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from kmspolicy import Condition, Policy, Principal, Statement, allow, check, deny, statements
from kmspolicy._language._keys import CONDITION_KEYS

if TYPE_CHECKING:
    from kmspolicy._language._keys import ConditionKeyFacts

ACCOUNT = "111122223333"
OTHER = "444455556666"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
ADMIN = statements.enable_iam_policies(ACCOUNT)
ORG = "o-a1b2c3d4e5"
OU = f"{ORG}/r-ab12/ou-ab12-11111111/"
APP = f"arn:aws:iam::{ACCOUNT}:role/App"
TRAIL = f"arn:aws:cloudtrail:*:{ACCOUNT}:trail/*"
USER_ID = "AIDACKCEVSQ6C2EXAMPLE"


def codes(statement: Statement, account: str | None = None) -> list[str]:
    """Return the codes of what is found in a statement."""
    return [
        finding.code
        for finding in check(Policy([ADMIN, statement]), account=account)
        if finding.path.startswith("Statement[1]")
    ]


class When(NamedTuple):
    """Conditions of an Allow for everyone."""

    name: str
    condition: dict[str, dict[str, Any]]


def when(name: str, operator: str, key: str, *values: Any) -> When:
    """Name a single condition."""
    return When(name, {operator: {key: values[0] if len(values) == 1 else list(values)}})


# --- who is limited --------------------------------------------------------------------------------

PUBLIC = [
    When("no condition", {}),
    # What the caller chooses, services' own names in it included: turbot/steampipe-mod-aws-perimeter#23.
    when(
        "an encryption context of CloudTrail",
        "StringLike",
        "kms:EncryptionContext:aws:cloudtrail:arn",
        TRAIL,
    ),
    when(
        "an encryption context of CloudWatch Logs",
        "ArnEquals",
        "kms:EncryptionContext:aws:logs:arn",
        f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:g",
    ),
    when(
        "an encryption context of SES",
        "StringEquals",
        "kms:EncryptionContext:aws:ses:source-account",
        ACCOUNT,
    ),
    when("an encryption context of the author", "StringEquals", "kms:EncryptionContext:AppName", "App"),
    when(
        "the names of an encryption context", "ForAnyValue:StringEquals", "kms:EncryptionContextKeys", "App"
    ),
    when("an alias", "StringEquals", "kms:RequestAlias", "alias/app"),
    when("an algorithm", "StringEquals", "kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT"),
    when("grants for one role", "ArnEquals", "kms:GranteePrincipal", APP),
    when("the operations of a grant", "ForAllValues:StringEquals", "kms:GrantOperations", "Decrypt"),
    when(
        "an enclave", "StringEqualsIgnoreCase", "kms:RecipientAttestation:ImageSha384", "0123456789abcdef" * 6
    ),
    when("a user agent", "StringLike", "aws:UserAgent", "app/*"),
    when("the name that a session gave", "StringEquals", "aws:SourceIdentity", "alice"),
    when("a tag of the request", "StringEquals", "aws:RequestTag/team", "a"),
    # What the caller's account chooses.
    when("a tag of the caller", "StringEquals", "aws:PrincipalTag/team", "a"),
    when("the name of a user", "StringEquals", "aws:username", "alice"),
    when("a second factor", "Bool", "aws:MultiFactorAuthPresent", "true"),
    # What the key is.
    when("the spec of the key", "StringEquals", "kms:KeySpec", "SYMMETRIC_DEFAULT"),
    when("a key of many Regions", "Bool", "kms:MultiRegion", "true"),
    # What AWS chooses, for callers of any account.
    when("a service in between", "StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com"),
    when("the services in between", "ForAnyValue:StringEquals", "aws:CalledVia", "s3.amazonaws.com"),
    when("a resource of AWS", "Bool", "kms:GrantIsForAWSResource", "true"),
    when("the type of the caller", "StringEquals", "aws:PrincipalType", "AssumedRole"),
    when("any service of AWS", "Bool", "aws:PrincipalIsAWSService", "true"),
    when("a time", "DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z"),
    when("an address within any VPC", "IpAddress", "aws:VpcSourceIp", "10.0.0.0/16"),
    # Values that are excluded, or need not be there.
    when("all accounts but one", "StringNotEquals", "kms:CallerAccount", ACCOUNT),
    when("any account but one", "ForAnyValue:StringNotEquals", "kms:CallerAccount", ACCOUNT),
    when("any account but some", "ForAnyValue:StringNotLike", "aws:PrincipalAccount", "1*"),
    when("any role but one", "ForAnyValue:ArnNotEquals", "aws:PrincipalArn", APP),
    when("any network but one", "NotIpAddress", "aws:SourceIp", "192.0.2.0/24"),
    when("an account, if there is one", "StringEqualsIfExists", "kms:CallerAccount", ACCOUNT),
    when("an account, of all there are", "ForAllValues:StringEquals", "kms:CallerAccount", ACCOUNT),
    when("organisations, of all there are", "ForAllValues:StringLike", "aws:PrincipalOrgPaths", f"{ORG}/*"),
    when("an ARN, if there is one", "ArnLikeIfExists", "aws:PrincipalArn", APP),
    when("whoever has an organisation", "Null", "aws:PrincipalOrgID", "false"),
    # Patterns that everybody meets.
    when("any account", "StringLike", "kms:CallerAccount", "*"),
    when("an account, or any", "StringLike", "kms:CallerAccount", ACCOUNT, "*"),
    when("an account that begins with 1", "StringLike", "aws:PrincipalAccount", "1*"),
    when("an account of any digits", "StringLike", "aws:PrincipalAccount", "????????????"),
    when("any organisation", "StringLike", "aws:PrincipalOrgID", "o-*"),
    when(
        "a path in any organisation",
        "ForAnyValue:StringLike",
        "aws:PrincipalOrgPaths",
        "o-*/r-ab12/ou-ab12-1/*",
    ),
    when("an organisation, or any", "ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORG}/*", "*"),
    when("a role of any account", "ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/App"),
    when("a role of any account, as text", "StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/App"),
    when("a role of any account, by its end", "StringLike", "aws:PrincipalArn", "*:role/App"),
    when("digits in a name", "StringLike", "aws:PrincipalArn", f"arn:aws:iam::*:role/App-{ACCOUNT}"),
    when("digits at the end of a name", "StringLike", "aws:PrincipalArn", f"*{ACCOUNT}"),
    when("digits behind a wildcard", "StringLike", "aws:PrincipalArn", f"arn:aws:iam::*{ACCOUNT}*"),
    when("any ARN", "ArnLike", "aws:PrincipalArn", "arn:*:*:*:*:*"),
    when("one role, or any", "ArnLike", "aws:PrincipalArn", APP, "arn:aws:iam::*:role/App"),
    when("a session name", "StringLike", "aws:userid", "*:me"),
    when("any role", "StringLike", "aws:userid", "AROA*"),
    when("any VPC endpoint", "StringLike", "aws:SourceVpce", "vpce-*"),
    when("any bucket", "ArnLike", "aws:SourceArn", "arn:aws:s3:::*"),
    when("a topic of any account", "ArnLike", "aws:SourceArn", "arn:aws:sns:us-east-1:*:topic"),
    when("any service", "StringLike", "aws:PrincipalServiceName", "*.amazonaws.com"),
    when("the whole internet", "IpAddress", "aws:SourceIp", "0.0.0.0/0"),
    when("half the internet", "IpAddress", "aws:SourceIp", "0.0.0.0/1", "128.0.0.0/1"),
    when("the internet of version 6", "IpAddress", "aws:SourceIp", "::/0"),
    when("a network, or all", "IpAddress", "aws:SourceIp", "192.0.2.0/24", "::/0"),
    # Variables that callers choose.
    when("the caller's own account", "StringEquals", "kms:CallerAccount", "${aws:PrincipalAccount}"),
    when("an account in a tag", "StringEquals", "aws:PrincipalAccount", "${aws:PrincipalTag/owner}"),
    when(
        "a role of the caller's account",
        "ArnLike",
        "aws:PrincipalArn",
        "arn:aws:iam::${aws:PrincipalAccount}:role/App",
    ),
    # Several that limit nobody.
    When(
        "a wildcard beside an encryption context",
        {"StringLike": {"kms:CallerAccount": "*", "kms:EncryptionContext:aws:cloudtrail:arn": TRAIL}},
    ),
    When(
        "a service and a tag",
        {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com", "aws:PrincipalTag/team": "a"}},
    ),
]


@pytest.mark.parametrize("row", PUBLIC, ids=lambda row: row.name)
def test_what_limits_nobody(row: When) -> None:
    """Somebody of any account meets it, so that an Allow for everyone is public, however everyone is written."""
    condition = Condition.from_dict(row.condition) if row.condition else None
    for everyone in (Principal.everyone(), Principal({"AWS": ["*", ALICE]})):
        statement = allow("kms:Decrypt").to(everyone)
        assert "PUBLIC_ACCESS" in codes(statement if condition is None else statement.when(condition))
    rest = Statement(
        "Allow", not_principal=Principal.arn(ALICE), action="kms:*", resource="*", condition=condition
    )
    assert "PUBLIC_ACCESS" in codes(rest)


LIMITED = [
    when("the caller's account", "StringEquals", "kms:CallerAccount", ACCOUNT),
    when("the caller's account, without quotes", "StringEquals", "kms:CallerAccount", int(ACCOUNT)),
    when("two accounts", "StringEquals", "aws:PrincipalAccount", ACCOUNT, OTHER),
    when("an account as a pattern", "StringLike", "kms:CallerAccount", ACCOUNT),
    when("an account with a star too many", "StringLike", "kms:CallerAccount", f"{ACCOUNT}*"),
    when("an account in any case", "StringEqualsIgnoreCase", "kms:CallerAccount", ACCOUNT),
    when("any of an account", "ForAnyValue:StringEquals", "kms:CallerAccount", ACCOUNT),
    when("an organisation", "StringEquals", "aws:PrincipalOrgID", ORG),
    when("an organisation in another case of the key", "StringEquals", "AWS:principalorgid", ORG),
    when("the key's organisation", "StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}"),
    when("the key's account", "StringEquals", "aws:PrincipalAccount", "${aws:ResourceAccount}"),
    when("a unit", "ForAnyValue:StringEquals", "aws:PrincipalOrgPaths", OU),
    when("all below a unit", "ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{OU}*"),
    when("all of an organisation", "ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORG}/*"),
    when("a role", "ArnEquals", "aws:PrincipalArn", APP),
    when("a role as text", "StringEquals", "aws:PrincipalArn", APP),
    when("the roles of an account", "ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
    when(
        "the roles of an account, as text", "StringLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"
    ),
    when("all of an account, as text", "StringLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:*"),
    when("an ARN up to the account", "StringLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}*"),
    when("a role in any partition", "ArnLike", "aws:PrincipalArn", f"arn:*:iam::{ACCOUNT}:role/App"),
    when(
        "a user's own role", "ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/${{aws:username}}"
    ),
    when("a unique id", "StringEquals", "aws:userid", USER_ID),
    when("the sessions of a role", "StringLike", "aws:userid", "AROACKCEVSQ6C2EXAMPLE:*"),
    when("a unique id and a star", "StringLike", "aws:userid", f"{USER_ID}*"),
    when("the federated users of an account", "StringLike", "aws:userid", f"{ACCOUNT}:*"),
    when("a VPC", "StringEquals", "aws:SourceVpc", "vpc-0123456789abcdef0"),
    when("a VPC endpoint", "StringEquals", "aws:SourceVpce", "vpce-0123456789abcdef0"),
    when("the account of an endpoint", "StringEquals", "aws:VpceAccount", ACCOUNT),
    when("the organisation of an endpoint", "StringEquals", "aws:VpceOrgID", ORG),
    when("the units of an endpoint", "ForAnyValue:StringLike", "aws:VpceOrgPaths", f"{OU}*"),
    when("the VPCs of an account", "ArnLike", "aws:SourceVpcArn", f"arn:aws:ec2:*:{ACCOUNT}:vpc/*"),
    when("a network", "IpAddress", "aws:SourceIp", "203.0.113.0/24"),
    when("a network of version 6", "IpAddress", "aws:SourceIp", "2001:db8::/32"),
    when("a source", "ArnLike", "aws:SourceArn", f"arn:aws:sns:*:{ACCOUNT}:*"),
    when("a bucket", "ArnLike", "aws:SourceArn", "arn:aws:s3:::bucket"),
    when("the account of a source", "StringEquals", "aws:SourceAccount", ACCOUNT),
    when("the owner of a source", "StringEquals", "aws:SourceOwner", ACCOUNT),
    when("the organisation of a source", "StringEquals", "aws:SourceOrgID", ORG),
    when("the units of a source", "ForAnyValue:StringLike", "aws:SourceOrgPaths", f"{OU}*"),
    when(
        "an instance", "ArnEquals", "ec2:SourceInstanceArn", f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1"
    ),
    when(
        "a function",
        "ArnEquals",
        "lambda:SourceFunctionArn",
        f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f",
    ),
    when("a service", "StringEquals", "aws:PrincipalServiceName", "logs.us-east-1.amazonaws.com"),
    when("a service in any Region", "StringLike", "aws:PrincipalServiceName", "logs.*.amazonaws.com"),
    # What only paths with colons could have, and ends in what no path does.
    when("the account, whatever the service", "StringLike", "aws:PrincipalArn", f"arn:aws:*::{ACCOUNT}:root"),
    when("a letter before the account", "StringLike", "aws:PrincipalArn", f"arn:aws:iam:?{ACCOUNT}:user/a"),
    # What nobody has.
    when("a star that is an account", "StringEquals", "kms:CallerAccount", "*"),
    when("no value", "StringEquals", "kms:CallerAccount", *([[]])),
    when("a network that is none", "IpAddress", "aws:SourceIp", "home"),
    # One that limits is enough.
    When(
        "an account and a service",
        {"StringEquals": {"kms:CallerAccount": ACCOUNT, "kms:ViaService": "s3.us-east-1.amazonaws.com"}},
    ),
    When(
        "an account and a tag",
        {"StringEquals": {"kms:CallerAccount": ACCOUNT}, "StringLike": {"aws:PrincipalTag/team": "*"}},
    ),
    When(
        "an organisation and a pattern of roles",
        {
            "StringEquals": {"aws:PrincipalOrgID": ORG},
            "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/App"},
        },
    ),
]


@pytest.mark.parametrize("row", LIMITED, ids=lambda row: row.name)
def test_what_limits_callers(row: When) -> None:
    """Nobody of an account of whom the policy knows nothing meets it."""
    condition = Condition.from_dict(row.condition)
    found = codes(allow("kms:Decrypt").to(Principal.everyone()).when(condition))
    assert "PUBLIC_ACCESS" not in found
    assert "WILDCARD_BEFORE_ACCOUNT" not in found


@pytest.mark.parametrize("row", [*PUBLIC, *LIMITED], ids=lambda row: row.name)
def test_a_deny_lets_nobody_in(row: When) -> None:
    """It is for whoever meets it."""
    statement = deny("kms:Decrypt").to(Principal.everyone())
    condition = Condition.from_dict(row.condition) if row.condition else None
    assert "PUBLIC_ACCESS" not in codes(statement if condition is None else statement.when(condition))


TEXTS = [
    facts
    for facts in CONDITION_KEYS.values()
    if facts.type in ("String", "ARN", "ArrayOfString")
    and facts.name != "aws:PrincipalType"  # no caller is an "x"
]


@pytest.mark.parametrize("facts", TEXTS, ids=lambda facts: facts.name)
def test_each_key_by_who_chooses_its_value(facts: ConditionKeyFacts) -> None:
    """A fixed value limits callers where the vocabulary says so, and nowhere else."""
    key = facts.name + ("x" if facts.name.endswith((":", "/")) else "")
    operator = "ForAnyValue:StringEquals" if facts.multivalued else "StringEquals"
    found = codes(allow("kms:*").to(Principal.everyone()).when(Condition(operator, key, "x")))
    assert ("PUBLIC_ACCESS" in found) is not facts.limits_callers


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        (Condition("StringEquals", "kms:EncryptionContext:a", "x"), "whose value the caller chooses"),
        (Condition("StringEquals", "aws:PrincipalTag/a", "x"), "whose value the caller's account chooses"),
        (Condition("StringEquals", "kms:KeySpec", "RSA_2048"), "which says what the key is"),
        (Condition("Bool", "aws:ViaAWSService", "true"), "which requests from any account have"),
        (Condition("StringLike", "kms:CallerAccount", "*"), "of which no fixed value is demanded"),
        (
            Condition("StringEquals", "app:key", "x"),
            "since no condition limits the callers: for example, ",
        ),
    ],
)
def test_why_a_condition_limits_nobody(condition: Condition, why: str) -> None:
    """The finding says who chooses the value, of the first condition."""
    policy = Policy([ADMIN, allow("kms:*").to(Principal.everyone()).when(condition)])
    (message,) = (finding.message for finding in check(policy) if finding.code == "PUBLIC_ACCESS")
    assert why in message


# --- a wildcard before the account -----------------------------------------------------------------

BEFORE = [
    when("in the partition", "StringLike", "aws:PrincipalArn", f"arn:aws*:iam::{ACCOUNT}:role/App"),
    when("for the partition", "StringLike", "aws:PrincipalArn", f"arn:*:iam::{ACCOUNT}:role/*"),
    when("for all before the account", "StringLike", "aws:PrincipalArn", f"*:{ACCOUNT}:role/App"),
    when("directly before the account", "StringLike", "aws:PrincipalArn", f"*{ACCOUNT}:role/App"),
    when("around the account", "StringLike", "aws:PrincipalArn", f"*:{ACCOUNT}*"),
    when("a variable", "StringEquals", "aws:PrincipalArn", f"arn:${{aws:username}}:iam::{ACCOUNT}:user/a"),
    when("in one of two", "StringLike", "aws:PrincipalArn", APP, f"arn:aws*:iam::{ACCOUNT}:role/App"),
]


@pytest.mark.parametrize("row", BEFORE, ids=lambda row: row.name)
def test_a_wildcard_before_the_account(row: When) -> None:
    """StringLike crosses colons; nothing else is said where ArnLike, or another condition, fixes the account."""
    everyone = allow("kms:Decrypt").to(Principal.everyone())
    condition = Condition.from_dict(row.condition)
    assert "WILDCARD_BEFORE_ACCOUNT" in codes(everyone.when(condition))
    assert "PUBLIC_ACCESS" not in codes(everyone.when(condition))
    also = condition & Condition("StringEquals", "aws:PrincipalAccount", ACCOUNT)
    assert "WILDCARD_BEFORE_ACCOUNT" not in codes(everyone.when(also))
    assert "WILDCARD_BEFORE_ACCOUNT" not in codes(allow("kms:Decrypt").to(Principal.arn(APP)).when(condition))


# --- services --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        pytest.param(None, True, id="no condition"),
        pytest.param(Condition("StringEquals", "aws:SourceAccount", ACCOUNT), False, id="an account"),
        pytest.param(
            Condition("StringEquals", "aws:SourceAccount", "${aws:ResourceAccount}"),
            False,
            id="an account by a variable",
        ),
        pytest.param(
            Condition("ArnLike", "aws:SourceArn", f"arn:aws:sns:us-east-1:{ACCOUNT}:t"), False, id="an ARN"
        ),
        pytest.param(
            Condition("StringLike", "aws:SourceArn", f"arn:aws:sns:*:{ACCOUNT}:*"),
            False,
            id="a pattern of ARNs with the account",
        ),
        pytest.param(Condition("StringEquals", "aws:SourceOrgID", ORG), False, id="an organisation"),
        pytest.param(
            Condition("ForAnyValue:StringEquals", "aws:SourceOrgPaths", f"{ORG}/r-ab12/"),
            False,
            id="a unit of an organisation",
        ),
        pytest.param(Condition("StringEquals", "aws:SourceOwner", ACCOUNT), False, id="an owner"),
        pytest.param(Condition("StringLike", "aws:SourceAccount", "*"), True, id="any account"),
        pytest.param(Condition("StringNotEquals", "aws:SourceAccount", ACCOUNT), True, id="another account"),
        pytest.param(
            Condition("ForAnyValue:StringNotEquals", "aws:SourceAccount", ACCOUNT),
            True,
            id="any value but the account",
        ),
        pytest.param(
            Condition("StringEqualsIfExists", "aws:SourceAccount", ACCOUNT), True, id="an account or none"
        ),
        pytest.param(
            Condition("StringEquals", "aws:PrincipalOrgID", ORG), True, id="the organisation of the caller"
        ),
        # What a service writes into the encryption context tells the account of its resource.
        pytest.param(
            Condition("ArnLike", "kms:EncryptionContext:aws:logs:arn", f"arn:aws:logs:*:{ACCOUNT}:*"),
            False,
            id="a log group",
        ),
        pytest.param(
            Condition("StringEquals", "kms:EncryptionContext:aws:ses:source-account", ACCOUNT),
            False,
            id="an account in the encryption context",
        ),
        pytest.param(
            Condition("StringEquals", "kms:EncryptionContext:aws:ses:source-account", [ACCOUNT, "x"]),
            True,
            id="an account or a text in the encryption context",
        ),
        pytest.param(
            Condition("ArnLike", "kms:EncryptionContext:aws:logs:arn", "arn:aws:logs:*:*:*"),
            True,
            id="a log group of any account",
        ),
        pytest.param(
            Condition("ForAnyValue:StringNotEquals", "kms:EncryptionContext:aws:s3:arn", ACCOUNT),
            True,
            id="any bucket but one",
        ),
        pytest.param(
            Condition("StringEquals", "kms:EncryptionContext:aws:ses:rule-set-name", "x"),
            True,
            id="a name in the encryption context",
        ),
        pytest.param(
            Condition("StringEquals", "kms:EncryptionContext:account", ACCOUNT),
            True,
            id="an account in a key that callers choose",
        ),
    ],
)
def test_services_whose_source_is_not_told(condition: Condition | None, found: bool) -> None:
    """By its principal, or as everyone with the name of a service.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html.
    """
    service = "logs.us-east-1.amazonaws.com"
    named = allow("kms:Decrypt").to(Principal.service(service))
    assert (
        "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL" in codes(named if condition is None else named.when(condition))
    ) is found
    for key in ("aws:PrincipalServiceName", "aws:PrincipalServiceNamesList"):
        name = Condition("ForAnyValue:StringEquals", key, service)
        both = name if condition is None else name & condition
        in_codes = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL" in codes(
            allow("kms:Decrypt").to(Principal.everyone()).when(both)
        )
        limited = condition is not None and "aws:PrincipalOrgID" in str(condition)
        assert in_codes is (found and not limited)


# --- principals of other accounts ------------------------------------------------------------------


class Abroad(NamedTuple):
    """What an Allow names for principals of another account, and which of it has no effect there."""

    name: str
    actions: str | list[str]
    useless: str
    everything: bool = False


MANAGEMENT = [
    "CancelKeyDeletion",
    "CreateAlias",
    "DeleteAlias",
    "DeleteImportedKeyMaterial",
    "DisableKey",
    "DisableKeyRotation",
    "EnableKey",
    "EnableKeyRotation",
    "GetKeyLastUsage",
    "GetKeyPolicy",
    "GetParametersForImport",
    "ImportKeyMaterial",
    "ListKeyPolicies",
    "ListKeyRotations",
    "ListResourceTags",
    "PutKeyPolicy",
    "ReplicateKey",
    "RotateKeyOnDemand",
    "ScheduleKeyDeletion",
    "SynchronizeMultiRegionKey",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "UpdateKeyDescription",
    "UpdatePrimaryRegion",
]
USE = [
    "CreateGrant",
    "Decapsulate",
    "Decrypt",
    "DeriveSharedSecret",
    "DescribeKey",
    "Encapsulate",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "GetKeyRotationStatus",
    "GetPublicKey",
    "ListGrants",
    "ReEncryptFrom",
    "ReEncryptTo",
    "RevokeGrant",
    "Sign",
    "Verify",
    "VerifyMac",
]
# The model says it of each operation, under "Cross-account use".
ABROAD = [
    *(Abroad(f"kms:{name}", f"kms:{name}", f"kms:{name}") for name in MANAGEMENT),
    *(Abroad(f"kms:{name}", f"kms:{name}", "") for name in USE),
    Abroad("in another case", "KMS:putkeypolicy", "kms:PutKeyPolicy"),
    Abroad("one beside another", ["kms:Decrypt", "kms:GetKeyPolicy"], "kms:GetKeyPolicy"),
    Abroad("two", ["kms:TagResource", "kms:UntagResource"], "kms:TagResource, kms:UntagResource"),
    Abroad("one twice", ["kms:PutKeyPolicy", "kms:Put*"], "kms:PutKeyPolicy"),
    Abroad(
        "a wildcard for nothing",
        "kms:Update*",
        "kms:UpdateAlias, kms:UpdateKeyDescription, kms:UpdatePrimaryRegion",
    ),
    Abroad("a wildcard for something", "kms:Get*", ""),
    Abroad("an action without effect anywhere", "kms:CreateKey", ""),
    Abroad("an unknown action", "kms:Foo", ""),
    Abroad("everything", "kms:*", "", everything=True),
    Abroad("everything of all services", "*", "", everything=True),
    Abroad("everything by a wildcard", "kms:?*", "", everything=True),
    Abroad("everything, and one", ["kms:*", "kms:PutKeyPolicy"], "kms:PutKeyPolicy", everything=True),
    Abroad("everything that works", [f"kms:{name}" for name in USE], "", everything=True),
]


@pytest.mark.parametrize("row", ABROAD, ids=lambda row: row.name)
def test_what_principals_of_another_account_get(row: Abroad) -> None:
    """Most management works in the key's own account alone: the finding names what has no effect.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
    """
    for name in (OTHER, f"arn:aws:iam::{OTHER}:root", f"arn:aws:iam::{OTHER}:role/App"):
        statement = Statement(
            "Allow", principal=Principal({"AWS": [ALICE, name]}), action=row.actions, resource="*"
        )
        found = [one for one in check(Policy([ADMIN, statement]), account=ACCOUNT) if "ACCOUNT" in one.code]
        expected = ["ALL_ACTIONS_FOR_ANOTHER_ACCOUNT"] if row.everything else []
        expected += ["UNSUPPORTED_ACTION_FOR_ANOTHER_ACCOUNT"] if row.useless else []
        assert [one.code for one in found] == expected
        assert all(one.path == "Statement[1].Principal.AWS[1]" for one in found)
        if row.useless:
            assert f"{name!r}, {row.useless}." in found[-1].message


def test_what_another_account_gets_is_said_truly() -> None:
    """It cannot delete the key or change its policy, whatever the statement says."""
    policy = Policy([ADMIN, allow("kms:*").to(Principal.account(OTHER))])
    (finding,) = check(policy, account=ACCOUNT)
    assert "using the key" in finding.message
    assert "grants" in finding.message
    assert "deletion" not in str(finding)
    assert check(policy) == ()


WITHOUT_EFFECT_NOT_SAID: list[tuple[str, Statement, str | None]] = [
    ("the key's account is not known", allow("kms:PutKeyPolicy").to(Principal.account(OTHER)), None),
    ("the key's own account", allow("kms:PutKeyPolicy").to(Principal.arn(ALICE)), ACCOUNT),
    ("a Deny", deny("kms:PutKeyPolicy").to(Principal.account(OTHER)), ACCOUNT),
    ("a deleted user", allow("kms:PutKeyPolicy").to(Principal({"AWS": USER_ID})), ACCOUNT),
    ("a service", allow("kms:PutKeyPolicy").to(Principal.service("s3.amazonaws.com")), ACCOUNT),
    (
        "what cannot exist",
        allow("kms:PutKeyPolicy").to(Principal({"AWS": f"arn:aws:iam::{OTHER}:group/g"})),
        ACCOUNT,
    ),
    (
        "all but the use of the key",
        Statement("Allow", principal=Principal.account(OTHER), not_action="kms:Decrypt", resource="*"),
        ACCOUNT,
    ),
]


@pytest.mark.parametrize(
    ("statement", "account"),
    [row[1:] for row in WITHOUT_EFFECT_NOT_SAID],
    ids=[row[0] for row in WITHOUT_EFFECT_NOT_SAID],
)
def test_where_nothing_is_said_of_another_account(statement: Statement, account: str | None) -> None:
    """Where the action may work, or where nothing is given."""
    assert "UNSUPPORTED_ACTION_FOR_ANOTHER_ACCOUNT" not in codes(statement, account)


def test_all_but_what_works_across_accounts() -> None:
    """NotAction that excepts all use leaves another account nothing, and the finding names all of it."""
    except_use = [f"kms:{name}" for name in USE]
    statement = Statement("Allow", principal=Principal.account(OTHER), not_action=except_use, resource="*")
    (finding,) = check(Policy([ADMIN, statement]), account=ACCOUNT)
    assert finding.code == "UNSUPPORTED_ACTION_FOR_ANOTHER_ACCOUNT"
    assert all(f"kms:{name}" in finding.message for name in MANAGEMENT)
