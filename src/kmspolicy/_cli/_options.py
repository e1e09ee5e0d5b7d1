"""Arguments and options that several commands take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from kmspolicy._cli._inputs import read
from kmspolicy._cli._screen import tell
from kmspolicy._cli._settings import Settings, read_settings
from kmspolicy._language._patterns import like
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
    return dict(parted(values, "NAME=VALUE"))


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
    click.option("--region", metavar="REGION", help="The Region of the keys, for templates."),
    click.option("--partition", metavar="PARTITION", help="The partition of the keys, for templates."),
    click.option("--tf-dir", metavar="FOLDER", help="The configuration of a Terraform plan, for lines: a plan has none."),
    resource,
)  # fmt: skip
"""How files are read: see read_sources."""
who: Final = together(
    click.option("--account", metavar="ID", help="The account of the keys, where a file does not tell it."),
    click.option("--caller", metavar="ARN", help="Who will put the policies, for the lockout check."),
    click.option("--config", metavar="FILE", help="The settings; otherwise kmspolicy.toml of the project."),
)
"""Who calls, and whose the keys are: see settings_of."""


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
    """
    settings = read_settings(options["config"])
    if settings.found is not None and options.get("format", _FOR_PEOPLE[0]) in _FOR_PEOPLE:
        tell(f"The settings are those of {word(str(settings.found))}.")
    given = {name: options[name] for name in ("account", "caller") if options[name] is not None}
    return attrs.evolve(settings, **given)


def values_of(options: Mapping[str, Any], account: str | None) -> dict[str, str]:
    """Return the values of parameters and other placeholders, by their names."""
    pseudo = {"account": account, "region": options["region"], "partition": options.get("partition")}
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
        UsageError: if a value is not what its placeholder stands for, or no resource has the name that is asked for.
    """
    values = values_of(options, account)
    reading = filled(read(paths, parameters=values, tf_dir=options.get("tf_dir")), values)
    name: str | None = options["name"]
    if name is None:
        return reading
    sources = tuple(source for source in reading.sources if like(name, source.name))
    if not sources and not reading.errors:
        known = ", ".join(word(source.name) for source in reading.sources) or "none"
        raise click.UsageError(f"no resource has the name {word(name)}; there are: {known}")
    return Reading(sources, reading.errors)
