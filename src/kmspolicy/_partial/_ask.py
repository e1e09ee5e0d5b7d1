"""A question about policies, asked about all policies that partial ones may be."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import attrs

from kmspolicy._check._check import OF_STRANGERS
from kmspolicy._check._finding import Findings
from kmspolicy._document import Policy, Principal, Statement
from kmspolicy._evaluate._access import AccessTable
from kmspolicy._evaluate._request import requester_from
from kmspolicy._language._key_arns import account_of_key_arn
from kmspolicy._partial._answers import (
    LIMITS,
    Answers,
    Case,
    Key,
    comparison,
    findings,
    findings_of_parts,
    verdict,
)
from kmspolicy._partial._explain import explained
from kmspolicy._partial._external import entries_of, external, principals_of
from kmspolicy._partial._fill import NOTHING, given_in, needed, policy_of, told_apart
from kmspolicy._partial._fillings import OF_THE_KEY, Fillings
from kmspolicy._partial._kinds import uses, without_unknown_names, written
from kmspolicy._partial._parts import parts_of
from kmspolicy._partial._read import tree_of_json
from kmspolicy._partial._shown import Shown
from kmspolicy._partial._tables import joined, named
from kmspolicy._partial._tree import Members, Placeholder, Text, Unresolved
from kmspolicy._path import format_path
from kmspolicy._prove._budget import OF_A_CALL, budget_of_call, sharing
from kmspolicy._prove._entries import ExternalAccess
from kmspolicy._prove._verdicts import Comparison, Fails, Holds, Unknown
from kmspolicy.errors import PolicyDocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kmspolicy._check._finding import Finding
    from kmspolicy._partial._external import Principals
    from kmspolicy._partial._fill import Filled
    from kmspolicy._partial._fillings import Filling
    from kmspolicy._partial._parts import Part
    from kmspolicy._partial._tree import Node
    from kmspolicy._prove._verdicts import Verdict

_T = TypeVar("_T")

_JOINED: Final[Mapping[type, Callable[[Answers], object]]] = {
    Findings: findings,
    Holds: verdict,
    Fails: verdict,
    Unknown: verdict,
    Comparison: comparison,
    AccessTable: joined,
    ExternalAccess: external,
}
_TWO: Final = 2
_APART: Final = frozenset({"check", "access"})
"""Questions in which users and roles with different names are taken to be different."""
_HALF: Final = OF_A_CALL // 2
"""The steps that the checks of all fillings may take together; those of all parts may take the rest."""


def ask(
    question: Callable[..., _T],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    partial: Mapping[int, Node],
) -> _T:
    """Return what a question is answered for all fillings.

    Args:
        question: The question.
        args: Its arguments.
        kwargs: Its arguments by name.
        partial: The trees of the arguments that are partial policies, by the ids of these.
    """
    account = _account_in(kwargs)
    known = {} if account is None else {OF_THE_KEY: account}
    apart = told_apart(given_in(tree, known) for tree in partial.values())
    trees = dict(zip(partial, apart, strict=True))
    if _name_of(question) == "explain":
        with sharing(OF_A_CALL):
            return cast("_T", "\n".join(map(explained, trees.values())))
    told = [one for value in (*args, *kwargs.values()) for one in _documents(value)]
    names = {written(use.text) for tree in (*trees.values(), *told) for use in uses(tree) if use.is_name}
    trees = {name: without_unknown_names(tree, names) for name, tree in trees.items()}
    missing = [one for tree in trees.values() for one in needed(tree, NOTHING)]
    placeholders = [one for one in missing if isinstance(one, Placeholder)]
    each = [*placeholders, *(one.account for one in placeholders if isinstance(one.account, Placeholder))]
    own = [Text((one,)) for one in each if one.name == OF_THE_KEY]
    asked = Asked(question, args, kwargs, trees, account, own[:1], told)
    if asked.is_of_one_document([*args, *kwargs.values()]):
        return cast("_T", asked.sample())
    kind = type(asked.sample())
    with sharing(_HALF if asked.name in IN_PARTS else OF_A_CALL):
        answers = asked.about([*trees.values()])
    if answers.unknown and asked.name in IN_PARTS:
        with sharing(_HALF):
            if parts := parts_of(*trees.values()):
                return cast("_T", IN_PARTS[asked.name](asked, parts, answers))
    return cast("_T", _JOINED[kind](answers))


def _name_of(question: Callable[..., object]) -> str:
    return getattr(question, "__name__", "")


def _account_in(kwargs: Mapping[str, Any]) -> str | None:
    """Return the account of the key that arguments tell: it is the caller's, if nothing else tells one."""
    account, key_arn, caller = (kwargs.get(name) for name in ("account", "key_arn", "caller"))
    told = account or (account_of_key_arn(key_arn) if isinstance(key_arn, str) else None)
    return told or (requester_from(caller).account if caller else None)


def _documents(value: object) -> Iterator[Node]:
    """Yield documents with the texts of an argument of a question that is not a partial policy."""
    match value:
        case Policy():
            yield tree_of_json(value.to_json(), lambda text: (text,))
        case Principal():
            yield from _documents(Policy(Statement("Allow", principal=value, action="kms:*", resource="*")))
        case str():
            names = Members(((Text(("AWS",)), Text((value,))),))
            said = Members(((Text(("Principal",)), names), (Text(("Resource",)), Text((value,)))))
            yield Members(((Text(("Statement",)), said),))
        case list() | tuple():
            for each in cast("Sequence[object]", value):
                yield from _documents(each)
        case _:
            pass


