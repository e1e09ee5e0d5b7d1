"""Policies, statements, principals and conditions that are made of others."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from kmspolicy import Condition, Policy, Principal, Statement, allow, conditions, errors

ADMIN = Statement(
    "Allow", principal=Principal.account("111122223333"), action="kms:*", resource="*", sid="admin"
)


def test_when_joins_conditions() -> None:
    """A further condition is added to those there are, and the statement it was called on stays."""
    one, two = Condition("Bool", "a", "true"), Condition("StringEquals", "b", "x")
    statement = ADMIN.when(one)
    assert statement == attrs.evolve(ADMIN, condition=one)
    assert statement.when(two).condition == one & two
    assert ADMIN.condition is None


@pytest.mark.parametrize("condition", [None, {}, "x"])
@pytest.mark.parametrize("statement", [ADMIN, ADMIN.when(Condition("Bool", "a", "true"))])
def test_when_takes_conditions_alone(statement: Statement, condition: Any) -> None:
    """A condition that is forgotten is not no condition."""
    with pytest.raises(errors.PolicyDocumentError, match="expected a Condition"):
        statement.when(condition)


def test_named_sets_the_sid() -> None:
    """Also to nothing but text."""
    assert ADMIN.named("other").sid == "other"
    none: Any = None
    with pytest.raises(errors.PolicyDocumentError, match="expected text, found null"):
        ADMIN.named(none)


def test_elements_are_replaced() -> None:
    """The others stay as written, and what no document can say is refused as by the constructor."""
    app, other = Principal.role("111122223333", "App"), Principal.role("111122223333", "Other")
    statement = Statement("Allow", principal=app, action=["kms:Sign"], resource="*", sid="a")
    assert statement.replace(principal=other) == Statement(
        "Allow", principal=other, action=["kms:Sign"], resource="*", sid="a"
    )
    assert statement.replace(effect="Deny", sid=None) == Statement(
        "Deny", principal=app, action=["kms:Sign"], resource="*"
    )
    assert statement.replace() == statement
    with pytest.raises(errors.PolicyDocumentError, match="a statement cannot have both"):
        statement.replace(not_action="kms:Verify")
    with pytest.raises(TypeError, match="actions"):
        statement.replace(actions="kms:Verify")  # type: ignore[call-arg]  # ty: ignore[unknown-argument]
    policy = Policy([statement], id="x", version="2008-10-17")
    named = policy.replace(statement=(one.named("b") for one in policy.statements))
    assert named == Policy([statement.named("b")], id="x", version="2008-10-17")
    assert policy.replace(id=None, version="2012-10-17") == Policy([statement])
    assert Policy(statement).replace(id="y") == Policy(statement, id="y")


def test_a_name_is_replaced_in_a_principal() -> None:
    """Wherever it stands; a name stays a name, and a list a list."""
    old, new = Principal.role("111122223333", "Old"), Principal.role("111122223333", "New")
    before, after = old["AWS"][0], new["AWS"][0]
    table: list[tuple[Any, Any]] = [
        ({"AWS": before}, {"AWS": after}),
        ({"AWS": [before]}, {"AWS": [after]}),
        (
            {"AWS": [before, "111122223333", before], "Service": "s3.amazonaws.com"},
            {"AWS": [after, "111122223333"], "Service": "s3.amazonaws.com"},
        ),
        ({"AWS": [after, before, "x"]}, {"AWS": [after, "x"]}),
        ({"AWS": ["x", "x", after]}, {"AWS": ["x", "x", after]}),
        ("*", "*"),
    ]
    for element, expected in table:
        principal = Principal(element)
        assert principal.rename(old, new) == Principal(expected)
        assert principal.rename(before, after) == principal.rename(old, new)
    # Of any kind, if it is text; of its own, if it is a principal.
    both = Principal({"Service": before, "AWS": [before, f"{before}2"]})
    assert both.rename(before, after) == Principal({"Service": after, "AWS": [after, f"{before}2"]})
    assert both.rename(old, after) == Principal({"Service": before, "AWS": [after, f"{before}2"]})
    assert both.rename(before, new) == both.rename(old, new)
    of_services = Principal({"Service": before})
    assert of_services.rename(old, after) is of_services
    assert of_services.rename(before, new) is of_services
    for everyone in (Principal.everyone(), Principal({"AWS": "*"})):
        assert everyone.rename("*", new) == new
        with pytest.raises(errors.PolicyDocumentError, match="cannot rename a principal to everyone"):
            old.rename(old, everyone)
    with pytest.raises(
        errors.PolicyDocumentError,
        match="cannot rename a principal of the kind AWS to one of the kind Service",
    ):
        old.rename(old, Principal.service("s3.amazonaws.com"))
    with pytest.raises(errors.PolicyDocumentError, match="the principal must have exactly one name, not 2"):
        old.rename(old | new, new)
    with pytest.raises(errors.PolicyDocumentError, match="expected text, found a number"):
        old.rename(before, 7)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]


def test_what_is_not_yet_a_statement_or_a_condition() -> None:
    """The error says what is missing."""
    permission: Any = allow("kms:Sign")
    with pytest.raises(errors.PolicyDocumentError, match=r"found Permission; \.to\(principal\) makes it one"):
        Policy([permission])
    statement = permission.to(Principal.everyone())
    method: Any = conditions.multi_factor_auth_present.is_true
    with pytest.raises(errors.PolicyDocumentError, match="found method; call it"):
        statement.when(method)
    compared: Any = False  # what conditions.via_service == "s3" is
    with pytest.raises(errors.PolicyDocumentError, match=r"the operators are methods, as in conditions\."):
        statement.when(compared)
    with pytest.raises(errors.PolicyDocumentError, match=r"found an object; see Condition\.from_dict"):
        statement.when({"Bool": {"aws:SecureTransport": "true"}})


def test_with_statement_appends() -> None:
    """A single statement without a list becomes the first of a list."""
    other = ADMIN.named("other")
    assert Policy([ADMIN]).with_statement(other) == Policy([ADMIN, other])
    assert Policy(ADMIN, id="i", version=None).with_statement(other) == Policy(
        [ADMIN, other], id="i", version=None
    )


def test_without_removes_the_statement_with_the_sid() -> None:
    """The others stay as they are."""
    other = ADMIN.named("other")
    assert Policy([ADMIN, other], id="i").without_statement("admin") == Policy([other], id="i")
    assert Policy(ADMIN).without_statement("admin") == Policy([])


@pytest.mark.parametrize(
    ("sids", "message"),
    [
        (["a", None], r"no statement has the Sid 'x'; the Sids are \['a', None\]"),
        ([], r"no statement has the Sid 'x'; the Sids are \[\]"),
        (["x", "x"], "2 statements have the Sid 'x', which KMS allows; build a Policy"),
    ],
)
def test_without_does_not_guess(sids: list[str | None], message: str) -> None:
    """A Sid that is missing or stands twice is an error that says what there is."""
    policy = Policy([Statement("Allow", sid=sid) for sid in sids])
    with pytest.raises(errors.SidError, match=message):
        policy.without_statement("x")


def test_joining_principals() -> None:
    """Kinds keep their order, names stand once, and one name stays a name."""
    a, b, service = Principal({"AWS": "a"}), Principal({"AWS": ["b", "a"]}), Principal.service("s")
    assert (a | service | b) == Principal({"AWS": ["a", "b"], "Service": "s"})
    assert (a | a) == a
    assert (Principal({}) | b) == b
    assert (Principal({"AWS": ["a", "a"]}) | service) == Principal({"AWS": ["a"], "Service": "s"})
    assert (Principal({"AWS": ["a"]}) | a) == Principal({"AWS": ["a"]})
    assert Principal(b.element) == b == attrs.evolve(b)
    assert (Principal({"AWS": "*"}) | a) == Principal({"AWS": ["*", "a"]})


@pytest.mark.parametrize("other", [Principal.everyone(), Principal({"AWS": "a"})])
def test_everyone_is_joined_with_nobody(other: Principal) -> None:
    """The bare star cannot stand beside anything in a document."""
    for one, two in ((Principal.everyone(), other), (other, Principal.everyone())):
        with pytest.raises(
            errors.PolicyDocumentError,
            match=r"^'\*' means everyone and cannot be joined with other principals$",
        ):
            _ = one | two


def test_names_of_a_kind() -> None:
    """An absent kind has no names, an unknown kind is a KeyError, and everyone is AWS and a star."""
    principal = Principal({"AWS": "a", "Service": ["s", "t"]})
    assert (principal["AWS"], principal["Service"], principal["Federated"]) == (("a",), ("s", "t"), ())
    assert Principal.everyone()["AWS"] == Principal({"AWS": "*"})["AWS"] == ("*",)
    with pytest.raises(KeyError, match="Aws"):
        principal["Aws"]  # type: ignore[index]  # ty: ignore[invalid-argument-type]


@pytest.mark.parametrize(("one", "other"), [(Principal.everyone(), "x"), (Condition("a", "b", "c"), "x")])
def test_joining_with_something_else_is_a_type_error(one: Any, other: Any) -> None:
    """As with any operator of Python."""
    with pytest.raises(TypeError, match="unsupported operand"):
        _ = one | other
    with pytest.raises(TypeError, match="unsupported operand"):
        _ = one & other


def test_joining_conditions() -> None:
    """Keys of one operator stand together, operators in their order."""
    joined = Condition("Bool", "a", "x") & Condition("Null", "a", "x") & Condition("Bool", "b", "x")
    assert joined.to_dict() == {"Bool": {"a": "x", "b": "x"}, "Null": {"a": "x"}}
    assert Condition.from_dict(joined.to_dict()) == joined


@pytest.mark.parametrize("key", ["kms:ViaService", "kms:viaservice"])
def test_the_same_operator_and_key_conflict(key: str) -> None:
    """The error says which, and the two ways out; the case of a key does not matter to IAM."""
    one = Condition("StringEquals", "kms:ViaService", "a")
    with pytest.raises(
        errors.ConditionConflictError,
        match="there is already a condition with 'StringEquals' on kms:ViaService",
    ) as caught:
        _ = one & Condition("StringEquals", key, "b")
    assert "give all values to one condition if one of them must match" in str(caught.value)
    assert "another operator if all must" in str(caught.value)
