"""Ways in which other tools got key policies wrong, as requirements; each test names its number and its tool."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kmspolicy import (
    Condition,
    KeyPolicies,
    Policy,
    Principal,
    Retry,
    Severity,
    Statement,
    canonical,
    check,
    diff,
    equivalent,
    errors,
    statements,
)
from kmspolicy.testing import FakeKMS

if TYPE_CHECKING:
    from kmspolicy.testing import VirtualClock


def kept(document: str) -> bool:
    """Return whether a document is the same after it was read and written."""
    return json.dumps(Policy.from_json(document).to_dict()) == json.dumps(json.loads(document))


def test_01_conditions_are_never_merged_or_overwritten() -> None:
    """1: awacs drops one of two conditions on the same operator and key, Terraform's data source ORs them."""
    statement = Statement("Allow", condition=Condition("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"))
    with pytest.raises(errors.ConditionConflictError):
        statement.when(Condition("StringEquals", "aws:PrincipalOrgID", "o-f6g7h8i9j0"))
    both = statement.when(Condition("StringLike", "aws:PrincipalOrgID", "o-*"))
    assert list(both.condition or ()) == [
        ("StringEquals", "aws:PrincipalOrgID", ("o-a1b2c3d4e5",)),
        ("StringLike", "aws:PrincipalOrgID", ("o-*",)),
    ]


@pytest.mark.parametrize(
    "document",
    [
        '{"Statement": [{"Effect": "Allow", "Action": "a"}]}',
        '{"Statement": [{"Effect": "Allow", "Action": ["a"]}]}',
        '{"Statement": [{"Effect": "Allow", "Action": ["b", "a", "b"]}]}',
        '{"Version": "2008-10-17", "Id": "", "Statement": []}',
        '{"Statement": [{"Sid": "", "Effect": "Allow"}]}',
        '{"Statement": [{"Effect": "Allow", "Condition": {"Bool": {"a": true}}}]}',
        '{"Statement": [{"Effect": "Allow", "Condition": {"Bool": {"a": "true"}}}]}',
        '{"Statement": [{"Effect": "Allow", "Condition": {"NumericEquals": {"b": 90, "a": [90.0, "90"]}}}]}',
    ],
)
def test_02_the_form_survives(document: str) -> None:
    """2: Scalar or list, order, Id, an absent Version, an absent or empty Sid, and types of values survive."""
    assert kept(document)


def test_03_a_statement_may_be_a_single_object() -> None:
    """3: The grammar's brackets are optional for one statement."""
    document = '{"Statement": {"Effect": "Allow"}}'
    assert kept(document)
    assert Policy.from_json(document).statements == (Statement("Allow"),)


def test_04_several_kinds_of_principals_and_two_ways_to_say_everyone() -> None:
    """4: One statement may name several kinds; ``"*"`` and ``{"AWS": "*"}`` differ in text, not in meaning."""
    assert kept(
        '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "a", "Service": ["s"], "Federated": "f"}}]}'
    )
    star, aws_star = Principal.everyone(), Principal({"AWS": "*"})
    assert star != aws_star
    assert list(star) == list(aws_star) == [("AWS", "*")]


@pytest.mark.parametrize(
    "name",
    [
        "AROADBQP57FF2AEXAMPLE",
        "AIDADBQP57FF2AEXAMPLE",
        "111122223333",
        "arn:aws-us-gov:iam::111122223333:root",
        "arn:aws:sts::111122223333:assumed-role/App/session",
        "arn:aws:iam::111122223333:role/Admin*",
        "whatever KMS returns",
    ],
)
def test_05_reading_accepts_all_that_kms_returns(name: str) -> None:
    """5: Unique ids, other partitions, sessions and oddities are read and written back."""
    document = json.dumps(
        {"Statement": [{"Effect": "Allow", "Principal": {"AWS": name, "CanonicalUser": "79a5"}}]}
    )
    assert kept(document)
    assert Policy.from_json(document).statements[0].principal == Principal(
        {"AWS": name, "CanonicalUser": "79a5"}
    )


