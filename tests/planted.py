"""Wrong versions of the proofs, each of which some test must catch: ``python tests/planted.py``.

Each is made by exchanging a text in a copy of the source; the tests of proofs run on the copy and must fail. A text that is no longer
there is a fault of this list.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parent.parent
TESTS: Final = ("tests/test_prove.py", "tests/property/test_prove.py")


class Fault(NamedTuple):
    """A wrong version: a module of ``_prove``, a text in it, and what takes its place."""

    name: str
    module: str
    right: str
    wrong: str


FAULTS: Final = (
    Fault("a wildcard crosses a colon", "_texts", 'like(part, but=":")', "like(part)"),
    Fault("a name goes on behind a slash", "_callers", '(ANYTHING, Token(frozenset("/")), *within)', "within"),
    Fault("a wildcard in a name crosses a slash", "_callers", 'letters=token.letters | {"/"}', "letters=token.letters"),
    Fault("a star is one letter at least", "_texts", "state |= (state & self._many) << 1", "pass"),
    Fault("a star that settles a test settles none", "_texts", "state = state & rest | settled", "state = state & rest"),
    Fault("the Kelvin sign is not a k", "_texts", '{"k": "\\u212a", ', "{"),
    Fault("other letters have one case", "_texts", '(upper if upper.lower() == letter else "")', '""'),
    Fault("letters without a case are refused", "_texts", "raise UnsettledCaseError", "pass"),
    Fault("words are not left out", "_texts", "where in grammar.ends and node not in ends", "where in grammar.ends"),
    Fault("words begin once", "_texts", "_ROOT if letter == anew else steps", "steps"),
    Fault("letters that differ are skipped", "_texts", "and apart >= 0 and not state & apart", "and apart >= 0"),
    Fault("true is 1", "_keys", "tuple((type(value), text_of(value)) for value in self.values)", "self.values"),
    Fault("0.0 is -0.0", "_keys", "(type(value), text_of(value))", "(type(value), value)"),
    Fault("an empty text stands for others", "_keys", "found[kind] = found.get(kind) or word", "found.setdefault(kind, word)"),
    Fault("an empty text is as others", "_keys", ' if value != ""\n', "\n"),
    Fault("all values pass what one does", "_keys", "if test.parsed.of_every_value)", "if False)"),
    Fault("a key has one value", "_keys", "if several else", "if False else"),
    Fault("texts have nothing to do with numbers", "_keys", "if len(scales) > 1:", "if False:"),
    Fault("absent is as present", "_keys", "return [Point((), _passed(tests, ()), is_usual=True), *reversed", "return [*reversed"),
    Fault("nothing between two numbers", "_scales", "parts += _between(low, high)", "pass"),
    Fault("nothing beyond the last number", "_scales", "last + 1, last + 1 + abs(last)", "last"),
    Fault("no year is a number", "_scales", "texts += [", "[] + ["),
    Fault("an end is within", "_scales", "int(network[-1]) + 1}", "int(network[-1])}"),
    Fault("no IPv6", "_scales", ', (ip_network("::/0"), IPv6Address)', ""),
    Fault("no fresh account", "_callers", 'for one, _ in self._fresh(walk, known, "999999999999"):', "for one, _ in ():"),
    Fault("no other session", "_callers", '[*sessions, *(text for text, _ in self._fresh(walk, sessions, "session"))]', "sessions"),
    Fault("a path is as the policy has it", "_callers", "yield _Rest(path, name, not some, settled)", "pass"),
    Fault("no paths with colons", "_callers", "walk.grammars if walk.start else walk.grammars[:1]", "walk.grammars[:1]"),
    Fault("a service has no class", "_callers", "[*found, *search.services()]", "found"),
    Fault("unknown names are nobody's", "_population", "found += _somebody(found, names, about.values())", "pass"),
    Fault("one partition", "_population", "found = [*(named or fitting), *([given] if given else [])]", 'found = ["aws"]'),
    Fault("unsettled callers come first", "_population", "found.sort(key=lambda caller: (not caller.is_settled, not caller.is_usual))", "found.reverse()"),
    Fault("no action is unknown", "_actions", "others = [_PREFIX + word for word in (*unknown", "others = [_PREFIX + word for word in () and (*unknown"),
    Fault("actions are told apart by less", "_grid", "*(rule.is_about(name) for rule in about.values()),", ""),
    Fault("variables are texts", "_clauses", "if keys and not (clause.folded in OF_CALLERS", "if not keys and not (clause.folded in OF_CALLERS"),
    Fault("what cannot be read matches nothing", "_clauses", "if is_readable and (", "if True or ("),
    Fault("a pattern that is not an ARN matches no text", "_clauses", "or [_PRESENT]", "or []"),
    Fault("no key has the ARN of a Resource", "_requests", "all(name_key([resource], one) is True for resource in named)", "False"),
    Fault("another Resource may name the key as well", "_requests", "name_key(others, one) is False", "True"),
    Fault("a key that one Resource names no other names", "_grid", "if covers(other, name):", "if True:"),
    Fault("no key has two names", "_grid", "and not meets(name, other)", ""),
    Fault("a variable beside a value loses it", "_clauses", "return [(asked,), *(", "return [*("),
    Fault("denials do not matter before", "_question", "for denied in undenied:", "for denied in ():"),
    Fault("denials do not matter after", "_question", "out = [*more.denied, *grid.indifferent]", "out = [*grid.indifferent]"),
    Fault("a cover that meets is enough", "_boxes", "if not meeting:", "if not meeting or True:"),
    Fault("the rest of a part is dropped", "_boxes", "points & ~cover[dimension]", "points & cover[dimension]"),
    Fault("left over is what is covered", "_boxes", "if _overlap(part, cover)]", "if not _overlap(part, cover)]"),
    Fault("whatever is left over is a witness", "_proofs", "if above else None", ""),
    Fault("a limit on callers limits nobody", "_known", "or not facts.limits_callers", "or facts.limits_callers"),
    Fault("half the world is known", "_known", " if is_fixed(clause, value)]", "]"),
)  # fmt: skip


def is_caught(fault: Fault, folder: Path) -> bool:
    """Return whether a test fails on a wrong version, made in a folder."""
    source = folder / "src"
    shutil.copytree(ROOT / "src", source, dirs_exist_ok=True)
    module = source / "kmspolicy" / "_prove" / f"{fault.module}.py"
    text = module.read_text(encoding="utf-8")
    if fault.right not in text:
        raise SystemExit(f"{fault.name}: {fault.module}.py has no {fault.right!r}")
    module.write_text(text.replace(fault.right, fault.wrong), encoding="utf-8")
    run = subprocess.run(  # noqa: S603 - our own tests
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:randomly", "-p", "no:cacheprovider", *TESTS],
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return run.returncode == 1


def main() -> int:
    """Plant each fault, and say which are not caught; the arguments choose those whose names hold one of them."""
    missed: list[str] = []
    for fault in FAULTS:
        if sys.argv[1:] and not any(word in fault.name for word in sys.argv[1:]):
            continue
        with tempfile.TemporaryDirectory() as folder:
            caught = is_caught(fault, Path(folder))
        print(f"{'caught' if caught else 'MISSED'}: {fault.name}", flush=True)  # noqa: T201 - a script prints
        missed += [] if caught else [fault.name]
    print(f"{len(missed)} missed")  # noqa: T201 - the same
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
