"""The values of conditions: readers, which return None for an invalid value, and the normal spelling of each value.

Numbers and booleans may be written as text or not, dates in the forms of ISO 8601 that W3C names or as seconds since
1970: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from decimal import Decimal
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    from kmspolicy._language._aliases import ContextValue

Value: TypeAlias = str | bool | int | float
"""A value in a document."""
Values: TypeAlias = Value | tuple[Value, ...]
"""A value in a document, or several."""


class OneOf(NamedTuple):
    """A value of a request that is only partly known: a text that one of some patterns matches.

    Attributes:
        patterns: The patterns.
        text: The text that is assumed where one is needed.
    """

    patterns: tuple[str, ...]
    text: str


def text_of(value: ContextValue | OneOf) -> str:
    """Return a value as text, as requests have it."""
    if isinstance(value, str):
        return value
    if isinstance(value, OneOf):
        return value.text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    from datetime import UTC  # noqa: PLC0415 - the module of a datetime is already loaded

    return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


def truth(value: ContextValue) -> bool | None:
    """Read true or false, in any case."""
    return _TRUTH.get(text_of(value).lower())


_TRUTH: Final = {"true": True, "false": False}


def number(value: ContextValue) -> Decimal | None:
    """Read a number; a point in time counts as seconds since 1970."""
    if isinstance(value, bool):
        return None
    from decimal import Decimal  # noqa: PLC0415 - few policies have numbers

    if isinstance(value, (str, int, float)):
        text = text_of(value)
        return Decimal(text) if _NUMBER(text) else None
    return Decimal(text_of_seconds(instant(value) or 0))


_NUMBER = re.compile(r"[+-]?[0-9]{1,640}(?:\.[0-9]{1,640})?(?:[eE][+-]?[0-9]{1,3})?").fullmatch


def instant(value: ContextValue) -> int | None:
    """Read a point in time, in nanoseconds since 1970; text of four digits is a year."""
    text = text_of(value)
    date = None if isinstance(value, (bool, int, float)) else _ISO(text)
    if date is not None:
        return _nanoseconds(date)
    seconds = _SECONDS(text)
    if seconds is None:
        return None
    sign, whole, fraction = seconds.groups(default="")
    return int(f"{sign}{whole}{fraction.ljust(_DIGITS, '0')}")


_SECONDS = re.compile(r"([+-]?)([0-9]{1,12})(?:\.([0-9]{1,9}))?").fullmatch
_ISO = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9])))?)?)?"
).fullmatch
_DIGITS: Final = 9
NANO: Final = 10**_DIGITS


def _nanoseconds(match: re.Match[str]) -> int | None:
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415 - few policies have dates

    year, month, day, *time = match.groups()
    hour, minute, second, fraction, sign, hours, minutes = (part or "0" for part in time)
    try:
        local = datetime(
            int(year), int(month or "1"), int(day or "1"), int(hour), int(minute), int(second), tzinfo=UTC
        )
    except ValueError:
        return None
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    passed = local - datetime(1970, 1, 1, tzinfo=UTC) - (-offset if sign == "-" else offset)
    return passed // timedelta(seconds=1) * NANO + int(fraction.ljust(_DIGITS, "0"))


def text_of_seconds(nanoseconds: int) -> str:
    """Return a point in time as seconds since 1970."""
    seconds, rest = divmod(abs(nanoseconds), NANO)
    return f"{'-' if nanoseconds < 0 else ''}{seconds}.{rest:09}"


def octets(value: ContextValue) -> bytes | None:
    """Read bytes in base64."""
    from base64 import b64decode  # noqa: PLC0415 - hardly any policy has binary values

    try:
        return b64decode(text_of(value), validate=True)
    except ValueError:
        return None


def address(value: ContextValue) -> IPv4Address | IPv6Address | None:
    """Read an IP address."""
    from ipaddress import ip_address  # noqa: PLC0415 - few policies have addresses

    try:
        return ip_address(text_of(value))
    except ValueError:
        return None


def network(value: ContextValue) -> IPv4Network | IPv6Network | None:
    """Read a network in CIDR notation, or a single address."""
    from ipaddress import ip_network  # noqa: PLC0415 - few policies have networks

    text = text_of(value)
    try:
        return ip_network(text, strict=False) if _CIDR(text) else None
    except ValueError:
        return None


_CIDR = re.compile(r"[0-9A-Fa-f:.]+(?:/(?:0|[1-9][0-9]{0,2}))?").fullmatch


# --- one spelling of each value ----------------------------------------------------------------------


class Odd(NamedTuple):
    """A value that cannot be read, or in two ways, as JSON; it equals only the same text."""

    json: str


Token: TypeAlias = str | Odd
"""The normal spelling of a value: the same for all spellings that mean the same."""


def odd_token(value: Value) -> Token:
    """Return text as it is, and any other value as JSON."""
    return value if isinstance(value, str) else Odd(json.dumps(value))


def text_token(value: Value) -> Token:
    """Return a value as text; a number with a fraction stays JSON, since it has more than one spelling."""
    return odd_token(value) if isinstance(value, float) else text_of(value)


def truth_token(value: Value) -> Token:
    """Return true or false in lower case."""
    known = truth(value)
    return odd_token(value) if known is None else text_of(known)


_KEPT_DIGITS: Final = 28
"""The precision of decimal arithmetic; a longer number equals only the same text."""


def number_token(value: Value) -> Token:
    """Return a number without needless zeros, signs and exponents."""
    known = number(value)
    if known is None or len(text_of(value)) > _KEPT_DIGITS or "e" in text_of(value).lower():
        return odd_token(value)
    text = format(known, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.lstrip("+") if text not in ("-0", "-") else "0"


def date_token(value: Value) -> Token:
    """Return a point in time in ISO 8601."""
    known = instant(value)
    if known is None:
        return odd_token(value)
    from datetime import datetime, timedelta  # noqa: PLC0415 - few policies have dates

    seconds, rest = divmod(known, NANO)
    try:
        moment = datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001 - UTC, as written below
    except OverflowError:
        return odd_token(value)
    return f"{moment.isoformat()}{f'.{rest:09}'.rstrip('0').rstrip('.')}Z"


def network_token(value: Value) -> Token:
    """Return a network in CIDR notation, without host bits."""
    known = network(value)
    return odd_token(value) if known is None else str(known)