def test_06_duplicate_sids_are_kept() -> None:
    """6: KMS accepts them, so nothing is indexed by Sid, and nothing is guessed."""
    document = '{"Statement": [{"Sid": "x", "Effect": "Allow"}, {"Sid": "x", "Effect": "Deny"}]}'
    assert kept(document)
    with pytest.raises(errors.SidError, match="2 statements have the Sid 'x'"):
        Policy.from_json(document).without_statement("x")


@pytest.mark.parametrize("sid", ["Allow use of the key", "für Schlüssel: ÿ!", "a\tb", "1"])
def test_07_sids_are_any_text(sid: str) -> None:
    """7: parliament reports spaces and Latin-1 letters as errors; they are legal."""
    assert kept(json.dumps({"Statement": [{"Sid": sid, "Effect": "Allow"}]}))
    assert f'"Sid":{json.dumps(sid, ensure_ascii=False)}' in Policy([Statement("Allow", sid=sid)]).to_json()


def test_08_case_is_kept_as_written() -> None:
    """8: Actions and keys are the same in any case to IAM, but the document is the caller's; equality is of texts."""
    document = '{"Statement": [{"Effect": "Allow", "Action": "KMS:decrypt", "Condition": {"bool": {"AWS:x": "True"}}}]}'
    assert kept(document)
    assert Policy.from_json(document) != Policy.from_json(document.replace("KMS:", "kms:"))
    assert Policy.from_json(document) != Policy.from_json(document.replace('"bool"', '"Bool"'))


def test_09_a_key_that_stands_twice_is_an_error_with_its_place() -> None:
    """9: ``json.loads`` silently keeps the last of two."""
    document = '{"Statement": [\n  {"Effect": "Deny",\n   "Effect": "Allow"}]}'
    assert json.loads(document) == {"Statement": [{"Effect": "Allow"}]}
    with pytest.raises(
        errors.PolicyDocumentError,
        match=r"^line 3, column 4, Statement\[0\]\.Effect: this name appears twice",
    ):
        Policy.from_json(document)


ALICE = Principal.user("111122223333", "alice")


def _in_condition(value: str) -> Policy:
    condition = Condition("StringEquals", "aws:PrincipalArn", value)
    return Policy([Statement("Allow", principal=ALICE, action="kms:*", resource="*", condition=condition)])


def test_16_an_account_id_is_its_root_arn_as_a_principal_only() -> None:
    """16: Ansible folds it in conditions too, HashiCorp in the partition aws only."""
    by_id = Policy(
        [Statement("Allow", principal=Principal({"AWS": "111122223333"}), action="kms:*", resource="*")]
    )
    for partition in ("aws", "aws-cn", "aws-us-gov"):
        account = Principal.account("111122223333", partition=partition)
        by_arn = Policy([Statement("Allow", principal=account, action="kms:*", resource="*")])
        assert equivalent(by_id, by_arn, partition=partition)
        assert equivalent(by_id, by_arn) is (partition == "aws")
    assert diff(_in_condition("111122223333"), _in_condition("arn:aws:iam::111122223333:root"))


def test_17_lists_and_statements_are_sets_and_labels_a_level_of_their_own() -> None:
    """17: Order means nothing, and Sid and Id are reported as labels."""
    one = Statement("Allow", principal=ALICE, action=["kms:Sign", "kms:Verify"], resource="*", sid="a")
    two = Statement("Deny", principal=ALICE, action="kms:Decrypt", resource="*")
    other = Statement("Allow", principal=ALICE, action=["kms:Verify", "kms:Sign"], resource=["*"], sid="b")
    assert equivalent(Policy([one, two]), Policy([two, other], id="x"))
    difference = diff(Policy([one, two]), Policy([two, other], id="x"))
    assert [change.path for change in difference.labels] == ["Id", "Statement[1].Sid"]
    assert (difference.added, difference.removed, difference.changed) == ((), (), ())


