"""A request from the part that the search leaves, which anybody can replay."""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Final

from kmspolicy._evaluate._callers import OF_CALLERS
from kmspolicy._language._key_arns import Key, account_of_key_arn, name_key
from kmspolicy._language._keys import spelling_of
from kmspolicy._language._patterns import COLONS, like, text_of_literal
from kmspolicy._language._variables import Facts, expand, keys_of_variables
from kmspolicy._prove._callers import ARN
from kmspolicy._prove._grid import ACTION, CALLER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kmspolicy._evaluate._request import Request
    from kmspolicy._language._aliases import ContextValue
    from kmspolicy._prove._boxes import Box
    from kmspolicy._prove._callers import Caller
    from kmspolicy._prove._clauses import Doubt
    from kmspolicy._prove._grid import Grid

    Context = dict[str, tuple[ContextValue, ...]]


def request_of(grid: Grid, box: Box, key: Key, callers: Mapping[int, Caller]) -> Request | None:
    """Return the first request of a box; None if none is known.

    Args:
        grid: The grid.
        box: Some of its points.
        key: What is known about the key.
        callers: The callers that stand for classes, by their numbers; the others stand for themselves.
    """
    caller = caller_of(grid, box, callers)
    action = grid.actions[first(grid, box, ACTION)]
    context: Context = {ARN: (caller.role,)} if caller.role and grid.asks_for(ARN) else {}
    for name, points in grid.points.items():
        values = points[first(grid, box, grid.dimension(name))].values
        if values is None:
            return None
        if values and (name not in OF_CALLERS or caller.has_own_id):
            context[name] = values
    yes = {doubt: bool(first(grid, box, grid.dimension(doubt))) for doubt in grid.doubts}
    for doubt in grid.doubts:
        if yes[doubt]:
            _match(doubt, context, dict(caller.keys))
    key = _key_of(yes, key)
    if caller.also is not None:
        return None
    spelt = {spelling_of(name): values for name, values in context.items()}
    return action.request(caller.name.text, spelt, key)


def caller_of(grid: Grid, box: Box, callers: Mapping[int, Caller]) -> Caller:
    """Return the caller of the first request of a box."""
    number = first(grid, box, CALLER)
    return callers.get(number) or grid.population.callers[number]


def _key_of(yes: Mapping[Doubt, bool], key: Key) -> Key:
    """Return a key that some Resources name and others do not, where one is known; else what is known of the key."""
    named = [doubt.resource for doubt, answer in yes.items() if doubt.resource and answer]
    others = [doubt.resource for doubt, answer in yes.items() if doubt.resource and not answer]
    for one in chain.from_iterable(_keys_like(resource, key.account) for resource in named):
        if (
            key.account in (None, one.account)
            and all(name_key([resource], one) is True for resource in named)
            and name_key(others, one) is False
        ):
            return one
    return key


def _keys_like(resource: str, account: str | None) -> Iterator[Key]:
    """Go through keys that may have a text as their ARN, or match it, the most usual first."""
    parts = resource.split(":", COLONS)
    for key_id in _USUAL_IDS:
        usual = f"arn:aws:kms:us-east-1:{account or '111122223333'}:key/{key_id}".split(":")
        pairs = zip_longest(parts, usual, fillvalue="*")
        arn = ":".join(one if like(part, one) else _shortest(part) for part, one in pairs)
        if (found := account_of_key_arn(arn)) is not None:
            yield Key(found, arn)


def _shortest(pattern: str) -> str:
    """Return a text that a pattern matches."""
    return pattern.replace("*", "").replace("?", "0")


_USUAL_IDS: Final = (
    "1234abcd-12ab-34cd-56ef-1234567890ab",
    "0987dcba-09fe-87dc-65ba-ab0987654321",
    "mrk-1234abcd12ab34cd56ef1234567890ab",
)
"""The key ids of AWS's guides, the last one of a multi-Region key."""


def first(grid: Grid, box: Box, dimension: int) -> int:
    """Return the number of the first point of a box in a dimension."""
    points = box.get(dimension, grid.full[dimension])
    return (points & -points).bit_length() - 1


def _match(doubt: Doubt, context: Context, keys: Context) -> None:
    """Add a value that matches a text with variables, and values for the variables."""
    if not doubt.pattern:
        return
    text = expand(doubt.pattern, Facts(keys | context, variables=True))
    if text is None:
        missing = sorted(keys_of_variables(doubt.pattern) or ())
        context |= {name: ("x",) for name in missing if name not in keys and name not in context}
        text = expand(doubt.pattern, Facts(keys | context, variables=True))
    if text is not None and doubt.key not in keys:
        context[doubt.key] = (text_of_literal(text.replace("*", "").replace("?", "x")),)
