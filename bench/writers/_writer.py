"""What each library is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bench.documents import Names


class Writer(NamedTuple):
    """The three steps from names to text.

    Attributes:
        who: The library, and how it is used.
        statements: Makes the statements of one copy of the example.
        document: Makes a document of statements.
        dump: Writes a document.
        differs: In what the text must differ from the example: the names of functions in ``same``.
    """

    who: str
    statements: Callable[[Names], list[Any]]
    document: Callable[[list[Any]], Any]
    dump: Callable[[Any], str]
    differs: tuple[str, ...] = ()

    def of(self, everybody: Iterable[Names]) -> Any:  # noqa: ANN401 - each library has its own
        """Build a document of some copies."""
        return self.document([statement for names in everybody for statement in self.statements(names)])
