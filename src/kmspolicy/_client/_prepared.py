"""A policy on its way to a key."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

import attrs

from kmspolicy._check import Severity
from kmspolicy._check._check import check_text
from kmspolicy._check._lockout import LOCKOUTS
from kmspolicy._document import Policy
from kmspolicy.errors import PolicyCheckError, PolicyDocumentError, Problem

if TYPE_CHECKING:
    from kmspolicy._check import Finding

KEY_ARN: Final = re.compile(r"arn:(aws(?:-[a-z]+)*):kms:[^:]*:([0-9]{12}):key/").match


def _policy_or_text(value: Policy | str) -> Policy | str:
    if isinstance(value, (Policy, str)):
        return value
    hint = "; see Policy.from_dict" if isinstance(value, dict) else ""
    what = f"expected a Policy or JSON text, not {type(value).__name__}{hint}"
    raise PolicyDocumentError([Problem("DATA_TYPE_MISMATCH", what)])


def a_bypass(value: bool) -> bool:  # noqa: FBT001 - a converter
    """Refuse what merely looks true."""
    if not isinstance(value, bool):
        raise TypeError(
            "bypass_policy_lockout_safety_check is true or false, and nothing that merely looks so"
        )
    return value


@attrs.frozen(eq=False, slots=False)  # slots would leave no place for what is kept
class Prepared:
    """A policy for a key, whose value and findings are worked out once, when they are asked for.

    Attributes:
        key_id: The key, as it was given.
        given: The policy, or its JSON text.
        caller: The ARN of who will put it; None if it is not known.
        bypass: Whether it is put even where it locks the caller out.
        text: The text that is sent; JSON text is sent as it was given.
    """

    key_id: str
    given: Policy | str = attrs.field(converter=_policy_or_text)
    caller: str | None
    bypass: bool = attrs.field(converter=a_bypass)
    text: str = attrs.field(init=False)

    @text.default
    def _text(self) -> str:
        return self.given if isinstance(self.given, str) else self.given.to_json()

    @cached_property
    def policy(self) -> Policy:
        """The policy as a value."""
        return Policy.from_json(self.given) if isinstance(self.given, str) else self.given

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with it, on this key."""
        arn = KEY_ARN(self.key_id)
        return check_text(self.policy, self.text, caller=self.caller, account=arn[2] if arn else None)

    def refuse(self) -> None:
        """Refuse what KMS would refuse.

        Raises:
            PolicyCheckError: with the findings that are errors.
        """
        errors = [
            finding
            for finding in self.findings
            if finding.severity is Severity.ERROR and not (self.bypass and finding.code in LOCKOUTS)
        ]
        if errors:
            raise PolicyCheckError(errors)
