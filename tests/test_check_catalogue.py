"""Each finding by the example of the catalogue; what a finding is."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path
from typing import get_args

import pytest

from check_support import ACCOUNT, ADMIN, ALICE, APP, OTHER, about
from kmspolicy import PartialPolicy, Policy, Principal, Severity, Statement, check, statements
from kmspolicy._check._catalogue import CATALOGUE
from kmspolicy._check._finding import FindingCode

BESIDES = {
    "DUPLICATE_KEYS_WITH_DIFFERENT_CASE": ["CONDITION_NEVER_MET"],
    "MISSING_STATEMENT": ["LOCKOUT_EVERYONE"],
    "TYPE_MISMATCH_BOOLEAN": ["INVALID_CONDITION_MULTIPLE_BOOLEAN"],
    "VARIABLE_UNSUPPORTED_IN_VERSION": ["OLD_VERSION"],
}


def test_the_type_of_codes_has_those_of_the_catalogue() -> None:
    """In alphabetical order, so that a code is easily found."""
    assert list(get_args(FindingCode)) == sorted(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_each_example_has_its_finding(code: FindingCode) -> None:
    """And no other that is not unavoidable; it is as severe as the catalogue says, and has a place and a page."""
    entry = CATALOGUE[code]
    policy = (
        PartialPolicy.from_json(json.dumps(entry.example))
        if code == "UNRESOLVED"
        else Policy.from_dict(entry.example)
    )
    found = check(policy, caller=entry.caller, account=entry.account)
    assert sorted(finding.code for finding in found) == sorted([code, *BESIDES.get(code, [])])
    finding = next(finding for finding in found if finding.code == code)
    assert finding.severity is entry.severity
    assert finding.url == entry.url
    assert finding.url.startswith("https://")
    assert finding.locate(json.dumps(entry.example, indent=2)) is not None
    assert finding.message.endswith((".", "?"))
    assert pickle.loads(pickle.dumps(finding)) == finding  # noqa: S301
    assert str(finding).startswith(f"{entry.severity.value} {code}: ")


@pytest.mark.parametrize(
    "policy",
    [
        statements.default_policy(ACCOUNT),
        statements.console_policy(ACCOUNT, administrators=[Principal.arn(ALICE)], users=[Principal.arn(APP)]),
        Policy([ADMIN, statements.use_by_account(OTHER)]),
        Policy([ADMIN, statements.use_through_service("ec2.us-east-1.amazonaws.com", account=ACCOUNT)]),
        Policy([ADMIN, statements.deny_short_waiting_period(21)]),
        Policy([ADMIN, statements.deny_deletion()]),
        Policy([ADMIN, statements.cloudwatch_logs("us-east-1", ACCOUNT)]),
        Policy([ADMIN, statements.nitro_enclave(Principal.arn(APP), image_sha384="a" * 96)]),
    ],
)
def test_what_the_builder_makes_is_in_order(policy: Policy) -> None:
    """No finding at all."""
    assert check(policy) == ()


def test_findings_come_in_the_order_of_the_document() -> None:
    """Those about the whole first, then statement by statement."""
    policy = Policy(
        [
            ADMIN,
            Statement("Allow", action="kms:Foo", principal=Principal({"AWS": ["x", "y"]}), sid="a"),
            Statement("Allow", principal=Principal.arn(ALICE), action="kms:CreateKey", resource="*", sid="a"),
        ],
        version=None,
    )
    assert [(finding.code, finding.path) for finding in check(policy)] == [
        ("MISSING_VERSION", ""),
        ("MISSING_RESOURCE", "Statement[1]"),
        ("INVALID_PRINCIPAL_FORMAT", "Statement[1].Principal.AWS[0]"),
        ("INVALID_PRINCIPAL_FORMAT", "Statement[1].Principal.AWS[1]"),
        ("INVALID_ACTION", "Statement[1].Action"),
        ("UNIQUE_SIDS_RECOMMENDED", "Statement[2].Sid"),
        ("UNSUPPORTED_ACTION_IN_POLICY", "Statement[2].Action"),
    ]


def test_a_finding_says_what_where_and_what_to_do() -> None:
    """On one line, with what was probably meant."""
    policy = Policy(
        [ADMIN, Statement("Allow", principal=Principal.arn(ALICE), action="kms:Decypt", resource="*")]
    )
    (finding,) = check(policy)
    assert str(finding) == (
        "warning INVALID_ACTION: Statement[1].Action: This KMS action does not exist; it has no effect: 'kms:Decypt'; "
        "did you mean 'kms:Decrypt'? Correct it, or remove it."
    )
    assert finding.locate(policy.to_json(indent=1)) == (18, 4)
    assert finding.locate("{}") is None
    written = finding.to_dict()
    assert json.loads(json.dumps(written)) == written
    assert written == {
        "code": "INVALID_ACTION",
        "severity": "warning",
        "path": "Statement[1].Action",
        "steps": ["Statement", 1, "Action"],
        "message": finding.message,
        "hint": finding.hint,
        "url": finding.url,
        "page": finding.page,
        "depends_on": [],
        "line": None,
        "column": None,
    }


@pytest.mark.parametrize("code", CATALOGUE)
def test_what_a_finding_says_holds_in_python_and_in_a_terminal(code: FindingCode) -> None:
    """The command has the same findings: they name no function, argument or module of the library."""
    entry = CATALOGUE[code]
    for words in (entry.meaning, entry.hint, entry.doubt or ""):
        assert re.findall(r"\w\(|\w=|[a-z]_[a-z]|\b(?:statements|conditions|prove|sources)\.", words) == []


def test_each_code_has_a_section_of_its_own() -> None:
    """The page of a finding leads to the section of its code, by the names that the repository gives to headings."""
    page = (Path(__file__).parents[1] / "docs/reference/findings.md").read_text(encoding="utf-8")
    headings = {line.removeprefix("### ").lower() for line in page.splitlines() if line.startswith("### ")}
    assert headings == {code.lower() for code in CATALOGUE}
    finding = check(Policy([ADMIN, about(Action="kms:Decypt")]))[0]
    assert finding.page.endswith("docs/reference/findings.md#invalid_action")


def test_findings_below_long_names_are_located() -> None:
    """Names that begin alike for more characters than are shown are told apart."""
    keys = ["aws:" + "x" * 200 + end for end in "ab"]
    policy = Policy([ADMIN, about(Condition={"StringEquals": dict.fromkeys(keys, "x")})])
    text = policy.to_json(indent=0)
    found = [finding for finding in check(policy) if finding.code == "INVALID_GLOBAL_CONDITION_KEY"]
    assert [finding.steps[-1] for finding in found] == keys
    places = [finding.locate(text) for finding in found]
    assert [text.splitlines()[place.line - 1].split('"')[1] for place in places if place] == keys


def test_severities_are_ordered() -> None:
    """An error is the worst; other values cannot be compared with a severity."""
    mildest_first = [Severity.SUGGESTION, Severity.WARNING, Severity.SECURITY_WARNING, Severity.ERROR]
    assert sorted(Severity) == mildest_first
    assert max(Severity) is Severity.ERROR
    assert Severity.SECURITY_WARNING >= Severity.WARNING >= Severity.WARNING > Severity.SUGGESTION
    assert Severity.WARNING <= Severity.WARNING < Severity.ERROR
    with pytest.raises(TypeError):
        _ = Severity.ERROR > "warning"  # type: ignore[operator]  # ty: ignore[unsupported-operator]
