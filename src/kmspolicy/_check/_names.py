"""Rules about the names in a statement: principals, actions and resources."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from kmspolicy._check._found import Found, places_of
from kmspolicy._document._convert import plural
from kmspolicy._language._actions import WITH_EFFECT, actions_matching, nearest_action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kmspolicy._document import Principal, Statement
    from kmspolicy._document._convert import Names
    from kmspolicy._path import Steps

# --- principals ------------------------------------------------------------------------------------

# S3 takes users of the account "cloudfront", whose names have spaces.
_ARN = re.compile(
    r"arn:aws(?:-[a-z]+)*:(?:(?:iam|sts)::[0-9]{12}:\S+|iam::cloudfront:user/[^*?$]+)"
).fullmatch
ACCOUNT = re.compile(r"[0-9]{12}").fullmatch
PRINCIPAL = re.compile(
    r"[0-9]{12}|\*|arn:aws(?:-[a-z]+)*:(?:iam::[0-9]{12}:(?:root|(?:user|role)/[^\s*?$]+)|sts::[0-9]{12}:(?:assumed-role/[^/\s*?$]+/[^\s*?$]+|federated-user/[^\s*?$]+))"
).fullmatch
UNIQUE_ID = re.compile(r"A(?:ID|RO)A[A-Z0-9]{12,}").fullmatch
_SERVICE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+").fullmatch


def are_fine(principal: Principal) -> bool:
    """Tell at once of AWS principals that nothing is wrong with their names."""
    if principal.element == "*":
        return True
    for kind, names in principal.element:
        if kind != "AWS" or not names or not all(map(PRINCIPAL, plural(names))):
            return False
    return bool(principal.element)


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
        for steps, name in places_of((element, kind), names):
            named = True
            for code in _PRINCIPAL_RULES[kind](name):
                yield Found(code, steps, repr(name))
    if not named:
        yield Found("EMPTY_ARRAY_PRINCIPAL" if element == "Principal" else "EXCEPTS_NOTHING", (element,))


def _aws(name: str) -> Iterator[str]:
    if PRINCIPAL(name):
        return
    if UNIQUE_ID(name):
        yield "INVALID_USER_REFERENCE" if name.startswith("AIDA") else "INVALID_ROLE_REFERENCE"
    elif "*" in name or "?" in name:
        yield "UNSUPPORTED_WILDCARD_IN_PRINCIPAL"
    elif _ARN(name) and not _NO_PRINCIPAL(name):
        yield "UNKNOWN_PRINCIPAL"
    else:
        yield "INVALID_PRINCIPAL_FORMAT"


def is_unsettled(name: str) -> bool:
    """Tell whether nobody knows whom a name of the kind AWS stands for, or whether it works at all."""
    return bool(UNIQUE_ID(name)) or "UNKNOWN_PRINCIPAL" in _aws(name)


_NO_PRINCIPAL = re.compile(r"arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:group/").match


def _service(name: str) -> Iterator[str]:
    if "*" in name or "?" in name:
        yield "WILDCARD_IN_SERVICE_PRINCIPAL"
    elif not _SERVICE(name):
        yield "INVALID_SERVICE_PRINCIPAL_FORMAT"


def _federated(_: str) -> Iterator[str]:
    yield "FEDERATED_PRINCIPAL_NOT_SUPPORTED"


def _canonical_user(_: str) -> Iterator[str]:
    yield "CANONICAL_USER_PRINCIPAL"


_PRINCIPAL_RULES: Final[Mapping[str, Callable[[str], Iterator[str]]]] = {
    "AWS": _aws,
    "Service": _service,
    "Federated": _federated,
    "CanonicalUser": _canonical_user,
}

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


def are_known(names: Names) -> bool:
    """Tell at once of names as AWS writes them that nothing is wrong with them."""
    return names in WITH_EFFECT if isinstance(names, str) else bool(names) and WITH_EFFECT.issuperset(names)


def _action(steps: Steps, name: str) -> Iterator[Found]:
    facts = actions_matching(name)
    if not facts:
        yield Found("INVALID_ACTION", steps, repr(name), meant=partial(nearest_action, name))
    elif not any(fact.effective for fact in facts):
        yield Found("UNSUPPORTED_ACTION_IN_POLICY", steps, repr(name))


def resources(statement: Statement) -> Iterator[Found]:
    """Check the Resource, which is the key itself."""
    if statement.resource is None:
        yield Found("MISSING_RESOURCE", ())
        return
    if statement.resource == ():
        yield Found("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", ("Resource",), "it is empty")
    for steps, name in places_of(("Resource",), statement.resource):
        if KEY_ARN(name):
            yield Found("RESOURCE_IS_KEY_ARN", steps, repr(name))
        elif name != "*":
            yield Found("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", steps, repr(name))


KEY_ARN = re.compile(r"arn:aws(?:-[a-z]+)*:kms:[^:]*:[^:]*:key/.+").fullmatch
