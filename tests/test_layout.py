"""What CONTRIBUTING.md says about the code is what the import contracts say, and what is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
LAYOUT = CONTRIBUTING.partition("## How the code is laid out\n")[2].partition("\n## ")[0]
_, DRAWING, _ = LAYOUT.split("```")
DRAWN = {
    name: inside.strip() for name, _, inside in (line.partition(" ") for line in DRAWING.splitlines()[1:])
}


def layer(package: Path, names: str) -> str:
    """Return a layer of a contract as it is drawn; a layer in brackets counts where its module exists."""
    modules = {name.strip(" ()"): "(" in name for name in names.split("|")}
    return " | ".join(
        name
        for name, optional in sorted(modules.items())
        if not optional or (package / name).is_dir() or (package / f"{name}.py").is_file()
    )


def layers_of(container: str) -> list[str]:
    """Return the layers of a package by its contract, those that import the least first."""
    (contract,) = (each for each in CONTRACTS["contracts"] if each.get("containers") == [container])
    package = ROOT.joinpath("src", *container.split("."))
    return [drawn for names in reversed(contract["layers"]) if (drawn := layer(package, names))]


def test_the_drawing_has_the_layers_of_the_contracts() -> None:
    """Each line is a layer, in order; two that do not import each other stand on lines of their own."""
    assert list(DRAWN) == [name for names in layers_of("kmspolicy") for name in names.split(" | ")]


def test_the_drawing_has_the_inside_of_each_package() -> None:
    """Arrows separate the layers of the package's own contract."""
    packages = sorted(path.parent.name for path in ROOT.glob("src/kmspolicy/*/__init__.py"))
    contracts = {name: " ← ".join(layers_of(f"kmspolicy.{name}")) for name in packages}
    assert {name: inside for name, inside in sorted(DRAWN.items()) if inside} == contracts


def test_the_contracts_are_exhaustive() -> None:
    """A new module is an error until it has its place."""
    layers = [contract for contract in CONTRACTS["contracts"] if contract["type"] == "layers"]
    assert [contract["name"] for contract in layers if not contract.get("exhaustive")] == []


def test_the_table_says_what_is_in_each_layer() -> None:
    """It has a row for each line of the drawing, in the same order."""
    assert re.findall(r"^\| `(\w+)` \|", LAYOUT, re.MULTILINE) == list(DRAWN)


def test_each_file_that_is_named_exists() -> None:
    """Whoever adds something is sent to modules that are there."""
    names = set(re.findall(r"\b(?:src|tests|docs)/[\w/]+\.py\b", CONTRIBUTING))
    assert sorted(name for name in names if not (ROOT / name).exists()) == []
