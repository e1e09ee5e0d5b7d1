"""Equivalence: what is mere spelling, and what is not; and the normal form that decides it."""

from __future__ import annotations

from typing import Any

import pytest

from kmspolicy import (
    Condition,
    Policy,
    Principal,
    Statement,
    allow,
    canonical,
    conditions,
    deny,
    diff,
    equivalent,
    statements,
)
from kmspolicy._normal._form import minimal
from support import exactly

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
BOB = f"arn:aws:iam::{ACCOUNT}:user/bob"
SERVICE = "logs.us-east-1.amazonaws.com"


def one(**elements: Any) -> Policy:
    """Build a policy of one statement from its elements as JSON holds them."""
    whole = {
        "Effect": "Allow",
        "Principal": {"AWS": ALICE},
        "Action": "kms:Decrypt",
        "Resource": "*",
    } | elements
    document = {"Version": "2012-10-17", "Statement": [{k: v for k, v in whole.items() if v is not None}]}
    return Policy.from_dict(document)


def when(operator: str, key: str, values: Any, version: str | None = "2012-10-17") -> Policy:
    """Build a policy under one condition."""
    return Policy(
        Statement(
            "Allow",
            principal=Principal.arn(ALICE),
            action="kms:*",
            resource="*",
            condition=Condition(operator, key, values),
        ),
        version=version,
    )


TO_ALICE, TO_BOB = Principal.arn(ALICE), Principal.arn(BOB)
S3 = conditions.via_service.equals("s3.us-east-1.amazonaws.com")
NOT_S3 = conditions.via_service.not_equals("s3.us-east-1.amazonaws.com")

