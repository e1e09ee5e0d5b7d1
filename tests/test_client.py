"""``KeyPolicies`` with clients that are not botocore's, as applications have them in their tests."""

from __future__ import annotations

import asyncio
import pickle
from contextlib import nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock, MagicMock

import botocore.session
import pytest
from aiobotocore.stub import AioStubber
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from http_support import Drop, client_of, scripted_kms
from kmspolicy import (
    Guard,
    KeyPolicies,
    Policy,
    Principal,
    PutResult,
    Retry,
    allow,
    check,
    errors,
    statements,
    translate_errors,
)
from kmspolicy.testing import FakeKMS
from support import KEY_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from kmspolicy.testing import VirtualClock


class FakeClient:
    """Answers with what it was given, in order; an exception is raised."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self.answers = list(answers)
        self.calls: list[dict[str, Any]] = []

    async def put_key_policy(self, **parameters: Any) -> dict[str, Any]:
        self.calls.append(parameters)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    get_key_policy = list_key_policies = put_key_policy


def client_error(code: str, **metadata: Any) -> ClientError:
    """Return what botocore raises for an error answer."""
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": metadata}, "PutKeyPolicy")  # type: ignore[typeddict-item]  # ty: ignore[invalid-argument-type]


def key_policies(client: FakeClient, clock: VirtualClock) -> KeyPolicies:
    """Return the facade with the sleeps of a virtual clock."""
    return KeyPolicies(client, guard=Guard(refuse=None), retry=Retry(3), sleep=clock.sleep, clock=clock)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param({}, PutResult(KEY_ID, None, 1), id="no metadata"),
        pytest.param({"ResponseMetadata": {"RequestId": "r"}}, PutResult(KEY_ID, "r", 1), id="a request id"),
        pytest.param(
            {"ResponseMetadata": {"RequestId": "r", "RetryAttempts": 2}},
            PutResult(KEY_ID, "r", 3),
            id="two retries by botocore",
        ),
    ],
)
async def test_an_answer_counts_as_one_request_and_its_repeats(
    clock: VirtualClock, answer: dict[str, Any], expected: PutResult
) -> None:
    """Where the client has no events to count by, botocore's metadata are believed."""
    client = FakeClient(answer)
    assert await key_policies(client, clock).put(KEY_ID, "{}") == expected
    assert client.calls == [{"KeyId": KEY_ID, "PolicyName": "default", "Policy": "{}"}]


@pytest.mark.parametrize(
    ("failures", "attempts", "unknown"),
    [
        pytest.param([client_error("ThrottlingException")] * 3, 3, False, id="throttled"),
        pytest.param(
            [client_error("ThrottlingException", RetryAttempts=4)] * 3,
            15,
            False,
            id="throttled, with botocore's retries",
        ),
        pytest.param(
            [client_error("KMSInternalException", RetryAttempts=1), client_error("NotFoundException")],
            3,
            True,
            id="an error of KMS, then no key",
        ),
        pytest.param([EndpointConnectionError(endpoint_url="u")] * 3, 3, True, id="no connection"),
        pytest.param([NoCredentialsError()], 0, False, id="no credentials"),
        pytest.param(
            [ReadTimeoutError(endpoint_url="u"), NoCredentialsError()],
            1,
            True,
            id="no answer, then no credentials",
        ),
        pytest.param(
            [client_error("ThrottlingException"), NoCredentialsError()],
            1,
            False,
            id="throttled, then no credentials",
        ),
    ],
)
async def test_failures_are_counted_alike(
    clock: VirtualClock, failures: list[Exception], attempts: int, *, unknown: bool
) -> None:
    """An error answer counts as one request and its repeats, a network without answer as one request."""
    with pytest.raises(errors.CallError) as caught:
        await key_policies(FakeClient(*failures), clock).put(KEY_ID, "{}")
    assert (caught.value.attempts, caught.value.outcome_unknown) == (attempts, unknown)
    assert caught.value.__cause__ is failures[-1]


async def test_a_fake_may_call_the_operation_what_it_likes(clock: VirtualClock) -> None:
    """Only a client that counts can tell an answer of KMS from one of STS."""
    error = ClientError({"Error": {"Code": "NotFoundException"}}, "put_key_policy")
    with pytest.raises(errors.NotFoundException):
        await key_policies(FakeClient(error), clock).put(KEY_ID, "{}")


