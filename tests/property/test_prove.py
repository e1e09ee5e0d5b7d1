"""Laws of proofs: whatever a request is, one of the classes stands for it; and what is claimed of all holds for each."""

from __future__ import annotations

from datetime import UTC
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmspolicy import Fails, Holds, Policy, Request, Statement, Unknown, compare, decide
from kmspolicy._evaluate._callers import requester_of
from kmspolicy._language._key_arns import ANY_KEY
from kmspolicy._language._operators import PARSED
from kmspolicy._normal._rules import named, rules_of
from kmspolicy._prove._boxes import left_over, meet
from kmspolicy._prove._budget import Budget
from kmspolicy._prove._grid import Grid
from kmspolicy._prove._keys import Test as KeyTest
from kmspolicy._prove._keys import points_of
from kmspolicy._prove._question import RANK
from property.strategies import few

if TYPE_CHECKING:
    from kmspolicy._language._principals import PrincipalName
    from kmspolicy._normal._rules import Rules

pytestmark = pytest.mark.filterwarnings("ignore::kmspolicy.errors.UnknownWordWarning")

# --- the cover search --------------------------------------------------------------------------------

_SIZES = (3, 2, 4)
_FULL = [(1 << size) - 1 for size in _SIZES]
_BOXES = st.fixed_dictionaries(
    {}, optional={dimension: st.integers(1, full) for dimension, full in enumerate(_FULL)}
)


def _points(box: dict[int, int]) -> set[tuple[int, ...]]:
    """List the points of a box."""
    return {
        point
        for point in product(*map(range, _SIZES))
        if all(box.get(dimension, -1) >> place & 1 for dimension, place in enumerate(point))
    }


@given(_BOXES, st.lists(_BOXES, max_size=6))
def test_the_cover_search_agrees_with_enumeration(box: dict[int, int], covers: list[dict[int, int]]) -> None:
    """Something is left over if a point of the box is in no cover, and it is such points alone."""
    left = left_over(box, covers, _FULL, Budget())
    missing = _points(box).difference(*map(_points, covers))
    assert (left is None) == (not missing)
    assert left is None or (_points(dict(left)) and _points(dict(left)) <= missing)


@given(_BOXES, _BOXES)
def test_boxes_meet_in_their_common_points(one: dict[int, int], other: dict[int, int]) -> None:
    """What two boxes have in common are the points of both."""
    common = meet(one, other)
    assert (set() if common is None else _points(dict(common))) == _points(one) & _points(other)


# --- the classes of a key ----------------------------------------------------------------------------

_QUALIFIERS = ["", "", "ForAnyValue:", "ForAllValues:"]
_LETTERS = "aAbk\u212a:*"
_TEXTS = st.one_of(
    st.text(_LETTERS, max_size=4),
    st.sampled_from(
        ["", "a:a:a:a:a:a", "a:b:a:*:a:b", "a:a:a:a:a:a:b", "a:a:a:a:aa:a", "TRUE", "false", "x"]
    ),
)
_PATTERNS = st.one_of(
    st.text(_LETTERS + "?", max_size=4),
    st.sampled_from(
        ["a:a:*:a:a:*", "a:*", "*:a:a:a:a:a", "a:?:a:${*}:a:?", "a*:a:a:a:a:a", "*", True, "True"]
    ),
)
_NUMBERS = st.one_of(
    st.integers(-3, 3),
    st.sampled_from(
        [0.5, -0.0, 1e20, 1e-7, "1e999", "-1e999", "0", "1", "1.0", "1e0", "x", "2026", 2026, True]
    ),
)
_DATES = st.sampled_from(
    ["2026", 2026, "2026-01-01T00:00:00Z", "1970", "1970-01-01T00:00:00.000000001Z", "0", 1, "2026-13", "1e3"]
)
_MOMENTS = st.one_of(_DATES, _NUMBERS, st.datetimes(timezones=st.just(UTC)))
_NETWORKS = st.sampled_from(
    [
        "10.0.0.0/8",
        "10.1.0.0/16",
        "10.0.0.1",
        "::/0",
        "2001:db8::/32",
        "::ffff:10.0.0.0/104",
        "0.0.0.0/0",
        "x",
        1,
    ]
)
_ADDRESSES = st.sampled_from(
    ["10.0.0.1", "10.1.2.3", "11.0.0.0", "::1", "2001:db8::1", "::ffff:10.0.0.1", "x", "", 1]
)


@st.composite
def _tests(draw: st.DrawFn, names: list[str], values: st.SearchStrategy[Any]) -> list[KeyTest]:
    """Draw some tests of a key."""
    return [
        KeyTest(
            PARSED[draw(st.sampled_from(names))],
            tuple(draw(st.lists(values, max_size=3))),
            draw(st.booleans()),
        )
        for _ in range(draw(st.integers(0, 4)))
    ]


