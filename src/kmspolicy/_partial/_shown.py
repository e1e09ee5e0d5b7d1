"""Answers as people read them: with placeholders where something stood for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar, cast

import attrs

from kmspolicy._partial._fill import text_of, written_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kmspolicy._partial._fill import Given
    from kmspolicy._partial._fillings import Fillings

_T = TypeVar("_T")


class Shown:
    """The words of a filling, and what is shown for them."""

    def __init__(self, fillings: Fillings, given: Given) -> None:
        """Find out what stands for placeholders."""
        words = fillings.tokens
        for use in fillings.used:
            text = text_of(use.text, given) or ""
            values = [given.texts.get(getattr(part, "name", ""), "") for part in use.text.parts]
            if fillings.has_stand_in(text) or (":" in text and any(map(fillings.is_one_of_many, values))):
                words = {**words, text: written_in(use.text, given)}
        self._words: Mapping[str, str] = words
        self._found = _any_of(words)

    def text(self, text: str) -> str:
        """Return a text with placeholders."""
        return self._found.sub(lambda match: self._words[match[0]], text)

    def value(self, value: _T) -> _T:
        """Return a value with placeholders in all texts that are a part of it."""
        return cast("_T", self._value(value))

    def _value(self, value: Any) -> Any:  # noqa: ANN401 - the fields of all answers
        if isinstance(value, str):
            return self.text(value)
        kind: Any = type(cast("object", value))
        if isinstance(value, (tuple, list, frozenset)):
            parts = map(self._value, cast("tuple[object, ...]", value))
            return kind._make(parts) if hasattr(kind, "_make") else kind(parts)
        if isinstance(value, dict):
            return {
                self._value(key): self._value(each)
                for key, each in cast("dict[object, object]", value).items()
            }
        return self._with_fields(value, kind) if attrs.has(kind) else value

    def _with_fields(self, value: object, kind: Any) -> object:  # noqa: ANN401 - the same
        """Return a copy, whose fields may hold what a constructor would refuse."""
        shown: object = object.__new__(kind)
        for field in attrs.fields(kind):
            object.__setattr__(shown, field.name, self._value(getattr(value, field.name)))
        return shown


def _any_of(words: Mapping[str, str]) -> re.Pattern[str]:
    """Return what finds each of some words, the longest first; of no words, what finds nothing."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or "(?!)")
