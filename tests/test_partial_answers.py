"""What is said of policies with values that are not known yet."""

from __future__ import annotations

import json
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

import pytest

from kmspolicy import (
    Access,
    Cell,
    Comparison,
    Fails,
    Holds,
    PartialPolicy,
    Policy,
    Principal,
    Relation,
    Unknown,
    access,
    check,
    compare,
    errors,
    external_access,
    prove,
)
from kmspolicy._document._unfilled import Unfilled
from kmspolicy._language._keys import CONDITION_KEYS
from kmspolicy._partial._tree import (
    Absent,
    And,
    Choice,
    Equals,
    Members,
    Not,
    Open,
    Placeholder,
    Split,
    Text,
    Unresolved,
)
from kmspolicy._prove._budget import OF_A_CALL, Budget
from kmspolicy._render._access import html_of
from kmspolicy._text import Place
from partial_support import ACCOUNT, ENV, PROD, ROOT, given, node, policy, statement, text

if TYPE_CHECKING:
    from kmspolicy import Finding, Verdict

OTHER = "444455556666"
OWN = Text(("arn:aws:iam::", Placeholder("AWS::AccountId"), ":root"))
ADMINISTRATION = statement(Principal={"AWS": OWN})
BY_ACCOUNT = statement()
PUBLIC = statement(Principal="*", Action="kms:Decrypt")


