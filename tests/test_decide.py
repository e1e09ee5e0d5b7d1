"""Decisions: whom a statement names, for which actions, and what decides."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from kmspolicy import (
    Condition,
    Outcome,
    Policy,
    Principal,
    Request,
    Statement,
    access,
    allow,
    canonical,
    conditions,
    decide,
    deny,
    diff,
    equivalent,
    errors,
    explain,
    statements,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = pytest.mark.filterwarnings("ignore::kmspolicy.errors.UnknownWordWarning")  # they ask of such

ACCOUNT = "111122223333"
OTHER = "444455556666"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
USER = f"arn:aws:iam::{ACCOUNT}:user/alice"
USER_WITH_PATH = f"arn:aws:iam::{ACCOUNT}:user/team/alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/App"
ROLE_WITH_PATH = f"arn:aws:iam::{ACCOUNT}:role/team/App"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/session"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
SERVICE = "logs.us-east-1.amazonaws.com"
ALLOWED, DELEGATED, DENIED, NOT_GRANTED = (
    Outcome.ALLOWED,
    Outcome.DELEGATED,
    Outcome.DENIED,
    Outcome.NOT_GRANTED,
)
PRINCIPAL_PAGE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"


def outcome(
    statement: Statement | Iterable[Statement], principal: str, action: str = "kms:Decrypt"
) -> Outcome:
    """Decide a request without a context."""
    return decide(Policy(statement), Request(principal, action)).outcome


@pytest.mark.parametrize(
    ("element", "caller", "expected"),
    [
        # An account: its IAM policies decide, except for its root user.
        pytest.param({"AWS": ROOT}, USER, DELEGATED, id="the account, a user"),
        pytest.param({"AWS": ACCOUNT}, USER, DELEGATED, id="the account id, a user"),
        pytest.param({"AWS": ROOT}, ROLE, DELEGATED, id="the account, a role"),
        pytest.param({"AWS": ROOT}, SESSION, DELEGATED, id="the account, a session"),
        pytest.param({"AWS": ACCOUNT}, FEDERATED, DELEGATED, id="the account id, a federated user"),
        pytest.param({"AWS": ROOT}, ROOT, ALLOWED, id="the account, its root user"),
        pytest.param({"AWS": ACCOUNT}, ROOT, ALLOWED, id="the account id, its root user"),
        pytest.param({"AWS": ROOT}, ACCOUNT, ALLOWED, id="the account, its root user by the id"),
        pytest.param({"AWS": OTHER}, USER, NOT_GRANTED, id="another account"),
        pytest.param({"AWS": ROOT}, SERVICE, NOT_GRANTED, id="the account, a service"),
        # The same account id in another partition is another account; an id is in the partition of the key.
        pytest.param(
            {"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"},
            USER,
            NOT_GRANTED,
            id="the account in another partition",
        ),
        pytest.param(
            {"AWS": ACCOUNT},
            f"arn:aws-cn:iam::{ACCOUNT}:user/alice",
            DELEGATED,
            id="the account id, a user of another partition",
        ),
        pytest.param(
            {"AWS": ROOT},
            f"arn:aws-cn:iam::{ACCOUNT}:user/alice",
            NOT_GRANTED,
            id="the account, a user of another partition",
        ),
        # A user.
        pytest.param({"AWS": USER}, USER, ALLOWED, id="a user"),
        pytest.param({"AWS": USER}, USER_WITH_PATH, NOT_GRANTED, id="a user with another path"),
        pytest.param({"AWS": USER_WITH_PATH}, USER_WITH_PATH, ALLOWED, id="a user with a path"),
        pytest.param({"AWS": USER}, USER.replace("alice", "Alice"), NOT_GRANTED, id="a user in another case"),
        pytest.param({"AWS": USER}, ROOT, NOT_GRANTED, id="a user, the root user"),
        # A role, and a session of it, whose ARN has no path.
        pytest.param({"AWS": ROLE}, ROLE, ALLOWED, id="a role"),
        pytest.param({"AWS": ROLE}, SESSION, ALLOWED, id="a role, a session"),
        pytest.param({"AWS": ROLE_WITH_PATH}, SESSION, ALLOWED, id="a role with a path, a session"),
        pytest.param({"AWS": ROLE_WITH_PATH}, ROLE_WITH_PATH, ALLOWED, id="a role with a path"),
        pytest.param({"AWS": ROLE}, ROLE_WITH_PATH, NOT_GRANTED, id="a role with another path"),
        pytest.param(
            {"AWS": ROLE},
            SESSION.replace("/App/", "/app/"),
            NOT_GRANTED,
            id="a role in another case, a session",
        ),
        pytest.param(
            {"AWS": ROLE.replace(ACCOUNT, OTHER)},
            SESSION,
            NOT_GRANTED,
            id="a role of another account, a session",
        ),
        pytest.param(
            {"AWS": f"arn:aws:iam::{ACCOUNT}:role/MyApp"},
            SESSION,
            NOT_GRANTED,
            id="a role whose name ends like it, a session",
        ),
        pytest.param({"AWS": SESSION}, SESSION, ALLOWED, id="a session"),
        pytest.param(
            {"AWS": SESSION}, SESSION.replace("session", "other"), NOT_GRANTED, id="another session"
        ),
        pytest.param({"AWS": SESSION}, ROLE, NOT_GRANTED, id="a session, its role"),
        # Others.
        pytest.param({"AWS": FEDERATED}, FEDERATED, ALLOWED, id="a federated user"),
        pytest.param({"Service": SERVICE}, SERVICE, ALLOWED, id="a service"),
        pytest.param({"Service": "logs.amazonaws.com"}, SERVICE, NOT_GRANTED, id="another service"),
        pytest.param({"Service": SERVICE}, USER, NOT_GRANTED, id="a service, a user"),
        pytest.param({"AWS": SERVICE}, SERVICE, NOT_GRANTED, id="a service as an AWS principal"),
        pytest.param({"Service": "*"}, SERVICE, NOT_GRANTED, id="all services"),
        pytest.param(
            {"Federated": "cognito-identity.amazonaws.com"}, USER, NOT_GRANTED, id="an identity provider"
        ),
        pytest.param({"CanonicalUser": ACCOUNT}, USER, NOT_GRANTED, id="a canonical user"),
        pytest.param({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, USER, NOT_GRANTED, id="a unique id"),
        pytest.param({"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"}, ROLE, NOT_GRANTED, id="a pattern of roles"),
        pytest.param(
            {"AWS": f"arn:aws:iam::{ACCOUNT}:role/*/App"}, SESSION, NOT_GRANTED, id="a pattern of paths"
        ),
        pytest.param({"AWS": ""}, USER, NOT_GRANTED, id="an empty name"),
        pytest.param({"AWS": []}, USER, NOT_GRANTED, id="no name"),
        pytest.param("*", USER, ALLOWED, id="everyone, a user"),
        pytest.param("*", SERVICE, ALLOWED, id="everyone, a service"),
        pytest.param({"AWS": "*"}, SESSION, ALLOWED, id="everyone as an AWS principal"),
        pytest.param({"AWS": [OTHER, USER]}, USER, ALLOWED, id="a user among others"),
        pytest.param({"AWS": [ROOT, USER]}, USER, ALLOWED, id="a user and its account"),
        pytest.param({"Service": SERVICE, "AWS": USER}, USER, ALLOWED, id="a service and a user"),
    ],
)
def test_whom_a_statement_names(element: Any, caller: str, expected: Outcome) -> None:
    """The rules of the Principal element; a Deny on an account is for everyone in it."""
    given = Principal(element)
    assert outcome(allow("kms:*").to(given), caller) is expected, PRINCIPAL_PAGE
    assert outcome(deny("kms:*").to(given), caller) is (NOT_GRANTED if expected is NOT_GRANTED else DENIED)


@pytest.mark.parametrize(
    ("names", "caller", "spared_by_deny", "excepted_by_allow"),
    [
        pytest.param({"AWS": USER}, USER, False, True, id="a user"),  # the account is not named
        pytest.param({"AWS": [ROOT, USER]}, USER, True, True, id="a user and its account"),
        pytest.param({"AWS": [ACCOUNT, USER]}, USER, True, True, id="a user and its account id"),
        pytest.param({"AWS": ROOT}, USER, False, True, id="the account, a user"),
        pytest.param({"AWS": ROOT}, ROOT, True, True, id="the account, its root user"),
        pytest.param(
            {"AWS": [ROOT, ROLE, SESSION]}, SESSION, True, True, id="a session, its role and its account"
        ),
        pytest.param({"AWS": [ROOT, ROLE]}, SESSION, False, True, id="a role and its account, a session"),
        pytest.param({"AWS": [ROOT, SESSION]}, SESSION, False, True, id="a session and its account"),
        pytest.param({"AWS": [ROOT, ROLE]}, ROLE, True, True, id="a role and its account"),
        pytest.param({"AWS": OTHER}, USER, False, False, id="another account"),
        pytest.param({"Service": SERVICE}, SERVICE, True, True, id="a service"),
        pytest.param({"Service": SERVICE}, USER, False, False, id="a service, a user"),
        pytest.param({"AWS": ROOT}, SERVICE, False, False, id="the account, a service"),
        pytest.param({"AWS": "*"}, USER, True, True, id="everyone as an AWS principal"),
        pytest.param("*", SERVICE, True, True, id="everyone"),
        pytest.param({"AWS": []}, USER, False, False, id="nobody"),
    ],
)
def test_whom_not_principal_excepts(
    names: Any,
    caller: str,
    spared_by_deny: bool,
    excepted_by_allow: bool,
) -> None:
    """A Deny spares whose every level is named: account, role and session; an Allow excepts who is named at all.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    given = Principal(names)
    denial = Statement("Deny", not_principal=given, action="kms:*", resource="*")
    permission = Statement("Allow", not_principal=given, action="kms:*", resource="*")
    everything = allow("kms:*").to(Principal.everyone())
    assert outcome([everything, denial], caller) is (ALLOWED if spared_by_deny else DENIED)
    assert outcome(permission, caller) is (NOT_GRANTED if excepted_by_allow else ALLOWED)


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        pytest.param("kms:Decrypt", "kms:Decrypt", True, id="the action"),
        pytest.param("kms:decrypt", "KMS:DECRYPT", True, id="another case"),
        pytest.param("kms:Encrypt", "kms:Decrypt", False, id="another action"),
        pytest.param("kms:*", "kms:Decrypt", True, id="all of KMS"),
        pytest.param("*", "kms:Decrypt", True, id="all"),
        pytest.param("kms:??crypt", "kms:Encrypt", True, id="question marks"),
        pytest.param(
            "kms:GenerateDataKey*", "kms:GenerateDataKeyPair", True, id="AWS's wildcard for data keys"
        ),
        pytest.param("kms:ReEncrypt*", "kms:ReEncryptFrom", True, id="AWS's wildcard for ReEncrypt"),
        pytest.param("kms:*Key*", "kms:GetKeyPolicy", True, id="stars around a word"),
        pytest.param("s3:*", "kms:Decrypt", False, id="another service"),
        pytest.param(
            "\u212ams:Decrypt", "kms:Decrypt", False, id="a letter that looks the same"
        ),  # a Kelvin sign is not a letter k
        pytest.param("", "kms:Decrypt", False, id="nothing"),
        pytest.param(["kms:Encrypt", "kms:Decrypt"], "kms:Decrypt", True, id="one of several"),
        pytest.param([], "kms:Decrypt", False, id="none"),
        pytest.param(
            "kms:*", "kms:Teleport", True, id="an action that is not known"
        ),  # newer than this library
        pytest.param(
            "kms:*", "kms:CreateKey", False, id="an action without effect"
        ),  # no key policy can grant it
    ],
)
def test_which_actions_a_statement_names(pattern: Any, action: str, expected: bool) -> None:
    """Case does not matter, wildcards stand for characters; NotAction is the opposite."""
    everyone = Principal.everyone()
    named = Statement("Allow", principal=everyone, action=pattern, resource="*")
    excepted = Statement("Allow", principal=everyone, not_action=pattern, resource="*")
    assert (outcome(named, USER, action) is ALLOWED) is expected
    if action != "kms:CreateKey":
        assert (outcome(excepted, USER, action) is ALLOWED) is not expected


