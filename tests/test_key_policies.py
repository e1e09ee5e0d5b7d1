"""``KeyPolicies`` with the KMS of ``kmspolicy.testing``: read, plan, apply, edit, wait."""

from __future__ import annotations

import json
import logging
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from kmspolicy import KeyPolicies, Plan, Policy, Principal, Retry, Statement, allow, deny, errors, statements
from kmspolicy.testing import FakeKMS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kmspolicy.testing import VirtualClock

ACCOUNT = "111122223333"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
ALICE = Principal.user(ACCOUNT, "alice")
BOB = Principal.user(ACCOUNT, "bob")
ADMIN = statements.enable_iam_policies(ACCOUNT)
SIGN = allow("kms:Sign").to(ALICE).named("sign")
PRINCIPALS = "Policy contains a statement with one or more invalid principals."
TEXT: Any = "5"
SHORT = Policy([ADMIN])


@pytest.fixture
def fake() -> FakeKMS:
    """A KMS of its own."""
    return FakeKMS()


@pytest.fixture
def policies(fake: FakeKMS, clock: VirtualClock) -> KeyPolicies:
    """The facade over it, on a virtual clock."""
    return KeyPolicies(fake, sleep=clock.sleep, clock=clock)


def operations(fake: FakeKMS) -> list[str]:
    """List what was called."""
    return [operation for operation, _ in fake.calls]


