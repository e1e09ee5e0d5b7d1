"""Decisions: what a key policy says to a request.

https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, NoReturn, TypeAlias, final

import attrs

from kmspolicy._document import a_policy
from kmspolicy._document._convert import plural
from kmspolicy._evaluate._conditions import Facts, holds, parse_operator
from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._patterns import like
from kmspolicy._language._spelling import fold
from kmspolicy._language._versions import VERSIONS
from kmspolicy._path import Steps, format_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kmspolicy._document import Condition, Policy, Principal, Statement
    from kmspolicy._evaluate._request import Caller, Request

Element: TypeAlias = Literal[
    "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"
]

VERSION_WITH_VARIABLES: Final = VERSIONS[0]


class Outcome(Enum):
    """What a key policy says to a request."""

    ALLOWED = "allowed"
    """It allows the request, by naming the caller or everyone."""
    DELEGATED = "delegated"
    """It leaves the decision to the IAM policies of the caller's account."""
    DENIED = "denied"
    """It denies the request, whatever else allows it."""
    NOT_GRANTED = "not granted"
    """It says nothing: a KMS grant may still allow the request, IAM policies may not."""

    def __bool__(self) -> NoReturn:
        """Refuse to be asked for yes or no, since DELEGATED is neither: ``assert outcome`` would always hold."""
        raise TypeError(f"an outcome is neither true nor false; compare it, as in: outcome is {self}")


@final
class Mismatch(NamedTuple):
    """Say of a statement that it does not apply to a request, and the first element for which it does not."""

    number: int
    """Which statement, counted from 0."""
    element: Element
    operator: str | None = None
    """The operator of the condition that is not met."""
    key: str | None = None
    """Its condition key; None where the operator does not exist."""
    in_list: bool = True
    """Whether the statement stands in a list; a single one may stand there without."""

    @property
    def steps(self) -> Steps:
        """Where in the document: ``("Statement", 1, "Condition", "StringEquals", "kms:ViaService")`` for example."""
        number = self.number if self.in_list else None
        steps = ("Statement", number, self.element, self.operator, self.key)
        return tuple(step for step in steps if step is not None)

    @property
    def path(self) -> str:
        """The steps as people read them, ``Statement[1].Condition.StringEquals["kms:ViaService"]`` for example."""
        return format_path(self.steps)


@final
@attrs.frozen
class Decision:
    """Hold what a key policy says to a request; neither true nor false, so compare its outcome.

    Attributes:
        outcome: What it says.
        decided_by: The indices of the statements that decide, counted from 0; none where nothing is granted.
        mismatches: For each statement that does not apply, the first reason why.
        iam_must_allow: Whether an IAM policy of the caller's account must allow the request as well: always where the
            outcome is DELEGATED, and for users and roles of another account than the key's; None where it depends on
            the account of the key, which the request does not tell.
        policy: The policy.
        request: The request.
    """

    outcome: Outcome
    decided_by: tuple[int, ...]
    mismatches: tuple[Mismatch, ...]
    iam_must_allow: bool | None
    policy: Policy
    request: Request

    def __bool__(self) -> NoReturn:
        """Refuse to be asked for yes or no, as the outcome does."""
        raise TypeError("a decision is neither true nor false; ask for its outcome")

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements that decide."""
        return tuple(self.policy.statements[index] for index in self.decided_by)

    def __str__(self) -> str:
        """Say it in plain English, as :func:`kmspolicy.explain` does."""
        from kmspolicy._words._explain import explain  # noqa: PLC0415 - most decisions are not shown

        return explain(self)


def decide(policy: Policy, request: Request) -> Decision:
    """Say what a key policy says to a request.

    A Deny that applies decides; else an Allow that names the caller, or everyone; else an Allow that names the
    caller's account, which leaves the decision to its IAM policies. What else can allow or deny a request is not known
    here: KMS grants, IAM policies with their boundaries and session policies, policies of the organisation and of VPC
    endpoints.

    A statement that KMS would refuse (without principal, action or resource, with a condition operator that does not
    exist) applies to no request, and a Resource other than ``"*"`` to no key. A NotPrincipal in a Deny spares a caller
    only if it names all that the caller is: the account too, and of a session the role; AWS advises against it.

    Args:
        policy: The key policy.
        request: The request.

    Returns:
        The decision; ``decision.outcome`` is the heart of it.

    Raises:
        TypeError: for what is no policy.

    https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    a_policy(policy)
    facts = Facts(request.keys, variables=policy.version == VERSION_WITH_VARIABLES)
    caller, action = request.caller, fold(request.action)
    denied: list[int] = []
    allowed: list[int] = []
    delegated: list[int] = []
    mismatches: list[Mismatch] = []
    effective = action not in ACTIONS or ACTIONS[action].effective
    for index, statement in enumerate(policy.statements):
        how = named(statement, caller)
        if how is None:
            element: Element = "Principal" if statement.not_principal is None else "NotPrincipal"
            mismatches.append(Mismatch(index, element))
        elif not (effective and names_action(statement, action)):
            mismatches.append(Mismatch(index, "Action" if statement.not_action is None else "NotAction"))
        elif not names_key(statement):
            mismatches.append(
                Mismatch(index, "Resource" if statement.not_resource is None else "NotResource")
            )
        elif statement.condition is not None and (unmet := _unmet(statement.condition, facts)):
            mismatches.append(Mismatch(index, "Condition", *unmet))
        elif statement.effect == "Deny":
            denied.append(index)
        else:
            (allowed if how == "caller" else delegated).append(index)
    if not isinstance(policy.statement, tuple):
        mismatches = [mismatch._replace(in_list=False) for mismatch in mismatches]
    outcome, decided_by = (
        (Outcome.DENIED, denied)
        if denied
        else (Outcome.ALLOWED, allowed)
        if allowed
        else (Outcome.DELEGATED, delegated)
        if delegated
        else (Outcome.NOT_GRANTED, [])
    )
    return Decision(
        outcome, tuple(decided_by), tuple(mismatches), _iam_must_allow(outcome, request), policy, request
    )


