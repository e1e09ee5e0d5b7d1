"""The versions of the policy language."""

from __future__ import annotations

from typing import Final

VERSIONS: Final = ("2012-10-17", "2008-10-17")
"""The versions of the policy language: the current one, and the one that an absent Version means.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
"""
