"""Files of any kind and folders: what is read, what is skipped, and what is an error."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from kmspolicy import PartialPolicy, Policy
from kmspolicy.errors import SourceError
from kmspolicy.sources import Source, read_files, read_path, read_text
from sources_support import shown

DATA = Path(__file__).parent / "data" / "sources"
ROOT = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
DOCUMENT: dict[str, Any] = {"Version": "2012-10-17", "Statement": [ROOT]}
TEXT = json.dumps(DOCUMENT)
ACTION = ("Statement", 0, "Action")


def manifest(api: str, kind: str = "Key", spec: str = f"policy: '{TEXT}'") -> str:
    """Return a manifest."""
    return f"apiVersion: {api}/v1beta1\nkind: {kind}\nmetadata: {{name: k}}\nspec:\n  {spec}\n"


def provided(spec: str) -> str:
    """Return what Crossplane wants to know of a key."""
    return f"forProvider:\n    {spec}"


BLOCK = f"policy: |\n      {TEXT}"
READ: list[tuple[str, str, list[str], tuple[int, int] | None]] = [
    ("a policy in JSON", TEXT, ["-"], (1, 79)),
    ("a policy in YAML", "Version: 2012-10-17\nStatement:\n- {Effect: Allow, Principal: '*', Action: 'kms:*', Resource: '*'}", ["-"], (3, 35)),
    ("policies in YAML", f"---\n{TEXT}\n---\n{TEXT}\n", ["- (1)", "- (2)"], (2, 79)),
    ("a policy of one statement that is not in a list", json.dumps({"Statement": ROOT}), ["-"], None),
    ("what aws kms get-key-policy prints", json.dumps({"Policy": TEXT, "PolicyName": "default"}), ["-"], (1, 12)),
    ("what aws kms get-key-policy --output yaml prints", f"Policy: '{TEXT}'", ["-"], (1, 88)),
    ("what --query Policy prints", json.dumps(TEXT), ["-"], (1, 1)),
    ("an object in Policy", json.dumps({"Policy": DOCUMENT}), ["-"], (1, 90)),
    ("a manifest in a namespace", manifest("kms.services.k8s.aws").replace("{name: k", "{namespace: prod, name: k"), ["prod/k"], (5, 90)),
    ("a manifest without a name", manifest("kms.services.k8s.aws").replace("{name: k", "{namespace: prod"), ["-"], (5, 90)),
    ("a manifest of ACK", manifest("kms.services.k8s.aws"), ["k"], (5, 90)),
    ("a manifest of Upbound", manifest("kms.aws.upbound.io", spec=provided(BLOCK)), ["k"], (7, 85)),
    ("a manifest of Upbound, in a namespace", manifest("kms.aws.m.upbound.io", spec=provided(BLOCK)), ["k"], (7, 85)),
    ("a manifest of Crossplane", manifest("kms.aws.crossplane.io", spec=provided(BLOCK)), ["k"], (7, 85)),
    ("a manifest of a policy", manifest("kms.aws.upbound.io", "KeyPolicy", provided(BLOCK)), ["k"], (7, 85)),
    ("a manifest of Upbound that sets the policy once", manifest("kms.aws.upbound.io", spec=f"forProvider: {{region: eu-west-1}}\n  initProvider:\n    {BLOCK}"), ["k"], (8, 85)),
    ("policies by name", json.dumps({"orders": DOCUMENT}), ["- (orders)"], (1, 90)),
    ("policies of one name", json.dumps({"keys": [{"a": 1}, TEXT]}), ["- (keys)"], (1, 21)),
    ("a policy of another tool", json.dumps({"KeyPolicy": TEXT}), ["- (KeyPolicy)"], (1, 15)),
    ("a policy beside what a template has", json.dumps({"Resources": {}, "Policy": TEXT}), ["-"], (1, 29)),
    ("an array", json.dumps([DOCUMENT]), ["-"], (1, 80)),
    ("a manifest in another one", "kind: Composition\nspec:\n  resources:\n  - base:\n      " + manifest("kms.services.k8s.aws").replace("\n", "\n      "), ["k"], (9, 96)),
    ("a list of manifests", "kind: List\nitems:\n- " + manifest("kms.services.k8s.aws").replace("\n", "\n  "), ["k"], (7, 92)),
    ("a template", f"Resources: {{K: {{Type: AWS::KMS::Key, Properties: {{KeyPolicy: {TEXT}}}}}}}", ["K"], (1, 140)),
    ("a template without keys", "Resources: {}", [], None),
    ("a plan", (DATA / "terraform" / "plan.json").read_text(encoding="utf-8"), ["aws_kms_key.orders", "aws_kms_key.plain", "aws_kms_key_policy.plain", 'module.signing["eu"].aws_kms_key.this[0]'], None),
    ("a plan whose names were sorted", json.dumps(json.loads((DATA / "terraform" / "plan.json").read_text(encoding="utf-8")), sort_keys=True), ["aws_kms_key.orders", "aws_kms_key.plain", "aws_kms_key_policy.plain", 'module.signing["eu"].aws_kms_key.this[0]'], None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names", "place"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_texts_of_all_kinds(text: str, names: list[str], place: tuple[int, int] | None) -> None:
    """The text tells its kind."""
    sources = read_text(text)
    assert [source.name for source in sources] == names
    assert {source.file for source in sources} <= {"-"}
    if place is not None:
        assert isinstance(sources[0].policy, Policy)
        assert sources[0].policy.to_dict() == DOCUMENT
        assert sources[0].place(ACTION) == place


def read_one(text: str) -> Source:
    """Return the only source of a text."""
    (source,) = read_text(text)
    return source


ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ALIAS = "arn:aws:kms:eu-west-1:111122223333:alias/orders"
ARNS: list[tuple[str, str, str | None]] = [
    ("what DescribeKey and GetKeyPolicy answer", json.dumps({"KeyMetadata": {"Arn": ARN}, "Policy": TEXT}), ARN),
    ("the alias of a key", json.dumps({"KeyMetadata": {"Arn": ALIAS}, "Policy": TEXT}), None),
    ("GetKeyPolicy alone", json.dumps({"Policy": TEXT}), None),
    ("a manifest of ACK with its status", manifest("kms.services.k8s.aws") + f"status: {{ackResourceMetadata: {{arn: '{ARN}'}}}}", ARN),
    ("a manifest of Upbound with its status", manifest("kms.aws.upbound.io", spec=provided(BLOCK)) + f"status: {{atProvider: {{arn: '{ARN}'}}}}", ARN),
    ("a manifest that was not applied", manifest("kms.services.k8s.aws"), None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "arn"), [row[1:] for row in ARNS], ids=[row[0] for row in ARNS])
def test_the_key_that_a_file_names(text: str, arn: str | None) -> None:
    """A file that was written from a key that is there tells which one it is."""
    assert read_one(text).key_arn == arn


OTHERS: list[tuple[str, str, list[tuple[str, int]]]] = [
    ("the Serverless Framework", f"resources:\n  Resources:\n    K: {{Type: AWS::KMS::Key, Properties: {{KeyPolicy: {TEXT}}}}}\n    D: {{Type: AWS::KMS::Key}}", [("K", 3)]),
    ("Pulumi", "resources:\n  k:\n    type: aws:kms:Key\n    properties: {policy: '${text}'}\n  d:\n    type: aws:kms:Key\n  b: {type: aws:s3:Bucket, properties: {policy: x}}", [("k", 3)]),
    ("Terraform in JSON", '{"resource": {"aws_kms_key": {"k": {"policy": "${x}"}, "d": {}}},\n"data": {"aws_kms_key": {"e": {"policy": ""}}}}', [("aws_kms_key.k", 1)]),
    ("Ansible", "- hosts: all\n  tasks:\n  - name: make a key\n    amazon.aws.kms_key: {policy: '{{ text }}'}\n  - kms_key: {alias: x}", [("make a key", 3)]),
    ("a manifest without a policy in another one", "kind: Composition\nspec:\n  base: {apiVersion: kms.aws.upbound.io/v1, kind: Key, metadata: {name: k}}", [("k", 3)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in OTHERS], ids=[row[0] for row in OTHERS])
def test_keys_in_files_of_other_tools(text: str, expected: list[tuple[str, int]]) -> None:
    """They are not skipped as if they were fine: their policies are told to be unknown."""
    sources = read_text(text)
    assert [source.told for source in sources] == ["unresolved"] * len(expected)
    assert [(source.name, (source.place() or (0, 0))[0]) for source in sources] == expected


def test_placeholders_in_plain_text() -> None:
    """What people write for somebody to fill in; a policy variable is none."""
    root = ROOT | {
        "Principal": {"AWS": "arn:aws:iam::<ACCOUNT_ID>:role/${role}"},
        "Resource": "${aws:username}",
    }
    partial = read_one(
        json.dumps({"Statement": [root, root | {"Sid": "{{account}}", "Condition": {"Bool": {"x": True}}}]})
    ).policy
    assert isinstance(partial, PartialPolicy)
    assert [one.name for one in partial.placeholders] == ["ACCOUNT_ID", "role", "account"]
    second = shown(partial)["Statement"][1]
    assert (second["Sid"], second["Condition"]) == ("${account}", {"Bool": {"x": True}})


def test_what_is_not_a_policy_whatever_its_placeholders_are() -> None:
    """It is refused like one without any, with its place, and what is not known is not called wrong."""
    text = json.dumps({"Statement": [ROOT | {"Principal": {"AWS": "<ADMIN>"}, "Effect": "Maybe"}]})
    with pytest.raises(SourceError, match="an effect must be 'Allow' or 'Deny', not 'Maybe'") as caught:
        read_text(text)
    assert (caught.value.line, caught.value.column) == (1, text.index('"Effect"') + 1)


def test_functions_of_a_template_in_a_policy() -> None:
    """A snippet that a template includes has them; what they return cannot be known from the snippet."""
    text = "Statement:\n- Sid: !Ref Name\n  Action: !If [C, a, b]\n  Condition: !Transform {Name: M}\n  Principal: {AWS: !Sub 'arn:${Role}'}"
    partial = read_one(text).policy
    assert isinstance(partial, PartialPolicy)
    assert partial.unresolved == ("Ref Name", "If", "Transform")
    assert [one.name for one in partial.placeholders] == ["Role"]


def test_nothing_is_filled_in_in_what_aws_answers() -> None:
    """A text that KMS has stored is what it is."""
    assert isinstance(read_one(json.dumps({"Policy": TEXT.replace("kms:*", "${action}")})).policy, Policy)


@pytest.mark.parametrize("spec", ["{}", "policy: ''", "policy:"])
def test_a_manifest_without_a_policy(spec: str) -> None:
    """AWS gives the key the default policy."""
    source = read_one(manifest("kms.services.k8s.aws", spec=spec))
    assert (source.name, source.told, source.place()) == ("k", "default", (1, 1))


def test_a_manifest_can_bypass_the_lockout_check() -> None:
    """Its field has the name of the API's."""
    flag = "bypassPolicyLockoutSafetyCheck: true\n  "
    assert read_one(manifest("kms.services.k8s.aws", spec=f"{flag}policy: '{TEXT}'")).bypass
    assert not read_one(manifest("kms.services.k8s.aws")).bypass


