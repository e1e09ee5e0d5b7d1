"""Policy, Statement, Principal and Condition as values, and their text."""

from __future__ import annotations

import enum
import json
import pickle
from typing import Any

import attrs
import pytest

from kmspolicy import Condition, Policy, Principal, Statement
from support import example_from_values

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


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        pytest.param(Policy([]), '{"Version":"2012-10-17","Statement":[]}', id="no statement"),
        pytest.param(Policy([], version=None), '{"Statement":[]}', id="no Version"),
        pytest.param(
            Policy([], id="é ÿ €", version="2008-10-17"),
            '{"Version":"2008-10-17","Id":"é ÿ €","Statement":[]}',
            id="an Id beyond ASCII",
        ),
        pytest.param(
            Policy(Statement("Deny"), version=None),
            '{"Statement":{"Effect":"Deny"}}',
            id="a statement without a list",
        ),
        pytest.param(
            Policy([Statement("Deny", sid="")], version=None),
            '{"Statement":[{"Sid":"","Effect":"Deny"}]}',
            id="an empty Sid",
        ),
        pytest.param(
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
            id="all that can be excepted",
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
