"""Comparing: whether two policies mean the same, and what changed."""

from kmspolicy._diff._canonical import canonical, equivalent
from kmspolicy._diff._diff import AccessChange, Change, Diff, Pair, diff

__all__ = ["AccessChange", "Change", "Diff", "Pair", "canonical", "diff", "equivalent"]
