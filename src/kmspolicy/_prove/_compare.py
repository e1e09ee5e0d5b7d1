"""The questions that can be asked about all requests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

from kmspolicy._document import Policy, Principal, Statement, a_policy
from kmspolicy._document._unfilled import asked_of_each
from kmspolicy._evaluate._callers import requester_of, text_of_principal
from kmspolicy._evaluate._decide import Outcome
from kmspolicy._evaluate._request import the_key, warn_of_unknown
from kmspolicy._language._actions import actions_matching, nearest_action
from kmspolicy._normal._form import normal_form
from kmspolicy._normal._rules import partition_of, rules_of
from kmspolicy._printable import word
from kmspolicy._prove._proofs import GRANTED, Proofs
from kmspolicy._prove._strangers import Strangers
from kmspolicy._prove._verdicts import Comparison, Fails, Holds, Unknown
from kmspolicy.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kmspolicy._language._key_arns import Key
    from kmspolicy._normal._rules import Rules
    from kmspolicy._partial import PartialPolicy
    from kmspolicy._prove._verdicts import Verdict

# --- two policies ------------------------------------------------------------------------------------


@asked_of_each
def compare(
    before: Policy | PartialPolicy,
    after: Policy | PartialPolicy,
    *,
    account: str | None = None,
    key_arn: str | None = None,
) -> Comparison:
    """Compare two policies for all possible requests.

    Args:
        before: The earlier policy.
        after: The later policy.
        account: The account id of the key; None for a key in any account.
        key_arn: The ARN of the key, which also tells its account; None for any key.

    Returns:
        The relation of the later policy to the earlier one, with a request for each difference.

    Raises:
        TypeError: if an argument is not a Policy.
        RequestError: if the account or the key ARN is not valid, or they contradict each other.

    https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
    """
    key = the_key(account, key_arn)
    earlier, later = a_policy(before), a_policy(after)
    if _is_the_same(earlier, later):
        return Comparison(Holds(_NO_NEW_ACCESS), Holds(_NO_LOST_ACCESS), Holds(_NO_MORE), Holds(_NO_LESS))
    proofs = Proofs(rules_of(earlier), rules_of(later), key)
    no_new = proofs.not_above(_NO_NEW_ACCESS, GRANTED)
    no_lost = proofs.not_above(_NO_LOST_ACCESS, GRANTED, gained=False)
    return Comparison(
        no_new,
        no_lost,
        _with_denied(no_new, proofs.not_above(_NO_MORE, [Outcome.NOT_GRANTED])),
        _with_denied(no_lost, proofs.not_above(_NO_LESS, [Outcome.NOT_GRANTED], gained=False)),
    )


_NO_NEW_ACCESS: Final = "no request is granted more than before"
_NO_LOST_ACCESS: Final = "no request that was granted is granted less"
_NO_MORE: Final = "the outcome is higher for no request"
_NO_LESS: Final = "the outcome is lower for no request"


def is_equivalent(before: Rules, after: Rules, key: Key, partition: str) -> bool:
    """Return whether it is shown that two policies give every request the same outcome.

    Args:
        before: A policy.
        after: Another one.
        key: What is known about the key.
        partition: The partition of the key.
    """
    proofs = Proofs(before, after, key, partition=partition)
    return all(
        proofs.not_above(claim, _LEVELS, gained=gained).holds
        for claim, gained in ((_NO_MORE, True), (_NO_LESS, False))
    )


_LEVELS: Final = (Outcome.NOT_GRANTED, *GRANTED)


def _is_the_same(before: Policy, after: Policy) -> bool:
    """Return whether two policies have the same normal form, and so the same answer to every request."""
    rules = [rules_of(before), rules_of(after)]
    partition = partition_of(rules)
    one, other = (normal_form(each, partition) for each in rules)
    return one == other


def _with_denied(granted: Verdict, denied: Verdict) -> Verdict:
    """Join a verdict about granted access with one about denied access."""
    verdicts = [attrs.evolve(granted, claim=denied.claim), denied]
    return next((one for kind in (Fails, Unknown) for one in verdicts if isinstance(one, kind)), denied)


@asked_of_each
def no_new_access(
    before: Policy | PartialPolicy,
    after: Policy | PartialPolicy,
    *,
    account: str | None = None,
    key_arn: str | None = None,
) -> Verdict:
    """Return whether no request is granted more than before; allowed and left to IAM policies both count as granted.

    Args:
        before: The earlier policy.
        after: The later policy.
        account: The account id of the key; None for a key in any account.
        key_arn: The ARN of the key, which also tells its account; None for any key.

    Returns:
        A verdict: it holds, it fails for a request, or it is unknown, with the reason.

    Raises:
        TypeError: if an argument is not a Policy.
        RequestError: if the account or the key ARN is not valid, or they contradict each other.
    """
    key = the_key(account, key_arn)
    earlier, later = a_policy(before), a_policy(after)
    if _is_the_same(earlier, later):
        return Holds(_NO_NEW_ACCESS)
    return Proofs(rules_of(earlier), rules_of(later), key).not_above(_NO_NEW_ACCESS, GRANTED)


@asked_of_each
def grants_at_most(
    policy: Policy | PartialPolicy,
    limit: Policy | PartialPolicy,
    *,
    account: str | None = None,
    key_arn: str | None = None,
) -> Verdict:
    """Return whether a policy grants nothing that another one does not.

    Allowed and left to IAM policies both count as granted: a limit that leaves an account to its IAM policies includes
    roles of that account which the policy names.

    Args:
        policy: The policy.
        limit: The most that may be granted.
        account: The account id of the key; None for a key in any account.
        key_arn: The ARN of the key, which also tells its account; None for any key.

    Returns:
        A verdict: it holds, it fails for a request, or it is unknown, with the reason.

    Raises:
        TypeError: if an argument is not a Policy.
        RequestError: if the account or the key ARN is not valid, or they contradict each other.
    """
    return Proofs(rules_of(a_policy(limit)), rules_of(a_policy(policy)), the_key(account, key_arn)).not_above(
        _AT_MOST, [Outcome.DELEGATED]
    )


_AT_MOST: Final = "nothing is granted beyond the limit"

# --- one policy --------------------------------------------------------------------------------------


@asked_of_each
def access_not_granted(
    policy: Policy | PartialPolicy,
    *actions: str,
    principal: str | Principal | None = None,
    account: str | None = None,
    key_arn: str | None = None,
) -> Verdict:
    """Return whether a policy does not grant some actions to anybody, or to a principal.

    Args:
        policy: The policy.
        actions: The actions, with or without wildcards; none for all actions.
        principal: A principal with a single name, or its name; None for everyone. An account stands for all its principals,
            a role also for its sessions.
        account: The account id of the key; None for a key in any account.
        key_arn: The ARN of the key, which also tells its account; None for any key.

    Returns:
        A verdict: it holds, it fails for a request, or it is unknown, with the reason.

    Raises:
        TypeError: if an argument is not a Policy.
        RequestError: if the account, the key ARN, an action or the principal is not valid.

    Warns:
        UnknownWordWarning: for an action that is not known, or a pattern that no known one matches; it may be misspelt.
    """
    proofs = Proofs(
        _probe(actions or ("kms:*",), principal), rules_of(a_policy(policy)), the_key(account, key_arn)
    )

    who = "" if principal is None else f" to {word(text_of_principal(principal))}"
    what = f"{' or '.join(actions)} is not" if actions else "nothing is"
    return proofs.verdict(
        f"{what} granted{who}", lambda layout: layout.granted_in(layout.before.granted), proofs.granted
    )


@asked_of_each
def always_granted(
    policy: Policy | PartialPolicy,
    principal: str | Principal,
    action: str,
    *,
    account: str | None = None,
    key_arn: str | None = None,
) -> Verdict:
    """Return whether a policy always grants an action to a principal, in all circumstances.

    Args:
        policy: The policy.
        principal: A principal with a single name, or its name. An account stands for all its principals, a role also for
            its sessions.
        action: The action, with or without wildcards.
        account: The account id of the key; None for a key in any account.
        key_arn: The ARN of the key, which also tells its account; None for any key.

    Returns:
        A verdict: it holds, it fails for a request, or it is unknown, with the reason.

    Raises:
        TypeError: if an argument is not a Policy.
        RequestError: if the account, the key ARN, an action or the principal is not valid.

    Warns:
        UnknownWordWarning: for an action that is not known, or a pattern that no known one matches; it may be misspelt.
    """
    proofs = Proofs(_probe([action], principal), rules_of(a_policy(policy)), the_key(account, key_arn))

    claim = f"{action} is always granted to {word(text_of_principal(principal))}"
    return proofs.verdict(
        claim, lambda layout: layout.not_granted_in(layout.before.granted), proofs.not_granted
    )


def _probe(actions: Sequence[str], principal: str | Principal | None) -> Rules:
    """Return a policy that grants what the question is about."""
    for action in actions:
        if not isinstance(action, str) or not _IS_ACTION(action):
            raise RequestError(f"expected an action of KMS, with wildcards or without, not {action!r}")
        if not actions_matching(action):
            warn_of_unknown(action, nearest_action(action), _OF_QUESTION)
    who = Principal.everyone() if principal is None else _principal(principal)
    return rules_of(Policy(Statement("Allow", principal=who, action=tuple(actions), resource="*")))


# The frames between the warning and the caller of a question: the helper, _probe, the question, and what asks it of partial policies.
_OF_QUESTION: Final = 5
_IS_ACTION: Final = re.compile(r"\*|kms:[a-z*?]+", re.IGNORECASE | re.ASCII).fullmatch


def _principal(principal: str | Principal) -> Principal:
    text = text_of_principal(principal)
    if isinstance(principal, Principal) or text == "*":
        return principal if isinstance(principal, Principal) else Principal.everyone()
    name = requester_of(text).name
    return Principal({name.type: name.text})


@asked_of_each
def no_public_access(
    policy: Policy | PartialPolicy, *, account: str | None = None, key_arn: str | None = None
) -> Verdict:
    """Return whether strangers cannot use the key.

    A stranger is a principal of an account that the policy does not name, and has none of the values that the policy names
    for condition keys that limit callers: an organisation, a network, an endpoint. All other values count as the
    stranger's choice. Deny statements are considered.

    Args:
        policy: The policy.
        account: The account id of the key; None for a key in any account.
        key_arn: The ARN of the key, which also tells its account; None for any key.

    Returns:
        A verdict: it holds, it fails for a request, or it is unknown, with the reason.

    Raises:
        TypeError: if an argument is not a Policy.
        RequestError: if the account or the key ARN is not valid, or they contradict each other.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-checks-validating-policies.html
    """
    return Strangers(rules_of(a_policy(policy)), the_key(account, key_arn)).get_nothing()
