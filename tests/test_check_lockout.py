"""Lockout, case by case: who could put a policy on the key again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from check_support import ACCOUNT, ADMIN, ALICE, APP, BOB, KEY, OTHER, ROOT, SESSION
from kmspolicy import (
    Condition,
    Policy,
    Principal,
    Severity,
    Statement,
    allow,
    check,
    conditions,
    deny,
    errors,
    statements,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


PUT = allow("kms:PutKeyPolicy")
DELEGATED = PUT.to(Principal.arn(ROOT))
NO_PUT = deny("kms:PutKeyPolicy")
ORG = conditions.principal_org_id.equals("o-a1b2c3d4e5")


def key_arn(effect: Any = "Allow") -> Statement:
    """Build a statement for the administrators whose Resource is the key's ARN."""
    return Statement(effect, principal=Principal.arn(ROOT), action="kms:*", resource=KEY)


@pytest.mark.parametrize(
    ("given", "account", "expected"),
    [
        pytest.param([ADMIN], None, None, id="the account by its IAM policies"),
        pytest.param([PUT.to(Principal.arn(ALICE))], None, None, id="a user by name"),
        pytest.param([PUT.to(Principal.everyone()).when(ORG)], None, None, id="everyone of an organisation"),
        pytest.param(
            [allow("kms:Put*").to(Principal.arn(ALICE)).when(ORG)],
            ACCOUNT,
            None,
            id="a user under a condition",
        ),
        pytest.param(
            [allow("kms:Decrypt").to(Principal.arn(ROOT))],
            None,
            "ERROR",
            id="the account without PutKeyPolicy",
        ),
        pytest.param(
            [PUT.to(Principal.service("s3.amazonaws.com")).when(conditions.source_account.equals(ACCOUNT))],
            None,
            "ERROR",
            id="a service",
        ),
        pytest.param(
            [deny("kms:Sign").to(Principal.arn(ALICE))], None, "ERROR", id="a Deny of something else alone"
        ),
        # A Deny alone can do it, for everyone, for the account, or for each who is named.
        pytest.param([ADMIN, NO_PUT.to(Principal.everyone())], None, "ERROR", id="everyone denied"),
        pytest.param([ADMIN, NO_PUT.to(Principal.arn(ROOT))], None, "ERROR", id="the account denied"),
        pytest.param(
            [PUT.to(Principal.arn(ALICE)), NO_PUT.to(Principal.arn(ALICE))],
            None,
            "ERROR",
            id="the only user denied",
        ),
        pytest.param(
            [ADMIN, NO_PUT.to(Principal.arn(ALICE))], None, None, id="one user of the account denied"
        ),
        pytest.param(
            [ADMIN, NO_PUT.to(Principal.everyone()).when(conditions.principal_arn.arn_not_equals(ALICE))],
            None,
            None,
            id="all but a user denied",
        ),
        pytest.param(
            [ADMIN, NO_PUT.to(Principal.everyone()).when(conditions.multi_factor_auth_present.is_false())],
            None,
            None,
            id="all without MFA denied",
        ),
        # The root user of an account is its principal, too.
        pytest.param(
            [ADMIN, NO_PUT.to_all_except(Principal.arn(ROOT))], None, None, id="all but the account denied"
        ),
        # PutKeyPolicy is for the key's own account.
        pytest.param(
            [statements.enable_iam_policies(OTHER)],
            None,
            None,
            id="another account, that of the key not known",
        ),
        pytest.param([statements.enable_iam_policies(OTHER)], ACCOUNT, "ERROR", id="another account"),
        pytest.param(
            [PUT.to(Principal.everyone()).when(conditions.caller_account.equals(OTHER))],
            ACCOUNT,
            "ERROR",
            id="whoever is of another account",
        ),
        pytest.param(
            [PUT.to(Principal.everyone()).when(conditions.caller_account.equals(ACCOUNT))],
            ACCOUNT,
            None,
            id="whoever is of the account",
        ),
        # What is not settled is a warning.
        pytest.param(
            [PUT.to(Principal({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}))], ACCOUNT, "WARNING", id="a unique id"
        ),
        pytest.param([key_arn()], None, "WARNING", id="the ARN of a key"),
        pytest.param([ADMIN, key_arn("Deny")], None, "WARNING", id="the ARN of a key denied"),
        pytest.param(
            [key_arn(), key_arn("Deny")], None, "ERROR", id="the ARN of a key allowed and denied"
        ),  # whether it is the key's own ARN or not
        pytest.param([PUT.to(Principal({"CanonicalUser": "79a5"}))], None, "WARNING", id="a canonical user"),
        pytest.param(
            [PUT.to(Principal.federated("accounts.google.com"))],
            ACCOUNT,
            "WARNING",
            id="an identity provider",
        ),
        pytest.param(
            [PUT.to(Principal.arn(ROOT)).when(Condition("stringEquals", "kms:CallerAccount", ACCOUNT))],
            None,
            "WARNING",
            id="an operator in another case",
        ),
        pytest.param(
            [
                PUT.to(Principal.arn(ROOT)).when(
                    Condition("stringEquals", "kms:CallerAccount", OTHER)
                    & Condition("StringEquals", "kms:CallerAccount", OTHER)
                )
            ],
            ACCOUNT,
            "ERROR",
            id="an operator in another case beside one that is never met",
        ),
        pytest.param(
            [PUT.to(Principal.arn(ALICE)), NO_PUT.to_all_except(Principal.arn(ALICE))],
            None,
            "WARNING",
            id="all but the only user denied",
        ),
        pytest.param(
            [PUT.to(Principal.role(ACCOUNT, "x/App")), NO_PUT.to(Principal.role(ACCOUNT, "x/App"))],
            None,
            "ERROR",
            id="the only role with a path denied",
        ),
        pytest.param(
            [PUT.to(Principal.arn(SESSION)), NO_PUT.to(Principal.role(ACCOUNT, "x/App"))],
            None,
            "ERROR",
            id="the role of the only session denied",
        ),
        pytest.param(
            [PUT.to(Principal.arn(SESSION)), NO_PUT.to(Principal.role(ACCOUNT, "x/Other"))],
            None,
            None,
            id="another role than that of the only session denied",
        ),
        pytest.param(
            [Statement("Allow", principal=Principal.arn(ROOT), action="kms:*", resource="x")],
            None,
            "ERROR",
            id="another Resource",
        ),
        pytest.param(
            [Statement("Allow", not_principal=Principal.arn(ALICE), action="kms:*", resource="*")],
            None,
            None,
            id="all but a user allowed",
        ),
    ],
)
def test_lockout_of_everyone(given: Iterable[Statement], account: str | None, expected: str | None) -> None:
    """Nobody could put a policy again: certain where no condition and no open question could change it."""
    found = [
        finding for finding in check(Policy(given), account=account) if finding.code == "LOCKOUT_EVERYONE"
    ]
    assert [finding.severity.name for finding in found] == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("given", "caller", "code", "severity", "text"),
    [
        pytest.param([PUT.to(Principal.arn(ALICE))], ALICE, None, None, "", id="a user by name"),
        pytest.param([PUT.to(Principal.arn(APP))], SESSION, None, None, "", id="a session by its role"),
        pytest.param([ADMIN], ROOT, None, None, "", id="the root user"),
        pytest.param([ADMIN], ACCOUNT, None, None, "", id="the root user by its account id"),
        pytest.param(
            [ADMIN], ALICE, None, None, "", id="a user of the account, by AWS's default policy"
        ),  # as AWS's default policy has it
        pytest.param(
            [DELEGATED],
            ALICE,
            "IAM_POLICIES_DECIDE",
            "SUGGESTION",
            f"kms:PutKeyPolicy by {ALICE}",
            id="a user of the account",
        ),
        pytest.param(
            [DELEGATED, PUT.to(Principal.arn(ALICE)).when(ORG)],
            ALICE,
            "IAM_POLICIES_DECIDE",
            "SUGGESTION",
            "",
            id="a user of the account, or by name under a condition",
        ),
        pytest.param(
            [PUT.to(Principal.arn(ALICE))],
            APP,
            "LOCKOUT_CALLER",
            "ERROR",
            "No statement allows kms:PutKeyPolicy to role App",
            id="nobody but another user",
        ),
        pytest.param(
            [ADMIN, NO_PUT.to(Principal.arn(APP)).named("no")],
            SESSION,
            "LOCKOUT_CALLER",
            "ERROR",
            "Statement[1] ('no') denies kms:PutKeyPolicy to role session App/me",
            id="a session whose role is denied",
        ),
        pytest.param(
            [PUT.to(Principal.arn(ALICE)).when(ORG)],
            ALICE,
            "LOCKOUT_CALLER",
            "WARNING",
            "only if aws:PrincipalOrgID is o-a1b2c3d4e5, by Statement[0].",
            id="a user by name under a condition",
        ),
        pytest.param(
            [ADMIN.when(ORG)],
            ALICE,
            "LOCKOUT_CALLER",
            "WARNING",
            "only if aws:PrincipalOrgID is o-a1b2c3d4e5, by Statement[0].",
            id="a user of the account under a condition",
        ),
        pytest.param(
            [ADMIN, NO_PUT.to(Principal.everyone()).when(ORG)],
            ROOT,
            "LOCKOUT_CALLER",
            "WARNING",
            "Statement[1] denies kms:PutKeyPolicy if aws:PrincipalOrgID is o-a1b2c3d4e5",
            id="the root user denied under a condition",
        ),
        pytest.param(
            [PUT.to(Principal.everyone()).when(conditions.principal_arn.arn_equals(ALICE))],
            ALICE,
            None,
            None,
            "",
            id="everyone who is this user",
        ),
        pytest.param(
            [PUT.to(Principal.everyone()).when(conditions.principal_arn.arn_equals(ALICE))],
            APP,
            "LOCKOUT_CALLER",
            "ERROR",
            "",
            id="everyone who is another user",
        ),
        # A session does not tell the path of its role.
        pytest.param(
            [PUT.to(Principal.everyone()).when(conditions.principal_arn.arn_equals(APP))],
            SESSION,
            "LOCKOUT_CALLER",
            "WARNING",
            "",
            id="everyone who is the role of the session",
        ),
        pytest.param(
            [key_arn(), PUT.to(Principal.arn(APP))],
            ALICE,
            "LOCKOUT_CALLER",
            "WARNING",
            "",
            id="the ARN of a key",
        ),
        # Who is meant is not settled, or not told.
        pytest.param(
            [PUT.to(Principal({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}))],
            ALICE,
            "LOCKOUT_EVERYONE",
            "WARNING",
            "Perhaps",
            id="a unique id",
        ),
        pytest.param(
            [PUT.to(Principal.arn(SESSION))],
            APP,
            "LOCKOUT_CALLER",
            "WARNING",
            "",
            id="a role by one of its sessions",
        ),
        pytest.param(
            [PUT.to(Principal.arn(f"{SESSION}-of-x"))],
            f"{APP}-of-x",
            "LOCKOUT_CALLER",
            "ERROR",
            "",
            id="a role by a session of another role",
        ),
        pytest.param(
            [PUT.to(Principal.arn(SESSION.replace(ACCOUNT, OTHER)))],
            APP,
            "LOCKOUT_EVERYONE",
            "ERROR",
            "",
            id="a role by a session of another account",
        ),
        pytest.param(
            [PUT.to(Principal.arn(ALICE))],
            BOB,
            "LOCKOUT_CALLER",
            "WARNING",
            "",
            id="a federated user by the user",
        ),
        pytest.param(
            [PUT.to(Principal.arn(APP))], BOB, "LOCKOUT_CALLER", "ERROR", "", id="a federated user by a role"
        ),
        pytest.param(
            [PUT.to(Principal.arn(ALICE))], SESSION, "LOCKOUT_CALLER", "ERROR", "", id="a session by a user"
        ),
        pytest.param(
            [PUT.to(Principal.arn(f"arn:aws:sts::{ACCOUNT}:assumed-role/App"))],
            SESSION,
            "LOCKOUT_EVERYONE",
            "WARNING",
            "",
            id="a session by an ARN without its name",
        ),
        pytest.param(
            [PUT.to(Principal.arn(APP)).when(conditions.principal_arn.arn_not_equals(APP))],
            SESSION,
            "LOCKOUT_CALLER",
            "WARNING",
            "only if aws:PrincipalArn is not like",
            id="a session under a condition on the path",
        ),
        # The root user of another partition than the usual one.
        pytest.param(
            [Statement("Allow", not_principal=Principal.arn(ROOT), action="kms:*", resource="*")],
            f"arn:aws-cn:iam::{ACCOUNT}:root",
            None,
            None,
            "",
            id="all but the root user of another partition",
        ),
        pytest.param(
            [
                Statement(
                    "Allow",
                    not_principal=Principal.account(ACCOUNT, partition="aws-cn"),
                    action="kms:*",
                    resource="*",
                )
            ],
            f"arn:aws-cn:iam::{ACCOUNT}:root",
            "LOCKOUT_EVERYONE",
            "ERROR",
            "excepts the caller",
            id="all but the root user of the partition",
        ),
        # A Deny that is met where its key is absent.
        pytest.param(
            [
                PUT.to(Principal.arn(ALICE)),
                NO_PUT.to(Principal.everyone()).when(conditions.principal_org_id.not_equals("o-a1b2c3d4e5")),
            ],
            ALICE,
            "LOCKOUT_CALLER",
            "WARNING",
            "Statement[1] denies kms:PutKeyPolicy",
            id="a user denied under a condition on its organisation",
        ),
        pytest.param(
            [
                ADMIN,
                NO_PUT.to(Principal.everyone()).when(
                    conditions.multi_factor_auth_present.if_exists.is_false()
                ),
            ],
            ALICE,
            "LOCKOUT_CALLER",
            "WARNING",
            "Statement[1] denies kms:PutKeyPolicy",
            id="a user denied without MFA",
        ),
        pytest.param(
            [DELEGATED, statements.deny_bypassing_lockout_check()],
            ALICE,
            "IAM_POLICIES_DECIDE",
            "SUGGESTION",
            "",
            id="a user of the account, nobody may bypass the check",
        ),
        # Nobody can, and why.
        pytest.param(
            [ADMIN],
            f"arn:aws:iam::{OTHER}:user/x",
            "LOCKOUT_EVERYONE",
            "ERROR",
            f"none names account {OTHER} or a principal in it",
            id="a user of another account",
        ),
        pytest.param(
            [ADMIN, deny("kms:*").to(Principal.everyone()).named("freeze")],
            ALICE,
            "LOCKOUT_EVERYONE",
            "ERROR",
            "Statement[1] ('freeze') denies kms:PutKeyPolicy to user alice",
            id="a user denied with everyone",
        ),
        pytest.param(
            [ADMIN, deny("kms:*").to(Principal.everyone()).named("freeze")],
            None,
            "LOCKOUT_EVERYONE",
            "ERROR",
            "Statement[1] ('freeze') denies kms:PutKeyPolicy to the root user",
            id="everyone denied, the caller not known",
        ),
        pytest.param(
            [ADMIN, NO_PUT.to(Principal.arn(ROOT)).named("no")],
            None,
            "LOCKOUT_EVERYONE",
            "ERROR",
            "Statement[1] ('no') denies kms:PutKeyPolicy to the root user",
            id="the account denied, the caller not known",
        ),
    ],
)
def test_lockout_of_the_caller(
    given: Iterable[Statement], caller: str | None, code: str | None, severity: str | None, text: str
) -> None:
    """By the rules of decisions; where IAM policies or conditions decide, that is said and is not an error."""
    found = [
        finding
        for finding in check(Policy(given), caller=caller)
        if "LOCKOUT" in finding.code or "IAM" in finding.code
    ]
    assert [(finding.code, finding.severity.name) for finding in found] == (
        [] if code is None else [(code, severity)]
    )
    assert all(text in finding.message for finding in found)


