"""`kmspolicy report`: all keys on one page, as a table, or as JSON lines."""

from __future__ import annotations

import csv
import io
import json
import re
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from cli_support import run
from kmspolicy import ExternalGroup
from kmspolicy._cli._app import app
from kmspolicy._cli._inputs import count
from kmspolicy._cli._record import FIELDS, NO_ACCOUNT

ACCOUNT, OTHER, TRUSTED = "111122223333", "444455556666", "777788889999"
ARN = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
HOSTILE = "=<script>alert(1)</script>\x1b[2J"


def allow(principal: Any, *actions: str, sid: str = "S") -> dict[str, Any]:
    """Return an Allow."""
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": [*actions], "Resource": "*"}


def policy(*statements: dict[str, Any]) -> str:
    """Return the text of a policy."""
    root = allow({"AWS": ACCOUNT}, "kms:*", sid="Root")
    return json.dumps({"Version": "2012-10-17", "Statement": [root, *statements]})


FILES = {
    "fine.json": policy(),
    "public.json": policy(allow("*", "kms:Decrypt", sid=HOSTILE)),
    "shared.json": json.dumps(
        {
            "KeyMetadata": {"Arn": ARN},
            "Policy": policy(
                allow({"AWS": [OTHER, TRUSTED]}, "kms:Decrypt"),
                allow({"Service": "logs.eu-west-1.amazonaws.com"}, "kms:Encrypt", sid="Logs"),
            ),
        }
    ),
    "default.yaml": f"Resources: {{'{HOSTILE}': {{Type: AWS::KMS::Key}}}}".replace("\x1b", "\\e").replace(
        "'", '"'
    ),
    "broken.json": '{"Statement": "kms:',
}


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a project of its own, with these files."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "keys").mkdir()
    for name, text in FILES.items():
        (tmp_path / "keys" / name).write_text(text, encoding="utf-8")
    (tmp_path / "kmspolicy.toml").write_text(
        'account = "111122223333"\n[[ignore]]\ncode = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"\nreason = "logs of ours"\n',
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)


def records(*args: str) -> dict[str, dict[str, Any]]:
    """Return what the report says of each file."""
    ended = run("report", "keys", "-f", "jsonl", *args)
    return {Path(one["file"]).name: one for one in map(json.loads, ended.out.splitlines())}


def test_json_lines() -> None:
    """Each key has a line: what was found, who outside gets in, who inside can lock everybody out."""
    found = records("--trusted", TRUSTED)
    assert found.keys() == FILES.keys()
    assert [(one["group"], one["who"]) for one in found["shared.json"]["outside"]] == [
        ("untrusted account", OTHER),
        ("trusted account", TRUSTED),
        ("service without protection", "logs.eu-west-1.amazonaws.com"),
    ]
    assert [one["group"] for one in found["public.json"]["outside"]] == ["public"]
    assert (found["public.json"]["worst"], found["fine.json"]["worst"]) == ("security warning", None)
    assert found["fine.json"]["inside"]
    assert (found["shared.json"]["key_arn"], found["shared.json"]["account"]) == (ARN, ACCOUNT)
    assert found["shared.json"]["findings"][0]["suppressed"] == "logs of ours"
    assert (found["default.yaml"]["told"], found["broken.json"]["told"]) == ("default", "unreadable")


def test_the_account_is_not_known() -> None:
    """Where nothing tells the account of a key, it is not said who is outside of it, nor that nobody inside matters."""
    Path("kmspolicy.toml").unlink()
    found = records()
    fine, shared, public = (found[name] for name in ("fine.json", "shared.json", "public.json"))
    assert [(one["group"], one["who"], one["unknown"]) for one in fine["outside"]] == [
        ("not known", ACCOUNT, "it may be the account of the key: give --account")
    ]
    assert (fine["account"], fine["inside"], fine["inside_unknown"]) == (None, [], NO_ACCOUNT)
    assert [one["group"] for one in public["outside"]] == ["public", "not known"]
    assert found["default.yaml"]["inside_unknown"] == NO_ACCOUNT
    assert [one["group"] for one in shared["outside"]][:2] == ["untrusted account"] * 2
    assert (shared["account"], shared["inside_unknown"]) == (ACCOUNT, None)


