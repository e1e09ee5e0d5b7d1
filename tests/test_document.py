"""Policy, Statement, Principal and Condition: values, their text, and what they refuse."""

from __future__ import annotations

import enum
import json
import pickle
import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, get_args

import attrs
import pytest

from kmspolicy import Condition, Policy, Principal, Statement, allow, conditions, errors
from kmspolicy._text import MAX_BRACKETS, MAX_CHARACTERS, members
from support import calls_of, example_from_values

ROOT = "arn:aws:iam::111122223333:root"
ADMIN = Statement(
    "Allow", principal=Principal.account("111122223333"), action="kms:*", resource="*", sid="admin"
)


class Text(str):
    """A subclass of text that shows itself as something else."""

    __slots__ = ()

    def __str__(self) -> str:
        """Give a wrong text."""
        return "leaked"

    def __repr__(self) -> str:
        """Give a wrong text."""
        return "leaked"


class Word(enum.StrEnum):
    """Text in an enumeration."""

    DECRYPT = "kms:Decrypt"


class Number(enum.IntEnum):
    """Numbers in an enumeration."""

    DAYS = 30


class Real(float):
    """A subclass of float that shows itself as something else, as numpy's scalars do."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Give a wrong text."""
        return "leaked"


# --- the example -----------------------------------------------------------------------------------


def test_the_example_is_written_byte_for_byte(example_text: str) -> None:
    """The document of AWS's reference, built from values, is AWS's text."""
    assert example_from_values().to_json(indent=4) + "\n" == example_text


def test_the_example_reads_back_to_an_equal_value(example_text: str) -> None:
    """Text and values are the same policy, and the same in a set."""
    policy = Policy.from_json(example_text)
    assert policy == example_from_values()
    assert {policy, example_from_values()} == {policy}
    assert Policy.from_json(example_text.encode()) == policy
    assert Policy.from_dict(json.loads(example_text)) == policy


# --- text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        (Policy([]), '{"Version":"2012-10-17","Statement":[]}'),
        (Policy([], version=None), '{"Statement":[]}'),
        (
            Policy([], id="é ÿ €", version="2008-10-17"),
            '{"Version":"2008-10-17","Id":"é ÿ €","Statement":[]}',
        ),
        (Policy(Statement("Deny"), version=None), '{"Statement":{"Effect":"Deny"}}'),
        (Policy([Statement("Deny", sid="")], version=None), '{"Statement":[{"Sid":"","Effect":"Deny"}]}'),
        (
            Policy(
                Statement(
                    "Allow",
                    not_principal=Principal.everyone(),
                    not_action=["kms:*"],
                    not_resource=(),
                    condition=Condition("Bool", "a", True) & Condition("Bool", "b", [1, 1.0, "1"]),  # noqa: FBT003
                ),
                version=None,
            ),
            (
                '{"Statement":{"Effect":"Allow","NotPrincipal":"*","NotAction":["kms:*"],"NotResource":[],'
                '"Condition":{"Bool":{"a":true,"b":[1,1.0,"1"]}}}}'
            ),
        ),
    ],
)
def test_compact_text(policy: Policy, text: str) -> None:
    """Elements stand in AWS's order, absent ones are absent, and letters are written as they are."""
    assert policy.to_json() == text
    assert Policy.from_json(text) == policy


def test_elements_may_come_in_any_order() -> None:
    """They are read in any order and written in AWS's."""
    text = (
        '{"Statement":[{"Resource":"*","Sid":"x","Effect":"Allow","Principal":"*"}],"Id":"i","Version":"v"}'
    )
    assert Policy.from_json(text).to_json() == (
        '{"Version":"v","Id":"i","Statement":[{"Sid":"x","Effect":"Allow","Principal":"*","Resource":"*"}]}'
    )


@pytest.mark.parametrize("indent", [0, 1, 2, 8])
def test_indented_text_is_the_same_document(indent: int) -> None:
    """Indentation is for people."""
    text = example_from_values().to_json(indent=indent)
    assert Policy.from_json(text) == example_from_values()
    assert text.splitlines()[1] == " " * indent + '"Version": "2012-10-17",'
    assert Policy([], id="é €").to_json(indent=indent).splitlines()[2] == " " * indent + '"Id": "é €",'


def test_dicts_hold_nothing_but_json() -> None:
    """``to_dict`` gives plain dicts, lists and values, which belong to the caller."""
    policy = example_from_values()
    data = policy.to_dict()
    assert data == json.loads(policy.to_json())
    data["Statement"].clear()
    assert policy.to_dict() != data
    assert ADMIN.to_dict() == {
        "Sid": "admin",
        "Effect": "Allow",
        "Principal": {"AWS": ROOT},
        "Action": "kms:*",
        "Resource": "*",
    }


@pytest.mark.parametrize(
    "value",
    [
        Condition("StringEquals", Text("key"), Text("value")),
        Condition(Text("StringEquals"), "key", [Text("value")]),
        Condition("NumericEquals", "key", Number.DAYS),
        Condition("NumericEquals", "key", [Number.DAYS, Real(0.5)]),
        Condition("StringEquals", "key", Word.DECRYPT),
    ],
)
def test_subclasses_do_not_leak_into_conditions(value: Condition) -> None:
    """What is stored and written is plain text and plain numbers."""
    statement = Statement("Allow", condition=value)
    assert "leaked" not in Policy(statement).to_json() + repr(statement)
    for operator, key, values in value:
        assert {type(part) for part in (operator, key, *values)} <= {str, int, float}


