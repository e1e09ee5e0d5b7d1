"""Differences: what changed, whose access changed, and how it is shown."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from kmspolicy import (
    Action,
    Condition,
    Policy,
    Principal,
    Statement,
    allow,
    conditions,
    deny,
    diff,
    statements,
)
from kmspolicy._diff import AccessChange, Change, DocumentDiff, Pair
from kmspolicy._evaluate import Cell
from kmspolicy._evaluate._access import ALWAYS

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
        (
            TO_ALICE,
            allow("kms:Decrypt", "kms:Sign").to(Principal.arn(ALICE)).named("alice"),
            [Change("Statement[0].Action", ("kms:Encrypt",), ("kms:Sign",))],
        ),
        (
            TO_ALICE,
            allow("kms:Encrypt", "kms:Decrypt").to(Principal.arn(ALICE), Principal.arn(BOB)).named("alice"),
            [Change("Statement[0].Principal.AWS", (), (BOB,))],
        ),
        (
            TO_BOB,
            allow("kms:Decrypt").to(Principal.service("s3.amazonaws.com")).named("bob"),
            [
                Change("Statement[0].Principal.AWS", (BOB,), ()),
                Change("Statement[0].Principal.Service", (), ("s3.amazonaws.com",)),
            ],
        ),
        (
            TO_BOB,
            deny("kms:Decrypt").to(Principal.arn(BOB)).named("bob"),
            [Change("Statement[0].Effect", ("Allow",), ("Deny",))],
        ),
        (
            TO_BOB,
            TO_BOB.when(S3),
            [
                Change(
                    'Statement[0].Condition.StringEquals["kms:ViaService"]',
                    (),
                    ("s3.us-east-1.amazonaws.com",),
                )
            ],
        ),
        (
            TO_BOB.when(S3),
            TO_BOB.when(SQS),
            [
                Change(
                    'Statement[0].Condition.StringEquals["kms:ViaService"]',
                    ("s3.us-east-1.amazonaws.com",),
                    ("sqs.us-east-1.amazonaws.com",),
                )
            ],
        ),
        (
            TO_BOB.when(conditions.grant_is_for_aws_resource.is_true()),
            TO_BOB.when(Condition("Bool", "kms:GrantIsForAWSResource", values=False)),
            [Change('Statement[0].Condition.Bool["kms:GrantIsForAWSResource"]', ("true",), ("false",))],
        ),
        (
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
        ),
        # Without a Sid in common the likeness counts, and the Sid is what changed, too.
        (
            TO_ALICE,
            allow("kms:Decrypt", "kms:Encrypt", "kms:Sign").to(Principal.arn(ALICE)),
            [Change("Statement[0].Sid", ("alice",), ()), Change("Statement[0].Action", (), ("kms:Sign",))],
        ),
        # What no element shows is shown whole.
        (
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
        ),
    ],
)
def test_what_changed_in_a_statement(before: Statement, after: Statement, expected: list[Change]) -> None:
    """Down to the name; the place is that in the newer policy."""
    assert list(changes(before, after)) == expected


@pytest.mark.parametrize(
    ("before", "after", "added", "removed", "pairs"),
    [
        ([ADMIN], [ADMIN, TO_BOB], [TO_BOB], [], []),
        ([TO_BOB, ADMIN], [ADMIN], [], [TO_BOB], []),
        ([TO_BOB], [NO_SIGN], [NO_SIGN], [TO_BOB], []),
        # The Sid decides before likeness.
        (
            [TO_BOB],
            [NO_SIGN.named("bob"), TO_BOB.when(S3).named("x")],
            [TO_BOB.when(S3).named("x")],
            [],
            [(TO_BOB, NO_SIGN.named("bob"))],
        ),
        # A Sid that stands twice decides nothing.
        (
            [TO_BOB, TO_ALICE.named("bob")],
            [TO_ALICE.when(S3).named("bob"), TO_BOB.when(S3)],
            [],
            [],
            [(TO_ALICE.named("bob"), TO_ALICE.when(S3).named("bob")), (TO_BOB, TO_BOB.when(S3))],
        ),
        (
            [TO_ALICE.named("bob")],
            [TO_BOB.when(S3).named("bob"), TO_ALICE.when(S3).named("bob")],
            [TO_BOB.when(S3).named("bob")],
            [],
            [(TO_ALICE.named("bob"), TO_ALICE.when(S3).named("bob"))],
        ),
        (
            [TO_BOB.named("bob"), TO_ALICE.named("bob")],
            [TO_ALICE.when(S3).named("bob")],
            [],
            [TO_BOB.named("bob")],
            [(TO_ALICE.named("bob"), TO_ALICE.when(S3).named("bob"))],
        ),
        # What is most alike goes together.
        (
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
        (Policy([TO_BOB]), Policy([TO_BOB]), []),
        (Policy([TO_BOB, ADMIN]), Policy([ADMIN, TO_BOB]), []),
        (Policy([TO_BOB]), Policy(TO_BOB, version=None), []),
        (Policy([TO_BOB], id="a"), Policy([TO_BOB], id="b"), [Change("Id", ("a",), ("b",))]),
        (Policy([TO_BOB], id="a"), Policy([TO_BOB]), [Change("Id", ("a",), ())]),
        (
            Policy([ADMIN, TO_BOB]),
            Policy([ADMIN, TO_BOB.named("b")]),
            [Change("Statement[1].Sid", ("bob",), ("b",))],
        ),
        # Labels that change places are changes: the console finds its statements by them.
        (
            Policy([TO_BOB.named("a"), TO_ALICE.named("b")]),
            Policy([TO_BOB.named("b"), TO_ALICE.named("a")]),
            [Change("Statement[0].Sid", ("a",), ("b",)), Change("Statement[1].Sid", ("b",), ("a",))],
        ),
        # Statements that were split or merged, with their labels or without.
        (
            Policy([TO_ALICE]),
            Policy(
                [
                    allow("kms:Decrypt").to(Principal.arn(ALICE)).named("alice"),
                    allow("kms:Encrypt").to(Principal.arn(ALICE)).named("alice"),
                ]
            ),
            [],
        ),
        (
            Policy([TO_ALICE]),
            Policy(
                [
                    allow("kms:Decrypt").to(Principal.arn(ALICE)).named("alice"),
                    allow("kms:Encrypt").to(Principal.arn(ALICE)).named("x"),
                ]
            ),
            [Change("Statement.Sid", ("alice",), ("alice", "x"))],
        ),
        (Policy([TO_BOB]), Policy([TO_BOB, TO_BOB]), []),
        # Both at once are said once.
        (
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
    """It is a change where it means something: where variables occur, or where nobody knows what it means."""
    variable = TO_BOB.when(conditions.source_identity.equals(conditions.username.variable()))
    difference = diff(Policy([variable], version=None), Policy([variable]))
    assert difference.version == Change("Version", ("2008-10-17",), ("2012-10-17",))
    assert (difference.changed, difference.added, difference.removed) == ((), (), ())
    assert difference
    # What the condition means now, it did not mean before: nobody can tell who gains and who loses.
    assert [change.actions for change in difference.gained] == [("kms:Decrypt",)]
    assert difference.gained == difference.lost
    assert diff(Policy([]), Policy([], version="2020-01-01")).version is not None
    assert diff(Policy([variable], version=None), Policy([variable], version="2008-10-17")).version is None
    assert diff(Policy([TO_BOB], version=None), Policy([variable], version="2008-10-17")).version is None


@pytest.mark.parametrize(
    ("before", "after", "gained", "lost"),
    [
        ([], [TO_BOB], [(BOB, Cell(), Cell(ALWAYS))], []),
        ([TO_BOB], [], [], [(BOB, Cell(ALWAYS), Cell())]),
        ([TO_BOB.when(S3)], [TO_BOB], [(BOB, Cell((S3,)), Cell(ALWAYS))], []),
        (
            [TO_BOB.when(S3)],
            [TO_BOB.when(SQS)],
            [(BOB, Cell((S3,)), Cell((SQS,)))],
            [(BOB, Cell((S3,)), Cell((SQS,)))],
        ),
        (
            [TO_BOB],
            [TO_BOB, deny("kms:Decrypt").to(Principal.arn(BOB))],
            [],
            [(BOB, Cell(ALWAYS), Cell(denied=ALWAYS))],
        ),
        (
            [TO_BOB],
            [TO_BOB, deny("kms:Decrypt").to(Principal.arn(BOB)).when(S3)],
            [],
            [(BOB, Cell(ALWAYS), Cell(ALWAYS, denied=(S3,)))],
        ),
        ([deny("kms:Decrypt").to(Principal.arn(BOB))], [], [], []),
        # One value less, or one condition more, is a loss and no gain.
        (
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
        ),
        (
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
        ),
        (
            [TO_BOB.when(S3)],
            [TO_BOB.when(conditions.secure_transport.is_true() & S3)],
            [],
            [(BOB, Cell((S3,)), Cell((conditions.secure_transport.is_true() & S3,)))],
        ),
        (
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
        ),
        (
            [ADMIN],
            [ADMIN, allow("kms:Decrypt").to(Principal.arn(BOB))],
            [(BOB, Cell((), ALWAYS), Cell(ALWAYS))],
            [],
        ),
        (
            [allow("kms:Decrypt").to(Principal.arn(ROOT)).when(S3)],
            [allow("kms:Decrypt").to(Principal.arn(ROOT))],
            [(ROOT, Cell((), (S3,)), Cell((), ALWAYS))],
            [],
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
        "- user alice of account 111122223333: Decrypt, Encrypt: yes → if kms:ViaService is s3.us-east-1.amazonaws.com, IAM"
    )


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ([TO_BOB], [TO_BOB], "no difference"),
        ([allow("kms:Sign").to(Principal.arn(BOB))], [], "@@ statement @@"),
        ([TO_BOB], [TO_BOB, ADMIN], "+ account 111122223333: every action: · → IAM"),
        (
            [ADMIN],
            [ADMIN, deny.all_except("kms:Decrypt", "kms:Sign").to(Principal.account(ACCOUNT))],
            "- account 111122223333: every action except Decrypt, Sign: IAM → no",
        ),
        (
            [TO_BOB.when(S3), TO_BOB.when(SQS).named("x")],
            [],
            "- user bob of account 111122223333: Decrypt: if kms:ViaService is s3.us-east-1.amazonaws.com or kms:ViaService is sqs.us-east-1.amazonaws.com → ·",
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
    shown = str(diff(Policy([]), Policy([], version="2020-01-01", id="x"))).split("\n")
    assert shown[2:] == ["  Version", "- 2012-10-17", "+ 2020-01-01", "  Id", "+ 'x'"]


def test_differences_are_values() -> None:
    """They compare, hash and pickle, with all their parts."""
    difference = diff(Policy([TO_BOB]), Policy([TO_BOB.when(S3), NO_SIGN], id="x"))
    assert pickle.loads(pickle.dumps(difference)) == difference  # noqa: S301
    assert hash(difference) == hash(diff(Policy([TO_BOB]), Policy([TO_BOB.when(S3), NO_SIGN], id="x")))
    assert isinstance(difference.changed[0], Pair)
    assert isinstance(difference.lost[0], AccessChange)
