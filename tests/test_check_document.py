"""Findings about a document as a whole: size, characters, version, partitions, statements that others make redundant."""

from __future__ import annotations

import json
from typing import Any

import pytest

from check_support import ACCOUNT, ADMIN, ALICE, APP, ROOT, about, codes
from kmspolicy import Policy, Principal, Statement, allow, check, statements
from kmspolicy._check._check import check_text


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        pytest.param([about(), about()], ["Statement[2]"], id="the same twice"),
        pytest.param(
            [about(Action="kms:Decrypt"), about(Action="kms:De*")], ["Statement[1]"], id="a pattern behind"
        ),
        pytest.param(
            [about(Action="kms:De*"), about(Action=["kms:Decrypt", "kms:DescribeKey"])],
            ["Statement[2]"],
            id="a pattern before",
        ),
        pytest.param(
            [about(), about(Principal={"AWS": [ALICE, ALICE]})],
            ["Statement[2]"],
            id="the same principal twice in another one",
        ),
        pytest.param([about(Principal={"AWS": [ALICE, ALICE]})], [], id="the same principal twice alone"),
        pytest.param([about(), about(Effect="Deny")], ["Statement[1]"], id="an Allow of what is denied"),
        pytest.param(
            [about(Action=["kms:Decrypt", "kms:Sign"]), about(Effect="Deny")],
            [],
            id="an Allow of more than is denied",
        ),
        pytest.param(
            [about(), about(Principal={"AWS": [ALICE, APP]})],
            ["Statement[1]"],
            id="one principal more behind",
        ),
        pytest.param(
            [about(), about(Condition={"Bool": {"aws:SecureTransport": "true"}})],
            ["Statement[2]"],
            id="under a condition and without",
        ),
        pytest.param(
            [about(Condition={"Bool": {"aws:SecureTransport": "true"}})], [], id="under a condition alone"
        ),
        pytest.param(
            [
                about(Action="kms:Dec*"),
                about(Action="kms:Enc*"),
                about(Action=["kms:Decrypt", "kms:Encrypt"]),
            ],
            ["Statement[3]"],
            id="said by two together",
        ),
        pytest.param(
            [
                about(),
                about(Effect="Deny", Principal={"AWS": APP}),
                about(Effect="Deny", Principal={"AWS": [ALICE, APP]}),
            ],
            ["Statement[1]", "Statement[2]"],
            id="denied to two, one of them once more",
        ),
        pytest.param(
            [about(), about(Action=["kms:Decrypt", "kms:Sign"])],
            ["Statement[1]"],
            id="one action more behind",
        ),
        pytest.param([about(Resource="x"), about(Resource="x")], [], id="another Resource"),
        pytest.param(
            [about(Action=None, NotAction="kms:Sign"), about(Action=None, NotAction="kms:Sign")],
            ["Statement[2]"],
            id="NotAction twice",
        ),
    ],
)
def test_statements_that_others_make_redundant(given: list[Statement], paths: list[str]) -> None:
    """Without them, each request has the same outcome."""
    found = check(Policy([ADMIN, *given]))
    assert [finding.path for finding in found if finding.code == "REDUNDANT_STATEMENT"] == paths


@pytest.mark.parametrize(
    ("length", "letter", "severity"),
    [
        (32_768, "x", None),
        (32_769, "x", "ERROR"),
        (32_768, "é", "WARNING"),
        (20_000, "é", "WARNING"),
        (16_000, "é", None),
    ],
)
def test_size(length: int, letter: str, severity: str | None) -> None:
    """32,768 characters; more bytes than that may be too many."""
    policy = Policy([ADMIN.named("")])
    policy = Policy([ADMIN.named(letter * (length - len(policy.to_json())))])
    assert len(policy.to_json()) == length
    assert [finding.severity.name for finding in check(policy)] == ([] if severity is None else [severity])


def test_characters_are_found_wherever_they_are() -> None:
    """In names and values, however deep; control characters are written as escapes."""
    policy = Policy(
        [
            ADMIN.named("\u20ac"),
            about(Condition={"StringEquals": {"aws:\u0100": ["ok", "\u0101", True, 1]}}),
            ADMIN.named("\x01é"),
        ],
        id="\U0001f511",
    )
    found = [finding.path for finding in check(policy) if finding.code == "UNSUPPORTED_CHARACTER"]
    assert found == [
        "Id",
        "Statement[0].Sid",
        'Statement[1].Condition.StringEquals["aws:\u0100"]',
        'Statement[1].Condition.StringEquals["aws:\u0100"][1]',
    ]


def test_characters_that_are_written_as_escapes() -> None:
    """It is not known whether KMS takes them: a warning; what the text has as it is, too, is an error."""
    policy = Policy([ADMIN.named("\u20ac \u00e9"), ADMIN.named("\u20ac\u0101")], id="\u0101")
    escaped = json.dumps(policy.to_dict())
    for text, severities in (
        (escaped, ["WARNING"] * 3),
        (escaped.replace("\\u20ac", "\u20ac"), ["WARNING", "ERROR", "ERROR"]),
        (escaped.replace("\\u20ac\\u0101", "\\u20ac\u0101"), ["ERROR", "WARNING", "ERROR"]),
    ):
        found = [
            (finding.path, finding.severity.name)
            for finding in check_text(policy, text, caller=None, account=None)
            if finding.code == "UNSUPPORTED_CHARACTER"
        ]
        assert found == list(zip(("Id", "Statement[0].Sid", "Statement[1].Sid"), severities, strict=True))


def test_a_single_statement_has_no_index() -> None:
    """So that its findings can be located in its text."""
    policy = Policy(
        Statement("Allow", principal=Principal.arn(ROOT), action=["kms:*", "kms:Foo"], resource="*")
    )
    (finding,) = check(policy)
    assert finding.path == "Statement.Action[1]"
    assert finding.locate(policy.to_json()) is not None


@pytest.mark.parametrize("values", ["${aws:username}", ["a", "b-${aws:username}"]], ids=["one", "one of two"])
@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_variables_under_an_old_version(values: Any, version: str | None) -> None:
    """They are plain text there, in whichever of the values they stand."""
    condition = {"StringEquals": {"aws:SourceIdentity": values}}
    policy = Policy([ADMIN, about(Condition=condition)], version=version)
    assert "VARIABLE_UNSUPPORTED_IN_VERSION" in codes(policy)


def test_an_old_version_without_variables() -> None:
    """Only conditions with variables mean something else in it."""
    policy = Policy([ADMIN, about(Condition={"Bool": {"aws:SecureTransport": True}})], version="2008-10-17")
    assert codes(policy) == ["OLD_VERSION"]


def test_partitions() -> None:
    """One is enough."""
    china = Principal.role(ACCOUNT, "App", partition="aws-cn")
    assert (
        codes(Policy([allow("kms:*").to(china), statements.enable_iam_policies(ACCOUNT, partition="aws-cn")]))
        == []
    )
    (finding,) = check(Policy([ADMIN, allow("kms:Sign").to(china)]))
    assert (finding.code, finding.path) == ("MIXED_PARTITIONS", "Statement[1].Principal.AWS")
    (finding,) = check(Policy([ADMIN, allow("kms:Sign").to(Principal.arn(ALICE), china)]))
    assert finding.path == "Statement[1].Principal.AWS[1]"
    assert "'arn:aws-cn:iam::111122223333:role/App' is not of the partition 'aws'." in finding.message
