"""Which accounts and services exist for FakeKMS, and how each of its refusals is known."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from fake_kms_support import ACCOUNT, ADMIN, ALICE, MALFORMED, PRINCIPALS, refused
from kmspolicy import Policy, Principal, Severity, allow
from kmspolicy._check._catalogue import CATALOGUE
from kmspolicy.testing import FakeKMS
from kmspolicy.testing._service import ANSWERS, REFUSED_WARNINGS


class Exists(NamedTuple):
    """A list of principals that exist, and whether it has one that a policy names."""

    name: str
    principals: list[str]
    principal: Principal
    exists: bool


OTHER = "444455556666"
ITS_ROOT = f"arn:aws:iam::{OTHER}:root"
EXISTING = [
    Exists("an account among no accounts", [ALICE], Principal.account(OTHER), exists=True),
    Exists("an account that is listed", [OTHER], Principal.account(OTHER), exists=True),
    Exists("an account that is listed by its ARN", [ITS_ROOT], Principal({"AWS": OTHER}), exists=True),
    Exists("an account among others", ["777788889999"], Principal.account(OTHER), exists=False),
    Exists("an account by its id among others", ["777788889999"], Principal({"AWS": OTHER}), exists=False),
    Exists(
        "the account of a role",
        ["777788889999", f"arn:aws:iam::{OTHER}:role/App"],
        Principal.account(OTHER),
        exists=True,
    ),
    Exists("the key's own account", [OTHER], Principal.account(ACCOUNT), exists=True),
    Exists("a service among no services", [OTHER, ALICE], Principal.service("s3.amazonaws.com"), exists=True),
    Exists(
        "a service that is listed", ["s3.amazonaws.com"], Principal.service("s3.amazonaws.com"), exists=True
    ),
    Exists(
        "a service among others", ["s3.amazonaws.com"], Principal.service("sqs.amazonaws.com"), exists=False
    ),
    Exists("an account among services", ["s3.amazonaws.com"], Principal.account(OTHER), exists=True),
    Exists("a role of an account that is listed", [OTHER], Principal.role(OTHER, "App"), exists=False),
    Exists("everyone", [OTHER, "s3.amazonaws.com"], Principal.everyone(), exists=True),
]


@pytest.mark.parametrize("row", EXISTING, ids=lambda row: row.name)
async def test_accounts_and_services_must_exist(row: Exists) -> None:
    """Where others of them are listed; what is added later can be named from then on."""
    fake = FakeKMS(principals=row.principals)
    policy = Policy([ADMIN, allow("kms:Sign").to(row.principal)])
    if not row.exists:
        assert await refused(fake, policy) == (MALFORMED, PRINCIPALS)
        fake.add_principal(*(name for _, name in row.principal))
    await fake.put_key_policy(KeyId=fake.add_key(), Policy=policy.to_json())


def test_the_evidence_for_each_refusal_is_shown() -> None:
    """Each error of the catalogue has an answer, and the page says how it is known."""
    errors_of_the_catalogue = {code for code, entry in CATALOGUE.items() if entry.severity is Severity.ERROR}
    assert set(ANSWERS) == errors_of_the_catalogue | REFUSED_WARNINGS
    page = (Path(__file__).parent.parent / "docs/how-to/testing.md").read_text(encoding="utf-8")
    for code, answer in ANSWERS.items():
        assert f"| `{code}` | {answer.code} | {answer.evidence} |\n" in page
