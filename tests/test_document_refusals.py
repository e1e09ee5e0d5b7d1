"""What constructors refuse, and mappings and values that are not JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import pytest

from kmspolicy import Condition, Policy, Principal, Statement, errors

ADMIN = Statement(
    "Allow", principal=Principal.account("111122223333"), action="kms:*", resource="*", sid="admin"
)
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


@pytest.mark.parametrize(
    ("build", "code"),
    [
        pytest.param(
            lambda: Principal.account("1"), "INVALID_PRINCIPAL_FORMAT", id="an account id of one digit"
        ),
        pytest.param(lambda: Policy("x"), "DATA_TYPE_MISMATCH", id="a text as statements"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
        pytest.param(lambda: Condition("a", "b", 10**640), "LIMIT_EXCEEDED", id="too long a number"),
        pytest.param(lambda: Condition("a", "b", NAN), "INVALID_VALUE", id="not a number"),
        pytest.param(lambda: Condition("a", "\ud800", "c"), "INVALID_VALUE", id="half a character"),
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
        pytest.param(
            lambda: Statement.from_dict(Repeating(("Effect", "Deny"), ("Effect", "Allow"))),
            "Effect",
            id="a statement",
        ),
        pytest.param(
            lambda: Policy.from_dict(Repeating(("Statement", []), ("Statement", []))),
            "Statement",
            id="a policy",
        ),
        pytest.param(
            lambda: Condition.from_dict(Repeating(("Bool", {"a": 1}), ("Bool", {"b": 2}))),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
            "Bool",
            id="a condition",
        ),
        pytest.param(lambda: Principal(Repeating(("AWS", "a"), ("AWS", "b"))), "AWS", id="a principal"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    ],
)
def test_a_mapping_that_has_a_name_twice(build: Any, name: str) -> None:
    """Neither wins."""
    with pytest.raises(errors.PolicyDocumentError) as caught:
        build()
    assert caught.value.problems == (
        errors.Problem("DUPLICATE_NAME", "this name appears twice in its object", (name,)),
    )


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
