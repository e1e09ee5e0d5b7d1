"""What a check costs: it grows with the document, not with its square."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from check_support import ACCOUNT, ADMIN, ALICE, KEY, OTHER, ROOT, SESSION, about, codes
from kmspolicy import Policy, Statement, check
from support import calls_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Json = dict[str, Any]


def _users(number: int) -> list[str]:
    return [f"arn:aws:iam::{ACCOUNT}:user/u{index}" for index in range(number)]


def _contexts(number: int) -> Json:
    return {"StringEquals": {f"kms:EncryptionContext:{index}": "x" for index in range(number)}}


GROWN: list[Callable[[int], list[Statement]]] = [
    lambda n: [
        about(Principal="*", Condition={"StringLike": {"aws:PrincipalArn": [f"{u}*" for u in _users(n)]}})
    ],
    lambda n: [
        about(Principal={"AWS": [f"{OTHER}{i:012}"[-12:] for i in range(n)]}, Action=["kms:*", "kms:Put*"])
    ],
    lambda n: [about(Principal={"AWS": _users(n)})],
    lambda n: [about(Action=["kms:Sign", "kms:Decrypt"] * n, Condition=_contexts(n))],
    lambda n: [about(Action=[f"kms:Get{index}" for index in range(n)])],
    lambda n: [about(Principal={"AWS": _users(n)}, Action=["kms:Sign", "kms:Verify"] * n)] * 2,
    lambda n: [about(Principal={"AWS": user}) for user in _users(n)],
    lambda n: [about(Condition={"StringEqualsIfExists": {f"aws:PrincipalTag/{i}": "x" for i in range(n)}})],
    lambda n: [about(Sid=f"s{index}", Action="kms:Sign") for index in range(n)],
    lambda n: [
        about(Effect="Deny", Principal="*", Action="kms:*"),
        *(about(Principal={"AWS": u}) for u in _users(n)),
    ],
    lambda n: [
        about(
            Condition={
                "Null": {f"aws:Source{'Arn' if i % 2 else 'ARN'}": "true"},
                "ArnLike": {"aws:sourcearn": "x"},
            }
        )
        for i in range(n)
    ],
]
# Without administrators: who could put a policy is looked for among all.
LOCKED: list[Callable[[int], list[Statement]]] = [
        lambda n: [about(Principal={"AWS": user}) for user in _users(n)],
        lambda n: [about(Principal={"AWS": user}, Action="kms:*") for user in _users(n)]
                  + [about(Effect="Deny", Principal={"AWS": ROOT}, Action="kms:*")],
        lambda n: [about(Principal={"AWS": user}, Action="kms:*") for user in _users(n)]
                  + [about(Effect="Deny", Principal="*", Action="kms:*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})],
        lambda n: [about(Principal={"AWS": f"{SESSION}{number}"}) for number in range(n)],
        lambda n: [about(Principal={"AWS": user}, Action="kms:*", Effect=effect) for user in _users(n) for effect in ("Allow", "Deny")],
        lambda n: [about(Principal={"AWS": user}, Action="kms:*", Resource=KEY) for user in _users(n)],
    ]  # fmt: skip


@pytest.mark.parametrize("grown", GROWN)
def test_the_cost_grows_with_the_document(grown: Callable[[int], list[Statement]]) -> None:
    """Not with its square: twice the document takes at most twice the calls, and a little."""
    small, large = (Policy([ADMIN, *grown(number)]) for number in (40, 80))
    check(small, account=ACCOUNT)  # which loads and reads what all need
    assert calls_of(lambda: check(large, account=ACCOUNT)) < 2.2 * calls_of(
        lambda: check(small, account=ACCOUNT)
    )


@pytest.mark.parametrize("grown", LOCKED)
@pytest.mark.parametrize("caller", [None, ALICE])
def test_so_does_the_cost_of_finding_out_that_nobody_can_put_a_policy(
    grown: Callable[[int], list[Statement]], caller: str | None
) -> None:
    """Whether all are denied or none is allowed."""
    small, large = (Policy(grown(number)) for number in (40, 80))
    assert all("LOCKOUT_EVERYONE" in codes(policy) for policy in (small, large))
    assert calls_of(lambda: check(large, caller=caller)) < 2.2 * calls_of(lambda: check(small, caller=caller))
