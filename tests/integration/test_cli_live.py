"""The commands get, plan and apply, over HTTP: exit codes, what is sent, and what is asked."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple

import pytest

from cli_support import run
from http_support import Error, Hang, Raw, ScriptedKMS, client_of
from kmspolicy import KeyPolicies, Plan, Policy, Principal, Retry, allow, statements
from kmspolicy._cli import apply, get
from kmspolicy.testing import FakeKMS
from live_support import CREDENTIALS, live, over_http

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from pathlib import Path

ACCOUNT = "111122223333"
ROOT = statements.enable_iam_policies(ACCOUNT)
OLD = Policy([ROOT, allow("kms:Decrypt").to(Principal.role(ACCOUNT, "App")).named("App")])
MORE = Policy([ROOT, allow("kms:Decrypt", "kms:Sign").to(Principal.role(ACCOUNT, "App")).named("App")])
OTHER = Policy([ROOT])
AT_MOTO = Policy(
    [
        statements.enable_iam_policies("123456789012"),
        allow("kms:Sign").to(Principal.role("123456789012", "App")),
    ]
)
NOBODYS = Policy([allow("kms:Sign").to(Principal.role(ACCOUNT, "App"))])
LOCKED = Policy([allow("kms:*").to(Principal.role(ACCOUNT, "Admin"))])
NO_KEY = "00000000-0000-4000-8000-000000000000"


class Place(NamedTuple):
    """A KMS over HTTP, a key on it, and a file with another policy."""

    fake: FakeKMS
    url: str
    key: str
    file: Path

    def puts(self) -> int:
        return [name for name, _ in self.fake.calls].count("PutKeyPolicy")


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch, _no_environment_of_the_developer: None) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncGenerator[Place, None]:
    """Run a FakeKMS with a key."""
    fake = FakeKMS(account=ACCOUNT)
    file = tmp_path / "policy.json"
    file.write_text(MORE.to_json())
    async with over_http(fake) as url:
        yield Place(fake, url, fake.add_key(OLD), file)


@pytest.fixture
def attended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let standard input be a terminal."""
    monkeypatch.setattr(apply, "_is_attended", lambda: True)


# --- get --------------------------------------------------------------------------------------------


async def test_get_writes_the_text_of_kms(place: Place, tmp_path: Path) -> None:
    """`get` writes the text that KMS returns, to standard output or to a file."""
    there = (await place.fake.get_key_policy(KeyId=place.key))["Policy"]
    assert await live(place.url, "get", place.key) == (0, f"{there}\n", "")
    file = tmp_path / "out.json"
    assert await live(place.url, "get", place.key, "-o", file) == (0, "", "")
    assert file.read_text() == f"{there}\n"


