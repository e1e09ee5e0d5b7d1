"""Condition keys: which there are, what each can do, and the values they take."""

from __future__ import annotations

import ast
import enum
import inspect
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

import pytest

from kmspolicy import Condition, Principal, conditions, errors
from kmspolicy._build import _keys as kinds
from kmspolicy._language._keys import CONDITION_KEYS
from kmspolicy._language._operators import OPERATORS, PARSED

if TYPE_CHECKING:
    from collections.abc import Callable

FREE = {
    "kms:encryptioncontext:": lambda: conditions.encryption_context("x"),
    "aws:principaltag/": lambda: conditions.principal_tag("x"),
    "aws:requesttag/": lambda: conditions.request_tag("x"),
}
CONSTANTS: dict[str, Any] = {
    name: getattr(conditions, name) for name in conditions.__all__ if not callable(getattr(conditions, name))
}
SIX = {"equals", "not_equals", "less_than", "less_than_equals", "greater_than", "greater_than_equals"}
TEXT = {"equals", "not_equals", "equals_ignore_case", "not_equals_ignore_case", "like", "not_like"}
ARN = TEXT | {"arn_equals", "arn_not_equals", "arn_like", "arn_not_like"}
CAN: dict[type, set[str]] = {
    kinds.TextKey: TEXT,
    kinds.ArnKey: ARN,
    kinds.NumberKey: SIX,
    kinds.DateKey: SIX,
    kinds.TimeKey: SIX,
    kinds.BooleanKey: {"is_true", "is_false"},
    kinds.NetworkKey: {"in_network", "not_in_network"},
    kinds.TextSetKey: set(),
}


def abilities(value: object) -> set[str]:
    """Return the public names of a value, its name aside."""
    return {name for name in dir(value) if not name.startswith("_")} - {"key"}


def test_every_effective_key_is_there() -> None:
    """Each key that has an effect in a key policy, by AWS's name in snake case, and no other."""
    there = {key.key.lower() for key in CONSTANTS.values()}
    registers = {f"kms:recipientattestation:pcr{n}" for n in range(32)}
    registers |= {f"kms:recipientattestation:nitrotpmpcr{n}" for n in range(24)}
    assert there | registers | set(FREE) == {
        facts.name.lower() for facts in CONDITION_KEYS.values() if facts.permitted
    }
    for name, key in CONSTANTS.items():
        prefix, _, rest = key.key.partition(":")
        plain = re.sub(r"[^a-z0-9]", "", rest.lower())
        assert name.replace("_", "") == (plain if prefix in ("kms", "aws") else prefix + plain)


@pytest.mark.parametrize("key", CONSTANTS.values(), ids=repr)
def test_each_key_has_the_operators_of_its_type(key: Any) -> None:
    """And no others: what it cannot do does not exist on it."""
    facts = CONDITION_KEYS[key.key.lower()]
    assert facts.name == key.key
    types: dict[str, set[type]] = {
        "String": {kinds.TextKey, kinds.ArnKey},
        "ArrayOfString": {kinds.TextSetKey},
        "ARN": {kinds.ArnKey},
        "Bool": {kinds.BooleanKey},
        "Numeric": {kinds.NumberKey},
        "Date": {kinds.DateKey, kinds.TimeKey},
        "IPAddress": {kinds.NetworkKey},
    }
    assert type(key) in types[facts.type]
    operators = CAN[type(key)]
    if isinstance(key, kinds.TextSetKey):
        assert abilities(key) == {"exists", "absent", "for_any_value", "for_all_values"}
        assert abilities(key.for_any_value) == abilities(key.for_all_values) == TEXT | {"if_exists"}
        assert abilities(key.for_any_value.if_exists) == TEXT
    else:
        assert abilities(key) == operators | {"exists", "absent", "if_exists", "variable"}
        assert abilities(key.if_exists) == operators


