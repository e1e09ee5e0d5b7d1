"""Terms of SMT-LIB, which z3 and cvc5 both read: https://smt-lib.org/theories-UnicodeStrings.shtml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

TRUE: Final = "true"
FALSE: Final = "false"


def every(terms: Iterable[str]) -> str:
    """Say that all terms hold."""
    return _joined("and", FALSE, TRUE, terms)


def some(terms: Iterable[str]) -> str:
    """Say that a term holds."""
    return _joined("or", TRUE, FALSE, terms)


def _joined(name: str, decides: str, nothing: str, terms: Iterable[str]) -> str:
    left = [term for term in dict.fromkeys(terms) if term != nothing]
    if decides in left:
        return decides
    return f"({name} {' '.join(left)})" if len(left) > 1 else next(iter(left), nothing)


def no(term: str) -> str:
    """Say that a term does not hold."""
    return {TRUE: FALSE, FALSE: TRUE}.get(term, f"(not {term})")


def same(one: str, other: str) -> str:
    """Say that two terms have the same value."""
    return f"(= {one} {other})"


def quoted(text: str) -> str:
    """Write a text as a literal."""
    letters = (
        letter if " " <= letter <= "~" and letter not in '"\\' else f"\\u{{{ord(letter):x}}}"
        for letter in text
    )
    return f'"{"".join(letters)}"'


# --- regular expressions -----------------------------------------------------------------------------

ANY_LETTER: Final = "re.allchar"
NO_COLON: Final = '(re.union (re.range "\\u{0}" "9") (re.range ";" "\\u{2ffff}"))'


def one_of(*ranges: str) -> str:
    """Return one letter of some ranges: ``"az"``, or ``"--"`` for a single one."""
    return _union(f"(re.range {quoted(ends[0])} {quoted(ends[1])})" for ends in ranges)


def _union(expressions: Iterable[str]) -> str:
    found = list(expressions)
    return f"(re.union {' '.join(found)})" if len(found) > 1 else found[0]


def many(expression: str) -> str:
    """Return any number of something."""
    return f"(re.* {expression})"


def row(expressions: Iterable[str]) -> str:
    """Return what stands one behind the other."""
    found = list(expressions)
    return f"(re.++ {' '.join(found)})" if len(found) > 1 else next(iter(found), '(str.to_re "")')


def pattern(text: str, letter: str = ANY_LETTER) -> list[str]:
    """Return what a pattern with wildcards is made of.

    Args:
        text: The pattern.
        letter: What a wildcard stands for.
    """
    wildcards = {"*": many(letter), "?": letter}
    return [wildcards.get(one) or f"(str.to_re {quoted(one)})" for one in text]


def arn_pattern(text: str) -> list[str]:
    """Return what a pattern of ARNs is made of: in its first five parts, a wildcard stands for no colon."""
    *parts, last = text.split(":", 5)
    return [term for part in parts for term in (*pattern(part, NO_COLON), '(str.to_re ":")')] + pattern(last)


def in_any_case(text: str) -> list[str]:
    """Return what the texts are made of that differ from a text in the case of their letters; a ``k`` may be Kelvin's."""
    return [_union(f"(str.to_re {quoted(case)})" for case in _cases(letter)) for letter in text]


def _cases(letter: str) -> list[str]:
    return sorted({letter.lower(), letter.upper(), "\u212a" if letter in "kK" else letter})


def matches(value: str, expressions: Iterable[str]) -> str:
    """Say that a text is made of regular expressions."""
    return f"(str.in_re {value} {row(expressions)})"