class Scripted:
    """A client that answers reads with what it was given, in order."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = list(answers)
        self.calls: list[dict[str, Any]] = []

    async def get_key_policy(self, **parameters: Any) -> dict[str, Any]:
        self.calls.append(parameters)
        return self.answers.pop(0)

    put_key_policy = list_key_policies = get_key_policy


# --- reading ---------------------------------------------------------------------------------------


async def test_reading(fake: FakeKMS, policies: KeyPolicies) -> None:
    """A policy comes as a value, or as the text that KMS prints; the names are those of the service."""
    key = fake.add_key(Policy([ADMIN, SIGN]))
    text = await policies.get_text(key)
    assert await policies.get(key) == Policy.from_json(text) == Policy([ADMIN, SIGN])
    assert text != Policy([ADMIN, SIGN]).to_json()
    assert await policies.names(key) == ("default",)
    assert fake.calls[0] == ("GetKeyPolicy", {"KeyId": key, "PolicyName": "default"})


@pytest.mark.parametrize("answer", [{}, {"Policy": ""}, {"Policy": None}, {"Policy": {}}])
async def test_an_answer_without_a_policy_is_none(answer: dict[str, Any], clock: VirtualClock) -> None:
    """It is never taken for an empty policy; another attempt may bring one, and nothing was written."""
    client = Scripted(*[answer] * 5)
    policies = KeyPolicies(client, sleep=clock.sleep, clock=clock)
    with pytest.raises(errors.NoAnswerError, match="the answer has no Policy") as caught:
        await policies.get(KEY)
    assert (caught.value.attempts, caught.value.outcome_unknown, caught.value.code) == (5, False, "NoPolicy")
    good = Scripted(answer, {"Policy": "{}"})
    assert await KeyPolicies(good, sleep=clock.sleep, clock=clock).get_text(KEY) == "{}"


async def test_a_policy_that_cannot_be_read_is_an_error(clock: VirtualClock) -> None:
    """Whoever meets it learns of which key it is, and that nothing was written."""
    client = Scripted(*[{"Policy": '{"Statement": [{"effect": "Allow"}]}'}] * 4)
    policies = KeyPolicies(client, sleep=clock.sleep, clock=clock)
    work: list[Callable[[], Any]] = [
        lambda: policies.get(KEY),
        lambda: policies.plan(KEY, Policy([ADMIN])),
        lambda: policies.ensure(KEY, Policy([ADMIN])),
        lambda: policies.edit(KEY, lambda policy: policy),
    ]
    for reading in work:
        with pytest.raises(errors.PolicyDocumentError, match="effect") as caught:
            await reading()
        assert caught.value.__notes__ == [
            f"This is the policy of key {KEY} as KMS returned it; get_text returns its text."
        ]
    assert all("Policy" not in call for call in client.calls)


async def test_names_of_many_pages(clock: VirtualClock) -> None:
    """All pages are read; a page that leads to itself is the last."""
    client = Scripted(
        {"PolicyNames": ["a"], "Truncated": True, "NextMarker": "m"},
        {"PolicyNames": ["b"], "Truncated": True, "NextMarker": "n"},
        {"PolicyNames": ["c"], "Truncated": True, "NextMarker": "n"},
    )
    assert await KeyPolicies(client, sleep=clock.sleep, clock=clock).names(KEY) == ("a", "b", "c")
    assert client.calls == [{"KeyId": KEY}, {"KeyId": KEY, "Marker": "m"}, {"KeyId": KEY, "Marker": "n"}]
    empty = Scripted({"PolicyNames": ["a"], "Truncated": True, "NextMarker": ""})
    assert await KeyPolicies(empty, sleep=clock.sleep, clock=clock).names(KEY) == ("a",)
    whole = Scripted({"PolicyNames": ["a"], "Truncated": False, "NextMarker": "m"})
    assert await KeyPolicies(whole, sleep=clock.sleep, clock=clock).names(KEY) == ("a",)
    none = Scripted({"PolicyNames": [], "Truncated": False})
    assert await KeyPolicies(none, sleep=clock.sleep, clock=clock).names(KEY) == ()
    circle = Scripted(
        *({"PolicyNames": [name], "Truncated": True, "NextMarker": name} for name in ("a", "b", "a", "b"))
    )
    assert await KeyPolicies(circle, sleep=clock.sleep, clock=clock).names(KEY) == ("a", "b", "a")
    last = Scripted({"PolicyNames": ["a"], "Truncated": True})
    assert await KeyPolicies(last, sleep=clock.sleep, clock=clock).names(KEY) == ("a",)


@pytest.mark.parametrize("key_id", ["", "alias/x", 7, "x" * 2049])
async def test_what_is_no_key_id(key_id: Any, fake: FakeKMS, policies: KeyPolicies) -> None:
    """Nothing is sent, whatever was asked for."""
    work: list[Callable[[], Any]] = [
        lambda: policies.get(key_id),
        lambda: policies.get_text(key_id),
        lambda: policies.names(key_id),
        lambda: policies.plan(key_id, Policy([ADMIN])),
        lambda: policies.ensure(key_id, Policy([ADMIN])),
        lambda: policies.edit(key_id, lambda policy: policy),
        lambda: policies.add_statement(key_id, SIGN),
        lambda: policies.wait_until_equivalent(key_id, Policy([ADMIN]), 1),
    ]
    for asking in work:
        with pytest.raises(errors.KeyIdError):
            await asking()
    assert fake.calls == []


# --- plans -----------------------------------------------------------------------------------------


async def test_a_plan(fake: FakeKMS, policies: KeyPolicies) -> None:
    """It holds what is there, what shall be, the difference, the findings; nothing is written."""
    key = fake.add_key(Policy([ADMIN]))
    new = Policy([ADMIN, allow("kms:Sign").to(Principal.everyone()).named("open")])
    plan = await policies.plan(key, new)
    assert plan
    assert (plan.key_id, plan.current, plan.new) == (key, Policy([ADMIN]), new)
    assert (plan.current_text, plan.new_text) == (await policies.get_text(key), new.to_json())
    assert [statement.sid for statement in plan.diff.added] == ["open"]
    assert ("AWS", "*") in [change.principal for change in plan.gained]
    assert plan.lost == ()
    assert [finding.code for finding in plan.findings] == ["PUBLIC_ACCESS"]
    assert pickle.loads(pickle.dumps(plan)) == plan  # noqa: S301
    assert "PutKeyPolicy" not in operations(fake)
    shown = str(plan)
    assert shown.startswith(f"key {key}: change\n--- before\n+++ after\n@@ statement 'open' @@\n+ {{")
    assert "access gained" in shown
    assert shown.endswith(str(plan.findings[0]))


async def test_a_plan_with_nothing_to_do(fake: FakeKMS, policies: KeyPolicies) -> None:
    """It is false where the policy is equivalent and the labels agree; applying it writes nothing."""
    key = fake.add_key(Policy([ADMIN, SIGN]))
    plan = await policies.plan(key, Policy([SIGN, ADMIN]).to_json(indent=2))
    assert not plan
    assert str(plan) == f"key {key}: nothing to do"
    assert await policies.apply(plan) is None
    assert await policies.ensure(key, Policy([ADMIN, SIGN])) is None
    assert "PutKeyPolicy" not in operations(fake)
    assert await policies.ensure(key, Policy([ADMIN, SIGN.named("Sign")])) is not None


async def test_applying_a_plan(fake: FakeKMS, policies: KeyPolicies) -> None:
    """It reads again, and puts the text that was planned as it is."""
    key = fake.add_key(Policy([ADMIN]))
    text = Policy([ADMIN, SIGN]).to_json(indent=2)
    result = await policies.apply(await policies.plan(key, text))
    assert result is not None
    assert (result.key_id, result.attempts) == (key, 1)
    assert operations(fake) == ["GetKeyPolicy", "GetKeyPolicy", "PutKeyPolicy"]
    assert fake.calls[-1][1]["Policy"] == text


async def test_a_plan_that_is_out_of_date(fake: FakeKMS, policies: KeyPolicies) -> None:
    """Nothing is written, and both texts are there; a policy that was only printed anew is the same."""
    two = ALICE | BOB
    key = fake.add_key(Policy([ADMIN, allow("kms:Sign").to(two)]))
    plan = await policies.plan(key, Policy([ADMIN, SIGN]))
    await fake.put_key_policy(KeyId=key, Policy=Policy([allow("kms:Sign").to(BOB | ALICE), ADMIN]).to_json())
    assert await policies.apply(plan) is not None
    with pytest.raises(
        errors.PolicyChangedError, match="has changed since the plan was made; make a new plan"
    ) as caught:
        await policies.apply(plan)
    error = caught.value
    assert (error.key_id, error.planned) == (key, plan.current_text)
    assert error.found == await policies.get_text(key)
    assert "@@ access gained @@" in str(error) or "@@ access lost @@" in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301
    assert operations(fake).count("PutKeyPolicy") == 2


async def test_a_plan_that_kms_would_refuse(fake: FakeKMS, policies: KeyPolicies) -> None:
    """The plan shows it; applying it sends nothing, unless lockout is meant."""
    key = fake.add_key(Policy([ADMIN]))
    locked = Policy([SIGN])
    plan = await policies.plan(key, locked)
    assert "LOCKOUT_EVERYONE" in str(plan)
    with pytest.raises(errors.PolicyCheckError):
        await policies.apply(plan)
    with pytest.raises(errors.PolicyCheckError):
        await policies.ensure(key, locked)
    assert "PutKeyPolicy" not in operations(fake)
    meant = await policies.plan(key, locked, bypass_policy_lockout_safety_check=True)
    assert await policies.apply(meant) is not None
    assert fake.calls[-1][1]["BypassPolicyLockoutSafetyCheck"] is True


async def test_ensure_and_edit_with_bypass(fake: FakeKMS, policies: KeyPolicies) -> None:
    """What is meant is handed on."""
    key, other = fake.add_key(Policy([ADMIN])), fake.add_key(Policy([ADMIN]))
    assert await policies.ensure(key, Policy([SIGN]), bypass_policy_lockout_safety_check=True) is not None

    def locked(_: Policy) -> Policy:
        return Policy([SIGN])

    with pytest.raises(errors.PolicyCheckError):
        await policies.edit(other, locked)
    assert await policies.edit(other, locked, bypass_policy_lockout_safety_check=True) is not None
    assert fake.policy(key) == fake.policy(other) == Policy([SIGN])


async def test_what_merely_looks_like_a_bypass(fake: FakeKMS, policies: KeyPolicies) -> None:
    """It is refused before anything is read or written."""
    key, yes = fake.add_key(), TEXT
    for call in (
        policies.put(key, Policy([ADMIN]), bypass_policy_lockout_safety_check=yes),
        policies.plan(key, Policy([ADMIN]), bypass_policy_lockout_safety_check=yes),
        policies.ensure(key, Policy([ADMIN]), bypass_policy_lockout_safety_check=yes),
        policies.edit(key, lambda policy: policy, bypass_policy_lockout_safety_check=yes),
    ):
        with pytest.raises(TypeError, match="must be True or False"):
            await call
    assert fake.calls == []


@pytest.mark.parametrize("policy", [7, "{", {"Statement": []}])
async def test_what_cannot_be_planned(policy: Any, fake: FakeKMS, policies: KeyPolicies) -> None:
    """Nothing is read for something that is not a policy."""
    key = fake.add_key()
    with pytest.raises(errors.PolicyDocumentError):
        await policies.plan(key, policy)
    assert fake.calls == []


async def test_the_account_and_partition_of_a_key_arn(clock: VirtualClock) -> None:
    """They are known without asking: another account is found, and an account id is its root there."""
    arn = f"arn:aws-cn:kms:cn-north-1:{ACCOUNT}:key/{KEY}"
    china = Policy([statements.enable_iam_policies(ACCOUNT, partition="aws-cn")])
    plain = Policy([allow("kms:*").to(Principal({"AWS": ACCOUNT})).named(str(china.statements[0].sid))])
    client = Scripted(*[{"Policy": china.to_json()}] * 3)
    policies = KeyPolicies(client, sleep=clock.sleep, clock=clock)
    assert not await policies.plan(arn, plain)
    assert await policies.plan(KEY, plain)
    other = arn.replace(ACCOUNT, "444455556666")
    assert "LOCKOUT_EVERYONE" in str(await policies.plan(other, plain))


# --- changing --------------------------------------------------------------------------------------


async def test_edit(fake: FakeKMS, policies: KeyPolicies) -> None:
    """A pure function of the policy says what shall be; nothing is written where that is what is there."""
    key = fake.add_key(Policy([ADMIN]))
    result = await policies.edit(key, lambda policy: policy.with_statement(SIGN))
    assert result is not None
    assert fake.policy(key) == Policy([ADMIN, SIGN])
    assert await policies.edit(key, lambda policy: policy) is None
    assert operations(fake) == ["GetKeyPolicy", "GetKeyPolicy", "PutKeyPolicy", "GetKeyPolicy"]


async def test_edit_while_somebody_else_writes(fake: FakeKMS, policies: KeyPolicies) -> None:
    """The function is called again with what is there now, and nobody's statement is lost."""
    key = fake.add_key(Policy([ADMIN]))
    seen: list[int] = []

    def add(policy: Policy) -> Policy:
        seen.append(len(policy.statements))
        if len(seen) == 1:  # meanwhile
            _write(fake, key, policy)
        return policy.with_statement(SIGN)

    assert await policies.edit(key, add) is not None
    assert seen == [1, 2]
    assert [statement.sid for statement in fake.policy(key).statements] == [ADMIN.sid, "other 1", "sign"]


