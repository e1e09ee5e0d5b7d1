"""The Condition element."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast, final

import attrs

from kmspolicy._document._convert import (
    compact,
    open_object,
    plural,
    slots_of,
    text,
    values_of,
)
from kmspolicy._printable import quoted, word
from kmspolicy.errors import ConditionConflictError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kmspolicy._language._values import Value, Values


Block: TypeAlias = "tuple[str, tuple[tuple[str, Values], ...]]"


def _operator_block(value: object) -> tuple[tuple[str, Values], ...]:
    return open_object(value, "what stands under a condition operator", values_of)


@final
@attrs.frozen(init=False, eq=False, repr=False)
class Condition:
    """Hold the Condition element of a statement, whole: operators, each with keys, each with values.

    ``Condition("StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com")`` is an element with one
    condition; ``&`` joins elements, and all of their conditions must then be met.

    Args:
        operator: A condition operator, with its qualifier and ``IfExists`` if it has them.
        key: A condition key.
        values: Text, a boolean, an integer or a finite number, or a list or tuple of them: one of several
            must match. Each keeps its type, since ``true`` and ``"true"`` are different texts.

    Attributes:
        blocks: Pairs of operator and (pairs of key and value or values), as written.

    Raises:
        PolicyDocumentError: for a value that JSON cannot hold.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    """

    blocks: tuple[Block, ...]

    def __init__(self, operator: str, key: str, values: Value | Sequence[Value]) -> None:
        """Take one condition."""
        block = (text(operator), ((text(key), values_of(values)),))
        _set_blocks(self, (block,))

    @classmethod
    def from_dict(cls, data: Mapping[str, Mapping[str, Value | Sequence[Value]]]) -> Condition:
        """Take an element as JSON holds it.

        Args:
            data: ``{operator: {key: value or values}}``.

        Raises:
            PolicyDocumentError: with every problem, for what no document can hold.
        """
        return condition_of(open_object(data, "a condition", _operator_block))

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Return the element as JSON holds it."""
        return cast("dict[str, dict[str, Any]]", json.loads(compact(self.to_element())))

    def __iter__(self) -> Iterator[tuple[str, str, tuple[Value, ...]]]:
        """Go through operator, key and values."""
        for operator, keys in self.blocks:
            for key, values in keys:
                yield operator, key, plural(values)

    def __and__(self, other: Condition) -> Condition:
        """Join two elements: the conditions of both must be met.

        Raises:
            ConditionConflictError: where both have the same operator and key (whose case does not matter),
                because a document can hold them only once.
        """
        if not isinstance(other, Condition):
            return NotImplemented
        blocks = dict(self.blocks)
        for operator, keys in other.blocks:
            there = {key.lower(): key for key, _ in blocks.get(operator, ())}
            for key, _ in keys:
                if key.lower() in there:
                    raise ConditionConflictError(
                        _CONFLICT.format(operator=quoted(operator), key=word(there[key.lower()]))
                    )
            blocks[operator] = blocks.get(operator, ()) + keys
        return condition_of(tuple(blocks.items()))

    def __eq__(self, other: object) -> bool:
        """Compare as documents do: ``true``, ``1``, ``1.0`` and ``"true"`` are four different values."""
        if not isinstance(other, Condition):
            return NotImplemented
        return self is other or (self.blocks == other.blocks and repr(self.blocks) == repr(other.blocks))

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(self.blocks)

    def __repr__(self) -> str:
        """Write the call that builds the value."""
        if len(self.blocks) == 1 and len(self.blocks[0][1]) == 1:
            operator, ((key, values),) = self.blocks[0]
            return f"Condition({operator!r}, {key!r}, {values!r})"
        return f"Condition.from_dict({self.to_element()!r})"

    def to_element(self) -> dict[str, Any]:
        """Return what goes into the JSON of a statement; lists may be tuples."""
        return {operator: dict(keys) for operator, keys in self.blocks}


(_set_blocks,) = slots_of(Condition)


def condition_of(blocks: tuple[Block, ...]) -> Condition:
    """Build the element of blocks that are known to be right."""
    condition = object.__new__(Condition)
    _set_blocks(condition, blocks)
    return condition


_CONFLICT: Final = (
    "{operator} on {key} stands there already, and a document can hold it once: "
    "give all values to one condition if any of them may match, or use another operator if all must"
)
