"""Findings as text, for people."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Final

from kmspolicy import Severity
from kmspolicy._cli._places import path_shown
from kmspolicy._printable import printable
from kmspolicy._words._lists import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kmspolicy._cli._judge import Judged
    from kmspolicy._cli._run import Run
    from kmspolicy._cli._screen import Screen
    from kmspolicy.errors import SourceError

_COLOURS: Final = {
    Severity.ERROR: "red",
    Severity.SECURITY_WARNING: "magenta",
    Severity.WARNING: "yellow",
    Severity.SUGGESTION: "cyan",
}
_INDENT: Final = "    "
_NEXT_LINE: Final = "\n" + _INDENT
_TOLD: Final = (
    ("default", "{} the default policy", "has", "have"),
    ("elsewhere", "{} a policy that another resource sets", "has", "have"),
    ("deleted", "{} deleted", "is", "are"),
)


def text_of(run: Run, screen: Screen) -> str:
    """Return all findings that count, each with what to do, and a line that counts."""
    parts = [_finding(one, screen) for one in run.counted]
    parts += [_error(error, screen) for error in run.errors]
    return "\n\n".join([*parts, "\n".join(_summary(run, screen))])


def _finding(judged: Judged, screen: Screen) -> str:
    finding, place = judged.finding, judged.place
    where = printable(judged.file) + (f":{place.line}:{place.column}" if place else "")
    what = f"{finding.severity.value} {finding.code}"
    head = f"{where}: {screen.style(what, _COLOURS[finding.severity], bold=True)}"
    about = [printable(judged.source.name)] if judged.source.name != judged.source.file else []
    if finding.steps:
        about.append(finding.path)
    if about:
        words = f"({', '.join(about)})"
        fits = len(f"{where}: {what} {words}") <= screen.width
        head += f"{' ' if fits else _NEXT_LINE}{screen.style(words, dim=True)}"
    return "\n".join([head, *_indented(finding.message, screen), *_indented(finding.hint, screen)])


def _error(error: SourceError, screen: Screen) -> str:
    where = printable(path_shown(error.file)) + (
        "" if error.line is None else f":{error.line}:{error.column}"
    )
    return "\n".join(
        [f"{where}: {screen.style('cannot be read', 'red', bold=True)}", *_indented(error.message, screen)]
    )


def _indented(text: str, screen: Screen) -> list[str]:
    return wrap(
        text,
        screen.width,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _summary(run: Run, screen: Screen) -> Iterator[str]:
    """Yield what was found, by numbers, and what was not judged."""
    numbers = run.numbers()
    kinds = [
        screen.style(counted(numbers[each.value], each.value), _COLOURS[each])
        for each in Severity
        if numbers[each.value]
    ]
    judged = counted(numbers["policies"], "policy", "policies")
    if kinds or numbers["policies"]:
        yield f"{judged} judged: {', '.join(kinds) or screen.style('nothing was found', 'green')}."
    elif not run.sources and not run.errors:
        yield screen.style(f"{judged} judged.", "yellow")
    for name, words, one, more in _TOLD:
        if number := numbers[name]:
            yield f"{counted(number, 'key')} {words.format(one if number == 1 else more)}: not judged."
    if numbers["suppressed"]:
        yield f"{counted(numbers['suppressed'], 'finding')} suppressed; -f json shows them with their reasons."
    if numbers["gone"]:
        yield f"{counted(numbers['gone'], 'finding')} of the baseline no longer there: write it anew with --write-baseline."
    if numbers["unreadable"]:
        yield f"{counted(numbers['unreadable'], 'input')} could not be read."
