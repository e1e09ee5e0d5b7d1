"""What type checkers must understand; checked by ``nox -s typing``, never run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, assert_type

from aiobotocore.session import get_session

import kmspolicy
from kmspolicy import (
    Access,
    AccessChange,
    AccessTable,
    Action,
    ActionPattern,
    Cell,
    Comparison,
    Condition,
    CreateResult,
    Decision,
    Diff,
    Fails,
    Finding,
    Guard,
    Holds,
    KeyPolicies,
    KeyResult,
    Many,
    Outcome,
    PartialPolicy,
    Permission,
    Plan,
    Policy,
    Principal,
    PutResult,
    Relation,
    Request,
    Retry,
    Severity,
    Statement,
    Unknown,
    Verdict,
    Witness,
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
    errors,
    explain,
    matching,
    prove,
    statements,
    translate_errors,
    types,
)
from kmspolicy.testing import FakeKMS, VirtualClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from types_aiobotocore_kms import KMSClient


async def the_client_that_create_client_returns(key_id: str, policy: Policy) -> None:
    """With ``types-aiobotocore[kms]``, the session knows the client's type."""
    # The stubs of other services are not installed, so that pyright does not know their overloads.
    async with get_session().create_client("kms") as client:  # pyright: ignore[reportUnknownMemberType]
        assert_type(await KeyPolicies(client).put(key_id, policy), PutResult)


async def a_client_annotated_by_its_stubs(client: KMSClient, key_id: str) -> None:
    """The class of ``types-aiobotocore[kms]`` fits the protocol."""
    policies = KeyPolicies(client, retry=Retry(3, deadline=None))
    assert_type(await policies.put(key_id, "{}", bypass_policy_lockout_safety_check=True), PutResult)
    assert_type(await KeyPolicies(client, retry=None).put(key_id, "{}"), PutResult)


async def a_client_annotated_by_our_protocol(client: kmspolicy.KeyPolicyClient, key_id: str) -> None:
    """Without stubs, the protocol says what a client is."""
    assert_type(await KeyPolicies(client).put(key_id, "{}"), PutResult)


class Fake:
    """A client of an application's tests."""

    async def put_key_policy(self, **parameters: Any) -> dict[str, Any]:
        """Answer as KMS does."""
        return parameters

    get_key_policy = list_key_policies = put_key_policy


async def a_fake_client() -> None:
    """A fake fits as well."""
    await KeyPolicies(Fake()).put("key", "{}")


async def one_key(policies: KeyPolicies, key_id: str, policy: Policy) -> None:
    """What is read, planned and changed has a type; where there may be nothing to do, the result may be None."""
    assert_type(await policies.get(key_id), Policy)
    assert_type(await policies.get_text(key_id), str)
    assert_type(await policies.names(key_id), tuple[str, ...])
    plan = await policies.plan(key_id, policy)
    assert_type(plan, Plan)
    assert_type(plan.diff, Diff)
    assert_type(plan.findings, tuple[Finding, ...])
    assert_type(plan.comparison, Comparison)
    assert_type(plan.gained[0].witness, Witness)
    assert_type(Guard(no_new_access=True, at_most=policy).verdicts(plan), tuple[Verdict, ...])
    assert_type(await policies.apply(plan, wait=60), PutResult)
    assert_type(await policies.ensure(key_id, "{}"), PutResult)
    assert_type(await policies.edit(key_id, lambda before: before.without_statement("a")), PutResult)
    assert_type(await policies.add_statement(key_id, policy.statements[0]), PutResult)
    assert_type(await policies.add_principal(key_id, Principal.everyone(), sid="a", wait=60), PutResult)
    assert_type(await policies.remove_principal(key_id, Principal.everyone()), PutResult)
    assert_type(await policies.put(key_id, policy, wait=1.5), PutResult)
    assert_type(KeyPolicies(FakeKMS(), retry=Retry(propagation=60.0)), KeyPolicies)