def test_which_text_keys_compare_arns_and_which_dates_are_numbers() -> None:
    """Three text keys hold ARNs, and two times are compared as dates or as numbers."""
    with_arns = {
        key.key
        for key in (*CONSTANTS.values(), conditions.encryption_context("x"))
        if isinstance(key, kinds.ArnKey)
        and CONDITION_KEYS.get(key.key.lower(), CONDITION_KEYS["kms:encryptioncontext:"]).type == "String"
    }
    assert with_arns == {"kms:EncryptionContext:x", "kms:GranteePrincipal", "kms:RetiringPrincipal"}
    assert {key.key for key in CONSTANTS.values() if isinstance(key, kinds.TimeKey)} == {
        "kms:ValidTo",
        "aws:EpochTime",
    }


NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
A_BUCKET = "arn:aws:s3:::bucket"
A_ROLE = "arn:aws:iam::111122223333:role/App"
S3, EC2 = "s3.us-east-1.amazonaws.com", "ec2.us-east-1.amazonaws.com"
CONDITIONS: list[tuple[Condition, str, str, Any]] = [
    (conditions.via_service.equals(S3), "StringEquals", "kms:ViaService", S3),
    (conditions.via_service.not_equals(S3, EC2), "StringNotEquals", "kms:ViaService", (S3, EC2)),
    (conditions.user_agent.equals_ignore_case("a"), "StringEqualsIgnoreCase", "aws:UserAgent", "a"),
    (conditions.user_agent.not_equals_ignore_case("a"), "StringNotEqualsIgnoreCase", "aws:UserAgent", "a"),
    (conditions.via_service.like("*.amazonaws.com"), "StringLike", "kms:ViaService", "*.amazonaws.com"),
    (conditions.via_service.not_like("a*"), "StringNotLike", "kms:ViaService", "a*"),
    (conditions.caller_account.equals("111122223333"), "StringEquals", "kms:CallerAccount", "111122223333"),
    (conditions.source_account.like("1111*"), "StringLike", "aws:SourceAccount", "1111*"),
    (conditions.source_arn.arn_equals(A_BUCKET), "ArnEquals", "aws:SourceArn", A_BUCKET),
    (conditions.source_arn.arn_not_equals(A_BUCKET), "ArnNotEquals", "aws:SourceArn", A_BUCKET),
    (conditions.source_arn.arn_like("arn:aws:s3:::b*"), "ArnLike", "aws:SourceArn", "arn:aws:s3:::b*"),
    (conditions.source_arn.arn_not_like(A_BUCKET), "ArnNotLike", "aws:SourceArn", A_BUCKET),
    (conditions.source_arn.like("*"), "StringLike", "aws:SourceArn", "*"),
    (conditions.source_arn.equals(A_BUCKET), "StringEquals", "aws:SourceArn", A_BUCKET),
    (conditions.encryption_context("aws:s3:arn").arn_like(A_BUCKET), "ArnLike", "kms:EncryptionContext:aws:s3:arn", A_BUCKET),
    (conditions.encryption_context("App").equals("any text"), "StringEquals", "kms:EncryptionContext:App", "any text"),
    (conditions.principal_tag("a b").equals(""), "StringEquals", "aws:PrincipalTag/a b", ""),
    (conditions.request_tag("team").exists(), "Null", "aws:RequestTag/team", "false"),
    (conditions.via_service.absent(), "Null", "kms:ViaService", "true"),
    (conditions.grant_operations.exists(), "Null", "kms:GrantOperations", "false"),
    (conditions.rotation_period_in_days.equals(90), "NumericEquals", "kms:RotationPeriodInDays", "90"),
    (conditions.rotation_period_in_days.not_equals(1, 2.5), "NumericNotEquals", "kms:RotationPeriodInDays", ("1", "2.5")),
    (conditions.rotation_period_in_days.less_than(90), "NumericLessThan", "kms:RotationPeriodInDays", "90"),
    (conditions.rotation_period_in_days.less_than_equals(90), "NumericLessThanEquals", "kms:RotationPeriodInDays", "90"),
    (conditions.rotation_period_in_days.greater_than(90), "NumericGreaterThan", "kms:RotationPeriodInDays", "90"),
    (conditions.rotation_period_in_days.greater_than_equals(90), "NumericGreaterThanEquals", "kms:RotationPeriodInDays", "90"),
    (conditions.current_time.equals(NOON, NOON), "DateEquals", "aws:CurrentTime", ("2026-11-23T12:00:00Z",) * 2),
    (conditions.current_time.not_equals(NOON), "DateNotEquals", "aws:CurrentTime", "2026-11-23T12:00:00Z"),
    (conditions.current_time.less_than(NOON), "DateLessThan", "aws:CurrentTime", "2026-11-23T12:00:00Z"),
    (conditions.current_time.less_than_equals(NOON), "DateLessThanEquals", "aws:CurrentTime", "2026-11-23T12:00:00Z"),
    (conditions.current_time.greater_than(NOON), "DateGreaterThan", "aws:CurrentTime", "2026-11-23T12:00:00Z"),
    (
        conditions.token_issue_time.greater_than_equals(NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))),
        "DateGreaterThanEquals",
        "aws:TokenIssueTime",
        "2026-11-23T12:00:00Z",
    ),
    (conditions.valid_to.less_than_equals(1546257599.0), "NumericLessThanEquals", "kms:ValidTo", "1546257599.0"),
    (conditions.valid_to.less_than_equals(NOON), "DateLessThanEquals", "kms:ValidTo", "2026-11-23T12:00:00Z"),
    (conditions.epoch_time.equals(1, 2), "NumericEquals", "aws:EpochTime", ("1", "2")),
    (conditions.epoch_time.not_equals(NOON, NOON), "DateNotEquals", "aws:EpochTime", ("2026-11-23T12:00:00Z",) * 2),
    (conditions.epoch_time.less_than(1), "NumericLessThan", "aws:EpochTime", "1"),
    (conditions.epoch_time.greater_than(1), "NumericGreaterThan", "aws:EpochTime", "1"),
    (conditions.epoch_time.greater_than_equals(1), "NumericGreaterThanEquals", "aws:EpochTime", "1"),
    (conditions.secure_transport.is_true(), "Bool", "aws:SecureTransport", "true"),
    (conditions.secure_transport.is_false(), "Bool", "aws:SecureTransport", "false"),
    (conditions.source_ip.in_network("203.0.113.0/24"), "IpAddress", "aws:SourceIp", "203.0.113.0/24"),
    (
        conditions.source_ip.not_in_network(ip_network("2001:db8::/32"), ip_address("192.0.2.1")),
        "NotIpAddress",
        "aws:SourceIp",
        ("2001:db8::/32", "192.0.2.1"),
    ),
    (conditions.via_service.if_exists.equals(S3), "StringEqualsIfExists", "kms:ViaService", S3),
    (conditions.source_arn.if_exists.arn_like(A_BUCKET), "ArnLikeIfExists", "aws:SourceArn", A_BUCKET),
    (conditions.multi_factor_auth_age.if_exists.less_than(9), "NumericLessThanIfExists", "aws:MultiFactorAuthAge", "9"),
    (conditions.current_time.if_exists.less_than(NOON), "DateLessThanIfExists", "aws:CurrentTime", "2026-11-23T12:00:00Z"),
    (conditions.epoch_time.if_exists.less_than(1), "NumericLessThanIfExists", "aws:EpochTime", "1"),
    (conditions.multi_factor_auth_present.if_exists.is_true(), "BoolIfExists", "aws:MultiFactorAuthPresent", "true"),
    (conditions.source_ip.if_exists.in_network("192.0.2.0/24"), "IpAddressIfExists", "aws:SourceIp", "192.0.2.0/24"),
    (conditions.called_via.for_any_value.equals("athena.amazonaws.com"), "ForAnyValue:StringEquals", "aws:CalledVia", "athena.amazonaws.com"),
    (conditions.tag_keys.for_all_values.like("a*", "b"), "ForAllValues:StringLike", "aws:TagKeys", ("a*", "b")),
    (conditions.tag_keys.for_any_value.if_exists.like("a"), "ForAnyValue:StringLikeIfExists", "aws:TagKeys", "a"),
    (conditions.recipient_attestation_pcr(31).equals("ab"), "StringEquals", "kms:RecipientAttestation:PCR31", "ab"),
    (conditions.recipient_attestation_nitro_tpm_pcr(0).equals("ab"), "StringEquals", "kms:RecipientAttestation:NitroTPMPCR0", "ab"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "operator", "key", "values"), CONDITIONS, ids=[repr(row[0]) for row in CONDITIONS]
)
def test_what_conditions_say(condition: Condition, operator: str, key: str, values: Any) -> None:
    """Each method writes AWS's operator; one value is a value, several a list; all are text."""
    assert condition == Condition(operator, key, values)


