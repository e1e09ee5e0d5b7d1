"""A tour in five steps: a lockout that is caught, who may do what, a plan with who gains, a proof with a witness, a template checked.

Nothing leaves this machine: the key is in memory.
"""

from __future__ import annotations

import asyncio
import sys

import rich

from kmspolicy import (
    Holds,
    KeyPolicies,
    Policy,
    Principal,
    Request,
    access,
    allow,
    check,
    conditions,
    decide,
    errors,
    prove,
    statements,
)
from kmspolicy.sources import read_cloudformation
from kmspolicy.testing import FakeKMS

ACCOUNT, OTHER = "111122223333", "444455556666"
APP = Principal.role(ACCOUNT, "App")
TEMPLATE = """\
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
Resources:
  OrdersKey:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: 2012-10-17
        Statement:
          - {Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: kms:*, Resource: '*'}
          - Effect: Allow
            Principal: !If [IsDev, '*', {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:role/App'}]
            Action: kms:Decrypt
            Resource: '*'
"""


def step(number: int, title: str) -> None:
    """Print the heading of a step."""
    rich.print(f"\n[bold]{number}. {title}[/bold]")


async def tour() -> list[str]:
    """Take the five steps; return what was seen, a line for each."""
    client = FakeKMS()
    key_id = client.add_key(Policy([statements.enable_iam_policies(ACCOUNT)]))
    policies = KeyPolicies(client, account=ACCOUNT)
    seen: list[str] = []

    step(1, "A policy that would lock everybody out is not sent")
    try:
        await policies.put(key_id, Policy([allow("kms:Decrypt").to(APP)]))
    except errors.PolicyCheckError as error:
        rich.print(error.findings[0])
        seen.append(f"not sent: {error.findings[0].code}")

    step(2, "Who may do what")
    through_s3 = conditions.via_service.equals("s3.us-east-1.amazonaws.com")
    policy = Policy(
        [
            statements.enable_iam_policies(ACCOUNT),
            allow("kms:Decrypt", "kms:GenerateDataKey*").to(APP).when(through_s3).named("App through S3"),
        ]
    )
    rich.print(access(policy, account=ACCOUNT))
    contexts: dict[str, dict[str, str]] = {
        "through S3": {"kms:ViaService": "s3.us-east-1.amazonaws.com"},
        "otherwise": {},
    }
    for where, context in contexts.items():
        decision = decide(policy, Request(APP, "kms:Decrypt", context, account=ACCOUNT))
        seen.append(f"App decrypts {where}: {decision.outcome.value}")

    step(3, "What a change would change, and who gains")
    await policies.put(key_id, policy)
    plan = await policies.plan(key_id, policy.with_statement(statements.use_by_account(OTHER)))
    rich.print(plan)
    seen.append(f"gains: {'; '.join(map(str, plan.gained))}")

    step(4, "A claim about all requests, and one that speaks against it")
    public = policy.with_statement(allow("kms:Decrypt").to(Principal.everyone()))
    for each in (policy, public):
        verdict = prove.no_public_access(each, account=ACCOUNT)
        rich.print(verdict)
        seen.append("nobody unknown gets in" if isinstance(verdict, Holds) else f"not so: {verdict.witness}")

    step(5, "A template, before it has its values")
    (source,) = read_cloudformation(TEMPLATE, file="keys.yaml")
    assert source.policy is not None  # noqa: S101 - the template has one
    for finding in check(source.policy):
        rich.print(finding)
        seen.append(
            f"keys.yaml:{finding.place and finding.place.line}: {finding.code}, on {' '.join(finding.depends_on)}"
        )
    return seen


def main() -> int:
    """Take the tour, and sum up."""
    seen = asyncio.run(tour())
    rich.print("\n[bold]Seen[/bold]")
    for line in seen:
        print(f"  {line}")
    good = len(seen) == 7  # noqa: PLR2004 - two in each of the steps 2 and 4
    print("All as expected." if good else "SOMETHING DIFFERED.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
