"""The command ``kmspolicy``: what it needs is in the extra ``cli``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command; where click is missing, say what to install."""
    try:
        from kmspolicy._cli._app import app  # noqa: PLC0415 - click may be missing
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        sys.exit('The command needs the extra "cli": pip install "kmspolicy[cli]"')
    app(prog_name="kmspolicy")
