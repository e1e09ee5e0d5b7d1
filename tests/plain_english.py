"""Plain English: fails on phrases that are hard to read in another first language, and says what to write instead.

    python tests/plain_english.py

The lint session runs it. Add a row when a review finds another phrase.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
FILES: Final = (
    "*.md",
    "noxfile.py",
    "pyproject.toml",
    "bench/**/*.py",
    "docs/*.md",
    "docs/*.py",
    "docs/*/*.md",
    "examples/*.py",
    "fuzz/*.py",
    "src/**/*.py",
    "tests/**/*.py",
)

PHRASES: Final = {
    r"so that nothing (was|is) sent": "; nothing was sent",
    r"(?<!there\s)(is|are) no (?!longer|more|such|new|for)[a-z]+": "is not a ...",
    r"ha(s|ve) not (one|got)": "does not have, must have exactly one",
    r"a list of one is none": "say what is expected",
    r"save (that|for|in|when)|, save [\w`]+": "except",
    r"heal(s|ed|ing)?": "is transient",
    r"(be|is|are) repeated|repeats (of|included|are)|own repeats": "retry, retries",
    r"case and all": "case-sensitively",
    r"in the manner of": "like",
    r"whatever else": "regardless of",
    r"of whatever": "of any",
    r"in whatever": "in any",
    r"nobody knows": "it is not known",
    r"(for sure|in vain|lest|over there|dear to)": "certainly, without effect, otherwise, there, slow to",
    r"is (for )?(it|them|others) to say": "decides",
    r"what is not so": "say what is wrong",
    r"by which people": "people ... by",
    r"ha(s|ve) not to": "does not have to",
    r"(room|house|door|crew)s?": "module, package, __init__, workers, space",
    r'"""(tell|say)s? whether': "return whether",
}
VALUES: Final = re.compile(r"(Hold|Say|Describe|Is|Tell|Stand|Compare|Take|Keep|Name|Turn|Read|Make)s?\b")
"""How the docstring of a class must not begin: it is a noun, "The result of a check.", not what it does."""


def phrases(text: str) -> Iterator[tuple[int, str, str]]:
    """Find each phrase in a text: the offset, the words, and what to write instead."""
    for phrase, instead in PHRASES.items():
        words = phrase.replace(" ", r"[\s#]+")  # also over the end of a line, and of a comment
        for match in re.finditer(rf"(?<!\w)(?:{words})\b", text, re.IGNORECASE):
            yield match.start(), " ".join(match.group().split()), instead


def values(text: str) -> Iterator[tuple[int, str, str]]:
    """Find each class of a module whose docstring does not begin with a noun."""
    for node in ast.walk(ast.parse(text)):
        docstring = ast.get_docstring(node) if isinstance(node, ast.ClassDef) else None
        if docstring is not None and VALUES.match(docstring):
            yield text.index(docstring.partition("\n")[0]), docstring.split()[0], "a noun first"


def main() -> int:
    """Print what was found, and return whether there was anything."""
    found = 0
    for path in sorted(path for pattern in FILES for path in ROOT.glob(pattern)):
        if path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8")
        hits = [*phrases(text), *(values(text) if path.suffix == ".py" else ())]
        for offset, words, instead in sorted(hits):
            line = text.count("\n", 0, offset) + 1
            sys.stdout.write(f"{path.relative_to(ROOT)}:{line}: {words!r}: write {instead!r}\n")
        found += len(hits)
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main())
