"""Rules about placeholders: what a template or a page left for somebody to fill in, which KMS takes as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kmspolicy._check._found import Found, places_of
from kmspolicy._check._names import are_known, is_wrong
from kmspolicy._language._placeholders import ANY_PLACEHOLDER, EXPRESSION
from kmspolicy._language._principals import name_of
from kmspolicy._printable import quoted

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping

    from kmspolicy._document import Statement
    from kmspolicy._normal._clauses import Clause
    from kmspolicy._normal._rules import Rule
    from kmspolicy._path import Steps


def may_have_placeholders(text: str) -> bool:
    """Tell at once of nearly all policies, by their JSON text, that they have no placeholder."""
    return "$" in text or "&" in text or "<" in text or "\\" in text or "{{" in text


def placeholders(rule: Rule) -> Iterator[Found]:
    """Find placeholders among names that are wrong anyway, and in values that no request can have."""
    for steps, text in _wrong_names(rule.statement):
        yield from _in_text(steps, text, ANY_PLACEHOLDER)
    for clause in rule.clauses:
        for value in clause.values if clause.is_readable else ():
            if isinstance(value, str):
                yield from _in_text(
                    clause.steps, value, ANY_PLACEHOLDER if _is_no_free_text(clause, value) else EXPRESSION
                )


def _wrong_names(statement: Statement) -> Iterator[tuple[Steps, str]]:
    for element, principal in (("Principal", statement.principal), ("NotPrincipal", statement.not_principal)):
        for kind, names in () if principal is None or principal.element == "*" else principal.element:
            for steps, text in places_of((element, kind), names):
                if is_wrong(name_of(kind, text)):
                    yield steps, text
    for element, given in (("Action", statement.action), ("NotAction", statement.not_action)):
        if given is not None and not are_known(given):
            yield from places_of((element,), given)
    yield from () if statement.resource in (None, "*") else places_of(("Resource",), statement.resource or ())


def _is_no_free_text(clause: Clause, value: str) -> bool:
    """Return whether what callers write is not compared: of such texts, ``<`` and ``{`` may be a part."""
    facts = clause.facts
    return value.startswith("arn:") or (facts is not None and facts.chosen_by != "caller")


def _in_text(steps: Steps, text: str, pattern: re.Pattern[str]) -> Iterator[Found]:
    match = pattern.search(text) if "{" in text or "<" in text else None
    if match is not None:
        kind = next(words for beginning, words in _KINDS.items() if match[0].startswith(beginning))
        yield Found("PLACEHOLDER", steps, f"{quoted(match[0])} is {kind}")


_TERRAFORM: Final = "an expression of Terraform"
_KINDS: Final[Mapping[str, str]] = {
    "${AWS::": "a pseudo parameter of CloudFormation",
    "${Token[": "a token of the AWS CDK",
    "${var.": _TERRAFORM,
    "${local.": _TERRAFORM,
    "${data.": _TERRAFORM,
    "${module.": _TERRAFORM,
    "&{": "how Terraform writes a variable of IAM",
    "{{resolve:": "a dynamic reference of CloudFormation",
    "<": "left for the reader to fill in",
    "": "left for a template to fill in",
}
