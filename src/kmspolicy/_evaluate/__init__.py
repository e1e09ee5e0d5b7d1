"""Answers from the key policy alone: decisions about requests, and tables of access.

https://docs.aws.amazon.com/kms/latest/developerguide/determining-access.html
"""

from kmspolicy._evaluate._access import Access, AccessTable, Cell, access
from kmspolicy._evaluate._decide import Assumption, Decision, Mismatch, Outcome, decide
from kmspolicy._evaluate._request import Caller, Request

__all__ = [
    "Access",
    "AccessTable",
    "Assumption",
    "Caller",
    "Cell",
    "Decision",
    "Mismatch",
    "Outcome",
    "Request",
    "access",
    "decide",
]
