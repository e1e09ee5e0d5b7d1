"""`kmspolicy check`: which findings, where, in which form, and with which exit code."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click import UsageError

from cli_support import run
from kmspolicy._cli import main
from kmspolicy._cli._screen import Screen, write
from kmspolicy._cli._text import text_of
from kmspolicy.sources import read_text

APP = "arn:aws:iam::111122223333:role/App"
ROOT = '{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}'
TYPO = '{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/App"}, "Action": "kms:Decypt", "Resource": "*"}'
PUBLIC = '{"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}'
LOCKED = '{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/App"}, "Action": "kms:Decrypt", "Resource": "*"}'


def policy(*statements: str) -> str:
    """Return the text of a policy: a line for each statement, from line 2 on."""
    return '{"Version": "2012-10-17", "Statement": [\n' + ",\n".join(statements) + "\n]}\n"


def template(**properties: str) -> str:
    """Return a template in which each key has these properties."""
    keys = (
        f"  {name}:\n    Type: AWS::KMS::Key\n    Properties: {text}\n" for name, text in properties.items()
    )
    return f"Parameters:\n  Who: {{Type: String, AllowedValues: ['*', '{APP}']}}\nResources:\n" + "".join(
        keys
    )


FILES = {
    "good.json": policy(ROOT),
    "typo.json": policy(ROOT, TYPO),
    "public.json": policy(ROOT, PUBLIC),
    "locked.json": policy(LOCKED),
    "broken.json": policy(ROOT)[:-3],
    "default.yaml": template(Default="{Enabled: true}"),
    "bypass.yaml": template(K="{BypassPolicyLockoutSafetyCheck: true, KeyPolicy: {Version: 2012-10-17, Statement: [" + LOCKED + "]}}"),
    "unresolved.yaml": template(K="{KeyPolicy: !Transform {Name: AWS::Include}}"),
    "macro.yaml": "Transform: Macro\n" + template(K="{KeyPolicy: {Version: 2012-10-17, Statement: [" + ROOT + ", " + PUBLIC + "]}}", Default="{Enabled: true}"),
    "own.yaml": template(K="{KeyPolicy: {Version: 2012-10-17, Statement: [" + ROOT + ", " + PUBLIC + "]}}")
    + "    Metadata: {kmspolicy: {ignore: [{code: PUBLIC_ACCESS, reason: a test key}]}}\n",
    "other.yaml": template(K="{KeyPolicy: {Version: 2012-10-17, Statement: [" + ROOT + ", " + PUBLIC + "]}}")
    + "    Metadata: {kmspolicy: {ignore: [{code: INVALID_ACTION, reason: a test key}]}}\n",
    "who.yaml": template(
        K="{KeyPolicy: {Version: 2012-10-17, Statement: ["
        + ROOT
        + ", {Effect: Allow, Principal: {AWS: !Ref Who}, Action: 'kms:Decrypt', Resource: '*'}]}}"
    ),
    "role.json": policy(ROOT, TYPO.replace("111122223333:role/App", "<ACCOUNT_ID>:role/App")),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a project of its own, with these files."""
    (tmp_path / ".git").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "nothing").mkdir()
    monkeypatch.chdir(tmp_path)


def found(*args: str, text: str | None = None) -> tuple[int, list[str]]:
    """Return the exit code, and each finding that counts as file:line:column CODE."""
    ended = run("check", "-f", "json", *args, text=text)
    return ended.code, [
        f"{one['file']}:{one['line']}:{one['column']} {one['code']}"
        for one in json.loads(ended.out)["findings"]
        if one["suppressed"] is None
    ]


class Row(NamedTuple):
    """A command line, and what comes out."""

    args: str
    code: int
    findings: list[str]


