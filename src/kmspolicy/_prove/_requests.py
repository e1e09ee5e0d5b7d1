"""A request out of what the search leaves over, for anybody to replay."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from kmspolicy._language._key_arns import Key, account_of_key_arn
from kmspolicy._language._keys import condition_key
from kmspolicy._language._patterns import COLONS, like, text_of_literal
from kmspolicy._language._variables import Facts, expand, keys_of_variables
from kmspolicy._prove._callers import ARN, KEYS
from kmspolicy._prove._grid import ACTION, CALLER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kmspolicy._evaluate._request import Request
    from kmspolicy._language._aliases import ContextValue
    from kmspolicy._prove._boxes import Box
    from kmspolicy._prove._clauses import Doubt
    from kmspolicy._prove._grid import Grid

    Context = dict[str, tuple[ContextValue, ...]]


def request_of(grid: Grid, box: Box, key: Key) -> Request | None:
    """Return the first request of a box; None where none is known.

    Args:
        grid: The grid.
        box: Some of its points.
        key: What is known of the key.
    """
    caller = grid.population.callers[first(grid, box, CALLER)]
    action = grid.actions[first(grid, box, ACTION)]
    context: Context = {ARN: (caller.role,)} if caller.role and grid.asks_for(ARN) else {}
    for name, points in grid.points.items():
        values = points[first(grid, box, grid.dimension(name))].values
        if values is None:
            return None
        if values and (name not in KEYS or caller.has_own_id):
            context[name] = values
    for doubt in grid.doubts:
        if first(grid, box, grid.dimension(doubt)):
            key = _of_resources(doubt.resources, key)
            _match(doubt, context, dict(caller.keys))
    if caller.also is not None:
        return None
    spelt = {_spelling(name): values for name, values in context.items()}
    return action.request(caller.name.text, spelt, key)


def _of_resources(resources: Iterable[str], key: Key) -> Key:
    """Return a key that one of some resources names, where there can be one; else what is known of the key."""
    for resource in resources if key.arn is None else ():
        usual_arn = _USUAL_ARN.format(account=key.account or "111122223333").split(":")
        parts = zip_longest(resource.split(":", COLONS), usual_arn, fillvalue="*")
        arn = ":".join(usual if like(part, usual) else part for part, usual in parts)
        account = account_of_key_arn(arn)
        if account is not None and key.account in (None, account) and like(resource, arn):
            return Key(account, arn)
    return key


_USUAL_ARN: Final = "arn:aws:kms:us-east-1:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def first(grid: Grid, box: Box, dimension: int) -> int:
    """Return the number of the first point of a box in a dimension."""
    points = box.get(dimension, grid.full[dimension])
    return (points & -points).bit_length() - 1


def _spelling(key: str) -> str:
    """Write a key that is in lower case as AWS does, where it is known."""
    known = condition_key(key)
    return key if known is None else known.name + key[len(known.name) :]


def _match(doubt: Doubt, context: Context, keys: Context) -> None:
    """Give a key a value that matches a text with variables, and its variables something to stand for."""
    if not doubt.pattern:
        return
    text = expand(doubt.pattern, Facts(keys | context, variables=True))
    if text is None:
        missing = sorted(keys_of_variables(doubt.pattern) or ())
        context |= {name: ("x",) for name in missing if name not in keys and name not in context}
        text = expand(doubt.pattern, Facts(keys | context, variables=True))
    if text is not None and doubt.key not in keys:
        context[doubt.key] = (text_of_literal(text.replace("*", "").replace("?", "x")),)
