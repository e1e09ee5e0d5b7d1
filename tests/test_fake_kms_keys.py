"""FakeKMS for applications that make keys: what KMS says of a new key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple, get_args

import pytest
from botocore.exceptions import ParamValidationError
from botocore.loaders import Loader

from kmspolicy import KeyPolicies, Policy, Principal, allow, errors, statements, translate_errors
from kmspolicy.testing import FakeKMS
from kmspolicy.testing._metadata import is_a_pair
from kmspolicy.types import KeySpec, KeyUsage

ACCOUNT = "111122223333"
MODEL = Loader().load_service_model("kms", "service-2")["shapes"]


class Case(NamedTuple):
    """What a key is created with, and what is then known of it."""

    name: str
    given: dict[str, Any]
    known: dict[str, Any]


DEFAULTS = {
    "AWSAccountId": ACCOUNT,
    "Enabled": True,
    "Description": "",
    "KeyUsage": "ENCRYPT_DECRYPT",
    "KeyState": "Enabled",
    "Origin": "AWS_KMS",
    "KeyManager": "CUSTOMER",
    "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
    "KeySpec": "SYMMETRIC_DEFAULT",
    "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
    "MultiRegion": False,
}
CREATED = [
    Case("nothing", {}, DEFAULTS),
    Case("a description", {"Description": "tenant 7"}, {"Description": "tenant 7"}),
    Case("material to be imported", {"Origin": "EXTERNAL"}, {"Enabled": False, "KeyState": "PendingImport"}),
    Case(
        "a key to sign with",
        {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"},
        {"KeySpec": "ECC_NIST_P256", "SigningAlgorithms": ["ECDSA_SHA_256"]},
    ),
    Case(
        "its type by the name of old",
        {"CustomerMasterKeySpec": "HMAC_512", "KeyUsage": "GENERATE_VERIFY_MAC"},
        {"KeySpec": "HMAC_512", "CustomerMasterKeySpec": "HMAC_512", "MacAlgorithms": ["HMAC_SHA_512"]},
    ),
    Case(
        "a key to agree upon keys with",
        {"KeySpec": "SM2", "KeyUsage": "KEY_AGREEMENT"},
        {"KeyAgreementAlgorithms": ["ECDH"]},
    ),
]


@pytest.mark.parametrize("case", CREATED, ids=lambda case: case.name)
async def test_what_is_known_of_a_new_key(case: Case) -> None:
    """As KMS says it when the key is created, and again when it is asked for."""
    fake = FakeKMS()
    made = (await fake.create_key(**case.given))["KeyMetadata"]
    assert made == made | case.known
    assert set(made) <= set(MODEL["KeyMetadata"]["members"])
    assert fake.key_ids == (made["KeyId"],)
    for key_id in (made["KeyId"], made["Arn"]):
        assert (await fake.describe_key(KeyId=key_id))["KeyMetadata"] == made
    assert fake.policy(made["KeyId"]) == statements.default_policy(ACCOUNT)


async def test_a_multi_region_key() -> None:
    """Its id has the prefix of such keys, and it is a primary key without replicas."""
    fake = FakeKMS(region="eu-west-1")
    made = (await fake.create_key(MultiRegion=True))["KeyMetadata"]
    assert made["KeyId"].startswith("mrk-")
    assert made["MultiRegionConfiguration"] == {
        "MultiRegionKeyType": "PRIMARY",
        "PrimaryKey": {"Arn": made["Arn"], "Region": "eu-west-1"},
        "ReplicaKeys": [],
    }
    await KeyPolicies(fake).put(made["KeyId"], statements.default_policy(ACCOUNT))


async def test_keys_have_an_order() -> None:
    """Each is a second younger than the one before, and what was returned is not what is kept."""
    fake = FakeKMS()
    one, two = [(await fake.create_key())["KeyMetadata"] for _ in range(2)]
    third = fake.add_key()
    assert two["CreationDate"] - one["CreationDate"] == timedelta(seconds=1)
    assert fake.key_ids == (one["KeyId"], two["KeyId"], third)
    one["EncryptionAlgorithms"].append("x")
    described = await fake.describe_key(KeyId=one["KeyId"])
    assert described["KeyMetadata"]["EncryptionAlgorithms"] == ["SYMMETRIC_DEFAULT"]


def test_every_type_of_key_has_its_usages() -> None:
    """Those that botocore knows, each with one usage at least."""
    assert set(MODEL["KeySpec"]["enum"]) <= set(get_args(KeySpec))
    usages = set(get_args(KeyUsage)) & set(MODEL["KeyUsageType"]["enum"])
    assert [
        spec for spec in MODEL["KeySpec"]["enum"] if not any(is_a_pair(spec, usage) for usage in usages)
    ] == []


class Refusal(NamedTuple):
    """What a key cannot be created with."""

    name: str
    given: dict[str, Any]
    code: str
    message: str


REFUSED = [
    Refusal(
        "a type that cannot have the usage",
        {"KeySpec": "HMAC_256"},
        "ValidationException",
        "KeyUsage ENCRYPT_DECRYPT is not compatible with KeySpec HMAC_256",
    ),
    Refusal(
        "a lockout",
        {"Policy": Policy([allow("kms:Decrypt").to(Principal.account(ACCOUNT))]).to_json()},
        "MalformedPolicyDocumentException",
        "will not allow you to update the key policy in the future",
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
async def test_no_key_is_created(case: Refusal) -> None:
    """For what KMS would refuse; there is no key then."""
    fake = FakeKMS()
    with pytest.raises(errors.ServiceError, match=case.message) as caught, translate_errors():
        await fake.create_key(**case.given)
    assert caught.value.code == case.code
    assert fake.key_ids == ()


async def test_keys_that_cannot_be_described() -> None:
    """There are no aliases, and a key is described to those whom its policy allows it."""
    fake = FakeKMS(caller=f"arn:aws:iam::{ACCOUNT}:role/App")
    key_id = fake.add_key(Policy([allow("kms:Decrypt").to(Principal.role(ACCOUNT, "App"))]))
    alias = f"Alias arn:aws:kms:us-east-1:{ACCOUNT}:alias/x is not found"
    with pytest.raises(errors.NotFoundException, match=alias), translate_errors():
        await fake.describe_key(KeyId="alias/x")
    with pytest.raises(errors.NotFoundException, match="does not exist"), translate_errors():
        await fake.describe_key(KeyId=key_id.replace("1234abcd", "ffffffff"))
    with (
        pytest.raises(errors.AccessDeniedException, match="not authorized to perform: kms:DescribeKey"),
        translate_errors(),
    ):
        await fake.describe_key(KeyId=key_id)
    nothing: Any = {}
    with pytest.raises(ParamValidationError, match="KeyId"):
        await fake.describe_key(**nothing)
    fake.fail("KMSInternalException", operation="DescribeKey")
    with pytest.raises(errors.KMSInternalException), translate_errors():
        await fake.describe_key(KeyId=key_id)
