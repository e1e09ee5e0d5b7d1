"""Differences between policies, and who gains or loses access."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, final

import attrs

from kmspolicy._diff._documents import document_diff
from kmspolicy._evaluate._access import ALWAYS, Given, actions_of, principals_of, tabulate
from kmspolicy._evaluate._request import the_key
from kmspolicy._normal._clauses import clauses_of, implies
from kmspolicy._normal._rules import rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kmspolicy._diff._documents import Change, DocumentDiff, Pair
    from kmspolicy._document import Condition, Policy, Statement
    from kmspolicy._evaluate._access import AccessTable, Cell, Subject
    from kmspolicy._language._key_arns import Key
    from kmspolicy._normal._clauses import Clause
    from kmspolicy._normal._rules import Rules


@final
class AccessChange(NamedTuple):
    """A change of a principal's access, the same for several actions.

    Attributes:
        principal: The kind and the name of the principal, as the access table has them.
        actions: The actions.
        before: What the older policy gives.
        after: What the newer policy gives.
        every: All actions that were compared.
    """

    principal: Subject
    actions: tuple[str, ...]
    before: Cell
    after: Cell
    every: tuple[str, ...]

    def __str__(self) -> str:
        """Return it on one line, as in a printed difference."""
        from kmspolicy._render._diff import access_as_text  # noqa: PLC0415 - most are not drawn

        return access_as_text(self)


@final
@attrs.frozen(slots=False)  # cached_property needs a __dict__
class Diff:
    """The difference between two policies; false where they are the same document.

    ``print(diff)`` shows it like a unified diff. Who gains and who loses access is worked out when it is first asked for.

    Attributes:
        before: The older policy.
        after: The newer one.
        document: The difference between the two as documents.
        account: The account of the key; None if it is not known.
        key_arn: The ARN of the key; None if it is not known.
        partition: The partition of the key.
    """

    before: Policy = attrs.field(repr=False)
    after: Policy = attrs.field(repr=False)
    document: DocumentDiff
    account: str | None
    key_arn: str | None
    partition: str

    @property
    def added(self) -> tuple[Statement, ...]:
        """The statements that are new."""
        return self.document.added

    @property
    def removed(self) -> tuple[Statement, ...]:
        """The statements that are gone."""
        return self.document.removed

    @property
    def changed(self) -> tuple[Pair, ...]:
        """The statements that changed, down to what was taken out and put in."""
        return self.document.changed

    @property
    def version(self) -> Change | None:
        """The change of the Version, where it changes the meaning; None for none."""
        return self.document.version

    @property
    def labels(self) -> tuple[Change, ...]:
        """Changes of Sid and Id alone, which mean nothing to KMS, but by which people and the console find statements."""
        return self.document.labels

    @property
    def gained(self) -> tuple[AccessChange, ...]:
        """The access that the newer policy gives and the older did not."""
        return self._access[0]

    @property
    def lost(self) -> tuple[AccessChange, ...]:
        """The access that the older policy gave and the newer does not."""
        return self._access[1]

    @cached_property
    def _access(self) -> tuple[tuple[AccessChange, ...], tuple[AccessChange, ...]]:
        if not (self.added or self.removed or self.changed or self.version):
            return (), ()
        key = the_key(self.account, self.key_arn)
        return _access(rules_of(self.before), rules_of(self.after), key, self.partition)

    def __bool__(self) -> bool:
        """Return whether the documents differ, be it in labels alone."""
        return bool(self.document)

    def __str__(self) -> str:
        """Return the difference as text for a terminal."""
        from kmspolicy._render._diff import as_text  # noqa: PLC0415 - most differences are not drawn

        return as_text(self)


def diff(
    a: Policy,
    b: Policy,
    *,
    account: str | None = None,
    key_arn: str | None = None,
    partition: str = "aws",
) -> Diff:
    """Return the difference between two policies.

    Statements that mean the same are left aside, wherever they stand. Of the others those with the same Sid belong
    together, if no other has it, then those that are most alike; what belongs to nothing was added or removed.

    Args:
        a: The older policy.
        b: The newer one.
        account: The id of the account that the key is in; None if it is not known. Where it is known, what does not work
            across accounts is neither gained nor lost by principals of other accounts.
        key_arn: The ARN of the key; None if it is not known. It tells the account, too.
        partition: The partition of the key, as for :func:`kmspolicy.equivalent`.

    Returns:
        The differences; false only where the policies are equivalent and their labels agree.
    """
    key = the_key(account, key_arn)
    return Diff(a, b, document_diff(a, b, partition), key.account, key.arn, partition)


# --- who gains and loses access --------------------------------------------------------------------


def _access(
    one: Rules, other: Rules, key: Key, partition: str
) -> tuple[tuple[AccessChange, ...], tuple[AccessChange, ...]]:
    """Compare the access tables of two policies."""
    names = (*principals_of(one), *principals_of(other))
    actions = tuple(dict.fromkeys((*actions_of(one), *actions_of(other))))
    before, after = (
        tabulate(Given(one, key), names, actions, partition),
        tabulate(Given(other, key), names, actions, partition),
    )
    more = _More(_Implied(same_version=one.variables == other.variables))
    listed = [
        AccessChange(principal, tuple(those), *cells, actions)
        for number, principal in enumerate(before.principals)
        for cells, those in _cells(before, after, number)
    ]
    return (
        tuple(change for change in listed if more.is_given(change.after, change.before)),
        tuple(change for change in listed if more.is_given(change.before, change.after)),
    )


def _cells(
    before: AccessTable, after: AccessTable, number: int
) -> Iterable[tuple[tuple[Cell, Cell], list[str]]]:
    """Group the actions of one principal by what its cells were and are; in a table, what is the same is one object."""
    cells: dict[tuple[int, int], tuple[tuple[Cell, Cell], list[str]]] = {}
    for action, old, new in zip(before.actions, before.cells, after.cells, strict=True):
        pair = old[number], new[number]
        cells.setdefault((id(pair[0]), id(pair[1])), (pair, []))[1].append(action)
    return cells.values()


class _More:
    """Whether a cell gives access that another one does not; asked once for each two."""

    def __init__(self, implied: _Implied) -> None:
        self._implied = implied
        self._known: dict[tuple[int, int], bool] = {}

    def is_given(self, cell: Cell, other: Cell) -> bool:
        """Return whether the cell gives access that the other one does not."""
        pair = id(cell), id(other)
        if pair not in self._known:
            self._known[pair] = self._compare(cell, other)
        return self._known[pair]

    def _compare(self, cell: Cell, other: Cell) -> bool:
        if cell.denied == ALWAYS or not (cell.allowed or cell.delegated):
            return False
        within = self._implied.within
        return (
            not within(cell.allowed, other.allowed)
            or not (other.allowed == ALWAYS or within(cell.delegated, other.delegated))
            or not within(other.denied, cell.denied)
        )


class _Implied:
    """The implications between conditions, each condition parsed once."""

    def __init__(self, *, same_version: bool) -> None:
        self._same_version = same_version
        self._clauses: dict[int, tuple[Condition, tuple[Clause, ...]]] = {}
        self._known: dict[tuple[int, int], bool] = {}

    def within(self, ways: Sequence[Condition], others: Sequence[Condition]) -> bool:
        """Return whether each of these conditions implies one of the others."""
        return all(any(self._implies(way, other) for other in others) for way in ways)

    def _implies(self, condition: Condition, other: Condition) -> bool:
        pair = id(condition), id(other)
        if pair not in self._known:
            clauses, others = self._of(condition), self._of(other)
            # Across versions, variables do not mean the same.
            comparable = self._same_version or not any(clause.has_variables for clause in others)
            self._known[pair] = comparable and implies(clauses, others)
        return self._known[pair]

    def _of(self, condition: Condition) -> tuple[Clause, ...]:
        """Return the parts of a condition; keep the condition, so that its id is not reused."""
        if id(condition) not in self._clauses:
            self._clauses[id(condition)] = condition, clauses_of(condition)
        return self._clauses[id(condition)][1]
