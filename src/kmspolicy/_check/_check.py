"""The check: what KMS would refuse, and what it accepts but the author probably does not mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

from kmspolicy._check._administrators import delegates_by_default, one_administrator
from kmspolicy._check._catalogue import CATALOGUE
from kmspolicy._check._finding import Finding, Findings, Severity
from kmspolicy._check._found import Found, places_of
from kmspolicy._check._lockout import at_a_glance
from kmspolicy._check._placeholders import may_have_placeholders, placeholders
from kmspolicy._check._reach import is_met_by_some, lets_everyone_in
from kmspolicy._check._redundant import may_be_covered
from kmspolicy._check._rules import found_in
from kmspolicy._document import a_policy
from kmspolicy._document._unfilled import asked_of_each
from kmspolicy._evaluate._request import requester_from, the_key
from kmspolicy._language._forms import holds_arns
from kmspolicy._language._principals import name_of
from kmspolicy._language._variables import VERSIONS
from kmspolicy._normal._rules import rules_of
from kmspolicy._printable import quoted, word
from kmspolicy._prove._budget import budget_of_call
from kmspolicy.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._check._finding import FindingCode
    from kmspolicy._document import Policy, Principal
    from kmspolicy._evaluate import Caller
    from kmspolicy._evaluate._callers import Requester
    from kmspolicy._language._key_arns import Key
    from kmspolicy._language._principals import PrincipalName
    from kmspolicy._normal._rules import Rule, Rules
    from kmspolicy._partial import PartialPolicy
    from kmspolicy._path import Steps
    from kmspolicy._prove._budget import Budget

LARGEST: Final = 32_768
"""The maximum number of characters of a key policy.

