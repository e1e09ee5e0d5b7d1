"""``kmspolicy check``: what is wrong with the policies in files."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import attrs
import click

from kmspolicy import Severity
from kmspolicy._check._finding import a_code
from kmspolicy._cli._baseline import read_baseline, without, written
from kmspolicy._cli._exit import Exit
from kmspolicy._cli._inputs import NoPolicyError
from kmspolicy._cli._judge import judge, with_reasons
from kmspolicy._cli._options import output, paths, read_sources, reading, settings_of, who
from kmspolicy._cli._run import Run
from kmspolicy._cli._screen import Screen, tell, write
from kmspolicy._cli._settings import SEVERITIES, Ignored
from kmspolicy._printable import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from kmspolicy._cli._judge import Judged
    from kmspolicy.sources import Reading

_FORMATS = ("text", "json", "sarif", "github")


def _ignores(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[Ignored, ...]:
    """Read values of the form CODE or CODE:RESOURCE."""
    found: list[Ignored] = []
    for value in values:
        code, colon, resource = value.partition(":")
        if colon and not resource:
            raise click.BadParameter(
                f"{quoted(value)} names no resource: write {code}:RESOURCE, or {code} for all resources"
            )
        try:
            found.append(
                Ignored(code=a_code(code), reason="ignored on the command line", resource=resource or None)
            )
        except ValueError as error:
            raise click.BadParameter(str(error)) from error
    return tuple(found)


@click.command
@paths
@reading
@who
@output(*_FORMATS)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    help="The least severity that makes the exit code 1; security-warning, unless kmspolicy.toml says otherwise.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Make the exit code 1 for what cannot be known, too: UNRESOLVED; and 3 for a path without a key policy.",
)
@click.option(
    "--ignore",
    "ignored",
    metavar="CODE[:RESOURCE]",
    multiple=True,
    callback=_ignores,
    help="Findings that do not count; * in a resource stands for any text.",
)
@click.option("--baseline", metavar="FILE", help="Findings that were there before do not count.")
@click.option("--write-baseline", metavar="FILE", help="Write all findings of this run, for --baseline.")
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - as click calls it
    """Say what is wrong with the policies in files, and where.

    The exit code is 1 if there is a finding of the severity --fail-on or a worse one.
    """
    if options["baseline"] is not None and options["write_baseline"] is not None:
        raise click.UsageError("give --baseline or --write-baseline, not both: nothing would be new")
    settings = settings_of(options)
    read = read_sources(paths, options, settings.account)
    if not options["strict"]:
        read = _without_empty(read)
    today = datetime.now(tz=UTC).date()
    ignored = (*options["ignored"], *settings.ignored)
    judged = [
        with_reasons(one, ignored, today)
        for source in read.sources
        for one in judge(source, caller=settings.caller, account=settings.account)
    ]
    _tell_expired(ignored, judged, today)
    gone = 0
    if options["write_baseline"] is not None:
        write(written(judged), options["write_baseline"])
    if options["baseline"] is not None:
        judged, gone = without(judged, read_baseline(options["baseline"]))
    run = Run(tuple(sorted(judged, key=_in_order)), read.errors, read.sources, gone)
    write(_shown(run, options["format"], options["output"]), options["output"])
    ctx.exit(_code(run, options["fail_on"] or settings.fail_on, strict=options["strict"]))


def _without_empty(read: Reading) -> Reading:
    """Return what was read; say in which paths no policy was found, and do not take it for an error."""
    empty = [error for error in read.errors if isinstance(error, NoPolicyError)]
    for error in empty:
        tell(str(error))
    return attrs.evolve(read, errors=tuple(error for error in read.errors if error not in empty))


def _in_order(judged: Judged) -> tuple[str, int, int]:
    """Return where a finding stands among the others: by file and place."""
    line, column = judged.place or (0, 0)
    return judged.file, line, column


def _tell_expired(ignored: Iterable[Ignored], judged: Iterable[Judged], today: date) -> None:
    """Say which entries of the settings would cover a finding, but are no longer valid."""
    found = [(one.finding.code, one.source.name, one.source.file) for one in judged]
    for entry in ignored:
        if entry.expires is not None and entry.expires < today and any(entry.covers(*each) for each in found):
            tell(f"kmspolicy.toml: ignoring {entry.code} ended on {entry.expires}")


def _shown(run: Run, form: str, file: str | None) -> str:
    """Return what was found in a format; the module of each is loaded when it is asked for."""
    match form:
        case "json":
            from kmspolicy._cli._json import json_of  # noqa: PLC0415 - as the docstring says

            return json_of(run)
        case "sarif":
            from kmspolicy._cli._sarif import sarif_of  # noqa: PLC0415 - as the docstring says

            return sarif_of(run)
        case "github":
            from kmspolicy._cli._github import github_of  # noqa: PLC0415 - as the docstring says

            return github_of(run)
        case _:
            from kmspolicy._cli._text import text_of  # noqa: PLC0415 - as the docstring says

            return text_of(run, Screen.of(sys.stdout) if file is None else Screen())


def _code(run: Run, fail_on: str, *, strict: bool) -> Exit:
    if run.errors:
        return Exit.UNREADABLE
    if fail_on != "never":
        least = Severity(fail_on.replace("-", " "))
        if any(not one.finding.severity < least for one in run.counted):
            return Exit.FOUND
    if strict and any(one.finding.code == "UNRESOLVED" for one in run.counted):
        return Exit.FOUND
    return Exit.FINE
