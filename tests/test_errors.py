"""The tree of exceptions."""

from __future__ import annotations

import copy
import inspect
import json
import pickle

import pytest

from kmspolicy import errors

SERVICE_ERRORS = [
    cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, errors.ServiceError) and cls is not errors.ServiceError
]
DOCUMENTED = [
    "DependencyTimeoutException",
    "InvalidArnException",
    "KMSInternalException",
    "KMSInvalidStateException",
    "LimitExceededException",
    "MalformedPolicyDocumentException",
    "NotFoundException",
    "UnsupportedOperationException",
]


def test_the_drawing_is_the_tree() -> None:
    """The tree in the module's docstring names every class, below its base."""
    path: dict[int, str] = {}
    drawn: dict[str, str | None] = {}
    for line in (errors.__doc__ or "").splitlines():
        name = line.lstrip(" │├└─").split()[:1]
        if name and line.startswith("    ") and hasattr(errors, name[0]):
            depth = line.index(name[0])
            path = {at: above for at, above in path.items() if at < depth}
            drawn[name[0]] = path[max(path)] if path else None
            path[depth] = name[0]
    classes = {
        name: cls
        for name, cls in inspect.getmembers(errors, inspect.isclass)
        if issubclass(cls, errors.KeyPolicyError)
    }
    assert drawn == {
        name: None if cls is errors.KeyPolicyError else cls.__bases__[0].__name__
        for name, cls in classes.items()
    }


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_eight_documented_exceptions_have_awss_names(name: str) -> None:
    """Whoever searches for AWS's name finds the class."""
    assert issubclass(getattr(errors, name), errors.ServiceError)


@pytest.mark.parametrize(
    ("cls", "builtin"),
    [
        (errors.PolicyDocumentError, ValueError),
        (errors.ConditionConflictError, ValueError),
        (errors.BuilderError, ValueError),
        (errors.KeyIdError, ValueError),
        (errors.PlanError, ValueError),
        (errors.SourceError, ValueError),
        (errors.SidError, LookupError),
    ],
)
def test_errors_of_values_are_builtin_errors_too(cls: type[Exception], builtin: type[Exception]) -> None:
    """Code that knows only Python's own exceptions catches them."""
    assert issubclass(cls, builtin)


@pytest.mark.parametrize("cls", [*SERVICE_ERRORS, errors.NoAnswerError])
def test_an_error_can_be_raised_in_a_test_without_any_facts(cls: type[errors.CallError]) -> None:
    """Everything but the message has a default."""
    error = cls("a message")
    assert (error.message, error.code, error.attempts) == ("a message", cls.__name__, 1)
    assert (error.status, error.request_id, error.key_id, error.outcome_unknown) == (None, None, None, False)
    assert cls("").message == ""
    assert error.args == ("a message",)


@pytest.mark.parametrize("cls", SERVICE_ERRORS)
def test_which_answers_are_safe_to_repeat(cls: type[errors.ServiceError]) -> None:
    """Three of AWS's errors say so by themselves, and an unknown one by its status."""
    safe = {"DependencyTimeoutException", "KMSInternalException", "ThrottlingException"}
    assert cls().is_retry_safe == (cls.__name__ in safe)
    assert cls(status=503).is_retry_safe == (cls.__name__ in {*safe, "UnknownServiceError"})
    assert cls(status=499).is_retry_safe == (cls.__name__ in safe)
    assert cls(is_retry_safe=True).is_retry_safe


def test_the_text_says_what_happened_where_and_what_to_do() -> None:
    """One line holds what an engineer on call needs."""
    error = errors.NotFoundException(
        "Key 'k' does not exist", status=400, request_id="r-1", key_id="k", attempts=2, outcome_unknown=True
    )
    assert str(error) == (
        "NotFoundException: \"Key 'k' does not exist\" "
        "(key 'k', HTTP 400, request r-1, 2 requests sent, the write may have taken effect). "
        "Check the key id and the client's Region and account; an alias is not a key id."
    )


def test_the_text_without_facts() -> None:
    """An empty message is said to be one."""
    assert str(errors.ValidationException()) == ("ValidationException: no message was given (1 request sent)")


