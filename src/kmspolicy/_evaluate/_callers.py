"""Callers: who makes requests, and the condition keys that follow from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kmspolicy._document import Principal
from kmspolicy._language._principals import PrincipalName, name_of, root_arn
from kmspolicy._language._values import OneOf
from kmspolicy.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kmspolicy._language._aliases import ContextValue
    from kmspolicy._language._principals import PrincipalKind


class Requester(NamedTuple):
    """The source of requests: one principal, or all other principals of an account or of all accounts.

    Attributes:
        name: Its name; ``*`` for all others.
        keys: The condition keys that follow from it, by their lower-case names.
        context: The other condition keys that are known of its requests, by their lower-case names.
    """

    name: PrincipalName
    keys: Mapping[str, str | OneOf]
    context: Mapping[str, tuple[ContextValue, ...]] = {}

    @property
    def facts(self) -> dict[str, tuple[ContextValue | OneOf, ...]]:
        """All known condition keys of its requests."""
        return {**{key: (value,) for key, value in self.keys.items()}, **self.context}

    @property
    def text(self) -> str:
        """The name, as in policies."""
        return self.name.text

    @property
    def kind(self) -> PrincipalKind:
        """The kind; ``account`` for the root user."""
        return self.name.kind

    @property
    def account(self) -> str:
        """The account id; empty if it is in no account."""
        return self.name.account

    @property
    def is_one(self) -> bool:
        """Whether it is one principal."""
        return self.text != "*"

    @property
    def root(self) -> str:
        """The ARN with which policies name its account."""
        return root_arn(self.name.partition, self.name.account)


_PRINCIPAL_TYPES: Final[Mapping[PrincipalKind, str]] = {
    "account": "Account",
    "user": "User",
    "role": "AssumedRole",
    "session": "AssumedRole",
    "federated user": "FederatedUser",
}
_HINT: Final = (
    "use the ARN of a user, a role, a role session, a federated user or a root user, an account id for its root user, or "
    "a service principal such as 's3.amazonaws.com'"
)


def requester_of(text: str) -> Requester:
    """Return the caller of a request.

    Args:
        text: An ARN, an account id, or a service principal.

    Raises:
        RequestError: for a principal that cannot make requests to KMS.
    """
    name = name_of("AWS", text)
    if name.kind == "account" and not name.partition:
        name = name_of("AWS", root_arn("aws", name.account))
    if name.kind in _PRINCIPAL_TYPES and name.fault != "form":
        return Requester(name, _keys_of(name))
    service = name_of("Service", text)
    if service.kind == "service" and service.fault is None:
        return service_of(text)
    why = f": {name.why}" if name.why else ""
    raise RequestError(f"{text!r} cannot make requests{why}; {_HINT}")


def service_of(text: str) -> Requester:
    """Return the caller for a service principal."""
    keys = {"aws:principalisawsservice": "true", "aws:principalservicename": text}
    return Requester(name_of("Service", text), keys)


def _keys_of(name: PrincipalName) -> dict[str, str | OneOf]:
    """Return the condition keys that follow from a principal.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
    """
    keys: dict[str, str | OneOf] = {
        "aws:principalarn": _role_arn(name) if name.kind == "session" else name.text,
        "aws:principalaccount": name.account,
        "aws:principaltype": _PRINCIPAL_TYPES[name.kind],
        "aws:principalisawsservice": "false",
        "kms:calleraccount": name.account,
    }
    if name.kind == "user":
        keys["aws:username"] = name.name
    elif name.kind == "account":
        keys["aws:userid"] = name.account
    elif name.kind == "federated user":
        keys["aws:userid"] = f"{name.account}:{name.name}"
    return keys


OF_CALLERS: Final = frozenset(
    {
        *("aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:principalisawsservice"),
        *("aws:principalservicename", "aws:userid", "aws:username", "kms:calleraccount"),
    }
)
"""The condition keys that follow from the caller; aws:userid follows only from some callers."""
ORGANISATIONS: Final = frozenset({"aws:principalorgid", "aws:principalorgpaths"})
"""The condition keys that requests of services never have, since a service is in no organisation.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
"""
_IDENTITY_CENTER: Final = "aws-reserved/sso.amazonaws.com/"
_A_REGION: Final = "??-*-?"


def _role_arn(session: PrincipalName) -> OneOf:
    """Return what is known about the ARN of a session's role: all but the path.

    The roles of IAM Identity Center have a path of their own, which may end in a Region:
    https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
    """
    beginning, path = f"arn:{session.partition}:iam::{session.account}:role/", "?*"
    if session.name.startswith("AWSReservedSSO_"):
        beginning, path = beginning + _IDENTITY_CENTER, _A_REGION
    text = f"{beginning}{session.name}"
    return OneOf((text, f"{beginning}{path}/{session.name}"), text)


def text_of_principal(value: str | Principal) -> str:
    """Return the only name of a principal.

    Raises:
        RequestError: for a principal that does not have exactly one name, and for something that is not a principal.
    """
    if isinstance(value, Principal):
        names = [name for _, name in value]
        if len(names) != 1:
            raise RequestError(f"the principal of a request must have exactly one name, not {len(names)}")
        return names[0]
    if not isinstance(value, str):
        raise RequestError(f"a principal must be an ARN, an account id or a service principal, not {value!r}")
    return value


def requester_named(name: PrincipalName) -> Requester:
    """Return the caller that a name in a policy stands for.

    Everyone and accounts stand for callers that are not named. A name that is not known to make requests stands for itself.
    """
    if name.type == "Service":
        return service_of(name.text)
    if name.kind == "account":
        name = name._replace(partition=name.partition or "aws", kind="user", text="*")
        keys = {key: value for key, value in _keys_of(name).items() if key not in _OF_ONE_PRINCIPAL}
        return Requester(name, keys)
    if name.kind not in _PRINCIPAL_TYPES:
        return Requester(name, {})
    return Requester(name, _keys_of(name))


_OF_ONE_PRINCIPAL: Final = frozenset({"aws:principalarn", "aws:principaltype", "aws:userid", "aws:username"})
"""The keys with other values for each principal of an account."""
