"""``kmspolicy explain``: policies in plain English, and what a finding means."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from kmspolicy import PartialPolicy, explain
from kmspolicy._check._catalogue import CATALOGUE
from kmspolicy._cli._asked import FORMATS, ask, code_of, show
from kmspolicy._cli._options import output, paths, read_sources, reading, settings_of, whose
from kmspolicy._display import Displayed
from kmspolicy._language._spelling import nearest
from kmspolicy._printable import word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kmspolicy import Policy
    from kmspolicy._check._finding import FindingCode
    from kmspolicy._cli._screen import Screen
    from kmspolicy.sources import Source


@attrs.frozen
class Meaning:
    """What a finding means.

    Attributes:
        code: The code of the finding.
    """

    code: FindingCode

    def to_dict(self) -> dict[str, Any]:
        """Return the meaning for JSON."""
        entry = CATALOGUE[self.code]
        facts = {"severity": entry.severity.value, "meaning": entry.meaning, "hint": entry.hint}
        return {"code": self.code, **facts, "url": entry.url}

    def text(self, screen: Screen, *, alone: bool) -> str:  # noqa: ARG002 - the same on any screen
        """Return the meaning as text."""
        entry = CATALOGUE[self.code]
        return f"{self.code}: {entry.severity.value}\n{entry.meaning}\n{entry.hint}\n{entry.url}"


@attrs.frozen
class Explanation(Displayed):
    """What a policy says.

    Attributes:
        policy: The policy.
    """

    policy: Policy | PartialPolicy

    @property
    def not_known(self) -> list[str]:
        """The names of what is not known yet."""
        if not isinstance(self.policy, PartialPolicy):
            return []
        return [*(one.name for one in self.policy.placeholders), *self.policy.unresolved]

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON: a text for each line, and the names of what is not known yet."""
        return {"says": explain(self.policy).split("\n"), "not_known": self.not_known}

    def __str__(self) -> str:
        """Return it as text."""
        names = ", ".join(map(word, self.not_known))
        more = f"\nNot known yet: {names}; give values with --parameter NAME=VALUE." if names else ""
        return f"{explain(self.policy)}{more}"


@click.command
@paths
@reading
@whose
@output(*FORMATS)
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - as click calls it
    """Say in plain English what policies say, statement by statement.

    In place of a PATH, the code of a finding says what it means: kmspolicy explain LOCKOUT_EVERYONE
    """
    codes: list[FindingCode] = [code for code in CATALOGUE if code in paths]
    files = [path for path in paths if path not in codes]
    _refuse_misspelt(files)
    read = read_sources(files, options, settings_of(options).account)
    answered = ask(read.sources, _explanation)
    show([*map(Meaning, codes), *answered], read.errors, options)
    ctx.exit(code_of(read.errors, found=False))


def _refuse_misspelt(files: Iterable[str]) -> None:
    """Refuse what is probably the code of a finding, misspelt.

    Raises:
        UsageError: for the first of them that is not a file; names the nearest code.
    """
    for file in files:
        meant = nearest(file, {code.lower(): code for code in CATALOGUE}) if _MAY_BE_A_CODE(file) else None
        if meant is not None and not Path(file).exists():
            raise click.UsageError(
                f"{word(file)} is not a file, and not the code of a finding; did you mean {meant}?"
            )


_MAY_BE_A_CODE: Final = re.compile("[A-Za-z_-]+").fullmatch


def _explanation(_source: Source, policy: Policy | PartialPolicy) -> Explanation:
    return Explanation(policy)
