"""Plain English of statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._spelling import fold
from kmspolicy._normal._rules import rule_of
from kmspolicy._printable import quoted, word
from kmspolicy._words._conditions import condition_words
from kmspolicy._words._lists import lines, listed
from kmspolicy._words._principals import principal_words, principals_words

if TYPE_CHECKING:
    from kmspolicy._document import Policy, Statement


def label(policy: Policy, index: int) -> str:
    """Return the place of a statement and its Sid."""
    return labelled(index, policy.statements[index])


def labelled(number: int, statement: Statement) -> str:
    """Return the number of a statement and its Sid."""
    return f"Statement[{number}] ({quoted(statement.sid)})" if statement.sid else f"Statement[{number}]"


NOBODY: Final = "No statement: nobody may do anything."


def policy_words(policy: Policy) -> str:
    """Return what a policy is, and a line for each statement."""
    number = len(policy.statements)
    return (
        "\n".join(
            lines(
                range(number),
                lambda index: f"{label(policy, index)}: {statement_words(policy.statements[index])}",
                more="and {:,} more statements",
            )
        )
        or NOBODY
    )


def statement_words(statement: Statement) -> str:
    """Return a statement as a sentence."""
    missing = [
        name
        for name, element, other in (
            ("Principal", statement.principal, statement.not_principal),
            ("Action", statement.action, statement.not_action),
            ("Resource", statement.resource, statement.not_resource),
        )
        if element is None and other is None
    ]
    if missing:
        return f"Says nothing, for it has no {listed(missing, str)}."
    what = f"{_what(statement)}{_which(statement)}"
    when = (
        ""
        if statement.condition is None or not [*statement.condition]
        else f" if {condition_words(statement.condition)}"
    )
    who = (
        f"everyone except {principals_words(statement.not_principal)}"
        if statement.not_principal is not None
        else principals_words(statement.principal)
        if statement.principal is not None
        else ""
    )
    verb = "Allows" if statement.effect == "Allow" else "Denies"
    return f"{verb} {what} to {who}{_by_iam(statement)}{when}.{_never(statement)}"


def _never(statement: Statement) -> str:
    """Return the sentence that no request can meet the conditions, if requests of these actions never have a key."""
    rule = rule_of(statement)
    actions = [facts.name for name, facts in ACTIONS.items() if facts.effective and rule.is_about(name)]
    never = [
        clause.key
        for clause in rule.clauses
        if clause.is_readable
        and clause.parsed.needs_key
        and (facts := clause.facts) is not None
        and actions
        and not any(map(facts.may_be_in, actions))
    ]
    return f" It never applies: requests of these actions do not have {listed(never, word)}." if never else ""


def _what(statement: Statement) -> str:
    if statement.action is None:
        return (
            f"every action except {listed(statement.not_actions, word) if statement.not_actions else 'none'}"
        )
    if {"*", "kms:*"} & {fold(name) for name in statement.actions}:
        return "every action"
    return listed(statement.actions, word) if statement.actions else "no action"


def _which(statement: Statement) -> str:
    if "*" in statement.resources:
        return ""
    names = (
        listed(statement.resources, word)
        if statement.resources
        else f"everything except {listed(statement.not_resources, word) if statement.not_resources else 'nothing'}"
    )
    return f" on {names}, which is not how a key policy names its key,"


def _by_iam(statement: Statement) -> str:
    """Return the sentence that the IAM policies of an account decide."""
    if statement.effect == "Deny" or statement.principal is None:
        return ""
    words = {principal_words("AWS", name) for name in statement.principal["AWS"]}
    accounts = [word for word in words if word.startswith("account ")]
    return f" (by {'its' if len(accounts) == 1 else 'their'} IAM policies)" if accounts else ""
