"""Documents as IAM's grammar allows them, and values, for hypothesis.

The grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from typing import Any, cast

from hypothesis import strategies as st

from kmspolicy import Condition, Policy, Principal, Request, Statement

Json = dict[str, Any]

# Short text, often the same, so that equal documents and repeated names are met; no halves of surrogate pairs.
TEXTS = st.one_of(
    st.sampled_from(["", "*", "a", "A", "kms:*", 'é"\\', "\x7f\xff", "\u20ac", "\U0001f600"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
)
SCALARS = st.one_of(
    st.sampled_from([True, False, 0, 1, 0.0, -0.0, 1.0, "true", "false", "0", "1", "1.0"]),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
)
NAMES = st.one_of(TEXTS, st.lists(TEXTS, max_size=3))
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=3))
PRINCIPALS = st.one_of(
    st.just("*"),
    st.dictionaries(st.sampled_from(["AWS", "Service", "Federated", "CanonicalUser"]), NAMES, max_size=4),
)
CONDITIONS = st.dictionaries(TEXTS, st.dictionaries(TEXTS, VALUES, max_size=2), max_size=2)


def one_of_two(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """Return an element, its Not-twin, or neither."""
    alone: st.SearchStrategy[Json] = st.just({})
    return st.one_of(
        alone,
        st.dictionaries(st.just(name), values, min_size=1),
        st.dictionaries(st.just(f"Not{name}"), values, min_size=1),
    )


@st.composite
def statements(draw: st.DrawFn) -> Json:
    """Draw a statement, its elements in any order."""
    elements: Json = {
        "Effect": draw(st.sampled_from(["Allow", "Deny"])),
        **draw(one_of_two("Principal", PRINCIPALS)),
        **draw(one_of_two("Action", NAMES)),
        **draw(one_of_two("Resource", NAMES)),
        **draw(st.fixed_dictionaries({}, optional={"Sid": TEXTS, "Condition": CONDITIONS})),
    }
    return dict(draw(st.permutations(list(elements.items()))))


@st.composite
def documents(draw: st.DrawFn) -> Json:
    """Draw a document, its elements in any order."""
    elements: Json = {
        "Statement": draw(st.one_of(statements(), st.lists(statements(), max_size=3))),
        **draw(st.fixed_dictionaries({}, optional={"Version": TEXTS, "Id": TEXTS})),
    }
    return dict(draw(st.permutations(list(elements.items()))))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Draw a policy built by constructors, out of few parts, so that two are often equal or nearly so."""
    condition = st.builds(
        Condition, st.sampled_from(["Bool", "Null"]), st.sampled_from(["a", "b"]), st.one_of(
            st.sampled_from([True, 1, 1.0, "true", "1"]),
            st.lists(st.sampled_from([True, 1, 1.0, "true", "1"]), max_size=2),
        )
    )  # fmt: skip
    statement = st.builds(
        Statement,
        st.just("Allow"),
        principal=st.sampled_from(
            [None, Principal.everyone(), Principal({"AWS": "*"}), Principal({"AWS": ["*"]})]
        ),
        action=st.sampled_from([None, "a", ["a"], ("a", "b")]),
        condition=st.one_of(st.none(), condition, st.just(Condition.from_dict({}))),
        sid=st.sampled_from([None, ""]),
    )
    return draw(
        st.builds(
            Policy,
            st.one_of(statement, st.lists(statement, max_size=2)),
            id=st.sampled_from([None, ""]),
            version=st.sampled_from([None, "2012-10-17"]),
        )
    )


# --- policies and requests that meet -----------------------------------------------------------------