@pytest.mark.parametrize(
    ("elements", "path"),
    [
        pytest.param({"principal": None}, "Statement[0].Principal", id="no principal"),
        pytest.param({"action": None}, "Statement[0].Action", id="no action"),
        pytest.param({"resource": None}, "Statement[0].Resource", id="no resource"),
        pytest.param(
            {"resource": "arn:aws:kms:us-east-1:111122223333:key/k"},
            "Statement[0].Resource",
            id="the ARN of a key",
        ),
        pytest.param({"resource": []}, "Statement[0].Resource", id="an empty list of resources"),
        pytest.param({"resource": None, "not_resource": "x"}, "Statement[0].NotResource", id="NotResource"),
        pytest.param({"action": None, "not_action": "kms:*"}, "Statement[0].NotAction", id="NotAction"),
        pytest.param(
            {"principal": None, "not_principal": Principal.everyone()},
            "Statement[0].NotPrincipal",
            id="NotPrincipal",
        ),
        pytest.param({"action": "kms:Encrypt"}, "Statement[0].Action", id="another action"),
        pytest.param({"principal": Principal.account(OTHER)}, "Statement[0].Principal", id="another account"),
        pytest.param(
            {"condition": Condition("Bool", "aws:a", "true") & Condition("Bool", "aws:b", "true")},
            'Statement[0].Condition.Bool["aws:b"]',
            id="the second condition",
        ),
        pytest.param(
            {"condition": Condition("bool", "aws:a", "true")},
            "Statement[0].Condition.bool",
            id="an operator in another case",
        ),
        pytest.param(
            {"condition": Condition.from_dict({"bool": {}})},
            "Statement[0].Condition.bool",
            id="an operator in another case, without keys",
        ),
    ],
)
def test_why_a_statement_does_not_apply(elements: dict[str, Any], path: str) -> None:
    """The first element for which it does not is named; what KMS would refuse applies to nothing."""
    whole: dict[str, Any] = {"principal": Principal.everyone(), "action": "kms:Decrypt", "resource": "*"}
    statement = Statement("Allow", **(whole | elements))
    decision = decide(Policy([statement]), Request(USER, "kms:Decrypt", {"aws:a": True}))
    assert (decision.outcome, decision.decided_by, decision.statements) == (NOT_GRANTED, (), ())
    assert [mismatch.path for mismatch in decision.mismatches] == [path]


