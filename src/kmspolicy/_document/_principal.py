"""The Principal and NotPrincipal elements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast, final, get_args

import attrs

from kmspolicy._document._convert import (
    Names,
    mapping,
    members_of,
    names,
    plural,
    shown,
    slots_of,
    text,
    wrong,
)
from kmspolicy._language._principals import (
    PrincipalType,
    is_account_id,
    is_name,
    is_partition,
    is_path_and_name,
    is_session_name,
    name_of,
)
from kmspolicy._path import MAX_NAME
from kmspolicy._printable import represented

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kmspolicy._document._convert import Converter

Kinds: TypeAlias = tuple[tuple[PrincipalType, Names], ...]

KINDS: Final[frozenset[str]] = frozenset(get_args(PrincipalType))
_CONVERTERS: Final[Mapping[str, Converter]] = dict.fromkeys(get_args(PrincipalType), names)


_PAIR: Final = 2


def _principal_element(
    value: Literal["*"] | Mapping[PrincipalType, str | Sequence[str]] | Kinds,
) -> Literal["*"] | Kinds:
    if isinstance(value, tuple) and all(isinstance(pair, tuple) and len(pair) == _PAIR for pair in value):
        return _principal_element(dict(value))  # as the attribute holds it
    if isinstance(value, str):
        if value != "*":
            what = f"a principal is '*' or an object; write {{'AWS': {shown(value)}}}"
            raise wrong("INVALID_PRINCIPAL_FORMAT", what)
        return "*"
    element = mapping(value, "a principal other than '*'")
    members = members_of(element, _CONVERTERS, "a kind of principal", "INVALID_PRINCIPAL_KEY")
    return cast("Kinds", tuple(members.items()))


def _part(value: str, what: str, is_right: Callable[[str], bool]) -> str:
    """Take a part of an ARN, or a whole name, and refuse what cannot be one."""
    if isinstance(value, str) and is_right(value):
        return text(value)
    hint = ""
    if isinstance(value, str) and value.startswith("arn:"):
        hint = "; this is an ARN: Principal.arn takes a whole ARN"
    raise wrong("INVALID_PRINCIPAL_FORMAT", f"not {what}: {represented(value, MAX_NAME)}{hint}")


_AWS: Final = "aws"  # the default itself needs no check; an enumeration that equals it does
_WITHOUT_WILDCARD: Final = re.compile(r"[^*?\s]+").fullmatch


def _has_no_wildcard(value: str) -> bool:
    return _WITHOUT_WILDCARD(value) is not None


def _is_arn(value: str) -> bool:
    """Return whether a text is an ARN that can be a principal's, of whatever kind."""
    return value.startswith("arn:") and name_of("AWS", value).fault not in ("wildcard", "form")


def _iam_arn(partition: str, service: str, account: str, resource: str) -> str:
    if partition is not _AWS:
        partition = _part(partition, "a partition such as 'aws' or 'aws-cn'", is_partition)
    account = _part(account, "an account id of 12 digits", is_account_id)
    return f"arn:{partition}:{service}::{account}:{resource}"


