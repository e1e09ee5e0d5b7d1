"""The examples, run as a reader runs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kmspolicy import Policy, Principal, allow, statements

EXAMPLES = Path(__file__).parent.parent / "examples"
GOOD = Policy(
    [
        statements.enable_iam_policies("111122223333"),
        allow("kms:Decrypt").to(Principal.role("111122223333", "App")),
    ]
)
BAD = GOOD.without_statement("Enable IAM User Permissions")
SHOWN = {
    "put_a_policy": ("read back: 1119 characters, the same text", "errors.NotFoundException", "All as expected."),
    "replicas": ("eu-central-1: put", "ap-southeast-2: the same", "us-east-1: has it already", "All as expected."),
    "many_with_progress": ("91/91", "90 put, 1 failed, 94 requests sent", "NotFoundException", "All as expected."),
    "check_with_dask": ("400 policies, 25 of which cannot be put", "LOCKOUT_EVERYONE", "the same findings."),
}  # fmt: skip


def run(name: str, *arguments: str) -> tuple[int, str]:
    """Run an example in a Python of its own, with warnings as errors; return its code and what it prints."""
    command = [sys.executable, "-W", "error", str(EXAMPLES / f"{name}.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)  # noqa: S603
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_every_example_is_run() -> None:
    """A new one has its line above."""
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(SHOWN)


@pytest.mark.parametrize("name", SHOWN)
def test_examples_run(name: str) -> None:
    """Each says what a reader shall see, and that it was as expected."""
    code, out = run(name)
    assert [text for text in SHOWN[name] if text not in out] == []
    assert code == 0, out


def test_a_folder_of_good_policies(tmp_path: Path) -> None:
    """What can be put is not a reason to stop a job."""
    (tmp_path / "good.json").write_text(GOOD.to_json(), encoding="utf-8")
    assert run("check_with_dask", str(tmp_path)) == (0, "1 policies, 0 of which cannot be put\n")


def test_a_folder_with_bad_policies(tmp_path: Path) -> None:
    """What cannot be put is named with its reason, and the job fails."""
    (tmp_path / "bad.json").write_text(BAD.to_json(), encoding="utf-8")
    (tmp_path / "none.json").write_bytes(b"\xff")
    code, out = run("check_with_dask", str(tmp_path))
    assert code == 1
    assert "bad.json\n  error LOCKOUT_EVERYONE: No statement lets anybody put a policy" in out
    assert "none.json\n  " in out
