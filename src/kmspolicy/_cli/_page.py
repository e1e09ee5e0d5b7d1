"""A report as one page of HTML that needs nothing else: it can be sorted, filtered and printed, and asks no other server."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from kmspolicy import ExternalGroup, Severity
from kmspolicy._cli._record import NO_ACCOUNT, NOT_KNOWN
from kmspolicy._printable import printable
from kmspolicy._render._markup import Markup, element
from kmspolicy._words._lists import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from kmspolicy._cli._record import Record

_SEVERITIES: Final = [severity.value for severity in Severity]
_NOT_READ: Final = -1
"""The place of what cannot be read among the severities: it is shown whatever is filtered, for it may be worse than all."""
_COLUMNS: Final = (
    "Key",
    "Account",
    "Result",
    "Who outside gets in",
    "Who inside can lock everybody out",
    "Findings",
)
_TOLD: Final = {
    "policy": "nothing found",
    "default": "default policy",
    "elsewhere": "set elsewhere",
    "unresolved": "not known",
    "deleted": "deleted",
    "unreadable": "cannot be read",
}
_GROUPS: Final[Mapping[ExternalGroup, str]] = {
    ExternalGroup.PUBLIC: "every principal of every AWS account",
    ExternalGroup.ORGANISATION: "the principals of an organisation of AWS Organizations, or of a part of it",
    ExternalGroup.ANYONE_WITH: "everyone whose requests have a value that AWS sets: that of a VPC endpoint, for example",
    ExternalGroup.UNTRUSTED_ACCOUNT: "principals of another account, with an IAM policy of that account",
    ExternalGroup.TRUSTED_ACCOUNT: "the same, of an account that --trusted names",
    ExternalGroup.SERVICE: "an AWS service, also when it works for somebody else: no condition on aws:SourceArn or "
    "aws:SourceAccount protects from a confused deputy",
    ExternalGroup.PROTECTED_SERVICE: "an AWS service that works for what the policy names",
    ExternalGroup.UNKNOWN: "a principal that may be of the key's own account or of another one",
    ExternalGroup.INSIDE: "who inside can lock everybody out: who may put another key policy, or schedule the deletion of the key",
}
_STYLE: Final = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 1.5rem; display: flex; flex-direction: column; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; order: -3; }
#summary { order: -2; margin: 0 0 .5rem; }
form { order: -1; margin: .5rem 0 1rem; display: flex; gap: .75rem; flex-wrap: wrap; align-items: center; }
input, select { font: inherit; padding: .25rem .5rem; max-width: 100%; box-sizing: border-box; }
#text { flex: 0 1 24rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #8885; overflow-wrap: anywhere; }
thead th { position: sticky; top: 0; background: Canvas; vertical-align: bottom; }
th:nth-child(1) { width: 15%; }
th:nth-child(2) { width: 8.5rem; }
th:nth-child(3) { width: 7.5rem; }
th:nth-child(4) { width: 24%; }
th:nth-child(5) { width: 17%; }
th button { all: unset; cursor: pointer; font-weight: 600; overflow-wrap: normal; }
th button:focus-visible { outline: 2px solid; }
th[aria-sort] button::after { content: " \\2193"; }
th[aria-sort=descending] button::after { content: " \\2191"; }
small, #made, dd { color: #59636e; }
small { display: block; }
.error, .public, .unreadable { color: #cf222e; font-weight: 600; }
.security-warning { color: #a13db5; font-weight: 600; }
.warning, .unresolved { color: #9a6700; }
.suggestion { color: #0969da; }
ul { margin: 0; padding-left: 1.1rem; }
summary { cursor: pointer; }
td summary, td a { font-size: .85em; }
#words { margin: 1.5rem 0; }
#made { margin: 0; }
dd { margin: 0 0 .4rem 1.1rem; }
@media (prefers-color-scheme: dark) {
  small, #made, dd { color: #9198a1; } a { color: #58a6ff; }
  .error, .public, .unreadable { color: #ff7b72; } .security-warning { color: #e27bf2; } .warning, .unresolved { color: #d29922; }
  .suggestion { color: #58a6ff; }
}
@media (max-width: 50rem) {
  body { margin: .75rem; }
  thead { display: none; }
  table, tbody, tr, td { display: block; border: none; }
  tr { border-bottom: 1px solid #8885; padding: .5rem 0; }
  td { padding: .15rem 0; }
  td:first-child { font-weight: 600; }
  td[data-title]:not(:first-child)::before { content: attr(data-title) ": "; color: #707982; }
}
@media print { form { display: none; } details > * { display: block; } thead th { position: static; } }
"""
_SCRIPT: Final = """
const body = document.querySelector("tbody"), text = document.querySelector("#text"), worst = document.querySelector("#worst");
const rows = [...body.rows], words = new Map();
const show = () => {
  const wanted = text.value.toLowerCase(), least = worst.value;
  for (const row of rows) {
    if (!words.has(row)) words.set(row, row.textContent.toLowerCase());
    row.hidden = !words.get(row).includes(wanted) || (least !== "" && Number(row.dataset.worst) > Number(least));
  }
  document.querySelector("#shown").textContent = rows.filter(row => !row.hidden).length + " of " + rows.length + " shown";
};
text.addEventListener("input", show);
worst.addEventListener("change", show);
document.querySelector("form").addEventListener("submit", event => event.preventDefault());
document.querySelectorAll("thead th").forEach((head, column) => head.firstChild.addEventListener("click", () => {
  const up = head.ariaSort !== "ascending";
  document.querySelectorAll("thead th").forEach(each => each.removeAttribute("aria-sort"));
  head.ariaSort = up ? "ascending" : "descending";
  const key = row => row.cells[column].dataset.key ?? row.cells[column].textContent;
  rows.sort((a, b) => key(a).localeCompare(key(b), undefined, {numeric: true}) * (up ? 1 : -1));
  body.append(...rows);
}));
show();
"""
"""What sorts and filters. The page allows this script alone, by its digest, and no request to anywhere."""