def test_the_words_of_a_server_cannot_pose_as_ours() -> None:
    """They stand in quotes, on one line, and what cannot be seen is an escape; attributes keep them as they came."""
    error = errors.UnknownServiceError(
        "ok (key k, HTTP 200)\nThe policy was put.\x9b2J\u202e",
        code="Fine: all done",
        request_id="r) \x1b[2J",
        key_id="k\u2028",
    )
    assert str(error) == (
        "'Fine: all done': 'ok (key k, HTTP 200)\\nThe policy was put.\\x9b2J\\u202e' "
        "(key 'k\\u2028', request 'r) \\x1b[2J', 1 request sent)"
    )
    assert error.message.endswith("\x9b2J\u202e")
    assert error.code == "Fine: all done"


def test_a_long_message_is_cut() -> None:
    """The page of a proxy does not fill the terminal; ``message`` has all of it."""
    error = errors.NoAnswerError("x" * 1312)
    assert str(error) == f"NoAnswerError: '{'x' * 1000}'… and 312 more characters (1 request sent)"
    assert len(error.message) == 1312


def test_every_error_can_be_shown() -> None:
    """Whoever makes an error of this library gives it text as it is; only line ends are kept."""
    assert str(errors.SidError("a\x85b\nc\u202e")) == "a\\x85b\nc\\u202e"
    assert str(errors.Problem("INVALID_VALUE", "a\nb", ("x", "\u2028"), suggestion="\x9b")) == (
        ".x[\"\\u2028\"]: a\\nb; did you mean '\\x9b'?"
    )
    assert str(errors.PolicyChangedError("k\n", "", "")) == (
        "the policy of key 'k\\n' has changed since the plan was made; make a new plan"
    )


def test_problems_are_listed() -> None:
    """One problem is one line; several are counted and listed."""
    where = errors.Problem(
        "INVALID_POLICY_ELEMENT", "'effect' is not an element", ("Statement", 0, "effect"), 3, 7, "Effect"
    )
    what = errors.Problem("MISSING_STATEMENT", "the Statement is missing")
    one, two = errors.PolicyDocumentError([where]), errors.PolicyDocumentError([what, where])
    assert (
        str(one)
        == "line 3, column 7, Statement[0].effect: 'effect' is not an element; did you mean 'Effect'?"
    )
    assert (
        str(two)
        == f"this is not a key policy document; it has 2 problems:\n  the Statement is missing\n  {one}"
    )
    assert two.problems == (what, where)


def test_a_problem_as_json() -> None:
    """It has all fields, the steps in full beside the path that people read."""
    name = "x" * 200
    problem = errors.Problem("MISSING_EFFECT", "the Effect is missing", ("Statement", 0, name), 3, 7)
    written = problem.to_dict()
    assert json.loads(json.dumps(written)) == written
    assert written == {
        "code": "MISSING_EFFECT",
        "message": "the Effect is missing",
        "path": f'Statement[0]["{name[:100]}…"]',
        "steps": ["Statement", 0, name],
        "line": 3,
        "column": 7,
        "suggestion": None,
    }


def test_a_long_list_of_problems_is_cut() -> None:
    """A document with a thousand problems does not flood the terminal; ``problems`` has them all."""
    error = errors.PolicyDocumentError([errors.Problem("INVALID_VALUE", f"number {n}") for n in range(1000)])
    assert len(error.problems) == 1000
    assert str(error).splitlines()[-1] == "  and 980 more"
    assert len(str(error).splitlines()) == 22


@pytest.mark.parametrize(
    "error",
    [
        errors.PolicyDocumentError([errors.Problem("INVALID_VALUE", "m", ("p", 0), 1, 2, "s")]),
        errors.ConditionConflictError("a conflict"),
        errors.SidError("no such Sid"),
        errors.KeyIdError("an alias"),
        errors.UnknownServiceError("m", code="New", status=503, request_id="r", key_id="k", attempts=3),
        errors.NoAnswerError("m", is_retry_safe=True, outcome_unknown=True),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_survive_pickle_and_copy(error: errors.KeyPolicyError) -> None:
    """They cross processes with all their facts and notes."""
    error.add_note("a note")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):  # noqa: S301
        assert type(twin) is type(error)
        assert (str(twin), twin.args, twin.__dict__) == (str(error), error.args, error.__dict__)
