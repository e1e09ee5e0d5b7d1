"""Writes ``reference/vocabulary.md`` from the vocabulary; a test compares the two."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from kmspolicy import ActionPattern, conditions
from kmspolicy._language._actions import ACTIONS
from kmspolicy._language._forms import FORMS
from kmspolicy._language._keys import CONDITION_KEYS, ConditionKeyFacts, condition_key
from kmspolicy._language._operators import OPERATORS
from kmspolicy._language._variables import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE: Final = Path(__file__).parent / "reference" / "vocabulary.md"
HEAD: Final = """# The vocabulary

The actions, condition keys and operators that `kmspolicy` knows, as of 2026-08-22, from the
[service authorization reference][reference] and the [KMS developer guide][conditions]. Other words are not refused: a
`Statement` accepts any text, and `check` reports words that it does not know. `python docs/make_vocabulary.py` writes this page.

[reference]: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
[conditions]: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
"""
_FEW: Final = 8


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _actions() -> str:
    parts = [
        "\n## Actions\n\nActions with an effect in a key policy, by access level. `allow` and `deny` accept them:\n"
    ]
    levels = dict.fromkeys(facts.access_level for facts in ACTIONS.values())
    for level in levels:
        names = _code(f.name for f in ACTIONS.values() if f.access_level == level and f.effective)
        parts.append(f"\n**{level}.** {names}\n")
    without = _code(facts.name for facts in ACTIONS.values() if not facts.effective)
    across = _code(facts.name for facts in ACTIONS.values() if facts.effective and facts.across_accounts)
    parts.append(
        f"\nWildcards that AWS's own documents use, which need no `matching`: {_code(get_args(ActionPattern))}\n"
        f"\nActions that work on a key of another account; the others have no effect for its principals: {across}\n"
        f"\nActions without effect in a key policy; only IAM policies can allow them: {without}\n"
    )
    return "".join(parts)


def _constants() -> dict[str, str]:
    """Map the condition keys to what ``kmspolicy.conditions`` calls them."""
    found: dict[str, str] = {}
    for name in conditions.__all__:
        value = getattr(conditions, name)
        if inspect.isfunction(value):
            example = value(0) if "number" in inspect.signature(value).parameters else value("x")
            facts = condition_key(example.key)
            beginning = (
                example.key.rstrip("0123456789") if facts is None or facts.name == example.key else facts.name
            )
            found[beginning] = f"{name}(...)"
        elif not inspect.isclass(value):
            found[value.key] = name
    return found


def _operations(facts: ConditionKeyFacts) -> str:
    if facts.operations is None:
        return "any"
    effective = [a.name for a in ACTIONS.values() if a.effective]
    having = [name for name in effective if name in facts.operations]
    missing = [name for name in effective if name not in facts.operations]
    if not missing:
        return "any on a key"
    if len(having) <= _FEW or len(missing) > _FEW:
        return ", ".join(name.removeprefix("kms:") for name in having)
    return f"all on a key but {', '.join(name.removeprefix('kms:') for name in missing)}"


def _chooser(facts: ConditionKeyFacts) -> str:
    who = "AWS" if facts.chosen_by == "AWS" else f"the {facts.chosen_by}"
    return f"**{who}**" if facts.limits_callers else who


def _condition_keys() -> str:
    constants = _constants()
    rows: dict[str, str] = {}
    for facts in CONDITION_KEYS.values():
        if not facts.permitted:
            continue
        name = facts.name
        if name not in constants:  # one of many registers
            name = name.rstrip("0123456789")
        shown = name if name[-1] not in ":/" and name == facts.name else f"{name}…"
        rows[name] = (
            f"| `{shown}` | `{constants[name]}` | {facts.type} | {_operations(facts)} | {_chooser(facts)} |\n"
        )
    refused = _code(
        f"{f.name}…" if f.name[-1] == "/" else f.name for f in CONDITION_KEYS.values() if not f.permitted
    )
    kms = "".join(row for name, row in sorted(rows.items()) if name.startswith("kms:"))
    others = "".join(
        row
        for name, row in sorted(rows.items(), key=lambda row: row[0].lower())
        if not name.startswith("kms:")
    )
    head = "| condition key | in `kmspolicy.conditions` | type | requests that may have it | value chosen by |\n| --- | --- | --- | --- | --- |\n"
    return (
        "\n## Condition keys\n\nA key of the type ArrayOfString can have several values in one request; its operators are methods of\n"
        "`for_any_value` and `for_all_values`. The last column says who chooses the value: the caller, the caller's account, or AWS; or\n"
        "it follows from the KMS key. A condition on a fixed value limits who can call only if the last column is in **bold**.\n"
        f"\n### Of KMS\n\n{head}{kms}"
        f"\n### Of every service, and of others\n\n{head}{others}"
        f"\nNot permitted in a key policy; they work only in IAM policies: {refused}\n"
    )


def _forms() -> str:
    keys: dict[str, list[str]] = {}
    for folded, form in FORMS.items():
        name = CONDITION_KEYS[folded].name
        shown = f"{name.rstrip('0123456789')}…" if name.rstrip("0123456789").endswith("PCR") else name
        names = keys.setdefault(form.words, [])
        names += [] if shown in names else [shown]
    rows = "".join(f"| {words} | {_code(names)} |\n" for words, names in keys.items())
    return (
        "\n## Values\n\nThe form of the values of these keys: `conditions` refuses other values, and `check` reports them. A `Condition` accepts any\n"
        f"text, so also a value that is newer than these lists.\n\n| values | condition keys |\n| --- | --- |\n{rows}"
    )


def _operators() -> str:
    kinds = dict.fromkeys(operator.kind.name for operator in OPERATORS.values())
    rows = "".join(
        f"| {kind} | {_code(name for name, operator in OPERATORS.items() if operator.kind.name == kind)} |\n"
        for kind in kinds
    )
    return (
        "\n## Condition operators\n\n| compares | operators |\n| --- | --- |\n"
        f"{rows}\nEach except `Null` can end in `IfExists`. For keys with several values, `ForAnyValue:` or `ForAllValues:` comes before the operator.\n"
        "[Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)\n"
    )


def page() -> str:
    """Write the page."""
    versions = f"\n## Versions\n\n{_code(VERSIONS)}; without a Version, the second one applies, in which variables are plain text.\n"
    return HEAD + _actions() + _condition_keys() + _forms() + _operators() + versions


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
