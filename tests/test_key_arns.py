"""The key that has a policy: what its ARN tells, and which Resource names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kmspolicy import Outcome, Policy, Request, Statement, decide
from kmspolicy._language._key_arns import (
    ANY_KEY,
    Key,
    account_of_key_arn,
    is_arn_of_a_key,
    name_key,
    partition_of_key_arn,
)
from kmspolicy._language._operators import Perhaps

if TYPE_CHECKING:
    from kmspolicy._language._operators import Answer

ACCOUNT = "111122223333"
ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
MULTI_REGION = f"arn:aws-us-gov:kms:us-gov-west-1:{ACCOUNT}:key/mrk-1234abcd12ab34cd56ef1234567890ab"


@pytest.mark.parametrize(
    ("text", "account", "partition"),
    [
        (ARN, ACCOUNT, "aws"),
        (MULTI_REGION, ACCOUNT, "aws-us-gov"),
        (ARN.replace("arn:aws:", "arn:aws-cn:"), ACCOUNT, "aws-cn"),
        (ARN.rpartition("/")[2], None, None),
        (ARN.replace("key/", "alias/"), None, None),
        (ARN.replace(ACCOUNT, "*"), None, None),
        (ARN.replace(":kms:", ":s3:"), None, None),
        (f"{ARN} ", None, None),
        (f"{ARN}\n", None, None),
        ("alias/x", None, None),
        ("", None, None),
    ],
)
def test_what_the_arn_of_a_key_tells(text: str, account: str | None, partition: str | None) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN."""
    assert account_of_key_arn(text) == account
    assert partition_of_key_arn(text) == partition


KNOWN = Key(ACCOUNT, ARN)
IN_ACCOUNT = Key(ACCOUNT)


@pytest.mark.parametrize(
    ("resources", "key", "expected"),
    [
        (["*"], ANY_KEY, True),
        (["*"], KNOWN, True),
        (["x", "*"], ANY_KEY, True),
        ([], ANY_KEY, False),
        (["x"], ANY_KEY, False),
        (["x"], KNOWN, False),
        ([ARN.replace("key/", "alias/")], ANY_KEY, False),
        # The ARN of the key is not known.
        ([ARN], ANY_KEY, Perhaps.NOT),
        ([ARN, "x"], ANY_KEY, Perhaps.NOT),
        ([ARN, "*"], ANY_KEY, True),
        (["arn:aws:kms:*:*:key/*"], ANY_KEY, Perhaps.NOT),
        # Its account is.
        ([ARN], IN_ACCOUNT, Perhaps.NOT),
        (["arn:aws:kms:*:*:key/*"], IN_ACCOUNT, Perhaps.NOT),
        (["arn:aws:kms:*:1111*:key/*"], IN_ACCOUNT, Perhaps.NOT),
        ([ARN], Key("444455556666"), False),
        (["arn:aws:kms:*:1111*:key/*"], Key("444455556666"), False),
        # It is known.
        ([ARN], KNOWN, True),
        (["x", ARN], KNOWN, True),
        (["arn:aws:kms:*:*:key/*"], KNOWN, True),
        (["arn:aws:kms:us-east-1:111122223333:key/1234*"], KNOWN, True),
        ([MULTI_REGION], KNOWN, False),
        (["arn:aws:kms:eu-west-1:*:key/*"], KNOWN, False),
    ],
)
def test_which_resource_names_the_key(resources: list[str], key: Key, expected: Answer) -> None:
    """``"*"`` does; of an ARN it is not documented, and AWS's guides publish such policies.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/inventory-create-resource-data-sync.html
    """
    assert name_key(resources, key) is expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [(ARN, True), ("arn:*:kms:*:*:key/*", True), ("*", False), (ARN.replace("key/", "alias/"), False)],
)
def test_what_is_the_arn_of_a_key(resource: str, expected: bool) -> None:
    """A pattern of such ARNs is one, too."""
    assert is_arn_of_a_key(resource) is expected


@pytest.mark.parametrize(
    ("effect", "key_arn", "expected"),
    [
        ("Allow", None, Outcome.NOT_GRANTED),
        ("Allow", ARN, Outcome.ALLOWED),
        ("Allow", MULTI_REGION, Outcome.NOT_GRANTED),
        ("Deny", None, Outcome.NOT_GRANTED),
        ("Deny", ARN, Outcome.DENIED),
        ("Deny", MULTI_REGION, Outcome.NOT_GRANTED),
    ],
)
def test_the_arn_of_the_key_settles_it(effect: str, key_arn: str | None, expected: Outcome) -> None:
    """Without it the decision takes the Resource to be another key, and says so."""
    alice = f"arn:aws:iam::{ACCOUNT}:user/alice"
    element = {"Effect": effect, "Principal": {"AWS": alice}, "Action": "kms:*", "Resource": [ARN]}
    decision = decide(Policy([Statement.from_dict(element)]), Request(alice, "kms:Decrypt", key_arn=key_arn))
    assert decision.outcome is expected
    assert [one.path for one in decision.assumptions] == ([] if key_arn else ["Statement[0].Resource"])
