"""What keeps a commit from being released, each named by one sentence."""

from __future__ import annotations

import re
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import release_check

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
SOURCE = "https://github.com/kmspolicy/kmspolicy"
URLS = {name: f"{SOURCE}/{name}" for name in release_check.URLS} | {"Source": SOURCE}
WHEEL = ["kmspolicy/__init__.py", "kmspolicy/py.typed", "kmspolicy-1.0.dist-info/METADATA"]
SDIST = ["kmspolicy-1.0/LICENSE", "kmspolicy-1.0/CHANGELOG.md", "kmspolicy-1.0/tests/conftest.py"]


@pytest.mark.parametrize(
    ("version", "tag", "problem"),
    [
        pytest.param("1.0", None, None, id="no tag yet"),
        pytest.param("1.0", "v1.0", None, id="the tag of the version"),
        pytest.param("1.0", "v1.1", "the tag v1.1 is not that of the version", id="another tag"),
        pytest.param("1.0", "1.0", "the tag 1.0 is not that of the version", id="a tag without v"),
        pytest.param("1.0-rc1", None, "is written 1.0rc1", id="not normal"),
        pytest.param("next", None, "is not a version", id="no version"),
    ],
)
def test_versions_and_tags(version: str, tag: str | None, problem: str | None) -> None:
    """A version is written as the index writes it, and its tag is v and the version."""
    _shows(release_check.of_version(version, tag), problem)


@pytest.mark.parametrize(
    ("text", "tagged", "problem"),
    [
        pytest.param("## [Unreleased]\n\n- New.\n", False, None, id="before a release"),
        pytest.param("## [1.0] - 2026-12-01\n\n- New.\n", False, None, id="written before the tag"),
        pytest.param("## [Unreleased]\n", False, "says nothing under [Unreleased]", id="nothing to release"),
        pytest.param("## [Unreleased]\n\n## [1.0] - 2026-12-01\n\n- New.\n", True, None, id="released"),
        pytest.param("## [Unreleased]\n\n- New.\n", True, "says nothing under [1.0]", id="not moved"),
        pytest.param("## [1.0] - 2026-12-01\n", True, "says nothing under [1.0]", id="an empty section"),
        pytest.param("## [1.0]\n\n- New.\n", True, "has no date", id="no date"),
        pytest.param(
            "## [Unreleased]\n\n- Late.\n\n## [1.0] - 2026-12-01\n\n- New.\n",
            True,
            "still has entries under [Unreleased]",
            id="entries left",
        ),
    ],
)
def test_the_changelog(text: str, *, tagged: bool, problem: str | None) -> None:
    """A tagged commit has its version in the changelog, with a date, and nothing unreleased."""
    found = [*release_check.of_changelog(text, "1.0", tagged=tagged)]
    assert not found if problem is None else problem in found[0]


@pytest.mark.parametrize(
    ("changes", "repository", "problem"),
    [
        pytest.param({}, None, None, id="as it should be"),
        pytest.param({}, "kmspolicy/kmspolicy", None, id="in its repository"),
        pytest.param({}, "fork/kmspolicy", "but this is https://github.com/fork/kmspolicy", id="in a fork"),
        pytest.param({"version": "0.9"}, None, "have the version 0.9, not 1.0", id="built before"),
        pytest.param({"Issues": None}, None, "[project.urls] has no Issues", id="a missing URL"),
        pytest.param({"Issues": "https://example.com"}, None, "Issues leads elsewhere", id="a strange URL"),
        pytest.param(
            {"text": "[a](docs/a.md)"}, None, "nowhere on the index: docs/a.md", id="a relative link"
        ),
        pytest.param({"text": "[a](#a), [b](https://b)"}, None, None, id="links that work"),
    ],
)
def test_the_metadata(changes: dict[str, Any], repository: str | None, problem: str | None) -> None:
    """The index shows the right version, links that lead somewhere, and the URLs of one repository."""
    metadata = Message()
    metadata["Version"] = changes.get("version", "1.0")
    for name, url in (URLS | {name: changes[name] for name in changes.keys() & URLS.keys()}).items():
        if url is not None:
            metadata["Project-URL"] = f"{name}, {url}"
    metadata.set_payload(changes.get("text", ""))
    _shows(release_check.of_metadata(metadata, "1.0", repository), problem)


@pytest.mark.parametrize(
    ("wheel", "sdist", "problem"),
    [
        pytest.param(WHEEL, SDIST, None, id="all that belongs there"),
        pytest.param([*WHEEL, "tests/conftest.py"], SDIST, "would install tests", id="another package"),
        pytest.param(
            [name for name in WHEEL if "typed" not in name], SDIST, "no kmspolicy/py.typed", id="no types"
        ),
        pytest.param(WHEEL, SDIST[1:], "the source distribution has no LICENSE", id="no licence"),
        pytest.param(
            WHEEL, [*SDIST, "kmspolicy-1.0/.nox/x"], "should not be in a distribution", id="a hidden file"
        ),
    ],
)
def test_the_files(wheel: list[str], sdist: list[str], problem: str | None) -> None:
    """The wheel installs the package alone, and the source distribution has its tests and licence."""
    _shows(release_check.of_files(wheel, sdist), problem)


def test_links_of_the_readme(tmp_path: Path) -> None:
    """A link of the README leads to a file that is there."""
    (tmp_path / "there.md").touch()
    text = "[a](there.md#part) [b](#own) [c](https://c) [d](gone.md#part)"
    assert [*release_check.of_links(text, tmp_path)] == [
        "README.md leads to a file that is not there: gone.md#part"
    ]


def test_our_readme() -> None:
    """Every link of our README leads to a file."""
    assert [*release_check.of_links((ROOT / "README.md").read_text(encoding="utf-8"), ROOT)] == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github/workflows").glob("*.yml")), ids=lambda path: path.name
)
def test_actions_are_pinned(path: Path) -> None:
    """Every action of a workflow is pinned by its commit, with the version in a comment: tags can be moved."""
    uses = re.findall(r"uses: (?!\./)(.*)", path.read_text(encoding="utf-8"))
    assert uses
    for each in uses:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", each)


def test_a_release_follows_the_tests() -> None:
    """What is published was built after the tests of that commit passed, and its tag was compared with the version."""
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))["jobs"]
    assert (jobs["build"]["needs"], jobs["publish"]["needs"]) == ("tests", "build")
    assert any('release-check -- "$TAG"' in step.get("run", "") for step in jobs["build"]["steps"])


def _shows(found: Iterator[str], problem: str | None) -> None:
    """Compare what was found with one problem, or none."""
    problems = [*found]
    assert problems == [] if problem is None else (len(problems), problem in problems[0]) == (1, True)
