"""Proofs about the policies that AWS and others publish: nearly all is known, and each witness replays."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pytest

from kmspolicy import Comparison, Holds, Policy, check, compare, decide
from mutations_support import mutations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Pair: TypeAlias = tuple[Policy, Policy]

CORPUS: Final = Path(os.environ.get("KMSPOLICY_CORPUS") or "no-corpus")
DOCUMENTS: Final[dict[str, Any]] = {
    path.stem: json.loads(path.read_bytes()) for path in sorted(CORPUS.glob("*.json"))
}
CHANGES: Final = 30
"""How many changes of each document."""
LEAST: Final = 3_000
MOST_UNKNOWN: Final = 0.005

pytestmark = [
    pytest.mark.skipif(
        not CORPUS.is_dir(),
        reason="needs published policies that are not ours to ship: KMSPOLICY_CORPUS names their folder",
    ),
    pytest.mark.filterwarnings("ignore::kmspolicy.errors.UnknownWordWarning"),
]

WITH_PLACEHOLDERS: Final = {"PLACEHOLDER", "INVALID_PRINCIPAL_FORMAT"}
WORDS_TO_FILL_IN: Final = re.compile(r"(?:account|key)[-_]id", re.IGNORECASE).search


def has_placeholders(document: Any) -> bool:
    """Return whether a document has words for the reader to fill in; it is not known what they will be."""
    codes = {finding.code for finding in check(Policy.from_dict(document))}
    return not codes.isdisjoint(WITH_PLACEHOLDERS) or WORDS_TO_FILL_IN(json.dumps(document)) is not None


def pairs(names: Iterable[str]) -> Iterator[Pair]:
    """Go through documents beside themselves, beside changes of them, and beside each other."""
    policies = {name: Policy.from_dict(DOCUMENTS[name]) for name in names}
    for name, policy in policies.items():
        yield policy, Policy.from_dict(DOCUMENTS[name])
        yield from ((policy, Policy.from_dict(changed)) for changed in mutations(DOCUMENTS[name], CHANGES))
    yield from combinations(policies.values(), 2)


def assert_replays(before: Policy, after: Policy, comparison: Comparison) -> None:
    """Demand that the request of each witness is decided as the witness says."""
    for verdict in (
        comparison.no_new_access,
        comparison.no_lost_access,
        comparison.no_more,
        comparison.no_less,
    ):
        if not isinstance(verdict, Holds) and (witness := verdict.witness) is not None:
            assert witness.decision == decide(after, witness.request)
            assert witness.before == decide(before, witness.request)


def test_nearly_all_is_known_of_the_corpus() -> None:
    """Of policies without placeholders, one comparison in two hundred is unknown at most, and says why."""
    count, reasons = 0, Counter[str]()
    for before, after in pairs(
        name for name, document in DOCUMENTS.items() if not has_placeholders(document)
    ):
        comparison = compare(before, after)
        assert_replays(before, after, comparison)
        count += 1
        if comparison.reason:
            reasons[comparison.reason] += 1
    print(f"{reasons.total()} of {count:,} unknown: {dict(reasons)}")  # noqa: T201 - shown with -s
    assert count >= LEAST
    assert reasons.total() <= MOST_UNKNOWN * count, reasons


def test_what_is_said_of_placeholders_in_the_corpus_replays() -> None:
    """Where it is not known what a word will be, what is shown is shown nevertheless."""
    for before, after in pairs(name for name, document in DOCUMENTS.items() if has_placeholders(document)):
        assert_replays(before, after, compare(before, after))
