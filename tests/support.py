"""What several tests share and needs no network: comparisons, the example from values, a count of calls."""

from __future__ import annotations

import json
import sys
from typing import Any, cast

from kmspolicy import Condition, Policy, Principal, Statement
from kmspolicy._language import _patterns, _principals
from kmspolicy._normal import _rules

KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"


def exactly(value: object) -> str:
    """Return a text that is the same for the same JSON, types of values included, the order of names aside."""
    return json.dumps(value, sort_keys=True)


def loaded(value: Any) -> Any:
    """Return what ``_text.members`` gives as the standard library gives it; no name may stand twice.

    Raises:
        ValueError: where one does.
    """
    if isinstance(value, list):
        return list(map(loaded, value))  # pyright: ignore[reportUnknownArgumentType] - whatever is in it
    if not isinstance(value, tuple):
        return value
    members = cast("tuple[tuple[str, Any], ...]", value)
    if len(dict(members)) < len(members):
        raise ValueError
    return {name: loaded(inner) for name, inner in members}


def one_name(value: Any) -> Any:
    """Return the value with each list of one text as that text."""
    if isinstance(value, dict):
        return {name: one_name(inner) for name, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        items = list(map(one_name, value))  # pyright: ignore[reportUnknownArgumentType] - whatever is in it
        return items[0] if len(items) == 1 and isinstance(items[0], str) else items
    return value


def example_from_values() -> Policy:
    """Build the example of AWS's reference of PutKeyPolicy."""
    account = "111122223333"
    admins = Principal.user(account, "ExampleAdminUser") | Principal.role(account, "ExampleAdminRole")
    users = Principal.role(account, "ExamplePowerUserRole")
    return Policy(
        [
            Statement(
                "Allow",
                principal=Principal.account(account),
                action="kms:*",
                resource="*",
                sid="Enable IAM User Permissions",
            ),
            Statement(
                "Allow",
                principal=admins,
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
                sid="Allow access for Key Administrators",
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
                sid="Allow use of the key",
            ),
            Statement(
                "Allow",
                principal=users,
                action=["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
                resource="*",
                condition=Condition("Bool", "kms:GrantIsForAWSResource", "true"),
                sid="Allow attachment of persistent resources",
            ),
        ],
        id="custom-policy-2016-12-07",
    )


def calls_of(work: Any) -> int:
    """Return how many Python functions are called, where nothing is kept from before."""
    for kept in (_principals.kept_name, _patterns.parts_of, _rules.kept_rules):
        kept.cache_clear()
    count = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count
