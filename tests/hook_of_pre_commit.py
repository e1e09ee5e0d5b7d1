"""Run the hook of this repository as its users do, on a repository that should pass and one that should not: ``nox -s gate``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from kmspolicy import Policy, Principal, allow, statements

ROOT: Final = Path(__file__).parents[1]
ADMIN: Final = statements.enable_iam_policies("111122223333")


class Case(NamedTuple):
    """A policy in the repository, and what the hook makes of it."""

    policy: Policy
    code: int
    words: str


CASES: Final = (
    Case(Policy([ADMIN]), 0, "Passed"),
    Case(Policy([ADMIN, allow("kms:Decrypt").to(Principal.everyone())]), 1, "PUBLIC_ACCESS"),
)


def run(case: Case) -> bool:
    """Commit nothing, run the hook on all files, and return whether it did what it should."""
    with TemporaryDirectory() as folder:
        Path(folder, "key.json").write_text(case.policy.to_json(), encoding="utf-8")
        Path(folder, "package.json").write_text("{}", encoding="utf-8")  # without a policy: to be skipped
        for command in (("git", "init", "-q"), ("git", "add", ".")):
            subprocess.run(command, cwd=folder, check=True)  # noqa: S603 - git of the developer
        hook = ("pre-commit", "try-repo", str(ROOT), "kmspolicy-check", "--all-files")
        done = subprocess.run(hook, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - pre-commit of the session
    right = (done.returncode, case.words in done.stdout) == (case.code, True)
    if not right:
        print(done.stdout, done.stderr)  # noqa: T201 - a script
    return right


if __name__ == "__main__":
    results = [run(case) for case in CASES]
    sys.exit(not all(results))
