"""Questions about what files say, and their answers: what the commands that ask have in common."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final, Protocol

import attrs
import click

from kmspolicy import PartialPolicy
from kmspolicy._cli._exit import Exit
from kmspolicy._cli._places import error_dict, path_shown, place_dict
from kmspolicy._cli._screen import Screen, tell, write
from kmspolicy._printable import printable, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kmspolicy import Policy
    from kmspolicy._display import Displayed
    from kmspolicy.errors import SourceError
    from kmspolicy.sources import Source

FORMATS: Final = ("text", "json")
VERSION: Final = 1
"""The version of the JSON; a field that is new does not change it."""


@attrs.frozen
class Answered:
    """An answer about one key.

    Attributes:
        source: What a file says of it.
        answer: The answer; None if nothing can be asked.
        why: Why there is none.
    """

    source: Source
    answer: Displayed | None
    why: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the answer for JSON, with its file and place."""
        answer: Any = self.answer
        return {
            **place_dict(self.source, self.source.place()),
            "told": self.source.told,
            "why": self.why,
            "answer": None if answer is None else answer.to_dict(),
        }

    def text(self, screen: Screen, *, alone: bool) -> str:
        """Return the answer as text, below the name of the key unless it is the only one."""
        name = path_shown(self.source.file)
        if self.source.name != self.source.file:
            name += f": {self.source.name}"
        head = screen.style(printable(name), bold=True)
        if self.answer is None:
            return f"{head}: {printable(self.why or '')}"
        shown = screen.shown(self.answer)
        return shown if alone else f"{head}\n{shown}"


class Shown(Protocol):
    """Something that a command shows as text and as JSON."""

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        ...

    def text(self, screen: Screen, *, alone: bool) -> str:
        """Return it as text; alone if nothing else is shown."""
        ...


def ask(
    sources: Iterable[Source], question: Callable[[Source, Policy | PartialPolicy], Displayed]
) -> list[Answered]:
    """Ask a question about each policy; a key without one has the reason in place of an answer.

    Raises:
        RequestError: if the question cannot be asked.
    """
    return [
        Answered(source, None, source.why or source.told)
        if source.policy is None
        else Answered(source, question(source, source.policy))
        for source in sources
    ]


def known(source: Source, policy: Policy | PartialPolicy) -> Policy:
    """Return a policy of which all is known.

    Raises:
        UsageError: if it has placeholders without a value; names them.
    """
    if not isinstance(policy, PartialPolicy):
        return policy
    names = ", ".join(map(word, [*(one.name for one in policy.placeholders), *policy.unresolved]))
    raise click.UsageError(
        f"{printable(source.name)} has values that are not known yet: {names}; give them with --parameter NAME=VALUE"
    )


def show(
    answered: Iterable[Shown],
    errors: Iterable[SourceError],
    options: Mapping[str, Any],
    *,
    others: bool = False,
) -> None:
    """Write answers in the form that is asked for, and tell what could not be read.

    Args:
        answered: The answers.
        errors: What could not be read.
        options: The values of the options.
        others: Whether there are other keys, of which nothing is shown.
    """
    answers = [*answered]
    if options["format"] == "json":
        found = {
            "version": VERSION,
            "answers": [one.to_dict() for one in answers],
            "errors": [*map(error_dict, errors)],
        }
        write(json.dumps(found, indent=2), options["output"])
        return
    screen = Screen.of(sys.stdout) if options["output"] is None else Screen()
    if answers or options["output"] is not None:
        alone = len(answers) == 1 and not others
        texts = [one.text(screen, alone=alone) for one in answers]
        write("\n\n".join(texts), options["output"])
    for error in errors:
        tell(str(error))


def code_of(errors: Iterable[SourceError], *, found: bool) -> Exit:
    """Return the exit code: of what was found, and of what could not be read."""
    if any(True for _ in errors):
        return Exit.UNREADABLE
    return Exit.FOUND if found else Exit.FINE