BAD: list[tuple[str, str, tuple[int, int], str]] = [
    ("text", "hello", (1, 1), "there is no key policy here"),
    ("nothing", "", (1, 1), "there is no key policy here"),
    ("another object", "{}", (1, 1), "there is no key policy here"),
    ("another manifest", manifest("apps"), (1, 1), "there is no key policy here"),
    ("another kind of manifest", manifest("kms.services.k8s.aws", "Alias"), (1, 1), "there is no key policy here"),
    ("a misspelt element", TEXT.replace("Statement", "Statements"), (1, 27), "did you mean 'Statement'?"),
    ("a misspelt element of a statement", TEXT.replace("Action", "Akt"), (1, 79), "'Akt' is not an element of a statement"),
    ("a policy in a manifest that is not one", manifest("kms.services.k8s.aws", spec="policy: '[]'"), (5, 12), "must be an object"),
    ("no JSON", '{"Version" 1}', (1, 12), "expected ':'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "says"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_texts_that_cannot_be_read(text: str, place: tuple[int, int], says: str) -> None:
    """What was named and has no policy is an error, with a name for the text."""
    with pytest.raises(SourceError) as caught:
        read_text(text, name="<stdin>")
    assert (caught.value.file, caught.value.line, caught.value.column) == ("<stdin>", *place)
    assert says in caught.value.message


# --- paths -----------------------------------------------------------------------------------------


def write(folder: Path, name: str, content: str | bytes) -> None:
    """Write a file and its folders."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def test_a_file() -> None:
    """A policy that has no other name is called like its file."""
    path = DATA / "stack.yaml"
    reading = read_path(path, parameters={"Admin": "111122223333"})
    assert [source.name for source in reading.sources] == [
        "Plain",
        "Templated",
        "Branches",
        "Included",
        "Unset",
    ]
    assert isinstance(reading.sources[2].policy, Policy)
    assert {source.file for source in reading.sources} == {str(path)}
    assert reading.errors == ()


def test_a_file_without_a_policy_that_was_named(tmp_path: Path) -> None:
    """The error is a value, as that of a file in a folder."""
    write(tmp_path, "notes.txt", "hello")
    reading = read_path(tmp_path / "notes.txt")
    assert reading.sources == ()
    assert [(error.file, error.line) for error in reading.errors] == [(str(tmp_path / "notes.txt"), 1)]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The error says what the system says."""
    (error,) = read_path(tmp_path / "none.json").errors
    assert error.message == "the file cannot be opened: No such file or directory"
    assert error.file == str(tmp_path / "none.json")


IAM = TEXT.replace('"Principal": "*", ', "")
BUCKET = TEXT.replace("kms:", "s3:")
BUCKET_ROOT = ROOT | {"Action": "*", "Resource": "arn:aws:s3:::b/*"}
SKIPPED: dict[str, str] = {
    "notes.txt": TEXT,
    ".hidden.json": TEXT,
    ".git/policy.json": TEXT,
    "node_modules/policy.json": TEXT,
    "package.json": '{"name": "app", "version": "1"}',
    "iam.json": IAM,
    "bucket.json": BUCKET,
    "two.json": json.dumps({"Statement": [ROOT | {"Action": ["s3:Get*", "s3:Put*"]}]}),
    "none.json": json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*"}]}),
    "bucket-policy.json": json.dumps({"Policy": BUCKET}),
    "comments.json": "{// none\n}",
    "chart.yaml": "{{- if .Values.key }}\na: b\n{{- end }}",
    "tagged.yml": "a: !vault x",
    "deployment.yaml": manifest("apps"),
    "empty.yaml": "",
    "stack.template": "Resources: {}",
    "all-of-a-bucket.json": json.dumps({"Statement": [BUCKET_ROOT]}),
    "all-but-deletes-of-a-bucket.json": json.dumps(
        {"Statement": [{"NotAction": "s3:Delete*"} | BUCKET_ROOT]}
    ),
    "all-but-a-bucket.json": json.dumps(
        {"Statement": [ROOT | {"Action": "*", "NotResource": "arn:aws:s3:::b", "Resource": []}]}
    ),
    "actions-of-a-bucket.json": json.dumps({"Statement": [BUCKET_ROOT | {"Action": "${actions}"}]}),
    "get-bucket-policy.json": json.dumps({"Policy": json.dumps({"Statement": [BUCKET_ROOT]})}),
    "get-policy-of-iam.json": json.dumps(
        {"Policy": {"PolicyName": "decrypt", "Arn": "arn:aws:iam::111122223333:policy/kms"}}
    ),
    "trust.json": json.dumps(
        {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    ),
    "sid.json": json.dumps({"Statement": [ROOT | {"Sid": "kms:*", "Action": "sqs:*"}]}),
    "iam-with-all.json": json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}),
    "bucket-with-placeholder.json": json.dumps({"Statement": [ROOT | {"Action": "s3:${action}"}]}),
    "iam.list.json": json.dumps([json.loads(IAM), {"name": "app"}, 5]),
    "text.json": json.dumps("kms:*"),
    "text-of-iam.json": json.dumps(IAM),
    "text-that-is-broken.json": json.dumps("{"),
    "policy-that-is-text.json": json.dumps({"Policy": "kms:*"}),
    "broken-bucket.json": json.dumps({"Statement": [BUCKET_ROOT | {"Action": ["s3:Get*", "s3:Put*"]}]})[:-1],
    "broken-iam.json": '{"Statement": [{"Action": "*", "Resource": "*"}',
}
FOUND: dict[str, str] = {
    "a/policy.json": TEXT,
    "b.YAML": TEXT,
    "get.json": json.dumps({"Policy": TEXT}),
    "list.yml": "kind: List\nitems:\n- " + manifest("kms.services.k8s.aws").replace("\n", "\n  "),
    "manifest.yaml": manifest("kms.services.k8s.aws"),
    "one.json": json.dumps({"Statement": ROOT | {"Action": ["kms:Sign"]}}),
    "not.json": json.dumps({"Statement": [{"Effect": "Deny", "NotPrincipal": "*", "NotAction": "*", "Resource": "*"}]}),
    "plan.json": (DATA / "terraform" / "plan.json").read_text(encoding="utf-8"),
    "stack.template": (DATA / "stack.yaml").read_text(encoding="utf-8"),
    "serverless.yml": f"resources: {{Resources: {{K: {{Type: AWS::KMS::Key, Properties: {{KeyPolicy: {TEXT}}}}}}}}}",
    "graph.yaml": "kind: ResourceGraphDefinition\nspec:\n  template:\n    " + manifest("kms.services.k8s.aws").replace("\n", "\n    "),
    "two-policies.json": json.dumps({"orders": DOCUMENT, "bucket": json.loads(BUCKET)}),
    "manifest-with-more.yaml": manifest("kms.services.k8s.aws") + "Policy: x",
    "capitals.json": TEXT.replace("kms", "KMS"),
    "object.json": json.dumps({"Policy": DOCUMENT}),
    "object-with-all.json": json.dumps({"Policy": {"Statement": [ROOT | {"Action": "*"}]}}),
    "get-with-all.json": json.dumps({"Policy": TEXT.replace("kms:", "")}),
    "text.json": json.dumps(TEXT),
    "text.yaml": f"'{TEXT}'",
    "array.json": json.dumps([{"name": "app"}, {"Policy": TEXT}]),
    "arrays.json": json.dumps([[DOCUMENT]]),
    "manifests.yaml": "kind: KeyList\nitems:\n- " + manifest("kms.services.k8s.aws").replace("\n", "\n  "),
    "start.json": TEXT.replace("kms:*", "k*"),
    "service.json": TEXT.replace("kms:*", "*:*"),
    "end.json": TEXT.replace("kms:*", "*ms:Decrypt"),
    "question-mark.json": TEXT.replace("kms:*", "?MS:*"),
    "all-but.json": json.dumps({"Statement": [{"Effect": "Deny", "Principal": "*", "NotAction": "iam:*", "Resource": "*"}]}),
    "no-service.json": TEXT.replace("kms:*", "Decrypt"),
    "placeholder.json": TEXT.replace("kms:*", "${action}"),
    "placeholder-of-a-page.json": TEXT.replace("kms:*", "<ACTION>"),
    "service-placeholder.yaml": TEXT.replace("kms:*", "{{service}}:Decrypt"),
    "function.yaml": "Statement:\n- {Effect: Allow, Principal: '*', Action: !Ref Actions, Resource: '*'}",
    "sub.yaml": "Statement:\n- {Effect: Allow, Principal: '*', Action: !Sub 'k${Actions}', Resource: '*'}",
    "all-for-a-key.json": json.dumps({"Statement": [ROOT | {"Action": "*", "Resource": ["arn:aws:s3:::b", "arn:aws:kms:*:*:key/*"]}]}),
    "all-for-a-placeholder.json": json.dumps({"Statement": [ROOT | {"Action": "*", "Resource": "${key}"}]}),
    "all-without-resource.json": json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}]}),
}  # fmt: skip