async def test_edit_gives_up(fake: FakeKMS, policies: KeyPolicies) -> None:
    """After so many tries somebody else is to be asked what they are doing."""
    key = fake.add_key(Policy([ADMIN]))
    seen: list[int] = []

    def add(policy: Policy) -> Policy:
        seen.append(len(policy.statements))
        _write(fake, key, policy)
        return policy.with_statement(SIGN)

    with pytest.raises(errors.PolicyChangedError):
        await policies.edit(key, add, tries=2)
    assert seen == [1, 2]
    assert "PutKeyPolicy" not in operations(fake)


def _write(fake: FakeKMS, key: str, policy: Policy) -> None:
    """Write as somebody else."""
    fake.set_policy(
        key, policy.with_statement(allow("kms:Verify").to(BOB).named(f"other {len(policy.statements)}"))
    )


async def test_functions_that_return_no_policy(fake: FakeKMS, policies: KeyPolicies) -> None:
    """A mistake of the function writes nothing; its own exceptions come through."""
    key = fake.add_key(Policy([ADMIN]))

    async def later(policy: Policy) -> Policy:
        return policy

    def nothing(_: Policy) -> None:
        return None

    wrong: list[tuple[Any, str]] = [
        (nothing, "must return the changed Policy, not NoneType"),
        (Policy.to_json, "not str"),
        (later, "an awaitable; it must not be async"),
    ]
    for function, text in wrong:
        with pytest.raises(errors.PolicyDocumentError, match=text):
            await policies.edit(key, function)

    def fail(_: Policy) -> Policy:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await policies.edit(key, fail)
    assert "PutKeyPolicy" not in operations(fake)


