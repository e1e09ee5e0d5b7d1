"""The names of principals, taken apart: what each stands for, and what cannot exist.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from kmspolicy._language._principals import PrincipalName, name_of

if TYPE_CHECKING:
    from kmspolicy._language._principals import PrincipalFault, PrincipalKind, PrincipalType

ACCOUNT = "111122223333"
IAM = f"arn:aws:iam::{ACCOUNT}:"
STS = f"arn:aws:sts::{ACCOUNT}:"


class Known(NamedTuple):
    """The name of somebody, and its parts."""

    text: str
    kind: PrincipalKind
    partition: str = ""
    account: str = ""
    path: str = ""
    name: str = ""
    session: str = ""


KNOWN = [
    Known("*", "everyone"),
    Known(ACCOUNT, "account", account=ACCOUNT),
    Known(f"{IAM}root", "account", "aws", ACCOUNT),
    Known(f"arn:aws-us-gov:iam::{ACCOUNT}:root", "account", "aws-us-gov", ACCOUNT),
    Known(f"{IAM}user/alice", "user", "aws", ACCOUNT, name="alice"),
    Known(f"{IAM}user/a+b=c,d.e@f_g-h", "user", "aws", ACCOUNT, name="a+b=c,d.e@f_g-h"),
    Known(f"{IAM}user/{'x' * 64}", "user", "aws", ACCOUNT, name="x" * 64),
    Known(f"{IAM}user/division/team/alice", "user", "aws", ACCOUNT, "division/team/", "alice"),
    Known(f"{IAM}user/!$&'()/alice", "user", "aws", ACCOUNT, "!$&'()/", "alice"),
    Known(f"{IAM}role/App", "role", "aws", ACCOUNT, name="App"),
    Known(f"arn:aws-cn:iam::{ACCOUNT}:role/x/App", "role", "aws-cn", ACCOUNT, "x/", "App"),
    Known(
        f"{IAM}role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS",
        "role",
        "aws",
        ACCOUNT,
        "aws-service-role/rds.amazonaws.com/",
        "AWSServiceRoleForRDS",
    ),
    Known(f"{STS}assumed-role/App/me", "session", "aws", ACCOUNT, name="App", session="me"),
    Known(f"{STS}assumed-role/App/i-0123456789abcdef0", "session", "aws", ACCOUNT, "", "App", "i-0123456789abcdef0"),
    Known(f"{STS}federated-user/bob", "federated user", "aws", ACCOUNT, name="bob"),
]  # fmt: skip


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: row.text)
def test_who_is_known_by_a_name(row: Known) -> None:
    """Its kind, and each part of its ARN."""
    found = name_of("AWS", row.text)
    assert found == PrincipalName("AWS", *row)
    assert not found.is_unsettled


class Faulty(NamedTuple):
    """A name with something wrong, and a word of what is said of it."""

    text: str
    fault: PrincipalFault
    why: str = ""


ACCOUNT_ID = "an account id has 12 digits"
SPACE = "it has white space, or ends behind the account"
SESSION = "a role session is assumed-role/ROLE/SESSION"
FAULTY = [
    Faulty("", "form"),
    Faulty(" ", "form"),
    Faulty("alice", "form"),
    Faulty("1111", "form"),
    Faulty(f"{ACCOUNT}0", "form"),
    Faulty("\u0661" * 12, "form"),  # digits, and not of ASCII
    Faulty(f"ARN:aws:iam::{ACCOUNT}:root", "form"),
    Faulty(f"arn::iam::{ACCOUNT}:root", "form"),
    Faulty(f"arn:AWS:iam::{ACCOUNT}:root", "form"),
    Faulty(f"arn:aws:iam:us-east-1:{ACCOUNT}:root", "form"),
    Faulty("arn:aws:iam::123:root", "form", ACCOUNT_ID),
    Faulty("arn:aws:iam:::user/alice", "form", ACCOUNT_ID),
    Faulty("arn:aws:s3:::bucket", "form", ACCOUNT_ID),
    Faulty(f"arn:aws:iam::{ACCOUNT}", "form", SPACE),
    Faulty(f"{IAM}", "form", SPACE),
    Faulty(f"{IAM}root ", "form", SPACE),
    Faulty(f"{IAM}user/alice\n", "form", SPACE),
    Faulty(f"{IAM}root/x", "form"),
    Faulty(f"{IAM}user/", "form", "the name of a user has 1 to 64 letters"),
    Faulty(f"{IAM}user/{'x' * 65}", "form", "the name of a user has 1 to 64 letters"),
    Faulty(f"{IAM}user/\u00e9", "form", "the name of a user has 1 to 64 letters"),
    Faulty(f"{IAM}user//alice", "form", "behind a path of ASCII"),
    Faulty(f"{IAM}role/x/", "form", "the name of a role has 1 to 64 letters"),
    Faulty(f"{IAM}role/{'x' * 511}/App", "form", "behind a path of ASCII"),
    Faulty(f"{IAM}role/${{aws:username}}", "form", "the name of a role has 1 to 64 letters"),
    Faulty(f"{IAM}group/admins", "form", "a group is not a principal"),
    Faulty(f"{IAM}assumed-role/App/me", "form", "begins with arn:aws:sts:"),
    Faulty(f"{STS}role/App", "form", "begins with arn:aws:iam:"),
    Faulty(f"{STS}root", "unsettled"),
    Faulty(f"{STS}assumed-role/x/App/me", "form", SESSION),
    Faulty(f"{STS}assumed-role/App/m", "form", SESSION),
    Faulty(f"{STS}assumed-role/App/", "form", SESSION),
    Faulty(f"{STS}assumed-role/", "form", SESSION),
    Faulty(f"{STS}federated-user/", "form", "the name of a federated user has 1 to 64 letters"),
    Faulty(f"arn:aws:s3::{ACCOUNT}:bucket", "form"),
    # What is not known.
    Faulty(f"{STS}assumed-role/App", "unsettled"),
    Faulty(f"{IAM}instance-profile/App", "unsettled"),
    Faulty("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1", "unsettled"),
    # Wildcards.
    Faulty("**", "wildcard"),
    Faulty("?", "wildcard"),
    Faulty(f"{IAM}role/App*", "wildcard"),
    Faulty(f"arn:aws:iam::{ACCOUNT[:-1]}?:root", "wildcard"),
]  # fmt: skip


@pytest.mark.parametrize("row", FAULTY, ids=lambda row: row.text[:80] or "empty")
def test_what_is_wrong_with_a_name(row: Faulty) -> None:
    """It stands for nobody, and is kept as it is written."""
    found = name_of("AWS", row.text)
    assert (found.text, found.kind, found.fault) == (row.text, "unknown", row.fault)
    assert (found.partition, found.account, found.path, found.name, found.session) == ("", "", "", "", "")
    assert row.why in found.why
    assert bool(row.why) is bool(found.why)
    assert found.is_unsettled is (row.fault == "unsettled")


def test_a_path_may_have_colons() -> None:
    """By IAM's model; nobody is known to have made one."""
    found = name_of("AWS", f"{IAM}user/a:b/alice")
    assert (found.kind, found.path, found.name, found.fault) == ("user", "a:b/", "alice", "unsettled")
    assert found.is_unsettled


