"""Writes ``reference/statements.md`` from the docstrings of the ready-made statements; a test compares the two."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Final

from kmspolicy import statements

PAGE: Final = Path(__file__).parent / "reference" / "statements.md"
HEAD: Final = """# kmspolicy.statements

The statements and policies that AWS documents, as functions. `python docs/make_statements.py` writes this table from their docstrings.

| function | |
| --- | --- |
"""
REFERENCE: Final = """
```{eval-rst}
.. automodule:: kmspolicy.statements
   :members:
```
"""


def page() -> str:
    """Write the page."""
    rows: list[str] = []
    for name in statements.__all__:
        function = getattr(statements, name)
        if inspect.isfunction(function):
            sentence = (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")
            rows.append(f"| `{name}` | {sentence.replace('``', '`')} |\n")
    return f"{HEAD}{''.join(rows)}{REFERENCE}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
