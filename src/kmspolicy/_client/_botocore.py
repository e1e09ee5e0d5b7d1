"""The only module that knows botocore: its errors, and its own retries."""

from __future__ import annotations

import socket
import sys
from contextlib import contextmanager
from contextvars import ContextVar, Token
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
from botocore.hooks import BaseEventHooks
from botocore.parsers import ResponseParserError
from typing_extensions import TypeIs

from kmspolicy import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    Handler: TypeAlias = Callable[..., object]

# --- counting requests, and keeping botocore from repeating them ------------------------------------


@attrs.define
class Call:
    """Keep the account of one call of the facade: its requests, and whether one may have taken effect.

    ``with call:`` counts in it what clients that were prepared send inside the block, by this task alone.

    Attributes:
        key_id: The key of the call, as far as it is known.
        operation: The operation of the API; None for a caller's own calls, of any operation.
        repeats: Whether botocore may repeat the request as the client's configuration says.
        counted: Whether the client tells what it sends.
        earlier: The requests of other calls for the same purpose, for messages.
        sent: The requests handed to the HTTP session so far.
        settled: How many of them were answered or failed.
        under_way: Whether an attempt has begun and not ended.
        outcome_unknown: Whether a request that failed may have taken effect.
        quota: What botocore's retry quota lent to attempts that failed.
    """

    key_id: str | None
    operation: str | None = None
    repeats: bool = attrs.field(default=True, kw_only=True)
    counted: bool = attrs.field(default=False, kw_only=True)
    earlier: int = attrs.field(default=0, kw_only=True)
    sent: int = 0
    settled: int = 0
    under_way: bool = False
    outcome_unknown: bool = False
    quota: int = 0
    _before: Token[Call | None] = attrs.field(init=False)

    def __enter__(self) -> None:
        self._before = _current.set(self)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._before)

    def settle(self, requests: int) -> None:
        """Close an attempt that took at least so many requests, for a client that tells nothing."""
        self.sent = self.settled = max(self.sent, self.settled + requests)
        self.under_way = False

    def answered(self, response: Mapping[str, Any]) -> Mapping[str, Any]:
        """Close an attempt that succeeded."""
        self.settle(_requests_of(response))
        return response

    def failed(self, error: Exception) -> errors.CallError | None:
        """Close an attempt that raised an error of botocore, and translate it; None for what is not ours to translate."""
        if isinstance(error, (BotoCoreError, ClientError, ResponseParserError)):
            return _translate(error, self)
        # botocore's parser fails in many ways on answers that are not the service's.
        if self.sent > self.settled:
            return _unreadable(error, self)
        # Nothing was sent: credentials come from files and programs, which fail in their own ways.
        if self.counted and isinstance(error, (OSError, ValueError)):
            self.settle(0)
            reason = str(error) or type(error).__name__
            return self.no_answer(
                f"the request was not sent: {reason}", code=type(error).__name__, is_retry_safe=False
            )
        return None

    def cut_off(self, message: str) -> errors.NoAnswerError:
        """Say that the attempt under way was given up."""
        open_request = self.sent > self.settled or (self.under_way and not self.counted)
        self.settle(int(open_request))
        self.outcome_unknown |= open_request
        return self.no_answer(message, code="TimeoutError", is_retry_safe=True)

    @property
    def so_far(self) -> int:
        """The requests for the purpose of the call, those of other calls included."""
        return self.earlier + self.sent

    @property
    def may_have_written(self) -> bool:
        """Whether a request that failed may have changed something: none that only reads does."""
        return self.outcome_unknown and self.operation not in _READING

    def no_answer(self, message: str, *, code: str, is_retry_safe: bool) -> errors.NoAnswerError:
        """Make the error of an attempt that was closed without an answer."""
        return errors.NoAnswerError(
            message,
            code=code,
            key_id=self.key_id,
            attempts=self.sent,
            is_retry_safe=is_retry_safe,
            outcome_unknown=self.may_have_written,
        )


_READING: Final = frozenset({"GetKeyPolicy", "ListKeyPolicies"})
_current: ContextVar[Call | None] = ContextVar("kmspolicy_call", default=None)


def refuse_what_is_no_client(client: object) -> None:
    """Refuse a client that is not open, or does not wait, before it sends anything.

    Raises:
        TypeError: with the way to one.
    """
    # A client of botocore has been imported with its class, which takes too long to be imported for this alone.
    kind = getattr(sys.modules.get("botocore.client"), "BaseClient", ())
    if isinstance(client, kind) and not hasattr(client, "__aenter__"):
        raise TypeError(
            "this is boto3's client, which does not wait; open one of aiobotocore: "
            'async with aiobotocore.session.get_session().create_client("kms") as client'
        )
    if not any(hasattr(client, name) for name in ("put_key_policy", "get_key_policy", "list_key_policies")):
        hint = "; enter it: async with ... as client" if hasattr(client, "__aenter__") else ""
        raise TypeError(f"expected an open KMS client of aiobotocore, not {type(client).__name__}{hint}")


