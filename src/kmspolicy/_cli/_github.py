"""Findings as annotations of GitHub: lines that the runner of a workflow understands.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from kmspolicy import Severity
from kmspolicy._cli._places import path_shown
from kmspolicy._printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kmspolicy._cli._run import Run

SHOWN: Final = 10
"""How many annotations of a kind GitHub shows for each step.

https://docs.github.com/en/rest/checks/runs
"""
_KINDS: Final = {
    Severity.ERROR: "error",
    Severity.SECURITY_WARNING: "error",
    Severity.WARNING: "warning",
    Severity.SUGGESTION: "notice",
}


def github_of(run: Run) -> str:
    """Return an annotation for each finding that counts and for each error, the worst first, and a last line that counts."""
    kinds: Counter[str] = Counter()
    lines: list[str] = []
    for error in run.errors:
        kinds["error"] += 1
        place = {"file": printable(path_shown(error.file)), "line": error.line, "col": error.column}
        lines.append(_annotation("error", place | {"title": "cannot be read"}, error.message))
    for one in run.worst_first:
        finding, kind = one.finding, _KINDS[one.finding.severity]
        kinds[kind] += 1
        place = {
            "file": printable(one.file),
            "line": None if one.place is None else one.place.line,
            "col": None if one.place is None else one.place.column,
        }
        title = f"{finding.severity.value} {finding.code} ({printable(one.source.name)})"
        lines.append(_annotation(kind, place | {"title": title}, f"{finding.message} {finding.hint}"))
    hidden = sum(max(number - SHOWN, 0) for number in kinds.values())
    more = f"; GitHub shows {SHOWN} of a kind, so {hidden} are only in this log" if hidden else ""
    return "\n".join([*lines, f"kmspolicy: {len(lines)} annotations{more}"])


def _annotation(kind: str, properties: Mapping[str, object], message: str) -> str:
    named = ",".join(
        f"{name}={_escaped(str(value), (',', ':'))}"
        for name, value in properties.items()
        if value is not None
    )
    return f"::{kind} {named}::{_escaped(message)}"


def _escaped(text: str, more: tuple[str, ...] = ()) -> str:
    """Return a text in which nothing ends the command."""
    for character in ("%", "\r", "\n", *more):
        text = text.replace(character, f"%{ord(character):02X}")
    return text
