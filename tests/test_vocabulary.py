"""The words: complete, consistent, and the same as the facts they were taken from."""

from __future__ import annotations

import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import get_args

import pytest

from kmspolicy._language._actions import ACTIONS, Action, ActionPattern, actions_matching, nearest_action
from kmspolicy._language._keys import (
    CONDITION_KEYS,
    Chooser,
    ConditionKeyFacts,
    condition_key,
    nearest_key,
)
from kmspolicy._language._operators import OPERATORS
from kmspolicy._language._patterns import like
from vocabulary_of_botocore import Operation, differences, lists_of, new_values, operations_of

FACTS = Path(os.environ.get("KMSPOLICY_CORPUS") or "no-corpus").parent / "vocabulary"
YOUNGER = {"kms:Decapsulate", "kms:Encapsulate"}  # than the reference of 2026-08-22
with_facts = pytest.mark.skipif(
    not FACTS.is_dir(), reason="needs the words of AWS beside the folder that KMSPOLICY_CORPUS names"
)


def test_there_are_as_many_as_aws_has() -> None:
    """56 actions and two younger than the reference; 98 condition keys of KMS and 59 global ones, three of which are the same.

    And kms:ResourceTag, of which only KMS's own refusal tells.
    """
    assert (len(ACTIONS), len(CONDITION_KEYS), len(OPERATORS)) == (56 + 2, 98 + 59 - 3 + 1, 27)


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
def test_what_works_across_accounts_is_what_the_model_says() -> None:
    """Null in the facts is an operation that is not about a key."""
    facts = json.loads((FACTS / "cross-account.json").read_text(encoding="utf-8"))["cross_account"]
    assert len(facts) == len(ACTIONS) - len(YOUNGER) - len({"kms:SynchronizeMultiRegionKey"})
    assert {name: ACTIONS[name.lower()].across_accounts for name in facts} == {
        name: bool(works) for name, works in facts.items()
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
        if fact["actions"] and known.permitted:
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


TAKEN_FROM = (1, 43, 117)
YES = "<p> <b>Cross-account use</b>: Yes. To perform ...</p>"
NO = "<p> <b>Cross-account use</b>: No. You cannot ...</p>"


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (Operation("Decrypt", YES, ["KeyId"]), []),
        (Operation("ReEncrypt", YES, ["DestinationKeyId"]), []),
        (Operation("GenerateRandom", "<b>Cross-account use</b>: Not applicable.", []), []),
        (Operation("CreateGrant", YES, ["KeyId", "Operations"]), []),
        (
            Operation("Teleport", NO, []),
            ["kms:Teleport is missing in _actions.py: add it, with its access level and effect"],
        ),
        (Operation("Sign", NO, ["SigningAlgorithm"]), ["kms:Sign: across_accounts is False in the model's documentation"]),
        (
            Operation("GenerateMac", YES, ["Message"]),
            ["kms:GenerateMac: the keys of all requests are [], not ['kms:MacAlgorithm']"],
        ),
        (
            Operation("Verify", YES, ["SigningAlgorithm", "MessageType"]),
            ["kms:Verify: the keys of all requests are ['kms:MessageType', 'kms:SigningAlgorithm'], not ['kms:SigningAlgorithm']"],
        ),
    ],
    ids=lambda row: row.name if isinstance(row, Operation) else "",
)  # fmt: skip
def test_what_botocore_knows_otherwise_is_noticed(operation: Operation, expected: list[str]) -> None:
    """A new operation, another answer across accounts, and a parameter that is required or no longer so."""
    assert list(differences([operation])) == expected


def test_the_installed_botocore_knows_nothing_otherwise() -> None:
    """AWS has not changed its mind since the data was taken from it; an older botocore has what was so before."""
    session = pytest.importorskip("botocore.session").get_session()
    if tuple(map(int, version("botocore").split("."))) < TAKEN_FROM:
        pytest.skip("compares with the botocore that the words are of, or a later one; this one is older")
    model = session.get_service_model("kms")
    assert [*differences(operations_of(model)), *new_values(lists_of(model))] == []


def test_a_new_value_is_noticed() -> None:
    """A list of botocore's that grows is one that our form of the key has to follow."""
    assert list(new_values({"kms:MessageType": ["RAW", "COOKED"]})) == [
        "kms:MessageType: COOKED is missing in _forms.py"
    ]


# --- who chooses, and what limits ------------------------------------------------------------------


@pytest.mark.parametrize("facts", CONDITION_KEYS.values(), ids=lambda facts: facts.name)
def test_each_key_has_a_chooser_and_a_source(facts: ConditionKeyFacts) -> None:
    """Only what AWS chooses limits who can call; the page that says so is named."""
    assert facts.chosen_by in get_args(Chooser)
    assert facts.chosen_by == "AWS" or not facts.limits_callers
    assert facts.source.startswith("https://")