@final
@attrs.frozen(repr=False)
class Principal:
    """Hold the Principal or NotPrincipal element of a statement, whole.

    Build one with the class methods and join them with ``|``. The constructor takes what JSON holds: ``"*"``,
    or an object of the kinds ``AWS``, ``Service``, ``Federated`` and ``CanonicalUser`` with a name or several.

    Attributes:
        element: ``"*"``, or pairs of kind and name or names, as written.

    Raises:
        PolicyDocumentError: for another kind, or names that are not text.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """

    element: Literal["*"] | Kinds = attrs.field(converter=_principal_element)

    @classmethod
    def everyone(cls) -> Principal:
        """Name everyone, as the bare ``"*"``."""
        return cls("*")

    @classmethod
    def arn(cls, arn: str) -> Principal:
        """Name an AWS principal by its ARN.

        Args:
            arn: The ARN, without wildcards; what kind of principal it is does not matter.

        Raises:
            PolicyDocumentError: for what is no ARN, or has wildcards.
        """
        return _single("AWS", _part(arn, "an ARN without wildcards that can be a principal's", _is_arn))

    @classmethod
    def account(cls, account: str, *, partition: str = "aws") -> Principal:
        """Name an account by the ARN of its root: its IAM policies decide who in it may act.

        Args:
            account: The account id, 12 digits.
            partition: The partition of the key's Region: ``aws``, ``aws-cn``, ``aws-us-gov``, ...

        Raises:
            PolicyDocumentError: for another account id or partition.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
        """
        return _single("AWS", _iam_arn(partition, "iam", account, "root"))

    @classmethod
    def role(cls, account: str, name: str, *, partition: str = "aws") -> Principal:
        """Name an IAM role, which must exist when the policy is put.

        Args:
            account: The account id, 12 digits.
            name: The name of the role, with its path if it has one: ``App``, ``service-role/App``.
            partition: As for :meth:`account`.

        Raises:
            PolicyDocumentError: for what cannot be part of such an ARN.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
        """
        name = _part(name, "the name of a role, with its path if it has one", is_path_and_name)
        return _single("AWS", _iam_arn(partition, "iam", account, f"role/{name}"))

    @classmethod
    def user(cls, account: str, name: str, *, partition: str = "aws") -> Principal:
        """Name an IAM user, who must exist when the policy is put.

        Args:
            account: The account id, 12 digits.
            name: The name of the user, with its path if it has one: ``alice``, ``division/alice``.
            partition: As for :meth:`account`.

        Raises:
            PolicyDocumentError: for what cannot be part of such an ARN.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-users
        """
        name = _part(name, "the name of a user, with its path if it has one", is_path_and_name)
        return _single("AWS", _iam_arn(partition, "iam", account, f"user/{name}"))

    @classmethod
    def session(cls, account: str, role: str, session: str, *, partition: str = "aws") -> Principal:
        """Name one session of a role.

        Args:
            account: The account id, 12 digits.
            role: The name of the role, without its path: the ARN of a session has none.
            session: The name of the session.
            partition: As for :meth:`account`.

        Raises:
            PolicyDocumentError: for what cannot be part of such an ARN.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-role-session
        """
        role = _part(role, "the name of a role, without its path", is_name)
        session = _part(session, "the name of a role session", is_session_name)
        return _single("AWS", _iam_arn(partition, "sts", account, f"assumed-role/{role}/{session}"))

    @classmethod
    def service(cls, name: str) -> Principal:
        """Name an AWS service.

        Args:
            name: Its service principal, ``logs.us-east-1.amazonaws.com`` for example, without wildcards; whether there is
                such a service KMS knows, and :func:`kmspolicy.check` warns where it does not look like one.

        Raises:
            PolicyDocumentError: for a name with wildcards or white space.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
        """
        return _single("Service", _part(name, "a service principal without wildcards", _has_no_wildcard))

    @classmethod
    def federated(cls, name: str) -> Principal:
        """Name an identity provider, which is not known to work in key policies.

        Args:
            name: Its ARN or its domain name, without wildcards.

        Raises:
            PolicyDocumentError: for a name with wildcards or white space.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated-web-identity
        """
        return _single("Federated", _part(name, "a provider without wildcards", _has_no_wildcard))

    def __getitem__(self, kind: PrincipalType) -> tuple[str, ...]:
        """Return the names of a kind, none for a kind that is absent; ``"*"`` is ``AWS`` and ``*``."""
        if self.element == "*":
            if kind == "AWS":
                return ("*",)
        else:
            for other, some in self.element:
                if other == kind:
                    return plural(some)
        if kind not in KINDS:
            raise KeyError(kind)
        return ()

    def __iter__(self) -> Iterator[tuple[PrincipalType, str]]:
        """Go through kind and name; ``"*"`` means the same as ``{"AWS": "*"}``, and reads as ``AWS``, ``*``."""
        kinds: Kinds = (("AWS", "*"),) if self.element == "*" else self.element
        pairs: list[tuple[PrincipalType, str]] = [
            (kind, name) for kind, some in kinds for name in plural(some)
        ]
        return iter(pairs)

    def __or__(self, other: Principal) -> Principal:
        """Join two elements and drop names that stand twice.

        Raises:
            PolicyDocumentError: where one is the bare ``"*"``, which cannot stand beside anything.
        """
        if not isinstance(other, Principal):
            return NotImplemented
        if self.element == "*" or other.element == "*":
            raise wrong(
                "INVALID_PRINCIPAL_FORMAT", "'*' is everyone, and cannot be joined with other principals"
            )
        kinds: dict[PrincipalType, Names] = {}
        for kind, some in (*self.element, *other.element):
            kinds[kind] = _joined(kinds.get(kind), some)
        return principal_of(tuple(kinds.items()))

    def rename(self, old: str | Principal, new: str | Principal) -> Principal:
        """Return the element with one name in the place of another; the rest stays as written.

        Args:
            old: The name, of whatever kind, or a principal that has only this one, for its kind alone.
            new: The name that takes its place, or a principal that has only this one. Where it stands there already, it
                stands there once.

        Returns:
            The element with the other name; the same where it does not have the old one.

        Raises:
            PolicyDocumentError: for a principal that has not one name, for principals of two kinds, and for everyone as the
                new name, who stands alone.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        """
        (kind, before), (other, after) = _only(old), _only(new)
        if None not in (kind, other) and kind != other:
            what = f"a name of the kind {kind} cannot be replaced by one of the kind {other}"
            raise wrong("INVALID_PRINCIPAL_FORMAT", what)
        if after == "*":
            what = "everyone stands alone, and takes no other name's place; see Principal.everyone"
            raise wrong("INVALID_PRINCIPAL_FORMAT", what)
        kinds: Kinds = (("AWS", "*"),) if self.element == "*" else self.element
        if not any(before in plural(names) and (kind or other) in (None, one) for one, names in kinds):
            return self
        return principal_of(
            tuple(
                (one, _renamed(names, before, after) if (kind or other) in (None, one) else names)
                for one, names in kinds
            )
        )

    def __repr__(self) -> str:
        """Write the call that builds the value."""
        return f"Principal({self.to_element()!r})"

    def to_element(self) -> str | dict[str, Any]:
        """Return what goes into the JSON of a statement; lists may be tuples."""
        return "*" if self.element == "*" else dict(self.element)


