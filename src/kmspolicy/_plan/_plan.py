"""Plans: what PutKeyPolicy would change on a key."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, final

import attrs

from kmspolicy._language._principals import name_of
from kmspolicy._printable import word
from kmspolicy._prove._compare import compare
from kmspolicy._words._lists import lines

if TYPE_CHECKING:
    from kmspolicy._check import Finding
    from kmspolicy._diff import AccessChange, Diff
    from kmspolicy._document import Policy
    from kmspolicy._prove._verdicts import Comparison

_FINDINGS: Final = 20_000
_DELETED: Final = 5_000
"""The maximum number of characters of each part, if there are several."""


@final
@attrs.frozen(slots=False)  # cached_property needs a __dict__
class Plan:
    """The changes that a put would make on a key; false if there is nothing to do.

    ``print(plan)`` shows the difference, who gains and loses access, and the findings.

    Attributes:
        key_id: The key, as it was given.
        current_text: The text of the policy that the key has, as KMS returned it.
        current: The same policy as a value.
        new_text: The text that would be put.
        new: The same policy as a value.
        diff: The difference between the two.
        findings: The findings of :func:`kmspolicy.check` in the new policy; an ERROR among them stops
            :meth:`KeyPolicies.apply`, unless its :class:`Guard` lets it pass.
        bypass_policy_lockout_safety_check: Whether it is put even if it locks the caller out.
    """

    key_id: str
    current_text: str = attrs.field(repr=False)
    current: Policy
    new_text: str = attrs.field(repr=False)
    new: Policy
    diff: Diff = attrs.field(repr=False)
    findings: tuple[Finding, ...] = attrs.field(repr=False)
    bypass_policy_lockout_safety_check: bool = False

    @property
    def gained(self) -> tuple[AccessChange, ...]:
        """The access that only the new policy gives."""
        return self.diff.gained

    @property
    def lost(self) -> tuple[AccessChange, ...]:
        """The access that only the current policy gives."""
        return self.diff.lost

    @cached_property
    def comparison(self) -> Comparison:
        """What changes for all requests, worked out when it is first asked for."""
        return compare(self.current, self.new, account=self.diff.account, key_arn=self.diff.key_arn)

    def __bool__(self) -> bool:
        """Return whether there is anything to do; a change of labels counts."""
        return bool(self.diff)

    def __str__(self) -> str:
        """Return the plan as text for a terminal."""
        parts = [f"key {word(self.key_id)}: {'change' if self else 'nothing to do'}"]
        if self:
            parts += [str(self.diff), *deleted(self.current)]
        return "\n".join([*parts, *lines(self.findings, str, _FINDINGS)])


@final
@attrs.frozen
class PutResult:
    """The result of a verb that writes.

    Attributes:
        key_id: The key, as it was given.
        request_id: The id of the PutKeyPolicy request that succeeded; None if none was sent, if the answer had none, or if
            the answer was lost and a read showed that the policy is there.
        attempts: How many PutKeyPolicy requests were sent.
        changed: Whether the policy was put, or may have been, if the answer to a put was lost; false if there was nothing to do.
        plan: What was read and what was to change; None for :meth:`KeyPolicies.put`, which does not read.
        findings: The findings of the check in the policy that was put, those that the :class:`Guard` ignores included. Under a
            guard with ``refuse=None``, they are those of the plan; without one there was no check, and there are none.
    """

    key_id: str
    request_id: str | None
    attempts: int
    changed: bool = True
    plan: Plan | None = attrs.field(default=None, repr=False)
    findings: tuple[Finding, ...] = attrs.field(default=(), repr=False)


def deleted(policy: Policy) -> list[str]:
    """Return a line for each unique id in a policy that KMS returned.

    https://repost.aws/knowledge-center/kms-policy-error-invalid-principals
    """
    names = {
        name: None
        for statement in policy.statements
        for element in (statement.principal, statement.not_principal)
        for kind, name in element or ()
        if name_of(kind, name).kind == "unique id"
    }
    return lines(names, "{} stands for a principal that was deleted".format, _DELETED)
