"""Audit the policies of all keys of an account and Region: who outside of the account can use them, and what is wrong with them.

Runs against moto, a KMS server for tests, in the same process: nothing leaves this machine. With AWS, open a client without
``endpoint_url``; it needs ``kms:ListKeys`` and ``kms:GetKeyPolicy``.
"""

from __future__ import annotations

import asyncio
import csv
import logging
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from aiobotocore.session import get_session
from moto.server import ThreadedMotoServer

from kmspolicy import (
    Access,
    KeyPolicies,
    Policy,
    Principal,
    Severity,
    access,
    allow,
    check,
    prove,
    statements,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from types_aiobotocore_kms import KMSClient

ACCOUNT = "123456789012"  # moto's
NO_ACCESS = (Access.DENIED, Access.NOTHING)


class Row(NamedTuple):
    """What is known of a key."""

    key_id: str
    public: str
    can_decrypt: str
    findings: str


def row_of(key_id: str, policy: Policy) -> Row:
    """Judge a policy: by proof who of the public has access, and by a table who may decrypt."""
    public = prove.no_public_access(policy, account=ACCOUNT)
    table = access(policy, account=ACCOUNT)
    decrypting = [name for _, name in table.principals if table[name, "kms:Decrypt"].access not in NO_ACCESS]
    worth_a_look = [one.code for one in check(policy, account=ACCOUNT) if one.severity >= Severity.WARNING]
    return Row(
        key_id,
        "no" if public.holds else str(public),
        "; ".join(sorted(decrypting)),
        " ".join(sorted(set(worth_a_look))),
    )


async def key_ids(client: KMSClient) -> AsyncIterator[str]:
    """Go through all keys, page by page."""
    async for page in client.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            if "KeyId" in key:
                yield key["KeyId"]


async def audit(client: KMSClient) -> list[Row]:
    """Read the policies of all keys and judge them; a key that cannot be read is a row, too."""
    rows: list[Row] = []
    async with KeyPolicies(client).get_many(key_ids(client)) as results:
        async for result in results:
            if result.error is not None:
                rows.append(Row(result.key_id, "not read", "", str(result.error)))
            else:
                rows.append(row_of(result.key_id, result.unwrap()))
    return rows


async def demonstrate(endpoint_url: str) -> bool:
    """Make three keys, one of which is public, and audit them; return whether the audit finds that one."""
    root = statements.enable_iam_policies(ACCOUNT)
    app = allow("kms:Decrypt").to(Principal.role(ACCOUNT, "App"))
    public = allow("kms:Decrypt", "kms:GenerateDataKey").to(Principal.everyone())
    async with get_session().create_client(  # pyright: ignore[reportUnknownMemberType] - other services
        "kms",
        region_name="us-east-1",
        endpoint_url=endpoint_url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    ) as client:
        for policy in (Policy([root]), Policy([root, app]), Policy([root, public])):
            await client.create_key(Policy=policy.to_json())
        rows = await audit(client)
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(Row._fields)
    out.writerows(rows)
    return sorted(row.public == "no" for row in rows) == [False, True, True]


def main() -> int:
    """Start the server, demonstrate, and return whether anything differed."""
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
    print("All as expected." if good else "SOMETHING DIFFERED.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
