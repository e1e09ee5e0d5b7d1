"""The condition keys, with the operators of their types.

::

    conditions.via_service.equals("s3.us-east-1.amazonaws.com")
    conditions.principal_org_id.if_exists.not_equals("o-a1b2c3d4e5")
    conditions.encryption_context("app").exists()
    conditions.grant_operations.for_all_values.equals("Decrypt", "Encrypt")

Each gives a :class:`kmspolicy.Condition` for ``statement.when``. What a key can do depends on its type, and an operator
that it does not have does not exist on it. Names are those of AWS in snake case, without the prefix ``kms:`` or
``aws:``. Every condition key that has an effect in a key policy is here; ``aws:ResourceTag`` and
``kms:ResourceAliases`` have none and are not. For a key or a value newer than this library, build a
``Condition``.

https://docs.aws.amazon.com/kms/latest/developerguide/policy-conditions.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from typing import Final

from kmspolicy._build._keys import (
    ArnKey,
    BooleanKey,
    DateKey,
    NetworkKey,
    NumberKey,
    TextKey,
    TextSetKey,
    TimeKey,
    Variable,
)
from kmspolicy.errors import BuilderError

__all__ = [
    "Variable",
    "assumed_root",
    "bypass_policy_lockout_safety_check",
    "called_via",
    "called_via_aws_mcp",
    "called_via_first",
    "called_via_last",
    "caller_account",
    "chatbot_source_arn",
    "current_time",
    "customer_master_key_spec",
    "customer_master_key_usage",
    "data_key_pair_spec",
    "ec2_instance_source_private_ipv4",
    "ec2_instance_source_vpc",
    "ec2_role_delivery",
    "ec2_source_instance_arn",
    "encryption_algorithm",
    "encryption_context",
    "encryption_context_keys",
    "epoch_time",
    "expiration_model",
    "federated_provider",
    "glue_credential_issuing_service",
    "glue_role_assumed_by",
    "grant_constraint_source_arn",
    "grant_constraint_type",
    "grant_is_for_aws_resource",
    "grant_operations",
    "grantee_principal",
    "grantee_service_principal",
    "identitystore_user_id",
    "is_mcp_service_action",
    "key_agreement_algorithm",
    "key_origin",
    "key_spec",
    "key_usage",
    "lambda_source_function_arn",
    "mac_algorithm",
    "message_type",
    "multi_factor_auth_age",
    "multi_factor_auth_present",
    "multi_region",
    "multi_region_key_type",
    "primary_region",
    "principal_account",
    "principal_arn",
    "principal_is_aws_service",
    "principal_org_id",
    "principal_org_paths",
    "principal_service_name",
    "principal_service_names_list",
    "principal_tag",
    "principal_type",
    "re_encrypt_on_same_key",
    "recipient_attestation_image_sha384",
    "recipient_attestation_nitro_tpm_pcr",
    "recipient_attestation_pcr",
    "referer",
    "replica_region",
    "request_alias",
    "request_tag",
    "requested_region",
    "resource_account",
    "resource_org_id",
    "resource_org_paths",
    "retiring_principal",
    "retiring_service_principal",
    "rotation_period_in_days",
    "schedule_key_deletion_pending_window_in_days",
    "secure_transport",
    "signing_algorithm",
    "source_account",
    "source_arn",
    "source_identity",
    "source_ip",
    "source_org_id",
    "source_org_paths",
    "source_owner",
    "source_vpc",
    "source_vpc_arn",
    "source_vpce",
    "ssm_source_instance_arn",
    "tag_keys",
    "token_issue_time",
    "trailing_days_without_key_usage",
    "user_agent",
    "userid",
    "username",
    "valid_to",
    "via_aws_mcp_service",
    "via_aws_service",
    "via_service",
    "vpc_source_ip",
    "vpce_account",
    "vpce_org_id",
    "vpce_org_paths",
    "wrapping_algorithm",
    "wrapping_key_spec",
]


# --- keys whose name has a free part ---------------------------------------------------------------


def encryption_context(name: str) -> ArnKey:
    """Return the key of one pair in the encryption context of the request, text that may be an ARN.

    Args:
        name: The name of the pair, ``app`` or ``aws:cloudtrail:arn`` for example. IAM does not mind its case, so that
            two conditions on ``App`` and ``app`` are on the same key.

    Raises:
        BuilderError: for a name that is empty or has wildcards.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context
    """
    return ArnKey(f"kms:EncryptionContext:{_free_part(name)}")


def principal_tag(name: str) -> TextKey:
    """Return the key of one tag of the caller.

    Args:
        name: The name of the tag.

    Raises:
        BuilderError: for a name that is empty or has wildcards.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltag
    """
    return TextKey(f"aws:PrincipalTag/{_free_part(name)}")


def request_tag(name: str) -> TextKey:
    """Return the key of one tag in the request.

    Args:
        name: The name of the tag.

    Raises:
        BuilderError: for a name that is empty or has wildcards.

    https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html
    """
    return TextKey(f"aws:RequestTag/{_free_part(name)}")


def recipient_attestation_pcr(number: int) -> TextKey:
    """Return the key of a platform configuration register of a Nitro enclave, 0 to 31.

    Args:
        number: The number of the register, 0 to 31. Its values are lower-case hexadecimal.

    Raises:
        BuilderError: for another number.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-nitro-enclaves.html
    """
    return TextKey(f"kms:RecipientAttestation:PCR{_register(number, 31)}")


def recipient_attestation_nitro_tpm_pcr(number: int) -> TextKey:
    """Return the key of a platform configuration register of a NitroTPM, 0 to 23.

    Args:
        number: The number of the register, 0 to 23. Its values are lower-case hexadecimal.

    Raises:
        BuilderError: for another number.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-nitro-tpm.html
    """
    return TextKey(f"kms:RecipientAttestation:NitroTPMPCR{_register(number, 23)}")


def _free_part(name: str) -> str:
    if not isinstance(name, str) or not name or "${" in name or set("*?") & set(name):
        raise BuilderError(
            f"the name of a pair or a tag is text without wildcards and variables, not {name!r}"
        )
    return name


def _register(number: int, last: int) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= last:
        raise BuilderError(f"a register is a number from 0 to {last}, not {number!r}")
    return number


# --- keys of KMS ----------------------------------------------------------------------------------

bypass_policy_lockout_safety_check: Final[BooleanKey] = BooleanKey("kms:BypassPolicyLockoutSafetyCheck")
"""Whether the request skips the lockout safety check."""

caller_account: Final[TextKey] = TextKey("kms:CallerAccount")
"""The account of the caller."""

customer_master_key_spec: Final[TextKey] = TextKey("kms:CustomerMasterKeySpec")
"""The former name of :data:`key_spec`, which KMS still honours."""

customer_master_key_usage: Final[TextKey] = TextKey("kms:CustomerMasterKeyUsage")
"""The former name of :data:`key_usage`, which KMS still honours."""

data_key_pair_spec: Final[TextKey] = TextKey("kms:DataKeyPairSpec")
"""The kind of data key pair that is generated, ``RSA_2048`` for example."""

encryption_algorithm: Final[TextKey] = TextKey("kms:EncryptionAlgorithm")
"""The encryption algorithm of the request, ``SYMMETRIC_DEFAULT`` for example."""

encryption_context_keys: Final[TextSetKey] = TextSetKey("kms:EncryptionContextKeys")
"""The names in the encryption context of the request."""

expiration_model: Final[TextKey] = TextKey("kms:ExpirationModel")
"""Whether imported key material expires: ``KEY_MATERIAL_EXPIRES`` or ``KEY_MATERIAL_DOES_NOT_EXPIRE``."""

grant_constraint_source_arn: Final[ArnKey] = ArnKey("kms:GrantConstraintSourceArn")
"""The source ARN in the constraint of the grant."""

grant_constraint_type: Final[TextKey] = TextKey("kms:GrantConstraintType")
"""The constraint of the grant: ``EncryptionContextEquals`` or ``EncryptionContextSubset``."""

grant_is_for_aws_resource: Final[BooleanKey] = BooleanKey("kms:GrantIsForAWSResource")
"""Whether an AWS service makes the request for a resource of its own."""

grant_operations: Final[TextSetKey] = TextSetKey("kms:GrantOperations")
"""The operations that the grant allows, ``Decrypt`` for example."""

grantee_principal: Final[ArnKey] = ArnKey("kms:GranteePrincipal")
"""The ARN of the principal that the grant allows to use the key."""

grantee_service_principal: Final[TextKey] = TextKey("kms:GranteeServicePrincipal")
"""The service principal that the grant allows to use the key."""

key_agreement_algorithm: Final[TextKey] = TextKey("kms:KeyAgreementAlgorithm")
"""The key agreement algorithm of the request, ``ECDH`` for example."""

key_origin: Final[TextKey] = TextKey("kms:KeyOrigin")
"""Where the material of the KMS key comes from: ``AWS_KMS``, ``EXTERNAL``, ``AWS_CLOUDHSM`` ..."""

key_spec: Final[TextKey] = TextKey("kms:KeySpec")
"""The kind of the KMS key, ``SYMMETRIC_DEFAULT`` for example."""

key_usage: Final[TextKey] = TextKey("kms:KeyUsage")
"""What the KMS key is for, ``ENCRYPT_DECRYPT`` for example."""

mac_algorithm: Final[TextKey] = TextKey("kms:MacAlgorithm")
"""The MAC algorithm of the request, ``HMAC_SHA_256`` for example."""

message_type: Final[TextKey] = TextKey("kms:MessageType")
"""What is signed: ``RAW`` or ``DIGEST``."""

multi_region: Final[BooleanKey] = BooleanKey("kms:MultiRegion")
"""Whether the KMS key is a multi-Region key."""

multi_region_key_type: Final[TextKey] = TextKey("kms:MultiRegionKeyType")
"""Whether the multi-Region key is the ``PRIMARY`` or a ``REPLICA``."""

primary_region: Final[TextKey] = TextKey("kms:PrimaryRegion")
"""The Region that becomes the primary one."""

re_encrypt_on_same_key: Final[BooleanKey] = BooleanKey("kms:ReEncryptOnSameKey")
"""Whether ReEncrypt reads and writes with the same KMS key."""

recipient_attestation_image_sha384: Final[TextKey] = TextKey("kms:RecipientAttestation:ImageSha384")
"""The SHA-384 digest of the enclave image in the attestation document, in lower-case hexadecimal."""

replica_region: Final[TextKey] = TextKey("kms:ReplicaRegion")
"""The Region of the new replica."""

request_alias: Final[TextKey] = TextKey("kms:RequestAlias")
"""The alias name by which the request names the KMS key, ``alias/app``; never its ARN."""

retiring_principal: Final[ArnKey] = ArnKey("kms:RetiringPrincipal")
"""The ARN of the principal that may retire the grant."""

retiring_service_principal: Final[TextKey] = TextKey("kms:RetiringServicePrincipal")
"""The service principal that may retire the grant."""

rotation_period_in_days: Final[NumberKey] = NumberKey("kms:RotationPeriodInDays")
"""The days between rotations, 90 to 2560."""

schedule_key_deletion_pending_window_in_days: Final[NumberKey] = NumberKey(
    "kms:ScheduleKeyDeletionPendingWindowInDays"
)
"""The days until the key is deleted, 7 to 30."""

signing_algorithm: Final[TextKey] = TextKey("kms:SigningAlgorithm")
"""The signing algorithm of the request, ``RSASSA_PSS_SHA_256`` for example."""

trailing_days_without_key_usage: Final[NumberKey] = NumberKey("kms:TrailingDaysWithoutKeyUsage")
"""The days since the key was last used."""

valid_to: Final[TimeKey] = TimeKey("kms:ValidTo")
"""When the imported key material expires."""

via_service: Final[TextKey] = TextKey("kms:ViaService")
"""The AWS service that makes the request for the caller, ``s3.us-east-1.amazonaws.com`` for example."""

wrapping_algorithm: Final[TextKey] = TextKey("kms:WrappingAlgorithm")
"""The algorithm that wraps imported key material, ``RSAES_OAEP_SHA_256`` for example."""

wrapping_key_spec: Final[TextKey] = TextKey("kms:WrappingKeySpec")
"""The kind of the wrapping key, ``RSA_4096`` for example."""

# --- keys of all services -------------------------------------------------------------------------

assumed_root: Final[BooleanKey] = BooleanKey("aws:AssumedRoot")
"""Whether the request is made in a root session (AssumeRoot)."""

called_via: Final[TextSetKey] = TextSetKey("aws:CalledVia")
"""The AWS services that made requests for the caller, in order."""

called_via_aws_mcp: Final[TextKey] = TextKey("aws:CalledViaAWSMCP")
"""The AWS MCP server through which the caller made the request."""

called_via_first: Final[TextKey] = TextKey("aws:CalledViaFirst")
"""The first service of :data:`called_via`."""

called_via_last: Final[TextKey] = TextKey("aws:CalledViaLast")
"""The last service of :data:`called_via`."""

chatbot_source_arn: Final[ArnKey] = ArnKey("aws:ChatbotSourceArn")
"""The chat configuration that made the request."""

current_time: Final[DateKey] = DateKey("aws:CurrentTime")
"""The time of the request."""

ec2_instance_source_private_ipv4: Final[NetworkKey] = NetworkKey("aws:Ec2InstanceSourcePrivateIPv4")
"""The private address of the instance to which the credentials were delivered."""

ec2_instance_source_vpc: Final[TextKey] = TextKey("aws:Ec2InstanceSourceVpc")
"""The VPC of the instance to which the credentials were delivered."""

epoch_time: Final[TimeKey] = TimeKey("aws:EpochTime")
"""The time of the request."""

federated_provider: Final[TextKey] = TextKey("aws:FederatedProvider")
"""The identity provider of the caller."""

is_mcp_service_action: Final[BooleanKey] = BooleanKey("aws:IsMcpServiceAction")
"""Whether the action is one of an MCP service."""

multi_factor_auth_age: Final[NumberKey] = NumberKey("aws:MultiFactorAuthAge")
"""The seconds since the caller used a second factor."""

multi_factor_auth_present: Final[BooleanKey] = BooleanKey("aws:MultiFactorAuthPresent")
"""Whether the temporary credentials were given for a second factor; absent for long-term ones."""

principal_account: Final[TextKey] = TextKey("aws:PrincipalAccount")
"""The account of the caller."""

principal_arn: Final[ArnKey] = ArnKey("aws:PrincipalArn")
"""The ARN of the caller: for a role session, that of the role."""

principal_is_aws_service: Final[BooleanKey] = BooleanKey("aws:PrincipalIsAWSService")
"""Whether an AWS service makes the request as itself."""

principal_org_id: Final[TextKey] = TextKey("aws:PrincipalOrgID")
"""The organization of the caller, ``o-a1b2c3d4e5``."""

principal_org_paths: Final[TextSetKey] = TextSetKey("aws:PrincipalOrgPaths")
"""The paths of the caller's account in its organization."""

