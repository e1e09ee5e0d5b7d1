"""Statements, parsed once for everything below: who, what and when."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from kmspolicy._document._convert import plural
from kmspolicy._language._key_arns import name_key
from kmspolicy._language._patterns import has_wildcards, like
from kmspolicy._language._principals import name_of
from kmspolicy._language._spelling import fold
from kmspolicy._language._variables import WITH_VARIABLES
from kmspolicy._normal._clauses import clauses_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kmspolicy._document import Policy, Principal, Statement
    from kmspolicy._language._key_arns import Key
    from kmspolicy._language._operators import Answer
    from kmspolicy._language._principals import PrincipalName
    from kmspolicy._normal._clauses import Clause

Mark: TypeAlias = str | tuple[str, ...]
"""A value that a statement has in common with the callers that it names."""

EVERYONE: Final[Mark] = "*"


class Rule(NamedTuple):
    """A parsed statement.

    Attributes:
        number: The index of the statement in the policy, counted from 0.
        statement: The statement.
        names: The principals that it names, or excepts.
        marks: The marks of the callers that it names, or excepts.
        patterns: The actions that it names, or excepts, in lower case.
        wildcards: Those of them that have a wildcard.
        clauses: Its conditions.
    """

    number: int
    statement: Statement
    names: tuple[PrincipalName, ...]
    marks: frozenset[Mark]
    patterns: tuple[str, ...]
    wildcards: tuple[str, ...]
    clauses: tuple[Clause, ...]

    @property
    def denies(self) -> bool:
        """Whether it is a Deny."""
        return self.statement.effect == "Deny"

    def names_key(self, key: Key) -> Answer:
        """Return whether its Resource names the key that has the policy."""
        return name_key(plural(self.statement.resource), key)

    def is_about(self, action: str) -> bool:
        """Return whether it is about an action, given in lower case."""
        if self.statement.action is None and self.statement.not_action is None:
            return False
        named = action in self.patterns or any(like(pattern, action) for pattern in self.wildcards)
        return named is (self.statement.action is not None)


class Rules(NamedTuple):
    """A parsed policy.

    Attributes:
        policy: The policy.
        statements: Its statements.
        variables: Whether its version has policy variables.
    """

    policy: Policy
    statements: tuple[Rule, ...]
    variables: bool


def rules_of(policy: Policy) -> Rules:
    """Parse a policy; the last few are kept, since many requests about one policy are common."""
    return kept_rules(_Same(policy))


class _Same:
    """A policy as a key of a cache: by identity, since comparing policies is slow."""

    __slots__ = ("policy",)

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.policy is self.policy

    def __hash__(self) -> int:
        return id(self.policy)


@lru_cache(maxsize=8)
def kept_rules(same: _Same) -> Rules:
    policy = same.policy
    return Rules(
        policy,
        tuple(rule_of(statement, number) for number, statement in enumerate(policy.statements)),
        policy.version == WITH_VARIABLES,
    )


def rule_of(statement: Statement, number: int = 0) -> Rule:
    """Parse a statement."""
    element = statement.principal if statement.principal is not None else statement.not_principal
    names = names_of(element)
    actions = statement.not_action if statement.action is None else statement.action
    patterns = tuple(map(fold, plural(actions)))
    return Rule(
        number,
        statement,
        names,
        frozenset(mark for name in names for mark in marks_of(name)),
        patterns,
        tuple(filter(has_wildcards, patterns)),
        clauses_of(statement.condition),
    )


def names_of(element: Principal | None) -> tuple[PrincipalName, ...]:
    """Return the parsed names of a Principal or NotPrincipal element."""
    return tuple(name_of(kind, text) for kind, text in element or ())


def marks_of(name: PrincipalName) -> tuple[Mark, ...]:
    """Return the marks of the callers that a name in a policy stands for.

    An account id names the account in the partition of the key, whichever that is. The sessions of a role are found by
    the role's name without its path, since a session does not show it.
    """
    if name.kind == "account":
        return (_account(name.partition, name.account),)
    if name.kind == "role":
        return name.text, _role(name)
    if name.type == "AWS":
        return (name.text,)
    return ((name.type, name.text),)


def _account(partition: str, account: str) -> Mark:
    return "account", partition, account


def _role(name: PrincipalName) -> Mark:
    return "role", name.partition, name.account, name.name


def account_marks(name: PrincipalName) -> tuple[Mark, ...]:
    """Return the marks of a caller's account."""
    return _account(name.partition, name.account), _account("", name.account)


def own_marks(name: PrincipalName) -> tuple[Mark, ...]:
    """Return the marks of a caller, without its account and everyone."""
    if name.kind == "session":
        return name.text, _role(name)
    return (name.text,) if name.type == "AWS" else ((name.type, name.text),)


Named: TypeAlias = Literal["caller", "account"]
HOWS: Final[tuple[Named, Named]] = ("caller", "account")
"""How a statement can be about a caller: it names the caller or everyone, or the caller's account."""


def named(rule: Rule, caller: PrincipalName) -> Named | None:
    """Return how a statement is about a caller: it names the caller or everyone, or the caller's account."""
    if rule.statement.principal is None:
        if rule.statement.not_principal is None or _spared(rule, caller):
            return None
        return "caller"
    marks = rule.marks
    if EVERYONE in marks or any(mark in marks for mark in own_marks(caller)):
        return "caller"
    if caller.account and any(mark in marks for mark in account_marks(caller)):
        return "caller" if caller.kind == "account" else "account"
    return None


def _spared(rule: Rule, caller: PrincipalName) -> bool:
    """Return whether NotPrincipal excepts a caller.

    A Deny excepts a caller only if it names the account, and the role, and the session:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html.
    An Allow, which that page does not support, is read as its author probably meant it: for all others.
    """
    if EVERYONE in rule.marks:
        return True
    levels = [any(mark in rule.marks for mark in account_marks(caller))] if caller.account else []
    if caller.kind != "account":
        levels += [mark in rule.marks for mark in own_marks(caller)]
    return all(levels) if rule.denies else any(levels)


def partition_of(rules: Iterable[Rules]) -> str:
    """Return the partition of the first ARN in some policies; ``aws`` if there is none."""
    names = (name for one in rules for rule in one.statements for name in rule.names)
    return next((name.partition for name in names if name.partition), "aws")
