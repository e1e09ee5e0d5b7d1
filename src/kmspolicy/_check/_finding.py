"""Findings: what check says about a policy."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, final

import attrs

from kmspolicy import _text

if TYPE_CHECKING:
    from kmspolicy._text import Place


class Severity(Enum):
    """How bad a finding is; the words are those of IAM Access Analyzer.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-validation.html
    """

    ERROR = "error"
    """KMS refuses the policy."""
    SECURITY_WARNING = "security warning"
    """The policy gives more than its author probably means."""
    WARNING = "warning"
    """KMS may refuse the policy, or a part of it does not do what it seems to do."""
    SUGGESTION = "suggestion"
    """It could be written better, or is worth knowing."""


@final
@attrs.frozen
class Finding:
    """Say one thing about a policy.

    Attributes:
        code: What kind of finding it is; Access Analyzer's code where it has one.
        severity: How bad it is.
        path: Where in the document, as ``Statement[0].Principal.AWS[1]``; empty for the document itself.
        message: What was found, in a sentence.
        hint: What to do about it.
        url: The page or thread that it rests on.
    """

    code: str
    severity: Severity
    path: str
    message: str
    hint: str
    url: str

    def locate(self, text: str | bytes) -> Place | None:
        """Find the place in the JSON text that was checked.

        Args:
            text: The text of the policy.

        Returns:
            Line and column, counted from 1, the column in characters; None where the text has no such place.
        """
        return _text.locate(text, self.path)

    def __str__(self) -> str:
        """Say it on one line: how bad, where, what, and what to do."""
        place = f"{self.path}: " if self.path else ""
        return f"{self.severity.value} {self.code}: {place}{self.message} {self.hint}"
