"""The examples, run as a reader runs them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kmspolicy import Policy, Principal, allow, statements

EXAMPLES = Path(__file__).parent.parent / "examples"
NOXFILE = EXAMPLES.parent / "noxfile.py"
ROOT = Policy([statements.enable_iam_policies("111122223333")])
GOOD = ROOT.with_statement(allow("kms:Decrypt").to(Principal.role("111122223333", "App")))
OTHER = ROOT.with_statement(allow("kms:Decrypt").to(Principal.role("444455556666", "App")))
SHOWN = {
    "tour": ("not sent: LOCKOUT_EVERYONE", "through S3: allowed", "otherwise: delegated", "gains: account 444455556666: Decrypt", "keys.yaml:14: PUBLIC_ACCESS, on Stage", "All as expected."),
    "put_a_policy": ("read back: 1119 characters, the same text", "errors.NotFoundException", "All as expected."),
    "replicas": ("eu-central-1: put", "ap-southeast-2: the same", "us-east-1: has it already", "All as expected."),
    "many_with_progress": ("91/91", "90 put, 1 failed, 94 requests sent", "NotFoundException", "All as expected."),
    "gate": ("against it: does not hold: no request is granted more than before", "It passes.", "All as expected."),
    "report_findings": ('"rule": "kmspolicy/INVALID_ACTION"', '"line": 18', "All as expected."),
    "incident": ("199 keys done in 13 seconds", "1 after another try", "is there on 20 keys", "taken back on 1 key", "All as expected."),
    "audit": ("key_id,public,can_decrypt,findings", "PUBLIC_ACCESS", "All as expected."),
    "accounts": ("111122223333 eu-west-1 2 policies", "777788889999 us-east-1 0 policies '403'", "untrusted account: arn:aws:iam::999988887777:root", "All as expected."),
    "notebook": ("Statement[1] ('Share'): Allows", "PUBLIC_ACCESS", "does not hold: nobody", "holds: nobody"),
    "tenant_keys": ("created: {'key_id': ", "no such key: 404 NotFoundException", "All as expected."),
    "prove_a_fleet": ("1 process: ", "4 processes: ", "240 policies, 234 of which are shown", "key-0000.json: does not hold: ", "the same verdicts."),
}  # fmt: skip


def run(name: str, *arguments: str) -> tuple[int, str]:
    """Run an example in a Python of its own, with warnings as errors; return its code and what it prints."""
    command = [sys.executable, "-W", "error", str(EXAMPLES / f"{name}.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)  # noqa: S603
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_every_example_is_run() -> None:
    """A new one has its line above, and its place in the demo."""
    scripts = {path.stem for path in EXAMPLES.glob("*.py")}
    assert scripts == set(SHOWN)
    demo = re.search(r"^EXAMPLES = \(([^)]*)\)", NOXFILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert demo is not None
    assert scripts == set(re.findall(r'"(\w+)"', demo[1]))


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
    assert (
        "bad.json: does not hold: nothing is granted beyond the limit; role App of account 444455556666 may"
        in out
    )
    assert "none.json: 'utf-8' codec" in out


def test_a_gate_over_files(tmp_path: Path) -> None:
    """It passes what gives no access, stops what does, and says where a file is not a policy."""
    for name, text in {"good": GOOD.to_json(), "root": ROOT.to_json(), "none": "{"}.items():
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    good, root, none = (str(tmp_path / f"{name}.json") for name in ("good", "root", "none"))
    assert run("gate", good, root, "111122223333")[0] == 0
    code, out = run("gate", root, good, "111122223333")
    assert (code, "role App of account 111122223333 may kms:Decrypt: IAM → yes" in out) == (1, True)
    assert run("gate", root, none, "111122223333")[0] == 3


def test_a_report_about_files(tmp_path: Path) -> None:
    """Its JSON has an entry for each finding, and none for a policy without."""
    (tmp_path / "good.json").write_text(GOOD.to_json(), encoding="utf-8")
    code, out = run("report_findings", str(tmp_path / "good.json"))
    assert (code, json.loads(out)) == (0, {"tool": "kmspolicy", "issues": []})


def cells_of(text: str) -> list[dict[str, Any]]:
    """Return the cells of a script in the percent format, as a notebook has them."""
    cells: list[dict[str, Any]] = []
    for cell in text.split("# %%")[1:]:
        kind, _, source = cell.partition("\n")
        if "markdown" in kind:
            cells.append({"cell_type": "markdown", "metadata": {}, "source": source.strip().strip('"')})
        else:
            cells.append(
                {
                    "cell_type": "code",
                    "metadata": {},
                    "source": source,
                    "outputs": [],
                    "execution_count": None,
                }
            )
    return cells


def test_the_notebook_in_a_kernel(tmp_path: Path) -> None:
    """Its cells run in a real kernel, and the table shows itself as HTML."""
    path = tmp_path / "notebook.ipynb"
    cells = cells_of((EXAMPLES / "notebook.py").read_text(encoding="utf-8"))
    path.write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}), encoding="utf-8"
    )
    command = [sys.executable, "-m", "jupyter", "execute", "--inplace", "--kernel_name=python3", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603
    assert done.returncode == 0, done.stderr
    outputs = [
        out
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        for out in cell.get("outputs", ())
    ]
    drawn = ["".join(out["data"].get("text/html", ())) for out in outputs if "data" in out]
    assert ["<table" in html for html in drawn] == [True]
    assert not any(out["output_type"] == "error" for out in outputs)
