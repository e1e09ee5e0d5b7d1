"""Requests: who asks for what, and what follows from that."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypedDict, cast, final

import attrs

from kmspolicy._display import Displayed
from kmspolicy._evaluate._callers import requester_of, text_of_principal
from kmspolicy._language._actions import ACTIONS, nearest_action
from kmspolicy._language._key_arns import Key, account_of_key_arn
from kmspolicy._language._keys import condition_key, nearest_key
from kmspolicy._language._principals import is_account_id
from kmspolicy._language._spelling import fold
from kmspolicy._language._values import text_of
from kmspolicy._printable import quoted, word
from kmspolicy.errors import RequestError, UnknownWordWarning

if TYPE_CHECKING:
    from kmspolicy._document import Principal
    from kmspolicy._evaluate._callers import Requester
    from kmspolicy._language._aliases import Context, ContextValue, Pairs
    from kmspolicy._language._values import OneOf


def _action(value: str) -> str:
    """Return an action, in AWS's spelling if it is known."""
    if not isinstance(value, str) or not is_action(value):
        raise RequestError(f"a request must have one action, such as 'kms:Decrypt', not {value!r}")
    known = ACTIONS.get(fold(value))
    if known is not None:
        return known.name
    warn_of_unknown(value, nearest_action(value), _OF_REQUEST)
    return value


def warn_of_unknown(unknown: str, meant: str | None, frames: int) -> None:
    """Warn about an unknown word: it may be newer than this library, or misspelt.

    Args:
        unknown: The word.
        meant: The known one that is like it.
        frames: How far away the caller is who wrote the word.
    """
    hint = "" if meant is None else f"; did you mean {meant!r}?"
    warnings.warn(f"{quoted(unknown)} is not known{hint}", UnknownWordWarning, stacklevel=frames)


# The frames between the warning and the caller of Request: the helper, the converter, and the constructor of attrs.
_OF_REQUEST: Final = 4


is_action = re.compile(r"kms:[a-z]+", re.IGNORECASE | re.ASCII).fullmatch


def _context(value: Context) -> Pairs:
    """Return condition keys, each with a tuple of values."""
    pairs = value.items() if isinstance(value, Mapping) else value
    context: dict[str, tuple[str, tuple[ContextValue, ...]]] = {}
    try:
        for key, given in pairs:
            values = given if isinstance(given, (list, tuple)) else (cast("ContextValue", given),)
            if not isinstance(key, str) or ":" not in key:
                raise RequestError(f"{key!r} is not a condition key{_with_prefix(key)}")
            if fold(key) in context:
                raise RequestError(f"the context has {key!r} twice; its case does not matter")
            if fold(key).startswith(("kms:", "aws:")) and condition_key(key) is None:
                warn_of_unknown(key, nearest_key(key), _OF_REQUEST)
            context[fold(key)] = key, tuple(_context_value(key, one) for one in values)
    except (TypeError, ValueError) as error:
        if isinstance(error, RequestError):
            raise
        raise RequestError(
            f"a context must be a mapping of condition keys to values, not {value!r}"
        ) from error
    return tuple(context.values())


def _with_prefix(key: object) -> str:
    """Return a hint for a key without a prefix: the key that was probably meant."""
    known = (condition_key(f"{prefix}:{key}") for prefix in ("kms", "aws"))
    meant = next((facts.name for facts in known if facts is not None), None)
    return (
        "; expected text with a prefix, such as 'kms:ViaService'"
        if meant is None
        else f"; did you mean {meant!r}?"
    )


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
"""Larger numbers are not finite as a float; no service uses them."""


def _typed(context: Pairs) -> object:
    """Return the form in which contexts are compared: keys in lower case; true and 1 are different."""
    return {fold(key): tuple((type(value), value) for value in values) for key, values in context}


def an_account(value: str | None) -> str | None:
    """Return the account id of the key if it is valid."""
    if value is not None and not (isinstance(value, str) and is_account_id(value)):
        raise RequestError(f"an account must be an account id of 12 digits, not {value!r}")
    return value


def a_key_arn(value: str | None) -> str | None:
    """Return the ARN of the key if it is valid."""
    if value is not None and not (isinstance(value, str) and account_of_key_arn(value)):
        raise RequestError(f"a key ARN has the form arn:aws:kms:REGION:ACCOUNT:key/ID; {value!r} is not one")
    return value


def the_key(account: str | None, key_arn: str | None) -> Key:
    """Return what is known about a key.

    Args:
        account: Its account id; None if it is not given.
        key_arn: Its ARN; None if it is not given.

    Raises:
        RequestError: if the account id or the key ARN is not valid, or if they contradict each other.
    """
    own = an_account(account)
    arn = a_key_arn(key_arn)
    told = None if arn is None else account_of_key_arn(arn)
    if None not in (own, told) and own != told:
        raise RequestError(f"the key {arn} is in account {told}, not in account {own}")
    return Key(own or told, arn)


@final
class RequestDict(TypedDict):
    """The fields of a :class:`Request` in JSON."""

    principal: str
    action: str
    context: dict[str, list[str]]
    account: str | None
    key_arn: str | None


