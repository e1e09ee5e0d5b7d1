"""What can go wrong, as one tree of exceptions.

Catch the branch that you can act on::

    KeyPolicyError
    ├── PolicyDocumentError (ValueError)       not a policy document: .problems says what and where
    ├── ConditionConflictError (ValueError)    the same operator on the same key, twice
    ├── BuilderError (ValueError)              an action, a name or a value that the builder refuses
    ├── RequestError (ValueError)              no request to KMS has such a principal, action or context
    ├── SidError (LookupError)                 no statement has the Sid, or several have it
    ├── KeyIdError (ValueError)                not the id or ARN of a key
    ├── PolicyCheckError                       KMS would refuse the policy: .findings says why; nothing was sent
    ├── PolicyChangedError                     the key's policy is no longer what the plan saw; nothing was sent
    ├── WaitTimeoutError                       the policy did not read back in time; it may still come
    └── CallError                              a call was made and did not succeed
        ├── NoAnswerError                      refused, dropped, timed out, closed client, no credentials
        └── ServiceError                       KMS answered with an error
            ├── NotFoundException
            ├── InvalidArnException
            ├── MalformedPolicyDocumentException
            │   ├── PolicyLockoutException     the caller could not put a policy again
            │   └── InvalidPrincipalException  a principal does not exist (yet): may heal
            ├── DependencyTimeoutException
            ├── UnsupportedOperationException
            ├── KMSInternalException
            ├── LimitExceededException
            ├── KMSInvalidStateException
            ├── AccessDeniedException
            ├── ThrottlingException
            ├── ValidationException
            └── UnknownServiceError            any other code

The names that end in ``Exception`` are AWS's own:
https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html#API_PutKeyPolicy_Errors
and https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html.

``str(error)`` is fit for terminals and logs: names of a document and words of a service stand in it in quotes where they could
be taken for ours, and what cannot be seen is an escape. Attributes such as ``message`` and ``code`` keep them as they came.
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
    """Warns of an action or a condition key that :class:`kmspolicy.Request` does not know.

    It may be younger than this library; more likely it is misspelt, and what is asked is not what was meant.
    """


def _rebuild(cls: type[KeyPolicyError], args: tuple[object, ...]) -> KeyPolicyError:
    return cls.__new__(cls, *args)


class KeyPolicyError(Exception):
    """Is the base of every error of this library."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle and copy the error with all its facts, whatever its constructor takes."""
        return _rebuild, (type(self), self.args), self.__dict__.copy()

    def __str__(self) -> str:
        """Say what is wrong, in lines that any terminal can show."""
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
"""What kind of problem it is; IAM Access Analyzer's code where it has one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""


@final
class ProblemDict(TypedDict):
    """The fields of a :class:`Problem` as JSON holds them."""

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
    """One thing that is wrong in the form of a document.

    Attributes:
        code: What kind of problem it is, a :data:`ProblemCode`.
        message: What is wrong, in a sentence without the place.
        steps: Where in the document: the names and indices that lead there, such as
            ``("Statement", 0, "Principal", "AWS", 1)``; none for the document itself.
        line: The line in the text, counted from 1; None where there is no text, or no such place in it.
        column: The column in the text, counted from 1 in characters.
        suggestion: The element that was probably meant, for a misspelt one.
    """

    code: ProblemCode
    message: str
    steps: Steps = ()
    line: int | None = None
    column: int | None = None
    suggestion: str | None = None

    @property
    def path(self) -> str:
        """The steps as people read them, ``Statement[0].Principal.AWS[1]``; names of more than 100 characters are cut."""
        return format_path(self.steps)

    def to_dict(self) -> ProblemDict:
        """Return the problem as JSON holds it."""
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
        """Say where and what, on one line."""
        place = [] if self.line is None else [f"line {self.line}, column {self.column}"]
        if self.steps:
            place.append(self.path)
        text = printable(": ".join([", ".join(place), self.message] if place else [self.message]))
        return text if self.suggestion is None else f"{text}; did you mean {quoted(self.suggestion)}?"


class PolicyDocumentError(KeyPolicyError, ValueError):
    """Say that something is not a policy document, and list all that is wrong with its form.

    Attributes:
        problems: Every problem found, in the order of the document.
    """

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Take the problems, at least one."""
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = [str(problem) for problem in self.problems[:_MOST_LINES]]
        if count > 1:
            lines.insert(0, f"not a key policy document, {count} problems:")
        if count > _MOST_LINES:
            lines.append(f"and {count - _MOST_LINES} more")
        super().__init__("\n  ".join(lines))


