"""Writes ``reference/findings.md`` from the catalogue; a test compares the two."""

from __future__ import annotations

import json
from pathlib import Path

from kmspolicy import Severity
from kmspolicy._check._catalogue import ADMIN, CATALOGUE, Entry

PAGE = Path(__file__).parent / "reference" / "findings.md"
HEAD = """# Findings

What `check` can say about a policy, by severity. Codes are those of IAM Access Analyzer where it has one. An error is
certain: KMS refuses the policy, and `put` does not send it. `kmspolicy explain CODE` shows the same in a terminal.
`python docs/make_findings.py` writes this page.
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


MEANS = {
    Severity.ERROR: "KMS refuses the policy",
    Severity.SECURITY_WARNING: "more access than was probably meant",
    Severity.WARNING: "KMS may refuse it, or a part of it does nothing",
    Severity.SUGGESTION: "it could be written better",
}


def _summary(severity: Severity) -> str:
    """Return a table of the findings of a severity, each with a link to its section."""
    rows = [
        f"| [`{code}`](#{code.lower()}) | {entry.meaning.replace('|', chr(92) + '|')} |\n"
        for code, entry in sorted(CATALOGUE.items())
        if entry.severity is severity
    ]
    return f"\n| {severity.value} | {MEANS[severity]} |\n| --- | --- |\n{''.join(rows)}"


def page() -> str:
    """Write the page."""
    parts = [HEAD, *map(_summary, Severity)]
    for severity in Severity:
        parts.append(f"\n## {severity.value.capitalize()}\n")
        for code, entry in sorted(CATALOGUE.items()):
            if entry.severity is severity:
                doubt = f"Less severe, where it is not certain: {entry.doubt}\n\n" if entry.doubt else ""
                words = f"{entry.meaning} {entry.hint}\n\n{doubt}{_example(entry)}"
                parts.append(f"\n### {code}\n\n{words}Evidence: <{entry.url}>\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
