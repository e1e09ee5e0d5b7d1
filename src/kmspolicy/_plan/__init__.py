"""Plans, results and retries as plain values."""

from kmspolicy._plan._created import CreateResult
from kmspolicy._plan._guard import Guard
from kmspolicy._plan._plan import Plan, PutResult
from kmspolicy._plan._retry import Retry

__all__ = ["CreateResult", "Guard", "Plan", "PutResult", "Retry"]
