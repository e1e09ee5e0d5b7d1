"""Any file, and folders of them."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kmspolicy._sources._cloudformation import is_template, sources_of_template
from kmspolicy._sources._functions import TAGS
from kmspolicy._sources._others import sources_of_others
from kmspolicy._sources._plain import each_of, is_of_keys, mentions_keys, sources_in
from kmspolicy._sources._reading import documents_of, text_of_file
from kmspolicy._sources._terraform import MAX_PLAN, sources_of_plan
from kmspolicy._text import too_long
from kmspolicy.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kmspolicy._sources._node import Node
    from kmspolicy._sources._source import Source

_SUFFIXES: Final = (".json", ".yaml", ".yml", ".template")
_SKIPPED: Final = frozenset({"node_modules", "__pycache__"})
_IS_PLAN: Final = re.compile(r'\s*\{\s*"format_version"\s*:').match
_NO_POLICY: Final = (
    "there is no key policy here: it is not a policy, an answer of GetKeyPolicy, a CloudFormation template, a Terraform plan in JSON, "
    "or a manifest of a key"
)
OF_TERRAFORM: Final = "the language of Terraform is not read; give its plan as JSON: terraform plan -out=plan.out && terraform show -json plan.out > plan.json"
_IN_TERRAFORM: Final = (".tf", ".tf.json")
_SAVED_PLAN: Final = b"PK\x03\x04"
"""A plan that Terraform saved begins like this: it is a zip file."""


def sources_of_text(
    text: str,
    name: str,
    parameters: Mapping[str, str],
    tf_dir: str | os.PathLike[str] | None,
    *,
    named: bool = True,
) -> list[Source]:
    """Read a text of any kind.

    Args:
        text: The text.
        name: The name of a policy that has no other.
        parameters: Values of parameters of a template.
        tf_dir: The folder of the configuration of a plan.
        named: Whether it was asked for; a text of a folder that has no policy is skipped.

    Raises:
        SourceError: if it cannot be read, or has no policy though it was asked for.
    """
    if named and name.endswith(_IN_TERRAFORM):
        raise SourceError(OF_TERRAFORM)
    if _IS_PLAN(text) or ('"format_version"' in text and '"resource_changes"' in text):
        return sources_of_plan(text, tf_dir, name)
    try:
        documents = [each for document in documents_of(text, TAGS) for each in each_of(document)]
    except SourceError:
        if named or mentions_keys(text):
            raise
        return []
    sources: list[Source] = []
    for number, node in enumerate(documents, start=1):
        own_name = name if len(documents) == 1 else f"{name} ({number})"
        sources += _sources_of_document(node, own_name, parameters, named=named)
    if named and not sources and not any(map(is_template, documents)):
        raise SourceError(_NO_POLICY, line=1, column=1)
    return [source.in_file(name) for source in sources]


def _sources_of_document(
    node: Node, name: str, parameters: Mapping[str, str], *, named: bool
) -> Iterator[Source]:
    if is_template(node):
        yield from sources_of_template(node, parameters)
        named = False
    found = [*sources_in(node, name)] if named or is_of_keys(node) else []
    yield from found or ([] if is_template(node) else sources_of_others(node, name))


def text_of_path(path: Path) -> str:
    """Return the text of a file.

    Raises:
        SourceError: if it cannot be read.
    """
    try:
        if path.stat().st_size > MAX_PLAN:
            raise SourceError(f"{too_long(MAX_PLAN)}; nothing longer is read")
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"the file cannot be opened: {error.strerror}") from error
    if data.startswith(_SAVED_PLAN):
        raise SourceError(OF_TERRAFORM)
    return text_of_file(data)


def files_in(folder: Path) -> Iterator[Path | SourceError]:
    """Yield the files of a folder that may have policies, in order, and an error for each folder in it that cannot be opened.

    Hidden files and folders and those of installed packages are left out. Links to files are followed, those to folders are not.
    """
    errors: list[SourceError] = []

    def add(error: OSError) -> None:
        what = f"the folder cannot be opened: {error.strerror}"
        errors.append(SourceError(what, file=str(error.filename)))

    for parent, folders, names in os.walk(folder, onerror=add):
        folders[:] = sorted(one for one in folders if not one.startswith(".") and one not in _SKIPPED)
        for name in sorted(names):
            path = Path(parent, name)
            if name.lower().endswith(_SUFFIXES) and not name.startswith(".") and _is_read(path):
                yield path
    yield from errors


def _is_read(path: Path) -> bool:
    """Return whether a path is read: a file, or what cannot be opened, which is told then; a pipe would make the reader wait."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True
