"""How Sphinx builds these pages: ``nox -s docs``. Nothing is fetched from a network."""

from __future__ import annotations

import re
import zlib
from html import escape
from importlib.metadata import version as version_of
from itertools import pairwise, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docutils.nodes import entry, inline, literal_block, raw, row, table

import kmspolicy

if TYPE_CHECKING:
    from docutils.nodes import Element, TextElement
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

HERE = Path(__file__).parent

project = "kmspolicy"
author = "The kmspolicy developers"
project_copyright = author
release = version = version_of("kmspolicy")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]
autosummary_generate = False  # its tables lead to the entries of the same page
copybutton_selector = "div:not(.highlight-text) > div.highlight > pre"  # not what a program printed
exclude_patterns = ["_build"]
nitpicky = True

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_mock_imports = ["pytest"]  # of which the documentation needs nothing
autodoc_typehints_format = "short"
# Written out, these would fill a screen in every signature.
autodoc_type_aliases = {
    name: name
    for name in (
        "Action",
        "ActionPattern",
        "AnyAction",
        "Arn",
        "Context",
        "KeyKind",
        "Names",
        "Network",
        "Text",
    )
}
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
pygments_dark_style = "github-dark"  # the usual one underlines every imported name
html_title = "kmspolicy"
html_static_path = ["_static"]
html_css_files = ["kmspolicy.css"]
html_copy_source = False

# --- names of Python's own library ------------------------------------------------------------------

_PYTHON = """
    collections.abc.Awaitable collections.abc.Callable collections.abc.Iterable collections.abc.Iterator
    collections.abc.Mapping collections.abc.Sequence contextlib.AbstractContextManager datetime.datetime enum.Enum
    ipaddress.IPv4Address ipaddress.IPv4Network ipaddress.IPv6Address ipaddress.IPv6Network os.PathLike
    types.EllipsisType types.SimpleNamespace
"""


def _inventory() -> str:
    """Write an inventory of the few names that signatures use, in place of the one on the web."""
    path = HERE / "_build" / "python.inv"
    path.parent.mkdir(exist_ok=True)
    lines = "".join(
        f"{name} py:class 1 library/{name.rpartition('.')[0]}.html#$ -\n" for name in _PYTHON.split()
    )
    head = "# Sphinx inventory version 2\n# Project: Python\n# Version: 3\n# The remainder of this file is compressed using zlib.\n"
    path.write_bytes(head.encode() + zlib.compress(lines.encode()))
    return str(path)


intersphinx_mapping = {"python": ("https://docs.python.org/3", _inventory())}

# --- names of ours ----------------------------------------------------------------------------------

add_module_names = False
_PUBLIC = {
    "KeyKind": "kmspolicy.statements.KeyKind",
    "Told": "kmspolicy.sources.Told",
    "Was": "kmspolicy.sources.Was",
    **{name: f"kmspolicy.types.{name}" for name in kmspolicy.types.__all__},
    **{name: f"kmspolicy.{name}" for name in kmspolicy.__all__},
}
_LONG = {name.rpartition(".")[2]: name for name in _PYTHON.split()}

nitpick_ignore_regex = [
    ("py:class", "(kmspolicy\\..*)?(_T|T_co)"),  # whatever a result holds
    ("py:class", "Node"),  # a part of a document with placeholders, which only our readers build
    ("py:exc", "botocore\\.exceptions\\..*"),  # botocore has no inventory
    ("py:class", "TypeAliasForwardRef"),  # how Sphinx writes those of autodoc_type_aliases
]


def _reference(app: Sphinx, env: BuildEnvironment, node: pending_xref, text: TextElement) -> Element | None:
    """Find a name by its public module, not by the private one where it is defined."""
    last = node["reftarget"].partition("[")[0].rpartition(".")[2]  # "Callable[[]" stands for a Callable
    if last in _PUBLIC:
        return env.domains.python_domain.resolve_xref(
            env, node["refdoc"], app.builder, "obj", _PUBLIC[last], node, text
        )
    if last in _LONG and node["reftarget"] != _LONG[last]:
        node["reftarget"] = _LONG[last]
        found: Element | None = app.emit_firstresult("missing-reference", env, node, text)
        return found
    return None


def _plain(_app: Sphinx, what: str, _name: str, _obj: object, _options: object, lines: list[str]) -> None:
    """Keep Napoleon from taking what stands before a colon for the type of an attribute."""
    if what in ("attribute", "data", "property") and lines:
        lines[:0] = ["..", ""]  # an empty comment, which has no colon


_MANY: Final = 3
"""How many columns, beside the first, do not fit on a narrow screen."""


def _tables(_app: Sphinx, doctree: Element) -> None:
    """Give output that is drawn in columns a second form, for narrow screens: each cell is a line of its own."""
    for block in [*doctree.findall(literal_block)]:
        if block.get("language") == "text" and block.astext().startswith(" " * 8):
            block["classes"].append("if-wide")
            narrow = raw("", _narrow(block.astext()), format="html")
            block.parent.insert(block.parent.index(block) + 1, narrow)


def _columns(_app: Sphinx, doctree: Element) -> None:
    """Name the column in each cell of a table with many columns: on a narrow screen, a cell is a line of its own."""
    for each in doctree.findall(table):
        (_, *titles), *rows = ([*one.findall(entry)] for one in each.findall(row))
        if len(titles) < _MANY:
            continue
        each["classes"].append("stacked")
        for _, *cells in rows:
            for title, cell in zip(titles, cells, strict=True):
                if cell.astext():
                    cell[0].insert(0, inline("", f"{title.astext()}: ", classes=["if-narrow"]))


def _narrow(text: str) -> str:
    """Draw a table of text with a line for each cell, which begins with the name of its column."""
    lines = [*takewhile(bool, text.splitlines())]
    below = text.splitlines()[len(lines) :]
    (_, *titles), *rows = _rows(lines)
    drawn = []
    for label, *cells in rows:
        drawn.append(f"<dt>{escape(label)}</dt>" if any(cells) else f"<dt><b>{escape(label)}</b></dt>")
        drawn += [
            f"<dd>{escape(title)}: <b>{escape(cell)}</b></dd>"
            for title, cell in zip(titles, cells, strict=True)
            if cell
        ]
    notes = "".join(f"<p>{escape(line)}</p>" for line in below if line)
    return f'<div class="if-narrow table-of-text"><dl>{"".join(drawn)}</dl>{notes}</div>'


def _rows(lines: list[str]) -> list[list[str]]:
    """Take the lines of a table of text apart into rows of cells; a cell may have several lines."""
    gaps = (gap for line in lines for gap in re.finditer(r"(?<=\S) {2,}(?=\S)", line))
    starts = sorted({0, len(lines[0]) - len(lines[0].lstrip()), *(gap.end() for gap in gaps)})
    rows: list[list[str]] = []
    for line in lines:
        cells = [line[start:end].strip() for start, end in pairwise([*starts, None])]
        if rows and (not cells[0] or (line.startswith(" ") and not any(cells[1:]))):
            rows[-1] = [f"{above} {cell}".strip() for above, cell in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
    return rows


def setup(app: Sphinx) -> None:
    """Tell Sphinx how names are found."""
    app.connect("doctree-read", _tables)
    app.connect("doctree-read", _columns)
    app.connect("missing-reference", _reference, priority=400)
    app.connect("autodoc-process-docstring", _plain, priority=400)
