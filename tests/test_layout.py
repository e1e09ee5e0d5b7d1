"""What CONTRIBUTING.md says about the code is what the import contracts say, and what is there."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
LAYOUT = CONTRIBUTING.partition("## How the code is laid out\n")[2].partition("\n## ")[0]
_, DRAWING, _ = LAYOUT.split("```")
DRAWN = {
    name: inside.strip() for name, _, inside in (line.partition(" ") for line in DRAWING.splitlines()[1:])
}
SOURCE = ROOT / "src"
PACKAGES = {
    ".".join(init.relative_to(SOURCE).parent.parts): init.parent
    for init in SOURCE.glob("kmspolicy/**/__init__.py")
}


def modules_in(container: str) -> set[str]:
    """Return the names of the modules and packages that a package has."""
    paths = [path for path in PACKAGES[container].iterdir() if path.suffix == ".py" or path.is_dir()]
    return {path.stem for path in paths} - {"__init__", "__pycache__"}


def contract_of(container: str) -> list[list[str]]:
    """Return the layers of a package by its contract, those that import the least first; brackets are left out."""
    (contract,) = (each for each in CONTRACTS["contracts"] if each.get("containers") == [container])
    return [[name.strip(" ()") for name in names.split("|")] for names in reversed(contract["layers"])]


def layers_of(container: str) -> list[list[str]]:
    """Return the layers that are there already, each in the order of the alphabet."""
    present = modules_in(container)
    layers = [sorted(present.intersection(names)) for names in contract_of(container)]
    return [names for names in layers if names]


@pytest.mark.parametrize("container", sorted(PACKAGES))
def test_each_module_has_its_layer(container: str) -> None:
    """The contracts are exhaustive: a new module is an error until it has its place in them."""
    assert modules_in(container) - set(chain.from_iterable(contract_of(container))) == set()


def test_the_drawing_has_the_layers_of_the_contracts() -> None:
    """Each line is a layer, in order; two that do not import each other stand on lines of their own."""
    assert list(DRAWN) == [*chain.from_iterable(layers_of("kmspolicy"))]


@pytest.mark.parametrize("container", sorted(PACKAGES.keys() - {"kmspolicy"}))
def test_the_drawing_has_the_inside_of_each_package(container: str) -> None:
    """Arrows stand between the layers of the package's own contract."""
    inside = " ← ".join(" | ".join(names) for names in layers_of(container))
    assert DRAWN[container.removeprefix("kmspolicy.")] == inside


def test_the_table_says_what_is_in_each_layer() -> None:
    """It has a row for each line of the drawing, in the same order."""
    assert re.findall(r"^\| `(\w+)` \|", LAYOUT, re.MULTILINE) == list(DRAWN)


def test_each_file_that_is_named_exists() -> None:
    """Whoever adds something is sent to modules that are there."""
    names = set(re.findall(r"\b(?:src|tests|docs)/[\w/]+\.py\b", CONTRIBUTING))
    assert sorted(name for name in names if not (ROOT / name).exists()) == []
