"""Adding principals to a statement of a policy, and taking them out."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmspolicy import Policy, Principal, Statement, diff, errors

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
APP = f"arn:aws:iam::{ACCOUNT}:role/App"
OTHER = f"arn:aws:iam::{ACCOUNT}:role/Other"
LOGS = "logs.us-east-1.amazonaws.com"


def statement(element: Any, sid: str | None = "use", effect: str = "Allow") -> dict[str, Any]:
    """Return a statement about some principals."""
    label = {} if sid is None else {"Sid": sid}
    return {**label, "Effect": effect, "Principal": element, "Action": "kms:Decrypt", "Resource": "*"}


def policy(*statements: dict[str, Any]) -> Policy:
    """Return a policy with these statements after one that belongs to the account."""
    return Policy.from_dict(
        {"Version": "2012-10-17", "Id": "x", "Statement": [statement(ROOT_ALONE, "admin"), *statements]}
    )


ROOT_ALONE = {"AWS": ROOT}


def all_but_app(sid: str) -> dict[str, Any]:
    """Return a statement that denies all but a role."""
    elements = statement({}, sid, "Deny")
    del elements["Principal"]
    return elements | {"NotPrincipal": {"AWS": APP}}


class Case(NamedTuple):
    """What a statement has, what is added or taken out, and what it has then."""

    name: str
    before: Any
    principal: Any
    after: Any


ADDED = [
    Case("another role", {"AWS": APP}, {"AWS": OTHER}, {"AWS": [APP, OTHER]}),
    Case("a role to a list", {"AWS": [APP, ROOT]}, {"AWS": OTHER}, {"AWS": [APP, ROOT, OTHER]}),
    Case("a role that is there", {"AWS": [APP]}, {"AWS": APP}, {"AWS": [APP]}),
    Case("two, of which one is there", {"AWS": APP}, {"AWS": [APP, OTHER]}, {"AWS": [APP, OTHER]}),
    Case("a service", {"AWS": APP}, {"Service": LOGS}, {"AWS": APP, "Service": LOGS}),
    Case("an account that is there by its ARN", {"AWS": ROOT}, {"AWS": ACCOUNT}, {"AWS": ROOT}),
    Case("an account that is there by its id", {"AWS": ACCOUNT}, {"AWS": ROOT}, {"AWS": ACCOUNT}),
    Case(
        "an account of another partition",
        {"AWS": ROOT},
        {"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"},
        {"AWS": [ROOT, f"arn:aws-cn:iam::{ACCOUNT}:root"]},
    ),
    Case("another account", {"AWS": ACCOUNT}, {"AWS": "444455556666"}, {"AWS": [ACCOUNT, "444455556666"]}),
    Case("everyone who is there", {"AWS": ["*", APP]}, "*", {"AWS": ["*", APP]}),
    Case("a role beside everyone in a list", {"AWS": ["*"]}, {"AWS": APP}, {"AWS": ["*", APP]}),
]
TAKEN_OUT = [
    Case("one of two", {"AWS": [APP, OTHER]}, {"AWS": OTHER}, {"AWS": [APP]}),
    Case("who is not there", {"AWS": APP}, {"AWS": OTHER}, {"AWS": APP}),
    Case("a role of everyone", "*", {"AWS": APP}, "*"),
    Case("a name of another kind", {"AWS": APP}, {"Service": APP}, {"AWS": APP}),
    Case("all of a kind", {"AWS": APP, "Service": LOGS}, {"Service": LOGS}, {"AWS": APP}),
    Case("an account by its id", {"AWS": [ROOT, APP]}, {"AWS": ACCOUNT}, {"AWS": [APP]}),
    Case("an account by its ARN", {"AWS": [ACCOUNT, APP]}, {"AWS": ROOT}, {"AWS": [APP]}),
    Case("an account in both spellings", {"AWS": [ACCOUNT, ROOT, APP]}, {"AWS": ROOT}, {"AWS": [APP]}),
    Case("everyone in a list", {"AWS": ["*", APP]}, "*", {"AWS": [APP]}),
    Case(
        "the unique id of a deleted role",
        {"AWS": ["AROAEXAMPLE1234567890", APP]},
        {"AWS": "AROAEXAMPLE1234567890"},
        {"AWS": [APP]},
    ),
]


@pytest.mark.parametrize("case", ADDED, ids=lambda case: case.name)
def test_a_principal_is_added(case: Case) -> None:
    """To the statement with the Sid alone, once; twice changes nothing more."""
    last = statement({"AWS": OTHER}, "other")
    changed = policy(statement(case.before), last).with_principal(Principal(case.principal), sid="use")
    assert changed.to_json() == policy(statement(case.after), last).to_json()
    assert changed.with_principal(Principal(case.principal), sid="use") is changed


@pytest.mark.parametrize("case", TAKEN_OUT, ids=lambda case: case.name)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_a_principal_is_taken_out(case: Case, effect: str) -> None:
    """Of the statement with the Sid alone, whatever its effect; twice changes nothing more."""
    last = statement(case.before, "other")
    given = policy(statement(case.before, effect=effect), last)
    changed = given.without_principal(Principal(case.principal), sid="use")
    assert changed.to_json() == policy(statement(case.after, effect=effect), last).to_json()
    assert changed.without_principal(Principal(case.principal), sid="use") is changed
    assert (changed is given) == (case.before == case.after)


def test_a_principal_is_taken_out_of_all_that_allows() -> None:
    """A statement that has no other principal goes; a denial stays, for without it there would be more access."""
    given = policy(
        statement({"AWS": [APP, OTHER]}, "both"),
        statement({"AWS": APP}, "alone"),
        statement({"AWS": [OTHER]}, None),
        statement({"AWS": APP}, "denied", "Deny"),
        all_but_app("others"),
    )
    changed = given.without_principal(Principal.role(ACCOUNT, "App"))
    assert [one.sid for one in changed.statements] == ["admin", "both", None, "denied", "others"]
    assert changed.statements[1].principal == Principal({"AWS": [OTHER]})
    assert changed.statements[3:] == given.statements[4:]
    assert changed.without_principal(Principal.role(ACCOUNT, "App")) is changed


def test_nobody_is_taken_out_of_a_not_principal() -> None:
    """Who is named there is left out of the statement: without the name, the statement would be about more."""
    given = policy(all_but_app("others"))
    assert given.without_principal(Principal.role(ACCOUNT, "App"), sid="others") is given


def test_a_statement_outside_of_a_list_stays_there() -> None:
    """All else stays as it is written."""
    given = Policy.from_dict({"Statement": statement({"AWS": APP})})
    other = Principal.arn(OTHER)
    assert isinstance(given.with_principal(other, sid="use").statement, Statement)
    both = Policy.from_dict({"Statement": statement({"AWS": [APP, OTHER]})})
    assert isinstance(both.without_principal(other, sid="use").statement, Statement)
    assert isinstance(both.exchange_statement(given.statements[0]).statement, Statement)


class Refusal(NamedTuple):
    """A statement, the principal that is added to it, and what the error says."""

    name: str
    given: dict[str, Any]
    principal: Any
    message: str


REFUSED = [
    Refusal(
        "a statement for everyone",
        statement("*"),
        Principal.arn(APP),
        "'\\*' means everyone and cannot be joined",
    ),
    Refusal(
        "everyone", statement({"AWS": APP}), Principal.everyone(), "'\\*' means everyone and cannot be joined"
    ),
    Refusal(
        "everyone in an object",
        statement({"AWS": APP}),
        Principal({"AWS": "*"}),
        "'\\*' means everyone and cannot be",
    ),
    Refusal(
        "a statement with NotPrincipal",
        all_but_app("use"),
        Principal.arn(OTHER),
        "the statement 'use' has no Principal, to which others can be added; use exchange_statement",
    ),
    Refusal("text", statement({"AWS": APP}), OTHER, "expected a Principal, found text; see Principal.arn"),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_cannot_be_added(case: Refusal) -> None:
    """Nothing is guessed where it would give another access than was meant."""
    with pytest.raises(errors.PolicyDocumentError, match=case.message):
        policy(case.given).with_principal(case.principal, sid="use")


def test_the_last_principal_is_not_taken_out() -> None:
    """A statement cannot be without; whoever names one must say that it goes."""
    with pytest.raises(
        errors.PolicyDocumentError, match="'use' has no other principal; use without_statement"
    ):
        policy(statement({"AWS": APP})).without_principal(Principal.arn(APP), sid="use")
    text: Any = APP
    with pytest.raises(errors.PolicyDocumentError, match="expected a Principal, found text"):
        policy(statement({"AWS": APP})).without_principal(text)


@pytest.mark.parametrize("sid", ["Use", "", "twice", 1])
def test_a_sid_that_no_statement_or_more_than_one_has(sid: Any) -> None:
    """Case matters, and nothing is guessed."""
    twice = policy(
        statement({"AWS": APP}), statement({"AWS": APP}, "twice"), statement({"AWS": APP}, "twice")
    )
    with pytest.raises(errors.SidError):
        twice.with_principal(Principal.arn(OTHER), sid=sid)
    with pytest.raises(errors.SidError):
        twice.without_principal(Principal.arn(OTHER), sid=sid)


NAMES = st.sampled_from(
    [("AWS", APP), ("AWS", OTHER), ("AWS", ROOT), ("Service", LOGS), ("Federated", "graph.facebook.com")]
)


@given(st.lists(NAMES, min_size=1, max_size=4, unique=True), NAMES)
def test_what_is_added_can_be_taken_out(names: list[tuple[str, str]], new: tuple[str, str]) -> None:
    """Then the document is what it was, apart from whether a single name is in a list."""
    element: dict[str, list[str]] = {}
    for kind, name in names:
        element.setdefault(kind, []).append(name)
    kinds: Any = {new[0]: new[1]}
    given, principal = policy(statement(element)), Principal(kinds)
    added = given.with_principal(principal, sid="use")
    assert (added is given) == (new in names)
    if new not in names:
        assert not diff(added.without_principal(principal, sid="use"), given)
