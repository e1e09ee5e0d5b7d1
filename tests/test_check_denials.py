"""What a Deny shuts out that its author may not have thought of."""

from __future__ import annotations

from typing import Any

import pytest

from check_support import ALICE, ROOT, about, one
from kmspolicy import Condition, Principal, Statement, conditions


@pytest.mark.parametrize(
    ("condition", "action", "found"),
    [
        pytest.param(
            conditions.principal_org_id.not_equals("o-a1b2c3d4e5"),
            "kms:*",
            True,
            id="not of the organisation",
        ),
        pytest.param(
            conditions.source_ip.not_in_network("192.0.2.0/24"), "kms:Decrypt", True, id="not in the network"
        ),
        pytest.param(
            conditions.principal_org_id.not_equals("o-a1b2c3d4e5"),
            "kms:ScheduleKeyDeletion",
            False,
            id="not of the organisation, an action of no service",
        ),
        pytest.param(
            conditions.principal_org_id.equals("o-a1b2c3d4e5"), "kms:*", False, id="of the organisation"
        ),
        pytest.param(
            conditions.principal_org_id.not_equals("o-a1b2c3d4e5")
            & conditions.principal_is_aws_service.is_false(),
            "kms:*",
            False,
            id="not of the organisation, no service",
        ),
        pytest.param(
            conditions.principal_org_id.not_equals("o-a1b2c3d4e5") & conditions.principal_org_id.exists(),
            "kms:*",
            False,
            id="not of the organisation, but of one",
        ),
        pytest.param(
            conditions.via_service.not_equals("s3.us-east-1.amazonaws.com"),
            "kms:*",
            False,
            id="not through a service",
        ),
    ],
)
def test_denials_that_shut_out_services(condition: Condition, action: str, found: bool) -> None:
    """A negated condition on what requests of services do not have is met by them."""
    statement = Statement(
        "Deny", principal=Principal.everyone(), action=action, resource="*", condition=condition
    )
    assert ("DENY_SHUTS_OUT_SERVICES" in one(statement)) is found


@pytest.mark.parametrize(
    ("elements", "found"),
    [
        pytest.param({"NotPrincipal": {"AWS": [ROOT, ALICE]}}, True, id="all but the account and a user"),
        pytest.param(
            {"NotPrincipal": {"AWS": ROOT, "Service": "s3.amazonaws.com"}},
            False,
            id="all but the account and a service",
        ),
        pytest.param(
            {"NotPrincipal": {"AWS": ROOT}, "Action": "kms:ScheduleKeyDeletion"},
            False,
            id="all but the account, an action of no service",
        ),
        pytest.param({"NotPrincipal": {"AWS": "*"}}, False, id="all but everyone"),
        pytest.param(
            {"NotPrincipal": {"AWS": ROOT}, "Condition": {"Bool": {"aws:ViaAWSService": "false"}}},
            False,
            id="all but the account, not through a service",
        ),
        pytest.param({"Principal": "*"}, False, id="everyone"),  # shuts out everyone, as it says
    ],
)
def test_denials_for_all_but_some(elements: dict[str, Any], found: bool) -> None:
    """AWS services are among everyone else."""
    statement = Statement.from_dict({"Effect": "Deny", "Action": "kms:*", "Resource": "*"} | elements)
    assert ("DENY_SHUTS_OUT_SERVICES" in one(statement)) is found


NOT_OF_SERVICES = [
    "kms:CallerAccount",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:userid",
    "aws:username",
]


@pytest.mark.parametrize("spared", ["aws:PrincipalIsAWSService", "aws:ViaAWSService", None])
@pytest.mark.parametrize(
    "key", [*NOT_OF_SERVICES, "aws:PrincipalOrgPaths", "aws:SourceIp", "aws:VpcSourceIp"]
)
def test_what_requests_of_services_do_not_have(key: str, spared: str | None) -> None:
    """A Deny by its absence is for services, unless another condition spares them."""
    condition = (
        Condition("ForAllValues:StringNotEquals", key, "o-a1b2c3d4e5/r-ab12/")
        if key.endswith("Paths")
        else Condition("NotIpAddress" if key.endswith("Ip") else "StringNotEquals", key, "192.0.2.0/24")
    )
    condition = condition if spared is None else condition & Condition("Bool", spared, "false")
    assert (
        "DENY_SHUTS_OUT_SERVICES" in one(about(Effect="Deny", Principal="*", Condition=condition.to_dict()))
    ) is (spared is None)
