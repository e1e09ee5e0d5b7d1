"""Differences: what changed, whose access changed, and how it is shown."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, NamedTuple

import pytest

from kmspolicy import (
    Action,
    Condition,
    Fails,
    Policy,
    Principal,
    Statement,
    Unknown,
    allow,
    conditions,
    deny,
    diff,
    statements,
)
from kmspolicy._diff import AccessChange, Change, DocumentDiff, Pair
from kmspolicy._evaluate import Cell
from kmspolicy._evaluate._access import ALWAYS
from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._key_arns import ANY_KEY
from kmspolicy._normal._rules import rules_of
from kmspolicy._prove._budget import Budget
from kmspolicy._prove._proofs import GRANTED, Proofs, Within

if TYPE_CHECKING:
    from collections.abc import Sequence

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
BOB = f"arn:aws:iam::{ACCOUNT}:user/bob"
ADMIN = statements.enable_iam_policies(ACCOUNT)
TO_ALICE = allow("kms:Decrypt", "kms:Encrypt").to(Principal.arn(ALICE)).named("alice")
TO_BOB = allow("kms:Decrypt").to(Principal.arn(BOB)).named("bob")
NO_SIGN = deny("kms:Sign").to(Principal.everyone()).named("no sign")
S3 = conditions.via_service.equals("s3.us-east-1.amazonaws.com")
DECRYPT_AND_ENCRYPT: tuple[Action, ...] = ("kms:Decrypt", "kms:Encrypt")
SQS = conditions.via_service.equals("sqs.us-east-1.amazonaws.com")


def changes(before: Statement, after: Statement) -> tuple[Change, ...]:
    """Return what changed in the only statement that changed."""
    difference = diff(Policy([ADMIN, before]), Policy([after, ADMIN]))
    assert (difference.added, difference.removed) == ((), ())
    ((one, other, found),) = difference.changed
    assert (one, other) == (before, after)
    return found


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            TO_ALICE,
            allow("kms:Decrypt", "kms:Sign").to(Principal.arn(ALICE)).named("alice"),
            [Change("Statement[0].Action", ("kms:Encrypt",), ("kms:Sign",))],
            id="an action for another",
        ),
        pytest.param(
            TO_ALICE,
            allow("kms:Encrypt", "kms:Decrypt").to(Principal.arn(ALICE), Principal.arn(BOB)).named("alice"),
            [Change("Statement[0].Principal.AWS", (), (BOB,))],
            id="one principal more",
        ),
        pytest.param(
            TO_BOB,
            allow("kms:Decrypt").to(Principal.service("s3.amazonaws.com")).named("bob"),
            [
                Change("Statement[0].Principal.AWS", (BOB,), ()),
                Change("Statement[0].Principal.Service", (), ("s3.amazonaws.com",)),
            ],
            id="a service for a user",
        ),
        pytest.param(
            TO_BOB,
            deny("kms:Decrypt").to(Principal.arn(BOB)).named("bob"),
            [Change("Statement[0].Effect", ("Allow",), ("Deny",))],
            id="the effect",
        ),
        pytest.param(
            TO_BOB,
            TO_BOB.when(S3),
            [
                Change(
                    'Statement[0].Condition.StringEquals["kms:ViaService"]',
                    (),
                    ("s3.us-east-1.amazonaws.com",),
                )
            ],
            id="a condition more",
        ),
        pytest.param(
            TO_BOB.when(S3),
            TO_BOB.when(SQS),
            [
                Change(
                    'Statement[0].Condition.StringEquals["kms:ViaService"]',
                    ("s3.us-east-1.amazonaws.com",),
                    ("sqs.us-east-1.amazonaws.com",),
                )
            ],
            id="the value of a condition",
        ),
        pytest.param(
            TO_BOB.when(conditions.grant_is_for_aws_resource.is_true()),
            TO_BOB.when(Condition("Bool", "kms:GrantIsForAWSResource", values=False)),
            [Change('Statement[0].Condition.Bool["kms:GrantIsForAWSResource"]', ("true",), ("false",))],
            id="a boolean of a condition",
        ),
        pytest.param(
            Statement(
                "Deny", not_principal=Principal.arn(BOB), not_action="kms:Sign", not_resource="x", sid="a"
            ),
            Statement(
                "Deny", not_principal=Principal.arn(ALICE), not_action="kms:Verify", resource="*", sid="a"
            ),
            [
                Change("Statement[0].NotPrincipal.AWS", (BOB,), (ALICE,)),
                Change("Statement[0].NotAction", ("kms:Sign",), ("kms:Verify",)),
                Change("Statement[0].NotResource", ("x",), ()),
                Change("Statement[0].Resource", (), ("*",)),
            ],
            id="the Not-elements",
        ),
        # Without a Sid in common the likeness counts, and the Sid is what changed, too.
        pytest.param(
            TO_ALICE,
            allow("kms:Decrypt", "kms:Encrypt", "kms:Sign").to(Principal.arn(ALICE)),
            [Change("Statement[0].Sid", ("alice",), ()), Change("Statement[0].Action", (), ("kms:Sign",))],
            id="the Sid and an action",
        ),
        # What no element shows is shown whole.
        pytest.param(
            Statement("Allow", principal=Principal.arn(BOB), action=[], resource="*", sid="a"),
            Statement("Allow", principal=Principal.arn(BOB), resource="*", sid="a"),
            [
                Change(
                    "Statement[0]",
                    (
                        f'{{"Sid":"a","Effect":"Allow","Principal":{{"AWS":"{BOB}"}},"Action":[],"Resource":"*"}}',
                    ),
                    (f'{{"Sid":"a","Effect":"Allow","Principal":{{"AWS":"{BOB}"}},"Resource":"*"}}',),
                )
            ],
            id="no action and no Action",
        ),
    ],
)
def test_what_changed_in_a_statement(before: Statement, after: Statement, expected: list[Change]) -> None:
    """Down to the name; the place is that in the newer policy."""
    assert list(changes(before, after)) == expected


@pytest.mark.parametrize(
    ("before", "after", "added", "removed", "pairs"),
    [
        pytest.param([ADMIN], [ADMIN, TO_BOB], [TO_BOB], [], [], id="one more at the end"),
        pytest.param([TO_BOB, ADMIN], [ADMIN], [], [TO_BOB], [], id="one less at the beginning"),
        pytest.param([TO_BOB], [NO_SIGN], [NO_SIGN], [TO_BOB], [], id="nothing in common"),
        # The Sid decides before likeness.
        pytest.param(
            [TO_BOB],
            [NO_SIGN.named("bob"), TO_BOB.when(S3).named("x")],
            [TO_BOB.when(S3).named("x")],
            [],
            [(TO_BOB, NO_SIGN.named("bob"))],
            id="the same Sid",
        ),
        # A Sid that stands twice decides nothing.
        pytest.param(
            [TO_BOB, TO_ALICE.named("bob")],
            [TO_ALICE.when(S3).named("bob"), TO_BOB.when(S3)],
            [],
            [],
            [(TO_ALICE.named("bob"), TO_ALICE.when(S3).named("bob")), (TO_BOB, TO_BOB.when(S3))],
            id="the same Sid before what is alike",
        ),
        pytest.param(
            [TO_ALICE.named("bob")],
            [TO_BOB.when(S3).named("bob"), TO_ALICE.when(S3).named("bob")],
            [TO_BOB.when(S3).named("bob")],
            [],
            [(TO_ALICE.named("bob"), TO_ALICE.when(S3).named("bob"))],
            id="a Sid twice after",
        ),
        pytest.param(
            [TO_BOB.named("bob"), TO_ALICE.named("bob")],
            [TO_ALICE.when(S3).named("bob")],
            [],
            [TO_BOB.named("bob")],
            [(TO_ALICE.named("bob"), TO_ALICE.when(S3).named("bob"))],
            id="a Sid twice before",
        ),
        # What is most alike goes together.
        pytest.param(
            [
                allow("kms:Sign", "kms:Verify").to(Principal.arn(BOB)),
                allow("kms:Sign").to(Principal.arn(ALICE)),
            ],
            [allow("kms:Sign", "kms:Verify", "kms:Decrypt").to(Principal.arn(ALICE))],
            [],
            [allow("kms:Sign", "kms:Verify").to(Principal.arn(BOB))],
            [
                (
                    allow("kms:Sign").to(Principal.arn(ALICE)),
                    allow("kms:Sign", "kms:Verify", "kms:Decrypt").to(Principal.arn(ALICE)),
                )
            ],
            id="more actions in common",
        ),
    ],
)
def test_which_statements_belong_together(
    before: Sequence[Statement],
    after: Sequence[Statement],
    added: list[Statement],
    removed: list[Statement],
    pairs: list[tuple[Statement, Statement]],
) -> None:
    """First those that mean the same, then by Sid, then by likeness."""
    difference = diff(Policy(before), Policy(after))
    assert (list(difference.added), list(difference.removed)) == (added, removed)
    assert [pair[:2] for pair in difference.changed] == pairs
    assert difference


@pytest.mark.parametrize(
    ("before", "after", "labels"),
    [
        pytest.param(Policy([TO_BOB]), Policy([TO_BOB]), [], id="nothing"),
        pytest.param(Policy([TO_BOB, ADMIN]), Policy([ADMIN, TO_BOB]), [], id="the order"),
        pytest.param(Policy([TO_BOB]), Policy(TO_BOB, version=None), [], id="a list of one, no Version"),
        pytest.param(
            Policy([TO_BOB], id="a"), Policy([TO_BOB], id="b"), [Change("Id", ("a",), ("b",))], id="the Id"
        ),
        pytest.param(
            Policy([TO_BOB], id="a"), Policy([TO_BOB]), [Change("Id", ("a",), ())], id="no Id after"
        ),
        pytest.param(
            Policy([ADMIN, TO_BOB]),
            Policy([ADMIN, TO_BOB.named("b")]),
            [Change("Statement[1].Sid", ("bob",), ("b",))],
            id="a Sid",
        ),
        # Labels that change places are changes: the console finds its statements by them.
        pytest.param(
            Policy([TO_BOB.named("a"), TO_ALICE.named("b")]),
            Policy([TO_BOB.named("b"), TO_ALICE.named("a")]),
            [Change("Statement[0].Sid", ("a",), ("b",)), Change("Statement[1].Sid", ("b",), ("a",))],
            id="two Sids exchanged",
        ),
        # Statements that were split or merged, with their labels or without.
        pytest.param(
            Policy([TO_ALICE]),
            Policy(
                [
                    allow("kms:Decrypt").to(Principal.arn(ALICE)).named("alice"),
                    allow("kms:Encrypt").to(Principal.arn(ALICE)).named("alice"),
                ]
            ),
            [],
            id="a statement split under one Sid",
        ),
        pytest.param(
            Policy([TO_ALICE]),
            Policy(
                [
                    allow("kms:Decrypt").to(Principal.arn(ALICE)).named("alice"),
                    allow("kms:Encrypt").to(Principal.arn(ALICE)).named("x"),
                ]
            ),
            [Change("Statement.Sid", ("alice",), ("alice", "x"))],
            id="a statement split under two Sids",
        ),
        pytest.param(Policy([TO_BOB]), Policy([TO_BOB, TO_BOB]), [], id="a statement twice"),
        # What a Sid names has changed, and another statement gives the same.
        pytest.param(
            Policy([TO_ALICE.named("a"), TO_ALICE.named("b")]),
            Policy([allow("kms:Encrypt").to(Principal.arn(ALICE)).named("a"), TO_ALICE.named("b")]),
            [
                Change(
                    "Statement",
                    (Policy([TO_ALICE.named("a")]).to_json().split("[", 1)[1][:-2],),
                    (
                        Policy([allow("kms:Encrypt").to(Principal.arn(ALICE)).named("a")])
                        .to_json()
                        .split("[", 1)[1][:-2],
                    ),
                )
            ],
            id="what a Sid names",
        ),
        # Both at once are said once.
        pytest.param(
            Policy([TO_BOB, TO_ALICE]),
            Policy(
                [
                    TO_BOB.named("b"),
                    *(
                        allow(action).to(Principal.arn(ALICE)).named("alice")
                        for action in DECRYPT_AND_ENCRYPT
                    ),
                ]
            ),
            [Change("Statement.Sid", ("bob",), ("b",))],
            id="a statement split, and another Sid",
        ),
    ],
)
def test_labels(before: Policy, after: Policy, labels: list[Change]) -> None:
    """Sid and Id mean nothing to KMS, so that a difference in them alone is a difference of its own."""
    difference = diff(before, after)
    assert difference.document == DocumentDiff(labels=tuple(labels))
    assert (difference.gained, difference.lost) == ((), ())
    assert bool(difference) is bool(labels)


def test_the_version() -> None:
    """It is a change where it means something: where variables occur, or where it is not known what it means."""
    variable = TO_BOB.when(conditions.source_identity.equals(conditions.username.variable()))
    difference = diff(Policy([variable], version=None), Policy([variable]))
    assert difference.version == Change("Version", ("2008-10-17",), ("2012-10-17",))
    assert (difference.changed, difference.added, difference.removed) == ((), (), ())
    assert difference
    # What the condition means now, it did not mean before: who has the name gains, who had the text of the variable loses.
    (gained,), (lost,) = difference.gained, difference.lost
    assert (gained.actions, lost.actions) == (("kms:Decrypt",), ("kms:Decrypt",))
    assert gained.witness.request.context == (("aws:SourceIdentity", ("bob",)),)
    assert lost.witness.request.context == (("aws:SourceIdentity", ("${aws:username}",)),)
    assert diff(Policy([]), Policy([], version="2020-01-01")).version is not None
    assert diff(Policy([variable], version=None), Policy([variable], version="2008-10-17")).version is None
    assert diff(Policy([TO_BOB], version=None), Policy([variable], version="2008-10-17")).version is None


@pytest.mark.parametrize(
    ("before", "after", "gained", "lost"),
    [
        pytest.param([], [TO_BOB], [(BOB, Cell(), Cell(ALWAYS))], [], id="an Allow more"),
        pytest.param([TO_BOB], [], [], [(BOB, Cell(ALWAYS), Cell())], id="an Allow less"),
        pytest.param(
            [TO_BOB.when(S3)], [TO_BOB], [(BOB, Cell((S3,)), Cell(ALWAYS))], [], id="no condition after"
        ),
        pytest.param(
            [TO_BOB.when(S3)],
            [TO_BOB.when(SQS)],
            [(BOB, Cell((S3,)), Cell((SQS,)))],
            [(BOB, Cell((S3,)), Cell((SQS,)))],
            id="another condition",
        ),
        pytest.param(
            [TO_BOB],
            [TO_BOB, deny("kms:Decrypt").to(Principal.arn(BOB))],
            [],
            [(BOB, Cell(ALWAYS), Cell(denied=ALWAYS))],
            id="a Deny more",
        ),
        pytest.param(
            [TO_BOB],
            [TO_BOB, deny("kms:Decrypt").to(Principal.arn(BOB)).when(S3)],
            [],
            [(BOB, Cell(ALWAYS), Cell(ALWAYS, denied=(S3,)))],
            id="a Deny more under a condition",
        ),
        pytest.param(
            [deny("kms:Decrypt").to(Principal.arn(BOB))], [], [], [], id="a Deny less of what nothing allows"
        ),
        # One value less, or one condition more, is a loss and no gain.
        pytest.param(
            [TO_BOB.when(conditions.user_agent.equals("a", "b"))],
            [TO_BOB.when(conditions.user_agent.equals("a"))],
            [],
            [
                (
                    BOB,
                    Cell((conditions.user_agent.equals("a", "b"),)),
                    Cell((conditions.user_agent.equals("a"),)),
                )
            ],
            id="one value less",
        ),
        pytest.param(
            [TO_BOB.when(conditions.user_agent.not_equals("a"))],
            [TO_BOB.when(conditions.user_agent.not_equals("a", "b"))],
            [],
            [
                (
                    BOB,
                    Cell((conditions.user_agent.not_equals("a"),)),
                    Cell((conditions.user_agent.not_equals("a", "b"),)),
                )
            ],
            id="one excepted value more",
        ),
        pytest.param(
            [TO_BOB.when(S3)],
            [TO_BOB.when(conditions.secure_transport.is_true() & S3)],
            [],
            [(BOB, Cell((S3,)), Cell((conditions.secure_transport.is_true() & S3,)))],
            id="a condition more",
        ),
        pytest.param(
            [TO_BOB, deny("kms:Decrypt").to(Principal.arn(BOB)).when(conditions.user_agent.equals("a"))],
            [
                TO_BOB,
                deny("kms:Decrypt").to(Principal.arn(BOB)).when(conditions.user_agent.equals("a", "b")),
            ],
            [],
            [
                (
                    BOB,
                    Cell(ALWAYS, denied=(conditions.user_agent.equals("a"),)),
                    Cell(ALWAYS, denied=(conditions.user_agent.equals("a", "b"),)),
                )
            ],
            id="one denied value more",
        ),
        pytest.param(
            [ADMIN],
            [ADMIN, allow("kms:Decrypt").to(Principal.arn(BOB))],
            [(BOB, Cell((), ALWAYS), Cell(ALWAYS))],
            [],
            id="by name besides the account",
        ),
        pytest.param(
            [allow("kms:Decrypt").to(Principal.arn(ROOT)).when(S3)],
            [allow("kms:Decrypt").to(Principal.arn(ROOT))],
            [(ROOT, Cell((), (S3,)), Cell((), ALWAYS))],
            [],
            id="the account without a condition",
        ),
    ],
)
def test_whose_access_changes(
    before: Sequence[Statement],
    after: Sequence[Statement],
    gained: list[tuple[str, Cell, Cell]],
    lost: list[tuple[str, Cell, Cell]],
) -> None:
    """For each principal that one of the policies names, by what the access table says of it."""
    difference = diff(Policy(before), Policy(after))
    for found, expected in ((difference.gained, gained), (difference.lost, lost)):
        assert [(change.principal[1], change.before, change.after) for change in found] == expected
        assert all("kms:Decrypt" in change.actions for change in found)


class Narrower(NamedTuple):
    """A condition, and one that fewer requests meet."""

    name: str
    wide: Condition
    narrow: Condition


NUMBER, NETWORK = conditions.multi_factor_auth_age, conditions.source_ip
NARROWER = [
    Narrower("a network", NETWORK.in_network("203.0.113.0/24"), NETWORK.in_network("203.0.113.0/28")),
    Narrower(
        "not in a network", NETWORK.not_in_network("203.0.113.0/28"), NETWORK.not_in_network("203.0.113.0/24")
    ),
    Narrower("a number", NUMBER.less_than(300), NUMBER.less_than(60)),
    Narrower("what a wildcard matches", conditions.via_service.like("s3.*.amazonaws.com"), S3),
    Narrower("if it exists", conditions.via_service.if_exists.equals("s3.us-east-1.amazonaws.com"), S3),
    Narrower("one of two", conditions.user_agent.equals("a", "b"), conditions.user_agent.equals("b")),
    Narrower("two at once", S3, S3 & conditions.secure_transport.is_true()),
]


@pytest.mark.parametrize("row", NARROWER, ids=lambda row: row.name)
def test_a_narrower_condition_gains_nothing(row: Narrower) -> None:
    """And loses something; under a Deny it is the other way round."""
    wide, narrow = (Policy([ADMIN, TO_BOB.when(condition)]) for condition in (row.wide, row.narrow))
    assert (diff(wide, narrow).gained, diff(narrow, wide).lost) == ((), ())
    assert len(diff(wide, narrow).lost) == len(diff(narrow, wide).gained) == 1
    wide, narrow = (
        Policy([TO_BOB, deny("kms:*").to(Principal.everyone()).when(condition)])
        for condition in (row.wide, row.narrow)
    )
    assert (diff(wide, narrow).lost, diff(narrow, wide).gained) == ((), ())
    assert diff(wide, narrow).gained


def test_what_changes_no_permission_is_neither_gained_nor_lost() -> None:
    """Though the documents differ."""
    covered = diff(Policy([TO_ALICE]), Policy([TO_ALICE, TO_ALICE.when(S3).named("x")]))
    assert covered
    assert (covered.gained, covered.lost, covered.unknown) == ((), (), ())


def test_each_principal_has_a_request_of_its_own() -> None:
    """Also where policies do not tell two of them apart; an account stands for those who have no name of their own."""
    everybody = Principal.arn(ALICE) | Principal.arn(BOB) | Principal.account(ACCOUNT)
    gained = diff(Policy([]), Policy([allow("kms:Sign").to(everybody).when(S3)])).gained
    assert [(change.principal[1], change.witness.request.principal) for change in gained] == [
        (ALICE, ALICE),
        (BOB, BOB),
        (ROOT, ROOT),
    ]


def test_only_the_actions_that_change_are_listed() -> None:
    """Also where the table says the same of others: it does not know what the caller's name is."""
    named = conditions.principal_arn.equals(BOB)
    before = Policy([allow("kms:Sign", "kms:Verify").to(Principal.everyone()).when(named)])
    after = before.with_statement(deny("kms:Sign").to(Principal.everyone()).when(named))
    (lost,) = diff(before, after).lost
    assert (lost.principal, lost.actions, lost.witness.request.principal) == (
        ("AWS", "*"),
        ("kms:Sign",),
        BOB,
    )


