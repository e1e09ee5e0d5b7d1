"""The rules about the elements of a statement.

A rule yields the codes of the catalogue, each with the place below the statement and a word about what is there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from kmspolicy._check._finding import Severity
from kmspolicy._document._convert import plural
from kmspolicy._evaluate._conditions import parse_operator
from kmspolicy._evaluate._values import instant, network, number, truth
from kmspolicy._vocabulary import (
    ACTIONS,
    CONDITION_KEYS,
    OPERATORS,
    WITH_EFFECT,
    actions_matching,
    condition_key,
    fold,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from kmspolicy._document import Principal, Statement
    from kmspolicy._document._convert import Names, Value
    from kmspolicy._evaluate._conditions import Operator
    from kmspolicy._vocabulary import ActionFacts, ConditionKeyFacts

    Step: TypeAlias = str | int


class Found(NamedTuple):
    """A code of the catalogue, where, and what is there."""

    code: str
    steps: tuple[Step, ...]
    what: str = ""
    severity: Severity | None = None
    """Instead of that of the catalogue."""


class Clause(NamedTuple):
    """One condition of a statement, with what is known of it."""

    name: str
    operator: Operator
    key: str
    facts: ConditionKeyFacts | None
    values: tuple[Value, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Where it stands."""
        return "Condition", self.name, self.key


def rules_of(statement: Statement, account: str | None) -> Iterator[Found]:
    """Apply all rules to a statement, in the order of its elements."""
    if statement.principal is None or not _fine(statement.principal):
        yield from _principals(statement)
    if statement.action is None or not _known(statement.action):
        yield from _actions(statement)
    if statement.resource != "*":
        yield from _resources(statement)
    clauses: list[Clause] = []
    if statement.condition is not None:
        yield from _operators(statement, clauses)
        named = {fact.name for fact in _named_actions(statement)}
        together: dict[str, list[Clause]] = {}
        for clause in clauses:
            together.setdefault(fold(clause.key), []).append(clause)
        for clause in clauses:
            yield from _condition(clause)
            yield from _condition_in(statement, named, clause, together[fold(clause.key)])
    if statement.effect == "Allow":
        yield from _whom_it_lets_in(statement, clauses, account)
    else:
        yield from _services_shut_out(statement, clauses)


def nearest(name: str, known: Mapping[str, object]) -> str:
    """Say which name was probably meant."""
    import difflib  # noqa: PLC0415 - costs a millisecond, and only a mistake needs it

    close = difflib.get_close_matches(fold(name)[:100], known, n=1)
    return f"; did you mean {getattr(known[close[0]], 'name', known[close[0]])!r}?" if close else ""


# --- principals ------------------------------------------------------------------------------------

_ARN = re.compile(r"arn:aws(?:-[a-z]+)*:(?:iam|sts)::[0-9]{12}:\S+").fullmatch
_ACCOUNT = re.compile(r"[0-9]{12}").fullmatch
_FINE = re.compile(
    r"[0-9]{12}|\*|arn:aws(?:-[a-z]+)*:(?:iam::[0-9]{12}:(?:root|(?:user|role)/[^\s*?$]+)|sts::[0-9]{12}:(?:assumed-role/[^/\s*?$]+/[^\s*?$]+|federated-user/[^\s*?$]+))"
).fullmatch
UNIQUE_ID = re.compile(r"A(?:ID|RO)A[A-Z0-9]{12,}").fullmatch
_SERVICE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+").fullmatch


def _fine(principal: Principal) -> bool:
    """Tell at once of AWS principals that nothing is wrong with their names."""
    if principal.element == "*":
        return True
    for kind, names in principal.element:
        if kind != "AWS" or not names or not all(map(_FINE, plural(names))):
            return False
    return bool(principal.element)


def _principals(statement: Statement) -> Iterator[Found]:
    for element, principal in (("Principal", statement.principal), ("NotPrincipal", statement.not_principal)):
        if principal is not None:
            yield from _names_of(element, principal)
    if statement.principal is None and statement.not_principal is None:
        yield Found("MISSING_PRINCIPAL", ())


