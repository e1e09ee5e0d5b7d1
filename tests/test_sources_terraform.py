"""Keys of Terraform plans: what is read of each, and where its resource is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kmspolicy import PartialPolicy, Policy
from kmspolicy._sources import _terraform
from kmspolicy._sources._terraform import Address, address_of
from kmspolicy._sources._terraform_files import blocks_of
from kmspolicy.errors import SourceError
from kmspolicy.sources import Source, read_terraform_plan
from sources_support import shown, statement_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kmspolicy._sources._source import Was

DATA = Path(__file__).parent / "data" / "sources" / "terraform"
ROOT = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
DOCUMENT = {"Version": "2012-10-17", "Statement": [ROOT]}
TEXT = json.dumps(DOCUMENT)
UNKNOWN = {"arn": True, "policy": True}
KEY = "aws_kms_key.a"
DATA_SOURCE = "data.aws_iam_policy_document.d"
REFERS: dict[str, Any] = {"policy": {"references": [f"{DATA_SOURCE}.json", DATA_SOURCE]}}


def change(address: str, after: Any, unknown: Any = None, **more: Any) -> dict[str, Any]:
    """Return a change of a resource."""
    kind = address_of(address).resource.removeprefix("data.").partition(".")[0]
    mode = "data" if "data." in address else "managed"
    inside: dict[str, Any] = {
        "actions": ["create"],
        "before": None,
        "after": after,
        "after_unknown": unknown or {},
    }
    return {"address": address, "mode": mode, "type": kind, "change": inside | more}


def resource(address: str, expressions: Any) -> dict[str, Any]:
    """Return what the configuration says of a resource."""
    return {"address": address, "expressions": expressions}


def plan(*changes: Any, root: Any = None, **more: Any) -> str:
    """Return a plan."""
    configuration = {} if root is None else {"configuration": {"root_module": root}}
    return json.dumps({"format_version": "1.2", "resource_changes": changes, **configuration, **more})


def read_one(*changes: Any, root: Any = None, **more: Any) -> Source:
    """Return the only source of a plan."""
    (source,) = read_terraform_plan(plan(*changes, root=root, **more))
    return source


# --- what is told ----------------------------------------------------------------------------------

VAR = {"policy": {"references": ["var.p"]}}


def call(expressions: Any, variables: Any = None) -> dict[str, Any]:
    """Return a root module that calls the module m, whose key has the policy var.p."""
    module: dict[str, Any] = {"resources": [resource(KEY, VAR)], "variables": variables or {}}
    return {"module_calls": {"m": {"expressions": expressions, "module": module}}}


IN_MODULE = change(f"module.m.{KEY}", {}, UNKNOWN)
TOLD: list[tuple[str, str, str | None, str]] = [
    ("a policy", plan(change(KEY, {"policy": TEXT})), "policy", ""),
    *(
        (f"a policy of {kind}", plan(change(f"{kind}.a", {"policy": TEXT})), "policy", "")
        for kind in ("aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key", "aws_kms_key_policy")
    ),
    ("another resource", plan(change("aws_s3_bucket.a", {"policy": TEXT})), None, ""),
    ("a deposed object", plan(change(KEY, {"policy": TEXT}) | {"deposed": "12ab"}), None, ""),
    ("a data source of keys", plan(change("data.aws_kms_key.a", {"policy": TEXT})), None, ""),
    ("a key that is deleted", plan(change(KEY, None, before={"policy": TEXT})), "deleted", "the plan deletes it"),
    ("a key that Terraform forgets", plan(change(KEY, None, before={"policy": TEXT}, actions=["forget"])), "policy", ""),
    ("a key of a later plan", plan(deferred_changes=[{"reason": "unknown", "resource_change": change(KEY, {})}]), "unresolved", "the plan defers it"),
    ("a key without a policy", plan(change(KEY, {})), "default", "no policy is set"),
    ("an empty policy", plan(change(KEY, {"policy": ""})), "default", "no policy is set"),
    ("a policy that is not in the configuration", plan(change(KEY, {}, UNKNOWN), root={"resources": [resource(KEY, {})]}), "default", "no policy is set"),
    ("a policy that is null in the configuration", plan(change(KEY, {}, UNKNOWN), root={"resources": [resource(KEY, {"policy": {"constant_value": None}})]}), "default", "no policy is set"),
    ("a policy that is known after apply", plan(change(KEY, {}, UNKNOWN), root={"resources": [resource(KEY, {"policy": {}})]}), "unresolved", "known after apply"),
    ("a policy of another resource's value", plan(change(KEY, {}, UNKNOWN), root={"resources": [resource(KEY, {"policy": {"references": ["aws_iam_role.r.arn"]}})]}), "unresolved", "known after apply"),
    ("a document that is not in the plan", plan(change(KEY, {}, UNKNOWN), root={"resources": [resource(KEY, REFERS)]}), "unresolved", f"{DATA_SOURCE} cannot be known"),
    ("no configuration", plan(change(KEY, {}, UNKNOWN)), "unresolved", "known after apply"),
    ("a configuration without the key", plan(change(KEY, {}, UNKNOWN), root={}), "unresolved", "known after apply"),
    ("a variable that is null", plan(change(KEY, {}, UNKNOWN), root={"resources": [resource(KEY, VAR)]}, variables={"p": {"value": None}}), "default", "no policy is set"),
    ("a variable that is known after apply", plan(change(KEY, {}, UNKNOWN), root={"resources": [resource(KEY, VAR)]}), "unresolved", "known after apply"),
    ("a variable of a module that is not given", plan(IN_MODULE, root=call({}, {"p": {"default": None}})), "default", "no policy is set"),
    ("a variable of a module that is given null", plan(IN_MODULE, root=call({"p": {"constant_value": None}})), "default", "no policy is set"),
    ("a variable of a module that is given a variable that is null", plan(IN_MODULE, root=call(VAR | {"p": VAR["policy"]}), variables={"p": {"value": None}}), "default", "no policy is set"),
    ("a variable of a module that is given a value", plan(IN_MODULE, root=call({"p": {"references": ["aws_iam_role.r.arn"]}})), "unresolved", "known after apply"),
    ("a variable of a module with a default", plan(IN_MODULE, root=call({}, {"p": {"default": "x"}})), "unresolved", "known after apply"),
    ("a variable of a module that is not declared", plan(IN_MODULE, root=call({})), "unresolved", "known after apply"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told", "why"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD])
def test_what_is_told_of_a_key(text: str, told: str | None, why: str) -> None:
    """Whether a policy is unknown or none is set, only the configuration tells."""
    sources = read_terraform_plan(text)
    assert [source.told for source in sources] == ([] if told is None else [told])
    assert why in "".join(source.why or "" for source in sources)


def test_the_policies_before_and_after() -> None:
    """A plan has both, for a difference."""
    source = read_one(change(KEY, {"policy": TEXT}, before={"policy": TEXT.replace("kms:*", "kms:Sign")}))
    assert isinstance(source.policy, Policy)
    assert shown(source.policy) == DOCUMENT
    assert shown(source.before)["Statement"] == [ROOT | {"Action": "kms:Sign"}]
    assert (source.place(), source.place(("Statement", 0))) == (None, None)


ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
POLICY = "aws_kms_key_policy.p"
SIGN = TEXT.replace("kms:*", "kms:Sign")
OTHER_ARN = ARN.replace("1234abcd-12ab", "1234abcd-12ac")


def own(before: Any, key_id: str | None, **more: Any) -> dict[str, Any]:
    """Return the change of a policy that is a resource of its own, of a new one unless it has something before."""
    after = {"policy": TEXT} | ({} if key_id is None else {"key_id": key_id})
    return change(POLICY, after, {"key_id": True} if key_id is None else None, before=before, **more)


def there(arn: str = ARN, **before: Any) -> dict[str, Any]:
    """Return the change of a key that is there, and stays as it is."""
    state = {"arn": arn, "key_id": arn.rpartition("/")[2], **before}
    return change(KEY, state, before=state)


BEFORE: dict[str, tuple[list[Any], Was, str | None]] = {
    "a new key": ([change(KEY, {"policy": TEXT})], "new", None),
    "a key that is there": ([change(KEY, {"policy": TEXT}, before={"policy": SIGN})], "policy", SIGN),
    "a key whose policy is not told": ([change(KEY, {"policy": TEXT}, before={})], "unknown", None),
    "the policy of a new key": ([own(None, None), change(KEY, {}, UNKNOWN)], "new", None),
    "the policy of a key that is known after apply": ([own(None, None)], "unknown", None),
    "the policy of a key that is replaced": ([own({"policy": SIGN, "key_id": ARN}, None), change(KEY, {}, UNKNOWN, before={"arn": ARN})], "policy", SIGN),
    "a policy that goes to another key": ([own({"policy": TEXT, "key_id": OTHER_ARN}, ARN), there(policy=SIGN)], "policy", SIGN),
    "a policy that goes to a key that is not in the plan": ([own({"policy": TEXT, "key_id": OTHER_ARN}, ARN)], "unknown", None),
    "a policy that is deleted": ([change(POLICY, None, before={"policy": SIGN, "key_id": ARN})], "policy", SIGN),
    "a policy that is there": ([own({"policy": SIGN, "key_id": ARN}, ARN)], "policy", SIGN),
    "a new policy of a key in the plan, by its ARN": ([own(None, ARN), there(policy=SIGN)], "policy", SIGN),
    "a new policy of a key in the plan, by its id": ([own(None, ARN[-36:]), there(policy=SIGN)], "policy", SIGN),
    "a new policy of a key that tells none": ([own(None, ARN), there()], "unknown", None),
    "a new policy of another key": ([own(None, ARN), there(OTHER_ARN, policy=SIGN)], "unknown", None),
    "a new policy of a key that is not in the plan": ([own(None, ARN)], "unknown", None),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "was", "before"), BEFORE.values(), ids=BEFORE)
def test_what_a_key_has_before(changes: list[Any], was: Was, before: str | None) -> None:
    """A policy that is a resource of its own tells little of its key: its key's own change does."""
    root = {
        "resources": [
            resource(POLICY, {"key_id": {"references": [f"{KEY}.id", KEY]}}),
            resource(KEY, {"policy": {}}),
        ]
    }
    source = read_terraform_plan(plan(*changes, root=root))[0]
    assert source.was == was
    assert source.before == (None if before is None else Policy.from_json(before))


