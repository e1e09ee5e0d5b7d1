"""The documentation, run: each block of code, and what it prints, word for word."""

from __future__ import annotations

import ast
import json
import os
import re
import runpy
import shutil
import textwrap
import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from inspect import isawaitable
from io import StringIO
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any, get_args

import pytest
import yaml
from moto.server import ThreadedMotoServer
from sybil import Example, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser

import kmspolicy
import kmspolicy.testing
from http_support import client_of
from kmspolicy import KeyPolicies, Policy, Severity, Statement, check, errors, statements
from kmspolicy._check._catalogue import CATALOGUE
from kmspolicy._cli._app import COMMANDS
from kmspolicy.errors import ProblemCode
from kmspolicy.testing import FakeKMS
from support import KEY_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
FACTS = Path(os.environ.get("KMSPOLICY_CORPUS") or "no-corpus").parent / "vocabulary"
PAGES = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/**/*.md"))]
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)  # not shown to a reader
LITERAL = re.compile(r"::\n\n((?: +.*\n|\n)+)")
FENCE = re.compile(r"^ *(?:```|~~~)(.*)$", re.MULTILINE)


def _run(example: Example) -> None:
    with redirect_stdout(StringIO()) as out:
        PythonEvaluator()(example)
    example.namespace["printed"] = out.getvalue()


def _compare(example: Example) -> None:
    # A page prints first and shows then: without a block before it, there is nothing to compare with.
    assert example.namespace.pop("printed").strip("\n") == str(example.parsed).strip("\n")


def _read(example: Example) -> None:
    policy = Policy.from_json(str(example.parsed))
    assert [finding for finding in check(policy) if finding.severity is Severity.ERROR] == []
    Path("policy.json").write_text(str(example.parsed), encoding="utf-8")  # which the page reads, then


def _saving(read: Callable[[str], object]) -> Callable[[Example], None]:
    """Return what reads a block and saves it, if its first line is a comment with the name of a file."""

    def evaluate(example: Example) -> None:
        text = str(example.parsed)
        read(text)
        if named := re.match(r"# ([\w./-]+)\n", text):
            path = Path(named[1])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return evaluate


EVALUATORS: dict[str, Callable[[Example], None]] = {
    "python": _run,
    "text": _compare,
    "json": _read,
    "toml": _saving(tomllib.loads),
    "yaml": _saving(yaml.compose),
}
PARSERS = [CodeBlockParser(language, evaluator) for language, evaluator in EVALUATORS.items()]


def examples(name: str) -> list[Example]:
    """Return the blocks of a page, in its order."""
    return list(Sybil(parsers=PARSERS).parse(ROOT / name).examples())