def _names_of(element: str, principal: Principal) -> Iterator[Found]:
    if principal.element == "*":
        return
    named = False
    for kind, names in principal.element:
        for steps, name in _places((element, kind), names):
            named = True
            for code in _PRINCIPAL_RULES[kind](name):
                yield Found(code, steps, repr(name))
    if not named:
        yield Found("EMPTY_ARRAY_PRINCIPAL" if element == "Principal" else "EXCEPTS_NOTHING", (element,))


def _places(steps: tuple[Step, ...], names: Names) -> Iterator[tuple[tuple[Step, ...], str]]:
    """Go through the names of an element with their places."""
    if isinstance(names, str):
        yield steps, names
    else:
        for index, name in enumerate(names):
            yield (*steps, index), name


def _aws(name: str) -> Iterator[str]:
    if _FINE(name):
        return
    if UNIQUE_ID(name):
        yield "INVALID_USER_REFERENCE" if name.startswith("AIDA") else "INVALID_ROLE_REFERENCE"
    elif "*" in name or "?" in name:
        yield "UNSUPPORTED_WILDCARD_IN_PRINCIPAL"
    elif _ARN(name) and not _NO_PRINCIPAL(name):
        yield "UNKNOWN_PRINCIPAL"
    else:
        yield "INVALID_PRINCIPAL_FORMAT"


_NO_PRINCIPAL = re.compile(r"arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:group/").match


def _service(name: str) -> Iterator[str]:
    if "*" in name or "?" in name:
        yield "UNSUPPORTED_WILDCARD_IN_PRINCIPAL"
    elif not _SERVICE(name):
        yield "INVALID_SERVICE_PRINCIPAL_FORMAT"


def _federated(_: str) -> Iterator[str]:
    yield "FEDERATED_PRINCIPAL_NOT_SUPPORTED"


def _canonical_user(_: str) -> Iterator[str]:
    yield "CANONICAL_USER_PRINCIPAL"


_PRINCIPAL_RULES: Final[Mapping[str, Callable[[str], Iterator[str]]]] = {
    "AWS": _aws,
    "Service": _service,
    "Federated": _federated,
    "CanonicalUser": _canonical_user,
}

# --- actions and resources -------------------------------------------------------------------------


def _actions(statement: Statement) -> Iterator[Found]:
    for element, names in (("Action", statement.action), ("NotAction", statement.not_action)):
        if names is None:
            continue
        if not names and names != "":
            yield Found("EMPTY_ARRAY_ACTION" if element == "Action" else "EXCEPTS_NOTHING", (element,))
        for steps, name in _places((element,), names):
            yield from _action(steps, name)
    if statement.action is None and statement.not_action is None:
        yield Found("MISSING_ACTION", ())


def _known(names: Names) -> bool:
    """Tell at once of names as AWS writes them that nothing is wrong with them."""
    return names in WITH_EFFECT if isinstance(names, str) else bool(names) and WITH_EFFECT.issuperset(names)


def _action(steps: tuple[Step, ...], name: str) -> Iterator[Found]:
    facts = actions_matching(name)
    if not facts:
        yield Found("INVALID_ACTION", steps, f"{name!r}{nearest(name, ACTIONS)}")
    elif not any(fact.effective for fact in facts):
        yield Found("UNSUPPORTED_ACTION_IN_POLICY", steps, repr(name))


def _resources(statement: Statement) -> Iterator[Found]:
    if statement.resource is None:
        yield Found("MISSING_RESOURCE", ())
        return
    if statement.resource == ():
        yield Found("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", ("Resource",), "it is empty")
    for steps, name in _places(("Resource",), statement.resource):
        if KEY_ARN(name):
            yield Found("RESOURCE_IS_KEY_ARN", steps, repr(name))
        elif name != "*":
            yield Found("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", steps, repr(name))


KEY_ARN = re.compile(r"arn:aws(?:-[a-z]+)*:kms:[^:]*:[^:]*:key/.+").fullmatch

