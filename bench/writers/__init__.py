"""The example, written with each library as its own documentation writes policies."""

from __future__ import annotations

from bench.writers import ours, plain, with_awacs, with_floyd, with_pydantic

WRITERS = (
    *plain.WRITERS,
    *ours.WRITERS,
    *with_pydantic.WRITERS,
    *with_floyd.WRITERS,
    *with_awacs.WRITERS,
)
