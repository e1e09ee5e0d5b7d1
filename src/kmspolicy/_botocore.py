"""The one room that knows botocore: its errors, and its habit of repeating requests."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, cast

import attrs
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ProxyConnectionError,
    ReadTimeoutError,
    ResponseStreamingError,
    SSLError,
)
from botocore.parsers import ResponseParserError
from typing_extensions import TypeIs

from kmspolicy import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    Handler: TypeAlias = Callable[..., object]

# --- counting requests, and keeping botocore from repeating them ------------------------------------


@attrs.define
class Call:
    """Keep the account of one call of the facade: its requests, and whether one may have taken effect.

    Attributes:
        key_id: The key of the call, as far as it is known.
        repeats: Whether botocore may repeat the request as the client's configuration says.
        counted: Whether the client tells what it sends.
        sent: The requests handed to the HTTP session so far.
        settled: How many of them were answered or failed.
        outcome_unknown: Whether one that failed may have taken effect.
    """

    key_id: str | None
    repeats: bool = attrs.field(default=True, kw_only=True)
    counted: bool = attrs.field(default=False, kw_only=True)
    sent: int = 0
    settled: int = 0
    outcome_unknown: bool = False

    def settle(self, requests: int) -> None:
        """Close an attempt that took at least so many requests, for a client that tells nothing."""
        self.sent = self.settled = max(self.sent, self.settled + requests)

    def answered(self, response: Mapping[str, Any]) -> Mapping[str, Any]:
        """Close an attempt that succeeded."""
        self.settle(_requests_of(response))
        return response

    @contextmanager
    def attempt(self) -> Generator[None]:
        """Translate the errors of botocore that one attempt raises."""
        try:
            yield
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            raise _translate(error, self) from error

    def cut_off(self, message: str) -> errors.NoAnswerError:
        """Say that the attempt under way was given up."""
        under_way = self.sent > self.settled or not self.counted
        self.settle(int(under_way))
        return errors.NoAnswerError(
            message,
            code="TimeoutError",
            key_id=self.key_id,
            attempts=self.sent,
            is_retry_safe=True,
            outcome_unknown=self.outcome_unknown or under_way,
        )


_current: ContextVar[Call | None] = ContextVar("kmspolicy_call", default=None)


@contextmanager
def watch(call: Call) -> Generator[None]:
    """Count in ``call`` what clients that were prepared send inside the block, by this task alone."""
    token = _current.set(call)
    try:
        yield
    finally:
        _current.reset(token)


def prepare(client: object, operations: tuple[str, ...]) -> bool:
    """Register the handlers below with a client, once however often this is called.

    Args:
        client: An aiobotocore client, or something else that has no ``meta.events``.
        operations: The operations of the API whose repeats are in our hands.

    Returns:
        Whether the client tells what it sends.
    """
    if not _has_events(client):
        return False
    events = client.meta.events
    # The last of all handlers: what stands before it may still wait, as the adaptive mode's limiter does.
    events.register_last("before-send", _count, unique_id="kmspolicy-count")
    for operation in operations:
        # The most specific handler comes first, and the first answer other than None counts.
        events.register(
            f"needs-retry.kms.{operation}", _answer_no, unique_id=f"kmspolicy-no-repeat-{operation}"
        )
    return True


class _Emitter(Protocol):
    def register(self, event_name: str, handler: Handler, unique_id: str) -> object: ...
    def register_last(self, event_name: str, handler: Handler, unique_id: str) -> object: ...


class _Meta(Protocol):
    @property
    def events(self) -> _Emitter: ...


class _HasEvents(Protocol):
    @property
    def meta(self) -> _Meta: ...


def _has_events(client: object) -> TypeIs[_HasEvents]:
    return hasattr(getattr(client, "meta", None), "events")


def _count(**_: object) -> None:
    call = _current.get()
    if call is not None:
        call.sent += 1


def _answer_no(**_: object) -> bool | None:
    """Answer whether to repeat: no inside our calls, and nothing at all elsewhere."""
    call = _current.get()
    return False if call is not None and not call.repeats else None


# --- translating errors -----------------------------------------------------------------------------

_THROTTLING: Final = (
    "ThrottlingException",
    # What botocore's legacy mode takes for throttling as well (botocore/data/_retry.json).
    "Throttling",
    "ThrottledException",
    "RequestThrottledException",
    "ProvisionedThroughputExceededException",
)
_BY_CODE: Final[Mapping[str, type[errors.ServiceError]]] = {
    cls.__name__: cls
    for cls in (
        errors.NotFoundException,
        errors.InvalidArnException,
        errors.MalformedPolicyDocumentException,
        errors.DependencyTimeoutException,
        errors.UnsupportedOperationException,
        errors.KMSInternalException,
        errors.LimitExceededException,
        errors.KMSInvalidStateException,
        errors.AccessDeniedException,
        errors.ValidationException,
    )
} | dict.fromkeys(_THROTTLING, errors.ThrottlingException)

# The texts are matched by terraform-provider-aws's tests (internal/service/kms/key_test.go) and quoted by
# https://repost.aws/knowledge-center/kms-policy-error-invalid-principals and
# https://repost.aws/knowledge-center/update-key-policy-future.
_BY_TEXT: Final = (
    ("will not allow you to update the key policy in the future", errors.PolicyLockoutException),
    ("invalid principals", errors.InvalidPrincipalException),
)
_NEVER_CONNECTED: Final = (ConnectTimeoutError, ProxyConnectionError, SSLError)
_NETWORK: Final = (
    *_NEVER_CONNECTED,
    EndpointConnectionError,
    ConnectionClosedError,
    ReadTimeoutError,
    ResponseStreamingError,
    IncompleteReadError,
    ResponseParserError,
)
_UNDECIDED: Final = (errors.DependencyTimeoutException, errors.KMSInternalException)
_SERVER_FAULT: Final = 500


def _translate(error: Exception, call: Call) -> errors.CallError:
    """Turn an error of botocore into one of this library, and close the attempt in the call's account."""
    if isinstance(error, ClientError):
        return _answer(error, call)
    network = isinstance(error, _NETWORK)
    reached = network or isinstance(error, HTTPClientError)
    call.settle(int(reached))
    call.outcome_unknown |= reached and not _never_sent(error)
    return errors.NoAnswerError(
        str(error) if network or not reached else f"{error} (is the client still open?)",
        code=type(error).__name__,
        key_id=call.key_id,
        attempts=call.sent,
        is_retry_safe=network,
        outcome_unknown=call.outcome_unknown,
    )