# --- conditions ------------------------------------------------------------------------------------

_BY_LOWER_CASE: Final = {name.lower(): name for name in OPERATORS}


def _operators(statement: Statement, clauses: list[Clause]) -> Iterator[Found]:
    """Check the operators, and collect the conditions under those that exist."""
    for name, keys in () if statement.condition is None else statement.condition.blocks:
        operator = parse_operator(name)
        if operator is None:
            yield _no_operator(name)
            continue
        for key, values in keys:
            clauses.append(Clause(name, operator, key, condition_key(key), plural(values)))


def _no_operator(name: str) -> Found:
    qualifier, colon, rest = name.rpartition(":")
    base, suffix = (rest[:-8], "IfExists") if rest.lower().endswith("ifexists") else (rest, "")
    right = _BY_LOWER_CASE.get(base.lower())
    sets = {"foranyvalue": "ForAnyValue", "forallvalues": "ForAllValues", "": ""}
    if right == "Null" and suffix and qualifier in sets.values():
        return Found("NULL_WITH_IF_EXISTS", ("Condition", name), repr(name))
    if right is not None and qualifier.lower() in sets and bool(colon) is bool(qualifier):
        meant = f"{sets[qualifier.lower()]}{colon}{right}{suffix}"
        return Found("CONDITION_OPERATOR_CASE", ("Condition", name), f"{name!r}; did you mean {meant!r}?")
    return Found(
        "INVALID_CONDITION_OPERATOR", ("Condition", name), f"{name!r}{nearest(rest, _BY_LOWER_CASE)}"
    )


def _condition(clause: Clause) -> Iterator[Found]:
    """Check a condition by itself."""
    kind = OPERATORS[clause.operator.name]
    if clause.facts is None:
        yield from _unknown_key(clause)
    else:
        if not clause.facts.effective:
            yield Found("IRRELEVANT_CONDITION_KEY_IN_POLICY", clause.steps, repr(clause.key))
        if clause.facts.multivalued and not clause.operator.qualifier and kind != "Null":
            yield Found("MISSING_QUALIFIER", clause.steps, repr(clause.key))
        if kind not in _COMPARED_BY.get(clause.facts.type, ()):
            yield Found("TYPE_MISMATCH", clause.steps, f"{clause.key!r} has {_TYPES[clause.facts.type]}")
    read, code = _READERS.get(kind, (None, ""))
    unread = [value for value in clause.values if read is not None and read(value) is None]
    if unread and len(unread) < len(clause.values):
        yield Found(code, clause.steps, ", ".join(map(repr, unread)))
    elif len(unread) == len(clause.values) and not clause.operator.negated and not _matches_absent(clause):
        yield Found(
            "CONDITION_NEVER_MET", clause.steps, "it cannot be read" if unread else "it has no values"
        )
    elif unread:
        yield Found(code, clause.steps, ", ".join(map(repr, unread)))
    if kind == "String" and "Like" not in clause.name and any(_wildcard(value) for value in clause.values):
        yield Found("WILDCARD_WITHOUT_LIKE_OPERATOR", clause.steps)


def _wildcard(value: Value) -> bool:
    return isinstance(value, str) and bool(set("*?") & set(_VARIABLE.sub("", value)))


_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")


def _unknown_key(clause: Clause) -> Iterator[Found]:
    prefix = fold(clause.key).partition(":")[0]
    code = {"kms": "INVALID_SERVICE_CONDITION_KEY", "aws": "INVALID_GLOBAL_CONDITION_KEY"}.get(prefix)
    if code is not None:
        yield Found(code, clause.steps, f"{clause.key!r}{nearest(clause.key, CONDITION_KEYS)}")