def _names(*beginnings: str) -> list[str]:
    """List the operators whose names begin so, with all that may stand around them."""
    return [name for name in PARSED if name.rpartition(":")[2].startswith((*beginnings, "Null"))]


@pytest.mark.parametrize("several", [False, True], ids=["one value", "several values"])
@pytest.mark.parametrize(
    ("names", "values", "found"),
    [
        (_names("String", "Arn", "Bool"), _PATTERNS, _TEXTS | st.booleans()),
        (_names("Numeric"), _NUMBERS, _NUMBERS | _MOMENTS),
        (_names("Date", "Numeric"), _DATES | _NUMBERS, _MOMENTS),
        (_names("IpAddress", "NotIpAddress"), _NETWORKS, _ADDRESSES),
        (
            _names("Binary"),
            st.sampled_from(["YQ==", "YR==", "", "x"]),
            st.sampled_from(["YQ==", "YR==", "", "x", 1]),
        ),
        (list(PARSED), _PATTERNS | _NUMBERS | _DATES | _NETWORKS, _TEXTS | _MOMENTS | _ADDRESSES | _NUMBERS),
    ],
    ids=["texts", "numbers", "dates and numbers", "addresses", "bytes", "anything"],
)
def test_each_value_is_treated_as_its_representative(
    names: list[str], values: st.SearchStrategy[Any], found: st.SearchStrategy[Any], several: bool
) -> None:
    """Whatever a request has of a key passes exactly the tests that one of the classes passes."""

    @settings(max_examples=40)
    @given(_tests(names, values), st.lists(found, max_size=3 if several else 1))
    def check(tests: list[KeyTest], values: list[Any]) -> None:
        points = points_of(tests, Budget(10_000_000), several=several)
        passed = sum(1 << bit for bit, test in enumerate(tests) if test.passed_by(tuple(values)))
        assert passed in [point.passed for point in points], points

    check()


@given(_tests(list(PARSED), _PATTERNS | _NUMBERS | _DATES | _NETWORKS), st.booleans())
def test_each_class_passes_what_it_says(tests: list[KeyTest], several: bool) -> None:
    """The values of a class pass the tests that it says it passes."""
    for point in points_of(tests, Budget(10_000_000), several=several):
        if point.values is not None:
            assert point.passed == sum(
                1 << bit for bit, test in enumerate(tests) if test.passed_by(point.values)
            )


# --- the classes of callers --------------------------------------------------------------------------

_ACCOUNTS = ["111122223333", "444455556666", "999999999999"]
_NAMES = ["App", "x", "someone", "SomeRole", "session", "Ap", "alice"]
_PATHS = ["", "p/", "x/", "p/x/", "role/", "App/", "a!/", ":iam::111122223333:role/"]


@st.composite
def _callers(draw: st.DrawFn) -> str:
    """Draw a caller that is not a session."""
    account, name = draw(st.sampled_from(_ACCOUNTS)), draw(st.sampled_from(_NAMES))
    rest = f"{draw(st.sampled_from(_PATHS))}{name}"
    return draw(
        st.sampled_from(
            [
                f"arn:aws:iam::{account}:role/{rest}",
                f"arn:aws:iam::{account}:user/{rest}",
                f"arn:aws:iam::{account}:root",
                f"arn:aws:sts::{account}:federated-user/{name}",
                "s3.amazonaws.com",
                "x.y",
                "some-service.amazonaws.com",
            ]
        )
    )


