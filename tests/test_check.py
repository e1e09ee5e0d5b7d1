"""Check: each finding by its example, lockout case by case, and no false error on what AWS publishes."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kmspolicy import (
    Condition,
    Finding,
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
from kmspolicy._check._catalogue import CATALOGUE
from kmspolicy._check._check import check_text
from support import calls_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Json = dict[str, Any]

CORPUS = Path(os.environ.get("KMSPOLICY_CORPUS") or "no-corpus")
ACCOUNT = "111122223333"
OTHER = "444455556666"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
APP = f"arn:aws:iam::{ACCOUNT}:role/App"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me"
BOB = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
ADMIN = statements.enable_iam_policies(ACCOUNT)


def codes(policy: Policy, **more: str) -> list[str]:
    """List the codes of the findings."""
    return [finding.code for finding in check(policy, **more)]


def one(statement: Statement) -> list[str]:
    """List the codes of the findings about a statement beside one for the account's administrators."""
    return codes(Policy([ADMIN, statement]))


# --- the catalogue ---------------------------------------------------------------------------------

BESIDES = {
    "MISSING_STATEMENT": ["LOCKOUT_EVERYONE"],
    "TYPE_MISMATCH_BOOLEAN": ["INVALID_CONDITION_MULTIPLE_BOOLEAN"],
    "VARIABLE_UNSUPPORTED_IN_VERSION": ["OLD_VERSION"],
}


@pytest.mark.parametrize("code", CATALOGUE)
def test_each_example_has_its_finding(code: str) -> None:
    """And no other that is not unavoidable; it is as severe as the catalogue says, and has a place and a page."""
    entry = CATALOGUE[code]
    found = check(Policy.from_dict(entry.example), caller=entry.caller, account=entry.account)
    assert sorted(finding.code for finding in found) == sorted([code, *BESIDES.get(code, [])])
    finding = next(finding for finding in found if finding.code == code)
    assert finding.severity is entry.severity
    assert finding.url == entry.url
    assert finding.url.startswith("https://")
    assert finding.locate(json.dumps(entry.example, indent=2)) is not None
    assert finding.message.endswith((".", "?"))
    assert pickle.loads(pickle.dumps(finding)) == finding  # noqa: S301
    assert str(finding).startswith(f"{entry.severity.value} {code}: ")


@pytest.mark.parametrize(
    "policy",
    [
        statements.default_policy(ACCOUNT),
        statements.console_policy(ACCOUNT, administrators=[Principal.arn(ALICE)], users=[Principal.arn(APP)]),
        Policy([ADMIN, statements.use_by_account(OTHER)]),
        Policy([ADMIN, statements.use_through_service("ec2.us-east-1.amazonaws.com", account=ACCOUNT)]),
        Policy([ADMIN, statements.deny_short_waiting_period(21), statements.deny_deletion()]),
        Policy([ADMIN, statements.cloudwatch_logs("us-east-1", ACCOUNT)]),
        Policy([ADMIN, statements.nitro_enclave(Principal.arn(APP), image_sha384="a" * 96)]),
    ],
)
def test_what_the_builder_makes_is_in_order(policy: Policy) -> None:
    """No finding at all."""
    assert check(policy) == ()


def test_findings_come_in_the_order_of_the_document() -> None:
    """Those about the whole first, then statement by statement."""
    policy = Policy(
        [
            ADMIN,
            Statement("Allow", action="kms:Foo", principal=Principal({"AWS": ["x", "y"]}), sid="a"),
            Statement("Allow", principal=Principal.arn(ALICE), action="kms:CreateKey", resource="*", sid="a"),
        ],
        version=None,
    )
    assert [(finding.code, finding.path) for finding in check(policy)] == [
        ("MISSING_VERSION", ""),
        ("MISSING_RESOURCE", "Statement[1]"),
        ("INVALID_PRINCIPAL_FORMAT", "Statement[1].Principal.AWS[0]"),
        ("INVALID_PRINCIPAL_FORMAT", "Statement[1].Principal.AWS[1]"),
        ("INVALID_ACTION", "Statement[1].Action"),
        ("UNIQUE_SIDS_RECOMMENDED", "Statement[2].Sid"),
        ("UNSUPPORTED_ACTION_IN_POLICY", "Statement[2].Action"),
    ]


def test_a_finding_says_what_where_and_what_to_do() -> None:
    """On one line, with what was probably meant."""
    policy = Policy(
        [ADMIN, Statement("Allow", principal=Principal.arn(ALICE), action="kms:Decypt", resource="*")]
    )
    (finding,) = check(policy)
    assert str(finding) == (
        "warning INVALID_ACTION: Statement[1].Action: There is no such action of KMS; it has no effect: 'kms:Decypt'; "
        "did you mean 'kms:Decrypt'? Correct it, or leave it out."
    )
    assert finding.locate(policy.to_json(indent=1)) == (18, 4)
    assert finding.locate("{}") is None
    written = finding.to_dict()
    assert json.loads(json.dumps(written)) == written
    assert written == {
        "code": "INVALID_ACTION",
        "severity": "warning",
        "path": "Statement[1].Action",
        "steps": ["Statement", 1, "Action"],
        "message": finding.message,
        "hint": finding.hint,
        "url": finding.url,
    }


def test_findings_below_long_names_are_located() -> None:
    """Names that begin alike for more characters than are shown are told apart."""
    keys = ["aws:" + "x" * 200 + end for end in "ab"]
    policy = Policy([ADMIN, about(Condition={"StringEquals": dict.fromkeys(keys, "x")})])
    text = policy.to_json(indent=0)
    found = [finding for finding in check(policy) if finding.code == "INVALID_GLOBAL_CONDITION_KEY"]
    assert [finding.steps[-1] for finding in found] == keys
    places = [finding.locate(text) for finding in found]
    assert [text.splitlines()[place.line - 1].split('"')[1] for place in places if place] == keys


def test_severities_are_ordered() -> None:
    """An error is the worst; other values cannot be compared with a severity."""
    mildest_first = [Severity.SUGGESTION, Severity.WARNING, Severity.SECURITY_WARNING, Severity.ERROR]
    assert sorted(Severity) == mildest_first
    assert max(Severity) is Severity.ERROR
    assert Severity.SECURITY_WARNING >= Severity.WARNING >= Severity.WARNING > Severity.SUGGESTION
    assert Severity.WARNING <= Severity.WARNING < Severity.ERROR
    with pytest.raises(TypeError):
        _ = Severity.ERROR > "warning"  # type: ignore[operator]  # ty: ignore[unsupported-operator]


# --- lockout ---------------------------------------------------------------------------------------

PUT = allow("kms:PutKeyPolicy")
DELEGATED = PUT.to(Principal.arn(ROOT))
NO_PUT = deny("kms:PutKeyPolicy")
ORG = conditions.principal_org_id.equals("o-a1b2c3d4e5")
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"


def key_arn(effect: Any = "Allow") -> Statement:
    """Build a statement for the administrators whose Resource is the key's ARN."""
    return Statement(effect, principal=Principal.arn(ROOT), action="kms:*", resource=KEY)