def page_of(records: Iterable[Record], made: date) -> Iterator[str]:
    """Yield the page, a part for each key, so that it need not be in memory as a whole; it says when it was made."""
    yield _head()
    counts: Counter[str] = Counter()
    for record in records:
        counts["keys"] += record["told"] != "unreadable"
        counts[record["worst"] or record["told"]] += 1
        public = [one for one in record["outside"] if one["group"] == ExternalGroup.PUBLIC.value]
        counts["public"] += bool(public)
        counts["perhaps"] += bool(public) and all(one["unknown"] or one["depends_on"] for one in public)
        counts["outside"] += any(one["unknown"] is None for one in record["outside"])
        counts["whose"] += record["told"] != "unreadable" and record["account"] is None
        yield _row(record) + "\n"
    yield "</tbody></table>\n"
    yield element("p", _summary(counts), id="summary")
    yield element("details", element("summary", "What the words mean"), _meanings(), id="words")
    yield element("p", f"Made by kmspolicy {version('kmspolicy')} on {made} (UTC).", id="made")
    yield f"<script>{_SCRIPT}</script></body></html>"


def _head() -> str:
    digests = {
        name: b64encode(sha256(text.encode()).digest()).decode()
        for name, text in (("style", _STYLE), ("script", _SCRIPT))
    }
    policy = "default-src 'none'; " + "; ".join(
        f"{name}-src 'sha256-{digest}'" for name, digest in digests.items()
    )
    options = [element("option", "all severities", value="")]
    options += [
        element("option", f"{name} and worse", value=number)
        for number, name in reversed([*enumerate(_SEVERITIES)])
    ]
    heads = [element("th", element("button", name, type="button"), scope="col") for name in _COLUMNS]
    return "".join(
        [
            "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width'>",
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            f"<title>Key policies</title><style>{_STYLE}</style></head><body><h1>Key policies</h1>",
            "<form><input id=text type=search placeholder='Find a key, an account, a code' aria-label=Find>",
            f"<select id=worst aria-label=Severity>{''.join(options)}</select><output id=shown></output></form>",
            f"<table><thead><tr>{''.join(heads)}</tr></thead><tbody>\n",
        ]
    )


