"""The catalogue of findings, as data: each code with its severity, meaning, advice, evidence and an example.

The documentation page is made from it. Tests check that each example has its finding, and that no key policy published by
AWS has an error without a known reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kmspolicy._check._finding import Severity

if TYPE_CHECKING:
    from kmspolicy._check._finding import FindingCode

Json = dict[str, Any]

_KMS: Final = "https://docs.aws.amazon.com/kms/latest/developerguide/"
_IAM: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
_PUT: Final = "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html"
_OVERVIEW: Final = f"{_KMS}key-policy-overview.html"
_CHECKS: Final = f"{_IAM}access-analyzer-reference-policy-checks.html"
_PRINCIPAL: Final = f"{_IAM}reference_policies_elements_principal.html"
_OPERATORS: Final = f"{_IAM}reference_policies_elements_condition_operators.html"
_SETS: Final = f"{_IAM}reference_policies_condition-single-vs-multi-valued-context-keys.html"
_PERMISSIONS: Final = f"{_KMS}kms-api-permissions-reference.html"
_CONDITIONS: Final = f"{_KMS}conditions-kms.html"
_GLOBAL: Final = f"{_IAM}reference_policies_condition-keys.html"
_ARNS: Final = f"{_IAM}reference-arns.html"
_AUGUST_2025: Final = "https://github.com/ministryofjustice/analytical-platform/issues/7691"

ERROR, SECURITY, WARNING, SUGGESTION = (
    Severity.ERROR,
    Severity.SECURITY_WARNING,
    Severity.WARNING,
    Severity.SUGGESTION,
)

_ROOT: Final = "arn:aws:iam::111122223333:root"
_APP: Final = "arn:aws:iam::111122223333:role/App"
_ALICE: Final = "arn:aws:iam::111122223333:user/alice"
ADMIN: Final[Json] = {"Effect": "Allow", "Principal": {"AWS": _ROOT}, "Action": "kms:*", "Resource": "*"}
"""The statement that the examples need so that they do not lock everybody out."""


class Entry(NamedTuple):
    """What the catalogue says about a code."""

    severity: Severity
    meaning: str
    hint: str
    url: str
    example: Json
    caller: str | None = None
    account: str | None = None
    doubt: str = ""
    """The meaning if it is not certain; the finding is then less severe."""


def _policy(*statements: Json, version: str | None = "2012-10-17") -> Json:
    document: Json = {} if version is None else {"Version": version}
    return document | {"Statement": [ADMIN, *statements]}


def _one(*, without: str = "", **elements: Any) -> Json:  # noqa: ANN401 - JSON
    """Return a policy with an additional statement for Alice, with the given elements."""
    statement = {"Effect": "Allow", "Principal": {"AWS": _ALICE}, "Action": "kms:Decrypt", "Resource": "*"}
    return _policy({name: value for name, value in (statement | elements).items() if name != without})


def _when(operator: str, key: str, *values: Any, **elements: Any) -> Json:  # noqa: ANN401 - JSON
    return _one(Condition={operator: {key: values[0] if len(values) == 1 else list(values)}}, **elements)


# Values that no request has, by the form of the key: code, hint, page, and an example.
_MISFITS: Final[tuple[tuple[FindingCode, str, str, str, str, str], ...]] = (
    (
        "INVALID_VIA_SERVICE",
        "Write it like s3.us-east-1.amazonaws.com, with the key's Region.",
        f"{_CONDITIONS}#conditions-kms-via-service",
        "StringEquals",
        "kms:ViaService",
        "s3.amazonaws.com",
    ),
    (
        "INVALID_VPC_FORMAT",
        "Write it like vpc-0123456789abcdef0.",
        _CHECKS,
        "StringEquals",
        "aws:SourceVpc",
        "vpce-0123456789abcdef0",
    ),
    (
        "INVALID_VPCE_FORMAT",
        "Write it like vpce-0123456789abcdef0.",
        _CHECKS,
        "StringEquals",
        "aws:SourceVpce",
        "vpc-0123456789abcdef0",
    ),
    (
        "INVALID_REGION",
        "Write it like us-east-1.",
        _CHECKS,
        "StringEquals",
        "aws:RequestedRegion",
        "us-east-1a",
    ),
    (
        "INVALID_ARN_PREFIX",
        "An ARN begins with arn: and has six parts.",
        _ARNS,
        "StringEquals",
        "aws:SourceArn",
        "bucket",
    ),
    (
        "MISSING_ARN_FIELD",
        "An ARN has six parts, which may be empty: arn:partition:service:region:account:resource.",
        _ARNS,
        "ArnLike",
        "aws:SourceArn",
        "arn:aws:sns:topic",
    ),
    (
        "INVALID_PARTITION",
        "Use the partition of the key: aws, aws-cn, aws-us-gov ...",
        _ARNS,
        "ArnLike",
        "kms:EncryptionContext:aws:logs:arn",
        "arn:aws:logs:us-gov-west-1:111122223333:*",
    ),
    (
        "INVALID_ARN_SERVICE_CASE",
        "Write the service in lower case.",
        _ARNS,
        "ArnLike",
        "aws:SourceArn",
        "arn:aws:S3:::bucket",
    ),
    (
        "INVALID_ARN_REGION",
        "Write it like us-east-1, or leave it empty if the service has no Regions.",
        _ARNS,
        "ArnLike",
        "aws:SourceArn",
        "arn:aws:sns:us-east:111122223333:topic",
    ),
    (
        "INVALID_ARN_ACCOUNT",
        "An account id has 12 digits.",
        _ARNS,
        "ArnLike",
        "aws:SourceArn",
        "arn:aws:sns:us-east-1:1111-2222-3333:topic",
    ),
    (
        "INVALID_ARN_RESOURCE",
        "Use an ARN of the kind that the condition key has; for a role session it is the ARN of its role.",
        f"{_GLOBAL}#condition-keys-principalarn",
        "ArnLike",
        "aws:PrincipalArn",
        "arn:aws:iam::111122223333:group/admins",
    ),
    (
        "INVALID_CONDITION_VALUE",
        "Correct it, unless it is newer than this library.",
        _CONDITIONS,
        "StringEquals",
        "kms:KeySpec",
        "RSA2048",
    ),
)

# Values that an operator cannot read: code, what it compares, and an example with operator, key and action.
_MISMATCHES: Final[tuple[tuple[FindingCode, str, str, str, str, str], ...]] = (
    (
        "TYPE_MISMATCH_NUMBER",
        "numbers",
        "90",
        "NumericLessThan",
        "kms:RotationPeriodInDays",
        "kms:EnableKeyRotation",
    ),
    (
        "TYPE_MISMATCH_DATE",
        "dates",
        "2026-12-31T00:00:00Z",
        "DateLessThan",
        "aws:CurrentTime",
        "kms:Decrypt",
    ),
    ("TYPE_MISMATCH_BOOLEAN", "true and false", "true", "Bool", "aws:SecureTransport", "kms:Decrypt"),
    ("TYPE_MISMATCH_IP_RANGE", "networks", "192.0.2.0/24", "IpAddress", "aws:SourceIp", "kms:Decrypt"),
)

# Variables that cannot be read: code, what is wrong, and an example.
_UNREADABLE_VARIABLES: Final[tuple[tuple[FindingCode, str, str], ...]] = (
    ("MISSING_BRACE_IN_VARIABLE", "has no closing brace", "${aws:username"),
    ("EMPTY_VARIABLE", "has no name", "${}"),
    ("MISSING_QUOTE_IN_VARIABLE", "has a default without quotation marks", "${aws:username, nobody}"),
    ("UNSUPPORTED_SPACE_IN_VARIABLE", "has a space in its name", "${aws: username}"),
)

CATALOGUE: Final[dict[FindingCode, Entry]] = {
    # --- what KMS refuses ---
    "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA": Entry(
        ERROR,
        "The policy is too long: KMS accepts at most 32,768 characters. With more bytes but not more characters it is a warning.",
        "Write it without white space, merge statements, or name an account instead of its principals.",
        f"{_KMS}resource-limits.html",
        _one(
            Principal={"AWS": [f"arn:aws:iam::111122223333:user/{'x' * 60}{number}" for number in range(400)]}
        ),
        doubt="The policy may be too long: it is not documented whether the limit of 32,768 counts characters or bytes.",
    ),
    "UNSUPPORTED_CHARACTER": Entry(
        ERROR,
        "A key policy cannot have characters above U+00FF.",
        "If a name has such characters, use another condition key, such as aws:SourceAccount.",
        _PUT,
        _one(Sid="\u20ac"),
        doubt="KMS may refuse a character above U+00FF even if it is written as an escape.",
    ),
    "MISSING_STATEMENT": Entry(
        ERROR,
        "The policy has no statement.",
        "Add at least one statement.",
        _OVERVIEW,
        {"Version": "2012-10-17", "Statement": []},
    ),
    "LOCKOUT_EVERYONE": Entry(
        ERROR,
        "No statement allows anybody to put a policy on the key again.",
        "Allow kms:PutKeyPolicy to the key's account, or to an administrator in it, and narrow any Deny that takes it away.",
        f"{_KMS}key-policy-default.html#allow-unmanageable-key",
        {"Version": "2012-10-17", "Statement": [ADMIN | {"Action": "kms:Decrypt"}]},
        doubt="Perhaps no statement allows anybody to put a policy on the key again.",
    ),
    "LOCKOUT_CALLER": Entry(
        ERROR,
        "The caller could not put a policy on the key again.",
        "Allow kms:PutKeyPolicy to the caller or to its account, and narrow any Deny that takes it away. To give up that right on purpose, bypass the policy lockout safety check.",
        _PUT,
        {"Version": "2012-10-17", "Statement": [ADMIN | {"Principal": {"AWS": [_ALICE, _APP]}}]},
        caller="arn:aws:iam::111122223333:user/bob",
        doubt="Perhaps the caller could not put a policy on the key again.",
    ),
    "MISSING_PRINCIPAL": Entry(
        ERROR, "The statement has no Principal.", "Add a Principal.", _OVERVIEW, _one(without="Principal")
    ),
    "MISSING_ACTION": Entry(
        ERROR,
        "The statement has no Action.",
        "Add an Action; KMS refuses statements without it since August 2025.",
        _AUGUST_2025,
        _one(without="Action"),
    ),
    "MISSING_RESOURCE": Entry(
        ERROR,
        "The statement has no Resource; NotResource does not count.",
        'Write "Resource": "*", which is the key; KMS refuses statements without it since August 2025.',
        _AUGUST_2025,
        _one(without="Resource"),
    ),
    "UNSUPPORTED_RESOURCE_ARN_IN_POLICY": Entry(
        ERROR,
        "The Resource of a key policy is always the key itself.",
        'Write "Resource": "*".',
        _OVERVIEW,
        _one(Resource="arn:aws:s3:::bucket"),
    ),
    "UNSUPPORTED_WILDCARD_IN_PRINCIPAL": Entry(
        ERROR,
        "A principal's name has no wildcards.",
        'Name each principal, or name everyone ("*") with an ArnLike condition on aws:PrincipalArn.',
        _PRINCIPAL,
        _one(Principal={"AWS": "arn:aws:iam::111122223333:role/*"}),
    ),
    "WILDCARD_IN_SERVICE_PRINCIPAL": Entry(
        ERROR,
        "A service principal has no wildcards.",
        "Name each service, such as s3.amazonaws.com or logs.us-east-1.amazonaws.com.",
        _PRINCIPAL,
        _one(Principal={"Service": "*"}, Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}}),
    ),
    "INVALID_PRINCIPAL_FORMAT": Entry(
        ERROR,
        "This is not an AWS principal.",
        "Write an account id, or the ARN of an account (…:root), a user, a role, a role session or a federated user; a group is not a principal.",
        _PRINCIPAL,
        _one(Principal={"AWS": "arn:aws:iam::1111:role/App"}),
    ),
    "INVALID_CONDITION_OPERATOR": Entry(
        ERROR,
        "This condition operator does not exist.",
        "Use a condition operator of IAM.",
        _OPERATORS,
        _when("StringMatches", "kms:ViaService", "s3.us-east-1.amazonaws.com"),
    ),
    "NULL_WITH_IF_EXISTS": Entry(
        ERROR,
        "Null already tests whether the key is present; it does not support IfExists.",
        "Remove IfExists.",
        _CHECKS,
        _when("NullIfExists", "aws:SourceArn", "true"),
    ),
    "OVERLY_PERMISSIVE_CONDITION": Entry(
        ERROR,
        "ForAllValues with an encryption context or a request tag also matches requests without it; KMS refuses this.",
        "Remove ForAllValues: these keys have a single value.",
        _CONDITIONS,
        _when("ForAllValues:StringEquals", "kms:EncryptionContext:App", "x"),
        doubt="ForAllValues with an encryption context or a request tag also matches requests without it; KMS may refuse this.",
    ),
    "UNSUPPORTED_CONDITION_KEY_IN_POLICY": Entry(
        ERROR,
        "This condition key is not permitted in a key policy; it works only in IAM policies.",
        "Move the condition to an IAM policy.",
        "https://github.com/awsdocs/aws-kms-developer-guide/issues/47",
        _when("ForAnyValue:StringEquals", "kms:ResourceAliases", "alias/app"),
    ),
    # --- what KMS may refuse ---
    "RESOURCE_IS_KEY_ARN": Entry(
        WARNING,
        "The Resource is the ARN of a key. KMS may refuse it, and it may not count for the lockout check.",
        'Write "Resource": "*", which is the key. Where the ARN of the key is known, the two are compared.',
        _AUGUST_2025,
        _one(Resource="arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    ),
    "UNKNOWN_PRINCIPAL": Entry(
        WARNING,
        "It is not known whether this kind of principal works in key policies.",
        "Name an account, a user, a role, a session or a service.",
        _PRINCIPAL,
        _one(Principal={"AWS": "arn:aws:iam::111122223333:saml-provider/x"}),
    ),
    "UNRESOLVED": Entry(
        WARNING,
        "A part of the policy is not known, so that it is not known what is wrong with it.",
        "Check the policy that is made of it, or give values to its placeholders.",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html",
        {"Version": "2012-10-17", "Statement": ["${statement}"]},
    ),
    "MIXED_PARTITIONS": Entry(
        WARNING,
        "The policy has ARNs of several partitions; a key works only with principals and resources of its own.",
        "Use one partition.",
        "https://github.com/cloudposse/terraform-aws-vpc-flow-logs-s3-bucket/pull/27",
        _one(Principal={"AWS": "arn:aws-cn:iam::111122223333:role/App"}),
    ),
    "INVALID_SERVICE_PRINCIPAL_FORMAT": Entry(
        WARNING,
        "This does not look like a service principal.",
        "Write it like s3.amazonaws.com or logs.us-east-1.amazonaws.com.",
        _PRINCIPAL,
        _one(Principal={"Service": "s3"}, Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}}),
    ),
    "FEDERATED_PRINCIPAL_NOT_SUPPORTED": Entry(
        WARNING,
        "An identity provider is a principal for role trust policies, not for key policies.",
        "Name the role that federated users assume.",
        _CHECKS,
        _one(Principal={"Federated": "cognito-identity.amazonaws.com"}),
    ),
    "CANONICAL_USER_PRINCIPAL": Entry(
        WARNING,
        "A canonical user id is a principal for S3, not for key policies.",
        "Name the account by its id.",
        f"{_IAM}reference_policies_grammar.html",
        _one(Principal={"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}),
    ),
    "INVALID_USER_REFERENCE": Entry(
        WARNING,
        "This is the unique id of a user. KMS shows it after the user is deleted, and refuses a policy with it.",
        "Remove it, or use the ARN if the user exists again.",
        "https://repost.aws/knowledge-center/kms-policy-error-invalid-principals",
        _one(Principal={"AWS": "AIDACKCEVSQ6C2EXAMPLE"}),
    ),
    "INVALID_ROLE_REFERENCE": Entry(
        WARNING,
        "This is the unique id of a role. KMS shows it after the role is deleted, and refuses a policy with it.",
        "Remove it, or use the ARN if the role exists again.",
        "https://repost.aws/knowledge-center/kms-policy-error-invalid-principals",
        _one(Principal={"AWS": "AROACKCEVSQ6C2EXAMPLE"}),
    ),
    "CONDITION_OPERATOR_CASE": Entry(
        WARNING,
        "Condition operators are case-sensitive; this spelling is not valid.",
        "Use the spelling of IAM.",
        "https://github.com/ministryofjustice/modernisation-platform-environments/pull/8893",
        _when("stringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com"),
    ),
    "PLACEHOLDER": Entry(
        WARNING,
        "This is a placeholder that was not filled in; KMS takes it literally.",
        "Fill it in, or check the policy that the template or the tool produces.",
        f"{_IAM}reference_policies_variables.html",
        _when("StringEquals", "aws:SourceAccount", "${AWS::AccountId}"),
    ),
    "INVALID_VERSION": Entry(
        WARNING,
        "This version of the policy language does not exist.",
        'Write "Version": "2012-10-17".',
        f"{_IAM}reference_policies_elements_version.html",
        _policy(version="2020-01-01"),
    ),
    # --- security ---
    "PUBLIC_ACCESS": Entry(
        SECURITY,
        "Anybody in any account gets access, since no condition limits the callers.",
        "Add a condition on kms:CallerAccount or aws:PrincipalOrgID, or name principals.",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status",
        _when("StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com", Principal="*"),
        doubt="Perhaps anybody in any account gets access.",
    ),
    "WILDCARD_BEFORE_ACCOUNT": Entry(
        WARNING,
        "A StringLike wildcard may match colons: the account may then be text in the path of a user of another account.",
        "Use ArnLike, whose wildcards do not match colons, or add a condition on aws:PrincipalAccount.",
        f"{_OPERATORS}#Conditions_ARN",
        _when("StringLike", "aws:PrincipalArn", "arn:aws*:iam::111122223333:role/App", Principal="*"),
    ),
    "ALLOW_WITH_NOT_PRINCIPAL": Entry(
        SECURITY,
        "An Allow with NotPrincipal applies to everybody except the named principals.",
        "Use Principal, and name the principals that need access.",
        _CHECKS,
        _one(
            without="Principal",
            NotPrincipal={"AWS": _ALICE},
            Condition={"StringEquals": {"kms:CallerAccount": "111122223333"}},
        ),
    ),
    "ALL_ACTIONS_FOR_ANOTHER_ACCOUNT": Entry(
        SECURITY,
        "Another account gets every action that works across accounts, such as using the key and making grants, as its IAM policies decide.",
        "Name the actions that it needs; those for using a key are kms:Encrypt, kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKey* and kms:DescribeKey.",
        f"{_KMS}key-policy-modifying-external-accounts.html",
        _one(Principal={"AWS": "444455556666"}, Action="kms:*"),
        account="111122223333",
    ),
    "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL": Entry(
        SECURITY,
        "Anybody may make the service use the key (the confused deputy problem).",
        "Add a condition on aws:SourceArn or aws:SourceAccount.",
        f"{_IAM}confused-deputy.html",
        _one(Principal={"Service": "s3.amazonaws.com"}),
    ),
    "CONDITION_MATCHES_ABSENT_KEY": Entry(
        SECURITY,
        "The condition is also met by requests that do not have the key.",
        "Remove IfExists or ForAllValues, or add a Null condition that requires the key.",
        _OPERATORS,
        _when("StringEqualsIfExists", "kms:ViaService", "s3.us-east-1.amazonaws.com"),
    ),
    "FOR_ALL_VALUES_WITH_SINGLE_VALUED_KEY": Entry(
        SECURITY,
        "The key has a single value; with ForAllValues, requests without the key also match.",
        "Remove ForAllValues.",
        _SETS,
        _when("ForAllValues:StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com"),
    ),
    "MISSING_PAIRED_CONDITION_KEYS": Entry(
        SECURITY,
        "Any VPC of any account can have these private addresses.",
        "Add a condition on aws:SourceVpc or aws:SourceVpce.",
        f"{_GLOBAL}#condition-keys-vpcsourceip",
        _when("IpAddress", "aws:VpcSourceIp", "10.0.0.0/8"),
    ),
    "DENY_MISSES_LONG_TERM_CREDENTIALS": Entry(
        SECURITY,
        "Requests with long-term access keys do not have this key; the Deny does not apply to them.",
        "Add IfExists to the operator; the condition is then also met if the key is absent.",
        f"{_GLOBAL}#condition-keys-multifactorauthpresent",
        _when("Bool", "aws:MultiFactorAuthPresent", "false", Effect="Deny"),
    ),
    "DENY_SHUTS_OUT_SERVICES": Entry(
        WARNING,
        "The Deny also applies to AWS services; its condition or its NotPrincipal does not exclude them.",
        "Deny everyone, with a Bool condition that aws:PrincipalIsAWSService is false and conditions that exclude people.",
        f"{_IAM}reference_policies_condition-keys.html#condition-keys-principalisawsservice",
        _when("StringNotEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5", Effect="Deny", Principal="*"),
    ),
    # --- no effect ---
    "INVALID_ACTION": Entry(
        WARNING,
        "This KMS action does not exist; it has no effect.",
        "Correct it, or remove it.",
        _PERMISSIONS,
        _one(Action="kms:ReEncrypt"),
    ),
    "WILDCARD_IN_SERVICE_NAME": Entry(
        WARNING,
        "The name of the service in an action has a wildcard, which KMS may refuse.",
        "Write kms: as the service.",
        _CHECKS,
        _one(Action="k*:Decrypt"),
    ),
    "UNSUPPORTED_ACTION_IN_POLICY": Entry(
        WARNING,
        "KMS does not ask the key policy about this action; it has no effect here.",
        "Allow it in an IAM policy.",
        _PERMISSIONS,
        _one(Action="kms:CreateKey"),
    ),
    "UNSUPPORTED_ACTION_FOR_ANOTHER_ACCOUNT": Entry(
        WARNING,
        "The action does not work on a key of another account; it has no effect for principals of other accounts.",
        "Name a role of the key's account that the other account can assume.",
        f"{_KMS}key-policy-modifying-external-accounts.html",
        _one(Principal={"AWS": "arn:aws:iam::444455556666:role/App"}, Action="kms:PutKeyPolicy"),
        account="111122223333",
    ),
    "INVALID_SERVICE_CONDITION_KEY": Entry(
        WARNING,
        "This KMS condition key does not exist; no request has it.",
        "Correct it.",
        _CONDITIONS,
        _when("StringEquals", "kms:ViaServce", "s3.us-east-1.amazonaws.com"),
    ),
    "INVALID_GLOBAL_CONDITION_KEY": Entry(
        WARNING,
        "This global condition key does not exist; no request has it.",
        "Correct it.",
        _GLOBAL,
        _when("StringEquals", "aws:PrincipalOrgIDs", "o-a1b2c3d4e5"),
    ),
    "INVALID_CONDITION_KEY_FORMAT": Entry(
        WARNING,
        "A condition key must have a prefix and a name; no request has this one.",
        "Write it like kms:ViaService or aws:SourceAccount.",
        _CHECKS,
        _when("StringEquals", "PrincipalOrgID", "o-a1b2c3d4e5"),
    ),
    "ACTION_NEVER_MEETS_CONDITION": Entry(
        WARNING,
        "Requests for these actions do not have this condition key, so they never meet the condition.",
        "Give these actions a statement of their own.",
        _CONDITIONS,
        _when("Bool", "kms:GrantIsForAWSResource", "true", Action=["kms:CreateGrant", "kms:Decrypt"]),
    ),
    "UNSUPPORTED_ACTION_FOR_CONDITION_KEY": Entry(
        WARNING,
        "Requests of the statement's actions do not have this condition key.",
        "Name actions that have it, or remove it.",
        _CONDITIONS,
        _when("Bool", "kms:GrantIsForAWSResource", "true"),
    ),
    **{
        code: Entry(
            WARNING,
            "No request has a value like this: the condition is never met or, with a negated operator, always.",
            hint,
            url,
            _when(operator, key, value),
        )
        for code, hint, url, operator, key, value in _MISFITS
    },
    "PRIVATE_IP_ADDRESS": Entry(
        WARNING,
        "A request over the internet never comes from a private address.",
        "Use the public addresses of the network, or aws:VpcSourceIp with aws:SourceVpc.",
        f"{_GLOBAL}#condition-keys-sourceip",
        _when("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
    ),
    "PRIVATE_NOT_IP_ADDRESS": Entry(
        WARNING,
        "A request over the internet never comes from a private address; all of them meet this.",
        "Use the public addresses of the network, or aws:VpcSourceIp with aws:SourceVpc.",
        f"{_GLOBAL}#condition-keys-sourceip",
        _when("NotIpAddress", "aws:SourceIp", "192.168.0.0/16"),
    ),
    "IMPROVE_IP_RANGE": Entry(
        SUGGESTION,
        "The bits of the address after the prefix are ignored.",
        "Write the first address of the network.",
        _CHECKS,
        _when("IpAddress", "aws:SourceIp", "203.0.113.5/24"),
    ),
    "CONDITION_NEVER_MET": Entry(
        WARNING,
        "No request can meet this condition.",
        "Correct it.",
        _OPERATORS,
        _when("StringEquals", "kms:ViaService", *([[]])),
        doubt="The named users can meet this condition only if they act as federated users.",
    ),
    "CONDITION_ALWAYS_MET": Entry(
        SUGGESTION,
        "Each request of the statement meets this condition.",
        "Remove it, or correct it if it should limit the statement.",
        _OPERATORS,
        _when("StringEquals", "kms:CallerAccount", "111122223333"),
    ),
    "REDUNDANT_STATEMENT": Entry(
        SUGGESTION,
        "Without this statement, every request has the same outcome.",
        "Remove it.",
        _CHECKS,
        _policy(ADMIN | {"Action": "kms:Decrypt"}),
    ),
    "EMPTY_ARRAY_PRINCIPAL": Entry(
        WARNING,
        "No principal is named; the statement has no effect.",
        "Name a principal.",
        _CHECKS,
        _one(Principal={"AWS": []}),
    ),
    "EMPTY_ARRAY_ACTION": Entry(
        WARNING,
        "No action is named; the statement has no effect.",
        "Name an action.",
        _CHECKS,
        _one(Action=[]),
    ),
    "EXCEPTS_NOTHING": Entry(
        WARNING,
        "The element excludes nothing; the statement is about everything.",
        "Name what to exclude, or use Action or Principal instead.",
        f"{_IAM}reference_policies_elements_notaction.html",
        _one(NotAction=[], without="Action"),
    ),
    "WILDCARD_WITHOUT_LIKE_OPERATOR": Entry(
        WARNING,
        "* and ? are ordinary characters for this operator.",
        "Use StringLike or StringNotLike.",
        _CHECKS,
        _when("StringEquals", "kms:ViaService", "s3.*.amazonaws.com"),
    ),
    # --- form ---
    "MISSING_VERSION": Entry(
        WARNING,
        "Without a Version, the policy has the old version 2008-10-17, in which policy variables are plain text.",
        'Write "Version": "2012-10-17".',
        f"{_IAM}reference_policies_elements_version.html",
        _policy(version=None),
    ),
    "OLD_VERSION": Entry(
        SUGGESTION,
        "2008-10-17 is the old version of the policy language.",
        'Write "Version": "2012-10-17".',
        f"{_IAM}reference_policies_elements_version.html",
        _policy(version="2008-10-17"),
    ),
    "VARIABLE_UNSUPPORTED_IN_VERSION": Entry(
        WARNING,
        "In this Version, policy variables are plain text.",
        'Write "Version": "2012-10-17".',
        f"{_IAM}reference_policies_variables.html",
        _when("StringEquals", "aws:SourceIdentity", "${aws:username}") | {"Version": "2008-10-17"},
    ),
    "TYPE_MISMATCH": Entry(
        WARNING,
        "The operator does not fit the type of this key.",
        "Use an operator of the key's type.",
        _CHECKS,
        _when("NumericEquals", "kms:ViaService", "1"),
    ),
    **{
        code: Entry(
            WARNING,
            f"The operator compares {what}; it cannot read this value, which matches nothing.",
            f"Write it like {example}.",
            _CHECKS,
            _when(operator, key, example, "never", Action=action),
        )
        for code, what, example, operator, key, action in _MISMATCHES
    },
    **{
        code: Entry(
            WARNING,
            f"A policy variable {what}, so it cannot be read.",
            "Write it like ${aws:username}, or ${aws:username, 'nobody'} with a default.",
            f"{_IAM}reference_policies_variables.html",
            _when("StringEquals", "aws:SourceIdentity", value),
        )
        for code, what, value in _UNREADABLE_VARIABLES
    },
    "DUPLICATE_KEYS_WITH_DIFFERENT_CASE": Entry(
        WARNING,
        "The operator has the same condition key twice, in different case; KMS may refuse it.",
        "Write the values in one list if any of them may match.",
        _CHECKS,
        _one(
            Condition={
                "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:principalOrgID": "o-f6g7h8i9j0"}
            }
        ),
    ),
    "INVALID_CONDITION_MULTIPLE_BOOLEAN": Entry(
        WARNING,
        "The operator has more than one boolean value; KMS may refuse it.",
        "Write a single value.",
        _CHECKS,
        _when("Bool", "aws:SecureTransport", "true", "false"),
    ),
    "INVALID_CONDITION_DATA_TYPE": Entry(
        WARNING,
        "The values of the condition have different JSON types; KMS may refuse it.",
        "Write all of them as text.",
        _CHECKS,
        _when("StringEquals", "aws:SourceIdentity", "1", 2),
    ),
    "NULL_WITH_QUALIFIER": Entry(
        SUGGESTION,
        "Null tests whether the key is present; ForAnyValue and ForAllValues have no effect on it.",
        "Remove the qualifier.",
        _CHECKS,
        _when("ForAnyValue:Null", "aws:TagKeys", "false", Action="kms:TagResource"),
    ),
    "EMPTY_OBJECT_CONDITION": Entry(
        SUGGESTION,
        "The condition is empty.",
        "Remove it, or add the condition.",
        _CHECKS,
        _one(Condition={}),
    ),
    "EMPTY_SID_VALUE": Entry(SUGGESTION, "The Sid is empty.", "Remove it.", _CHECKS, _one(Sid="")),
    "REDUNDANT_ACTION": Entry(
        SUGGESTION,
        "Another action in the list already includes it.",
        "Remove it.",
        _CHECKS,
        _one(Action=["kms:Describe*", "kms:DescribeKey"]),
    ),
    "MISSING_QUALIFIER": Entry(
        WARNING,
        "The key can have several values, but the operator has no ForAnyValue or ForAllValues.",
        "Add ForAnyValue or ForAllValues, as any or all of the values must match.",
        _SETS,
        _when("StringEquals", "kms:GrantOperations", "Decrypt", Action="kms:CreateGrant"),
    ),
    "UNIQUE_SIDS_RECOMMENDED": Entry(
        WARNING,
        "Another statement has the same Sid; people and tools find statements by their Sid.",
        "Give each statement a Sid of its own.",
        _CHECKS,
        _policy(
            {
                "Sid": "a",
                "Effect": "Allow",
                "Principal": {"AWS": _ALICE},
                "Action": "kms:Sign",
                "Resource": "*",
            },
            {
                "Sid": "a",
                "Effect": "Allow",
                "Principal": {"AWS": _ALICE},
                "Action": "kms:Verify",
                "Resource": "*",
            },
        ),
    ),
    "ONE_ADMINISTRATOR": Entry(
        SUGGESTION,
        "Only one user or role can put a policy again; if it is deleted, nobody can.",
        "Allow kms:* to the key's account, so that its IAM policies decide, or name a second administrator.",
        f"{_KMS}key-policy-default.html",
        {"Version": "2012-10-17", "Statement": [ADMIN | {"Principal": {"AWS": _ALICE}}]},
    ),
    "IAM_POLICIES_DECIDE": Entry(
        SUGGESTION,
        "The IAM policies of the caller's account decide whether the caller can put a policy again.",
        "Make sure that they allow kms:PutKeyPolicy; otherwise KMS refuses the policy.",
        _PUT,
        {"Version": "2012-10-17", "Statement": [ADMIN | {"Action": "kms:Put*"}]},
        caller=_ALICE,
    ),
}
