"""Findings as SARIF 2.1.0, for services that show results of analyses.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from kmspolicy import Severity
from kmspolicy._check._catalogue import CATALOGUE
from kmspolicy._check._finding import page_of
from kmspolicy._cli._places import path_shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kmspolicy._check._finding import FindingCode
    from kmspolicy._cli._judge import Judged
    from kmspolicy._cli._run import Run
    from kmspolicy._text import Place
    from kmspolicy.errors import SourceError

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {
    Severity.ERROR: "error",
    Severity.SECURITY_WARNING: "error",
    Severity.WARNING: "warning",
    Severity.SUGGESTION: "note",
}
_HOW_SEVERE: Final = {
    Severity.ERROR: "8.0",
    Severity.SECURITY_WARNING: "7.0",
    Severity.WARNING: "4.0",
    Severity.SUGGESTION: "1.0",
}
"""What GitHub sorts by: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning"""


def sarif_of(run: Run) -> str:
    """Return all findings, those that do not count with their reasons, and what could not be read."""
    codes: list[FindingCode] = sorted({one.finding.code for one in run.judged}, key=str)
    driver = {
        "name": "kmspolicy",
        "version": version("kmspolicy"),
        "informationUri": "https://github.com/kmspolicy/kmspolicy",
        "rules": [*map(_rule, codes)],
    }
    invocation = {
        "executionSuccessful": not run.errors,
        "toolExecutionNotifications": [*map(_notification, run.errors)],
    }
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"SRCROOT": {"uri": Path.cwd().as_uri() + "/"}},
                "invocations": [invocation],
                "results": [_result(one, codes) for one in run.judged],
            }
        ],
    }
    return json.dumps(log, indent=2)


def _rule(code: FindingCode) -> dict[str, Any]:
    entry = CATALOGUE[code]
    return {
        "id": code,
        "shortDescription": {"text": entry.meaning},
        "fullDescription": {"text": entry.meaning},
        "help": {"text": f"{entry.hint}\n{entry.url}", "markdown": f"{entry.hint} <{entry.url}>"},
        "helpUri": page_of(code),
        "defaultConfiguration": {"level": _LEVELS[entry.severity]},
        "properties": {"tags": ["security"], "security-severity": _HOW_SEVERE[entry.severity]},
    }


def _result(judged: Judged, codes: list[FindingCode]) -> dict[str, Any]:
    finding = judged.finding
    suppressed = judged.suppressed
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message} {finding.hint}"},
        "locations": [
            _location(judged.source.file, judged.place)
            | {"logicalLocations": [{"name": judged.source.name, "kind": "resource"}]}
        ],
        "partialFingerprints": {"kmspolicy/v2": judged.fingerprint},
    }
    if suppressed is not None:
        result["suppressions"] = [{"kind": "external", "justification": suppressed}]
    return result


def _notification(error: SourceError) -> dict[str, Any]:
    place = None if error.line is None or error.column is None else (error.line, error.column)
    return {
        "level": "error",
        "message": {"text": error.message},
        "locations": [_location(error.file, place)],
    }


def _location(file: str | None, place: Place | Iterable[int] | None) -> dict[str, Any]:
    """Return a place in a file; one that is below the current folder is named from there.

    GitHub refuses a location without a line: a file without places has what is found in its first.
    """
    shown = path_shown(file)
    if Path(shown).is_absolute() or shown.startswith("../"):
        artifact = {"uri": Path(shown).resolve().as_uri()}
    else:
        artifact = {"uri": quote(os.fsencode(shown)), "uriBaseId": "SRCROOT"}
    line, column = place or (1, 1)
    region = {"startLine": line, "startColumn": column}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}
