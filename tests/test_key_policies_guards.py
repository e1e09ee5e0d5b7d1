"""Guards of the client: what is refused before it is put, by every verb that writes; nothing is sent then."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

import pytest

from kmspolicy import Guard, KeyPolicies, Policy, Principal, Severity, allow, deny, errors, prove, statements
from kmspolicy.testing import FakeKMS, VirtualClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kmspolicy import Many, PutResult

    Put = Callable[[KeyPolicies, str], Awaitable[PutResult]]

    Verb = Callable[[KeyPolicies, str, Guard | None], Awaitable[object]]

ACCOUNT: Final = "111122223333"
ROOT: Final = statements.enable_iam_policies(ACCOUNT)
TO_APP: Final = allow("kms:Decrypt").to(Principal.role(ACCOUNT, "App")).named("App")
TO_ALL: Final = allow("kms:Decrypt").to(Principal.everyone()).named("all")
BEFORE, MORE = Policy([ROOT]), Policy([ROOT, TO_APP])
NO_NEW: Final = Guard(no_new_access=True)


async def first(many: Many[Any]) -> object:
    """Return the only value, or raise its error."""
    async with many:
        return [result.unwrap() async for result in many]


def edited(policy: Policy) -> Policy:
    """Return a policy that gives more access."""
    return policy.with_statement(TO_APP)


async def apply(policies: KeyPolicies, key: str, guard: Guard | None) -> object:
    """Apply a plan."""
    return await policies.apply(await policies.plan(key, MORE), guard=guard)


async def apply_many(policies: KeyPolicies, key: str, guard: Guard | None) -> object:
    """Apply plans."""
    return await first(policies.apply_many([await policies.plan(key, MORE)], guard=guard))


async def exchange(policies: KeyPolicies, key: str, guard: Guard | None) -> object:
    """Exchange the only statement."""
    everything = allow("kms:*").to(Principal.account(ACCOUNT) | Principal.role(ACCOUNT, "App"))
    return await policies.exchange_statement(key, everything.named(str(ROOT.sid)), guard=guard)


VERBS: Final[dict[str, Verb]] = {
    "put": lambda policies, key, guard: policies.put(key, MORE, guard=guard),
    "apply": apply,
    "ensure": lambda policies, key, guard: policies.ensure(key, MORE, guard=guard),
    "edit": lambda policies, key, guard: policies.edit(key, edited, guard=guard),
    "add_statement": lambda policies, key, guard: policies.add_statement(key, TO_APP, guard=guard),
    "exchange_statement": exchange,
    "add_principal": lambda policies, key, guard: policies.add_principal(
        key, Principal.role(ACCOUNT, "App"), sid=str(ROOT.sid), guard=guard
    ),
    "put_many": lambda policies, key, guard: first(policies.put_many([(key, MORE)], guard=guard)),
    "apply_many": apply_many,
    "ensure_many": lambda policies, key, guard: first(policies.ensure_many([(key, MORE)], guard=guard)),
    "edit_many": lambda policies, key, guard: first(policies.edit_many([key], edited, guard=guard)),
}
"""The verbs that can write more access than there was."""


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
@pytest.mark.parametrize("own", [True, False], ids=["its own guard", "the guard of all"])
async def test_every_verb_that_writes_is_guarded(verb: Verb, own: bool) -> None:
    """By its own guard, or by that of the instance; the error has the request that shows the new access."""
    fake = FakeKMS()
    key = fake.add_key(BEFORE)
    policies = KeyPolicies(fake) if own else KeyPolicies(fake, guard=NO_NEW)
    with pytest.raises(errors.NotShownError, match="role App of account 111122223333 may kms:") as caught:
        await verb(policies, key, NO_NEW if own else None)
    whose = "the guard of this call" if own else "the guard of KeyPolicies"
    assert f"\n  {whose} has no_new_access=True; nothing was sent." in str(caught.value)
    assert fake.policy(key) == BEFORE
    await verb(policies, key, Guard())
    assert fake.policy(key) != BEFORE


async def test_a_removed_denial_is_guarded() -> None:
    """A verb that takes out a statement, or a principal of it, may give access."""
    fake = FakeKMS()
    app, other = Principal.role(ACCOUNT, "App"), Principal.role(ACCOUNT, "Other")
    key = fake.add_key(MORE.with_statement(deny("kms:Decrypt").to(app, other).named("none")))
    policies = KeyPolicies(fake, guard=NO_NEW)
    with pytest.raises(errors.NotShownError):
        await policies.remove_statement(key, "none")
    with pytest.raises(errors.NotShownError):
        await policies.remove_principal(key, app, sid="none")
    assert (await policies.remove_statement(key, "App")).changed


async def test_what_is_shown_is_put() -> None:
    """By a put, too, which compares with the policy that the key has."""
    fake = FakeKMS()
    key = fake.add_key(MORE)
    result = await KeyPolicies(fake).put(key, BEFORE, guard=NO_NEW)
    assert (result.plan, result.attempts, fake.policy(key)) == (None, 1, BEFORE)


async def test_what_the_check_finds_is_refused_before_a_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the guard of a put that overwrites compares it with the policy that the key has."""
    fake = FakeKMS()
    key = fake.add_key(BEFORE)
    monkeypatch.setattr(fake, "get_key_policy", None)
    with pytest.raises(errors.PolicyCheckError, match="LOCKOUT_EVERYONE"):
        await KeyPolicies(fake, guard=NO_NEW).put(key, Policy([TO_APP]))