@pytest.mark.parametrize("tries", [0, -1, True, 1.0])
async def test_tries(tries: Any, fake: FakeKMS, policies: KeyPolicies) -> None:
    """At least one."""
    with pytest.raises(ValueError, match="tries must be an integer of 1 or more"):
        await policies.edit(fake.add_key(), lambda policy: policy, tries=tries)
    assert fake.calls == []


async def test_adding_a_statement(fake: FakeKMS, policies: KeyPolicies) -> None:
    """It comes last; adding it again does nothing, so it is safe to retry after an unknown outcome."""
    key = fake.add_key(Policy([ADMIN]))
    assert await policies.add_statement(key, SIGN) is not None
    assert await policies.add_statement(key, SIGN) is None
    assert fake.policy(key) == Policy([ADMIN, SIGN])
    with pytest.raises(errors.SidError, match="another statement has the Sid 'sign'; use exchange_statement"):
        await policies.add_statement(key, allow("kms:Verify").to(BOB).named("sign"))
    nameless = allow("kms:Verify").to(BOB)
    assert await policies.add_statement(key, nameless) is not None
    assert await policies.add_statement(key, nameless) is None
    assert fake.policy(key) == Policy([ADMIN, SIGN, nameless])
    other_nameless = allow("kms:Verify").to(ALICE)
    assert await policies.add_statement(key, other_nameless) is not None
    assert fake.policy(key) == Policy([ADMIN, SIGN, nameless, other_nameless])
    twice = fake.add_key(Policy([ADMIN, SIGN, allow("kms:Verify").to(BOB).named("sign")]))
    for there in fake.policy(twice).statements:
        assert await policies.add_statement(twice, there) is None


async def test_removing_and_replacing_a_statement(fake: FakeKMS, policies: KeyPolicies) -> None:
    """By its Sid, in its place."""
    key = fake.add_key(Policy([SIGN, ADMIN]))
    other = deny("kms:Sign").to(BOB).named("sign")
    assert await policies.exchange_statement(key, other) is not None
    assert fake.policy(key) == Policy([other, ADMIN])
    assert await policies.exchange_statement(key, other) is None
    assert await policies.remove_statement(key, "sign") is not None
    assert fake.policy(key) == Policy([ADMIN])


