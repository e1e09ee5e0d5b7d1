"""Measure everything, print it, and with ``--write`` keep it in the documentation."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench import imports, plot, put, works
from bench.documents import EXAMPLE
from bench.page import page
from bench.same import verify

_PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument(
        "--write", action="store_true", help="write docs/benchmarks.md and docs/_static/cost.svg"
    )
    write = parser.parse_args().write
    verify(EXAMPLE)
    text = page(works.run() | imports.run() | put.run())
    print(text)
    if write:
        _PAGE.write_text(text, encoding="utf-8")
        plot.draw()


if __name__ == "__main__":
    main()