def _row(record: Record) -> Markup:
    worst, told = record["worst"], record["told"]
    number = _SEVERITIES.index(worst) if worst else _NOT_READ if told == "unreadable" else len(_SEVERITIES)
    state = worst or _TOLD[told]
    where = record["file"] + ("" if record["line"] is None else f":{record['line']}")
    name = record["resource"]
    cells: list[tuple[int | None, list[str]]] = [
        (None, [_text(name or where), *([_small(where)] if name not in (None, record["file"]) else [])]),
        (None, [_text(record["account"] or (NOT_KNOWN if told == "unreadable" else NO_ACCOUNT))]),
        (number, [element("span", state, class_=(worst or told).replace(" ", "-"))]),
        (len(record["outside"]), _entries(record["outside"], record["outside_unknown"])),
        (len(record["inside"]), _entries(record["inside"], record["inside_unknown"])),
        (len(record["findings"]), _details(record)),
    ]
    drawn = [
        element("td", *parts, data_title=title, **({} if key is None else {"data_key": key}))
        for title, (key, parts) in zip(_COLUMNS, cells, strict=True)
    ]
    return element("tr", *drawn, data_worst=number)


def _text(text: str) -> str:
    return printable(text)


def _small(text: str) -> Markup:
    return element("small", printable(text))


def _entries(entries: list[dict[str, Any]], unknown: str | None) -> list[str]:
    """Return who gets in: the group, who, for what, and of those outside a request that shows it; and why more is not known."""
    if not entries:
        return [_text(unknown or "nobody")]
    return [element("ul", *map(_entry, entries)), *([_text(unknown)] if unknown else [])]


def _entry(entry: dict[str, Any]) -> Markup:
    group, words = entry["group"], entry["words"]
    is_inside = group == ExternalGroup.INSIDE.value
    what = ", ".join(filter(None, (words["what"], words["when"])))
    example = f"for example, {words['example']}" if words["example"] and not is_inside else ""
    return element(
        "li",
        *([] if is_inside else [element("span", f"{group}: ", class_=group.replace(" ", "-"))]),
        _text(words["who"]),
        *map(_small, filter(None, (what, example))),
    )


def _details(record: Record) -> list[str]:
    """Return what was found, closed at first; or why nothing could be."""
    told = [_text(record["why"])] if record["why"] else []
    if not record["findings"]:
        return told or ["none"]
    counted = [one for one in record["findings"] if one["suppressed"] is None]
    items = [
        element(
            "li",
            element(
                "a", one["code"], href=one["page"], class_=one["severity"].replace(" ", "-"), rel="noreferrer"
            ),
            _text(f" {one['message']}"),
            _small(one["hint"] if one["suppressed"] is None else f"does not count: {one['suppressed']}"),
        )
        for one in record["findings"]
    ]
    codes = ", ".join(dict.fromkeys(one["code"] for one in counted)) or "none that counts"
    return [*told, element("details", element("summary", codes), element("ul", *items))]


def _meanings() -> Markup:
    """Return what the groups of those who get in mean, each with the page of AWS about it."""
    return element(
        "dl",
        *(
            part
            for group, words in _GROUPS.items()
            for part in (
                element("dt", element("a", group.value, href=group.url, rel="noreferrer")),
                element("dd", words),
            )
        ),
    )


def _summary(counts: Counter[str]) -> str:
    articles = [
        f"{'an' if name == 'error' else 'a'} {name} for {counts[name]:,}"
        for name in _SEVERITIES
        if counts[name]
    ]
    found = f"the worst finding is {', '.join(articles)}" if articles else "nothing was found"
    perhaps = f" ({counts['perhaps']:,} of them perhaps)" if counts["perhaps"] else ""
    access = f"{counts['public']:,} public{perhaps}, {counts['outside']:,} with access from outside"
    sentences = [f"{counted(counts['keys'], 'key')}: {access}; {found}."]
    if counts["whose"]:
        sentences.append(f"The account of {counted(counts['whose'], 'key')} is not known: give --account.")
    if counts["unreadable"]:
        sentences.append(f"{counted(counts['unreadable'], 'input')} could not be read.")
    return " ".join(sentences)
