"""Put the same policy on a multi-Region key and its replicas, with one client each, and compare what reads back.

Runs against moto, a KMS server for tests, in the same process: nothing leaves this machine.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import AsyncExitStack

from aiobotocore.session import get_session
from moto.server import ThreadedMotoServer

from kmspolicy import KeyPolicies, Policy, Principal, allow, errors, statements

ACCOUNT = "111122223333"
PRIMARY = "us-east-1"
REPLICAS = ("eu-central-1", "ap-southeast-2")


def policy_of_values() -> Policy:
    """Build a policy that says the same in every Region."""
    return Policy(
        [
            statements.enable_iam_policies(ACCOUNT),
            statements.key_administrators(Principal.role(ACCOUNT, "KeyAdmin"), multi_region=True),
            allow("kms:Decrypt", "kms:GenerateDataKey*").to(Principal.role(ACCOUNT, "App")).named("App"),
        ]
    )


async def put_everywhere(
    regions: dict[str, KeyPolicies], key_id: str, policy: Policy
) -> dict[str, errors.KeyPolicyError]:
    """Put a policy in each Region at the same time, and wait until it reads back; return what failed."""
    failed: dict[str, errors.KeyPolicyError] = {}

    async def put(region: str, policies: KeyPolicies) -> None:
        # Inside of the task: an error that came out of it would cancel the puts of the other Regions half-way.
        try:
            result = await policies.ensure(key_id, policy, wait=60)
        except errors.KeyPolicyError as error:
            failed[region] = error
        else:
            print(f"  {region}: {'put' if result.changed else 'has it already'}")

    async with asyncio.TaskGroup() as group:
        for region, policies in regions.items():
            group.create_task(put(region, policies))
    return failed


async def demonstrate(endpoint_url: str) -> bool:
    """Create, replicate, put, read back; return whether all Regions have the same."""
    policy = policy_of_values()
    session = get_session()
    async with AsyncExitStack() as stack:
        clients = {
            region: await stack.enter_async_context(
                session.create_client(  # pyright: ignore[reportUnknownMemberType] - other services
                    "kms",
                    region_name=region,
                    endpoint_url=endpoint_url,
                    aws_access_key_id="testing",
                    aws_secret_access_key="testing",
                )
            )
            for region in (PRIMARY, *REPLICAS)
        }
        regions = {region: KeyPolicies(client) for region, client in clients.items()}

        key_id = (await clients[PRIMARY].create_key(MultiRegion=True))["KeyMetadata"]["KeyId"]
        for region in REPLICAS:
            await clients[PRIMARY].replicate_key(KeyId=key_id, ReplicaRegion=region)
        print(f"key {key_id} is in {', '.join(regions)}\n\nput the same policy in each Region:")

        failed = await put_everywhere(regions, key_id, policy)
        for region, error in failed.items():
            print(f"  {region}: FAILED: {error}")

        print("\nand what there is now:")
        same = not failed
        for region, policies in regions.items():
            plan = await policies.plan(key_id, policy)
            same &= not plan
            print(f"  {region}: {'ANOTHER POLICY' if plan else 'the same'}")

        print("\nonce more, as a job does that runs every night:")
        return not await put_everywhere(regions, key_id, policy) and same


def main() -> int:
    """Start the server, demonstrate, and return whether anything differed."""
    # Neither a proxy nor the AWS settings of the person who runs this are for the demonstration.
    for name in list(os.environ):
        if name.startswith("AWS_") or name.upper() in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # moto's server would print every request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        good = asyncio.run(demonstrate(f"http://{host}:{port}"))
    finally:
        server.stop()
    print("\nAll as expected." if good else "\nSOMETHING DIFFERED.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
