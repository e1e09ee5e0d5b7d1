"""Ask z3 and cvc5 what proofs answer, and fail where one disagrees: ``python -m judges`` in the folder of the tests.

Each solver judges twice: on the classes that proofs find, and by a formula that shares none of them.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from judges import boxes, strings
from judges.pairs import pairs
from judges.solvers import SOLVERS
from kmspolicy import Fails, Holds, Policy, compare

if TYPE_CHECKING:
    from collections.abc import Iterable

    from judges.pairs import Pair
    from judges.solvers import Answer

    Verdict: TypeAlias = Literal["agreed", "disagreed", "decided alone", "unknown", "not asked"]

_MILLISECONDS: Final = 1000
"""What a solver may take for a formula."""
_LEAST: Final = 0.6
"""The part of the pairs that each judge must decide."""
_VERDICTS: Final = ("agreed", "disagreed", "decided alone", "unknown", "not asked")
_DECIDED: Final = _VERDICTS[:3]


def _formulas(way: str, pair: Pair) -> list[str]:
    """Return the formulas of which one is satisfied if something is gained; none where they do not speak of it."""
    try:
        if way == "strings":
            return list(strings.has_more(pair.before, pair.after, pair.account))
        return [
            boxes.formulas(Policy.from_dict(pair.before), Policy.from_dict(pair.after), pair.account).more
        ]
    except (boxes.TooMuchError, strings.NotModelledError):
        return []


def _asked(solver: str, formulas: Iterable[str]) -> Answer:
    """Ask a solver whether one of some formulas can be satisfied."""
    answer: Answer = "unsat"
    for formula in formulas:
        found = SOLVERS[solver](formula, _MILLISECONDS)
        if found == "sat":
            return found
        answer = found if found == "unknown" else answer
    return answer


def judged(pair: Pair) -> dict[str, Verdict]:
    """Return what each judge says of a pair."""
    warnings.simplefilter("ignore")  # unknown words are a part of the pairs
    before, after = Policy.from_dict(pair.before), Policy.from_dict(pair.after)
    proved = compare(before, after, account=pair.account).no_more
    right = "unsat" if isinstance(proved, Holds) else "sat" if isinstance(proved, Fails) else None
    verdicts: dict[str, Verdict] = {}
    for way, solver in product(("classes", "strings"), SOLVERS):
        formulas = _formulas(way, pair)
        answer = _asked(solver, formulas) if formulas else None
        if answer is None:
            verdict: Verdict = "not asked"
        elif answer == "unknown":
            verdict = "unknown"
        elif right is None:
            verdict = "decided alone"
        else:
            verdict = "agreed" if answer == right else "disagreed"
        verdicts[f"{solver}, {way}"] = verdict
    return verdicts


def main() -> int:
    """Judge all pairs, print what each judge said how often, and return whether one disagreed or decided too few."""
    asked = pairs()
    counts: dict[str, Counter[str]] = {}
    with ProcessPoolExecutor() as pool:
        for pair, verdicts in zip(asked, pool.map(judged, asked, chunksize=4), strict=True):
            for judge, verdict in verdicts.items():
                counts.setdefault(judge, Counter())[verdict] += 1
                if verdict == "disagreed":
                    print(f"{judge} disagrees on {pair.name}: {pair}", flush=True)
    print(f"{len(asked)} pairs")
    print(" " * 15 + "".join(f"{verdict:>15}" for verdict in ("decided", *_VERDICTS)))
    right = True
    for judge, count in counts.items():
        decided = sum(count[verdict] for verdict in _DECIDED)
        print(f"{judge:15}{decided:15}" + "".join(f"{count[verdict]:15}" for verdict in _VERDICTS))
        right = right and not count["disagreed"] and decided >= _LEAST * len(asked)
    return int(not right)


if __name__ == "__main__":
    sys.exit(main())
