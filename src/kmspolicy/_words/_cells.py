"""Plain English of the cells of the access table, and of the actions they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._evaluate._access import ALWAYS
from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._spelling import fold
from kmspolicy._printable import word
from kmspolicy._words._lists import SENTENCE, dependence_words, lines

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from kmspolicy._document import Condition
    from kmspolicy._evaluate._access import Cell

PURPOSES: Final = ("use", "grants", "administration", "reading", "other actions")
"""What actions are for, in the order in which people think of it."""


def purpose(action: str) -> str:
    """Return what an action is for.

    https://docs.aws.amazon.com/kms/latest/developerguide/kms-cryptography.html#cryptographic-operations
    """
    facts = ACTIONS.get(fold(action))
    if facts is None:
        return "other actions"
    if facts.name.endswith(("Grant", "Grants")):
        return "grants"
    if facts.access_level in ("Read", "List"):
        return "reading"
    # Of the actions that write, those work across accounts that are cryptographic operations.
    return "use" if facts.access_level == "Write" and facts.across_accounts else "administration"


def by_purpose(actions: Iterable[str]) -> dict[str, list[str]]:
    """Return actions by what they are for, in the order in which people think of it."""
    found: dict[str, list[str]] = {name: [] for name in PURPOSES}
    for action in actions:
        found[purpose(action)].append(action)
    return {name: those for name, those in found.items() if those}


def action_words(actions: Sequence[str], every: Sequence[str]) -> str:
    """List actions, those of KMS without their prefix; of almost all that there are, those that are not among them."""
    if len(every) - len(actions) <= _FEW < len(actions):
        given = frozenset(actions)
        rest = [action for action in every if action not in given]
        return f"every action except {short(rest)}" if rest else "every action"
    return short(actions)


_FEW: Final = 10


def short(actions: Collection[str]) -> str:
    """List actions, those of KMS without their prefix, and a family of which all are there by its wildcard."""
    folded = {*map(fold, actions)}
    names = {action: _action(action) for action in actions}
    for family, members in _FAMILIES.items():
        if members <= folded:
            names |= {action: family for action in actions if fold(action) in members}
    return ", ".join(lines(dict.fromkeys(names.values()), str, SENTENCE))


_FAMILIES: Final = {
    f"{family}*": {name for name in ACTIONS if name.startswith(fold(f"kms:{family}"))}
    for family in ("GenerateDataKey", "ReEncrypt")
}
"""The actions that people and AWS name by a wildcard."""


def _action(name: str) -> str:
    known = ACTIONS.get(fold(name))
    return word(name) if known is None else known.name.removeprefix("kms:")


def cell_words(cell: Cell, when: Callable[[Sequence[Condition]], str]) -> str:
    """Say what a cell of the access table holds, with words for conditions of which one must be met."""

    def under(conditions: Sequence[Condition]) -> str:
        return "" if conditions == ALWAYS else f" if {when(conditions)}"

    of = f" of {cell.iam_of}" if cell.iam_of else ""
    yes = [f"yes{under(cell.allowed)}{f', with IAM{of}' if of else ''}"] if cell.allowed else []
    iam = [f"IAM{of}{under(cell.delegated)}"] if cell.delegated else []
    no = [f"no{under(cell.denied)}"] if cell.denied else []
    if cell.depends_on:
        return f"perhaps {' or '.join([*yes, *iam, *no]) or '·'}: {dependence_words(cell.depends_on)}"
    if cell.denied == ALWAYS or not (yes or iam):
        return "".join(no) or "·"
    granted = ", else ".join([*yes, *iam])
    unless = f"{',' if ',' in granted else ''} unless {when(cell.denied)}" if no else ""
    return granted + unless


def same_with_iam(before: Cell, after: Cell) -> bool:
    """Return whether IAM of another account decides both times, whether the policy names the principal or its account.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
    """
    one, other = (
        (frozenset((*cell.allowed, *cell.delegated)), cell.denied, cell.iam_of) for cell in (before, after)
    )
    return (
        one == other
        and before.iam_of != ""
        and (before.allowed, before.delegated) != (after.allowed, after.delegated)
    )
