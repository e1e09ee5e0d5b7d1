"""Check a large collection of stored policies, the files of a folder, with Dask's local schedulers.

``python examples/check_with_dask.py FOLDER`` checks the ``*.json`` files of a folder and returns 1 if one of them
cannot be put. Without a folder it writes one of its own, checks it by threads and by processes, and compares.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import dask.bag

from kmspolicy import Finding, Policy, Principal, Severity, allow, check, errors, statements

if TYPE_CHECKING:
    from collections.abc import Sequence

ACCOUNT = "111122223333"
FILES = 400


class Checked(NamedTuple):
    """The findings of a file, as plain values that can be sent between processes."""

    name: str
    findings: tuple[Finding, ...] = ()
    unreadable: str = ""

    @property
    def is_bad(self) -> bool:
        """Whether it cannot be read, or KMS would refuse it."""
        return bool(self.unreadable) or any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def codes(self) -> set[str]:
        """What kinds of things were found, each once."""
        return {"(cannot be read)"} if self.unreadable else {finding.code for finding in self.findings}


def check_file(path: Path) -> Checked:
    """Read and check a policy: a pure function of the file."""
    try:
        policy = Policy.from_json(path.read_text(encoding="utf-8"))
    except (errors.PolicyDocumentError, UnicodeDecodeError) as error:
        return Checked(path.name, unreadable=str(error))
    return Checked(path.name, tuple(check(policy)))


def check_folder(folder: Path, scheduler: str) -> list[Checked]:
    """Check all files of a folder, in an order that does not depend on the scheduler."""
    # Dask has no types for this. Partitions are for work that is short: one task for each file would cost more than the work.
    bag: Any = cast("Any", dask.bag).from_sequence(sorted(folder.glob("*.json")), npartitions=8)
    checked: list[Checked] = bag.map(check_file).compute(scheduler=scheduler, num_workers=2)
    return checked


def summary(checked: Sequence[Checked]) -> str:
    """Say how many files have what, most frequent first."""
    counted = Counter(code for each in checked for code in each.codes)
    bad = sum(each.is_bad for each in checked)
    lines = [f"{len(checked)} policies, {bad} of which cannot be put"]
    return "\n".join([*lines, *(f"{number:6}  {code}" for code, number in counted.most_common())])


def write_samples(folder: Path) -> None:
    """Write policies as a company has them: most are well, some are not."""
    app, root = Principal.role(ACCOUNT, "App"), statements.enable_iam_policies(ACCOUNT)
    good = Policy([root, allow("kms:Decrypt").to(app).named("App")]).to_json()
    others = [
        Policy([root, allow("kms:Decrypt").to(Principal.everyone())]).to_json(),
        Policy([allow("kms:Decrypt").to(app)]).to_json(),  # nobody could put another one
        good.replace("kms:Decrypt", "kms:Decypt"),
        good.replace('"Effect"', '"effect"'),
    ]
    for number in range(FILES):
        text = good if number % 8 else others[number // 8 % len(others)]
        (folder / f"key-{number:04}.json").write_text(text, encoding="utf-8")


def demonstrate() -> bool:
    """Check the samples by threads and by processes; return whether both found the same."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_samples(folder)
        by_threads = check_folder(folder, "threads")
        by_processes = check_folder(folder, "processes")
    print(summary(by_processes))
    first = next(each for each in by_processes if each.unreadable)
    print(f"\n{first.name}: {first.unreadable}")
    same = by_threads == by_processes
    print(f"\nBy threads and by processes: {'the same findings.' if same else 'OTHER FINDINGS.'}")
    return same and len(by_processes) == FILES


def main(arguments: Sequence[str]) -> int:
    """Check the folder that was given, or demonstrate."""
    if not arguments:
        return 0 if demonstrate() else 1
    checked = check_folder(Path(arguments[0]), "processes")
    print(summary(checked))
    for each in checked:
        if each.is_bad:
            what = [each.unreadable] if each.unreadable else map(str, each.findings)
            print(f"\n{each.name}\n  " + "\n  ".join(what))
    return int(any(each.is_bad for each in checked))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
