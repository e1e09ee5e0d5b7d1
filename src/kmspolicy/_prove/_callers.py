"""The classes of callers: principals that policies do not distinguish.

Each account that policies distinguish has its root user, users, roles, their sessions and federated users; there are also
services. Callers are distinguished by the names in statements, and by conditions on the keys that follow from the caller.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from kmspolicy._evaluate._callers import OF_CALLERS, requester_of
from kmspolicy._language._principals import name_of, root_arn
from kmspolicy._language._values import text_of
from kmspolicy._prove import _names
from kmspolicy._prove._keys import texts_of
from kmspolicy._prove._texts import ANYTHING, Texts, Token
from kmspolicy.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from kmspolicy._language._aliases import ContextValue
    from kmspolicy._language._principals import PrincipalName
    from kmspolicy._prove._budget import Budget
    from kmspolicy._prove._keys import Test
    from kmspolicy._prove._texts import Grammar, Pattern, Spell

ARN: Final = "aws:principalarn"
USERID: Final = "aws:userid"
USERNAME: Final = "aws:username"
SERVICE: Final = "aws:principalservicename"
OF_THE_ACCOUNT: Final = frozenset({"aws:principalaccount", "kms:calleraccount"})


class Caller(NamedTuple):
    """A class of callers.

    Attributes:
        name: The principal of a request.
        keys: The condition keys that follow from it, by their lower-case names.
        role: For a session, the ARN of its role with the path, which the session does not show; empty for others.
        also: A name that a policy may use for it, which is not known; None if it is known whom the policy means.
        is_usual: Whether the policies name its path, if they name any path for this name.
        is_settled: Whether it is known that such a name can exist.
        is_stranger: Whether it is in an account that no policy names, or a service that no policy names.
    """

    name: PrincipalName
    keys: Mapping[str, tuple[ContextValue, ...]]
    role: str = ""
    also: PrincipalName | None = None
    is_usual: bool = True
    is_settled: bool = True
    is_stranger: bool = False

    @property
    def has_own_id(self) -> bool:
        """Whether its aws:userid is a unique id, which does not follow from its name."""
        return self.name.kind in ("user", "role", "session")

    def is_elsewhere(self, account: str | None) -> bool:
        """Return whether it is in another account than the key."""
        return account is not None and self.name.account not in ("", account)


def callers_of(
    names: Iterable[PrincipalName],
    tests: Sequence[tuple[str, Test]],
    partitions: Iterable[str],
    account: str | None,
    budget: Budget,
) -> list[Caller]:
    """Return the classes of callers.

    Args:
        names: The names of principals in the policies.
        tests: The tests of keys that follow from the caller, each with the lower-case name of its key.
        partitions: The partitions of callers.
        account: The account of the key; None if it is not known.
        budget: The work that this may take.

    Raises:
        ExhaustedError: if there are too many.
        UnsettledCaseError: for a text whose spellings in another case are not known.
    """
    search = _Search(names, tests, budget)
    found = [caller for partition in partitions for caller in search.in_partition(partition, account)]
    return [*found, *search.services()]


class _Rest(NamedTuple):
    """The text after ``user/`` or ``role/``."""

    path: str
    name: str
    is_usual: bool = True
    is_settled: bool = True


class _Walk(NamedTuple):
    """A search for texts that policies distinguish.

    Attributes:
        texts: The patterns.
        start: Their positions at the beginning.
        grammars: The texts that exist, and those that may exist.
        behind: The text that follows.
        goes_on: Whether more text follows after that, so that classes also differ by the positions of the patterns.
        anew: A letter after which a text that policies name may begin again.
    """

    texts: Texts
    start: int
    grammars: tuple[Grammar, ...]
    behind: str = ""
    goes_on: bool = False
    anew: str = ""

    def kind(self, state: int) -> object:
        """Return what distinguishes classes: the positions of the patterns at the end of a text."""
        behind = self.texts.after(state, self.behind)
        return (self.texts.answers(state), behind) if self.goes_on else self.texts.answers(behind)


class _Search:
    """The search for classes of callers."""

    def __init__(
        self, names: Iterable[PrincipalName], tests: Sequence[tuple[str, Test]], budget: Budget
    ) -> None:
        """Take what distinguishes callers."""
        self._names = list(dict.fromkeys(names))
        self._by_account: dict[tuple[str, str], list[PrincipalName]] = {}
        for name in self._names:
            self._by_account.setdefault((name.partition, name.account), []).append(name)
        self._tests = tests
        self._budget = budget
        self._varies = any(_VARIABLE.search(text_of(value)) for _, test in tests for value in test.values)
        self._known: dict[str, _Keys] = {}
        self._walked: dict[object, list[tuple[str, int, bool]]] = {}

    def _keys(self, account: str) -> _Keys:
        """Return the tests of the callers of an account: the same for all accounts, unless a variable stands for the account."""
        account = account if self._varies else ""
        if account not in self._known:
            self._known[account] = _Keys(self._tests, account)
        return self._known[account]

    def in_partition(self, partition: str, account: str | None) -> Iterator[Caller]:
        """Yield the callers of all accounts of a partition."""
        keys = self._keys("")
        named = [account or ""]
        named += [name.account for name in (*self._names, *keys.names) if name.partition in ("", partition)]
        named += [word[:12] for key in (*sorted(OF_THE_ACCOUNT), USERID) for word in keys.words[key]]
        named += keys.accounts
        known = [one for one in dict.fromkeys(named) if _names.ACCOUNTS.has(one)]
        start = keys.start(iam=f"arn:{partition}:iam::", sts=f"arn:{partition}:sts::", account="", userid="")
        walk = _Walk(keys.texts, start, (_names.ACCOUNTS,), behind=":", goes_on=True)
        for one in known:
            yield from self._in_account(partition, one)
        for one, _ in self._fresh(walk, known, "999999999999"):
            strangers = self._in_account(partition, one)
            yield from (caller._replace(is_stranger=True) for caller in strangers)

    def _in_account(self, partition: str, account: str) -> Iterator[Caller]:
        iam = f"arn:{partition}:iam::{account}"
        named = self._named_in(partition, account)
        roles = list(self._rests("role", partition, account, named))
        for rest in roles:
            yield from _caller(f"{iam}:role/{rest.path}{rest.name}", rest)
        for rest in self._rests("user", partition, account, named):
            yield from _caller(f"{iam}:user/{rest.path}{rest.name}", rest)
        yield from _caller(root_arn(partition, account))
        sessions_of: dict[str, list[str]] = {}
        for name in named:
            if name.kind == "session":
                sessions_of.setdefault(name.name, []).append(name.session)
        for rest in roles:
            sessions = sessions_of.get(rest.name, [])
            walk = _Walk(self._keys(account).texts, 0, (_names.SESSIONS,))
            for session in [*sessions, *(text for text, _ in self._fresh(walk, sessions, "session"))]:
                arn = f"arn:{partition}:sts::{account}:assumed-role/{rest.name}/{session}"
                yield from _caller(arn, rest, f"{iam}:role/{rest.path}{rest.name}")
        yield from self._federated(partition, account, named)

    def _named_in(self, partition: str, account: str) -> list[PrincipalName]:
        """Return the names of the principals of an account."""
        others = [
            one for one in self._keys(account).names if (one.partition, one.account) == (partition, account)
        ]
        return [*self._by_account.get((partition, account), ()), *others]

    def _federated(self, partition: str, account: str, named: Iterable[PrincipalName]) -> Iterator[Caller]:
        keys, before = self._keys(account), f"arn:{partition}:sts::{account}:federated-user/"
        words = [name.name for name in named if name.kind == "federated user"]
        words += [word[13:] for word in keys.words[USERID] if word.startswith(f"{account}:")]
        walk = _Walk(keys.texts, keys.start(sts=before, userid=f"{account}:"), (_names.FEDERATED,))
        for name in dict.fromkeys([*words, *(text for text, _ in self._fresh(walk, words, "someone"))]):
            yield from _caller(before + name)

    def _rests(
        self, kind: Literal["user", "role"], partition: str, account: str, named: Iterable[PrincipalName]
    ) -> Iterator[_Rest]:
        """Yield the users or roles of an account."""
        keys, before = self._keys(account), f"arn:{partition}:iam::{account}:{kind}/"
        start = keys.start(iam=before, username="") if kind == "user" else keys.start(iam=before)
        paths: dict[str, list[str]] = {word: [] for word in keys.words[USERNAME]} if kind == "user" else {}
        for one in named:
            if one.kind == kind:
                paths.setdefault(one.name, []).append(one.path)
            elif (one.kind, kind) == ("session", "role"):
                paths.setdefault(one.name, [])
        for name, some in paths.items():
            yield from (_Rest(path, name, is_settled=":" not in path) for path in dict.fromkeys(some))
            for path, settled in self._fresh(_Walk(keys.texts, start, _names.PATHS, behind=name), some):
                yield _Rest(path, name, not some, settled)
        walk = _Walk(keys.texts, start, _names.NAMES_WITH_PATH, anew="/")
        for rest, settled in self._fresh(walk, list(paths), {"user": "someone", "role": "SomeRole"}[kind]):
            path, slash, name = rest.rpartition("/")
            yield _Rest(path + slash, name, is_settled=settled)

    def services(self) -> Iterator[Caller]:
        """Yield the services."""
        keys = self._keys("")
        named = [name.text for name in self._names if name.kind == "service"] + keys.words[SERVICE]
        walk = _Walk(keys.texts, keys.start(service=""), (_names.SERVICES,))
        for name in dict.fromkeys(named):
            yield from _caller(name)
        for name, _ in self._fresh(walk, named, "some-service.amazonaws.com"):
            yield from (caller._replace(is_stranger=True) for caller in _caller(name))

    def _fresh(self, walk: _Walk, words: Collection[str], usual: str = "") -> list[tuple[str, bool]]:
        """Return a text for each class of texts that policies do not name, and whether such a text certainly exists.

        Args:
            walk: The search.
            words: The texts that policies name.
            usual: The preferred text.
        """
        found: dict[object, tuple[str, bool]] = {}
        if usual not in words and walk.grammars[0].has(usual):
            found[walk.kind(walk.texts.after(walk.start, usual))] = usual, True
        for text, state, settled in self._steps(walk, tuple(words)):
            found.setdefault(walk.kind(state), (text, settled))
        return list(found.values())

    def _steps(self, walk: _Walk, words: tuple[str, ...]) -> list[tuple[str, int, bool]]:
        """Search once for all accounts and names with the same tests."""
        key = (walk._replace(behind=""), words)
        if key not in self._walked:
            grammars = walk.grammars if walk.start else walk.grammars[:1]
            self._walked[key] = [
                (self._spelt(spell), state, grammar is walk.grammars[0])
                for grammar in grammars
                for spell, state in walk.texts.walk(walk.start, grammar, words, self._budget, walk.anew)
            ]
        return self._walked[key]

    def _spelt(self, spell: Spell) -> str:
        text = spell()
        self._budget.spend(len(text) // _LETTERS)
        return text


_LETTERS: Final = 3
"""How many letters of a text are spelt in a step."""


def _caller(text: str, rest: _Rest | None = None, role: str = "") -> Iterator[Caller]:
    """Yield the caller of a principal, if it can exist."""
    try:
        requester = requester_of(text)
    except RequestError:
        return
    keys: dict[str, tuple[ContextValue, ...]] = {
        key: (text_of(value),) for key, value in requester.keys.items()
    }
    if role:
        keys[ARN] = (role,)
    if rest is None:
        yield Caller(requester.name, keys)
    else:
        yield Caller(requester.name, keys, role, None, rest.is_usual, rest.is_settled)


# --- what is asked of callers ------------------------------------------------------------------------


_VARIABLE: Final = re.compile(
    r"\$\{(?:aws:PrincipalAccount|kms:CallerAccount)(?:\s*,\s*'[^'{}]*')?\}", re.IGNORECASE
)
"""A variable that stands for the caller's account."""


