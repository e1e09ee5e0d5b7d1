"""The classes of texts that patterns distinguish.

All patterns are matched at once. Their positions in a text are a set, a bit mask, and the answers for the rest of the text
depend only on that set. A search over the sets that can be reached, shortest texts first, finds a text for each possible
combination of answers.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import attrs

from kmspolicy._language._patterns import COLONS, text_of_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from kmspolicy._prove._budget import Budget

    Spell: TypeAlias = Callable[[], str]
    """Spells a text, which takes as long as it is."""


class UnsettledCaseError(Exception):
    """A text whose spellings in another case are not known; internal."""


# --- patterns ----------------------------------------------------------------------------------------


class Token(NamedTuple):
    """One position in a pattern.

    Attributes:
        letters: The letters that match.
        others: Whether all letters except these match instead.
        many: Whether any number of letters match, or none.
    """

    letters: frozenset[str]
    others: bool = False
    many: bool = False


Pattern: TypeAlias = tuple[Token, ...]

NOTHING: Final[Pattern] = (Token(frozenset()),)
"""The pattern that no text matches."""

_LATIN_1: Final = 0xFF
_ALSO_LOWERED: Final[Mapping[str, str]] = {"k": "\u212a", "\xe5": "\u212b", "\xdf": "\u1e9e"}
"""The letters beyond Latin-1 whose lower case is in Latin-1, with another upper case or none: Kelvin, \xc5ngstr\xf6m, \xdf."""


def in_any_case(text: str) -> Pattern:
    """Return the pattern of the texts that have the same lower case as one.

    Raises:
        UnsettledCaseError: for letters beyond Latin-1, which KMS refuses: the lower case of some depends on the letters
            beside them, or is more than one letter.
    """
    lower = text.lower()
    if any(ord(letter) > _LATIN_1 for letter in lower):
        raise UnsettledCaseError
    return tuple(Token(frozenset(_cases(letter))) for letter in lower)


def _cases(letter: str) -> str:
    upper = letter.upper()
    return letter + _ALSO_LOWERED.get(letter, "") + (upper if upper.lower() == letter else "")


def like(pattern: str, but: str = "") -> Pattern:
    """Return a pattern with wildcards.

    Args:
        pattern: The pattern.
        but: Letters that no wildcard matches.
    """
    excluded = frozenset(but)
    tokens: list[Token] = []
    for letter in pattern:
        if letter == "?":
            tokens.append(Token(excluded, others=True))
        elif letter != "*":
            tokens.append(Token(frozenset(text_of_literal(letter))))
        elif not tokens or not tokens[-1].many:
            tokens.append(Token(excluded, others=True, many=True))
    return tuple(tokens)


def arn_like(pattern: str) -> Pattern:
    """Return a pattern of ARNs, whose wildcards do not match the first five colons."""
    *parts, last = pattern.split(":", COLONS)
    before = (token for part in parts for token in (*like(part, but=":"), Token(frozenset(":"))))
    return (*before, *like(last))


# --- which texts there are ---------------------------------------------------------------------------


@attrs.frozen(eq=False)
class Grammar:
    """The texts that can exist.

    Attributes:
        steps: For each state the letters that may follow, preferred ones first, and the next state.
        ends: The states in which a text may end.
        free: Whether any letter may follow in any state, and there is only one.
    """

    steps: tuple[Mapping[str, int], ...]
    ends: frozenset[int] = frozenset({0})
    free: bool = False

    def after(self, state: int, letter: str) -> int | None:
        """Return the state after a letter; None if the letter may not follow."""
        return 0 if self.free else self.steps[state].get(letter)

    def has(self, text: str) -> bool:
        """Return whether a text can exist."""
        state = 0
        for letter in text:
            following = self.after(state, letter)
            if following is None:
                return False
            state = following
        return state in self.ends


FREE: Final = Grammar(({},), free=True)
"""Any text."""

USUAL_LETTERS: Final = "xyzabcdefghijklmnopqrstuvw0123456789XYZABCDEFGHIJKLMNOPQRSTUVW"
"""The preferred letters."""


# --- the walk ----------------------------------------------------------------------------------------


class Texts:
    """Tests of a text, each with patterns of which one must match.

    A state has a bit for each position in a pattern: before each token, and at the end.
    """

    def __init__(self, tests: Sequence[Iterable[Pattern]]) -> None:
        """Number the positions in all patterns."""
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._settled: list[tuple[int, int, int]] = []
        """For each test with a last ``*``: these positions, the bits they keep of the state, and the bits they set."""
        self._many = 0
        self._stars = 0
        self._others = [0, 0]
        self._letters: dict[str, list[int]] = {}
        place = 0
        for patterns in tests:
            first, start, end, stars = place, 0, 0, 0
            for pattern in patterns:
                start |= 1 << place
                self._lay(pattern, place)
                place += len(pattern)
                end |= 1 << place
                if pattern and pattern[-1] == ANYTHING:
                    stars |= 1 << place - 1
                place += 1
            self._starts.append(start)
            self._ends.append(end)
            if stars:
                lowest = stars & -stars
                self._stars |= stars
                self._settled.append((stars, ~((1 << place) - (1 << first)), lowest | lowest << 1))
        self._places = place

    def _lay(self, pattern: Pattern, first: int) -> None:
        """Record which letters lead from each position to the next, or to itself."""
        for place, token in enumerate(pattern, first):
            bit, many = 1 << place, int(token.many)
            if token.many:
                self._many |= bit
            if token.others:
                self._others[many] |= bit
            for letter in token.letters:
                self._letters.setdefault(letter, [0, 0])[many] |= bit

    def _moves(self, letter: str) -> tuple[int, int]:
        """Return the positions from which a letter leads to the next one, and those where it stays."""
        on, stay = self._letters.get(letter, (0, 0))
        # A token that names a letter matches it or, if it matches all others, does not.
        return self._others[0] ^ on, self._others[1] ^ stay

    def begin(self, tests: Iterable[int]) -> int:
        """Return the state in which some tests begin, and no others."""
        state = 0
        for test in tests:
            state |= self._starts[test]
        return self._closed(state)

    def _closed(self, state: int) -> int:
        state |= (state & self._many) << 1
        if not state & self._stars:
            return state
        for stars, rest, settled in self._settled:
            if state & stars:
                state = state & rest | settled
        return state

    def after(self, state: int, text: str) -> int:
        """Return the state after a text."""
        for letter in text:
            on, stay = self._moves(letter)
            state = self._closed((state & on) << 1 | state & stay)
        return state

    def answers(self, state: int) -> int:
        """Return the tests that a text in a state passes, with a bit for each."""
        return sum(1 << test for test, end in enumerate(self._ends) if state & end)

    def walk(
        self,
        start: int,
        grammar: Grammar,
        words: Collection[str],
        budget: Budget,
        anew: str = "",
    ) -> Iterator[tuple[Spell, int]]:
        """Yield the states that texts lead to, each with what spells its shortest text that is not one of some words.

        Args:
            start: The state in which a text begins.
            grammar: The texts that can exist.
            words: Texts to leave out, since each of them is tested by itself.
            budget: The work that the search may take.
            anew: A letter after which a word may begin again, so that texts that end in a word are left out, too.
        """
        steps, ends = _trie(words)
        choices = self._choices(grammar, frozenset("".join(words)))
        weight = 1 + len(self._settled) // 8 + self._places // 1024
        seen = {(start, 0, _ROOT)}
        line: list[_Place] = [(start, 0, _ROOT, -1, "")]
        for number, (state, where, node, _, _) in enumerate(line):
            if where in grammar.ends and node not in ends:
                yield partial(_spelt, line, number), state
            budget.spend(weight)
            for letter, on, stay, apart in choices:
                # A letter that nothing distinguishes from an earlier one in this state leads to the same state.
                if node == _OFF and apart >= 0 and not state & apart:
                    continue
                there = grammar.after(where, letter)
                if there is None:
                    continue
                budget.spend(weight)
                following = self._closed((state & on) << 1 | state & stay)
                child = _ROOT if letter == anew else steps.get((node, letter), _OFF)
                # Everything that follows a text that begins no word can also follow a text that begins one.
                if (following, there, _OFF) not in seen and (following, there, child) not in seen:
                    seen.add((following, there, child))
                    line.append((following, there, child, number, letter))

    def _choices(self, grammar: Grammar, named: frozenset[str]) -> list[tuple[str, int, int, int]]:
        """List letters, one for each kind that patterns, words or the grammar distinguish.

        Returns:
            For each letter the positions from which it leads on, those where it stays, and those where it differs from the
            first letter that is the same for the grammar; -1 for that one.
        """
        letters: Iterable[str] = dict.fromkeys(letter for step in grammar.steps for letter in step)
        if grammar.free:
            known = {*named, *self._letters}
            others = (letter for letter in chain(USUAL_LETTERS, map(chr, range(0x100, 0x3000))))
            letters = [next(letter for letter in others if letter not in known), *sorted(known)]
        firsts: dict[object, tuple[int, int]] = {}
        chosen: dict[object, tuple[str, int, int, int]] = {}
        for letter in letters:
            on, stay = self._moves(letter)
            kind = tuple(step.get(letter) for step in grammar.steps)
            if kind not in firsts:
                firsts[kind] = on, stay
                apart = -1
            else:
                apart = firsts[kind][0] ^ on | firsts[kind][1] ^ stay
            chosen.setdefault((kind, on, stay, letter if letter in named else ""), (letter, on, stay, apart))
        return list(chosen.values())


ANYTHING: Final = Token(frozenset(), others=True, many=True)

_ROOT, _OFF = 0, -1
"""The places of a text in words: before all letters, and where no word goes on."""
_Place: TypeAlias = tuple[int, int, int, int, str]
"""The state of the patterns and of the grammar, the place in words, the number of the place before, and the letter between."""


def _trie(words: Iterable[str]) -> tuple[Mapping[tuple[int, str], int], frozenset[int]]:
    """Return the places that letters lead to in words, and those at which a word ends.

    It is flat: dictionaries in one another, as deep as a word is long, overflow the stack of a browser's Python.
    """
    steps: dict[tuple[int, str], int] = {}
    ends: set[int] = set()
    for word in words:
        place = _ROOT
        for letter in word:
            place = steps.setdefault((place, letter), len(steps) + 1)
        ends.add(place)
    return steps, frozenset(ends)


def _spelt(line: Sequence[_Place], number: int) -> str:
    """Return the text that leads to a state."""
    letters: list[str] = []
    while number >= 0:
        number, letter = line[number][3:]
        letters.append(letter)
    return "".join(reversed(letters))
