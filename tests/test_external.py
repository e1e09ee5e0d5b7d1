"""Who outside the account of a key gets in, and who inside can lock everybody out."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from kmspolicy import (
    ExternalAccess,
    ExternalEntry,
    ExternalGroup,
    Outcome,
    PartialPolicy,
    Policy,
    decide,
    errors,
    external_access,
)
from kmspolicy._language._key_arns import Key
from kmspolicy._normal._rules import rules_of
from kmspolicy._prove._budget import Budget
from kmspolicy._prove._proofs import Proofs, Within

OURS, FRIEND, OTHER = "111122223333", "444455556666", "777788889999"
ADMIN, READER = f"arn:aws:iam::{OURS}:role/Admin", f"arn:aws:iam::{FRIEND}:role/Reader"
ORG, VPCE, S3, LOGS = "o-a1b2c3d4e5", "vpce-1a2b3c4d", "s3.amazonaws.com", "logs.us-east-1.amazonaws.com"
OUR_LOGS = f"arn:aws:logs:us-east-1:{OURS}:*"
Json = dict[str, Any]


def said(effect: str, principal: Any, condition: Json | None = None, action: Any = "kms:Decrypt") -> Json:
    """Return a statement."""
    given = {} if condition is None else {"Condition": condition}
    return {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*", **given}


def allow(principal: Any, condition: Json | None = None, action: Any = "kms:Decrypt") -> Json:
    """Return an Allow."""
    return said("Allow", principal, condition, action)


def deny(condition: Json, principal: Any = "*", action: Any = "kms:*") -> Json:
    """Return a Deny."""
    return said("Deny", principal, condition, action)


def policy(*statements: Json) -> Policy:
    """Return a policy."""
    return Policy.from_dict({"Version": "2012-10-17", "Statement": list(statements)})


class Row(NamedTuple):
    """A policy, and who gets in: pairs of a group and a name, with the number of the statement."""

    name: str
    statements: list[Json]
    expected: list[tuple[str, str, int]]


ROWS = [
    Row("nobody", [allow({"AWS": OURS}, action="kms:*")], []),
    Row("no statement", [], []),
    Row("everyone", [allow("*")], [("public", "*", 0)]),
    Row(
        "everyone through a service",
        [allow("*", {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}})],
        [("public", "*", 0)],
    ),
    Row("everyone of the account", [allow("*", {"StringEquals": {"kms:CallerAccount": OURS}})], []),
    Row("everyone, and all is denied", [allow("*"), said("Deny", "*", action="kms:*")], []),
    Row(
        "everyone, for what no other account can do",
        [allow("*", action="kms:PutKeyPolicy")],
        [("service without protection", "*", 0)],
    ),
    Row(
        "services alone",
        [allow("*", {"Bool": {"aws:PrincipalIsAWSService": "true"}})],
        [("service without protection", "*", 0)],
    ),
    Row(
        "organisations",
        [allow("*", {"StringEquals": {"aws:PrincipalOrgID": [ORG, "o-z9y8x7w6v5"]}})],
        [("organisation", ORG, 0), ("organisation", "o-z9y8x7w6v5", 0)],
    ),
    Row(
        "a part of an organisation",
        [allow("*", {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{ORG}/r-ab12/*"}})],
        [("organisation", f"{ORG}/r-ab12/*", 0)],
    ),
    Row(
        "an organisation, by a Deny",
        [allow("*"), deny({"StringNotEquals": {"aws:PrincipalOrgID": ORG}})],
        [("organisation", ORG, 0)],
    ),
    Row(
        "an organisation through an endpoint",
        [allow("*", {"StringEquals": {"aws:PrincipalOrgID": ORG, "aws:SourceVpce": VPCE}})],
        [("organisation", ORG, 0)],
    ),
    Row(
        "through endpoints",
        [allow("*", {"StringEquals": {"aws:SourceVpce": [VPCE, "vpce-2"]}})],
        [("anyone with", f"aws:SourceVpce {VPCE} or vpce-2", 0)],
    ),
    Row(
        "names of other accounts",
        [allow({"AWS": [FRIEND, READER, OTHER, ADMIN]})],
        [
            ("untrusted account", OTHER, 0),
            ("trusted account", FRIEND, 0),
            ("trusted account", READER, 0),
        ],
    ),
    Row(
        "accounts in a condition",
        [allow("*", {"StringEquals": {"aws:PrincipalAccount": [OURS, FRIEND, OTHER]}})],
        [("untrusted account", OTHER, 0), ("trusted account", FRIEND, 0)],
    ),
    Row(
        "an account in a pattern",
        [allow("*", {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/app-*"}})],
        [("untrusted account", OTHER, 0)],
    ),
    Row("what other accounts cannot do", [allow({"AWS": OTHER}, action="kms:PutKeyPolicy")], []),
    Row(
        "everyone but an account",
        [{"Effect": "Allow", "NotPrincipal": {"AWS": OTHER}, "Action": "kms:Decrypt", "Resource": "*"}],
        [("public", "*", 0)],
    ),
    Row(
        "everyone for one action, an organisation for more",
        [
            allow("*", action=["kms:Decrypt", "kms:Encrypt"]),
            deny({"StringNotEquals": {"aws:PrincipalOrgID": ORG}}, action="kms:Encrypt"),
        ],
        [("public", "*", 0), ("organisation", ORG, 0)],
    ),
    Row("a service", [allow({"Service": S3})], [("service without protection", S3, 0)]),
    Row(
        "a service for an account",
        [allow({"Service": S3}, {"StringEquals": {"aws:SourceAccount": OURS}})],
        [("service with protection", S3, 0)],
    ),
    Row(
        "a service if the account is known",
        [allow({"Service": S3}, {"StringEqualsIfExists": {"aws:SourceAccount": OURS}})],
        [("service without protection", S3, 0)],
    ),
    Row(
        "a service that writes a resource",
        [allow({"Service": LOGS}, {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": OUR_LOGS}})],
        [("service with protection", LOGS, 0)],
    ),
    Row(
        "services, one of them in a Deny",
        [
            allow({"Service": [S3, LOGS]}, action=["kms:Decrypt", "kms:Encrypt"]),
            deny({"StringNotEquals": {"aws:SourceAccount": OURS}}, {"Service": S3}, "kms:Encrypt"),
        ],
        [
            ("service without protection", LOGS, 0),
            ("service without protection", S3, 0),
            ("service with protection", S3, 0),
        ],
    ),
    Row(
        "names whose owner is not known",
        [allow({"AWS": "AIDACKCEVSQ6C2EXAMPLE", "Federated": "cognito-identity.amazonaws.com"})],
        [("not known", "AIDACKCEVSQ6C2EXAMPLE", 0), ("not known", "cognito-identity.amazonaws.com", 0)],
    ),
    Row("actions that may come", [allow("*", action="kms:Teleport*")], [("public", "*", 0)]),
]


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_who_gets_in(row: Row) -> None:
    """Of each statement, the widest group comes first, and no group has what a wider one has."""
    document = policy(*row.statements)
    external = external_access(document, account=OURS, trusted_accounts=[FRIEND])
    assert [(entry.group.value, entry.who, entry.statement) for entry in external] == row.expected
    assert bool(external) is bool(row.expected)
    assert len(external) == len(row.expected)
    for entry in external:
        if entry.unknown:
            assert entry.group is ExternalGroup.UNKNOWN
        else:
            assert entry.witness is not None
            assert decide(document, entry.witness.request).outcome in (Outcome.ALLOWED, Outcome.DELEGATED)


def test_the_actions_of_each_group() -> None:
    """A narrower group has the actions that a wider one of the same statement does not have."""
    row = next(row for row in ROWS if row.name == "everyone for one action, an organisation for more")
    public, organisation = external_access(policy(*row.statements), account=OURS)
    assert (public.actions, organisation.actions) == (("kms:Decrypt",), ("kms:Encrypt",))
    assert (public.denied_by, organisation.denied_by) == ((), ())


INSIDE = [
    Row("the account", [allow({"AWS": OURS}, action="kms:*")], [("inside", OURS, 0)]),
    Row("a role", [allow({"AWS": [ADMIN, READER]}, action="kms:PutKeyPolicy")], [("inside", ADMIN, 0)]),
    Row("everyone", [allow("*", action="kms:ScheduleKeyDeletion")], [("inside", OURS, 0)]),
    Row("nobody", [allow({"AWS": ADMIN}, action="kms:DisableKey")], []),
    Row(
        "all but one denied",
        [
            allow({"AWS": OURS}, action="kms:*"),
            deny({"ArnNotEquals": {"aws:PrincipalArn": ADMIN}}, action="kms:PutKeyPolicy"),
        ],
        [("inside", OURS, 0)],
    ),
]


@pytest.mark.parametrize("row", INSIDE, ids=[row.name for row in INSIDE])
def test_who_can_lock_everybody_out(row: Row) -> None:
    """It takes kms:PutKeyPolicy or kms:ScheduleKeyDeletion, by a principal of the key's account."""
    document = policy(*row.statements)
    inside = external_access(document, account=OURS).inside
    assert [(entry.group.value, entry.who, entry.statement) for entry in inside] == row.expected
    for entry in inside:
        assert entry.witness is not None
        assert entry.witness.request.action in entry.actions
        assert set(entry.actions) <= {"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"}