def test_which_resources_are_the_key() -> None:
    """``"*"`` is the key, in a list too."""
    for resource in ("*", ["*"], ["arn:aws:kms:us-east-1:111122223333:key/k", "*"]):
        statement = Statement("Allow", principal=Principal.everyone(), action="kms:*", resource=resource)
        assert outcome(statement, USER) is ALLOWED


BY_ACCOUNT = statements.enable_iam_policies(ACCOUNT)
BY_NAME = allow("kms:Decrypt").to(Principal.arn(USER))
FORBIDDEN = deny("kms:Decrypt").to(Principal.arn(USER))


@pytest.mark.parametrize(
    ("given", "expected", "decided_by"),
    [
        pytest.param([], NOT_GRANTED, (), id="no statement"),
        pytest.param([BY_ACCOUNT], DELEGATED, (0,), id="the account"),
        pytest.param([BY_NAME], ALLOWED, (0,), id="the name"),
        pytest.param([BY_ACCOUNT, BY_NAME, BY_NAME], ALLOWED, (1, 2), id="the name before the account"),
        pytest.param([BY_ACCOUNT, FORBIDDEN, BY_NAME], DENIED, (1,), id="a Deny before all"),
        pytest.param([FORBIDDEN], DENIED, (0,), id="a Deny alone"),
    ],
)
def test_what_decides(given: list[Statement], expected: Outcome, decided_by: tuple[int, ...]) -> None:
    """A Deny over everything, naming the caller over naming the account.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    decision = decide(Policy(given), Request(USER, "kms:Decrypt"))
    assert (decision.outcome, decision.decided_by) == (expected, decided_by)
    assert decision.statements == tuple(given[index] for index in decided_by)


@pytest.mark.parametrize(
    ("statement", "caller", "account", "expected"),
    [
        pytest.param(BY_ACCOUNT, USER, ACCOUNT, True, id="left to the account"),
        pytest.param(BY_ACCOUNT, USER, None, True, id="left to the account, that of the key not known"),
        pytest.param(BY_NAME, USER, ACCOUNT, False, id="a user of the account"),
        pytest.param(BY_NAME, USER, OTHER, True, id="a user of another account"),
        pytest.param(BY_NAME, USER, None, None, id="a user, the account of the key not known"),
        pytest.param(BY_ACCOUNT, ROOT, OTHER, False, id="the root user of another account"),
        pytest.param(allow("kms:*").to(Principal.service(SERVICE)), SERVICE, OTHER, False, id="a service"),
        pytest.param(FORBIDDEN, USER, OTHER, False, id="a user who is denied"),
        pytest.param(BY_NAME, ROLE, OTHER, False, id="a role that nothing allows"),
    ],
)
def test_whether_iam_policies_must_allow_it_too(
    statement: Statement, caller: str, account: str | None, expected: bool | None
) -> None:
    """In another account than the key's they must.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
    """
    request = Request(caller, "kms:Decrypt", account=account)
    assert decide(Policy(statement), request).iam_must_allow is expected


# --- what follows from the principal ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        pytest.param(
            USER_WITH_PATH,
            {
                "aws:PrincipalArn": USER_WITH_PATH,
                "aws:PrincipalAccount": ACCOUNT,
                "aws:PrincipalType": "User",
                "aws:PrincipalIsAWSService": "false",
                "kms:CallerAccount": ACCOUNT,
                "aws:username": "alice",
            },
            id="a user",
        ),
        pytest.param(
            ROLE_WITH_PATH,
            {"aws:PrincipalArn": ROLE_WITH_PATH, "aws:PrincipalType": "AssumedRole"},
            id="a role",
        ),
        pytest.param(
            SESSION,
            {"aws:PrincipalArn": ROLE, "aws:PrincipalType": "AssumedRole", "kms:CallerAccount": ACCOUNT},
            id="a session",
        ),
        pytest.param(
            ROOT,
            {"aws:PrincipalArn": ROOT, "aws:PrincipalType": "Account", "aws:userid": ACCOUNT},
            id="a root user",
        ),
        pytest.param(ACCOUNT, {"aws:PrincipalArn": ROOT}, id="an account id"),
        pytest.param(
            FEDERATED,
            {
                "aws:PrincipalArn": FEDERATED,
                "aws:PrincipalType": "FederatedUser",
                "aws:userid": f"{ACCOUNT}:bob",
            },
            id="a federated user",
        ),
        pytest.param(
            SERVICE,
            {
                "aws:PrincipalIsAWSService": "true",
                "aws:PrincipalServiceName": SERVICE,
            },
            id="a service",
        ),
    ],
)
def test_keys_that_follow_from_the_principal(caller: str, expected: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable."""
    for key, value in expected.items():
        statement = allow("kms:*").to(Principal.everyone()).when(Condition("StringEquals", key, value))
        assert outcome(statement, caller) is ALLOWED, key


