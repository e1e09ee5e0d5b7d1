"""Keys of CloudFormation templates: what is read of each form, and where."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any

import pytest

from kmspolicy import PartialPolicy, Policy, check
from kmspolicy._partial._tree import Choice, Placeholder
from kmspolicy._sources._functions import TAGS, call_of
from kmspolicy._sources._node import Mapping, Scalar, Sequence
from kmspolicy._sources._yaml import yaml_documents
from kmspolicy.errors import PlaceholderError, PolicyDocumentError, SourceError
from kmspolicy.sources import Ignore, Source, read_cloudformation
from sources_support import asked, shown, statement_of, tree_of

if TYPE_CHECKING:
    from kmspolicy._sources._node import Node

DATA = Path(__file__).parent / "data" / "sources"
STACK = (DATA / "stack.yaml").read_text(encoding="utf-8")

HEAD = """\
Parameters:
  Admin: {Type: String}
  Stage: {Type: String, AllowedValues: [dev, prod], Default: dev}
  Roles: {Type: CommaDelimitedList}
  Few: {Type: CommaDelimitedList, AllowedValues: [a, b]}
  Vpcs: {Type: 'List<AWS::EC2::VPC::Id>'}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', AllowedValues: [/a, /b]}
  Several: {Type: 'AWS::SSM::Parameter::Value<List<String>>'}
Mappings:
  Accounts:
    dev: {role: R1, user: U1}
    prod: {role: R2, user: U2}
    test: {role: R3, user: U3}
  Included:
    own: {role: R4}
    Fn::Transform: {Name: AWS::Include}
  Regions:
    us-east-1: {name: one}
    eu-west-1: {name: two}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  HasAdmin: !Not [!Equals [!Ref Admin, '']]
  Both: !And [!Condition IsProd, Condition: HasAdmin]
  Either: {'Fn::Or': [{Condition: IsProd}, !Equals [!Sub '${AWS::Region}', us-east-1]]}
Resources:
  Role: {Type: AWS::IAM::Role}
  Topic: {Type: AWS::SNS::Topic}
  Named: {Type: AWS::IAM::Role, Properties: {RoleName: Deploy}}
  InPath: {Type: AWS::IAM::User, Condition: IsProd, Properties: {UserName: ci, Path: /build/}}
  InSomePath: {Type: AWS::IAM::Role, Properties: {RoleName: Deploy, Path: !Sub '/${Stage}/'}}
  NamedBySub: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub '${Stage}-deploy'}}
  NamedByRef: {Type: AWS::IAM::Role, Properties: {RoleName: !Ref Stage}}
  NamedByMacro: {Type: AWS::IAM::Role, Properties: {RoleName: Deploy, 'Fn::Transform': {Name: Macro}}}
  Work: {Type: AWS::Serverless::Function}
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - Effect: Allow
            Action: kms:Decrypt
            Resource: '*'
            Principal:
              AWS: VALUE