@pytest.mark.parametrize("name", SKIPPED)
def test_what_is_skipped_in_a_folder(name: str, tmp_path: Path) -> None:
    """It has no policy of a key, and nobody named it."""
    write(tmp_path, name, SKIPPED[name])
    reading = read_path(tmp_path)
    assert (reading.sources, reading.errors) == ((), ())


@pytest.mark.parametrize("name", FOUND)
def test_what_is_found_in_a_folder(name: str, tmp_path: Path) -> None:
    """By its name and what it says."""
    write(tmp_path, name, FOUND[name])
    reading = read_path(tmp_path)
    assert reading.errors == ()
    assert reading.sources
    assert {source.file for source in reading.sources} == {str(tmp_path / name)}


WRONG: dict[str, tuple[str | bytes, str]] = {
    "0.json": (TEXT.replace("kms", "KMS")[:-1], "the text ends where"),
    "1.json": (TEXT.replace("kms:", "")[:-1], "the text ends where"),
    "2.json": (TEXT.replace('"kms:*"', '["s3:Get*", "${all}"]')[:-1], "the text ends where"),
    "3.json": (json.dumps({"Policy": TEXT[:-1]}), "the text ends where"),
    "4.json": (json.dumps(TEXT[:-1]), "the text ends where"),
    "5.json": (json.dumps(TEXT.replace("kms:", ""))[:-1], "no closing quote"),
    "6.json": (TEXT.replace("Principal", "Principle"), "'Principle' is not an element"),
    "7.json": (json.dumps({"statements": [ROOT]}), "'statements' is not an element"),
    "8.yaml": ("Statement:\n- Principal: '*'\n  Action:\n  - '*'\n  Resource: ['*'", "this is not YAML"),
    "8a.yaml": (TEXT.replace('"kms:*"', "!Ref Actions"), "expected a value"),
    "9.json": (f"{TEXT}\n{TEXT}".replace("kms:", ""), "continues after"),
    "a.json": (TEXT.replace("Action", "Akt"), "'Akt' is not an element"),
    "b.json": (TEXT[:-1], "the text ends where"),
    "c.yaml": ("Resources: {K: {Type: AWS::KMS::Key, Type: b}}", "stands in line 1 already"),
    "d.json": (TEXT.encode("utf-16"), "this is UTF-16"),
    "d1.json": (TEXT.encode("utf-16-le"), "this is UTF-16"),
    "d2.json": (TEXT.encode("utf-16-be"), "this is UTF-16"),
    "d3.json": (TEXT.encode("utf-32-be"), "or UTF-32"),
    "d4.json": (json.dumps({"Policy": "x"} | DOCUMENT), "expected"),
    "d5.json": (json.dumps({"Resources": {}} | DOCUMENT), "'Resources' is not an element"),
    "e.json": (b"\x89PNG\r\n", "this byte is not UTF-8"),
    "f.json": (" " * 5_000_001 + TEXT, "longer than 5,000,000 characters"),
    "g.json": ('{"format_version": "9"}', "the format_version '9' of the plan is not known"),
}


