"""Guards: what must be shown of a policy before it is put."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import attrs

from kmspolicy._check import Severity
from kmspolicy._document import Policy, a_policy
from kmspolicy._plan._plan import Plan
from kmspolicy._prove._compare import grants_at_most, no_new_access, no_public_access

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._prove._verdicts import Verdict


def _a_policy_or_none(value: Policy | None) -> Policy | None:
    return None if value is None else a_policy(value)


def _refuse_other_types(_: Guard, field: attrs.Attribute[bool], value: bool) -> None:  # noqa: FBT001 - a validator
    if not isinstance(value, bool):
        raise TypeError(f"{field.name} must be True or False, not {value!r}")


def _a_severity_or_none(value: Severity | None) -> Severity | None:
    if value is not None and not isinstance(value, Severity):
        raise TypeError(f"refuse must be a Severity or None, not {value!r}")
    return value


@final
@attrs.frozen
class Guard:
    """The conditions on which a policy is put; what is not shown is refused, also where it is not known.

    Args:
        refuse: The least severity of a finding of :func:`kmspolicy.check` that stops a put; None lets every finding pass.
        no_new_access: Whether no request may be granted more than by the policy that the key has; a key that is new has
            none, and nothing is asked there.
        no_public_access: Whether nobody may have access of whom the policy knows nothing.
        at_most: The most that a policy may grant; None for no limit.

    Raises:
        TypeError: if an argument is of another type.
    """

    refuse: Severity | None = attrs.field(default=Severity.ERROR, kw_only=True, converter=_a_severity_or_none)
    no_new_access: bool = attrs.field(default=False, kw_only=True, validator=_refuse_other_types)
    no_public_access: bool = attrs.field(default=False, kw_only=True, validator=_refuse_other_types)
    at_most: Policy | None = attrs.field(default=None, kw_only=True, converter=_a_policy_or_none)

    @property
    def proves(self) -> bool:
        """Whether it asks for a proof."""
        return self.no_new_access or self.no_public_access or self.at_most is not None

    def verdicts(
        self, subject: Plan | Policy, *, account: str | None = None, key_arn: str | None = None
    ) -> tuple[Verdict, ...]:
        """Return a verdict for each claim that this guard asks for.

        Args:
            subject: A plan; or the policy of a key that is new.
            account: The account of the key; of a plan, it is known from there.
            key_arn: The ARN of the key; of a plan, it is known from there.

        Raises:
            TypeError: if it is neither a Plan nor a Policy.
            RequestError: if the account or the key ARN is not valid, or they contradict each other.
        """
        return tuple(self._verdicts(subject, account, key_arn))

    def require(
        self, subject: Plan | Policy, *, account: str | None = None, key_arn: str | None = None
    ) -> None:
        """Refuse a plan or a policy of which something is not shown; findings are looked at before a put.

        Args:
            subject: A plan; or the policy of a key that is new.
            account: The account of the key; of a plan, it is known from there.
            key_arn: The ARN of the key; of a plan, it is known from there.

        Raises:
            NotShownError: for the first claim that does not hold, or of which it is not known whether it does.
            TypeError: if it is neither a Plan nor a Policy.
            RequestError: if the account or the key ARN is not valid, or they contradict each other.
        """
        for verdict in self._verdicts(subject, account, key_arn):
            verdict.require()

    def _verdicts(
        self, subject: Plan | Policy, account: str | None, key_arn: str | None
    ) -> Iterator[Verdict]:
        if isinstance(subject, Plan):
            new, account, key_arn = subject.new, subject.diff.account, subject.diff.key_arn
            if self.no_new_access:
                yield no_new_access(subject.current, new, account=account, key_arn=key_arn)
        else:
            new = a_policy(subject)
        if self.no_public_access:
            yield no_public_access(new, account=account, key_arn=key_arn)
        if self.at_most is not None:
            yield grants_at_most(new, self.at_most, account=account, key_arn=key_arn)
