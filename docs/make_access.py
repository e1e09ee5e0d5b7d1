"""Draws the access table of the policy that the README begins with, for wide and for narrow screens. A test compares the pictures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from kmspolicy import Policy, access
from kmspolicy._render._access import tables_of
from kmspolicy._render._svg import as_svg

HERE: Final = Path(__file__).parent
PICTURES: Final = (HERE / "_static" / "access.svg", HERE / "_static" / "access-narrow.svg")
_TITLE: Final = "Who may do what with the key: the access table of the policy"


def policy_of_readme() -> Policy:
    """Run the first block of the README and return the policy that it makes."""
    text = (HERE.parent / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    namespace: dict[str, Any] = {}
    exec(block[1] if block else "", namespace)  # noqa: S102 - our own page
    policy: Policy = namespace["policy"]
    return policy


def pictures(policy: Policy) -> dict[Path, str]:
    """Draw the access table of a policy, with a column for each principal, and one principal below the other."""
    tables = tables_of(access(policy, account="111122223333"))
    return {path: as_svg(table, _TITLE) for path, table in zip(PICTURES, tables, strict=False)}


if __name__ == "__main__":
    for path, picture in pictures(policy_of_readme()).items():
        path.write_text(picture, encoding="utf-8")
