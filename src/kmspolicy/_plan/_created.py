"""The result of creating a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, final

import attrs

from kmspolicy._display import Displayed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from kmspolicy._check import Finding
    from kmspolicy._check._finding import FindingDict


@final
class CreateResultDict(TypedDict):
    """The fields of a :class:`~kmspolicy.CreateResult` in JSON."""

    key_id: str
    arn: str
    state: str | None
    key_spec: str | None
    key_usage: str | None
    origin: str | None
    multi_region: bool
    created: str | None
    request_id: str | None
    attempts: int
    findings: list[FindingDict]


@final
@attrs.frozen
class CreateResult(Displayed):
    """A key that was created, and what was found in its policy.

    Attributes:
        key_id: The id of the key.
        arn: The ARN of the key.
        state: Its state, ``"Enabled"`` for example. This and the following are None if the client does not return
            them, as a fake may not.
        key_spec: Its type, ``"SYMMETRIC_DEFAULT"`` for example.
        key_usage: What it is for, ``"ENCRYPT_DECRYPT"`` for example.
        origin: Where its key material comes from, ``"AWS_KMS"`` for example.
        created: When it was created.
        multi_region: Whether it can have replicas.
        request_id: The id of the CreateKey request that succeeded; None if the answer had none.
        attempts: How many CreateKey requests were sent.
        findings: The findings of the check in its policy; none under a guard with ``refuse=None``, which does not check.
    """

    key_id: str
    arn: str
    state: str | None = None
    key_spec: str | None = None
    key_usage: str | None = None
    origin: str | None = None
    created: datetime | None = None
    multi_region: bool = False
    request_id: str | None = None
    attempts: int = 1
    findings: tuple[Finding, ...] = attrs.field(default=(), repr=False)

    def to_dict(self) -> CreateResultDict:
        """Return the result for JSON, the time of its creation as in ISO 8601."""
        return {
            "key_id": self.key_id,
            "arn": self.arn,
            "state": self.state,
            "key_spec": self.key_spec,
            "key_usage": self.key_usage,
            "origin": self.origin,
            "multi_region": self.multi_region,
            "created": None if self.created is None else self.created.isoformat(),
            "request_id": self.request_id,
            "attempts": self.attempts,
            "findings": [finding.to_dict() for finding in self.findings],
        }


def created_key(
    metadata: Mapping[str, Any], request_id: str | None, attempts: int, findings: tuple[Finding, ...]
) -> CreateResult:
    """Return the result for the KeyMetadata of an answer; its ARN ends with the id of the key."""
    return CreateResult(
        metadata["Arn"].rpartition("/")[2],
        metadata["Arn"],
        state=metadata.get("KeyState"),
        key_spec=metadata.get("KeySpec"),
        key_usage=metadata.get("KeyUsage"),
        origin=metadata.get("Origin"),
        created=metadata.get("CreationDate"),
        multi_region=metadata.get("MultiRegion") is True,
        request_id=request_id,
        attempts=attempts,
        findings=findings,
    )
