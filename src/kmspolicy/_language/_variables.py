"""Policy variables: what ``${aws:username}`` stands for in a request.

A variable stands for the value of a key with a single value, where texts or ARNs are compared, in documents of version
2012-10-17: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from kmspolicy._language._keys import condition_key
from kmspolicy._language._patterns import literal
from kmspolicy._language._spelling import fold
from kmspolicy._language._values import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kmspolicy._language._aliases import ContextValue
    from kmspolicy._language._values import OneOf

VERSIONS: Final = ("2012-10-17", "2008-10-17")
"""The versions of the policy language: the current one, and the one that an absent Version means.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
"""
WITH_VARIABLES: Final = VERSIONS[0]
"""The version of the policy language that has variables."""


class Facts(NamedTuple):
    """What is known about a request: the values of its condition keys, by their lower-case names."""

    keys: Mapping[str, tuple[ContextValue | OneOf, ...]]
    variables: bool
    """Whether the policy's version has policy variables."""


_VARIABLE: Final = re.compile(r"\$\{(?:([*?$])|([^\s,'{}$*?]+)(?:\s*,\s*'([^'{}]*)')?)\}")
_ANY_VARIABLE: Final = re.compile(r"\$\{[^{}]*\}")


def without_variables(text: str, instead: str = "") -> str:
    """Replace each variable in a text."""
    return _ANY_VARIABLE.sub(instead, text)


def expand(text: str, facts: Facts) -> str | None:
    """Replace the variables of a text with their values; None if one has no value or is malformed.

    Wildcards in the value of a variable are literal.
    """
    if not facts.variables or "${" not in text:
        return text
    parts: list[str] = []
    end = 0
    for match in _VARIABLE.finditer(text):
        character, name, default = match.groups()
        value = character if name is None else _value(name, default, facts)
        if value is None:
            return None
        parts += (text[end : match.start()], literal(value))
        end = match.end()
    parts.append(text[end:])
    return None if any("${" in part for part in parts[::2]) else "".join(parts)


def _value(name: str, default: str | None, facts: Facts) -> str | None:
    values = facts.keys.get(fold(name), ())
    known = condition_key(name)
    if len(values) != 1 or (known is not None and known.multivalued):
        return default
    return text_of(values[0])


def keys_of_variables(text: str) -> frozenset[str] | None:
    """Return the keys that the variables of a text name, in lower case; None if a variable never has a value."""
    keys: set[str] = set()
    for match in _VARIABLE.finditer(text):
        _, name, default = match.groups()
        if name is None:  # a letter
            continue
        known = condition_key(name)
        if known is None or not known.multivalued:
            keys.add(fold(name))
        elif default is None:
            return None
    return None if "${" in _VARIABLE.sub("", text) else frozenset(keys)