async def test_an_answer_without_anything_in_it(clock: VirtualClock) -> None:
    """The class gives its name where the answer has no code."""
    with pytest.raises(errors.UnknownServiceError) as caught:
        await key_policies(FakeClient(ClientError({}, "PutKeyPolicy")), clock).put(KEY_ID, "{}")
    assert (caught.value.code, caught.value.message, caught.value.status) == ("UnknownServiceError", "", None)


@pytest.mark.parametrize("error", [ZeroDivisionError(), TimeoutError("of the caller's own")])
async def test_errors_of_other_making_pass(clock: VirtualClock, error: Exception) -> None:
    """What is not botocore's is not ours to translate."""
    with pytest.raises(type(error)) as caught:
        await key_policies(FakeClient(error), clock).put(KEY_ID, "{}")
    assert caught.value is error


async def test_a_client_that_never_answers_is_given_up() -> None:
    """Without events to count by, a call that was cut off may have sent its request."""

    class Never(FakeClient):
        async def put_key_policy(self, **parameters: Any) -> dict[str, Any]:
            await asyncio.Event().wait()
            return parameters

    with pytest.raises(errors.NoAnswerError) as caught:
        await KeyPolicies(Never(), guard=Guard(refuse=None), retry=Retry(deadline=0.05)).put(KEY_ID, "{}")
    assert (caught.value.attempts, caught.value.outcome_unknown) == (1, True)


async def test_a_fake_client_cut_off_in_a_delay() -> None:
    """Nothing was under way, so that nothing is added and nothing is unknown."""

    async def for_ever(_seconds: float) -> None:
        await asyncio.Event().wait()

    client = FakeClient(client_error("ThrottlingException"))
    policies = KeyPolicies(
        client, guard=Guard(refuse=None), retry=Retry(3, deadline=0.05, first_delay=0.0), sleep=for_ever
    )
    with pytest.raises(errors.NoAnswerError) as caught:
        await policies.put(KEY_ID, "{}")
    assert (caught.value.attempts, caught.value.outcome_unknown) == (1, False)


@pytest.mark.parametrize("error", [OSError("disk"), ValueError("of the caller's own"), ZeroDivisionError()])
def test_errors_of_other_making_pass_in_a_callers_own_calls(error: Exception) -> None:
    """So do errors of this library, as they are."""
    ours = errors.NotFoundException(is_retry_safe=True, outcome_unknown=True)
    for raised in (error, ours):
        with pytest.raises(type(raised)) as caught, translate_errors():
            raise raised
        assert caught.value is raised
    assert ours.is_retry_safe


async def test_what_is_no_client() -> None:
    """It is found when the facade is made, and not after five requests of a client that does not wait."""
    synchronous: Any = botocore.session.get_session().create_client("kms", region_name="us-east-1")
    with pytest.raises(
        TypeError, match="this is boto3's client, which is synchronous; open a client of aiobotocore: "
    ):
        KeyPolicies(synchronous)
    unopened: Any = nullcontext()  # as create_client returns one
    with pytest.raises(TypeError, match=r"not nullcontext; enter it: async with \.\.\. as client"):
        KeyPolicies(unopened)
    region: Any = "us-east-1"
    with pytest.raises(TypeError, match=r"expected an open KMS client of aiobotocore, not str$"):
        KeyPolicies(region)


async def test_a_mock_of_a_client_is_left_alone() -> None:
    """What merely has an attribute ``meta.events`` is not a client of botocore's: no handlers, no warnings."""
    client: Any = AsyncMock()
    client.put_key_policy.return_value = dict[str, Any]()
    assert (await KeyPolicies(client, guard=Guard(refuse=None)).put(KEY_ID, "{}")).attempts == 1
    assert client.meta.mock_calls == []


@pytest.mark.parametrize("retry", [3, "3", Retry])
def test_a_retry_is_a_retry(retry: Any) -> None:
    """Anything else is refused at once, not at the first put."""
    with pytest.raises(TypeError, match="retry must be a Retry or None"):
        KeyPolicies(FakeClient(), retry=retry)


