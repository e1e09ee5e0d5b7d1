"""How KMS prints a policy, and how it shows deleted principals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator


def printed(text: str, partition: str) -> str:
    """Print a policy like KMS: other white space, principals in another order, account ids as ARNs, no lists of one name.

    Args:
        text: The JSON of the policy, as it was put.
        partition: The partition of the key, for the ARNs of accounts.
    """
    document = json.loads(text)
    for principals in _principals(document):
        for kind, names in principals.items():
            principals[kind] = _names(kind, names, partition)
    return _jackson(document, "")


def without(text: str, arn: str, unique_id: str) -> str:
    """Replace the ARN of a deleted user or role by its unique id, but only as a principal.

    Args:
        text: The JSON of the policy.
        arn: The ARN of the user or role.
        unique_id: The unique id.

    Returns:
        The JSON, unchanged if it does not name the principal.
    """
    document = json.loads(text)
    found = False
    for principals in _principals(document):
        names: Any = principals.get("AWS", [])
        if arn == names:
            principals["AWS"], found = unique_id, True
        elif arn in _listed(names):
            principals["AWS"], found = [unique_id if name == arn else name for name in names], True
    return json.dumps(document, ensure_ascii=False) if found else text


def _principals(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the elements Principal and NotPrincipal of a document that have names."""
    whole: Any = document["Statement"]
    elements: list[dict[str, Any]] = [whole] if isinstance(whole, dict) else whole
    for element in elements:
        for name in ("Principal", "NotPrincipal"):
            if isinstance(element.get(name), dict):
                yield element[name]


def _listed(names: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [names] if isinstance(names, str) else names


def _names(kind: str, names: Any, partition: str) -> Any:  # noqa: ANN401 - JSON
    written = [
        f"arn:{partition}:iam::{name}:root" if kind == "AWS" and name.isdecimal() else name
        for name in reversed(_listed(names))
    ]
    return written[0] if len(written) == 1 else written


def _jackson(value: Any, margin: str) -> str:  # noqa: ANN401 - JSON
    """Print JSON like KMS: two spaces for each level, arrays on one line, a space before the colon."""
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
