"""The questions that can be asked about all requests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs

from kmspolicy._document import Policy, Principal, Statement, a_policy
from kmspolicy._evaluate._callers import requester_of, text_of_principal
from kmspolicy._evaluate._decide import Outcome, decided
from kmspolicy._evaluate._request import the_key
from kmspolicy._normal._form import form_of, parts_of
from kmspolicy._normal._rules import partition_of, rules_of
from kmspolicy._printable import word
from kmspolicy._prove._boxes import meet
from kmspolicy._prove._budget import Budget, ExhaustedError
from kmspolicy._prove._grid import CALLER, Grid, Sides
from kmspolicy._prove._known import known_values
from kmspolicy._prove._population import ScaleError
from kmspolicy._prove._question import RANK, TOO_MUCH, Search, tasks_above
from kmspolicy._prove._texts import UnsettledCaseError
from kmspolicy._prove._verdicts import Comparison, Fails, Holds, Unknown, Witness
from kmspolicy.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kmspolicy._evaluate._request import Request
    from kmspolicy._language._key_arns import Key
    from kmspolicy._prove._question import Replay, Task
    from kmspolicy._prove._verdicts import Verdict

_GRANTED: Final = (Outcome.ALLOWED, Outcome.DELEGATED)
_LETTER_CASE: Final = "a text is compared in any case whose letters are not those of Latin-1"
_OTHER_SCALE: Final = "what follows from the caller is compared with a number, a date or an address"


class Layout(NamedTuple):
    """Two policies as boxes of one grid."""

    grid: Grid
    before: Sides
    after: Sides


class Proofs:
    """Proofs about two policies, by one grid and within one budget; what cannot be answered is unknown."""

    def __init__(self, before: Policy, after: Policy, key: Key, budget: Budget | None = None) -> None:
        """Take the policies.

        Args:
            before: The earlier policy, or what another one is held against.
            after: The later policy, or the one in question.
            key: What is known of the key.
            budget: What all of this may take; None for what a public call may.

        Raises:
            TypeError: for what is not a Policy.
        """
        self._key = key
        self._rules = rules_of(a_policy(before)), rules_of(a_policy(after))
        self._budget = budget or Budget()
        self._layout = self._laid_out()

    def _laid_out(self) -> Layout | str:
        """Return the policies as boxes, or why that is not possible."""
        try:
            grid = Grid(self._rules, self._key, self._budget)
            return Layout(grid, grid.sides(0), grid.sides(1))
        except ExhaustedError:
            return TOO_MUCH
        except UnsettledCaseError:
            return _LETTER_CASE
        except ScaleError:
            return _OTHER_SCALE

    def verdict(self, claim: str, tasks: Callable[[Layout], Iterable[Task]], replay: Replay) -> Verdict:
        """Return whether all of some boxes are covered.

        Args:
            claim: What holds then.
            tasks: Returns the boxes, each with those that may cover it.
            replay: Returns whether a request shows that it does not hold.
        """
        if isinstance(self._layout, str):
            return Unknown(claim, self._layout)
        search = Search(self._layout.grid, self._key, self._budget)
        return search.verdict(claim, tasks(self._layout), replay)

    def not_above(self, claim: str, levels: Sequence[Outcome], *, gained: bool = True) -> Verdict:
        """Return whether no request has an outcome of some level, or a higher one, after and a lower one before.

        Args:
            claim: What holds then.
            levels: The levels.
            gained: Whether it is asked what is higher after; else, what is higher before.
        """

        def tasks(layout: Layout) -> Iterator[Task]:
            grid, before, after = layout
            for level in levels:
                yield from tasks_above(*((after, before) if gained else (before, after)), level, grid)

        def replay(request: Request) -> Witness | None:
            before, after = (decided(rules, request) for rules in self._rules)
            low, high = (before, after) if gained else (after, before)
            above = any(RANK[low.outcome] < RANK[level] <= RANK[high.outcome] for level in levels)
            return Witness(after, before) if above else None

        return self.verdict(claim, tasks, replay)

    def granted(self, request: Request) -> Witness | None:
        """Return what the policy in question says of a request, if it grants it."""
        decision = decided(self._rules[1], request)
        return Witness(decision) if decision.outcome in _GRANTED else None

    def not_granted(self, request: Request) -> Witness | None:
        """Return what the policy in question says of a request, if it does not grant it."""
        return None if self.granted(request) else Witness(decided(self._rules[1], request))


# --- two policies ------------------------------------------------------------------------------------


def compare(
    before: Policy, after: Policy, *, account: str | None = None, key_arn: str | None = None
) -> Comparison:
    """Compare two policies for all requests.

    Args:
        before: The earlier policy.
        after: The later policy.
        account: The account of the key. Without it the answer is for a key in whatever account.
        key_arn: The ARN of the key, which tells its account and which Resource it is. Without it the answer is for whatever key.

    Returns:
        What the later policy is beside the earlier one, with a request for each difference.

    Raises:
        TypeError: if an argument is not a Policy.
        RequestError: if the account or the key ARN is not valid, or they contradict each other.

    https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
    """
    key = the_key(account, key_arn)
    if _is_the_same(a_policy(before), a_policy(after)):
        return Comparison(Holds(_NO_NEW_ACCESS), Holds(_NO_LOST_ACCESS), Holds(_NO_MORE), Holds(_NO_LESS))
    proofs = Proofs(before, after, key)
    no_new = proofs.not_above(_NO_NEW_ACCESS, _GRANTED)
    no_lost = proofs.not_above(_NO_LOST_ACCESS, _GRANTED, gained=False)
    return Comparison(
        no_new,
        no_lost,
        _with_denied(no_new, proofs.not_above(_NO_MORE, [Outcome.NOT_GRANTED])),
        _with_denied(no_lost, proofs.not_above(_NO_LESS, [Outcome.NOT_GRANTED], gained=False)),
    )


_NO_NEW_ACCESS: Final = "no request is granted more than before"
_NO_LOST_ACCESS: Final = "no request that was granted is granted less"
_NO_MORE: Final = "the outcome is higher for no request"
_NO_LESS: Final = "the outcome is lower for no request"


def _is_the_same(before: Policy, after: Policy) -> bool:
    """Return whether two policies have the same normal form, and with it the same answer to every request."""
    rules = [rules_of(before), rules_of(after)]
    partition = partition_of(rules)
    one, other = (form_of(each.policy, parts_of(each, partition)) for each in rules)
    return one == other


def _with_denied(granted: Verdict, denied: Verdict) -> Verdict:
    """Join what is shown of granted access with what is shown of what is denied or not."""
    verdicts = [attrs.evolve(granted, claim=denied.claim), denied]
    return next((one for kind in (Fails, Unknown) for one in verdicts if isinstance(one, kind)), denied)


def no_new_access(
    before: Policy, after: Policy, *, account: str | None = None, key_arn: str | None = None
) -> Verdict:
    """Return whether no request is granted more than before: allowed, or left to IAM policies.

    Args:
        before: The earlier policy.
        after: The later policy.
        account: The account of the key. Without it the answer is for a key in whatever account.
        key_arn: The ARN of the key, which tells its account and which Resource it is. Without it the answer is for whatever key.

    Returns:
        That it holds, a request for which it does not, or why it is not known.

    Raises:
        TypeError: if an argument is not a Policy.
        RequestError: if the account or the key ARN is not valid, or they contradict each other.
    """
    key = the_key(account, key_arn)
    if _is_the_same(a_policy(before), a_policy(after)):
        return Holds(_NO_NEW_ACCESS)
    return Proofs(before, after, key).not_above(_NO_NEW_ACCESS, _GRANTED)


def grants_at_most(
    policy: Policy, limit: Policy, *, account: str | None = None, key_arn: str | None = None
) -> Verdict:
    """Return whether a policy grants nothing that another one does not.

    Access is granted where it is allowed, or left to IAM policies: a limit that leaves an account to its IAM policies
    covers a role of that account that is named.

    Args:
        policy: The policy.
        limit: The most that may be granted.
        account: The account of the key. Without it the answer is for a key in whatever account.
        key_arn: The ARN of the key, which tells its account and which Resource it is. Without it the answer is for whatever key.

    Returns:
        That it holds, a request for which it does not, or why it is not known.

    Raises:
        TypeError: if an argument is not a Policy.
        RequestError: if the account or the key ARN is not valid, or they contradict each other.
    """
    return Proofs(limit, policy, the_key(account, key_arn)).not_above(_AT_MOST, [Outcome.DELEGATED])


_AT_MOST: Final = "nothing is granted beyond the limit"

# --- one policy --------------------------------------------------------------------------------------


def access_not_granted(
    policy: Policy,
    *actions: str,
    principal: str | Principal | None = None,
    account: str | None = None,
    key_arn: str | None = None,
) -> Verdict:
    """Return whether a policy grants none of some actions.

    Args:
        policy: The policy.
        actions: The actions, with wildcards or without; none for all.
        principal: To whom: a principal with a single name, or its name. An account stands for all in it, a role for its
            sessions as well; None for everyone.
        account: The account of the key. Without it the answer is for a key in whatever account.
        key_arn: The ARN of the key, which tells its account and which Resource it is. Without it the answer is for whatever key.

    Returns:
        That it holds, a request for which it does not, or why it is not known.

    Raises:
        TypeError: if an argument is not a Policy.
        RequestError: if the account, the key ARN, an action or the principal is not valid.
    """
    proofs = Proofs(_probe(actions or ("kms:*",), principal), policy, the_key(account, key_arn))

    def tasks(layout: Layout) -> Iterator[Task]:
        covers = [*layout.after.denied, *layout.grid.elsewhere]
        for box in layout.after.granted:
            for asked in layout.before.granted:
                if (common := meet(box, asked)) is not None:
                    yield common, covers

    who = "" if principal is None else f" to {word(text_of_principal(principal))}"
    what = f"{' or '.join(actions)} is not" if actions else "nothing is"
    return proofs.verdict(f"{what} granted{who}", tasks, proofs.granted)


def always_granted(
    policy: Policy,
    principal: str | Principal,
    action: str,
    *,
    account: str | None = None,
    key_arn: str | None = None,
) -> Verdict:
    """Return whether a policy grants an action to a principal in whatever circumstances.

    Args:
        policy: The policy.
        principal: A principal with a single name, or its name. An account stands for all in it, a role for its sessions as
            well.
        action: The action, with wildcards or without.
        account: The account of the key. Without it the answer is for a key in whatever account.
        key_arn: The ARN of the key, which tells its account and which Resource it is. Without it the answer is for whatever key.

    Returns:
        That it holds, a request for which it does not, or why it is not known.

    Raises:
        TypeError: if an argument is not a Policy.
        RequestError: if the account, the key ARN, an action or the principal is not valid.
    """
    proofs = Proofs(_probe([action], principal), policy, the_key(account, key_arn))

    def tasks(layout: Layout) -> Iterator[Task]:
        for asked in layout.before.granted:
            yield asked, layout.after.granted
            for box in (*layout.after.denied, *layout.grid.elsewhere):
                if (common := meet(asked, box)) is not None:
                    yield common, ()

    claim = f"{action} is always granted to {word(text_of_principal(principal))}"
    return proofs.verdict(claim, tasks, proofs.not_granted)


def _probe(actions: Sequence[str], principal: str | Principal | None) -> Policy:
    """Return a policy about what is asked."""
    for action in actions:
        if not isinstance(action, str) or not _IS_ACTION(action):
            raise RequestError(f"expected an action of KMS, with wildcards or without, not {action!r}")
    who = Principal.everyone() if principal is None else _principal(principal)
    return Policy(Statement("Allow", principal=who, action=tuple(actions), resource="*"))


_IS_ACTION: Final = re.compile(r"\*|kms:[a-z*?]+", re.IGNORECASE | re.ASCII).fullmatch


def _principal(principal: str | Principal) -> Principal:
    text = text_of_principal(principal)
    if isinstance(principal, Principal) or text == "*":
        return principal if isinstance(principal, Principal) else Principal.everyone()
    name = requester_of(text).name
    return Principal({name.type: name.text})


def no_public_access(policy: Policy, *, account: str | None = None, key_arn: str | None = None) -> Verdict:
    """Return whether nobody of whom a policy knows nothing can use the key.

    Such a stranger is of an account that the policy does not name, and has no value that the policy names of a condition key
    that limits callers: an organisation, a network, an endpoint. All other values are the stranger's choice, or anybody may
    have them. What is denied counts.

    Args:
        policy: The policy.
        account: The account of the key. Without it the answer is for a key in whatever account.
        key_arn: The ARN of the key, which tells its account and which Resource it is. Without it the answer is for whatever key.

    Returns:
        That it holds, a request for which it does not, or why it is not known.

    Raises:
        TypeError: if an argument is not a Policy.
        RequestError: if the account or the key ARN is not valid, or they contradict each other.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-checks-validating-policies.html
    """
    proofs = Proofs(known_values(rules_of(a_policy(policy))), policy, the_key(account, key_arn))

    def tasks(layout: Layout) -> Iterator[Task]:
        covers = [*layout.after.denied, *layout.before.denied, *layout.grid.elsewhere]
        strangers = {CALLER: layout.grid.population.where(lambda caller: caller.is_stranger)}
        for box in layout.after.granted:
            if (common := meet(box, strangers)) is not None:
                yield common, covers

    return proofs.verdict("nobody whom the policy does not know can use the key", tasks, proofs.granted)
