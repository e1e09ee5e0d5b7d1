"""Reading JSON and YAML with places, and what is refused."""

from __future__ import annotations

import builtins
import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from kmspolicy._sources import _node, _yaml
from kmspolicy._sources._node import Mapping, Scalar, Sequence, get, members, text_at
from kmspolicy._sources._reading import documents_of, text_of_file
from kmspolicy.errors import SourceError
from kmspolicy.sources import read_text

if TYPE_CHECKING:
    from kmspolicy._sources._node import Node

FUNCTIONS = frozenset({"!Sub"})


def read(text: str) -> Node:
    """Return the one document of a text."""
    (node,) = documents_of(text, FUNCTIONS)
    return node


def plain(node: Node) -> Any:
    """Return a document without places."""
    match node:
        case Scalar(_, value):
            return value
        case Sequence(items):
            return [plain(each) for each in items]
        case Mapping(pairs):
            return {name.text: plain(value) for name, value in pairs}


def places(node: Node) -> list[tuple[int, int]]:
    """Return the places of all values, in the order of the document."""
    match node:
        case Scalar():
            return [node.place]
        case Sequence(items):
            return [node.place, *(place for each in items for place in places(each))]
        case Mapping(pairs):
            below = [place for pair in pairs for each in pair for place in places(each)]
            return [node.place, *below]


VALUES: list[tuple[str, str, Any]] = [
    ("an account id that begins with zero is text", "012345678901", "012345678901"),
    ("an account id is text", "111122223333", "111122223333"),
    ("a version is text", "2012-10-17", "2012-10-17"),
    ("an octal number is text", "0o17", "0o17"),
    ("yes is text", "yes", "yes"),
    ("true", "true", True),
    ("false, in capitals", "FALSE", False),
    ("true in quotes is text", "'true'", "true"),
    ("true that is said to be text", "!!str true", "true"),
    ("null", "~", None),
    ("nothing is null", "{a: }", {"a": None}),
    ("an alias", "[&a {b: 1}, *a]", [{"b": "1"}, {"b": "1"}]),
    ("a merge key, which what is written beside it overrides", "{<<: {a: 1, b: 2}, a: 3}", {"a": "3", "b": "2"}),
    ("merge keys of an array, the first of which counts", "{<<: [{a: 1}, {a: 2, b: 3}]}", {"a": "1", "b": "3"}),
    ("a merge key in quotes is a name", "{'<<': 1}", {"<<": "1"}),
    ("a tag that is none", "! 5", "5"),
    ("a tag of a function is kept beside", "!Sub ${A}", "${A}"),
    ("an array that looks like JSON and is", '["a", 1, 1.5, true, null]', ["a", 1, 1.5, True, None]),
    ("an object that looks like JSON and is", '{"a": {}, "b":[ ]}', {"a": {}, "b": []}),
    ("an object that begins like JSON and is YAML", "{a: [b]}", {"a": ["b"]}),
    ("text in JSON", '"a"', "a"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), [row[1:] for row in VALUES], ids=[row[0] for row in VALUES])
def test_values(text: str, value: Any) -> None:
    """Nothing is made of a text that a policy does not have."""
    assert plain(read(text)) == value


