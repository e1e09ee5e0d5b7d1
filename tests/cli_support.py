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


def run(*args: str | Path, text: str | bytes | None = None, columns: int = 100) -> Ended:
    """Run the command with these arguments, this text as standard input, and a terminal of so many columns."""
    result = CliRunner(env={"COLUMNS": str(columns)}).invoke(
        app, [str(each) for each in args], input=text, prog_name="kmspolicy"
    )
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)
