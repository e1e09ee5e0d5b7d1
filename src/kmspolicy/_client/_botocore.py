"""The only module that uses botocore: its errors, and its own retries."""

from __future__ import annotations

import socket
import sys
from contextlib import contextmanager
from contextvars import ContextVar, Token
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeAlias, cast
from urllib.parse import urlsplit

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
from kmspolicy._client._advice import advice_on
from kmspolicy._printable import word

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    from botocore.awsrequest import AWSPreparedRequest

    Handler: TypeAlias = Callable[..., object]

# --- counting requests, and turning off botocore's own retries ---------------------------------------


class Answer(NamedTuple):
    """The answer of the service.

    Attributes:
        response: The answer, as botocore parsed it; empty if nothing was left to send.
        request_id: The id of the request that succeeded; None if the answer had none.
        attempts: How many requests were sent.
    """

    response: Mapping[str, Any]
    request_id: str | None
    attempts: int


@attrs.define
class Call:
    """One call of the facade: the number of its requests, and whether one may have taken effect.

    ``with call:`` counts the requests of prepared clients inside the block, in this task only.

    Attributes:
        key_id: The key of the call, if it is known.
        operation: The operation of the API; None for calls of the user's own code, of any operation.
        retries: Whether botocore may retry the request, as the client is configured.
        counted: Whether the client reports what it sends.
        earlier: The number of requests of earlier calls for the same purpose, which errors and results count as well.
        sent: The number of requests handed to the HTTP session so far.
        settled: How many of them were answered or failed.
        pending: Whether an attempt has begun and not ended.
        outcome_unknown: Whether a request that failed may have taken effect.
        url: The URL to which the last request was sent; None if the client does not report it.
        foreign: Why the last answer does not come from KMS; None if it may.
        quota: The amount of botocore's retry quota that failed attempts took.
        looking: The error after which the policy is being read, before the next request.
    """

    key_id: str | None
    operation: str | None = None
    retries: bool = attrs.field(default=True, kw_only=True)
    counted: bool = attrs.field(default=False, kw_only=True)
    earlier: int = attrs.field(default=0, kw_only=True)
    sent: int = 0
    settled: int = 0
    pending: bool = False
    outcome_unknown: bool = False
    url: str | None = None
    foreign: str | None = None
    quota: int = 0
    looking: errors.CallError | None = None
    _before: Token[Call | None] = attrs.field(init=False)

    def __enter__(self) -> None:
        self._before = _current.set(self)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._before)

    def received(self, response: Mapping[str, Any]) -> Mapping[str, Any]:
        """End an attempt that was answered; return botocore's metadata, which tell the number of its requests."""
        metadata: Mapping[str, Any] = response.get("ResponseMetadata") or {}
        self.settle(1 + int(metadata.get("RetryAttempts") or 0))
        return metadata

    def settle(self, requests: int) -> None:
        """End an attempt; it took at least this number of requests, if the client does not report them."""
        self.sent = self.settled = max(self.sent, self.settled + requests)
        self.pending = False

    def answered(self, response: Mapping[str, Any]) -> Answer:
        """End an attempt that succeeded.

        Raises:
            NoAnswerError: if the answer does not come from KMS.
        """
        metadata = self.received(response)
        if self.foreign is not None:
            raise self._not_from_kms(self.foreign)
        return Answer(response, metadata.get("RequestId"), self.earlier + self.sent)

    def failed(self, error: Exception) -> errors.CallError | None:
        """End an attempt that failed, and translate its error; return None for an error that does not come from the call."""
        if self.foreign is not None:
            self.settle(0)
            return self._not_from_kms(self.foreign)
        if isinstance(error, (BotoCoreError, ClientError, ResponseParserError)):
            return _translate(error, self)
        # botocore's parser raises many kinds of errors for answers that do not come from the service.
        if self.sent > self.settled:
            return _unreadable(error, self)
        # Nothing was sent: credentials come from files and programs, which raise their own errors.
        if self.counted and isinstance(error, (OSError, ValueError)):
            self.settle(0)
            reason = str(error) or type(error).__name__
            return self.no_answer(
                f"the request was not sent: {reason}", code=type(error).__name__, is_retry_safe=False
            )
        return None

    def cut_off(self, message: str) -> errors.NoAnswerError:
        """End a pending attempt that was cancelled, and return its error."""
        open_request = self.sent > self.settled or (self.pending and not self.counted)
        self.settle(int(open_request))
        self.outcome_unknown |= open_request
        return self.no_answer(message, code="TimeoutError", is_retry_safe=True)

    def _not_from_kms(self, reason: str) -> errors.NoAnswerError:
        """Return the error of an answer that does not come from KMS; another attempt would hand out the same again."""
        self.outcome_unknown = True
        message = f"{reason}: the credentials and the policy may have reached another host"
        return self.no_answer(message, code="NotFromKMS", is_retry_safe=False)

    @property
    def so_far(self) -> int:
        """The number of requests for the purpose of the call, those of earlier calls included."""
        return self.earlier + self.sent

    @property
    def may_have_written(self) -> bool:
        """Whether a request that failed may have changed something; reads never do."""
        return self.outcome_unknown and self.operation not in _READING

    def no_answer(self, message: str, *, code: str, is_retry_safe: bool) -> errors.NoAnswerError:
        """Return the error of an attempt that ended without an answer."""
        return errors.NoAnswerError(
            message,
            code=code,
            key_id=self.key_id,
            attempts=self.so_far,
            is_retry_safe=is_retry_safe,
            outcome_unknown=self.may_have_written,
        )


