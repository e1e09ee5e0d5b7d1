"""The access table: its cells, and how it is drawn."""

from __future__ import annotations

import pickle
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from kmspolicy import (
    Access,
    AccessTable,
    Cell,
    Condition,
    Policy,
    Principal,
    Statement,
    access,
    allow,
    conditions,
    deny,
    errors,
    statements,
)
from kmspolicy._evaluate._access import ALWAYS
from kmspolicy._language._actions import ACTIONS
from kmspolicy._render._show import text

if TYPE_CHECKING:
    from collections.abc import Sequence

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
APP = f"arn:aws:iam::{ACCOUNT}:role/App"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me"
SERVICE = "logs.us-east-1.amazonaws.com"
S3 = conditions.via_service.equals("s3.us-east-1.amazonaws.com")
SQS = conditions.via_service.equals("sqs.us-east-1.amazonaws.com")
ROOT_STATEMENT = statements.enable_iam_policies(ACCOUNT)
TO_APP = allow("kms:Decrypt").to(Principal.arn(APP))
TO_ALL = allow("kms:Decrypt").to(Principal.everyone())
UNKNOWN = Condition("StringEquals", "aws:PrincipalArn", "${aws:SourceIdentity}")
NOT_APP = deny("kms:Decrypt").to(Principal.arn(APP))


@pytest.mark.parametrize(
    ("given", "cell", "word"),
    [
        pytest.param([TO_APP], Cell(ALWAYS), Access.ALWAYS, id="by name"),
        pytest.param([ROOT_STATEMENT], Cell(delegated=ALWAYS), Access.DELEGATED, id="by account"),
        pytest.param([ROOT_STATEMENT, TO_APP], Cell(ALWAYS), Access.ALWAYS, id="by account and by name"),
        pytest.param([TO_APP.when(S3)], Cell((S3,)), Access.CONDITIONAL, id="under a condition"),
        pytest.param(
            [TO_APP.when(S3), TO_APP.when(SQS), TO_APP.when(S3)],
            Cell((S3, SQS)),
            Access.CONDITIONAL,
            id="under one of two conditions, one of them twice",
        ),
        pytest.param(
            [TO_APP.when(S3), TO_APP], Cell(ALWAYS), Access.ALWAYS, id="under a condition and without"
        ),
        pytest.param(
            [ROOT_STATEMENT, TO_APP.when(S3)],
            Cell((S3,), ALWAYS),
            Access.DELEGATED,
            id="by account, and by name under a condition",
        ),
        pytest.param(
            [ROOT_STATEMENT.when(S3)],
            Cell(delegated=(S3,)),
            Access.CONDITIONAL,
            id="by account under a condition",
        ),
        pytest.param([TO_APP, NOT_APP], Cell(denied=ALWAYS), Access.DENIED, id="allowed and denied"),
        pytest.param([NOT_APP], Cell(denied=ALWAYS), Access.DENIED, id="denied alone"),
        pytest.param(
            [TO_APP, NOT_APP.when(S3)],
            Cell(ALWAYS, denied=(S3,)),
            Access.CONDITIONAL,
            id="allowed, denied under a condition",
        ),
        pytest.param(
            [ROOT_STATEMENT, NOT_APP.when(S3)],
            Cell((), ALWAYS, (S3,)),
            Access.CONDITIONAL,
            id="by account, denied under a condition",
        ),
        pytest.param([NOT_APP.when(S3)], Cell(), Access.NOTHING, id="denied alone under a condition"),
        pytest.param([TO_ALL], Cell(ALWAYS), Access.ALWAYS, id="everyone"),
        pytest.param(
            [allow("kms:Encrypt").to(Principal.arn(APP))], Cell(), Access.NOTHING, id="another action"
        ),
        pytest.param(
            [Statement("Allow", principal=Principal.arn(APP), action="kms:*")],
            Cell(),
            Access.NOTHING,
            id="no resource",
        ),
        # What follows from the principal is decided.
        pytest.param(
            [TO_ALL.when(conditions.caller_account.equals(ACCOUNT))],
            Cell(ALWAYS),
            Access.ALWAYS,
            id="everyone of the account",
        ),
        pytest.param(
            [TO_ALL.when(conditions.caller_account.equals(ACCOUNT)).when(S3)],
            Cell((S3,)),
            Access.CONDITIONAL,
            id="everyone of the account under a condition",
        ),
        pytest.param(
            [TO_ALL.when(conditions.caller_account.equals("444455556666"))],
            Cell(),
            Access.NOTHING,
            id="everyone of another account",
        ),
        pytest.param(
            [TO_ALL.when(conditions.principal_arn.arn_like("arn:aws:iam::*:role/App"))],
            Cell(ALWAYS),
            Access.ALWAYS,
            id="everyone with such a name",
        ),
        pytest.param(
            [TO_ALL.when(Condition("stringEquals", "aws:a", "b"))],
            Cell(),
            Access.NOTHING,
            id="an operator that does not exist",
        ),
        pytest.param(
            [TO_ALL.when(UNKNOWN)], Cell((UNKNOWN,)), Access.CONDITIONAL, id="a key that is not known"
        ),
    ],
)
def test_cells(given: list[Statement], cell: Cell, word: Access) -> None:
    """What a policy gives to a role for Decrypt."""
    table = access(Policy([*given, allow("kms:ListGrants").to(Principal.arn(APP))]))
    assert table[APP, "kms:Decrypt"] == cell
    assert table[APP, "kms:Decrypt"].access is word


