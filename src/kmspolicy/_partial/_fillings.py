"""The values that placeholders may have: one for each way in which they can make a difference."""

from __future__ import annotations

from itertools import chain, islice, product
from typing import TYPE_CHECKING, Final, NamedTuple

from kmspolicy._language._principals import name_of
from kmspolicy._partial._alike import MAY_BE_THE_SAME, Alike
from kmspolicy._partial._fill import NOTHING, Filled, Given, answer, fill, needed, steps_to, text_of
from kmspolicy._partial._kinds import FIRST, comparisons, digits_in, kinds_of, tests_of, uses, value_in
from kmspolicy._partial._stand_ins import StandIns
from kmspolicy._partial._tree import Equals, Open, Placeholder, Text, Unresolved
from kmspolicy._prove._budget import budget_of_call

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kmspolicy._partial._tree import Node, PlaceholderKind
    from kmspolicy._path import Steps

OF_THE_KEY: Final = "AWS::AccountId"
"""The account of the stack, which a key is in."""
MOST: Final = 64
"""The fillings that are looked at; with more, the answer is not known."""
_MOST_VISITED: Final = 1024
"""The fillings that are made, of which many may be the same documents, or not be looked at."""
_MOST_SOLVED: Final = 256
"""The values of all placeholders together after which no others are looked for with which texts are the same."""
_CHARACTERS_IN_A_STEP: Final = 2
"""The characters of documents that are made in a step of a budget."""


class TooManyError(Exception):
    """More fillings than are looked at; internal."""


class UnsolvedError(Exception):
    """Tests of choices for which no values are found with which they hold, or do not hold; internal."""


class Filling(NamedTuple):
    """The documents that some values make.

    Attributes:
        picks: Which of its values each placeholder and each open condition has, by their names.
        given: These values.
        documents: The documents; None if something cannot be known, whatever the values.
        unresolved: What cannot be known.
        size: How many characters the documents have.
    """

    picks: Mapping[str, int]
    given: Given
    documents: tuple[Filled, ...] | None
    unresolved: tuple[Unresolved, ...]
    size: int = 0