(_set_element,) = slots_of(Principal)


def read_principal(element: object) -> Principal:
    """Take the element as JSON holds it: what the constructor does, without its detours."""
    return principal_of(_principal_element(cast("Literal['*']", element)))


def principal_of(element: Literal["*"] | Kinds) -> Principal:
    """Build the element of what is known to be right."""
    principal = object.__new__(Principal)
    _set_element(principal, element)
    return principal


def _only(value: str | Principal) -> tuple[PrincipalType | None, str]:
    """Take a name of whatever kind, or the only one of a principal with its kind."""
    if not isinstance(value, Principal):
        return None, text(value)
    names = list(value)
    if len(names) != 1:
        raise wrong("INVALID_PRINCIPAL_FORMAT", f"expected a principal with one name, not with {len(names)}")
    return names[0]


def _renamed(names: Names, before: str, after: str) -> Names:
    if isinstance(names, str) or before not in names:
        return after if names == before else names
    return tuple(dict.fromkeys(after if name == before else name for name in names))


def _joined(some: Names | None, others: Names) -> Names:
    if isinstance(others, str) and some in (None, others):
        return others
    return tuple(dict.fromkeys(plural(some) + plural(others)))


def _single(kind: PrincipalType, name: str) -> Principal:
    return principal_of(((kind, name),))
