"""The key that has a policy, and the Resource elements that name it.

A Resource is ``"*"``, which is the key. That the ARN of the key is the key, too, is not documented, and AWS's own guides
publish such statements: https://docs.aws.amazon.com/systems-manager/latest/userguide/inventory-create-resource-data-sync.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from kmspolicy._language._operators import Perhaps
from kmspolicy._language._patterns import like

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kmspolicy._language._operators import Answer


class Key(NamedTuple):
    """The key that has a policy, as far as it is known.

    Attributes:
        account: Its account id; None if it is not known.
        arn: Its ARN; None if it is not known.
    """

    account: str | None = None
    arn: str | None = None


ANY_KEY: Final = Key()
"""A key of which nothing is known."""

_KEY_ARN: Final = re.compile(
    r"arn:(aws(?:-[a-z]+)*):kms:([a-z0-9-]+):([0-9]{12}):key/[A-Za-z0-9-]+"
).fullmatch
_ARN_OF_A_KEY: Final = re.compile(r"arn:[^:]*:kms:[^:]*:([^:]*):key/.+", re.DOTALL).fullmatch


def account_of_key_arn(text: str) -> str | None:
    """Return the account id in the ARN of a key; None for what is no such ARN."""
    match = _KEY_ARN(text)
    return None if match is None else match[3]


def partition_of_key_arn(text: str) -> str | None:
    """Return the partition in the ARN of a key; None for what is no such ARN."""
    match = _KEY_ARN(text)
    return None if match is None else match[1]


def is_arn_of_a_key(resource: str) -> bool:
    """Return whether a Resource is the ARN of a key, or a pattern of such ARNs."""
    return _ARN_OF_A_KEY(resource) is not None


def name_key(resources: Iterable[str], key: Key) -> Answer:
    """Return whether a Resource element names the key; perhaps, where its ARN is not known and may be there.

    Args:
        resources: The texts of the element.
        key: The key.
    """
    answer: Answer = False
    for resource in resources:
        match = _ARN_OF_A_KEY(resource)
        if resource == "*" or (match is not None and key.arn is not None and like(resource, key.arn)):
            return True
        if match is not None and key.arn is None and (key.account is None or like(match[1], key.account)):
            answer = Perhaps.NOT
    return answer
