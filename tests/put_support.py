"""What the tests of puts over HTTP share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kmspolicy import Guard, KeyPolicies, Retry

if TYPE_CHECKING:
    from types_aiobotocore_kms import KMSClient

    from kmspolicy.testing import VirtualClock


LOCKOUT = "The new key policy will not allow you to update the key policy in the future."
TIMEOUT = "DependencyTimeoutException"


def key_policies(client: KMSClient, clock: VirtualClock, retry: Retry | None = Retry(4)) -> KeyPolicies:  # noqa: B008 - frozen
    """Return the facade with the sleeps of a virtual clock."""
    return KeyPolicies(client, guard=Guard(refuse=None), retry=retry, sleep=clock.sleep, clock=clock)


async def at_once(_seconds: float) -> None:
    """Stand in for botocore's own sleep."""
