"""What the command reads: files, folders and standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kmspolicy._sources._paths import OF_TERRAFORM, files_in
from kmspolicy.errors import SourceError
from kmspolicy.sources import Reading, read_files, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

STANDARD_INPUT = "-"


class NoPolicyError(SourceError):
    """A path in which there is no key policy: what is asked about it has no answer, and no answer is not a good one."""

    def __init__(self, path: str) -> None:
        """Take the path."""
        of_terraform = path != STANDARD_INPUT and any(Path(path).glob("*.tf"))
        super().__init__(
            f"no key policy was found here{f'; {OF_TERRAFORM}' if of_terraform else ''}", file=path
        )


def merged(readings: Iterable[Reading]) -> Reading:
    """Return several readings as one."""
    every = [*readings]
    return Reading(
        tuple(source for reading in every for source in reading.sources),
        tuple(error for reading in every for error in reading.errors),
    )


def each(paths: Iterable[str], parameters: Mapping[str, str], tf_dir: str | None) -> Iterator[Reading]:
    """Yield what each file says, one at a time; an error for each path in which nothing is found."""
    for path in dict.fromkeys(paths):
        is_empty = True
        for reading in _each_of(path, parameters, tf_dir):
            is_empty = is_empty and not (reading.sources or reading.errors)
            yield reading
        if is_empty:
            yield Reading((), (NoPolicyError(path),))


def _each_of(path: str, parameters: Mapping[str, str], tf_dir: str | None) -> Iterable[Reading]:
    if path == STANDARD_INPUT:
        return [_standard_input(parameters, tf_dir)]
    return read_files(Path(path), parameters=parameters, tf_dir=tf_dir)


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
