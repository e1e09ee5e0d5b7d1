"""A web service that makes a KMS key for each tenant, and lets the tenant's readers use it.

``uvicorn --factory tenant_keys:service`` in this folder starts it, with the credentials of its environment; its tests
(``tests/test_tenant_keys.py``) run it with a KMS in memory. Run as a script, it serves one tenant in the same way.
"""

from __future__ import annotations

import os
import sys
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Annotated

from aiobotocore.session import get_session
from fastapi import Depends, FastAPI, Request, status
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from pydantic import BaseModel

from kmspolicy import Guard, KeyPolicies, KeyPolicyClient, Policy, Principal, errors, statements
from kmspolicy.testing import FakeKMS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    Opens = Callable[[], AbstractAsyncContextManager[KeyPolicyClient]]

ACCOUNT = os.environ.get("TENANT_KEYS_ACCOUNT", "111122223333")
STATUS = {
    errors.NotFoundException: status.HTTP_404_NOT_FOUND,
    errors.AccessDeniedException: status.HTTP_403_FORBIDDEN,
    errors.PolicyCheckError: status.HTTP_422_UNPROCESSABLE_CONTENT,
    errors.PolicyDocumentError: status.HTTP_422_UNPROCESSABLE_CONTENT,
    errors.NotShownError: status.HTTP_422_UNPROCESSABLE_CONTENT,
    errors.PolicyChangedError: status.HTTP_409_CONFLICT,
}
"""The HTTP status for each error; all others come from KMS, or from the way there."""


class Tenant(BaseModel):
    """What the service is told of a tenant."""

    name: str
    role: str
    """The role of the tenant's application, in this account."""


class Key(BaseModel):
    """What the service says of a key."""

    key_id: str
    readers: list[str]
    findings: list[str]


def policy_for(tenant: Tenant) -> Policy:
    """Return the policy of a new key: the account administers it, the tenant's role uses it."""
    use = statements.key_users(Principal.role(ACCOUNT, tenant.role)).named("Readers")
    return Policy([statements.enable_iam_policies(ACCOUNT), use], id=f"tenant {tenant.name}")


def key_of(key_id: str, policy: Policy, findings: list[str]) -> Key:
    """Return what is said of a key."""
    readers = [
        name
        for statement in policy.statements
        if statement.sid == "Readers"
        for _, name in statement.principal or ()
    ]
    return Key(key_id=key_id, readers=readers, findings=findings)


def service(opens: Opens | None = None) -> FastAPI:
    """Return the service.

    Args:
        opens: Opens a KMS client; None for one of aiobotocore, with the settings of the environment.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with (opens or _aiobotocore)() as client:  # one client for all requests
            app.state.policies = KeyPolicies(client, account=ACCOUNT, guard=Guard(no_public_access=True))
            yield

    app = FastAPI(title="Tenant keys", lifespan=lifespan)
    app.add_exception_handler(errors.KeyPolicyError, failed)
    app.post("/keys", status_code=status.HTTP_201_CREATED)(create_key)
    app.put("/keys/{key_id}/readers/{role}")(add_reader)
    app.delete("/keys/{key_id}/readers/{role}")(remove_reader)
    return app


def _aiobotocore() -> AbstractAsyncContextManager[KeyPolicyClient]:
    return get_session().create_client("kms")  # pyright: ignore[reportUnknownMemberType] - other services


def key_policies(request: Request) -> KeyPolicies:
    """Return the key policies of the open client."""
    policies: KeyPolicies = request.app.state.policies
    return policies


Policies = Annotated[KeyPolicies, Depends(key_policies)]


async def create_key(tenant: Tenant, policies: Policies) -> Key:
    """Make a key for a tenant; it has its policy from its first moment."""
    policy = policy_for(tenant)
    created = await policies.create(policy, description=f"tenant {tenant.name}", tags={"tenant": tenant.name})
    return key_of(created.key_id, policy, [str(finding) for finding in created.findings])


async def add_reader(key_id: str, role: str, policies: Policies) -> Key:
    """Let another role use the key; it does no harm to do it twice."""
    result = await policies.add_principal(key_id, Principal.role(ACCOUNT, role), sid="Readers")
    return key_of(key_id, await policies.get(key_id), [str(finding) for finding in result.findings])


async def remove_reader(key_id: str, role: str, policies: Policies) -> Key:
    """Let a role use the key no longer."""
    await policies.remove_principal(key_id, Principal.role(ACCOUNT, role), sid="Readers")
    return key_of(key_id, await policies.get(key_id), [])


async def failed(_: Request, error: Exception) -> JSONResponse:
    """Answer with what was wrong; say whether the request may be sent again, and whether something may have been done."""
    code = next((code for cls, code in STATUS.items() if isinstance(error, cls)), status.HTTP_502_BAD_GATEWAY)
    body = {
        "error": type(error).__name__,
        "message": str(error),
        "try_again": getattr(error, "is_retry_safe", False),
        "may_be_done": getattr(error, "outcome_unknown", False),
    }
    return JSONResponse(body, status_code=code)


def main() -> int:
    """Serve one tenant, with a KMS in memory, and return whether anything differed."""
    kms = FakeKMS()
    with TestClient(service(lambda: kms)) as client:
        made = client.post("/keys", json={"name": "seven", "role": "Seven"}).json()
        print("created:", made)
        more = client.put(f"/keys/{made['key_id']}/readers/Eight").json()
        print("another reader:", more["readers"])
        refused = client.delete("/keys/1234abcd-12ab-34cd-56ef-999999999999/readers/Eight")
        print("no such key:", refused.status_code, refused.json()["error"])
    good = (len(more["readers"]), refused.status_code) == (2, status.HTTP_404_NOT_FOUND)
    print("All as expected." if good else "SOMETHING DIFFERED.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