def test_actions_that_nobody_knows_yet() -> None:
    """They are named where no other action changes."""
    today = Policy([Statement("Allow", principal=Principal.arn(BOB), action=sorted(ACTIONS), resource="*")])
    (gained,) = diff(today, Policy([allow("kms:*").to(Principal.arn(BOB))])).gained
    assert gained.actions == (gained.witness.request.action,)
    assert not gained.witness.typical
    assert gained.actions[0] not in gained.every


def test_no_denial_is_no_access() -> None:
    """What is no longer denied and not granted either is nothing that was gained."""
    assert diff(Policy([deny("kms:Sign").to(Principal.arn(BOB))]), Policy([])).gained == ()


def test_being_named_is_more_than_being_left_to_iam() -> None:
    """By the order of outcomes; to those of another account it is shown as what it is, for IAM decides as before."""
    other = "444455556666"
    reader = Principal.role(other, "Reader")
    before = Policy([allow("kms:Decrypt").to(Principal.account(other))])
    after = before.with_statement(allow("kms:Decrypt").to(reader))
    line = "role Reader of account 444455556666: Decrypt: decided by IAM of 444455556666, as before"
    for difference in (diff(before, after, account=ACCOUNT), diff(after, before, account=ACCOUNT)):
        (change,) = (*difference.gained, *difference.lost)
        assert str(change) == line
        first, *_, title, last = str(difference).split("\n")
        assert first.endswith("; no access gained or lost")
        assert (title, last) == ("@@ access as before, by another name @@", f"= {line}")
    conditional = Policy([allow("kms:Decrypt").to(Principal.account(other)).when(S3)])
    (gained,) = diff(conditional, after, account=ACCOUNT).gained[1:]
    assert "IAM of 444455556666 if kms:ViaService is s3.us-east-1.amazonaws.com → yes, with IAM of" in str(
        gained
    )


