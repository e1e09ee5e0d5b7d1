"""Explanations: decisions, statements and conditions in plain English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._document import Policy, Statement
from kmspolicy._evaluate._access import ALWAYS
from kmspolicy._evaluate._conditions import parse_operator
from kmspolicy._evaluate._decide import Decision, Outcome
from kmspolicy._evaluate._request import caller_of
from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._spelling import fold
from kmspolicy._language._values import text_of, truth
from kmspolicy.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kmspolicy._document import Condition, Principal
    from kmspolicy._document._convert import Value
    from kmspolicy._evaluate._access import Cell
    from kmspolicy._evaluate._decide import Mismatch
    from kmspolicy._evaluate._request import Caller, Request


def explain(subject: Decision | Statement | Policy) -> str:
    """Say in plain English what a decision, a statement or a policy says.

    Args:
        subject: What :func:`kmspolicy.decide` returned, a statement, or a policy.

    Returns:
        A sentence or two; where nothing is granted, a line for each statement that allows something, with the first
        reason why it does not apply; of a policy, a line for each statement.

    Raises:
        TypeError: for anything else.
    """
    if isinstance(subject, Decision):
        return _decision(subject)
    if isinstance(subject, Statement):
        return _statement(subject)
    if isinstance(subject, Policy):
        return "\n".join(
            f"{_label(subject, index)}: {_statement(one)}" for index, one in enumerate(subject.statements)
        )
    raise TypeError(f"a decision, a statement or a policy can be explained, not {type(subject).__name__}")


# --- words -----------------------------------------------------------------------------------------


def _list(words: Iterable[str], last: str = "and") -> str:
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def printable(text: str) -> str:
    """Write a text so that it cannot be taken for another line, or move a cursor."""
    return text if text.isprintable() else repr(text)[1:-1]


def principal_words(kind: str, name: str) -> str:
    """Name a principal: what it is, its name and its account."""
    if kind != "AWS":
        return f"{_KINDS[kind]} {printable(name)}"
    if name == "*":
        return "everyone"
    try:
        caller = caller_of(name)
    except RequestError:
        return printable(name)
    return printable(name) if caller.kind == "service" else caller_words(caller)


def caller_words(caller: Caller) -> str:
    """Name a caller: what it is, its name and its account."""
    if caller.kind == "root":
        return f"account {caller.account}"
    if caller.kind == "service":
        return f"the service {caller.name}"
    return f"{_KINDS[caller.kind]} {printable(caller.name.partition('/')[2])} of account {caller.account}"


_KINDS: Final = {
    "user": "user",
    "role": "role",
    "session": "role session",
    "federated": "federated user",
    "Service": "the service",
    "Federated": "the identity provider",
    "CanonicalUser": "the canonical user",
}


def _who(principal: Principal) -> str:
    words = dict.fromkeys(principal_words(kind, name) for kind, name in principal)
    return _list(words) if words else "nobody"


_OPERATORS: Final[Mapping[str, str]] = {
    "StringEquals": "is",
    "StringNotEquals": "is not",
    "StringEqualsIgnoreCase": "is, in any case,",
    "StringNotEqualsIgnoreCase": "is not, in any case,",
    "StringLike": "is like",
    "StringNotLike": "is not like",
    "NumericEquals": "is",
    "NumericNotEquals": "is not",
    "NumericLessThan": "is less than",
    "NumericLessThanEquals": "is at most",
    "NumericGreaterThan": "is more than",
    "NumericGreaterThanEquals": "is at least",
    "DateEquals": "is",
    "DateNotEquals": "is not",
    "DateLessThan": "is before",
    "DateLessThanEquals": "is at or before",
    "DateGreaterThan": "is after",
    "DateGreaterThanEquals": "is at or after",
    "Bool": "is",
    "BinaryEquals": "is",
    "IpAddress": "is in",
    "NotIpAddress": "is not in",
    "ArnEquals": "is like",
    "ArnNotEquals": "is not like",
    "ArnLike": "is like",
    "ArnNotLike": "is not like",
}


def condition_words(condition: Condition) -> str:
    """Say when a condition is met."""
    return _list(_clause(operator, key, values) for operator, key, values in condition)


def _clause(name: str, key: str, values: Sequence[Value]) -> str:
    operator, key = parse_operator(name), printable(key)
    shown = _list((_value(value) for value in values), "or") if values else "one of no values"
    if operator is None:
        return f"{printable(name)}, which is no operator, is met by {key} and {shown}"
    if operator.name == "Null":
        return f"{key} is {_list((_PRESENCE[truth(value)] for value in values), 'or') if values else shown}"
    subject = {"ForAnyValue": f"a value of {key}", "ForAllValues": f"every value of {key}"}.get(
        operator.qualifier, key
    )
    words = f"{subject} {_OPERATORS[operator.name]} {shown}"
    return f"{words} (or is absent)" if operator.if_exists else words


_PRESENCE: Final = {True: "absent", False: "present", None: "neither present nor absent"}


def _value(value: Value) -> str:
    text = text_of(value)
    return text if text and text.isprintable() and " " not in text else repr(text)


def action_words(actions: Sequence[str], every: Sequence[str]) -> str:
    """List actions without their prefix; of almost all that there are, those that are not among them."""
    if len(every) - len(actions) <= _FEW < len(actions):
        rest = _short(action for action in every if action not in actions)
        return f"every action except {rest}" if rest else "every action"
    return _short(actions)


_FEW: Final = 10


def _short(actions: Iterable[str]) -> str:
    return ", ".join(printable(action.removeprefix("kms:")) for action in actions)


def cell_words(cell: Cell, when: Callable[[Sequence[Condition]], str]) -> str:
    """Say what a cell of the access table holds, with words for conditions of which one must be met."""
    if cell.denied == ALWAYS:
        return "no"
    parts: list[str] = []
    if cell.allowed:
        parts.append("yes" if cell.allowed == ALWAYS else f"if {when(cell.allowed)}")
    if cell.delegated:
        parts.append("IAM" if cell.delegated == ALWAYS else f"IAM if {when(cell.delegated)}")
    if cell.denied:
        parts.append(f"no if {when(cell.denied)}")
    return ", ".join(parts) or "·"


# --- a statement -----------------------------------------------------------------------------------


def _statement(statement: Statement) -> str:
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
        return f"Says nothing, for it has no {_list(missing)}."
    what = f"{_what(statement)}{_which(statement)}"
    when = (
        ""
        if statement.condition is None or not [*statement.condition]
        else f" if {condition_words(statement.condition)}"
    )
    who = (
        f"everyone except {_who(statement.not_principal)}"
        if statement.not_principal is not None
        else _who(statement.principal)
        if statement.principal is not None
        else ""
    )
    verb = "Allows" if statement.effect == "Allow" else "Denies"
    return f"{verb} {what} to {who}{_by_iam(statement)}{when}."


def _what(statement: Statement) -> str:
    if statement.action is None:
        return f"every action except {_list(map(printable, statement.not_actions)) if statement.not_actions else 'none'}"
    if {"*", "kms:*"} & {fold(name) for name in statement.actions}:
        return "every action"
    return _list(map(printable, statement.actions)) if statement.actions else "no action"


def _which(statement: Statement) -> str:
    if "*" in statement.resources:
        return ""
    names = statement.resources or [f"everything except {_list(statement.not_resources or ['nothing'])}"]
    return f" on {_list(map(printable, names))}, which is not how a key policy names its key,"


def _by_iam(statement: Statement) -> str:
    """Say that an account is named, whose IAM policies decide."""
    if statement.effect == "Deny" or statement.principal is None:
        return ""
    words = {principal_words("AWS", name) for name in statement.principal["AWS"]}
    accounts = [word for word in words if word.startswith("account ")]
    return f" (by {'its' if len(accounts) == 1 else 'their'} IAM policies)" if accounts else ""


# --- a decision ------------------------------------------------------------------------------------


def _decision(decision: Decision) -> str:
    request = decision.request
    who = caller_words(request.caller)
    if request.caller.kind == "root":
        who = f"the root user of {who}"
    if decision.outcome is Outcome.NOT_GRANTED:
        return "\n".join([f"No statement allows {request.action} to {who}.", *_reasons(decision)])
    verb = _VERBS[decision.outcome][len(decision.decided_by) > 1]
    says = f"{_list(_label(decision.policy, index) for index in decision.decided_by)} {verb} {request.action}"
    if decision.outcome is Outcome.DELEGATED:
        return f"{says} by {who} to the IAM policies of account {request.caller.account}."
    return f"{says} to {who}.{_as_well(decision)}"


_VERBS: Final = {
    Outcome.ALLOWED: ("allows", "allow"),
    Outcome.DELEGATED: ("leaves", "leave"),
    Outcome.DENIED: ("denies", "deny"),
}


def _label(policy: Policy, index: int) -> str:
    sid = policy.statements[index].sid
    return f"Statement[{index}] ({printable(sid)})" if sid else f"Statement[{index}]"


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
    return [
        f"  {mismatch.path}: {_reason(mismatch, decision.policy.statements[mismatch.number], decision.request)}"
        for mismatch in decision.mismatches
        if decision.policy.statements[mismatch.number].effect == "Allow"
    ]


def _reason(mismatch: Mismatch, statement: Statement, request: Request) -> str:
    if mismatch.operator is None:
        return _NOT_NAMED[mismatch.element]
    if mismatch.key is None:
        return f"{printable(mismatch.operator)} is no condition operator"
    found = request.keys.get(fold(mismatch.key), ())
    has = _list(map(_value, map(text_of, found))) if found else "not there"
    clause = next(
        _clause(operator, key, values)
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