class Other(NamedTuple):
    """A name that is not an ARN, or of another type."""

    type: PrincipalType
    text: str
    kind: PrincipalKind
    fault: PrincipalFault | None = None
    is_unsettled: bool = False


OTHERS = [
    Other("AWS", "AIDACKCEVSQ6C2EXAMPLE", "unique id", "deleted user", is_unsettled=True),
    Other("AWS", "AROACKCEVSQ6C2EXAMPLE", "unique id", "deleted role", is_unsettled=True),
    Other("AWS", "AGPACKCEVSQ6C2EXAMPLE", "unknown", "form"),
    Other("AWS", "AIDACKCEVSQ", "unknown", "form"),
    Other("Service", "s3.amazonaws.com", "service"),
    Other("Service", "logs.us-east-1.amazonaws.com.cn", "service"),
    Other("Service", "s3", "service", "service form"),
    Other("Service", "", "service", "service form"),
    Other("Service", "S3.amazonaws.com", "service", "service form"),
    Other("Service", "*", "service", "wildcard"),
    Other("Service", "s?.amazonaws.com", "service", "wildcard"),
    Other("Federated", "accounts.google.com", "identity provider", is_unsettled=True),
    Other("Federated", f"{IAM}saml-provider/x", "identity provider", is_unsettled=True),
    Other("CanonicalUser", "79a59df900b949e5", "canonical user", is_unsettled=True),
]


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: f"{row.type} {row.text}")
def test_names_that_are_not_arns(row: Other) -> None:
    """They have a kind, and no parts."""
    found = name_of(row.type, row.text)
    assert found == (row.type, row.text, row.kind, "", "", "", "", "", row.fault, found.why)
    assert found.is_unsettled is row.is_unsettled


def test_a_long_name_is_read_like_a_short_one() -> None:
    """Only short ones are kept."""
    text = f"{IAM}role/{'x' * 500}/App"
    assert name_of("AWS", text) == ("AWS", text, "role", "aws", ACCOUNT, f"{'x' * 500}/", "App", "", None, "")


def test_the_one_spelling_of_a_name() -> None:
    """An account is the ARN of its root, in its own partition or that of the key; all else is as it is written."""
    assert name_of("AWS", ACCOUNT).arn("aws-cn") == f"arn:aws-cn:iam::{ACCOUNT}:root"
    assert name_of("AWS", f"{IAM}root").arn("aws-cn") == f"{IAM}root"
    for text in ("*", f"{IAM}user/alice", "x", ""):
        assert name_of("AWS", text).arn("aws-cn") == text
    assert name_of("Federated", ACCOUNT).arn("aws") == ACCOUNT


ROLE = f"{IAM}role/x/App"


class Session(NamedTuple):
    """Two names, and whether the second is a session of the first."""

    name: str
    role: str
    session: str
    expected: bool = False


SESSIONS = [
    Session("whatever the path of the role", ROLE, f"{STS}assumed-role/App/me", expected=True),
    Session("without a path", f"{IAM}role/App", f"{STS}assumed-role/App/me", expected=True),
    Session("another role", ROLE, f"{STS}assumed-role/App2/me"),
    Session("another account", ROLE, "arn:aws:sts::444455556666:assumed-role/App/me"),
    Session("another partition", ROLE, f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/App/me"),
    Session("a user of the same name", f"{IAM}user/App", f"{STS}assumed-role/App/me"),
    Session("the role itself", ROLE, ROLE),
    Session("the other way round", f"{STS}assumed-role/App/me", ROLE),
    Session("two sessions", f"{STS}assumed-role/App/me", f"{STS}assumed-role/App/me"),
    Session("a federated user of the same name", ROLE, f"{STS}federated-user/App"),
]


@pytest.mark.parametrize("row", SESSIONS, ids=lambda row: row.name)
def test_which_names_are_sessions_of_a_role(row: Session) -> None:
    """Those with its name, account and partition; a session does not tell the path."""
    role, session = (_aws(text) for text in (row.role, row.session))
    assert role.is_role_of(session) is row.expected


def _aws(text: str) -> PrincipalName:
    return name_of("AWS", text)