_READING: Final = frozenset({"GetKeyPolicy", "ListKeyPolicies"})
_current: ContextVar[Call | None] = ContextVar("kmspolicy_call", default=None)


_METHODS: Final = ("put_key_policy", "get_key_policy", "list_key_policies")


def the_client(client: object) -> object:
    """Return the client of botocore that is the given one or that it wraps; else the given one, if it can be awaited.

    Raises:
        TypeError: if the client is not open, or is synchronous; says how to open one.
    """
    methods = [method for name in _METHODS if (method := getattr(client, name, None)) is not None]
    # If the client is one of botocore, its class is already imported; importing it only for this check is slow.
    kind = getattr(sys.modules.get("botocore.client"), "BaseClient", ())
    wrapped = (getattr(method, "__self__", None) for method in methods)
    names = (*getattr(client, "__dict__", ()), *getattr(type(client), "__slots__", ()))
    inside = (getattr(client, name, None) for name in names)
    for each in (client, *wrapped, *inside):
        if isinstance(each, kind) and not hasattr(each, "__aenter__"):
            raise TypeError(f"this is boto3's client, which is synchronous; {_HOW_TO_OPEN}")
        if _has_events(each):
            return each
    if not methods:
        hint = "; enter it: async with ... as client" if hasattr(client, "__aenter__") else ""
        raise TypeError(f"expected an open KMS client of aiobotocore, not {type(client).__name__}{hint}")
    if not all(map(_is_async, methods)):
        raise TypeError(f"the methods of {type(client).__name__} are not async; {_HOW_TO_OPEN}")
    return client


_HOW_TO_OPEN: Final = (
    "open a client of aiobotocore: "
    'async with aiobotocore.session.get_session().create_client("kms") as client'
)


def _is_async(method: object) -> bool:
    return iscoroutinefunction(method) or iscoroutinefunction(getattr(method, "__call__", None))  # noqa: B004 - its kind


def prepare(client: object, operations: Iterable[str]) -> bool:
    """Register the handlers below with a client; it does no harm to do it twice.

    It takes about 30 microseconds for each operation, even if they are registered already: call it once for a client.

    Args:
        client: A client of botocore, or another object, which has no events.
        operations: The operations of the API that this library retries.

    Returns:
        Whether the client reports what it sends.
    """
    if not _has_events(client):
        return False
    events = client.meta.events
    for operation in operations:
        name = f"kms.{operation}"
        # It must be the first of the most specific handlers: the first answer other than None decides.
        events.register_first(f"needs-retry.{name}", _answer_no, unique_id=f"kmspolicy-no-retry-{operation}")
        if _has_retry_quota(client):
            events.register(f"before-call.{name}", _return_quota, unique_id=f"kmspolicy-quota-{operation}")
    # It must be the last of all handlers: those before it may still wait, like the limiter of the adaptive mode, or
    # take from the retry quota of the standard mode.
    events.register_last("before-send", _count, unique_id="kmspolicy-count")
    if _has_retry_quota(client):
        events.register_last("needs-retry", _note_quota, unique_id="kmspolicy-note-quota")
    return True


def _has_retry_quota(client: _HasEvents) -> bool:
    """Return whether the retry mode of a client has a quota: all modes except the legacy one have."""
    retries: Mapping[str, Any] = getattr(getattr(client.meta, "config", None), "retries", None) or {}
    return retries.get("mode") != "legacy"


