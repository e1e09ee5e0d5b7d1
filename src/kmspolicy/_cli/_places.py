"""Where something stands in a file, and which key it is about, as all commands say it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kmspolicy._language._key_arns import Key

if TYPE_CHECKING:
    from kmspolicy._text import Place
    from kmspolicy.errors import SourceError
    from kmspolicy.sources import Source


def path_shown(file: str | None, folder: Path | None = None) -> str:
    """Return the path of a file as it is shown: with slashes, and from a folder, or the current one, if it is below."""
    path = Path(file or "-")
    if folder is None and not path.is_absolute():
        return path.as_posix()
    try:
        return path.resolve().relative_to(folder or Path.cwd()).as_posix()
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
