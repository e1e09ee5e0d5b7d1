"""What decisions assume: what no guide settles, and what the caller and the key do not tell."""

from __future__ import annotations

from typing import Any

import pytest

from kmspolicy import (
    Condition,
    Outcome,
    Policy,
    Principal,
    Request,
    Statement,
    access,
    conditions,
    decide,
    explain,
)
from kmspolicy._evaluate._callers import requester_of
from kmspolicy._language._values import OneOf
from kmspolicy._path import format_path

ACCOUNT = "111122223333"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/App"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me"
SSO = "AWSReservedSSO_Admin_0123456789abcdef"
SSO_SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/{SSO}/me"
SSO_PATH = "aws-reserved/sso.amazonaws.com/"


def statement(effect: str = "Allow", **elements: Any) -> Statement:
    """Build a statement for everyone, or with other elements."""
    whole = {"Effect": effect, "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", **elements}
    return Statement.from_dict(whole)


def on(operator: str, key: str, value: object) -> dict[str, Any]:
    """Return a condition of one operator."""
    return {"Condition": {operator: {key: value}}}


# --- what is assumed ---------------------------------------------------------------------------------

RESOURCE = "Statement[0].Resource"
NUMBER, TIME, TAG, ARN = (
    "kms:ScheduleKeyDeletionPendingWindowInDays",
    "aws:CurrentTime",
    "aws:SourceIdentity",
    "aws:PrincipalArn",
)
CONTEXT = {NUMBER: "10", TIME: "2026-01-01T00:00:00Z", TAG: "x"}


def place(operator: str, key: str) -> str:
    """Return the path of a condition key."""
    return format_path(("Statement", 0, "Condition", operator, key))


