"""Put a policy on many keys, with a progress bar of rich on the callback.

Runs against the KMS in memory of ``kmspolicy.testing``: nothing leaves this machine.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from kmspolicy import KeyPolicies, KeyResult, Policy, Principal, PutResult, allow, errors, statements
from kmspolicy.testing import FakeKMS

ACCOUNT = "111122223333"
KEYS = 90
RATE = 60.0  # KMS accepts 15 a second; more keep the demonstration short
MISSING = "1234abcd-12ab-34cd-56ef-999999999999"


def policy_of_values() -> Policy:
    """Build the policy that all keys shall have."""
    app = Principal.role(ACCOUNT, "App")
    return Policy(
        [
            statements.enable_iam_policies(ACCOUNT),
            allow("kms:Decrypt", "kms:GenerateDataKey").to(app).named("App"),
        ]
    )


async def put_all(
    policies: KeyPolicies, key_ids: list[str], policy: Policy, console: Console
) -> list[KeyResult[PutResult]]:
    """Put the policy on each key under a progress bar; return the results of those that failed."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("putting", total=len(key_ids))

        def progress(done: int, _: KeyResult[PutResult]) -> None:
            bar.update(task, completed=done)

        items = ((key_id, policy) for key_id in key_ids)
        async with policies.put_many(items, rate=RATE, progress=progress) as results:
            return [result async for result in results if result.error is not None]


async def demonstrate(console: Console) -> bool:
    """Put on many keys, of which one does not exist, while KMS throttles; return whether all went as it should."""
    kms, policy = FakeKMS(), policy_of_values()
    key_ids = [kms.add_key() for _ in range(KEYS)]
    kms.fail("ThrottlingException", times=3)  # the library retries, a little slower
    failed = await put_all(KeyPolicies(kms), [*key_ids[:50], MISSING, *key_ids[50:]], policy, console)

    requests = Counter(operation for operation, _ in kms.calls)["PutKeyPolicy"]
    console.print(f"\n{KEYS + 1 - len(failed)} put, {len(failed)} failed, {requests} requests sent")
    for result in failed:
        console.print(f"  {result.key_id}: {type(result.error).__name__}")
    there = all(kms.policy(key_id) == policy for key_id in key_ids)
    only_the_missing = [(result.key_id, type(result.error)) for result in failed] == [
        (MISSING, errors.NotFoundException)
    ]
    return there and only_the_missing


def main() -> int:
    """Demonstrate, and return whether anything differed."""
    console = Console(highlight=False)
    good = asyncio.run(demonstrate(console))
    console.print("\nAll as expected." if good else "\nSOMETHING DIFFERED.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
