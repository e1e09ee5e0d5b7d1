"""Differences between policies, and who gains or loses access."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypedDict, final

import attrs

from kmspolicy._diff._access import AccessDiff, access_diff
from kmspolicy._diff._canonical import partition_of_key
from kmspolicy._diff._documents import document_diff
from kmspolicy._display import Displayed
from kmspolicy._evaluate._request import the_key
from kmspolicy._normal._rules import rules_of

if TYPE_CHECKING:
    from kmspolicy._diff._access import AccessChange, AccessChangeDict, UnknownChange, UnknownChangeDict
    from kmspolicy._diff._documents import Change, DocumentDiff, DocumentDiffDict, Pair
    from kmspolicy._document import Policy, Statement


@final
class DiffDict(TypedDict):
    """The fields of a :class:`~kmspolicy.Diff` in JSON."""

    document: DocumentDiffDict
    gained: list[AccessChangeDict]
    lost: list[AccessChangeDict]
    unknown: list[UnknownChangeDict]
    account: str | None
    key_arn: str | None
    partition: str


@final
@attrs.frozen(slots=False)  # cached_property needs a __dict__
class Diff(Displayed):
    """The difference between two policies; false if they are the same document.

    ``print(diff)`` shows it like a unified diff. Who gains and who loses access is worked out when it is first asked for.

    Attributes:
        before: The older policy.
        after: The newer one.
        document: The difference between the two as documents.
        account: The account of the key; None if it is not known.
        key_arn: The ARN of the key; None if it is not known.
        partition: The partition of the key.
    """

    before: Policy = attrs.field(repr=False)
    after: Policy = attrs.field(repr=False)
    document: DocumentDiff
    account: str | None
    key_arn: str | None
    partition: str

    @property
    def added(self) -> tuple[Statement, ...]:
        """The statements that are new."""
        return self.document.added

    @property
    def removed(self) -> tuple[Statement, ...]:
        """The statements that are gone."""
        return self.document.removed

    @property
    def changed(self) -> tuple[Pair, ...]:
        """The statements that changed, down to what was taken out and put in."""
        return self.document.changed

    @property
    def version(self) -> Change | None:
        """The change of the Version, where it changes the meaning; None for none."""
        return self.document.version

    @property
    def labels(self) -> tuple[Change, ...]:
        """Changes of only the Sid or the Id: KMS ignores them, but people and the console use them to find statements."""
        return self.document.labels

    @property
    def gained(self) -> tuple[AccessChange, ...]:
        """The access that the newer policy grants with a higher outcome than the older did, each with a request that shows it."""
        return self._access.gained

    @property
    def lost(self) -> tuple[AccessChange, ...]:
        """The access that the older policy granted with a higher outcome than the newer does, each with such a request."""
        return self._access.lost

    @property
    def unknown(self) -> tuple[UnknownChange, ...]:
        """The access of which it is not known whether it was gained or lost, each with the reason."""
        return self._access.unknown

    @cached_property
    def _access(self) -> AccessDiff:
        if not (self.added or self.removed or self.changed or self.version):
            return AccessDiff()
        key = the_key(self.account, self.key_arn)
        return access_diff(rules_of(self.before), rules_of(self.after), key, self.partition)

    def to_dict(self) -> DiffDict:
        """Return the difference for JSON, without the two policies."""
        return {
            "document": self.document.to_dict(),
            "gained": [change.to_dict() for change in self.gained],
            "lost": [change.to_dict() for change in self.lost],
            "unknown": [change.to_dict() for change in self.unknown],
            "account": self.account,
            "key_arn": self.key_arn,
            "partition": self.partition,
        }

    def __bool__(self) -> bool:
        """Return whether the documents differ, be it in labels alone."""
        return bool(self.document)


def diff(
    a: Policy,
    b: Policy,
    *,
    account: str | None = None,
    key_arn: str | None = None,
    partition: str = "aws",
) -> Diff:
    """Return the difference between two policies.

    Statements with the same meaning are ignored, regardless of their order. Of the others, two with the same Sid are
    compared if no other statement has it, then those that are most alike. The rest was added or removed.

    Args:
        a: The older policy.
        b: The newer one.
        account: The id of the account that the key is in; None if it is not known. Where it is known, what does not work
            across accounts is neither gained nor lost by principals of other accounts.
        key_arn: The ARN of the key; None if it is not known. It tells the account and the partition, too.
        partition: The partition of the key, as for :func:`kmspolicy.equivalent`.

    Returns:
        The difference; false only if the documents are the same, labels included, except for spelling.

    Raises:
        TypeError: if an argument is not a Policy.
        RequestError: if the account or the key ARN is not valid, or they contradict each other.
    """
    key = the_key(account, key_arn)
    partition = partition_of_key(key, partition)
    return Diff(a, b, document_diff(a, b, partition), key.account, key.arn, partition)
