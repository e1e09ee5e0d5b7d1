"""Remove a leaked role from many keys while others change the same policies, and undo it where needed.

Runs on a KMS in memory with a clock that does not wait. With AWS, the same function gets ``KeyPolicies(client)``.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count

from kmspolicy import Guard, KeyPolicies, Plan, Policy, Principal, allow, deny, prove, statements
from kmspolicy.testing import FakeKMS, VirtualClock

ACCOUNT = "111122223333"
LEAKED = Principal.role(ACCOUNT, "Reporting")
STOP = deny("kms:*").to(LEAKED).named("Incident")
KEYS = 200


def stopped(policy: Policy) -> Policy:
    """Remove the role from a policy, and deny it everything; doing it twice changes nothing more."""
    policy = policy.without_principal(LEAKED)
    if any(statement.sid == STOP.sid for statement in policy.statements):
        return policy.exchange_statement(STOP)
    return policy.with_statement(STOP)


async def stop(policies: KeyPolicies, key_ids: list[str]) -> tuple[list[Plan], list[str]]:
    """Stop the role on all keys; return what was done, and the keys that failed."""
    done: list[Plan] = []
    failed: list[str] = []
    shown: set[Policy] = set()
    async with policies.edit_many(key_ids, stopped) as results:
        async for result in results:
            if result.error is not None:
                failed.append(result.key_id)
            elif (plan := result.unwrap().plan) is not None:
                if plan.new not in shown:  # many keys have the same policy
                    prove.access_not_granted(plan.new, "kms:*", principal=LEAKED, account=ACCOUNT).require()
                    shown.add(plan.new)
                done.append(plan)
    return done, failed


async def write_elsewhere(policies: KeyPolicies, key_ids: list[str]) -> None:
    """Do what others do meanwhile: add a reader to every tenth key."""
    for number, key_id in zip(count(), key_ids[::10], strict=False):
        reader = allow("kms:DescribeKey").to(Principal.role(ACCOUNT, f"Reader{number}"))
        await policies.add_statement(key_id, reader.named("Reader"))


async def take_back(policies: KeyPolicies, records: list[str]) -> int:
    """Undo what the records say, if nobody has changed the key since; return on how many keys."""
    plans = [Plan.from_json(text).reversed() for text in records]
    async with policies.apply_many(plans) as results:
        return len([result async for result in results if result.error is None])


async def demonstrate() -> bool:
    """Stop the role on all keys, look, and undo it on one; return whether all went as it should."""
    root = statements.enable_iam_policies(ACCOUNT)
    use = allow("kms:Decrypt").to(Principal.role(ACCOUNT, "App") | LEAKED).named("Use")
    client, clock = FakeKMS(), VirtualClock()
    key_ids = [client.add_key(Policy([root, use])) for _ in range(KEYS)]
    others = KeyPolicies(client, account=ACCOUNT, sleep=clock.sleep, clock=clock)
    policies = KeyPolicies(
        client, account=ACCOUNT, guard=Guard(no_new_access=True), sleep=clock.sleep, clock=clock
    )
    client.fail("AccessDeniedException", operation="PutKeyPolicy", key_id=key_ids[7])

    began = clock()
    (done, failed), _ = await asyncio.gather(stop(policies, key_ids), write_elsewhere(others, key_ids))
    print(f"{len(done)} keys done in {clock() - began:.0f} seconds of KMS's quota; failed: {failed}")
    again, _ = await stop(policies, failed)
    print(f"{len(again)} after another try")

    now = [client.policy(key_id) for key_id in key_ids]
    readers = sum(any(statement.sid == "Reader" for statement in policy.statements) for policy in now)
    print(f"the work of others is there on {readers} keys")
    records = [plan.to_json() for plan in done[:1]]
    back = await take_back(others, records)
    print(f"taken back on {back} key")
    return (len(done), len(again), readers, back) == (KEYS - 1, 1, KEYS // 10, 1)


def main() -> int:
    """Demonstrate, and return whether anything differed."""
    good = asyncio.run(demonstrate())
    print("All as expected." if good else "SOMETHING DIFFERED.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
