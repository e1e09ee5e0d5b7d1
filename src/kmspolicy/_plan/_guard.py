"""Guards: what must be shown of a policy before it is put."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import attrs

from kmspolicy._check import Severity, check
from kmspolicy._check._finding import a_code
from kmspolicy._check._lockout import LOCKOUTS
from kmspolicy._document import Policy, a_policy
from kmspolicy._plan._plan import Plan
from kmspolicy._prove._compare import grants_at_most, no_new_access, no_public_access
from kmspolicy._prove._verdicts import Holds
from kmspolicy.errors import NotShownError, PolicyCheckError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kmspolicy._check import Finding
    from kmspolicy._check._finding import FindingCode
    from kmspolicy._document import Principal
    from kmspolicy._evaluate import Caller
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


def _codes(value: Iterable[FindingCode]) -> tuple[FindingCode, ...]:
    if isinstance(value, str):
        raise TypeError(f"ignore must be a tuple of codes, not one text; write ignore=({value!r},)")
    codes: set[FindingCode] = {*map(a_code, value)}
    if not LOCKOUTS.isdisjoint(codes):
        names = " and ".join(sorted(codes & LOCKOUTS))
        raise ValueError(
            f"{names} cannot be ignored; to give up the right to put a policy on the key again, on purpose, "
            "pass bypass_policy_lockout_safety_check=True to the call"
        )
    return tuple(sorted(codes, key=str))


@final
@attrs.frozen
class Guard:
    """The conditions on which a policy is put; it is refused if one of them is not shown to hold.

    Args:
        refuse: The least severity of a finding of :func:`kmspolicy.check` that stops a put; None lets every finding pass, and
            a put without a plan is not checked then.
        ignore: The codes of findings that do not stop a put. The codes of lockouts cannot be ignored: only
            ``bypass_policy_lockout_safety_check`` lets a lockout pass.
        no_new_access: Whether no request may be granted more than by the policy that the key has; for a new key, this
            is not asked.
        no_public_access: Whether nobody may have access of whom the policy knows nothing.
        at_most: The most that a policy may grant; None for no limit.

    Raises:
        TypeError: if an argument is of another type.
        ValueError: if a code in ``ignore`` is not known, or is that of a lockout.
    """

    refuse: Severity | None = attrs.field(default=Severity.ERROR, kw_only=True, converter=_a_severity_or_none)
    ignore: tuple[FindingCode, ...] = attrs.field(default=(), kw_only=True, converter=_codes)
    no_new_access: bool = attrs.field(default=False, kw_only=True, validator=_refuse_other_types)
    no_public_access: bool = attrs.field(default=False, kw_only=True, validator=_refuse_other_types)
    at_most: Policy | None = attrs.field(default=None, kw_only=True, converter=_a_policy_or_none)

    @property
    def proves(self) -> bool:
        """Whether it asks for a proof."""
        return self.no_new_access or self.no_public_access or self.at_most is not None

    def refused(
        self, findings: Iterable[Finding], *, bypass_policy_lockout_safety_check: bool = False
    ) -> tuple[Finding, ...]:
        """Return those of some findings that stop a put.

        Args:
            findings: The findings of a policy, as :func:`kmspolicy.check` returns them.
            bypass_policy_lockout_safety_check: The value with which the policy will be put; with true, no lockout stops it.
        """
        least = self.refuse
        if least is None:
            return ()
        passes = {*self.ignore, *(LOCKOUTS if bypass_policy_lockout_safety_check else ())}
        return tuple(one for one in findings if not one.severity < least and one.code not in passes)

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
        return tuple(verdict for _, verdict in _claims(self, subject, account, key_arn))

    def require(
        self,
        subject: Plan | Policy,
        *,
        caller: str | Principal | Caller | None = None,
        account: str | None = None,
        key_arn: str | None = None,
    ) -> None:
        """Refuse a plan or a policy like a put under this guard; nothing is sent.

        Args:
            subject: A plan; or the policy of a key that is new.
            caller: Who will put the policy, as for :func:`kmspolicy.check`; of a plan, its findings are known.
            account: The account of the key; of a plan, it is known from there.
            key_arn: The ARN of the key; of a plan, it is known from there.

        Raises:
            PolicyCheckError: if a finding stops it.
            NotShownError: for the first claim that does not hold, or of which it is not known whether it does.
            TypeError: if it is neither a Plan nor a Policy.
            RequestError: if the caller, the account or the key ARN is not valid, or they contradict each other.
        """
        if isinstance(subject, Plan):
            bypass, findings = subject.bypass_policy_lockout_safety_check, subject.findings
        else:
            bypass, findings = False, check(subject, caller=caller, account=account, key_arn=key_arn)
        refuse_findings(self, findings, bypass=bypass)
        refuse_unshown(self, subject, account, key_arn)


def refuse_findings(
    guard: Guard, findings: Iterable[Finding], *, bypass: bool, whose: str = "the guard"
) -> None:
    """Refuse a policy with findings that stop a put.

    Args:
        guard: The guard.
        findings: The findings of the policy.
        bypass: Whether a lockout does not stop the put.
        whose: What to call the guard.

    Raises:
        PolicyCheckError: if there are such findings.
    """
    refused = guard.refused(findings, bypass_policy_lockout_safety_check=bypass)
    if not refused:
        return
    are_errors = all(one.severity is Severity.ERROR for one in refused)
    what = "KMS would refuse this policy" if are_errors else "this policy is not wanted"
    codes = tuple(sorted({one.code for one in refused} - LOCKOUTS))
    raise PolicyCheckError(
        refused,
        f"{what}; nothing was sent ({whose} has refuse={guard.refuse}):",
        ""
        if are_errors or not codes
        else f"If it is meant, pass a guard with ignore={[*guard.ignore, *codes]}.",
    )


def refuse_unshown(
    guard: Guard,
    subject: Plan | Policy,
    account: str | None = None,
    key_arn: str | None = None,
    whose: str = "the guard",
) -> None:
    """Refuse a plan or a policy of which a claim is not shown.

    Args:
        guard: The guard.
        subject: A plan; or the policy of a key that is new.
        account: The account of the key; of a plan, it is known from there.
        key_arn: The ARN of the key; of a plan, it is known from there.
        whose: What to call the guard.

    Raises:
        NotShownError: for the first such claim.
    """
    for field, verdict in _claims(guard, subject, account, key_arn):
        if not isinstance(verdict, Holds):
            asked = f"{whose} has {field}; nothing was sent"
            raise NotShownError(f"{verdict}\n  {asked}. Change the policy, or pass another guard.", verdict)


def _claims(
    guard: Guard, subject: Plan | Policy, account: str | None, key_arn: str | None
) -> Iterator[tuple[str, Verdict]]:
    """Yield what a guard asks for and whether it holds."""
    if isinstance(subject, Plan):
        new, account, key_arn = subject.new, subject.account, subject.key_arn
        if guard.no_new_access:
            yield "no_new_access=True", no_new_access(subject.current, new, account=account, key_arn=key_arn)
    else:
        new = a_policy(subject)
    if guard.no_public_access:
        yield "no_public_access=True", no_public_access(new, account=account, key_arn=key_arn)
    if guard.at_most is not None:
        yield "at_most=...", grants_at_most(new, guard.at_most, account=account, key_arn=key_arn)
