"""Ready-made statements and policies, against the documents of AWS's guides."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kmspolicy import Policy, Principal, Statement, check, errors, statements
from support import exactly, one_name

if TYPE_CHECKING:
    from collections.abc import Callable

CORPUS = Path(os.environ.get("KMSPOLICY_CORPUS") or "no-corpus")

ACCOUNT = "111122223333"
USER = Principal.user(ACCOUNT, "ExampleUser")
ROLE = Principal.role(ACCOUNT, "ExampleRole")
ADMIN = Principal.role(ACCOUNT, "ExampleAdminRole")
TRAIL = f"arn:aws:cloudtrail:us-west-2:{ACCOUNT}:trail/finance"
ADMINISTRATION = [
    *("kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Revoke*"),
    *("kms:Disable*", "kms:Get*", "kms:Delete*", "kms:TagResource", "kms:UntagResource"),
]
GRANTS = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
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
        pytest.param({"deletion": False}, ["kms:RotateKeyOnDemand"], id="without deletion"),
        pytest.param({"deletion": False, "multi_region": True}, ["kms:RotateKeyOnDemand", "kms:ReplicateKey", "kms:UpdatePrimaryRegion"], id="multi-Region keys"),
        pytest.param({"deletion": False, "imported": True}, ["kms:RotateKeyOnDemand", "kms:ImportKeyMaterial"], id="imported key material"),
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
    with pytest.raises(errors.BuilderError, match=r"^expected one of 'symmetric', 'hmac', .* not 'RSA'$"):
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
ZONE = "arn:aws:route53:::hostedzone/Z1"
SERVICE_LINKED = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com"
RULE = f"arn:aws:events:us-west-2:{ACCOUNT}:rule/r"
LOGS = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
READY = [
    pytest.param(
        statements.use_by_account("444455556666"),
        {
            "Sid": "Allow an external account to use this KMS key",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
            "Action": USE,
            "Resource": "*",
        }, id="another account"),
    pytest.param(
        statements.use_through_service("ec2.us-west-2.amazonaws.com", account=ACCOUNT),
        {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey"],
            "Resource": "*",
            "Condition": {
                "StringEquals": {"kms:CallerAccount": ACCOUNT, "kms:ViaService": "ec2.us-west-2.amazonaws.com"}
            },
        }, id="through a service"),
    pytest.param(
        statements.cloudwatch_logs("us-west-2", ACCOUNT),
        service("logs.us-west-2.amazonaws.com", LOGS, {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:us-west-2:{ACCOUNT}:*"}}), id="CloudWatch Logs"),
    pytest.param(
        statements.cloudwatch_logs("us-gov-west-1", ACCOUNT, log_group="app", partition="aws-us-gov"),
        service("logs.us-gov-west-1.amazonaws.com", LOGS, {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws-us-gov:logs:us-gov-west-1:{ACCOUNT}:log-group:app"}}), id="CloudWatch Logs, one group of another partition"),
    pytest.param(
        statements.cloudtrail_encrypts_logs(TRAIL),
        service(
            "cloudtrail.amazonaws.com",
            "kms:GenerateDataKey*",
            {
                "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{ACCOUNT}:trail/*"},
                "StringEquals": {"aws:SourceArn": TRAIL},
            },
            "Allow CloudTrail to encrypt logs",
        ), id="CloudTrail encrypts"),
    pytest.param(
        statements.cloudtrail_describes_key(TRAIL),
        service("cloudtrail.amazonaws.com", "kms:DescribeKey", {"StringEquals": {"aws:SourceArn": TRAIL}}, "Allow CloudTrail access"), id="CloudTrail describes the key"),
    pytest.param(
        statements.cloudtrail_log_readers(USER),
        {
            "Sid": "Enable CloudTrail log decrypt permissions",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/ExampleUser"},
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": {"Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "false"}},
        }, id="CloudTrail's readers"),
    pytest.param(
        statements.sns_event_source("s3.amazonaws.com", BUCKET, ACCOUNT),
        service("s3.amazonaws.com", ["kms:GenerateDataKey*", "kms:Decrypt"], {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": BUCKET}}), id="a source of an SNS topic"),
    pytest.param(
        statements.sns_delivers(TOPIC, ACCOUNT),
        service("sns.amazonaws.com", ["kms:Decrypt", "kms:GenerateDataKey*"], {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": TOPIC}}, "Allow Amazon SNS to use this key"), id="SNS delivers"),
    pytest.param(
        statements.sqs_event_source("events.amazonaws.com", RULE),
        service("events.amazonaws.com", ["kms:GenerateDataKey", "kms:Decrypt"], {"ArnEquals": {"aws:SourceArn": RULE}}), id="a source of an SQS queue"),
    pytest.param(
        statements.s3_notifies(BUCKET, ACCOUNT),
        service("s3.amazonaws.com", ["kms:GenerateDataKey", "kms:Decrypt"], {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": BUCKET}}), id="S3 notifies"),
    pytest.param(
        statements.s3_inventory(BUCKET, ACCOUNT),
        service("s3.amazonaws.com", "kms:GenerateDataKey", {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": BUCKET}}, "Allow Amazon S3 use of the customer managed key"), id="S3 inventory"),
    pytest.param(
        statements.eventbridge_sends(),
        {
            "Sid": "Allow EventBridge to use the key",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": "*",
        }, id="EventBridge sends"),
    pytest.param(
        statements.sqs_event_source("s3.amazonaws.com", BUCKET, ACCOUNT),
        service("s3.amazonaws.com", ["kms:GenerateDataKey", "kms:Decrypt"], {"ArnEquals": {"aws:SourceArn": BUCKET}, "StringEquals": {"aws:SourceAccount": ACCOUNT}}), id="S3 is a source of an SQS queue"),
    pytest.param(
        statements.config_delivers(ACCOUNT),
        service("config.amazonaws.com", ["kms:Decrypt", "kms:GenerateDataKey"], {"StringEquals": {"aws:SourceAccount": ACCOUNT}}, "AWSConfigKMSPolicy"), id="Config delivers"),
    pytest.param(
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
        }, id="a Nitro enclave"),
    pytest.param(
        statements.deny_deletion(),
        {
            "Sid": "Deny deletion of the key",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["kms:ScheduleKeyDeletion", "kms:DeleteImportedKeyMaterial", "kms:DisableKey"],
            "Resource": "*",
        }, id="no deletion"),
    pytest.param(
        statements.deny_deletion(f"arn:aws:iam::{ACCOUNT}:role/Break*"),
        {
            "Sid": "Deny deletion of the key",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["kms:ScheduleKeyDeletion", "kms:DeleteImportedKeyMaterial", "kms:DisableKey"],
            "Resource": "*",
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/Break*"}},
        }, id="no deletion except by a role"),
    pytest.param(
        statements.deny_short_waiting_period(21),
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "kms:ScheduleKeyDeletion",
            "Resource": "*",
            "Condition": {"NumericLessThanEquals": {"kms:ScheduleKeyDeletionPendingWindowInDays": "21"}},
        }, id="no short waiting period"),
    pytest.param(
        statements.route53_dnssec(ACCOUNT, ZONE)[0],
        service(
            "dnssec-route53.amazonaws.com",
            ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"],
            {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnEquals": {"aws:SourceArn": ZONE}},
            "Allow Route 53 DNSSEC Service",
        ), id="Route 53 DNSSEC"),
    pytest.param(
        statements.route53_dnssec(ACCOUNT)[1],
        service("dnssec-route53.amazonaws.com", "kms:CreateGrant", {"Bool": {"kms:GrantIsForAWSResource": "true"}}, "Allow Route 53 DNSSEC to CreateGrant"), id="Route 53 DNSSEC makes a grant"),
    pytest.param(
        statements.autoscaling_volumes(ACCOUNT, suffix="web")[0],
        {
            "Sid": "Allow service-linked role use of the customer managed key",
            "Effect": "Allow",
            "Principal": {"AWS": f"{SERVICE_LINKED}/AWSServiceRoleForAutoScaling_web"},
            "Action": USE,
            "Resource": "*",
        }, id="Auto Scaling's volumes"),
    pytest.param(
        statements.autoscaling_volumes(ACCOUNT)[1],
        {
            "Sid": "Allow service-linked role attachment of persistent resources",
            "Effect": "Allow",
            "Principal": {"AWS": f"{SERVICE_LINKED}/AWSServiceRoleForAutoScaling"},
            "Action": "kms:CreateGrant",
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        }, id="Auto Scaling's volumes are attached"),
    pytest.param(
        statements.deny_bypassing_lockout_check(),
        {
            "Sid": "Deny bypassing the lockout safety check",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "kms:PutKeyPolicy",
            "Resource": "*",
            "Condition": {"Bool": {"kms:BypassPolicyLockoutSafetyCheck": "true"}},
        }, id="no bypass of the lockout check"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "expected"), READY)
def test_ready_made_statements(statement: Statement, expected: dict[str, Any]) -> None:
    """Each says what its page says; services are bound to an account or a resource."""
    assert statement.to_dict() == expected
    assert Policy([statement]).to_dict()["Statement"] == [expected]


@pytest.mark.parametrize(("resources_only", "actions"), [(True, GRANTS), (False, GRANTS[:1])])
def test_another_account_with_grants(resources_only: bool, actions: list[str]) -> None:
    """It uses the key as by the statement without grants, and fits beside the console's statements."""
    use, grants = statements.use_by_account_with_grants("444455556666", aws_resources_only=resources_only)
    assert use == statements.use_by_account("444455556666")
    assert list(grants.actions) == actions
    assert (grants.condition is not None) is resources_only
    console = statements.console_policy(ACCOUNT, users=[USER])
    policy = console.replace(
        statement=(*console.statements, use, grants, *statements.autoscaling_volumes(ACCOUNT))
    )
    assert check(policy) == ()