@pytest.mark.parametrize(
    ("given", "text"),
    [([ADMIN], "no statement has the Sid 'sign'"), ([ADMIN, SIGN, SIGN], "2 statements have the Sid 'sign'")],
)
async def test_sids_that_are_missing_or_stand_twice(
    given: list[Statement], text: str, fake: FakeKMS, policies: KeyPolicies
) -> None:
    """Nothing is written, and the message says what to do."""
    key = fake.add_key(Policy(given))
    with pytest.raises(errors.SidError, match=text):
        await policies.remove_statement(key, "sign")
    with pytest.raises(errors.SidError, match=text):
        await policies.exchange_statement(key, deny("kms:Sign").to(BOB).named("sign"))
    with pytest.raises(errors.SidError, match="the statement needs the Sid"):
        await policies.exchange_statement(key, deny("kms:Sign").to(BOB))
    assert "PutKeyPolicy" not in operations(fake)


# --- waiting ---------------------------------------------------------------------------------------


async def test_waiting_until_a_policy_reads_back(
    fake: FakeKMS, policies: KeyPolicies, clock: VirtualClock
) -> None:
    """Polls with growing spaces until it is equivalent three times in a row."""
    key = fake.add_key(Policy([ADMIN]))
    fake.stale(reads=3)
    await policies.put(key, Policy([ADMIN, SIGN]), wait=60)
    assert operations(fake) == ["PutKeyPolicy"] + ["GetKeyPolicy"] * 6
    assert clock.slept == [0.5, 1.0, 2.0, 0.5, 0.5]


async def test_three_times_are_in_a_row(clock: VirtualClock) -> None:
    """One read that shows the old policy begins the count anew: reads may come from several places."""
    old, new = ({"Policy": policy.to_json()} for policy in (SHORT, Policy([ADMIN, SIGN])))
    client = Scripted(new, new, old, new, old, new, new, new)
    await KeyPolicies(client, sleep=clock.sleep, clock=clock).wait_until_equivalent(
        KEY, Policy([ADMIN, SIGN]), 60
    )
    assert client.answers == []


@pytest.mark.parametrize(
    ("visible_after", "wait"), [(4, 4), (8, 10), (8, 12), (0, 0), (0, 0.1), (2.5, 2.6), (100, 100)]
)
async def test_all_of_the_time_is_used(visible_after: float, wait: float, clock: VirtualClock) -> None:
    """It looks until the time is over, the last time at its end; a row that has begun is finished."""
    old, new = ({"Policy": policy.to_json()} for policy in (SHORT, Policy([ADMIN, SIGN])))
    began = clock()

    class Late(Scripted):
        async def get_key_policy(self, **_: Any) -> dict[str, Any]:
            return new if clock() - began >= visible_after else old

    policies = KeyPolicies(Late(), sleep=clock.sleep, clock=clock)
    await policies.wait_until_equivalent(KEY, Policy([ADMIN, SIGN]), wait)


async def test_a_policy_that_cannot_be_read_may_be_the_old_one(clock: VirtualClock) -> None:
    """It is waited for its end; if it stays, that is the error."""
    odd, new = {"Policy": "{}"}, {"Policy": Policy([ADMIN, SIGN]).to_json()}
    client = Scripted({}, odd, new, new, odd, new, new, new)
    policies = KeyPolicies(client, sleep=clock.sleep, clock=clock)
    await policies.put(KEY, Policy([ADMIN, SIGN]), wait=60)
    assert client.answers == []
    stays = KeyPolicies(Scripted({}, *[odd] * 100), sleep=clock.sleep, clock=clock)
    began = clock()
    with pytest.raises(errors.PolicyDocumentError) as caught:
        await stays.put(KEY, Policy([ADMIN, SIGN]), wait=10)
    assert clock() - began == 10
    assert any("The policy was put on key" in note for note in caught.value.__notes__)


WRITES: list[Callable[[KeyPolicies, str, Any], Awaitable[object]]] = [
    lambda policies, key, wait: policies.put(key, SHORT, wait=wait),
    lambda policies, key, wait: policies.ensure(key, SHORT, wait=wait),
    lambda policies, key, wait: policies.edit(key, lambda _: SHORT, wait=wait),
    lambda policies, key, wait: policies.add_statement(key, SIGN.named("other"), wait=wait),
    lambda policies, key, wait: policies.remove_statement(key, "sign", wait=wait),
    lambda policies, key, wait: policies.exchange_statement(
        key, allow("kms:Verify").to(BOB).named("sign"), wait=wait
    ),
]


@pytest.mark.parametrize("call", WRITES)
async def test_whatever_writes_can_wait(
    call: Callable[[KeyPolicies, str, Any], Awaitable[object]], fake: FakeKMS, policies: KeyPolicies
) -> None:
    """Each of the calls reads three times more when it is asked to, and no call when the time is none."""
    key = fake.add_key(Policy([ADMIN, SIGN]))
    for wait in (TEXT, -1):
        with pytest.raises((TypeError, ValueError), match="wait must be a"):
            await call(policies, key, wait)
    assert fake.calls == []
    await call(policies, key, 30)
    assert operations(fake)[-4:] == ["PutKeyPolicy"] + ["GetKeyPolicy"] * 3