async def test_nothing_to_do_is_not_judged() -> None:
    """What the key has already is not put, and not refused."""
    fake = FakeKMS()
    public = Policy([ROOT, TO_ALL])
    key = fake.add_key(public)
    policies = KeyPolicies(fake, guard=Guard(no_public_access=True))
    assert not (await policies.ensure(key, public)).changed
    assert not (await policies.edit(key, lambda policy: policy)).changed
    assert not (await policies.apply(await policies.plan(key, public))).changed
    with pytest.raises(errors.NotShownError):
        await policies.put(key, public)


async def test_the_least_severity_that_stops_a_put() -> None:
    """An error by default; a warning where it is asked for; with None nothing stops, and nothing is checked."""
    fake = FakeKMS()
    key = fake.add_key(BEFORE)
    warned = Policy([ROOT, allow("kms:Decrypt").to(Principal.role(ACCOUNT, "App")).named("no_letters")])
    public = Policy([ROOT, TO_ALL])
    with pytest.raises(errors.PolicyCheckError):
        await KeyPolicies(fake, guard=Guard(refuse=Severity.SECURITY_WARNING)).put(key, public)
    assert (await KeyPolicies(fake).put(key, public)).findings
    assert (await KeyPolicies(fake, guard=Guard(refuse=None)).put(key, warned)).findings == ()


PUBLIC: Final = Policy([ROOT, TO_ALL])


async def put_plan(policies: KeyPolicies, key: str) -> PutResult:
    """Apply a plan."""
    return await policies.apply(await policies.plan(key, PUBLIC))


async def put_many(policies: KeyPolicies, key: str) -> PutResult:
    """Put on many keys."""
    async with policies.put_many([(key, PUBLIC)]) as results:
        return (await anext(results)).unwrap()


PUTS: Final[dict[str, Put]] = {
    "put": lambda policies, key: policies.put(key, PUBLIC),
    "put a text": lambda policies, key: policies.put(key, PUBLIC.to_json()),
    "ensure": lambda policies, key: policies.ensure(key, PUBLIC),
    "edit": lambda policies, key: policies.edit(key, lambda _: PUBLIC),
    "apply": put_plan,
    "put_many": put_many,
}
"""Verbs that put a policy for everyone."""


