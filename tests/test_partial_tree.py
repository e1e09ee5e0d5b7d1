"""The trees of documents whose values are not all known."""

from __future__ import annotations

from kmspolicy._partial._tree import Placeholder, Text
from kmspolicy._text import Place


def test_a_placeholder_is_shown_as_its_source_writes_it() -> None:
    """CloudFormation's spelling is the usual one."""
    assert str(Placeholder("Admin")) == "${Admin}"
    assert str(Placeholder("ACCOUNT_ID", written="<ACCOUNT_ID>")) == "<ACCOUNT_ID>"


def test_places_make_no_difference() -> None:
    """Trees are equal if their documents are."""
    assert Text(("kms:*",), place=Place(1, 2)) == Text(("kms:*",))
