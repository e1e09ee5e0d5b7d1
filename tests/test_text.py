"""Strict JSON text, and the place of everything in it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from kmspolicy import _text
from kmspolicy._path import format_path
from kmspolicy._text import MAX_CHARACTERS, MAX_DEPTH, MAX_DIGITS, MAX_KEPT, Lines, scan
from support import loaded

if TYPE_CHECKING:
    from kmspolicy._path import Steps

FAULTS: list[tuple[str, str, tuple[int, int], str]] = [  # text, path, place, message
    ('{"a":1,"a":2}', ".a", (1, 8), "this name appears twice in its object"),
    ('{"a":1,}', "", (1, 7), "remove the comma before '}'"),
    ("[1,]", "", (1, 3), "remove the comma before ']'"),
    ('{"a" 1}', ".a", (1, 6), "expected ':' after the name, found '1'"),
    ('{"a":1 "b":2}', "", (1, 7), "expected ',' or '}' after this value"),
    ('{"a":1\n "b":2}', "", (1, 7), "expected ',' or '}' after this value"),
    ("[1 2]", "", (1, 3), "expected ',' or ']' after this value"),
    ("[1,,2]", "[1]", (1, 4), "expected a value, found ','"),
    ("{1:2}", "", (1, 2), "expected a name in double quotes, found '1'"),
    ("{'a':1}", "", (1, 2), "strings must be in double quotes"),
    ('{"a":1 // why\n}', "", (1, 8), "JSON does not allow comments"),
    ("# why\n{}", "", (1, 1), "JSON does not allow comments"),
    ("[1 /* why */]", "", (1, 4), "JSON does not allow comments"),
    ("{} {}", "", (1, 4), "the text continues after the end of the document"),
    ("{} // why", "", (1, 4), "JSON does not allow comments"),
    ("", "", (1, 1), "the text ends where a value is expected"),
    (" \t\r\n", "", (2, 1), "the text ends where a value is expected"),
    ("[", "[0]", (1, 2), "the text ends where a value is expected"),
    ('{"a":[1', ".a", (1, 8), "the text ends where ',' or ']' is expected"),
    ('{"a"', ".a", (1, 5), "the text ends where ':' after the name is expected"),
    ('["x', "[0]", (1, 2), "this string has no closing quote"),
    (
        '["\n"]',
        "[0]",
        (1, 3),
        "a string must not contain control characters such as line breaks; escape them",
    ),
    ('["\\x"]', "[0]", (1, 3), "this is not an escape sequence of JSON"),
    ('["\\u12"]', "[0]", (1, 4), "this is not an escape sequence of JSON"),
    ('["\\ud800"]', "[0]", (1, 2), "\\ud800 is half of a surrogate pair, not a character"),
    ('["\\udc00\\ud800"]', "[0]", (1, 2), "\\udc00 is half of a surrogate pair, not a character"),
    ('["\udfff"]', "[0]", (1, 2), "\\udfff is half of a surrogate pair, not a character"),
    ("\ufeff{}", "", (1, 1), "the text begins with a byte-order mark; remove it"),
    ("\xa0{}", "", (1, 1), "expected a value, found '\\xa0'"),
    ("[NaN]", "[0]", (1, 2), "JSON does not allow NaN"),
    ("[Infinity]", "[0]", (1, 2), "JSON does not allow Infinity"),
    ("[-Infinity]", "[0]", (1, 2), "JSON does not allow -Infinity"),
    ("[1e999]", "[0]", (1, 2), "this number is too large"),
    ("[-1e999]", "[0]", (1, 2), "this number is too large"),
    ("[01]", "[0]", (1, 2), "expected a value, found '01'"),
    ("[+1]", "[0]", (1, 2), "expected a value, found '+1'"),
    ("[.5]", "[0]", (1, 2), "expected a value, found '.5'"),
    ("[1.]", "[0]", (1, 2), "expected a value, found '1.'"),
    ("[-]", "[0]", (1, 2), "expected a value, found '-'"),
    ("[1_0]", "[0]", (1, 2), "expected a value, found '1_0'"),
    ("[\u0663]", "[0]", (1, 2), "expected a value, found '\u0663'"),
    ("[True]", "[0]", (1, 2), "expected a value, found 'True'"),
    ("[1" + "0" * MAX_DIGITS + "]", "[0]", (1, 2), "this number is longer than 640 characters"),
    ("[0." + "0" * MAX_DIGITS + "]", "[0]", (1, 2), "this number is longer than 640 characters"),
    (
        "[" * (MAX_DEPTH + 1),
        "[0]" * MAX_DEPTH,
        (1, MAX_DEPTH + 1),
        f"nested more than {MAX_DEPTH} levels deep",
    ),
    ("[" * 100_000, "[0]" * MAX_DEPTH, (1, MAX_DEPTH + 1), f"nested more than {MAX_DEPTH} levels deep"),
    (
        " " * MAX_CHARACTERS + "1",
        "",
        (1, MAX_CHARACTERS + 1),
        "the text is longer than 1,048,576 characters",
    ),
]


@pytest.mark.parametrize(
    ("text", "path", "place", "message"),
    FAULTS,
    ids=[f"{n}-{message}" for n, (*_, message) in enumerate(FAULTS)],
)
def test_what_is_not_strict_json(text: str, path: str, place: tuple[int, int], message: str) -> None:
    """Each fault is refused by the fast reader and placed by the strict one."""
    with pytest.raises((ValueError, RecursionError)):
        loaded(_text.members(text))
    found = scan(text)
    assert [(format_path(f.steps), Lines(text).place(f.offset), f.message) for f in found.faults] == [
        (path, place, message)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        ' { "a" : [ 1 , -0 , 1.5e3 , -0.0, 1E-2 ] , "b" : { } } \r\n\t',
        '{"a":{"a":{"a":null}},"b":[true,false,null]}',
        '"\\u00e9 \\" \\\\ \\/ \\b\\f\\n\\r\\t \x7f \xff \u20ac \U0001f600"',
        "1" * MAX_DIGITS,
        "0." + "1" * (MAX_DIGITS - 2),
        "[" * MAX_DEPTH + "]" * MAX_DEPTH,
        "1" + " " * (MAX_CHARACTERS - 1),
        '{"":""}',
    ],
)
def test_what_is_strict_json(text: str) -> None:
    """Both readers agree with the standard library, types included, for text and for UTF-8."""
    expected = json.loads(text)
    for source in (text, text.encode()):
        node = scan(source).node
        assert node is not None
        assert repr(loaded(_text.members(source))) == repr(node.value) == repr(expected)


def test_a_pair_of_escapes_is_a_character() -> None:
    """Both readers put the halves together."""
    text = '["\\ud83d\\ude00"]'
    node = scan(text).node
    assert node is not None
    assert loaded(_text.members(text)) == node.value == json.loads(text) == ["\U0001f600"]


def test_faults_that_hide_nothing() -> None:
    """A number, a string or a comma that is wrong does not keep the rest from being read."""
    found = scan('{"a":NaN,"b":[1e999,],"\\ud800":"\\udfff","c":' + "9" * 700 + ",}")
    assert [fault.message for fault in found.faults] == [
        "JSON does not allow NaN",
        "this number is too large",
        "remove the comma before ']'",
        "\\ud800 is half of a surrogate pair, not a character",
        "\\udfff is half of a surrogate pair, not a character",
        "this number is longer than 640 characters",
        "remove the comma before '}'",
    ]
    assert found.node is not None
    assert found.node.value == {"a": 0, "b": [0], "?": "?", "c": 0}


@pytest.mark.parametrize(
    ("data", "place"),
    [
        pytest.param(b"\xff", (1, 1), id="no character"),
        pytest.param(b'{"a":\n"\xc3\xa9\xe9"}', (2, 3), id="a lone byte in a text"),
        pytest.param(b"\xed\xa0\x80", (1, 1), id="half a surrogate"),
        pytest.param("{}".encode("utf-16"), (1, 1), id="UTF-16"),
    ],
)
def test_bytes_that_are_not_utf_8(data: bytes, place: tuple[int, int]) -> None:
    """They are refused where the first of them stands, in characters."""
    with pytest.raises(UnicodeDecodeError):
        _text.members(data)
    found = scan(data)
    assert found.node is None
    assert [(Lines(found.text).place(f.offset), f.message) for f in found.faults] == [
        (place, "this byte is not UTF-8")
    ]


def test_every_repeated_name_is_found() -> None:
    """A repeated name does not end the reading, and the first value stays."""
    found = scan('{"a":1,"b":{"c":1,"c":2},"a":3,"a":4}')
    assert [(format_path(f.steps), f.offset) for f in found.faults] == [(".b.c", 18), (".a", 25), (".a", 31)]
    assert found.node is not None
    assert found.node.value == {"a": 1, "b": {"c": 1}}


def test_a_repeated_name_and_then_the_end() -> None:
    """What comes before the fault that ends the reading is reported as well."""
    found = scan('{"a":1,"a":2,')
    assert [f.message for f in found.faults] == [
        "this name appears twice in its object",
        "the text ends where a name in double quotes is expected",
    ]
    assert found.node is None


def test_digits_do_not_depend_on_the_interpreters_limit() -> None:
    """A program that lifts Python's limit on digits does not lift ours."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        with pytest.raises(ValueError, match=r"^$"):
            _text.members("9" * 5000)
        assert scan("9" * 5000).faults
    finally:
        sys.set_int_max_str_digits(limit)


