"""Decisions: the answer of a key policy to a request.

https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Literal, NamedTuple, NoReturn, TypeAlias, TypedDict, final

import attrs

from kmspolicy._display import Displayed
from kmspolicy._document import a_policy
from kmspolicy._evaluate._request import a_request
from kmspolicy._language._actions import ACTIONS, may_work_across_accounts
from kmspolicy._language._operators import Perhaps, verdict
from kmspolicy._language._spelling import fold
from kmspolicy._language._variables import Facts
from kmspolicy._normal._rules import named, rules_of
from kmspolicy._path import Steps, format_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._document import Policy, Statement
    from kmspolicy._evaluate._request import Request, RequestDict
    from kmspolicy._language._operators import Answer
    from kmspolicy._normal._rules import Named, Rule, Rules

Element: TypeAlias = Literal[
    "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"
]


class Outcome(Enum):
    """The answer of a key policy to a request."""

    ALLOWED = "allowed"
    """The policy allows the request: it names the caller or everyone."""
    DELEGATED = "delegated"
    """The policy leaves the decision to the IAM policies of the caller's account."""
    DENIED = "denied"
    """The policy denies the request, even if something else allows it."""
    NOT_GRANTED = "not granted"
    """The policy does not allow it: a KMS grant may still allow the request, IAM policies cannot."""

    def __bool__(self) -> NoReturn:
        """Raise TypeError: DELEGATED is neither yes nor no, so ``assert outcome`` would be misleading."""
        raise TypeError(f"an outcome has no truth value; compare it, as in: outcome is {self}")


def _steps(number: int, element: Element, operator: str | None, key: str | None, *, in_list: bool) -> Steps:
    steps = ("Statement", number if in_list else None, element, operator, key)
    return tuple(step for step in steps if step is not None)


class MismatchDict(TypedDict):
    """The fields of a :class:`Mismatch` in JSON."""

    number: int
    element: Element
    operator: str | None
    key: str | None
    path: str
    steps: list[str | int]


@final
class AssumptionDict(MismatchDict):
    """The fields of an :class:`Assumption` in JSON."""

    is_met: bool


@final
class DecisionDict(TypedDict):
    """The fields of a :class:`~kmspolicy.Decision` in JSON."""

    outcome: str
    decided_by: list[int]
    mismatches: list[MismatchDict]
    iam_must_allow: bool | None
    assumptions: list[AssumptionDict]
    request: RequestDict


@final
class Mismatch(NamedTuple):
    """A statement that does not apply to a request, with the first element that does not match."""

    number: int
    """The index of the statement, counted from 0."""
    element: Element
    operator: str | None = None
    """The operator of the condition that is not met."""
    key: str | None = None
    """The condition key; None if the operator does not exist."""
    in_list: bool = True
    """Whether the statement is in a list; a single one may be without."""

    @property
    def steps(self) -> Steps:
        """The place in the document, such as ``("Statement", 1, "Condition", "StringEquals", "kms:ViaService")``."""
        return _steps(self.number, self.element, self.operator, self.key, in_list=self.in_list)

    @property
    def path(self) -> str:
        """The steps as text, such as ``Statement[1].Condition.StringEquals["kms:ViaService"]``."""
        return format_path(self.steps)

    def to_dict(self) -> MismatchDict:
        """Return it for JSON."""
        return {
            "number": self.number,
            "element": self.element,
            "operator": self.operator,
            "key": self.key,
            "path": self.path,
            "steps": list(self.steps),
        }


@final
class Assumption(NamedTuple):
    """What a decision assumes about a statement, where AWS does not document the answer or not all of the request is known.

    Attributes:
        number: The index of the statement, counted from 0.
        element: The element.
        operator: The operator of the condition; None for another element.
        key: Its condition key.
        is_met: What is assumed: whether the element applies to the request.
        in_list: Whether the statement is in a list; a single one may be without.
    """

    number: int
    element: Element
    operator: str | None
    key: str | None
    is_met: bool
    in_list: bool = True

    @property
    def steps(self) -> Steps:
        """The place in the document, as steps."""
        return _steps(self.number, self.element, self.operator, self.key, in_list=self.in_list)

    @property
    def path(self) -> str:
        """The place in the document, ``Statement[1].Resource`` for example."""
        return format_path(self.steps)

    def to_dict(self) -> AssumptionDict:
        """Return it for JSON."""
        return {
            "number": self.number,
            "element": self.element,
            "operator": self.operator,
            "key": self.key,
            "is_met": self.is_met,
            "path": self.path,
            "steps": list(self.steps),
        }


