"""Rules about the names in a statement: principals, actions and resources."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from kmspolicy._check._found import Found, places_of
from kmspolicy._language._actions import WITH_EFFECT, actions_matching, nearest_action
from kmspolicy._language._key_arns import may_be_a_key
from kmspolicy._language._patterns import has_wildcards
from kmspolicy._language._principals import name_of
from kmspolicy._printable import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kmspolicy._check._finding import FindingCode
    from kmspolicy._document import Principal, Statement
    from kmspolicy._document._convert import Names
    from kmspolicy._language._principals import PrincipalFault, PrincipalKind, PrincipalName
    from kmspolicy._normal._rules import Rule
    from kmspolicy._path import Steps

# --- principals ------------------------------------------------------------------------------------

_CODES: Final[Mapping[PrincipalFault, FindingCode]] = {
    "wildcard": "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
    "form": "INVALID_PRINCIPAL_FORMAT",
    "unsettled": "UNKNOWN_PRINCIPAL",
    "service form": "INVALID_SERVICE_PRINCIPAL_FORMAT",
    "deleted user": "INVALID_USER_REFERENCE",
    "deleted role": "INVALID_ROLE_REFERENCE",
}
_CODES_OF_KINDS: Final[Mapping[PrincipalKind, FindingCode]] = {
    "identity provider": "FEDERATED_PRINCIPAL_NOT_SUPPORTED",
    "canonical user": "CANONICAL_USER_PRINCIPAL",
}


def is_wrong(name: PrincipalName) -> bool:
    """Return whether anything is wrong with the name of a principal."""
    return name.fault is not None or name.kind in _CODES_OF_KINDS


def principals(statement: Statement) -> Iterator[Found]:
    """Check the names of Principal or NotPrincipal."""
    for element, principal in (("Principal", statement.principal), ("NotPrincipal", statement.not_principal)):
        if principal is not None:
            yield from _names_of(element, principal)
    if statement.principal is None and statement.not_principal is None:
        yield Found("MISSING_PRINCIPAL", ())


def _names_of(element: str, principal: Principal) -> Iterator[Found]:
    if principal.element == "*":
        return
    named = False
    for kind, names in principal.element:
        for steps, text in places_of((element, kind), names):
            named = True
            yield from _name(name_of(kind, text), steps)
    if not named:
        yield Found("EMPTY_ARRAY_PRINCIPAL" if element == "Principal" else "EXCEPTS_NOTHING", (element,))


def _name(name: PrincipalName, steps: Steps) -> Iterator[Found]:
    code = _CODES_OF_KINDS.get(name.kind)
    if name.fault is not None:
        code = "WILDCARD_IN_SERVICE_PRINCIPAL" if _is_of_services(name) else _CODES[name.fault]
    if code is not None:
        yield Found(code, steps, f"{quoted(name.text)}{f': {name.why}' if name.why else ''}")


def _is_of_services(name: PrincipalName) -> bool:
    return name.type == "Service" and name.fault == "wildcard"


# --- actions and resources -------------------------------------------------------------------------


def actions(statement: Statement) -> Iterator[Found]:
    """Check the names of Action or NotAction."""
    for element, names in (("Action", statement.action), ("NotAction", statement.not_action)):
        if names is None:
            continue
        if not names and names != "":
            yield Found("EMPTY_ARRAY_ACTION" if element == "Action" else "EXCEPTS_NOTHING", (element,))
        for steps, name in places_of((element,), names):
            yield from _action(steps, name)
    if statement.action is None and statement.not_action is None:
        yield Found("MISSING_ACTION", ())


def redundant_actions(rule: Rule) -> Iterator[Found]:
    """Find actions that stand in a list twice, or beside a wildcard for all that begins like them."""
    statement = rule.statement
    for element, names in (("Action", statement.action), ("NotAction", statement.not_action)):
        if isinstance(names, tuple) and _overlap(rule):
            yield from _redundant((element,), names)


def _overlap(rule: Rule) -> bool:
    """Return whether a name stands twice, or beside a wildcard for all that begins like it: in order, they are neighbours."""
    ordered = sorted(rule.patterns)
    return any(map(_says, ordered, ordered[1:]))


def _says(name: str, following: str) -> bool:
    return (name[-1:] == "*" and following.startswith(name[:-1])) or following in (name, f"{name}*")


def _redundant(steps: Steps, names: tuple[str, ...]) -> Iterator[Found]:
    """Go through the names in an order in which a wildcard stands before all that begins like it."""
    order = sorted(
        (name.lower().removesuffix("*"), not name.endswith("*"), index) for index, name in enumerate(names)
    )
    head = last = None
    for text, plain, index in order:
        if (text, plain) == last or (head is not None and text.startswith(head)):
            if actions_matching(names[index]):
                yield Found("REDUNDANT_ACTION", (*steps, index), quoted(names[index]))
        elif not plain:
            head = text
        last = (text, plain)


def are_known(names: Names) -> bool:
    """Tell at once of names as AWS writes them that nothing is wrong with them."""
    return names in WITH_EFFECT if isinstance(names, str) else bool(names) and WITH_EFFECT.issuperset(names)


def _action(steps: Steps, name: str) -> Iterator[Found]:
    facts = actions_matching(name)
    if not facts:
        yield Found("INVALID_ACTION", steps, quoted(name), meant=partial(nearest_action, name))
        return
    if has_wildcards(name.partition(":")[0]) and ":" in name:
        yield Found("WILDCARD_IN_SERVICE_NAME", steps, quoted(name))
    if not any(fact.effective for fact in facts):
        yield Found("UNSUPPORTED_ACTION_IN_POLICY", steps, quoted(name))


def resources(statement: Statement) -> Iterator[Found]:
    """Check the Resource, which is the key itself."""
    if statement.resource is None:
        yield Found("MISSING_RESOURCE", ())
        return
    if statement.resource == ():
        yield Found("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", ("Resource",), "it is empty")
    for steps, name in places_of(("Resource",), statement.resource):
        if name != "*":
            code: FindingCode = (
                "RESOURCE_IS_KEY_ARN" if may_be_a_key(name) else "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"
            )
            yield Found(code, steps, quoted(name))
