"""Questions to a key policy that it alone answers: may this one do that, who may do what, and what does it say.

https://docs.aws.amazon.com/kms/latest/developerguide/determining-access.html
"""

from kmspolicy._evaluate._access import Access, AccessTable, Cell, access
from kmspolicy._evaluate._decide import Decision, Mismatch, Outcome, decide
from kmspolicy._evaluate._explain import explain
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
    "explain",
]
