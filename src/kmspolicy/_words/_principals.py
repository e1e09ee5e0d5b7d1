"""Plain English of principals and callers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._evaluate._request import caller_of
from kmspolicy._words._lists import listed, printable
from kmspolicy.errors import RequestError

if TYPE_CHECKING:
    from kmspolicy._document import Principal
    from kmspolicy._evaluate._request import Caller


def principal_words(kind: str, name: str) -> str:
    """Name a principal: what it is, its name and its account."""
    if kind != "AWS":
        return f"{_KINDS[kind]} {printable(name)}"
    if name == "*":
        return "everyone"
    try:
        caller = caller_of(name)
    except RequestError:
        return printable(name)
    return printable(name) if caller.kind == "service" else caller_words(caller)


def caller_words(caller: Caller) -> str:
    """Name a caller: what it is, its name and its account."""
    if caller.kind == "root":
        return f"account {caller.account}"
    if caller.kind == "service":
        return f"the service {caller.name}"
    return f"{_KINDS[caller.kind]} {printable(caller.name.partition('/')[2])} of account {caller.account}"


_KINDS: Final = {
    "user": "user",
    "role": "role",
    "session": "role session",
    "federated": "federated user",
    "Service": "the service",
    "Federated": "the identity provider",
    "CanonicalUser": "the canonical user",
}


def principals_words(principal: Principal) -> str:
    """Name the principals of an element."""
    words = dict.fromkeys(principal_words(kind, name) for kind, name in principal)
    return listed(words, str) if words else "nobody"
