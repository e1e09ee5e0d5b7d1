"""KeyPolicies: reading, planning and putting key policies, over an aiobotocore client."""

from kmspolicy._client._botocore import translate_errors
from kmspolicy._client._calls import KeyPolicyClient
from kmspolicy._client._facade import KeyPolicies
from kmspolicy._client._many import KeyResult, Many

__all__ = ["KeyPolicies", "KeyPolicyClient", "KeyResult", "Many", "translate_errors"]
