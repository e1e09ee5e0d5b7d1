"""Parts of a document that tell all about some of its findings, where not everything is known of the whole.

A document may have too many fillings, or a statement that is not known. Its parts have fewer placeholders, all of whose
values are combined. Nothing is lost, since the other statements make no difference:

- Most rules are about one statement alone, with the version of the document and the account of the key.
- Who can put a policy again follows from the statements about ``kms:PutKeyPolicy``.
- Whether strangers are let in by a statement follows from it, from what is denied, and from conditions by which callers are
  known. Names of principals make no stranger known: there are always accounts that no statement names.
- The partition of a document is that of its first statement that tells one.

Some rules find more in more statements, and never less: those about redundant statements, repeated Sids and the size. What
they find in a part for all values is told.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs

from kmspolicy._check._check import ALL, OF_OTHERS, OF_PUTTING, OF_STRANGERS, check_text
from kmspolicy._check._lockout import PUT
from kmspolicy._check._reach import lets_everyone_in
from kmspolicy._normal._rules import EVERYONE, rule_of
from kmspolicy._partial._fill import NOTHING, needed, policy_of, with_kinds
from kmspolicy._partial._fillings import OF_THE_KEY, Fillings, TooManyError, UnsolvedError
from kmspolicy._partial._kinds import kinds_of, written
from kmspolicy._partial._tree import Absent, Choice, Items, Members, Text, Unresolved
from kmspolicy._prove._budget import ExhaustedError
from kmspolicy.errors import PolicyDocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from kmspolicy._check._finding import Finding, FindingCode
    from kmspolicy._document import Policy, Principal
    from kmspolicy._evaluate import Caller
    from kmspolicy._normal._rules import Rule
    from kmspolicy._partial._tree import Node


class Part(NamedTuple):
    """Some statements of a document.

    Attributes:
        tree: A document of these statements.
        codes: The findings that it tells.
        about: The numbers of the statements about which it does so; -1 stands for the document as a whole.
        denied_by: Statements that are not known, and may deny what is found.
    """

    tree: Node
    codes: frozenset[FindingCode]
    about: set[int]
    denied_by: tuple[str, ...] = ()

    def tells(self, finding: Finding) -> bool:
        """Return whether other statements make no difference to a finding."""
        return finding.code in self.codes and statement_of(finding) in self.about

    def check(
        self,
        policy: Policy,
        *,
        caller: str | Principal | Caller | None = None,
        account: str | None = None,
        key_arn: str | None = None,
    ) -> tuple[Finding, ...]:
        """Return what is found in a policy that the part may be."""
        return check_text(
            policy, policy.to_json(), caller=caller, account=account, key_arn=key_arn, codes=self.codes
        )


def statement_of(finding: Finding) -> int:
    """Return the number of the statement that a finding is about; -1 if it is about the whole document."""
    return next((step for step in finding.steps if isinstance(step, int)), -1)


def parts_of(tree: Node) -> list[Part]:
    """Return the parts of a document, or of one that something unknown may replace; none of what has no list of statements."""
    told = with_kinds(tree, kinds_of(tree))
    if isinstance(told, Choice) and isinstance(told.otherwise, Unresolved):
        return [one._replace(tree=attrs.evolve(told, then=one.tree)) for one in parts_of(told.then)]
    return [part for listing in _listings(told) for part in _Parts(listing)]


def each_statement(tree: Node) -> Iterator[tuple[int | None, Node]]:
    """Yield the number of each statement and a document of it alone; of what has no list of statements, all of it."""
    listing = next(_listings(tree), None)
    if listing is None:
        yield None, tree
        return
    for number in range(len(listing.statements.nodes)):
        yield number, listing.of({number})


class _Listing(NamedTuple):
    """A document with a list of statements.

    Attributes:
        tree: It.
        at: The number of its member that is the list.
        statements: The list.
    """

    tree: Members
    at: int
    statements: Items

    def of(self, numbers: Collection[int]) -> Node:
        """Return the document with some of its statements; they keep their places."""
        nodes = enumerate(self.statements.nodes)
        some = attrs.evolve(
            self.statements, nodes=tuple(node if number in numbers else Absent() for number, node in nodes)
        )
        pairs = list(self.tree.pairs)
        pairs[self.at] = (pairs[self.at][0], some)
        return attrs.evolve(self.tree, pairs=tuple(pairs))


def _listings(tree: Node) -> Iterator[_Listing]:
    """Yield a document with its list of statements, if it has one."""
    for at, (name, value) in enumerate(tree.pairs if isinstance(tree, Members) else ()):
        if isinstance(tree, Members) and isinstance(value, Items) and written(name) == "Statement":
            yield _Listing(tree, at, value)
            return


class _Parts:
    """The parts of a document with a list of statements."""

    def __init__(self, listing: _Listing) -> None:
        """Look at each statement alone."""
        self._of = listing.of
        statements = listing.statements
        self._numbers = range(len(statements.nodes))
        self._names = [{one.name for one in needed(node, NOTHING)} for node in statements.nodes]
        alone = [_alone(self._of({number})) for number in self._numbers]
        self._rules = [rules for rules, _ in alone]
        self._unknown = {number: names for number, (_, names) in enumerate(alone) if names}
        self._about_strangers = [
            _about_strangers(node) if rules is None else rules
            for node, rules in zip(statements.nodes, self._rules, strict=True)
        ]

    def __iter__(self) -> Iterator[Part]:
        """Go through the parts, those that take the least work first."""
        known = self._with_all(set())
        yield self._part(known, _OF_STATEMENTS, {-1, *known})
        for number in self._numbers:
            if number not in known:
                yield self._part(self._with_first({number}), _OF_STATEMENTS, {number})
        of_putting = _where(self._rules, lambda rule: rule.is_about(PUT))
        yield self._part(self._with_all({*of_putting}), OF_PUTTING, {-1})
        limits = self._known(_where(self._about_strangers, _is_a_limit))
        denied_by = tuple(dict.fromkeys(chain.from_iterable(self._unknown.values())))
        by_statements: dict[frozenset[int], set[int]] = {}
        for number in self._known(_where(self._about_strangers, lets_everyone_in)):
            by_statements.setdefault(frozenset(self._with_first({number, *limits})), set()).add(number)
        for there, about in by_statements.items():
            yield self._part(there, OF_STRANGERS, about)._replace(denied_by=denied_by)
        yield self._part(known, OF_OTHERS, known)

    def _known(self, numbers: Iterable[int]) -> set[int]:
        """Return the statements that are known for some values, among others."""
        return {number for number in numbers if number not in self._unknown}

    def _part(self, there: Collection[int], codes: frozenset[FindingCode], about: set[int]) -> Part:
        return Part(self._of(there), codes if self._has_partition(there) else codes - _OF_PARTITIONS, about)

    def _has_partition(self, numbers: Collection[int]) -> bool:
        """Return whether the partition of the document is always told by the first of its statements, and this is there."""
        rules = self._rules[0] if 0 in numbers else None
        return rules is not None and all(
            rule is not None and any(name.partition for name in rule.names) for rule in rules
        )

    def _with_all(self, numbers: set[int]) -> set[int]:
        """Return the numbers of statements and of all those that have no placeholders but theirs, which cost no fillings."""
        names = _OF_MOST.union(*(self._names[number] for number in numbers))
        return numbers | {number for number in self._numbers if self._names[number] <= names}

    def _with_first(self, numbers: set[int]) -> set[int]:
        """Return the numbers of statements and of the first one, which tells the partition, if it costs no fillings."""
        return numbers | (self._with_all(numbers) & {0})


def _alone(tree: Node) -> tuple[list[Rule | None] | None, tuple[str, ...]]:
    """Look at a document of one statement.

    Returns:
        What the statement may be, None for no statement, or None if that is not known; and what is not known of it for any
        values.
    """
    try:
        fillings = list(Fillings([tree]))
        documents = [policy_of(one.documents[0]) for one in fillings if one.documents is not None]
    except (TooManyError, UnsolvedError, ExhaustedError, PolicyDocumentError):
        return None, ()
    if not documents:
        return None, tuple(dict.fromkeys(one.name for filling in fillings for one in filling.unresolved))
    if len(documents) < len(fillings):
        return None, ()
    found = [one.statements for one in documents]
    return [rule_of(statements[0]) if statements else None for statements in found], ()


def _where(rules: Iterable[list[Rule | None] | None], holds: Callable[[Rule], bool]) -> list[int]:
    """Return the numbers of the statements for which something may hold."""
    return [
        number
        for number, some in enumerate(rules)
        if some is None or any(rule is not None and holds(rule) for rule in some)
    ]


def _is_a_limit(rule: Rule) -> bool:
    """Return whether a statement may deny something to strangers, or has a condition by which callers are known."""
    everyone = rule.statement.not_principal is not None or EVERYONE in rule.marks
    denies = rule.denies and (everyone or any(name.type != "AWS" for name in rule.names))
    return denies or any(clause.facts is not None and clause.facts.limits_callers for clause in rule.clauses)


def _about_strangers(statement: Node) -> list[Rule | None] | None:
    """Return what each piece of a statement may be that tells whether strangers are let in, or denied something; None if one is not known.

    A statement that has too many values has none too many in most of its pieces: an effect with one principal, or with one operator.
    """
    found: list[Rule | None] = []
    for piece in _pieces(statement):
        rules, _ = _alone(Members(((_STATEMENT, Items((piece,))),)))
        if rules is None:
            return None
        found += rules
    return found


def _pieces(statement: Node) -> Iterator[Node]:
    """Yield the effect of a statement with each of its principals, and with each operator of its conditions."""
    match statement:
        case Choice(_, then, otherwise):
            yield from _pieces(then)
            yield from _pieces(otherwise)
        case Members(pairs):
            effect = [pair for pair in pairs if written(pair[0]) == "Effect"]
            for name, value in pairs:
                for one in _each(value) if written(name) in _ABOUT_CALLERS else ():
                    yield Members((*effect, (name, one)))
        case _:
            yield statement


def _each(element: Node) -> Iterator[Node]:
    """Yield each name of a principal alone, or each operator of a condition."""
    if not isinstance(element, Members):
        yield element
        return
    for name, value in element.pairs:
        for one in value.nodes if isinstance(value, Items) else (value,):
            yield Members(((name, one),))


_ABOUT_CALLERS: Final = ("Principal", "NotPrincipal", "Condition")
_STATEMENT: Final = Text(("Statement",))
_OF_MOST: Final = frozenset({OF_THE_KEY, "AWS::Partition"})
"""The placeholders of most statements."""
_OF_PARTITIONS: Final[frozenset[FindingCode]] = frozenset({"MIXED_PARTITIONS"})
_OF_STATEMENTS: Final[frozenset[FindingCode]] = (
    ALL - OF_PUTTING - OF_STRANGERS - OF_OTHERS - {"MISSING_STATEMENT"}
)
"""Findings about single statements; and those about the whole that a part of it has as well."""
