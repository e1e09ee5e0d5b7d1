"""kmspolicy, by its constructors and by its builder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.documents import ID
from bench.writers._writer import Writer
from kmspolicy import Condition, Policy, Principal, Statement, allow, conditions

if TYPE_CHECKING:
    from bench.documents import Names


def _constructors(names: Names) -> list[Statement]:
    account, _, _, _, _, sids = names
    users = Principal.role(account, "ExamplePowerUserRole")
    return [
        Statement("Allow", principal=Principal.account(account), action="kms:*", resource="*", sid=sids[0]),
        Statement(
            "Allow",
            principal=Principal.user(account, "ExampleAdminUser")
            | Principal.role(account, "ExampleAdminRole"),
            action=[
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
            ],
            resource="*",
            sid=sids[1],
        ),
        Statement(
            "Allow",
            principal=users,
            action=[
                "kms:Encrypt",
                "kms:Decrypt",
                "kms:ReEncrypt*",
                "kms:GenerateDataKey*",
                "kms:DescribeKey",
            ],
            resource="*",
            sid=sids[2],
        ),
        Statement(
            "Allow",
            principal=users,
            action=["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
            resource="*",
            condition=Condition("Bool", "kms:GrantIsForAWSResource", "true"),
            sid=sids[3],
        ),
    ]


def _builder(names: Names) -> list[Statement]:
    account, _, _, _, _, sids = names
    users = Principal.role(account, "ExamplePowerUserRole")
    return [
        allow("kms:*").to(Principal.account(account)).named(sids[0]),
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
            "kms:ScheduleKeyDeletion",
            "kms:CancelKeyDeletion",
        )
        .to(Principal.user(account, "ExampleAdminUser"), Principal.role(account, "ExampleAdminRole"))
        .named(sids[1]),
        allow("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")
        .to(users)
        .named(sids[2]),
        allow("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")
        .to(users)
        .when(conditions.grant_is_for_aws_resource.is_true())
        .named(sids[3]),
    ]


def _policy(statements: list[Statement]) -> Policy:
    return Policy(statements, id=ID)


WRITERS = (
    Writer("kmspolicy, constructors", _constructors, _policy, Policy.to_json),
    Writer("kmspolicy, builder", _builder, _policy, Policy.to_json),
)
