"""Prove that no policy of a fleet grants more than an organisation permits, on several processes with Dask.

``python examples/prove_a_fleet.py LIMIT FOLDER`` proves it of the ``*.json`` files of a folder; LIMIT is the file of a policy
that grants the most that may be granted. For each policy that grants more it prints a request that shows it, and returns 1.
Without arguments it writes a fleet of its own, and says how long it takes on one, two and four processes.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import dask.bag

from kmspolicy import Policy, Principal, allow, conditions, deny, errors, prove, statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kmspolicy import Statement

ORGANISATION = "o-a1b2c3d4e5"
ACCOUNTS = [str(111122223333 + number) for number in range(40)]
PARTNER = "999900001111"
FILES = 240
TEAMS = 4
ODD = 40
"""Every fortieth policy grants too much."""


class Proved(NamedTuple):
    """What was proved of a file, as plain values that can be sent between processes."""

    name: str
    verdict: str
    words: str

    @property
    def is_within(self) -> bool:
        """Whether it is shown that the policy stays within the limit."""
        return self.verdict == "holds"


def prove_file(path: Path, limit: str) -> Proved:
    """Prove that a policy stays within a limit: a pure function of two texts."""
    try:
        policy = Policy.from_json(path.read_text(encoding="utf-8"))
    except (errors.PolicyDocumentError, UnicodeDecodeError) as error:
        return Proved(path.name, "unreadable", str(error))
    verdict = prove.grants_at_most(policy, Policy.from_json(limit))
    return Proved(path.name, verdict.to_dict()["verdict"], str(verdict))


def prove_folder(folder: Path, limit: str, processes: int) -> list[Proved]:
    """Prove it of all files of a folder, in an order that does not depend on the number of processes."""
    # Dask has no types for this. On a cluster the same bag is computed by a dask.distributed.Client.
    bag: Any = cast("Any", dask.bag).from_sequence(sorted(folder.glob("*.json")), npartitions=8 * processes)
    scheduler = "processes" if processes > 1 else "synchronous"
    proved: list[Proved] = bag.map(prove_file, limit=limit).compute(
        scheduler=scheduler, num_workers=processes
    )
    return proved


def summary(proved: Sequence[Proved]) -> str:
    """Say what is not shown to be within the limit, and why."""
    beyond = [each for each in proved if not each.is_within]
    lines = [
        f"{len(proved)} policies, {len(proved) - len(beyond)} of which are shown to stay within the limit"
    ]
    return "\n".join([*lines, *(f"{each.name}: {each.words}" for each in beyond)])


# --- a fleet to prove it of --------------------------------------------------------------------------


def the_limit() -> Policy:
    """Return the most that a key may grant: to accounts of the organisation, and to services that act for it."""
    accounts = [Principal.account(account) for account in ACCOUNTS]
    ours = conditions.principal_org_id.equals(ORGANISATION)
    source = conditions.source_org_id.equals(ORGANISATION)
    return Policy(
        [
            *(allow("kms:*").to(account) for account in accounts),
            statements.key_users(Principal.everyone()).when(ours),
            *(
                statements.key_users(Principal.service(f"{name}.amazonaws.com")).when(source)
                for name in ("cloudtrail", "logs", "s3", "sns", "sqs")
            ),
        ]
    )


def a_policy(number: int) -> Policy:
    """Return a policy as a team writes it; some of them grant too much."""
    account = ACCOUNTS[number % len(ACCOUNTS)]
    region = ("us-east-1", "eu-central-1", "ap-southeast-2")[number % 3]
    app, admin = (Principal.role(account, f"{name}-{number}") for name in ("App", "Admin"))
    ours = conditions.principal_org_id.equals(ORGANISATION)
    teams = [
        conditions.principal_arn.like(f"arn:aws:iam::{account}:role/team-{number + other}/*")
        for other in range(TEAMS)
    ]
    via = conditions.via_service.like(f"*.{region}.amazonaws.com")
    source = conditions.source_org_id.equals(ORGANISATION)
    return Policy(
        [
            statements.enable_iam_policies(account),
            statements.key_administrators(admin),
            statements.key_users(app),
            *(allow("kms:Decrypt").to(Principal.everyone()).when(ours & team) for team in teams),
            allow("kms:Decrypt").to(Principal.everyone()).when(ours & via),
            allow("kms:GenerateDataKey*").to(Principal.service("cloudtrail.amazonaws.com")).when(source),
            deny("kms:ScheduleKeyDeletion", "kms:DisableKey").to(app),
            *([] if number % ODD else [too_much(number // ODD)]),
        ]
    )


def too_much(number: int) -> Statement:
    """Return a statement that grants more than the organisation permits."""
    mistakes = (
        allow("kms:Decrypt").to(Principal.role(PARTNER, "Reader")),
        allow("kms:Decrypt")
        .to(Principal.everyone())
        .when(conditions.via_service.equals("s3.us-east-1.amazonaws.com")),
        allow("kms:*").to(Principal.everyone()).when(conditions.principal_org_id.equals(ORGANISATION)),
        allow("kms:Decrypt")
        .to(Principal.everyone())
        .when(conditions.principal_org_id.if_exists.equals(ORGANISATION)),
    )
    return mistakes[number % len(mistakes)].named("Too much")


def demonstrate() -> bool:
    """Prove it of a fleet, on more and more processes; return whether the answers were as they should be."""
    limit = the_limit().to_json()
    found: list[list[Proved]] = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(FILES):
            (folder / f"key-{number:04}.json").write_text(a_policy(number).to_json(), encoding="utf-8")
        print(f"{FILES} policies, {os.cpu_count()} processors")
        for processes in (1, 2, 4):
            started = time.perf_counter()
            found.append(prove_folder(folder, limit, processes))
            print(
                f"{processes} {'process' if processes == 1 else 'processes'}: {time.perf_counter() - started:.1f} s"
            )
    print(summary(found[0]))
    same = all(proved == found[0] for proved in found)
    beyond = {each.name for each in found[0] if each.verdict == "fails"}
    print(f"On all of them: {'the same verdicts.' if same else 'OTHER VERDICTS.'}")
    return same and beyond == {f"key-{number:04}.json" for number in range(0, FILES, ODD)}


def main(arguments: Sequence[str]) -> int:
    """Prove it of the folder that was given, or demonstrate."""
    if not arguments:
        return 0 if demonstrate() else 1
    limit, folder = arguments
    proved = prove_folder(Path(folder), Path(limit).read_text(encoding="utf-8"), 2)
    print(summary(proved))
    return int(not all(each.is_within for each in proved))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
