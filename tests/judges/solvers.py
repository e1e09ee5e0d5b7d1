"""z3 and cvc5, asked in SMT-LIB whether a formula can be satisfied.

They are imported by their names, so that the types of the tests can be checked without them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Answer: TypeAlias = Literal["sat", "unsat", "unknown"]


def z3(formula: str, milliseconds: int) -> Answer:
    """Ask z3."""
    solver: Any = import_module("z3").Solver()
    solver.set("timeout", milliseconds)
    solver.from_string(formula)
    return _answer(str(solver.check()))


def cvc5(formula: str, milliseconds: int) -> Answer:
    """Ask cvc5."""
    library: Any = import_module("cvc5")
    solver = library.Solver(library.TermManager())
    solver.setOption("tlimit-per", str(milliseconds))
    solver.setOption("strings-exp", "true")
    parser = library.InputParser(solver)
    parser.setStringInput(library.InputLanguage.SMT_LIB_2_6, f"{formula}\n(check-sat)", "question")
    printed = ""
    while not (command := parser.nextCommand()).isNull():
        printed += command.invoke(solver, parser.getSymbolManager())
    return _answer(printed.strip())


def _answer(text: str) -> Answer:
    return "sat" if text == "sat" else "unsat" if text == "unsat" else "unknown"


SOLVERS: Final[Mapping[str, Callable[[str, int], Answer]]] = {"z3": z3, "cvc5": cvc5}
