"""Arguments and options that several commands take."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from kmspolicy._cli._inputs import NoPolicyError, each, merged
from kmspolicy._cli._places import fits
from kmspolicy._cli._screen import tell
from kmspolicy._cli._settings import Settings, read_settings
from kmspolicy._evaluate._request import an_account
from kmspolicy._language._forms import PARTITIONS, partition_of
from kmspolicy._language._spelling import fold, nearest
from kmspolicy._partial._kinds import RULES
from kmspolicy._printable import quoted, word
from kmspolicy._sources._source import in_file
from kmspolicy.errors import PlaceholderError, SourceError
from kmspolicy.sources import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kmspolicy.sources import Source

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

_PSEUDO: Final = {"account": "AWS::AccountId", "region": "AWS::Region", "partition": "AWS::Partition"}
"""The pseudo parameters of templates that options give.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
"""


_FOR_PEOPLE: Final = ("text", "github")
"""The formats that people read, beside what is told on standard error."""


def parted(values: Iterable[str], form: str) -> Iterator[tuple[str, str]]:
    """Part values at their first equals sign; the form is what they should be.

    Raises:
        BadParameter: if one has no name, or no such sign.
    """
    for text in values:
        name, sign, value = text.partition("=")
        if not (name and sign):
            raise click.BadParameter(f"{quoted(text)} is not {form}")
        yield name, value


def _values(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Read values of the form NAME=VALUE; a name has one value."""
    found: dict[str, str] = {}
    for name, value in parted(values, "NAME=VALUE"):
        if found.setdefault(name, value) != value:
            raise click.BadParameter(
                f"{word(name)} has two values: {quoted(found[name])} and {quoted(value)}"
            )
    return found


