"""Plain English of principals and callers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kmspolicy._language._principals import name_of
from kmspolicy._printable import word
from kmspolicy._words._lists import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kmspolicy._document import Principal
    from kmspolicy._language._principals import PrincipalKind, PrincipalName, PrincipalType


def principal_words(kind: PrincipalType, text: str) -> str:
    """Return a principal of a document in words: its kind, name and account."""
    return name_words(name_of(kind, text))


def name_words(name: PrincipalName) -> str:
    """Return a principal in words: its kind, name and account."""
    words = _KINDS[name.kind]
    if name.kind == "everyone":
        return words
    if not name.account:
        return f"{words} {word(name.text)}".strip()
    partition = "" if name.partition in ("", "aws") else f" ({name.partition})"
    if name.kind == "account":
        return f"{words} {name.account}{partition}"
    return f"{words} {word(_own(name), _IAM_NAME)} of account {name.account}{partition}"


_IAM_NAME = re.compile(r"[\w+=,.@/-]+", re.ASCII).fullmatch


def _own(name: PrincipalName) -> str:
    return f"{name.path}{name.name}{'/' if name.session else ''}{name.session}"


_KINDS: Final[Mapping[PrincipalKind, str]] = {
    "everyone": "everyone",
    "account": "account",
    "user": "user",
    "role": "role",
    "session": "role session",
    "federated user": "federated user",
    "service": "the service",
    "unique id": "",
    "identity provider": "the identity provider",
    "canonical user": "the canonical user",
    "unknown": "",
}


def principals_words(principal: Principal) -> str:
    """Return the principals of an element in words."""
    words = dict.fromkeys(principal_words(kind, name) for kind, name in principal)
    return listed(words, str) if words else "nobody"
