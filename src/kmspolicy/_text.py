"""Strict JSON text, and the line and column of everything in it.

The fast path is the parser of the standard library. A second reader, written in Python, finds positions. It runs only
if the first one refuses a text, or somebody asks for the place of a value.

This module refuses what the standard library accepts: an object with the same name twice (the last one would win
silently), NaN and infinities, numbers of more than 640 digits, half of a surrogate pair, a byte-order mark, deep
nesting, and texts of more than 1,048,576 characters. https://www.rfc-editor.org/rfc/rfc8259
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kmspolicy._path import Steps
    from kmspolicy.errors import ProblemCode

MAX_CHARACTERS: Final = 1 << 20
"""KMS stores at most 32,768 bytes; its API model allows it to return 131,072 characters."""

MAX_DEPTH: Final = 32
"""A policy document is at most six levels deep."""

MAX_BRACKETS: Final = 5000
"""A text with more is left to the strict reader: in a browser, deep nesting crashes the standard library's parser."""

MAX_DIGITS: Final = 640
"""The lowest limit to which Python's conversion between text and integers can be set."""

MAX_PROBLEMS: Final = 1000
"""More problems than these are not collected: the first ones are enough to begin with."""

TOO_MANY_DIGITS: Final = f"this number is longer than {MAX_DIGITS:,} characters"
TWICE: Final = "this name appears twice in its object"

MAX_KEPT: Final = 1 << 17
"""The places in a longer text are not kept in memory: KMS does not have such policies."""


def too_long(characters: int) -> str:
    """Say that a text is longer than this."""
    return f"the text is longer than {characters:,} characters"


TOO_LONG: Final = too_long(MAX_CHARACTERS)


class Place(NamedTuple):
    """A line and a column in a text, both counted from 1; the column counts characters."""

    line: int
    column: int


class Fault(NamedTuple):
    """One mistake in a JSON text, and its place."""

    code: ProblemCode
    steps: Steps
    offset: int
    message: str


class Node(NamedTuple):
    """A value of a JSON text, its parts, and where it begins (a member of an object begins at its name)."""

    value: object
    offset: int
    items: Mapping[str | int, Node]

    def find(self, steps: Steps) -> Node | None:
        """Return the node at the end of the steps; None if there is no such place."""
        node = self
        for step in steps:
            if step not in node.items:
                return None
            node = node.items[step]
        return node

    def nearest(self, steps: Steps) -> Node:
        """Return the node at the end of the steps, or the last one on the way to it."""
        node = self
        for step in steps:
            node = node.items.get(step, node)
        return node


class Scan(NamedTuple):
    """The result of the strict reader: all faults, and the document if it could be read to its end."""

    text: str
    node: Node | None
    faults: list[Fault]


def members(text: str | bytes) -> object:
    """Read a JSON text strictly.

    Args:
        text: A string, or bytes in UTF-8 without a byte-order mark.

    Returns:
        The same value as :func:`json.loads`, but an object is a tuple of pairs of name and value, and keeps a name
        that appears twice.

    Raises:
        ValueError: if there may be a fault; :func:`scan` decides, and says where.
        RecursionError: the same, for deep nesting.
    """
    string = text if isinstance(text, str) else text.decode()
    if len(string) > MAX_CHARACTERS or string.count("[") + string.count("{") > MAX_BRACKETS:
        raise ValueError
    value = _decode(string)
    if (
        not _plain(string)
        and _MAY_BE_HALF_A_PAIR(string)
        and half_of_a_pair(json.dumps(value, ensure_ascii=False))
    ):
        raise ValueError
    return value


def scan(text: str | bytes, *, characters: int = MAX_CHARACTERS, depth: int = MAX_DEPTH) -> Scan:
    """Read a JSON text strictly, and find the place of every value and of every fault.

    Args:
        text: A string, or bytes in UTF-8 without a byte-order mark.
        characters: The greatest length; files that hold policies are longer than policies.
        depth: The greatest depth.

    Returns:
        The faults in the order of the text, up to the first one after which the rest cannot be read.
    """
    try:
        string = text if isinstance(text, str) else text.decode()
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()
        return Scan(before, None, [Fault("JSON_SYNTAX_ERROR", (), len(before), "this byte is not UTF-8")])
    scanner = _Scanner(string, characters, depth)
    return Scan(string, scanner.document(), scanner.faults)