principal_service_name: Final[TextKey] = TextKey("aws:PrincipalServiceName")
"""The service principal that makes the request."""

principal_service_names_list: Final[TextSetKey] = TextSetKey("aws:PrincipalServiceNamesList")
"""All names of the service principal that makes the request."""

principal_type: Final[TextKey] = TextKey("aws:PrincipalType")
"""The kind of the caller: ``Account``, ``User``, ``AssumedRole``, ``FederatedUser`` or ``Anonymous``."""

referer: Final[TextKey] = TextKey("aws:referer")
"""The referer header of the request; anybody can say anything."""

requested_region: Final[TextKey] = TextKey("aws:RequestedRegion")
"""The Region of the request."""

resource_account: Final[TextKey] = TextKey("aws:ResourceAccount")
"""The account of the key."""

resource_org_id: Final[TextKey] = TextKey("aws:ResourceOrgID")
"""The organization of the key."""

resource_org_paths: Final[TextSetKey] = TextSetKey("aws:ResourceOrgPaths")
"""The paths of the key's account in its organization."""

secure_transport: Final[BooleanKey] = BooleanKey("aws:SecureTransport")
"""Whether the request came over TLS."""

source_account: Final[TextKey] = TextKey("aws:SourceAccount")
"""The account of the resource for which a service makes the request."""

