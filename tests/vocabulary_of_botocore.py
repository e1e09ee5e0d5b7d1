"""Compare our vocabulary with the model of KMS in the installed botocore; run by ``nox -s vocabulary``.

ReEncrypt is an operation and not an action: it is allowed as ReEncryptFrom and ReEncryptTo.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._forms import misfit
from kmspolicy._language._keys import CONDITION_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from botocore.model import ServiceModel

ACTIONS_OF = {"ReEncrypt": ("kms:ReEncryptFrom", "kms:ReEncryptTo")}
LIST_OF_KEY = {
    "kms:DataKeyPairSpec": "DataKeyPairSpec",
    "kms:EncryptionAlgorithm": "EncryptionAlgorithmSpec",
    "kms:ExpirationModel": "ExpirationModelType",
    "kms:GrantConstraintType": "GrantConstraints",
    "kms:GrantOperations": "GrantOperation",
    "kms:KeyAgreementAlgorithm": "KeyAgreementAlgorithmSpec",
    "kms:KeyOrigin": "OriginType",
    "kms:KeySpec": "KeySpec",
    "kms:KeyUsage": "KeyUsageType",
    "kms:MacAlgorithm": "MacAlgorithmSpec",
    "kms:MessageType": "MessageType",
    "kms:MultiRegionKeyType": "MultiRegionKeyType",
    "kms:SigningAlgorithm": "SigningAlgorithmSpec",
    "kms:WrappingAlgorithm": "AlgorithmSpec",
    "kms:WrappingKeySpec": "WrappingKeySpec",
}
KEY_OF_PARAMETER = {"KeyPairSpec": "kms:DataKeyPairSpec", "Operations": "kms:GrantOperations"}


class Operation(NamedTuple):
    """What the model says of an operation."""

    name: str
    documentation: str
    """Its HTML, which says under "Cross-account use" whether it works on a key of another account."""
    required: Sequence[str]
    """The parameters that each request has."""

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that allow it."""
        return ACTIONS_OF.get(self.name, (f"kms:{self.name}",))

    @property
    def across_accounts(self) -> bool:
        """Whether it works on a key of another account."""
        words = re.sub(r"<[^>]+>", "", self.documentation)
        return re.search(r"Cross-account use\s*:\s*Yes\b", words) is not None

    @property
    def always(self) -> set[str]:
        """The condition keys that each request has."""
        keys = (KEY_OF_PARAMETER.get(name, f"kms:{name}") for name in self.required)
        return {key for key in keys if key.lower() in CONDITION_KEYS}


def differences(operations: Iterable[Operation]) -> Iterator[str]:
    """Say what a model knows and we do not, or know otherwise; that an older one knows less does not count."""
    for operation in operations:
        for name in operation.actions:
            action = ACTIONS.get(name.lower())
            if action is None:
                yield f"{name} is missing in _actions.py: add it, with its access level and effect"
                continue
            if action.across_accounts is not operation.across_accounts:
                yield f"{name}: across_accounts is {operation.across_accounts} in the model's documentation"
            always = {facts.name for facts in CONDITION_KEYS.values() if name in facts.always}
            if always != operation.always:
                yield f"{name}: the keys of all requests are {sorted(operation.always)}, not {sorted(always)}"


def new_values(lists: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Say which values of condition keys are new to us."""
    for key, values in lists.items():
        for value in values:
            if misfit(key, value, "exact") is not None:
                yield f"{key}: {value} is missing in _forms.py"


def lists_of(model: ServiceModel) -> dict[str, list[str]]:
    """Return the values that a model has for condition keys: the members of an enumeration, or of a structure."""
    shapes: dict[str, Any] = {key: model.shape_for(name) for key, name in LIST_OF_KEY.items()}
    return {key: list(getattr(shape, "enum", None) or shape.members) for key, shape in shapes.items()}


def operations_of(model: ServiceModel) -> Iterator[Operation]:
    """Go through the operations of a model."""
    for name in model.operation_names:
        operation = model.operation_model(name)
        parameters = operation.input_shape
        required: list[str] = [] if parameters is None else parameters.required_members
        yield Operation(name, operation.documentation, required)


def main() -> int:
    """Print the comparison; return 1 where there are differences."""
    from botocore.session import get_session  # noqa: PLC0415 - what is tested of this module needs none

    model = get_session().get_service_model("kms")
    operations = list(operations_of(model))
    found = [*differences(operations), *new_values(lists_of(model))]
    summary = f"botocore {version('botocore')}: {len(operations)} operations, {len(found)} differences"
    sys.stdout.write("\n".join([*found, summary]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
