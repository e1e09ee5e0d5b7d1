"""The callers that a policy knows, by values of conditions that only some callers have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kmspolicy._document import Condition, Policy, Principal, Statement
from kmspolicy._language._patterns import has_wildcards
from kmspolicy._language._values import network, text_of
from kmspolicy._normal._rules import rules_of
from kmspolicy._prove._callers import KEYS, USERID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kmspolicy._language._keys import KeyType
    from kmspolicy._language._values import Value
    from kmspolicy._normal._clauses import Clause
    from kmspolicy._normal._rules import Rules


def known_values(rules: Rules) -> Rules:
    """Return a policy that denies all requests with a value by which another policy knows callers."""
    clauses = [clause for rule in rules.statements for clause in rule.clauses]
    conditions = dict.fromkeys(condition for clause in clauses for condition in _conditions(clause))
    statements = [_deny(condition) for condition in conditions]
    return rules_of(Policy(statements, version=rules.policy.version))


def _deny(condition: Condition) -> Statement:
    return Statement(
        "Deny", principal=Principal.everyone(), action="kms:*", resource="*", condition=condition
    )


def _conditions(clause: Clause) -> Iterator[Condition]:
    """Yield the condition that is met by callers with one of the values of a clause."""
    facts = clause.facts
    if not clause.is_readable or facts is None or not facts.limits_callers or clause.folded in _OF_CALLERS:
        return
    values = [value for value in clause.values if _is_of_few(facts.type, clause.folded, value)]
    name = clause.parsed.operator.name.replace("Not", "")
    if values and name != "Null":
        yield Condition(f"{'ForAnyValue:' if facts.multivalued else ''}{name}", clause.folded, values)


def _is_of_few(kind: KeyType, key: str, value: Value) -> bool:
    """Return whether only few callers have a value: the part that identifies them has no wildcard."""
    text = text_of(value)
    if "${" in text:
        return False
    if kind == "IPAddress":
        known = network(value)
        return known is not None and (known.prefixlen >= _NARROW[known.version] or known.is_private)
    if kind == "ARN":
        return not has_wildcards(text) or _ACCOUNT_IN_ARN(text) is not None
    part = next((text.partition(end)[0] for name, end in _WHOSE.items() if key.endswith(name)), text)
    return not has_wildcards(part)


_OF_CALLERS: Final = KEYS - {USERID}
"""The keys that follow from the caller, who is in a named account or a stranger."""
_NARROW: Final[Mapping[int, int]] = {4: 8, 6: 32}
"""The shortest prefixes of networks that do not count as public.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""
_ACCOUNT_IN_ARN: Final = re.compile(r"(?:[^:]*:){4}[0-9]{12}:", re.DOTALL).match
_WHOSE: Final[Mapping[str, str]] = {"orgpaths": "/", "aws:userid": ":"}
"""For some keys, the character that ends the part of the value that identifies callers: an organisation, a unique id."""
