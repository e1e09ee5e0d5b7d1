"""The command ``kmspolicy``: what it needs is in the extra ``cli``."""

from __future__ import annotations

import os
import sys

_STREAMS = {"stdin": "r", "stdout": "w", "stderr": "w"}


def main() -> None:
    """Run the command; where click is missing, say what to install."""
    for name, mode in _STREAMS.items():
        if getattr(sys, name) is None:  # it was closed by whoever started the command
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - it is open to the end
    try:
        from kmspolicy._cli._app import app  # noqa: PLC0415 - click may be missing
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        sys.exit('The command needs the extra "cli": pip install "kmspolicy[cli]"')
    app(prog_name="kmspolicy")
