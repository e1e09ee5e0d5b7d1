"""Run the command in this process, as a user would type it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from click.testing import CliRunner

from kmspolicy._cli._app import app

if TYPE_CHECKING:
    from pathlib import Path


class Ended(NamedTuple):
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


def run(*args: str | Path, text: str | bytes | None = None) -> Ended:
    """Run the command with these arguments, and this text as standard input."""
    result = CliRunner().invoke(app, [str(each) for each in args], input=text, prog_name="kmspolicy")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)
