"""What placeholders stand for, as their places tell, and which values they can have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import attrs

from kmspolicy._language._forms import ACCOUNT, FORMS, GRANTEE, ORGANISATION, PRINCIPAL, REGION
from kmspolicy._language._keys import condition_key
from kmspolicy._language._principals import is_account_id, is_partition, name_of
from kmspolicy._language._spelling import fold
from kmspolicy._partial._fill import name_shown
from kmspolicy._partial._tree import (
    And,
    Choice,
    Equals,
    Items,
    Members,
    Not,
    Or,
    Placeholder,
    Split,
    Text,
    Unresolved,
    children,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from kmspolicy._language._forms import Form
    from kmspolicy._partial._tree import Node, PlaceholderKind, Test

Names: TypeAlias = tuple[str, ...]
"""The names that lead to a text, without indices: ``("Statement", "Principal", "AWS")``."""


class Use(NamedTuple):
    """A text of a document, and where it stands."""

    names: Names
    text: Text
    is_name: bool = False
    """Whether it is the name of a member."""
    separator: str | None = None
    """What separates its parts, if it is a list."""
    effect: str = ""
    """The effect of the statement that it is in."""
    is_told: bool = False
    """Whether it is of the question, not of the documents that it is about."""


_NOWHERE: Final = Use((), Text(()))


def uses(node: Node | Placeholder, within: Use = _NOWHERE) -> Iterator[Use]:
    """Go through all texts of a document, in all branches."""
    match node:
        case Text(parts):
            yield within._replace(text=node)
            for part in parts:
                yield from uses(part, within) if isinstance(part, Choice) else ()
        case Members(pairs):
            effects = {
                written(value)
                for name, value in pairs
                if written(name) == "Effect" and isinstance(value, Text)
            }
            inside = within._replace(effect="".join(effects) or within.effect)
            for name, value in pairs:
                yield inside._replace(text=name, is_name=True)
                yield from uses(value, inside._replace(names=(*within.names, written(name))))
        case Split(text, separator):
            yield from uses(text, within._replace(separator=separator))
        case Choice(_, then, otherwise):
            yield from uses(then, within)
            yield from uses(otherwise, within)
        case _:
            for child in children(node):
                yield from uses(child, within)


def tests_of(node: Node | Placeholder) -> Iterator[Test]:
    """Go through all tests that decide choices of a document."""
    if isinstance(node, Choice):
        yield node.test
        yield from tests_of(node.then)
        yield from tests_of(node.otherwise)
    else:
        for child in children(node):
            yield from tests_of(child)


def comparisons(test: Test) -> Iterator[Equals]:
    """Go through all comparisons of a test."""
    match test:
        case Equals():
            yield test
        case Not(inner):
            yield from comparisons(inner)
        case And(tests) | Or(tests):
            for each in tests:
                yield from comparisons(each)
        case _:
            pass


def written(text: Text) -> str:
    """Return a text as it is shown: placeholders stand for themselves, and a choice for its first text."""
    return "".join(
        written(part.then) if isinstance(part, Choice) and isinstance(part.then, Text) else str(part)
        for part in text.parts
    )


def value_in(text: Text, name: str, whole: str, form: str) -> str | None:
    """Return the value of a placeholder with which a text is another one, or is a pattern that matches it; None for none.

    Args:
        text: The text.
        name: The name of the placeholder.
        whole: The other text.
        form: What the value looks like, as a regular expression.
    """
    shape = (
        _WILD(".*", re.escape(part))
        if isinstance(part, str)
        else f"({form})"
        if getattr(part, "name", None) == name
        else "(?:.*)"
        for part in text.parts
    )
    own = f"({form})"
    before, _, after = "".join(shape).partition(own)
    found = re.fullmatch(before + own + after.replace(own, r"(?:\1)"), whole, re.DOTALL)
    return found[1] if found is not None and found.lastindex else None


def digits_in(text: Text, name: str, account: str) -> Iterator[str]:
    """Go through the values of a placeholder with which a text that has some digits of an account id has all of it."""
    fields: list[list[str | Placeholder | Choice]] = [[]]
    for part in text.parts:
        first, *others = part.split(":") if isinstance(part, str) else (part,)
        fields[-1].append(first)
        fields.extend([other] for other in others)
    for field in fields:
        if "".join(part for part in field if isinstance(part, str)).isdecimal():
            value = value_in(Text(tuple(field)), name, account, "[0-9]+")
            yield from () if value is None else [value]


_WILD: Final = re.compile(r"\\[*?]").sub

# --- names that are not known ------------------------------------------------------------------------


def without_unknown_names(node: Node, names: Collection[str]) -> Node:
    """Return a document in which an object is unresolved if the name of a member can be any: what its value is about is not known.

    Args:
        node: The document.
        names: The names of all documents that are looked at together.
    """
    match node:
        case Members(pairs):
            unknown = next((one for name, _ in pairs for one in _unknown_in(name, names)), None)
            if unknown is not None:
                return Unresolved(name_shown(unknown.name), place=node.place)
            inside = tuple((name, without_unknown_names(value, names)) for name, value in pairs)
            return attrs.evolve(node, pairs=inside)
        case Items(nodes):
            return attrs.evolve(node, nodes=tuple(without_unknown_names(each, names) for each in nodes))
        case Choice(_, then, otherwise):
            return attrs.evolve(
                node,
                then=without_unknown_names(then, names),
                otherwise=without_unknown_names(otherwise, names),
            )
        case _:
            return node


def _unknown_in(name: Text, names: Collection[str]) -> list[Placeholder]:
    """List the placeholders by which a name may be any; none if it is a condition key of a kind that no other name is."""
    beginning = name.parts[0]
    facts = condition_key(beginning) if isinstance(beginning, str) else None
    if facts is not None and facts.name.endswith((":", "/")):
        own, kind = written(name), fold(facts.name)
        if not any(fold(other).startswith(kind) for other in names if other != own):
            return []
    return [
        part
        for use in uses(name)
        for part in use.text.parts
        if isinstance(part, Placeholder) and not part.allowed
    ]


# --- kinds -----------------------------------------------------------------------------------------

_OF_CLOUDFORMATION: Final[Mapping[str, PlaceholderKind]] = {
    "AWS::AccountId": "account",
    "AWS::Partition": "partition",
    "AWS::Region": "region",
}
_OF_ARN_FIELDS: Final[Mapping[int, PlaceholderKind]] = {1: "partition", 3: "region", 4: "account"}
_OF_FORMS: Final[tuple[tuple[Form, PlaceholderKind], ...]] = (
    (ACCOUNT, "account"),
    (REGION, "region"),
    (ORGANISATION, "organisation"),
    (PRINCIPAL, "principal"),
    (GRANTEE, "principal"),
)
FIRST: Final[tuple[PlaceholderKind, ...]] = (
    "account",
    "partition",
    "region",
    "organisation",
    "action",
    "principal",
    "text",
)
"""Where the places of a placeholder tell several kinds, the first of these counts."""


def kinds_of(root: Node) -> dict[str, PlaceholderKind]:
    """Return what each placeholder of a document stands for, by its name."""
    found: dict[str, set[PlaceholderKind]] = {}
    for use in uses(root):
        for number, part in enumerate(use.text.parts):
            if isinstance(part, Placeholder):
                kind = part.kind or _OF_CLOUDFORMATION.get(part.name) or _kind_at(use, number)
                found.setdefault(part.name, set()).add(kind)
    return {name: min(kinds, key=FIRST.index) for name, kinds in found.items()}


def _kind_at(use: Use, number: int) -> PlaceholderKind:
    """Return what the place of a part tells of it."""
    before, after = (_around(parts) for parts in (use.text.parts[:number], use.text.parts[number + 1 :]))
    if not before and not after:
        return _kind_of_all(use)
    if before.startswith("arn:") and before.endswith(":") and after[:1] in ("", ":"):
        return _OF_ARN_FIELDS.get(before.count(":"), "text")
    return "region" if before.endswith(".") and after.startswith(".amazonaws.") else "text"


def _around(parts: tuple[str | Placeholder | Choice, ...]) -> str:
    return "".join(part if isinstance(part, str) else "\0" for part in parts)


def _kind_of_all(use: Use) -> PlaceholderKind:
    """Return what a text that is nothing but a placeholder stands for."""
    match use.names:
        case _ if use.is_name:
            return "text"
        case ("Statement", "Principal" | "NotPrincipal", "AWS"):
            return "principal"
        case ("Statement", "Action" | "NotAction"):
            return "action"
        case ("Statement", "Condition", _, key):
            form = FORMS.get(fold(key))
            kinds: list[PlaceholderKind] = [kind for known, kind in _OF_FORMS if form is known]
            return kinds[0] if kinds else "text"
        case _:
            return "text"


# --- values ----------------------------------------------------------------------------------------


class Rule(NamedTuple):
    """What the values of a kind look like."""

    words: str
    fits: Callable[[str], object]


def _is_principal(text: str) -> bool:
    return name_of("AWS", text).fault is None


RULES: Final[Mapping[PlaceholderKind, Rule]] = {
    "account": Rule("an account id of 12 digits", is_account_id),
    "partition": Rule("a partition, aws for example", is_partition),
    "region": Rule(REGION.words, re.compile(r"[a-z]+-[a-z-]+-[0-9]+").fullmatch),
    "principal": Rule("the ARN of a principal, or an account id", _is_principal),
    "organisation": Rule(ORGANISATION.words, re.compile(r"o-[a-z0-9]{10,32}").fullmatch),
    "action": Rule("an action of KMS", re.compile(r"\*|kms:[a-z*?]+", re.ASCII | re.IGNORECASE).fullmatch),
    "text": Rule("text", bool),
}
