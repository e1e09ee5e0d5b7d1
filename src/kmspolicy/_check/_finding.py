"""Findings: the results of the check."""

from __future__ import annotations

from enum import Enum
from functools import total_ordering
from typing import TYPE_CHECKING, TypedDict, final

import attrs

from kmspolicy import _text
from kmspolicy._path import format_path

if TYPE_CHECKING:
    from kmspolicy._path import Steps
    from kmspolicy._text import Place


@total_ordering
class Severity(Enum):
    """The severity of a finding, in the words of IAM Access Analyzer; ``ERROR`` is the greatest.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-validation.html
    """

    ERROR = "error"
    """KMS refuses the policy."""
    SECURITY_WARNING = "security warning"
    """The policy probably gives more access than its author means."""
    WARNING = "warning"
    """KMS may refuse the policy, or a part of it does not do what it seems to do."""
    SUGGESTION = "suggestion"
    """The policy could be written better, or it is useful to know this."""

    def __lt__(self, other: Severity) -> bool:
        """Return whether this severity is less than the other one."""
        if not isinstance(other, Severity):
            return NotImplemented
        worst_first = list(Severity)
        return worst_first.index(self) > worst_first.index(other)


@final
class FindingDict(TypedDict):
    """The fields of a :class:`Finding`, as in JSON."""

    code: str
    severity: str
    path: str
    steps: list[str | int]
    message: str
    hint: str
    url: str


@final
@attrs.frozen
class Finding:
    """One result of :func:`check`.

    Attributes:
        code: The kind of finding; Access Analyzer's code if it has one.
        severity: Its severity.
        steps: The place in the document: the names and indices that lead there, such as
            ``("Statement", 0, "Principal", "AWS", 1)``; none for the document itself.
        message: What was found, in a sentence.
        hint: What to do.
        url: The page or thread that it rests on.
    """

    code: str
    severity: Severity
    steps: Steps
    message: str
    hint: str
    url: str

    @property
    def path(self) -> str:
        """The steps as text, ``Statement[0].Principal.AWS[1]``; names of more than 100 characters are cut."""
        return format_path(self.steps)

    def to_dict(self) -> FindingDict:
        """Return the finding as a dict for JSON, its severity in lower case: ``"security warning"``."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "path": self.path,
            "steps": list(self.steps),
            "message": self.message,
            "hint": self.hint,
            "url": self.url,
        }

    def locate(self, text: str | bytes) -> Place | None:
        """Return the place in the JSON text that was checked.

        The text is read once for all findings that are located in it one after the other.

        Args:
            text: The text of the policy.

        Returns:
            Line and column, counted from 1, the column in characters; None if the text has no such place.
        """
        return _text.locate(text, self.steps)

    def __str__(self) -> str:
        """Return the finding on one line: severity, place, message, and what to do."""
        place = f"{self.path}: " if self.steps else ""
        return f"{self.severity.value} {self.code}: {place}{self.message} {self.hint}"
