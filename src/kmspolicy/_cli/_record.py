"""What a report says of one key, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from kmspolicy import ExternalGroup, Severity, external_access
from kmspolicy._cli._places import key_of, path_shown
from kmspolicy._language._key_arns import account_of_key_arn, partition_of_key_arn
from kmspolicy._words._external import actions_words, when_words, who_words
from kmspolicy.statements import default_policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kmspolicy import ExternalEntry
    from kmspolicy._cli._judge import Judged
    from kmspolicy.errors import SourceError
    from kmspolicy.sources import Source

NOT_KNOWN: Final = "not known"
NO_ACCOUNT: Final = "not known: give --account"
"""What is said where the account of the key makes the difference, and is not known."""
MAY_BE_INSIDE: Final = "it may be the account of the key: give --account"

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
    key = key_of(source, account)
    findings = [_finding(one) for one in judged]
    counted = [Severity(one["severity"]) for one in findings if one["suppressed"] is None]
    return {
        "file": path_shown(source.file),
        "line": None if place is None else place.line,
        "resource": source.name,
        "key_arn": source.key_arn,
        "told": source.told,
        "why": source.why,
        "worst": max(counted).value if counted else None,
        "findings": findings,
        **_access(source, key.account or account_of_key_arn(key.arn or ""), trusted),
    }


def unreadable(error: SourceError) -> Record:
    """Return what is known of a file that cannot be read."""
    return {
        "file": path_shown(error.file),
        "line": error.line,
        "resource": None,
        "key_arn": None,
        "told": "unreadable",
        "why": error.message,
        "worst": None,
        "findings": [],
        **_not_known(None, NOT_KNOWN),
    }


def _access(source: Source, account: str | None, trusted: tuple[str, ...]) -> Record:
    """Return who gets in, as far as the policy and the account of the key are known."""
    if source.told == "default":
        return _of_default(source, account)
    if source.policy is None:
        return _not_known(account, NOT_KNOWN)
    found = external_access(source.policy, trusted_accounts=trusted, account=account, key_arn=source.key_arn)
    more = f"not known: {found.unknown}" if found.unknown else None
    is_known = found.account is not None
    return {
        "account": found.account,
        "outside": [_entry(one if is_known else _whose(one)) for one in found.entries],
        "outside_unknown": more,
        "inside": [*map(_entry, found.inside)],
        "inside_unknown": more or (None if is_known else NO_ACCOUNT),
    }


def _of_default(source: Source, account: str | None) -> Record:
    """Return who gets in by the policy that AWS gives to a key: those whom IAM policies of its account let in."""
    if account is None:
        return _not_known(None, NO_ACCOUNT) | {"outside_unknown": None}
    partition = partition_of_key_arn(source.key_arn or "") or "aws"
    inside = external_access(default_policy(account, partition=partition), account=account).inside
    return _not_known(account, None) | {"inside": [*map(_entry, inside)]}


def _not_known(account: str | None, why: str | None) -> Record:
    return {"account": account, "outside": [], "outside_unknown": why, "inside": [], "inside_unknown": why}


def _whose(entry: ExternalEntry) -> ExternalEntry:
    """Return an entry about an account that may be that of the key."""
    if entry.group is not ExternalGroup.UNTRUSTED_ACCOUNT:
        return entry
    return attrs.evolve(entry, group=ExternalGroup.UNKNOWN, unknown=MAY_BE_INSIDE)


def _finding(judged: Judged) -> Record:
    return {
        **judged.finding.to_dict(),
        "line": None if judged.place is None else judged.place.line,
        "suppressed": judged.suppressed,
    }


def _entry(entry: ExternalEntry) -> Record:
    """Return an entry for JSON, with words for people."""
    words = {
        "who": who_words(entry),
        "what": actions_words(entry),
        "when": ", ".join(when_words(entry)),
        "example": "" if entry.witness is None else str(entry.witness),
    }
    return {**entry.to_dict(), "words": words}


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
            "actions": " ".join(one["actions"]), "conditions": one["words"]["when"], "text": one["words"]["example"],
        }
        for kind in ("outside", "inside")
        for one in record[kind]
    ]  # fmt: skip
    rows += [
        key | {"kind": kind, "group": NOT_KNOWN, "text": why}
        for kind in ("outside", "inside")
        if (why := record[f"{kind}_unknown"]) is not None and record["told"] in ("policy", "default")
    ]
    if record["told"] != "policy" or not rows:
        rows.append(key | {"kind": record["told"], "text": record["why"] or "nothing was found"})
    yield from rows
