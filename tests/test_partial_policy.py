"""Policies with values that are not known yet: what is missing, and filling it in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kmspolicy import PartialPolicy, Policy, errors
from kmspolicy._partial._tree import (
    Absent,
    And,
    Choice,
    Constant,
    Members,
    Not,
    Open,
    Or,
    Placeholder,
    Split,
    Text,
    Unresolved,
)
from kmspolicy._text import Place
from partial_support import ACCOUNT, ADMIN, ENV, PROD, ROOT, node, policy, statement, text

if TYPE_CHECKING:
    from kmspolicy._partial._tree import Test
    from kmspolicy.types import PlaceholderKind

# --- placeholders ----------------------------------------------------------------------------------


def test_a_placeholder_is_shown_as_its_source_writes_it() -> None:
    """CloudFormation's spelling is the usual one."""
    assert str(Placeholder("Admin")) == "${Admin}"
    assert str(Placeholder("ACCOUNT_ID", written="<ACCOUNT_ID>")) == "<ACCOUNT_ID>"


def test_places_make_no_difference() -> None:
    """Trees are equal if their documents are."""
    assert Text(("kms:*",), place=Place(1, 2)) == Text(("kms:*",))


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("arn:${AWS::Partition}:iam::<ACCOUNT_ID>:role/{{ role }}", ["AWS::Partition", "ACCOUNT_ID", "role"]),
        ("${var.role}", ["var.role"]),
        ("{{}}", ["{{}}"]),
        ("${aws:username}", []),
        ("${aws:username, 'nobody'}", []),
        ("${*}${?}${$}", []),
        ("&{aws:username}", []),
        ("a < b > c", []),
        ("", []),
    ],
)
def test_json_text_has_placeholders(written: str, names: list[str]) -> None:
    """A policy variable has a prefix, or is a character."""
    partial = PartialPolicy.from_json(json.dumps({"Statement": [statement(Sid=written)]}))
    assert [one.name for one in partial.placeholders] == names
    values = {"AWS::Partition": "aws", "ACCOUNT_ID": ACCOUNT, "role": "App", "var.role": "App", "{{}}": "App"}
    filled = partial.fill({name: values[name] for name in names}).statements[0].sid
    assert filled == {3: f"arn:aws:iam::{ACCOUNT}:role/App", 1: "App", 0: written}[len(names)]