@pytest.mark.parametrize("references", [["data.aws_kms_key.k.id", "data.aws_kms_key.k"], ["var.key"], []])
def test_a_policy_of_a_key_that_may_be_there(references: list[str]) -> None:
    """What is known after apply may be the id of a key that is there: only one that the plan makes is new."""
    root = {"resources": [resource(POLICY, {"key_id": {"references": references}}), resource(KEY, {})]}
    source = read_terraform_plan(plan(own(None, None), change(KEY, {}, UNKNOWN), root=root))[0]
    assert (source.was, source.before) == ("unknown", None)


@pytest.mark.parametrize(
    ("others", "told"),
    [
        pytest.param(
            [change(KEY, None, before={"arn": ARN}, actions=["forget"])], "default", id="its key is forgotten"
        ),
        pytest.param([], "default", id="its key is not in the plan"),
        pytest.param([there()], "default", id="its key stays"),
        pytest.param([there(OTHER_ARN)], "default", id="another key is in the plan"),
        pytest.param([change(KEY, None, before={"arn": ARN})], "deleted", id="its key is deleted, too"),
    ],
)
def test_a_policy_of_its_own_that_is_deleted(others: list[Any], told: str) -> None:
    """The provider puts the default policy then, unless the key is deleted as well."""
    gone = change(POLICY, None, before={"policy": TEXT, "key_id": ARN})
    source = read_terraform_plan(plan(gone, *others))[0]
    assert (source.told, source.was, source.before) == (told, "policy", Policy.from_json(TEXT))


