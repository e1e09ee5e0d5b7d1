"""The statements and policies that AWS documents, ready-made.

Each function follows the page that its docstring names. Labels (Sid) are AWS's where AWS has one, since the console
finds its statements by them; ``.named("...")`` sets another, ``.when(...)`` adds a condition.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from kmspolicy import conditions
from kmspolicy._build._builder import allow, deny
from kmspolicy._document import Policy, Principal, Statement
from kmspolicy._language._principals import is_account_id
from kmspolicy.errors import BuilderError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kmspolicy._language._actions import Action, ActionPattern

__all__ = [
    "KeyKind",
    "autoscaling_volumes",
    "cloudtrail_describes_key",
    "cloudtrail_encrypts_logs",
    "cloudtrail_log_readers",
    "cloudwatch_logs",
    "config_delivers",
    "console_policy",
    "default_policy",
    "deny_bypassing_lockout_check",
    "deny_deletion",
    "deny_short_waiting_period",
    "enable_iam_policies",
    "eventbridge_sends",
    "grants_for_aws_resources",
    "key_administrators",
    "key_users",
    "nitro_enclave",
    "route53_dnssec",
    "s3_inventory",
    "s3_notifies",
    "sns_delivers",
    "sns_event_source",
    "sqs_event_source",
    "use_by_account",
    "use_by_account_with_grants",
    "use_through_service",
]

KeyKind: TypeAlias = Literal["symmetric", "hmac", "rsa encryption", "signing", "key agreement"]
"""The purpose of a KMS key, which determines what its users may do."""

_USE: Final[Mapping[KeyKind, tuple[Action | ActionPattern, ...]]] = {
    "symmetric": ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"),
    "hmac": ("kms:DescribeKey", "kms:GenerateMac", "kms:VerifyMac"),
    "rsa encryption": ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:DescribeKey", "kms:GetPublicKey"),
    "signing": ("kms:DescribeKey", "kms:GetPublicKey", "kms:Sign", "kms:Verify"),
    "key agreement": ("kms:DescribeKey", "kms:GetPublicKey", "kms:DeriveSharedSecret"),
}

# --- the default policies --------------------------------------------------------------------------


def enable_iam_policies(account: str, *, partition: str = "aws") -> Statement:
    """Let the account's IAM policies decide; without this statement, they have no effect on the key.

    Args:
        account: The account id, 12 digits.
        partition: ``aws``, ``aws-cn``, ``aws-us-gov`` ...

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam
    """
    return (
        allow("kms:*")
        .to(Principal.account(account, partition=partition))
        .named("Enable IAM User Permissions")
    )


def key_administrators(
    principal: Principal,
    /,
    *principals: Principal,
    deletion: bool = True,
    multi_region: bool = False,
    imported: bool = False,
) -> Statement:
    """Let principals manage the key, but not use it.

    Args:
        principal: An administrator.
        principals: More of them.
        deletion: Whether they may schedule and cancel the key's deletion, a check box in the console.
        multi_region: Whether the key is a multi-Region key, which can be replicated.
        imported: Whether the key has imported key material.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-administrators
    """
    permission = allow(
        "kms:Create*",
        "kms:Describe*",
        "kms:Enable*",
        "kms:List*",
        "kms:Put*",
        "kms:Update*",
        "kms:Revoke*",
        "kms:Disable*",
        "kms:Get*",
        "kms:Delete*",
        "kms:TagResource",
        "kms:UntagResource",
        *(_DELETION if deletion else ()),
        "kms:RotateKeyOnDemand",
        *(_MULTI_REGION if multi_region else ()),
        *(_IMPORT if imported else ()),
    )
    return permission.to(principal, *principals).named("Allow access for Key Administrators")


_DELETION: Final[tuple[Action, ...]] = ("kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion")
_MULTI_REGION: Final[tuple[Action, ...]] = ("kms:ReplicateKey", "kms:UpdatePrimaryRegion")
_IMPORT: Final[tuple[Action, ...]] = ("kms:ImportKeyMaterial",)


def key_users(principal: Principal, /, *principals: Principal, kind: KeyKind = "symmetric") -> Statement:
    """Let principals use the key for its purpose.

    Args:
        principal: A user of the key; ``Principal.account(...)`` for another account.
        principals: More of them.
        kind: What the key is for.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-users
    """
    return allow(*_use(kind)).to(principal, *principals).named("Allow use of the key")


def grants_for_aws_resources(principal: Principal, /, *principals: Principal) -> Statement:
    """Let principals create grants on the key for AWS services and their resources.

    Args:
        principal: A user of the key.
        principals: More of them.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-service-integration
    """
    return (
        allow("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")
        .to(principal, *principals)
        .when(conditions.grant_is_for_aws_resource.is_true())
        .named("Allow attachment of persistent resources")
    )


def default_policy(account: str, *, partition: str = "aws") -> Policy:
    """Return the policy that a key has when it is created without one.

    Args:
        account: The account id, 12 digits.
        partition: ``aws``, ``aws-cn``, ``aws-us-gov`` ...

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    return Policy([enable_iam_policies(account, partition=partition)], id="key-default-1")


