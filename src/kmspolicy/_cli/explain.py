"""``kmspolicy explain``: policies in plain English, and what a finding means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kmspolicy import PartialPolicy, explain
from kmspolicy._check._catalogue import CATALOGUE
from kmspolicy._cli._exit import Exit
from kmspolicy._cli._options import paths, read_sources, reading, settings_of, who
from kmspolicy._cli._screen import tell, write
from kmspolicy._printable import printable, printable_lines, word

if TYPE_CHECKING:
    from kmspolicy._check._finding import FindingCode


@click.command
@paths
@reading
@who
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - as click calls it
    """Say in plain English what policies say.

    In place of a PATH, the code of a finding says what it means: kmspolicy explain LOCKOUT_EVERYONE
    """
    codes: list[FindingCode] = [code for code in CATALOGUE if code in paths]
    account = settings_of(options).account
    read = read_sources([path for path in paths if path not in codes], options, account)
    shown = [*map(_meaning, codes)]
    for source in read.sources:
        policy = source.policy
        if policy is None:
            words = source.why or source.told
        elif isinstance(policy, PartialPolicy):
            names = ", ".join(map(word, [*(one.name for one in policy.placeholders), *policy.unresolved]))
            words = f"it depends on what is not known yet: {names}; give values with --parameter NAME=VALUE"
        else:
            words = explain(policy)
        shown.append(f"{printable(source.name)}\n{printable_lines(words)}")
    if shown:
        write("\n\n".join(shown))
    for error in read.errors:
        tell(str(error))
    ctx.exit(Exit.UNREADABLE if read.errors else Exit.FINE)


def _meaning(code: FindingCode) -> str:
    entry = CATALOGUE[code]
    return f"{code}: {entry.severity.value}\n{entry.meaning}\n{entry.hint}\n{entry.url}"
