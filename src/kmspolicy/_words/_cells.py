"""Plain English of the cells of the access table, and of the actions they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._evaluate._access import ALWAYS
from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._spelling import fold
from kmspolicy._printable import word
from kmspolicy._words._lists import SENTENCE, lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kmspolicy._document import Condition
    from kmspolicy._evaluate._access import Cell


def action_words(actions: Sequence[str], every: Sequence[str]) -> str:
    """List actions, those of KMS without their prefix; of almost all that there are, those that are not among them."""
    if len(every) - len(actions) <= _FEW < len(actions):
        given = frozenset(actions)
        rest = [action for action in every if action not in given]
        return f"every action except {_short(rest)}" if rest else "every action"
    return _short(actions)


_FEW: Final = 10


def _short(actions: Sequence[str]) -> str:
    return ", ".join(lines(actions, _action, SENTENCE))


def _action(name: str) -> str:
    known = ACTIONS.get(fold(name))
    return word(name) if known is None else known.name.removeprefix("kms:")


def cell_words(cell: Cell, when: Callable[[Sequence[Condition]], str]) -> str:
    """Say what a cell of the access table holds, with words for conditions of which one must be met."""
    if cell.denied == ALWAYS and not cell.depends_on:
        return "no"
    parts: list[str] = []
    with_iam = f", with IAM of {cell.iam_of}" if cell.iam_of else ""
    iam = f"IAM of {cell.iam_of}" if cell.iam_of else "IAM"
    if cell.allowed:
        parts.append(f"{'yes' if cell.allowed == ALWAYS else f'if {when(cell.allowed)}'}{with_iam}")
    if cell.delegated:
        parts.append(iam if cell.delegated == ALWAYS else f"{iam} if {when(cell.delegated)}")
    if cell.denied:
        parts.append("no" if cell.denied == ALWAYS else f"no if {when(cell.denied)}")
    if cell.depends_on:
        parts.append(f"depending on {', '.join(map(word, cell.depends_on))}")
    return ", ".join(parts) or "·"
