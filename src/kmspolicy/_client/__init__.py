"""KeyPolicies: reading, planning and putting key policies, over an aiobotocore client."""

from kmspolicy._client._calls import KMSClient
from kmspolicy._client._facade import KeyPolicies
from kmspolicy._client._many import KeyResult, Many
from kmspolicy._client._plan import Plan, PutResult

__all__ = ["KMSClient", "KeyPolicies", "KeyResult", "Many", "Plan", "PutResult"]
