"""Pairs of policies, the same in every run: those of the tests, drawn ones, and changes of documents."""

from __future__ import annotations

import json
import os
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from hypothesis import HealthCheck, given, settings

from kmspolicy._check._catalogue import CATALOGUE
from mutations_support import mutations
from property.test_prove import dense
from test_prove import PAIRS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy import Policy

    Json: TypeAlias = dict[str, Any]

EXAMPLE: Final = Path(__file__).parent.parent / "data" / "put-key-policy-example.json"
CORPUS: Final = Path(os.environ.get("KMSPOLICY_CORPUS") or "no-corpus")
_DRAWN: Final = 150
_CHANGES_OF_THE_EXAMPLE: Final = 100
_CHANGES: Final = 3
"""How many of each document."""


class Pair(NamedTuple):
    """Two policies as JSON.

    Attributes:
        name: What they are.
        before: The earlier one.
        after: The later one.
        account: The account of the key; None where it is not known.
    """

    name: str
    before: Json
    after: Json
    account: str | None = None


def pairs() -> list[Pair]:
    """Return all pairs; in every other one the account of the key is known."""
    found = chain(_of_the_tests(), _drawn(), _changed())
    return [
        pair._replace(account="111122223333") if number % 2 else pair for number, pair in enumerate(found)
    ]


def _of_the_tests() -> Iterator[Pair]:
    """Take the pairs of the tests in both directions."""
    for pair in PAIRS:
        before, after = (
            {
                "Version": "2012-10-17",
                "Statement": [{k: v for k, v in one.items() if v is not None} for one in some],
            }
            for some in (pair.before, pair.after)
        )
        yield Pair(pair.name, before, after)
        yield Pair(f"{pair.name}, the other way round", after, before)


def _drawn() -> list[Pair]:
    """Draw policies of few parts."""
    found: list[Pair] = []

    @settings(
        max_examples=_DRAWN,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(dense(), dense())
    def draw(before: Policy, after: Policy) -> None:
        found.append(Pair(f"drawn {len(found)}", before.to_dict(), after.to_dict()))

    draw()
    return found


def _changed() -> Iterator[Pair]:
    """Change the example of PutKeyPolicy, those of the findings, and the documents of the corpus."""
    example = json.loads(EXAMPLE.read_bytes())
    for number, changed in enumerate(mutations(example, _CHANGES_OF_THE_EXAMPLE)):
        yield Pair(f"the example, change {number}", example, changed)
    documents: dict[str, Json] = {
        code: entry.example
        for code, entry in CATALOGUE.items()
        if code != "UNRESOLVED"  # no policy yet
    }
    documents |= {path.stem: json.loads(path.read_bytes()) for path in sorted(CORPUS.glob("*.json"))}
    for name, document in documents.items():
        for number, changed in enumerate(mutations(document, _CHANGES)):
            yield Pair(f"{name}, change {number}", document, changed)
