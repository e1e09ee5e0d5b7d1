"""Statements."""

from __future__ import annotations

import json
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast, final

import attrs

from kmspolicy._display import Displayed
from kmspolicy._document._condition import Condition
from kmspolicy._document._convert import (
    Names,
    below,
    compact,
    json_type,
    mapping,
    members_of,
    mistyped,
    names,
    plural,
    refused,
    shown,
    slots_of,
    text,
    wrong,
)
from kmspolicy._document._principal import Principal, a_principal, read_principal
from kmspolicy.errors import PolicyDocumentError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import EllipsisType

    from kmspolicy._document._convert import Converter

Effect: TypeAlias = Literal["Allow", "Deny"]
_EFFECTS: Final[Mapping[str, Effect]] = {"Allow": "Allow", "Deny": "Deny"}


def effect_of(value: Effect) -> Effect:
    """Return the value if it is an effect."""
    if not isinstance(value, str) or value not in _EFFECTS:
        likely = {"allow": "Allow", "deny": "Deny"}.get(value.lower()) if isinstance(value, str) else None
        what = f"an effect must be 'Allow' or 'Deny', not {shown(value)}"
        raise wrong("INVALID_EFFECT", what, suggestion=likely)
    return _EFFECTS[value]


def _condition(value: Condition) -> Condition:
    if isinstance(value, Condition):
        return value
    hint = (
        "call it"
        if callable(value)
        else "the operators are methods, as in conditions.via_service.equals(...)"
        if isinstance(value, bool)
        else "see Condition.from_dict"
    )
    raise mistyped(f"expected a Condition, found {json_type(value)}; {hint}")


_TWINS: Final = (
    ("principal", "not_principal", "Principal", "NotPrincipal"),
    ("action", "not_action", "Action", "NotAction"),
    ("resource", "not_resource", "Resource", "NotResource"),
)