async def test_a_stubbed_client_answers_without_sending(clock: VirtualClock) -> None:
    """botocore's stubber answers before anything is sent; its answer counts as one request all the same."""
    async with client_of("http://127.0.0.1:9") as client:
        stubber = AioStubber(client)
        stubber.add_client_error("put_key_policy", "LimitExceededException")
        stubber.add_response("put_key_policy", {})
        with stubber:
            policies = KeyPolicies(client, guard=Guard(refuse=None), sleep=clock.sleep, clock=clock)
            with pytest.raises(errors.LimitExceededException) as caught:
                await policies.put(KEY_ID, "{}")
            result = await policies.put(KEY_ID, "{}")
    assert (caught.value.attempts, result.attempts) == (1, 1)


def test_its_repr_shows_the_client_and_the_retry() -> None:
    """A person at a prompt sees what it is made of, and no clockwork."""
    assert repr(KeyPolicies(FakeClient(), retry=None)).endswith("retry=None)")


# --- the check before a put ------------------------------------------------------------------------

LOCKING = Policy([allow("kms:*").to(Principal.role("111122223333", "App"))])
ALICE = "arn:aws:iam::111122223333:user/alice"


@pytest.mark.parametrize(
    ("policy", "caller", "code"),
    [
        pytest.param(Policy([]), None, "MISSING_STATEMENT", id="no statement"),
        pytest.param(
            Policy([allow("kms:Sign").to(Principal.account("111122223333"))]),
            None,
            "LOCKOUT_EVERYONE",
            id="nobody can put it again",
        ),
        pytest.param(LOCKING, ALICE, "LOCKOUT_CALLER", id="the caller cannot put it again"),
        pytest.param(LOCKING.to_json(), ALICE, "LOCKOUT_CALLER", id="the caller cannot put the text again"),
        pytest.param(
            " " * 33_000 + statements.default_policy("111122223333").to_json(),
            None,
            "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA",
            id="too long a text",
        ),
    ],
)
async def test_what_kms_would_refuse_is_not_sent(policy: Policy | str, caller: str | None, code: str) -> None:
    """An error stops the put, also of text, whose size is that of the text as it is sent."""
    fake = FakeKMS(caller=caller)
    key_id = fake.add_key()
    with pytest.raises(errors.PolicyCheckError) as caught:
        await KeyPolicies(fake, caller=caller).put(key_id, policy)
    assert fake.calls == []
    assert code in [finding.code for finding in caught.value.findings]
    assert str(caught.value).startswith(
        "KMS would refuse this policy; nothing was sent "
        "(the guard of KeyPolicies has refuse=Severity.ERROR):\n  error "
    )
    assert pickle.loads(pickle.dumps(caught.value)).findings == caught.value.findings  # noqa: S301


async def test_text_that_is_no_policy_is_not_sent() -> None:
    """Unless the guard lets everything pass."""
    fake = FakeKMS()
    key_id = fake.add_key()
    with pytest.raises(errors.PolicyDocumentError):
        await KeyPolicies(fake).put(key_id, "{}")
    assert fake.calls == []
    with pytest.raises(errors.MalformedPolicyDocumentException):
        await KeyPolicies(fake, guard=Guard(refuse=None)).put(key_id, "{}")
    assert len(fake.calls) == 1


async def test_warnings_do_not_stop_a_put() -> None:
    """Nor does lockout, where its check is bypassed on purpose."""
    fake = FakeKMS(caller=ALICE)
    key_id = fake.add_key()
    odd = statements.default_policy("111122223333").with_statement(allow("kms:Sign").to(Principal.everyone()))
    await KeyPolicies(fake, caller=ALICE).put(key_id, odd)
    await KeyPolicies(fake, caller=ALICE).put(key_id, LOCKING, bypass_policy_lockout_safety_check=True)
    assert fake.policy(key_id) == LOCKING
    with pytest.raises(errors.PolicyCheckError):
        await KeyPolicies(fake).put(key_id, Policy([]), bypass_policy_lockout_safety_check=True)