@pytest.mark.parametrize(
    ("given", "account", "expected"),
    [
        ([ADMIN], None, None),
        ([PUT.to(Principal.arn(ALICE))], None, None),
        ([PUT.to(Principal.everyone()).when(ORG)], None, None),
        ([allow("kms:Put*").to(Principal.arn(ALICE)).when(ORG)], ACCOUNT, None),
        ([allow("kms:Decrypt").to(Principal.arn(ROOT))], None, "ERROR"),
        (
            [PUT.to(Principal.service("s3.amazonaws.com")).when(conditions.source_account.equals(ACCOUNT))],
            None,
            "ERROR",
        ),
        ([deny("kms:Sign").to(Principal.arn(ALICE))], None, "ERROR"),
        # A Deny alone can do it, for everyone, for the account, or for each who is named.
        ([ADMIN, NO_PUT.to(Principal.everyone())], None, "ERROR"),
        ([ADMIN, NO_PUT.to(Principal.arn(ROOT))], None, "ERROR"),
        ([PUT.to(Principal.arn(ALICE)), NO_PUT.to(Principal.arn(ALICE))], None, "ERROR"),
        ([ADMIN, NO_PUT.to(Principal.arn(ALICE))], None, None),
        (
            [ADMIN, NO_PUT.to(Principal.everyone()).when(conditions.principal_arn.arn_not_equals(ALICE))],
            None,
            None,
        ),
        (
            [ADMIN, NO_PUT.to(Principal.everyone()).when(conditions.multi_factor_auth_present.is_false())],
            None,
            None,
        ),
        # The root user of an account is its principal, too.
        ([ADMIN, NO_PUT.to_all_except(Principal.arn(ROOT))], None, None),
        # PutKeyPolicy is for the key's own account.
        ([statements.enable_iam_policies(OTHER)], None, None),
        ([statements.enable_iam_policies(OTHER)], ACCOUNT, "ERROR"),
        ([PUT.to(Principal.everyone()).when(conditions.caller_account.equals(OTHER))], ACCOUNT, "ERROR"),
        ([PUT.to(Principal.everyone()).when(conditions.caller_account.equals(ACCOUNT))], ACCOUNT, None),
        ([PUT.to(Principal({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}))], ACCOUNT, None),
        # What is not settled is a warning.
        ([key_arn()], None, "WARNING"),
        ([ADMIN, key_arn("Deny")], None, None),
        ([key_arn(), key_arn("Deny")], None, "WARNING"),
        ([PUT.to(Principal({"CanonicalUser": "79a5"}))], None, "WARNING"),
        ([PUT.to(Principal.federated("accounts.google.com"))], ACCOUNT, "WARNING"),
        (
            [PUT.to(Principal.arn(ROOT)).when(Condition("stringEquals", "kms:CallerAccount", ACCOUNT))],
            None,
            "WARNING",
        ),
        (
            [
                PUT.to(Principal.arn(ROOT)).when(
                    Condition("stringEquals", "kms:CallerAccount", OTHER)
                    & Condition("StringEquals", "kms:CallerAccount", OTHER)
                )
            ],
            ACCOUNT,
            "ERROR",
        ),
        ([PUT.to(Principal.arn(ALICE)), NO_PUT.to_all_except(Principal.arn(ALICE))], None, "WARNING"),
        (
            [PUT.to(Principal.role(ACCOUNT, "x/App")), NO_PUT.to(Principal.role(ACCOUNT, "x/App"))],
            None,
            "ERROR",
        ),
        ([PUT.to(Principal.arn(SESSION)), NO_PUT.to(Principal.role(ACCOUNT, "x/App"))], None, "ERROR"),
        ([PUT.to(Principal.arn(SESSION)), NO_PUT.to(Principal.role(ACCOUNT, "x/Other"))], None, None),
        ([Statement("Allow", principal=Principal.arn(ROOT), action="kms:*", resource="x")], None, "ERROR"),
        ([Statement("Allow", not_principal=Principal.arn(ALICE), action="kms:*", resource="*")], None, None),
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
        ([PUT.to(Principal.arn(ALICE))], ALICE, None, None, ""),
        ([PUT.to(Principal.arn(APP))], SESSION, None, None, ""),
        ([ADMIN], ROOT, None, None, ""),
        ([ADMIN], ACCOUNT, None, None, ""),
        ([ADMIN], ALICE, None, None, ""),  # as AWS's default policy has it
        ([DELEGATED], ALICE, "IAM_POLICIES_DECIDE", "SUGGESTION", f"kms:PutKeyPolicy by {ALICE}"),
        ([DELEGATED, PUT.to(Principal.arn(ALICE)).when(ORG)], ALICE, "IAM_POLICIES_DECIDE", "SUGGESTION", ""),
        (
            [PUT.to(Principal.arn(ALICE))],
            APP,
            "LOCKOUT_CALLER",
            "ERROR",
            "No statement allows kms:PutKeyPolicy to role App",
        ),
        (
            [ADMIN, NO_PUT.to(Principal.arn(APP)).named("no")],
            SESSION,
            "LOCKOUT_CALLER",
            "ERROR",
            "Statement[1] ('no') denies kms:PutKeyPolicy to role session App/me",
        ),
        (
            [PUT.to(Principal.arn(ALICE)).when(ORG)],
            ALICE,
            "LOCKOUT_CALLER",
            "WARNING",
            "only if aws:PrincipalOrgID is o-a1b2c3d4e5, by Statement[0].",
        ),
        (
            [ADMIN.when(ORG)],
            ALICE,
            "LOCKOUT_CALLER",
            "WARNING",
            "only if aws:PrincipalOrgID is o-a1b2c3d4e5, by Statement[0].",
        ),
        ([ADMIN, NO_PUT.to(Principal.everyone()).when(ORG)], ROOT, None, None, ""),
        (
            [PUT.to(Principal.everyone()).when(conditions.principal_arn.arn_equals(ALICE))],
            ALICE,
            None,
            None,
            "",
        ),
        (
            [PUT.to(Principal.everyone()).when(conditions.principal_arn.arn_equals(ALICE))],
            APP,
            "LOCKOUT_CALLER",
            "ERROR",
            "",
        ),
        # A session does not tell the path of its role.
        (
            [PUT.to(Principal.everyone()).when(conditions.principal_arn.arn_equals(APP))],
            SESSION,
            "LOCKOUT_CALLER",
            "WARNING",
            "",
        ),
        ([key_arn(), PUT.to(Principal.arn(APP))], ALICE, "LOCKOUT_CALLER", "WARNING", ""),
        # Who is meant is not settled, or not told.
        (
            [PUT.to(Principal({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}))],
            ALICE,
            "LOCKOUT_CALLER",
            "WARNING",
            "Perhaps",
        ),
        ([PUT.to(Principal.arn(SESSION))], APP, "LOCKOUT_CALLER", "WARNING", ""),
        ([PUT.to(Principal.arn(f"{SESSION}-of-x"))], f"{APP}-of-x", "LOCKOUT_CALLER", "ERROR", ""),
        ([PUT.to(Principal.arn(SESSION.replace(ACCOUNT, OTHER)))], APP, "LOCKOUT_EVERYONE", "ERROR", ""),
        ([PUT.to(Principal.arn(ALICE))], BOB, "LOCKOUT_CALLER", "WARNING", ""),
        ([PUT.to(Principal.arn(APP))], BOB, "LOCKOUT_CALLER", "ERROR", ""),
        ([PUT.to(Principal.arn(ALICE))], SESSION, "LOCKOUT_CALLER", "ERROR", ""),
        (
            [PUT.to(Principal.arn(f"arn:aws:sts::{ACCOUNT}:assumed-role/App"))],
            SESSION,
            "LOCKOUT_CALLER",
            "WARNING",
            "",
        ),
        # The root user of another partition than the usual one.
        (
            [Statement("Allow", not_principal=Principal.arn(ROOT), action="kms:*", resource="*")],
            f"arn:aws-cn:iam::{ACCOUNT}:root",
            None,
            None,
            "",
        ),
        # A Deny that is met where its key is absent.
        (
            [
                PUT.to(Principal.arn(ALICE)),
                NO_PUT.to(Principal.everyone()).when(conditions.principal_org_id.not_equals("o-a1b2c3d4e5")),
            ],
            ALICE,
            "LOCKOUT_CALLER",
            "WARNING",
            "Statement[1] denies kms:PutKeyPolicy",
        ),
        (
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
        ),
        (
            [DELEGATED, statements.deny_bypassing_lockout_check()],
            ALICE,
            "IAM_POLICIES_DECIDE",
            "SUGGESTION",
            "",
        ),
        # Nobody can, and why.
        (
            [ADMIN],
            f"arn:aws:iam::{OTHER}:user/x",
            "LOCKOUT_EVERYONE",
            "ERROR",
            f"none names account {OTHER} or a principal in it",
        ),
        (
            [ADMIN, deny("kms:*").to(Principal.everyone()).named("freeze")],
            ALICE,
            "LOCKOUT_EVERYONE",
            "ERROR",
            "Statement[1] ('freeze') denies kms:PutKeyPolicy to user alice",
        ),
        (
            [ADMIN, deny("kms:*").to(Principal.everyone()).named("freeze")],
            None,
            "LOCKOUT_EVERYONE",
            "ERROR",
            "Statement[1] ('freeze') denies kms:PutKeyPolicy to the root user",
        ),
        (
            [ADMIN, NO_PUT.to(Principal.arn(ROOT)).named("no")],
            None,
            "LOCKOUT_EVERYONE",
            "ERROR",
            "Statement[1] ('no') denies kms:PutKeyPolicy to the root user",
        ),
    ],
)
def test_lockout_of_the_caller(
    given: Iterable[Statement], caller: str | None, code: str | None, severity: str | None, text: str
) -> None:
    """By the rules of decisions; where IAM policies or conditions decide, that is said and is no error."""
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
        "No statement lets anybody put a policy on the key again: No statement allows kms:PutKeyPolicy to user alice of "
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
        ("s3.amazonaws.com", "s3.amazonaws.com is a service"),
        ("nobody", "'nobody' makes no requests"),
        (NOT_TEXT, "a principal is an ARN, an account id or a service principal, not 7"),
        (Principal.arn(ALICE) | Principal.arn(APP), "a request has one principal, not 2"),
    ],
)
def test_who_is_no_caller(caller: str | Principal, text: str) -> None:
    """The ARN is that of STS GetCallerIdentity."""
    with pytest.raises(errors.RequestError, match=text):
        check(Policy([ADMIN]), caller=caller)


