"""The tests of an application: the web service of ``examples/tenant_keys.py``, with a KMS in memory."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from kmspolicy import Outcome, Principal, Request, decide
from kmspolicy.testing import FakeKMS

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICE: Any = runpy.run_path(str(Path(__file__).parent.parent / "examples" / "tenant_keys.py"))["service"]
ROLE = Principal.role("111122223333", "Seven")
TENANT = {"name": "seven", "role": "Seven"}


@pytest.fixture
def kms() -> FakeKMS:
    """Return a KMS in memory; the service's credentials are those of a role."""
    return FakeKMS(caller="arn:aws:iam::111122223333:role/Service")


@pytest.fixture
def client(kms: FakeKMS) -> Iterator[TestClient]:
    """Return a client of the service, which runs until the test ends."""
    with TestClient(SERVICE(lambda: kms)) as client:
        yield client


def test_a_tenant_gets_a_key(kms: FakeKMS, client: TestClient) -> None:
    """Its role may use it, and no other role."""
    answer = client.post("/keys", json=TENANT)
    assert answer.status_code == 201
    policy = kms.policy(answer.json()["key_id"])
    assert decide(policy, Request(ROLE, "kms:Decrypt")).outcome is Outcome.ALLOWED
    assert (
        decide(policy, Request(Principal.role("111122223333", "Eight"), "kms:Decrypt")).outcome
        is Outcome.DELEGATED
    )


def test_readers_come_and_go(kms: FakeKMS, client: TestClient) -> None:
    """Twice does no harm, and the last one is not taken out, for the statement would have nobody."""
    key_id = client.post("/keys", json=TENANT).json()["key_id"]
    for _ in range(2):
        assert len(client.put(f"/keys/{key_id}/readers/Eight").json()["readers"]) == 2
    for _ in range(2):
        assert len(client.delete(f"/keys/{key_id}/readers/Eight").json()["readers"]) == 1
    answer = client.delete(f"/keys/{key_id}/readers/Seven")
    assert (answer.status_code, answer.json()["error"]) == (422, "PolicyDocumentError")
    assert [name for name, _ in kms.calls].count("PutKeyPolicy") == 2


@pytest.mark.parametrize(
    ("code", "status", "may_be_done"),
    [
        pytest.param("AccessDeniedException", 403, False, id="not allowed to create keys"),
        pytest.param("KMSInternalException", 502, True, id="a key may have been created"),
    ],
)
def test_what_kms_answers(
    kms: FakeKMS, client: TestClient, code: str, status: int, *, may_be_done: bool
) -> None:
    """It becomes a status and a body that say what to do; nothing is created twice."""
    kms.fail(code, operation="CreateKey")
    answer = client.post("/keys", json=TENANT)
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert (answer.json()["try_again"], answer.json()["may_be_done"]) == (False, may_be_done)
    assert kms.key_ids == ()


def test_a_role_that_cannot_be_one(kms: FakeKMS, client: TestClient) -> None:
    """What callers send is refused before anything is sent to KMS."""
    answer = client.post("/keys", json={"name": "x", "role": "*"})
    assert (answer.status_code, answer.json()["error"]) == (422, "PolicyDocumentError")
    assert kms.calls == []


def test_a_key_that_is_not_there(client: TestClient) -> None:
    """It is not found."""
    assert client.put("/keys/1234abcd-12ab-34cd-56ef-999999999999/readers/Eight").status_code == 404
