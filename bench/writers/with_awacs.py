"""awacs, as its examples do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awacs.aws as aw
from awacs import kms

from bench.documents import ID
from bench.writers._writer import Writer

if TYPE_CHECKING:
    from bench.documents import Names


def _statements(names: Names) -> list[Any]:
    _, root, admin_user, admin_role, power_user, sids = names
    return [
        aw.Statement(
            Sid=sids[0],
            Effect=aw.Allow,
            Principal=aw.AWSPrincipal(root),
            Action=[kms.Action("*")],
            Resource=["*"],
        ),
        aw.Statement(
            Sid=sids[1],
            Effect=aw.Allow,
            Principal=aw.AWSPrincipal([admin_user, admin_role]),
            Action=[
                kms.Action("Create*"),
                kms.Action("Describe*"),
                kms.Action("Enable*"),
                kms.Action("List*"),
                kms.Action("Put*"),
                kms.Action("Update*"),
                kms.Action("Revoke*"),
                kms.Action("Disable*"),
                kms.Action("Get*"),
                kms.Action("Delete*"),
                kms.ScheduleKeyDeletion,
                kms.CancelKeyDeletion,
            ],
            Resource=["*"],
        ),
        aw.Statement(
            Sid=sids[2],
            Effect=aw.Allow,
            Principal=aw.AWSPrincipal(power_user),
            Action=[
                kms.Encrypt,
                kms.Decrypt,
                kms.Action("ReEncrypt*"),
                kms.Action("GenerateDataKey*"),
                kms.DescribeKey,
            ],
            Resource=["*"],
        ),
        aw.Statement(
            Sid=sids[3],
            Effect=aw.Allow,
            Principal=aw.AWSPrincipal(power_user),
            Action=[kms.CreateGrant, kms.ListGrants, kms.RevokeGrant],
            Resource=["*"],
            Condition=aw.Condition(aw.Bool("kms:GrantIsForAWSResource", "true")),
        ),
    ]


def _document(statements: list[Any]) -> aw.PolicyDocument:
    return aw.PolicyDocument(Version="2012-10-17", Id=ID, Statement=statements)


def _compact(document: aw.PolicyDocument) -> str:
    """Write it without white space, which to_json is not typed for but does, three times faster."""
    return document.to_json(indent=None, sort_keys=False)  # type: ignore[arg-type]


_LISTS = ("one action and one resource in a list",)
WRITERS = (
    Writer("awacs, to_json()", _statements, _document, aw.PolicyDocument.to_json, _LISTS),
    Writer("awacs, compact", _statements, _document, _compact, _LISTS),
)