def test_every_operator_can_be_written() -> None:
    """By a method, which stands above; no key has values in base64."""
    written = {PARSED[operator].operator.name for _, operator, *_ in CONDITIONS}
    assert OPERATORS.keys() - written == {"BinaryEquals"}


def test_a_principal_stands_for_its_arn() -> None:
    """Where ARNs are compared, and if it has one name."""
    app = Principal.role("111122223333", "App")
    (arn,) = app["AWS"]
    for key in (conditions.principal_arn, conditions.retiring_principal.if_exists):
        assert key.arn_equals(app, "arn:aws:iam::*:role/x") == key.arn_equals(arn, "arn:aws:iam::*:role/x")
        assert key.arn_not_equals(app) == key.arn_not_equals(arn)
        assert key.arn_like(app) == key.arn_like(arn)
        assert key.arn_not_like(app) == key.arn_not_like(arn)
    assert conditions.grantee_principal.arn_equals(app) == conditions.grantee_principal.arn_equals(arn)
    with pytest.raises(errors.BuilderError, match="expected one ARN or a principal with exactly one name"):
        conditions.principal_arn.arn_equals(app | Principal.role("111122223333", "Other"))
    with pytest.raises(errors.BuilderError, match=r"expected the ARN of a user, .* not '\*'"):
        conditions.principal_arn.arn_equals(Principal.everyone())
    with pytest.raises(errors.BuilderError, match=r"its root user here; see conditions\.principal_account"):
        conditions.principal_arn.arn_not_equals(Principal.account("111122223333"))


