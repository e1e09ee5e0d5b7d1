"""Paths: steps, written out where they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kmspolicy._path import format_path

if TYPE_CHECKING:
    from kmspolicy._path import Steps

PATHS: list[tuple[Steps, str]] = [
    ((), ""),
    (("Statement",), "Statement"),
    (("Statement", 0, "Principal", "AWS", 12), "Statement[0].Principal.AWS[12]"),
    (
        ("Statement", 0, "Condition", "StringEquals", "kms:ViaService"),
        'Statement[0].Condition.StringEquals["kms:ViaService"]',
    ),
    (("",), '[""]'),
    (('a"]\\[b', "c"), '["a\\"]\\\\[b"].c'),
    (("\u00e9", 0), '["\u00e9"][0]'),
    (("a\nb\x85\u202e",), '["a\\nb\\x85\\u202e"]'),
    (("0",), '["0"]'),
    ((0, "a"), "[0].a"),
    (("Allows", "x"), ".Allows.x"),
    (("x" * 100, "y"), "." + "x" * 100 + ".y"),
    (("x" * 101, "y"), '["' + "x" * 100 + '…"].y'),
]


@pytest.mark.parametrize(("steps", "written"), PATHS, ids=[written[:60] or "none" for _, written in PATHS])
def test_how_paths_are_written(steps: Steps, written: str) -> None:
    """Names stand after dots, except the first of a document; indices and other names in brackets; a long name is cut."""
    assert format_path(steps) == written