TEXT = """{
  "Statement": [
    {"Sid": "one"},
    {
      "Condition": {"Bool": {"aws:SecureTransport": [true]}}
    }
  ]
}"""


PLACES: list[tuple[Steps, tuple[int, int] | None]] = [
    ((), (1, 1)),
    (("Statement",), (2, 3)),
    (("Statement", 0), (3, 5)),
    (("Statement", 0, "Sid"), (3, 6)),
    (("Statement", 1), (4, 5)),
    (("Statement", 1, "Condition", "Bool", "aws:SecureTransport"), (5, 30)),
    (("Statement", 1, "Condition", "Bool", "aws:SecureTransport", 0), (5, 54)),
    (("Statement", 2), None),
    (("Statement", "0"), None),
    (("Statement", "Sid"), None),
    (("Statement", 0, "Sid", "x", "y"), None),
]


@pytest.mark.parametrize(
    ("steps", "place"), PLACES, ids=[format_path(steps) or "the document" for steps, _ in PLACES]
)
def test_locating(steps: Steps, place: tuple[int, int] | None) -> None:
    """An item is found at its first character, a member of an object at its name, what is not there not at all."""
    assert _text.locate(TEXT, steps) == place
    assert _text.locate(TEXT.encode(), steps) == place
    assert _text.locate(TEXT.replace("\n", "\r\n"), steps) == place


