"""Paths: the steps to a place in a document, and the text that shows them."""

from __future__ import annotations

import json
from typing import Final, TypeAlias

from kmspolicy._printable import printable

Steps: TypeAlias = tuple[str | int, ...]
"""The names and indices that lead to a place in a JSON document; none for the document itself."""

MAX_NAME: Final = 100
"""Longer names are cut in paths: many mistakes below a long name would make a very long message."""


def format_path(steps: Steps) -> str:
    """Write a path for people: names after dots, indices and other names in brackets, long names cut.

    A path begins with an element of the policy grammar, a dot or a bracket: never with a word from outside.
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
