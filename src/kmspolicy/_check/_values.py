"""Rules about the values of conditions: whether they can be read, and whether a request can have such a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kmspolicy._check._found import Found
from kmspolicy._language._forms import is_never_public, misfit
from kmspolicy._language._patterns import has_wildcards
from kmspolicy._language._values import address, network, text_of
from kmspolicy._language._variables import without_variables
from kmspolicy._printable import represented

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kmspolicy._check._finding import FindingCode
    from kmspolicy._language._forms import ComparedAs, Misfit
    from kmspolicy._language._operators import Operator
    from kmspolicy._language._values import Value
    from kmspolicy._normal._clauses import Clause


def values(clauses: Sequence[Clause]) -> Iterator[Found]:
    """Check the values of conditions."""
    for clause in clauses:
        kind = clause.parsed.operator.kind.name
        yield from _unread(clause)
        if len(clause.values) > 1:
            yield from _several(clause)
        if clause.parsed.operator.kind.variables:
            yield from _variables(clause)
        if kind == "String":
            yield from _plain_wildcards(clause)
        if kind in ("String", "ARN"):
            yield from _misfits(clause)
        elif kind == "IPAddress":
            yield from _networks(clause)


def _unread(clause: Clause) -> Iterator[Found]:
    operator = clause.parsed.operator
    read = operator.kind.read
    unread = [value for value in clause.values if read is not None and read(value) is None]
    certain = not (unread and operator.kind.reads_more)
    if (
        certain
        and len(unread) == len(clause.values)
        and not operator.negated
        and not clause.parsed.seems_to_need_key
    ):
        yield Found(
            "CONDITION_NEVER_MET", clause.steps, "it cannot be read" if unread else "it has no values"
        )
    elif unread:
        yield Found(_UNREAD[operator.kind.name], clause.steps, _listed(unread))


_UNREAD: Final[Mapping[str, FindingCode]] = {
    "Numeric": "TYPE_MISMATCH_NUMBER",
    "Date": "TYPE_MISMATCH_DATE",
    "Bool": "TYPE_MISMATCH_BOOLEAN",
    "Null": "TYPE_MISMATCH_BOOLEAN",
    "IPAddress": "TYPE_MISMATCH_IP_RANGE",
}


def _several(clause: Clause) -> Iterator[Found]:
    if clause.parsed.operator.kind.name in ("Bool", "Null"):
        yield Found("INVALID_CONDITION_MULTIPLE_BOOLEAN", clause.steps, _listed(clause.values))
    if len(set(map(_json_type, clause.values))) > 1:
        yield Found("INVALID_CONDITION_DATA_TYPE", clause.steps, _listed(clause.values))


def _json_type(value: Value) -> str:
    if isinstance(value, str):
        return "string"
    return "boolean" if isinstance(value, bool) else "number"


def _variables(clause: Clause) -> Iterator[Found]:
    """Find variables that cannot be read, by what is wrong with the first."""
    wrong: dict[FindingCode, list[Value]] = {}
    for value in clause.values:
        code = _unreadable_variable(value) if isinstance(value, str) and "${" in value else None
        if code is not None:
            wrong.setdefault(code, []).append(value)
    for code, found in wrong.items():
        yield Found(code, clause.steps, _listed(found))


def _unreadable_variable(text: str) -> FindingCode | None:
    for content, brace in _VARIABLE.findall(text):
        name, comma, default = content.partition(",")
        if not brace:
            return "MISSING_BRACE_IN_VARIABLE"
        if not name:
            return "EMPTY_VARIABLE"
        if comma and not _QUOTED(default):
            return "MISSING_QUOTE_IN_VARIABLE"
        if not _WITHOUT_SPACE(name):
            return "UNSUPPORTED_SPACE_IN_VARIABLE"
    return None


_VARIABLE: Final = re.compile(r"\$\{([^{}]*)(\}?)")
_QUOTED: Final = re.compile(r"\s*'[^']*'").fullmatch
_WITHOUT_SPACE: Final = re.compile(r"\S+\s*").fullmatch


def _listed(wrong: Sequence[Value]) -> str:
    return ", ".join(map(represented, wrong))


# --- text and ARNs ---------------------------------------------------------------------------------


def _plain_wildcards(clause: Clause) -> Iterator[Found]:
    if not clause.parsed.operator.comparison.wildcards and any(map(_has_wildcards, clause.values)):
        yield Found("WILDCARD_WITHOUT_LIKE_OPERATOR", clause.steps)


def _has_wildcards(value: Value) -> bool:
    return isinstance(value, str) and has_wildcards(without_variables(value))


def _misfits(clause: Clause) -> Iterator[Found]:
    """Find values that no request has, by what they should be; wildcards that are plain text are found above."""
    operator = clause.parsed.operator
    compared_as = _compared_as(operator)
    misfits: dict[Misfit, list[Value]] = {}
    for value in clause.values:
        plain_wildcards = not operator.comparison.wildcards and _has_wildcards(value)
        wrong = None if plain_wildcards else misfit(clause.key, text_of(value), compared_as)
        if wrong is not None:
            misfits.setdefault(wrong, []).append(value)
    for (code, expected), wrong_values in misfits.items():
        yield Found(code, clause.steps, f"{_listed(wrong_values)}; expected {expected}")


def _compared_as(operator: Operator) -> ComparedAs:
    if operator.kind.name == "ARN":
        return "arn"
    if operator.comparison.wildcards:
        return "like"
    return "ignore case" if operator.name.endswith("IgnoreCase") else "exact"


# --- networks --------------------------------------------------------------------------------------


def _networks(clause: Clause) -> Iterator[Found]:
    private = [value for value in clause.values if is_never_public(clause.key, value)]
    if private:
        code: FindingCode = (
            "PRIVATE_NOT_IP_ADDRESS" if clause.parsed.operator.negated else "PRIVATE_IP_ADDRESS"
        )
        yield Found(code, clause.steps, _listed(private))
    wide = [value for value in clause.values if _has_host_bits(value)]
    if wide:
        yield Found("IMPROVE_IP_RANGE", clause.steps, _listed(wide))


def _has_host_bits(value: Value) -> bool:
    given = network(value)
    return given is not None and address(text_of(value).partition("/")[0]) != given.network_address
