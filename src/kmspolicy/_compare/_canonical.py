"""The normal form of policies, and with it equivalence.

Two policies with the same normal form give the same answer to every request. The reverse is not so: this is a matter of
spelling, and no proof.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias, get_args

from kmspolicy._compare._conditions import Clauses, clauses_of, condition_from, has_variables
from kmspolicy._document import Policy, Principal, Statement, a_policy
from kmspolicy._vocabulary import ACTIONS, VERSIONS, ActionPattern, fold
from kmspolicy._wildcard import covers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

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


# --- and out of it ---------------------------------------------------------------------------------


def canonical(policy: Policy, *, partition: str = "aws") -> Policy:
    """Write a policy in one way out of all that mean the same.

    Sid and Id are dropped. Statements are merged by condition and actions, and ordered; lists are ordered, without what
    stands twice or is covered by a wildcard; a list of one is a name; account ids are root ARNs; actions and
    condition keys are spelt as AWS spells them; the Version is ``2012-10-17`` unless variables occur. What KMS would
    refuse stays as it is written.

    Args:
        policy: Any policy.
        partition: The partition of the key, for account ids.

    Returns:
        A policy to which :func:`kmspolicy.decide` gives the same outcomes as to the original, for every request from
        the same partition.
    """
    written = form(a_policy(policy), partition)
    merged: dict[tuple[Effect, _Actions, Which, Clauses], list[Who]] = {}
    for grant in written.grants:
        names = frozenset(name for name in grant.what if isinstance(name, str))
        others = [other for other in grant.what if not isinstance(other, str)]
        for what in (*((names,) if names else ()), *others):
            merged.setdefault((grant.effect, what, grant.resource, grant.clauses), []).append(grant.who)
    statements = [
        Statement.from_dict(
            {"Effect": effect}
            | _principal_element(who)
            | _action_element(what)
            | _resource_element(resource)
            | _condition_element(clauses)
        )
        for (effect, what, resource, clauses), everyone in merged.items()
        for who in _together(everyone)
    ]
    return Policy(sorted(statements, key=repr), version=written.version)


_Actions: TypeAlias = frozenset[str] | Except | Malformed
_Principals: TypeAlias = frozenset[tuple[str, str]] | Except | Malformed


def _together(everyone: Sequence[Who]) -> Iterable[_Principals]:
    """Put the principals of one statement together; a Not-element stands alone."""
    alone = [who for who in everyone if isinstance(who, (Except, Malformed))]
    names = frozenset(who for who in everyone if not isinstance(who, (Except, Malformed)))
    return (*((names,) if names else ()), *alone)


def _principal_element(who: _Principals) -> dict[str, object]:
    if isinstance(who, Malformed):
        return {"Principal": who.element.to_element()} if isinstance(who.element, Principal) else {}
    if isinstance(who, Except):
        return {"NotPrincipal": _kinds(who.names)}
    return {"Principal": _kinds(who)}


_EVERYONE: Final = frozenset({("AWS", "*")})


def _kinds(names: frozenset[tuple[str, str]]) -> object:
    if names == _EVERYONE:
        return "*"
    kinds: dict[str, list[str]] = {}
    for kind, name in sorted(names):
        kinds.setdefault(kind, []).append(name)
    return {kind: _one_or_all(some) for kind, some in kinds.items()}


def _action_element(what: _Actions) -> dict[str, object]:
    if isinstance(what, Malformed):
        return {} if what.element is None else {"Action": what.element}
    if isinstance(what, Except):
        return {"NotAction": _one_or_all(sorted(_SPELLING.get(name, name) for _, name in what.names))}
    return {"Action": _one_or_all(sorted(_SPELLING.get(name, name) for name in what))}


def _resource_element(resource: Which) -> dict[str, object]:
    if isinstance(resource, Malformed):
        return {} if resource.element is None else {"Resource": resource.element}
    if isinstance(resource, Except):
        return {"NotResource": _one_or_all(sorted(name for _, name in resource.names))}
    return {"Resource": resource}


def _condition_element(clauses: Clauses) -> dict[str, object]:
    condition = condition_from(clauses)
    return {} if condition is None else {"Condition": condition.to_element()}


def _one_or_all(names: Sequence[str]) -> str | Sequence[str]:
    return names[0] if len(names) == 1 else names


_SPELLING: Final[Mapping[str, str]] = {
    **{name: facts.name for name, facts in ACTIONS.items()},
    **{fold(name): name for name in get_args(ActionPattern)},
}


def equivalent(a: Policy, b: Policy, *, partition: str = "aws") -> bool:
    """Tell whether two policies certainly mean the same, whatever the spelling.

    What does not matter: the order of statements and lists; a name or a list of one; what stands twice; Sid and Id;
    ``"*"`` or ``{"AWS": "*"}``; an account id or the account's root ARN as a principal; the case of actions and
    condition keys; actions that a wildcard covers; statements split or merged; booleans, numbers, dates and networks
    written in another way; ArnEquals or ArnLike; the Version where no variables occur. What does: the case of principals
    and of other condition values, partitions, account ids and root ARNs in conditions.

    Args:
        a: A policy.
        b: Another one.
        partition: The partition of the key: an account id as a principal is the account's root ARN there.

    Returns:
        True is certain. False means "not shown": two policies can mean the same in ways that are not looked for.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    return form(a_policy(a), partition) == form(a_policy(b), partition)