@final
@attrs.frozen(init=False, repr=False)
class Statement(Displayed):
    """One statement of a policy.

    Attributes in the singular are the elements as written, None for an absent one: a name and a list of one name
    are different documents. Attributes in the plural are the same as a tuple, empty for an absent element.

    Args:
        effect: ``"Allow"`` or ``"Deny"``.
        principal: The principals; a statement has this or ``not_principal``.
        not_principal: All principals except these.
        action: An action, or a list or tuple of actions; a statement has this or ``not_action``.
        not_action: All actions except these.
        resource: ``"*"``, which means the key itself; a statement has this or ``not_resource``.
        not_resource: All resources except these; it has no use in a key policy.
        condition: The conditions, which must all be met.
        sid: The label of the statement: any text, not necessarily unique.

    Raises:
        PolicyDocumentError: if a document cannot hold it: another effect, an element together with its Not-element,
            a value of a wrong type.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
    """

    effect: Effect
    principal: Principal | None = attrs.field(kw_only=True)
    not_principal: Principal | None = attrs.field(kw_only=True)
    action: Names | None = attrs.field(kw_only=True)
    not_action: Names | None = attrs.field(kw_only=True)
    resource: Names | None = attrs.field(kw_only=True)
    not_resource: Names | None = attrs.field(kw_only=True)
    condition: Condition | None = attrs.field(kw_only=True)
    sid: str | None = attrs.field(kw_only=True)

    def __init__(  # noqa: PLR0913 - one for each element
        self,
        effect: Effect,
        *,
        principal: Principal | None = None,
        not_principal: Principal | None = None,
        action: str | Sequence[str] | None = None,
        not_action: str | Sequence[str] | None = None,
        resource: str | Sequence[str] | None = None,
        not_resource: str | Sequence[str] | None = None,
        condition: Condition | None = None,
        sid: str | None = None,
    ) -> None:
        """Create a statement from its elements."""
        try:
            _set_effect(self, effect_of(effect))
            _set_principal(self, None if principal is None else a_principal(principal))
            _set_not_principal(self, None if not_principal is None else a_principal(not_principal))
            _set_action(self, None if action is None else names(action))
            _set_not_action(self, None if not_action is None else names(not_action))
            _set_resource(self, None if resource is None else names(resource))
            _set_not_resource(self, None if not_resource is None else names(not_resource))
            _set_condition(self, None if condition is None else _condition(condition))
            _set_sid(self, None if sid is None else text(sid))
        except PolicyDocumentError as error:
            raise PolicyDocumentError(below(_first_empty(self), error)) from None
        refuse_twins(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Statement:
        """Create a statement from a dict.

        Args:
            data: A dict as ``json.loads`` returns it, or another mapping of the same shape.

        Raises:
            PolicyDocumentError: if a document cannot hold it; lists every problem.
        """
        members = _read_members(data)
        get = members.get
        return statement_of(
            members["Effect"],
            get("Principal"),
            get("NotPrincipal"),
            get("Action"),
            get("NotAction"),
            get("Resource"),
            get("NotResource"),
            get("Condition"),
            get("Sid"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the statement as a dict for JSON, with the elements in the order that AWS uses."""
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
        """Return the statement with one more condition; its other conditions stay, and all must be met.

        Args:
            condition: The condition, for example from :mod:`kmspolicy.conditions`.

        Raises:
            ConditionConflictError: if the statement already has the same operator on the same key.
            PolicyDocumentError: if it is not a Condition.
        """
        added = _condition(condition)
        return self._with(_set_condition, added if self.condition is None else self.condition & added)

    def named(self, sid: str) -> Statement:
        """Return the statement with this Sid.

        Args:
            sid: Any text; spaces and punctuation are allowed in a key policy.

        Raises:
            PolicyDocumentError: if it is not text.
        """
        return self._with(_set_sid, text(sid))

    def replace(  # noqa: PLR0913 - one for each element
        self,
        *,
        effect: Effect | EllipsisType = ...,
        principal: Principal | EllipsisType | None = ...,
        not_principal: Principal | EllipsisType | None = ...,
        action: str | Sequence[str] | EllipsisType | None = ...,
        not_action: str | Sequence[str] | EllipsisType | None = ...,
        resource: str | Sequence[str] | EllipsisType | None = ...,
        not_resource: str | Sequence[str] | EllipsisType | None = ...,
        condition: Condition | EllipsisType | None = ...,
        sid: str | EllipsisType | None = ...,
    ) -> Statement:
        """Return the statement with other elements: ``statement.replace(action="kms:Sign")``.

        The arguments are those of the constructor. An element that is not given stays; None removes it.

        Returns:
            The new statement.

        Raises:
            PolicyDocumentError: if a document cannot hold an element.

        https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
        """
        elements = (
            effect,
            principal,
            not_principal,
            action,
            not_action,
            resource,
            not_resource,
            condition,
            sid,
        )
        given: dict[str, Any] = dict(zip(_ATTRIBUTES, elements, strict=True))
        return attrs.evolve(self, **{name: value for name, value in given.items() if value is not ...})

    def _with(self, set_slot: Callable[[object, object], None], value: object) -> Statement:
        """Return a copy of the statement with another value in one slot, without checks."""
        statement = object.__new__(Statement)
        for copy_slot, get_slot in _COPY:
            copy_slot(statement, get_slot(self))
        set_slot(statement, value)
        return statement

    def __repr__(self) -> str:
        """Return the call that builds the value."""
        given = [
            f"{field.name}={value!r}"
            for field in attrs.fields(Statement)[1:]
            if (value := getattr(self, field.name)) is not None
        ]
        return f"Statement({', '.join([repr(self.effect), *given])})"

    def to_element(self) -> dict[str, Any]:
        """Return the statement as a dict; lists may be tuples."""
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


def _first_empty(statement: Statement) -> str:
    """Return the element that was refused: slots are set in order, and its slot is the first that is empty."""
    return next(
        element
        for element, attribute in zip(ELEMENTS, _ATTRIBUTES, strict=True)
        if not hasattr(statement, attribute)
    )


def refuse_twins(statement: Statement) -> None:
    """Refuse an element together with its Not-element, such as Action and NotAction.

    Raises:
        PolicyDocumentError: with one problem for each pair.
    """
    if statement.not_principal is None and statement.not_action is None and statement.not_resource is None:
        return
    problems = _twins(
        twin
        for attribute, other, _, twin in _TWINS
        if None not in (getattr(statement, attribute), getattr(statement, other))
    )
    if problems:
        raise PolicyDocumentError(problems)


def _twins(found: Iterable[str]) -> list[Problem]:
    """Return a problem for each Not-element that is there together with its element."""
    there = set(found)
    return [
        Problem(
            "UNSUPPORTED_ELEMENT_COMBINATION",
            f"a statement cannot have both {name} and {twin}; write two statements",
            (twin,),
        )
        for _, _, name, twin in _TWINS
        if twin in there
    ]


_CONVERTERS: Final[Mapping[str, Converter]] = {
    "Effect": effect_of,
    "Principal": read_principal,
    "NotPrincipal": read_principal,
    "Action": names,
    "NotAction": names,
    "Resource": names,
    "NotResource": names,
    "Condition": Condition.from_dict,
    "Sid": text,
}
ELEMENTS: Final = tuple(_CONVERTERS)
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
_ATTRIBUTES: Final = tuple(field.name for field in attrs.fields(Statement))
_COPY: Final = tuple(zip(_SLOTS, map(attrgetter, _ATTRIBUTES), strict=True))


def statement_of(  # noqa: PLR0913, PLR0917 - one for each element
    effect: Effect,
    principal: Principal | None,
    not_principal: Principal | None,
    action: Names | None,
    not_action: Names | None,
    resource: Names | None,
    not_resource: Names | None,
    condition: Condition | None,
    sid: str | None,
) -> Statement:
    """Create a statement from valid elements, in the order of ELEMENTS, without checks."""
    statement = object.__new__(Statement)
    _set_effect(statement, effect)
    _set_principal(statement, principal)
    _set_not_principal(statement, not_principal)
    _set_action(statement, action)
    _set_not_action(statement, not_action)
    _set_resource(statement, resource)
    _set_not_resource(statement, not_resource)
    _set_condition(statement, condition)
    _set_sid(statement, sid)
    return statement


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
        problems.append(Problem("MISSING_EFFECT", "the Effect is missing"))
    if problems:
        raise refused(problems)
    return members