def test_a_key_of_an_unknown_account() -> None:
    """Each account counts as another one, and nobody is inside."""
    external = external_access(policy(allow({"AWS": OURS}, action="kms:*")))
    assert [entry.account for entry in external] == [OURS]
    assert (external.account, external.inside) == (None, ())


def test_the_arn_of_the_key_tells_the_account() -> None:
    """It is enough to give one of the two."""
    arn = f"arn:aws:kms:us-east-1:{OURS}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    assert external_access(policy(allow({"AWS": OURS})), key_arn=arn).account == OURS


def test_an_account_that_is_none() -> None:
    """A mistake in the list of trusted accounts is an error."""
    with pytest.raises(errors.RequestError, match="12 digits"):
        external_access(policy(), account=OURS, trusted_accounts=["friends"])


def test_what_cannot_be_proved_is_not_known() -> None:
    """All whom the statement names outside are listed, with the reason."""
    condition = {"NumericEquals": {"aws:PrincipalArn": 1}}
    external = external_access(
        policy(allow({"AWS": [ADMIN, READER]}, condition), allow("*", condition)), account=OURS
    )
    assert [(entry.group.value, entry.who, entry.statement) for entry in external] == [
        ("not known", READER, 0),
        ("not known", "*", 1),
    ]
    assert all(entry.unknown for entry in external)
    assert "not all is known: what follows from the caller" in str(external)


