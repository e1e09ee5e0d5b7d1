"""Put a key policy made of typed values on a key, and see what happens.

Runs against moto, a KMS server for tests, in the same process: nothing leaves this machine.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys

from aiobotocore.session import get_session
from moto.server import ThreadedMotoServer

from kmspolicy import KeyPolicies, Policy, Principal, allow, errors, statements

ACCOUNT = "111122223333"


def policy_of_values() -> Policy:
    """Build the policy of the example in AWS's reference of PutKeyPolicy."""
    administrators = Principal.user(ACCOUNT, "ExampleAdminUser") | Principal.role(ACCOUNT, "ExampleAdminRole")
    users = Principal.role(ACCOUNT, "ExamplePowerUserRole")
    administration = allow(
        "kms:Create*",
        "kms:Describe*",
        "kms:Enable*",
        "kms:List*",
        "kms:Put*",
        "kms:Update*",
        "kms:Revoke*",
        "kms:Disable*",
        "kms:Get*",
        "kms:Delete*",
        "kms:ScheduleKeyDeletion",
        "kms:CancelKeyDeletion",
    )
    return Policy(
        [
            statements.enable_iam_policies(ACCOUNT),
            administration.to(administrators).named("Allow access for Key Administrators"),
            statements.key_users(users),
            statements.grants_for_aws_resources(users),
        ],
        id="custom-policy-2016-12-07",
    )


async def demonstrate(endpoint_url: str) -> bool:
    """Put, read back, fail; return whether all went as it should."""
    policy = policy_of_values()
    print("A policy is made of values:\n")
    for statement in policy.statements:
        names = ", ".join(name.rpartition(":")[2] for _, name in statement.principal or ())
        print(f"  {statement.effect} {names}: {', '.join(statement.actions)}")

    async with get_session().create_client(  # pyright: ignore[reportUnknownMemberType] - other services
        "kms",
        region_name="us-east-1",
        endpoint_url=endpoint_url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    ) as client:
        policies = KeyPolicies(client)
        key_id = (await client.create_key())["KeyMetadata"]["KeyId"]

        result = await policies.put(key_id, policy)
        print(f"\nput on key {result.key_id}: {result.attempts} request, id {result.request_id}")

        stored = (await client.get_key_policy(KeyId=key_id, PolicyName="default"))["Policy"]
        same = stored == policy.to_json() and Policy.from_json(stored) == policy
        print(f"read back: {len(stored)} characters, {'the same text' if same else 'ANOTHER TEXT'}")

        print("\nput on a key that does not exist:")
        try:
            await policies.put("1234abcd-12ab-34cd-56ef-1234567890ab", policy)
        except errors.NotFoundException as error:
            print(f"  errors.NotFoundException, is_retry_safe={error.is_retry_safe}\n  {error}")
            return same
    print("  IT WAS ACCEPTED")
    return False


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