SAME: dict[str, tuple[Policy, Policy]] = {
    "order of statements": (
        Policy([allow("kms:Decrypt").to(TO_ALICE), deny("kms:Sign").to(TO_BOB)]),
        Policy([deny("kms:Sign").to(TO_BOB), allow("kms:Decrypt").to(TO_ALICE)]),
    ),
    "a single statement without a list": (one(), Policy(one().statements[0])),
    "a statement twice": (one(), Policy([*one().statements, *one().statements])),
    "Sid and Id": (one(), Policy([one().statements[0].named("x")], id="y")),
    "an empty Sid": (one(), one(Sid="")),
    "order of principals": (one(Principal={"AWS": [ALICE, BOB]}), one(Principal={"AWS": [BOB, ALICE, BOB]})),
    "order of kinds": (
        one(Principal={"AWS": ALICE, "Service": SERVICE}),
        one(Principal={"Service": [SERVICE], "AWS": [ALICE]}),
    ),
    "everyone": (one(Principal="*"), one(Principal={"AWS": "*"})),
    "everyone in a list": (one(Principal="*"), one(Principal={"AWS": ["*"]})),
    "an account": (one(Principal={"AWS": ACCOUNT}), one(Principal={"AWS": ROOT})),
    "an account in NotPrincipal": (
        one(Effect="Deny", Principal=None, NotPrincipal={"AWS": ACCOUNT}),
        one(Effect="Deny", Principal=None, NotPrincipal={"AWS": [ROOT]}),
    ),
    "order of actions": (
        one(Action=["kms:Encrypt", "kms:Decrypt"]),
        one(Action=["kms:Decrypt", "kms:Encrypt"]),
    ),
    "case of actions": (one(Action="KMS:decrypt"), one()),
    "case of wildcards": (one(Action="kms:GENERATE*"), one(Action="kms:generate*")),
    "an action under a wildcard": (one(Action=["kms:*", "kms:Decrypt"]), one(Action="kms:*")),
    "a wildcard under a wildcard": (one(Action=["kms:Get*", "kms:GetKey*"]), one(Action="kms:get*")),
    "a wildcard in the middle": (one(Action=["kms:*Key*", "kms:GetKeyPolicy"]), one(Action="kms:*key*")),
    "two stars": (one(Action="kms:**"), one(Action="kms:*")),
    "all actions": (one(Action="*"), one(Action="kms:*")),
    "NotAction": (
        one(Action=None, NotAction=["kms:Get*", "kms:GetKeyPolicy", "KMS:sign"]),
        one(Action=None, NotAction=["kms:Sign", "kms:Get*"]),
    ),
    "a list of one resource": (one(Resource=["*"]), one()),
    "split by action": (
        Policy([allow("kms:Decrypt").to(TO_ALICE), allow("kms:Encrypt").to(TO_ALICE)]),
        Policy([allow("kms:Decrypt", "kms:Encrypt").to(TO_ALICE)]),
    ),
    "split by principal": (
        Policy([allow("kms:Decrypt").to(TO_ALICE), allow("kms:Decrypt").to(TO_BOB)]),
        Policy([allow("kms:Decrypt").to(TO_ALICE, TO_BOB)]),
    ),
    "split by both": (
        Policy([allow("kms:Decrypt", "kms:Sign").to(TO_ALICE, TO_BOB).when(S3)]),
        Policy(
            [
                allow("kms:Sign").to(TO_BOB).when(S3),
                allow("kms:Decrypt").to(TO_ALICE, TO_BOB).when(S3),
                allow("kms:Sign").to(TO_ALICE).when(S3),
            ]
        ),
    ),
    "covered in another statement": (
        Policy([allow("kms:Decrypt").to(TO_ALICE), allow("kms:*").to(TO_ALICE)]),
        Policy([allow("kms:*").to(TO_ALICE)]),
    ),
    "an empty Condition": (one(Condition={}), one()),
    "an empty block": (one(Condition={"StringEquals": {}}), one()),
    "order of conditions": (
        one(Condition={"Bool": {"aws:a": "true", "aws:b": "true"}, "StringEquals": {"aws:c": "d"}}),
        one(Condition={"StringEquals": {"aws:c": ["d"]}, "Bool": {"aws:b": ["true"], "aws:a": "true"}}),
    ),
    "case of a condition key": (
        when("StringEquals", "kms:viaSERVICE", "x"),
        when("StringEquals", "kms:ViaService", "x"),
    ),
    "order of values": (
        when("StringEquals", "aws:a", ["x", "y", "x"]),
        when("StringEquals", "aws:a", ["y", "x"]),
    ),
    "a boolean as text": (when("Bool", "aws:a", values=True), when("Bool", "aws:a", "TRUE")),
    "Null as text": (when("Null", "aws:a", values=False), when("Null", "aws:a", "False")),
    "a number as text": (when("NumericEquals", "aws:a", 90), when("NumericEquals", "aws:a", "+90.0")),
    "zero": (when("NumericEquals", "aws:a", "-0"), when("NumericEquals", "aws:a", "0.000")),
    "a number under a text operator": (
        when("StringEquals", "aws:a", 90),
        when("StringEquals", "aws:a", "90"),
    ),
    "a date in another zone": (
        when("DateLessThan", "aws:a", "2026-01-01T01:00:00+01:00"),
        when("DateLessThan", "aws:a", "2026-01-01"),
    ),
    "a date as seconds": (
        when("DateLessThan", "aws:a", 1767225600),
        when("DateLessThan", "aws:a", "2026-01-01T00:00Z"),
    ),
    "a date with a fraction": (
        when("DateLessThan", "aws:a", "1767225600.50"),
        when("DateLessThan", "aws:a", "2026-01-01T00:00:00.5Z"),
    ),
    "a date before 1970": (
        when("DateLessThan", "aws:a", "-0.5"),
        when("DateLessThan", "aws:a", "1969-12-31T23:59:59.5Z"),
    ),
    "a network": (when("IpAddress", "aws:a", "10.0.0.0/8"), when("IpAddress", "aws:a", "10.1.2.3/8")),
    "an address": (
        when("IpAddress", "aws:a", "2001:DB8::1"),
        when("IpAddress", "aws:a", "2001:db8:0::1/128"),
    ),
    "ArnEquals": (when("ArnEquals", "aws:a", "arn:aws:s3:::b*"), when("ArnLike", "aws:a", "arn:aws:s3:::b*")),
    "ArnNotEqualsIfExists": (
        when("ArnNotEqualsIfExists", "aws:a", "arn:aws:s3:::b"),
        when("ArnNotLikeIfExists", "aws:a", "arn:aws:s3:::b"),
    ),
    "conditions that conflict": (
        one(Condition={"StringEquals": {"aws:username": "x", "AWS:USERNAME": ["y"]}}),
        one(Condition={"StringEquals": {"AWS:USERNAME": "y", "aws:username": ["x"]}}),
    ),
    "ArnEquals and ArnLike on one key": (
        one(Condition={"ArnEquals": {"aws:a": "x"}, "ArnLike": {"aws:A": ["y"]}}),
        one(Condition={"ArnLike": {"aws:A": "y"}, "ArnEquals": {"aws:a": "x"}}),
    ),
    "the Version without variables": (
        Policy(one().statements, version="2008-10-17"),
        Policy(one().statements, version="2012-10-17"),
    ),
    "an absent Version": (Policy(one().statements, version=None), Policy(one().statements)),
    "an absent Version with variables": (
        when("StringEquals", "aws:a", "${aws:username}", None),
        when("StringEquals", "aws:a", "${aws:username}", "2008-10-17"),
    ),
}

