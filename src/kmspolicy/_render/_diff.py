"""Drawing of differences, in the manner of a unified diff."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kmspolicy._words._cells import action_words, cell_words
from kmspolicy._words._conditions import condition_words
from kmspolicy._words._lists import printable
from kmspolicy._words._principals import principal_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kmspolicy._diff._diff import AccessChange, Change, Diff
    from kmspolicy._document import Condition, Statement
    from kmspolicy._evaluate._access import Cell


def as_text(diff: Diff) -> str:
    """Draw what changed, and below it who gains and loses access."""
    if not diff:
        return "no difference"
    return "\n".join(["--- before", "+++ after", *_lines(diff)])


def _lines(diff: Diff) -> Iterator[str]:
    for change in (*([diff.version] if diff.version else []), *diff.labels):
        yield from _change(change)
    for before, after, changes in diff.changed:
        yield f"@@ {_name(after if after.sid is not None else before)} @@"
        for change in changes:
            yield from _change(change)
    for sign, statements in (("-", diff.removed), ("+", diff.added)):
        for statement in statements:
            yield f"@@ {_name(statement)} @@"
            yield from (
                f"{sign} {line}"
                for line in json.dumps(statement.to_dict(), indent=2, ensure_ascii=False).splitlines()
            )
    for sign, title, moves in (("+", "access gained", diff.gained), ("-", "access lost", diff.lost)):
        if moves:
            yield f"@@ {title} @@"
            yield from (f"{sign} {access_as_text(move)}" for move in moves)


def _name(statement: Statement) -> str:
    return "statement" if statement.sid is None else f"statement {statement.sid!r}"


def _change(change: Change) -> Iterator[str]:
    yield f"  {change.path}"
    yield from (f"- {printable(text)}" for text in change.removed)
    yield from (f"+ {printable(text)}" for text in change.added)


def access_as_text(change: AccessChange) -> str:
    """Say on one line whose access to what changed, and how."""
    who = principal_words(*change.principal)
    return f"{who}: {action_words(change.actions, change.every)}: {_words(change.before)} → {_words(change.after)}"


def _words(cell: Cell) -> str:
    return cell_words(cell, _either)


def _either(conditions: Sequence[Condition]) -> str:
    return " or ".join(map(condition_words, conditions))
