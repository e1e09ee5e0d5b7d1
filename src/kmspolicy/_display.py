"""What each answer for people has in common: notebooks and rich show it like ``print``, with colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import ConsoleRenderable


class _Printer(Protocol):
    """The part of IPython's printer that is used here."""

    def text(self, text: str, /) -> None:
        """Print a text on the line."""
        ...

    def break_(self) -> None:
        """Begin a new line."""
        ...


class Displayed:
    """An answer for people: its ``str`` says it in plain English, and this is what notebooks and rich show, too."""

    __slots__ = ()

    def __str__(self) -> str:
        """Return the answer as text: on lines that are not broken, tables within 80 columns."""
        from kmspolicy._render._show import said  # noqa: PLC0415 - most answers are not shown

        return said(self)

    def __rich__(self) -> ConsoleRenderable:
        """Return the answer for rich, with colour and as wide as the terminal; ``rich.print(answer)`` shows it."""
        from kmspolicy._render._rich import Rendered  # noqa: PLC0415 - rich may be missing

        return Rendered(self)

    def _repr_html_(self) -> str:
        """Return the answer as HTML for a notebook."""
        from kmspolicy._render._show import html  # noqa: PLC0415 - most answers are not shown

        return html(self)

    def _repr_pretty_(self, printer: _Printer, cycle: bool) -> None:  # noqa: ARG002, FBT001 - IPython's signature
        """Print the answer at the prompt of IPython."""
        for number, line in enumerate(str(self).split("\n")):
            if number:
                printer.break_()
            printer.text(line)
