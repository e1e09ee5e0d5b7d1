"""The command itself: its help, its version, and what is missing."""

from __future__ import annotations

import importlib
import runpy
import sys
from typing import TYPE_CHECKING

import pytest

import kmspolicy
from cli_support import run
from kmspolicy._cli import main
from kmspolicy._cli._app import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [name for commands in COMMANDS.values() for name in commands]


def test_the_help_lists_each_command_with_a_line() -> None:
    """`--help` shows every command beside what it does."""
    ended = run("--help")
    assert ended.code == 0
    for commands in COMMANDS.values():
        for name, line in commands.items():
            assert f"  {name}" in ended.out
            assert line.split()[0] in ended.out


@pytest.mark.parametrize("name", NAMES)
def test_each_command_has_its_help(name: str) -> None:
    """Each command has help of its own that says how it is used."""
    ended = run(name, "--help")
    assert (ended.code, ended.out.splitlines()[0].startswith(f"Usage: kmspolicy {name} ")) == (0, True)


def test_the_version() -> None:
    """`--version` is the version of the library."""
    assert run("--version").out == f"kmspolicy, version {kmspolicy.__version__}\n"


def test_as_a_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m kmspolicy` is the command."""
    monkeypatch.delitem(sys.modules, "kmspolicy.__main__", raising=False)
    monkeypatch.setattr(sys, "argv", ["kmspolicy", "--version"])
    with pytest.raises(SystemExit) as exited:
        runpy.run_module("kmspolicy", run_name="__main__")
    assert (exited.value.code, capsys.readouterr().out) == (
        0,
        f"kmspolicy, version {kmspolicy.__version__}\n",
    )


def test_the_module_can_be_imported() -> None:
    """Tools that import all modules do not run the command by that."""
    assert importlib.reload(importlib.import_module("kmspolicy.__main__")).main is main


@pytest.mark.parametrize("name", NAMES)
def test_who_calls_is_asked_where_it_matters(name: str) -> None:
    """Only commands that judge a lockout take --caller."""
    assert ("--caller" in run(name, "--help").out) is (name in ("check", "report", "plan", "apply"))


MISSPELT = {
    "a command": ("checx", "No such command 'checx'. Did you mean check?"),
    "a command like no other": ("zzz", "No such command 'zzz'."),
    "a claim": ("prove no-public-acess a.json", "No such command 'no-public-acess'. Did you mean no-public-access?"),
    "an option": ("check --acount 1 a.json", "--account"),
    "a finding": ("explain LOCKOUT_EVERONE", "'LOCKOUT_EVERONE' is not a file, and not the code of a finding; did you mean LOCKOUT_EVERYONE?"),
    "a finding in lower case": ("explain public_access", "did you mean PUBLIC_ACCESS?"),
}  # fmt: skip


@pytest.mark.parametrize(("args", "says"), MISSPELT.values(), ids=MISSPELT)
def test_what_is_misspelt(args: str, says: str) -> None:
    """An unknown word is wrong usage, and the message names the nearest one."""
    ended = run(*args.split())
    assert (ended.code, ended.out) == (2, "")
    assert says in " ".join(ended.err.split())


def test_a_file_whose_name_is_like_the_code_of_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "public_access").mkdir()
    assert run("explain", "public_access").code == 3
    assert run("explain", "xyz").code == 3


def test_without_click(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is missing, the command says what to install."""
    monkeypatch.setitem(sys.modules, "click", None)
    monkeypatch.delitem(sys.modules, "kmspolicy._cli._app")
    with pytest.raises(SystemExit) as exited:
        main()
    assert exited.value.code == 'The command needs the extra "cli": pip install "kmspolicy[cli]"'


def test_another_module_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is a broken installation, and shows itself."""
    monkeypatch.setitem(sys.modules, "attrs", None)
    monkeypatch.delitem(sys.modules, "kmspolicy._cli._app")
    monkeypatch.setitem(sys.modules, "kmspolicy._cli._exit", None)
    with pytest.raises(ModuleNotFoundError):
        main()


@pytest.mark.parametrize(
    ("args", "code", "shown"),
    [
        pytest.param(("LOCKOUT_EVERYONE",), 0, "LOCKOUT_EVERYONE: error\n", id="a finding"),
        pytest.param(("good.json",), 0, "Allows every action", id="a policy"),
        pytest.param(("default.yaml",), 0, "Default: no policy is set", id="the default policy"),
        pytest.param(("role.json",), 0, "Not known yet: 'ACCOUNT_ID'", id="a policy with placeholders"),
        pytest.param(("none.json", "good.json"), 3, "Allows every action", id="a file that is not there"),
    ],
)
def test_explain(
    args: tuple[str, ...], code: int, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what policies say, and what a finding means."""
    allowed = '{"Effect": "Allow", "Principal": {"AWS": "%s"}, "Action": "kms:*", "Resource": "*"}'
    (tmp_path / "good.json").write_text('{"Statement": ' + allowed % "111122223333" + "}", encoding="utf-8")
    (tmp_path / "role.json").write_text('{"Statement": ' + allowed % "<ACCOUNT_ID>" + "}", encoding="utf-8")
    (tmp_path / "default.yaml").write_text("Resources: {Default: {Type: AWS::KMS::Key}}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ended = run("explain", *args)
    assert (ended.code, shown in ended.out) == (code, True)