@st.composite
def _sessions(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a session, and the ARN of its role with the path."""
    account, name = draw(st.sampled_from(_ACCOUNTS)), draw(st.sampled_from(_NAMES))
    session = f"arn:aws:sts::{account}:assumed-role/{name}/{draw(st.sampled_from(['me', 'session', 'xx']))}"
    return session, f"arn:aws:iam::{account}:role/{draw(st.sampled_from(_PATHS))}{name}"


@st.composite
def _anybody(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a caller, and the ARN of the role of a session."""
    return draw(_sessions()) if draw(st.booleans()) else (draw(_callers()), "")


@st.composite
def _principals(draw: st.DrawFn) -> Any:
    """Draw a Principal element."""
    names = draw(
        st.lists(
            st.one_of(_callers(), _anybody().map(lambda pair: pair[0]), st.sampled_from(_ACCOUNTS)),
            max_size=3,
        )
    )
    if draw(st.integers(0, 3)) == 0:
        return "*"
    return {
        "AWS": [name for name in names if "." not in name],
        "Service": [name for name in names if "." in name],
    }


_OF_ARNS = st.one_of(
    _callers(),
    st.sampled_from(
        [
            "*",
            "arn:aws:iam::*:role/*",
            "arn:aws:iam::111122223333:*",
            "arn:aws:iam::111122223333:*/App",
            "arn:aws:iam::1*3:role/p/*",
            "arn:aws*:iam::111122223333:role/App",
            "arn:*:role/App",
            "arn:aws:iam::${aws:PrincipalAccount}:role/App",
            "arn:aws:iam::????????????:user/?",
            "arn:aws:*::*:*/x*",
            "*/x/*",
        ]
    ),
)
_ASKED_OF_CALLERS = st.one_of(
    st.tuples(st.just("aws:PrincipalArn"), st.sampled_from(_names("String", "Arn")), _OF_ARNS),
    st.tuples(
        st.sampled_from(["aws:PrincipalAccount", "kms:CallerAccount"]),
        st.sampled_from(_names("String")),
        st.sampled_from([*_ACCOUNTS, "1*", "*6", "????????????", "", "4*5*6", "${aws:PrincipalAccount}"]),
    ),
    st.tuples(
        st.just("aws:username"),
        st.sampled_from(_names("String")),
        st.sampled_from([*_NAMES, "a*", "*e", "?", "p/x", "ALICE"]),
    ),
    st.tuples(
        st.just("aws:userid"),
        st.sampled_from(_names("String")),
        st.sampled_from(["111122223333", "111122223333:*", "*:x", "*:App", "444455556666:alice", "1*"]),
    ),
    st.tuples(
        st.just("aws:PrincipalServiceName"),
        st.sampled_from(_names("String")),
        st.sampled_from(["s3.*", "x.y", "*.com", "*"]),
    ),
    st.tuples(
        st.just("aws:PrincipalType"),
        st.sampled_from(_names("String")),
        st.sampled_from(["User", "A*", "AssumedRole"]),
    ),
    st.tuples(
        st.just("aws:PrincipalIsAWSService"),
        st.sampled_from(_names("Bool")),
        st.sampled_from([True, "false"]),
    ),
)


@st.composite
def _about_callers(draw: st.DrawFn) -> Policy:
    """Draw a policy whose statements tell callers apart."""
    statements: list[Statement] = []
    for _ in range(draw(st.integers(1, 3))):
        conditions: dict[str, dict[str, Any]] = {}
        for key, operator, value in draw(st.lists(_ASKED_OF_CALLERS, max_size=2)):
            conditions.setdefault(operator, {}).setdefault(key, []).append(value)
        statements.append(
            Statement.from_dict(
                {
                    "Effect": draw(st.sampled_from(["Allow", "Deny"])),
                    draw(st.sampled_from(["Principal", "Principal", "NotPrincipal"])): draw(_principals()),
                    "Action": "kms:*",
                    "Resource": "*",
                    "Condition": conditions,
                }
            )
        )
    return Policy(statements, version="2012-10-17")


def _kind(rules: Rules, name: PrincipalName, keys: Any) -> object:
    """Say how a policy treats a caller."""
    tests = [
        (clause, KeyTest(clause.parsed, clause.values, rules.variables))
        for rule in rules.statements
        for clause in rule.clauses
    ]
    return (
        [named(rule, name) for rule in rules.statements],
        [
            test.passed_by(keys.get(clause.folded, ()), keys)
            for clause, test in tests
            if clause.folded != "aws:userid" or name.kind not in ("user", "role", "session")
        ],
    )


@given(_about_callers(), _anybody())
def test_each_caller_is_treated_as_its_representative(policy: Policy, caller: tuple[str, str]) -> None:
    """Whoever calls, one of the classes is named by the same statements, and passes the same tests."""
    rules = rules_of(policy)
    population = Grid([rules], ANY_KEY, Budget(10_000_000)).population
    requester = requester_of(caller[0])
    keys = {key: (value,) for key, value in requester.keys.items()}
    if caller[1]:
        keys["aws:principalarn"] = (caller[1],)
    kinds = [_kind(rules, one.name, one.keys) for one in population.callers]
    assert _kind(rules, requester.name, keys) in kinds


# --- the claims --------------------------------------------------------------------------------------

_FREE_KEYS: dict[str, list[Any]] = {
    "kms:ViaService": ["s3.us-east-1.amazonaws.com", "s3.x.amazonaws.com", "a"],
    "aws:MultiFactorAuthAge": [1, "1", "1.0", 300, "300", "x", True],
    "aws:SourceIp": ["10.0.0.1", "10.1.0.1", "203.0.113.7", "::1"],
    "kms:GrantOperations": ["Decrypt", "Encrypt", ""],
    "aws:PrincipalTag/team": ["a", "A", "App", "alice", "${aws:username}"],
}
_CONDITIONS = st.one_of(
    st.tuples(
        st.just("kms:ViaService"),
        st.sampled_from(_names("String")),
        st.sampled_from(["s3.*", "s3.us-east-1.amazonaws.com", "A", "*"]),
    ),
    st.tuples(
        st.just("aws:MultiFactorAuthAge"),
        st.sampled_from(_names("Numeric", "StringEquals")),
        st.sampled_from([1, "1", 300, "1.0"]),
    ),
    st.tuples(
        st.just("aws:SourceIp"),
        st.sampled_from(_names("IpAddress", "NotIpAddress")),
        st.sampled_from(["10.0.0.0/8", "10.1.0.0/16", "::/0"]),
    ),
    st.tuples(
        st.just("kms:GrantOperations"),
        st.sampled_from(_names("StringEquals", "StringLike")),
        st.sampled_from(["Decrypt", "*crypt", ""]),
    ),
    st.tuples(
        st.just("aws:PrincipalTag/team"),
        st.sampled_from(_names("String")),
        st.sampled_from(["a", "${aws:username}", "${aws:none, 'a'}", "*", "${"]),
    ),
    _ASKED_OF_CALLERS,
)


@st.composite
def dense(draw: st.DrawFn) -> Policy:
    """Draw a policy of few parts, so that two of them often say much the same."""
    statements: list[Statement] = []
    for _ in range(draw(st.integers(0, 3))):
        conditions: dict[str, dict[str, Any]] = {}
        for key, operator, value in draw(st.lists(_CONDITIONS, max_size=2)):
            conditions.setdefault(operator, {}).setdefault(key, []).append(value)
        statements.append(
            Statement.from_dict(
                {
                    "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
                    draw(st.sampled_from(["Principal"] * 5 + ["NotPrincipal"])): draw(_principals()),
                    draw(st.sampled_from(["Action"] * 5 + ["NotAction"])): draw(
                        few(["kms:*", "kms:Decrypt", "kms:CreateGrant", "kms:*crypt", "kms:Tele*"])
                    ),
                    "Resource": "*",
                    **({"Condition": conditions} if conditions else {}),
                }
            )
        )
    return Policy(statements, version=draw(st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"])))


@st.composite
def _requests(draw: st.DrawFn) -> Request:
    """Draw a request as there may be one: what follows from the caller stays as it is."""
    principal, role = draw(_anybody())
    context: dict[str, Any] = {"aws:PrincipalArn": role} if role else {}
    for key, values in _FREE_KEYS.items():
        several = key == "kms:GrantOperations"
        context[key] = draw(st.lists(st.sampled_from(values), max_size=3 if several else 1))
    action = draw(
        st.sampled_from(["kms:Decrypt", "kms:Encrypt", "kms:CreateGrant", "kms:Teleport", "kms:ListKeys"])
    )
    return Request(principal, action, context)


@given(dense(), dense(), st.lists(_requests(), min_size=5, max_size=20))
def test_no_request_contradicts_a_comparison(before: Policy, after: Policy, requests: list[Request]) -> None:
    """What is said of all requests holds for each."""
    comparison = compare(before, after)
    for request in requests:
        one, other = (RANK[decide(policy, request).outcome] for policy in (before, after))
        assert not (other > one and isinstance(comparison.no_more, Holds))
        assert not (other < one and isinstance(comparison.no_less, Holds))
        assert not (other > max(one, 1) and isinstance(comparison.no_new_access, Holds))
        assert not (one > max(other, 1) and isinstance(comparison.no_lost_access, Holds))


@given(dense(), dense())
def test_each_witness_replays(before: Policy, after: Policy) -> None:
    """The request of a witness is decided as the witness says."""
    comparison = compare(before, after)
    for verdict, sign in ((comparison.no_more, 1), (comparison.no_less, -1)):
        if isinstance(verdict, Fails):
            witness = verdict.witness
            outcomes = [RANK[decide(policy, witness.request).outcome] for policy in (before, after)]
            assert (outcomes[1] - outcomes[0]) * sign > 0
            assert witness.decision == decide(after, witness.request)
            assert witness.before == decide(before, witness.request)


@given(dense(), dense())
def test_a_comparison_mirrors_itself(before: Policy, after: Policy) -> None:
    """What is gained one way is lost the other way."""
    one, other = compare(before, after), compare(after, before)
    assert type(one.no_more) is type(other.no_less)
    assert type(one.no_new_access) is type(other.no_lost_access)


@settings(max_examples=50)
@given(dense(), dense())
def test_more_statements_go_one_way(policy: Policy, more: Policy) -> None:
    """An Allow that is added is never less permissive, a Deny that is added never more; and a policy is what it is."""
    for statement in more.statements:
        comparison = compare(policy, policy.with_statement(statement))
        verdict = comparison.no_less if statement.effect == "Allow" else comparison.no_more
        assert not isinstance(verdict, Fails)
        assert not isinstance(compare(policy, policy).no_more, Fails | Unknown)