https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html#KMS-PutKeyPolicy-request-Policy
"""


@asked_of_each
def check(
    policy: Policy | PartialPolicy,
    *,
    caller: str | Principal | Caller | None = None,
    account: str | None = None,
    key_arn: str | None = None,
) -> Findings:
    """Return what KMS would refuse about a policy, and what else is wrong with it.

    A finding of the severity ERROR is certain: KMS refuses the policy. If KMS's answer is not known, it is a WARNING.

    Args:
        policy: The policy.
        caller: The ARN of the user, role, role session or root user who will put it, as STS GetCallerIdentity returns
            it, or a :class:`Principal` with this single name; with it the lockout check is the one that KMS makes, as
            far as the policy alone decides. A :class:`Caller` with a context leaves fewer questions open.
        account: The id of the account that the key is in; without it, it is the caller's.
        key_arn: The ARN of the key; None if it is not known. It also tells the account, and which Resource is the key.

    Returns:
        The findings, in the order of the document; findings about the whole document come first.

    Raises:
        RequestError: if the caller cannot put a policy, or the account or the key ARN is not valid.
        TypeError: if it is not a Policy.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
    """
    whole = a_policy(policy)
    return check_text(whole, whole.to_json(), caller=caller, account=account, key_arn=key_arn)


_NONE: Final = Findings()
_WORK: Final = 400_000
"""The steps that all proofs of a check may take together; what is not proved then is not found, or is a warning."""
OF_PUTTING: Final[frozenset[FindingCode]] = frozenset(
    {"LOCKOUT_EVERYONE", "LOCKOUT_CALLER", "IAM_POLICIES_DECIDE", "ONE_ADMINISTRATOR"}
)
"""The codes of findings about who can put a policy again."""
OF_STRANGERS: Final[frozenset[FindingCode]] = frozenset({"PUBLIC_ACCESS", "WILDCARD_BEFORE_ACCOUNT"})
"""The codes of findings about strangers who are let in."""
OF_OTHERS: Final[frozenset[FindingCode]] = frozenset({"REDUNDANT_STATEMENT", "UNIQUE_SIDS_RECOMMENDED"})
"""The codes of findings about what other statements have as well."""
ALL: Final = frozenset(CATALOGUE)
"""The codes of all findings."""


def check_text(  # noqa: PLR0913 - all that is known of a put, and what is asked
    policy: Policy,
    text: str,
    *,
    caller: str | Principal | Caller | None,
    account: str | None,
    key_arn: str | None = None,
    codes: frozenset[FindingCode] = ALL,
) -> Findings:
    """Check a policy that will be sent as this text; proofs are made of what has one of some codes."""
    who = None if caller is None else principal_of_put(caller)
    key = the_key(account, key_arn)
    if key.account is None and who is not None:
        key = key._replace(account=who.account)
    rules = rules_of(policy)
    budget = budget_of_call(_WORK)
    found = [
        *_size_and_characters(policy, text),
        *_document(rules),
        *(_administration(rules, who, key, budget) if codes & OF_PUTTING else ()),
        *_partitions(rules),
        *_partitions_of_values(rules),
        *_sids(policy),
        *(_redundant(rules, key, budget) if codes & OF_OTHERS else ()),
        *(_public_access(rules, key, budget) if codes & OF_STRANGERS else ()),
    ]
    hinted = may_have_placeholders(text)
    for rule in rules.statements if codes - OF_PUTTING - OF_STRANGERS - OF_OTHERS else ():
        inside = [*found_in(rule, key.account), *(placeholders(rule) if hinted else ())]
        if rule.clauses and not is_met_by_some(rule):
            told = {one.steps[:_OF_A_CLAUSE] for one in inside}
            inside += [one for one in _never_or_always_met(rules, rule, key, budget) if one.steps not in told]
        found += [one._replace(steps=("Statement", rule.number, *one.steps)) for one in inside]
    if not isinstance(policy.statement, tuple):  # an object, and no array that has an index
        found = [
            one._replace(steps=(*one.steps[:1], *one.steps[2:])) if _numbered(one) else one for one in found
        ]
    return Findings(_findings(_in_order(policy, found))) if found else _NONE


def _administration(rules: Rules, who: Requester | None, key: Key, budget: Budget) -> Iterator[Found]:
    """Find policies that nobody, or not the caller, or only one principal can change again.

    IAM_POLICIES_DECIDE is not reported for a policy like AWS's default policy.
    """
    found = at_a_glance(rules, who, key)
    if found is None:
        from kmspolicy._check._putting import proved  # noqa: PLC0415 - most policies need no proof

        found = list(proved(rules, who, key, budget))
    for one in found:
        if one.code != "IAM_POLICIES_DECIDE" or not delegates_by_default(rules, key.account):
            yield one
    if all(one.code != "LOCKOUT_EVERYONE" for one in found):
        yield from one_administrator(rules, key.account)


def _public_access(rules: Rules, key: Key, budget: Budget) -> Iterator[Found]:
    """Find statements that let strangers in, where any is for everyone."""
    if any(map(lets_everyone_in, rules.statements)):
        from kmspolicy._check._public import public_access  # noqa: PLC0415 - most policies need no proof

        yield from public_access(rules, key, budget)


def _in_order(policy: Policy, found: list[Found]) -> list[Found]:
    """Sort findings by place; keep only the first of a kind at each place."""
    firsts: dict[tuple[str, Steps], Found] = {}
    for one in found:
        firsts.setdefault((one.code, one.steps), one)
    places = {steps: place for place, (steps, _) in enumerate(_places(policy.to_element(), ()))}
    return sorted(firsts.values(), key=lambda one: places[one.steps])


def principal_of_put(caller: str | Principal | Caller) -> Requester:
    """Return the principal that puts a policy.

    Raises:
        RequestError: for a principal that cannot put a policy.
    """
    who = requester_from(caller)
    if who.kind == "service":
        raise RequestError(
            f"{word(who.text)} is a service; use the ARN of a user, a role, a role session or a root user"
        )
    return who


def _numbered(found: Found) -> bool:
    """Return whether a finding has the index of a statement."""
    return len(found.steps) > 1 and isinstance(found.steps[1], int)


def _findings(found: list[Found]) -> Iterator[Finding]:
    """Write out what was found, with what was probably meant by the first unknown words."""
    suggestions = _MOST_SUGGESTIONS
    for one in found:
        if one.meant is None:
            yield _finding(one)
            continue
        suggestions -= 1
        meant = one.meant() if suggestions >= 0 else None
        yield _finding(one if meant is None else one._replace(what=f"{one.what}; did you mean {meant!r}?"))


_MOST_SUGGESTIONS: Final = (
    100  # each costs up to a millisecond, and a policy can have thousands of unknown words
)


def _finding(found: Found) -> Finding:
    entry = CATALOGUE[found.code]
    message = entry.meaning if found.severity is None else entry.doubt
    if found.what:
        first, *more = found.what.splitlines()
        reasons = [line.strip() for line in more[:_MOST_REASONS]]
        left_out = [f"and {len(more) - _MOST_REASONS:,} more"] if len(more) > _MOST_REASONS else []
        what = " ".join([first, "; ".join([*reasons, *left_out])]).strip()
        end = "" if what.endswith((".", "?")) else "."
        message = f"{message.removesuffix('.')}: {what}{end}"
    severity = found.severity or entry.severity
    return Finding(found.code, severity, found.steps, message, entry.hint, entry.url)


_MOST_REASONS: Final = 5  # a line each in an explanation; a finding is one line

# --- the document as a whole -----------------------------------------------------------------------

_UNSUPPORTED = re.compile(r"[^\x00-\xff]")  # JSON writes control characters as escapes


def _size_and_characters(policy: Policy, text: str) -> Iterator[Found]:
    if len(text) > LARGEST:
        yield Found("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", (), f"it has {len(text):,} characters")
    elif len(text) * 2 > LARGEST and len(text.encode()) > LARGEST:
        size = f"it has {len(text.encode()):,} bytes"
        yield Found("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", (), size, Severity.WARNING)
    if ("\\" in text and "\\u" in text) or (not text.isascii() and _UNSUPPORTED.search(text)):
        yield from _characters(policy, text)


def _characters(policy: Policy, text: str) -> Iterator[Found]:
    """Find the names and values with unsupported characters; that KMS refuses those written as escapes is not known."""
    written = set(text)
    for steps, value in _places(policy.to_element(), ()):
        words = [word for word in (*steps[-1:], value) if isinstance(word, str)]
        characters = _UNSUPPORTED.findall("".join(words))
        if characters:
            as_it_is = next((character for character in characters if character in written), None)
            severity = Severity.WARNING if as_it_is is None else None
            what = f"U+{ord(as_it_is or characters[0]):04X}"
            yield Found("UNSUPPORTED_CHARACTER", steps, what, severity)


def _places(value: Any, steps: Steps) -> Iterator[tuple[Steps, Any]]:  # noqa: ANN401 - JSON
    """Yield all places of a document with their values, in its order."""
    yield steps, value
    if isinstance(value, dict):
        for name, inner in cast("dict[str, Any]", value).items():
            yield from _places(inner, (*steps, name))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(cast("list[Any]", value)):
            yield from _places(inner, (*steps, index))


def _document(rules: Rules) -> Iterator[Found]:
    policy = rules.policy
    if not policy.statements:
        yield Found("MISSING_STATEMENT", ())
    if policy.version is None:
        yield Found("MISSING_VERSION", ())
    elif policy.version not in VERSIONS:
        yield Found("INVALID_VERSION", ("Version",), quoted(policy.version))
    elif policy.version != VERSIONS[0]:
        yield Found("OLD_VERSION", ("Version",))
    if policy.version != VERSIONS[0]:
        for rule in rules.statements:
            for clause in rule.clauses:
                if clause.has_variables:
                    steps = ("Statement", rule.number, *clause.steps)
                    yield Found("VARIABLE_UNSUPPORTED_IN_VERSION", steps)


def _partitions(rules: Rules) -> Iterator[Found]:
    first = ""
    for rule in rules.statements:
        if rule.statement.principal is None or {name.partition for name in rule.names} <= {"", first}:
            continue
        for steps, name in _names(rule.statement.principal):
            first = first or name.partition
            if name.partition not in ("", first):
                what = f"{quoted(name.text)} is not of the partition {first!r}"
                yield Found("MIXED_PARTITIONS", ("Statement", rule.number, *steps), what)


def _partitions_of_values(rules: Rules) -> Iterator[Found]:
    """Find conditions on ARNs of which none is in the partition of the first principal that has one."""
    first = next((name.partition for rule in rules.statements for name in rule.names if name.partition), "")
    for rule in rules.statements if first else ():
        for clause in rule.clauses:
            if clause.values and holds_arns(clause.key):
                found = [_PARTITION(str(value)) for value in clause.values]
                foreign = {match[1] for match in found if match is not None}
                if None not in found and first not in foreign:
                    what = f"{', '.join(sorted(foreign))}, where principals are of {first!r}"
                    yield Found("MIXED_PARTITIONS", ("Statement", rule.number, *clause.steps), what)


_PARTITION = re.compile(r"arn:(aws(?:-[a-z]+)*):").match


def _names(principal: Principal) -> Iterator[tuple[Steps, PrincipalName]]:
    """Yield the names of a Principal element with their places."""
    for kind, names in () if principal.element == "*" else principal.element:
        for steps, text in places_of(("Principal", kind), names):
            yield steps, name_of(kind, text)


def _sids(policy: Policy) -> Iterator[Found]:
    seen: dict[str, int] = {}
    for index, statement in enumerate(policy.statements):
        if statement.sid == "":
            yield Found("EMPTY_SID_VALUE", ("Statement", index, "Sid"))
        elif statement.sid is not None:
            if statement.sid in seen:
                steps = ("Statement", index, "Sid")
                yield Found(
                    "UNIQUE_SIDS_RECOMMENDED",
                    steps,
                    f"{quoted(statement.sid)} is that of Statement[{seen[statement.sid]}]",
                )
            seen.setdefault(statement.sid, index)


def _redundant(rules: Rules, key: Key, budget: Budget) -> Iterator[Found]:
    """Find statements that can be left out without a change for any request."""
    candidates = may_be_covered(rules)
    if candidates:
        from kmspolicy._prove._statements import redundant  # noqa: PLC0415 - most policies need no proof

        for number, others in sorted(redundant(rules, candidates, key, budget).items()):
            places = ", ".join(f"Statement[{other}]" for other in others[:_MOST_REASONS])
            more = f" and {len(others) - _MOST_REASONS:,} more" if len(others) > _MOST_REASONS else ""
            yield Found("REDUNDANT_STATEMENT", ("Statement", number), f"see {places}{more}")


def _never_or_always_met(rules: Rules, rule: Rule, key: Key, budget: Budget) -> Iterator[Found]:
    """Find conditions that no request of a statement meets, or that each meets."""
    from kmspolicy._prove._statements import met  # noqa: PLC0415 - most policies need no proof

    themselves, everyone = met(rules, rule, key, budget)
    for answer, severity in ((everyone, None), (themselves, Severity.SUGGESTION)):
        what = _NOBODY if severity is None else ""
        for clause in answer.never:
            yield Found("CONDITION_NEVER_MET", clause.steps, what, severity)
        if answer.is_never:
            if not answer.never:
                together = "no request meets all conditions together" if severity is None else ""
                yield Found("CONDITION_NEVER_MET", ("Condition",), together, severity)
            return
    for clause in everyone.always:
        yield Found("CONDITION_ALWAYS_MET", clause.steps)


_OF_A_CLAUSE: Final = 3
"""How many steps there are to a condition in its statement: the element, the operator and the key."""
_NOBODY: Final = "none for these actions by these principals does"