@pytest.fixture(scope="session")
def kms_url() -> Iterator[str]:
    """Run a KMS server for the pages that open a client."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
async def key(kms_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Tell botocore where the server is, as a person would, and make the key that the pages speak of."""

    def the_key(multi_region: bool = False) -> str:  # noqa: FBT002 - as moto has it
        return KEY_ID

    monkeypatch.setattr("moto.kms.models.generate_key_id", the_key)
    for name, value in {
        "AWS_ENDPOINT_URL": kms_url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }.items():
        monkeypatch.setenv(name, value)
    async with client_of(kms_url) as client:
        return (await client.create_key())["KeyMetadata"]["KeyId"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_run(name: str, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader who pastes the blocks one after the other sees what the page says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")  # whatever the developer's terminal has
    for folder in ("cloudformation", "terraform"):  # files that pages are about
        shutil.copytree(ROOT / "examples" / folder, folder)
    with ThreadPoolExecutor(
        1
    ) as thread:  # asyncio.run, which pages show, forgets the loop of the thread it runs in
        for example in examples(name):
            thread.submit(example.evaluate).result()


def test_the_tutorial_needs_no_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a reader pastes from it runs without credentials, a Region or a server."""
    monkeypatch.chdir(tmp_path)
    with ThreadPoolExecutor(1) as thread:
        for example in examples("docs/tutorial.md"):
            if example.document.text[example.start :].startswith("```"):
                thread.submit(example.evaluate).result()


def literal_blocks() -> Iterator[tuple[str, str]]:
    """Go through the examples in docstrings, each with the file it stands in."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                for block in LITERAL.findall(ast.get_docstring(node) or ""):
                    if "├" not in block:  # the drawing of the exceptions
                        yield path.name, textwrap.dedent(block)


@pytest.mark.parametrize(("file", "block"), list(literal_blocks()))
async def test_examples_in_docstrings_run(file: str, block: str) -> None:
    """As they stand, with a client, a policy and an iterable of items at hand."""
    client = FakeKMS()
    policy = statements.default_policy("111122223333")
    names: dict[str, object] = vars(kmspolicy.testing) | {
        name: getattr(kmspolicy, name) for name in kmspolicy.__all__
    }
    names |= {"client": client, "policy": policy, "policies": KeyPolicies(client), "items": []}
    code = compile(block, f"<docstring in {file}>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = FunctionType(code, names)()
    if isawaitable(result):
        await result


@pytest.mark.parametrize("name", PAGES)
def test_no_block_is_skipped(name: str) -> None:
    """Each block that a reader sees is run, compared or read; others are commands, or directives of Sphinx."""
    text = COMMENT.sub("", (ROOT / name).read_text(encoding="utf-8"))
    fences = FENCE.findall(text)
    assert set(fences[1::2]) <= {""}  # each that opens a block has one that ends it
    shown = [language for language in fences[::2] if not language.startswith("{")]
    assert set(shown) <= {*EVALUATORS, "sh"}
    run = [example for example in examples(name) if example.document.text[example.start :].startswith("```")]
    assert len(run) == len([language for language in shown if language in EVALUATORS])
    assert "skip:" not in (ROOT / name).read_text(encoding="utf-8")


def test_there_are_blocks_to_run() -> None:
    """The tests above would pass for pages in which no block is found."""
    assert len(list(literal_blocks())) >= 4
    assert sum(len(examples(name)) for name in PAGES) > 80


@pytest.mark.parametrize(
    ("script", "page"),
    [
        ("make_access_analyzer", "reference/access-analyzer.md"),
        ("make_command", "reference/command.md"),
        ("make_findings", "reference/findings.md"),
        ("make_statements", "reference/statements.md"),
        ("make_vocabulary", "reference/vocabulary.md"),
    ],
)
def test_pages_made_of_data_are_up_to_date(script: str, page: str) -> None:
    """``python docs/make_….py`` writes them anew."""
    made = runpy.run_path(str(ROOT / "docs" / f"{script}.py"))
    assert made["page"]() == (ROOT / "docs" / page).read_text(encoding="utf-8")


ACCOUNT = "111122223333"
ANALYZER = runpy.run_path(str(ROOT / "docs" / "make_access_analyzer.py"))


def test_each_check_of_access_analyzer_has_one_place() -> None:
    """Beside a code of ours that exists, or under the reason why there is none."""
    ours = {
        code for checks in ANALYZER["LEVELS"].values() for codes in checks.values() for code in codes.split()
    }
    assert ours <= {*CATALOGUE, *get_args(ProblemCode)}
    checks = [name for checks in ANALYZER["LEVELS"].values() for name in checks]
    checks += [name for names in ANALYZER["WITHOUT"].values() for name in names.split()]
    assert len(checks) == len(set(checks)) == 135
    same = {name for name in checks if name in CATALOGUE or name in get_args(ProblemCode)}
    assert same == {
        name
        for checks in ANALYZER["LEVELS"].values()
        for name, codes in checks.items()
        if name in codes.split()
    }


@pytest.mark.skipif(
    not FACTS.is_dir(), reason="needs the words of AWS beside the folder that KMSPOLICY_CORPUS names"
)
def test_no_check_of_access_analyzer_is_missing() -> None:
    """By the list of its guide, and as severe as there."""
    listed = json.loads((FACTS / "access-analyzer-checks.json").read_text(encoding="utf-8"))["checks"]
    levels = {name: level for level, checks in ANALYZER["LEVELS"].items() for name in checks}
    without = {name for names in ANALYZER["WITHOUT"].values() for name in names.split()}
    assert {check["code"] for check in listed} == {*levels, *without}
    assert {name: level.lower() for name, level in levels.items()} == {
        check["code"]: check["level"].lower().removeprefix("general ")
        for check in listed
        if check["code"] in levels
    }


@pytest.mark.parametrize(
    ("level", "theirs", "elements", "ours"),
    [
        ("Warning", "DEPRECATED_GLOBAL_CONDITION_KEY", {"Condition": {"StringEquals": {"aws:ARN": "a"}}}, "INVALID_GLOBAL_CONDITION_KEY"),
        ("Suggestion", "EMPTY_ARRAY_CONDITION", {"Condition": {"StringEquals": {"aws:username": []}}}, "CONDITION_NEVER_MET"),
        ("Suggestion", "EMPTY_ARRAY_CONDITION_FORANYVALUE", {"Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": []}}, "Action": "kms:TagResource"}, "CONDITION_NEVER_MET"),
        ("Suggestion", "EMPTY_ARRAY_CONDITION_FORALLVALUES", {"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": []}}, "Action": "kms:TagResource"}, "CONDITION_MATCHES_ABSENT_KEY"),
        ("Suggestion", "EMPTY_ARRAY_CONDITION_IFEXISTS", {"Condition": {"StringEqualsIfExists": {"aws:username": []}}}, "CONDITION_MATCHES_ABSENT_KEY"),
        ("Suggestion", "EMPTY_ARRAY_RESOURCE", {"Resource": []}, "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"),
        ("Suggestion", "EMPTY_OBJECT_PRINCIPAL", {"Principal": {}}, "EMPTY_ARRAY_PRINCIPAL"),
        ("Warning", "INVALID_DATE_VALUE", {"Condition": {"DateNotEquals": {"aws:CurrentTime": "never"}}}, "TYPE_MISMATCH_DATE"),
        ("Error", "INVALID_SERVICE_IN_ACTION", {"Action": "s3:GetObject"}, "INVALID_ACTION"),
        ("Error", "INVALID_VARIABLE_FOR_OPERATOR", {"Condition": {"Bool": {"aws:SecureTransport": "${aws:username}"}}}, "CONDITION_NEVER_MET"),
        ("Error", "INVALID_VARIABLE_FOR_OPERATOR", {"Condition": {"NumericNotEquals": {"aws:MultiFactorAuthAge": "${aws:username}"}}}, "TYPE_MISMATCH_NUMBER"),
        ("Suggestion", "IRRELEVANT_CONDITION_KEY_IN_POLICY", {"Condition": {"StringEquals": {"aws:ResourceTag/a": "b"}}}, "UNSUPPORTED_CONDITION_KEY_IN_POLICY"),
        ("Error", "MISSING_TAG_KEY_IN_CONDITION", {"Condition": {"StringEquals": {"aws:RequestTag": "b"}}, "Action": "kms:TagResource"}, "INVALID_GLOBAL_CONDITION_KEY"),
        ("Error", "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", {"Principal": {"Service": "s3.amazonaws.com"}, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:SourceAccount": ACCOUNT}}}, "CONDITION_NEVER_MET"),
        ("Error", "VARIABLE_UNSUPPORTED_IN_ELEMENT", {"Action": "kms:${aws:username}"}, "INVALID_ACTION"),
        ("Error", "VARIABLE_UNSUPPORTED_IN_ELEMENT", {"Resource": "${aws:username}"}, "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"),
    ],
)  # fmt: skip
def test_what_access_analyzer_calls_otherwise(
    level: str, theirs: str, elements: dict[str, Any], ours: str
) -> None:
    """A statement that Access Analyzer has a name for has the finding that the page puts beside it."""
    usual = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:Sign", "Resource": "*"}
    policy = Policy([statements.enable_iam_policies(ACCOUNT), Statement.from_dict(usual | elements)])
    assert ours in [finding.code for finding in check(policy)]
    assert ours in ANALYZER["LEVELS"][level][theirs].split()


def test_every_command_has_a_guide() -> None:
    """Each is shown in a block of a guide, with what it is for."""
    guides = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("docs/how-to/*.md"))
    shown = set(re.findall(r"^kmspolicy ([a-z]+)", guides, re.MULTILINE))
    assert {name for commands in COMMANDS.values() for name in commands} - shown == set()


