"""Laws of who outside gets in: each entry is shown by a request, and whoever is not listed has no access."""

from __future__ import annotations

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from kmspolicy import (
    ExternalEntry,
    ExternalGroup,
    Fails,
    Holds,
    Outcome,
    Policy,
    Request,
    decide,
    external_access,
    prove,
)
from property.strategies import ACCOUNT, REQUESTS, policies_that_meet

pytestmark = pytest.mark.filterwarnings("ignore::kmspolicy.errors.UnknownWordWarning")  # they ask of such

OF_THE_KEY = st.sampled_from([ACCOUNT, "444455556666"])
"""In the second one, all callers of the requests are of another account."""
GRANTED = (Outcome.ALLOWED, Outcome.DELEGATED)
OF_ONE_ACCOUNT = (ExternalGroup.UNTRUSTED_ACCOUNT, ExternalGroup.TRUSTED_ACCOUNT)
OF_SERVICES = (ExternalGroup.SERVICE, ExternalGroup.PROTECTED_SERVICE)


def includes(entry: ExternalEntry, request: Request) -> bool:
    """Return whether an entry is about the caller of a request."""
    if entry.group in OF_ONE_ACCOUNT:
        return entry.account == request.caller.account
    if entry.group in OF_SERVICES:
        return entry.who in ("*", request.principal)
    return True


@given(policies_that_meet(), OF_THE_KEY)
def test_each_entry_is_shown_by_a_request(policy: Policy, account: str) -> None:
    """The decision is by the statement of the entry, for one of its actions, or it is said not to be certain."""
    external = external_access(policy, account=account)
    for entry in (*external, *external.inside):
        event(entry.group.value)
        assert entry.unknown or entry.witness is not None
        if entry.witness is None or entry.unknown:
            continue
        decision = decide(policy, entry.witness.request)
        assert decision.outcome in GRANTED
        assert entry.witness.request.action in entry.actions
        assert includes(entry, entry.witness.request)
        assert (entry.group is ExternalGroup.INSIDE) is (entry.witness.request.caller.account == account)


@given(policies_that_meet(), OF_THE_KEY, REQUESTS)
def test_whoever_is_not_listed_has_no_access(policy: Policy, account: str, request: Request) -> None:
    """Whatever a policy grants outside is in an entry for this caller and, if it is known, this action."""
    request = Request(request.principal, request.action, request.context, account)
    if request.caller.account == account or decide(policy, request).outcome not in GRANTED:
        return
    entries = [entry for entry in external_access(policy, account=account) if includes(entry, request)]
    event(", ".join(sorted({entry.group.value for entry in entries})))
    assert entries
    if request.action != "kms:Teleport" and request.caller.kind != "service":
        assert any(request.action in entry.actions for entry in entries)


@given(policies_that_meet(), OF_THE_KEY)
def test_public_is_what_is_proved_of_strangers(policy: Policy, account: str) -> None:
    """Strangers get in if and only if everyone does, or services that the policy does not know."""
    verdict = prove.no_public_access(policy, account=account)
    certain = [entry for entry in external_access(policy, account=account) if not entry.unknown]
    public = [entry for entry in certain if entry.group is ExternalGroup.PUBLIC or entry.who == "*"]
    if isinstance(verdict, Fails):
        assert public
    if isinstance(verdict, Holds):
        assert not public