def test_the_other_files_are_still_read(tmp_path: Path) -> None:
    """Each file that cannot be read is an error, in the order of the files."""
    for name, (content, _) in WRONG.items():
        write(tmp_path, name, content)
    write(tmp_path, "z.json", TEXT)
    reading = read_path(tmp_path)
    assert [source.name for source in reading.sources] == [str(tmp_path / "z.json")]
    assert [error.file for error in reading.errors] == [str(tmp_path / name) for name in WRONG]
    for error, (_, says) in zip(reading.errors, WRONG.values(), strict=True):
        assert says in error.message


def test_a_file_that_is_too_long_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its size tells."""
    monkeypatch.setattr("kmspolicy._sources._paths.MAX_PLAN", 10)
    write(tmp_path, "a.json", TEXT)
    (error,) = read_path(tmp_path).errors
    assert "longer than 10 characters; nothing longer is read" in error.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
def test_only_files_are_opened(tmp_path: Path) -> None:
    """A pipe in a folder would make the reader wait for ever."""
    os.mkfifo(tmp_path / "a.json")
    assert read_path(tmp_path).errors == ()


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_links(tmp_path: Path) -> None:
    """One to a file is followed; one that leads nowhere, or in a circle, is an error; one to a folder is not followed."""
    write(tmp_path, "elsewhere/policy.txt", TEXT)
    links = tmp_path / "links"
    links.mkdir()
    targets = {
        "a.json": "nowhere.json",
        "b.json": "b.json",
        "c.json": "../elsewhere/policy.txt",
        "d": "..",
        "e.txt": "x",
    }
    for name, target in targets.items():
        (links / name).symlink_to(target)
    reading = read_path(links)
    assert [source.file for source in reading.sources] == [str(links / "c.json")]
    assert [(error.file, error.message.partition(":")[0]) for error in reading.errors] == [
        (str(links / name), "the file cannot be opened") for name in ("a.json", "b.json")
    ]


def test_a_folder_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an error, and the others are still read; root may open all, so the system's answer is set here."""
    write(tmp_path, "a/policy.json", TEXT)
    write(tmp_path, "b/policy.json", TEXT)
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if Path(path).name == "a":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    reading = read_path(tmp_path)
    assert [source.file for source in reading.sources] == [str(tmp_path / "b" / "policy.json")]
    assert [(error.file, error.message) for error in reading.errors] == [
        (str(tmp_path / "a"), "the folder cannot be opened: Permission denied")
    ]


def test_files_are_read_one_at_a_time(tmp_path: Path) -> None:
    """A file is opened when the one before it was dealt with, so that a large folder needs no memory."""
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    (tmp_path / "c.json").write_text("{}", encoding="utf-8")
    readings = read_files(tmp_path)
    assert [source.name for source in next(readings).sources] == [str(tmp_path / "a.json")]
    (tmp_path / "b.json").write_text(TEXT[:-1], encoding="utf-8")
    second, third = readings
    assert ([error.file for error in second.errors], third.sources) == ([str(tmp_path / "b.json")], ())