@pytest.mark.parametrize("account", ["1111-2222-3333", "", NOT_TEXT])
def test_what_is_no_account(account: str) -> None:
    """It has twelve digits, in a text."""
    with pytest.raises(errors.RequestError, match="an account is an account id of 12 digits"):
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


# --- rule by rule ----------------------------------------------------------------------------------


def to(**principal: Any) -> Statement:
    """Build a statement for a principal, limited as one for a service should be."""
    element: Any = principal
    limited = Condition("StringEquals", "aws:SourceAccount", ACCOUNT)
    return allow("kms:Decrypt").to(Principal(element)).when(limited)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (to(AWS=ACCOUNT), []),
        (to(AWS=["111122223333", SESSION, f"arn:aws:sts::{ACCOUNT}:federated-user/bob"]), []),
        (to(AWS=f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"), []),
        (to(AWS=f"arn:aws:iam::{ACCOUNT}:group/admins"), ["INVALID_PRINCIPAL_FORMAT"]),
        (to(AWS="1111"), ["INVALID_PRINCIPAL_FORMAT"]),
        (to(AWS=[ACCOUNT, "1111"]), ["INVALID_PRINCIPAL_FORMAT"]),
        (to(AWS=""), ["INVALID_PRINCIPAL_FORMAT"]),
        (to(AWS=f"arn:aws:sts::{ACCOUNT}:assumed-role/App"), ["UNKNOWN_PRINCIPAL"]),
        (to(AWS=f"arn:aws:iam::{ACCOUNT}:role/App?"), ["UNSUPPORTED_WILDCARD_IN_PRINCIPAL"]),
        (to(AWS="AROACKCEVSQ6C2EXAMPLE"), ["INVALID_ROLE_REFERENCE"]),
        (to(Service="*"), ["WILDCARD_IN_SERVICE_PRINCIPAL"]),
        (to(Service=["s3.amazonaws.com", "*.amazonaws.com"]), ["WILDCARD_IN_SERVICE_PRINCIPAL"]),
        (to(AWS="arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"), ["UNKNOWN_PRINCIPAL"]),
        (to(Service="S3.amazonaws.com"), ["INVALID_SERVICE_PRINCIPAL_FORMAT"]),
        (to(Service=["logs.us-east-1.amazonaws.com", "sns.amazonaws.com.cn"]), []),
        (to(AWS=[], Service=[]), ["EMPTY_ARRAY_PRINCIPAL"]),
        (to(AWS=f"arn:aws:iam::{ACCOUNT}:role/${{aws:username}}"), ["INVALID_PRINCIPAL_FORMAT"]),
        (
            Statement("Deny", not_principal=Principal({"AWS": "x"}), action="kms:Sign", resource="*"),
            ["INVALID_PRINCIPAL_FORMAT"],
        ),
        (
            Statement("Deny", not_principal=Principal({"AWS": []}), action="kms:Sign", resource="*"),
            ["EXCEPTS_NOTHING"],
        ),
    ],
)
def test_principals(statement: Statement, expected: list[str]) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html."""
    assert one(statement) == expected


def about(**elements: Any) -> Statement:
    """Build a statement for Alice."""
    whole = {
        "Effect": "Allow",
        "Principal": {"AWS": ALICE},
        "Action": "kms:Decrypt",
        "Resource": "*",
    } | elements
    return Statement.from_dict({name: value for name, value in whole.items() if value is not None})


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"Action": "KMS:DECRYPT"}, []),
        ({"Action": "*"}, []),
        ({"Action": ["kms:Decrypt", "kms:Foo*", "s3:GetObject", ""]}, ["INVALID_ACTION"] * 3),
        ({"Action": "kms:List*"}, []),
        ({"Action": ["km?:Decrypt", "*:Sign"]}, ["WILDCARD_IN_SERVICE_NAME"] * 2),
        ({"Action": "*Sign"}, []),
        ({"Action": "kms:ListA*"}, ["UNSUPPORTED_ACTION_IN_POLICY"]),
        ({"Action": None, "NotAction": "kms:Foo"}, ["INVALID_ACTION"]),
        ({"Action": []}, ["EMPTY_ARRAY_ACTION"]),
        ({"Action": None, "NotAction": []}, ["EXCEPTS_NOTHING"]),
        ({"Resource": ["*"]}, []),
        ({"Resource": []}, ["UNSUPPORTED_RESOURCE_ARN_IN_POLICY"]),
        ({"Resource": ["*", "arn:aws:s3:::b"]}, ["UNSUPPORTED_RESOURCE_ARN_IN_POLICY"]),
        ({"Resource": None, "NotResource": "*"}, ["MISSING_RESOURCE"]),
    ],
)
def test_actions_and_resources(elements: dict[str, Any], expected: list[str]) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html."""
    assert one(about(**elements)) == expected