def console_policy(  # noqa: PLR0913 - the choices of the console's pages
    account: str,
    *,
    administrators: Iterable[Principal] = (),
    users: Iterable[Principal] = (),
    kind: KeyKind = "symmetric",
    deletion: bool = True,
    multi_region: bool = False,
    imported: bool = False,
    partition: str = "aws",
) -> Policy:
    """Return the policy of a key that is created in the console.

    Args:
        account: The account id, 12 digits.
        administrators: Who may manage the key.
        users: Who may use the key and give AWS services grants on it; other accounts as
            ``Principal.account(...)``.
        kind: What the key is for.
        deletion: Whether the administrators may schedule the key's deletion.
        multi_region: Whether the key is a multi-Region key.
        imported: Whether the key has imported key material.
        partition: ``aws``, ``aws-cn``, ``aws-us-gov`` ...

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    _use(kind)
    administrators, users = tuple(administrators), tuple(users)
    statements = [enable_iam_policies(account, partition=partition)]
    if administrators:
        choices = {"deletion": deletion, "multi_region": multi_region, "imported": imported}
        statements.append(key_administrators(*administrators, **choices))
    if users:
        statements += [key_users(*users, kind=kind), grants_for_aws_resources(*users)]
    return Policy(statements, id="key-consolepolicy-3")


# --- use by others ---------------------------------------------------------------------------------


def use_by_account(account: str, *, kind: KeyKind = "symmetric", partition: str = "aws") -> Statement:
    """Let another account use the key; its IAM policies must allow it, too.

    AWS services that keep data for the other account, as EBS does for a volume, need grants as well:
    :func:`use_by_account_with_grants`.

    Args:
        account: The other account's id, 12 digits.
        kind: What the key is for.
        partition: ``aws``, ``aws-cn``, ``aws-us-gov`` ...

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
    """
    principal = Principal.account(account, partition=partition)
    return allow(*_use(kind)).to(principal).named("Allow an external account to use this KMS key")


def use_by_account_with_grants(
    account: str, *, aws_resources_only: bool = True, partition: str = "aws"
) -> tuple[Statement, Statement]:
    """Let another account use the key, and create grants on it for AWS services.

    The labels are not those of the page, which has the console's, but those of the page on Auto Scaling below: the
    statements fit beside :func:`console_policy`.

    Args:
        account: The other account's id, 12 digits.
        aws_resources_only: Whether only AWS services may be given grants, for the resources that they make. Amazon EC2
            Auto Scaling needs False: an administrator of the other account gives its service-linked role the grant.
        partition: ``aws``, ``aws-cn``, ``aws-us-gov`` ...

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    """
    principal = Principal.account(account, partition=partition)
    grants = (
        grants_for_aws_resources(principal) if aws_resources_only else allow("kms:CreateGrant").to(principal)
    )
    return (
        use_by_account(account, partition=partition),
        grants.named(f"Allow attachment of persistent resources in external account {account}"),
    )


def use_through_service(service: str, *, account: str) -> Statement:
    """Let everyone in the account use the key through an AWS service that they may use.

    Args:
        service: The service and its Region, ``ec2.us-west-2.amazonaws.com`` for example.
        account: The account id, 12 digits.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account
    """
    if not _SERVICE_IN_REGION(service):
        raise BuilderError(
            f"expected a service in a Region, such as ec2.us-west-2.amazonaws.com, not {service!r}"
        )
    permission = allow(
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:CreateGrant",
        "kms:DescribeKey",
    )
    return permission.to(Principal({"AWS": "*"})).when(
        conditions.caller_account.equals(account) & conditions.via_service.equals(service)
    )


def autoscaling_volumes(
    account: str, *, suffix: str | None = None, partition: str = "aws"
) -> tuple[Statement, Statement]:
    """Let Amazon EC2 Auto Scaling launch instances with EBS volumes that the key encrypts.

    The second label is not the page's, which is that of the console's own statement.

    Args:
        account: The account of the Auto Scaling group and the key, 12 digits.
        suffix: The suffix of a service-linked role that is not the default one, which must exist.
        partition: ``aws``, ``aws-cn``, ``aws-us-gov`` ...

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    """
    name = "AWSServiceRoleForAutoScaling" if suffix is None else f"AWSServiceRoleForAutoScaling_{suffix}"
    role = Principal.role(account, f"aws-service-role/autoscaling.amazonaws.com/{name}", partition=partition)
    return (
        allow(*_USE["symmetric"]).to(role).named("Allow service-linked role use of the customer managed key"),
        allow("kms:CreateGrant")
        .to(role)
        .when(conditions.grant_is_for_aws_resource.is_true())
        .named("Allow service-linked role attachment of persistent resources"),
    )


_SERVICE_IN_REGION: Final = re.compile(r"[a-z0-9-]+\.[a-z0-9-]+\.amazonaws\.com(\.cn)?").fullmatch


def nitro_enclave(
    principal: Principal,
    /,
    *principals: Principal,
    image_sha384: str | None = None,
    pcrs: Mapping[int, str] | None = None,
) -> Statement:
    """Let a role decrypt and generate data keys only from an attested Nitro enclave.

    The page's statement allows kms:GenerateRandom as well, which has no effect in a key policy and is left out.

    Args:
        principal: The role of the parent instance.
        principals: More of them.
        image_sha384: The SHA-384 digest of the enclave image, hexadecimal.
        pcrs: The values of registers by their numbers, hexadecimal.

    Raises:
        BuilderError: where neither is given, so that nothing would be attested; for a value that is not
            hexadecimal, or all zeros, as those of an enclave in debug mode are.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-nitro-enclaves.html
    """
    values = {conditions.recipient_attestation_pcr(number): value for number, value in (pcrs or {}).items()}
    if image_sha384 is not None:
        values = {conditions.recipient_attestation_image_sha384: image_sha384, **values}
    if not values:
        raise BuilderError(
            "pass the digest of the enclave's image or the value of a register, to attest the enclave"
        )
    statement = allow("kms:Decrypt", "kms:GenerateDataKey").to(principal, *principals)
    for key, value in values.items():
        if not isinstance(value, str) or not _MEASUREMENT(value):
            raise BuilderError(f"{key.key}: expected hexadecimal digits that are not all 0, not {value!r}")
        statement = statement.when(key.equals_ignore_case(value))
    return statement.named("Enable enclave data processing")


_MEASUREMENT: Final = re.compile(r"(?=.*[1-9a-fA-F])[0-9a-fA-F]+").fullmatch


# --- AWS services as principals, each for one account or resource of it ------------------------------


def cloudwatch_logs(
    region: str,
    account: str,
    *,
    log_group: str | None = None,
    partition: Literal["aws", "aws-cn", "aws-us-gov"] = "aws",
) -> Statement:
    """Let CloudWatch Logs encrypt the account's log groups, or one of them, in a Region.

    Args:
        region: The Region of the key and the log groups.
        account: The account id, 12 digits.
        log_group: The name of a log group; None for all of the account.
        partition: The partition of the Region, which decides the domain of the service principal.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html; the domain in China is what
    https://github.com/aws/aws-cdk (packages/aws-cdk-lib/region-info) has for this service.
    """
    if partition not in _DOMAINS:
        raise BuilderError(
            f"expected a partition whose service principals are known ({', '.join(_DOMAINS)}), not {partition!r}"
        )
    if log_group is not None and not _LOG_GROUP(log_group):
        raise BuilderError(f"expected the name of a log group, not {log_group!r}")
    arns = f"arn:{partition}:logs:{region}:{_account(account)}:"
    context = conditions.encryption_context("aws:logs:arn")
    return (
        allow("kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*")
        .to(Principal.service(f"logs.{region}.{_DOMAINS[partition]}"))
        .when(
            context.arn_like(f"{arns}*")
            if log_group is None
            else context.arn_equals(f"{arns}log-group:{log_group}")
        )
    )


_DOMAINS: Final = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}
_LOG_GROUP: Final = re.compile(r"[\w./#-]{1,512}", re.ASCII).fullmatch


def cloudtrail_encrypts_logs(trail_arn: str) -> Statement:
    """Let CloudTrail encrypt the log files of a trail.

    Args:
        trail_arn: The ARN of the trail, ``arn:aws:cloudtrail:REGION:ACCOUNT:trail/NAME``.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    partition, account = _trail(trail_arn)
    context = conditions.encryption_context("aws:cloudtrail:arn")
    return (
        allow("kms:GenerateDataKey*")
        .to(Principal.service("cloudtrail.amazonaws.com"))
        .when(context.like(f"arn:{partition}:cloudtrail:*:{account}:trail/*"))
        .when(conditions.source_arn.equals(trail_arn))
        .named("Allow CloudTrail to encrypt logs")
    )


