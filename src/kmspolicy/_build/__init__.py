"""The builder: permissions whose actions exist, and the operators of each type of condition key."""

from kmspolicy._build._builder import Denial, Permission, allow, deny, matching

__all__ = ["Denial", "Permission", "allow", "deny", "matching"]