@pytest.mark.parametrize(
    ("instances", "references", "told"),
    [
        pytest.param([own(None, ARN)], [f"{KEY}.id", KEY], "elsewhere", id="it is there"),
        pytest.param([], [f"{KEY}.id", KEY], "policy", id="its count is 0"),
        pytest.param([change(POLICY, None, before={"policy": TEXT})], [KEY], "policy", id="it is deleted"),
        pytest.param([own(None, ARN)], [f'{KEY}["b"].id', f'{KEY}["b"]', KEY], "policy", id="it is of another instance"),
        pytest.param([own(None, ARN)], [f'{KEY}["a"].id', f'{KEY}["a"]', KEY], "elsewhere", id="it is of this instance"),
        pytest.param([own(None, ARN) | {"address": f"module.m.{POLICY}"}], [KEY], "policy", id="it is of another module"),
        pytest.param([own(None, ARN) | {"address": f'{POLICY}["b"]'}], [KEY, "each.key"], "policy", id="it is there for another instance"),
        pytest.param([own(None, ARN) | {"address": f'{POLICY}["a"]'}], [KEY, "each.key"], "elsewhere", id="it is there for this instance"),
    ],
)  # fmt: skip
def test_a_policy_comes_from_a_resource_that_is_there(
    instances: list[Any], references: list[str], told: str
) -> None:
    """The configuration alone does not tell that: a resource may have no instance, or be of another key."""
    root = {"resources": [resource(POLICY, {"key_id": {"references": references}}), resource(KEY, {})]}
    key = change(f'{KEY}["a"]', {"policy": TEXT})
    assert read_terraform_plan(plan(key, *instances, root=root))[0].told == told


