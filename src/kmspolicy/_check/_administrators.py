"""Who can put a policy on the key again, as far as statements say it: one principal alone, or whom IAM policies let.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._check._found import Found
from kmspolicy._language._key_arns import ANY_KEY, may_be_a_key
from kmspolicy._language._patterns import has_wildcards
from kmspolicy._language._principals import name_of
from kmspolicy._language._spelling import fold
from kmspolicy._language._values import text_of
from kmspolicy._normal._rules import EVERYONE
from kmspolicy._printable import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._language._principals import PrincipalKind, PrincipalName
    from kmspolicy._normal._rules import Rule, Rules


def one_administrator(rules: Rules, account: str | None) -> Iterator[Found]:
    """Find the only user or role that can put a policy again, where the rest of the account cannot.

    Args:
        rules: The policy.
        account: The account of the key, None where it is not known.
    """
    if _lets_the_account(rules, account):
        return
    about = [rule for rule in rules.statements if _is_about_putting(rule)]
    if any(rule.statement.not_principal is not None for rule in about):
        return
    who = {
        _identity(name): name for name in _named(about) if account is None or name.account in ("", account)
    }
    name = next(iter(who.values()), None)
    if name is not None and len(who) == 1 and name.kind in _CAN_BE_DELETED:
        yield Found("ONE_ADMINISTRATOR", (), quoted(name.text))


def _lets_the_account(rules: Rules, account: str | None) -> bool:
    """Tell at once of most policies that the account is let put another, and nobody is denied anything."""
    return not any(rule.denies for rule in rules.statements) and any(
        not rule.clauses
        and any(name.kind == "account" and account in (None, name.account) for name in rule.names)
        and rule.statement.principal is not None
        and _is_about_putting(rule)
        for rule in rules.statements
    )


def _is_about_putting(rule: Rule) -> bool:
    return rule.is_about("kms:putkeypolicy") and any(
        name == "*" or may_be_a_key(name) for name in rule.statement.resources
    )


def _named(about: list[Rule]) -> list[PrincipalName]:
    """List who is let put a policy, by name or by the ARN in a condition; of whom all others are denied it, this one."""
    denials = [rule for rule in about if rule.denies]
    spared = [_only_caller(rule, spared=True) for rule in denials if EVERYONE in rule.marks]
    allowed = [_only_caller(rule) or rule.names for rule in about if not rule.denies]
    denied = {name.text for rule in denials if not rule.clauses for name in rule.names}
    return [
        name
        for names in (list(filter(None, spared)) or allowed)
        for name in names
        if name.text not in denied and name.kind not in _PUTS_NONE
    ]


def _only_caller(rule: Rule, *, spared: bool = False) -> tuple[PrincipalName, ...]:
    """Return the one principal whose ARN the only condition of a statement demands, or spares; else none."""
    if len(rule.clauses) != 1:
        return ()
    (clause,) = rule.clauses
    text = text_of(clause.values[0]) if len(clause.values) == 1 else "*"
    negated = clause.parsed.operator.negated and not clause.parsed.qualifier
    if clause.folded != "aws:principalarn" or negated is not spared or has_wildcards(text) or "${" in text:
        return ()
    return (name_of("AWS", text),)


# A service puts no policies, and neither does who was deleted.
_PUTS_NONE: Final[frozenset[PrincipalKind]] = frozenset({"service", "unique id"})
_CAN_BE_DELETED: Final[frozenset[PrincipalKind]] = frozenset({"user", "role", "session", "federated user"})


def _identity(name: PrincipalName) -> tuple[str, ...]:
    """Return what makes a principal another one; a session is as good as its role."""
    return "role" if name.kind == "session" else name.kind, name.account, name.name or name.text


def delegates_by_default(rules: Rules, account: str | None) -> bool:
    """Return whether a statement leaves everything to the account's IAM policies, as the default policy does."""
    return any(
        rule.statement.effect == "Allow"
        and rule.statement.condition is None
        and rule.names_key(ANY_KEY) is True
        and not {"*", "kms:*"}.isdisjoint(map(fold, rule.statement.actions))
        and any(name.kind == "account" and name.account == account for name in rule.names)
        for rule in rules.statements
    )