async def test_applying_can_wait(fake: FakeKMS, policies: KeyPolicies) -> None:
    """In the same way."""
    plan = await policies.plan(fake.add_key(Policy([ADMIN, SIGN])), SHORT)
    with pytest.raises(TypeError, match="wait must be a number"):
        await policies.apply(plan, wait=TEXT)
    await policies.apply(plan, wait=30)
    assert operations(fake) == ["GetKeyPolicy", "GetKeyPolicy", "PutKeyPolicy"] + ["GetKeyPolicy"] * 3


async def test_no_waiting_unless_asked_for(fake: FakeKMS, policies: KeyPolicies) -> None:
    """A put is one request."""
    key = fake.add_key(Policy([ADMIN]))
    await policies.put(key, Policy([ADMIN, SIGN]))
    assert operations(fake) == ["PutKeyPolicy"]


async def test_a_policy_that_does_not_read_back(
    fake: FakeKMS, policies: KeyPolicies, clock: VirtualClock
) -> None:
    """In the end it says which part is different, and what was read."""
    key = fake.add_key(Policy([ADMIN]))
    fake.stale(reads=1000)
    began = clock()
    with pytest.raises(errors.WaitTimeoutError, match="could not be read back in 20 seconds") as caught:
        await policies.put(key, Policy([ADMIN, SIGN]), wait=20)
    assert clock() - began <= 20
    assert "@@ statement 'sign' @@" in str(caught.value)
    assert (caught.value.key_id, json.loads(caught.value.found)) == (key, Policy([ADMIN]).to_dict())
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301
    assert max(clock.slept) == 5.0
    await policies.wait_until_equivalent(key, Policy([ADMIN]), 0)
    with pytest.raises(errors.WaitTimeoutError, match="could not be read back in 0 seconds"):
        await policies.wait_until_equivalent(key, Policy([SIGN]), 0)


@pytest.mark.parametrize(
    ("wait", "error"),
    [
        (TEXT, TypeError),
        (True, TypeError),
        (-1, ValueError),
        (float("nan"), ValueError),
        (float("inf"), ValueError),
    ],
)
async def test_what_is_no_time_to_wait(
    wait: Any, error: type[Exception], fake: FakeKMS, policies: KeyPolicies
) -> None:
    """It is found before anything is sent, as is a text that could not be waited for."""
    key = fake.add_key()
    with pytest.raises(error, match=r"wait must be a (finite )?number of seconds"):
        await policies.put(key, Policy([ADMIN]), wait=wait)
    with pytest.raises(error, match=r"timeout must be a (finite )?number of seconds"):
        await policies.wait_until_equivalent(key, Policy([ADMIN]), wait)
    with pytest.raises(TypeError, match="expected a Policy, not str"):
        await policies.wait_until_equivalent(key, "{}", 1)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    unchecked = KeyPolicies(fake, check=False)
    with pytest.raises(errors.PolicyDocumentError):
        await unchecked.put(key, "{", wait=1)
    assert fake.calls == []


@pytest.mark.parametrize("code", ["AccessDeniedException", "KMSInternalException"])
async def test_a_read_that_fails_after_a_put(
    code: str, fake: FakeKMS, policies: KeyPolicies, clock: VirtualClock
) -> None:
    """Nobody shall think that the put failed."""
    key = fake.add_key(Policy([ADMIN]))

    async def sleep(seconds: float) -> None:
        fake.fail(code, times=5)
        await clock.sleep(seconds)

    waiting = KeyPolicies(fake, sleep=sleep, clock=clock)
    with pytest.raises(errors.ServiceError) as caught:
        await waiting.put(key, Policy([ADMIN, SIGN]), wait=10)
    assert caught.value.outcome_unknown
    assert caught.value.__notes__ == [
        f"The policy was put on key {key}: request 00000000-0000-4000-8000-000000000001."
    ]
    assert fake.policy(key) == Policy([ADMIN, SIGN])


async def test_a_principal_that_was_deleted(fake: FakeKMS, policies: KeyPolicies) -> None:
    """What a unique id stands for is said where it is met: in a plan, and where a policy does not read back."""
    key = fake.add_key(Policy([ADMIN, SIGN]))
    unique_id = fake.delete_principal("arn:aws:iam::111122223333:user/alice")
    assert f"{unique_id} stands for a principal that was deleted" in str(
        await policies.plan(key, Policy([ADMIN]))
    )
    with pytest.raises(errors.WaitTimeoutError, match=f"{unique_id} stands for a principal that was deleted"):
        await policies.wait_until_equivalent(key, Policy([ADMIN]), 1)


async def test_the_partition_of_the_client(clock: VirtualClock) -> None:
    """An account id is its root there."""
    fake = FakeKMS(region="cn-north-1")
    policies = KeyPolicies(fake, sleep=clock.sleep, clock=clock)
    key = fake.add_key()
    plain = Policy([allow("kms:*").to(Principal({"AWS": fake.account})).named("x")])
    assert await policies.ensure(key, plain, wait=5) is not None
    assert await policies.ensure(key, plain) is None
    by_arn = allow("kms:*").to(Principal.account(fake.account, partition="aws-cn")).named("x")
    assert await policies.add_statement(key, by_arn) is None