def test_the_page_where_the_account_is_not_known() -> None:
    """It says what to give, and does not count what may be inside."""
    Path("kmspolicy.toml").unlink()
    _, shown = page()
    assert "4 keys: 1 public, 2 with access from outside;" in shown.text
    assert "The account of 3 keys is not known: give --account." in shown.text
    assert cells(shown, "fine.json")[1] == cells(shown, "fine.json")[4] == NO_ACCOUNT
    assert "not known: account 111122223333" in cells(shown, "fine.json")[3]


def test_the_account_of_the_stack() -> None:
    """A template whose policy names it tells who is inside."""
    root = allow({"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}, "kms:*")
    key = {
        "Type": "AWS::KMS::Key",
        "Properties": {"KeyPolicy": {"Version": "2012-10-17", "Statement": [root]}},
    }
    Path("template.json").write_text(json.dumps({"Resources": {"Key": key}}), encoding="utf-8")
    Path("kmspolicy.toml").unlink()
    (found,) = map(json.loads, run("report", "template.json", "-f", "jsonl").out.splitlines())
    assert (found["account"], found["outside"], found["inside_unknown"]) == ("${AWS::AccountId}", [], None)
    assert [one["who"] for one in found["inside"]] == ["arn:aws:iam::${AWS::AccountId}:root"]


def test_the_default_policy() -> None:
    """IAM policies of the account decide, so that it can lock everybody out."""
    default = records()["default.yaml"]
    assert (default["outside"], default["outside_unknown"]) == ([], None)
    assert [one["who"] for one in default["inside"]] == [f"arn:aws:iam::{ACCOUNT}:root"]


def test_a_policy_that_is_not_known() -> None:
    """Nothing is said of who gets in."""
    template = {
        "Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Ref": "Whole"}}}}
    }
    Path("template.json").write_text(json.dumps(template), encoding="utf-8")
    (found,) = map(json.loads, run("report", "template.json", "-f", "jsonl").out.splitlines())
    assert found["told"] == "unresolved"
    assert found["outside_unknown"] == found["inside_unknown"] == "not known"
    assert found["why"].endswith("cannot be known from the file")


def test_what_cannot_be_read() -> None:
    """Who gets in is not known, and the end of the output says of which files, and why."""
    why = "this string has no closing quote"
    broken = records()["broken.json"]
    assert (broken["outside_unknown"], broken["inside_unknown"], broken["why"]) == (
        "not known",
        "not known",
        why,
    )
    assert cells(page()[1], "broken.json")[1:] == [
        "not known",
        "cannot be read",
        "not known",
        "not known",
        why,
    ]
    ended = run("report", "keys", "-f", "csv")
    assert (ended.code, ended.err) == (3, f"keys/broken.json, line 1, column 15: {why}\n")
    assert len([row for row in csv.reader(io.StringIO(ended.out)) if row[0] == "keys/broken.json"]) == 1


def test_what_is_not_a_policy_whatever_its_placeholders_are() -> None:
    """It does not end the report: the others are judged."""
    Path("keys/odd.json").write_text(
        policy(allow("<WHO>", "kms:Sign") | {"Effect": "Maybe"}), encoding="utf-8"
    )
    found = records()
    assert found["odd.json"]["told"] == "unreadable"
    assert found.keys() == {*FILES, "odd.json"}


def test_the_exit_code() -> None:
    """A report reports: only what cannot be read makes a difference."""
    assert run("report", "keys").code == 3
    assert run("report", "keys/public.json").code == 0


def test_one_resource() -> None:
    """--name leaves the others out."""
    assert (
        len(run("report", "keys", "-f", "jsonl", "--name", "*fine*").out.splitlines()) == 2
    )  # and the broken file


