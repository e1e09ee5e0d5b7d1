"""The values of placeholders with which a text is related in another way to other texts about the same thing.

Texts are about the same thing if what they are compared with in requests is the same: the principal, the value of one condition key,
the key. Of numbers, points in time and networks, all relations to the others are looked at; of other texts, which others match them.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from kmspolicy._language._forms import FORMS, GRANTEE, PRINCIPAL
from kmspolicy._language._operators import PARSED
from kmspolicy._language._patterns import has_wildcards, literal
from kmspolicy._language._spelling import fold
from kmspolicy._language._values import instant, network, number
from kmspolicy._partial._fill import text_of
from kmspolicy._partial._kinds import value_in
from kmspolicy._partial._tree import Placeholder, Text
from kmspolicy._prove._budget import budget_of_call
from kmspolicy._prove._keys import Test, among_texts
from kmspolicy._prove._scales import numbers_and_instants
from kmspolicy._prove._texts import UnsettledCaseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from ipaddress import IPv4Network, IPv6Network

    from kmspolicy._partial._fill import Given
    from kmspolicy._partial._kinds import Use
    from kmspolicy._partial._tree import PlaceholderKind

    _Network: TypeAlias = IPv4Network | IPv6Network

MAY_BE_THE_SAME: Final[frozenset[PlaceholderKind]] = frozenset(
    {"account", "principal", "organisation", "region"}
)
"""The kinds of placeholders that may have the value of one that comes before."""


class Alike:
    """The texts of documents, by what they are about.

    Attributes:
        standing: Values that stand for others, which are in none of the texts.
    """

    def __init__(
        self,
        used: Iterable[Use],
        usual: Given,
        kinds: Mapping[str, PlaceholderKind],
        accounts: Sequence[str],
        *,
        apart: bool,
    ) -> None:
        """Look at texts.

        Args:
            used: The texts.
            usual: What stands for placeholders.
            kinds: What these stand for, by their names.
            accounts: The accounts that are known.
            apart: Whether principals that placeholders stand for are only users and roles.
        """
        self.standing: set[str] = set()
        self._kinds = kinds
        self._accounts = accounts
        self._forms = {**_FORMS, "principal": _FORMS["principal"] if apart else _ANY_PRINCIPAL}
        self._about: dict[str, list[tuple[Use, str]]] = {}
        for use in used:
            about, text = _about(use), text_of(use.text, usual)
            if about is not None and text is not None:
                self._about.setdefault(about, []).append((use, text))
                for other, told in _also_told(use, about, text):
                    self._about.setdefault(other, []).append(told)

    def values(self, placeholder: Placeholder) -> Iterator[Text]:
        """Go through the values of a placeholder that make a difference."""
        for group in self._about.values():
            for use, here in group:
                if any(getattr(part, "name", None) == placeholder.name for part in use.text.parts):
                    others = [
                        (other, there)
                        for other, there in group
                        if there != here
                        and not self._is_one_before(placeholder, other)
                        and not _are_like_roles(use, other, there)
                    ]
                    yield from self._related(placeholder, use, here, others)

    def _value(
        self, placeholder: Placeholder, use: Use, whole: str, others: Sequence[tuple[Use, str]]
    ) -> Iterator[Text]:
        """Yield the value with which a text is another one, or matches it, if there is any."""
        value = value_in(use.text, placeholder.name, whole, self._forms[self._kinds[placeholder.name]])
        if value is not None:
            if whole not in {there for _, there in others}:
                self.standing.add(value)
            yield Text((value,))

    def _related(
        self, placeholder: Placeholder, use: Use, here: str, others: Sequence[tuple[Use, str]]
    ) -> Iterator[Text]:
        kind = _kind_of(use)
        ordered = _ORDERED.get(kind)
        if ordered is not None:
            for text in ordered(there for other, there in others if _kind_of(other) == kind):
                yield from self._value(placeholder, use, text, others)
        tests = [
            test
            for other, there in others
            for text in (there, *_role_of(there))
            if (test := _test(other, text)) is not None
        ]
        for usual in self._in_accounts(use, here):
            seen = {_passed(tests, usual)}
            for text in _texts(self._shape(use, usual), usual, tests):
                passed = _passed(tests, text)
                for value in self._value(placeholder, use, text, others) if passed not in seen else ():
                    seen.add(passed)
                    yield value

    def _in_accounts(self, use: Use, here: str) -> Iterator[str]:
        """Yield a text, and if it is a placeholder for a principal, what it is in each account."""
        yield here
        part = use.text.parts[0]
        if (
            len(use.text.parts) == 1
            and isinstance(part, Placeholder)
            and self._kinds[part.name] == "principal"
        ):
            before, name = here.rsplit(":", 1)
            for account in self._accounts:
                yield f"{before.rpartition(':')[0]}:{account}:{name}"

    def _shape(self, use: Use, usual: str) -> str:
        """Return a pattern of the texts that can stand somewhere; of a principal that is not known, those of roles in an account."""
        before, slash, _ = usual.partition(_ROLE)
        if slash and len(use.text.parts) == 1:
            return f"{literal(before + slash)}?*"
        return "".join(
            (part if part == _ANY_USER else literal(part))
            if isinstance(part, str)
            else _SHAPES.get(self._kind_of(part), "?*")
            for part in use.text.parts
        )

    def _kind_of(self, part: object) -> str:
        return self._kinds.get(getattr(part, "name", ""), "")

    def _is_one_before(self, placeholder: Placeholder, use: Use) -> bool:
        """Return whether a text is all of another placeholder, where one of both has the other as a value anyway."""
        kind = self._kinds[placeholder.name]
        (first, *others) = use.text.parts
        return (
            not others
            and isinstance(first, Placeholder)
            and self._kinds[first.name] == kind in MAY_BE_THE_SAME
        )


# --- what texts are about ----------------------------------------------------------------------------


def _about(use: Use) -> str | None:
    """Return with which other texts one may be compared; None for none."""
    match use.names:
        case _ if use.is_name:
            return None
        case ("Statement", "Principal" | "NotPrincipal", kind):
            return "principal" if kind == "AWS" else kind
        case ("Statement", "Resource" | "NotResource"):
            return "resource"
        case ("Statement", "Condition", _, key):
            return (
                "principal"
                if FORMS.get(fold(key)) in (PRINCIPAL, GRANTEE)
                else _SAME.get(fold(key), fold(key))
            )
        case _:
            return None


def _also_told(use: Use, about: str, text: str) -> Iterator[tuple[str, tuple[Use, str]]]:
    """Yield what the ARN of a user tells of the name of the user, and the other way round."""
    if about == "principal" and _USER in text:
        name = text.rpartition("/")[2]
        yield _NAME, (use._replace(names=_OF_A_NAME, text=Text((name,))), name)
    elif about == _NAME:
        arn = f"{_ANY_USER}{text}"
        yield "principal", (use._replace(names=_OF_AN_ARN, text=Text((_ANY_USER, *use.text.parts))), arn)


_SAME: Final = {"aws:principalservicename": "Service", "aws:principalservicenameslist": "Service"}
"""Keys whose values are those of principals of a type."""
_NAME: Final = "aws:username"
_OF_A_NAME: Final = ("Statement", "Condition", "StringEquals", "aws:username")
_ANY_USER: Final = "arn:*:iam::*:user/"
_OF_AN_ARN: Final = ("Statement", "Condition", "ArnLike", "aws:PrincipalArn")


def _test(use: Use, text: str) -> Test | None:
    """Return the test of a request that a text makes; None for none."""
    match use.names:
        case ("Statement", "Principal" | "NotPrincipal", _):
            return Test(PARSED["StringEquals"], (text,), variables=False)
        case ("Statement", "Resource" | "NotResource"):
            return Test(PARSED["StringLike"], (text,), variables=False)
        case (_, _, operator, _) if operator in PARSED:
            return Test(PARSED[operator], (text,), variables=True)
        case _:
            return None


def _kind_of(use: Use) -> str:
    operator = use.names[2] if len(use.names) > _PARTS_OF_A_CONDITION - 1 else ""
    return PARSED[operator].operator.kind.name if operator in PARSED else ""


def _passed(tests: Iterable[Test], text: str) -> tuple[bool, ...]:
    return tuple(test.passed_by_each(text) for test in tests)


_PARTS_OF_A_CONDITION: Final = 4


def _are_like_roles(use: Use, other: Use, text: str) -> bool:
    """Return whether something is allowed to both, a principal and an account: a role of this, which the first may be, is granted as much."""
    return use.effect == other.effect == "Allow" and _IS_ACCOUNT(text) is not None and not other.is_told


# --- which texts there are ---------------------------------------------------------------------------


def _texts(shape: str, usual: str, tests: Sequence[Test]) -> Iterator[str]:
    """Go through texts that others match: each alone, as like the usual text as may be, and several together."""
    for test in tests:
        for value in test.values:
            yield from _matching(str(value), usual)
    own = Test(PARSED["StringLike"], (shape,), variables=False)
    try:
        yield from among_texts([*(test for test in tests if test.scale == "text"), own], budget_of_call())
    except UnsettledCaseError:
        return  # no proof is possible then, whatever the value


def _role_of(text: str) -> Iterator[str]:
    """Yield the role of a role session, which has all access of the role."""
    session = _SESSION(text)
    if session is not None:
        yield f"arn:{session[1]}:iam::{session[2]}{_ROLE}{session[3]}"


def _matching(pattern: str, text: str) -> Iterator[str]:
    """Yield texts that a pattern matches, as like another one as may be, or as an account id."""
    fields, others = pattern.split(":"), text.split(":")
    if len(fields) == len(others):
        fields = [other if field == "*" else field for field, other in zip(fields, others, strict=True)]
    alike = ":".join(fields)
    if not has_wildcards(alike):
        yield alike
        return
    for filler in ("x", "0" * (_DIGITS + 1 - len(alike))):
        yield _WILD(filler, alike)


def _on_a_scale(
    read: Callable[[Any], Any], texts: Callable[[Iterable[Any]], Iterable[str]]
) -> Callable[[Iterable[str]], Iterable[str]]:
    """Return what returns a text for each end on a scale, and for each range between."""

    def found(ends: Iterable[str]) -> Iterable[str]:
        known = [end for end in map(read, ends) if end is not None]
        spelt: dict[object, str] = {}
        for text in texts(known) if known else ():
            spelt.setdefault(read(text), text)
        return [text for value, text in spelt.items() if value is not None]

    return found


def _networks(texts: Iterable[str]) -> Iterator[str]:
    """Yield networks that have other relations to some, and to all addresses: they, those around them, and their halves."""
    known = [one for one in map(network, texts) if one is not None]
    yield from (*_ALL_ADDRESSES, *([_OF_IPV6] if known else ()))
    for one in known:
        yield from map(str, (one, one.supernet(), *one.subnets()))
    for one, other in combinations(known, 2):
        if one.version == other.version:
            yield str(_around(one, other))


def _around(one: _Network, other: _Network) -> _Network:
    """Return the smallest network that has two networks of one version in it."""
    while not (int(one[0]) <= int(other[0]) and int(other[-1]) <= int(one[-1])):
        one = one.supernet()
    return one


_ORDERED: Final[Mapping[str, Callable[[Iterable[str]], Iterable[str]]]] = {
    "Numeric": _on_a_scale(number, lambda ends: numbers_and_instants(ends, [])),
    "Date": _on_a_scale(instant, lambda ends: numbers_and_instants([], ends)),
    "IPAddress": _networks,
}
_ROLE: Final = ":role/"
_IS_ACCOUNT: Final = re.compile("[0-9]{12}|arn:.*:root").fullmatch
_USER: Final = ":user/"
_SESSION: Final = re.compile("arn:([^:]*):sts::([0-9]{12}):assumed-role/([^/]+)/.*").fullmatch
_WILD: Final = re.compile(r"[*?]").sub
_OF_IPV6: Final = "2001:db8::/32"
"""A network of the other version than that which usually stands for one: https://www.rfc-editor.org/rfc/rfc3849."""
_ALL_ADDRESSES: Final = ("0.0.0.0/0", "::/0")
_SHAPES: Final[Mapping[str, str]] = {
    "region": "?*-?*-1",
    "organisation": f"o-{'?' * 10}*",
    "partition": "aws*",
}
"""Patterns of the values of placeholders of which a text is made."""
_DIGITS: Final = 12
"""The length of an account id."""
_FORMS: Final[Mapping[PlaceholderKind, str]] = {
    "account": "[0-9]{12}",
    "partition": "aws[a-z-]*",
    "region": "[a-z]+-[a-z-]+-[0-9]+",
    "organisation": "o-[a-z0-9]{10,32}",
    "principal": "arn:[^*?]*:(?:role|user)/[^*?]+",
    "action": "kms:[A-Za-z]+",
    "text": "[^*?]+",
}
"""What the values of placeholders look like, as regular expressions."""
_ANY_PRINCIPAL: Final = "[0-9]{12}|arn:[^*?]+"