DIFFERENT: dict[str, tuple[Policy, Policy]] = {
    "effect": (one(), one(Effect="Deny")),
    "case of a principal": (one(), one(Principal={"AWS": ALICE.replace("alice", "Alice")})),
    "partition": (one(Principal={"AWS": ROOT}), one(Principal={"AWS": ROOT.replace("aws", "aws-cn", 1)})),
    "an account in another partition": (
        one(Principal={"AWS": ACCOUNT}),
        one(Principal={"AWS": ROOT.replace("aws", "aws-us-gov", 1)}),
    ),
    "kind of principal": (one(Principal={"AWS": SERVICE}), one(Principal={"Service": SERVICE})),
    "an account id that is a Service": (
        one(Principal={"Service": ACCOUNT}),
        one(Principal={"Service": ROOT}),
    ),
    "a user and the account": (one(), one(Principal={"AWS": ROOT})),
    "Principal and NotPrincipal": (
        one(Effect="Deny"),
        one(Effect="Deny", Principal=None, NotPrincipal={"AWS": ALICE}),
    ),
    "NotPrincipal split": (
        one(Effect="Deny", Principal=None, NotPrincipal={"AWS": [ROOT, ALICE]}),
        Policy(
            [
                *one(Effect="Deny", Principal=None, NotPrincipal={"AWS": ROOT}).statements,
                *one(Effect="Deny", Principal=None, NotPrincipal={"AWS": ALICE}).statements,
            ]
        ),
    ),
    "Action and NotAction": (one(), one(Action=None, NotAction="kms:Decrypt")),
    "one action more": (one(), one(Action=["kms:Decrypt", "kms:Sign"])),
    "a wildcard and what it matches today": (
        one(Action="kms:ReEncrypt*"),
        one(Action=["kms:ReEncryptFrom", "kms:ReEncryptTo"]),
    ),
    "case of a condition value": (when("StringEquals", "aws:a", "x"), when("StringEquals", "aws:a", "X")),
    "case of an operator": (when("StringEquals", "aws:a", "x"), when("stringEquals", "aws:a", "x")),
    "case of an operator that does not exist": (
        when("stringequals", "aws:a", "x"),
        when("stringEquals", "aws:a", "x"),
    ),
    "IfExists": (when("StringEquals", "aws:a", "x"), when("StringEqualsIfExists", "aws:a", "x")),
    "set qualifier": (
        when("ForAnyValue:StringEquals", "aws:a", "x"),
        when("ForAllValues:StringEquals", "aws:a", "x"),
    ),
    "one value more": (when("StringEquals", "aws:a", "x"), when("StringEquals", "aws:a", ["x", "y"])),
    "no values": (when("StringEquals", "aws:a", []), one()),
    "numbers": (when("NumericEquals", "aws:a", "90"), when("NumericEquals", "aws:a", "90.1")),
    "texts that look like numbers": (
        when("StringEquals", "aws:a", "90"),
        when("StringEquals", "aws:a", "90.0"),
    ),
    "malformed numbers": (when("NumericEquals", "aws:a", "x"), when("NumericEquals", "aws:a", "X")),
    "a boolean where a number should be": (
        when("NumericEquals", "aws:a", values=True),
        when("NumericEquals", "aws:a", "true"),
    ),
    "a boolean and the number one": (when("Bool", "aws:a", values=True), when("Bool", "aws:a", 1)),
    "dates": (when("DateEquals", "aws:a", "2026"), when("DateEquals", "aws:a", 2026)),
    "very long numbers": (
        when("NumericEquals", "aws:a", "1" * 29 + "1"),
        when("NumericEquals", "aws:a", "1" * 29 + "2"),
    ),
    "zeros under a text operator": (when("StringEquals", "aws:a", 0.0), when("StringEquals", "aws:a", -0.0)),
    "an operator that does not exist, and nothing under it": (one(Condition={"Foo": {}}), one()),
    "a Kelvin sign": (one(Action="\u212ams:Decrypt"), one()),
    "a Kelvin sign in a key": (
        when("StringEquals", "\u212ams:ViaService", "x"),
        when("StringEquals", "kms:ViaService", "x"),
    ),
    "dates finer than nanoseconds": (
        when("DateEquals", "aws:a", "1.0000000001"),
        when("DateEquals", "aws:a", "1.0000000002"),
    ),
    "numbers that are not dates": (when("DateEquals", "aws:a", "1e40"), when("DateEquals", "aws:a", 1e40)),
    "dates beyond the calendar": (
        when("DateEquals", "aws:a", "999999999998"),
        when("DateEquals", "aws:a", "999999999999"),
    ),
    "networks": (when("IpAddress", "aws:a", "10.0.0.0/8"), when("IpAddress", "aws:a", "10.0.0.0/9")),
    "both conditions or either": (
        Policy([allow("kms:Decrypt").to(TO_ALICE).when(S3).when(conditions.caller_account.equals(ACCOUNT))]),
        Policy(
            [
                allow("kms:Decrypt").to(TO_ALICE).when(S3),
                allow("kms:Decrypt").to(TO_ALICE).when(conditions.caller_account.equals(ACCOUNT)),
            ]
        ),
    ),
    "the Version with variables": (
        when("StringEquals", "aws:a", "${aws:username}"),
        when("StringEquals", "aws:a", "${aws:username}", "2008-10-17"),
    ),
    "conditions that conflict": (
        one(Condition={"StringEquals": {"aws:a": "x", "AWS:A": "y"}}),
        one(Condition={"StringEquals": {"aws:a": ["x", "y"]}}),
    ),
    "ArnEquals and ArnLike": (
        one(Condition={"ArnEquals": {"aws:a": "x"}, "ArnLike": {"aws:a": "y"}}),
        one(Condition={"ArnLike": {"aws:a": ["x", "y"]}}),
    ),
}

