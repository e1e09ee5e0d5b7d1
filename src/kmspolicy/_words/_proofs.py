"""Plain English of answers about all requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._evaluate._decide import Outcome
from kmspolicy._language._actions import may_work_across_accounts
from kmspolicy._language._values import text_of
from kmspolicy._printable import word
from kmspolicy._prove._verdicts import Fails, Holds, Relation, Unknown
from kmspolicy._words._conditions import value_words
from kmspolicy._words._lists import listed
from kmspolicy._words._principals import name_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kmspolicy._evaluate._decide import Decision
    from kmspolicy._evaluate._request import Request
    from kmspolicy._prove._verdicts import Comparison, Verdict, Witness


def request_words(request: Request) -> str:
    """Say who asks for what, on which key."""
    key = f" on {word(request.key_arn)}" if request.key_arn is not None else ""
    if not key and request.account is not None:
        key = f" on a key of account {request.account}"
    return f"{_who(request)} asks for {_what(request)}{key}"


def witness_words(witness: Witness) -> str:
    """Say what a request shows: who may do what, under which circumstances."""
    return f"{_who(witness.request)} may {circumstance_words(witness)}"


def circumstance_words(witness: Witness) -> str:
    """Say what a request shows, without who makes it."""
    outcome = _outcome_words(witness.decision)
    if witness.before is not None:
        outcome = f"{_outcome_words(witness.before)} → {outcome}"
        if (witness.before.outcome, witness.decision.outcome) == (Outcome.DENIED, Outcome.NOT_GRANTED):
            outcome = "no longer denied; a KMS grant may allow it"
    unusual = "" if witness.typical else " (not a usual request)"
    return f"{_what(witness.request)}{_key_words(witness.request)}: {outcome}{unusual}"


def _who(request: Request) -> str:
    caller = request.caller
    return f"{'the root user of ' if caller.kind == 'account' else ''}{name_words(caller.name)}"


def _what(request: Request) -> str:
    context = [
        f"{word(key)} {listed([*map(text_of, values)], value_words)}"
        for key, values in request.context
        if values
    ]
    return f"{request.action} with {listed(context, str)}" if context else request.action


def _key_words(request: Request) -> str:
    """Say of which keys a request shows something, if not of all: what it shows of another key is not known."""
    if request.key_arn is not None:
        return f" if the key is {word(request.key_arn)}"
    account = request.caller.account
    if request.account is not None or not account or may_work_across_accounts(request.action):
        return ""
    return f" if the key is in account {account}"


def _outcome_words(decision: Decision) -> str:
    return _OUTCOMES[decision.outcome]


_OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.ALLOWED: "yes",
    Outcome.DELEGATED: "IAM",
    Outcome.DENIED: "denied",
    Outcome.NOT_GRANTED: "no",
}
"""Outcomes in a word, as access tables have them."""


def verdict_words(verdict: Verdict) -> str:
    """Say what is shown, or not."""
    if isinstance(verdict, Holds):
        return f"holds: {verdict.claim}"
    if isinstance(verdict, Fails):
        return f"does not hold: {verdict.claim}; {witness_words(verdict.witness)}"
    return f"not shown: {verdict.claim}; {_unknown_words(verdict)}"


def _unknown_words(verdict: Unknown) -> str:
    perhaps = "" if verdict.witness is None else f"; perhaps {witness_words(verdict.witness)}"
    return f"{verdict.reason}{perhaps}"


def comparison_words(comparison: Comparison) -> str:
    """Say what the later of two policies is beside the earlier one, with a request for each difference."""
    if comparison.relation is Relation.EQUIVALENT:
        return "equivalent: every request has the same outcome"
    verdicts = (("gained", comparison.no_more), ("lost", comparison.no_less))
    shown = [(way, witness_words(verdict.witness)) for way, verdict in verdicts if isinstance(verdict, Fails)]
    unknown = [
        f"  not known what is {way}: {_unknown_words(verdict)}"
        for way, verdict in verdicts
        if isinstance(verdict, Unknown)
    ]
    if len(shown) == 1 and not unknown:
        return f"{comparison.relation.value}: {shown[0][1]}"
    return "\n".join(
        [f"{comparison.relation.value}:", *(f"  {way}: {words}" for way, words in shown), *unknown]
    )