def test_a_trusted_account_that_cannot_be() -> None:
    """It is wrong usage."""
    ended = run("report", "keys", "--trusted", "12")
    assert (ended.code, "12 digits" in ended.err) == (2, True)


def test_csv() -> None:
    """Each finding and each access has a row; no cell is a formula for a spreadsheet."""
    text = run("report", "keys", "-f", "csv").out
    rows = [*csv.DictReader(io.StringIO(text))]
    kinds = {(Path(row["file"]).name, row["kind"]) for row in rows}
    assert {("public.json", "finding"), ("public.json", "outside"), ("fine.json", "inside")} <= kinds
    assert {("default.yaml", "default"), ("broken.json", "unreadable")} <= kinds
    assert not any(cell[:1] in ("=", "+", "-", "@") for row in rows for cell in row.values())
    assert any(row["resource"].startswith("'=<script>") for row in rows)
    assert "\x1b" not in text


def test_csv_has_a_row_for_each_line() -> None:
    """No row is empty, in a file and on standard output, and a table of nothing has its head."""
    run("report", "keys", "-f", "csv", "-o", "report.csv")
    written = Path("report.csv").read_text(encoding="utf-8")
    assert run("report", "keys", "-f", "csv").out == written
    assert all(csv.reader(io.StringIO(written)))
    (head,) = csv.reader(io.StringIO(run("report", "keys/fine.json", "--name", "none", "-f", "csv").out))
    assert tuple(head) == FIELDS


class Page(HTMLParser):
    """What stands in a page: its tags with their attributes, its text, and the text of the cells of its table."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.rows: list[list[str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.text += data
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def page(*args: str) -> tuple[str, Page]:
    """Return the page about all files."""
    run("report", "keys", "-o", "report.html", *args)
    text = Path("report.html").read_text(encoding="utf-8")
    return text, Page(text)


def cells(shown: Page, name: str) -> list[str]:
    """Return the cells of the row about a file."""
    row = next(row for row in shown.rows if row and row[0].startswith(f"keys/{name}"))
    return [cell.rstrip("\n") for cell in row]


def test_the_page() -> None:
    """Each key has a row with its answers; a line counts."""
    _, shown = page()
    assert len([tag for tag, attrs in shown.tags if tag == "tr" and "data-worst" in attrs]) == len(FILES)
    assert (
        "4 keys: 1 public, 2 with access from outside; the worst finding is a security warning for 1. "
        "1 input could not be read." in shown.text
    )
    assert "PUBLIC_ACCESS" in shown.text


def test_what_cannot_be_read_stands_before_what_is_worst() -> None:
    """A page of which only the worst is shown has it, too."""
    _, shown = page()
    worst = [int(attrs["data-worst"] or "") for _, attrs in shown.tags if "data-worst" in attrs]
    assert sorted(worst)[:2] == [-1, 1]


def test_the_page_says_when_it_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says by which version, and on which day in UTC, which the environment may give."""
    by = f"Made by kmspolicy {version('kmspolicy')} on"
    assert f"{by} {datetime.now(tz=UTC).date()} (UTC)." in page()[1].text
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86399")
    assert f"{by} 1970-01-01 (UTC)." in page()[1].text
    for wrong in ("tomorrow", "9" * 30):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", wrong)
        ended = run("report", "keys", "-o", "report.html")
        assert (ended.code, "SOURCE_DATE_EPOCH is not a time" in ended.err) == (2, True)


PUBLIC_IN_DEV = """
Parameters: {Stage: {Type: String, AllowedValues: [dev, prod]}}
Conditions: {IsDev: !Equals [!Ref Stage, dev]}
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: "111122223333"}, Action: kms:*, Resource: "*"}
          - {Effect: Allow, Principal: {AWS: !If [IsDev, "*", "111122223333"]}, Action: kms:Decrypt, Resource: "*"}
"""


