"""The examples, run as a reader runs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kmspolicy import Policy, Principal, allow, statements

EXAMPLES = Path(__file__).parent.parent / "examples"
ROOT = Policy([statements.enable_iam_policies("111122223333")])
GOOD = ROOT.with_statement(allow("kms:Decrypt").to(Principal.role("111122223333", "App")))
OTHER = ROOT.with_statement(allow("kms:Decrypt").to(Principal.role("444455556666", "App")))
SHOWN = {
    "put_a_policy": ("read back: 1119 characters, the same text", "errors.NotFoundException", "All as expected."),
    "replicas": ("eu-central-1: put", "ap-southeast-2: the same", "us-east-1: has it already", "All as expected."),
    "many_with_progress": ("91/91", "90 put, 1 failed, 94 requests sent", "NotFoundException", "All as expected."),
    "prove_a_fleet": ("1 process: ", "4 processes: ", "240 policies, 234 of which are shown", "key-0000.json: fails: ", "the same verdicts."),
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


def test_a_fleet_within_its_limit(tmp_path: Path) -> None:
    """What stays within the limit is not a reason to stop a job."""
    (tmp_path / "fleet").mkdir()
    (tmp_path / "limit.json").write_text(GOOD.to_json(), encoding="utf-8")
    (tmp_path / "fleet" / "good.json").write_text(GOOD.to_json(), encoding="utf-8")
    arguments = (str(tmp_path / "limit.json"), str(tmp_path / "fleet"))
    expected = "1 policies, 1 of which are shown to stay within the limit\n"
    assert run("prove_a_fleet", *arguments) == (0, expected)


def test_a_fleet_beyond_its_limit(tmp_path: Path) -> None:
    """What grants more is named with a request, what cannot be read with its reason, and the job fails."""
    (tmp_path / "fleet").mkdir()
    (tmp_path / "limit.json").write_text(ROOT.to_json(), encoding="utf-8")
    (tmp_path / "fleet" / "bad.json").write_text(OTHER.to_json(), encoding="utf-8")
    (tmp_path / "fleet" / "none.json").write_bytes(b"\xff")
    code, out = run("prove_a_fleet", str(tmp_path / "limit.json"), str(tmp_path / "fleet"))
    assert code == 1
    assert "bad.json: fails: nothing is granted beyond the limit; role App of account 444455556666 may" in out
    assert "none.json: 'utf-8' codec" in out
