"""The action for GitHub: its scripts are run here as its runner runs them, with programs that note how they were called."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

import kmspolicy

ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
INSTALL, CHECK = (step for step in STEPS if "run" in step)
BASH = shutil.which("bash")
HOSTILE = '$(touch pwned) `touch pwned`; touch pwned\n"; touch pwned; "\n-x\n\n\' * ${HOME}'
"""What a caller may give: five lines, one of them empty."""
LINES = ["$(touch pwned) `touch pwned`; touch pwned", '"; touch pwned; "', "-x", "' * ${HOME}"]
needs_bash = pytest.mark.skipif(sys.platform == "win32" or BASH is None, reason="needs the bash of a runner")

# A Python that notes its arguments and what it was told about modules.
STUB = """#!{python}
import json, os, sys
print(json.dumps([sys.argv[1:], os.environ.get("PYTHONPATH")]))
"""


class Ran(NamedTuple):
    """What a script of the action did."""

    code: int
    out: str
    folder: Path
    outputs: str

    @property
    def called(self) -> list[str]:
        """The arguments of the Python that it called."""
        arguments: list[str] = json.loads(self.out)[0]
        return arguments


def run(step: dict[str, Any], folder: Path, python: Path | None = None, **env: str) -> Ran:
    """Run a step as the runner does: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax."""
    stub, work, script = folder / "python", folder / "work", folder / "script.sh"
    stub.write_text(STUB.format(python=sys.executable))
    stub.chmod(0o700)
    work.mkdir(exist_ok=True)
    script.write_text(step["run"])
    outputs = folder / "outputs"
    outputs.touch()
    usual = dict.fromkeys(step["env"], "") | {
        "PATH": os.environ["PATH"],
        "PYTHON": str(python or stub),
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(outputs),
    }
    done = subprocess.run(  # noqa: S603 - the script of this repository
        [str(BASH), "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
        cwd=work, env=usual | env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout + done.stderr, work, outputs.read_text())


def test_scripts_have_no_expressions() -> None:
    """What callers give reaches a script by its environment alone: an expression in its text would run it."""
    assert all("${{" not in step["run"] for step in STEPS if "run" in step)


def test_each_input_is_used_and_documented() -> None:
    """Each input has a description and a default, and stands in the environment of one script."""
    given = [
        name for step in STEPS for value in step.get("env", {}).values() for name in re.findall(r"inputs\.([\w-]+)", value)
    ]  # fmt: skip
    assert sorted(given) == sorted(ACTION["inputs"])
    assert all(each["description"] and "default" in each for each in ACTION["inputs"].values())


def test_other_actions_are_pinned() -> None:
    """An action of somebody else is named by its commit."""
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name) for name in used)


def blocks_of_the_guide() -> list[dict[str, Any]]:
    """Return the YAML of the page about CI that speaks of the action or of the hook."""
    page = (ROOT / "docs" / "how-to" / "ci.md").read_text(encoding="utf-8")
    return [
        yaml.safe_load(block)
        for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
        if "kmspolicy/kmspolicy" in block
    ]


def test_the_guide_uses_inputs_that_exist() -> None:
    """The page about CI gives the action no other inputs, lists all of them with their defaults, and names the hook."""
    in_action, in_security, of_hook = blocks_of_the_guide()
    steps = [*in_action["jobs"]["check"]["steps"], *in_security["steps"]]
    used = [step for step in steps if step["uses"].startswith("kmspolicy/kmspolicy@")]
    assert len(used) == 2
    assert {name for step in used for name in step["with"]} <= ACTION["inputs"].keys()
    page = (ROOT / "docs" / "how-to" / "ci.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([\w-]+)` \| .* \| (.*?) ?\|$", page, re.MULTILINE))
    assert rows.keys() == ACTION["inputs"].keys()
    for name, each in ACTION["inputs"].items():
        assert not each["default"] or rows[name] == f"`{each['default']}`"
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in of_hook["repos"][0]["hooks"]] == [hook["id"] for hook in hooks]


@needs_bash
def test_what_is_installed(tmp_path: Path) -> None:
    """Without a version, the code of the action is installed; with one, that release; nothing of the checkout is imported."""
    target = str(tmp_path / "kmspolicy")
    usual = ["-P", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", target]
    assert run(INSTALL, tmp_path, SOURCE="/a b").called == [*usual, "/a b[cli]"]
    assert run(INSTALL, tmp_path, SOURCE="/a", VERSION="1.2.3rc1").called == [
        *usual,
        "kmspolicy[cli]==1.2.3rc1",
    ]


@needs_bash
@pytest.mark.parametrize("version", [*LINES, "1.0 --index-url=x", "1.0\n2", "latest"])
def test_a_version_that_is_none(tmp_path: Path, version: str) -> None:
    """A version of another form ends the step before anything is installed."""
    ran = run(INSTALL, tmp_path, SOURCE="/a", VERSION=version)
    assert (ran.code, ran.out, [*ran.folder.iterdir()]) == (2, "::error::version is not one like 1.2.3\n", [])


@needs_bash
def test_hostile_inputs_are_arguments(tmp_path: Path) -> None:
    """Whatever stands in an input, each line of it is one argument, and paths are never options."""
    ran = run(CHECK, tmp_path, PATHS=HOSTILE, ARGS=HOSTILE, FAIL_ON="$(touch pwned)", FORMAT="`touch pwned`")
    usual = ["--fail-on", "$(touch pwned)", "--format", "`touch pwned`"]
    assert ran.called == ["-P", "-m", "kmspolicy", "check", *usual, *LINES, "--", *LINES]
    assert (ran.code, ran.outputs, [*ran.folder.iterdir()]) == (0, "", [])


@needs_bash
def test_the_format_sarif_writes_a_file(tmp_path: Path) -> None:
    """SARIF goes to a file, whose path is an output of the action."""
    ran = run(CHECK, tmp_path, PATHS=".", FAIL_ON="error", FORMAT="sarif")
    file = str(tmp_path / "kmspolicy.sarif")
    usual = ["-P", "-m", "kmspolicy", "check", "--fail-on", "error", "--format", "sarif"]
    assert ran.called == [*usual, "--output", file, "--", "."]
    assert ran.outputs == f"sarif={file}\n"


@needs_bash
@pytest.mark.parametrize(
    ("principal", "code", "words"),
    [
        ({"AWS": "arn:aws:iam::111122223333:root"}, 0, "kmspolicy: 0 annotations"),
        ("*", 1, "::error file=a key.json,line=1,"),
    ],
    ids=["fine", "public"],
)
def test_the_check_itself(tmp_path: Path, principal: object, code: int, words: str) -> None:
    """The step runs what was installed and nothing of the checkout, marks lines, and fails as the command does."""
    (tmp_path / "kmspolicy").symlink_to(Path(kmspolicy.__file__).parents[1])  # as if pip had put it there
    work = tmp_path / "work"
    work.mkdir()
    (work / "click.py").write_text("raise SystemExit('a module of the checkout was imported')")
    statement = {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    (work / "a key.json").write_text(json.dumps(document))
    ran = run(
        CHECK,
        tmp_path,
        Path(sys.executable),
        PATHS="a key.json\n",
        FAIL_ON="security-warning",
        FORMAT="github",
    )
    assert (ran.code, words in ran.out) == (code, True), ran.out