@pytest.mark.parametrize(
    ("condition", "more", "expected"),
    [
        ({"StringEquals": {"KMS:viaservice": "s3.us-east-1.amazonaws.com"}}, {}, []),
        ({"StringEquals": {"s3:prefix": "a"}}, {}, []),
        ({"StringEquals": {"kms:EncryptionContext:App": "a"}}, {}, []),
        ({"StringEqualsIfExists": {"kms:ViaService": []}}, {}, ["CONDITION_MATCHES_ABSENT_KEY"]),
        (
            {"BoolIfExists": {"aws:SecureTransport": "maybe"}},
            {},
            ["CONDITION_MATCHES_ABSENT_KEY", "TYPE_MISMATCH_BOOLEAN"],
        ),
        (
            {"ForAllValues:Null": {"kms:EncryptionContext:App": "false"}},
            {},
            ["NULL_WITH_QUALIFIER", "OVERLY_PERMISSIVE_CONDITION"],
        ),
        ({"StringLike": {"kms:ViaService": "s3.*"}}, {}, []),
        (
            {"StringEquals": {"aws:SourceIdentity": "${aws:username}*"}},
            {},
            ["WILDCARD_WITHOUT_LIKE_OPERATOR"],
        ),
        ({"StringEquals": {"aws:SourceIdentity": "${*}"}}, {}, []),
        ({"Bool": {"aws:SecureTransport": True}}, {}, []),
        ({"Bool": {"aws:SecureTransport": "maybe"}}, {}, ["CONDITION_NEVER_MET"]),
        (
            {"NumericNotEquals": {"kms:RotationPeriodInDays": "x"}},
            {"Action": "kms:EnableKeyRotation"},
            ["TYPE_MISMATCH_NUMBER"],
        ),
        ({"NumericLessThan": {"kms:ValidTo": 1546257599.0}}, {"Action": "kms:ImportKeyMaterial"}, []),
        ({"DateLessThan": {"aws:CurrentTime": []}}, {}, ["CONDITION_NEVER_MET"]),
        (
            {"Null": {"aws:SourceArn": "true"}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"}},
            {},
            ["CONDITION_NEVER_MET"],
        ),
        (
            {"Null": {"aws:SourceArn": ["true", "false"]}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"}},
            {},
            ["INVALID_CONDITION_MULTIPLE_BOOLEAN"],
        ),
        ({"ForAnyValue:StringEquals": {"kms:GrantOperations": "Decrypt"}}, {"Action": "kms:CreateGrant"}, []),
        # Each request of CreateGrant has operations; not each of another action.
        (
            {"ForAllValues:StringEquals": {"kms:GrantOperations": "Decrypt"}},
            {"Action": "kms:CreateGrant"},
            [],
        ),
        (
            {"ForAllValues:StringEquals": {"kms:GrantOperations": "Decrypt"}},
            {"Action": "kms:*Grant*"},
            ["CONDITION_MATCHES_ABSENT_KEY"],
        ),
        (
            {"StringEqualsIfExists": {"kms:SigningAlgorithm": "SM2DSA"}},
            {"Action": ["kms:Sign", "kms:Verify"]},
            [],
        ),
        (
            {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}},
            {"Action": "kms:TagResource"},
            ["CONDITION_MATCHES_ABSENT_KEY"],
        ),
        (
            {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}},
            {"Action": "kms:TagResource"},
            [],
        ),
        (
            {
                "StringEqualsIfExists": {"kms:ViaService": "s3.us-east-1.amazonaws.com"},
                "StringLike": {"kms:ViaService": "s3.*"},
            },
            {},
            [],
        ),
        ({"StringEqualsIfExists": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}, {"Effect": "Deny"}, []),
        (
            {"ForAllValues:StringEquals": {"kms:EncryptionContext:A": "a"}},
            {"Effect": "Deny"},
            ["OVERLY_PERMISSIVE_CONDITION"],
        ),
        ({"BoolIfExists": {"aws:SecureTransport": "false"}}, {}, ["CONDITION_MATCHES_ABSENT_KEY"]),
        (
            {"BoolIfExists": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:SourceIdentity": "a"}},
            {},
            ["CONDITION_MATCHES_ABSENT_KEY"],
        ),
        (
            {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SecureTransport": "true"}},
            {},
            [],
        ),
        (
            {
                "Null": {"aws:SourceArn": "true", "AWS:sourcearn": "true"},
                "ForAnyValue:Null": {"aws:SourceArn": "true"},
                "ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"},
            },
            {},
            ["DUPLICATE_KEYS_WITH_DIFFERENT_CASE", "NULL_WITH_QUALIFIER", "CONDITION_NEVER_MET"],
        ),
        # RetireGrant has the key, too, and no effect in a key policy.
        (
            {"StringEquals": {"kms:EncryptionContext:App": "x"}},
            {
                "Action": None,
                "NotAction": ["kms:Enc*", "kms:Dec*", "kms:ReEncrypt*", "kms:Generate*", "kms:CreateGrant"],
            },
            ["UNSUPPORTED_ACTION_FOR_CONDITION_KEY"],
        ),
        (
            {"ForAllValues:StringEquals": {"aws:RequestTag/a": "a"}},
            {"Action": "kms:TagResource"},
            ["OVERLY_PERMISSIVE_CONDITION"],
        ),
        ({"ForAllValues:Null": {"kms:ViaService": "false"}}, {}, ["NULL_WITH_QUALIFIER"]),
        ({"Foo": {"aws:a": "b"}}, {}, ["INVALID_CONDITION_OPERATOR"]),
        ({"ForSomeValues:StringEquals": {"aws:SourceArn": "b"}}, {}, ["INVALID_CONDITION_OPERATOR"]),
        ({":StringEquals": {"aws:SourceArn": "b"}}, {}, ["INVALID_CONDITION_OPERATOR"]),
        ({"forallvalues:stringlikeifexists": {"aws:SourceArn": "b"}}, {}, ["CONDITION_OPERATOR_CASE"]),
        ({"nullifexists": {"aws:SourceArn": "true"}}, {}, ["NULL_WITH_IF_EXISTS"]),
        ({"Bool": {"kms:GrantIsForAWSResource": "true"}}, {"Action": None, "NotAction": "kms:Decrypt"}, []),
        (
            {"Bool": {"kms:GrantIsForAWSResource": "true"}},
            {"Action": None, "NotAction": "kms:*Grant*"},
            ["UNSUPPORTED_ACTION_FOR_CONDITION_KEY"],
        ),
        ({"Bool": {"kms:GrantIsForAWSResource": "true"}}, {"Action": "kms:Foo"}, ["INVALID_ACTION"]),
        ({"StringEquals": {"aws:ResourceTag/a": "b"}}, {}, ["UNSUPPORTED_CONDITION_KEY_IN_POLICY"]),
        (
            {"Null": {"KMS:resourcetag/a": "true"}},
            {"Effect": "Deny"},
            ["UNSUPPORTED_CONDITION_KEY_IN_POLICY"],
        ),
    ],
)
def test_conditions(condition: dict[str, Any], more: dict[str, Any], expected: list[str]) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html."""
    assert one(about(Condition=condition, **more)) == expected


@pytest.mark.parametrize(
    ("condition", "more", "expected"),
    [
        ({}, {}, ["EMPTY_OBJECT_CONDITION"]),
        ({"StringEquals": {}}, {}, ["EMPTY_OBJECT_CONDITION"]),
        ({"Foo": {}}, {}, ["INVALID_CONDITION_OPERATOR", "EMPTY_OBJECT_CONDITION"]),
        # The same key in another case, under one operator; two operators may have it both.
        (
            {"StringLike": {"aws:username": "a", "AWS:Username": "b"}},
            {},
            ["DUPLICATE_KEYS_WITH_DIFFERENT_CASE"],
        ),
        ({"StringLike": {"aws:username": "a"}, "StringNotEquals": {"AWS:Username": "b"}}, {}, []),
        # A key has a prefix and a name.
        ({"Bool": {"SecureTransport": "true"}}, {}, ["INVALID_CONDITION_KEY_FORMAT"]),
        ({"StringEquals": {"": "a"}}, {}, ["INVALID_CONDITION_KEY_FORMAT"]),
        ({"StringEquals": {"kms:": "a"}}, {}, ["INVALID_CONDITION_KEY_FORMAT"]),
        ({"StringEquals": {"saml:sub": "a", "graph.facebook.com:id": "b"}}, {}, []),
        # One type of JSON, and one boolean.
        ({"StringEquals": {"aws:username": ["1", 1]}}, {}, ["INVALID_CONDITION_DATA_TYPE"]),
        ({"StringEquals": {"aws:username": ["1", True]}}, {}, ["INVALID_CONDITION_DATA_TYPE"]),
        ({"NumericEquals": {"aws:MultiFactorAuthAge": [1, 2.5]}}, {}, []),
        ({"Bool": {"aws:SecureTransport": ["true", "true"]}}, {}, ["INVALID_CONDITION_MULTIPLE_BOOLEAN"]),
        ({"Bool": {"aws:SecureTransport": ["true"]}}, {}, []),
        # Variables that cannot be read.
        ({"StringEquals": {"aws:SourceIdentity": ["${aws:username}", "${*}${?}${$}"]}}, {}, []),
        ({"StringEquals": {"aws:SourceIdentity": "${aws:username, 'a b'}"}}, {}, []),
        ({"StringEquals": {"aws:SourceIdentity": "a${aws:username"}}, {}, ["MISSING_BRACE_IN_VARIABLE"]),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::${}"}}, {}, ["EMPTY_VARIABLE"]),
        ({"StringLike": {"aws:SourceIdentity": "${aws:username, a}"}}, {}, ["MISSING_QUOTE_IN_VARIABLE"]),
        ({"StringLike": {"aws:SourceIdentity": "${aws:username, 'a}"}}, {}, ["MISSING_QUOTE_IN_VARIABLE"]),
        ({"StringLike": {"aws:SourceIdentity": ["b", "${ aws:username}"]}}, {}, ["UNSUPPORTED_SPACE_IN_VARIABLE"]),
        # Long-term credentials have no MFA keys.
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, {"Effect": "Deny"}, ["DENY_MISSES_LONG_TERM_CREDENTIALS"]),
        ({"Bool": {"aws:MultiFactorAuthPresent": False}}, {}, []),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, {"Effect": "Deny"}, []),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, {"Effect": "Deny"}, []),
        (
            {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}},
            {"Effect": "Deny"},
            ["DENY_MISSES_LONG_TERM_CREDENTIALS"],
        ),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}, {"Effect": "Deny"}, []),
        ({"NumericGreaterThanIfExists": {"aws:MultiFactorAuthAge": "3600"}}, {"Effect": "Deny"}, []),
        # Networks.
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/8"]}}, {}, ["PRIVATE_IP_ADDRESS"]),
        ({"NotIpAddress": {"aws:SourceIp": "10.0.0.1/8"}}, {}, ["PRIVATE_NOT_IP_ADDRESS", "IMPROVE_IP_RANGE"]),
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, {}, ["MISSING_PAIRED_CONDITION_KEYS"]),
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, {"Effect": "Deny"}, []),
        (
            {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:SourceVpc": "vpc-12345678"}},
            {},
            [],
        ),
        # Several forms that values do not have.
        (
            {"StringEquals": {"aws:SourceArn": ["bucket", "arn:aws:s3", "arn:aws:s3:::b"]}},
            {},
            ["INVALID_ARN_PREFIX", "MISSING_ARN_FIELD"],
        ),
        ({"StringEquals": {"kms:CallerAccount": 12345678901}}, {}, ["CONDITION_NEVER_MET", "INVALID_CONDITION_VALUE"]),
    ],
)  # fmt: skip
def test_conditions_by_access_analyzers_checks(
    condition: dict[str, Any], more: dict[str, Any], expected: list[str]
) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html."""
    assert sorted(one(about(Condition=condition, **more))) == sorted(expected)


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("PrincipalOrgID", "aws:PrincipalOrgID"),
        ("viaservice", "kms:ViaService"),
        ("ResourceTag/team", None),
        ("xyz", None),
    ],
)
def test_a_key_without_its_prefix(key: str, meant: str | None) -> None:
    """The key that was meant is said, unless KMS refuses it."""
    (finding,) = check(Policy([ADMIN, about(Condition={"StringNotEquals": {key: "a"}})]))
    end = f"{key!r}." if meant is None else f"{key!r}; did you mean {meant!r}?"
    assert finding.message.endswith(f": {end}")


