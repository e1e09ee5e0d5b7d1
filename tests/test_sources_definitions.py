"""What is not known is one value in two files only where both say the same of it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from kmspolicy import Holds, PartialPolicy, Unknown, prove
from kmspolicy.sources import read_cloudformation, read_terraform_plan

TEMPLATE = """\
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod], Default: dev}
  Who: {Type: String, AllowedValues: ['arn:aws:iam::111122223333:role/A']}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a}
  Several: {Type: CommaDelimitedList}
Mappings:
  Names:
    dev: {name: one}
  Included:
    Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://maps'}}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://conditions'}}
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub '${Stage}-app', MaxSessionDuration: 3600}}
  User: {Type: AWS::IAM::User, Properties: {Path: /a/}}
  Found: {Type: Custom::Lookup, Properties: {who: role A, stage: !Ref Stage}}
  Within: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://a'}}
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {AWS: 'arn:aws:iam::111122223333:root'}
            Action: kms:*
            Resource: '*'
          - Effect: Allow
            Principal: {AWS: VALUE}
            Action: kms:Decrypt
            Resource: '*'
"""


class Row(NamedTuple):
    """A principal, and a change of the template that changes who that is."""

    value: str
    old: str
    new: str
    name: str


SELECT = "!Select [0, [!If [IsDev, 'arn:aws:iam::111122223333:role/A', !Ref AWS::NoValue], '111122223333']]"
INCLUDED = "!If [Made, 'arn:aws:iam::111122223333:role/A', 'arn:aws:iam::111122223333:role/B']"
CHANGED: dict[str, Row] = {
    "Select of items that may be absent": Row(SELECT, "role/A', !Ref AWS::N", "role/B', !Ref AWS::N", "Fn::Select 0"),
    "Select by a condition": Row(SELECT, "IsDev: !Equals [!Ref Stage, dev]", "IsDev: !Equals [dev, !Ref Stage]", "Fn::Select 0"),
    "Select of part of a text": Row("!Select [0, !Split [',', !Ref Stored]]", "/a", "/b", "Fn::Select 0 of ${Stored} at ,"),
    "Select by a number that is not known": Row("!Select [!Ref Stage, [a, b]]", "[a, b]", "[a, c]", "Fn::Select ${Stage}"),
    "Join of a list": Row("!Join ['/', !Ref Several]", "CommaDelimitedList", "List<Number>", "Fn::Join of ${Several}"),
    "Join of what a function returns": Row("!Join ['', !GetAZs x]", "!GetAZs x", "!GetAZs y", "Fn::Join of Fn::GetAZs"),
    "Base64": Row("!Sub ['arn:aws:iam::111122223333:role/${x}', {x: !Base64 one}]", "!Base64 one", "!Base64 two", "Fn::Base64"),
    "Base64 of what is in a map": Row("!Sub ['a${x}', {x: !Base64 {'Fn::FindInMap': [Names, dev, name]}}]", "name: one", "name: two", "Fn::Base64"),
    "Cidr": Row("!Select [0, !Cidr [10.0.0.0/8, 1]]", "10.0.0.0/8, 1", "0.0.0.0/0, 1", "Fn::Select 0 of Fn::Cidr"),
    "Transform": Row("!Sub ['${x}', {x: {'Fn::Transform': {Name: Pick, Parameters: {who: one}}}}]", "who: one", "who: two", "Fn::Transform Pick"),
    "an object with a function": Row("!Sub ['${x}', {x: {a: b, 'Fn::Transform': {Name: Pick}}}]", "a: b", "a: c", "Fn::Transform"),
    "FindInMap": Row("!Sub ['${x}', {x: !FindInMap [Included, a, b]}]", "Included, a", "Included, c", "Fn::FindInMap"),
    "FindInMap in what is included": Row("!Sub ['${x}', {x: !FindInMap [Included, a, b]}]", "s3://maps", "s3://others", "Fn::FindInMap"),
    "a condition that is included": Row(INCLUDED, "s3://conditions", "s3://others", "Made"),
    "ImportValue of a name that is not known": Row("!ImportValue {'Fn::Sub': '${Stored}-role'}", "/a", "/b", "Fn::ImportValue ${Stored}-role"),
    "a parameter with other values": Row("!Ref Who", "role/A']}", "role/A', '*']}", "Who"),
    "a parameter that is stored elsewhere": Row("!Ref Stored", "/a", "/b", "Stored"),
    "a resource of another type": Row("!GetAtt Role.Arn", "AWS::IAM::Role", "Custom::Role", "Role.Arn"),
    "a role with another name": Row("!GetAtt Role.Arn", "${Stage}-app", "${Stage}-admin", "Role.Arn"),
    "a user with another path": Row("!Ref User", "/a/", "/b/", "User"),
    "a custom resource": Row("!GetAtt Found.Arn", "who: role A", "who: everyone", "Found.Arn"),
    "a custom resource that refers to a parameter": Row("!GetAtt Found.Arn", "[dev, prod]", "[dev, test]", "Found.Arn"),
    "a stack within the stack": Row("!GetAtt Within.Outputs.Role", "https://a", "https://b", "Within.Outputs.Role"),
}  # fmt: skip
SAME: dict[str, tuple[str, str, str]] = {
    "a default": ("!Ref Stage", "Default: dev", "Default: prod"),
    "what a role may do": ("!GetAtt Role.Arn", "3600", "7200"),
    "another parameter": ("!Ref Stored", "role/A", "role/B"),
    "the short form of a function": (SELECT, "!Ref AWS::NoValue", "{Ref: AWS::NoValue}"),
    "the order of members": ("!GetAtt Found.Arn", "{who: role A, stage: !Ref Stage}", "{stage: !Ref Stage, who: role A}"),
}  # fmt: skip


def policy_in(template: str) -> PartialPolicy:
    """Return the policy of the key of a template."""
    (source,) = read_cloudformation(template)
    assert isinstance(source.policy, PartialPolicy)
    return source.policy


def no_new_access(value: str, old: str = "", new: str = "") -> Holds | Unknown:
    """Return whether a change of a template with a value as a principal gives no new access."""
    template = TEMPLATE.replace("VALUE", value)
    assert old in template
    before, after = (policy_in(text) for text in (template, template.replace(old, new)))
    verdict = prove.no_new_access(before, after)
    assert isinstance(verdict, (Holds, Unknown))
    return verdict


@pytest.mark.parametrize("row", CHANGED.values(), ids=CHANGED)
def test_a_changed_definition_is_another_value(row: Row) -> None:
    """Nothing is proved by the name alone, which is shown as it is in the template."""
    verdict = no_new_access(row.value, row.old, row.new)
    assert isinstance(verdict, Unknown)
    assert row.name in verdict.depends_on
    assert "\0" not in f"{verdict}{verdict.witness}{verdict.depends_on}"
    assert "\\x00" not in f"{verdict!r}"


@pytest.mark.parametrize("row", CHANGED.values(), ids=CHANGED)
def test_an_unchanged_definition_is_the_same_value(row: Row) -> None:
    """A template that stays as it is gives no new access, whatever the values are."""
    assert isinstance(no_new_access(row.value), Holds)


@pytest.mark.parametrize(("value", "old", "new"), SAME.values(), ids=SAME)
def test_changes_that_make_no_other_value(value: str, old: str, new: str) -> None:
    """What does not tell the value may change."""
    assert isinstance(no_new_access(value, old, new), Holds)


# --- plans -------------------------------------------------------------------------------------------

DOCUMENT = "data.aws_iam_policy_document.d"


def plan(role: str, effect: str = "var.effect", **more: object) -> PartialPolicy:
    """Return the policy of a plan in which a role and an effect are known after apply, with more blocks in the configuration."""
    principals: dict[str, Any] = {"type": "AWS", "identifiers": [None]}
    shown = {"effect": None, "actions": ["kms:Decrypt"], "resources": ["*"], "principals": [principals]}
    hidden = {"effect": True, "principals": [{"identifiers": [True]}]}
    known, unknown = {"statement": [shown]}, {"json": True, "statement": [hidden]}
    identifiers = {"identifiers": {"references": [role]}}
    referring = {"effect": {"references": [effect]}, "principals": [identifiers]}
    resources = [
        {"address": "aws_kms_key.k", "expressions": {"policy": {"references": [DOCUMENT]}}},
        {"address": DOCUMENT, "expressions": {"statement": [referring], **more}},
    ]
    changes = [
        _change("aws_kms_key.k", "aws_kms_key", "managed", {}, {"policy": True}),
        _change(DOCUMENT, "aws_iam_policy_document", "data", known, unknown),
    ]
    text = {
        "format_version": "1.2",
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": resources}},
    }
    (source,) = read_terraform_plan(json.dumps(text))
    assert isinstance(source.policy, PartialPolicy)
    return source.policy


def _change(address: str, kind: str, mode: str, after: object, unknown: object) -> dict[str, Any]:
    inside = {"actions": ["create"], "before": None, "after": after, "after_unknown": unknown}
    return {"address": address, "type": kind, "mode": mode, "change": inside}


def test_another_expression_is_another_value() -> None:
    """What is known after apply is the same where the configuration of its place is."""
    before = plan("aws_iam_role.a.arn")
    assert isinstance(prove.no_new_access(before, plan("aws_iam_role.b.arn")), Unknown)
    assert isinstance(prove.no_new_access(before, plan("aws_iam_role.a.arn", "var.other")), Unknown)
    assert isinstance(prove.no_new_access(before, plan("aws_iam_role.a.arn", policy_id={})), Holds)


def test_what_the_configuration_does_not_list_is_defined_by_what_is_around_it() -> None:
    """A dynamic block is not in the configuration of a plan; of its document, nothing may change then."""
    before, after = (plan("", statement=None, policy_id={"constant_value": one}) for one in ("a", "b"))
    assert isinstance(prove.no_new_access(before, before), Holds)
    assert isinstance(prove.no_new_access(before, after), Unknown)