ALL = allow("kms:Decrypt").to(Principal.everyone()).named("all")


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        pytest.param([], [ADMIN], "1 statement added; 1 principal gains access, none loses it", id="gained"),
        pytest.param(
            [TO_ALICE, TO_BOB], [], "2 statements removed; no principal gains access, 2 lose it", id="lost"
        ),
        pytest.param(
            [TO_ALICE, NO_SIGN],
            [TO_ALICE.replace(action="kms:Sign")],
            "1 statement changed and 1 removed; 1 principal gains access, 1 loses it",
            id="gained and lost",
        ),
        pytest.param([], [ALL], "1 statement added; everyone gains access, none loses it", id="everyone"),
        pytest.param(
            [ADMIN],
            [ADMIN, NO_SIGN.named("x")],
            "1 statement added; no principal gains access, 1 loses it",
            id="a Deny",
        ),
        pytest.param([ADMIN], [ADMIN.named("x")], "1 label changed; no access gained or lost", id="a label"),
        pytest.param(
            [TO_ALICE],
            [TO_ALICE, allow("kms:Sign").to(Principal({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}))],
            "1 statement added; no access gained or lost; of 1 it is not known",
            id="not known",
        ),
    ],
)
def test_the_first_line_counts(before: list[Statement], after: list[Statement], line: str) -> None:
    """Statements, then principals whose access changes."""
    assert str(diff(Policy(before), Policy(after))).split("\n")[0] == line


