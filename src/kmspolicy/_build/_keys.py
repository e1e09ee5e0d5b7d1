"""Condition keys by their type: the operators of each type, and the values that they accept.

A key has only the operators of its type. The operators are those of
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html.
Every operator accepts one value or several, of which one must match. For a value of a wrong form it raises a
BuilderError that names the key and the accepted form. Numbers, dates and booleans are written as text, as the
console and most of AWS's documents write them.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, Final, TypeAlias, final

import attrs

from kmspolicy._document import Condition, Principal
from kmspolicy._language._forms import form_of, is_never_public, misfit
from kmspolicy._printable import word
from kmspolicy.errors import BuilderError

if TYPE_CHECKING:
    from datetime import datetime

    from kmspolicy._language._aliases import Network
    from kmspolicy._language._forms import ComparedAs


def _variable_text(value: str) -> str:
    if not isinstance(value, str):
        raise BuilderError(f"a variable must be text, not {value!r}")
    return str.__str__(value)


@final
@attrs.frozen(repr=False)
class Variable:
    """A placeholder for a value of the request inside a text, such as ``${aws:username}``.

    The ``variable`` method of a key returns it, and ``+`` joins it with text. Write ``Variable("${saml:sub}")`` for a key
    that is not in :mod:`kmspolicy.conditions`, and ``Variable("${$}")`` for a dollar sign. IAM replaces variables where text
    or ARNs are compared, and only in documents of version 2012-10-17, the default of ``Policy``:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """

    text: str = attrs.field(converter=_variable_text)

    def __add__(self, other: str | Variable) -> Variable:
        """Append text or another variable."""
        if not isinstance(other, (str, Variable)):
            return NotImplemented
        return Variable(self.text + str(other))

    def __radd__(self, other: str) -> Variable:
        """Prepend text."""
        if not isinstance(other, str):
            return NotImplemented
        return Variable(other + self.text)

    def __str__(self) -> str:
        """Return the text as it is written in a document."""
        return self.text

    def __repr__(self) -> str:
        """Return the call that builds the value."""
        return f"Variable({self.text!r})"


Text: TypeAlias = str | Variable
Arn: TypeAlias = str | Variable | Principal
"""An ARN, or a principal that has an ARN as its only name."""


@attrs.frozen
class _Operators:
    """One key, with the set qualifier and the suffix of its operators."""

    key: str
    _qualifier: str = attrs.field(default="", kw_only=True, alias="qualifier", repr=False)
    _suffix: str = attrs.field(default="", kw_only=True, alias="suffix", repr=False)

    def _condition(self, operator: str, values: list[str]) -> Condition:
        """Return the condition; one value is written as it is, several as a list."""
        name = f"{self._qualifier}{operator}{self._suffix}"
        return Condition(name, self.key, values if len(values) > 1 else values[0])

    def _refuse(self, value: object, words: str) -> BuilderError:
        if isinstance(value, (list, tuple, set, frozenset)):
            return BuilderError(
                f"{word(self.key)}: pass values one by one, as in equals(*values), not as {value!r}"
            )
        return BuilderError(f"{word(self.key)}: expected {words}, not {value!r}")

    def _numbers(self, comparison: str, *values: float) -> Condition:
        return self._condition(f"Numeric{comparison}", [self._number(value) for value in values])

    def _number(self, value: float) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            return int.__repr__(value)  # of an enumeration, too
        if not isinstance(value, float) or not isfinite(value):
            raise self._refuse(value, "a finite number")
        from decimal import Decimal  # noqa: PLC0415 - most policies have no fractions

        return format(Decimal(repr(float(value))), "f")  # never with an exponent

    def _dates(self, comparison: str, *values: datetime) -> Condition:
        return self._condition(f"Date{comparison}", [self._date(value) for value in values])

    def _date(self, value: datetime) -> str:
        from datetime import UTC, datetime  # noqa: PLC0415 - most policies have no dates

        words = "a datetime in whole seconds with a time zone"
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise self._refuse(value, words)
        try:
            moment = value.astimezone(UTC)
        except OverflowError as error:
            raise self._refuse(value, words) from error
        if moment.microsecond:
            raise self._refuse(value, words)
        return f"{moment.replace(tzinfo=None).isoformat()}Z"


class _Key(_Operators):
    """A condition key; each of them can be present or absent in a request."""

    __slots__ = ()

    def exists(self) -> Condition:
        """Match when the request has the key."""
        return Condition("Null", self.key, "false")

    def absent(self) -> Condition:
        """Match when the request does not have the key."""
        return Condition("Null", self.key, "true")


class _SingleKey(_Key):
    """A key that has one value in a request."""

    __slots__ = ()

    def variable(self, default: str | None = None) -> Variable:
        """Return a placeholder for the value of this key in the request, for use inside a text or an ARN.

        Args:
            default: The text for a request that does not have the key. Without a default, such a request never matches.

        Raises:
            BuilderError: if the default or the name of the key has an apostrophe or a brace.
        """
        if set("{}', \t\n") & set(self.key):
            raise BuilderError(
                f"{self.key!r} cannot be used as a variable: the name has a space, brace, comma or apostrophe"
            )
        if default is None:
            return Variable(f"${{{self.key}}}")
        if not isinstance(default, str) or set("'{}") & set(default):
            raise self._refuse(default, "a default without apostrophes and braces")
        return Variable(f"${{{self.key}, '{default}'}}")


class TextOperators(_Operators):
    """The operators that compare text."""

    __slots__ = ()

    def equals(self, value: Text, /, *values: Text) -> Condition:
        """Match when the value is one of these; compare case-sensitively."""
        return self._texts("StringEquals", value, *values, compared_as="exact")

    def not_equals(self, value: Text, /, *values: Text) -> Condition:
        """Match when the value is none of these, or the key is absent (except after ``for_any_value``)."""
        return self._texts("StringNotEquals", value, *values, compared_as="exact")

    def equals_ignore_case(self, value: Text, /, *values: Text) -> Condition:
        """Match when the value is one of these, in any case."""
        return self._texts("StringEqualsIgnoreCase", value, *values, compared_as="ignore case")

    def not_equals_ignore_case(self, value: Text, /, *values: Text) -> Condition:
        """Match when the value is none of these in any case, or the key is absent (except after ``for_any_value``)."""
        return self._texts("StringNotEqualsIgnoreCase", value, *values, compared_as="ignore case")

    def like(self, value: Text, /, *values: Text) -> Condition:
        """Match when the value is like one of these; ``*`` stands for any characters, ``?`` for one."""
        return self._texts("StringLike", value, *values, compared_as="like")

    def not_like(self, value: Text, /, *values: Text) -> Condition:
        """Match when the value is like none of these, or the key is absent (except after ``for_any_value``)."""
        return self._texts("StringNotLike", value, *values, compared_as="like")

    def _texts(self, operator: str, *values: Text, compared_as: ComparedAs) -> Condition:
        return self._condition(operator, [self._checked(value, compared_as) for value in values])

    def _checked(self, value: Text, compared_as: ComparedAs) -> str:
        text = value.text if isinstance(value, Variable) else value
        if not isinstance(text, str):
            raise self._refuse(value, form_of(self.key, compared_as).words)
        if text is value and "${" in text:
            words = form_of(self.key, compared_as).words
            raise self._refuse(
                value, f"{words}; for a value of the request, use the variable method of its key"
            )
        wrong = misfit(self.key, text, compared_as)
        if wrong is not None:
            raise self._refuse(value, wrong.expected)
        return text


class ArnOperators(TextOperators):
    """The operators that compare ARNs, part by part or as text."""

    __slots__ = ()

    def arn_equals(self, value: Arn, /, *values: Arn) -> Condition:
        """Match when the ARN is one of these; each part is compared by itself and may have ``*`` and ``?``."""
        return self._arns("ArnEquals", value, *values)

    def arn_not_equals(self, value: Arn, /, *values: Arn) -> Condition:
        """Match when the ARN is none of these, or the key is absent."""
        return self._arns("ArnNotEquals", value, *values)

    def arn_like(self, value: Arn, /, *values: Arn) -> Condition:
        """Match when the ARN is like one of these; the same as ``arn_equals``."""
        return self._arns("ArnLike", value, *values)

    def arn_not_like(self, value: Arn, /, *values: Arn) -> Condition:
        """Match when the ARN is like none of these, or the key is absent."""
        return self._arns("ArnNotLike", value, *values)

    def _arns(self, operator: str, *values: Arn) -> Condition:
        return self._condition(operator, [self._checked(self._name(value), "arn") for value in values])

    def _name(self, value: Arn) -> Text:
        """Return the ARN of a principal that has an ARN as its only name."""
        if not isinstance(value, Principal):
            return value
        names = [name for _, name in value]
        if len(names) != 1:
            raise self._refuse(value, "one ARN or a principal with exactly one name")
        if names[0].endswith(":root"):  # elsewhere the whole account
            raise self._refuse(
                value,
                "a user, role or session (the ARN of an account means its root user here; see conditions.principal_account)",
            )
        return names[0]


class NumberOperators(_Operators):
    """The operators that compare numbers."""

    __slots__ = ()

    def equals(self, value: float, /, *values: float) -> Condition:
        """Match when the value is one of these."""
        return self._numbers("Equals", value, *values)

    def not_equals(self, value: float, /, *values: float) -> Condition:
        """Match when the value is none of these, or the key is absent."""
        return self._numbers("NotEquals", value, *values)

    def less_than(self, value: float, /) -> Condition:
        """Match when the value is less than this."""
        return self._numbers("LessThan", value)

    def less_than_equals(self, value: float, /) -> Condition:
        """Match when the value is this or less."""
        return self._numbers("LessThanEquals", value)

    def greater_than(self, value: float, /) -> Condition:
        """Match when the value is greater than this."""
        return self._numbers("GreaterThan", value)

    def greater_than_equals(self, value: float, /) -> Condition:
        """Match when the value is this or greater."""
        return self._numbers("GreaterThanEquals", value)


class DateOperators(_Operators):
    """The operators that compare points in time."""

    __slots__ = ()

    def equals(self, value: datetime, /, *values: datetime) -> Condition:
        """Match when the value is one of these."""
        return self._dates("Equals", value, *values)

    def not_equals(self, value: datetime, /, *values: datetime) -> Condition:
        """Match when the value is none of these, or the key is absent."""
        return self._dates("NotEquals", value, *values)

    def less_than(self, value: datetime, /) -> Condition:
        """Match when the value is before this."""
        return self._dates("LessThan", value)

    def less_than_equals(self, value: datetime, /) -> Condition:
        """Match when the value is this or before."""
        return self._dates("LessThanEquals", value)

    def greater_than(self, value: datetime, /) -> Condition:
        """Match when the value is after this."""
        return self._dates("GreaterThan", value)

    def greater_than_equals(self, value: datetime, /) -> Condition:
        """Match when the value is this or after."""
        return self._dates("GreaterThanEquals", value)


class TimeOperators(_Operators):
    """The operators that compare points in time, given as dates or as seconds since 1970."""

    __slots__ = ()

    def equals(self, value: datetime | float, /, *values: datetime | float) -> Condition:
        """Match when the value is one of these."""
        return self._times("Equals", value, *values)

    def not_equals(self, value: datetime | float, /, *values: datetime | float) -> Condition:
        """Match when the value is none of these, or the key is absent."""
        return self._times("NotEquals", value, *values)

    def less_than(self, value: datetime | float, /) -> Condition:
        """Match when the value is before this."""
        return self._times("LessThan", value)

    def less_than_equals(self, value: datetime | float, /) -> Condition:
        """Match when the value is this or before."""
        return self._times("LessThanEquals", value)

    def greater_than(self, value: datetime | float, /) -> Condition:
        """Match when the value is after this."""
        return self._times("GreaterThan", value)

    def greater_than_equals(self, value: datetime | float, /) -> Condition:
        """Match when the value is this or after."""
        return self._times("GreaterThanEquals", value)

    def _times(self, comparison: str, *values: datetime | float) -> Condition:
        numbers = [value for value in values if isinstance(value, (int, float))]
        dates = [value for value in values if not isinstance(value, (int, float))]
        if numbers and dates:
            raise BuilderError(
                f"{word(self.key)}: expected only dates or only numbers (they have different operators), not {values!r}"
            )
        return self._numbers(comparison, *numbers) if numbers else self._dates(comparison, *dates)


class BooleanOperators(_Operators):
    """The operators that compare with true and false."""

    __slots__ = ()

    def is_true(self) -> Condition:
        """Match when the value is true."""
        return self._condition("Bool", ["true"])

    def is_false(self) -> Condition:
        """Match when the value is false."""
        return self._condition("Bool", ["false"])


class NetworkOperators(_Operators):
    """The operators that compare IP addresses with networks."""

    __slots__ = ()

    def in_network(self, value: Network, /, *values: Network) -> Condition:
        """Match when the address is in one of these networks, ``203.0.113.0/24`` or ``2001:db8::/32``."""
        return self._networks("IpAddress", value, *values)

    def not_in_network(self, value: Network, /, *values: Network) -> Condition:
        """Match when the address is in none of these networks, or the key is absent."""
        return self._networks("NotIpAddress", value, *values)

    def _networks(self, operator: str, *values: Network) -> Condition:
        return self._condition(operator, [self._network(value) for value in values])

    def _network(self, value: Network) -> str:
        from ipaddress import ip_network  # noqa: PLC0415 - most policies have no networks

        text = str(value)
        try:
            ip_network(text if _CIDR.fullmatch(text) else "")
        except ValueError as error:
            raise self._refuse(value, "a network in CIDR notation without host bits") from error
        if is_never_public(self.key, text):
            raise self._refuse(value, "a public network; use aws:VpcSourceIp for private addresses")
        return text


_CIDR: Final = re.compile(r"[0-9A-Fa-f:.]+(?:/[0-9]{1,3})?")


@final
class TextKey(TextOperators, _SingleKey):
    """A condition key with text."""

    __slots__ = ()

    @property
    def if_exists(self) -> TextOperators:
        """The same operators, which also match when the request does not have the key."""
        return TextOperators(self.key, suffix="IfExists")


@final
class ArnKey(ArnOperators, _SingleKey):
    """A condition key with an ARN."""

    __slots__ = ()

    @property
    def if_exists(self) -> ArnOperators:
        """The same operators, which also match when the request does not have the key."""
        return ArnOperators(self.key, suffix="IfExists")


@final
class NumberKey(NumberOperators, _SingleKey):
    """A condition key with a number."""

    __slots__ = ()

    @property
    def if_exists(self) -> NumberOperators:
        """The same operators, which also match when the request does not have the key."""
        return NumberOperators(self.key, suffix="IfExists")


@final
class DateKey(DateOperators, _SingleKey):
    """A condition key with a date."""

    __slots__ = ()

    @property
    def if_exists(self) -> DateOperators:
        """The same operators, which also match when the request does not have the key."""
        return DateOperators(self.key, suffix="IfExists")


@final
class TimeKey(TimeOperators, _SingleKey):
    """A condition key with a date, or seconds since 1970."""

    __slots__ = ()

    @property
    def if_exists(self) -> TimeOperators:
        """The same operators, which also match when the request does not have the key."""
        return TimeOperators(self.key, suffix="IfExists")


@final
class BooleanKey(BooleanOperators, _SingleKey):
    """A condition key that is true or false."""

    __slots__ = ()

    @property
    def if_exists(self) -> BooleanOperators:
        """The same operators, which also match when the request does not have the key."""
        return BooleanOperators(self.key, suffix="IfExists")


@final
class NetworkKey(NetworkOperators, _SingleKey):
    """A condition key with an IP address."""

    __slots__ = ()

    @property
    def if_exists(self) -> NetworkOperators:
        """The same operators, which also match when the request does not have the key."""
        return NetworkOperators(self.key, suffix="IfExists")


@final
class TextSetOperators(TextOperators):
    """The operators of a key with several texts, after a set qualifier; they compare each value of the request.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """

    __slots__ = ()

    @property
    def if_exists(self) -> TextOperators:
        """The same operators, which also match when the request does not have the key."""
        return TextOperators(self.key, qualifier=self._qualifier, suffix="IfExists")


@final
class TextSetKey(_Key):
    """A condition key with several texts in one request."""

    __slots__ = ()

    @property
    def for_any_value(self) -> TextSetOperators:
        """Match when at least one value of the request matches; a request without values never does."""
        return TextSetOperators(self.key, qualifier="ForAnyValue:")

    @property
    def for_all_values(self) -> TextSetOperators:
        """Match when every value of the request matches, and also when the request has none: add ``exists()``."""
        return TextSetOperators(self.key, qualifier="ForAllValues:")
