"""What to do about an error of the service, where its class does not say so: by the operation and the code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html
_EXPIRED: Final = (
    "The credentials have expired: get new ones, and open a new client if it was given the old ones as text."
)
_UNKNOWN: Final = (
    "Check the access key, the session token that belongs to it, and whether the account uses this Region."
)
_SIGNATURE: Final = "Check the secret access key, and the clock of this machine."
_ON_CREDENTIALS: Final[Mapping[str, str]] = {
    "ExpiredTokenException": _EXPIRED,
    "ExpiredToken": _EXPIRED,
    "UnrecognizedClientException": _UNKNOWN,
    "InvalidClientTokenId": _UNKNOWN,
    "InvalidSignatureException": _SIGNATURE,
    "SignatureDoesNotMatch": _SIGNATURE,
    "IncompleteSignature": _SIGNATURE,
    "RequestExpired": _SIGNATURE,
}
# https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html#API_CreateKey_Errors
# https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
_ON_CREATING: Final[Mapping[str, str]] = {
    "AccessDeniedException": "The caller's IAM policies must allow kms:CreateKey and kms:PutKeyPolicy, and kms:TagResource for "
    "a key with tags.",
    "LimitExceededException": "The account has a quota of keys in each Region, and a key policy one of 32,768 bytes.",
    "UnsupportedOperationException": "Check that the type, the usage and the origin of the key fit each other, and this Region.",
    "TagException": "Check the tags: names and values have forms, names are unique, and a key has at most 50.",
    "ThrottlingException": "The quota is 5 CreateKey requests per second.",
}

PERHAPS_CREATED: Final = (
    "The key may exist: look for it, by its tags or its description, before you create another one."
)


def advice_on(operation: str, code: str) -> str:
    """Return what to do about an error; empty where its class says it, or nothing is known."""
    on_creating = _ON_CREATING.get(code, "") if operation == "CreateKey" else ""
    return on_creating or _ON_CREDENTIALS.get(code, "")
