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
    return open_object(value, "the value of a condition operator", values_of)


@final
@attrs.frozen(init=False, eq=False, repr=False)
class Condition:
    """The Condition element of a statement: operators, each with keys, each with values.

    ``Condition("StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com")`` is an element with one
    condition. ``&`` joins elements; all of their conditions must be met.

    Args:
        operator: A condition operator, with its qualifier and ``IfExists``, if any.
        key: A condition key.
        values: Text, a boolean, an integer or a finite number, or a list or tuple of them, of which one must match.
            Each keeps its type, since ``true`` and ``"true"`` are different in JSON.

    Attributes:
        blocks: Pairs of operator and (pairs of key and value or values), as written.

    Raises:
        PolicyDocumentError: if JSON cannot hold a value.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    """

    blocks: tuple[Block, ...]

    def __init__(self, operator: str, key: str, values: Value | Sequence[Value]) -> None:
        """Create an element with one condition."""
        block = (text(operator), ((text(key), values_of(values)),))
        _set_blocks(self, (block,))

    @classmethod
    def from_dict(cls, data: Mapping[str, Mapping[str, Value | Sequence[Value]]]) -> Condition:
        """Create an element from a dict, as ``json.loads`` returns it.

        Args:
            data: ``{operator: {key: value or values}}``.

        Raises:
            PolicyDocumentError: if a document cannot hold it; lists every problem.
        """
        return condition_of(open_object(data, "a condition", _operator_block))

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Return the element as a dict for JSON."""
        return cast("dict[str, dict[str, Any]]", json.loads(compact(self.to_element())))

    def __iter__(self) -> Iterator[tuple[str, str, tuple[Value, ...]]]:
        """Iterate over operator, key and values."""
        for operator, keys in self.blocks:
            for key, values in keys:
                yield operator, key, plural(values)

    def __and__(self, other: Condition) -> Condition:
        """Join two elements: the conditions of both must be met.

        Raises:
            ConditionConflictError: if both have the same operator and the same key (in any case), because a
                document can hold them only once.
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
        """Compare as JSON documents: ``true``, ``1``, ``1.0`` and ``"true"`` are four different values."""
        if not isinstance(other, Condition):
            return NotImplemented
        return self is other or (self.blocks == other.blocks and repr(self.blocks) == repr(other.blocks))

    def __hash__(self) -> int:
        """Return a hash that agrees with equality."""
        return hash(self.blocks)

    def __repr__(self) -> str:
        """Return the call that builds the value."""
        if len(self.blocks) == 1 and len(self.blocks[0][1]) == 1:
            operator, ((key, values),) = self.blocks[0]
            return f"Condition({operator!r}, {key!r}, {values!r})"
        return f"Condition.from_dict({self.to_element()!r})"

    def to_element(self) -> dict[str, Any]:
        """Return the part of a statement's JSON; lists may be tuples."""
        return {operator: dict(keys) for operator, keys in self.blocks}


(_set_blocks,) = slots_of(Condition)


def condition_of(blocks: tuple[Block, ...]) -> Condition:
    """Create an element from valid blocks, without checks."""
    condition = object.__new__(Condition)
    _set_blocks(condition, blocks)
    return condition


_CONFLICT: Final = (
    "there is already a condition with {operator} on {key}, and a document can hold it only once: "
    "give all values to one condition if one of them must match, or use another operator if all must"
)
