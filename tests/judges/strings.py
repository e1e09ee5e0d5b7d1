"""Two policies as a formula about one request, in the theory of strings.

It is read from the JSON of the policies by the guides alone, and shares no class of callers, actions or values with the proofs: a
request is texts that any letters may stand in. From the library it takes facts about actions and condition keys.
What is not settled is read as ``decide`` reads it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from ipaddress import ip_network
from itertools import product
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from judges import smt
from judges.smt import FALSE, TRUE, every, no, quoted, same, some
from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._keys import condition_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Json: TypeAlias = dict[str, Any]


class NotModelledError(Exception):
    """A policy has something that this formula does not speak of."""


# --- the request -------------------------------------------------------------------------------------

_NAME: Final = smt.one_of("AZ", "az", "09", "++", "==", ",,", "..", "@@", "__", "--")
_PATH: Final = smt.row(
    [smt.one_of("!)", "+.", "09", ";>", "@~"), smt.many(smt.one_of("!)", "+9", ";>", "@~"))]
)
_LABEL: Final = f"(re.+ {smt.one_of('az', '09', '--')})"
_REQUEST: Final = f"""
(set-logic ALL)
(declare-const account String) (assert (str.in_re account ((_ re.^ 12) {smt.one_of("09")})))
(declare-const path String) (assert (str.in_re path (re.opt (re.++ {_PATH} (str.to_re "/")))))
(declare-const name String) (assert (str.in_re name (re.+ {_NAME})))
(declare-const session String) (assert (str.in_re session (re.++ {_NAME} (re.+ {_NAME}))))
(declare-const service String)
(assert (str.in_re service (re.++ {_LABEL} (re.+ (re.++ (str.to_re ".") {_LABEL})))))
(declare-const has_id Bool) (declare-const id String)
(declare-const action String) (assert (str.in_re action (re.++ (str.to_re "kms:") (re.+ {smt.one_of("az")}))))
(declare-const knows_key Bool)
(declare-const key_account String) (assert (str.in_re key_account ((_ re.^ 12) {smt.one_of("09")})))
(declare-const key_partition String) (assert (str.in_re key_partition (re.+ {smt.one_of("az", "--")})))
(declare-const region String) (assert (str.in_re region (re.+ {smt.one_of("az", "09", "--")})))
(declare-const key_id String) (assert (str.in_re key_id (re.+ {smt.one_of("AZ", "az", "09", "--")})))
"""
_KEY_ARN: Final = '(str.++ "arn:" key_partition ":kms:" region ":" key_account ":key/" key_id)'


class Kind(NamedTuple):
    """A kind of callers, with the terms of what is known of them.

    Attributes:
        type: The value of aws:PrincipalType.
        arn: What stands in its ARN behind the partition; none for services.
        role_arn: The same of the ARN of a session's role.
        user_id: The value of aws:userid.
        has_user_id: Whether there is one.
        user_name: The value of aws:username, if there is one.
    """

    type: str
    arn: str = ""
    role_arn: str = ""
    user_id: str = "id"
    has_user_id: str = "has_id"
    user_name: str = ""


_ROLE: Final = '":iam::" account ":role/" path name'
_ROOT: Final = Kind("Account", '":iam::" account ":root"', user_id="account", has_user_id=TRUE)
_USER: Final = Kind("User", '":iam::" account ":user/" path name', user_name="name")
_SESSION: Final = Kind("AssumedRole", '":sts::" account ":assumed-role/" name "/" session', _ROLE)
_FEDERATED: Final = Kind(
    "FederatedUser",
    '":sts::" account ":federated-user/" name',
    user_id='(str.++ account ":" name)',
    has_user_id=TRUE,
)
_SERVICE: Final = Kind("", has_user_id=FALSE)
_KINDS: Final = (_ROOT, _USER, Kind("AssumedRole", _ROLE), _SESSION, _FEDERATED, _SERVICE)
_PARTITION: Final = re.compile(r"arn:(aws(?:-[a-z]+)*):")
_PARTITIONS: Final = ("aws", "aws-cn", "aws-us-gov")


class Caller(NamedTuple):
    """A kind of callers in a partition."""

    kind: Kind
    partition: str

    @property
    def arn(self) -> str:
        """The ARN."""
        return self._arn(self.kind.arn)

    def _arn(self, rest: str) -> str:
        return f"(str.++ {quoted(f'arn:{self.partition}')} {rest})" if rest else quoted("")

    def key(self, name: str) -> tuple[str, str] | None:
        """Return whether there is a value of a condition key that follows from the caller, and which; None for others.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
        """
        kind = self.kind
        is_service = kind is _SERVICE
        of_account = _truth(not is_service)
        return {
            "aws:principalarn": (of_account, self._arn(kind.role_arn or kind.arn)),
            "aws:principalaccount": (of_account, "account"),
            "kms:calleraccount": (of_account, "account"),
            "aws:principaltype": (of_account, quoted(kind.type)),
            "aws:principalisawsservice": (TRUE, quoted(_truth(is_service))),
            "aws:principalservicename": (_truth(is_service), "service"),
            "aws:username": (_truth(bool(kind.user_name)), "name"),
            "aws:userid": (kind.has_user_id, kind.user_id),
        }.get(name)


def _truth(value: bool) -> str:
    return TRUE if value else FALSE


class Slot(NamedTuple):
    """A value that a request may have of a condition key.

    Attributes:
        present: Whether it has it.
        value: The value.
        empty: Whether it is the empty text.
        readable: Whether it can be read as a number, a date or an address; every text is a text.
        version: The version of IP.
    """

    present: str
    value: str
    empty: str
    readable: str = TRUE
    version: str = ""


# --- operators ---------------------------------------------------------------------------------------

_PARTS: Final = re.compile(r"(?:(ForAnyValue|ForAllValues):)?([A-Za-z]+?)(IfExists)?").fullmatch
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?").fullmatch
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z").fullmatch
_ORDER: Final = {
    "Equals": "=",
    "LessThan": "<",
    "LessThanEquals": "<=",
    "GreaterThan": ">",
    "GreaterThanEquals": ">=",
}


def _is(slot: Slot, value: Any) -> str:
    return same(slot.value, quoted(_text(value)))


def _is_in_any_case(slot: Slot, value: Any) -> str:
    text = _text(value)
    if not text.isascii():
        raise NotModelledError
    return smt.matches(slot.value, smt.in_any_case(text))


def _is_like(slot: Slot, value: Any) -> str:
    text = _text(value)
    return smt.matches(slot.value, smt.pattern(text)) if "*" in text or "?" in text else _is(slot, text)


def _is_arn_like(slot: Slot, value: Any) -> str:
    text = _text(value)
    return smt.matches(slot.value, smt.arn_pattern(text)) if text.count(":") >= 5 else FALSE


def _is_true_or_false(slot: Slot, value: Any) -> str:
    return _is_in_any_case(slot, value) if _text(value).lower() in ("true", "false") else FALSE


def _compared(order: str) -> Callable[[Slot, Any], str]:
    def compare(slot: Slot, value: Any) -> str:
        text = str(value)
        if isinstance(value, bool) or not _NUMBER(text):
            raise NotModelledError
        number = f"{abs(Decimal(text)):f}"
        number = number if "." in number else f"{number}.0"
        return every(
            [slot.readable, f"({order} {slot.value} {f'(- {number})' if text[0] == '-' else number})"]
        )

    return compare


def _in_time(order: str) -> Callable[[Slot, Any], str]:
    def compare(slot: Slot, value: Any) -> str:
        if not isinstance(value, str) or not _INSTANT(value):
            raise NotModelledError
        from datetime import datetime  # noqa: PLC0415 - few policies have dates

        return _compared(order)(slot, int(datetime.fromisoformat(value).timestamp()))

    return compare


def _is_in_network(slot: Slot, value: Any) -> str:
    try:
        network = ip_network(_text(value), strict=False)
    except ValueError:
        return FALSE
    within = f"(<= {int(network[0])} {slot.value} {int(network[-1])})"
    return every([slot.readable, same(slot.version, str(network.version)), within])


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    if "${" in text:
        raise NotModelledError
    return text


class Operator(NamedTuple):
    """An operator: what it compares, how, and whether it asks that nothing matches."""

    sort: str
    match: Callable[[Slot, Any], str]
    negated: bool = False


_OPERATORS: Final[Mapping[str, Operator]] = {
    "StringEquals": Operator("String", _is),
    "StringNotEquals": Operator("String", _is, negated=True),
    "StringEqualsIgnoreCase": Operator("String", _is_in_any_case),
    "StringNotEqualsIgnoreCase": Operator("String", _is_in_any_case, negated=True),
    "StringLike": Operator("String", _is_like),
    "StringNotLike": Operator("String", _is_like, negated=True),
    "ArnEquals": Operator("String", _is_arn_like),
    "ArnLike": Operator("String", _is_arn_like),
    "ArnNotEquals": Operator("String", _is_arn_like, negated=True),
    "ArnNotLike": Operator("String", _is_arn_like, negated=True),
    "Bool": Operator("String", _is_true_or_false),
    **{f"Numeric{name}": Operator("Real", _compared(order)) for name, order in _ORDER.items()},
    "NumericNotEquals": Operator("Real", _compared("="), negated=True),
    **{f"Date{name}": Operator("Date", _in_time(order)) for name, order in _ORDER.items()},
    "DateNotEquals": Operator("Date", _in_time("="), negated=True),
    "IpAddress": Operator("Int", _is_in_network),
    "NotIpAddress": Operator("Int", _is_in_network, negated=True),
}
_NULL: Final = "Null"


class Asked(NamedTuple):
    """A condition."""

    key: str
    qualifier: str
    name: str
    if_exists: bool
    values: list[Any]


def _asked(statement: Json) -> Iterator[Asked | None]:
    """Go through the conditions of a statement; None for one that is never met."""
    for operator, keys in statement.get("Condition", {}).items():
        parts = _PARTS(operator)
        known = (
            parts is not None and parts[2] in (*_OPERATORS, _NULL) and not (parts[3] and parts[2] == _NULL)
        )
        if parts is None or not known:
            yield None
            continue
        for key, values in keys.items():
            yield Asked(key.lower(), parts[1] or "", parts[2], bool(parts[3]), _several(values))


def _several(values: Any) -> list[Any]:
    return [values] if isinstance(values, (str, dict, bool, int, float)) else list(values)


# --- principals --------------------------------------------------------------------------------------

_ACCOUNT: Final = re.compile(r"(?:arn:([^:]*):iam::(?=.*:root))?([0-9]{12})(?::root)?").fullmatch
_ROLE_ARN: Final = re.compile(r"arn:([^:]*):iam::([0-9]{12}):role/(?:.*/)?([^/]+)").fullmatch


class Names(NamedTuple):
    """When principals are the caller, the role of a session, the account of the caller, or everyone."""

    caller: str
    role: str
    account: str
    everyone: str


def _names(element: Any, caller: Caller) -> Names:
    """Read the principals of a statement; who makes no requests to KMS is nobody."""
    names: dict[str, Any] = {"AWS": "*"} if element == "*" else element
    texts = _several(names.get("AWS", []))
    everyone = _truth("*" in texts)
    if caller.kind is _SERVICE:
        return Names(_is_one_of("service", _several(names.get("Service", []))), FALSE, FALSE, everyone)
    roles = [match for match in map(_ROLE_ARN, texts) if match is not None and match[1] == caller.partition]
    accounts = [match for match in map(_ACCOUNT, texts) if match is not None]
    return Names(
        _is_one_of(caller.arn, texts),
        some(every([same("account", quoted(one[2])), same("name", quoted(one[3]))]) for one in roles),
        _is_one_of("account", [one[2] for one in accounts if one[1] in (None, caller.partition)]),
        everyone,
    )


def _is_one_of(value: str, texts: Iterable[str]) -> str:
    return some(same(value, quoted(text)) for text in texts)


# --- the formula -------------------------------------------------------------------------------------


class Sides(NamedTuple):
    """When a policy denies a request, allows it, and leaves it to IAM policies."""

    denied: str
    allowed: str
    delegated: str

    @property
    def granted(self) -> str:
        """Whether it allows it or leaves it to IAM policies, and does not deny it."""
        return every([no(self.denied), some([self.allowed, self.delegated])])


def has_more(before: Json, after: Json, account: str | None = None) -> Iterator[str]:
    """Go through formulas, of which one is satisfied by a request whose outcome is higher than by an earlier policy.

    Args:
        before: The earlier policy, as JSON.
        after: The later policy.
        account: The account of the key, if it is known.

    Raises:
        NotModelledError: for what they do not speak of.
    """
    partitions = dict.fromkeys(_PARTITION.findall(json.dumps([before, after]))) or _PARTITIONS
    for partition, kind in product(partitions, _KINDS):
        formula = _Formula([before, after], Caller(kind, partition), account)
        one, other = (formula.sides(policy) for policy in (before, after))
        allowed = [every([no(side.denied), side.allowed]) for side in (one, other)]
        more = [
            every([one.denied, no(other.denied)]),
            every([other.granted, no(one.granted)]),
            every([allowed[1], no(allowed[0])]),
        ]
        yield "\n".join([*formula.lines, f"(assert {some(more)})"])


class _Formula:
    """The request of a formula, and what statements say of it.

    Attributes:
        lines: What every request is.
    """

    def __init__(self, policies: list[Json], caller: Caller, account: str | None) -> None:
        self._caller = caller
        self.lines = [_REQUEST]
        self._require(
            every(no(same("action", quoted(one))) for one, facts in ACTIONS.items() if not facts.effective)
        )
        if account is not None:
            self._require(same("key_account", quoted(account)))
            if caller.kind is not _SERVICE:
                here = [one for one, facts in ACTIONS.items() if not facts.across_accounts]
                self._require(some([same("account", "key_account"), no(_is_one_of("action", here))]))
        self._slots: dict[str, list[Slot]] = {}
        tests: dict[str, list[Asked]] = {}
        for policy in policies:
            for statement in _several(policy.get("Statement", [])):
                for asked in _asked(statement):
                    if asked is not None:
                        tests.setdefault(asked.key, []).append(asked)
        for number, (key, of_key) in enumerate(tests.items()):
            self._slots[key] = self._slots_of(number, key, of_key)

    def _require(self, term: str) -> None:
        self.lines.append(f"(assert {term})")

    def _slots_of(self, number: int, key: str, tests: list[Asked]) -> list[Slot]:
        """Declare what a request may have of a key: a value for each test, and one beside which an empty text counts."""
        sorts = {_OPERATORS[test.name].sort for test in tests if test.name != _NULL}
        follows = self._caller.key(key)
        if len(sorts) > 1 or (follows is not None and sorts - {"String"}):
            raise NotModelledError
        if follows is not None:
            present, value = follows
            return [Slot(present, value, same(value, quoted("")))]
        if ":" not in key:
            return [Slot(FALSE, quoted(""), TRUE)]
        known = condition_key(key)
        several = any(test.qualifier for test in tests) if known is None else known.multivalued
        sort = next(iter(sorts), "String")
        return [self._slot(f"{number}_{one}", sort) for one in range(1 + len(tests) if several else 1)]

    def _slot(self, number: str, sort: str) -> Slot:
        present, value, empty = f"has_{number}", f"value_{number}", f"empty_{number}"
        readable, version = f"readable_{number}", f"version_{number}"
        self.lines.append(
            f"(declare-const {present} Bool) (declare-const {value} {'Real' if sort == 'Date' else sort})"
        )
        if sort == "String":
            return Slot(present, value, same(value, quoted("")))
        self.lines.append(f"(declare-const {empty} Bool) (declare-const {readable} Bool)")
        self.lines.append(f"(declare-const {version} Int) (assert (or (= {version} 4) (= {version} 6)))")
        self._require(f"(not (and {empty} {readable}))")
        if sort == "Int":
            self._require(f"(and (<= 0 {value}) (< {value} (ite (= {version} 4) {2**32} {2**128})))")
        return Slot(present, value, empty, readable, version)

    def sides(self, policy: Json) -> Sides:
        """Say when a policy denies, allows and leaves to IAM policies."""
        terms: dict[str, list[str]] = {"Deny": [], "caller": [], "account": []}
        for statement in _several(policy.get("Statement", [])):
            rest = [self._is_action(statement), self._is_key(statement)]
            rest += [FALSE if asked is None else self._is_met(asked) for asked in _asked(statement)]
            for how, named in self._named(statement).items():
                terms["Deny" if statement["Effect"] == "Deny" else how].append(every([named, *rest]))
        return Sides(*map(some, terms.values()))

    # --- who, what, which key ------------------------------------------------------------------------

    def _named(self, statement: Json) -> dict[str, str]:
        """Say when a statement names the caller, or everyone, and when the account of the caller."""
        if "NotPrincipal" in statement:
            return {"caller": no(self._is_spared(statement))}
        names = _names(statement.get("Principal", {}), self._caller)
        own = [names.everyone, names.caller]
        own += {_SESSION: [names.role], _ROOT: [names.account]}.get(self._caller.kind, [])
        return {"caller": some(own), "account": names.account}

    def _is_spared(self, statement: Json) -> str:
        """Say whom a NotPrincipal excepts; of a Deny, whose account, role and session are all named.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        """
        names, kind = _names(statement["NotPrincipal"], self._caller), self._caller.kind
        levels = [] if kind is _SERVICE else [names.account]
        levels += [] if kind is _ROOT else [names.caller]
        levels += [names.role] if kind is _SESSION else []
        return some([names.everyone, every(levels) if statement["Effect"] == "Deny" else some(levels)])

    def _is_action(self, statement: Json) -> str:
        element = "Action" if "Action" in statement else "NotAction"
        named = some(_is_pattern("action", one.lower()) for one in _several(statement.get(element, [])))
        if element not in statement:
            return FALSE
        return named if element == "Action" else no(named)

    def _is_key(self, statement: Json) -> str:
        """Say when the Resource is the key; what is not an ARN names none.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
        """
        texts = _several(statement.get("Resource", []))
        arns = [text for text in texts if text.startswith("arn:")]
        return (
            TRUE if "*" in texts else every(["knows_key", some(_is_pattern(_KEY_ARN, arn) for arn in arns)])
        )

    # --- conditions ----------------------------------------------------------------------------------

    def _is_met(self, asked: Asked) -> str:
        slots = self._slots[asked.key]
        present = some(slot.present for slot in slots)
        if asked.name == _NULL:
            truths = {json.dumps(value).strip('"').lower() for value in asked.values}
            return some(term for text, term in (("true", no(present)), ("false", present)) if text in truths)
        operator = _OPERATORS[asked.name]
        is_of_each = asked.qualifier == "ForAllValues" or (operator.negated and not asked.qualifier)
        each: list[str] = []
        for slot in slots:
            found = some(operator.match(slot, value) for value in asked.values)
            passes = no(found) if operator.negated else found
            each.append(some([no(slot.present), passes]) if is_of_each else every([slot.present, passes]))
        met = every(each) if is_of_each else some(each)
        if asked.qualifier:  # an empty text alone is an empty set
            is_empty = every(some([no(slot.present), slot.empty]) for slot in slots)
            met = f"(ite {is_empty} {_truth(is_of_each)} {met})"
        return f"(ite {present} {met} {_truth(is_of_each or asked.if_exists)})"


def _is_pattern(value: str, text: str) -> str:
    return _is_like(Slot(TRUE, value, FALSE), text)
