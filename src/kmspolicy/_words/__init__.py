"""Plain English of conditions, principals, statements and decisions."""

from kmspolicy._words._explain import explain

__all__ = ["explain"]
