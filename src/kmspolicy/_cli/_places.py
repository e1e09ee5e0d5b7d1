"""Where something stands in a file, and which key it is about, as all commands say it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kmspolicy._language._key_arns import Key

if TYPE_CHECKING:
    from kmspolicy._text import Place
    from kmspolicy.errors import SourceError
    from kmspolicy.sources import Source


def path_shown(file: str | None) -> str:
    """Return the path of a file as it is shown: with slashes, and from the current folder if it is below."""
    path = Path(file or "-")
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix() if path.is_absolute() else path.as_posix()
    except ValueError:
        return path.as_posix()


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
