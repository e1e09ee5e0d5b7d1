"""What is wrong with a key policy, before KMS says so.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
"""

from kmspolicy._check._check import check
from kmspolicy._check._finding import Finding, Severity

__all__ = ["Finding", "Severity", "check"]