def test_the_benchmarks_are_those_of_the_code() -> None:
    """``nox -s bench -- --write`` writes the page anew: each bar stands there with its limit, and none that is gone."""
    bars = runpy.run_module("bench.bars")["BARS"]
    page = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
    rows = [
        tuple(map(str.strip, line.split("|")[1:-1])) for line in page.splitlines() if line.startswith("|")
    ]
    beginning = next(number for number, row in enumerate(rows) if row[0] == "work")
    shown = [(row[0], row[3], row[5]) for row in rows[beginning + 2 : beginning + 2 + len(bars)]]
    assert shown == [(bar.work, f"{bar.limit:g}", bar.of_what) for bar in bars]


def test_the_pictures_are_those_of_the_policy_in_the_readme() -> None:
    """``python docs/make_access.py`` draws them anew."""
    made = runpy.run_path(str(ROOT / "docs" / "make_access.py"))
    pictures = made["pictures"](made["policy_of_readme"]())
    assert pictures == {path: path.read_text(encoding="utf-8") for path in made["PICTURES"]}


def test_the_pictures_of_a_review_show_the_template_of_its_page() -> None:
    """``python docs/make_review.py`` draws them anew, with what `check` finds."""
    made = runpy.run_path(str(ROOT / "docs" / "make_review.py"))
    drawn = {path: made["svg"](made["template"](), width) for path, width in made["PICTURES"].items()}
    assert drawn == {path: path.read_text(encoding="utf-8") for path in made["PICTURES"]}