@pytest.mark.parametrize(
    ("names", "redundant"),
    [
        (["kms:Decrypt", "kms:Encrypt"], []),
        (["kms:Decrypt", "KMS:decrypt"], [1]),
        (["kms:Describe*", "kms:DescribeKey", "kms:Sign"], [1]),
        (["kms:Get*", "kms:GetKey*", "kms:Get*"], [1, 2]),
        (["*", "kms:Decrypt"], [1]),
        (["kms:Decrypt*", "kms:Decrypt"], [1]),
        (["kms:*Key", "kms:EnableKey"], []),  # a wildcard that does not end
        (["kms:*", "kms:Foo"], []),  # not an action, which is said
        (["kms:*", "kms:Foo*", "kms:Sign"], [2]),
    ],
)
def test_redundant_actions(names: list[str], redundant: list[int]) -> None:
    """Twice the same in any case, or what a wildcard at the end of another one matches."""
    for element in ("Action", "NotAction"):
        statement = about(**{"Action": None, element: names}, Effect="Deny")
        found = [one.path for one in check(Policy([ADMIN, statement])) if one.code == "REDUNDANT_ACTION"]
        assert found == [f"Statement[1].{element}[{index}]" for index in redundant]


def test_an_empty_sid() -> None:
    """It is a label that says nothing."""
    assert one(about(Sid="")) == ["EMPTY_SID_VALUE"]


CHINA = "arn:aws-cn:iam::111122223333"


@pytest.mark.parametrize(
    ("key", "values", "found"),
    [
        ("aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/App", True),
        ("aws:PrincipalArn", f"{CHINA}:role/App", False),
        ("aws:PrincipalArn", [f"arn:aws:iam::{ACCOUNT}:role/App", f"{CHINA}:role/App"], False),
        ("aws:PrincipalArn", f"arn:aws*:iam::{ACCOUNT}:role/App", False),
        ("kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::bucket", True),
        ("kms:EncryptionContext:app", "arn:aws:s3:::bucket", False),
        ("aws:SourceArn", [], False),
    ],
)
def test_arns_of_another_partition_in_conditions(key: str, values: Any, found: bool) -> None:
    """Where principals tell the partition of the key, and no value is of it."""
    china = statements.enable_iam_policies(ACCOUNT, partition="aws-cn")
    statement = allow("kms:Decrypt").to(Principal.account(ACCOUNT, partition="aws-cn"))
    policy = Policy([china, statement.when(Condition("ArnNotLike", key, values))])
    steps = [one.steps for one in check(policy) if one.code == "MIXED_PARTITIONS"]
    assert steps == ([("Statement", 1, "Condition", "ArnNotLike", key)] if found else [])


