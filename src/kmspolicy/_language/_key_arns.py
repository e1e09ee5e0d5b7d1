"""The key that has a policy, and the Resource elements that name it.

The Resource ``"*"`` is the key. Whether the ARN of the key works too is not documented, although AWS's own guides
publish such statements: https://docs.aws.amazon.com/systems-manager/latest/userguide/inventory-create-resource-data-sync.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from kmspolicy._language._operators import Perhaps
from kmspolicy._language._patterns import like, meets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kmspolicy._language._operators import Answer


class Key(NamedTuple):
    """What is known about the key that has a policy.

    Attributes:
        account: Its account id; None if it is not known.
        arn: Its ARN; None if it is not known.
    """

    account: str | None = None
    arn: str | None = None


ANY_KEY: Final = Key()
"""A key about which nothing is known."""

_KEY_ARN: Final = re.compile(
    r"arn:(aws(?:-[a-z]+)*):kms:([a-z0-9-]+):([0-9]{12}):key/[A-Za-z0-9-]+"
).fullmatch


def account_of_key_arn(text: str) -> str | None:
    """Return the account id in the ARN of a key; None for any other text."""
    match = _KEY_ARN(text)
    return None if match is None else match[3]


def partition_of_key_arn(text: str) -> str | None:
    """Return the partition in the ARN of a key; None for any other text."""
    match = _KEY_ARN(text)
    return None if match is None else match[1]


def region_of_key_arn(text: str) -> str | None:
    """Return the Region in the ARN of a key; None for any other text."""
    match = _KEY_ARN(text)
    return None if match is None else match[2]


def may_be_a_key(resource: str, account: str | None = None) -> bool:
    """Return whether a Resource is the ARN of a key, or a pattern that matches such ARNs.

    Args:
        resource: The Resource. A wildcard in it may match colons:
            https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html#reference_policies_elements_resource_wildcards
        account: The account id of the key; None if it is not known.
    """
    return resource.startswith("arn:") and meets(
        resource, f"arn:*:kms:*:{account or '*'}:key/?*", within_parts=True
    )


def name_key(resources: Iterable[str], key: Key) -> Answer:
    """Return whether a Resource element names the key; perhaps, if the ARN of the key is not known and the element may match it.

    Args:
        resources: The values of the element.
        key: The key.
    """
    answer: Answer = False
    for resource in resources:
        may_be = may_be_a_key(resource, key.account)
        if resource == "*" or (may_be and key.arn is not None and like(resource, key.arn)):
            return True
        if may_be and key.arn is None:
            answer = Perhaps.NOT
    return answer