@pytest.mark.parametrize(
    ("caller", "absent"),
    [
        pytest.param(USER, ["aws:userid", "aws:PrincipalServiceName"], id="a user"),
        pytest.param(ROLE, ["aws:userid", "aws:username"], id="a role"),
        pytest.param(SESSION, ["aws:userid", "aws:username"], id="a session"),
        pytest.param(ROOT, ["aws:username"], id="a root user"),
        pytest.param(FEDERATED, ["aws:username"], id="a federated user"),
        pytest.param(
            SERVICE,
            ["aws:PrincipalArn", "aws:PrincipalAccount", "kms:CallerAccount", "aws:PrincipalType"],
            id="a service",
        ),
    ],
)
def test_keys_that_do_not(caller: str, absent: list[str]) -> None:
    """What no ARN tells is absent, unless it is given."""
    for key in absent:
        statement = allow("kms:*").to(Principal.everyone()).when(Condition("Null", key, "true"))
        assert outcome(statement, caller) is ALLOWED, key


def test_what_is_given_counts_before_what_follows() -> None:
    """A context can say what the principal does not, a role's path, or that a key is absent."""
    by_path = allow("kms:*").to(Principal.everyone()).when(conditions.principal_arn.arn_like(ROLE_WITH_PATH))
    assert outcome(by_path, SESSION) is NOT_GRANTED
    given = Request(SESSION, "kms:Decrypt", {"AWS:principalarn": ROLE_WITH_PATH})
    assert decide(Policy([by_path]), given).outcome is ALLOWED
    absent = allow("kms:*").to(Principal.everyone()).when(conditions.username.absent())
    assert decide(Policy([absent]), Request(USER, "kms:Decrypt", {"aws:username": ()})).outcome is ALLOWED