@pytest.mark.parametrize(
    ("operator", "value", "wrong"),
    [
        ("StringEquals", "s3.us-east-1.amazonaws.com", None),
        ("StringEquals", "lambda.cn-north-1.amazonaws.com.cn", None),
        ("StringEquals", "s3.us-isob-east-1.sc2s.sgov.gov", None),
        ("StringEquals", "s3.amazonaws.com", "'s3.amazonaws.com'"),
        ("StringEquals", "S3.amazonaws.com.cn", "'S3.amazonaws.com.cn'"),
        ("StringNotEqualsIfExists", ["s3", "rds.us-east-1.amazonaws.com", "ebs"], "'s3', 'ebs'"),
        ("StringLike", ["s3.*.amazonaws.com", "ec2.*", "*"], None),
        ("StringLike", "s3", "'s3'"),
        ("StringEquals", [], None),
        ("Bool", "true", None),
    ],
)
def test_services_without_a_region(operator: str, value: Any, wrong: str | None) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service."""
    statement = about(Effect="Deny", Condition={operator: {"kms:ViaService": value}})
    found = [
        finding for finding in check(Policy([ADMIN, statement])) if finding.code == "INVALID_VIA_SERVICE"
    ]
    end = f"negated: {wrong}; expected a service with its Region, s3.us-east-1.amazonaws.com."
    assert [finding.message.endswith(end) for finding in found] == ([True] if wrong else [])


@pytest.mark.parametrize(
    ("operator", "code", "meant"),
    [
        ("stringEquals", "CONDITION_OPERATOR_CASE", "StringEquals"),
        ("forallvalues:stringlikeifexists", "CONDITION_OPERATOR_CASE", "ForAllValues:StringLikeIfExists"),
        ("ForAnyValues:StringLike", "INVALID_CONDITION_OPERATOR", "ForAnyValue:StringLike"),
        ("ForAnyValue: StringLike", "INVALID_CONDITION_OPERATOR", "ForAnyValue:StringLike"),
        ("ForAnyValue :StringLike", "INVALID_CONDITION_OPERATOR", "ForAnyValue:StringLike"),
        ("StringEqualsIfExist", "INVALID_CONDITION_OPERATOR", "StringEqualsIfExists"),
        ("StringEquals_If_Exists", "INVALID_CONDITION_OPERATOR", "StringEqualsIfExists"),
        ("StringEqual", "INVALID_CONDITION_OPERATOR", "StringEquals"),
        (":StringEquals", "INVALID_CONDITION_OPERATOR", "StringEquals"),
        ("Whatever", "INVALID_CONDITION_OPERATOR", None),
        ("IfExists", "INVALID_CONDITION_OPERATOR", None),
        ("ForAllValues:NullIfExists", "NULL_WITH_IF_EXISTS", None),
        ("nullIfExists", "NULL_WITH_IF_EXISTS", None),
    ],
)
def test_operators_that_do_not_exist(operator: str, code: str, meant: str | None) -> None:
    """What was meant is said whole: with its qualifier, and with its IfExists."""
    (finding,) = check(Policy([ADMIN, about(Condition={operator: {"aws:PrincipalTag/a": "b"}})]))
    assert finding.code == code
    assert operator in finding.path
    end = f"{operator!r}." if meant is None else f"{operator!r}; did you mean {meant!r}?"
    assert finding.message.endswith(f": {end}")


def test_the_first_unknown_words_have_suggestions() -> None:
    """A hundred of a document, of whatever kind: to search for thousands would take seconds."""
    policy = Policy(
        [
            ADMIN,
            about(Action=[f"kms:Decrypt{number}" for number in range(60)]),
            about(Condition={"StringEquals": {f"kms:ViaService{number}": "x" for number in range(60)}}),
            about(Condition={f"StringEquals{number}": {"kms:ViaService": "x"} for number in range(60)}),
        ]
    )
    unknown = [finding for finding in check(policy) if finding.code.startswith("INVALID_")]
    assert len(unknown) == 180
    assert ["; did you mean '" in finding.message for finding in unknown] == [True] * 100 + [False] * 80


NO_ORGANISATION = Condition("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5")
OF_OTHER = Condition("StringEquals", "kms:CallerAccount", OTHER)


@pytest.mark.parametrize(
    ("principal", "condition", "met"),
    [
        ({"AWS": ALICE}, OF_OTHER, False),
        ({"AWS": [ALICE, OTHER]}, OF_OTHER, True),
        ({"AWS": [ALICE, ACCOUNT, ROOT, SESSION]}, OF_OTHER, False),
        ({"AWS": "*"}, OF_OTHER, True),
        ({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, OF_OTHER, True),
        ({"AWS": ALICE, "Federated": "accounts.google.com"}, OF_OTHER, True),
        ({"AWS": ALICE, "CanonicalUser": "79a5"}, OF_OTHER, True),
        ({"AWS": ALICE}, Condition("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}"), True),
        ({"AWS": ALICE}, Condition("StringEquals", "aws:PrincipalAccount", [ACCOUNT, OTHER]), True),
        ({"AWS": APP}, Condition("ArnLike", "aws:PrincipalArn", f"{APP}2"), False),
        # A user may act as a federated user.
        ({"AWS": ALICE}, Condition("ArnLike", "aws:PrincipalArn", BOB), True),
        ({"AWS": ALICE}, Condition("StringEquals", "aws:PrincipalType", "FederatedUser"), True),
        ({"AWS": ALICE}, Condition("Null", "aws:username", "true"), True),
        ({"AWS": APP}, Condition("StringEquals", "aws:PrincipalType", "User"), False),
        (
            {"AWS": SESSION},
            Condition("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/x/App"),
            True,
        ),
        ({"AWS": ALICE}, Condition("Bool", "aws:PrincipalIsAWSService", "true"), False),
        ({"AWS": ALICE}, NO_ORGANISATION, True),
        ({"Service": "s3.amazonaws.com"}, NO_ORGANISATION, False),
        (
            {"Service": "s3.amazonaws.com"},
            Condition("StringEqualsIfExists", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
            True,
        ),
        (
            {"Service": "s3.amazonaws.com"},
            Condition("StringNotEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
            True,
        ),
        ({"Service": "s3.amazonaws.com", "AWS": ALICE}, NO_ORGANISATION, True),
        ({"Service": "s3.amazonaws.com"}, Condition("StringEquals", "aws:SourceOrgID", "o-a1b2c3d4e5"), True),
        # What else requests of services have is not known.
        ({"Service": "s3.amazonaws.com"}, OF_OTHER, True),
        ({"Service": "s3.amazonaws.com"}, Condition("IpAddress", "aws:SourceIp", "192.0.2.0/24"), True),
        (
            {"Service": "logs.amazonaws.com"},
            Condition(
                "ForAnyValue:StringEquals", "aws:PrincipalServiceNamesList", "logs.us-east-1.amazonaws.com"
            ),
            True,
        ),
        ({"Service": "s3.amazonaws.com"}, Condition("Bool", "aws:PrincipalIsAWSService", "false"), False),
        ({"AWS": []}, OF_OTHER, True),
    ],
)
def test_conditions_that_no_principal_of_the_statement_meets(
    principal: Json, condition: Condition, met: bool
) -> None:
    """As far as it follows from who they are, and whatever the effect; services have no account or organisation."""
    for effect in ("Allow", "Deny"):
        statement = about(Effect=effect, Principal=principal, Condition=condition.to_dict())
        assert ("CONDITION_NEVER_MET" not in one(statement)) is met


@pytest.mark.parametrize(
    ("condition", "action", "found"),
    [
        (conditions.principal_org_id.not_equals("o-a1b2c3d4e5"), "kms:*", True),
        (conditions.source_ip.not_in_network("192.0.2.0/24"), "kms:Decrypt", True),
        (conditions.principal_org_id.not_equals("o-a1b2c3d4e5"), "kms:ScheduleKeyDeletion", False),
        (conditions.principal_org_id.equals("o-a1b2c3d4e5"), "kms:*", False),
        (
            conditions.principal_org_id.not_equals("o-a1b2c3d4e5")
            & conditions.principal_is_aws_service.is_false(),
            "kms:*",
            False,
        ),
        (
            conditions.principal_org_id.not_equals("o-a1b2c3d4e5") & conditions.principal_org_id.exists(),
            "kms:*",
            False,
        ),
        (conditions.via_service.not_equals("s3.us-east-1.amazonaws.com"), "kms:*", False),
    ],
)
def test_denials_that_shut_out_services(condition: Condition, action: str, found: bool) -> None:
    """A negated condition on what requests of services do not have is met by them."""
    statement = Statement(
        "Deny", principal=Principal.everyone(), action=action, resource="*", condition=condition
    )
    assert ("DENY_SHUTS_OUT_SERVICES" in one(statement)) is found


@pytest.mark.parametrize(
    ("elements", "found"),
    [
        ({"NotPrincipal": {"AWS": [ROOT, ALICE]}}, True),
        ({"NotPrincipal": {"AWS": ROOT, "Service": "s3.amazonaws.com"}}, False),
        ({"NotPrincipal": {"AWS": ROOT}, "Action": "kms:ScheduleKeyDeletion"}, False),
        ({"NotPrincipal": {"AWS": "*"}}, False),
        ({"NotPrincipal": {"AWS": ROOT}, "Condition": {"Bool": {"aws:ViaAWSService": "false"}}}, False),
        ({"Principal": "*"}, False),  # shuts out everyone, as it says
    ],
)
def test_denials_for_all_but_some(elements: dict[str, Any], found: bool) -> None:
    """AWS services are among everyone else."""
    statement = Statement.from_dict({"Effect": "Deny", "Action": "kms:*", "Resource": "*"} | elements)
    assert ("DENY_SHUTS_OUT_SERVICES" in one(statement)) is found


NOT_OF_SERVICES = [
    "kms:CallerAccount",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:userid",
    "aws:username",
]


@pytest.mark.parametrize("spared", ["aws:PrincipalIsAWSService", "aws:ViaAWSService", None])
@pytest.mark.parametrize(
    "key", [*NOT_OF_SERVICES, "aws:PrincipalOrgPaths", "aws:SourceIp", "aws:VpcSourceIp"]
)
def test_what_requests_of_services_do_not_have(key: str, spared: str | None) -> None:
    """A Deny by its absence is for services, unless another condition spares them."""
    condition = (
        Condition("ForAllValues:StringNotEquals", key, "o-a1b2c3d4e5/r-ab12/")
        if key.endswith("Paths")
        else Condition("NotIpAddress" if key.endswith("Ip") else "StringNotEquals", key, "192.0.2.0/24")
    )
    condition = condition if spared is None else condition & Condition("Bool", spared, "false")
    assert (
        "DENY_SHUTS_OUT_SERVICES" in one(about(Effect="Deny", Principal="*", Condition=condition.to_dict()))
    ) is (spared is None)


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", "aws:SecureTransport", "true"),
        ("ForAnyValue:ArnLike", "kms:EncryptionContextKeys", "arn:aws:s3:::b"),
        ("ArnLike", "kms:ViaService", "arn:aws:s3:::b"),
        ("StringEquals", "aws:SourceArn", "arn:aws:s3:::b"),
        ("NumericLessThan", "aws:CurrentTime", 1),
        ("BinaryEquals", "kms:ViaService", "eA=="),
        ("Null", "aws:SourceIp", "true"),
    ],
)
def test_operators_that_suit_a_key_without_being_its_own(operator: str, key: str, value: Any) -> None:
    """AWS's own documents compare such keys with them."""
    assert "TYPE_MISMATCH" not in one(about(Condition={operator: {key: value}}))


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("Bool", "kms:ViaService", "true"),
        ("NumericEquals", "aws:SourceArn", 1),
        ("StringEquals", "aws:MultiFactorAuthAge", "1"),
        ("DateLessThan", "aws:MultiFactorAuthAge", "2026-01-01"),
        ("StringEquals", "aws:SourceIp", "192.0.2.0/24"),
        ("ArnLike", "aws:SecureTransport", "true"),
    ],
)
def test_operators_that_do_not_suit_a_key(operator: str, key: str, value: Any) -> None:
    """They compare another type."""
    assert "TYPE_MISMATCH" in one(about(Condition={operator: {key: value}}))


def _users(number: int) -> list[str]:
    return [f"arn:aws:iam::{ACCOUNT}:user/u{index}" for index in range(number)]


def _contexts(number: int) -> Json:
    return {"StringEquals": {f"kms:EncryptionContext:{index}": "x" for index in range(number)}}


