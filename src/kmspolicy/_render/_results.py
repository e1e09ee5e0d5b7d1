"""Plain English of what was sent to KMS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kmspolicy._printable import word
from kmspolicy._words._lists import counted, lines

if TYPE_CHECKING:
    from kmspolicy._plan._created import CreateResult
    from kmspolicy._plan._plan import PutResult


def put_words(result: PutResult) -> str:
    """Describe a put on a key, and what was found in it."""
    done = "the policy was put" if result.changed else "nothing to do"
    return _words(result.key_id, done, result)


def created_words(result: CreateResult) -> str:
    """Say which key was created, and what was found in its policy."""
    known = filter(None, (result.state, result.key_spec, result.key_usage))
    return _words(result.arn, ", ".join(["created", *map(word, known)]), result)


def _words(key: str, done: str, result: PutResult | CreateResult) -> str:
    request = f", request id {word(result.request_id)}" if result.request_id else ""
    sent = f"{counted(result.attempts, 'request')} sent{request}"
    return "\n".join([f"key {word(key)}: {done}; {sent}", *lines(result.findings, str)])
