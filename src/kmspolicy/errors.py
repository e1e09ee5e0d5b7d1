"""The exceptions, as one tree.

Catch the branch that you can act on::

    KeyPolicyError
    ├── PolicyDocumentError (ValueError)       not a policy document: .problems says what is wrong, and where
    ├── ConditionConflictError (ValueError)    the same operator on the same key, twice
    ├── BuilderError (ValueError)              an action, a name or a value that the builder refuses
    ├── RequestError (ValueError)              a principal, an action or a context that no request can have
    ├── PlaceholderError (ValueError)          values that do not fill a policy: missing ones, or of another form
    ├── SourceError (ValueError)               a file that cannot be read: .file, .line and .column
    ├── SidError (LookupError)                 no statement has the Sid, or several have it
    ├── PlanError (ValueError)                 not a plan as JSON, or an altered one: .problems, as above
    ├── KeyIdError (ValueError)                not the id or ARN of a key
    ├── PolicyCheckError                       a finding stops a put: .findings says why; nothing was sent
    ├── NotShownError                          a claim about all requests does not hold, or is not known: .verdict
    ├── PolicyChangedError                     somebody else changed the policy; their change was kept
    ├── WaitTimeoutError                       the new policy could not be read back in time; it may still appear
    └── CallError                              a call was made and did not succeed
        ├── NoAnswerError                      connection refused or dropped, time-out, no credentials
        └── ServiceError                       KMS answered with an error
            ├── NotFoundException
            ├── InvalidArnException
            ├── MalformedPolicyDocumentException
            │   ├── PolicyLockoutException     the caller could not put a policy again
            │   └── InvalidPrincipalException  a principal does not exist, or not yet (transient)
            ├── DependencyTimeoutException
            ├── UnsupportedOperationException
            ├── KMSInternalException
            ├── LimitExceededException
            ├── KMSInvalidStateException
            ├── AccessDeniedException
            ├── ThrottlingException
            ├── ValidationException
            └── UnknownServiceError            any other code: .code has it

The names that end in ``Exception`` are AWS's own:
https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html#API_PutKeyPolicy_Errors
and https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html.

``str(error)`` is safe for terminals and logs: names from a document and words from a service are in quotes where they could be
mistaken for words of this library, and invisible characters are escapes. Attributes such as ``message`` and ``code`` are not changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, TypedDict, final

import attrs

from kmspolicy._path import format_path
from kmspolicy._printable import printable, printable_lines, quoted, word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kmspolicy._check import Finding
    from kmspolicy._path import Steps
    from kmspolicy._prove._verdicts import Fails, Unknown

__all__ = [
    "AccessDeniedException",
    "BuilderError",
    "CallError",
    "ConditionConflictError",
    "DependencyTimeoutException",
    "InvalidArnException",
    "InvalidPrincipalException",
    "KMSInternalException",
    "KMSInvalidStateException",
    "KeyIdError",
    "KeyPolicyError",
    "LimitExceededException",
    "MalformedPolicyDocumentException",
    "NoAnswerError",
    "NotFoundException",
    "NotShownError",
    "PlaceholderError",
    "PlanError",
    "PolicyChangedError",
    "PolicyCheckError",
    "PolicyDocumentError",
    "PolicyLockoutException",
    "Problem",
    "ProblemCode",
    "ProblemDict",
    "RequestError",
    "ServiceError",
    "SidError",
    "SourceError",
    "ThrottlingException",
    "UnknownServiceError",
    "UnknownWordWarning",
    "UnsupportedOperationException",
    "ValidationException",
    "WaitTimeoutError",
]

_FIRST_SERVER_FAULT = 500
_MOST_LINES = 20


class UnknownWordWarning(UserWarning):
    """A warning about an action or a condition key that is not known, of :class:`kmspolicy.Request` or a question to :mod:`kmspolicy.prove`.

    It may be newer than this library. More often it is misspelt, and the answer is not about the request that was meant.
    """


def _rebuild(cls: type[KeyPolicyError], args: tuple[object, ...]) -> KeyPolicyError:
    return cls.__new__(cls, *args)


class KeyPolicyError(Exception):
    """The base class of all errors of this library."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle and copy the error with all its attributes, regardless of the arguments of its constructor."""
        return _rebuild, (type(self), self.args), self.__dict__.copy()

    def __str__(self) -> str:
        """Return the message, in lines that any terminal can show."""
        return printable_lines(super().__str__())


