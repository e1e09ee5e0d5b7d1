"""Plain English of who outside an account gets in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._evaluate._decide import Outcome
from kmspolicy._language._actions import ACTIONS
from kmspolicy._printable import quoted, word
from kmspolicy._prove._entries import ExternalGroup
from kmspolicy._words._cells import action_words
from kmspolicy._words._conditions import condition_words
from kmspolicy._words._lists import dependence_words, lines, listed
from kmspolicy._words._principals import principal_words
from kmspolicy._words._proofs import witness_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kmspolicy._language._principals import PrincipalType
    from kmspolicy._prove._entries import ExternalAccess, ExternalEntry

_GROUPS: Final[Mapping[ExternalGroup, str]] = {
    ExternalGroup.PUBLIC: "Everyone (public)",
    ExternalGroup.ORGANISATION: "Organisations",
    ExternalGroup.ANYONE_WITH: "Everyone with a value that AWS chooses",
    ExternalGroup.UNTRUSTED_ACCOUNT: "Accounts that are not trusted",
    ExternalGroup.TRUSTED_ACCOUNT: "Trusted accounts",
    ExternalGroup.SERVICE: "Services without protection from a confused deputy",
    ExternalGroup.PROTECTED_SERVICE: "Services with protection from a confused deputy",
    ExternalGroup.UNKNOWN: "Not known",
}
_MOST: Final = 40_000
"""The most characters of those outside, and of those inside."""
_EVERY: Final = tuple(facts.name for facts in ACTIONS.values() if facts.effective)


def external_words(external: ExternalAccess) -> str:
    """Say who outside gets in, group by group, and who inside can lock everybody out."""
    where = "the account of the key" if external.account is None else f"account {external.account}"
    parts = [f"not all is known: {external.unknown}"] if external.unknown else []
    if external.account is None and any(entry.group in _OF_ACCOUNTS for entry in external.entries):
        parts.append("The account of the key is not known: every account counts as outside.")
    if external.entries:
        parts.append(f"Who outside {where} gets in:")
        parts += lines(
            external.entries, lambda entry: f"  {_GROUPS[entry.group]}: {entry_words(entry)}", _MOST
        )
    elif not external.unknown:
        parts.append(f"Nobody outside {where} gets in.")
    if external.inside:
        parts.append("Who inside can lock everybody out:")
        parts += lines(external.inside, lambda entry: f"  {entry_words(entry)}", _MOST)
    return "\n".join(parts)


def entry_words(entry: ExternalEntry) -> str:
    """Say who is let in, for what, when, by which statement, and give an example."""
    sid = f" ({quoted(entry.sid)})" if entry.sid else ""
    what = f"{actions_words(entry)} by {_statement(entry.statement)}{sid}"
    example = f"; for example, {witness_words(entry.witness)}" if entry.witness is not None else ""
    return f"{who_words(entry)}: {', '.join([what, *when_words(entry)])}{example}"


def actions_words(entry: ExternalEntry) -> str:
    """Say for what somebody is let in."""
    return action_words(entry.actions, _EVERY)


def when_words(entry: ExternalEntry) -> list[str]:
    """Say when somebody is let in: on which conditions, what is denied, and what it is not certain for."""
    when = [f"if {condition_words(entry.condition)}"] if entry.condition else []
    if entry.denied_by:
        when.append(f"unless {listed(entry.denied_by, _statement)} denies it")
    if entry.unknown:
        when.append(f"perhaps: {entry.unknown}")
    if entry.depends_on:
        when.append(f"perhaps: this {dependence_words(entry.depends_on)}")
    return when


def who_words(entry: ExternalEntry) -> str:
    """Say who is let in."""
    if entry.who == "*":
        return "any service" if entry.group in _OF_SERVICES else "everyone"
    if entry.group in _BY_VALUE:
        return word(entry.who)
    kind: PrincipalType = "Service" if entry.group in _OF_SERVICES else "AWS"
    is_iam = entry.witness is not None and entry.witness.decision.outcome is Outcome.DELEGATED
    return f"{principal_words(kind, entry.who)}{' (by its IAM policies)' if is_iam else ''}"


_BY_VALUE: Final = frozenset({ExternalGroup.ORGANISATION, ExternalGroup.ANYONE_WITH})
_OF_ACCOUNTS: Final = frozenset({ExternalGroup.UNTRUSTED_ACCOUNT, ExternalGroup.TRUSTED_ACCOUNT})
_OF_SERVICES: Final = frozenset({ExternalGroup.SERVICE, ExternalGroup.PROTECTED_SERVICE})


def _statement(number: int) -> str:
    return f"Statement[{number}]"
