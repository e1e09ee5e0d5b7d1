"""Typed, asynchronous AWS KMS key policies.

All public names are here, except those of ``kmspolicy.testing`` and ``kmspolicy.types``. The module of a name is loaded
when the name is first used, so ``import kmspolicy`` is fast, and values work without botocore.
"""

from typing import TYPE_CHECKING

__all__ = [
    "Access",
    "AccessChange",
    "AccessTable",
    "Action",
    "ActionPattern",
    "Caller",
    "Cell",
    "Comparison",
    "Condition",
    "CreateResult",
    "Decision",
    "Denial",
    "Diff",
    "ExternalAccess",
    "ExternalEntry",
    "ExternalGroup",
    "Fails",
    "Finding",
    "Guard",
    "Holds",
    "KeyPolicies",
    "KeyPolicyClient",
    "KeyPolicyError",
    "KeyResult",
    "Many",
    "Outcome",
    "PartialPolicy",
    "Permission",
    "Plan",
    "Policy",
    "Principal",
    "PutResult",
    "Relation",
    "Request",
    "Retry",
    "Severity",
    "Statement",
    "Unknown",
    "Verdict",
    "Witness",
    "access",
    "allow",
    "canonical",
    "check",
    "compare",
    "conditions",
    "decide",
    "deny",
    "diff",
    "equivalent",
    "errors",
    "explain",
    "external_access",
    "matching",
    "prove",
    "statements",
    "translate_errors",
    "types",
]

if TYPE_CHECKING:
    from kmspolicy import conditions, errors, prove, statements, types
    from kmspolicy._build import Denial, Permission, allow, deny, matching
    from kmspolicy._check import Finding, Severity, check
    from kmspolicy._client import KeyPolicies, KeyPolicyClient, KeyResult, Many, translate_errors
    from kmspolicy._diff import AccessChange, Diff, canonical, diff, equivalent
    from kmspolicy._document import Condition, Policy, Principal, Statement
    from kmspolicy._evaluate import (
        Access,
        AccessTable,
        Caller,
        Cell,
        Decision,
        Outcome,
        Request,
        access,
        decide,
    )
    from kmspolicy._language._actions import Action, ActionPattern
    from kmspolicy._partial import PartialPolicy
    from kmspolicy._plan import CreateResult, Guard, Plan, PutResult, Retry
    from kmspolicy._prove._compare import compare
    from kmspolicy._prove._entries import ExternalAccess, ExternalEntry, ExternalGroup
    from kmspolicy._prove._external import external_access
    from kmspolicy._prove._verdicts import Comparison, Fails, Holds, Relation, Unknown, Verdict, Witness
    from kmspolicy._words import explain
    from kmspolicy.errors import KeyPolicyError

    __version__: str
else:
    _MODULES = {
        "Access": "_evaluate",
        "AccessChange": "_diff",
        "AccessTable": "_evaluate",
        "Action": "_language._actions",
        "ActionPattern": "_language._actions",
        "Caller": "_evaluate",
        "Cell": "_evaluate",
        "Comparison": "_prove._verdicts",
        "Condition": "_document",
        "CreateResult": "_plan",
        "Decision": "_evaluate",
        "Denial": "_build",
        "Diff": "_diff",
        "ExternalAccess": "_prove._entries",
        "ExternalEntry": "_prove._entries",
        "ExternalGroup": "_prove._entries",
        "Fails": "_prove._verdicts",
        "Finding": "_check",
        "Guard": "_plan",
        "Holds": "_prove._verdicts",
        "KeyPolicies": "_client",
        "KeyPolicyClient": "_client",
        "KeyPolicyError": "errors",
        "KeyResult": "_client",
        "Many": "_client",
        "Outcome": "_evaluate",
        "PartialPolicy": "_partial",
        "Permission": "_build",
        "Plan": "_plan",
        "Policy": "_document",
        "Principal": "_document",
        "PutResult": "_plan",
        "Relation": "_prove._verdicts",
        "Request": "_evaluate",
        "Retry": "_plan",
        "Severity": "_check",
        "Statement": "_document",
        "Unknown": "_prove._verdicts",
        "Verdict": "_prove._verdicts",
        "Witness": "_prove._verdicts",
        "access": "_evaluate",
        "allow": "_build",
        "canonical": "_diff",
        "check": "_check",
        "compare": "_prove._compare",
        "conditions": "conditions",
        "decide": "_evaluate",
        "deny": "_build",
        "diff": "_diff",
        "equivalent": "_diff",
        "errors": "errors",
        "explain": "_words",
        "external_access": "_prove._external",
        "matching": "_build",
        "prove": "prove",
        "statements": "statements",
        "translate_errors": "_client",
        "types": "types",
    }

    def __getattr__(name):
        """Load the module of a public name; type checkers do not see this, so that they find misspelt names."""
        if name == "__version__":
            from importlib.metadata import version

            value = version("kmspolicy")
        elif name in _MODULES:
            from importlib import import_module

            module = import_module(f"kmspolicy.{_MODULES[name]}")
            value = module if name == _MODULES[name] else getattr(module, name)
        else:
            raise AttributeError(f"module 'kmspolicy' has no attribute {name!r}", name=name, obj=None)
        globals()[name] = value
        return value

    def __dir__():
        return sorted([*__all__, "__version__"])