NOT_TEXT: Any = 7
NO_CONTEXT: Any = [1]
NOTHING: Any = None

# --- requests --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "text"),
    [
        pytest.param(lambda: Request("*", "kms:Decrypt"), "'*' cannot make requests", id="everyone"),
        pytest.param(lambda: Request("alice", "kms:Decrypt"), "'alice' cannot make requests", id="a word"),
        pytest.param(
            lambda: Request(f"arn:aws:iam::{ACCOUNT}:role/*", "kms:Decrypt"),
            "cannot make requests",
            id="a pattern of roles",
        ),
        pytest.param(
            lambda: Request(f"arn:aws:iam::{ACCOUNT}:group/admins", "kms:Decrypt"),
            "cannot make requests",
            id="a group",
        ),
        pytest.param(
            lambda: Request(f"arn:aws:sts::{ACCOUNT}:role/App", "kms:Decrypt"),
            "cannot make requests",
            id="a role of STS",
        ),
        pytest.param(
            lambda: Request(f"arn:aws:sts::{ACCOUNT}:root", "kms:Decrypt"),
            "cannot make requests",
            id="a root user of STS",
        ),
        pytest.param(
            lambda: Request(f"arn:aws:sts::{ACCOUNT}:assumed-role/App", "kms:Decrypt"),
            "cannot make requests",
            id="a session without its name",
        ),
        pytest.param(
            lambda: Request("AIDACKCEVSQ6C2EXAMPLE", "kms:Decrypt"), "cannot make requests", id="a unique id"
        ),
        pytest.param(
            lambda: Request(NOT_TEXT, "kms:Decrypt"),
            "a principal must be an ARN, an account id or a service principal, not 7",
            id="no text",
        ),
        pytest.param(
            lambda: Request(Principal.arn(USER) | Principal.arn(ROLE), "kms:Decrypt"),
            "the principal of a request must have exactly one name, not 2",
            id="two principals",
        ),
        pytest.param(
            lambda: Request(USER, "kms:*"),
            "a request must have one action, such as 'kms:Decrypt', not 'kms:*'",
            id="a pattern of actions",
        ),
        pytest.param(
            lambda: Request(USER, "Decrypt"),
            "a request must have one action",
            id="an action without its prefix",
        ),
        pytest.param(
            lambda: Request(USER, "s3:GetObject"),
            "a request must have one action",
            id="an action of another service",
        ),
        pytest.param(
            lambda: Request(USER, NOT_TEXT), "a request must have one action", id="no text for an action"
        ),
        pytest.param(
            lambda: Request(USER, "kms:Decrypt", NO_CONTEXT), "a context must be a mapping", id="no context"
        ),
        pytest.param(
            lambda: Request(USER, "kms:Decrypt", {"aws:a": "1", "AWS:A": "2"}),
            "the context has 'AWS:A' twice",
            id="a key twice",
        ),
        pytest.param(
            lambda: Request(USER, "kms:Decrypt", {NOT_TEXT: "1"}),
            "7 is not a condition key; expected text with a prefix",
            id="no text for a key",
        ),
        pytest.param(
            lambda: Request(USER, "kms:Decrypt", {"aws:a": NOTHING}),
            "aws:a: expected text, a boolean",
            id="None for a value",
        ),
        pytest.param(
            lambda: Request(USER, "kms:Decrypt", {"aws:CurrentTime": datetime(2026, 1, 1)}),  # noqa: DTZ001 - refused
            "aws:CurrentTime: expected text, a boolean, a finite number or a datetime with a time zone",
            id="a time without a time zone",
        ),
        pytest.param(
            lambda: Request(USER, "kms:Decrypt", {"aws:a": 10**5000}),
            "aws:a: expected text, a boolean, a finite number or a datetime with a time zone, or a list of them, not one so large",
            id="too large a number",
        ),
        pytest.param(
            lambda: Request(USER, "kms:Decrypt", {"aws:a": float("nan")}),
            "aws:a: expected text, a boolean, a finite number",
            id="not a number",
        ),
        pytest.param(
            lambda: Request(
                USER,
                "kms:Decrypt",
                {"aws:a": datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5)))},
            ),
            "aws:a: expected text",
            id="a time after the year 9999",
        ),
        pytest.param(
            lambda: Request(USER, "kms:Decrypt", account="1"),
            "an account must be an account id of 12 digits, not '1'",
            id="an account of one digit",
        ),
        pytest.param(
            lambda: Request(USER, "kms:Decrypt", account=NOT_TEXT),
            "an account must be an account id of 12 digits, not 7",
            id="no text for an account",
        ),
    ],
)
def test_what_no_request_can_have(build: Any, text: str) -> None:
    """It is refused when the request is made, with what would be right."""
    with pytest.raises(errors.RequestError) as caught:
        build()
    assert text in str(caught.value)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("action", "context", "text"),
    [
        pytest.param(
            "kms:Decypt", {}, "'kms:Decypt' is not known; did you mean 'kms:Decrypt'?", id="a misspelt action"
        ),
        pytest.param("KMS:xyz", {}, "'KMS:xyz' is not known", id="another action"),
        pytest.param(
            "kms:Decrypt",
            {"kms:ViaServce": "a"},
            "'kms:ViaServce' is not known; did you mean 'kms:ViaService'?",
            id="a misspelt key",
        ),
        pytest.param(
            "kms:Decrypt",
            {"AWS:PrincipalOrg": "a"},
            "did you mean 'aws:PrincipalOrgID'?",
            id="the beginning of a key",
        ),
    ],
)
def test_words_that_are_not_known(action: str, context: dict[str, str], text: str) -> None:
    """They may be younger than this library: that is a warning, where the request is made."""
    with pytest.warns(errors.UnknownWordWarning) as caught:
        request = Request(USER, action, context)
    (warning,) = caught
    assert str(warning.message).endswith(text)
    assert warning.filename == __file__
    assert request.action == action


