"""What a proof costs beside z3, a solver, that is asked the same on the same classes of requests.

The pairs are documents that AWS and others publish, in the folder that KMSPOLICY_CORPUS names, each beside some changes of it; without
that folder, the example beside its changes.
"""

from __future__ import annotations

import importlib.util
import json
import os
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.documents import EXAMPLE, SIZES, compact
from bench.measure import Key, Results, Samples
from bench.writers.plain import WRITERS as PLAIN
from kmspolicy import Policy, compare
from kmspolicy.errors import UnknownWordWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Pair = tuple[Policy, Policy]

WORK: Final = "prove"
PAIRS, LARGE = "pairs", "32 KiB"
OURS: Final = "kmspolicy, compare"
Z3: Final = "z3, on the same classes"
_CHANGES: Final = 4
_CHANGES_OF_THE_EXAMPLE: Final = 90
_ROUNDS: Final = 5
_MILLISECONDS: Final = 10_000


def run() -> Results:
    """Measure both on all pairs in turns, the least of some rounds for each pair; nothing where z3 is not installed."""
    if importlib.util.find_spec("z3") is None:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownWordWarning)  # some changes have unknown words
        return _measured(PAIRS, _published()) | _measured(LARGE, _large())


def _measured(size: str, pairs: Iterable[Pair]) -> Results:
    works: dict[str, Callable[[Policy, Policy], object]] = {OURS: compare, Z3: _ask_z3}
    taken: dict[str, list[float]] = {who: [] for who in works}
    for before, after in pairs:
        least = dict.fromkeys(works, float("inf"))
        for _ in range(_ROUNDS):
            for who, work in works.items():
                started = time.perf_counter()
                work(before, after)
                least[who] = min(least[who], time.perf_counter() - started)
        for who, seconds in least.items():
            taken[who].append(seconds)
    return {Key(WORK, who, size): Samples(tuple(seconds)) for who, seconds in taken.items()}


def _ask_z3(before: Policy, after: Policy) -> list[str]:
    """Ask z3 what is gained and what is lost: yes or no, without a request."""
    from judges.boxes import formulas  # noqa: PLC0415 - they are beside the tests, where the rest of this does not look
    from judges.solvers import z3  # noqa: PLC0415 - the same

    return [z3(formula, _MILLISECONDS) for formula in formulas(before, after)]


def _published() -> list[Pair]:
    folder = Path(os.environ.get("KMSPOLICY_CORPUS") or "no-corpus")
    documents = [json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))]
    if not documents:
        return _changed(EXAMPLE, _CHANGES_OF_THE_EXAMPLE)
    return [pair for document in documents for pair in _changed(document, _CHANGES)]


def _large() -> list[Pair]:
    return _changed(json.loads(compact(PLAIN[0].of(SIZES["32 KiB"]))), 9)


def _changed(document: dict[str, Any], number: int) -> list[Pair]:
    from mutations_support import mutations  # noqa: PLC0415 - the same

    return [
        (Policy.from_dict(document), Policy.from_dict(changed)) for changed in mutations(document, number)
    ]
