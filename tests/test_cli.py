"""The command itself: its help, its version, and what is missing."""

from __future__ import annotations

import runpy
import sys

import pytest

import kmspolicy
from cli_support import run
from kmspolicy._cli import main
from kmspolicy._cli._app import COMMANDS

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
    monkeypatch.setattr(sys, "argv", ["kmspolicy", "--version"])
    with pytest.raises(SystemExit) as exited:
        runpy.run_module("kmspolicy", run_name="__main__")
    assert (exited.value.code, capsys.readouterr().out) == (
        0,
        f"kmspolicy, version {kmspolicy.__version__}\n",
    )


def test_a_command_that_is_misspelt() -> None:
    """An unknown command is wrong usage, and the message names it."""
    ended = run("chek")
    assert (ended.code, "No such command 'chek'" in ended.err) == (2, True)


def test_without_click(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is missing, the command says what to install."""
    monkeypatch.setitem(sys.modules, "click", None)
    monkeypatch.delitem(sys.modules, "kmspolicy._cli._app")
    with pytest.raises(SystemExit) as exited:
        main()
    assert exited.value.code == 'The command needs the extra "cli": pip install "kmspolicy[cli]"'
