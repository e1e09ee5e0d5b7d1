"""The Principal and NotPrincipal elements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast, final, get_args

import attrs

from kmspolicy._document._convert import (
    Names,
    json_type,
    mapping,
    members_of,
    mistyped,
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
    is_same_name,
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
            what = f"a principal must be '*' or an object; write {{'AWS': {shown(value)}}}"
            raise wrong("INVALID_PRINCIPAL_FORMAT", what)
        return "*"
    element = mapping(value, "a principal other than '*'")
    members = members_of(element, _CONVERTERS, "a kind of principal", "INVALID_PRINCIPAL_KEY")
    return cast("Kinds", tuple(members.items()))


def _part(value: str, what: str, is_right: Callable[[str], bool]) -> str:
    """Return a part of an ARN, or a whole name, if it is valid."""
    if isinstance(value, str) and is_right(value):
        return text(value)
    hint = ""
    if isinstance(value, str) and value.startswith("arn:") and is_right is not _is_arn:
        hint = "; for a whole ARN, use Principal.arn"
    raise wrong("INVALID_PRINCIPAL_FORMAT", f"expected {what}, not {represented(value, MAX_NAME)}{hint}")


_AWS: Final = "aws"  # the default itself is not checked; a member of an enumeration that equals it is
_WITHOUT_WILDCARD: Final = re.compile(r"[^*?\s]+").fullmatch


def _has_no_wildcard(value: str) -> bool:
    return _WITHOUT_WILDCARD(value) is not None


def _is_arn(value: str) -> bool:
    """Return whether a text is an ARN of a principal, of any kind."""
    return value.startswith("arn:") and name_of("AWS", value).fault not in ("wildcard", "form")


def _iam_arn(partition: str, service: str, account: str, resource: str) -> str:
    if partition is not _AWS:
        partition = _part(partition, "a partition such as 'aws' or 'aws-cn'", is_partition)
    account = _part(account, "an account id of 12 digits", is_account_id)
    return f"arn:{partition}:{service}::{account}:{resource}"


@final
@attrs.frozen(repr=False)
class Principal:
    """The Principal or NotPrincipal element of a statement.

    Create principals with the class methods and join them with ``|``. The constructor accepts the element of JSON:
    ``"*"``, or a dict of the kinds ``AWS``, ``Service``, ``Federated`` and ``CanonicalUser``, with one name or several.

    Attributes:
        element: ``"*"``, or pairs of kind and name or names, as written.

    Raises:
        PolicyDocumentError: for another kind, or a name that is not text.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """

    element: Literal["*"] | Kinds = attrs.field(converter=_principal_element)

    @classmethod
    def everyone(cls) -> Principal:
        """Return everyone, written as ``"*"``."""
        return cls("*")

    @classmethod
    def arn(cls, arn: str) -> Principal:
        """Return the AWS principal with this ARN.

        Args:
            arn: The ARN, without wildcards, of any kind of principal.

        Raises:
            PolicyDocumentError: if it is not the ARN of a principal, or has wildcards.
        """
        return _single("AWS", _part(arn, "the ARN of a principal, without wildcards", _is_arn))

    @classmethod
    def account(cls, account: str, *, partition: str = "aws") -> Principal:
        """Return an account, by the ARN of its root: its IAM policies decide who in it may act.

        Args:
            account: The account id, 12 digits.
            partition: The partition of the key's Region: ``aws``, ``aws-cn``, ``aws-us-gov``, ...

        Raises:
            PolicyDocumentError: if the account id or the partition is not valid.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
        """
        return _single("AWS", _iam_arn(partition, "iam", account, "root"))

    @classmethod
    def role(cls, account: str, name: str, *, partition: str = "aws") -> Principal:
        """Return an IAM role, which must exist when the policy is put.

        Args:
            account: The account id, 12 digits.
            name: The name of the role, with its path if it has one: ``App``, ``service-role/App``.
            partition: As for :meth:`account`.

        Raises:
            PolicyDocumentError: if a part cannot be in such an ARN.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
        """
        name = _part(name, "the name of a role, with its path if it has one", is_path_and_name)
        return _single("AWS", _iam_arn(partition, "iam", account, f"role/{name}"))

    @classmethod
    def user(cls, account: str, name: str, *, partition: str = "aws") -> Principal:
        """Return an IAM user, who must exist when the policy is put.

        Args:
            account: The account id, 12 digits.
            name: The name of the user, with its path if it has one: ``alice``, ``division/alice``.
            partition: As for :meth:`account`.

        Raises:
            PolicyDocumentError: if a part cannot be in such an ARN.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-users
        """
        name = _part(name, "the name of a user, with its path if it has one", is_path_and_name)
        return _single("AWS", _iam_arn(partition, "iam", account, f"user/{name}"))

    @classmethod
    def session(cls, account: str, role: str, session: str, *, partition: str = "aws") -> Principal:
        """Return one session of a role.

        Args:
            account: The account id, 12 digits.
            role: The name of the role, without its path: the ARN of a session does not have it.
            session: The name of the session.
            partition: As for :meth:`account`.

        Raises:
            PolicyDocumentError: if a part cannot be in such an ARN.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-role-session
        """
        role = _part(role, "the name of a role, without its path", is_name)
        session = _part(session, "the name of a role session", is_session_name)
        return _single("AWS", _iam_arn(partition, "sts", account, f"assumed-role/{role}/{session}"))

    @classmethod
    def service(cls, name: str) -> Principal:
        """Return an AWS service.

        Args:
            name: Its service principal, such as ``logs.us-east-1.amazonaws.com``, without wildcards. Only KMS knows whether the
                service exists; :func:`kmspolicy.check` warns if the name does not look like a service.

        Raises:
            PolicyDocumentError: if the name has wildcards or white space.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
        """
        return _single("Service", _part(name, "a service principal without wildcards", _has_no_wildcard))

    @classmethod
    def federated(cls, name: str) -> Principal:
        """Return an identity provider; nothing says that they work in key policies.

        Args:
            name: Its ARN or its domain name, without wildcards.

        Raises:
            PolicyDocumentError: if the name has wildcards or white space.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated-web-identity
        """
        return _single("Federated", _part(name, "a provider without wildcards", _has_no_wildcard))

    def __getitem__(self, kind: PrincipalType) -> tuple[str, ...]:
        """Return the names of a kind, empty for an absent kind; ``"*"`` has the kind ``AWS`` and the name ``*``."""
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
        """Iterate over kind and name; ``"*"`` means the same as ``{"AWS": "*"}`` and gives ``AWS`` and ``*``."""
        kinds: Kinds = (("AWS", "*"),) if self.element == "*" else self.element
        pairs: list[tuple[PrincipalType, str]] = [
            (kind, name) for kind, some in kinds for name in plural(some)
        ]
        return iter(pairs)

    def __or__(self, other: Principal) -> Principal:
        """Join two elements; a name that is in both appears once.

        Raises:
            PolicyDocumentError: if one of them is ``"*"``, which cannot be joined with anything.
        """
        if not isinstance(other, Principal):
            return NotImplemented
        if self.element == "*" or other.element == "*":
            raise wrong(
                "INVALID_PRINCIPAL_FORMAT", "'*' means everyone and cannot be joined with other principals"
            )
        kinds: dict[PrincipalType, Names] = {}
        for kind, some in (*self.element, *other.element):
            kinds[kind] = _joined(kinds.get(kind), some)
        return principal_of(tuple(kinds.items()))

    def rename(self, old: str | Principal, new: str | Principal) -> Principal:
        """Return the element with a new name instead of an old one; the rest stays as written.

        Args:
            old: The name, of any kind, or a principal with exactly one name, to rename only this kind.
            new: The new name, or a principal with exactly one name. If the element already has it, it appears
                once in the result.

        Returns:
            The new element; the same element if it does not have the old name.

        Raises:
            PolicyDocumentError: if a principal does not have exactly one name, if the two have different kinds, or if the
                new one is everyone.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        """
        (kind, before), (other, after) = _only(old), _only(new)
        if None not in (kind, other) and kind != other:
            what = f"cannot rename a principal of the kind {kind} to one of the kind {other}"
            raise wrong("INVALID_PRINCIPAL_FORMAT", what)
        if after == "*":
            what = "cannot rename a principal to everyone; use Principal.everyone() as the whole element"
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
        """Return the call that builds the value."""
        return f"Principal({self.to_element()!r})"

    def to_element(self) -> str | dict[str, Any]:
        """Return the part of a statement's JSON; lists may be tuples."""
        return "*" if self.element == "*" else dict(self.element)