class Days(enum.IntEnum):
    """A number in an enumeration."""

    MONTH = 30


def test_subclasses_of_numbers_are_written_as_numbers() -> None:
    """What an enumeration calls its member does not leak."""
    assert conditions.rotation_period_in_days.equals(Days.MONTH) == conditions.rotation_period_in_days.equals(
        30
    )


WRONG: list[tuple[Callable[[], object], str]] = [
    (lambda: conditions.via_service.equals(["a", "b"]), "kms:ViaService: pass values one by one, as in equals(*values), not as ['a', 'b']"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: conditions.rotation_period_in_days.equals([90]), "pass values one by one"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: conditions.caller_account.equals("1234"), "kms:CallerAccount: expected an account id of 12 digits, not '1234'"),
    (lambda: conditions.caller_account.equals("1111*"), "an account id of 12 digits"),
    (lambda: conditions.caller_account.like("arn:*"), "an account id of 12 digits"),
    (lambda: conditions.caller_account.equals("111122223333\n"), "an account id of 12 digits"),
    (lambda: conditions.source_arn.arn_like("bucket"), "aws:SourceArn: expected an ARN, arn:partition:service:region:account:resource, not 'bucket'"),
    (lambda: conditions.source_arn.equals("arn:aws:s3"), "expected an ARN"),
    (lambda: conditions.encryption_context("a").arn_equals("x"), "kms:EncryptionContext:a: expected an ARN"),
    (lambda: conditions.via_service.equals(1), "kms:ViaService: expected a service with its Region, s3.us-east-1.amazonaws.com, not 1"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: conditions.via_service.equals(S3, None), "expected a service with its Region, s3.us-east-1.amazonaws.com, not None"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: conditions.rotation_period_in_days.equals("90"), "kms:RotationPeriodInDays: expected a finite number, not '90'"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: conditions.rotation_period_in_days.equals(True), "a finite number"),  # noqa: FBT003
    (lambda: conditions.rotation_period_in_days.equals(float("nan")), "a finite number"),
    (lambda: conditions.current_time.equals(datetime(2026, 1, 1)), "aws:CurrentTime: expected a datetime in whole seconds with a time zone"),  # noqa: DTZ001
    (lambda: conditions.current_time.equals(NOON.replace(microsecond=1)), "in whole seconds"),
    (lambda: conditions.current_time.equals("2026-01-01"), "expected a datetime"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: conditions.valid_to.equals("2026-01-01"), "expected a datetime"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: conditions.valid_to.equals(NOON, 1.0), "expected only dates or only numbers"),
    (lambda: conditions.source_ip.in_network("203.0.113.5/24"), "aws:SourceIp: expected a network in CIDR notation without host bits, not '203.0.113.5/24'"),
    (lambda: conditions.user_agent.equals(1), "aws:UserAgent: expected text, not 1"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: conditions.source_ip.in_network("10.0.0.0/8"), "aws:SourceIp: expected a public network; use aws:VpcSourceIp for private addresses"),
    (lambda: conditions.source_ip.in_network("home"), "a network in CIDR notation"),
    (lambda: conditions.source_ip.in_network(1), "a network in CIDR notation without host bits, not 1"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: conditions.encryption_context(""), "the name of a pair or a tag is text without wildcards and variables, not ''"),
    (lambda: conditions.principal_tag("a*"), "without wildcards"),
    (lambda: conditions.request_tag(1), "not 1"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
    (lambda: conditions.recipient_attestation_pcr(32), "a register is a number from 0 to 31, not 32"),
    (lambda: conditions.recipient_attestation_pcr(-1), "from 0 to 31"),
    (lambda: conditions.recipient_attestation_nitro_tpm_pcr(24), "from 0 to 23"),
    (lambda: conditions.recipient_attestation_pcr(True), "from 0 to 31"),  # noqa: FBT003
    (lambda: conditions.recipient_attestation_pcr("1"), "from 0 to 31"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
]  # fmt: skip


@pytest.mark.parametrize(
    ("build", "message"), WRONG, ids=[f"{n}-{message}" for n, (_, message) in enumerate(WRONG)]
)
def test_values_that_are_refused(build: Callable[[], object], message: str) -> None:
    """The error names the key, the accepted form and what was given."""
    with pytest.raises(errors.BuilderError, match=re.escape(message)):
        build()


ACCOUNTS = [key for key in CONSTANTS.values() if key.key.lower().endswith(("account", "sourceowner"))]
ARNS = [key for key in CONSTANTS.values() if CONDITION_KEYS[key.key.lower()].type == "ARN"]


@pytest.mark.parametrize("key", ACCOUNTS, ids=repr)
def test_every_account_is_twelve_digits(key: kinds.TextKey) -> None:
    """Also behind ``if_exists``; ``like`` takes digits with wildcards."""
    for operators in (key, key.if_exists):
        operators.like("1*2*3*4*5*6*7*8", "?" * 12)
        for wrong in ("1234", "*", "", "1111222233334", "111122223333\n"):
            with pytest.raises(errors.BuilderError, match=f"^{key.key}: expected an account id of 12 digits"):
                operators.equals(wrong)
        for wrong in ("", "abc*"):
            with pytest.raises(errors.BuilderError, match="an account id of 12 digits"):
                operators.like(wrong)


ARN_OF = {
    "aws:ChatbotSourceArn": "arn:aws:chatbot::111122223333:chat-configuration/slack-channel/x",
    "aws:PrincipalArn": A_ROLE,
    "aws:SourceArn": A_BUCKET,
    "ec2:SourceInstanceArn": "arn:aws:ec2:us-east-1:111122223333:instance/i-1",
    "kms:GrantConstraintSourceArn": A_BUCKET,
    "lambda:SourceFunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:x",
    "ssm:SourceInstanceArn": "arn:aws:ssm:us-east-1:111122223333:managed-instance/mi-1",
}


@pytest.mark.parametrize("key", ARNS, ids=repr)
def test_every_arn_has_six_parts(key: kinds.ArnKey) -> None:
    """Without wildcards where they would be plain text, with them where ARNs are compared; ``like`` takes what may match."""
    arn = ARN_OF[key.key]
    for operators in (key, key.if_exists):
        operators.equals(arn)
        operators.like("*", "arn:aws:*", f"{arn[:-2]}*")
        operators.arn_like(arn.replace("111122223333", "1111*"), f"{arn}*")
        for wrong in ("x", "*", f"{arn}*", "arn:aws:iam::123:role/x", "arn: : :::  ", f"{arn}\n"):
            with pytest.raises(errors.BuilderError, match=f"^{key.key}: expected .* ARN"):
                operators.not_equals(wrong)
        for wrong in ("x", "*", "arn:aws:s3", f"{arn}\n"):
            with pytest.raises(errors.BuilderError, match=f"^{key.key}: expected .* ARN"):
                operators.arn_not_like(wrong)


def test_lists_are_met_by_the_tests_above() -> None:
    """The six accounts and seven ARNs that AWS documents."""
    assert (len(ACCOUNTS), len(ARNS)) == (6, 7)


def test_numbers_have_no_exponents() -> None:
    """However large or small, they are written out, exactly."""
    key = conditions.rotation_period_in_days
    for number, text in (
        (10**400, "1" + "0" * 400),
        (1e16, "10000000000000000"),
        (1e-07, "0.0000001"),
        (0.1, "0.1"),
    ):
        assert key.equals(number) == Condition("NumericEquals", key.key, text)


class Nowhere(tzinfo):
    """A time zone that knows no offset, which makes a datetime naive."""

    def utcoffset(self, _: datetime | None) -> None:
        """Know nothing."""

    def dst(self, _: datetime | None) -> None:
        """Know nothing."""

    def tzname(self, _: datetime | None) -> None:
        """Know nothing."""


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(999, 1, 1, tzinfo=UTC), "0999-01-01T00:00:00Z"),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), "9999-12-31T23:59:59Z"),
        (datetime(2026, 1, 1, tzinfo=Nowhere()), None),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))), None),
        (datetime(2026, 1, 1, tzinfo=timezone(timedelta(microseconds=1))), None),
    ],
    ids=repr,
)
def test_dates_at_the_edges(moment: datetime, text: str | None) -> None:
    """Four digits for the year, and no guess where UTC is not known."""
    if text is None:
        with pytest.raises(errors.BuilderError, match="whole seconds with a time zone"):
            conditions.current_time.equals(moment)
    else:
        assert conditions.current_time.equals(moment) == Condition("DateEquals", "aws:CurrentTime", text)


