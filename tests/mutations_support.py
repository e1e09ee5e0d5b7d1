"""Documents that differ a little from another one, as an edit or an attack would have it; the same in every run."""

from __future__ import annotations

import copy
from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Json: TypeAlias = dict[str, Any]
    Change: TypeAlias = Callable[[Json, Random], None]

_PRINCIPALS: Final = (
    "*",
    {"AWS": "arn:aws:iam::444455556666:root"},
    {"AWS": "arn:aws:iam::111122223333:role/team/Added"},
    {"AWS": ["111122223333", "arn:aws:sts::111122223333:assumed-role/Added/me"]},
    {"Service": "cloudtrail.amazonaws.com"},
)
_ACTIONS: Final = (
    "kms:Decrypt",
    "kms:*",
    "kms:Describe*",
    "kms:GenerateDataKey*",
    "kms:CreateGrant",
    "kms:*crypt",
)
_CONDITIONS: Final = (
    {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    {"StringLike": {"kms:ViaService": "*.us-east-1.amazonaws.com"}},
    {"StringNotEquals": {"kms:CallerAccount": "111122223333"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/team/*"}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}},
    {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"]}},
    {"ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt", "Encrypt"]}},
    {"Null": {"kms:EncryptionContext:a": "false"}},
)


def _statements(document: Json) -> list[Json]:
    """Return the statements of a document as a list, which it has from then on."""
    statements = _several(document.get("Statement", []))
    document["Statement"] = statements
    return statements


def _several(element: Any) -> list[Any]:
    return [element] if isinstance(element, (str, dict, bool, int, float)) else list(element)


def _drop(document: Json, random: Random) -> None:
    statements = _statements(document)
    statements.pop(random.randrange(len(statements)))


def _add(document: Json, random: Random) -> None:
    statement: Json = {
        "Effect": random.choice(["Allow", "Deny"]),
        "Principal": random.choice(_PRINCIPALS),
        "Action": random.choice(_ACTIONS),
        "Resource": "*",
    }
    if random.random() < 0.5:
        statement["Condition"] = random.choice(_CONDITIONS)
    _statements(document).append(statement)


def _turn(document: Json, random: Random) -> None:
    """Let what is allowed be denied, and the other way round."""
    statement = random.choice(_statements(document))
    statement["Effect"] = "Deny" if statement["Effect"] == "Allow" else "Allow"


def _condition(document: Json, random: Random) -> None:
    """Take the conditions of a statement away, or give it one more."""
    statement = random.choice(_statements(document))
    if statement.pop("Condition", None) is None or random.random() < 0.5:
        statement["Condition"] = random.choice(_CONDITIONS)


def _operator(document: Json, random: Random) -> None:
    """Exchange an operator: negate it, or let it be met where the key is absent."""
    for statement in _statements(document):
        condition: Json = statement.get("Condition", {})
        for name in list(condition):
            others = [name.replace("Equals", "Like"), name.replace("String", "StringNot"), f"{name}IfExists"]
            condition[random.choice(others).replace("NotNot", "").replace("IfExistsIfExists", "IfExists")] = (
                condition.pop(name)
            )


def _value(document: Json, random: Random) -> None:
    """Exchange the values of conditions: cut a text to a pattern, add a value, or take one away."""
    for statement in _statements(document):
        for name, keys in statement.get("Condition", {}).items():
            more = next((values for part, values in _MORE.items() if part in name), ("x",))
            for key, values in keys.items():
                some = _several(values)
                choices = [[*some, random.choice(more)], some[1:] or some, [random.choice(more)]]
                if "String" in name:
                    choices.append([f"{some[0]}"[:6] + "*"])
                keys[key] = random.choice(choices)


_MORE: Final[dict[str, tuple[str, ...]]] = {
    "Bool": ("true", "false"),
    "Null": ("true", "false"),
    "Numeric": ("60", "3600"),
    "Date": ("2026-06-01T00:00:00Z",),
    "Ip": ("10.1.0.0/16", "198.51.100.0/24", "2001:db8::/32"),
    "Arn": ("arn:aws:iam::111122223333:role/*", "arn:aws:s3:::*"),
}
"""Values to be added, by a part of the operator's name."""


def _action(document: Json, random: Random) -> None:
    """Add an action, take one away, make one wider or narrower."""
    statement = random.choice(_statements(document))
    actions = _several(statement.get("Action", "kms:*"))
    one = str(actions[0])
    statement["Action"] = random.choice(
        [
            [*actions, random.choice(_ACTIONS)],
            actions[1:] or actions,
            [f"{one[:7]}*"],
            [one.replace("*", "Decrypt")],
        ]
    )
    statement.pop("NotAction", None)


def _principal(document: Json, random: Random) -> None:
    """Exchange the principals of a statement, or except them."""
    statement = random.choice(_statements(document))
    old = statement.pop("Principal", None) or statement.pop("NotPrincipal", "*")
    new = random.choice([*_PRINCIPALS, old])
    statement["NotPrincipal" if new == old and old != "*" else "Principal"] = new


def _respell(document: Json, random: Random) -> None:
    """Spell the same otherwise."""
    statements = _statements(document)
    random.shuffle(statements)
    for statement in statements:
        if "Action" in statement:
            statement["Action"] = [str(action).upper() for action in _several(statement["Action"])][::-1]


_CHANGES: Final[tuple[Change, ...]] = (
    _drop,
    _add,
    _turn,
    _condition,
    _operator,
    _value,
    _action,
    _principal,
    _respell,
)


def mutations(document: Json, number: int) -> Iterator[Json]:
    """Go through documents that differ from another one: each of some changes in its turn, then two at once.

    Args:
        document: The document, which is left as it is.
        number: How many of them.
    """
    for seed in range(number):
        random = Random(seed)  # noqa: S311 - the same in every run
        changed = copy.deepcopy(document)
        for step in range(1 + seed // len(_CHANGES)):
            if _statements(changed):
                _CHANGES[(seed + 4 * step) % len(_CHANGES)](changed, random)
        yield changed
