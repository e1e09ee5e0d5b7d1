"""A question about policies, asked about all policies that partial ones may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import attrs

from kmspolicy._document import Policy
from kmspolicy._evaluate._access import AccessTable
from kmspolicy._language._key_arns import account_of_key_arn
from kmspolicy._partial._answers import Answers, Case, Key, comparison, findings, verdict
from kmspolicy._partial._fill import given_in, policy_of
from kmspolicy._partial._fillings import Fillings, TooManyError
from kmspolicy._partial._shown import Shown
from kmspolicy._partial._tables import joined, named
from kmspolicy._prove._verdicts import Comparison, Fails, Holds, Unknown
from kmspolicy.errors import PolicyDocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kmspolicy._check._finding import Finding
    from kmspolicy._partial._fill import Filled
    from kmspolicy._partial._fillings import Filling
    from kmspolicy._partial._tree import Node

_T = TypeVar("_T")

_OF_THE_KEY: Final = "AWS::AccountId"
"""A key is in the account of its stack."""
_JOINED: Final[Mapping[type, Callable[[Answers], object]]] = {
    tuple: findings,
    Holds: verdict,
    Fails: verdict,
    Unknown: verdict,
    Comparison: comparison,
    AccessTable: joined,
}
_APART: Final = frozenset({"check", "access"})
"""Questions in which users and roles with different names are taken to be different."""


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
    account = kwargs.get("account") or _account_of(kwargs.get("key_arn"))
    known = {} if account is None else {_OF_THE_KEY: account}
    fillings = Fillings(
        [given_in(tree, known) for tree in partial.values()],
        account,
        apart=getattr(question, "__name__", "") in _APART,
    )

    def answer(policies: list[Policy], more: Mapping[str, Any]) -> object:
        filled = dict(zip(partial, policies, strict=True))
        values = {**kwargs, **more}
        return question(
            *(filled.get(id(one), one) for one in args),
            **{name: filled.get(id(one), one) for name, one in values.items()},
        )

    def case(filling: Filling) -> Case:
        if filling.documents is None:
            return Case(filling, None)
        shown = Shown(fillings, filling.given)
        own = filling.given.texts.get(_OF_THE_KEY)
        more = {} if own is None or account is not None or kwargs.get("caller") else {"account": own}
        try:
            said = answer(list(map(policy_of, filling.documents)), more)
        except PolicyDocumentError as error:
            raise PolicyDocumentError(map(shown.value, error.problems)) from None
        if isinstance(said, tuple):
            return Case(filling, _by_origin(cast("tuple[Finding, ...]", said), filling.documents[0], shown))
        if isinstance(said, AccessTable):
            return Case(filling, named(said, fillings, filling.given, shown))
        return Case(filling, shown.value(said))

    try:
        cases = list(map(case, fillings))
    except TooManyError:
        cases = list[Case]()
    sample = answer([Policy([])] * len(partial), {})
    answers = Answers(fillings, cases, sample)
    return cast("_T", _JOINED[type(sample)](answers))


def _account_of(key_arn: object) -> str | None:
    return account_of_key_arn(key_arn) if isinstance(key_arn, str) else None


def _by_origin(found: tuple[Finding, ...], document: Filled, shown: Shown) -> dict[Key, Finding]:
    """Return findings as they are shown, by their codes and where they come from."""
    by_key: dict[Key, Finding] = {}
    for one in found:
        origin = document.origin(one.steps)
        by_key[Key(one.code, origin)] = attrs.evolve(shown.value(one), steps=origin.steps, place=origin.place)
    return by_key