async def test_on_a_terminal_get_shows_what_cannot_be_seen(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A policy with a control character of terminals is written with its escape on a terminal, and unchanged elsewhere."""
    place.fake.set_policy(place.key, Policy([ROOT.named("\x9b2J")]))
    assert "\x9b" in (await live(place.url, "get", place.key)).out
    monkeypatch.setattr(get, "_is_terminal", lambda: True)
    ended = await live(place.url, "get", place.key)
    assert ("\x9b" in ended.out, r"\x9b2J" in ended.out) == (False, True)


async def test_on_motos_server(moto_url: str, tmp_path: Path) -> None:
    """All three commands work on the KMS of public test-suites."""
    async with client_of(moto_url) as client:
        key = (await client.create_key())["KeyMetadata"]["KeyId"]
    file = tmp_path / "policy.json"
    file.write_text(AT_MOTO.to_json())
    codes = [
        (await live(moto_url, *args)).code
        for args in (
            ("plan", key, file, "--exit-code"),
            ("apply", key, file, "--yes"),
            ("plan", key, file, "--exit-code"),
        )
    ]
    assert codes == [1, 0, 0]
    there = Policy.from_json((await live(moto_url, "get", key)).out)
    assert there == AT_MOTO


# --- plan -------------------------------------------------------------------------------------------


async def test_a_plan_shows_the_change_and_writes_nothing(place: Place) -> None:
    """`plan` shows the difference and who gains access; it exits with 1 only if it was asked to."""
    ended = await live(place.url, "plan", place.key, place.file)
    assert ended.code == 0
    assert "+ kms:Sign" in ended.out
    assert "+ role App of account 111122223333: Sign: IAM → yes" in ended.out
    assert (await live(place.url, "plan", place.key, place.file, "--exit-code")).code == 1
    assert place.puts() == 0


async def test_a_plan_without_a_change(place: Place) -> None:
    """A policy that the key has is nothing to do, for `plan --exit-code` and for `apply`."""
    place.fake.set_policy(place.key, MORE)
    for args in (("plan", place.key, place.file, "--exit-code"), ("apply", place.key, place.file, "--yes")):
        ended = await live(place.url, *args)
        assert (ended.code, ended.out) == (0, f"key {place.key}: nothing to do\n")
    assert place.puts() == 0


async def test_a_saved_plan_is_applied_without_a_question(place: Place, tmp_path: Path) -> None:
    """A plan that was saved is shown again and carried out, as with Terraform; a second time it is out of date."""
    saved = tmp_path / "plan.json"
    ended = await live(place.url, "plan", place.key, place.file, "-o", saved)
    assert (ended.code, f"kmspolicy apply {saved}" in ended.err) == (0, True)
    assert Plan.from_json(saved.read_text()).new == MORE
    ended = await live(place.url, "apply", saved)
    assert (ended.code, "The policy was put (request " in ended.out) == (0, True)
    assert place.fake.policy(place.key) == MORE
    place.fake.set_policy(place.key, OTHER)
    ended = await live(place.url, "apply", saved)
    assert (ended.code, "make a new plan" in ended.err) == (4, True)
    assert place.fake.policy(place.key) == OTHER


async def test_what_is_no_saved_plan(place: Place, tmp_path: Path) -> None:
    """A file that is missing, or no plan, is unreadable; the message says how a policy is put."""
    for file, words in ((place.file, "this is not a saved plan: "), (tmp_path / "none", "No such file")):
        ended = await live(place.url, "apply", file)
        assert ended.code == 3
        assert words in ended.err
        assert "to put a policy: kmspolicy apply KEY PATH" in ended.err


async def test_a_saved_plan_has_its_policy(place: Place) -> None:
    """Options that choose a policy are wrong usage beside a saved plan."""
    ended = await live(place.url, "apply", "plan.json", "--parameter", "A=b")
    assert (ended.code, "a saved plan has its policy" in ended.err) == (2, True)


# --- apply: the question ----------------------------------------------------------------------------


async def test_apply_asks_on_a_terminal(place: Place, attended: None) -> None:
    """The plan is shown, the question is not part of the output, and only yes puts the policy."""
    ended = await live(place.url, "apply", place.key, place.file, text="yes\n")
    assert ended.code == 0
    assert f"Put this policy on key {place.key}? Only yes does it: " in ended.err
    assert "+ kms:Sign" in ended.out
    assert place.fake.policy(place.key) == MORE


@pytest.mark.parametrize("answer", ["no\n", "y\n", "\n", ""], ids=["no", "y", "a line end", "end of input"])
async def test_any_other_answer_sends_nothing(place: Place, attended: None, answer: str) -> None:
    """Without a yes, the end of the input included, nothing is sent, and the exit code says so."""
    ended = await live(place.url, "apply", place.key, place.file, text=answer)
    assert (ended.code, "Nothing was sent." in ended.err, place.puts()) == (1, True, 0)


async def test_ctrl_c_at_the_question(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C instead of an answer sends nothing, and the command says so."""

    def interrupted() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(
        apply, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True, readline=interrupted))
    )
    ended = await live(place.url, "apply", place.key, place.file)
    assert (ended.code, ended.err.splitlines()[-1], place.puts()) == (130, "Nothing was sent.", 0)


async def test_without_a_terminal_yes_must_be_said(place: Place) -> None:
    """Where nobody can be asked, the command says what to pass before it reads anything."""
    ended = await live(place.url, "apply", place.key, place.file, text="yes\n")
    assert (ended.code, "pass --yes" in ended.err, place.fake.calls) == (2, True, [])
    assert (await live(place.url, "apply", place.key, place.file, "--yes")).code == 0
    assert place.fake.policy(place.key) == MORE