def _iam_must_allow(outcome: Outcome, request: Request) -> bool | None:
    if outcome is Outcome.DELEGATED:
        return True
    if outcome is not Outcome.ALLOWED or request.caller.kind in ("service", "root"):
        return False
    return None if request.account is None else request.account != request.caller.account


Named: TypeAlias = Literal["caller", "account"]


def named(statement: Statement, caller: Caller) -> Named | None:
    """Tell whether a statement is about a caller, by naming the caller (or everyone) or the account."""
    if statement.principal is not None:
        return named_by(statement.principal, caller)
    if statement.not_principal is None:
        return None
    return None if _spared(statement, statement.not_principal, caller) else "caller"


def named_by(principal: Principal, caller: Caller) -> Named | None:
    """Tell whether an element names a caller, everyone, or the caller's account."""
    names = principal["AWS"]
    if "*" in names:
        return "caller"
    if caller.kind == "service":
        return "caller" if caller.name in principal["Service"] and caller.name != "*" else None
    if caller.name in names or (caller.role and _names_role(names, caller)):
        return "caller"
    if caller.account and (caller.account in names or caller.root in names):
        return "caller" if caller.kind == "root" else "account"
    return None


def _names_role(names: Iterable[str], caller: Caller) -> bool:
    """Tell whether one of the names is the ARN of a session's role, whose path the session does not tell."""
    beginning, end = f"{caller.root[:-4]}role/", f"/{caller.role}"
    return any(
        name.startswith(beginning) and name.endswith(end) and "*" not in name and "?" not in name
        for name in names
    )


def _spared(statement: Statement, element: Principal, caller: Caller) -> bool:
    """Tell whether NotPrincipal excepts a caller.

    A Deny looks for the account, then the role, then the session, and spares whom it finds each time:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html.
    An Allow, which that page does not support, is read as what its author meant: not for those named.
    """
    names = element["AWS"]
    if "*" in names or caller.kind == "service":
        return "*" in names or caller.name in element["Service"]
    levels = [bool(caller.account) and (caller.account in names or caller.root in names)]
    if caller.kind != "root":
        levels.append(caller.name in names)
    if caller.role:
        levels.append(_names_role(names, caller))
    return all(levels) if statement.effect == "Deny" else any(levels)


def names_action(statement: Statement, action: str) -> bool:
    """Tell whether a statement is about an action, given in lower case."""
    if statement.action is not None:
        return any(like(fold(pattern), action) for pattern in plural(statement.action))
    if statement.not_action is None:
        return False
    return not any(like(fold(pattern), action) for pattern in plural(statement.not_action))


def names_key(statement: Statement) -> bool:
    """Tell whether a statement is about the key that has the policy, which is always ``"*"``."""
    return statement.resource == "*" or "*" in plural(statement.resource)


def _unmet(condition: Condition, facts: Facts) -> tuple[str, str | None] | None:
    """Find the first condition that is not met; under an operator that does not exist, without its key."""
    for operator, keys in condition.blocks:
        parsed = parse_operator(operator)
        if parsed is None:
            return operator, None
        for key, values in keys:
            if not holds(parsed, key, plural(values), facts):
                return operator, key
    return None
