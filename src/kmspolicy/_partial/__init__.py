"""Policies with values that are not known yet."""

from kmspolicy._partial._policy import PartialPolicy

__all__ = ["PartialPolicy"]
