"""Writes ``reference/findings.md`` from the catalogue; a test compares the two."""

from __future__ import annotations

import json
from pathlib import Path

from kmspolicy import Severity
from kmspolicy._check._catalogue import ADMIN, CATALOGUE, Entry

PAGE = Path(__file__).parent / "reference" / "findings.md"
HEAD = """# Findings

What `check` can say about a policy, by severity. Codes are those of IAM Access Analyzer where it has one. An error is
certain: KMS refuses the policy, and `put` does not send it. Made from the catalogue by `python docs/make_findings.py`.
"""


def _example(entry: Entry) -> str:
    if len(json.dumps(entry.example)) > 1000:  # noqa: PLR2004 - of what is too long
        return "An example would fill several screens.\n\n"
    statements = [statement for statement in entry.example["Statement"] if statement != ADMIN]
    shown = statements[-1] if statements else entry.example
    given = "".join(
        f", with `{name}={value}`"
        for name, value in (("caller", entry.caller), ("account", entry.account))
        if value is not None
    )
    text = json.dumps(shown, ensure_ascii=False, indent=2)
    return f"Example{given}:\n\n```{{code-block}} json\n{text}\n```\n\n"


def page() -> str:
    """Write the page."""
    parts = [HEAD]
    for severity in Severity:
        parts.append(f"\n## {severity.value.capitalize()}\n")
        for code, entry in sorted(CATALOGUE.items()):
            if entry.severity is severity:
                doubt = f"As a warning, where it is not certain: {entry.doubt}\n\n" if entry.doubt else ""
                words = f"{entry.meaning} {entry.hint}\n\n{doubt}{_example(entry)}"
                parts.append(f"\n### {code}\n\n{words}Evidence: <{entry.url}>\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