NONE: Any = None
REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: statements.nitro_enclave(ROLE), "to attest the enclave"),
    (lambda: statements.nitro_enclave(ROLE, image_sha384=""), "ImageSha384: expected hexadecimal digits"),
    (lambda: statements.nitro_enclave(ROLE, pcrs={0: "hello"}), "PCR0: expected hexadecimal digits"),
    (lambda: statements.nitro_enclave(ROLE, pcrs={8: "0" * 96}), "that are not all 0"),
    (lambda: statements.nitro_enclave(ROLE, pcrs={32: "ab"}), "from 0 to 31"),
    (lambda: statements.cloudwatch_logs("us-west-2", "*"), "an account id of 12 digits, not '\\*'"),
    (lambda: statements.cloudwatch_logs("us-west-2", "1234"), "an account id of 12 digits"),
    (lambda: statements.cloudwatch_logs("us-west-2", NONE), "an account id of 12 digits"),
    (lambda: statements.cloudwatch_logs("us-west-2", ACCOUNT, log_group=""), "the name of a log group"),
    (lambda: statements.cloudwatch_logs("us-west-2", ACCOUNT, log_group="arn:aws:logs:x"), "the name of a log group"),
    (lambda: statements.cloudwatch_logs("us-iso-east-1", ACCOUNT, partition="aws-iso"), "aws, aws-us-gov, aws-cn"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: statements.cloudtrail_encrypts_logs("*"), "the ARN of a trail"),
    (lambda: statements.cloudtrail_encrypts_logs(f"{TRAIL}*"), "the ARN of a trail"),
    (lambda: statements.cloudtrail_describes_key("arn:aws:s3:::b"), "the ARN of a trail"),
    (lambda: statements.cloudtrail_describes_key(NONE), "the ARN of a trail"),
    (lambda: statements.sns_event_source("events.amazonaws.com", RULE, ACCOUNT), "does not support these conditions"),
    (lambda: statements.sns_event_source("s3.amazonaws.com", "*", ACCOUNT), "aws:SourceArn: expected an ARN"),
    (lambda: statements.sns_delivers(TOPIC, "*"), "aws:SourceAccount: expected an account id"),
    (lambda: statements.sqs_event_source("s3.amazonaws.com", BUCKET), "an account id of 12 digits, not ''"),
    (lambda: statements.sqs_event_source("s3.amazonaws.com", "*"), "aws:SourceArn: expected an ARN"),
    (lambda: statements.s3_inventory("*", ACCOUNT), "aws:SourceArn: expected an ARN"),
    (lambda: statements.route53_dnssec("*"), "aws:SourceAccount: expected an account id"),
    (lambda: statements.route53_dnssec(ACCOUNT, "*"), "aws:SourceArn: expected an ARN"),
    (lambda: statements.deny_deletion("*"), "aws:PrincipalArn: expected the ARN of a user"),
    (lambda: statements.use_through_service("ec2", account=ACCOUNT), "a service in a Region"),
    (lambda: statements.use_through_service("ec2.us-west-2.amazonaws.com", account="*"), "an account id"),
    (lambda: statements.deny_short_waiting_period(30), "expected 7 to 29 days, not 30"),
    (lambda: statements.deny_short_waiting_period(6), "expected 7 to 29 days"),
    (lambda: statements.deny_short_waiting_period(7.5), "expected 7 to 29 days"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: statements.console_policy(ACCOUNT, kind="x"), "expected one of"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: statements.key_users(USER, kind=["x"]), "expected one of"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
]  # fmt: skip