@pytest.mark.parametrize(
    ("made", "arn"),
    [
        pytest.param(change(KEY, {"policy": TEXT, "arn": ARN}), ARN, id="a key that is there"),
        pytest.param(change(KEY, None, before={"policy": TEXT, "arn": ARN}), ARN, id="a key that is deleted"),
        pytest.param(change(KEY, {"policy": TEXT}, UNKNOWN), None, id="a key that is not there yet"),
        pytest.param(
            change("aws_kms_key_policy.a", {"policy": TEXT, "key_id": ARN}), ARN, id="a policy of a key"
        ),
        pytest.param(
            change("aws_kms_key_policy.a", {"policy": TEXT, "key_id": "1234abcd"}), None, id="by its id alone"
        ),
    ],
)
def test_the_key_that_a_plan_names(made: dict[str, Any], arn: str | None) -> None:
    """A plan has the ARN of a key that was created before."""
    assert read_one(made).key_arn == arn


def test_text_in_a_plan_is_what_it_is() -> None:
    """Nothing in it is filled in any more."""
    source = read_one(change(KEY, {"policy": TEXT.replace("kms:*", "${Action}")}))
    assert isinstance(source.policy, Policy)


def test_the_lockout_check_can_be_bypassed() -> None:
    """The plan says so."""
    bypass = {"bypass_policy_lockout_safety_check": True}
    assert read_one(change(KEY, {"policy": TEXT} | bypass)).bypass
    assert not read_one(change(KEY, {"policy": TEXT})).bypass


