"""Put the findings in key policies into the report of another tool, which has its own JSON.

``python examples/report_findings.py FILE...`` prints one JSON document about files with policies: for each, what was found and where,
in the fields of the report. Without arguments it reports two policies of its own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypedDict

from kmspolicy import Policy, Principal, allow, check, errors, statements

if TYPE_CHECKING:
    from kmspolicy import Finding

LEVELS = {"error": 1, "security warning": 2, "warning": 3, "suggestion": 4}


class Issue(TypedDict):
    """An entry of the report, as another tool wants it."""

    rule: str
    level: int
    file: str
    line: int
    text: str
    link: str


def issue_of(finding: Finding, name: str, text: str) -> Issue:
    """Translate a finding; its fields have types, so that a misspelt one does not type-check."""
    fields, place = finding.to_dict(), finding.locate(text)
    return {
        "rule": f"kmspolicy/{fields['code']}",
        "level": LEVELS[fields["severity"]],
        "file": name,
        "line": 1 if place is None else place.line,
        "text": f"{fields['message']} {fields['hint']}",
        "link": fields["url"],
    }


def issues_of(path: Path) -> list[Issue]:
    """Return what is wrong with the policy in a file, or with the file."""
    text = path.read_text(encoding="utf-8")
    try:
        findings = check(Policy.from_json(text))
    except errors.PolicyDocumentError as error:
        return [
            {
                "rule": f"kmspolicy/{problem.code}",
                "level": 1,
                "file": path.name,
                "line": problem.line or 1,
                "text": problem.message,
                "link": "",
            }
            for problem in error.problems
        ]
    return [issue_of(finding, path.name, text) for finding in findings]


def report(paths: list[Path]) -> str:
    """Return the report of some files."""
    issues = [issue for path in paths for issue in issues_of(path)]
    return json.dumps({"tool": "kmspolicy", "issues": issues}, indent=2, ensure_ascii=False)


def demonstrate() -> int:
    """Report a policy with a misspelt action, and text that is not JSON."""
    root = statements.enable_iam_policies("111122223333")
    misspelt = allow("kms:Decrypt").to(Principal.role("111122223333", "App")).replace(action="kms:Decypt")
    with TemporaryDirectory() as folder:
        one, other = Path(folder, "orders.json"), Path(folder, "unfinished.json")
        one.write_text(Policy([root, misspelt]).to_json(indent=2), encoding="utf-8")
        other.write_text('{\n  "Statement": [,]\n}', encoding="utf-8")
        text = report([one, other])
    print(text)
    found = [(issue["rule"], issue["line"]) for issue in json.loads(text)["issues"]]
    good = found == [("kmspolicy/INVALID_ACTION", 18), ("kmspolicy/JSON_SYNTAX_ERROR", 2)]
    print("All as expected." if good else f"SOMETHING DIFFERED: {found}")
    return 0 if good else 1


def main(arguments: list[str]) -> int:
    """Report the files, or demonstrate it."""
    if not arguments:
        return demonstrate()
    print(report([Path(name) for name in arguments]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
