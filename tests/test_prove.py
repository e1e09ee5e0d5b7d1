"""Answers about all requests: relations between policies, claims, witnesses, and what is not known."""

from __future__ import annotations

import copy
import json
from typing import Any, NamedTuple, TypeAlias

import pytest

from kmspolicy import (
    Comparison,
    Fails,
    Holds,
    Outcome,
    Policy,
    Principal,
    Relation,
    Request,
    Unknown,
    Verdict,
    compare,
    decide,
    errors,
    explain,
    prove,
)
from kmspolicy._language._key_arns import ANY_KEY
from kmspolicy._normal._rules import rules_of
from kmspolicy._prove._budget import Budget
from kmspolicy._prove._proofs import Proofs

ACCOUNT, OTHER = "111122223333", "444455556666"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
APP = f"arn:aws:iam::{ACCOUNT}:role/App"
Json: TypeAlias = dict[str, Any]


def allow(**elements: Any) -> Json:
    """Return a statement that lets a role decrypt, with other elements."""
    return {
        "Effect": "Allow",
        "Principal": {"AWS": APP},
        "Action": "kms:Decrypt",
        "Resource": "*",
        **elements,
    }


def deny(**elements: Any) -> Json:
    """Return a statement that denies everyone everything, with other elements."""
    return {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*", **elements}


def where(operator: str, key: str, *values: Any, **elements: Any) -> Json:
    """Return a statement that lets a role decrypt under a condition."""
    return allow(Condition={operator: {key: list(values)}}, **elements)


def policy(*statements: Json, version: str = "2012-10-17") -> Policy:
    """Return a policy of statements."""
    return Policy.from_dict({"Version": version, "Statement": list(statements)})


EQUIVALENT, LESS, MORE, INCOMPARABLE, UNKNOWN = (
    Relation.EQUIVALENT,
    Relation.LESS_PERMISSIVE,
    Relation.MORE_PERMISSIVE,
    Relation.INCOMPARABLE,
    Relation.UNKNOWN,
)
KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


OTHER_KEY_ARN = KEY_ARN.replace("1234", "5678")


class Pair(NamedTuple):
    """Two policies, and what the second one is."""

    name: str
    before: list[Json]
    after: list[Json]
    relation: Relation


VIA, AGE, IP, TEAM = "kms:ViaService", "aws:MultiFactorAuthAge", "aws:SourceIp", "aws:PrincipalTag/team"
TRUE = (True,)
ME = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me"


def in_q(principal: str) -> Json:
    """Return a statement about a principal whose role has a certain path."""
    role = f"arn:aws:iam::{ACCOUNT}:role/q/*"
    return where("ArnLike", "aws:PrincipalArn", role, Principal={"AWS": principal})


PAIRS = [
    Pair("the same", [allow()], [allow()], EQUIVALENT),
    Pair("nothing and something", [], [allow()], MORE),
    Pair("something and nothing", [allow()], [], LESS),
    Pair("two actions", [allow()], [allow(Action="kms:Encrypt")], INCOMPARABLE),
    Pair("an action without effect", [], [allow(Action="kms:ListKeys")], EQUIVALENT),
    Pair("a statement that another one covers", [allow(Action="kms:*")], [allow(Action="kms:*"), allow()], EQUIVALENT),
    Pair("unknown actions", [allow(Action="kms:*")], [allow(NotAction="kms:Decrypt", Action=None), allow()], EQUIVALENT),
    Pair("two networks and their sum", [where("IpAddress", IP, "10.0.0.0/9", "10.128.0.0/9")], [where("IpAddress", IP, "10.0.0.0/8")], EQUIVALENT),
    Pair("a smaller network", [where("IpAddress", IP, "10.0.0.0/8")], [where("IpAddress", IP, "10.0.0.0/16")], LESS),
    Pair("two versions of IP", [where("IpAddress", IP, "0.0.0.0/0")], [where("IpAddress", IP, "::/0")], INCOMPARABLE),
    Pair("a smaller number", [where("NumericLessThan", AGE, 300)], [where("NumericLessThan", AGE, 60)], LESS),
    Pair("the number itself", [where("NumericLessThan", AGE, "1e1")], [where("NumericLessThanEquals", AGE, 10)], MORE),
    Pair("two halves of the numbers", [where("NumericLessThan", AGE, 1), where("NumericGreaterThanEquals", AGE, 1)], [where("NumericLessThan", AGE, 2), where("NumericGreaterThanEquals", AGE, 2)], EQUIVALENT),
    Pair("a later date", [where("DateLessThan", "aws:CurrentTime", "2026")], [where("DateLessThan", "aws:CurrentTime", "2027-01-01")], MORE),
    Pair("one of what a wildcard matches", [where("StringLike", VIA, "s3.*.amazonaws.com")], [where("StringEquals", VIA, "s3.us-east-1.amazonaws.com")], LESS),
    Pair("another case", [where("StringEqualsIgnoreCase", VIA, "S3")], [where("StringEquals", VIA, "s3")], LESS),
    Pair("case in all letters", [where("StringEqualsIgnoreCase", VIA, "k")], [where("StringEquals", VIA, "k", "K")], LESS),
    Pair("IfExists on a negated operator", [where("StringNotEquals", VIA, "a")], [where("StringNotEqualsIfExists", VIA, "a")], EQUIVALENT),
    Pair("an absent key", [where("StringEquals", VIA, "a")], [where("StringEqualsIfExists", VIA, "a")], MORE),
    Pair("presence", [where("Null", VIA, "false")], [where("StringLike", VIA, "*")], EQUIVALENT),
    Pair("never met", [], [allow(Condition={"Null": {VIA: "true"}, "StringEquals": {VIA: "a"}})], EQUIVALENT),
    Pair("a key without a prefix", [], [where("StringEquals", "ViaService", "a")], EQUIVALENT),
    Pair("values together", [where("ForAllValues:StringEquals", "kms:GrantOperations", "Decrypt", Action="kms:CreateGrant")], [where("ForAllValues:StringEquals", "kms:GrantOperations", "Decrypt", "Encrypt", Action="kms:CreateGrant")], MORE),
    Pair("any value and all values", [where("ForAnyValue:StringEquals", "kms:GrantOperations", "Decrypt", Action="kms:CreateGrant")], [where("ForAllValues:StringEquals", "kms:GrantOperations", "Decrypt", Action="kms:CreateGrant")], INCOMPARABLE),
    Pair("an empty text among others", [], [where("ForAnyValue:StringEquals", "kms:GrantOperations", "", Action="kms:CreateGrant")], MORE),
    Pair("a text beside an empty one", [], [where("ForAnyValue:StringEquals", VIA, "", "a")], MORE),
    Pair("a text beside an empty one, of what is denied", [allow(), deny(Condition={"ForAnyValue:StringEquals": {VIA: ["", "a"]}})], [allow()], MORE),
    Pair("an account and its role", [allow(Principal={"AWS": ROOT})], [allow()], INCOMPARABLE),
    Pair("an account beside its role", [allow(Principal={"AWS": ROOT})], [allow(Principal={"AWS": ROOT}), allow()], MORE),
    Pair("an account id and its root", [allow(Principal={"AWS": ACCOUNT})], [allow(Principal={"AWS": ROOT})], EQUIVALENT),
    Pair("everyone of an account, and the account", [allow(Principal={"AWS": ROOT})], [where("StringEquals", "kms:CallerAccount", ACCOUNT, Principal="*")], MORE),
    Pair("a role by its ARN", [where("ArnEquals", "aws:PrincipalArn", APP, Principal="*")], [where("StringEquals", "aws:PrincipalArn", APP, Principal="*")], EQUIVALENT),
    Pair("a wildcard that crosses a colon", [where("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/App", Principal="*")], [where("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/App", Principal="*")], UNKNOWN),
    Pair("a user name behind a path", [where("StringEquals", "aws:username", "alice", Principal="*")], [where("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:user/alice", "arn:aws:iam::*:user/*/alice", Principal="*")], EQUIVALENT),
    Pair("the caller's own account", [where("ArnLike", "aws:PrincipalArn", "arn:aws:iam::${aws:PrincipalAccount}:role/App", Principal="*")], [where("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/App", Principal="*")], EQUIVALENT),
    Pair("a variable beside a value", [where("StringEquals", TEAM, "${aws:username}")], [where("StringEquals", TEAM, "${aws:username}", "a")], MORE),
    Pair("none of a variable and a value", [where("StringNotEquals", TEAM, "${aws:username}")], [where("StringNotEquals", TEAM, "${aws:username}", "a")], LESS),
    Pair("two variables", [where("StringEquals", TEAM, "${aws:PrincipalTag/a}")], [where("StringEquals", TEAM, "${aws:PrincipalTag/b}")], INCOMPARABLE),
    Pair("a variable that can be read in two ways", [where("StringLike", TEAM, "${aws:PrincipalTag/a}*")], [where("StringLike", TEAM, "*${aws:PrincipalTag/a}")], UNKNOWN),
    Pair("a variable under a qualifier", [where("ForAnyValue:StringEquals", TEAM, "${aws:username}")], [where("ForAnyValue:StringEquals", TEAM, "${aws:username}", "a")], UNKNOWN),
    Pair("a literal that looks like a wildcard", [where("StringLike", TEAM, "${*}")], [where("StringEquals", TEAM, "*")], EQUIVALENT),
    Pair("a variable that cannot be read", [], [where("StringEquals", TEAM, "${")], UNKNOWN),
    Pair("a denial", [allow()], [allow(), deny(Action="kms:Decrypt")], LESS),
    Pair("a denial of what is not granted", [], [deny(Action="kms:Decrypt")], LESS),
    Pair("a denial that is lifted", [allow(), deny()], [allow(), deny(Condition={"StringNotEquals": {VIA: "a"}})], MORE),
    Pair("texts and numbers", [where("StringLike", AGE, "1*")], [where("NumericLessThan", AGE, 1000)], INCOMPARABLE),
    Pair("a text that may be a number", [], [allow(Condition={"StringLike": {AGE: "2*"}, "NumericLessThan": {AGE: 1}})], UNKNOWN),
    Pair("large numbers", [where("NumericLessThan", AGE, "1e999")], [where("NumericLessThan", AGE, "-1e999")], LESS),
    Pair("early dates", [where("DateLessThan", "aws:CurrentTime", "-99999999999")], [where("DateLessThan", "aws:CurrentTime", "0")], MORE),
    Pair("years that are seconds, too", [where("DateLessThan", "aws:EpochTime", "2026")], [where("NumericLessThan", "aws:EpochTime", 2026)], INCOMPARABLE),
    Pair("stars in a row", [where("StringLike", TEAM, "a**")], [where("StringLike", TEAM, "a*", "b")], MORE),
    Pair("a name that is a variable", [], [where("StringEquals", "aws:username", "${aws:PrincipalTag/a}", Principal="*")], UNKNOWN),
    Pair("a default", [where("StringEquals", TEAM, "${aws:PrincipalTag/a, 'x'}")], [where("StringEquals", TEAM, "${aws:PrincipalTag/a, 'y'}")], INCOMPARABLE),
    Pair("a variable with several values", [], [where("StringEquals", TEAM, "${aws:TagKeys}")], UNKNOWN),
    Pair("variables that are none", [where("StringEquals", TEAM, "${aws:username}", "a")], [where("StringEquals", TEAM, "a")], LESS),
    Pair("one letter", [where("StringLike", TEAM, "a?")], [where("StringLike", TEAM, "??")], MORE),
    Pair("a pattern of ARNs that is none", [], [where("ArnLike", "aws:PrincipalArn", "App", Principal="*")], EQUIVALENT),
    Pair("a user without a name", [], [where("StringEquals", "aws:username", "", Principal="*")], EQUIVALENT),
    Pair("user names that begin alike", [where("StringLike", "aws:username", "a*", Principal="*")], [where("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:user/a*", Principal="*")], INCOMPARABLE),
    Pair("a nanosecond", [where("DateLessThan", "aws:CurrentTime", "1970-01-01T00:00:00.000000001Z")], [where("DateLessThanEquals", "aws:CurrentTime", "1970-01-01T00:00:00Z")], EQUIVALENT),
    Pair("a denial of something else", [allow(Action="kms:Sign"), deny(Action="kms:Decrypt")], [allow(Action="kms:Sign"), deny(Action="kms:Encrypt")], INCOMPARABLE),
    Pair("an ARN whose wildcard must not cross a colon", [], [allow(Condition={"ArnLike": {TEAM: "*:*:*:*:*:z"}, "StringLike": {TEAM: ["::::::z*", "abc:::::z*"]}})], MORE),
    Pair("a name behind a path that begins anew", [], [allow(Principal="*", Condition={"StringNotEquals": {"aws:username": "x"}, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/p/*"}})], MORE),
    Pair("true is not a number", [where("NumericEquals", AGE, *TRUE)], [where("NumericEquals", AGE, 1)], UNKNOWN),
    Pair("zero and minus zero", [where("StringEquals", AGE, 0.0)], [where("StringEquals", AGE, -0.0)], INCOMPARABLE),
    Pair("one in two spellings", [where("StringEquals", AGE, 1)], [where("StringEquals", AGE, 1.0)], INCOMPARABLE),
    Pair("a year and seconds", [where("DateEquals", "aws:CurrentTime", "2026")], [where("DateEquals", "aws:CurrentTime", 2026)], INCOMPARABLE),
    Pair("between two numbers", [], [allow(Condition={"NumericGreaterThan": {AGE: 100_000}, "NumericLessThan": {AGE: 100_001}})], MORE),
    Pair("beyond all numbers", [], [where("NumericGreaterThan", AGE, 100_000)], MORE),
    Pair("below all numbers", [], [where("NumericLessThan", AGE, -100_000)], MORE),
    Pair("a number that is a year", [], [allow(Condition={"NumericLessThan": {"aws:EpochTime": 5000}, "DateGreaterThan": {"aws:EpochTime": "2024-06-01"}, "DateLessThan": {"aws:EpochTime": "2026"}})], MORE),
    Pair("between two networks", [], [allow(Condition={"IpAddress": {IP: "10.0.0.0/7"}, "NotIpAddress": {IP: ["10.0.0.0/8", "11.128.0.0/9"]}})], MORE),
    Pair("other sessions of a role", [in_q(ME)], [in_q(ME), in_q(f"arn:aws:iam::{ACCOUNT}:role/p/App")], MORE),
    Pair("a unique id", [], [allow(Principal={"AWS": "AIDAEXAMPLEEXAMPLE12"})], UNKNOWN),
    Pair("a placeholder", [], [allow(Principal={"AWS": "arn:aws:iam::ACCOUNT_ID:root"})], UNKNOWN),
    Pair("an identity provider on the other side, too", [allow(Principal={"Federated": "a.example"})], [allow(Principal={"Federated": "a.example"}, Action="kms:D*")], UNKNOWN),
    Pair("the key's own ARN", [], [allow(Resource=KEY_ARN)], MORE),
    Pair("the key's own ARN on both sides", [allow(Resource=KEY_ARN)], [allow(Resource=KEY_ARN), allow(Resource=KEY_ARN, Action="kms:Dec*t")], MORE),
    Pair("a key's ARN with wildcards", [], [allow(Resource=f"arn:aws:kms:*:{ACCOUNT}:key/*")], MORE),
    Pair("two keys", [allow(Resource=KEY_ARN)], [allow(Resource=KEY_ARN.replace("1234", "5678"))], INCOMPARABLE),
    Pair("any key instead of one", [allow(Resource=KEY_ARN)], [allow(Resource=f"{KEY_ARN[:-36]}*")], MORE),
    Pair("any key instead of two", [allow(Resource=[KEY_ARN, OTHER_KEY_ARN])], [allow(Resource=f"{KEY_ARN[:-36]}*")], MORE),
    Pair("two keys instead of those that begin alike", [allow(Resource=f"{KEY_ARN[:-36]}1*")], [allow(Resource=[KEY_ARN, OTHER_KEY_ARN])], INCOMPARABLE),
    Pair("two keys by one statement or two", [allow(Resource=[KEY_ARN, OTHER_KEY_ARN])], [allow(Resource=KEY_ARN), allow(Resource=OTHER_KEY_ARN)], EQUIVALENT),
    Pair("what is not a key beside one", [allow(Resource=[KEY_ARN, "a*"])], [allow(Resource=f"{KEY_ARN[:-36]}*")], MORE),
    Pair("all keys but one", [], [allow(Resource=f"{KEY_ARN[:-36]}*"), deny(Resource=KEY_ARN)], INCOMPARABLE),
    Pair("a denial for another key", [allow(Resource=KEY_ARN)], [allow(Resource=KEY_ARN), deny(Resource=OTHER_KEY_ARN, Action="kms:Decrypt")], LESS),
    Pair("a denial of a key where another one is allowed", [allow(Resource=KEY_ARN), deny(Action="kms:Decrypt")], [allow(Resource=KEY_ARN), deny(Action="kms:Decrypt", NotPrincipal={"AWS": [APP, ROOT]}, Principal=None), deny(Resource=KEY_ARN, Action="kms:Decrypt")], MORE),
    Pair("the key in a placeholder", [], [allow(Resource="arn:aws:kms:us-east-1:111122223333:key/KEY_ID")], UNKNOWN),
    Pair("what is not an ARN as an ARN", [], [where("ArnLike", "aws:PrincipalArn", "*", Principal="*")], UNKNOWN),
    Pair("what is not an ARN as none", [allow(Principal="*")], [where("ArnNotLike", "aws:PrincipalArn", "App", Principal="*")], EQUIVALENT),
    Pair("what is not an ARN under a qualifier", [], [where("ForAnyValue:ArnLike", TEAM, "*")], UNKNOWN),
    Pair("what is not a truth about presence", [], [where("Null", TEAM, "x")], UNKNOWN),
    Pair("any value, if there is one", [], [where("ForAnyValue:StringEqualsIfExists", TEAM, "a")], MORE),
    Pair("an account that services do not have", [], [where("StringEquals", "aws:PrincipalServiceName", "${aws:PrincipalAccount}", Principal="*")], EQUIVALENT),
    Pair("a truth that is none", [], [where("Bool", TEAM, "yes")], UNKNOWN),
    Pair("another Resource", [], [allow(Resource="x")], EQUIVALENT),
    Pair("an operator that does not exist", [], [where("stringEquals", TEAM, "a")], UNKNOWN),
    Pair("letters whose other case is not known", [], [where("StringEqualsIgnoreCase", TEAM, "\u03a3")], UNKNOWN),
    Pair("an account as a number", [], [where("NumericLessThan", "kms:CallerAccount", 1)], UNKNOWN),
    Pair("an account as what is not a number", [], [where("NumericNotEquals", "kms:CallerAccount", "x")], MORE),
    Pair("the China partition", [], [allow(Principal={"AWS": f"arn:aws-cn:iam::{ACCOUNT}:role/App"})], MORE),
    Pair("a pattern of another partition", [], [where("ArnLike", "aws:PrincipalArn", "arn:aws-*:iam::*:role/*", Principal="*")], MORE),
    Pair("all but a service", [allow(Principal="*")], [allow(Principal=None, NotPrincipal={"Service": "s3.amazonaws.com"})], LESS),
    Pair("an unknown one among those excepted", [allow(Principal="*")], [allow(Principal=None, NotPrincipal={"AWS": "AIDAEXAMPLEEXAMPLE12"})], UNKNOWN),
    Pair("the unique id of a caller", [where("StringLike", "aws:userid", "AROA*:me")], [where("StringEquals", "aws:userid", "AROAEXAMPLE:me")], LESS),
    Pair("bytes", [where("BinaryEquals", TEAM, "YQ==")], [where("BinaryEquals", TEAM, "YR==")], EQUIVALENT),
]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_what_one_policy_is_beside_another(pair: Pair) -> None:
    """Whatever can be asked for counts, and each difference has a request that shows it."""
    plain = [[{k: v for k, v in one.items() if v is not None} for one in some] for some in pair[1:3]]
    before, after = (policy(*some) for some in plain)
    comparison = compare(before, after)
    assert comparison.relation is pair.relation, str(comparison)
    assert (comparison.reason != "") == (pair.relation is Relation.UNKNOWN)
    for witness in (comparison.gained, comparison.lost):
        if witness is not None:
            assert witness.decision == decide(after, witness.request)
            assert witness.before == decide(before, witness.request)


# --- claims ------------------------------------------------------------------------------------------


class Claim(NamedTuple):
    """A policy, and the verdict on whether strangers can use the key."""

    name: str
    statements: list[Json]
    verdict: type


def everyone(operator: str, key: str, *values: Any) -> Json:
    """Return a statement that lets everyone decrypt under a condition."""
    return where(operator, key, *values, Principal={"AWS": "*"})


ORG = "aws:PrincipalOrgID"
CLAIMS = [
    Claim("an account", [allow(Principal={"AWS": ROOT})], Holds),
    Claim("a service", [allow(Principal={"Service": "s3.amazonaws.com"})], Holds),
    Claim("everyone", [allow(Principal="*")], Fails),
    Claim("all but one", [{**allow(), "NotPrincipal": {"AWS": ROOT}, "Principal": None}], Fails),
    Claim("an organisation", [everyone("StringEquals", ORG, "o-a1b2c3d4e5")], Holds),
    Claim("any organisation", [everyone("StringLike", ORG, "o-*")], Fails),
    Claim("all but an organisation", [everyone("StringNotEquals", ORG, "o-a1b2c3d4e5")], Fails),
    Claim("an organisation if there is one", [everyone("StringEqualsIfExists", ORG, "o-a1b2c3d4e5")], Fails),
    Claim(
        "part of an organisation",
        [everyone("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/*")],
        Holds,
    ),
    Claim(
        "all values of an organisation, or none",
        [everyone("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/*")],
        Fails,
    ),
    Claim("an account by a condition", [everyone("StringEquals", "kms:CallerAccount", ACCOUNT)], Holds),
    Claim("an account called star", [everyone("StringEquals", "kms:CallerAccount", "*")], Holds),
    Claim("any account", [everyone("StringLike", "kms:CallerAccount", "*")], Fails),
    Claim("accounts that begin alike", [everyone("StringLike", "kms:CallerAccount", "1*")], Fails),
    Claim(
        "an excluded value among those demanded",
        [everyone("ForAnyValue:StringNotEquals", "kms:CallerAccount", ACCOUNT)],
        Fails,
    ),
    Claim(
        "a role by its ARN",
        [everyone("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*")],
        Holds,
    ),
    Claim(
        "a role in any account", [everyone("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/App")], Fails
    ),
    Claim(
        "a wildcard that may cross colons",
        [everyone("StringLike", "aws:PrincipalArn", f"arn:aws*:iam::{ACCOUNT}:role/App")],
        Unknown,
    ),
    Claim(
        "a service between", [everyone("StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com")], Fails
    ),
    Claim("a type of principals", [everyone("StringEquals", "aws:PrincipalType", "User")], Fails),
    Claim("a tag of the caller", [everyone("StringEquals", TEAM, "a")], Fails),
    Claim("an encryption context", [everyone("StringEquals", "kms:EncryptionContext:a", "b")], Fails),
    Claim("a network", [everyone("IpAddress", IP, "203.0.113.0/24")], Holds),
    Claim("half of all networks", [everyone("IpAddress", IP, "0.0.0.0/1")], Fails),
    Claim("what is not a network", [everyone("IpAddress", IP, "x")], Holds),
    Claim(
        "the source of a service",
        [everyone("ArnLike", "aws:SourceArn", f"arn:aws:cloudtrail:*:{ACCOUNT}:trail/*")],
        Holds,
    ),
    Claim(
        "any source of a service", [everyone("ArnLike", "aws:SourceArn", "arn:aws:cloudtrail:*:*:*")], Fails
    ),
    Claim("a variable", [everyone("StringEquals", "aws:SourceAccount", "${aws:PrincipalAccount}")], Fails),
    Claim("the unique id of a role", [everyone("StringLike", "aws:userid", "AROAEXAMPLE:*")], Holds),
    Claim("presence alone", [everyone("Null", ORG, "false")], Fails),
    Claim("an operator that does not exist", [everyone("stringEquals", ORG, "a")], Unknown),
    Claim(
        "everyone, and a denial of all but an organisation",
        [allow(Principal="*"), deny(Condition={"StringNotEquals": {ORG: "o-a1b2c3d4e5"}})],
        Holds,
    ),
    Claim(
        "everyone, and a denial of all but a role",
        [allow(Principal="*"), deny(Condition={"StringNotLike": {"aws:PrincipalArn": APP}})],
        Holds,
    ),
    Claim(
        "everyone, and a denial for some",
        [allow(Principal="*"), deny(Condition={"StringEquals": {TEAM: "a"}})],
        Fails,
    ),
]


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim.name for claim in CLAIMS])
def test_whether_strangers_can_use_the_key(claim: Claim) -> None:
    """Only what AWS chooses limits who calls; what is denied counts."""
    document = policy(*({k: v for k, v in one.items() if v is not None} for one in claim.statements))
    verdict = prove.no_public_access(document)
    assert type(verdict) is claim.verdict, str(verdict)
    if isinstance(verdict, Fails):
        assert decide(document, verdict.witness.request).outcome is Outcome.ALLOWED
        assert verdict.witness.before is None


LIMIT = policy(allow(Principal={"AWS": ROOT}, Action="kms:*"))
IN_A_NETWORK = policy(where("IpAddress", IP, "10.0.0.0/8"))
VERDICTS: list[tuple[str, Verdict, type]] = [
    ("what an account is left covers its role", prove.grants_at_most(policy(allow()), LIMIT), Holds),
    (
        "but not another account",
        prove.grants_at_most(policy(allow(Principal={"AWS": OTHER})), LIMIT),
        Fails,
    ),
    ("more for a role is new access", prove.no_new_access(LIMIT, policy(allow())), Fails),
    ("a policy is no new access to itself", prove.no_new_access(LIMIT, LIMIT), Holds),
    ("less is no new access", prove.no_new_access(LIMIT, policy()), Holds),
    (
        "a denial that is lifted is no new access where nothing grants any",
        prove.no_new_access(policy(deny()), policy()),
        Holds,
    ),
    ("a denial that is lifted is new access to what is granted", prove.no_new_access(policy(allow(), deny()), policy(allow())), Fails),
    ("the action is granted", prove.access_not_granted(policy(allow()), "kms:Decrypt"), Fails),
    ("others are not", prove.access_not_granted(policy(allow()), "kms:Put*", "kms:Enc*"), Holds),
    ("nothing is granted", prove.access_not_granted(policy()), Holds),
    ("something is granted", prove.access_not_granted(policy(allow())), Fails),
    ("to the role", prove.access_not_granted(policy(allow()), "*", principal=APP), Fails),
    ("and its session", prove.access_not_granted(policy(allow()), principal=f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me"), Fails),
    ("and not to another one", prove.access_not_granted(policy(allow()), principal=f"{APP}2"), Holds),
    ("nor to a service", prove.access_not_granted(policy(allow()), principal="s3.amazonaws.com"), Holds),
    ("everyone has it", prove.access_not_granted(policy(allow()), principal=Principal.everyone()), Fails),
    ("everyone by a star", prove.access_not_granted(policy(allow()), principal="*"), Fails),
    ("it is always granted", prove.always_granted(policy(allow()), APP, "kms:Decrypt"), Holds),
    ("not in every network", prove.always_granted(IN_A_NETWORK, APP, "kms:Decrypt"), Fails),
    ("not where it is denied", prove.always_granted(policy(allow(), deny()), APP, "kms:Decrypt"), Fails),
    ("not all actions", prove.always_granted(policy(allow()), Principal.role(ACCOUNT, "App"), "kms:*"), Fails),
    ("what else is denied does not matter", prove.always_granted(policy(allow(), deny(Action="kms:Put*")), APP, "kms:Decrypt"), Holds),
    (
        "IAM policies may grant it",
        prove.always_granted(LIMIT, ROOT, "kms:Decrypt"),
        Holds,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("verdict", "kind"), [row[1:] for row in VERDICTS], ids=[row[0] for row in VERDICTS])
def test_claims(verdict: Verdict, kind: type) -> None:
    """A claim about all requests holds, or fails with a request."""
    assert type(verdict) is kind, str(verdict)
    assert verdict.holds is (kind is Holds)


def test_what_is_required_is_returned_or_raised() -> None:
    """``require`` lets nothing through but what is shown."""
    holds = prove.no_new_access(LIMIT, LIMIT)
    assert holds.require() is holds
    fails = prove.no_new_access(LIMIT, policy(allow()))
    unknown = prove.no_new_access(LIMIT, policy(allow(Principal={"AWS": "AIDAEXAMPLEEXAMPLE12"})))
    for verdict in (fails, unknown):
        with pytest.raises(errors.NotShownError) as caught:
            verdict.require()
        assert caught.value.verdict == verdict
        assert not verdict.holds
        assert str(caught.value) == str(verdict)
        assert copy.deepcopy(caught.value).verdict == verdict


def test_no_answer_is_yes_or_no() -> None:
    """Whoever asks for yes or no is told what to ask instead."""
    comparison = compare(LIMIT, policy(allow(Principal={"AWS": "AIDAEXAMPLEEXAMPLE12"})))
    answers: list[object] = [comparison, comparison.relation, comparison.no_more, comparison.no_less]
    answers.append(prove.no_new_access(LIMIT, LIMIT))
    for answer in answers:
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(answer)


def test_unknown_words_are_errors() -> None:
    """What nobody can ask for is refused."""
    with pytest.raises(errors.RequestError, match="expected an action of KMS"):
        prove.access_not_granted(LIMIT, "s3:GetObject")
    with pytest.raises(errors.RequestError, match="cannot make requests"):
        prove.always_granted(LIMIT, "App", "kms:Decrypt")
    with pytest.raises(errors.RequestError, match="an account must be an account id"):
        compare(LIMIT, LIMIT, account="x")
    with pytest.raises(errors.RequestError, match="an account must be an account id"):
        prove.no_new_access(LIMIT, LIMIT, account="x")
    with pytest.raises(TypeError, match="Policy"):
        compare(LIMIT, "x")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]


TO_S3 = [
    allow(Principal={"AWS": ROOT}, Action="kms:*"),
    where("StringEquals", VIA, "s3.us-east-1.amazonaws.com", Action="kms:Encrypt"),
]


@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"])
def test_callers_of_other_accounts_are_decided_as_requests_of_theirs(action: str) -> None:
    """Where the account of the key is known, a proof says of other accounts what a decision says."""
    other = f"arn:aws:iam::{OTHER}:role/App"
    document = policy(allow(Principal={"AWS": other}, Action=action))
    request = Request(other, action, account=ACCOUNT)
    is_granted = decide(document, request).outcome is Outcome.ALLOWED
    assert prove.access_not_granted(document, action, account=ACCOUNT).holds is not is_granted
    assert prove.always_granted(document, other, action, account=ACCOUNT).holds is is_granted
    assert prove.access_not_granted(document, action, account=OTHER).holds is False


def test_the_key_settles_what_its_arn_means() -> None:
    """A Resource that is another key's ARN gives nothing; one that is this key's is as good as a star."""
    named, other = policy(allow(Resource=KEY_ARN)), KEY_ARN.replace("1234", "5678")
    assert compare(policy(allow()), named, key_arn=KEY_ARN).relation is Relation.EQUIVALENT
    assert compare(policy(), named, key_arn=other).relation is Relation.EQUIVALENT
    assert compare(policy(), named, account=OTHER).relation is Relation.EQUIVALENT
    anywhere = compare(policy(), named, account=ACCOUNT).gained
    assert anywhere is not None
    assert anywhere.request.key_arn == KEY_ARN
    assert str(anywhere) == f"role App of account {ACCOUNT} may kms:Decrypt if the key is {KEY_ARN}: no → yes"
    keys = policy(allow(Resource=f"arn:aws:kms:*:{ACCOUNT}:*"))
    gained = compare(policy(), keys).gained
    assert gained is not None
    assert gained.request == anywhere.request
    with pytest.raises(errors.RequestError, match="not in account"):
        prove.no_public_access(named, account=OTHER, key_arn=KEY_ARN)


@pytest.mark.parametrize("resource", ["arn:aws:kms:*:*:key/*", "arn:aws:kms:*"])
def test_a_pattern_of_keys_is_shown_in_the_account_of_the_key(resource: str) -> None:
    """The request that shows the difference is about a key of this account."""
    gained = compare(policy(), policy(allow(Resource=resource)), account=OTHER).gained
    assert gained is not None
    assert gained.request.key_arn == KEY_ARN.replace(ACCOUNT, OTHER)


def test_a_witness_names_a_key_that_no_denial_names() -> None:
    """Of the keys that a pattern matches, there is another one than that which is excepted."""
    all_but_one = policy(allow(Resource=f"{KEY_ARN[:-36]}*"), deny(Resource=KEY_ARN))
    verdict = prove.access_not_granted(all_but_one)
    assert isinstance(verdict, Fails)
    assert verdict.witness.request.key_arn == f"{KEY_ARN[:-36]}0987dcba-09fe-87dc-65ba-ab0987654321"


# --- witnesses ---------------------------------------------------------------------------------------


def shown(before: list[Json], after: list[Json]) -> tuple[str, str, dict[str, Any], bool]:
    """Return the request that shows what is gained."""
    comparison = compare(policy(*before), policy(*after))
    assert comparison.gained is not None
    request = comparison.gained.request
    context = {key: [*values] for key, values in request.context}
    return request.principal, request.action, context, comparison.gained.typical


def test_a_witness_is_as_usual_as_can_be() -> None:
    """It names the role as the policy does, an action that has the condition key, and nothing that is not needed."""
    assert shown([], [allow(Action="kms:*")]) == (APP, "kms:Decrypt", {}, True)
    assert shown([], [where("StringLike", VIA, "s3.*", Action="kms:*")]) == (
        APP,
        "kms:Decrypt",
        {VIA: ["s3."]},
        True,
    )
    operations = where("ForAllValues:StringEquals", "kms:GrantOperations", "Decrypt", Action="kms:*")
    assert shown([], [operations])[1:3] == ("kms:Decrypt", {})
    assert shown(
        [], [where("Bool", "kms:GrantIsForAWSResource", "true", Action=["kms:Encrypt", "kms:CreateGrant"])]
    ) == (
        APP,
        "kms:CreateGrant",
        {"kms:GrantIsForAWSResource": ["true"]},
        True,
    )


def test_an_unusual_witness_says_so() -> None:
    """An unknown action, a key that an action does not have, an empty value."""
    known = [allow(Action=["kms:A*", "kms:Tele*"])]
    assert shown([], known) == (APP, "kms:a", {}, False)
    assert shown([], [where("Null", "kms:GrantIsForAWSResource", "false")])[3] is False
    assert shown([], [where("StringEquals", VIA, "")]) == (APP, "kms:Decrypt", {VIA: [""]}, False)


def test_a_session_tells_the_path_of_its_role_in_the_context() -> None:
    """Its own ARN does not tell it."""
    role = f"arn:aws:iam::{ACCOUNT}:role/team/App"
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/me"
    after = where("ArnLike", "aws:PrincipalArn", role, Principal={"AWS": session})
    assert shown([], [after]) == (session, "kms:Decrypt", {"aws:PrincipalArn": [role]}, True)


@pytest.mark.parametrize("name", ["SomeRole", "x", "session", "someone", "999999999999"])
def test_there_is_always_somebody_else(name: str) -> None:
    """Whatever names a policy takes, somebody has another one."""
    arns = [
        f"arn:aws:iam::{ACCOUNT}:user/{name}",
        f"arn:aws:iam::{ACCOUNT}:role/{name}",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/session",
        f"arn:aws:sts::{ACCOUNT}:federated-user/someone",
        "arn:aws:iam::999999999999:role/SomeRole",
    ]
    before = allow(Principal={"AWS": arns, "Service": "some-service.amazonaws.com"})
    comparison = compare(policy(before), policy(allow(Principal="*")))
    assert comparison.relation is Relation.MORE_PERMISSIVE
    for kind in ("user", "role", "assumed-role", "federated-user"):
        asked = where("StringLike", "aws:PrincipalArn", f"arn:aws:*::{ACCOUNT}:{kind}*/*", Principal="*")
        both = compare(policy(before), policy(before, asked))
        assert kind == "assumed-role" or both.relation is Relation.MORE_PERMISSIVE


# --- budgets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        where("StringLike", TEAM, *(f"*{a}*{b}*{c}*" for a in "abcdef" for b in "ghijkl" for c in "mnopqr")),
        allow(Action=[f"kms:*{a}*{b}*{c}*" for a in "abcdef" for b in "ghijkl" for c in "mnopqr"]),
    ],
    ids=["texts", "actions"],
)
def test_too_much_work_is_unknown(statement: Json) -> None:
    """An answer does not depend on the patience of a machine."""
    verdict = prove.no_new_access(policy(), policy(statement))
    assert isinstance(verdict, Unknown)
    assert "too many kinds of requests" in verdict.reason


def test_a_search_that_takes_too_long_is_unknown() -> None:
    """The budget of a question is one, whatever it is spent for."""
    budget = Budget()
    proofs = Proofs(rules_of(LIMIT), rules_of(policy(allow())), ANY_KEY, budget)
    budget.left = 0
    verdict = proofs.not_above("a claim", [Outcome.ALLOWED])
    assert isinstance(verdict, Unknown)
    assert "too many kinds of requests" in verdict.reason


# --- words -------------------------------------------------------------------------------------------


HOLDS: Json = {"verdict": "holds", "reason": None, "witness": None, "depends_on": []}
WORDS: dict[str, tuple[Comparison | Verdict, str]] = {
    "more": (
        compare(LIMIT, policy(*TO_S3)),
        (
            f"more permissive: role App of account {ACCOUNT} may kms:Encrypt with kms:ViaService "
            "s3.us-east-1.amazonaws.com: IAM → yes"
        ),
    ),
    "less": (
        compare(policy(allow()), policy(deny())),
        f"less permissive: role App of account {ACCOUNT} may kms:Decrypt: yes → denied",
    ),
    "the same": (compare(LIMIT, LIMIT), "equivalent: every request has the same outcome"),
    "both": (
        compare(policy(allow()), policy(allow(Action="kms:Encrypt"))),
        (
            f"incomparable:\n  gained: role App of account {ACCOUNT} may kms:Encrypt: no → yes\n"
            f"  lost: role App of account {ACCOUNT} may kms:Decrypt: yes → no"
        ),
    ),
    "one side unknown": (
        compare(LIMIT, policy(allow(Principal={"AWS": "AIDAEXAMPLEEXAMPLE12"}))),
        (
            f"unknown:\n  lost: the root user of account {ACCOUNT} may kms:Decrypt: yes → no\n"
            "  not known what is gained: AIDAEXAMPLEEXAMPLE12 may stand for any caller"
        ),
    ),
    "no longer denied": (
        compare(policy(deny()), policy()),
        (
            "more permissive: role SomeRole of account 999999999999 may kms:Decrypt: no longer denied; "
            "a KMS grant may allow it"
        ),
    ),
    "a claim that holds": (
        prove.no_new_access(LIMIT, LIMIT),
        "holds: no request is granted more than before",
    ),
    "one that fails": (
        prove.access_not_granted(policy(where("Null", "kms:GrantIsForAWSResource", "false")), principal=APP),
        (
            f"does not hold: nothing is granted to {APP}; role App of account {ACCOUNT} may kms:Decrypt with "
            "kms:GrantIsForAWSResource true: yes (not a usual request)"
        ),
    ),
    "one that fails for a key that a Resource names": (
        prove.access_not_granted(policy(allow(Resource=KEY_ARN)), account=ACCOUNT),
        f"does not hold: nothing is granted; role App of account {ACCOUNT} may kms:Decrypt if the key is {KEY_ARN}: yes",
    ),
    "one that fails for keys of the caller's account": (
        prove.access_not_granted(policy(allow(Action="kms:PutKeyPolicy"))),
        (
            f"does not hold: nothing is granted; role App of account {ACCOUNT} may kms:PutKeyPolicy if the key is in account "
            f"{ACCOUNT}: yes"
        ),
    ),
    "one that fails for the keys of an account that is known": (
        prove.access_not_granted(policy(allow(Action="kms:PutKeyPolicy")), account=ACCOUNT),
        f"does not hold: nothing is granted; role App of account {ACCOUNT} may kms:PutKeyPolicy: yes",
    ),
    "one that fails for a service, which has no account": (
        prove.access_not_granted(
            policy(allow(Action="kms:PutKeyPolicy", Principal={"Service": "s3.amazonaws.com"}))
        ),
        "does not hold: nothing is granted; the service s3.amazonaws.com may kms:PutKeyPolicy: yes",
    ),
    "one that is not known": (
        prove.no_public_access(policy(everyone("stringEquals", ORG, "a"))),
        (
            "not shown: nobody whom the policy does not know can use the key; it is not settled whether "
            "'stringEquals' on 'aws:principalorgid' with 'a' is met"
        ),
    ),
    "one that is not known, with a request": (
        prove.no_public_access(
            policy(everyone("StringLike", "aws:PrincipalArn", f"arn:aws*:iam::{ACCOUNT}:role/App"))
        ),
        (
            "not shown: nobody whom the policy does not know can use the key; it is not settled whether there can be "
            "arn:aws:iam::999999999999:role/:iam::111122223333:role/App; perhaps role ':iam::111122223333:role/App' of "
            "account 999999999999 may kms:Decrypt: yes (not a usual request)"
        ),
    ),
}


def test_answers_are_json() -> None:
    """A program reads what a person does."""
    comparison = compare(LIMIT, policy(*TO_S3))
    unknown = WORDS["one that is not known, with a request"][0].to_dict()
    assert json.loads(json.dumps(comparison.to_dict())) == {
        "relation": "more permissive",
        "no_new_access": {
            "verdict": "fails",
            "claim": "no request is granted more than before",
            "reason": None,
            "witness": {
                "request": {
                    "principal": APP,
                    "action": "kms:Encrypt",
                    "context": {VIA: ["s3.us-east-1.amazonaws.com"]},
                    "account": None,
                    "key_arn": None,
                },
                "outcome": "allowed",
                "before": "delegated",
                "typical": True,
            },
            "depends_on": [],
        },
        "no_lost_access": HOLDS | {"claim": "no request that was granted is granted less"},
        "no_more": comparison.no_new_access.to_dict() | {"claim": "the outcome is higher for no request"},
        "no_less": HOLDS | {"claim": "the outcome is lower for no request"},
    }
    assert json.loads(json.dumps(unknown))["witness"]["before"] is None
    assert WORDS["one that is not known"][0].to_dict() == {
        "verdict": "unknown",
        "claim": "nobody whom the policy does not know can use the key",
        "reason": "it is not settled whether 'stringEquals' on 'aws:principalorgid' with 'a' is met",
        "witness": None,
        "depends_on": [],
    }


@pytest.mark.parametrize(("answer", "words"), WORDS.values(), ids=WORDS)
def test_words(answer: Comparison | Verdict, words: str) -> None:
    """A person reads who gains or loses what, and under which circumstances."""
    assert explain(answer) == str(answer) == words
    witness = answer.gained if isinstance(answer, Comparison) else getattr(answer, "witness", None)
    assert witness is None or explain(witness) == str(witness)
    assert witness is None or str(witness) in words
