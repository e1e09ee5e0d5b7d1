"""Elements of HTML and SVG, the only place where text is escaped for them, and their colours."""

from __future__ import annotations

from html import escape
from typing import Final, NamedTuple

from kmspolicy._render._table import Kind


class Markup(str):
    """Text that is already markup and is not escaped again."""

    __slots__ = ()


def element(name: str, *content: str, **attributes: object) -> Markup:
    """Return an element; escape its attributes, and its content except Markup.

    In the name of an attribute, underscores stand for hyphens; one at the end is removed.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items()
    )
    inside = "".join(part if isinstance(part, Markup) else escape(part, quote=False) for part in content)
    return Markup(f"<{name}{given}>{inside}</{name}>")


class Colour(NamedTuple):
    """A colour for light pages, one for dark pages, and one for both."""

    light: str
    dark: str
    both: str


COLOURS: Final = {
    Kind.YES: Colour("#1a7f37", "#3fb950", "#218a3f"),
    Kind.IF: Colour("#9a6700", "#d29922", "#a66f00"),
    Kind.IAM: Colour("#0969da", "#58a6ff", "#1f77e0"),
    Kind.NO: Colour("#cf222e", "#ff7b72", "#dd3a41"),
    Kind.NOTHING: Colour("#6e7781", "#8b949e", "#777f88"),
}
