"""What is said of all fillings together: what is certain, and on which placeholders the rest depends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import attrs

from kmspolicy._check._catalogue import CATALOGUE
from kmspolicy._check._check import OF_OTHERS
from kmspolicy._check._finding import Finding, FindingCode, Findings
from kmspolicy._partial._fill import name_shown
from kmspolicy._partial._fillings import MOST, TooManyError, UnsolvedError
from kmspolicy._partial._parts import statement_of
from kmspolicy._printable import quoted, word
from kmspolicy._prove._budget import ExhaustedError
from kmspolicy._prove._verdicts import Comparison, Fails, Holds, Unknown
from kmspolicy._words._lists import dependence_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kmspolicy._partial._fill import Origin
    from kmspolicy._partial._fillings import Filling, Fillings
    from kmspolicy._partial._parts import Part
    from kmspolicy._partial._tree import Unresolved
    from kmspolicy._path import Steps
    from kmspolicy._prove._verdicts import Verdict
    from kmspolicy._text import Place


LIMITS: Final[Mapping[type[Exception], str]] = {
    TooManyError: f"there are more than {MOST} combinations of the values",
    UnsolvedError: "the conditions cannot be solved for all values",
    ExhaustedError: "there is too much to look at in all combinations of the values",
}
"""Why not all fillings are looked at; the names of the values follow."""


class Case(NamedTuple):
    """A filling, and what is said of it, as it is shown; None if something in it cannot be known."""

    filling: Filling
    said: Any


class Answers:
    """What is said of all fillings.

    Attributes:
        said: What is said of those in which everything is known.
        sample: What is said of one of them, or of a policy without statements if there is none.
        unresolved: What is not known in the others, and the steps that lead there.
        unknown: Why something is not known; empty if everything is.
        names: What is not known then.
        limit: Why not all fillings were looked at; empty if they were.
    """

    def __init__(self, fillings: Fillings, cases: Sequence[Case], sample: object, limit: str = "") -> None:
        """Gather what is said; no case if there is a limit."""
        self._placeholders = fillings.names
        self._fillings = fillings
        self._cases = cases
        self.said: list[Any] = [case.said for case in cases if case.said is not None]
        self.sample: Any = next(iter(self.said), sample)
        unknown = dict.fromkeys(one for case in cases for one in case.filling.unresolved)
        self.unresolved: Mapping[Unresolved, Steps] = {one: fillings.steps_to(one) for one in unknown}
        names = fillings.names if limit else [one.name for one in self.unresolved]
        self.names = _shown(names)
        self.limit = limit
        listed = ", ".join(map(quoted, self.names))
        self.unknown = f"{limit} of {listed}" if limit else f"{listed} is not known" if self.names else ""

    def depends_on(self, holds: Callable[[Any], bool]) -> tuple[str, ...]:
        """Return the names on which it depends whether something holds; none if it holds always, or never.

        Args:
            holds: Returns whether it holds, by what is said of a filling.
        """
        return _shown(self._deciding(holds))

    def _deciding(self, holds: Callable[[Any], bool]) -> tuple[str, ...]:
        """Return these names as the fillings have them."""
        where = [case.filling.picks for case in self._cases if case.said is not None and holds(case.said)]
        elsewhere = [case.filling.picks for case in self._cases if case.said is None or not holds(case.said)]
        steps = [
            [name for name in self._placeholders if one.get(name) != other.get(name)]
            for one in where
            for other in elsewhere
        ]
        fewest = min(map(len, steps), default=0)
        needed = {name for names in steps if len(names) == fewest for name in names}
        return tuple(name for name in self._placeholders if name in needed)

    def when(
        self, holds: Callable[[Any], bool], so: str = "this is so only", whether: str = "this is so"
    ) -> str:
        """Say when something is so that depends on placeholders or on what cannot be known.

        Args:
            holds: Returns whether it is so, by what is said of a filling.
            so: The words before the values for which it is so.
            whether: The words for it where these are not known.

        Returns:
            "this is so only where 'Org' is ''", or "whether this is so depends on 'Admin'".
        """
        names = self._deciding(holds)
        if len(names) == 1:
            values = self._values(names[0], holds)
            others = self._values(names[0], lambda said: not holds(said))
            name = word(name_shown(names[0]))
            if values is not None:
                return f"{so} where {name} is {' or '.join(values)}"
            if others is not None:
                return f"{so.removesuffix(' only')} unless {name} is {' or '.join(others)}"
        return f"whether {whether} {dependence_words(_shown(names))}"

    def sentence(self, holds: Callable[[Any], bool]) -> str:
        """Say the same as a sentence."""
        when = self.when(holds)
        return f"{when[0].upper()}{when[1:]}."

    def _values(self, name: str, holds: Callable[[Any], bool]) -> list[str] | None:
        """Return the values of a placeholder for which something holds, in words; None if one of them stands for others."""
        cases = [case.filling.given for case in self._cases if case.said is not None and holds(case.said)]
        if any(name in given.answers for given in cases):
            return list(dict.fromkeys("true" if given.answers[name] else "false" for given in cases))
        values = list(dict.fromkeys(given.texts[name] for given in cases))
        return None if any(map(self._fillings.is_one_of_many, values)) else list(map(quoted, values))


def _shown(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(name_shown, names)))


# --- findings --------------------------------------------------------------------------------------

_NOTHING_IF_NOT_CERTAIN: Final = frozenset(
    {"REDUNDANT_ACTION", "REDUNDANT_STATEMENT", "UNIQUE_SIDS_RECOMMENDED"}
)


class Key(NamedTuple):
    """What makes findings of two fillings one finding."""

    code: str
    origin: Origin


def findings(answers: Answers) -> Findings:
    """Return the findings of all fillings, with the placeholders that they depend on."""
    found: dict[Key, Finding] = {}
    for said in cast("list[Mapping[Key, Finding]]", answers.said):
        for key, finding in said.items():
            if key not in found or found[key].severity < finding.severity:
                found[key] = finding
    unknown = [unresolved(quoted(one.name), steps, one.place) for one, steps in answers.unresolved.items()]
    if answers.unknown and not unknown:
        unknown = [unresolved(answers.unknown)]
    every = [*unknown, *(_depending(answers, key, finding) for key, finding in found.items())]
    return _in_order(one for one in every if one is not None)


def findings_of_parts(parts: Iterable[tuple[Part, Answers]]) -> Findings:
    """Return the findings that parts of a document tell, from all their fillings."""
    found: list[Finding] = []
    names: dict[str, dict[str, None]] = {}
    for part, answers in parts:
        if answers.limit and part.codes == OF_OTHERS:
            continue  # which are not missed where they are not found
        if answers.limit:
            names.setdefault(answers.limit, {}).update(dict.fromkeys(answers.names))
        else:
            found += [_denied_perhaps(one, part) for one in findings(answers) if part.tells(one)]
    unknown = [unresolved(f"{limit} of {', '.join(map(quoted, some))}") for limit, some in names.items()]
    return _in_order([*unknown, *found])


def _in_order(found: Iterable[Finding]) -> Findings:
    """Sort findings as they stand in the file: those about the whole document first, then by statements."""
    return Findings(
        sorted(found, key=lambda one: (statement_of(one), one.place or (0, 0), one.code != "UNRESOLVED"))
    )


def _denied_perhaps(finding: Finding, part: Part) -> Finding:
    """Return a finding that a statement of which nothing is known may take away."""
    if not part.denied_by:
        return finding
    message = f"{finding.message} A Deny in {' or '.join(map(quoted, part.denied_by))} would prevent it."
    return attrs.evolve(
        finding, message=message, depends_on=tuple(dict.fromkeys((*finding.depends_on, *part.denied_by)))
    )


def unresolved(what: str, steps: Steps = (), place: Place | None = None) -> Finding:
    """Return the finding that something is not known."""
    code: FindingCode = "UNRESOLVED"
    entry = CATALOGUE[code]
    message = f"{entry.meaning.removesuffix('.')}: {what}."
    return Finding(code, entry.severity, steps, message, entry.hint, entry.url, place=place)


def _depending(answers: Answers, key: Key, finding: Finding) -> Finding | None:
    """Return a finding with what it depends on; None if it says nothing then."""

    def holds(said: Mapping[Key, Finding]) -> bool:
        return key in said and said[key].severity is finding.severity

    names = answers.depends_on(holds)
    if names and key.code in _NOTHING_IF_NOT_CERTAIN:
        return None
    message = f"{finding.message} {answers.sentence(holds)}" if names else finding.message
    return attrs.evolve(finding, message=message, depends_on=names)


# --- proofs ----------------------------------------------------------------------------------------


def comparison(answers: Answers) -> Comparison:
    """Return the comparison of all fillings."""
    names = [field.name for field in attrs.fields(Comparison)]
    return Comparison(**{name: verdict(answers, name) for name in names})


_NOT_SO: Final[Mapping[str, tuple[str, str]]] = {
    "": ("it does not hold", "it holds"),
    "no_new_access": ("access is gained", "access is gained"),
    "no_lost_access": ("access is lost", "access is lost"),
    "no_more": ("something is gained", "something is gained"),
    "no_less": ("something is lost", "something is lost"),
}
"""What is so where a claim does not hold, and what else depends on it, by the name of its verdict in a comparison."""


def verdict(answers: Answers, name: str = "") -> Verdict:
    """Return the verdict about all fillings.

    Args:
        answers: Verdicts, or comparisons.
        name: Which verdict of a comparison.
    """

    def of(said: Any) -> Verdict:  # noqa: ANN401 - a verdict or a comparison
        return cast("Verdict", getattr(said, name) if name else said)

    verdicts = list(map(of, answers.said))
    worst = next((one for kind in (Fails, Unknown, Holds) for one in verdicts if isinstance(one, kind)), None)
    witness = None if worst is None or isinstance(worst, Holds) else worst.witness
    if worst is None or answers.unknown:
        return Unknown(of(answers.sample).claim, answers.unknown, witness, answers.names)

    def is_worst(said: Any) -> bool:  # noqa: ANN401 - the same
        return type(of(said)) is type(worst)

    if isinstance(worst, Holds) or all(map(is_worst, answers.said)):
        return worst
    if isinstance(worst, Unknown):
        reason = f"{worst.reason}; {answers.when(is_worst)}"
    else:
        reason = answers.when(is_worst, *_NOT_SO[name])
    return Unknown(worst.claim, reason, witness, answers.depends_on(is_worst))
