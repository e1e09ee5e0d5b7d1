"""A policy that will be put on a key."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import attrs

from kmspolicy._check import Severity
from kmspolicy._check._check import check_text
from kmspolicy._check._lockout import LOCKOUTS
from kmspolicy._document import Policy
from kmspolicy.errors import PolicyDocumentError, Problem

if TYPE_CHECKING:
    from kmspolicy._check import Finding
    from kmspolicy._evaluate import Caller
    from kmspolicy._language._key_arns import Key


def _policy_or_text(value: Policy | str) -> Policy | str:
    if isinstance(value, (Policy, str)):
        return value
    hint = "; see Policy.from_dict" if isinstance(value, dict) else ""
    what = f"expected a Policy or JSON text, not {type(value).__name__}{hint}"
    raise PolicyDocumentError([Problem("DATA_TYPE_MISMATCH", what)])


def a_bypass(value: bool) -> bool:  # noqa: FBT001 - a converter
    """Return the value if it is a bool."""
    if not isinstance(value, bool):
        raise TypeError(f"bypass_policy_lockout_safety_check must be True or False, not {value!r}")
    return value


def _text_of(prepared: Prepared) -> str:
    return prepared.given if isinstance(prepared.given, str) else prepared.given.to_json()


@attrs.frozen(eq=False, slots=False)  # cached_property needs a __dict__
class Prepared:
    """A policy for a key; its value and its findings are computed once, when they are needed.

    Attributes:
        key_id: The key, as it was given; empty for a new one.
        given: The policy, or its JSON text.
        caller: Who will put it; None if it is not known.
        key: What is known of the key.
        bypass: Whether it is put even if it locks the caller out.
        text: The text that is sent; JSON text is sent unchanged.
    """

    key_id: str
    given: Policy | str = attrs.field(converter=_policy_or_text)
    caller: Caller | None
    key: Key
    bypass: bool = attrs.field(converter=a_bypass)
    text: str = attrs.field(init=False, default=attrs.Factory(_text_of, takes_self=True))

    @cached_property
    def policy(self) -> Policy:
        """The policy as a value."""
        return Policy.from_json(self.given) if isinstance(self.given, str) else self.given

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of the check, for this key."""
        return check_text(
            self.policy, self.text, caller=self.caller, account=self.key.account, key_arn=self.key.arn
        )

    @property
    def has_errors(self) -> bool:
        """Whether KMS refuses the policy whenever it is put."""
        try:
            findings = self.findings
        except PolicyDocumentError:
            return True
        certain = (one for one in findings if one.severity is Severity.ERROR)
        return any(not (self.bypass and one.code in LOCKOUTS) for one in certain)
