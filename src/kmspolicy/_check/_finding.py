"""Findings: the results of the check."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from functools import total_ordering
from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict, final, get_args

import attrs

from kmspolicy import _text
from kmspolicy._display import Displayed
from kmspolicy._language._spelling import nearest
from kmspolicy._path import format_path
from kmspolicy._printable import represented
from kmspolicy._words._lists import counted, lines

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


FindingCode: TypeAlias = Literal[
    "ACTION_NEVER_MEETS_CONDITION",
    "ALLOW_WITH_NOT_PRINCIPAL",
    "ALL_ACTIONS_FOR_ANOTHER_ACCOUNT",
    "CANONICAL_USER_PRINCIPAL",
    "CONDITION_ALWAYS_MET",
    "CONDITION_MATCHES_ABSENT_KEY",
    "CONDITION_NEVER_MET",
    "CONDITION_OPERATOR_CASE",
    "DENY_MISSES_LONG_TERM_CREDENTIALS",
    "DENY_SHUTS_OUT_SERVICES",
    "DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
    "EMPTY_ARRAY_ACTION",
    "EMPTY_ARRAY_PRINCIPAL",
    "EMPTY_OBJECT_CONDITION",
    "EMPTY_SID_VALUE",
    "EMPTY_VARIABLE",
    "EXCEPTS_NOTHING",
    "FEDERATED_PRINCIPAL_NOT_SUPPORTED",
    "FOR_ALL_VALUES_WITH_SINGLE_VALUED_KEY",
    "IAM_POLICIES_DECIDE",
    "IMPROVE_IP_RANGE",
    "INVALID_ACTION",
    "INVALID_ARN_ACCOUNT",
    "INVALID_ARN_PREFIX",
    "INVALID_ARN_REGION",
    "INVALID_ARN_RESOURCE",
    "INVALID_ARN_SERVICE_CASE",
    "INVALID_CONDITION_DATA_TYPE",
    "INVALID_CONDITION_KEY_FORMAT",
    "INVALID_CONDITION_MULTIPLE_BOOLEAN",
    "INVALID_CONDITION_OPERATOR",
    "INVALID_CONDITION_VALUE",
    "INVALID_GLOBAL_CONDITION_KEY",
    "INVALID_PARTITION",
    "INVALID_PRINCIPAL_FORMAT",
    "INVALID_REGION",
    "INVALID_ROLE_REFERENCE",
    "INVALID_SERVICE_CONDITION_KEY",
    "INVALID_SERVICE_PRINCIPAL_FORMAT",
    "INVALID_USER_REFERENCE",
    "INVALID_VERSION",
    "INVALID_VIA_SERVICE",
    "INVALID_VPCE_FORMAT",
    "INVALID_VPC_FORMAT",
    "LOCKOUT_CALLER",
    "LOCKOUT_EVERYONE",
    "MISSING_ACTION",
    "MISSING_ARN_FIELD",
    "MISSING_BRACE_IN_VARIABLE",
    "MISSING_PAIRED_CONDITION_KEYS",
    "MISSING_PRINCIPAL",
    "MISSING_QUALIFIER",
    "MISSING_QUOTE_IN_VARIABLE",
    "MISSING_RESOURCE",
    "MISSING_STATEMENT",
    "MISSING_VERSION",
    "MIXED_PARTITIONS",
    "NULL_WITH_IF_EXISTS",
    "NULL_WITH_QUALIFIER",
    "OLD_VERSION",
    "ONE_ADMINISTRATOR",
    "OVERLY_PERMISSIVE_CONDITION",
    "PLACEHOLDER",
    "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA",
    "PRIVATE_IP_ADDRESS",
    "PRIVATE_NOT_IP_ADDRESS",
    "PUBLIC_ACCESS",
    "REDUNDANT_ACTION",
    "REDUNDANT_STATEMENT",
    "RESOURCE_IS_KEY_ARN",
    "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",
    "TYPE_MISMATCH",
    "TYPE_MISMATCH_BOOLEAN",
    "TYPE_MISMATCH_DATE",
    "TYPE_MISMATCH_IP_RANGE",
    "TYPE_MISMATCH_NUMBER",
    "UNIQUE_SIDS_RECOMMENDED",
    "UNKNOWN_PRINCIPAL",
    "UNRESOLVED",
    "UNSUPPORTED_ACTION_FOR_ANOTHER_ACCOUNT",
    "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
    "UNSUPPORTED_ACTION_IN_POLICY",
    "UNSUPPORTED_CHARACTER",
    "UNSUPPORTED_CONDITION_KEY_IN_POLICY",
    "UNSUPPORTED_RESOURCE_ARN_IN_POLICY",
    "UNSUPPORTED_SPACE_IN_VARIABLE",
    "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
    "VARIABLE_UNSUPPORTED_IN_VERSION",
    "WILDCARD_BEFORE_ACCOUNT",
    "WILDCARD_IN_SERVICE_NAME",
    "WILDCARD_IN_SERVICE_PRINCIPAL",
    "WILDCARD_WITHOUT_LIKE_OPERATOR",
]
"""The kind of a finding: the code of IAM Access Analyzer where there is one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""


