"""Documents of AWS's guides, written with the builder: the same, up to lists of one name."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from kmspolicy import Policy, Principal, Statement, allow, conditions, deny, statements
from support import exactly, one_name

CORPUS = Path(os.environ.get("KMSPOLICY_CORPUS") or "no-corpus")

ACCOUNT = "111122223333"
ROOT = statements.enable_iam_policies(ACCOUNT)
EVERYONE = Principal({"AWS": "*"})
POWER = Principal.role(ACCOUNT, "ExamplePowerUserRole")
USERS = Principal.role(ACCOUNT, "ExampleRole") | Principal.account("444455556666")
CMK = (
    Principal.user(ACCOUNT, "CMKUser")
    | Principal.role(ACCOUNT, "CMKRole")
    | Principal.account("444455556666")
)
TRAIL = conditions.source_arn.arn_equals("arn:aws:cloudtrail:us-west-2:111122223333:trail/finance")
TRAILS = conditions.encryption_context("aws:cloudtrail:arn").like("arn:aws:cloudtrail:*:111122223333:trail/*")
TESTERS = allow("kms:GenerateMac", "kms:VerifyMac").to(Principal.role(ACCOUNT, "testers"))
METADATA = allow("kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant")
ADMINISTRATION = allow(
    "kms:Create*",
    "kms:Describe*",
    "kms:Enable*",
    "kms:List*",
    "kms:Put*",
    "kms:Update*",
    "kms:Revoke*",
    "kms:Disable*",
    "kms:Get*",
    "kms:Delete*",
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
)
EXTERNAL = (
    Principal.user(ACCOUNT, "ExampleUser")
    | Principal.role(ACCOUNT, "ExampleRole")
    | Principal.account("444455556666")
)
ADMINISTRATION_2023 = (
    allow(
        "kms:Create*",
        "kms:Describe*",
        "kms:Enable*",
        "kms:List*",
        "kms:Put*",
        "kms:Update*",
        "kms:Revoke*",
        "kms:Disable*",
        "kms:Get*",
        "kms:Delete*",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:ScheduleKeyDeletion",
        "kms:CancelKeyDeletion",
    )
    .to(Principal.user(ACCOUNT, "KMSAdminUser"), Principal.role(ACCOUNT, "KMSAdminRole"))
    .named("Allow access for Key Administrators")
)
EXAMPLE = Policy(
    [
        ROOT,
        ADMINISTRATION.to(
            Principal.user(ACCOUNT, "ExampleAdminUser"), Principal.role(ACCOUNT, "ExampleAdminRole")
        ).named("Allow access for Key Administrators"),
        statements.key_users(POWER),
        statements.grants_for_aws_resources(POWER),
    ],
    id="custom-policy-2016-12-07",
)
DYNAMODB = "Allow access through Amazon DynamoDB for all principals in the account that are authorized to use Amazon DynamoDB"
CRYPTO = allow("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")
ALFRED = allow("kms:*").to(Principal.user("644160558196", "AlfredMarcGamulo"))

POLICIES: dict[str, Policy] = {
    "put-key-policy-example": EXAMPLE,
    "new-putkeypolicy-api-example": EXAMPLE,
    "new-console-default-policy-symmetric": statements.console_policy(
        ACCOUNT, administrators=[Principal.role(ACCOUNT, "ExampleAdminRole")], users=[USERS]
    ),
    "new-getkeypolicy-api-default": statements.default_policy(ACCOUNT),
    "new-key-policy-overview-example": Policy(
        [
            ROOT.named("EnableIAMUserPermissions"),
            statements.key_administrators(Principal.role(ACCOUNT, "ExampleAdminRole")).named(
                "AllowKeyAdministratorsAccess"
            ),
            statements.key_users(Principal.role(ACCOUNT, "ExampleUserRole")).named("AllowKeyUse"),
            statements.grants_for_aws_resources(Principal.role(ACCOUNT, "ExampleUserRole")).named(
                "AllowAttachmentPersistentResources"
            ),
        ],
        id="key-consolepolicy",
    ),
    "kms-dg-key-policy-overview": Policy(
        [
            allow("kms:DescribeKey")
            .to(Principal.user(ACCOUNT, "Alice"))
            .when(conditions.key_spec.equals("SYMMETRIC_DEFAULT"))
            .named("Describe the policy statement")
        ]
    ),
    "kms-dg-key-policy-viewing": Policy([ROOT.named("Enable IAM policies")], id="key-consolepolicy-3"),
    "kms-dg-tag-permissions": Policy(
        [
            ROOT.named("Enable IAM policies"),
            allow("kms:TagResource", "kms:ListResourceTags", "kms:UntagResource")
            .to(Principal.user(ACCOUNT, "LeadAdmin"), Principal.user(ACCOUNT, "SupportLead"))
            .named("Allow all tagging permissions"),
            allow("kms:ListResourceTags")
            .to(Principal.role(ACCOUNT, "Administrator"), Principal.role(ACCOUNT, "Developer"))
            .named("Allow roles to view tags"),
        ],
        id="example-key-policy",
    ),
    "kms-dg-services-wm": Policy(
        [
            allow("kms:Decrypt", "kms:CreateGrant", "kms:ReEncrypt*", "kms:DescribeKey", "kms:Encrypt")
            .to(EVERYONE)
            .when(conditions.via_service.equals("workmail.us-east-1.amazonaws.com"))
            .when(conditions.caller_account.equals(ACCOUNT))
            .named(
                "Allow access through WorkMail for all principals in the account that are authorized to use WorkMail"
            ),
            allow("kms:Describe*", "kms:List*", "kms:Get*", "kms:RevokeGrant")
            .to(Principal.account(ACCOUNT))
            .named("Allow direct access to key metadata to the account"),
        ],
        id="auto-workmail-1",
    ),
    "kms-dg-key-policy-services": Policy(
        [
            allow("kms:GenerateDataKey")
            .to(Principal.service("cloudtrail.amazonaws.com"))
            .when(TRAIL & TRAILS)
            .named("Allow CloudTrail to encrypt logs")
        ]
    ),
    "new-least-privilege-cloudtrail": Policy(
        [
            allow("kms:GenerateDataKey")
            .to(Principal.service("cloudtrail.amazonaws.com"))
            .when(TRAIL)
            .when(TRAILS)
            .named("AllowCloudTrailToEncryptLogs")
        ]
    ),
    "dynamodb-encryption-usagenotes": Policy(
        [
            statements.use_through_service("dynamodb.us-west-2.amazonaws.com", account=ACCOUNT).named(
                DYNAMODB
            ),
            METADATA.to(Principal.account(ACCOUNT)).named(
                "Allow direct access to key metadata to the account"
            ),
            allow("kms:Describe*", "kms:Get*", "kms:List*")
            .to(Principal.service("dynamodb.amazonaws.com"))
            .named(
                "Allow DynamoDB Service with service principal name dynamodb.amazonaws.com to describe the key directly"
            ),
        ],
        id="auto-dynamodb-1",
    ),
    "dynamodb-encryption-usagenotes-2": Policy(
        [
            allow(
                "kms:Encrypt",
                "kms:Decrypt",
                "kms:ReEncrypt*",
                "kms:GenerateDataKey*",
                "kms:DescribeKey",
                "kms:CreateGrant",
            )
            .to(Principal.user(ACCOUNT, "db-lead"))
            .when(conditions.via_service.like("dynamodb.*.amazonaws.com"))
            .named(DYNAMODB),
            METADATA.to(Principal.role(ACCOUNT, "db-team")).named(
                "Allow administrators to view the KMS key and revoke grants"
            ),
        ],
        id="key-policy-dynamodb",
    ),
    "kms-dg-key-policy-overview-2": Policy(
        [
            ROOT.named("Enable IAM policies"),
            ADMINISTRATION_2023,
            statements.key_users(EXTERNAL),
            statements.grants_for_aws_resources(EXTERNAL),
        ],
        id="key-consolepolicy-2",
    ),
    "s3-grant-destinations-permissions-to-s3": Policy(
        [
            allow("kms:GenerateDataKey", "kms:Decrypt")
            .to(Principal.service("s3.amazonaws.com"))
            .named("example-statement-ID")
        ],
        id="example-ID",
    ),
    "kms-dg-policy-evaluation": Policy([ROOT.named("Delegate to IAM policies")], id="key-test-1"),
    "kms-dg-policy-evaluation-2": Policy(
        [
            statements.enable_iam_policies("444455556666").named("Permission to use IAM policies"),
            allow(
                "kms:Encrypt",
                "kms:Decrypt",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
                "kms:GenerateDataKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:DescribeKey",
            )
            .to(Principal.account(ACCOUNT))
            .named("Allow account 1 to use this KMS key"),
        ],
        id="key-policy-acct-2",
    ),
    "ecr-encryption-at-rest": Policy([ROOT.named("EnableIAMUserPermissions")], id="ecr-key-policy"),
    "kms-dg-old-key-policies": Policy(
        [
            ROOT,
            ADMINISTRATION_2023,
            statements.key_users(CMK),
            statements.grants_for_aws_resources(CMK),
        ],
        id="key-consolepolicy-2",
    ),
    "kms-dg-conditions-kms-2": Policy(
        [
            TESTERS.when(conditions.mac_algorithm.equals("HMAC_SHA_384")),
            TESTERS.when(conditions.mac_algorithm.equals("HMAC_SHA_512")),
        ]
    ),
    "kms-dg-infrastructure-security": Policy(
        CRYPTO.to(Principal.role(ACCOUNT, "KMSTestRole")).when(
            conditions.source_ip.not_in_network("192.0.2.0/24", "203.0.113.0/24")
        )
    ),
    "recorded-custodian-test-kms-remove-matched": Policy(
        [
            ALFRED.named("DefaultRoot"),
            ALFRED.named("SpecificAllow"),
            allow("kms:*").to(Principal.everyone()).named("Public"),
        ]
    ),
    "sqs-sqs-key-management": Policy(
        [allow("kms:GenerateDataKey", "kms:Decrypt").to(Principal.service("service.amazonaws.com"))]
    ),
    "sns-sns-key-management": Policy(
        [allow("kms:GenerateDataKey*", "kms:Decrypt").to(Principal.service("service.amazonaws.com"))],
        version=None,
    ),
}

EXAMPLE_APP = Principal.role(ACCOUNT, "RoleForExampleApp")
EXAMPLE_USER = Principal.user(ACCOUNT, "ExampleUser")
STATEMENTS: dict[str, Statement] = {
    "new-default-enable-iam": ROOT,
    "new-default-key-admins": statements.key_administrators(Principal.role(ACCOUNT, "ExampleAdminRole")),
    "new-default-key-users": statements.key_users(USERS),
    "new-default-key-users-key-agreement": statements.key_users(
        Principal.role(ACCOUNT, "ExampleKeyUserRole"), kind="key agreement"
    ),
    "kms-dg-key-policy-default-5": statements.key_users(EXAMPLE_USER, kind="hmac"),
    "kms-dg-key-policy-default-6": statements.key_users(EXAMPLE_USER, kind="rsa encryption"),
    "kms-dg-key-policy-default-7": statements.key_users(EXAMPLE_USER, kind="signing"),
    "kms-dg-key-policy-modifying-external-accounts": statements.use_by_account("444455556666"),
    "new-cond-pending-window": statements.deny_short_waiting_period(21),
    "new-cond-trailing-days": deny("kms:ScheduleKeyDeletion", "kms:DisableKey")
    .to(Principal.everyone())
    .when(conditions.trailing_days_without_key_usage.less_than_equals(90)),
    "new-cond-grant-constraint-source-arn": allow("kms:CreateGrant")
    .to(Principal.role(ACCOUNT, "ExampleRole"))
    .when(
        conditions.grant_constraint_source_arn.arn_like(
            "arn:aws:dynamodb:us-east-1:111122223333:table/ExampleTable*"
        )
    ),
    "kms-dg-conditions-kms-10": allow("kms:GenerateDataKey")
    .to(Principal.user("712816755609", "alice"))
    .when(
        conditions.encryption_context("Department").equals("IT")
        & conditions.encryption_context("Project").equals("Alpha")
    )
    .when(conditions.encryption_context_keys.for_all_values.equals("Department", "Project")),
    "kms-dg-conditions-kms-13": allow("kms:GenerateDataKey")
    .to(EXAMPLE_APP)
    .when(conditions.encryption_context_keys.for_any_value.equals("AppName")),
    "kms-dg-conditions-kms-15": allow("kms:Decrypt", "kms:Encrypt")
    .to(Principal.role(ACCOUNT, "TestTeam"))
    .when(conditions.encryption_context("user").equals(conditions.username.variable())),
    "kms-dg-conditions-kms-31": allow("kms:ImportKeyMaterial")
    .to(EXAMPLE_USER)
    .when(conditions.valid_to.less_than_equals(1546257599.0)),
    "kms-dg-conditions-kms": statements.use_through_service(
        "ec2.us-west-2.amazonaws.com", account=ACCOUNT
    ).named("Allow access through EBS for all principals in the account that are authorized to use EBS"),
}


def test_there_are_enough() -> None:
    """Twenty documents besides the example and the two defaults."""
    assert len(set(POLICIES.values())) >= 20 + 3


@pytest.mark.skipif(
    not CORPUS.is_dir(),
    reason="needs published policies that are not ours to ship: KMSPOLICY_CORPUS names their folder",
)
@pytest.mark.parametrize("name", [*POLICIES, *(f"statements/{name}" for name in STATEMENTS)])
def test_what_is_built_is_aws_document(name: str) -> None:
    """The builder says what AWS's pages say."""
    built = STATEMENTS[name.removeprefix("statements/")] if "/" in name else POLICIES[name]
    document = json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))
    assert exactly(built.to_dict()) == exactly(one_name(document))