@pytest.mark.parametrize("index", ["", "[0]", '["a.b"]'])
def test_a_policy_that_is_a_resource_of_its_own(index: str) -> None:
    """The key itself is not judged: whatever policy it has is replaced."""
    address = f"{KEY}{index}"
    root = {
        "resources": [
            resource("aws_s3_bucket.b", {}),
            resource("aws_kms_key_policy.other", {}),
            resource(
                "aws_kms_key_policy.p", {"key_id": {"references": [f"{address}.id", address]}, "policy": {}}
            ),
            resource(KEY, {}),
            resource("aws_kms_key.alone", {}),
        ]
    }
    changes = [
        change(address, {"policy": TEXT}),
        change("aws_kms_key_policy.p", {"policy": TEXT}),
        change("aws_kms_key.alone", {"policy": TEXT}),
    ]
    key, policy, alone = read_terraform_plan(plan(*changes, root=root))
    assert (key.told, key.why, key.policy) == (
        "elsewhere",
        "its policy comes from aws_kms_key_policy.p",
        None,
    )
    assert (policy.told, alone.told) == ("policy", "policy")


# --- documents that are known after apply ----------------------------------------------------------

STATEMENT: dict[str, Any] = {
    "actions": ["kms:*"],
    "resources": ["*"],
    "effect": None,
    "sid": "",
    "principals": [{"type": "AWS", "identifiers": ["111122223333"]}],
}
SHOWN = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"}
S0 = f"{DATA_SOURCE}.statement[0]"


def rebuilt(known: Any, unknown: Any, **more: Any) -> Source:
    """Return the source of a key whose document has one statement."""
    after = {"statement": [STATEMENT | known], **more}
    data = change(DATA_SOURCE, after, {"json": True, "statement": [unknown]})
    return read_one(data, change(KEY, {}, UNKNOWN), root={"resources": [resource(KEY, REFERS)]})


def block(field: str, *names: str) -> dict[str, Any]:
    """Return blocks of which these fields are not known."""
    return {field: [dict.fromkeys(names, True)]}


DOCUMENTS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("all is known", {}, {}, {}),
    ("a Sid", {"sid": "A", "effect": "Deny"}, {}, {"Sid": "A", "Effect": "Deny"}),
    ("a Sid that is not known", {}, {"sid": True}, {"Sid": f"${{{S0}.sid}}"}),
    ("an effect that is not known", {}, {"effect": True}, {"Effect": f"${{{S0}.effect}}"}),
    ("several actions", {"actions": ["kms:A", "kms:B"]}, {}, {"Action": ["kms:A", "kms:B"]}),
    ("an action that is not known", {"actions": ["kms:A", None]}, {"actions": [False, True]}, {"Action": ["kms:A", f"${{{S0}.actions[1]}}"]}),
    ("a list that is not known", {"actions": None}, {"actions": True}, {"Action": f"split ${{{S0}.actions}} at ,"}),
    ("an identifier that is not known", {"principals": [{"type": "AWS", "identifiers": [None]}]}, {"principals": [{"identifiers": [True]}]}, {"Principal": {"AWS": f"${{{S0}.principals[0].identifiers[0]}}"}}),
    ("identifiers that are not known", {"principals": [{"type": "AWS"}]}, block("principals", "identifiers"), {"Principal": {"AWS": f"split ${{{S0}.principals[0].identifiers}} at ,"}}),
    ("everyone", {"principals": [{"type": "*", "identifiers": ["*"]}]}, {}, {"Principal": "*"}),
    ("two blocks of one type", {"principals": [{"type": "AWS", "identifiers": ["1"]}, {"type": "AWS", "identifiers": ["2", "3"]}]}, {}, {"Principal": {"AWS": ["1", "2", "3"]}}),
    ("two blocks of one type, of which one is not known", {"principals": [{"type": "AWS", "identifiers": ["1"]}, {"type": "AWS"}]}, {"principals": [{}, {"identifiers": True}]}, {"Principal": {"AWS": f"unresolved a list with ${{{S0}.principals[1].identifiers}}"}}),
    ("two types", {"principals": [{"type": "AWS", "identifiers": ["1"]}, {"type": "Service", "identifiers": ["s"]}]}, {}, {"Principal": {"AWS": "1", "Service": "s"}}),
    ("a type that is not known", {"principals": [{"identifiers": ["1"]}]}, block("principals", "type"), {"Principal": f"unresolved {S0}.principals[0].type"}),
    ("principals that are not known", {"principals": None}, {"principals": True}, {"Principal": f"unresolved {S0}.principals"}),
    ("a block without identifiers", {"principals": [{"type": "AWS"}]}, {}, {"Principal": {"AWS": []}}),
    ("a variable of IAM", {"condition": [{"test": "StringEquals", "variable": "k", "values": ["&{aws:username}"]}]}, {}, {"Condition": {"StringEquals": {"k": "${aws:username}"}}}),
    ("a condition in two blocks", {"condition": [{"test": "Bool", "variable": "k", "values": ["a"]}, {"test": "Bool", "variable": "k", "values": ["b"]}]}, {}, {"Condition": {"Bool": {"k": ["a", "b"]}}}),
    ("a condition without values", {"condition": [{"test": "Bool", "variable": "k"}]}, {}, {"Condition": {"Bool": {"k": []}}}),
    ("values that are not known", {"condition": [{"test": "Bool", "variable": "k"}]}, block("condition", "values"), {"Condition": {"Bool": {"k": f"split ${{{S0}.condition[0].values}} at ,"}}}),
    ("a key that is not known", {"condition": [{"test": "Bool", "values": ["a"]}]}, block("condition", "variable"), {"Condition": f"unresolved {S0}.condition[0]"}),
    ("conditions that are not known", {}, {"condition": True}, {"Condition": f"unresolved {S0}.condition"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "unknown", "expected"), [row[1:] for row in DOCUMENTS], ids=[row[0] for row in DOCUMENTS]
)
def test_documents_that_are_rebuilt(
    known: dict[str, Any], unknown: dict[str, Any], expected: dict[str, Any]
) -> None:
    """What is not known is a placeholder with the address of its place."""
    assert statement_of(rebuilt(known, unknown)) == SHOWN | expected


