"""Rules about conditions: operators, keys, values, and what they make of each other."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from kmspolicy._check._finding import Severity
from kmspolicy._check._found import Found, named_actions
from kmspolicy._evaluate._callers import OF_CALLERS, requester_named
from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._keys import condition_key, nearest_key
from kmspolicy._language._operators import OPERATORS, PARSED
from kmspolicy._language._spelling import fold, nearest
from kmspolicy._language._values import truth
from kmspolicy._printable import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from kmspolicy._check._finding import FindingCode
    from kmspolicy._document import Statement
    from kmspolicy._normal._clauses import Clause
    from kmspolicy._normal._rules import Rule

_BY_LOWER_CASE: Final = {name.lower(): name for name in OPERATORS}


def operators(statement: Statement) -> Iterator[Found]:
    """Check the operators, and whether anything stands under them."""
    blocks = () if statement.condition is None else statement.condition.blocks
    if not blocks:
        yield Found("EMPTY_OBJECT_CONDITION", ("Condition",))
    for name, keys in blocks:
        if name not in PARSED:
            yield _no_operator(name)
        if not keys:
            yield Found("EMPTY_OBJECT_CONDITION", ("Condition", name))


def _no_operator(name: str) -> Found:
    """Say what is wrong with an operator: another case, IfExists behind Null, or no operator at all."""
    same = _WHOLE_BY_LOWER_CASE.get(name.lower())
    if same is None:
        likely = partial(_likely_operator, name)
        return Found("INVALID_CONDITION_OPERATOR", ("Condition", name), quoted(name), meant=likely)
    if same.endswith("NullIfExists"):
        return Found("NULL_WITH_IF_EXISTS", ("Condition", name), quoted(name))
    return Found("CONDITION_OPERATOR_CASE", ("Condition", name), quoted(name), meant=lambda: same)


_SETS: Final = {"": "", "foranyvalue": "ForAnyValue", "forallvalues": "ForAllValues"}
_IF_EXISTS = re.compile(r"(.+?)_?if_?exists?", re.IGNORECASE).fullmatch
_WHOLE_BY_LOWER_CASE: Final = {
    f"{which}{base}{end}".lower(): f"{which}{base}{end}"
    for which in ("", "ForAnyValue:", "ForAllValues:")
    for base in OPERATORS
    for end in ("", "IfExists")
}


def _likely_operator(name: str) -> str | None:
    """Find the operator that was probably meant, part by part."""
    qualifier, _, rest = name.rpartition(":")
    match = _IF_EXISTS(rest)
    which = _meant(qualifier.strip(), _SETS)
    base = _meant(rest if match is None else match[1], _BY_LOWER_CASE)
    if which is None or base is None:
        return None
    return f"{which}{':' if which else ''}{base}{'' if match is None else 'IfExists'}"


def _meant(word: str, known: Mapping[str, str]) -> str | None:
    """Find the word that was probably meant, in any case or misspelt."""
    return known[word.lower()] if word.lower() in known else nearest(word, known)


def conditions(rule: Rule, clauses: Sequence[Clause]) -> Iterator[Found]:
    """Check each condition by itself, with its statement, and with the others on the same key."""
    statement = rule.statement
    named = {fact.name for fact in named_actions(statement)}
    others = len(clauses) > 1
    demanded = {clause.folded for clause in clauses if clause.demands_key} if others else ()
    seen: set[tuple[str, str]] = set()
    for clause in clauses:
        if (clause.name, clause.folded) in seen:
            yield Found("DUPLICATE_KEYS_WITH_DIFFERENT_CASE", clause.steps, quoted(clause.key))
        seen.add((clause.name, clause.folded))
        yield from _condition(clause)
        there = clause.folded in demanded or _follows_from_all(clause, rule)
        yield from _condition_in(statement, named, clause, demanded=there)
        if (
            statement.effect == "Allow"
            and clause.folded == "aws:vpcsourceip"
            and _OF_A_VPC.isdisjoint(demanded)
        ):
            yield Found("MISSING_PAIRED_CONDITION_KEYS", clause.steps)


# Any VPC can have any private address.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpcsourceip
_OF_A_VPC: Final = frozenset(
    {
        *("aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce"),
        *("aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths"),
    }
)


def _condition(clause: Clause) -> Iterator[Found]:
    """Check a condition by itself."""
    facts, parsed = clause.facts, clause.parsed
    kind = parsed.operator.kind
    if parsed.of_presence and parsed.qualifier:
        yield Found("NULL_WITH_QUALIFIER", clause.steps)
    if facts is None:
        yield from _unknown_key(clause)
    else:
        if not facts.permitted:
            yield Found("UNSUPPORTED_CONDITION_KEY_IN_POLICY", clause.steps, quoted(clause.key))
        if facts.multivalued and not parsed.qualifier and not parsed.of_presence:
            yield Found("MISSING_QUALIFIER", clause.steps, quoted(clause.key))
        if kind.name not in _COMPARED_BY.get(facts.type, ()):
            yield Found("TYPE_MISMATCH", clause.steps, f"{quoted(clause.key)} has {_TYPES[facts.type]}")


def _unknown_key(clause: Clause) -> Iterator[Found]:
    prefix, _, name = clause.folded.partition(":")
    if not prefix or not name:
        yield Found(
            "INVALID_CONDITION_KEY_FORMAT",
            clause.steps,
            quoted(clause.key),
            meant=partial(_with_prefix, clause.key),
        )
        return
    code = _UNKNOWN_KEYS.get(prefix)
    if code is not None:
        yield Found(code, clause.steps, quoted(clause.key), meant=partial(nearest_key, clause.key))


_UNKNOWN_KEYS: Final[Mapping[str, FindingCode]] = {
    "kms": "INVALID_SERVICE_CONDITION_KEY",
    "aws": "INVALID_GLOBAL_CONDITION_KEY",
}


def _with_prefix(name: str) -> str | None:
    """Find the key that was probably meant by a name that has no prefix."""
    known = (condition_key(f"{prefix}:{name}") for prefix in ("aws", "kms"))
    return next((facts.name for facts in known if facts is not None and facts.permitted), nearest_key(name))


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


def _condition_in(
    statement: Statement, named: AbstractSet[str], clause: Clause, *, demanded: bool
) -> Iterator[Found]:
    """Check a condition against the rest of its statement: its actions, and whether something else demands the key."""
    facts, parsed = clause.facts, clause.parsed
    for_all = parsed.qualifier == "ForAllValues"
    if facts is not None and not all(map(facts.may_be_in, named)):
        yield from _without_key(statement, named, clause, facts.may_be_in)
    if for_all and clause.folded.startswith(_REFUSED_FOR_ALL):
        # AWS says it of any policy; a Deny is none the more permissive for it, nor a Null that demands the key.
        certain = statement.effect == "Allow" and not parsed.of_presence
        severity = None if certain else Severity.WARNING
        yield Found("OVERLY_PERMISSIVE_CONDITION", clause.steps, quoted(clause.key), severity)
    elif for_all and facts is not None and not facts.multivalued and not parsed.of_presence:
        yield Found("FOR_ALL_VALUES_WITH_SINGLE_VALUED_KEY", clause.steps, quoted(clause.key))
    elif (
        statement.effect == "Allow"
        and parsed.seems_to_need_key
        and not (demanded or _is_always_there(clause, named))
    ):
        yield Found("CONDITION_MATCHES_ABSENT_KEY", clause.steps, quoted(clause.key))
    elif statement.effect == "Deny" and _asks_for_old_mfa(clause):
        yield Found("DENY_MISSES_LONG_TERM_CREDENTIALS", clause.steps, quoted(clause.key))


def _without_key(
    statement: Statement, named: AbstractSet[str], clause: Clause, may_be_in: Callable[[str], bool]
) -> Iterator[Found]:
    """Find the actions whose requests never have the key of a condition, if none has it, or if it is demanded."""
    if not any(map(may_be_in, named)):
        yield Found("UNSUPPORTED_ACTION_FOR_CONDITION_KEY", clause.steps, quoted(clause.key))
    elif clause.demands_key:
        actions = (ACTIONS.get(fold(name)) for name in dict.fromkeys(statement.actions))
        without = [
            one.name for one in actions if one is not None and one.effective and not may_be_in(one.name)
        ]
        if without:
            what = f"{quoted(clause.key)}, {', '.join(without)}"
            yield Found("ACTION_NEVER_MEETS_CONDITION", clause.steps, what)


def _asks_for_old_mfa(clause: Clause) -> bool:
    """Return whether a condition is met by those whose second factor is missing or old, if their requests tell of one."""
    if not clause.parsed.needs_key:
        return False
    if clause.folded == "aws:multifactorauthpresent":
        return False in map(truth, clause.values)
    return clause.folded == "aws:multifactorauthage" and "GreaterThan" in clause.parsed.operator.name


def _is_always_there(clause: Clause, named: AbstractSet[str]) -> bool:
    """Return whether all requests that a statement names have the key of a condition."""
    return clause.facts is not None and bool(named) and named <= clause.facts.always


def _follows_from_all(clause: Clause, rule: Rule) -> bool:
    """Return whether the key of a condition follows from all whom a statement names; a federated user has no user name."""
    if clause.folded not in OF_CALLERS or clause.folded == "aws:username":
        return False
    names = () if rule.statement.principal is None else rule.names
    return bool(names) and all(clause.folded in requester_named(name).keys for name in names)


_REFUSED_FOR_ALL: Final = ("kms:encryptioncontext:", "aws:requesttag/")