@final
@attrs.frozen
class Request(Displayed):
    """A request to KMS: who asks for which action, and with which condition keys.

    Args:
        principal: Who makes the request: the ARN of a user, a role (for any session of it), a role session, a federated
            user or a root user; an account id, for its root user; or a service principal, ``s3.amazonaws.com`` for
            example. A :class:`Principal` with a single name will do.
        action: The action, ``kms:Decrypt`` for example, in any case.
        context: The condition keys of the request, in any case, with a value or a list of values each: text, booleans,
            numbers, or datetimes with a time zone. A key with an empty list is absent. Other keys are absent too, except
            those that follow from the principal: ``aws:PrincipalArn`` (for a session, the ARN of its role, whose path is
            not known), ``aws:PrincipalAccount``, ``aws:PrincipalType``, ``aws:PrincipalIsAWSService``,
            ``kms:CallerAccount``, a user's ``aws:username``, the ``aws:userid`` of a root user and a federated user, and
            a service's ``aws:PrincipalServiceName``. The ``aws:userid`` of a user or a role is not in its ARN, and the
            time is not known either: give ``aws:userid`` and ``aws:CurrentTime`` if the policy asks for them.
        account: The id of the account that the key is in; None if it is not known. If it is known, an action that does
            not work on a key of another account is not granted to a principal of another account.
        key_arn: The ARN of the key; None if it is not known. It also tells the account, and whether a Resource that is
            an ARN is this key.

    Attributes:
        principal: The ARN or the service principal.
        action: The action, in AWS's spelling if it is known.
        context: Pairs of key and values, as given.
        account: The account of the key.
        key_arn: The ARN of the key.

    Raises:
        RequestError: for a value that no request can have, or a key ARN that contradicts the account.

    Warns:
        UnknownWordWarning: for an unknown KMS action, or an unknown condition key of KMS or AWS; it may be misspelt.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-reqcontext.html
    """

    principal: str = attrs.field(converter=text_of_principal)
    action: str = attrs.field(converter=_action)
    context: Pairs = attrs.field(default=(), converter=_context, eq=_typed, hash=False)
    account: str | None = attrs.field(default=None, converter=an_account)
    key_arn: str | None = attrs.field(default=None, converter=a_key_arn)
    caller: Requester = attrs.field(init=False, eq=False, repr=False)
    keys: Mapping[str, tuple[ContextValue | OneOf, ...]] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Compute the caller, and the condition keys of the request by their lower-case names."""
        caller = _requester(self.principal, self.context)
        object.__setattr__(self, "caller", caller)
        object.__setattr__(self, "keys", caller.facts)
        object.__setattr__(self, "account", the_key(self.account, self.key_arn).account)

    @property
    def key(self) -> Key:
        """What is known about the key."""
        return Key(self.account, self.key_arn)

    def to_dict(self) -> RequestDict:
        """Return the request for JSON, the values of its context as policies write them."""
        return {
            "principal": self.principal,
            "action": self.action,
            "context": {key: [*map(text_of, values)] for key, values in self.context},
            "account": self.account,
            "key_arn": self.key_arn,
        }


def _requester(principal: str, context: Pairs) -> Requester:
    """Return a caller with the condition keys that its requests have."""
    return requester_of(principal)._replace(context={fold(key): values for key, values in context})


def a_request(value: Request) -> Request:
    """Return the value if it is a Request.

    Raises:
        TypeError: for any other value.
    """
    if not isinstance(value, Request):
        raise TypeError(
            f"expected a Request, not {type(value).__name__}; write decide(policy, Request(principal, action))"
        )
    return value


@final
@attrs.frozen
class Caller:
    """The caller, and what is known about the caller's requests.

    It can be given as any ``caller=``; its context answers conditions that are otherwise open, such as
    ``unless aws:PrincipalOrgID is ...``.

    Args:
        principal: The caller, as in :class:`Request`.
        context: The condition keys that the caller's requests have, as in :class:`Request`. Other keys are not known: they
            may be absent or not. A key with an empty list is absent.

    Attributes:
        principal: The ARN or the service principal.
        context: Pairs of key and values, as given.

    Raises:
        RequestError: for a principal that cannot make requests, or a context that no request can have.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-reqcontext.html
    """

    principal: str = attrs.field(converter=text_of_principal)
    context: Pairs = attrs.field(default=(), converter=_context, eq=_typed, hash=False)
    requester: Requester = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Compute what is known about the caller's requests."""
        object.__setattr__(self, "requester", _requester(self.principal, self.context))


def requester_from(caller: str | Principal | Caller) -> Requester:
    """Return a caller that is given in any form.

    Raises:
        RequestError: for a principal that cannot make requests to KMS.
    """
    return caller.requester if isinstance(caller, Caller) else requester_of(text_of_principal(caller))


def request_by(caller: Requester, action: str, key: Key) -> Request:
    """Return a request of a caller, without repeating the warnings about unknown words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownWordWarning)
        return Request(caller.text, action, tuple(caller.context.items()), key.account, key.arn)
