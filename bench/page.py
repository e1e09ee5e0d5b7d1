"""The page of results: tables in Markdown, which are printed as they are."""

from __future__ import annotations

import datetime as dt
import os
import platform
from importlib.metadata import version
from importlib.util import find_spec
from textwrap import fill
from typing import TYPE_CHECKING, Final

from bench.bars import BARS, DOCUMENTS, FLOOR
from bench.imports import BARE, IMPORTS
from bench.measure import Key
from bench.proofs import LARGE, OURS, PAIRS, WORK, Z3
from bench.put import GATHER, RAW, TWIN
from bench.writers import WRITERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bench.bars import Bar
    from bench.measure import Results

_PACKAGES: Final = (
    "kmspolicy", "attrs", "aiobotocore", "botocore", "pydantic", "iam-floyd", "awacs", "policyuniverse",
    "parliament",
)  # fmt: skip

_HEAD: Final = """# Benchmarks

The cost of kmspolicy compared with other libraries. The times are from one run on one machine; only the ratios are useful on other machines. `nox -s bench` runs the benchmarks, and `nox -s bench -- --write` writes this page and the plot.

{stamp}

The measurements run in short rounds, each with all tasks, so that other work of the machine affects all of them equally. Times are medians over the rounds. "The middle half of the rounds" is the range of the ratio in half of the rounds. As with timeit, the garbage collector is off during a task. {documents}
"""

_NOTES: Final = {
    "dict and json": "the floor: no types, no checks",
    "awacs, compact": "`to_json(indent=None, sort_keys=False)`, which its types do not allow",
    "parliament": "stops at the Sids, which have spaces; keeps what actions it has expanded from call to call",
    "parliament, Sids without spaces": "so that it looks at all of it",
    "policyuniverse": "keeps the dict, and collects principals, actions and conditions; refuses nothing",
    "policyuniverse, expand_policy of both": "sees through the order and the wildcards of actions, through nothing else: here it says no",
    "pydantic": "a model of the grammar with literals for effect and kinds of principals",
    FLOOR: "for scale: the bar is a multiple of it",
    "reading both": "two times `Policy.from_json`, for scale",
}

_WORKS: Final = (
    (
        "build",
        "Build and write",
        "From names to text. Each writes the same document, which is verified before; what it must write otherwise is noted.",
    ),
    (
        "write",
        "Write",
        "From a value of the document to text. policyuniverse and parliament do not write.",
    ),
    (
        "read",
        "Read",
        "From text to values, both compact. awacs and iam-floyd do not read; parliament's reading is in its check.",
    ),
    ("check", "Check", "From text to findings, or from values where it says so."),
    (
        "compare",
        "Compare",
        "Two spellings of the same permissions: statements, actions and principals the other way round. Only `equivalent` tells that they are the same.",
    ),
    ("decide", "Decide", "Who may do what, from a value. None of the others decides for a principal."),
)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Draw a table whose columns are aligned in plain text, too; the first and the last hold words."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    last = len(widths) - 1

    def drawn(cells: list[str]) -> str:
        padded = (
            cell.ljust(width) if column in {0, last} else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join(padded)} |"

    rule = [
        "-" * width if column in {0, last} else "-" * (width - 1) + ":" for column, width in enumerate(widths)
    ]
    return "\n".join(map(drawn, [lines[0], rule, *lines[1:]]))


def _number(value: float) -> str:
    """Write the digits that matter: a thousandth of what is near one."""
    for limit, places in ((2, 3), (10, 2), (100, 1)):
        if value < limit:
            return f"{value:.{places}f}"
    return f"{value:,.0f}"


def stamp() -> str:
    """Say when, where and with which versions."""
    packages = (*_PACKAGES, "z3-solver") if find_spec("z3") else _PACKAGES
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{platform.system()} on {platform.machine()} with {os.cpu_count()} cores"
    return f"{dt.datetime.now(tz=dt.UTC).date()}, {python}, {machine}; {versions}."


def _bar(bar: Bar, results: Results) -> tuple[str, ...]:
    value = bar.value(results)
    spread = f"{_number(value.low)} to {_number(value.high)}" if value.low != value.high else ""
    return (
        bar.work,
        _number(value.median),
        spread,
        f"{bar.limit:g}",
        "yes" if bar.held(results) else "**no**",
        bar.of_what,
    )


