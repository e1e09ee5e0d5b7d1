"""FakeKMS: a client with a KMS in memory."""

from __future__ import annotations

import re
import warnings
from copy import deepcopy
from itertools import count
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, Self, Unpack

import attrs

from kmspolicy import statements
from kmspolicy._check import Severity
from kmspolicy._check._check import check_text, principal_of_put
from kmspolicy._check._lockout import LOCKOUTS
from kmspolicy._document import Policy
from kmspolicy._evaluate import Caller, Outcome, Request, decide
from kmspolicy._language._key_arns import region_of_key_arn
from kmspolicy._language._principals import name_of
from kmspolicy._language._spelling import fold
from kmspolicy._normal._rules import names_of
from kmspolicy.errors import PolicyDocumentError, UnknownWordWarning
from kmspolicy.testing import _service
from kmspolicy.testing._metadata import is_a_pair, metadata_of, spec_and_usage
from kmspolicy.testing._printing import printed, without

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from botocore.exceptions import ClientError

    from kmspolicy._check import Finding
    from kmspolicy._document import Principal
    from kmspolicy._language._aliases import Context
    from kmspolicy._language._principals import PrincipalName
    from kmspolicy.testing._service import (
        CreateKeyParameters,
        DescribeKeyParameters,
        GetKeyPolicyParameters,
        ListKeyPoliciesParameters,
        PutKeyPolicyParameters,
    )

