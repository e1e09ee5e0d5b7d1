"""The floor: a dict, and the standard library."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bench.documents import ID
from bench.writers._writer import Writer

if TYPE_CHECKING:
    from bench.documents import Names


def _statements(names: Names) -> list[Any]:
    _, root, admin_user, admin_role, power_user, sids = names
    return [
        {"Sid": sids[0], "Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"},
        {
            "Sid": sids[1],
            "Effect": "Allow",
            "Principal": {"AWS": [admin_user, admin_role]},
            "Action": [
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
            "Resource": "*",
        },
        {
            "Sid": sids[2],
            "Effect": "Allow",
            "Principal": {"AWS": power_user},
            "Action": [
                "kms:Encrypt",
                "kms:Decrypt",
                "kms:ReEncrypt*",
                "kms:GenerateDataKey*",
                "kms:DescribeKey",
            ],
            "Resource": "*",
        },
        {
            "Sid": sids[3],
            "Effect": "Allow",
            "Principal": {"AWS": power_user},
            "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]


def _document(statements: list[Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Id": ID, "Statement": statements}


WRITERS = (Writer("dict and json", _statements, _document, json.dumps),)
