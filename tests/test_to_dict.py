"""Every answer as a dict for JSON, written out once: programs rely on these names."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

import pytest

from kmspolicy import (
    AccessTable,
    Caller,
    Cell,
    Condition,
    CreateResult,
    Finding,
    Plan,
    Policy,
    Principal,
    PutResult,
    Request,
    Severity,
    Unknown,
    allow,
    compare,
    conditions,
    decide,
    diff,
    external_access,
    statements,
    types,
)

ACCOUNT, OTHER = "111122223333", "444455556666"
KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
APP, FRIEND = Principal.role(ACCOUNT, "App"), Principal.role(OTHER, "Friend")
ROOT = statements.enable_iam_policies(ACCOUNT)
VIA_S3 = conditions.via_service.equals("s3.us-east-1.amazonaws.com")
TO_APP = allow("kms:Decrypt").to(APP).named("App")
TO_BOTH = allow("kms:Decrypt").to(APP | FRIEND).named("App").when(VIA_S3)
BEFORE, AFTER = Policy([ROOT, TO_APP]), Policy([ROOT, TO_BOTH])
CHANGE = diff(BEFORE, AFTER, account=ACCOUNT)

Fields: TypeAlias = dict[str, Any]
ALWAYS_SO = (Condition.from_dict({}),)
NOTHING: Fields = {
    "access": "nothing",
    "allowed": [],
    "delegated": [],
    "denied": [],
    "iam_of": None,
    "depends_on": [],
}
ALWAYS: Fields = {
    "access": "always",
    "allowed": [{}],
    "delegated": [],
    "denied": [],
    "iam_of": None,
    "depends_on": [],
}
IF_VIA_S3 = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
APP_ARN, FRIEND_ARN = f"arn:aws:iam::{ACCOUNT}:role/App", f"arn:aws:iam::{OTHER}:role/Friend"
A_REQUEST: Fields = {
    "principal": APP_ARN,
    "action": "kms:Decrypt",
    "context": {},
    "account": None,
    "key_arn": None,
}
A_MISMATCH = {
    "number": 1,
    "element": "Condition",
    "operator": "StringEquals",
    "key": "kms:ViaService",
    "path": 'Statement[1].Condition.StringEquals["kms:ViaService"]',
    "steps": ["Statement", 1, "Condition", "StringEquals", "kms:ViaService"],
}
AN_ASSUMPTION = {
    "number": 0,
    "element": "Resource",
    "operator": None,
    "key": None,
    "path": "Statement[0].Resource",
    "steps": ["Statement", 0, "Resource"],
    "is_met": False,
}
A_WITNESS: Fields = {
    "request": {
        "principal": FRIEND_ARN,
        "action": "kms:Decrypt",
        "context": {"kms:ViaService": ["s3.us-east-1.amazonaws.com"]},
        "account": ACCOUNT,
        "key_arn": None,
    },
    "outcome": "allowed",
    "before": "not granted",
    "typical": True,
}
GAINED: Fields = {
    "principal": {"type": "AWS", "name": FRIEND_ARN},
    "actions": ["kms:Decrypt"],
    "before": NOTHING,
    "after": {
        "access": "under conditions",
        "allowed": [IF_VIA_S3],
        "delegated": [],
        "denied": [],
        "iam_of": OTHER,
        "depends_on": [],
    },
    "witness": A_WITNESS,
}
A_CHANGE = {"path": "Statement[1].Principal.AWS", "removed": [], "added": [FRIEND_ARN]}
A_PAIR = {
    "before": TO_APP.to_dict(),
    "after": TO_BOTH.to_dict(),
    "changes": [
        A_CHANGE,
        {
            "path": 'Statement[1].Condition.StringEquals["kms:ViaService"]',
            "removed": [],
            "added": ["s3.us-east-1.amazonaws.com"],
        },
    ],
}
A_LOSS: Fields = {
    "principal": {"type": "AWS", "name": APP_ARN},
    "actions": ["kms:Decrypt"],
    "before": ALWAYS,
    "after": {
        "access": "delegated",
        "allowed": [IF_VIA_S3],
        "delegated": [{}],
        "denied": [],
        "iam_of": None,
        "depends_on": [],
    },
    "witness": {
        "request": {**A_REQUEST, "account": ACCOUNT},
        "outcome": "delegated",
        "before": "allowed",
        "typical": True,
    },
}
DOCUMENTS: Fields = {"added": [], "removed": [], "changed": [A_PAIR], "version": None, "labels": []}
A_DIFF: Fields = {
    "document": DOCUMENTS,
    "gained": [GAINED],
    "lost": [A_LOSS],
    "unknown": [],
    "account": ACCOUNT,
    "key_arn": None,
    "partition": "aws",
}
FOUND: Fields = {
    "code": "OLD_VERSION",
    "severity": "suggestion",
    "path": "Version",
    "steps": ["Version"],
    "message": "The version 2008-10-17 has no policy variables.",
    "hint": "Write 2012-10-17.",
    "url": "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html",
    "page": "https://github.com/kmspolicy/kmspolicy/blob/main/docs/reference/findings.md#old_version",
    "depends_on": [],
    "line": None,
    "column": None,
}
FINDING = Finding(
    "OLD_VERSION",
    Severity.SUGGESTION,
    ("Version",),
    "The version 2008-10-17 has no policy variables.",
    "Write 2012-10-17.",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html",
)
PLAN = Plan(
    "a-key",
    BEFORE.to_json(indent=2),
    AFTER.to_json(),
    caller=Caller(APP, {"aws:MultiFactorAuthPresent": True}),
)
A_PLAN: Fields = {
    "key_id": "a-key",
    "account": ACCOUNT,
    "key_arn": None,
    "partition": "aws",
    "caller": {"principal": APP_ARN, "context": {"aws:MultiFactorAuthPresent": [True]}},
    "bypass_policy_lockout_safety_check": False,
    "changed": True,
    "current_text": BEFORE.to_json(indent=2),
    "new_text": AFTER.to_json(),
    "diff": A_DIFF,
    "findings": [],
}


class Row(NamedTuple):
    """An answer, its dict, and the type of that."""

    answer: Any
    typed: Any
    fields: dict[str, Any]


def verdict(word: str, claim: str, witness: object = None, reason: str | None = None) -> dict[str, Any]:
    """Return a verdict as a dict."""
    return {"verdict": word, "claim": claim, "reason": reason, "witness": witness, "depends_on": []}


NO_MORE, NO_LESS = "the outcome is higher for no request", "the outcome is lower for no request"
NO_NEW, NO_LOST = "no request is granted more than before", "no request that was granted is granted less"
WORKED_OUT = compare(BEFORE, BEFORE.with_statement(TO_BOTH.named("Both")), account=ACCOUNT)
DECISION = decide(AFTER, Request(APP, "kms:Decrypt", {"kms:ViaService": "sqs.us-east-1.amazonaws.com"}))
ASSUMED = decide(Policy([TO_APP.replace(resource=KEY_ARN)]), Request(APP, "kms:Decrypt")).assumptions[0]
UNKNOWN_CHANGE = types.UnknownChange(
    ("AWS", APP_ARN), ("kms:Decrypt",), Cell(), Cell(ALWAYS_SO), ("kms:Decrypt", "kms:Sign"), "gained", "why"
)
EXTERNAL = external_access(Policy([TO_BOTH]), account=ACCOUNT)
AN_ENTRY: Fields = {
    "group": "untrusted account",
    "who": FRIEND_ARN,
    "account": OTHER,
    "actions": ["kms:Decrypt"],
    "statement": 0,
    "sid": "App",
    "condition": IF_VIA_S3,
    "denied_by": [],
    "witness": {**A_WITNESS, "before": None},
    "unknown": None,
    "depends_on": [],
    "url": "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html",
}
A_CASE = PutResult("a-key", None, 0, changed=False, findings=(FINDING,))
ROWS = {
    "a request": Row(Request(APP, "kms:Decrypt"), types.RequestDict, A_REQUEST),
    "a request with all": Row(
        Request(
            APP,
            "kms:Sign",
            {"aws:MultiFactorAuthAge": [5, 1.5], "aws:MultiFactorAuthPresent": True},
            key_arn=KEY_ARN,
        ),
        types.RequestDict,
        {
            "principal": APP_ARN,
            "action": "kms:Sign",
            "context": {"aws:MultiFactorAuthAge": ["5", "1.5"], "aws:MultiFactorAuthPresent": ["true"]},
            "account": ACCOUNT,
            "key_arn": KEY_ARN,
        },
    ),
    "a decision": Row(
        DECISION,
        types.DecisionDict,
        {
            "outcome": "delegated",
            "decided_by": [0],
            "mismatches": [A_MISMATCH],
            "iam_must_allow": True,
            "assumptions": [],
            "request": {**A_REQUEST, "context": {"kms:ViaService": ["sqs.us-east-1.amazonaws.com"]}},
        },
    ),
    "a mismatch": Row(DECISION.mismatches[0], types.MismatchDict, A_MISMATCH),
    "an assumption": Row(ASSUMED, types.AssumptionDict, AN_ASSUMPTION),
    "a cell": Row(Cell(), types.CellDict, NOTHING),
    "a table": Row(
        AccessTable(
            (("AWS", APP_ARN), ("Service", "s3.amazonaws.com")),
            ("kms:Decrypt", "kms:Encrypt", "kms:Sign"),
            ((Cell(ALWAYS_SO), Cell()), (Cell(), Cell()), (Cell(ALWAYS_SO), Cell())),
        ),
        types.AccessTableDict,
        {
            "principals": [
                {"type": "AWS", "name": APP_ARN},
                {"type": "Service", "name": "s3.amazonaws.com"},
            ],
            "actions": ["kms:Decrypt", "kms:Encrypt", "kms:Sign"],
            "rows": [
                {"actions": ["kms:Decrypt", "kms:Sign"], "cells": [ALWAYS, NOTHING]},
                {"actions": ["kms:Encrypt"], "cells": [NOTHING, NOTHING]},
            ],
            "unknown": None,
        },
    ),
    "a difference": Row(CHANGE, types.DiffDict, A_DIFF),
    "no difference": Row(
        diff(BEFORE, BEFORE, key_arn=KEY_ARN),
        types.DiffDict,
        {
            "document": {"added": [], "removed": [], "changed": [], "version": None, "labels": []},
            "gained": [],
            "lost": [],
            "unknown": [],
            "account": ACCOUNT,
            "key_arn": KEY_ARN,
            "partition": "aws",
        },
    ),
    "a difference of documents": Row(CHANGE.document, types.DocumentDiffDict, DOCUMENTS),
    "all that can differ between documents": Row(
        types.DocumentDiff(
            (TO_BOTH,),
            (TO_APP,),
            CHANGE.changed,
            types.Change("Version", ("2008-10-17",), ("2012-10-17",)),
            (types.Change("Id", (), ("new",)),),
        ),
        types.DocumentDiffDict,
        {
            "added": [TO_BOTH.to_dict()],
            "removed": [TO_APP.to_dict()],
            "changed": [A_PAIR],
            "version": {"path": "Version", "removed": ["2008-10-17"], "added": ["2012-10-17"]},
            "labels": [{"path": "Id", "removed": [], "added": ["new"]}],
        },
    ),
    "a pair": Row(CHANGE.changed[0], types.PairDict, A_PAIR),
    "a change": Row(CHANGE.changed[0].changes[0], types.ChangeDict, A_CHANGE),
    "a change of access": Row(CHANGE.gained[0], types.AccessChangeDict, GAINED),
    "an unknown change": Row(
        UNKNOWN_CHANGE,
        types.UnknownChangeDict,
        {
            "principal": {"type": "AWS", "name": APP_ARN},
            "actions": ["kms:Decrypt"],
            "before": NOTHING,
            "after": ALWAYS,
            "way": "gained",
            "reason": "why",
        },
    ),
    "a witness": Row(CHANGE.gained[0].witness, types.WitnessDict, A_WITNESS),
    "holds": Row(WORKED_OUT.no_less, types.VerdictDict, verdict("holds", NO_LESS)),
    "fails": Row(WORKED_OUT.no_more, types.VerdictDict, verdict("fails", NO_MORE, A_WITNESS)),
    "unknown": Row(
        Unknown("it is so", "why"), types.VerdictDict, verdict("unknown", "it is so", reason="why")
    ),
    "unknown, with a request": Row(
        Unknown("it is so", "why", CHANGE.gained[0].witness),
        types.VerdictDict,
        verdict("unknown", "it is so", A_WITNESS, "why"),
    ),
    "a comparison": Row(
        WORKED_OUT,
        types.ComparisonDict,
        {
            "relation": "more permissive",
            "no_new_access": verdict("fails", NO_NEW, A_WITNESS),
            "no_lost_access": verdict("holds", NO_LOST),
            "no_more": verdict("fails", NO_MORE, A_WITNESS),
            "no_less": verdict("holds", NO_LESS),
        },
    ),
    "who outside gets in": Row(
        EXTERNAL,
        types.ExternalAccessDict,
        {"account": ACCOUNT, "entries": [AN_ENTRY], "inside": [], "unknown": None},
    ),
    "an entry": Row(EXTERNAL.entries[0], types.ExternalEntryDict, AN_ENTRY),
    "a finding": Row(FINDING, types.FindingDict, FOUND),
    "a plan": Row(PLAN, types.PlanDict, A_PLAN),
    "the result of a put": Row(
        PutResult("a-key", "an-id", 2, plan=PLAN),
        types.PutResultDict,
        {
            "key_id": "a-key",
            "request_id": "an-id",
            "attempts": 2,
            "changed": True,
            "plan": A_PLAN,
            "findings": [],
        },
    ),
    "nothing to put": Row(
        A_CASE,
        types.PutResultDict,
        {
            "key_id": "a-key",
            "request_id": None,
            "attempts": 0,
            "changed": False,
            "plan": None,
            "findings": [FOUND],
        },
    ),
    "a new key": Row(
        CreateResult(
            "1234", KEY_ARN, "Enabled", created=datetime(2030, 1, 1, tzinfo=UTC), findings=(FINDING,)
        ),
        types.CreateResultDict,
        {
            "key_id": "1234",
            "arn": KEY_ARN,
            "state": "Enabled",
            "key_spec": None,
            "key_usage": None,
            "origin": None,
            "multi_region": False,
            "created": "2030-01-01T00:00:00+00:00",
            "request_id": None,
            "attempts": 1,
            "findings": [FOUND],
        },
    ),
}
PARTS: dict[Any, Any] = {
    types.AccessRowDict: ROWS["a table"].fields["rows"][0],
    types.CallerDict: A_PLAN["caller"],
    types.SubjectDict: GAINED["principal"],
}
"""The types of parts that have no ``to_dict`` of their own."""


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_dict_of_an_answer(row: Row) -> None:
    """It is plain JSON with exactly the fields of its type."""
    fields = row.answer.to_dict()
    assert fields == row.fields
    assert json.loads(json.dumps(fields)) == fields
    assert fields.keys() == row.typed.__required_keys__


def test_parts_have_the_fields_of_their_types() -> None:
    """What stands in a dict is as its type says, too."""
    assert {typed for typed, part in PARTS.items() if part.keys() != typed.__required_keys__} == set()
