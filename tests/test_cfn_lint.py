"""cfn-lint's rule E3512, an independent judge of key policies, beside our own errors."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from kmspolicy import Policy, Severity, check, errors

CORPUS = Path(os.environ.get("KMSPOLICY_CORPUS") or "no-corpus")
ROOT = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
    "Action": "kms:*",
    "Resource": "*",
}
Json = dict[str, Any]

# A hundred broken documents: each breakage in the last statement of each of five.
BASES: dict[str, Json] = {
    "user": {"Principal": {"AWS": "arn:aws:iam::111122223333:user/alice"}},
    "roles": {"Principal": {"AWS": ["arn:aws:iam::111122223333:role/A", "arn:aws:iam::111122223333:role/B"]}},
    "account": {"Principal": {"AWS": "444455556666"}, "Effect": "Deny"},
    "service": {
        "Principal": {"Service": "s3.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
    },
    "everyone": {"Principal": "*", "Condition": {"StringEquals": {"kms:CallerAccount": "111122223333"}}},
}
NOTHING: Any = object()
BREAKAGES: dict[str, Json] = {
    "no effect": {"Effect": NOTHING},
    "another effect": {"Effect": "allow"},
    "no principal": {"Principal": NOTHING},
    "principal is text": {"Principal": "alice"},
    "principal of another kind": {"Principal": {"Aws": "*"}},
    "principal is a number": {"Principal": {"AWS": 111122223333}},
    "principal is not an ARN": {"Principal": {"AWS": "alice"}},
    "short account id": {"Principal": {"AWS": "1111"}},
    "wildcard in an ARN": {"Principal": {"AWS": "arn:aws:iam::111122223333:role/*"}},
    "a group": {"Principal": {"AWS": "arn:aws:iam::111122223333:group/admins"}},
    "all services": {"Principal": {"Service": "*"}},
    "no action": {"Action": NOTHING},
    "action and not action": {"NotAction": "kms:Sign"},
    "principal and not principal": {"NotPrincipal": {"AWS": "444455556666"}},
    "action is a number": {"Action": 7},
    "no resource": {"Resource": NOTHING},
    "another resource": {"Resource": "arn:aws:s3:::bucket"},
    "unknown element": {"Foo": "bar"},
    "unknown operator": {"Condition": {"StringMatches": {"aws:username": "a"}}},
    "condition without operator": {"Condition": {"aws:username": "a"}},
}
BOTH, ONLY_WE, ONLY_CFN_LINT = "both", "only we", "only cfn-lint"
# Each breakage of which not both say that KMS refuses it, and why.
DISAGREEMENTS: dict[str, tuple[str, str]] = {
    "principal of another kind": (ONLY_WE, "it does not look at the kinds of principals"),
    "principal is a number": (ONLY_WE, "CloudFormation makes text of numbers, JSON does not"),
    "action is a number": (ONLY_WE, "CloudFormation makes text of numbers, JSON does not"),
    "another resource": (ONLY_WE, "it takes any ARN; KMS takes the key alone since August 2025"),
    "wildcard in an ARN": (ONLY_WE, "its pattern for ARNs takes anything behind role/"),
    "a group": (ONLY_WE, "its pattern takes groups, which the guide says are never principals"),
    "all services": (ONLY_WE, "it takes any text for a service"),
}


def broken() -> dict[str, Json]:
    """Return the broken documents by name."""
    documents: dict[str, Json] = {}
    for breakage, elements in BREAKAGES.items():
        for base, parts in BASES.items():
            statement = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"} | parts | elements
            kept = {name: value for name, value in statement.items() if value is not NOTHING}
            documents[f"{breakage}/{base}"] = {"Version": "2012-10-17", "Statement": [ROOT, kept]}
    return documents


def refused_by_us(document: Json) -> bool:
    """Return whether it is not a document, or has an error other than lockout, which cfn-lint does not look for."""
    try:
        policy = Policy.from_dict(document)
    except errors.PolicyDocumentError:
        return True
    findings = [finding for finding in check(policy) if finding.severity is Severity.ERROR]
    return any(not finding.code.startswith("LOCKOUT") for finding in findings)


def refused_by_cfn_lint(documents: dict[str, Json]) -> set[str]:
    """Return the names of the documents in which rule E3512 finds something, all in one template."""
    api: Any = pytest.importorskip("cfnlint.api")
    config: Any = pytest.importorskip("cfnlint.config")

    names = dict(enumerate(documents))
    resources = {
        f"Key{number}": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": documents[name]}}
        for number, name in names.items()
    }
    template = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
    matches: Any = api.lint(template, config=config.ManualArgs(regions=["us-east-1"]))
    return {names[int(match.path[1].removeprefix("Key"))] for match in matches if match.rule.id == "E3512"}


@pytest.mark.filterwarnings("ignore")  # cfn-lint's own
def test_broken_documents() -> None:
    """Of a hundred broken documents both refuse all, but for the kinds in the table."""
    documents = broken()
    assert len(documents) == 100
    theirs = refused_by_cfn_lint(documents)
    verdicts: defaultdict[str, set[str]] = defaultdict(set)
    for name, document in documents.items():
        ours = refused_by_us(document)
        verdict = (
            BOTH
            if ours and name in theirs
            else ONLY_WE
            if ours
            else ONLY_CFN_LINT
            if name in theirs
            else "none"
        )
        verdicts[name.partition("/")[0]].add(verdict)
    expected = {breakage: {DISAGREEMENTS.get(breakage, (BOTH, ""))[0]} for breakage in BREAKAGES}
    assert verdicts == expected


# Of the documents that AWS publishes, those of which only one says that KMS refuses them, and why.
DISAGREEMENTS_IN_CORPUS: dict[str, tuple[str, str]] = {
    "config-s3-kms-key-policy-2": (
        ONLY_WE,
        "it takes any Resource; KMS takes the key alone since August 2025",
    ),
    "new-terraform-acc-duplicate-sid-bool-true": (ONLY_CFN_LINT, "it demands unique Sids, KMS does not"),
}


@pytest.mark.skipif(
    not CORPUS.is_dir(),
    reason="needs published policies that are not ours to ship: KMSPOLICY_CORPUS names their folder",
)
@pytest.mark.filterwarnings("ignore")
def test_the_corpus() -> None:
    """On what AWS publishes, the two disagree where the table says so."""
    documents = {path.stem: json.loads(path.read_bytes()) for path in sorted(CORPUS.glob("*.json"))}
    theirs = refused_by_cfn_lint(documents)
    ours = {name for name, document in documents.items() if refused_by_us(document)}
    found = dict.fromkeys(ours - theirs, ONLY_WE) | dict.fromkeys(theirs - ours, ONLY_CFN_LINT)
    assert found == {name: verdict for name, (verdict, _) in DISAGREEMENTS_IN_CORPUS.items()}
