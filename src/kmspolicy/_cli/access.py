"""``kmspolicy access``: who may do what with a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kmspolicy import access
from kmspolicy._cli._asked import FORMATS, ask, code_of, show
from kmspolicy._cli._options import output, paths, read_sources, reading, settings_of, whose
from kmspolicy._cli._places import key_of

if TYPE_CHECKING:
    from kmspolicy import AccessTable, PartialPolicy, Policy
    from kmspolicy.sources import Source


@click.command
@paths
@reading
@whose
@output(*FORMATS)
@click.option(
    "--also", metavar="PRINCIPAL", multiple=True, help="A principal to show that the policy does not name."
)
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - as click calls it
    """Show who may do what with a key, according to its policy."""
    account = settings_of(options).account
    read = read_sources(paths, options, account)

    def table(source: Source, policy: Policy | PartialPolicy) -> AccessTable:
        key = key_of(source, account)
        return access(policy, also=options["also"], account=key.account, key_arn=key.arn)

    show(ask(read.sources, table), read.errors, options)
    ctx.exit(code_of(read.errors, found=False))