def test_accounts_and_everyone_stand_for_those_who_are_not_named() -> None:
    """Their rows say what somebody gets who is not named; a condition on one principal is not decided for them."""
    alice = conditions.principal_arn.arn_like(f"arn:aws:iam::{ACCOUNT}:user/alice")
    table = access(Policy([ROOT_STATEMENT, TO_APP, TO_ALL.when(alice), TO_ALL.when(S3)]))
    assert table.principals == (("AWS", ROOT), ("AWS", APP), ("AWS", "*"))
    assert table[ROOT, "kms:Decrypt"] == Cell((alice, S3), ALWAYS)
    assert table["*", "kms:Decrypt"] == Cell((alice, S3))
    assert table["*", "kms:Encrypt"] == Cell()
    in_account = TO_ALL.when(conditions.caller_account.equals(ACCOUNT))
    assert access(Policy([ROOT_STATEMENT, in_account]))[ROOT, "kms:Decrypt"] == Cell(ALWAYS)


def test_a_session_does_not_tell_the_path_of_its_role() -> None:
    """So a condition on its aws:PrincipalArn is shown and not decided."""
    condition = conditions.principal_arn.arn_like(APP)
    policy = Policy([TO_ALL.when(condition), allow("kms:Encrypt").to(Principal.arn(SESSION))])
    assert access(policy)[SESSION, "kms:Decrypt"] == Cell((condition,))


@pytest.mark.parametrize(
    ("principal", "name", "word"),
    [
        pytest.param(Principal.service(SERVICE), SERVICE, Access.ALWAYS, id="a service"),
        pytest.param(
            Principal({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}),
            "AIDACKCEVSQ6C2EXAMPLE",
            Access.ALWAYS,
            id="a unique id",
        ),
        pytest.param(Principal({"AWS": ACCOUNT}), ACCOUNT, Access.DELEGATED, id="an account id"),
    ],
)
def test_names_of_every_kind(principal: Principal, name: str, word: Access) -> None:
    """Each has a column; that KMS would refuse some of them is for the check to say."""
    table = access(Policy([allow("kms:Decrypt").to(principal)]))
    assert table[name, "kms:Decrypt"].access is word


def test_all_services_cannot_be_named() -> None:
    """``"Service": "*"`` names nobody: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html."""
    assert access(Policy([allow("kms:Decrypt").to(Principal({"Service": "*"}))])).principals == ()


def test_not_principal_names_everyone_else() -> None:
    """So there is a column for them, and one for each that is excepted."""
    policy = Policy(
        [Statement("Allow", not_principal=Principal.arn(APP), action="kms:Decrypt", resource="*")]
    )
    table = access(policy)
    assert table["*", "kms:Decrypt"].access is Access.ALWAYS
    assert table[APP, "kms:Decrypt"].access is Access.NOTHING


