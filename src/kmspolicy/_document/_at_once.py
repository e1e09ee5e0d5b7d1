"""The fast reader: it turns the text of a valid document into values, and leaves all others to the converters.

Its input is the result of ``_text.members``: types are exact, no text has half of a surrogate pair, an array is a
list, and an object is a tuple of its members. ValueError and KeyError mean that the document is not valid; the
converters then find out what is wrong with it.
"""

# pyright: reportUnknownVariableType=false
# The types of values from JSON are unknown; this module checks them.

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from kmspolicy._document._condition import Condition, condition_of
from kmspolicy._document._convert import text
from kmspolicy._document._principal import KINDS, Principal, principal_of
from kmspolicy._document._statement import ELEMENTS, Statement, effect_of, refuse_twins, statement_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kmspolicy._language._values import Values

    Json: TypeAlias = Any  # a value of JSON, with objects as tuples
    Reader: TypeAlias = Callable[[Json], Any]
    Places: TypeAlias = Mapping[str, tuple[int, Reader]]

_TEXT: Final = frozenset({str})
_SCALARS: Final = frozenset({str, bool, int, float})


def _names(value: Json) -> Json:
    kind = type(value)
    if kind is str:
        return value
    if kind is list and _TEXT.issuperset(map(type, value)):
        return tuple(value)
    raise ValueError


def _values(value: Json) -> Json:
    kind = type(value)
    if kind in _SCALARS:
        return value
    if kind is list and _SCALARS.issuperset(map(type, value)):
        return tuple(value)
    raise ValueError


def _open_object(value: Json, read: Reader) -> tuple[tuple[Any, Any], ...]:
    """Read an object that may have any names."""
    kind = type(value)
    if kind is not tuple:
        raise ValueError
    members: dict[str, Any] = {}
    for name, inner in value:
        if name in members:
            raise ValueError
        members[name] = read(inner)
    return tuple(members.items())


def _principal(value: Json) -> Principal:
    if value == "*":
        return principal_of("*")
    kinds = _open_object(value, _names)
    for kind, _ in kinds:
        if kind not in KINDS:
            raise ValueError
    return principal_of(kinds)


def _keys(value: Json) -> tuple[tuple[str, Values], ...]:
    return _open_object(value, _values)


def _condition(value: Json) -> Condition:
    return condition_of(_open_object(value, _keys))


def _elements(value: Json, places: Places) -> list[Any]:
    """Read the elements of an object into a list, None for an absent one; only the first is required."""
    kind = type(value)
    if kind is not tuple:
        raise ValueError
    elements = [None] * len(places)
    for name, inner in value:
        place, read = places[name]
        if elements[place] is not None:
            raise ValueError
        elements[place] = read(inner)
    if elements[0] is None:
        raise ValueError
    return elements


_READERS: Final[Mapping[str, Reader]] = {
    "Effect": effect_of,
    "Principal": _principal,
    "NotPrincipal": _principal,
    "Action": _names,
    "NotAction": _names,
    "Resource": _names,
    "NotResource": _names,
    "Condition": _condition,
    "Sid": text,
}
_OF_A_STATEMENT: Final[Places] = {name: (place, _READERS[name]) for place, name in enumerate(ELEMENTS)}


def _statement(value: Json) -> Statement:
    statement = statement_of(*_elements(value, _OF_A_STATEMENT))
    refuse_twins(statement)
    return statement


def _statements(value: Json) -> Statement | tuple[Statement, ...]:
    kind = type(value)
    return tuple(map(_statement, value)) if kind is list else _statement(value)


_OF_A_POLICY: Final[Places] = {"Statement": (0, _statements), "Id": (1, text), "Version": (2, text)}


def policy_elements(value: Json) -> tuple[Statement | tuple[Statement, ...], str | None, str | None]:
    """Read the Statement, Id and Version of a document.

    Raises:
        ValueError: if the document is not valid.
        KeyError: the same.
    """
    statement, label, version = _elements(value, _OF_A_POLICY)
    return statement, label, version
