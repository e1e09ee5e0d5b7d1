"""Partial policies in plain English: placeholders stand for themselves, and what depends on values says on which."""

from __future__ import annotations

import json

import pytest

from kmspolicy import PartialPolicy, errors, explain
from kmspolicy._partial._tree import Absent, Choice, Equals, Open, Placeholder, Split, Unresolved
from partial_support import ENV, PROD, ROOT, given, node, policy, statement, text

OWN = text("arn:", Placeholder("AWS::Partition"), ":iam::", Placeholder("AWS::AccountId"), ":root")
SIGN = statement(Action="kms:Sign", Principal={"AWS": given("Admin")})
OF_ROOT = "every action to account 111122223333 (by its IAM policies)."

EXPLAINED: dict[str, tuple[PartialPolicy, list[str]]] = {
    "an account and a principal": (
        policy(statement(Principal={"AWS": OWN}, Sid="Root"), SIGN),
        [
            "Statement[0] ('Root'): Allows every action to account ${AWS::AccountId} (by its IAM policies).",
            "Statement[1]: Allows kms:Sign to ${Admin}.",
        ],
    ),
    "text as people write it on pages": (
        PartialPolicy.from_json(
            json.dumps({"Statement": statement(Principal={"AWS": "arn:aws:iam::<ACCOUNT>:role/{{name}}"})})
        ),
        ["Statement[0]: Allows every action to arn:aws:iam::<ACCOUNT>:role/{{name}}."],
    ),
    "a value of a condition, and a service": (
        policy(
            statement(
                Principal={"Service": text("logs.", Placeholder("AWS::Region"), ".amazonaws.com")},
                Condition={"StringEquals": {"aws:SourceAccount": given("AWS::AccountId")}},
            )
        ),
        [
            "Statement[0]: Allows every action to the service logs.${AWS::Region}.amazonaws.com if aws:SourceAccount is ${AWS::AccountId}."
        ],
    ),
    "an action": (
        policy(statement(Action=given("Action", kind="action"))),
        ["Statement[0]: Allows ${Action} to account 111122223333 (by its IAM policies)."],
    ),
    "a list": (
        policy(statement(Principal={"AWS": Split(given("Roles"))})),
        ["Statement[0]: Allows every action to ${Roles}."],
    ),
    "an effect": (
        policy(statement(Effect=given("Effect"))),
        [
            f"Statement[0]: Allows {OF_ROOT} This is so only where 'Effect' is 'Allow'.",
            "Statement[0]: Denies every action to account 111122223333. This is so only where 'Effect' is 'Deny'.",
        ],
    ),
    "a statement for one value, and one for others": (
        policy(Choice(PROD, node(SIGN), node(statement())), statement()),
        [
            f"Statement[0]: Allows {OF_ROOT} This is so only where 'Env' is 'dev'.",
            "Statement[0]: Allows kms:Sign to ${Admin}. This is so only where 'Env' is 'prod'.",
            f"Statement[1]: Allows {OF_ROOT}",
        ],
    ),
    "a statement that may be absent": (
        policy(Choice(Open("Wide"), node(statement()), Absent()), statement()),
        [
            f"Statement[0]: Allows {OF_ROOT} This is so only where 'Wide' is true.",
            f"Statement[1]: Allows {OF_ROOT}",
        ],
    ),
    "two values that may be the same": (
        policy(Choice(Equals(given("A"), given("B")), node(statement()), Absent())),
        [f"Statement[0]: Allows {OF_ROOT} Whether this is so depends on 'B'."],
    ),
    "a statement that is not known": (
        policy(statement(), Unresolved("Included")),
        [f"Statement[0]: Allows {OF_ROOT}", "Statement[1]: not all is known: 'Included' is not known."],
    ),
    "a document that is not known": (
        PartialPolicy(Unresolved("Whole")),
        ["not all is known: 'Whole' is not known."],
    ),
    "a document with one statement and no list": (
        PartialPolicy(node({"Version": "2012-10-17", "Statement": SIGN})),
        ["Statement[0]: Allows kms:Sign to ${Admin}."],
    ),
    "no statement": (
        PartialPolicy(node({"Id": given("Id"), "Statement": []})),
        ["No statement: nobody may do anything."],
    ),
    "more combinations than are looked at": (
        policy(
            statement(),
            statement(
                Action=[
                    Choice(Equals(given(f"P{n}", allowed=("a", "b")), text("a")), text("kms:Sign"), text("kms:Verify"))
                    for n in range(7)
                ]
            ),
        ),
        [
            f"Statement[0]: Allows {OF_ROOT}",
            "Statement[1]: not all is known: there are more than 64 combinations of the values of 'P0', 'P1', 'P2', 'P3', 'P4', 'P5', 'P6'.",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("partial", "lines"), EXPLAINED.values(), ids=EXPLAINED)
def test_what_a_partial_policy_says(partial: PartialPolicy, lines: list[str]) -> None:
    """Each statement has a line; one that says several things has one for each, with the values for which it is so."""
    assert explain(partial).split("\n") == lines


def test_a_policy_whose_values_are_given() -> None:
    """It is explained like any policy."""
    partial = policy(SIGN, Choice(PROD, node(statement()), Absent())).with_values(
        {"Admin": ROOT, "Env": "dev"}
    )
    assert explain(partial) == explain(partial.fill())


def test_too_much_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that takes too long says so."""
    monkeypatch.setattr("kmspolicy._partial._ask.OF_A_CALL", 10)
    wide = text(ENV, *(Choice(Open(f"C{n}"), text("x" * 1000), text("y")) for n in range(5)))
    assert "there is too much to look at" in explain(policy(statement(Sid=wide)))


def test_what_is_not_a_policy_document() -> None:
    """The error shows placeholders, and the place."""
    partial = policy(statement(Effect=text("Allow", Placeholder("AWS::AccountId"))))
    with pytest.raises(
        errors.PolicyDocumentError, match=r"must be 'Allow' or 'Deny', not 'Allow\$\{AWS::AccountId\}'"
    ):
        explain(partial)