class ConditionConflictError(KeyPolicyError, ValueError):
    """Say that two conditions use the same operator on the same key, which no document can hold."""


class BuilderError(KeyPolicyError, ValueError):
    """Say that the builder was given what KMS would refuse or ignore: an action, a name or a value."""


class RequestError(KeyPolicyError, ValueError):
    """Say that no request to KMS can have such a principal, action or context."""


class SidError(KeyPolicyError, LookupError):
    """Say that no statement has the Sid that was asked for, or that several have it."""


class KeyIdError(KeyPolicyError, ValueError):
    """Say that a value cannot be the id or the ARN of a KMS key; nothing was sent."""


class PolicyCheckError(KeyPolicyError):
    """Say that KMS would refuse the policy; nothing was sent.

    Attributes:
        findings: The findings of the severity ERROR, in the order of the document.
    """

    findings: tuple[Finding, ...]

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Take the findings, at least one."""
        self.findings = tuple(findings)
        lines = [str(finding) for finding in self.findings[:_MOST_LINES]]
        if len(self.findings) > _MOST_LINES:
            lines.append(f"and {len(self.findings) - _MOST_LINES} more")
        super().__init__("\n  ".join(["KMS would refuse this policy, so that nothing was sent:", *lines]))


class PolicyChangedError(KeyPolicyError):
    """Say that somebody changed the key's policy after the plan was made; nothing was sent.

    Make a new plan: what it shows is what there is now.

    Attributes:
        key_id: The key, as it was given.
        planned: The text of the policy that the plan saw.
        found: The text of the policy that the key has now.
    """

    key_id: str
    planned: str
    found: str

    def __init__(self, key_id: str, planned: str, found: str, difference: str = "") -> None:
        """Take the key, both texts, and what is different in words."""
        self.key_id = key_id
        self.planned = planned
        self.found = found
        message = f"the policy of key {word(key_id)} is no longer what the plan saw; plan again"
        super().__init__("\n".join([message, difference] if difference else [message]))


class WaitTimeoutError(KeyPolicyError):
    """Say that a policy did not read back in time; KMS may still need some minutes.

    https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html

    Attributes:
        key_id: The key, as it was given.
        found: The text of the policy that was read last.
    """

    key_id: str
    found: str

    def __init__(self, key_id: str, found: str, message: str) -> None:
        """Take the key, the text that was read last, and what is different in words."""
        self.key_id = key_id
        self.found = found
        super().__init__(message)


class CallError(KeyPolicyError):
    """Is the base of the errors of a call that was made.

    Attributes:
        code: The error code of the service, or the name of botocore's error where there was no answer.
        message: What the service or botocore said; may be empty.
        status: The HTTP status of the answer; None without one. It differs between sources for the
            same error: act on the class or the code.
        request_id: The id of the request, which AWS Support asks for; None without an answer.
        key_id: The key of the call, as it was given; None where it is not known.
        attempts: How many requests were sent; a connection that was refused counts as well.
        is_retry_safe: Whether the same call, repeated, does no harm and may succeed.
        outcome_unknown: Whether the write may have taken effect all the same.
        advice: What to do about it, in a sentence, which the error's text ends with; empty where there is none.
    """

    advice: ClassVar[str] = ""
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
        """Take the facts of the failed call.

        All are optional, so that tests of applications can raise the error at ease: the code is by
        default the name of the class, and ``is_retry_safe`` what is known of the class and the status.
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
        """Say what happened, to which key, and what to do."""
        facts = [
            *([f"key {word(self.key_id)}"] if self.key_id else []),
            *([f"HTTP {self.status}"] if self.status else []),
            *([f"request {word(self.request_id)}"] if self.request_id else []),
            f"{self.attempts} request{'' if self.attempts == 1 else 's'} sent",
            *(["the write may have taken effect"] if self.outcome_unknown else []),
        ]
        said = quoted(self.message) if self.message else "no message was given"
        text = f"{word(self.code, str.isidentifier)}: {said} ({', '.join(facts)})"
        return f"{text}. {self.advice}" if self.advice else text