SAME_PERMISSIONS: dict[str, tuple[Policy, Policy]] = {
    "two networks and the one that they make": (
        when("IpAddress", "aws:SourceIp", ["203.0.113.0/25", "203.0.113.128/25"]),
        when("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
    ),
    "an action without effect": (one(Action=["kms:Decrypt", "kms:CreateKey"]), one()),
    "a statement that another one covers": (
        Policy([allow("kms:*").to(TO_ALICE), allow("kms:Decrypt").to(TO_ALICE).when(S3)]),
        Policy([allow("kms:*").to(TO_ALICE)]),
    ),
    "an Allow of what is denied": (
        Policy([deny("kms:*").to(Principal.everyone()), allow("kms:Decrypt").to(TO_ALICE)]),
        Policy([deny("kms:*").to(Principal.everyone())]),
    ),
    "IfExists on a negated operator": (
        when("StringNotEquals", "aws:a", "x"),
        when("StringNotEqualsIfExists", "aws:a", "x"),
    ),
    "one of two values, and the other": (
        Policy([allow("kms:Decrypt").to(TO_ALICE).when(S3), allow("kms:Decrypt").to(TO_ALICE).when(NOT_S3)]),
        Policy([allow("kms:Decrypt").to(TO_ALICE)]),
    ),
    "a key that requests of the action never have": (
        one(Action="kms:Sign", Condition={"StringEquals": {"aws:PrincipalServiceName": "x"}}),
        Policy([]),
    ),
    "the key of an operator that does not exist": (
        when("stringEquals", "aws:a", "x"),
        when("stringEquals", "aws:A", "x"),
    ),
    "an account in a condition": (
        when("StringEquals", "aws:PrincipalArn", ACCOUNT),
        when("StringEquals", "aws:PrincipalArn", ROOT),
    ),
    "operator": (when("StringEquals", "aws:a", "x"), when("StringLike", "aws:a", "x")),
    "an unknown Version": (one(), Policy(one().statements, version="2020-01-01")),
    "a missing Principal": (one(Principal=None), one(Principal={})),
    "a missing Action": (one(Action=None), one(Action=[])),
    "a missing Resource": (one(Resource=None), one(Resource=[])),
    "a missing statement": (one(Resource=None), Policy([])),
    "another Resource": (one(), one(Resource=["*", "arn:aws:kms:us-east-1:111122223333:key/k"])),
    "Resource and NotResource": (one(Resource="x"), one(Resource=None, NotResource="x")),
}


@pytest.mark.parametrize("name", SAME)
def test_mere_spelling(name: str) -> None:
    """Both ways; and the normal form of both is one text, which is its own normal form."""
    a, b = SAME[name]
    assert equivalent(a, b)
    assert equivalent(b, a)
    assert canonical(a).to_json() == canonical(b).to_json()
    assert canonical(canonical(a)) == canonical(a)


@pytest.mark.parametrize("name", DIFFERENT)
def test_other_permissions(name: str) -> None:
    """Or what is not known to be the same."""
    a, b = DIFFERENT[name]
    assert not equivalent(a, b)
    assert not equivalent(b, a)
    assert canonical(a) != canonical(b)
    for policy in (a, b):
        assert equivalent(policy, canonical(policy))


@pytest.mark.parametrize("name", SAME_PERMISSIONS)
def test_other_documents_of_the_same_permissions(name: str) -> None:
    """No spelling of each other, so that it takes a proof."""
    a, b = SAME_PERMISSIONS[name]
    assert canonical(a) != canonical(b)
    assert diff(a, b)
    assert equivalent(a, b)
    assert equivalent(b, a)


def test_an_account_is_in_the_partition_of_the_key() -> None:
    """Which is aws unless it is said to be another."""
    by_id, by_arn = one(Principal={"AWS": ACCOUNT}), one(Principal={"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"})
    assert equivalent(by_id, by_arn, partition="aws-cn")
    assert not equivalent(by_id, one(Principal={"AWS": ROOT}), partition="aws-cn")
    assert canonical(by_id, partition="aws-cn").statements[0].principal == Principal.account(
        ACCOUNT, partition="aws-cn"
    )


def test_the_normal_form() -> None:
    """It is a policy one can read: in order, spelt as AWS spells, without labels."""
    policy = Policy(
        [
            allow("kms:Sign").to(TO_BOB).named("b"),
            statements.enable_iam_policies(ACCOUNT),
            Statement(
                "Allow",
                principal=Principal({"Service": [SERVICE], "AWS": [BOB, ACCOUNT]}),
                action=["KMS:DECRYPT", "kms:encrypt", "kms:generatedatakey*", "kms:teleport"],
                resource=["*"],
                condition=Condition.from_dict(
                    {
                        "StringEquals": {"KMS:ENCRYPTIONCONTEXT:App": ["b", "a"], "x:y": ["z"]},
                        "Bool": {"aws:SECURETRANSPORT": True},
                    }
                ),
            ),
            deny.all_except("kms:Verify", "kms:Sign").to_all_except(TO_BOB, Principal.account(ACCOUNT)),
        ],
        id="x",
        version=None,
    )
    assert exactly(canonical(policy).to_dict()) == exactly(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": ROOT},
                    "Action": "kms:*",
                    "Resource": "*",
                },
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": BOB},
                    "Action": "kms:Sign",
                    "Resource": "*",
                },
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": [ROOT, BOB], "Service": SERVICE},
                    "Action": ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:teleport"],
                    "Resource": "*",
                    "Condition": {
                        "Bool": {"aws:SecureTransport": "true"},
                        "StringEquals": {"kms:EncryptionContext:app": ["a", "b"], "x:y": "z"},
                    },
                },
                {
                    "Effect": "Deny",
                    "NotPrincipal": {"AWS": [ROOT, BOB]},
                    "NotAction": ["kms:Sign", "kms:Verify"],
                    "Resource": "*",
                },
            ],
        }
    )


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param({"a"}, {"a"}, id="one name"),
        pytest.param({"a", "b"}, {"a", "b"}, id="two names"),
        pytest.param({"*", "a*", "b"}, {"*"}, id="all"),
        pytest.param({"a*", "ab*", "abc", "b*", "b"}, {"a*", "b*"}, id="names behind their beginnings"),
        pytest.param({"a?c", "abc", "abz"}, {"a?c", "abz"}, id="a question mark"),
        pytest.param({"*c", "a*c", "ac", "ad"}, {"*c", "ad"}, id="a star at the beginning"),
        pytest.param({"a*", "a?c"}, {"a*"}, id="a question mark behind a star"),
        pytest.param({"?*", "a*"}, {"?*"}, id="a question mark and a star"),
    ],
)
def test_what_a_wildcard_covers_is_dropped(names: set[str], expected: set[str]) -> None:
    """Whatever the pattern."""
    assert minimal(names) == expected


