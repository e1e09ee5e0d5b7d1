"""Texts that stand for placeholders: well-formed, without wildcards, and like nothing else in the document."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Final

from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._forms import FORMS, misfit
from kmspolicy._language._operators import PARSED
from kmspolicy._language._principals import name_of
from kmspolicy._language._spelling import fold
from kmspolicy._language._variables import VERSIONS
from kmspolicy._partial._kinds import value_in, written
from kmspolicy._partial._tree import Placeholder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kmspolicy._language._forms import ComparedAs
    from kmspolicy._partial._kinds import Use
    from kmspolicy._partial._tree import PlaceholderKind

ACCOUNT_IN_TEXT: Final = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_PARTITION_IN_TEXT: Final = re.compile(r"arn:(aws[a-z-]*):")
_REGIONS: Final = {"aws-cn": "cn", "aws-us-gov": "us-gov"}
"""How the names of Regions begin outside the partition aws."""


class StandIns:
    """What stands for the placeholders of a document.

    Attributes:
        accounts: The accounts that the document names.
        partition: The partition that it names first.
    """

    def __init__(self, used: Sequence[Use], kinds: Mapping[str, PlaceholderKind]) -> None:
        """Look at a document.

        Args:
            used: Its texts.
            kinds: What its placeholders stand for, by their names.
        """
        whole = "\n".join(written(use.text) for use in used)
        self.accounts = tuple(dict.fromkeys(ACCOUNT_IN_TEXT.findall(whole)))
        partitions = _PARTITION_IN_TEXT.findall(whole)
        self.partition = partitions[0] if partitions else "aws"
        first = next(n for n in count(1, len(kinds) or 1) if _is_free(whole, n, len(kinds)))
        self._numbers = {name: first + place for place, name in enumerate(kinds)}
        self._used: dict[str, list[Use]] = {name: [] for name in kinds}
        for use in used:
            for name in {part.name for part in use.text.parts if isinstance(part, Placeholder)}:
                self._used.setdefault(name, []).append(use)
        self._kinds = kinds

    def words(self, name: str) -> tuple[str, ...]:
        """Return the texts by which what stands for a placeholder is found again in an answer."""
        number = self._numbers[name]
        return tuple(_written(form, number, self.partition) for form in _FORMS)

    def account(self, name: str) -> str:
        """Return the account in what stands for a placeholder."""
        return _account(self._numbers[name])

    def of(self, placeholder: Placeholder) -> tuple[str, ...]:
        """Return what stands for a placeholder of which nothing else is known; several, if they are all there are."""
        name = placeholder.name
        kind = self._kinds[name]
        forms = _BY_KIND.get(kind, ())
        if kind == "partition":
            return (self.partition,)
        if kind == "action":
            return _ACTIONS
        mine = self._used[name]
        listed = next(filter(None, ((*_parts_of_actions(use, name), *_listed(use)) for use in mine)), ())
        if listed:
            return listed
        texts = [_written(form, self._numbers[name], self.partition) for form in forms or _FORMS]
        text = next((text for text in texts if all(self._fits(use, name, text) for use in mine)), texts[0])
        return (
            ("*", text)
            if any(use.names == _RESOURCE for use in mine if len(use.text.parts) == 1)
            else (text,)
        )

    def _fits(self, use: Use, name: str, text: str) -> bool:
        """Return whether a document can have a text where a placeholder stands."""
        parts = [
            part
            if isinstance(part, str)
            else text
            if getattr(part, "name", "") == name
            else self._usual(part)
            for part in use.text.parts
        ]
        return use.is_name or _fits(use.names, "".join(parts))

    def _usual(self, part: object) -> str:
        """Return what stands for another part of a text."""
        name = getattr(part, "name", "")
        form = _BY_KIND.get(self._kinds.get(name, "text"), _FORMS)[0]
        return _written(form, self._numbers.get(name, 0), self.partition)


def _is_free(whole: str, first: int, many: int) -> bool:
    numbers = range(first, first + many)
    return not any(_name(number) in whole or _account(number) in whole for number in numbers)


def _name(number: int) -> str:
    return f"standin{number:02}"


def _account(number: int) -> str:
    return f"98{number:010}"


def _written(form: str, number: int, partition: str) -> str:
    region = f"{_REGIONS.get(partition, 'us')}-standin-{number}"
    return form.format(
        name=_name(number), account=_account(number), number=number, partition=partition, region=region
    )


_FORMS: Final = (
    "{name}",
    "{name}.amazonaws.com",
    "{name}.{region}.amazonaws.com",
    "arn:{partition}:s3:::{name}",
    "arn:{partition}:iam::{account}:role/{name}",
    "{account}",
    "{region}",
    "o-standin{number:05}",
    "o-standin{number:05}/r-standin{number:05}/",
    "vpc-standi{number:02}",
    "vpce-standi{number:02}",
    "alias/{name}",
    "arn:{partition}:ec2:{region}:{account}:instance/i-{name}",
    "arn:{partition}:ec2:{region}:{account}:vpc/vpc-standi{number:02}",
    "arn:{partition}:lambda:{region}:{account}:function:{name}",
    "arn:{partition}:chatbot::{account}:chat-configuration/{name}",
    "arn:{partition}:kms:{region}:{account}:key/{name}",
    "57a4d1{number:04}",
    "2031-07-19T07:19:31.{number:03}Z",
    "203.0.{number}.113/32",
)
_BY_KIND: Final[Mapping[PlaceholderKind, tuple[str, ...]]] = {
    "account": ("{account}",),
    "partition": ("{partition}",),
    "region": ("{region}",),
    "organisation": ("o-standin{number:05}",),
    "principal": ("arn:{partition}:iam::{account}:role/{name}",),
}
"""How what stands for a placeholder is written; of text, the first that fits its places."""
_ACTIONS: Final = tuple(facts.name for facts in ACTIONS.values() if facts.effective)
_RESOURCE: Final = ("Statement", "Resource")
_TRUTHS: Final = ("true", "false")


def _parts_of_actions(use: Use, name: str) -> tuple[str, ...]:
    """Return the values with which a text is an action, or matches one, if it stands for actions."""
    if use.names[1:] not in (("Action",), ("NotAction",)):
        return ()
    values = (value_in(use.text, name, action, ".+") for action in _ACTIONS)
    return tuple(value for value in dict.fromkeys(values) if value is not None)


def _listed(use: Use) -> tuple[str, ...]:
    """Return all texts that a document can have at a place where there are few."""
    if len(use.text.parts) > 1:
        return ()
    match use.names:
        case ("Statement", "Effect"):
            return "Allow", "Deny"
        case ("Version",):
            return VERSIONS
        case ("Statement", "Condition", operator, key):
            if operator in PARSED and PARSED[operator].operator.kind.name in ("Bool", "Null"):
                return _TRUTHS
            form = FORMS.get(fold(key))
            words = () if form is None else tuple(":".join(parts) for parts in form.alternatives)
            return words if all(map(_IS_WORD, words)) else ()
        case _:
            return ()


_IS_WORD: Final = re.compile(r"\w+", re.ASCII).fullmatch


def _fits(names: tuple[str, ...], text: str) -> bool:
    match names:
        case ("Statement", "Principal" | "NotPrincipal", "AWS" | "Service" as kind):
            return name_of(kind, text).fault is None
        case ("Statement", "Condition", operator, key):
            return operator not in PARSED or _fits_condition(operator, key, text)
        case ("Statement", "Resource" | "NotResource"):
            return ":key/" in text
        case _:
            return True


def _fits_condition(operator: str, key: str, text: str) -> bool:
    about = PARSED[operator].operator
    if about.kind.read is not None and about.kind.read(text) is None:
        return False
    compared: ComparedAs = (
        "arn" if about.kind.name == "ARN" else "like" if about.comparison.wildcards else "exact"
    )
    return about.kind.name not in ("String", "ARN") or misfit(key, text, compared) is None