@pytest.mark.parametrize(
    "context",
    [
        {"kms:EncryptionContext:App": "a"},
        {"aws:PrincipalTag/a": "b"},
        {"saml:sub": "x"},
        {"KMS:VIASERVICE": "a"},
    ],
)
def test_words_that_are_known(context: dict[str, str], recwarn: pytest.WarningsRecorder) -> None:
    """In any case, with a free part, or of others than KMS and AWS."""
    Request(USER, "KMS:decrypt", context)
    assert list(recwarn) == []


def test_a_condition_key_has_a_prefix() -> None:
    """Without it, it is certainly a mistake."""
    for key, meant in (("ViaService", "kms:ViaService"), ("PrincipalOrgID", "aws:PrincipalOrgID")):
        with pytest.raises(
            errors.RequestError, match=f"'{key}' is not a condition key; did you mean '{meant}'"
        ):
            Request(USER, "kms:Decrypt", {key: "a"})
    with pytest.raises(errors.RequestError, match="'x' is not a condition key; expected text with a prefix"):
        Request(USER, "kms:Decrypt", {"x": "a"})


def test_decisions_are_neither_true_nor_false() -> None:
    """A test that asserts one would hold whatever it says."""
    decision: Any = decide(Policy([BY_NAME]), Request(USER, "kms:Decrypt"))
    with pytest.raises(TypeError, match="compare its outcome"):
        assert decision
    outcomes: list[Any] = list(Outcome)
    for outcome in outcomes:
        with pytest.raises(TypeError, match=rf"compare it, as in: outcome is {outcome}"):
            assert outcome


