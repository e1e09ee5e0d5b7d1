"""pydantic, with the model that one writes in an afternoon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal

from bench.documents import ID
from bench.writers._writer import Writer

if TYPE_CHECKING:
    from bench.documents import Names


_CONFIG = ConfigDict(alias_generator=to_pascal, populate_by_name=True, extra="forbid")
Kind = Literal["AWS", "Service", "Federated", "CanonicalUser"]
Value = str | bool | int | float


class ModelOfStatement(BaseModel):
    """A statement as one writes it in an afternoon."""

    model_config = _CONFIG

    sid: str | None = None
    effect: Literal["Allow", "Deny"]
    principal: Literal["*"] | dict[Kind, str | list[str]] | None = None
    not_principal: Literal["*"] | dict[Kind, str | list[str]] | None = None
    action: str | list[str] | None = None
    not_action: str | list[str] | None = None
    resource: str | list[str] | None = None
    not_resource: str | list[str] | None = None
    condition: dict[str, dict[str, Value | list[Value]]] | None = None


class ModelOfPolicy(BaseModel):
    """A policy as one writes it in an afternoon."""

    model_config = _CONFIG

    version: str | None = "2012-10-17"
    id: str | None = None
    statement: list[ModelOfStatement] | ModelOfStatement


def _statements(names: Names) -> list[Any]:
    _, root, admin_user, admin_role, power_user, sids = names
    return [
        ModelOfStatement(sid=sids[0], effect="Allow", principal={"AWS": root}, action="kms:*", resource="*"),
        ModelOfStatement(
            sid=sids[1],
            effect="Allow",
            principal={"AWS": [admin_user, admin_role]},
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
        ),
        ModelOfStatement(
            sid=sids[2],
            effect="Allow",
            principal={"AWS": power_user},
            action=[
                "kms:Encrypt",
                "kms:Decrypt",
                "kms:ReEncrypt*",
                "kms:GenerateDataKey*",
                "kms:DescribeKey",
            ],
            resource="*",
        ),
        ModelOfStatement(
            sid=sids[3],
            effect="Allow",
            principal={"AWS": power_user},
            action=["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
            resource="*",
            condition={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    ]


def _document(statements: list[Any]) -> ModelOfPolicy:
    return ModelOfPolicy(id=ID, statement=statements)


def dump(document: ModelOfPolicy) -> str:
    """Write it compact, with AWS's names."""
    return document.model_dump_json(by_alias=True, exclude_none=True)


WRITERS = (Writer("pydantic", _statements, _document, dump),)
