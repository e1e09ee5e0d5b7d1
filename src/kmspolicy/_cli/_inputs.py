"""What the command reads: files, folders and standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kmspolicy._sources._paths import files_in
from kmspolicy.errors import SourceError
from kmspolicy.sources import Reading, read_files, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

STANDARD_INPUT = "-"


def read(
    paths: Iterable[str], *, parameters: Mapping[str, str] | None = None, tf_dir: str | None = None
) -> Reading:
    """Read all paths, each once; what cannot be read does not stop the others."""
    readings = [*each(paths, parameters or {}, tf_dir)]
    return Reading(
        tuple(source for reading in readings for source in reading.sources),
        tuple(error for reading in readings for error in reading.errors),
    )


def each(paths: Iterable[str], parameters: Mapping[str, str], tf_dir: str | None) -> Iterator[Reading]:
    """Yield what each file says, one at a time."""
    for path in dict.fromkeys(paths):
        if path == STANDARD_INPUT:
            yield _standard_input(parameters, tf_dir)
        else:
            yield from read_files(Path(path), parameters=parameters, tf_dir=tf_dir)


def count(paths: Iterable[str]) -> int:
    """Return how many files the paths have."""
    return sum(
        1 if path == STANDARD_INPUT or not Path(path).is_dir() else _files(Path(path))
        for path in dict.fromkeys(paths)
    )


def _files(folder: Path) -> int:
    return sum(1 for _ in files_in(folder))


def _standard_input(parameters: Mapping[str, str], tf_dir: str | None) -> Reading:
    try:
        return Reading(
            read_text(sys.stdin.buffer.read(), name=STANDARD_INPUT, parameters=parameters, tf_dir=tf_dir), ()
        )
    except SourceError as error:
        return Reading((), (error,))