ROWS = {
    "nothing is wrong": Row("good.json", 0, []),
    "a warning does not fail": Row("typo.json", 0, ["typo.json:3:81 INVALID_ACTION"]),
    "a security warning fails": Row("public.json", 1, ["public.json:3:21 PUBLIC_ACCESS"]),
    "a lockout fails": Row("locked.json", 1, ["locked.json:1:1 LOCKOUT_EVERYONE"]),
    "several files": Row("typo.json public.json", 1, ["public.json:3:21 PUBLIC_ACCESS", "typo.json:3:81 INVALID_ACTION"]),
    "the default policy is not judged": Row("default.yaml", 0, []),
    "what a macro may change": Row("macro.yaml", 1, ["macro.yaml:5:3 UNRESOLVED", "macro.yaml:7:196 PUBLIC_ACCESS", "macro.yaml:8:3 UNRESOLVED"]),
    "a lockout that the file asks for": Row("bypass.yaml", 0, []),
    "a finding that the file explains": Row("own.yaml", 0, []),
    "a file that explains another finding": Row("other.yaml", 1, ["other.yaml:6:196 PUBLIC_ACCESS"]),
    "what cannot be known": Row("unresolved.yaml", 0, ["unresolved.yaml:6:29 UNRESOLVED"]),
    "what cannot be known, strictly": Row("--strict unresolved.yaml", 1, ["unresolved.yaml:6:29 UNRESOLVED"]),
    "a file that cannot be read": Row("broken.json", 3, []),
    "the others are judged": Row("broken.json public.json", 3, ["public.json:3:21 PUBLIC_ACCESS"]),
    "a file that is not there": Row("none.json good.json", 3, []),
    "what depends on a parameter": Row("who.yaml", 1, ["who.yaml:6:192 PUBLIC_ACCESS"]),
    "the parameter given": Row("--parameter Who=arn:aws:iam::111122223333:role/App who.yaml", 0, []),
    "a placeholder in plain text": Row("--parameter ACCOUNT_ID=111122223333 role.json", 0, ["role.json:3:81 INVALID_ACTION"]),
    "only one resource": Row("--name K own.yaml default.yaml", 0, []),
    "a resource by a pattern": Row("--name D* own.yaml default.yaml", 0, []),
    "fail on a warning": Row("--fail-on warning typo.json", 1, ["typo.json:3:81 INVALID_ACTION"]),
    "fail on errors alone": Row("--fail-on error public.json", 0, ["public.json:3:21 PUBLIC_ACCESS"]),
    "fail never": Row("--fail-on never locked.json", 0, ["locked.json:1:1 LOCKOUT_EVERYONE"]),
    "an unreadable file fails whatever": Row("--fail-on never broken.json", 3, []),
    "a code ignored": Row("--ignore PUBLIC_ACCESS public.json", 0, []),
    "a code ignored in another file": Row("--ignore PUBLIC_ACCESS:publi?.json public.json", 1, ["public.json:3:21 PUBLIC_ACCESS"]),
    "a code ignored in a folder": Row("--ignore PUBLIC_ACCESS:nothing/* nothing/../public.json", 1, ["public.json:3:21 PUBLIC_ACCESS"]),
    "a code ignored in one file": Row("--ignore PUBLIC_ACCESS:public* public.json who.yaml", 1, ["who.yaml:6:192 PUBLIC_ACCESS"]),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_findings_places_and_exit_codes(row: Row) -> None:
    """Each command line has its findings that count, and its exit code."""
    assert found(*row.args.split()) == (row.code, row.findings)


WRONG = {
    "a colon without a resource": ("--ignore PUBLIC_ACCESS: public.json", "write PUBLIC_ACCESS:RESOURCE, or PUBLIC_ACCESS for all resources"),
    "an unknown code": ("--ignore PUBLIC_ACESS good.json", "did you mean 'PUBLIC_ACCESS'?"),
    "a parameter without a value": ("--parameter Org good.json", "'Org' is not NAME=VALUE"),
    "a parameter with two values": ("--parameter Who=* --parameter Who=x who.yaml", "'Who' has two values: '*' and 'x'"),
    "a value of another form": ("--parameter ACCOUNT_ID=12 role.json", "'ACCOUNT_ID' stands for an account id"),
    "a parameter that is misspelt": ("--parameter Wo=* who.yaml good.json", "no file has a parameter or a placeholder 'Wo'; did you mean 'Who'?"),
    "a placeholder that is misspelt": ("--parameter ACOUNT_ID=111122223333 role.json", "did you mean 'ACCOUNT_ID'?"),
    "a parameter that nothing takes": ("--parameter Xyz=1 good.json", "no file has a parameter or a placeholder 'Xyz'"),
    "a parameter that a folder without policies does not take": ("--parameter Wo=* who.yaml nothing", "did you mean 'Who'?"),
    "a resource that a folder without policies does not have": ("--name L own.yaml nothing", "no resource has the name 'L'"),
    "a Region that cannot be": ("--region mars good.json", "'mars' is not a Region"),
    "a partition that does not exist": ("--partition aws-mars good.json", "'aws-mars' is not one of 'aws', 'aws-cn', 'aws-us-gov'"),
    "a Region of another partition": ("--region cn-north-1 --partition aws good.json", "the Region cn-north-1 is in the partition aws-cn, not aws"),
    "a folder of Terraform that is not there": ("--tf-dir none good.json", "'none' does not exist"),
    "a folder of Terraform that is a file": ("--tf-dir good.json good.json", "'good.json' is a file"),
    "a resource with a question mark": ("--name ? own.yaml", "no resource has the name ?; there are: 'K'"),
    "a resource that is not there": ("--name L own.yaml", "no resource has the name 'L'; there are: 'K'"),
    "an account that cannot be": ("--account 12 good.json", "12 digits"),
    "a caller that cannot be": ("--caller me good.json", "'me'"),
    "no settings there": ("--config none.toml good.json", "none.toml cannot be read"),
    "no baseline there": ("--baseline none.json good.json", "none.json cannot be read"),
    "two baselines": ("--baseline b.json --write-baseline b.json good.json", "not both"),
    "a baseline that is none": ("--baseline good.json good.json", "is not a baseline"),
    "an output that cannot be written": ("-o none/out.json good.json", "cannot write"),
    "no path": ("", "Missing argument 'PATH...'"),
}  # fmt: skip


@pytest.mark.parametrize(("args", "says"), WRONG.values(), ids=WRONG)
def test_wrong_usage(args: str, says: str) -> None:
    """The exit code is 2, and the message says what to do."""
    ended = run("check", *args.split())
    assert (ended.code, ended.out) == (2, "")
    assert says in " ".join(ended.err.split())


TAKEN = {
    "a parameter of the template that the policy does not use": "--parameter Unused=x taken.yaml",
    "a pseudo parameter": "--parameter AWS::StackName=x taken.yaml",
    "an attribute": f"--parameter Role.Arn={APP} taken.yaml",
    "a parameter of one of several files": "--parameter Unused=x taken.yaml good.json",
    "the name of one of several resources": "--parameter Unused=x --name good* taken.yaml good.json",
    "a Region and its partition": "--region us-gov-west-1 --partition aws-us-gov taken.yaml",
    "a folder of Terraform": "--tf-dir . taken.yaml",
}


@pytest.mark.parametrize("args", TAKEN.values(), ids=TAKEN)
def test_values_that_a_file_takes(args: str) -> None:
    """The parameters of a whole stack can be given, whatever the policy of its key needs."""
    own = ROOT.replace('"arn:aws:iam::111122223333:root"', "[{'Fn::GetAtt': [Role, Arn]}, {Ref: Who}]")
    text = template(K="{KeyPolicy: {Version: 2012-10-17, Statement: [" + own + "]}}")
    Path("taken.yaml").write_text(
        text.replace("Parameters:", "Parameters:\n  Unused: {Type: String}").replace("'*', ", ""),
        encoding="utf-8",
    )
    assert run("check", "--fail-on", "never", *args.split()).code == 0


def test_a_value_for_a_file_that_cannot_be_read() -> None:
    """That nothing takes the value is not known then."""
    assert run("check", "--parameter", "Xyz=1", "good.json", "broken.json").code == 3


def test_standard_input() -> None:
    """A dash is standard input."""
    assert found("-", text=FILES["public.json"]) == (1, ["-:3:21 PUBLIC_ACCESS"])


def test_a_path_that_is_given_twice() -> None:
    """It is read once."""
    assert found("-", "public.json", "-", "public.json", text=FILES["typo.json"]) == (
        1, ["-:3:81 INVALID_ACTION", "public.json:3:21 PUBLIC_ACCESS"]
    )  # fmt: skip


def test_standard_input_that_cannot_be_read() -> None:
    """It is an error with its place, as a file is."""
    ended = run("check", "-", text="{")
    assert (ended.code, ended.out.startswith("-:1:")) == (3, True)


def test_a_folder() -> None:
    """All files of a folder are judged; those that are not policies are skipped."""
    Path("package.json").write_text("{}", encoding="utf-8")
    code, findings = found(".")
    assert code == 3
    assert {finding.split(":")[0] for finding in findings} == {
        "macro.yaml", "typo.json", "public.json", "locked.json", "other.yaml", "unresolved.yaml", "who.yaml", "role.json",
    }  # fmt: skip


def test_values_of_pseudo_parameters() -> None:
    """Options give templates the account, the partition and the Region, so that everything is known."""
    principal = "!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'"
    statement = "{Effect: Allow, Principal: {AWS: " + principal + "}, Action: 'kms:*', Resource: '*'}"
    Path("pseudo.yaml").write_text(
        template(K="{KeyPolicy: {Version: 2012-10-17, Statement: [" + statement + "]}}"), encoding="utf-8"
    )
    ended = run("explain", "--account", "111122223333", "--partition", "aws-cn", "pseudo.yaml")
    assert "account 111122223333" in ended.out


def test_the_key_that_a_file_names_goes_before_the_account() -> None:
    """A folder of keys of several accounts is judged each by its own."""
    arn = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    text = json.dumps(
        {"KeyMetadata": {"Arn": arn}, "Policy": policy(ROOT.replace("111122223333", "444455556666"))}
    )
    assert found("--account", "111122223333", "-", text=text) == (0, [])


# --- settings --------------------------------------------------------------------------------------

IGNORE = '[[ignore]]\ncode = "PUBLIC_ACCESS"\nreason = "a demo"\n'
SETTINGS = {
    "fail-on": ('fail-on = "warning"', "typo.json", 1),
    "the command line goes first": ('fail-on = "never"', "--fail-on warning typo.json", 1),
    "an ignore": (IGNORE, "public.json", 0),
    "an ignore of another resource": (IGNORE + 'resource = "K"', "public.json", 1),
    "an ignore of a path": (IGNORE + 'path = "pub*.json"', "public.json", 0),
    "an ignore of a path that leads there": (IGNORE + 'path = "public.json"', "nothing/../public.json", 0),
    "an ignore of a folder that a path leads out of": (IGNORE + 'path = "nothing/*"', "nothing/../public.json", 1),
    "an ignore of a path with a question mark": (IGNORE + 'path = "publi?.json"', "public.json", 1),
    "an ignore of another path": (IGNORE + 'path = "infra/*"', "public.json", 1),
    "an ignore that ended": (IGNORE + "expires = 2020-01-31", "public.json", 1),
    "an ignore that will end": (IGNORE + "expires = 2999-01-31", "public.json", 0),
    "an account": ('account = "444455556666"', "good.json", 1),
    "a caller": ('caller = "arn:aws:iam::111122223333:role/Other"', "locked.json", 1),
}  # fmt: skip


@pytest.mark.parametrize(("text", "args", "code"), SETTINGS.values(), ids=SETTINGS)
def test_settings_of_a_project(text: str, args: str, code: int) -> None:
    """`kmspolicy.toml` says what holds for every run."""
    Path("kmspolicy.toml").write_text(text, encoding="utf-8")
    assert run("check", *args.split()).code == code


def test_settings_that_a_folder_below_has_from_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They hold in the whole repository, and not beyond its root; nobody must wonder where they come from."""
    (tmp_path / "infra").mkdir()
    Path("kmspolicy.toml").write_text(IGNORE, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "infra")
    ended = run("check", "../public.json")
    assert (ended.code, ended.err) == (0, f"The settings are those of {tmp_path / 'kmspolicy.toml'}.\n")
    (tmp_path / "infra/.git").mkdir()
    assert run("check", "../public.json").code == 1


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ("check -f github {}", 1),
        ("check -f json {}", 0),
        ("check -f sarif {}", 0),
        ("check --config ../kmspolicy.toml {}", 0),
        ("prove grants-at-most {} {}", 1),
        ("report -f jsonl {}", 0),
        ("explain {}", 1),
    ],
)
def test_settings_from_above_are_told_to_people_once(
    args: str, told: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs, and whoever named the file, are not told."""
    (tmp_path / "infra").mkdir()
    Path("kmspolicy.toml").write_text('account = "111122223333"', encoding="utf-8")
    monkeypatch.chdir(tmp_path / "infra")
    assert run(*args.format("../good.json", "../good.json").split()).err.count("The settings are") == told


def test_settings_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only those of the current folder count: a file in /tmp or at home says nothing about a gate."""
    (tmp_path / ".git").rmdir()
    (tmp_path / "infra").mkdir()
    Path("kmspolicy.toml").write_text(IGNORE, encoding="utf-8")
    assert run("check", "public.json").code == 0
    monkeypatch.chdir(tmp_path / "infra")
    assert run("check", "../public.json").code == 1


def test_paths_in_settings_begin_at_their_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry is about the same files from wherever the command runs."""
    for name in ("examples", "infra/examples"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "a.json").write_text(FILES["public.json"], encoding="utf-8")
    Path("kmspolicy.toml").write_text(IGNORE + 'path = "examples/*"', encoding="utf-8")
    assert found("examples", "infra")[1] == ["infra/examples/a.json:3:21 PUBLIC_ACCESS"]
    monkeypatch.chdir(tmp_path / "infra")
    assert found("../examples", "examples")[1] == ["examples/a.json:3:21 PUBLIC_ACCESS"]
    args = ("--config", "../kmspolicy.toml", "../examples", "examples")
    assert found(*args)[1] == ["../examples/a.json:3:21 PUBLIC_ACCESS"]


def test_a_path_is_shown_in_one_way(tmp_path: Path) -> None:
    """A finding has one place, name and fingerprint, however the path to its file was written; outside of the folder, its own."""
    elsewhere = tmp_path.parent / "elsewhere.json"
    elsewhere.write_text(FILES["public.json"], encoding="utf-8")

    def shown(path: str | Path) -> tuple[str, str, str]:
        (one,) = json.loads(run("check", "-f", "json", path).out)["findings"]
        return one["file"], one["resource"], one["fingerprint"]

    below = {shown(path) for path in ("public.json", "nothing/../public.json", tmp_path / "public.json")}
    assert [one[:2] for one in below] == [("public.json", "public.json")]
    above = {shown("../elsewhere.json"), shown("nothing/../../elsewhere.json")}
    assert [one[:2] for one in above] == [("../elsewhere.json", "../elsewhere.json")]
    absolute = {shown(elsewhere), shown(tmp_path / "../elsewhere.json")}
    assert [one[:2] for one in absolute] == [(str(elsewhere), str(elsewhere))]


def test_an_ignore_that_ended_is_told() -> None:
    """Whoever wonders why a finding is back reads why; one that covers nothing is not told."""
    Path("kmspolicy.toml").write_text(IGNORE + "expires = 2020-01-31", encoding="utf-8")
    assert run("check", "public.json").err == "kmspolicy.toml: ignoring PUBLIC_ACCESS ended on 2020-01-31\n"
    assert run("check", "good.json").err == ""


WRONG_SETTINGS = {
    "no TOML": ("[", "kmspolicy.toml: "),
    "a misspelt name": ('acount = "1"', "'acount' in the settings is not known; did you mean 'account'?"),
    "a name like no other": ("zzz = 1", "known are account, caller, fail-on, ignore"),
    "a number for text": ("account = 111122223333", "account must be text in quotes, not 111122223333"),
    "a severity that does not exist": ('fail-on = "high"', "fail-on must be one of error, security-warning"),
    "an ignore that is not a list": ("ignore = 1", "write each entry of ignore as [[ignore]]"),
    "an entry that is not a table": ("ignore = [1]", "ignore number 1 must be a table"),
    "no code": ('[[ignore]]\nreason = "x"', "ignore number 1 has no code"),
    "an unknown code": ('[[ignore]]\ncode = "LOCKOUT"\nreason = "x"', "'LOCKOUT' is not the code of a finding"),
    "no reason": ('[[ignore]]\ncode = "PUBLIC_ACCESS"', "ignore number 1 has no reason: say why PUBLIC_ACCESS is fine"),
    "an empty reason": ('[[ignore]]\ncode = "PUBLIC_ACCESS"\nreason = " "', "has no reason"),
    "an empty resource": (IGNORE + 'resource = ""', "resource of ignore number 1 is empty: name one, or leave resource out for all"),
    "an empty path": (IGNORE + 'path = ""', "path of ignore number 1 is empty: name one, or leave path out for all"),
    "a date in quotes": (IGNORE + 'expires = "2027-01-31"', "must be a date without quotes"),
    "a time": (IGNORE + "expires = 2027-01-31T00:00:00Z", "must be a date without quotes"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "says"), WRONG_SETTINGS.values(), ids=WRONG_SETTINGS)
def test_settings_that_are_wrong(text: str, says: str) -> None:
    """The exit code is 2, and the message names the file and what is wrong."""
    Path("kmspolicy.toml").write_text(text, encoding="utf-8")
    ended = run("check", "good.json")
    assert ended.code == 2
    assert "kmspolicy.toml" in ended.err
    assert says in " ".join(ended.err.split())


def test_settings_that_are_not_text() -> None:
    """Bytes that are not UTF-8 are wrong usage, not a traceback."""
    Path("kmspolicy.toml").write_bytes(b"\xff")
    assert run("check", "good.json").code == 2


# --- baselines -------------------------------------------------------------------------------------

ORG = '{"Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}'
LIMITED = '{"Effect": "Allow", "Principal": "*", "Action": ["kms:Decrypt", "kms:Encrypt"], "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}'
SERVICE = (
    '{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "kms:*", "Resource": "*"}'
)
NOT_ONE = '{"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:role/App"}, "Action": "kms:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}}'
DECRYPT = ORG.replace("Encrypt", "Decrypt")
TAGGED = '{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/env": "${aws:PrincipalTag/home}"}}}'
LOCAL = '{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*"}'


def of_template(*statements: str, document: str = "Statement: [{}]") -> str:
    """Return a template with a key, which also has a statement in which a parameter stands."""
    open_one = "{Effect: Allow, Principal: {AWS: !Ref Who}, Action: 'kms:Encrypt', Resource: '*'}"
    text = document.format(", ".join([ROOT, open_one, *statements]))
    return "Conditions: {IsProd: !Equals [!Ref Who, '*']}\n" + template(
        K=f"{{KeyPolicy: {{Version: 2012-10-17, {text}}}}}"
    )


def either(then: str, otherwise: str) -> str:
    """Return a choice of two statements."""
    return f"!If [IsProd, {then}, {otherwise}]"


class Rewritten(NamedTuple):
    """A file when the baseline was written, and later."""

    before: str
    after: str


MOVED = {
    "nothing": Rewritten(policy(ROOT, PUBLIC), policy(ROOT, PUBLIC)),
    "lines": Rewritten(policy(ROOT, PUBLIC), policy(ROOT, PUBLIC).replace("\n", "\n\n\n")),
    "another order of statements": Rewritten(policy(ROOT, PUBLIC), policy(PUBLIC, ROOT)),
    "a statement before it": Rewritten(policy(ROOT, PUBLIC), policy(ROOT, LOCKED, PUBLIC)),
    "another order of elements": Rewritten(
        policy(ROOT, PUBLIC), policy(ROOT, json.dumps(dict(reversed(json.loads(PUBLIC).items()))))
    ),
    "another order of actions": Rewritten(
        policy(ROOT, LIMITED), policy(ROOT, LIMITED.replace('"kms:Decrypt", "kms:Encrypt"', '"kms:Encrypt", "kms:Decrypt"'))
    ),
    "another statement that allows": Rewritten(policy(ROOT, ORG, PUBLIC), policy(ROOT, LOCKED, ORG, PUBLIC)),
    "another statement that allows, of a template": Rewritten(
        of_template(PUBLIC, either(ORG, LOCKED)), of_template(LOCKED, either(ORG, LOCKED.replace("Decrypt", "Encrypt")), PUBLIC)
    ),
    "another id of the policy": Rewritten(
        of_template(PUBLIC, document="Id: a, Statement: [{}]"), of_template(PUBLIC, document="Id: b, Statement: [{}]")
    ),
    "a finding about the whole": Rewritten(policy(LOCKED, TYPO), policy(TYPO, LOCKED)),
    "a template with a parameter": Rewritten(of_template(PUBLIC), "# first\n" + of_template(LOCKED, PUBLIC)),
    "another order of a choice's elements": Rewritten(
        of_template(either(PUBLIC, LOCAL)),
        of_template(either(json.dumps(dict(reversed(json.loads(PUBLIC).items()))), LOCAL)),
    ),
}  # fmt: skip


def judged_again(file: Rewritten) -> int:
    """Write a baseline of a file, write the file anew, and return the exit code of the check with the baseline."""
    name = "a.yaml" if "Resources" in file.before else "a.json"
    Path(name).write_text(file.before, encoding="utf-8")
    assert run("check", "--write-baseline", "baseline.json", name).code == 1
    assert run("check", "--fail-on", "suggestion", "--baseline", "baseline.json", name).code == 0
    Path(name).write_text(file.after, encoding="utf-8")
    return run("check", "--baseline", "baseline.json", name).code


@pytest.mark.parametrize("file", MOVED.values(), ids=MOVED)
def test_a_baseline_survives_what_moves(file: Rewritten) -> None:
    """What was there before does not count, wherever in the file it is now."""
    assert judged_again(file) == 0


WORSE = {
    "more actions": Rewritten(policy(ROOT, PUBLIC), policy(ROOT, PUBLIC.replace("kms:Decrypt", "kms:*"))),
    "a condition less": Rewritten(policy(ROOT, LIMITED), policy(ROOT, json.dumps({**json.loads(LIMITED), "Condition": {}}))),
    "another value of a condition": Rewritten(policy(ROOT, LIMITED), policy(ROOT, LIMITED.replace("s3.", "ec2."))),
    "another statement": Rewritten(policy(ROOT, PUBLIC), policy(ROOT, PUBLIC.replace("kms:Decrypt", "kms:CreateGrant"))),
    "a Deny less": Rewritten(policy(ROOT, LIMITED, ORG), policy(ROOT, LIMITED)),
    "a Deny less of a service": Rewritten(policy(ROOT, SERVICE, ORG), policy(ROOT, SERVICE)),
    "a Deny less of all but one": Rewritten(policy(ROOT, NOT_ONE, ORG), policy(ROOT, NOT_ONE)),
    "a version in which variables count": Rewritten(policy(ROOT, TAGGED).replace("2012", "2008"), policy(ROOT, TAGGED)),
    "a version in which variables count, in a template": Rewritten(of_template(TAGGED).replace("2012", "2008"), of_template(TAGGED)),
    "another branch of a choice": Rewritten(
        of_template(either(PUBLIC, LOCAL)), of_template(either(PUBLIC, LOCAL.replace("kms:Decrypt", "kms:*")))
    ),
    "another test of a choice": Rewritten(
        of_template(either(PUBLIC, LOCKED)), of_template(either(PUBLIC, LOCKED)).replace("!Ref Who, '*'", f"!Ref Who, '{APP}'")
    ),
    "another branch of a choice of lists": Rewritten(
        of_template(PUBLIC, document="Statement: !If [IsProd, [{0}], [{0}]]"),
        of_template(PUBLIC, document="Statement: !If [IsProd, [{0}], [{0}]]").replace("Decrypt", "CreateGrant", 1),
    ),
    "a Deny of a choice less": Rewritten(
        of_template(LIMITED, either(ORG, ORG.replace("a1", "b1"))), of_template(LIMITED, either(ORG, LOCKED))
    ),
    "a Deny of a choice in other cases": Rewritten(
        of_template(LIMITED, either(DECRYPT, LOCKED)), of_template(LIMITED, either(DECRYPT, LOCKED)).replace("!Ref Who, '*'", f"!Ref Who, '{APP}'")
    ),
    "a Deny of a choice of lists less": Rewritten(
        of_template(LIMITED, document="Statement: !If [IsProd, [{0}, ORG], [{0}]]").replace("ORG", DECRYPT),
        of_template(LIMITED, document="Statement: !If [IsProd, [{0}], [{0}]]"),
    ),
    "a warning that became a security warning": Rewritten(
        of_template(PUBLIC.replace('"*", "Action"', '{"AWS": {"Ref": "Who"}}, "Action"')), of_template(PUBLIC)
    ),
}  # fmt: skip


@pytest.mark.parametrize("file", WORSE.values(), ids=WORSE)
def test_a_baseline_covers_no_more_than_what_was_there(file: Rewritten) -> None:
    """Who accepted a statement did not accept a wider one in its place."""
    assert judged_again(file) == 1


@pytest.mark.parametrize(
    "text", [template(K="{KeyPolicy: _}"), of_template("_")], ids=["a policy", "a statement"]
)
def test_a_baseline_of_what_is_included_from_elsewhere(text: str) -> None:
    """UNRESOLVED is new if something else is included; the same in another line is not."""

    def included(place: str) -> None:
        what = f"{{'Fn::Transform': {{Name: 'AWS::Include', Parameters: {{Location: '{place}'}}}}}}"
        Path("a.yaml").write_text(text.replace("_", what), encoding="utf-8")

    included("s3://ours/a.yaml")
    run("check", "--strict", "--write-baseline", "baseline.json", "a.yaml")
    assert run("check", "--strict", "--baseline", "baseline.json", "a.yaml").code == 0
    included("s3://theirs/a.yaml")
    assert run("check", "--strict", "--baseline", "baseline.json", "a.yaml").code == 1


def test_a_baseline_of_what_cannot_be_known_for_another_reason() -> None:
    """UNRESOLVED for another reason is new."""
    assert run("check", "--strict", "--write-baseline", "baseline.json", "unresolved.yaml").code == 1
    assert run("check", "--strict", "--baseline", "baseline.json", "unresolved.yaml").code == 0
    text = FILES["unresolved.yaml"].replace("!Transform {Name: AWS::Include}", "!GetAtt Other.Policy")
    Path("unresolved.yaml").write_text(text, encoding="utf-8")
    assert run("check", "--strict", "--baseline", "baseline.json", "unresolved.yaml").code == 1


ASKED = {
    "another caller": ("--caller arn:aws:iam::111122223333:role/B", 1),
    "another account": ("--caller arn:aws:iam::111122223333:role/A --account 444455556666", 1),
    "no caller": ("", 0),
    "the same": ("--caller arn:aws:iam::111122223333:role/A", 0),
}


@pytest.mark.parametrize(("args", "code"), ASKED.values(), ids=ASKED)
def test_a_baseline_of_the_lockout_of_a_caller(args: str, code: int) -> None:
    """Who accepted that one caller is locked out did not accept it for another one."""
    Path("app.json").write_text(policy(LOCKED.replace("Decrypt", "*")), encoding="utf-8")
    caller = ("--caller", "arn:aws:iam::111122223333:role/A")
    assert run("check", "--write-baseline", "baseline.json", *caller, "app.json").code == 1
    assert run("check", "--baseline", "baseline.json", *args.split(), "app.json").code == code


def test_a_baseline_of_keys_in_namespaces_of_kubernetes() -> None:
    """Keys of one name in several namespaces are several keys."""

    def manifests(sandbox: str, prod: str) -> str:
        return json.dumps([
            {"apiVersion": "kms.services.k8s.aws/v1alpha1", "kind": "Key", "metadata": {"name": "app", "namespace": name}, "spec": {"policy": text}}
            for name, text in (("sandbox", sandbox), ("prod", prod))
        ])  # fmt: skip

    own, public = policy(ROOT), policy(ROOT, PUBLIC)
    assert judged_again(Rewritten(manifests(public, own), manifests(own, public))) == 1


def test_a_baseline_counts() -> None:
    """The same finding once more is new, and one that is gone is told."""
    run("check", "--write-baseline", "baseline.json", "public.json")
    Path("public.json").write_text(
        policy(ROOT, PUBLIC, PUBLIC.replace("Decrypt", "Encrypt")), encoding="utf-8"
    )
    assert run("check", "--baseline", "baseline.json", "public.json").code == 1
    Path("public.json").write_text(policy(ROOT), encoding="utf-8")
    ended = run("check", "--baseline", "baseline.json", "public.json")
    assert ended.code == 0
    assert "1 finding of the baseline no longer there" in ended.out


def test_a_baseline_has_no_places() -> None:
    """It says which findings, for a reader, and no lines."""
    run("check", "--write-baseline", "baseline.json", "public.json", "unresolved.yaml")
    baseline = json.loads(Path("baseline.json").read_text(encoding="utf-8"))
    assert [{name: one[name] for name in ("file", "resource", "code")} for one in baseline["findings"]] == [
        {"file": "public.json", "resource": "public.json", "code": "PUBLIC_ACCESS"},
        {"file": "unresolved.yaml", "resource": "K", "code": "UNRESOLVED"},
    ]


def test_a_baseline_of_an_older_version() -> None:
    """Its fingerprints are made of less: it is refused, and the message says to write it again."""
    Path("baseline.json").write_text('{"version": 1, "findings": []}', encoding="utf-8")
    ended = run("check", "--baseline", "baseline.json", "good.json")
    assert ended.code == 2
    assert (
        "a baseline of version 1, and 2 is read: look at what is found now, and write it again" in ended.err
    )


# --- forms -----------------------------------------------------------------------------------------


def test_the_text() -> None:
    """Each finding begins with its place, as compilers write it, and says what to do; the last lines count."""
    ended = run("check", "typo.json", "default.yaml", "own.yaml", "broken.json")
    lines = ended.out.splitlines()
    assert lines[0] == "typo.json:3:81: warning INVALID_ACTION (Statement[1].Action)"
    assert lines[1].startswith("    This KMS action does not exist")
    assert "broken.json:3:1: cannot be read" in lines
    assert lines[-4:] == [
        "2 policies judged: 1 warning.",
        "1 key has the default policy: not judged.",
        "1 finding suppressed; -f json shows them with their reasons.",
        "1 input could not be read.",
    ]


def test_a_place_too_long_for_a_line() -> None:
    """What would be broken in the middle of a word stands on a line of its own."""
    assert run("check", "typo.json", columns=60).out.splitlines()[:2] == [
        "typo.json:3:81: warning INVALID_ACTION (Statement[1].Action)",
        "    This KMS action does not exist; it has no effect:",
    ]
    assert run("check", "typo.json", columns=59).out.splitlines()[:2] == [
        "typo.json:3:81: warning INVALID_ACTION",
        "    (Statement[1].Action)",
    ]


def test_what_others_wrote_is_made_printable() -> None:
    """Names of resources and files cannot write to the terminal."""
    Path("a.yaml").write_text(
        template(**{'"K\\e[2J"': "{KeyPolicy: {Version: 2012-10-17, Statement: [" + PUBLIC + "]}}"}),
        encoding="utf-8",
    )
    out = run("check", "a.yaml").out
    assert ("K\\x1b[2J" in out, "\x1b" in out) == (True, False)


def test_colour_on_a_terminal() -> None:
    """Severities have their colours where the screen has them."""
    from kmspolicy._cli._judge import judge  # noqa: PLC0415 - for this test alone
    from kmspolicy._cli._run import Run  # noqa: PLC0415 - the same

    sources = read_text(FILES["public.json"])
    judged = tuple(judge(sources[0], caller=None, account=None))
    shown = text_of(Run(judged, (), sources), Screen(width=40, colour=True))
    assert "\x1b[35m\x1b[1msecurity warning PUBLIC_ACCESS\x1b[0m" in shown
    assert max(map(len, text_of(Run(judged, (), sources), Screen(width=60)).splitlines()[1:])) <= 60


def test_json() -> None:
    """It has all findings, also those that do not count, with what was not judged and what could not be read."""
    ended = run("check", "-f", "json", "own.yaml", "default.yaml", "broken.json", "-o", "out.json")
    assert ended.out == ""
    written = json.loads(Path("out.json").read_text(encoding="utf-8"))
    (finding,) = written["findings"]
    assert (written["version"], finding["suppressed"], finding["resource"]) == (1, "a test key", "K")
    assert written["not_judged"] == [
        {"file": "default.yaml", "resource": "Default", "told": "default", "why": "no policy is set: the key has the default policy"}
    ]  # fmt: skip
    assert [(one["file"], one["line"], one["column"]) for one in written["errors"]] == [("broken.json", 3, 1)]
    assert (written["summary"]["policies"], written["summary"]["security_warning"]) == (1, 0)


def test_the_page_of_the_command_has_each_field() -> None:
    """Whoever reads the JSON finds each field on the page, by its name."""
    page = (Path(__file__).parents[1] / "docs/reference/command.md").read_text(encoding="utf-8")
    written = json.loads(run("check", "-f", "json", "own.yaml", "default.yaml", "broken.json").out)
    lists = (written[name][0] for name in ("findings", "not_judged", "errors"))
    fields = {*written}.union(*lists)
    assert {field for field in fields if f"`{field}`" not in page} == set()


def test_github() -> None:
    """Each finding is an annotation, the worst first; nothing in a text ends it."""
    Path("a,b:c%.json").write_text(FILES["public.json"], encoding="utf-8")
    lines = run("check", "-f", "github", "typo.json", "a,b:c%.json", "broken.json").out.splitlines()
    assert lines[0].startswith("::error file=broken.json,line=3,col=1,title=cannot be read::")
    assert lines[1].startswith(
        "::error file=a%2Cb%3Ac%25.json,line=3,col=21,title=security warning PUBLIC_ACCESS (a%2Cb"
    )
    assert lines[2].startswith(
        "::warning file=typo.json,line=3,col=81,title=warning INVALID_ACTION (typo.json)::"
    )
    assert lines[3:] == ["kmspolicy: 3 annotations"]


def test_github_shows_ten_of_a_kind() -> None:
    """The last line says how many GitHub does not show."""
    Path("many.json").write_text(
        policy(ROOT, *[TYPO.replace("Decypt", f"Decypt{n}") for n in range(12)]), encoding="utf-8"
    )
    last = run("check", "-f", "github", "many.json").out.splitlines()[-1]
    assert last == "kmspolicy: 12 annotations; GitHub shows 10 of a kind, so 2 are only in this log"


HOSTILE = {
    "a command of GitHub": "a\n::error file=x::pwned.json",
    "a colour": "b\x1b[31m.json",
    "another direction of writing": "c\u202e.json",
    "not UTF-8": "d\udcff.json",
}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_of_files(name: str, form: str) -> None:
    """No form shows a name as anything but text, on standard output and in a file."""
    Path(name).write_text(FILES["public.json"], encoding="utf-8")
    ended = run("check", "-f", form, name)
    run("check", "-f", form, "-o", "out", name)
    assert Path("out").read_text(encoding="utf-8") == ended.out
    assert ended.code == 1
    assert all(character.isprintable() for character in ended.out if character != "\n")
    assert not any(line.startswith("::error file=x") for line in ended.out.splitlines())


def test_a_folder_that_has_itself_in_it() -> None:
    """A link to a folder above is not followed."""
    folder = Path("loop")
    folder.mkdir()
    (folder / "public.json").write_text(FILES["public.json"], encoding="utf-8")
    (folder / "up").symlink_to("..", target_is_directory=True)
    assert found("loop") == (1, ["loop/public.json:3:21 PUBLIC_ACCESS"])


def test_a_link_that_leads_nowhere() -> None:
    """What it would lead to is not taken for fine, and the others are judged."""
    folder = Path("links")
    folder.mkdir()
    (folder / "public.json").write_text(FILES["public.json"], encoding="utf-8")
    (folder / "orders.json").symlink_to("../shared/orders.json")
    assert found("links") == (3, ["links/public.json:3:21 PUBLIC_ACCESS"])


def test_a_file_that_is_too_large() -> None:
    """It cannot be read, and the others are judged."""
    Path("large.json").write_text(" " * 10_000_000 + FILES["public.json"], encoding="utf-8")
    assert found("large.json", "typo.json") == (3, ["typo.json:3:81 INVALID_ACTION"])


def test_a_path_that_is_too_long() -> None:
    """The system refuses it: it cannot be read."""
    assert found("a" * 5000, "good.json") == (3, [])


def test_a_folder_without_policies() -> None:
    """That nothing was judged is not said as if nothing were wrong."""
    assert run("check", "nothing") == (0, "0 policies judged.\n", "nothing: no key policy was found here\n")
    ended = run("check", "nothing", "good.json")
    assert (ended.code, ended.err) == (0, "nothing: no key policy was found here\n")


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_a_folder_without_policies_where_it_counts(form: str) -> None:
    """With --strict, each path must have a key policy; each form says which one has none."""
    ended = run("check", "--strict", "-f", form, "good.json", "nothing")
    assert (ended.code, ended.err) == (3, "")
    assert ("no key policy was found here" in ended.out, "nothing" in ended.out) == (True, True)


def sarif(*args: str) -> Any:
    """Return the only run of a SARIF log."""
    (only,) = json.loads(run("check", "-f", "sarif", *args).out)["runs"]
    return only


def test_sarif() -> None:
    """Results have rules, places, fingerprints and suppressions; what cannot be read is told by the invocation."""
    log = sarif("own.yaml", "public.json", "broken.json")
    assert [rule["id"] for rule in log["tool"]["driver"]["rules"]] == ["PUBLIC_ACCESS"]
    own, public = log["results"]
    assert own["suppressions"] == [{"kind": "external", "justification": "a test key"}]
    assert "suppressions" not in public
    place = public["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "public.json", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 3, "startColumn": 21},
    }
    assert len(public["partialFingerprints"]["kmspolicy/v2"]) == 32
    (invocation,) = log["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "broken.json" in json.dumps(invocation["toolExecutionNotifications"])


def uris(*args: str) -> set[str]:
    """Return the addresses of the files in which something was found."""
    locations = [one["locations"][0]["physicalLocation"] for one in sarif(*args)["results"]]
    return {location["artifactLocation"]["uri"] for location in locations}


def test_sarif_of_files_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file outside the current folder has its own address, and blanks are written as addresses have them."""
    (tmp_path / "in here").mkdir()
    monkeypatch.chdir(tmp_path / "in here")
    elsewhere = tmp_path / "else where.json"
    for path in (elsewhere, Path("in here.json")):
        path.write_text(FILES["public.json"], encoding="utf-8")
    assert uris("../else where.json", str(elsewhere)) == {elsewhere.as_uri()}
    assert uris("in here.json", str(Path("in here.json").resolve())) == {"in%20here.json"}
    assert "%20where" in elsewhere.as_uri()


def test_sarif_of_a_file_without_places() -> None:
    """A plan has no lines, but GitHub refuses a place without one: it is the first."""
    after = {"policy": FILES["public.json"]}
    change: dict[str, Any] = {"actions": ["create"], "before": None, "after": after, "after_unknown": {}}
    key = {"address": "aws_kms_key.k", "mode": "managed", "type": "aws_kms_key", "name": "k"}
    Path("plan.json").write_text(
        json.dumps({"format_version": "1.2", "resource_changes": [key | {"change": change}]}),
        encoding="utf-8",
    )
    (result,) = sarif("plan.json")["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 1}


# --- programs --------------------------------------------------------------------------------------


def program(*args: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the command as a program of its own."""
    command = [sys.executable, "-W", "error", "-m", "kmspolicy", *args]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
    return subprocess.run(command, text=True, check=False, timeout=60, **pipes)  # noqa: S603


def test_a_terminal_without_unicode() -> None:
    """What it cannot show is written as an escape."""
    Path("é.json").write_text(policy(LOCKED.replace("App", "É")), encoding="utf-8")
    done = program(
        "check", "é.json", env={"PYTHONIOENCODING": "ascii", "PATH": "", "PYTHONPATH": ":".join(sys.path)}
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("\\xe9.json:1:1: error LOCKOUT_EVERYONE")


class Closed(io.TextIOWrapper):
    """A standard output whose reader has left."""

    def write(self, text: str) -> int:
        """Refuse to write."""
        raise BrokenPipeError


def test_a_reader_that_leaves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It changes nothing about the result, and nothing that Python writes at its end can fail any more."""
    with (tmp_path / "out").open("w+b") as file, Closed(file) as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        write("text")
        monkeypatch.undo()
        file.write(b"at the end")
        file.flush()
    assert (tmp_path / "out").read_bytes() == b""


class Full(io.TextIOWrapper):
    """A standard output on a disk that is full."""

    def write(self, text: str) -> int:
        """Refuse to write."""
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_is_full(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What cannot be written is said: the output is not whole."""
    with (tmp_path / "out").open("w+b") as file, Full(file) as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(UsageError, match="cannot write: No space left on device"):
            write("text")


def test_the_part_of_a_finding_about_what_is_missing() -> None:
    """Where steps lead to what is not there, the nearest whole counts."""
    (source,) = read_text(policy(ROOT))
    assert source.part(("Statement", 0, "Sid")) == json.loads(ROOT)


def test_a_program_whose_reader_leaves() -> None:
    """The exit code is that of the findings, and there is no traceback."""
    command = [sys.executable, "-W", "error", "-m", "kmspolicy", "check", "public.json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a file that is always full")
def test_a_full_disk() -> None:
    """What cannot be written is said in a sentence."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = program("check", "public.json", stdout=full)
    last = done.stderr.splitlines()[-1]
    assert (done.returncode, last) == (2, "Error: cannot write: No space left on device")


@pytest.mark.parametrize(("name", "code"), [("stdin", 3), ("stdout", 1), ("stderr", 1)])
def test_a_stream_that_is_closed(name: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read from it, or written to it: Python has None for it."""
    monkeypatch.setattr(sys, "argv", ["kmspolicy", "check", "-" if name == "stdin" else "public.json"])
    monkeypatch.setattr(sys, name, None)
    with pytest.raises(SystemExit) as exited:
        main()
    getattr(sys, name).close()
    assert exited.value.code == code


def test_nothing_loads_botocore() -> None:
    """Judging files does not load the client, nor the forms that are not asked for."""
    code = (
        "import sys; from kmspolicy._cli._app import app\n"
        "app(['check', 'good.json'], standalone_mode=False)\n"
        "print([name for name in ('botocore', 'aiobotocore', 'asyncio', 'yaml', 'kmspolicy._cli._sarif') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.splitlines()[-1] == "[]"


PLAN = "terraform plan -out=plan.out && terraform show -json plan.out > plan.json"
OF_TERRAFORM = {
    "its language": ("main.tf", b'resource "aws_kms_key" "a" {}'),
    "its language as JSON": ("main.tf.json", b'{"resource": {"aws_kms_key": {"a": {}}}}'),
    "a saved plan": ("plan.out", b"PK\x03\x04"),
}


@pytest.mark.parametrize(("name", "data"), OF_TERRAFORM.values(), ids=OF_TERRAFORM)
def test_a_file_of_terraform(name: str, data: bytes) -> None:
    """It is said that its language is not read, and which commands write what is."""
    Path(name).write_bytes(data)
    ended = run("check", name)
    assert ended.code == 3
    assert f"the language of Terraform is not read; give its plan as JSON: {PLAN}" in " ".join(
        ended.out.split()
    )


def test_a_folder_of_terraform() -> None:
    """So is it of a folder in which there is nothing else."""
    Path("nothing/main.tf").write_text('resource "aws_kms_key" "a" {}', encoding="utf-8")
    Path("nothing/more.tf.json").write_text('{"resource": {"aws_s3_bucket": {}}}', encoding="utf-8")
    ended = run("check", "nothing")
    assert (ended.code, ended.err.endswith(f"{PLAN}\n")) == (0, True)


def test_a_value_that_makes_no_policy(tmp_path: Path) -> None:
    """Where a policy cannot be one once it has its values, that is an error of its file; the other files are judged."""
    (tmp_path / "a.json").write_text(policy(ROOT).replace('"Allow"', '"${effect}"'))
    ended = run("check", tmp_path / "a.json", tmp_path / "good.json", "--parameter", "effect=Maybe")
    assert ended.code == 3
    assert "a.json:2:" in ended.out
    assert "must be 'Allow' or 'Deny', not 'Maybe'" in ended.out
    assert "1 policy judged: nothing was found." in ended.out
