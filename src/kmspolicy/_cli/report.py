"""``kmspolicy report``: all keys of files and folders on one page, or as data."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from kmspolicy._cli._exit import Exit
from kmspolicy._cli._inputs import count, each
from kmspolicy._cli._judge import judge, with_reasons
from kmspolicy._cli._options import (
    filled,
    output,
    paths,
    reading,
    refuse_unknown,
    settings_of,
    values_of,
    who,
)
from kmspolicy._cli._page import page_of
from kmspolicy._cli._places import fits
from kmspolicy._cli._record import FIELDS, facts_of, record_of, unreadable
from kmspolicy._cli._screen import tell, write
from kmspolicy._evaluate._request import an_account
from kmspolicy._printable import printable, word
from kmspolicy.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from kmspolicy._cli._record import Record
    from kmspolicy._cli._settings import Settings
    from kmspolicy.errors import SourceError
    from kmspolicy.sources import Reading


def _accounts(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse what is not the id of an account."""
    try:
        for value in values:
            an_account(value)
    except RequestError as error:
        raise click.BadParameter(str(error)) from error
    return values


@click.command
@paths
@click.option(
    "--trusted",
    metavar="ACCOUNT",
    multiple=True,
    callback=_accounts,
    help="Another account that may have access; again for more.",
)
@reading
@who
@output("html", "csv", "jsonl")
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - as click calls it
    """Report on all keys: what is wrong, who outside gets in, who inside can lock everybody out.

    HTML is one page that needs no other file and no network. Each file is read, judged and written before the next one, so that
    ten thousand need no more memory than one.
    """
    settings = settings_of(options)
    told = _Told()
    with ExitStack() as stack:
        readings: Iterable[Reading] = each(paths, values_of(options, settings.account), options["tf_dir"])
        if sys.stderr.isatty() and options["output"] is not None:
            bar = click.progressbar(readings, length=count(paths), label="Judging", file=sys.stderr)
            readings = stack.enter_context(bar)
        records = _records(readings, options, settings, told)
        _write(_lines(records, options["format"]), options["output"])
    if options["output"] is not None:
        tell(f"Written: {printable(options['output'])}")
    for error in told.errors:
        tell(str(error))
    refuse_unknown(options["parameters"], told.names, told.errors)
    if options["name"] is not None and not told.keys and not told.errors:
        raise click.UsageError(f"no resource has the name {word(options['name'])}")
    ctx.exit(Exit.UNREADABLE if told.errors else Exit.FINE)


@attrs.define
class _Told:
    """What the end of the command needs of all that was read.

    Attributes:
        errors: What could not be read.
        names: The names of the values that can be given.
        keys: How many keys are in the report.
    """

    errors: list[SourceError] = attrs.field(factory=list["SourceError"])
    names: set[str] = attrs.field(factory=set[str])
    keys: int = 0


def _records(
    readings: Iterable[Reading], options: dict[str, Any], settings: Settings, told: _Told
) -> Iterator[Record]:
    """Yield what is known of each key and of each file that cannot be read, and keep what the end of the command needs."""
    today = datetime.now(tz=UTC).date()
    values = values_of(options, settings.account)
    for read in readings:
        known = filled(read, values)
        told.errors += known.errors
        yield from map(unreadable, known.errors)
        for source in known.sources:
            told.names |= source.names
            if fits(options["name"] or "*", source.name):
                told.keys += 1
                found = judge(source, caller=settings.caller, account=settings.account)
                judged = [with_reasons(one, settings.ignored, today) for one in found]
                yield record_of(source, judged, settings.account, options["trusted"])


def _lines(records: Iterable[Record], form: str) -> Iterable[str]:
    """Return a report, a part for each key."""
    if form == "html":
        return page_of(records, _made())
    if form == "jsonl":
        return (json.dumps(record) + "\n" for record in records)
    return _table(records)


def _made() -> date:
    """Return the date in UTC; the environment may give the time, so that two reports of the same are the same.

    https://reproducible-builds.org/specs/source-date-epoch/
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        return datetime.now(tz=UTC).date()
    try:
        return datetime.fromtimestamp(int(given), tz=UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise click.UsageError(f"SOURCE_DATE_EPOCH is not a time in seconds: {word(given)}") from error


def _table(records: Iterable[Record]) -> Iterator[str]:
    """Yield the rows of a table of facts, in which no cell is a formula for a spreadsheet."""
    line = io.StringIO()
    rows = csv.writer(line, lineterminator="\n")
    rows.writerow(FIELDS)
    yield line.getvalue()
    for record in records:
        line.seek(0)
        line.truncate()
        rows.writerows([_cell(fact.get(name)) for name in FIELDS] for fact in facts_of(record))
        yield line.getvalue()


def _cell(value: object) -> str:
    """Return a value as a cell; an apostrophe keeps a spreadsheet from taking it for a formula.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    text = "" if value is None else printable(str(value))
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _write(parts: Iterable[str], output: str | None) -> None:
    """Write the parts one after the other."""
    if output is None:
        for part in parts:
            write(part.removesuffix("\n"))
        return
    try:
        with Path(output).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(parts)
    except OSError as error:
        raise click.UsageError(f"cannot write {printable(output)}: {error.strerror}") from error
