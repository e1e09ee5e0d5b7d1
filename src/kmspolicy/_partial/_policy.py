"""Policies with placeholders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, final

import attrs

from kmspolicy._document._unfilled import Unfilled
from kmspolicy._partial._fill import NOTHING, fill, given_in, needed, policy_of
from kmspolicy._partial._kinds import RULES, kinds_of, uses
from kmspolicy._partial._read import tree_of_json
from kmspolicy._partial._tree import Open, Placeholder, Unresolved
from kmspolicy._printable import quoted, word
from kmspolicy.errors import PlaceholderError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kmspolicy._document import Policy
    from kmspolicy._partial._tree import Node

_T = TypeVar("_T")


@final
@attrs.frozen(repr=False)
class PartialPolicy(Unfilled):
    """A key policy in which some values are not known yet.

    :func:`kmspolicy.check`, :func:`kmspolicy.access`, :func:`kmspolicy.compare`, :func:`kmspolicy.explain` and
    :mod:`kmspolicy.prove` take it; what they say then holds for all values, or names the placeholders that it depends on. It
    cannot be put: fill it first.
    """

    _tree: Node

    @classmethod
    def from_json(cls, text: str | bytes) -> PartialPolicy:
        """Create a partial policy from JSON text.

        ``${AWS::AccountId}``, ``<ACCOUNT_ID>``, ``{{account}}`` and the like are placeholders; ``${aws:username}`` is a
        policy variable and stays.

        Args:
            text: JSON text; bytes are UTF-8.

        Raises:
            PolicyDocumentError: if it is not a policy document; lists every problem with its line and column.
        """
        return cls(tree_of_json(text))

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """The placeholders that need a value, in the order of the document; their kinds are those that their places tell."""
        kinds = kinds_of(self._tree)
        found = {one.name: one for one in reversed(self._needed()) if isinstance(one, Placeholder)}
        return tuple(attrs.evolve(one, kind=kinds.get(one.name, "text")) for one in reversed(found.values()))

    @property
    def unresolved(self) -> tuple[str, ...]:
        """What cannot be known from the source, regardless of values: parts of the document, and conditions."""
        return tuple(dict.fromkeys(one.name for one in self._needed() if isinstance(one, (Unresolved, Open))))

    def fill(self, values: Mapping[str, str] | None = None) -> Policy:
        """Return the policy with these values.

        Args:
            values: The values of placeholders, by their names.

        Raises:
            PlaceholderError: if a value is missing, is not what the placeholder stands for, or has no placeholder; or if
                the source does not tell all of the document.
            PolicyDocumentError: if the result is not a policy document.
        """
        if values:
            return self.with_values(values).fill()
        missing = [*(one.name for one in self.placeholders), *self.unresolved]
        if missing:
            names = ", ".join(map(word, missing))
            raise PlaceholderError(f"nothing is known yet of {names}", missing)
        return policy_of(fill(self._tree, NOTHING))

    def with_values(self, values: Mapping[str, str]) -> PartialPolicy:
        """Return the policy with some values, and placeholders for the others.

        Args:
            values: The values of placeholders, by their names.

        Raises:
            PlaceholderError: if a value is not what the placeholder stands for, or has no placeholder.
        """
        there = {one.name: one for one in self.placeholders}
        for name, value in values.items():
            if name not in there:
                known = ", ".join(map(word, there)) or "none"
                raise PlaceholderError(
                    f"there is no placeholder {word(name)}; those without a value: {known}", [name]
                )
            self._refuse(there[name], value)
        return PartialPolicy(given_in(self._tree, values))

    def _refuse(self, placeholder: Placeholder, value: str) -> None:
        """Raise an error for a value that a placeholder cannot have."""
        separators = {
            use.separator
            for use in uses(self._tree)
            if use.separator and placeholder.name in {getattr(part, "name", None) for part in use.text.parts}
        }
        for separator in separators:
            value = value.replace(separator, ",")
        items = value.split(",") if separators else [value]
        rule = RULES[placeholder.kind or "text"]
        if placeholder.allowed:
            if value not in placeholder.allowed and not (separators and {*items} <= {*placeholder.allowed}):
                raise _wrong(placeholder, f"one of {', '.join(map(word, placeholder.allowed))}", value)
        elif not all(map(rule.fits, items)):
            raise _wrong(placeholder, rule.words, value)

    def answer(self, question: Callable[..., _T], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _T:
        """Return what a question about policies is answered for all values."""
        from kmspolicy._partial._ask import ask  # noqa: PLC0415 - a policy may be filled before anything is asked

        given = [one for one in (*args, *kwargs.values()) if isinstance(one, PartialPolicy)]
        return ask(question, args, kwargs, {id(one): one._tree for one in given})  # noqa: SLF001 - its own

    def __repr__(self) -> str:
        """Return the names of what is not known."""
        names = [*(one.name for one in self.placeholders), *self.unresolved]
        return f"PartialPolicy({', '.join(map(word, names))})"

    def _needed(self) -> list[Placeholder | Open | Unresolved]:
        return needed(self._tree, NOTHING)


def _wrong(placeholder: Placeholder, expected: str, value: str) -> PlaceholderError:
    what = f"{word(placeholder.name)} stands for {expected}, not {quoted(value)}"
    return PlaceholderError(what, [placeholder.name])
