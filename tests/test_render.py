"""Tables, differences and explanations as people see them: drawn from one model, and cut where they would be too long."""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple
from xml.etree.ElementTree import fromstring

import pytest

from kmspolicy import Plan, Policy, Request, access, decide, diff, explain
from kmspolicy._render._access import html_of, svg_of, text_of
from kmspolicy._render._colours import Kind
from kmspolicy._render._html import as_html
from kmspolicy._render._lines import wrapped
from kmspolicy._render._markup import element
from kmspolicy._render._svg import as_svg
from kmspolicy._render._table import Cell, Column, Entry, Row, Table
from kmspolicy._render._text import as_text
from kmspolicy._words._lists import listed

TABLE = Table(
    (Column("Alice & Bob", "arn:alice"), Column("Carol", "arn:carol")),
    (
        Row("use"),
        Row("Encrypt", (Cell("yes", Kind.YES), Cell("yes if a", Kind.IF)), is_inner=True),
        Row("grants", (Cell("IAM", Kind.IAM), Cell("no", Kind.NO))),
    ),
    "and 3 more principals",
    (Entry("yes", "allowed"), Entry("no", "denied")),
    (Entry("a", "x < y"),),
)
EMPTY = Table((), (), "Nothing.", (), ())


def test_a_table_is_drawn_as_text() -> None:
    """The columns and the rows, what is left out, the legend and the notes."""
    assert as_text(TABLE, 40) == (
        "           Alice & Bob  Carol\n"
        "use\n"
        "  Encrypt  yes          yes if a\n"
        "grants     IAM          no\n"
        "\n"
        "and 3 more principals\n"
        "\n"
        "yes: allowed; no: denied\n"
        "  a  x < y"
    )
    assert as_text(EMPTY, 40) == "Nothing."


def test_a_table_is_as_wide_as_the_terminal() -> None:
    """Its words are broken where that helps; if it does not, only a table with a single column is drawn."""
    assert (as_text(TABLE, 26) or "").split("\n")[:4] == [
        "           Alice &  Carol",
        "           Bob",
        "use",
        "  Encrypt  yes      yes if",
    ]
    assert as_text(TABLE, 20) is None
    single = TABLE._replace(
        columns=TABLE.columns[:1], rows=tuple(row._replace(cells=row.cells[:1]) for row in TABLE.rows)
    )
    assert (as_text(single, 5) or "").split("\n")[0] == "           Alice"


def test_a_table_is_drawn_as_html() -> None:
    """The same words in the same order, escaped; the whole of a title is shown to who points at it."""
    drawn = as_html(TABLE)
    style, *words = fromstring(drawn).itertext()  # noqa: S314 - our own
    assert words == [
        *("Alice & Bob", "Carol"),
        *("use", "Encrypt", "yes", "yes if a", "grants", "IAM", "no"),
        *("and 3 more principals", "yes: allowed; no: denied", "a", "x < y"),
    ]
    assert 'title="arn:alice">Alice &amp; Bob</th>' in drawn
    assert 'class="yes" data-of="Alice &amp; Bob">yes</td>' in drawn
    assert all(f".kmspolicy .{kind.value}{{" in style for kind in Kind)
    assert "<table" not in as_html(EMPTY)


def test_a_table_is_drawn_as_a_picture() -> None:
    """The same words, in classes of their kind, which have a colour on light and on dark paper."""
    root = fromstring(as_svg(TABLE, "A <table>"))  # noqa: S314 - our own
    texts = [(one.text, one.get("class")) for one in root if one.tag.endswith("}text")]
    assert texts == [
        *(("Alice & Bob", "head"), ("Carol", "head")),
        *(("use", "head"), ("Encrypt", None), ("yes", "yes"), ("yes if a", "if")),
        *(("grants", None), ("IAM", "iam"), ("no", "no")),
        ("and 3 more principals", "quiet"),
        ("yes: allowed; no: denied", "quiet"),
        ("a: x < y", "quiet"),
    ]
    title, style = root[0].text, root[1].text or ""
    assert title == "A <table>"
    assert all(style.count(f".{kind.value} {{") == 2 for kind in Kind)
    assert [one.text for one in fromstring(as_svg(EMPTY, "")) if one.tag.endswith("}text")] == ["Nothing."]  # noqa: S314


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        pytest.param("", [""], id="nothing"),
        pytest.param("Encrypt, Decrypt, Sign", ["Encrypt,", "Decrypt,", "Sign"], id="words"),
        pytest.param("A, B, C, D, E", ["A, B, C,", "D, E"], id="as many as fit"),
        pytest.param("A, 'x yes: all', B", ["A,", "'x yes: all',", "B"], id="quoted"),
        pytest.param('A "x \' \\" y" B', ["A", '"x \' \\" y"', "B"], id="quotes in quotes"),
        pytest.param("A '", ["A '"], id="a quote alone"),
    ],
)
def test_no_line_begins_inside_a_quoted_text(words: str, lines: list[str]) -> None:
    """Lines end at spaces of ours alone, for the words in quotes are somebody else's."""
    assert wrapped(words, 9) == lines