def _region(_ctx: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Refuse what is not the name of a Region."""
    rule = RULES["region"]
    if value is not None and not rule.fits(value):
        raise click.BadParameter(f"{quoted(value)} is not {rule.words}")
    return value


def together(*options: Decorator) -> Decorator:
    """Return a decorator that adds options, in the order in which the help shows them."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


key: Final = click.argument("key")
paths: Final = click.argument("paths", metavar="PATH...", nargs=-1, required=True)
parameters: Final = click.option(
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_values,
    help="The value of a parameter of a template, or of another placeholder; may be given more than once.",
)
resource: Final = click.option(
    "--name", metavar="RESOURCE", help="The resource that has the policy; * stands for any text."
)
reading: Final = together(
    parameters,
    click.option("--region", metavar="REGION", callback=_region, help="The Region of the keys, for templates."),
    click.option("--partition", type=click.Choice(PARTITIONS), help="The partition of the keys, for templates."),
    click.option("--tf-dir", metavar="FOLDER", type=click.Path(exists=True, file_okay=False), help="The configuration of a Terraform plan, for lines: a plan has none."),
    resource,
)  # fmt: skip
"""How files are read: see read_sources."""
whose: Final = together(
    click.option("--account", metavar="ID", help="The account of the keys, where a file does not tell it."),
    click.option("--config", metavar="FILE", help="The settings; otherwise kmspolicy.toml of the project."),
)
"""Whose the keys are: see settings_of."""
who: Final = together(
    click.option("--caller", metavar="ARN", help="Who will put the policies, for the lockout check."), whose
)
"""Who calls, for the commands that judge, and whose the keys are."""


def output(*formats: str) -> Decorator:
    """Return a decorator that adds the options of the output; the first format is the default."""
    return together(
        click.option("-f", "--format", type=click.Choice(formats), default=formats[0], show_default=True, help="The form of the output."),
        click.option("-o", "--output", metavar="FILE", help="Write the output to a file."),
    )  # fmt: skip


def settings_of(options: Mapping[str, Any]) -> Settings:
    """Return the settings of the project, with what the command line says instead; tell people of a file that they may not see.

    Raises:
        UsageError: if the file is not right.
        RequestError: if the account cannot be one.
    """
    settings = read_settings(options["config"])
    if settings.found is not None and options.get("format", _FOR_PEOPLE[0]) in _FOR_PEOPLE:
        tell(f"The settings are those of {word(str(settings.found))}.")
    given = {name: options[name] for name in ("account", "caller") if options.get(name) is not None}
    an_account(given.get("account", settings.account))
    return attrs.evolve(settings, **given)


def values_of(options: Mapping[str, Any], account: str | None) -> dict[str, str]:
    """Return the values of parameters and other placeholders, by their names.

    Raises:
        UsageError: if the Region is not in the partition.
    """
    region, partition = options["region"], options.get("partition")
    if region is not None and partition not in (None, partition_of(region)):
        raise click.UsageError(
            f"the Region {region} is in the partition {partition_of(region)}, not {partition}"
        )
    pseudo = {"account": account, "region": region, "partition": partition}
    values = {_PSEUDO[name]: value for name, value in pseudo.items() if value is not None}
    given: Mapping[str, str] = options["parameters"]
    return {**values, **given}


def filled(reading: Reading, values: Mapping[str, str]) -> Reading:
    """Return what was read, with values for placeholders.

    Raises:
        UsageError: if a value is not what its placeholder stands for.
    """
    sources: list[Source] = []
    errors = [*reading.errors]
    for source in reading.sources:
        try:
            with in_file(source.file):
                sources.append(source.with_values(values))
        except PlaceholderError as error:
            raise click.UsageError(f"--parameter: {error}") from error
        except SourceError as error:
            errors.append(error)
    return Reading(tuple(sources), tuple(errors))


def read_sources(paths: Iterable[str], options: Mapping[str, Any], account: str | None) -> Reading:
    """Read all paths, with the values that the options give.

    Raises:
        UsageError: as for read_each; the name must be that of a resource in one of the paths.
    """
    readings = read_each(dict.fromkeys(paths), {**options, "name": None}, account)
    return named(merged(readings), options["name"])


def read_each(paths: Iterable[str], options: Mapping[str, Any], account: str | None) -> list[Reading]:
    """Read each path, with the values that the options give.

    Raises:
        UsageError: if a value is not what its placeholder stands for, if nothing that was read takes it, or if no resource of a path
            has the name that is asked for.
    """
    values = values_of(options, account)
    readings = [filled(merged(each([path], values, options.get("tf_dir"))), values) for path in paths]
    every = merged(readings)
    refuse_unknown(
        options["parameters"], chain.from_iterable(one.names for one in every.sources), every.errors
    )
    return [named(one, options["name"]) for one in readings]


def refuse_unknown(given: Iterable[str], names: Iterable[str], errors: Iterable[SourceError]) -> None:
    """Refuse values that nothing takes, unless it is not known what takes them.

    Args:
        given: The names of the values.
        names: The names of the parameters and placeholders that were read.
        errors: What could not be read.

    Raises:
        UsageError: for the first such value; names what was probably meant.
    """
    known = {*names}
    for name in () if _hide(errors) else given:
        if name not in known:
            meant = nearest(name, {fold(each): each for each in sorted(known)})
            hint = f"; did you mean {word(meant)}?" if meant else ""
            raise click.UsageError(
                f"--parameter: no file has a parameter or a placeholder {word(name)}{hint}"
            )


def named(reading: Reading, name: str | None) -> Reading:
    """Return what was read of resources with a name, and of those that set their policies; of all, without one.

    Raises:
        UsageError: if there are none, and everything could be read.
    """
    if name is None:
        return reading
    found = tuple(source for source in reading.sources if fits(name, source.name))
    if not found and not _hide(reading.errors):
        known = ", ".join(word(source.name) for source in reading.sources) or "none"
        raise click.UsageError(f"no resource has the name {word(name)}; there are: {known}")
    setting = {source.set_by for source in found if source.set_by is not None}
    others = (
        one
        for one in reading.sources
        if any(one.name == name or one.name.startswith(f"{name}[") for name in setting)
    )
    return attrs.evolve(reading, sources=tuple(dict.fromkeys((*found, *others))))


def _hide(errors: Iterable[SourceError]) -> bool:
    """Return whether what is looked for may stand in a file that cannot be read."""
    return not all(isinstance(error, NoPolicyError) for error in errors)
