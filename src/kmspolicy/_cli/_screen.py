"""Where the command writes: a terminal, a pipe or a file."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from kmspolicy._printable import word

if TYPE_CHECKING:
    from typing import TextIO

    from kmspolicy._display import Displayed

_NARROWEST = 40


@attrs.frozen
class Screen:
    """What the output is written to.

    Attributes:
        width: Its columns.
        colour: Whether it shows colour: terminals do, unless ``NO_COLOR`` is set.
        unicode: Whether it shows characters beyond ASCII.

    https://no-color.org/
    """

    width: int = 100
    colour: bool = False
    unicode: bool = True

    @classmethod
    def of(cls, stream: TextIO) -> Screen:
        """Return what a stream can show."""
        terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
        return cls(
            width=max(shutil.get_terminal_size((100, 24)).columns, _NARROWEST),
            colour=terminal and not os.environ.get("NO_COLOR"),
            unicode=(stream.encoding or "ascii").lower().replace("-", "").startswith("utf"),
        )

    def style(self, text: str, colour: str | None = None, *, bold: bool = False, dim: bool = False) -> str:
        """Return a text in a colour, where there is colour."""
        return click.style(text, fg=colour, bold=bold or None, dim=dim or None) if self.colour else text

    def shown(self, answer: Displayed) -> str:
        """Return an answer of the library as it is shown here."""
        from kmspolicy._render._show import text  # noqa: PLC0415 - not all commands show one

        return text(answer, width=self.width, colour=self.colour, unicode=self.unicode)


def write(text: str, output: str | None = None) -> None:
    """Write the output, to a file if its name is given.

    A reader that leaves early, ``head`` for example, changes nothing about the result.
    """
    if output is not None:
        try:
            Path(output).write_text(text + "\n", encoding="utf-8", errors="backslashreplace", newline="\n")
        except OSError as error:
            raise click.UsageError(f"cannot write {word(output)}: {error.strerror}") from error
        return
    _write_to(sys.stdout, text)


def tell(text: str) -> None:
    """Write what is not output: errors, and how it went."""
    _write_to(sys.stderr, text)


def _write_to(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
    except OSError as error:
        # Python flushes at its end, too: there, nothing is to be seen of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not isinstance(error, BrokenPipeError):
            raise click.UsageError(f"cannot write: {error.strerror}") from error
