"""What an import costs a new interpreter: new processes in turns, and the least of each compared."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Final

from bench.documents import SIZES, compact
from bench.measure import Key, Results, Samples, turns
from bench.writers.plain import WRITERS as PLAIN

_ROUNDS: Final = 25
BARE: Final = "nothing"
CLICK: Final = "a click program with PyYAML, kmspolicy: sources, check"
COMMAND: Final = "kmspolicy check of a file"
_POLICY: Final = compact(PLAIN[0].of(SIZES["example"])).encode()
IMPORTS: Final = {
    BARE: "pass",
    "attrs, json": "import attrs, json",
    "kmspolicy": "import kmspolicy",
    "kmspolicy: Policy": "from kmspolicy import Policy",
    "kmspolicy: builder, keys, check": "from kmspolicy import Policy, Principal, allow, check, conditions",
    "kmspolicy: KeyPolicies": "from kmspolicy import KeyPolicies",
    CLICK: "import click, yaml, kmspolicy.sources; from kmspolicy import check; click.command(print)([])",
    COMMAND: "import sys; from kmspolicy._cli import main; sys.argv[1:] = ['check', '-']; main()",
    "aiobotocore": "import aiobotocore.session",
    "pydantic": "from pydantic import BaseModel; BaseModel",
    "awacs": "import awacs.aws, awacs.kms",
    "iam-floyd": "from iam_floyd import Statement; Statement.Kms",
    "policyuniverse": "import policyuniverse.policy, policyuniverse.expander_minimizer",
    "parliament": "import parliament",
}


def _seconds(code: str) -> float:
    started = time.perf_counter()
    # -I: the folder that this runs in and the developer's environment are nobody's cost.
    command = [sys.executable, "-I", "-W", "ignore", "-c", code]
    subprocess.run(command, check=True, input=_POLICY, stdout=subprocess.DEVNULL)  # noqa: S603 - our own code
    return time.perf_counter() - started


def run() -> Results:
    """Start interpreters; each import's cost is over an interpreter that imports nothing."""
    least = dict.fromkeys(IMPORTS, float("inf"))
    for code in IMPORTS.values():
        _seconds(code)  # the first one compiles, or fetches from the disk
    for who in turns(tuple(IMPORTS), _ROUNDS):
        least[who] = min(least[who], _seconds(IMPORTS[who]))
    bare = least[BARE]
    return {
        Key("import", who): Samples((seconds - (0 if who == BARE else bare),))
        for who, seconds in least.items()
    }