def test_what_is_certain_beside_what_is_not() -> None:
    """A wider group that perhaps gets in does not hide a narrower one that does."""
    condition = {"ForAnyValue:ArnLikeIfExists": {"aws:PrincipalArn": "a"}}
    external = external_access(policy(allow("*", condition)), account=OURS)
    assert [(entry.group.value, entry.who, bool(entry.unknown)) for entry in external] == [
        ("public", "*", True),
        ("service without protection", "*", False),
    ]


def test_what_is_said() -> None:
    """It is plain English, group by group, with an example of each."""
    document = policy(
        allow({"AWS": OURS}, action="kms:*"),
        {**allow("*", {"StringEquals": {"aws:PrincipalOrgID": ORG}}), "Sid": "Org"},
        allow({"AWS": FRIEND}),
        deny({"Bool": {"aws:SecureTransport": "false"}}),
        allow("*", {"Bool": {"aws:PrincipalIsAWSService": "true"}}),
        allow({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}),
    )
    external = external_access(document, account=OURS)
    assert str(external).split("\n") == WORDS
    drawn: str = getattr(external, "_repr_html_")()  # noqa: B009 - private to type checkers
    assert "Who outside account" in drawn
    assert str(external.entries[0]) in str(external)


WORDS = [
    "Who outside account 111122223333 gets in:",
    (
        "  Organisations: o-a1b2c3d4e5: Decrypt by Statement[1] ('Org'), if aws:PrincipalOrgID is o-a1b2c3d4e5, "
        "unless Statement[3] denies it; for example, role SomeRole of account 999999999999 may kms:Decrypt with "
        "aws:PrincipalOrgID o-a1b2c3d4e5: yes"
    ),
    (
        "  Accounts that are not trusted: account 444455556666: Decrypt by Statement[2], unless Statement[3] denies it; "
        "for example, the root user of account 444455556666 may kms:Decrypt: yes"
    ),
    (
        "  Services without protection from a confused deputy: any service: Decrypt by Statement[4], "
        "if aws:PrincipalIsAWSService is true, unless Statement[3] denies it; "
        "for example, the service some-service.amazonaws.com may kms:Decrypt: yes"
    ),
    (
        "  Not known: AIDACKCEVSQ6C2EXAMPLE: Decrypt by Statement[5], unless Statement[3] denies it, "
        "perhaps: it is not known whose name this is"
    ),
    "Who inside can lock everybody out:",
    (
        "  account 111122223333: PutKeyPolicy, ScheduleKeyDeletion by Statement[0], unless Statement[3] denies it; "
        "for example, the root user of account 111122223333 may kms:PutKeyPolicy: yes"
    ),
]


def test_that_nobody_gets_in_is_said() -> None:
    """The answer is a sentence, not an empty text."""
    assert str(external_access(policy(), account=OURS)) == f"Nobody outside account {OURS} gets in."
    assert str(external_access(policy())) == "Nobody outside the account of the key gets in."


def test_many_organisations_are_one_entry() -> None:
    """Each one by itself would take too long."""
    names = [f"o-{number:010}" for number in range(800)]
    external = external_access(
        policy(allow("*", {"StringEquals": {"aws:PrincipalOrgID": names}})), account=OURS
    )
    (entry,) = external
    assert (entry.group, entry.who) == (ExternalGroup.ORGANISATION, " or ".join(names))
    assert entry.witness is not None


