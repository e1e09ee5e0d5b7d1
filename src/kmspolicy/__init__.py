"""Typed, asynchronous AWS KMS key policies.

Everything public is reached from here, save ``kmspolicy.testing``. A name's module is loaded when the name is
first asked for, so that ``import kmspolicy`` costs next to nothing and values can be used without botocore.
"""

from typing import TYPE_CHECKING

__all__ = [
    "Access",
    "AccessChange",
    "AccessTable",
    "Action",
    "ActionPattern",
    "Cell",
    "Condition",
    "Decision",
    "Denial",
    "Diff",
    "Finding",
    "KMSClient",
    "KeyPolicies",
    "KeyPolicyError",
    "KeyResult",
    "Many",
    "Outcome",
    "Permission",
    "Plan",
    "Policy",
    "Principal",
    "PutResult",
    "Request",
    "Retry",
    "Severity",
    "Statement",
    "access",
    "allow",
    "canonical",
    "check",
    "decide",
    "deny",
    "diff",
    "equivalent",
    "errors",
    "explain",
    "keys",
    "matching",
    "statements",
    "translate_errors",
]

if TYPE_CHECKING:
    from kmspolicy import errors, keys, statements
    from kmspolicy._botocore import translate_errors
    from kmspolicy._builder import Denial, Permission, allow, deny, matching
    from kmspolicy._check import Finding, Severity, check
    from kmspolicy._client import KeyPolicies, KeyResult, KMSClient, Many, Plan, PutResult
    from kmspolicy._compare import AccessChange, Diff, canonical, diff, equivalent
    from kmspolicy._document import Condition, Policy, Principal, Statement
    from kmspolicy._evaluate import (
        Access,
        AccessTable,
        Cell,
        Decision,
        Outcome,
        Request,
        access,
        decide,
        explain,
    )
    from kmspolicy._retry import Retry
    from kmspolicy._vocabulary import Action, ActionPattern
    from kmspolicy.errors import KeyPolicyError

    __version__: str
else:
    _ROOMS = {
        "Access": "_evaluate",
        "AccessChange": "_compare",
        "AccessTable": "_evaluate",
        "Action": "_vocabulary",
        "ActionPattern": "_vocabulary",
        "Cell": "_evaluate",
        "Condition": "_document",
        "Decision": "_evaluate",
        "Denial": "_builder",
        "Diff": "_compare",
        "Finding": "_check",
        "KMSClient": "_client",
        "KeyPolicies": "_client",
        "KeyPolicyError": "errors",
        "KeyResult": "_client",
        "Many": "_client",
        "Outcome": "_evaluate",
        "Permission": "_builder",
        "Plan": "_client",
        "Policy": "_document",
        "Principal": "_document",
        "PutResult": "_client",
        "Request": "_evaluate",
        "Retry": "_retry",
        "Severity": "_check",
        "Statement": "_document",
        "access": "_evaluate",
        "allow": "_builder",
        "canonical": "_compare",
        "check": "_check",
        "decide": "_evaluate",
        "deny": "_builder",
        "diff": "_compare",
        "equivalent": "_compare",
        "errors": "errors",
        "explain": "_evaluate",
        "keys": "keys",
        "matching": "_builder",
        "statements": "statements",
        "translate_errors": "_botocore",
    }

    def __getattr__(name):
        """Load the module of a public name; type checkers do not see this, so that they find misspelt names."""
        if name == "__version__":
            from importlib.metadata import version

            value = version("kmspolicy")
        elif name in _ROOMS:
            from importlib import import_module

            room = import_module(f"kmspolicy.{_ROOMS[name]}")
            value = room if name == _ROOMS[name] else getattr(room, name)
        else:
            raise AttributeError(f"module 'kmspolicy' has no attribute {name!r}", name=name, obj=None)
        globals()[name] = value
        return value

    def __dir__():
        return sorted([*__all__, "__version__"])