@attrs.frozen(slots=False)  # cached_property needs a __dict__
class Asked:
    """A question.

    Attributes:
        question: It.
        args: Its arguments.
        kwargs: Its arguments by name.
        trees: The trees of the arguments that are partial policies, by the ids of these.
        account: The account of the key; None if it is not known.
        own: The placeholder for it, where it has one, as a document.
        told: What else the question tells, as documents: other policies, principals, actions, the key.
    """

    question: Callable[..., object]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    trees: Mapping[int, Node]
    account: str | None
    own: Sequence[Node] = ()
    told: Sequence[Node] = ()

    @cached_property
    def _principals(self) -> Principals:
        (tree,) = self.trees.values()
        return principals_of(tree)

    @property
    def name(self) -> str:
        """The name of the question."""
        return _name_of(self.question)

    def is_of_one_document(self, given: Iterable[object]) -> bool:
        """Return whether two documents are compared that are the same, whatever its values are."""
        trees = [self.trees[id(one)] for one in given if id(one) in self.trees]
        first, *others = trees
        return (
            len(trees) == _TWO
            and others == [first]
            and not any(isinstance(one, Unresolved) for one in needed(first, NOTHING))
        )

    def sample(self) -> object:
        """Return what it is answered for policies without statements."""
        return self._answer([Policy([])] * len(self.trees), {})

    def about(self, trees: Sequence[Node]) -> Answers:
        """Return what is said of all fillings of some trees in the place of those policies."""
        apart = self.name in _APART
        fillings = Fillings([*trees, *self.own], self.account, others=self.told, apart=apart)
        budget = budget_of_call()
        cases: list[Case] = []
        try:
            for filling in list(fillings):
                cases.append(self._case(filling, fillings))
                budget.spend(filling.size)
        except tuple(LIMITS) as error:
            return Answers(fillings, [], self.sample(), LIMITS[type(error)])
        return Answers(fillings, cases, self.sample())

    def _answer(self, policies: Iterable[Policy], more: Mapping[str, Any]) -> object:
        filled = dict(zip(self.trees, policies, strict=True))
        values = {**self.kwargs, **more}
        return self.question(
            *(filled.get(id(one), one) for one in self.args),
            **{name: filled.get(id(one), one) for name, one in values.items()},
        )

    def _case(self, filling: Filling, fillings: Fillings) -> Case:
        if filling.documents is None:
            return Case(filling, None)
        documents = filling.documents[: len(self.trees)]
        shown = Shown(fillings, filling.given)
        own = filling.given.texts.get(OF_THE_KEY)
        is_told = own is None or self.account is not None
        try:
            said = self._answer(map(policy_of, documents), {} if is_told else {"account": own})
        except PolicyDocumentError as error:
            raise PolicyDocumentError(map(shown.value, error.problems)) from None
        if isinstance(said, tuple):
            return Case(filling, _by_origin(cast("tuple[Finding, ...]", said), documents[0], shown))
        if isinstance(said, ExternalAccess):
            entries = entries_of(said, documents[0], filling.given, self._principals, shown)
            return Case(filling, entries)
        if isinstance(said, AccessTable):
            return Case(filling, named(said, fillings, filling.given, shown))
        return Case(filling, shown.value(said))


def _findings(asked: Asked, parts: Sequence[Part], _: Answers) -> Findings:
    """Return what is found in the parts of a policy."""
    return findings_of_parts(
        (part, attrs.evolve(asked, question=part.check).about([part.tree])) for part in parts
    )


def _strangers(asked: Asked, parts: Sequence[Part], whole: Answers) -> Verdict:
    """Return whether no part of a policy lets strangers in; what is not known of it could."""
    (tree,) = asked.trees.values()
    if any(isinstance(one, Unresolved) for one in needed(tree, NOTHING)):
        return verdict(whole)
    answers = [asked.about([part.tree]) for part in parts if part.codes & OF_STRANGERS]
    verdicts = [*map(verdict, answers), cast("Verdict", asked.sample())]
    return next(one for kind in (Fails, Unknown, Holds) for one in verdicts if isinstance(one, kind))


def _by_origin(found: tuple[Finding, ...], document: Filled, shown: Shown) -> dict[Key, Finding]:
    """Return findings as they are shown, by their codes and where they come from."""

    def renumbered(match: re.Match[str]) -> str:
        return format_path(document.origin(("Statement", int(match[1]))).steps)

    by_key: dict[Key, Finding] = {}
    for one in found:
        origin = document.origin(one.steps)
        message = _STATEMENT.sub(renumbered, one.message)
        by_key[Key(one.code, origin)] = attrs.evolve(
            shown.value(one), message=shown.text(message), steps=origin.steps, place=origin.place
        )
    return by_key


_STATEMENT: Final = re.compile(r"Statement\[([0-9]+)\]")
IN_PARTS: Final[Mapping[str, Callable[[Asked, Sequence[Part], Answers], object]]] = {
    "check": _findings,
    "no_public_access": _strangers,
}
"""How questions are answered in parts, where the whole is not known."""