def test_actions() -> None:
    """All that have an effect, and what the policy names that is newer than this library; no others."""
    policy = Policy(
        Statement(
            "Allow",
            principal=Principal.arn(APP),
            action=["kms:Teleport", "kms:teleport", "KMS:DECRYPT", "kms:X*", "s3:GetObject", "kms:CreateKey"],
            resource="*",
        )
    )
    table = access(policy)
    effective = {facts.name for facts in ACTIONS.values() if facts.effective}
    assert set(table.actions) - effective == {"kms:teleport"}
    assert len(table.actions) == len(table.cells) == len(effective) + 1
    assert table[APP, "kms:teleport"] == table[APP, "kms:Decrypt"] == Cell(ALWAYS)


@pytest.mark.parametrize(
    ("place", "error", "text"),
    [
        pytest.param(
            ("nobody", "kms:Decrypt"),
            KeyError,
            r"no principal 'nobody'; to add it, call access\(policy, also=\[...\]",
            id="a principal",
        ),
        pytest.param((APP, "kms:CreateKey"), KeyError, "no action 'kms:CreateKey'", id="an action"),
        pytest.param(
            (Principal.arn(APP) | Principal.arn(SESSION), "kms:Decrypt"),
            errors.RequestError,
            "must have exactly one name, not 2",
            id="two principals",
        ),
    ],
)
def test_what_a_table_does_not_have(
    place: tuple[str | Principal, str], error: type[Exception], text: str
) -> None:
    """Names are those of the table, word for word; a principal stands for its name."""
    table = access(Policy([TO_APP]))
    with pytest.raises(error, match=text):
        table[place]
    assert table[Principal.arn(APP), "kms:Decrypt"] == table[APP, "KMS:decrypt"]


def test_principals_that_the_policy_names_in_conditions_only() -> None:
    """They have a column if they are asked for, once and behind the others."""
    breaker = f"arn:aws:iam::{ACCOUNT}:role/BreakGlass"
    policy = Policy([ROOT_STATEMENT, statements.deny_deletion(breaker)])
    table = access(policy, also=[Principal.arn(breaker), SERVICE, ROOT, breaker, "*", ACCOUNT])
    assert table.principals == (
        ("AWS", ROOT),
        ("AWS", "*"),
        ("AWS", breaker),
        ("Service", SERVICE),
    )
    assert table[breaker, "kms:ScheduleKeyDeletion"].access is Access.DELEGATED
    assert table[ROOT, "kms:ScheduleKeyDeletion"].access is Access.CONDITIONAL
    with pytest.raises(errors.RequestError, match="cannot make requests"):
        access(policy, also=["BreakGlass"])
    alone: Any = Principal.arn(breaker)
    for single in (alone, breaker):
        with pytest.raises(TypeError, match="also must be a list of principals"):
            access(policy, also=single)


@pytest.mark.parametrize("answer", [*Access, Cell(), Cell(ALWAYS)], ids=str)
def test_access_is_neither_true_nor_false(answer: Access | Cell) -> None:
    """Under conditions, or by IAM policies, is neither of the two."""
    with pytest.raises(TypeError, match=r"is neither true nor false; .*access is Access.ALWAYS"):
        bool(answer)  # pyrefly: ignore[invalid-argument]


def test_names_are_not_taken_for_what_they_are_not() -> None:
    """An empty name excepts nobody, an account id is not a service, and no name can move a cursor."""
    nobody = Statement("Allow", not_principal=Principal({"AWS": ""}), action="kms:Decrypt", resource="*")
    assert access(Policy([nobody]))["*", "kms:decrypt"] == Cell(ALWAYS)
    table = access(Policy([allow("kms:Decrypt").to(Principal({"Service": ACCOUNT, "AWS": "\x1b[2Jx\ny"}))]))
    assert [*filter(None, re.split("  +", str(table).split("\n")[0]))] == [
        "the service 111122223333",
        r"'\x1b[2Jx\ny'",
    ]
    unnamed = Statement("Allow", principal=Principal.arn(APP), action="kms:", resource="*")
    assert "every action" in str(access(Policy([unnamed])))
    service_as_user = access(Policy([allow("kms:Decrypt").to(Principal({"AWS": SERVICE}))]))
    assert service_as_user[SERVICE, "kms:Decrypt"] == Cell(ALWAYS)


