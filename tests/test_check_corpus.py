"""No false error on what AWS publishes, and security findings where they should be."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from check_support import ADMIN, codes
from kmspolicy import Finding, Policy, Severity, Statement, check
from kmspolicy._check._catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kmspolicy.types import FindingCode


CORPUS = Path(os.environ.get("KMSPOLICY_CORPUS") or "no-corpus")
PART = "shows only a part of a policy, the rest of which lets administrators in"
AWS_MANAGED = "is the policy of an AWS managed key, which its service puts"
PLACEHOLDER = "has placeholders for account ids"
AUGUST = "has another Resource than the key, which KMS refuses since August 2025"
NO_KEY_POLICY = "is a VPC endpoint or topic policy"
REFUSED = "is a policy that KMS refused in its test"
ERRORS_ACCOUNTED_FOR: dict[str, tuple[str, set[str]]] = {
    **dict.fromkeys(
        [
            "dynamodb-encryption-usagenotes-2",
            "iam-access-analyzer-policy-generation",
            "kms-dg-conditions-kms",
            "kms-dg-conditions-kms-2",
            "kms-dg-infrastructure-security",
            "kms-dg-key-policy-overview",
            "kms-dg-key-policy-services",
            "new-least-privilege-cloudtrail",
            "rds-user-sharesnapshot",
            "s3-grant-destinations-permissions-to-s3",
            "sns-sns-key-management",
            "sqs-sqs-key-management",
            "sqs-sqs-key-management-2",
            "ssm-cross-service-confused-deputy-prevention",
            "ssm-sysman-inventory-resource-data-sync",
        ],
        (PART, {"LOCKOUT_EVERYONE"}),
    ),
    **dict.fromkeys(
        [
            "dynamodb-encryption-usagenotes",
            "kms-dg-old-services-dynamodb",
            "kms-dg-old-services-wm",
            "kms-dg-services-wm",
        ],
        (AWS_MANAGED, {"LOCKOUT_EVERYONE"}),
    ),
    **dict.fromkeys(
        [
            "kms-dg-kms-vpc-endpoint",
            "kms-dg-kms-vpc-endpoint-2",
            "kms-dg-old-kms-vpc-endpoint-3",
            "kms-dg-old-kms-vpc-endpoint-4",
            "cloudtrail-cloudtrail-permissions-for-sns-notifications",
        ],
        (NO_KEY_POLICY, {"LOCKOUT_EVERYONE"}),
    ),
    **dict.fromkeys(
        [
            "cwlogs-encrypt-log-data-kms",
            "cwlogs-encrypt-log-data-kms-2",
            "cwlogs-encrypt-log-data-kms-3",
            "sagemaker-feature-store-security",
            "sagemaker-sms-create-sns-input-topic",
            "sample-nitro-enclaves-workshop",
        ],
        (PLACEHOLDER, {"INVALID_PRINCIPAL_FORMAT"}),
    ),
    **dict.fromkeys(
        ["sagemaker-model-registry-version", "sagemaker-sagemaker-roles"],
        (f"{PLACEHOLDER}, and {PART}", {"INVALID_PRINCIPAL_FORMAT", "LOCKOUT_EVERYONE"}),
    ),
    "cloudtrail-default-kms-key-policy": (
        f"{PLACEHOLDER}, and {AUGUST}",
        {"INVALID_PRINCIPAL_FORMAT", "LOCKOUT_EVERYONE", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"},
    ),
    "config-s3-kms-key-policy": (
        f"{PLACEHOLDER}, and {AUGUST}",
        {"INVALID_PRINCIPAL_FORMAT", "LOCKOUT_EVERYONE", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"},
    ),
    "config-s3-kms-key-policy-2": (AUGUST, {"LOCKOUT_EVERYONE", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"}),
    "new-terraform-acc-lockout-rejected": (REFUSED, {"LOCKOUT_EVERYONE"}),
}


def _errors(findings: Iterable[Finding]) -> set[str]:
    return {finding.code for finding in findings if finding.severity is Severity.ERROR}


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.json")), ids=lambda path: path.stem)
def test_no_false_error_in_the_corpus(path: Path) -> None:
    """A document that AWS publishes as a key policy has no error but for a reason."""
    found = _errors(check(Policy.from_json(path.read_bytes())))
    assert found == ERRORS_ACCOUNTED_FOR.get(path.stem, ("", set()))[1]


@pytest.mark.parametrize("path", sorted(CORPUS.glob("statements/*.json")), ids=lambda path: path.stem)
def test_no_false_error_in_the_corpus_of_statements(path: Path) -> None:
    """Nor has a statement, beside one that lets administrators in."""
    data = json.loads(path.read_bytes())
    if "Principal" not in data and "NotPrincipal" not in data:
        pytest.skip("is not a statement of a key policy: it has no principal")
    found = check(Policy([ADMIN, Statement.from_dict(data)]))
    assert _errors(found) == STATEMENT_ERRORS.get(path.stem, set()), [str(finding) for finding in found]


# How often the other findings about security are in what AWS publishes: a rule that changes has to be looked at there.
SECURITY_IN_THE_CORPUS: dict[str, list[str]] = {
    "CONDITION_MATCHES_ABSENT_KEY": [
        "recorded-custodian-test-cross-account-kms-condition-keys-2",
        "recorded-custodian-test-cross-account-kms-condition-keys-3",
    ],
    "DENY_SHUTS_OUT_SERVICES": [
        "kms-dg-kms-vpc-endpoint-2",
        "kms-dg-kms-vpc-endpoint-3",
        "kms-dg-old-kms-vpc-endpoint-2",
        "kms-dg-old-kms-vpc-endpoint-4",
        "kms-dg-old-kms-vpc-endpoint",
    ],
    "PUBLIC_ACCESS": [
        "recorded-custodian-test-cross-account-kms",
        "recorded-custodian-test-kms-remove-matched",
        "recorded-custodian-test-kms-remove-named-2",
        "recorded-custodian-test-kms-remove-named",
    ],
    "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL": [
        "cloudtrail-cloudtrail-permissions-for-sns-notifications",
        "cloudtrail-default-kms-key-policy",
        "cwlogs-encrypt-log-data-kms-2",
        "cwlogs-encrypt-log-data-kms-3",
        "cwlogs-encrypt-log-data-kms",
        "dynamodb-encryption-usagenotes",
        "kms-dg-old-services-dynamodb",
        "s3-grant-destinations-permissions-to-s3",
        "sns-sns-key-management",
        "sqs-sqs-key-management",
    ],
}


@pytest.mark.skipif(
    not CORPUS.is_dir(),
    reason="needs published policies that are not ours to ship: KMSPOLICY_CORPUS names their folder",
)
def test_security_findings_in_the_corpus() -> None:
    """Public access and services without a source are found where AWS's pages have them, and nowhere else."""
    found: dict[FindingCode, list[str]] = {}
    for path in sorted(CORPUS.glob("*.json")):
        for code in set(codes(Policy.from_json(path.read_bytes()))):
            if CATALOGUE[code].severity is Severity.SECURITY_WARNING or code == "DENY_SHUTS_OUT_SERVICES":
                found.setdefault(code, []).append(path.stem)
    assert found == SECURITY_IN_THE_CORPUS


# All but one have placeholders, misspelt account ids, or spaces where an ARN should be. The one is of an old revision of the
# KMS guide, from before KMS refused ForAllValues with an encryption context.
STATEMENT_ERRORS: dict[str, set[str]] = {
    **{
        name: {"INVALID_PRINCIPAL_FORMAT"}
        for name in (
            "cloudtrail-cloudtrail-copy-trail-to-lake-eds",
            "cloudtrail-create-kms-key-policy-for-cloudtrail-4",
            "cloudtrail-create-kms-key-policy-for-cloudtrail-9",
            "cloudwatch-cloudwatch-synthetics-artifact-encryption",
            "eventbridge-eb-pipes-error-troubleshooting",
            "guardduty-guardduty-upload-lists",
            "sagemaker-canvas-kms-2",
            "sagemaker-canvas-kms",
            "secretsmanager-auth-and-access-examples-cross",
        )
    },
    "kms-dg-old-policy-conditions-2": {"OVERLY_PERMISSIVE_CONDITION"},
}
