"""How answers show themselves: as text for a terminal or a pipe, in notebooks, at the prompt of IPython, and by rich."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from xml.etree.ElementTree import fromstring

import pytest
from rich.console import Console

from kmspolicy import (
    Caller,
    Plan,
    Policy,
    Principal,
    Request,
    access,
    allow,
    check,
    compare,
    decide,
    diff,
    prove,
    statements,
)
from kmspolicy._render._colours import Kind, painted
from kmspolicy._render._show import html, text
from kmspolicy._render._signs import coloured

if TYPE_CHECKING:
    from kmspolicy._display import Displayed

ACCOUNT = "111122223333"
SID = "[red]x[/] <b>é</b>"
BEFORE = Policy([statements.enable_iam_policies(ACCOUNT)])
AFTER = BEFORE.with_statement(allow("kms:Decrypt").to(Principal.role("444455556666", "App")).named(SID))
PUBLIC = Policy([allow("kms:Decrypt").to(Principal.everyone()).named(SID)])
REQUEST = Request(Principal.role("444455556666", "App"), "kms:Decrypt")
LOST = prove.no_public_access(PUBLIC)

ANSWERS: dict[str, Displayed] = {
    "access table": access(AFTER),
    "access table of nobody": access(Policy([])),
    "policy": AFTER,
    "statement": AFTER.statements[1],
    "decision": decide(AFTER, REQUEST),
    "verdict": LOST,
    "comparison": compare(BEFORE, AFTER),
    "difference": diff(BEFORE, AFTER),
    "difference of documents": diff(BEFORE, AFTER).document,
    "change of access": diff(BEFORE, AFTER).gained[0],
    "finding": check(PUBLIC, caller=Caller(f"arn:aws:iam::{ACCOUNT}:role/App"))[0],
    "plan": Plan("1234", BEFORE.to_json(), AFTER.to_json()),
}


def by_rich(answer: Displayed, width: int = 80, *, colour: bool = False) -> str:
    """Return what rich prints, on a terminal or into a file."""
    console = Console(
        file=io.StringIO(), width=width, force_terminal=colour, color_system="standard" if colour else None
    )
    with console.capture() as captured:
        console.print(answer)
    return captured.get()


class Printer:
    """IPython's printer, as far as it is used."""

    def __init__(self) -> None:
        self.printed = ""

    def text(self, text: str, /) -> None:
        self.printed += text

    def break_(self) -> None:
        self.printed += "\n"


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_shows_itself_everywhere(answer: Displayed) -> None:
    """A notebook, IPython and rich show the words that are printed; no text of a document is markup there."""
    printer = Printer()
    answer._repr_pretty_(printer, cycle=False)
    assert printer.printed == str(answer)
    page = fromstring(answer._repr_html_())  # noqa: S314 - our own
    assert page.findall(".//b") == []
    words = {*str(answer).split()}
    for shown in ("".join(f"{one} " for one in page.itertext()), by_rich(answer, 200)):
        assert not words - {*shown.split()}
    assert answer._repr_html_() == html(answer)


COLOURED: dict[str, tuple[str, str, Kind | None]] = {
    "what is put in": ('+   "Sid": "x"', '+   "Sid": "x"', Kind.YES),
    "what is taken out": ("- error X:", "- error X:", Kind.NO),
    "what may have changed": ("? role App", "? role App", Kind.IF),
    "a part of a difference": ("@@ access gained @@", "@@ access gained @@", Kind.IAM),
    "the head of a difference": ("--- before", "--- before", Kind.NOTHING),
    "what is the same": ("= role App", "= role App", Kind.NOTHING),
    "a statement": ("Statement[0] ('x'): Allows", "Statement[0]", Kind.IAM),
    "an error": ("error LOCKOUT: nobody", "error", Kind.NO),
    "a warning about security": ("security warning PUBLIC: x", "security warning", Kind.IF),
    "a suggestion": ("  suggestion EMPTY: x", "  suggestion", Kind.IAM),
    "a proof": ("holds: nobody", "holds:", Kind.YES),
    "a proof that fails": ("fails: nobody", "fails:", Kind.NO),
    "what is not known": ("unknown: nobody", "unknown:", Kind.IF),
    "a sentence": ("Statement[0] allows kms:Decrypt", "", None),
    "a word within a sentence": ("an error LOCKOUT: x", "", None),
}


@pytest.mark.parametrize(("line", "sign", "kind"), COLOURED.values(), ids=COLOURED)
def test_the_beginning_of_a_line_tells_its_colour(line: str, sign: str, kind: Kind | None) -> None:
    """A line of a difference has one as a whole, other answers where they begin with a word that says how it is."""
    assert coloured(line) == (sign, kind, line.removeprefix(sign))


def test_a_terminal_has_colour() -> None:
    """If it is asked for; without the codes it is the same text."""
    shown = text(ANSWERS["plan"], colour=True)
    assert "\x1b[36m@@ access gained @@\x1b[0m" in shown
    for kind in Kind:
        shown = shown.replace(painted("", kind).removesuffix("\x1b[0m"), "")
    assert shown.replace("\x1b[0m", "") == str(ANSWERS["plan"]) == text(ANSWERS["plan"])
    assert painted("IAM", Kind.IAM) in text(ANSWERS["access table"], colour=True)
    assert "\x1b[31mfails:\x1b[0m" in by_rich(LOST, colour=True)


def test_sentences_end_where_the_terminal_does() -> None:
    """What continues them is indented; lines of a document stay as they are, and so does everything in a pipe."""
    lines = text(ANSWERS["finding"], width=60).split("\n")
    assert len(lines) > 1
    assert all(len(line) <= 60 for line in lines)
    assert all(line.startswith("    ") for line in lines[1:])
    assert "\n" not in text(ANSWERS["finding"])
    assert '+   "Sid": "[red]x[/] <b>é</b>",' in text(ANSWERS["difference"], width=10).split("\n")


def test_a_terminal_without_unicode_shows_ascii() -> None:
    """Arrows and the like in other signs, anything else of a document as an escape."""
    shown = text(ANSWERS["difference"], unicode=False)
    assert shown.isascii()
    assert r'"Sid": "[red]x[/] <b>\xe9</b>"' in shown
    assert "· -> yes" in shown.replace("- ->", "· ->")


def test_rich_is_as_wide_as_the_terminal() -> None:
    """A column for each principal if they fit, otherwise one part for each."""
    table = ANSWERS["access table"]
    wide, narrow = by_rich(table, 120), by_rich(table, 50)
    assert "│ account 111122223333 │ role App of account 444455556666 │" in wide
    assert "│ role App of account 444455556666" in narrow
    assert all(len(line) <= 50 for line in narrow.split("\n"))
    output = io.TextIOWrapper(io.BytesIO(), "ascii")
    Console(file=output, width=60).print(table)
    output.seek(0)
    assert "IAM" in output.read()