@pytest.mark.parametrize(
    ("after", "unknown", "name"),
    [
        ({"source_policy_documents": [TEXT]}, {}, "source_policy_documents"),
        ({}, {"override_json": True}, "override_json"),
        ({}, {"statement": True}, "statement"),
    ],
)
def test_documents_that_cannot_be_rebuilt(after: Any, unknown: Any, name: str) -> None:
    """Others are merged into them, or their statements are not known."""
    data = change(DATA_SOURCE, after, unknown)
    source = read_one(data, change(KEY, {}, UNKNOWN), root={"resources": [resource(KEY, REFERS)]})
    assert (source.told, source.why) == ("unresolved", f"{DATA_SOURCE}.{name} cannot be known from the file")


def test_the_labels_of_a_document() -> None:
    """They are kept."""
    source = rebuilt({}, {}, version="2008-10-17", policy_id="label")
    assert shown(source.policy) == {"Version": "2008-10-17", "Id": "label", "Statement": [SHOWN]}


INSTANCES: list[tuple[str, str, str, list[str], bool]] = [
    ("in a module", f"module.m[0].{KEY}", f"module.m[0].{DATA_SOURCE}", [DATA_SOURCE], True),
    ("in another instance of the module", f"module.m[0].{KEY}", f"module.m[1].{DATA_SOURCE}", [DATA_SOURCE], False),
    ("with the index of the reference", KEY, f"{DATA_SOURCE}[0]", [f"{DATA_SOURCE}[0].json", f"{DATA_SOURCE}[0]", DATA_SOURCE], True),
    ("with the index of the key", f'{KEY}["x"]', f'{DATA_SOURCE}["x"]', [DATA_SOURCE], True),
    ("with another index", f'{KEY}["x"]', f'{DATA_SOURCE}["y"]', [DATA_SOURCE], False),
    ("with two indices in the reference", KEY, f"{DATA_SOURCE}[0]", [f"{DATA_SOURCE}[0]", f"{DATA_SOURCE}[1]"], False),
    ("beside another document", KEY, DATA_SOURCE, [DATA_SOURCE, "data.aws_iam_policy_document.e"], False),
    ("beside a variable that is null", KEY, DATA_SOURCE, ["var.p", DATA_SOURCE], True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "data", "references", "found"), [row[1:] for row in INSTANCES], ids=[row[0] for row in INSTANCES]
)
def test_the_document_of_a_key(key: str, data: str, references: list[str], found: bool) -> None:
    """``count`` and ``for_each`` make several of both."""
    inside = {"resources": [resource(KEY, {"policy": {"references": references}})]}
    root = inside | {"module_calls": {"m": {"module": inside}}}
    changes = [change(data, {"statement": [STATEMENT]}), change(key, {}, UNKNOWN)]
    source = read_one(*changes, root=root, variables={"p": {"value": None}})
    assert source.told == ("policy" if found else "unresolved")