@pytest.mark.parametrize(
    ("build", "message"), REFUSED, ids=[f"{n}-{message}" for n, (_, message) in enumerate(REFUSED)]
)
def test_guards_cannot_be_switched_off(build: Callable[[], object], message: str) -> None:
    """Accounts, ARNs and measurements that would guard nothing, or match nothing, are refused."""
    with pytest.raises(errors.BuilderError, match=message):
        build()


@pytest.mark.parametrize(
    ("partition", "region", "domain"),
    [
        ("aws", "us-east-1", "amazonaws.com"),
        ("aws-us-gov", "us-gov-east-1", "amazonaws.com"),
        ("aws-cn", "cn-north-1", "amazonaws.com.cn"),
    ],
)
def test_the_domain_of_cloudwatch_logs(partition: Any, region: str, domain: str) -> None:
    """It is another one in China."""
    statement = statements.cloudwatch_logs(region, ACCOUNT, partition=partition)
    assert statement.principal == Principal.service(f"logs.{region}.{domain}")
    assert f"arn:{partition}:logs:{region}:{ACCOUNT}:*" in str(statement.condition)


def test_a_trail_in_another_partition() -> None:
    """The context is in the partition of the trail."""
    trail = TRAIL.replace("arn:aws:", "arn:aws-us-gov:").replace("us-west-2", "us-gov-west-1")
    statement = statements.cloudtrail_encrypts_logs(trail)
    assert "arn:aws-us-gov:cloudtrail:*:111122223333:trail/*" in str(statement.condition)


