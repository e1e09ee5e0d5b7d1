"""The key that has a policy: what its ARN tells, and which Resource names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from kmspolicy import Outcome, Policy, Request, Statement, decide
from kmspolicy._language._key_arns import (
    ANY_KEY,
    Key,
    account_of_key_arn,
    name_key,
    partition_of_key_arn,
    region_of_key_arn,
)
from kmspolicy._language._operators import Perhaps

if TYPE_CHECKING:
    from kmspolicy._language._operators import Answer

ACCOUNT = "111122223333"
ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
MULTI_REGION = f"arn:aws-us-gov:kms:us-gov-west-1:{ACCOUNT}:key/mrk-1234abcd12ab34cd56ef1234567890ab"


class Told(NamedTuple):
    """What the ARN of a key tells."""

    label: str
    text: str
    partition: str | None = None
    region: str | None = None
    account: str | None = None


TOLD = [
    Told("a key", ARN, "aws", "us-east-1", ACCOUNT),
    Told("a multi-Region key", MULTI_REGION, "aws-us-gov", "us-gov-west-1", ACCOUNT),
    Told("another partition", ARN.replace("arn:aws:", "arn:aws-cn:"), "aws-cn", "us-east-1", ACCOUNT),
    Told("a key id", ARN.rpartition("/")[2]),
    Told("an alias", ARN.replace("key/", "alias/")),
    Told("a pattern", ARN.replace(ACCOUNT, "*")),
    Told("another service", ARN.replace(":kms:", ":s3:")),
    Told("a space behind it", f"{ARN} "),
    Told("a line end behind it", f"{ARN}\n"),
    Told("the name of an alias", "alias/x"),
    Told("nothing", ""),
]


@pytest.mark.parametrize("row", TOLD, ids=lambda row: row.label)
def test_what_the_arn_of_a_key_tells(row: Told) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-ARN."""
    assert partition_of_key_arn(row.text) == row.partition
    assert region_of_key_arn(row.text) == row.region
    assert account_of_key_arn(row.text) == row.account


KNOWN, IN_ACCOUNT, ELSEWHERE = Key(ACCOUNT, ARN), Key(ACCOUNT), Key("444455556666")


class Named(NamedTuple):
    """Whether a Resource names the key, by what is known of it."""

    label: str
    resources: list[str]
    any_key: Answer = False
    in_account: Answer = False
    elsewhere: Answer = False
    known: Answer = False


YES, MAYBE = True, Perhaps.NOT
NAMED = [
    Named("the star", ["*"], YES, YES, YES, YES),
    Named("the star among others", ["x", "*"], YES, YES, YES, YES),
    Named("the star behind an ARN", [ARN, "*"], YES, YES, YES, YES),
    Named("nothing", []),
    Named("no ARN", ["x"]),
    Named("an alias", [ARN.replace("key/", "alias/")]),
    Named("aliases", ["arn:aws:kms:*:*:alias/*"]),
    Named("no key id", [f"arn:aws:kms:us-east-1:{ACCOUNT}:key/"]),
    Named("a bucket", ["arn:aws:s3:::bucket"]),
    Named("objects of a bucket", ["arn:aws:s3:::bucket/*"]),
    Named("the ARN", [ARN], MAYBE, MAYBE, known=YES),
    Named("the ARN among others", ["x", ARN], MAYBE, MAYBE, known=YES),
    Named("another key", [MULTI_REGION], MAYBE, MAYBE),
    Named("all keys", ["arn:aws:kms:*:*:key/*"], MAYBE, MAYBE, MAYBE, YES),
    Named("keys of a Region", ["arn:aws:kms:eu-west-1:*:key/*"], MAYBE, MAYBE, MAYBE),
    Named("keys of some accounts", ["arn:aws:kms:*:1111*:key/*"], MAYBE, MAYBE, known=YES),
    Named("some keys of an account", [f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234*"], MAYBE, MAYBE, known=YES),
    Named("all of an account", [f"arn:aws:kms:*:{ACCOUNT}:*"], MAYBE, MAYBE, known=YES),
    Named("all of an account in a Region", [f"arn:aws:kms:eu-west-1:{ACCOUNT}:*"], MAYBE, MAYBE),
    Named("all of KMS", ["arn:aws:kms:*"], MAYBE, MAYBE, MAYBE, YES),
    Named("all ARNs", ["arn:*"], MAYBE, MAYBE, MAYBE, YES),
    Named("no ARN, with a star", ["*key*"]),
]


@pytest.mark.parametrize("row", NAMED, ids=lambda row: row.label)
def test_which_resource_names_the_key(row: Named) -> None:
    """``"*"`` does; of an ARN it is not documented, and AWS's guides publish such policies.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/inventory-create-resource-data-sync.html
    """
    answers = [name_key(row.resources, key) for key in (ANY_KEY, IN_ACCOUNT, ELSEWHERE, KNOWN)]
    assert answers == [row.any_key, row.in_account, row.elsewhere, row.known]


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