source_arn: Final[ArnKey] = ArnKey("aws:SourceArn")
"""The resource for which a service makes the request."""

source_identity: Final[TextKey] = TextKey("aws:SourceIdentity")
"""The source identity that was set when the role was assumed."""

source_ip: Final[NetworkKey] = NetworkKey("aws:SourceIp")
"""The address from which the request came; absent for requests through a VPC endpoint."""

source_org_id: Final[TextKey] = TextKey("aws:SourceOrgID")
"""The organization of the resource for which a service makes the request."""

source_org_paths: Final[TextSetKey] = TextSetKey("aws:SourceOrgPaths")
"""The paths, in its organization, of the account for which a service makes the request."""

source_owner: Final[TextKey] = TextKey("aws:SourceOwner")
"""The account of the resource for which a service makes the request, as a few services name it."""

source_vpc: Final[TextKey] = TextKey("aws:SourceVpc")
"""The VPC from which the request came through an endpoint."""

source_vpc_arn: Final[TextKey] = TextKey("aws:SourceVpcArn")
"""The ARN of the VPC from which the request came through an endpoint."""

source_vpce: Final[TextKey] = TextKey("aws:SourceVpce")
"""The VPC endpoint through which the request came."""

tag_keys: Final[TextSetKey] = TextSetKey("aws:TagKeys")
"""The names of the tags in the request."""

