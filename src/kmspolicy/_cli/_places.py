"""Where something stands in a file, and which key it is about, as all commands say it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from kmspolicy._language._key_arns import Key
from kmspolicy._language._patterns import like, literal

if TYPE_CHECKING:
    from kmspolicy._text import Place
    from kmspolicy.errors import SourceError
    from kmspolicy.sources import Source


def path_shown(file: str | None, folder: Path | None = None) -> str:
    """Return the path of a file as it is shown: with slashes, and from a folder, or the current one, unless it is absolute and not below.

    There is no ``..`` in it but at its beginning: what leads out of a folder is not in it.
    """
    path = Path(file or "-")
    leads_back = ".." in path.parts
    if folder is None and not path.is_absolute() and not leads_back:
        return path.as_posix()
    real, start = path.resolve(), folder or Path.cwd()
    if path.is_absolute() and not real.is_relative_to(start):
        return (real if leads_back else path).as_posix()
    return Path(os.path.relpath(real, start)).as_posix()


def with_name_shown(source: Source) -> Source:
    """Return what is said of a key; if its name begins with the path of its file, with that as it is shown."""
    file = source.file or ""
    if not file or not source.name.startswith(file):
        return source
    return attrs.evolve(source, name=path_shown(file) + source.name.removeprefix(file))


def fits(pattern: str, text: str) -> bool:
    """Return whether a name or a path fits a pattern, in which ``*`` stands for any text, and all else for itself."""
    return like("*".join(map(literal, pattern.split("*"))), text)


def key_of(source: Source, account: str | None) -> Key:
    """Return what is known of the key: the file goes before the command line."""
    return Key(account) if source.key_arn is None else Key(None, source.key_arn)


def place_dict(source: Source, place: Place | None) -> dict[str, Any]:
    """Return where something of a key stands, for JSON."""
    return {
        "file": path_shown(source.file),
        "resource": source.name,
        "line": None if place is None else place.line,
        "column": None if place is None else place.column,
    }


def error_dict(error: SourceError) -> dict[str, Any]:
    """Return what could not be read, for JSON."""
    return {
        "file": path_shown(error.file),
        "line": error.line,
        "column": error.column,
        "message": error.message,
    }