def test_what_depends_on_values_that_are_not_known() -> None:
    """The page counts it as what may be, and each form names the values."""
    Path("keys/stage.yaml").write_text(PUBLIC_IN_DEV, encoding="utf-8")
    _, shown = page()
    assert "5 keys: 2 public (1 of them perhaps)," in shown.text
    (row,) = (row for row in shown.rows if row and row[0].startswith("Key"))
    assert "public: everyone" in row[3]
    assert "'Stage'" in row[3]
    (entry,) = records()["stage.yaml"]["outside"]
    assert (entry["depends_on"], "'Stage'" in entry["words"]["when"]) == (["Stage"], True)


def test_the_page_explains_its_words() -> None:
    """Each group of those who get in has its meaning, and the page of AWS about it."""
    _, shown = page()
    links = [attrs["href"] for tag, attrs in shown.tags if tag == "a"]
    for group in ExternalGroup:
        assert group.value in shown.text
        assert group.url in links


def test_the_page_needs_nothing_else() -> None:
    """Nothing is loaded from elsewhere; the only script and style are those whose digests the page allows."""
    text, shown = page()
    assert [tag for tag, _ in shown.tags if tag in ("script", "style")] == ["style", "script"]
    assert not any("src" in attrs or (tag == "link") for tag, attrs in shown.tags)
    (allowed,) = (attrs["content"] for tag, attrs in shown.tags if tag == "meta" and "http-equiv" in attrs)
    for name in ("style", "script"):
        (inside,) = re.findall(f"<{name}>(.*?)</{name}>", text, re.DOTALL)
        assert f"'sha256-{b64encode(sha256(inside.encode()).digest()).decode()}'" in str(allowed)


def test_what_others_wrote_is_text_on_the_page() -> None:
    """A name is neither an element nor an escape for a terminal."""
    text, shown = page()
    assert "<script>alert" not in text
    assert "=<script>alert(1)</script>\\x1b[2J" in shown.text


def test_a_page_on_standard_output() -> None:
    """Without -o the page is written to standard output."""
    assert run("report", "keys/fine.json").out.rstrip().endswith("</html>")


def test_an_output_that_cannot_be_written() -> None:
    """It is wrong usage."""
    assert run("report", "keys", "-o", "none/report.html").code == 2


class Terminal(io.StringIO):
    """A standard error that a person sees."""

    def isatty(self) -> bool:
        """Say that somebody looks."""
        return True


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is shown while a file is written, where somebody sees it."""
    seen = Terminal()
    monkeypatch.setattr("kmspolicy._cli.report.sys.stderr", seen)
    with pytest.raises(SystemExit):
        app(["report", "keys", "keys/fine.json", "-o", "report.html"], prog_name="kmspolicy")
    assert ("Judging" in seen.getvalue(), "Written: report.html" in seen.getvalue()) == (True, True)


def test_a_folder_without_policies() -> None:
    """That there is nothing to report on is said, in the report and beside it."""
    Path("nothing").mkdir()
    ended = run("report", "nothing", "-f", "jsonl")
    (record,) = map(json.loads, ended.out.splitlines())
    assert (record["file"], record["told"], record["why"]) == (
        "nothing",
        "unreadable",
        "no key policy was found here",
    )
    assert (ended.code, ended.err) == (3, "nothing: no key policy was found here\n")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        pytest.param("--parameter Xyz=1", "no file has a parameter or a placeholder 'Xyz'", id="a parameter"),
        pytest.param("--name Xyz", "no resource has the name 'Xyz'", id="a name"),
    ],
)
def test_what_no_file_has(args: str, says: str) -> None:
    """It is wrong usage, which is known at the end."""
    ended = run("report", "keys/fine.json", *args.split())
    assert (ended.code, says in ended.err) == (2, True)


def test_how_many_files_there_are() -> None:
    """Standard input counts as one, a folder as its files."""
    assert count(["-", "keys", "keys/fine.json"]) == 1 + len(FILES) + 1