def test_very_many_patterns_are_not_compared_with_each_other() -> None:
    """It would take too long, and no policy has them."""
    long = f"kms:{'a' * 64}*x"
    assert minimal({long, f"{long}x"}) == {long, f"{long}x"}
    many = {f"kms:{number}*x" for number in range(65)}
    assert minimal(many | {"kms:1yx"}) == many | {"kms:1yx"}
    assert minimal(many | {"kms:1yx", "*"}) == {"*"}


KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def test_the_arn_of_the_key_is_the_key() -> None:
    """Where it is known; and an account in no partition is in that of the key."""
    on_key = one(Resource=KEY_ARN)
    assert canonical(on_key, key_arn=KEY_ARN) == canonical(one())
    assert canonical(on_key) == canonical(on_key, key_arn=f"{KEY_ARN[:-1]}c") != canonical(one())
    assert equivalent(on_key, one(), key_arn=KEY_ARN)
    assert not equivalent(on_key, one())
    by_id, key_arn = one(Principal={"AWS": ACCOUNT}), KEY_ARN.replace("aws", "aws-cn", 1)
    assert canonical(by_id, key_arn=key_arn) == canonical(by_id, partition="aws-cn")


def test_what_does_not_work_across_accounts_changes_nothing() -> None:
    """Where the account of the key is known."""
    mine, theirs = one(Principal={"AWS": BOB}), "arn:aws:iam::444455556666:root"
    more = Policy([*mine.statements, *one(Principal={"AWS": theirs}, Action="kms:PutKeyPolicy").statements])
    assert equivalent(mine, more, account=ACCOUNT)
    assert not equivalent(mine, more, account="444455556666")
    assert not equivalent(mine, more)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (one(), one(Principal={"AWS": BOB})),
        (one(), one(Action="kms:Sign")),
        (one(), Policy([])),
        (one(Principal="*"), Policy([])),
        (one(), one(Effect="Deny")),
    ],
    ids=["principals", "actions", "nothing", "everyone", "effects"],
)
def test_what_plain_statements_show_needs_no_proof(
    monkeypatch: pytest.MonkeyPatch, a: Policy, b: Policy
) -> None:
    """A request of theirs is decided before any class of requests is looked for."""
    monkeypatch.delattr("kmspolicy._diff._equivalent.is_equivalent")
    assert not equivalent(a, b)
    assert equivalent(a, a)


def test_names_that_nobody_has_are_left_to_the_proof() -> None:
    """A request cannot be by them."""
    assert not equivalent(one(Principal={"AWS": "AIDACKCEVSQ6C2EXAMPLE"}), Policy([]))
    assert not equivalent(one(Action="kms:Foo*"), Policy([]))
    assert equivalent(one(Principal={"AWS": "nobody"}, Action="kms:CreateKey"), Policy([]))
