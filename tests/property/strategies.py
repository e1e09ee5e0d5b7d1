"""Documents as IAM's grammar allows them, and values, for hypothesis.

The grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from kmspolicy import Condition, Policy, Principal, Statement

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
