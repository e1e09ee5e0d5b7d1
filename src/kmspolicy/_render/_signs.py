"""The colours of lines of text, by the sign or the word that they begin with.

These are always ours: what a document says is on one line, and stands behind words of ours.
"""

from __future__ import annotations

import re
from typing import Final

from kmspolicy._render._colours import Kind

_SIGNS: Final = tuple(
    (re.compile(rf" *(?:{sign})").match, kind)
    for sign, kind in (
        (r"\+ .*", Kind.YES),
        (r"- .*", Kind.NO),
        (r"\? .*", Kind.IF),
        (r"= .*", Kind.NOTHING),
        (r"@@ .*", Kind.IAM),
        (r"Statement\[\d+\](?=:| \()", Kind.IAM),
        (r"--- before|\+\+\+ after", Kind.NOTHING),
        (r"error(?= [A-Z_]+:)", Kind.NO),
        (r"(security )?warning(?= [A-Z_]+:)", Kind.IF),
        (r"suggestion(?= [A-Z_]+:)", Kind.IAM),
        (r"(holds|equivalent|less permissive):", Kind.YES),
        (r"does not hold:", Kind.NO),
        (r"(not shown|more permissive|incomparable):", Kind.IF),
    )
)


def coloured(line: str) -> tuple[str, Kind | None, str]:
    """Return the beginning of a line that has a colour, its kind, and the rest; an empty beginning for no colour."""
    for begins, kind in _SIGNS:
        if (found := begins(line)) is not None:
            return found[0], kind, line[found.end() :]
    return "", None, line
