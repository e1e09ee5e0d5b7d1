"""Groups of commands that say which command was probably meant."""

from __future__ import annotations

import click

from kmspolicy._language._spelling import nearest
from kmspolicy._printable import quoted


class Group(click.Group):
    """A group that names the nearest command where there is none of a name; not all versions of click do."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command.

        Raises:
            UsageError: if there is none; names the nearest one.
        """
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            meant = nearest(args[0], {name: name for name in self.list_commands(ctx)})
            if meant is None:
                raise
            raise click.UsageError(
                f"No such command {quoted(args[0])}. Did you mean {meant}?", ctx
            ) from error
