"""The documents in the text of a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kmspolicy._sources._json import json_document
from kmspolicy._sources._node import fault
from kmspolicy._sources._yaml import yaml_documents
from kmspolicy._text import Lines
from kmspolicy.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._sources._node import Node

_MARK: Final = "\ufeff"
_OTHER_ENCODINGS: Final = (b"\xff\xfe", b"\xfe\xff")
_IS_JSON: Final = re.compile(r'\s*(?:\{\s*["}]|\[\s*["{\[\]]|")').match
"""What begins like this is JSON, in which tabs may stand; YAML may begin with a bracket, too, but seldom with a quote after it."""


def text_of_file(data: str | bytes) -> str:
    """Return the text of a file, without a byte-order mark.

    Raises:
        SourceError: if it is not UTF-8.
    """
    if isinstance(data, str):
        return data.removeprefix(_MARK)
    if data.startswith(_OTHER_ENCODINGS) or b"\0" in data[:4]:
        raise SourceError("this is UTF-16 or UTF-32, not UTF-8; save it as UTF-8", line=1, column=1)
    try:
        return data.decode().removeprefix(_MARK)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode().removeprefix(_MARK)
        place = Lines(before).place(len(before))
        raise fault("this byte is not UTF-8; save the file as UTF-8", place) from None


def documents_of(text: str, functions: frozenset[str] = frozenset()) -> Iterator[Node]:
    """Read the documents of a text in JSON or YAML.

    Raises:
        SourceError: if it is neither.
    """
    if _IS_JSON(text):
        yield json_document(text)
    else:
        yield from yaml_documents(text, functions)
