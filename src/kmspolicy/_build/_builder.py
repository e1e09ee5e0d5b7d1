"""The builder: permissions that cannot be misspelt, and statements that have a principal.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NewType, TypeAlias, final, get_args

import attrs

from kmspolicy._document import Principal, Statement
from kmspolicy._document._convert import plural
from kmspolicy._language._actions import Action, ActionPattern, actions_matching, nearest_action
from kmspolicy.errors import BuilderError

if TYPE_CHECKING:
    from kmspolicy._document._convert import Names

MatchingPattern = NewType("MatchingPattern", str)
"""A wildcard that matches at least one action; made by ``matching``."""

AnyAction: TypeAlias = Action | ActionPattern | MatchingPattern


def matching(pattern: str) -> MatchingPattern:
    """Take a wildcard over actions that is not one of AWS's own.

    Args:
        pattern: ``kms:`` and a name, in any case, with ``*`` for any characters and ``?`` for one, ``kms:*Mac`` for example.

    Raises:
        BuilderError: where no action that has an effect in a key policy matches.
    """
    return MatchingPattern(_effective(pattern))


@attrs.frozen
class Permission:
    """Hold what is allowed or denied; ``to`` says to whom, and makes it a statement.

    Made by ``allow`` and ``deny``.

    Raises:
        BuilderError: for actions that ``allow`` refuses, for none, and for ``not_action`` in an Allow.
    """

    effect: Literal["Allow", "Deny"]
    action: Names | None = attrs.field(default=None, kw_only=True)
    not_action: Names | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what the builder's functions would not make."""
        if (self.action is None) == (self.not_action is None) or (
            self.effect == "Allow" and self.action is None
        ):
            raise BuilderError("a permission has actions; a Deny may have all actions except some instead")
        for name in plural(self.action) + plural(self.not_action):
            _effective(name)

    def to(self, principal: Principal, /, *principals: Principal) -> Statement:
        """Make the statement: this permission for these principals, on the key.

        Raises:
            PolicyDocumentError: where ``Principal.everyone()`` is joined with others.
        """
        return Statement(
            self.effect,
            principal=_joined(principal, *principals),
            action=self.action,
            not_action=self.not_action,
            resource="*",
        )


@final
class Denial(Permission):
    """Hold what is denied; ``to`` says to whom, ``to_all_except`` to whom not. Made by ``deny``."""

    __slots__ = ()

    def to_all_except(self, principal: Principal, /, *principals: Principal) -> Statement:
        """Make the statement with NotPrincipal: denied to everyone but these.

        NotPrincipal must name the account of a user or role as well, and for a role its sessions. AWS advises to deny
        it to everyone under a condition instead, which has no such traps:
        ``deny(...).to(Principal.everyone()).when(conditions.principal_arn.arn_not_equals(...))``.

        Raises:
            BuilderError: for everyone, who leaves nobody.
            PolicyDocumentError: where ``Principal.everyone()`` is joined with others.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        """
        except_for = _joined(principal, *principals)
        if ("AWS", "*") in except_for:
            raise BuilderError("all except everyone is nobody; name those who are not to be denied")
        return Statement(
            self.effect,
            not_principal=except_for,
            action=self.action,
            not_action=self.not_action,
            resource="*",
        )


def allow(action: AnyAction, /, *actions: AnyAction) -> Permission:
    """Allow actions: ``allow("kms:Decrypt", "kms:GenerateDataKey*").to(principal)``.

    Args:
        action: An action of KMS that has an effect in a key policy, one of AWS's own wildcards, or ``matching(...)``.
        actions: More of them; one is written as a name, several as a list.

    Raises:
        BuilderError: for an action that does not exist or has no effect in a key policy.

    https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
    """
    return Permission("Allow", action=_names(action, *actions))


@final
class _Deny:
    """Denies actions, as ``allow`` allows them; ``all_except`` denies all the others."""

    __slots__ = ()

    def __call__(self, action: AnyAction, /, *actions: AnyAction) -> Denial:
        """Deny actions: ``deny("kms:ScheduleKeyDeletion").to(Principal.everyone())``.

        Args:
            action: An action, as ``allow`` takes it.
            actions: More of them.

        Raises:
            BuilderError: for an action that does not exist or has no effect in a key policy.
        """
        return Denial("Deny", action=_names(action, *actions))

    def all_except(self, action: AnyAction, /, *actions: AnyAction) -> Denial:
        """Deny every action but these, with NotAction; ``kms:*`` would leave nothing to deny.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html

        Args:
            action: An action, as ``allow`` takes it.
            actions: More of them.

        Raises:
            BuilderError: for an action that does not exist or has no effect in a key policy.
        """
        names = _names(action, *actions)
        if {"*", "kms:*"}.intersection(plural(names)):
            raise BuilderError("all actions except all are none; name those that are not to be denied")
        return Denial("Deny", not_action=names)

    def __repr__(self) -> str:
        """Write the name under which it is imported."""
        return "deny"

    def __reduce__(self) -> str:
        """Be the same one after a pickle or a copy."""
        return "deny"


deny: Final = _Deny()


def _joined(principal: Principal, *principals: Principal) -> Principal:
    if isinstance(principal, (list, tuple, set, frozenset)):
        raise BuilderError(
            f"principals are given one by one, as in to(*principals), and not as {principal!r}"
        )
    for other in principals:
        principal |= other
    return principal


def _names(action: str, *actions: str) -> Names:
    if not isinstance(action, str):
        raise _no_action(action)
    return (action, *actions) if actions else action


_LITERALS: Final = frozenset((*get_args(Action), *get_args(ActionPattern)))


def _effective(action: str) -> str:
    """Refuse what grants nothing in a key policy, and say what was probably meant."""
    if isinstance(action, str) and action in _LITERALS:
        return action
    facts = actions_matching(action) if isinstance(action, str) else ()
    if any(fact.effective for fact in facts):
        return action
    if facts:
        names = ", ".join(fact.name for fact in facts)
        raise BuilderError(
            f"{action!r} has no effect in a key policy: {names} is allowed by IAM policies alone"
        )
    raise _no_action(action)


def _no_action(action: object) -> BuilderError:
    if isinstance(action, (list, tuple, set, frozenset)):
        return BuilderError(f"actions are given one by one, as in allow(*actions), and not as {action!r}")
    meant = nearest_action(action) if isinstance(action, str) else None
    hint = "; Statement(action=...) takes any text" if meant is None else f"; did you mean {meant!r}?"
    return BuilderError(f"{action!r} is no action of KMS{hint}")
