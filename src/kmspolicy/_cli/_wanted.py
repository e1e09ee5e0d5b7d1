"""The policy that is to be put on a key, from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kmspolicy import Policy
from kmspolicy._cli._exit import Unreadable
from kmspolicy._cli._inputs import read
from kmspolicy._printable import printable
from kmspolicy.errors import PlaceholderError, PolicyDocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kmspolicy import PartialPolicy
    from kmspolicy.sources import Source


def wanted(path: str, name: str | None, parameters: Mapping[str, str]) -> Policy:
    """Return the one policy of a file, with a value for each placeholder.

    Args:
        path: The file.
        name: The name of the resource that has it; None if the file has one policy.
        parameters: The values of placeholders, by their names.

    Raises:
        Unreadable: if the file cannot be read.
        UsageError: if it is not clear which policy is meant, or a placeholder has no value.
    """
    reading = read([path], parameters=parameters)
    for error in reading.errors:
        raise Unreadable(str(error))
    source = _the_one(path, name, reading.sources)
    if source.policy is None:
        raise click.UsageError(f"{printable(source.name)}: {printable(source.why or source.told)}")
    try:
        return _filled(source.policy, parameters)
    except PlaceholderError as error:
        raise click.UsageError(
            f"{printable(source.name)}: {error}; give values with --parameter NAME=VALUE"
        ) from error
    except PolicyDocumentError as error:
        raise Unreadable(f"{printable(source.name)}: {error}") from error


def _the_one(path: str, name: str | None, sources: tuple[Source, ...]) -> Source:
    found = [one for one in sources if (one.policy is not None if name is None else one.name == name)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(printable(one.name) for one in sources) or "none"
    what = "which of its policies?" if name is None else f"no single key is called {printable(name)}."
    raise click.UsageError(f"{printable(path)}: {what} Choose one with --name; there are: {names}")


def _filled(policy: Policy | PartialPolicy, parameters: Mapping[str, str]) -> Policy:
    if isinstance(policy, Policy):
        return policy
    there = {one.name for one in policy.placeholders}
    return policy.fill({each: value for each, value in parameters.items() if each in there})
