"""What is found in templates, plans and manifests: the code of each finding, and its place in the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kmspolicy import PartialPolicy, Policy, check
from kmspolicy.sources import read_path, read_text

if TYPE_CHECKING:
    from kmspolicy.sources import Source

ROOT = '{Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}'
TEMPLATE = f"""\
Parameters:
  Org: {{Type: String}}
  Stage: {{Type: String, AllowedValues: [dev, prod]}}
Conditions:
  HasOrg: !Not [!Equals [!Ref Org, '']]
  Prod: !Equals [!Ref Stage, prod]
Resources:
  Unset:
    Type: AWS::KMS::Key
  OwnAccount:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: 2012-10-17
        Statement:
          - {ROOT}
          - Effect: Allow
            Principal: '*'
            Action: kms:Decrypt
            Resource: '*'
            Condition: {{StringEquals: {{'kms:CallerAccount': !Ref AWS::AccountId}}}}
  ByService:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: 2012-10-17
        Statement:
          - {ROOT}
          - Effect: Allow
            Principal: '*'
            Action: kms:Decypt
            Resource: '*'
            Condition: {{StringEquals: {{'kms:ViaService': !Sub 's3.${{AWS::Region}}.amazonaws.com'}}}}
  Everyone:
    Type: AWS::KMS::ReplicaKey
    Properties:
      KeyPolicy: {{Version: 2012-10-17, Statement: [{{Effect: Allow, Principal: '*', Action: 'kms:*', Resource: '*'}}]}}
  Lockout:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {{AWS: !Sub 'arn:aws:iam::${{AWS::AccountId}}:role/App'}}
            Action: kms:Decrypt
            Resource: '*'
  Depends:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: 2012-10-17
        Statement:
          - {ROOT}
          - !If
            - HasOrg
            - Effect: Allow
              Principal: '*'
              Action: kms:Decrypt
              Resource: '*'
              Condition: {{StringEquals: {{'aws:PrincipalOrgID': !Ref Org}}}}
            - Effect: Allow
              Principal: '*'
              Action: kms:Decrypt
              Resource: '*'
  Stages:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: 2012-10-17
        Statement:
          - {ROOT}
          - Effect: Allow
            Principal: {{AWS: !Sub 'arn:aws:iam::${{AWS::AccountId}}:role/App'}}
            Action: !If [Prod, 'kms:Decrypt', 'kms:Decypt']
            Resource: '*'
