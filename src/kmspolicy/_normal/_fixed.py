"""Whether a value of a condition stands for a limited set of what AWS chooses, or for anybody's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kmspolicy._language._keys import condition_key
from kmspolicy._language._patterns import has_wildcards, literal
from kmspolicy._language._principals import is_account_id
from kmspolicy._language._values import network, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kmspolicy._language._values import Value
    from kmspolicy._normal._clauses import Clause


def is_fixed(clause: Clause, value: Value) -> bool:
    """Return whether a value stands for a limited set: it has no wildcard, or begins with what AWS chooses.

    Args:
        clause: The condition.
        value: One of its values.
    """
    kind = clause.parsed.operator.kind.name
    if kind == "IPAddress":
        return _is_narrow(value)
    pattern = pattern_of(clause, value)
    if kind == "ARN" or not has_wildcards(pattern):
        return not has_wildcards(pattern) or ARN(pattern) is not None
    return any(clause.folded.endswith(end) and begins(pattern) for end, begins in _BEGINNINGS.items())


# An account, an organisation, the unique id of a user or a role, the name of a service. An ARN operator compares part by
# part; a wildcard of StringLike may stand for colons.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
ARN: Final = re.compile(r"(?:[^:]*:){4}\**[0-9]{12}\**:").match
ARN_AS_TEXT: Final = re.compile(
    r"((?:[^:]*:){0,4}[*?]*)[0-9]{12}:|((?:[^:]*:){1,4})[0-9]{12}(?:[*?]|$)"
).match
_ACCOUNT: Final = re.compile(r"\**[0-9]{12}\**").fullmatch
_SERVICE: Final = re.compile(r"[a-z0-9-]+\.").match
_BEGINNINGS: Final[Mapping[str, Callable[[str], re.Match[str] | None]]] = {
    "account": _ACCOUNT,
    "sourceowner": _ACCOUNT,
    "arn": ARN_AS_TEXT,
    "orgpaths": re.compile(r"o-[a-z0-9]+/").match,
    "aws:userid": re.compile(r"[A-Z0-9]+:|A[A-Z]{3}[A-Z0-9]{12}|[0-9]{12}").match,
    "servicename": _SERVICE,
    "servicenameslist": _SERVICE,
}


SOURCES: Final = frozenset(
    ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"]
)
"""The keys in which AWS says for whom a service calls.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""


def tells_an_account(value: Value) -> bool:
    """Return whether a value is an account id, or an ARN that has one."""
    text = text_of(value)
    return is_account_id(text) or ARN(text) is not None


def pattern_of(clause: Clause, value: Value) -> str:
    """Write what a value stands for as a pattern, in which a variable is a wildcard unless the key decides it."""
    text = text_of(value)
    return _VARIABLE(_in_its_place, text if clause.parsed.operator.comparison.wildcards else literal(text))


_VARIABLE: Final = re.compile(r"\$\{([^{},]*)[^{}]*\}").sub


def _in_its_place(variable: re.Match[str]) -> str:
    facts = condition_key(variable[1].strip())
    return variable[1] if facts is not None and facts.chosen_by == "key" else "*"


def _is_narrow(value: Value) -> bool:
    """Return whether a network is small enough to be somebody's, where S3 draws the line; what is none has no address.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
    """
    given = network(value)
    return given is None or given.prefixlen >= _WIDEST[given.version]


_WIDEST: Final = {4: 8, 6: 32}
