"""Compare our actions with the operations of the installed botocore; run by ``nox -s vocabulary``.

ReEncrypt is an operation and no action: it is allowed as ReEncryptFrom and ReEncryptTo.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

from botocore.session import get_session

from kmspolicy._language._actions import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

NOT_AN_ACTION = {"ReEncrypt"}


def missing(operations: Iterable[str]) -> list[str]:
    """Say what botocore knows and we do not."""
    known = {facts.name.removeprefix("kms:") for facts in ACTIONS.values()}
    return [
        f"kms:{name} is missing in _vocabulary.py: add it, with its access level and effect"
        for name in sorted(set(operations) - NOT_AN_ACTION - known)
    ]


def main() -> int:
    """Print the comparison; return 1 where something is missing."""
    operations: list[str] = get_session().get_service_model("kms").operation_names
    found = missing(operations)
    lines = [
        *found,
        f"botocore {version('botocore')}: {len(operations)} operations, {len(found)} missing here",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