async def new_keys(client: KMSClient, policy: Policy, spec: types.KeySpec) -> None:
    """A key is created by the client of the stubs; what is wanted of it has types."""
    created = await KeyPolicies(client).create(
        policy, key_spec=spec, key_usage="SIGN_VERIFY", tags={"a": "b"}
    )
    assert_type(created, CreateResult)
    assert_type((created.key_id, created.arn), tuple[str, str])
    assert_type(created.created, datetime | None)
    assert_type(created.findings, tuple[Finding, ...])
    assert_type(created.to_dict(), types.CreateResultDict)


async def many_keys(policies: KeyPolicies, by_key: dict[str, Policy], key_ids: list[str]) -> None:
    """Items come from iterables of either kind, of policies or texts; results have the type of what was done."""

    async def later() -> AsyncIterator[tuple[str, Policy]]:
        for item in by_key.items():
            yield item

    def tell(done: int, result: KeyResult[PutResult]) -> None:
        assert_type((done, result.value), tuple[int, PutResult | None])

    assert_type(policies.put_many(by_key.items(), progress=tell), Many[PutResult])
    assert_type(policies.put_many([("key", "{}")], rate=None), Many[PutResult])
    assert_type(policies.put_many((key, "{}") for key in key_ids), Many[PutResult])
    async with policies.put_many(later(), concurrency=4) as results:
        async for result in results:
            assert_type(result, KeyResult[PutResult])
            assert_type(result.value, PutResult | None)
            assert_type(result.error, Exception | None)
            assert_type(result.unwrap(), PutResult)
    plans = [one.unwrap() async for one in policies.plan_many(by_key.items())]
    assert_type(plans, list[Plan])
    assert_type(policies.apply_many(plans), Many[PutResult])
    assert_type(policies.ensure_many(later(), rate=None), Many[PutResult])
    assert_type([one.unwrap() async for one in policies.get_many(key_ids)], list[Policy])


def documents(text: str) -> None:
    """Attributes have the types of the elements as written; plurals are tuples."""
    policy = Policy.from_json(text)
    assert_type(policy, Policy)
    assert_type(policy.id, str | None)
    assert_type(policy.statement, Statement | tuple[Statement, ...])
    assert_type(policy.to_json(indent=2), str)
    assert_type(policy.with_statement(policy.statements[0]).without_statement("sid"), Policy)
    for statement in policy.statements:
        assert_type(statement, Statement)
        assert_type(statement.effect, Literal["Allow", "Deny"])
        assert_type(statement.action, str | tuple[str, ...] | None)
        assert_type(statement.actions, tuple[str, ...])
        assert_type(statement.principal, Principal | None)
        for kind, name in statement.principal or ():
            assert_type(kind, Literal["AWS", "Service", "Federated", "CanonicalUser"])
            assert_type(name, str)
        for operator, key, values in statement.condition or ():
            assert_type(operator, str)
            assert_type(key, str)
            assert_type(values, tuple[str | bool | int | float, ...])
        assert_type(statement.when(Condition("Bool", "aws:SecureTransport", True)).named("x"), Statement)  # noqa: FBT003


def constructors() -> None:
    """Names and pass values one by one or as lists and tuples."""
    app = Principal.role("111122223333", "App") | Principal.service("logs.us-east-1.amazonaws.com")
    assert_type(app["AWS"], tuple[str, ...])
    statement = Statement(
        "Allow",
        principal=app,
        action=["kms:Encrypt", "kms:Decrypt"],
        resource="*",
        condition=Condition("NumericLessThan", "kms:RotationPeriodInDays", 365)
        & Condition("StringEquals", "kms:ViaService", ("a", "b")),
    )
    Policy([statement], id="x")
    Policy((statement,), version=None)
    Policy(statement)
    Policy(statement for _ in range(3))
    Principal({"AWS": ["a", "b"], "Service": "c"})
    Principal("*")


