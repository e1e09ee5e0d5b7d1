"""Every problem of a text or a dict: where it is, its words, its code, and how many are listed."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from kmspolicy import Policy, errors
from kmspolicy._text import MAX_BRACKETS, MAX_CHARACTERS, members
from support import calls_of, example_from_values

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
