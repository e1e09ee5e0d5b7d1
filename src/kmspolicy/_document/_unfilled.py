"""Questions about policies that can be asked about policies whose values are not all known."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Unfilled:
    """A policy whose values are not all known: a question about it is asked about all policies that it may be."""

    __slots__ = ()

    def answer(self, question: Callable[..., _T], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _T:
        """Return what is the same for all of them, and on what the rest depends.

        Args:
            question: A function of policies.
            args: Its arguments, with this policy and perhaps others among them.
            kwargs: Its arguments by name.
        """
        raise NotImplementedError


def asked_of_each(question: Callable[_P, _T]) -> Callable[_P, _T]:
    """Let a question about policies be asked about policies whose values are not all known."""

    @wraps(question)
    def ask(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        unfilled = next((one for one in (*args, *kwargs.values()) if isinstance(one, Unfilled)), None)
        return question(*args, **kwargs) if unfilled is None else unfilled.answer(question, args, kwargs)

    return ask
