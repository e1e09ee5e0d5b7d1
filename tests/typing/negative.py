"""What type checkers must refuse; checked by ``nox -s typing``, never run.

Every line below is a mistake. A checker that lets one pass reports its comment as unused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kmspolicy import Condition, KeyPolicies, Policy, Principal, Retry, Statement

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


async def facade(policies: KeyPolicies, policy: Policy, s3: S3Client) -> None:
    """Wrong clients and wrong arguments."""
    KeyPolicies(object())  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    KeyPolicies(s3)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    KeyPolicies()  # type: ignore[call-arg]  # ty: ignore[missing-argument]
    await policies.put("key", {"Statement": []})  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.put("key", b"{}")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.put(1, policy)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.put("key", policy, True)  # type: ignore[call-arg]  # ty: ignore[too-many-positional-arguments]  # noqa: FBT003
    await policies.put("key", policy, bypass_lockout=True)  # type: ignore[call-arg]  # ty: ignore[unknown-argument]
    policies.puts("key", policy)  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]
    (await policies.put("key", policy)).attempts = 2  # type: ignore[misc]  # ty: ignore[invalid-assignment]
    Retry("3")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    Retry(first_dela=1.0)  # type: ignore[call-arg]  # ty: ignore[unknown-argument]


def documents(policy: Policy, statement: Statement) -> None:
    """Wrong elements, and values changed in place."""
    Statement("allow")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    Statement("Allow", actions="kms:*")  # type: ignore[call-arg]  # ty: ignore[unknown-argument]
    Statement("Allow", principal="*")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    Statement("Allow", condition={"Bool": {"aws:SecureTransport": True}})  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    Statement("Allow", action=1)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    Condition("Bool", "aws:SecureTransport")  # type: ignore[call-arg]  # ty: ignore[missing-argument]
    Condition("Bool", "aws:SecureTransport", None)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    Principal({"Aws": "*"})  # type: ignore[dict-item]  # ty: ignore[invalid-argument-type]
    Principal("arn:aws:iam::111122223333:root")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    Principal.everyone()["Aws"]  # type: ignore[index]  # ty: ignore[invalid-argument-type]
    Policy()  # type: ignore[call-arg]  # ty: ignore[missing-argument]
    Policy(["text"])  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]
    policy.id = "x"  # type: ignore[misc]  # ty: ignore[invalid-assignment]
    statement.sid = "x"  # type: ignore[misc]  # ty: ignore[invalid-assignment]
    statement.when("x")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    policy.with_statement(policy)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