def test_principals_may_come_from_a_generator() -> None:
    """They are gone through once."""
    policy = statements.console_policy(
        ACCOUNT, administrators=(p for p in [ADMIN]), users=(p for p in [USER, ROLE])
    )
    assert policy == statements.console_policy(ACCOUNT, administrators=[ADMIN], users=[USER, ROLE])


# What AWS's pages print, with their placeholders filled in: the file, what is put for what, and what we leave
# out (None) or add, with the reason in the docstring of the function.
PAGES: list[tuple[str, dict[str, str], Statement, dict[str, Any]]] = [
    (
        "statements/cloudtrail-create-kms-key-policy-for-cloudtrail",
        {"region:account-id:trail/trailName": "us-west-2:111122223333:trail/finance", "account-id": ACCOUNT},
        statements.cloudtrail_encrypts_logs(TRAIL),
        {},
    ),
    (
        "statements/cloudtrail-create-kms-key-policy-for-cloudtrail-10",
        {"region:account-id:trail/trailName": "us-west-2:111122223333:trail/finance"},
        statements.cloudtrail_describes_key(TRAIL),
        {},
    ),
    (
        "statements/cloudtrail-create-kms-key-policy-for-cloudtrail-4",
        {"account-id:user/username": f"{ACCOUNT}:user/ExampleUser"},
        statements.cloudtrail_log_readers(USER),
        {},
    ),
    (
        "statements/sns-sns-key-management",
        {"arn:aws:service:region:customer-account-id:resource-type:customer-resource-id": BUCKET, "customer-account-id": ACCOUNT, "service.amazonaws.com": "s3.amazonaws.com"},
        statements.sns_event_source("s3.amazonaws.com", BUCKET, ACCOUNT),
        {},
    ),
    (
        "statements/sns-sns-enable-encryption-for-topic-sqs-queue-subscriptions",
        {},
        statements.sns_delivers(TOPIC, ACCOUNT),
        {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": TOPIC}}},
    ),
    (
        "statements/s3-configure-inventory",
        {"source-account-id": ACCOUNT, "source-bucket-name": "bucket", "aws:SourceARN": "aws:SourceArn"},
        statements.s3_inventory(BUCKET, ACCOUNT),
        {},
    ),
    ("statements/eventbridge-eb-targets", {}, statements.eventbridge_sends(), {}),
    (
        "statements/kms-dg-conditions-nitro-enclaves",
        {"role/data-processing": "role/ExampleRole"},
        statements.nitro_enclave(
            ROLE,
            image_sha384="9fedcba8abcdef7abcdef6abcdef5abcdef4abcdef3abcdef2abcdef1abcdef1abcdef0abcdef1abcdef2abcdef3"
            "abcdef4abcdef5abcdef6abcdef7abcdef99",
        ),
        {"Action": ["kms:Decrypt", "kms:GenerateDataKey"]},
    ),
    ("statements/new-cond-pending-window", {}, statements.deny_short_waiting_period(21), {}),
    (
        "config-s3-kms-key-policy-2",
        {"sourceAccountID": ACCOUNT, "AWS:SourceAccount": "aws:SourceAccount", "myKMSKeyARN": "*"},
        statements.config_delivers(ACCOUNT),
        {},
    ),
    (
        "sqs-sqs-key-management-2",
        {"<replaceable>service</replaceable>.amazonaws.com": "events.amazonaws.com", "arn:aws:service::111122223333:resource": RULE},
        statements.sqs_event_source("events.amazonaws.com", RULE),
        {},
    ),
    (
        "s3-grant-destinations-permissions-to-s3",
        {},
        statements.s3_notifies(BUCKET, ACCOUNT).named("example-statement-ID"),
        {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": BUCKET}}},
    ),
    (
        "statements/route53-access-control-managing-permissions",
        {},
        statements.route53_dnssec(ACCOUNT)[0],
        {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}},
    ),
    (
        "statements/route53-access-control-managing-permissions-2",
        {": true": ': "true"'},
        statements.route53_dnssec(ACCOUNT)[1],
        {},
    ),
    (
        "statements/autoscaling-key-policy-requirements-ebs-encryption",
        {"123456789012": ACCOUNT},
        statements.autoscaling_volumes(ACCOUNT)[0],
        {},
    ),
    (
        "statements/autoscaling-key-policy-requirements-ebs-encryption-2",
        {"123456789012": ACCOUNT, ": true": ': "true"'},
        statements.autoscaling_volumes(ACCOUNT)[1],
        {"Sid": "Allow service-linked role attachment of persistent resources"},
    ),
    (
        "statements/autoscaling-key-policy-requirements-ebs-encryption-3",
        {},
        statements.use_by_account_with_grants(ACCOUNT, aws_resources_only=False)[0],
        {"Sid": "Allow an external account to use this KMS key"},
    ),
    (
        "statements/autoscaling-key-policy-requirements-ebs-encryption-4",
        {},
        statements.use_by_account_with_grants(ACCOUNT, aws_resources_only=False)[1],
        {},
    ),
    (
        "statements/kms-dg-key-policy-modifying-external-accounts-3",
        {},
        statements.use_by_account_with_grants("444455556666")[0],
        {"Sid": "Allow an external account to use this KMS key"},
    ),
    (
        "statements/kms-dg-key-policy-modifying-external-accounts-4",
        {},
        statements.use_by_account_with_grants("444455556666")[1],
        {"Sid": "Allow attachment of persistent resources in external account 444455556666"},
    ),
    (
        "cwlogs-encrypt-log-data-kms",
        {"arn:aws:logs:region:account-id:log-group:log-group-name": f"arn:aws:logs:us-west-2:{ACCOUNT}:log-group:app", "logs.region.": "logs.us-west-2."},
        statements.cloudwatch_logs("us-west-2", ACCOUNT, log_group="app"),
        {},
    ),
    (
        "cwlogs-encrypt-log-data-kms-2",
        {"arn:aws:logs:region:account-id:*": f"arn:aws:logs:us-west-2:{ACCOUNT}:*", "logs.region.": "logs.us-west-2."},
        statements.cloudwatch_logs("us-west-2", ACCOUNT),
        {},
    ),
]  # fmt: skip


@pytest.mark.skipif(
    not CORPUS.is_dir(),
    reason="needs published policies that are not ours to ship: KMSPOLICY_CORPUS names their folder",
)
@pytest.mark.parametrize(("name", "filled", "statement", "departures"), PAGES, ids=[row[0] for row in PAGES])
def test_ready_made_statements_say_what_their_pages_say(
    name: str, filled: dict[str, str], statement: Statement, departures: dict[str, Any]
) -> None:
    """In the key itself as the resource, and up to lists of one name and the departures that the docstrings name."""
    text = (CORPUS / f"{name}.json").read_text(encoding="utf-8")
    for placeholder, value in filled.items():
        assert placeholder in text
        text = text.replace(placeholder, value)
    printed = json.loads(text)
    printed = printed["Statement"][-1] if "Statement" in printed else printed
    assert exactly(statement.to_dict()) == exactly(one_name({**printed, "Resource": "*", **departures}))
