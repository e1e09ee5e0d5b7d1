"""Converters: from an argument or a value of JSON to the attribute that stores it.

A converter returns the value of the attribute, or raises a PolicyDocumentError with every problem below it.
Constructors and readers share the converters: there is one set of rules about form. ``_at_once`` needs none of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast

import attrs

from kmspolicy._language._spelling import nearest
from kmspolicy._path import MAX_NAME
from kmspolicy._printable import quoted
from kmspolicy._text import MAX_DIGITS, MAX_PROBLEMS, TOO_MANY_DIGITS, TWICE, half_of_a_pair
from kmspolicy.errors import PolicyDocumentError, Problem, ProblemCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from kmspolicy._language._values import Value, Values

    Converter: TypeAlias = Callable[[Any], Any]

Names: TypeAlias = str | tuple[str, ...]

_T = TypeVar("_T")
_R = TypeVar("_R")

compact: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")
).encode


def wrong(code: ProblemCode, message: str, *, suggestion: str | None = None) -> PolicyDocumentError:
    return PolicyDocumentError([Problem(code, message, suggestion=suggestion)])


def mistyped(message: str) -> PolicyDocumentError:
    return wrong("DATA_TYPE_MISMATCH", message)


def refused(problems: list[Problem]) -> PolicyDocumentError:
    """Return the error for problems; the first ones are enough."""
    return PolicyDocumentError(problems[:MAX_PROBLEMS])


def shown(value: object) -> str:
    """Return a value as messages show it: text in quotes, the type of anything else."""
    return quoted(value, MAX_NAME) if isinstance(value, str) else json_type(value)


def below(step: str | int, error: PolicyDocumentError) -> list[Problem]:
    """Return the problems of a part with the path from the whole."""
    return [attrs.evolve(problem, steps=(step, *problem.steps)) for problem in error.problems]


def json_type(value: object) -> str:
    """Return the name of a value's type in JSON, or in Python if JSON does not have it."""
    function = _function_in(value)
    if function is not None:
        return f"the CloudFormation function {function}; {_FILL_IN}"
    for types, name in _JSON_TYPES:
        if isinstance(value, types):
            return name
    return "null" if value is None else type(value).__name__


def _function_in(value: object) -> object | None:
    """Return the name of the CloudFormation function that an object calls; None for any other value."""
    names = list(cast("Mapping[object, object]", value)) if isinstance(value, Mapping) else []
    return names[0] if len(names) == 1 and is_function(names[0]) else None


_JSON_TYPES: Final[tuple[tuple[type | tuple[type, ...], str], ...]] = (
    (str, "text"),
    (bool, "true or false"),
    ((int, float), "a number"),
    (Mapping, "an object"),
    ((list, tuple), "an array"),
)


def is_function(name: object) -> bool:
    """Return whether a name in an object is that of a CloudFormation function, which a template has in a value's place.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    """
    return isinstance(name, str) and _FUNCTION(name) is not None


_FUNCTION: Final = re.compile(r"Ref|Fn::[A-Za-z0-9]{1,30}(?:::[A-Za-z0-9]{1,255})?").fullmatch
_FILL_IN: Final = "put what it returns in its place, or read the template that it is in"


def unknown(name: object, known: Iterable[str], what: str, code: ProblemCode) -> PolicyDocumentError:
    """Return the error for an unknown element, with the one that was probably meant."""
    if is_function(name):
        return wrong(code, f"{name!r} is a CloudFormation function, and not {what}; {_FILL_IN}")
    likely = nearest(name, {word.lower(): word for word in known}) if isinstance(name, str) else None
    return wrong(code, f"{shown(name)} is not {what}", suggestion=likely)


def members_of(
    data: Mapping[str, object],
    converters: Mapping[str, Converter],
    what: str,
    code: ProblemCode = "INVALID_POLICY_ELEMENT",
) -> dict[str, Any]:
    """Convert each member of an object and collect all problems; ``code`` is for an unknown member."""
    members: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in data.items():
        try:
            convert = converters.get(name)
            if convert is None:
                raise unknown(name, converters, what, code)
            if name in members:
                raise wrong("DUPLICATE_NAME", TWICE)  # a mapping that is not a dict may have it
            members[name if type(name) is str else text(name)] = convert(value)
        except PolicyDocumentError as error:
            problems += below(name if isinstance(name, str) else json_type(name), error)
            if len(problems) >= MAX_PROBLEMS:
                break
    if problems:
        raise refused(problems)
    return members


