"""An empty text is a text: no policy is taken for another one because of what stands in a list, however odd it is."""

from __future__ import annotations

from itertools import product
from typing import Any, Final

from hypothesis import event, example, given
from hypothesis import strategies as st

from kmspolicy import Outcome, Plan, Policy, Request, canonical, decide, diff, equivalent
from kmspolicy._language._actions import ACTIONS
from property.strategies import ACCOUNT, ALICE, APP, SERVICE, Json

ODD: Final = ["", " ", "*", "**", "?", "*?", "${", "\u0131", "K\u0130", "\x00", "a" * 300, "*" * 300]
NAMES: Final[dict[str, list[str]]] = {
    "Action": [*ODD, "kms:", "kms:*", "KMS:*", "kms:Decrypt", "KMS:DECRYPT", "kms:Sign", "kms:?ecrypt", "kms:S*n"],
    "Resource": ODD,
    "Principal": [*ODD, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", ALICE, APP, "arn:aws:iam::111122223333:role/"],
    "operator": [*ODD, "StringEquals", "StringNotLike", "ForAllValues:StringLike", "Null", "Bool", "stringEquals"],
    "key": [*ODD, "aws:", "aws:SourceIdentity", "AWS:sourceidentity", "kms:ViaService", "aws:\u0131"],
    "value": [*ODD, "a", "A", "a*", "true", "True"],
    "label": ODD,
}  # fmt: skip


def some(of: str) -> st.SearchStrategy[Any]:
    """Draw one of the texts, or a list of some."""
    texts = st.sampled_from(NAMES[of])
    return st.one_of(texts, st.lists(texts, max_size=3))


def mappings(of: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """Draw an object with one or two of the texts as its names, or with none."""
    return st.dictionaries(st.sampled_from(NAMES[of]), values, max_size=2)


OF_AWS: Final[dict[str, st.SearchStrategy[Any]]] = {"AWS": some("Principal")}
OF_SERVICES: Final[dict[str, st.SearchStrategy[Any]]] = {"Service": some("Principal")}
PRINCIPALS: Final[st.SearchStrategy[Any]] = st.one_of(
    st.just("*"), st.fixed_dictionaries(OF_AWS, optional=OF_SERVICES)
)
ELEMENTS: Final[dict[str, st.SearchStrategy[Any]]] = {
    "Principal": PRINCIPALS,
    "NotPrincipal": PRINCIPALS,
    "Action": some("Action"),
    "NotAction": some("Action"),
    "Resource": st.one_of(st.just("*"), some("Resource")),
    "NotResource": some("Resource"),
    "Condition": mappings("operator", mappings("key", some("value"))),
    "Sid": st.sampled_from(NAMES["label"]),
}


@st.composite
def statements(draw: st.DrawFn) -> Json:
    """Draw a statement, with or without a Not in its elements."""
    names = [
        draw(st.sampled_from([name, name, f"Not{name}"])) for name in ("Principal", "Action", "Resource")
    ]
    names += draw(st.lists(st.sampled_from(["Condition", "Sid"]), unique=True))
    effect = draw(st.sampled_from(["Allow", "Allow", "Deny"]))
    return {"Effect": effect, **{name: draw(ELEMENTS[name]) for name in names}}


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Policy, Policy]:
    """Draw a policy, and the same with one element of one statement drawn again, or in its canonical spelling."""
    documents = draw(st.lists(statements(), min_size=1, max_size=3))
    label = draw(st.sampled_from([None, *NAMES["label"]]))
    one = policy(documents, label)
    number = draw(st.integers(0, len(documents) - 1))
    name = draw(st.sampled_from([name for name in documents[number] if name != "Effect"]))
    documents[number] = documents[number] | {name: draw(_changed(name, documents[number][name]))}
    return one, draw(st.sampled_from([policy(documents, label), policy(documents, ""), canonical(one)]))


def _changed(name: str, element: Any) -> st.SearchStrategy[Any]:
    """Draw another element, where there is a list often the same with one text less or more."""
    if not isinstance(element, list):
        return ELEMENTS[name]
    texts: list[Any] = element  # pyright: ignore[reportUnknownVariableType] - whatever JSON has
    more = st.sampled_from(NAMES[name.removeprefix("Not")]).map(lambda text: [*texts, text])
    return st.one_of(ELEMENTS[name], more, st.just(texts[1:]), st.just(texts[::-1]))


def policy(documents: list[Json], label: str | None = None) -> Policy:
    """Read a policy of these statements."""
    return Policy.from_dict(
        {"Version": "2012-10-17", "Statement": documents} | ({} if label is None else {"Id": label})
    )


CONTEXTS: Final[list[dict[str, str]]] = [
    {},
    {"aws:SourceIdentity": ""},
    {"aws:SourceIdentity": "a", "kms:ViaService": "true"},
]
REQUESTS: Final = [
    Request(caller, facts.name, context)
    for caller, facts, context in product((ACCOUNT, ALICE, APP, SERVICE), ACTIONS.values(), CONTEXTS)
]


def outcomes(decided: Policy) -> list[Outcome]:
    """Decide each request."""
    return [decide(decided, request).outcome for request in REQUESTS]


def about(**elements: Any) -> tuple[Policy, ...]:
    """Return policies of one statement, with each value of an element in turn."""
    ((name, values),) = elements.items()
    whole = {"Effect": "Allow", "Principal": {"AWS": ALICE}, "Resource": "*"}
    return tuple(policy([whole | {name: value}]) for value in values)


@given(pairs())
@example(about(Action=[["kms:Decrypt", ""], ["kms:PutKeyPolicy", ""]]))
@example(about(NotAction=[["kms:Decrypt", ""], ["kms:PutKeyPolicy", ""]]))
@example(about(Action=["", []]))
@example(about(NotAction=["", []]))
def test_what_is_called_the_same_decides_alike(pair: tuple[Policy, Policy]) -> None:
    """By ``equivalent``, by a difference and by a plan: every action, by several callers, in several contexts."""
    before, after = pair
    same = equivalent(before, after)
    event(f"the same: {same}")
    assert same is equivalent(after, before)
    change = diff(before, after)
    assert same or change.added or change.removed or change.changed or change.version
    plan = Plan("key", before.to_json(), after.to_json())
    assert same or plan
    assert ("nothing to do" in str(plan)) is not bool(plan)
    if same:
        assert outcomes(before) == outcomes(after)


@given(pairs())
@example(about(Action=[["kms:Decrypt", ""], ["kms:PutKeyPolicy", ""]]))
@example(about(NotAction=[["kms:Decrypt", ""], ["kms:PutKeyPolicy", ""]]))
@example(about(Condition=[{"Foo": {"": []}}, {"Foo": {}}]))
@example(about(Condition=[{"Foo": {"": "x", " ": "x"}}, {"Foo": {" ": "x"}}]))
def test_the_canonical_spelling_decides_alike(pair: tuple[Policy, Policy]) -> None:
    """And is its own canonical spelling."""
    for each in pair:
        normal = canonical(each)
        assert canonical(normal) == normal
        assert equivalent(each, normal)
        assert outcomes(normal) == outcomes(each)
