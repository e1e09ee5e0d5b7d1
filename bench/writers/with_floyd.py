"""iam-floyd, the Python edition, as its documentation does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from iam_floyd import KmsKeyPolicyDocument, Statement

from bench.writers._writer import Writer

if TYPE_CHECKING:
    from bench.documents import Names


def _statements(names: Names) -> list[Any]:
    account, _, _, _, _, sids = names
    kms = Statement.Kms
    return [
        kms(sids[0]).allow().for_account(account).all_actions().on_all_resources(),
        kms(sids[1])
        .allow()
        .for_user(account, "ExampleAdminUser")
        .for_role(account, "ExampleAdminRole")
        .to("Create*")
        .to("Describe*")
        .to("Enable*")
        .to("List*")
        .to("Put*")
        .to("Update*")
        .to("Revoke*")
        .to("Disable*")
        .to("Get*")
        .to("Delete*")
        .to_schedule_key_deletion()
        .to_cancel_key_deletion()
        .on_all_resources(),
        kms(sids[2])
        .allow()
        .for_role(account, "ExamplePowerUserRole")
        .to_encrypt()
        .to_decrypt()
        .to("ReEncrypt*")
        .to("GenerateDataKey*")
        .to_describe_key()
        .on_all_resources(),
        kms(sids[3])
        .allow()
        .for_role(account, "ExamplePowerUserRole")
        .to_create_grant()
        .to_list_grants()
        .to_revoke_grant()
        .on_all_resources()
        .if_grant_is_for_aws_resource(value=True),
    ]


def _document(statements: list[Any]) -> KmsKeyPolicyDocument:
    return KmsKeyPolicyDocument(*statements)


def _dump(document: KmsKeyPolicyDocument) -> str:
    return json.dumps(document.to_json())


WRITERS = (
    Writer(
        "iam-floyd",
        _statements,
        _document,
        _dump,
        ("no Id", "one principal in a list", "actions in the order of the alphabet"),
    ),
)