def partition_of(client: object) -> str | None:
    """Return the partition of a client's Region; None if the client does not tell it."""
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


# The emitter of aiobotocore awaits what a handler returns; it finds out faster that a coroutine can be awaited than that
# None cannot.


def _ours(event_name: str) -> Call | None:
    """Return the call that an event belongs to; None for requests of the user's own code."""
    call = _current.get()
    return call if call is not None and event_name.endswith(f".{call.operation}") else None


async def _count(*, event_name: str, request: AWSPreparedRequest, **_: object) -> None:
    call = _ours(event_name)
    if call is not None:
        call.sent += 1
        call.url = request.url


async def _answer_no(
    *,
    event_name: str,
    response: tuple[Any, Mapping[str, Any]] | None = None,
    caught_exception: Exception | None = None,
    **_: object,
) -> bool | None:
    """Answer whether botocore retries: no inside our calls, no answer elsewhere; note whether the answer is KMS's."""
    call = _ours(event_name)
    if call is None:
        return None
    call.foreign = None if response is None else _foreign(call, response[0], await response[0].content)
    if call.foreign is not None:
        return False
    call.outcome_unknown |= (response is not None and response[0].status_code >= _SERVER_FAULT) or (
        caught_exception is not None and not _never_sent(caught_exception)
    )
    return None if call.retries else False


def _foreign(call: Call, answer: Any, body: bytes) -> str | None:  # noqa: ANN401 - of any HTTP library the client uses
    """Return why an answer does not come from KMS; None if it may.

    aiobotocore's session on aiohttp follows redirects, and makes a GET of the POST: a login page would be success.
    PutKeyPolicy has no output: https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html.
    """
    if call.url is not None and call.url != answer.url and _place(answer.url) != _place(call.url):
        return f"the request was redirected to {word(answer.url)}"
    if _REDIRECT <= answer.status_code < _CLIENT_FAULT:
        return f"the answer is a redirect (HTTP {answer.status_code}), which KMS does not send"
    if call.operation == "PutKeyPolicy" and answer.status_code < _REDIRECT and body.strip() not in _NO_OUTPUT:
        return "the answer is not one of KMS, which has an empty body"
    return None


def _place(url: str) -> tuple[object, ...]:
    parts = urlsplit(url)
    port = parts.port or _PORTS.get(parts.scheme)
    return parts.scheme, parts.hostname, port, parts.path or "/", parts.query


def _note_quota(*, event_name: str, request_dict: Mapping[str, Any], **_: object) -> None:
    """Remember what botocore's standard mode took from its retry quota for a retry that it does not make."""
    call = _ours(event_name)
    if call is not None and not call.retries:
        call.quota += request_dict["context"].get("retry_quota_capacity", 0)


def _return_quota(*, event_name: str, context: dict[str, Any], **_: object) -> None:
    """Let the next attempt that succeeds give back to the quota what the failed ones took."""
    call = _ours(event_name)
    if call is not None and call.quota:
        context["retry_quota_capacity"], call.quota = call.quota, 0


# --- translating errors -----------------------------------------------------------------------------