def test_tables_are_values() -> None:
    """They compare, hash and pickle."""
    table = access(Policy([ROOT_STATEMENT, TO_APP.when(S3)]))
    assert pickle.loads(pickle.dumps(table)) == table  # noqa: S301
    assert hash(table) == hash(access(Policy([ROOT_STATEMENT, TO_APP.when(S3)])))


# --- drawing ---------------------------------------------------------------------------------------

POLICY = Policy(
    [
        ROOT_STATEMENT,
        allow("kms:Decrypt", "kms:GenerateDataKey*").to(Principal.arn(APP)).when(S3),
        allow("kms:Encrypt").to(Principal.arn(APP)),
        deny("kms:ScheduleKeyDeletion").to(Principal.everyone()),
        deny("kms:DisableKey").to(Principal.arn(APP)).when(SQS),
    ]
)


WIDE = """\
                             account 111122223333  role App of account 111122223333  everyone else
use
  Encrypt                    IAM                   yes                               ·
  Decrypt, GenerateDataKey*  IAM                   yes if a, else IAM                ·
  all 9 others               IAM                   IAM                               ·
grants and reading           IAM                   IAM                               ·
administration
  DisableKey                 IAM                   IAM unless b                      ·
  ScheduleKeyDeletion        no                    no                                no
  all 17 others              IAM                   IAM                               ·

yes: allowed; IAM: if an IAM policy allows it, too; no: denied; ·: not granted, whatever IAM says
  a  kms:ViaService is s3.us-east-1.amazonaws.com
  b  kms:ViaService is sqs.us-east-1.amazonaws.com"""
NARROW = """\
account 111122223333
  every action except                     IAM
    ScheduleKeyDeletion
  ScheduleKeyDeletion                     no
role App of account 111122223333
  Encrypt                                 yes
  DisableKey                              IAM unless a
  Decrypt, GenerateDataKey*               yes if b, else IAM
  every action except Decrypt,            IAM
    DisableKey, Encrypt,
    GenerateDataKey*,
    ScheduleKeyDeletion
  ScheduleKeyDeletion                     no
everyone else
  ScheduleKeyDeletion                     no

yes: allowed; IAM: if an IAM policy allows it, too; no:
denied; ·: not granted, whatever IAM says
  a  kms:ViaService is sqs.us-east-1.amazonaws.com
  b  kms:ViaService is s3.us-east-1.amazonaws.com"""


@pytest.mark.parametrize(
    ("width", "drawn"), [pytest.param(100, WIDE, id="wide"), pytest.param(60, NARROW, id="narrow")]
)
def test_a_terminal_shows_it(width: int, drawn: str) -> None:
    """By what actions are for, with a column for each principal; if it is too narrow, by principal, without what is not granted."""
    assert text(access(POLICY), width=width) == drawn


@pytest.mark.parametrize(
    ("policy", "lines"),
    [
        pytest.param(Policy([]), ["The policy names nobody: nobody may do anything."], id="no statement"),
        pytest.param(Policy([ROOT_STATEMENT]), ["every action  IAM"], id="an account"),
        pytest.param(
            Policy([allow("kms:*").to(Principal.arn(APP)), deny("kms:Sign").to(Principal.arn(APP))]),
            [
                "grants, administration and reading  yes",
                "  Sign                              no",
                "  all 14 others                     yes",
            ],
            id="an action denied",
        ),
        pytest.param(
            Policy([TO_APP.when(Condition("StringEquals", "aws:a", str(number))) for number in range(28)]),
            [" z  aws:a is 25", "a1  aws:a is 26", "b1  aws:a is 27"],
            id="more conditions than letters",
        ),
        pytest.param(
            Policy([allow("kms:Decrypt").to(Principal.role(ACCOUNT, str(number))) for number in range(7)]),
            ["role 0 of account 111122223333, role 1 of account\n", "\n  Decrypt   "],
            id="many principals with the same access",
        ),
    ],
)
def test_other_tables(policy: Policy, lines: Sequence[str]) -> None:
    """Nobody, one row, many conditions, many principals."""
    drawn = str(access(policy))
    assert all(line in drawn for line in lines), drawn