ProblemCode: TypeAlias = Literal[
    "DATA_TYPE_MISMATCH",
    "DUPLICATE_NAME",
    "INVALID_EFFECT",
    "INVALID_POLICY_ELEMENT",
    "INVALID_PRINCIPAL_FORMAT",
    "INVALID_PRINCIPAL_KEY",
    "INVALID_VALUE",
    "JSON_SYNTAX_ERROR",
    "LIMIT_EXCEEDED",
    "MISSING_EFFECT",
    "MISSING_STATEMENT",
    "UNSUPPORTED_ELEMENT_COMBINATION",
]
"""The kind of a problem: the code of IAM Access Analyzer where there is one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""


@final
class ProblemDict(TypedDict):
    """The fields of a :class:`Problem`, as in JSON."""

    code: ProblemCode
    message: str
    path: str
    steps: list[str | int]
    line: int | None
    column: int | None
    suggestion: str | None


@final
@attrs.frozen
class Problem:
    """One mistake in the form of a document.

    Attributes:
        code: The kind of the problem, a :data:`ProblemCode`.
        message: What is wrong, without the place.
        steps: The place in the document, as names and indices, such as
            ``("Statement", 0, "Principal", "AWS", 1)``; empty for the document itself.
        line: The line in the text, counted from 1; None if there is no text, or the text does not have the place.
        column: The column in the text, in characters, counted from 1.
        suggestion: For a misspelt element, the one that was probably meant.
    """

    code: ProblemCode
    message: str
    steps: Steps = ()
    line: int | None = None
    column: int | None = None
    suggestion: str | None = None

    @property
    def path(self) -> str:
        """The steps as text, ``Statement[0].Principal.AWS[1]``; names of more than 100 characters are cut."""
        return format_path(self.steps)

    def to_dict(self) -> ProblemDict:
        """Return the problem as a dict for JSON."""
        return {
            "code": self.code,
            "message": self.message,
            "path": self.path,
            "steps": list(self.steps),
            "line": self.line,
            "column": self.column,
            "suggestion": self.suggestion,
        }

    def __str__(self) -> str:
        """Return the place and the message, on one line."""
        place = [] if self.line is None else [f"line {self.line}, column {self.column}"]
        if self.steps:
            place.append(self.path)
        text = printable(": ".join([", ".join(place), self.message] if place else [self.message]))
        return text if self.suggestion is None else f"{text}; did you mean {quoted(self.suggestion)}?"


class PolicyDocumentError(KeyPolicyError, ValueError):
    """A value that is not a policy document; the error lists everything that is wrong with its form.

    Attributes:
        problems: All problems that were found, in the order of the document.
    """

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Create the error from its problems, at least one."""
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = _first(self.problems)
        if count > 1:
            lines.insert(0, f"this is not a key policy document; it has {count} problems:")
        super().__init__("\n  ".join(lines))


def _first(things: tuple[Problem | Finding, ...]) -> list[str]:
    """Return a line for each of the first problems or findings."""
    lines = [str(one) for one in things[:_MOST_LINES]]
    return [*lines, f"and {len(things) - _MOST_LINES} more"] if len(things) > _MOST_LINES else lines


class ConditionConflictError(KeyPolicyError, ValueError):
    """Two conditions with the same operator on the same key, which a document cannot hold."""


class BuilderError(KeyPolicyError, ValueError):
    """An action, a name or a value that the builder refuses, because KMS would refuse or ignore it."""


class RequestError(KeyPolicyError, ValueError):
    """A principal, an action or a context that no request to KMS can have."""


class PlaceholderError(KeyPolicyError, ValueError):
    """Values that do not fill in the placeholders of a policy.

    Attributes:
        names: The placeholders, or what cannot be known from the source: missing, not there, or given another value than
            they can have.
    """

    names: tuple[str, ...]

    def __init__(self, message: str, names: Iterable[str]) -> None:
        """Take what is wrong, and with which placeholders."""
        self.names = tuple(names)
        super().__init__(message)


