"""What a report says of one key, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kmspolicy import Severity, external_access
from kmspolicy._cli._places import key_of, path_shown
from kmspolicy._language._key_arns import account_of_key_arn
from kmspolicy._words._conditions import condition_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kmspolicy import ExternalEntry
    from kmspolicy._cli._judge import Judged
    from kmspolicy.errors import SourceError
    from kmspolicy.sources import Source

Record = dict[str, Any]
"""A key, or a file that cannot be read."""

FIELDS: Final = (
    "file", "line", "resource", "account", "kind", "group", "what", "statement", "actions", "conditions", "text", "suppressed",
)  # fmt: skip
"""The columns of a report as a table of facts: each finding, and each access, has a row."""


def record_of(
    source: Source, judged: Iterable[Judged], account: str | None, trusted: tuple[str, ...]
) -> Record:
    """Return what is known of a key: what was found, who outside gets in, and who inside can lock everybody out."""
    place = source.place()
    account = account if source.key_arn is None else account_of_key_arn(source.key_arn)
    findings = [_finding(one) for one in judged]
    counted = [Severity(one["severity"]) for one in findings if one["suppressed"] is None]
    record: Record = {
        "file": path_shown(source.file),
        "line": None if place is None else place.line,
        "resource": source.name,
        "key_arn": source.key_arn,
        "account": account,
        "told": source.told,
        "why": source.why,
        "worst": max(counted).value if counted else None,
        "findings": findings,
        "outside": [],
        "inside": [],
        "unknown": None,
    }
    if source.policy is None:
        return record
    key = key_of(source, account)
    found = external_access(source.policy, trusted_accounts=trusted, account=key.account, key_arn=key.arn)
    return record | {
        "outside": [*map(_entry, found.entries)],
        "inside": [*map(_entry, found.inside)],
        "unknown": found.unknown or None,
    }


def unreadable(error: SourceError) -> Record:
    """Return what is known of a file that cannot be read."""
    return {
        "file": path_shown(error.file),
        "line": error.line,
        "resource": None,
        "key_arn": None,
        "account": None,
        "told": "unreadable",
        "why": error.message,
        "worst": None,
        "findings": [],
        "outside": [],
        "inside": [],
        "unknown": None,
    }


def _finding(judged: Judged) -> Record:
    return {
        **judged.finding.to_dict(),
        "line": None if judged.place is None else judged.place.line,
        "suppressed": judged.suppressed,
    }


def _entry(entry: ExternalEntry) -> Record:
    words = "" if entry.condition is None else condition_words(entry.condition)
    return {**entry.to_dict(), "words": words, "shown": "" if entry.witness is None else str(entry.witness)}


def facts_of(record: Record) -> Iterator[dict[str, Any]]:
    """Yield a row of a table for each finding and each access; a key without any has one, too."""
    key = {name: record[name] for name in ("file", "line", "resource", "account")}
    rows = [
        key | {
            "line": one["line"], "kind": "finding", "group": one["severity"], "what": one["code"],
            "text": f"{one['message']} {one['hint']}", "suppressed": one["suppressed"],
        }
        for one in record["findings"]
    ]  # fmt: skip
    rows += [
        key | {
            "kind": kind, "group": one["group"], "what": one["who"], "statement": one["statement"],
            "actions": " ".join(one["actions"]), "conditions": one["words"], "text": one["unknown"] or one["shown"],
        }
        for kind in ("outside", "inside")
        for one in record[kind]
    ]  # fmt: skip
    if record["told"] != "policy" or record["unknown"] or not rows:
        rows.append(
            key | {"kind": record["told"], "text": record["why"] or record["unknown"] or "nothing was found"}
        )
    yield from rows
