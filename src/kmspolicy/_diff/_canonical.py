"""Canonical policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, get_args

from kmspolicy._document import Policy, Principal, Statement, a_policy
from kmspolicy._evaluate._request import the_key
from kmspolicy._language._actions import ACTIONS, ActionPattern
from kmspolicy._language._key_arns import partition_of_key_arn
from kmspolicy._language._spelling import fold
from kmspolicy._normal._clauses import Terms, condition_from
from kmspolicy._normal._form import Except, Malformed, Which, Who, normal_form
from kmspolicy._normal._rules import rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kmspolicy._document._statement import Effect
    from kmspolicy._language._key_arns import Key


def canonical(policy: Policy, *, key_arn: str | None = None, partition: str = "aws") -> Policy:
    """Return the canonical form of a policy: the same for all spellings.

    Sid and Id are dropped. Statements are merged by condition and actions, and ordered; lists are ordered, without
    duplicates and names that a wildcard covers; a list of one is a name; account ids are root ARNs; actions and
    condition keys are spelt as AWS spells them; the Version is ``2012-10-17`` unless variables occur. Elements that
    KMS would refuse stay as they are. This is a matter of spelling: policies that give the same permissions in another way
    have other canonical forms; see :func:`kmspolicy.equivalent`.

    Args:
        policy: Any policy.
        key_arn: The ARN of the key: a Resource that is this key becomes ``*``. It tells the partition, too. The account of
            the key alone changes no spelling.
        partition: The partition of the key, for account ids.

    Returns:
        A policy to which :func:`kmspolicy.decide` gives the same outcomes as to the original, for every request from
        the same partition, and on this key where it is given.

    Raises:
        TypeError: if it is not a Policy.
        RequestError: if the key ARN is not valid.
    """
    key = the_key(None, key_arn)
    written = normal_form(rules_of(a_policy(policy)), partition_of_key(key, partition), key)
    merged: dict[tuple[Effect, _Actions, Which, Terms], list[Who]] = {}
    for grant in written.grants:
        names = frozenset(name for name in grant.what if isinstance(name, str))
        others = [other for other in grant.what if not isinstance(other, str)]
        for what in (*((names,) if names else ()), *others):
            merged.setdefault((grant.effect, what, grant.resource, grant.terms), []).append(grant.who)
    statements = [
        Statement.from_dict(
            {"Effect": effect}
            | _principal_element(who)
            | _action_element(what)
            | _resource_element(resource)
            | _condition_element(terms)
        )
        for (effect, what, resource, terms), everyone in merged.items()
        for who in _together(everyone)
    ]
    return Policy(sorted(statements, key=repr), version=written.version)


def partition_of_key(key: Key, otherwise: str) -> str:
    """Return the partition that the ARN of a key tells, or another one where its ARN is not known."""
    return (partition_of_key_arn(key.arn) if key.arn else None) or otherwise


_Actions: TypeAlias = frozenset[str] | Except | Malformed
_Principals: TypeAlias = frozenset[tuple[str, str]] | Except | Malformed


def _together(everyone: Sequence[Who]) -> Iterable[_Principals]:
    """Group principals into statements; each Not-element needs its own statement."""
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


def _condition_element(terms: Terms) -> dict[str, object]:
    condition = condition_from(terms)
    return {} if condition is None else {"Condition": condition.to_element()}


def _one_or_all(names: Sequence[str]) -> str | Sequence[str]:
    return names[0] if len(names) == 1 else names


_SPELLING: Final[Mapping[str, str]] = {
    **{name: facts.name for name, facts in ACTIONS.items()},
    **{fold(name): name for name in get_args(ActionPattern)},
}
