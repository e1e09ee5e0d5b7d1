"""Decisions: what a key policy says to a request.

https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Literal, NamedTuple, NoReturn, TypeAlias, final

import attrs

from kmspolicy._document import a_policy
from kmspolicy._evaluate._request import a_request
from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._operators import holds
from kmspolicy._language._spelling import fold
from kmspolicy._language._variables import Facts
from kmspolicy._normal._rules import named, rules_of
from kmspolicy._path import Steps, format_path

if TYPE_CHECKING:
    from kmspolicy._document import Policy, Statement
    from kmspolicy._evaluate._request import Request
    from kmspolicy._normal._rules import Named, Rule, Rules

Element: TypeAlias = Literal[
    "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"
]


class Outcome(Enum):
    """What a key policy says to a request."""

    ALLOWED = "allowed"
    """It allows the request, by naming the caller or everyone."""
    DELEGATED = "delegated"
    """It leaves the decision to the IAM policies of the caller's account."""
    DENIED = "denied"
    """The policy denies the request, regardless of what else allows it."""
    NOT_GRANTED = "not granted"
    """It says nothing: a KMS grant may still allow the request, IAM policies may not."""

    def __bool__(self) -> NoReturn:
        """Refuse to be asked for yes or no, since DELEGATED is neither: ``assert outcome`` would always hold."""
        raise TypeError(f"an outcome is neither true nor false; compare it, as in: outcome is {self}")


@final
class Mismatch(NamedTuple):
    """A statement that does not apply to a request, with the first element that does not match."""

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
    """The answer of a key policy to a request; it has no truth value, so compare its outcome.

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
        TypeError: if an argument is not a Policy or not a Request.

    https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    rules = rules_of(a_policy(policy))
    return decided(rules, a_request(request))


def decided(rules: Rules, request: Request) -> Decision:
    """Decide a request by a policy that was taken apart."""
    facts = Facts(request.keys, variables=rules.variables)
    caller, action = request.caller.name, fold(request.action)
    effective = action not in ACTIONS or ACTIONS[action].effective
    found: dict[Outcome, list[int]] = {Outcome.DENIED: [], Outcome.ALLOWED: [], Outcome.DELEGATED: []}
    mismatches: list[Mismatch] = []
    for rule in rules.statements:
        how = named(rule, caller)
        mismatch = _mismatch(rule, how, action, facts, effective=effective)
        if mismatch is not None:
            mismatches.append(mismatch)
        elif rule.denies:
            found[Outcome.DENIED].append(rule.number)
        else:
            found[Outcome.ALLOWED if how == "caller" else Outcome.DELEGATED].append(rule.number)
    if not isinstance(rules.policy.statement, tuple):
        mismatches = [mismatch._replace(in_list=False) for mismatch in mismatches]
    outcome, decided_by = next(
        ((outcome, tuple(numbers)) for outcome, numbers in found.items() if numbers),
        (Outcome.NOT_GRANTED, ()),
    )
    return Decision(
        outcome, decided_by, tuple(mismatches), _iam_must_allow(outcome, request), rules.policy, request
    )


def _mismatch(
    rule: Rule, how: Named | None, action: str, facts: Facts, *, effective: bool
) -> Mismatch | None:
    """Find the first element for which a statement does not apply; None where it applies."""
    statement = rule.statement
    if how is None:
        return Mismatch(rule.number, "Principal" if statement.not_principal is None else "NotPrincipal")
    if not (effective and rule.is_about(action)):
        return Mismatch(rule.number, "Action" if statement.not_action is None else "NotAction")
    if not rule.is_about_the_key:
        return Mismatch(rule.number, "Resource" if statement.not_resource is None else "NotResource")
    for clause in rule.clauses:
        if not clause.is_readable:
            return Mismatch(rule.number, "Condition", clause.name)
        if not holds(clause.parsed, clause.values, facts.keys.get(clause.folded, ()), facts):
            return Mismatch(rule.number, "Condition", clause.name, clause.key)
    return None


def _iam_must_allow(outcome: Outcome, request: Request) -> bool | None:
    if outcome is Outcome.DELEGATED:
        return True
    if outcome is not Outcome.ALLOWED or request.caller.kind in ("service", "account"):
        return False
    return None if request.account is None else request.account != request.caller.account
