"""What others wrote is shown so that it is seen, and so that it is seen to be theirs."""

from __future__ import annotations

import sys

import pytest

from kmspolicy._printable import MOST, cut, is_printable, printable, printable_lines, quoted, word

UNSEEN = {
    "C0": [*range(0x20)],
    "DEL and C1": [*range(0x7F, 0xA0)],
    "separators of lines and paragraphs": [0x2028, 0x2029],
    "directions": [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)],
    "without width": [0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD],
    "tags": [0xE0001, *range(0xE0020, 0xE0080)],
    "halves of surrogate pairs": [0xD800, 0xDBFF, 0xDC00, 0xDFFF],
    "spaces that are not the plain one": [0x00A0, 0x2003, 0x3000],
    "variation selectors": [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)],
    "letters and marks that nobody sees": [0x034F, 0x115F, 0x1160, 0x17B4, 0x180B, 0x2800, 0x3164, 0xFFA0],
    "private and not assigned": [0xE000, 0x0378, sys.maxunicode],
}


@pytest.mark.parametrize("codes", UNSEEN.values(), ids=UNSEEN)
def test_what_is_not_seen_is_an_escape(codes: list[int]) -> None:
    """Each character of the class is written as Python writes it in ASCII, alone and among others."""
    for code in codes:
        shown = ascii(chr(code))[1:-1]
        assert not is_printable(chr(code))
        assert printable(f"a{chr(code)}é") == f"a{shown}é"
        assert quoted(f"a{chr(code)}é") == f"'a{shown}é'"
        assert word(f"a:{chr(code)}", bool) == f"a:{shown}"


@pytest.mark.parametrize("text", ["", "plain", "Grüße, мир, 世界", "\\x1b", "both \" and '", "😀"])
def test_what_is_seen_stays(text: str) -> None:
    """Letters of all scripts, backslashes and quotes are not touched."""
    assert is_printable(text)
    assert printable(text) == text


def test_escapes_of_what_is_printable_already_are_not_escaped_again() -> None:
    """A message may pass twice."""
    assert printable(printable("\x1b\u202e")) == "\\x1b\\u202e"


def test_our_own_line_ends_stay() -> None:
    """Only line feeds are ours; anything that ends a line for somebody is an escape."""
    assert printable_lines("one\ntwo\r\n\x85\u2028") == "one\ntwo\\r\n\\x85\\u2028"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("it's", '"it\'s"'),
        ("a\\n", r"'a\\n'"),
        ("a\n", r"'a\n'"),
        ("", "''"),
        ("x" * MOST, f"'{'x' * MOST}'"),
        ("x" * (MOST + 1), f"'{'x' * MOST}'… and 1 more character"),
        ("x" * (MOST + 1312), f"'{'x' * MOST}'… and 1,312 more characters"),
    ],
)
def test_quotes_tell_where_a_text_ends(text: str, shown: str) -> None:
    """Quotes and backslashes in it are escaped, and what is missing is said behind the quotes."""
    assert quoted(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::111122223333:role/service/App+=,.@_-x",
        "arn:aws:iam::*:user/alice?",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        "111122223333",
        "kms:Decrypt",
        "kms:*",
        "*",
        "aws:PrincipalTag/team",
        "s3.us-east-1.amazonaws.com",
        "10.0.0.0/8",
        "2026-01-01T00:00:00Z",
        "1.5",
        "-1",
        "${aws:username}",
        "true",
        "false",
    ],
)
def test_names_that_cannot_be_words_of_ours_need_no_quotes(text: str) -> None:
    """ARNs, ids, actions, keys, numbers and dates are read more easily as they are."""
    assert word(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "everyone",
        "not-granted",
        "True",
        "Allows everything",
        "x): Allows everything",
        "kms:Decrypt to everyone",
        "yes,1,",
        "Statement[0]:",
        "arn:aws:iam::111122223333:",
        "done.",
        "111122223333\n",
        "é1",
        "1;2",
        "1→2",
    ],
)
def test_all_else_is_quoted(text: str) -> None:
    """Letters alone may be a word of ours, and spaces, brackets and the end of a sentence make one of many."""
    assert word(text) == quoted(text) != text


def test_a_place_may_know_better_what_needs_no_quotes() -> None:
    """An error's code is an identifier, for example; a long one is cut all the same."""
    assert word("NotFoundException", str.isidentifier) == "NotFoundException"
    assert word("a:b", str.isidentifier) == "'a:b'"
    assert word("x" * (MOST + 1), str.isidentifier) == quoted("x" * (MOST + 1))


def test_a_long_text_without_quotes_is_cut_with_a_word() -> None:
    """What stays is the beginning."""
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "abc… and 1 more character"
    assert cut("x" * MOST + "yz") == "x" * MOST + "… and 2 more characters"