(_set_element,) = slots_of(Principal)


def a_principal(value: Principal) -> Principal:
    """Return the value if it is a Principal.

    Raises:
        PolicyDocumentError: if it is not; says how to create one.
    """
    if isinstance(value, Principal):
        return value
    raise mistyped(f"expected a Principal, found {json_type(value)}; see Principal.arn, .account, .everyone")


def read_principal(element: object) -> Principal:
    """Create the element from JSON, like the constructor but faster."""
    return principal_of(_principal_element(cast("Literal['*']", element)))


def principal_of(element: Literal["*"] | Kinds) -> Principal:
    """Create the element from valid parts, without checks."""
    principal = object.__new__(Principal)
    _set_element(principal, element)
    return principal


def with_names(element: Principal, more: Principal) -> Principal:
    """Return an element with the names of another; one that it has in either spelling is not added.

    Raises:
        PolicyDocumentError: if one of the two is ``"*"``.
    """
    for kind, name in more:
        if element.element == "*" or not _has(element, kind, name):
            element |= principal_of("*") if name == "*" else _single(kind, name)
    return element


def without_names(element: Principal, others: Principal) -> Principal | None:
    """Return an element without the names of another, in either spelling; None if no name is left."""
    if not any(_has(others, *pair) for pair in element):
        return element
    kinds: Kinds = () if element.element == "*" else element.element
    left: Kinds = tuple((kind, _without(others, kind, some)) for kind, some in kinds)
    rest: Kinds = tuple(pair for pair in left if pair[1] != ())
    return principal_of(rest) if rest else None


def _without(others: Principal, kind: PrincipalType, some: Names) -> Names:
    left = tuple(name for name in plural(some) if not _has(others, kind, name))
    return some if left == plural(some) else left


def _has(element: Principal, kind: PrincipalType, name: str) -> bool:
    """Return whether an element has a name; an account has two, its id and its ARN."""
    return any(is_same_name(name_of(kind, name), name_of(kind, other)) for other in element[kind])


def _only(value: str | Principal) -> tuple[PrincipalType | None, str]:
    """Return a name without a kind, or the only name of a principal with its kind."""
    if not isinstance(value, Principal):
        return None, text(value)
    names = list(value)
    if len(names) != 1:
        raise wrong("INVALID_PRINCIPAL_FORMAT", f"the principal must have exactly one name, not {len(names)}")
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
