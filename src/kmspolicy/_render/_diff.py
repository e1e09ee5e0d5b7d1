"""Drawing of differences, like a unified diff."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from kmspolicy._diff._access import UnknownChange
from kmspolicy._printable import cut, is_printable, quoted, word
from kmspolicy._words._cells import action_words, cell_words, same_with_iam
from kmspolicy._words._conditions import condition_words
from kmspolicy._words._lists import SENTENCE, counted, lines, listed
from kmspolicy._words._principals import principal_words
from kmspolicy._words._proofs import circumstance_words, witness_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kmspolicy._diff._access import AccessChange
    from kmspolicy._diff._diff import Diff
    from kmspolicy._diff._documents import Change, DocumentDiff, Pair
    from kmspolicy._document import Condition, Statement
    from kmspolicy._evaluate._access import Cell, Subject

_PART: Final = 15_000
"""The maximum number of characters of each part of a difference, if it has several entries."""
_ENTRY: Final = 3_000
"""The maximum number of characters of an entry, if it has several lines."""


class _Moves(NamedTuple):
    """Changes of access of one kind."""

    sign: str
    title: str
    changes: Sequence[AccessChange | UnknownChange]

    @property
    def who(self) -> set[Subject]:
        """The principals whose access changes."""
        return {change.principal for change in self.changes}


def as_text(diff: Diff) -> str:
    """Draw what a difference comes to, the changes of the documents, and below them who gains and loses access."""
    if not diff:
        return document_as_text(diff.document)
    moved = (*diff.gained, *diff.lost)
    gained = _Moves("+", "access gained", [one for one in diff.gained if not _is_the_same(one)])
    lost = _Moves("-", "access lost", [one for one in diff.lost if not _is_the_same(one)])
    same = _Moves("=", "access as before, by another name", [one for one in moved if _is_the_same(one)])
    unknown = _Moves("?", "access that may have changed", diff.unknown)
    first = f"{_count_of_statements(diff.document)}; {_count_of_principals(gained, lost, unknown)}"
    moves = (line for one in (gained, lost, same, unknown) for line in _moves(one))
    return "\n".join(lines([first, *_of_documents(diff.document), *moves], str))


def _is_the_same(change: AccessChange) -> bool:
    return same_with_iam(change.before, change.after)


def _count_of_statements(diff: DocumentDiff) -> str:
    """Say how much of the document changed."""
    counts = ((diff.changed, "changed"), (diff.added, "added"), (diff.removed, "removed"))
    statements = [(len(some), verb) for some, verb in counts if some]
    said = [f"{counted(number, 'statement')} {verb}" for number, verb in statements[:1]]
    said += [f"{number:,} {verb}" for number, verb in statements[1:]]
    said += ["the Version changed"] if diff.version else []
    said += [f"{counted(len(diff.labels), 'label')} changed"] if diff.labels else []
    return listed(said, str)


def _count_of_principals(gained: _Moves, lost: _Moves, unknown: _Moves) -> str:
    """Say how many principals gain and lose access."""
    gain, lose = _do("gain", gained.who, "principal"), _do("lose", lost.who)
    known = f"{gain} access, {lose} it" if gained.changes or lost.changes else "no access gained or lost"
    return f"{known}; of {len(unknown.who):,} it is not known" if unknown.changes else known


def _do(verb: str, principals: set[Subject], noun: str = "") -> str:
    """Say how many principals do something; if everyone is among them, that is what matters."""
    if ("AWS", "*") in principals:
        return f"everyone {verb}s"
    if not principals:
        return f"{f'no {noun}' if noun else 'none'} {verb}s"
    number = len(principals)
    return f"{counted(number, noun) if noun else f'{number:,}'} {verb}{'s' if number == 1 else ''}"


def document_as_text(diff: DocumentDiff) -> str:
    """Draw the changes of the documents alone."""
    return "\n".join(lines(_of_documents(diff), str)) if diff else "no difference"


def _of_documents(diff: DocumentDiff) -> list[str]:
    labels = (*([diff.version] if diff.version else []), *diff.labels)
    return [
        "--- before",
        "+++ after",
        *lines(labels, _change, _PART),
        *lines(diff.changed, _pair, _PART),
        *lines(diff.removed, lambda statement: _whole("-", statement), _PART),
        *lines(diff.added, lambda statement: _whole("+", statement), _PART),
    ]


def _pair(pair: Pair) -> str:
    before, after, changes = pair
    return "\n".join([_heading(after if after.sid is not None else before), *lines(changes, _change, _ENTRY)])


def _whole(sign: str, statement: Statement) -> str:
    return "\n".join([_heading(statement), *_signed(sign, _json(statement.to_dict()), cut)])


def _json(element: object) -> list[str]:
    """Return the lines of JSON text; escape the lines that are not printable."""
    plain, escaped = (
        json.dumps(element, indent=2, ensure_ascii=ascii_only).split("\n") for ascii_only in (False, True)
    )
    return [one if is_printable(one) else other for one, other in zip(plain, escaped, strict=True)]


def _heading(statement: Statement) -> str:
    return "@@ statement @@" if statement.sid is None else f"@@ statement {quoted(statement.sid)} @@"


def _change(change: Change) -> str:
    return "\n".join(
        [f"  {change.path}", *_signed("-", change.removed, word), *_signed("+", change.added, word)]
    )


def _signed(sign: str, texts: Sequence[str], show: Callable[[str], str]) -> list[str]:
    return lines(texts, lambda text: f"{sign} {show(text)}", _ENTRY, f"{sign} and {{:,}} more")


def _moves(moves: _Moves) -> list[str]:
    if not moves.changes:
        return []
    entries = lines(moves.changes, lambda one: f"{moves.sign} {access_as_text(one)}", _PART)
    return [f"@@ {moves.title} @@", *entries]


def access_as_text(change: AccessChange | UnknownChange) -> str:
    """Return one line about whose access to which actions changed, and how; where it depends, with a request that shows it."""
    who = principal_words(*change.principal)
    what = action_words(change.actions, change.every)
    if same_with_iam(change.before, change.after):
        return f"{who}: {what}: decided by IAM of {change.after.iam_of}, as before"
    line = f"{who}: {what}: {_words(change.before)} → {_words(change.after)}"
    if isinstance(change, UnknownChange):
        return f"{line}: it is not known what is {change.way}: {change.reason}"
    request = change.witness.request
    if change.before != change.after and not any(values for _, values in request.context):
        return line
    words = circumstance_words if request.principal == change.principal[1] else witness_words
    return f"{line}; for example {words(change.witness)}"


def _words(cell: Cell) -> str:
    return cell_words(cell, _either)


def _either(conditions: Sequence[Condition]) -> str:
    return " or ".join(lines(conditions, condition_words, SENTENCE, "{:,} more"))
