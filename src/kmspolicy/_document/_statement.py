"""Statements."""

from __future__ import annotations

import json
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast, final

import attrs

from kmspolicy._document._condition import Condition
from kmspolicy._document._convert import (
    Names,
    compact,
    given,
    json_type,
    mapping,
    members_of,
    names,
    plural,
    shown,
    slots_of,
    text,
    wrong,
)
from kmspolicy._document._principal import Principal, read_principal
from kmspolicy.errors import PolicyDocumentError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kmspolicy._document._convert import Converter

Effect: TypeAlias = Literal["Allow", "Deny"]
_EFFECTS: Final[Mapping[str, Effect]] = {"Allow": "Allow", "Deny": "Deny"}


def _effect(value: Effect) -> Effect:
    if not isinstance(value, str) or value not in _EFFECTS:
        likely = {"allow": "Allow", "deny": "Deny"}.get(value.lower()) if isinstance(value, str) else None
        raise wrong(f"an effect is 'Allow' or 'Deny', not {shown(value)}", suggestion=likely)
    return _EFFECTS[value]


def _condition(value: Condition) -> Condition:
    if isinstance(value, Condition):
        return value
    raise wrong(f"expected a Condition, found {json_type(value)}; see Condition.from_dict")


def _principal(value: Principal) -> Principal:
    if isinstance(value, Principal):
        return value
    raise wrong(f"expected a Principal, found {json_type(value)}; see Principal.arn, .account, .everyone")


# The converters of the constructor, which attrs and the type checkers want named and annotated.
def _given_effect(value: Effect) -> Effect:
    return given("Effect", value, _effect)


def _given_principal(value: Principal | None) -> Principal | None:
    return None if value is None else given("Principal", value, _principal)


def _given_not_principal(value: Principal | None) -> Principal | None:
    return None if value is None else given("NotPrincipal", value, _principal)


def _given_action(value: str | Sequence[str] | None) -> Names | None:
    return None if value is None else given("Action", value, names)


def _given_not_action(value: str | Sequence[str] | None) -> Names | None:
    return None if value is None else given("NotAction", value, names)


def _given_resource(value: str | Sequence[str] | None) -> Names | None:
    return None if value is None else given("Resource", value, names)


def _given_not_resource(value: str | Sequence[str] | None) -> Names | None:
    return None if value is None else given("NotResource", value, names)


def _given_condition(value: Condition | None) -> Condition | None:
    return None if value is None else given("Condition", value, _condition)


def _given_sid(value: str | None) -> str | None:
    return None if value is None else given("Sid", value, text)


_TWINS: Final = (
    ("principal", "not_principal", "Principal", "NotPrincipal"),
    ("action", "not_action", "Action", "NotAction"),
    ("resource", "not_resource", "Resource", "NotResource"),
)


