"""The commands that ask: access, can, prove, diff and explain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli_support import run

ACCOUNT = "111122223333"
APP = f"arn:aws:iam::{ACCOUNT}:role/App"
ARN = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def allow(principal: str, *actions: str, **more: Any) -> dict[str, Any]:
    """Return an Allow."""
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": [*actions], "Resource": "*", **more}


def policy(*statements: dict[str, Any]) -> str:
    """Return the text of a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements]})


ROOT = allow(ACCOUNT, "kms:*")
DECRYPT = allow(APP, "kms:Decrypt")
PUBLIC = allow("*", "kms:Decrypt")
S3 = allow(APP, "kms:Decrypt", Condition={"StringEquals": {"kms:ViaService": ["s3.eu-west-1.amazonaws.com"]}})
DENY = DECRYPT | {"Effect": "Deny"}


def change(name: str, before: str | None, after: str | None, **more: Any) -> dict[str, Any]:
    """Return what a plan says of a key."""
    inside = {
        "actions": ["update"],
        "before": None if before is None else {"policy": before},
        "after": None if after is None else {"policy": after, **more},
        "after_unknown": {"policy": False},
    }
    address = name if "." in name else f"aws_kms_key.{name}"
    return {"address": address, "mode": "managed", "type": address.split(".")[0], "change": inside}


def plan(*changes: dict[str, Any]) -> str:
    """Return a plan of Terraform."""
    return json.dumps({"format_version": "1.2", "resource_changes": [*changes]})


