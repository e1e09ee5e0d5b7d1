"""Findings as JSON, for programs."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from kmspolicy._cli._places import error_dict, path_shown, place_dict

if TYPE_CHECKING:
    from kmspolicy._cli._judge import Judged
    from kmspolicy._cli._run import Run

VERSION: Final = 1
"""The version of the format; a field that is new does not change it."""


def json_of(run: Run) -> str:
    """Return all findings, also those that do not count, with what was not judged and what could not be read."""
    return json.dumps(
        {
            "version": VERSION,
            "kmspolicy": version("kmspolicy"),
            "summary": {name.replace(" ", "_"): number for name, number in run.numbers().items()},
            "findings": [*map(_finding, run.judged)],
            "not_judged": [
                {
                    "file": path_shown(source.file),
                    "resource": source.name,
                    "told": source.told,
                    "why": source.why,
                }
                for source in run.sources
                if source.told != "policy"
            ],
            "errors": [*map(error_dict, run.errors)],
        },
        indent=2,
    )


def _finding(judged: Judged) -> dict[str, Any]:
    return {
        **judged.finding.to_dict(),
        **place_dict(judged.source, judged.place),
        "suppressed": judged.suppressed,
        "fingerprint": judged.fingerprint,
    }
