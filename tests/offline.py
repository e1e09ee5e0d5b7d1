"""Use all that needs no network; ``test_package.py`` runs this in an interpreter that has none."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from importlib import import_module
from pkgutil import walk_packages

import kmspolicy
from kmspolicy import (
    Plan,
    Policy,
    Principal,
    PutResult,
    Request,
    Retry,
    access,
    allow,
    canonical,
    check,
    compare,
    conditions,
    decide,
    deny,
    diff,
    equivalent,
    explain,
    external_access,
    matching,
    statements,
)

NEED_A_NETWORK = ("kmspolicy._cli", "kmspolicy._client", "kmspolicy.testing")


def answers() -> dict[str, object]:
    """Return what each public function gives, and each value of a plan."""
    role = Principal.role("111122223333", "App")
    permission = allow("kms:Decrypt", matching("kms:Generate*"))
    use = (
        permission.to(role)
        .when(conditions.source_ip.in_network("203.0.113.0/24"))
        .when(conditions.current_time.less_than(datetime(2030, 1, 1, tzinfo=UTC)))
    )
    old = Policy([statements.enable_iam_policies("111122223333"), use])
    new = Policy.from_json(old.to_json(indent=2)).with_statement(deny("kms:ScheduleKeyDeletion").to(role))
    decision = decide(new, Request(role, "kms:Decrypt", {"aws:SourceIp": "203.0.113.5"}))
    difference, findings = diff(old, new), check(new, caller=role)
    return {
        "access": access(new),
        "allow": permission,
        "canonical": canonical(new),
        "check": findings,
        "compare": compare(old, new),
        "external_access": str(external_access(new, account="111122223333")),
        "decide": decision,
        "diff": difference,
        "equivalent": equivalent(old, new),
        "explain": explain(decision),
        "matching": matching("kms:*"),
        "Plan": Plan("a-key", old.to_json(), new.to_json(), caller=role),
        "PutResult": PutResult("a-key", None, 1),
        "Retry": list(Retry().delays()),
    }


def unavailable() -> list[str]:
    """Return the public names that cannot be loaded, after every module that should work was."""
    for module in walk_packages(kmspolicy.__path__, "kmspolicy."):
        if not module.name.startswith(NEED_A_NETWORK):
            import_module(module.name)
    missing: list[str] = []
    for name in kmspolicy.__all__:
        try:
            getattr(kmspolicy, name)
        except ImportError:
            missing.append(name)
    return missing


def main() -> None:
    """Print, as JSON, which public functions were used and their answers shown, and which public names cannot be had."""
    used = answers()
    for answer in used.values():
        str(answer)
        getattr(answer, "_repr_html_", str)()
    json.dump({"used": sorted(used), "unavailable": unavailable()}, sys.stdout)