def test_markup_is_escaped_once() -> None:
    """Texts and attributes are escaped, elements inside elements are not."""
    inner = element("b", "<&>", title='"')
    assert element("a", inner, "<", class_="x", data_y=1) == (
        '<a class="x" data-y="1"><b title="&quot;">&lt;&amp;&gt;</b>&lt;</a>'
    )


# --- what is cut ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "text"),
    [
        pytest.param(1, "x" * 400, id="one"),
        pytest.param(2, f"{'x' * 400} and {'x' * 400}", id="two"),
        pytest.param(5, f"{', '.join(['x' * 400] * 3)} and 2 more", id="more than fit"),
    ],
)
def test_lists_are_cut(number: int, text: str) -> None:
    """A list says how many more items it has."""
    assert listed(["x" * 400] * number, str) == text


def test_a_single_item_is_never_left_out() -> None:
    """However long the first item is, a list shows it."""
    assert listed(["x" * 2000, "y"], str) == f"{'x' * 2000} and 1 more"


ACCOUNT = "arn:aws:iam::111122223333:"
ROOT = {"Effect": "Allow", "Principal": {"AWS": f"{ACCOUNT}root"}, "Action": "kms:*", "Resource": "*"}
WORDS = ["".join(letters) for letters in product("abcdefghij", repeat=4)]


def statement(**given: Any) -> dict[str, Any]:
    """Return a statement as JSON has it, with what is given in place of what is usual."""
    return {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", **given}


class Large(NamedTuple):
    """A policy of a legal size, and what must be said of it where it is cut."""

    statements: list[dict[str, Any]]
    table: str = ""
    explained: str = ""
    compared: str = ""


LARGE = {
    "principals": Large(
        [statement(Principal={"AWS": [f"{ACCOUNT}role/{word}" for word in WORDS[:800]]})],
        " more",
        "more.",
        "+ and ",
    ),
    "statements without anything": Large([{"Effect": "Allow"}] * 1500, "", "more statements", "more"),
    "conditions of one cell": Large(
        [statement(Condition={"StringEquals": {"aws:a": word}}) for word in WORDS[:200]],
        " or 168 more",
        "",
        "and ",
    ),
    "conditions of many cells": Large(
        [
            statement(Principal={"AWS": word}, Condition={"StringEquals": {"aws:a": word}})
            for word in WORDS[:200]
        ],
        "more principals",
        "",
        "and ",
    ),
    "long conditions": Large(
        [
            statement(Principal={"AWS": word}, Condition={"Null": {f"aws:{word}": list(range(210))}})
            for word in WORDS[:30]
        ],
        "more",
        "more.",
        "+ and ",
    ),
    "actions": Large(
        [
            statement(Action=[f"kms:{word}" for word in WORDS[:1000]]),
            statement(Action=[f"kms:{word}" for word in WORDS[1000:2000]], Principal={"AWS": ACCOUNT}),
        ],
        "more",
        "more to everyone",
        "+ and ",
    ),
    "rows": Large(
        [statement(Action=f"kms:{word}", Principal={"AWS": [word, WORDS[0]]}) for word in WORDS[:230]],
        "more principals",
        "",
        "and ",
    ),
    "deleted principals": Large(
        [statement(Principal={"AWS": [f"AIDA{'A' * 8}{word}{word}" for word in WORDS[:1100]]})],
        " more",
        "more.",
        "+ and ",
    ),
    "texts of characters that nobody sees": Large(
        [
            statement(Principal={"AWS": f"{odd}{word}"}, Condition={odd: {f"{odd}{word}": f"{odd}{word}"}})
            for odd in ["\u202e" * 900]
            for word in WORDS[:8]
        ],
    ),
    "what is escaped": Large(
        [statement(Principal={"AWS": [f"{'&' * 100}{word}" for word in WORDS[:290]]})],
        " more",
        "more.",
        "+ and ",
    ),
}


@pytest.mark.parametrize("large", LARGE.values(), ids=LARGE.keys())
def test_drawings_of_large_policies_are_cut(large: Large) -> None:
    """Nothing for people has more than 100,000 characters, and what is cut is cut with a word."""
    policy = Policy.from_dict({"Version": "2012-10-17", "Statement": large.statements})
    assert 20_000 < len(policy.to_json()) <= 32_768
    before = Policy.from_dict({"Statement": [ROOT]})
    table, change = access(policy), diff(before, policy)
    drawings = {
        "text": (" ".join(text_of(table).split()), large.table),
        "html": (html_of(table), large.table),
        "picture": (svg_of(table, "Access"), ""),
        "explained": (explain(policy), large.explained),
        "decision": (explain(decide(policy, Request(f"{ACCOUNT}role/x", "kms:Sign"))), ""),
        "compared": (str(change), large.compared),
        "plan": (str(Plan("key", before.to_json(), policy.to_json())), large.compared),
        "plan back": (str(Plan("key", policy.to_json(), before.to_json())), ""),
    }
    assert {name: len(text) for name, (text, _) in drawings.items() if len(text) > 100_000} == {}
    assert [name for name, (text, words) in drawings.items() if words not in text] == []