GROWN: list[Callable[[int], list[Statement]]] = [
    lambda n: [
        about(Principal="*", Condition={"StringLike": {"aws:PrincipalArn": [f"{u}*" for u in _users(n)]}})
    ],
    lambda n: [
        about(Principal={"AWS": [f"{OTHER}{i:012}"[-12:] for i in range(n)]}, Action=["kms:*", "kms:Put*"])
    ],
    lambda n: [about(Principal={"AWS": _users(n)})],
    lambda n: [about(Action=["kms:Sign", "kms:Decrypt"] * n, Condition=_contexts(n))],
    lambda n: [about(Action=[f"kms:Get{index}" for index in range(n)])],
    lambda n: [about(Principal={"AWS": _users(n)}, Action=["kms:Sign", "kms:Verify"] * n)] * 2,
    lambda n: [about(Principal={"AWS": user}) for user in _users(n)],
    lambda n: [about(Condition={"StringEqualsIfExists": {f"aws:PrincipalTag/{i}": "x" for i in range(n)}})],
    lambda n: [about(Sid=f"s{index}", Action="kms:Sign") for index in range(n)],
    lambda n: [
        about(Effect="Deny", Principal="*", Action="kms:*"),
        *(about(Principal={"AWS": u}) for u in _users(n)),
    ],
    lambda n: [
        about(
            Condition={
                "Null": {f"aws:Source{'Arn' if i % 2 else 'ARN'}": "true"},
                "ArnLike": {"aws:sourcearn": "x"},
            }
        )
        for i in range(n)
    ],
]
# Without administrators: who could put a policy is looked for among all.
LOCKED: list[Callable[[int], list[Statement]]] = [
        lambda n: [about(Principal={"AWS": user}) for user in _users(n)],
        lambda n: [about(Principal={"AWS": user}, Action="kms:*") for user in _users(n)]
                  + [about(Effect="Deny", Principal={"AWS": ROOT}, Action="kms:*")],
        lambda n: [about(Principal={"AWS": user}, Action="kms:*") for user in _users(n)]
                  + [about(Effect="Deny", Principal="*", Action="kms:*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})],
        lambda n: [about(Principal={"AWS": f"{SESSION}{number}"}) for number in range(n)],
        lambda n: [about(Principal={"AWS": user}, Action="kms:*", Effect=effect) for user in _users(n) for effect in ("Allow", "Deny")],
        lambda n: [about(Principal={"AWS": user}, Action="kms:*", Resource=KEY) for user in _users(n)],
        lambda n: [about(Principal={"AWS": user}) for user in _users(n)]
                  + [about(Effect="Deny", Principal="*", Action="kms:*", Condition={"ArnNotEquals": {"aws:PrincipalArn": user}})
                     for user in _users(n)],
    ]  # fmt: skip


@pytest.mark.parametrize("grown", GROWN)
def test_the_cost_grows_with_the_document(grown: Callable[[int], list[Statement]]) -> None:
    """Not with its square: twice the document takes at most twice the calls, and a little."""
    small, large = (Policy([ADMIN, *grown(number)]) for number in (40, 80))
    assert calls_of(lambda: check(large, account=ACCOUNT)) < 2.2 * calls_of(
        lambda: check(small, account=ACCOUNT)
    )


@pytest.mark.parametrize("grown", LOCKED)
@pytest.mark.parametrize("caller", [None, ALICE])
def test_so_does_the_cost_of_finding_out_that_nobody_can_put_a_policy(
    grown: Callable[[int], list[Statement]], caller: str | None
) -> None:
    """Whether all are denied or none is allowed."""
    small, large = (Policy(grown(number)) for number in (40, 80))
    assert "LOCKOUT_EVERYONE" in codes(large)
    assert calls_of(lambda: check(large, caller=caller)) < 2.2 * calls_of(lambda: check(small, caller=caller))


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ([about(), about()], ["Statement[2]"]),
        ([about(Action="kms:Decrypt"), about(Action="kms:De*")], ["Statement[1]"]),
        ([about(Action="kms:De*"), about(Action=["kms:Decrypt", "kms:DescribeKey"])], ["Statement[2]"]),
        ([about(), about(Principal={"AWS": [ALICE, ALICE]})], ["Statement[2]"]),
        ([about(Principal={"AWS": [ALICE, ALICE]})], []),
        ([about(), about(Effect="Deny")], []),
        ([about(), about(Principal={"AWS": [ALICE, APP]})], ["Statement[1]"]),
        ([about(), about(Condition={"Bool": {"aws:SecureTransport": "true"}})], []),
        ([about(), about(Action=["kms:Decrypt", "kms:Sign"])], ["Statement[1]"]),
        ([about(Resource="x"), about(Resource="x")], []),
        ([about(Action=None, NotAction="kms:Sign"), about(Action=None, NotAction="kms:Sign")], []),
    ],
)
def test_statements_that_others_make_redundant(given: list[Statement], paths: list[str]) -> None:
    """For the same principals, under the same condition."""
    found = check(Policy([ADMIN, *given]))
    assert [finding.path for finding in found if finding.code == "REDUNDANT_STATEMENT"] == paths


@pytest.mark.parametrize(
    ("length", "letter", "severity"),
    [
        (32_768, "x", None),
        (32_769, "x", "ERROR"),
        (32_768, "é", "WARNING"),
        (20_000, "é", "WARNING"),
        (16_000, "é", None),
    ],
)
def test_size(length: int, letter: str, severity: str | None) -> None:
    """32,768 characters; more bytes than that may be too many."""
    policy = Policy([ADMIN.named("")])
    policy = Policy([ADMIN.named(letter * (length - len(policy.to_json())))])
    assert len(policy.to_json()) == length
    assert [finding.severity.name for finding in check(policy)] == ([] if severity is None else [severity])


def test_characters_are_found_wherever_they_are() -> None:
    """In names and values, however deep; control characters are written as escapes."""
    policy = Policy(
        [
            ADMIN.named("\u20ac"),
            about(Condition={"StringEquals": {"aws:\u0100": ["ok", "\u0101", True, 1]}}),
            ADMIN.named("\x01é"),
        ],
        id="\U0001f511",
    )
    found = [finding.path for finding in check(policy) if finding.code == "UNSUPPORTED_CHARACTER"]
    assert found == [
        "Id",
        "Statement[0].Sid",
        'Statement[1].Condition.StringEquals["aws:\u0100"]',
        'Statement[1].Condition.StringEquals["aws:\u0100"][1]',
    ]


def test_why_a_condition_is_never_met() -> None:
    """It has nothing to match, or nothing that can be read."""
    nothing: list[str] = []
    for value, reason in ((nothing, "it has no values"), ("maybe", "it cannot be read")):
        (finding,) = check(Policy([ADMIN, about(Condition={"Bool": {"aws:SecureTransport": value}})]))
        assert finding.message == f"No request can meet this condition: {reason}."


def test_one_place_has_one_finding_of_a_kind() -> None:
    """The first of several reasons is enough."""
    nothing: list[str] = []
    for operator, value in (("StringEquals", nothing), ("Bool", "maybe"), ("Null", "maybe")):
        for key in ("kms:CallerAccount", "aws:PrincipalIsAWSService"):
            found = one(about(Principal={"AWS": APP}, Condition={operator: {key: value}}))
            assert found.count("CONDITION_NEVER_MET") == 1


def test_characters_that_are_written_as_escapes() -> None:
    """Nobody knows whether KMS takes them: a warning; what the text has as it is, too, is an error."""
    policy = Policy([ADMIN.named("\u20ac \u00e9"), ADMIN.named("\u20ac\u0101")], id="\u0101")
    escaped = json.dumps(policy.to_dict())
    for text, severities in (
        (escaped, ["WARNING"] * 3),
        (escaped.replace("\\u20ac", "\u20ac"), ["WARNING", "ERROR", "ERROR"]),
        (escaped.replace("\\u20ac\\u0101", "\\u20ac\u0101"), ["ERROR", "WARNING", "ERROR"]),
    ):
        found = [
            (finding.path, finding.severity.name)
            for finding in check_text(policy, text, caller=None, account=None)
            if finding.code == "UNSUPPORTED_CHARACTER"
        ]
        assert found == list(zip(("Id", "Statement[0].Sid", "Statement[1].Sid"), severities, strict=True))


def test_a_single_statement_has_no_index() -> None:
    """So that its findings can be located in its text."""
    policy = Policy(
        Statement("Allow", principal=Principal.arn(ROOT), action=["kms:*", "kms:Foo"], resource="*")
    )
    (finding,) = check(policy)
    assert finding.path == "Statement.Action[1]"
    assert finding.locate(policy.to_json()) is not None


def test_an_old_version_without_variables() -> None:
    """Only conditions with variables mean something else in it."""
    policy = Policy([ADMIN, about(Condition={"Bool": {"aws:SecureTransport": True}})], version="2008-10-17")
    assert codes(policy) == ["OLD_VERSION"]


