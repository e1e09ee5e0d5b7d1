"""What is said of policies with placeholders holds for all values, and shows nothing that stands for them."""

from __future__ import annotations

import json
import re
from itertools import chain, product
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kmspolicy import (
    Comparison,
    Fails,
    Holds,
    PartialPolicy,
    Policy,
    Principal,
    Unknown,
    access,
    check,
    compare,
    explain,
    external_access,
    prove,
)
from kmspolicy._partial._ask import IN_PARTS, Asked
from kmspolicy._partial._fillings import OF_THE_KEY
from kmspolicy._partial._parts import parts_of
from kmspolicy._partial._read import parts_of as parts_of_text
from kmspolicy._partial._read import tree_of_json
from kmspolicy._partial._tree import Placeholder, Text
from kmspolicy._render._access import html_of
from property.strategies import ACCOUNT, policies_that_meet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kmspolicy import Finding, Verdict

OTHER = "444455556666"
PRINCIPALS: list[Any] = [
    "*",
    {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    {"AWS": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"},
    {"AWS": ["arn:aws:iam::<ACCOUNT_ID>:role/{{role}}", f"arn:aws:iam::{ACCOUNT}:role/App"]},
    {"AWS": "${Admin}"},
    {"AWS": "${Role.Arn}"},
    {"Service": "logs.${AWS::Region}.amazonaws.com"},
]
CONDITIONS: list[Any] = [
    {"StringEquals": {"aws:PrincipalOrgID": "${Org}"}},
    {"StringEquals": {"kms:CallerAccount": ["${AWS::AccountId}", OTHER]}},
    {"StringNotEquals": {"aws:PrincipalArn": "${Admin}"}},
    {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/A*"}},
    {
        "StringEquals": {
            "kms:ViaService": "s3.${AWS::Region}.amazonaws.com",
            "kms:EncryptionContext:u": "${aws:username}",
        }
    },
    {"StringLike": {"kms:RequestAlias": "alias/{{role}}*"}},
]
ACTIONS = ["kms:*", "kms:Decrypt", "kms:Decypt", ["kms:PutKeyPolicy", "kms:Encrypt"]]
STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
        "Principal": st.sampled_from(PRINCIPALS),
        "Action": st.sampled_from(ACTIONS),
        "Resource": st.just("*"),
    },
    optional={"Condition": st.sampled_from(CONDITIONS)},
)
SOURCES = st.lists(STATEMENTS, min_size=1, max_size=3)


def parts_with_own(text: str) -> tuple[str | Placeholder, ...]:
    """Return the parts of a text in which ``${Role.Arn}`` is a role of the key's account, as a template tells it."""
    own = Placeholder("Role.Arn", "principal", account=Placeholder(OF_THE_KEY, "account"))
    return tuple(own if getattr(part, "name", None) == own.name else part for part in parts_of_text(text))


def partial_of(statements: list[dict[str, Any]]) -> PartialPolicy:
    """Return the policy of statements in which placeholders stand."""
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return PartialPolicy(tree_of_json(text, parts_with_own))


DOCUMENTS = SOURCES.map(partial_of)
ACCOUNTS = st.one_of(st.sampled_from([ACCOUNT, OTHER]), st.from_regex("[1-9][0-9]{11}", fullmatch=True))
ROLES = st.one_of(st.sampled_from(["App", "Apps", "B"]), st.from_regex("[A-Za-z][a-z]{1,5}", fullmatch=True))
VALUES: dict[str, st.SearchStrategy[str]] = {
    "AWS::Partition": st.just("aws"),
    "AWS::AccountId": ACCOUNTS,
    "AWS::Region": st.sampled_from(["us-east-1", "eu-west-3"]),
    "ACCOUNT_ID": ACCOUNTS,
    "role": ROLES,
    "Role.Arn": ROLES,
    "Org": st.from_regex("o-[a-z0-9]{10}", fullmatch=True),
    "Admin": st.builds("arn:aws:iam::{}:{}/{}".format, ACCOUNTS, st.sampled_from(["role", "user"]), ROLES),
}
STAND_IN = re.compile(r"standi|98[0-9]{10}")


def drawn(data: st.DataObject, *partial: PartialPolicy) -> dict[str, str]:
    """Draw well-formed values of all placeholders; ``Role.Arn`` is in the key's account, which AWS::AccountId is."""
    names = {one.name for each in partial for one in each.placeholders}
    names |= {OF_THE_KEY} if "Role.Arn" in names else set()
    values = {name: data.draw(VALUES[name], label=name) for name in sorted(names)}
    if "Role.Arn" in values:
        values["Role.Arn"] = f"arn:aws:iam::{values[OF_THE_KEY]}:role/{values['Role.Arn']}"
    return values


def with_values(partial: PartialPolicy, values: Mapping[str, str]) -> Policy:
    """Fill a policy with those values that it has placeholders for."""
    return partial.fill({one.name: values[one.name] for one in partial.placeholders})


def filled(data: st.DataObject, *partial: PartialPolicy) -> tuple[list[Policy], str | None]:
    """Fill policies with the same values, and tell the account of the key."""
    values = drawn(data, *partial)
    return [with_values(each, values) for each in partial], values.get(OF_THE_KEY)


@settings(max_examples=25, derandomize=True)
@given(policies_that_meet(), policies_that_meet())
def test_a_policy_without_placeholders_says_the_same(one: Policy, other: Policy) -> None:
    """Whoever reads files need not ask whether values are missing."""
    partial, later = (PartialPolicy.from_json(each.to_json()) for each in (one, other))
    assert [(found.code, found.severity, found.steps, found.message) for found in check(partial)] == [
        (found.code, found.severity, found.steps, found.message) for found in check(one)
    ]
    assert compare(partial, later) == compare(one, other)
    assert prove.no_public_access(partial) == prove.no_public_access(one)
    assert access(partial) == access(one)
    assert external_access(partial) == external_access(one)
    assert explain(partial) == explain(one)


def are_apart(statements: list[dict[str, Any]], policy: Policy) -> bool:
    """Return whether users and roles with different names in a document differ, of those to whom something is allowed."""
    names: dict[str, set[str]] = {}
    for elements, statement in zip(statements, policy.statements, strict=True):
        if elements["Effect"] == "Allow" and "AWS" in elements["Principal"]:
            written = elements["Principal"]["AWS"]
            texts = [written] if isinstance(written, str) else written
            assert statement.principal is not None
            for text, name in zip(texts, statement.principal["AWS"], strict=True):
                names.setdefault(name, set()).add(text)
    return all(len(texts) == 1 for name, texts in names.items() if not name.endswith(":root"))


@settings(max_examples=50, derandomize=True)
@given(SOURCES, st.data())
def test_what_is_certain_is_found_whatever_the_values(
    statements: list[dict[str, Any]], data: st.DataObject
) -> None:
    """Two users or roles that have different names in the document may not be the same where both are allowed something."""
    partial = partial_of(statements)
    (policy,), account = filled(data, partial)
    assume(are_apart(statements, policy))
    there = {(found.code, found.steps) for found in check(policy, account=account)}
    for found in check(partial):
        if not found.depends_on and found.code != "UNRESOLVED":
            assert (found.code, found.steps) in there


ROLES_AND_USERS = [
    *(
        f"arn:aws:iam::{account}:{rest}"
        for account in (ACCOUNT, OTHER)
        for rest in ("role/App", "role/B", "user/App", "user/B")
    ),
    *(f"arn:aws:iam::777788889999:{rest}" for rest in ("role/App", "user/App")),
]
POOLS = {
    "AWS::AccountId": [ACCOUNT, OTHER, "777788889999"],
    "Admin": ROLES_AND_USERS,
    "User": ROLES_AND_USERS,
    "Org": ["o-abc1234567", "o-zzz1234567"],
}
FEW_STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
        "Principal": st.sampled_from(
            [
                "*",
                *({"AWS": f"arn:aws:iam::{each}:root"} for each in (ACCOUNT, OTHER, "${AWS::AccountId}")),
                *(
                    {"AWS": each}
                    for each in ("${Admin}", "${User}", ["${Admin}", "${User}"], ROLES_AND_USERS[0])
                ),
            ]
        ),
        "Action": st.sampled_from([*ACTIONS, "kms:PutKeyPolicy"]),
        "Resource": st.just("*"),
    },
    optional={
        "Condition": st.sampled_from(
            [
                *CONDITIONS[:4],
                {"ArnEquals": {"aws:PrincipalArn": "${User}"}},
                {"StringNotEquals": {"aws:PrincipalOrgID": "${Org}"}},
                {"StringEquals": {"aws:PrincipalType": "User"}},
            ]
        )
    },
)
OF_THE_WHOLE = {"REDUNDANT_STATEMENT"}
"""What is not found if it only depends, and in parts may not be found at all."""