@pytest.mark.parametrize(
    ("name", "chosen_by", "limits_callers"),
    [
        ("kms:CallerAccount", "AWS", True),
        ("aws:PrincipalOrgID", "AWS", True),
        ("aws:PrincipalArn", "AWS", True),
        ("aws:SourceIp", "AWS", True),
        ("aws:SourceVpce", "AWS", True),
        ("aws:SourceArn", "AWS", True),
        ("kms:ViaService", "AWS", False),
        ("kms:GrantIsForAWSResource", "AWS", False),
        ("aws:PrincipalType", "AWS", False),
        ("aws:VpcSourceIp", "AWS", False),
        ("kms:EncryptionContext:app", "caller", False),
        ("kms:RecipientAttestation:PCR4", "caller", False),
        ("kms:RequestAlias", "caller", False),
        ("aws:SourceIdentity", "caller", False),
        ("aws:PrincipalTag/team", "account", False),
        ("aws:username", "account", False),
        ("kms:KeySpec", "key", False),
        ("aws:ResourceAccount", "key", False),
    ],
)
def test_who_chooses_the_value_of_a_key(name: str, chosen_by: str, limits_callers: bool) -> None:
    """An account, an organisation and a network are AWS's to say; a tag, a name and a parameter are not."""
    facts = condition_key(name)
    assert facts is not None
    assert (facts.chosen_by, facts.limits_callers) == (chosen_by, limits_callers)


@pytest.mark.parametrize(
    ("name", "action", "may_be", "always"),
    [
        ("kms:GrantOperations", "kms:CreateGrant", True, True),
        ("kms:GrantOperations", "kms:ListGrants", False, False),
        ("kms:GranteePrincipal", "kms:CreateGrant", True, False),  # or kms:GranteeServicePrincipal
        ("kms:SigningAlgorithm", "kms:Verify", True, True),
        ("kms:MessageType", "kms:Verify", True, False),
        ("kms:EncryptionContext:app", "kms:Sign", False, False),
        ("kms:RequestAlias", "kms:Encapsulate", True, False),
        ("kms:KeySpec", "kms:PutKeyPolicy", True, False),
        ("aws:PrincipalArn", "kms:Sign", True, False),
    ],
)
def test_which_requests_have_a_key(name: str, action: str, may_be: bool, always: bool) -> None:
    """Those that may have it by the reference, and those of which the model requires it."""
    facts = condition_key(name)
    assert facts is not None
    assert (facts.may_be_in(action), action in facts.always) == (may_be, always)


def test_what_kms_refuses_in_a_key_policy() -> None:
    """https://github.com/awsdocs/aws-kms-developer-guide/issues/47 quotes the service."""
    refused = {facts.name for facts in CONDITION_KEYS.values() if not facts.permitted}
    assert refused == {"aws:ResourceTag/", "kms:ResourceTag/", "kms:ResourceAliases"}


# --- hints -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("kms:ReEncrypt", "kms:ReEncrypt*"),
        ("KMS:reencrypt", "kms:ReEncrypt*"),
        ("kms:List", "kms:List*"),
        ("kms:Describe", "kms:Describe*"),
        ("kms:Decypt", "kms:Decrypt"),
        ("kms:GenerateDataKeys", "kms:GenerateDataKey"),
        ("kms:CreateKeys", None),
        ("kms:ListAlias", None),
        ("kms:Xyz*", None),
    ],
)
def test_a_hint_for_an_action_has_an_effect(word: str, meant: str | None) -> None:
    """What was meant is not said where it would grant nothing."""
    assert nearest_action(word) == meant


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("kms:ViaServce", "kms:ViaService"),
        ("aws:PrincipalOrgIDs", "aws:PrincipalOrgID"),
        ("kms:ResourceAlias", None),
        ("aws:ResourceTag", None),
        ("xyz", None),
    ],
)
def test_a_hint_for_a_condition_key_is_permitted(word: str, meant: str | None) -> None:
    """What was meant is not said where KMS would refuse it."""
    assert nearest_key(word) == meant


def test_which_keys_have_several_values() -> None:
    """Set operators are for these alone: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html."""
    assert {facts.name for facts in CONDITION_KEYS.values() if facts.multivalued} == {
        *("aws:CalledVia", "aws:PrincipalOrgPaths", "aws:PrincipalServiceNamesList", "aws:ResourceOrgPaths"),
        *("aws:SourceOrgPaths", "aws:TagKeys", "aws:VpceOrgPaths"),
        *("kms:EncryptionContextKeys", "kms:GrantOperations", "kms:ResourceAliases"),
    }
