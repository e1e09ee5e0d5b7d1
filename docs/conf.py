"""How Sphinx builds these pages: ``nox -s docs``. Nothing is fetched from a network."""

from __future__ import annotations

import re
import zlib
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING

from docutils.nodes import literal_block

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


def _tables(_app: Sphinx, doctree: Element) -> None:
    """Mark output that is drawn in columns: it scrolls on a narrow screen, where sentences are wrapped."""
    for block in doctree.findall(literal_block):
        if block.get("language") == "text" and re.search(r"\S {3,}\S", block.astext()):
            block["classes"].append("columns")


def setup(app: Sphinx) -> None:
    """Tell Sphinx how names are found."""
    app.connect("doctree-read", _tables)
    app.connect("missing-reference", _reference, priority=400)
    app.connect("autodoc-process-docstring", _plain, priority=400)
