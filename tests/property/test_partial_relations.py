"""What is proved of a policy with placeholders holds for all values, also beside other texts that the question tells."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmspolicy import Fails, Holds, PartialPolicy, Policy, prove

if TYPE_CHECKING:
    from collections.abc import Callable

    from kmspolicy import Verdict

A, B = "111122223333", "444455556666"
APP = f"arn:aws:iam::{A}:role/App"
PRINCIPALS = [
    APP,
    f"arn:aws:iam::{B}:role/App",
    f"arn:aws:iam::{A}:role/Apps",
    f"arn:aws:iam::{B}:user/App",
    f"arn:aws:iam::{A}:root",
    f"arn:aws:sts::{A}:assumed-role/App/sess",
    B,
]
KEYS = [f"arn:aws:kms:eu-west-1:{A}:key/{name}" for name in ("abc", "abx", "zz")]


def to(name: str) -> dict[str, Any]:
    """Return the elements of a statement about a principal."""
    return {"Principal": {"AWS": name}}


def where(key: str, operators: str, values: list[str]) -> list[dict[str, Any]]:
    """Return the elements of a statement with each operator and value."""
    return [
        {"Principal": {"AWS": APP}, "Condition": {operator: {key: value}}}
        for operator, value in product(operators.split(), values)
    ]


def anyone(key: str, operators: str, values: list[str]) -> list[dict[str, Any]]:
    """Return the elements of a statement about everyone with each operator and value."""
    return [each | {"Principal": "*"} for each in where(key, operators, values)]


ARN, EC, VIA, SERVICE = (
    "aws:PrincipalArn",
    "kms:EncryptionContext:k",
    "kms:ViaService",
    "aws:PrincipalServiceName",
)
AGE, NOW, IP, ORG = "aws:MultiFactorAuthAge", "aws:CurrentTime", "aws:SourceIp", "aws:PrincipalOrgID"
TEXTS, PATTERNS = ["a", "ab", "abc", "b", "A", "xayb"], ["a*", "*b", "*a*", "?", "a?"]
NUMBERS = ["5", "10", "100", "7", "1000000000000000"]
DATES = ["2024-01-01T00:00:00Z", "2024-06-01T00:00:00Z", "2033-01-01T00:00:00Z"]
NETWORKS = [
    "10.0.0.0/8",
    "10.1.0.0/16",
    "10.0.0.0/9",
    "0.0.0.0/0",
    "192.168.0.0/16",
    "10.1.2.3/32",
    "2001:db8::/32",
]
ABOUT_PRINCIPALS = [
    *map(to, PRINCIPALS),
    {"Principal": "*"},
    *anyone(ARN, "ArnLike", ["arn:aws:iam::*:role/A*"]),
    *anyone(ARN, "StringLike", ["*pps"]),
    *anyone("aws:username", "StringEquals", ["App"]),
]


class Kind(NamedTuple):
    """Statements with placeholders, others about the same thing, and some values."""

    templates: list[dict[str, Any]]
    others: list[dict[str, Any]]
    values: dict[str, list[str]]


KINDS = {
    "principals": Kind([to("${P}")], ABOUT_PRINCIPALS, {"P": PRINCIPALS}),
    "two principals": Kind([{"Principal": {"AWS": ["${P}", "${Q}"]}}], ABOUT_PRINCIPALS, {"P": PRINCIPALS[:5], "Q": PRINCIPALS[:5]}),
    "parts of ARNs": Kind([to("arn:aws:iam::${Account}:role/${R}")], ABOUT_PRINCIPALS, {"Account": [A, B], "R": ["App", "Apps", "Z"]}),
    "users": Kind([{"Principal": "*", "Condition": {"StringEquals": {"aws:username": "${U}"}}}], ABOUT_PRINCIPALS, {"U": ["App", "Apps"]}),
    "services": Kind(
        [{"Principal": {"Service": "${S}.amazonaws.com"}}],
        [*({"Principal": {"Service": f"{name}.amazonaws.com"}} for name in ("s3", "sns")), {"Principal": "*"},
         *anyone(SERVICE, "StringEquals", ["s3.amazonaws.com"]), *anyone(SERVICE, "StringLike", ["s*.amazonaws.com"])],
        {"S": ["s3", "sns", "ec2"]},
    ),
    "parts of actions": Kind(
        [{"Action": "kms:Get${X}"}],
        [{"Action": "kms:Sign"}, {"Action": "kms:Get*"}, {"Action": "kms:*"}, {"Action": ["kms:GetKeyPolicy", "kms:Decrypt"]}],
        {"X": ["KeyPolicy", "KeyRotationStatus", "PublicKey"]},
    ),
    "resources": Kind(
        [{"Resource": "${K}"}, {"Resource": f"arn:aws:kms:eu-west-1:{A}:key/${{N}}"}],
        [{"Resource": KEYS[0]}, {"Resource": f"arn:aws:kms:eu-west-1:{A}:key/a*"}, {}],
        {"K": ["*", *KEYS], "N": ["abc", "abx", "zz"]},
    ),
    "texts": Kind(
        [*where(EC, "StringEquals StringNotEquals StringEqualsIgnoreCase", ["${X}"]), *where(EC, "StringLike", ["${X}*", "a${X}"])],
        [*where(EC, "StringEquals StringNotEquals StringEqualsIgnoreCase", TEXTS), *where(EC, "StringLike", PATTERNS), to(APP)],
        {"X": TEXTS},
    ),
    "ARNs": Kind(
        where("aws:SourceArn", "ArnLike StringEquals", ["${X}"]),
        [*where("aws:SourceArn", "ArnEquals StringEquals ArnNotLike", ["arn:aws:s3:::a", "arn:aws:s3:::a*", "arn:aws:s3:::*b"]), to(APP)],
        {"X": [f"arn:aws:s3:::{name}" for name in ("a", "ab", "axb", "z")]},
    ),
    "numbers": Kind(
        where(AGE, "NumericLessThan NumericEquals NumericGreaterThanEquals", ["${N}"]),
        [*where(AGE, "NumericLessThan NumericEquals NumericGreaterThanEquals NumericNotEquals", NUMBERS), to(APP)],
        {"N": NUMBERS},
    ),
    "points in time": Kind(
        where(NOW, "DateLessThan DateEquals DateGreaterThanEquals", ["${D}"]),
        [*where(NOW, "DateLessThan DateEquals DateGreaterThanEquals", DATES), to(APP)],
        {"D": DATES},
    ),
    "networks": Kind(where(IP, "IpAddress NotIpAddress", ["${N}"]), [*where(IP, "IpAddress NotIpAddress", NETWORKS), to(APP)], {"N": NETWORKS}),
    "Regions": Kind(
        [*where(VIA, "StringEquals", ["s3.${R}.amazonaws.com"]), *where("aws:RequestedRegion", "StringEquals", ["${R}"])],
        [*where(VIA, "StringLike", ["s3.eu-west-1.amazonaws.com", "*.eu-west-1.amazonaws.com", "s3.eu-*"]), *where("aws:RequestedRegion", "StringLike", ["eu-*", "us-east-1"]), to(APP)],
        {"R": ["eu-west-1", "us-east-1", "eu-north-1"]},
    ),
    "organisations": Kind(
        [*where(ORG, "StringEquals", ["${O}"]), *where("aws:PrincipalOrgPaths", "ForAnyValue:StringLike", ["${O}/*"])],
        [*where(ORG, "StringEquals StringNotEquals", ["o-abcdefghij"]), *where(ORG, "StringLike", ["o-ab*"]), *where("aws:PrincipalOrgPaths", "ForAnyValue:StringLike", ["o-abcdefghij/r-ab12/*"]), to(APP)],
        {"O": ["o-abcdefghij", "o-abzzzzzzzz", "o-zzzzzzzzzz"]},
    ),
    "accounts": Kind(
        [each for key in ("kms:CallerAccount", "aws:SourceAccount") for each in where(key, "StringEquals", ["${Account}"])],
        [*where("kms:CallerAccount", "StringEquals StringNotEquals", [A, B]), *where("aws:SourceAccount", "StringLike", [B, "4444*"]), to(APP)],
        {"Account": [A, B, "444400000000", "999988887777"]},
    ),
}  # fmt: skip


def document(statements: list[tuple[str, dict[str, Any]]]) -> str:
    """Return the text of a policy."""
    usual = {"Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
    return json.dumps(
        {"Statement": [{"Effect": effect} | usual | elements for effect, elements in statements]}
    )


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@settings(max_examples=4, derandomize=True)
@given(data=st.data())
def test_what_is_certain_is_so_for_each_value(kind: Kind, data: st.DataObject) -> None:
    """The other policy, the principal and the actions of the question are texts that a value may be the same as, or related to."""
    effects = st.sampled_from(["Allow", "Allow", "Deny"])
    others = st.tuples(effects, st.sampled_from(kind.others))
    template = data.draw(st.tuples(effects, st.sampled_from(kind.templates)))
    partial = PartialPolicy.from_json(
        document(
            [*data.draw(st.lists(others, max_size=1)), template, *data.draw(st.lists(others, max_size=1))]
        )
    )
    other = Policy.from_json(document(data.draw(st.lists(others, min_size=1, max_size=3))))
    principal = data.draw(st.sampled_from(PRINCIPALS))
    questions: list[Callable[[Policy | PartialPolicy], Verdict]] = [
        lambda policy: prove.grants_at_most(policy, other),
        lambda policy: prove.no_new_access(policy, other),
        lambda policy: prove.access_not_granted(policy, "kms:Decrypt", principal=principal),
        lambda policy: prove.always_granted(policy, principal, "kms:Decrypt"),
        prove.no_public_access,
    ]
    names = [one.name for one in partial.placeholders]
    filled = [
        partial.fill(dict(zip(names, each, strict=True)))
        for each in product(*map(kind.values.__getitem__, names))
    ]
    for question in questions:
        said = question(partial)
        if isinstance(said, Holds | Fails):
            assert {type(question(policy)) for policy in filled} == {type(said)}