def test_18_an_absent_version_is_the_first_one() -> None:
    """18: In 2008-10-17, and so without a Version, policy variables are plain text."""
    plain, variable = _in_condition("x"), _in_condition("${aws:username}")
    for policy, same in ((plain, True), (variable, False)):
        old = Policy(policy.statements, version="2008-10-17")
        absent = Policy(policy.statements, version=None)
        assert equivalent(old, absent)
        assert equivalent(absent, policy) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"Principal": {"AWS": []}}, {"Principal": {}}, id="nobody in two ways"),
        pytest.param(
            {"Condition": {"stringEquals": {"aws:a": "x"}}},
            {"Condition": {"STRINGEQUALS": {"aws:a": "x"}}},
            id="an operator in two wrong cases",
        ),
        pytest.param(
            {"Condition": {"NumericEquals": {"aws:a": "ten"}}},
            {"Condition": {"NumericEquals": {"aws:a": "Ten"}}},
            id="a number in two wrong cases",
        ),
        pytest.param(
            {"Condition": {"NumericEquals": {"aws:a": True}}},
            {"Condition": {"NumericEquals": {"aws:a": "true"}}},
            id="a boolean as a number",
        ),
        pytest.param({"Resource": "x"}, {"Resource": "X"}, id="a Resource in two cases"),
        pytest.param({"Resource": "x"}, {}, id="a Resource and none"),
    ],
)
def test_19_malformed_parts_are_equal_as_text_only(one: dict[str, object], other: dict[str, object]) -> None:
    """19: HashiCorp ignores elements that it does not know."""
    whole = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*"}
    a, b = (Policy([Statement.from_dict(whole | elements)]) for elements in (one, other))
    assert not diff(a, a)
    assert diff(a, b)


def test_20_three_levels() -> None:
    """20: The same text; the same after what KMS normalises; the same grants."""
    sent = Policy(
        [
            Statement(
                "Allow", principal=Principal({"AWS": ["111122223333"]}), action=["kms:Sign"], resource="*"
            )
        ]
    )
    returned = Policy(
        [Statement("Allow", principal=Principal.account("111122223333"), action=["kms:Sign"], resource="*")]
    )
    assert sent != returned
    assert sent.to_json() != returned.to_json()
    assert not diff(sent, returned)
    assert equivalent(sent, returned)
    assert canonical(sent) == canonical(returned)


ADMIN = statements.enable_iam_policies("111122223333")