class Fillings:
    """The fillings of documents that belong together: a name stands for one text in all of them.

    Attributes:
        used: All texts of the documents.
        kinds: What their placeholders stand for, by their names.
        names: The placeholders and the open conditions.
        stand_ins: What stands for them.
        tokens: What is shown for the texts that stand for placeholders.
    """

    def __init__(
        self,
        trees: Sequence[Node],
        account: str | None = None,
        *,
        others: Iterable[Node] = (),
        apart: bool = False,
    ) -> None:
        """Look at documents.

        Args:
            trees: The documents.
            account: The account of the key; None if it is not known.
            others: Documents without placeholders, with which these are compared.
            apart: Whether users and roles with different names, to which something is allowed, are taken to be different.
        """
        self._trees = trees
        self.used = (
            *chain.from_iterable(map(uses, trees)),
            *(use._replace(is_told=True) for use in chain.from_iterable(map(uses, others))),
        )
        self._allowed = [
            use for use in self.used if apart and use.names[1:] == _AWS and use.effect == "Allow"
        ]
        missing = [one for tree in trees for one in needed(tree, NOTHING)]
        placeholders = {one.name: one for one in missing if isinstance(one, Placeholder)}
        self._account_of = {one.name: one.account for one in placeholders.values() if one.account is not None}
        placeholders |= {one.name: one for one in self._account_of.values() if isinstance(one, Placeholder)}
        told: dict[str, PlaceholderKind] = {one.name: one.kind or "text" for one in placeholders.values()}
        for name, kind in chain.from_iterable(kinds_of(tree).items() for tree in trees):
            if name in told and FIRST.index(kind) < FIRST.index(told[name]):
                told[name] = kind
        self.kinds = told
        self.stand_ins = StandIns(self.used, told)
        self._accounts = tuple(dict.fromkeys([*([account] if account else ()), *self.stand_ins.accounts]))
        self._placeholders = sorted(placeholders.values(), key=lambda one: FIRST.index(told[one.name]))
        self._conditions = tuple(dict.fromkeys(one.name for one in missing if isinstance(one, Open)))
        self.names = (*placeholders, *self._conditions)
        self.tokens = {
            word: str(one) for one in self._placeholders for word in self.stand_ins.words(one.name)
        }
        usual = {one.name: self.stand_ins.of(one)[0] for one in self._placeholders}
        self._usual = Given(usual, {})
        self._alike = Alike(self.used, self._usual, told, self._accounts, apart=apart)
        tests = tuple(dict.fromkeys(chain.from_iterable(map(tests_of, trees))))
        each = dict.fromkeys(chain.from_iterable(map(comparisons, tests)))
        self._sides = [side for one in each for side in ((one.left, one.right), (one.right, one.left))]
        self._hard = [test for test in tests if any(map(_is_hard, comparisons(test)))]
        self._any_value = {
            one.name for one in self._placeholders if not one.allowed and len(self._all_of(one)) == 1
        }
        self._solved = self._solutions()
        self._completed: dict[tuple[str, str], int] = {}
        compared = {text_of(side, NOTHING) for side, _ in self._sides}
        listed = chain.from_iterable(one.allowed for one in placeholders.values())
        solved = chain.from_iterable(self._solved.values())
        self._told = {*compared, *listed, *solved} - {None, *usual.values()}

    def __iter__(self) -> Iterator[Filling]:
        """Go through the fillings that make different documents, the most usual first.

        Raises:
            TooManyError: if there are too many.
            UnsolvedError: if there are others that are not found.
            ExhaustedError: if this takes more work than a public call may take.
        """
        candidates = [(one.name, self._candidates(one)) for one in self._placeholders]
        seen: set[str] = set()
        answers: list[set[bool | None]] = [set() for _ in self._hard]
        budget = budget_of_call()
        for visited, (picks, given) in enumerate(self._all(candidates)):
            if visited >= _MOST_VISITED:
                raise TooManyError
            for test, those in zip(self._hard, answers, strict=True):
                those.add(answer(test, given))
            filling = self._filling(picks, given)
            key = repr([(one.element, [*one.origins.values()]) for one in filling.documents or ()])
            budget.spend(len(key) // _CHARACTERS_IN_A_STEP)
            if key in seen and filling.documents:
                continue
            seen.add(key)
            if len(seen) > MOST:
                raise TooManyError
            yield filling._replace(size=len(key))
        if any(len(those) == 1 for those in answers):
            raise UnsolvedError

    def is_one_of_many(self, value: str) -> bool:
        """Return whether a value of a placeholder stands for others."""
        return value in self._alike.standing or self.has_stand_in(value)

    def has_stand_in(self, text: str) -> bool:
        """Return whether something in a text stands for a placeholder."""
        return any(token in text for token in self.tokens)

    def steps_to(self, unresolved: Unresolved) -> Steps:
        """Return the steps that lead to what is not known."""
        found = (steps_to(tree, unresolved) for tree in self._trees)
        return next(steps for steps in found if steps is not None)

    def _filling(self, picks: Mapping[str, int], given: Given) -> Filling:
        missing = [one for tree in self._trees for one in needed(tree, given)]
        unresolved = tuple(one for one in missing if isinstance(one, Unresolved))
        documents = None if unresolved else tuple(fill(tree, given) for tree in self._trees)
        return Filling(picks, given, documents, unresolved)

    # --- values ------------------------------------------------------------------------------------

    def _all(
        self, candidates: Sequence[tuple[str, Sequence[Text]]]
    ) -> Iterator[tuple[dict[str, int], Given]]:
        for picks, texts in self._chosen(candidates, {}, {}):
            for number in range(1 << len(self._conditions)):
                answers = {name: not number >> n & 1 for n, name in enumerate(self._conditions)}
                chosen = {name: int(holds) for name, holds in answers.items()}
                for some, values in ((picks, texts), *self._of_users(picks, texts)):
                    yield {**some, **chosen}, Given(values, answers)

    def _of_users(
        self, picks: Mapping[str, int], texts: Mapping[str, str]
    ) -> Iterator[tuple[Mapping[str, int], Mapping[str, str]]]:
        """Take users for roles: a session does not tell the path of its role, and so less is known of roles."""
        principals = [
            name for name, kind in self.kinds.items() if kind == "principal" and _ROLE in texts[name]
        ]
        if principals:
            users = {name: texts[name].replace(_ROLE, _USER) for name in principals}
            yield {**picks, **{name: _FIRST_USER - picks[name] for name in principals}}, {**texts, **users}

    def _chosen(
        self,
        candidates: Sequence[tuple[str, Sequence[Text]]],
        picks: Mapping[str, int],
        texts: Mapping[str, str],
    ) -> Iterator[tuple[Mapping[str, int], Mapping[str, str]]]:
        """Go through all choices of one value for each placeholder."""
        if not self._is_looked_at(texts):
            return
        if not candidates:
            yield picks, texts
            return
        (name, values), *rest = candidates
        known = Given(texts, {})
        seen: dict[str, int] = {}
        completing = [
            (len(values) + self._completed.setdefault((name, text), len(self._completed)), text)
            for text in self._completing(name, texts)
        ]
        of_values = (
            (number, text)
            for number, value in enumerate(values)
            if (text := text_of(value, known)) is not None and self._is_of_an_account(name, value, text)
        )
        for number, text in (*of_values, *completing):
            if not self._is_in_its_account(name, text, known):
                continue
            if seen.setdefault(text, number) == number:
                yield from self._chosen(rest, {**picks, name: number}, {**texts, name: text})

    def _candidates(self, placeholder: Placeholder) -> list[Text]:
        """Return the values of a placeholder, the most usual first; they may have others that come before it."""
        if placeholder.allowed:
            return [Text((value,)) for value in placeholder.allowed]
        own = [Text((text,)) for text in self.stand_ins.of(placeholder)]
        if len(own) > 1 and own[0] != _ANY_KEY:
            return own
        kind = self.kinds[placeholder.name]
        if kind == "account":
            own += [Text((account,)) for account in self._accounts]
        elif kind == "principal":
            own = self._roles(placeholder)
        if kind in MAY_BE_THE_SAME:
            own += [Text((other,)) for other in self._before(placeholder)]
        own += [*self._compared(placeholder), *self._digits(placeholder)]
        return list(dict.fromkeys([*own, *self._alike.values(placeholder)]))

    def _is_of_an_account(self, name: str, value: Text, text: str) -> bool:
        """Return whether a text is well-formed, if it is a principal of an account that has other values as well."""
        return self.kinds[name] != "principal" or len(value.parts) == 1 or name_of("AWS", text).fault is None

    def _is_in_its_account(self, name: str, text: str, known: Given) -> bool:
        """Return whether a text is a principal of the account of a placeholder, where the source tells it."""
        account = self._account_of.get(name)
        return account is None or name_of("AWS", text).account == text_of(Text((account,)), known)

    def _before(self, placeholder: Placeholder) -> list[Placeholder]:
        """Return the placeholders of the same kind that come before one."""
        before = self._placeholders[: self._placeholders.index(placeholder)]
        return [other for other in before if self.kinds[other.name] == self.kinds[placeholder.name]]

    def _roles(self, placeholder: Placeholder) -> list[Text]:
        """Return roles for a principal: one of its account; of each account that the documents name, and of another, if it may be in any."""
        (role,) = self.stand_ins.of(placeholder)
        own = self.stand_ins.account(placeholder.name)
        before, _, after = role.partition(own)
        if placeholder.account is not None:
            return [Text((before, placeholder.account, after))]
        named = [one for one in self._placeholders if self.kinds[one.name] == "account"]
        return [Text((before, account, after)) for account in (*named, *self._accounts, own)]

    def _digits(self, placeholder: Placeholder) -> Iterator[Text]:
        """Go through the values of a placeholder with which parts of account ids are known accounts."""
        for use in self.used:
            for account in self._accounts:
                for value in digits_in(use.text, placeholder.name, account):
                    yield Text((value,))

    def _compared(self, placeholder: Placeholder) -> Iterator[Text]:
        """Go through the texts with which tests compare a placeholder."""
        for one, other in self._sides:
            if len(one.parts) == 1 and getattr(one.parts[0], "name", None) == placeholder.name:
                yield other
        for value in self._solved[placeholder.name]:
            yield Text((value,))

    def _solutions(self) -> dict[str, dict[str, None]]:
        """Return values with which texts that tests compare may be the same, by the names of placeholders."""
        found = {one.name: dict.fromkeys(self._all_of(one)) for one in self._placeholders}
        many = -1
        while many != (many := sum(map(len, found.values()))) and many <= _MOST_SOLVED:
            for one, other in self._sides:
                for there in self._texts_of(other, found):
                    for name in self._any_value & _names_in(one):
                        value = value_in(one, name, there, ".*")
                        found[name] |= {} if value is None else {value: None}
        return found

    def _all_of(self, placeholder: Placeholder) -> Sequence[str]:
        return placeholder.allowed or self.stand_ins.of(placeholder)

    def _texts_of(self, text: Text, values: Mapping[str, Iterable[str]]) -> list[str]:
        """Return texts that one may be, with values of its placeholders."""
        names = sorted(_names_in(text))
        some = islice(product(*map(values.__getitem__, names)), MOST)
        texts = (text_of(text, Given(dict(zip(names, each, strict=True)), {})) for each in some)
        return [one for one in texts if one is not None]

    def _completing(self, name: str, texts: Mapping[str, str]) -> Iterator[str]:
        """Go through the values of a placeholder with which compared texts are the same, where others have values already."""
        known = Given({**self._usual.texts, **texts}, {})
        for one, other in self._sides:
            if name in self._any_value and name in _names_in(one):
                there = text_of(other, known)
                parts = (texts.get(getattr(part, "name", ""), part) for part in one.parts)
                value = None if there is None else value_in(Text(tuple(parts)), name, there, ".*")
                yield from () if value is None else [value]

    def _is_looked_at(self, texts: Mapping[str, str]) -> bool:
        """Return whether users and roles that have different names where something is allowed to them are not the same.

        Values that the file itself lists, or compares, are looked at all the same.
        """
        seen: dict[str, Text] = {}
        given = Given(texts, {})
        for use in self._allowed:
            text = text_of(use.text, given)
            if text is None or name_of("AWS", text).kind not in ("user", "role"):
                continue
            if any(texts[one.name] in self._told for one in use.text.parts if isinstance(one, Placeholder)):
                continue
            if seen.setdefault(text, use.text) != use.text:
                return False
        return True


def _names_in(text: Text) -> set[str]:
    """Return the names of the placeholders of a text."""
    return {part.name for part in text.parts if isinstance(part, Placeholder)}


def _is_hard(test: Equals) -> bool:
    """Return whether a comparison has several placeholders in one text, of which not all values are listed, or one that is in both."""
    sides = [[part for part in side.parts if not isinstance(part, str)] for side in (test.left, test.right)]
    names = [{getattr(part, "name", None) for part in side} for side in sides]
    is_open = any(not getattr(part, "allowed", ()) for part in chain(*sides))
    return is_open and (max(map(len, sides)) > 1 or bool(names[0] & names[1]))


_ANY_KEY: Final = Text(("*",))
_AWS: Final = ("Principal", "AWS")
_ROLE: Final = ":role/"
_USER: Final = ":user/"
_FIRST_USER: Final = -1
"""The numbers of users go down from here: they are not among the candidates."""
