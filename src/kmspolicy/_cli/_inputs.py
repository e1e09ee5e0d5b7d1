"""What the command reads: files, folders and standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kmspolicy.errors import SourceError
from kmspolicy.sources import Reading, read_path, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STANDARD_INPUT = "-"


def read(
    paths: Iterable[str], *, parameters: Mapping[str, str] | None = None, tf_dir: str | None = None
) -> Reading:
    """Read all paths, each once; what cannot be read does not stop the others."""
    readings = [_read(path, parameters, tf_dir) for path in dict.fromkeys(paths)]
    return Reading(
        tuple(source for reading in readings for source in reading.sources),
        tuple(error for reading in readings for error in reading.errors),
    )


def _read(path: str, parameters: Mapping[str, str] | None, tf_dir: str | None) -> Reading:
    if path != STANDARD_INPUT:
        return read_path(Path(path), parameters=parameters, tf_dir=tf_dir)
    try:
        return Reading(
            read_text(sys.stdin.buffer.read(), name=STANDARD_INPUT, parameters=parameters, tf_dir=tf_dir), ()
        )
    except SourceError as error:
        return Reading((), (error,))