def test_partitions() -> None:
    """One is enough."""
    china = Principal.role(ACCOUNT, "App", partition="aws-cn")
    assert (
        codes(Policy([allow("kms:*").to(china), statements.enable_iam_policies(ACCOUNT, partition="aws-cn")]))
        == []
    )
    (finding,) = check(Policy([ADMIN, allow("kms:Sign").to(china)]))
    assert (finding.code, finding.path) == ("MIXED_PARTITIONS", "Statement[1].Principal.AWS")
    (finding,) = check(Policy([ADMIN, allow("kms:Sign").to(Principal.arn(ALICE), china)]))
    assert finding.path == "Statement[1].Principal.AWS[1]"
    assert "'arn:aws-cn:iam::111122223333:role/App' is not of the partition 'aws'." in finding.message


# --- what AWS publishes ----------------------------------------------------------------------------

PART = "shows only a part of a policy, the rest of which lets administrators in"
AWS_MANAGED = "is the policy of an AWS managed key, which its service puts"
PLACEHOLDER = "has placeholders for account ids"
AUGUST = "has another Resource than the key, which KMS refuses since August 2025"
NO_KEY_POLICY = "is a VPC endpoint or topic policy"
REFUSED = "is a policy that KMS refused in its test"
ERRORS_ACCOUNTED_FOR: dict[str, tuple[str, set[str]]] = {
    **dict.fromkeys(
        [
            "dynamodb-encryption-usagenotes-2",
            "iam-access-analyzer-policy-generation",
            "kms-dg-conditions-kms",
            "kms-dg-conditions-kms-2",
            "kms-dg-infrastructure-security",
            "kms-dg-key-policy-overview",
            "kms-dg-key-policy-services",
            "new-least-privilege-cloudtrail",
            "rds-user-sharesnapshot",
            "s3-grant-destinations-permissions-to-s3",
            "sns-sns-key-management",
            "sqs-sqs-key-management",
            "sqs-sqs-key-management-2",
            "ssm-cross-service-confused-deputy-prevention",
            "ssm-sysman-inventory-resource-data-sync",
        ],
        (PART, {"LOCKOUT_EVERYONE"}),
    ),
    **dict.fromkeys(
        [
            "dynamodb-encryption-usagenotes",
            "kms-dg-old-services-dynamodb",
            "kms-dg-old-services-wm",
            "kms-dg-services-wm",
        ],
        (AWS_MANAGED, {"LOCKOUT_EVERYONE"}),
    ),
    **dict.fromkeys(
        [
            "kms-dg-kms-vpc-endpoint",
            "kms-dg-kms-vpc-endpoint-2",
            "kms-dg-old-kms-vpc-endpoint-3",
            "kms-dg-old-kms-vpc-endpoint-4",
            "cloudtrail-cloudtrail-permissions-for-sns-notifications",
        ],
        (NO_KEY_POLICY, {"LOCKOUT_EVERYONE"}),
    ),
    **dict.fromkeys(
        [
            "cwlogs-encrypt-log-data-kms",
            "cwlogs-encrypt-log-data-kms-2",
            "cwlogs-encrypt-log-data-kms-3",
            "sagemaker-feature-store-security",
            "sagemaker-sms-create-sns-input-topic",
            "sample-nitro-enclaves-workshop",
        ],
        (PLACEHOLDER, {"INVALID_PRINCIPAL_FORMAT"}),
    ),
    **dict.fromkeys(
        ["sagemaker-model-registry-version", "sagemaker-sagemaker-roles"],
        (f"{PLACEHOLDER}, and {PART}", {"INVALID_PRINCIPAL_FORMAT", "LOCKOUT_EVERYONE"}),
    ),
    "cloudtrail-default-kms-key-policy": (
        f"{PLACEHOLDER}, and {AUGUST}",
        {"INVALID_PRINCIPAL_FORMAT", "LOCKOUT_EVERYONE", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"},
    ),
    "config-s3-kms-key-policy": (
        f"{PLACEHOLDER}, and {AUGUST}",
        {"INVALID_PRINCIPAL_FORMAT", "LOCKOUT_EVERYONE", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"},
    ),
    "config-s3-kms-key-policy-2": (AUGUST, {"LOCKOUT_EVERYONE", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"}),
    "new-terraform-acc-lockout-rejected": (REFUSED, {"LOCKOUT_EVERYONE"}),
}


def _errors(findings: Iterable[Finding]) -> set[str]:
    return {finding.code for finding in findings if finding.severity is Severity.ERROR}


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.json")), ids=lambda path: path.stem)
def test_no_false_error_in_the_corpus(path: Path) -> None:
    """A document that AWS publishes as a key policy has no error but for a reason."""
    found = _errors(check(Policy.from_json(path.read_bytes())))
    assert found == ERRORS_ACCOUNTED_FOR.get(path.stem, ("", set()))[1]


@pytest.mark.parametrize("path", sorted(CORPUS.glob("statements/*.json")), ids=lambda path: path.stem)
def test_no_false_error_in_the_corpus_of_statements(path: Path) -> None:
    """Nor has a statement, beside one that lets administrators in."""
    data = json.loads(path.read_bytes())
    if "Principal" not in data and "NotPrincipal" not in data:
        pytest.skip("is no statement of a key policy: it has no principal")
    found = check(Policy([ADMIN, Statement.from_dict(data)]))
    assert _errors(found) == STATEMENT_ERRORS.get(path.stem, set()), [str(one) for one in found]


# How often the other findings about security are in what AWS publishes: a rule that changes has to be looked at there.
SECURITY_IN_THE_CORPUS: dict[str, list[str]] = {
    "CONDITION_MATCHES_ABSENT_KEY": [
        "recorded-custodian-test-cross-account-kms-condition-keys-2",
        "recorded-custodian-test-cross-account-kms-condition-keys-3",
    ],
    "DENY_SHUTS_OUT_SERVICES": [
        "kms-dg-kms-vpc-endpoint-2",
        "kms-dg-kms-vpc-endpoint-3",
        "kms-dg-old-kms-vpc-endpoint-2",
        "kms-dg-old-kms-vpc-endpoint-4",
        "kms-dg-old-kms-vpc-endpoint",
    ],
    "PUBLIC_ACCESS": [
        "recorded-custodian-test-cross-account-kms",
        "recorded-custodian-test-kms-remove-matched",
        "recorded-custodian-test-kms-remove-named-2",
        "recorded-custodian-test-kms-remove-named",
    ],
    "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL": [
        "cloudtrail-cloudtrail-permissions-for-sns-notifications",
        "cloudtrail-default-kms-key-policy",
        "cwlogs-encrypt-log-data-kms-2",
        "cwlogs-encrypt-log-data-kms-3",
        "cwlogs-encrypt-log-data-kms",
        "dynamodb-encryption-usagenotes",
        "kms-dg-old-services-dynamodb",
        "s3-grant-destinations-permissions-to-s3",
        "sns-sns-key-management",
        "sqs-sqs-key-management",
    ],
}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="KMSPOLICY_CORPUS names no folder")
def test_security_findings_in_the_corpus() -> None:
    """Public access and services without a source are found where AWS's pages have them, and nowhere else."""
    found: dict[str, list[str]] = {}
    for path in sorted(CORPUS.glob("*.json")):
        for code in set(codes(Policy.from_json(path.read_bytes()))):
            if CATALOGUE[code].severity is Severity.SECURITY_WARNING or code == "DENY_SHUTS_OUT_SERVICES":
                found.setdefault(code, []).append(path.stem)
    assert found == SECURITY_IN_THE_CORPUS


# All but one have placeholders, misspelt account ids, or spaces where an ARN should be. The one is of an old revision of the
# KMS guide, from before KMS refused ForAllValues with an encryption context.
STATEMENT_ERRORS: dict[str, set[str]] = {
    **{
        name: {"INVALID_PRINCIPAL_FORMAT"}
        for name in (
            "cloudtrail-cloudtrail-copy-trail-to-lake-eds",
            "cloudtrail-create-kms-key-policy-for-cloudtrail-4",
            "cloudtrail-create-kms-key-policy-for-cloudtrail-9",
            "cloudwatch-cloudwatch-synthetics-artifact-encryption",
            "eventbridge-eb-pipes-error-troubleshooting",
            "guardduty-guardduty-upload-lists",
            "sagemaker-canvas-kms-2",
            "sagemaker-canvas-kms",
            "secretsmanager-auth-and-access-examples-cross",
        )
    },
    "kms-dg-old-policy-conditions-2": {"OVERLY_PERMISSIVE_CONDITION"},
}
