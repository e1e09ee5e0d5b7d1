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
    text = json.dumps(entry.example, ensure_ascii=False)
    if len(text) > 1000:  # noqa: PLR2004 - an example of what is too long
        return ""
    statements = [statement for statement in entry.example["Statement"] if statement != ADMIN]
    shown = statements[-1] if statements else {k: v for k, v in entry.example.items() if k != "Statement"}
    given = "".join(
        f", with `{name}={value}`"
        for name, value in (("caller", entry.caller), ("account", entry.account))
        if value is not None
    )
    return f"Example{given}: `{json.dumps(shown, ensure_ascii=False)}`\n\n"


def page() -> str:
    """Write the page."""
    parts = [HEAD]
    for severity in Severity:
        parts.append(f"\n## {severity.value.capitalize()}\n")
        for code, entry in sorted(CATALOGUE.items()):
            if entry.severity is severity:
                parts.append(
                    f"\n### {code}\n\n{entry.meaning} {entry.hint}\n\n{_example(entry)}Evidence: <{entry.url}>\n"
                )
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
