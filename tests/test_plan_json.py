"""Plans as JSON: what is written, and everything that is not read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from attrs import evolve

from kmspolicy import Caller, Plan, Policy, Principal, allow, errors, statements

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNT, OTHER = "111122223333", "444455556666"
ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
APP = Principal.role(ACCOUNT, "App")
ROOT = statements.enable_iam_policies(ACCOUNT)
BEFORE = Policy([ROOT])
AFTER = BEFORE.with_statement(allow("kms:Decrypt").to(APP).named("Ä „x“ \\"))
PLAN = Plan(
    ARN,
    BEFORE.to_json(indent=2),
    AFTER.to_json(),
    caller=Caller(
        APP,
        {
            "aws:PrincipalOrgID": "o-a1b2c3d4e5",
            "aws:CurrentTime": datetime(2030, 1, 1, tzinfo=UTC),
            "aws:MultiFactorAuthPresent": [True],
            "aws:MultiFactorAuthAge": [1, 1.5],
            "aws:SourceVpce": [],
        },
    ),
    bypass_policy_lockout_safety_check=True,
)
FIELDS: dict[str, Any] = {
    "version": 1,
    "key_id": ARN,
    "current_text": BEFORE.to_json(indent=2),
    "new_text": AFTER.to_json(),
    "account": ACCOUNT,
    "key_arn": ARN,
    "partition": "aws",
    "caller": {
        "principal": f"arn:aws:iam::{ACCOUNT}:role/App",
        "context": {
            "aws:PrincipalOrgID": ["o-a1b2c3d4e5"],
            "aws:CurrentTime": [{"datetime": "2030-01-01T00:00:00+00:00"}],
            "aws:MultiFactorAuthPresent": [True],
            "aws:MultiFactorAuthAge": [1, 1.5],
            "aws:SourceVpce": [],
        },
    },
    "bypass_policy_lockout_safety_check": True,
}


def saved(fields: dict[str, Any]) -> str:
    """Return fields as text with the right digest, as somebody could write it."""
    digest = sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
    return json.dumps({**fields, "sha256": digest}, indent=1)


def test_what_is_written() -> None:
    """What the plan is made of, and the digest; nothing that follows from it."""
    written = json.loads(PLAN.to_json())
    digest = written.pop("sha256")
    assert written == FIELDS
    assert PLAN.to_json() == json.dumps({**FIELDS, "sha256": digest})
    assert saved(FIELDS) == PLAN.to_json(indent=1)


def test_what_is_read_is_the_plan() -> None:
    """Whatever the layout of the text, and with what is not known of the key; the rest is worked out from the texts."""
    for plan in (PLAN, Plan("a-key", BEFORE.to_json(), AFTER.to_json(), partition="aws-cn")):
        for text in (plan.to_json(), plan.to_json(indent=4), plan.to_json().encode()):
            assert Plan.from_json(text) == plan
        in_another_order = dict(sorted(json.loads(plan.to_json()).items(), reverse=True))
        read = Plan.from_json(json.dumps(in_another_order, ensure_ascii=False))
        assert (read, str(read), read.findings) == (plan, str(plan), plan.findings)


class Refused(NamedTuple):
    """A change of the fields, after which the digest is right again, and the first line about it."""

    name: str
    change: Callable[[dict[str, Any]], object]
    says: str


def _without(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda fields: fields.pop(name)


def _with(**values: object) -> Callable[[dict[str, Any]], object]:
    return lambda fields: fields.update(values)


def _with_caller(**values: object) -> Callable[[dict[str, Any]], object]:
    return lambda fields: fields["caller"].update(values)


TEXT = "expected text, found"
NOT_A_POLICY = '{"Statement": [{"Effect": "Perhaps"}]}'
REFUSED = [
    Refused(
        "a version to come",
        _with(version=2, plan="in another form"),
        "line 2, column 2, .version: this is a plan of version 2; this version of kmspolicy reads version 1",
    ),
    Refused("no version", _without("version"), "line 1, column 1: the field 'version' is missing"),
    Refused(
        "a version as text",
        _with(version="1"),
        "line 2, column 2, .version: expected the number 1, found text",
    ),
    Refused(
        "true as version",
        _with(version=True),
        "line 2, column 2, .version: expected the number 1, found true or false",
    ),
    Refused("no new text", _without("new_text"), "line 1, column 1: the field 'new_text' is missing"),
    Refused("a new field", _with(new={}), "line 31, column 2, .new: a plan does not have this field"),
    Refused("a number as key id", _with(key_id=5), f"line 3, column 2, .key_id: {TEXT} a number"),
    Refused("a document as text", _with(new_text={}), f"line 5, column 2, .new_text: {TEXT} an object"),
    Refused(
        "a number as account",
        _with(account=111122223333),
        "line 6, column 2, .account: expected text or null, found",
    ),
    Refused("no partition", _with(partition=None), f"line 8, column 2, .partition: {TEXT} null"),
    Refused(
        "a bypass as text",
        _with(bypass_policy_lockout_safety_check="false"),
        "line 30, column 2, .bypass_policy_lockout_safety_check: expected true or false, found text",
    ),
    Refused(
        "a caller as text",
        _with(caller="App"),
        "line 9, column 2, .caller: expected an object or null, found text",
    ),
    Refused(
        "a caller without context",
        _with(caller={"principal": "111122223333"}),
        "line 9, column 2, .caller: the field 'context' is missing",
    ),
    Refused("more of a caller", _with_caller(name="x"), "caller.name: a plan does not have this field"),
    Refused(
        "a context as list", _with_caller(context=[]), "caller.context: expected an object, found an array"
    ),
    Refused(
        "a value of a context that is not in a list",
        _with_caller(context={"aws:SourceIp": "::"}),
        'caller.context["aws:SourceIp"]: expected an array, found text',
    ),
    Refused(
        "a value that no context has",
        _with_caller(context={"aws:SourceIp": [None]}),
        "line 9, column 2, .caller: aws:SourceIp: expected text, a boolean, a finite number",
    ),
    Refused(
        "a time that is none",
        _with_caller(context={"aws:CurrentTime": [{"datetime": 5}]}),
        "line 9, column 2, .caller: Invalid isoformat string: '5'",
    ),
    Refused(
        "a service that puts a policy",
        _with_caller(principal="s3.amazonaws.com"),
        "s3.amazonaws.com is a service",
    ),
    Refused(
        "another account than the key's",
        _with(account=OTHER),
        f"in account {ACCOUNT}, not in account {OTHER}",
    ),
    Refused(
        "another key",
        _with(key_arn=ARN.replace("1234abcd", "5678abcd")),
        "and the key ARN is another: 'arn:aws:kms:",
    ),
    Refused(
        "a new text that is not a policy",
        _with(new_text=NOT_A_POLICY),
        "line 5, column 2, .new_text: this is not a policy: line 1, column",
    ),
    Refused(
        "a current text that is not JSON",
        _with(current_text="{,}"),
        "line 4, column 2, .current_text: this is not a policy: line 1, column 2: ",
    ),
]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.name)
def test_what_is_not_a_plan(row: Refused) -> None:
    """It is refused with what is wrong and where, even if its digest is right."""
    fields: dict[str, Any] = json.loads(json.dumps(FIELDS))
    row.change(fields)
    with pytest.raises(errors.PlanError) as caught:
        Plan.from_json(saved(fields))
    headline, first, *_ = str(caught.value).splitlines()
    assert headline == "this plan cannot be read:"
    assert row.says in first


@pytest.mark.parametrize("field", [name for name in FIELDS if name != "version"])
def test_a_plan_that_was_altered(field: str) -> None:
    """Whichever field it was, be it to something that could be there."""
    others: dict[str, Any] = {
        "key_id": "another-key",
        "current_text": AFTER.to_json(),
        "new_text": BEFORE.to_json(),
        "key_arn": None,
        "account": None,
        "partition": "aws-cn",
        "caller": None,
        "bypass_policy_lockout_safety_check": False,
    }
    written = {**json.loads(PLAN.to_json()), field: others[field]}
    with pytest.raises(
        errors.PlanError, match="sha256: this is not the digest of the other fields: the plan was altered"
    ):
        Plan.from_json(json.dumps(written))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1, column 1: the text ends where a value is expected"),
        ("[]", "line 1, column 1: a plan is a JSON object, not an array"),
        (BEFORE.to_json(), "line 1, column 1: the field 'version' is missing"),
        (PLAN.to_json()[:-1], "the text ends where ',' or '}' is expected"),
        (PLAN.to_json().replace('"account"', '"key_id"'), "key_id: this name appears twice in its object"),
        (
            PLAN.to_json().replace("1.5", "NaN"),
            'caller.context["aws:MultiFactorAuthAge"][1]: JSON does not allow NaN',
        ),
        (b"\xff", "line 1, column 1: this byte is not UTF-8"),
        (json.loads(PLAN.to_json()), "expected JSON text, not dict"),
    ],
    ids=["nothing", "a list", "a policy", "cut off", "twice", "not a number", "not UTF-8", "a dict"],
)
def test_texts_that_cannot_be_read(text: Any, says: str) -> None:
    """Strictly read, like the text of a policy."""
    with pytest.raises(errors.PlanError) as caught:
        Plan.from_json(text)
    assert says in str(caught.value)


def test_all_problems_are_told_in_order() -> None:
    """With their codes, steps, lines and columns for programs; many are cut where people read them."""
    fields = {**FIELDS, "key_id": 5, "partition": None, "caller": {"principal": "x"}}
    with pytest.raises(errors.PlanError) as caught:
        Plan.from_json(saved(fields))
    assert [(problem.code, problem.steps, problem.line) for problem in caught.value.problems] == [
        ("DATA_TYPE_MISMATCH", ("key_id",), 3),
        ("DATA_TYPE_MISMATCH", ("partition",), 8),
        ("INVALID_VALUE", ("caller",), 9),
    ]
    with pytest.raises(errors.PlanError, match=r"\n  and 10 more$"):
        Plan.from_json(json.dumps({**json.loads(PLAN.to_json()), **{f"x{n}": n for n in range(30)}}))


def test_a_digest_is_of_the_values() -> None:
    """It does not change with the plan's caches or the text's layout, and changes with each value."""
    plan = Plan.from_json(PLAN.to_json())
    assert plan.diff
    assert plan.to_json() == PLAN.to_json()
    assert evolve(plan, new_text=BEFORE.to_json()).to_json()[-66:] != PLAN.to_json()[-66:]