"""
LINE = HEAD[: HEAD.index("VALUE")].count("\n") + 1


def read(value: str, **parameters: str) -> Source:
    """Return the key of a template in which a value stands for a principal."""
    (source,) = read_cloudformation(HEAD.replace("VALUE", value), parameters=parameters)
    return source


def principal(value: str, **parameters: str) -> Any:
    """Return what is read of a value."""
    return statement_of(read(value, **parameters))["Principal"]["AWS"]


FORMS: list[tuple[str, str, Any]] = [
    ("text", "'111122223333'", "111122223333"),
    ("a number that is text", "012345678901", "012345678901"),
    ("Ref, short", "!Ref Admin", "${Admin}"),
    ("Ref, long", "{Ref: Admin}", "${Admin}"),
    ("Ref of a resource", "!Ref Topic", "${Topic}"),
    ("Ref of a pseudo parameter", "!Ref AWS::AccountId", "${AWS::AccountId}"),
    ("Ref of a list of ARNs", "!Ref AWS::NotificationARNs", "unresolved AWS::NotificationARNs"),
    ("Ref of a list", "!Ref Roles", "split ${Roles} at ,"),
    ("Ref of a typed list", "!Ref Vpcs", "split ${Vpcs} at ,"),
    ("Ref of a stored text", "!Ref Stored", "${Stored}"),
    ("Ref of a stored list", "!Ref Several", "split ${Several} at ,"),
    ("a dynamic reference", "'arn:{{resolve:ssm:/a}}:x'", "arn:${{{resolve:ssm:/a}}}:x"),
    ("GetAtt, short", "!GetAtt Role.Arn", "${Role.Arn}"),
    ("GetAtt, long", "{'Fn::GetAtt': [Role, Arn]}", "${Role.Arn}"),
    ("GetAtt of an attribute that a parameter names", "!GetAtt [Role, !Ref Stage]", "${Role.${Stage}}"),
    ("GetAtt of a role that has a name", "!GetAtt Named.Arn", "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/Deploy"),
    ("GetAtt of a user that has a name and a path", "!GetAtt InPath.Arn", "arn:${AWS::Partition}:iam::${AWS::AccountId}:user/build/ci"),
    ("GetAtt of a role whose path a function makes", "!GetAtt InSomePath.Arn", "${InSomePath.Arn}"),
    ("GetAtt of a role whose name a function makes", "!GetAtt NamedBySub.Arn", "${NamedBySub.Arn}"),
    ("GetAtt of a role whose name a parameter is", "!GetAtt NamedByRef.Arn", "${NamedByRef.Arn}"),
    ("GetAtt of a role whose name a macro may change", "!GetAtt NamedByMacro.Arn", "${NamedByMacro.Arn}"),
    ("Ref of a role that has a name", "!Ref Named", "Deploy"),
    ("Ref of a role whose name a function makes", "!Ref NamedBySub", "${NamedBySub}"),
    ("Sub, short", "!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Stage}'", "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Stage}"),
    ("Sub, long", "{'Fn::Sub': '${Role.Arn}'}", "${Role.Arn}"),
    ("Sub with spaces", "!Sub '${ Admin }'", "${Admin}"),
    ("Sub with values", "!Sub ['${A}/${Admin}', {A: !GetAtt Role.Arn}]", "${Role.Arn}/${Admin}"),
    ("Sub with a value that is text", "!Sub ['a${A}c', {A: b}]", "abc"),
    ("Sub with a value that is true", "!Sub ['${A}', {A: true}]", "true"),
    ("Sub with a value that is a number", '{"Fn::Sub": ["${A}", {"A": 5}]}', "5"),
    ("Sub with a value that is not known", "!Sub ['${A}', {A: !Base64 x}]", "${Fn::Base64}"),
    ("Sub with a choice", "!Sub ['a-${A}', {A: !If [IsProd, b, !Ref AWS::NoValue]}]", "a-('if', '${Stage} = prod', 'b', '')"),
    ("Sub with a text that looks like a value", "!Sub 'a-${!aws:username}'", "a-${aws:username}"),
    ("a text that looks like a value, without Sub", "'${Admin}'", "${Admin}"),
    ("Join", "!Join [':', [arn, !Ref 'AWS::Partition', iam]]", "arn:${AWS::Partition}:iam"),
    ("Join, nested", "{'Fn::Join': ['', [a, {'Fn::Join': ['/', [b, c]]}]]}", "ab/c"),
    ("Join of a list at its own separator", "!Join [',', !Ref Roles]", "${Roles}"),
    ("Join of a list at another separator", "!Join ['-', !Ref Roles]", "${Fn::Join of ${Roles}}"),
    ("Join of a choice between lists", "!Join ['-', !If [IsProd, [a, b], [c]]]", ("if", "${Stage} = prod", "a-b", "c")),
    ("Join with a value that may be absent", "!Join ['-', [a, !If [IsProd, b, !Ref AWS::NoValue], c]]", ("if", "${Stage} = prod", "a-b-c", "a-c")),
    ("Join with many values that may be absent", f"!Join ['-', [{', '.join(['!If [IsProd, b, !Ref AWS::NoValue]'] * 7)}]]", "${Fn::Join}"),
    ("Join of something that is not known", "!Join [',', !GetAZs '']", "${Fn::Join of Fn::GetAZs}"),
    ("Select", "!Select [1, [a, b]]", "b"),
    ("Select of a value", "!Select ['0', [!Ref Admin]]", "${Admin}"),
    ("Select of a list", "!Select [0, !Ref Roles]", "${Fn::Select 0 of ${Roles} at ,}"),
    ("Select of a choice", "!Select [0, !If [IsProd, [a], [b]]]", ("if", "${Stage} = prod", "a", "b")),
    ("Select of values that may be absent", "!Select [0, [!If [IsProd, a, !Ref AWS::NoValue], b]]", "${Fn::Select 0}"),
    ("Select of a number that is not known", "!Select [!Ref Stage, [a]]", "${Fn::Select ${Stage}}"),
    ("Select of something that is not known", "!Select [0, !GetAZs '']", "${Fn::Select 0 of Fn::GetAZs}"),
    ("Select of Split", "!Select [1, !Split ['-', 'a-b']]", "b"),
    ("Split of a text", "!Split [',', 'a,b']", ["a", "b"]),
    ("Split of a value", "!Split ['|', !Ref Admin]", "split ${Admin} at |"),
    ("If", "!If [IsProd, a, b]", ("if", "${Stage} = prod", "a", "b")),
    ("If of Not", "{'Fn::If': [HasAdmin, a, b]}", ("if", "not ${Admin} = ", "a", "b")),
    ("If of And", "!If [Both, a, b]", ("if", "(${Stage} = prod and not ${Admin} = )", "a", "b")),
    ("If of Or", "!If [Either, a, b]", ("if", "(${Stage} = prod or ${AWS::Region} = us-east-1)", "a", "b")),
    ("If in a list", "[a, !If [IsProd, b, !Ref AWS::NoValue]]", ["a", ("if", "${Stage} = prod", "b", None)]),
    ("FindInMap", "!FindInMap [Accounts, dev, role]", "R1"),
    ("FindInMap of a parameter, which has its values only", "!FindInMap [Accounts, !Ref Stage, role]", ("if", "${Stage} = dev", "R1", "R2")),
    ("FindInMap of a Region", "!FindInMap [Regions, !Ref 'AWS::Region', name]", ("if", "${AWS::Region} = us-east-1", "one", "two")),
    ("FindInMap of two values", "!FindInMap [Regions, us-east-1, !Ref Admin]", "one"),
    ("FindInMap with a default", "!FindInMap [Accounts, none, role, {DefaultValue: x}]", "x"),
    ("FindInMap with a default for a parameter", "!FindInMap [Regions, !Ref Admin, name, {DefaultValue: x}]", ("if", "${Admin} = us-east-1", "one", ("if", "${Admin} = eu-west-1", "two", "x"))),
    ("FindInMap of what a macro includes", "!FindInMap [Included, dev, role]", "unresolved Fn::FindInMap"),
    ("FindInMap of what a macro includes, or not", "!FindInMap [Included, !Ref Stage, role]", "unresolved Fn::FindInMap"),
    ("FindInMap of what stands beside", "!FindInMap [Included, own, role]", "R4"),
    ("ImportValue", "!ImportValue 'shared-role'", "${Fn::ImportValue shared-role}"),
    ("ImportValue, with Sub", "{'Fn::ImportValue': !Sub '${Stage}-role'}", "${Fn::ImportValue ${Stage}-role}"),
    ("Transform", "{'Fn::Transform': {Name: Macro}}", "unresolved Fn::Transform Macro"),
    ("Transform without a name", "!Transform x", "unresolved Fn::Transform"),
    ("Transform beside others", "{'Fn::Transform': {Name: Macro}, a: b}", "unresolved Fn::Transform"),
    ("ForEach", "{'Fn::ForEach::X': [a, [b], {}]}", "unresolved Fn::ForEach::X"),
    ("a function of later years", "{'Fn::Newer': a}", "unresolved Fn::Newer"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
def test_each_form_of_a_value(value: str, expected: Any) -> None:
    """A value that is not known is a placeholder, and its place is where it begins."""
    source = read(value)
    assert statement_of(source)["Principal"]["AWS"] == expected
    assert source.place(("Statement", 0, "Principal", "AWS")) == (LINE, 15)


@pytest.mark.parametrize(("value", "expected"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
def test_each_form_of_a_value_in_json(value: str, expected: Any) -> None:
    """A template in JSON has the long forms; it may have tabs."""
    text = json.dumps(_in_json(HEAD.replace("VALUE", value)), indent="\t")
    (source,) = read_cloudformation(text)
    assert statement_of(source)["Principal"]["AWS"] == expected


def _in_json(text: str) -> Any:
    """Return a template as JSON says it."""

    def value(node: Node) -> Any:
        call = call_of(node)
        if call is not None:
            return {call.name: value(call.argument)}
        match node:
            case Scalar():
                return node.value
            case Sequence(items):
                return [value(each) for each in items]
            case Mapping(pairs):
                return {name.text: value(each) for name, each in pairs}

    (document,) = yaml_documents(text, TAGS)
    return value(document)


GIVEN: list[tuple[str, str, dict[str, str], Any]] = [
    ("a parameter", "!Ref Admin", {"Admin": "a"}, "a"),
    ("an empty text", "!Sub 'a${Admin}'", {"Admin": ""}, "a"),
    (
        "a pseudo parameter",
        "!Sub 'arn:aws:iam::${AWS::AccountId}:root'",
        {"AWS::AccountId": "1"},
        "arn:aws:iam::1:root",
    ),
    ("an attribute", "!GetAtt Role.Arn", {"Role.Arn": "a"}, "a"),
    ("the ARN of a role that has a name", "!GetAtt Named.Arn", {"Named.Arn": "a"}, "a"),
    (
        "the account of a role that has a name",
        "!GetAtt Named.Arn",
        {"AWS::AccountId": "1", "AWS::Partition": "aws"},
        "arn:aws:iam::1:role/Deploy",
    ),
    ("an allowed value", "!FindInMap [Accounts, !Ref Stage, role]", {"Stage": "prod"}, "R2"),
    ("a list", "!Ref Roles", {"Roles": "a,b"}, ["a", "b"]),
    ("a stored value, and not a name", "!Ref Stored", {"Stored": "c"}, "c"),
]


@pytest.mark.parametrize(
    ("value", "given", "expected"), [row[1:] for row in GIVEN], ids=[row[0] for row in GIVEN]
)
def test_values_of_parameters(value: str, given: dict[str, str], expected: Any) -> None:
    """What is given fills in; a policy of which everything is known is a policy."""
    source = read(value, **given)
    assert isinstance(source.policy, Policy)
    assert statement_of(source)["Principal"]["AWS"] == expected


def test_a_default_is_not_the_value() -> None:
    """Whoever deploys the template may give another one."""
    partial = read("!Ref Stage").policy
    assert isinstance(partial, PartialPolicy)
    assert [(one.name, one.allowed) for one in partial.placeholders] == [("Stage", ("dev", "prod"))]


OWN = Placeholder("AWS::AccountId", "account")
KINDS = [
    ("!Ref AWS::AccountId", "account", None),
    ("!Ref AWS::Partition", "partition", None),
    ("!Ref AWS::Region", "region", None),
    ("!Ref AWS::URLSuffix", "text", None),
    ("!GetAtt Role.Arn", "principal", OWN),
    ("!GetAtt WorkRole.Arn", "principal", OWN),
    ("!GetAtt Role.RoleId", "text", None),
    ("!GetAtt TopicRole.Arn", "text", None),
    ("!GetAtt Topic.Arn", "text", None),
]


@pytest.mark.parametrize(("value", "kind", "account"), KINDS)
def test_kinds_that_the_template_tells(value: str, kind: str, account: Placeholder | None) -> None:
    """The place of a placeholder would tell another kind, or none; roles of the stack are in its account."""
    partial = read(f"!Sub ['x${{V}}', {{V: {value}}}]").policy
    assert isinstance(partial, PartialPolicy)
    assert [(one.kind, one.account) for one in partial.placeholders] == [(kind, account)]


def test_the_account_of_a_role_that_is_given() -> None:
    """It is that of the stack."""
    partial = read("!GetAtt Role.Arn", **{"AWS::AccountId": "111122223333"}).policy
    assert isinstance(partial, PartialPolicy)
    assert [one.account for one in partial.placeholders] == ["111122223333"]


def test_a_stored_value_is_not_limited_to_the_allowed_names() -> None:
    """AllowedValues of a parameter of SSM are the names under which values are stored."""
    partial = read("!Ref Stored").policy
    assert isinstance(partial, PartialPolicy)
    assert [one.allowed for one in partial.placeholders] == [()]


WRONG: list[tuple[str, str, tuple[int, int], str]] = [
    ("an object for a Ref", "!Ref [Admin]", (LINE, 20), "Ref takes the name"),
    ("a number of arguments", "!If [IsProd, a]", (LINE, 20), "Fn::If takes an array of 3 values"),
    ("text for an array", "!Join ','", (LINE, 20), "Fn::Join takes an array of 2 values"),
    ("FindInMap with too few", "!FindInMap [Accounts, dev]", (LINE, 20), "an array of 3 to 4 values"),
    ("FindInMap of no key", "!FindInMap [Accounts, none, role]", (LINE, 20), "there is no 'none' in the map"),
    ("FindInMap of no map", "!FindInMap [None, !Ref Stage, role]", (LINE, 20), "there is no 'None' in the map"),
    ("FindInMap of no value", "!FindInMap [Regions, !Ref Stage, name]", (LINE, 20), "has no value for this"),
    ("GetAtt of an object", "!GetAtt {a: b}", (LINE, 20), "Fn::GetAtt takes a resource"),
    ("Sub of an object", "!Sub {a: b}", (LINE, 20), "Fn::Sub takes text"),
    ("Sub of a policy variable", "!Sub '${aws:username}'", (LINE, 20), "written ${!aws:username}"),
    ("Sub of a list", "!Sub 'x${Roles}'", (LINE, 20), "text is expected here"),
    ("Join at a value", "!Join [!Ref Admin, [a]]", (LINE, 27), "a separator that is text"),
    ("Join of a text", "!Join ['', !Ref Admin]", (LINE, 20), "Fn::Join takes an array"),
    ("Join of an object", "!Join ['', [{a: b}]]", (LINE, 32), "text is expected here"),
    ("Split at a value", "!Split [!Ref Admin, a]", (LINE, 28), "a separator that is text"),
    ("Select of a text", "!Select [0, !Ref Admin]", (LINE, 20), "takes a number and an array"),
    ("Select of too few", "!Select [2, [a, b]]", (LINE, 20), "no value number 2 for Fn::Select; there are 2"),
    ("If of a function", "!If [!Equals [a, b], a, b]", (LINE, 25), "takes the name of a condition"),
    ("If of no condition", "!If [None, a, b]", (LINE, 25), "there is no condition 'None'"),
    ("a condition as a value", "!Equals [a, b]", (LINE, 20), "Fn::Equals belongs in Conditions"),
    ("a function beside a name", "{Ref: Admin, a: b}", (LINE, 21), "'Ref' is a function, which has to stand alone"),
    ("two functions", "{Ref: Admin, 'Fn::Sub': b}", (LINE, 21), "'Ref' is a function"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "place", "says"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_functions_that_are_wrong(value: str, place: tuple[int, int], says: str) -> None:
    """CloudFormation refuses them; the error says where they are."""
    with pytest.raises(SourceError) as caught:
        read(value)
    assert (caught.value.line, caught.value.column) == place
    assert says in caught.value.message


@pytest.mark.parametrize(("name", "value"), [("Stage", "test"), ("Few", "a,test")])
def test_a_value_that_is_not_allowed(name: str, value: str) -> None:
    """CloudFormation refuses it before anything is made."""
    with pytest.raises(SourceError, match="'test' that was given is not one of the AllowedValues"):
        read(f"!Ref {name}", **{name: value})


def test_each_item_of_a_list_is_one_of_the_allowed_values() -> None:
    """In any order."""
    partial = read("!Join [',', !Ref Few]").policy
    assert isinstance(partial, PartialPolicy)
    assert [one.allowed for one in partial.placeholders] == [("a", "b", "a,b", "b,a")]
    assert not isinstance(read("!Ref Few", Few="b,a").policy, PartialPolicy)
    listed = read("!Ref Few").policy
    assert isinstance(listed, PartialPolicy)
    listed.with_values({"Few": "a,b,a"})
    with pytest.raises(PlaceholderError, match="one of 'a', 'b', "):
        listed.with_values({"Few": "a,c"})


CONDITIONS: list[tuple[str, str, tuple[int, int], str]] = [
    (
        "that refers to itself",
        "A: !Not [!Condition B]\nB: !Not [!Condition A]",
        (3, 13),
        "'A' refers to itself",
    ),
    ("that refers to none", "A: !Not [!Condition C]", (2, 13), "there is no condition 'C'"),
    ("that is text", "A: 'true'", (2, 7), "a condition is made of"),
    ("of one test", "A: !And [!Equals [a, b]]", (2, 7), "Fn::And takes an array of 2 to 10 values"),
    ("that compares a list", "A: !Equals [[a], b]", (2, 16), "text is expected here"),
]


def with_conditions(conditions: str, more: str = "") -> str:
    """Return a template with conditions, and a key whose policy asks for A."""
    return (
        f"Conditions:\n{indent(conditions, '   ')}\n{more}Resources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties:\n"
        "      KeyPolicy: {Statement: [{Effect: Allow, Principal: '*', Action: !If [A, a, b], Resource: '*'}]}"
    )


@pytest.mark.parametrize(
    ("conditions", "place", "says"), [row[1:] for row in CONDITIONS], ids=[row[0] for row in CONDITIONS]
)
def test_conditions_that_are_wrong(conditions: str, place: tuple[int, int], says: str) -> None:
    """They are read where a policy asks for them."""
    with pytest.raises(SourceError) as caught:
        read_cloudformation(with_conditions(conditions))
    assert (caught.value.line, caught.value.column) == place
    assert says in caught.value.message


def action_of(template: str) -> Any:
    """Return the action of the key of a template."""
    (source,) = read_cloudformation(template)
    return statement_of(source)["Action"]


def test_a_condition_that_a_transform_may_make_is_open() -> None:
    """Only its name is known."""
    expected = ("if", "open A", "a", "b")
    assert action_of(with_conditions("B: x", "Transform: AWS::Serverless-2016-10-31\n")) == expected
    assert action_of(with_conditions("'Fn::Transform': {Name: AWS::Include}")) == expected


def test_conditions_that_are_very_large_together_are_open() -> None:
    """Each names the one before twice: the last stands for thousands of tests."""
    names = "BCDEFGHIJKL"
    lines = ["B: !Equals [a, !Ref 'AWS::Region']"]
    lines += [f"{name}: !And [!Condition {before}, !Condition {before}]" for before, name in pairwise(names)]
    found = action_of(with_conditions("\n".join([*lines, "A: !Not [!Condition L]"])))
    assert "open I" in found[1]
    assert len(found[1]) < 1000


# --- policies --------------------------------------------------------------------------------------

ROOT = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
TEXT = json.dumps({"Statement": [ROOT]})
KEY = "Parameters: {Doc: {Type: String}, Admin: {Type: String}}\nConditions: {C: !Equals [!Ref Admin, x]}\nResources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy: "


def policy(value: str, **parameters: str) -> Source:
    """Return the key of a template with a policy."""
    (source,) = read_cloudformation(KEY + value, parameters=parameters)
    return source


POLICIES: list[tuple[str, str, Any, tuple[int, int]]] = [
    ("an object", TEXT, [ROOT], (7, 19)),
    ("JSON text", f"'{TEXT}'", [ROOT], (7, 20)),
    ("JSON text in a block", f"|\n        {TEXT}\n", [ROOT], (8, 10)),
    ("JSON text that is folded", f">\n        {TEXT}\n", [ROOT], (7, 18)),
    ("JSON text with a value that is none", f"'{TEXT}'".replace("kms:*", "${Admin}"), [ROOT | {"Action": "${Admin}"}], (7, 20)),
    ("Sub of JSON text", f"!Sub '{TEXT}'".replace("kms:*", "${Admin}"), [ROOT | {"Action": "${Admin}"}], (7, 25)),
    ("Sub of JSON text, with values", f"!Sub ['{TEXT}', {{V: !Ref Admin}}]".replace("kms:*", "${V}"), [ROOT | {"Action": "${Admin}"}], (7, 26)),
    ("Join of JSON text", f"!Join ['', ['{TEXT}']]".replace("kms:*", "', !Ref Admin, '"), [ROOT | {"Action": "${Admin}"}], (7, 18)),
    ("ToJsonString", f"{{'Fn::ToJsonString': {TEXT}}}", [ROOT], (7, 40)),
    ("a parameter that was given", "!Ref Doc", [ROOT], (7, 18)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "statements", "place"), [row[1:] for row in POLICIES], ids=[row[0] for row in POLICIES]
)
def test_policies(value: str, statements: Any, place: tuple[int, int]) -> None:
    """A policy may be an object, a text, or what a function makes of texts."""
    source = policy(value, Doc=TEXT)
    assert source.told == "policy"
    assert shown(source.policy) == {"Statement": statements}
    assert source.place(("Statement",)) == place


UNRESOLVED: list[tuple[str, str, str, tuple[int, int]]] = [
    ("a parameter", "!Ref Doc", "Doc", (7, 18)),
    ("a transform", "{'Fn::Transform': {Name: AWS::Include}}", "Fn::Transform AWS::Include", (7, 18)),
    ("a value for structure in Sub", "!Sub '{\"Statement\": ${Doc}}'", "the text of Fn::Sub", (7, 18)),
    (
        "a value for structure in Join",
        "!Join ['', ['{\"Statement\": ', !Ref Doc, '}']]",
        "the text of a function",
        (7, 18),
    ),
    ("an imported value", "!ImportValue p", "Fn::ImportValue p", (7, 18)),
    ("a function of later years", "{'Fn::Newer': p}", "Fn::Newer", (7, 18)),
]


@pytest.mark.parametrize(
    ("value", "name", "place"), [row[1:] for row in UNRESOLVED], ids=[row[0] for row in UNRESOLVED]
)
def test_policies_that_cannot_be_known(value: str, name: str, place: tuple[int, int]) -> None:
    """They are told apart from those that are wrong."""
    source = policy(value)
    assert (source.told, source.policy) == ("unresolved", None)
    assert source.why == f"{name} cannot be known from the file"
    assert source.place() == place


INCLUDE = "{Name: AWS::Include, Parameters: {Location: s3://b/p.yaml}}"
MACROS: list[tuple[str, str, str]] = [
    ("of the properties", f"Resources: {{K: {{Type: AWS::KMS::Key, Properties: {{'Fn::Transform': {INCLUDE}}}}}}}", "Fn::Transform AWS::Include"),
    ("of the properties, short", f"Resources: {{K: {{Type: AWS::KMS::Key, Properties: !Transform {INCLUDE}}}}}", "Fn::Transform AWS::Include"),
    ("of the properties, beside others", f"Resources: {{K: {{Type: AWS::KMS::Key, Properties: {{Enabled: true, 'Fn::Transform': {INCLUDE}}}}}}}", "Fn::Transform AWS::Include"),
    ("another function for the properties", "Resources: {K: {Type: AWS::KMS::Key, Properties: !If [C, {}, {}]}}", "Fn::If"),
    ("of the resource", f"Resources: {{K: {{Type: AWS::KMS::Key, 'Fn::Transform': {INCLUDE}}}}}", "Fn::Transform AWS::Include"),
    ("of all of the resource", f"Resources: {{K: {{'Fn::Transform': {INCLUDE}}}}}", "Fn::Transform AWS::Include"),
    ("of the resources", f"Resources: {{'Fn::Transform': {INCLUDE}}}", "Fn::Transform AWS::Include"),
    ("of the template", "Transform: Macro\nResources: {K: {Type: AWS::KMS::Key}}", "Macro"),
    ("of the template, with parameters", f"Transform: {INCLUDE}\nResources: {{K: {{Type: AWS::KMS::Key}}}}", "AWS::Include"),
    ("of the template, without a name", "Transform: {}\nResources: {K: {Type: AWS::KMS::Key}}", "Transform"),
    ("of the template, as a function", f"'Fn::Transform': {INCLUDE}\nResources: {{K: {{Type: AWS::KMS::Key}}}}", "Fn::Transform AWS::Include"),
    ("several, of which AWS knows one", "Transform: [AWS::Serverless-2016-10-31, A, B]\nResources: {K: {Type: AWS::KMS::Key}}", "A and B"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), [row[1:] for row in MACROS], ids=[row[0] for row in MACROS])
def test_a_macro_may_make_the_policy(text: str, name: str) -> None:
    """A key without a policy does not certainly have the default policy: what the macro makes of it is not known."""
    (source,) = read_cloudformation(text)
    assert (source.told, source.why) == ("unresolved", f"{name} cannot be known from the file")
    assert source.place() is not None


WITH_POLICY = f"Resources: {{K: {{Type: AWS::KMS::Key, Properties: {{KeyPolicy: {TEXT}MORE}}}}}}"


@pytest.mark.parametrize(
    "text",
    [
        "Transform: [Macro, Other]\n" + WITH_POLICY.replace("MORE", ""),
        WITH_POLICY.replace("MORE", ", 'Fn::Transform': {Name: Macro}"),
    ],
)
def test_a_macro_may_change_the_policy(text: str) -> None:
    """What is written is still judged: a macro beside it does not hide what is wrong."""
    (source,) = read_cloudformation(text)
    assert isinstance(source.policy, PartialPolicy)
    assert {"UNRESOLVED", "PUBLIC_ACCESS"} <= {one.code for one in check(source.policy)}
    assert source.place(("Statement", 0, "Effect")) is not None


@pytest.mark.parametrize(
    "transform", ["AWS::Serverless-2016-10-31", "[AWS::LanguageExtensions, AWS::SecretsManager-2024-09-16]"]
)
def test_the_transforms_of_aws_leave_keys_as_they_are(transform: str) -> None:
    """They are about other resources, or about functions that are read here."""
    (source,) = read_cloudformation(f"Transform: {transform}\nResources: {{K: {{Type: AWS::KMS::Key}}}}")
    assert source.told == "default"


@pytest.mark.parametrize("value", ["", "null", "!Ref AWS::NoValue"])
def test_a_key_without_a_policy_has_the_default_policy(value: str) -> None:
    """It is not judged: AWS writes it."""
    source = policy(value)
    assert (source.told, source.policy, source.place(("Statement",))) == ("default", None, (4, 3))
    assert source.why == "no policy is set: the key has the default policy"


@pytest.mark.parametrize(
    "value", [f"!If [C, {TEXT}, !Ref AWS::NoValue]", f"!If [C, !Ref AWS::NoValue, {TEXT}]"]
)
def test_a_policy_or_the_default_policy(value: str) -> None:
    """The default policy stands in its branch as AWS writes it."""
    partial = policy(value).policy
    assert isinstance(partial, PartialPolicy)
    tree = tree_of(partial)
    assert isinstance(tree, Choice)
    assert asked(tree.test) == "${Admin} = x"
    root = "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"
    principals = [shown(each)["Statement"][0]["Principal"] for each in (tree.then, tree.otherwise)]
    assert "*" in principals
    assert {"AWS": root} in principals


NO_POLICIES: list[tuple[str, str, tuple[int, int], str]] = [
    ("an array", "[]", (7, 18), "a policy document must be an object, not an array"),
    ("an array that a function makes", "!Split [',', 'a,b']", (7, 18), "a policy is an object, or JSON text"),
    (
        "an element that is misspelt",
        TEXT.replace("Effect", "Effects"),
        (7, 34),
        "'Effects' is not an element of a statement",
    ),
    ("several mistakes", TEXT.replace("Effect", "Effects").replace("Action", "Akt"), (7, 34), "2 problems"),
    ("text that is not JSON", "'{]'", (7, 20), "expected"),
    ("text that is not JSON, of a function", "!Join ['', ['{]']]", (7, 18), "expected"),
    ("text that is not JSON, in Sub", "!Sub '{]'", (7, 25), "expected"),
]


@pytest.mark.parametrize(
    ("value", "place", "says"), [row[1:] for row in NO_POLICIES], ids=[row[0] for row in NO_POLICIES]
)
def test_policies_that_are_wrong(value: str, place: tuple[int, int], says: str) -> None:
    """The error has the place in the file, and the problems as its cause."""
    with pytest.raises(SourceError) as caught:
        policy(value)
    assert (caught.value.line, caught.value.column) == place
    assert says in caught.value.message


def test_the_cause_lists_all_problems() -> None:
    """Programs read them there."""
    with pytest.raises(SourceError) as caught:
        policy(TEXT.replace("Effect", "Effects"))
    assert isinstance(caught.value.__cause__, PolicyDocumentError)


# --- templates -------------------------------------------------------------------------------------


def test_what_a_template_says_of_its_keys() -> None:
    """Each key is a source; other resources are none."""
    sources = read_cloudformation(STACK, file="stack.yaml")
    assert [(source.name, source.told, source.bypass, source.place()) for source in sources] == [
        ("Plain", "policy", False, (13, 9)),
        ("Templated", "policy", True, (30, 9)),
        ("Branches", "policy", False, (45, 9)),
        ("Included", "unresolved", False, (63, 9)),
        ("Unset", "default", False, (64, 3)),
    ]
    assert {source.file for source in sources} == {"stack.yaml"}
    assert [source.ignores for source in sources if source.ignores] == [
        (Ignore("PUBLIC_ACCESS", "everyone may verify"),)
    ]


STACK_PLACES: list[tuple[str, tuple[str | int, ...], tuple[int, int]]] = [
    ("Plain", ("Statement", 0, "Action"), (19, 13)),
    ("Plain", ("Statement", 0, "Condition", "Bool"), (15, 13)),
    ("Templated", ("Statement", 1), (35, 13)),
    ("Templated", ("Statement", 1, "Condition", "StringEquals", "aws:username"), (36, 45)),
    ("Branches", ("Statement", 0, "Action"), (49, 13)),
    ("Branches", ("Statement", 1), (53, 15)),
    ("Branches", ("Statement", 2, "Action"), (57, 13)),
    ("Branches", ("Statement", "x"), (46, 9)),
    ("Branches", ("Statement", 9), (46, 9)),
    ("Branches", ("Statement", 0, "Sid"), (47, 13)),
]


@pytest.mark.parametrize(("name", "steps", "place"), STACK_PLACES)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte-order mark"])
def test_places_in_a_template(
    name: str, steps: tuple[str | int, ...], place: tuple[int, int], ends: str, mark: str
) -> None:
    """Line ends and a mark at the beginning move nothing; what is not there has the place of what it would be in."""
    text = mark + STACK.replace("\n", ends)
    (source,) = (one for one in read_cloudformation(text.encode()) if one.name == name)
    assert source.place(steps) == place


def test_a_policy_variable_in_a_template() -> None:
    """``${!x}`` in a Sub is the text ``${x}``."""
    source = read_cloudformation(STACK)[1]
    condition = statement_of(source, 1)["Condition"]
    assert condition == {"StringEquals": {"aws:username": "${aws:username}"}}


def test_the_condition_of_a_resource_holds_in_it() -> None:
    """The key is only made if it does."""
    branches = read_cloudformation(STACK)[2]
    assert statement_of(branches)["Action"] == "kms:*"
    assert statement_of(branches, 1) is None
    filled = read_cloudformation(STACK, parameters={"Admin": "111122223333"})[2]
    assert isinstance(filled.policy, Policy)
    assert filled.place(("Statement", 1, "Action")) == (57, 13)


def test_keys_in_a_loop_are_unresolved() -> None:
    """Other loops are none of ours."""
    text = "Resources:\n  'Fn::ForEach::Keys':\n    - Id\n    - [a]\n    - {'Key${Id}': {Type: AWS::KMS::Key}}\n  'Fn::ForEach::Topics': [Id, [a], {}]"
    (source,) = read_cloudformation(text)
    assert (source.name, source.told, source.place()) == ("Fn::ForEach::Keys", "unresolved", (2, 3))


@pytest.mark.parametrize("function", ["", "!Sub "])
def test_keys_of_a_template_in_a_template_are_unresolved(function: str) -> None:
    """A stack set has the template of its stacks as text."""
    text = f"Resources:\n  Set:\n    Type: AWS::CloudFormation::StackSet\n    Properties:\n      TemplateBody: {function}'{{Resources: {{K: {{Type: AWS::KMS::Key}}}}}}'"
    (source,) = read_cloudformation(text)
    assert (source.name, source.why) == ("Set", "the template in it cannot be known from the file")
    assert read_cloudformation(text.replace("KMS", "SNS")) == ()


@pytest.mark.parametrize("kind", ["AWS::KMS::${Id}", "AWS::&{Id}::Key", "${Id}"])
def test_keys_in_a_loop_over_types_are_unresolved(kind: str) -> None:
    """The type may be that of a key in one of the rounds."""
    text = f"Resources:\n  'Fn::ForEach::All':\n    - Id\n    - [a]\n    - {{'A${{Id}}': {{Type: '{kind}'}}}}"
    (source,) = read_cloudformation(text)
    assert source.told == "unresolved"
    assert read_cloudformation(text.replace(kind, "AWS::SNS::${Id}")) == ()


@pytest.mark.parametrize("text", ["", "a: b", "Resources: []", "[]"])
def test_what_is_no_template(text: str) -> None:
    """It is an error where a template was asked for."""
    with pytest.raises(
        SourceError, match=r"t\.yaml, line 1, column 1: this is not a CloudFormation template"
    ):
        read_cloudformation(text, file="t.yaml")


@pytest.mark.parametrize("entry", ["{code: A}", "{reason: b}", "PUBLIC_ACCESS"])
def test_an_ignored_finding_needs_a_code_and_a_reason(entry: str) -> None:
    """Whoever reads the template later asks why."""
    text = f"Resources: {{K: {{Type: AWS::KMS::Key, Metadata: {{kmspolicy: {{ignore: [{entry}]}}}}}}}}"
    with pytest.raises(SourceError, match=r"line 1, column 70: .* has a code and a reason"):
        read_cloudformation(text)


def test_one_ignored_finding_needs_no_array() -> None:
    """It is read as an array of one."""
    entry = "{code: A, reason: b}"
    text = f"Resources: {{K: {{Type: AWS::KMS::Key, Metadata: {{kmspolicy: {{ignore: {entry}}}}}}}}}"
    assert read_cloudformation(text)[0].ignores == (Ignore("A", "b"),)