PLACES: list[tuple[str, str, list[tuple[int, int]]]] = [
    ("YAML", "a:\n  - b\n", [(1, 1), (1, 1), (2, 3), (2, 5)]),
    ("JSON", '{\n "a" :\n  ["b", 1]}', [(1, 1), (2, 2), (3, 3), (3, 4), (3, 9)]),
    ("JSON with tabs", '{\t"a":\t"b"}', [(1, 1), (1, 3), (1, 8)]),
    ("JSON with CRLF", '{\r\n"a":\r\n"b"}', [(1, 1), (2, 1), (3, 1)]),
    ("JSON after a byte-order mark", '\ufeff{"a":1}', [(1, 1), (1, 2), (1, 6)]),
    ("JSON after emoji", '{"😀":"😀😀","é":1}', [(1, 1), (1, 2), (1, 6), (1, 11), (1, 15)]),
    ("YAML with tabs", "a:\tb\n", [(1, 1), (1, 1), (1, 4)]),
    ("YAML with CRLF", "a: b\r\nc: d\r\n", [(1, 1), (1, 1), (1, 4), (2, 1), (2, 4)]),
    ("YAML after a byte-order mark", "\ufeffa: b", [(1, 1), (1, 1), (1, 4)]),
    ("YAML after emoji", "{'😀': '😀😀', é: 1}", [(1, 1), (1, 2), (1, 7), (1, 13), (1, 16)]),
    ("YAML after a separator that ends no line of an editor", "a: 'x\u2028y'\nb: 1", [(1, 1), (1, 1), (1, 4), (2, 1), (2, 4)]),
    ("a tag is a part of its value", "a: !Sub b", [(1, 1), (1, 1), (1, 4)]),
    ("an alias is where its anchor is", "- &a b\n- *a", [(1, 1), (1, 3), (1, 3)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_places(text: str, expected: list[tuple[int, int]]) -> None:
    """Lines end at line feeds, and columns count characters from 1, as editors do; a name stands before its value."""
    assert places(read(text_of_file(text.encode()))) == expected


INSIDE: list[tuple[str, str, int, tuple[int, int]]] = [
    ("a block", "a: |\n  xy\n  z\n", 4, (3, 4)),
    ("a block with a deeper line", "a: |\n  x\n    y\n", 4, (3, 5)),
    ("a block with an empty line", "a: |\n  x\n\n  y\n", 3, (4, 3)),
    ("a block with CRLF", "a: |\r\n  x\r\n  y\r\n", 2, (3, 3)),
    ("a block with an indentation and without its last line end", "a: |2-\n   x\n  y", 3, (3, 3)),
    ("a block after a tag and an anchor", "a: !Sub &b |\n  x\n", 0, (2, 3)),
    ("an empty block", "a: |\n", 0, (1, 4)),
    ("text in quotes", "a: 'xy'", 1, (1, 6)),
    ("text in double quotes", 'a: !Sub "xy"', 1, (1, 11)),
    ("text without quotes", "a: xy", 1, (1, 5)),
    ("text of JSON", '{"a": "xy"}', 1, (1, 9)),
]


@pytest.mark.parametrize(
    ("text", "offset", "place"), [row[1:] for row in INSIDE], ids=[row[0] for row in INSIDE]
)
def test_places_inside_of_a_string(text: str, offset: int, place: tuple[int, int]) -> None:
    """A policy may be a string, and its statements stand in the lines of the file."""
    found = get(read(text), "a")
    assert isinstance(found, Scalar)
    assert found.inside is not None
    assert found.inside.place(offset) == place


@pytest.mark.parametrize(
    "text", ["a: >\n  x\n  y\n", "a: 'x''y'", 'a: "x\\ny"', "a: x\n  y", '{"a": "\\"x"}', '{"a": "x\\\\"}']
)
def test_places_inside_of_a_string_that_moves_its_characters_are_not_known(text: str) -> None:
    """Folds and escapes make the string another one than what stands in the file."""
    found = get(read(text), "a")
    assert isinstance(found, Scalar)
    assert found.inside is None


def deep_alias() -> str:
    """Return aliases that are deep together and not alone."""
    return f"- &a {'[' * 40}{']' * 40}\n- {'[' * 40}*a{']' * 40}"


def bomb() -> str:
    """Return a document of some hundred characters that stands for a billion values."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    names = "abcdefghij"
    lines += [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in pairwise(names)]
    return "\n".join(lines)


REFUSED: list[tuple[str, str, tuple[int, int], str]] = [
    ("a name twice in YAML", "a: 1\nb: 2\na: 3", (3, 1), "appears twice in its object: 'a' stands in line 1 already"),
    ("a name twice in JSON", '{"a": 1,\n "a": 2}', (2, 2), "appears twice"),
    ("an anchor bomb", bomb(), (6, 12), "more than 200,000 values"),
    ("an alias within itself", "a: &a [*a]", (1, 8), "'a' is within itself"),
    ("an alias of nothing", "a: *b", (1, 4), "'b' is not there"),
    ("an alias of another document", "- &a 1\n---\n- *a", (3, 3), "'a' is not there"),
    ("a tag that makes objects", "a: !!python/object/apply:os.system [ls]", (1, 4), "python/object/apply:os.system' is not known here"),
    ("a function that is none", "a: !Sup x", (1, 4), "'!Sup' is not known here"),
    ("no YAML", "a: [1\nb: 2", (2, 2), "this is not YAML: did not find"),
    ("a tab before a name", "a:\n\tb: 1", (2, 1), "this is not YAML: found character"),
    ("a control character", "a: '😀\x07'", (1, 6), "write it as an escape"),
    ("no JSON", '{"a": 1,\n "b" 2}', (2, 6), "expected ':'"),
    ("a name that is an array", "? [a]\n: 1", (1, 3), "a name must be text"),
    ("a merge of text", "<<: 1", (1, 5), "'<<' takes an object"),
    ("a merge of texts", "<<: [{a: 1}, b]", (1, 14), "'<<' takes an object"),
    ("deep YAML", f"{'[' * 65}{']' * 65}".replace("[[", "[ [", 1), (1, 66), "nested more than 64"),
    ("deep YAML by an alias", deep_alias(), (2, 43), "nested more than 64"),
    ("deep JSON", f'["",{"[" * 65}{"]" * 65}]', (1, 68), "nested more than 64"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "place", "says"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_is_refused_has_its_place(text: str, place: tuple[int, int], says: str) -> None:
    """And nothing of it is constructed."""
    with pytest.raises(SourceError) as caught:
        read(text)
    assert (caught.value.line, caught.value.column) == place
    assert says in caught.value.message


def test_a_reader_that_gives_no_more_than_this() -> None:
    """A long name is cut, for it stands in a message."""
    with pytest.raises(SourceError, match=f"'{'a' * 80}'… and 20 more characters"):
        read(f"- *{'a' * 100}")


def test_no_name_of_a_file_or_in_it_poses_as_a_line_of_ours() -> None:
    """Line ends and what moves a cursor are written as escapes."""
    evil = "a\nerror: all is fine\x1b[2J"
    twice = f"x: {{{json.dumps(evil)}: 1, {json.dumps(evil)}: 2}}"
    with pytest.raises(SourceError) as caught:
        read_text(twice, name=f"{evil}.yaml")
    text = str(caught.value)
    assert "\n" not in text
    assert text.count(r"a\nerror: all is fine\x1b[2J") == 2


@pytest.mark.parametrize("text", ["{a: 1}", '{"a": 1}'], ids=["YAML", "JSON"])
def test_a_text_that_is_too_long(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused before it is read."""
    assert _node.MAX_CHARACTERS == 5_000_000
    with pytest.raises(SourceError, match="longer than 5,000,000 characters"):
        read(text + " " * 5_000_000)


@pytest.mark.parametrize(
    ("data", "place", "says"),
    [
        (b"\xff\xfea\x00", (1, 1), "UTF-16"),
        (b"a: 1\nb: \xe9\n", (2, 4), "not UTF-8; save the file as UTF-8"),
        (b"\xef\xbb\xbfa\xe9", (1, 2), "not UTF-8"),
    ],
)
def test_another_encoding(data: bytes, place: tuple[int, int], says: str) -> None:
    """It is an error with its place, not a text of other letters."""
    with pytest.raises(SourceError, match=says) as caught:
        text_of_file(data)
    assert (caught.value.line, caught.value.column) == place


def test_a_text_may_have_a_mark_as_well() -> None:
    """Whoever opened the file may have left it there."""
    assert text_of_file("\ufeffa") == "a"


def test_without_pyyaml_json_is_read_and_yaml_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML is an extra."""
    imported = builtins.__import__

    def without_yaml(name: str, *args: Any) -> Any:
        if name == "yaml":
            raise ModuleNotFoundError(name)
        return imported(name, *args)

    monkeypatch.setattr(builtins, "__import__", without_yaml)
    assert plain(read('{"a": 1}')) == {"a": 1}
    with pytest.raises(SourceError, match=r'pip install "kmspolicy\[cli\]"'):
        read("a: 1")


def test_without_the_parser_in_c_places_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML may be installed without it."""
    text = "a: '😀'\nb: |\n  x\n"
    expected = places(read(text))
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert places(read(text)) == expected


def test_what_is_not_there_is_none() -> None:
    """Whoever asks for a part of a document need not know what it is."""
    node = read("{a: {b: text}, c: null}")
    assert text_at(node, "a", "b") == "text"
    assert (text_at(node, "a"), text_at(node, "c"), get(node, "a", "b", "d")) == (None, None, None)
    assert members(get(node, "c")) == ()


def test_an_error_says_its_file_and_place() -> None:
    """Whoever reads it opens the file there."""
    error = SourceError("wrong", file="a.yaml", line=2, column=3)
    assert str(error) == "a.yaml, line 2, column 3: wrong"
    assert (error.message, error.file, error.line, error.column) == ("wrong", "a.yaml", 2, 3)
    assert str(SourceError("wrong")) == "wrong"


assert _yaml.MAX_NODES == 200_000
