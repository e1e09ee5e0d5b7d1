"""Drawing of answers by rich: loaded when rich asks for it, since it may be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import attrs
from rich.box import ROUNDED
from rich.table import Column
from rich.table import Table as Grid
from rich.text import Text

from kmspolicy._evaluate._access import AccessTable
from kmspolicy._render._access import best
from kmspolicy._render._colours import COLOURS, Kind
from kmspolicy._render._lines import in_ascii
from kmspolicy._render._signs import coloured
from kmspolicy._render._text import below, broken, head, widths_of

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderResult

    from kmspolicy._display import Displayed
    from kmspolicy._render._table import Table

_EDGES: Final = 4
"""The characters of the edges of a table, left and right together."""
_GAP: Final = 3
"""The characters between two columns."""


@final
@attrs.frozen
class Rendered:
    """An answer for rich, drawn when it is known how wide the terminal is."""

    answer: Displayed

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the answer."""
        drawing = _Drawing(options)
        if isinstance(self.answer, AccessTable):
            yield from best(self.answer, drawing.table)
        else:
            yield from map(drawing.line, str(self.answer).split("\n"))


@final
@attrs.frozen
class _Drawing:
    options: ConsoleOptions

    def text(self, words: str, style: Kind | str | None = None) -> Text:
        """Return words of one kind; they are not read as rich's markup."""
        shown = in_ascii(words) if self.options.ascii_only else words
        return Text(shown, COLOURS[style].terminal if isinstance(style, Kind) else style or "")

    def line(self, line: str) -> Text:
        """Return a line of an answer."""
        sign, kind, rest = coloured(line)
        return Text.assemble(self.text(sign, kind), self.text(rest))

    def table(self, table: Table) -> list[ConsoleRenderable] | None:
        """Return a table with what stands below it; None if it is too wide."""
        notes = [*map(self.line, below(table, self.options.max_width))]
        if not table.columns:
            return [*notes]
        widths = widths_of(table, self.options.max_width - _EDGES, _GAP)
        if widths is None:
            return None
        titles = (self.text("\n".join(lines), "bold") for lines in head(table, widths))
        grid = Grid(*(Column(title) for title in titles), box=ROUNDED, show_header=table.has_head)
        for row in table.rows:
            if not row.is_inner:
                grid.add_section()
            styles = (None if row.cells else "bold", *(cell.kind for cell in row.cells))
            lines = broken(row, widths)
            grid.add_row(
                *(self.text("\n".join(one), style) for one, style in zip(lines, styles, strict=True))
            )
        return [grid, *notes]
