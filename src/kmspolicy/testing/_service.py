"""The service as clients see it: parameters and errors from botocore's model of KMS, and the known texts and statuses.

https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html#API_PutKeyPolicy_Errors
https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, NotRequired, TypedDict

from botocore.errorfactory import ClientExceptionsFactory
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.regions import EndpointResolver
from botocore.validate import validate_parameters

from kmspolicy._evaluate import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# --- facts of botocore ------------------------------------------------------------------------------


class CreateKeyParameters(TypedDict, total=False):
    """The parameters of ``create_key``."""

    Policy: str
    BypassPolicyLockoutSafetyCheck: bool
    Description: str
    KeyUsage: str
    CustomerMasterKeySpec: str
    KeySpec: str
    Origin: str
    CustomKeyStoreId: str
    Tags: Sequence[Mapping[str, str]]
    MultiRegion: bool
    XksKeyId: str


class DescribeKeyParameters(TypedDict):
    """The parameters of ``describe_key``."""

    KeyId: str
    GrantTokens: NotRequired[Sequence[str]]


class PutKeyPolicyParameters(TypedDict):
    """The parameters of ``put_key_policy``."""

    KeyId: str
    Policy: str
    PolicyName: NotRequired[str]
    BypassPolicyLockoutSafetyCheck: NotRequired[bool]


class GetKeyPolicyParameters(TypedDict):
    """The parameters of ``get_key_policy``."""

    KeyId: str
    PolicyName: NotRequired[str]


class ListKeyPoliciesParameters(TypedDict):
    """The parameters of ``list_key_policies``."""

    KeyId: str
    Limit: NotRequired[int]
    Marker: NotRequired[str]


# The loader is used instead of a session, which would read the configuration of the developer.


@cache
def _model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("kms", "service-2"), "kms")


@cache
def _endpoints() -> EndpointResolver:
    return EndpointResolver(Loader().load_data("endpoints"))


@cache
def exceptions() -> Any:  # noqa: ANN401 - botocore makes the classes
    """Return the exceptions of a KMS client, like ``client.exceptions``."""
    return ClientExceptionsFactory().create_client_exceptions(_model())


def partition_of(region: str) -> str:
    """Return the partition of a Region, such as ``aws-cn``.

    Raises:
        botocore.exceptions.UnknownRegionError: if there is no such Region.
    """
    return _endpoints().get_partition_for_region(region)


def validate(operation: str, parameters: Mapping[str, Any]) -> None:
    """Refuse the parameters that a client refuses before it sends anything.

    Raises:
        botocore.exceptions.ParamValidationError: if a parameter is wrong; lists all problems.
    """
    shape: Any = _model().operation_model(operation).input_shape
    validate_parameters(parameters, shape)


def error(operation: str, code: str, message: str, request_id: str) -> ClientError:
    """Return botocore's error for an answer of KMS, of its own class if the model has one.

    Args:
        operation: The name of the operation.
        code: The error code.
        message: The text; empty for an answer without one.
        request_id: The id of the request.
    """
    response: Any = {
        "Error": {"Message": message, "Code": code},
        "ResponseMetadata": metadata(request_id, STATUS.get(code, 400)),
    }
    cls = exceptions().from_code(code)
    if cls is not ClientError and message:
        response["message"] = message
    made: ClientError = cls(response, operation)
    return made


def metadata(request_id: str, status: int = 200) -> dict[str, Any]:
    """Return botocore's metadata of an answer."""
    return {"RequestId": request_id, "HTTPStatusCode": status, "RetryAttempts": 0}


# --- answers of KMS --------------------------------------------------------------------------------

LOCKOUT: Final = "The new key policy will not allow you to update the key policy in the future."
PRINCIPALS: Final = "Policy contains a statement with one or more invalid principals."
MALFORMED: Final = "MalformedPolicyDocumentException"
_TOO_LONG: Final = "The policy is longer than a key policy can be."
_CHARACTERS: Final = (
    "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must satisfy regular "
    "expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"
)
_FOR_ALL_VALUES: Final = (
    "OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition key matches "
    "requests without the specified [encryption context or tag] or with an unspecified [encryption context or tag]. "
    "To fix, remove ForAllValues."
)
# https://github.com/awsdocs/aws-kms-developer-guide/issues/47
_CONDITION_KEYS: Final = "These condition keys are not permitted in a key policy: aws:ResourceTag, kms:ResourceTag, kms:ResourceAliases"


