"""How principals are built, and what cannot be one."""

from __future__ import annotations

from typing import Any

import pytest

from kmspolicy import Principal, Statement, errors

ROOT = "arn:aws:iam::111122223333:root"


@pytest.mark.parametrize(
    ("build", "element"),
    [
        pytest.param(Principal.everyone, "*", id="everyone"),
        pytest.param(lambda: Principal.account("111122223333"), {"AWS": ROOT}, id="an account"),
        pytest.param(
            lambda: Principal.account("111122223333", partition="aws-us-gov"),
            {"AWS": ROOT.replace("aws", "aws-us-gov")},
            id="an account of another partition",
        ),
        pytest.param(
            lambda: Principal.role("111122223333", "App"),
            {"AWS": "arn:aws:iam::111122223333:role/App"},
            id="a role",
        ),
        pytest.param(
            lambda: Principal.role("111122223333", "aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"),
            {"AWS": "arn:aws:iam::111122223333:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"},
            id="a role with a path",
        ),
        pytest.param(
            lambda: Principal.user("111122223333", "a/b/x+=,.@-_9", partition="aws-cn"),
            {"AWS": "arn:aws-cn:iam::111122223333:user/a/b/x+=,.@-_9"},
            id="a user with a path, of another partition",
        ),
        pytest.param(
            lambda: Principal.session("111122223333", "App", "alice@example.com"),
            {"AWS": "arn:aws:sts::111122223333:assumed-role/App/alice@example.com"},
            id="a session",
        ),
        pytest.param(
            lambda: Principal.service("logs.us-east-1.amazonaws.com"),
            {"Service": "logs.us-east-1.amazonaws.com"},
            id="a service",
        ),
        pytest.param(
            lambda: Principal.federated("cognito-identity.amazonaws.com"),
            {"Federated": "cognito-identity.amazonaws.com"},
            id="an identity provider",
        ),
        pytest.param(
            lambda: Principal.arn("arn:aws:sts::111122223333:federated-user/Bob"),
            {"AWS": "arn:aws:sts::111122223333:federated-user/Bob"},
            id="an ARN",
        ),
    ],
)
def test_principals_are_built(build: Any, element: Any) -> None:
    """Each constructor writes the form that IAM documents."""
    principal = build()
    assert Statement("Allow", principal=principal).to_dict()["Principal"] == element
    assert principal == Principal(element)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Principal.account("1234"), "expected an account id of 12 digits, not '1234'"),
        (lambda: Principal.account("\u0661" * 12), "expected an account id"),
        (lambda: Principal.account("111122223333\n"), "expected an account id"),
        (lambda: Principal.account(111122223333), "expected an account id of 12 digits, not 111122223333"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
        (lambda: Principal.account("111122223333", partition="azure"), "expected a partition"),
        (lambda: Principal.role("111122223333", "App*"), "expected the name of a role"),
        (lambda: Principal.role("111122223333", ""), "expected the name of a role"),
        (lambda: Principal.role("111122223333", "/App"), "expected the name of a role"),
        (lambda: Principal.user("111122223333", "a b"), "expected the name of a user"),
        (
            lambda: Principal.session("111122223333", "path/App", "me"),
            "expected the name of a role, without its path",
        ),
        (lambda: Principal.session("111122223333", "App", "a/b"), "expected the name of a role session"),
        (lambda: Principal.service("*"), "expected a service principal without wildcards"),
        (lambda: Principal.federated(""), "expected a provider"),
        (
            lambda: Principal.arn("arn:aws:iam::111122223333:role/*"),
            "expected the ARN of a principal, without wildcards",
        ),
        (lambda: Principal.arn("111122223333"), "expected the ARN of a principal"),
        (lambda: Principal.arn(f"{ROOT}\n"), "expected the ARN of a principal"),
        (
            lambda: Principal.arn("arn:aws:s3:::bucket"),
            "expected the ARN of a principal, without wildcards, not 'arn:aws:s3:::bucket'$",
        ),
        (lambda: Principal.arn("arn:aws:iam::111122223333:role/Päth"), "expected the ARN of a principal"),
        (lambda: Principal.arn(None), "expected the ARN of a principal"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
        (
            lambda: Principal.role("111122223333", f"{ROOT}"),
            "for a whole ARN, use Principal.arn",
        ),
        (lambda: Principal.user(ROOT, "alice"), "for a whole ARN, use Principal.arn"),
        (lambda: Principal.role("111122223333", "x" * 65), "expected the name of a role"),
        (lambda: Principal.service(" "), "expected a service principal"),
        (lambda: Principal((1, 2)), "must be an object, not an array"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
        (lambda: Principal(ROOT), "a principal must be '\\*' or an object; write {'AWS': 'arn:"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
        (lambda: Principal([ROOT]), "a principal other than '\\*' must be an object, not an array"),  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]
        (lambda: Principal({"Aws": ROOT}), "'Aws' is not a kind of principal; did you mean 'AWS'?"),  # type: ignore[dict-item]  # ty: ignore[invalid-argument-type]
    ],
)
def test_principals_that_are_refused(build: Any, message: str) -> None:
    """The error says what was given and what is expected."""
    with pytest.raises(errors.PolicyDocumentError, match=message):
        build()
