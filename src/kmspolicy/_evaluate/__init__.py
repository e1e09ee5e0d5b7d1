"""Questions that a key policy alone answers: may this principal do that, and who may do what.

https://docs.aws.amazon.com/kms/latest/developerguide/determining-access.html
"""

from kmspolicy._evaluate._access import Access, AccessTable, Cell, access
from kmspolicy._evaluate._decide import Decision, Mismatch, Outcome, decide
from kmspolicy._evaluate._request import Request

__all__ = [
    "Access",
    "AccessTable",
    "Cell",
    "Decision",
    "Mismatch",
    "Outcome",
    "Request",
    "access",
    "decide",
]
