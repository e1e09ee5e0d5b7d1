"""The types of arguments and of parts of results, for annotations.

Functions and classes are in :mod:`kmspolicy`; here are the other types of their signatures. The module of a type is loaded
when the type is first used.
"""

from typing import TYPE_CHECKING

__all__ = [
    "AccessChangeDict",
    "AccessRowDict",
    "AccessTableDict",
    "AnyAction",
    "Arn",
    "ArnKey",
    "ArnOperators",
    "Assumption",
    "AssumptionDict",
    "Block",
    "BooleanKey",
    "BooleanOperators",
    "CallerDict",
    "CellDict",
    "Change",
    "ChangeDict",
    "ComparisonDict",
    "Context",
    "ContextValue",
    "CreateKeyParameters",
    "CreateResultDict",
    "DateKey",
    "DateOperators",
    "DecisionDict",
    "DescribeKeyParameters",
    "DiffDict",
    "Displayed",
    "DocumentDiff",
    "DocumentDiffDict",
    "Effect",
    "Element",
    "ErrorDict",
    "ExternalAccessDict",
    "ExternalEntryDict",
    "FindingCode",
    "FindingDict",
    "Findings",
    "GetKeyPolicyParameters",
    "Items",
    "Key",
    "KeyResultDict",
    "KeySpec",
    "KeyUsage",
    "Kinds",
    "ListKeyPoliciesParameters",
    "MatchingPattern",
    "Mismatch",
    "MismatchDict",
    "Names",
    "Network",
    "NetworkKey",
    "NetworkOperators",
    "NumberKey",
    "NumberOperators",
    "OneOf",
    "Pair",
    "PairDict",
    "Pairs",
    "Place",
    "Placeholder",
    "PlaceholderKind",
    "PlanDict",
    "PrincipalFault",
    "PrincipalKind",
    "PrincipalName",
    "PrincipalType",
    "Progress",
    "PutKeyPolicyParameters",
    "PutResultDict",
    "RequestDict",
    "Requester",
    "Steps",
    "Subject",
    "SubjectDict",
    "Text",
    "TextKey",
    "TextOperators",
    "TextSetKey",
    "TextSetOperators",
    "TimeKey",
    "TimeOperators",
    "UnknownChange",
    "UnknownChangeDict",
    "Value",
    "Values",
    "VerdictDict",
    "WitnessDict",
]

if TYPE_CHECKING:
    from kmspolicy._build._builder import AnyAction, MatchingPattern
    from kmspolicy._build._keys import (
        Arn,
        ArnKey,
        ArnOperators,
        BooleanKey,
        BooleanOperators,
        DateKey,
        DateOperators,
        NetworkKey,
        NetworkOperators,
        NumberKey,
        NumberOperators,
        Text,
        TextKey,
        TextOperators,
        TextSetKey,
        TextSetOperators,
        TimeKey,
        TimeOperators,
    )
    from kmspolicy._check._finding import FindingCode, FindingDict, Findings
    from kmspolicy._client._many import ErrorDict, Items, KeyResultDict, Progress
    from kmspolicy._diff._access import AccessChangeDict, UnknownChange, UnknownChangeDict
    from kmspolicy._diff._diff import DiffDict
    from kmspolicy._diff._documents import Change, ChangeDict, DocumentDiff, DocumentDiffDict, Pair, PairDict
    from kmspolicy._display import Displayed
    from kmspolicy._document._condition import Block
    from kmspolicy._document._convert import Names
    from kmspolicy._document._principal import Kinds
    from kmspolicy._document._statement import Effect
    from kmspolicy._evaluate._access import AccessRowDict, AccessTableDict, CellDict, Subject, SubjectDict
    from kmspolicy._evaluate._callers import Requester
    from kmspolicy._evaluate._decide import (
        Assumption,
        AssumptionDict,
        DecisionDict,
        Element,
        Mismatch,
        MismatchDict,
    )
    from kmspolicy._evaluate._request import RequestDict
    from kmspolicy._language._aliases import Context, ContextValue, Network, Pairs
    from kmspolicy._language._forms import KeySpec, KeyUsage
    from kmspolicy._language._key_arns import Key
    from kmspolicy._language._principals import PrincipalFault, PrincipalKind, PrincipalName, PrincipalType
    from kmspolicy._language._values import OneOf, Value, Values
    from kmspolicy._partial._tree import Placeholder, PlaceholderKind
    from kmspolicy._path import Steps
    from kmspolicy._plan._created import CreateResultDict
    from kmspolicy._plan._plan import PlanDict, PutResultDict
    from kmspolicy._plan._saved import CallerDict
    from kmspolicy._prove._entries import ExternalAccessDict, ExternalEntryDict
    from kmspolicy._prove._verdicts import ComparisonDict, VerdictDict, WitnessDict
    from kmspolicy._text import Place
    from kmspolicy.testing._service import (
        CreateKeyParameters,
        DescribeKeyParameters,
        GetKeyPolicyParameters,
        ListKeyPoliciesParameters,
        PutKeyPolicyParameters,
    )