TABLE: dict[str, tuple[dict[str, Any], str, list[tuple[str, bool]]]] = {
    "the key by its ARN": ({"Resource": KEY}, ALICE, [(RESOURCE, False)]),
    "keys by a pattern": ({"Resource": ["arn:aws:kms:*:*:key/*"]}, ALICE, [(RESOURCE, False)]),
    "another resource": ({"Resource": "x"}, ALICE, []),
    "everything that is an ARN": (on("ArnLike", ARN, "*"), ALICE, [(place("ArnLike", ARN), False)]),
    "nothing that is an ARN": (on("ArnNotLike", ARN, "*"), ALICE, [(place("ArnNotLike", ARN), True)]),
    "an unreadable number": (on("NumericEquals", NUMBER, "ten"), ALICE, [(place("NumericEquals", NUMBER), False)]),
    "not an unreadable number": (
        on("NumericNotEquals", NUMBER, "ten"), ALICE, [(place("NumericNotEquals", NUMBER), True)],
    ),
    "an unreadable date": (on("DateGreaterThan", TIME, "soon"), ALICE, [(place("DateGreaterThan", TIME), False)]),
    "not an unreadable date": (on("DateNotEquals", TIME, "soon"), ALICE, [(place("DateNotEquals", TIME), True)]),
    "a variable without a value": (
        on("StringEquals", TAG, "${aws:PrincipalTag/no}"), ALICE, [(place("StringEquals", TAG), False)],
    ),
    "not a variable without a value": (
        on("StringNotEquals", TAG, "${aws:PrincipalTag/no}"), ALICE, [(place("StringNotEquals", TAG), True)],
    ),
    "any value of a key that is absent": (
        on("ForAnyValue:StringEqualsIfExists", "aws:RequestedRegion", "x"),
        ALICE,
        [(place("ForAnyValue:StringEqualsIfExists", "aws:RequestedRegion"), True)],
    ),
    "presence that is neither": (on("Null", TAG, "perhaps"), ALICE, [(place("Null", TAG), False)]),
    "a session, without a path": (on("ArnEquals", ARN, ROLE), SESSION, [(place("ArnEquals", ARN), True)]),
    "a session, with a path": (
        on("ArnLike", ARN, ROLE.replace("App", "team/App")), SESSION, [(place("ArnLike", ARN), False)],
    ),
    "a session, whatever the path": (on("ArnLike", ARN, ROLE.replace("App", "*App")), SESSION, []),
    "the role itself": (on("ArnEquals", ARN, ROLE), ROLE, []),
    # Where what is certain decides, nothing is assumed.
    "and a condition that is not met": (
        {"Resource": KEY, **on("StringEquals", TAG, "y")}, ALICE, [],
    ),
    "and a condition that is met": (
        {"Resource": KEY, **on("StringEquals", TAG, "x")}, ALICE, [(RESOURCE, False)],
    ),
    "another caller": ({"Resource": KEY, "Principal": {"AWS": ROLE}}, ALICE, []),
    "another action": ({"Resource": KEY, "Action": "kms:Sign"}, ALICE, []),
    "two of them": (
        {"Resource": KEY, **on("NumericNotEquals", NUMBER, "ten")},
        ALICE,
        [(RESOURCE, False), (place("NumericNotEquals", NUMBER), True)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
@pytest.mark.parametrize(("elements", "caller", "assumed"), TABLE.values(), ids=TABLE)
def test_what_a_decision_assumes(
    elements: dict[str, Any], caller: str, assumed: list[tuple[str, bool]], effect: str
) -> None:
    """Of an Allow as of a Deny; the statement applies where all that is assumed is met.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    decision = decide(Policy([statement(effect, **elements)]), Request(caller, "kms:Decrypt", CONTEXT))
    assert [(one.path, one.is_met) for one in decision.assumptions] == assumed
    if assumed:
        applies = Outcome.ALLOWED if effect == "Allow" else Outcome.DENIED
        assert decision.outcome is (applies if all(met for _, met in assumed) else Outcome.NOT_GRANTED)


def test_the_first_place_that_is_not_met_is_the_mismatch() -> None:
    """One that is assumed comes first where it stands first; what is certain needs no assumption beside it."""
    both = statement(Resource=KEY, **on("NumericEquals", NUMBER, "ten"))
    decision = decide(Policy([both]), Request(ALICE, "kms:Decrypt", CONTEXT))
    assert [one.path for one in decision.mismatches] == [RESOURCE]
    assert [one.path for one in decision.assumptions] == [RESOURCE, place("NumericEquals", NUMBER)]


def test_a_single_statement_stands_in_no_list() -> None:
    """The places say so."""
    policy = Policy(statement(Resource=KEY))
    (assumption,) = decide(policy, Request(ALICE, "kms:Decrypt")).assumptions
    assert (assumption.path, assumption.steps) == ("Statement.Resource", ("Statement", "Resource"))
    in_list = decide(Policy([statement(Resource=KEY)]), Request(ALICE, "kms:Decrypt")).assumptions[0]
    assert (in_list.number, in_list.steps) == (0, ("Statement", 0, "Resource"))


def test_assumptions_in_words() -> None:
    """Each on a line of its own, with what settles it."""
    policy = Policy(
        [
            statement(Resource=KEY),
            statement(**on("ArnEquals", ARN, ROLE)),
            statement(**on("ArnLike", ARN, ROLE.replace("App", "team/App"))),
            statement(**on("NumericNotEquals", NUMBER, "ten")),
            statement(**on("NumericEquals", NUMBER, "ten")),
        ]
    )
    said = explain(decide(policy, Request(SESSION, "kms:Decrypt", CONTEXT, ACCOUNT)))
    path = "the session does not tell the path of its role, which aws:PrincipalArn in the context does"
    assert said == "\n  ".join(
        (
            "Statement[1] and Statement[3] allow kms:Decrypt to role session App/me of account 111122223333.",
            "Statement[0].Resource: taken to be another key; the ARN of the key would settle it",
            f'Statement[1].Condition.ArnEquals["aws:PrincipalArn"]: taken to be met; {path}',
            f'Statement[2].Condition.ArnLike["aws:PrincipalArn"]: taken to be not met; {path}',
            f'Statement[3].Condition.NumericNotEquals["{NUMBER}"]: taken to be met, which no guide says',
            f'Statement[4].Condition.NumericEquals["{NUMBER}"]: taken to be not met, which no guide says',
        )
    )


# --- the role of a session ---------------------------------------------------------------------------


def test_what_is_known_of_the_role_of_a_session() -> None:
    """Its name, and of one of IAM Identity Center's the beginning of its path.

    https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
    """
    assert requester_of(SESSION).keys["aws:principalarn"] == OneOf(
        (ROLE, f"arn:aws:iam::{ACCOUNT}:role/?*/App"), ROLE
    )
    reserved = f"arn:aws:iam::{ACCOUNT}:role/{SSO_PATH}"
    assert requester_of(SSO_SESSION).keys["aws:principalarn"] == OneOf(
        (f"{reserved}{SSO}", f"{reserved}??-*-?/{SSO}"), f"{reserved}{SSO}"
    )


@pytest.mark.parametrize(
    ("pattern", "expected", "certain"),
    [
        pytest.param(f"role/{SSO_PATH}{SSO}", Outcome.ALLOWED, False, id="no Region"),
        pytest.param(f"role/{SSO_PATH}eu-west-1/{SSO}", Outcome.NOT_GRANTED, False, id="a Region"),
        pytest.param(
            f"role/{SSO_PATH}us-gov-west-1/{SSO}", Outcome.NOT_GRANTED, False, id="a Region of four words"
        ),
        pytest.param(f"role/{SSO_PATH}eu-*/{SSO}", Outcome.NOT_GRANTED, False, id="some Regions"),
        pytest.param(f"role/{SSO_PATH}*/{SSO}", Outcome.NOT_GRANTED, False, id="any Region"),
        pytest.param(f"role/{SSO_PATH}*{SSO}", Outcome.ALLOWED, True, id="any Region or none"),
        pytest.param(f"role/{SSO_PATH}*", Outcome.ALLOWED, True, id="any role of this path"),
        pytest.param(
            "role/aws-reserved/*/AWSReservedSSO_Admin_*", Outcome.ALLOWED, True, id="any Region and id"
        ),
        pytest.param(f"role/{SSO_PATH}team/{SSO}", Outcome.NOT_GRANTED, True, id="no Region there is"),
        pytest.param(
            f"role/{SSO_PATH}eu-west-1/team/{SSO}", Outcome.NOT_GRANTED, True, id="more than a Region"
        ),
        pytest.param(f"role/{SSO}", Outcome.NOT_GRANTED, True, id="no path"),
        pytest.param("role/AWSReservedSSO_*", Outcome.NOT_GRANTED, True, id="roles without a path"),
        pytest.param(
            f"role/{SSO_PATH}*AWSReservedSSO_Reader_0123456789abcdef",
            Outcome.NOT_GRANTED,
            True,
            id="another permission set",
        ),
    ],
)
def test_roles_of_identity_center(pattern: str, expected: Outcome, certain: bool) -> None:
    """Their path is known, but for the Region that may stand in it.

    https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
    """
    by_arn = Principal.everyone()
    condition = conditions.principal_arn.arn_like(f"arn:aws:iam::{ACCOUNT}:{pattern}")
    policy = Policy([Statement("Allow", principal=by_arn, action="kms:*", resource="*", condition=condition)])
    decision = decide(policy, Request(SSO_SESSION, "kms:Decrypt"))
    assert (decision.outcome, decision.assumptions == ()) == (expected, certain)


def test_the_context_settles_the_path() -> None:
    """What is given of the role is not an assumption."""
    by_path = ROLE.replace("App", "team/App")
    policy = Policy([statement(**on("ArnLike", ARN, by_path))])
    for path, outcome in ((by_path, Outcome.ALLOWED), (ROLE, Outcome.NOT_GRANTED)):
        decision = decide(policy, Request(SESSION, "kms:Decrypt", {ARN: path}))
        assert (decision.outcome, decision.assumptions) == (outcome, ())


# --- tables ------------------------------------------------------------------------------------------

NEVER = {"kms:EncryptionContext:a": "kms:PutKeyPolicy", "kms:GranteePrincipal": "kms:Decrypt"}


@pytest.mark.parametrize(("key", "action"), NEVER.items(), ids=NEVER)
def test_keys_that_the_requests_of_an_action_never_have(key: str, action: str) -> None:
    """Nobody has access under a condition that they cannot meet, and a Deny under it denies nobody.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    """
    asks = statement(Principal={"AWS": ALICE}, Action="kms:*", **on("StringEquals", key, "x"))
    plain = statement(Principal={"AWS": ALICE}, Action="kms:*")
    denies = statement("Deny", Action="kms:*", **on("StringEquals", key, "x"))
    absent = statement(Principal={"AWS": ALICE}, Action="kms:*", **on("StringNotEquals", key, "x"))
    assert access(Policy([asks]))[ALICE, action].access.value == "nothing"
    assert access(Policy([plain, denies]))[ALICE, action].access.value == "always"
    assert access(Policy([absent]))[ALICE, action].access.value == "always"
    assert access(Policy([asks]))[ALICE, "kms:CreateGrant"].access.value == "under conditions"


def test_what_a_session_does_not_tell_is_a_condition() -> None:
    """A table shows it and does not guess; what the path cannot change is decided."""
    shown = Condition("ArnLike", ARN, ROLE)
    table = access(Policy([statement(**on("ArnLike", ARN, ROLE))]), also=[SESSION, ROLE, ALICE])
    assert table[SESSION, "kms:Decrypt"].allowed == (shown,)
    assert table[ROLE, "kms:Decrypt"].access.value == "always"
    assert table[ALICE, "kms:Decrypt"].access.value == "nothing"
