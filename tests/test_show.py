"""How answers show themselves: as text for a terminal or a pipe, in notebooks, at the prompt of IPython, and by rich."""

from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING
from xml.etree.ElementTree import fromstring

import attrs
import pytest
from rich.console import Console

from kmspolicy import (
    Caller,
    CreateResult,
    Fails,
    KeyResult,
    Plan,
    Policy,
    Principal,
    PutResult,
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
assert isinstance(LOST, Fails)

KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"

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
    "request": REQUEST,
    "request on a key": attrs.evolve(REQUEST, key_arn=KEY),
    "request in an account": attrs.evolve(REQUEST, account=ACCOUNT),
    "request with a context": attrs.evolve(REQUEST, context={"kms:ViaService": "s3.us-east-1.amazonaws.com"}),
    "witness": LOST.witness,
    "findings": check(PUBLIC),
    "no findings": check(BEFORE),
    "result of a put": PutResult("1234", "r-1", 1, findings=check(PUBLIC)),
    "result of a creation": CreateResult(
        "1234", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234", state="Enabled"
    ),
    "result for a key": KeyResult("1234", PutResult("1234", None, 0, changed=False)),
    "error for a key": KeyResult("1234", None, ValueError("[red]x[/] \x1b")),
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
    printer, pretty, as_page = Printer(), *(getattr(answer, f"_repr_{one}_") for one in ("pretty", "html"))
    pretty(printer, cycle=False)
    assert printer.printed == str(answer)
    page = fromstring(as_page())  # noqa: S314 - our own
    assert page.findall(".//b") == []
    words = {*str(answer).split()}
    for shown in ("".join(f"{one} " for one in page.itertext()), by_rich(answer, 200)):
        assert not words - {*shown.split()}
    assert as_page() == html(answer)


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
    "a proof that fails": ("does not hold: nobody", "does not hold:", Kind.NO),
    "what is not known": ("not shown: nobody", "not shown:", Kind.IF),
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
    assert "\x1b[31mdoes not hold:\x1b[0m" in by_rich(LOST, colour=True)


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


SAID = {
    "no findings": "nothing was found",
    "request": "role App of account 444455556666 asks for kms:Decrypt",
    "result of a creation": f"key arn:aws:kms:us-east-1:{ACCOUNT}:key/1234: created, 'Enabled'; 1 request sent",
    "result for a key": "key 1234: nothing to do; 0 requests sent",
    "error for a key": r"key 1234: ValueError: [red]x[/] \x1b",
    "request on a key": f"role App of account 444455556666 asks for kms:Decrypt on {KEY}",
    "request in an account": "role App of account 444455556666 asks for kms:Decrypt on a key of account 111122223333",
    "request with a context": "role App of account 444455556666 asks for kms:Decrypt with kms:ViaService s3.us-east-1.amazonaws.com",
}


@pytest.mark.parametrize("name", SAID)
def test_answers_in_a_line(name: str) -> None:
    """What is short says in a line what it is."""
    assert str(ANSWERS[name]) == SAID[name]


def test_findings_are_counted() -> None:
    """The first line says how many there are, those that matter most first; a put says what it sent."""
    first, *rest = str(ANSWERS["findings"]).split("\n")
    assert first == "1 error, 1 security warning"
    assert rest == [*map(str, check(PUBLIC))]
    assert str(ANSWERS["result of a put"]).split("\n") == [
        "key 1234: the policy was put; 1 request sent, request id r-1",
        *rest,
    ]
    assert check(PUBLIC) == tuple(check(PUBLIC))
    assert pickle.loads(pickle.dumps(check(PUBLIC))) == check(PUBLIC)  # noqa: S301
    assert not check(BEFORE)


def test_a_result_for_a_key_begins_with_the_key() -> None:
    """Once, whether its value begins with it or not."""
    assert str(KeyResult("1234", AFTER)).startswith("key 1234: Statement[0] (")
