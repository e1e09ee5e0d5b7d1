"""The normal form of policies, and with it equivalence.

Two policies with the same normal form give the same answer to every request. The reverse is not so: this is a matter of
spelling, and no proof.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from kmspolicy._language._patterns import covers
from kmspolicy._language._spelling import fold
from kmspolicy._language._versions import VERSIONS
from kmspolicy._normal._clauses import Clauses, clauses_of, has_variables

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from kmspolicy._document import Policy, Principal, Statement
    from kmspolicy._document._statement import Effect


class Except(NamedTuple):
    """The names of a Not-element, which belong together."""

    names: frozenset[tuple[str, str]]


class Malformed(NamedTuple):
    """An element that is missing (None), names nothing or is not what KMS takes; it stays as it is."""

    element: Principal | tuple[str, ...] | None


Who: TypeAlias = tuple[str, str] | Except | Malformed
What: TypeAlias = str | Except | Malformed
Which: TypeAlias = Literal["*"] | Except | Malformed


class Grant(NamedTuple):
    """What one principal is allowed or denied under one condition, statements merged and split alike."""

    effect: Effect
    who: Who
    what: frozenset[What]
    resource: Which
    clauses: Clauses


class Form(NamedTuple):
    """The normal form of a policy."""

    version: str
    grants: frozenset[Grant]


# --- into the normal form --------------------------------------------------------------------------


def form(policy: Policy, partition: str) -> Form:
    """Bring a policy into its normal form."""
    merged: dict[tuple[Effect, Who, Which, Clauses], set[What]] = {}
    for statement in policy.statements:
        clauses, resource, what = clauses_of(statement.condition), _resource(statement), _what(statement)
        for who in _who(statement, partition):
            merged.setdefault((statement.effect, who, resource, clauses), set()).update(what)
    least = {what: _minimal(what) for what in {frozenset(what) for what in merged.values()}}
    grants = frozenset(
        Grant(effect, who, least[frozenset(what)], resource, clauses)
        for (effect, who, resource, clauses), what in merged.items()
    )
    version = version_of(policy)
    if version in VERSIONS and not any(has_variables(grant.clauses) for grant in grants):
        version = VERSIONS[0]
    return Form(version, grants)


def version_of(policy: Policy) -> str:
    """Return the version of the policy language: an absent one is the first."""
    return VERSIONS[1] if policy.version is None else policy.version


_ACCOUNT = re.compile(r"[0-9]{12}").fullmatch


def _who(statement: Statement, partition: str) -> Iterable[Who]:
    if statement.principal is not None:
        names = principals(statement.principal, partition)
        return names or [Malformed(statement.principal)]
    if statement.not_principal is not None:
        return [Except(frozenset(principals(statement.not_principal, partition)))]
    return [Malformed(None)]


def principals(principal: Principal, partition: str) -> list[tuple[str, str]]:
    """List the principals of an element; an account id stands for the root ARN, as a principal and nowhere else.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
    """
    return [
        (kind, f"arn:{partition}:iam::{name}:root" if kind == "AWS" and _ACCOUNT(name) else name)
        for kind, name in principal
    ]


def _what(statement: Statement) -> list[What]:
    if statement.action is not None:
        return [_action(name) for name in statement.actions] or [Malformed(())]
    if statement.not_action is not None:
        names = minimal({_action(name) for name in statement.not_actions})
        return [Except(frozenset(("Action", name) for name in names))]
    return [Malformed(None)]


def _action(name: str) -> str:
    """Write an action in lower case; all actions on a key are those of KMS."""
    lower = fold(name)
    if "**" in lower:
        lower = _STARS.sub("*", lower)
    return "kms:*" if lower == "*" else lower


_STARS: Final = re.compile(r"\*+")


def _minimal(what: AbstractSet[What]) -> frozenset[What]:
    """Drop the actions that another one covers."""
    names = minimal({name for name in what if isinstance(name, str)})
    return names | {other for other in what if not isinstance(other, str)}


def minimal(names: AbstractSet[str]) -> frozenset[str]:
    """Drop names and patterns that another pattern covers.

    Of patterns that do not end in their only wildcard, only few and short ones are compared with all others, since
    that takes long and no policy needs more; a pattern too many is no mistake.
    """
    heads: list[str] = []
    for head in sorted(name[:-1] for name in names if name.find("*") == len(name) - 1 and "?" not in name):
        if not heads or not head.startswith(heads[-1]):
            heads.append(head)
    rest = [name for name in names if not name.startswith(tuple(heads))]
    left = frozenset((*rest, *(f"{head}*" for head in heads)))
    patterns = [name for name in rest if ("*" in name or "?" in name) and len(name) <= _LONGEST]
    if not patterns or len(patterns) > _MOST_PATTERNS:
        return left
    return left - {name for name in left if any(other != name and covers(other, name) for other in patterns)}


_MOST_PATTERNS: Final = 64
_LONGEST: Final = 64


def _resource(statement: Statement) -> Which:
    if statement.resource is not None:
        names = set(statement.resources)
        return "*" if names == {"*"} else Malformed(tuple(sorted(names)))
    if statement.not_resource is not None:
        return Except(frozenset(("Resource", name) for name in statement.not_resources))
    return Malformed(None)