def found(statement: Statement) -> list[tuple[str, str]]:
    """List the codes and severities of the findings about a statement."""
    return [(finding.code, finding.severity.name) for finding in check(Policy([ADMIN, statement]))]


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        pytest.param({"Resource": "*"}, [], id="the key"),
        pytest.param({"Resource": ["*"]}, [], id="the key in a list"),
        pytest.param(
            {"Resource": "arn:aws:kms:us-east-1:111122223333:key/k"},
            [("RESOURCE_IS_KEY_ARN", "WARNING")],
            id="the ARN of a key",
        ),
        pytest.param(
            {"Resource": "arn:aws:kms:*:111122223333:*"},
            [("RESOURCE_IS_KEY_ARN", "WARNING")],
            id="a pattern that matches keys",
        ),
        pytest.param(
            {"Resource": "arn:aws:kms:*:111122223333:alias/*"},
            [("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", "ERROR")],
            id="a pattern of aliases",
        ),
        pytest.param(
            {"Resource": "arn:aws:s3:::b"}, [("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", "ERROR")], id="a bucket"
        ),
        pytest.param({"Resource": None}, [("MISSING_RESOURCE", "ERROR")], id="no Resource"),
        pytest.param({"Action": None}, [("MISSING_ACTION", "ERROR")], id="no Action"),
        pytest.param({"Principal": None}, [("MISSING_PRINCIPAL", "ERROR")], id="no Principal"),
        pytest.param({"Action": []}, [("EMPTY_ARRAY_ACTION", "WARNING")], id="an empty Action"),
        pytest.param(
            {"Principal": {"AWS": []}}, [("EMPTY_ARRAY_PRINCIPAL", "WARNING")], id="an empty Principal"
        ),
    ],
)
def test_10_the_resource_is_the_key_and_nothing_is_missing(
    elements: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    """10: Resource is "*"; a key's ARN is not settled; Action and Principal, one of each, not empty."""
    whole = {
        "Effect": "Allow",
        "Principal": ALICE.to_element(),
        "Action": "kms:Sign",
        "Resource": "*",
    } | elements
    assert (
        found(Statement.from_dict({name: value for name, value in whole.items() if value is not None}))
        == expected
    )


def test_11_an_unknown_action_is_a_warning_with_a_suggestion() -> None:
    """11: Also ReEncrypt, which is an operation and no action; actions that no key authorises have no effect."""
    statement = Statement("Allow", principal=ALICE, action=["kms:ReEncrypt", "kms:ListKeys"], resource="*")
    unknown, without_effect = check(Policy([ADMIN, statement]))
    assert (unknown.code, unknown.severity) == ("INVALID_ACTION", Severity.WARNING)
    assert "did you mean 'kms:ReEncrypt" in unknown.message
    assert (without_effect.code, without_effect.path) == (
        "UNSUPPORTED_ACTION_IN_POLICY",
        "Statement[1].Action[1]",
    )


@pytest.mark.parametrize("key", ["aws:ResourceTag/team", "kms:ResourceTag/team", "kms:ResourceAliases"])
def test_12_condition_keys_of_iam_policies(key: str) -> None:
    """12: Some condition keys are not permitted in a key policy."""
    condition = Condition("ForAnyValue:StringEquals", key, "a")
    statement = Statement("Allow", principal=ALICE, action="kms:Sign", resource="*", condition=condition)
    assert found(statement) == [("UNSUPPORTED_CONDITION_KEY_IN_POLICY", "ERROR")]


def test_13_the_size_counts_the_text_that_is_sent() -> None:
    """13: 32,768 characters, where botocore's model says 131,072; only more bytes is a warning."""
    for letter, severity in (("x", Severity.ERROR), ("\u00e9", Severity.WARNING)):
        (finding,) = check(Policy([ADMIN.named(letter * (33_000 if letter == "x" else 20_000))]))
        assert finding.code == "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA"
        assert finding.severity is severity


def test_14_no_wildcard_inside_a_principal() -> None:
    """14: Except for everyone."""
    for name in ("arn:aws:iam::111122223333:role/Admin*", "arn:aws:iam::*:root"):
        statement = Statement("Allow", principal=Principal({"AWS": name}), action="kms:Sign", resource="*")
        assert found(statement) == [("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "ERROR")]


def test_15_via_service_does_not_limit_the_account() -> None:
    """15: cloud-custodian thinks that it does; a Deny is never public."""
    via = Condition("StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com")
    caller = Condition("StringEquals", "kms:CallerAccount", "111122223333")
    public = Statement(
        "Allow", principal=Principal.everyone(), action="kms:Sign", resource="*", condition=via
    )
    assert found(public) == [("PUBLIC_ACCESS", "SECURITY_WARNING")]
    assert found(public.when(caller)) == []


@pytest.mark.parametrize("name", ["AIDACKCEVSQ6C2EXAMPLE", "AROACKCEVSQ6C2EXAMPLE"])
def test_26_a_unique_id_means_that_the_principal_was_deleted(name: str) -> None:
    """26: And says so."""
    statement = Statement("Allow", principal=Principal({"AWS": name}), action="kms:Sign", resource="*")
    (finding,) = check(Policy([ADMIN, statement]))
    assert finding.severity is Severity.WARNING
    assert "is deleted" in finding.message


def test_27_the_root_user_may_be_the_caller() -> None:
    """27: Whom the account's root ARN allows without IAM policies."""
    for caller in ("arn:aws:iam::111122223333:root", "111122223333"):
        assert check(Policy([ADMIN]), caller=caller) == ()


PRINCIPALS = "Policy contains a statement with one or more invalid principals."
LOCKOUT = "The new key policy will not allow you to update the key policy in the future."
NEW = Policy([ADMIN, statements.deny_deletion()])


@pytest.mark.parametrize(("message", "attempts"), [(PRINCIPALS, 4), (LOCKOUT, 1), ("", 1), ("Syntax", 1)])
async def test_21_only_invalid_principals_are_a_matter_of_waiting(
    message: str, attempts: int, clock: VirtualClock
) -> None:
    """21: Terraform repeats each malformed policy for two minutes."""
    fake = FakeKMS()
    fake.fail("MalformedPolicyDocumentException", times=100, message=message)
    policies = KeyPolicies(fake, retry=Retry(propagation=5), sleep=clock.sleep, clock=clock)
    with pytest.raises(errors.MalformedPolicyDocumentException) as caught:
        await policies.put(fake.add_key(), NEW)
    assert caught.value.attempts == attempts


async def test_22_the_name_is_default_and_a_key_id_no_alias() -> None:
    """22: In each request; an alias is refused before it is sent."""
    fake = FakeKMS()
    policies, key = KeyPolicies(fake), fake.add_key()
    await policies.put(key, NEW)
    await policies.get(key)
    assert [parameters["PolicyName"] for _, parameters in fake.calls] == ["default", "default"]
    for alias in ("alias/app", f"arn:aws:kms:us-east-1:{fake.account}:alias/app"):
        with pytest.raises(errors.KeyIdError, match="is an alias"):
            await policies.get(alias)
    assert len(fake.calls) == 2


async def test_23_a_policy_that_could_not_be_read_is_never_no_policy(clock: VirtualClock) -> None:
    """23: Ansible overwrites it."""
    fake = FakeKMS()
    policies = KeyPolicies(fake, retry=Retry(2), sleep=clock.sleep, clock=clock)
    key = fake.add_key()
    for code in ("AccessDeniedException", "KMSInternalException", "KMSInternalException"):
        fake.fail(code)
    for error in (errors.AccessDeniedException, errors.KMSInternalException):
        with pytest.raises(error):
            await policies.ensure(key, NEW)
    assert "PutKeyPolicy" not in [operation for operation, _ in fake.calls]


async def test_24_what_was_read_is_compared_with_what_is_there() -> None:
    """24: When a plan is applied, its key's policy may be another's work."""
    fake = FakeKMS()
    policies, key = KeyPolicies(fake), fake.add_key()
    plan = await policies.plan(key, NEW)
    fake.set_policy(key, Policy([ADMIN, statements.deny_short_waiting_period(21)]))
    with pytest.raises(errors.PolicyChangedError):
        await policies.apply(plan)
    assert fake.policy(key) != NEW


async def test_25_waiting_is_optional_bounded_and_says_what_differs(clock: VirtualClock) -> None:
    """25: Terraform waits ten minutes and says FALSE."""
    fake = FakeKMS()
    policies = KeyPolicies(fake, sleep=clock.sleep, clock=clock)
    key = fake.add_key()
    await policies.put(key, Policy([ADMIN]))
    assert clock.slept == []
    fake.stale(reads=1000)
    with pytest.raises(errors.WaitTimeoutError, match=r"(?s)in 30 seconds.*ScheduleKeyDeletion"):
        await policies.put(key, NEW, wait=30)
    assert sum(clock.slept) <= 30