@pytest.mark.parametrize(
    "network",
    [
        "203.0.113.0/255.255.255.0",
        "203.0.113.0/0.0.0.255",
        "fe80::1%eth0",
        "fe80::%eth0/64",
        "",
        b"\x01\x02\x03\x04",
        ("192.0.2.0", 24),
    ],
)
def test_networks_are_cidr(network: Any) -> None:
    """What Python takes for a network besides is not what IAM does."""
    with pytest.raises(errors.BuilderError, match=r"CIDR notation|pass values one by one"):
        conditions.source_ip.in_network(network)


def test_aliases_and_grant_operations() -> None:
    """An alias is a name and never an ARN, an operation has no prefix."""
    conditions.request_alias.equals("alias/app")
    conditions.request_alias.like("alias/app*")
    conditions.grant_operations.for_any_value.like("Re*")
    with pytest.raises(errors.BuilderError, match="the name of an alias, alias/app"):
        conditions.request_alias.equals("arn:aws:kms:us-east-1:111122223333:alias/app")
    with pytest.raises(errors.BuilderError, match="expected one of Decrypt, Encrypt, "):
        conditions.grant_operations.for_any_value.equals("kms:Decrypt")


@pytest.mark.parametrize(
    "build",
    [
        lambda: conditions.caller_account.equals(conditions.Variable("nonsense*")),
        lambda: conditions.caller_account.equals("x" + conditions.resource_account.variable()),
        lambda: conditions.source_arn.arn_like("bucket/" + conditions.username.variable()),
        lambda: conditions.source_arn.equals("*" + conditions.username.variable()),
        lambda: conditions.via_service.equals("${aws:username}"),
        lambda: conditions.encryption_context("${aws:username}"),
        lambda: conditions.principal_tag("cost center").variable(),
        lambda: conditions.principal_tag("a}b").variable(),
        lambda: conditions.principal_tag("a, 'b'").variable("x"),
    ],
)
def test_variables_are_no_way_around_the_form(build: Callable[[], object]) -> None:
    """A value with a variable has the form of its key, and plain text has no variables in it."""
    with pytest.raises(errors.BuilderError):
        build()