token_issue_time: Final[DateKey] = DateKey("aws:TokenIssueTime")
"""When the temporary credentials were issued."""

user_agent: Final[TextKey] = TextKey("aws:UserAgent")
"""What the client says of itself; anybody can say anything."""

userid: Final[TextKey] = TextKey("aws:userid")
"""The unique id of the caller: ``AIDA...`` of a user, ``AROA...:session`` of a role session."""

username: Final[TextKey] = TextKey("aws:username")
"""The name of the IAM user; absent for roles."""

via_aws_mcp_service: Final[BooleanKey] = BooleanKey("aws:ViaAWSMCPService")
"""Whether the request came through an AWS MCP server."""

via_aws_service: Final[BooleanKey] = BooleanKey("aws:ViaAWSService")
"""Whether an AWS service makes the request for the caller."""

vpc_source_ip: Final[NetworkKey] = NetworkKey("aws:VpcSourceIp")
"""The address from which the request came through a VPC endpoint."""

vpce_account: Final[TextKey] = TextKey("aws:VpceAccount")
"""The account of the VPC endpoint through which the request came."""

vpce_org_id: Final[TextKey] = TextKey("aws:VpceOrgID")
"""The organization of the VPC endpoint through which the request came."""

vpce_org_paths: Final[TextSetKey] = TextSetKey("aws:VpceOrgPaths")
"""The paths, in its organization, of the account of the VPC endpoint."""

# --- keys of credentials delivered by a service ---------------------------------------------------

ec2_role_delivery: Final[NumberKey] = NumberKey("ec2:RoleDelivery")
"""The version of the instance metadata service that delivered the credentials."""

ec2_source_instance_arn: Final[ArnKey] = ArnKey("ec2:SourceInstanceArn")
"""The instance to which the credentials were delivered."""

glue_credential_issuing_service: Final[TextKey] = TextKey("glue:CredentialIssuingService")
"""The service that issued the credentials of a Glue job."""

glue_role_assumed_by: Final[TextKey] = TextKey("glue:RoleAssumedBy")
"""The service that assumed the role of a Glue job."""

identitystore_user_id: Final[TextKey] = TextKey("identitystore:UserId")
"""The IAM Identity Center user of the caller."""

lambda_source_function_arn: Final[ArnKey] = ArnKey("lambda:SourceFunctionArn")
"""The Lambda function to which the credentials were delivered."""

ssm_source_instance_arn: Final[ArnKey] = ArnKey("ssm:SourceInstanceArn")
"""The managed instance to which the credentials were delivered."""