def test_a_lockout_by_many_statements_is_one_line() -> None:
    """It gives the first reasons, and says how many more there are."""
    policy = Policy([allow("kms:Sign").to(Principal.user(ACCOUNT, f"u{number}")) for number in range(7)])
    (finding,) = check(policy, caller=ALICE)
    reasons = "; ".join(f"Statement[{number}].Principal: does not name the caller" for number in range(5))
    assert finding.message == (
        "No statement allows anybody to put a policy on the key again: No statement allows kms:PutKeyPolicy to user alice of "
        f"account {ACCOUNT}. {reasons}; and 2 more."
    )


def test_a_caller_of_another_account() -> None:
    """PutKeyPolicy is for the key's own account."""
    (finding,) = check(Policy([ADMIN]), caller=f"arn:aws:iam::{OTHER}:user/x", account=ACCOUNT)
    assert (finding.code, finding.severity) == ("LOCKOUT_CALLER", Severity.ERROR)
    assert "is not in account 111122223333" in finding.message


NOT_TEXT: Any = 7


@pytest.mark.parametrize(
    ("caller", "text"),
    [
        pytest.param("s3.amazonaws.com", "s3.amazonaws.com is a service", id="a service"),
        pytest.param("nobody", "'nobody' cannot make requests", id="no name of a principal"),
        pytest.param(
            NOT_TEXT, "a principal must be an ARN, an account id or a service principal, not 7", id="no text"
        ),
        pytest.param(
            Principal.arn(ALICE) | Principal.arn(APP),
            "the principal of a request must have exactly one name, not 2",
            id="two principals",
        ),
    ],
)
def test_who_is_no_caller(caller: str | Principal, text: str) -> None:
    """The ARN is that of STS GetCallerIdentity."""
    with pytest.raises(errors.RequestError, match=text):
        check(Policy([ADMIN]), caller=caller)


@pytest.mark.parametrize("account", ["1111-2222-3333", "", NOT_TEXT])
def test_what_is_no_account(account: str) -> None:
    """It has twelve digits, in a text."""
    with pytest.raises(errors.RequestError, match="an account must be an account id of 12 digits"):
        check(Policy([ADMIN]), account=account)


def test_a_caller_as_a_principal() -> None:
    """A principal with a single name is as good as its ARN."""
    policy = Policy([PUT.to(Principal.arn(ALICE))])
    for arn in (ALICE, APP, ACCOUNT):
        principal = Principal({"AWS": arn})
        assert check(policy, caller=principal) == check(policy, caller=arn)


def test_what_is_no_policy() -> None:
    """Text is read first."""
    with pytest.raises(TypeError, match=r"see Policy\.from_json"):
        check("{}")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