def in_parts(question: Callable[..., Any], partial: PartialPolicy) -> Any:
    """Return what a question about a policy is answered as if it had too many fillings."""
    tree = attrgetter("_tree")(partial)
    own = [Text((one,)) for one in partial.placeholders if one.name == OF_THE_KEY]
    asked = Asked(getattr(question, "__wrapped__"), (partial,), {}, {id(partial): tree}, None, own)  # noqa: B009
    return IN_PARTS[asked.name](asked, parts_of(tree), asked.about([tree]))


def found_in_parts(partial: PartialPolicy) -> tuple[Finding, ...]:
    """Return the findings of a policy as if it had too many fillings."""
    found: tuple[Finding, ...] = in_parts(check, partial)
    return found


@settings(max_examples=20, derandomize=True)
@given(st.lists(FEW_STATEMENTS, min_size=1, max_size=3), st.sampled_from([check, found_in_parts]))
def test_findings_are_those_of_all_values(
    statements: list[dict[str, Any]], question: Callable[[PartialPolicy], tuple[Finding, ...]]
) -> None:
    """What is certain is found for all of them, what is not found for none, and what depends for some."""
    partial = partial_of(statements)
    names = [one.name for one in partial.placeholders]
    found = [
        {(one.code, one.steps) for one in check(policy, account=values.get("AWS::AccountId"))}
        for values in (
            dict(zip(names, each, strict=True)) for each in product(*map(POOLS.__getitem__, names))
        )
        if are_apart(statements, policy := partial.fill(values))
    ]
    said = {(one.code, one.steps): one.depends_on for one in question(partial)}
    assume(("UNRESOLVED", ()) not in said)
    for key, depends_on in said.items():
        of_values = [key in there for there in found]
        assert all(of_values) or depends_on, key
        assert any(of_values), key
    for key in set(chain.from_iterable(found)) - said.keys():
        assert key[0] in OF_THE_WHOLE, key