async def test_what_is_no_plan_and_no_function(fake: FakeKMS, policies: KeyPolicies) -> None:
    """Nothing is sent."""
    nothing: Any = None
    with pytest.raises(TypeError, match=r"expected a Plan, not NoneType; see KeyPolicies\.plan"):
        await policies.apply(nothing)
    with pytest.raises(TypeError, match="expected a function from Policy to Policy"):
        await policies.edit(fake.add_key(), nothing)
    assert fake.calls == []


@pytest.mark.parametrize("sid", [None, "", 7])
async def test_a_statement_without_a_sid_is_not_removed_by_it(
    sid: Any, fake: FakeKMS, policies: KeyPolicies
) -> None:
    """None is not a Sid, though a statement may have none."""
    key = fake.add_key(Policy([ADMIN, allow("kms:Sign").to(ALICE)]))
    with pytest.raises(errors.SidError, match="a Sid must be text that is not empty"):
        await policies.remove_statement(key, sid)
    assert "PutKeyPolicy" not in operations(fake)


async def test_new_principals(fake: FakeKMS, clock: VirtualClock) -> None:
    """A put is retried while KMS does not know a principal, if that was asked for; all requests are counted."""
    policies = KeyPolicies(fake, retry=Retry(propagation=60), sleep=clock.sleep, clock=clock)
    key = fake.add_key()
    fake.fail("MalformedPolicyDocumentException", times=3, message=PRINCIPALS)
    fake.fail("KMSInternalException")
    result = await policies.put(key, Policy([ADMIN, SIGN]))
    assert result.attempts == 5
    assert clock.slept[:3] == [1.0, 2.0, 4.0]
    assert fake.policy(key) == Policy([ADMIN, SIGN])


@pytest.mark.parametrize(
    ("retry", "check", "policy", "error", "attempts"),
    [
        (Retry(), True, Policy([ADMIN, SIGN]), errors.InvalidPrincipalException, 1),
        (None, True, Policy([ADMIN, SIGN]), errors.InvalidPrincipalException, 1),
        (Retry(propagation=0), True, Policy([ADMIN, SIGN]), errors.InvalidPrincipalException, 1),
        (Retry(propagation=20), True, Policy([ADMIN, SIGN]), errors.InvalidPrincipalException, 6),
        (Retry(propagation=20), False, Policy([ADMIN, SIGN]), errors.InvalidPrincipalException, 6),
        (Retry(propagation=6), True, Policy([ADMIN, SIGN]), errors.InvalidPrincipalException, 4),
        # What check knows to be wrong is never transient.
        (Retry(propagation=20), False, Policy([SIGN]), errors.InvalidPrincipalException, 1),
        (Retry(propagation=20), False, "{", errors.InvalidPrincipalException, 1),
    ],
)
async def test_principals_that_stay_unknown(  # noqa: PLR0913, PLR0917 - a table
    retry: Retry | None,
    check: bool,
    policy: Policy | str,
    error: type[errors.CallError],
    attempts: int,
    fake: FakeKMS,
    clock: VirtualClock,
) -> None:
    """The wait is bounded, and not made for what is not transient."""
    policies = KeyPolicies(fake, retry=retry, check=check, sleep=clock.sleep, clock=clock)
    fake.fail("MalformedPolicyDocumentException", times=100, message=PRINCIPALS)
    began = clock()
    with pytest.raises(error) as caught:
        await policies.put(fake.add_key(), policy)
    assert (caught.value.attempts, len(fake.calls)) == (attempts, attempts)
    if attempts > 1:  # the last is made when the time is over, and not long before
        assert retry is not None
        assert clock() - began == retry.propagation
    assert caught.value.__cause__ is not None


async def test_waiting_for_a_token_is_no_waiting_for_principals(fake: FakeKMS, clock: VirtualClock) -> None:
    """Each key is tried again, however long the line was."""
    policies = KeyPolicies(fake, retry=Retry(propagation=10), sleep=clock.sleep, clock=clock)
    keys = [fake.add_key() for _ in range(12)]
    fake.fail("MalformedPolicyDocumentException", times=1000, message=PRINCIPALS)
    items = [(key, Policy([ADMIN, SIGN])) for key in keys]
    many = policies.put_many(items, rate=1, concurrency=12)
    assert all([getattr(result.error, "attempts", 0) > 1 async for result in many])


