"""Fuzz the reading of documents, guided by coverage; ``nox -s fuzz -- SECONDS`` runs it.

Whatever the bytes: they are a policy, or a PolicyDocumentError that says where. What is a policy is what the
standard library reads, and is the same after it was written and read again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["kmspolicy"]):
    from kmspolicy import Policy, _text, errors

SEED = Path(__file__).parent.parent / "tests" / "data" / "put-key-policy-example.json"
SEEDS = [
    b'{"Statement":[]}',
    b'{"Version":"v","Id":"x","Statement":{"Effect":"Deny","NotPrincipal":"*","NotAction":[],"NotResource":"*"}}',
    b'{"Statement":[{"Effect":"Allow","Principal":{"AWS":["a","b"],"Service":"c","Federated":[],"CanonicalUser":"d"}}]}',
    b'{"Statement":[{"Effect":"Allow","Condition":{"Bool":{"a":true,"b":[1,1.5e3,"x",false]},"Null":{}}}]}',
    '{"Id":"\\ud83d\\ude00 é €","Statement":[{"Sid":"","Effect":"Allow","Sid":null}]}'.encode(),
]
WORDS = [
    *("Version", "Id", "Statement", "Sid", "Effect", "Allow", "Deny", "Principal", "NotPrincipal", "Action"),
    *("NotAction", "Resource", "NotResource", "Condition", "AWS", "Service", "Federated", "CanonicalUser"),
]
TOKENS = [
    *(f'"{word}":' for word in WORDS),
    "\\ud800",
    "\\u0041",
    "NaN",
    "1e999",
    "-0.0",
    "//",
    "\ufeff",
    "{{{{",
    "[[[[",
]


def try_one(data: bytes) -> None:
    """Read some bytes, and hold the promises of the docstring above against what comes."""
    try:
        policy = Policy.from_json(data)
    except errors.PolicyDocumentError as error:
        if not error.problems or any(problem.line is None for problem in error.problems):
            raise AssertionError(error.problems) from error
        return
    text = json.dumps(json.loads(data), sort_keys=True)
    if json.dumps(policy.to_dict(), sort_keys=True) != text:
        raise AssertionError(text)
    if Policy.from_json(policy.to_json()) != policy or Policy.from_json(policy.to_json(indent=1)) != policy:
        raise AssertionError(policy)
    if _text.scan(data).faults:
        raise AssertionError(data)


def main() -> None:
    """Run libFuzzer on the seeds with a dictionary of the grammar's words."""
    with TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, seed in enumerate([SEED.read_bytes(), *SEEDS]):
            (corpus / str(number)).write_bytes(seed)
        words = Path(folder) / "words"
        lines = ("".join(f"\\x{byte:02x}" for byte in token.encode()) for token in TOKENS)
        words.write_text("".join(f'"{line}"\n' for line in lines), encoding="ascii")
        atheris.Setup([*sys.argv, f"-dict={words}", "-max_len=4096", str(corpus)], try_one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
