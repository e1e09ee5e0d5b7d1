"""Equivalence: whether two policies give the same answer to every request."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from kmspolicy._diff._canonical import partition_of_key
from kmspolicy._document import a_policy
from kmspolicy._evaluate._decide import decided
from kmspolicy._evaluate._request import Request, the_key
from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._patterns import like
from kmspolicy._normal._form import Except, Malformed, normal_form
from kmspolicy._normal._rules import rules_of
from kmspolicy._prove._compare import is_equivalent
from kmspolicy.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kmspolicy._document import Policy
    from kmspolicy._language._key_arns import Key
    from kmspolicy._normal._form import Grant


def equivalent(
    a: Policy,
    b: Policy,
    *,
    account: str | None = None,
    key_arn: str | None = None,
    partition: str = "aws",
) -> bool:
    """Return whether it is proved that two policies give the same answer to every request.

    Spelling, Sid and Id do not matter, and neither does how permissions are split into statements. Parts that change no answer
    do not matter: a network inside another one, an action without effect in a key policy, a statement that others cover.

    Args:
        a: A policy.
        b: Another one.
        account: The id of the account that the key is in. None for a key in any account.
        key_arn: The ARN of the key, which tells its account and partition, and which Resource it is.
        partition: The partition of the key: an account id as a principal is the account's root ARN there.

    Returns:
        True is proved. False means that a request shows a difference, or that it is not known: :func:`kmspolicy.compare`
        tells which.

    Raises:
        TypeError: if an argument is not a Policy.
        RequestError: if the account or the key ARN is not valid, or they contradict each other.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    key = the_key(account, key_arn)
    partition = partition_of_key(key, partition)
    rules = rules_of(a_policy(a)), rules_of(a_policy(b))
    one, other = (normal_form(each, partition) for each in rules)
    if one == other:
        return True
    for request in islice(_plain_requests(one.grants ^ other.grants, key), _TRIES):
        first, second = (decided(each, request).outcome for each in rules)
        if first is not second:
            return False
    return is_equivalent(*rules, key, partition)


_TRIES: Final = 8
"""How many requests are tried before the proof, which is dearer."""
_SOMEBODY: Final = "arn:aws:iam::999999999999:role/SomeRole"


def _plain_requests(grants: Iterable[Grant], key: Key) -> Iterator[Request]:
    """Go through requests that statements without conditions are about."""
    for grant in grants:
        if grant.terms or isinstance(grant.who, (Except, Malformed)):
            continue
        principal = _SOMEBODY if grant.who[1] == "*" else grant.who[1]
        for what in grant.what:
            action = next((name for name in _EFFECTIVE if isinstance(what, str) and like(what, name)), None)
            if action is not None:
                try:
                    yield Request(principal, action, {}, key.account, key.arn)
                except RequestError:  # nobody has that name
                    break


_EFFECTIVE: Final = tuple(name for name, facts in ACTIONS.items() if facts.effective)
