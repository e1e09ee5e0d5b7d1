"""What the tests of the client share: statements, what was called, a client with answers of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmspolicy import Principal, allow, statements

if TYPE_CHECKING:
    from kmspolicy.testing import FakeKMS

ACCOUNT = "111122223333"
ALICE = Principal.user(ACCOUNT, "alice")
BOB = Principal.user(ACCOUNT, "bob")
ADMIN = statements.enable_iam_policies(ACCOUNT)
SIGN = allow("kms:Sign").to(ALICE).named("sign")


def operations(fake: FakeKMS) -> list[str]:
    """List what was called."""
    return [operation for operation, _ in fake.calls]


class Scripted:
    """A client that answers reads with what it was given, in order."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = list(answers)
        self.calls: list[dict[str, Any]] = []

    async def get_key_policy(self, **parameters: Any) -> dict[str, Any]:
        self.calls.append(parameters)
        return self.answers.pop(0)

    put_key_policy = list_key_policies = get_key_policy
