"""Plans: what PutKeyPolicy would change on a key."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, TypedDict, final

import attrs

from kmspolicy._check._check import check_text, principal_of_put
from kmspolicy._diff import diff
from kmspolicy._diff._canonical import partition_of_key
from kmspolicy._display import Displayed
from kmspolicy._document import Policy
from kmspolicy._evaluate import Caller
from kmspolicy._evaluate._request import the_key
from kmspolicy._language._key_arns import account_of_key_arn
from kmspolicy._language._principals import name_of
from kmspolicy._plan._saved import caller_dict, load, save
from kmspolicy._printable import word
from kmspolicy._prove._compare import compare
from kmspolicy._words._lists import lines
from kmspolicy.errors import RequestError

if TYPE_CHECKING:
    from kmspolicy._check import Finding
    from kmspolicy._check._finding import FindingDict
    from kmspolicy._diff import AccessChange, Diff
    from kmspolicy._diff._diff import DiffDict
    from kmspolicy._document import Principal
    from kmspolicy._plan._saved import CallerDict
    from kmspolicy._prove._verdicts import Comparison

_FINDINGS: Final = 20_000
_DELETED: Final = 5_000
"""The maximum number of characters of each part, if there are several."""


def _a_text(_: Plan, field: attrs.Attribute[str], value: str) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{field.name} must be text, not {type(value).__name__}")


def _a_bool(_: Plan, field: attrs.Attribute[bool], value: bool) -> None:  # noqa: FBT001 - a validator
    if not isinstance(value, bool):
        raise TypeError(f"{field.name} must be True or False, not {value!r}")


def caller_or_none(value: str | Principal | Caller | None) -> Caller | None:
    """Return the one who puts a policy, where it is known.

    Raises:
        RequestError: for a principal that cannot put a policy.
    """
    if value is None:
        return None
    caller = value if isinstance(value, Caller) else Caller(value)
    principal_of_put(caller)
    return caller


@final
class PlanDict(TypedDict):
    """The fields of a :class:`~kmspolicy.Plan` in JSON, with what follows from them."""

    key_id: str
    account: str | None
    key_arn: str | None
    partition: str
    caller: CallerDict | None
    bypass_policy_lockout_safety_check: bool
    changed: bool
    current_text: str
    new_text: str
    diff: DiffDict
    findings: list[FindingDict]


@final
@attrs.frozen(slots=False)  # cached_property needs a __dict__
class Plan(Displayed):
    """The changes that a put would make on a key; false if there is nothing to do.

    ``print(plan)`` shows the difference, who gains and loses access, and the findings. All of it follows from the texts and
    from what is known of the key, and is worked out when it is first asked for.

    Args:
        key_id: The key.
        current_text: The text of the policy that the key has, as KMS returned it.
        new_text: The text to put.
        account: The id of the account that the key is in; None if it is not known. The key ARN or the caller tells it, too.
        key_arn: The ARN of the key; None if it is not known. A key id that is an ARN tells it, too.
        partition: The partition of the key; its ARN tells it, too.
        caller: Who will put the policy, as for :func:`kmspolicy.check`; None if it is not known.
        bypass_policy_lockout_safety_check: Whether it is put even if it locks the caller out.

    Raises:
        TypeError: if a text or ``bypass_policy_lockout_safety_check`` is something else.
        RequestError: if the caller, the account or the key ARN is not valid, or they contradict each other or the key id.
    """

    key_id: str = attrs.field(validator=_a_text)
    current_text: str = attrs.field(validator=_a_text)
    new_text: str = attrs.field(validator=_a_text)
    account: str | None = attrs.field(default=None, kw_only=True)
    key_arn: str | None = attrs.field(default=None, kw_only=True)
    partition: str = attrs.field(default="aws", kw_only=True, validator=_a_text)
    caller: Caller | None = attrs.field(default=None, kw_only=True, converter=caller_or_none)
    bypass_policy_lockout_safety_check: bool = attrs.field(default=False, kw_only=True, validator=_a_bool)

    def __attrs_post_init__(self) -> None:
        """Take what the key id and the caller tell of the key, and refuse contradictions."""
        told = self.key_id if account_of_key_arn(self.key_id) else None
        if None not in (told, self.key_arn) and told != self.key_arn:
            raise RequestError(
                f"the key id is {word(self.key_id)}, and the key ARN is another: {self.key_arn!r}"
            )
        key = the_key(self.account, self.key_arn or told)
        account = key.account
        if account is None and self.caller is not None:
            account = self.caller.requester.account
        object.__setattr__(self, "account", account)
        object.__setattr__(self, "key_arn", key.arn)
        object.__setattr__(self, "partition", partition_of_key(key, self.partition))

    @cached_property
    def current(self) -> Policy:
        """The policy that the key has.

        Raises:
            PolicyDocumentError: if its text is not a policy.
        """
        return Policy.from_json(self.current_text)

    @cached_property
    def new(self) -> Policy:
        """The policy to put.

        Raises:
            PolicyDocumentError: if its text is not a policy.
        """
        return Policy.from_json(self.new_text)

    @cached_property
    def diff(self) -> Diff:
        """The difference between the two."""
        return diff(
            self.current, self.new, account=self.account, key_arn=self.key_arn, partition=self.partition
        )

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of :func:`kmspolicy.check` in the new policy.

        An ERROR among them stops :meth:`KeyPolicies.apply`, unless its :class:`Guard` lets it pass.
        """
        return check_text(
            self.new, self.new_text, caller=self.caller, account=self.account, key_arn=self.key_arn
        )

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
        return compare(self.current, self.new, account=self.account, key_arn=self.key_arn)

    def reversed(self, *, bypass_policy_lockout_safety_check: bool = False) -> Plan:
        """Return the plan that undoes this one: it puts the current policy again, if the key still has the new one.

        Args:
            bypass_policy_lockout_safety_check: Whether it is put even if it locks the caller out. It is not taken from this plan: what
                was meant for one policy need not be meant for another.

        Returns:
            The plan, with findings of the policy that the key had, for :meth:`KeyPolicies.apply` or
            :meth:`KeyPolicies.apply_many`.
        """
        return attrs.evolve(
            self,
            current_text=self.new_text,
            new_text=self.current_text,
            bypass_policy_lockout_safety_check=bypass_policy_lockout_safety_check,
        )

    def to_json(self, indent: int | None = None) -> str:
        """Return the plan as JSON text: what it is made of, with a digest, and nothing that follows from it.

        Args:
            indent: The number of spaces by which each level is indented; None for compact text.
        """
        return save(self, indent)

    @classmethod
    def from_json(cls, text: str | bytes) -> Plan:
        """Create a plan from the text of :meth:`to_json`; all that follows from the texts is worked out anew.

        The digest finds changes by mistake. It is not a signature: anybody who can write the file can write another
        plan.

        Args:
            text: JSON text; bytes are UTF-8.

        Raises:
            PlanError: if it is not a plan, was altered or is of another version; lists every problem with its line and column.
        """
        return load(text, cls, Caller)

    def to_dict(self) -> PlanDict:
        """Return the plan and what follows from it, for JSON that programs read; :meth:`from_json` reads :meth:`to_json`."""
        return {
            "key_id": self.key_id,
            "account": self.account,
            "key_arn": self.key_arn,
            "partition": self.partition,
            "caller": caller_dict(self.caller),
            "bypass_policy_lockout_safety_check": self.bypass_policy_lockout_safety_check,
            "changed": bool(self),
            "current_text": self.current_text,
            "new_text": self.new_text,
            "diff": self.diff.to_dict(),
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def __bool__(self) -> bool:
        """Return whether there is anything to do; a change of labels counts."""
        return bool(self.diff)

    def __str__(self) -> str:
        """Return the plan as text for a terminal."""
        parts = [f"key {word(self.key_id)}: {self.diff if self else 'nothing to do'}"]
        if self:
            parts += deleted(self.current)
        return "\n".join([*parts, *lines(self.findings, str, _FINDINGS)])


def knowing(plan: Plan, current: Policy, new: Policy, findings: tuple[Finding, ...]) -> Plan:
    """Give a new plan what was worked out of the same texts on the way to it.

    Args:
        plan: The plan, of which nothing else has the reference yet.
        current: The policy in its current text.
        new: The policy in its new text.
        findings: The findings of the check in the new policy, with what the plan knows of the key and the caller.
    """
    vars(plan).update(current=current, new=new, findings=findings)
    return plan


@final
class PutResultDict(TypedDict):
    """The fields of a :class:`~kmspolicy.PutResult` in JSON."""

    key_id: str
    request_id: str | None
    attempts: int
    changed: bool
    plan: PlanDict | None
    findings: list[FindingDict]


@final
@attrs.frozen
class PutResult(Displayed):
    """The result of a method that writes.

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

    def to_dict(self) -> PutResultDict:
        """Return the result for JSON."""
        return {
            "key_id": self.key_id,
            "request_id": self.request_id,
            "attempts": self.attempts,
            "changed": self.changed,
            "plan": None if self.plan is None else self.plan.to_dict(),
            "findings": [finding.to_dict() for finding in self.findings],
        }


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