@pytest.mark.parametrize(
    ("code", "message", "error"),
    [
        ("MalformedPolicyDocumentException", "", errors.MalformedPolicyDocumentException),
        (
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
            errors.PolicyLockoutException,
        ),
        ("NotFoundException", None, errors.NotFoundException),
    ],
)
async def test_other_errors_end_the_wait_for_principals(
    code: str, message: str | None, error: type[errors.CallError], fake: FakeKMS, clock: VirtualClock
) -> None:
    """Syntax and lockout are never a matter of waiting; the requests before are counted."""
    policies = KeyPolicies(fake, retry=Retry(propagation=60), sleep=clock.sleep, clock=clock)
    fake.fail("MalformedPolicyDocumentException", times=2, message=PRINCIPALS)
    fake.fail(code, message=message)
    with pytest.raises(error) as caught:
        await policies.put(fake.add_key(), Policy([ADMIN, SIGN]))
    assert caught.value.attempts == 3


async def test_an_unknown_outcome_is_not_forgotten(fake: FakeKMS, clock: VirtualClock) -> None:
    """What an earlier request may have written, the error of a later one says."""
    policies = KeyPolicies(fake, retry=Retry(propagation=60), sleep=clock.sleep, clock=clock)
    fake.fail("KMSInternalException")
    fake.fail("MalformedPolicyDocumentException", message=PRINCIPALS)
    fake.fail("NotFoundException")
    with pytest.raises(errors.NotFoundException) as caught:
        await policies.put(fake.add_key(), Policy([ADMIN, SIGN]))
    assert (caught.value.attempts, caught.value.outcome_unknown) == (3, True)


async def test_a_read_has_no_unknown_outcome(fake: FakeKMS, clock: VirtualClock) -> None:
    """It changes nothing, whatever became of it."""
    policies = KeyPolicies(fake, retry=None, sleep=clock.sleep, clock=clock)
    key = fake.add_key()
    for reading, unknown in ((policies.get, False), (policies.names, False), (_put(policies), True)):
        fake.fail("KMSInternalException")
        with pytest.raises(errors.KMSInternalException) as caught:
            await reading(key)
        assert caught.value.outcome_unknown is unknown


def _put(policies: KeyPolicies) -> Callable[[str], Awaitable[object]]:
    return lambda key: policies.put(key, Policy([ADMIN]))


# --- logging ---------------------------------------------------------------------------------------


async def test_what_is_logged(fake: FakeKMS, policies: KeyPolicies, caplog: pytest.LogCaptureFixture) -> None:
    """One logger; each message has the key, the attempt and the request; no policy above DEBUG."""
    key = fake.add_key(Policy([ADMIN]))
    fake.fail("DependencyTimeoutException")
    with caplog.at_level(logging.DEBUG, logger="kmspolicy"):
        await policies.put(key, Policy([ADMIN, SIGN]))
        await policies.get(key)
    assert {record.name for record in caplog.records} == {"kmspolicy"}
    assert [record.levelname for record in caplog.records] == ["DEBUG", "WARNING", "DEBUG", "INFO", "DEBUG"]
    assert (
        caplog.records[1]
        .getMessage()
        .startswith(f"PutKeyPolicy: key {key}: DependencyTimeoutException; again in ")
    )
    facts = [(vars(record)["key_id"], vars(record)["attempt"]) for record in caplog.records]
    assert facts == [(key, 0), (key, 1), (key, 2), (key, 2), (key, 1)]
    for record in caplog.records:
        assert "request_id" in vars(record)
        assert record.levelno == logging.DEBUG or "Statement" not in record.getMessage()


async def test_attempts_are_counted_on_over_the_repeats_for_principals(
    fake: FakeKMS, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Each message says how many requests were sent so far, for all of the put."""
    policies = KeyPolicies(fake, retry=Retry(propagation=60, first_delay=0), sleep=clock.sleep, clock=clock)
    fake.fail("MalformedPolicyDocumentException", message=PRINCIPALS)
    fake.fail("KMSInternalException")
    with caplog.at_level(logging.DEBUG, logger="kmspolicy"):
        await policies.put(fake.add_key(), Policy([ADMIN, SIGN]))
    assert [(record.levelname, vars(record)["attempt"]) for record in caplog.records] == [
        ("DEBUG", 0),
        ("WARNING", 1),
        ("WARNING", 2),
        ("DEBUG", 3),
        ("INFO", 3),
    ]


async def test_waiting_for_principals_is_logged(
    fake: FakeKMS, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody who wonders why it takes a minute can see it."""
    policies = KeyPolicies(fake, retry=Retry(propagation=60), sleep=clock.sleep, clock=clock)
    fake.fail("MalformedPolicyDocumentException", message=PRINCIPALS)
    with caplog.at_level(logging.INFO, logger="kmspolicy"):
        await policies.put(fake.add_key(), Policy([ADMIN, SIGN]))
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "invalid principals.'; again in 1.0 seconds" in caplog.records[0].getMessage()


def test_the_plan_is_public() -> None:
    """So that applications can name the type."""
    assert Plan.__module__.startswith("kmspolicy.")
