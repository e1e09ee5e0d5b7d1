"""A request out of what the search leaves over, for anybody to replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kmspolicy._language._keys import condition_key
from kmspolicy._language._patterns import text_of_literal
from kmspolicy._language._variables import Facts, expand, keys_of_variables
from kmspolicy._prove._callers import ARN, KEYS
from kmspolicy._prove._grid import ACTION, CALLER

if TYPE_CHECKING:
    from kmspolicy._evaluate._request import Request
    from kmspolicy._language._aliases import ContextValue
    from kmspolicy._prove._boxes import Box
    from kmspolicy._prove._clauses import Doubt
    from kmspolicy._prove._grid import Grid

    Context = dict[str, tuple[ContextValue, ...]]


def request_of(grid: Grid, box: Box, account: str | None) -> Request | None:
    """Return the first request of a box; None where none is known.

    Args:
        grid: The grid.
        box: Some of its points.
        account: The account of the key; None if it is not known.
    """
    caller = grid.population.callers[first(grid, box, CALLER)]
    action = grid.actions[first(grid, box, ACTION)]
    context: Context = {ARN: (caller.role,)} if caller.role else {}
    for key, points in grid.points.items():
        values = points[first(grid, box, grid.dimension(key))].values
        if values is None:
            return None
        if values and (key not in KEYS or caller.has_own_id):
            context[key] = values
    for doubt in grid.doubts:
        if doubt.pattern and first(grid, box, grid.dimension(doubt)):
            _match(doubt, context, dict(caller.keys))
    if caller.also is not None:
        return None
    spelt = {_spelling(key): values for key, values in context.items()}
    return action.request(caller.name.text, spelt, account)


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
    text = expand(doubt.pattern, Facts(keys | context, variables=True))
    if text is None:
        missing = sorted(keys_of_variables(doubt.pattern) or ())
        context |= {name: ("x",) for name in missing if name not in keys and name not in context}
        text = expand(doubt.pattern, Facts(keys | context, variables=True))
    if text is not None and doubt.key not in keys:
        context[doubt.key] = (text_of_literal(text.replace("*", "").replace("?", "x")),)
