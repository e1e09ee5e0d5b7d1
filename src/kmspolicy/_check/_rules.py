"""The rules about the elements of a statement.

A rule yields the codes of the catalogue, each with the place below the statement and a word about what is there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from kmspolicy._check._finding import Severity
from kmspolicy._document._convert import plural
from kmspolicy._evaluate._access import caller_for
from kmspolicy._evaluate._conditions import Facts, holds, parse_operator
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
    from kmspolicy._evaluate._request import Caller
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
    folded: str
    """The key in lower case, for case does not matter in it."""
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
        yield from _conditions(statement, clauses)
    if statement.effect == "Allow":
        yield from _whom_it_lets_in(statement, clauses, account)
    else:
        yield from _services_shut_out(statement, clauses)


def nearest(name: str, known: Mapping[str, ActionFacts] | Mapping[str, ConditionKeyFacts]) -> str:
    """Say which name was probably meant."""
    close = _close(name, {folded: facts.name for folded, facts in known.items()})
    return "" if close is None else f"; did you mean {close!r}?"


def _close(name: str, known: Mapping[str, str]) -> str | None:
    """Find the name that is spelt most like another one."""
    import difflib  # noqa: PLC0415 - costs a millisecond, and only a mistake needs it

    close = difflib.get_close_matches(fold(name)[:100], known, n=1)
    return known[close[0]] if close else None


# --- principals ------------------------------------------------------------------------------------

# S3 takes users of the account "cloudfront", whose names have spaces.
_ARN = re.compile(
    r"arn:aws(?:-[a-z]+)*:(?:(?:iam|sts)::[0-9]{12}:\S+|iam::cloudfront:user/[^*?$]+)"
).fullmatch
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


def is_unsettled(name: str) -> bool:
    """Tell whether nobody knows whom a name of the kind AWS stands for, or whether it works at all."""
    return bool(UNIQUE_ID(name)) or "UNKNOWN_PRINCIPAL" in _aws(name)


_NO_PRINCIPAL = re.compile(r"arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:group/").match


def _service(name: str) -> Iterator[str]:
    if "*" in name or "?" in name:
        yield "WILDCARD_IN_SERVICE_PRINCIPAL"
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
            clauses.append(Clause(name, operator, key, fold(key), condition_key(key), plural(values)))


def _no_operator(name: str) -> Found:
    """Say what is wrong with an operator: another case, IfExists behind Null, or no operator at all."""
    qualifier, _, rest = name.rpartition(":")
    match = _IF_EXISTS(rest)
    which = _meant(qualifier.strip(), _SETS)
    base = _meant(rest if match is None else match[1], _BY_LOWER_CASE)
    if which is None or base is None:
        return Found("INVALID_CONDITION_OPERATOR", ("Condition", name), repr(name))
    meant = f"{which}{':' if which else ''}{base}{'' if match is None else 'IfExists'}"
    same = meant.lower() == name.lower()
    if same and base == "Null" and match is not None:
        return Found("NULL_WITH_IF_EXISTS", ("Condition", name), repr(name))
    code = "CONDITION_OPERATOR_CASE" if same else "INVALID_CONDITION_OPERATOR"
    return Found(code, ("Condition", name), f"{name!r}; did you mean {meant!r}?")


_SETS: Final = {"": "", "foranyvalue": "ForAnyValue", "forallvalues": "ForAllValues"}
_IF_EXISTS = re.compile(r"(.+?)_?if_?exists?", re.IGNORECASE).fullmatch


def _meant(word: str, known: Mapping[str, str]) -> str | None:
    """Find the word that was probably meant, in any case or misspelt."""
    return known.get(word.lower()) or _close(word, known)


def _conditions(statement: Statement, clauses: list[Clause]) -> Iterator[Found]:
    """Check each condition by itself, with its statement, and with the others on the same key."""
    named = {fact.name for fact in _named_actions(statement)}
    others = len(clauses) > 1
    demanded = {clause.folded for clause in clauses if _demands(clause)} if others else ()
    refused = {clause.folded for clause in clauses if _refuses(clause)} if others else ()
    for clause in clauses:
        yield from _condition(clause)
        yield from _condition_in(statement, named, clause, demanded=clause.folded in demanded)
        if clause.folded in refused and _needs_key(clause):
            what = "a Null condition demands that the key is absent"
            yield Found("CONDITION_NEVER_MET", clause.steps, what)
    if any(clause.folded in _OF_THE_CALLER for clause in clauses):
        yield from _never_met(statement, clauses)


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
    prefix = clause.folded.partition(":")[0]
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
    statement: Statement, named: AbstractSet[str], clause: Clause, *, demanded: bool
) -> Iterator[Found]:
    """Check a condition against the rest of its statement: the actions it names, and whether another demands the key."""
    facts, qualifier = clause.facts, clause.operator.qualifier
    operations = facts.operations if facts is not None and facts.effective else None
    if operations is not None and named and named.isdisjoint(operations):
        yield Found("UNSUPPORTED_ACTION_FOR_CONDITION_KEY", clause.steps, repr(clause.key))
    if qualifier == "ForAllValues" and _refuses_for_all(clause.key):
        # AWS says it of any policy; a Deny is none the more permissive for it, nor a Null that demands the key.
        certain = statement.effect == "Allow" and clause.operator.name != "Null"
        severity = None if certain else Severity.WARNING
        yield Found("OVERLY_PERMISSIVE_CONDITION", clause.steps, repr(clause.key), severity)
    elif (
        qualifier == "ForAllValues"
        and facts is not None
        and not facts.multivalued
        and clause.operator.name != "Null"
    ):
        yield Found("FOR_ALL_VALUES_WITH_SINGLE_VALUED_KEY", clause.steps, repr(clause.key))
    elif statement.effect == "Allow" and _matches_absent(clause) and not demanded:
        yield Found("CONDITION_MATCHES_ABSENT_KEY", clause.steps, repr(clause.key))


def _never_met(statement: Statement, clauses: list[Clause]) -> Iterator[Found]:
    """Find the condition that none of the principals of a statement can meet, by the rules of decisions."""
    principal = statement.principal
    if principal is None or principal["Federated"] or principal["CanonicalUser"]:
        return
    callers = [caller_for(("AWS", name)) for name in principal["AWS"]]
    callers += [caller_for(("Service", name)) for name in principal["Service"]]
    for clause in clauses if callers else ():
        if clause.folded in _OF_THE_CALLER and not any(_can_meet(caller, clause) for caller in callers):
            yield Found("CONDITION_NEVER_MET", clause.steps, "no principal of the statement has such a value")


def _can_meet(caller: Caller, clause: Clause) -> bool:
    """Tell whether requests of a principal may meet a condition, as far as it follows from the principal."""
    key = clause.folded
    if key not in caller.keys:
        return caller.kind != "service" or key not in _NOT_OF_SERVICES or not _needs_key(clause)
    if any("${" in str(value) for value in clause.values):
        return True
    return holds(clause.operator, key, clause.values, Facts({key: (caller.keys[key],)}, variables=False))


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


def _refuses(clause: Clause) -> bool:
    """Tell whether a condition demands that its key is absent."""
    return clause.operator.name == "Null" and len(clause.values) == 1 and True in map(truth, clause.values)


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
_SERVICE_NAME: Final = frozenset({"aws:principalservicename"})
_SOURCE: Final = frozenset(
    ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"]
)


def _whom_it_lets_in(statement: Statement, clauses: list[Clause], account: str | None) -> Iterator[Found]:
    if statement.not_principal is not None:
        yield Found("ALLOW_WITH_NOT_PRINCIPAL", ("NotPrincipal",))
    principal = statement.principal
    everyone = statement.not_principal is not None or (principal is not None and "*" in principal["AWS"])
    if everyone and not _limited(clauses, _LIMITING):
        service = _limited(clauses, _SERVICE_NAME)
        code = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL" if service else "PUBLIC_ACCESS"
        yield Found(code, ("Principal",) if principal is not None else ("NotPrincipal",))
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
            (clause.folded in keys and all(_fixed(clause.key, value) for value in clause.values))
            or (clause.folded.startswith(_BY_SERVICE) and all(map(_tells_an_account, clause.values)))
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


def _fixed(key: str, value: Value) -> bool:
    """Tell whether a value stands for a limited set: no wildcard, or one behind an account or an organisation.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths
    """
    text = str(value)
    if "${" in text:
        return False
    of_an_organisation = fold(key).endswith("orgpaths") and _ORGANISATION(text) is not None
    return not set("*?") & set(text) or _tells_an_account(text) or of_an_organisation


_ORGANISATION = re.compile(r"o-[a-z0-9]+/").match


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
# What follows from the principal of a request; services have none of the first.
_OF_THE_CALLER: Final = _NOT_OF_SERVICES | {
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:principaltype",
}


def _services_shut_out(statement: Statement, clauses: list[Clause]) -> Iterator[Found]:
    principal, spared = statement.principal, statement.not_principal
    if spared is None and (principal is None or "*" not in principal["AWS"] or not clauses):
        return
    if spared is not None and (spared["Service"] or "*" in spared["AWS"]):
        return
    if any(clause.operator.name == "Null" for clause in clauses):
        return
    # aws:PrincipalIsAWSService and the like, by which services are spared, are not among these.
    if not all(clause.folded in _NOT_OF_SERVICES and not _needs_key(clause) for clause in clauses):
        return
    if not _THAT_SERVICES_DO.isdisjoint(fact.name for fact in _named_actions(statement)):
        yield Found("DENY_SHUTS_OUT_SERVICES", ("Condition",) if clauses else ("NotPrincipal",))
