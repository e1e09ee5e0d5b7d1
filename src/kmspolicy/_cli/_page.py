"""A report as one page of HTML that needs nothing else: it can be sorted, filtered and printed, and asks no other server."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from kmspolicy import Severity
from kmspolicy._cli._record import NO_ACCOUNT
from kmspolicy._printable import printable
from kmspolicy._render._markup import Markup, element
from kmspolicy._words._lists import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kmspolicy._cli._record import Record

_SEVERITIES: Final = [severity.value for severity in Severity]
_COLUMNS: Final = ("Key", "Account", "Worst", "Outside", "Can lock everybody out", "Findings")
_TOLD: Final = {
    "policy": "nothing found",
    "default": "default policy",
    "elsewhere": "set elsewhere",
    "unresolved": "not known",
    "deleted": "deleted",
    "unreadable": "cannot be read",
}
_STYLE: Final = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 1.5rem; display: flex; flex-direction: column; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; order: -3; }
#summary { order: -2; margin: 0 0 1rem; }
form { order: -1; margin: 0 0 1rem; display: flex; gap: .75rem; flex-wrap: wrap; }
input, select { font: inherit; padding: .25rem .5rem; max-width: 100%; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #8885; overflow-wrap: anywhere; }
thead th { position: sticky; top: 0; background: Canvas; }
th:nth-child(2), td:nth-child(2), th:nth-child(3), td:nth-child(3) { white-space: nowrap; }
th:first-child, th:nth-child(5) { width: 22%; }
th:nth-child(4) { width: 26%; }
th button { all: unset; cursor: pointer; font-weight: 600; }
th button:focus-visible { outline: 2px solid; }
th[aria-sort] button::after { content: " \\2193"; }
th[aria-sort=descending] button::after { content: " \\2191"; }
small { color: GrayText; display: block; }
.error, .public, .unreadable { color: #cf222e; font-weight: 600; }
.security-warning { color: #a13db5; font-weight: 600; }
.warning, .unresolved { color: #9a6700; }
.suggestion { color: #0969da; }
ul { margin: 0; padding-left: 1.1rem; }
summary { cursor: pointer; }
@media (prefers-color-scheme: dark) {
  .error, .public, .unreadable { color: #ff7b72; } .security-warning { color: #e27bf2; } .warning, .unresolved { color: #d29922; }
  .suggestion { color: #58a6ff; }
}
@media (max-width: 50rem) {
  body { margin: .75rem; }
  thead { display: none; }
  tr, td { display: block; border: none; }
  tr { border-bottom: 1px solid #8885; padding: .5rem 0; }
  td { padding: .15rem 0; }
  td[data-title]:not(:first-child)::before { content: attr(data-title) ": "; color: GrayText; }
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


def page_of(records: Iterable[Record]) -> Iterator[str]:
    """Yield the page, a part for each key, so that it need not be in memory as a whole."""
    yield _head()
    counts: Counter[str] = Counter()
    for record in records:
        counts["keys"] += record["told"] != "unreadable"
        counts[record["worst"] or record["told"]] += 1
        counts["public"] += any(one["group"] == "public" for one in record["outside"])
        counts["outside"] += any(one["unknown"] is None for one in record["outside"])
        yield _row(record) + "\n"
    yield "</tbody></table>\n"
    yield element("p", _summary(counts), id="summary")
    yield f"<script>{_SCRIPT}</script></body></html>"


def _head() -> str:
    digests = {
        name: b64encode(sha256(text.encode()).digest()).decode()
        for name, text in (("style", _STYLE), ("script", _SCRIPT))
    }
    policy = "default-src 'none'; " + "; ".join(
        f"{name}-src 'sha256-{digest}'" for name, digest in digests.items()
    )
    options = [element("option", "all", value="")]
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
    worst = record["worst"]
    number = _SEVERITIES.index(worst) if worst else len(_SEVERITIES)
    state = worst or _TOLD[record["told"]]
    where = record["file"] + ("" if record["line"] is None else f":{record['line']}")
    name = record["resource"]
    cells: list[tuple[int | None, list[str]]] = [
        (None, [_text(name or where), *([_small(where)] if name not in (None, record["file"]) else [])]),
        (None, [_text(record["account"] or ("" if record["told"] == "unreadable" else NO_ACCOUNT))]),
        (number, [element("span", state, class_=(worst or record["told"]).replace(" ", "-"))]),
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
    items = [
        element(
            "li",
            element(
                "span",
                f"{one['group']}: " if one["group"] != "inside" else "",
                class_=one["group"].replace(" ", "-"),
            ),
            _text(one["who"]),
            _small(" ".join(one["actions"]) + (f" if {one['words']}" if one["words"] else "")),
            *(
                [_small(why)]
                if (why := one["unknown"] or (one["shown"] if one["group"] != "inside" else ""))
                else []
            ),
        )
        for one in entries
    ]
    return [element("ul", *items), *([_text(unknown)] if unknown else [])]


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
    summary = element(
        "summary", f"{len(counted)} of {len(items)}" if len(counted) < len(items) else str(len(items))
    )
    return [*told, element("details", summary, element("ul", *items))]


def _summary(counts: Counter[str]) -> str:
    found = ", ".join(f"{counts[name]:,} with at worst {name}" for name in _SEVERITIES if counts[name])
    not_read = (
        f" {counted(unreadable, 'input')} could not be read." if (unreadable := counts["unreadable"]) else ""
    )
    return (
        f"{counted(counts['keys'], 'key')}: {counts['public']:,} public, {counts['outside']:,} with access from outside; "
        f"{found or 'nothing was found'}.{not_read}"
    )
