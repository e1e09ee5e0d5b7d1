"""Drawing of access tables, for terminals and for notebooks."""

from __future__ import annotations

import textwrap
from html import escape
from string import ascii_lowercase
from typing import TYPE_CHECKING, Final

from kmspolicy._evaluate._access import Access
from kmspolicy._words._cells import action_words, cell_words
from kmspolicy._words._conditions import condition_words
from kmspolicy._words._principals import principal_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kmspolicy._document import Condition
    from kmspolicy._evaluate._access import AccessTable, Cell, Subject

_NOBODY: Final = "The policy names nobody: nobody may do anything."
_WIDTH: Final = 56
_LEGEND: Final = "yes: allowed, IAM: if an IAM policy of the account allows it, if: under a condition, no: denied, ·: not granted"


class _Notes:
    """Conditions under the letters by which cells refer to them."""

    def __init__(self) -> None:
        self.letters: dict[Condition, str] = {}

    def of(self, conditions: Sequence[Condition]) -> str:
        """Refer to conditions of which one must be met."""
        return " or ".join(
            self.letters.setdefault(condition, _letter(len(self.letters))) for condition in conditions
        )


def _letter(number: int) -> str:
    """Name a note: a to z, then a1 and so on."""
    times, letter = divmod(number, len(ascii_lowercase))
    return f"{ascii_lowercase[letter]}{times or ''}"


def _heading(principal: Subject) -> str:
    return "everyone else" if principal == ("AWS", "*") else principal_words(*principal)


def _rows(table: AccessTable) -> list[tuple[str, tuple[Cell, ...]]]:
    """Name the actions of each row; the longest row comes last, as all others, where it is long."""
    rows = sorted(table.rows(), key=lambda row: len(row[0]) > _MANY)
    named = [(action_words(actions, table.actions), cells) for actions, cells in rows]
    if len(rows) > 1 and len(rows[-1][0]) > _MANY:
        named[-1] = (f"all {len(rows[-1][0])} others", rows[-1][1])
    return named


_MANY: Final = 16


def as_text(table: AccessTable) -> str:
    """Draw a table: numbered principals, rows of actions with the same cells, lettered conditions."""
    if not table.principals:
        return _NOBODY
    notes = _Notes()
    rows = [(names, [cell_words(cell, notes.of) for cell in cells]) for names, cells in _rows(table)]
    widths = [
        max(len(str(number + 1)), *(len(cells[number]) for _, cells in rows))
        for number in range(len(table.principals))
    ]
    lines = [f"{number:>3}  {_heading(principal)}" for number, principal in enumerate(table.principals, 1)]
    lines += ["", _line("", [str(number) for number in range(1, len(widths) + 1)], widths)]
    for names, cells in rows:
        first, *rest = textwrap.wrap(names, _WIDTH, break_long_words=False)
        lines += [_line(first, cells, widths), *rest]
    lines += ["", _LEGEND]
    lines += [f"{letter:>3}  {condition_words(condition)}" for condition, letter in notes.letters.items()]
    return "\n".join(lines)


def _line(first: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    columns = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"{first:<{_WIDTH}}  {'  '.join(columns)}".rstrip()


_COLOURS: Final = {
    Access.ALWAYS: "#1a7f37",
    Access.CONDITIONAL: "#9a6700",
    Access.DELEGATED: "#0969da",
    Access.DENIED: "#cf222e",
    Access.NOTHING: "#6e7781",
}
_CELL: Final = "padding:4px 10px;border:1px solid #8884;vertical-align:top;text-align:left"


def as_html(table: AccessTable) -> str:
    """Draw a table as HTML that needs no style sheet and keeps the page's own colours."""
    if not table.principals:
        return f"<p>{_NOBODY}</p>"
    notes = _Notes()
    head = "".join(
        f'<th scope="col" style="{_CELL}" title="{escape(principal[1])}">{escape(_heading(principal))}</th>'
        for principal in table.principals
    )
    body = "".join(
        f'<tr><th scope="row" style="{_CELL};font-weight:normal">{escape(names)}</th>'
        f"{''.join(_html_cell(cell, notes) for cell in cells)}</tr>"
        for names, cells in _rows(table)
    )
    conditions = "".join(
        f"<dt style='float:left;width:2em'>{letter}</dt><dd style='margin-left:2em'>{escape(condition_words(condition))}</dd>"
        for condition, letter in notes.letters.items()
    )
    return (
        f'<table style="border-collapse:collapse"><thead><tr><th style="{_CELL}">action</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table><p>{escape(_LEGEND)}</p>{f'<dl>{conditions}</dl>' if conditions else ''}"
    )


def _html_cell(cell: Cell, notes: _Notes) -> str:
    words = cell_words(cell, notes.of)
    return f'<td style="{_CELL};color:{_COLOURS[cell.access]}">{escape(words)}</td>'