def prepare(client: object, operations: Iterable[str]) -> bool:
    """Register the handlers below with a client, once however often this is called.

    It takes some 30 microseconds for each operation, even where they are registered: call it once for a client.

    Args:
        client: An aiobotocore client, or something else that has no events.
        operations: The operations of the API whose repeats are in our hands.

    Returns:
        Whether the client tells what it sends.
    """
    if not _has_events(client):
        return False
    events = client.meta.events
    for operation in operations:
        name = f"kms.{operation}"
        # The first of the most specific handlers: the first answer other than None decides.
        events.register_first(f"needs-retry.{name}", _answer_no, unique_id=f"kmspolicy-no-repeat-{operation}")
        if _draws_on_a_quota(client):
            events.register(f"before-call.{name}", _hand_on_quota, unique_id=f"kmspolicy-quota-{operation}")
    # The last of all handlers: what stands before may still wait, as the adaptive mode's limiter does, or has
    # drawn on the retry quota of the standard mode.
    events.register_last("before-send", _count, unique_id="kmspolicy-count")
    if _draws_on_a_quota(client):
        events.register_last("needs-retry", _note_quota, unique_id="kmspolicy-note-quota")
    return True


def _draws_on_a_quota(client: _HasEvents) -> bool:
    """Tell whether a client's retry mode has a quota: all but the legacy one do."""
    retries: Mapping[str, Any] = getattr(getattr(client.meta, "config", None), "retries", None) or {}
    return retries.get("mode") != "legacy"


def partition_of(client: object) -> str | None:
    """Tell the partition of a client's Region; None for a client that does not."""
    partition = getattr(getattr(client, "meta", None), "partition", None)
    return partition if isinstance(partition, str) else None


class _Emitter(Protocol):
    def register(self, event_name: str, handler: Handler, unique_id: str) -> object: ...
    def register_first(self, event_name: str, handler: Handler, unique_id: str) -> object: ...
    def register_last(self, event_name: str, handler: Handler, unique_id: str) -> object: ...


class _Meta(Protocol):
    @property
    def events(self) -> _Emitter: ...


class _HasEvents(Protocol):
    @property
    def meta(self) -> _Meta: ...


def _has_events(client: object) -> TypeIs[_HasEvents]:
    return isinstance(getattr(getattr(client, "meta", None), "events", None), BaseEventHooks)


def _ours(event_name: str) -> Call | None:
    """Return the call that an event belongs to, None for calls that are not ours."""
    call = _current.get()
    return call if call is not None and event_name.endswith(f".{call.operation}") else None


def _count(*, event_name: str, **_: object) -> None:
    call = _ours(event_name)
    if call is not None:
        call.sent += 1


def _answer_no(
    *,
    event_name: str,
    response: tuple[Any, Mapping[str, Any]] | None = None,
    caught_exception: Exception | None = None,
    **_: object,
) -> bool | None:
    """Answer whether to repeat: no inside our calls, and nothing at all elsewhere."""
    call = _ours(event_name)
    if call is None:
        return None
    call.outcome_unknown |= (response is not None and response[0].status_code >= _SERVER_FAULT) or (
        caught_exception is not None and not _never_sent(caught_exception)
    )
    return None if call.repeats else False


def _note_quota(*, event_name: str, request_dict: Mapping[str, Any], **_: object) -> None:
    """Note what botocore's standard mode took from its retry quota for a repeat that it does not make."""
    call = _ours(event_name)
    if call is not None and not call.repeats:
        call.quota += request_dict["context"].get("retry_quota_capacity", 0)


def _hand_on_quota(*, event_name: str, context: dict[str, Any], **_: object) -> None:
    """Let the next attempt, when it succeeds, give back to the quota what the failed ones took."""
    call = _ours(event_name)
    if call is not None and call.quota:
        context["retry_quota_capacity"], call.quota = call.quota, 0


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
    # What a client that counts did not send was another request: that for credentials, to STS or SSO.
    elsewhere = call.counted and call.sent <= call.settled
    if isinstance(error, ClientError) and not (elsewhere and error.operation_name != call.operation):
        return _answer(error, call)
    network = isinstance(error, _NETWORK)
    reached = not elsewhere and (network or isinstance(error, HTTPClientError))
    call.settle(int(reached))
    call.outcome_unknown |= reached and not _never_sent(error)
    hint = " (is the client still open, and used in the event loop it was made in?)"
    message = f"{error}{hint if type(error) is HTTPClientError else ''}"
    return call.no_answer(message, code=type(error).__name__, is_retry_safe=network)


def _unreadable(error: Exception, call: Call) -> errors.NoAnswerError:
    call.settle(1)
    call.outcome_unknown = True
    message = f"the answer cannot be read: {error}"
    return call.no_answer(message, code=type(error).__name__, is_retry_safe=True)


def _never_sent(error: Exception) -> bool:
    """Tell whether the request certainly did not leave, by what the HTTP session said."""
    cause = getattr(error, "kwargs", {}).get("error")
    if isinstance(error, EndpointConnectionError):
        # aiobotocore raises it for a connection that was reset after the request had left, too.
        # An error of aiohttp's connector, which comes before that, has the system's as os_error.
        return hasattr(cause, "os_error") or isinstance(cause, socket.gaierror)
    if isinstance(cause, AttributeError):
        return cause.obj is None  # aiobotocore's session after it was closed
    return str(cause) == "Session is closed" or isinstance(error, _NEVER_CONNECTED)  # aiohttp's words


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
        outcome_unknown=call.may_have_written,
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

    What you call need not be safe to repeat: a ``create_key`` that was dropped may have made a key, and another one
    would make a second. So ``is_retry_safe`` is true here only where the request certainly had no effect. ``attempts`` is
    at least the number of requests; where botocore repeated dropped connections there were more.

    Args:
        key_id: The key of the call, for the error to carry; None where there is none yet.

    Raises:
        CallError: with botocore's error as ``__cause__``.
    """
    try:
        yield
    except Exception as error:
        translated = Call(key_id).failed(error)
        if translated is None:
            raise
        translated.is_retry_safe = translated.is_retry_safe and not translated.outcome_unknown
        raise translated from error
