"""What KeyPolicies reads: policies, names, and keys that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from client_support import ADMIN, SIGN, Scripted
from kmspolicy import KeyPolicies, Policy, errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from kmspolicy.testing import FakeKMS, VirtualClock


KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"


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