_ACCOUNT: Final = "111122223333"
_OPERATIONS: Final = ("CreateKey", "DescribeKey", "PutKeyPolicy", "GetKeyPolicy", "ListKeyPolicies")
_BYPASS: Final = "kms:BypassPolicyLockoutSafetyCheck"
_KEY_ID = re.compile(r"mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


@attrs.define
class _Key:
    metadata: dict[str, Any]
    text: str
    previous: str | None = None

    @property
    def arn(self) -> str:
        arn: str = self.metadata["Arn"]
        return arn

    def put(self, text: str) -> None:
        self.previous, self.text = self.text, text


@attrs.frozen
class _Failure:
    code: str
    message: str | None
    operation: str | None
    key_id: str | None

    def meets(self, operation: str, parameters: Mapping[str, Any]) -> bool:
        """Return whether the failure applies to a call."""
        key_id = parameters.get("KeyId", "").rpartition("/")[2]
        return self.operation in (None, operation) and self.key_id in (None, key_id)


class FakeKMS:
    """A KMS client that keeps keys and policies in memory, and refuses what KMS refuses.

    It has the methods of aiobotocore's client for key policies, and those that an application needs to make keys: ``create_key``,
    ``describe_key``, ``put_key_policy``, ``get_key_policy`` and ``list_key_policies``. They validate parameters like botocore's client, and raise botocore's errors:
    the classes of ``exceptions`` for errors in its model of KMS, ``ClientError`` for others.

    Args:
        account: The id of the account of the keys; None for the account of the caller.
        region: The Region of the keys, which determines the partition of all ARNs.
        caller: The ARN of the caller, a Principal with only this name, or a :class:`kmspolicy.Caller`, whose context is
            that of the requests; None for the root user of the account.
        context: The condition keys of the caller's requests that do not follow from the caller, as for a
            :class:`kmspolicy.Request`; ``kms:BypassPolicyLockoutSafetyCheck`` follows from the request.
        principals: The ARNs of the users and roles that exist, since KMS refuses others; None if all exist. Account ids and
            services among them say which of those exist, beside the key's own account and those of the users and roles;
            with none, all do.
        iam_allows: Whether the caller's IAM policies allow the caller's requests, for key policies that leave the decision to
            them.

    Attributes:
        account: The id of the account of the keys.
        region: The Region of the keys.
        partition: The partition of the Region.
        caller: The ARN of the caller.
        context: The condition keys of the caller's requests.
        principals: The users and roles, accounts and services that exist; None for all.
        iam_allows: Whether the caller's IAM policies allow the caller's requests.
        calls: The calls so far: the name of the operation and the parameters, as they were given. Calls with wrong
            parameters, which a client does not send, are not in the list.

    Raises:
        RequestError: if the caller cannot put a policy, or the account or the context is not valid.
        botocore.exceptions.UnknownRegionError: if there is no such Region.
    """

    def __init__(  # noqa: PLR0913 - what a test may say
        self,
        *,
        account: str | None = None,
        region: str = "us-east-1",
        caller: str | Principal | Caller | None = None,
        context: Context = (),
        principals: Iterable[str] | None = None,
        iam_allows: bool = True,
    ) -> None:
        """Create a KMS without keys."""
        own = _ACCOUNT if account is None else account
        who = principal_of_put(own if caller is None else caller)
        self.account: str = who.account if account is None else account
        self.region: str = region
        self.partition: str = _service.partition_of(region)
        known = caller if isinstance(caller, Caller) else Caller(own if caller is None else caller)
        given = caller is not None and known.principal == who.text
        self.caller: str = who.text if given else f"arn:{self.partition}:iam::{who.account}:root"
        self.context: Context = context or known.context
        self.principals: set[str] | None = None if principals is None else set(principals)
        self.iam_allows: bool = iam_allows
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._keys: dict[str, _Key] = {}
        self._numbers = count(1)
        self._failures: list[_Failure] = []
        self._deleted: set[str] = set()
        self._stale_reads: int = 0
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            Request(
                self.caller, "kms:PutKeyPolicy", context, self.account
            )  # refuses values that are not valid
        for warning in caught:
            warnings.warn(str(warning.message), warning.category, stacklevel=2)

    @property
    def exceptions(self) -> Any:  # noqa: ANN401 - botocore makes the classes
        """The classes of errors by name, such as ``fake.exceptions.NotFoundException``, as in a client.

        https://docs.aws.amazon.com/boto3/latest/guide/error-handling.html
        """
        return _service.exceptions()

    @property
    def meta(self) -> SimpleNamespace:
        """The facts about the client: ``partition`` and ``region_name``."""
        return SimpleNamespace(partition=self.partition, region_name=self.region)

    # --- methods for tests ---

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of the keys, in the order in which they were created."""
        return tuple(self._keys)

    def add_key(self, policy: Policy | None = None) -> str:
        """Add a key, without a check of its policy.

        Args:
            policy: Its policy; None for the default policy of KMS.

        Returns:
            The key id.

        https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
        """
        policy = policy or statements.default_policy(self.account, partition=self.partition)
        return self._add(policy.to_json(), {})

    def policy(self, key_id: str) -> Policy:
        """Return the policy of a key as it was put, not as KMS prints it.

        Args:
            key_id: The key id.

        Raises:
            KeyError: if there is no such key.
        """
        return Policy.from_json(self._keys[key_id].text)

    def set_policy(self, key_id: str, policy: Policy) -> None:
        """Change the policy of a key like somebody else, without a check and without a call.

        Args:
            key_id: The key id.
            policy: The policy.

        Raises:
            KeyError: if there is no such key.
        """
        key = self._keys[key_id]
        key.previous, key.text = key.text, policy.to_json()

    def delete_principal(self, arn: str) -> str:
        """Delete a user or role: policies that name it as a principal show its unique id from now on, like KMS.

        Its ARN stays in other places, such as conditions. A new policy that names it is refused from now on.

        Args:
            arn: The ARN of the user or role.

        Returns:
            The unique id that replaces it.

        https://repost.aws/knowledge-center/kms-policy-error-invalid-principals
        """
        kind = "AIDA" if ":user/" in arn else "AROA"
        unique_id = f"{kind}{next(self._numbers):017}"
        for key in self._keys.values():
            key.text = without(key.text, arn, unique_id)
            key.previous = None if key.previous is None else without(key.previous, arn, unique_id)
        self._deleted.add(arn)
        if self.principals is not None:
            self.principals.discard(arn)
        return unique_id

    def add_principal(self, arn: str) -> None:
        """Create a user or role, perhaps again: policies can name it; those that show a unique id still do.

        An account or a service that KMS did not know so far can be named from now on.

        Args:
            arn: The ARN of the user or role, an account id, or a service.
        """
        self._deleted.discard(arn)
        if self.principals is not None:
            self.principals.add(arn)

    def fail(
        self,
        code: str,
        *,
        times: int = 1,
        message: str | None = None,
        operation: str | None = None,
        key_id: str | None = None,
    ) -> None:
        """Let the next calls fail.

        Args:
            code: The error code, such as ``DependencyTimeoutException``; the HTTP status follows from it.
            times: The number of calls.
            message: The message of the error; None for AWS's text, if it is known.
            operation: The operation whose calls fail: ``CreateKey``, ``DescribeKey``, ``PutKeyPolicy``, ``GetKeyPolicy`` or
                ``ListKeyPolicies``; None for any.
            key_id: The id or the ARN of the key whose calls fail; None for any.

        Raises:
            ValueError: if there is no such operation.

        https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html
        """
        if operation not in (None, *_OPERATIONS):
            raise ValueError(f"expected one of {', '.join(_OPERATIONS)}, not {operation!r}")
        only = None if key_id is None else key_id.rpartition("/")[2]
        self._failures += [_Failure(code, message, operation, only)] * times

    def stale(self, *, reads: int) -> None:
        """Let the next reads return the policy before the last put: KMS is eventually consistent.

        Args:
            reads: The number of calls of ``get_key_policy``, of any keys. For a key that never had another policy, they
                return its only policy.

        https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html#programming-eventual-consistency
        """
        self._stale_reads = reads

    # --- methods of the client ---

    async def __aenter__(self) -> Self:
        """Open it, like a client of ``session.create_client("kms")``."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.close()

    async def close(self) -> None:
        """Do nothing: keys and policies stay, and further calls are possible."""

    async def create_key(self, **parameters: Unpack[CreateKeyParameters]) -> dict[str, Any]:
        """Create a key, with the given policy if any.

        Args:
            parameters: Those of the operation. ``Tags`` are not kept; there are no custom key stores.

        Returns:
            ``KeyMetadata``, as KMS returns it. Each key is a second younger than the one before.

        Raises:
            botocore.exceptions.ClientError: if KMS would refuse the policy, or if a key of this type cannot have this usage.
            botocore.exceptions.ParamValidationError: if a client would refuse the parameters.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
        """
        self._called("CreateKey", parameters)
        spec, usage = spec_and_usage(parameters)
        if not is_a_pair(spec, usage):
            what = f"KeyUsage {usage} is not compatible with KeySpec {spec}"
            raise self._error("CreateKey", "ValidationException", what)
        if "Policy" in parameters:
            bypass = parameters.get("BypassPolicyLockoutSafetyCheck", False)
            self._refuse("CreateKey", parameters["Policy"], bypass=bypass)
        default = statements.default_policy(self.account, partition=self.partition)
        text = parameters.get("Policy", default.to_json())
        return self._described(self._keys[self._add(text, parameters)])

    async def describe_key(self, **parameters: Unpack[DescribeKeyParameters]) -> dict[str, Any]:
        """Return what is known of a key.

        Args:
            parameters: ``KeyId``; the id or the ARN of a key, for there are no aliases.

        Returns:
            ``KeyMetadata``, as ``create_key`` returned it.

        Raises:
            botocore.exceptions.ClientError: if there is no such key, or the caller may not describe it.
            botocore.exceptions.ParamValidationError: if a client would refuse the parameters.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
        """
        self._called("DescribeKey", parameters)
        key_id = parameters["KeyId"]
        if key_id.startswith("alias/"):
            arn = self._arn(key_id).replace(":key/", ":")
            raise self._error("DescribeKey", "NotFoundException", f"Alias {arn} is not found.")
        return self._described(self._key("DescribeKey", parameters))

    async def put_key_policy(self, **parameters: Unpack[PutKeyPolicyParameters]) -> dict[str, Any]:
        """Put a policy on a key, unless KMS would refuse it.

        Args:
            parameters: ``KeyId``, ``Policy``, ``PolicyName`` and ``BypassPolicyLockoutSafetyCheck``.

        Returns:
            ``ResponseMetadata`` alone.

        Raises:
            botocore.exceptions.ClientError: where KMS would refuse it.
            botocore.exceptions.ParamValidationError: if a client would refuse the parameters.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
        """
        self._called("PutKeyPolicy", parameters)
        key = self._key("PutKeyPolicy", parameters)
        bypass = parameters.get("BypassPolicyLockoutSafetyCheck", False)
        self._refuse("PutKeyPolicy", parameters["Policy"], bypass=bypass)
        key.put(parameters["Policy"])
        return self._answered()

    async def get_key_policy(self, **parameters: Unpack[GetKeyPolicyParameters]) -> dict[str, Any]:
        """Return the policy of a key, printed as KMS prints it.

        Args:
            parameters: ``KeyId`` and ``PolicyName``.

        Returns:
            ``Policy`` and ``PolicyName``.

        Raises:
            botocore.exceptions.ClientError: if there is no such key, or the caller may not read its policy.
            botocore.exceptions.ParamValidationError: if a client would refuse the parameters.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
        """
        self._called("GetKeyPolicy", parameters)
        key = self._key("GetKeyPolicy", parameters)
        text = key.text
        if self._stale_reads:
            self._stale_reads -= 1
            text = key.previous or text
        return {"Policy": printed(text, self.partition), "PolicyName": "default", **self._answered()}

    async def list_key_policies(self, **parameters: Unpack[ListKeyPoliciesParameters]) -> dict[str, Any]:
        """Return the names of the policies of a key: one, always, and so on one page whatever its limit.

        Args:
            parameters: ``KeyId``, ``Limit`` and ``Marker``.

        Returns:
            ``PolicyNames``, and ``Truncated``, which is false: there is no ``NextMarker``.

        Raises:
            botocore.exceptions.ClientError: if there is no such key, or the caller may not list its policies.
            botocore.exceptions.ParamValidationError: if a client would refuse the parameters.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html
        """
        self._called("ListKeyPolicies", parameters)
        self._key("ListKeyPolicies", parameters)
        return {"PolicyNames": ["default"], "Truncated": False, **self._answered()}

    # --- private methods ---

    def _add(self, text: str, parameters: CreateKeyParameters) -> str:
        number = next(self._numbers)
        key_id = f"1234abcd-12ab-34cd-56ef-{number:012}"
        if parameters.get("MultiRegion"):
            key_id = f"mrk-{key_id.replace('-', '')}"
        self._keys[key_id] = _Key(metadata_of(self._arn(key_id), number, parameters), text)
        return key_id

    def _described(self, key: _Key) -> dict[str, Any]:
        return {"KeyMetadata": deepcopy(key.metadata), **self._answered()}

    def _called(self, operation: str, parameters: Mapping[str, Any]) -> None:
        _service.validate(operation, parameters)
        self.calls.append((operation, dict(parameters)))
        failure = next((one for one in self._failures if one.meets(operation, parameters)), None)
        if failure is not None:
            self._failures.remove(failure)
            text = failure.message
            if text is None:
                arn = self._arn(parameters["KeyId"]) if "KeyId" in parameters else "*"
                text = self._filled(_service.TEXTS.get(failure.code, ""), operation, arn)
            raise self._error(operation, failure.code, text)

    def _arn(self, key_id: str) -> str:
        """Return the ARN of a key, which does not have to exist."""
        if key_id.startswith("arn:"):
            return key_id
        return f"arn:{self.partition}:kms:{self.region}:{self.account}:key/{key_id}"

    def _key(self, operation: str, parameters: Mapping[str, Any]) -> _Key:
        """Return a key, if its policy allows the operation to the caller."""
        key_id: str = parameters["KeyId"]
        region = region_of_key_arn(key_id)
        if region is None and key_id.startswith("arn:"):
            raise self._error(operation, "InvalidArnException", "")
        found = self._keys.get(key_id.rpartition("/")[2])
        if region not in (None, self.region):
            text = f"Invalid arn {region}"
        elif region is None and not _KEY_ID(key_id):
            text = f"Invalid keyId '{key_id}'"
        elif found is None or found.arn != self._arn(key_id):
            text = f"Key '{self._arn(key_id)}' does not exist"
        else:
            self._authorize(operation, found, parameters)
            if parameters.get("PolicyName", "default") == "default":
                return found
            text = "No such policy exists"
        raise self._error(operation, "NotFoundException", text)

    def _request(self, operation: str, parameters: Mapping[str, Any], arn: str | None = None) -> Request:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnknownWordWarning)  # the constructor gave this warning
            request = Request(self.caller, f"kms:{operation}", self.context, self.account, arn)
            if operation != "PutKeyPolicy":
                return request
            others = (pair for pair in request.context if fold(pair[0]) != fold(_BYPASS))
            bypass = (_BYPASS, (parameters.get("BypassPolicyLockoutSafetyCheck", False),))
            return attrs.evolve(request, context=(*others, bypass))

    def _authorize(self, operation: str, key: _Key, parameters: Mapping[str, Any]) -> None:
        """Refuse a caller whom the key's policy does not allow this: of another account, what works across accounts."""
        decision = decide(Policy.from_json(key.text), self._request(operation, parameters, key.arn))
        granted = decision.outcome in (Outcome.ALLOWED, Outcome.DELEGATED)
        if not granted or (decision.iam_must_allow and not self.iam_allows):
            text = _service.DENIALS[Outcome.DELEGATED if granted else decision.outcome]
            raise self._error(operation, "AccessDeniedException", self._filled(text, operation, key.arn))

    def _refuse(self, operation: str, text: str, *, bypass: bool) -> None:
        """Refuse a policy that KMS refuses: for its text, then for its principals, then for a lockout."""
        malformed = _service.MALFORMED
        try:
            policy = Policy.from_json(text)
        except PolicyDocumentError as error:
            raise self._error(operation, malformed, "") from error
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnknownWordWarning)  # the constructor gave this warning
            caller = Caller(self.caller, self.context)
        findings = check_text(policy, text, caller=caller, account=self.account)
        codes = [finding.code for finding in findings if _refuses(finding)]
        for code in sorted(codes, key=_service.is_malformed):
            if code not in LOCKOUTS:
                raise self._error(operation, _service.ANSWERS[code].code, _service.ANSWERS[code].message)
        if not all(map(self._exists, _names(policy))):
            raise self._error(operation, malformed, _service.PRINCIPALS)
        if not bypass and (not LOCKOUTS.isdisjoint(codes) or not self._may_put(policy)):
            raise self._error(operation, malformed, _service.LOCKOUT)

    def _may_put(self, policy: Policy) -> bool:
        """Return whether the caller's IAM policies let the caller put another policy, where this one leaves it to them."""
        request = self._request("PutKeyPolicy", {})
        return self.iam_allows or decide(policy, request).outcome is not Outcome.DELEGATED

    def _exists(self, name: PrincipalName) -> bool:
        """Return whether a principal, or the role of a session, exists in the partition of the key."""
        deleted = name.text in self._deleted or _has_role_of(self._deleted, name)
        if deleted or name.partition not in ("", self.partition):
            return False
        return self.principals is None or _is_listed(name, self.principals, self.account)

    def _filled(self, text: str, operation: str, arn: str) -> str:
        return text.format(arn=arn, caller=self.caller, operation=operation)

    def _error(self, operation: str, code: str, message: str) -> ClientError:
        return _service.error(operation, code, message, self._request_id)

    def _answered(self) -> dict[str, Any]:
        return {"ResponseMetadata": _service.metadata(self._request_id)}

    @property
    def _request_id(self) -> str:
        return f"00000000-0000-4000-8000-{len(self.calls):012}"


