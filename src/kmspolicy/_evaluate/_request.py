"""Requests: who asks for what, and what follows from that."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias, cast, final

import attrs

from kmspolicy._document import Principal
from kmspolicy._language._actions import ACTIONS, nearest_action
from kmspolicy._language._keys import condition_key, nearest_key
from kmspolicy._language._spelling import fold
from kmspolicy._printable import quoted, word
from kmspolicy.errors import RequestError, UnknownWordWarning

if TYPE_CHECKING:
    from kmspolicy._language._aliases import Context, ContextValue, Pairs

CallerKind: TypeAlias = Literal["root", "user", "role", "session", "federated", "service"]


class Caller(NamedTuple):
    """Who makes a request, taken apart."""

    kind: CallerKind
    name: str
    """The ARN, or the name of a service."""
    partition: str = ""
    account: str = ""
    """Empty for a service."""
    role: str = ""
    """The name of the role of a session, without its path."""
    keys: Mapping[str, str] = {}
    """The condition keys that follow from it, by their folded name."""

    @property
    def root(self) -> str:
        """The ARN by which policies name the caller's account."""
        return f"arn:{self.partition}:iam::{self.account}:root"


_ACCOUNT = re.compile(r"[0-9]{12}").fullmatch
_SERVICE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+").fullmatch
_CALLER = re.compile(
    r"arn:(aws(?:-[a-z]+)*):(iam|sts)::([0-9]{12}):(?:(root)|(user|role|assumed-role|federated-user)/([^*?\s]+))"
).fullmatch
_ARN_KINDS: Final[Mapping[tuple[str, str], CallerKind]] = {
    ("iam", "root"): "root",
    ("iam", "user"): "user",
    ("iam", "role"): "role",
    ("sts", "assumed-role"): "session",
    ("sts", "federated-user"): "federated",
}
_PRINCIPAL_TYPES: Final[Mapping[CallerKind, str]] = {
    "root": "Account",
    "user": "User",
    "role": "AssumedRole",
    "session": "AssumedRole",
    "federated": "FederatedUser",
}


def caller_of(name: str) -> Caller:
    """Take the principal of a request apart.

    Raises:
        RequestError: for what makes no requests to KMS.
    """
    if _ACCOUNT(name):
        name = f"arn:aws:iam::{name}:root"
    match = _CALLER(name)
    if match is None:
        if _SERVICE(name):
            return service_of(name)
        raise RequestError(_NO_CALLER.format(name=name))
    partition, service, account, root, kind, rest = match.groups()
    known = _ARN_KINDS.get((service, root or kind))
    role, slash, _ = (rest or "").partition("/")
    if known is None or (known == "session" and not slash):
        raise RequestError(_NO_CALLER.format(name=name))
    caller = Caller(known, name, partition, account, role if known == "session" else "")
    return caller._replace(keys=_principal_keys(caller, rest or ""))


_NO_CALLER: Final = (
    "{name!r} makes no requests: give the ARN of a user, a role, a role session, a federated user or a root user, "
    "an account id for its root user, or a service principal such as 's3.amazonaws.com'"
)


def _principal_keys(caller: Caller, rest: str) -> dict[str, str]:
    """Derive the keys that IAM derives from a principal.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
    """
    arn = caller.name
    if caller.kind == "session":  # its path is not known
        arn = f"arn:{caller.partition}:iam::{caller.account}:role/{caller.role}"
    keys = {
        "aws:principalarn": arn,
        "aws:principalaccount": caller.account,
        "aws:principaltype": _PRINCIPAL_TYPES[caller.kind],
        "aws:principalisawsservice": "false",
        "kms:calleraccount": caller.account,
    }
    if caller.kind == "user":
        keys["aws:username"] = rest.rpartition("/")[2]
    elif caller.kind == "root":
        keys["aws:userid"] = caller.account
    elif caller.kind == "federated":
        keys["aws:userid"] = f"{caller.account}:{rest}"
    return keys


def service_of(name: str) -> Caller:
    """Make the caller that a service principal is."""
    keys = {
        "aws:principalisawsservice": "true",
        "aws:principalservicename": name,
    }
    return Caller("service", name, keys=keys)


def name_of(value: str | Principal) -> str:
    """Take the name of a principal.

    Raises:
        RequestError: for a principal that has not one name, and for what is none.
    """
    if isinstance(value, Principal):
        names = [name for _, name in value]
        if len(names) != 1:
            raise RequestError(f"a request has one principal, not {len(names)}")
        return names[0]
    if not isinstance(value, str):
        raise RequestError(f"a principal is an ARN, an account id or a service principal, not {value!r}")
    return value


def _action(value: str) -> str:
    """Take an action, and write a known one as AWS does."""
    if not isinstance(value, str) or not is_action(value):
        raise RequestError(f"a request has one action, 'kms:Decrypt' for example, not {value!r}")
    known = ACTIONS.get(fold(value))
    if known is not None:
        return known.name
    _warn(value, nearest_action(value))
    return value


def _warn(unknown: str, meant: str | None) -> None:
    """Warn of a word that is not known: it may be younger than this library, or misspelt."""
    hint = "" if meant is None else f"; did you mean {meant!r}?"
    warnings.warn(f"{quoted(unknown)} is not known{hint}", UnknownWordWarning, stacklevel=_OF_REQUEST)


