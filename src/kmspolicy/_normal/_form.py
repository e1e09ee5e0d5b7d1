"""The normal form of policies: the same for all spellings of one policy.

Two policies with the same normal form give the same answer to every request. The reverse is not true: the normal
form compares spellings and proves nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from kmspolicy._language._key_arns import ANY_KEY
from kmspolicy._language._patterns import covers, has_wildcards, with_single_stars
from kmspolicy._language._variables import VERSIONS
from kmspolicy._normal._clauses import Terms, has_variables, terms_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from kmspolicy._document import Policy, Principal
    from kmspolicy._document._statement import Effect
    from kmspolicy._language._key_arns import Key
    from kmspolicy._normal._rules import Rule, Rules


class Except(NamedTuple):
    """The names of a NotPrincipal, NotAction or NotResource element, which are one whole."""

    names: frozenset[tuple[str, str]]


class Malformed(NamedTuple):
    """An element that is missing (None), empty or not valid; it is kept as it is."""

    element: Principal | tuple[str, ...] | None


Who: TypeAlias = tuple[str, str] | Except | Malformed
What: TypeAlias = str | Except | Malformed
Which: TypeAlias = Literal["*"] | Except | Malformed


class Grant(NamedTuple):
    """What one principal is allowed or denied under one condition, in one statement or several."""

    effect: Effect
    who: Who
    what: frozenset[What]
    resource: Which
    terms: Terms


class Form(NamedTuple):
    """The normal form of a policy."""

    version: str
    grants: frozenset[Grant]


class Part(NamedTuple):
    """What one statement says, in the normal form."""

    effect: Effect
    who: tuple[Who, ...]
    what: tuple[What, ...]
    resource: Which
    terms: Terms


def parts_of(rules: Rules, partition: str, key: Key = ANY_KEY) -> tuple[Part, ...]:
    """Return the normal form of each statement of a policy.

    Args:
        rules: The policy.
        partition: The partition of the key, for account ids.
        key: What is known about the key, for its ARN as a Resource.
    """
    return tuple(
        Part(
            rule.statement.effect,
            _who(rule, partition),
            _what(rule),
            _resource(rule, key),
            terms_of(rule.clauses),
        )
        for rule in rules.statements
    )


def merged(parts: Iterable[Part]) -> frozenset[Grant]:
    """Merge what a principal is allowed or denied under one condition."""
    together: dict[tuple[Effect, Who, Which, Terms], set[What]] = {}
    for part in parts:
        for who in part.who:
            together.setdefault((part.effect, who, part.resource, part.terms), set()).update(part.what)
    least = {what: _minimal(what) for what in {frozenset(what) for what in together.values()}}
    return frozenset(
        Grant(effect, who, least[frozenset(what)], resource, terms)
        for (effect, who, resource, terms), what in together.items()
    )


def form_of(policy: Policy, parts: Iterable[Part]) -> Form:
    """Return the normal form of a policy.

    Args:
        policy: The policy.
        parts: Its statements, of :func:`parts_of`.
    """
    grants = merged(parts)
    version = version_of(policy)
    if version in VERSIONS and not any(has_variables(grant.terms) for grant in grants):
        version = VERSIONS[0]
    return Form(version, grants)


def normal_form(rules: Rules, partition: str, key: Key = ANY_KEY) -> Form:
    """Bring a policy that is taken apart into its normal form, as :func:`parts_of` and :func:`form_of` do."""
    return form_of(rules.policy, parts_of(rules, partition, key))


def version_of(policy: Policy) -> str:
    """Return the version of the policy language; without a Version it is the old one."""
    return VERSIONS[1] if policy.version is None else policy.version


def _who(rule: Rule, partition: str) -> tuple[Who, ...]:
    names = tuple((name.type, name.arn(partition)) for name in rule.names)
    if rule.statement.principal is not None:
        return names or (Malformed(rule.statement.principal),)
    return (Malformed(None) if rule.statement.not_principal is None else Except(frozenset(names)),)


def _what(rule: Rule) -> tuple[What, ...]:
    names = [_action(pattern) for pattern in rule.patterns]
    if rule.statement.action is not None:
        return tuple(names) or (Malformed(()),)
    if rule.statement.not_action is None:
        return (Malformed(None),)
    return (Except(frozenset(("Action", name) for name in minimal(set(names)))),)


def _action(pattern: str) -> str:
    """Return an action in its normal spelling; all actions on a key are KMS actions."""
    plain = with_single_stars(pattern)
    return "kms:*" if plain == "*" else plain


def _minimal(what: AbstractSet[What]) -> frozenset[What]:
    """Drop the actions that another one covers."""
    names = minimal({name for name in what if isinstance(name, str)})
    return names | {other for other in what if not isinstance(other, str)}


def minimal(names: AbstractSet[str]) -> frozenset[str]:
    """Drop names and patterns that another pattern covers.

    Patterns with a wildcard before the end are compared with all others only if they are few and short, since this is
    slow; a needless pattern changes no answer.
    """
    heads: list[str] = []
    for head in sorted(name[:-1] for name in names if name.endswith("*") and not has_wildcards(name[:-1])):
        if not heads or not head.startswith(heads[-1]):
            heads.append(head)
    rest = [name for name in names if not name.startswith(tuple(heads))]
    left = frozenset((*rest, *(f"{head}*" for head in heads)))
    patterns = [name for name in rest if has_wildcards(name) and len(name) <= _LONGEST]
    if not patterns or len(patterns) > _MOST_PATTERNS:
        return left
    return left - {name for name in left if any(other != name and covers(other, name) for other in patterns)}


_MOST_PATTERNS: Final = 64
_LONGEST: Final = 64


def _resource(rule: Rule, key: Key) -> Which:
    statement = rule.statement
    if statement.resource is not None:
        names = set(statement.resources)
        is_key = names == {"*"} or (key.arn is not None and rule.names_key(key) is True)
        return "*" if is_key else Malformed(tuple(sorted(names)))
    if statement.not_resource is not None:
        return Except(frozenset(("Resource", name) for name in statement.not_resources))
    return Malformed(None)
