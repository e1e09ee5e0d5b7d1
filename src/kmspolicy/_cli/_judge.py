"""Judging what files say: each finding with its place, and whether it counts."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from kmspolicy import check
from kmspolicy._check._lockout import LOCKOUTS
from kmspolicy._partial._answers import unresolved
from kmspolicy._printable import printable
from kmspolicy.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from kmspolicy import Finding
    from kmspolicy._cli._settings import Ignored
    from kmspolicy._text import Place
    from kmspolicy.sources import Source

BYPASSED = "the file says to bypass the lockout safety check"


@attrs.frozen
class Judged:
    """A finding in a file.

    Attributes:
        finding: What was found.
        source: The key that it is about.
        place: The line and column; None if the file has none.
        suppressed: Why it does not count; None if it does.
    """

    finding: Finding
    source: Source
    place: Place | None
    suppressed: str | None = None

    @property
    def file(self) -> str:
        """The path of the file, from the current folder if it is below."""
        return path_shown(self.source.file)

    @property
    def fingerprint(self) -> str:
        """A name of the finding that does not change when lines or statements move, or when the file is written anew."""
        steps = [step for step in self.finding.steps if isinstance(step, str)]
        content = self.source.part(self.finding.steps)
        named = [self.file, self.source.name, self.finding.code, steps, content]
        return sha256(json.dumps(named, sort_keys=True, default=str).encode()).hexdigest()[:32]


def path_shown(file: str | None) -> str:
    """Return the path of a file as it is shown: with slashes, and from the current folder if it is below."""
    path = Path(file or "-")
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix() if path.is_absolute() else path.as_posix()
    except ValueError:
        return path.as_posix()


def judge(source: Source, *, caller: str | None, account: str | None) -> Iterator[Judged]:
    """Yield the findings of what a file says of a key.

    Args:
        source: What it says.
        caller: Who will put the policy.
        account: The account of the key, unless the file tells the key.

    Raises:
        UsageError: if the caller or the account cannot be.
    """
    policy = source.policy
    if source.told == "unresolved":
        yield Judged(unresolved(printable(source.why or "")), source, source.place())
    if policy is None:
        return
    try:
        if source.key_arn is None:
            found = check(policy, caller=caller, account=account)
        else:
            found = check(policy, caller=caller, key_arn=source.key_arn)
    except RequestError as error:
        raise click.UsageError(str(error)) from error
    for finding in found:
        bypassed = BYPASSED if source.bypass and finding.code in LOCKOUTS else None
        yield Judged(finding, source, finding.place or source.place(finding.steps), bypassed)


def with_reasons(judged: Judged, ignored: Iterable[Ignored], today: date) -> Judged:
    """Return a finding with the reason why it does not count, if there is one."""
    if judged.suppressed is not None:
        return judged
    code = judged.finding.code
    for own in judged.source.ignores:
        if own.code == code:
            return attrs.evolve(judged, suppressed=own.reason)
    for one in ignored:
        if one.covers(code, judged.source.name, judged.file) and (
            one.expires is None or today <= one.expires
        ):
            return attrs.evolve(judged, suppressed=one.reason)
    return judged
