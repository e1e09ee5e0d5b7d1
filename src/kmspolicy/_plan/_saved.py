"""Plans as JSON text: what a plan is made of, and nothing that follows from it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypedDict, TypeGuard, cast

from kmspolicy import _text
from kmspolicy._document._convert import json_type
from kmspolicy._document._policy import located
from kmspolicy.errors import PlanError, PolicyDocumentError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kmspolicy._evaluate import Caller
    from kmspolicy._language._aliases import ContextValue
    from kmspolicy._path import Steps
    from kmspolicy._plan._plan import Plan

VERSION: Final = 1
"""The version of the form; another form has another number."""
_DIGEST: Final = "sha256"
_ALTERED: Final = (
    "this is not the digest of the other fields: the plan was altered after it was saved; make a new plan"
)
_DATETIME: Final = "datetime"


class CallerDict(TypedDict):
    """The fields of a :class:`~kmspolicy.Caller` in JSON."""

    principal: str
    context: dict[str, list[object]]


class _Kind(NamedTuple):
    """The types of a field, and what they are called."""

    types: tuple[type, ...]
    words: str


_TEXT: Final = _Kind((str,), "text")
_TEXT_OR_NULL: Final = _Kind((str, type(None)), "text or null")
_FIELDS: Final[Mapping[str, _Kind]] = {
    "version": _Kind((int,), f"the number {VERSION}"),
    "key_id": _TEXT,
    "current_text": _TEXT,
    "new_text": _TEXT,
    "account": _TEXT_OR_NULL,
    "key_arn": _TEXT_OR_NULL,
    "partition": _TEXT,
    "caller": _Kind((dict, type(None)), "an object or null"),
    "bypass_policy_lockout_safety_check": _Kind((bool,), "true or false"),
    _DIGEST: _TEXT,
}
_LIST: Final = _Kind((list,), "an array")
_OF_A_CALLER: Final[Mapping[str, _Kind]] = {"principal": _TEXT, "context": _Kind((dict,), "an object")}


def caller_dict(caller: Caller | None) -> CallerDict | None:
    """Return a caller for JSON; its times are objects with the name "datetime"."""
    if caller is None:
        return None
    context = {key: [*map(_value, values)] for key, values in caller.context}
    return {"principal": caller.principal, "context": context}


def _value(value: ContextValue) -> object:
    return value if isinstance(value, (str, int, float)) else {_DATETIME: value.isoformat()}


def save(plan: Plan, indent: int | None) -> str:
    """Return a plan as JSON text.

    Args:
        plan: The plan.
        indent: The number of spaces by which each level is indented; None for compact text.
    """
    fields = {
        "version": VERSION,
        "key_id": plan.key_id,
        "current_text": plan.current_text,
        "new_text": plan.new_text,
        "account": plan.account,
        "key_arn": plan.key_arn,
        "partition": plan.partition,
        "caller": caller_dict(plan.caller),
        "bypass_policy_lockout_safety_check": plan.bypass_policy_lockout_safety_check,
    }
    return json.dumps({**fields, _DIGEST: _digest(fields)}, indent=indent)


def _digest(fields: Mapping[str, object]) -> str:
    """Return a digest of the values of all other fields, however they are printed."""
    from hashlib import sha256  # noqa: PLC0415 - most plans are never saved

    return sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def load(text: str | bytes, make: Callable[..., Plan], caller: Callable[..., Caller]) -> Plan:
    """Read a plan.

    Args:
        text: The JSON text.
        make: Returns a plan of its fields.
        caller: Returns a caller of its fields.

    Raises:
        PlanError: if it is not a plan, or one that was altered; lists every problem with its line and column.
    """
    if not isinstance(text, (str, bytes)):
        raise PlanError([Problem("DATA_TYPE_MISMATCH", f"expected JSON text, not {type(text).__name__}")])
    scan = _text.scan(text)
    lines = _text.Lines(scan.text)
    if scan.node is None or scan.faults:
        places = [(fault, lines.place(fault.offset)) for fault in scan.faults]
        raise PlanError([Problem(fault.code, fault.message, fault.steps, *place) for fault, place in places])
    try:
        return _read(scan.node.value, make, caller)
    except PlanError as error:
        raise PlanError([located(problem, scan.node, lines) for problem in error.problems]) from None


def _read(document: object, make: Callable[..., Plan], caller: Callable[..., Caller]) -> Plan:
    """Read a plan; problems have no lines and columns yet."""
    if not isinstance(document, dict):
        what = f"a plan is a JSON object, not {json_type(document)}"
        raise PlanError([Problem("DATA_TYPE_MISMATCH", what)])
    fields = cast("dict[str, Any]", document)
    _refuse(_of_another_version(fields))
    _refuse([*_wrong(fields, _FIELDS), *_wrong_in_a_caller(fields.get("caller"))])
    digest = fields.pop(_DIGEST)
    if digest != _digest(fields):
        _refuse([Problem("INVALID_VALUE", _ALTERED, (_DIGEST,))])
    del fields["version"]
    at: Steps = ("caller",)
    try:
        if fields["caller"] is not None:
            fields["caller"] = caller(fields["caller"]["principal"], _context(fields["caller"]["context"]))
        at = ()
        plan = make(**fields)
    except ValueError as error:
        raise PlanError([Problem("INVALID_VALUE", str(error), at)]) from error
    _refuse(_unreadable(plan))
    return plan


def _refuse(problems: Iterable[Problem]) -> None:
    if found := tuple(problems):
        raise PlanError(found)


def _of_another_version(fields: Mapping[str, object]) -> Iterator[Problem]:
    version = fields.get("version", VERSION)
    if type(version) is int and version != VERSION:
        what = f"this is a plan of version {version}; this version of kmspolicy reads version {VERSION}"
        yield Problem("INVALID_VALUE", what, ("version",))


def _wrong(fields: Mapping[str, object], kinds: Mapping[str, _Kind], at: Steps = ()) -> Iterator[Problem]:
    """Find fields that are missing, additional, or of another type."""
    for name in (name for name in kinds if name not in fields):
        yield Problem("INVALID_VALUE", f"the field {name!r} is missing", at)
    for name, value in fields.items():
        kind = kinds.get(name)
        if kind is None:
            yield Problem("INVALID_VALUE", "a plan does not have this field", (*at, name))
        elif type(value) not in kind.types:
            what = f"expected {kind.words}, found {json_type(value)}"
            yield Problem("DATA_TYPE_MISMATCH", what, (*at, name))


def _wrong_in_a_caller(caller: object) -> Iterator[Problem]:
    if isinstance(caller, dict):
        fields = cast("dict[str, object]", caller)
        yield from _wrong(fields, _OF_A_CALLER, ("caller",))
        if isinstance(fields.get("context"), dict):
            context = cast("dict[str, object]", fields["context"])
            yield from _wrong(context, dict.fromkeys(context, _LIST), ("caller", "context"))


def _context(context: Mapping[str, list[object]]) -> dict[str, list[object]]:
    return {key: [*map(_given, values)] for key, values in context.items()}


def _is_time(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict) and cast("dict[str, object]", value).keys() == {_DATETIME}


def _given(value: object) -> object:
    if not _is_time(value):
        return value
    from datetime import datetime  # noqa: PLC0415 - few callers have dates

    return datetime.fromisoformat(str(value[_DATETIME]))


def _unreadable(plan: Plan) -> Iterator[Problem]:
    """Find texts that are not policies."""
    for name in ("current", "new"):
        try:
            getattr(plan, name)
        except PolicyDocumentError as error:
            for one in error.problems:
                yield Problem(one.code, f"this is not a policy: {one}", (f"{name}_text",))
