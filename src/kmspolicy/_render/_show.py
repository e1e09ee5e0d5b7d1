"""Any answer as text, for a terminal or a pipe, and as HTML: the table of what each kind of answer says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from kmspolicy._diff._access import AccessChange, UnknownChange
from kmspolicy._diff._diff import Diff
from kmspolicy._diff._documents import DocumentDiff
from kmspolicy._document import Policy, Statement
from kmspolicy._evaluate._access import AccessTable
from kmspolicy._evaluate._decide import Decision
from kmspolicy._evaluate._request import Request
from kmspolicy._plan._created import CreateResult
from kmspolicy._plan._plan import PutResult
from kmspolicy._prove._entries import ExternalAccess, ExternalEntry
from kmspolicy._prove._verdicts import Comparison, Fails, Holds, Unknown, Witness
from kmspolicy._render._access import WIDTH, html_of, text_of
from kmspolicy._render._colours import painted
from kmspolicy._render._diff import access_as_text, as_text, document_as_text
from kmspolicy._render._html import lines_as_html
from kmspolicy._render._lines import folded, in_ascii
from kmspolicy._render._results import created_words, put_words
from kmspolicy._render._signs import coloured
from kmspolicy._words._explain import explain
from kmspolicy._words._external import entry_words, external_words
from kmspolicy._words._proofs import request_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kmspolicy._display import Displayed
    from kmspolicy._render._colours import Kind

_SAID: Final[Mapping[type, Callable[[Any], str]]] = {
    AccessTable: text_of,
    **dict.fromkeys((Policy, Statement, Decision, Witness, Holds, Fails, Unknown, Comparison), explain),
    Request: request_words,
    PutResult: put_words,
    CreateResult: created_words,
    ExternalAccess: external_words,
    ExternalEntry: entry_words,
    Diff: as_text,
    DocumentDiff: document_as_text,
    **dict.fromkeys((AccessChange, UnknownChange), access_as_text),
}
_INDENT: Final = "    "
"""What the lines begin with that continue one."""


def said(answer: Displayed) -> str:
    """Return any answer as text that does not depend on where it is shown."""
    return _SAID[type(answer)](cast("Any", answer))


def text(answer: Displayed, *, width: int | None = None, colour: bool = False, unicode: bool = True) -> str:
    """Return any answer as text: what ``str(answer)`` says, for the terminal or the pipe where it is shown.

    Args:
        answer: The answer.
        width: The columns of the terminal; None leaves sentences on one line, and tables as wide as in ``str``.
        colour: Whether the text has the codes of a terminal for colours.
        unicode: Whether it may have characters beyond ASCII; where it may not, escapes stand for them.
    """

    def paint(words: str, kind: Kind | None) -> str:
        return painted(words, kind if colour else None)

    def line(words: str) -> str:
        sign, kind, rest = coloured(words)
        # A line that has a colour as a whole is one of a document, which is not broken.
        first, *others = folded(words, width, _INDENT) if rest and width is not None else [words]
        return "\n".join([paint(sign, kind) + first[len(sign) :], *others])

    if isinstance(answer, AccessTable):
        shown = text_of(answer, WIDTH if width is None else width, paint)
    else:
        shown = "\n".join(map(line, str(answer).split("\n")))
    return shown if unicode else in_ascii(shown)


def html(answer: Displayed) -> str:
    """Return any answer as HTML."""
    if isinstance(answer, AccessTable):
        return html_of(answer)
    return lines_as_html(str(answer).split("\n"))