async def test_somebody_else_writes_while_the_question_waits(
    place: Place, attended: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A policy that somebody changed since the plan is not overwritten; the message says what to do."""

    def agreed(_: str) -> bool:
        place.fake.set_policy(place.key, OTHER)
        return True

    monkeypatch.setattr(apply, "_agreed", agreed)
    ended = await live(place.url, "apply", place.key, place.file)
    assert (ended.code, "make a new plan" in ended.err, place.puts()) == (4, True, 0)
    assert place.fake.policy(place.key) == OTHER


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
async def test_in_a_terminal(place: Place) -> None:
    """In a real terminal the question is asked, and the answer counts."""
    import pty  # noqa: PLC0415 - not there on Windows

    ours, theirs = pty.openpty()
    os.write(ours, b"yes\n")
    process = await _start(place.url, "apply", place.key, str(place.file), stdin=theirs)
    out, err = await process.communicate()
    os.close(ours)
    os.close(theirs)
    assert (process.returncode, b"Only yes does it" in err, b"The policy was put" in out) == (0, True, True)
    assert place.fake.policy(place.key) == MORE


# --- apply: refusals --------------------------------------------------------------------------------


async def test_the_proof_of_no_new_access(place: Place, attended: None) -> None:
    """`--no-new-access` refuses who gains access before it asks, with a request that shows it, and lets the way back through."""
    ended = await live(place.url, "apply", place.key, place.file, "--no-new-access")
    assert ended.code == 1
    assert "nothing was sent: does not hold: no request is granted more than before; role App" in ended.err
    assert place.puts() == 0
    place.fake.set_policy(place.key, MORE)
    place.file.write_text(OLD.to_json())
    assert (await live(place.url, "apply", place.key, place.file, "--no-new-access", "--yes")).code == 0
    assert place.fake.policy(place.key) == OLD


async def test_a_policy_that_kms_would_refuse(place: Place) -> None:
    """A finding that is an error is shown and stops the put."""
    place.file.write_text(NOBODYS.to_json())
    ended = await live(place.url, "apply", place.key, place.file, "--yes")
    assert (ended.code, "for KMS would refuse this policy:\n  " in ended.err, place.puts()) == (1, True, 0)


async def test_a_lockout_that_kms_refuses(place: Place) -> None:
    """A lockout that only KMS knows, which knows the caller, is a refusal of AWS with advice for the command."""
    place.file.write_text(LOCKED.to_json())
    ended = await live(place.url, "apply", place.key, place.file, "--yes")
    assert ended.code == 4
    assert "PolicyLockoutException" in ended.err or "MalformedPolicyDocumentException" in ended.err
    assert "Allow kms:PutKeyPolicy to yourself" in ended.err
    assert place.fake.policy(place.key) == OLD


# --- which policy -----------------------------------------------------------------------------------

TEMPLATE = """
Resources:
  One:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}
            Action: kms:*
            Resource: '*'
  Two:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy: !ImportValue policy
  Three:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement: {Effect: Allow, Principal: {AWS: !Ref Admin}, Action: kms:*, Resource: '*'}