@pytest.mark.parametrize(
    ("operation", "code", "kind", "advice"),
    [
        (
            "PutKeyPolicy",
            "ExpiredTokenException",
            errors.UnknownServiceError,
            "The credentials have expired: ",
        ),
        ("Decrypt", "ExpiredToken", errors.UnknownServiceError, "The credentials have expired: "),
        ("GetCallerIdentity", "InvalidClientTokenId", errors.UnknownServiceError, "Check the access key, "),
        ("PutKeyPolicy", "UnrecognizedClientException", errors.UnknownServiceError, "Check the access key, "),
        (
            "PutKeyPolicy",
            "InvalidSignatureException",
            errors.UnknownServiceError,
            "Check the secret access key, ",
        ),
        (
            "PutKeyPolicy",
            "AccessDeniedException",
            errors.AccessDeniedException,
            "The key policy must allow it",
        ),
        (
            "CreateKey",
            "AccessDeniedException",
            errors.AccessDeniedException,
            "The caller's IAM policies must",
        ),
        ("CreateKey", "TagException", errors.UnknownServiceError, "Check the tags: "),
        ("CreateAlias", "AlreadyExistsException", errors.UnknownServiceError, ""),
        ("CreateAlias", "", errors.UnknownServiceError, ""),
    ],
)
def test_what_becomes_of_a_code(
    operation: str, code: str, kind: type[errors.ServiceError], advice: str
) -> None:
    """A code that has no class here is kept; one about credentials says what to do, from whatever operation."""
    answer: Any = {
        "Error": {"Code": code, "Message": "a reason"},
        "ResponseMetadata": {"RequestId": "r", "HTTPStatusCode": 400},
    }
    with pytest.raises(errors.ServiceError) as caught, translate_errors("key"):
        raise ClientError(answer, operation)
    error = caught.value
    assert type(error) is kind
    assert error.advice.startswith(advice)
    assert bool(error.advice) is bool(advice)
    assert str(error).endswith(error.advice or ")")
    assert (error.code, error.message, error.status, error.request_id) == (
        code or "UnknownServiceError",
        "a reason",
        400,
        "r",
    )
    assert pickle.loads(pickle.dumps(error)).advice == error.advice  # noqa: S301


def test_who_can_be_the_caller() -> None:
    """Somebody who can put policies."""
    with pytest.raises(errors.RequestError):
        KeyPolicies(FakeKMS(), caller="s3.amazonaws.com")


def test_many_findings_are_cut() -> None:
    """The message shows twenty; all are there."""
    principals = Principal({"AWS": [f"x{number}" for number in range(30)]})
    policy = statements.default_policy("111122223333").with_statement(allow("kms:Sign").to(principals))
    error = errors.PolicyCheckError(check(policy))
    assert len(error.findings) == 30
    assert str(error).endswith("and 10 more")


class Wrapped:
    """A client around another one, without its ``meta``."""

    __slots__ = ("inner",)

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def put_key_policy(self, **parameters: Any) -> Any:
        return self.inner.put_key_policy(**parameters)

    get_key_policy = list_key_policies = put_key_policy


def its_method(client: Any) -> Any:
    """Return an object that has only a method of a client."""
    return SimpleNamespace(put_key_policy=client.put_key_policy)


@pytest.mark.parametrize("wrap", [Wrapped, its_method])
async def test_a_client_that_is_wrapped(clock: VirtualClock, wrap: Callable[[Any], Any]) -> None:
    """Its requests are counted, those of dropped connections as well, and botocore does not repeat them."""
    async with scripted_kms() as kms, client_of(kms.url, mode="legacy") as client:
        kms.answers(Drop())
        policies = KeyPolicies(
            wrap(client), guard=Guard(refuse=None), retry=Retry(3), sleep=clock.sleep, clock=clock
        )
        with pytest.raises(errors.NoAnswerError) as caught:
            await policies.put(KEY_ID, "{}")
        assert (caught.value.attempts, len(kms.requests)) == (3, 3)


def test_synchronous_clients() -> None:
    """They are refused before anything is sent, boto3's in a wrapper and any others as well."""
    boto3 = botocore.session.get_session().create_client("kms", region_name="us-east-1")
    for client in (boto3, Wrapped(boto3), its_method(boto3)):
        wrong: Any = client
        with pytest.raises(
            TypeError, match="this is boto3's client, which is synchronous; open a client of aiobotocore"
        ):
            KeyPolicies(wrong)
    for client in (Wrapped(None), MagicMock()):
        wrong = client
        with pytest.raises(TypeError, match="are not async; open a client of aiobotocore"):
            KeyPolicies(wrong)


async def test_methods_that_are_objects(clock: VirtualClock) -> None:
    """What is called need not be a function, if its call is async."""

    class Method:
        async def __call__(self, **_: Any) -> dict[str, Any]:
            return {}

    client: Any = SimpleNamespace(put_key_policy=Method())
    policies = KeyPolicies(client, guard=Guard(refuse=None), sleep=clock.sleep, clock=clock)
    assert (await policies.put(KEY_ID, "{}")).attempts == 1