def assert_no_less(said: Verdict, of_values: Verdict) -> None:
    """Assert that what is certain is so for some values."""
    if not isinstance(said, Holds | Fails):
        return
    assert type(of_values) is type(said)


@settings(max_examples=20, derandomize=True)
@given(st.lists(FEW_STATEMENTS, min_size=1, max_size=3))
def test_strangers_are_let_in_by_parts_as_by_the_whole(statements: list[dict[str, Any]]) -> None:
    """What is certain of parts is certain of all statements together."""
    partial = partial_of(statements)
    whole = prove.no_public_access(partial)
    assume(not isinstance(whole, Unknown) or "there" not in whole.reason)
    assert_no_less(in_parts(prove.no_public_access, partial), whole)


@settings(max_examples=15, derandomize=True)
@given(DOCUMENTS, DOCUMENTS, st.data())
def test_what_is_proved_holds_whatever_the_values(
    one: PartialPolicy, other: PartialPolicy, data: st.DataObject
) -> None:
    """A claim that holds or fails for all values does so for each."""
    (policy, later), account = filled(data, one, other)
    assert_no_less(
        prove.no_public_access(one),
        prove.no_public_access(policy, account=account if "AccountId" in repr(one) else None),
    )
    assert_no_less(prove.no_new_access(one, other), prove.no_new_access(policy, later, account=account))
    assert_no_less(prove.grants_at_most(one, other), prove.grants_at_most(policy, later, account=account))


@settings(derandomize=True)
@given(DOCUMENTS, st.data())
def test_a_cell_that_is_certain_is_so_whatever_the_values(
    partial: PartialPolicy, data: st.DataObject
) -> None:
    """A column with a placeholder is that of the principal whose name is filled in."""
    values = drawn(data, partial)
    table = access(partial)
    of_values = access(with_values(partial, values), account=values.get(OF_THE_KEY))
    columns = {
        column: PLACEHOLDER.sub(lambda match: values[match[1]], column[1]) for column in table.principals
    }
    names = [name for name in columns.values() if ":role/" in name or ":user/" in name]
    assume(len(set(names)) == len(names))
    for action, row in zip(table.actions, table.cells, strict=True):
        for (column, name), cell in zip(columns.items(), row, strict=True):
            if not cell.depends_on:
                shown = of_values[Principal({column[0]: name}), action]
                assert shown.access is cell.access, (column, action)
                assert (bool(shown.allowed), bool(shown.delegated), bool(shown.denied)) == (
                    bool(cell.allowed), bool(cell.delegated), bool(cell.denied),
                )  # fmt: skip


PLACEHOLDER = re.compile(r"(?:\$\{|<|\{\{)([^<>{}]+)(?:\}\}|>|\})")


def texts(answer: Any) -> list[str]:
    """Return all that is shown of an answer."""
    return [str(answer), repr(answer), json.dumps(answer.to_dict())]


@settings(max_examples=10, derandomize=True)
@given(DOCUMENTS, DOCUMENTS)
def test_nothing_that_stands_for_a_placeholder_is_shown(one: PartialPolicy, other: PartialPolicy) -> None:
    """Its name is."""
    compared: Comparison = compare(one, other)
    for answer in (
        *check(one),
        compared,
        prove.no_public_access(one),
        prove.access_not_granted(one, "kms:Decrypt"),
        external_access(one),
    ):
        for text in texts(answer):
            assert STAND_IN.search(text) is None, text
    table = access(one)
    for text in (str(table), repr(table), repr(table.cells), html_of(table), explain(one)):
        assert STAND_IN.search(text) is None, text