def cloudtrail_describes_key(trail_arn: str) -> Statement:
    """Let CloudTrail read the properties of the key.

    Args:
        trail_arn: The ARN of the trail, ``arn:aws:cloudtrail:REGION:ACCOUNT:trail/NAME``.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    _trail(trail_arn)
    return (
        allow("kms:DescribeKey")
        .to(Principal.service("cloudtrail.amazonaws.com"))
        .when(conditions.source_arn.equals(trail_arn))
        .named("Allow CloudTrail access")
    )


def cloudtrail_log_readers(principal: Principal, /, *principals: Principal) -> Statement:
    """Let principals decrypt the log files of CloudTrail, and nothing else.

    Args:
        principal: A reader.
        principals: More of them.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    return (
        allow("kms:Decrypt")
        .to(principal, *principals)
        .when(conditions.encryption_context("aws:cloudtrail:arn").exists())
        .named("Enable CloudTrail log decrypt permissions")
    )


def sns_event_source(service: str, source_arn: str, account: str) -> Statement:
    """Let an AWS service publish events of a resource to an encrypted SNS topic.

    Args:
        service: The service principal, ``s3.amazonaws.com`` for example.
        source_arn: The ARN of the resource, with ``*`` and ``?`` if need be.
        account: The account of the resource, 12 digits.

    Raises:
        BuilderError: for EventBridge, which does not work with these conditions: see :func:`eventbridge_sends`.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    if service == _EVENTBRIDGE:
        raise BuilderError("SNS does not support these conditions for EventBridge; see eventbridge_sends")
    return _bound(
        allow("kms:GenerateDataKey*", "kms:Decrypt").to(Principal.service(service)), source_arn, account
    )


def sns_delivers(topic_arn: str, account: str) -> Statement:
    """Let SNS deliver the messages of a topic to an encrypted SQS queue.

    The page has no conditions; those against confused deputies, which the pages of other services ask for, are added.

    Args:
        topic_arn: The ARN of the topic, with ``*`` and ``?`` if need be.
        account: Its account, 12 digits.

    https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
    """
    statement = allow("kms:Decrypt", "kms:GenerateDataKey*").to(Principal.service("sns.amazonaws.com"))
    return _bound(statement, topic_arn, account).named("Allow Amazon SNS to use this key")


def sqs_event_source(service: str, source_arn: str, account: str | None = None) -> Statement:
    """Let an AWS service send events of a resource to an encrypted SQS queue.

    Args:
        service: The service principal, ``events.amazonaws.com`` for example.
        source_arn: The ARN of the resource.
        account: The account of the resource, 12 digits; may be left out where the ARN names it.

    Raises:
        BuilderError: if no argument has the account; the ARN of a bucket does not have it.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html#compatibility-with-aws-services
    """
    statement = (
        allow("kms:GenerateDataKey", "kms:Decrypt")
        .to(Principal.service(service))
        .when(conditions.source_arn.arn_equals(source_arn))
    )
    if account is not None:
        return statement.when(conditions.source_account.equals(account))
    _account(source_arn.split(":")[_ACCOUNT_OF_ARN])
    return statement


def s3_notifies(bucket_arn: str, account: str) -> Statement:
    """Let S3 send event notifications of a bucket to an encrypted topic or queue.

    The page has no conditions; those against confused deputies are added, with the account beside the ARN because
    the ARN of a bucket does not name it.

    Args:
        bucket_arn: The ARN of the bucket, with ``*`` and ``?`` if need be.
        account: Its account, 12 digits.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
    """
    statement = allow("kms:GenerateDataKey", "kms:Decrypt").to(Principal.service("s3.amazonaws.com"))
    return _bound(statement, bucket_arn, account)


def s3_inventory(bucket_arn: str, account: str) -> Statement:
    """Let S3 encrypt the inventory files of a bucket.

    Args:
        bucket_arn: The bucket that the inventory is of, with ``*`` and ``?`` if need be.
        account: Its account, 12 digits.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html
    """
    statement = allow("kms:GenerateDataKey").to(Principal.service("s3.amazonaws.com"))
    return _bound(statement, bucket_arn, account).named("Allow Amazon S3 use of the customer managed key")


def eventbridge_sends() -> Statement:
    """Let EventBridge send events to an encrypted topic or queue.

    The page has no conditions, and SNS says that it does not support any for EventBridge
    (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html), so that rules of other accounts are not kept out.
    For a queue, ``sqs_event_source("events.amazonaws.com", rule_arn)`` does that.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
    """
    statement = allow("kms:Decrypt", "kms:GenerateDataKey").to(Principal.service(_EVENTBRIDGE))
    return statement.named("Allow EventBridge to use the key")


def config_delivers(account: str) -> Statement:
    """Let AWS Config encrypt the files that it delivers to a bucket for an account.

    Args:
        account: The account whose configuration is delivered, 12 digits.

    https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html
    """
    return (
        allow("kms:Decrypt", "kms:GenerateDataKey")
        .to(Principal.service("config.amazonaws.com"))
        .when(conditions.source_account.equals(account))
        .named("AWSConfigKMSPolicy")
    )


def route53_dnssec(account: str, hosted_zone_arn: str | None = None) -> tuple[Statement, Statement]:
    """Let Route 53 sign the records of the account's hosted zones, or of one of them.

    The key is an asymmetric one for signing, ECC_NIST_P256, in us-east-1. The page's first form has no condition against
    confused deputies; the one that it recommends is added.

    Args:
        account: The account of the hosted zones, 12 digits.
        hosted_zone_arn: The ARN of a hosted zone, ``arn:aws:route53:::hostedzone/ID``; None for all of the account.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/access-control-managing-permissions.html#KMS-key-policy-for-DNSSEC
    """
    service = Principal.service("dnssec-route53.amazonaws.com")
    signs = (
        allow("kms:DescribeKey", "kms:GetPublicKey", "kms:Sign")
        .to(service)
        .when(conditions.source_account.equals(account))
        .named("Allow Route 53 DNSSEC Service")
    )
    if hosted_zone_arn is not None:
        signs = signs.when(conditions.source_arn.arn_equals(hosted_zone_arn))
    grants = (
        allow("kms:CreateGrant")
        .to(service)
        .when(conditions.grant_is_for_aws_resource.is_true())
        .named("Allow Route 53 DNSSEC to CreateGrant")
    )
    return signs, grants


_EVENTBRIDGE: Final = "events.amazonaws.com"
_ACCOUNT_OF_ARN: Final = 4


def _bound(statement: Statement, source_arn: str, account: str) -> Statement:
    """Limit a service to a resource of an account: it must not act for anybody else."""
    return statement.when(conditions.source_account.equals(account)).when(
        conditions.source_arn.arn_like(source_arn)
    )


def _account(value: str) -> str:
    if not isinstance(value, str) or not is_account_id(value):
        raise BuilderError(f"expected an account id of 12 digits, not {value!r}")
    return value


def _trail(arn: str) -> tuple[str, str]:
    """Return the partition and the account of a trail."""
    match = _TRAIL(arn) if isinstance(arn, str) else None
    if match is None:
        raise BuilderError(
            f"expected the ARN of a trail, such as arn:aws:cloudtrail:REGION:ACCOUNT:trail/NAME, not {arn!r}"
        )
    return match["partition"], match["account"]


_TRAIL: Final = re.compile(
    r"arn:(?P<partition>[a-z-]+):cloudtrail:[a-z0-9-]+:(?P<account>[0-9]{12}):trail/[\w.-]+", re.ASCII
).fullmatch


# --- protection ------------------------------------------------------------------------------------


def deny_deletion(except_arn: str | Principal | None = None) -> Statement:
    """Deny everyone, or everyone except one principal, to delete the key or its material, or to disable it.

    Args:
        except_arn: The principal that may, or its ARN, which can have ``*`` and ``?``; None for nobody. Anybody who may put
            the key's policy can still remove this statement.

    https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-adding-permission.html
    """
    statement = deny("kms:ScheduleKeyDeletion", "kms:DeleteImportedKeyMaterial", "kms:DisableKey").to(
        Principal.everyone()
    )
    if except_arn is not None:
        statement = statement.when(conditions.principal_arn.arn_not_equals(except_arn))
    return statement.named("Deny deletion of the key")


def deny_short_waiting_period(days: int) -> Statement:
    """Deny everyone to schedule the deletion of the key with a waiting period up to a number of days.

    Args:
        days: 7 to 29, since a waiting period is 7 to 30 days long.

    Raises:
        BuilderError: for other numbers of days, which would deny nothing or everything.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-schedule-key-deletion-pending-window-in-days
    """
    if days not in range(7, 30):
        raise BuilderError(f"expected 7 to 29 days, not {days!r}")
    within = conditions.schedule_key_deletion_pending_window_in_days.less_than_equals(days)
    return deny("kms:ScheduleKeyDeletion").to(Principal.everyone()).when(within)


def deny_bypassing_lockout_check() -> Statement:
    """Deny everyone to put a policy on the key without the lockout safety check.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-bypass-policy-lockout-safety-check
    """
    return (
        deny("kms:PutKeyPolicy")
        .to(Principal.everyone())
        .when(conditions.bypass_policy_lockout_safety_check.is_true())
        .named("Deny bypassing the lockout safety check")
    )


def _use(kind: KeyKind) -> tuple[Action | ActionPattern, ...]:
    if not isinstance(kind, str) or kind not in _USE:
        raise BuilderError(f"expected one of {', '.join(map(repr, _USE))}, not {kind!r}")
    return _USE[kind]
