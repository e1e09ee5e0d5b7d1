"""The policy that is to be put on a key, from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kmspolicy import Policy
from kmspolicy._cli._exit import Unreadable
from kmspolicy._cli._options import read_sources
from kmspolicy._printable import printable, word
from kmspolicy.errors import PlaceholderError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kmspolicy._cli._settings import Settings
    from kmspolicy.sources import Source


def wanted(path: str, options: Mapping[str, Any], settings: Settings) -> Policy:
    """Return the one policy of a file, with a value for each placeholder.

    Args:
        path: The file.
        options: The values of the options, ``--name`` and ``--parameter`` among them.
        settings: The settings of the project.

    Raises:
        Unreadable: if the file cannot be read.
        UsageError: if it is not clear which policy is meant, or a placeholder has no value.
    """
    reading = read_sources([path], options, settings.account)
    if reading.errors:
        raise Unreadable("\n".join(map(str, reading.errors)))
    source = _the_one(path, reading.sources)
    policy = source.policy
    if policy is None:
        raise click.UsageError(f"{printable(source.name)}: {printable(source.why or source.told)}")
    if isinstance(policy, Policy):
        return policy
    try:
        return policy.fill()
    except PlaceholderError as error:
        message = f"{printable(source.name)}: {error}; give values with --parameter NAME=VALUE"
        raise click.UsageError(message) from error


def _the_one(path: str, sources: tuple[Source, ...]) -> Source:
    """Return the only source, or the only one that has a policy."""
    found = sources if len(sources) == 1 else [one for one in sources if one.policy is not None]
    if len(found) == 1:
        return found[0]
    names = ", ".join(word(one.name) for one in sources) or "none"
    raise click.UsageError(
        f"{printable(path)}: which of its policies? Choose one with --name; there are: {names}"
    )
