"""The metadata of keys, as CreateKey and DescribeKey return them.

https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kmspolicy.testing._service import CreateKeyParameters

_FIRST: Final = datetime(2026, 1, 1, tzinfo=UTC)
_RSA: Final = " ".join(
    f"RSASSA_{kind}_SHA_{size}" for kind in ("PKCS1_V1_5", "PSS") for size in (256, 384, 512)
)

# For each usage: the member that lists the algorithms, and the algorithms of each type of key that can have it.
# https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html#KMS-CreateKey-request-KeyUsage
# https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html
_ALGORITHMS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "ENCRYPT_DECRYPT": (
        "EncryptionAlgorithms",
        {
            "SYMMETRIC_DEFAULT": "SYMMETRIC_DEFAULT",
            **dict.fromkeys(("RSA_2048", "RSA_3072", "RSA_4096"), "RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256"),
            "SM2": "SM2PKE",
        },
    ),
    "SIGN_VERIFY": (
        "SigningAlgorithms",
        {
            **dict.fromkeys(("RSA_2048", "RSA_3072", "RSA_4096"), _RSA),
            "ECC_NIST_P256": "ECDSA_SHA_256",
            "ECC_NIST_P384": "ECDSA_SHA_384",
            "ECC_NIST_P521": "ECDSA_SHA_512",
            "ECC_SECG_P256K1": "ECDSA_SHA_256",
            "ECC_NIST_EDWARDS25519": "ED25519_SHA_512 ED25519_PH_SHA_512",
            **dict.fromkeys(("ML_DSA_44", "ML_DSA_65", "ML_DSA_87"), "ML_DSA_SHAKE_256"),
            "SM2": "SM2DSA",
        },
    ),
    "GENERATE_VERIFY_MAC": (
        "MacAlgorithms",
        {f"HMAC_{size}": f"HMAC_SHA_{size}" for size in (224, 256, 384, 512)},
    ),
    "KEY_AGREEMENT": (
        "KeyAgreementAlgorithms",
        dict.fromkeys(("ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "SM2"), "ECDH"),
    ),
}


def is_a_pair(spec: str, usage: str) -> bool:
    """Return whether a key of a type can have a usage."""
    return spec in _ALGORITHMS[usage][1]


def metadata_of(arn: str, number: int, parameters: CreateKeyParameters) -> dict[str, Any]:
    """Return the metadata of a new key.

    Args:
        arn: Its ARN.
        number: How many keys there were before; each is a second younger than the one before.
        parameters: The parameters with which it is created.
    """
    _, _, _, region, account, resource = arn.split(":")
    spec, usage = spec_and_usage(parameters)
    origin = parameters.get("Origin", "AWS_KMS")
    is_enabled = origin != "EXTERNAL"  # its material is yet to be imported
    member, algorithms = _ALGORITHMS[usage]
    multi_region = parameters.get("MultiRegion", False)
    primary: dict[str, Any] = {
        "MultiRegionKeyType": "PRIMARY",
        "PrimaryKey": {"Arn": arn, "Region": region},
        "ReplicaKeys": [],
    }
    return {
        "AWSAccountId": account,
        "KeyId": resource.removeprefix("key/"),
        "Arn": arn,
        "CreationDate": _FIRST + timedelta(seconds=number),
        "Enabled": is_enabled,
        "Description": parameters.get("Description", ""),
        "KeyUsage": usage,
        "KeyState": "Enabled" if is_enabled else "PendingImport",
        "Origin": origin,
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": spec,
        "KeySpec": spec,
        member: algorithms[spec].split(),
        "MultiRegion": multi_region,
        **({"MultiRegionConfiguration": primary} if multi_region else {}),
    }


def spec_and_usage(parameters: CreateKeyParameters) -> tuple[str, str]:
    """Return the type and the usage of a new key, which have defaults."""
    spec = parameters.get("KeySpec", parameters.get("CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"))
    return spec, parameters.get("KeyUsage", "ENCRYPT_DECRYPT")
