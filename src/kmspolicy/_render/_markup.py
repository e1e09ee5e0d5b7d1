"""Elements of HTML and SVG, the only place where text is escaped for them."""

from __future__ import annotations

from html import escape


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
