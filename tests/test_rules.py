"""Whom a statement is about: each kind of caller beside each kind of name.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from kmspolicy import Statement
from kmspolicy._language._principals import name_of
from kmspolicy._normal._rules import named, rule_of

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/x/App"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me"
BOB = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
CHINA = f"arn:aws-cn:iam::{ACCOUNT}:root"
OTHER = "arn:aws:iam::444455556666:user/alice"
S3 = "s3.amazonaws.com"

CALLERS = {
    "root": name_of("AWS", ROOT),
    "alice": name_of("AWS", ALICE),
    "role": name_of("AWS", ROLE),
    "session": name_of("AWS", SESSION),
    "bob": name_of("AWS", BOB),
    "china": name_of("AWS", CHINA),
    "other": name_of("AWS", OTHER),
    "s3": name_of("Service", S3),
}
ALL = " ".join(CALLERS)


class Named(NamedTuple):
    """A principal, with the callers of whom it is a name, and those of whose account."""

    name: str
    element: Any
    callers: str
    by_account: str = ""


NAMED = [
    Named("everyone", "*", ALL),
    Named("everyone in a list", {"AWS": [ALICE, "*"]}, ALL),
    Named("an account id, in each partition", {"AWS": ACCOUNT}, "root china", "alice role session bob"),
    Named("the root of an account", {"AWS": ROOT}, "root", "alice role session bob"),
    Named("the root of another partition", {"AWS": CHINA}, "china"),
    Named("another account", {"AWS": "444455556666"}, "", "other"),
    Named("a user", {"AWS": ALICE}, "alice"),
    Named("a user beside the account", {"AWS": [ROOT, ALICE]}, "root alice", "role session bob"),
    Named("a role, and its sessions", {"AWS": ROLE}, "role session"),
    Named("a role of another path, whose sessions look the same", {"AWS": ROLE.replace("x/", "")}, "session"),
    Named("a session", {"AWS": SESSION}, "session"),
    Named("another session of the role", {"AWS": f"{SESSION}2"}, ""),
    Named("a federated user", {"AWS": BOB}, "bob"),
    Named("a service", {"Service": S3}, "s3"),
    Named("a service among the ARNs", {"AWS": S3}, ""),
    Named("an ARN among the services", {"Service": ALICE}, ""),
    Named("a star among the services", {"Service": "*"}, ""),
    Named("a unique id", {"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, ""),
    Named("a wildcard", {"AWS": f"arn:aws:iam::{ACCOUNT}:*"}, ""),
    Named("an empty text", {"AWS": ""}, ""),
    Named("nobody", {"AWS": []}, ""),
]
# What NotPrincipal excepts. An Allow is not for all who are named, or whose account is.
SPARED_BY_ALLOW = [
    Named("everyone", "*", ALL),
    Named("an account id, in each partition", {"AWS": ACCOUNT}, "root alice role session bob china"),
    Named("the root of an account", {"AWS": ROOT}, "root alice role session bob"),
    Named("a user", {"AWS": ALICE}, "alice"),
    Named("a role, and its sessions", {"AWS": ROLE}, "role session"),
    Named("a session", {"AWS": SESSION}, "session"),
    Named("a service", {"Service": S3}, "s3"),
    Named("nobody", {"AWS": []}, ""),
]
# A Deny spares those of whom all is named that they are: the account, the role, the session.
SPARED_BY_DENY = [
    Named("everyone", "*", ALL),
    Named("an account id, in each partition", {"AWS": ACCOUNT}, "root china"),
    Named("the root of an account", {"AWS": ROOT}, "root"),
    Named("a user without the account", {"AWS": ALICE}, ""),
    Named("a user beside the account", {"AWS": [ROOT, ALICE]}, "root alice"),
    Named("a role without the account", {"AWS": ROLE}, ""),
    Named("a role beside the account", {"AWS": [ROOT, ROLE]}, "root role"),
    Named("a session without the role", {"AWS": [ROOT, SESSION]}, "root"),
    Named("a session without the account", {"AWS": [ROLE, SESSION]}, ""),
    Named("a session beside the role and the account", {"AWS": [ACCOUNT, ROLE, SESSION]}, "root role session china"),
    Named("a federated user beside the account", {"AWS": [ROOT, BOB]}, "root bob"),
    Named("a user of another account", {"AWS": [ROOT, OTHER]}, "root"),
    Named("a service, which is in no account", {"Service": S3}, "s3"),
    Named("nobody", {"AWS": []}, ""),
]  # fmt: skip


def whom(effect: str, **element: Any) -> dict[str, str | None]:
    """Return how each caller is named by a statement."""
    statement = Statement.from_dict({"Effect": effect, "Action": "kms:*", "Resource": "*", **element})
    return {who: named(rule_of(statement), caller) for who, caller in CALLERS.items()}


@pytest.mark.parametrize("row", NAMED, ids=lambda row: row.name)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_whom_a_principal_names(effect: str, row: Named) -> None:
    """The caller, or no more than its account."""
    expected: dict[str, str | None] = dict.fromkeys(CALLERS)
    expected |= dict.fromkeys(row.by_account.split(), "account") | dict.fromkeys(
        row.callers.split(), "caller"
    )
    assert whom(effect, Principal=row.element) == expected


@pytest.mark.parametrize(
    ("effect", "row"),
    [
        *(pytest.param("Allow", row, id=f"Allow: {row.name}") for row in SPARED_BY_ALLOW),
        *(pytest.param("Deny", row, id=f"Deny: {row.name}") for row in SPARED_BY_DENY),
    ],
)
def test_whom_not_principal_spares(effect: str, row: Named) -> None:
    """All others are named as they are, and not by their account."""
    expected = dict.fromkeys(CALLERS, "caller") | dict.fromkeys(row.callers.split())
    assert whom(effect, NotPrincipal=row.element) == expected


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_a_statement_without_a_principal_is_about_nobody(effect: str) -> None:
    """KMS refuses it."""
    assert whom(effect) == dict.fromkeys(CALLERS)
