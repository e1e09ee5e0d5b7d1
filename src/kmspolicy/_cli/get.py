"""``kmspolicy get``: the policy that a key has."""

from __future__ import annotations

import sys
from typing import Any

import click

from kmspolicy._cli._live import call, connects
from kmspolicy._cli._options import key
from kmspolicy._cli._screen import write
from kmspolicy._printable import printable_lines


@click.command
@key
@click.option("-o", "--output", metavar="FILE", help="Write it to a file.")
@connects
def command(key: str, output: str | None, **options: Any) -> None:  # noqa: ANN401 - as click calls it
    """Write the policy of a key, exactly as KMS returns it.

    KEY is the id or the ARN of a key, not an alias. On a terminal, what cannot be seen is shown as an escape; a file and a pipe
    get the text as it is.
    """
    text = call(lambda policies: policies.get_text(key), options)
    write(printable_lines(text) if output is None and _is_terminal() else text, output)


def _is_terminal() -> bool:
    return sys.stdout.isatty()