def test_variables_of_keys_that_are_not_here() -> None:
    """They are written as text, and as nothing else."""
    variable = conditions.Variable("${saml:sub}")
    assert conditions.encryption_context("sub").equals(variable) == Condition(
        "StringEquals", "kms:EncryptionContext:sub", "${saml:sub}"
    )
    number: Any = 5
    with pytest.raises(errors.BuilderError, match="a variable must be text, not 5"):
        conditions.Variable(number)


def test_variables_stand_in_texts_and_arns() -> None:
    """They are joined with text, and may have a default for requests without the key."""
    team = conditions.principal_tag("team").variable(default="company-wide")
    assert str(team) == "${aws:PrincipalTag/team, 'company-wide'}"
    assert repr(conditions.username.variable()) == "Variable('${aws:username}')"
    home = "home/" + conditions.username.variable() + "/" + team
    assert conditions.encryption_context("path").like(home) == Condition(
        "StringLike",
        "kms:EncryptionContext:path",
        "home/${aws:username}/${aws:PrincipalTag/team, 'company-wide'}",
    )
    assert conditions.caller_account.equals(conditions.resource_account.variable()) == Condition(
        "StringEquals", "kms:CallerAccount", "${aws:ResourceAccount}"
    )
    assert conditions.source_arn.arn_like("arn:aws:s3:::" + conditions.username.variable()) == Condition(
        "ArnLike", "aws:SourceArn", "arn:aws:s3:::${aws:username}"
    )


