"""Ask validators what is wrong with the SARIF that the command writes: ``nox -s sarif``.

The arguments are the schema, and the multitool of Microsoft where it runs: it knows rules that a schema cannot say, and
what GitHub demands.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = '{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}'
PUBLIC = '{"Effect": "Allow", "Principal": "*", "Action": ["kms:Decrypt", "kms:Decypt"], "Resource": "*"}'
POLICY = f'{{"Version": "2012-10-17", "Statement": [\n{ROOT},\n{PUBLIC}\n]}}\n'
TEMPLATE = f"""Resources:
  Key:
    Type: AWS::KMS::Key
    Metadata: {{kmspolicy: {{ignore: [{{code: PUBLIC_ACCESS, reason: a test key}}]}}}}
    Properties: {{KeyPolicy: {POLICY.replace(chr(10), "")}}}
  Other:
    Type: AWS::KMS::Key
    Properties: {{KeyPolicy: !Transform {{Name: AWS::Include}}}}
"""
PLAN = json.dumps({
    "format_version": "1.2",
    "resource_changes": [{
        "address": "aws_kms_key.this", "mode": "managed", "type": "aws_kms_key", "name": "this",
        "change": {"actions": ["create"], "before": None, "after": {"policy": POLICY}, "after_unknown": {}},
    }],
    "configuration": {"root_module": {"resources": [{
        "address": "aws_kms_key.this", "mode": "managed", "type": "aws_kms_key", "name": "this",
        "expressions": {"policy": {"constant_value": POLICY}},
    }]}},
})  # fmt: skip
INSIDE = {
    "good.json": POLICY.replace(f",\n{PUBLIC}", ""),
    "public.json": POLICY,
    "Schlüssel für Ä, 100 %: 鍵 #1.json": POLICY,
    "template.yaml": TEMPLATE,
    "plan.json": PLAN,
    "broken.json": "{",
}
"""Findings with places, suppressed and unresolved ones, names that an address must escape, a plan, which has no places."""
LOGS = {
    "nothing found": ("good.json",),
    "findings": ("public.json", "template.yaml", "plan.json"),
    "names": (*(name for name in INSIDE if not name.isascii()), "../else where/public.json"),
    "unreadable": ("broken.json", "public.json", "not there.json"),
}

NOT_FOR_US = {
    "SARIF2002": "our messages have no arguments that a rule could hold",
    "SARIF2003": "what the files were checked out from is for the pipeline to say",
    "SARIF2006": "an address is reached only with the network, and the page only once it is published",
    "SARIF2009": "our rules have the names that findings have everywhere",
    "SARIF2010": "a policy may be a secret of its project; the log holds none of it",
    "SARIF2011": "the same",
    "SARIF2012": "a second name of a rule is one more to look up, and a log without findings needs no rules",
    "SARIF2016": "a file outside the folder has no other address",
}


def written(folder: Path) -> Iterator[Path]:
    """Write the files and the logs of the command about them; yield the logs."""
    inside, outside = folder / "in here", folder / "else where"
    inside.mkdir()
    outside.mkdir()
    for name, text in INSIDE.items():
        (inside / name).write_text(text, encoding="utf-8")
    (outside / "public.json").write_text(POLICY, encoding="utf-8")
    for name, paths in LOGS.items():
        log = folder / f"{name}.sarif"
        command = [sys.executable, "-m", "kmspolicy", "check", "-f", "sarif", "-o", str(log), *paths]
        subprocess.run(command, cwd=inside, check=False)  # noqa: S603 - our own command; its exit code is not asked
        yield log


def against_schema(logs: list[Path], schema: str) -> Iterator[str]:
    """Yield what the schema says against logs."""
    # Its patterns are not those of a newer JavaScript.
    command = ["check-jsonschema", "--regex-variant", "nonunicode", "--schemafile", schema, *map(str, logs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - what the session installed
    if done.returncode:
        yield done.stdout + done.stderr


def against_rules(log: Path, multitool: str) -> Iterator[str]:
    """Yield what the rules say against a log."""
    report = log.with_suffix(".report")
    command = [multitool, "validate", str(log), "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note"]
    # Without it, its runtime asks for a library of languages, which small images do not have.
    env = os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    subprocess.run([*command, "-o", str(report)], capture_output=True, check=False, env=env)  # noqa: S603 - the same
    said: Any = json.loads(report.read_text(encoding="utf-8-sig"))["runs"][0]
    for one in (*said["results"], *said["invocations"][0].get("toolExecutionNotifications", ())):
        if one.get("ruleId") not in NOT_FOR_US:
            yield f"{log.stem}: {one.get('ruleId')}: {json.dumps(one['message'])}"


def main(schema: str, multitool: str | None = None) -> str | None:
    """Return what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        logs = [*written(Path(folder))]
        wrong = [*against_schema(logs, schema)]
        if multitool is not None:
            wrong += [text for log in logs for text in against_rules(log, multitool)]
    print(f"{len(logs)} logs, {len(wrong)} complaints")  # noqa: T201 - a script prints
    return "\n".join(wrong) or None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