_THROTTLING: Final = (
    "ThrottlingException",
    # botocore's legacy mode treats these as throttling, too (botocore/data/_retry.json).
    "Throttling",
    "ThrottledException",
    "RequestThrottledException",
    "ProvisionedThroughputExceededException",
    # botocore takes the HTTP status for the code if the answer has none, as that of a proxy.
    "429",
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
_HTTPX: Final = ("httpx", "httpx2")
_UNDECIDED: Final = (errors.DependencyTimeoutException, errors.KMSInternalException)
_REDIRECT: Final = 300
_CLIENT_FAULT: Final = 400
_SERVER_FAULT: Final = 500
_NO_OUTPUT: Final = (b"", b"{}", b"null")
_PORTS: Final = {"http": 80, "https": 443}


def _translate(error: Exception, call: Call) -> errors.CallError:
    """Turn an error of botocore into one of this library, and end the attempt."""
    # If the client counts and has sent nothing, another request failed: the one for credentials, to STS or SSO.
    elsewhere = call.counted and call.sent <= call.settled
    if isinstance(error, ClientError) and not (elsewhere and error.operation_name != call.operation):
        return _answer(error, call)
    network = isinstance(error, _NETWORK) or _is_httpx(_cause(error), "TransportError")
    reached = not elsewhere and (network or isinstance(error, HTTPClientError))
    call.settle(int(reached))
    call.outcome_unknown |= reached and not _never_sent(error)
    hint = " (is the client still open, and used in the event loop in which it was created?)"
    message = f"{error}{hint if type(error) is HTTPClientError and not network else ''}"
    return call.no_answer(message, code=type(error).__name__, is_retry_safe=network)


def _unreadable(error: Exception, call: Call) -> errors.NoAnswerError:
    call.settle(1)
    call.outcome_unknown = True
    message = f"the answer cannot be read: {error}"
    return call.no_answer(message, code=type(error).__name__, is_retry_safe=True)


def _cause(error: Exception) -> object:
    """Return the error of the HTTP library, of which aiobotocore's session has made this one."""
    return getattr(error, "kwargs", {}).get("error")


def _is_httpx(cause: object, *names: str) -> bool:
    """Return whether an error has one of these classes of httpx, or of httpx2, which neither of us imports."""
    return any(kind.__name__ in names and kind.__module__ in _HTTPX for kind in type(cause).__mro__)


def _never_sent(error: Exception) -> bool:
    """Return whether the error shows for certain that the request was not sent."""
    cause = _cause(error)
    if _is_httpx(
        cause, "TransportError"
    ):  # aiobotocore takes each time-out but that of reading for one of connecting
        return _is_httpx(cause, "ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError")
    if isinstance(error, EndpointConnectionError):
        # aiobotocore raises it also for a connection that was reset after the request had been sent.
        # An error of aiohttp's connector comes before that; it has the system's error as os_error.
        return hasattr(cause, "os_error") or isinstance(cause, socket.gaierror)
    if isinstance(cause, AttributeError):
        return cause.obj is None  # aiobotocore's session after it was closed
    return str(cause) == "Session is closed" or isinstance(error, _NEVER_CONNECTED)  # aiohttp's words


def _answer(error: ClientError, call: Call) -> errors.ServiceError:
    response = cast("Mapping[str, Any]", error.response)
    answer: Mapping[str, Any] = response.get("Error") or {}
    metadata = call.received(response)
    code, message = str(answer.get("Code") or ""), str(answer.get("Message") or "")
    status: int | None = metadata.get("HTTPStatusCode")
    cls = _class_of(code, message)
    call.outcome_unknown |= cls in _UNDECIDED or (status is not None and status >= _SERVER_FAULT)
    translated = cls(
        message,
        code=code,
        status=status,
        request_id=metadata.get("RequestId"),
        key_id=call.key_id,
        attempts=call.so_far,
        outcome_unknown=call.may_have_written,
    )
    translated.advice = advice_on(error.operation_name, code) or translated.advice
    return translated


def _class_of(code: str, message: str) -> type[errors.ServiceError]:
    cls = _BY_CODE.get(code, errors.UnknownServiceError)
    if cls is errors.MalformedPolicyDocumentException:
        return next((special for text, special in _BY_TEXT if text in message), cls)
    return cls


@contextmanager
def translate_errors(key_id: str | None = None) -> Generator[None]:
    """Turn botocore's errors into this library's, for calls that you make yourself.

    ::

        with translate_errors():
            await client.create_key(Origin="AWS_CLOUDHSM", CustomKeyStoreId="cks-1234567890abcdef0", Policy=policy.to_json())

    Any operation and any client of botocore will do, also that of boto3, which is synchronous. An error code that has no class
    in :mod:`kmspolicy.errors`, such as ``AlreadyExistsException``, becomes an ``UnknownServiceError`` with this ``code``, the
    message, the status and the request id. Codes about credentials, such as ``ExpiredTokenException``, have advice as well.
    botocore's own retries stay as the client is configured. Errors that are not botocore's are not changed.

    It may not be safe to retry your call: a ``create_key`` whose connection dropped may have created a key, and a retry
    would create a second one. So ``is_retry_safe`` is true here only if the request certainly had no effect. ``attempts``
    is a lower limit: botocore does not report the retries of dropped connections.

    Args:
        key_id: The key of the call, for the error; None if there is none yet.

    Raises:
        CallError: if botocore raises an error, which is its ``__cause__``.
    """
    try:
        yield
    except Exception as error:
        translated = Call(key_id).failed(error)
        if translated is None:
            raise
        translated.is_retry_safe = translated.is_retry_safe and not translated.outcome_unknown
        raise translated from error
