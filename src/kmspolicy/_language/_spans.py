"""What the values of conditions match: whether one value matches everything that another one matches.

True is certain; False is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kmspolicy._language._patterns import arn_covers, covers, literal
from kmspolicy._language._values import network, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from kmspolicy._language._values import Value

    Reach: TypeAlias = Callable[[Value], "Span | None"]


class Texts(NamedTuple):
    """The texts that a pattern matches; in any case if it is folded."""

    pattern: str
    folded: bool = False

    def within(self, other: Span) -> bool:
        """Return whether the other span includes all of this one."""
        if not isinstance(other, Texts):
            return False
        if other.folded:
            return self.pattern.lower() == other.pattern.lower()
        return covers(other.pattern, self.pattern) and (not self.folded or other.pattern == "*")


class Arns(NamedTuple):
    """The ARNs that a pattern matches."""

    pattern: str

    def within(self, other: Span) -> bool:
        """Return whether the other span includes all of this one."""
        return isinstance(other, Arns) and arn_covers(other.pattern, self.pattern)


class Range(NamedTuple):
    """The numbers or points in time between two ends; None for no end, which may be included."""

    read: Callable[[Value], Any]
    low: Any
    high: Any
    closed: bool

    def within(self, other: Span) -> bool:
        """Return whether the other span includes all of this one."""
        return (
            isinstance(other, Range)
            and self.read is other.read
            and (other.low is None or (self.low is not None and self._from(other)))
            and (other.high is None or (self.high is not None and self._to(other)))
        )

    def _from(self, other: Range) -> bool:
        return bool(self.low > other.low or (self.low == other.low and (other.closed or not self.closed)))

    def _to(self, other: Range) -> bool:
        return bool(self.high < other.high or (self.high == other.high and (other.closed or not self.closed)))


class Addresses(NamedTuple):
    """The addresses of a network."""

    network: Any

    def within(self, other: Span) -> bool:
        """Return whether the other span includes all of this one."""
        return (
            isinstance(other, Addresses)
            and self.network.version == other.network.version
            and bool(self.network.subnet_of(other.network))
        )


Span: TypeAlias = Texts | Arns | Range | Addresses


def _plain(value: Value) -> str | None:
    """Return the text of a value; None if it has variables, since each request changes what these match."""
    text = text_of(value)
    return None if "${" in text else text


def exactly(value: Value) -> Span | None:
    """Return the text that a value is, alone."""
    text = _plain(value)
    return None if text is None else Texts(literal(text))


def in_any_case(value: Value) -> Span | None:
    """Return the texts that differ from a value only in case."""
    text = _plain(value)
    return None if text is None else Texts(literal(text), folded=True)


def by_pattern(value: Value) -> Span | None:
    """Return the texts that a pattern matches."""
    text = _plain(value)
    return None if text is None else Texts(text)


def by_arn_pattern(value: Value) -> Span | None:
    """Return the ARNs that a pattern matches."""
    text = _plain(value)
    return None if text is None else Arns(text)


def in_network(value: Value) -> Span | None:
    """Return the addresses of a network."""
    known = network(value)
    return None if known is None else Addresses(known)


def nothing_known(_: Value) -> Span | None:
    """Return None: it is not known what a value matches; only the same value is sure to match as much."""
    return None


def between(
    read: Callable[[Value], Any], *, low: bool = False, high: bool = False, closed: bool = False
) -> Reach:
    """Return the function that gives the range of numbers or points in time that a value matches."""

    def reach(value: Value) -> Span | None:
        known = read(value)
        return None if known is None else Range(read, known if low else None, known if high else None, closed)

    return reach