# Between the warning and who makes the request: this helper, the converter or check, and the constructor of attrs.
_OF_REQUEST: Final = 4


is_action = re.compile(r"kms:[a-z]+", re.IGNORECASE | re.ASCII).fullmatch


def _context(value: Context) -> Pairs:
    """Take condition keys with a value or several each."""
    pairs = value.items() if isinstance(value, Mapping) else value
    context: dict[str, tuple[str, tuple[ContextValue, ...]]] = {}
    try:
        for key, given in pairs:
            values = given if isinstance(given, (list, tuple)) else (cast("ContextValue", given),)
            if not isinstance(key, str) or fold(key) in context:
                raise RequestError(
                    f"the context has {key!r} twice, or it is no condition key; case does not matter"
                )
            if ":" not in key:
                raise RequestError(f"{key!r} is no condition key{_with_prefix(key)}")
            if fold(key).startswith(("kms:", "aws:")) and condition_key(key) is None:
                _warn(key, nearest_key(key))
            context[fold(key)] = key, tuple(_context_value(key, one) for one in values)
    except (TypeError, ValueError) as error:
        if isinstance(error, RequestError):
            raise
        raise RequestError(f"a context is a mapping of condition keys to values, not {value!r}") from error
    return tuple(context.values())


def _with_prefix(key: str) -> str:
    """Say which key was probably meant by one without a prefix."""
    known = (condition_key(f"{prefix}:{key}") for prefix in ("kms", "aws"))
    meant = next((facts.name for facts in known if facts is not None), None)
    return "; it has a prefix, as kms:ViaService has" if meant is None else f"; did you mean {meant!r}?"


def _context_value(key: str, value: ContextValue) -> ContextValue:
    if isinstance(value, str) or value is True or value is False:
        return value
    if isinstance(value, (int, float)) and -_LARGEST < value < _LARGEST:
        return value
    from datetime import UTC, datetime  # noqa: PLC0415 - few requests have dates

    if isinstance(value, datetime) and value.utcoffset() is not None:
        try:
            return value.astimezone(UTC)
        except OverflowError:
            pass
    given = "one so large" if isinstance(value, (int, float)) else repr(value)
    raise RequestError(
        f"{word(key)}: expected text, a boolean, a finite number or a datetime with a time zone, or a list of them, not {given}"
    )


_LARGEST: Final = 10**308
"""Larger numbers are not finite as a float, and no service has them."""


def _typed(context: Pairs) -> object:
    """Compare contexts whatever their order and the case of their keys; true and 1 are not the same."""
    return {fold(key): tuple((type(value), value) for value in values) for key, values in context}


def an_account(value: str | None) -> str | None:
    """Take the account id of the key."""
    if value is not None and not (isinstance(value, str) and _ACCOUNT(value)):
        raise RequestError(f"an account is an account id of 12 digits, not {value!r}")
    return value


@final
@attrs.frozen
class Request:
    """Describe a request to KMS: who asks for what, under which circumstances.

    Args:
        principal: Who makes the request: the ARN of a user, a role (for any session of it), a role session, a federated
            user or a root user; an account id, for its root user; or a service principal, ``s3.amazonaws.com`` for
            example. A :class:`Principal` with a single name will do.
        action: The action, ``kms:Decrypt`` for example, in any case.
        context: The condition keys of the request, in any case, with a value or a list of values each: text, booleans,
            numbers, or datetimes with a time zone. A key with an empty list is absent. What is not here is absent too,
            save what follows from the principal: ``aws:PrincipalArn`` (of a session: its role's, without the path,
            which is not known), ``aws:PrincipalAccount``, ``aws:PrincipalType``, ``aws:PrincipalIsAWSService``,
            ``kms:CallerAccount``, a user's ``aws:username``, the ``aws:userid`` of a root user and a federated user, and
            a service's ``aws:PrincipalServiceName``. That of a user or a role is an id which no ARN tells; the time
            comes from nowhere: give ``aws:CurrentTime`` if the policy asks for it.
        account: The id of the account that the key is in; None if it is not known.

    Attributes:
        principal: The ARN or the service principal.
        action: The action, a known one spelt as AWS spells it.
        context: Pairs of key and values, as given.
        account: The account of the key.

    Raises:
        RequestError: for what no request can have.

    Warns:
        UnknownWordWarning: for an action of KMS, or a condition key of KMS or AWS, that is not known: nothing but a
            wildcard may be about it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-reqcontext.html
    """

    principal: str = attrs.field(converter=name_of)
    action: str = attrs.field(converter=_action)
    context: Pairs = attrs.field(default=(), converter=_context, eq=_typed, hash=False)
    account: str | None = attrs.field(default=None, converter=an_account)
    caller: Caller = attrs.field(init=False, eq=False, repr=False)
    keys: Mapping[str, tuple[ContextValue, ...]] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Work out who calls, and the condition keys of the request by their folded names."""
        caller = caller_of(self.principal)
        keys: dict[str, tuple[ContextValue, ...]] = {key: (value,) for key, value in caller.keys.items()}
        keys |= {fold(key): values for key, values in self.context}
        object.__setattr__(self, "caller", caller)
        object.__setattr__(self, "keys", keys)
