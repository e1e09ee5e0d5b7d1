"""What people have in their files that is not a policy document yet: answers, templates, placeholders."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from kmspolicy import Policy, Statement, check, errors, statements

if TYPE_CHECKING:
    from kmspolicy import Finding

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ADMIN = statements.enable_iam_policies(ACCOUNT)
DOCUMENT = Policy([ADMIN]).to_json()
SUB = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}


def statement(**elements: Any) -> dict[str, Any]:
    """Return a statement as JSON holds it."""
    usual = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:Decrypt", "Resource": "*"}
    return usual | elements


# --- reading ---------------------------------------------------------------------------------------


class File(NamedTuple):
    """A text that is not a policy document, where that is said, and what is said of it."""

    name: str
    text: str
    path: str
    says: str


def file(name: str, data: Any, path: str, says: str) -> File:
    """Name data that is written as JSON."""
    return File(name, json.dumps(data), path, says)


def in_statement(name: str, path: str, says: str, **elements: Any) -> File:
    """Name a document of one statement."""
    return file(name, {"Statement": [statement(**elements)]}, f"Statement[0].{path}", says)


FILES = [
    # https://docs.aws.amazon.com/cli/latest/reference/kms/get-key-policy.html
    file(
        "the output of aws kms get-key-policy",
        {"Policy": DOCUMENT, "PolicyName": "default"},
        "",
        "`aws kms get-key-policy --query Policy --output text`",
    ),
    file("the answer of boto3", {"Policy": DOCUMENT, "ResponseMetadata": {}}, "", "as GetKeyPolicy answers"),
    file(
        "the same, with the policy read", {"Policy": json.loads(DOCUMENT)}, "", "holds the policy in 'Policy'"
    ),
    file("a policy as text within text", DOCUMENT, "", "without --output text"),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
    file("properties of a key", {"KeyPolicy": json.loads(DOCUMENT)}, "", "read the KeyPolicy in it"),
    file("a resource", {"Type": "AWS::KMS::Key", "Properties": {}}, "", "this is a CloudFormation resource"),
    file("a template", {"Resources": {"Key": {}}}, "", "kmspolicy.sources.read_cloudformation reads"),
    # https://developer.hashicorp.com/terraform/internals/json-format
    file(
        "a plan", {"format_version": "1.2", "resource_changes": []}, "", "sources.read_terraform_plan reads"
    ),
    # https://aws-controllers-k8s.github.io/community/reference/kms/v1alpha1/key/
    file("a manifest", {"apiVersion": "v1", "kind": "Key"}, "", "this is a manifest of Kubernetes"),
    file("a policy of IAM, as get-role-policy prints it", {"PolicyDocument": {}}, "", "in 'PolicyDocument'"),
    file("a policy of IAM, as get-policy-version prints it", {"Document": {}}, "", "in 'Document'"),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    in_statement(
        "Fn::Sub as a name", "Principal.AWS", "the CloudFormation function Fn::Sub", Principal={"AWS": SUB}
    ),
    in_statement(
        "Fn::GetAtt among names",
        "Principal.AWS[1]",
        "the CloudFormation function Fn::GetAtt",
        Principal={"AWS": [ROOT, {"Fn::GetAtt": ["Role", "Arn"]}]},
    ),
    in_statement(
        "Ref as a principal", "Principal.Ref", "'Ref' is a CloudFormation function", Principal={"Ref": "Role"}
    ),
    in_statement("Fn::Base64 as a Sid", "Sid", "read the template that it is in", Sid={"Fn::Base64": "x"}),
    in_statement("Ref as an action", "Action", "the CloudFormation function Ref", Action={"Ref": "Actions"}),
    in_statement(
        "Fn::Join as a resource",
        "Resource",
        "the CloudFormation function Fn::Join",
        Resource={"Fn::Join": ["", []]},
    ),
    in_statement("Ref as an effect", "Effect", "the CloudFormation function Ref", Effect={"Ref": "Effect"}),
    in_statement("Fn::Sub as a Sid", "Sid", "the CloudFormation function Fn::Sub", Sid=SUB),
    in_statement(
        "Ref as a value",
        'Condition.StringEquals["kms:CallerAccount"]',
        "the CloudFormation function Ref",
        Condition={"StringEquals": {"kms:CallerAccount": {"Ref": "AWS::AccountId"}}},
    ),
    file(
        "Fn::If as a statement",
        {"Statement": [{"Fn::If": ["Test", {}, {}]}]},
        'Statement[0]["Fn::If"]',
        "'Fn::If' is a CloudFormation function, and not an element of a statement",
    ),
    file(
        "a transform",
        {"Statement": {"Fn::Transform": {}}},
        'Statement["Fn::Transform"]',
        "a CloudFormation function",
    ),
    # https://developer.hashicorp.com/terraform/language/functions/templatefile
    File(
        "an expression of Terraform",
        '{"Statement": ${jsonencode(x)}}',
        "Statement",
        "a placeholder of a template",
    ),
    File(
        "an expression of Jinja", '{"Statement": [{{ item }}]}', "Statement[0]", "a placeholder of a template"
    ),
    File("a gap", '{"Statement": <statements>}', "Statement", "those in strings are read"),
]


@pytest.mark.parametrize("row", FILES, ids=lambda row: row.name)
def test_what_is_not_a_policy_document_yet(row: File) -> None:
    """The error says what it is and what to do, at its place."""
    with pytest.raises(errors.PolicyDocumentError) as caught:
        Policy.from_json(row.text)
    problem = next(problem for problem in caught.value.problems if problem.path == row.path)
    assert row.says in problem.message
    assert problem.line == 1


@pytest.mark.parametrize("row", FILES[:11], ids=lambda row: row.name)
def test_what_holds_a_document_has_one_problem(row: File) -> None:
    """Its other members are not mistakes."""
    with pytest.raises(errors.PolicyDocumentError) as caught:
        Policy.from_json(row.text)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"Policies": "x"}, "the Statement is missing"),
        ({"Policy": 1}, "'Policy' is not an element of a policy document"),
        ({"Statement": [{"Refs": "x"}]}, "'Refs' is not an element of a statement"),
        ({"Statement": [{"Fn::": "x"}]}, "'Fn::' is not an element of a statement"),
        ({"Statement": [statement(Action={"Ref": "a", "b": "c"})]}, "found an object"),
        ({"Statement": [statement(Action={"ref": "a"})]}, "found an object"),
        ({"Statement": [statement(Action={})]}, "found an object"),
    ],
)
def test_what_is_another_mistake(data: Any, says: str) -> None:
    """A name that only resembles one of theirs is not a function, and no answer."""
    with pytest.raises(errors.PolicyDocumentError, match=says) as caught:
        Policy.from_dict(data)
    assert "CloudFormation" not in str(caught.value)


def test_text_that_is_no_document() -> None:
    """Other text within text is told from a policy."""
    with pytest.raises(errors.PolicyDocumentError, match="a policy document must be an object, not text"):
        Policy.from_json('"policy"')


# --- checking --------------------------------------------------------------------------------------


class Gap(NamedTuple):
    """A placeholder, and what it is."""

    text: str
    kind: str


GAPS = [
    Gap("${AWS::AccountId}", "a pseudo parameter of CloudFormation"),
    Gap("${AWS::Partition}", "a pseudo parameter of CloudFormation"),
    Gap("${AdminRole.Arn}", "left for a template to fill in"),
    Gap("${AccountId}", "left for a template to fill in"),
    Gap("${var.account_id}", "an expression of Terraform"),
    Gap("${local.account_id}", "an expression of Terraform"),
    Gap("${data.aws_caller_identity.current.account_id}", "an expression of Terraform"),
    Gap("${module.iam.role_arn}", "an expression of Terraform"),
    Gap("&{aws:PrincipalAccount}", "how Terraform writes a variable of IAM"),
    Gap("${Token[AWS.AccountId.4]}", "a token of the AWS CDK"),
    Gap("{{resolve:ssm:account}}", "a dynamic reference of CloudFormation"),
    Gap("{{ account_id }}", "left for a template to fill in"),
    Gap("${{ secrets.ACCOUNT }}", "left for a template to fill in"),
    Gap("<account-id>", "left for the reader to fill in"),
    Gap("<Your AWS account>", "left for the reader to fill in"),
]


def gaps(**elements: Any) -> list[Finding]:
    """Return what is found about placeholders in a statement."""
    policy = Policy([ADMIN, Statement.from_dict(statement(**elements))])
    return [finding for finding in check(policy) if finding.code == "PLACEHOLDER"]


@pytest.mark.parametrize("gap", GAPS, ids=lambda gap: gap.text)
def test_placeholders(gap: Gap) -> None:
    """Where names are wrong for it, and in values that nobody writes so: the finding says what it is."""
    arn = f"arn:aws:iam::{gap.text}:root"
    places: list[tuple[str, dict[str, Any]]] = [
        ("Principal.AWS", {"Principal": {"AWS": arn}}),
        ("Principal.AWS[1]", {"Principal": {"AWS": [ROOT, arn]}}),
        ("Action", {"Action": f"kms:{gap.text}"}),
        ("Resource", {"Resource": f"arn:aws:kms:us-east-1:{gap.text}:key/k"}),
        (
            'Condition.StringEquals["kms:CallerAccount"]',
            {"Condition": {"StringEquals": {"kms:CallerAccount": ["1", gap.text]}}},
        ),
        ('Condition.ArnLike["aws:SourceArn"]', {"Condition": {"ArnLike": {"aws:SourceArn": arn}}}),
        (
            'Condition.StringLike["kms:EncryptionContext:aws:logs:arn"]',
            {"Condition": {"StringLike": {"kms:EncryptionContext:aws:logs:arn": arn}}},
        ),
    ]
    for path, elements in places:
        (finding,) = gaps(**elements)
        assert finding.path == f"Statement[1].{path}"
        assert f"is {gap.kind}." in finding.message


def test_placeholders_in_a_deny() -> None:
    """NotPrincipal, NotAction and services have them, too."""
    given: dict[str, Any] = {"Effect": "Deny", "Resource": "*"}
    for path, elements in (
        ("NotPrincipal.AWS", {"NotPrincipal": {"AWS": "${var.x}"}, "Action": "kms:*"}),
        ("NotAction", {"Principal": "*", "NotAction": "${var.x}"}),
        (
            "Principal.Service",
            {"Principal": {"Service": "logs.${AWS::Region}.amazonaws.com"}, "Action": "kms:*"},
        ),
    ):
        found = check(Policy([ADMIN, Statement.from_dict(given | elements)]))
        assert f"Statement[1].{path}" in [one.path for one in found if one.code == "PLACEHOLDER"]


LEGAL = [
    # Variables of IAM: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    "${aws:username}",
    "${aws:PrincipalTag/team}",
    "${aws:PrincipalTag/team, 'company-wide'}",
    "${kms:EncryptionContext:aws:s3:arn}",
    "${saml:sub}",
    "${www.amazon.com:app_id}",
    "${cognito-identity.amazonaws.com:sub}",
    "${oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:sub}",
    "${*}",
    "${?}",
    "${$}",
    "a $ and { and }",
    "1 < 2",
    "{}",
]
FREE = ["<b>", "{{name}}", "<key>value</key>"]


@pytest.mark.parametrize("text", LEGAL)
def test_legal_texts(text: str) -> None:
    """Variables are for KMS to fill in, and characters alone are not placeholders."""
    for key in ("aws:PrincipalTag/team", "kms:EncryptionContext:a", "aws:SourceArn"):
        assert gaps(Condition={"StringLike": {key: text}}) == []


@pytest.mark.parametrize("text", FREE)
def test_texts_that_callers_write(text: str) -> None:
    """An encryption context and a user agent may hold what looks like a placeholder; Sids are for people."""
    for key in ("kms:EncryptionContext:a", "aws:UserAgent", "app:key"):
        assert gaps(Condition={"StringEquals": {key: text}}) == []
    assert gaps(Sid=f"{text} ${{var.x}}") == []
    assert gaps(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/<path>/App"}) == []