class NoAnswerError(CallError):
    """Say that KMS gave no answer: refused, dropped, timed out, closed client, no credentials.

    Where ``outcome_unknown`` is true, a request had been sent: read the policy before anything else.
    ``is_retry_safe`` is true where the network alone was to blame.
    """


class ServiceError(CallError):
    """Is the base of the errors that KMS answers with."""


class NotFoundException(ServiceError):
    """Say that the key does not exist for this client."""

    advice = "Check the key id and the client's Region and account; an alias is not a key id."


class InvalidArnException(ServiceError):
    """Say that an ARN, given as key id or in the policy, is not valid."""

    advice = "Check the key ARN and the ARNs of the policy's principals."


class MalformedPolicyDocumentException(ServiceError):
    """Say that KMS refuses the policy; it often gives no reason."""

    advice = (
        "Each statement needs an Effect, a Principal, an Action and the Resource '*', and nothing unknown."
    )


class PolicyLockoutException(MalformedPolicyDocumentException):
    """Say that the caller could not put a policy on the key again (the lockout safety check)."""

    advice = (
        "Allow kms:PutKeyPolicy to the caller, or to its account if the caller's IAM policies allow it; "
        "bypass_policy_lockout_safety_check=True is for giving up that right on purpose."
    )


class InvalidPrincipalException(MalformedPolicyDocumentException):
    """Say that a principal does not exist, or is not visible to KMS yet."""

    advice = (
        "Check that each user and role exists in that account and partition and that no unique id (AIDA, AROA) "
        "of a deleted one is left; one that was just created may need some minutes."
    )


class DependencyTimeoutException(ServiceError):
    """Say that KMS timed out while it tried to fulfil the request; it can be repeated."""

    _retry_safe = True


class UnsupportedOperationException(ServiceError):
    """Say that the operation is not valid for this key, an AWS managed key for example."""

    advice = "The policy of an AWS managed key cannot be changed."


class KMSInternalException(ServiceError):
    """Say that KMS failed inside; the request can be repeated."""

    _retry_safe = True


class LimitExceededException(ServiceError):
    """Say that a quota was exceeded, most often the size of the policy document."""

    advice = (
        "A key policy has at most 32,768 bytes, which is not adjustable: write it compact, join statements."
    )


class KMSInvalidStateException(ServiceError):
    """Say that the state of the key does not allow the request."""

    advice = "DescribeKey shows the state of the key."


class AccessDeniedException(ServiceError):
    """Say that the caller may not make this request."""

    advice = (
        "The key policy, or with it the caller's IAM policies, must allow it; no other account's key will do."
    )


class ThrottlingException(ServiceError):
    """Say that the account's request quota of this Region was exceeded; the request can be repeated."""

    _retry_safe = True
    advice = "KMS counts requests per second: the quota of PutKeyPolicy is 15, that of GetKeyPolicy 1,000."


class ValidationException(ServiceError):
    """Say that a parameter breaks a constraint of the API."""


class UnknownServiceError(ServiceError):
    """Say that KMS answered with a code that this library does not know; ``code`` has it.

    A status of 500 and more makes it safe to repeat.
    """

    @classmethod
    def _is_retry_safe(cls, status: int | None) -> bool:
        return status is not None and status >= _FIRST_SERVER_FAULT
