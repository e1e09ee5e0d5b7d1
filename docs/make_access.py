"""Draws ``_static/access.svg``: the access table of the policy that the README begins with. A test compares the two."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from kmspolicy import Policy, access
from kmspolicy._render._access import svg_of

HERE: Final = Path(__file__).parent
PICTURE: Final = HERE / "_static" / "access.svg"
_TITLE: Final = "Who may do what with the key: the access table of the policy"


def policy_of_readme() -> Policy:
    """Run the first block of the README and return the policy that it makes."""
    text = (HERE.parent / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    namespace: dict[str, Any] = {}
    exec(block[1] if block else "", namespace)  # noqa: S102 - our own page
    policy: Policy = namespace["policy"]
    return policy


def svg(policy: Policy) -> str:
    """Draw the access table of a policy."""
    return svg_of(access(policy, account="111122223333"), _TITLE)


if __name__ == "__main__":
    PICTURE.write_text(svg(policy_of_readme()), encoding="utf-8")
