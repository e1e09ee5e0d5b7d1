"""Two writers on one key: what somebody else wrote is not overwritten unseen, in each verb, whatever happens to a put."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from client_support import ADMIN, BOB
from kmspolicy import Policy, Retry, allow, errors
from two_writers_support import (
    CASES,
    LOST,
    OLD,
    THEIRS,
    THROTTLED,
    UNKNOWN_PRINCIPAL,
    VERIFY,
    Case,
    Put,
    Shared,
    add,
    as_botocore,
    every_verb,
)

if TYPE_CHECKING:
    from kmspolicy import Many, PutResult
    from kmspolicy.testing import VirtualClock


@every_verb
async def test_nobody_else_writes(clock: VirtualClock, case: Case) -> None:
    """Each put directly follows a read, those of retries as well; the requests that are counted are the puts."""
    kms = Shared(clock, Put(written=False, answer=LOST), Put(written=False, answer=THROTTLED))
    result = await case.verb(kms.policies(), kms.key)
    assert (kms.now, result.changed, result.attempts) == (case.new, True, 3)
    assert result.request_id is not None
    assert result.plan is not None
    assert (result.plan.new, result.findings) == (case.new, result.plan.findings)
    assert kms.all_directly_followed_a_read()
    assert [what for what, _ in kms.came][-6:] == ["read", "write"] * 3


@pytest.mark.parametrize(
    "name",
    [
        "apply",
        "apply_many",
        "ensure",
        "ensure_many",
        "add_statement",
        "exchange_statement",
        "add_principal",
        "remove_principal",
    ],
)
async def test_nothing_to_do(clock: VirtualClock, name: str) -> None:
    """Where the key has it already, a result says that nothing was written."""
    kms, case = Shared(clock), CASES[name]
    kms.set_policy(kms.key, case.new)
    result = await case.verb(kms.policies(), kms.key)
    assert (result.changed, result.attempts, result.request_id) == (False, 0, None)
    assert result.plan is not None
    assert not result.plan
    assert kms.number_of_puts == 0


@every_verb
async def test_an_answer_is_lost(clock: VirtualClock, case: Case) -> None:
    """A put that was written and not answered is not sent again: the read in between shows it."""
    kms = Shared(clock, Put(written=True, answer=LOST))
    result = await case.verb(kms.policies(), kms.key)
    assert (result.changed, result.attempts, result.request_id) == (True, 1, None)
    assert (kms.now, kms.number_of_puts) == (case.new, 1)


@every_verb
async def test_somebody_else_writes_after_an_answer_was_lost(clock: VirtualClock, case: Case) -> None:
    """Theirs stays; whoever cannot do it again without harm is told that the own put may have been written before."""
    kms = Shared(clock, Put(written=True, answer=LOST, theirs=THEIRS))
    if case.idempotent:
        result = await case.verb(kms.policies(), kms.key)
        assert (result.changed, result.attempts) == (True, 1)
    else:
        with pytest.raises(errors.PolicyChangedError) as caught:
            await case.verb(kms.policies(), kms.key)
        error = caught.value
        assert (error.attempts, error.outcome_unknown) == (1, True)
        assert isinstance(error.__cause__, errors.KMSInternalException)
        assert "1 request sent, the write may have taken effect" in str(error)
        assert Policy.from_json(error.found) == kms.now
    assert (kms.now, kms.number_of_puts) == (case.new.with_statement(THEIRS), 1)


@every_verb
async def test_somebody_else_writes_before_a_retry(clock: VirtualClock, case: Case) -> None:
    """Where no put of ours was written, a change is made again, of what is there now; a plan is out of date."""
    kms = Shared(clock, Put(written=False, answer=THROTTLED, theirs=THEIRS))
    if case.again:
        result = await case.verb(kms.policies(), kms.key)
        assert (result.changed, result.attempts, kms.number_of_puts) == (True, 2, 2)
        assert {statement.sid for statement in kms.now.statements} == {
            "theirs",
            *(statement.sid for statement in case.new.statements),
        }
    else:
        with pytest.raises(errors.PolicyChangedError) as caught:
            await case.verb(kms.policies(), kms.key)
        assert (caught.value.attempts, caught.value.outcome_unknown) == (1, False)
        assert (kms.now, kms.number_of_puts) == (OLD.with_statement(THEIRS), 1)
    assert kms.all_directly_followed_a_read()


@every_verb
async def test_somebody_else_writes_while_a_principal_is_new(clock: VirtualClock, case: Case) -> None:
    """The minutes that KMS needs for a new principal do not let us overwrite what was written in them."""
    refused = Put(written=False, answer=UNKNOWN_PRINCIPAL)
    kms = Shared(clock, refused, refused, refused._replace(theirs=THEIRS))
    policies = kms.policies(Retry(1, propagation=300))
    with pytest.raises(errors.PolicyChangedError) as caught:
        await case.verb(policies, kms.key)
    assert (caught.value.attempts, caught.value.outcome_unknown) == (3, False)
    assert kms.now == OLD.with_statement(THEIRS)
    assert kms.all_directly_followed_a_read()


@every_verb
async def test_one_put_without_retries(clock: VirtualClock, case: Case) -> None:
    """With ``retry=None`` one put is sent, whatever its answer."""
    kms = Shared(clock, Put(written=True, answer=LOST))
    with pytest.raises(errors.KMSInternalException) as caught:
        await case.verb(kms.policies(None), kms.key)
    assert (caught.value.attempts, caught.value.outcome_unknown, kms.number_of_puts) == (1, True, 1)


@every_verb
async def test_as_many_puts_as_attempts(clock: VirtualClock, case: Case) -> None:
    """However often somebody else writes in between, not more than four puts are sent for ``attempts=4``."""
    theirs = [allow("kms:GetPublicKey").to(BOB).named(f"theirs {number}") for number in range(9)]
    kms = Shared(clock, *(Put(written=False, answer=THROTTLED, theirs=statement) for statement in theirs))
    with pytest.raises((errors.PolicyChangedError, errors.ThrottlingException)) as caught:
        await case.verb(kms.policies(), kms.key)
    assert isinstance(caught.value, (errors.PolicyChangedError, errors.ThrottlingException))
    assert caught.value.attempts == kms.number_of_puts <= 4


@every_verb
async def test_a_read_in_between_fails(clock: VirtualClock, case: Case) -> None:
    """It is sent once; the error of the put is raised, with that of the read as a note."""
    kms = Shared(clock, Put(written=True, answer=LOST, theirs=THEIRS))

    async def fail() -> None:
        raise as_botocore(THROTTLED, "GetKeyPolicy")

    kms.while_reading = fail
    with pytest.raises(errors.KMSInternalException) as caught:
        await case.verb(kms.policies(), kms.key)
    error = caught.value
    assert (error.attempts, error.outcome_unknown, kms.number_of_puts) == (1, True, 1)
    assert "for the policy could not be read before: ThrottlingException" in error.__notes__[0]
    assert [what for what, _ in kms.came][-2:] == ["write", "read"]


async def test_a_read_in_between_fails_while_a_principal_is_new(clock: VirtualClock) -> None:
    """That ends the waiting for the principal."""
    kms = Shared(clock, Put(written=False, answer=UNKNOWN_PRINCIPAL))

    async def fail() -> None:
        raise as_botocore(LOST, "GetKeyPolicy")

    kms.while_reading = fail
    with pytest.raises(errors.InvalidPrincipalException) as caught:
        await kms.policies(Retry(propagation=300)).ensure(kms.key, add(OLD))
    assert (len(caught.value.__notes__), kms.number_of_puts) == (1, 1)


async def test_a_read_in_between_shows_no_policy(clock: VirtualClock) -> None:
    """A text that cannot be read is not overwritten."""
    kms = Shared(clock, Put(written=False, answer=THROTTLED))

    async def spoil() -> None:
        kms.shown = "{"

    kms.while_reading = spoil
    with pytest.raises(errors.ThrottlingException) as caught:
        await kms.policies().ensure(kms.key, add(OLD))
    assert "could not be read before: line 1, column 2" in caught.value.__notes__[0]


async def test_a_read_in_between_is_slow(clock: VirtualClock) -> None:
    """It is under the deadline of the put, whose error is raised: no put is sent after the deadline."""
    kms = Shared(clock, *[Put(written=False, answer=LOST)] * 2)
    kms.while_reading = asyncio.Event().wait
    with pytest.raises(errors.KMSInternalException) as caught:
        await kms.policies(Retry(4, deadline=0.05, first_delay=0)).ensure(kms.key, add(OLD))
    assert "no answer within the deadline of 0.05 seconds" in caught.value.__notes__[0]
    assert (caught.value.attempts, kms.number_of_puts) == (1, 1)

    async def take_long() -> None:
        await clock.sleep(100)

    kms.while_reading = take_long
    with pytest.raises(errors.KMSInternalException):
        await kms.policies(Retry(4, first_delay=0)).ensure(kms.key, add(OLD))
    assert kms.number_of_puts == 2


async def test_somebody_else_writes_the_same(clock: VirtualClock) -> None:
    """Then there is nothing left to do, also where our own put was refused for certain."""
    kms = Shared(clock, Put(written=False, answer=THROTTLED, theirs=VERIFY))
    result = await kms.policies().ensure(kms.key, add(OLD))
    assert (result.attempts, result.request_id, kms.number_of_puts) == (1, None, 1)


async def test_put_overwrites(clock: VirtualClock) -> None:
    """It does not read."""
    kms = Shared(clock, Put(written=False, answer=THROTTLED, theirs=THEIRS))
    result = await kms.policies().put(kms.key, add(OLD))
    assert (result.changed, result.plan, result.attempts) == (True, None, 2)
    assert kms.now == add(OLD)
    assert [what for what, _ in kms.came] == ["write", "write"]


async def test_edit_gives_up(clock: VirtualClock) -> None:
    """After so many tries somebody else is to be asked what they are doing."""
    theirs = [allow("kms:GetPublicKey").to(BOB).named(f"theirs {number}") for number in range(9)]
    kms = Shared(clock, *(Put(written=False, answer=THROTTLED, theirs=statement) for statement in theirs))
    seen: list[int] = []

    def count_and_add(policy: Policy) -> Policy:
        seen.append(len(policy.statements))
        return add(policy)

    with pytest.raises(errors.PolicyChangedError):
        await kms.policies(Retry(9)).edit(kms.key, count_and_add, tries=2)
    assert (seen, kms.number_of_puts) == ([2, 3], 2)


async def test_a_removal_whose_answer_was_lost(clock: VirtualClock) -> None:
    """The Sid is gone when it is looked for again: that is what was wanted, and no error."""
    kms = Shared(clock, Put(written=True, answer=LOST, theirs=THEIRS))
    result = await kms.policies().remove_statement(kms.key, "sign")
    assert (result.changed, kms.now) == (True, Policy([ADMIN, THEIRS]))
    with pytest.raises(errors.SidError):
        await kms.policies().remove_statement(kms.key, "sign")


@pytest.mark.parametrize("verb", ["ensure_many", "edit_many", "apply_many"])
async def test_tokens_are_taken_before_reads(clock: VirtualClock, verb: str) -> None:
    """Puts keep to the rate, and no wait for a token is between a read and its put, in retries as well."""
    kms = Shared(clock, Put(written=True), *[Put(written=False, answer=LOST)] * 3)
    policies, keys = kms.policies(Retry(4, first_delay=0)), [kms.key, *(kms.add_key(OLD) for _ in range(5))]
    many: Many[PutResult]
    match verb:
        case "ensure_many":
            many = policies.ensure_many([(key, add(OLD)) for key in keys], rate=10)
        case "edit_many":
            many = policies.edit_many(keys, add, rate=10)
        case _:
            many = policies.apply_many([await policies.plan(key, add(OLD)) for key in keys], rate=10)
    assert [result.error async for result in many] == [None] * 6
    times = [when for what, when in kms.came if what == "write"]
    assert len(times) == 9
    assert all(later - earlier >= 0.1 - 1e-9 for earlier, later in pairwise(times))
    reads = [when for what, when in kms.came if what == "read"]
    assert set(times) <= set(reads)


async def test_a_token_that_was_not_needed(clock: VirtualClock) -> None:
    """It is given back: a thousand keys that have their policy already take as long as their reads, one by one."""
    kms = Shared(clock)

    async def take_a_while() -> None:
        await clock.sleep(0.01)

    keys = [kms.add_key(add(OLD)) for _ in range(100)]
    kms.calls.append(("PutKeyPolicy", {}))  # so that reads take a while
    kms.while_reading = take_a_while
    began = clock()
    results = [
        result async for result in kms.policies().ensure_many([(key, add(OLD)) for key in keys], rate=1)
    ]
    assert [result.unwrap().changed for result in results] == [False] * 100
    assert clock() - began == pytest.approx(1.0)
