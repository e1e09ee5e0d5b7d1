"""Compare our actions with the operations of the installed botocore; run by ``nox -s vocabulary``.

The names differ in three: ReEncrypt is allowed as ReEncryptFrom and ReEncryptTo, and SynchronizeMultiRegionKey is an
action of KMS itself, which nobody can call.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

from botocore.session import get_session

from kmspolicy._vocabulary import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

NOT_AN_ACTION = {"ReEncrypt"}
NOT_AN_OPERATION = {"ReEncryptFrom", "ReEncryptTo", "SynchronizeMultiRegionKey"}


def differences(operations: Iterable[str]) -> list[str]:
    """Say what botocore knows and we do not, and the other way round."""
    known = {facts.name.removeprefix("kms:") for facts in ACTIONS.values()}
    there = set(operations)
    return [
        *(
            f"kms:{name} is missing in _vocabulary.py: add it, with its access level and effect"
            for name in sorted(there - NOT_AN_ACTION - known)
        ),
        *(
            f"kms:{name} is not an operation of botocore any more"
            for name in sorted(known - NOT_AN_OPERATION - there)
        ),
    ]


def main() -> int:
    """Print the comparison; return 1 where there is a difference."""
    operations: list[str] = get_session().get_service_model("kms").operation_names
    found = differences(operations)
    lines = [
        *found,
        f"botocore {version('botocore')}: {len(operations)} operations, {len(found)} differences",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