def bars(results: Results) -> str:
    """Show what was asked for and what was measured."""
    head = ("work", "measured", "middle half of the rounds", "at most", "held", "in")
    return _table(head, (_bar(bar, results) for bar in BARS if bar.is_measured(results)))


def _note(work: str, who: str) -> str:
    differs = {writer.who: "; ".join(writer.differs) for writer in WRITERS} if work == "build" else {}
    return "; ".join(filter(None, (differs.get(who), _NOTES.get(who))))


def _work(work: str, results: Results) -> str:
    """Show one work: a row for each library, and what it costs in terms of the first."""
    first, *others = dict.fromkeys(key.who for key in results if key.work == work)

    def cells(who: str) -> Iterator[str]:
        yield who
        for size in ("example", "32 KiB"):
            median, floor = (results[Key(work, one, size)].median for one in (who, first))
            yield _number(median * 1e6)
            yield _number(median / floor)
        yield _note(work, who)

    head = ("", "example, µs", "times the first", "32 KiB, µs", "times the first", "")
    return _table(head, map(cells, (first, *others)))


def _imports(results: Results) -> str:
    keys = [key for key in results if key.work == "import"]
    rows = ((key.who, _number(results[key].least * 1e3), f"`{IMPORTS[key.who]}`") for key in keys)
    return _table(("import of", "ms", "code"), rows)


def _puts(first: Key, results: Results) -> str:
    def cells(key: Key) -> tuple[str, ...]:
        ratio = results[key].over(results[first])
        spread = f"{_number(ratio.low)} to {_number(ratio.high)}"
        return key.who, _number(results[key].median * 1e6), _number(ratio.median), spread

    head = ("", "µs", "times the first", "middle half of the rounds")
    return _table(head, (cells(key) for key in results if key.work == first.work))


def _proved(results: Results) -> str:
    def cells(who: str) -> tuple[str, ...]:
        return who, *(_number(results[Key(WORK, who, size)].median * 1e3) for size in (PAIRS, LARGE))

    return _table(("", "a pair, ms", "32 KiB, ms"), map(cells, (OURS, Z3)))


_PROOFS: Final = """## Prove

What is gained and what is lost between two policies, for all requests: the median over {number} pairs, each a document that AWS and others publish beside a change of it, and over nine changes of 32 KiB. `compare` answers four questions and shows a request for each difference; z3 says yes or no to two of them, on the same classes of requests. To find the classes is part of both times.

{table}
"""

_IMPORT: Final = """## Import

New interpreters in turns, the least time of each. `{bare}` is the bare interpreter; the others are over it.

{table}
"""

_PUT: Final = """## Put

Over HTTP on loopback, to a server in another process, with one connection. Two clients that do the same differ by a ratio of {low} to {high} in the middle half of the rounds: that is the noise. What goes through KeyPolicies has a client of its own.

{table}

A hundred keys, over the ten connections that botocore opens. The gather makes all its requests in one go, so that put_many is measured beside it with as many under way; ten at a time take longer with the client's own calls, too, the more so the busier the machine.

{many}
"""

_PLOT: Final = """## Cost by size

![Cost in milliseconds, the least of the rounds, by the size of the document in KiB](_static/cost.svg)
"""


def _filled(text: str) -> str:
    """Break the lines of paragraphs."""
    parts = text.split("\n\n")
    return "\n\n".join(
        part if part.lstrip().startswith(("|", "#", "!")) else fill(part, 118) for part in parts
    )


def page(results: Results) -> str:
    """Write all of it."""
    noise = results[TWIN].over(results[RAW])
    parts = [
        _HEAD.format(stamp=stamp(), documents=DOCUMENTS),
        f"## The bars\n\n{bars(results)}",
        *(f"## {title}\n\n{text}\n\n{_work(work, results)}" for work, title, text in _WORKS),
        _PLOT,
        *(
            [_PROOFS.format(number=len(results[proved].seconds), table=_proved(results))]
            if (proved := Key(WORK, Z3, PAIRS)) in results
            else []
        ),
        _IMPORT.format(bare=BARE, table=_imports(results)),
        _PUT.format(
            low=_number(noise.low),
            high=_number(noise.high),
            table=_puts(RAW, results),
            many=_puts(GATHER, results),
        ),
    ]
    return "\n\n".join(_filled(part.strip()) for part in parts) + "\n"