@final
@attrs.frozen(repr=False)
class Statement:
    """Hold one statement of a policy.

    Singular attributes are the elements as written, None for an absent one: a name and a list of one name
    are different texts. Plural ones are the same as a tuple, empty for an absent element.

    Args:
        effect: ``"Allow"`` or ``"Deny"``.
        principal: Who; a statement has this or ``not_principal``.
        not_principal: Everyone but these.
        action: An action, or a list or tuple of actions; a statement has this or ``not_action``.
        not_action: All actions but these.
        resource: ``"*"``, the key itself; a statement has this or ``not_resource``.
        not_resource: Has no use in a key policy.
        condition: When.
        sid: The statement's label; any text, and it need not be unique.

    Raises:
        PolicyDocumentError: for what no document can say: another effect, an element beside its Not-twin,
            a value of the wrong type.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
    """

    effect: Effect = attrs.field(converter=_given_effect)
    principal: Principal | None = attrs.field(default=None, kw_only=True, converter=_given_principal)
    not_principal: Principal | None = attrs.field(default=None, kw_only=True, converter=_given_not_principal)
    action: Names | None = attrs.field(default=None, kw_only=True, converter=_given_action)
    not_action: Names | None = attrs.field(default=None, kw_only=True, converter=_given_not_action)
    resource: Names | None = attrs.field(default=None, kw_only=True, converter=_given_resource)
    not_resource: Names | None = attrs.field(default=None, kw_only=True, converter=_given_not_resource)
    condition: Condition | None = attrs.field(default=None, kw_only=True, converter=_given_condition)
    sid: str | None = attrs.field(default=None, kw_only=True, converter=_given_sid)

    def __attrs_post_init__(self) -> None:
        """Refuse an element beside its Not-twin."""
        if self.not_principal is None and self.not_action is None and self.not_resource is None:
            return
        problems = _twins(
            twin
            for attribute, other, _, twin in _TWINS
            if None not in (getattr(self, attribute), getattr(self, other))
        )
        if problems:
            raise PolicyDocumentError(problems)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Statement:
        """Take a statement as JSON holds it.

        Raises:
            PolicyDocumentError: with every problem, for what no document can hold.
        """
        get = _read_members(data).get
        statement = object.__new__(cls)
        _set_effect(statement, get("Effect"))
        _set_principal(statement, get("Principal"))
        _set_not_principal(statement, get("NotPrincipal"))
        _set_action(statement, get("Action"))
        _set_not_action(statement, get("NotAction"))
        _set_resource(statement, get("Resource"))
        _set_not_resource(statement, get("NotResource"))
        _set_condition(statement, get("Condition"))
        _set_sid(statement, get("Sid"))
        return statement

    def to_dict(self) -> dict[str, Any]:
        """Return the statement as JSON holds it, in AWS's order of elements."""
        return cast("dict[str, Any]", json.loads(compact(self.to_element())))

    @property
    def actions(self) -> tuple[str, ...]:
        """The Action element as a tuple."""
        return plural(self.action)

    @property
    def not_actions(self) -> tuple[str, ...]:
        """The NotAction element as a tuple."""
        return plural(self.not_action)

    @property
    def resources(self) -> tuple[str, ...]:
        """The Resource element as a tuple."""
        return plural(self.resource)

    @property
    def not_resources(self) -> tuple[str, ...]:
        """The NotResource element as a tuple."""
        return plural(self.not_resource)

    def when(self, condition: Condition) -> Statement:
        """Return the statement under one more condition: those it has stay, and all must be met.

        Raises:
            ConditionConflictError: where it has the same operator on the same key already.
            PolicyDocumentError: for what is not a condition.
        """
        added = _condition(condition)
        return self._with(_set_condition, added if self.condition is None else self.condition & added)

    def named(self, sid: str) -> Statement:
        """Return the statement with this Sid."""
        return self._with(_set_sid, text(sid))

    def _with(self, set_slot: Callable[[object, object], None], value: object) -> Statement:
        """Copy the statement, whose parts are known to be right, with one that is other."""
        statement = object.__new__(Statement)
        for copy_slot, get_slot in _COPY:
            copy_slot(statement, get_slot(self))
        set_slot(statement, value)
        return statement

    def __repr__(self) -> str:
        """Write the call that builds the value."""
        given = [
            f"{field.name}={value!r}"
            for field in attrs.fields(Statement)[1:]
            if (value := getattr(self, field.name)) is not None
        ]
        return f"Statement({', '.join([repr(self.effect), *given])})"

    def to_element(self) -> dict[str, Any]:
        """Return what goes into the JSON of a policy; lists may be tuples."""
        element: dict[str, Any] = {}
        if self.sid is not None:
            element["Sid"] = self.sid
        element["Effect"] = self.effect
        if self.principal is not None:
            element["Principal"] = self.principal.to_element()
        if self.not_principal is not None:
            element["NotPrincipal"] = self.not_principal.to_element()
        if self.action is not None:
            element["Action"] = self.action
        if self.not_action is not None:
            element["NotAction"] = self.not_action
        if self.resource is not None:
            element["Resource"] = self.resource
        if self.not_resource is not None:
            element["NotResource"] = self.not_resource
        if self.condition is not None:
            element["Condition"] = self.condition.to_element()
        return element


def _twins(found: Iterable[str]) -> list[Problem]:
    """Say of Not-twins that they stand beside their elements."""
    there = set(found)
    return [
        Problem(f"{name} and {twin} cannot stand in one statement; write two statements", twin)
        for _, _, name, twin in _TWINS
        if twin in there
    ]


_CONVERTERS: Final[Mapping[str, Converter]] = {
    "Effect": _effect,
    "Principal": read_principal,
    "NotPrincipal": read_principal,
    "Action": names,
    "NotAction": names,
    "Resource": names,
    "NotResource": names,
    "Condition": Condition.from_dict,
    "Sid": text,
}
_NOT_TWINS: Final = frozenset(twin for *_, twin in _TWINS)
_SLOTS: Final = slots_of(Statement)
(
    _set_effect,
    _set_principal,
    _set_not_principal,
    _set_action,
    _set_not_action,
    _set_resource,
    _set_not_resource,
    _set_condition,
    _set_sid,
) = _SLOTS
_COPY: Final = tuple(
    (set_slot, attrgetter(attrs.fields(Statement)[number].name)) for number, set_slot in enumerate(_SLOTS)
)


def _read_members(data: object) -> dict[str, Any]:
    given = mapping(data, "a statement")
    members: dict[str, Any] = {}
    problems: list[Problem] = []
    try:
        members = members_of(given, _CONVERTERS, "an element of a statement")
    except PolicyDocumentError as error:
        problems += error.problems
    if not _NOT_TWINS.isdisjoint(given):
        problems += _twins(twin for _, _, name, twin in _TWINS if name in given and twin in given)
    if "Effect" not in given and not any(problem.suggestion == "Effect" for problem in problems):
        problems.append(Problem("the Effect is missing"))
    if problems:
        raise PolicyDocumentError(problems)
    return members