NOTHING = "nothing: no key policy was found here"
FILES = {
    "root.json": policy(ROOT),
    "app.json": policy(ROOT, DECRYPT),
    "s3.json": policy(ROOT, S3),
    "some_key.json": policy(ROOT, PUBLIC | {"Resource": ARN}),
    "denied.json": policy(ROOT, DENY),
    "public.json": policy(ROOT, PUBLIC),
    "open.json": policy(ROOT, allow("<PRINCIPAL>", "kms:Decrypt")),
    "broken.json": "{",
    "default.yaml": "Resources: {K: {Type: AWS::KMS::Key}}",
    "unknown.yaml": "Resources: {K: {Type: AWS::KMS::Key, Properties: {KeyPolicy: !Transform {Name: X}}}}",
    "empty.yaml": "Resources: {B: {Type: AWS::S3::Bucket}}",
    "two.yaml": "Resources:\n"
    + "".join(
        f"  {name}: {{Type: AWS::KMS::Key, Properties: {{KeyPolicy: {text}}}}}\n"
        for name, text in {"A": policy(ROOT), "B": policy(ROOT, PUBLIC)}.items()
    ),
    "same.plan.json": plan(change("a", policy(ROOT), policy(ROOT))),
    "less.plan.json": plan(change("a", policy(ROOT, DECRYPT), policy(ROOT))),
    "more.plan.json": plan(change("a", policy(ROOT), policy(ROOT, DECRYPT))),
    "new.plan.json": plan(change("a", None, policy(ROOT))),
    "existing.plan.json": plan(change("aws_kms_key_policy.a", None, policy(ROOT), key_id=ARN)),
    "by_id.plan.json": plan(change("aws_kms_key_policy.a", None, policy(PUBLIC), key_id="1234abcd")),
    "gone.plan.json": plan(change("aws_kms_key_policy.a", policy(ROOT), None)),
    "deleted.plan.json": plan(change("a", policy(ROOT), None)),
    "unset.plan.json": plan(change("a", None, "") | {"address": "aws_kms_key.a"}),
}
FILES["one_more.yaml"] = FILES["two.yaml"].replace(policy(ROOT, PUBLIC), policy(ROOT))
FOLDERS = {
    "one": {"root.json": FILES["root.json"]},
    "pair": {"a.yaml": f"---\n{policy(ROOT)}\n---\n{policy(ROOT)}\n"},
    "pair2": {"a.yaml": f"---\n{policy(ROOT)}\n---\n{policy(ROOT, DECRYPT)}\n"},
    "before": {"old.yaml": FILES["default.yaml"], "two.yaml": FILES["two.yaml"]},
    "after": {"old.yaml": FILES["default.yaml"], "new.yaml": FILES["two.yaml"].replace(policy(ROOT), policy(ROOT, DECRYPT))},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a project of its own, with these files."""
    (tmp_path / ".git").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "nothing").mkdir()
    for folder, files in FOLDERS.items():
        (tmp_path / folder).mkdir()
        for name, text in files.items():
            (tmp_path / folder / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


class Row(NamedTuple):
    """A command line, its exit code, and what stands somewhere in what it writes."""

    args: str
    code: int
    shown: str


ROWS = {
    "can: yes": Row(f"can {APP} kms:Decrypt app.json", 0, "allows kms:Decrypt to role App"),
    "can: left to IAM": Row(f"can {APP} kms:Encrypt app.json --expect delegated", 0, "leaves kms:Encrypt"),
    "can: as expected": Row(f"can {APP} kms:Decrypt app.json --expect allowed", 0, "allows"),
    "can: not as expected": Row(f"can {APP} kms:Decrypt denied.json --expect allowed", 1, "denies"),
    "can: what was expected": Row(f"can {APP} kms:Decrypt denied.json --expect allowed", 1, "denied.json: expected allowed, got denied"),
    "can: what was expected of several keys": Row(f"can {APP} kms:Decrypt two.yaml --expect delegated", 1, "B: expected delegated, got allowed"),
    "can: what was expected of what is not known": Row(f"can {APP} kms:Decrypt default.yaml --expect not-granted", 1, "K: expected not-granted, got no answer, since its policy is not known"),
    "can: denied": Row(f"can {APP} kms:Decrypt denied.json --expect denied", 0, "denies"),
    "can: not granted": Row("can 444455556666 kms:Decrypt app.json --expect not-granted", 0, "No statement allows"),
    "can: a condition key": Row(f"can {APP} kms:Decrypt s3.json --context kms:ViaService=s3.eu-west-1.amazonaws.com --expect allowed", 0, "allows"),
    "can: no condition key": Row(f"can {APP} kms:Decrypt s3.json --expect allowed", 1, "leaves"),
    "can: of several keys": Row(f"can {APP} kms:Decrypt two.yaml --expect delegated", 1, "two.yaml: B\n"),
    "can: one of several": Row(f"can {APP} kms:Decrypt two.yaml --name A --expect delegated", 0, "leaves"),
    "can: the default policy is not known": Row(f"can {APP} kms:Decrypt default.yaml --expect allowed", 1, "default.yaml: K: no policy is set"),
    "can: a placeholder filled in": Row(f"can {APP} kms:Decrypt open.json --parameter PRINCIPAL={APP} --expect allowed", 0, "allows"),
    "can: a placeholder left": Row(f"can {APP} kms:Decrypt open.json", 2, "not known yet: 'PRINCIPAL'; give them with --parameter NAME=VALUE"),
    "can: a misspelt action": Row(f"can {APP} kms:Decypt app.json", 2, "kms:Decrypt"),
    "can: a misspelt key": Row(f"can {APP} kms:Decrypt app.json --context kms:ViaServise=x", 2, "kms:ViaService"),
    "can: no principal": Row("can me kms:Decrypt app.json", 2, "'me'"),
    "can: a key without a value": Row(f"can {APP} kms:Decrypt app.json --context kms:ViaService", 2, "is not KEY=VALUE"),
    "can: of another key, perhaps": Row("can 444455556666 kms:Decrypt some_key.json --expect not-granted", 1, "expected not-granted, got an answer that depends on the ARN of the key: give --key-arn"),
    "can: of the key": Row(f"can 444455556666 kms:Decrypt some_key.json --expect allowed --key-arn {ARN}", 0, "allows"),
    "can: of another key": Row(f"can 444455556666 kms:Decrypt some_key.json --expect not-granted --key-arn {ARN.replace('1234', '5678')}", 0, "No statement"),
    "can: no ARN of a key": Row("can 444455556666 kms:Decrypt some_key.json --key-arn key", 2, "'key'"),
    "can: a file that cannot be read": Row(f"can {APP} kms:Decrypt broken.json app.json", 3, "allows"),
    "access": Row("access app.json", 0, "role App"),
    "access: one more": Row("access root.json --also 444455556666", 0, "444455556666"),
    "access: placeholders": Row("access open.json", 0, "PRINCIPAL"),
    "diff: a placeholder of the file after": Row(f"diff root.json open.json --parameter PRINCIPAL={APP}", 0, "role App"),
    "diff: a placeholder of neither": Row("diff root.json app.json --parameter PRINCIPAL=x", 2, "no file has a parameter or a placeholder 'PRINCIPAL'"),
    "diff: a key that was not there before under this name": Row("diff default.yaml two.yaml --name A", 2, "no resource has the name 'A'; there are: 'K'"),
    "prove: a key that is not there after under this name": Row("prove no-new-access two.yaml default.yaml --name A", 2, "there are: 'K'"),
    "prove: a placeholder of the limit": Row(f"prove grants-at-most open.json app.json --parameter PRINCIPAL={APP}", 0, "holds"),
    "prove: a name among those within a limit": Row("prove grants-at-most app.json two.yaml --name A", 0, "holds"),
    "explain: no such account": Row("explain app.json --account 12", 2, "12 digits"),
    "access: no such account": Row("access app.json --account 12", 2, "12 digits"),
    "access: a file that cannot be read": Row("access broken.json", 3, "broken.json"),
    "prove: not public": Row("prove no-public-access app.json", 0, "holds"),
    "prove: public": Row("prove no-public-access app.json public.json", 1, "does not hold"),
    "prove: what cannot be known is not shown": Row("prove no-public-access unknown.yaml", 1, "cannot be known"),
    "prove: of the default policy": Row("prove no-public-access default.yaml", 0, "holds: "),
    "prove: the default policy grants": Row("prove access-not-granted --action kms:Decrypt default.yaml", 1, "account ${AWS::AccountId} may kms:Decrypt"),
    "prove: the default policy grants to its account": Row(f"prove access-not-granted --principal {APP} default.yaml --account {ACCOUNT}", 1, "role App"),
    "prove: the default policy grants to no other account": Row(f"prove access-not-granted --principal {APP} default.yaml --account 444455556666", 0, "holds: "),
    "prove: the default policy always grants": Row(f"prove always-granted --principal {APP} --action kms:Sign default.yaml --account {ACCOUNT}", 0, "holds: "),
    "prove: the default policy is beyond a limit": Row("prove grants-at-most app.json default.yaml", 1, "not"),
    "prove: nothing is claimed of a key that is gone": Row("prove access-not-granted deleted.plan.json", 0, "the plan deletes it"),
    "prove: a policy that is gone leaves the default policy": Row("prove access-not-granted gone.plan.json", 1, "does not hold"),
    "prove: a misspelt action": Row("prove access-not-granted --action kms:Decypt app.json", 2, "did you mean 'kms:Decrypt'?"),
    "prove: a pattern that matches no action": Row("prove access-not-granted --action kms:Dcrypt* app.json", 2, "'kms:Dcrypt*' is not known"),
    "prove: always, a misspelt action": Row(f"prove always-granted --principal {APP} --action kms:Decypt app.json", 2, "'kms:Decrypt'"),
    "prove: whoever the principal is": Row("prove no-public-access open.json", 0, "holds"),
    "prove: a file that cannot be read": Row("prove no-public-access broken.json", 3, "broken.json"),
    "prove: not granted": Row("prove access-not-granted --action kms:PutKeyPolicy --principal 444455556666 app.json", 0, "holds"),
    "prove: granted": Row(f"prove access-not-granted --action kms:Decrypt --principal {APP} app.json", 1, "does not hold"),
    "prove: nothing is granted": Row("prove access-not-granted root.json", 1, "does not hold"),
    "prove: no such action": Row("prove access-not-granted --action Decrypt root.json", 2, "Decrypt"),
    "prove: always": Row(f"prove always-granted --principal {APP} --action kms:Decrypt app.json", 0, "holds"),
    "prove: not always": Row("prove always-granted --principal 444455556666 --action kms:Decrypt app.json", 1, "does not hold"),
    "prove: within a limit": Row("prove grants-at-most app.json root.json", 0, "holds"),
    "prove: beyond a limit": Row("prove grants-at-most root.json public.json", 1, "does not hold"),
    "prove: a limit of two": Row("prove grants-at-most two.yaml app.json", 2, "the limit must be one policy; two.yaml has 2"),
    "prove: a limit that cannot be read": Row("prove grants-at-most broken.json app.json", 3, "broken.json"),
    "prove: no new access": Row("prove no-new-access app.json root.json", 0, "holds"),
    "prove: new access": Row("prove no-new-access root.json app.json", 1, "does not hold"),
    "prove: a plan without": Row("prove no-new-access less.plan.json", 0, "holds"),
    "prove: a plan with": Row("prove no-new-access more.plan.json", 1, "does not hold"),
    "prove: a new key": Row("prove no-new-access new.plan.json", 0, "a new key"),
    "prove: a template with a new key": Row("prove no-new-access default.yaml two.yaml", 0, "a new key"),
    "prove: nothing is found": Row("prove no-public-access nothing", 3, NOTHING),
    "prove: nothing is found in one of two paths": Row("prove no-public-access app.json nothing", 3, NOTHING),
    "prove: nothing is there any more": Row("prove no-new-access app.json nothing", 3, NOTHING),
    "prove: a template without keys": Row("prove no-public-access empty.yaml", 3, "empty.yaml: no key policy was found here"),
    "prove: a limit that is nothing": Row("prove grants-at-most nothing app.json", 3, NOTHING),
    "can: nothing is found": Row(f"can {APP} kms:Decrypt nothing --expect denied", 3, NOTHING),
    "access: nothing is found": Row("access nothing", 3, NOTHING),
    "diff: nothing is found": Row("diff nothing nothing", 3, NOTHING),
    "diff: nothing was there": Row("diff nothing app.json", 3, NOTHING),
    "explain: nothing is found": Row("explain nothing", 3, NOTHING),
    "plan: nothing is found": Row("plan 1234abcd nothing", 3, NOTHING),
    "prove: a key whose policy is not known": Row("prove no-new-access existing.plan.json", 1, "its policy before is not known"),
    "prove: a policy of a key by its id": Row("prove no-new-access by_id.plan.json", 1, "its policy before is not known"),
    "prove: a policy that is deleted, and its key is not": Row("prove no-new-access gone.plan.json", 1, "the plan deletes it"),
    "prove: a key that is deleted": Row("prove no-new-access deleted.plan.json", 0, "the plan deletes it"),
    "prove: no policy was set, and none is": Row("prove no-new-access unset.plan.json", 0, ""),
    "prove: no such account for a plan": Row("prove no-new-access more.plan.json --account 12", 2, "12 digits"),
    "diff: nothing": Row("diff --exit-code app.json app.json", 0, "1 policy without a difference"),
    "diff: something": Row("diff app.json root.json", 0, "access lost"),
    "diff: something, for CI": Row("diff --exit-code root.json app.json", 1, "access gained"),
    "diff: another spelling": Row("diff --exit-code root.json -", 0, "without a difference"),
    "diff: a plan": Row("diff --exit-code more.plan.json", 1, "access gained"),
    "diff: a plan that changes nothing": Row("diff --exit-code same.plan.json", 0, "1 policy without a difference"),
    "diff: a new key": Row("diff --exit-code new.plan.json", 1, "a new key"),
    "diff: one of several keys": Row("diff two.yaml one_more.yaml", 0, "one_more.yaml: B\n"),
    "diff: placeholders": Row("diff --exit-code root.json open.json", 1, "something is gained unless 'PRINCIPAL' is '111122223333'; perhaps role"),
    "diff: placeholders that are the same": Row("diff --exit-code open.json open.json", 0, "without a difference"),
    "diff: keys by their names": Row("diff --exit-code two.yaml default.yaml", 1, "not there any more"),
    "diff: a key that was not there": Row("diff --exit-code default.yaml two.yaml", 1, "a new key"),
    "diff: no change of the default policy": Row("diff --exit-code default.yaml default.yaml", 0, "1 policy without a difference"),
    "diff: from what is not known to the default policy": Row("diff --exit-code unknown.yaml default.yaml", 1, "the default policy"),
    "diff: one file that is not a plan": Row("diff app.json", 2, "app.json is not a plan of Terraform, which tells what was before: give OLD and NEW"),
    "prove: one file that is not a plan": Row("prove no-new-access app.json", 2, "give OLD and NEW"),
    "diff: two plans": Row("diff same.plan.json more.plan.json", 2, "a plan of Terraform has both, before and after: give it alone"),
    "diff: a folder with a file": Row("diff pair two.yaml", 2, "give two files or two folders"),
    "diff: a folder with a file, a key each": Row("diff --exit-code nothing/../one root.json", 0, "without a difference"),
    "prove: nothing before": Row("prove no-new-access nothing one", 3, "it was not there before"),
    "prove: what was before cannot be read": Row("prove no-new-access broken.json two.yaml", 3, "two.yaml: A: it is not compared: not all files could be read"),
    "prove: what is after cannot be read": Row("prove no-new-access two.yaml broken.json", 3, "two.yaml: A: it is not compared: not all files could be read"),
    "prove: a document of several, each by its place": Row("prove no-new-access pair pair2", 1, "does not hold"),
    "prove: a template that was renamed": Row("prove no-new-access before after", 1, "does not hold"),
    "diff: what is not known": Row("diff --exit-code app.json unknown.yaml", 1, "cannot be known"),
    "diff: three files": Row("diff app.json root.json s3.json", 2, "give OLD and NEW"),
    "diff: no such account": Row("diff app.json root.json --account 12", 2, "12 digits"),
    "diff: a file that cannot be read": Row("diff app.json broken.json", 3, "broken.json"),
    "explain: placeholders": Row("explain open.json", 0, "Not known yet: 'PRINCIPAL'; give values with --parameter NAME=VALUE."),
    "explain: several": Row("explain app.json default.yaml", 0, "app.json Statement[0]"),
    "explain: a code and a policy": Row("explain PUBLIC_ACCESS app.json", 0, "app.json Statement[0]"),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_questions(row: Row) -> None:
    """Each command line has its exit code, and says what was asked for."""
    ended = run(*row.args.split(), text=json.dumps(json.loads(FILES["root.json"]), indent=1))
    written = " ".join((ended.out + ended.err).split()) if "\n" not in row.shown else ended.out
    assert (ended.code, row.shown in written) == (row.code, True), ended.out + ended.err


def test_folders_are_compared_by_the_names_of_files(tmp_path: Path) -> None:
    """A file of the old folder belongs to the file of the same path in the new one."""
    for folder, texts in {
        "old": {"a": policy(ROOT), "b/c": policy(ROOT), "gone": policy(ROOT)},
        "new": {"a": policy(ROOT), "b/c": policy(ROOT, DECRYPT), "more": policy(ROOT)},
    }.items():
        for name, text in texts.items():
            path = tmp_path / folder / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    ended = run("diff", "--exit-code", "-f", "json", "old", "new")
    answers = {Path(one["file"]).name: one["why"] for one in json.loads(ended.out)["answers"]}
    assert ended.code == 1
    assert answers == {
        "c.json": None,
        "gone.json": "it is not there any more",
        "more.json": "it was not there before",
    }


def test_a_policy_that_was_not_there_before(tmp_path: Path) -> None:
    """A file that has another name now may be for a key that was there: nothing is shown of it."""
    for folder, name in {"old": "a", "new": "b"}.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.json").write_text(policy(ROOT), encoding="utf-8")
        (tmp_path / folder / "same.json").write_text(policy(ROOT), encoding="utf-8")
    ended = run("prove", "no-new-access", "old", "new")
    assert (ended.code, "b.json: it was not there before" in ended.out) == (1, True)


def template(text: str) -> str:
    """Return a template with a key."""
    return f"Resources: {{Key: {{Type: AWS::KMS::Key, Properties: {{KeyPolicy: {text}}}}}}}"


def output(name: str, text: str) -> str:
    """Return what the AWS CLI writes of a key and its policy."""
    return json.dumps({"KeyMetadata": {"Arn": ARN.replace("1234abcd", name)}, "Policy": text})


WIDE = policy(ROOT, PUBLIC)
NO_IDENTITY: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "two folders that moved, with keys of one name": (
        {"a/t.yaml": template(policy(ROOT)), "b/t.yaml": template(policy(ROOT))},
        {"c/t.yaml": template(WIDE), "d/t.yaml": template(WIDE)},
        "it was not there before",
    ),
    "one file less of a folder, with a key of the same name elsewhere": (
        {"a/t.yaml": template(policy(ROOT)), "b/t.yaml": template(policy(ROOT))},
        {"c/t.yaml": template(WIDE)},
        "it was not there before",
    ),
    "the policies of two keys, exchanged": (
        {"a.json": output("1234abcd", policy(ROOT)), "b.json": output("5678abcd", WIDE)},
        {"a.json": output("5678abcd", policy(ROOT)), "b.json": output("1234abcd", WIDE)},
        "it is the policy of another key now",
    ),
    "a key in a file of another name": (
        {"a.json": output("1234abcd", policy(ROOT)), "z.json": policy(ROOT)},
        {"b.json": output("1234abcd", WIDE), "z.json": policy(ROOT)},
        "does not hold",
    ),
    "one document less": (
        {"a.yaml": f"---\n{WIDE}\n---\n{policy(ROOT)}\n---\n{policy(ROOT)}\n", "z.json": policy(ROOT)},
        {"a.yaml": f"---\n{WIDE}\n---\n{WIDE}\n", "z.json": policy(ROOT)},
        "its file has another number of policies now",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "says"), NO_IDENTITY.values(), ids=NO_IDENTITY)
def test_which_key_it_was_is_not_clear(
    before: dict[str, str], after: dict[str, str], says: str, tmp_path: Path
) -> None:
    """What may be a key that was there is no new one; the ARN that a file tells goes before names."""
    for folder, files in {"old": before, "new": after}.items():
        for name, text in files.items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    ended = run("prove", "no-new-access", "old", "new")
    assert (ended.code, says in ended.out) == (1, True), ended.out


@pytest.mark.parametrize("index", ["", '["a[b"]'], ids=["alone", "one of several"])
@pytest.mark.parametrize(
    "module", ["", "module.m.", 'module.m["x"].'], ids=["root", "module", "one of several modules"]
)
def test_the_name_of_a_key_is_also_that_of_what_sets_its_policy(module: str, index: str) -> None:
    """The policy is judged where it stands."""
    inside: dict[str, Any] = {"resources": [
        {"address": "aws_kms_key_policy.p", "expressions": {"key_id": {"references": ["aws_kms_key.a.id", "aws_kms_key.a"]}}},
        {"address": "aws_kms_key.a", "expressions": {}},
    ]}  # fmt: skip
    root = {"module_calls": {"m": {"module": inside}}} if module else inside
    changes = (
        change("a", None, "") | {"address": f"{module}aws_kms_key.a"},
        change("aws_kms_key_policy.p", policy(ROOT), WIDE)
        | {"address": f"{module}aws_kms_key_policy.p{index}"},
    )
    made = json.loads(plan(*changes)) | {"configuration": {"root_module": root}}
    Path("own.plan.json").write_text(json.dumps(made), encoding="utf-8")
    ended = run("prove", "no-public-access", "own.plan.json", "--name", f"{module}aws_kms_key.a")
    assert (ended.code, f"aws_kms_key_policy.p{index}" in ended.out) == (1, True), ended.out


def test_keys_of_one_name_in_several_files(tmp_path: Path) -> None:
    """Each is compared with that of the same file, so that none hides behind another."""
    for folder, statements in {"old": (ROOT,), "new": (ROOT, PUBLIC)}.items():
        (tmp_path / folder).mkdir()
        for file, text in {"a": policy(*statements), "b": policy(ROOT)}.items():
            template = f"Resources: {{Key: {{Type: AWS::KMS::Key, Properties: {{KeyPolicy: {text}}}}}}}"
            (tmp_path / folder / f"{file}.yaml").write_text(template, encoding="utf-8")
    ended = run("prove", "no-new-access", "old", "new")
    assert (ended.code, ended.out.count("does not hold: "), ended.out.count("holds: ")) == (1, 1, 1)


def test_two_keys_of_one_name_in_a_file(tmp_path: Path) -> None:
    """Which one is meant is not clear: that is wrong usage, not a guess."""
    one = f"apiVersion: kms.services.k8s.aws/v1alpha1\nkind: Key\nmetadata: {{name: k}}\nspec: {{policy: '{policy(ROOT)}'}}\n"
    (tmp_path / "k.yaml").write_text(f"{one}---\n{one}", encoding="utf-8")
    ended = run("diff", "k.yaml", "k.yaml")
    assert (ended.code, "has two keys of the name 'k'" in ended.err) == (2, True)


JSON = {
    "can": (f"can {APP} kms:Decrypt app.json", "outcome"),
    "access": ("access app.json", "rows"),
    "prove": ("prove no-public-access app.json", "verdict"),
    "diff": ("diff root.json app.json", "gained"),
    "diff of placeholders": ("diff root.json open.json", "relation"),
}


@pytest.mark.parametrize(("args", "field"), JSON.values(), ids=JSON)
def test_json(args: str, field: str) -> None:
    """It has the answer as `to_dict` returns it, with its file and place."""
    ended = run(*args.split(), "-f", "json", "-o", "out.json")
    assert (ended.code, ended.out) == (0, "")
    written = json.loads(Path("out.json").read_text(encoding="utf-8"))
    (answer,) = written["answers"]
    assert (written["version"], written["errors"], answer["told"]) == (1, [], "policy")
    assert (answer["file"].endswith(".json"), answer["line"], field in answer["answer"]) == (True, 1, True)


def test_json_about_what_cannot_be_read() -> None:
    """An error has its place; a key without a policy has the reason in place of an answer."""
    ended = run("access", "-f", "json", "broken.json", "default.yaml")
    written = json.loads(ended.out)
    assert (ended.code, written["errors"][0]["file"]) == (3, "broken.json")
    assert [(one["answer"], one["told"]) for one in written["answers"]] == [(None, "default")]


def test_a_file_as_text() -> None:
    """-o writes the text, without colours, and nothing beside it."""
    assert run("can", APP, "kms:Decrypt", "app.json", "-o", "out.txt").out == ""
    assert Path("out.txt").read_text(encoding="utf-8").startswith("Statement[1] allows")


def test_the_key_that_a_file_names_goes_before_the_account() -> None:
    """Principals of another account than the key's get what works across accounts."""
    text = json.dumps({"KeyMetadata": {"Arn": ARN}, "Policy": policy(ROOT, allow("444455556666", "kms:*"))})
    args = ("can", "444455556666", "kms:PutKeyPolicy", "-", "--expect", "not-granted")
    assert run(*args, "--account", "444455556666", text=text).code == 0


def test_explanations_as_json(tmp_path: Path) -> None:
    """What a policy says, line by line, and what is not known yet; what a code means; why there is no policy."""
    ended = run(
        "explain", "PUBLIC_ACCESS", "open.json", "default.yaml", "broken.json", "-f", "json", "-o", "out.json"
    )
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    code, partial, default = found["answers"]
    assert (ended.code, ended.out, [one["file"] for one in found["errors"]]) == (3, "", ["broken.json"])
    assert (code["code"], code["severity"]) == ("PUBLIC_ACCESS", "security warning")
    assert set(code) == {"code", "severity", "meaning", "hint", "url"}
    assert partial["answer"]["not_known"] == ["PRINCIPAL"]
    assert [line.partition(":")[0] for line in partial["answer"]["says"]] == ["Statement[0]", "Statement[1]"]
    assert (default["answer"], default["told"]) == (None, "default")


def test_an_explanation_in_a_file(tmp_path: Path) -> None:
    """It is the same as on the terminal."""
    shown = run("explain", "app.json").out
    run("explain", "app.json", "-o", "out.txt")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == shown
