"""The builder: permissions that cannot be misspelt, and what a condition key can do."""

from kmspolicy._build._builder import Denial, Permission, allow, deny, matching

__all__ = ["Denial", "Permission", "allow", "deny", "matching"]
