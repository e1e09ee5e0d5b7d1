"""Comparing: whether two policies mean the same, and what changed."""

from kmspolicy._diff._access import AccessChange, UnknownChange
from kmspolicy._diff._canonical import canonical
from kmspolicy._diff._diff import Diff, diff
from kmspolicy._diff._documents import Change, DocumentDiff, Pair, document_diff
from kmspolicy._diff._equivalent import equivalent

__all__ = [
    "AccessChange",
    "Change",
    "Diff",
    "DocumentDiff",
    "Pair",
    "UnknownChange",
    "canonical",
    "diff",
    "document_diff",
    "equivalent",
]
