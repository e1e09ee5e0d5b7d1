"""Lockout: whether anybody, and a caller, could put a policy on the key again.

Most policies say it at a glance; all others are proved, for all requests.
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#allow-unmanageable-key
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._check._found import Found
from kmspolicy._normal._rules import named
from kmspolicy._printable import word

if TYPE_CHECKING:
    from kmspolicy._check._finding import FindingCode
    from kmspolicy._evaluate._callers import Requester
    from kmspolicy._language._key_arns import Key
    from kmspolicy._language._principals import PrincipalName
    from kmspolicy._normal._rules import Rule, Rules

LOCKOUTS: Final[frozenset[FindingCode]] = frozenset({"LOCKOUT_EVERYONE", "LOCKOUT_CALLER"})
"""The codes of what the bypass of the lockout safety check lets through."""
PUT: Final = "kms:putkeypolicy"


def is_about_putting(rule: Rule, key: Key) -> bool:
    """Return whether a statement is about kms:PutKeyPolicy on the key."""
    return rule.is_about(PUT) and rule.names_key(key) is not False


def at_a_glance(rules: Rules, caller: Requester | None, key: Key) -> list[Found] | None:
    """Return what is found where statements without conditions say who can put a policy; None where a proof must.

    Args:
        rules: The policy.
        caller: Who puts the policy; None if that is not known.
        key: What is known of the key.
    """
    if any(rule.denies and is_about_putting(rule, key) for rule in rules.statements):
        return None
    if caller is None:
        return [] if any(_lets_plainly(rule, key) for rule in rules.statements) else None
    about = [rule for rule in rules.statements if is_about_putting(rule, key)]
    plain = [_lets_plainly(rule, key) for rule in about]
    hows = {(named(rule, caller.name), plainly) for rule, plainly in zip(about, plain, strict=True)}
    if key.account not in (None, caller.account) or not any(plain):
        return None
    if ("caller", True) in hows:
        return []
    return (
        [iam_policies_decide(caller)] if ("account", True) in hows and ("caller", False) not in hows else None
    )


def iam_policies_decide(caller: Requester) -> Found:
    """Find that IAM policies must let a caller put a policy."""
    return Found("IAM_POLICIES_DECIDE", (), f"kms:PutKeyPolicy by {word(caller.text)}")


def _lets_plainly(rule: Rule, key: Key) -> bool:
    """Return whether a statement lets a principal of the key's account put a policy, without any condition."""
    return (
        not rule.denies
        and not rule.clauses
        and rule.statement.principal is not None
        and rule.names_key(key) is True
        and any(_can_put(name, key) for name in rule.names)
        and rule.is_about(PUT)
    )


def _can_put(name: PrincipalName, key: Key) -> bool:
    """Return whether a name is that of principals who can put a policy: of no service, and of the key's account."""
    if name.type != "AWS" or name.fault is not None or name.is_unsettled:
        return False
    return name.kind == "everyone" or (name.kind != "unknown" and key.account in (None, name.account))
