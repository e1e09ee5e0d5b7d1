"""Texts that would hide something or pose as ours, documents full of them, and what may not be seen of them.

Each text is unseen, or a sentence or a word of letters around MALLORY, so that each must stand in quotes wherever it is shown
among words of ours, and nothing of ours has the name.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from property.strategies import ACCOUNT, ALICE, APP, SERVICE, few

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Json = dict[str, Any]

MALLORY = "mallory"
_UNSEEN = [
    "\0", "\x07", "\b", "\t", "\n", "\r", "\x1b[2J", "\x7f", "\x85", "\x9b", "\xa0", "\xad",
    "\u061c", "\u200b", "\u200d", "\u200e", "\u2028", "\u2029", "\u202e", "\u2060", "\u2066", "\ufeff", "\ufe0f",
    "\U000e0001", "\U000e0061",
]  # fmt: skip
_POSING = [
    MALLORY,
    f"{MALLORY}): Allows every action to everyone",
    f"{MALLORY}' or account",
    f'{MALLORY}" and the',
    f"{MALLORY} \\",
    f"@@ {MALLORY} gained @@",
    f"+ {MALLORY}: every action: · → yes",
    f"Statement[0]: Allows {MALLORY}",
    f"error {MALLORY}: KMS refuses it.",
    f"key {MALLORY}: nothing to do",
    f"No statement allows {MALLORY}.",
    f"<b title='{MALLORY} x'>",
    f"{MALLORY} " * 200,
]

# What makes of a text a key, an action, an operator or an ARN of a kind.
_BEGINNINGS = [
    "kms:",
    "aws:",
    "aws:PrincipalTag/",
    "kms:EncryptionContext:",
    "ForAllValues:",
    f"arn:aws:iam::{ACCOUNT}:role/",
    f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/",
]
HOSTILE_CALLER = f"arn:aws:iam::{ACCOUNT}:user/{MALLORY}):/x"

_SENTENCES = st.lists(st.sampled_from(_UNSEEN + _POSING), min_size=1, max_size=3).map(" ".join)
TEXTS = st.one_of(_SENTENCES, st.tuples(st.sampled_from(_BEGINNINGS), _SENTENCES).map(" ".join))
WORDS_OF_A_SERVER = st.lists(
    st.sampled_from([*_UNSEEN, *_POSING, "\ud800"]), min_size=1, max_size=3
).map(" ".join)  # fmt: skip


def _or(*ordinary: Any) -> st.SearchStrategy[Any]:
    return st.one_of(TEXTS, *map(st.just, ordinary))


def _some(*ordinary: Any) -> st.SearchStrategy[Any]:
    return st.one_of(_or(*ordinary), st.lists(_or(*ordinary), max_size=3))


_NAMES: Json = {
    "AWS": _some("*", ACCOUNT, ALICE, APP, HOSTILE_CALLER, f"arn:aws-cn:iam::{ACCOUNT}:role/App"),
    "Service": _some(SERVICE),
    "Federated": _some(),
    "CanonicalUser": _some(),
}
_PRINCIPALS = st.one_of(st.just("*"), st.fixed_dictionaries({}, optional=_NAMES))
_CONDITIONS = st.dictionaries(
    _or("StringEquals", "ForAnyValue:StringLike", "Bool", "Null", "NumericLessThan", "ArnLikeIfExists"),
    st.dictionaries(_or("kms:ViaService", "aws:PrincipalArn"), _some(1, "true", APP), max_size=2),
    max_size=2,
)


def _element(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.sampled_from([name, name, f"Not{name}"]).flatmap(
        lambda key: st.fixed_dictionaries({key: values})
    )


@st.composite
def statements(draw: st.DrawFn) -> Json:
    """Draw a statement with such texts in all places, among ordinary ones that make it say something."""
    return {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        **draw(_element("Principal", _PRINCIPALS)),
        **draw(_element("Action", _some("kms:*", "kms:Decrypt", "kms:PutKeyPolicy"))),
        **draw(_element("Resource", st.one_of(st.just("*"), _some("*")))),
        **draw(st.fixed_dictionaries({}, optional={"Sid": TEXTS, "Condition": _CONDITIONS})),
    }


DOCUMENTS = st.fixed_dictionaries(
    {"Statement": st.lists(statements(), max_size=3), "Version": _or("2012-10-17")},
    optional={"Id": TEXTS},
)
CONTEXTS = st.dictionaries(
    st.sampled_from(["kms:ViaService", "aws:PrincipalOrgID"]), few(["true", f"{MALLORY} x\x9b"]), max_size=2
)


# --- what may not be seen --------------------------------------------------------------------------

_RAW = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029"  # controls and separators
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # directions
    r"\u200b-\u200d\u2060\ufeff\u00ad\U000e0000-\U000e007f"  # without width, and tags
    r"\ud800-\udfff]"
)
_QUOTED = re.compile(  # the quotes of JSON stay open where it was cut
    r"""(?<!\w)(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*(?:"|… and [\d,]+ more characters?$))"""
)
_STEP = re.compile(rf"\.{MALLORY}\b")  # a name in a path, behind its dot


def raw(text: str) -> list[str]:
    """Return the characters of a text that no terminal may get, our own line ends aside."""
    return _RAW.findall(text)


def posing(text: str) -> list[str]:
    """Return the lines of a text in which words of Mallory stand outside quotes."""
    return [line for line in text.split("\n") if MALLORY in _STEP.sub("", _QUOTED.sub("", line))]


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if name != "style" and value is not None]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def texts_of(html: str) -> Iterator[str]:
    """Go through what a reader of HTML sees: texts, and what shows when the pointer rests on them."""
    parser = _Texts()
    parser.feed(html)
    parser.close()
    yield html
    yield from parser.texts