@pytest.mark.parametrize("default", ["it's", "a}", "{", 1])
def test_defaults_that_no_variable_can_hold(default: Any) -> None:
    """They are refused with the name of the key."""
    with pytest.raises(
        errors.BuilderError, match="aws:username: expected a default without apostrophes and braces"
    ):
        conditions.username.variable(default)


VARIABLE: Any = conditions.username.variable()


@pytest.mark.parametrize(
    "build",
    [
        lambda: conditions.rotation_period_in_days.equals(VARIABLE),
        lambda: conditions.current_time.equals(VARIABLE),
        lambda: conditions.valid_to.equals(VARIABLE),
        lambda: conditions.source_ip.in_network(VARIABLE),
        lambda: conditions.encryption_context(VARIABLE),
    ],
)
def test_variables_are_refused_where_iam_does_not_expand_them(build: Callable[[], object]) -> None:
    """Numbers, dates, networks and names of conditions."""
    with pytest.raises(errors.BuilderError):
        build()


@pytest.mark.parametrize("other", [1, None])
def test_variables_are_joined_with_text_alone(other: Any) -> None:
    """Anything else is a type error."""
    with pytest.raises(TypeError, match="unsupported operand"):
        _ = VARIABLE + other
    with pytest.raises(TypeError, match="unsupported operand"):
        _ = other + VARIABLE


def test_keys_are_static() -> None:
    """Every public name is written in the module with its type, so that an editor completes it without a plugin."""
    tree = ast.parse(inspect.getsource(conditions))
    constants = {
        node.target.id
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    functions = {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }
    assert constants | functions | {"Variable"} == set(conditions.__all__)
    assert "__getattr__" not in vars(conditions)
