"""The kinds of what is shown, and the colours that they have on pages and in terminals."""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple, final


@final
class Kind(Enum):
    """The kind of a cell or of a part of a line, which determines its colour."""

    YES = "yes"
    IF = "if"
    IAM = "iam"
    NO = "no"
    NOTHING = "nothing"


class Colour(NamedTuple):
    """A colour for light pages, one for dark pages, one for both, and one of those that each terminal has."""

    light: str
    dark: str
    both: str
    terminal: str


COLOURS: Final = {
    Kind.YES: Colour("#1a7f37", "#3fb950", "#218a3f", "green"),
    Kind.IF: Colour("#9a6700", "#d29922", "#a66f00", "yellow"),
    Kind.IAM: Colour("#0969da", "#58a6ff", "#1f77e0", "cyan"),
    Kind.NO: Colour("#cf222e", "#ff7b72", "#dd3a41", "red"),
    Kind.NOTHING: Colour("#6e7781", "#8b949e", "#777f88", "dim"),
}
_CODES: Final = {"dim": 2, "red": 31, "green": 32, "yellow": 33, "cyan": 36}


def painted(text: str, kind: Kind | None) -> str:
    """Return a text with the codes that give it the colour of its kind in a terminal; none for no kind.

    https://ecma-international.org/publications-and-standards/standards/ecma-48/
    """
    return text if kind is None else f"\x1b[{_CODES[COLOURS[kind].terminal]}m{text}\x1b[0m"