class _Keys:
    """The tests of the keys that follow from the caller, in one account.

    Attributes:
        texts: The patterns of all keys, side by side.
        words: The texts of each key without wildcards.
        names: The principals that aws:PrincipalArn is compared with.
        accounts: The accounts in the values that aws:PrincipalArn is compared with.
    """

    def __init__(self, tests: Sequence[tuple[str, Test]], account: str) -> None:
        """Take the tests, and the account of the caller."""
        self.words: dict[str, list[str]] = {key: [] for key in OF_CALLERS}
        self._numbers: dict[str, list[int]] = {}
        patterns: list[list[Pattern]] = []
        for key, test in tests:
            if test.scale == "text":
                words, several = texts_of(test, partial(_VARIABLE.sub, "" if key == SERVICE else account))
                self.words[key] += words
                for place in _PLACES.get(key, ()):
                    self._numbers.setdefault(place, []).append(len(patterns))
                    patterns.append(_last_parts(several) if key == USERNAME else several)
        self.texts = Texts(patterns)
        self.names = [name_of("AWS", word) for word in dict.fromkeys(self.words[ARN])]
        self.accounts = [
            part
            for key, test in tests
            for value in (test.values if key == ARN else ())
            for part in text_of(value).split(":")[4:5]
        ]

    def start(self, **before: str) -> int:
        """Return the positions of the patterns after the beginning of each key's value."""
        state = 0
        for place, beginning in before.items():
            state |= self.texts.after(self.texts.begin(self._numbers.get(place, ())), beginning)
        return state


_PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    ARN: ("iam", "sts"),
    USERNAME: ("username",),
    USERID: ("userid",),
    SERVICE: ("service",),
    **dict.fromkeys(OF_THE_ACCOUNT, ("account",)),
}
"""The keys whose value the searched text begins or continues."""


def _last_parts(patterns: Iterable[Pattern]) -> list[Pattern]:
    """Return patterns of the whole text for patterns of the part after the last slash."""
    found: list[Pattern] = []
    for pattern in patterns:
        within = tuple(
            token._replace(letters=token.letters | {"/"}) if token.others else token for token in pattern
        )
        found += [within, (ANYTHING, Token(frozenset("/")), *within)]
    return found