def test_locating_in_a_text_that_cannot_be_read() -> None:
    """There is no place in it."""
    assert _text.locate(TEXT + "]", ("Statement",)) is None
    assert _text.locate(b"\xff", ()) is None


def test_names_are_told_apart_however_long_they_are() -> None:
    """A place is found by the whole name, not by what is shown of it."""
    one, two = "x" * 200 + "1", "x" * 200 + "2"
    text = json.dumps({one: 1, two: 2}, indent=0)
    assert [_text.locate(text, (name,)) for name in (one, two)] == [(2, 1), (3, 1)]


@pytest.mark.parametrize(
    ("text", "readings"),
    [(TEXT, 1), (TEXT + " " * MAX_KEPT, 3)],
    ids=["the last text is kept", "one longer than any policy is not"],
)
def test_a_text_is_read_once_for_all_its_places(
    monkeypatch: pytest.MonkeyPatch, text: str, readings: int
) -> None:
    """Locating a thousand findings costs one reading, also where each is given an equal copy of the text."""
    read: list[str | bytes] = []

    def counted(text: str | bytes) -> _text.Scan:
        read.append(text)
        return scan(text)

    monkeypatch.setattr(_text, "scan", counted)
    _text.locate("[]", ())
    read.clear()
    for line in (3, 3, 3):
        assert _text.locate("".join(list(text)), ("Statement", 0)) == (line, 5)
    assert len(read) == readings
