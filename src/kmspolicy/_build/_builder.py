"""The builder: permissions whose actions exist, and statements that have a principal.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NewType, TypeAlias, final

import attrs

from kmspolicy._document import Principal, Statement
from kmspolicy._document._convert import plural
from kmspolicy._language._actions import WITH_EFFECT, Action, ActionPattern, actions_matching, nearest_action
from kmspolicy.errors import BuilderError

if TYPE_CHECKING:
    from kmspolicy._document._convert import Names

MatchingPattern = NewType("MatchingPattern", str)
"""A wildcard that matches at least one action; made by ``matching``."""

AnyAction: TypeAlias = Action | ActionPattern | MatchingPattern


def matching(pattern: str) -> MatchingPattern:
    """Accept a wildcard that AWS's own documents do not use.

    Args:
        pattern: ``kms:`` and a name, such as ``kms:*Mac``; ``*`` stands for any characters, ``?`` for one; case does not matter.

    Raises:
        BuilderError: if it matches no action that has an effect in a key policy.
    """
    return MatchingPattern(_effective(pattern))


@attrs.frozen
class Permission:
    """Actions that are allowed or denied; ``to`` adds the principals and returns a statement.

    ``allow`` and ``deny`` return it.

    Raises:
        BuilderError: if ``allow`` refuses an action, if there are no actions, or for ``not_action`` in an Allow.
    """

    effect: Literal["Allow", "Deny"]
    action: Names | None = attrs.field(default=None, kw_only=True)
    not_action: Names | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse a permission that the functions of the builder would not return."""
        if (self.action is None) == (self.not_action is None) or (
            self.effect == "Allow" and self.action is None
        ):
            raise BuilderError("a permission needs an action; only a Deny can have not_action instead")
        for name in plural(self.action) + plural(self.not_action):
            _effective(name)

    def to(self, principal: Principal, /, *principals: Principal) -> Statement:
        """Return the statement that gives this permission on the key to these principals.

        Raises:
            PolicyDocumentError: if ``Principal.everyone()`` is joined with others.
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
    """Actions that are denied, to some principals (``to``) or to all others (``to_all_except``); see ``deny``."""

    __slots__ = ()

    def to_all_except(self, principal: Principal, /, *principals: Principal) -> Statement:
        """Return the statement that denies this to everyone except these principals, with NotPrincipal.

        NotPrincipal must also name the account of a user or role, and the sessions of a role. AWS recommends to deny it
        to everyone under a condition instead, which does not have these traps:
        ``deny(...).to(Principal.everyone()).when(conditions.principal_arn.arn_not_equals(...))``.

        Raises:
            BuilderError: for ``Principal.everyone()``: nobody would be left.
            PolicyDocumentError: if ``Principal.everyone()`` is joined with others.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        """
        except_for = _joined(principal, *principals)
        if ("AWS", "*") in except_for:
            raise BuilderError(
                "a Deny for all except everyone denies nobody; name the principals that are not denied"
            )
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
        action: A KMS action that has an effect in a key policy, a wildcard that AWS's documents use, or ``matching(...)``.
        actions: More actions. One action is written as a name, several as a list.

    Raises:
        BuilderError: if an action does not exist or has no effect in a key policy.

    https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
    """
    return Permission("Allow", action=_names(action, *actions))


@final
class _Deny:
    """Deny actions: ``deny("kms:ScheduleKeyDeletion").to(principal)``; ``deny.all_except`` denies all others."""

    __slots__ = ()

    def __call__(self, action: AnyAction, /, *actions: AnyAction) -> Denial:
        """Deny actions: ``deny("kms:ScheduleKeyDeletion").to(Principal.everyone())``.

        Args:
            action: An action, as for ``allow``.
            actions: More actions.

        Raises:
            BuilderError: if an action does not exist or has no effect in a key policy.
        """
        return Denial("Deny", action=_names(action, *actions))

    def all_except(self, action: AnyAction, /, *actions: AnyAction) -> Denial:
        """Deny all actions except these, with NotAction.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html

        Args:
            action: An action, as for ``allow``.
            actions: More actions.

        Raises:
            BuilderError: if an action does not exist or has no effect in a key policy, and for ``kms:*``: nothing would be left.
        """
        names = _names(action, *actions)
        if {"*", "kms:*"}.intersection(plural(names)):
            raise BuilderError(
                "a Deny of all actions except all denies nothing; name the actions that are not denied"
            )
        return Denial("Deny", not_action=names)

    def __repr__(self) -> str:
        """Return the name under which it is imported."""
        return "deny"

    def __reduce__(self) -> str:
        """Make pickles and copies refer to this object."""
        return "deny"


deny: Final = _Deny()


def _joined(principal: Principal, *principals: Principal) -> Principal:
    if isinstance(principal, (list, tuple, set, frozenset)):
        raise BuilderError(f"pass principals one by one, as in to(*principals), not as {principal!r}")
    for other in principals:
        principal |= other
    return principal


def _names(action: str, *actions: str) -> Names:
    if not isinstance(action, str):
        raise _not_an_action(action)
    return (action, *actions) if actions else action


def _effective(action: str) -> str:
    """Return the action; refuse one without effect in a key policy, and say which one was probably meant."""
    if isinstance(action, str) and action in WITH_EFFECT:
        return action
    facts = actions_matching(action) if isinstance(action, str) else ()
    if any(fact.effective for fact in facts):
        return action
    if facts:
        names = ", ".join(fact.name for fact in facts)
        raise BuilderError(f"{action!r} has no effect in a key policy: only IAM policies can allow {names}")
    raise _not_an_action(action)


def _not_an_action(action: object) -> BuilderError:
    if isinstance(action, (list, tuple, set, frozenset)):
        return BuilderError(f"pass actions one by one, as in allow(*actions), not as {action!r}")
    meant = nearest_action(action) if isinstance(action, str) else None
    hint = "; Statement(action=...) accepts any text" if meant is None else f"; did you mean {meant!r}?"
    return BuilderError(f"{action!r} is not a KMS action{hint}")
