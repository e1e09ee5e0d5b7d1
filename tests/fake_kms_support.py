"""What the tests of FakeKMS share: who calls, and how a refusal is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from kmspolicy import Policy, Principal, allow, statements

if TYPE_CHECKING:
    from kmspolicy.testing import FakeKMS

ACCOUNT = "111122223333"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
APP = f"arn:aws:iam::{ACCOUNT}:role/App"
ADMIN = statements.enable_iam_policies(ACCOUNT)
LOCKOUT = "The new key policy will not allow you to update the key policy in the future."
PRINCIPALS = "Policy contains a statement with one or more invalid principals."


async def refused(fake: FakeKMS, policy: str | Policy, **more: Any) -> tuple[str, str]:
    """Put a policy that is refused, and return code and text; the old policy is still there."""
    key_id = fake.add_key()
    text = policy if isinstance(policy, str) else policy.to_json()
    with pytest.raises(ClientError) as caught:
        await fake.put_key_policy(KeyId=key_id, Policy=text, **more)
    assert fake.policy(key_id) == statements.default_policy(ACCOUNT)
    error: Any = caught.value.response
    assert caught.value.operation_name == "PutKeyPolicy"
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400
    return error["Error"]["Code"], error["Error"]["Message"]


MALFORMED = "MalformedPolicyDocumentException"
TO_ALICE = allow("kms:Sign").to(Principal.arn(ALICE))


def error_of(error: ClientError) -> dict[str, Any]:
    """Return what the answer says of the error."""
    response: Any = error.response
    said: dict[str, Any] = response["Error"]
    return said
