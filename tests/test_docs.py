"""The documentation, run: each block of code, and what it prints, word for word."""

from __future__ import annotations

import runpy
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from sybil import Example, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser

ROOT = Path(__file__).parent.parent
RUN = ["docs/checking.md", "docs/decisions.md", "docs/testing.md"]


def _run(example: Example) -> None:
    with redirect_stdout(StringIO()) as out:
        PythonEvaluator()(example)
    example.namespace["printed"] = out.getvalue()


def _compare(example: Example) -> None:
    assert example.namespace["printed"].strip() == str(example.parsed).strip()


@pytest.mark.parametrize("name", RUN)
def test_documents(name: str) -> None:
    """A reader who pastes the blocks one after the other sees what the page says."""
    parsers = [CodeBlockParser("python", _run), CodeBlockParser("text", _compare)]
    examples = list(Sybil(parsers=parsers).parse(ROOT / name).examples())
    assert examples
    with ThreadPoolExecutor(
        1
    ) as thread:  # asyncio.run, which pages show, forgets the loop of the thread it runs in
        for example in examples:
            thread.submit(example.evaluate).result()


def test_the_page_of_findings_is_made_of_the_catalogue() -> None:
    """``python docs/make_findings.py`` writes it anew."""
    made = runpy.run_path(str(ROOT / "docs" / "make_findings.py"))
    assert made["page"]() == (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