def test_requests_are_values() -> None:
    """They compare, hash, copy and pickle, and write a known action as AWS does."""
    context: dict[str, Any] = {
        "kms:ViaService": ["s3.us-east-1.amazonaws.com"],
        "aws:CurrentTime": datetime(2026, 1, 1, tzinfo=UTC),
    }
    request = Request(Principal.arn(USER), "KMS:decrypt", context, ACCOUNT)
    assert (request.principal, request.action) == (USER, "kms:Decrypt")
    assert request == Request(USER, "kms:Decrypt", dict(context), account=ACCOUNT)
    assert hash(request) == hash(Request(USER, "kms:Decrypt", context, ACCOUNT))
    assert request != Request(USER, "kms:Decrypt", {}, ACCOUNT)
    decision = decide(Policy([BY_NAME]), request)
    for again in (pickle.loads(pickle.dumps(decision)), copy.deepcopy(decision)):  # noqa: S301
        assert again == decision
        assert decide(again.policy, again.request) == decision
    assert str(decision) == explain(decision)
    assert "caller" not in repr(request)
    assert eval(repr(request), {"Request": Request, "datetime": __import__("datetime")}) == request  # noqa: S307 - our own
    assert request != Request(
        USER, "kms:Decrypt", context | {"kms:ViaService": "sqs.us-east-1.amazonaws.com"}, ACCOUNT
    )
    assert Request(USER, "kms:Decrypt", {"aws:a": 1, "aws:b": ""}) == Request(
        USER, "kms:Decrypt", {"AWS:B": "", "aws:a": 1}
    )
    assert Request(USER, "kms:Decrypt", {"aws:a": 1}) != Request(USER, "kms:Decrypt", {"aws:a": True})


