"""Ready-made statements and policies, against the documents of AWS's guides."""

from __future__ import annotations

from typing import Any

import pytest

from kmspolicy import Policy, Principal, Statement, errors, statements

ACCOUNT = "111122223333"
USER = Principal.user(ACCOUNT, "ExampleUser")
ROLE = Principal.role(ACCOUNT, "ExampleRole")
ADMIN = Principal.role(ACCOUNT, "ExampleAdminRole")
TRAIL = f"arn:aws:cloudtrail:us-west-2:{ACCOUNT}:trail/finance"
ADMINISTRATION = [
    *("kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Revoke*"),
    *("kms:Disable*", "kms:Get*", "kms:Delete*", "kms:TagResource", "kms:UntagResource"),
]
USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]


def test_the_default_policy_of_the_api() -> None:
    """https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html shows it."""
    assert statements.default_policy(ACCOUNT).to_dict() == {
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [
            {
                "Sid": "Enable IAM User Permissions",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
    assert statements.default_policy(ACCOUNT, partition="aws-cn").statements[
        0
    ].principal == Principal.account(ACCOUNT, partition="aws-cn")


def test_the_consoles_default_policy() -> None:
    """Four statements, by the Sids under which the console finds them."""
    policy = statements.console_policy(
        ACCOUNT, administrators=[ADMIN], users=[ROLE, Principal.account("444455556666")]
    )
    assert policy.id == "key-consolepolicy-3"
    enable, admins, users, grants = policy.statements
    assert enable == statements.enable_iam_policies(ACCOUNT)
    assert (admins.sid, admins.actions) == (
        "Allow access for Key Administrators",
        (*ADMINISTRATION, "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:RotateKeyOnDemand"),
    )
    assert (users.sid, users.actions) == ("Allow use of the key", tuple(USE))
    assert users.principal == grants.principal == ROLE | Principal.account("444455556666")
    assert grants.to_dict()["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    assert statements.console_policy(ACCOUNT).statements == (enable,)


@pytest.mark.parametrize(
    ("options", "last"),
    [
        ({"deletion": False}, ["kms:RotateKeyOnDemand"]),
        ({"deletion": False, "multi_region": True}, ["kms:RotateKeyOnDemand", "kms:ReplicateKey", "kms:UpdatePrimaryRegion"]),
        ({"deletion": False, "imported": True}, ["kms:RotateKeyOnDemand", "kms:ImportKeyMaterial"]),
    ],
)  # fmt: skip
def test_administrators_of_special_keys(options: dict[str, bool], last: list[str]) -> None:
    """Multi-Region keys can be replicated, imported material be imported; deletion is a check box."""
    assert list(statements.key_administrators(ADMIN, **options).actions) == [*ADMINISTRATION, *last]
    policy = statements.console_policy(ACCOUNT, administrators=[ADMIN], **options)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    assert policy.statements[1] == statements.key_administrators(ADMIN, **options)


@pytest.mark.parametrize(
    ("kind", "actions"),
    [
        ("symmetric", USE),
        ("hmac", ["kms:DescribeKey", "kms:GenerateMac", "kms:VerifyMac"]),
        (
            "rsa encryption",
            ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:DescribeKey", "kms:GetPublicKey"],
        ),
        ("signing", ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign", "kms:Verify"]),
        ("key agreement", ["kms:DescribeKey", "kms:GetPublicKey", "kms:DeriveSharedSecret"]),
    ],
)
def test_users_of_each_kind_of_key(kind: Any, actions: list[str]) -> None:
    """What a key is for decides what its users may do."""
    assert list(statements.key_users(USER, kind=kind).actions) == actions
    assert list(statements.use_by_account("444455556666", kind=kind).actions) == actions
    assert statements.console_policy(ACCOUNT, users=[USER], kind=kind).statements[1] == statements.key_users(
        USER, kind=kind
    )


def test_a_kind_of_key_that_does_not_exist() -> None:
    """The error says which there are."""
    none: Any = "RSA"
    with pytest.raises(errors.BuilderError, match=r"^a key is for one of 'symmetric', 'hmac', .* not 'RSA'$"):
        statements.key_users(USER, kind=none)


def service(
    name: str, actions: str | list[str], condition: dict[str, Any], sid: str | None = None
) -> dict[str, Any]:
    """Return a statement for a service."""
    return {
        **({} if sid is None else {"Sid": sid}),
        "Effect": "Allow",
        "Principal": {"Service": name},
        "Action": actions,
        "Resource": "*",
        "Condition": condition,
    }


BUCKET = "arn:aws:s3:::bucket"
TOPIC = f"arn:aws:sns:us-west-2:{ACCOUNT}:topic"
RULE = f"arn:aws:events:us-west-2:{ACCOUNT}:rule/r"
LOGS = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
READY: list[tuple[Statement, dict[str, Any]]] = [
    (
        statements.use_by_account("444455556666"),
        {
            "Sid": "Allow an external account to use this KMS key",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
            "Action": USE,
            "Resource": "*",
        },
    ),
    (
        statements.use_through_service("ec2.us-west-2.amazonaws.com", account=ACCOUNT),
        {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey"],
            "Resource": "*",
            "Condition": {
                "StringEquals": {"kms:CallerAccount": ACCOUNT, "kms:ViaService": "ec2.us-west-2.amazonaws.com"}
            },
        },
    ),
    (
        statements.cloudwatch_logs("us-west-2", ACCOUNT),
        service("logs.us-west-2.amazonaws.com", LOGS, {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:us-west-2:{ACCOUNT}:*"}}),
    ),
    (
        statements.cloudwatch_logs("us-west-2", ACCOUNT, log_group="app", partition="aws-us-gov"),
        service("logs.us-west-2.amazonaws.com", LOGS, {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws-us-gov:logs:us-west-2:{ACCOUNT}:log-group:app"}}),
    ),
    (
        statements.cloudtrail_encrypts_logs(TRAIL, ACCOUNT),
        service(
            "cloudtrail.amazonaws.com",
            "kms:GenerateDataKey*",
            {
                "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{ACCOUNT}:trail/*"},
                "StringEquals": {"aws:SourceArn": TRAIL},
            },
            "Allow CloudTrail to encrypt logs",
        ),
    ),
    (
        statements.cloudtrail_describes_key(TRAIL),
        service("cloudtrail.amazonaws.com", "kms:DescribeKey", {"StringEquals": {"aws:SourceArn": TRAIL}}, "Allow CloudTrail access"),
    ),
    (
        statements.cloudtrail_log_readers(USER),
        {
            "Sid": "Enable CloudTrail log decrypt permissions",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/ExampleUser"},
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": {"Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "false"}},
        },
    ),
    (
        statements.sns_event_source("s3.amazonaws.com", BUCKET, ACCOUNT),
        service("s3.amazonaws.com", ["kms:GenerateDataKey*", "kms:Decrypt"], {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": BUCKET}}),
    ),
    (
        statements.sns_delivers(TOPIC, ACCOUNT),
        service("sns.amazonaws.com", ["kms:Decrypt", "kms:GenerateDataKey*"], {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": TOPIC}}, "Allow Amazon SNS to use this key"),
    ),
    (
        statements.sqs_event_source("events.amazonaws.com", RULE),
        service("events.amazonaws.com", ["kms:GenerateDataKey", "kms:Decrypt"], {"ArnEquals": {"aws:SourceArn": RULE}}),
    ),
    (
        statements.s3_notifies(BUCKET, ACCOUNT),
        service("s3.amazonaws.com", ["kms:GenerateDataKey", "kms:Decrypt"], {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": BUCKET}}),
    ),
    (
        statements.s3_inventory(BUCKET, ACCOUNT),
        service("s3.amazonaws.com", "kms:GenerateDataKey", {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": BUCKET}}, "Allow Amazon S3 use of the customer managed key"),
    ),
    (
        statements.eventbridge_sends(RULE, ACCOUNT),
        service("events.amazonaws.com", ["kms:Decrypt", "kms:GenerateDataKey"], {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": RULE}}, "Allow EventBridge to use the key"),
    ),
    (
        statements.config_delivers(ACCOUNT),
        service("config.amazonaws.com", ["kms:Decrypt", "kms:GenerateDataKey"], {"StringEquals": {"aws:SourceAccount": ACCOUNT}}, "AWSConfigKMSPolicy"),
    ),
    (
        statements.nitro_enclave(ROLE, image_sha384="9fed", pcrs={1: "1de4", 8: "ab"}),
        {
            "Sid": "Enable enclave data processing",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/ExampleRole"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": "*",
            "Condition": {
                "StringEqualsIgnoreCase": {
                    "kms:RecipientAttestation:ImageSha384": "9fed",
                    "kms:RecipientAttestation:PCR1": "1de4",
                    "kms:RecipientAttestation:PCR8": "ab",
                }
            },
        },
    ),
    (
        statements.deny_deletion(),
        {
            "Sid": "Deny deletion of the key",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["kms:ScheduleKeyDeletion", "kms:DeleteImportedKeyMaterial", "kms:DisableKey"],
            "Resource": "*",
        },
    ),
    (
        statements.deny_deletion(f"arn:aws:iam::{ACCOUNT}:role/Break*"),
        {
            "Sid": "Deny deletion of the key",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["kms:ScheduleKeyDeletion", "kms:DeleteImportedKeyMaterial", "kms:DisableKey"],
            "Resource": "*",
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/Break*"}},
        },
    ),
    (
        statements.deny_short_waiting_period(21),
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "kms:ScheduleKeyDeletion",
            "Resource": "*",
            "Condition": {"NumericLessThanEquals": {"kms:ScheduleKeyDeletionPendingWindowInDays": "21"}},
        },
    ),
    (
        statements.deny_bypassing_lockout_check(),
        {
            "Sid": "Deny bypassing the lockout safety check",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "kms:PutKeyPolicy",
            "Resource": "*",
            "Condition": {"Bool": {"kms:BypassPolicyLockoutSafetyCheck": "true"}},
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "expected"), READY)
def test_ready_made_statements(statement: Statement, expected: dict[str, Any]) -> None:
    """Each says what its page says; services are bound to an account or a resource."""
    assert statement.to_dict() == expected
    assert Policy([statement]).to_dict()["Statement"] == [expected]


def test_an_enclave_that_is_not_attested() -> None:
    """A statement that attests nothing would allow it to anybody on the instance."""
    with pytest.raises(errors.BuilderError, match="give one of them"):
        statements.nitro_enclave(ROLE)
