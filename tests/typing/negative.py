"""What type checkers must refuse; checked by ``nox -s typing``, never run.

Every line below is a mistake. A checker that lets one pass reports its comment as unused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kmspolicy import (
    Condition,
    Guard,
    KeyPolicies,
    Plan,
    Policy,
    Principal,
    Request,
    Retry,
    Severity,
    Statement,
    access,
    allow,
    check,
    conditions,
    decide,
    deny,
    diff,
    equivalent,
    explain,
    prove,
    statements,
)

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

    from kmspolicy import KeyPolicyClient
    from kmspolicy.types import FindingCode


async def facade(
    policies: KeyPolicies, policy: Policy, s3: S3Client, client: KeyPolicyClient, name: str
) -> None:
    """Wrong clients, wrong arguments, and codes that no finding has."""
    KeyPolicies(client, check=False)  # type: ignore[call-arg]  # ty: ignore[unknown-argument]
    KeyPolicies(client, guard=True)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    Guard(Severity.ERROR)  # type: ignore[call-arg]  # ty: ignore[too-many-positional-arguments]
    Guard(refuse="error")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    Guard(ignore=["PUBLIC_ACESS"])  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]
    Guard(ignore=("PUBLIC_ACCESS", "PUBLIC_ACESS"))  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    Guard(ignore="PUBLIC_ACCESS")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    Guard(ignore=[name])  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]
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


def builder(app: Principal, name: str) -> None:
    """Actions that do not exist or have no effect, permissions that are not statements."""
    allow("kms:Decypt")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    allow("kms:CreateKey")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    allow("kms:Foo*")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    allow(name)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    allow()  # type: ignore[call-arg]  # ty: ignore[missing-argument]
    allow(["kms:Decrypt"])  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    deny.all_except("kms:Decypt")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    Policy([allow("kms:Decrypt")])  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]
    allow("kms:Decrypt").when(conditions.via_service.equals("a"))  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]
    allow("kms:Decrypt").to()  # type: ignore[call-arg]  # ty: ignore[missing-argument]
    allow("kms:Decrypt").to("arn:aws:iam::111122223333:root")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    allow("kms:Decrypt").to_all_except(app)  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]
    allow.all_except("kms:Decrypt")  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]
    statements.console_policy("111122223333", kind="RSA")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]


def condition_keys() -> None:
    """Operators that a key does not have, qualifiers where there is one value, values of another type."""
    conditions.via_servce.equals("a")  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]
    conditions.via_service.arn_equals("arn:aws:s3:::b")  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]
    conditions.via_service.less_than("a")  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]
    conditions.via_service.is_true()  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]
    conditions.via_service.for_any_value.equals("a")  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]
    conditions.encryption_context("a").for_all_values  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]  # noqa: B018
    conditions.grant_operations.equals("Decrypt")  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]
    conditions.grant_operations.if_exists.equals("Decrypt")  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]
    conditions.grant_operations.variable()  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]
    conditions.secure_transport.equals("true")  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]
    conditions.source_ip.equals("192.0.2.1")  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]
    conditions.via_service.if_exists.exists()  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]
    conditions.via_service.equals()  # type: ignore[call-arg]  # ty: ignore[missing-argument]
    conditions.via_service.equals(["a", "b"])  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    conditions.rotation_period_in_days.equals("90")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    conditions.rotation_period_in_days.less_than(conditions.username.variable())  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    conditions.current_time.less_than("2026-01-01")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    conditions.current_time.less_than(1.0)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    conditions.source_ip.in_network(conditions.username.variable())  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    conditions.secure_transport.is_true("true")  # type: ignore[call-arg]  # ty: ignore[too-many-positional-arguments]
    conditions.recipient_attestation_pcr("1")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    conditions.resource_tag("team")  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]


def questions(policy: Policy) -> None:
    """Texts are not policies, statements no requests, and a decision is not asked for by its parts."""
    request = Request("111122223333", "kms:Decrypt")
    decide("{}", request)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    decide(policy, "kms:Decrypt")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    Request("111122223333")  # type: ignore[call-arg]  # ty: ignore[missing-argument]
    Request("111122223333", "kms:Decrypt", {"aws:a": None})  # type: ignore[dict-item]  # ty: ignore[invalid-argument-type]
    Request("111122223333", "kms:Decrypt", {"aws:a": {"b": "c"}})  # type: ignore[dict-item]  # ty: ignore[invalid-argument-type]
    decide(policy, request).outcome.allowed  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]  # noqa: B018
    access(policy)["*"]  # type: ignore[index]  # ty: ignore[invalid-argument-type]
    explain("{}")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    equivalent(policy)  # type: ignore[call-arg]  # ty: ignore[missing-argument]
    diff(policy, policy).added.append(policy.statements[0])  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]


def checking(policy: Policy) -> None:
    """Texts are not policies, callers are texts, and a severity is none of another kind."""
    check("{}")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    check(policy, "arn:aws:iam::111122223333:root")  # type: ignore[call-arg]  # ty: ignore[too-many-positional-arguments]
    check(policy, caller=111122223333)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    code: FindingCode = "PUBLIC_ACESS"  # type: ignore[assignment]  # ty: ignore[invalid-assignment]
    check(policy)[0].to_dict()["code"] = code + "s"  # type: ignore[typeddict-item]  # ty: ignore[invalid-assignment]
    check(policy)[0].severity > "warning"  # type: ignore[operator]  # ty: ignore[unsupported-operator]  # noqa: B015
    check(policy)[0].to_dict()["place"]  # type: ignore[typeddict-item]  # ty: ignore[invalid-typed-dict-key]
    check(policy)[0].severity.FATAL  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]  # noqa: B018


async def new_keys(policies: KeyPolicies, policy: Policy) -> None:
    """Types and usages that keys do not have, and tags as the API writes them."""
    await policies.create(policy, key_spec="RSA2048")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.create(policy, key_usage="SIGN")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.create(policy, origin="AWS_CLOUDHSM")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.create(policy, tags=[{"TagKey": "a", "TagValue": "b"}])  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.create("key", policy)  # type: ignore[call-arg, arg-type]  # ty: ignore[too-many-positional-arguments]
    (await policies.create(policy)).key_id = "k"  # type: ignore[misc]  # ty: ignore[invalid-assignment]


async def one_key_and_many(policies: KeyPolicies, policy: Policy) -> None:
    """A plan is applied and no policy is, functions return policies, and many keys come in pairs."""
    await policies.apply(policy)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.edit("key", lambda before: None)  # type: ignore[arg-type, return-value]  # ty: ignore[invalid-argument-type]
    await policies.put("key", policy, wait="1")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.add_principal("key", "arn:aws:iam::111122223333:root", sid="a")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.add_principal("key", Principal.everyone())  # type: ignore[call-arg]  # ty: ignore[missing-argument]
    await policies.remove_principal("key", "sign")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.put("key", policy, check=False)  # type: ignore[call-arg]  # ty: ignore[unknown-argument]
    policies.put_many(["key"])  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]
    policies.get_many([1])  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]
    policies.plan_many([("key", policy)], rate="15")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]


async def swapped(
    policies: KeyPolicies, policy: Policy, statement: Statement, plan: Plan, role: Principal
) -> None:
    """Arguments in the wrong order: what comes first is what the call is about."""
    await policies.put(policy, "key")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.ensure(policy, "key")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.plan(policy, "key")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.apply("key", plan)  # type: ignore[call-arg, arg-type]  # ty: ignore[invalid-argument-type, too-many-positional-arguments]
    await policies.edit(lambda given: given, "key")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.add_statement(statement, "key")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.remove_statement("key", statement)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.add_principal(role, "key", sid="Use")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    await policies.add_principal("key", "Use", role)  # type: ignore[call-arg, arg-type]  # ty: ignore[invalid-argument-type, missing-argument, too-many-positional-arguments]
    await policies.create("tenant 7", policy)  # type: ignore[call-arg, arg-type]  # ty: ignore[too-many-positional-arguments]
    policies.put_many([(policy, "key")])  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]


def swapped_in_questions(policy: Policy, request: Request, role: Principal) -> None:
    """A question is about a policy, which comes first."""
    decide(request, policy)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    Request("kms:Decrypt", role)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    prove.access_not_granted("kms:Decrypt", policy)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    prove.always_granted(policy, "kms:Decrypt", role)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