ACCOUNT = "111122223333"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
APP = f"arn:aws:iam::{ACCOUNT}:role/App"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me"
SERVICE = "s3.amazonaws.com"
CALLERS = [
    ALICE,
    APP,
    SESSION,
    ACCOUNT,
    "444455556666",
    f"arn:aws:sts::{ACCOUNT}:federated-user/bob",
    SERVICE,
]
ACTIONS = ["kms:Decrypt", "kms:Encrypt", "kms:GetKeyPolicy", "kms:CreateKey", "kms:Teleport"]
_NAMES = [ALICE, APP, SESSION, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", "444455556666", "*", "AIDAEXAMPLE"]
_PATTERNS = [
    "kms:Decrypt",
    "KMS:DECRYPT",
    "kms:Encrypt",
    "kms:*crypt",
    "kms:*",
    "*",
    "kms:Get*",
    "kms:?ecrypt",
    "kms:GetKey*",
]
_KEYS = ["aws:a", "AWS:A", "aws:username", "kms:ViaService", "aws:PrincipalArn", "kms:CallerAccount"]
_OPERATORS = [
    f"{qualifier}{name}{suffix}"
    for name in (
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "ArnLike",
        "ArnEquals",
        "NumericLessThan",
        "DateEquals",
        "Bool",
        "IpAddress",
    )
    for qualifier in ("", "ForAnyValue:", "ForAllValues:")
    for suffix in ("", "IfExists")
] + ["Null", "stringEquals", "NullIfExists"]
_VALUES = [
    "a",
    "A",
    "a*",
    "true",
    "TRUE",
    True,
    1,
    "1",
    "1.0",
    2.5,
    "2026",
    2026,
    "10.0.0.0/8",
    "10.1.1.1/8",
    ALICE,
    ACCOUNT,
    "${aws:username}",
    "${aws:none, 'a'}",
    "${",
    "arn:aws:iam::*:user/alice",
    "",
]
_FOUND = [
    "a",
    "A",
    "true",
    True,
    1,
    "1",
    0,
    "2026-01-01",
    "10.2.3.4",
    ALICE,
    ACCOUNT,
    "alice",
    "${aws:username}",
    "",
]


def few(values: list[Any]) -> st.SearchStrategy[Any]:
    """Draw one of the values, or a list of some."""
    return st.one_of(st.sampled_from(values), st.lists(st.sampled_from(values), max_size=3))


def principals_that_meet() -> st.SearchStrategy[Any]:
    """Draw a Principal element of few names."""
    return st.one_of(
        st.just("*"),
        st.fixed_dictionaries({"AWS": few(_NAMES)}, optional={"Service": few([SERVICE, "*"])}),
    )


def _elements(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """Draw an element, more often than its Not-twin, and seldom neither."""
    return st.one_of(
        *[st.fixed_dictionaries({name: values})] * 4,
        st.fixed_dictionaries({f"Not{name}": values}),
        st.just({}) if name != "Resource" else st.fixed_dictionaries({name: st.just("*")}),
    )


CONDITIONS_THAT_MEET = st.dictionaries(
    st.sampled_from(_OPERATORS),
    st.dictionaries(st.sampled_from(_KEYS), few(_VALUES), min_size=1, max_size=2),
    max_size=2,
)


@st.composite
def statements_that_meet(draw: st.DrawFn, effect: str | None = None) -> Statement:
    """Draw a statement that requests of the same parts often meet."""
    resources = st.one_of(st.just("*"), st.just("*"), few(["*", "x"]))
    return Statement.from_dict(
        {"Effect": effect or draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
        | draw(_elements("Principal", principals_that_meet()))
        | draw(_elements("Action", few(_PATTERNS)))
        | draw(_elements("Resource", resources))
        | draw(
            st.fixed_dictionaries(
                {}, optional={"Condition": CONDITIONS_THAT_MEET, "Sid": st.sampled_from(["x", "y"])}
            )
        )
    )


VERSIONS = st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17", None, "2020-01-01"])


def policies_that_meet(most: int = 4) -> st.SearchStrategy[Policy]:
    """Draw a policy of such statements."""
    return st.builds(
        Policy,
        st.lists(statements_that_meet(), max_size=most),
        id=st.sampled_from([None, "x"]),
        version=VERSIONS,
    )


REQUESTS = st.builds(
    Request,
    st.sampled_from(CALLERS),
    st.sampled_from(ACTIONS),
    st.dictionaries(st.sampled_from([key for key in _KEYS if key != "AWS:A"]), few(_FOUND), max_size=4),
)


@st.composite
def respelt(draw: st.DrawFn, policy: Policy) -> Policy:
    """Draw another spelling of a policy."""
    parts = [part for statement in policy.statements for part in draw(_split(statement))]
    parts += draw(st.lists(st.sampled_from(parts), max_size=1)) if parts else []
    return Policy(draw(st.permutations(parts)), id=draw(st.sampled_from([None, "z"])), version=policy.version)


@st.composite
def _split(draw: st.DrawFn, statement: Statement) -> list[Statement]:
    """Draw a statement in one piece or by action and principal, each respelt."""
    data = statement.to_dict()
    data["Sid"] = draw(st.sampled_from(["p", "q"]))
    parts = [data]
    for name in ("Action", "Principal"):
        if draw(st.booleans()):
            parts = [
                part | {name: one} for part in parts for one in _pieces(part.get(name)) or [part.get(name)]
            ]
    parts = [{key: value for key, value in part.items() if value is not None} for part in parts]
    return [
        Statement.from_dict({key: draw(_respelt(key, value)) for key, value in part.items()})
        for part in parts
    ]


def _pieces(element: Any) -> list[Any]:
    """Take a list of actions apart, or the names of a principal."""
    if isinstance(element, dict):
        kinds = cast("dict[str, Any]", element)
        return [{kind: name} for kind, names in kinds.items() for name in _several(names)]
    return [] if element is None or isinstance(element, str) else element


def _several(names: Any) -> list[Any]:
    return [names] if isinstance(names, (str, bool, int, float)) else names


@st.composite
def _respelt(draw: st.DrawFn, name: str, element: Any) -> Any:
    """Draw another spelling of an element that means the same."""
    if name in ("Action", "NotAction") and isinstance(element, str):
        return draw(st.sampled_from([element, element.upper(), [element, element]]))
    if name in ("Principal", "NotPrincipal") and element == "*":
        return draw(st.sampled_from(["*", {"AWS": "*"}]))
    if name in ("Principal", "NotPrincipal"):
        kinds = cast("dict[str, Any]", element)
        return {
            kind: draw(st.permutations(list(map(_other_account, _several(names)))))
            for kind, names in kinds.items()
        }
    if name == "Condition":
        blocks = cast("dict[str, dict[str, Any]]", element)
        return {
            operator: {key: draw(st.permutations(_several(values))) for key, values in keys.items()}
            for operator, keys in blocks.items()
        }
    return element if name in ("Effect", "Sid") else draw(st.permutations(_several(element)))


def _other_account(name: str) -> str:
    return {ACCOUNT: f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{ACCOUNT}:root": ACCOUNT}.get(name, name)