"""
OF_ACCOUNT = ("--parameter", f"AWS::AccountId={ACCOUNT}")


async def test_a_policy_of_a_template(place: Place, tmp_path: Path) -> None:
    """`--name` chooses a resource, `--parameter` gives values, and what is missing is named."""
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE)
    for args, words in (
        ((), "which of its policies? Choose one with --name; there are: 'One', 'Two', 'Three'"),
        (("--name", "Four"), "no resource has the name 'Four'"),
        (("--name", "Two"), "Two: "),
        (
            ("--name", "One"),
            "nothing is known yet of AWS::AccountId; give values with --parameter NAME=VALUE",
        ),
    ):
        ended = await live(place.url, "plan", place.key, file, *args)
        assert (ended.code, words in ended.err) == (2, True), ended.err
    ended = await live(place.url, "apply", place.key, file, "--name", "One", *OF_ACCOUNT, "--yes")
    assert ended.code == 0
    assert place.fake.policy(place.key).statements[0].principal == ROOT.principal


async def test_the_account_is_a_value(place: Place, tmp_path: Path) -> None:
    """The account of the command line or of `kmspolicy.toml` is that of a template, too."""
    file, settings = tmp_path / "template.yaml", tmp_path / "settings.toml"
    file.write_text(TEMPLATE)
    settings.write_text(f'account = "{ACCOUNT}"')
    for given in (("--account", ACCOUNT), ("--config", settings)):
        ended = await live(place.url, "plan", place.key, file, "--name", "One", *given, "--exit-code")
        assert ended.code == 1


async def test_the_caller_is_known(place: Place) -> None:
    """With `--caller`, a lockout of the caller is found before anything is sent."""
    place.file.write_text(LOCKED.to_json())
    caller = f"arn:aws:iam::{ACCOUNT}:user/alice"
    ended = await live(place.url, "apply", place.key, place.file, "--yes", "--caller", caller)
    assert (ended.code, "LOCKOUT_CALLER" in ended.err, place.puts()) == (1, True, 0)


async def test_an_account_that_the_key_does_not_have(place: Place) -> None:
    """An account that contradicts the ARN of the key is wrong usage."""
    arn = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{place.key}"
    ended = await live(place.url, "plan", arn, place.file, "--account", "444455556666")
    assert (ended.code, "444455556666" in ended.err) == (2, True)


async def test_placeholders_of_plain_json(place: Place) -> None:
    """The placeholders of plain JSON get their values from `--parameter`, too; a value of another form, or for nothing, is refused."""
    place.file.write_text(OTHER.to_json().replace(ACCOUNT, "<ACCOUNT_ID>"))
    for more, code in ((ACCOUNT, 0), ("12", 2), (f"{ACCOUNT} --parameter Unused=x", 2)):
        given = ("--parameter", *f"ACCOUNT_ID={more}".split())
        assert (await live(place.url, "plan", place.key, place.file, *given)).code == code


async def test_files_that_cannot_be_read(place: Place) -> None:
    """A file without a policy is exit 3 with its place, also where that shows only after it was filled."""
    place.file.write_text('{"Statement": [}')
    ended = await live(place.url, "plan", place.key, place.file)
    assert (ended.code, f"{place.file}, line 1, column 16" in ended.err) == (3, True)
    place.file.write_text(OTHER.to_json().replace("Allow", "${effect}"))
    ended = await live(place.url, "plan", place.key, place.file, "--parameter", "effect=Maybe")
    assert (ended.code, "Effect" in ended.err) == (3, True)


async def test_standard_input(place: Place) -> None:
    """`-` is a policy on standard input."""
    ended = await live(place.url, "plan", place.key, "-", "--exit-code", text=MORE.to_json())
    assert ended.code == 1


# --- AWS refuses, or does not answer ----------------------------------------------------------------


class Refusal(NamedTuple):
    """An answer of the service, and words of what is said."""

    answer: Error
    words: tuple[str, ...]


REFUSALS = {
    "no such key": Refusal(Error("NotFoundException"), ("NotFoundException", "Check the key id")),
    "not allowed": Refusal(Error("AccessDeniedException"), ("AccessDeniedException", "must allow it")),
    "expired": Refusal(Error("ExpiredTokenException"), ("expired: get new ones", "aws sso login")),
    "hostile": Refusal(Error("ValidationException", 400, "\x1b[2J\nfine"), (r"\x1b[2J\nfine",)),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
async def test_aws_refuses(kms: ScriptedKMS, refusal: Refusal) -> None:
    """What AWS refuses is exit 4 with one sentence that says what to do, and no traceback."""
    kms.answers(refusal.answer)
    ended = await live(kms.url, "get", NO_KEY)
    assert (ended.code, ended.out, ended.err.count("\n")) == (4, "", 1)
    assert all(words in ended.err for words in refusal.words), ended.err


async def test_the_policy_of_the_key_is_no_policy(kms: ScriptedKMS, place: Place) -> None:
    """A text of the server that is not a policy document cannot be compared."""
    kms.answers(Raw(200, json.dumps({"Policy": "{}"}).encode()))
    ended = await live(kms.url, "plan", NO_KEY, place.file)
    assert (ended.code, "the policy of the key cannot be read" in ended.err) == (3, True)


async def test_an_alias_is_no_key(place: Place) -> None:
    """What cannot be the id of a key is wrong usage."""
    ended = await live(place.url, "get", "alias/app")
    assert (ended.code, "alias" in ended.err, place.fake.calls) == (2, True, [])


class Setting(NamedTuple):
    """What is set where the command is called, and what it says."""

    args: tuple[str, ...]
    words: str
    credentials: bool = True


SETTINGS = {
    "no credentials": Setting(("--region", "us-east-1"), "aws sso login", credentials=False),
    "no Region": Setting((), "Give --region"),
    "a Region that cannot be": Setting(("--region", "x/y"), "Check --region"),
    "no such profile": Setting(("--profile", "nobody"), "aws configure list-profiles"),
    "an endpoint that is not a URL": Setting(
        ("--region", "us-east-1", "--endpoint-url", "x"), "cannot be opened: Invalid endpoint: x"
    ),
    "nobody listens": Setting(
        ("--region", "us-east-1", "--endpoint-url", "http://127.0.0.1:9"), "Check the network"
    ),
}


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS.keys())
async def test_settings_that_reach_no_kms(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps a request from leaving is exit 4 with what to do."""
    for name in () if setting.credentials else CREDENTIALS:
        monkeypatch.delenv(name)
    monkeypatch.setattr("kmspolicy.KeyPolicies", partial(KeyPolicies, retry=Retry(attempts=1)))
    ended = await asyncio.to_thread(run, "get", NO_KEY, *setting.args)
    assert (ended.code, ended.out, setting.words in ended.err) == (4, "", True), ended.err