class Lines:
    """The lines of a text, to turn offsets into lines and columns."""

    def __init__(self, text: str) -> None:
        """Find where each line begins."""
        self._starts = [0, *(match.end() for match in _LINE_BREAK(text))]

    def place(self, offset: int) -> Place:
        """Return the line and column of an offset."""
        line = bisect_right(self._starts, offset)
        return Place(line, offset - self._starts[line - 1] + 1)


def locate(text: str | bytes, steps: Steps) -> Place | None:
    """Find the place of a value in a JSON text.

    The places in the last text are kept: the places of many values cost one reading.

    Args:
        text: Any JSON text.
        steps: The names and indices that lead to the value.

    Returns:
        Where the value begins (a member of an object begins at its name); None if the text has no such place
        or cannot be read.
    """
    root, lines = _kept_map(text) if len(text) <= MAX_KEPT else _map(text)
    node = None if root is None else root.find(steps)
    return None if node is None else lines.place(node.offset)


def _map(text: str | bytes) -> tuple[Node | None, Lines]:
    scanned = scan(text)
    return scanned.node, Lines(scanned.text)


_kept_map = lru_cache(maxsize=1)(_map)


# --- the fast path ---------------------------------------------------------------------------------


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if len(digits) > MAX_DIGITS or not isfinite(number):
        raise ValueError
    return number


def _refuse(name: str) -> object:
    raise ValueError(name)


def _plain(text: str) -> bool:
    return "\\" not in text and text.isascii()


_MAY_BE_HALF_A_PAIR = re.compile(r"[\ud800-\udfff]|\\u[dD][89a-fA-F]").search
_decode = json.JSONDecoder(
    object_pairs_hook=tuple, parse_int=_integer, parse_float=_float, parse_constant=_refuse
).decode


_STRING = json.JSONDecoder().raw_decode

# --- the strict reader -----------------------------------------------------------------------------


class _Stop(Exception):  # noqa: N818 - never leaves this module
    """The end of the reading, at a fault after which the rest cannot be read."""


_SPACE = frozenset(" \t\n\r")
_CLOSE: Final = {"{": "}", "[": "]"}
_LINE_BREAK = re.compile("\n").finditer
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?").fullmatch
_NO_NUMBERS: Final = frozenset({"NaN", "Infinity", "-Infinity"})
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None}
_LITTLE_WORD = re.compile(r"[-+.\w]+").match
half_of_a_pair = re.compile(r"[\ud800-\udfff]").search
_STRING_FAULTS: Final = {
    "Unterminated string starting at": "this string has no closing quote",
    "Invalid control character at": "a string must not contain control characters such as line breaks; escape them",
}
_PLACEHOLDER: Final = "this is a placeholder of a template, and not JSON; put what it stands for in its place; those in strings are read"
_NOT_JSON: Final = {
    "'": "strings must be in double quotes",
    "/": "JSON does not allow comments",
    "#": "JSON does not allow comments",
    "$": _PLACEHOLDER,
    "<": _PLACEHOLDER,
    "\ufeff": "the text begins with a byte-order mark; remove it",
}