def test_the_same_condition_has_one_note() -> None:
    """In any row or column."""
    user = Principal.user(ACCOUNT, "alice")
    table = access(
        Policy(
            [
                allow("kms:Decrypt", "kms:Encrypt").to(Principal.arn(APP)).when(S3),
                allow("kms:Encrypt").to(user),
                allow("kms:Sign").to(user).when(S3),
            ]
        )
    )
    assert str(table).endswith("says\n  a  kms:ViaService is s3.us-east-1.amazonaws.com")


@pytest.mark.parametrize(
    "names", [[ACCOUNT, ROOT], [ROOT, ACCOUNT], [ACCOUNT, ACCOUNT], [[ACCOUNT, ROOT], ROOT]], ids=str
)
def test_two_spellings_of_an_account_are_one_column(names: list[str | list[str]]) -> None:
    """By its id or its root; it is found by both."""
    one, other = (Principal({"AWS": name}) for name in names)
    table = access(Policy([allow("kms:Decrypt").to(one), allow("kms:Sign").to(other)]))
    assert table.principals == (("AWS", ROOT),)
    for action in ("kms:Decrypt", "kms:Sign"):
        assert table[ROOT, action] == table[ACCOUNT, action] == Cell((), ALWAYS)


@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
def test_an_account_is_in_the_partition_that_the_policy_names(partition: str) -> None:
    """Its id is the root of the same account there."""
    root = Principal.account(ACCOUNT, partition=partition)
    table = access(Policy([allow("kms:Decrypt").to(Principal({"AWS": ACCOUNT})), allow("kms:Sign").to(root)]))
    assert table.principals == tuple(root)


@pytest.mark.parametrize(
    "other",
    [
        Condition("StringEquals", "kms:viaservice", "s3.us-east-1.amazonaws.com"),
        Condition("StringEquals", "KMS:VIASERVICE", ["s3.us-east-1.amazonaws.com"]),
        Condition("StringEquals", "kms:ViaService", ["s3.us-east-1.amazonaws.com"] * 2),
    ],
    ids=repr,
)
@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:Sign"])
def test_two_spellings_of_a_condition_are_one_note(other: Condition, action: Any) -> None:
    """In one cell, and in two."""
    table = access(Policy([TO_APP.when(S3), allow(action).to(Principal.arn(APP)).when(other)]))
    assert table[APP, "kms:Decrypt"] == table[APP, action] == Cell((S3,))
    assert str(table).endswith("says\n  a  kms:ViaService is s3.us-east-1.amazonaws.com")


def html(table: AccessTable) -> str:
    """Draw a table as a notebook does, which calls the method by this name."""
    drawn: str = getattr(table, "_repr_html_")()  # noqa: B009 - private to type checkers
    return drawn


class _Reader(HTMLParser):
    """Collects the text of each kind of element, and fails on one that is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.setdefault(self.open[-1], []).append(data)


def test_a_notebook_shows_it() -> None:
    """The same words, in a table that is well formed whatever the policy says."""
    hostile = Condition("StringEquals", "aws:UserAgent", "<script>alert(1)</script>")
    name = 'arn:aws:iam::111122223333:role/"><b>'
    table = access(Policy([TO_APP.when(hostile), allow("kms:Encrypt").to(Principal({"AWS": name}))]))
    drawn = html(table)
    reader = _Reader()
    reader.feed(drawn)
    assert reader.open == []
    assert set(reader.text) == {"style", "th", "td", "p", "dt", "dd"}
    assert reader.text["td"] == ["yes if a", "·", "·", "yes", *["·"] * 4]
    assert reader.text["dd"] == ["aws:UserAgent is '<script>alert(1)</script>'"]
    assert "<dl>" not in html(access(Policy([TO_APP])))
    assert "<p>The policy names nobody: nobody may do anything.</p>" in html(access(Policy([])))
