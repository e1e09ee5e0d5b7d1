"""The classes of actions: actions that policies do not distinguish, known and unknown ones.

KMS may get new actions, which ``kms:*`` includes.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Final, NamedTuple

from kmspolicy._evaluate._request import Request
from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._patterns import has_wildcards
from kmspolicy._prove import _names
from kmspolicy._prove._texts import Texts, like
from kmspolicy.errors import UnknownWordWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kmspolicy._language._aliases import Context
    from kmspolicy._language._key_arns import Key
    from kmspolicy._prove._budget import Budget
    from kmspolicy._prove._texts import Spell


class Action(NamedTuple):
    """A class of actions.

    Attributes:
        name: One of them, as AWS spells it.
        is_known: Whether it is known today.
        alike: All of them that are known, or named in a policy.
    """

    name: str
    is_known: bool = True
    alike: tuple[str, ...] = ()

    @property
    def across_accounts(self) -> bool:
        """Whether it is known to work on a key of another account."""
        return self.is_known and ACTIONS[self.name.lower()].across_accounts

    def request(self, principal: str, context: Context, key: Key) -> Request:
        """Return a request for it, without a warning if it is not known."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnknownWordWarning)
            return Request(principal, self.name, context, key.account, key.arn)


def actions_of(
    patterns: Sequence[Sequence[str]], kind: Callable[[Action], object], budget: Budget
) -> list[Action]:
    """Return the classes of the actions that have an effect in a key policy.

    Args:
        patterns: The actions in statements, in lower case, with or without wildcards.
        kind: Returns a value that distinguishes known actions.
        budget: The work that this may take.

    Raises:
        ExhaustedError: if there are too many.
    """
    named = {pattern for some in patterns for pattern in some}
    known = [Action(facts.name) for facts in ACTIONS.values() if facts.effective]
    classes: dict[object, list[str]] = {}
    for action in sorted(known, key=lambda action: action.name != _FIRST):
        classes.setdefault(kind(action), []).append(action.name)
    texts = Texts([[like(pattern) for pattern in some if has_wildcards(pattern)] for some in patterns])
    start = texts.after(texts.begin(range(len(patterns))), _PREFIX)
    words = {name.removeprefix(_PREFIX) for name in (*ACTIONS, *named) if name.startswith(_PREFIX)}
    unknown = [
        word for word in sorted(words) if f"{_PREFIX}{word}" not in ACTIONS and _names.ACTIONS.has(word)
    ]
    walked: dict[int, Spell] = {}
    for spell, state in texts.walk(start, _names.ACTIONS, words, budget):
        walked.setdefault(texts.answers(state), spell)
    others = [_PREFIX + word for word in (*unknown, *(spell() for spell in walked.values()))]
    return [
        *(Action(names[0], alike=tuple(names)) for names in classes.values()),
        *(Action(name, is_known=False, alike=(name,)) for name in others),
    ]


_PREFIX: Final = "kms:"
_FIRST: Final = "kms:Decrypt"
"""The action that stands for the others of its class."""
