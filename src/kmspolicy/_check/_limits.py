"""Whether the conditions of an Allow limit who can call: of the values that they demand, who chooses them.

Anybody can choose what the caller or the caller's account chooses, and use a key that is what it is; what AWS chooses
limits callers where the vocabulary says so, and a condition demands a fixed value of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._language._forms import BY_SERVICE
from kmspolicy._language._patterns import has_wildcards
from kmspolicy._normal._fixed import ARN_AS_TEXT, SOURCES, is_fixed, pattern_of, tells_an_account
from kmspolicy._printable import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kmspolicy._normal._clauses import Clause

# --- of one condition ------------------------------------------------------------------------------


def limits_callers(clause: Clause) -> bool:
    """Return whether a condition demands a fixed value of what limits callers; of no value at all, nobody has one."""
    facts = clause.facts
    return (
        facts is not None
        and facts.limits_callers
        and _demands(clause)
        and all(is_fixed(clause, value) for value in clause.values)
    )


def _demands(clause: Clause) -> bool:
    """Return whether a condition asks for values, and is not met without the key, nor by all values but some."""
    return clause.parsed.needs_key and not clause.parsed.operator.negated


def why_public(clauses: Iterable[Clause]) -> str:
    """Say of the first condition why it limits nobody."""
    for clause in clauses:
        facts = clause.facts
        if facts is not None:
            why = _OF_NO_FIXED_VALUE if facts.limits_callers else _WHY[facts.chosen_by]
            return f"{quoted(clause.key)}, {why}, does not"
    return ""


_OF_NO_FIXED_VALUE: Final = "of which no fixed value is demanded"
_WHY: Final[Mapping[str, str]] = {
    "caller": "whose value the caller chooses",
    "account": "whose value the caller's account chooses",
    "AWS": "which requests from any account have",
    "key": "which says what the key is",
}

# --- of what else is asked of conditions -----------------------------------------------------------


def has_wildcard_before_account(clause: Clause) -> bool:
    """Return whether a text with wildcards stands for the ARN of a caller, one of them before the account.

    IAM's model lets the path of a user or a role have colons, though nobody is known to have made one:
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
    """
    if clause.folded != "aws:principalarn" or clause.parsed.operator.kind.name == "ARN":
        return False
    matches = (ARN_AS_TEXT(pattern_of(clause, value)) for value in clause.values)
    return any(match is not None and has_wildcards(match[1] or match[2] or "") for match in matches)


def tells_the_source(clause: Clause) -> bool:
    """Return whether a condition says for whom a service calls: by what AWS chooses, or by what services write."""
    # Services write the ARN or the account of their resource into it: CloudWatch Logs, SES, CloudTrail among others.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    if clause.folded.startswith(BY_SERVICE):
        return _demands(clause) and all(map(tells_an_account, clause.values))
    return clause.folded in SOURCES and limits_callers(clause)