def test_subclasses_do_not_leak_into_names() -> None:
    """Nor into actions, principals and labels."""
    statement = Statement(
        "Allow",
        principal=Principal({"AWS": [Text(ROOT)]}),
        action=[Word.DECRYPT],
        resource=Text("*"),
        sid=Text("s"),
    )
    policy = Policy([statement], id=Text("i"), version=Text("v"))
    assert "leaked" not in policy.to_json() + repr(policy)
    assert policy.to_dict()["Statement"][0]["Action"] == ["kms:Decrypt"]
    assert {type(name) for name in (*statement.actions, statement.sid, policy.id, policy.version)} == {str}


# --- values ----------------------------------------------------------------------------------------

VALUES: list[object] = [
    example_from_values(),
    Policy(ADMIN, id=None, version=None),
    ADMIN,
    Statement("Deny", not_principal=Principal.everyone(), not_action=(), condition=Condition.from_dict({})),
    Principal.everyone(),
    Principal({}),
    Principal({"AWS": ["a", "b"], "Service": "c"}),
    Condition("Bool", "a", True),  # noqa: FBT003
    Condition("Bool", "a", ["x", 1, 1.5, False]),
    Condition("Bool", "a", "x") & Condition("Null", "b", "true"),
    Condition.from_dict({"Bool": {}}),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_are_values(value: Any) -> None:
    """They are frozen, slotted, equal to their pickle, and their repr builds them again."""
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301
    assert hash(pickle.loads(pickle.dumps(value))) == hash(value)  # noqa: S301
    assert eval(repr(value)) == value  # noqa: S307 - our own
    assert not hasattr(value, "__dict__")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        value.anything = None
    assert value != object()


def test_hashes_agree_with_equality() -> None:
    """Conditions that are equal have one hash, and a set holds apart those that are not."""
    values = (True, 1, 1.0, "true", "1")
    assert len({Condition("Bool", "a", value) for value in values * 2}) == len(values)


def test_a_repr_that_a_person_can_read() -> None:
    """It shows what is there and nothing else."""
    assert repr(Condition("Bool", "a", "true")) == "Condition('Bool', 'a', 'true')"
    assert repr(Condition.from_dict({"Bool": {"a": "x", "b": [1]}})) == (
        "Condition.from_dict({'Bool': {'a': 'x', 'b': (1,)}})"
    )
    assert repr(Policy([ADMIN], id="x")) == (
        "Policy([Statement('Allow', principal=Principal({'AWS': 'arn:aws:iam::111122223333:root'}), "
        "action='kms:*', resource='*', sid='admin')], id='x', version='2012-10-17')"
    )


SIDE_BY_SIDE: list[Any] = [
    True,
    1,
    1.0,
    "true",
    "1",
    "1.0",
    False,
    0,
    0.0,
    -0.0,
    "",
    [True],
    [1],
    ["true"],
    [],
]


@pytest.mark.parametrize("one", SIDE_BY_SIDE, ids=repr)
@pytest.mark.parametrize("other", SIDE_BY_SIDE, ids=repr)
def test_equal_exactly_when_the_documents_are(one: object, other: object) -> None:
    """``true``, ``1``, ``1.0`` and ``"true"`` are four documents, and so are a scalar and a list of it."""
    a, b = (
        Policy(Statement("Allow", condition=Condition.from_dict({"Bool": {"a": value}})))  # type: ignore[dict-item]  # ty: ignore[invalid-argument-type]
        for value in (one, other)
    )
    assert (a == b) == (a.to_json() == b.to_json())
    assert (a != b) == (a.to_json() != b.to_json())
    assert hash(a) == hash(b) or a != b


def test_singular_is_as_written_and_plural_is_a_tuple() -> None:
    """A scalar and a list of one are different documents with the same plural."""
    scalar = Statement("Allow", action="a", not_resource="r")
    array = Statement("Allow", action=["a"], not_resource=["r"])
    assert (scalar.action, array.action) == ("a", ("a",))
    assert scalar.actions == array.actions == ("a",)
    assert scalar.not_resources == array.not_resources == ("r",)
    assert scalar.not_actions == scalar.resources == ()
    assert scalar != array


def test_iteration() -> None:
    """Statements, principals and conditions are gone through as they are thought of."""
    policy = Policy(
        Statement(
            "Allow",
            principal=Principal({"AWS": ["a", "b"], "Service": "c"}),
            condition=Condition.from_dict({"Bool": {"x": True, "y": ["1", "2"]}, "Null": {}}),
        )
    )
    (statement,) = policy.statements
    assert list(statement.principal or ()) == [("AWS", "a"), ("AWS", "b"), ("Service", "c")]
    assert list(statement.condition or ()) == [("Bool", "x", (True,)), ("Bool", "y", ("1", "2"))]
    assert Policy([statement, statement]).statements == (statement, statement)


# --- changes ---------------------------------------------------------------------------------------


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


# --- principals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "element"),
    [
        (Principal.everyone, "*"),
        (lambda: Principal.account("111122223333"), {"AWS": ROOT}),
        (
            lambda: Principal.account("111122223333", partition="aws-us-gov"),
            {"AWS": ROOT.replace("aws", "aws-us-gov")},
        ),
        (lambda: Principal.role("111122223333", "App"), {"AWS": "arn:aws:iam::111122223333:role/App"}),
        (
            lambda: Principal.role("111122223333", "aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"),
            {"AWS": "arn:aws:iam::111122223333:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"},
        ),
        (
            lambda: Principal.user("111122223333", "a/b/x+=,.@-_9", partition="aws-cn"),
            {"AWS": "arn:aws-cn:iam::111122223333:user/a/b/x+=,.@-_9"},
        ),
        (
            lambda: Principal.session("111122223333", "App", "alice@example.com"),
            {"AWS": "arn:aws:sts::111122223333:assumed-role/App/alice@example.com"},
        ),
        (
            lambda: Principal.service("logs.us-east-1.amazonaws.com"),
            {"Service": "logs.us-east-1.amazonaws.com"},
        ),
        (
            lambda: Principal.federated("cognito-identity.amazonaws.com"),
            {"Federated": "cognito-identity.amazonaws.com"},
        ),
        (
            lambda: Principal.arn("arn:aws:sts::111122223333:federated-user/Bob"),
            {"AWS": "arn:aws:sts::111122223333:federated-user/Bob"},
        ),
    ],
)
def test_principals_are_built(build: Any, element: Any) -> None:
    """Each constructor writes the form that IAM documents."""
    principal = build()
    assert Statement("Allow", principal=principal).to_dict()["Principal"] == element
    assert principal == Principal(element)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Principal.account("1234"), "expected an account id of 12 digits, not '1234'"),
        (lambda: Principal.account("\u0661" * 12), "expected an account id"),
        (lambda: Principal.account("111122223333\n"), "expected an account id"),
        (lambda: Principal.account(111122223333), "expected an account id of 12 digits, not 111122223333"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
        (lambda: Principal.account("111122223333", partition="azure"), "expected a partition"),
        (lambda: Principal.role("111122223333", "App*"), "expected the name of a role"),
        (lambda: Principal.role("111122223333", ""), "expected the name of a role"),
        (lambda: Principal.role("111122223333", "/App"), "expected the name of a role"),
        (lambda: Principal.user("111122223333", "a b"), "expected the name of a user"),
        (
            lambda: Principal.session("111122223333", "path/App", "me"),
            "expected the name of a role, without its path",
        ),
        (lambda: Principal.session("111122223333", "App", "a/b"), "expected the name of a role session"),
        (lambda: Principal.service("*"), "expected a service principal without wildcards"),
        (lambda: Principal.federated(""), "expected a provider"),
        (
            lambda: Principal.arn("arn:aws:iam::111122223333:role/*"),
            "expected the ARN of a principal, without wildcards",
        ),
        (lambda: Principal.arn("111122223333"), "expected the ARN of a principal"),
        (lambda: Principal.arn(f"{ROOT}\n"), "expected the ARN of a principal"),
        (
            lambda: Principal.arn("arn:aws:s3:::bucket"),
            "expected the ARN of a principal, without wildcards, not 'arn:aws:s3:::bucket'$",
        ),
        (lambda: Principal.arn("arn:aws:iam::111122223333:role/Päth"), "expected the ARN of a principal"),
        (lambda: Principal.arn(None), "expected the ARN of a principal"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
        (
            lambda: Principal.role("111122223333", f"{ROOT}"),
            "for a whole ARN, use Principal.arn",
        ),
        (lambda: Principal.user(ROOT, "alice"), "for a whole ARN, use Principal.arn"),
        (lambda: Principal.role("111122223333", "x" * 65), "expected the name of a role"),
        (lambda: Principal.service(" "), "expected a service principal"),
        (lambda: Principal((1, 2)), "must be an object, not an array"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
        (lambda: Principal(ROOT), "a principal must be '\\*' or an object; write {'AWS': 'arn:"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
        (lambda: Principal([ROOT]), "a principal other than '\\*' must be an object, not an array"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
        (lambda: Principal({"Aws": ROOT}), "'Aws' is not a kind of principal; did you mean 'AWS'?"),  # type: ignore[dict-item]  # ty: ignore[invalid-argument-type]
    ],
)
def test_principals_that_are_refused(build: Any, message: str) -> None:
    """The error says what was given and what is expected."""
    with pytest.raises(errors.PolicyDocumentError, match=message):
        build()


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


# --- conditions ------------------------------------------------------------------------------------


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


# --- what constructors refuse ----------------------------------------------------------------------

NAN = float("nan")
REFUSED: list[tuple[Any, str, str]] = [
    (lambda: Statement("allow"), "Effect", "an effect must be 'Allow' or 'Deny', not 'allow'; did you mean 'Allow'?"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: Statement(None), "Effect", "an effect must be 'Allow' or 'Deny', not null"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: Statement("Allow", action=3), "Action", "expected text or an array of text, found a number"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: Statement("Allow", action={"a"}), "Action", "expected text or an array of text, found set"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: Statement("Allow", action=["a", 1]), "Action[1]", "expected text, found a number"),  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]
    (lambda: Statement("Allow", resource=["\ud800"]), "Resource[0]", "half of a surrogate pair is not a character"),
    (lambda: Statement("Allow", sid=b"x"), "Sid", "expected text, found bytes"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: Statement("Allow", principal="*"), "Principal", "expected a Principal, found text; see Principal.arn, .account, .everyone"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: Statement("Allow", condition={}), "Condition", "expected a Condition, found an object; see Condition.from_dict"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: Statement("Allow", action="a", not_action="b"), "NotAction", "a statement cannot have both Action and NotAction; write two statements"),
    (lambda: Statement("Allow", principal=Principal.everyone(), not_principal=Principal.everyone()), "NotPrincipal", "a statement cannot have both Principal and NotPrincipal; write two statements"),
    (lambda: Statement("Allow", resource=(), not_resource=()), "NotResource", "a statement cannot have both Resource and NotResource; write two statements"),
    (lambda: Condition("a", "b", None), "", "expected text, a number, true or false, found null"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: Condition("a", "b", Fraction(1, 2)), "", "expected text, a number, true or false, found Fraction"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: Condition("a", "b", [["c"]]), "[0]", "expected text, a number, true or false, found an array"),  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]
    (lambda: Condition("a", "b", NAN), "", "nan is not a finite number"),
    (lambda: Condition("a", "b", [1, -float("inf")]), "[1]", "-inf is not a finite number"),
    (lambda: Condition("a", "b", 10**640), "", "this number is longer than 640 characters"),
    (lambda: Condition("a", "b", -(10**639)), "", "this number is longer than 640 characters"),
    (lambda: Condition(1, "b", "c"), "", "expected text, found a number"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: Condition("a", True, "c"), "", "expected text, found true or false"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # noqa: FBT003
    (lambda: Policy("x"), "", "expected statements, found text; see Policy.from_dict"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: Policy({}), "", "expected statements, found an object; see Policy.from_dict"),
    (lambda: Policy(None), "", "expected statements, found null; see Policy.from_dict"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: Policy({ADMIN}), "", "expected statements, found set; see Policy.from_dict"),
    (lambda: Statement("Allow", not_principal=1), "NotPrincipal", "expected a Principal, found a number; see Principal.arn, .account, .everyone"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: Statement("Allow", not_action=1), "NotAction", "expected text or an array of text, found a number"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: Statement("Allow", not_resource=1), "NotResource", "expected text or an array of text, found a number"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: Policy([ADMIN, "x"]), "Statement[1]", "expected a Statement, found text"),  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]
    (lambda: Policy([], version=20121017), "Version", "expected text, found a number"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
]  # fmt: skip


@pytest.mark.parametrize(
    ("build", "path", "text"), REFUSED, ids=[f"{n}-{text}" for n, (*_, text) in enumerate(REFUSED)]
)
def test_what_constructors_refuse(build: Any, path: str, text: str) -> None:
    """What no document can say is not a value, and the error says what was given."""
    with pytest.raises(errors.PolicyDocumentError) as caught:
        build()
    assert str(caught.value) == (f"{path}: {text}" if path else text)
    assert [(problem.path, problem.line) for problem in caught.value.problems] == [(path, None)]


def test_a_long_path_is_refused_in_no_time() -> None:
    """A name that does not match is refused without trying every way to read it: this ended never, once."""
    with pytest.raises(errors.PolicyDocumentError, match="the name of a role"):
        Principal.role("111122223333", "a/" * 100 + "*")


def test_the_largest_numbers_are_written_and_read() -> None:
    """A number that a constructor takes, the reader takes."""
    for number in (10**640 - 1, -(10**639) + 1, 1.7976931348623157e308, 5e-324):
        policy = Policy(Statement("Allow", condition=Condition("NumericEquals", "k", number)))
        assert Policy.from_json(policy.to_json()) == policy


# --- what readers refuse ---------------------------------------------------------------------------

PROBLEMS: list[tuple[str, list[str]]] = [
    ("[]", ["line 1, column 1: a policy document must be an object, not an array"]),
    ("null", ["line 1, column 1: a policy document must be an object, not null"]),
    ('"x"', ["line 1, column 1: a policy document must be an object, not text"]),
    ("{}", ["line 1, column 1: the Statement is missing"]),
    (
        '{"Effect": "Allow"}',
        ['line 1, column 1: this is a statement, not a policy document; write {"Statement": [...]}'],
    ),
    (
        '{"Statements": []}',
        ["line 1, column 2, .Statements: 'Statements' is not an element of a policy document; did you mean 'Statement'?"],
    ),
    (
        '{"version": "x"}',
        [
            "line 1, column 1: the Statement is missing",
            "line 1, column 2, .version: 'version' is not an element of a policy document; did you mean 'Version'?",
        ],
    ),
    (
        '{"Statement": 1, "Version": 2, "Id": null}',
        [
            "line 1, column 2, Statement: a statement must be an object, not a number",
            "line 1, column 18, Version: expected text, found a number",
            "line 1, column 32, Id: expected text, found null",
        ],
    ),
    ('{"Statement": ["x"]}', ["line 1, column 16, Statement[0]: a statement must be an object, not text"]),
    ('{"Statement": {"Sid": "x"}}', ["line 1, column 2, Statement: the Effect is missing"]),
    (
        '{"Statement": [{"effect": "Allow", "Principals": "*", "Whatever": 1}]}',
        [
            "line 1, column 17, Statement[0].effect: 'effect' is not an element of a statement; did you mean 'Effect'?",
            "line 1, column 36, Statement[0].Principals: 'Principals' is not an element of a statement; did you mean 'Principal'?",
            "line 1, column 55, Statement[0].Whatever: 'Whatever' is not an element of a statement",
        ],
    ),
    (
        '{"Statement": [{"Effect": "ALLOW"}, {"Effect": true}, {"Effect": []}]}',
        [
            "line 1, column 17, Statement[0].Effect: an effect must be 'Allow' or 'Deny', not 'ALLOW'; did you mean 'Allow'?",
            "line 1, column 38, Statement[1].Effect: an effect must be 'Allow' or 'Deny', not true or false",
            "line 1, column 56, Statement[2].Effect: an effect must be 'Allow' or 'Deny', not an array",
        ],
    ),
    (
        '{"Statement": [{"Effect": "Deny", "Action": "a", "NotAction": "b", "Resource": "*", "NotResource": "c"}]}',
        [
            "line 1, column 50, Statement[0].NotAction: a statement cannot have both Action and NotAction; write two statements",
            "line 1, column 85, Statement[0].NotResource: a statement cannot have both Resource and NotResource; write two statements",
        ],
    ),
    (
        '{"Statement": [{"Effect": "Deny", "Principal": {"aws": "a", "Service": [1, "b", null]}}]}',
        [
            "line 1, column 49, Statement[0].Principal.aws: 'aws' is not a kind of principal; did you mean 'AWS'?",
            "line 1, column 73, Statement[0].Principal.Service[0]: expected text, found a number",
            "line 1, column 81, Statement[0].Principal.Service[2]: expected text, found null",
        ],
    ),
    (
        '{"Statement": {"Effect": "Deny", "Principal": {"Role": "a"}}}',
        ["line 1, column 48, Statement.Principal.Role: 'Role' is not a kind of principal"],
    ),
    (
        '{"Statement": {"Effect": "Deny", "Principal": {"AWS": "a", "AWS": "b"}}}',
        ["line 1, column 60, Statement.Principal.AWS: this name appears twice in its object"],
    ),
    (
        '{"Statement": {"Effect": "Deny", "Action": {}, "Condition": {"Bool": {"aws:x": {}}}}}',
        [
            "line 1, column 34, Statement.Action: expected text or an array of text, found an object",
            'line 1, column 71, Statement.Condition.Bool["aws:x"]: expected text, a number, true or false, found an object',
        ],
    ),
    (
        '{"Statement": [{"Effect": "Deny", "Condition": {"Bool": {"aws:x": [null, {}], "b": {}}, "Null": "x"}}]}',
        [
            'line 1, column 68, Statement[0].Condition.Bool["aws:x"][0]: expected text, a number, true or false, found null',
            'line 1, column 74, Statement[0].Condition.Bool["aws:x"][1]: expected text, a number, true or false, found an object',
            "line 1, column 79, Statement[0].Condition.Bool.b: expected text, a number, true or false, found an object",
            "line 1, column 89, Statement[0].Condition.Null: the value of a condition operator must be an object, not text",
        ],
    ),
    ('{"Statement": [{"Effect": "Deny", "Condition": []}]}', ["line 1, column 35, Statement[0].Condition: a condition must be an object, not an array"]),
    (
        '{"Statement": [{"Effect": "Deny", "Effect": "Allow", "Sid": 1}],\n"Statement": []}',
        [
            "line 1, column 35, Statement[0].Effect: this name appears twice in its object",
            "line 1, column 54, Statement[0].Sid: expected text, found a number",
            "line 2, column 1, Statement: this name appears twice in its object",
        ],
    ),
    (
        '{"Statement":[{"Sid":1}]}',
        ["line 1, column 15, Statement[0]: the Effect is missing", "line 1, column 16, Statement[0].Sid: expected text, found a number"],
    ),
    (
        '{"Statement":[{"Sid":1,"Action":"a","NotAction":"b","effect":"Deny"}]}',
        [
            "line 1, column 16, Statement[0].Sid: expected text, found a number",
            "line 1, column 37, Statement[0].NotAction: a statement cannot have both Action and NotAction; write two statements",
            "line 1, column 53, Statement[0].effect: 'effect' is not an element of a statement; did you mean 'Effect'?",
        ],
    ),
    (
        '{"Statement":{"Effect":"deny","Resource":"*","NotResource":"c"}}',
        [
            "line 1, column 15, Statement.Effect: an effect must be 'Allow' or 'Deny', not 'deny'; did you mean 'Deny'?",
            "line 1, column 46, Statement.NotResource: a statement cannot have both Resource and NotResource; write two statements",
        ],
    ),
    (
        '{"Effect":"allow","Foo":1}',
        [
            'line 1, column 1: this is a statement, not a policy document; write {"Statement": [...]}',
            "line 1, column 2, Effect: an effect must be 'Allow' or 'Deny', not 'allow'; did you mean 'Allow'?",
            "line 1, column 19, .Foo: 'Foo' is not an element of a statement",
        ],
    ),
    (
        '{"Statement":[{"Effect":"x","Condition":{"A":{"b":[NaN,1e999]}},},{"Sid":"\\ud800"}]}',
        [
            "line 1, column 16, Statement[0].Effect: an effect must be 'Allow' or 'Deny', not 'x'",
            "line 1, column 52, Statement[0].Condition.A.b[0]: JSON does not allow NaN",
            "line 1, column 56, Statement[0].Condition.A.b[1]: this number is too large",
            "line 1, column 64, Statement[0]: remove the comma before '}'",
            "line 1, column 67, Statement[1]: the Effect is missing",
            "line 1, column 74, Statement[1].Sid: \\ud800 is half of a surrogate pair, not a character",
        ],
    ),
    (
        '{\n  "Statement": [],\n}',
        ["line 2, column 18: remove the comma before '}'"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "lines"), PROBLEMS, ids=[text for text, _ in PROBLEMS])
def test_every_problem_of_a_text_is_listed(text: str, lines: list[str]) -> None:
    """Reading says all that is wrong at once, in the order of the text, with places and suggestions."""
    with pytest.raises(errors.PolicyDocumentError) as caught:
        Policy.from_json(text)
    assert [str(problem) for problem in caught.value.problems] == lines
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize(
    ("text", "lines"),
    [case for case in PROBLEMS if not any(word in str(case) for word in ("twice", "comma"))],
)
def test_every_problem_of_a_dict_is_listed(text: str, lines: list[str]) -> None:
    """The same problems without places, whatever mapping and sequence holds them."""
    with pytest.raises(errors.PolicyDocumentError) as caught:
        Policy.from_dict(json.loads(text))
    assert sorted(problem.message for problem in caught.value.problems) == sorted(
        line.partition("; did you mean")[0].split(": ", maxsplit=1)[1] for line in lines
    )


CODES: dict[errors.ProblemCode, list[str]] = {
    "DATA_TYPE_MISMATCH": ["[]", '{"Statement": 1}', '{"Statement": [], "Id": null}'],
    "DUPLICATE_NAME": ['{"Statement": [], "Statement": []}'],
    "INVALID_EFFECT": ['{"Statement": {"Effect": "allow"}}', '{"Statement": {"Effect": 1}}'],
    "INVALID_POLICY_ELEMENT": ['{"Statement": [], "x": 1}', '{"Statement": {"Effect": "Deny", "x": 1}}'],
    "INVALID_PRINCIPAL_FORMAT": ['{"Statement": {"Effect": "Deny", "Principal": "x"}}'],
    "INVALID_PRINCIPAL_KEY": ['{"Statement": {"Effect": "Deny", "Principal": {"Aws": "x"}}}'],
    "INVALID_VALUE": ['{"Statement": [], "Id": "\\ud800"}', '{"Statement": [], "Id": 1e999}'],
    "JSON_SYNTAX_ERROR": ["", "{'Statement': []}", '{"Statement": [],}', '{"Statement": [], "Id": NaN}'],
    "LIMIT_EXCEEDED": [" " * MAX_CHARACTERS + "{}", "[" * 100, f'{{"Statement": [], "Id": {"9" * 700}}}'],
    "MISSING_EFFECT": ['{"Statement": {}}'],
    "MISSING_STATEMENT": ["{}", '{"Effect": "Deny"}'],
    "UNSUPPORTED_ELEMENT_COMBINATION": ['{"Statement": {"Effect": "Deny", "Action": "a", "NotAction": "b"}}'],
}


@pytest.mark.parametrize("code", get_args(errors.ProblemCode))
def test_every_problem_has_a_code(code: errors.ProblemCode) -> None:
    """Programs tell by it what is wrong."""
    for text in CODES[code]:
        with pytest.raises(errors.PolicyDocumentError) as caught:
            Policy.from_json(text)
        assert code in [problem.code for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("build", "code"),
    [
        (lambda: Principal.account("1"), "INVALID_PRINCIPAL_FORMAT"),
        (lambda: Policy("x"), "DATA_TYPE_MISMATCH"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
        (lambda: Condition("a", "b", 10**640), "LIMIT_EXCEEDED"),
        (lambda: Condition("a", "b", NAN), "INVALID_VALUE"),
        (lambda: Condition("a", "\ud800", "c"), "INVALID_VALUE"),
    ],
)
def test_problems_of_constructors_have_codes(build: Any, code: errors.ProblemCode) -> None:
    """The same as those of texts."""
    with pytest.raises(errors.PolicyDocumentError) as caught:
        build()
    assert [problem.code for problem in caught.value.problems] == [code]


class Repeating(Mapping[str, object]):
    """A mapping that has a name twice, as multidict's and email's have."""

    def __init__(self, *items: tuple[str, object]) -> None:
        self.pairs = items

    def __getitem__(self, name: str) -> object:
        return dict(self.pairs)[name]

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, _ in self.pairs])

    def __len__(self) -> int:
        return len(self.pairs)

    def items(self) -> Any:
        """Return the pairs, repeated names and all."""
        return self.pairs


@pytest.mark.parametrize(
    ("build", "name"),
    [
        (lambda: Statement.from_dict(Repeating(("Effect", "Deny"), ("Effect", "Allow"))), "Effect"),
        (lambda: Policy.from_dict(Repeating(("Statement", []), ("Statement", []))), "Statement"),
        (lambda: Condition.from_dict(Repeating(("Bool", {"a": 1}), ("Bool", {"b": 2}))), "Bool"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
        (lambda: Principal(Repeating(("AWS", "a"), ("AWS", "b"))), "AWS"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    ],
)
def test_a_mapping_that_has_a_name_twice(build: Any, name: str) -> None:
    """Neither wins."""
    with pytest.raises(errors.PolicyDocumentError) as caught:
        build()
    assert caught.value.problems == (
        errors.Problem("DUPLICATE_NAME", "this name appears twice in its object", (name,)),
    )


class Kind(enum.StrEnum):
    """A kind of principal in an enumeration, as a mapping's key."""

    AWS = "AWS"


class Account(str, enum.Enum):  # noqa: UP042 - the older way is the point
    """Text that says something else of itself when it is formatted."""

    PROD = "111122223333"


def test_enumerations_do_not_leak_into_principals() -> None:
    """Neither their kinds, nor the parts of their ARNs."""
    principal = Principal({Kind.AWS: "x"})  # type: ignore[dict-item]  # ty: ignore[invalid-argument-type]
    assert repr(principal) == "Principal({'AWS': 'x'})"
    assert [type(kind) for kind, _ in principal] == [str]
    for built in (
        Principal.account(Account.PROD),
        Principal.account(Text("111122223333"), partition=Text("aws")),
        Principal.arn(Text(ROOT)),
    ):
        assert built == Principal({"AWS": ROOT})
        assert {type(name) for _, name in built} == {str}
    for built in (
        Principal.role("111122223333", Text("App")),
        Principal.user("111122223333", Text("App")),
        Principal.session("111122223333", Text("App"), Text("App")),
        Principal.service(Text("App")),
        Principal.federated(Text("App")),
    ):
        assert "leaked" not in repr(built)


def test_long_and_odd_names_are_shown_short_and_plain() -> None:
    """An error message is not a place for a megabyte, nor for control characters of somebody's document."""
    name = "x" * 100_000
    problems = problems_of({"Statement": [{"Effect": name, name: 1, "\x9b31m\u202e": 1, "\ud800": 1}]})
    assert all(len(problem) < 400 for problem in problems)
    assert all(problem.isprintable() for problem in problems)
    assert problems[2] == (
        "Statement[0][\"\\x9b31m\\u202e\"]: '\\x9b31m\\u202e' is not an element of a statement"
    )


def test_no_more_than_a_thousand_problems_are_collected() -> None:
    """Whoever has more mistakes than these will come back; what they cost is bounded."""
    many: list[Any] = [
        {"Statement": [1] * 5000},
        {"Statement": [], **{f"x{n}": n for n in range(5000)}},
        {"Statement": {"Effect": "Deny", "Action": [1] * 5000}},
        {"Statement": {"Effect": "Deny", "Condition": {"Bool": {f"x{n}": None for n in range(5000)}}}},
        {"Statement": [{"Effect": "Deny", "Action": [1] * 999}] * 3},
        {"Version": 1, **{f"x{n}": n for n in range(5000)}},
        {"Effect": "Deny", **{f"x{n}": n for n in range(5000)}},
    ]
    for data in many:
        assert len(problems_of(data)) == 1000
        with pytest.raises(errors.PolicyDocumentError) as caught:
            Policy.from_json(json.dumps(data))
        assert len(caught.value.problems) == 1000
    repeated = "{" + ",".join(['"x":1'] * 5000) + "}"
    with pytest.raises(errors.PolicyDocumentError) as caught:
        Policy.from_json(repeated)
    assert len(caught.value.problems) == 1000


def test_a_dict_has_the_limits_of_a_text() -> None:
    """What is too long for one is too long for the other: the text has as many characters as the policy writes."""
    document: dict[str, Any] = {"Statement": [], "Id": ""}
    document["Id"] = "x" * (MAX_CHARACTERS - len(json.dumps(document, separators=(",", ":"))))
    text = Policy.from_dict(document).to_json()
    assert len(text) == MAX_CHARACTERS
    assert Policy.from_json(text).to_dict() == document
    document["Id"] += "x"
    with pytest.raises(errors.PolicyDocumentError) as caught:
        Policy.from_dict(document)
    assert caught.value.problems == (
        errors.Problem("LIMIT_EXCEEDED", "the text is longer than 1,048,576 characters"),
    )
    with pytest.raises(errors.PolicyDocumentError, match="the text is longer than 1,048,576 characters"):
        Policy.from_json(json.dumps(document, separators=(",", ":")))


def problems_of(data: Any) -> list[str]:
    """Return what is wrong with a document."""
    with pytest.raises(errors.PolicyDocumentError) as caught:
        Policy.from_dict(data)
    return [str(problem) for problem in caught.value.problems]


def test_a_place_below_a_long_name_is_exact() -> None:
    """A name is cut where it is shown, and nowhere else."""
    text = '{"Statement":{"Effect":"Deny","Condition":{"' + "x" * 200 + '":{"b":[null]}}}}'
    with pytest.raises(
        errors.PolicyDocumentError, match=r'^line 1, column 253, Statement\.Condition\["x{100}…"\]\.b\[0\]: '
    ) as caught:
        Policy.from_json(text)
    assert caught.value.problems[0].steps == ("Statement", "Condition", "x" * 200, "b", 0)


@pytest.mark.parametrize("value", [10**5000, [[]], None], ids=["huge", "nested", "null"])
def test_values_that_cannot_be_shown(value: Any) -> None:
    """What is shown of a value is its type, unless it is text."""
    assert problems_of({"Statement": {"Effect": value}})[0].startswith(
        "Statement.Effect: an effect must be 'Allow' or 'Deny', not "
    )
    problems_of({"Statement": [], 10**5000: 1})


@pytest.mark.parametrize("limit", [640, 0])
def test_numbers_do_not_depend_on_pythons_limit(limit: int) -> None:
    """The lowest limit on digits that Python can be set to, and none at all, change nothing."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(limit)
    try:
        for number in (10**640 - 1, -(10**639) + 1):
            policy = Policy(Statement("Allow", condition=Condition("NumericEquals", "k", number)))
            assert Policy.from_json(policy.to_json()) == policy
            assert str(number) in repr(policy)
        for digits in ("9" * 641, "-" + "9" * 640):
            with pytest.raises(errors.PolicyDocumentError, match="longer than 640 characters"):
                Policy.from_json(f'{{"Statement":{{"Effect":"Deny","Condition":{{"A":{{"b":{digits}}}}}}}}}')
    finally:
        sys.set_int_max_str_digits(before)


def test_cost_grows_linearly(example_text: str) -> None:
    """Reading eight times the statements calls no more than eight times the functions, right or wrong."""
    example = Policy.from_json(example_text)

    def text(times: int, action: str = '"kms:*"') -> str:
        return Policy(example.statements * times).to_json().replace('"kms:*"', action)

    small, large = (calls_of(lambda n=n: Policy.from_json(text(n))) for n in (4, 32))
    assert large < 8.2 * small

    def refused(times: int) -> None:
        with pytest.raises(errors.PolicyDocumentError):
            Policy.from_json(text(times, "1"))

    small, large = (calls_of(lambda n=n: refused(n)) for n in (4, 32))
    assert large < 8.2 * small


def test_dicts_may_be_any_mapping_and_lists_tuples() -> None:
    """What is read from YAML or built by other code is taken as well."""
    statement = MappingProxyType(
        {"Effect": "Allow", "Action": ("a", "b"), "Principal": MappingProxyType({"AWS": "x"})}
    )
    policy = Policy.from_dict(MappingProxyType({"Statement": (statement,)}))
    assert policy.to_dict() == {
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "x"}, "Action": ["a", "b"]}]
    }
    assert Statement.from_dict(statement) == policy.statements[0]


def test_names_in_a_dict_that_are_not_text() -> None:
    """They are refused, not turned into text."""
    data: Any = {"Statement": [{"Effect": "Allow", "Condition": {1: {}, "Bool": {None: "x"}}, 2: 3}]}
    with pytest.raises(errors.PolicyDocumentError) as caught:
        Policy.from_dict(data)
    assert [str(problem) for problem in caught.value.problems] == [
        'Statement[0].Condition["a number"]: expected text, found a number',
        "Statement[0].Condition.Bool.null: expected text, found null",
        'Statement[0]["a number"]: a number is not an element of a statement',
    ]


@pytest.mark.parametrize("value", [None, 1, ["{}"], bytearray(b"{}")], ids=repr)
def test_what_is_not_text_is_refused(value: Any) -> None:
    """``from_json`` takes text and bytes."""
    with pytest.raises(
        errors.PolicyDocumentError, match=r"expected JSON text, found .*; see Policy.from_dict"
    ):
        Policy.from_json(value)


def test_where_the_fast_reader_gives_up_the_strict_one_decides(
    monkeypatch: pytest.MonkeyPatch, example_text: str
) -> None:
    """As it does near the end of Python's stack."""

    def fast(_text: str) -> object:
        raise RecursionError

    monkeypatch.setattr("kmspolicy._text.members", fast)
    assert Policy.from_json(example_text) == example_from_values()


def test_a_policy_of_many_statements_is_read_although_its_brackets_could_be_deep() -> None:
    """The fast reader takes no text that could nest thousands of levels deep; the strict one finds that this does not."""
    text = '{"Statement":[' + ",".join(['{"Effect":"Deny"}'] * MAX_BRACKETS) + "]}"
    with pytest.raises(ValueError, match=r"^$"):
        members(text)
    assert len(Policy.from_json(text).statements) == MAX_BRACKETS


def test_a_pair_of_escapes_in_a_document_is_a_character() -> None:
    """Where the fast reader is in doubt, the strict one decides."""
    policy = Policy.from_json('{"Id":"\\ud83d\\ude00","Statement":[]}')
    assert policy.id == "\U0001f600"
    assert Policy.from_json(policy.to_json()) == policy