UNKNOWN_CHANGES = {
    "a name that may stand for any caller": (
        Policy([TO_ALICE]),
        Policy([TO_ALICE, allow("kms:Sign").to(Principal({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}))]),
        ["? AIDACKCEVSQ6C2EXAMPLE: Sign: · → yes: it is not known what is gained: AIDACKCEVSQ6C2EXAMPLE may stand for any caller"],
    ),
    "no table has a column for it": (
        Policy([TO_ALICE]),
        Policy([TO_ALICE, allow("kms:Sign").to(Principal({"Federated": "cognito-identity.amazonaws.com"}))]),
        ["? the identity provider cognito-identity.amazonaws.com: Sign: · → yes: it is not known what is gained: cognito-identity.amazonaws.com may stand for any caller"],
    ),
    "the case of a letter is not known": (
        Policy([TO_ALICE, TO_BOB]),
        Policy([TO_BOB.when(Condition("StringEqualsIgnoreCase", "aws:UserAgent", "\u0130")), TO_ALICE, NO_SIGN]),
        ["? user bob of account 111122223333: Decrypt: yes → yes if aws:UserAgent is, in any case, 'İ': it is not known what is gained or lost: a text is compared in any case whose letters are not those of Latin-1"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNKNOWN_CHANGES)
def test_what_is_not_known_is_said(name: str) -> None:
    """With the reason, and what the policies say."""
    before, after, expected = UNKNOWN_CHANGES[name]
    difference = diff(before, after)
    assert (difference.gained, difference.lost) == ((), ())
    assert str(difference).split("@@ access that may have changed @@\n")[1].split("\n") == expected
    assert [f"? {change}" for change in difference.unknown] == expected


@pytest.mark.parametrize("steps", [0, 10, 100, 300, 1_000, 1_500, 2_000, 3_000, 10_000])
def test_what_takes_too_much_work_is_not_known(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """However little may be done, nothing that changes is left out, and nothing is said that is not shown."""
    policies = Policy([ADMIN, TO_ALICE.when(S3)]), Policy([ADMIN, TO_ALICE, TO_BOB.when(SQS), NO_SIGN])
    whole = diff(*policies)
    assert (len(whole.gained), len(whole.lost), whole.unknown) == (2, 3, ())
    monkeypatch.setattr("kmspolicy._diff._access.Budget", lambda: Budget(steps))
    part = diff(*policies)
    assert set(part.gained) <= set(whole.gained)
    assert set(part.lost) <= set(whole.lost)
    listed = (*part.gained, *part.lost, *part.unknown)
    assert {(change.principal, change.actions) for change in (*whole.gained, *whole.lost)} <= {
        (change.principal, change.actions) for change in listed
    }
    assert part.unknown or part.gained == whole.gained


def test_a_budget_that_is_spent_answers_nothing() -> None:
    """Neither whether there is a question, nor the same question again."""
    budget = Budget()
    proofs = Proofs(rules_of(Policy([ADMIN])), rules_of(Policy([ADMIN, TO_BOB])), ANY_KEY, budget)
    everything = Within({}, {})
    assert isinstance(proofs.not_above("claim", GRANTED, within=everything), Fails)
    budget.left = 0
    assert proofs.may_be_above(GRANTED, gained=True, within=everything)
    assert isinstance(proofs.not_above("claim", GRANTED, within=everything), Unknown)


def test_what_is_no_action_is_not_compared() -> None:
    """No action of KMS has digits in its name."""
    odd = Statement("Allow", principal=Principal.arn(BOB), action=["kms:Sign", "kms:Sign2"], resource="*")
    (gained,) = diff(Policy([]), Policy([odd])).gained
    assert gained.actions == ("kms:Sign",)


def test_accounts_are_compared_in_their_partition() -> None:
    """An account id and its root ARN are the same where they are the same account."""
    by_id = Policy([allow("kms:Decrypt").to(Principal({"AWS": ACCOUNT}))])
    by_arn = Policy([allow("kms:Decrypt").to(Principal.account(ACCOUNT, partition="aws-cn"))])
    assert not diff(by_id, by_arn, partition="aws-cn")
    assert diff(by_id, by_arn)


def test_json_that_cannot_be_shown_is_escaped() -> None:
    """On the lines that need it, with escapes that are JSON's own."""
    hostile = allow("kms:Sign").to(Principal.account(ACCOUNT)).named("é \x85\u2028\u202e\U000e0041")
    assert [
        line
        for line in str(diff(Policy([]), Policy([hostile.named("é"), hostile]))).split("\n")
        if "Sid" in line
    ] == [
        '+   "Sid": "é",',
        r'+   "Sid": "\u00e9 \u0085\u2028\u202e\udb40\udc41",',
    ]


def test_a_long_line_of_json_is_cut() -> None:
    """The quotes stay open, and it is said how much is missing."""
    shown = str(diff(Policy([]), Policy([TO_BOB.named("x" * 2000)])))
    assert f'\n+   "Sid": "{"x" * 990}… and 1,012 more characters\n' in shown


def test_it_is_shown_like_a_unified_diff() -> None:
    """Labels, statements, and who gains and loses access."""
    before = Policy([ADMIN, TO_ALICE, NO_SIGN], id="old")
    after = Policy([ADMIN, TO_ALICE.when(S3), TO_BOB], id="new")
    assert str(diff(before, after)) == (
        "1 statement changed, 1 added, 1 removed and 1 label changed; 3 principals gain access, 1 loses it\n"
        "--- before\n"
        "+++ after\n"
        "  Id\n"
        "- 'old'\n"
        "+ 'new'\n"
        "@@ statement 'alice' @@\n"
        '  Statement[1].Condition.StringEquals["kms:ViaService"]\n'
        "+ s3.us-east-1.amazonaws.com\n"
        "@@ statement 'no sign' @@\n"
        "- {\n"
        '-   "Sid": "no sign",\n'
        '-   "Effect": "Deny",\n'
        '-   "Principal": "*",\n'
        '-   "Action": "kms:Sign",\n'
        '-   "Resource": "*"\n'
        "- }\n"
        "@@ statement 'bob' @@\n"
        "+ {\n"
        '+   "Sid": "bob",\n'
        '+   "Effect": "Allow",\n'
        '+   "Principal": {\n'
        f'+     "AWS": "{BOB}"\n'
        "+   },\n"
        '+   "Action": "kms:Decrypt",\n'
        '+   "Resource": "*"\n'
        "+ }\n"
        "@@ access gained @@\n"
        "+ account 111122223333: Sign: no → IAM\n"
        "+ user alice of account 111122223333: Sign: no → IAM\n"
        "+ user bob of account 111122223333: Decrypt: IAM → yes\n"
        "+ user bob of account 111122223333: Sign: no → IAM\n"
        "@@ access lost @@\n"
        "- user alice of account 111122223333: Decrypt, Encrypt: yes → yes if kms:ViaService is s3.us-east-1.amazonaws.com, else IAM"
    )


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        pytest.param([TO_BOB], [TO_BOB], "no difference", id="nothing"),
        pytest.param(
            [allow("kms:Sign").to(Principal.arn(BOB))], [], "@@ statement @@", id="a statement without a Sid"
        ),
        pytest.param(
            [TO_BOB], [TO_BOB, ADMIN], "+ account 111122223333: every action: · → IAM", id="every action"
        ),
        pytest.param(
            [ADMIN],
            [ADMIN, deny.all_except("kms:Decrypt", "kms:Sign").to(Principal.account(ACCOUNT))],
            "- account 111122223333: every action except Decrypt, Sign: IAM → no",
            id="every action but two",
        ),
        pytest.param(
            [TO_BOB.when(S3), TO_BOB.when(SQS).named("x")],
            [],
            "- user bob of account 111122223333: Decrypt: yes if kms:ViaService is s3.us-east-1.amazonaws.com or kms:ViaService is sqs.us-east-1.amazonaws.com → ·; for example kms:Decrypt with kms:ViaService s3.us-east-1.amazonaws.com: yes → no",
            id="two conditions",
        ),
    ],
)
def test_other_differences(before: Sequence[Statement], after: Sequence[Statement], line: str) -> None:
    """Nothing, no Sid, almost every action, several conditions."""
    assert line in str(diff(Policy(before), Policy(after))).split("\n")


def test_no_text_can_be_taken_for_another_line() -> None:
    """Control characters are shown as what they are."""
    hostile = Condition("StringEquals", "aws:a\n+ b", "b\n@@ access lost @@\n- everyone")
    shown = str(diff(Policy([TO_BOB]), Policy([TO_BOB.when(hostile), ADMIN.named("x\x1b[2J")])))
    assert "\n@@ access lost @@\n- everyone" not in shown
    assert "\x1b" not in shown
    assert r"b\n@@ access lost @@\n- everyone" in shown


def test_the_version_is_shown() -> None:
    """Before the labels."""
    first, *shown = str(diff(Policy([]), Policy([], version="2020-01-01", id="x"))).split("\n")
    assert first == "the Version changed and 1 label changed; no access gained or lost"
    assert shown[2:] == ["  Version", "- 2012-10-17", "+ 2020-01-01", "  Id", "+ 'x'"]


def test_differences_are_values() -> None:
    """They compare, hash and pickle, with all their parts."""
    difference = diff(Policy([TO_BOB]), Policy([TO_BOB.when(S3), NO_SIGN], id="x"))
    assert pickle.loads(pickle.dumps(difference)) == difference  # noqa: S301
    assert hash(difference) == hash(diff(Policy([TO_BOB]), Policy([TO_BOB.when(S3), NO_SIGN], id="x")))
    assert isinstance(difference.changed[0], Pair)
    assert isinstance(difference.lost[0], AccessChange)


def test_the_request_that_shows_a_change_is_for_one_of_its_actions() -> None:
    """Also for kms:SynchronizeMultiRegionKey, of whose requests no guide says that they have kms:CallerAccount.

    It follows from the caller, and so a decision has it: tables, which say what differs, must take it as decisions do.
    """
    clause = {"StringEqualsIfExists": {"aws:a": "a", "kms:CallerAccount": ACCOUNT}}
    given = Statement(
        "Allow",
        principal=Principal.everyone(),
        not_action="kms:Decrypt",
        resource="*",
        condition=Condition.from_dict(clause),
    )
    gained = diff(Policy([]), Policy([given])).gained
    assert [change.witness.request.action in change.actions for change in gained] == [True] * len(gained)
    assert "kms:SynchronizeMultiRegionKey" in {name for change in gained for name in change.actions}