def test_many_names_with_many_conditions() -> None:
    """What takes too long is said to be unknown, name by name; nobody is left out."""
    statements = [
        allow({"AWS": f"4444{number:08}"}, {"StringLike": {"kms:EncryptionContext:k": f"a*{number}*"}})
        for number in range(60)
    ]
    external = external_access(policy(*statements), account=OURS)
    assert [entry.account or entry.who for entry in external] == [f"4444{number:08}" for number in range(60)]
    assert {bool(entry.unknown) for entry in external} == {True}


def partial(*statements: Json) -> PartialPolicy:
    """Return a policy with placeholders."""
    return PartialPolicy.from_json(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def test_placeholders() -> None:
    """What is so for some values names the placeholders that it depends on."""
    document = partial(
        allow({"AWS": "arn:aws:iam::${AWS::AccountId}:root"}, action="kms:*"),
        allow({"AWS": "${Friend}"}),
        allow("*"),
    )
    external = external_access(document, account=OURS)
    assert [(entry.group.value, entry.who, entry.depends_on) for entry in external] == [
        ("public", "*", ()),
        ("untrusted account", "${Friend}", ("Friend",)),
    ]
    assert [entry.who for entry in external.inside if not entry.depends_on] == [f"arn:aws:iam::{OURS}:root"]
    assert ", perhaps: this depends on 'Friend'" in str(external)


def test_a_placeholder_for_the_account() -> None:
    """The account of the key is that of the stack."""
    external = external_access(
        partial(allow({"AWS": "arn:aws:iam::${AWS::AccountId}:root"}), allow({"AWS": FRIEND}))
    )
    assert external.account == "${AWS::AccountId}"
    assert [(entry.account, entry.depends_on) for entry in external] == [(FRIEND, ("AWS::AccountId",))]


def test_a_document_of_which_nothing_is_known() -> None:
    """Somebody may get in, and why that is not known is said instead of "nobody"."""
    names = [f"${{Friend{number}}}" for number in range(20)]
    external = external_access(partial(allow({"AWS": [*names, ADMIN, READER]})), account=OURS)
    assert external
    assert external.unknown
    assert external.entries == ()
    assert str(external) == f"not all is known: {external.unknown}"


def test_the_parts_of_an_answer() -> None:
    """Each entry names the page of AWS about its group."""
    assert isinstance(external_access(policy()), ExternalAccess)
    assert all(group.url.startswith("https://docs.aws.amazon.com/") for group in ExternalGroup)
    entry = ExternalEntry(ExternalGroup.SERVICE, S3, "", (), 0)
    assert entry.url.endswith("confused-deputy.html")


def test_nothing_is_granted_for_sure_where_no_proof_can_be_made() -> None:
    """A policy that is too much to look at has no actions of which it is known that somebody gets them."""
    rules = rules_of(policy(allow({"AWS": FRIEND})))
    proofs = Proofs(rules, rules, Key(), Budget(0))
    assert isinstance(proofs.layout, str)
    assert list(proofs.each_granted(Within({}, {}), [], [])) == []


def test_principals_as_the_policy_writes_them() -> None:
    """What a placeholder may be, another principal of the policy or a user for a role, is not shown in its place."""
    document = partial(
        allow({"AWS": f"arn:aws:iam::{OURS}:root"}, action="kms:*"),
        allow({"AWS": "${Admin}"}, action="kms:PutKeyPolicy"),
        allow({"AWS": f"arn:aws:iam::{OURS}:role/Orders"}),
    )
    external = external_access(document, account=OURS)
    assert [(entry.who, entry.depends_on) for entry in external.inside] == [
        ("${Admin}", ("Admin",)),
        (f"arn:aws:iam::{OURS}:root", ()),
    ]


def test_the_account_of_the_key_is_not_known() -> None:
    """The text says what follows, where it makes a difference."""
    says = "The account of the key is not known: every account counts as outside."
    named = policy(allow({"AWS": f"arn:aws:iam::{OURS}:root"}))
    assert str(external_access(named)).split("\n")[0] == says
    assert says not in str(external_access(named, account=OURS))
    assert says not in str(external_access(policy(allow("*"))))


def test_any_service_that_works_for_what_the_policy_names() -> None:
    """Services are not everyone."""
    limits = {
        "ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{OURS}:*"},
        "Bool": {"aws:PrincipalIsAWSService": "true"},
    }
    external = external_access(policy(allow("*", limits)), account=OURS)
    assert [(entry.group.value, entry.who) for entry in external] == [("service with protection", "*")]
    assert "Services with protection from a confused deputy: any service: Decrypt" in str(external)