def codes(found: tuple[Finding, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return what was found, where, and what it depends on."""
    return [(one.code, one.path, one.depends_on) for one in found]


def read(*statements: dict[str, Any]) -> PartialPolicy:
    """Read statements from JSON text."""
    return PartialPolicy.from_json(json.dumps({"Version": "2012-10-17", "Statement": statements}))


# --- findings --------------------------------------------------------------------------------------

ORG = Placeholder("Org")
BY_ORG = statement(
    Principal="*", Action="kms:Decrypt", Condition={"StringEquals": {"aws:PrincipalOrgID": text(ORG)}}
)
HAS_ORG = Not(Equals(text(ORG), text("")))

FOUND: list[tuple[str, PartialPolicy, list[tuple[str, str, tuple[str, ...]]]]] = [
    (
        "text as people write it on pages",
        read(
            statement(Principal={"AWS": "arn:aws:iam::<ACCOUNT_ID>:root"}),
            statement(Principal={"AWS": "arn:aws:iam::{{account}}:role/${role_name}"}, Action="kms:Decrypt"),
            PUBLIC | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "${ORG_ID}", "kms:EncryptionContext:u": "${aws:username}"}}},
        ),
        [],
    ),
    ("a limit to the own account", policy(ADMINISTRATION, PUBLIC | {"Condition": {"StringEquals": {"kms:CallerAccount": given("AWS::AccountId")}}}), []),
    (
        "a service in the own Region",
        policy(ADMINISTRATION, PUBLIC | {"Action": "kms:Decypt", "Condition": {"StringEquals": {"kms:ViaService": text("s3.", Placeholder("AWS::Region"), ".amazonaws.com")}}}),
        [("PUBLIC_ACCESS", "Statement[1].Principal", ()), ("INVALID_ACTION", "Statement[1].Action", ())],
    ),
    ("everyone", policy(ADMINISTRATION, PUBLIC), [("PUBLIC_ACCESS", "Statement[1].Principal", ())]),
    ("a lockout", policy(statement(Principal={"AWS": text("arn:aws:iam::", Placeholder("AWS::AccountId"), ":role/App")}, Action="kms:Decrypt")), [("LOCKOUT_EVERYONE", "", ())]),
    (
        "a limit that a value takes away",
        policy(ADMINISTRATION, Choice(HAS_ORG, node(BY_ORG), node(PUBLIC))),
        [("PUBLIC_ACCESS", "Statement[1].Principal", ("Org",))],
    ),
    (
        "a misspelt action for one value",
        policy(ADMINISTRATION, statement(Principal={"AWS": given("Admin")}, Action=Choice(PROD, text("kms:Decrypt"), text("kms:Decypt")))),
        [("INVALID_ACTION", "Statement[1].Action", ("Env",))],
    ),
    (
        "a misspelt action under a condition of which only the name is known",
        policy(ADMINISTRATION, Choice(Open("Wide"), node(statement(Action="kms:Decypt")), Absent())),
        [("INVALID_ACTION", "Statement[1].Action", ("Wide",))],
    ),
    ("a list of roles", policy(ADMINISTRATION, statement(Principal={"AWS": Split(given("Roles"))}, Action="kms:Encrypt")), []),
    ("a statement that is redundant if two accounts are one", policy(ADMINISTRATION, statement(Action="kms:Decrypt")), []),
    ("a repeated Sid for one value", policy(ADMINISTRATION | {"Sid": text(ENV)}, statement(Sid="dev", Action="kms:Sign")), []),
    (
        "a lockout of an account that may be the own one",
        policy(ADMINISTRATION, statement(Effect="Deny", Principal={"AWS": ROOT}, Action="kms:PutKeyPolicy")),
        [("LOCKOUT_EVERYONE", "", ("AWS::AccountId",))],
    ),
    ("a document that is not known", PartialPolicy(Unresolved("Fn::Transform")), [("UNRESOLVED", "", ())]),
    ("an operator", read(BY_ACCOUNT, PUBLIC | {"Condition": {"${P}": {"aws:PrincipalOrgID": "o-abc1234567"}}}), [("UNRESOLVED", "Statement[1].Condition", ())]),
    ("a condition key", read(BY_ACCOUNT, PUBLIC | {"Condition": {"StringEquals": {"aws:${P}": "x"}}}), [("UNRESOLVED", "Statement[1].Condition.StringEquals", ())]),
    (
        "a condition key that may be another one",
        read(BY_ACCOUNT, PUBLIC | {"Condition": {"StringEquals": {"aws:PrincipalTag/${P}": "x", "aws:PrincipalTag/a": "y"}}}),
        [("UNRESOLVED", "Statement[1].Condition.StringEquals", ())],
    ),
    ("a type of a principal", read(BY_ACCOUNT, PUBLIC | {"Principal": {"${P}": "x"}}), [("UNRESOLVED", "Statement[1].Principal", ())]),
    ("a statement that is not known", policy(ADMINISTRATION, Unresolved("Included")), [("UNRESOLVED", "Statement[1]", ())]),
    (
        "a statement that is not known for one value",
        policy(ADMINISTRATION, Choice(PROD, node(PUBLIC), Unresolved("Included"))),
        [("UNRESOLVED", "Statement[1]", ()), ("PUBLIC_ACCESS", "Statement[1].Principal", ("Env",))],
    ),
    ("a list of statements that is not known", PartialPolicy.from_json('{"Statement": "${all}"}'), [("UNRESOLVED", "Statement", ())]),
    (
        "many combinations",
        policy(ADMINISTRATION, statement(Sid=text(*(Placeholder(f"P{number}", allowed=("a", "b")) for number in range(7))))),
        [("UNRESOLVED", "", ())],
    ),
]  # fmt: skip


SOME = [
    statement(Sid=text(*(Placeholder(f"P{part}{n}", allowed=("a", "b")) for n in range(4))))
    for part in range(2)
]


def test_many_combinations_of_what_something_unknown_may_replace() -> None:
    """What is written is looked at in parts, like what nothing replaces."""
    written = node({"Version": "2012-10-17", "Statement": [*SOME, PUBLIC]})
    found = codes(check(PartialPolicy(Choice(Open("as it is"), written, Unresolved("Macro")))))
    too_many = ("UNRESOLVED", "", ())
    assert codes(check(PartialPolicy(written))) == [too_many, ("PUBLIC_ACCESS", "Statement[2].Principal", ())]
    assert found == [
        too_many,
        ("UNRESOLVED", "", ()),
        ("PUBLIC_ACCESS", "Statement[2].Principal", ("as it is",)),
    ]


OWN_ROLE = given("Role.Arn", kind="principal", account=Placeholder("AWS::AccountId", "account"))
OF_OTHER = statement(Principal={"AWS": f"arn:aws:iam::{OTHER}:root"}, Action="kms:Sign")
BY_ROLE = policy(statement(Principal={"AWS": OWN_ROLE}), OF_OTHER)
BY_TWO = policy(
    statement(Principal={"AWS": OWN_ROLE}), statement(Principal={"AWS": given("Admin")}), OF_OTHER
)
OF_OWN: list[tuple[str, PartialPolicy, dict[str, Any], list[tuple[str, str, tuple[str, ...]]]]] = [
    ("of an account that is not known", BY_ROLE, {}, [("ONE_ADMINISTRATOR", "", ())]),
    ("of an account that is known", BY_ROLE, {"account": ACCOUNT}, [("ONE_ADMINISTRATOR", "", ())]),
    ("of the account of the caller", BY_ROLE, {"caller": f"arn:aws:iam::{ACCOUNT}:role/x"}, [("LOCKOUT_CALLER", "", ("Role.Arn",)), ("ONE_ADMINISTRATOR", "", ())]),
    ("of the account of the caller, which another statement names", policy(ADMINISTRATION, OF_OTHER), {"caller": f"arn:aws:iam::{ACCOUNT}:role/x"}, []),
    ("of the account that another statement names", BY_ROLE, {"account": OTHER}, [("ONE_ADMINISTRATOR", "", ())]),
    ("of an account that a value tells", policy(statement(Principal={"AWS": OWN_ROLE}), statement(Principal={"AWS": OWN})).with_values({"AWS::AccountId": ACCOUNT}), {}, []),
    ("beside one of any account", BY_TWO, {"account": ACCOUNT}, [("ONE_ADMINISTRATOR", "", ("Admin",)), ("ALL_ACTIONS_FOR_ANOTHER_ACCOUNT", "Statement[1].Principal.AWS", ("Admin",))]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("partial", "known", "expected"), [row[1:] for row in OF_OWN], ids=[row[0] for row in OF_OWN]
)
def test_a_role_of_the_own_account(partial: PartialPolicy, known: dict[str, Any], expected: Any) -> None:
    """It can put the policy again, and is none of another account: only its name is not known."""
    assert codes(check(partial, **known)) == expected


def test_who_is_in_the_own_account_may_be_denied_by_its_name() -> None:
    """What is known of the account takes no value away that the role can have."""
    denied = statement(Effect="Deny", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/App"})
    found = codes(check(policy(statement(Principal={"AWS": OWN_ROLE}), denied), account=ACCOUNT))
    assert ("LOCKOUT_EVERYONE", "", ("Role.Arn",)) in found
    assert "LOCKOUT_EVERYONE" not in {
        code
        for code, *_ in codes(check(policy(statement(Principal={"AWS": OWN_ROLE}), denied), account=OTHER))
    }


ROLES = [statement(Principal={"AWS": given(f"Role{n}")}, Action="kms:Decrypt") for n in range(6)]
INCLUDED = Unresolved("Included")
MISSPELT = statement(Action="kms:Decypt")
SOME_ROLES = statement(Principal={"AWS": [given(f"Role{n}") for n in range(7)]}, Action="kms:Decrypt")
DENIED = statement(
    Effect="Deny",
    Principal="*",
    Action="kms:Decrypt",
    Condition={"StringEquals": {"aws:PrincipalArn": given("Role0")}},
)


def by_app(effect: str) -> dict[str, Any]:
    """Return a statement about one role whose effect is not known."""
    return statement(
        Effect=given(effect), Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/App"}, Action="kms:Sign"
    )


TWO_ACTIONS = statement(Action=[given("A", kind="action"), given("B", kind="action")])
OF_ACCOUNTS = [text("arn:aws:iam::", Placeholder(f"P{n}"), ":root") for n in range(7)]
PARTS: list[tuple[str, PartialPolicy, list[tuple[str, str, tuple[str, ...]]]]] = [
    ("of many roles, nothing", policy(ADMINISTRATION, *ROLES), []),
    (
        "beside many roles, a statement by itself",
        policy(ADMINISTRATION, *ROLES, Choice(PROD, node(MISSPELT), Absent())),
        [("INVALID_ACTION", "Statement[7].Action", ("Env",))],
    ),
    (
        "beside many roles, what is public, whomever a Deny names",
        policy(ADMINISTRATION, DENIED, *ROLES, Choice(HAS_ORG, node(BY_ORG), node(PUBLIC))),
        [("PUBLIC_ACCESS", "Statement[8].Principal", ("Org",))],
    ),
    (
        "beside many roles, what a Deny takes away from strangers for some values",
        policy(ADMINISTRATION, *ROLES, PUBLIC, Choice(PROD, node(PUBLIC | {"Effect": "Deny"}), Absent())),
        [("PUBLIC_ACCESS", "Statement[7].Principal", ("Env",))],
    ),
    (
        "beside many roles, an administrator that is an account, as another statement tells",
        policy(
            statement(Principal={"AWS": given("P")}, Action="kms:PutKeyPolicy"),
            *ROLES,
            statement(Principal={"AWS": text("arn:aws:iam::", Placeholder("P"), ":role/", Placeholder("Name"))}, Action="kms:Sign"),
        ),
        [],
    ),
    (
        "beside a statement with too many values, what is public",
        policy(ADMINISTRATION, PUBLIC, TWO_ACTIONS),
        [("UNRESOLVED", "", ()), ("PUBLIC_ACCESS", "Statement[1].Principal", ())],
    ),
    (
        "beside a statement with too many accounts, what is public",
        policy(ADMINISTRATION, PUBLIC, Choice(PROD, node(statement(Principal={"AWS": OF_ACCOUNTS}, Action="kms:Sign")), Absent())),
        [("UNRESOLVED", "", ()), ("PUBLIC_ACCESS", "Statement[1].Principal", ())],
    ),
    (
        "beside many statements that may deny a role, what is public",
        policy(ADMINISTRATION, PUBLIC, *(by_app(f"E{n}") for n in range(7))),
        [("PUBLIC_ACCESS", "Statement[1].Principal", ())],
    ),
    (
        "beside a statement with too many values that may deny all, nothing",
        policy(ADMINISTRATION, PUBLIC, TWO_ACTIONS | {"Principal": "*", "Effect": given("E")}),
        [("UNRESOLVED", "", ())],
    ),
    (
        "beside a statement with too many values that is not a statement for some, nothing",
        policy(ADMINISTRATION, PUBLIC, TWO_ACTIONS | {"Principal": text(Placeholder("Who", allowed=("*", "?")))}),
        [("UNRESOLVED", "", ())],
    ),
    (
        "beside many roles, a lockout",
        policy(Choice(PROD, node(ADMINISTRATION), Absent()), *ROLES),
        [("LOCKOUT_EVERYONE", "", ("Env",))],
    ),
    (
        "beside many roles, what is redundant for all values, and a repeated Sid",
        policy(ADMINISTRATION | {"Sid": "A"}, *ROLES, ADMINISTRATION | {"Sid": "A"}),
        [("REDUNDANT_STATEMENT", "Statement[7]", ()), ("UNIQUE_SIDS_RECOMMENDED", "Statement[7].Sid", ())],
    ),
    (
        "beside many roles, another partition than that of the first statement",
        policy(ADMINISTRATION, *ROLES, statement(Principal={"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"}, Action="kms:Sign")),
        [("MIXED_PARTITIONS", "Statement[7].Principal.AWS", ())],
    ),
    (
        "beside many roles, another partition of a placeholder",
        policy(
            ADMINISTRATION,
            *ROLES,
            statement(Principal={"AWS": text("arn:aws-cn:iam::", Placeholder("P"), ":root")}, Action="kms:Decrypt"),
        ),
        [("MIXED_PARTITIONS", "Statement[7].Principal.AWS", ())],
    ),
    (
        "another partition than that of a statement that is not known, nothing",
        policy(INCLUDED, ADMINISTRATION, statement(Principal={"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"}, Action="kms:Sign")),
        [("UNRESOLVED", "Statement[0]", ())],
    ),
    (
        "of many roles of one statement, each",
        read(
            statement(Principal={"AWS": "arn:aws:iam::${AWS::AccountId}:root"}),
            statement(Principal={"AWS": [f"${{Role{n}}}" for n in range(5)]}, Action="kms:Put*"),
        ),
        [("UNSUPPORTED_ACTION_FOR_ANOTHER_ACCOUNT", f"Statement[1].Principal.AWS[{n}]", (f"Role{n}",)) for n in range(5)],
    ),
    (
        "beside a statement with too many roles, others",
        policy(ADMINISTRATION, SOME_ROLES, MISSPELT),
        [("UNRESOLVED", "", ()), ("INVALID_ACTION", "Statement[2].Action", ())],
    ),
    (
        "of too many values of the only statement, nothing",
        PartialPolicy(node({"Version": "2008-10-17", "Statement": statement(Sid=text(*(Placeholder(f"P{n}", allowed=("a", "b")) for n in range(7))))})),
        [("UNRESOLVED", "", ())],
    ),
    (
        "beside a statement that is not known, what others say whatever it is, and what it could deny",
        policy(INCLUDED, ADMINISTRATION, PUBLIC | {"Action": ["kms:Decrypt", "kms:Decypt"]}),
        [
            ("UNRESOLVED", "Statement[0]", ()),
            ("INVALID_ACTION", "Statement[2].Action[1]", ()),
            ("PUBLIC_ACCESS", "Statement[2].Principal", ("Included",)),
        ],
    ),
    (
        "beside a statement that is not known, no lockout, from which it could save",
        policy(INCLUDED, statement(Action="kms:Decrypt")),
        [("UNRESOLVED", "Statement[0]", ())],
    ),
    (
        "beside a part of a statement that is not known, the same",
        policy(ADMINISTRATION, PUBLIC, statement(Action="kms:Decypt", Condition=INCLUDED)),
        [("PUBLIC_ACCESS", "Statement[1].Principal", ("Included",)), ("UNRESOLVED", "Statement[2].Condition", ())],
    ),
    (
        "beside a statement that is not known for some values, only that it is not denied for the others",
        policy(ADMINISTRATION, PUBLIC, Choice(PROD, INCLUDED, node(MISSPELT))),
        [
            ("PUBLIC_ACCESS", "Statement[1].Principal", ("Env",)),
            ("UNRESOLVED", "Statement[2]", ()),
            ("INVALID_ACTION", "Statement[2].Action", ("Env",)),
        ],
    ),
    (
        "of a version, whatever the statements are",
        PartialPolicy(node({"Version": "2008-10-17", "Statement": [ADMINISTRATION, INCLUDED]})),
        [("OLD_VERSION", "Version", ()), ("UNRESOLVED", "Statement[1]", ())],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("partial", "found"), [row[1:] for row in PARTS], ids=[row[0] for row in PARTS])
def test_what_parts_of_a_policy_tell_is_found_where_the_whole_is_not_known(
    partial: PartialPolicy, found: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    """Only what depends on the part that is not known is left out, or says so."""
    assert codes(check(partial)) == found


BY_ANY = [
    statement(
        Principal="*",
        Action="kms:Decrypt",
        Condition={
            "StringNotEquals": {f"aws:PrincipalTag/t{n}": f"v{n}", "aws:PrincipalOrgID": f"o-abc12345{n:02}"}
        },
    )
    for n in range(20)
]
LARGE = policy(ADMINISTRATION, *BY_ANY, *(Choice(Open(f"C{n}"), node(PUBLIC), Absent()) for n in range(6)))


def test_the_work_for_all_values_together_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is that of one question, however many policies it is asked of; then less is known."""
    taken: list[int] = []
    spend = Budget.spend

    def counted(budget: Budget, steps: int) -> None:
        spend(budget, steps)
        taken.append(steps)

    monkeypatch.setattr(Budget, "spend", counted)
    (unknown, *_) = check(LARGE)
    assert (
        "there is too much to look at in all combinations of the values of 'AWS::AccountId'"
        in unknown.message
    )
    assert sum(taken) <= OF_A_CALL
    taken.clear()
    shown = prove.no_new_access(policy(ADMINISTRATION), LARGE)
    assert isinstance(shown, Unknown)
    assert shown.reason.startswith(
        "there is too much to look at in all combinations of the values of 'AWS::AccountId'"
    )
    assert sum(taken) <= OF_A_CALL


def test_why_there_is_a_lockout_is_so_of_all_statements() -> None:
    """That no statement names the account is not said where one does, which is not about putting a policy."""
    partial = policy(statement(Action="kms:Decrypt"), statement(Principal={"AWS": OTHER}), *ROLES)
    (lockout, *_) = check(partial, account=ACCOUNT)
    assert lockout.code == "LOCKOUT_EVERYONE"
    assert "none names account" not in lockout.message


def test_a_finding_says_what_could_deny_it() -> None:
    """A statement that is not known may do that, for all that is known."""
    found = {one.code: one for one in check(policy(INCLUDED, ADMINISTRATION, PUBLIC))}
    assert found["PUBLIC_ACCESS"].message.endswith("A Deny in 'Included' would prevent it.")


def test_a_finding_names_statements_by_their_numbers_in_the_source() -> None:
    """Also where others are left out."""
    partial = policy(Choice(PROD, Absent(), Absent()), ADMINISTRATION, ADMINISTRATION)
    (finding,) = check(partial)
    assert (finding.path, finding.message.partition("see ")[2]) == ("Statement[2]", "Statement[1].")


@pytest.mark.parametrize(("partial", "found"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_findings_hold_for_all_values_or_name_what_they_depend_on(
    partial: PartialPolicy, found: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    """A statement that is redundant for some values is not reported."""
    assert codes(check(partial)) == found


def test_what_stands_for_a_value_is_well_formed() -> None:
    """Under no condition key is a placeholder taken for a value that no request has."""
    operators = {
        "ARN": "ArnLike",
        "Bool": "Bool",
        "Numeric": "NumericLessThan",
        "Date": "DateLessThan",
        "IPAddress": "IpAddress",
    }
    others = {
        "CONDITION_ALWAYS_MET", "CONDITION_NEVER_MET", "MISSING_PAIRED_CONDITION_KEYS", "REDUNDANT_STATEMENT", "UNSUPPORTED_CONDITION_KEY_IN_POLICY",
    }  # fmt: skip
    for key in CONDITION_KEYS.values():
        operator = f"{'ForAnyValue:' if key.multivalued else ''}{operators.get(key.type, 'StringEquals')}"
        found = check(read(statement(), statement(Condition={operator: {key.name: "${X}"}})))
        assert {one.code for one in found} - others == set(), key.name


A, B, C = map(Placeholder, "ABC")
X, XY = text("x"), text("xy")


def public_if(*tests: Equals) -> PartialPolicy:
    """Return a policy that is public if some comparisons hold."""
    return policy(statement(), Choice(And(tests), node(PUBLIC), Absent()))


ELSEWHERE: list[tuple[str, PartialPolicy, dict[str, tuple[str, ...]]]] = [
    ("a partition", read(statement(Principal={"AWS": f"arn:${{AWS::Partition}}:iam::{ACCOUNT}:root"})), {}),
    ("an action", read(statement(Action="${Verb}")), {"LOCKOUT_EVERYONE": ("Verb",)}),
    ("an effect", read(statement(Effect="${Effect}")), {"LOCKOUT_EVERYONE": ("Effect",)}),
    ("a version", PartialPolicy.from_json(json.dumps({"Version": "${V}", "Statement": [statement()]})), {"OLD_VERSION": ("V",)}),
    ("a resource", read(statement(Principal={"AWS": OTHER}), statement(Resource="${Key}")), {"RESOURCE_IS_KEY_ARN": ("Key",)}),
    ("a service", read(statement(), statement(Principal={"Service": "${Service}"}, Condition={"StringEquals": {"aws:SourceAccount": "${A}"}})), {}),
    ("a key that goes on with any text", read(statement(), PUBLIC | {"Condition": {"StringEquals": {"aws:PrincipalTag/${T}": "x"}}}), {"PUBLIC_ACCESS": ()}),
    (
        "organisations that may be one",
        read(
            statement(),
            statement(Principal="*", Action="kms:Sign", Condition={"StringEquals": {"aws:PrincipalOrgID": "${A}"}}),
            statement(Effect="Deny", Principal="*", Action="kms:Sign", Condition={"StringEquals": {"aws:PrincipalOrgID": "${B}"}}),
        ),
        {},
    ),
    (
        "a text that is compared in parts",
        policy(statement(), Choice(Equals(text("x", Placeholder("P")), text("xy")), node(PUBLIC), Absent())),
        {"PUBLIC_ACCESS": ("P",)},
    ),
    ("texts that are compared in several parts", public_if(Equals(text(A, B), XY), Equals(text(A), X)), {"PUBLIC_ACCESS": ("A", "B")}),
    ("texts with the same ends", public_if(Equals(text(A, "-x"), text(B, "-x"))), {"PUBLIC_ACCESS": ("B",)}),
    ("a text that is compared twice", public_if(Equals(text(A, A), text("xx"))), {"PUBLIC_ACCESS": ("A",)}),
    ("a text that another one has not twice", public_if(Equals(text(A, A), XY)), {"UNRESOLVED": ()}),
    ("texts that are compared one with the other", public_if(Equals(text(A), text(B)), Equals(text(B), text(C)), Equals(text(C), X)), {"PUBLIC_ACCESS": ("A", "B", "C")}),
    ("parts of a text that is compared with another", public_if(Equals(text(A, "-", B), text(C)), Equals(text(C), text("x-y"))), {"PUBLIC_ACCESS": ("A", "B", "C")}),
    ("a text that grows as it is compared", public_if(Equals(text(A, "x"), text("y", A))), {"UNRESOLVED": ()}),
    (
        "texts with listed values that are never the same",
        public_if(Equals(text(Placeholder("L", allowed=("a", "b")), "-", Placeholder("M", allowed=("c",))), X)),
        {},
    ),
    (
        "many combinations of the same two documents",
        policy(statement(), Choice(And(tuple(Equals(given(f"P{n}"), text("x")) for n in range(5))), node(PUBLIC), Absent())),
        {"PUBLIC_ACCESS": tuple(f"P{n}" for n in range(5))},
    ),
    (
        "too many of them",
        policy(statement(), Choice(And(tuple(Equals(given(f"P{n}"), text("x")) for n in range(13))), node(PUBLIC), Absent())),
        {"UNRESOLVED": ()},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("partial", "found"), [row[1:] for row in ELSEWHERE], ids=[row[0] for row in ELSEWHERE]
)
def test_placeholders_may_stand_anywhere(partial: PartialPolicy, found: dict[str, tuple[str, ...]]) -> None:
    """Each is taken for the values that its place can have."""
    assert {one.code: one.depends_on for one in check(partial)} == found


SAID = [
    (
        policy(ADMINISTRATION, Choice(HAS_ORG, node(BY_ORG), node(PUBLIC))),
        "This is so only where 'Org' is ''.",
    ),
    (
        policy(ADMINISTRATION, Choice(HAS_ORG, node(PUBLIC), Absent())),
        "This is so unless 'Org' is ''.",
    ),
    (policy(ADMINISTRATION, Choice(PROD, node(PUBLIC), Absent())), "only where 'Env' is 'prod'."),
    (policy(ADMINISTRATION, Choice(Open("Wide"), node(PUBLIC), Absent())), "only where 'Wide' is true."),
    (
        policy(
            ADMINISTRATION,
            statement(Effect="Deny", Principal={"AWS": text("arn:aws:iam::", Placeholder("A"), ":root")}),
        ),
        "Whether this is so depends on AWS::AccountId, 'A'.",
    ),
    (PartialPolicy(Unresolved("Fn::Transform")), "what is wrong with it: 'Fn::Transform'."),
]


@pytest.mark.parametrize(("partial", "says"), SAID, ids=[says for _, says in SAID])
def test_a_finding_says_for_which_values_it_holds(partial: PartialPolicy, says: str) -> None:
    """Where these are known; what stands for all others is not shown."""
    (finding,) = (one for one in check(partial) if one.depends_on or one.code == "UNRESOLVED")
    assert finding.message.endswith(says)
    assert finding.to_dict()["depends_on"] == list(finding.depends_on)


def test_a_finding_has_its_place_in_the_file() -> None:
    """Also where the path to it in the document that is put is another one."""
    bad = Members(((Text(("Effect",)), text("Allow")), (Text(("Principal",), place=Place(7, 3)), text("*")),
                   (Text(("Action",)), text("kms:Decrypt")), (Text(("Resource",)), text("*"))))  # fmt: skip
    partial = policy(Absent(), ADMINISTRATION, bad)
    (finding,) = check(partial)
    assert (finding.path, finding.place) == ("Statement[2].Principal", Place(7, 3))
    assert str(finding).startswith(
        "security warning PUBLIC_ACCESS: line 7, column 3: Statement[2].Principal: "
    )
    assert (finding.to_dict()["line"], finding.to_dict()["column"]) == (7, 3)


def test_a_severity_that_depends_is_the_greatest() -> None:
    """A finding with one code at one place is one finding."""
    partial = policy(ADMINISTRATION, statement(Principal={"AWS": given("A", allowed=("*x", "nobody"))}))
    found = check(partial)
    assert {one.code: one.depends_on for one in found if one.path.startswith("Statement[1].Principal")} == {
        "UNSUPPORTED_WILDCARD_IN_PRINCIPAL": ("A",), "INVALID_PRINCIPAL_FORMAT": ("A",),
    }  # fmt: skip


def test_the_account_of_the_key_is_that_of_the_stack() -> None:
    """Whoever says which account the key is in says what AWS::AccountId is."""
    denied = statement(Effect="Deny", Principal={"AWS": ROOT}, Action="kms:PutKeyPolicy")
    partial = policy(ADMINISTRATION, denied)
    assert codes(check(partial, account=OTHER)) == []
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    for found in (check(partial, account=ACCOUNT), check(partial, key_arn=key), check(partial, caller=ROOT)):
        assert found[0].code == "LOCKOUT_EVERYONE"


def test_a_document_that_is_no_policy_for_some_values_is_an_error() -> None:
    """It shows placeholders as they are written."""
    partial = policy(
        Choice(PROD, node(statement(Effect=text("Al", Placeholder("low")))), node(ADMINISTRATION))
    )
    with pytest.raises(errors.PolicyDocumentError, match=r"Al\$\{low\}"):
        check(partial)


# --- tables ----------------------------------------------------------------------------------------


def test_a_table_has_columns_with_the_names_of_placeholders() -> None:
    """As their sources write them."""
    table = access(
        policy(
            ADMINISTRATION,
            statement(
                Principal={"AWS": [given("Admin"), given("Account", kind="account")]}, Action="kms:Sign"
            ),
        )
    )
    assert table.principals == (
        ("AWS", "arn:aws:iam::${AWS::AccountId}:root"), ("AWS", "${Admin}"), ("AWS", "arn:aws:iam::${Account}:root"),
    )  # fmt: skip
    assert table["arn:aws:iam::${AWS::AccountId}:root", "kms:Sign"].access is Access.DELEGATED
    assert "perhaps IAM: depends on 'Account'" in str(table)


def test_a_principal_may_be_of_another_account() -> None:
    """Then the IAM policies of that account must allow the request as well."""
    table = access(policy(ADMINISTRATION, statement(Principal={"AWS": given("Admin")}, Action="kms:Decrypt")))
    cell = table["${Admin}", "kms:Decrypt"]
    assert (cell.access, cell.depends_on, cell.iam_of) == (Access.CONDITIONAL, ("Admin",), "${Admin}")
    assert table["${Admin}", "kms:PutKeyPolicy"].depends_on == ("Admin",)


def test_what_is_denied_for_some_values_depends_on_them() -> None:
    """Where nothing is allowed for any value, nothing depends on them."""
    denied = statement(
        Effect="Deny", Principal={"AWS": ROOT}, Action=Choice(PROD, text("kms:*"), text("kms:Sign"))
    )
    table = access(policy(statement(Principal={"AWS": ROOT}, Action=["kms:Sign", "kms:Verify"]), denied))
    assert table[ROOT, "kms:Sign"] == Cell(denied=table[ROOT, "kms:Sign"].denied)
    verify = table[ROOT, "kms:Verify"]
    assert (verify.access, verify.depends_on) == (Access.CONDITIONAL, ("Env",))
    assert "perhaps IAM or no: depends on 'Env'" in str(table)
    assert table[ROOT, "kms:Decrypt"].access is Access.DENIED


@pytest.mark.parametrize(
    "pattern",
    [
        f"arn:aws:iam::{ACCOUNT}:user/A*",
        "arn:aws:iam::*:user/*-*",
        f"arn:aws:iam::{ACCOUNT}:user/bob",
    ],
)
def test_a_name_may_be_one_that_a_condition_matches(pattern: str) -> None:
    """Or not."""
    user = f"arn:aws:iam::{ACCOUNT}:user/${{Name}}"
    table = access(
        read(statement(Principal={"AWS": user}, Condition={"ArnLike": {"aws:PrincipalArn": pattern}}))
    )
    assert table[user, "kms:Sign"].depends_on == ("Name",)


def test_principals_with_different_names_are_different_where_both_are_allowed_something() -> None:
    """A table with two columns for one role would be of no use."""
    table = access(
        policy(
            statement(Principal={"AWS": given("A")}, Action="kms:Sign"),
            statement(Principal={"AWS": given("B")}),
        )
    )
    assert table["${A}", "kms:Encrypt"].access is Access.NOTHING
    assert {cell.depends_on for row in table.cells for cell in row} == {()}


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(Placeholder("Who", allowed=("*", f"arn:aws:iam::{ACCOUNT}:role/App")), id="listed"),
        pytest.param(Placeholder("Who"), id="compared"),
    ],
)
def test_a_value_that_the_file_tells_is_looked_at_although_another_statement_names_it(
    who: Placeholder,
) -> None:
    """What is public for this value alone is found, and all else depends on it."""
    app = f"arn:aws:iam::{ACCOUNT}:role/App"
    found = check(
        policy(
            ADMINISTRATION,
            statement(Principal={"AWS": text(who)}, Action="kms:Encrypt"),
            statement(Principal={"AWS": app}, Action="kms:Sign"),
            Choice(Equals(text(who), text(app)), node(PUBLIC), Absent()),
        )
    )
    assert ("PUBLIC_ACCESS", "Statement[3].Principal", ("Who",)) in codes(found)


def test_what_no_value_needs_is_not_looked_at() -> None:
    """A choice that is decided leaves a branch out."""
    assert check(policy(statement(), Choice(And(()), Absent(), node(statement(Sid=given("A")))))) == ()


def test_a_name_makes_no_difference_where_a_pattern_matches_all() -> None:
    """It need not be known."""
    user = f"arn:aws:iam::{ACCOUNT}:user/${{Name}}"
    table = access(
        read(
            statement(
                Principal={"AWS": user}, Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}
            )
        )
    )
    assert table[user, "kms:Sign"].access is Access.ALWAYS
    assert table[user, "kms:Sign"].depends_on == ()


def test_a_principal_of_one_branch_depends_on_the_choice() -> None:
    """So do all actions."""
    table = access(policy(statement(Principal={"AWS": Choice(PROD, text(ROOT), text(OTHER))})))
    assert [name for _, name in table.principals] == [f"arn:aws:iam::{OTHER}:root", ROOT]
    assert {cell.depends_on for row in table.cells for cell in row} == {("Env",)}


def test_a_table_says_what_is_not_known() -> None:
    """Of what is known, it shows what may be so."""
    unknown = access(policy(ADMINISTRATION, Unresolved("Included")))
    assert (unknown.principals, unknown.unknown) == ((), "'Included' is not known")
    assert str(unknown) == "not all is known: 'Included' is not known"
    partly = access(policy(statement(), Choice(PROD, Unresolved("Included"), Absent())))
    assert {cell.depends_on for row in partly.cells for cell in row} == {("Included",)}
    assert "not all is known: 'Included' is not known" in str(partly)
    assert "not all is known" in html_of(partly)


# --- proofs ----------------------------------------------------------------------------------------


def test_a_claim_that_holds_for_all_values_holds() -> None:
    """And one that fails for all of them fails, for a request that shows placeholders."""
    assert isinstance(prove.no_public_access(policy(ADMINISTRATION)), Holds)
    shown = prove.access_not_granted(policy(ADMINISTRATION), "kms:Decrypt")
    assert isinstance(shown, Fails)
    assert "${AWS::AccountId}" in shown.witness.request.principal
    assert "${AWS::AccountId}" in str(shown)
    assert shown.to_dict()["witness"] == shown.witness.to_dict()


VERDICTS = [
    (public_if(Equals(text(A, A), XY)), "the conditions cannot be solved for all values of 'A'", ("A",)),
    (policy(ADMINISTRATION, Choice(PROD, node(PUBLIC), Absent())), "it does not hold where 'Env' is 'prod'", ("Env",)),
    (policy(ADMINISTRATION, Choice(PROD, node(PUBLIC | {"Condition": {"stringEquals": {"aws:userid": "a"}}}), Absent())),
     "it is not settled whether 'stringEquals' on 'aws:userid' with 'a' is met; this is so only where 'Env' is 'prod'", ("Env",)),
    (policy(ADMINISTRATION, Unresolved("Included")), "'Included' is not known", ("Included",)),
    (policy(PUBLIC, Choice(PROD, Absent(), Unresolved("Included"))), "'Included' is not known", ("Included",)),
    (policy(statement(Principal="*", Sid=text(*(Placeholder(f"P{number}", allowed=("a", "b")) for number in range(7))))),
     "there are more than 64 combinations of the values of 'P0', 'P1', 'P2', 'P3', 'P4', 'P5', 'P6'",
     tuple(f"P{number}" for number in range(7))),
]  # fmt: skip


@pytest.mark.parametrize(("partial", "reason", "names"), VERDICTS, ids=[reason for _, reason, _ in VERDICTS])
def test_a_claim_that_depends_on_values_is_unknown(
    partial: PartialPolicy, reason: str, names: tuple[str, ...]
) -> None:
    """The reason names them."""
    shown = prove.no_public_access(partial)
    assert isinstance(shown, Unknown)
    assert (shown.reason, shown.depends_on) == (reason, names)
    with pytest.raises(errors.NotShownError):
        shown.require()


APP = f"arn:aws:iam::{OTHER}:role/App"
USED = statement(Principal="*", Action="kms:Decrypt")
UNUSED = statement(Effect="Deny", Principal={"AWS": APP}, Action="kms:Decrypt")
OTHERS_BUT_APP = Policy.from_json(json.dumps({"Statement": [USED, UNUSED]}))


def by(name: str | Text, **more: Any) -> dict[str, Any]:
    """Return a statement that lets a principal decrypt."""
    return statement(Principal={"AWS": name}, Action="kms:Decrypt", **more)


TOLD: dict[str, tuple[Verdict, str]] = {
    "a limit with a principal": (prove.grants_at_most(policy(by(given("P"))), OTHERS_BUT_APP), f"where 'P' is '{APP}'"),
    "a policy before with a principal": (prove.no_new_access(OTHERS_BUT_APP, policy(by(given("P")))), f"where 'P' is '{APP}'"),
    "a principal": (prove.access_not_granted(policy(by(given("P"))), "kms:Decrypt", principal=APP), f"where 'P' is '{APP}'"),
    "a principal as a value": (prove.access_not_granted(policy(by(given("P"))), principal=Principal({"AWS": APP})), f"where 'P' is '{APP}'"),
    "a session of a role": (prove.access_not_granted(policy(by(given("P"))), principal=f"arn:aws:sts::{OTHER}:assumed-role/App/sess"), "whether it holds depends on 'P'"),
    "an account": (prove.access_not_granted(policy(by(given("P"))), "kms:Decrypt", principal=OTHER), "whether it holds depends on 'P'"),
    "an account, in a part of an id": (
        prove.access_not_granted(policy(PUBLIC | {"Condition": {"StringEquals": {"kms:CallerAccount": text("44445555", Placeholder("P"))}}}), "kms:Decrypt", principal=OTHER),
        "where 'P' is '6666'",
    ),
    "an account, in a part of an ARN": (
        prove.access_not_granted(policy(by(text("arn:aws:iam::44445555", Placeholder("P"), ":root"))), "kms:Decrypt", principal=APP),
        "where 'P' is '6666'",
    ),
    "an action": (prove.access_not_granted(policy(by(APP) | {"Action": text("kms:", Placeholder("A"))}), "kms:Decrypt"), "where 'A' is 'Decrypt'"),
    "a number": (
        prove.grants_at_most(
            policy(by(APP, Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": given("N")}})),
            Policy.from_json(json.dumps({"Statement": [by(APP, Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "9"}})]})),
        ),
        "whether it holds depends on 'N'",
    ),
}  # fmt: skip


def compared(operator: str, key: str, value: str | Text) -> dict[str, Any]:
    """Return a statement with a condition."""
    return by(APP, Condition={operator: {key: value}})


RELATED: dict[str, tuple[PartialPolicy, list[dict[str, Any]], type[Verdict]]] = {
    "a network around two others": (
        policy(compared("IpAddress", "aws:SourceIp", given("N"))),
        [compared("IpAddress", "aws:SourceIp", network) for network in ("10.0.0.0/16", "10.1.0.0/16", "2001:db8::/48")],
        Unknown,
    ),
    "the name of a user, whose ARN a Deny matches": (
        policy(
            statement(Principal="*", Condition={"StringEquals": {"aws:username": given("U")}}),
            statement(Effect="Deny", Principal="*", Condition={"StringLike": {"aws:PrincipalArn": "*pps"}}),
        ),
        [by(APP)],
        Unknown,
    ),
    "an operator that there is not": (
        policy(compared("StringEquals", "aws:SourceArn", given("X"))),
        [compared("StringEqual", "aws:SourceArn", "arn:aws:s3:::a"), by(APP)],
        Holds,
    ),
    "an operator that there is not, of a placeholder": (
        policy(compared("StringEqual", "aws:SourceArn", given("X")), compared("StringEquals", "aws:SourceArn", given("Y"))),
        [by(APP)],
        Holds,
    ),
    "a text whose other spellings are not known": (
        policy(compared("StringEquals", "aws:SourceArn", given("X"))),
        [compared("StringEqualsIgnoreCase", "aws:SourceArn", "\u0131"), by(APP)],
        Unknown,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("partial", "limit", "verdict"), RELATED.values(), ids=RELATED)
def test_a_value_may_be_related_to_other_texts(
    partial: PartialPolicy, limit: list[dict[str, Any]], verdict: type[Verdict]
) -> None:
    """What is granted beside a limit depends on the relations."""
    said = prove.grants_at_most(partial, Policy.from_json(json.dumps({"Statement": limit})))
    assert isinstance(said, verdict)


MANY = policy(
    *(
        by(given(f"P{number}"), Sid=text(Placeholder(f"S{number}", allowed=("a", "b", "c"))))
        for number in range(5)
    )
)


def test_a_document_is_compared_with_itself() -> None:
    """Nothing changes then, however many values there are; only what is not known at all may have changed."""
    again = PartialPolicy(attrgetter("_tree")(MANY))
    assert compare(MANY, again).relation is Relation.EQUIVALENT
    assert isinstance(prove.no_new_access(MANY, again), Holds)
    assert isinstance(prove.grants_at_most(MANY, limit=MANY), Holds)
    included = policy(ADMINISTRATION, Unresolved("Included"))
    assert isinstance(prove.no_new_access(included, included), Unknown)


def test_a_principal_is_of_no_account_that_cannot_be() -> None:
    """A parameter for an account may be empty where a condition compares it with nothing."""
    partner = Placeholder("Partner")
    given_account = Choice(
        Equals(text(partner), text("")), Absent(), node(by(text("arn:aws:iam::", partner, ":root")))
    )
    assert not [
        one
        for one in check(policy(ADMINISTRATION, given_account, by(given("P"))))
        if one.code == "INVALID_PRINCIPAL_FORMAT"
    ]


def test_an_account_that_is_trusted_may_be_that_of_a_principal() -> None:
    """Who gets in is of a trusted account for some values."""
    found = external_access(policy(by(given("P"))), account=ACCOUNT, trusted_accounts=[OTHER])
    assert {entry.group.value for entry in found} == {"trusted account", "untrusted account"}


@pytest.mark.parametrize(("verdict", "says"), TOLD.values(), ids=TOLD)
def test_a_value_may_be_what_the_question_tells(verdict: Verdict, says: str) -> None:
    """What else the question tells makes a difference for some values, then."""
    assert isinstance(verdict, Unknown)
    assert says in verdict.reason


ADDRESSES = {"aws:SourceIp": given("N")}
STRANGERS = [
    (
        "whom a condition on a key that is not known keeps out",
        read(BY_ACCOUNT, PUBLIC | {"Condition": {"StringEquals": {"${P}": "x"}}}),
        Unknown,
        ("P",),
    ),
    (
        "outside a network that may have all addresses, nobody",
        policy(ADMINISTRATION, PUBLIC, PUBLIC | {"Effect": "Deny", "Condition": {"NotIpAddress": ADDRESSES}}),
        Unknown,
        ("N",),
    ),
    ("beside many roles, nobody", policy(ADMINISTRATION, *ROLES), Holds, ()),
    ("beside many roles, an organisation", policy(ADMINISTRATION, *ROLES, BY_ORG), Holds, ()),
    ("beside many roles, everyone", policy(ADMINISTRATION, *ROLES, PUBLIC), Fails, ()),
    (
        "beside many roles, everyone for one value",
        policy(ADMINISTRATION, *ROLES, Choice(HAS_ORG, node(BY_ORG), node(PUBLIC))),
        Unknown,
        ("Org",),
    ),
    (
        "beside many roles, everyone whom a Deny does not name for one value",
        policy(ADMINISTRATION, *ROLES, PUBLIC, Choice(PROD, node(PUBLIC | {"Effect": "Deny"}), Absent())),
        Unknown,
        ("Env",),
    ),
    (
        "beside many roles, whom a statement lets in that is not known",
        policy(ADMINISTRATION, *ROLES, INCLUDED),
        Unknown,
        (*(f"Role{n}" for n in range(6)), "AWS::AccountId"),
    ),
]


@pytest.mark.parametrize(
    ("partial", "verdict", "names"), [row[1:] for row in STRANGERS], ids=[row[0] for row in STRANGERS]
)
def test_whether_strangers_are_let_in_follows_from_few_statements(
    partial: PartialPolicy, verdict: type[Holds | Fails | Unknown], names: tuple[str, ...]
) -> None:
    """However many roles the others name; but any statement that is not known may let them in."""
    shown = prove.no_public_access(partial)
    assert isinstance(shown, verdict)
    assert set(getattr(shown, "depends_on", ())) == set(names)


def test_policies_with_the_same_placeholders_are_compared_for_the_same_values() -> None:
    """A name stands for one text in both."""
    one = policy(statement(Principal={"AWS": given("Admin")}))
    assert (
        compare(one, policy(statement(Principal={"AWS": given("Admin")}, Sid="A"))).relation
        is Relation.EQUIVALENT
    )
    assert compare(one, one).relation is Relation.EQUIVALENT
    other = compare(one, policy(statement(Principal={"AWS": given("App")})))
    assert isinstance(other, Comparison)
    assert other.relation is Relation.UNKNOWN
    assert other.reason == "whether something is gained depends on 'App'"


def test_a_partial_policy_is_compared_with_a_whole_one() -> None:
    """Either may be the later one."""
    whole = Policy.from_dict({"Version": "2012-10-17", "Statement": [statement()]})
    partial = policy(statement(), statement(Principal={"AWS": given("Admin")}, Action="kms:Decrypt"))
    assert prove.no_new_access(partial, whole).holds
    assert prove.grants_at_most(whole, limit=partial).holds
    assert isinstance(prove.always_granted(partial, ROOT, "kms:Decrypt"), Holds)


def test_each_policy_with_unknown_values_says_how_it_answers() -> None:
    """Another kind of it that does not is noticed at its first question."""
    with pytest.raises(NotImplementedError):
        check(cast("PartialPolicy", Unfilled()))
