"""For tests of applications: a KMS in memory that refuses what KMS refuses, and a clock that does not wait.

::

    fake = FakeKMS(caller="arn:aws:iam::111122223333:role/Deployer")
    key_id = fake.add_key()
    await KeyPolicies(fake).put(key_id, policy)
    assert fake.policy(key_id) == policy

What it refuses it takes from :func:`kmspolicy.check`, so that both have one set of rules; which of them AWS documents and
which were only observed, ``docs/how-to/testing.md`` says.
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any, Final, cast

import attrs
from botocore.exceptions import ClientError

from kmspolicy import statements
from kmspolicy._check import Severity
from kmspolicy._check._check import check_text, principal_of_put
from kmspolicy._document import Policy
from kmspolicy.errors import PolicyDocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kmspolicy._check import Finding

__all__ = ["FakeKMS", "VirtualClock"]


class VirtualClock:
    """A clock whose time passes only in its own sleeps, which it records.

    ``KeyPolicies(client, sleep=clock.sleep, clock=clock)`` repeats without waiting.

    Attributes:
        now: The seconds it shows.
        slept: The seconds of each sleep.
    """

    def __init__(self) -> None:
        """Start somewhere."""
        self.now: float = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Tell the time, in seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += seconds


# --- what KMS says ---------------------------------------------------------------------------------

_LOCKOUT: Final = "The new key policy will not allow you to update the key policy in the future."
_PRINCIPALS: Final = "Policy contains a statement with one or more invalid principals."
_TOO_LONG: Final = "The policy is longer than a key policy can be."
_CHARACTERS: Final = (
    "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must satisfy regular "
    "expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"
)
_FOR_ALL_VALUES: Final = (
    "OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition key matches "
    "requests without the specified [encryption context or tag]"
)
_MALFORMED: Final = "MalformedPolicyDocumentException"
# By the code of the finding: the error, and its text; KMS often gives none.
_ANSWERS: Final[Mapping[str, tuple[str, str]]] = {
    "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA": ("LimitExceededException", _TOO_LONG),
    "UNSUPPORTED_CHARACTER": ("ValidationException", _CHARACTERS),
    "LOCKOUT_EVERYONE": (_MALFORMED, _LOCKOUT),
    "LOCKOUT_CALLER": (_MALFORMED, _LOCKOUT),
    "MISSING_PRINCIPAL": (_MALFORMED, "Policy contains a statement with no principal."),
    "UNSUPPORTED_WILDCARD_IN_PRINCIPAL": (_MALFORMED, _PRINCIPALS),
    "INVALID_PRINCIPAL_FORMAT": (_MALFORMED, _PRINCIPALS),
    "INVALID_USER_REFERENCE": (_MALFORMED, _PRINCIPALS),
    "INVALID_ROLE_REFERENCE": (_MALFORMED, _PRINCIPALS),
    "OVERLY_PERMISSIVE_CONDITION": (_MALFORMED, _FOR_ALL_VALUES),
}
_REFUSED_THOUGH_NO_ERROR: Final = frozenset({"INVALID_USER_REFERENCE", "INVALID_ROLE_REFERENCE"})
_STATUS: Final[Mapping[str, int]] = {
    "DependencyTimeoutException": 500,
    "KMSInternalException": 500,
    "AccessDeniedException": 400,
}
_TEXTS: Final[Mapping[str, str]] = {
    "ThrottlingException": "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
    "KMSInvalidStateException": "{arn} is pending deletion.",
    "NotFoundException": "Key '{arn}' does not exist",
    "AccessDeniedException": "User: {caller} is not authorized to perform: kms:{operation} on resource: {arn}",
    "MalformedPolicyDocumentException": _PRINCIPALS,
}


@attrs.define
class _Key:
    arn: str
    text: str


@attrs.frozen
class _Failure:
    code: str
    message: str | None


class FakeKMS:
    """A KMS client that keeps keys and their policies in memory, and refuses policies as KMS does.

    It has the methods of aiobotocore's client that policies need: ``create_key``, ``put_key_policy``, ``get_key_policy``
    and ``list_key_policies``. Errors are botocore's ``ClientError``.

    Args:
        account: The account that the keys are in.
        region: The Region that the keys are in.
        caller: The ARN of who calls; None for the root user of the account.
        principals: The ARNs of the users and roles that exist, for KMS refuses others; None for all.
        iam_allows: Whether the caller's IAM policies allow ``kms:PutKeyPolicy``, which decides where the policy leaves it
            to them.

    Attributes:
        calls: The calls so far: the name of the operation and its parameters.

    Raises:
        RequestError: for a caller who can put no policy.
    """

    def __init__(
        self,
        *,
        account: str = "111122223333",
        region: str = "us-east-1",
        caller: str | None = None,
        principals: Iterable[str] | None = None,
        iam_allows: bool = True,
    ) -> None:
        """Start without keys."""
        self.account: str = account
        self.region: str = region
        self.caller: str = principal_of_put(account if caller is None else caller).name
        self.principals: set[str] | None = None if principals is None else set(principals)
        self.iam_allows: bool = iam_allows
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._keys: dict[str, _Key] = {}
        self._numbers = count(1)
        self._failures: list[_Failure] = []

    # --- what a test does ---

    def add_key(self, policy: Policy | None = None) -> str:
        """Add a key, whatever its policy says.

        Args:
            policy: Its policy; None for the one that KMS gives.

        Returns:
            The key id.
        """
        key_id = f"1234abcd-12ab-34cd-56ef-{next(self._numbers):012}"
        arn = f"arn:aws:kms:{self.region}:{self.account}:key/{key_id}"
        text = (policy or statements.default_policy(self.account)).to_json()
        self._keys[key_id] = _Key(arn, text)
        return key_id

    def policy(self, key_id: str) -> Policy:
        """Return the policy of a key as it was put, before KMS prints it in its own way.

        Raises:
            KeyError: for a key that is not here.
        """
        return Policy.from_json(self._keys[key_id].text)

    def delete_principal(self, arn: str) -> str:
        """Delete a user or role: policies that name it show its unique id from now on, as KMS does.

        Args:
            arn: The ARN of the user or role.

        Returns:
            The unique id that stands in its place.
        """
        kind = "AIDA" if ":user/" in arn else "AROA"
        unique_id = f"{kind}{next(self._numbers):017}"
        for key in self._keys.values():
            key.text = key.text.replace(json.dumps(arn, ensure_ascii=False), f'"{unique_id}"')
        if self.principals is not None:
            self.principals.discard(arn)
        return unique_id

    def fail(self, code: str, *, times: int = 1, message: str | None = None) -> None:
        """Let the next calls fail.

        Args:
            code: The error code, ``DependencyTimeoutException`` for example.
            times: How many calls.
            message: What the error says; None for AWS's text, where it is known.
        """
        self._failures += [_Failure(code, message)] * times

    # --- what a client does ---

    async def create_key(
        self,
        *,
        Policy: str | None = None,  # noqa: N803 - botocore's spelling
        BypassPolicyLockoutSafetyCheck: bool = False,  # noqa: N803
        **parameters: object,
    ) -> dict[str, Any]:
        """Make a key, with its policy if there is one.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
        """
        self._called("CreateKey", parameters | {"Policy": Policy})
        if Policy is not None:
            self._refuse("CreateKey", Policy, bypass=BypassPolicyLockoutSafetyCheck)
        key_id = self.add_key()
        if Policy is not None:
            self._keys[key_id].text = Policy
        metadata = {"KeyId": key_id, "Arn": self._keys[key_id].arn, "AWSAccountId": self.account}
        return {"KeyMetadata": metadata, **self._metadata()}

    async def put_key_policy(
        self,
        *,
        KeyId: str,  # noqa: N803
        Policy: str,  # noqa: N803
        PolicyName: str = "default",  # noqa: N803
        BypassPolicyLockoutSafetyCheck: bool = False,  # noqa: N803
    ) -> dict[str, Any]:
        """Put a policy on a key, unless KMS would refuse it.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
        """
        bypass = {"BypassPolicyLockoutSafetyCheck": True} if BypassPolicyLockoutSafetyCheck else {}
        self._called("PutKeyPolicy", {"KeyId": KeyId, "PolicyName": PolicyName, "Policy": Policy, **bypass})
        key = self._key("PutKeyPolicy", KeyId, PolicyName)
        self._refuse("PutKeyPolicy", Policy, bypass=BypassPolicyLockoutSafetyCheck)
        key.text = Policy
        return self._metadata()

    async def get_key_policy(
        self,
        *,
        KeyId: str,  # noqa: N803
        PolicyName: str = "default",  # noqa: N803
    ) -> dict[str, Any]:
        """Return the policy of a key, printed as KMS prints it.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
        """
        self._called("GetKeyPolicy", {"KeyId": KeyId, "PolicyName": PolicyName})
        key = self._key("GetKeyPolicy", KeyId, PolicyName)
        return {"Policy": _printed(json.loads(key.text)), "PolicyName": PolicyName, **self._metadata()}

    async def list_key_policies(
        self,
        *,
        KeyId: str,  # noqa: N803
        Limit: int = 100,  # noqa: N803
        Marker: str | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        """Return the names of the policies of a key: one, always.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html
        """
        self._called("ListKeyPolicies", {"KeyId": KeyId, "Limit": Limit, "Marker": Marker})
        self._key("ListKeyPolicies", KeyId, "default")
        return {"PolicyNames": ["default"], "Truncated": False, **self._metadata()}

    # --- inside ---

    def _called(self, operation: str, parameters: Mapping[str, object]) -> None:
        self.calls.append((operation, dict(parameters)))
        if self._failures:
            failure = self._failures.pop(0)
            arn = f"arn:aws:kms:{self.region}:{self.account}:key/{parameters.get('KeyId')}"
            text = _TEXTS.get(failure.code, "").format(arn=arn, caller=self.caller, operation=operation)
            raise self._error(operation, failure.code, text if failure.message is None else failure.message)

    def _key(self, operation: str, key_id: str, name: str) -> _Key:
        found = self._keys.get(key_id.rpartition("/")[2] if key_id.startswith("arn:") else key_id)
        if found is None or (key_id.startswith("arn:") and key_id != found.arn):
            arn = (
                key_id
                if key_id.startswith("arn:")
                else f"arn:aws:kms:{self.region}:{self.account}:key/{key_id}"
            )
            raise self._error(operation, "NotFoundException", f"Key '{arn}' does not exist")
        if name != "default":
            raise self._error(operation, "NotFoundException", "No such policy exists")
        return found

    def _refuse(self, operation: str, text: str, *, bypass: bool) -> None:
        try:
            policy = Policy.from_json(text)
        except PolicyDocumentError as error:
            raise self._error(operation, _MALFORMED, "") from error
        for finding in check_text(policy, text, caller=self.caller, account=self.account):
            if self._refuses(finding) and not (bypass and _is_lockout(finding)):
                raise self._error(operation, *_ANSWERS.get(finding.code, (_MALFORMED, "")))
            if finding.code == "IAM_POLICIES_DECIDE" and not self.iam_allows and not bypass:
                raise self._error(operation, _MALFORMED, _LOCKOUT)
        if self.principals is not None and not self._known(policy):
            raise self._error(operation, _MALFORMED, _PRINCIPALS)

    def _refuses(self, finding: Finding) -> bool:
        return finding.severity is Severity.ERROR or finding.code in _REFUSED_THOUGH_NO_ERROR

    def _known(self, policy: Policy) -> bool:
        """Tell whether all users and roles of a policy exist."""
        names = [
            name
            for statement in policy.statements
            for element in (statement.principal, statement.not_principal)
            for name in (element["AWS"] if element is not None else ())
        ]
        known = self.principals or set[str]()
        return all(name in known for name in names if ":user/" in name or ":role/" in name)

    def _error(self, operation: str, code: str, message: str) -> ClientError:
        metadata = self._metadata()["ResponseMetadata"] | {"HTTPStatusCode": _STATUS.get(code, 400)}
        response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}
        return ClientError(cast("Any", response), operation)

    def _metadata(self) -> dict[str, Any]:
        request_id = f"00000000-0000-4000-8000-{len(self.calls):012}"
        return {"ResponseMetadata": {"RequestId": request_id, "HTTPStatusCode": 200, "RetryAttempts": 0}}


def _is_lockout(finding: Finding) -> bool:
    return finding.code.startswith("LOCKOUT_")


# --- how KMS prints a policy -----------------------------------------------------------------------


def _printed(document: dict[str, Any]) -> str:
    """Print a document as KMS does: other white space, principals in another order, ids as ARNs, one name alone."""
    whole: Any = document["Statement"]
    elements: list[dict[str, Any]] = [whole] if isinstance(whole, dict) else whole
    for element in elements:
        principal: Any = element.get("Principal")
        if isinstance(principal, dict):
            kinds = cast("dict[str, Any]", principal)
            for kind, names in kinds.items():
                kinds[kind] = _names(kind, names)
    return _jackson(document, "")


def _names(kind: str, names: Any) -> Any:  # noqa: ANN401 - JSON
    listed: list[str] = [names] if isinstance(names, str) else names
    written = [
        f"arn:aws:iam::{name}:root" if kind == "AWS" and name.isdecimal() else name
        for name in reversed(listed)
    ]
    return written[0] if len(written) == 1 else written


def _jackson(value: Any, margin: str) -> str:  # noqa: ANN401 - JSON
    """Print JSON as KMS's printer does: two spaces a level, arrays on one line, a space before the colon."""
    if isinstance(value, dict):
        deeper = f"{margin}  "
        members = (
            f"{deeper}{json.dumps(name, ensure_ascii=False)} : {_jackson(inner, deeper)}"
            for name, inner in cast("dict[str, Any]", value).items()
        )
        return "{\n" + ",\n".join(members) + f"\n{margin}}}" if value else "{ }"
    if isinstance(value, (str, bool, int, float)):
        return json.dumps(value, ensure_ascii=False)
    items = ", ".join(_jackson(inner, margin) for inner in value)
    return f"[ {items} ]" if value else "[ ]"