@pytest.mark.parametrize("put", PUTS.values(), ids=PUTS)
async def test_a_put_that_lets_everyone_in_is_logged(put: Put, caplog: pytest.LogCaptureFixture) -> None:
    """One warning per put, however many requests it took, and the finding in the result."""
    fake = FakeKMS()
    key = fake.add_key(BEFORE)
    fake.fail("KMSInternalException", operation="PutKeyPolicy")
    clock = VirtualClock()
    result = await put(KeyPolicies(fake, sleep=clock.sleep, clock=clock), key)
    assert [finding.code for finding in result.findings] == ["PUBLIC_ACCESS"]
    (record,) = [record for record in caplog.records if "PUBLIC_ACCESS" in record.getMessage()]
    assert (record.name, record.levelname) == ("kmspolicy", "WARNING")
    assert record.getMessage() == f"the policy of key {key}: {result.findings[0]}"
    assert (vars(record)["key_id"], vars(record)["attempt"]) == (key, 2)
    assert vars(record)["request_id"] == result.request_id


async def test_what_is_not_put_or_does_not_count_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A policy that is there, that is refused, whose finding is ignored, or that was not checked."""
    fake = FakeKMS()
    key = fake.add_key(PUBLIC)
    policies = KeyPolicies(fake)
    await policies.ensure(key, PUBLIC)
    with pytest.raises(errors.NotShownError):
        await policies.put(key, PUBLIC, guard=Guard(no_public_access=True))
    ignored = await policies.put(key, PUBLIC, guard=Guard(ignore=["PUBLIC_ACCESS"]))
    assert [finding.code for finding in ignored.findings] == ["PUBLIC_ACCESS"]
    assert (await policies.put(key, PUBLIC, guard=Guard(refuse=None))).findings == ()
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


async def test_many_risks_are_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """The first few, and how many more there are."""
    fake = FakeKMS()
    statements = [TO_ALL.named(f"s{number}\n") for number in range(9)]
    result = await KeyPolicies(fake).put(fake.add_key(), Policy([ROOT, *statements]))
    risks = [finding for finding in result.findings if finding.severity is Severity.SECURITY_WARNING]
    assert len(risks) == 9
    (record,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert record.getMessage().count("PUBLIC_ACCESS") == 5
    assert record.getMessage().endswith("; and 4 more")
    assert "\n" not in record.getMessage()


@pytest.mark.parametrize("long", [True, False], ids=["long", "short"])
async def test_long_texts_are_compared_in_a_thread(monkeypatch: pytest.MonkeyPatch, long: bool) -> None:
    """Above 4 KiB, whichever of both texts it is, so that other tasks go on."""
    threads: list[threading.Thread] = []

    def watched(*policies: Policy, **known: Any) -> Any:
        threads.append(threading.current_thread())
        return prove.no_new_access(*policies, **known)

    monkeypatch.setattr("kmspolicy._plan._guard.no_new_access", watched)
    fake = FakeKMS()
    users = [
        Principal.user(ACCOUNT, f"user-with-a-long-name-{number}") for number in range(80 if long else 1)
    ]
    key = fake.add_key(Policy([ROOT, allow("kms:Sign").to(*users)]))
    here = threading.current_thread()
    await KeyPolicies(fake, guard=NO_NEW).ensure(key, BEFORE)
    assert [thread is here for thread in threads] == [not long]


async def test_what_is_no_guard() -> None:
    """It is refused before anything is sent."""
    fake = FakeKMS()
    key = fake.add_key(BEFORE)
    no_guard: Any = True
    with pytest.raises(TypeError, match="guard must be a Guard, not True"):
        KeyPolicies(fake, guard=no_guard)
    with pytest.raises(TypeError, match="guard must be a Guard, not True"):
        await KeyPolicies(fake).put(key, MORE, guard=no_guard)
    assert fake.policy(key) == BEFORE