_TYPES: Final = {
    "String": "text",
    "ArrayOfString": "several texts",
    "ARN": "an ARN",
    "Bool": "true or false",
    "Numeric": "a number",
    "Date": "a date",
    "IPAddress": "an IP address",
}
# What AWS's own documents compare such a key with, and Null, which asks for presence.
_COMPARED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "String": ("String", "ARN", "Binary", "Null"),
    "ArrayOfString": ("String", "ARN", "Null"),
    "ARN": ("String", "ARN", "Null"),
    "Bool": ("Bool", "String", "Null"),
    "Numeric": ("Numeric", "Null"),
    "Date": ("Date", "Numeric", "Null"),
    "IPAddress": ("IPAddress", "Null"),
}
_READERS: Final[Mapping[str, tuple[Callable[[Value], object], str]]] = {
    "Numeric": (number, "TYPE_MISMATCH_NUMBER"),
    "Date": (instant, "TYPE_MISMATCH_DATE"),
    "Bool": (truth, "TYPE_MISMATCH_BOOLEAN"),
    "Null": (truth, "TYPE_MISMATCH_BOOLEAN"),
    "IPAddress": (network, "TYPE_MISMATCH_IP_RANGE"),
}


def _condition_in(
    statement: Statement, named: AbstractSet[str], clause: Clause, same_key: list[Clause]
) -> Iterator[Found]:
    """Check a condition against the rest of its statement: the actions it names, and the conditions on the same key."""
    facts, qualifier = clause.facts, clause.operator.qualifier
    operations = facts.operations if facts is not None and facts.effective else None
    if operations is not None and named and named.isdisjoint(operations):
        yield Found("UNSUPPORTED_ACTION_FOR_CONDITION_KEY", clause.steps, repr(clause.key))
    if qualifier == "ForAllValues" and _refuses_for_all(clause.key) and statement.effect == "Allow":
        presence = clause.operator.name == "Null"  # demands that the key is there, or that it is not
        severity = Severity.WARNING if presence else None
        yield Found("OVERLY_PERMISSIVE_CONDITION", clause.steps, repr(clause.key), severity)
    elif (
        qualifier == "ForAllValues"
        and facts is not None
        and not facts.multivalued
        and clause.operator.name != "Null"
    ):
        yield Found("FOR_ALL_VALUES_WITH_SINGLE_VALUED_KEY", clause.steps, repr(clause.key))
    elif statement.effect == "Allow" and _matches_absent(clause) and not any(map(_demands, same_key)):
        yield Found("CONDITION_MATCHES_ABSENT_KEY", clause.steps, repr(clause.key))
    if clause.operator.name == "Null" and True in map(truth, clause.values) and len(clause.values) == 1:
        for other in same_key:
            if _needs_key(other):
                yield Found(
                    "CONDITION_NEVER_MET", other.steps, "a Null condition demands that the key is absent"
                )


def _refuses_for_all(key: str) -> bool:
    return fold(key).startswith(("kms:encryptioncontext:", "aws:requesttag/"))


def _matches_absent(clause: Clause) -> bool:
    """Tell whether a condition that seems to ask for a value is met by its absence as well."""
    return clause.operator.if_exists or (
        clause.operator.qualifier == "ForAllValues" and clause.operator.name != "Null"
    )


def _demands(clause: Clause) -> bool:
    """Tell whether a condition demands that its key is there."""
    return _needs_key(clause) or (clause.operator.name == "Null" and False in map(truth, clause.values))


def _needs_key(clause: Clause) -> bool:
    """Tell whether a condition is met only by a request that has its key."""
    if clause.operator.if_exists or clause.operator.name == "Null":
        return False
    return clause.operator.qualifier == "ForAnyValue" or (
        not clause.operator.qualifier and not clause.operator.negated
    )


def _named_actions(statement: Statement) -> list[ActionFacts]:
    """List the known actions that a statement is about and that have an effect."""
    if statement.not_action is not None:
        excepted = {fact.name for name in statement.not_actions for fact in actions_matching(name)}
        return [fact for fact in ACTIONS.values() if fact.effective and fact.name not in excepted]
    return [fact for name in statement.actions for fact in actions_matching(name) if fact.effective]


# --- who gets access -------------------------------------------------------------------------------

# What limits who the caller is; with others, kms:ViaService above all, anybody can be the caller.
_LIMITING: Final = frozenset(
    [
        "kms:calleraccount",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "aws:userid",
    ]
)
_SOURCE: Final = frozenset(
    ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"]
)