else:
    _MODULES = {
        "AccessChangeDict": "_diff._access",
        "AccessRowDict": "_evaluate._access",
        "AccessTableDict": "_evaluate._access",
        "AnyAction": "_build._builder",
        "Arn": "_build._keys",
        "ArnKey": "_build._keys",
        "ArnOperators": "_build._keys",
        "Assumption": "_evaluate._decide",
        "AssumptionDict": "_evaluate._decide",
        "Block": "_document._condition",
        "BooleanKey": "_build._keys",
        "BooleanOperators": "_build._keys",
        "CallerDict": "_plan._saved",
        "CellDict": "_evaluate._access",
        "Change": "_diff._documents",
        "ChangeDict": "_diff._documents",
        "ComparisonDict": "_prove._verdicts",
        "Context": "_language._aliases",
        "ContextValue": "_language._aliases",
        "CreateKeyParameters": "testing._service",
        "DescribeKeyParameters": "testing._service",
        "CreateResultDict": "_plan._created",
        "DateKey": "_build._keys",
        "DateOperators": "_build._keys",
        "DecisionDict": "_evaluate._decide",
        "DiffDict": "_diff._diff",
        "Displayed": "_display",
        "DocumentDiff": "_diff._documents",
        "DocumentDiffDict": "_diff._documents",
        "Effect": "_document._statement",
        "Element": "_evaluate._decide",
        "ErrorDict": "_client._many",
        "ExternalAccessDict": "_prove._entries",
        "ExternalEntryDict": "_prove._entries",
        "FindingCode": "_check._finding",
        "FindingDict": "_check._finding",
        "Findings": "_check._finding",
        "GetKeyPolicyParameters": "testing._service",
        "Items": "_client._many",
        "Key": "_language._key_arns",
        "KeyResultDict": "_client._many",
        "KeySpec": "_language._forms",
        "KeyUsage": "_language._forms",
        "Kinds": "_document._principal",
        "ListKeyPoliciesParameters": "testing._service",
        "MatchingPattern": "_build._builder",
        "Mismatch": "_evaluate._decide",
        "MismatchDict": "_evaluate._decide",
        "Names": "_document._convert",
        "Network": "_language._aliases",
        "NetworkKey": "_build._keys",
        "NetworkOperators": "_build._keys",
        "NumberKey": "_build._keys",
        "NumberOperators": "_build._keys",
        "OneOf": "_language._values",
        "Pair": "_diff._documents",
        "PairDict": "_diff._documents",
        "Pairs": "_language._aliases",
        "Place": "_text",
        "Placeholder": "_partial._tree",
        "PlaceholderKind": "_partial._tree",
        "PlanDict": "_plan._plan",
        "PrincipalFault": "_language._principals",
        "PrincipalKind": "_language._principals",
        "PrincipalName": "_language._principals",
        "PrincipalType": "_language._principals",
        "Progress": "_client._many",
        "PutKeyPolicyParameters": "testing._service",
        "PutResultDict": "_plan._plan",
        "RequestDict": "_evaluate._request",
        "Requester": "_evaluate._callers",
        "Steps": "_path",
        "Subject": "_evaluate._access",
        "SubjectDict": "_evaluate._access",
        "Text": "_build._keys",
        "TextKey": "_build._keys",
        "TextOperators": "_build._keys",
        "TextSetKey": "_build._keys",
        "TextSetOperators": "_build._keys",
        "TimeKey": "_build._keys",
        "TimeOperators": "_build._keys",
        "UnknownChange": "_diff._access",
        "UnknownChangeDict": "_diff._access",
        "Value": "_language._values",
        "Values": "_language._values",
        "VerdictDict": "_prove._verdicts",
        "WitnessDict": "_prove._verdicts",
    }

    def __getattr__(name):
        """Load the module of a type; type checkers do not see this, so that they find misspelt names."""
        from importlib import import_module

        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=None)
        globals()[name] = value = getattr(import_module(f"kmspolicy.{_MODULES[name]}"), name)
        return value

    def __dir__():
        return __all__