def a_code(value: str) -> FindingCode:
    """Return the code of a finding.

    Raises:
        ValueError: if there is no such code; names the nearest one.
    """
    known: tuple[FindingCode, ...] = get_args(FindingCode)
    for code in known:
        if value == code:
            return code
    meant = nearest(value, {code.lower(): code for code in known}) if isinstance(value, str) else None
    hint = (
        "all codes are on https://github.com/kmspolicy/kmspolicy/blob/main/docs/reference/findings.md"
        if meant is None
        else f"did you mean {meant!r}?"
    )
    raise ValueError(f"{represented(value)} is not the code of a finding; {hint}")


def page_of(code: FindingCode) -> str:
    """Return the page of this library about a code."""
    return f"https://github.com/kmspolicy/kmspolicy/blob/main/docs/reference/findings.md#{code.lower()}"


@final
class FindingDict(TypedDict):
    """The fields of a :class:`Finding`, as in JSON."""

    code: FindingCode
    severity: str
    path: str
    steps: list[str | int]
    message: str
    hint: str
    url: str
    page: str
    depends_on: list[str]
    line: int | None
    column: int | None


@final
@attrs.frozen
class Finding(Displayed):
    """One result of :func:`check`.

    Attributes:
        code: The kind of finding; Access Analyzer's code if it has one. All are in ``kmspolicy.types.FindingCode``.
        severity: Its severity.
        steps: The place in the document: the names and indices that lead there, such as
            ``("Statement", 0, "Principal", "AWS", 1)``; none for the document itself.
        message: What was found, in a sentence.
        hint: What to do.
        url: The page of AWS, or the thread, that it rests on.
        depends_on: For a :class:`PartialPolicy`, the placeholders and conditions that it depends on; none if it is
            true for all values.
        place: For a :class:`PartialPolicy`, its place in the file, if the source has places.
    """

    code: FindingCode
    severity: Severity
    steps: Steps
    message: str
    hint: str
    url: str
    depends_on: tuple[str, ...] = ()
    place: Place | None = None

    @property
    def path(self) -> str:
        """The steps as text, ``Statement[0].Principal.AWS[1]``; names of more than 100 characters are cut."""
        return format_path(self.steps)

    @property
    def page(self) -> str:
        """The page of this library about the code: what it means, an example, and what it rests on."""
        return (
            f"https://github.com/kmspolicy/kmspolicy/blob/main/docs/reference/findings.md#{self.code.lower()}"
        )

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
            "page": self.page,
            "depends_on": list(self.depends_on),
            "line": None if self.place is None else self.place.line,
            "column": None if self.place is None else self.place.column,
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
        if self.place is not None:
            place = f"line {self.place.line}, column {self.place.column}: {place}"
        return f"{self.severity.value} {self.code}: {place}{self.message} {self.hint}"


@final
class Findings(Displayed, tuple[Finding, ...]):
    """Findings, as a tuple; false if there are none."""

    __slots__ = ()

    def __str__(self) -> str:
        """Return on the first line how many there are of each severity, and then a line for each."""
        numbers = Counter(finding.severity for finding in self)
        counts = (counted(numbers[one], one.value) for one in Severity if one in numbers)
        return "\n".join([", ".join(counts) or "nothing was found", *lines(self, str)])
