"""Writes ``reference/command.md`` from the help of the command; a test compares the two."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from kmspolicy._cli._app import COMMANDS, app

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parent / "reference" / "command.md"
HEAD = """# The command

`pip install "kmspolicy[cli]"` installs the command `kmspolicy`. `kmspolicy COMMAND --help` shows the same options in a terminal.
`python docs/make_command.py` writes this page.

A PATH is a file or a folder: policies in JSON and YAML, CloudFormation templates, Terraform plans in JSON, output of the AWS CLI, and
manifests of ACK and Crossplane; `-` is standard input. A path that is given twice is read once. In a folder, files without key policies are
skipped; a file that is named must have one. Links to files are followed, those to folders are not: name the folder itself. A link that leads
nowhere and a folder that cannot be opened end with the exit code 3.

To complete commands and options in bash, run `eval "$(_KMSPOLICY_COMPLETE=bash_source kmspolicy)"`. For zsh, write `zsh_source`. For fish, run
`_KMSPOLICY_COMPLETE=fish_source kmspolicy | source`.

## Exit codes

If several apply, the exit code is the highest of them.

| code | meaning |
| ---: | --- |
| 0 | nothing was found |
| 1 | findings of the severity of `--fail-on` or a worse one; a difference, with `--exit-code`; another answer than that of `--expect`; a claim that does not hold |
| 2 | wrong usage: an option, the settings, a baseline, or an output that cannot be written |
| 3 | an input cannot be read, or no key policy was found in a path; the other files are still judged. `check` without `--strict` says so, and goes on |
| 4 | AWS refused, or did not answer |
| 130 | Ctrl-C |
"""
FORMS = """
## What check writes

`-f text`, the default, is for people. Each finding has its place, as compilers write it, what is wrong, and what to do. The last lines have the totals. On a
terminal, severities have colours, unless `NO_COLOR` is set.

`-f json` is for programs. A new field does not change the version.

| field | |
| --- | --- |
| `version` | 1 |
| `kmspolicy` | the version of the command |
| `summary` | how many policies were judged, findings there are of each severity, and so on |
| `findings` | each with `file`, `resource`, `line`, `column`, `code`, `severity`, `message`, `hint`, `path` and `steps` (where in the policy, as text and as a list), `depends_on`, `url` (the evidence), `page` (our page about it), `fingerprint`, and `suppressed`: why it does not count, or null |
| `not_judged` | keys without a policy of their own in the files: `file`, `resource`, `told`, `why` |
| `errors` | what could not be read, and with `--strict` the paths without a key policy: `file`, `line`, `column`, `message` |

`-f sarif` is SARIF 2.1.0, for services that show results of analyses. Findings that do not count are suppressed, with their reasons. The names of files below the
current folder are relative to it. The level is `error` for errors and security warnings, `warning` for warnings, and `note` for suggestions.

`-f github` writes annotations of GitHub Actions, the worst first, since GitHub shows ten of a kind for each step.

## What report writes

`-f html`, the default, is a page. `-f csv` is a table with a row for each finding and each access; no cell is a formula. `-f jsonl` has a line of JSON for
each key, and for each input that cannot be read:

| field | |
| --- | --- |
| `file`, `line`, `resource`, `key_arn` | where the key stands, and its ARN where the file tells it |
| `account` | the account of the key; null if it is not known |
| `told`, `why` | `policy`; `default`, `elsewhere`, `unresolved`, `deleted` or `unreadable`, and why there is no policy |
| `worst` | the worst severity of what was found; null for nothing |
| `findings` | as in the JSON of check |
| `outside`, `inside` | who outside gets in, and who inside can lock everybody out: each with `group`, `who`, `account`, `actions`, `statement`, `sid`, `condition`, `denied_by`, `witness`, `unknown`, `depends_on`, `url`, and `words` for people |
| `outside_unknown`, `inside_unknown` | why more is not known of it, or null |

## Settings

`kmspolicy.toml` has the settings for every run. It is in the current folder, or in the nearest folder above it, up to the root of the git repository.
Outside of a repository, only the current folder counts. If the file is in another folder, the command names it on standard error (with `-f text` and
`-f github`). Options of the command line have precedence.

```toml
account = "111122223333"
caller = "arn:aws:iam::111122223333:role/Deploy"
fail-on = "warning"

[[ignore]]
code = "PUBLIC_ACCESS"
resource = "Demo*"            # optional; * stands for any text, all else for itself
path = "examples/*"           # optional, likewise: from the folder of kmspolicy.toml, or with --config from the current one
reason = "the demo account has no data"
expires = 2027-01-31          # optional: the last day
```

An unknown name, or an entry without a reason, is an error. After its last day, an entry has no effect, and the command says so.

## Findings that do not count

- `--ignore CODE` or `--ignore CODE:RESOURCE`, for one run.
- `[[ignore]]` in the settings, with a reason.
- in a CloudFormation template, beside the key: `Metadata: {kmspolicy: {ignore: [{code: PUBLIC_ACCESS, reason: a test key}]}}`.
- a baseline: `--write-baseline FILE` writes the present findings, and with `--baseline FILE` only new ones count. A finding that moves to another line is
  not new. If its statement changes, it is new; so it is, unless it is a suggestion, if a Deny or the Version of the policy changes. A lockout of
  another caller or of another key is new. A second finding that is equal to a first one is new.
"""


def page() -> str:
    """Write the page."""
    context = click.Context(app, info_name="kmspolicy")
    parts = [HEAD]
    for title, commands in COMMANDS.items():
        parts.append(f"\n## {title}\n")
        for name in commands:
            command = cast("click.Group", app).get_command(context, name)
            if command is not None:
                parts += _sections(command, name, context)
    return "".join([*parts, FORMS])


def _sections(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    """Yield the section of a command, and those of its own commands."""
    context = click.Context(command, info_name=name, parent=parent)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"\n### {context.command_path}\n\n`{context.command_path} {usage}`\n\n{_words(command.help or '')}\n"
    options = [one for one in command.params if isinstance(one, click.Option)]
    if options:
        yield "\n| option | |\n| --- | --- |\n" + "".join(map(_row, options))
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            own = command.get_command(context, each)
            if own is not None:
                yield from _sections(own, each, context)


def _row(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    if isinstance(option.type, click.Choice):
        value = " " + ", ".join(f"`{choice}`" for choice in option.type.choices)
    else:
        value = "" if option.is_flag else f" {option.metavar or option.type.name.upper()}"
    return f"| {names}{value} | {_words(option.help or '')} |\n"


def _words(text: str) -> str:
    """Return a help as Markdown: paragraphs on a line each, and nothing in it is markup."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in text.replace("\b", "").split("\n\n"))
    escaped = "\n\n".join(re.sub(r"([*<>|_\[\]])", r"\\\1", paragraph) for paragraph in paragraphs)
    return re.sub(r"--[a-z-]+", r"`\g<0>`", escaped)  # two hyphens would become a dash


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