class _Scanner:
    """A recursive descent parser of one text, at the position ``at``; the greatest depth bounds the recursion."""

    def __init__(self, text: str, characters: int, depth: int) -> None:
        self.text = text
        self.characters = characters
        self.depth = depth
        self.at = 0
        self.steps: list[str | int] = []
        self.faults: list[Fault] = []

    def document(self) -> Node | None:
        """Read the text; return None if a fault makes the rest unreadable."""
        try:
            if len(self.text) > self.characters:
                self.at = self.characters
                self.stop(too_long(self.characters), code="LIMIT_EXCEEDED")
            self.peek()
            node = self.value()
            if self.peek():
                self.stop(_NOT_JSON.get(self.peek(), "the text continues after the end of the document"))
        except _Stop:
            return None
        return node

    def fault(
        self, message: str, offset: int | None = None, *, code: ProblemCode = "JSON_SYNTAX_ERROR"
    ) -> None:
        """Add a fault, at the current position unless an offset is given."""
        if len(self.faults) >= MAX_PROBLEMS:
            raise _Stop
        self.faults.append(Fault(code, tuple(self.steps), self.at if offset is None else offset, message))

    def stop(
        self, message: str, offset: int | None = None, *, code: ProblemCode = "JSON_SYNTAX_ERROR"
    ) -> NoReturn:
        """Add a fault and end the reading."""
        self.fault(message, offset, code=code)
        raise _Stop

    def expect(self, what: str) -> NoReturn:
        """End the reading with a fault that says what was expected here, and what was found."""
        if not self.peek():
            self.stop(f"the text ends where {what} is expected")
        word = _LITTLE_WORD(self.text, self.at)
        found = word.group() if word else self.peek()
        self.stop(_NOT_JSON.get(self.peek(), f"expected {what}, found {found[:40]!r}"))

    def peek(self) -> str:
        """Skip white space and return the next character, or an empty string at the end."""
        while self.text[self.at : self.at + 1] in _SPACE:
            self.at += 1
        return self.text[self.at : self.at + 1]

    def value(self) -> Node:
        """Read the value at the current position."""
        mark, start = self.peek(), self.at
        if self.text.startswith("{{", start):
            self.stop(_PLACEHOLDER)
        if mark in _CLOSE:
            if len(self.steps) >= self.depth:
                self.stop(f"nested more than {self.depth} levels deep", code="LIMIT_EXCEEDED")
            return self.object() if mark == "{" else self.array()
        if mark == '"':
            return Node(self.string(), start, {})
        word = _LITTLE_WORD(self.text, start)
        if word is None:
            self.expect("a value")
        value = _WORDS[word.group()] if word.group() in _WORDS else self.number(word.group())
        self.at = word.end()
        return Node(value, start, {})

    def object(self) -> Node:
        """Read an object; if a name appears twice, add a fault and keep the first value."""
        start = self.at
        items: dict[str | int, Node] = {}
        for offset in self.members("}"):
            if self.peek() != '"':
                self.expect("a name in double quotes")
            name = self.string()
            self.steps.append(name)
            if name in items:
                self.fault(TWICE, offset, code="DUPLICATE_NAME")
            if self.peek() != ":":
                self.expect("':' after the name")
            self.at += 1
            items.setdefault(name, self.value()._replace(offset=offset))
            self.steps.pop()
        return Node({name: node.value for name, node in items.items()}, start, items)

    def array(self) -> Node:
        """Read an array."""
        start = self.at
        items: dict[str | int, Node] = {}
        for index, _ in enumerate(self.members("]")):
            self.steps.append(index)
            items[index] = self.value()
            self.steps.pop()
        return Node([node.value for node in items.values()], start, items)

    def members(self, close: str) -> Iterator[int]:
        """Yield the offset of each member, which the caller reads, and skip commas and the closing bracket."""
        self.at += 1
        if self.peek() == close:
            self.at += 1
            return
        while True:
            yield self.at
            end = self.at
            mark = self.peek()
            if mark not in ("", ",", close) and mark not in _NOT_JSON:
                self.stop(f"expected ',' or '{close}' after this value", end)
            if mark not in (",", close):
                self.expect(f"',' or '{close}'")
            self.at += 1
            if mark == close:
                return
            if self.peek() == close:
                self.fault(f"remove the comma before '{close}'", end)
                self.at += 1
                return

    def string(self) -> str:
        """Read a string, with the standard library's decoder."""
        start = self.at
        value: str
        try:
            value, self.at = _STRING(self.text, start)
        except json.JSONDecodeError as error:
            self.stop(_STRING_FAULTS.get(error.msg, "this is not an escape sequence of JSON"), error.pos)
        if not value.isascii() and (half := half_of_a_pair(value)):
            what = f"\\u{ord(half.group()):04x} is half of a surrogate pair, not a character"
            self.fault(what, start, code="INVALID_VALUE")
            return value.encode("utf-8", "replace").decode()
        return value

    def number(self, digits: str) -> float:
        """Read a number; if it is not valid, add a fault and return zero."""
        if digits in _NO_NUMBERS:
            self.fault(f"JSON does not allow {digits}")
            return 0
        if not _NUMBER(digits):
            self.expect("a value")
        if len(digits) > MAX_DIGITS:
            self.fault(TOO_MANY_DIGITS, code="LIMIT_EXCEEDED")
            return 0
        if digits.removeprefix("-").isdecimal():
            return int(digits)
        number = float(digits)
        if not isfinite(number):
            self.fault("this number is too large", code="INVALID_VALUE")
            return 0
        return number