def _whom_it_lets_in(statement: Statement, clauses: list[Clause], account: str | None) -> Iterator[Found]:
    if statement.not_principal is not None:
        yield Found("ALLOW_WITH_NOT_PRINCIPAL", ("NotPrincipal",))
    principal = statement.principal
    everyone = statement.not_principal is not None or (principal is not None and "*" in principal["AWS"])
    if everyone and not _limited(clauses, _LIMITING):
        yield Found("PUBLIC_ACCESS", ("Principal",) if principal is not None else ("NotPrincipal",))
    if principal is None or principal.element == "*":
        return
    for kind, names in principal.element:
        if kind == "Service" and plural(names) and not _limited(clauses, _SOURCE):
            yield Found(
                "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", ("Principal", "Service"), repr(plural(names)[0])
            )
        if kind == "AWS" and account is not None:
            others = [
                (steps, name)
                for steps, name in _places(("Principal", "AWS"), names)
                if _account_of(name) not in (None, account)
            ]
            if others and _TO_MANAGE.issubset(fact.name for fact in _named_actions(statement)):
                for steps, name in others:
                    yield Found("ALL_ACTIONS_FOR_ANOTHER_ACCOUNT", steps, repr(name))


_TO_MANAGE: Final = frozenset({"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:Decrypt"})


def _account_of(name: str) -> str | None:
    if _ACCOUNT(name):
        return name
    return name.split(":")[4] if name != "*" and _FINE(name) else None


def _limited(clauses: list[Clause], keys: frozenset[str]) -> bool:
    """Tell whether a condition demands a fixed value of one of the keys, or of what a service writes of its source."""
    return any(
        _needs_key(clause)
        and clause.values
        and (
            (fold(clause.key) in keys and all(map(_fixed, clause.values)))
            or (fold(clause.key).startswith(_BY_SERVICE) and all(map(_tells_an_account, clause.values)))
        )
        for clause in clauses
    )


# Services write the ARN or the account of their resource into it: CloudWatch Logs, SES, CloudTrail among others.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
_BY_SERVICE: Final = "kms:encryptioncontext:aws:"


def _tells_an_account(value: Value) -> bool:
    text = str(value)
    parts = text.split(":", 5)
    return bool(_ACCOUNT(text)) or (len(parts) > _RESOURCE_PART and bool(_ACCOUNT(parts[4])))


def _fixed(value: Value) -> bool:
    """Tell whether a value stands for a limited set: no wildcard, or one in an ARN whose account is fixed."""
    text = str(value)
    if "${" in text:
        return False
    return not set("*?") & set(text) or _tells_an_account(text)


_RESOURCE_PART: Final = 5
_THAT_SERVICES_DO: Final = frozenset(
    [
        "kms:Decrypt",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:CreateGrant",
        "kms:DescribeKey",
    ]
)
# What requests of AWS services do not have.
_NOT_OF_SERVICES: Final = frozenset(
    [
        "kms:calleraccount",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpcsourceip",
        "aws:userid",
        "aws:username",
    ]
)
_SPARES_SERVICES: Final = frozenset(
    {"aws:principalisawsservice", "aws:viaawsservice", "aws:principalservicename"}
)


def _services_shut_out(statement: Statement, clauses: list[Clause]) -> Iterator[Found]:
    principal, spared = statement.principal, statement.not_principal
    if spared is None and (principal is None or "*" not in principal["AWS"] or not clauses):
        return
    if spared is not None and spared["Service"]:
        return
    if any(fold(clause.key) in _SPARES_SERVICES or clause.operator.name == "Null" for clause in clauses):
        return
    if not all(fold(clause.key) in _NOT_OF_SERVICES and not _needs_key(clause) for clause in clauses):
        return
    if not _THAT_SERVICES_DO.isdisjoint(fact.name for fact in _named_actions(statement)):
        yield Found("DENY_SHUTS_OUT_SERVICES", ("Condition",) if clauses else ("NotPrincipal",))
