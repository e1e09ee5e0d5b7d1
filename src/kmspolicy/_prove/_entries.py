"""Who outside an account can use a key, and who inside can lock everybody out: the answer as a value."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypedDict, final

import attrs

from kmspolicy._display import Displayed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kmspolicy._document import Condition
    from kmspolicy._prove._verdicts import Witness, WitnessDict


@final
class ExternalEntryDict(TypedDict):
    """The fields of an :class:`~kmspolicy.ExternalEntry` in JSON; the condition is as in the element of a document."""

    group: str
    who: str
    account: str | None
    actions: list[str]
    statement: int
    sid: str | None
    condition: dict[str, dict[str, Any]] | None
    denied_by: list[int]
    witness: WitnessDict | None
    unknown: str | None
    depends_on: list[str]
    url: str


@final
class ExternalAccessDict(TypedDict):
    """The fields of an :class:`~kmspolicy.ExternalAccess` in JSON."""

    account: str | None
    entries: list[ExternalEntryDict]
    inside: list[ExternalEntryDict]
    unknown: str | None


class ExternalGroup(Enum):
    """A group of principals, as seen from the account of the key."""

    PUBLIC = "public"
    """Everyone: also somebody of whom the policy knows nothing."""
    ORGANISATION = "organisation"
    """Principals of an organisation, or of a part of it."""
    ANYONE_WITH = "anyone with"
    """Everyone with a value that AWS chooses: who calls from a network or a VPC endpoint, for example."""
    UNTRUSTED_ACCOUNT = "untrusted account"
    """Principals of another account, which is not among those that are trusted."""
    TRUSTED_ACCOUNT = "trusted account"
    """Principals of another account that is trusted."""
    SERVICE = "service without protection"
    """An AWS service, whoever it acts for: nothing protects from a confused deputy."""
    PROTECTED_SERVICE = "service with protection"
    """An AWS service that acts for a source that the policy names."""
    UNKNOWN = "not known"
    """A name whose owner is not known: a unique id, for example."""
    INSIDE = "inside"
    """Principals of the key's own account."""

    @property
    def order(self) -> int:
        """Its place in the order of groups, the widest first."""
        return list(ExternalGroup).index(self)

    @property
    def url(self) -> str:
        """The page of AWS about it."""
        return _PAGES[self]


_IAM: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
_KMS: Final = "https://docs.aws.amazon.com/kms/latest/developerguide/"
_ANALYZER: Final = f"{_IAM}access-analyzer-resources.html#access-analyzer-kms-key"
_PAGES: Final[Mapping[ExternalGroup, str]] = {
    **dict.fromkeys(ExternalGroup, _ANALYZER),
    **dict.fromkeys(
        (ExternalGroup.UNTRUSTED_ACCOUNT, ExternalGroup.TRUSTED_ACCOUNT),
        f"{_KMS}key-policy-modifying-external-accounts.html",
    ),
    **dict.fromkeys((ExternalGroup.SERVICE, ExternalGroup.PROTECTED_SERVICE), f"{_IAM}confused-deputy.html"),
    ExternalGroup.UNKNOWN: f"{_IAM}reference_identifiers.html#identifiers-unique-ids",
    ExternalGroup.INSIDE: f"{_KMS}key-policy-default.html#allow-unmanageable-key",
}


@final
@attrs.frozen
class ExternalEntry(Displayed):
    """Somebody who gets access by a statement, to which actions, and under which conditions.

    Attributes:
        group: The group.
        who: ``*`` for everyone, otherwise an organisation, condition keys with their values, a principal or an account as the
            policy names it, or a service.
        account: The account id; empty if it is not about one account.
        actions: The actions.
        statement: The number of the statement, counted from 0.
        sid: Its Sid; None if it has none.
        condition: Its Condition; None if it has none.
        denied_by: The numbers of statements that deny a part of it.
        witness: A request that shows it; None if none is known.
        unknown: Why it is not certain; empty if it is.
        depends_on: Of a :class:`kmspolicy.PartialPolicy`, the placeholders and conditions on whose values it depends.
    """

    group: ExternalGroup
    who: str
    account: str
    actions: tuple[str, ...]
    statement: int
    sid: str | None = None
    condition: Condition | None = None
    denied_by: tuple[int, ...] = ()
    witness: Witness | None = None
    unknown: str = ""
    depends_on: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The page of AWS about its group."""
        return self.group.url

    def to_dict(self) -> ExternalEntryDict:
        """Return the entry for JSON."""
        return {
            "group": self.group.value,
            "who": self.who,
            "account": self.account or None,
            "actions": list(self.actions),
            "statement": self.statement,
            "sid": self.sid,
            "condition": None if self.condition is None else self.condition.to_dict(),
            "denied_by": list(self.denied_by),
            "witness": None if self.witness is None else self.witness.to_dict(),
            "unknown": self.unknown or None,
            "depends_on": list(self.depends_on),
            "url": self.url,
        }


@final
@attrs.frozen
class ExternalAccess(Displayed):
    """Who outside the account can use the key, and who inside can lock everybody out.

    It is iterable, and true if somebody outside has access, or may have it.

    Attributes:
        account: The account of the key; None if each account counts as another one.
        entries: Who outside has access, the widest groups first.
        inside: Who in the account can put a key policy or schedule the deletion of the key, and so lock everybody out.
        unknown: Of a :class:`kmspolicy.PartialPolicy`, why more is not known; empty if everything is.
    """

    account: str | None
    entries: tuple[ExternalEntry, ...]
    inside: tuple[ExternalEntry, ...] = ()
    unknown: str = ""

    def __iter__(self) -> Iterator[ExternalEntry]:
        """Go through those outside."""
        return iter(self.entries)

    def __len__(self) -> int:
        """Return the number of entries about those outside."""
        return len(self.entries)

    def __bool__(self) -> bool:
        """Return whether somebody outside gets in, or may."""
        return bool(self.entries or self.unknown)

    def to_dict(self) -> ExternalAccessDict:
        """Return the answer for JSON."""
        return {
            "account": self.account,
            "entries": [entry.to_dict() for entry in self.entries],
            "inside": [entry.to_dict() for entry in self.inside],
            "unknown": self.unknown or None,
        }