def _refuses(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR or finding.code in _service.REFUSED_WARNINGS


def _is_listed(name: PrincipalName, listed: AbstractSet[str], own: str) -> bool:
    """Return whether a principal is among those that exist; accounts and services are, unless others of them are listed.

    KMS refuses accounts that it cannot validate, too: https://github.com/aws-samples/siem-on-amazon-opensearch-service/issues/32.
    """
    if name.kind == "session":
        return _has_role_of(listed, name)
    if name.kind == "service":
        services = {text for text in listed if name_of("Service", text).fault is None}
        return not services or name.text in services
    if name.kind == "account":
        names = [name_of("AWS", text) for text in listed]
        closed = any(one.kind == "account" for one in names)
        return not closed or name.account in {own, *(one.account for one in names)}
    return name.kind not in ("user", "role") or name.text in listed


def _has_role_of(arns: Iterable[str], session: PrincipalName) -> bool:
    """Return whether one of the ARNs is that of a session's role, whose path does not matter."""
    return any(name_of("AWS", arn).is_role_of(session) for arn in arns)


def _names(policy: Policy) -> list[PrincipalName]:
    """List the principals of a policy that KMS looks up."""
    return [
        name
        for statement in policy.statements
        for name in (*names_of(statement.principal), *names_of(statement.not_principal))
        if name.type in ("AWS", "Service")
    ]
