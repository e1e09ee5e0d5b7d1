"""The condition operators."""

from __future__ import annotations

from typing import Final

OPERATORS: Final[dict[str, str]] = {
    name: kind
    for kind, names in {
        "String": """
            StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike
        """,
        "Numeric": """
            NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals NumericGreaterThan
            NumericGreaterThanEquals
        """,
        "Date": """
            DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan DateGreaterThanEquals
        """,
        "Bool": "Bool",
        "Binary": "BinaryEquals",
        "IPAddress": "IpAddress NotIpAddress",
        "ARN": "ArnEquals ArnLike ArnNotEquals ArnNotLike",
        "Null": "Null",
    }.items()
    for name in names.split()
}
"""The condition operators and what they compare; ``Null`` compares presence.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""
