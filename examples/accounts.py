"""Read the policies of all keys of several accounts and Regions, by a role in each account, into a folder, and report on them.

Runs against moto, which has KMS, IAM and STS for tests, in the same process: nothing leaves this machine. With AWS, open clients
without ``endpoint_url``; the role needs ``kms:ListKeys``, ``kms:DescribeKey`` and ``kms:GetKeyPolicy``, and must trust whoever runs this.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp
import attrs
from aiobotocore.session import get_session
from moto.server import ThreadedMotoServer

from kmspolicy import KeyPolicies, Policy, Principal, allow, statements, translate_errors
from kmspolicy.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractAsyncContextManager

    from types_aiobotocore_kms import KMSClient

ROLE = "KeyAudit"
AT_ONCE = 4

Keys = dict[str, str]  # the keyword arguments of a client that are credentials


class Place(NamedTuple):
    """An account and a Region in which keys are."""

    account: str
    region: str


class Row(NamedTuple):
    """The result for a place: how many policies were read, and the errors."""

    place: Place
    read: int
    problems: tuple[str, ...] = ()


@attrs.frozen
class Reader:
    """A reader of the policies of keys in many places, a few places at a time.

    Attributes:
        folder: Where the files go, one for each key.
        own: The credentials that may assume the roles.
        endpoint_url: Where the clients connect to; None for AWS.
    """

    folder: Path
    own: Keys
    endpoint_url: str | None = None

    def client(self, service: str, region: str, credentials: Keys) -> AbstractAsyncContextManager[Any]:
        """Return a client, to be opened with ``async with``, which closes its connections."""
        create: Any = get_session().create_client  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - other services
        client: AbstractAsyncContextManager[Any] = create(
            service, region_name=region, endpoint_url=self.endpoint_url, **credentials
        )
        return client

    async def read(self, places: Iterable[Place]) -> list[Row]:
        """Read all places; one that refuses is a row, and no failure."""
        free = asyncio.Semaphore(AT_ONCE)

        async def one(place: Place) -> Row:
            async with free:
                try:
                    with translate_errors():
                        return await self._place(place)
                except CallError as error:
                    return Row(place, 0, (str(error),))

        return await asyncio.gather(*map(one, places))

    async def _place(self, place: Place) -> Row:
        credentials = await self.assume(place.account)
        folder = self.folder / place.account / place.region
        folder.mkdir(parents=True, exist_ok=True)
        problems: list[str] = []
        async with self.client("kms", place.region, credentials) as kms:
            known = await _keys_of_customers(kms)
            async with KeyPolicies(kms).get_many(known) as results:
                async for result in results:
                    if result.error is not None:
                        problems.append(f"{result.key_id}: {result.error}")
                        continue
                    answers = {"KeyMetadata": known[result.key_id], "Policy": result.unwrap().to_json()}
                    text = json.dumps(answers, indent=2, default=str)
                    (folder / f"{result.key_id}.json").write_text(text, encoding="utf-8")
        return Row(place, len(known) - len(problems), tuple(problems))

    async def assume(self, account: str) -> Keys:
        """Return the credentials of the role in an account."""
        async with self.client("sts", "us-east-1", self.own) as sts:
            arn = f"arn:aws:iam::{account}:role/{ROLE}"
            given = (await sts.assume_role(RoleArn=arn, RoleSessionName="key-audit"))["Credentials"]
        return credentials_of(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def credentials_of(key_id: str, secret: str, token: str = "") -> Keys:
    """Return credentials as a client takes them."""
    keys = {"aws_access_key_id": key_id, "aws_secret_access_key": secret}
    return keys | ({"aws_session_token": token} if token else {})


async def _keys_of_customers(kms: KMSClient) -> dict[str, Any]:
    """Return the metadata of all keys but those that AWS manages, whose policies nobody else can change."""
    known: dict[str, Any] = {}
    async for page in kms.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            metadata = (await kms.describe_key(KeyId=key.get("KeyId", "")))["KeyMetadata"]
            if metadata.get("KeyManager") == "CUSTOMER":
                known[metadata["KeyId"]] = metadata
    return known


# --- the demonstration -----------------------------------------------------------------------------

ACCOUNTS = ("111122223333", "444455556666", "777788889999")
REGIONS = ("eu-west-1", "us-east-1")
ROLE_MAY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["kms:ListKeys", "kms:DescribeKey", "kms:GetKeyPolicy"],
            "Resource": "*",
        }
    ],
}


async def prepare(reader: Reader) -> Keys:
    """Make keys and roles, of which one may do nothing; return the credentials of a user who may assume them."""
    for account in ACCOUNTS:
        credentials = await reader.assume(account)
        async with reader.client("iam", "us-east-1", credentials) as iam:
            await iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument="{}")
            if account != ACCOUNTS[-1]:
                await iam.put_role_policy(
                    RoleName=ROLE, PolicyName="audit", PolicyDocument=json.dumps(ROLE_MAY)
                )
        root = statements.enable_iam_policies(account)
        shared = allow("kms:Decrypt").to(Principal.account("999988887777")).named("Share")
        for region in REGIONS:
            async with reader.client("kms", region, credentials) as kms:
                for policy in (Policy([root]), Policy([root, shared])):
                    await kms.create_key(Policy=policy.to_json())
    async with reader.client("iam", "us-east-1", reader.own) as iam:
        await iam.create_user(UserName="auditor")
        may = ROLE_MAY | {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}
        await iam.put_user_policy(UserName="auditor", PolicyName="audit", PolicyDocument=json.dumps(may))
        key = (await iam.create_access_key(UserName="auditor"))["AccessKey"]
    return credentials_of(key["AccessKeyId"], key["SecretAccessKey"])


async def demonstrate(endpoint_url: str, folder: Path) -> bool:
    """Read three accounts in two Regions each, one of which refuses, and report; return whether all was as expected.

    In a shell the report is ``kmspolicy report FOLDER --trusted 444455556666 -o report.html``, a page.
    """
    reader = Reader(folder, credentials_of("testing", "testing"), endpoint_url)
    auditor = attrs.evolve(reader, own=await prepare(reader))
    # From here on moto asks IAM: http://docs.getmoto.org/en/latest/docs/iam.html
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{endpoint_url}/moto-api/reset-auth", data="0") as answer,
    ):
        answer.raise_for_status()
    rows = await auditor.read(Place(account, region) for account in ACCOUNTS for region in REGIONS)
    for row in rows:
        print(*row.place, f"{row.read} policies", *row.problems)
    command = [
        sys.executable,
        "-m",
        "kmspolicy",
        "report",
        str(folder),
        "--trusted",
        ACCOUNTS[1],
        "-f",
        "jsonl",
    ]
    reported = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await reported.communicate()
    shared = [(key, entry) for key in map(json.loads, out.splitlines()) for entry in key["outside"]]
    for key, entry in shared:
        print(f"{key['key_arn']}: {entry['group']}: {entry['who']}")
    return (
        [row.read for row in rows] == [2, 2, 2, 2, 0, 0]
        and all(row.problems for row in rows[-2:])
        and len(shared) == sum(row.read for row in rows) // 2
    )


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
        with tempfile.TemporaryDirectory() as folder:
            good = asyncio.run(demonstrate(f"http://{host}:{port}", Path(folder)))
    finally:
        server.stop()
    print("All as expected." if good else "SOMETHING DIFFERED.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
