"""Bounded work: no policy that KMS accepts takes long, whoever wrote it and why."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING, Any

import pytest

from kmspolicy import Policy, Request, Severity, access, canonical, check, decide, equivalent
from support import calls_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACCOUNT = "111122223333"
IAM = f"arn:aws:iam::{ACCOUNT}:"
ROLE = f"{IAM}role/"
MOST_CALLS = 12_000_000
"""Of functions, some seconds of work; what grows with the square of a document needs far more, or never ends."""


def words() -> Iterator[str]:
    """Give all words of three letters."""
    return map("".join, product("abcdefghijklmnopqrstuvwxyz", repeat=3))


def statement(**elements: Any) -> dict[str, Any]:
    """Allow everyone to decrypt, or what is said instead."""
    return {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", **elements}


def deny(**elements: Any) -> dict[str, Any]:
    """Deny everyone everything, or what is said instead."""
    return statement(Effect="Deny", Action="*", **elements)


def sparing(number: int) -> dict[str, Any]:
    """Deny everything to all but one account."""
    element = {"Effect": "Deny", "NotPrincipal": {"AWS": f"{211122223333 + number}"}}
    return {**element, "Action": "kms:*", "Resource": "*"}


def unlike(patterns: list[str]) -> dict[str, Any]:
    """Deny everything to all accounts that are like none of some patterns."""
    return deny(Condition={"StringNotLike": {"aws:PrincipalAccount": patterns}})


def like(principal: object, patterns: list[str]) -> dict[str, Any]:
    """Allow what a principal does under a name that is like one of some patterns."""
    return statement(Principal=principal, Condition={"StringLike": {"aws:PrincipalArn": patterns}})


def document(statements: list[dict[str, Any]]) -> Policy:
    """Make a policy of some statements."""
    return Policy.from_dict({"Version": "2012-10-17", "Statement": statements})


ROOT = statement(Principal={"AWS": f"{IAM}root"}, Action="kms:*")
NAMES = [f"{ACCOUNT[:-4]}{number:04}" for number in range(1000)]
ACCOUNTS = statement(Principal={"AWS": NAMES}, Action="kms:*")
ROLES = {"AWS": [f"{ROLE}{n}" for n in range(350)]}
PATTERNS = [f"*?{word}" for word in islice(words(), 1000)]
DOCUMENTS: dict[str, list[dict[str, Any]]] = {
    "accounts, none of them spared": [ACCOUNTS, *map(sparing, range(140))],
    "accounts, and conditions on all": [
        ACCOUNTS,
        *map(sparing, range(2)),
        *(deny(Condition={"Null": {f"aws:PrincipalTag/{n}": True}}) for n in range(110)),
    ],
    "accounts, none of which is like": [
        statement(Principal={"AWS": NAMES[:600]}, Action="kms:*"),
        unlike(PATTERNS[:800]),
    ],
    "roles, none of which is like": [
        ROOT,
        like(ROLES, PATTERNS[:800]),
    ],
    **{
        f"placeholders that begin with {part}": [
            ROOT,
            statement(
                Principal={"AWS": part * (15_000 // len(part))},
                Condition={"StringLike": {"aws:PrincipalArn": part * (15_000 // len(part))}},
            ),
        ]
        for part in ("${a", "${a:", "{{a", "<a", "&{", "*", "*:", "?1")
    },
    "patterns of actions": [
        ROOT,
        statement(Action=[f"kms:*{word}*e*r*y*p*t" for word in islice(words(), 1000)]),
    ],
    "one long pattern of actions": [ROOT, statement(Action="kms:" + "*e" * 15_000)],
    "a pattern and a name of many letters": [
        ROOT,
        like({"AWS": f"{ROLE}{'a' * 10_000}"}, [f"*{'a?' * 5_000}b*"]),
    ],
    "variables that do not end": [
        ROOT,
        statement(Condition={"StringEquals": {"kms:ViaService": "${" * 15_000}}),
    ],
    "users, of whom each denial spares one": [
        *(statement(Principal={"AWS": f"{IAM}user/u{n}"}) for n in range(70)),
        *(deny(Condition={"ArnNotEquals": {"aws:PrincipalArn": f"{IAM}user/u{n}"}}) for n in range(70)),
    ],
    "stairs of statements": [
        statement(Principal={"AWS": [f"{ROLE}{n}" for n in range(height)]}, Action=f"kms:X{height}")
        for height in range(1, 38)
    ],
}
FUNCTIONS: dict[str, Callable[[Policy], object]] = {
    "check": check,
    "check for a caller": lambda policy: check(policy, caller=f"{ROLE}Nobody", account=ACCOUNT),
    "decide": lambda policy: decide(policy, Request(f"{ROLE}a", "kms:Decrypt")),
    "access": access,
    "canonical": canonical,
    "equivalent": lambda policy: equivalent(policy, Policy(policy.statements[::-1])),
}


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=list(FUNCTIONS))
@pytest.mark.parametrize("statements", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_no_policy_takes_long(statements: list[dict[str, Any]], function: Callable[[Policy], object]) -> None:
    """Documents of nearly the largest size, made so that names meet statements, or patterns, in every way."""
    policy = document(statements)
    assert 15_000 < len(policy.to_json()) <= 32_768
    assert calls_of(lambda: function(policy)) < MOST_CALLS


@pytest.mark.parametrize(
    "values",
    [
        ["*?" * 15_000],
        ["*a" * 15_000 + "b"],
        [f"{'*a' * 1000}{n}" for n in range(15)],
        [f"{'*a' * 100}{n}" for n in range(140)],
    ],
    ids=["one of question marks", "one of letters", "some", "many"],
)
def test_no_pattern_takes_long_that_the_path_of_a_role_may_match(values: list[str]) -> None:
    """A session does not tell the path, so that patterns are compared with patterns."""
    policy = document([like("*", values)])
    caller = f"arn:aws:sts::{ACCOUNT}:assumed-role/{'a' * 64}/me"
    assert calls_of(lambda: check(policy, caller=caller)) < MOST_CALLS
    assert calls_of(lambda: decide(policy, Request(caller, "kms:Decrypt"))) < MOST_CALLS
    assert calls_of(lambda: access(policy, also=[caller])) < MOST_CALLS


def test_a_lockout_of_more_principals_than_can_be_tried() -> None:
    """Whether one of them is spared is not worked out, and the finding is not an error."""
    policy = document([statement(Principal={"AWS": NAMES}, Action="kms:*"), unlike(PATTERNS)])
    (finding,) = (finding for finding in check(policy) if finding.code == "LOCKOUT_EVERYONE")
    assert finding.severity is Severity.WARNING
    assert "there are too many kinds of requests" in finding.message
    few = document([statement(Principal={"AWS": NAMES[:9]}, Action="kms:*"), unlike(PATTERNS)])
    assert [finding.severity for finding in check(few) if "LOCKOUT" in finding.code] == [Severity.ERROR]


def test_a_condition_of_more_values_than_can_be_compared() -> None:
    """Where there are too many to say that none is met, nothing is said."""
    few, many = (document([ROOT, like(ROLES, PATTERNS[:number])]) for number in (9, 800))
    assert "CONDITION_NEVER_MET" in {finding.code for finding in check(few)}
    assert "CONDITION_NEVER_MET" not in {finding.code for finding in check(many)}
