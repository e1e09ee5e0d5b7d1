"""The settings of a project: ``kmspolicy.toml``."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import attrs
import click

from kmspolicy._check._finding import a_code
from kmspolicy._cli._places import fits, path_shown
from kmspolicy._language._spelling import nearest
from kmspolicy._printable import quoted, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAME: Final = "kmspolicy.toml"
SEVERITIES: Final = ("error", "security-warning", "warning", "suggestion", "never")
"""What ``--fail-on`` takes: the severities as on a command line, the greatest first."""


@attrs.frozen(kw_only=True)
class Ignored:
    """A kind of findings that do not count.

    Attributes:
        code: Their code.
        reason: Why it is fine.
        resource: The name of the resource, in which ``*`` stands for any text; None for all.
        path: The path of the file from the folder, likewise.
        expires: The last day on which they do not count; None for no end.
        folder: The folder of the settings; None for the current one.
    """

    code: str
    reason: str
    resource: str | None = None
    path: str | None = None
    expires: date | None = None
    folder: Path | None = None

    def covers(self, code: str, resource: str, file: str | None) -> bool:
        """Return whether it is about a finding."""
        return (
            code == self.code
            and (self.resource is None or fits(self.resource, resource))
            and (self.path is None or fits(self.path, path_shown(file, self.folder)))
        )


@attrs.frozen(kw_only=True)
class Settings:
    """What a project wants of each run.

    Attributes:
        account: The account of the keys.
        caller: Who will put the policies.
        fail_on: The least severity that fails.
        ignored: The findings that do not count.
        found: The file in a folder above in which the settings were found; None for one that is here, or was named.
    """

    account: str | None = None
    caller: str | None = None
    fail_on: str = "security-warning"
    ignored: tuple[Ignored, ...] = ()
    found: Path | None = None


def read_settings(path: str | None) -> Settings:
    """Read the settings of a file, or else of the project in whose folder the command runs.

    Raises:
        UsageError: if the file is not right; names the file and what is wrong.
    """
    here = Path.cwd()
    file = _of_project(here) if path is None else Path(path)
    if file is None:
        return Settings()
    above = file if path is None and file.parent != here else None
    try:
        with file.open("rb") as opened:
            return _settings(tomllib.load(opened), above)
    except OSError as error:
        raise click.UsageError(f"{word(str(file))} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise click.UsageError(f"{word(str(file))}: {error}") from error


def _of_project(folder: Path) -> Path | None:
    """Return the settings in a folder or in the nearest one above it, up to the root of the repository.

    Outside of a repository only the folder itself counts: nobody looks for the settings of a gate in /tmp or at home.
    """
    folders = [folder, *folder.parents]
    root = next((number for number, one in enumerate(folders) if (one / ".git").exists()), 0)
    return next((one / NAME for one in folders[: root + 1] if (one / NAME).is_file()), None)


def _settings(table: Mapping[str, Any], above: Path | None) -> Settings:
    _refuse_others(table, ("account", "caller", "fail-on", "ignore"), "the settings")
    texts = {name: _text(table, name) for name in ("account", "caller", "fail-on")}
    fail_on = texts["fail-on"] or Settings().fail_on
    if fail_on not in SEVERITIES:
        raise ValueError(f"fail-on must be one of {', '.join(SEVERITIES)}, not {quoted(fail_on)}")
    entries: Any = table.get("ignore", [])
    if not isinstance(entries, list):
        raise ValueError("write each entry of ignore as [[ignore]]")  # noqa: TRY004 - as for all else that is wrong
    numbered = enumerate(cast("Sequence[Any]", entries), start=1)
    return Settings(
        account=texts["account"],
        caller=texts["caller"],
        fail_on=fail_on,
        ignored=tuple(_ignored(number, entry, above and above.parent) for number, entry in numbered),
        found=above,
    )


def _ignored(number: int, found: Any, folder: Path | None) -> Ignored:  # noqa: ANN401 - whatever the file has
    where = f"ignore number {number}"
    if not isinstance(found, dict):
        raise ValueError(f"{where} must be a table: [[ignore]]")  # noqa: TRY004 - as for all else that is wrong
    entry = cast("dict[str, Any]", found)
    _refuse_others(entry, ("code", "reason", "resource", "path", "expires"), where)
    code, reason = _text(entry, "code"), _text(entry, "reason")
    if code is None:
        raise ValueError(f"{where} has no code")
    if not (reason or "").strip():
        raise ValueError(f"{where} has no reason: say why {code} is fine")
    expires = entry.get("expires")
    if expires is not None and (not isinstance(expires, date) or isinstance(expires, datetime)):
        raise ValueError(f"expires of {where} must be a date without quotes, 2027-01-31 for example")
    limits = {name: _text(entry, name) for name in ("resource", "path")}
    for name, limit in limits.items():
        if limit == "":
            raise ValueError(f"{name} of {where} is empty: name one, or leave {name} out for all")
    return Ignored(
        code=a_code(code),
        reason=str(reason),
        **limits,
        expires=expires,
        folder=folder,
    )


def _text(table: Mapping[str, Any], name: str) -> str | None:
    value = table.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} must be text in quotes, not {value}")
    return value


def _refuse_others(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for name in table:
        if name not in known:
            meant = nearest(name, {each: each for each in known})
            hint = f"did you mean {meant!r}?" if meant else f"known are {', '.join(known)}"
            raise ValueError(f"{quoted(name)} in {where} is not known; {hint}")