# --- Ctrl-C, and what is loaded ---------------------------------------------------------------------


async def _start(url: str, *args: str, stdin: int = subprocess.DEVNULL) -> asyncio.subprocess.Process:
    command, *others = args
    where = ("--region", "us-east-1", "--endpoint-url", url)
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kmspolicy", command, *where, *others,
        stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let programs that a test starts be interrupted, also where a shell runs the tests in the background: there, SIGINT is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
async def test_ctrl_c(kms: ScriptedKMS, place: Place, interruptible: None) -> None:
    """Ctrl-C ends a command that waits for KMS with 130 and without a traceback."""
    kms.answers(Hang())
    process = await _start(kms.url, "get", NO_KEY)
    await kms.arrived.wait()
    process.send_signal(signal.SIGINT)
    _, err = await process.communicate()
    assert (process.returncode, err) == (130, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
async def test_ctrl_c_while_kms_does_not_answer_a_put(
    kms: ScriptedKMS, place: Place, interruptible: None
) -> None:
    """Ctrl-C while the put waits for its answer ends the command with 130, and it says that the policy may have been put."""
    there = Raw(200, json.dumps({"Policy": OLD.to_json()}).encode())
    kms.answers(there, there, Hang())
    process = await _start(kms.url, "apply", NO_KEY, str(place.file), "--yes")
    while len(kms.requests) < 3:
        kms.arrived.clear()
        await kms.arrived.wait()
    process.send_signal(signal.SIGINT)
    _, err = await process.communicate()
    assert kms.requests[-1][0] == "TrentService.PutKeyPolicy"
    assert (process.returncode, b"The policy may have been put" in err, b"Traceback" in err) == (
        130,
        True,
        False,
    )


async def test_ctrl_c_while_a_put_is_under_way(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """After Ctrl-C in a put, the command says that the policy may have been put; in a read, there is nothing to say."""

    async def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kmspolicy.KeyPolicies.apply", interrupted)
    ended = await live(place.url, "apply", place.key, place.file, "--yes")
    assert (ended.code, "The policy may have been put" in ended.err) == (130, True)
    monkeypatch.setattr("kmspolicy.KeyPolicies.get_text", interrupted)
    assert await live(place.url, "get", place.key) == (130, "", "")


def test_other_commands_load_no_botocore() -> None:
    """No command loads asyncio, botocore or aiobotocore before it speaks to KMS; the help of all commands included."""
    code = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from kmspolicy._cli._app import COMMANDS, app\n"
        "for commands in COMMANDS.values():\n"
        "    for name in commands:\n"
        "        assert CliRunner().invoke(app, [name, '--help']).exit_code == 0\n"
        "print(sorted({'asyncio', 'botocore', 'aiobotocore', 'aiohttp'} & sys.modules.keys()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603 - ours
    assert done.stdout == "[]\n"
