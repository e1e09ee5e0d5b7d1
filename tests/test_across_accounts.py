"""Keys and callers of different accounts: what works, and what IAM policies must allow as well."""

from __future__ import annotations

from typing import Any, Final

import pytest

from kmspolicy import (
    Access,
    Caller,
    Cell,
    Outcome,
    Policy,
    Principal,
    Request,
    Statement,
    access,
    allow,
    conditions,
    decide,
    deny,
    diff,
    errors,
    explain,
    statements,
)
from kmspolicy._evaluate._access import ALWAYS
from kmspolicy._language._actions import ACTIONS
from kmspolicy._render._show import text

GUIDE = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html"
ACCOUNT, OTHER = "111122223333", "444455556666"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
READER = f"arn:aws:iam::{OTHER}:role/Reader"
THEIR_ROOT = f"arn:aws:iam::{OTHER}:root"
OURS = f"arn:aws:iam::{ACCOUNT}:role/App"
SERVICE = "s3.amazonaws.com"
EVERYTHING = Policy(
    [allow("kms:*").to(Principal.arn(READER), Principal.arn(OURS), Principal.service(SERVICE))]
)
EFFECTIVE = sorted(facts.name for facts in ACTIONS.values() if facts.effective)

# https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html, "Cross-account use"
ACROSS = frozenset({
    *("kms:CreateGrant", "kms:Decapsulate", "kms:Decrypt", "kms:DeriveSharedSecret", "kms:DescribeKey"),
    *("kms:Encapsulate", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyPair"),
    *("kms:GenerateDataKeyPairWithoutPlaintext", "kms:GenerateDataKeyWithoutPlaintext", "kms:GenerateMac"),
    *("kms:GetKeyRotationStatus", "kms:GetPublicKey", "kms:ListGrants", "kms:ReEncryptFrom"),
    *("kms:ReEncryptTo", "kms:RevokeGrant", "kms:Sign", "kms:Verify", "kms:VerifyMac"),
})  # fmt: skip


@pytest.mark.parametrize("action", EFFECTIVE)
def test_what_works_on_a_key_of_another_account(action: str) -> None:
    """Every action that has an effect, held against AWS's table: in decisions, tables and differences alike."""
    works = action in ACROSS
    assert ACTIONS[action.lower()].across_accounts is works
    decision = decide(EVERYTHING, Request(READER, action, account=ACCOUNT))
    assert decision.outcome is (Outcome.ALLOWED if works else Outcome.NOT_GRANTED)
    assert decision.iam_must_allow is works
    cell = access(EVERYTHING, account=ACCOUNT)[READER, action]
    assert cell == (Cell(ALWAYS, iam_of=OTHER) if works else Cell())
    gained = diff(Policy([]), EVERYTHING, account=ACCOUNT).gained
    assert works is any(action in one.actions for one in gained if one.principal == ("AWS", READER))


PUT: Final = "kms:PutKeyPolicy"
DECRYPT: Final = "kms:Decrypt"
ADMIN = allow(PUT).to(Principal.arn(READER))
NO_ADMIN = deny(PUT).to(Principal.everyone())
USE = allow(DECRYPT).to(Principal.arn(READER))
BY_ACCOUNT = allow(DECRYPT).to(Principal.account(OTHER))
NO_USE = deny(DECRYPT).to(Principal.arn(READER))
NOT_GRANTED, ALLOWED, DELEGATED, DENIED = (
    Outcome.NOT_GRANTED,
    Outcome.ALLOWED,
    Outcome.DELEGATED,
    Outcome.DENIED,
)


@pytest.mark.parametrize(
    ("given", "caller", "action", "known", "expected", "iam_must_allow"),
    [
        # What does not work there is not granted, whatever the policy says.
        pytest.param(
            [ADMIN], READER, PUT, {"account": ACCOUNT}, NOT_GRANTED, False, id="administration, by name"
        ),
        pytest.param(
            [ADMIN],
            READER,
            PUT,
            {"key_arn": KEY},
            NOT_GRANTED,
            False,
            id="administration, by name, the key by its ARN",
        ),
        pytest.param(
            [ADMIN, NO_ADMIN],
            READER,
            PUT,
            {"account": ACCOUNT},
            NOT_GRANTED,
            False,
            id="administration, by name and denied",
        ),
        pytest.param(
            [NO_ADMIN],
            THEIR_ROOT,
            PUT,
            {"account": ACCOUNT},
            NOT_GRANTED,
            False,
            id="administration, by the other root user and denied",
        ),
        # In the key's own account, or where it is not known, it counts.
        pytest.param(
            [ADMIN],
            READER,
            PUT,
            {"account": OTHER},
            ALLOWED,
            False,
            id="administration, by name in the same account",
        ),
        pytest.param([ADMIN], READER, PUT, {}, ALLOWED, None, id="administration, the account not known"),
        pytest.param(
            [ADMIN, NO_ADMIN],
            READER,
            PUT,
            {},
            DENIED,
            False,
            id="administration, denied, the account not known",
        ),
        # A service is in no account.
        pytest.param(
            [allow(PUT).to(Principal.service(SERVICE))],
            SERVICE,
            PUT,
            {"account": ACCOUNT},
            ALLOWED,
            False,
            id="administration, by a service",
        ),
        # What works needs the IAM policies of that account; a root user has none.
        pytest.param([USE], READER, DECRYPT, {"account": ACCOUNT}, ALLOWED, True, id="use, by name"),
        pytest.param(
            [USE], READER, DECRYPT, {"key_arn": KEY}, ALLOWED, True, id="use, by name, the key by its ARN"
        ),
        pytest.param(
            [BY_ACCOUNT], READER, DECRYPT, {"account": ACCOUNT}, DELEGATED, True, id="use, by account"
        ),
        pytest.param(
            [BY_ACCOUNT],
            THEIR_ROOT,
            DECRYPT,
            {"account": ACCOUNT},
            ALLOWED,
            False,
            id="use, by the other root user",
        ),
        pytest.param(
            [USE, NO_USE], READER, DECRYPT, {"account": ACCOUNT}, DENIED, False, id="use, by name and denied"
        ),
    ],
)
def test_decisions(  # noqa: PLR0913, PLR0917 - the columns of the table
    given: list[Statement],
    caller: str,
    action: str,
    known: dict[str, Any],
    expected: Outcome,
    iam_must_allow: bool | None,
) -> None:
    """Both accounts must allow it, and not everything can be allowed."""
    decision = decide(Policy(given), Request(caller, action, **known))
    assert (decision.outcome, decision.iam_must_allow) == (expected, iam_must_allow), GUIDE
    assert decision.assumptions == ()


@pytest.mark.filterwarnings("ignore::kmspolicy.errors.UnknownWordWarning")
def test_an_action_that_is_not_known_may_work() -> None:
    """It may be younger than this library."""
    policy = Policy([Statement("Allow", principal=Principal.arn(READER), action="kms:*", resource="*")])
    decision = decide(policy, Request(READER, "kms:Teleport", account=ACCOUNT))
    assert (decision.outcome, decision.iam_must_allow) == (Outcome.ALLOWED, True)
    named = Statement("Allow", principal=Principal.arn(READER), action="kms:Teleport", resource="*")
    assert access(Policy([named]), account=ACCOUNT)[READER, "kms:Teleport"] == Cell(ALWAYS, iam_of=OTHER)


def test_decisions_in_words() -> None:
    """They say that it does not work, or which IAM policies must allow it as well."""
    refused = decide(EVERYTHING, Request(READER, "kms:PutKeyPolicy", account=ACCOUNT))
    assert explain(refused) == (
        "kms:PutKeyPolicy does not work on a key of another account: no key policy in account 111122223333 can allow it "
        "to role Reader of account 444455556666."
    )
    allowed = decide(EVERYTHING, Request(READER, "kms:Decrypt", account=ACCOUNT))
    assert explain(allowed) == (
        "Statement[0] allows kms:Decrypt to role Reader of account 444455556666. The key is in another account: an IAM "
        "policy of account 444455556666 must allow it as well."
    )
    of_root = decide(EVERYTHING, Request(THEIR_ROOT, "kms:PutKeyPolicy", account=ACCOUNT))
    assert explain(of_root).endswith("can allow it to the root user of account 444455556666.")


# --- tables ------------------------------------------------------------------------------------------

S3 = conditions.via_service.equals("s3.us-east-1.amazonaws.com")
TO_READER = allow("kms:Decrypt").to(Principal.arn(READER))
TO_THEM = allow("kms:Decrypt").to(Principal.account(OTHER))
NOT_THEM = deny("kms:Decrypt").to(Principal.account(OTHER))


@pytest.mark.parametrize(
    ("given", "cell", "words"),
    [
        ([TO_READER], Cell(ALWAYS, iam_of=OTHER), "yes, with IAM of 444455556666"),
        ([TO_READER.when(S3)], Cell((S3,), iam_of=OTHER), "yes if a, with IAM of 444455556666"),
        ([TO_THEM], Cell(delegated=ALWAYS, iam_of=OTHER), "IAM of 444455556666"),
        ([TO_THEM.when(S3)], Cell(delegated=(S3,), iam_of=OTHER), "IAM of 444455556666 if a"),
        ([TO_READER, NOT_THEM.when(S3)], Cell(ALWAYS, (), (S3,), OTHER), "yes, with IAM of 444455556666, unless a"),
        ([TO_READER, NOT_THEM], Cell(denied=ALWAYS), "no"),
        ([allow("kms:PutKeyPolicy").to(Principal.arn(READER))], Cell(), "·"),
    ],
    ids=["named", "named, under a condition", "by account", "by account, under a condition", "denied if", "no", "·"],
)  # fmt: skip
def test_tables(given: list[Statement], cell: Cell, words: str) -> None:
    """Whoever is of another account has nothing without its IAM policies; what is denied needs none."""
    policy = Policy(given)
    for table in (
        access(policy, also=[READER], account=ACCOUNT),
        access(policy, also=[READER], key_arn=KEY),
    ):
        assert table[READER, "kms:Decrypt"] == cell
        assert f" {words} " in f"{' '.join(text(table, width=200).split())} "
    for account in (None, OTHER):
        assert access(policy, also=[READER], account=account)[READER, "kms:Decrypt"].iam_of == ""


def test_columns_that_are_in_no_other_account() -> None:
    """The key's own account, everyone and services have the IAM policies of none."""
    policy = Policy([allow("kms:*").to(Principal.everyone()), statements.enable_iam_policies(ACCOUNT)])
    table = access(policy, also=[SERVICE, OURS], account=ACCOUNT)
    assert {cell.iam_of for cells in table.cells for cell in cells} == {""}
    assert {table[who, "kms:PutKeyPolicy"].access for who in ("*", SERVICE, OURS)} == {Access.ALWAYS}


def test_differences() -> None:
    """They compare what works, and say whose IAM policies must allow it."""
    both = allow("kms:Sign", "kms:PutKeyPolicy").to(Principal.arn(READER))
    difference = diff(Policy([]), Policy([both]), account=ACCOUNT)
    assert [(one.principal, one.actions) for one in difference.gained] == [(("AWS", READER), ("kms:Sign",))]
    assert str(difference).endswith(
        "+ role Reader of account 444455556666: Sign: · → yes, with IAM of 444455556666"
    )
    unknown = diff(Policy([]), Policy([both]))
    assert [one.actions for one in unknown.gained] == [("kms:PutKeyPolicy", "kms:Sign")]


@pytest.mark.parametrize("key_arn", [None, KEY])
def test_differences_of_a_statement_on_the_arn_of_the_key(key_arn: str | None) -> None:
    """The request that shows a change tells for which key, and where the key is known the table tells it, too."""
    on_key = Statement("Allow", principal=Principal.arn(OURS), action="kms:Sign", resource=KEY)
    (gained,) = diff(Policy([]), Policy([on_key]), key_arn=key_arn).gained
    assert (gained.actions, gained.witness.request.key_arn) == (("kms:Sign",), KEY)
    cell = access(Policy([on_key]), key_arn=key_arn)[OURS, "kms:Sign"]
    assert cell == (Cell(ALWAYS) if key_arn else Cell())


# --- what is said of the key -------------------------------------------------------------------------

ANY: Any = 7


@pytest.mark.parametrize(
    ("known", "text"),
    [
        ({"account": "1"}, "an account must be an account id of 12 digits, not '1'"),
        ({"account": ANY}, "an account must be an account id of 12 digits, not 7"),
        ({"key_arn": "1234abcd"}, "a key ARN has the form arn:aws:kms:REGION:ACCOUNT:key/ID; '1234abcd' is not one"),
        ({"key_arn": KEY.replace("key/", "alias/")}, "a key ARN has the form"),
        ({"key_arn": ANY}, "a key ARN has the form arn:aws:kms:REGION:ACCOUNT:key/ID; 7 is not one"),
        ({"key_arn": KEY, "account": OTHER}, f"the key {KEY} is in account {ACCOUNT}, not in account {OTHER}"),
    ],
    ids=["short", "no text", "an id", "an alias", "no text as an ARN", "another account"],
)  # fmt: skip
def test_what_contradicts_itself(known: dict[str, Any], text: str) -> None:
    """Every question refuses it, with the same words."""
    policy = Policy([TO_READER])
    for question in (
        lambda: Request(READER, "kms:Decrypt", **known),
        lambda: access(policy, **known),
        lambda: diff(policy, policy, **known),
    ):
        with pytest.raises(errors.RequestError) as caught:
            question()
        assert str(caught.value).startswith(text)


def test_the_arn_of_the_key_tells_its_account() -> None:
    """A request has the account, whichever of both was given."""
    request = Request(READER, "kms:Decrypt", key_arn=KEY)
    assert (request.account, request.key_arn) == (ACCOUNT, KEY)
    assert request == Request(READER, "kms:Decrypt", account=ACCOUNT, key_arn=KEY)
    assert request != Request(READER, "kms:Decrypt", account=ACCOUNT)


def test_what_is_no_request() -> None:
    """A caller is not one."""
    wrong: Any = Caller(READER)
    with pytest.raises(TypeError, match=r"expected a Request, not Caller; write decide\(policy, Request"):
        decide(EVERYTHING, wrong)
