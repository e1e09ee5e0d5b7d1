"""What the tests of check share: who calls, statements for them, the codes of findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmspolicy import Policy, Statement, check, statements

if TYPE_CHECKING:
    from kmspolicy.types import FindingCode

ACCOUNT = "111122223333"
OTHER = "444455556666"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
APP = f"arn:aws:iam::{ACCOUNT}:role/App"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me"
BOB = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"
ADMIN = statements.enable_iam_policies(ACCOUNT)


def codes(policy: Policy, **more: str) -> list[FindingCode]:
    """List the codes of the findings."""
    return [finding.code for finding in check(policy, **more)]


def one(statement: Statement) -> list[FindingCode]:
    """List the codes of the findings about a statement beside one for the account's administrators."""
    return codes(Policy([ADMIN, statement]))


def about(**elements: Any) -> Statement:
    """Build a statement for Alice."""
    whole = {
        "Effect": "Allow",
        "Principal": {"AWS": ALICE},
        "Action": "kms:Decrypt",
        "Resource": "*",
    } | elements
    return Statement.from_dict({name: value for name, value in whole.items() if value is not None})