@final
@attrs.frozen
class Decision(Displayed):
    """The answer of a key policy to a request; it has no truth value, so compare its outcome.

    Attributes:
        outcome: The answer.
        decided_by: The indices of the statements that decide, counted from 0; none if the outcome is NOT_GRANTED.
        mismatches: For each statement that does not apply, the first reason why.
        iam_must_allow: Whether an IAM policy of the caller's account must allow the request as well: always if the
            outcome is DELEGATED, and for users and roles of another account than the key's; None if it depends on the
            account of the key and the request does not tell it.
        assumptions: What it assumes about statements that apply or might apply, where AWS does not document the answer or
            not all of the request is known.
        policy: The policy.
        request: The request.
    """

    outcome: Outcome
    decided_by: tuple[int, ...]
    mismatches: tuple[Mismatch, ...]
    iam_must_allow: bool | None
    assumptions: tuple[Assumption, ...]
    policy: Policy
    request: Request

    def __bool__(self) -> NoReturn:
        """Raise TypeError, like the outcome."""
        raise TypeError("a decision has no truth value; compare its outcome")

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements that determine the outcome."""
        return tuple(self.policy.statements[index] for index in self.decided_by)

    def to_dict(self) -> DecisionDict:
        """Return the decision for JSON, with the request and without the policy, its outcome in words: ``"not granted"``."""
        return {
            "outcome": self.outcome.value,
            "decided_by": list(self.decided_by),
            "mismatches": [one.to_dict() for one in self.mismatches],
            "iam_must_allow": self.iam_must_allow,
            "assumptions": [one.to_dict() for one in self.assumptions],
            "request": self.request.to_dict(),
        }


def decide(policy: Policy, request: Request) -> Decision:
    """Return the answer of a key policy to a request.

    A Deny that applies decides; otherwise an Allow that names the caller or everyone; otherwise an Allow that names the
    caller's account, which leaves the decision to its IAM policies. Nothing else is considered: KMS grants, IAM policies
    with their boundaries and session policies, policies of the organisation and of VPC endpoints.

    A statement that KMS would refuse (without principal, action or resource, or with an unknown condition operator)
    applies to no request. A Resource other than ``"*"`` is assumed to be another key; if it may be the ARN of this key, the
    decision lists the assumption, unless the request has a key ARN. A NotPrincipal in a Deny excepts a caller only if it
    also names the caller's account and, for a session, the role; AWS advises against it.

    Args:
        policy: The key policy.
        request: The request.

    Returns:
        The decision; ``decision.outcome`` is the answer.

    Raises:
        TypeError: if an argument is not a Policy or not a Request.

    https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    rules = rules_of(a_policy(policy))
    return decided(rules, a_request(request))


def decided(rules: Rules, request: Request) -> Decision:
    """Return the answer of a parsed policy to a request."""
    facts = Facts(request.keys, variables=rules.variables)
    found: dict[Outcome, list[int]] = {Outcome.DENIED: [], Outcome.ALLOWED: [], Outcome.DELEGATED: []}
    mismatches: list[Mismatch] = []
    assumptions: list[Assumption] = []
    for rule in rules.statements:
        how = named(rule, request.caller.name)
        mismatch, assumed = _compared(rule, how, request, facts)
        assumptions += assumed
        if mismatch is not None:
            mismatches.append(mismatch)
        elif rule.denies:
            found[Outcome.DENIED].append(rule.number)
        else:
            found[Outcome.ALLOWED if how == "caller" else Outcome.DELEGATED].append(rule.number)
    outcome, decided_by = next(
        ((outcome, tuple(numbers)) for outcome, numbers in found.items() if numbers),
        (Outcome.NOT_GRANTED, ()),
    )
    if not works_across_accounts(request):
        outcome, decided_by = Outcome.NOT_GRANTED, ()
        assumptions.clear()
    if not isinstance(rules.policy.statement, tuple):
        mismatches = [mismatch._replace(in_list=False) for mismatch in mismatches]
        assumptions = [assumption._replace(in_list=False) for assumption in assumptions]
    return Decision(
        outcome,
        decided_by,
        tuple(mismatches),
        _iam_must_allow(outcome, request),
        tuple(assumptions),
        rules.policy,
        request,
    )


def works_across_accounts(request: Request) -> bool:
    """Return whether an action may work for the caller; not all work for callers of another account.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
    """
    account = request.caller.account
    is_elsewhere = request.account is not None and account not in ("", request.account)
    return not is_elsewhere or may_work_across_accounts(request.action)


def _compared(
    rule: Rule, how: Named | None, request: Request, facts: Facts
) -> tuple[Mismatch | None, list[Assumption]]:
    """Return the first element that does not match the request, and what was assumed before it."""
    statement, action = rule.statement, fold(request.action)
    if how is None:
        return Mismatch(rule.number, "Principal" if statement.not_principal is None else "NotPrincipal"), []
    if not ((action not in ACTIONS or ACTIONS[action].effective) and rule.is_about(action)):
        return Mismatch(rule.number, "Action" if statement.not_action is None else "NotAction"), []
    unmet: Mismatch | None = None
    assumed: list[Assumption] = []
    for place, answer in _answers(rule, request, facts):
        if answer is False:
            return unmet or Mismatch(rule.number, *place), []
        if isinstance(answer, Perhaps):
            assumed.append(Assumption(rule.number, *place, is_met=answer.value))
            if not answer.value and unmet is None:
                unmet = Mismatch(rule.number, *place)
    return unmet, assumed


def _answers(
    rule: Rule, request: Request, facts: Facts
) -> Iterator[tuple[tuple[Element, str | None, str | None], Answer]]:
    """Yield for the Resource and each condition of a statement whether it is met."""
    yield (
        ("Resource" if rule.statement.not_resource is None else "NotResource", None, None),
        rule.names_key(request.key),
    )
    for clause in rule.clauses:
        if clause.is_readable:
            found = facts.keys.get(clause.folded, ())
            yield ("Condition", clause.name, clause.key), verdict(clause.parsed, clause.values, found, facts)
        else:
            yield ("Condition", clause.name, None), False


def _iam_must_allow(outcome: Outcome, request: Request) -> bool | None:
    if outcome is Outcome.DELEGATED:
        return True
    if outcome is not Outcome.ALLOWED or request.caller.kind in ("service", "account"):
        return False
    return None if request.account is None else request.account != request.caller.account
