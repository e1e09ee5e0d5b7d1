"""Say what keeps a commit from being released: ``nox -s release-check``, with the tag behind ``--`` once there is one.

It looks at the version, the changelog and the tag, and at the files that were built.
"""

from __future__ import annotations

import os
import re
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

ROOT = Path(__file__).parents[1]
URLS = frozenset({"Changelog", "Documentation", "Issues", "Security", "Source"})
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_STRAY = re.compile(r"(^|/)(__pycache__|\.nox|\.venv|\.git|\.[a-z]+_cache)/").search
_HEADING = re.compile(r"^## \[(?P<name>[^]]+)\](?: - (?P<date>\d{4}-\d\d-\d\d))?[ ]*$", re.MULTILINE)


def of_version(version: str, tag: str | None) -> Iterator[str]:
    """Yield what is wrong with a version, and with a tag that should name it."""
    try:
        normal = str(Version(version))
    except InvalidVersion:
        yield f"{version} is not a version: https://packaging.python.org/en/latest/specifications/version-specifiers/"
        return
    if normal != version:
        yield f"the version {version} is written {normal} in names of files"
    if tag is not None and tag != f"v{version}":
        yield f"the tag {tag} is not that of the version in pyproject.toml: v{version}"


def of_changelog(text: str, version: str, *, tagged: bool) -> Iterator[str]:
    """Yield what is wrong with a changelog: of a tagged commit, it has the version with its date, and nothing unreleased."""
    headings = [*_HEADING.finditer(text)]
    entries: dict[str, str] = {}
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        end = len(text) if following is None else following.start()
        entries[heading["name"]] = text[heading.end() : end].strip()
    dated = {heading["name"] for heading in headings if heading["date"]}
    if not tagged:
        if not entries.get("Unreleased") and not entries.get(version):
            yield f"CHANGELOG.md says nothing under [Unreleased], nor under [{version}]"
        return
    if not entries.get(version):
        yield f"CHANGELOG.md says nothing under [{version}]"
    elif version not in dated:
        yield f"CHANGELOG.md has no date: ## [{version}] - YYYY-MM-DD"
    if entries.get("Unreleased"):
        yield f"CHANGELOG.md still has entries under [Unreleased]: move them to [{version}]"


def of_metadata(metadata: Message, version: str, repository: str | None) -> Iterator[str]:
    """Yield what is wrong with the metadata of a distribution, as the index will show it."""
    if metadata["Version"] != version:
        yield f"the files have the version {metadata['Version']}, not {version}"
    urls = dict(each.split(", ", 1) for each in metadata.get_all("Project-URL") or ())
    if missing := sorted(URLS - urls.keys()):
        yield f"[project.urls] has no {', '.join(missing)}"
    source = urls.get("Source", "")
    for name, url in urls.items():
        if not url.startswith(source):
            yield f"the URL {name} leads elsewhere than Source: {url}"
    if repository is not None and source != f"https://github.com/{repository}":
        yield f"[project.urls] names {source}, but this is https://github.com/{repository}"
    for link in _LINK.findall(str(metadata.get_payload())):
        if not link.startswith(("https://", "#")):
            yield f"a link of the long description leads nowhere on the index: {link}"


def of_links(readme: str, root: Path) -> Iterator[str]:
    """Yield links of the README that lead to no file of the repository."""
    for link in _LINK.findall(readme):
        path = link.partition("#")[0]
        if path and ":" not in link and not (root / path).exists():
            yield f"README.md leads to a file that is not there: {link}"


def of_files(wheel: list[str], sdist: list[str]) -> Iterator[str]:
    """Yield what is missing in the files that were built, and what should not be there."""
    tops = {name.split("/", 1)[0] for name in wheel}
    for top in sorted(tops):
        if top != "kmspolicy" and not top.endswith(".dist-info"):
            yield f"the wheel would install {top}"
    inner = {name.partition("/")[2] for name in sdist}
    wanted = (
        ("wheel", "kmspolicy/py.typed", set(wheel)),
        *(("source distribution", name, inner) for name in ("LICENSE", "CHANGELOG.md", "tests/conftest.py")),
    )
    for what, name, names in wanted:
        if name not in names:
            yield f"the {what} has no {name}"
    for name in sorted({*wheel, *inner}):
        if _STRAY(name):
            yield f"{name} should not be in a distribution"


def problems(dist: Path, tag: str | None, root: Path = ROOT) -> Iterator[str]:
    """Yield all that keeps the files in a folder from being released."""
    (wheel,), (sdist,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = archive.namelist()
        (path,) = (name for name in in_wheel if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(path).decode())
    with tarfile.open(sdist) as tar:
        in_sdist = tar.getnames()
    version = wheel.name.split("-")[1]
    yield from of_version(version, tag)
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    yield from of_changelog(changelog, version, tagged=tag is not None)
    yield from of_metadata(metadata, version, os.environ.get("GITHUB_REPOSITORY"))
    yield from of_links((root / "README.md").read_text(encoding="utf-8"), root)
    yield from of_files(in_wheel, in_sdist)


def main(dist: str, tag: str | None = None) -> int:
    """Print what keeps the files in a folder from being released, and return how many things."""
    found = list(problems(Path(dist), tag))
    print("\n".join(found) or f"ready to be released{'' if tag is None else f' as {tag}'}")  # noqa: T201 - a script
    return len(found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
