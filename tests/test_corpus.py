"""The key policies and statements that AWS and others publish, from the folder named by KMSPOLICY_CORPUS."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import pytest

from kmspolicy import Policy, Statement, errors
from support import exactly

CORPUS = Path(os.environ.get("KMSPOLICY_CORPUS") or "no-corpus")
DOCUMENTS = sorted(CORPUS.glob("*.json"))
STATEMENTS = sorted((CORPUS / "statements").glob("*.json"))

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(),
    reason="needs published policies that are not ours to ship: KMSPOLICY_CORPUS names their folder",
)


def test_the_corpus_is_there() -> None:
    """The tests below are not about nothing."""
    assert (len(DOCUMENTS) >= 74, len(STATEMENTS) >= 160) == (True, True)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_documents_round_trip(path: Path) -> None:
    """Every document is the same after values, text and pickle."""
    text = path.read_text(encoding="utf-8")
    policy = Policy.from_json(text)
    assert exactly(policy.to_dict()) == exactly(json.loads(text))
    assert pickle.loads(pickle.dumps(policy)).to_dict() == json.loads(text)  # noqa: S301
    assert Policy.from_json(policy.to_json(indent=2)) == policy


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: path.stem)
def test_statements_round_trip(path: Path) -> None:
    """Every statement is the same by itself and in a document."""
    text = path.read_text(encoding="utf-8")
    statement = Statement.from_dict(json.loads(text))
    assert exactly(statement.to_dict()) == exactly(json.loads(text))
    policy = Policy.from_json(f'{{"Statement": [{text}]}}')
    assert policy.statements == (statement,)
    assert pickle.loads(pickle.dumps(policy)).to_dict() == {"Statement": [json.loads(text)]}  # noqa: S301


def test_a_missing_comma_is_said_to_be_missing() -> None:
    """AWS's guide printed a statement without the comma after its Action."""
    text = (CORPUS / "invalid" / "kms-docs-replicaregion-missing-comma.json.txt").read_text(encoding="utf-8")
    with pytest.raises(errors.PolicyDocumentError) as caught:
        Policy.from_json(text)
    assert [str(problem) for problem in caught.value.problems] == [
        "line 6, column 31: expected ',' or '}' after this value"
    ]
    assert text.splitlines()[5].endswith('"kms:ReplicateKey"')


def test_a_bare_statement_is_refused_as_one() -> None:
    """It is said to be a statement, not merely to lack a Statement."""
    text = (CORPUS / "invalid" / "kms-docs-bypass-null-no-principal.json").read_text(encoding="utf-8")
    with pytest.raises(errors.PolicyDocumentError, match="this is a statement, not a policy document"):
        Policy.from_json(text)