def test_every_public_name_has_its_place_in_the_reference() -> None:
    """A name that is new in ``kmspolicy`` is described in ``docs/reference/api.md``."""
    text = (ROOT / "docs/reference/api.md").read_text(encoding="utf-8")
    described = {
        name.partition("(")[0] for name in re.findall(r"^\.\. (?:auto|py:)\w+:: (\w+)", text, re.MULTILINE)
    }
    elsewhere = {
        "KeyPolicyError",
        "conditions",
        "errors",
        "prove",
        "statements",
        "types",
    }  # on pages of their own
    assert set(kmspolicy.__all__) - elsewhere == described - {"kmspolicy"}


def test_every_code_of_a_problem_is_explained() -> None:
    """The second table of ``docs/reference/errors.md`` has the codes of problems, each once."""
    text = (ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE) == list(get_args(errors.ProblemCode))


def test_every_error_has_its_advice() -> None:
    """The table of ``docs/reference/errors.md`` has each exception, and says truly which calls are retried."""
    text = (ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")
    rows = dict(
        re.findall(r"^\| \{py:exc\}`~?(?:kmspolicy\.errors\.)?(\w+)` \|.*\| ([^|]*) \|$", text, re.MULTILINE)
    )
    classes = {
        name: getattr(errors, name)
        for name in errors.__all__
        if name not in ("Problem", "ProblemCode", "ProblemDict", "UnknownWordWarning")
    }
    calls = {name: cls for name, cls in classes.items() if issubclass(cls, errors.CallError)}
    bases = {"KeyPolicyError", "CallError", "ServiceError"}
    assert set(rows) == set(classes) - bases
    certain = {name: cls().is_retry_safe for name, cls in calls.items() if name in rows}
    depends = {"NoAnswerError", "UnknownServiceError"}
    assert {name: rows[name] == "yes" for name in certain if name not in depends} == {
        name: safe for name, safe in certain.items() if name not in depends
    }