def each(values: Iterable[Any], convert: Callable[[Any], _T]) -> tuple[_T, ...]:
    """Convert each item of an array and collect all problems."""
    try:
        return tuple(map(convert, values))
    except PolicyDocumentError:
        problems: list[Problem] = []
        for index, value in enumerate(values):
            try:
                convert(value)
            except PolicyDocumentError as error:
                problems += below(index, error)
                if len(problems) >= MAX_PROBLEMS:
                    break
        raise refused(problems) from None


def text(value: str) -> str:
    """Return text as ``str`` itself, not as a subclass."""
    if type(value) is str and value.isascii():
        return value
    if not isinstance(value, str):
        raise mistyped(f"expected text, found {json_type(value)}")
    if not value.isascii() and half_of_a_pair(value):
        raise wrong("INVALID_VALUE", "half of a surrogate pair is not a character")
    return value if type(value) is str else str.__str__(value)


def given(name: str, value: _T, convert: Callable[[_T], _R]) -> _R:
    """Convert an argument, and put what is wrong with it under its element."""
    try:
        return convert(value)
    except PolicyDocumentError as error:
        raise PolicyDocumentError(below(name, error)) from None


def names(value: str | Sequence[str]) -> Names:
    """Return one name, or several as a tuple."""
    if type(value) is str and value.isascii():
        return value
    if isinstance(value, str):
        return text(value)
    if not isinstance(value, (list, tuple)):
        raise mistyped(f"expected text or an array of text, found {json_type(value)}")
    if _PLAIN_TEXT.issuperset(map(type, value)) and "".join(value).isascii():
        return tuple(value)
    return each(value, text)


_PLAIN_TEXT: Final = frozenset({str})


def _scalar(value: Value) -> Value:
    """Return text, a boolean or a finite number, not as a subclass."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if not -_TOO_LARGE // 10 < value < _TOO_LARGE:
            raise wrong("LIMIT_EXCEEDED", TOO_MANY_DIGITS)
        return int.__int__(value)
    if not isinstance(value, float):
        raise mistyped(f"expected text, a number, true or false, found {json_type(value)}")
    if not isfinite(value):
        raise wrong("INVALID_VALUE", f"{float(value)!r} is not a finite number")
    return float.__float__(value)


_TOO_LARGE: Final = 10**MAX_DIGITS


def values_of(value: Value | Sequence[Value]) -> Values:
    """Return one value of a condition key, or several as a tuple."""
    if type(value) is str and value.isascii():
        return value
    if isinstance(value, (list, tuple)):
        return each(cast("Sequence[Value]", value), _scalar)
    return _scalar(cast("Value", value))


def mapping(value: object, what: str) -> Mapping[str, Any]:
    """Return the value if it is a mapping of any type."""
    if type(value) is not dict and not isinstance(value, Mapping):
        raise mistyped(f"{what} must be an object, not {json_type(value)}")
    return cast("Mapping[str, Any]", value)


def open_object(value: object, what: str, convert: Converter) -> tuple[tuple[str, Any], ...]:
    """Convert an object that may have any names, such as operators and condition keys."""
    items: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, inner in mapping(value, what).items():
        try:
            plain = text(name)
            if plain in items:
                raise wrong("DUPLICATE_NAME", TWICE)  # a mapping that is not a dict may have it
            items[plain] = convert(inner)
        except PolicyDocumentError as error:
            problems += below(name if isinstance(name, str) else json_type(name), error)
            if len(problems) >= MAX_PROBLEMS:
                break
    if problems:
        raise refused(problems)
    return tuple(items.items())


def plural(value: _T | tuple[_T, ...] | None) -> tuple[_T, ...]:
    if value is None:
        return ()
    if isinstance(value, tuple):
        return cast("tuple[_T, ...]", value)  # pyrefly: ignore[redundant-cast] - pyright cannot tell
    return (value,)


def slots_of(cls: type) -> tuple[Callable[[object, object], None], ...]:
    """Return functions that set the slots of a frozen class, for valid values."""
    return tuple(getattr(cls, field.name).__set__ for field in attrs.fields(cls))
