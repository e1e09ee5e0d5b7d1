"""Plain English of conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._language._operators import PARSED
from kmspolicy._language._values import text_of, truth
from kmspolicy._printable import quoted, word
from kmspolicy._words._lists import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kmspolicy._document import Condition
    from kmspolicy._language._values import Value


def condition_words(condition: Condition) -> str:
    """Return when a condition is met."""
    return listed([*condition], lambda clause: clause_words(*clause))


def clause_words(name: str, key: str, values: Sequence[Value]) -> str:
    """Return what one operator asks of one key."""
    parsed, key = PARSED.get(name), word(key)
    shown = listed(values, value_words, "or") if values else "one of no values"
    if parsed is None:
        return f"{quoted(name)}, which is not an operator, is met by {key} and {shown}"
    if parsed.of_presence:
        return f"{key} is {listed(values, lambda value: _PRESENCE[truth(value)], 'or') if values else shown}"
    subject = {"ForAnyValue": f"a value of {key}", "ForAllValues": f"every value of {key}"}.get(
        parsed.qualifier, key
    )
    words = f"{subject} {parsed.operator.words} {shown}"
    return f"{words} (or is absent)" if parsed.if_exists else words


_PRESENCE: Final = {True: "absent", False: "present", None: "neither present nor absent"}


def value_words(value: Value) -> str:
    """Return a value as it is, or in quotes if it looks like our words."""
    return word(text_of(value))