def builder(number: int, now: datetime) -> None:
    """A permission becomes a statement by its principal; a key gives conditions by its operators."""
    app = Principal.role("111122223333", "App")
    assert_type(allow("kms:Decrypt", "kms:GenerateDataKey*"), Permission)
    assert_type(allow(matching("kms:*Mac")).to(app), Statement)
    assert_type(
        allow("kms:Decrypt")
        .to(app, app)
        .when(conditions.via_service.equals("s3.us-east-1.amazonaws.com"))
        .named("x"),
        Statement,
    )
    assert_type(deny.all_except("kms:Decrypt").to_all_except(app), Statement)
    Policy([allow("kms:Decrypt").to(app), statements.enable_iam_policies("111122223333")])
    assert_type(conditions.user_agent.equals("a", "b"), Condition)
    assert_type(conditions.encryption_context("a").if_exists.arn_like("arn:aws:s3:::b"), Condition)
    assert_type(conditions.grant_operations.for_all_values.if_exists.equals("Decrypt"), Condition)
    assert_type(conditions.rotation_period_in_days.less_than(number), Condition)
    assert_type(conditions.valid_to.less_than(now), Condition)
    assert_type(conditions.valid_to.less_than(1.5), Condition)
    assert_type(
        conditions.secure_transport.is_true() & conditions.source_ip.in_network("192.0.2.0/24"), Condition
    )
    assert_type("home/" + conditions.username.variable(), conditions.Variable)
    conditions.encryption_context("user").equals(conditions.username.variable(default="nobody"))
    assert_type(statements.console_policy("111122223333", users=[app], kind="hmac"), Policy)
    action: Action = "kms:Decrypt"
    pattern: ActionPattern = "kms:*"
    allow(action, pattern)


def questions(policy: Policy, other: Policy) -> None:
    """Decisions, tables and differences are values with typed parts."""
    app = Principal.role("111122223333", "App")
    decision = decide(policy, Request(app, "kms:Decrypt", {"kms:ViaService": ["s3.us-east-1.amazonaws.com"]}))
    assert_type(decision, Decision)
    assert_type(decision.outcome, Outcome)
    assert_type(decision.statements, tuple[Statement, ...])
    assert_type(decision.mismatches, tuple[types.Mismatch, ...])
    assert_type(decision.mismatches[0].path, str)
    assert_type(decision.mismatches[0].steps, tuple[str | int, ...])
    assert_type(decision.iam_must_allow, bool | None)
    Request(
        "111122223333", "kms:Decrypt", {"aws:CurrentTime": datetime.now(UTC), "aws:a": True, "aws:b": 1.5}
    )
    Request("s3.amazonaws.com", "kms:Decrypt", account=None)
    app = Principal.role("111122223333", "App")
    table = access(policy, also=[app, "logs.us-east-1.amazonaws.com"])
    assert_type(table[app, "kms:Decrypt"], Cell)
    assert_type(table[app, "kms:Decrypt"].access, Access)
    assert_type(diff(policy, other).gained, tuple[AccessChange, ...])
    assert_type(check(policy, caller=app), types.Findings)
    assert_type(conditions.principal_arn.arn_not_equals(app), Condition)
    assert_type(policy.statements[0].replace(principal=app, sid=None), Statement)
    assert_type(policy.replace(statement=policy.statements, id="x"), Policy)
    assert_type(app.rename(app, "111122223333"), Principal)
    assert_type(table, AccessTable)
    assert_type(table["*", "kms:Decrypt"].allowed, tuple[Condition, ...])
    assert_type(explain(decision), str)
    assert_type(explain(policy.statements[0]), str)
    assert_type(explain(policy), str)
    assert_type(explain(PartialPolicy.from_json("{}")), str)
    assert_type(equivalent(policy, other, partition="aws-cn"), bool)
    assert_type(canonical(policy), Policy)
    comparison = compare(policy, other, account="111122223333")
    assert_type(comparison, Comparison)
    assert_type(comparison.relation, Relation)
    assert_type(comparison.gained, Witness | None)
    assert_type(explain(comparison), str)
    verdict = prove.grants_at_most(policy, other)
    if isinstance(verdict, Fails):
        assert_type(verdict.witness.request, Request)
    elif isinstance(verdict, Unknown):
        assert_type(verdict.reason, str)
    else:
        assert_type(verdict, Holds)
        assert_type(verdict.require(), Holds)
    difference = diff(policy, other)
    assert_type(difference, Diff)
    assert_type(difference.added, tuple[Statement, ...])
    assert_type(difference.changed, tuple[types.Pair, ...])
    assert_type(difference.changed[0].changes[0].removed, tuple[str, ...])
    assert_type(difference.gained[0].actions, tuple[str, ...])


