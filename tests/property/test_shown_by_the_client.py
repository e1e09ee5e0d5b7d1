"""Whatever a service, a key id or a policy on a key says, errors, their notes and log lines are fit to be shown."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, HTTPClientError
from hypothesis import given
from hypothesis import strategies as st

from kmspolicy import (
    Condition,
    Guard,
    KeyPolicies,
    KeyPolicyError,
    Policy,
    Principal,
    Retry,
    allow,
    statements,
)
from kmspolicy.testing import VirtualClock
from property.hostile import DOCUMENTS, MALLORY, TEXTS, WORDS_OF_A_SERVER, posing, raw
from property.strategies import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

POLICY = statements.default_policy(ACCOUNT)
KEYS = WORDS_OF_A_SERVER.map(lambda text: text[:2048])


class Client:
    """A client that fails as it was told, or answers reads with a text."""

    def __init__(self, text: str, request_id: str, *failures: Exception) -> None:
        self.answer: dict[str, Any] = {"Policy": text, "ResponseMetadata": {"RequestId": request_id}}
        self.failures = list(failures)

    async def put_key_policy(self, **_: Any) -> dict[str, Any]:
        if self.failures:
            raise self.failures.pop(0)
        await asyncio.sleep(0)
        return self.answer

    get_key_policy = list_key_policies = create_key = put_key_policy


class Records(logging.Handler):
    """A handler that keeps the messages of log records."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def shown(client: Client, work: Callable[[KeyPolicies], Awaitable[object]]) -> Iterator[str]:
    """Go through what a person sees of a piece of work: log lines, and the error with its notes."""
    clock, records, logger = VirtualClock(), Records(), logging.getLogger("kmspolicy")
    policies = KeyPolicies(client, retry=Retry(3, propagation=5), sleep=clock.sleep, clock=clock)
    logger.addHandler(records)
    level = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        with ThreadPoolExecutor(1) as thread:  # asyncio.run forgets the loop of the thread it runs in
            thread.submit(lambda: asyncio.run(_done(work(policies)))).result()
    except KeyPolicyError as error:
        yield from (str(error), *getattr(error, "__notes__", []))
    finally:
        logger.removeHandler(records)
        logger.setLevel(level)
    yield from records.messages


async def _done(work: Awaitable[object]) -> None:
    await work


def assert_safe(texts: Iterator[str]) -> None:
    """Assert that something was shown, nothing raw in it, and nothing that poses."""
    seen = list(texts)
    assert seen
    for text in seen:
        assert raw(text) == [], text
        assert posing(text) == [], text


# A code that is an identifier is one, and stands as it is.
CODES = WORDS_OF_A_SERVER.filter(lambda text: not text.isidentifier())


@given(KEYS, CODES, WORDS_OF_A_SERVER, WORDS_OF_A_SERVER, st.sampled_from([400, 500]))
def test_errors_of_a_service(key: str, code: str, message: str, request_id: str, status: int) -> None:
    """One that is final, and one that is retried and logged before."""
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"RequestId": request_id, "HTTPStatusCode": status},
    }
    client = Client("", request_id, *[ClientError(answer, "PutKeyPolicy")] * 4)
    assert_safe(shown(client, lambda policies: policies.put(key, POLICY)))


@given(KEYS, WORDS_OF_A_SERVER, WORDS_OF_A_SERVER)
def test_principals_that_are_not_known_yet(key: str, message: str, request_id: str) -> None:
    """The service's own words are logged while it is asked again."""
    answer: Any = {
        "Error": {"Code": "MalformedPolicyDocumentException", "Message": f"{message} invalid principals"},
        "ResponseMetadata": {"RequestId": request_id},
    }
    client = Client("", request_id, *[ClientError(answer, "PutKeyPolicy")] * 9)
    assert_safe(shown(client, lambda policies: policies.put(key, POLICY)))


@given(KEYS, WORDS_OF_A_SERVER)
def test_networks_that_fail(key: str, reason: str) -> None:
    """What botocore says has words of the other side in it."""
    client = Client("", "", *[HTTPClientError(error=reason)] * 4)
    assert_safe(shown(client, lambda policies: policies.put(key, POLICY)))


@given(KEYS, TEXTS, WORDS_OF_A_SERVER)
def test_texts_that_are_no_policy(key: str, text: str, request_id: str) -> None:
    """Whoever reads one learns of which key it is; whoever put it before, that it was put."""
    client = Client(text, request_id)
    assert_safe(shown(client, lambda policies: policies.get(key)))
    assert_safe(shown(client, lambda policies: policies.put(key, POLICY, wait=1)))


@given(KEYS, DOCUMENTS.map(Policy.from_dict), WORDS_OF_A_SERVER)
def test_policies_of_somebody_else(key: str, policy: Policy, request_id: str) -> None:
    """An error shows what is different, whoever wrote it."""
    there = Client(policy.to_json(), request_id)

    async def changed(policies: KeyPolicies) -> None:
        plan = await policies.plan(key, POLICY)
        there.answer["Policy"] = POLICY.to_json()
        await policies.apply(plan)

    assert_safe(shown(there, lambda policies: policies.wait_until_equivalent(key, POLICY, 1)))
    there = Client(policy.to_json(), request_id)
    assert_safe(shown(there, changed))
    assert_safe(shown(there, lambda policies: policies.put(key, policy)))


def test_policies_in_the_log() -> None:
    """Their text is JSON, which quotes; what KMS stores and terminals obey is an escape."""
    policy = statements.enable_iam_policies(ACCOUNT).named(f"{MALLORY} \x85\x9b\xad")
    lines = [*shown(Client("", ""), lambda policies: policies.put("k", Policy([policy])))]
    assert any(r"\x85\x9b\xad" in line for line in lines)
    assert_safe(iter(lines))


@given(KEYS, TEXTS, WORDS_OF_A_SERVER)
def test_warnings_of_what_was_put(key: str, text: str, request_id: str) -> None:
    """The words of a policy that lets everyone in are logged."""
    condition = Condition("StringEquals", "kms:EncryptionContext:a", [text, f"{MALLORY} {text}"])
    everyone = allow("kms:Decrypt").to(Principal.everyone()).when(condition).named(text or "a")
    policy = POLICY.with_statement(everyone)
    guard = Guard(ignore=["UNSUPPORTED_CHARACTER", "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA"])
    lines = [*shown(Client("", request_id), lambda policies: policies.put(key, policy, guard=guard))]
    assert any("PUBLIC_ACCESS" in line for line in lines)
    assert_safe(iter(lines))


@given(WORDS_OF_A_SERVER, WORDS_OF_A_SERVER)
def test_keys_that_were_created(arn: str, request_id: str) -> None:
    """Their ids are words of a service, which are logged."""
    client = Client("", request_id)
    client.answer["KeyMetadata"] = {"Arn": arn or "a"}
    assert_safe(shown(client, lambda policies: policies.create(POLICY)))


@given(KEYS)
def test_keys_that_cannot_be(key: str) -> None:
    """Of many, too: a key that is under way, and what is not a pair."""

    async def work(policies: KeyPolicies) -> None:
        items: list[Any] = [(key, POLICY), (key, POLICY), key]
        async for result in policies.put_many(items):
            if result.error is not None:
                raise result.error

    client = Client("", "")
    assert_safe(shown(client, work))
    assert_safe(shown(client, lambda policies: policies.put(f"alias/{key}", POLICY)))