class Answer(NamedTuple):
    """What KMS answers to a policy that it refuses.

    Attributes:
        code: The error code.
        message: The text; KMS often gives none.
        evidence: How it is known that KMS refuses it: AWS says so of KMS; somebody saw it, or quotes AWS in public; or it is
            likely, since AWS says so of IAM's policies, or of what a policy is.
    """

    code: str
    message: str
    evidence: Literal["documented", "observed", "likely"]


# By the code of the finding.
ANSWERS: Final[Mapping[str, Answer]] = {
    "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA": Answer("LimitExceededException", _TOO_LONG, "documented"),
    "UNSUPPORTED_CHARACTER": Answer("ValidationException", _CHARACTERS, "documented"),
    "MISSING_STATEMENT": Answer(MALFORMED, "", "likely"),
    "MISSING_PRINCIPAL": Answer(MALFORMED, "Policy contains a statement with no principal.", "observed"),
    "MISSING_ACTION": Answer(MALFORMED, "", "observed"),
    "MISSING_RESOURCE": Answer(MALFORMED, "", "observed"),
    "UNSUPPORTED_RESOURCE_ARN_IN_POLICY": Answer(MALFORMED, "", "observed"),
    "UNSUPPORTED_WILDCARD_IN_PRINCIPAL": Answer(MALFORMED, PRINCIPALS, "observed"),
    "WILDCARD_IN_SERVICE_PRINCIPAL": Answer(MALFORMED, PRINCIPALS, "likely"),
    "INVALID_PRINCIPAL_FORMAT": Answer(MALFORMED, PRINCIPALS, "observed"),
    "INVALID_USER_REFERENCE": Answer(MALFORMED, PRINCIPALS, "observed"),
    "INVALID_ROLE_REFERENCE": Answer(MALFORMED, PRINCIPALS, "observed"),
    "INVALID_CONDITION_OPERATOR": Answer(MALFORMED, "", "likely"),
    "NULL_WITH_IF_EXISTS": Answer(MALFORMED, "", "likely"),
    "OVERLY_PERMISSIVE_CONDITION": Answer(MALFORMED, _FOR_ALL_VALUES, "documented"),
    "UNSUPPORTED_CONDITION_KEY_IN_POLICY": Answer(MALFORMED, _CONDITION_KEYS, "observed"),
    "LOCKOUT_EVERYONE": Answer(MALFORMED, LOCKOUT, "documented"),
    "LOCKOUT_CALLER": Answer(MALFORMED, LOCKOUT, "documented"),
}


def is_malformed(code: str) -> bool:
    """Return whether KMS calls it malformed; size and characters have their own errors and are checked first."""
    return ANSWERS[code].code == MALFORMED


REFUSED_WARNINGS: Final = frozenset({"INVALID_USER_REFERENCE", "INVALID_ROLE_REFERENCE"})
# The status of all others is 400.
STATUS: Final[Mapping[str, int]] = {
    "DependencyTimeoutException": 500,
    "InternalFailure": 500,
    "KMSInternalException": 500,
    "KeyUnavailableException": 500,
    "ServiceUnavailable": 503,
}
_DENIED: Final = "User: {caller} is not authorized to perform: kms:{operation} on resource: {arn}"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
DENIALS: Final[Mapping[Outcome, str]] = {
    Outcome.NOT_GRANTED: f"{_DENIED} because no resource-based policy allows the kms:{{operation}} action",
    Outcome.DELEGATED: f"{_DENIED} because no identity-based policy allows the kms:{{operation}} action",
    Outcome.DENIED: f"{_DENIED} with an explicit deny in a resource-based policy",
}
TEXTS: Final[Mapping[str, str]] = {
    "ThrottlingException": "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
    "KMSInvalidStateException": "{arn} is pending deletion.",
    "NotFoundException": "Key '{arn}' does not exist",
    "AccessDeniedException": DENIALS[Outcome.NOT_GRANTED],
    MALFORMED: PRINCIPALS,
}
