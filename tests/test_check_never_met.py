"""Conditions that those whom a statement names can never meet, by what follows from who they are."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from check_support import ACCOUNT, ADMIN, ALICE, APP, BOB, OTHER, ROOT, SESSION, about
from kmspolicy import Outcome, Policy, Request, Severity, check, decide

if TYPE_CHECKING:
    from kmspolicy import Finding

SERVICE = "s3.amazonaws.com"
WITH_A_PATH = f"arn:aws:iam::{ACCOUNT}:role/path/App"
CARL = f"arn:aws:iam::{ACCOUNT}:user/carl"


class Row(NamedTuple):
    """A statement, and what is said of it.

    Attributes:
        principal: Whom it names.
        condition: Its conditions.
        place: Where the finding is, in the statement; None for no finding.
        severity: Its severity: a suggestion where a federated user may meet the condition.
    """

    principal: dict[str, Any]
    condition: dict[str, Any]
    place: str | None
    severity: Severity = Severity.WARNING


ROWS = {
    "a user, but not the user": Row(
        {"AWS": ALICE},
        {"StringNotEquals": {"aws:PrincipalArn": ALICE}},
        '.StringNotEquals["aws:PrincipalArn"]',
        Severity.SUGGESTION,
    ),
    "a user, but not the user, by ARN": Row(
        {"AWS": ALICE},
        {"ArnNotEquals": {"aws:PrincipalArn": ALICE}},
        '.ArnNotEquals["aws:PrincipalArn"]',
        Severity.SUGGESTION,
    ),
    "a user, as a federated user": Row(
        {"AWS": ALICE},
        {"StringEquals": {"aws:PrincipalType": "FederatedUser"}},
        '.StringEquals["aws:PrincipalType"]',
        Severity.SUGGESTION,
    ),
    "a user, and any federated user": Row(
        {"AWS": [ALICE, BOB]}, {"StringEquals": {"aws:PrincipalType": "FederatedUser"}}, None
    ),
    "a user, by another user's ARN": Row(
        {"AWS": ALICE}, {"ArnLike": {"aws:PrincipalArn": CARL}}, '.ArnLike["aws:PrincipalArn"]'
    ),
    "a user, by ARNs of another account": Row(
        {"AWS": ALICE},
        {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:*"}},
        '.ArnLike["aws:PrincipalArn"]',
    ),
    "a user, by a role's ARN in the user's account": Row(
        {"AWS": ALICE},
        {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalAccount}:role/App"}},
        '.StringEquals["aws:PrincipalArn"]',
    ),
    "a user, as a role": Row(
        {"AWS": ALICE},
        {"StringEquals": {"aws:PrincipalType": "AssumedRole"}},
        '.StringEquals["aws:PrincipalType"]',
    ),
    "a user, by another name": Row(
        {"AWS": ALICE}, {"StringLike": {"aws:username": "b*"}}, '.StringLike["aws:username"]'
    ),
    "a user, of a type and by another name": Row(
        {"AWS": ALICE},
        {"StringEquals": {"aws:PrincipalType": "User"}, "StringNotEquals": {"aws:username": "alice"}},
        "",
    ),
    "a user and a role, each by a condition for the other": Row(
        {"AWS": [ALICE, APP]},
        {"StringEquals": {"aws:PrincipalType": "User"}, "ArnEquals": {"aws:PrincipalArn": APP}},
        "",
    ),
    "a user and a role, by a condition for one": Row(
        {"AWS": [ALICE, APP]}, {"StringEquals": {"aws:PrincipalType": "User"}}, None
    ),
    "a role, but not the role": Row(
        {"AWS": APP}, {"ArnNotLike": {"aws:PrincipalArn": APP}}, '.ArnNotLike["aws:PrincipalArn"]'
    ),
    "a role, by its ARN with a path": Row(
        {"AWS": APP}, {"ArnLike": {"aws:PrincipalArn": WITH_A_PATH}}, '.ArnLike["aws:PrincipalArn"]'
    ),
    "a session, but not of the role without a path": Row(
        {"AWS": SESSION}, {"ArnNotLike": {"aws:PrincipalArn": APP}}, None
    ),
    "an account, but not its role": Row({"AWS": ROOT}, {"ArnNotLike": {"aws:PrincipalArn": APP}}, None),
    "everyone but a role": Row({"AWS": "*"}, {"ArnNotLike": {"aws:PrincipalArn": APP}}, None),
    "a user, who always has an ARN": Row(
        {"AWS": ALICE},
        {"ArnLikeIfExists": {"aws:PrincipalArn": CARL}},
        '.ArnLikeIfExists["aws:PrincipalArn"]',
    ),
    "a service, by what it has and by what may be so": Row(
        {"Service": SERVICE},
        {
            "Bool": {"aws:PrincipalIsAWSService": "true"},
            "StringEquals": {"kms:CallerAccount": OTHER},
        },
        None,
    ),
    "a service, that is none if it has an account": Row(
        {"Service": SERVICE},
        {
            "Bool": {"aws:PrincipalIsAWSService": "false"},
            "StringEquals": {"kms:CallerAccount": OTHER},
        },
        '.Bool["aws:PrincipalIsAWSService"]',
    ),
}


def never_met(policy: Policy) -> list[Finding]:
    """Return the findings about conditions that are never met."""
    return [finding for finding in check(policy) if finding.code == "CONDITION_NEVER_MET"]


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_where_it_is_said(row: Row, effect: str) -> None:
    """At the condition that nobody meets, or at all of them if it takes several."""
    statement = about(Effect=effect, Principal=row.principal, Condition=row.condition)
    found = [(finding.path, finding.severity) for finding in never_met(Policy([ADMIN, statement]))]
    place = f"Statement[1].Condition{row.place}"
    assert found == ([] if row.place is None else [(place, row.severity)])


def test_what_is_said_where_a_federated_user_may_meet_it() -> None:
    """The named user cannot, and that is said."""
    condition = {"StringNotEquals": {"aws:username": "alice"}}
    (finding,) = never_met(Policy([ADMIN, about(Condition=condition)]))
    assert finding.message == "The named users can meet this condition only if they act as federated users."


def test_what_is_always_met() -> None:
    """A role is always itself; a user may act as a federated user."""
    rows: tuple[tuple[str, list[str]], ...] = ((APP, ["CONDITION_ALWAYS_MET"]), (ALICE, []))
    for principal, codes in rows:
        condition = {"StringEquals": {"aws:PrincipalArn": principal}}
        policy = Policy([ADMIN, about(Principal={"AWS": principal}, Condition=condition)])
        assert [finding.code for finding in check(policy)] == codes


@pytest.mark.parametrize(
    ("principal", "key", "may_be_absent"),
    [
        ({"AWS": ALICE}, "aws:PrincipalArn", False),
        ({"AWS": ALICE}, "aws:username", True),
        ({"AWS": ROOT}, "kms:CallerAccount", False),
        ({"AWS": ROOT}, "aws:userid", True),
        ({"AWS": [APP, "*"]}, "aws:PrincipalArn", True),
        ({"AWS": APP, "Service": SERVICE}, "aws:PrincipalArn", True),
    ],
    ids=["a user", "a user's name", "an account", "ids in it", "everyone", "a service"],
)
def test_a_condition_on_a_key_that_may_be_absent(
    principal: dict[str, Any], key: str, *, may_be_absent: bool
) -> None:
    """A key that follows from all whom the statement names is never absent."""
    statement = about(Principal=principal, Condition={"StringLikeIfExists": {key: "x*"}})
    found = [finding.code for finding in check(Policy([ADMIN, statement]))]
    assert ("CONDITION_MATCHES_ABSENT_KEY" in found) is may_be_absent


# --- all of a small world ----------------------------------------------------------------------------

CALLERS = (ALICE, CARL, APP, f"arn:aws:iam::{ACCOUNT}:role/Else", SESSION, ROOT, BOB, f"{BOB}by")
CONDITIONS = [
    {operator: {key: value}}
    for operators, key, values in (
        (
            ("StringEquals", "StringNotEquals", "ArnLike", "ArnNotLike", "StringLikeIfExists"),
            "aws:PrincipalArn",
            (ALICE, APP, BOB, ROOT, f"arn:aws:iam::{OTHER}:role/App"),
        ),
        (
            ("ArnLike", "ArnNotLike", "StringLike"),
            "aws:PrincipalArn",
            (f"arn:aws:iam::{ACCOUNT}:user/*", f"arn:aws:iam::{OTHER}:role/*"),
        ),
        (("StringEquals", "StringNotEquals"), "aws:PrincipalAccount", (ACCOUNT, OTHER)),
        (("StringEquals", "StringNotEquals"), "kms:CallerAccount", (ACCOUNT, OTHER)),
        (
            ("StringEquals", "StringNotLike"),
            "aws:PrincipalType",
            ("User", "AssumedRole", "FederatedUser", "Account"),
        ),
        (("StringLike", "StringNotEqualsIgnoreCase"), "aws:username", ("alice", "carl")),
        (("Null",), "aws:username", ("true", "false")),
        (("Bool",), "aws:PrincipalIsAWSService", ("true", "false")),
    )
    for operator, value in product(operators, values)
]
# A session alone does not tell the path of its role; decisions take one.
NAMED = ([ALICE], [APP], [ROOT], [BOB], [ALICE, APP], [ALICE, SESSION], [APP, BOB])


def is_matched(named: list[str], condition: dict[str, Any]) -> bool:
    """Return whether a Deny is about any caller of this small world."""
    policy = Policy([about(Effect="Deny", Principal={"AWS": named}, Condition=condition)])
    outcomes = {decide(policy, Request(caller, "kms:Decrypt")).outcome for caller in CALLERS}
    return outcomes != {Outcome.NOT_GRANTED}


@pytest.mark.parametrize("named", NAMED, ids=[", ".join(n.rpartition(":")[2] for n in o) for o in NAMED])
def test_it_is_said_of_all_that_no_caller_meets_and_of_nothing_else(named: list[str]) -> None:
    """It is certain if the federated users of a named user do not meet it either."""
    for condition in CONDITIONS:
        wide = [*named, *([BOB, f"{BOB}by"] if ALICE in named else [])]
        certain = not is_matched(wide, condition)
        expected: list[Severity] = []
        if not is_matched(named, condition):
            expected = [Severity.WARNING if certain else Severity.SUGGESTION]
        policy = Policy([about(Effect="Deny", Principal={"AWS": named}, Condition=condition)])
        assert [finding.severity for finding in never_met(policy)] == expected, condition