def _never_sent(error: Exception) -> bool:
    """Tell whether the request certainly did not leave, by what the HTTP session said."""
    cause = getattr(error, "kwargs", {}).get("error")
    if isinstance(error, EndpointConnectionError):
        # aiobotocore raises it for a connection that was reset after the request had left, too.
        # An error of aiohttp's connector, which comes before that, has the system's as os_error.
        return hasattr(cause, "os_error") or isinstance(cause, socket.gaierror)
    # A closed client: aiohttp's "Session is closed", or aiobotocore has no session left.
    closed = isinstance(error, HTTPClientError) and isinstance(cause, (RuntimeError, AttributeError))
    return closed or isinstance(error, _NEVER_CONNECTED)


def _answer(error: ClientError, call: Call) -> errors.ServiceError:
    response = cast("Mapping[str, Any]", error.response)
    answer: Mapping[str, Any] = response.get("Error") or {}
    metadata: Mapping[str, Any] = response.get("ResponseMetadata") or {}
    code, message = str(answer.get("Code") or ""), str(answer.get("Message") or "")
    status: int | None = metadata.get("HTTPStatusCode")
    cls = _class_of(code, message)
    call.settle(_requests_of(response))
    call.outcome_unknown |= cls in _UNDECIDED or (status is not None and status >= _SERVER_FAULT)
    return cls(
        message,
        code=code,
        status=status,
        request_id=metadata.get("RequestId"),
        key_id=call.key_id,
        attempts=call.sent,
        outcome_unknown=call.outcome_unknown,
    )


def _class_of(code: str, message: str) -> type[errors.ServiceError]:
    cls = _BY_CODE.get(code, errors.UnknownServiceError)
    if cls is errors.MalformedPolicyDocumentException:
        return next((special for text, special in _BY_TEXT if text in message), cls)
    return cls


def _requests_of(response: Mapping[str, Any]) -> int:
    """Return the number of requests that an answer took, as far as botocore's metadata tell."""
    metadata: Mapping[str, Any] = response.get("ResponseMetadata") or {}
    return 1 + int(metadata.get("RetryAttempts") or 0)


@contextmanager
def translate_errors(key_id: str | None = None) -> Generator[None]:
    """Turn botocore's errors into this library's, for calls that you make yourself.

    ::

        with translate_errors():
            await client.create_key(Policy=policy.to_json())

    botocore's own repeats stay as the client has them. Other errors pass.

    Args:
        key_id: The key of the call, for the error to carry; None where there is none yet.

    Raises:
        CallError: with botocore's error as ``__cause__``.
    """
    with Call(key_id).attempt():
        yield