ADDRESSES = [
    ("aws_kms_key.a", Address("", (), "aws_kms_key.a", "")),
    ("aws_kms_key.a[0]", Address("", (), "aws_kms_key.a", "[0]")),
    ('aws_kms_key.a["x.y"]', Address("", (), "aws_kms_key.a", '["x.y"]')),
    ("data.t.n", Address("", (), "data.t.n", "")),
    ("module.m.aws_kms_key.a", Address("module.m", ("m",), "aws_kms_key.a", "")),
    ('module.m["a.\\"]"].module.n[1].t.a[2]', Address('module.m["a.\\"]"].module.n[1]', ("m", "n"), "t.a", "[2]")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "address"), ADDRESSES)
def test_addresses(text: str, address: Address) -> None:
    """Indices may have dots and brackets in them."""
    assert address_of(text) == address


# --- bad input -------------------------------------------------------------------------------------

BAD: list[tuple[str, str, tuple[int | None, int | None], str]] = [
    ("a version that is not known", plan(format_version="2.0"), (None, None), "the format_version '2.0' of the plan is not known"),
    ("no version", "{}", (None, None), "it has no format_version"),
    ("an array", "[]", (None, None), "it has no format_version"),
    ("a state", '{"format_version": "1.0", "values": {}}', (None, None), "this is a state, not a plan"),
    ("no JSON", '{"format_version":\n "1.2",}', (2, 7), "remove the comma"),
    ("a name twice", '{"a": 1, "a": 2}', (1, 10), "appears twice"),
    ("a plan with an error", plan(errored=True), (None, None), "this plan is not whole: Terraform could not finish it"),
    ("a plan of another form", plan({"a": 1}), (None, None), "does not have the form"),
    ("a policy that is not one", plan(change(KEY, {"policy": "{}"})), (None, None), "aws_kms_key.a: the Statement is missing"),
    ("a policy that is not JSON", plan(change(KEY, {"policy": "{"})), (None, None), "aws_kms_key.a: the text ends"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "says"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_plans_that_cannot_be_read(text: str, place: tuple[int | None, int | None], says: str) -> None:
    """The error says the file, and the line and column if the text is not JSON."""
    with pytest.raises(SourceError) as caught:
        read_terraform_plan(text, file="plan.json")
    assert (caught.value.file, caught.value.line, caught.value.column) == ("plan.json", *place)
    assert says in caught.value.message


def test_a_plan_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused before it is read."""
    assert _terraform.MAX_PLAN == 200_000_000
    monkeypatch.setattr(_terraform, "MAX_PLAN", 10)
    with pytest.raises(SourceError, match="the text is longer than 10 characters"):
        read_terraform_plan(plan())


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        # Since Python 3.13, a comma before a bracket has its own place.
        pytest.param('{"a": 1,\n b}', 2, "this is not JSON: ", id="no name"),
        pytest.param('{"a": 1, "a": 2}', None, "appears twice", id="a name twice"),
    ],
)
def test_a_fault_in_a_long_plan(
    text: str, place: int | None, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader that knows all places is not for texts of a hundred megabytes."""
    monkeypatch.setattr(_terraform, "MAX_CHARACTERS", 5)
    with pytest.raises(SourceError, match=says) as caught:
        read_terraform_plan(text)
    assert caught.value.line == place


# --- files -----------------------------------------------------------------------------------------

FILES = """\
# resource "aws_kms_key" "commented" {
/* resource "aws_kms_key" "also" { */
// resource "aws_kms_key" "again" {
locals {
  text = "}${file("a{")}} %{ if true }x%{ endif } $${ %%{ \\" 🔑"
  doc  = <<-EOT
  resource "aws_kms_key" "in_text" {
    policy = 1
  EOT
}
resource "aws_kms_key" "a" {
  description = "}" // {
  nested { policy = 3 }
  tags = { policy = "x" }
  policy = jsonencode({ policy = "a" })
}
resource aws_kms_key b { policy = "x" }
resource "aws_kms_key" "none" {
  x = "policy"
  policy_id == "y"
}
data "aws_kms_key" "read" { policy = 1 }
resource "aws_kms_key" "unfinished" { d = "no quote
  policy = <<EOT
"""


def test_where_resources_are_written() -> None:
    """Comments, text in quotes and documents in text do not count, nor does what is nested."""
    expected = {
        "aws_kms_key.a": (15, 3),
        "aws_kms_key.b": (17, 26),
        "aws_kms_key.none": (18, 1),
        "aws_kms_key.unfinished": (24, 3),
    }
    assert blocks_of(FILES) == expected
    assert blocks_of(FILES.replace("\n", "\r\n")) == expected


def test_places_in_the_files_of_a_configuration(tmp_path: Path) -> None:
    """A module has its files in its own folder; that of one that is fetched is not known, and no file is written for others."""
    module = tmp_path / "modules" / "m"
    module.mkdir(parents=True)
    (tmp_path / "main.tf").write_text('resource "aws_kms_key" "a" {\n  policy = 1\n}\n', encoding="utf-8-sig")
    (module / "key.tf").write_text('\n\nresource "aws_kms_key" "a" {}', encoding="utf-8")
    (tmp_path / "other.tf").write_bytes(b"\xff\xfe")
    (tmp_path / "large.tf").write_text("#" * 5_000_001, encoding="utf-8")
    (tmp_path / "folder.tf").mkdir()
    calls: Mapping[str, Any] = {
        "m": {"source": "./modules/m", "module": {}},
        "fetched": {"source": "terraform-aws-modules/kms/aws", "module": {}},
    }
    names = [KEY, f"module.m.{KEY}", f"module.fetched.{KEY}", f"module.none.{KEY}", "aws_kms_key.unwritten"]
    text = plan(*(change(name, {"policy": TEXT}) for name in names), root={"module_calls": calls})
    sources = read_terraform_plan(text, tf_dir=tmp_path, file="plan.json")
    assert [(source.file, source.place(("Statement",))) for source in sources] == [
        (str(tmp_path / "main.tf"), (2, 3)),
        (str(module / "key.tf"), (3, 1)),
        ("plan.json", None),
        ("plan.json", None),
        ("plan.json", None),
    ]


def test_a_plan_as_terraform_writes_it() -> None:
    """It has all of this at once."""
    sources = read_terraform_plan((DATA / "plan.json").read_bytes(), tf_dir=DATA)
    assert [(source.name, source.told, source.place()) for source in sources] == [
        ("aws_kms_key.orders", "policy", (20, 3)),
        ("aws_kms_key.plain", "elsewhere", (23, 1)),
        ("aws_kms_key_policy.plain", "policy", (29, 3)),
        ('module.signing["eu"].aws_kms_key.this[0]', "policy", None),
    ]
    orders = sources[0].policy
    assert isinstance(orders, PartialPolicy)
    assert statement_of(sources[0], 1)["Principal"] == {
        "AWS": "${data.aws_iam_policy_document.orders.statement[1].principals[0].identifiers[0]}"
    }
