"""The documents: AWS's example of PutKeyPolicy, and as many copies of it, each for another account, as KMS takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).parent.parent / "tests" / "data" / "put-key-policy-example.json"
EXAMPLE: dict[str, Any] = json.loads(FILE.read_bytes())
ID: str = EXAMPLE["Id"]
_SIDS = [statement["Sid"] for statement in EXAMPLE["Statement"]]
_LARGEST = 32_768


class Names(NamedTuple):
    """The names that differ from copy to copy, prepared before the measurement."""

    account: str
    root: str
    admin_user: str
    admin_role: str
    power_user: str
    sids: tuple[str, str, str, str]


def names(number: int) -> Names:
    """Name those of a copy; the first is the example itself, and all have the same length."""
    account = str(111122223333 + number)
    arn = f"arn:aws:iam::{account}:"
    one, two, three, four = (f"{sid[:-2]}{number:02}" if number else sid for sid in _SIDS)
    return Names(
        account,
        f"{arn}root",
        f"{arn}user/ExampleAdminUser",
        f"{arn}role/ExampleAdminRole",
        f"{arn}role/ExamplePowerUserRole",
        (one, two, three, four),
    )


def compact(data: object) -> str:
    """Write JSON without white space, as KMS counts it."""
    return json.dumps(data, separators=(",", ":"))


COPIES = (_LARGEST - len(compact({**EXAMPLE, "Statement": []}))) // len(compact(EXAMPLE["Statement"]))
SIZES: dict[str, tuple[Names, ...]] = {
    "example": (names(0),),
    "32 KiB": tuple(names(number) for number in range(COPIES)),
}
