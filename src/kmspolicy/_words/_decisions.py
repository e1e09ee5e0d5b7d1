"""Plain English of decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._evaluate._decide import Outcome, works_across_accounts
from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._spelling import fold
from kmspolicy._language._values import text_of
from kmspolicy._printable import quoted
from kmspolicy._words._conditions import clause_words, value_words
from kmspolicy._words._lists import lines, listed
from kmspolicy._words._principals import name_words
from kmspolicy._words._statements import label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kmspolicy._document import Statement
    from kmspolicy._evaluate._decide import Assumption, Decision, Mismatch
    from kmspolicy._evaluate._request import Request


def decision_words(decision: Decision) -> str:
    """Return a decision as a sentence, why statements do not apply where none does, and what it assumes."""
    assumed = lines(decision.assumptions, lambda one: f"  {_assumption(one)}")
    return "\n".join([*_said(decision), *assumed])


def _said(decision: Decision) -> list[str]:
    request = decision.request
    who = name_words(request.caller.name)
    if request.caller.kind == "account":
        who = f"the root user of {who}"
    if not works_across_accounts(request):
        what = f"{request.action} does not work on a key of another account"
        return [f"{what}: no key policy in account {request.account} can allow it to {who}."]
    if decision.outcome is Outcome.NOT_GRANTED:
        return [f"No statement allows {request.action} to {who}.", *_reasons(decision)]
    verb = _VERBS[decision.outcome][len(decision.decided_by) > 1]
    says = (
        f"{listed(decision.decided_by, lambda index: label(decision.policy, index))} {verb} {request.action}"
    )
    if decision.outcome is Outcome.DELEGATED:
        return [f"{says} by {who} to the IAM policies of account {request.caller.account}."]
    return [f"{says} to {who}.{_as_well(decision)}"]


def _assumption(assumption: Assumption) -> str:
    """Say what is assumed, and what settles it."""
    if assumption.element != "Condition":
        return f"{assumption.path}: taken to be another key; the ARN of the key would settle it"
    met = "met" if assumption.is_met else "not met"
    if fold(assumption.key or "") == "aws:principalarn":
        return (
            f"{assumption.path}: taken to be {met}; the session does not tell the path of its role, which "
            "aws:PrincipalArn in the context does"
        )
    return f"{assumption.path}: taken to be {met}, which no guide says"


_VERBS: Final = {
    Outcome.ALLOWED: ("allows", "allow"),
    Outcome.DELEGATED: ("leaves", "leave"),
    Outcome.DENIED: ("denies", "deny"),
}


def _as_well(decision: Decision) -> str:
    account = decision.request.caller.account
    if decision.iam_must_allow:
        return f" The key is in another account: an IAM policy of account {account} must allow it as well."
    if decision.iam_must_allow is None:
        return f" If the key is not in account {account}, an IAM policy there must allow it as well."
    return ""


def _reasons(decision: Decision) -> list[str]:
    known = ACTIONS.get(fold(decision.request.action))
    if known is not None and not known.effective:
        return [f"  No key policy can: {decision.request.action} is not authorised on a key."]
    allowing = [
        one for one in decision.mismatches if decision.policy.statements[one.number].effect == "Allow"
    ]
    return lines(
        allowing,
        lambda one: f"  {one.path}: {_reason(one, decision.policy.statements[one.number], decision.request)}",
    )


def _reason(mismatch: Mismatch, statement: Statement, request: Request) -> str:
    if mismatch.operator is None:
        return _NOT_NAMED[mismatch.element]
    if mismatch.key is None:
        return f"{quoted(mismatch.operator)} is not a condition operator"
    found = request.keys.get(fold(mismatch.key), ())
    has = listed([*map(text_of, found)], value_words) if found else "not there"
    clause = next(
        clause_words(operator, key, values)
        for operator, key, values in statement.condition or ()
        if (operator, key) == (mismatch.operator, mismatch.key)
    )
    return f"only if {clause}; in the request it is {has}"


_NOT_NAMED: Final[Mapping[str, str]] = {
    "Principal": "does not name the caller",
    "NotPrincipal": "excepts the caller",
    "Action": "does not name the action",
    "NotAction": "excepts the action",
    "Resource": 'is not "*"',
    "NotResource": "a key policy has none",
}