"""

Found = tuple[str, str, tuple[int, int] | None]


def found(*sources: Source) -> list[Found]:
    """Return the findings of sources, but not the suggestions; a finding knows its branch of a choice."""
    return [
        (source.name, finding.code, finding.place or source.place(finding.steps))
        for source in sources
        if source.policy is not None
        for finding in check(source.policy)
        if finding.severity.name != "SUGGESTION"
    ]


def test_a_template() -> None:
    """The pseudo parameter that limits the callers is seen, as is the one that limits nobody."""
    assert found(*read_text(TEMPLATE)) == [
        ("ByService", "PUBLIC_ACCESS", (30, 13)),
        ("ByService", "INVALID_ACTION", (31, 13)),
        ("Everyone", "PUBLIC_ACCESS", (37, 68)),
        ("Lockout", "LOCKOUT_EVERYONE", (42, 9)),
        ("Depends", "PUBLIC_ACCESS", (63, 15)),
        ("Stages", "INVALID_ACTION", (75, 13)),
    ]


def test_what_depends_names_the_parameter() -> None:
    """Public access only without an organisation, a misspelt action only in one stage."""
    depends = {
        finding.code: finding.depends_on
        for source in read_text(TEMPLATE)
        if source.name in ("Depends", "Stages") and source.policy is not None
        for finding in check(source.policy)
    }
    assert depends == {"PUBLIC_ACCESS": ("Org",), "INVALID_ACTION": ("Stage",)}


EDGE = Path(__file__).parent / "data" / "sources" / "edge.yaml"
ONLY_WITHOUT_ORG = ("PUBLIC_ACCESS", (22, 31), ("Org",))
OF_EACH_ORG = [
    ("INVALID_ACTION", (24, 65), ("Env",)),
    ("ALL_ACTIONS_FOR_ANOTHER_ACCOUNT", (25, 41), ("Ssm",)),
]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [({}, [ONLY_WITHOUT_ORG, *OF_EACH_ORG]), ({"Org": "o-abc1234567"}, OF_EACH_ORG)],
    ids=["with no organisation for some values", "with an organisation"],
)
def test_a_key_with_many_parameters(
    parameters: dict[str, str], expected: list[tuple[str, tuple[int, int], tuple[str, ...]]]
) -> None:
    """A finding about one statement depends on the parameters of this statement, however many others have."""
    source, *_ = read_path(EDGE, parameters=parameters).sources
    assert source.name == "K1"
    assert source.policy is not None
    assert [(one.code, one.place, one.depends_on) for one in check(source.policy)] == expected


def test_what_a_choice_says_is_said_for_which_values() -> None:
    """These are the values of the parameters, where the template tells them."""
    source, *_ = read_path(EDGE).sources
    assert source.policy is not None
    messages = {one.code: one.message for one in check(source.policy)}
    assert messages["PUBLIC_ACCESS"].endswith("This is so only where 'Org' is ''.")
    assert messages["INVALID_ACTION"].endswith("This is so only where 'Env' is 'dev'.")


def test_values_that_are_given_decide() -> None:
    """What depended on them is certain, or gone."""
    sources = read_text(TEMPLATE, parameters={"Org": "o-abc1234567", "Stage": "prod"})
    assert [name for name, _, _ in found(*sources)] == ["ByService", "ByService", "Everyone", "Lockout"]


def test_placeholders_in_a_policy() -> None:
    """A policy with gaps to fill in has nothing that is wrong."""
    statements = [
        statement(Principal={"AWS": "arn:aws:iam::<ACCOUNT_ID>:root"}),
        statement(Principal={"AWS": "arn:aws:iam::{{account}}:role/${role_name}"}, Action="kms:Decrypt"),
        statement(
            Principal={"AWS": "*"},
            Action="kms:Decrypt",
            Condition={
                "StringEquals": {"aws:PrincipalOrgID": "${ORG}", "kms:EncryptionContext:u": "${aws:username}"}
            },
        ),
    ]
    (source,) = read_text(json.dumps({"Version": "2012-10-17", "Statement": statements}))
    assert isinstance(source.policy, PartialPolicy)
    assert "aws:username" not in {one.name for one in source.policy.placeholders}
    assert found(source) == []


def statement(**elements: Any) -> dict[str, Any]:
    """Return a statement."""
    return {"Effect": "Allow", "Action": "kms:*", "Resource": "*"} | elements


ACCOUNT = {"AWS": "arn:aws:iam::111122223333:root"}
MANIFESTS = """\
apiVersion: kms.aws.upbound.io/v1beta1
kind: Key
metadata: {name: k}
spec:
  forProvider:
    policy: |
      {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": "*", "Action": "kms:Decypt", "Resource": "*"}]}
---
apiVersion: kms.services.k8s.aws/v1alpha1
kind: Key
metadata: {name: ack}
spec:
  policy: '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"}]}'
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_manifests(ends: str) -> None:
    """The lines of the policy in a block are lines of the file."""
    assert found(*read_text(MANIFESTS.replace("\n", ends))) == [
        ("k", "PUBLIC_ACCESS", (9, 29)),
        ("k", "INVALID_ACTION", (9, 47)),
    ]


def test_a_plan(tmp_path: Path) -> None:
    """A document is rebuilt, and a finding has the place of the policy in the configuration."""
    (tmp_path / "main.tf").write_text(
        'resource "aws_kms_key" "rebuilt" {\n  description = "a"\n  policy = data.aws_iam_policy_document.d.json\n}\n'
        'resource "aws_kms_key" "changed" {\n  policy = file("policy.json")\n}\n',
        encoding="utf-8",
    )
    document = "data.aws_iam_policy_document.d"
    block = {
        "actions": ["kms:*"],
        "resources": ["*"],
        "principals": [{"type": "AWS", "identifiers": ["111122223333"]}],
    }
    unknown = block | {"actions": ["kms:Decypt"], "principals": [{"type": "AWS"}]}
    before = json.dumps({"Version": "2012-10-17", "Statement": [statement(Principal=ACCOUNT)]})
    after = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [statement(Principal=ACCOUNT), statement(Principal="*", Action="kms:Decrypt")],
        }
    )
    changes: list[tuple[str, str, Any, Any, Any]] = [
        ("data", document, None, {"statement": [block, unknown]}, {"statement": [{}, {"principals": [{"identifiers": True}]}]}),
        ("managed", "aws_kms_key.rebuilt", None, {}, {"policy": True}),
        ("managed", "aws_kms_key.changed", {"policy": before}, {"policy": after}, {}),
    ]  # fmt: skip
    plan = {
        "format_version": "1.2",
        "resource_changes": [
            {
                "address": address,
                "mode": mode,
                "type": address.removeprefix("data.").partition(".")[0],
                "change": {"before": old, "after": new, "after_unknown": unknowns},
            }
            for mode, address, old, new, unknowns in changes
        ],
        "configuration": {
            "root_module": {
                "resources": [
                    {
                        "address": "aws_kms_key.rebuilt",
                        "expressions": {"policy": {"references": [f"{document}.json", document]}},
                    }
                ]
            }
        },
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    reading = read_path(tmp_path / "plan.json", tf_dir=tmp_path)
    assert found(*reading.sources) == [
        ("aws_kms_key.rebuilt", "INVALID_ACTION", (3, 3)),
        ("aws_kms_key.changed", "PUBLIC_ACCESS", (6, 3)),
    ]
    assert {source.file for source in reading.sources} == {str(tmp_path / "main.tf")}
    assert isinstance(reading.sources[1].before, Policy)
