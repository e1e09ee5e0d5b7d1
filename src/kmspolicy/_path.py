"""Paths: the steps to a place in a document, which are written out only where they are shown."""

from __future__ import annotations

import json
from typing import Final, TypeAlias

from kmspolicy._printable import printable

Steps: TypeAlias = tuple[str | int, ...]
"""The names and indices that lead to a place in a JSON document; none for the document itself."""

MAX_NAME: Final = 100
"""A longer name is cut where it is shown, so that many mistakes below it cost no more than a few."""


def format_path(steps: Steps) -> str:
    """Write a path as people read it: names after dots, indices and other names in brackets, long names cut.

    A path begins with a name of the grammar, a dot or a bracket, and so with no word of somebody else.
    """
    path = "".join(map(_step, steps))
    return path[1:] if steps and steps[0] in _BEGINNINGS else path


_BEGINNINGS: Final = frozenset(
    [
        *("Version", "Id", "Statement"),
        *(
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ),
        *("AWS", "CanonicalUser", "Federated", "Service"),
    ]
)


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    shown = step if len(step) <= MAX_NAME else f"{step[:MAX_NAME]}…"
    if shown.isascii() and shown.isidentifier():
        return f".{shown}"
    return f"[{printable(json.dumps(shown, ensure_ascii=False))}]"