KINDS: list[tuple[str, dict[str, Any], dict[str, PlaceholderKind]]] = [
    ("the account of an ARN", {"Principal": {"AWS": "arn:aws:iam::${A}:root"}}, {"A": "account"}),
    ("the partition of an ARN", {"Principal": {"AWS": f"arn:${{P}}:iam::{ACCOUNT}:root"}}, {"P": "partition"}),
    ("the Region of an ARN", {"Resource": f"arn:aws:kms:${{R}}:{ACCOUNT}:key/*"}, {"R": "region"}),
    ("a name in an ARN", {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/${{N}}"}}, {"N": "text"}),
    ("a part of an account", {"Principal": {"AWS": "arn:aws:iam::11112222${A}:root"}}, {"A": "text"}),
    ("a principal", {"Principal": {"AWS": ["${A}"]}}, {"A": "principal"}),
    ("an account, as the other place tells", {"Principal": {"AWS": ["${A}", "arn:aws:iam::${A}:role/x"]}}, {"A": "account"}),
    ("a pseudo parameter", {"Principal": {"AWS": ["${AWS::AccountId}"]}}, {"AWS::AccountId": "account"}),
    ("an action", {"Action": ["kms:Encrypt", "${A}"]}, {"A": "action"}),
    ("a service", {"Principal": {"Service": "${S}"}}, {"S": "text"}),
    ("the Region of a service", {"Principal": {"Service": "logs.${R}.amazonaws.com"}}, {"R": "region"}),
    ("an organisation", {"Condition": {"StringEquals": {"aws:PrincipalOrgId": ["${O}"]}}}, {"O": "organisation"}),
    ("a value of a key without a form", {"Condition": {"StringEquals": {"aws:username": "${U}"}}}, {"U": "text"}),
    ("a part of a key", {"Condition": {"StringEquals": {"kms:EncryptionContext:${K}": "x"}}}, {"K": "text"}),
    ("all of a key", {"Condition": {"StringEquals": {"${K}": "x"}}}, {"K": "text"}),
]  # fmt: skip


@pytest.mark.parametrize(("elements", "kinds"), [row[1:] for row in KINDS], ids=[row[0] for row in KINDS])
def test_the_place_tells_what_a_placeholder_stands_for(
    elements: dict[str, Any], kinds: dict[str, PlaceholderKind]
) -> None:
    """Where several places tell, the narrower kind counts."""
    partial = PartialPolicy.from_json(json.dumps({"Statement": [statement(**elements)]}))
    assert {one.name: one.kind for one in partial.placeholders} == kinds


def test_the_source_may_tell_what_a_placeholder_stands_for() -> None:
    """Then its place is not asked."""
    partial = policy(statement(Sid=text(Placeholder("Id", kind="account"))))
    assert [one.kind for one in partial.placeholders] == ["account"]


# --- filling ---------------------------------------------------------------------------------------


def test_a_policy_is_filled_at_once_or_step_by_step() -> None:
    """What is given first is text from then on."""
    partial = policy(
        statement(Principal={"AWS": [text(ADMIN), text("arn:aws:iam::", Placeholder("B"), ":root")]})
    )
    half = partial.with_values({"Admin": ACCOUNT})
    assert [one.name for one in half.placeholders] == ["B"]
    assert half.fill({"B": ACCOUNT}) == partial.fill({"Admin": ACCOUNT, "B": ACCOUNT})
    assert half.fill({"B": ACCOUNT}).statements[0].principal == Policy.from_dict(
        {"Statement": statement(Principal={"AWS": [ACCOUNT, ROOT]})}
    ).statements[0].principal  # fmt: skip


def test_a_policy_without_placeholders_needs_no_values() -> None:
    """It is what its text says."""
    late = {"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": 21}}
    whole = Policy.from_dict({"Statement": [statement(), statement(Effect="Deny", Condition=late)]})
    assert PartialPolicy.from_json(whole.to_json()).fill() == whole
    assert repr(PartialPolicy.from_json(whole.to_json())) == "PartialPolicy()"


TESTS: list[tuple[Test, str, bool]] = [
    (PROD, "prod", True),
    (PROD, "dev", False),
    (Not(PROD), "dev", True),
    (And(()), "dev", True),
    (And((PROD, Not(PROD))), "prod", False),
    (Or(()), "dev", False),
    (Or((Not(PROD), PROD)), "prod", True),
]


@pytest.mark.parametrize(("test", "env", "holds"), TESTS, ids=lambda value: str(value)[:40])
def test_a_test_decides_a_choice(test: Test, env: str, *, holds: bool) -> None:
    """The placeholder of a test is needed, unless the test does not depend on it."""
    partial = policy(statement(Sid=Choice(test, text("then"), text("else"))))
    filled = partial.with_values({one.name: env for one in partial.placeholders}).fill()
    assert filled.statements[0].sid == ("then" if holds else "else")


def test_only_the_branch_that_counts_needs_values() -> None:
    """What an answered test leaves out is not asked for."""
    partial = policy(statement(Principal={"AWS": Choice(PROD, text(ADMIN), text(ROOT))}))
    assert [one.name for one in partial.placeholders] == ["Env", "Admin"]
    assert partial.with_values({"Env": "dev"}).placeholders == ()
    assert [one.name for one in partial.with_values({"Env": "prod"}).placeholders] == ["Admin"]


def test_what_is_absent_vanishes() -> None:
    """From objects and from lists, after a choice as well."""
    gone = Choice(PROD, Absent(), node(statement(Sid=Absent())))
    partial = policy(gone, statement(Principal={"AWS": [text(ROOT), Absent()]}))
    assert len(partial.fill({"Env": "prod"}).statements) == 1
    assert len(partial.fill({"Env": "dev"}).statements) == 2


def test_a_list_may_be_written_as_text() -> None:
    """Each part of it must be what the placeholder stands for."""
    partial = policy(statement(Principal={"AWS": Split(text(ADMIN))}))
    principal = partial.fill({"Admin": f"{ACCOUNT},{ROOT}"}).statements[0].principal
    assert principal is not None
    assert principal.to_element() == {"AWS": (ACCOUNT, ROOT)}
    with pytest.raises(errors.PlaceholderError, match="Admin' stands for the ARN of a principal"):
        partial.fill({"Admin": f"{ACCOUNT},nobody"})


def test_a_choice_may_be_a_part_of_text() -> None:
    """If it is one of texts."""
    partition = Choice(PROD, text("aws"), text("aws-cn"))
    partial = policy(statement(Principal={"AWS": text("arn:", partition, f":iam::{ACCOUNT}:root")}))
    assert partial.fill({"Env": "prod"}).statements[0] == Policy.from_dict(
        {"Statement": [statement()]}
    ).statements[0]  # fmt: skip
    wrong = policy(statement(Sid=text(Choice(PROD, node([]), text("")))))
    with pytest.raises(errors.PolicyDocumentError, match="expected text as a part of text"):
        wrong.fill({"Env": "prod"})


REFUSED = [
    ("an account", {"Principal": {"AWS": "arn:aws:iam::${X}:root"}}, "1234", "an account id of 12 digits"),
    ("a partition", {"Principal": {"AWS": f"arn:${{X}}:iam::{ACCOUNT}:root"}}, "amazon", "a partition"),
    ("a Region", {"Principal": {"Service": "logs.${X}.amazonaws.com"}}, "Ireland", "a Region"),
    ("a principal", {"Principal": {"AWS": "${X}"}}, "admin", "the ARN of a principal"),
    ("an organisation", {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "${X}"}}}, "r-ab12", "an organization"),
    ("an action", {"Action": "${X}"}, "s3:GetObject", "an action of KMS"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("elements", "value", "says"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_a_value_of_another_form_is_refused(elements: dict[str, Any], value: str, says: str) -> None:
    """The error names the placeholder."""
    partial = PartialPolicy.from_json(json.dumps({"Statement": [statement(**elements)]}))
    with pytest.raises(errors.PlaceholderError, match=says) as caught:
        partial.with_values({"X": value})
    assert caught.value.names == ("X",)


def test_a_value_that_is_not_allowed_is_refused() -> None:
    """A source may list the values."""
    with pytest.raises(errors.PlaceholderError, match="'Env' stands for one of 'dev', 'prod', not 'test'"):
        policy(statement(Sid=text(ENV))).fill({"Env": "test"})


def test_an_error_names_what_is_missing() -> None:
    """Placeholders, conditions that nobody explained, and parts that cannot be known."""
    partial = policy(Choice(Open("Wide"), node(statement(Sid=text(ADMIN))), Unresolved("Included")))
    with pytest.raises(
        errors.PlaceholderError, match="nothing is known yet of 'Admin', 'Wide', 'Included'"
    ) as caught:
        partial.fill()
    assert caught.value.names == ("Admin", "Wide", "Included")
    assert partial.unresolved == ("Wide", "Included")
    assert repr(partial) == "PartialPolicy('Admin', 'Wide', 'Included')"
    with pytest.raises(
        errors.PlaceholderError, match="there is no placeholder 'Root'; those without a value: 'Admin'"
    ):
        partial.fill({"Root": ROOT})


# --- documents that are none -----------------------------------------------------------------------


def test_a_text_that_is_not_json_is_refused() -> None:
    """Each fault has its place."""
    with pytest.raises(errors.PolicyDocumentError) as caught:
        PartialPolicy.from_json('{"Statement": ${statements}}')
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (1, 15)


def test_a_filled_document_that_is_no_policy_is_refused() -> None:
    """The problem has the place of the file and the steps of its source."""
    bad = Members(
        ((Text(("Effect",), place=Place(3, 7)), Constant(7.5, place=Place(3, 15))),), place=Place(3, 5)
    )
    partial = policy(Absent(), bad)
    with pytest.raises(errors.PolicyDocumentError) as caught:
        partial.fill()
    assert [(one.steps, one.line, one.column) for one in caught.value.problems] == [
        (("Statement", 1, "Effect"), 3, 7)
    ]
    with pytest.raises(errors.PolicyDocumentError) as caught:
        policy(Constant(None)).fill()
    assert [(one.steps, one.line) for one in caught.value.problems] == [(("Statement", 0), None)]


def test_nothing_is_no_policy() -> None:
    """A reader may find none."""
    with pytest.raises(errors.PolicyDocumentError, match="must be an object, not null"):
        PartialPolicy(Absent()).fill()


def test_a_name_that_stands_twice_is_refused() -> None:
    """Filling can make two names the same."""
    block = Members(((text(ADMIN), node("a")), (text("aws:username"), node("b"))))
    partial = policy(statement(Condition={"StringEquals": block}))
    with pytest.raises(errors.PolicyDocumentError, match="twice"):
        partial.fill({"Admin": "aws:username"})
