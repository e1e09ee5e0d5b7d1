"""Whatever a document says, what is shown of it has nothing unseen in it, and nothing that poses as ours."""

from __future__ import annotations

import json
import warnings
from hashlib import sha256
from io import StringIO
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from kmspolicy import (
    Condition,
    KeyPolicyError,
    Plan,
    Policy,
    Principal,
    Request,
    Statement,
    access,
    allow,
    check,
    compare,
    conditions,
    decide,
    deny,
    diff,
    explain,
    matching,
    prove,
    statements,
)
from kmspolicy._render import _show
from kmspolicy._render._access import html_of, svg_of
from kmspolicy.errors import PolicyChangedError, PolicyCheckError, UnknownWordWarning, WaitTimeoutError
from property.hostile import (
    CONTEXTS,
    DOCUMENTS,
    HOSTILE_CALLER,
    MALLORY,
    TEXTS,
    WORDS_OF_A_SERVER,
    posing,
    raw,
    texts_of,
)
from property.strategies import ACCOUNT, CALLERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POLICIES = DOCUMENTS.map(Policy.from_dict)


def assert_safe(texts: Iterator[str]) -> None:
    """Assert of each text that nothing in it is raw, and nothing poses."""
    for text in texts:
        assert raw(text) == [], text
        assert posing(text) == [], text


@given(POLICIES)
def test_explanations(policy: Policy) -> None:
    """Of policies and statements."""
    assert_safe(iter([explain(policy), *map(explain, policy.statements)]))


@given(
    POLICIES,
    CONTEXTS,
    st.sampled_from([*CALLERS, HOSTILE_CALLER]),
    st.sampled_from(["kms:Decrypt", "kms:PutKeyPolicy"]),
)
def test_decisions(policy: Policy, context: dict[str, Any], caller: str, action: str) -> None:
    """Of requests, whose context is somebody else's, too."""
    assert_safe(iter([explain(decide(policy, Request(caller, action, context)))]))


@given(POLICIES, POLICIES)
def test_proofs(before: Policy, after: Policy) -> None:
    """Their claims, reasons and witnesses: requests made of what the policies name."""
    compared = compare(before, after)
    verdicts = [
        prove.no_public_access(after),
        prove.access_not_granted(after, principal=HOSTILE_CALLER),
        prove.always_granted(after, HOSTILE_CALLER, "kms:Decrypt"),
        prove.grants_at_most(after, before),
    ]
    assert_safe(iter([str(compared), compared.reason, *map(str, verdicts)]))


@given(POLICIES)
def test_access_tables(policy: Policy) -> None:
    """For terminals, for notebooks, and as a picture, each line of which is an element."""
    table = access(policy)
    picture = fromstring(svg_of(table, "Access"))  # noqa: S314 - our own
    assert_safe(iter([str(table), *texts_of(html_of(table)), *picture.itertext()]))


@given(POLICIES, POLICIES, st.integers(20, 200))
def test_answers_of_any_width(before: Policy, after: Policy, width: int) -> None:
    """In narrow terminals, in notebooks, and printed by rich, whose own markup is not read in them."""
    for answer in (before, access(after), diff(before, after), compare(before, after), check(after)):
        assert_safe(iter([_show.text(answer, width=width), *texts_of(_show.html(answer))]))
        console = Console(file=StringIO(), width=width)
        with console.capture() as captured:
            console.print(answer)
        assert raw(captured.get().replace("\n", " ")) == []


@given(POLICIES, POLICIES, WORDS_OF_A_SERVER)
def test_differences_and_plans(before: Policy, after: Policy, key_id: str) -> None:
    """And the errors that show them."""
    difference = diff(before, after)
    plan = Plan(key_id, before.to_json(), after.to_json())
    changes = [str(change) for change in (*difference.gained, *difference.lost)]
    changed = PolicyChangedError(key_id, before.to_json(), after.to_json(), str(difference))
    late = WaitTimeoutError(key_id, after.to_json(), str(difference))
    assert_safe(iter([str(difference), *changes, str(plan), str(changed), str(late)]))


