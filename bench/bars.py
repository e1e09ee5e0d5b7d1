"""The bars: what must hold in every run, as ratios within it."""

from __future__ import annotations

from typing import Final, NamedTuple

from bench import proofs
from bench.documents import COPIES, SIZES, compact
from bench.imports import CLICK, COMMAND
from bench.measure import Key, Ratio, Results
from bench.put import GATHER, MANY, OURS, RAW
from bench.writers.plain import WRITERS as PLAIN

_BYTES: Final = {size: len(compact(PLAIN[0].of(everybody))) for size, everybody in SIZES.items()}


FLOOR: Final = "json.loads of the same document"


class Bar(NamedTuple):
    """The most that something may cost, as a multiple of something else that is measured in the same rounds."""

    work: str
    measured: Key
    limit: float
    beside: Key
    of_what: str
    scale: float = 1.0

    def value(self, results: Results) -> Ratio:
        """Return what was measured."""
        median, low, high = results[self.measured].over(results[self.beside])
        return Ratio(median * self.scale, low * self.scale, high * self.scale)

    def is_measured(self, results: Results) -> bool:
        """Return whether it was measured: what needs z3 is not where z3 is not installed."""
        return self.measured in results

    def held(self, results: Results) -> bool:
        """Return whether it holds; a value that is the limit does."""
        return self.value(results).median <= self.limit


_CONSTRUCTORS = Key("build", "kmspolicy, constructors", "example")
_BUILDER = Key("build", "kmspolicy, builder", "example")
_DICT = Key("build", "dict and json", "example")
_FLOYD = Key("build", "iam-floyd", "example")
_READ = Key("read", "kmspolicy", "example")
_CHECK = Key("check", "kmspolicy, read and check", "example")

BARS: Final = (
    Bar(
        "`to_json` of the example",
        Key("write", "kmspolicy, constructors", "example"),
        1.5,
        Key("write", "dict and json", "example"),
        "times json.dumps of the dict",
    ),
    Bar("constructors and `to_json`", _CONSTRUCTORS, 3.0, _DICT, "times dict and json.dumps"),
    Bar("constructors and `to_json`", _CONSTRUCTORS, 0.5, _FLOYD, "times iam-floyd"),
    Bar(
        "constructors and `to_json`",
        _CONSTRUCTORS,
        0.25,
        Key("build", "awacs, to_json()", "example"),
        "times awacs, to_json()",
    ),
    Bar("builder and `to_json`", _BUILDER, 5.0, _DICT, "times dict and json.dumps"),
    Bar("builder and `to_json`", _BUILDER, 1.0, _FLOYD, "times iam-floyd"),
    Bar(
        "`equivalent` at 32 KiB, from values",
        Key("compare", "kmspolicy, equivalent", "32 KiB"),
        3.0,
        Key("compare", "reading both", "32 KiB"),
        "times reading both from text",
    ),
    Bar(
        "read the example into values",
        _READ,
        4.0,
        Key("read", "dict and json", "example"),
        "times json.loads",
    ),
    Bar("read and check the example", _CHECK, 0.2, Key("check", "parliament", "example"), "times parliament"),
    Bar(
        "`import kmspolicy` over a bare interpreter",
        Key("import", "kmspolicy"),
        1.3,
        Key("import", "attrs, json"),
        "times `import attrs, json`",
    ),
    Bar(
        "`from kmspolicy import Policy`, for the package itself is nearly empty",
        Key("import", "kmspolicy: Policy"),
        1.6,
        Key("import", "attrs, json"),
        "times `import attrs, json`",
    ),
    Bar(
        "`kmspolicy check` of a file, over a bare interpreter",
        Key("import", COMMAND),
        1.3,
        Key("import", CLICK),
        "times the start of a click program that imports as much",
    ),
    Bar(
        "read 32 KiB, per byte",
        Key("read", "kmspolicy", "32 KiB"),
        1.2,
        _READ,
        "times reading the example, per byte",
        _BYTES["example"] / _BYTES["32 KiB"],
    ),
    Bar("`put(text)`, unchecked, loopback", OURS, 1.05, RAW, "times the client's put_key_policy"),
    Bar("`put_many` of 100 keys, loopback", MANY, 1.1, GATHER, "times a gather over put_key_policy"),
    Bar(
        "decide the example",
        Key("decide", "kmspolicy", "example"),
        5.0,
        Key("decide", FLOOR, "example"),
        "times json.loads",
    ),
    Bar(
        "check the example",
        Key("check", "kmspolicy, check alone", "example"),
        16.0,
        Key("check", FLOOR, "example"),
        "times json.loads",
    ),
    *(
        Bar(
            work,
            Key(proofs.WORK, proofs.OURS, size),
            limit,
            Key(proofs.WORK, proofs.Z3, size),
            "times z3 on the same classes",
        )
        for work, size, limit in (
            ("`compare` of published policies", proofs.PAIRS, 0.5),
            ("`compare` at 32 KiB", proofs.LARGE, 1.0),
        )
    ),
)

DOCUMENTS: Final = (
    f"The example is {_BYTES['example']:,} characters of compact JSON; 32 KiB are {COPIES} copies of it, each for "
    f"another account and with other Sids, {_BYTES['32 KiB']:,} characters."
)
