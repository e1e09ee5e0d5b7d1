"""Rules about principals of other accounts than the key's: what they get, and what has no effect for them.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._check._found import Found, named_actions, places_of
from kmspolicy._language._actions import ACTIONS, actions_matching
from kmspolicy._language._principals import name_of
from kmspolicy._printable import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._document import Statement
    from kmspolicy._language._actions import ActionFacts
    from kmspolicy._path import Steps


def across_accounts(statement: Statement, account: str) -> Iterator[Found]:
    """Find what an Allow gives to principals of other accounts: all that they can get, or what they cannot use.

    Args:
        statement: The statement.
        account: The account of the key.
    """
    others = list(_of_other_accounts(statement, account))
    if not others:
        return
    everything = _ACROSS.issubset(named_actions(statement))
    useless = ", ".join(dict.fromkeys(facts.name for facts in _without_effect(statement)))
    for steps, name in others:
        if everything:
            yield Found("ALL_ACTIONS_FOR_ANOTHER_ACCOUNT", steps, quoted(name))
        if useless:
            yield Found("UNSUPPORTED_ACTION_FOR_ANOTHER_ACCOUNT", steps, f"{quoted(name)}, {useless}")


_ACROSS: Final = frozenset(facts for facts in ACTIONS.values() if facts.effective and facts.across_accounts)


def _of_other_accounts(statement: Statement, account: str) -> Iterator[tuple[Steps, str]]:
    """Go through the principals of other accounts with their places."""
    principal = statement.principal
    for kind, names in () if principal is None or principal.element == "*" else principal.element:
        for steps, text in places_of(("Principal", kind), names) if kind == "AWS" else ():
            name = name_of("AWS", text)
            if name.account not in ("", account) and name.fault != "form":
                yield steps, text


def _without_effect(statement: Statement) -> Iterator[ActionFacts]:
    """List the actions that a statement names for nothing: of a wildcard, where none of its actions works."""
    if statement.not_action is not None:
        named = [named_actions(statement)]
    else:
        named = [[facts for facts in actions_matching(name) if facts.effective] for name in statement.actions]
    for several in named:
        if not any(facts.across_accounts for facts in several):
            yield from several
