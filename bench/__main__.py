"""Measure everything, print it, and with ``--write`` keep it in the documentation; fail where a bar is not held."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench import imports, plot, proofs, put, works
from bench.bars import BARS
from bench.documents import EXAMPLE
from bench.page import page
from bench.same import verify

_PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main() -> str | None:
    """Run it, and return what to complain of."""
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument(
        "--write", action="store_true", help="write docs/benchmarks.md and docs/_static/cost.svg"
    )
    write = parser.parse_args().write
    verify(EXAMPLE)
    results = works.run() | proofs.run() | imports.run() | put.run()
    text = page(results)
    print(text)
    if write:
        _PAGE.write_text(text, encoding="utf-8")
        plot.draw()
    broken = [
        f"{bar.work} ({bar.of_what})" for bar in BARS if bar.is_measured(results) and not bar.held(results)
    ]
    return "not held: " + ", ".join(broken) if broken else None


if __name__ == "__main__":
    sys.exit(main())
