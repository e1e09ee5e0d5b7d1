"""The words: complete, consistent, and the same as the facts they were taken from."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import get_args

import pytest

from kmspolicy._language._actions import ACTIONS, Action, ActionPattern, actions_matching
from kmspolicy._language._keys import CONDITION_KEYS
from kmspolicy._language._operators import OPERATORS
from kmspolicy._language._patterns import like
from vocabulary_of_botocore import missing

FACTS = Path(os.environ.get("KMSPOLICY_CORPUS") or "no-corpus").parent / "vocabulary"
YOUNGER = {"kms:Decapsulate", "kms:Encapsulate"}  # than the reference of 2026-08-22
with_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="there is no vocabulary beside KMSPOLICY_CORPUS")


def test_there_are_as_many_as_aws_has() -> None:
    """56 actions and two younger than the reference; 98 condition keys of KMS and 59 global ones, three of which are the same."""
    assert (len(ACTIONS), len(CONDITION_KEYS), len(OPERATORS)) == (56 + 2, 98 + 59 - 3, 27)


def test_the_literals_are_the_actions_with_an_effect() -> None:
    """A type checker knows exactly the actions that a key policy can grant."""
    assert sorted(get_args(Action)) == sorted(facts.name for facts in ACTIONS.values() if facts.effective)


@pytest.mark.parametrize("pattern", get_args(ActionPattern))
def test_every_literal_pattern_matches_something(pattern: str) -> None:
    """A wildcard that matches nothing grants nothing."""
    assert any(facts.effective for facts in actions_matching(pattern))


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("kms:Decrypt", ["kms:Decrypt"]),
        ("KMS:decrypt", ["kms:Decrypt"]),
        ("kms:ReEncrypt*", ["kms:ReEncryptFrom", "kms:ReEncryptTo"]),
        ("kms:*Mac", ["kms:GenerateMac", "kms:VerifyMac"]),
        ("kms:???n", ["kms:Sign"]),
        ("kms:ReEncrypt", []),
        ("kms:Decrypt?", []),
        ("kms.Decrypt*", []),
        ("s3:*", []),
        ("", []),
    ],
)
def test_patterns_match_as_iams_do(pattern: str, names: list[str]) -> None:
    """A star is any characters, a question mark one, case does not matter, all else is itself."""
    assert [facts.name for facts in actions_matching(pattern)] == names


def test_a_star_matches_all() -> None:
    """Also across the colon, and line breaks."""
    assert len(actions_matching("*")) == len(actions_matching("kms:*")) == len(ACTIONS)
    assert like("a*b", "a\nb")


@with_facts
def test_actions_are_those_of_the_reference() -> None:
    """Names, access levels and effects."""
    facts = json.loads((FACTS / "actions.json").read_text(encoding="utf-8"))["actions"]
    assert {a.name: (a.access_level, a.effective) for a in ACTIONS.values() if a.name not in YOUNGER} == {
        name: (fact["access_level"].partition(",")[0], fact["effective_in_key_policy"])
        for name, fact in facts.items()
    }


@with_facts
def test_condition_keys_are_those_of_the_reference() -> None:
    """Names, types and operations; the keys about a key itself also go with every operation on a key."""
    facts = json.loads((FACTS / "kms-condition-keys.json").read_text(encoding="utf-8"))["keys"]
    assert len(facts) == 98
    more = {"kms:KeyOrigin", "kms:KeySpec", "kms:KeyUsage", "kms:MultiRegion", "kms:MultiRegionKeyType"}
    for name, fact in facts.items():
        known = CONDITION_KEYS[name.partition("${")[0].lower()]
        assert (known.type, known.multivalued) == (fact["type"], fact["multivalued"])
        operations = (known.operations or frozenset()) - YOUNGER
        if fact["actions"] and known.effective:
            assert operations >= set(fact["actions"])
            assert operations == set(fact["actions"]) or name in more


@with_facts
def test_global_condition_keys_are_those_of_the_reference() -> None:
    """Names and types."""
    facts = json.loads((FACTS / "global-condition-keys.json").read_text(encoding="utf-8"))["keys"]
    assert len(facts) == 59
    for fact in facts:
        known = CONDITION_KEYS[fact["key"].removesuffix("tag-key").lower()]
        assert (known.name, known.type) == (fact["key"].removesuffix("tag-key"), fact["type"])


def test_a_new_operation_is_noticed() -> None:
    """The comparison with botocore names what we do not know; that an older botocore knows less is no difference."""
    operations = [facts.name.removeprefix("kms:") for facts in ACTIONS.values()]
    assert missing([*operations[1:], "ReEncrypt"]) == []
    assert missing([*operations, "Teleport"]) == [
        "kms:Teleport is missing in _vocabulary.py: add it, with its access level and effect"
    ]


def test_which_keys_have_several_values() -> None:
    """Set operators are for these alone: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html."""
    assert {facts.name for facts in CONDITION_KEYS.values() if facts.multivalued} == {
        *("aws:CalledVia", "aws:PrincipalOrgPaths", "aws:PrincipalServiceNamesList", "aws:ResourceOrgPaths"),
        *("aws:SourceOrgPaths", "aws:TagKeys", "aws:VpceOrgPaths"),
        *("kms:EncryptionContextKeys", "kms:GrantOperations", "kms:ResourceAliases"),
    }
