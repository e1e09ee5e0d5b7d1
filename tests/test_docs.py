"""The documentation, run: each block of code, and what it prints, word for word."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from sybil import Example, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser

ROOT = Path(__file__).parent.parent
RUN = ["docs/decisions.md"]


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
    assert len(examples) > 1
    for example in examples:
        example.evaluate()