def test_a_request_does_not_follow_the_mapping_it_was_made_of() -> None:
    """Changing the mapping later changes nothing."""
    context = {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}
    request = Request(USER, "kms:Decrypt", context)
    context["aws:PrincipalOrgID"] = "o-f6g7h8i9j0"
    policy = Policy(
        [allow("kms:*").to(Principal.everyone()).when(conditions.principal_org_id.equals("o-a1b2c3d4e5"))]
    )
    assert decide(policy, request).outcome is ALLOWED


NO_POLICY: Any = "{}"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        pytest.param(
            lambda: decide(NO_POLICY, Request(USER, "kms:Decrypt")),
            "expected a Policy, not str; see Policy.from_json",
            id="decide",
        ),
        pytest.param(lambda: access(NO_CONTEXT), "expected a Policy, not list", id="access"),
        pytest.param(lambda: canonical(NOTHING), "expected a Policy, not NoneType", id="canonical"),
        pytest.param(
            lambda: equivalent(Policy([]), NO_POLICY),
            "expected a Policy, not str; see Policy.from_json",
            id="equivalent",
        ),
        pytest.param(
            lambda: diff(NO_POLICY, Policy([])), "expected a Policy, not str; see Policy.from_json", id="diff"
        ),
    ],
)
def test_what_is_no_policy(question: Any, text: str) -> None:
    """Every question says what it wants, and where to get it."""
    with pytest.raises(TypeError) as caught:
        question()
    assert str(caught.value) == text