class SourceError(KeyPolicyError, ValueError):
    """A file, or a part of one, that cannot be read as what it should be; nothing of it was run or fetched.

    Attributes:
        message: What is wrong and what to do, without the place.
        file: The file, if the text is of one.
        line: The line, counted from 1; None if the whole file is meant.
        column: The column, in characters, counted from 1.
    """

    message: str
    file: str | None
    line: int | None
    column: int | None

    def __init__(
        self, message: str, *, file: str | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        """Take what is wrong, and where."""
        self.message, self.file, self.line, self.column = message, file, line, column
        place = [] if file is None else [printable(file)]
        if line is not None:
            place.append(f"line {line}, column {column}")
        super().__init__(": ".join([", ".join(place), message] if place else [message]))


class SidError(KeyPolicyError, LookupError):
    """A Sid that no statement has, or that several statements have."""


class PlanError(KeyPolicyError, ValueError):
    """A text that is not a plan as ``Plan.to_json`` writes it, or one that was altered; the error lists everything that is wrong.

    Attributes:
        problems: All problems that were found, in the order of the text.
    """

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Create the error from its problems, at least one."""
        self.problems = tuple(problems)
        super().__init__("\n  ".join(["this plan cannot be read:", *_first(self.problems)]))


class KeyIdError(KeyPolicyError, ValueError):
    """A value that cannot be the id or the ARN of a KMS key; nothing was sent."""


class PolicyCheckError(KeyPolicyError):
    """A policy with findings that stop a put, by default those that KMS would refuse it for; nothing was sent.

    Attributes:
        findings: The findings that stop it, in the order of the document.
    """

    findings: tuple[Finding, ...]

    def __init__(
        self,
        findings: Iterable[Finding],
        headline: str = "KMS would refuse this policy; nothing was sent:",
        advice: str = "",
    ) -> None:
        """Create the error from its findings, at least one, and what is said before and after them."""
        self.findings = tuple(findings)
        super().__init__("\n  ".join([headline, *_first(self.findings), *([advice] if advice else [])]))


class NotShownError(KeyPolicyError):
    """A claim about all requests that does not hold, or of which it is not known whether it does.

    Attributes:
        verdict: What was found instead: a request for which the claim does not hold, or the reason why it is not known.
    """

    verdict: Fails | Unknown

    def __init__(self, message: str, verdict: Fails | Unknown) -> None:
        """Take the verdict, and what it says."""
        self.verdict = verdict
        super().__init__(message)


class PolicyChangedError(KeyPolicyError):
    """A policy that somebody else changed after it was read; their change was not overwritten.

    Make a new plan, which shows the policy that the key has now. If ``outcome_unknown`` is true, the policy that was found
    may hold your own change as well.

    Attributes:
        key_id: The key, as it was given.
        planned: The text of the policy that the plan was made from.
        found: The text of the policy that the key has now.
        attempts: How many PutKeyPolicy requests were sent before; the error of the last one is the ``__cause__``.
        outcome_unknown: Whether one of them may have taken effect, before somebody else changed the policy again.
    """

    key_id: str
    planned: str
    found: str
    attempts: int
    outcome_unknown: bool

    def __init__(  # noqa: PLR0913 - the facts a caller acts on
        self,
        key_id: str,
        planned: str,
        found: str,
        difference: str = "",
        *,
        attempts: int = 0,
        outcome_unknown: bool = False,
    ) -> None:
        """Create the error from the key, both texts, the difference in words, and what was sent before."""
        self.key_id = key_id
        self.planned = planned
        self.found = found
        self.attempts = attempts
        self.outcome_unknown = outcome_unknown
        message = f"the policy of key {word(key_id)} has changed since the plan was made; make a new plan"
        if attempts:
            message += f" ({', '.join(_sent(attempts, unknown=outcome_unknown))})"
        super().__init__(f"{message}\n{difference}" if difference else message)


def _sent(attempts: int, *, unknown: bool) -> list[str]:
    """Say what was sent, and whether it may have taken effect."""
    number = f"{attempts} request{'' if attempts == 1 else 's'} sent"
    return [number, "the write may have taken effect"] if unknown else [number]


class WaitTimeoutError(KeyPolicyError):
    """A policy that could not be read back in time; KMS may still need some minutes.

    https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html

    Attributes:
        key_id: The key, as it was given.
        found: The text of the policy that was read last.
    """

    key_id: str
    found: str

    def __init__(self, key_id: str, found: str, message: str) -> None:
        """Create the error from the key, the text that was read last, and the difference in words."""
        self.key_id = key_id
        self.found = found
        super().__init__(message)


class CallError(KeyPolicyError):
    """The base class of the errors of a call to KMS.

    Attributes:
        code: The error code of the service, or the name of botocore's error where there was no answer.
        message: The message of the service or of botocore; may be empty.
        status: The HTTP status of the answer; None without an answer. Sources disagree on the status of some
            errors: decide by the class or the code.
        request_id: The id of the request, which AWS Support asks for; None without an answer.
        key_id: The key of the call, as it was given; None if it is not known.
        attempts: How many requests were sent; a connection that was refused counts as well.
        is_retry_safe: Whether a retry of the same call does no harm and may succeed.
        outcome_unknown: Whether the write may have taken effect in spite of the error.
        advice: What to do, the last sentence of the error's text; may be empty.
    """

    advice: str = ""
    _retry_safe: ClassVar[bool] = False

    def __init__(  # noqa: PLR0913 - the facts a caller acts on
        self,
        message: str = "",
        *,
        code: str = "",
        status: int | None = None,
        request_id: str | None = None,
        key_id: str | None = None,
        attempts: int = 1,
        is_retry_safe: bool | None = None,
        outcome_unknown: bool = False,
    ) -> None:
        """Create the error from the facts of the failed call.

        All are optional, which lets the tests of an application raise the error easily. The default of
        ``code`` is the name of the class; the default of ``is_retry_safe`` follows from the class and the status.
        """
        super().__init__(message)
        self.message = message
        self.code: str = code or type(self).__name__
        self.status = status
        self.request_id = request_id
        self.key_id = key_id
        self.attempts = attempts
        self.is_retry_safe: bool = self._is_retry_safe(status) if is_retry_safe is None else is_retry_safe
        self.outcome_unknown = outcome_unknown

    @classmethod
    def _is_retry_safe(cls, status: int | None) -> bool:  # noqa: ARG003 - for UnknownServiceError
        return cls._retry_safe

    def __str__(self) -> str:
        """Return what happened, to which key, and what to do."""
        facts = [
            *([f"key {word(self.key_id)}"] if self.key_id else []),
            *([f"HTTP {self.status}"] if self.status else []),
            *([f"request {word(self.request_id)}"] if self.request_id else []),
            *_sent(self.attempts, unknown=self.outcome_unknown),
        ]
        said = quoted(self.message) if self.message else "no message was given"
        text = f"{word(self.code, str.isidentifier)}: {said} ({', '.join(facts)})"
        return f"{text}. {self.advice}" if self.advice else text


class NoAnswerError(CallError):
    """A call without an answer: connection refused or dropped, time-out, closed client, no credentials.

    If ``outcome_unknown`` is true, a request was sent: read the policy before you do anything else.
    ``is_retry_safe`` is true if only the network was the cause. If ``code`` is ``NotFromKMS``, somebody else answered, whom
    the credentials of the request may have reached.
    """


class ServiceError(CallError):
    """The base class of the errors that KMS answers with."""


class NotFoundException(ServiceError):
    """A key that does not exist for this client."""

    advice = "Check the key id and the client's Region and account; an alias is not a key id."


class InvalidArnException(ServiceError):
    """An ARN, as key id or in the policy, that is not valid."""

    advice = "Check the key ARN and the ARNs of the policy's principals."


class MalformedPolicyDocumentException(ServiceError):
    """A policy that KMS refuses, often without a reason."""

    advice = "Each statement needs an Effect, a Principal, an Action and the Resource '*'; nothing in it may be unknown to KMS."


class PolicyLockoutException(MalformedPolicyDocumentException):
    """A policy with which the caller could not change the policy again (the lockout safety check of KMS)."""

    advice = (
        "Allow kms:PutKeyPolicy to the caller, or to its account if the caller's IAM policies allow it; "
        "use bypass_policy_lockout_safety_check=True only to give up that right on purpose."
    )


class InvalidPrincipalException(MalformedPolicyDocumentException):
    """A principal that does not exist, or that KMS does not know yet."""

    advice = (
        "Check that each user and role exists in its account and partition, and that no unique id (AIDA..., AROA...) of "
        "a deleted one is left. KMS may need some minutes to know a principal that was just created."
    )


class DependencyTimeoutException(ServiceError):
    """A time-out inside KMS; the request can be retried."""

    _retry_safe = True


class UnsupportedOperationException(ServiceError):
    """An operation that is not valid for this key, for example for an AWS managed key."""

    advice = "The policy of an AWS managed key cannot be changed."


class KMSInternalException(ServiceError):
    """An internal failure of KMS; the request can be retried."""

    _retry_safe = True


class LimitExceededException(ServiceError):
    """A quota that was exceeded, most often the size of the policy document."""

    advice = "A key policy has at most 32,768 bytes, a quota that AWS does not raise: write compact JSON, merge statements."


class KMSInvalidStateException(ServiceError):
    """A key whose state does not allow the request."""

    advice = "DescribeKey shows the state of the key."


class AccessDeniedException(ServiceError):
    """A request that the caller may not make."""

    advice = "The key policy must allow it, or allow it together with the caller's IAM policies; the key must be in the caller's account."


class ThrottlingException(ServiceError):
    """A request above the account's request quota in this Region; it can be retried."""

    _retry_safe = True
    advice = "The quota is 15 PutKeyPolicy requests and 1,000 GetKeyPolicy requests per second."


class ValidationException(ServiceError):
    """A parameter that breaks a constraint of the API."""


class UnknownServiceError(ServiceError):
    """An answer with an error code that has no class here; ``code`` has it.

    That is any code but those above, such as ``TagException`` of CreateKey or ``ExpiredTokenException``; a code about
    credentials has advice. It is safe to retry if the status is 500 or more.
    """

    @classmethod
    def _is_retry_safe(cls, status: int | None) -> bool:
        return status is not None and status >= _FIRST_SERVER_FAULT
