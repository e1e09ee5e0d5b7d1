"""Judging what files say: each finding with its place, and whether it counts."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import attrs

from kmspolicy import Severity, check
from kmspolicy._check._lockout import LOCKOUTS
from kmspolicy._cli._places import key_of, path_shown, with_name_shown
from kmspolicy._partial._answers import unresolved
from kmspolicy._printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from kmspolicy import Finding
    from kmspolicy._cli._settings import Ignored
    from kmspolicy._text import Place
    from kmspolicy.sources import Source

BYPASSED: Final = "the file says to bypass the lockout safety check"
_OF_CALLER: Final = LOCKOUTS | {"IAM_POLICIES_DECIDE"}
"""Findings about whether the caller could put a policy again."""


@attrs.frozen
class Judged:
    """A finding in a file.

    Attributes:
        finding: What was found.
        source: The key that it is about.
        place: The line and column; None if the file has none.
        suppressed: Why it does not count; None if it does.
        asked: The caller, and the account and the ARN of the key, that the check was told.
    """

    finding: Finding
    source: Source
    place: Place | None
    suppressed: str | None = None
    asked: tuple[str | None, ...] = ()

    @property
    def file(self) -> str:
        """The path of the file, from the current folder if it is below."""
        return path_shown(self.source.file)

    @property
    def fingerprint(self) -> str:
        """A name of the finding, from all that it rests on: whoever accepted it did not accept more.

        It does not change when lines or statements move, or when the file is written anew.
        """
        finding, source = self.finding, self.source
        named = {
            "about": [self.file, source.name, source.told, source.why],
            "what": [finding.code, finding.severity.value, finding.depends_on],
            "steps": [step for step in finding.steps if isinstance(step, str)],
            "part": source.part(finding.steps),
            "statement": source.part(finding.steps[:2]),
            "limits": None if finding.severity is Severity.SUGGESTION else source.limits(),
            "asked": self.asked if finding.code in _OF_CALLER else None,
        }
        return sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()[:32]


def judge(source: Source, *, caller: str | None, account: str | None) -> Iterator[Judged]:
    """Yield the findings of what a file says of a key.

    Args:
        source: What it says.
        caller: Who will put the policy.
        account: The account of the key, unless the file tells the key.

    Raises:
        RequestError: if the caller or the account cannot be.
    """
    source, policy = with_name_shown(source), source.policy
    if source.told == "unresolved":
        yield Judged(unresolved(printable(source.why or "")), source, source.place())
    if policy is None:
        return
    key = key_of(source, account)
    for finding in check(policy, caller=caller, account=key.account, key_arn=key.arn):
        bypassed = BYPASSED if source.bypass and finding.code in LOCKOUTS else None
        place = finding.place or source.place(finding.steps)
        yield Judged(finding, source, place, bypassed, (caller, *key))


def with_reasons(judged: Judged, ignored: Iterable[Ignored], today: date) -> Judged:
    """Return a finding with the reason why it does not count, if there is one."""
    if judged.suppressed is not None:
        return judged
    code = judged.finding.code
    for own in judged.source.ignores:
        if own.code == code:
            return attrs.evolve(judged, suppressed=own.reason)
    for one in ignored:
        if one.covers(code, judged.source.name, judged.source.file) and (
            one.expires is None or today <= one.expires
        ):
            return attrs.evolve(judged, suppressed=one.reason)
    return judged
