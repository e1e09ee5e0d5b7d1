"""The names that can exist: of users, roles, sessions, accounts and services.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
"""

from __future__ import annotations

from typing import Final

from kmspolicy._prove._texts import USUAL_LETTERS, Grammar

_OF_NAMES: Final = f"{USUAL_LETTERS}-_.@,+="
_OF_PATHS: Final = "".join(
    letter for letter in map(chr, range(0x21, 0x7F)) if letter not in f"{_OF_NAMES}/:*?"
)


def _steps(*groups: tuple[str, int]) -> dict[str, int]:
    return {letter: state for letters, state in groups for letter in letters}


def _with_path(others: str) -> Grammar:
    """Return the names after ``user/`` or ``role/``, with or without a path."""
    anything = ((_OF_NAMES, 1), (others, 2))
    within = (*anything, ("/", 3))
    return Grammar(
        (_steps(*anything), _steps(*within), _steps((_OF_NAMES + others, 2), ("/", 3)), _steps(*within)),
        frozenset({1}),
    )


def _path(others: str) -> Grammar:
    """Return the paths after ``user/`` or ``role/``, including the empty one."""
    letters = _OF_NAMES + others
    within = _steps((letters, 1), ("/", 2))
    return Grammar((_steps((letters, 1)), within, within), frozenset({0, 2}))


NAMES_WITH_PATH: Final = (_with_path(_OF_PATHS), _with_path(f"{_OF_PATHS}:"))
PATHS: Final = (_path(_OF_PATHS), _path(f"{_OF_PATHS}:"))
"""The paths that exist, and those that may exist: it is not documented whether a path can have colons."""

FEDERATED: Final = Grammar((_steps((_OF_NAMES, 1)), _steps((_OF_NAMES, 1))), frozenset({1}))
SESSIONS: Final = Grammar(
    (_steps((_OF_NAMES, 1)), _steps((_OF_NAMES, 2)), _steps((_OF_NAMES, 2))), frozenset({2})
)

_DIGITS: Final = 12
ACCOUNTS: Final = Grammar(
    (*(_steps(("1234567890", place + 1)) for place in range(_DIGITS)), {}), frozenset({_DIGITS})
)

_OF_SERVICES: Final = "xyzabcdefghijklmnopqrstuvw0123456789-"
_LABEL: Final = _steps((_OF_SERVICES, 1), (".", 2))
_LAST_LABEL: Final = _steps((_OF_SERVICES, 3), (".", 2))
SERVICES: Final = Grammar(
    (_steps((_OF_SERVICES, 1)), _LABEL, _steps((_OF_SERVICES, 3)), _LAST_LABEL), frozenset({3})
)

ACTIONS: Final = Grammar((_steps(("xyzabcdefghijklmnopqrstuvw", 1)),) * 2, frozenset({1}))
"""The text that may follow ``kms:``, in lower case."""
