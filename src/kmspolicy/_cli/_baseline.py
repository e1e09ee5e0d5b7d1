"""Baselines: the findings that were there before, which do not count."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from kmspolicy._printable import represented, word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kmspolicy._cli._judge import Judged

REASON: Final = "in the baseline"
_VERSION: Final = 2
"""The version of the format, and of what a fingerprint is made of."""


def written(judged: Iterable[Judged]) -> str:
    """Return a baseline of all findings that count, as JSON."""
    entries = sorted(
        (
            {
                "fingerprint": one.fingerprint,
                "file": one.file,
                "resource": one.source.name,
                "code": one.finding.code,
            }
            for one in judged
            if one.suppressed is None
        ),
        key=lambda entry: (entry["file"], entry["resource"], entry["code"], entry["fingerprint"]),
    )
    return json.dumps({"version": _VERSION, "findings": entries}, indent=2)


def read_baseline(path: str) -> Counter[str]:
    """Read how often each finding was there.

    Raises:
        UsageError: if the file is not a baseline.
    """
    try:
        baseline: Any = json.loads(Path(path).read_text(encoding="utf-8"))
        if baseline["version"] != _VERSION:
            raise click.UsageError(
                f"{word(path)} is a baseline of version {represented(baseline['version'])}, and {_VERSION} is read: "
                "look at what is found now, and write it again with --write-baseline"
            )
        return Counter(str(entry["fingerprint"]) for entry in baseline["findings"])
    except OSError as error:
        raise click.UsageError(f"{word(path)} cannot be read: {error.strerror}") from error
    except (ValueError, LookupError, TypeError) as error:
        raise click.UsageError(f"{word(path)} is not a baseline that --write-baseline wrote") from error


def without(judged: Iterable[Judged], baseline: Counter[str]) -> tuple[list[Judged], int]:
    """Return the findings, those of the baseline with their reason, and how many of the baseline are not there any more."""
    left = baseline.copy()
    marked: list[Judged] = []
    for one in judged:
        name = one.fingerprint
        if one.suppressed is None and left[name] > 0:
            left[name] -= 1
            marked.append(attrs.evolve(one, suppressed=REASON))
        else:
            marked.append(one)
    return marked, left.total()