@given(POLICIES, st.sampled_from([ACCOUNT, HOSTILE_CALLER]), st.sampled_from([None, "444455556666"]))
def test_findings(policy: Policy, caller: str, account: str | None) -> None:
    """Their messages too, which are sentences of ours with names of the document and of the caller."""
    findings = check(policy, caller=caller, account=account)
    assert_safe(text for finding in findings for text in (str(finding), finding.message))
    if findings:
        assert_safe(iter([str(PolicyCheckError(findings))]))


X = f"{MALLORY} x"
RARE: dict[str, tuple[dict[str, Any], str]] = {
    "ALL_ACTIONS_FOR_ANOTHER_ACCOUNT": ({"Principal": {"AWS": HOSTILE_CALLER}}, "444455556666"),
    "IAM_POLICIES_DECIDE": ({"Principal": {"AWS": ACCOUNT}, "Action": "kms:PutKeyPolicy"}, ACCOUNT),
    "OVERLY_PERMISSIVE_CONDITION": (
        {"Condition": {"ForAllValues:StringEquals": {f"kms:EncryptionContext:{X}": "1"}}},
        ACCOUNT,
    ),
    "FOR_ALL_VALUES_WITH_SINGLE_VALUED_KEY": (
        {"Condition": {"ForAllValues:StringEquals": {f"aws:PrincipalTag/{X}": "1"}}},
        ACCOUNT,
    ),
    "CONDITION_MATCHES_ABSENT_KEY": (
        {"Condition": {"StringEqualsIfExists": {f"aws:PrincipalTag/{X}": "1"}}},
        ACCOUNT,
    ),
    "TYPE_MISMATCH": ({"Condition": {"NumericEquals": {f"aws:PrincipalTag/{X}": "1"}}}, ACCOUNT),
    "UNSUPPORTED_ACTION_FOR_CONDITION_KEY": (
        {"Action": "kms:PutKeyPolicy", "Condition": {"StringEquals": {f"kms:EncryptionContext:{X}": "1"}}},
        ACCOUNT,
    ),
    "INVALID_GLOBAL_CONDITION_KEY": ({"Condition": {"StringEquals": {f"aws:{X}": "1"}}}, ACCOUNT),
}


@pytest.mark.parametrize("code", RARE)
def test_findings_that_are_rare_among_the_above(code: str) -> None:
    """Each shows a name that has the form of an ARN or a key, and words in it."""
    given, account = RARE[code]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*", **given}
    findings = check(Policy.from_dict({"Statement": statement}), caller=HOSTILE_CALLER, account=account)
    assert code in {finding.code for finding in findings}
    assert_safe(iter(map(str, findings)))


@given(POLICIES, POLICIES)
def test_values_at_a_prompt(policy: Policy, other: Policy) -> None:
    """Python's own words for a value break no terminal; they are code, in which all texts are quoted."""
    decision = decide(policy, Request(ACCOUNT, "kms:Decrypt"))
    for value in (policy, access(policy), diff(policy, other), check(policy), decision):
        assert raw(repr(value)) == []


def _document(text: str) -> dict[str, Any]:
    """Return a document in which nothing is right."""
    conditions = {text: {text: [None]}}
    statement = {"Effect": text, text: 1, "Principal": {text: 1}, "Action": [None], "Condition": conditions}
    return {"Statement": statement, text: text}


def _saved(key_id: str, text: str, **fields: object) -> str:
    """Return a plan as JSON whose digest is right."""
    values = {**json.loads(Plan(key_id, text, text).to_json()), **fields}
    del values["sha256"]
    digest = sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    return json.dumps({**values, "sha256": digest})


KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_NO_TEXT: Any = 1
_NO_VALUE: Any = ["x"]
_TAKERS: dict[str, Callable[[Any], object]] = {
    "a document": lambda text: Policy.from_dict(_document(text)),
    "a text": lambda text: Policy.from_json(json.dumps(_document(text))),
    "a text that is not JSON": Policy.from_json,
    "a name that stands twice": lambda text: Policy.from_json(f"{{{json.dumps(text)}: 1, {json.dumps(text)}: 1}}"),
    "a principal as text": lambda text: Statement.from_dict({"Effect": "Allow", "Principal": text}),
    "an effect": Statement,
    "an action": allow,
    "an action of a Deny": deny,
    "a pattern of actions": matching,
    "an ARN": Principal.arn,
    "an account": Principal.account,
    "a role": lambda text: Principal.role(ACCOUNT, text),
    "a user of an account": lambda text: Principal.user(text, text),
    "a session": lambda text: Principal.session(ACCOUNT, "App", text),
    "a service": Principal.service,
    "a principal to rename": lambda text: Principal.account(ACCOUNT).rename(text, ACCOUNT),
    "a caller": lambda text: Request(text, "kms:Decrypt"),
    "an action of a request": lambda text: Request(ACCOUNT, text),
    "a key of a request": lambda text: Request(ACCOUNT, "kms:Decrypt", {text: "1"}),
    "a key with a wrong value": lambda text: Request(ACCOUNT, "kms:Decrypt", {f"kms: {text}": float("nan")}),
    "the account of a key": lambda text: Request(ACCOUNT, "kms:Decrypt", account=text),
    "a Sid": lambda text: Policy([Statement("Allow", sid=text + text)]).without_statement(text),
    "a Sid that stands twice": lambda text: Policy([Statement("Allow", sid=text)] * 2).without_statement(text),
    "a condition that is there": lambda text: Condition(text, text, text) & Condition(text, text, text),
    "a tag": lambda text: conditions.principal_tag(f"*{text}"),
    "a key of a variable": lambda text: conditions.principal_tag(f"a {text}").variable(),
    "a value of an account": conditions.caller_account.equals,
    "the key of a list": lambda text: conditions.principal_tag(f"a {text}").equals(_NO_VALUE),
    "the key of a wrong value": lambda text: conditions.principal_tag(f"a {text}").equals(_NO_TEXT),
    "a service to go through": lambda text: statements.use_through_service(text, account=ACCOUNT),
    "a trail": statements.cloudtrail_encrypts_logs,
    "a partition": lambda text: statements.cloudwatch_logs("eu-west-1", ACCOUNT, partition=text),
    "a plan": lambda text: Plan.from_json(json.dumps(json.loads(_saved(text, text)) | {text: text, "account": [text]})),
    "a plan that is not JSON": Plan.from_json,
    "a plan with texts that are not policies": lambda text: Plan.from_json(_saved(text, json.dumps(_document(text)))),
    "a plan of another caller": lambda text: Plan.from_json(_saved(text, "{}", caller={"principal": text, "context": {}})),
    "a plan with a context": lambda text: Plan.from_json(
        _saved(text, "{}", caller={"principal": ACCOUNT, "context": {text: [None]}})
    ),
    "a plan with a time": lambda text: Plan.from_json(
        _saved(text, "{}", caller={"principal": ACCOUNT, "context": {"aws:CurrentTime": [{"datetime": text}]}})
    ),
    "a plan of another account": lambda text: Plan.from_json(_saved(text, "{}", account=text)),
    "a plan of another key": lambda text: Plan.from_json(_saved(KEY_ARN, "{}", key_arn=f"{KEY_ARN}{text}")),
}  # fmt: skip


@given(TEXTS)
@pytest.mark.parametrize("taker", _TAKERS.values(), ids=_TAKERS)
def test_what_is_refused(taker: Callable[[Any], object], text: str) -> None:
    """Each error says what it was given; so does a warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UnknownWordWarning)
        try:
            taker(text)
        except KeyPolicyError as error:
            assert_safe(iter([str(error), *map(str, error.args)]))
    assert_safe(str(warning.message) for warning in caught)


def test_the_tests_above_can_fail() -> None:
    """Both questions have an answer other than no."""
    assert raw("a\x9bb\u202e\n") == ["\x9b", "\u202e"]
    assert posing(f"Allows 'x'\n{MALLORY}: 'y'") == [f"{MALLORY}: 'y'"]
    assert posing(f"a caller's '{MALLORY} \\' x' or \"{MALLORY}\", Statement[0].{MALLORY}") == []