def answers_as_json(policy: Policy, other: Policy, request: Request) -> None:
    """Programs read the fields of each dict, down to the last one."""
    decision = decide(policy, request).to_dict()
    assert_type(decision, types.DecisionDict)
    assert_type(decision["outcome"], str)
    assert_type(decision["mismatches"][0]["operator"], str | None)
    assert_type(decision["assumptions"][0]["is_met"], bool)
    assert_type(decision["request"]["context"], dict[str, list[str]])
    table = access(policy).to_dict()
    assert_type(table["principals"][0]["name"], str)
    assert_type(table["rows"][0]["cells"][0]["iam_of"], str | None)
    difference = diff(policy, other).to_dict()
    assert_type(difference, types.DiffDict)
    assert_type(difference["document"]["changed"][0]["changes"][0]["added"], list[str])
    assert_type(difference["gained"][0]["witness"]["request"]["action"], str)
    assert_type(difference["unknown"][0]["way"], Literal["gained", "lost", "gained or lost"])
    comparison = compare(policy, other).to_dict()
    assert_type(comparison["no_new_access"]["verdict"], Literal["holds", "fails", "unknown"])
    plan = Plan("key", policy.to_json(), other.to_json(), caller="111122223333")
    assert_type(Plan.from_json(plan.to_json()), Plan)
    assert_type(plan.reversed().new, Policy)
    assert_type(plan.to_dict()["findings"][0]["code"], types.FindingCode)
    result = KeyResult("key", PutResult("key", None, 1, plan=plan))
    put = result.unwrap().to_dict()["plan"]
    if put is not None:
        assert_type(put["diff"]["lost"], list[types.AccessChangeDict])
    error = result.to_dict()["error"]
    if error is not None:
        assert_type(error["outcome_unknown"], bool | None)


async def checking(policy: Policy) -> None:
    """Findings are typed, the facade takes a caller, and FakeKMS is a client."""
    found = check(policy, caller="arn:aws:iam::111122223333:role/App", account="111122223333")
    assert_type(found, types.Findings)
    assert_type(found[0].severity, Severity)
    code: types.FindingCode = found[0].code
    assert_type(
        Guard(refuse=Severity.WARNING, ignore=[code, "PUBLIC_ACCESS"]).refused(found), tuple[Finding, ...]
    )
    assert_type(max(finding.severity for finding in found), Severity)
    assert_type(found[0].severity >= Severity.WARNING, bool)
    assert_type(found[0].path, str)
    assert_type(found[0].steps, tuple[str | int, ...])
    assert_type(found[0].to_dict(), types.FindingDict)
    assert_type(found[0].to_dict()["steps"], list[str | int])
    fake = FakeKMS(caller="111122223333", principals=["arn:aws:iam::111122223333:role/App"])
    clock = VirtualClock()
    policies = KeyPolicies(fake, caller=fake.caller, guard=Guard(), sleep=clock.sleep, clock=clock)
    assert_type(await policies.put(fake.add_key(), policy), PutResult)
    try:
        await policies.put("key", policy)
    except errors.PolicyCheckError as error:
        assert_type(error.findings, tuple[Finding, ...])


async def failures(client: KMSClient) -> None:
    """Errors carry typed facts."""
    try:
        with translate_errors("key"):
            await client.create_key()
    except errors.CallError as error:
        assert_type(error.code, str)
        assert_type(error.status, int | None)
        assert_type(error.attempts, int)
        assert_type(error.is_retry_safe, bool)
    except errors.PolicyDocumentError as error:
        assert_type(error.problems, tuple[errors.Problem, ...])
        assert_type(error.problems[0].line, int | None)
        assert_type(error.problems[0].code, errors.ProblemCode)
        assert_type(error.problems[0].steps, tuple[str | int, ...])
        assert_type(error.problems[0].to_dict(), errors.ProblemDict)
